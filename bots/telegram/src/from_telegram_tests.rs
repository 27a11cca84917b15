//! What updates come to. Each case is an update as the Bot API writes it, and the event in one line.

use super::*;
use desk::{Asked, TicketNumber};
use insta::assert_snapshot;
use serde_json::{Value, json};

const STAFF: i64 = -1001;

fn channel() -> Channel {
    "telegram".parse().unwrap()
}

fn read(update: &Value) -> Taken {
    let channel = channel();
    let me = Me { id: 7, username: "okpay_bot".into() };
    let now = Timestamp::UNIX_EPOCH;
    Reader { channel: &channel, me: Some(&me), staff_chat: Some(STAFF), now }
        .read(&Update::read(update).expect("an update has an id"))
}

/// The event of an update, without what is the same in all.
#[track_caller]
fn seen(update: &Value) -> String {
    match read(update) {
        Taken::Event { event, pressed } => {
            assert_eq!(event.key.0, format!("telegram:{}", update["update_id"]));
            let via = event.via.as_ref().expect("a way back").token.clone();
            let what = match event.what {
                What::Customer { contact, profile, act } => {
                    let public = if profile.public { " (public)" } else { "" };
                    format!("{contact}{public} {}: {act:?}", profile.name)
                }
                What::Staff { by, on, act } => format!("staff {by} on {on:?}: {act:?}"),
                What::Link { by, code } => format!("link {by} {code}"),
                other => format!("{other:?}"),
            };
            let pressed = pressed.map(|query| format!(" pressed {query}")).unwrap_or_default();
            format!("{what} via {via}{pressed}")
        }
        other => format!("{other:?}"),
    }
}

fn jane() -> Value {
    json!({ "id": 55, "is_bot": false, "first_name": "Jane", "last_name": "Doe", "username": "jane", "language_code": "en-GB" })
}

fn private(fields: &Value) -> Value {
    message("message", &json!({ "id": 55, "type": "private", "first_name": "Jane" }), fields)
}

fn group(fields: &Value) -> Value {
    message("message", &json!({ "id": -300, "type": "supergroup", "title": "Friends" }), fields)
}

fn staff(fields: &Value) -> Value {
    message("message", &json!({ "id": STAFF, "type": "supergroup", "is_forum": true }), fields)
}

fn topic(fields: &Value) -> Value {
    let mut update = staff(fields);
    update["message"]["message_thread_id"] = 12.into();
    update["message"]["is_topic_message"] = true.into();
    update
}

fn message(kind: &str, chat: &Value, fields: &Value) -> Value {
    let mut message = json!({ "message_id": 9, "date": 1, "chat": chat, "from": jane() });
    for (key, value) in fields.as_object().expect("fields") {
        message[key] = value.clone();
    }
    json!({ "update_id": 1, kind: message })
}

fn edited(mut update: Value) -> Value {
    let message = update["message"].take();
    json!({ "update_id": 1, "edited_message": message })
}

fn press(data: &str, chat: &Value) -> Value {
    json!({ "update_id": 1, "callback_query": { "id": "q1", "from": jane(), "chat_instance": "x", "data": data,
        "message": { "message_id": 20, "date": 0, "chat": chat, "message_thread_id": 12, "is_topic_message": true } } })
}

#[test]
fn a_private_message_is_what_the_customer_says() {
    assert_snapshot!(seen(&private(&json!({ "text": "提现失败" }))), @r#"telegram:55 Jane Doe: Say { id: MessageRef("9"), message: Message { text: "提现失败", attachments: [], reply_to: None } } via {"c":55}"#);
    assert_snapshot!(seen(&edited(private(&json!({ "text": "提现失败了" })))), @r#"telegram:55 Jane Doe: Edit { id: MessageRef("9"), message: Message { text: "提现失败了", attachments: [], reply_to: None } } via {"c":55}"#);
    let reply = json!({ "text": "that one", "reply_to_message": { "message_id": 3, "chat": { "id": 55 } } });
    assert_snapshot!(seen(&private(&reply)), @r#"telegram:55 Jane Doe: Say { id: MessageRef("9"), message: Message { text: "that one", attachments: [], reply_to: Some(MessageRef("3")) } } via {"c":55}"#);
}

#[test]
fn the_profile_says_what_telegram_knows() {
    let Taken::Event { event, .. } = read(&private(&json!({ "text": "hi" }))) else { panic!() };
    let What::Customer { profile, .. } = event.what else { panic!() };
    assert_eq!(profile.handle.as_deref(), Some("jane"));
    assert_eq!(profile.language, Some(Lang::En));
    let nameless = json!({ "text": "hi", "from": { "id": 55, "first_name": "" } });
    assert!(seen(&private(&nameless)).starts_with("telegram:55 55: Say"));
}

#[test]
fn files_come_as_references_to_the_largest_picture() {
    let photo = json!({ "caption": "see", "photo": [
        { "file_id": "S", "width": 90, "height": 60, "file_size": 10 },
        { "file_id": "L", "width": 1280, "height": 900, "file_size": 200 },
        { "file_id": "M", "width": 320, "height": 240 } ] });
    assert_snapshot!(seen(&private(&photo)), @r#"telegram:55 Jane Doe: Say { id: MessageRef("9"), message: Message { text: "see", attachments: [Attachment { kind: Photo, name: None, mime: Some("image/jpeg"), size: Some(200), file: FileRef { channel: Channel("telegram"), id: "L" } }], reply_to: None } } via {"c":55}"#);
    for (field, kind, id) in [
        ("document", "Document", "F"),
        ("voice", "Voice", "F"),
        ("audio", "Audio", "F"),
        ("video", "Video", "F"),
        ("animation", "Animation", "F"),
        ("sticker", "Sticker", "F"),
        ("video_note", "Video", "note:F"),
    ] {
        let seen = seen(&private(&json!({ field: { "file_id": "F", "file_name": "a.b" } })));
        assert!(seen.contains(&format!("kind: {kind}, ")), "{seen}");
        assert!(seen.contains(&format!("id: {id:?}")), "{seen}");
    }
    let gif = json!({ "animation": { "file_id": "A" }, "document": { "file_id": "A" } });
    assert!(seen(&private(&gif)).contains("Animation"));
}

#[test]
fn what_has_no_words_is_described_in_signs() {
    let text = |fields| match read(&private(&fields)) {
        Taken::Event { event, .. } => match event.what {
            What::Customer { act: CustomerAct::Say { message, .. }, .. } => message.text,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(text(json!({ "location": { "latitude": 48.5, "longitude": 11.25 } })), "📍 48.5, 11.25");
    assert_eq!(text(json!({ "contact": { "phone_number": "+49", "first_name": "Max" } })), "👤 Max +49");
    assert_eq!(text(json!({ "poll": { "question": "Tea?" } })), "📊 Tea?");
    assert_eq!(text(json!({ "dice": { "emoji": "🎯", "value": 5 } })), "🎯 5");
}

#[test]
fn commands_in_private() {
    let command = |text: &str| seen(&private(&json!({ "text": text })));
    assert_snapshot!(command("/start"), @r#"telegram:55 Jane Doe: Command(Start) via {"c":55}"#);
    assert_snapshot!(command("/start human"), @r#"telegram:55 Jane Doe: Command(Human) via {"c":55}"#);
    assert_snapshot!(command("/help@OKPay_bot"), @r#"telegram:55 Jane Doe: Command(Help) via {"c":55}"#);
    assert_snapshot!(command("/language en"), @r#"telegram:55 Jane Doe: Command(Language(Some(En))) via {"c":55}"#);
    assert_snapshot!(command("/link AB-12"), @r#"link telegram:55 AB-12 via {"c":55}"#);
    assert_snapshot!(command("/start link-AB-12"), @r#"link telegram:55 AB-12 via {"c":55}"#);
    assert_snapshot!(command("/next"), @r#"staff telegram:55 on Next: Claim via {"c":55}"#);
    assert_snapshot!(command("/claim 4"), @r#"staff telegram:55 on Ticket(TicketNumber(4)): Claim via {"c":55}"#);
    assert_snapshot!(command("/away"), @r#"staff telegram:55 on Nothing: Presence(Away) via {"c":55}"#);
    assert_snapshot!(command("/withdraw fails"), @r#"telegram:55 Jane Doe: Say { id: MessageRef("9"), message: Message { text: "withdraw fails", attachments: [], reply_to: None } } via {"c":55}"#);
    assert_snapshot!(command("/help@another_bot"), @"Nothing");
}

#[test]
fn a_group_is_heard_only_when_it_speaks_to_the_bot() {
    let said = |text: &str| seen(&group(&json!({ "text": text })));
    assert_snapshot!(said("/ask how do I pay?"), @r#"telegram:-300/55 (public) Jane Doe: Say { id: MessageRef("9"), message: Message { text: "how do I pay?", attachments: [], reply_to: None } } via {"c":-300,"m":9}"#);
    assert_snapshot!(said("/ask@okpay_bot 怎么充值"), @r#"telegram:-300/55 (public) Jane Doe: Say { id: MessageRef("9"), message: Message { text: "怎么充值", attachments: [], reply_to: None } } via {"c":-300,"m":9}"#);
    assert_snapshot!(said("@OKPay_Bot, how do I pay?"), @r#"telegram:-300/55 (public) Jane Doe: Say { id: MessageRef("9"), message: Message { text: "how do I pay?", attachments: [], reply_to: None } } via {"c":-300,"m":9}"#);
    assert_snapshot!(said("@okpay_bot"), @r#"telegram:-300/55 (public) Jane Doe: Command(Help) via {"c":-300,"m":9}"#);
    for chatter in [
        "hello everybody",
        "/help",
        "/ask@other_bot x",
        "write to x@okpay_bot.com",
        "@okpay_bot_2 hi",
        "/queue",
    ] {
        assert_eq!(said(chatter), "Nothing", "{chatter}");
    }
    let reply = |id: i64| {
        let replied =
            json!({ "message_id": 3, "chat": { "id": -300 }, "from": { "id": id, "is_bot": true } });
        seen(&group(&json!({ "text": "and then?", "reply_to_message": replied })))
    };
    assert!(reply(7).contains("and then?"));
    assert_eq!(reply(8), "Nothing");
    let by_id = json!({ "text": "😀 OKPay how?", "entities": [
        { "type": "text_mention", "offset": 3, "length": 5, "user": { "id": 7, "is_bot": true } } ] });
    assert!(seen(&group(&by_id)).contains("\"😀  how?\""), "{}", seen(&group(&by_id)));
}

#[test]
fn a_topic_of_the_staff_group_is_a_ticket() {
    let said = |text: &str| seen(&topic(&json!({ "text": text })));
    assert_snapshot!(said("Your money is on its way"), @r#"staff telegram:55 on Thread(Channel("telegram"), ThreadRef("12")): Say { id: MessageRef("9"), message: Message { text: "Your money is on its way", attachments: [], reply_to: None } } via {"c":-1001,"t":12,"m":9}"#);
    assert_snapshot!(said("// a liar"), @r#"staff telegram:55 on Thread(Channel("telegram"), ThreadRef("12")): Say { id: MessageRef("9"), message: Message { text: "// a liar", attachments: [], reply_to: None } } via {"c":-1001,"t":12,"m":9}"#);
    assert_eq!(said("//"), "Nothing");
    assert_snapshot!(said("/resolve"), @r#"staff telegram:55 on Thread(Channel("telegram"), ThreadRef("12")): Resolve via {"c":-1001,"t":12,"m":9}"#);
    assert_snapshot!(said("/relese"), @r#"staff telegram:55 on Nothing: Help via {"c":-1001,"t":12,"m":9}"#);
    assert_snapshot!(said("/ban@other_bot"), @"Nothing");
    let fixed = edited(topic(&json!({ "text": "Your money has arrived" })));
    assert!(seen(&fixed).contains("Edit { id: MessageRef(\"9\")"));
    assert_eq!(seen(&edited(topic(&json!({ "text": "// psst" })))), "Nothing");
    assert_eq!(seen(&edited(topic(&json!({ "text": "/resolve" })))), "Nothing");
    let root = json!({ "text": "hello", "reply_to_message":
        { "message_id": 12, "chat": { "id": STAFF }, "forum_topic_created": { "name": "#1 Jane" } } });
    assert!(seen(&topic(&root)).contains("reply_to: None"), "the topic's root counts as replied to");
}

#[test]
fn outside_of_topics_only_commands_count() {
    assert_eq!(seen(&staff(&json!({ "text": "lunch?" }))), "Nothing");
    assert_eq!(seen(&staff(&json!({ "text": "// lunch?" }))), "Nothing");
    assert_eq!(seen(&staff(&json!({ "text": "/dance" }))), "Nothing");
    assert_snapshot!(seen(&staff(&json!({ "text": "/next" }))), @r#"staff telegram:55 on Next: Claim via {"c":-1001,"m":9}"#);
    assert_snapshot!(seen(&staff(&json!({ "text": "/link X1" }))), @r#"link telegram:55 X1 via {"c":-1001,"m":9}"#);
}

#[test]
fn a_group_without_topics_works_by_replies() {
    let mut update = staff(&json!({ "text": "On its way", "message_thread_id": 30,
        "reply_to_message": { "message_id": 31, "chat": { "id": STAFF } } }));
    update["message"]["chat"]["is_forum"] = false.into();
    assert_snapshot!(seen(&update), @r#"staff telegram:55 on Message(Channel("telegram"), MessageRef("31")): Say { id: MessageRef("9"), message: Message { text: "On its way", attachments: [], reply_to: Some(MessageRef("31")) } } via {"c":-1001,"m":9}"#);
}

#[test]
fn who_acts_must_be_a_person() {
    let bot = json!({ "text": "beep", "from": { "id": 8, "is_bot": true } });
    assert_eq!(seen(&topic(&bot)), "Nothing");
    assert_eq!(seen(&private(&bot)), "Nothing");
    let anonymous = json!({ "text": "hi", "from": { "id": 1087968824, "is_bot": true },
        "sender_chat": { "id": STAFF, "type": "supergroup" } });
    assert!(matches!(read(&topic(&anonymous)), Taken::Anonymous { .. }));
    assert_eq!(seen(&staff(&anonymous)), "Nothing");
    let channel = json!({ "text": "news", "from": { "id": 136817688, "is_bot": true },
        "sender_chat": { "id": -1009, "type": "channel" } });
    assert_eq!(seen(&topic(&channel)), "Nothing");
    let forwarded = json!({ "text": "@okpay_bot news", "from": { "id": 777000, "is_bot": false },
        "sender_chat": { "id": -1009, "type": "channel" }, "is_automatic_forward": true });
    assert_eq!(seen(&group(&forwarded)), "Nothing");
}

#[test]
fn pressed_buttons() {
    let chat = json!({ "id": 55, "type": "private" });
    let group = json!({ "id": -300, "type": "supergroup" });
    let staff = json!({ "id": STAFF, "type": "supergroup", "is_forum": true });
    assert_snapshot!(seen(&press("1:h:", &chat)), @r#"telegram:55 Jane Doe: Press(Human) via {"c":55,"t":12,"q":"q1"} pressed q1"#);
    assert_snapshot!(seen(&press("1:e:pay", &group)), @r#"telegram:-300/55 (public) Jane Doe: Press(Entry(EntryId("pay"))) via {"c":-300,"t":12,"m":20,"q":"q1"} pressed q1"#);
    assert_snapshot!(seen(&press("1:C:4.", &staff)), @r#"staff telegram:55 on Ticket(TicketNumber(4)): Claim via {"c":-1001,"t":12,"m":20,"q":"q1"} pressed q1"#);
    let transfer = StaffButton { ticket: TicketNumber(4), does: desk::StaffDoes::Transfer }.wire();
    assert!(seen(&press(&transfer, &staff)).contains(&format!("{:?}", StaffAct::Ask(Asked::Transfer))));
    for (data, chat) in
        [("forged", &chat), ("", &chat), ("0:h:", &chat), ("1:h:", &staff), ("1:A:4.", &staff)]
    {
        assert!(matches!(read(&press(data, chat)), Taken::StaleButton { .. }), "{data}");
    }
}

#[test]
fn blocking_the_bot_is_leaving() {
    let change = |kind: &str, status: &str| {
        seen(
            &json!({ "update_id": 1, "my_chat_member": { "chat": { "id": 55, "type": kind }, "from": jane(), "date": 1,
            "old_chat_member": { "status": "member" }, "new_chat_member": { "status": status } } }),
        )
    };
    assert_snapshot!(change("private", "kicked"), @r#"telegram:55 Jane Doe: Left via {"c":55}"#);
    assert_eq!(change("private", "member"), "Nothing");
    assert_eq!(change("supergroup", "kicked"), "Nothing");
}

#[test]
fn what_only_happens_in_a_chat_disturbs_nothing() {
    for fields in [
        json!({ "pinned_message": { "message_id": 4, "chat": { "id": 55 }, "text": "old" } }),
        json!({ "forum_topic_created": { "name": "x", "icon_color": 1 } }),
        json!({ "forum_topic_closed": {} }),
        json!({ "new_chat_members": [jane()] }),
        json!({ "group_chat_created": true }),
        json!({ "message_auto_delete_timer_changed": { "message_auto_delete_time": 60 } }),
        json!({ "text": "   " }),
    ] {
        for update in [private(&fields), group(&fields), staff(&fields), topic(&fields)] {
            assert_eq!(seen(&update), "Nothing", "{update}");
        }
    }
    for kind in ["channel_post", "poll", "message_reaction", "business_message", "something_new"] {
        assert_eq!(seen(&json!({ "update_id": 1, kind: { "message_id": 1, "text": "x" } })), "Nothing");
    }
    let moved = json!({ "migrate_to_chat_id": -1002 });
    assert!(matches!(read(&staff(&moved)), Taken::Moved { from: STAFF, to: -1002 }));
}

#[test]
fn an_odd_field_does_not_cost_the_message() {
    let odd = json!({ "text": "still here", "entities": [{ "type": 5 }, "x"], "reply_to_message": 12,
        "photo": "none", "date": "yesterday", "message_thread_id": "?" });
    assert!(seen(&private(&odd)).contains("still here"));
    let bare =
        json!({ "update_id": 1, "message": { "message_id": 9, "chat": { "id": 55 }, "text": "bare" } });
    assert!(seen(&bare).contains("telegram:55 55: Say"));
    let broken = json!({ "update_id": 1, "message": { "text": "no chat" } });
    assert!(Update::read(&broken).is_some_and(|update| update.odd));
    assert!(Update::read(&json!({ "message": {} })).is_none());
    assert!(Update::read(&json!([1])).is_none());
}
