//! A store that takes its time, so that others come between, and that fails when it is told to. It outlives a close, as
//! what is on a disk does.

use async_trait::async_trait;
use desk::{
    Case, Channel, ContactId, Destination, LogEntry, MessageRef, OutboxItem, QueueRow, Roster, Slot,
    ThreadRef, TicketNumber,
};
use jiff::Timestamp;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use store::{Applied, Commit, Finished, MemoryStore, Result, Store, StoreError, Stored};

pub(crate) struct Slow {
    pub(crate) inner: Arc<dyn Store>,
    /// How long a read takes at most, in microseconds.
    pub(crate) pause_us: AtomicU64,
    pub(crate) away: AtomicBool,
    pub(crate) closed: AtomicBool,
    /// Panics when a case is read.
    pub(crate) panics: AtomicBool,
}

impl Default for Slow {
    fn default() -> Self {
        Self::over(Arc::new(MemoryStore::new()))
    }
}

impl Slow {
    pub(crate) fn over(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            pause_us: AtomicU64::default(),
            away: AtomicBool::default(),
            closed: AtomicBool::default(),
            panics: AtomicBool::default(),
        }
    }

    async fn pause(&self) -> Result<()> {
        let most = self.pause_us.load(SeqCst);
        if most > 0 {
            tokio::time::sleep(Duration::from_micros(fastrand::u64(0..most))).await;
        }
        if self.away.load(SeqCst) { Err(StoreError::Unavailable("told to".into())) } else { Ok(()) }
    }
}

macro_rules! pass_on {
    ($(fn $name:ident($($arg:ident: $type:ty),*) -> $back:ty;)*) => {
        #[async_trait]
        impl Store for Slow {
            $(async fn $name(&self, $($arg: $type),*) -> Result<$back> {
                self.pause().await?;
                assert!(!(stringify!($name) == "case" && self.panics.load(SeqCst)), "told to");
                self.inner.$name($($arg),*).await
            })*

            async fn close(&self) -> Result<()> {
                self.closed.store(true, SeqCst);
                Ok(())
            }
        }
    };
}

pass_on! {
    fn case(contact: &ContactId) -> Option<Stored<Case>>;
    fn roster() -> Stored<Roster>;
    fn commit(commit: Commit) -> Applied;
    fn queue() -> Arc<[QueueRow]>;
    fn ticket(number: TicketNumber) -> Option<ContactId>;
    fn last_ticket() -> TicketNumber;
    fn log(contact: &ContactId, from: u64, limit: usize) -> Vec<LogEntry>;
    fn due(now: Timestamp, limit: usize) -> Vec<ContactId>;
    fn lease(channels: &[Channel], now: Timestamp, until: Timestamp, limit: usize) -> Vec<OutboxItem>;
    fn finish(finished: Vec<Finished>) -> ();
    fn delivered(to: &Destination, slot: &Slot) -> Vec<MessageRef>;
    fn thread(place: &Channel, ticket: TicketNumber) -> Option<ThreadRef>;
    fn thread_ticket(place: &Channel, thread: &ThreadRef) -> Option<TicketNumber>;
    fn message_ticket(place: &Channel, message: &MessageRef) -> Option<TicketNumber>;
    fn kept(name: &str) -> Option<String>;
    fn kept_under(prefix: &str) -> Vec<(String, String)>;
    fn forget_seen(before: Timestamp) -> ();
}
