//! Takes up a changed pack while the service runs: on SIGHUP, and when a file of its folder changes. A pack that can't be
//! read is reported, and the one in force stays.

use anyhow::{Context, Result};
use desk::{Packs, policy::BandsPolicy};
use notify::{RecursiveMode, Watcher};
use runtime::Runtime;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How long after the last change of a file the pack is read: an editor writes several at once.
const QUIET: Duration = Duration::from_millis(300);

/// Watches until `shutdown`. `reloaded` hears of each new pack.
pub(crate) async fn watch(
    folder: Option<PathBuf>,
    bands: BandsPolicy,
    runtime: Runtime,
    reloaded: impl Fn(&Arc<Packs>) + Send,
    shutdown: CancellationToken,
) -> Result<()> {
    let mut hangups = signal(SignalKind::hangup())?;
    let (changed, mut changes) = mpsc::channel(1);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let touches = event.is_ok_and(|event| !event.kind.is_access());
        if touches {
            // A full channel holds a change that is not looked at yet: one is enough.
            let _ = changed.try_send(());
        }
    })?;
    if let Some(folder) = &folder {
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .with_context(|| format!("can't watch {}", folder.display()))?;
    }
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            _ = hangups.recv() => {}
            _ = changes.recv() => {
                while tokio::time::timeout(QUIET, changes.recv()).await.is_ok() {}
            }
        }
        let Some(folder) = folder.clone() else {
            tracing::info!("the shipped pack is in force: there is no folder to read again");
            continue;
        };
        // Training takes a good part of a second: not on a thread that serves.
        let read = tokio::task::spawn_blocking(move || {
            intents::Pack::load(&folder).map(|pack| Arc::new(Packs::new(pack, bands)))
        });
        match read.await? {
            Ok(packs) => {
                tracing::info!(
                    entries = packs.pack().entries().len(),
                    "the pack was read again and is in force"
                );
                reloaded(&packs);
                runtime.set_packs(packs);
            }
            Err(problems) => {
                tracing::error!("the changed pack can't be used; the old one stays:\n{problems}");
            }
        }
    }
}
