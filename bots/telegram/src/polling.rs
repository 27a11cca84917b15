//! Long polling: each batch is committed before Telegram hears that it was taken.
//!
//! The offset that acknowledges a batch moves only when all of it is durable. Updates of one chat keep their order,
//! different chats are taken side by side.

use crate::{
    Telegram,
    failure::{Failure, Meaning},
    run::{ALLOWED, LONG_PAUSE, PAUSE, RunError},
    update::Update,
};
use futures::future::join_all;
use runtime::{Door, Refused};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use teloxide::payloads::DeleteWebhook;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// A poll that comes back empty sooner than this wasn't a long one: the server doesn't wait, so we do.
const EMPTY_AFTER: Duration = Duration::from_millis(200);

/// What to do after a batch.
enum Next {
    GoOn,
    Stop,
}

impl Telegram {
    /// Polls until `shutdown`.
    pub(crate) async fn poll(
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

    /// Takes a batch in, however often it must be tried.
    async fn take_batch(
        self: &Arc<Self>,
        batch: &[Value],
        door: &Arc<dyn Door>,
        shutdown: &CancellationToken,
    ) -> Result<Next, RunError> {
        let mut updates: Vec<Update> = batch.iter().filter_map(|value| self.readable(value)).collect();
        updates.sort_by_key(|update| update.update_id);
        let mut chats: Vec<(i64, Vec<Update>)> = Vec::new();
        for update in updates {
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
}
