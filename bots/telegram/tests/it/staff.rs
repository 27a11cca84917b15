//! The staff group: a topic a ticket, or replies where there are no topics.

use crate::world::{World, card, said, say, thread, ticket};
use desk::{CardState, Content, Speaker, StaffAct, Target, ThreadRef, What};
use fakes::telegram::{Fault, Group};
use runtime::{DeliveryError, Door, Platform};

fn content(state: CardState) -> Content {
    Content::Card(Box::new(card(4, state)))
}

/// A ticket's new topic with its card.
async fn opened(world: &World) -> (ThreadRef, Vec<desk::MessageRef>) {
    let receipt = world.deliver(&ticket(4), &content(CardState::Queued)).await.unwrap();
    (receipt.thread.unwrap(), receipt.messages)
}

fn topic_of(thread: &ThreadRef) -> i64 {
    thread.0.parse().unwrap()
}

fn is_closed(world: &World, group: &Group, topic: i64) -> bool {
    world.fake.state(|state| state.chat(group.id).topics[&topic].closed)
}

#[tokio::test]
async fn a_ticket_gets_a_topic_with_its_card() {
    let (world, group) = World::with_staff(true).await;
    let (thread, _) = opened(&world).await;
    let topic = topic_of(&thread);
    insta::assert_snapshot!(group.transcript(Some(topic)), @"
    bot> #4 Jane: Queued
         [Claim] [Resolve]
    ");
    let made = world.fake.state(|state| state.chat(group.id).topics[&topic].clone());
    assert_eq!((made.name.as_str(), made.colour), ("#4 Jane Doe", Some(0xFB_6F5F)));
    world.made_no_mistakes();
}

#[tokio::test]
async fn what_is_said_first_brings_the_card_along() {
    let (world, group) = World::with_staff(true).await;
    let now = card(4, CardState::Queued);
    let receipt = world.deliver_as(&ticket(4), &said("help me"), |d| d.card = Some(&now)).await.unwrap();
    let topic = topic_of(&receipt.thread.unwrap());
    insta::assert_snapshot!(group.transcript(Some(topic)), @"
    bot> #4 Jane: Queued
         [Claim] [Resolve]
    bot> 👤 Jane
         help me
    ");
    assert_eq!((receipt.messages.len(), receipt.card.len()), (1, 1));
    assert_ne!(receipt.messages, receipt.card);
}

#[tokio::test]
async fn the_topic_follows_the_ticket() {
    let (world, group) = World::with_staff(true).await;
    let (thread, messages) = opened(&world).await;
    let topic = topic_of(&thread);
    for (state, closed) in [
        (CardState::Owned("Li".into()), false),
        (CardState::Resolved("Li".into()), true),
        (CardState::Owned("Li".into()), false),
        (CardState::Withdrawn, true),
    ] {
        let content = content(state.clone());
        world
            .deliver_as(&ticket(4), &content, |d| {
                d.thread = Some(&thread);
                d.edit = &messages;
            })
            .await
            .unwrap();
        assert_eq!(is_closed(&world, &group, topic), closed, "{state:?}");
    }
    assert_eq!(world.fake.state(|state| state.count("reopenForumTopic")), 1, "an open topic is left alone");
    world.made_no_mistakes();
}

#[tokio::test]
async fn a_closed_topic_is_opened_to_say_something() {
    let (world, group) = World::with_staff(true).await;
    let (thread, _) = opened(&world).await;
    group.close_topic(topic_of(&thread));
    world.deliver_as(&ticket(4), &said("one more thing"), |d| d.thread = Some(&thread)).await.unwrap();
    assert!(!is_closed(&world, &group, topic_of(&thread)));
    assert!(group.transcript(Some(topic_of(&thread))).contains("one more thing"));
    // If the ticket has ended, the topic is closed again behind it.
    group.close_topic(topic_of(&thread));
    let ended = card(4, CardState::Resolved("Li".into()));
    let change = said("rated: 5");
    world
        .deliver_as(&ticket(4), &change, |d| {
            d.thread = Some(&thread);
            d.card = Some(&ended);
        })
        .await
        .unwrap();
    assert!(is_closed(&world, &group, topic_of(&thread)));
    assert!(group.transcript(Some(topic_of(&thread))).contains("rated: 5"));
}

#[tokio::test]
async fn a_deleted_topic_is_told_and_made_anew() {
    let (world, group) = World::with_staff(true).await;
    let (thread, messages) = opened(&world).await;
    group.delete_topic(topic_of(&thread));
    let said = said("are you there?");
    let gone = world.deliver_as(&ticket(4), &said, |d| d.thread = Some(&thread)).await;
    assert_eq!(gone, Err(DeliveryError::ThreadGone));
    let owned = content(CardState::Owned("Li".into()));
    let edited = world
        .deliver_as(&ticket(4), &owned, |d| {
            d.thread = Some(&thread);
            d.edit = &messages;
        })
        .await;
    assert_eq!(edited, Err(DeliveryError::MessageGone));
    let now = card(4, CardState::Queued);
    let receipt = world.deliver_as(&ticket(4), &said, |d| d.card = Some(&now)).await.unwrap();
    let anew = topic_of(&receipt.thread.unwrap());
    assert_ne!(anew, topic_of(&thread));
    assert!(group.transcript(Some(anew)).contains("are you there?"));
}

#[tokio::test]
async fn a_failure_half_way_makes_no_second_topic_and_no_second_card() {
    let (world, group) = World::with_staff(true).await;
    let now = card(4, CardState::Queued);
    let said = said("help me");
    world.fake.fail(Some("sendMessage"), 1, Fault::Status(502));
    let first = world.deliver_as(&ticket(4), &said, |d| d.card = Some(&now)).await;
    assert!(matches!(first, Err(DeliveryError::Transient(_))));
    world.deliver_as(&ticket(4), &said, |d| d.card = Some(&now)).await.unwrap();
    assert_eq!(world.fake.state(|state| state.chat(group.id).topics.len()), 1);
    assert_eq!(group.transcript(None).matches("#4 Jane").count(), 1);
}

#[tokio::test]
async fn who_spoke_is_shown_and_files_come_along() {
    let (world, group) = World::with_staff(true).await;
    let jane = world.fake.person("Jane", "en");
    let (thread, _) = opened(&world).await;
    let photo = jane.sends("photo", None, b"a picture", "see");
    let sticker = jane.sends("sticker", None, b"a sticker", "");
    for (speaker, text, file) in [
        (Speaker::Agent("Li".into()), "hello", None),
        (Speaker::Note("Li".into()), "a regular", None),
        (Speaker::Notice, "taken by Li", None),
        (Speaker::Customer("Jane".into()), "see", Some((desk::AttachmentKind::Photo, photo))),
        (Speaker::Customer("Jane".into()), "", Some((desk::AttachmentKind::Sticker, sticker))),
    ] {
        let mut say = say(text);
        say.speaker = speaker;
        say.attachments.extend(file.map(|(kind, id)| crate::files::here(kind, &id)));
        for part in world.telegram.parts(&ticket(4), Content::Say(say)) {
            world.deliver_as(&ticket(4), &part, |d| d.thread = Some(&thread)).await.unwrap();
        }
    }
    insta::assert_snapshot!(group.transcript(Some(topic_of(&thread))), @"
    bot> #4 Jane: Queued
         [Claim] [Resolve]
    bot> 💬 Li
         hello
    bot> 📝 Li
         a regular
    bot> ℹ️ taken by Li
    bot> (photo) 👤 Jane
         see
    bot> 👤 Jane
    bot> (sticker)
    ");
    world.made_no_mistakes();
}

#[tokio::test]
async fn a_group_without_topics_works_by_replies() {
    let (world, group) = World::with_staff(false).await;
    let li = world.fake.person("Li", "zh");
    let receipt = world.deliver(&ticket(4), &content(CardState::Queued)).await.unwrap();
    let thread = receipt.thread.unwrap();
    assert_eq!(thread.0, format!("reply:{}", receipt.messages[0]));
    let said = said("help me");
    let copy = world.deliver_as(&ticket(4), &said, |d| d.thread = Some(&thread)).await.unwrap();
    let copy: i64 = copy.messages[0].0.parse().unwrap();
    let message = group.hears(None, "help me").await;
    assert_eq!(message.reply_to.map(|id| format!("reply:{id}")), Some(thread.0.clone()));
    world.run();
    group.replies(&li, copy, "on it");
    let events = world.book.first(1).await;
    let What::Staff { on: Target::Message(_, id), act: StaffAct::Say { .. }, .. } = &events[0].what else {
        panic!("{events:#?}")
    };
    assert_eq!(id.0, copy.to_string());
    // The group gets topics: new tickets use them after a while, this one goes on as it is.
    group.set_forum(true);
    world.deliver_as(&ticket(4), &said, |d| d.thread = Some(&thread)).await.unwrap();
}

#[tokio::test]
async fn a_server_that_has_no_topics_at_all_is_enough() {
    let (world, group) = World::with_staff(true).await;
    let jane = world.fake.person("Jane", "en");
    jane.says("hi");
    world.deliver(&crate::world::contact(jane.id()), &said("hello")).await.unwrap();
    for method in ["createForumTopic", "editMessageText"] {
        world.fake.fail(Some(method), 9, Fault::Status(404));
    }
    let receipt = world.deliver(&ticket(4), &content(CardState::Queued)).await.unwrap();
    let thread = receipt.thread.unwrap();
    assert!(thread.0.starts_with("reply:"), "{thread}");
    let owned = content(CardState::Owned("Li".into()));
    let edited = world
        .deliver_as(&ticket(4), &owned, |d| {
            d.thread = Some(&thread);
            d.edit = &receipt.messages;
        })
        .await;
    assert_eq!(edited, Err(DeliveryError::MessageGone), "it is sent anew then");
    assert!(group.transcript(None).contains("#4 Jane"));
}

#[tokio::test]
async fn agents_work_in_topics() {
    let (world, group) = World::with_staff(true).await;
    let li = world.fake.person("Li", "zh");
    let (thread, _) = opened(&world).await;
    let topic = Some(topic_of(&thread));
    world.run();
    group.says(&li, topic, "您好");
    group.says(&li, topic, "// 老客户");
    group.says(&li, topic, "/resolve");
    group.says(&li, None, "lunch?");
    let query = group.press(&li, topic, "Claim");
    let events = world.book.first(4).await;
    let acts: Vec<_> = events
        .iter()
        .map(|event| match &event.what {
            What::Staff { by, on, act } => {
                assert_eq!(by.id(), li.id().to_string());
                let act = format!("{act:?}");
                format!("{on:?} {}", act.split([' ', '(']).next().unwrap())
            }
            other => format!("{other:?}"),
        })
        .collect();
    let here = format!("{:?}", Target::Thread(crate::world::channel(), thread.clone()));
    assert_eq!(acts[..3], [format!("{here} Say"), format!("{here} Say"), format!("{here} Resolve")]);
    assert_eq!(acts[3], "Ticket(TicketNumber(4)) Claim");
    world.fake.until("the button stops turning", |state| state.queries[&query].is_some()).await;
    world.made_no_mistakes();
}

#[tokio::test]
async fn a_group_that_moved_is_followed_and_remembered() {
    let (world, group) = World::with_staff(true).await;
    world.run();
    world.fake.until("it runs", |state| state.count("deleteWebhook") > 0).await;
    let new = group.moves();
    let (thread, _) = opened(&world).await;
    assert!(new.transcript(Some(topic_of(&thread))).contains("#4 Jane"));
    let kept = world.book.kept();
    assert_eq!(kept[&format!("telegram/moved/{}", group.id)], new.id.to_string());
}

#[tokio::test]
async fn a_group_that_moved_in_an_earlier_run_is_found() {
    let (world, group) = World::with_staff(true).await;
    let new = group.moves();
    world.book.keep(&format!("telegram/moved/{}", group.id), Some(&new.id.to_string())).await.unwrap();
    world.run();
    world.fake.until("it runs", |state| state.count("deleteWebhook") > 0).await;
    let li = world.fake.person("Li", "zh");
    new.says(&li, None, "/queue");
    let events = world.book.first(1).await;
    assert!(matches!(&events[0].what, What::Staff { act: StaffAct::Queue, .. }), "{events:#?}");
    opened(&world).await;
    world.made_no_mistakes();
}

#[tokio::test]
async fn a_staff_group_out_of_reach_loses_nothing() {
    let world = World::with(|_, config| config.staff_chat = Some(-12)).await;
    let result = world.deliver(&ticket(4), &content(CardState::Queued)).await;
    assert!(matches!(result, Err(DeliveryError::Transient(_))), "{result:?}");
    let none = World::new().await;
    assert!(!none.telegram.has_staff_place());
    let result = none.deliver(&ticket(4), &content(CardState::Queued)).await;
    assert!(matches!(result, Err(DeliveryError::Never { .. })), "{result:?}");
}

#[tokio::test]
async fn a_thread_of_nobody_is_no_thread() {
    let (world, _group) = World::with_staff(true).await;
    let unknown = thread(77);
    let result = world.deliver_as(&ticket(4), &said("x"), |d| d.thread = Some(&unknown)).await;
    assert_eq!(result, Err(DeliveryError::ThreadGone));
}
