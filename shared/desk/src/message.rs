//! What people send each other, in words that no platform owns.

use crate::{Channel, MessageRef};
use serde::{Deserialize, Serialize};

/// One message of a customer or an agent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Message {
    /// Its plain text, or the caption of what is attached; may be empty when something is attached.
    pub text: String,
    /// Files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The message in the same chat that it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageRef>,
}

impl Message {
    /// A message of text alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A file that came with a message. Only a reference: its bytes are fetched when another channel needs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// How it is shown.
    pub kind: AttachmentKind,
    /// Its file name, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its media type, as the sender's platform claims it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Its size in bytes, as the sender's platform claims it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where it lies.
    pub file: FileRef,
}

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A picture.
    Photo,
    /// A file to open.
    Document,
    /// A spoken message.
    Voice,
    /// Music or another sound.
    Audio,
    /// A film.
    Video,
    /// A silent, looping film.
    Animation,
    /// A sticker.
    Sticker,
}

/// Where a file lies: on a channel, under an id that only that channel reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// The channel that holds it.
    pub channel: Channel,
    /// That channel's own id.
    pub id: String,
}
