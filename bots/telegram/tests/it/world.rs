//! A fake Bot API, the adapter, and a door that writes down what comes through it.

use async_trait::async_trait;
use bytes::Bytes;
use desk::{
    Card, CardState, Channel, Content, Destination, Event, FileRef, MessageRef, OutboxId, Priority, Reason,
    Rich, Say, Speaker, StaffButton, StaffChoice, StaffDoes, ThreadRef, TicketNumber, Tier, Via,
};
use fakes::telegram::{FakeTelegram, Group};
use jiff::Timestamp;
use runtime::{Delivery, DeliveryError, Door, FetchError, Files, Platform, Receipt, Refused};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use telegram::{Config, RunError, Telegram};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

/// A door that takes everything, unless told to refuse.
#[derive(Default)]
pub(crate) struct Book {
    events: Mutex<Vec<Event>>,
    kept: Mutex<BTreeMap<String, String>>,
    refusals: Mutex<Vec<Refused>>,
    changed: watch::Sender<()>,
}

impl Book {
    pub(crate) fn refuse(&self, times: usize, refused: &Refused) {
        self.refusals.lock().unwrap().extend(std::iter::repeat_n(refused.clone(), times));
    }

    /// Waits until it has refused something, of `prepared` refusals.
    pub(crate) async fn has_refused(&self, prepared: usize) {
        let mut changes = self.changed.subscribe();
        while self.refusals.lock().unwrap().len() == prepared {
            timeout(Duration::from_secs(20), changes.changed()).await.expect("it is asked").unwrap();
        }
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// Waits for so many events, and gives what happened in each.
    pub(crate) async fn first(&self, count: usize) -> Vec<Event> {
        let mut changes = self.changed.subscribe();
        let waited = timeout(Duration::from_secs(20), async {
            while self.events().len() < count {
                changes.changed().await.unwrap();
            }
        });
        assert!(waited.await.is_ok(), "{count} events were waited for, came: {:#?}", self.events());
        self.events()
    }

    pub(crate) fn kept(&self) -> BTreeMap<String, String> {
        self.kept.lock().unwrap().clone()
    }
}

#[async_trait]
impl Door for Book {
    async fn accept(&self, event: Event) -> Result<(), Refused> {
        // Other events get their chance to overtake.
        tokio::time::sleep(Duration::from_millis(1)).await;
        if let Some(refused) = self.refusals.lock().unwrap().pop() {
            self.changed.send_replace(());
            return Err(refused);
        }
        self.events.lock().unwrap().push(event);
        self.changed.send_replace(());
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
        Ok(kept.iter().filter(|(k, _)| k.starts_with(prefix)).map(|(k, v)| (k.clone(), v.clone())).collect())
    }
}

/// Files of other channels.
pub(crate) struct Elsewhere(pub(crate) Vec<u8>);

#[async_trait]
impl Files for Elsewhere {
    async fn fetch(&self, _file: &FileRef, limit: u64) -> Result<Bytes, FetchError> {
        if self.0.len() as u64 > limit {
            return Err(FetchError::TooLarge(limit));
        }
        Ok(self.0.clone().into())
    }
}

pub(crate) struct World {
    pub(crate) fake: FakeTelegram,
    pub(crate) telegram: Arc<Telegram>,
    pub(crate) book: Arc<Book>,
    pub(crate) stop: CancellationToken,
    pub(crate) files: Elsewhere,
    running: Mutex<Option<JoinHandle<Result<(), RunError>>>>,
}

impl World {
    /// A bot that doesn't run yet.
    pub(crate) async fn new() -> Self {
        Self::with(|_, _| {}).await
    }

    pub(crate) async fn with_staff(forum: bool) -> (Self, Group) {
        let mut group = None;
        let world = Self::with(|fake, config| {
            let staff = fake.group("Staff", forum);
            config.staff_chat = Some(staff.id);
            group = Some(staff);
        })
        .await;
        (world, group.unwrap())
    }

    pub(crate) async fn with(change: impl FnOnce(&FakeTelegram, &mut Config)) -> Self {
        let fake = FakeTelegram::start().await;
        let mut config = Config::new(fake.token());
        config.api_url = fake.url().to_owned();
        config.poll = Duration::from_secs(5);
        change(&fake, &mut config);
        Self {
            telegram: Telegram::new(config).unwrap(),
            fake,
            book: Arc::default(),
            stop: CancellationToken::new(),
            files: Elsewhere(b"bytes".to_vec()),
            running: Mutex::default(),
        }
    }

    pub(crate) fn run(&self) {
        let run = self.telegram.clone().run(self.book.clone(), self.stop.clone());
        *self.running.lock().unwrap() = Some(tokio::spawn(run));
    }

    /// How the run ended; waits for it.
    pub(crate) async fn ended(&self) -> Result<(), RunError> {
        let running = self.running.lock().unwrap().take().unwrap();
        timeout(Duration::from_secs(20), running).await.expect("it ends").unwrap()
    }

    pub(crate) async fn deliver(
        &self,
        to: &Destination,
        content: &Content,
    ) -> Result<Receipt, DeliveryError> {
        self.deliver_as(to, content, |_| {}).await
    }

    pub(crate) async fn deliver_as<'a>(
        &'a self,
        to: &'a Destination,
        content: &'a Content,
        change: impl FnOnce(&mut Delivery<'a>),
    ) -> Result<Receipt, DeliveryError> {
        let mut delivery = Delivery {
            id: OutboxId(1),
            to,
            content,
            via: None,
            edit: &[],
            reply_to: None,
            thread: None,
            card: None,
            files: &self.files,
        };
        change(&mut delivery);
        self.telegram.deliver(delivery).await
    }

    /// Delivers everything that content is cut into.
    pub(crate) async fn deliver_all(&self, to: &Destination, content: Content) -> Vec<MessageRef> {
        let mut sent = Vec::new();
        for part in self.telegram.parts(to, content) {
            sent.extend(self.deliver(to, &part).await.unwrap().messages);
        }
        sent
    }

    /// Nothing was sent that Telegram would refuse.
    #[track_caller]
    pub(crate) fn made_no_mistakes(&self) {
        self.made_no_mistakes_but(&[]);
    }

    /// Of what Telegram refused, all contains one of these.
    #[track_caller]
    pub(crate) fn made_no_mistakes_but(&self, expected: &[&str]) {
        let mut mistakes = self.fake.state(fakes::telegram::State::mistakes);
        mistakes.retain(|mistake| !expected.iter().any(|words| mistake.contains(words)));
        assert!(mistakes.is_empty(), "{mistakes:#?}");
    }
}

pub(crate) fn channel() -> Channel {
    "telegram".parse().unwrap()
}

pub(crate) fn contact(id: impl std::fmt::Display) -> Destination {
    Destination::Contact(format!("telegram:{id}").parse().unwrap())
}

pub(crate) fn ticket(number: u64) -> Destination {
    Destination::Staff { place: channel(), ticket: TicketNumber(number) }
}

pub(crate) fn actor(event: &Event) -> (Destination, Option<Via>) {
    (Destination::Actor { place: channel(), event: event.key.clone() }, event.via.clone())
}

pub(crate) fn say(text: &str) -> Say {
    Say {
        speaker: Speaker::Customer("Jane".into()),
        text: Rich::plain(text),
        choices: Vec::new(),
        attachments: Vec::new(),
        verdict: None,
    }
}

pub(crate) fn said(text: &str) -> Content {
    Content::Say(say(text))
}

pub(crate) fn card(number: u64, state: CardState) -> Card {
    let choice = |label: &str, does| StaffChoice {
        label: label.into(),
        button: StaffButton { ticket: TicketNumber(number), does },
    };
    Card {
        number: TicketNumber(number),
        contact: "discord:1".parse().unwrap(),
        name: "Jane\nDoe".into(),
        handle: None,
        language: intents::Lang::En,
        reason: Reason::Asked,
        department: "payments".parse().unwrap(),
        tier: Tier::First,
        priority: Priority::Urgent,
        text: Rich::plain(format!("#{number} Jane: {state:?}")),
        state,
        questions: Vec::new(),
        matches: Vec::new(),
        opened: Timestamp::UNIX_EPOCH,
        due: Timestamp::UNIX_EPOCH,
        actions: vec![
            choice("Claim", StaffDoes::Claim),
            choice("Reply", StaffDoes::Reply),
            choice("Note", StaffDoes::Note),
            choice("Resolve", StaffDoes::Resolve),
        ],
    }
}

pub(crate) fn thread(id: i64) -> ThreadRef {
    ThreadRef(id.to_string())
}
