//! The shipped binary is killed with SIGKILL at random instants, over and over, on one data folder, while customers and an
//! agent of both platforms write without pause. In the end everything that was written is where it belongs: once and in
//! order on Discord, whose nonce makes a repeated message the same one; on Telegram, which has nothing like it, a message
//! that was in flight at a kill may stand there twice.
//!
//! `DESKHAND_CRASH_ROUNDS` asks for more rounds than 30, and `DESKHAND_CRASH_SEED` for the ones of an earlier run.

use crate::service::{PATIENCE, World};
use fakes::{discord, telegram};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ROUNDS: u64 = 30;
/// The longest life of a process, in milliseconds: as long as a start takes, and about as long again.
const LIFE: u64 = 2600;
/// Telegram's customers, and Discord's.
const PEOPLE: [&str; 4] = ["Tom", "Tia", "Dan", "Dot"];

/// A customer of either platform.
#[derive(Clone)]
enum Customer {
    Telegram(telegram::Person),
    Discord(discord::Person),
}

impl Customer {
    fn says(&self, text: &str) {
        match self {
            Self::Telegram(person) => person.says(text),
            Self::Discord(person) => {
                person.dm(text);
            }
        }
    }

    fn transcript(&self) -> String {
        match self {
            Self::Telegram(person) => person.transcript(),
            Self::Discord(person) => person.transcript(),
        }
    }
}

/// A customer whose ticket an agent has.
#[derive(Clone)]
struct Talk {
    name: &'static str,
    customer: Customer,
    post: discord::Post,
}

/// How many messages each customer wrote, and how many the agent wrote to each.
type Written = [(usize, usize); PEOPLE.len()];

impl Talk {
    /// The numbers of the customer's messages, as they stand in the post.
    fn arrived(&self) -> Vec<usize> {
        let texts = self.post.messages().into_iter().map(|message| message.content);
        numbers(texts.filter(|text| text.starts_with('👤')), &format!("{}-asks-", self.name))
    }

    /// The numbers of the agent's messages, as they stand before the customer.
    fn answered(&self) -> Vec<usize> {
        let lines = self.customer.transcript();
        let of_bot = lines.lines().filter(|line| line.starts_with("bot> ")).map(str::to_owned);
        numbers(of_bot, &format!("{}-hears-", self.name))
    }
}

/// The numbers behind a mark.
fn numbers(texts: impl Iterator<Item = String>, mark: &str) -> Vec<usize> {
    let number = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    texts.flat_map(|text| text.split(mark).skip(1).filter_map(number).collect::<Vec<_>>()).collect()
}

/// People who are with an agent already, each in a post of the forum.
async fn talks(world: &World, bob: &discord::Person) -> Vec<Talk> {
    let mut talks = Vec::new();
    for (at, name) in PEOPLE.into_iter().enumerate() {
        let customer = if at < 2 {
            Customer::Telegram(world.telegram.person(name, "en"))
        } else {
            Customer::Discord(world.discord.person(name))
        };
        customer.says("I want to talk to a person please");
        let post = world.discord.post(&format!("#{} ", at + 1)).await;
        bob.press_in(&post, "领取").await;
        post.until_tagged("处理中").await;
        talks.push(Talk { name, customer, post });
    }
    talks
}

/// Everybody writes, at random intervals, until told to stop.
async fn load(talks: Vec<Talk>, bob: discord::Person, seed: u64, stop: Arc<AtomicBool>) -> Written {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut written = Written::default();
    while !stop.load(Ordering::SeqCst) {
        let at = random.usize(..talks.len());
        let talk = &talks[at];
        for _ in 0..random.usize(1..=6) {
            if random.u8(..4) > 0 {
                talk.customer.says(&format!("{}-asks-{}.", talk.name, written[at].0));
                written[at].0 += 1;
            } else {
                bob.say_in(&talk.post, &format!("{}-hears-{}.", talk.name, written[at].1));
                written[at].1 += 1;
            }
        }
        tokio::time::sleep(Duration::from_millis(random.u64(50..400))).await;
    }
    written
}

fn environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// What the kills met.
#[derive(Debug, Default)]
struct Kills {
    /// Updates that Telegram had not heard to be taken, with a service that had taken some.
    unconfirmed: u64,
    /// Messages of customers that were written and not yet shown to the staff, with a service that had shown some.
    unshown: u64,
    /// A service that hadn't started yet.
    starting: u64,
}

/// A world with an agent on Discord who writes plainly in posts. The staff is on Discord alone: Telegram's limit of 20
/// messages a minute in a group would make this a test of patience.
async fn world() -> (World, crate::service::Service, discord::Person) {
    let mut world = World::new().await;
    world.discord.grant_message_content(true);
    world.setup.set("TELEGRAM_STAFF_CHAT", "");
    world.setup.write("deskhand.toml", "[discord]\nmessage_content = true\n");
    let service = world.start().await;
    let code = world.setup.prints(&["agent", "add", "Bob", "--capacity", "9"], "");
    let bob = world.discord.person("Bob");
    bob.dm(&format!("/link {}", code.trim()));
    bob.sees("绑定成功").await;
    (world, service, bob)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_written_arrives_through_kills_at_any_instant() {
    let seed = environment("DESKHAND_CRASH_SEED").unwrap_or_else(|| fastrand::u64(..));
    let rounds = environment("DESKHAND_CRASH_ROUNDS").unwrap_or(ROUNDS).max(ROUNDS);
    println!("DESKHAND_CRASH_SEED={seed} DESKHAND_CRASH_ROUNDS={rounds}");
    let mut random = fastrand::Rng::with_seed(seed);
    let (world, mut service, bob) = world().await;
    let talks = talks(&world, &bob).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(load(talks.clone(), bob, random.u64(..), stop.clone()));

    let shown = || talks.iter().map(|talk| talk.arrived().len()).sum::<usize>();
    let mut kills = Kills::default();
    for round in 0..rounds {
        let before = shown();
        if round % 2 == 0 {
            // Any instant, a start's too.
            tokio::time::sleep(Duration::from_millis(random.u64(..LIFE))).await;
        } else {
            // In the midst of taking updates in.
            until("the staff is shown more", || shown() > before).await;
            until("updates wait", || world.telegram.state(telegram::State::unconfirmed) > 0).await;
            tokio::time::sleep(Duration::from_millis(random.u64(..12))).await;
        }
        service.kill();
        let worked = shown() > before;
        let waiting = world.telegram.state(telegram::State::unconfirmed);
        kills.unconfirmed += u64::from(worked && waiting > 0);
        kills.unshown += u64::from(worked && said(&talks) > shown());
        kills.starting += u64::from(!service.said.all().contains("health"));
        service = world.setup.spawn();
    }
    stop.store(true, Ordering::SeqCst);
    let written = writing.await.expect("the load runs to its end");
    println!("{written:?} (customer, agent); {kills:?}");
    until_still(&talks, &written).await;
    account(&talks, &written, rounds);
    assert!(kills.unshown >= rounds / 5, "the kills met too little work: {kills:?}");
    assert!(kills.unconfirmed >= rounds / 10, "the kills met too few updates: {kills:?}");
    assert!(kills.starting < rounds, "the service was never up: {kills:?}");
    let answered = |what: &String| !what.contains("three seconds");
    let broken: Vec<_> = world.discord.violations().into_iter().filter(answered).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Waits until something holds, looking often.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "never came true, with a service that was started: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// How many messages customers wrote so far.
fn said(talks: &[Talk]) -> usize {
    let own = |talk: &Talk| {
        let all = talk.customer.transcript();
        all.lines().filter(|line| line.starts_with(talk.name) && line.contains("-asks-")).count()
    };
    talks.iter().map(own).sum()
}

/// Waits until everything has arrived, or nothing comes any more.
async fn until_still(talks: &[Talk], written: &Written) {
    let counts =
        || talks.iter().map(|talk| (talk.arrived().len(), talk.answered().len())).collect::<Vec<_>>();
    let (mut last, mut since) = (counts(), Instant::now());
    while since.elapsed() < PATIENCE / 2 {
        let all = last.iter().zip(written).all(|(there, all)| there.0 >= all.0 && there.1 >= all.1);
        if all {
            // Time for what would come twice.
            tokio::time::sleep(Duration::from_secs(3)).await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = counts();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
}

/// Everything is there, in order; on Discord once.
#[track_caller]
fn account(talks: &[Talk], written: &Written, kills: u64) {
    for (talk, (asked, heard)) in talks.iter().zip(written) {
        let name = talk.name;
        assert!(*asked > 5 && *heard > 2, "{name} had too little to say: {written:?}");
        let all: Vec<usize> = (0..*asked).collect();
        assert_eq!(talk.arrived(), all, "what {name} wrote, in the post");
        let mut answered = talk.answered();
        let came = answered.len();
        if let Customer::Telegram(_) = talk.customer {
            answered.dedup();
            let twice = came - answered.len();
            println!("{name} got {twice} of {heard} messages twice");
            assert!(twice as u64 <= kills, "{name} got {twice} messages twice in {kills} kills");
        }
        assert_eq!(answered, (0..*heard).collect::<Vec<_>>(), "what {name} got");
    }
}
