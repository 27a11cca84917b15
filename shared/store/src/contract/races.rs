//! Promises that only many tasks at once can break.

use super::AnyStore;
use super::samples::{
    at, change, channel, contact, customer, event, finish, item, leased, loaded, put, queued,
};
use super::samples::{sent, text, ticket};
use crate::{Applied, Commit};
use desk::{Priority, Slot, TicketNumber};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Starts so many tasks at once and waits for what they give.
async fn race<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    tasks: u64,
    task: impl Fn(u64) -> F,
) -> Vec<T> {
    let running: Vec<_> = (0..tasks).map(|number| tokio::spawn(task(number))).collect();
    let mut results = Vec::new();
    for task in running {
        results.push(task.await.unwrap());
    }
    results
}

/// The others are told, and change nothing.
pub async fn of_commits_that_race_for_a_case_one_applies(store: AnyStore) {
    for round in 0..20 {
        let (expected, case) = loaded(&*store, 1).await;
        let outcomes = race(2, |number| {
            let (store, case) = (Arc::clone(&store), case.clone());
            let commit = Commit {
                case: Some(change(expected, case, "a")),
                outbox: vec![item(customer(1), None, "a")],
                ..event(&format!("{round}/{number}"))
            };
            async move { store.commit(commit).await.unwrap() }
        });
        let mut outcomes = outcomes.await;
        outcomes.sort_by_key(|applied| *applied == Applied::Conflict);
        assert_eq!(outcomes, [Applied::Yes, Applied::Conflict]);
    }
    assert_eq!(loaded(&*store, 1).await.1.log_len, 20);
}

/// However often a platform sends it.
pub async fn of_the_same_event_delivered_at_once_one_applies(store: AnyStore) {
    let outcomes = race(64, |_| {
        let store = Arc::clone(&store);
        let commit = Commit { outbox: vec![item(customer(1), None, "a")], ..event("update/1") };
        async move { store.commit(commit).await.unwrap() }
    });
    let outcomes = outcomes.await;
    assert_eq!(outcomes.iter().filter(|applied| **applied == Applied::Yes).count(), 1);
    assert!(outcomes.iter().all(|applied| *applied != Applied::Conflict));
    let items = leased(&*store, 0).await;
    finish(&*store, &items[0], sent(&["1"])).await;
    assert!(leased(&*store, 999).await.is_empty());
}

/// Each loads, changes and commits until it applies.
pub async fn sixty_four_tasks_lose_nothing_of_one_case(store: AnyStore) {
    race(64, |number| {
        let store = Arc::clone(&store);
        async move {
            for attempt in 0.. {
                let (expected, case) = loaded(&*store, 1).await;
                let commit = Commit {
                    case: Some(change(expected, case, &number.to_string())),
                    ..event(&format!("update/{number}"))
                };
                match store.commit(commit).await.unwrap() {
                    Applied::Yes => break,
                    Applied::Conflict => assert!(attempt < 64, "somebody gets through each time"),
                    Applied::Duplicate => panic!("nothing was applied before"),
                }
            }
        }
    })
    .await;
    let (revision, case) = loaded(&*store, 1).await;
    assert_eq!((revision.0, case.log_len), (64, 64));
    let log = store.log(&contact(1), 0, 100).await.unwrap();
    assert!(log.iter().zip(0..).all(|(entry, seq)| entry.seq == seq));
    let said = log.iter().filter_map(|entry| match &entry.what {
        desk::Logged::Customer { text, .. } => text.parse::<u64>().ok(),
        _ => None,
    });
    assert_eq!(said.collect::<BTreeSet<_>>(), (0..64).collect(), "each said its own, once");
}

/// Whoever finds a number taken takes the next one.
pub async fn ticket_numbers_stay_unique_in_a_race(store: AnyStore) {
    race(64, |number| {
        let store = Arc::clone(&store);
        async move {
            loop {
                let next = store.last_ticket().await.unwrap().0 + 1;
                let (expected, mut case) = loaded(&*store, number).await;
                case.stage = queued(ticket(next, Priority::Normal, at(60)));
                let commit = Commit { case: Some(change(expected, case, "a")), ..Commit::default() };
                if store.commit(commit).await.unwrap() == Applied::Yes {
                    break;
                }
            }
        }
    })
    .await;
    assert_eq!(store.last_ticket().await.unwrap(), TicketNumber(64));
    let queue = store.queue().await.unwrap();
    assert_eq!(queue.iter().map(|row| row.number.0).collect::<BTreeSet<_>>(), (1..=64).collect());
    for row in queue.iter() {
        assert_eq!(store.ticket(row.number).await.unwrap().as_ref(), Some(&row.contact));
    }
}

/// Nor out of order.
pub async fn no_item_is_leased_twice_in_a_race(store: AnyStore) {
    for round in 0..5 {
        let outbox = (0..20).map(|to| item(customer(to), None, &format!("{round}"))).collect();
        put(&*store, outbox).await;
    }
    let taken = race(16, |_| {
        let store = Arc::clone(&store);
        async move {
            let mut taken = Vec::new();
            for _ in 0..200 {
                for item in store.lease(&[channel("telegram")], at(0), at(60), 3).await.unwrap() {
                    finish(&*store, &item, sent(&["1"])).await;
                    taken.push(item);
                }
                tokio::task::yield_now().await;
            }
            taken
        }
    });
    let mut taken: Vec<_> = taken.await.into_iter().flatten().collect();
    taken.sort_by_key(|item| item.id);
    assert_eq!(taken.len(), 100);
    for to in 0..20 {
        let of_one: Vec<_> = taken.iter().filter(|item| item.to == customer(to)).map(text).collect();
        assert_eq!(of_one, ["0", "1", "2", "3", "4"]);
    }
}

/// Whatever was committed last is delivered last.
pub async fn replacing_and_leasing_race_without_loss(store: AnyStore) {
    let slot = || Some(Slot::Position(TicketNumber(1)));
    let reader = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut last = String::new();
            while last != "199" {
                for item in leased(&*store, 0).await {
                    let older = text(&item).parse::<u32>().unwrap() < last.parse().unwrap_or(0);
                    assert!(!older, "{} after {last}", text(&item));
                    last = text(&item).to_owned();
                    finish(&*store, &item, sent(&["1"])).await;
                }
                tokio::task::yield_now().await;
            }
        })
    };
    for number in 0..200 {
        put(&*store, vec![item(customer(1), slot(), &number.to_string())]).await;
    }
    let done = tokio::time::timeout(std::time::Duration::from_secs(30), reader).await;
    done.expect("the last one was never delivered").unwrap();
    assert!(leased(&*store, 999).await.is_empty());
}
