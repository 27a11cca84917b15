//! What is written at once.

use desk::{
    Case, ContactId, Content, Destination, EventKey, LogEntry, MessageRef, OutboxId, Roster, Slot, ThreadRef,
    Via,
};
use jiff::Timestamp;

/// Counts the commits of one value; 0 before the first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    /// That of the next commit.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A value as it was committed.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Stored<T> {
    /// Which commit of it this is.
    pub revision: Revision,
    /// The value.
    pub value: T,
}

/// The whole outcome of one event.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// The event's key and when it was taken in, so that the same event changes nothing a second time.
    pub seen: Option<(EventKey, Timestamp)>,
    /// The case as it is now.
    pub case: Option<CaseChange>,
    /// The roster as it is now.
    pub roster: Option<RosterChange>,
    /// What should happen outside, in order.
    pub outbox: Vec<NewItem>,
    /// Small values to keep under a name; `None` forgets one.
    pub keep: Vec<(String, Option<String>)>,
}

/// A case that changed.
#[derive(Debug, Clone)]
pub struct CaseChange {
    /// The revision that it was loaded at.
    pub expected: Revision,
    /// As it is now. The queue row and the time of the next timer follow from it.
    pub case: Case,
    /// Entries to append to its log: numbered on from the stored one, up to the case's `log_len`.
    pub log: Vec<LogEntry>,
}

/// A roster that changed.
#[derive(Debug, Clone)]
pub struct RosterChange {
    /// The revision that it was loaded at.
    pub expected: Revision,
    /// As it is now.
    pub roster: Roster,
}

/// Something to deliver. The store gives it its number.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// The case that it belongs to.
    pub case: Option<ContactId>,
    /// Where it goes.
    pub to: Destination,
    /// A short-lived way there.
    pub via: Option<Via>,
    /// The message that it takes the place of. An item for the same destination and slot that was never leased is
    /// replaced by this one, and leaves it its number and its place in the order. One that was leased may have been sent under its number,
    /// so it stays, and this one comes behind it; a store that forgets leases in a restart takes all items as leased then.
    pub slot: Option<Slot>,
    /// Whether it only changes what was delivered under its slot. One that replaces an item which isn't so, isn't so
    /// either: the first version was never sent.
    pub only_edit: bool,
    /// The message that it replies to.
    pub reply_to: Option<Slot>,
    /// What is delivered.
    pub content: Content,
    /// When it was made, and is due.
    pub created: Timestamp,
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is durable.
    Yes,
    /// Its event was applied before; nothing was changed.
    Duplicate,
    /// A value was changed since it was loaded, or the ticket number was taken: load again and repeat. Nothing was
    /// changed.
    Conflict,
}

/// What became of a leased outbox item.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Which.
    pub item: OutboxId,
    /// What.
    pub what: Finish,
}

/// What became of a leased outbox item.
#[derive(Debug, Clone, PartialEq)]
pub enum Finish {
    /// It was delivered. The item is gone.
    Delivered(Receipt),
    /// It is tried again at this time; until then nothing younger goes to the same destination.
    Later {
        /// When.
        due: Timestamp,
        /// Whether the failed try counts.
        counts: bool,
        /// Whether we don't know if it arrived.
        ambiguous: bool,
    },
    /// It will never be delivered, or there is nothing left to do. The item is gone.
    Dropped,
    /// The ticket's thread is gone from the staff place: it is forgotten together with everything delivered in it, and the item is
    /// tried again at once. The try counts, so that a place that loses every thread is given up at some time.
    ThreadGone,
}

/// What a platform says of a delivered item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// The platform's ids of the messages that were sent, or changed; when empty, what was known of the slot stays.
    pub messages: Vec<MessageRef>,
    /// The thread, if it was made for this item.
    pub thread: Option<ThreadRef>,
    /// The ids of the ticket's card, if it was sent along because the thread was new.
    pub card: Vec<MessageRef>,
}
