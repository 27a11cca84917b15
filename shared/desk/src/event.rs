//! The closed set of things that can happen. Customers, agents, timers and deliveries all come in as an [`Event`];
//! nothing reaches the store by another path.

use crate::{
    AgentId, Button, Channel, ContactId, EventKey, Identity, Message, MessageRef, OutboxId, Presence,
    Priority, Role, Slot, ThreadRef, TicketNumber, Via,
};
use intents::{Department, Lang};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Tells a repeated delivery of the same thing.
    pub key: EventKey,
    /// When we took it in.
    pub at: Timestamp,
    /// A short-lived way to answer whoever caused it.
    pub via: Option<Via>,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A customer did something in their conversation.
    Customer {
        /// Who; also names the case.
        contact: ContactId,
        /// What their platform says about them.
        profile: Profile,
        /// What they did.
        act: CustomerAct,
    },
    /// Somebody acted in a staff place, or says to be an agent. Whether they are one, the roster tells.
    Staff {
        /// Their account.
        by: Identity,
        /// What they acted on.
        on: Target,
        /// What they did.
        act: StaffAct,
    },
    /// Somebody sent a link code from an account of theirs.
    Link {
        /// That account.
        by: Identity,
        /// The code as typed.
        code: String,
    },
    /// The operator changed the roster.
    Admin(AdminAct),
    /// Something happened to a case without anybody acting.
    Within {
        /// The case.
        contact: ContactId,
        /// What happened.
        act: WithinAct,
    },
}

/// What a platform says about a contact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// The name that they show.
    pub name: String,
    /// Their unique handle, without `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// The language of their app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Lang>,
    /// Whether others read along: a group. Nothing personal is said there, and nothing is handed off from there.
    #[serde(default)]
    pub public: bool,
}

/// What a customer did.
#[derive(Debug, Clone, PartialEq)]
pub enum CustomerAct {
    /// Wrote.
    Say {
        /// The platform's id of the message.
        id: MessageRef,
        /// The message.
        message: Message,
    },
    /// Changed an earlier message.
    Edit {
        /// The platform's id of the message.
        id: MessageRef,
        /// How it reads now.
        message: Message,
    },
    /// Pressed a button that we offered.
    Press(Button),
    /// Gave a command.
    Command(CustomerCommand),
    /// Made themselves unreachable: blocked the bot, left, closed their messages.
    Left,
}

/// Commands of customers; the same on every channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerCommand {
    /// Begin, or begin anew.
    Start,
    /// What the bot can do.
    Help,
    /// The questions by category.
    Faq,
    /// Talk to a person.
    Human,
    /// The ways to reach the service.
    Contact,
    /// Where my ticket stands.
    Status,
    /// Say how the service was.
    Feedback(Option<String>),
    /// Choose the language; without one, offer the choice.
    Language(Option<Lang>),
    /// Stop waiting, or leave what was begun.
    Cancel,
    /// What is stored about me.
    Privacy,
}

/// What an agent acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// This ticket.
    Ticket(TicketNumber),
    /// The ticket that is worked in this thread of the staff place on this channel.
    Thread(Channel, ThreadRef),
    /// The ticket that this message in the staff place on this channel belongs to.
    Message(Channel, MessageRef),
    /// Whatever is first in the queue for them.
    Next,
    /// Nothing in particular.
    Nothing,
}

/// What an agent did.
#[derive(Debug, Clone, PartialEq)]
pub enum StaffAct {
    /// Wrote plainly in the ticket's thread: for the customer if they own the ticket, else a note; a note in any case if it
    /// begins with `//`.
    Say {
        /// The platform's id of the message, so that an edit of it finds its copies.
        id: MessageRef,
        /// The message.
        message: Message,
    },
    /// Changed an earlier plain message.
    Edit {
        /// The platform's id of the message.
        id: MessageRef,
        /// How it reads now.
        message: Message,
    },
    /// Answers the customer.
    Reply(Message),
    /// Writes to colleagues only.
    Note(Message),
    /// Takes the ticket.
    Claim,
    /// Gives it back to the queue.
    Release,
    /// Gives it to others.
    Transfer(TransferTo),
    /// Moves it up a tier.
    Escalate,
    /// Sets its priority.
    Prioritise(Priority),
    /// Answers with a prepared reply of the pack.
    Canned(String),
    /// Wants to choose: which department, priority or prepared reply.
    Ask(Asked),
    /// Ends it.
    Resolve,
    /// Takes an ended one up again.
    Reopen,
    /// Ignores the customer from now on.
    Block,
    /// Hears the customer again.
    Unblock,
    /// Says whether they take tickets.
    Presence(Presence),
    /// Asks for the queue.
    Queue,
    /// Asks what agents can do.
    Help,
}

/// What an agent wants to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Who gets the ticket.
    Transfer,
    /// How pressing it is.
    Priority,
    /// The prepared replies.
    Canned,
}

/// Who gets a ticket that is transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTo {
    /// The queue of a department.
    Department(Department),
    /// A colleague, by id.
    Agent(AgentId),
    /// A colleague, by the name that was typed.
    Named(String),
}

/// What the operator does to the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminAct {
    /// Adds an agent, who gets a link code.
    Add(NewAgent),
    /// Gives an agent a new link code; `code` is made by the caller, because the core has no randomness.
    NewCode {
        /// The agent's name.
        name: String,
        /// The code.
        code: String,
    },
    /// Removes an agent; their tickets go back to the queue.
    Remove(String),
}

/// An agent to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAgent {
    /// Their name, unique in the roster, shown to colleagues and customers.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Departments whose tickets they take; none means all.
    pub departments: Vec<Department>,
    /// Languages that they write; none means all.
    pub languages: Vec<Lang>,
    /// How many tickets they take at a time.
    pub capacity: u32,
    /// The one-time link code, made by the caller, because the core has no randomness.
    pub code: String,
}

/// What happened to a case without anybody acting.
#[derive(Debug, Clone, PartialEq)]
pub enum WithinAct {
    /// A timer of the case is due.
    Wake,
    /// Its place in the queue may have changed.
    QueueMoved,
    /// Its owner is no longer an agent, or has gone offline.
    OwnerGone(AgentId),
    /// A delivery failed for good.
    Undeliverable {
        /// Which.
        item: OutboxId,
        /// To the customer, or to the staff place of this channel.
        place: Option<Channel>,
        /// The slot that the message was to fill.
        slot: Option<Slot>,
        /// Why.
        reason: Undeliverable,
    },
}

/// Why a message can't be delivered, ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undeliverable {
    /// The customer blocked the bot, closed their messages, or is gone.
    Unreachable,
    /// The platform refuses this message.
    Rejected,
    /// It was tried for as long as the policy says.
    GaveUp,
    /// A file is too large for the other side, or can't be fetched any more.
    File,
}
