//! Promises about what is there after the process, or the machine, ended.

use super::samples::{at, change, changed, channel, contact, customer, event, finish, item, leased, loaded};
use super::samples::{message, put, queued, receipt, roster, sent, staff, text, texts, ticket};
use super::{AnyStore, Home};
use crate::{Applied, Commit, Finish, Revision, RosterChange};
use desk::{OutboxId, Priority, Slot, ThreadRef, TicketNumber, Timer};
use std::sync::Arc;

fn slot() -> Slot {
    Slot::Customer(message("5"))
}

/// Something of everything.
async fn fill(store: &AnyStore) {
    let (expected, mut case) = loaded(&**store, 1).await;
    case.stage = queued(ticket(41, Priority::High, at(60)));
    case.timers.insert(Timer::KeptFor, at(30));
    let commit = Commit {
        case: Some(change(expected, case, "提现失败")),
        roster: Some(RosterChange { expected: Revision(0), roster: roster(500) }),
        outbox: vec![item(staff("telegram", 41), Some(slot()), "a"), item(customer(1), None, "b")],
        keep: vec![("offset".into(), Some("17".into())), ("none".into(), None)],
        ..event("update/1")
    };
    assert_eq!(store.commit(commit).await.unwrap(), Applied::Yes);
    let items = leased(&**store, 0).await;
    finish(&**store, &items[0], Finish::Delivered(receipt(&["m"], Some("77"), &["c"]))).await;
    finish(&**store, &items[1], Finish::Later { due: at(90), counts: true, ambiguous: true }).await;
    // Another case that was queued and isn't any more.
    assert_eq!(
        changed(&**store, 2, |case| case.stage = queued(ticket(42, Priority::Low, at(1)))).await,
        Applied::Yes
    );
    assert_eq!(
        changed(&**store, 2, |case| case.stage = desk::Stage::WithBot(desk::WithBot::default())).await,
        Applied::Yes
    );
}

/// All that [`fill`] did, and nothing else.
async fn check_filled(store: &AnyStore) {
    let (revision, case) = loaded(&**store, 1).await;
    assert_eq!((revision, case.log_len, case.stage.name()), (Revision(1), 1, "queued"));
    assert_eq!(store.log(&contact(1), 0, 9).await.unwrap(), [super::samples::wrote(0, "提现失败")]);
    let stored = store.roster().await.unwrap();
    assert_eq!((stored.revision, stored.value), (Revision(1), roster(500)));
    assert_eq!(store.queue().await.unwrap()[..], [case.queue_row().unwrap()]);
    assert_eq!(store.last_ticket().await.unwrap(), TicketNumber(42));
    assert_eq!(store.ticket(TicketNumber(41)).await.unwrap(), Some(contact(1)));
    assert_eq!(store.due(at(99), 9).await.unwrap(), [contact(1)]);
    assert!(store.due(at(29), 9).await.unwrap().is_empty());
    assert_eq!(store.kept_under("").await.unwrap(), [("offset".to_owned(), "17".to_owned())]);
    assert_eq!(store.commit(event("update/1")).await.unwrap(), Applied::Duplicate);
    let (telegram, thread) = (channel("telegram"), ThreadRef("77".into()));
    assert_eq!(store.thread(&telegram, TicketNumber(41)).await.unwrap(), Some(thread.clone()));
    assert_eq!(store.thread_ticket(&telegram, &thread).await.unwrap(), Some(TicketNumber(41)));
    assert_eq!(store.message_ticket(&telegram, &message("c")).await.unwrap(), Some(TicketNumber(41)));
    assert_eq!(store.delivered(&staff("telegram", 41), &slot()).await.unwrap(), [message("m")]);
    assert!(leased(&**store, 89).await.is_empty());
    let items = leased(&**store, 90).await;
    assert_eq!((texts(&items), items[0].attempts, items[0].ambiguous), (vec!["b"], 1, 1));
}

/// After a graceful end.
pub async fn everything_is_there_after_a_restart(home: &dyn Home) {
    let store = home.open().await;
    fill(&store).await;
    store.close().await.unwrap();
    drop(store);
    check_filled(&home.open().await).await;
}

/// Without any end at all.
pub async fn what_was_acknowledged_is_there_after_a_crash(home: &dyn Home) {
    let store = home.open().await;
    fill(&store).await;
    let mut running = Vec::new();
    for number in 100..164 {
        let store = Arc::clone(&store);
        running.push(tokio::spawn(async move {
            for _ in 0..5 {
                assert_eq!(changed(&*store, number, |_| {}).await, Applied::Yes);
            }
        }));
    }
    for task in running {
        task.await.unwrap();
    }
    let crashed = home.after_crash().await;
    let found = crashed.open().await;
    check_filled(&found).await;
    for number in 100..164 {
        assert_eq!(loaded(&*found, number).await.0, Revision(5));
        assert_eq!(found.log(&contact(number), 0, 9).await.unwrap().len(), 5);
    }
    check_filled(&store).await;
}

/// When nobody says goodbye.
pub async fn a_dropped_store_keeps_what_it_acknowledged(home: &dyn Home) {
    let store = home.open().await;
    fill(&store).await;
    drop(store);
    check_filled(&home.open().await).await;
}

/// Not even when all of them were delivered before the restart: they are idempotency keys.
pub async fn numbers_of_items_are_never_given_twice(home: &dyn Home) {
    let mut last = OutboxId(0);
    for _ in 0..3 {
        let store = home.open().await;
        for _ in 0..2 {
            put(&*store, vec![item(customer(1), None, "a")]).await;
            let items = leased(&*store, 0).await;
            assert!(items[0].id > last);
            last = items[0].id;
            finish(&*store, &items[0], sent(&["1"])).await;
        }
        drop(store);
    }
}

/// So its lease is free, its order is kept, and it isn't replaced.
pub async fn after_a_restart_every_item_may_have_been_sent(home: &dyn Home) {
    let store = home.open().await;
    put(&*store, vec![item(customer(1), Some(slot()), "a"), item(customer(1), None, "b")]).await;
    put(&*store, vec![item(customer(2), Some(slot()), "c")]).await;
    let before = leased(&*store, 0).await;
    assert_eq!(texts(&before), ["a", "c"]);
    drop(store);
    let store = home.open().await;
    put(&*store, vec![item(customer(1), Some(slot()), "d")]).await;
    let mut order = Vec::new();
    loop {
        // Later than any lease that a store may have kept.
        let items = leased(&*store, 1000).await;
        for item in items.iter().filter(|item| item.to == customer(1)) {
            order.push(text(item).to_owned());
        }
        if items.is_empty() {
            break;
        }
        for item in &items {
            finish(&*store, item, sent(&["1"])).await;
        }
    }
    assert_eq!(order, ["a", "b", "d"]);
}
