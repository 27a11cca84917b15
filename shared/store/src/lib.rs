//! Where conversations are kept.
//!
//! [`Store`] is small on purpose: one event's whole outcome is one [`Commit`], applied entirely or not at all, and
//! everything that is looked up later (the queue, due timers, the outbox) is derived from it by the store. Every
//! backend passes the same contract suite.

mod commit;

pub use commit::{
    Applied, CaseChange, Commit, Finish, Finished, NewItem, Receipt, Revision, RosterChange, Stored,
};

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

    /// Applies an event's outcome, entirely or not at all, and returns when it is durable.
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
    /// oldest there, and none while an older one of that destination is leased or waits for its time. A lease that isn't
    /// finished by `until` lapses, and the item is given out again.
    async fn lease(
        &self,
        channels: &[Channel],
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxItem>>;

    /// Commits what became of leased items.
    async fn finish(&self, finished: Vec<Finished>) -> Result<()>;

    /// What was delivered in this place under this slot: the platform's message ids, in order.
    async fn delivered(&self, to: &Destination, slot: &Slot) -> Result<Vec<MessageRef>>;

    /// The thread in which a ticket is worked in the staff place of a channel.
    async fn thread(&self, place: &Channel, ticket: TicketNumber) -> Result<Option<ThreadRef>>;

    /// The ticket that is worked in this thread.
    async fn thread_ticket(&self, place: &Channel, thread: &ThreadRef) -> Result<Option<TicketNumber>>;

    /// The ticket that a message of ours in a staff place belongs to, for places without threads.
    async fn message_ticket(&self, place: &Channel, message: &MessageRef) -> Result<Option<TicketNumber>>;

    /// A small value kept under a name by an adapter or the runtime.
    async fn kept(&self, name: &str) -> Result<Option<String>>;

    /// Every kept value whose name begins so, by name.
    async fn kept_under(&self, prefix: &str) -> Result<Vec<(String, String)>>;

    /// Forgets the keys of events that were taken in before this time.
    async fn forget_seen(&self, before: Timestamp) -> Result<()>;

    /// Ends gracefully: whatever was handed in is durable when this returns.
    async fn close(&self) -> Result<()>;
}
