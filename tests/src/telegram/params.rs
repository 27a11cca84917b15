//! The parameters of a call, read as strictly as Telegram's documentation is written: types, limits, nothing unknown.

use super::{
    call::{Call, Refusal, bad, number},
    state::{Chat, ChatKind, State},
};
use serde_json::{Map, Value};

/// The parameters of one call.
pub(super) struct Params<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Params<'a> {
    /// Refuses parameters that the method doesn't have, or that we mean never to use.
    pub(super) fn only(call: &'a Call, known: &[&str]) -> Result<Self, Refusal> {
        match call.params.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(bad(format!("{} has no parameter {key}", call.method))),
            None => Ok(Self(&call.params)),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, Refusal> {
        match self.0.get(key) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| bad(format!("{key} must be a string"))),
        }
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<i64>, Refusal> {
        match self.0.get(key) {
            None => Ok(None),
            Some(value) => number(value).map(Some).ok_or_else(|| bad(format!("{key} must be an integer"))),
        }
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool, Refusal> {
        match self.0.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            Some(_) => Err(bad(format!("{key} must be a boolean"))),
        }
    }

    /// A structure; a form carries it as text.
    pub(super) fn object(&self, key: &str) -> Result<Option<Value>, Refusal> {
        let wrong = || bad(format!("can't parse {key} JSON object"));
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| wrong()),
            Some(value @ (Value::Object(_) | Value::Array(_))) => Ok(Some(value.clone())),
            Some(_) => Err(wrong()),
        }
    }

    /// The chat that is meant, if it exists and the bot may be there.
    pub(super) fn chat(&self, state: &State) -> Result<i64, Refusal> {
        let id = self.number("chat_id")?.ok_or_else(|| bad("chat_id is empty"))?;
        let chat = state.chats.get(&id).ok_or_else(|| bad("chat not found"))?;
        if let Some(to) = chat.moved {
            let mut refusal = bad("group chat was upgraded to a supergroup chat");
            refusal.parameters = serde_json::json!({ "migrate_to_chat_id": to });
            return Err(refusal);
        }
        match &chat.kind {
            ChatKind::Private { blocked: true, .. } => {
                Err(super::call::forbidden("bot was blocked by the user"))
            }
            ChatKind::Private { started: false, .. } => {
                Err(super::call::forbidden("bot can't initiate conversation with a user"))
            }
            ChatKind::Private { .. } | ChatKind::Group { .. } => Ok(id),
        }
    }

    /// The topic that is meant, if it exists and is open.
    pub(super) fn topic(&self, chat: &Chat) -> Result<Option<i64>, Refusal> {
        let Some(id) = self.number("message_thread_id")? else { return Ok(None) };
        match chat.topics.get(&id) {
            Some(topic) if topic.closed && !topic.deleted => Err(bad("TOPIC_CLOSED")),
            Some(topic) if !topic.deleted => Ok(Some(id)),
            _ => Err(bad("message thread not found")),
        }
    }

    /// The message that is replied to.
    pub(super) fn reply(&self, chat: &Chat) -> Result<Option<i64>, Refusal> {
        let Some(reply) = self.object("reply_parameters")? else { return Ok(None) };
        let id = reply["message_id"].as_i64().ok_or_else(|| bad("reply_parameters has no message_id"))?;
        let found = chat.messages.iter().any(|m| m.id == id && !m.deleted);
        if found {
            Ok(Some(id))
        } else if reply["allow_sending_without_reply"] == true {
            Ok(None)
        } else {
            Err(bad("message to be replied not found"))
        }
    }

    /// Words with their entities: `text` and `entities`, or `caption` and `caption_entities`.
    pub(super) fn words(&self, keys: [&str; 2], limit: usize) -> Result<(String, Vec<Value>), Refusal> {
        let text = self.text(keys[0])?.unwrap_or_default().to_owned();
        let units: Vec<u16> = text.encode_utf16().collect();
        if units.len() > limit {
            return Err(bad(if keys[0] == "text" {
                "message is too long"
            } else {
                "message caption is too long"
            }));
        }
        let entities = match self.object(keys[1])? {
            None => Vec::new(),
            Some(Value::Array(entities)) => entities,
            Some(_) => return Err(bad("can't parse entities")),
        };
        for entity in &entities {
            check_entity(entity, &units)?;
        }
        Ok((text, entities))
    }

    /// The rows of inline buttons.
    pub(super) fn buttons(&self) -> Result<Vec<Vec<Value>>, Refusal> {
        let Some(markup) = self.object("reply_markup")? else { return Ok(Vec::new()) };
        let rows =
            markup["inline_keyboard"].as_array().ok_or_else(|| bad("object expected as reply markup"))?;
        let mut read = Vec::new();
        for row in rows {
            let row = row.as_array().ok_or_else(|| bad("inline keyboard row must be an array"))?;
            row.iter().try_for_each(check_button)?;
            if row.len() > 8 {
                return Err(bad("too many buttons in a row"));
            }
            read.push(row.clone());
        }
        Ok(read)
    }
}

fn check_entity(entity: &Value, units: &[u16]) -> Result<(), Refusal> {
    let kinds =
        ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "blockquote"];
    let kind = entity["type"].as_str().unwrap_or_default();
    if !kinds.contains(&kind) {
        return Err(bad(format!("can't parse MessageEntity: unsupported type {kind}")));
    }
    let place = |key: &str| entity[key].as_u64().and_then(|n| usize::try_from(n).ok());
    let (Some(offset), Some(length)) = (place("offset"), place("length")) else {
        return Err(bad("can't parse MessageEntity: offset and length must be integers"));
    };
    let low = |at: usize| units.get(at).is_some_and(|unit| (0xDC00..0xE000).contains(unit));
    if length == 0 || offset + length > units.len() || low(offset) || low(offset + length) {
        return Err(bad("ENTITY_BOUNDS_INVALID"));
    }
    if kind == "text_link" && !entity["url"].as_str().is_some_and(is_address) {
        return Err(bad("can't parse MessageEntity: wrong URL"));
    }
    Ok(())
}

fn check_button(button: &Value) -> Result<(), Refusal> {
    let text = button["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(bad("can't parse inline keyboard button: text button must have a text"));
    }
    let data = button.get("callback_data").map(|data| data.as_str().unwrap_or_default());
    let url = button.get("url").map(|url| url.as_str().unwrap_or_default());
    match (data, url) {
        (Some(data), None) if (1..=64).contains(&data.len()) => Ok(()),
        (Some(_), None) => Err(bad("BUTTON_DATA_INVALID")),
        (None, Some(url)) if is_address(url) => Ok(()),
        (None, Some(url)) => {
            Err(bad(format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")))
        }
        _ => Err(bad("can't parse inline keyboard button: exactly one optional field must be used")),
    }
}

fn is_address(url: &str) -> bool {
    ["https://", "http://", "tg://"].iter().any(|scheme| url.starts_with(scheme))
}
