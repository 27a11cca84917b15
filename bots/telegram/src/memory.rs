//! What one process remembers of its own calls, to save some and to repeat none. Losing it costs a call, never a message.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use desk::TicketNumber;

/// Longer ago than that, a pressed button takes no answer anyway.
const QUERY: Duration = Duration::from_secs(15 * 60);
/// After this time it is tried again whether the staff group has topics now.
const NO_TOPICS: Duration = Duration::from_secs(10 * 60);
/// More topics than that aren't remembered; the calls are merely made again.
const TOPICS: usize = 10_000;

/// A thread that was begun by a delivery which then failed half-way.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Begun {
    pub(crate) topic: Option<i32>,
    pub(crate) card: Option<i32>,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    answered: HashMap<String, Instant>,
    open: HashMap<i32, bool>,
    begun: HashMap<(i64, TicketNumber), Begun>,
    no_topics: Option<Instant>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the one answer that a pressed button gets; false if it was taken before.
    pub(crate) fn take_answer(&self, query: &str) -> bool {
        let mut memory = self.lock();
        memory.answered.retain(|_, at| at.elapsed() < QUERY);
        memory.answered.insert(query.to_owned(), Instant::now()).is_none()
    }

    /// Whether a topic may be in another state than `open`.
    pub(crate) fn differs(&self, topic: i32, open: bool) -> bool {
        self.lock().open.get(&topic) != Some(&open)
    }

    pub(crate) fn set_open(&self, topic: i32, open: bool) {
        let mut memory = self.lock();
        if memory.open.len() >= TOPICS {
            memory.open.clear();
        }
        memory.open.insert(topic, open);
    }

    pub(crate) fn begun(&self, chat: i64, ticket: TicketNumber) -> Begun {
        self.lock().begun.get(&(chat, ticket)).copied().unwrap_or_default()
    }

    /// `None` once the whole delivery succeeded, or the thread is gone.
    pub(crate) fn set_begun(&self, chat: i64, ticket: TicketNumber, begun: Option<Begun>) {
        let mut memory = self.lock();
        match begun {
            Some(begun) => memory.begun.insert((chat, ticket), begun),
            None => memory.begun.remove(&(chat, ticket)),
        };
    }

    /// Whether the staff group had no topics lately.
    pub(crate) fn no_topics(&self) -> bool {
        self.lock().no_topics.is_some_and(|at| at.elapsed() < NO_TOPICS)
    }

    pub(crate) fn set_no_topics(&self) {
        self.lock().no_topics = Some(Instant::now());
    }
}
