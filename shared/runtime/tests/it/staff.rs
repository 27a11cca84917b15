//! Agents: who may act, on what, and who gets which ticket.

use crate::world::{World, contact, secs, staff_place};
use desk::{AdminAct, Destination, EventKey, Logged, RosterError, Slot, StaffAct, Target, Via};
use runtime::{AdminError, Door, Platform};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering::SeqCst},
};
use store::Store;
use tokio::{task::JoinSet, time::sleep};

#[tokio::test(start_paused = true)]
async fn sixty_four_agents_take_five_hundred_tickets_each_once() {
    let one = Arc::new(World::new().await);
    let two = Arc::new(one.another().await);
    for agent in 0..64 {
        one.agent(&format!("beta:{agent}")).await;
    }
    for customer in 0..500 {
        one.asks_for_person(&format!("alpha:{customer}")).await;
    }
    one.store.pause_us.store(500, SeqCst);
    let mut tasks = JoinSet::new();
    for agent in 0..64 {
        let world = if agent % 2 == 0 { one.clone() } else { two.clone() };
        tasks.spawn(async move {
            for _ in 0..10 {
                world.acts(&format!("beta:{agent}"), Target::Next, StaffAct::Claim).await;
            }
        });
    }
    tasks.join_all().await;
    let queue = one.runtime.queue().await.unwrap();
    assert_eq!(queue.len(), 500);
    let mut owners: BTreeMap<_, usize> = BTreeMap::new();
    for row in queue.iter() {
        let owner = row.owner.unwrap_or_else(|| panic!("{} waits", row.number));
        *owners.entry(owner).or_default() += 1;
        let who = row.contact.to_string();
        let claims = one.log_count(&who, |what| matches!(what, Logged::Claimed { .. })).await;
        assert_eq!(claims, 1, "{} was claimed twice", row.number);
    }
    assert!(owners.values().all(|tickets| *tickets <= 10), "{owners:?}");
}

#[tokio::test(start_paused = true)]
async fn next_at_once_gives_different_tickets_in_order() {
    let world = Arc::new(World::new().await);
    for agent in 0..10 {
        world.agent(&format!("beta:{agent}")).await;
    }
    for customer in 0..12 {
        world.asks_for_person(&format!("alpha:{customer}")).await;
        sleep(secs(1)).await;
    }
    world.store.pause_us.store(1000, SeqCst);
    let mut tasks = JoinSet::new();
    for agent in 0..10 {
        let world = world.clone();
        tasks.spawn(async move {
            world.acts(&format!("beta:{agent}"), Target::Next, StaffAct::Claim).await;
        });
    }
    tasks.join_all().await;
    let queue = world.runtime.queue().await.unwrap();
    let waiting: Vec<u64> = queue.iter().filter(|row| row.owner.is_none()).map(|row| row.number.0).collect();
    assert_eq!(waiting, [11, 12]);
    let owners: BTreeSet<_> = queue.iter().filter_map(|row| row.owner).collect();
    assert_eq!(owners.len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_stranger_is_told_so_and_nothing_else_happens() {
    let world = World::new().await;
    let number = world.asks_for_person("alpha:1").await;
    world.quiet().await;
    let before = world.store.case(&"alpha:1".parse().unwrap()).await.unwrap();
    let sent = (world.alpha.sent().len(), world.beta.sent().len());
    world.acts("beta:mallory", Target::Ticket(number), StaffAct::Claim).await;
    let mut by_button = world.staff("beta:mallory", Target::Next, StaffAct::Claim);
    by_button.key = EventKey("press".into());
    let channel = "beta".parse().unwrap();
    by_button.via = Some(Via { channel, token: "t".into(), until: world.now() + secs(60) });
    world.runtime.accept(by_button).await.unwrap();
    world.quiet().await;
    assert_eq!(world.store.case(&"alpha:1".parse().unwrap()).await.unwrap(), before);
    assert_eq!(world.alpha.sent().len(), sent.0);
    let news: Vec<_> = world.beta.sent().split_off(sent.1).into_iter().map(|sent| sent.to).collect();
    let actor = Destination::Actor { place: "beta".parse().unwrap(), event: EventKey("press".into()) };
    assert_eq!(news, [contact("beta:mallory"), actor]);
}

#[tokio::test(start_paused = true)]
async fn talk_beside_the_tickets_gets_no_answer() {
    let world = World::new().await;
    world.agent("beta:ann").await;
    let sent = world.beta.sent().len();
    let say = || StaffAct::Say { id: desk::MessageRef("1".into()), message: desk::Message::text("lunch?") };
    let thread = Target::Thread(world.beta.channel().clone(), desk::ThreadRef("general".into()));
    for (by, on) in [("beta:ann", &thread), ("beta:bob", &thread), ("beta:bob", &Target::Nothing)] {
        world.acts(by, on.clone(), say()).await;
    }
    world.quiet().await;
    assert_eq!(world.beta.sent().len(), sent);
}

#[tokio::test(start_paused = true)]
async fn a_thread_and_a_message_in_it_mean_their_ticket() {
    let world = World::new().await;
    world.agent("beta:ann").await;
    let number = world.asks_for_person("alpha:1").await;
    world.quiet().await;
    let place = world.beta.channel();
    let thread = world.store.thread(place, number).await.unwrap().unwrap();
    world.acts("beta:ann", Target::Thread(place.clone(), thread), StaffAct::Claim).await;
    world.quiet().await;
    let to = staff_place("beta", number.0);
    let card = world.store.delivered(&to, &Slot::Card(number)).await.unwrap();
    let on = Target::Message(place.clone(), card[0].clone());
    world.acts("beta:ann", on, StaffAct::Reply(desk::Message::text("hello Jane"))).await;
    world.quiet().await;
    assert_eq!(world.alpha.texts(&contact("alpha:1")).last().unwrap(), "hello Jane");
    let nowhere = Target::Thread(place.clone(), desk::ThreadRef("none".into()));
    let sent = world.alpha.sent().len();
    world.acts("beta:ann", nowhere, StaffAct::Resolve).await;
    world.quiet().await;
    assert_eq!(world.alpha.sent().len(), sent);
    assert!(world.runtime.queue().await.unwrap()[0].owner.is_some());
}

#[tokio::test(start_paused = true)]
async fn who_is_removed_leaves_no_ticket_behind() {
    let world = World::new().await;
    world.agent("beta:ann").await;
    for customer in 0..3 {
        world.asks_for_person(&format!("alpha:{customer}")).await;
        world.acts("beta:ann", Target::Next, StaffAct::Claim).await;
    }
    let owned = |world: &World| {
        let runtime = world.runtime.clone();
        async move { runtime.queue().await.unwrap().iter().filter(|row| row.owner.is_some()).count() }
    };
    assert_eq!(owned(&world).await, 3);
    world.runtime.admin(AdminAct::Remove("beta:ann".into())).await.unwrap();
    assert_eq!(owned(&world).await, 0);
    assert_eq!(world.runtime.queue().await.unwrap().len(), 3);
    let again = world.runtime.admin(AdminAct::Remove("beta:ann".into())).await;
    assert_eq!(again, Err(AdminError::Roster(RosterError::Unknown("beta:ann".into()))));
}

#[tokio::test(start_paused = true)]
async fn who_waits_hears_of_a_better_place_once() {
    let world = World::new().await;
    world.agent("beta:ann").await;
    for customer in 0..6 {
        world.asks_for_person(&format!("alpha:{customer}")).await;
        sleep(secs(1)).await;
    }
    world.quiet().await;
    let before = world.alpha.texts(&contact("alpha:5")).len();
    for _ in 0..4 {
        world.acts("beta:ann", Target::Next, StaffAct::Claim).await;
    }
    world.quiet().await;
    let changes: Vec<_> =
        world.alpha.sent().into_iter().filter(|sent| sent.to == contact("alpha:5")).skip(before).collect();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(!changes[0].edit.is_empty(), "{changes:?}");
    assert!(changes[0].text.contains('2'), "{changes:?}");
    // While nothing moves, nobody is asked.
    let before = world.runtime.metrics().within_events;
    sleep(secs(120)).await;
    assert_eq!(world.runtime.metrics().within_events, before);
}
