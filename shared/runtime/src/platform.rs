//! What the runtime asks of an edge. A platform delivers one outbox item at a time, in one call of its protocol, and
//! keeps nothing: threads and message ids are handed to it, and handed back by it.

use async_trait::async_trait;
use bytes::Bytes;
use desk::{
    Card, Channel, Content, Destination, FileRef, MessageRef, OutboxId, ThreadRef, Undeliverable, Via,
};
use std::time::Duration;
pub use store::Receipt;

/// An edge of Deskhand: a place where people talk.
#[async_trait]
pub trait Platform: Send + Sync + 'static {
    /// Its name.
    fn channel(&self) -> &Channel;

    /// Whether agents work tickets there.
    fn has_staff_place(&self) -> bool;

    /// Cuts content into what its protocol takes in one call each, in order; called when the content is committed, so that a
    /// crash between two parts sends neither twice. The slot, if any, stays with the first part.
    fn parts(&self, to: &Destination, content: Content) -> Vec<Content>;

    /// The limits that a delivery there counts against; it waits until each has room.
    fn lanes(&self, to: &Destination) -> Vec<Lane>;

    /// Delivers one item.
    async fn deliver(&self, delivery: Delivery<'_>) -> Result<Receipt, DeliveryError>;

    /// Fetches a file that lies on this channel, of at most `limit` bytes.
    async fn fetch(&self, file: &FileRef, limit: u64) -> Result<Bytes, FetchError>;
}

/// A limit of a platform: a token bucket. Deliveries with the same key share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// What it limits, such as `telegram/chat/4711`.
    pub key: String,
    /// How many at once after a pause.
    pub burst: u32,
    /// The time after which one more is allowed.
    pub every: Duration,
}

/// One item to deliver, with everything that was looked up for it.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// The outbox item's number: the same at each try, so it serves as an idempotency key where a platform has one.
    pub id: OutboxId,
    /// Where.
    pub to: &'a Destination,
    /// What.
    pub content: &'a Content,
    /// A short-lived way there, if it hasn't lapsed.
    pub via: Option<&'a Via>,
    /// The messages that this one takes the place of; empty if it is new.
    pub edit: &'a [MessageRef],
    /// The message that it replies to.
    pub reply_to: Option<&'a MessageRef>,
    /// The ticket's thread, for a staff place; when there is none, the platform makes one first and sends `card` into it.
    pub thread: Option<&'a ThreadRef>,
    /// The ticket's card as it is now, for a staff place.
    pub card: Option<&'a Card>,
    /// Where the bytes of files from other channels come from.
    pub files: &'a dyn Files,
}

/// Fetches files from whichever channel holds them.
#[async_trait]
pub trait Files: Send + Sync {
    /// Fetches a file of at most `limit` bytes.
    async fn fetch(&self, file: &FileRef, limit: u64) -> Result<Bytes, FetchError>;
}

/// Why an item wasn't delivered. Texts are for the log: they hold no token and nothing that was said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The platform wants us to wait. The try doesn't count. With a lane, everything in that lane waits.
    #[error("asked to wait {after:?}")]
    RetryAfter {
        /// How long.
        after: Duration,
        /// The lane that is closed meanwhile.
        lane: Option<String>,
    },
    /// It didn't arrive, and may next time: connection refused, a 5xx before anything was done.
    #[error("not delivered for now: {0}")]
    Transient(String),
    /// We don't know whether it arrived: the connection broke after the request was sent.
    #[error("nobody knows whether it was delivered: {0}")]
    Ambiguous(String),
    /// It never will arrive.
    #[error("can't be delivered: {reason:?}: {text}")]
    Never {
        /// Why, for the agent.
        reason: Undeliverable,
        /// Why, for the log.
        text: String,
    },
    /// The message to be changed is gone: it is sent anew.
    #[error("the message to change is gone")]
    MessageGone,
    /// The ticket's thread is gone: it is made anew.
    #[error("the thread is gone")]
    ThreadGone,
}

/// Why a file can't be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is larger than allowed.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// It is gone, or was never there.
    #[error("the file is gone: {0}")]
    Gone(String),
    /// It may work later.
    #[error("the file can't be fetched for now: {0}")]
    Transient(String),
}
