//! One try to deliver one message: its turn in the platform's limits, what must be looked up for it, the call, and what
//! its result means. How often and when is `delivery`'s business only in so far as this says "later".

use crate::{Delivery, DeliveryError, Lane, lanes::Room, metrics::count, registry::Post, runtime::Inner};
use desk::{Card, Destination, MessageRef, OutboxItem, Slot, ThreadRef, Undeliverable, Via, WithinAct};
use jiff::Timestamp;
use std::{cmp::min, time::Duration};
use store::{Finish, Receipt};
use tokio::time::Instant;

/// A longer wait in a lane is waited for in the outbox, not in hand.
const IN_HAND: Duration = Duration::from_secs(1);

/// The first pause after a failure; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// However old a message is, so many tries are made before it is given up: it may be old because we were off.
const LEAST_TRIES: u32 = 5;

/// How long an item waits when the store doesn't answer what must be looked up.
const STORE_PAUSE: Duration = Duration::from_secs(2);

/// What was looked up for a message.
#[derive(Default)]
struct Lookup {
    via: Option<Via>,
    edit: Vec<MessageRef>,
    reply_to: Option<MessageRef>,
    thread: Option<ThreadRef>,
    card: Option<Card>,
}

/// What the result of a try means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It is over, or tried later.
    Finish(Finish),
    /// It may have arrived, and isn't tried again.
    Unknown,
    /// It will never arrive.
    Never(Undeliverable),
}

/// What is known of the try when its result is judged.
#[derive(Clone, Copy)]
pub(crate) struct Tried {
    pub(crate) now: Timestamp,
    pub(crate) give_up_after: Duration,
    /// Whether it changed a message: doing that twice is doing it once.
    pub(crate) edit: bool,
}

impl Inner {
    /// Tries to deliver an item that was leased just now.
    pub(crate) async fn attempt(&self, post: &Post, item: &OutboxItem) -> Finish {
        let leased = Instant::now();
        let via = item.via.clone().filter(|via| via.until > self.now());
        if via.is_none() && matches!(item.to, Destination::Actor { .. }) {
            count(&self.metrics.lapsed);
            tracing::info!(
                item = item.id.0,
                "the way back to whoever acted has lapsed; the answer is dropped"
            );
            return Finish::Dropped;
        }
        if let Some(wait) = self.wait_for_room(post, item, &post.platform.lanes(&item.to)).await {
            return wait;
        }
        // The semaphore is never closed.
        let _slot = post.slots.acquire().await;
        let left = self.settings.lease.saturating_sub(leased.elapsed());
        if left < self.settings.deliver_within {
            // Somebody else could get it while the platform is at it.
            return later(self.now(), Duration::ZERO);
        }
        let lookup = match self.look_up(item, via).await {
            Ok(lookup) => lookup,
            Err(error) => {
                tracing::warn!(item = item.id.0, error = %self.refused(error), "nothing can be looked up for a message");
                return later(self.now(), STORE_PAUSE);
            }
        };
        self.call_and_conclude(post, item, lookup).await
    }

    /// Waits until all lanes have room. If that takes long, the item goes back to wait for its time.
    async fn wait_for_room(&self, post: &Post, item: &OutboxItem, lanes: &[Lane]) -> Option<Finish> {
        loop {
            let now = Instant::now();
            let Room::At(at) = post.lanes.take(item.id, lanes, now) else { return None };
            let wait = at.duration_since(now);
            if wait > IN_HAND {
                return Some(later(self.now(), wait));
            }
            tokio::select! {
                () = tokio::time::sleep_until(at) => {}
                () = self.closed() => return Some(later(self.now(), Duration::ZERO)),
            }
        }
    }

    async fn look_up(&self, item: &OutboxItem, via: Option<Via>) -> store::Result<Lookup> {
        let mut lookup = Lookup { via, ..Lookup::default() };
        if let Some(slot) = &item.slot {
            lookup.edit = self.store.delivered(&item.to, slot).await?;
        }
        if let Some(slot) = &item.reply_to {
            lookup.reply_to = match original(&item.to, slot) {
                Some(message) => Some(message.clone()),
                None => self.store.delivered(&item.to, slot).await?.into_iter().next(),
            };
        }
        if let Destination::Staff { place, ticket } = &item.to {
            lookup.thread = self.store.thread(place, *ticket).await?;
            let contact = match &item.case {
                Some(contact) => Some(contact.clone()),
                None => self.store.ticket(*ticket).await?,
            };
            if let Some(contact) = contact
                && let Some(case) = self.store.case(&contact).await?
                && let Ok(known) = self.known().await
            {
                let facts = known.facts(*ticket, None, Some(*ticket));
                let card = desk::card(&self.policy(), &self.packs(), &facts, &case.value);
                // A case has one ticket at a time; a message for an earlier one goes without a card.
                lookup.card = card.filter(|card| card.number == *ticket);
            }
        }
        Ok(lookup)
    }

    async fn call_and_conclude(&self, post: &Post, item: &OutboxItem, lookup: Lookup) -> Finish {
        if item.only_edit && lookup.edit.is_empty() {
            return Finish::Dropped;
        }
        let mut edit = lookup.edit.as_slice();
        let mut result = self.call(post, item, &lookup, edit).await;
        if !edit.is_empty() && result == Err(DeliveryError::MessageGone) {
            count(&self.metrics.messages_gone);
            if item.only_edit {
                return Finish::Dropped;
            }
            edit = &[];
            result = self.call(post, item, &lookup, edit).await;
        }
        if let Err(DeliveryError::RetryAfter { after, lane: Some(lane) }) = &result {
            post.lanes.close(lane, Instant::now() + *after);
        }
        self.conclude(item, result, !edit.is_empty()).await
    }

    /// What becomes of an item after this result; whoever must hear of it does.
    pub(crate) async fn conclude(
        &self,
        item: &OutboxItem,
        result: Result<Receipt, DeliveryError>,
        edit: bool,
    ) -> Finish {
        let tried = Tried { now: self.now(), give_up_after: self.settings.give_up_after, edit };
        self.note(item, &result, tried.now);
        match judge(item, result, tried) {
            Verdict::Finish(finish) => finish,
            Verdict::Unknown => {
                count(&self.metrics.unknown);
                tracing::warn!(item = item.id.0, channel = %item.to.channel(), "a message is given up that may have arrived");
                Finish::Dropped
            }
            Verdict::Never(reason) => {
                if reason == Undeliverable::GaveUp {
                    count(&self.metrics.gave_up);
                    tracing::warn!(item = item.id.0, channel = %item.to.channel(), tries = item.attempts + 1, "a message is given up");
                }
                self.tell_undeliverable(item, reason).await
            }
        }
    }

    async fn call(
        &self,
        post: &Post,
        item: &OutboxItem,
        lookup: &Lookup,
        edit: &[MessageRef],
    ) -> Result<Receipt, DeliveryError> {
        let delivery = Delivery {
            id: item.id,
            to: &item.to,
            content: &item.content,
            via: lookup.via.as_ref(),
            edit,
            reply_to: lookup.reply_to.as_ref(),
            thread: lookup.thread.as_ref(),
            card: lookup.card.as_ref(),
            files: &self.registry,
        };
        let call = post.platform.deliver(delivery);
        let within = tokio::time::timeout(self.settings.deliver_within, call);
        within.await.unwrap_or_else(|_| Err(DeliveryError::Ambiguous("it took too long".to_owned())))
    }

    /// Tells the case that a message of it will never arrive, before the message is gone.
    async fn tell_undeliverable(&self, item: &OutboxItem, reason: Undeliverable) -> Finish {
        let Some(contact) = item.case.clone() else { return Finish::Dropped };
        let place = match &item.to {
            Destination::Staff { place, .. } => Some(place.clone()),
            Destination::Contact(_) | Destination::Actor { .. } => None,
        };
        let act = WithinAct::Undeliverable { item: item.id, place, slot: item.slot.clone(), reason };
        match self.within(format!("undeliverable:{}", item.id.0), contact, act).await {
            Ok(()) => Finish::Dropped,
            Err(error) => {
                tracing::warn!(item = item.id.0, %error, "nobody could be told yet that a message can't be delivered");
                later(self.now(), STORE_PAUSE)
            }
        }
    }

    /// Counts the result, and says in the log what somebody may want to look into.
    fn note(&self, item: &OutboxItem, result: &Result<Receipt, DeliveryError>, now: Timestamp) {
        let metrics = &self.metrics;
        let (id, channel, tries) = (item.id.0, item.to.channel(), item.attempts + 1);
        match result {
            Ok(_) => {
                count(&metrics.delivered);
                let took = Duration::try_from(now.duration_since(item.created)).unwrap_or_default();
                metrics.delivering.record(took);
            }
            Err(DeliveryError::RetryAfter { after, lane }) => {
                count(&metrics.retry_after);
                tracing::info!(item = id, %channel, ?after, lane, "the platform asks to wait");
            }
            Err(DeliveryError::Transient(error)) => {
                count(&metrics.transient);
                tracing::warn!(item = id, %channel, tries, error, "a message wasn't delivered for now");
            }
            Err(DeliveryError::Ambiguous(error)) => {
                count(&metrics.ambiguous);
                tracing::warn!(item = id, %channel, tries, error, "nobody knows whether a message was delivered");
            }
            Err(DeliveryError::Never { reason, text }) => {
                count(&metrics.undeliverable);
                tracing::warn!(item = id, %channel, ?reason, error = text, "a message can't be delivered");
            }
            Err(DeliveryError::MessageGone) => {
                tracing::warn!(item = id, %channel, "a new message is said to be gone");
            }
            Err(DeliveryError::ThreadGone) => {
                count(&metrics.threads_gone);
                tracing::warn!(item = id, %channel, "the thread of a ticket is gone; it is made anew");
            }
        }
    }
}

/// What a result means for an item.
pub(crate) fn judge(item: &OutboxItem, result: Result<Receipt, DeliveryError>, tried: Tried) -> Verdict {
    match result {
        Ok(receipt) => Verdict::Finish(Finish::Delivered(receipt)),
        Err(DeliveryError::RetryAfter { after, .. }) => Verdict::Finish(later(tried.now, after)),
        Err(DeliveryError::Never { reason, .. }) => Verdict::Never(reason),
        Err(DeliveryError::ThreadGone) if item.attempts < LEAST_TRIES => Verdict::Finish(Finish::ThreadGone),
        // A place that loses one thread after the other is no place to work in.
        Err(DeliveryError::ThreadGone) => Verdict::Never(Undeliverable::Rejected),
        Err(DeliveryError::Ambiguous(_)) if !tried.edit => {
            if item.ambiguous > 0 {
                return Verdict::Unknown;
            }
            let due = tried.now + pause_after(0);
            Verdict::Finish(Finish::Later { due, counts: true, ambiguous: true })
        }
        Err(DeliveryError::Transient(_) | DeliveryError::Ambiguous(_) | DeliveryError::MessageGone) => {
            let age = Duration::try_from(tried.now.duration_since(item.created)).unwrap_or_default();
            if age >= tried.give_up_after && item.attempts + 1 >= LEAST_TRIES {
                return Verdict::Never(Undeliverable::GaveUp);
            }
            let due = tried.now + pause_after(item.attempts);
            Verdict::Finish(Finish::Later { due, counts: true, ambiguous: false })
        }
    }
}

/// The pause after so many failures before this one: twice as long each time, a fifth more or less, so that not
/// everything that failed together comes back together.
fn pause_after(failures: u32) -> Duration {
    let pause = min(FIRST_PAUSE * 2_u32.saturating_pow(failures.min(16)), LONGEST_PAUSE);
    pause.mul_f64(0.8 + 0.4 * fastrand::f64())
}

/// Tried again after a time, without blame.
fn later(now: Timestamp, after: Duration) -> Finish {
    Finish::Later { due: now + after, counts: false, ambiguous: false }
}

/// The message itself that a slot names the copies of, if it lies in this very place: a customer's own message in their
/// chat, an agent's own in the staff place where it was written.
fn original<'a>(to: &Destination, slot: &'a Slot) -> Option<&'a MessageRef> {
    match (to, slot) {
        (Destination::Contact(_), Slot::Customer(message)) => Some(message),
        (Destination::Staff { place, .. }, Slot::Agent(channel, message)) if place == channel => {
            Some(message)
        }
        _ => None,
    }
}
