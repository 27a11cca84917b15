//! What a delivery looks like on the wire.

use super::*;
use desk::{CategoryId, TicketNumber};
use serde_json::{Value, json, to_value};

fn say(speaker: Speaker, text: &str) -> Say {
    Say { speaker, text: text.into(), choices: Vec::new(), attachments: Vec::new(), verdict: None }
}

fn choice(label: &str, press: Press) -> Choice {
    Choice { label: label.into(), press }
}

#[test]
fn a_message_mentions_nobody_and_carries_its_nonce() {
    let drawn = draw(&Content::Say(say(Speaker::Bot, "hi *you*")), false, None);
    let sent = to_value(new_message(&drawn, Some(7), Some((Id(5), Id(6))), None)).unwrap();
    assert_eq!(sent["content"], json!(r"hi \*you\*"));
    assert_eq!((&sent["nonce"], &sent["enforce_nonce"]), (&json!("7"), &json!(true)));
    assert_eq!(sent["allowed_mentions"]["parse"], json!([]));
    assert_eq!(sent["message_reference"]["message_id"], json!("6"));
    assert_eq!(sent["message_reference"]["fail_if_not_exists"], json!(false));
    for edit in
        [to_value(new_form(&drawn)), to_value(filled(&drawn, None)), to_value(followup(&drawn, true, None))]
    {
        assert_eq!(edit.unwrap()["allowed_mentions"]["parse"], json!([]));
    }
    assert_eq!(to_value(followup(&drawn, true, None)).unwrap()["flags"], json!(64 | 4));
}

#[test]
fn buttons_keep_within_discords_limits() {
    let mut say = say(Speaker::Bot, "choose");
    for i in 0..40 {
        let category = CategoryId::new(format!("c{}", i / 2)).unwrap();
        say.choices.push(choice(&"长".repeat(100), Press::Button(Button::Category(category))));
    }
    say.choices.insert(0, choice("", Press::Link("https://a.example".into())));
    say.choices.insert(1, choice("x", Press::Link("mailto:a@b".into())));
    say.choices.insert(2, choice("DM", Press::Private));
    let drawn = draw(&Content::Say(say), false, Some(Id(3)));
    let rows = to_value(&drawn.rows).unwrap();
    let buttons: Vec<&Value> =
        rows.as_array().unwrap().iter().flat_map(|r| r["components"].as_array().unwrap()).collect();
    assert_eq!(buttons.len(), 22, "a link, the private chat, and each category once");
    assert!(rows.as_array().unwrap().iter().all(|row| row["components"].as_array().unwrap().len() <= 5));
    assert!(buttons.iter().all(|b| (1..=80).contains(&b["label"].as_str().unwrap().chars().count())));
    assert_eq!(buttons[1]["url"], json!("https://discord.com/users/3"));
}

#[test]
fn text_comes_first_then_each_file() {
    let file = |name: &str| Attachment {
        kind: desk::AttachmentKind::Photo,
        name: Some(name.into()),
        mime: None,
        size: None,
        file: desk::FileRef { channel: "telegram".parse().unwrap(), id: "x".into() },
    };
    let mut long = say(Speaker::Customer("Jane *the* Great".into()), &"word ".repeat(900));
    long.attachments = vec![file("a.png"), file("../b.png")];
    long.choices.push(choice("person", Press::Button(Button::Human)));
    let parts = parts(Content::Say(long), true);
    assert_eq!(parts.len(), 5);
    let drawn: Vec<Drawn> = parts.iter().map(|part| draw(part, true, None)).collect();
    assert!(drawn.iter().all(|d| d.text.starts_with("👤 **Jane \\*the\\* Great**\n")));
    assert!(drawn.iter().all(|d| text::width(&d.text) <= text::MAX_TEXT));
    assert_eq!(drawn.iter().filter(|d| !d.rows.is_empty()).count(), 1);
    assert!(!drawn[4].rows.is_empty());
    assert_eq!(file_name(&file("../b.png")), ".._b.png");
}

#[test]
fn a_post_is_named_and_tagged() {
    let card = crate::samples::card(TicketNumber(12), CardState::Queued);
    let sent = to_value(new_post(&card, &[Id(4), Id(5)])).unwrap();
    assert_eq!(sent["name"], json!("#12 · Jane · payments"));
    assert_eq!(sent["applied_tags"], json!(["4", "5"]));
    insta::assert_snapshot!(serde_json::to_string_pretty(&sent["message"]).unwrap());
}
