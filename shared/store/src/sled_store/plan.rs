//! What a batch of commits writes. Each is checked against what is stored, with the earlier ones of the same batch laid
//! over it, before it writes anything; so each applies entirely or not at all. Nothing here touches the disk.

use super::index::{Change, Index};
use super::keys;
use super::tree::{Overlay, Raw, write};
use crate::{
    Applied, CaseChange, Commit, Finish, Finished, NewItem, Receipt, Result, Revision, RosterChange, Stored,
    rules,
};
use desk::{
    Case, Channel, ContactId, Destination, MessageRef, OutboxId, OutboxItem, Roster, Slot, ThreadRef,
    TicketNumber,
};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What outlives a batch on the writer's side.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// The highest number of an outbox item ever given.
    pub(super) last_item: u64,
    /// The days of which keys of events are kept.
    pub(super) days: BTreeSet<i64>,
}

/// A batch that is being put together.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) overlay: Overlay<'a>,
    pub(super) changes: Vec<Change>,
    index: &'a Mutex<Index>,
    counters: &'a mut Counters,
    /// The batch's own items, which may be replaced within it.
    fresh: HashMap<(Destination, Slot), OutboxItem>,
}

/// Nothing panics between two changes of the index that belong together.
pub(super) fn lock(index: &Mutex<Index>) -> MutexGuard<'_, Index> {
    index.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Plan<'a> {
    pub(super) fn new(tree: &'a sled::Tree, index: &'a Mutex<Index>, counters: &'a mut Counters) -> Self {
        Self { overlay: Overlay::new(tree), changes: Vec::new(), index, counters, fresh: HashMap::new() }
    }

    pub(super) fn commit(&mut self, commit: Commit) -> Result<Applied> {
        if let Some((event, _)) = &commit.seen {
            for day in &self.counters.days {
                if self.overlay.contains(&keys::seen(*day, event))? {
                    return Ok(Applied::Duplicate);
                }
            }
        }
        let mut old = None;
        if let Some(change) = &commit.case {
            old = self.overlay.value::<Stored<Case>>(&keys::case(&change.case.contact))?;
            if !self.may_change(change, old.as_ref())? {
                return Ok(Applied::Conflict);
            }
        }
        if let Some(change) = &commit.roster {
            let stored: Stored<Roster> = self.overlay.value(keys::ROSTER)?.unwrap_or_default();
            if stored.revision != change.expected {
                return Ok(Applied::Conflict);
            }
        }
        self.apply(commit, old)?;
        Ok(Applied::Yes)
    }

    fn may_change(&self, change: &CaseChange, old: Option<&Stored<Case>>) -> Result<bool> {
        if old.map_or(Revision::default(), |old| old.revision) != change.expected {
            return Ok(false);
        }
        for number in rules::numbers(&change.case) {
            let holder: Option<ContactId> = self.overlay.value(&keys::ticket(number))?;
            if holder.is_some_and(|holder| holder != change.case.contact) {
                return Ok(false);
            }
        }
        rules::check_log(change, old.map_or(0, |old| old.value.log_len))?;
        Ok(true)
    }

    fn apply(&mut self, commit: Commit, old: Option<Stored<Case>>) -> Result<()> {
        if let Some((event, at)) = commit.seen {
            let day = rules::day(at);
            self.counters.days.insert(day);
            self.overlay.put_new(keys::seen(day, &event), Vec::new());
        }
        if let Some(change) = commit.case {
            self.put_case(change, old.map(|old| old.value))?;
        }
        if let Some(RosterChange { expected, roster }) = commit.roster {
            let stored = Stored { revision: expected.next(), value: roster };
            self.overlay.put(keys::ROSTER.to_vec(), write(&stored)?)?;
        }
        for new in commit.outbox {
            self.put_item(new)?;
        }
        for (name, value) in commit.keep {
            match value {
                Some(value) => self.overlay.put(keys::kept(&name), write(&value)?)?,
                None => self.overlay.remove(keys::kept(&name))?,
            }
        }
        Ok(())
    }

    fn put_case(&mut self, change: CaseChange, old: Option<Case>) -> Result<()> {
        let CaseChange { expected, case, log } = change;
        let contact = case.contact.clone();
        for entry in log {
            self.overlay.put_new(keys::log(&contact, entry.seq), write(&entry)?);
        }
        for number in rules::numbers(&case) {
            self.overlay.put(keys::ticket(number), write(&contact)?)?;
            self.changes.push(Change::Ticket(number));
        }
        let wake = |case: &Case| case.wake();
        self.put_wake(&contact, old.as_ref().and_then(wake), case.wake())?;
        let row = case.queue_row();
        if old.and_then(|old| old.queue_row()) != row {
            match &row {
                Some(row) => self.overlay.put(keys::row(&contact), write(row)?)?,
                None => self.overlay.remove(keys::row(&contact))?,
            }
            self.changes.push(Change::Row(contact.clone(), row));
        }
        self.overlay.put(keys::case(&contact), write(&Stored { revision: expected.next(), value: case })?)
    }

    fn put_wake(
        &mut self,
        contact: &ContactId,
        old: Option<Timestamp>,
        new: Option<Timestamp>,
    ) -> Result<()> {
        if old == new {
            return Ok(());
        }
        if let Some(at) = old {
            self.overlay.remove(keys::wake(at, contact))?;
        }
        if let Some(at) = new {
            self.overlay.put_new(keys::wake(at, contact), Vec::new());
        }
        self.changes.push(Change::Wake(contact.clone(), old, new));
        Ok(())
    }

    fn put_item(&mut self, new: NewItem) -> Result<()> {
        let name = new.slot.clone().map(|slot| (new.to.clone(), slot));
        if let Some(name) = &name
            && let Some(old) = self.replaceable(name)?
        {
            let item = rules::replaced(&old, new);
            self.overlay.put(keys::item(item.id), write(&item)?)?;
            self.fresh.insert(name.clone(), item);
            return Ok(());
        }
        self.counters.last_item += 1;
        let id = OutboxId(self.counters.last_item);
        let item = rules::item(id, new);
        self.overlay.put_new(keys::item(id), write(&item)?);
        self.overlay.put(keys::LAST_ITEM.to_vec(), write(&id)?)?;
        self.changes.push(Change::Item { id, to: item.to.clone(), slot: item.slot.clone(), due: item.due });
        if let Some(name) = name {
            self.fresh.insert(name, item);
        }
        Ok(())
    }

    /// The item of this name that was never leased, and won't be before this batch is durable.
    fn replaceable(&mut self, name: &(Destination, Slot)) -> Result<Option<OutboxItem>> {
        if let Some(item) = self.fresh.get(name) {
            return Ok(Some(item.clone()));
        }
        let Some(id) = lock(self.index).hold(&name.0, &name.1) else { return Ok(None) };
        self.changes.push(Change::Replaced(id));
        self.overlay.value(&keys::item(id))
    }

    pub(super) fn finish(&mut self, Finished { item: id, what }: Finished) -> Result<()> {
        let Some(item) = self.overlay.value::<OutboxItem>(&keys::item(id))? else { return Ok(()) };
        self.fresh.retain(|_, fresh| fresh.id != id);
        let (to, slot) = (item.to.clone(), item.slot.clone());
        match rules::finished(item, &what) {
            Some(item) => {
                self.overlay.put(keys::item(id), write(&item)?)?;
                self.changes.push(Change::Again(id, item.due));
            }
            None => {
                self.overlay.remove(keys::item(id))?;
                self.changes.push(Change::Gone(id));
            }
        }
        match what {
            Finish::Delivered(receipt) => self.delivered(&to, slot, receipt),
            Finish::ThreadGone => self.thread_gone(&to),
            Finish::Later { .. } | Finish::Dropped => Ok(()),
        }
    }

    fn delivered(&mut self, to: &Destination, slot: Option<Slot>, receipt: Receipt) -> Result<()> {
        let Receipt { messages, thread, card } = receipt;
        if let Destination::Staff { place, ticket } = to {
            for message in messages.iter().chain(&card) {
                self.overlay.put_new(keys::message_of(place, *ticket, message), Vec::new());
                self.overlay.put(keys::message_ticket(place, message), write(ticket)?)?;
            }
            if let Some(thread) = thread {
                self.forget_thread(place, *ticket)?;
                self.overlay.put(keys::thread(place, *ticket), write(&thread)?)?;
                self.overlay.put(keys::thread_ticket(place, &thread), write(ticket)?)?;
            }
            self.put_delivered(to, &Slot::Card(*ticket), &card)?;
        }
        slot.map_or(Ok(()), |slot| self.put_delivered(to, &slot, &messages))
    }

    fn put_delivered(&mut self, to: &Destination, slot: &Slot, messages: &[MessageRef]) -> Result<()> {
        match keys::delivered(to, slot) {
            Some(key) if !messages.is_empty() => self.overlay.put(key, write(&messages)?),
            _ => Ok(()),
        }
    }

    fn forget_thread(&mut self, place: &Channel, ticket: TicketNumber) -> Result<()> {
        let Some(thread) = self.overlay.value::<ThreadRef>(&keys::thread(place, ticket))? else {
            return Ok(());
        };
        self.overlay.remove(keys::thread(place, ticket))?;
        self.overlay.remove(keys::thread_ticket(place, &thread))
    }

    fn thread_gone(&mut self, to: &Destination) -> Result<()> {
        let Destination::Staff { place, ticket } = to else { return Ok(()) };
        self.forget_thread(place, *ticket)?;
        let under =
            keys::delivered_to(to).map(|under| self.overlay.keys_under(&under, usize::MAX)).transpose()?;
        for key in under.into_iter().flatten() {
            self.overlay.remove(key)?;
        }
        let messages = keys::messages_of(place, *ticket);
        for key in self.overlay.keys_under(&messages, usize::MAX)? {
            let by_message = keys::message_ticket_of(place, &key[messages.len()..]);
            if self.overlay.value::<TicketNumber>(&by_message)? == Some(*ticket) {
                self.overlay.remove(by_message)?;
            }
            self.overlay.remove(key)?;
        }
        Ok(())
    }

    /// Forgets up to so many keys of events of days before this one. Whether there are no more.
    pub(super) fn forget_seen(&mut self, before: i64, limit: usize) -> Result<bool> {
        let mut left = limit;
        while let Some(day) = self.counters.days.first().copied().filter(|day| *day < before) {
            let keys = self.overlay.keys_under(&keys::seen_on(day), left)?;
            left = left.saturating_sub(keys.len());
            for key in keys {
                self.overlay.remove(key)?;
            }
            if left == 0 {
                return Ok(false);
            }
            self.counters.days.remove(&day);
        }
        Ok(true)
    }
}
