//! Where conversations are kept.
//!
//! [`Store`] is small on purpose: one event's whole outcome is one [`Commit`], applied entirely or not at all, and
//! everything that is looked up later (the queue, due timers, the outbox) is derived from it by the store. Every
//! backend passes the same contract suite.

mod commit;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod memory;
mod rules;
mod sled_store;

pub use commit::{
    Applied, CaseChange, Commit, Finish, Finished, NewItem, Receipt, Revision, RosterChange, Stored,
};
pub use memory::MemoryStore;
pub use sled_store::{OpenError, SledStore};

use async_trait::async_trait;
use desk::{
    Case, Channel, ContactId, Destination, LogEntry, MessageRef, OutboxItem, QueueRow, Roster, Slot,
    ThreadRef, TicketNumber,
};
use jiff::Timestamp;

/// Why the store can't do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The storage itself failed (disk full, connection lost for good). Nothing that wasn't acknowledged can be relied
    /// on; the process should say so and end, and find everything acknowledged when it starts again.
    #[error("the storage failed: {0}")]
    Failed(String),
    /// The storage can't be reached for now; the same call may work later.
    #[error("the storage can't be reached: {0}")]
    Unavailable(String),
    /// The commit contradicts what is stored (a log that doesn't continue the stored one) or itself, or is too large. Nothing
    /// was changed, and repeating it is of no use: the mistake is the caller's.
    #[error("the commit can't be stored: {0}")]
    Rejected(String),
    /// The stored data isn't what this version reads.
    #[error("the stored data can't be read: {0}")]
    Format(String),
}

/// Short for results of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Where conversations are kept. All methods may be called from many tasks at once.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The case of a contact with its revision, as of the last commit.
    async fn case(&self, contact: &ContactId) -> Result<Option<Stored<Case>>>;

    /// The roster with its revision; an empty one at revision 0 if none was ever committed.
    async fn roster(&self) -> Result<Stored<Roster>>;

    /// Applies an event's outcome, entirely or not at all, and returns when it is durable. A value that was loaded at a
    /// revision is at [`Revision::next`] of it afterwards.
    async fn commit(&self, commit: Commit) -> Result<Applied>;

    /// Every open ticket, in [`QueueRow::order`].
    async fn queue(&self) -> Result<std::sync::Arc<[QueueRow]>>;

    /// The contact whose case has, or had, this ticket.
    async fn ticket(&self, number: TicketNumber) -> Result<Option<ContactId>>;

    /// The highest ticket number ever committed; 0 if there is none.
    async fn last_ticket(&self) -> Result<TicketNumber>;

    /// Up to `limit` entries of a case's log, from number `from` on.
    async fn log(&self, contact: &ContactId, from: u64, limit: usize) -> Result<Vec<LogEntry>>;

    /// Up to `limit` cases with a timer that is due, earliest first.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ContactId>>;

    /// Leases up to `limit` outbox items of these channels that are due, at most one for each destination: always the
    /// oldest there, and none while an older one of that destination is leased or waits for its time. What could have been
    /// leased longest comes first. A lease that isn't finished by `until` lapses, and the item is given out again; so it may be when the
    /// process is started again.
    async fn lease(
        &self,
        channels: &[Channel],
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxItem>>;

    /// Commits what became of leased items, durably. A result counts even if its lease has lapsed meanwhile; one of an item
    /// that is gone is passed over.
    async fn finish(&self, finished: Vec<Finished>) -> Result<()>;

    /// What was last delivered in this place under this slot: the platform's message ids, in order. Answers to
    /// [`Destination::Actor`] aren't remembered.
    async fn delivered(&self, to: &Destination, slot: &Slot) -> Result<Vec<MessageRef>>;

    /// The thread in which a ticket is worked in the staff place of a channel.
    async fn thread(&self, place: &Channel, ticket: TicketNumber) -> Result<Option<ThreadRef>>;

    /// The ticket that is worked in this thread.
    async fn thread_ticket(&self, place: &Channel, thread: &ThreadRef) -> Result<Option<TicketNumber>>;

    /// The ticket that a message of ours in a staff place belongs to, for places without threads.
    async fn message_ticket(&self, place: &Channel, message: &MessageRef) -> Result<Option<TicketNumber>>;

    /// A small value kept under a name by an adapter or the runtime.
    async fn kept(&self, name: &str) -> Result<Option<String>>;

    /// Every kept value whose name begins so, by name (in the order of its bytes).
    async fn kept_under(&self, prefix: &str) -> Result<Vec<(String, String)>>;

    /// Forgets the keys of events that were taken in before this time; those of the same day (UTC) may be kept.
    async fn forget_seen(&self, before: Timestamp) -> Result<()>;

    /// Returns when the storage has failed, and never if it doesn't: whoever waits for it ends the process then.
    async fn failed(&self) -> StoreError {
        std::future::pending().await
    }

    /// Ends gracefully: whatever was handed in is durable when this returns. What is handed in later is refused as
    /// [`StoreError::Unavailable`].
    async fn close(&self) -> Result<()>;
}
