//! The fake's REST server: takes requests apart, lets faults happen, and finds who answers.

use super::fault::Fault;
use super::world::{APPLICATION, BOT, GUILD, Kind, World};
use super::{FakeDiscord, Inner, TOKEN, checks, gateway, interactions, messages, multipart};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

/// A file's name and bytes.
pub(crate) type Upload = (String, Vec<u8>);

/// A request, taken apart.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: Vec<&'a str>,
    pub(crate) query: &'a str,
    pub(crate) body: Value,
    pub(crate) files: Vec<Upload>,
    pub(crate) authorized: bool,
}

/// An answer: a value, nothing (204), or a refusal with status, code and text.
pub(crate) enum Answer {
    Value(Value),
    Nothing,
    Refused(u16, u64, String),
}

pub(crate) fn refused(status: u16, code: u64, text: &str) -> Answer {
    Answer::Refused(status, code, text.to_owned())
}

/// The fake as its server holds it: the server ends when nobody else does.
#[derive(Clone)]
pub(crate) struct Handle(Weak<Inner>);

impl Handle {
    pub(crate) fn get(&self) -> Option<FakeDiscord> {
        self.0.upgrade().map(|inner| FakeDiscord { inner })
    }
}

pub(crate) async fn start() -> FakeDiscord {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound listener has an address");
    let world = Mutex::new(World::new(format!("http://{address}")));
    let inner = Arc::new(Inner { world, address, server: Mutex::default() });
    let app = axum::Router::new()
        .route("/gateway", get(gateway::connect))
        .route("/gateway/", get(gateway::connect))
        .route("/files/{*path}", get(file))
        .fallback(any(rest))
        .layer(DefaultBodyLimit::max(64 << 20))
        .with_state(Handle(Arc::downgrade(&inner)));
    let server = tokio::spawn(async move { axum::serve(listener, app).await.expect("the server runs") });
    *inner.server.lock().expect("nobody else has it yet") = Some(server);
    FakeDiscord { inner }
}

async fn file(State(fake): State<Handle>, uri: Uri) -> Response {
    let Some(fake) = fake.get() else { return StatusCode::GONE.into_response() };
    let found = fake.world().uploads.get(uri.path()).cloned();
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), IntoResponse::into_response)
}

async fn rest(
    State(fake): State<Handle>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let Some(fake) = fake.get() else { return StatusCode::GONE.into_response() };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(path) = uri.path().strip_prefix("/api/v10/") else {
        return reply(refused(404, 0, "404: Not Found"));
    };
    let name = format!("{method} /{path}");
    let fault = {
        let mut world = fake.world();
        world.requests.push(name.clone());
        let hit = world.faults.iter().position(|(matching, _)| name.contains(matching));
        hit.map(|i| world.faults.remove(i).1)
    };
    if let Some(answer) = early(fault.as_ref()).await {
        return answer;
    }
    let Some((body, files)) = read(header("content-type"), &bytes) else {
        return reply(refused(400, 50109, "The request body contains invalid JSON."));
    };
    if !header("user-agent").starts_with("DiscordBot (") {
        fake.world().violation(format!("{name}: without the user agent of a bot"));
    }
    let request = Request {
        method: method.as_str(),
        path: path.split('/').collect(),
        query: uri.query().unwrap_or_default(),
        body,
        files,
        authorized: header("authorization") == format!("Bot {TOKEN}"),
    };
    let answer = {
        let mut world = fake.world();
        let answer = route(&mut world, &request);
        if let Answer::Refused(status, code, text) = &answer
            && matches!(code, 50035 | 50006 | 40060 | 10062)
        {
            world.violation(format!("{name}: {status}, code {code}: {text}"));
        }
        answer
    };
    if matches!(fault, Some(Fault::HangAfter)) {
        std::future::pending::<()>().await;
    }
    reply(answer)
}

/// The answer of a fault that happens before anything is done.
async fn early(fault: Option<&Fault>) -> Option<Response> {
    match fault? {
        Fault::Limit { after, global } => {
            let body = json!({"message": "You are being rate limited.", "retry_after": after.as_secs_f64(), "global": global});
            let mut response = (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response();
            let seconds = after.as_secs_f64().ceil().to_string().parse().expect("a number is a header");
            response.headers_mut().insert("retry-after", seconds);
            if *global {
                response.headers_mut().insert("x-ratelimit-global", "true".parse().expect("a header"));
            }
            Some(response)
        }
        Fault::Status(status) => Some(StatusCode::from_u16(*status).expect("a status").into_response()),
        Fault::Refuse(status, code) => Some(reply(refused(*status, *code, "refused by the story"))),
        Fault::Hang => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            None
        }
        Fault::HangAfter => None,
    }
}

fn read(content_type: &str, bytes: &[u8]) -> Option<(Value, Vec<Upload>)> {
    if bytes.is_empty() {
        return Some((Value::Null, Vec::new()));
    }
    if !content_type.starts_with("multipart/form-data") {
        return Some((serde_json::from_slice(bytes).ok()?, Vec::new()));
    }
    let mut body = Value::Null;
    let mut files = Vec::new();
    for part in multipart::read(content_type, bytes)? {
        match part.file {
            Some(file) if part.name.starts_with("files[") => files.push((file, part.bytes)),
            _ if part.name == "payload_json" => body = serde_json::from_slice(&part.bytes).ok()?,
            _ => return None,
        }
    }
    Some((body, files))
}

fn reply(answer: Answer) -> Response {
    match answer {
        Answer::Value(value) => axum::Json(value).into_response(),
        Answer::Nothing => StatusCode::NO_CONTENT.into_response(),
        Answer::Refused(status, code, message) => {
            let body = axum::Json(json!({"code": code, "message": message}));
            (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), body).into_response()
        }
    }
}

/// Finds who answers a request.
fn route(world: &mut World, request: &Request<'_>) -> Answer {
    let public = matches!(request.path[..], ["interactions" | "webhooks", ..]);
    if !public && !request.authorized {
        return refused(401, 0, "401: Unauthorized");
    }
    let id = |text: &str| text.parse::<u64>().unwrap_or_default();
    match (request.method, &request.path[..]) {
        ("GET", ["gateway", "bot"]) => Answer::Value(json!({
            "url": format!("{}/gateway", world.base.replacen("http", "ws", 1)), "shards": 1,
            "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}})),
        ("GET", ["users", "@me"]) => Answer::Value(world.user_json(BOT)),
        ("GET", ["applications", "@me"]) => Answer::Value(
            json!({"id": APPLICATION.to_string(), "name": "support", "bot": world.user_json(BOT)}),
        ),
        ("PUT", ["applications", application, "commands"]) => {
            if id(application) != APPLICATION {
                return refused(
                    403,
                    20012,
                    "You are not authorized to perform this action on this application",
                );
            }
            match checks::commands(&request.body) {
                Ok(()) => {
                    world.commands = Some(request.body.clone());
                    Answer::Value(request.body.clone())
                }
                Err((code, text)) => Answer::Refused(400, code, text),
            }
        }
        ("POST", ["users", "@me", "channels"]) => {
            let person = id(request.body["recipient_id"].as_str().unwrap_or_default());
            if !world.people.contains_key(&person) {
                return refused(400, 50033, "Invalid Recipient(s)");
            }
            let channel = world.direct(person);
            Answer::Value(world.channel_json(&world.channels[&channel]))
        }
        ("GET", ["guilds", guild, "threads", "active"]) if id(guild) == GUILD => {
            let open =
                world.channels.values().filter(|c| matches!(c.kind, Kind::Post { archived: false, .. }));
            Answer::Value(json!({"threads": open.map(|c| world.channel_json(c)).collect::<Vec<_>>()}))
        }
        (_, ["interactions", ..] | ["webhooks", ..]) => interactions::route(world, request),
        (_, ["channels", channel, rest @ ..]) => match world.channels.contains_key(&id(channel)) {
            true => messages::route(world, id(channel), rest, request),
            false => refused(404, 10003, "Unknown Channel"),
        },
        _ => refused(404, 0, "404: Not Found"),
    }
}
