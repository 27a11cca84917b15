//! The short-lived way to answer an interaction, as it travels through the store: which application, which token, and what
//! the acknowledgement left open. The token is a secret; it is never printed.

use crate::from_discord::Ack;
use crate::wire::{Id, Interaction};
use desk::{Channel, Via};
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// Discord keeps an interaction's token for 15 minutes (Interactions, "Receiving and Responding"); we stop a little earlier.
const LASTS: SignedDuration = SignedDuration::from_secs(14 * 60 + 30);

/// How an interaction can be answered.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// The application.
    pub(crate) application: Id,
    /// The interaction's token.
    pub(crate) token: String,
    /// Whether "thinking…" stands there until it is filled in.
    pub(crate) thinking: bool,
    /// Whether only the one who acted sees it: always so in a guild.
    pub(crate) private: bool,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("application", &self.application)
            .field("thinking", &self.thinking)
            .field("private", &self.private)
            .finish_non_exhaustive()
    }
}

impl Reply {
    /// The way to answer this interaction; none when nobody knows our application or it has no usable token.
    pub(crate) fn of(wire: &Interaction, application: Option<Id>, ack: Ack) -> Option<Self> {
        let legal = |c: char| c.is_ascii_graphic() && !"/?#%\\".contains(c);
        let usable = !wire.token.is_empty() && wire.token.chars().all(legal) && !wire.token.contains("..");
        usable.then_some(Self {
            application: wire.application_id.or(application)?,
            token: wire.token.clone(),
            thinking: ack == Ack::Thinking,
            private: wire.guild_id.is_some(),
        })
    }

    /// As the desk carries it.
    #[must_use]
    pub(crate) fn via(&self, channel: &Channel, now: Timestamp) -> Via {
        let kind = match (self.thinking, self.private) {
            (true, true) => "tp",
            (true, false) => "t",
            (false, true) => "qp",
            (false, false) => "q",
        };
        let token = format!("{kind}/{}/{}", self.application, self.token);
        Via { channel: channel.clone(), token, until: now + LASTS }
    }

    /// Reads what [`Reply::via`] made.
    #[must_use]
    pub(crate) fn read(via: &Via) -> Option<Self> {
        let mut parts = via.token.splitn(3, '/');
        let (kind, application, token) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            application: Id::read(application)?,
            token: token.to_owned(),
            thinking: kind.starts_with('t'),
            private: kind.ends_with('p'),
        })
    }
}
