//! Everything in the memory of one process, for `deskhand chat` and for tests. It keeps every promise of [`Store`] but
//! durability, with the plainest code that does, so that the other backends can be held against it.

use crate::{
    Applied, Commit, Finish, Finished, NewItem, Receipt, Result, Revision, Store, StoreError, Stored, rules,
};
use async_trait::async_trait;
use desk::{
    Case, Channel, ContactId, Destination, EventKey, LogEntry, MessageRef, OutboxId, OutboxItem, QueueRow,
    Roster, Slot, ThreadRef, TicketNumber,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A store in memory. Clones share what is stored.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    closed: bool,
    cases: HashMap<ContactId, Stored<Case>>,
    logs: HashMap<ContactId, Vec<LogEntry>>,
    timers: BTreeSet<(Timestamp, ContactId)>,
    rows: HashMap<ContactId, QueueRow>,
    queue: Option<Arc<[QueueRow]>>,
    tickets: BTreeMap<TicketNumber, ContactId>,
    roster: Stored<Roster>,
    outbox: BTreeMap<OutboxId, Waiting>,
    last_item: u64,
    delivered: HashMap<Destination, HashMap<Slot, Vec<MessageRef>>>,
    threads: HashMap<(Channel, TicketNumber), ThreadRef>,
    thread_tickets: HashMap<(Channel, ThreadRef), TicketNumber>,
    message_tickets: HashMap<(Channel, MessageRef), TicketNumber>,
    kept: BTreeMap<String, String>,
    seen: BTreeMap<i64, HashSet<EventKey>>,
}

#[derive(Debug)]
struct Waiting {
    item: OutboxItem,
    /// Until when it is leased, if it is.
    leased: Option<Timestamp>,
    /// Whether it ever was, and may thus have been sent.
    tried: bool,
}

impl Waiting {
    /// From when on it can be leased.
    fn free(&self) -> Timestamp {
        self.leased.map_or(self.item.due, |until| until.max(self.item.due))
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What a restart does to a store that keeps leases in memory only: nobody knows what was sent.
    #[cfg(test)]
    pub(crate) fn forget_leases(&self) {
        for waiting in self.lock().outbox.values_mut() {
            waiting.leased = None;
            waiting.tried = true;
        }
    }

    /// No change is left half done by a panic: everything that can fail is checked before the first change.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn open(&self) -> Result<()> {
        if self.closed { Err(StoreError::Unavailable("it is closed".into())) } else { Ok(()) }
    }

    /// Whether the commit is to be applied.
    fn check(&self, commit: &Commit) -> Result<Applied> {
        if let Some((key, _)) = &commit.seen
            && self.seen.values().any(|day| day.contains(key))
        {
            return Ok(Applied::Duplicate);
        }
        if let Some(change) = &commit.case {
            let stored = self.cases.get(&change.case.contact);
            let taken = |n: &TicketNumber| self.tickets.get(n).is_some_and(|c| *c != change.case.contact);
            if stored.map_or(Revision::default(), |s| s.revision) != change.expected
                || rules::numbers(&change.case).any(|n| taken(&n))
            {
                return Ok(Applied::Conflict);
            }
            rules::check_log(change, stored.map_or(0, |s| s.value.log_len))?;
        }
        if commit.roster.as_ref().is_some_and(|change| change.expected != self.roster.revision) {
            return Ok(Applied::Conflict);
        }
        Ok(Applied::Yes)
    }

    fn apply(&mut self, commit: Commit) {
        if let Some((key, at)) = commit.seen {
            self.seen.entry(rules::day(at)).or_default().insert(key);
        }
        if let Some(change) = commit.case {
            let contact = change.case.contact.clone();
            self.logs.entry(contact.clone()).or_default().extend(change.log);
            self.put_case(contact, Stored { revision: change.expected.next(), value: change.case });
        }
        if let Some(change) = commit.roster {
            self.roster = Stored { revision: change.expected.next(), value: change.roster };
        }
        for new in commit.outbox {
            self.put_item(new);
        }
        for (name, value) in commit.keep {
            match value {
                Some(value) => self.kept.insert(name, value),
                None => self.kept.remove(&name),
            };
        }
    }

    fn put_case(&mut self, contact: ContactId, stored: Stored<Case>) {
        for number in rules::numbers(&stored.value) {
            self.tickets.insert(number, contact.clone());
        }
        if let Some(wake) = self.cases.get(&contact).and_then(|old| old.value.wake()) {
            self.timers.remove(&(wake, contact.clone()));
        }
        self.timers.extend(stored.value.wake().map(|wake| (wake, contact.clone())));
        match stored.value.queue_row() {
            Some(row) => self.rows.insert(contact.clone(), row),
            None => self.rows.remove(&contact),
        };
        self.queue = None;
        self.cases.insert(contact, stored);
    }

    fn put_item(&mut self, new: NewItem) {
        let same = |w: &&mut Waiting| !w.tried && w.item.to == new.to && w.item.slot == new.slot;
        let waiting = new.slot.is_some().then(|| self.outbox.values_mut().find(same)).flatten();
        if let Some(waiting) = waiting {
            waiting.item = rules::replaced(&waiting.item, new);
        } else {
            self.last_item += 1;
            let id = OutboxId(self.last_item);
            self.outbox.insert(id, Waiting { item: rules::item(id, new), leased: None, tried: false });
        }
    }

    fn lease(
        &mut self,
        channels: &[Channel],
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Vec<OutboxItem> {
        // Items are kept oldest first, so the first of each destination is the only one that may go.
        let mut heads = HashSet::new();
        let mut ready: Vec<&mut Waiting> = self
            .outbox
            .values_mut()
            .filter(|w| channels.contains(w.item.to.channel()) && heads.insert(w.item.to.clone()))
            .filter(|w| w.free() <= now)
            .collect();
        ready.sort_by_key(|w| (w.free(), w.item.id));
        let leased = ready.into_iter().take(limit);
        leased
            .map(|waiting| {
                waiting.leased = Some(until);
                waiting.tried = true;
                waiting.item.clone()
            })
            .collect()
    }

    fn finish(&mut self, id: OutboxId, what: Finish) {
        let Some(Waiting { item, .. }) = self.outbox.remove(&id) else { return };
        let to = item.to.clone();
        if let Some(item) = rules::finished(item.clone(), &what) {
            self.outbox.insert(id, Waiting { item, leased: None, tried: true });
        }
        match what {
            Finish::Delivered(receipt) => self.delivered(to, item.slot, receipt),
            Finish::ThreadGone => self.thread_gone(&to),
            Finish::Later { .. } | Finish::Dropped => {}
        }
    }

    fn delivered(&mut self, to: Destination, slot: Option<Slot>, receipt: Receipt) {
        let mut refs = Vec::new();
        match &to {
            Destination::Actor { .. } => return,
            Destination::Contact(_) => {}
            Destination::Staff { place, ticket } => {
                for message in receipt.messages.iter().chain(&receipt.card) {
                    self.message_tickets.insert((place.clone(), message.clone()), *ticket);
                }
                if let Some(thread) = receipt.thread {
                    self.forget_thread(place, *ticket);
                    self.threads.insert((place.clone(), *ticket), thread.clone());
                    self.thread_tickets.insert((place.clone(), thread), *ticket);
                }
                refs.push((Slot::Card(*ticket), receipt.card));
            }
        }
        refs.extend(slot.map(|slot| (slot, receipt.messages)));
        let under = self.delivered.entry(to).or_default();
        under.extend(refs.into_iter().filter(|(_, messages)| !messages.is_empty()));
    }

    fn forget_thread(&mut self, place: &Channel, ticket: TicketNumber) {
        if let Some(thread) = self.threads.remove(&(place.clone(), ticket)) {
            self.thread_tickets.remove(&(place.clone(), thread));
        }
    }

    fn thread_gone(&mut self, to: &Destination) {
        if let Destination::Staff { place, ticket } = to {
            self.forget_thread(place, *ticket);
            self.delivered.remove(to);
            self.message_tickets.retain(|(at, _), of| at != place || of != ticket);
        }
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn case(&self, contact: &ContactId) -> Result<Option<Stored<Case>>> {
        Ok(self.lock().cases.get(contact).cloned())
    }

    async fn roster(&self) -> Result<Stored<Roster>> {
        Ok(self.lock().roster.clone())
    }

    async fn commit(&self, commit: Commit) -> Result<Applied> {
        let mut state = self.lock();
        state.open()?;
        let applied = state.check(&commit)?;
        if applied == Applied::Yes {
            state.apply(commit);
        }
        Ok(applied)
    }

    async fn queue(&self) -> Result<Arc<[QueueRow]>> {
        let mut state = self.lock();
        if let Some(queue) = &state.queue {
            return Ok(Arc::clone(queue));
        }
        let mut rows: Vec<QueueRow> = state.rows.values().cloned().collect();
        rows.sort_by_key(QueueRow::order);
        let queue: Arc<[QueueRow]> = rows.into();
        state.queue = Some(Arc::clone(&queue));
        Ok(queue)
    }

    async fn ticket(&self, number: TicketNumber) -> Result<Option<ContactId>> {
        Ok(self.lock().tickets.get(&number).cloned())
    }

    async fn last_ticket(&self) -> Result<TicketNumber> {
        Ok(self.lock().tickets.keys().next_back().copied().unwrap_or(TicketNumber(0)))
    }

    async fn log(&self, contact: &ContactId, from: u64, limit: usize) -> Result<Vec<LogEntry>> {
        let state = self.lock();
        let log = state.logs.get(contact).map_or(&[][..], Vec::as_slice);
        // An entry's number is its index: `check_log` lets no gap in.
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(log.len());
        Ok(log[from..].iter().take(limit).cloned().collect())
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<ContactId>> {
        let state = self.lock();
        let due = state.timers.iter().take_while(|(at, _)| *at <= now);
        Ok(due.take(limit).map(|(_, contact)| contact.clone()).collect())
    }

    async fn lease(
        &self,
        channels: &[Channel],
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutboxItem>> {
        let mut state = self.lock();
        state.open()?;
        Ok(state.lease(channels, now, until, limit))
    }

    async fn finish(&self, finished: Vec<Finished>) -> Result<()> {
        let mut state = self.lock();
        state.open()?;
        for Finished { item, what } in finished {
            state.finish(item, what);
        }
        Ok(())
    }

    async fn delivered(&self, to: &Destination, slot: &Slot) -> Result<Vec<MessageRef>> {
        let state = self.lock();
        Ok(state.delivered.get(to).and_then(|slots| slots.get(slot)).cloned().unwrap_or_default())
    }

    async fn thread(&self, place: &Channel, ticket: TicketNumber) -> Result<Option<ThreadRef>> {
        Ok(self.lock().threads.get(&(place.clone(), ticket)).cloned())
    }

    async fn thread_ticket(&self, place: &Channel, thread: &ThreadRef) -> Result<Option<TicketNumber>> {
        Ok(self.lock().thread_tickets.get(&(place.clone(), thread.clone())).copied())
    }

    async fn message_ticket(&self, place: &Channel, message: &MessageRef) -> Result<Option<TicketNumber>> {
        Ok(self.lock().message_tickets.get(&(place.clone(), message.clone())).copied())
    }

    async fn kept(&self, name: &str) -> Result<Option<String>> {
        Ok(self.lock().kept.get(name).cloned())
    }

    async fn kept_under(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        let state = self.lock();
        let from = state.kept.range(prefix.to_owned()..).take_while(|(name, _)| name.starts_with(prefix));
        Ok(from.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    async fn forget_seen(&self, before: Timestamp) -> Result<()> {
        let mut state = self.lock();
        state.open()?;
        state.seen = state.seen.split_off(&rules::day(before));
        Ok(())
    }

    async fn close(&self) -> Result<()> {
        self.lock().closed = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;
    use crate::contract::AnyStore;
    use std::sync::Arc;

    async fn empty() -> (AnyStore, ()) {
        (Arc::new(MemoryStore::new()), ())
    }

    crate::contract_tests!(empty());
}
