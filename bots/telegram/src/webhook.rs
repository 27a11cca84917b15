//! Intake by webhook: a route that answers 200 when, and only when, the update is durable. What isn't from Telegram, by
//! the secret that it sends along, is refused before it is read.

use crate::{Telegram, update::Update};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    routing::post,
};
use runtime::{Door, Refused};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex as Turn;

const SECRET: &str = "x-telegram-bot-api-secret-token";
/// Updates are a few kilobytes; the largest, with a long quoted message, some tens.
const BODY: usize = 1024 * 1024;

/// Whether Telegram accepts this as a secret (Bot API, setWebhook).
pub(crate) fn is_secret(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=256).contains(&text.len()) && text.chars().all(legal)
}

#[derive(Clone)]
struct Hook {
    telegram: Arc<Telegram>,
    door: Arc<dyn Door>,
    turns: Arc<Turns>,
}

/// Telegram calls several times at once. Calls about one chat are taken one after another.
#[derive(Default)]
struct Turns(Mutex<HashMap<i64, Arc<Turn<()>>>>);

impl Turns {
    fn of(&self, chat: i64) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        turns.entry(chat).or_default().clone()
    }
}

impl Telegram {
    /// The route `/telegram/webhook`; without a configured secret it refuses everything.
    pub fn webhook_router(self: &Arc<Self>, door: Arc<dyn Door>) -> Router {
        let hook = Hook { telegram: self.clone(), door, turns: Arc::default() };
        Router::new()
            .route("/telegram/webhook", post(receive))
            .layer(DefaultBodyLimit::max(BODY))
            .with_state(hook)
    }
}

async fn receive(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !hook.is_from_telegram(&headers) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(value) = serde_json::from_slice::<Value>(&body) else {
        tracing::warn!(bytes = body.len(), "the webhook got something that is no update");
        return StatusCode::BAD_REQUEST;
    };
    match hook.telegram.readable(&value) {
        Some(update) => hook.take(&update).await,
        None => StatusCode::BAD_REQUEST,
    }
}

impl Hook {
    fn is_from_telegram(&self, headers: &HeaderMap) -> bool {
        let Some(hook) = &self.telegram.config.webhook else { return false };
        let sent = headers.get(SECRET).map(HeaderValue::as_bytes).unwrap_or_default();
        sent.ct_eq(hook.secret.as_bytes()).into()
    }

    async fn take(&self, update: &Update) -> StatusCode {
        let turn = self.turns.of(update.chat());
        let _mine = turn.lock().await;
        match self.telegram.take(update, &self.door).await {
            Ok(()) => StatusCode::OK,
            Err(refused @ (Refused::Closing | Refused::Unavailable(_) | Refused::Failed(_))) => {
                tracing::warn!(%refused, "an update from Telegram must come again");
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}
