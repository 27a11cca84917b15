//! Logs go to standard error. `DESKHAND_LOG` chooses what is logged (`info`, or `debug,hyper=warn`), and
//! `DESKHAND_LOG_FORMAT=json` makes each line a JSON object.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Starts logging; a second call changes nothing.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("DESKHAND_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let json = std::env::var("DESKHAND_LOG_FORMAT").is_ok_and(|format| format == "json");
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false);
    let layer = if json { lines.json().boxed() } else { lines.boxed() };
    // Only a test starts it twice.
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
}
