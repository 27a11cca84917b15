//! Intake of one update: it is read, what happened goes through the door, and only then is it acknowledged.

use crate::{
    Telegram,
    failure::Failure,
    from_telegram::{Reader, Taken},
    update::Update,
    way::Way,
    words,
};
use desk::What;
use intents::{Lang, Rich};
use jiff::Timestamp;
use runtime::{Door, FetchError, Files, Refused};
use serde_json::Value;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::time::sleep;

/// How long an agent's pressed button may wait for words that answer it.
const WORDS_FOLLOW: Duration = Duration::from_millis(1500);

impl Telegram {
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
