//! One lock for each key, fair in the order of asking. It orders the events of one conversation; it is never what keeps
//! two of them from overwriting each other (that is the expected revision of a commit), because another process has
//! locks of its own.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};

/// Locks by key. A key that nobody holds or waits for takes no room.
#[derive(Debug)]
pub(crate) struct Locks<K: Eq + Hash + Clone> {
    map: Mutex<HashMap<K, Arc<Turns<()>>>>,
}

/// The right to act on a key, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a, K: Eq + Hash + Clone> {
    locks: &'a Locks<K>,
    key: K,
    lock: Option<Arc<Turns<()>>>,
    held: Option<OwnedMutexGuard<()>>,
}

impl<K: Eq + Hash + Clone> Locks<K> {
    pub(crate) fn new() -> Self {
        Self { map: Mutex::new(HashMap::new()) }
    }

    /// Waits for its turn; those who ask first get it first.
    pub(crate) async fn lock(&self, key: &K) -> Turn<'_, K> {
        // The turn exists before the wait, so that a caller who gives up waiting leaves nothing behind.
        let mut turn = self.ask(key);
        if let Some(lock) = turn.lock.clone() {
            turn.held = Some(lock.lock_owned().await);
        }
        turn
    }

    /// Takes the turn if nobody has it.
    pub(crate) fn try_lock(&self, key: &K) -> Option<Turn<'_, K>> {
        let mut turn = self.ask(key);
        turn.held = Some(turn.lock.clone()?.try_lock_owned().ok()?);
        Some(turn)
    }

    fn ask(&self, key: &K) -> Turn<'_, K> {
        let lock = Arc::clone(self.map().entry(key.clone()).or_default());
        Turn { locks: self, key: key.clone(), lock: Some(lock), held: None }
    }

    fn map(&self) -> MutexGuard<'_, HashMap<K, Arc<Turns<()>>>> {
        // Nothing that holds this can panic halfway through a change.
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone> Drop for Turn<'_, K> {
    fn drop(&mut self) {
        self.held = None;
        self.lock = None;
        let mut map = self.locks.map();
        // Whoever else wants this key cloned the lock while holding the map.
        if map.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            map.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn turns_come_in_the_order_of_asking_and_leave_nothing() {
        let locks = Arc::new(Locks::new());
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..20 {
            let (locks, order) = (Arc::clone(&locks), Arc::clone(&order));
            tasks.spawn(async move {
                tokio::time::sleep(Duration::from_millis(n)).await;
                let _turn = locks.lock(&"a").await;
                tokio::time::sleep(Duration::from_millis(50)).await;
                order.lock().unwrap().push(n);
            });
        }
        tasks.join_all().await;
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
        assert!(locks.map().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn keys_dont_wait_for_each_other_and_a_held_one_is_refused() {
        let locks = Locks::new();
        let held = locks.lock(&1).await;
        assert!(locks.try_lock(&1).is_none());
        assert!(locks.try_lock(&2).is_some());
        drop(held);
        assert!(locks.try_lock(&1).is_some());
        assert!(locks.map().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_nothing() {
        let locks = Locks::new();
        let held = locks.lock(&1).await;
        let waited = tokio::time::timeout(Duration::from_secs(1), locks.lock(&1)).await;
        assert!(waited.is_err());
        drop(held);
        assert!(locks.map().is_empty());
    }
}
