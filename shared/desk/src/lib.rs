//! The desk: what conversations are, what is decided about them, and how it is worded.
//!
//! This crate is pure. It has no clock, no store, no async, no randomness and no platform types: time comes in as an
//! argument, timers go out as values of the case and come back as events. Everything that a reader wants to know about
//! behaviour is here, and a test of it needs no runtime.

pub mod button;
pub mod case;
pub mod command;
pub mod effect;
pub mod event;
pub mod ids;
pub mod log;
pub mod mask;
pub mod message;
pub mod outcome;
pub mod packs;
pub mod policy;
pub mod roster;
mod roster_step;
mod step;
pub mod wording;

pub use button::{Button, StaffButton, StaffDoes, UnknownButton};
pub use case::{
    Case, Ended, LogEntry, Priority, QueueRow, Queued, Rating, Reason, Stage, Ticket, Tier, Timer, WithAgent,
    WithBot,
};
pub use effect::{
    Card, CardState, Choice, Content, Destination, Effect, OutboxId, OutboxItem, Press, Say, Slot, Speaker,
    StaffChoice, To, Verdict, VerdictKind,
};
pub use event::{
    AdminAct, Asked, CustomerAct, CustomerCommand, Event, NewAgent, Profile, StaffAct, Target, TransferTo,
    Undeliverable, What, WithinAct,
};
pub use ids::{
    Address, AgentId, Channel, ContactId, EventKey, Identity, MessageRef, NameError, ThreadRef, TicketNumber,
    Via,
};
pub use intents::{CategoryId, Department, EntryId, Lang, Probability, Rich};
pub use log::{Logged, Release};
pub use message::{Attachment, AttachmentKind, FileRef, Message};
pub use outcome::{Facts, Outcome, RosterError, RosterOutcome};
pub use packs::Packs;
pub use policy::Policy;
pub use roster::{Agent, Presence, Role, Roster};
pub use roster_step::roster_step;
pub use step::{Refusal, card, refuse, step};
