//! Channels and their messages, over REST.

use super::checks;
use super::server::{Answer, Request, Upload, refused};
use super::world::{BOT, Button, Channel, FORUM, Kind, Message, World};
use serde_json::{Value, json};

pub(crate) fn route(world: &mut World, channel: u64, rest: &[&str], request: &Request<'_>) -> Answer {
    let id = |text: &str| text.parse::<u64>().unwrap_or_default();
    match (request.method, rest) {
        ("GET", []) => Answer::Value(world.channel_json(&world.channels[&channel])),
        ("PATCH", []) => change_channel(world, channel, &request.body),
        ("POST", ["threads"]) if channel == FORUM => make_post(world, &request.body),
        ("POST", ["typing"]) => Answer::Nothing,
        ("POST", ["messages"]) => send(world, channel, request),
        ("GET", ["messages"]) => list(world, channel, request.query),
        ("GET", ["messages", message]) => {
            let channel = &world.channels[&channel];
            match channel.messages.iter().find(|m| m.id == id(message)) {
                Some(found) => Answer::Value(world.message_json(channel, found, false)),
                None => refused(404, 10008, "Unknown Message"),
            }
        }
        ("PATCH", ["messages", message]) => edit(world, channel, id(message), &request.body),
        _ => refused(405, 0, "405: Method Not Allowed"),
    }
}

/// Makes a message of the bot from a payload; it stands in no channel yet.
pub(crate) fn from_payload(world: &mut World, payload: &Value, files: &[Upload]) -> Message {
    let id = world.next_id();
    for (name, bytes) in files {
        world.uploads.insert(format!("/files/{id}/{name}"), bytes.clone());
    }
    Message {
        id,
        author: BOT,
        content: payload["content"].as_str().unwrap_or_default().to_owned(),
        buttons: buttons(&payload["components"]),
        files: files.to_vec(),
        reply_to: payload["message_reference"]["message_id"].as_str().and_then(|id| id.parse().ok()),
        edits: 0,
        only_for: None,
        thinking: false,
        nonce: payload["nonce"].as_str().map(str::to_owned),
        raw_components: payload["components"].clone(),
    }
}

pub(crate) fn buttons(components: &Value) -> Vec<Button> {
    let rows = components.as_array().cloned().unwrap_or_default();
    let all = rows.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    all.map(|b| Button {
        label: text(&b["label"]).unwrap_or_default(),
        id: text(&b["custom_id"]).or(text(&b["url"])).unwrap_or_default(),
    })
    .collect()
}

fn check(world: &mut World, request: &Request<'_>) -> Result<(), Answer> {
    if !checks::mentions_nobody(&request.body) {
        world.violation(format!("a message that may mention somebody: {}", request.path.join("/")));
    }
    if request.files.iter().any(|(_, bytes)| bytes.len() > 10 << 20) {
        return Err(refused(413, 40005, "Request entity too large"));
    }
    checks::message(&request.body, request.files.len(), false)
        .map_err(|(code, text)| Answer::Refused(400, code, text))
}

fn send(world: &mut World, channel: u64, request: &Request<'_>) -> Answer {
    if channel == FORUM {
        return refused(400, 50008, "Cannot send messages in a non-text channel");
    }
    if let Kind::Direct { person } = world.channels[&channel].kind
        && world.people.get(&person).is_none_or(|person| person.closed)
    {
        return refused(403, 50007, "Cannot send messages to this user");
    }
    if let Err(answer) = check(world, request) {
        return answer;
    }
    let enforced = request.body["enforce_nonce"] == true;
    if let Some(nonce) = request.body["nonce"].as_str().filter(|_| enforced) {
        let channel = &world.channels[&channel];
        if let Some(first) =
            channel.messages.iter().find(|m| m.author == BOT && m.nonce.as_deref() == Some(nonce))
        {
            return Answer::Value(world.message_json(channel, first, false));
        }
    } else {
        world.violation("a message without an enforced nonce");
    }
    let message = from_payload(world, &request.body, &request.files);
    let known = |id: u64| world.channels[&channel].messages.iter().any(|m| m.id == id);
    if message.reply_to.is_some_and(|id| !known(id))
        && request.body["message_reference"]["fail_if_not_exists"] != false
    {
        return refused(400, 50035, "message_reference: Unknown message");
    }
    Answer::Value(put(world, channel, message))
}

/// Puts a message into a channel and tells the bot of it, as Discord does of the bot's own messages too.
pub(crate) fn put(world: &mut World, channel: u64, message: Message) -> Value {
    let id = message.id;
    if let Some(place) = world.channels.get_mut(&channel) {
        // A message opens a post that was put away.
        if let Kind::Post { archived, .. } = &mut place.kind {
            *archived = false;
        }
        place.messages.push(message);
    }
    let place = &world.channels[&channel];
    let message = place.messages.iter().find(|m| m.id == id).expect("it was just put there");
    let json = world.message_json(place, message, false);
    if message.only_for.is_none() {
        announce(world, channel, id, "MESSAGE_CREATE");
    }
    json
}

/// Tells the bot of a message, without its words where it lacks the privilege to read them.
pub(crate) fn announce(world: &mut World, channel: u64, message: u64, event: &str) {
    let place = &world.channels[&channel];
    let Some(message) = place.messages.iter().find(|m| m.id == message) else { return };
    let direct = matches!(place.kind, Kind::Direct { .. });
    let intents = world.gateway.intents();
    let told = if direct { intents & (1 << 12) } else { intents & (1 << 9) } != 0;
    let mentioned = message.content.contains(&format!("<@{BOT}>"));
    let blind = !direct && intents & (1 << 15) == 0 && !mentioned && message.author != BOT;
    let json = world.message_json(place, message, blind);
    if told || world.gateway.unknown() {
        world.gateway.dispatch(event, &json);
    }
}

fn edit(world: &mut World, channel: u64, message: u64, payload: &Value) -> Answer {
    if !checks::mentions_nobody(payload) {
        world.violation("an edit that may mention somebody");
    }
    if matches!(world.channels[&channel].kind, Kind::Post { archived: true, .. }) {
        return refused(400, 50083, "Thread is archived");
    }
    if let Err((code, text)) = checks::message(payload, 0, true) {
        return Answer::Refused(400, code, text);
    }
    let place = world.channels.get_mut(&channel).expect("the route knows it");
    let Some(found) = place.messages.iter_mut().find(|m| m.id == message && m.only_for.is_none()) else {
        return refused(404, 10008, "Unknown Message");
    };
    if found.author != BOT {
        return refused(403, 50005, "Cannot edit a message authored by another user");
    }
    apply(found, payload);
    let place = &world.channels[&channel];
    let found = place.messages.iter().find(|m| m.id == message).expect("it was just changed");
    Answer::Value(world.message_json(place, found, false))
}

/// Changes what a payload names.
pub(crate) fn apply(message: &mut Message, payload: &Value) {
    if let Some(content) = payload["content"].as_str() {
        content.clone_into(&mut message.content);
    }
    if payload["components"].is_array() {
        message.buttons = buttons(&payload["components"]);
        message.raw_components = payload["components"].clone();
    }
    message.edits += 1;
}

fn list(world: &mut World, channel: u64, query: &str) -> Answer {
    let number = |name: &str| {
        let part = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        part.and_then(|value| value.parse::<u64>().ok())
    };
    let limit = number("limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return refused(400, 50035, "limit is 1 to 100");
    }
    let place = &world.channels[&channel];
    let after = number("after").unwrap_or_default();
    let mut found: Vec<&Message> = place
        .messages
        .iter()
        .filter(|m| m.id > after && m.only_for.is_none())
        .take(usize::try_from(limit).expect("at most 100"))
        .collect();
    found.reverse();
    Answer::Value(found.into_iter().map(|m| world.message_json(place, m, false)).collect())
}

fn make_post(world: &mut World, payload: &Value) -> Answer {
    let name = payload["name"].as_str().unwrap_or_default();
    if !(1..=100).contains(&name.chars().count()) {
        return refused(400, 50035, "a post's name has 1 to 100 characters");
    }
    if !checks::mentions_nobody(&payload["message"]) {
        world.violation("a post that may mention somebody");
    }
    if let Err((code, text)) = checks::message(&payload["message"], 0, false) {
        return Answer::Refused(400, code, text);
    }
    let tags = match read_tags(world, &payload["applied_tags"]) {
        Ok(tags) => tags,
        Err(answer) => return answer,
    };
    let first = from_payload(world, &payload["message"], &[]);
    let id = first.id;
    let kind = Kind::Post { name: name.to_owned(), tags, archived: false };
    world.channels.insert(id, Channel { id, kind, messages: Vec::new() });
    let post = world.channel_json(&world.channels[&id]);
    world.gateway.dispatch("THREAD_CREATE", &post);
    let message = put(world, id, first);
    let mut answer = post;
    answer["message"] = message;
    Answer::Value(answer)
}

fn read_tags(world: &World, value: &Value) -> Result<Vec<u64>, Answer> {
    let Kind::Forum { tags: known } = &world.channels[&FORUM].kind else { return Ok(Vec::new()) };
    let ids: Vec<u64> =
        value.as_array().into_iter().flatten().filter_map(|tag| tag.as_str()?.parse().ok()).collect();
    if ids.len() > 5 || ids.iter().any(|id| !known.iter().any(|(tag, _)| tag == id)) {
        return Err(refused(400, 50035, "applied_tags: unknown, or more than 5"));
    }
    Ok(ids)
}

fn change_channel(world: &mut World, channel: u64, payload: &Value) -> Answer {
    if channel == FORUM {
        if !world.may_tag {
            return refused(403, 50013, "Missing Permissions");
        }
        let wanted = payload["available_tags"].as_array().cloned().unwrap_or_default();
        let named = wanted
            .iter()
            .all(|tag| tag["name"].as_str().is_some_and(|name| (1..=20).contains(&name.chars().count())));
        if wanted.len() > 20 || !named {
            return refused(400, 50035, "available_tags: at most 20, of 1 to 20 characters");
        }
        let mut tags = Vec::new();
        for tag in wanted {
            let id = tag["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| world.next_id());
            tags.push((id, tag["name"].as_str().unwrap_or_default().to_owned()));
        }
        world.channels.get_mut(&FORUM).expect("it is always there").kind = Kind::Forum { tags };
        return Answer::Value(world.channel_json(&world.channels[&FORUM]));
    }
    let tags = match payload.get("applied_tags").map(|tags| read_tags(world, tags)).transpose() {
        Ok(tags) => tags,
        Err(answer) => return answer,
    };
    let place = world.channels.get_mut(&channel).expect("the route knows it");
    let Kind::Post { tags: applied, archived, .. } = &mut place.kind else {
        return refused(400, 50024, "Cannot execute action on this channel type");
    };
    if *archived && payload["archived"] != false && payload["archived"] != true {
        return refused(400, 50083, "Thread is archived");
    }
    if let Some(tags) = tags {
        *applied = tags;
    }
    if let Some(put_away) = payload["archived"].as_bool() {
        *archived = put_away;
    }
    let json = world.channel_json(&world.channels[&channel]);
    world.gateway.dispatch("THREAD_UPDATE", &json);
    Answer::Value(json)
}

/// Removes a post.
pub(crate) fn delete_post(world: &mut World, post: u64) {
    world.channels.remove(&post);
    let gone = json!({"id": post.to_string(), "type": 11, "parent_id": FORUM.to_string(),
        "guild_id": super::world::GUILD.to_string()});
    world.gateway.dispatch("THREAD_DELETE", &gone);
}
