//! Everything in one folder of one machine, through sled. Reads go straight to sled's tree and to an index in memory;
//! all writing is done by [one thread](writer), which answers when what it wrote outlives a power cut.
//!
//! sled is used only in the way in which it was measured to lose nothing: one tree, one batch, `flush`, and a sync of our
//! own. No transactions, no second writer, no flush in the background.

#[cfg(test)]
mod full_disk;
mod index;
mod keys;
mod open;
mod plan;
#[cfg(test)]
mod tests;
mod tree;
mod writer;

pub use open::OpenError;

use crate::{Applied, Commit, Finish, Finished, Result, Store, StoreError, Stored, rules};
use async_trait::async_trait;
use desk::{
    Case, Channel, ContactId, Destination, LogEntry, MessageRef, OutboxItem, QueueRow, Roster, Slot,
    ThreadRef, TicketNumber,
};
use index::Index;
use jiff::Timestamp;
use plan::lock;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tree::{Raw, failed, read, write};
use writer::{Job, Writer, closed};

/// How many jobs wait for the writer before whoever brings another one waits too.
const QUEUE: usize = 1024;

/// How many bytes wait for it.
const QUEUE_BYTES: usize = 16 << 20;

/// The largest commit, in bytes of its stored form.
const LARGEST: usize = 1 << 20;

/// A store in a folder.
#[derive(Debug)]
pub struct SledStore {
    db: sled::Db,
    index: Arc<Mutex<Index>>,
    failure: watch::Receiver<Option<StoreError>>,
    room: Arc<Semaphore>,
    /// Taken only when the store is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

impl SledStore {
    /// Opens the store in this folder, or begins one there. Blocks: about a second for 1.5 GB. The folder is locked until the
    /// store is dropped.
    ///
    /// # Errors
    /// [`OpenError`] when the folder can't be used.
    pub fn open(path: impl AsRef<Path>) -> std::result::Result<Self, OpenError> {
        let path = path.as_ref();
        let opened = open::open(path)?;
        let index = Arc::new(Mutex::new(opened.index));
        let (tell, failure) = watch::channel(None);
        let (jobs, queue) = mpsc::channel(QUEUE);
        // sled's `Db` is a handle of its first tree.
        let tree = sled::Tree::clone(&opened.db);
        let writer = Writer::new(tree, opened.file, Arc::clone(&index), opened.counters, tell);
        let thread = std::thread::Builder::new().name("store-writer".into());
        let writer = thread
            .spawn(move || writer.run(queue))
            .map_err(|error| OpenError::Io { path: path.to_owned(), error })?;
        let room = Arc::new(Semaphore::new(QUEUE_BYTES));
        Ok(Self { db: opened.db, index, failure, room, jobs: Some(jobs), writer: Some(writer) })
    }

    /// Says so when the storage has failed: what sled has in memory can't be relied on then.
    fn healthy(&self) -> Result<()> {
        match &*self.failure.borrow() {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// Hands a job to the writer, as soon as there is room, and waits for its answer.
    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<Result<T>>) -> Job) -> Result<T> {
        let (to, answer) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(closed)?;
        if jobs.send(job(to)).await.is_err() {
            return Err(self.healthy().err().unwrap_or_else(closed));
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::Failed("the writer ended".into())))
    }

    /// Waits until there is room for so many bytes.
    async fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit> {
        if bytes > LARGEST {
            return Err(StoreError::Rejected(format!("it has {bytes} bytes, and {LARGEST} are allowed")));
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        Arc::clone(&self.room).acquire_many_owned(bytes).await.map_err(|_| closed())
    }

    fn read<T: serde::de::DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>> {
        self.healthy()?;
        self.db.value(key)
    }
}

/// The bytes of a commit's stored form, about.
fn weigh(commit: &Commit) -> Result<usize> {
    let mut size = 64;
    if let Some(change) = &commit.case {
        size += write(&change.case)?.len() + write(&change.log)?.len();
    }
    if let Some(change) = &commit.roster {
        size += write(&change.roster)?.len();
    }
    for item in &commit.outbox {
        size += 256 + write(&item.content)?.len();
    }
    for (name, value) in &commit.keep {
        if name.len() > keys::LONGEST_NAME {
            return Err(StoreError::Rejected("the name of a kept value is too long".into()));
        }
        size += name.len() + value.as_ref().map_or(0, String::len);
    }
    Ok(size)
}

#[async_trait]
impl Store for SledStore {
    async fn case(&self, contact: &ContactId) -> Result<Option<Stored<Case>>> {
        self.read(&keys::case(contact))
    }

    async fn roster(&self) -> Result<Stored<Roster>> {
        Ok(self.read(keys::ROSTER)?.unwrap_or_default())
    }

    async fn commit(&self, commit: Commit) -> Result<Applied> {
        self.healthy()?;
        let room = self.room(weigh(&commit)?).await?;
        self.ask(|to| Job::Commit(Box::new(commit), to, room)).await
    }

    async fn queue(&self) -> Result<Arc<[QueueRow]>> {
        self.healthy()?;
        Ok(lock(&self.index).queue())
    }

    async fn ticket(&self, number: TicketNumber) -> Result<Option<ContactId>> {
        self.read(&keys::ticket(number))
    }

    async fn last_ticket(&self) -> Result<TicketNumber> {
        self.healthy()?;
        Ok(TicketNumber(lock(&self.index).last_ticket))
    }

    async fn log(&self, contact: &ContactId, from: u64, limit: usize) -> Result<Vec<LogEntry>> {
        self.healthy()?;
        let entries = self.db.range(keys::log(contact, from)..=keys::log(contact, u64::MAX));
        let whole = entries.take(limit).map(|pair| {
            let (key, value) = pair.map_err(failed)?;
            read(&self.db.whole(&key, value.to_vec())?)
        });
        whole.collect()
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ContactId>> {
        self.healthy()?;
        Ok(lock(&self.index).due(now, limit))
    }

    async fn lease(
        &self,
        channels: &[Channel],
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxItem>> {
        self.healthy()?;
        if self.jobs.as_ref().is_none_or(mpsc::Sender::is_closed) {
            return Err(closed());
        }
        let ids = lock(&self.index).lease(channels, now, until, limit);
        // One that isn't there was finished just now, by whoever had the lapsed lease.
        ids.into_iter().filter_map(|id| self.db.value(&keys::item(id)).transpose()).collect()
    }

    async fn finish(&self, finished: Vec<Finished>) -> Result<()> {
        self.healthy()?;
        let refs = finished.iter().map(|one| match &one.what {
            Finish::Delivered(receipt) => receipt.messages.len() + receipt.card.len(),
            Finish::Later { .. } | Finish::Dropped | Finish::ThreadGone => 0,
        });
        // A result must not be refused for its size: what is done is done.
        let bytes = 64 + refs.map(|refs| 256 + 64 * refs).sum::<usize>();
        let room = self.room(bytes.min(LARGEST)).await?;
        self.ask(|to| Job::Finish(finished, to, room)).await
    }

    async fn delivered(&self, to: &Destination, slot: &Slot) -> Result<Vec<MessageRef>> {
        match keys::delivered(to, slot) {
            Some(key) => Ok(self.read(&key)?.unwrap_or_default()),
            None => Ok(Vec::new()),
        }
    }

    async fn thread(&self, place: &Channel, ticket: TicketNumber) -> Result<Option<ThreadRef>> {
        self.read(&keys::thread(place, ticket))
    }

    async fn thread_ticket(&self, place: &Channel, thread: &ThreadRef) -> Result<Option<TicketNumber>> {
        self.read(&keys::thread_ticket(place, thread))
    }

    async fn message_ticket(&self, place: &Channel, message: &MessageRef) -> Result<Option<TicketNumber>> {
        self.read(&keys::message_ticket(place, message))
    }

    async fn kept(&self, name: &str) -> Result<Option<String>> {
        self.read(&keys::kept(name))
    }

    async fn kept_under(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        self.healthy()?;
        let named = self.db.scan_prefix(keys::kept(prefix)).map(|pair| {
            let (key, value) = pair.map_err(failed)?;
            let name = String::from_utf8_lossy(&key[1..]).into_owned();
            Ok((name, read(&self.db.whole(&key, value.to_vec())?)?))
        });
        named.collect()
    }

    async fn forget_seen(&self, before: Timestamp) -> Result<()> {
        self.healthy()?;
        self.ask(|to| Job::Forget(rules::day(before), to)).await
    }

    async fn failed(&self) -> StoreError {
        let mut failure = self.failure.clone();
        match failure.wait_for(Option::is_some).await.map(|error| error.clone()) {
            Ok(Some(error)) => error,
            // The writer ended without failing: there is nothing to tell, ever.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    async fn close(&self) -> Result<()> {
        self.healthy()?;
        match self.ask(Job::Close).await {
            Err(StoreError::Unavailable(_)) => Ok(()),
            answer => answer,
        }
    }
}

impl Drop for SledStore {
    /// Waits for the writer, so that the folder is free when the store is gone.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer of the store panicked");
        }
    }
}
