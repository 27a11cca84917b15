//! A runtime with fake platforms, customers and agents, under a clock that moves with the paused time of tokio.

use crate::{platform::Fake, slow::Slow};
use desk::{
    AdminAct, Channel, Content, CustomerAct, CustomerCommand, Destination, Event, EventKey, Identity, Lang,
    Logged, Message, MessageRef, NewAgent, Packs, Policy, Profile, Rich, Role, Say, Slot, Speaker, StaffAct,
    Target, TicketNumber, What,
};
use intents::pack::Pack;
use jiff::Timestamp;
use runtime::{Door, Refused, Runtime, Settings};
use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use store::{Commit, NewItem, Store};
use tokio::time::Instant;

static PACKS: LazyLock<Arc<Packs>> = LazyLock::new(|| {
    let files = [("pack.toml", PACK.as_bytes()), ("general.toml", GENERAL.as_bytes())];
    Arc::new(Packs::new(Pack::parse(files).unwrap(), Policy::default().bands))
});

const PACK: &str = r#"
name = "test"
languages = ["en"]
default_language = "en"
"#;

const GENERAL: &str = r#"
[category]
id = "general"
order = 1
title = { en = "General" }

[[entry]]
id = "fees"
department = "support"
[entry.en]
question = "What are the fees?"
phrasings = ["how much does it cost", "what do you charge", "fees please"]
answer = "One per cent."

[[entry]]
id = "opening"
department = "support"
[entry.en]
question = "When are you open?"
phrasings = ["opening hours", "are you open on sunday", "when do you close"]
answer = "Always."
"#;

pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) store: Arc<Slow>,
    pub(crate) alpha: Arc<Fake>,
    pub(crate) beta: Arc<Fake>,
    keys: AtomicU64,
    start: (Timestamp, Instant),
}

pub(crate) fn settings() -> Settings {
    Settings { give_up_after: Duration::from_secs(600), ..Settings::default() }
}

impl World {
    /// A runtime with two platforms that both have a staff place, started.
    pub(crate) async fn new() -> Self {
        Self::over(Arc::new(Slow::default()), Self::beginning()).await
    }

    /// The same over a store that may hold something already.
    pub(crate) async fn upon(store: Arc<dyn Store>) -> Self {
        Self::over(Arc::new(Slow::over(store)), Self::beginning()).await
    }

    /// When the world begins; a second runtime of the same world has the same beginning.
    fn beginning() -> (Timestamp, Instant) {
        ("2026-03-02T09:00:00Z".parse().unwrap(), Instant::now())
    }

    async fn over(store: Arc<Slow>, start: (Timestamp, Instant)) -> Self {
        let world = Self::asleep(store, start).await;
        assert!(world.runtime.connect(world.alpha.clone()));
        assert!(world.runtime.connect(world.beta.clone()));
        world.runtime.start();
        world
    }

    async fn asleep(store: Arc<Slow>, start: (Timestamp, Instant)) -> Self {
        let clock = move || start.0 + start.1.elapsed();
        let policy = Policy { staff_language: Lang::En, ..Policy::default() };
        let runtime = Runtime::new(
            store.clone() as Arc<dyn Store>,
            Arc::new(clock),
            Arc::new(policy),
            PACKS.clone(),
            settings(),
        );
        Self {
            runtime: runtime.await.unwrap(),
            store,
            alpha: Arc::new(Fake::new("alpha", true)),
            beta: Arc::new(Fake::new("beta", true)),
            keys: AtomicU64::new(0),
            start,
        }
    }

    /// A second process over the same store, with its own connections to the platforms.
    pub(crate) async fn another(&self) -> Self {
        let other = Self::over(self.store.clone(), self.start).await;
        other.keys.store(1_000_000, SeqCst);
        other
    }

    /// A process that has no platforms connected and fires no timers: nothing happens but what is handed in.
    pub(crate) async fn idle() -> Self {
        Self::asleep(Arc::new(Slow::default()), Self::beginning()).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.start.0 + self.start.1.elapsed()
    }

    pub(crate) fn event(&self, what: What) -> Event {
        let key = EventKey(format!("e{}", self.keys.fetch_add(1, SeqCst)));
        Event { key, at: self.now(), via: None, what }
    }

    pub(crate) fn customer(&self, who: &str, act: CustomerAct) -> Event {
        let profile = Profile { name: who.into(), language: Some(Lang::En), ..Profile::default() };
        self.event(What::Customer { contact: who.parse().unwrap(), profile, act })
    }

    pub(crate) async fn says(&self, who: &str, id: &str, text: &str) -> Result<(), Refused> {
        let act = CustomerAct::Say { id: MessageRef(id.into()), message: Message::text(text) };
        self.runtime.accept(self.customer(who, act)).await
    }

    /// The customer asks for a person; the number of the ticket.
    pub(crate) async fn asks_for_person(&self, who: &str) -> TicketNumber {
        let act = CustomerAct::Command(CustomerCommand::Human);
        self.runtime.accept(self.customer(who, act)).await.unwrap();
        let case = self.runtime.case(&who.parse().unwrap()).await.unwrap().unwrap();
        case.value.ticket().unwrap().number
    }

    pub(crate) fn staff(&self, by: &str, on: Target, act: StaffAct) -> Event {
        self.event(What::Staff { by: by.parse().unwrap(), on, act })
    }

    pub(crate) async fn acts(&self, by: &str, on: Target, act: StaffAct) {
        self.runtime.accept(self.staff(by, on, act)).await.unwrap();
    }

    /// An agent whose account this is.
    pub(crate) async fn agent(&self, account: &str) {
        let new = NewAgent {
            name: account.into(),
            role: Role::Agent,
            departments: Vec::new(),
            languages: Vec::new(),
            capacity: 1000,
            code: format!("code of {account}"),
        };
        let code = new.code.clone();
        self.runtime.admin(AdminAct::Add(new)).await.unwrap();
        let by: Identity = account.parse().unwrap();
        self.runtime.accept(self.event(What::Link { by, code })).await.unwrap();
        self.quiet().await;
    }

    /// Long enough for everything that can be delivered to be delivered, and for positions to be told.
    pub(crate) async fn quiet(&self) {
        tokio::time::sleep(Duration::from_secs(10)).await;
    }

    /// Puts something into the outbox, past the desk.
    pub(crate) async fn post(&self, items: Vec<NewItem>) {
        let commit = Commit { outbox: items, ..Commit::default() };
        self.store.commit(commit).await.unwrap();
    }

    pub(crate) fn item(&self, to: &Destination, text: &str) -> NewItem {
        NewItem {
            case: None,
            to: to.clone(),
            via: None,
            slot: None,
            only_edit: false,
            reply_to: None,
            content: say(text),
            created: self.now(),
        }
    }

    pub(crate) fn slotted(&self, to: &Destination, slot: Slot, text: &str) -> NewItem {
        NewItem { slot: Some(slot), ..self.item(to, text) }
    }

    /// How many entries of a case's log are such.
    pub(crate) async fn log_count(&self, who: &str, such: impl Fn(&Logged) -> bool) -> usize {
        let log = self.store.inner.log(&who.parse().unwrap(), 0, 100_000).await.unwrap();
        log.iter().filter(|entry| such(&entry.what)).count()
    }

    /// Whether nothing waits to be delivered: a lease far in the future gets nothing. The last thing that a test asks.
    pub(crate) async fn outbox_is_empty(&self) -> bool {
        let channels: Vec<Channel> = ["alpha", "beta"].map(|name| name.parse().unwrap()).to_vec();
        let late = self.now() + Duration::from_hours(240);
        self.store.inner.lease(&channels, late, late, 10).await.unwrap().is_empty()
    }
}

pub(crate) fn say(text: &str) -> Content {
    let text = Rich::plain(text);
    Content::Say(Say { speaker: Speaker::Bot, text, choices: vec![], attachments: vec![], verdict: None })
}

pub(crate) fn contact(address: &str) -> Destination {
    Destination::Contact(address.parse().unwrap())
}

pub(crate) fn staff_place(channel: &str, ticket: u64) -> Destination {
    Destination::Staff { place: channel.parse().unwrap(), ticket: TicketNumber(ticket) }
}

pub(crate) fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}
