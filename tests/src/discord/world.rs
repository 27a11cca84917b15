//! What the fake's guild is: people, channels, messages, interactions. No network here.

use super::fault::Fault;
use super::gateway::Gateway;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub(crate) const BOT: u64 = 1000;
pub(crate) const APPLICATION: u64 = 1001;
pub(crate) const GUILD: u64 = 2000;
pub(crate) const FORUM: u64 = 2001;
/// A text channel of the guild.
pub(crate) const LOBBY: u64 = 2002;

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// Its custom id, or its address.
    pub id: String,
}

/// A message, as people see it.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its id.
    pub id: u64,
    /// Who wrote it.
    pub author: u64,
    /// Its text.
    pub content: String,
    /// Its buttons.
    pub buttons: Vec<Button>,
    /// The names and bytes of its files.
    pub files: Vec<(String, Vec<u8>)>,
    /// The message that it replies to.
    pub reply_to: Option<u64>,
    /// How often it was changed.
    pub edits: u32,
    /// Who alone sees it.
    pub only_for: Option<u64>,
    /// Whether it is "thinking…" and waits to be filled in.
    pub thinking: bool,
    pub(crate) nonce: Option<String>,
    pub(crate) raw_components: Value,
}

/// What a channel is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Direct { person: u64 },
    Text,
    Forum { tags: Vec<(u64, String)> },
    Post { name: String, tags: Vec<u64>, archived: bool },
}

#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) messages: Vec<Message>,
}

#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) closed: bool,
    pub(crate) locale: String,
    pub(crate) modal: Option<(Value, Option<u64>, u64)>,
    pub(crate) proposals: Option<Value>,
}

/// How an interaction was first answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acked {
    /// With a message (4).
    Message,
    /// With "thinking…" (5).
    Thinking,
    /// Without a sign (6).
    Quiet,
    /// With proposals (8).
    Proposals,
    /// With a form (9).
    Form,
}

#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) id: u64,
    pub(crate) kind: u64,
    pub(crate) person: u64,
    pub(crate) channel: u64,
    pub(crate) source: Option<u64>,
    pub(crate) began: Instant,
    pub(crate) acked: Option<(Acked, std::time::Duration)>,
    pub(crate) original: Option<u64>,
}

/// Everything.
pub(crate) struct World {
    last_id: u64,
    pub(crate) people: BTreeMap<u64, Member>,
    pub(crate) channels: BTreeMap<u64, Channel>,
    pub(crate) interactions: BTreeMap<String, Interaction>,
    pub(crate) commands: Option<Value>,
    pub(crate) gateway: Gateway,
    pub(crate) faults: Vec<(String, Fault)>,
    pub(crate) violations: Vec<String>,
    pub(crate) requests: Vec<String>,
    pub(crate) uploads: BTreeMap<String, Vec<u8>>,
    pub(crate) may_tag: bool,
    pub(crate) base: String,
}

impl World {
    pub(crate) fn new(base: String) -> Self {
        let channel = |id, kind| (id, Channel { id, kind, messages: Vec::new() });
        Self {
            last_id: 0,
            people: BTreeMap::new(),
            channels: BTreeMap::from([
                channel(FORUM, Kind::Forum { tags: Vec::new() }),
                channel(LOBBY, Kind::Text),
            ]),
            interactions: BTreeMap::new(),
            commands: None,
            gateway: Gateway::default(),
            faults: Vec::new(),
            violations: Vec::new(),
            requests: Vec::new(),
            uploads: BTreeMap::new(),
            may_tag: true,
            base,
        }
    }

    /// A new id: milliseconds since 2015 and a counter, always rising.
    pub(crate) fn next_id(&mut self) -> u64 {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_millis();
        let now = (u64::try_from(millis).expect("it fits") - 1_420_070_400_000) << 22;
        self.last_id = (self.last_id + 1).max(now);
        self.last_id
    }

    pub(crate) fn violation(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }

    pub(crate) fn person(&mut self, name: &str) -> u64 {
        if let Some((id, _)) = self.people.iter().find(|(_, person)| person.name == name) {
            return *id;
        }
        let id = self.next_id();
        let member = Member {
            name: name.to_owned(),
            closed: false,
            locale: "en-US".to_owned(),
            modal: None,
            proposals: None,
        };
        self.people.insert(id, member);
        id
    }

    pub(crate) fn name(&self, id: u64) -> String {
        if id == BOT {
            "bot".to_owned()
        } else {
            self.people.get(&id).map_or_else(String::new, |p| p.name.clone())
        }
    }

    pub(crate) fn user_json(&self, id: u64) -> Value {
        let name = self.name(id);
        json!({"id": id.to_string(), "username": name.to_lowercase(), "global_name": name,
            "discriminator": "0", "avatar": null, "bot": id == BOT})
    }

    /// The direct channel with a person, made if need be.
    pub(crate) fn direct(&mut self, person: u64) -> u64 {
        let found =
            self.channels.values().find(|c| matches!(c.kind, Kind::Direct { person: p } if p == person));
        if let Some(channel) = found {
            return channel.id;
        }
        let id = self.next_id();
        self.channels.insert(id, Channel { id, kind: Kind::Direct { person }, messages: Vec::new() });
        id
    }

    pub(crate) fn find_post(&self, name: &str) -> Option<u64> {
        let named = |c: &&Channel| matches!(&c.kind, Kind::Post { name: n, .. } if n.contains(name));
        self.channels.values().rfind(named).map(|channel| channel.id)
    }

    pub(crate) fn posts(&self) -> usize {
        self.channels.values().filter(|c| matches!(c.kind, Kind::Post { .. })).count()
    }

    pub(crate) fn message(&self, id: u64) -> Option<&Message> {
        self.channels.values().flat_map(|c| &c.messages).find(|m| m.id == id)
    }

    pub(crate) fn message_mut(&mut self, id: u64) -> Option<&mut Message> {
        self.channels.values_mut().flat_map(|c| &mut c.messages).find(|m| m.id == id)
    }

    /// What a person sees of the bot: their direct messages, and answers for them alone, in order.
    pub(crate) fn seen_by(&self, person: u64) -> Vec<&Message> {
        let mut seen: Vec<&Message> = self
            .channels
            .values()
            .flat_map(|channel| {
                let direct = matches!(channel.kind, Kind::Direct { person: p } if p == person);
                channel.messages.iter().filter(move |m| direct || m.only_for == Some(person))
            })
            .collect();
        seen.sort_by_key(|message| message.id);
        seen
    }

    pub(crate) fn line(&self, message: &Message) -> String {
        let mut line = format!("{}> {}", self.name(message.author), message.content.replace('\n', "\n     "));
        if message.thinking {
            line.push_str("(thinking…)");
        }
        for (name, _) in &message.files {
            line.push_str(&format!(" 📎{name}"));
        }
        for button in &message.buttons {
            line.push_str(&format!(" [{}]", button.label));
        }
        line
    }

    pub(crate) fn everything(&self) -> String {
        let mut text = String::new();
        for channel in self.channels.values() {
            text.push_str(&format!("── {:?}\n", channel.kind));
            for message in &channel.messages {
                text.push_str(&format!("{}\n", self.line(message)));
            }
        }
        let last: Vec<&String> = self.requests.iter().rev().take(12).collect();
        text + &format!(
            "── the last requests, newest first: {last:#?}\n── violations: {:#?}",
            self.violations
        )
    }

    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let id = channel.id.to_string();
        match &channel.kind {
            Kind::Direct { person } => json!({"id": id, "type": 1, "recipients": [self.user_json(*person)]}),
            Kind::Text => json!({"id": id, "type": 0, "guild_id": GUILD.to_string(), "name": "lobby"}),
            Kind::Forum { tags } => {
                let tags: Vec<Value> = tags
                    .iter()
                    .map(|(id, name)| json!({"id": id.to_string(), "name": name, "moderated": false}))
                    .collect();
                json!({"id": id, "type": 15, "guild_id": GUILD.to_string(), "name": "support", "available_tags": tags})
            }
            Kind::Post { name, tags, archived } => {
                let tags: Vec<String> = tags.iter().map(ToString::to_string).collect();
                json!({"id": id, "type": 11, "guild_id": GUILD.to_string(), "parent_id": FORUM.to_string(),
                    "name": name, "owner_id": BOT.to_string(), "applied_tags": tags,
                    "thread_metadata": {"archived": archived, "locked": false, "auto_archive_duration": 4320}})
            }
        }
    }

    /// A message as Discord sends it; without its words if `blind`.
    pub(crate) fn message_json(&self, channel: &Channel, message: &Message, blind: bool) -> Value {
        let files: Vec<Value> = message
            .files
            .iter()
            .enumerate()
            .map(|(i, (name, bytes))| {
                let mime = if name.ends_with(".png") { "image/png" } else { "application/octet-stream" };
                json!({"id": (message.id + 1 + i as u64).to_string(), "filename": name, "size": bytes.len(),
                    "content_type": mime, "url": format!("{}/files/{}/{name}", self.base, message.id)})
            })
            .collect();
        let mut json = json!({
            "id": message.id.to_string(), "channel_id": channel.id.to_string(), "type": 0,
            "author": self.user_json(message.author), "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": (message.edits > 0).then(|| format!("2026-01-01T00:00:{:02}+00:00", message.edits)),
            "content": if blind { "" } else { &message.content },
            "attachments": if blind { json!([]) } else { json!(files) },
            "components": message.raw_components, "embeds": [], "mentions": [], "pinned": false, "tts": false,
            "flags": if message.only_for.is_some() { 64 } else { 0 }, "nonce": message.nonce,
        });
        if !matches!(channel.kind, Kind::Direct { .. }) {
            json["guild_id"] = GUILD.to_string().into();
        }
        if let Some(earlier) = message.reply_to {
            json["type"] = 19.into();
            json["message_reference"] = json!({"message_id": earlier.to_string(), "type": 0});
        }
        json
    }
}
