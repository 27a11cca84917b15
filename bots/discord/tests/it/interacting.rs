//! Slash commands, buttons, forms: acknowledged in time, answered where they were given.

use crate::support::{Bench, Parcel, agents, contact, customer, say};
use desk::{Button, CustomerAct, CustomerCommand, Destination, Event, StaffAct, Target, TicketNumber, What};
use fakes::discord::Acked;
use runtime::DeliveryError;
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// An answer to whoever caused an event.
fn answer(event: &Event, id: u64, text: &str) -> Parcel {
    let to = match &event.what {
        What::Customer { contact, .. } => Destination::Contact(contact.clone()),
        _ => Destination::Actor { place: "discord".parse().unwrap(), event: event.key.clone() },
    };
    Parcel { via: event.via.clone(), ..Parcel::new(id, to, say(text)) }
}

#[tokio::test]
async fn a_slash_command_in_the_guild_is_answered_for_one_pair_of_eyes() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    jane.set_locale("zh-CN");
    let token = jane.slash("human", &[]);
    let event = bench.event(0).await;
    assert_eq!(customer(&event), &CustomerAct::Command(CustomerCommand::Human));
    let first = bench.deliver(&answer(&event, 1, "正在转接")).await.unwrap();
    bench.deliver(&answer(&event, 2, "你排在第 2 位")).await.unwrap();
    assert_eq!(bench.fake.requests("PATCH /webhooks"), 1, "the first fills in what was thinking");
    assert_eq!(bench.fake.requests("POST /webhooks"), 1, "the second is added");
    assert_eq!(jane.transcript(), "bot> 正在转接\nbot> 你排在第 2 位");
    assert!(jane.messages().iter().all(|m| m.only_for == Some(jane.id)));
    assert_eq!(bench.fake.requests("POST /channels"), 0, "nothing went to the direct messages");
    assert_eq!(bench.acked(&jane, &token).await, Acked::Thinking);
    // It can be changed by the token it was sent with, and only as long as that is known.
    let mut change = answer(&event, 3, "轮到你了");
    change.edit = first.messages;
    bench.deliver(&change).await.unwrap();
    assert!(jane.transcript().starts_with("bot> 轮到你了"));
    change.edit = vec![desk::MessageRef("e:1234".into())];
    assert_eq!(bench.deliver(&change).await, Err(DeliveryError::MessageGone));
    bench.fake.assert_clean();
}

#[tokio::test]
async fn an_interaction_is_acknowledged_in_time_though_the_store_is_slow() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    bench.door.shut.store(true, Ordering::SeqCst);
    let token = jane.slash("status", &[]);
    let (acked, after) = jane.acked(&token).await;
    assert_eq!(acked, Acked::Thinking);
    assert!((Duration::from_millis(1900)..Duration::from_millis(2900)).contains(&after), "{after:?}");
    bench.door.shut.store(false, Ordering::SeqCst);
    let event = bench.event(0).await;
    bench.deliver(&answer(&event, 1, "in the queue")).await.unwrap();
    assert_eq!(jane.transcript(), "bot> in the queue");
    bench.fake.assert_clean();
}

#[tokio::test]
async fn a_quick_store_comes_before_the_acknowledgement() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    let token = jane.slash_dm("ask", &[("question", json!("怎么充值"))]);
    let (_, after) = jane.acked(&token).await;
    assert!(after < Duration::from_millis(1500), "{after:?}");
    assert_eq!(bench.door.events.lock().unwrap().len(), 1);
    let event = bench.event(0).await;
    bench.deliver(&answer(&event, 1, "like this")).await.unwrap();
    assert_eq!(jane.transcript(), "bot> like this");
    bench.fake.assert_clean();
}

#[tokio::test]
async fn when_the_token_has_lapsed_the_answer_comes_by_direct_message() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    jane.slash("human", &[]);
    let event = bench.event(0).await;
    let mut late = answer(&event, 1, "hello");
    let via = late.via.as_mut().unwrap();
    via.token = "tp/1001/no-such-token".into();
    bench.deliver(&late).await.unwrap();
    assert!(jane.sees("hello").await.only_for.is_none());
    let actor = Destination::Actor { place: "discord".parse().unwrap(), event: event.key.clone() };
    late.to = actor;
    assert!(matches!(bench.deliver(&late).await, Err(DeliveryError::Never { .. })));
}

#[tokio::test]
async fn the_panel_asks_and_hands_over() {
    let bench = Bench::start().await;
    let (admin, jane) = (bench.person("Admin"), bench.person("Jane"));
    admin.slash("panel", &[]);
    admin.sees("Panel posted").await;
    jane.press_in_lobby("Ask").await;
    let token = jane.submit("how do I pay?").await;
    let event = bench.event(0).await;
    assert!(matches!(customer(&event), CustomerAct::Say { message, .. } if message.text == "how do I pay?"));
    bench.deliver(&answer(&event, 1, "like this")).await.unwrap();
    assert_eq!(bench.acked(&jane, &token).await, Acked::Thinking);
    jane.press_in_lobby("person").await;
    let event = bench.event(1).await;
    assert_eq!(customer(&event), &CustomerAct::Press(Button::Human));
    bench.deliver(&answer(&event, 2, "somebody comes")).await.unwrap();
    assert!(jane.sees("somebody comes").await.only_for == Some(jane.id));
    bench.fake.assert_clean();
}

#[tokio::test]
async fn questions_are_proposed_and_chosen() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    let proposed = jane.type_into("faq", "question", "pass").await;
    assert_eq!(proposed, [("I forgot my password".to_owned(), "forgot-password".to_owned())]);
    jane.slash("faq", &[("question", json!(proposed[0].1))]);
    let event = bench.event(0).await;
    assert_eq!(customer(&event), &CustomerAct::Press(Button::Entry("forgot-password".parse().unwrap())));
    jane.set_locale("zh-TW");
    assert_eq!(jane.type_into("faq", "question", "").await[0].0, "忘记密码怎么办");
    bench.fake.assert_clean();
}

#[tokio::test]
async fn agents_act_by_buttons_and_forms() {
    let bench = Bench::start().await;
    let bob = bench.person("Bob");
    let (post, _) = bench.post(7, desk::CardState::Queued).await;
    let token = bob.press_in(&post, "Claim").await;
    let event = bench.event(0).await;
    assert_eq!(agents(&event), (&Target::Ticket(TicketNumber(7)), &StaffAct::Claim));
    assert_eq!(bench.acked(&bob, &token).await, Acked::Quiet);
    bench.deliver(&answer(&event, 50, "only agents can do that")).await.unwrap();
    assert_eq!(bob.sees("only agents").await.only_for, Some(bob.id));
    assert!(!post.transcript().contains("[Claim]\nbot> Ticket"), "the card is as it was");
    let token = bob.press_in(&post, "Reply").await;
    assert_eq!(bench.acked(&bob, &token).await, Acked::Form);
    bob.submit("we are on it").await;
    let event = bench.event(1).await;
    assert!(matches!(agents(&event), (Target::Ticket(_), StaffAct::Reply(m)) if m.text == "we are on it"));
    bob.press_in(&post, "Note").await;
    bob.submit("careful").await;
    let event = bench.event(2).await;
    assert!(matches!(agents(&event), (Target::Ticket(_), StaffAct::Note(m)) if m.text == "careful"));
    bob.slash_in(&post, "resolve", &[]);
    let event = bench.event(3).await;
    assert!(
        matches!(agents(&event), (Target::Thread(_, t), StaffAct::Resolve) if t.0 == post.id.to_string())
    );
    bench.fake.assert_clean();
}

#[tokio::test]
async fn a_forged_button_is_refused_politely() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    bench.deliver(&Parcel::new(1, contact(&jane), say("hello"))).await.unwrap();
    let message = jane.sees("hello").await.id;
    jane.press_at(message, "9:drop:tables");
    jane.sees("no longer works").await;
    assert!(bench.door.events.lock().unwrap().is_empty());
    bench.fake.assert_clean();
}

impl Bench {
    async fn acked(&self, person: &fakes::discord::Person, token: &str) -> Acked {
        person.acked(token).await.0
    }
}
