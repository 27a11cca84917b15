//! What Discord sends, as far as we read it. Every field that we can do without may be missing, null or of another type:
//! an odd value is read as none, so that it costs neither its event nor a neighbour.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// A Discord id: a string of digits; a number is taken too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Id(pub(crate) u64);

impl Id {
    /// Reads an id from text.
    #[must_use]
    pub(crate) fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|id| *id != 0).map(Self)
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = match Value::deserialize(deserializer)? {
            Value::String(text) => Self::read(&text),
            Value::Number(number) => number.as_u64().filter(|id| *id != 0).map(Self),
            _ => None,
        };
        id.ok_or_else(|| serde::de::Error::custom("no id"))
    }
}

/// Reads a value, or its default when it has another form.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(T::deserialize(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// Reads a list, without the elements that have another form.
fn each<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let Value::Array(values) = Value::deserialize(deserializer)? else { return Ok(Vec::new()) };
    Ok(values.into_iter().filter_map(|value| T::deserialize(value).ok()).collect())
}

/// A frame of the gateway.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Frame {
    /// What kind of frame it is.
    pub(crate) op: u64,
    /// Its data.
    #[serde(default)]
    pub(crate) d: Value,
    /// Its number in the session, for events.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) s: Option<u64>,
    /// The event's name.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) t: Option<String>,
}

/// A person, or a bot.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct User {
    /// Their id.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) id: Option<Id>,
    /// Their unique handle.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) username: Option<String>,
    /// The name that they show.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) global_name: Option<String>,
    /// Whether it is a bot.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) bot: bool,
}

/// A user as a member of a guild.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Member {
    /// The user.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) user: Option<User>,
}

/// A message.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Message {
    /// Its id.
    pub(crate) id: Id,
    /// Where it stands.
    pub(crate) channel_id: Id,
    /// The guild; none in a direct message.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) guild_id: Option<Id>,
    /// Who wrote it; missing in some edits.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) author: Option<User>,
    /// Its text; empty without the privilege to read it.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) content: Option<String>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) edited_timestamp: Option<String>,
    /// Its kind: 0 is a plain message, 19 a reply.
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    pub(crate) kind: u64,
    /// Its files.
    #[serde(default, deserialize_with = "each")]
    pub(crate) attachments: Vec<File>,
    /// Its stickers.
    #[serde(default, deserialize_with = "each")]
    pub(crate) sticker_items: Vec<Sticker>,
    /// The message that it replies to.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) message_reference: Option<Reference>,
    /// Set when a webhook wrote it.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) webhook_id: Option<Id>,
    /// Bits; 1 << 13 is a spoken message.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) flags: u64,
    /// What was forwarded with it.
    #[serde(default, deserialize_with = "each")]
    pub(crate) message_snapshots: Vec<Snapshot>,
}

/// A forwarded message.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Snapshot {
    /// What it said.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) message: Forwarded,
}

/// What a forwarded message said.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Forwarded {
    /// Its text.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) content: Option<String>,
    /// Its files.
    #[serde(default, deserialize_with = "each")]
    pub(crate) attachments: Vec<File>,
}

/// The message that another refers to.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Reference {
    /// Its id.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) message_id: Option<Id>,
    /// 0 for a reply, 1 for a forward.
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    pub(crate) kind: u64,
}

/// A file of a message.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct File {
    /// Its id.
    pub(crate) id: Id,
    /// Its name.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) filename: Option<String>,
    /// Its media type.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) content_type: Option<String>,
    /// Its size in bytes.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) size: Option<u64>,
    /// Where it can be fetched for a day.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) url: String,
}

/// A sticker of a message.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Sticker {
    /// Its id.
    pub(crate) id: Id,
    /// Its name.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    /// 1 PNG, 2 animated PNG, 3 Lottie, 4 GIF.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) format_type: u64,
}

/// A command given, a button pressed, a form sent, or a proposal wanted.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Interaction {
    /// Its id.
    pub(crate) id: Id,
    /// The application.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) application_id: Option<Id>,
    /// 2 command, 3 component, 4 autocomplete, 5 form.
    #[serde(rename = "type")]
    pub(crate) kind: u64,
    /// The secret by which it is answered, for 15 minutes.
    pub(crate) token: String,
    /// What was done.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) data: InteractionData,
    /// Where; none in a direct message.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) guild_id: Option<Id>,
    /// In which channel.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) channel_id: Option<Id>,
    /// The channel itself.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) channel: Option<Channel>,
    /// Who, in a guild.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) member: Option<Member>,
    /// Who, in a direct message.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) user: Option<User>,
    /// The language of their app.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) locale: Option<String>,
}

/// A message by its id alone.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct MessageId {
    /// Its id.
    pub(crate) id: Id,
}

impl Interaction {
    /// Who did it.
    #[must_use]
    pub(crate) fn actor(&self) -> Option<&User> {
        self.member.as_ref().and_then(|m| m.user.as_ref()).or(self.user.as_ref())
    }

    /// The channel in which it was done.
    #[must_use]
    pub(crate) fn place(&self) -> Option<Id> {
        self.channel_id.or_else(|| self.channel.as_ref().map(|c| c.id))
    }
}

/// What was done in an interaction.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct InteractionData {
    /// The command's name.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) name: String,
    /// The command's options.
    #[serde(default, deserialize_with = "each")]
    pub(crate) options: Vec<CommandOption>,
    /// The button's or form's name.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) custom_id: String,
    /// What was chosen from a list.
    #[serde(default, deserialize_with = "each")]
    pub(crate) values: Vec<String>,
    /// The form's rows.
    #[serde(default)]
    pub(crate) components: Value,
}

/// An option of a command.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CommandOption {
    /// Its name.
    pub(crate) name: String,
    /// Its value: text or a number.
    #[serde(default)]
    pub(crate) value: Value,
    /// Whether the user is typing it.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) focused: bool,
}

impl InteractionData {
    /// The value of an option, as text.
    #[must_use]
    pub(crate) fn option(&self, name: &str) -> Option<String> {
        match &self.options.iter().find(|o| o.name == name)?.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// What was typed into the form: its first non-empty value, wherever its rows nest it.
    #[must_use]
    pub(crate) fn typed(&self) -> Option<String> {
        fn find(value: &Value) -> Option<&str> {
            match value {
                Value::Array(values) => values.iter().find_map(find),
                Value::Object(object) => match object.get("value") {
                    Some(Value::String(text)) if !text.trim().is_empty() => Some(text),
                    _ => object.get("components").or_else(|| object.get("component")).and_then(find),
                },
                _ => None,
            }
        }
        find(&self.components).map(str::to_owned)
    }
}

/// A channel, a forum, or a thread.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Channel {
    /// Its id.
    pub(crate) id: Id,
    /// What it lies in: for a thread, its forum.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) parent_id: Option<Id>,
    /// Its guild.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) guild_id: Option<Id>,
    /// The tags that posts of this forum can have.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) available_tags: Vec<Tag>,
    /// The first message of a post that was just made.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) message: Option<MessageId>,
}

/// A tag of a forum.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Its id.
    pub(crate) id: Id,
    /// Its name.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) name: String,
}

/// What begins a session.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Ready {
    /// The session's name, to resume it by.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) session_id: Option<String>,
    /// Where it is resumed.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) resume_gateway_url: Option<String>,
    /// The bot.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) user: User,
    /// The application.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) application: Option<Application>,
}

/// The application that the bot belongs to.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Application {
    /// Its id.
    pub(crate) id: Id,
}

/// Threads of a guild, as some events list them.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Threads {
    /// The threads.
    #[serde(default, deserialize_with = "each")]
    pub(crate) threads: Vec<Channel>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn odd_fields_cost_nothing_but_themselves() {
        let message: Message = serde_json::from_value(json!({
            "id": "5", "channel_id": 7, "author": {"id": "9", "bot": null, "username": 3},
            "content": null, "attachments": [{"id": "x"}, {"id": "1", "url": "u"}], "flags": "many",
            "message_reference": 4,
        }))
        .unwrap();
        assert_eq!((message.id, message.channel_id), (Id(5), Id(7)));
        assert_eq!(message.author.unwrap().id, Some(Id(9)));
        assert_eq!(message.attachments.len(), 1);
    }

    #[test]
    fn a_forms_text_is_found_in_old_and_new_nesting() {
        for components in [
            json!([{"type": 1, "components": [{"type": 4, "custom_id": "text", "value": "hi"}]}]),
            json!([{"type": 18, "component": {"type": 4, "custom_id": "text", "value": "hi"}}]),
        ] {
            let data: InteractionData = serde_json::from_value(json!({"components": components})).unwrap();
            assert_eq!(data.typed().as_deref(), Some("hi"));
        }
    }
}
