//! What the log of a case can say. Entries are never changed, so their stored form may only grow.

use crate::{
    AgentId, Attachment, Button, Channel, MessageRef, Priority, Reason, Slot, Undeliverable, Verdict,
    VerdictKind,
};
use intents::{Department, EntryId, Lang};
use serde::{Deserialize, Serialize};

/// What happened in a case. Texts are masked: no password, code or card number is among them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Logged {
    /// The customer wrote.
    Customer {
        /// The platform's id of the message.
        id: MessageRef,
        /// The text.
        text: String,
        /// What came with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// The customer changed a message; how it read before stands in the earlier entry with the same id.
    CustomerEdited {
        /// The platform's id of the message.
        id: MessageRef,
        /// How it reads now.
        text: String,
    },
    /// The customer pressed a button.
    Pressed {
        /// Which.
        button: Button,
    },
    /// The bot spoke.
    Bot {
        /// What it said.
        text: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verdict: Option<Verdict>,
    },
    /// An agent wrote to the customer.
    Agent {
        /// Who.
        agent: AgentId,
        /// On which channel, with the platform's id of the message there, if it was a message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<(Channel, MessageRef)>,
        /// The text.
        text: String,
        /// What came with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// An agent changed a message to the customer.
    AgentEdited {
        /// Who.
        agent: AgentId,
        /// Where it was written.
        source: (Channel, MessageRef),
        /// How it reads now.
        text: String,
    },
    /// An agent wrote to colleagues.
    Note {
        /// Who.
        agent: AgentId,
        /// The text.
        text: String,
        /// What came with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// A ticket was opened.
    Opened {
        /// Why.
        reason: Reason,
        /// Whose it became.
        department: Department,
        /// How pressing.
        priority: Priority,
    },
    /// An agent took the ticket.
    Claimed {
        /// Who.
        agent: AgentId,
    },
    /// The ticket went back to the queue.
    Released {
        /// Who had it.
        agent: AgentId,
        /// Why.
        why: Release,
    },
    /// The ticket went to others.
    Transferred {
        /// Who gave it.
        agent: AgentId,
        /// The department that has it now.
        department: Department,
        /// The colleague that it is kept for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<AgentId>,
    },
    /// The ticket went up a tier.
    Escalated {
        /// Who did it; none for a timer or the customer.
        agent: Option<AgentId>,
    },
    /// The ticket's priority was set.
    Prioritised {
        /// Who did it.
        agent: AgentId,
        /// To what.
        priority: Priority,
    },
    /// An agent ended the ticket.
    Resolved {
        /// Who.
        agent: AgentId,
    },
    /// The customer went back to the bot before an agent took the ticket.
    Withdrawn,
    /// An agent took an ended ticket up again, or the customer did by writing on.
    Reopened {
        /// Who; none for the customer.
        agent: Option<AgentId>,
    },
    /// The customer is ignored from now on, or heard again.
    Blocked {
        /// Who did it.
        agent: AgentId,
        /// Whether it is on.
        on: bool,
    },
    /// The customer rated the ticket.
    Rated {
        /// From 1 (bad) to 5 (good).
        stars: u8,
    },
    /// The customer rated an answer.
    Thumbs {
        /// Of which entry.
        entry: EntryId,
        /// Whether it helped.
        up: bool,
    },
    /// A message was read and a decision taken that says nothing (the customer is with a person).
    Decided {
        /// What.
        verdict: VerdictKind,
    },
    /// The customer chose a language.
    Language {
        /// Which.
        language: Lang,
    },
    /// The owner was reminded.
    Reminded {
        /// Who.
        agent: AgentId,
    },
    /// A message could not be delivered.
    Undeliverable {
        /// To the customer, or to this staff place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Channel>,
        /// Which message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<Slot>,
        /// Why.
        reason: Undeliverable,
    },
    /// The customer made themselves unreachable.
    Left,
}

/// Why a ticket went back to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// Its owner gave it back.
    ByOwner,
    /// Its owner was silent for too long.
    Silence,
    /// Its owner is no agent any more.
    Removed,
    /// Its owner went offline while the customer waited for an answer.
    Offline,
    /// The colleague that it was kept for didn't take it.
    NotTaken,
}
