//! Updates of the Bot API, as far as we use them. Everything that can be missing is optional, and a field of an odd form
//! counts as missing: one strange part never costs the message.

use crate::lenient::{flag, list, soft};
use serde::Deserialize;
use serde_json::Value;

/// One update.
#[derive(Debug, Deserialize)]
pub(crate) struct Update {
    pub(crate) update_id: i64,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) message: Option<Message>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) edited_message: Option<Message>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) callback_query: Option<CallbackQuery>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) my_chat_member: Option<ChatMemberUpdated>,
    /// Whether it is of a kind that we know, but could not be read.
    #[serde(skip)]
    pub(crate) odd: bool,
}

impl Update {
    /// Reads an update; `None` without an id, by which a repetition is told.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let mut update = Self::deserialize(value).ok()?;
        let known = |name| value.get(name).is_some_and(|part| !part.is_null());
        update.odd = known("message") && update.message.is_none()
            || known("edited_message") && update.edited_message.is_none()
            || known("callback_query") && update.callback_query.is_none()
            || known("my_chat_member") && update.my_chat_member.is_none();
        Some(update)
    }

    /// What keeps its order: the chat that it happened in.
    pub(crate) fn chat(&self) -> i64 {
        let message = self.message.as_ref().or(self.edited_message.as_ref());
        let pressed = || self.callback_query.as_ref().map(CallbackQuery::chat_id);
        let member = || self.my_chat_member.as_ref().map(|m| m.chat.id);
        message.map(|m| m.chat.id).or_else(pressed).or_else(member).unwrap_or_default()
    }
}

/// A person or a bot.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct User {
    pub(crate) id: i64,
    #[serde(default, deserialize_with = "flag")]
    pub(crate) is_bot: bool,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) first_name: Option<String>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) last_name: Option<String>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) username: Option<String>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) language_code: Option<String>,
}

/// A chat.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    #[serde(default, rename = "type", deserialize_with = "soft")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    pub(crate) is_forum: bool,
}

impl Chat {
    /// A chat with one person. Ids of people are positive, those of groups are not.
    pub(crate) fn is_private(&self) -> bool {
        self.kind.as_deref().map_or(self.id > 0, |kind| kind == "private")
    }

    pub(crate) fn is_channel(&self) -> bool {
        self.kind.as_deref() == Some("channel")
    }
}

/// A message.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) message_id: i64,
    pub(crate) chat: Chat,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) message_thread_id: Option<i64>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) is_topic_message: Option<bool>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) from: Option<User>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) sender_chat: Option<Chat>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) reply_to_message: Option<Box<Message>>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) text: Option<String>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) caption: Option<String>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) entities: Vec<Entity>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) caption_entities: Vec<Entity>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) photo: Vec<File>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) document: Option<File>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) voice: Option<File>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) audio: Option<File>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) video: Option<File>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) video_note: Option<File>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) animation: Option<File>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) sticker: Option<File>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) location: Option<Location>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) venue: Option<Venue>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) contact: Option<Contact>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) poll: Option<Poll>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) dice: Option<Dice>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) forum_topic_created: Option<Value>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) migrate_to_chat_id: Option<i64>,
}

/// A marked range of a text, in UTF-16 units.
#[derive(Debug, Deserialize)]
pub(crate) struct Entity {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) user: Option<User>,
}

/// A file, or one size of a photo.
#[derive(Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) file_id: String,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) file_name: Option<String>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) mime_type: Option<String>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) file_size: Option<u64>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) width: Option<u64>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) height: Option<u64>,
    #[serde(default, deserialize_with = "flag")]
    pub(crate) is_animated: bool,
    #[serde(default, deserialize_with = "flag")]
    pub(crate) is_video: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Location {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Venue {
    pub(crate) title: String,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) address: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Contact {
    pub(crate) phone_number: String,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) first_name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Poll {
    pub(crate) question: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Dice {
    #[serde(default, deserialize_with = "soft")]
    pub(crate) emoji: Option<String>,
    pub(crate) value: i64,
}

/// A pressed button.
#[derive(Debug, Deserialize)]
pub(crate) struct CallbackQuery {
    pub(crate) id: String,
    pub(crate) from: User,
    /// The message under which it was; also when only its place is still known.
    #[serde(default, deserialize_with = "soft")]
    pub(crate) message: Option<Message>,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) data: Option<String>,
}

impl CallbackQuery {
    pub(crate) fn chat_id(&self) -> i64 {
        self.message.as_ref().map_or(self.from.id, |m| m.chat.id)
    }
}

/// The bot's own standing in a chat changed.
#[derive(Debug, Deserialize)]
pub(crate) struct ChatMemberUpdated {
    pub(crate) chat: Chat,
    #[serde(default, deserialize_with = "soft")]
    pub(crate) from: Option<User>,
    pub(crate) new_chat_member: ChatMember,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ChatMember {
    pub(crate) status: String,
}
