//! People of the fake's guild, and the posts of its forum: what a story does and sees.

use super::FakeDiscord;
use super::messages::{announce, delete_post, put};
use super::world::{APPLICATION, Acked, FORUM, GUILD, Interaction, Kind, LOBBY, Message, World};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Someone in the guild. Everything they do returns at once; what they wait for, they wait for with patience.
#[derive(Clone)]
pub struct Person {
    fake: FakeDiscord,
    /// Their id.
    pub id: u64,
}

impl Person {
    pub(crate) fn new(fake: FakeDiscord, id: u64) -> Self {
        Self { fake, id }
    }

    fn message(&self, content: &str) -> Message {
        Message {
            id: self.fake.world().next_id(),
            author: self.id,
            content: content.to_owned(),
            buttons: Vec::new(),
            files: Vec::new(),
            reply_to: None,
            edits: 0,
            only_for: None,
            thinking: false,
            nonce: None,
            raw_components: json!([]),
        }
    }

    /// Writes to the bot in private. Returns the message's id.
    pub fn dm(&self, text: &str) -> u64 {
        self.dm_message(self.message(text))
    }

    /// Sends the bot a file in private.
    pub fn dm_file(&self, text: &str, name: &str, bytes: &[u8]) -> u64 {
        let mut message = self.message(text);
        message.files.push((name.to_owned(), bytes.to_vec()));
        let path = format!("/files/{}/{name}", message.id);
        self.fake.world().uploads.insert(path, bytes.to_vec());
        self.dm_message(message)
    }

    fn dm_message(&self, message: Message) -> u64 {
        let mut world = self.fake.world();
        let id = message.id;
        let channel = world.direct(self.id);
        put(&mut world, channel, message);
        id
    }

    /// Changes a message of theirs.
    pub fn edit(&self, message: u64, text: &str) {
        let mut world = self.fake.world();
        let Some(found) = world.message_mut(message) else { return };
        text.clone_into(&mut found.content);
        found.edits += 1;
        let channel =
            world.channels.values().find(|c| c.messages.iter().any(|m| m.id == message)).map(|c| c.id);
        if let Some(channel) = channel {
            announce(&mut world, channel, message, "MESSAGE_UPDATE");
        }
    }

    /// Takes no more direct messages, or takes them again.
    pub fn close_dms(&self, closed: bool) {
        if let Some(person) = self.fake.world().people.get_mut(&self.id) {
            person.closed = closed;
        }
    }

    /// Sets the language of their app, such as `zh-CN`.
    pub fn set_locale(&self, locale: &str) {
        if let Some(person) = self.fake.world().people.get_mut(&self.id) {
            locale.clone_into(&mut person.locale);
        }
    }

    /// Gives a slash command in the guild's text channel. Returns the interaction's token.
    pub fn slash(&self, name: &str, options: &[(&str, Value)]) -> String {
        self.slash_at(LOBBY, name, options)
    }

    /// Gives a slash command in a post of the forum.
    pub fn slash_in(&self, post: &Post, name: &str, options: &[(&str, Value)]) -> String {
        self.slash_at(post.id, name, options)
    }

    /// Gives a slash command in private.
    pub fn slash_dm(&self, name: &str, options: &[(&str, Value)]) -> String {
        let channel = self.fake.world().direct(self.id);
        self.slash_at(channel, name, options)
    }

    fn slash_at(&self, channel: u64, name: &str, options: &[(&str, Value)]) -> String {
        let options: Vec<Value> = options
            .iter()
            .map(|(name, value)| json!({"name": name, "type": if value.is_string() { 3 } else { 4 }, "value": value}))
            .collect();
        self.interact(2, channel, None, &json!({"id": "77", "type": 1, "name": name, "options": options}))
    }

    /// Types into a command's option that proposes; returns what is proposed, as labels and values.
    pub async fn type_into(&self, command: &str, option: &str, typed: &str) -> Vec<(String, String)> {
        let data = json!({"id": "77", "type": 1, "name": command,
            "options": [{"name": option, "type": 3, "value": typed, "focused": true}]});
        if let Some(person) = self.fake.world().people.get_mut(&self.id) {
            person.proposals = None;
        }
        self.interact(4, LOBBY, None, &data);
        let id = self.id;
        let found = self.fake.until("proposals", |world| world.people[&id].proposals.clone()).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        found.as_array().into_iter().flatten().map(|c| (text(&c["name"]), text(&c["value"]))).collect()
    }

    /// Presses the newest button with this label among what they see of the bot, once there is one.
    pub async fn press(&self, label: &str) -> String {
        let id = self.id;
        let look = |world: &World| {
            let seen = world.seen_by(id).into_iter().map(|m| m.id).collect::<Vec<_>>();
            newest_button(world, &seen, label)
        };
        let (message, button) = self.fake.until(&format!("a button {label:?}"), look).await;
        self.press_at(message, &button)
    }

    /// Presses the newest button with this label in the guild's text channel.
    pub async fn press_in_lobby(&self, label: &str) -> String {
        self.press_in_channel(LOBBY, label).await
    }

    /// Presses the newest button with this label in a post.
    pub async fn press_in(&self, post: &Post, label: &str) -> String {
        self.press_in_channel(post.id, label).await
    }

    async fn press_in_channel(&self, channel: u64, label: &str) -> String {
        let look = |world: &World| {
            let place = world.channels.get(&channel)?;
            let seen: Vec<u64> = place
                .messages
                .iter()
                .filter(|m| m.only_for.is_none_or(|p| p == self.id))
                .map(|m| m.id)
                .collect();
            newest_button(world, &seen, label)
        };
        let (message, button) = self.fake.until(&format!("a button {label:?}"), look).await;
        self.press_at(message, &button)
    }

    /// Presses a button by its id, whether or not it is there: a forged one.
    pub fn press_at(&self, message: u64, button: &str) -> String {
        let channel = self
            .fake
            .world()
            .channels
            .values()
            .find(|c| c.messages.iter().any(|m| m.id == message))
            .map(|c| c.id);
        let data = json!({"custom_id": button, "component_type": 2});
        self.interact(3, channel.unwrap_or(LOBBY), Some(message), &data)
    }

    /// Fills in the form that is open before them and sends it, once one is.
    pub async fn submit(&self, text: &str) -> String {
        let id = self.id;
        let (form, source, channel) =
            self.fake.until("a form", |world| world.people[&id].modal.clone()).await;
        if let Some(person) = self.fake.world().people.get_mut(&id) {
            person.modal = None;
        }
        let field = form["components"][0]["components"][0]["custom_id"].clone();
        let rows = json!([{"type": 1, "components": [{"type": 4, "custom_id": field, "value": text}]}]);
        self.interact(5, channel, source, &json!({"custom_id": form["custom_id"], "components": rows}))
    }

    /// Writes into a post of the forum.
    pub fn say_in(&self, post: &Post, text: &str) -> u64 {
        let message = self.message(text);
        let id = message.id;
        put(&mut self.fake.world(), post.id, message);
        id
    }

    fn interact(&self, kind: u64, channel: u64, source: Option<u64>, data: &Value) -> String {
        let mut world = self.fake.world();
        let id = world.next_id();
        let token = format!("interaction-{id}-s3cret");
        let interaction = Interaction {
            id,
            kind,
            person: self.id,
            channel,
            source,
            began: Instant::now(),
            acked: None,
            original: None,
        };
        world.interactions.insert(token.clone(), interaction);
        let mut event = json!({"id": id.to_string(), "application_id": APPLICATION.to_string(), "type": kind,
            "token": token, "version": 1, "channel_id": channel.to_string(), "data": data,
            "locale": world.people[&self.id].locale});
        let user = world.user_json(self.id);
        if let Some(place) = world.channels.get(&channel) {
            event["channel"] = world.channel_json(place);
            if matches!(place.kind, Kind::Direct { .. }) {
                event["user"] = user;
            } else {
                event["guild_id"] = GUILD.to_string().into();
                event["member"] = json!({"user": user, "roles": [], "permissions": "2147483647"});
            }
            if let Some(message) = source.and_then(|source| place.messages.iter().find(|m| m.id == source)) {
                event["message"] = world.message_json(place, message, false);
            }
        }
        world.gateway.dispatch("INTERACTION_CREATE", &event);
        drop(world);
        self.expect_an_answer(&token);
        token
    }

    /// Discord shows "interaction failed" when the first answer doesn't come within three seconds.
    fn expect_an_answer(&self, token: &str) {
        let inner = std::sync::Arc::downgrade(&self.fake.inner);
        let token = token.to_owned();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            let Some(inner) = inner.upgrade() else { return };
            let fake = FakeDiscord { inner };
            let mut world = fake.world();
            if world.interactions.get(&token).is_some_and(|i| i.acked.is_none()) {
                world.violation("an interaction wasn't answered within three seconds");
            }
        });
    }

    /// Waits for the first answer to an interaction: how it was answered, and after which time.
    pub async fn acked(&self, token: &str) -> (Acked, Duration) {
        self.fake.until("an interaction's first answer", |world| world.interactions.get(token)?.acked).await
    }

    /// Waits until they see a message of the bot that holds `text`, and returns it as it is then.
    pub async fn sees(&self, text: &str) -> Message {
        let id = self.id;
        let look = |world: &World| {
            let found =
                world.seen_by(id).into_iter().rev().find(|m| m.author != id && m.content.contains(text));
            found.cloned()
        };
        self.fake.until(&format!("{text:?} to be seen"), look).await
    }

    /// Waits until they see a message with a file of this name.
    pub async fn sees_file(&self, name: &str) -> Message {
        let id = self.id;
        let look = |world: &World| {
            let has = |m: &&Message| m.author != id && m.files.iter().any(|(file, _)| file == name);
            world.seen_by(id).into_iter().rev().find(has).cloned()
        };
        self.fake.until(&format!("a file {name:?}"), look).await
    }

    /// Everything they see of the bot, and what they wrote to it.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.fake.world().seen_by(self.id).into_iter().cloned().collect()
    }

    /// The same as a transcript, one line a message.
    #[must_use]
    pub fn transcript(&self) -> String {
        let world = self.fake.world();
        world.seen_by(self.id).into_iter().map(|m| world.line(m)).collect::<Vec<_>>().join("\n")
    }
}

fn newest_button(world: &World, messages: &[u64], label: &str) -> Option<(u64, String)> {
    messages.iter().rev().find_map(|id| {
        let button = world.message(*id)?.buttons.iter().find(|b| b.label.contains(label))?;
        Some((*id, button.id.clone()))
    })
}

/// A post of the forum.
#[derive(Clone)]
pub struct Post {
    fake: FakeDiscord,
    /// Its id.
    pub id: u64,
}

impl Post {
    pub(crate) fn new(fake: FakeDiscord, id: u64) -> Self {
        Self { fake, id }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        match self.fake.world().channels.get(&self.id).map(|c| c.kind.clone()) {
            Some(Kind::Post { name, .. }) => name,
            _ => String::new(),
        }
    }

    /// The names of its tags.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        tags(&self.fake.world(), self.id)
    }

    /// Whether it was put away.
    #[must_use]
    pub fn archived(&self) -> bool {
        archived(&self.fake.world(), self.id)
    }

    /// Waits until it was put away, or isn't any more.
    pub async fn until_archived(&self, wanted: bool) {
        let id = self.id;
        let look = |world: &World| (archived(world, id) == wanted).then_some(());
        self.fake.until(&format!("archived to be {wanted}"), look).await;
    }

    /// Waits until it has a tag whose name holds `name`.
    pub async fn until_tagged(&self, name: &str) {
        let id = self.id;
        let look = |world: &World| tags(world, id).iter().any(|tag| tag.contains(name)).then_some(());
        self.fake.until(&format!("a tag {name:?}"), look).await;
    }

    /// Puts it away, as a moderator would.
    pub fn archive(&self) {
        if let Some(channel) = self.fake.world().channels.get_mut(&self.id)
            && let Kind::Post { archived, .. } = &mut channel.kind
        {
            *archived = true;
        }
    }

    /// Deletes it.
    pub fn delete(&self) {
        delete_post(&mut self.fake.world(), self.id);
    }

    /// Waits until a message in it holds `text`, and returns it as it is then.
    pub async fn shows(&self, text: &str) -> Message {
        let id = self.id;
        let look = |world: &World| {
            world.channels.get(&id)?.messages.iter().rev().find(|m| m.content.contains(text)).cloned()
        };
        self.fake.until(&format!("{text:?} in the post"), look).await
    }

    /// Its messages.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.fake.world().channels.get(&self.id).map(|c| c.messages.clone()).unwrap_or_default()
    }

    /// The same as a transcript, one line a message.
    #[must_use]
    pub fn transcript(&self) -> String {
        let world = self.fake.world();
        let lines = world.channels.get(&self.id).into_iter().flat_map(|c| &c.messages).map(|m| world.line(m));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn archived(world: &World, post: u64) -> bool {
    matches!(world.channels.get(&post).map(|c| &c.kind), Some(Kind::Post { archived: true, .. }))
}

fn tags(world: &World, post: u64) -> Vec<String> {
    let (Some(Kind::Post { tags, .. }), Kind::Forum { tags: known }) =
        (world.channels.get(&post).map(|c| &c.kind), &world.channels[&FORUM].kind)
    else {
        return Vec::new();
    };
    known.iter().filter(|(id, _)| tags.contains(id)).map(|(_, name)| name.clone()).collect()
}
