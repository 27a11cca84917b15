//! What is looked up all the time, kept in memory: the queue, the timers, and the order of the outbox with its leases.
//! It grows with open work only, is rebuilt from it on start, and is changed only once the change is durable.

use desk::{Channel, ContactId, Destination, OutboxId, OutboxItem, QueueRow, Slot, TicketNumber};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

#[derive(Debug, Default)]
pub(super) struct Index {
    rows: HashMap<ContactId, QueueRow>,
    queue: Option<Arc<[QueueRow]>>,
    timers: BTreeSet<(Timestamp, ContactId)>,
    pub(super) last_ticket: u64,
    outbox: Outbox,
}

/// What a durable batch changes in the index.
#[derive(Debug)]
pub(super) enum Change {
    /// The case's queue row.
    Row(ContactId, Option<QueueRow>),
    /// The case's next timer: as it was, as it is.
    Wake(ContactId, Option<Timestamp>, Option<Timestamp>),
    /// A ticket number was used.
    Ticket(TicketNumber),
    /// A new outbox item, never leased.
    Item { id: OutboxId, to: Destination, slot: Option<Slot>, due: Timestamp },
    /// An item that was [held](Index::hold) has its new content.
    Replaced(OutboxId),
    /// An item is tried again then.
    Again(OutboxId, Timestamp),
    /// An item is gone.
    Gone(OutboxId),
}

impl Index {
    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Row(contact, row) => {
                self.queue = None;
                match row {
                    Some(row) => self.rows.insert(contact, row),
                    None => self.rows.remove(&contact),
                };
            }
            Change::Wake(contact, old, new) => {
                if let Some(at) = old {
                    self.timers.remove(&(at, contact.clone()));
                }
                self.timers.extend(new.map(|at| (at, contact)));
            }
            Change::Ticket(number) => self.last_ticket = self.last_ticket.max(number.0),
            Change::Item { id, to, slot, due } => self.outbox.add(id, to, slot, due),
            Change::Replaced(id) => self.outbox.change(id, |slip| slip.held = false),
            Change::Again(id, due) => self.outbox.change(id, |slip| {
                slip.due = due;
                slip.leased = None;
            }),
            Change::Gone(id) => self.outbox.remove(id),
        }
    }

    /// Takes in an item that was there at the start. Nobody knows whether it was leased before.
    pub(super) fn recover_item(&mut self, item: &OutboxItem) {
        self.outbox.add(item.id, item.to.clone(), None, item.due);
    }

    pub(super) fn recover_row(&mut self, row: QueueRow) {
        self.rows.insert(row.contact.clone(), row);
    }

    pub(super) fn recover_wake(&mut self, at: Timestamp, contact: ContactId) {
        self.timers.insert((at, contact));
    }

    pub(super) fn queue(&mut self) -> Arc<[QueueRow]> {
        let rows = &self.rows;
        let queue = self.queue.get_or_insert_with(|| {
            let mut rows: Vec<QueueRow> = rows.values().cloned().collect();
            rows.sort_by_key(QueueRow::order);
            rows.into()
        });
        Arc::clone(queue)
    }

    pub(super) fn due(&self, now: Timestamp, limit: usize) -> Vec<ContactId> {
        let due = self.timers.iter().take_while(|(at, _)| *at <= now);
        due.take(limit).map(|(_, contact)| contact.clone()).collect()
    }

    /// The item for this destination and slot that may be replaced. It isn't leased until [`Change::Replaced`] comes, lest
    /// its old content be sent while the new one is on its way to the disk.
    pub(super) fn hold(&mut self, to: &Destination, slot: &Slot) -> Option<OutboxId> {
        let id = *self.outbox.lanes.get(to)?.slots.get(slot)?;
        self.outbox.change(id, |slip| slip.held = true);
        Some(id)
    }

    pub(super) fn lease(
        &mut self,
        channels: &[Channel],
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Vec<OutboxId> {
        let mut ready: Vec<(Timestamp, OutboxId)> = Vec::new();
        for heads in
            channels.iter().collect::<BTreeSet<_>>().into_iter().filter_map(|c| self.outbox.heads.get(c))
        {
            let due = heads.iter().take_while(|(at, _)| *at <= now);
            ready.extend(due.filter(|(_, id)| !self.outbox.held(*id)).take(limit));
        }
        ready.sort_unstable();
        ready.truncate(limit);
        for (_, id) in &ready {
            self.outbox.lease(*id, until);
        }
        ready.into_iter().map(|(_, id)| id).collect()
    }
}

/// The order of the outbox: a lane a destination, of which only the head may be leased.
#[derive(Debug, Default)]
struct Outbox {
    lanes: HashMap<Arc<Destination>, Lane>,
    to: HashMap<OutboxId, Arc<Destination>>,
    /// The head of each lane, by the time from which it can be leased.
    heads: HashMap<Channel, BTreeSet<(Timestamp, OutboxId)>>,
}

#[derive(Debug, Default)]
struct Lane {
    items: BTreeMap<OutboxId, Slip>,
    /// The items that were never leased.
    slots: HashMap<Slot, OutboxId>,
}

#[derive(Debug)]
struct Slip {
    due: Timestamp,
    slot: Option<Slot>,
    leased: Option<Timestamp>,
    held: bool,
}

impl Slip {
    /// From when on it can be leased.
    fn free(&self) -> Timestamp {
        self.leased.map_or(self.due, |until| until.max(self.due))
    }
}

impl Lane {
    fn head(&self) -> Option<(Timestamp, OutboxId)> {
        self.items.first_key_value().map(|(id, slip)| (slip.free(), *id))
    }
}

impl Outbox {
    /// Changes a lane and keeps `heads` in step.
    fn lane<R>(&mut self, to: &Arc<Destination>, change: impl FnOnce(&mut Lane) -> R) -> R {
        let lane = self.lanes.entry(Arc::clone(to)).or_default();
        let before = lane.head();
        let result = change(lane);
        let after = lane.head();
        let heads = self.heads.entry(to.channel().clone()).or_default();
        if before != after {
            if let Some(head) = before {
                heads.remove(&head);
            }
            heads.extend(after);
        }
        if after.is_none() {
            self.lanes.remove(to);
        }
        result
    }

    fn add(&mut self, id: OutboxId, to: Destination, slot: Option<Slot>, due: Timestamp) {
        let to = self.lanes.get_key_value(&to).map_or_else(|| Arc::new(to), |(to, _)| Arc::clone(to));
        self.lane(&to, |lane| {
            lane.slots.extend(slot.clone().map(|slot| (slot, id)));
            lane.items.insert(id, Slip { due, slot, leased: None, held: false });
        });
        self.to.insert(id, to);
    }

    fn change(&mut self, id: OutboxId, change: impl FnOnce(&mut Slip)) {
        let Some(to) = self.to.get(&id).cloned() else { return };
        self.lane(&to, |lane| lane.items.get_mut(&id).map(change));
    }

    fn lease(&mut self, id: OutboxId, until: Timestamp) {
        let Some(to) = self.to.get(&id).cloned() else { return };
        self.lane(&to, |lane| {
            if let Some(slip) = lane.items.get_mut(&id) {
                slip.leased = Some(until);
                if let Some(slot) = &slip.slot
                    && lane.slots.get(slot) == Some(&id)
                {
                    lane.slots.remove(slot);
                }
            }
        });
    }

    fn remove(&mut self, id: OutboxId) {
        let Some(to) = self.to.remove(&id) else { return };
        self.lane(&to, |lane| {
            if let Some(Slip { slot: Some(slot), .. }) = lane.items.remove(&id)
                && lane.slots.get(&slot) == Some(&id)
            {
                lane.slots.remove(&slot);
            }
        });
    }

    fn held(&self, id: OutboxId) -> bool {
        let lane = self.to.get(&id).and_then(|to| self.lanes.get(to));
        lane.and_then(|lane| lane.items.get(&id)).is_some_and(|slip| slip.held)
    }
}
