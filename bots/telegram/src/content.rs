//! What a message says and carries, in words and files that every channel knows.

use crate::{
    from_telegram::reference,
    update::{File, Message},
};
use desk::{Attachment, AttachmentKind, Channel, FileRef};

/// Marks the file id of a round video, which Telegram sends by a method of its own.
pub(crate) const NOTE: &str = "note:";

/// What a message says and carries; `None` for what only tells that something happened in a chat.
pub(crate) fn content(channel: &Channel, message: &Message) -> Option<desk::Message> {
    let attachments: Vec<_> = attachment(channel, message).into_iter().collect();
    let text = message.text.clone().or_else(|| message.caption.clone()).or_else(|| described(message));
    if text.as_ref().is_none_or(|text| text.trim().is_empty()) && attachments.is_empty() {
        return None;
    }
    // The first message of a topic counts as replied to by each that replies to nothing.
    let replied = message.reply_to_message.as_ref().filter(|r| r.forum_topic_created.is_none());
    Some(desk::Message {
        text: text.unwrap_or_default(),
        attachments,
        reply_to: replied.map(|r| reference(r.message_id)),
    })
}

fn attachment(channel: &Channel, message: &Message) -> Option<Attachment> {
    let largest = message
        .photo
        .iter()
        .max_by_key(|p| (p.width.unwrap_or(0) * p.height.unwrap_or(0), p.file_size.unwrap_or(0)));
    // An animation comes with itself as a document, for clients that don't know animations.
    let kinds = [
        (AttachmentKind::Photo, largest),
        (AttachmentKind::Animation, message.animation.as_ref()),
        (AttachmentKind::Video, message.video.as_ref()),
        (AttachmentKind::Video, message.video_note.as_ref()),
        (AttachmentKind::Voice, message.voice.as_ref()),
        (AttachmentKind::Audio, message.audio.as_ref()),
        (AttachmentKind::Sticker, message.sticker.as_ref()),
        (AttachmentKind::Document, message.document.as_ref()),
    ];
    let (kind, file) = kinds.into_iter().find_map(|(kind, file)| Some((kind, file?)))?;
    let note = if message.video_note.is_some() { NOTE } else { "" };
    Some(Attachment {
        kind,
        name: file.file_name.clone(),
        mime: file.mime_type.clone().or_else(|| usual_mime(kind, file).map(str::to_owned)),
        size: file.file_size,
        file: FileRef { channel: channel.clone(), id: format!("{note}{}", file.file_id) },
    })
}

/// What can't be relayed as it is, in signs that need no language.
fn described(message: &Message) -> Option<String> {
    if let Some(place) = &message.location {
        let name = message.venue.as_ref().map(|venue| match &venue.address {
            Some(address) => format!("{}, {address} ", venue.title),
            None => format!("{} ", venue.title),
        });
        return Some(format!("📍 {}{}, {}", name.unwrap_or_default(), place.latitude, place.longitude));
    }
    if let Some(contact) = &message.contact {
        let name = contact.first_name.as_deref().unwrap_or_default();
        return Some(format!("👤 {name} {}", contact.phone_number).replace("  ", " "));
    }
    if let Some(poll) = &message.poll {
        return Some(format!("📊 {}", poll.question));
    }
    message.dice.as_ref().map(|dice| format!("{} {}", dice.emoji.as_deref().unwrap_or("🎲"), dice.value))
}

/// The media type of kinds for which Telegram names none, because there is only one.
fn usual_mime(kind: AttachmentKind, file: &File) -> Option<&'static str> {
    match kind {
        AttachmentKind::Photo => Some("image/jpeg"),
        AttachmentKind::Sticker if file.is_video => Some("video/webm"),
        AttachmentKind::Sticker if file.is_animated => Some("application/x-tgsticker"),
        AttachmentKind::Sticker => Some("image/webp"),
        AttachmentKind::Voice => Some("audio/ogg"),
        AttachmentKind::Video => Some("video/mp4"),
        AttachmentKind::Document | AttachmentKind::Audio | AttachmentKind::Animation => None,
    }
}
