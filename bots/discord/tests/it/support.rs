//! A door that records, and a bench with the edge, the fake and the door.

use async_trait::async_trait;
use bytes::Bytes;
use desk::{
    Address, Card, CardState, Content, CustomerAct, Destination, Event, EventKey, FileRef, Lang, MessageRef,
    OutboxId, Priority, Reason, Rich, Say, Speaker, StaffAct, StaffButton, StaffChoice, StaffDoes, Target,
    ThreadRef, TicketNumber, Tier, Via, What,
};
use discord::{Config, Discord, RunError, Token};
use fakes::discord::{FakeDiscord, PATIENCE, Person, Post, TOKEN};
use jiff::Timestamp;
use runtime::{Delivery, DeliveryError, Door, FetchError, Files, Platform, Receipt, Refused};
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Records events, each once; keeps values. It can be shut, so that nothing is taken in.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) events: Mutex<Vec<Event>>,
    seen: Mutex<HashSet<EventKey>>,
    kept: Mutex<BTreeMap<String, String>>,
    pub(crate) shut: AtomicBool,
    pub(crate) asked: AtomicU64,
}

#[async_trait]
impl Door for Recorder {
    async fn accept(&self, event: Event) -> Result<(), Refused> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        while self.shut.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if self.seen.lock().unwrap().insert(event.key.clone()) {
            self.events.lock().unwrap().push(event);
        }
        Ok(())
    }

    async fn keep(&self, name: &str, value: Option<&str>) -> Result<(), Refused> {
        let mut kept = self.kept.lock().unwrap();
        match value {
            Some(value) => kept.insert(name.to_owned(), value.to_owned()),
            None => kept.remove(name),
        };
        Ok(())
    }

    async fn kept(&self, name: &str) -> Result<Option<String>, Refused> {
        Ok(self.kept.lock().unwrap().get(name).cloned())
    }

    async fn kept_under(&self, prefix: &str) -> Result<Vec<(String, String)>, Refused> {
        let kept = self.kept.lock().unwrap();
        Ok(kept
            .iter()
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect())
    }
}

/// The files of other channels.
pub(crate) struct OtherFiles;

#[async_trait]
impl Files for OtherFiles {
    async fn fetch(&self, file: &FileRef, limit: u64) -> Result<Bytes, FetchError> {
        match file.id.as_str() {
            "gone" => Err(FetchError::Gone("gone".into())),
            "large" => Err(FetchError::TooLarge(limit)),
            text => Ok(Bytes::from(text.to_owned())),
        }
    }
}

/// The edge, running, with the fake and the door.
pub(crate) struct Bench {
    pub(crate) fake: FakeDiscord,
    pub(crate) door: Arc<Recorder>,
    pub(crate) discord: Arc<Discord>,
    shutdown: CancellationToken,
    running: Option<JoinHandle<Result<(), RunError>>>,
}

pub(crate) fn config(fake: &FakeDiscord) -> Config {
    let mut config = Config::new(Token::new(TOKEN));
    config.api_url = fake.api_url();
    config.gateway_url = Some(fake.gateway_url());
    config.staff_channel = Some(fake.forum());
    config.questions = Arc::new(|lang| match lang {
        Lang::Zh => vec![("忘记密码怎么办".into(), "forgot-password".parse().unwrap())],
        Lang::En => vec![
            ("I forgot my password".into(), "forgot-password".parse().unwrap()),
            ("How do I top up?".into(), "top-up".parse().unwrap()),
        ],
    });
    config
}

impl Bench {
    /// A running edge, connected.
    pub(crate) async fn start() -> Self {
        let fake = FakeDiscord::start().await;
        let config = config(&fake);
        Self::with(fake, Arc::default(), config).await
    }

    pub(crate) async fn with(fake: FakeDiscord, door: Arc<Recorder>, config: Config) -> Self {
        let discord = Discord::new(config).unwrap();
        let shutdown = CancellationToken::new();
        let (running, token) = (discord.clone(), shutdown.clone());
        let through: Arc<dyn Door> = door.clone();
        let running = tokio::spawn(async move { running.run(through, token).await });
        fake.connected().await;
        Self { fake, door, discord, shutdown, running: Some(running) }
    }

    pub(crate) fn person(&self, name: &str) -> Person {
        self.fake.person(name)
    }

    /// Ends the process as a crash does: at once.
    pub(crate) fn crash(mut self) -> (FakeDiscord, Arc<Recorder>) {
        if let Some(running) = self.running.take() {
            running.abort();
        }
        (self.fake.clone(), self.door.clone())
    }

    /// Ends the edge in order.
    pub(crate) async fn stop(mut self) -> (FakeDiscord, Arc<Recorder>) {
        self.shutdown.cancel();
        if let Some(running) = self.running.take() {
            running.await.unwrap().unwrap();
        }
        (self.fake.clone(), self.door.clone())
    }

    /// Waits until the door has taken `count` events in, and returns all.
    #[track_caller]
    pub(crate) fn events(&self, count: usize) -> impl Future<Output = Vec<Event>> {
        let caller = std::panic::Location::caller();
        let door = self.door.clone();
        async move {
            let began = Instant::now();
            loop {
                let events = door.events.lock().unwrap().clone();
                if events.len() >= count {
                    return events;
                }
                assert!(
                    began.elapsed() < PATIENCE,
                    "{caller}: only {} of {count} events: {events:#?}",
                    events.len()
                );
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// The next event after the first `count`.
    #[track_caller]
    pub(crate) fn event(&self, count: usize) -> impl Future<Output = Event> {
        let events = self.events(count + 1);
        async move { events.await[count].clone() }
    }

    /// Delivers something to a person.
    pub(crate) async fn say(&self, person: &Person, id: u64, text: &str) -> Result<Receipt, DeliveryError> {
        self.deliver(&Parcel::new(id, contact(person), say(text))).await
    }

    pub(crate) async fn deliver(&self, parcel: &Parcel) -> Result<Receipt, DeliveryError> {
        let delivery = Delivery {
            id: OutboxId(parcel.id),
            to: &parcel.to,
            content: &parcel.content,
            via: parcel.via.as_ref(),
            edit: &parcel.edit,
            reply_to: parcel.reply_to.as_ref(),
            thread: parcel.thread.as_ref(),
            card: parcel.card.as_ref(),
            files: &OtherFiles,
        };
        self.discord.deliver(delivery).await
    }

    /// Delivers a ticket's card, and returns its post.
    pub(crate) async fn post(&self, number: u64, state: CardState) -> (Post, Receipt) {
        let card = card(number, state);
        let content = Content::Card(Box::new(card.clone()));
        let parcel = Parcel { card: Some(card), ..Parcel::new(1000 + number, staff(number), content) };
        let receipt = self.deliver(&parcel).await.unwrap();
        (self.fake.post(&format!("#{number} ")).await, receipt)
    }
}

/// One delivery.
pub(crate) struct Parcel {
    pub(crate) id: u64,
    pub(crate) to: Destination,
    pub(crate) content: Content,
    pub(crate) via: Option<Via>,
    pub(crate) edit: Vec<MessageRef>,
    pub(crate) reply_to: Option<MessageRef>,
    pub(crate) thread: Option<ThreadRef>,
    pub(crate) card: Option<Card>,
}

impl Parcel {
    pub(crate) fn new(id: u64, to: Destination, content: Content) -> Self {
        Self { id, to, content, via: None, edit: vec![], reply_to: None, thread: None, card: None }
    }
}

pub(crate) fn contact(person: &Person) -> Destination {
    Destination::Contact(Address::new("discord".parse().unwrap(), person.id.to_string()).unwrap())
}

pub(crate) fn staff(number: u64) -> Destination {
    Destination::Staff { place: "discord".parse().unwrap(), ticket: TicketNumber(number) }
}

pub(crate) fn says(speaker: Speaker, text: &str) -> Content {
    let (choices, attachments) = (vec![], vec![]);
    Content::Say(Say { speaker, text: Rich::plain(text), choices, attachments, verdict: None })
}

pub(crate) fn say(text: &str) -> Content {
    says(Speaker::Bot, text)
}

pub(crate) fn card(number: u64, state: CardState) -> Card {
    let number = TicketNumber(number);
    let action =
        |label: &str, does| StaffChoice { label: label.into(), button: StaffButton { ticket: number, does } };
    Card {
        number,
        contact: "telegram:42".parse().unwrap(),
        name: "Jane @everyone".into(),
        handle: None,
        language: Lang::En,
        reason: Reason::Asked,
        department: "payments".parse().unwrap(),
        tier: Tier::First,
        priority: Priority::Normal,
        state,
        questions: vec![],
        matches: vec![],
        opened: Timestamp::UNIX_EPOCH,
        due: Timestamp::UNIX_EPOCH,
        text: Rich::plain(format!("Ticket {number}")),
        actions: vec![
            action("Claim", StaffDoes::Claim),
            action("Reply", StaffDoes::Reply),
            action("Note", StaffDoes::Note),
        ],
    }
}

/// What a customer did.
#[track_caller]
pub(crate) fn customer(event: &Event) -> &CustomerAct {
    match &event.what {
        What::Customer { act, .. } => act,
        other => panic!("no customer's act: {other:?}"),
    }
}

/// What was said.
#[track_caller]
pub(crate) fn said(event: &Event) -> &str {
    match customer(event) {
        CustomerAct::Say { message, .. } => &message.text,
        other => panic!("nothing said: {other:?}"),
    }
}

/// What an agent did.
#[track_caller]
pub(crate) fn agents(event: &Event) -> (&Target, &StaffAct) {
    match &event.what {
        What::Staff { on, act, .. } => (on, act),
        other => panic!("no agent's act: {other:?}"),
    }
}
