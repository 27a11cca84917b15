//! Delivery to customers: how it looks, and what each refusal comes to.

use crate::world::{World, channel, contact, said, say};
use desk::{Button, Choice, Content, MessageRef, Press, Rich, Undeliverable, Via};
use fakes::telegram::Fault;
use intents::rich::Style;
use jiff::Timestamp;
use runtime::{DeliveryError, Platform};
use std::time::Duration;
use telegram::{Config, Telegram};

#[tokio::test]
async fn a_message_has_entities_and_buttons() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("hi");
    let mut text = Rich::plain("😀 提现 ");
    text.push_styled("<b>", Style::Bold);
    let choices = vec![
        Choice { label: "👍".into(), press: Press::Button(Button::Thumbs("pay".parse().unwrap(), true)) },
        Choice { label: "👎".into(), press: Press::Button(Button::Thumbs("pay".parse().unwrap(), false)) },
        Choice { label: "转人工".into(), press: Press::Button(Button::Human) },
    ];
    let mut say = say("");
    (say.text, say.choices) = (text, choices);
    let sent = world.deliver_all(&contact(ann.id()), Content::Say(say)).await;
    insta::assert_snapshot!(ann.transcript(), @"
    Ann> hi
    bot> 😀 提现 <b>
         [👍] [👎]
         [转人工]
    ");
    let entities = world.fake.state(|state| state.chat(ann.id()).messages[1].entities.clone());
    assert_eq!(
        serde_json::json!(entities),
        serde_json::json!([{ "type": "bold", "offset": 6, "length": 3 }])
    );
    assert_eq!(sent.len(), 1);
    world.made_no_mistakes();
}

#[tokio::test]
async fn a_long_text_comes_in_several_messages() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("hi");
    let text = "每天早上我都会看看余额。👨‍👩‍👧 ".repeat(700);
    let sent = world.deliver_all(&contact(ann.id()), said(&text)).await;
    assert!(sent.len() > 2, "{} messages", sent.len());
    let arrived: String =
        world.fake.state(|state| state.chat(ann.id()).of_bot().iter().map(|m| m.text.as_str()).collect());
    let solid = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(solid(&arrived), solid(&text));
    world.made_no_mistakes();
}

#[tokio::test]
async fn a_message_is_changed_in_place() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("hi");
    let to = contact(ann.id());
    let sent = world.deliver(&to, &said("You are number 3")).await.unwrap().messages;
    let edit = |text: &str| Box::leak(Box::new(said(text)));
    for text in ["You are number 2", "You are number 2", "You are number 1"] {
        let receipt = world.deliver_as(&to, edit(text), |d| d.edit = &sent).await.unwrap();
        assert_eq!(receipt.messages, sent);
    }
    assert_eq!(ann.transcript(), "Ann> hi\nbot> You are number 1 (edited)\n");
    let gone = [MessageRef("99999".into())];
    let result = world.deliver_as(&to, edit("x"), |d| d.edit = &gone).await;
    assert_eq!(result, Err(DeliveryError::MessageGone));
}

#[tokio::test]
async fn a_reply_stands_under_its_message_even_if_that_is_gone() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    let first = MessageRef(ann.writes("which one?").to_string());
    let to = contact(ann.id());
    world.deliver_as(&to, &said("this one"), |d| d.reply_to = Some(&first)).await.unwrap();
    let gone = MessageRef("99999".into());
    world.deliver_as(&to, &said("or that"), |d| d.reply_to = Some(&gone)).await.unwrap();
    let replies: Vec<_> =
        world.fake.state(|state| state.chat(ann.id()).of_bot().iter().map(|m| m.reply_to).collect());
    assert_eq!(replies, [first.0.parse().ok(), None]);
}

#[tokio::test]
async fn in_a_group_the_answer_stands_under_the_question() {
    let world = World::new().await;
    let (ann, friends) = (world.fake.person("Ann", "en"), world.fake.group("Friends", false));
    world.run();
    friends.says(&ann, None, "/ask how do I pay?");
    let events = world.book.first(1).await;
    let via = events[0].via.clone();
    let to = contact(format!("{}/{}", friends.id, ann.id()));
    let mut answer = say("Like this.");
    answer.choices = vec![Choice { label: "In private".into(), press: Press::Private }];
    let answer = Content::Say(answer);
    world.deliver_as(&to, &answer, |d| d.via = via.as_ref()).await.unwrap();
    let message = friends.hears(None, "Like this").await;
    assert!(message.reply_to.is_some());
    assert_eq!(message.buttons[0][0]["url"], "https://t.me/desk_bot?start=human");
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let world = World::new().await;
    let (ann, bob) = (world.fake.person("Ann", "en"), world.fake.person("Bob", "en"));
    ann.says("hi");
    let to = contact(ann.id());
    let unreachable =
        |result| matches!(result, Err(DeliveryError::Never { reason: Undeliverable::Unreachable, .. }));
    assert!(unreachable(world.deliver(&contact(bob.id()), &said("x")).await), "never wrote");
    assert!(unreachable(world.deliver(&contact(4), &said("x")).await), "no such chat");
    assert!(unreachable(world.deliver(&contact("me"), &said("x")).await), "no chat at all");
    let rejected = world.deliver(&to, &said("  ")).await;
    assert!(matches!(rejected, Err(DeliveryError::Never { reason: Undeliverable::Rejected, .. })));

    world.fake.fail_in(ann.id(), 1, Fault::TooMany(7));
    let lane = world.telegram.lanes(&to)[1].key.clone();
    let wait = DeliveryError::RetryAfter { after: Duration::from_secs(7), lane: Some(lane) };
    assert_eq!(world.deliver(&to, &said("x")).await, Err(wait));

    world.fake.fail(Some("sendMessage"), 1, Fault::Status(502));
    assert!(matches!(world.deliver(&to, &said("x")).await, Err(DeliveryError::Transient(_))));
    assert_eq!(world.fake.state(|state| state.chat(ann.id()).of_bot().len()), 0);
    for fault in [Fault::CloseAfter, Fault::Garbage] {
        world.fake.fail(Some("sendMessage"), 1, fault);
        assert!(matches!(world.deliver(&to, &said("x")).await, Err(DeliveryError::Ambiguous(_))));
    }
    assert_eq!(world.fake.state(|state| state.chat(ann.id()).of_bot().len()), 2);

    ann.blocks();
    assert!(unreachable(world.deliver(&to, &said("x")).await), "blocked");
}

#[tokio::test]
async fn a_change_that_may_have_arrived_is_simply_made_again() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("hi");
    let to = contact(ann.id());
    let sent = world.deliver(&to, &said("1")).await.unwrap().messages;
    world.fake.fail(Some("editMessageText"), 1, Fault::CloseAfter);
    let two = said("2");
    assert!(matches!(
        world.deliver_as(&to, &two, |d| d.edit = &sent).await,
        Err(DeliveryError::Transient(_))
    ));
    assert!(world.deliver_as(&to, &two, |d| d.edit = &sent).await.is_ok());
}

#[tokio::test]
async fn the_barest_answers_of_a_server_are_enough() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("hi");
    world.fake.terse(true);
    let to = contact(ann.id());
    let sent = world.deliver(&to, &said("1")).await.unwrap().messages;
    assert_eq!(sent.len(), 1);
    assert!(world.deliver_as(&to, &said("2"), |d| d.edit = &sent).await.is_ok());
    assert_eq!(ann.transcript(), "Ann> hi\nbot> 2 (edited)\n");
}

#[tokio::test]
async fn no_error_tells_the_token() {
    let mut config = Config::new("12345:s3cret-token");
    config.api_url = "http://127.0.0.1:9".into();
    let nobody = World::with(|_, it| *it = config).await;
    let down = nobody.deliver(&contact(5), &said("x")).await;
    assert!(matches!(down, Err(DeliveryError::Transient(_))), "{down:?}");
    let world = World::with(|_, config| config.token = "12345:s3cret-token".into()).await;
    let refused = world.deliver(&contact(5), &said("x")).await;
    assert!(
        matches!(refused, Err(DeliveryError::Transient(_))),
        "a wrong token loses no message: {refused:?}"
    );
    world.fake.fail(None, 1, Fault::CloseBefore);
    let broken = world.deliver(&contact(5), &said("x")).await;
    for shown in
        [format!("{down:?}"), format!("{refused:?}"), format!("{broken:?}"), format!("{:?}", world.telegram)]
    {
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}

#[tokio::test]
async fn a_stolen_way_back_leads_nowhere_else() {
    let world = World::new().await;
    let (ann, friends) = (world.fake.person("Ann", "en"), world.fake.group("Friends", false));
    let via =
        Via { channel: channel(), token: format!("{{\"c\":{},\"m\":1}}", ann.id()), until: Timestamp::MAX };
    let to = contact(format!("{}/{}", friends.id, ann.id()));
    world.deliver_as(&to, &said("here"), |d| d.via = Some(&via)).await.unwrap();
    assert_eq!(friends.transcript(None), "bot> here\n");
}

#[test]
fn limits_are_those_of_telegram() {
    let mut config = Config::new("1:a");
    config.staff_chat = Some(-100);
    let telegram = Telegram::new(config).unwrap();
    let keys = |to| telegram.lanes(&to).into_iter().map(|lane| lane.key).collect::<Vec<_>>();
    assert_eq!(keys(contact(5)), ["telegram", "telegram/chat/5"]);
    assert_eq!(keys(contact("-7/5")), ["telegram", "telegram/chat/-7"]);
    assert_eq!(keys(crate::world::ticket(1)), ["telegram", "telegram/chat/-100"]);
    let per_minute = |to| 60.0 / telegram.lanes(&to)[1].every.as_secs_f64();
    assert!(per_minute(contact("-7/5")) <= 20.0 && per_minute(contact(5)) <= 60.0);
}
