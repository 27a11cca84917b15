//! What the desk wants said, as Discord shows it: text in its Markdown, buttons in rows, the card of a ticket. Pure; the only
//! other file than `from_discord` that knows what Discord's things look like.

use crate::text;
use crate::wire::Id;
use desk::{
    Attachment, Button, Card, CardState, Choice, Content, Press, Priority, Rich, Say, Speaker, StaffButton,
    StaffDoes,
};
use serenity::all::{
    ButtonStyle, ChannelId, CreateActionRow, CreateAllowedMentions, CreateAttachment, CreateButton,
    CreateForumPost, CreateInteractionResponseFollowup, CreateMessage, EditAttachments, EditMessage,
    EditWebhookMessage, ForumTagId, MessageFlags, MessageId, MessageReference, MessageReferenceKind, Nonce,
};
use std::collections::HashSet;

/// Buttons in a row, and rows under a message (Discord, "Component Reference").
const ROW: usize = 5;
const ROWS: usize = 5;
/// The longest button label, custom id, and thread name.
const LABEL: usize = 80;
const CUSTOM_ID: usize = 100;
const THREAD_NAME: usize = 100;

/// A message, drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawn {
    /// Its text.
    pub(crate) text: String,
    /// Its buttons.
    pub(crate) rows: Vec<CreateActionRow>,
}

/// Cuts content into what one call sends: the text first, each piece below the limit, then each file by itself, so that a
/// file which can't be delivered doesn't take the words with it. Buttons stay with the last.
#[must_use]
pub(crate) fn parts(content: Content, staff: bool) -> Vec<Content> {
    let say = match content {
        Content::Say(say) => say,
        card @ Content::Card(_) => return vec![card],
    };
    let room = text::MAX_TEXT - if staff { text::width(&header(&say.speaker)) } else { 0 };
    let bare = |text, attachments| Say {
        speaker: say.speaker.clone(),
        text,
        choices: Vec::new(),
        attachments,
        verdict: None,
    };
    let mut parts: Vec<Say> = Vec::new();
    if !say.text.is_empty() || say.attachments.is_empty() {
        parts.extend(text::pieces(&say.text, room).into_iter().map(|piece| bare(piece, Vec::new())));
    }
    parts.extend(say.attachments.iter().map(|file| bare(Rich::new(), vec![file.clone()])));
    if let Some(first) = parts.first_mut() {
        first.verdict.clone_from(&say.verdict);
    }
    if let Some(last) = parts.last_mut() {
        last.choices.clone_from(&say.choices);
    }
    parts.into_iter().map(Content::Say).collect()
}

/// Draws one part. `me` is the bot's id, by which a private conversation is opened.
#[must_use]
pub(crate) fn draw(content: &Content, staff: bool, me: Option<Id>) -> Drawn {
    match content {
        Content::Say(say) => {
            let words = text::render(&say.text);
            let text = if staff { format!("{}{words}", header(&say.speaker)) } else { words };
            Drawn { text, rows: rows(say.choices.iter().filter_map(|choice| button(choice, me))) }
        }
        Content::Card(card) => draw_card(card),
    }
}

/// Draws a ticket's card, in one message.
#[must_use]
pub(crate) fn draw_card(card: &Card) -> Drawn {
    let mut pieces = text::pieces(&card.text, text::MAX_TEXT - 1);
    let more = pieces.len() > 1;
    let mut text = text::render(&pieces.swap_remove(0));
    if more {
        text.push('…');
    }
    let buttons = card.actions.iter().map(|action| {
        let style = staff_style(&action.button);
        (
            action.button.wire(),
            CreateButton::new(action.button.wire()).style(style).label(label(&action.label)),
        )
    });
    Drawn { text, rows: rows(buttons) }
}

/// The name of a ticket's thread. It never changes: Discord allows two changes in ten minutes.
#[must_use]
pub(crate) fn thread_name(card: &Card) -> String {
    let mark = if card.priority == Priority::Urgent { "🚨 " } else { "" };
    text::one_line(&format!("{mark}{} · {} · {}", card.number, card.name, card.department), THREAD_NAME)
}

/// Whether nothing more is expected to be said about a ticket.
#[must_use]
pub(crate) fn ended(card: &Card) -> bool {
    match card.state {
        CardState::Resolved(_) | CardState::Withdrawn => true,
        CardState::Queued | CardState::Owned(_) => false,
    }
}

/// What stands before words in a staff place, so that it is seen who spoke.
fn header(speaker: &Speaker) -> String {
    let named = |mark: &str, name: &str| format!("{mark} **{}**\n", text::escape(&text::one_line(name, 60)));
    match speaker {
        Speaker::Bot => "🤖 ".to_owned(),
        Speaker::Customer(name) => named("👤", name),
        Speaker::Agent(name) => named("💬", name),
        Speaker::Note(name) => named("📝", name),
        Speaker::Notice => "ℹ️ ".to_owned(),
    }
}

/// A button and the name by which Discord tells it from others.
fn button(choice: &Choice, me: Option<Id>) -> Option<(String, CreateButton)> {
    let label = label(&choice.label);
    match &choice.press {
        Press::Button(press) => {
            let style = match press {
                Button::Human | Button::Senior => ButtonStyle::Primary,
                Button::Entry(_)
                | Button::Category(_)
                | Button::Menu
                | Button::NoneOfThese
                | Button::Thumbs(..)
                | Button::BackToBot
                | Button::Rate(..)
                | Button::Feedback
                | Button::Language(_) => ButtonStyle::Secondary,
            };
            Some((press.wire(), CreateButton::new(press.wire()).style(style).label(label)))
        }
        Press::Staff(press) => {
            Some((press.wire(), CreateButton::new(press.wire()).style(staff_style(press)).label(label)))
        }
        // Discord takes web addresses of up to 512 characters here.
        Press::Link(url) if url.starts_with("http") && url.len() <= 512 => {
            Some((url.clone(), CreateButton::new_link(url).label(label)))
        }
        Press::Link(_) => None,
        Press::Private => {
            let url = format!("https://discord.com/users/{}", me?);
            Some((url.clone(), CreateButton::new_link(url).label(label)))
        }
    }
}

fn staff_style(button: &StaffButton) -> ButtonStyle {
    match button.does {
        StaffDoes::Claim | StaffDoes::Reply => ButtonStyle::Primary,
        StaffDoes::Resolve => ButtonStyle::Success,
        StaffDoes::Block => ButtonStyle::Danger,
        StaffDoes::Note
        | StaffDoes::Release
        | StaffDoes::Transfer
        | StaffDoes::TransferTo(_)
        | StaffDoes::Escalate
        | StaffDoes::Priority
        | StaffDoes::SetPriority(_)
        | StaffDoes::Canned
        | StaffDoes::CannedReply(_)
        | StaffDoes::Reopen
        | StaffDoes::Unblock => ButtonStyle::Secondary,
    }
}

fn label(text: &str) -> String {
    let label = text::one_line(text, LABEL);
    if label.is_empty() { "…".to_owned() } else { label }
}

/// Buttons in rows. A name that comes twice is left out, because Discord would refuse the whole message.
fn rows(buttons: impl Iterator<Item = (String, CreateButton)>) -> Vec<CreateActionRow> {
    let mut names = HashSet::new();
    let buttons: Vec<CreateButton> = buttons
        .filter(|(name, _)| {
            (name.len() <= CUSTOM_ID || name.starts_with("http")) && names.insert(name.clone())
        })
        .map(|(_, button)| button)
        .take(ROW * ROWS)
        .collect();
    buttons.chunks(ROW).map(|row| CreateActionRow::Buttons(row.to_vec())).collect()
}

/// Nobody is ever mentioned.
fn nobody() -> CreateAllowedMentions {
    CreateAllowedMentions::new().replied_user(false)
}

/// A new message. The nonce makes Discord answer with the first message when the same is sent again.
pub(crate) fn new_message(
    drawn: &Drawn,
    nonce: Option<u64>,
    reply_to: Option<(Id, Id)>,
    file: Option<&str>,
) -> CreateMessage {
    let mut message = CreateMessage::new()
        .content(&drawn.text)
        .allowed_mentions(nobody())
        .flags(MessageFlags::SUPPRESS_EMBEDS)
        .components(drawn.rows.clone());
    if let Some(nonce) = nonce {
        message = message.nonce(Nonce::String(nonce.to_string())).enforce_nonce(true);
    }
    if let Some((channel, earlier)) = reply_to {
        let reference = MessageReference::new(MessageReferenceKind::Default, ChannelId::new(channel.0));
        let reference = reference.message_id(MessageId::new(earlier.0)).fail_if_not_exists(false);
        message = message.reference_message(reference);
    }
    if let Some(name) = file {
        // Only the name is needed here: the bytes travel beside it.
        message = message.add_file(CreateAttachment::bytes(Vec::new(), name));
    }
    message
}

/// A ticket's thread, with its card as the first message.
pub(crate) fn new_post<'a>(card: &Card, tags: &[Id]) -> CreateForumPost<'a> {
    let message = new_message(&draw_card(card), None, None, None);
    let tags = tags.iter().map(|tag| ForumTagId::new(tag.0));
    CreateForumPost::new(thread_name(card), message).set_applied_tags(tags)
}

/// An earlier message's new form.
pub(crate) fn new_form(drawn: &Drawn) -> EditMessage {
    EditMessage::new().content(&drawn.text).allowed_mentions(nobody()).components(drawn.rows.clone())
}

/// An answer that fills in "thinking…", or changes an earlier answer.
pub(crate) fn filled(drawn: &Drawn, file: Option<&str>) -> EditWebhookMessage {
    let edit = EditWebhookMessage::new()
        .content(&drawn.text)
        .allowed_mentions(nobody())
        .components(drawn.rows.clone());
    match file {
        Some(name) => edit.attachments(EditAttachments::new().add(CreateAttachment::bytes(Vec::new(), name))),
        None => edit,
    }
}

/// A further answer to an interaction.
pub(crate) fn followup(
    drawn: &Drawn,
    private: bool,
    file: Option<&str>,
) -> CreateInteractionResponseFollowup {
    let flags = if private { MessageFlags::EPHEMERAL } else { MessageFlags::empty() };
    let answer = CreateInteractionResponseFollowup::new()
        .content(&drawn.text)
        .allowed_mentions(nobody())
        .flags(flags | MessageFlags::SUPPRESS_EMBEDS)
        .components(drawn.rows.clone());
    match file {
        Some(name) => answer.add_file(CreateAttachment::bytes(Vec::new(), name)),
        None => answer,
    }
}

/// The name under which a file is sent.
#[must_use]
pub(crate) fn file_name(file: &Attachment) -> String {
    let given = file.name.as_deref().map(|name| text::one_line(name, 100).replace(['/', '\\'], "_"));
    given.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        let ending = match file.mime.as_deref().unwrap_or_default() {
            "image/jpeg" => "jpg",
            "image/png" => "png",
            "image/webp" => "webp",
            "image/gif" => "gif",
            "audio/ogg" => "ogg",
            "video/mp4" => "mp4",
            "application/pdf" => "pdf",
            _ => "bin",
        };
        format!("file.{ending}")
    })
}

#[cfg(test)]
#[path = "to_discord_tests.rs"]
mod tests;
