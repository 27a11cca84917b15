//! Answers to whoever just acted: in the pressed button's own answer, or as a message where they acted.

use crate::world::{World, actor, card, said, say, ticket};
use desk::{Button, CardState, Choice, Content, Press, StaffButton, StaffDoes, TicketNumber, Via};
use jiff::Timestamp;
use runtime::{DeliveryError, Platform};

/// A staff group with a ticket's topic, in which an agent has pressed Claim.
async fn claimed() -> (World, fakes::telegram::Group, i64, String, desk::Event) {
    let (world, group) = World::with_staff(true).await;
    let li = world.fake.person("Li", "zh");
    let content = Content::Card(Box::new(card(4, CardState::Queued)));
    let topic = world.deliver(&ticket(4), &content).await.unwrap().thread.unwrap().0.parse().unwrap();
    world.run();
    let query = group.press(&li, Some(topic), "Claim");
    let event = world.book.first(1).await.remove(0);
    (world, group, topic, query, event)
}

#[tokio::test]
async fn a_short_answer_appears_at_the_button() {
    let (world, group, topic, query, event) = claimed().await;
    let (to, via) = actor(&event);
    world.deliver_as(&to, &said("It is yours."), |d| d.via = via.as_ref()).await.unwrap();
    assert_eq!(world.fake.state(|state| state.queries[&query].clone()).as_deref(), Some("It is yours."));
    // A second word finds the button answered, and becomes a message.
    world.deliver_as(&to, &said("And mind the time."), |d| d.via = via.as_ref()).await.unwrap();
    assert!(group.transcript(Some(topic)).ends_with("bot> And mind the time.\n"));
    tokio::time::sleep(std::time::Duration::from_millis(1700)).await;
    world.made_no_mistakes();
}

#[tokio::test]
async fn a_longer_one_or_one_with_choices_is_a_message_and_the_button_stops_turning() {
    let (world, group, topic, query, event) = claimed().await;
    let (to, via) = actor(&event);
    let mut ask = say("To whom?");
    let does = StaffDoes::TransferTo("payments".parse().unwrap());
    let button = StaffButton { ticket: TicketNumber(4), does };
    ask.choices = vec![Choice { label: "Payments".into(), press: Press::Staff(button) }];
    let ask = Content::Say(ask);
    world.deliver_as(&to, &ask, |d| d.via = via.as_ref()).await.unwrap();
    assert!(group.transcript(Some(topic)).ends_with("bot> To whom?\n     [Payments]\n"));
    assert_eq!(world.fake.state(|state| state.queries[&query].clone()).as_deref(), Some(""));
    world.made_no_mistakes();
}

#[tokio::test]
async fn a_typed_command_is_replied_to() {
    let (world, group) = World::with_staff(true).await;
    let li = world.fake.person("Li", "zh");
    world.run();
    let message = group.writes(&li, None, "/queue");
    li.says("/next");
    let events = world.book.first(2).await;
    for event in &events {
        let (to, via) = actor(event);
        world.deliver_as(&to, &said("Nothing waits."), |d| d.via = via.as_ref()).await.unwrap();
    }
    assert_eq!(group.hears(None, "Nothing waits").await.reply_to, Some(message));
    assert_eq!(li.hears("Nothing waits").await.reply_to, None);
}

#[tokio::test]
async fn a_lapsed_button_is_answered_by_a_message() {
    let (world, group, topic, query, event) = claimed().await;
    world.fake.until("the button was answered empty", |state| state.queries[&query].is_some()).await;
    let (to, via) = actor(&event);
    world.deliver_as(&to, &said("It is yours."), |d| d.via = via.as_ref()).await.unwrap();
    assert!(group.transcript(Some(topic)).contains("It is yours."));
    let unknown = via.map(|via| Via { token: via.token.replace(&query, "query0"), ..via });
    world.deliver_as(&to, &said("Still yours."), |d| d.via = unknown.as_ref()).await.unwrap();
    assert!(group.transcript(Some(topic)).contains("Still yours."));
}

#[tokio::test]
async fn without_a_way_back_it_is_given_up() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    world.run();
    ann.says("/next");
    let (to, _) = actor(&world.book.first(1).await[0]);
    assert!(matches!(world.deliver(&to, &said("x")).await, Err(DeliveryError::Never { .. })));
    let bad = Via { channel: crate::world::channel(), token: "forged".into(), until: Timestamp::MAX };
    let result = world.deliver_as(&to, &said("x"), |d| d.via = Some(&bad)).await;
    assert!(matches!(result, Err(DeliveryError::Never { .. })));
}

#[tokio::test]
async fn every_button_stops_turning_whatever_it_was() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("hi");
    let to = crate::world::contact(ann.id());
    let mut offer = say("?");
    offer.choices = vec![Choice { label: "Human".into(), press: Press::Button(Button::Human) }];
    for part in world.telegram.parts(&to, Content::Say(offer)) {
        world.deliver(&to, &part).await.unwrap();
    }
    let ours = ann.press("Human");
    let forged = serde_json::json!({ "callback_query": {
        "id": "forged", "from": { "id": ann.id(), "language_code": "zh" }, "chat_instance": "1", "data": "drop table",
        "message": { "message_id": 1, "date": 0, "chat": { "id": ann.id(), "type": "private" } } } });
    world.run();
    world.fake.until("ours is answered", |state| state.queries[&ours].is_some()).await;
    let _ = world.fake.push(forged);
    let asked = |state: &fakes::telegram::State| {
        let answers = state.calls.iter().filter(|call| call.method == "answerCallbackQuery");
        answers.filter(|call| call.params["callback_query_id"] == "forged").count()
    };
    world.fake.until("the forged one is answered", move |state| asked(state) == 1).await;
    assert_eq!(world.book.events().len(), 2, "a forged button is no event");
}
