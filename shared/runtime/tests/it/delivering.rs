//! Delivery: order, limits, failures of every kind, threads and slots.

use crate::{
    platform::{Does, Fake, slot},
    world::{World, contact, say, secs, staff_place},
};
use desk::{
    CustomerAct, CustomerCommand, Destination, EventKey, Logged, MessageRef, Slot, Undeliverable, Via,
};
use runtime::{DeliveryError, Door, Files, Lane, Platform};
use std::{sync::Arc, time::Duration};
use store::{NewItem, Store};
use tokio::time::{Instant, sleep};

fn transient() -> Does {
    Does::Fails(DeliveryError::Transient("told to".into()))
}

#[tokio::test(start_paused = true)]
async fn each_destination_keeps_its_order_through_failures() {
    let world = World::new().await;
    world.alpha.script(|_, _| if fastrand::u8(0..3) == 0 { transient() } else { Does::Takes });
    let chats: Vec<_> = (0..5).map(|n| contact(&format!("alpha:{n}"))).collect();
    for n in 0..20 {
        let items = chats.iter().map(|chat| world.item(chat, &n.to_string())).collect();
        world.post(items).await;
    }
    sleep(secs(600)).await;
    let expected: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    for chat in &chats {
        assert_eq!(world.alpha.texts(chat), expected);
    }
    assert!(world.outbox_is_empty().await);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_destination_and_a_broken_platform_hold_up_nobody() {
    let world = World::new().await;
    let bad = contact("alpha:bad");
    let hangs = bad.clone();
    world.alpha.script(move |delivery, _| if *delivery.to == hangs { Does::Hangs } else { Does::Takes });
    world.beta.script(|_, _| Does::Hangs);
    let good: Vec<_> = (0..200).map(|n| contact(&format!("alpha:{n}"))).collect();
    let mut items = vec![world.item(&bad, "a"), world.item(&bad, "b")];
    items.extend((0..500).map(|n| world.item(&contact(&format!("beta:{n}")), "x")));
    items.extend(good.iter().map(|chat| world.item(chat, "hello")));
    world.post(items).await;
    sleep(secs(5)).await;
    assert_eq!(world.alpha.sent().len(), good.len());
    assert!(world.alpha.texts(&bad).is_empty());
}

#[tokio::test(start_paused = true)]
async fn being_asked_to_wait_closes_that_lane_only() {
    let world = World::new().await;
    let lane = |to: &Destination| {
        let Destination::Contact(contact) = to else { panic!("{to:?}") };
        let group = contact.id().split('/').next().unwrap().to_owned();
        vec![Lane { key: group, burst: 30, every: Duration::from_millis(100) }]
    };
    world.alpha.limits(lane);
    world.alpha.script(|delivery, number| {
        let first = matches!(delivery.to, Destination::Contact(c) if c.id() == "closed/0") && number == 1;
        let after = secs(30);
        let error = DeliveryError::RetryAfter { after, lane: Some("closed".into()) };
        if first { Does::Fails(error) } else { Does::Takes }
    });
    let start = Instant::now();
    world.post(vec![world.item(&contact("alpha:closed/0"), "x")]).await;
    sleep(secs(2)).await;
    let items =
        ["closed/1", "closed/2", "open/1"].map(|id| world.item(&contact(&format!("alpha:{id}")), "x"));
    world.post(items.to_vec()).await;
    sleep(secs(60)).await;
    for sent in world.alpha.sent() {
        let Destination::Contact(to) = &sent.to else { panic!("{sent:?}") };
        let after = sent.at - start;
        match to.id() {
            "open/1" => assert!(after < secs(4), "{after:?}"),
            _ => assert!((secs(30)..secs(34)).contains(&after), "{to} after {after:?}"),
        }
    }
    assert_eq!(world.alpha.sent().len(), 4);
    let metrics = world.runtime.metrics();
    assert_eq!((metrics.retry_after, metrics.transient, metrics.delivered), (1, 0, 4));
}

#[tokio::test(start_paused = true)]
async fn limits_are_kept_and_a_full_lane_doesnt_fill_others() {
    let world = World::new().await;
    world.alpha.limits(|to| {
        let all = Lane { key: "all".into(), burst: 30, every: Duration::from_millis(33) };
        let own = match to {
            Destination::Staff { .. } => Lane { key: "group".into(), burst: 20, every: secs(3) },
            other => Lane { key: format!("{other:?}"), burst: 1, every: secs(1) },
        };
        vec![all, own]
    });
    let mut items: Vec<NewItem> = (0..100).map(|n| world.item(&staff_place("alpha", n), "card")).collect();
    let chat = contact("alpha:1");
    items.extend((0..5).map(|n| world.item(&chat, &n.to_string())));
    let start = Instant::now();
    world.post(items).await;
    sleep(secs(400)).await;
    let sent = world.alpha.sent();
    assert_eq!(sent.len(), 105);
    let mine: Vec<_> = sent.iter().filter(|sent| sent.to == chat).map(|sent| sent.at).collect();
    assert!(*mine.last().unwrap() - start < secs(7), "the chat waited for the group");
    assert!(mine.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(999)));
    let group: Vec<_> = sent.iter().filter(|sent| sent.to != chat).map(|sent| sent.at).collect();
    for minute in 0..4 {
        let from = start + secs(60 * minute);
        let within = group.iter().filter(|at| **at >= from && **at < from + secs(60)).count();
        assert!(within <= 40, "{within} in minute {minute}");
    }
    assert!(*group.last().unwrap() - start < secs(260));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_keeps_failing_is_given_up_and_the_case_hears_of_it() {
    let world = World::new().await;
    world.agent("beta:ann").await;
    let number = world.asks_for_person("alpha:jane").await;
    world.quiet().await;
    world.alpha.script(|delivery, _| match delivery.to {
        Destination::Contact(_) => transient(),
        _ => Does::Takes,
    });
    world.acts("beta:ann", desk::Target::Ticket(number), desk::StaffAct::Claim).await;
    sleep(secs(3600)).await;
    let log = world.runtime.log(&"alpha:jane".parse().unwrap(), 0, 1000).await.unwrap();
    let told = log.iter().filter(|entry| {
        matches!(&entry.what, Logged::Undeliverable { place: None, reason: Undeliverable::GaveUp, .. })
    });
    let metrics = world.runtime.metrics();
    assert!(metrics.gave_up > 0);
    assert_eq!(told.count() as u64, metrics.gave_up);
    assert!(world.outbox_is_empty().await);
    // And the staff sees it: one notice for each in each staff place.
    let notices = world.beta.texts(&staff_place("beta", number.0));
    assert!(notices.len() > metrics.gave_up as usize, "{notices:?}");
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_up_to_five_minutes() {
    let world = World::new().await;
    world.alpha.script(|_, _| transient());
    world.post(vec![world.item(&contact("alpha:1"), "x")]).await;
    sleep(secs(300)).await;
    let tries = world.alpha.tries(desk::OutboxId(1));
    let pauses: Vec<f64> = tries.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    for (n, pause) in pauses.iter().enumerate() {
        let wanted = (1 << n) as f64;
        assert!((wanted * 0.79..wanted * 1.25 + 0.1).contains(pause), "{n}: {pauses:?}");
    }
    assert!(pauses.len() >= 6, "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn what_may_have_arrived_is_tried_once_more_only() {
    let world = World::new().await;
    world.alpha.script(|_, _| Does::TakesUnheard);
    let chat = contact("alpha:1");
    world.post(vec![world.item(&chat, "a"), world.item(&chat, "b")]).await;
    sleep(secs(60)).await;
    assert_eq!(world.alpha.texts(&chat), ["a", "a", "b", "b"]);
    let metrics = world.runtime.metrics();
    assert_eq!((metrics.ambiguous, metrics.unknown), (4, 2));
    assert!(world.outbox_is_empty().await);
}

#[tokio::test(start_paused = true)]
async fn a_slow_platform_is_ambiguous_in_time() {
    let world = World::new().await;
    world.alpha.script(|_, number| if number == 1 { Does::Hangs } else { Does::Takes });
    let chat = contact("alpha:1");
    world.post(vec![world.item(&chat, "a")]).await;
    sleep(secs(58)).await;
    assert_eq!(world.alpha.texts(&chat), ["a"]);
    assert_eq!(world.runtime.metrics().ambiguous, 1);
}

#[tokio::test(start_paused = true)]
async fn a_slot_is_changed_in_place_and_sent_anew_when_it_is_gone() {
    let world = World::new().await;
    let chat = contact("alpha:1");
    world.post(vec![world.slotted(&chat, slot(1), "place 3")]).await;
    world.quiet().await;
    world.post(vec![world.slotted(&chat, slot(1), "place 2")]).await;
    world.quiet().await;
    world.alpha.script(|delivery, _| match delivery.edit {
        [] => Does::Takes,
        _ => Does::Fails(DeliveryError::MessageGone),
    });
    world.post(vec![world.slotted(&chat, slot(1), "place 1")]).await;
    world.quiet().await;
    world.alpha.script(|_, _| Does::Takes);
    world.post(vec![world.slotted(&chat, slot(1), "your turn")]).await;
    let replies = NewItem { reply_to: Some(slot(1)), ..world.item(&chat, "answer") };
    world.post(vec![replies]).await;
    world.quiet().await;
    let sent = world.alpha.sent();
    let edits: Vec<_> = sent.iter().map(|sent| (sent.text.as_str(), sent.edit.clone())).collect();
    let (first, second) = (Fake::message(1), Fake::message(2));
    let expected = [
        ("place 3", vec![]),
        ("place 2", vec![first]),
        ("place 1", vec![]),
        ("your turn", vec![second.clone()]),
        ("answer", vec![]),
    ];
    assert_eq!(edits, expected);
    assert_eq!(sent[4].reply_to, Some(second));
}

#[tokio::test(start_paused = true)]
async fn a_change_of_what_was_never_sent_is_no_message() {
    let world = World::new().await;
    let chat = contact("alpha:1");
    let change = |text| NewItem { only_edit: true, ..world.slotted(&chat, slot(1), text) };
    world.post(vec![change("never seen")]).await;
    world.quiet().await;
    world.post(vec![world.slotted(&chat, slot(1), "hello")]).await;
    world.quiet().await;
    world.post(vec![change("hello!")]).await;
    world.quiet().await;
    world.alpha.script(|_, _| Does::Fails(DeliveryError::MessageGone));
    world.post(vec![change("hello?")]).await;
    world.quiet().await;
    assert_eq!(world.alpha.texts(&chat), ["hello", "hello!"]);
    assert!(world.outbox_is_empty().await);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_gets_one_thread_and_a_new_one_when_it_is_gone() {
    let world = World::new().await;
    let number = world.asks_for_person("alpha:jane").await;
    let place = staff_place("beta", number.0);
    for n in 0..10 {
        world.post(vec![world.item(&place, &n.to_string())]).await;
    }
    world.quiet().await;
    let threads = |world: &World| {
        let mut threads: Vec<_> = world.beta.sent().into_iter().filter_map(|sent| sent.thread).collect();
        threads.dedup();
        threads
    };
    assert_eq!(threads(&world).len(), 1);
    assert!(world.beta.sent().iter().all(|sent| sent.has_card));
    let old = threads(&world)[0].clone();
    let gone = old.clone();
    world.beta.script(move |delivery, _| {
        let gone = delivery.thread == Some(&gone);
        if gone { Does::Fails(DeliveryError::ThreadGone) } else { Does::Takes }
    });
    world.post(vec![world.item(&place, "after")]).await;
    world.quiet().await;
    let threads = threads(&world);
    assert_eq!(threads.len(), 2);
    let ticket = |thread| world.store.thread_ticket(world.beta.channel(), thread);
    assert_eq!(ticket(&old).await.unwrap(), None);
    assert_eq!(ticket(&threads[1]).await.unwrap(), Some(number));
    assert_eq!(world.beta.texts(&place).last().unwrap(), "after");
}

#[tokio::test(start_paused = true)]
async fn a_place_that_loses_every_thread_is_given_up() {
    let world = World::new().await;
    world.beta.script(|_, _| Does::Fails(DeliveryError::ThreadGone));
    world.post(vec![world.item(&staff_place("beta", 1), "x")]).await;
    sleep(secs(60)).await;
    assert!(world.outbox_is_empty().await);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_like_any_other() {
    let world = World::new().await;
    world.alpha.script(|_, number| if number < 3 { Does::Panics } else { Does::Takes });
    let chat = contact("alpha:1");
    world.post(vec![world.item(&chat, "a"), world.item(&chat, "b")]).await;
    sleep(secs(30)).await;
    assert_eq!(world.alpha.texts(&chat), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_way_back_is_used_while_it_lasts() {
    let world = World::new().await;
    let via = |seconds| Via {
        channel: "alpha".parse().unwrap(),
        token: "t".into(),
        until: world.now() + secs(seconds),
    };
    let to =
        |n: u32| Destination::Actor { place: "alpha".parse().unwrap(), event: EventKey(format!("e{n}")) };
    let lasting = NewItem { via: Some(via(60)), ..world.item(&to(1), "in time") };
    let lapsed = NewItem { via: Some(via(0)), ..world.item(&to(2), "too late") };
    let other = NewItem { via: Some(via(0)), ..world.item(&contact("alpha:1"), "by the usual way") };
    world.post(vec![lasting, lapsed, other]).await;
    world.quiet().await;
    let mut sent: Vec<_> = world.alpha.sent().into_iter().map(|sent| (sent.text, sent.has_via)).collect();
    sent.sort();
    assert_eq!(sent, [("by the usual way".to_owned(), false), ("in time".to_owned(), true)]);
    assert_eq!(world.runtime.metrics().lapsed, 1);
}

#[tokio::test(start_paused = true)]
async fn what_can_never_arrive_is_told_once_and_dropped() {
    let world = World::new().await;
    world.asks_for_person("alpha:jane").await;
    world.quiet().await;
    world.alpha.script(|delivery, _| match delivery.to {
        Destination::Contact(_) => {
            Does::Fails(DeliveryError::Never { reason: Undeliverable::Unreachable, text: "blocked".into() })
        }
        _ => Does::Takes,
    });
    let act = CustomerAct::Command(CustomerCommand::Status);
    world.runtime.accept(world.customer("alpha:jane", act)).await.unwrap();
    world.quiet().await;
    let log = world.runtime.log(&"alpha:jane".parse().unwrap(), 0, 1000).await.unwrap();
    let told: Vec<_> =
        log.iter().filter(|entry| matches!(entry.what, Logged::Undeliverable { .. })).collect();
    assert_eq!(told.len() as u64, world.runtime.metrics().undeliverable);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(world.outbox_is_empty().await);
}

#[tokio::test(start_paused = true)]
async fn a_reply_to_a_message_that_lies_in_the_same_place_needs_no_copy() {
    let world = World::new().await;
    let reply = |to: &Destination, slot| NewItem { reply_to: Some(slot), ..world.item(to, "x") };
    let (own, alpha) = (MessageRef("77".into()), "alpha".parse().unwrap());
    let chat = contact("alpha:1");
    let (here, there) = (staff_place("alpha", 1), staff_place("beta", 1));
    let agents = Slot::Agent(alpha, own.clone());
    world
        .post(vec![
            reply(&chat, Slot::Customer(own.clone())),
            reply(&here, agents.clone()),
            reply(&there, agents),
        ])
        .await;
    world.quiet().await;
    assert!(world.alpha.sent().iter().all(|sent| sent.reply_to == Some(own.clone())));
    assert_eq!(world.alpha.sent().len(), 2);
    assert_eq!(world.beta.sent()[0].reply_to, None);
}

#[tokio::test(start_paused = true)]
async fn files_come_from_whichever_platform_holds_them() {
    use async_trait::async_trait;
    use bytes::Bytes;
    use desk::{Channel, Content, FileRef};
    use runtime::{Delivery, FetchError, Receipt};

    /// Sends nothing; fetches the file that the text names.
    struct Fetcher(Channel, std::sync::Mutex<Vec<Result<Bytes, FetchError>>>);

    #[async_trait]
    impl Platform for Fetcher {
        fn channel(&self) -> &Channel {
            &self.0
        }
        fn has_staff_place(&self) -> bool {
            false
        }
        fn parts(&self, _: &Destination, content: Content) -> Vec<Content> {
            vec![content]
        }
        fn lanes(&self, _: &Destination) -> Vec<Lane> {
            Vec::new()
        }
        async fn deliver(&self, delivery: Delivery<'_>) -> Result<Receipt, DeliveryError> {
            let text = crate::platform::text_of(delivery.content);
            let (channel, id) = text.split_once(' ').unwrap();
            let file = FileRef { channel: channel.parse().unwrap(), id: id.into() };
            let fetched = Files::fetch(delivery.files, &file, 5).await;
            self.1.lock().unwrap().push(fetched);
            Ok(Receipt::default())
        }
        async fn fetch(&self, _: &FileRef, _: u64) -> Result<Bytes, FetchError> {
            Err(FetchError::Gone("none here".into()))
        }
    }

    let world = World::new().await;
    let gamma = Arc::new(Fetcher("gamma".parse().unwrap(), std::sync::Mutex::default()));
    assert!(world.runtime.connect(gamma.clone()));
    assert!(!world.runtime.connect(gamma.clone()), "a second platform of that name");
    let chat = contact("gamma:1");
    for text in ["alpha abc", "beta toolong", "delta abc"] {
        world.post(vec![NewItem { content: say(text), ..world.item(&chat, "") }]).await;
    }
    world.quiet().await;
    let fetched = gamma.1.lock().unwrap();
    assert_eq!(fetched[0], Ok(Bytes::from("abc")));
    assert_eq!(fetched[1], Err(FetchError::TooLarge(5)));
    assert!(matches!(fetched[2], Err(FetchError::Gone(_))));
}
