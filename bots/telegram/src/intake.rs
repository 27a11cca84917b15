//! Intake: updates by long polling, each committed before Telegram hears that it was taken.
//!
//! The offset that acknowledges a batch moves only when all of it is durable. Updates of one chat keep their order,
//! different chats are taken side by side.

use crate::{
    Telegram,
    failure::{Failure, Meaning},
    from_telegram::{Me, Reader, Taken},
    staff::MOVED,
    update::Update,
    way::Way,
    words,
};
use desk::What;
use futures::future::join_all;
use intents::{Lang, Rich};
use jiff::Timestamp;
use runtime::{Door, FetchError, Files, Refused};
use serde_json::{Value, json};
use std::{
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};
use teloxide::payloads::{DeleteWebhook, GetMe, SetWebhook};
use teloxide::types::AllowedUpdate;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// The longest pause after a failure that passes by itself.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest pause after a failure that the operator must mend.
const LONG_PAUSE: Duration = Duration::from_secs(60);
/// A poll that comes back empty sooner than this wasn't a long one: the server doesn't wait, so we do.
const EMPTY_AFTER: Duration = Duration::from_millis(200);
/// How long an agent's pressed button may wait for words that answer it.
const WORDS_FOLLOW: Duration = Duration::from_millis(1500);

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

/// What to do after a batch.
enum Next {
    GoOn,
    Stop,
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

    async fn poll(
        self: &Arc<Self>,
        door: &Arc<dyn Door>,
        shutdown: &CancellationToken,
    ) -> Result<(), RunError> {
        if let Err(failure) = self.api.call(&DeleteWebhook::new()).await {
            tracing::debug!(reason = failure.shown(), "no webhook was taken away");
        }
        let mut offset = None;
        let mut failures = 0;
        loop {
            let began = Instant::now();
            let polled = tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                polled = self.get_updates(offset) => polled,
            };
            let pause = match polled {
                Ok(updates) => {
                    failures = 0;
                    let waited = began.elapsed();
                    if let Next::Stop = self.take_batch(&updates, door, shutdown).await? {
                        return Ok(());
                    }
                    let last = updates.iter().filter_map(|u| u.get("update_id")?.as_i64()).max();
                    offset = last.map(|id| id.saturating_add(1)).max(offset);
                    (last.is_none() && waited < EMPTY_AFTER).then_some(EMPTY_AFTER)
                }
                Err(failure) => {
                    failures += 1;
                    Some(self.after(&failure, failures).await)
                }
            };
            if let Some(pause) = pause {
                tokio::select! {
                    () = shutdown.cancelled() => return Ok(()),
                    () = sleep(pause) => {}
                }
            }
        }
    }

    async fn get_updates(&self, offset: Option<i64>) -> Result<Vec<Value>, Failure> {
        let mut body = json!({ "timeout": self.config.poll.as_secs(), "allowed_updates": ALLOWED });
        if let Some(offset) = offset {
            body["offset"] = offset.into();
        }
        let patience = self.config.poll + Duration::from_secs(15);
        match self.api.call_named("getUpdates", &body, patience).await? {
            Value::Array(updates) => Ok(updates),
            _ => Err(Failure::Unknown("getUpdates: no list in the answer".into())),
        }
    }

    /// How long to wait after a poll that failed, `failures` times in a row.
    async fn after(&self, failure: &Failure, failures: u32) -> Duration {
        let growing = Duration::from_millis(200 << failures.min(8));
        match failure.meaning() {
            Some(Meaning::Wait(after)) => after,
            Some(Meaning::Setup) => {
                self.complain(failure, "updates can't be fetched from Telegram");
                growing.min(LONG_PAUSE)
            }
            Some(Meaning::Conflict) => {
                tracing::error!(
                    reason = failure.shown(),
                    "another process takes this bot's updates, or a webhook is set: only one may"
                );
                if failure.shown().contains("webhook")
                    && let Err(failure) = self.api.call(&DeleteWebhook::new()).await
                {
                    tracing::warn!(reason = failure.shown(), "the webhook stays");
                }
                growing.min(PAUSE)
            }
            _ => {
                tracing::warn!(reason = failure.shown(), "updates can't be fetched from Telegram for now");
                growing.min(PAUSE)
            }
        }
    }

    fn complain(&self, failure: &Failure, what: &str) {
        if failure.meaning() == Some(Meaning::Setup) {
            tracing::error!(reason = failure.shown(), "{what}: is the token right?");
        } else {
            tracing::warn!(reason = failure.shown(), "{what} for now");
        }
    }

    /// Takes a batch in, however often it must be tried.
    async fn take_batch(
        self: &Arc<Self>,
        batch: &[Value],
        door: &Arc<dyn Door>,
        shutdown: &CancellationToken,
    ) -> Result<Next, RunError> {
        let mut chats: Vec<(i64, Vec<Update>)> = Vec::new();
        for update in batch.iter().filter_map(|value| self.readable(value)) {
            let chat = update.chat();
            match chats.iter_mut().find(|(other, _)| *other == chat) {
                Some((_, updates)) => updates.push(update),
                None => chats.push((chat, vec![update])),
            }
        }
        let mut pause = Duration::from_millis(100);
        loop {
            let taken = join_all(chats.iter().map(|(_, updates)| self.take_in_order(updates, door))).await;
            match taken.into_iter().find_map(Result::err) {
                None => return Ok(Next::GoOn),
                Some(Refused::Closing) => return Ok(Next::Stop),
                Some(failed @ Refused::Failed(_)) => return Err(RunError::Storage(failed)),
                Some(refused @ Refused::Unavailable(_)) => {
                    tracing::warn!(%refused, "updates from Telegram wait");
                }
            }
            // What was taken before is known by its key, and changes nothing a second time.
            tokio::select! {
                () = shutdown.cancelled() => return Ok(Next::Stop),
                () = sleep(pause) => {}
            }
            pause = (pause * 2).min(PAUSE);
        }
    }

    async fn take_in_order(
        self: &Arc<Self>,
        updates: &[Update],
        door: &Arc<dyn Door>,
    ) -> Result<(), Refused> {
        for update in updates {
            self.take(update, door).await?;
        }
        Ok(())
    }

    /// Reads one update. One that can't be read is counted, and named by its id only.
    pub(crate) fn readable(&self, value: &Value) -> Option<Update> {
        let update = Update::read(value);
        if update.as_ref().is_none_or(|update| update.odd) {
            self.unreadable.fetch_add(1, Ordering::Relaxed);
            let update_id = value.get("update_id").and_then(Value::as_i64);
            tracing::warn!(update_id, "an update from Telegram can't be read and is left out");
        }
        update
    }

    /// Takes one update in: when this returns, what follows from it is durable.
    pub(crate) async fn take(self: &Arc<Self>, update: &Update, door: &Arc<dyn Door>) -> Result<(), Refused> {
        let taken = Reader {
            channel: &self.channel,
            me: self.me.get(),
            staff_chat: self.staff_chat(),
            now: Timestamp::now(),
        }
        .read(update);
        match taken {
            Taken::Event { event, pressed } => {
                let by_staff = matches!(event.what, What::Staff { .. });
                door.accept(*event).await?;
                if let Some(query) = pressed {
                    self.acknowledge(query, by_staff);
                }
            }
            Taken::StaleButton { query, lang } => {
                if self.memory.take_answer(&query) {
                    let myself = self.clone();
                    tokio::spawn(async move {
                        let told = myself.answer(&query, Some(words::stale_button(lang))).await;
                        note(told.err(), "a stale button was not answered");
                    });
                }
            }
            Taken::Anonymous { way } => {
                let myself = self.clone();
                tokio::spawn(async move { myself.hint_anonymous(way).await });
            }
            Taken::Moved { from, to } => self.group_moved(from, to).await,
            Taken::Nothing => {}
        }
        Ok(())
    }

    /// Lets a pressed button stop turning. What an agent did may be answered in words, which then come first.
    fn acknowledge(self: &Arc<Self>, query: String, by_staff: bool) {
        let myself = self.clone();
        tokio::spawn(async move {
            if by_staff {
                sleep(WORDS_FOLLOW).await;
            }
            if myself.memory.take_answer(&query) {
                note(myself.answer(&query, None).await.err(), "a pressed button was not answered");
            }
        });
    }

    async fn hint_anonymous(&self, way: Way) {
        let lines = Lang::ALL.map(words::anonymous);
        let post = crate::send::Post {
            words: Rich::plain(lines.join("\n")),
            keyboard: None,
            file: None,
            files: &NoFiles,
        };
        let place = crate::send::Place { chat: way.chat, thread: way.thread, reply: way.message };
        note(self.send(place, &post).await.err(), "an anonymous administrator was not told");
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

fn note(failure: Option<Failure>, what: &str) {
    if let Some(failure) = failure {
        tracing::debug!(reason = failure.shown(), "{what}");
    }
}

/// For messages of our own, which carry no files.
struct NoFiles;

#[async_trait::async_trait]
impl Files for NoFiles {
    async fn fetch(&self, _file: &desk::FileRef, _limit: u64) -> Result<bytes::Bytes, FetchError> {
        Err(FetchError::Gone("no file".into()))
    }
}
