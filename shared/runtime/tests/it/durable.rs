//! Over a store on disk, in real time and on several threads: a process that ends at any instant, without a word, loses
//! nothing that it took in.

use crate::world::{World, staff_place};
use desk::{CustomerAct, Logged, Message, MessageRef};
use runtime::Door;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use store::SledStore;
use tokio::task::JoinSet;

const CUSTOMERS: usize = 12;

/// What was said yes to: the last word of each customer.
type Taken = Arc<Mutex<BTreeMap<usize, usize>>>;

fn threads() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
}

async fn open(folder: &Path) -> Arc<World> {
    // The folder is free as soon as the last task of the process before is gone.
    let since = Instant::now();
    loop {
        match SledStore::open(folder) {
            Ok(store) => return Arc::new(World::upon(Arc::new(store)).await),
            Err(error) if since.elapsed() > Duration::from_secs(20) => panic!("{error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

fn who(customer: usize) -> String {
    format!("alpha:{customer}")
}

/// Customers talk as fast as they can; what wasn't said yes to is said again, under the same key.
async fn talk(world: Arc<World>, taken: Taken, customer: usize) {
    loop {
        let word = taken.lock().unwrap().get(&customer).map_or(0, |last| last + 1);
        let act = CustomerAct::Say {
            id: MessageRef(word.to_string()),
            message: Message::text(format!("word {word}")),
        };
        let mut event = world.customer(&who(customer), act);
        event.key = desk::EventKey(format!("{customer}/{word}"));
        if world.runtime.accept(event).await.is_ok() {
            taken.lock().unwrap().insert(customer, word);
        }
    }
}

#[test]
fn an_end_at_any_instant_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let taken = Taken::default();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let first = threads();
    let tickets: Vec<_> = first.block_on(async {
        let world = open(folder.path()).await;
        let mut tickets = Vec::new();
        for customer in 0..CUSTOMERS {
            tickets.push(world.asks_for_person(&who(customer)).await);
        }
        tickets
    });
    first.shutdown_background();
    let mut ends = 0;
    for _ in 0..8 {
        let process = threads();
        process.block_on(async {
            let world = open(folder.path()).await;
            let mut tasks = JoinSet::new();
            for customer in 0..CUSTOMERS {
                tasks.spawn(talk(world.clone(), taken.clone(), customer));
            }
            tokio::time::sleep(Duration::from_millis(fastrand::u64(30..200))).await;
            tasks.detach_all();
            sent.lock().unwrap().push(world.beta.clone());
        });
        ends += 1;
        process.shutdown_background();
    }
    let last = threads();
    let world = last.block_on(async {
        let world = open(folder.path()).await;
        // Until nothing has been sent for a while.
        let mut before = usize::MAX;
        while before != world.beta.sent().len() {
            before = world.beta.sent().len();
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        assert!(world.outbox_is_empty().await, "something is never delivered");
        world
    });
    sent.lock().unwrap().push(world.beta.clone());
    let sent: Vec<_> = sent.lock().unwrap().iter().flat_map(|beta| beta.sent()).collect();
    let mut doubled = 0;
    for (customer, ticket) in tickets.into_iter().enumerate() {
        let words = taken.lock().unwrap().get(&customer).copied().expect("each said something");
        let log = last.block_on(world.runtime.log(&who(customer).parse().unwrap(), 0, 1_000_000)).unwrap();
        let logged: Vec<_> = log
            .iter()
            .filter_map(|entry| match &entry.what {
                Logged::Customer { text, .. } => Some(text.clone()),
                _ => None,
            })
            .collect();
        // One more may be stored than was said yes to: its answer was lost with the process.
        assert!((words + 1..=words + 2).contains(&logged.len()), "{customer}: {words}, {}", logged.len());
        let expected: Vec<String> = (0..logged.len()).map(|n| format!("word {n}")).collect();
        assert_eq!(logged, expected);
        let to = staff_place("beta", ticket.0);
        let mut seen: Vec<_> = sent
            .iter()
            .filter(|sent| sent.to == to && sent.text.starts_with("word"))
            .map(|sent| sent.text.clone())
            .collect();
        let all = seen.len();
        seen.dedup();
        doubled += all - seen.len();
        assert_eq!(seen, expected, "{customer} in the staff place");
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len());
    }
    let said: usize = taken.lock().unwrap().values().sum();
    assert!(said > 5 * CUSTOMERS, "too little was said for this to show anything: {said}");
    // A platform without idempotency: at most the one in flight in each thread at each end.
    assert!(doubled <= ends * CUSTOMERS, "{doubled} were sent twice");
}

#[test]
fn many_threads_at_once_keep_each_conversation_in_order() {
    let threads = threads();
    threads.block_on(async {
        let world = Arc::new(World::new().await);
        let mut tasks = JoinSet::new();
        for customer in 0..50 {
            let world = world.clone();
            tasks.spawn(async move {
                let ticket = world.asks_for_person(&who(customer)).await;
                for n in 0..40 {
                    world.says(&who(customer), &n.to_string(), &format!("word {n}")).await.unwrap();
                }
                ticket
            });
        }
        let tickets = tasks.join_all().await;
        let numbers: BTreeSet<_> = tickets.iter().map(|ticket| ticket.0).collect();
        assert_eq!(numbers, (1..=50).collect());
        let since = Instant::now();
        let expected: Vec<String> = (0..40).map(|n| format!("word {n}")).collect();
        let mut left = tickets;
        while !left.is_empty() {
            assert!(since.elapsed() < Duration::from_secs(60), "{left:?} miss something");
            tokio::time::sleep(Duration::from_millis(50)).await;
            left.retain(|ticket| {
                let mut words = world.beta.texts(&staff_place("beta", ticket.0));
                words.retain(|text| text.starts_with("word"));
                assert_eq!(words, expected[..words.len()]);
                words.len() < expected.len()
            });
        }
    });
}
