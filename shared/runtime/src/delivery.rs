//! Delivery from the outbox: one loop for each platform, so that none holds up another. It leases what is due, tries each
//! item in a task of its own, and commits what became of it. The order within a destination is the store's promise: it
//! gives out one item of each at a time.

use crate::{DeliveryError, registry::Post, runtime::Inner};
use desk::{OutboxId, OutboxItem};
use std::{sync::Arc, time::Duration};
use store::{Finish, Finished, StoreError};
use tokio::task::JoinSet;

/// How many items are leased at a time.
const BATCH: usize = 128;

/// The longest pause between two tries to commit a result.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Delivers for one platform until the process ends, and then finishes what is in hand.
pub(crate) async fn run(inner: Arc<Inner>, post: Arc<Post>) {
    let mut hand = JoinSet::new();
    while !inner.is_closing() {
        while hand.try_join_next().is_some() {}
        let most = BATCH.min(inner.settings.in_hand.saturating_sub(hand.len()));
        let leased = if most == 0 { Vec::new() } else { lease(&inner, &post, most).await };
        let more = most > 0 && leased.len() == most;
        for item in leased {
            hand.spawn(handle(Arc::clone(&inner), Arc::clone(&post), item));
        }
        if !more {
            wait(&inner, &post, &mut hand).await;
        }
    }
    while hand.join_next().await.is_some() {}
}

async fn lease(inner: &Inner, post: &Post, most: usize) -> Vec<OutboxItem> {
    let now = inner.now();
    let channels = std::slice::from_ref(&post.channel);
    match inner.store.lease(channels, now, now + inner.settings.lease, most).await {
        Ok(items) => items,
        Err(error) => {
            tracing::warn!(channel = %post.channel, error = %inner.refused(error), "the outbox can't be read");
            Vec::new()
        }
    }
}

/// Waits until there may be something to do: news, an item in hand done (the next one of its destination may go), an
/// item that was put off due, or the poll's time.
async fn wait(inner: &Inner, post: &Post, hand: &mut JoinSet<()>) {
    let now = inner.now();
    let due = post.next_due(now).and_then(|due| Duration::try_from(due.duration_since(now)).ok());
    let pause = due.unwrap_or(inner.settings.poll).min(inner.settings.poll);
    tokio::select! {
        () = post.news.notified() => {}
        Some(_) = hand.join_next() => {}
        () = tokio::time::sleep(pause) => {}
        () = inner.closed() => {}
    }
}

/// Tries an item once, and commits what became of it.
async fn handle(inner: Arc<Inner>, post: Arc<Post>, item: OutboxItem) {
    let task = {
        let (inner, post, item) = (Arc::clone(&inner), Arc::clone(&post), item.clone());
        tokio::spawn(async move { inner.attempt(&post, &item).await })
    };
    let finish = match task.await {
        Ok(finish) => finish,
        Err(error) if error.is_panic() => {
            tracing::error!(item = item.id.0, channel = %post.channel, "a delivery panicked");
            inner.conclude(&item, Err(DeliveryError::Transient("it panicked".to_owned())), false).await
        }
        // The process is ending around us: the lease lapses.
        Err(_) => return,
    };
    let due = if let Finish::Later { due, .. } = &finish { Some(*due) } else { None };
    inner.finish(item.id, finish).await;
    if let Some(due) = due {
        post.due_at(due);
    }
}

impl Inner {
    /// Commits what became of an item. It doesn't give up while the store is merely away: what was delivered would be
    /// delivered again.
    async fn finish(&self, item: OutboxId, what: Finish) {
        let mut pause = Duration::from_millis(50);
        loop {
            let finished = Finished { item, what: what.clone() };
            match self.store.finish(vec![finished]).await {
                Ok(()) => return,
                Err(error @ StoreError::Unavailable(_)) => {
                    tracing::warn!(item = item.0, %error, "the result of a delivery can't be stored yet");
                }
                Err(error) => {
                    tracing::error!(item = item.0, error = %self.refused(error), "the result of a delivery can't be stored");
                    return;
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
