//! What should happen outside, said in our words. How it looks is each adapter's own business.

use crate::{
    Attachment, Button, Channel, ContactId, EventKey, MessageRef, Priority, Reason, StaffButton,
    TicketNumber, Tier, Via,
};
use intents::{Department, EntryId, Lang, Probability, Rich};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Something to be delivered.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// To whom.
    pub to: To,
    /// The message that this one takes the place of, if it was sent before; and the name by which a later one finds it.
    pub slot: Option<Slot>,
    /// The earlier message that this one replies to, if it was sent.
    pub reply_to: Option<Slot>,
    /// Whether it only changes what was sent under its slot: if nothing was, nothing is.
    pub only_edit: bool,
    /// What.
    pub content: Content,
}

/// Whom an effect is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// The customer of the case.
    Contact,
    /// Every staff place.
    Staff(TicketNumber),
    /// Every staff place but this one, where it is seen already.
    StaffBut(TicketNumber, Channel),
    /// Whoever caused the event, and only them. Dropped when there is no way back to them.
    Actor,
}

/// Where an outbox item goes. Items with the same destination are delivered in order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// A customer, or an agent spoken to in private.
    Contact(ContactId),
    /// The thread of a ticket in the staff place of a channel.
    Staff {
        /// The channel.
        place: Channel,
        /// The ticket.
        ticket: TicketNumber,
    },
    /// The answer to one act, by its [`Via`]; named by the event that it answers.
    Actor {
        /// The channel.
        place: Channel,
        /// The event.
        event: EventKey,
    },
}

impl Destination {
    /// The channel that delivers there.
    #[must_use]
    pub fn channel(&self) -> &Channel {
        match self {
            Self::Contact(contact) => contact.channel(),
            Self::Staff { place, .. } | Self::Actor { place, .. } => place,
        }
    }
}

/// The name of one message within a destination, under which it is found again to be changed or replied to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The ticket's card in a staff place.
    Card(TicketNumber),
    /// Position and expected wait of a queued ticket.
    Position(TicketNumber),
    /// The request for a rating.
    Rating(TicketNumber),
    /// The copy of a customer's message in a staff place.
    Customer(MessageRef),
    /// The copy of an agent's message, which they wrote on this channel.
    Agent(Channel, MessageRef),
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(n) => write!(f, "card/{}", n.0),
            Self::Position(n) => write!(f, "position/{}", n.0),
            Self::Rating(n) => write!(f, "rating/{}", n.0),
            Self::Customer(m) => write!(f, "customer/{m}"),
            Self::Agent(channel, m) => write!(f, "agent/{channel}/{m}"),
        }
    }
}

/// An outbox item's number: unique in a deployment, rising in the order of commits of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OutboxId(pub u64);

/// A committed effect that is not delivered yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// Its number.
    pub id: OutboxId,
    /// The case that it belongs to, which is told when it can't be delivered.
    pub case: Option<ContactId>,
    /// Where it goes.
    pub to: Destination,
    /// A short-lived way there, better than the usual one while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Via>,
    /// The message that it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
    /// The message that it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Slot>,
    /// Whether it only changes what was delivered under its slot: if nothing was, it is dropped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_edit: bool,
    /// What is delivered.
    pub content: Content,
    /// When it was committed.
    pub created: Timestamp,
    /// When it is next tried.
    pub due: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// How often it was tried without our learning whether it arrived.
    pub ambiguous: u32,
}

/// What is delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Something said, by whomever.
    Say(Say),
    /// The card of a ticket, with the buttons of what can be done with it.
    Card(Box<Card>),
}

/// Something said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Say {
    /// Who says it.
    pub speaker: Speaker,
    /// The text; may be empty when something is attached.
    pub text: Rich,
    /// Buttons under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Files with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Why the bot says it, if the bot does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

/// Who says something. In the customer's chat only the words are shown; a staff place shows who spoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The bot.
    Bot,
    /// The customer, by name.
    Customer(String),
    /// An agent, by name, to the customer.
    Agent(String),
    /// An agent, by name, to colleagues.
    Note(String),
    /// Deskhand itself, to agents: what happened.
    Notice,
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub press: Press,
}

/// What a button under a customer's message does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Press {
    /// Comes back to us.
    Button(Button),
    /// Opens a page.
    Link(String),
    /// Opens a private conversation with the bot, in whatever way the channel has.
    Private,
    /// Comes back to us from an agent.
    Staff(StaffButton),
}

/// The bot's decision on a message, for those who want to know why it said what it said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was decided.
    pub kind: VerdictKind,
    /// The entry that was answered with, or the likeliest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// The matcher's probability for it.
    pub confidence: Probability,
}

/// What the bot decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// Answered with an entry.
    Answer,
    /// Asked which of the likeliest is meant.
    Clarify,
    /// Asked to put it more concretely.
    Unsure,
    /// Handed to a person.
    Handoff,
    /// Answered a greeting, thanks, or the like.
    SmallTalk,
    /// Answered a command, or a button that asks no question of the pack.
    Service,
    /// Passed on to the person who has the conversation, or will have it.
    Relay,
}

/// What agents see of a ticket at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The ticket.
    pub number: TicketNumber,
    /// The customer's account.
    pub contact: ContactId,
    /// The customer's name.
    pub name: String,
    /// The customer's handle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// The customer's language.
    pub language: Lang,
    /// Why the bot handed it over.
    pub reason: Reason,
    /// Whose it is.
    pub department: Department,
    /// Which tier.
    pub tier: Tier,
    /// How pressing.
    pub priority: Priority,
    /// Where it stands.
    pub state: CardState,
    /// What the customer last asked the bot.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<String>,
    /// The questions of the pack that come closest, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<(EntryId, Probability)>,
    /// When the handoff happened.
    pub opened: Timestamp,
    /// When the first answer is due.
    pub due: Timestamp,
    /// The card's words, in the staff's language, for places that show no fields of their own.
    pub text: Rich,
    /// What can be done now, in the order in which it is offered.
    pub actions: Vec<StaffChoice>,
}

/// Where a ticket stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// Waiting for an agent.
    Queued,
    /// An agent, by name, has it.
    Owned(String),
    /// Ended by an agent, by name.
    Resolved(String),
    /// Ended by the customer, who went back to the bot.
    Withdrawn,
}

/// A button on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffChoice {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub button: StaffButton,
}
