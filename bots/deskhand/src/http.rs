//! What is served over HTTP: whether the process lives, whether it can work, and the webhooks of the edges.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use runtime::{Door, Runtime};
use serde_json::{Value, json};

/// The routes.
pub(crate) fn router(runtime: Runtime, webhooks: Router) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .with_state(runtime)
        .merge(webhooks)
}

/// 200 when events can be taken in: the store answers, and the service isn't ending.
async fn ready(State(runtime): State<Runtime>) -> (StatusCode, Json<Value>) {
    let channels: Vec<_> = runtime.platforms().keys().map(ToString::to_string).collect();
    match runtime.kept("readyz").await {
        Ok(_) => (StatusCode::OK, Json(json!({ "ready": true, "channels": channels }))),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "channels": channels })))
        }
    }
}
