//! From an update to what happened, in our words. Pure: it knows what the update says and who we are, and asks nobody.

use crate::{
    update::{CallbackQuery, Chat, ChatMemberUpdated, Entity, File, Message, Update, User},
    way::Way,
};
use desk::{
    Address, Attachment, AttachmentKind, Button, Channel, ContactId, CustomerAct, CustomerCommand, Event,
    EventKey, FileRef, Identity, MessageRef, Profile, StaffAct, StaffButton, Target, ThreadRef, What,
    command::{self, Typed, typed},
};
use intents::Lang;
use jiff::Timestamp;
use std::ops::Range;

/// Marks the file id of a round video, which Telegram sends by a method of its own.
pub(crate) const NOTE: &str = "note:";

/// What an update comes to.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Something happened.
    Event {
        event: Box<Event>,
        /// The pressed button, which waits for an answer.
        pressed: Option<String>,
    },
    /// A button that isn't ours, or is from another time.
    StaleButton { query: String, lang: Lang },
    /// Somebody acted in the staff chat in the group's name.
    Anonymous { way: Way },
    /// A group became a supergroup.
    Moved { from: i64, to: i64 },
    /// Nothing for us.
    Nothing,
}

/// The bot's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Me {
    pub(crate) id: i64,
    pub(crate) username: String,
}

/// Reads updates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) channel: &'a Channel,
    /// Unknown until the API has told it.
    pub(crate) me: Option<&'a Me>,
    pub(crate) staff_chat: Option<i64>,
    pub(crate) now: Timestamp,
}

impl Reader<'_> {
    pub(crate) fn read(&self, update: &Update) -> Taken {
        let key = EventKey(format!("{}:{}", self.channel, update.update_id));
        if let Some(query) = &update.callback_query {
            self.pressed(key, query)
        } else if let Some(message) = &update.message {
            self.wrote(key, message, false)
        } else if let Some(message) = &update.edited_message {
            self.wrote(key, message, true)
        } else if let Some(change) = &update.my_chat_member {
            self.member(key, change)
        } else {
            Taken::Nothing
        }
    }

    fn wrote(&self, key: EventKey, message: &Message, edited: bool) -> Taken {
        if let Some(to) = message.migrate_to_chat_id {
            return Taken::Moved { from: message.chat.id, to };
        }
        if message.chat.is_channel() {
            return Taken::Nothing;
        }
        if Some(message.chat.id) == self.staff_chat {
            return self.staff(key, message, edited);
        }
        // Whoever writes in a private chat is its only other member, even where the server doesn't say so.
        let alone = User { id: message.chat.id, ..User::default() };
        let from = match &message.from {
            Some(from) => from,
            None if message.chat.is_private() => &alone,
            None => return Taken::Nothing,
        };
        if from.is_bot {
            Taken::Nothing
        } else if message.chat.is_private() {
            self.private(key, message, from, edited)
        } else {
            self.group(key, message, from, edited)
        }
    }

    fn private(&self, key: EventKey, message: &Message, from: &User, edited: bool) -> Taken {
        let Some(said) = self.content(message) else { return Taken::Nothing };
        let id = reference(message.message_id);
        let command = typed(&said.text).filter(|_| said.attachments.is_empty());
        let what = match command {
            Some(_) if edited => return Taken::Nothing,
            Some(typed) if !self.for_us(typed) => return Taken::Nothing,
            Some(typed) => self.private_command(typed, id, &message.chat, from),
            None if edited => self.customer(&message.chat, from, CustomerAct::Edit { id, message: said }),
            None => self.customer(&message.chat, from, CustomerAct::Say { id, message: said }),
        };
        self.event(key, what, &self.way(message, false))
    }

    fn private_command(&self, typed: Typed<'_>, id: MessageRef, chat: &Chat, from: &User) -> Option<What> {
        if let Some(code) = command::link(typed) {
            return self.link(from, code);
        }
        if typed.name.eq_ignore_ascii_case("start") {
            if let Some(code) = typed.rest.strip_prefix("link-") {
                return self.link(from, code);
            }
            if typed.rest == "human" {
                return self.customer(chat, from, CustomerAct::Command(CustomerCommand::Human));
            }
        }
        if let Some(act) = command::customer(typed, id.clone()) {
            return self.customer(chat, from, act);
        }
        if let Some((on, act)) = command::staff(typed, Target::Nothing) {
            return Some(What::Staff { by: self.identity(from)?, on, act });
        }
        // No command of ours: words like any others.
        let text = format!("{} {}", typed.name, typed.rest).trim_end().to_owned();
        self.customer(chat, from, CustomerAct::Say { id, message: desk::Message::text(text) })
    }

    fn group(&self, key: EventKey, message: &Message, from: &User, edited: bool) -> Taken {
        let Some(mut said) = self.content(message) else { return Taken::Nothing };
        let id = reference(message.message_id);
        let act = match typed(&said.text) {
            Some(typed) => {
                let ours = typed.bot.is_some() && self.for_us(typed);
                let asks = typed.bot.is_none() && typed.name.eq_ignore_ascii_case("ask");
                match command::customer(typed, id) {
                    Some(act) if !edited && (ours || asks) => act,
                    _ => return Taken::Nothing,
                }
            }
            None => {
                let Some(text) = self.addressed(message, &said.text) else { return Taken::Nothing };
                let empty = text.is_empty() && said.attachments.is_empty();
                said.text = text;
                match (edited, empty) {
                    (true, true) => return Taken::Nothing,
                    (true, false) => CustomerAct::Edit { id, message: said },
                    (false, true) => CustomerAct::Command(CustomerCommand::Help),
                    (false, false) => CustomerAct::Say { id, message: said },
                }
            }
        };
        let what = self.customer(&message.chat, from, act);
        self.event(key, what, &self.way(message, true))
    }

    fn staff(&self, key: EventKey, message: &Message, edited: bool) -> Taken {
        let Some(said) = self.content(message) else { return Taken::Nothing };
        let on = self.place(message);
        let command = typed(&said.text);
        let from = match &message.from {
            Some(from) if !from.is_bot && message.sender_chat.is_none() => from,
            _ => {
                let in_the_groups_name =
                    message.sender_chat.as_ref().is_some_and(|c| c.id == message.chat.id);
                let meant = on != Target::Nothing || command.is_some_and(|typed| self.for_us(typed));
                return if in_the_groups_name && meant && !edited {
                    Taken::Anonymous { way: self.way(message, true) }
                } else {
                    Taken::Nothing
                };
            }
        };
        let what = match self.staff_act(message, said, on, edited) {
            Some(StaffWhat::Act(on, act)) => self.identity(from).map(|by| What::Staff { by, on, act }),
            Some(StaffWhat::Link(code)) => self.link(from, &code),
            None => None,
        };
        self.event(key, what, &self.way(message, true))
    }

    fn staff_act(
        &self,
        message: &Message,
        said: desk::Message,
        on: Target,
        edited: bool,
    ) -> Option<StaffWhat> {
        let id = reference(message.message_id);
        if let Some(note) = said.text.trim_start().strip_prefix("//") {
            let note = desk::Message { text: note.trim().to_owned(), ..said };
            let empty = note.text.is_empty() && note.attachments.is_empty();
            let taken = !edited && !empty && on != Target::Nothing;
            return taken.then_some(StaffWhat::Act(on, StaffAct::Note(note)));
        }
        if let Some(typed) = typed(&said.text) {
            if edited || !self.for_us(typed) {
                return None;
            }
            if let Some(code) = command::link(typed) {
                return Some(StaffWhat::Link(code.to_owned()));
            }
            // A mistyped command in a ticket must not reach the customer.
            let known = command::staff(typed, on.clone());
            let help = || (on != Target::Nothing).then_some((Target::Nothing, StaffAct::Help));
            return known.or_else(help).map(|(on, act)| StaffWhat::Act(on, act));
        }
        let act =
            if edited { StaffAct::Edit { id, message: said } } else { StaffAct::Say { id, message: said } };
        (on != Target::Nothing).then_some(StaffWhat::Act(on, act))
    }

    /// What a message in the staff chat is about: the ticket of its topic, or of the message that it replies to.
    fn place(&self, message: &Message) -> Target {
        let replied = message.reply_to_message.as_deref();
        // In a group without topics a reply has a thread id too: that of the message at the root.
        let in_topic = message.is_topic_message.unwrap_or_else(|| {
            message.chat.is_forum || replied.is_none_or(|r| r.forum_topic_created.is_some())
        });
        match (message.message_thread_id, replied) {
            (Some(topic), _) if in_topic => {
                Target::Thread(self.channel.clone(), ThreadRef(topic.to_string()))
            }
            (_, Some(replied)) => Target::Message(self.channel.clone(), reference(replied.message_id)),
            _ => Target::Nothing,
        }
    }

    fn pressed(&self, key: EventKey, query: &CallbackQuery) -> Taken {
        let data = query.data.as_deref().unwrap_or_default();
        let way = match &query.message {
            Some(message) => self.way(message, !message.chat.is_private()),
            None => Way { chat: query.from.id, thread: None, message: None, query: None },
        };
        let way = Way { query: Some(query.id.clone()), ..way };
        let what = if let Ok(button) = StaffButton::read(data) {
            button.does.act().and_then(|act| {
                let on = Target::Ticket(button.ticket);
                self.identity(&query.from).map(|by| What::Staff { by, on, act })
            })
        } else if let Ok(button) = Button::read(data) {
            let act = CustomerAct::Press(button);
            match &query.message {
                Some(message) if Some(message.chat.id) == self.staff_chat => None,
                Some(message) => self.customer(&message.chat, &query.from, act),
                None => self.contact(query.from.id, None).map(|contact| What::Customer {
                    contact,
                    profile: profile(&query.from, false),
                    act,
                }),
            }
        } else {
            None
        };
        match what {
            Some(_) => self.event(key, what, &way),
            None => {
                Taken::StaleButton { query: query.id.clone(), lang: lang(&query.from).unwrap_or(Lang::En) }
            }
        }
    }

    fn member(&self, key: EventKey, change: &ChatMemberUpdated) -> Taken {
        if !change.chat.is_private() || change.new_chat_member.status != "kicked" {
            return Taken::Nothing;
        }
        let alone = User { id: change.chat.id, ..User::default() };
        let from = change.from.as_ref().unwrap_or(&alone);
        let what = self.customer(&change.chat, from, CustomerAct::Left);
        let way = Way { chat: change.chat.id, thread: None, message: None, query: None };
        self.event(key, what, &way)
    }

    fn event(&self, key: EventKey, what: Option<What>, way: &Way) -> Taken {
        let Some(what) = what else { return Taken::Nothing };
        let via = Some(way.via(self.channel, self.now));
        Taken::Event { event: Box::new(Event { key, at: self.now, via, what }), pressed: way.query.clone() }
    }

    fn customer(&self, chat: &Chat, from: &User, act: CustomerAct) -> Option<What> {
        let public = !chat.is_private();
        let contact = self.contact(chat.id, public.then_some(from.id))?;
        Some(What::Customer { contact, profile: profile(from, public), act })
    }

    fn link(&self, from: &User, code: &str) -> Option<What> {
        Some(What::Link { by: self.identity(from)?, code: code.trim().to_owned() })
    }

    /// A person in their private chat, or one member of a group.
    fn contact(&self, chat: i64, member: Option<i64>) -> Option<ContactId> {
        let id = member.map_or_else(|| chat.to_string(), |member| format!("{chat}/{member}"));
        Address::new(self.channel.clone(), id).ok()
    }

    fn identity(&self, user: &User) -> Option<Identity> {
        Address::new(self.channel.clone(), user.id.to_string()).ok()
    }

    /// The way back to a message; `reply` to it where others talk too.
    fn way(&self, message: &Message, reply: bool) -> Way {
        let topic = message.is_topic_message.unwrap_or(message.chat.is_forum);
        Way {
            chat: message.chat.id,
            thread: message.message_thread_id.filter(|_| topic).and_then(|t| t.try_into().ok()),
            message: reply.then(|| message.message_id.try_into().ok()).flatten(),
            query: None,
        }
    }

    /// Whether a command is for this bot, as far as one knows its name.
    fn for_us(&self, typed: Typed<'_>) -> bool {
        match (typed.bot, self.me) {
            (Some(bot), Some(me)) => bot.eq_ignore_ascii_case(&me.username),
            (Some(_), None) => false,
            (None, _) => true,
        }
    }

    /// The text without our name, if a message in a group speaks to us.
    fn addressed(&self, message: &Message, text: &str) -> Option<String> {
        let me = self.me?;
        let mut ranges = named(text, &me.username);
        let entities = if message.text.is_some() { &message.entities } else { &message.caption_entities };
        let by_id = |e: &&Entity| e.kind == "text_mention" && e.user.as_ref().is_some_and(|u| u.id == me.id);
        ranges.extend(entities.iter().filter(by_id).filter_map(|e| bytes(text, e.offset, e.length)));
        let replied = message.reply_to_message.as_ref().and_then(|m| m.from.as_ref());
        if ranges.is_empty() && replied.is_none_or(|from| from.id != me.id) {
            return None;
        }
        ranges.sort_by_key(|r| r.start);
        let mut rest = String::new();
        let mut at = 0;
        for range in ranges.into_iter().filter(|r| r.start <= r.end) {
            if range.start >= at {
                rest.push_str(&text[at..range.start]);
                at = range.end;
            }
        }
        rest.push_str(&text[at..]);
        Some(rest.trim_matches(|c: char| c.is_whitespace() || ",，:：、".contains(c)).to_owned())
    }

    /// What a message says and carries; `None` for what only tells that something happened in a chat.
    fn content(&self, message: &Message) -> Option<desk::Message> {
        let attachments: Vec<_> = self.attachment(message).into_iter().collect();
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

    fn attachment(&self, message: &Message) -> Option<Attachment> {
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
            file: FileRef { channel: self.channel.clone(), id: format!("{note}{}", file.file_id) },
        })
    }
}

/// What somebody did in the staff chat.
enum StaffWhat {
    Act(Target, StaffAct),
    Link(String),
}

fn reference(id: i64) -> MessageRef {
    MessageRef(id.to_string())
}

fn lang(user: &User) -> Option<Lang> {
    user.language_code.as_deref().and_then(Lang::from_tag)
}

fn profile(user: &User, public: bool) -> Profile {
    let parts = [user.first_name.as_deref(), user.last_name.as_deref()];
    let full =
        parts.into_iter().flatten().map(str::trim).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
    let handle = user.username.clone().filter(|name| !name.is_empty());
    let name = if full.is_empty() { handle.clone().unwrap_or_else(|| user.id.to_string()) } else { full };
    Profile { name, handle, language: lang(user), public }
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

/// The byte ranges in which a text names `@username`.
fn named(text: &str, username: &str) -> Vec<Range<usize>> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices('@')
        .filter_map(|(at, _)| {
            let range = at..at + 1 + username.len();
            let name = text.get(at + 1..range.end)?;
            let alone = !text[..at].ends_with(word) && !text[range.end..].starts_with(word);
            (alone && !username.is_empty() && name.eq_ignore_ascii_case(username)).then_some(range)
        })
        .collect()
}

/// The byte range of a range of UTF-16 units; `None` if it isn't one of whole characters.
fn bytes(text: &str, offset: usize, length: usize) -> Option<Range<usize>> {
    let at = |unit: usize| {
        let mut units = 0;
        for (i, c) in text.char_indices() {
            if units == unit {
                return Some(i);
            }
            units += c.len_utf16();
        }
        (units == unit).then_some(text.len())
    };
    Some(at(offset)?..at(offset.checked_add(length)?)?)
}

#[cfg(test)]
#[path = "from_telegram_tests.rs"]
mod tests;
