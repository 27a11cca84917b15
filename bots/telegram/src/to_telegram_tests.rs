//! How texts, keyboards and parts look.

use super::*;
use desk::{Choice, EntryId, FileRef, StaffButton, TicketNumber};
use insta::assert_snapshot;
use intents::rich::Href;
use proptest::prelude::*;

fn contact() -> Destination {
    Destination::Contact("telegram:55".parse().unwrap())
}

fn staff() -> Destination {
    Destination::Staff { place: "telegram".parse().unwrap(), ticket: TicketNumber(4) }
}

fn say(text: impl Into<Rich>) -> Say {
    Say {
        speaker: Speaker::Customer("Jane".into()),
        text: text.into(),
        choices: Vec::new(),
        attachments: Vec::new(),
        verdict: None,
    }
}

fn file(kind: AttachmentKind) -> Attachment {
    let file = FileRef { channel: "telegram".parse().unwrap(), id: "F".into() };
    Attachment { kind, name: None, mime: None, size: None, file }
}

fn choice(label: &str, press: Press) -> Choice {
    Choice { label: label.into(), press }
}

/// Each row of a keyboard on a line.
fn drawn(keyboard: Option<InlineKeyboardMarkup>) -> String {
    let rows = keyboard.into_iter().flat_map(|k| k.inline_keyboard);
    let row = |row: Vec<InlineKeyboardButton>| {
        row.into_iter().map(|b| format!("[{}]", b.text)).collect::<Vec<_>>().join(" ")
    };
    rows.map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn entities_count_in_utf16() {
    let mut rich = Rich::plain("😀 ");
    rich.push_styled("提现", Style::Bold);
    rich.push(" ");
    rich.push_styled("here", Style::Link(Href::new("https://example.org/a").unwrap()));
    rich.push_styled("x@example.org", Style::Link(Href::new("mailto:x@example.org").unwrap()));
    let (text, entities) = text(&rich);
    assert_eq!(text, "😀 提现 herex@example.org");
    assert_snapshot!(serde_json::to_string(&entities).unwrap(), @r#"[{"type":"bold","offset":3,"length":2},{"type":"text_link","url":"https://example.org/a","offset":6,"length":4}]"#);
}

#[test]
fn keyboards_have_sensible_rows() {
    let entry: EntryId = "pay".parse().unwrap();
    let answer = [
        choice("👍", Press::Button(Button::Thumbs(entry.clone(), true))),
        choice("👎", Press::Button(Button::Thumbs(entry.clone(), false))),
        choice("转人工", Press::Button(Button::Human)),
    ];
    assert_snapshot!(drawn(keyboard(&contact(), &answer, None)), @"
    [👍] [👎]
    [转人工]
    ");
    let clarify = [
        choice("提现一直失败怎么办？", Press::Button(Button::Entry(entry.clone()))),
        choice("How do I pay?", Press::Button(Button::Entry(entry))),
        choice("都不是", Press::Button(Button::NoneOfThese)),
    ];
    assert_snapshot!(drawn(keyboard(&contact(), &clarify, None)), @"
    [提现一直失败怎么办？]
    [How do I pay?]
    [都不是]
    ");
    let stars: Vec<_> =
        (1..=5).map(|n| choice(&format!("{n}⭐"), Press::Button(Button::Rate(TicketNumber(4), n)))).collect();
    assert_snapshot!(drawn(keyboard(&contact(), &stars, None)), @"[1⭐] [2⭐] [3⭐] [4⭐] [5⭐]");
    let links = [
        choice("Site", Press::Link("https://example.org".into())),
        choice("Bad", Press::Link("no address".into())),
        choice("In private", Press::Private),
    ];
    assert_snapshot!(drawn(keyboard(&contact(), &links, Some("okpay_bot"))), @"
    [Site]
    [In private]
    ");
}

#[test]
fn a_customers_buttons_are_not_shown_to_the_staff() {
    let claim = Press::Staff(StaffButton { ticket: TicketNumber(4), does: StaffDoes::Claim });
    let both = [choice("Human", Press::Button(Button::Human)), choice("Claim", claim)];
    assert_eq!(drawn(keyboard(&staff(), &both, None)), "[Claim]");
    assert_eq!(keyboard(&staff(), &both[..1], None), None);
}

#[test]
fn the_staff_sees_who_spoke() {
    let shown = |speaker| words(&staff(), &Say { speaker, ..say("hello") }).text().to_owned();
    assert_eq!(shown(Speaker::Customer("Jane".into())), "👤 Jane\nhello");
    assert_eq!(shown(Speaker::Agent("Li".into())), "💬 Li\nhello");
    assert_eq!(shown(Speaker::Note("Li".into())), "📝 Li\nhello");
    assert_eq!(shown(Speaker::Bot), "🤖 hello");
    assert_eq!(shown(Speaker::Notice), "ℹ️ hello");
    assert_eq!(words(&contact(), &say("hello")).text(), "hello");
}

#[test]
fn parts_are_one_call_each() {
    let shape = |to: &Destination, say: Say| -> Vec<(usize, usize, usize)> {
        let parts = parts(to, Content::Say(say));
        let count = |part| match part {
            Content::Say(say) => (say.text.text().len(), say.attachments.len(), say.choices.len()),
            Content::Card(_) => panic!("no card"),
        };
        parts.into_iter().map(count).collect()
    };
    let photo = file(AttachmentKind::Photo);
    let sticker = file(AttachmentKind::Sticker);
    let with = |text: &str, attachments: Vec<Attachment>| Say {
        attachments,
        choices: vec![choice("Human", Press::Button(Button::Human))],
        ..say(text)
    };
    assert_eq!(shape(&contact(), with("see", vec![photo.clone()])), [(3, 1, 1)]);
    assert_eq!(shape(&contact(), with(&"x".repeat(1025), vec![photo.clone()])), [(1025, 0, 1), (0, 1, 0)]);
    assert_eq!(
        shape(&contact(), with("see", vec![photo.clone(), photo.clone()])),
        [(3, 0, 1), (0, 1, 0), (0, 1, 0)]
    );
    assert_eq!(shape(&contact(), with("", vec![sticker.clone()])), [(0, 1, 1)]);
    // In a staff place the words before a sticker say whose it is.
    assert_eq!(shape(&staff(), with("", vec![sticker])), [(0, 0, 1), (0, 1, 0)]);
    assert_eq!(shape(&staff(), with("", vec![photo])), [(0, 1, 1)]);
    let long = "One sentence of some words. ".repeat(400);
    let pieces = shape(&contact(), with(&long, vec![]));
    assert_eq!(pieces.len(), 3);
    assert_eq!(pieces.iter().map(|(_, _, choices)| choices).collect::<Vec<_>>(), [&0, &0, &1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_exceeds_a_limit(text in "([a-z。 \n]|👩‍👩‍👧|𠮷|é){0,3000}", name in ".{0,100}", files in 0..3_usize) {
        let say = Say {
            speaker: Speaker::Customer(name),
            attachments: vec![file(AttachmentKind::Photo); files],
            ..say(text)
        };
        for to in [contact(), staff()] {
            for part in parts(&to, Content::Say(say.clone())) {
                let Content::Say(part) = part else { panic!("a card") };
                let limit = if part.attachments.is_empty() { TEXT } else { CAPTION };
                let (text, entities) = super::text(&words(&to, &part));
                let units = text.encode_utf16().count();
                prop_assert!(units <= limit);
                prop_assert!(part.attachments.len() <= 1);
                prop_assert!(entities.iter().all(|e| e.length > 0 && e.offset + e.length <= units));
            }
        }
    }

    #[test]
    fn labels_are_short(text in ".{0,200}") {
        let label = label(&text);
        prop_assert!(!label.trim().is_empty() && label.chars().count() <= LABEL);
    }
}
