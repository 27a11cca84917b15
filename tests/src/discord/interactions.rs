//! Interactions: their first answer within three seconds, what fills it in, and what follows.

use super::checks;
use super::messages::{apply, from_payload, put};
use super::server::{Answer, Request, refused};
use super::world::{APPLICATION, Acked, Message, World};
use serde_json::Value;
use std::time::Duration;

/// Discord's time for the first answer, and for all others.
const FIRST: Duration = Duration::from_secs(3);
const LASTS: Duration = Duration::from_secs(15 * 60);

pub(crate) fn route(world: &mut World, request: &Request<'_>) -> Answer {
    let is_application = |text: &str| text == APPLICATION.to_string();
    match (request.method, &request.path[..]) {
        ("POST", ["interactions", id, token, "callback"]) => first(world, id, token, &request.body),
        ("POST", ["webhooks", application, token]) if is_application(application) => {
            follow(world, token, request)
        }
        ("PATCH", ["webhooks", application, token, "messages", message]) if is_application(application) => {
            change(world, token, message, request)
        }
        _ => refused(404, 10015, "Unknown Webhook"),
    }
}

fn first(world: &mut World, id: &str, token: &str, body: &Value) -> Answer {
    let Some(interaction) = world.interactions.get(token).cloned() else {
        return refused(404, 10062, "Unknown interaction");
    };
    let after = interaction.began.elapsed();
    if interaction.id.to_string() != id || after > FIRST {
        return refused(404, 10062, "Unknown interaction");
    }
    if interaction.acked.is_some() {
        return refused(400, 40060, "Interaction has already been acknowledged");
    }
    let data = &body["data"];
    let private = data["flags"].as_u64().unwrap_or_default() & 64 != 0;
    let only_for = private.then_some(interaction.person);
    let (acked, original) = match (body["type"].as_u64(), interaction.kind) {
        (Some(4), 2 | 3 | 5) => {
            if let Err((code, text)) = checks::message(data, 0, false) {
                return Answer::Refused(400, code, text);
            }
            let message = Message { only_for, ..from_payload(world, data, &[]) };
            let original = message.id;
            put(world, interaction.channel, message);
            (Acked::Message, Some(original))
        }
        (Some(5), 2 | 3 | 5) => {
            let message = Message { only_for, thinking: true, ..from_payload(world, &Value::Null, &[]) };
            let original = message.id;
            put(world, interaction.channel, message);
            (Acked::Thinking, Some(original))
        }
        (Some(6), 3) => (Acked::Quiet, interaction.source),
        (Some(6), 5) if interaction.source.is_some() => (Acked::Quiet, interaction.source),
        (Some(8), 4) => {
            let choices = data["choices"].clone();
            if choices.as_array().is_none_or(|choices| choices.len() > 25) {
                return refused(400, 50035, "at most 25 choices");
            }
            if let Some(person) = world.people.get_mut(&interaction.person) {
                person.proposals = Some(choices);
            }
            (Acked::Proposals, None)
        }
        (Some(9), 2 | 3) => {
            if let Err((code, text)) = checks::modal(data) {
                return Answer::Refused(400, code, text);
            }
            if let Some(person) = world.people.get_mut(&interaction.person) {
                person.modal = Some((data.clone(), interaction.source, interaction.channel));
            }
            (Acked::Form, None)
        }
        _ => return refused(400, 50035, "a first answer that doesn't fit the interaction"),
    };
    if let Some(interaction) = world.interactions.get_mut(token) {
        interaction.acked = Some((acked, after));
        interaction.original = original;
    }
    Answer::Nothing
}

fn follow(world: &mut World, token: &str, request: &Request<'_>) -> Answer {
    let Some(interaction) = world.interactions.get(token).cloned() else {
        return refused(404, 10015, "Unknown Webhook");
    };
    if interaction.acked.is_none() {
        return refused(404, 10015, "Unknown Webhook");
    }
    if interaction.began.elapsed() > LASTS {
        return refused(401, 50027, "Invalid Webhook Token");
    }
    if let Err(answer) = check(world, request) {
        return answer;
    }
    // The first one after "thinking…" fills it in.
    let open = interaction.original.filter(|id| world.message(*id).is_some_and(|m| m.thinking));
    if let Some(original) = open {
        return fill(world, original, interaction.channel, request);
    }
    let private = request.body["flags"].as_u64().unwrap_or_default() & 64 != 0;
    let only_for = private.then_some(interaction.person);
    let message = Message { only_for, ..from_payload(world, &request.body, &request.files) };
    Answer::Value(put(world, interaction.channel, message))
}

fn change(world: &mut World, token: &str, message: &str, request: &Request<'_>) -> Answer {
    let Some(interaction) = world.interactions.get(token).cloned() else {
        return refused(404, 10015, "Unknown Webhook");
    };
    if interaction.acked.is_none() {
        return refused(404, 10015, "Unknown Webhook");
    }
    if let Err(answer) = check(world, request) {
        return answer;
    }
    let id = if message == "@original" { interaction.original } else { message.parse().ok() };
    match id.filter(|id| world.message(*id).is_some()) {
        Some(id) => fill(world, id, interaction.channel, request),
        None => refused(404, 10008, "Unknown Message"),
    }
}

fn check(world: &mut World, request: &Request<'_>) -> Result<(), Answer> {
    if !checks::mentions_nobody(&request.body) {
        world.violation("an answer that may mention somebody");
    }
    checks::message(&request.body, request.files.len(), false)
        .map_err(|(code, text)| Answer::Refused(400, code, text))
}

fn fill(world: &mut World, message: u64, channel: u64, request: &Request<'_>) -> Answer {
    for (name, bytes) in &request.files {
        world.uploads.insert(format!("/files/{message}/{name}"), bytes.clone());
    }
    let Some(found) = world.message_mut(message) else { return refused(404, 10008, "Unknown Message") };
    let thinking = std::mem::take(&mut found.thinking);
    apply(found, &request.body);
    found.files.extend(request.files.iter().cloned());
    if thinking {
        found.edits = 0;
    }
    let place = &world.channels[&channel];
    match place.messages.iter().find(|m| m.id == message) {
        Some(found) => Answer::Value(world.message_json(place, found, false)),
        None => Answer::Nothing,
    }
}
