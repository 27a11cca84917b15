//! What comes in and out of a step besides the event: facts that were looked up before, and everything that follows.

use crate::{Agent, Case, Effect, LogEntry, QueueRow, Roster, TicketNumber};
use jiff::{SignedDuration, Timestamp};

/// What a step may know beyond its case, as of shortly before it. Whatever must be exact is in the case itself.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Now.
    pub now: Timestamp,
    /// The number that a ticket gets if one is opened.
    pub next_ticket: TicketNumber,
    /// All agents.
    pub roster: &'a Roster,
    /// Who acts, if an agent does.
    pub agent: Option<&'a Agent>,
    /// The ticket that an agent acts on, when they act on one. It may have ended.
    pub ticket: Option<TicketNumber>,
    /// All open tickets, in [`QueueRow::order`].
    pub queue: &'a [QueueRow],
    /// The mean time between two claims of late, if there were enough.
    pub pace: Option<SignedDuration>,
}

impl Facts<'_> {
    /// When a time from now has passed; the end of time for one that reaches beyond it.
    #[must_use]
    pub fn after(&self, time: SignedDuration) -> Timestamp {
        self.now.checked_add(time).unwrap_or(Timestamp::MAX)
    }
}

/// Everything that follows from one event for a case. It is committed whole, or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The case as it is now.
    pub case: Case,
    /// What happened, for the log.
    pub log: Vec<LogEntry>,
    /// What should happen outside.
    pub effects: Vec<Effect>,
}

/// Everything that follows from one event for the roster.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterOutcome {
    /// The roster as it is now.
    pub roster: Roster,
    /// What should happen outside.
    pub effects: Vec<Effect>,
    /// An agent who was removed, whose tickets go back.
    pub removed: Option<crate::AgentId>,
}

/// Why the operator's wish can't be granted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// The name is taken.
    #[error("there is an agent named {0:?} already")]
    Taken(String),
    /// Nobody has that name.
    #[error("there is no agent named {0:?}")]
    Unknown(String),
    /// The name can't be used.
    #[error("{0:?} can't be an agent's name: use 1 to 40 characters, none of them a control character")]
    BadName(String),
    /// An agent who takes no ticket is of no use.
    #[error("an agent's capacity is at least 1")]
    NoCapacity,
}
