//! The methods that the fake has, with what Telegram refuses and how it says so.

use super::{
    call::{Call, Refusal, bad},
    params::Params,
    state::{BOT, ChatKind, Message, State, StoredFile, Topic},
};
use serde_json::{Value, json};

const TEXT: usize = 4096;
const CAPTION: usize = 1024;
const COLOURS: [i64; 6] = [7_322_096, 16_766_590, 13_338_331, 9_367_192, 16_749_490, 16_478_047];

/// A file that came with a call as a form's part.
pub(super) struct Part {
    pub(super) field: String,
    pub(super) name: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// Methods that send a file, with its field and whether it takes a caption.
const FILES: [(&str, &str, bool); 8] = [
    ("sendPhoto", "photo", true),
    ("sendDocument", "document", true),
    ("sendVoice", "voice", true),
    ("sendAudio", "audio", true),
    ("sendVideo", "video", true),
    ("sendAnimation", "animation", true),
    ("sendSticker", "sticker", false),
    ("sendVideoNote", "video_note", false),
];

/// Does what a call asks for; `None` for a method that doesn't exist.
pub(super) fn perform(state: &mut State, call: &Call, parts: Vec<Part>) -> Option<Result<Value, Refusal>> {
    if let Some((_, field, caption)) = FILES.iter().find(|(method, ..)| *method == call.method) {
        return Some(send_file(state, call, field, *caption, parts));
    }
    Some(match call.method.as_str() {
        "getMe" => Ok(
            json!({ "id": BOT, "is_bot": true, "first_name": "Desk", "username": "desk_bot", "can_join_groups": true }),
        ),
        "sendMessage" => send_message(state, call),
        "editMessageText" => edit(state, call, ["text", "entities"]),
        "editMessageCaption" => edit(state, call, ["caption", "caption_entities"]),
        "editMessageReplyMarkup" => edit_markup(state, call),
        "answerCallbackQuery" => answer(state, call),
        "createForumTopic" => create_topic(state, call),
        "editForumTopic" => rename_topic(state, call),
        "closeForumTopic" => set_closed(state, call, true),
        "reopenForumTopic" => set_closed(state, call, false),
        "getFile" => get_file(state, call),
        "getChat" => Params::only(call, &["chat_id"])
            .and_then(|params| params.chat(state))
            .map(|id| state.chat(id).json(id)),
        "setMyCommands" => set_commands(state, call),
        "setWebhook" => set_webhook(state, call),
        "deleteWebhook" => Params::only(call, &["drop_pending_updates"]).map(|_| {
            state.webhook = None;
            true.into()
        }),
        _ => return None,
    })
}

fn new_message(state: &mut State, chat: i64, params: &Params<'_>) -> Result<Message, Refusal> {
    let room = state.chat(chat);
    let (topic, reply_to) = (params.topic(room)?, params.reply(room)?);
    Ok(Message {
        id: state.next(),
        from: None,
        topic,
        text: String::new(),
        entities: Vec::new(),
        buttons: params.buttons()?,
        file: None,
        reply_to,
        edits: 0,
        deleted: false,
    })
}

fn stored(state: &mut State, chat: i64, message: &Message) -> Value {
    let room = state.chat_mut(chat);
    room.messages.push(message.clone());
    message.json(chat, room)
}

fn send_message(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let known = [
        "chat_id",
        "text",
        "entities",
        "message_thread_id",
        "link_preview_options",
        "reply_parameters",
        "reply_markup",
    ];
    let params = Params::only(call, &known)?;
    let chat = params.chat(state)?;
    let (text, entities) = params.words(["text", "entities"], TEXT)?;
    if text.trim().is_empty() {
        return Err(bad("message text is empty"));
    }
    let message = new_message(state, chat, &params)?;
    Ok(stored(state, chat, &Message { text, entities, ..message }))
}

fn send_file(
    state: &mut State,
    call: &Call,
    field: &str,
    caption: bool,
    parts: Vec<Part>,
) -> Result<Value, Refusal> {
    let mut known = vec!["chat_id", field, "message_thread_id", "reply_parameters", "reply_markup"];
    if caption {
        known.extend(["caption", "caption_entities"]);
    }
    let params = Params::only(call, &known)?;
    let chat = params.chat(state)?;
    let (text, entities) = params.words(["caption", "caption_entities"], CAPTION)?;
    let message = new_message(state, chat, &params)?;
    let id = match parts.into_iter().find(|part| part.field == field) {
        Some(Part { bytes, .. }) if bytes.is_empty() => return Err(bad("file must be non-empty")),
        Some(Part { name, bytes, .. }) => {
            if field == "photo" && bytes.starts_with(b"not a picture") {
                return Err(bad("IMAGE_PROCESS_FAILED"));
            }
            let id = format!("file{}", message.id);
            let size = bytes.len() as u64;
            state.files.insert(id.clone(), StoredFile { kind: field.to_owned(), name, bytes, size });
            id
        }
        None => {
            let id = params.text(field)?.ok_or_else(|| bad(format!("there is no {field} in the request")))?;
            let file = state.files.get(id).ok_or_else(|| bad("wrong file identifier/HTTP URL specified"))?;
            if file.kind != field {
                return Err(bad(format!("can't use file of type {} as {field}", file.kind)));
            }
            id.to_owned()
        }
    };
    let message = Message { text, entities, file: Some((field.to_owned(), id)), ..message };
    Ok(stored(state, chat, &message))
}

/// The message of the bot that is to be changed.
fn own_message<'a>(state: &'a mut State, chat: i64, params: &Params<'_>) -> Result<&'a mut Message, Refusal> {
    let id = params.number("message_id")?.ok_or_else(|| bad("message identifier is not specified"))?;
    let room = state.chat_mut(chat);
    let gone: Vec<i64> = room.topics.iter().filter(|(_, t)| t.deleted).map(|(id, _)| *id).collect();
    let message = room.messages.iter_mut().find(|m| m.id == id && !m.deleted);
    let message = message.filter(|m| m.topic.is_none_or(|topic| !gone.contains(&topic)));
    let message = message.ok_or_else(|| bad("message to edit not found"))?;
    if message.from.is_some() { Err(bad("message can't be edited")) } else { Ok(message) }
}

fn edit(state: &mut State, call: &Call, keys: [&str; 2]) -> Result<Value, Refusal> {
    let mut known = vec!["chat_id", "message_id", keys[0], keys[1], "reply_markup"];
    if keys[0] == "text" {
        known.push("link_preview_options");
    }
    let params = Params::only(call, &known)?;
    let chat = params.chat(state)?;
    let (text, entities) = params.words(keys, if keys[0] == "text" { TEXT } else { CAPTION })?;
    let buttons = params.buttons()?;
    let message = own_message(state, chat, &params)?;
    match (keys[0], &message.file) {
        ("text", Some(_)) => return Err(bad("there is no text in the message to edit")),
        ("caption", None) => return Err(bad("there is no caption in the message to edit")),
        ("text", None) if text.trim().is_empty() => return Err(bad("message text is empty")),
        _ => {}
    }
    if message.text == text && message.entities == entities && message.buttons == buttons {
        return Err(bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a \
             current content and reply markup of the message",
        ));
    }
    message.edits += 1;
    (message.text, message.entities, message.buttons) = (text, entities, buttons);
    let message = message.clone();
    Ok(message.json(chat, state.chat(chat)))
}

fn edit_markup(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let params = Params::only(call, &["chat_id", "message_id", "reply_markup"])?;
    let chat = params.chat(state)?;
    let buttons = params.buttons()?;
    let message = own_message(state, chat, &params)?;
    if message.buttons == buttons {
        return Err(bad("message is not modified"));
    }
    message.buttons = buttons;
    let message = message.clone();
    Ok(message.json(chat, state.chat(chat)))
}

fn answer(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let params = Params::only(call, &["callback_query_id", "text", "show_alert"])?;
    params.flag("show_alert")?;
    let text = params.text("text")?.unwrap_or_default();
    if text.chars().count() > 200 {
        return Err(bad("MESSAGE_TOO_LONG"));
    }
    let id = params.text("callback_query_id")?.ok_or_else(|| bad("callback_query_id is empty"))?;
    match state.queries.get_mut(id) {
        Some(answer @ None) => {
            *answer = Some(text.to_owned());
            Ok(true.into())
        }
        _ => Err(bad("query is too old and response timeout expired or query ID is invalid")),
    }
}

/// The chat, if it has topics.
fn forum(state: &State, params: &Params<'_>) -> Result<i64, Refusal> {
    let chat = params.chat(state)?;
    match state.chat(chat).kind {
        ChatKind::Group { forum: true, .. } => Ok(chat),
        ChatKind::Group { .. } | ChatKind::Private { .. } => Err(bad("the chat is not a forum")),
    }
}

fn topic_name<'a>(params: &Params<'a>) -> Result<&'a str, Refusal> {
    let name = params.text("name")?.unwrap_or_default();
    if (1..=128).contains(&name.chars().count()) {
        Ok(name)
    } else {
        Err(bad("invalid topic name specified"))
    }
}

fn create_topic(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let params = Params::only(call, &["chat_id", "name", "icon_color"])?;
    let chat = forum(state, &params)?;
    let name = topic_name(&params)?.to_owned();
    let colour = params.number("icon_color")?;
    if colour.is_some_and(|colour| !COLOURS.contains(&colour)) {
        return Err(bad("invalid topic icon color specified"));
    }
    let id = state.next();
    let topic = Topic { name: name.clone(), closed: false, deleted: false, colour };
    state.chat_mut(chat).topics.insert(id, topic);
    Ok(json!({ "message_thread_id": id, "name": name, "icon_color": colour.unwrap_or(COLOURS[0]) }))
}

fn own_topic<'a>(state: &'a mut State, params: &Params<'_>) -> Result<&'a mut Topic, Refusal> {
    let chat = forum(state, params)?;
    let id = params.number("message_thread_id")?.ok_or_else(|| bad("message thread not found"))?;
    let topic = state.chat_mut(chat).topics.get_mut(&id).filter(|topic| !topic.deleted);
    topic.ok_or_else(|| bad("message thread not found"))
}

fn rename_topic(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let params = Params::only(call, &["chat_id", "message_thread_id", "name"])?;
    let name = topic_name(&params)?.to_owned();
    let topic = own_topic(state, &params)?;
    if topic.name == name {
        return Err(bad("TOPIC_NOT_MODIFIED"));
    }
    topic.name = name;
    Ok(true.into())
}

fn set_closed(state: &mut State, call: &Call, closed: bool) -> Result<Value, Refusal> {
    let params = Params::only(call, &["chat_id", "message_thread_id"])?;
    let topic = own_topic(state, &params)?;
    if topic.closed == closed {
        return Err(bad("TOPIC_NOT_MODIFIED"));
    }
    topic.closed = closed;
    Ok(true.into())
}

fn get_file(state: &State, call: &Call) -> Result<Value, Refusal> {
    let params = Params::only(call, &["file_id"])?;
    let id = params.text("file_id")?.unwrap_or_default();
    let file =
        state.files.get(id).ok_or_else(|| bad("wrong file_id or the file is temporarily unavailable"))?;
    if file.size > 20 * 1024 * 1024 {
        return Err(bad("file is too big"));
    }
    Ok(
        json!({ "file_id": id, "file_unique_id": format!("u{id}"), "file_size": file.size, "file_path": format!("files/{id}") }),
    )
}

fn set_commands(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let params = Params::only(call, &["commands", "scope", "language_code"])?;
    let Some(Value::Array(commands)) = params.object("commands")? else {
        return Err(bad("commands is empty"));
    };
    let name = |text: &str| {
        (1..=32).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    for command in &commands {
        if !command["command"].as_str().is_some_and(name) {
            return Err(bad("BOT_COMMAND_INVALID"));
        }
        let description = command["description"].as_str().unwrap_or_default();
        if !(3..=256).contains(&description.chars().count()) {
            return Err(bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    if commands.is_empty() || commands.len() > 100 {
        return Err(bad("BOT_COMMANDS_TOO_MUCH"));
    }
    let scope = params.object("scope")?.unwrap_or_else(|| json!({ "type": "default" }));
    let language = params.text("language_code")?.unwrap_or_default();
    let chat = scope["chat_id"].as_i64().map(|chat| chat.to_string());
    let parts = [scope["type"].as_str().map(str::to_owned), chat, Some(language.to_owned())];
    let name = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    state.menus.insert(name, commands);
    Ok(true.into())
}

fn set_webhook(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let params = Params::only(call, &["url", "secret_token", "allowed_updates", "max_connections"])?;
    let url = params.text("url")?.unwrap_or_default().to_owned();
    // Telegram takes https only; the fake also takes this machine, where tests listen.
    if !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
        return Err(bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    let secret = params.text("secret_token")?.map(str::to_owned);
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if secret.as_ref().is_some_and(|s| s.is_empty() || s.len() > 256 || !s.chars().all(legal)) {
        return Err(bad("secret token contains unallowed characters"));
    }
    super::updates::allow(state, &params)?;
    state.webhook = Some((url, secret));
    Ok(true.into())
}
