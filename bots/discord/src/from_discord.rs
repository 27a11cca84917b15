//! What Discord sends, as what happened. Pure: it knows neither network nor clock, and decides nothing about the
//! conversation. Who may act on a ticket, the roster tells; nothing here trusts a button or a form for that.

use crate::via::Reply;
use crate::wire::{File, Id, Interaction, Message as Wire, Sticker, User};
use desk::command::{self, Typed};
use desk::{
    Attachment, AttachmentKind, Button, Channel, ContactId, CustomerAct, EntryId, Event, EventKey, FileRef,
    Lang, Message, MessageRef, Profile, StaffAct, StaffButton, StaffDoes, Target, ThreadRef, TicketNumber,
    What,
};
use jiff::Timestamp;

/// The name of the panel's button that asks for a question; no button of the desk begins so.
pub(crate) const ASK: &str = "0:ask:";

/// What is known when something arrives.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// Our channel's name.
    pub(crate) channel: Channel,
    /// The bot's own id.
    pub(crate) me: Option<Id>,
    /// The application, for interactions that don't name it.
    pub(crate) application: Option<Id>,
    /// Now.
    pub(crate) now: Timestamp,
    /// Whether it happened in a thread of the staff forum.
    pub(crate) staff_thread: bool,
}

/// What an interaction asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    /// Something happened: take it in, then acknowledge it.
    Act(Box<Event>, Ack),
    /// A form must be opened at once.
    Form(Form),
    /// Questions to choose from are wanted, for what was typed so far.
    Propose(String),
    /// The support panel is to be posted into this channel.
    Panel(Id),
    /// A button or command that we don't know (any more).
    Unknown,
}

/// How an interaction is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ack {
    /// "Thinking…", to be filled in by the answer.
    Thinking,
    /// Without a sign.
    Quiet,
}

/// A form that asks for words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// A customer's question.
    Ask,
    /// An agent's answer.
    Reply(StaffButton),
    /// An agent's note.
    Note(StaffButton),
}

impl Form {
    /// The form's name, by which it is known when it comes back.
    #[must_use]
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Ask => ASK.to_owned(),
            Self::Reply(button) | Self::Note(button) => button.wire(),
        }
    }
}

/// What a new message says: in a direct message what the customer does, in a staff thread what an agent does. None for
/// bots, for Discord's own messages, and for those whose words we aren't given.
#[must_use]
pub(crate) fn message(cx: &Context, wire: &Wire) -> Option<Event> {
    if !matches!(wire.kind, 0 | 19) {
        return None;
    }
    let author = person(wire)?;
    let said = said(cx, wire)?;
    let id = MessageRef(wire.id.to_string());
    let what = if wire.guild_id.is_none() && !cx.staff_thread {
        direct(cx, author, id, said)?
    } else if cx.staff_thread {
        let here = Target::Thread(cx.channel.clone(), ThreadRef(wire.channel_id.to_string()));
        let (on, act) = staff_said(here, id, said);
        What::Staff { by: address(cx, author)?, on, act }
    } else {
        return None;
    };
    Some(Event { key: key(&wire.id.to_string()), at: cx.now, via: None, what })
}

/// What a changed message says. None unless its author changed its words.
#[must_use]
pub(crate) fn edited(cx: &Context, wire: &Wire) -> Option<Event> {
    let when = wire.edited_timestamp.as_deref()?;
    let author = person(wire)?;
    let message = said(cx, wire)?;
    let id = MessageRef(wire.id.to_string());
    let what = if wire.guild_id.is_none() && !cx.staff_thread {
        What::Customer {
            contact: address(cx, author)?,
            profile: profile(author, None),
            act: CustomerAct::Edit { id, message },
        }
    } else if cx.staff_thread {
        let on = Target::Thread(cx.channel.clone(), ThreadRef(wire.channel_id.to_string()));
        What::Staff { by: address(cx, author)?, on, act: StaffAct::Edit { id, message } }
    } else {
        return None;
    };
    Some(Event { key: key(&format!("{}:{when}", wire.id)), at: cx.now, via: None, what })
}

/// What an interaction asks for; none when nobody did it. `entry` finds the entry that a proposal stands for.
#[must_use]
pub(crate) fn interaction(
    cx: &Context,
    wire: &Interaction,
    entry: impl Fn(&str) -> Option<EntryId>,
) -> Option<Asked> {
    let actor = wire.actor().filter(|user| !user.bot)?;
    let by = address(cx, actor)?;
    let profile = profile(actor, wire.locale.as_deref());
    let customer = |act| What::Customer { contact: by.clone(), profile: profile.clone(), act };
    let (what, ack) = match wire.kind {
        2 if wire.data.name == "panel" => return wire.place().map(Asked::Panel),
        2 => match slash(cx, wire, &by, &profile, entry) {
            Some(what) => (what, Ack::Thinking),
            None => return Some(Asked::Unknown),
        },
        3 => {
            let pressed = wire.data.values.first().unwrap_or(&wire.data.custom_id);
            match press(pressed) {
                Some(Pressed::Customer(button)) => (customer(CustomerAct::Press(button)), Ack::Quiet),
                Some(Pressed::Staff(on, act)) => (What::Staff { by, on, act }, Ack::Quiet),
                Some(Pressed::Form(form)) => return Some(Asked::Form(form)),
                None => return Some(Asked::Unknown),
            }
        }
        4 => {
            let typed = wire.data.options.iter().find(|o| o.focused).or(wire.data.options.first());
            let typed = typed.and_then(|o| o.value.as_str()).unwrap_or_default();
            return Some(Asked::Propose(typed.to_owned()));
        }
        5 => {
            let Some(text) = wire.data.typed() else { return Some(Asked::Unknown) };
            let message = Message::text(text.trim());
            match press(&wire.data.custom_id) {
                Some(Pressed::Form(Form::Ask)) => {
                    let id = MessageRef(wire.id.to_string());
                    (customer(CustomerAct::Say { id, message }), Ack::Thinking)
                }
                Some(Pressed::Form(Form::Reply(button))) => {
                    let act = StaffAct::Reply(message);
                    (What::Staff { by, on: Target::Ticket(button.ticket), act }, Ack::Quiet)
                }
                Some(Pressed::Form(Form::Note(button))) => {
                    let act = StaffAct::Note(message);
                    (What::Staff { by, on: Target::Ticket(button.ticket), act }, Ack::Quiet)
                }
                _ => return Some(Asked::Unknown),
            }
        }
        _ => return None,
    };
    let via = Reply::of(wire, cx.application, ack).map(|reply| reply.via(&cx.channel, cx.now));
    let event = Event { key: key(&wire.id.to_string()), at: cx.now, via, what };
    Some(Asked::Act(Box::new(event), ack))
}

/// The key of something that Discord gave an id.
fn key(id: &str) -> EventKey {
    EventKey(format!("discord:{id}"))
}

fn address(cx: &Context, user: &User) -> Option<ContactId> {
    ContactId::new(cx.channel.clone(), user.id?.to_string()).ok()
}

fn profile(user: &User, locale: Option<&str>) -> Profile {
    let handle = user.username.clone().filter(|name| !name.is_empty());
    let shown = user.global_name.clone().filter(|name| !name.trim().is_empty());
    Profile {
        name: shown.or_else(|| handle.clone()).unwrap_or_default(),
        handle,
        language: locale.and_then(Lang::from_tag),
        public: false,
    }
}

fn person(wire: &Wire) -> Option<&User> {
    wire.author.as_ref().filter(|author| !author.bot && wire.webhook_id.is_none())
}

/// The message's words and files, without a mention of the bot at its beginning.
fn said(cx: &Context, wire: &Wire) -> Option<Message> {
    let forwarded = wire.message_snapshots.first().map(|s| &s.message);
    let mut text = wire.content.clone().unwrap_or_default();
    if let Some(more) = forwarded.and_then(|f| f.content.as_deref()).filter(|t| !t.is_empty()) {
        text = if text.is_empty() { more.to_owned() } else { format!("{text}\n{more}") };
    }
    if let Some(me) = cx.me {
        for mention in [format!("<@{me}>"), format!("<@!{me}>")] {
            if let Some(rest) = text.trim_start().strip_prefix(&mention) {
                text = rest.trim_start().to_owned();
            }
        }
    }
    let spoken = wire.flags & (1 << 13) != 0;
    let own = wire.attachments.iter().map(|file| attachment(cx, wire, file, spoken));
    let theirs = forwarded.into_iter().flat_map(|f| &f.attachments).map(|f| attachment(cx, wire, f, false));
    let stickers = wire.sticker_items.iter().map(|s| sticker(cx, wire, s));
    let attachments: Vec<_> = own.chain(theirs).chain(stickers).collect();
    let reply_to = wire.message_reference.as_ref().filter(|r| r.kind == 0).and_then(|r| r.message_id);
    let reply_to = reply_to.map(|id| MessageRef(id.to_string()));
    let silent = text.trim().is_empty() && attachments.is_empty();
    (!silent).then_some(Message { text, attachments, reply_to })
}

fn attachment(cx: &Context, wire: &Wire, file: &File, spoken: bool) -> Attachment {
    let mime = file.content_type.clone();
    let kind = match mime.as_deref().unwrap_or_default() {
        "image/gif" => AttachmentKind::Animation,
        m if m.starts_with("image/") && !m.contains("svg") => AttachmentKind::Photo,
        m if m.starts_with("audio/") && spoken => AttachmentKind::Voice,
        m if m.starts_with("audio/") => AttachmentKind::Audio,
        m if m.starts_with("video/") => AttachmentKind::Video,
        _ => AttachmentKind::Document,
    };
    let id = format!("{}/{}/{}/{}", wire.channel_id, wire.id, file.id, file.url);
    Attachment {
        kind,
        name: file.filename.clone(),
        mime,
        size: file.size,
        file: FileRef { channel: cx.channel.clone(), id },
    }
}

fn sticker(cx: &Context, wire: &Wire, sticker: &Sticker) -> Attachment {
    let (host, ending, mime) = match sticker.format_type {
        3 => ("cdn.discordapp.com", "json", "application/json"),
        4 => ("media.discordapp.net", "gif", "image/gif"),
        _ => ("cdn.discordapp.com", "png", "image/png"),
    };
    let id = format!("{}/{}/0/https://{host}/stickers/{}.{ending}", wire.channel_id, wire.id, sticker.id);
    Attachment {
        kind: AttachmentKind::Sticker,
        name: sticker.name.as_ref().map(|name| format!("{name}.{ending}")),
        mime: Some(mime.to_owned()),
        size: None,
        file: FileRef { channel: cx.channel.clone(), id },
    }
}

/// What a direct message does: a link code, a command, an agent's command, or words.
fn direct(cx: &Context, author: &User, id: MessageRef, message: Message) -> Option<What> {
    let by = address(cx, author)?;
    if let Some(typed) = command::typed(&message.text) {
        if let Some(code) = command::link(typed) {
            return Some(What::Link { by, code: code.to_owned() });
        }
        if let Some(act) = command::customer(typed, id.clone()) {
            return Some(What::Customer { contact: by, profile: profile(author, None), act });
        }
        if let Some((on, act)) = command::staff(typed, Target::Nothing) {
            return Some(What::Staff { by, on, act });
        }
    }
    let act = CustomerAct::Say { id, message };
    Some(What::Customer { contact: by, profile: profile(author, None), act })
}

fn staff_said(here: Target, id: MessageRef, message: Message) -> (Target, StaffAct) {
    if let Some(found) = command::typed(&message.text).and_then(|typed| command::staff(typed, here.clone())) {
        return found;
    }
    match message.text.trim_start().strip_prefix("//").map(|note| note.trim().to_owned()) {
        Some(text) => (here, StaffAct::Note(Message { text, ..message })),
        None => (here, StaffAct::Say { id, message }),
    }
}

enum Pressed {
    Customer(Button),
    Staff(Target, StaffAct),
    Form(Form),
}

fn press(wire: &str) -> Option<Pressed> {
    if wire == ASK {
        return Some(Pressed::Form(Form::Ask));
    }
    if let Ok(button) = Button::read(wire) {
        return Some(Pressed::Customer(button));
    }
    let button = StaffButton::read(wire).ok()?;
    Some(match (button.does.act(), &button.does) {
        (Some(act), _) => Pressed::Staff(Target::Ticket(button.ticket), act),
        (None, StaffDoes::Note) => Pressed::Form(Form::Note(button)),
        (None, _) => Pressed::Form(Form::Reply(button)),
    })
}

/// What a slash command does. Its options become what would stand behind it if it were typed.
fn slash(
    cx: &Context,
    wire: &Interaction,
    by: &ContactId,
    profile: &Profile,
    entry: impl Fn(&str) -> Option<EntryId>,
) -> Option<What> {
    let data = &wire.data;
    let words: Vec<String> =
        data.options.iter().filter(|o| o.name != "ticket").filter_map(|o| data.option(&o.name)).collect();
    let words = words.join(" ");
    let typed = Typed { name: &data.name, bot: None, rest: words.trim() };
    let id = MessageRef(wire.id.to_string());
    let customer = |act| What::Customer { contact: by.clone(), profile: profile.clone(), act };
    if data.name == "faq" && !typed.rest.is_empty() {
        return Some(customer(match entry(typed.rest) {
            Some(entry) => CustomerAct::Press(Button::Entry(entry)),
            None => CustomerAct::Say { id, message: Message::text(typed.rest) },
        }));
    }
    if let Some(code) = command::link(typed) {
        return Some(What::Link { by: by.clone(), code: code.to_owned() });
    }
    if let Some(act) = command::customer(typed, id) {
        return Some(customer(act));
    }
    let named = data.option("ticket").and_then(|n| n.trim_start_matches('#').parse().ok());
    let here = match (named, wire.place()) {
        (Some(number), _) => Target::Ticket(TicketNumber(number)),
        (None, Some(place)) if cx.staff_thread => {
            Target::Thread(cx.channel.clone(), ThreadRef(place.to_string()))
        }
        (None, _) => Target::Nothing,
    };
    command::staff(typed, here).map(|(on, act)| What::Staff { by: by.clone(), on, act })
}

#[cfg(test)]
#[path = "from_discord_tests.rs"]
mod tests;
