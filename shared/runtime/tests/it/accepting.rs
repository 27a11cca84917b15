//! Taking in: order, repeated events, conflicts, timers, the gate.

use crate::platform::Does;
use crate::world::{World, contact, secs, staff_place};
use desk::{CustomerAct, CustomerCommand, Destination, Logged, MessageRef, StaffAct, Target, TicketNumber};
use runtime::{Door, Refused};
use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering::SeqCst},
};
use store::Store;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

fn human() -> CustomerAct {
    CustomerAct::Command(CustomerCommand::Human)
}

#[tokio::test(start_paused = true)]
async fn a_customers_words_keep_their_order_beside_everybody_elses() {
    let world = Arc::new(World::new().await);
    world.agent("beta:ann").await;
    world.store.pause_us.store(3000, SeqCst);
    let mut tasks = JoinSet::new();
    for customer in 0..8 {
        let world = world.clone();
        tasks.spawn(async move {
            let who = format!("alpha:{customer}");
            let number = world.asks_for_person(&who).await;
            world.acts("beta:ann", Target::Ticket(number), StaffAct::Claim).await;
            for n in 0..15 {
                world.says(&who, &n.to_string(), &format!("word {n}")).await.unwrap();
            }
            number
        });
    }
    let numbers = tasks.join_all().await;
    sleep(secs(60)).await;
    let expected: Vec<String> = (0..15).map(|n| format!("word {n}")).collect();
    for number in numbers {
        let seen = world.beta.texts(&staff_place("beta", number.0));
        let words: Vec<_> = seen.into_iter().filter(|text| text.starts_with("word")).collect();
        assert_eq!(words, expected, "ticket {number}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_event_three_times_in_any_order_is_one() {
    let world = Arc::new(World::new().await);
    let number = world.asks_for_person("alpha:1").await;
    world.store.pause_us.store(2000, SeqCst);
    let mut events = Vec::new();
    for n in 0..30 {
        let id = MessageRef(n.to_string());
        let act = CustomerAct::Say { id, message: desk::Message::text(format!("word {n}")) };
        let event = world.customer("alpha:1", act);
        events.extend([event.clone(), event.clone(), event]);
    }
    fastrand::shuffle(&mut events);
    let mut tasks = JoinSet::new();
    for event in events {
        let world = world.clone();
        tasks.spawn(async move { world.runtime.accept(event).await.unwrap() });
    }
    tasks.join_all().await;
    sleep(secs(60)).await;
    let log = world.runtime.log(&"alpha:1".parse().unwrap(), 0, 1000).await.unwrap();
    let said = log.iter().filter(|entry| matches!(entry.what, Logged::Customer { .. })).count();
    assert_eq!(said, 30);
    let seen = world.beta.texts(&staff_place("beta", number.0));
    let words: BTreeSet<_> = seen.iter().filter(|text| text.starts_with("word")).collect();
    assert_eq!(words.len(), 30);
    assert_eq!(seen.iter().filter(|text| text.starts_with("word")).count(), 30);
    let metrics = world.runtime.metrics();
    assert_eq!((metrics.duplicates, metrics.conflicts), (60, 0), "in one process they take turns");
}

#[tokio::test(start_paused = true)]
async fn two_processes_give_each_number_once_and_leave_none_out() {
    let one = Arc::new(World::new().await);
    let two = Arc::new(one.another().await);
    one.store.pause_us.store(2000, SeqCst);
    let mut tasks = JoinSet::new();
    for customer in 0..60 {
        let world = if customer % 2 == 0 { one.clone() } else { two.clone() };
        tasks.spawn(async move { world.asks_for_person(&format!("alpha:{customer}")).await });
    }
    let numbers: BTreeSet<_> = tasks.join_all().await.into_iter().collect();
    assert_eq!(numbers, (1..=60).map(TicketNumber).collect());
    let conflicts = one.runtime.metrics().conflicts + two.runtime.metrics().conflicts;
    assert!(conflicts > 0, "nothing was ever in conflict");
}

#[tokio::test(start_paused = true)]
async fn one_process_gives_numbers_without_a_conflict() {
    let world = Arc::new(World::new().await);
    world.store.pause_us.store(2000, SeqCst);
    let mut tasks = JoinSet::new();
    for customer in 0..60 {
        let world = world.clone();
        tasks.spawn(async move { world.asks_for_person(&format!("alpha:{customer}")).await });
    }
    let numbers: BTreeSet<_> = tasks.join_all().await.into_iter().collect();
    assert_eq!(numbers, (1..=60).map(TicketNumber).collect());
    assert_eq!(world.runtime.metrics().conflicts, 0);
}

#[tokio::test(start_paused = true)]
async fn two_processes_on_one_case_lose_nothing() {
    let one = Arc::new(World::new().await);
    let two = Arc::new(one.another().await);
    one.asks_for_person("alpha:1").await;
    one.store.pause_us.store(2000, SeqCst);
    let mut tasks = JoinSet::new();
    for n in 0..40 {
        let world = if n % 2 == 0 { one.clone() } else { two.clone() };
        tasks.spawn(async move {
            // As a platform does: what is refused is brought again.
            let event = world.customer(
                "alpha:1",
                CustomerAct::Say { id: MessageRef(n.to_string()), message: desk::Message::text("hm") },
            );
            while world.runtime.accept(event.clone()).await.is_err() {}
        });
    }
    tasks.join_all().await;
    let log = one.runtime.log(&"alpha:1".parse().unwrap(), 0, 1000).await.unwrap();
    let said = log.iter().filter(|entry| matches!(entry.what, Logged::Customer { .. })).count();
    assert_eq!(said, 40);
    assert!(one.runtime.metrics().conflicts + two.runtime.metrics().conflicts > 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_while_the_store_is_away_is_taken_later() {
    let world = World::new().await;
    world.store.away.store(true, SeqCst);
    let event = world.customer("alpha:1", human());
    assert!(matches!(world.runtime.accept(event.clone()).await, Err(Refused::Unavailable(_))));
    sleep(secs(20)).await;
    world.store.away.store(false, SeqCst);
    world.runtime.accept(event).await.unwrap();
    world.quiet().await;
    assert_eq!(world.runtime.queue().await.unwrap().len(), 1);
    assert!(!world.alpha.texts(&contact("alpha:1")).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_goes_away_leaves_nothing_half_done() {
    let world = World::new().await;
    world.store.pause_us.store(100_000, SeqCst);
    let event = world.customer("alpha:1", human());
    let hurried = tokio::time::timeout(std::time::Duration::from_millis(1), world.runtime.accept(event));
    assert!(hurried.await.is_err());
    world.quiet().await;
    let queue = world.runtime.queue().await.unwrap();
    assert_eq!(queue.iter().map(|row| row.number).collect::<Vec<_>>(), [TicketNumber(1)]);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_cant_cut_a_message_takes_nobody_with_it() {
    let world = World::new().await;
    world.beta.cut(0);
    world.asks_for_person("alpha:1").await;
    world.says("alpha:1", "1", "hello").await.unwrap();
    world.quiet().await;
    assert!(world.beta.sent().iter().any(|sent| sent.text == "hello"));
}

#[tokio::test(start_paused = true)]
async fn parts_are_messages_of_their_own_and_the_first_has_the_slot() {
    let world = World::new().await;
    world.agent("beta:ann").await;
    let number = world.asks_for_person("alpha:1").await;
    world.acts("beta:ann", Target::Ticket(number), StaffAct::Claim).await;
    world.quiet().await;
    world.beta.cut(4);
    world.says("alpha:1", "1", "abcdefghij").await.unwrap();
    world.quiet().await;
    let seen = world.beta.texts(&staff_place("beta", number.0));
    assert!(seen.ends_with(&["abcd".into(), "efgh".into(), "ij".into()]), "{seen:?}");
    let on = desk::Slot::Customer(MessageRef("1".into()));
    let first = world.store.delivered(&staff_place("beta", number.0), &on).await.unwrap();
    let act = CustomerAct::Edit { id: MessageRef("1".into()), message: desk::Message::text("ABCDEFGH") };
    world.runtime.accept(world.customer("alpha:1", act)).await.unwrap();
    world.quiet().await;
    let place = staff_place("beta", number.0);
    let sent = world.beta.sent().into_iter().filter(|sent| sent.to == place && !sent.is_card);
    let new: Vec<_> = sent.skip(seen.iter().filter(|text| !text.starts_with("card")).count()).collect();
    assert!(new.len() > 1, "{new:?}");
    assert_eq!(new[0].reply_to, first.first().cloned());
    assert!(new[0].reply_to.is_some() && new[1..].iter().all(|sent| sent.reply_to.is_none()), "{new:?}");
}

#[tokio::test(start_paused = true)]
async fn the_pace_of_claims_outlives_a_restart() {
    let world = World::new().await;
    world.agent("beta:ann").await;
    for customer in 0..6 {
        world.asks_for_person(&format!("alpha:{customer}")).await;
        world.acts("beta:ann", Target::Next, StaffAct::Claim).await;
        sleep(secs(120)).await;
    }
    let again = world.another().await;
    again.asks_for_person("alpha:new").await;
    again.quiet().await;
    let told = again.alpha.texts(&contact("alpha:new"));
    assert!(told.iter().any(|text| text.contains("2 min")), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn an_event_that_makes_us_panic_is_set_aside() {
    let world = World::new().await;
    world.store.panics.store(true, SeqCst);
    let event = world.customer("alpha:1", human());
    assert_eq!(world.runtime.accept(event.clone()).await, Ok(()));
    world.store.panics.store(false, SeqCst);
    assert_eq!(world.runtime.metrics().panics, 1);
    // Brought again, it is known; others are served.
    assert_eq!(world.runtime.accept(event).await, Ok(()));
    assert!(world.runtime.queue().await.unwrap().is_empty());
    world.asks_for_person("alpha:1").await;
}

#[tokio::test(start_paused = true)]
async fn timers_fire_after_a_restart() {
    let world = World::new().await;
    world.agent("beta:ann").await;
    let number = world.asks_for_person("alpha:1").await;
    world.acts("beta:ann", Target::Ticket(number), StaffAct::Claim).await;
    world.says("alpha:1", "1", "are you there?").await.unwrap();
    world.runtime.shutdown(secs(5)).await.unwrap();
    sleep(secs(400)).await;
    let again = world.another().await;
    sleep(secs(5)).await;
    let reminded = again.log_count("alpha:1", |what| matches!(what, Logged::Reminded { .. })).await;
    assert_eq!(reminded, 1);
    // The next timer, set by this process, is on time.
    sleep(secs(700)).await;
    let released = again.log_count("alpha:1", |what| matches!(what, Logged::Released { .. })).await;
    assert_eq!(released, 1);
    assert_eq!(again.runtime.queue().await.unwrap()[0].owner, None);
}

#[tokio::test(start_paused = true)]
async fn a_timer_fires_once_though_two_processes_look() {
    let world = World::new().await;
    let other = world.another().await;
    world.agent("beta:ann").await;
    let number = world.asks_for_person("alpha:1").await;
    world.acts("beta:ann", Target::Ticket(number), StaffAct::Claim).await;
    world.says("alpha:1", "1", "are you there?").await.unwrap();
    world.store.pause_us.store(5000, SeqCst);
    sleep(secs(400)).await;
    assert_eq!(world.log_count("alpha:1", |what| matches!(what, Logged::Reminded { .. })).await, 1);
    drop(other);
}

#[tokio::test(start_paused = true)]
async fn an_end_refuses_what_comes_and_loses_nothing_that_was_taken() {
    let world = Arc::new(World::new().await);
    world.store.pause_us.store(20_000, SeqCst);
    let mut tasks = JoinSet::new();
    for customer in 0..100 {
        let world = world.clone();
        tasks.spawn(async move {
            sleep(std::time::Duration::from_millis(customer)).await;
            let who = format!("alpha:{customer}");
            let taken = world.runtime.accept(world.customer(&who, human())).await;
            assert!(matches!(taken, Ok(()) | Err(Refused::Closing)), "{taken:?}");
            taken.is_ok().then_some(who)
        });
    }
    sleep(std::time::Duration::from_millis(50)).await;
    world.runtime.shutdown(secs(5)).await.unwrap();
    assert!(world.store.closed.load(SeqCst));
    let taken: BTreeSet<String> = tasks.join_all().await.into_iter().flatten().collect();
    assert!(!taken.is_empty() && taken.len() < 100, "{}", taken.len());
    let late = world.runtime.accept(world.customer("alpha:late", human())).await;
    assert_eq!(late, Err(Refused::Closing));
    let before = world.alpha.sent();
    sleep(secs(100)).await;
    assert_eq!(world.alpha.sent().len(), before.len(), "something was sent after the end");

    let again = world.another().await;
    sleep(secs(100)).await;
    let rows = again.runtime.queue().await.unwrap();
    let queued: BTreeSet<String> = rows.iter().map(|row| row.contact.to_string()).collect();
    assert_eq!(queued, taken);
    for who in &taken {
        let sent = |world: &World| world.alpha.texts(&contact(who));
        assert!(!sent(&world).is_empty() || !sent(&again).is_empty(), "{who} was told nothing");
    }
    assert!(again.outbox_is_empty().await);
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_at_the_end_is_waited_for_and_then_left_to_the_next_start() {
    let world = World::new().await;
    world.alpha.script(|delivery, _| match delivery.to {
        Destination::Contact(contact) if contact.id() == "slow" => Does::TakesItsTime,
        _ => Does::Hangs,
    });
    let (slow, hung) = (contact("alpha:slow"), contact("alpha:hung"));
    world.post(vec![world.item(&slow, "a"), world.item(&slow, "b"), world.item(&hung, "c")]).await;
    sleep(secs(2)).await;
    let before = Instant::now();
    world.runtime.shutdown(secs(5)).await.unwrap();
    assert_eq!(before.elapsed().as_secs(), 5);
    // The first was under way and arrived; the second was not begun any more.
    assert_eq!(world.alpha.texts(&slow), ["a"]);
    let again = world.another().await;
    sleep(secs(120)).await;
    assert_eq!(again.alpha.texts(&slow), ["b"]);
    assert_eq!(again.alpha.texts(&hung), ["c"]);
    assert_eq!(world.alpha.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_doesnt_answer_holds_up_no_end() {
    let world = World::new().await;
    world.store.pause_us.store(1_000_000_000, SeqCst);
    let runtime = world.runtime.clone();
    let event = world.customer("alpha:1", human());
    let stuck = tokio::spawn(async move { runtime.accept(event).await });
    sleep(secs(1)).await;
    let before = Instant::now();
    world.runtime.shutdown(secs(5)).await.unwrap();
    assert!(before.elapsed() < secs(6));
    stuck.abort();
}

#[tokio::test(start_paused = true)]
async fn small_values_are_kept() {
    let world = World::idle().await;
    world.runtime.keep("alpha/offset", Some("17")).await.unwrap();
    world.runtime.keep("alpha/session", Some("x")).await.unwrap();
    world.runtime.keep("alpha/session", None).await.unwrap();
    assert_eq!(world.runtime.kept("alpha/offset").await.unwrap(), Some("17".into()));
    let under = world.runtime.kept_under("alpha/").await.unwrap();
    assert_eq!(under, [("alpha/offset".to_owned(), "17".to_owned())]);
}
