//! The runtime as a whole: what it is made of, its beginning and its end, and what others may read of it. What happens
//! with an event stands in `accept` and `decide`, with a message in `delivery`.

use crate::{
    Clock, Platform, Refused, delivery,
    locks::Locks,
    metrics::{Metrics, Snapshot},
    moves,
    numbers::Numbers,
    pace::{self, Pace},
    registry::{Post, Registry},
    timers,
};
use desk::{Case, Channel, ContactId, LogEntry, Packs, Policy, QueueRow, Roster};
use jiff::Timestamp;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use store::{Store, StoreError, Stored};
use tokio::{
    sync::{Mutex as AsyncMutex, Notify, RwLock as Gate, watch},
    task::JoinSet,
};

/// What can be set about the runtime. The defaults are meant for service; tests make some times shorter.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many deliveries are under way at once, for each platform.
    pub concurrency: usize,
    /// How many messages are in hand at once, for each platform, those included that wait for a moment.
    pub in_hand: usize,
    /// How long a message may be in hand; after that another process takes it.
    pub lease: Duration,
    /// How long a platform may take for one message. Shorter than the lease.
    pub deliver_within: Duration,
    /// How long a message that can't be delivered for the moment is tried.
    pub give_up_after: Duration,
    /// How often the store is asked for what nobody told us of.
    pub poll: Duration,
    /// How long changes of the queue are gathered before customers are told their places.
    pub queue_pause: Duration,
    /// How many customers are told their places at a time.
    pub queue_batch: usize,
    /// How long events are remembered, so that a repeated one is known.
    pub remember: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 64,
            in_hand: 256,
            lease: Duration::from_secs(60),
            deliver_within: Duration::from_secs(50),
            give_up_after: Duration::from_hours(24),
            poll: Duration::from_secs(1),
            queue_pause: Duration::from_secs(2),
            queue_batch: 200,
            remember: Duration::from_hours(72),
        }
    }
}

/// The shell around the desk. A handle: clones are the same runtime.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    pub(crate) registry: Registry,
    pub(crate) cases: Locks<ContactId>,
    /// One change of the roster at a time.
    pub(crate) roster_turn: AsyncMutex<()>,
    pub(crate) numbers: Numbers,
    pub(crate) metrics: Metrics,
    pub(crate) soonest: timers::Soonest,
    pub(crate) queue_news: Notify,
    pub(crate) closing: watch::Sender<bool>,
    policy: RwLock<Arc<Policy>>,
    packs: RwLock<Arc<Packs>>,
    pace: Mutex<Pace>,
    /// Open while events are taken in; whoever takes one in holds it open.
    pub(crate) gate: Arc<Gate<bool>>,
    failed: watch::Sender<Option<String>>,
    tasks: Mutex<JoinSet<()>>,
}

impl Runtime {
    /// A runtime over a store. Nothing runs by itself before [`Runtime::start`], so that platforms can be connected first;
    /// events are taken in at once.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub async fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        policy: Arc<Policy>,
        packs: Arc<Packs>,
        settings: Settings,
    ) -> Result<Self, StoreError> {
        let last = store.last_ticket().await?;
        let pace = store.kept(pace::KEPT).await?.map(|text| Pace::from_text(&text)).unwrap_or_default();
        let inner = Inner {
            store,
            clock,
            settings,
            registry: Registry::default(),
            cases: Locks::new(),
            roster_turn: AsyncMutex::new(()),
            numbers: Numbers::new(last),
            metrics: Metrics::default(),
            soonest: timers::Soonest::default(),
            queue_news: Notify::new(),
            closing: watch::Sender::new(false),
            policy: RwLock::new(policy),
            packs: RwLock::new(packs),
            pace: Mutex::new(pace),
            gate: Arc::new(Gate::new(true)),
            failed: watch::Sender::new(None),
            tasks: Mutex::new(JoinSet::new()),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Connects a platform; its outbox is delivered from now on. A second one of the same name is refused: the answer is
    /// no.
    pub fn connect(&self, platform: Arc<dyn Platform>) -> bool {
        let Some(post) = self.inner.registry.add(platform, self.inner.settings.concurrency) else {
            return false;
        };
        self.inner.spawn(delivery::run(Arc::clone(&self.inner), post));
        true
    }

    /// Lets timers fire and queue positions be told, from now on.
    pub fn start(&self) {
        self.inner.spawn(timers::run(Arc::clone(&self.inner)));
        self.inner.spawn(moves::run(Arc::clone(&self.inner)));
        self.inner.queue_news.notify_one();
    }

    /// Ends gracefully: takes in no more events, finishes what is being taken in, finishes deliveries under way or, after
    /// `within`, leaves them to the next start, and closes the store.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be closed cleanly.
    pub async fn shutdown(&self, within: Duration) -> Result<(), StoreError> {
        let deadline = tokio::time::Instant::now() + within;
        // Waits for everybody who holds the gate open.
        *self.inner.gate.write().await = false;
        self.inner.closing.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.inner.tasks());
        let finished = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout_at(deadline, finished).await.is_err() {
            tracing::warn!("some deliveries were still under way; they are tried again at the next start");
            tasks.abort_all();
        }
        self.inner.store.close().await
    }

    /// Waits until the storage has failed for good, and says how. The process should then end.
    pub async fn failed(&self) -> String {
        let mut failed = self.inner.failed.subscribe();
        let seen_here = async {
            // The sender lives as long as `self`, so waiting can't end without a value.
            failed.wait_for(Option::is_some).await.ok().and_then(|text| text.clone()).unwrap_or_default()
        };
        tokio::select! {
            text = seen_here => text,
            error = self.inner.store.failed() => error.to_string(),
        }
    }

    /// Swaps the packs, for all events from now on.
    pub fn set_packs(&self, packs: Arc<Packs>) {
        *self.inner.packs.write().unwrap_or_else(PoisonError::into_inner) = packs;
    }

    /// Swaps the policy, for all events from now on.
    pub fn set_policy(&self, policy: Arc<Policy>) {
        *self.inner.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// What was counted.
    #[must_use]
    pub fn metrics(&self) -> Snapshot {
        self.inner.metrics.snapshot()
    }

    /// The names of the platforms that are connected, and whether agents work there.
    #[must_use]
    pub fn platforms(&self) -> BTreeMap<Channel, bool> {
        let posts = self.inner.registry.all();
        posts.iter().map(|post| (post.channel.clone(), post.platform.has_staff_place())).collect()
    }

    /// The agents.
    ///
    /// # Errors
    /// [`Refused`] when the store can't be read.
    pub async fn agents(&self) -> Result<Roster, Refused> {
        self.inner.store.roster().await.map(|stored| stored.value).map_err(|e| self.inner.refused(e))
    }

    /// Every open ticket, in order.
    ///
    /// # Errors
    /// [`Refused`] when the store can't be read.
    pub async fn queue(&self) -> Result<Arc<[QueueRow]>, Refused> {
        self.inner.store.queue().await.map_err(|e| self.inner.refused(e))
    }

    /// The case of a contact.
    ///
    /// # Errors
    /// [`Refused`] when the store can't be read.
    pub async fn case(&self, contact: &ContactId) -> Result<Option<Stored<Case>>, Refused> {
        self.inner.store.case(contact).await.map_err(|e| self.inner.refused(e))
    }

    /// Up to `limit` entries of a case's log, from number `from` on.
    ///
    /// # Errors
    /// [`Refused`] when the store can't be read.
    pub async fn log(&self, contact: &ContactId, from: u64, limit: usize) -> Result<Vec<LogEntry>, Refused> {
        self.inner.store.log(contact, from, limit).await.map_err(|e| self.inner.refused(e))
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn packs(&self) -> Arc<Packs> {
        Arc::clone(&self.packs.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn pace(&self) -> Pace {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn note_claim(&self, at: Timestamp) {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).claimed(at);
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Returns when the process is ending.
    pub(crate) async fn closed(&self) {
        // The sender lives as long as `self`: this ends with a value only.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    pub(crate) fn wake_posts<'a>(&self, channels: impl Iterator<Item = &'a Channel>) {
        let mut woken: Vec<&Channel> = Vec::new();
        for channel in channels {
            if !woken.contains(&channel) {
                woken.push(channel);
                if let Some(post) = self.registry.get(channel) {
                    post.news.notify_one();
                }
            }
        }
    }

    /// What a failure of the store means to whoever brought an event; a failure for good is told to the process.
    pub(crate) fn refused(&self, error: StoreError) -> Refused {
        match error {
            StoreError::Unavailable(text) | StoreError::Rejected(text) => Refused::Unavailable(text),
            StoreError::Failed(text) | StoreError::Format(text) => {
                if self.failed.borrow().is_none() {
                    tracing::error!(error = text, "the storage failed; the process has to end");
                    self.failed.send_replace(Some(text.clone()));
                }
                Refused::Failed(text)
            }
        }
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks().spawn(task);
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a post is worth a word in a log line: its name.
impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post").field("channel", &self.channel).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}
