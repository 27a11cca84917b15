//! Long polling: nothing is acknowledged before the door has taken it, and no trouble ends it.

use crate::world::{Book, World};
use desk::{CustomerAct, Event, What};
use fakes::telegram::Fault;
use intents::Lang;
use runtime::Refused;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use telegram::{Menu, RunError, Telegram};
use tokio_util::sync::CancellationToken;

fn text(event: &Event) -> String {
    match &event.what {
        What::Customer { act: CustomerAct::Say { message, .. }, .. } => message.text.clone(),
        other => format!("{other:?}"),
    }
}

fn unavailable() -> Refused {
    Refused::Unavailable("for a test".into())
}

#[tokio::test]
async fn what_people_write_comes_through_the_door_in_order() {
    let world = World::new().await;
    let people: Vec<_> = ["Ann", "Bob", "Cem"].map(|name| world.fake.person(name, "en")).into();
    for n in 0..20 {
        people.iter().for_each(|person| person.says(&format!("{} {n}", person.user.name)));
    }
    world.run();
    let events = world.book.first(60).await;
    for person in &people {
        let name = &person.user.name;
        let said: Vec<_> = events.iter().map(text).filter(|text| text.starts_with(name)).collect();
        assert_eq!(said, (0..20).map(|n| format!("{name} {n}")).collect::<Vec<_>>());
    }
    world.made_no_mistakes();
}

#[tokio::test]
async fn an_update_that_the_store_refuses_is_tried_again_and_nothing_after_it_overtakes() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    world.book.refuse(3, &unavailable());
    ann.says("first");
    ann.says("second");
    world.run();
    let events = world.book.first(2).await;
    assert_eq!(events.iter().map(text).collect::<Vec<_>>(), ["first", "second"]);
}

#[tokio::test]
async fn what_was_not_taken_comes_again_after_a_restart() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    world.book.refuse(1000, &unavailable());
    ann.says("don't lose me");
    world.run();
    world.book.has_refused(1000).await;
    world.stop.cancel();
    world.ended().await.unwrap();
    assert!(world.book.events().is_empty());

    let mut config = telegram::Config::new(world.fake.token());
    config.api_url = world.fake.url().to_owned();
    let book = Arc::<Book>::default();
    tokio::spawn(Telegram::new(config).unwrap().run(book.clone(), CancellationToken::new()));
    assert_eq!(text(&book.first(1).await[0]), "don't lose me");
}

#[tokio::test]
async fn a_repeated_update_has_the_same_key() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    world.run();
    ann.says("once");
    world.book.first(1).await;
    world.fake.push_again(world.fake.last_update());
    ann.says("then");
    let events = world.book.first(3).await;
    assert_eq!(events[0].key, events[1].key);
    assert_eq!(text(&events[2]), "then");
}

#[tokio::test]
async fn polling_outlives_whatever_the_server_does() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    for fault in [
        Fault::Status(502),
        Fault::Garbage,
        Fault::CloseBefore,
        Fault::CloseAfter,
        Fault::TooMany(1),
        Fault::Status(409),
    ] {
        world.fake.fail(Some("getUpdates"), 1, fault);
    }
    world.fake.fail(Some("getMe"), 2, Fault::Status(500));
    world.fake.fail(Some("deleteWebhook"), 1, Fault::Status(404));
    ann.says("still there?");
    world.run();
    assert_eq!(text(&world.book.first(1).await[0]), "still there?");
}

#[tokio::test]
async fn a_forgotten_webhook_is_taken_away() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    world.fake.fail(Some("deleteWebhook"), 1, Fault::Status(500));
    let address = format!("{}/bot{}/setWebhook", world.fake.url(), world.fake.token());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let set = client.post(address).json(&json!({ "url": "https://example.org/hook" })).send().await.unwrap();
    assert!(set.status().is_success());
    ann.says("hello");
    world.run();
    assert_eq!(text(&world.book.first(1).await[0]), "hello");
}

#[tokio::test]
async fn one_unreadable_update_costs_no_other() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("before");
    let _ = world.fake.push(json!({ "message": { "message_id": "?", "chat": 12 } }));
    let _ = world
        .fake
        .push(json!({ "message": { "message_id": 1, "chat": { "id": ann.id() }, "pinned_message": {} } }));
    ann.says("after");
    world.run();
    let events = world.book.first(2).await;
    assert_eq!(events.iter().map(text).collect::<Vec<_>>(), ["before", "after"]);
    assert_eq!(world.telegram.unreadable(), 1);
}

#[tokio::test]
async fn a_batch_in_the_wrong_order_is_taken_in_the_right_one() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    world.fake.reverse(true);
    ["one", "two", "three"].into_iter().for_each(|text| ann.says(text));
    world.run();
    assert_eq!(world.book.first(3).await.iter().map(text).collect::<Vec<_>>(), ["one", "two", "three"]);
    world.fake.reverse(false);
    ann.says("four");
    assert_eq!(text(&world.book.first(4).await[3]), "four");
}

#[tokio::test]
async fn a_failed_store_ends_the_run_and_a_closing_one_ends_it_in_peace() {
    for (refused, ends_well) in [(Refused::Failed("disk full".into()), false), (Refused::Closing, true)] {
        let world = World::new().await;
        let ann = world.fake.person("Ann", "en");
        world.book.refuse(1, &refused);
        world.run();
        ann.says("hello");
        let ended = world.ended().await;
        assert_eq!(ended, if ends_well { Ok(()) } else { Err(RunError::Storage(refused)) });
    }
}

#[tokio::test]
async fn it_ends_when_told_to_and_runs_only_once() {
    let world = World::new().await;
    world.run();
    world.fake.until("it runs", |state| state.count("deleteWebhook") > 0).await;
    let second = world.telegram.clone().run(world.book.clone(), world.stop.clone()).await;
    assert_eq!(second, Err(RunError::Running));
    world.stop.cancel();
    assert_eq!(tokio::time::timeout(Duration::from_secs(2), world.ended()).await, Ok(Ok(())));
}

#[tokio::test]
async fn menus_are_set_in_every_language() {
    let world = World::with(|fake, config| {
        config.staff_chat = Some(fake.group("Staff", true).id);
        config.menus = [Lang::Zh, Lang::En]
            .map(|language| Menu {
                language,
                customers: vec![("help".into(), format!("help in {language}"))],
                staff: vec![("queue".into(), format!("queue in {language}"))],
            })
            .into();
    })
    .await;
    world.run();
    world.fake.until("all menus are set", |state| state.menus.len() == 6).await;
    let shown = world.fake.state(|state| {
        let line =
            |(scope, commands): (&String, &Vec<Value>)| format!("{scope}: {}", commands[0]["description"]);
        state.menus.iter().map(line).filter(|line| line.starts_with("all_private")).collect::<Vec<_>>()
    });
    assert_eq!(
        shown,
        [
            "all_private_chats: \"help in zh\"",
            "all_private_chats en: \"help in en\"",
            "all_private_chats zh: \"help in zh\""
        ]
    );
    world.made_no_mistakes();
}

#[tokio::test]
async fn blocking_editing_and_mentions_are_told_apart() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "zh-hans");
    let friends = world.fake.group("Friends", false);
    let message = ann.writes("提现失败");
    ann.edits(message, "提现一直失败");
    ann.blocks();
    friends.says(&ann, None, "just talking");
    friends.says(&ann, None, "@desk_bot 怎么充值");
    world.run();
    let events = world.book.first(4).await;
    let acts: Vec<_> = events
        .iter()
        .map(|event| match &event.what {
            What::Customer { contact, profile, act } => {
                let act = format!("{act:?}");
                format!(
                    "{} {} {}",
                    contact.id().contains('/'),
                    profile.public,
                    act.split([' ', '{']).next().unwrap()
                )
            }
            other => format!("{other:?}"),
        })
        .collect();
    // Different chats are taken side by side, so only the order within each is certain.
    let private: Vec<_> = acts.iter().filter(|act| act.starts_with("false")).cloned().collect();
    assert_eq!(private, ["false false Say", "false false Edit", "false false Left"]);
    assert!(acts.contains(&"true true Say".to_owned()));
}
