//! How updates leave the fake: long polls that acknowledge by offset, and posts to a webhook.

use super::{
    call::{Call, Refusal, bad},
    params::Params,
    server::Shared,
    state::{State, Waiting},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout_at};

const KINDS: [&str; 7] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "channel_post",
    "poll",
    "message_reaction",
];

impl State {
    /// Lets an update wait to be fetched, and gives its id. Kinds that the bot didn't ask for never arrive.
    pub(super) fn push(&mut self, mut update: Value) -> i64 {
        let id = self.next();
        update["update_id"] = id.into();
        let wanted = |kind: &String| self.allowed.as_ref().is_none_or(|allowed| allowed.contains(kind));
        let kinds = update.as_object().into_iter().flatten().map(|(kind, _)| kind);
        if kinds.filter(|kind| *kind != "update_id").all(wanted) {
            self.past.insert(id, update.clone());
            self.pending.push_back(Waiting { update, again: false });
        }
        id
    }

    fn acknowledge(&mut self, offset: i64) {
        self.pending.retain(|w| w.again || w.update["update_id"].as_i64().is_some_and(|id| id >= offset));
    }

    fn batch(&mut self, limit: usize) -> Vec<Value> {
        let mut batch: Vec<Value> = self.pending.iter().take(limit).map(|w| w.update.clone()).collect();
        self.pending.iter_mut().take(limit).for_each(|waiting| waiting.again = false);
        if self.reversed {
            batch.reverse();
        }
        batch
    }
}

/// Reads the kinds that the bot asks for.
pub(super) fn allow(state: &mut State, params: &Params<'_>) -> Result<(), Refusal> {
    let Some(asked) = params.object("allowed_updates")? else { return Ok(()) };
    let kinds: Option<Vec<String>> = serde_json::from_value(asked).ok();
    match kinds.filter(|kinds| kinds.iter().all(|kind| KINDS.contains(&kind.as_str()))) {
        Some(kinds) => {
            state.allowed = Some(kinds).filter(|kinds| !kinds.is_empty());
            Ok(())
        }
        None => Err(bad("can't parse allowed_updates")),
    }
}

/// Answers a poll: at once if updates wait, else when one comes or the time is up.
pub(super) async fn poll(shared: &Shared, call: &Call) -> Result<Value, Refusal> {
    let params = Params::only(call, &["offset", "limit", "timeout", "allowed_updates"])?;
    let limit = params.number("limit")?.unwrap_or(100);
    if !(1..=100).contains(&limit) {
        return Err(bad("limit must be between 1 and 100"));
    }
    let wait = params.number("timeout")?.unwrap_or(0).clamp(0, 50);
    let until = Instant::now() + Duration::from_secs(wait.unsigned_abs());
    let mine = shared.quietly(|state| {
        allow(state, &params)?;
        if let Some(offset) = params.number("offset")? {
            state.acknowledge(offset);
        }
        state.polls += 1;
        Ok(state.polls)
    })?;
    let mut changes = shared.changes();
    // Whoever polls already learns that another came.
    shared.with(|_| ());
    loop {
        changes.borrow_and_update();
        let ready = shared.quietly(|state| {
            if state.webhook.is_some() {
                return Err(Refusal::new(
                    409,
                    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the \
                     webhook first",
                ));
            }
            if state.polls != mine {
                return Err(Refusal::new(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is \
                     running",
                ));
            }
            Ok(state.batch(usize::try_from(limit).unwrap_or(100)))
        })?;
        if !ready.is_empty() || timeout_at(until, changes.changed()).await.is_err() {
            return Ok(ready.into());
        }
    }
}

/// Posts updates to the webhook as long as there is one, each until it is taken.
pub(super) async fn post(shared: Arc<Shared>) {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build();
    let client = client.expect("a client without TLS roots can be made");
    let mut changes = shared.changes();
    loop {
        changes.borrow_and_update();
        let next =
            shared.quietly(|state| Some((state.webhook.clone()?, state.pending.front()?.update.clone())));
        let Some(((url, secret), update)) = next else {
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        };
        let mut request = client.post(url).json(&update);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let status = request.send().await.map_or(0, |answer| answer.status().as_u16());
        shared.with(|state| {
            state.posted.push(status);
            if (200..300).contains(&status) {
                let id = &update["update_id"];
                if let Some(at) = state.pending.iter().position(|w| w.update["update_id"] == *id) {
                    state.pending.remove(at);
                }
            }
        });
        if !(200..300).contains(&status) {
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// An update about a message.
pub(super) fn about(kind: &str, message: &Value) -> Value {
    json!({ kind: message })
}
