//! What must outlast the process: the session with the number up to which everything was taken in, and the known direct
//! channels with the last message of each. Saved every second: being late is harmless, because what is replayed then is known
//! by its key.

use crate::intake::{Intake, Session, taken};
use crate::state::Dm;
use crate::wire::Id;
use std::sync::Arc;
use std::time::Duration;

/// The name under which the session is kept, and the beginning of those of direct channels.
const SESSION: &str = "discord/session";
const DM: &str = "discord/dm/";

impl Intake {
    /// Reads what was kept when we last ran.
    pub(crate) async fn load(&self) {
        match self.door.kept_under(DM).await {
            Ok(kept) => {
                for (name, value) in kept {
                    let user = name.strip_prefix(DM).and_then(Id::read);
                    let dm = value.split_once(':').and_then(|(channel, last)| {
                        Some(Dm { channel: Id::read(channel)?, last: last.parse().ok()? })
                    });
                    if let (Some(user), Some(dm)) = (user, dm) {
                        self.discord.state.load_dm(user, dm);
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "known direct channels can't be read; messages missed there stay missed");
            }
        }
        let kept = self.door.kept(SESSION).await.ok().flatten();
        if let Some(session) = kept.and_then(|text| serde_json::from_str::<Session>(&text).ok()) {
            let mut inner = self.inner();
            inner.named = Some((session.id.clone(), session.url.clone()));
            inner.received = session.seq;
            inner.saved = Some(session);
        }
    }

    /// Saves the session and the direct channels every second, and once more at the end.
    pub(crate) async fn save_until_shutdown(self: Arc<Self>) {
        while !self.shutdown.is_cancelled() {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                () = self.shutdown.cancelled() => self.drain(Duration::from_secs(4)).await,
            }
            self.save().await;
        }
    }

    async fn save(&self) {
        for (user, dm) in self.discord.state.take_unsaved() {
            let value = dm.map(|dm| format!("{}:{}", dm.channel, dm.last));
            if self.door.keep(&format!("{DM}{user}"), value.as_deref()).await.is_err() {
                self.discord.state.still_unsaved(user);
            }
        }
        let (now, saved) = {
            let inner = self.inner();
            let seq = taken(&inner);
            let now = inner.named.clone().map(|(id, url)| Session { id, url, seq });
            (now, inner.saved.clone())
        };
        if now == saved {
            return;
        }
        let text = now.as_ref().and_then(|session| serde_json::to_string(session).ok());
        match self.door.keep(SESSION, text.as_deref()).await {
            Ok(()) => self.inner().saved = now,
            Err(error) => tracing::warn!(%error, "the session couldn't be saved"),
        }
    }
}
