//! The conversation with one contact: whose turn it is, the ticket that is open, what is due.

use crate::{AgentId, ContactId, Profile, TicketNumber};
use intents::{Department, EntryId, Lang, Probability};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The conversation with one contact. The unit of order and of consistency: one value, saved whole with each event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Whose it is.
    pub contact: ContactId,
    /// What their platform says about them, as of their last act.
    pub profile: Profile,
    /// The language that we speak to them.
    pub language: Lang,
    /// Whether they chose it; else it follows what they write.
    #[serde(default)]
    pub language_chosen: bool,
    /// Whose turn it is.
    pub stage: Stage,
    /// Whether an agent blocked them.
    #[serde(default)]
    pub blocked: bool,
    /// The number of entries in the case's log so far; the next entry's number.
    pub log_len: u64,
    /// What is due, and when. A timer fires once, as a [`crate::WithinAct::Wake`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub timers: BTreeMap<Timer, Timestamp>,
    /// What they asked the bot lately, oldest first, masked: shown on the card.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<String>,
    /// The last ticket that ended, so that it can be taken up again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

impl Case {
    /// A conversation in which nothing was said yet.
    #[must_use]
    pub fn new(contact: ContactId, profile: Profile, language: Lang) -> Self {
        Self {
            contact,
            profile,
            language,
            language_chosen: false,
            stage: Stage::WithBot(WithBot::default()),
            blocked: false,
            log_len: 0,
            timers: BTreeMap::new(),
            questions: Vec::new(),
            ended: None,
        }
    }

    /// The ticket that is open.
    #[must_use]
    pub fn ticket(&self) -> Option<&Ticket> {
        match &self.stage {
            Stage::Queued(queued) => Some(&queued.ticket),
            Stage::WithAgent(owned) => Some(&owned.ticket),
            Stage::WithBot(_) | Stage::Rating(_) => None,
        }
    }

    /// When the case must next be woken.
    #[must_use]
    pub fn wake(&self) -> Option<Timestamp> {
        self.timers.values().min().copied()
    }

    /// The row of the open ticket in the queue of all tickets.
    #[must_use]
    pub fn queue_row(&self) -> Option<QueueRow> {
        let (ticket, owner) = match &self.stage {
            Stage::Queued(queued) => (&queued.ticket, None),
            Stage::WithAgent(owned) => (&owned.ticket, Some(owned.agent)),
            Stage::WithBot(_) | Stage::Rating(_) => return None,
        };
        Some(QueueRow {
            number: ticket.number,
            contact: self.contact.clone(),
            name: self.profile.name.clone(),
            language: self.language,
            reason: ticket.reason.clone(),
            department: ticket.department.clone(),
            tier: ticket.tier,
            priority: ticket.priority,
            opened: ticket.opened,
            due: ticket.due,
            owner,
        })
    }
}

/// Whose turn it is. Exactly one speaks: the bot, nobody (queued: the bot only acknowledges), or one agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The bot answers.
    WithBot(WithBot),
    /// A ticket waits for an agent.
    Queued(Queued),
    /// An agent has the ticket.
    WithAgent(WithAgent),
    /// The ticket ended, and the customer is asked how it was. The bot answers again.
    Rating(Rating),
}

impl Stage {
    /// The stage's name for scripts.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::WithBot(_) => "with_bot",
            Self::Queued(_) => "queued",
            Self::WithAgent(_) => "with_agent",
            Self::Rating(_) => "rating",
        }
    }
}

/// The bot answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WithBot {
    /// How often in a row the bot didn't know.
    #[serde(default)]
    pub misses: u32,
    /// The entries that were offered to choose from, if the last message was such an offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offered: Vec<EntryId>,
    /// The entry that was answered with last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<EntryId>,
    /// Whether the next message is feedback.
    #[serde(default)]
    pub feedback: bool,
}

/// A ticket waits for an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// The ticket.
    pub ticket: Ticket,
    /// Since when it waits this time.
    pub since: Timestamp,
    /// The position that the customer was last told, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<u32>,
    /// When the bot last acknowledged a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Timestamp>,
    /// The colleague that it was transferred to, for whom it is kept for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_for: Option<AgentId>,
}

/// An agent has the ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WithAgent {
    /// The ticket.
    pub ticket: Ticket,
    /// Who has it.
    pub agent: AgentId,
    /// Since when.
    pub since: Timestamp,
    /// Since when the customer waits for an answer; none while the customer is to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Timestamp>,
}

/// The ticket ended, and the customer is asked how it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// The ticket.
    pub number: TicketNumber,
    /// Who ended it.
    pub agent: AgentId,
}

/// What people work on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub number: TicketNumber,
    /// Why the bot handed it over.
    pub reason: Reason,
    /// Whose it is.
    pub department: Department,
    /// Which tier.
    pub tier: Tier,
    /// How pressing.
    pub priority: Priority,
    /// When the handoff happened.
    pub opened: Timestamp,
    /// When the first answer is due; also its place in the queue, which it keeps when it comes back.
    pub due: Timestamp,
    /// When an agent first answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Timestamp>,
    /// The questions of the pack that come closest to what was asked, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<(EntryId, Probability)>,
    /// How often an owner fell silent.
    #[serde(default)]
    pub silences: u32,
}

/// A ticket that ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// The ticket.
    pub ticket: Ticket,
    /// Who ended it; none if the customer did.
    pub agent: Option<AgentId>,
    /// When.
    pub at: Timestamp,
}

/// Why a ticket exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The bot didn't know, several times in a row.
    Unsure,
    /// The customer asked for a person.
    Asked,
    /// The customer asked for somebody more senior.
    Senior,
    /// An urgent entry.
    Urgent(EntryId),
    /// The answer didn't help.
    Unhelpful(EntryId),
    /// The customer sent something that the bot can't read.
    Attachment,
    /// The customer gives feedback.
    Feedback,
}

/// How far up a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Any agent of the department.
    First,
    /// Senior agents and supervisors.
    Senior,
}

/// How pressing a ticket is, most pressing last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Whenever there is time.
    Low,
    /// As it comes.
    Normal,
    /// Before what is normal.
    High,
    /// A security alarm: before everything.
    Urgent,
}

impl Priority {
    /// Every priority, least pressing first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];
}

/// What a case can be woken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// The owner hasn't answered: remind them.
    OwnerSilent,
    /// The owner still hasn't answered: back to the queue.
    OwnerGone,
    /// The ticket is kept for a colleague no longer.
    KeptFor,
    /// The rating's time is up.
    Rating,
    /// A resolved ticket can be taken up again no longer.
    Forget,
}

/// An open ticket among all open tickets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueRow {
    /// The ticket.
    pub number: TicketNumber,
    /// The case.
    pub contact: ContactId,
    /// The customer's name.
    pub name: String,
    /// The customer's language.
    pub language: Lang,
    /// Why it exists.
    pub reason: Reason,
    /// Whose it is.
    pub department: Department,
    /// Which tier.
    pub tier: Tier,
    /// How pressing.
    pub priority: Priority,
    /// When the handoff happened.
    pub opened: Timestamp,
    /// When the first answer is due.
    pub due: Timestamp,
    /// Who has it; none while it waits.
    pub owner: Option<AgentId>,
}

impl QueueRow {
    /// Sorts tickets into the order in which they are taken: by urgency, then by due time.
    #[must_use]
    pub fn order(&self) -> (std::cmp::Reverse<Priority>, Timestamp, TicketNumber) {
        (std::cmp::Reverse(self.priority), self.due, self.number)
    }
}

/// One thing that happened in a case. Append-only: transcript, audit trail and statistics are readings of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its number in the case, from 0, without gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// The ticket that was open, or was opened or ended by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketNumber>,
    /// What.
    pub what: crate::Logged,
}
