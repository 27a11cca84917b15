//! A platform that keeps what it was sent, and fails as it is told.

use async_trait::async_trait;
use bytes::Bytes;
use desk::{Channel, Content, Destination, FileRef, MessageRef, OutboxId, Slot, ThreadRef};
use runtime::{Delivery, DeliveryError, FetchError, Lane, Platform, Receipt};
use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::time::Instant;

/// What the platform does with a message.
pub(crate) enum Does {
    Takes,
    Fails(DeliveryError),
    /// Takes it, and the answer gets lost.
    TakesUnheard,
    Hangs,
    /// Takes it after three seconds.
    TakesItsTime,
    Panics,
}

/// A message that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) to: Destination,
    pub(crate) text: String,
    pub(crate) edit: Vec<MessageRef>,
    pub(crate) reply_to: Option<MessageRef>,
    pub(crate) thread: Option<ThreadRef>,
    pub(crate) has_card: bool,
    pub(crate) has_via: bool,
    pub(crate) is_card: bool,
    pub(crate) at: Instant,
}

type Script = Box<dyn Fn(&Delivery<'_>, u64) -> Does + Send + Sync>;
type Limits = Box<dyn Fn(&Destination) -> Vec<Lane> + Send + Sync>;

pub(crate) struct Fake {
    channel: Channel,
    staff: bool,
    script: Mutex<Script>,
    limits: Mutex<Limits>,
    cut: Mutex<Option<usize>>,
    sent: Mutex<Vec<Sent>>,
    tries: Mutex<HashMap<OutboxId, Vec<Instant>>>,
    next: AtomicU64,
}

impl Fake {
    pub(crate) fn new(name: &str, staff: bool) -> Self {
        Self {
            channel: name.parse().unwrap(),
            staff,
            script: Mutex::new(Box::new(|_, _| Does::Takes)),
            limits: Mutex::new(Box::new(|_| Vec::new())),
            cut: Mutex::new(None),
            sent: Mutex::default(),
            tries: Mutex::default(),
            next: AtomicU64::new(1),
        }
    }

    /// What happens to each delivery; the number is that of the try, from 1.
    pub(crate) fn script(&self, script: impl Fn(&Delivery<'_>, u64) -> Does + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    pub(crate) fn limits(&self, limits: impl Fn(&Destination) -> Vec<Lane> + Send + Sync + 'static) {
        *self.limits.lock().unwrap() = Box::new(limits);
    }

    /// Cuts texts into parts of so many characters; 0 panics.
    pub(crate) fn cut(&self, most: usize) {
        *self.cut.lock().unwrap() = Some(most);
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub(crate) fn texts(&self, to: &Destination) -> Vec<String> {
        self.sent().into_iter().filter(|sent| sent.to == *to).map(|sent| sent.text).collect()
    }

    /// When each try of an item began.
    pub(crate) fn tries(&self, id: OutboxId) -> Vec<Instant> {
        self.tries.lock().unwrap().get(&id).cloned().unwrap_or_default()
    }

    /// The platform's id of what it was sent as so-manieth.
    pub(crate) fn message(number: u64) -> MessageRef {
        MessageRef(format!("m{number}"))
    }
}

pub(crate) fn text_of(content: &Content) -> String {
    match content {
        Content::Say(say) => say.text.text().to_owned(),
        Content::Card(card) => format!("card of {}", card.number),
    }
}

#[async_trait]
impl Platform for Fake {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn has_staff_place(&self) -> bool {
        self.staff
    }

    fn parts(&self, _: &Destination, content: Content) -> Vec<Content> {
        let Some(most) = *self.cut.lock().unwrap() else { return vec![content] };
        let Content::Say(say) = &content else { return vec![content] };
        let letters: Vec<char> = say.text.text().chars().collect();
        let part = |chars: &[char]| {
            let text = desk::Rich::plain(chars.iter().collect::<String>());
            Content::Say(desk::Say { text, ..say.clone() })
        };
        letters.chunks(most).map(part).collect()
    }

    fn lanes(&self, to: &Destination) -> Vec<Lane> {
        (self.limits.lock().unwrap())(to)
    }

    async fn deliver(&self, delivery: Delivery<'_>) -> Result<Receipt, DeliveryError> {
        let number = {
            let mut tries = self.tries.lock().unwrap();
            let tries = tries.entry(delivery.id).or_default();
            tries.push(Instant::now());
            tries.len() as u64
        };
        let does = (self.script.lock().unwrap())(&delivery, number);
        match does {
            Does::Takes => Ok(self.take(&delivery)),
            Does::Fails(error) => Err(error),
            Does::TakesUnheard => {
                self.take(&delivery);
                Err(DeliveryError::Ambiguous("the answer was lost".into()))
            }
            Does::Hangs => {
                tokio::time::sleep(Duration::from_secs(100_000)).await;
                Err(DeliveryError::Transient("hung".into()))
            }
            Does::TakesItsTime => {
                tokio::time::sleep(Duration::from_secs(3)).await;
                Ok(self.take(&delivery))
            }
            Does::Panics => panic!("told to"),
        }
    }

    async fn fetch(&self, file: &FileRef, limit: u64) -> Result<Bytes, FetchError> {
        if file.id.len() as u64 > limit {
            return Err(FetchError::TooLarge(limit));
        }
        Ok(Bytes::from(file.id.clone()))
    }
}

impl Fake {
    fn take(&self, delivery: &Delivery<'_>) -> Receipt {
        let mut receipt = Receipt::default();
        let mut thread = delivery.thread.cloned();
        if matches!(delivery.to, Destination::Staff { .. }) && thread.is_none() {
            thread = Some(ThreadRef(format!("t{}", self.next.fetch_add(1, SeqCst))));
            receipt.thread.clone_from(&thread);
            if delivery.card.is_some() && !matches!(delivery.content, Content::Card(_)) {
                receipt.card = vec![Self::message(self.next.fetch_add(1, SeqCst))];
            }
        }
        receipt.messages = if delivery.edit.is_empty() {
            vec![Self::message(self.next.fetch_add(1, SeqCst))]
        } else {
            delivery.edit.to_vec()
        };
        self.sent.lock().unwrap().push(Sent {
            to: delivery.to.clone(),
            text: text_of(delivery.content),
            edit: delivery.edit.to_vec(),
            reply_to: delivery.reply_to.cloned(),
            thread,
            has_card: delivery.card.is_some(),
            has_via: delivery.via.is_some(),
            is_card: matches!(delivery.content, Content::Card(_)),
            at: Instant::now(),
        });
        receipt
    }
}

/// The slot of a queued ticket's position, for tests that need any slot.
pub(crate) fn slot(number: u64) -> Slot {
    Slot::Position(desk::TicketNumber(number))
}
