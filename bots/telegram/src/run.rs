//! The bot's life: how it introduces itself, by which way it takes updates, and how it ends.

use crate::{
    Telegram,
    failure::{Failure, Meaning},
    from_telegram::Me,
    staff::MOVED,
};
use runtime::{Door, Refused};
use serde_json::Value;
use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};
use teloxide::{
    payloads::{GetMe, SetWebhook},
    types::AllowedUpdate,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The longest pause after a failure that passes by itself.
pub(crate) const PAUSE: Duration = Duration::from_secs(5);
/// The longest pause after a failure that the operator must mend.
pub(crate) const LONG_PAUSE: Duration = Duration::from_secs(60);

/// The kinds of updates that we use.
pub(crate) const ALLOWED: [AllowedUpdate; 4] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
];

/// Why the bot stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// It was started twice.
    #[error("the Telegram bot runs already")]
    Running,
    /// The storage failed: nothing can be promised any more.
    #[error("the Telegram bot stopped: {0}")]
    Storage(Refused),
}

impl Telegram {
    /// Takes updates until `shutdown`: by polling, or, with a webhook, by [`Telegram::webhook_router`], which this
    /// registers with Telegram.
    ///
    /// # Errors
    /// [`RunError`] when it can't go on. Trouble with the network or with Telegram is no reason to end.
    pub async fn run(
        self: Arc<Self>,
        door: Arc<dyn Door>,
        shutdown: CancellationToken,
    ) -> Result<(), RunError> {
        self.door.set(door.clone()).map_err(|_| RunError::Running)?;
        let stopped = shutdown.clone();
        tokio::select! {
            ended = self.work(&door, &shutdown) => ended,
            // A poll in flight may be dropped: what it brought was not acknowledged.
            () = async { stopped.cancelled().await; sleep(PAUSE).await; } => Ok(()),
        }
    }

    async fn work(
        self: &Arc<Self>,
        door: &Arc<dyn Door>,
        shutdown: &CancellationToken,
    ) -> Result<(), RunError> {
        if !self.find_moved_group(door, shutdown).await? {
            return Ok(());
        }
        // Mentions can be told from the first update on if the name is known by then; but nothing waits long for it.
        let introduced = tokio::time::timeout(PAUSE, self.introduce()).await.unwrap_or(false);
        let myself = self.clone();
        let ended = shutdown.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = myself.settle_in(introduced) => {}
            }
        });
        if self.config.webhook.is_some() {
            self.register(shutdown).await;
            shutdown.cancelled().await;
            return Ok(());
        }
        self.poll(door, shutdown).await
    }

    /// Learns the bot's own name; false if that failed.
    async fn introduce(&self) -> bool {
        match self.api.call(&GetMe::new()).await {
            Ok(me) => {
                let id = me.get("id").and_then(Value::as_i64);
                let username = me.get("username").and_then(Value::as_str);
                if let (Some(id), Some(username)) = (id, username) {
                    tracing::info!(username, "the bot is on Telegram");
                    // Set once: a second answer says the same.
                    let _ = self.me.set(Me { id, username: username.to_owned() });
                }
                true
            }
            Err(failure) => {
                self.complain(&failure, "Telegram doesn't know the bot");
                false
            }
        }
    }

    async fn settle_in(&self, mut introduced: bool) {
        let mut pause = Duration::from_secs(1);
        while !introduced {
            sleep(pause).await;
            pause = (pause * 2).min(LONG_PAUSE);
            introduced = self.introduce().await;
        }
        self.set_menus().await;
    }

    /// Where the staff group went, if it moved in an earlier run; false when the process is ending.
    async fn find_moved_group(
        &self,
        door: &Arc<dyn Door>,
        shutdown: &CancellationToken,
    ) -> Result<bool, RunError> {
        let Some(configured) = self.staff_chat() else { return Ok(true) };
        loop {
            match door.kept(&format!("{MOVED}{configured}")).await {
                Ok(moved) => {
                    if let Some(to) = moved.and_then(|to| to.parse().ok()) {
                        *self.staff_chat.lock().unwrap_or_else(PoisonError::into_inner) = Some(to);
                    }
                    return Ok(true);
                }
                Err(Refused::Closing) => return Ok(false),
                Err(failed @ Refused::Failed(_)) => return Err(RunError::Storage(failed)),
                Err(Refused::Unavailable(_)) => {
                    tokio::select! {
                        () = shutdown.cancelled() => return Ok(false),
                        () = sleep(PAUSE) => {}
                    }
                }
            }
        }
    }

    pub(crate) fn complain(&self, failure: &Failure, what: &str) {
        if failure.meaning() == Some(Meaning::Setup) {
            tracing::error!(reason = failure.shown(), "{what}: is the token right?");
        } else {
            tracing::warn!(reason = failure.shown(), "{what} for now");
        }
    }

    async fn register(&self, shutdown: &CancellationToken) {
        let Some((url, secret)) =
            self.config.webhook.as_ref().and_then(|hook| Some((hook.url.as_ref()?, &hook.secret)))
        else {
            return;
        };
        let Ok(url) = url.parse() else {
            tracing::error!("the webhook's address can't be read: it must be complete, with https://");
            return;
        };
        let mut payload = SetWebhook::new(url);
        payload.secret_token = Some(secret.clone());
        payload.allowed_updates = Some(ALLOWED.to_vec());
        let mut failures = 0;
        while let Err(failure) = self.api.call(&payload).await {
            failures += 1;
            self.complain(&failure, "the webhook can't be registered with Telegram");
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = sleep(Duration::from_millis(500 << failures.min(7)).min(LONG_PAUSE)) => {}
            }
        }
        tracing::info!("the webhook is registered with Telegram");
    }
}
