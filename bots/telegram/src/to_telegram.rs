//! How what we say looks on Telegram: texts with entities and never a parse mode, inline keyboards, and where a long
//! text is cut. Pure.

use desk::{
    Attachment, AttachmentKind, Button, Card, Choice, Content, Destination, Press, Priority, Say, Speaker,
    StaffDoes,
};
use intents::rich::{Rich, Style};
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, MessageEntityKind, Rgb};

/// The longest text, in UTF-16 units (Bot API, sendMessage).
pub(crate) const TEXT: usize = 4096;
/// The longest caption, in UTF-16 units (Bot API, sendPhoto).
pub(crate) const CAPTION: usize = 1024;
/// The longest answer to a pressed button, in characters (Bot API, answerCallbackQuery).
pub(crate) const ANSWER: usize = 200;

/// Longer labels are cut: Telegram shows no more of them.
const LABEL: usize = 64;
/// Names of people longer than that are cut where they head a message.
const NAME: usize = 64;

/// Text and entities, with offsets in UTF-16 units.
pub(crate) fn text(rich: &Rich) -> (String, Vec<MessageEntity>) {
    let source = rich.text();
    let unit = |byte: usize| source[..byte].encode_utf16().count();
    let entities = rich.spans().iter().filter_map(|span| {
        let kind = match &span.style {
            Style::Bold => MessageEntityKind::Bold,
            Style::Italic => MessageEntityKind::Italic,
            Style::Code => MessageEntityKind::Code,
            // Telegram links addresses of mailboxes by itself, and takes no other link to one.
            Style::Link(href) if href.as_str().starts_with("mailto:") => return None,
            Style::Link(href) => MessageEntityKind::TextLink { url: href.as_str().parse().ok()? },
        };
        let offset = unit(span.range.start);
        Some(MessageEntity { kind, offset, length: unit(span.range.end) - offset })
    });
    let entities = entities.collect();
    (source.to_owned(), entities)
}

/// What stands before words in a staff place, so that everybody sees who spoke.
fn head(speaker: &Speaker) -> Rich {
    let (sign, name) = match speaker {
        Speaker::Bot => ("🤖", None),
        Speaker::Customer(name) => ("👤", Some(name)),
        Speaker::Agent(name) => ("💬", Some(name)),
        Speaker::Note(name) => ("📝", Some(name)),
        Speaker::Notice => ("ℹ️", None),
    };
    let mut head = Rich::plain(format!("{sign} "));
    if let Some(name) = name {
        let name: String = name.chars().take(NAME).collect();
        head.push_styled(&name, Style::Bold);
        head.push("\n");
    }
    head
}

/// The words of a message as they are shown at a destination.
pub(crate) fn words(to: &Destination, say: &Say) -> Rich {
    match to {
        Destination::Staff { .. } => {
            let mut words = head(&say.speaker);
            words.push_rich(&say.text);
            words
        }
        Destination::Contact(_) | Destination::Actor { .. } => say.text.clone(),
    }
}

/// A card's words. They are one message, so they are cut where a message ends.
pub(crate) fn card_text(card: &Card) -> Rich {
    let mut pieces = card.text.split(TEXT - 2, char::len_utf16).into_iter();
    let mut first = pieces.next().unwrap_or_default();
    if pieces.next().is_some() {
        first.push("\n…");
    }
    first
}

/// The name of a ticket's topic: 1 to 128 characters (Bot API, createForumTopic).
pub(crate) fn topic_name(card: &Card) -> String {
    let name = card.name.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{} {name}", card.number).chars().take(128).collect::<String>().trim_end().to_owned()
}

/// One of the six colours that a topic's icon may have (Bot API, createForumTopic).
pub(crate) fn topic_colour(priority: Priority) -> Rgb {
    Rgb::from_u32(match priority {
        Priority::Low => 0x8E_EE98,
        Priority::Normal => 0x6F_B9F0,
        Priority::High => 0xFF_D67E,
        Priority::Urgent => 0xFB_6F5F,
    })
}

/// Cuts content into messages that Telegram takes.
pub(crate) fn parts(to: &Destination, content: Content) -> Vec<Content> {
    match content {
        Content::Card(card) => vec![Content::Card(card)],
        Content::Say(say) => say_parts(to, say).into_iter().map(Content::Say).collect(),
    }
}

fn say_parts(to: &Destination, say: Say) -> Vec<Say> {
    let head = match to {
        Destination::Staff { .. } => head(&say.speaker),
        Destination::Contact(_) | Destination::Actor { .. } => Rich::new(),
    };
    let room = |limit: usize| limit - head.width(char::len_utf16);
    let bare = |text: Rich, attachments: Vec<Attachment>| Say {
        text,
        attachments,
        choices: Vec::new(),
        ..say.clone()
    };
    let mut parts = match say.attachments.as_slice() {
        [one] if takes_caption(one) && say.text.width(char::len_utf16) <= room(CAPTION) => {
            vec![bare(say.text.clone(), vec![one.clone()])]
        }
        files => {
            let mut parts: Vec<_> = say
                .text
                .split(room(TEXT), char::len_utf16)
                .into_iter()
                .filter(|piece| !piece.text().trim().is_empty())
                .map(|piece| bare(piece, Vec::new()))
                .collect();
            // A sticker can't say whose it is.
            let nameless = files.first().is_some_and(|file| !takes_caption(file));
            if parts.is_empty() && nameless && !head.is_empty() {
                parts.push(bare(Rich::new(), Vec::new()));
            }
            parts.extend(files.iter().map(|file| bare(Rich::new(), vec![file.clone()])));
            parts
        }
    };
    let last_words = parts.iter().rposition(|part| part.attachments.is_empty());
    let under = last_words.unwrap_or(parts.len().saturating_sub(1));
    if let Some(part) = parts.get_mut(under) {
        part.choices = say.choices;
    }
    parts
}

/// Whether words can stand under a file.
pub(crate) fn takes_caption(file: &Attachment) -> bool {
    file.kind != AttachmentKind::Sticker && !file.file.id.starts_with(crate::from_telegram::NOTE)
}

/// The keyboard under a message; none if nothing on it can be shown there. `bot` is the bot's name, for links to it.
pub(crate) fn keyboard(
    to: &Destination,
    choices: &[Choice],
    bot: Option<&str>,
) -> Option<InlineKeyboardMarkup> {
    let in_staff_place = matches!(to, Destination::Staff { .. });
    let mut rows = Rows::default();
    for choice in choices {
        let label = label(&choice.label);
        let (button, seats) = match &choice.press {
            // In a staff place customers' buttons are nobody's.
            Press::Button(_) if in_staff_place => continue,
            Press::Button(button) => (callback(label, button.wire()), seats(button, &choice.label)),
            Press::Staff(button) => (callback(label, button.wire()), staff_seats(&choice.label)),
            Press::Link(address) => match address.parse() {
                Ok(url) => (InlineKeyboardButton::url(label, url), Seats::Alone),
                Err(_) => continue,
            },
            Press::Private => {
                match bot.and_then(|bot| format!("https://t.me/{bot}?start=human").parse().ok()) {
                    Some(url) => (InlineKeyboardButton::url(label, url), Seats::Alone),
                    None => continue,
                }
            }
        };
        rows.push(button, seats);
    }
    rows.keyboard()
}

/// The keyboard of a card. To answer and to note one simply writes, so these have no button here.
pub(crate) fn card_keyboard(card: &Card) -> Option<InlineKeyboardMarkup> {
    let mut rows = Rows::default();
    for choice in &card.actions {
        if !matches!(choice.button.does, StaffDoes::Reply | StaffDoes::Note) {
            rows.push(callback(label(&choice.label), choice.button.wire()), staff_seats(&choice.label));
        }
    }
    rows.keyboard()
}

fn callback(label: String, data: String) -> InlineKeyboardButton {
    InlineKeyboardButton::callback(label, data)
}

/// Who sits beside whom: buttons of the same kind share a row, as many as it seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seats {
    Alone,
    Thumbs,
    Stars,
    Short(usize),
}

impl Seats {
    fn count(self) -> usize {
        match self {
            Self::Alone => 1,
            Self::Thumbs => 2,
            Self::Stars => 5,
            Self::Short(count) => count,
        }
    }
}

fn seats(button: &Button, label: &str) -> Seats {
    match button {
        Button::Entry(_) | Button::NoneOfThese => Seats::Alone,
        Button::Thumbs(..) => Seats::Thumbs,
        Button::Rate(..) => Seats::Stars,
        Button::Category(_)
        | Button::Menu
        | Button::Human
        | Button::Senior
        | Button::BackToBot
        | Button::Feedback
        | Button::Language(_) => {
            if columns(label) <= 18 {
                Seats::Short(2)
            } else {
                Seats::Alone
            }
        }
    }
}

fn staff_seats(label: &str) -> Seats {
    match columns(label) {
        0..=12 => Seats::Short(3),
        13..=20 => Seats::Short(2),
        _ => Seats::Alone,
    }
}

/// The width of a label, a Chinese character counting as two.
fn columns(label: &str) -> usize {
    label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

#[derive(Default)]
struct Rows {
    rows: Vec<Vec<InlineKeyboardButton>>,
    last: Option<Seats>,
}

impl Rows {
    fn push(&mut self, button: InlineKeyboardButton, seats: Seats) {
        match self.rows.last_mut() {
            Some(row) if self.last == Some(seats) && row.len() < seats.count() => row.push(button),
            _ => self.rows.push(vec![button]),
        }
        self.last = Some(seats);
    }

    fn keyboard(self) -> Option<InlineKeyboardMarkup> {
        (!self.rows.is_empty()).then(|| InlineKeyboardMarkup::new(self.rows))
    }
}

fn label(text: &str) -> String {
    let text = if text.trim().is_empty() { "…" } else { text };
    let mut pieces = Rich::plain(text).split(LABEL - 1, |_| 1).into_iter();
    match (pieces.next(), pieces.next()) {
        (Some(first), Some(_)) => format!("{first}…"),
        (Some(first), None) => first.text().to_owned(),
        (None, _) => "…".to_owned(),
    }
}

#[cfg(test)]
#[path = "to_telegram_tests.rs"]
mod tests;
