//! What the fake knows: chats with their messages and topics, files, updates that wait, and every call that was made.

use super::{call::Call, fault::Rule};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The bot's own id.
pub(super) const BOT: i64 = 7_000_001;

/// Everything that the fake knows.
#[derive(Debug, Default)]
pub struct State {
    /// Chats by id.
    pub chats: BTreeMap<i64, Chat>,
    /// Files by id.
    pub files: BTreeMap<String, StoredFile>,
    /// Every call that was let through to its method, in order, with what it was answered.
    pub calls: Vec<Call>,
    /// What the bot answered to pressed buttons, by query: nothing until it did.
    pub queries: BTreeMap<String, Option<String>>,
    /// Menus of commands by scope and language.
    pub menus: BTreeMap<String, Vec<Value>>,
    /// Where updates are posted, with the secret, if a webhook is set.
    pub webhook: Option<(String, Option<String>)>,
    /// What the webhook's server answered to each post.
    pub posted: Vec<u16>,
    pub(super) pending: VecDeque<Waiting>,
    pub(super) past: BTreeMap<i64, Value>,
    pub(super) allowed: Option<Vec<String>>,
    pub(super) rules: Vec<Rule>,
    pub(super) terse: bool,
    pub(super) reversed: bool,
    pub(super) polls: u64,
    last: i64,
}

/// An update that waits to be fetched.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) update: Value,
    /// Sent once more although it was acknowledged, or is older than what was.
    pub(super) again: bool,
}

/// A chat.
#[derive(Debug)]
pub struct Chat {
    /// What kind of chat.
    pub kind: ChatKind,
    /// Its messages, in order.
    pub messages: Vec<Message>,
    /// Its topics by id.
    pub topics: BTreeMap<i64, Topic>,
    /// The id of the supergroup that this group became.
    pub moved: Option<i64>,
}

/// What kind of chat.
#[derive(Debug, Clone)]
pub enum ChatKind {
    /// With one person.
    Private {
        /// Who.
        user: User,
        /// Whether they ever wrote: before that a bot can't.
        started: bool,
        /// Whether they blocked the bot.
        blocked: bool,
    },
    /// A supergroup.
    Group {
        /// Its title.
        title: String,
        /// Whether it has topics.
        forum: bool,
    },
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: i64,
    /// Their first name.
    pub name: String,
    /// The language of their app.
    pub language: String,
}

/// A topic of a forum.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Whether it is closed.
    pub closed: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// The colour of its icon.
    pub colour: Option<i64>,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its id.
    pub id: i64,
    /// Who wrote it; the bot if none.
    pub from: Option<User>,
    /// The topic that it is in.
    pub topic: Option<i64>,
    /// Its text or caption.
    pub text: String,
    /// The ranges of the text that are styled.
    pub entities: Vec<Value>,
    /// The rows of buttons under it.
    pub buttons: Vec<Vec<Value>>,
    /// What is attached: how (`photo`, `voice`, …) and the file's id.
    pub file: Option<(String, String)>,
    /// The message that it replies to.
    pub reply_to: Option<i64>,
    /// How often it was changed.
    pub edits: u32,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// A file.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// How it was sent.
    pub kind: String,
    /// Its name.
    pub name: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The size that is claimed, for files too large to hold here.
    pub size: u64,
}

impl State {
    /// A new id for anything.
    pub(super) fn next(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    /// A chat that must exist.
    ///
    /// # Panics
    /// If there is none: a mistake in the test.
    #[must_use]
    pub fn chat(&self, id: i64) -> &Chat {
        self.chats.get(&id).unwrap_or_else(|| panic!("there is no chat {id}"))
    }

    pub(super) fn chat_mut(&mut self, id: i64) -> &mut Chat {
        self.chats.get_mut(&id).unwrap_or_else(|| panic!("there is no chat {id}"))
    }

    /// How often a method was called and not refused.
    #[must_use]
    pub fn count(&self, method: &str) -> usize {
        self.calls.iter().filter(|call| call.method == method && call.refused.is_none()).count()
    }

    /// How many updates wait: the bot hasn't confirmed them yet.
    #[must_use]
    pub fn unconfirmed(&self) -> usize {
        self.pending.len()
    }

    /// Calls that were refused for a mistake of the caller, for a test to find none.
    #[must_use]
    pub fn mistakes(&self) -> BTreeSet<String> {
        let shown = |call: &Call| Some(format!("{}: {}", call.method, call.refused.as_ref()?));
        self.calls.iter().filter_map(shown).collect()
    }
}

impl Chat {
    pub(super) fn new(kind: ChatKind) -> Self {
        Self { kind, messages: Vec::new(), topics: BTreeMap::new(), moved: None }
    }

    /// What stands in the chat, or in one topic of it: a line a message, with its buttons below.
    #[must_use]
    pub fn transcript(&self, topic: Option<i64>) -> String {
        let shown = self.messages.iter().filter(|m| !m.deleted && (topic.is_none() || m.topic == topic));
        shown.map(Message::line).collect()
    }

    /// The messages of the bot that stand there.
    #[must_use]
    pub fn of_bot(&self) -> Vec<&Message> {
        self.messages.iter().filter(|m| m.from.is_none() && !m.deleted).collect()
    }

    pub(super) fn json(&self, id: i64) -> Value {
        match &self.kind {
            ChatKind::Private { user, .. } => {
                json!({ "id": id, "type": "private", "first_name": user.name })
            }
            ChatKind::Group { title, forum: true } => {
                json!({ "id": id, "type": "supergroup", "title": title, "is_forum": true })
            }
            ChatKind::Group { title, forum: false } => {
                json!({ "id": id, "type": "supergroup", "title": title })
            }
        }
    }
}

impl Message {
    fn line(&self) -> String {
        let name = self.from.as_ref().map_or("bot", |user| &user.name);
        let mut line = format!("{name}> ");
        if let Some((kind, _)) = &self.file {
            line.push_str(&format!("({kind}) "));
        }
        line.push_str(&self.text.replace('\n', "\n     "));
        if self.edits > 0 {
            line.push_str(" (edited)");
        }
        let mut line = line.trim_end().to_owned();
        for row in &self.buttons {
            let labels: Vec<_> = row.iter().filter_map(|b| b["text"].as_str()).collect();
            line.push_str(&format!("\n     [{}]", labels.join("] [")));
        }
        line.push('\n');
        line
    }

    pub(super) fn json(&self, chat_id: i64, chat: &Chat) -> Value {
        let from = match &self.from {
            Some(user) => user.json(),
            None => json!({ "id": BOT, "is_bot": true, "first_name": "Desk", "username": "desk_bot" }),
        };
        let mut json =
            json!({ "message_id": self.id, "date": 1_700_000_000, "chat": chat.json(chat_id), "from": from });
        if let Some(topic) = self.topic {
            json["message_thread_id"] = topic.into();
            json["is_topic_message"] = true.into();
        }
        let words = if self.file.is_some() { ["caption", "caption_entities"] } else { ["text", "entities"] };
        if !self.text.is_empty() {
            json[words[0]] = self.text.clone().into();
        }
        if !self.entities.is_empty() {
            json[words[1]] = self.entities.clone().into();
        }
        if !self.buttons.is_empty() {
            json["reply_markup"] = json!({ "inline_keyboard": self.buttons });
        }
        if let Some((kind, id)) = &self.file {
            let file = json!({ "file_id": id, "file_unique_id": format!("u{id}") });
            json[kind] = if kind == "photo" { json!([file]) } else { file };
        }
        if let Some(reply) = self.reply_to.and_then(|id| chat.messages.iter().find(|m| m.id == id)) {
            let flat = Message { reply_to: None, ..reply.clone() };
            json["reply_to_message"] = flat.json(chat_id, chat);
        }
        json
    }
}

impl User {
    pub(super) fn json(&self) -> Value {
        json!({ "id": self.id, "is_bot": false, "first_name": self.name, "language_code": self.language })
    }
}
