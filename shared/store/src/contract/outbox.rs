//! Promises about the outbox: order, leases, replacing, and what is known of what was delivered.

use super::AnyStore;
use super::samples::{
    at, channel, customer, finish, item, leased, message, put, receipt, sent, staff, texts,
};
use crate::{Commit, Finish, Finished};
use desk::{Destination, EventKey, OutboxId, Slot, ThreadRef, TicketNumber};

fn later(seconds: i64) -> Finish {
    Finish::Later { due: at(seconds), counts: true, ambiguous: false }
}

fn position() -> Slot {
    Slot::Position(TicketNumber(1))
}

/// One at a time, the next only when the one before is done.
pub async fn a_destinations_items_keep_their_order(store: AnyStore) {
    put(&*store, ["a", "b"].map(|text| item(customer(1), None, text)).to_vec()).await;
    put(&*store, vec![item(customer(1), None, "c")]).await;
    let mut ids = Vec::new();
    for expected in ["a", "b", "c"] {
        let items = leased(&*store, 0).await;
        assert_eq!(texts(&items), [expected]);
        assert!(leased(&*store, 59).await.is_empty(), "the next one waits for it");
        ids.push(items[0].id);
        finish(&*store, &items[0], if expected == "b" { Finish::Dropped } else { sent(&["1"]) }).await;
    }
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert!(leased(&*store, 999).await.is_empty());
}

/// Whether it waits for its time or for its lease.
pub async fn a_blocked_destination_blocks_no_other(store: AnyStore) {
    for number in 1..=3 {
        put(&*store, ["a", "b"].map(|text| item(customer(number), None, text)).to_vec()).await;
    }
    put(&*store, vec![item(staff("telegram", 1), None, "s"), item(staff("discord", 1), None, "d")]).await;
    let items = leased(&*store, 0).await;
    assert_eq!(texts(&items), ["a", "a", "a", "s", "d"], "one of each");
    finish(&*store, &items[1], later(1000)).await;
    finish(&*store, &items[2], sent(&["1"])).await;
    let next = leased(&*store, 10).await;
    assert_eq!((texts(&next), &next[0].to), (vec!["b"], &customer(3)));
}

/// Then the item goes out again, the same item.
pub async fn a_lease_lapses(store: AnyStore) {
    put(&*store, ["a", "b"].map(|text| item(customer(1), None, text)).to_vec()).await;
    let first = leased(&*store, 0).await;
    assert!(leased(&*store, 59).await.is_empty());
    let again = leased(&*store, 60).await;
    assert_eq!(first, again);
    assert!(leased(&*store, 119).await.is_empty());
}

/// The message was sent, whoever has the lease now.
pub async fn a_late_result_counts(store: AnyStore) {
    put(&*store, ["a", "b"].map(|text| item(customer(1), Some(position()), text)).to_vec()).await;
    let stale = leased(&*store, 0).await;
    let fresh = leased(&*store, 100).await;
    assert_eq!(texts(&stale), ["b"], "replaced within the commit");
    assert_eq!(stale, fresh);
    finish(&*store, &stale[0], sent(&["7"])).await;
    finish(&*store, &fresh[0], sent(&["8"])).await;
    store.finish(vec![Finished { item: OutboxId(12_345), what: later(0) }]).await.unwrap();
    assert_eq!(store.delivered(&customer(1), &position()).await.unwrap(), [message("7")]);
    assert!(leased(&*store, 999).await.is_empty());
}

/// What could have been leased longest comes first.
pub async fn leases_are_for_the_named_channels_up_to_the_limit(store: AnyStore) {
    let mut items = Vec::new();
    for (number, seconds) in [(1, 30), (2, 20), (3, 10), (4, 500)] {
        let mut new = item(customer(number), None, &number.to_string());
        new.created = at(seconds);
        items.push(new);
    }
    items.push(item(staff("discord", 1), None, "d"));
    put(&*store, items).await;
    let lease = async |channels: &[&str], now, limit| {
        let channels: Vec<_> = channels.iter().map(|name| channel(name)).collect();
        let items = store.lease(&channels, at(now), at(now + 60), limit).await.unwrap();
        texts(&items).join(" ")
    };
    assert_eq!(lease(&[], 100, 9).await, "");
    assert_eq!(lease(&["web"], 100, 9).await, "");
    assert_eq!(lease(&["telegram"], 100, 0).await, "");
    assert_eq!(lease(&["telegram"], 9, 9).await, "", "none is due");
    assert_eq!(lease(&["telegram", "telegram"], 100, 2).await, "3 2");
    assert_eq!(lease(&["telegram", "discord"], 100, 2).await, "d 1");
    assert_eq!(lease(&["telegram", "discord"], 100, 9).await, "");
    assert_eq!(
        lease(&["telegram", "discord"], 600, 9).await,
        "1 2 3 d 4",
        "four lapsed at 160, the last is due at 500"
    );
}

/// Tries and doubts are counted as the runtime says.
pub async fn a_failed_try_counts_as_told(store: AnyStore) {
    put(&*store, vec![item(customer(1), None, "a")]).await;
    let mut now = 0;
    for (counts, ambiguous, expected) in
        [(true, false, (1, 0)), (false, false, (1, 0)), (false, true, (1, 1)), (true, true, (2, 2))]
    {
        let items = leased(&*store, now).await;
        finish(&*store, &items[0], Finish::Later { due: at(now + 100), counts, ambiguous }).await;
        assert!(leased(&*store, now + 99).await.is_empty());
        now += 100;
        let items = leased(&*store, now).await;
        assert_eq!((items[0].attempts, items[0].ambiguous), expected);
        assert_eq!((items[0].due, items[0].created), (at(now), at(0)));
        now += 60;
    }
}

/// It keeps its number and its place in the order.
pub async fn a_waiting_item_of_the_same_slot_is_replaced_in_its_place(store: AnyStore) {
    put(&*store, vec![item(customer(1), None, "first")]).await;
    let first = leased(&*store, 0).await;
    put(&*store, vec![item(customer(1), Some(position()), "third"), item(customer(1), None, "after")]).await;
    put(&*store, vec![item(customer(2), Some(position()), "other")]).await;
    let mut second = item(customer(1), Some(position()), "second");
    second.created = at(30);
    second.reply_to = Some(Slot::Customer(message("5")));
    put(&*store, vec![second.clone()]).await;
    finish(&*store, &first[0], sent(&["1"])).await;
    let items = leased(&*store, 0).await;
    assert_eq!(texts(&items), ["second", "other"]);
    assert_eq!((items[0].due, items[0].created), (at(0), at(30)), "it is due when the other was");
    assert_eq!(items[0].reply_to, second.reply_to);
    assert!(items[0].id < items[1].id);
    finish(&*store, &items[0], sent(&["2"])).await;
    let items = leased(&*store, 0).await;
    assert_eq!(texts(&items), ["after"]);
}

/// While it is leased, and after it was: the new one comes behind it.
pub async fn an_item_that_may_have_been_sent_is_not_replaced(store: AnyStore) {
    put(&*store, vec![item(customer(1), Some(position()), "a")]).await;
    let a = leased(&*store, 0).await;
    put(&*store, vec![item(customer(1), Some(position()), "b")]).await;
    put(&*store, vec![item(customer(1), Some(position()), "c")]).await;
    finish(&*store, &a[0], later(10)).await;
    put(&*store, vec![item(customer(1), Some(position()), "d")]).await;
    let again = leased(&*store, 10).await;
    assert_eq!((texts(&again), again[0].id), (vec!["a"], a[0].id));
    finish(&*store, &again[0], sent(&["1"])).await;
    let behind = leased(&*store, 10).await;
    assert_eq!(texts(&behind), ["d"], "those behind it replace each other");
    finish(&*store, &behind[0], sent(&["1"])).await;
    put(&*store, vec![item(customer(1), Some(position()), "e")]).await;
    assert_eq!(texts(&leased(&*store, 10).await), ["e"]);
}

/// The newest messages, in order; and only there.
pub async fn what_was_delivered_is_found_by_its_slot(store: AnyStore) {
    let slot = || Slot::Customer(message("5"));
    let deliver = async |to: Destination, messages: &[&str]| {
        put(&*store, vec![item(to, Some(slot()), "a")]).await;
        for item in leased(&*store, 0).await {
            finish(&*store, &item, sent(messages)).await;
        }
    };
    deliver(staff("telegram", 1), &["9", "10"]).await;
    let found = async |to: &Destination, slot: &Slot| store.delivered(to, slot).await.unwrap();
    assert_eq!(found(&staff("telegram", 1), &slot()).await, [message("9"), message("10")]);
    assert!(found(&staff("telegram", 2), &slot()).await.is_empty());
    assert!(found(&staff("discord", 1), &slot()).await.is_empty());
    assert!(found(&customer(1), &slot()).await.is_empty());
    for other in [Slot::Customer(message("50")), position(), Slot::Card(TicketNumber(1))] {
        assert!(found(&staff("telegram", 1), &other).await.is_empty(), "{other:?}");
    }
    deliver(staff("telegram", 1), &["11"]).await;
    deliver(customer(1), &["12"]).await;
    deliver(customer(1), &[]).await;
    assert_eq!(found(&staff("telegram", 1), &slot()).await, [message("11")], "the newest");
    assert_eq!(found(&customer(1), &slot()).await, [message("12")], "an empty receipt changes nothing");
    put(&*store, vec![item(customer(1), Some(slot()), "a")]).await;
    finish(&*store, &leased(&*store, 0).await[0], Finish::Dropped).await;
    assert_eq!(found(&customer(1), &slot()).await, [message("12")]);
}

/// Thread by ticket, ticket by thread, ticket by message.
pub async fn a_staff_place_is_known_both_ways(store: AnyStore) {
    let [telegram, discord] = ["telegram", "discord"].map(channel);
    put(&*store, vec![item(staff("telegram", 1), Some(Slot::Customer(message("5"))), "a")]).await;
    put(&*store, vec![item(staff("telegram", 1), None, "b"), item(staff("discord", 1), None, "c")]).await;
    for _ in 0..2 {
        for item in leased(&*store, 0).await {
            let first = super::samples::text(&item) == "a";
            let (thread, card) = if first { (Some("77"), &["1", "2"][..]) } else { (None, &[][..]) };
            let id = format!("m-{}", super::samples::text(&item));
            finish(&*store, &item, Finish::Delivered(receipt(&[&id], thread, card))).await;
        }
    }
    let (one, thread) = (TicketNumber(1), ThreadRef("77".into()));
    assert_eq!(store.thread(&telegram, one).await.unwrap(), Some(thread.clone()));
    assert_eq!(store.thread_ticket(&telegram, &thread).await.unwrap(), Some(one));
    assert_eq!(store.thread(&discord, one).await.unwrap(), None);
    assert_eq!(store.thread_ticket(&discord, &thread).await.unwrap(), None);
    let card = store.delivered(&staff("telegram", 1), &Slot::Card(one)).await.unwrap();
    assert_eq!(card, [message("1"), message("2")]);
    for (place, id, ticket) in [
        (&telegram, "m-a", Some(one)),
        (&telegram, "m-b", Some(one)),
        (&telegram, "1", Some(one)),
        (&telegram, "m-c", None),
        (&discord, "m-c", Some(one)),
        (&discord, "1", None),
    ] {
        assert_eq!(store.message_ticket(place, &message(id)).await.unwrap(), ticket, "{place} {id}");
    }
    put(&*store, vec![item(staff("telegram", 1), None, "a")]).await;
    let items = leased(&*store, 0).await;
    finish(&*store, &items[0], Finish::Delivered(receipt(&["3"], Some("78"), &[]))).await;
    assert_eq!(store.thread(&telegram, one).await.unwrap(), Some(ThreadRef("78".into())));
    assert_eq!(store.thread_ticket(&telegram, &thread).await.unwrap(), None, "the old thread is nobody's");
}

/// And nothing else is.
pub async fn a_lost_thread_is_forgotten_with_everything_in_it(store: AnyStore) {
    let slot = || Slot::Customer(message("5"));
    for (place, ticket) in [("telegram", 1), ("telegram", 2), ("discord", 1)] {
        put(&*store, vec![item(staff(place, ticket), Some(slot()), "a")]).await;
        let items = leased(&*store, 0).await;
        let (thread, id, card) = (format!("t{ticket}"), format!("m{ticket}"), format!("c{ticket}"));
        finish(&*store, &items[0], Finish::Delivered(receipt(&[&id], Some(&thread), &[&card]))).await;
    }
    put(&*store, ["b", "c"].map(|text| item(staff("telegram", 1), None, text)).to_vec()).await;
    let items = leased(&*store, 0).await;
    finish(&*store, &items[0], Finish::ThreadGone).await;
    for (place, ticket, there) in [("telegram", 1, false), ("telegram", 2, true), ("discord", 1, true)] {
        let (on, number) = (channel(place), TicketNumber(ticket));
        let thread = ThreadRef(format!("t{ticket}"));
        assert_eq!(store.thread(&on, number).await.unwrap(), there.then(|| thread.clone()));
        assert_eq!(store.thread_ticket(&on, &thread).await.unwrap(), there.then_some(number));
        for id in [format!("m{ticket}"), format!("c{ticket}")] {
            assert_eq!(store.message_ticket(&on, &message(&id)).await.unwrap(), there.then_some(number));
        }
        for slot in [slot(), Slot::Card(number)] {
            let found = store.delivered(&staff(place, ticket), &slot).await.unwrap();
            assert_eq!(found.is_empty(), !there, "{place} {ticket}");
        }
    }
    let again = leased(&*store, 0).await;
    assert_eq!((texts(&again), again[0].attempts), (vec!["b"], 1), "at once, before what came later");
    finish(&*store, &again[0], Finish::Delivered(receipt(&["m9"], Some("t9"), &[]))).await;
    assert_eq!(
        store.thread(&channel("telegram"), TicketNumber(1)).await.unwrap(),
        Some(ThreadRef("t9".into()))
    );
}

/// They have nothing that could be changed later.
pub async fn answers_to_an_act_are_not_remembered(store: AnyStore) {
    let to = Destination::Actor { place: channel("discord"), event: EventKey("press/1".into()) };
    store
        .commit(Commit { outbox: vec![item(to.clone(), Some(position()), "a")], ..Commit::default() })
        .await
        .unwrap();
    let items = leased(&*store, 0).await;
    assert_eq!(texts(&items), ["a"]);
    finish(&*store, &items[0], sent(&["1"])).await;
    assert!(store.delivered(&to, &position()).await.unwrap().is_empty());
    assert_eq!(store.message_ticket(&channel("discord"), &message("1")).await.unwrap(), None);
}
