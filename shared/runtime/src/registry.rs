//! The platforms that are connected, by name. Whoever needs one asks here; nothing here knows what any of them is.

use crate::{FetchError, Files, Platform, lanes::Lanes};
use async_trait::async_trait;
use bytes::Bytes;
use desk::{Channel, Content, Destination, FileRef};
use jiff::Timestamp;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use tokio::sync::{Notify, Semaphore};

/// A connected platform, with what its deliveries share.
pub(crate) struct Post {
    pub(crate) platform: Arc<dyn Platform>,
    pub(crate) channel: Channel,
    pub(crate) lanes: Lanes,
    /// How many deliveries are under way at once.
    pub(crate) slots: Arc<Semaphore>,
    /// Something may be ready to be delivered.
    pub(crate) news: Notify,
    /// When items that were put off are due.
    dues: Mutex<BinaryHeap<Reverse<Timestamp>>>,
}

impl Post {
    fn new(platform: Arc<dyn Platform>, concurrency: usize) -> Self {
        Self {
            channel: platform.channel().clone(),
            platform,
            lanes: Lanes::new(),
            slots: Arc::new(Semaphore::new(concurrency)),
            news: Notify::new(),
            dues: Mutex::new(BinaryHeap::new()),
        }
    }

    /// Notes when an item that was put off is due.
    pub(crate) fn due_at(&self, due: Timestamp) {
        self.dues.lock().unwrap_or_else(PoisonError::into_inner).push(Reverse(due));
    }

    /// When the next one is due after now; what is due already is forgotten.
    pub(crate) fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let mut dues = self.dues.lock().unwrap_or_else(PoisonError::into_inner);
        while dues.peek().is_some_and(|Reverse(due)| *due <= now) {
            dues.pop();
        }
        dues.peek().map(|Reverse(due)| *due)
    }

    /// Cuts content into parts. A platform that panics here would take the events of all others with it.
    pub(crate) fn parts(&self, to: &Destination, content: Content) -> Vec<Content> {
        let whole = content.clone();
        catch_unwind(AssertUnwindSafe(|| self.platform.parts(to, content))).unwrap_or_else(|_| {
            tracing::error!(channel = %self.channel, "cutting a message into parts panicked; it is sent whole");
            vec![whole]
        })
    }
}

/// All connected platforms.
#[derive(Default)]
pub(crate) struct Registry {
    posts: RwLock<BTreeMap<Channel, Arc<Post>>>,
}

impl Registry {
    /// Connects a platform. Gives nothing if there is one of that name.
    pub(crate) fn add(&self, platform: Arc<dyn Platform>, concurrency: usize) -> Option<Arc<Post>> {
        let post = Arc::new(Post::new(platform, concurrency));
        let mut posts = self.posts.write().unwrap_or_else(PoisonError::into_inner);
        if posts.contains_key(&post.channel) {
            return None;
        }
        posts.insert(post.channel.clone(), Arc::clone(&post));
        Some(post)
    }

    pub(crate) fn get(&self, channel: &Channel) -> Option<Arc<Post>> {
        self.posts.read().unwrap_or_else(PoisonError::into_inner).get(channel).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Post>> {
        self.posts.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

#[async_trait]
impl Files for Registry {
    async fn fetch(&self, file: &FileRef, limit: u64) -> Result<Bytes, FetchError> {
        let Some(post) = self.get(&file.channel) else {
            return Err(FetchError::Gone(format!("{} isn't connected", file.channel)));
        };
        post.platform.fetch(file, limit).await
    }
}
