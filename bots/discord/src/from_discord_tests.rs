//! Discord's payloads and what we read from them.

use super::*;
use serde_json::{Value, json};

fn cx(staff_thread: bool) -> Context {
    Context {
        channel: "discord".parse().unwrap(),
        me: Some(Id(1)),
        application: None,
        now: Timestamp::UNIX_EPOCH,
        staff_thread,
    }
}

fn jane() -> Value {
    json!({"id": "42", "username": "jane.doe", "global_name": "Jane"})
}

fn read(staff_thread: bool, value: Value) -> Option<Event> {
    message(&cx(staff_thread), &serde_json::from_value(value).unwrap())
}

fn act(value: Value) -> Option<Asked> {
    let entry = |id: &str| (id == "forgot-password").then(|| id.parse().unwrap());
    interaction(&cx(true), &serde_json::from_value(value).unwrap(), entry)
}

#[allow(clippy::needless_pass_by_value)] // each test makes its own
fn slash(name: &str, options: Value) -> Value {
    json!({"id": "900", "application_id": "7", "type": 2, "token": "tok", "guild_id": "5", "channel_id": "77",
        "locale": "zh-CN", "member": {"user": jane()}, "data": {"name": name, "options": options}})
}

fn press(custom_id: &str) -> Value {
    json!({"id": "901", "application_id": "7", "type": 3, "token": "tok", "channel_id": "9", "user": jane(),
        "data": {"custom_id": custom_id, "component_type": 2}})
}

#[test]
fn a_direct_message_is_the_customers() {
    insta::assert_debug_snapshot!(read(
        false,
        json!({"id": "100", "channel_id": "9", "author": jane(), "type": 19,
        "content": "提现失败", "message_reference": {"message_id": "99"},
        "attachments": [{"id": "3", "filename": "a.png", "content_type": "image/png", "size": 12,
            "url": "https://cdn.discordapp.com/attachments/9/3/a.png?ex=1"}],
        "sticker_items": [{"id": "8", "name": "wave", "format_type": 1}]})
    ));
}

#[test]
fn bots_webhooks_and_discords_own_messages_are_nobodys() {
    let bot = json!({"id": "42", "username": "b", "bot": true});
    for odd in [
        json!({"id": "1", "channel_id": "9", "author": bot, "content": "x"}),
        json!({"id": "1", "channel_id": "9", "author": jane(), "content": "x", "webhook_id": "4"}),
        json!({"id": "1", "channel_id": "9", "author": jane(), "content": "x", "type": 6}),
        json!({"id": "1", "channel_id": "9", "author": jane(), "content": ""}),
        json!({"id": "1", "channel_id": "9", "author": jane(), "content": "in a guild", "guild_id": "5"}),
        json!({"id": "1", "channel_id": "9", "content": "no author"}),
    ] {
        assert_eq!(read(false, odd.clone()), None, "{odd}");
    }
}

#[test]
fn typed_commands_work_in_direct_messages() {
    let what = |text: &str| {
        read(false, json!({"id": "1", "channel_id": "9", "author": jane(), "content": text})).unwrap().what
    };
    assert!(matches!(what("/human"), What::Customer { act: CustomerAct::Command(_), .. }));
    assert!(matches!(what("/link ABC-1"), What::Link { code, .. } if code == "ABC-1"));
    assert!(matches!(what("/away"), What::Staff { act: StaffAct::Presence(_), .. }));
    assert!(matches!(what("/whatever"), What::Customer { act: CustomerAct::Say { .. }, .. }));
}

#[test]
fn an_edit_is_known_by_its_time() {
    let edit = json!({"id": "100", "channel_id": "9", "author": jane(), "content": "new",
        "edited_timestamp": "2026-01-01T00:00:00Z"});
    let event = edited(&cx(false), &serde_json::from_value(edit).unwrap()).unwrap();
    assert_eq!(event.key.0, "discord:100:2026-01-01T00:00:00Z");
    assert!(matches!(event.what, What::Customer { act: CustomerAct::Edit { .. }, .. }));
    // Discord also tells us when it added a preview; nobody edited anything then.
    let preview = json!({"id": "100", "channel_id": "9", "author": jane(), "content": "new"});
    assert_eq!(edited(&cx(false), &serde_json::from_value(preview).unwrap()), None);
}

#[test]
fn an_agents_words_in_a_staff_thread() {
    let what = |text: &str| {
        let message =
            json!({"id": "1", "channel_id": "77", "guild_id": "5", "author": jane(), "content": text});
        match read(true, message).unwrap().what {
            What::Staff { on, act, .. } => (on, act),
            other => panic!("{other:?}"),
        }
    };
    let here = Target::Thread("discord".parse().unwrap(), ThreadRef("77".into()));
    assert_eq!(what("<@1> /claim"), (here.clone(), StaffAct::Claim));
    assert!(
        matches!(what("<@!1> hello"), (on, StaffAct::Say { message, .. }) if on == here && message.text == "hello")
    );
    assert_eq!(what("// look into it"), (here, StaffAct::Note(Message::text("look into it"))));
}

#[test]
fn slash_commands() {
    insta::assert_debug_snapshot!(act(slash("ask", json!([{"name": "question", "value": "怎么充值"}]))));
    let what = |name: &str, options: Value| match act(slash(name, options)) {
        Some(Asked::Act(event, Ack::Thinking)) => event.what,
        other => panic!("{name}: {other:?}"),
    };
    let entry = what("faq", json!([{"name": "question", "value": "forgot-password"}]));
    assert!(matches!(entry, What::Customer { act: CustomerAct::Press(Button::Entry(_)), .. }));
    let words = what("faq", json!([{"name": "question", "value": "my own words"}]));
    assert!(matches!(words, What::Customer { act: CustomerAct::Say { .. }, .. }));
    let ticket =
        what("transfer", json!([{"name": "ticket", "value": 12}, {"name": "to", "value": "payments"}]));
    assert!(matches!(
        ticket,
        What::Staff { on: Target::Ticket(TicketNumber(12)), act: StaffAct::Transfer(_), .. }
    ));
    let here = what("reply", json!([{"name": "text", "value": "12 days"}]));
    let What::Staff { on: Target::Thread(..), act: StaffAct::Reply(message), .. } = here else {
        panic!("{here:?}")
    };
    assert_eq!(message.text, "12 days");
    assert_eq!(act(slash("dance", json!([]))), Some(Asked::Unknown));
    assert_eq!(act(slash("panel", json!([]))), Some(Asked::Panel(Id(77))));
}

#[test]
fn buttons_lists_and_forms() {
    let rated = act(press("1:r:12.5"));
    let Some(Asked::Act(event, Ack::Quiet)) = rated else { panic!("{rated:?}") };
    assert!(matches!(event.what, What::Customer { act: CustomerAct::Press(Button::Rate(_, 5)), .. }));
    assert!(matches!(act(press("1:C:7.")), Some(Asked::Act(..))));
    assert!(matches!(act(press("1:A:7.")), Some(Asked::Form(Form::Reply(_)))));
    assert!(matches!(act(press("1:N:7.")), Some(Asked::Form(Form::Note(_)))));
    assert_eq!(act(press(ASK)), Some(Asked::Form(Form::Ask)));
    assert_eq!(act(press("9:x:y")), Some(Asked::Unknown));
    let mut chosen = press("list");
    chosen["data"]["values"] = json!(["1:h:"]);
    assert!(matches!(act(chosen), Some(Asked::Act(..))));
    let form = |name: &str, text: &str| {
        act(
            json!({"id": "902", "application_id": "7", "type": 5, "token": "tok", "channel_id": "9", "user": jane(),
            "data": {"custom_id": name, "components": [{"type": 1, "components": [
                {"type": 4, "custom_id": "text", "value": text}]}]}}),
        )
    };
    insta::assert_debug_snapshot!(form("1:A:7.", "we are on it"));
    assert!(matches!(form(ASK, "how?"), Some(Asked::Act(_, Ack::Thinking))));
    assert_eq!(form(ASK, "  "), Some(Asked::Unknown));
    assert_eq!(form("1:C:7.", "text"), Some(Asked::Unknown));
}

#[test]
fn a_reply_comes_back_as_it_went_and_is_not_printed() {
    let Some(Asked::Act(event, _)) = act(slash("human", json!([]))) else { panic!() };
    let via = event.via.unwrap();
    let reply = Reply::read(&via).unwrap();
    assert_eq!(
        (reply.application, reply.token.as_str(), reply.thinking, reply.private),
        (Id(7), "tok", true, true)
    );
    assert!(!format!("{reply:?}").contains("tok"));
}
