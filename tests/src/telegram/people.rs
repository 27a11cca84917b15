//! The people of a story: what they do in their chats, and what they see there.

use super::{
    server::Shared,
    state::{Chat, ChatKind, Message, State, StoredFile, Topic, User},
    updates::about,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// A person, and their private chat with the bot.
#[derive(Debug, Clone)]
pub struct Person {
    shared: Arc<Shared>,
    /// Who they are.
    pub user: User,
}

/// A supergroup.
#[derive(Debug, Clone)]
pub struct Group {
    shared: Arc<Shared>,
    /// Its id.
    pub id: i64,
}

impl Person {
    pub(super) fn new(shared: Arc<Shared>, user: User) -> Self {
        Self { shared, user }
    }

    /// The id of the person, and of their private chat.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.user.id
    }

    /// Writes to the bot; gives the message's id.
    #[must_use]
    pub fn writes(&self, text: &str) -> i64 {
        self.shared.with(|state| write(state, self.id(), &self.user, Written { text, ..Written::default() }))
    }

    /// Writes to the bot.
    pub fn says(&self, text: &str) {
        let _ = self.writes(text);
    }

    /// Writes in reply to a message of the chat.
    pub fn replies(&self, to: i64, text: &str) {
        let written = Written { text, reply_to: Some(to), ..Written::default() };
        self.shared.with(|state| write(state, self.id(), &self.user, written));
    }

    /// Sends a file: `kind` is the field of the Bot API, such as `photo` or `voice`. Gives its id.
    #[must_use]
    pub fn sends(&self, kind: &str, name: Option<&str>, bytes: &[u8], caption: &str) -> String {
        self.shared.with(|state| send(state, self.id(), &self.user, None, kind, name, bytes, caption))
    }

    /// Changes a message of theirs.
    pub fn edits(&self, message: i64, text: &str) {
        self.shared.with(|state| edit(state, self.id(), message, text));
    }

    /// Presses the newest button that is labelled so; gives the query's id.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn press(&self, label: &str) -> String {
        self.shared.with(|state| press(state, self.id(), None, &self.user, label))
    }

    /// Blocks the bot.
    pub fn blocks(&self) {
        self.set_blocked(true);
    }

    /// Unblocks it.
    pub fn unblocks(&self) {
        self.set_blocked(false);
    }

    fn set_blocked(&self, on: bool) {
        self.shared.with(|state| {
            let status = |on| json!({ "status": if on { "kicked" } else { "member" }, "user": { "id": super::state::BOT, "is_bot": true } });
            let chat = state.chat(self.id()).json(self.id());
            if let ChatKind::Private { blocked, .. } = &mut state.chat_mut(self.id()).kind {
                *blocked = on;
            }
            state.push(json!({ "my_chat_member": { "chat": chat, "from": self.user.json(), "date": 1,
                "old_chat_member": status(!on), "new_chat_member": status(on) } }))
        });
    }

    /// What stands in the chat.
    #[must_use]
    pub fn transcript(&self) -> String {
        self.shared.quietly(|state| state.chat(self.id()).transcript(None))
    }

    /// Waits until the bot's newest message there contains these words, and gives it.
    #[track_caller]
    pub fn hears(&self, words: &str) -> impl Future<Output = Message> {
        let (id, words) = (self.id(), words.to_owned());
        let what = format!("{} hears {words:?}", self.user.name);
        self.shared.until(what, move |state| {
            state.chat(id).of_bot().last().filter(|m| m.text.contains(&words)).map(|m| (*m).clone())
        })
    }
}

impl Group {
    pub(super) fn new(shared: Arc<Shared>, id: i64) -> Self {
        Self { shared, id }
    }

    /// Somebody writes in the group, or in one of its topics; gives the message's id.
    #[must_use]
    pub fn writes(&self, person: &Person, topic: Option<i64>, text: &str) -> i64 {
        let written = Written { text, topic, reply_to: None };
        self.shared.with(|state| write(state, self.id, &person.user, written))
    }

    /// Somebody writes in the group, or in one of its topics.
    pub fn says(&self, person: &Person, topic: Option<i64>, text: &str) {
        let _ = self.writes(person, topic, text);
    }

    /// Somebody replies to a message.
    pub fn replies(&self, person: &Person, to: i64, text: &str) {
        self.shared.with(|state| {
            let topic = state.chat(self.id).messages.iter().find(|m| m.id == to).and_then(|m| m.topic);
            let written = Written { text, topic, reply_to: Some(to) };
            write(state, self.id, &person.user, written)
        });
    }

    /// Somebody sends a file, as [`Person::sends`].
    #[must_use]
    pub fn sends(
        &self,
        person: &Person,
        topic: Option<i64>,
        kind: &str,
        bytes: &[u8],
        caption: &str,
    ) -> String {
        self.shared.with(|state| send(state, self.id, &person.user, topic, kind, None, bytes, caption))
    }

    /// Somebody changes a message.
    pub fn edits(&self, message: i64, text: &str) {
        self.shared.with(|state| edit(state, self.id, message, text));
    }

    /// Somebody presses the newest button that is labelled so; gives the query's id.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn press(&self, person: &Person, topic: Option<i64>, label: &str) -> String {
        self.shared.with(|state| press(state, self.id, topic, &person.user, label))
    }

    /// Waits for a topic whose name contains these words, and gives its id.
    #[track_caller]
    pub fn topic(&self, name: &str) -> impl Future<Output = i64> {
        let (id, name) = (self.id, name.to_owned());
        self.shared.until(format!("a topic {name:?}"), move |state| {
            let topics = &state.chat(id).topics;
            topics.iter().rev().find(|(_, t)| !t.deleted && t.name.contains(&name)).map(|(id, _)| *id)
        })
    }

    /// Waits until the bot's newest message in the group, or in a topic, contains these words, and gives it.
    #[track_caller]
    pub fn hears(&self, topic: Option<i64>, words: &str) -> impl Future<Output = Message> {
        let (id, words) = (self.id, words.to_owned());
        self.shared.until(format!("the group hears {words:?}"), move |state| {
            let mut said = state.chat(id).of_bot();
            said.retain(|m| topic.is_none() || m.topic == topic);
            said.last().filter(|m| m.text.contains(&words)).map(|m| (*m).clone())
        })
    }

    /// What stands in the group, or in one of its topics.
    #[must_use]
    pub fn transcript(&self, topic: Option<i64>) -> String {
        self.shared.quietly(|state| state.chat(self.id).transcript(topic))
    }

    /// Deletes a topic with everything in it.
    pub fn delete_topic(&self, topic: i64) {
        self.change_topic(topic, |topic| topic.deleted = true);
    }

    /// Closes a topic.
    pub fn close_topic(&self, topic: i64) {
        self.change_topic(topic, |topic| topic.closed = true);
    }

    fn change_topic(&self, id: i64, change: impl FnOnce(&mut Topic)) {
        self.shared
            .with(|state| change(state.chat_mut(self.id).topics.get_mut(&id).expect("the topic exists")));
    }

    /// Deletes a message.
    pub fn delete(&self, message: i64) {
        self.shared.with(|state| find(state.chat_mut(self.id), message).deleted = true);
    }

    /// Says whether the group has topics from now on.
    pub fn set_forum(&self, on: bool) {
        self.shared.with(|state| {
            if let ChatKind::Group { forum, .. } = &mut state.chat_mut(self.id).kind {
                *forum = on;
            }
        });
    }

    /// The group becomes another, as a group does that is made a supergroup.
    #[must_use]
    pub fn moves(&self) -> Self {
        let id = self.shared.with(|state| {
            let id = -1_000_000_000_000 - state.next();
            let kind = state.chat(self.id).kind.clone();
            state.chats.insert(id, Chat::new(kind));
            state.chat_mut(self.id).moved = Some(id);
            id
        });
        Self { shared: self.shared.clone(), id }
    }
}

#[derive(Clone, Copy, Default)]
struct Written<'a> {
    text: &'a str,
    topic: Option<i64>,
    reply_to: Option<i64>,
}

fn write(state: &mut State, chat: i64, from: &User, written: Written<'_>) -> i64 {
    let message = Message {
        id: state.next(),
        from: Some(from.clone()),
        topic: written.topic,
        text: written.text.to_owned(),
        entities: Vec::new(),
        buttons: Vec::new(),
        file: None,
        reply_to: written.reply_to,
        edits: 0,
        deleted: false,
    };
    arrive(state, chat, &message)
}

#[allow(clippy::too_many_arguments)] // a file has that many sides, and only two callers
fn send(
    state: &mut State,
    chat: i64,
    from: &User,
    topic: Option<i64>,
    kind: &str,
    name: Option<&str>,
    bytes: &[u8],
    caption: &str,
) -> String {
    let id = state.next();
    let file = format!("file{id}");
    let size = bytes.len() as u64;
    let stored =
        StoredFile { kind: kind.to_owned(), name: name.map(str::to_owned), bytes: bytes.to_vec(), size };
    state.files.insert(file.clone(), stored);
    let message = Message {
        id,
        from: Some(from.clone()),
        topic,
        text: caption.to_owned(),
        entities: Vec::new(),
        buttons: Vec::new(),
        file: Some((kind.to_owned(), file.clone())),
        reply_to: None,
        edits: 0,
        deleted: false,
    };
    arrive(state, chat, &message);
    file
}

fn arrive(state: &mut State, chat: i64, message: &Message) -> i64 {
    let room = state.chat_mut(chat);
    if let ChatKind::Private { started, .. } = &mut room.kind {
        *started = true;
    }
    let id = message.id;
    room.messages.push(message.clone());
    let json = message.json(chat, room);
    state.push(about("message", &json));
    id
}

fn find(chat: &mut Chat, message: i64) -> &mut Message {
    chat.messages.iter_mut().find(|m| m.id == message).expect("there is such a message")
}

fn edit(state: &mut State, chat: i64, message: i64, text: &str) {
    let room = state.chat_mut(chat);
    let changed = find(room, message);
    text.clone_into(&mut changed.text);
    changed.edits += 1;
    let changed = changed.clone();
    let json = changed.json(chat, room);
    state.push(about("edited_message", &json));
}

#[track_caller]
fn press(state: &mut State, chat: i64, topic: Option<i64>, from: &User, label: &str) -> String {
    let room = state.chat(chat);
    let here = room.messages.iter().rev().filter(|m| !m.deleted && (topic.is_none() || m.topic == topic));
    let labelled = |button: &&Value| button["text"].as_str().is_some_and(|text| text.contains(label));
    let found = here.filter_map(|m| Some((m, m.buttons.iter().flatten().find(labelled)?))).next();
    let Some((message, button)) = found else {
        panic!("no button {label:?} in\n{}", room.transcript(topic));
    };
    let data = button["callback_data"].as_str().unwrap_or_else(|| panic!("{label:?} is a link")).to_owned();
    let message = message.json(chat, room);
    let id = format!("query{}", state.next());
    state.queries.insert(id.clone(), None);
    let query =
        json!({ "id": id, "from": from.json(), "message": message, "chat_instance": "1", "data": data });
    state.push(json!({ "callback_query": query }));
    id
}
