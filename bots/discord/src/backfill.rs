//! Catching up after a gap: what was written in known direct channels meanwhile is fetched and taken in, in order, before
//! anything newer of the same person.

use crate::intake::{Intake, Job};
use crate::wire::Message;
use reqwest::Method;
use runtime::Refused;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Discord's largest page of messages.
const PAGE: usize = 100;

impl Intake {
    /// Marks direct channels as possibly having missed messages, and looks after them one by one. Whoever writes meanwhile
    /// is caught up on first.
    pub(crate) fn catch_up(self: &Arc<Self>, since: u64, most: usize) {
        let users = self.discord.state.gap(since, most);
        let intake = self.clone();
        tokio::spawn(async move {
            for user in users {
                intake.push(user, Job::CatchUp, None);
                // Room for what people want now.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
    }

    /// Catches up on one person, if that is due. What can't be fetched for now is due again later.
    pub(crate) async fn catch_up_now(&self, user: crate::wire::Id) -> Result<(), Refused> {
        let Some(mut dm) = self.discord.state.take_stale(user) else { return Ok(()) };
        loop {
            let path = format!("/channels/{}/messages?after={}&limit={PAGE}", dm.channel, dm.last);
            let page = match self.discord.rest.insist(Method::GET, &path, None).await {
                Ok(page) => page,
                Err(error) if error.missing() => {
                    self.discord.state.forget_dm(user);
                    return Ok(());
                }
                Err(error) => {
                    tracing::warn!(%error, "missed messages can't be fetched for now");
                    if error.passing() {
                        self.discord.state.still_stale(user);
                    }
                    return Ok(());
                }
            };
            let page = page.as_array().cloned().unwrap_or_default();
            let full = page.len() >= PAGE;
            let mut messages: Vec<Message> =
                page.into_iter().filter_map(|message| Message::deserialize(message).ok()).collect();
            messages.retain(|message| message.id.0 > dm.last);
            // Discord lists the newest first.
            messages.sort_by_key(|message| message.id);
            let Some(newest) = messages.last().map(|message| message.id.0) else { return Ok(()) };
            for message in &messages {
                self.message(user, message, false).await?;
            }
            self.discord.state.seen(user, dm.channel, newest);
            dm.last = newest;
            if !full {
                return Ok(());
            }
        }
    }
}
