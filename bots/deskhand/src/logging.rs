//! Logs go to standard error. `DESKHAND_LOG` chooses what is logged (`info`, or `debug,discord=trace`), and
//! `DESKHAND_LOG_FORMAT=json` makes each line a JSON object.
//!
//! Libraries never say more than warnings, whatever is chosen: at their more talkative levels they log what they send and
//! receive, and with it tokens and customers' words.

use std::io::IsTerminal;
use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, filter, fmt, prelude::*};

/// Our own crates, by their first path segment.
const OURS: [&str; 7] = ["deskhand", "desk", "discord", "intents", "runtime", "store", "telegram"];

/// Starts logging; a second call changes nothing.
pub(crate) fn start() {
    let chosen = EnvFilter::try_from_env("DESKHAND_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let json = std::env::var("DESKHAND_LOG_FORMAT").is_ok_and(|format| format == "json");
    let colours = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours).with_target(false);
    let layer = if json { lines.json().boxed() } else { lines.boxed() };
    // Only a test starts it twice.
    let _ =
        tracing_subscriber::registry().with(chosen).with(filter::filter_fn(may_say)).with(layer).try_init();
}

/// Whether this is ours, or urgent enough.
fn may_say(metadata: &Metadata<'_>) -> bool {
    let ours = metadata.target().split("::").next().is_some_and(|name| OURS.contains(&name));
    ours || *metadata.level() <= Level::WARN
}
