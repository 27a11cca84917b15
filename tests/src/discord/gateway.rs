//! The fake's gateway: one session, its numbers, and what is replayed when it is resumed.

use super::server::Handle;
use super::world::{APPLICATION, BOT, FORUM, GUILD, Kind, World};
use super::{FakeDiscord, TOKEN};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The time between heartbeats that the fake asks for.
const HEARTBEAT: Duration = Duration::from_millis(700);
/// Discord's time between two sessions.
const BETWEEN: Duration = Duration::from_secs(5);
/// Guild members, presences and message content: privileges.
const MEMBERS_AND_PRESENCES: u64 = (1 << 1) | (1 << 8);
const MESSAGE_CONTENT: u64 = 1 << 15;

enum Order {
    Send(String),
    Close(u16),
    Drop,
}

struct Session {
    id: String,
    seq: u64,
    log: Vec<(u64, String)>,
    intents: u64,
}

/// The gateway's side of the world.
#[derive(Default)]
pub(crate) struct Gateway {
    session: Option<Session>,
    connection: Option<mpsc::UnboundedSender<Order>>,
    /// Which connection is the present one.
    turn: u64,
    ready: bool,
    last_identify: Option<Instant>,
    pub(crate) identified: usize,
    pub(crate) resumed: usize,
    pub(crate) offline: bool,
    pub(crate) deaf: bool,
    pub(crate) duplicate: bool,
    pub(crate) swap: bool,
    held: Option<String>,
    pub(crate) content_granted: bool,
}

impl Gateway {
    pub(crate) fn ready(&self) -> bool {
        self.ready && self.connection.is_some()
    }

    pub(crate) fn intents(&self) -> u64 {
        self.session.as_ref().map_or(0, |session| session.intents)
    }

    /// Whether no session exists, so that nothing is known of what it wants.
    pub(crate) fn unknown(&self) -> bool {
        self.session.is_none()
    }

    /// Gives an event its number, remembers it for a resumption, and sends it if the bot listens.
    pub(crate) fn dispatch(&mut self, event: &str, data: &Value) {
        let Some(session) = &mut self.session else { return };
        session.seq += 1;
        let frame = json!({"op": 0, "s": session.seq, "t": event, "d": data}).to_string();
        session.log.push((session.seq, frame.clone()));
        if !self.ready {
            return;
        }
        if std::mem::take(&mut self.swap) {
            self.held = Some(frame);
            return;
        }
        let twice = std::mem::take(&mut self.duplicate);
        self.send(frame.clone());
        if twice {
            self.send(frame);
        }
        if let Some(held) = self.held.take() {
            self.send(held);
        }
    }

    fn send(&self, frame: String) {
        if let Some(connection) = &self.connection {
            // A connection that just ended hears nothing; the event is in the log.
            let _ = connection.send(Order::Send(frame));
        }
    }

    pub(crate) fn tell(&self, frame: &Value) {
        self.send(frame.to_string());
    }

    pub(crate) fn cut(&mut self, code: Option<u16>) {
        self.ready = false;
        if let Some(connection) = self.connection.take() {
            let _ = connection.send(code.map_or(Order::Drop, Order::Close));
        }
    }

    pub(crate) fn forget(&mut self) {
        self.session = None;
        self.ready = false;
    }
}

pub(crate) async fn connect(
    State(fake): State<Handle>,
    RawQuery(query): RawQuery,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(strong) = fake.get() else { return StatusCode::GONE.into_response() };
    let query = query.unwrap_or_default();
    if strong.world().gateway.offline {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if !query.contains("v=10") || !query.contains("encoding=json") {
        strong.world().violation(format!("the gateway was asked for with {query:?}"));
    }
    upgrade.on_upgrade(move |socket| serve(fake, socket))
}

async fn serve(handle: Handle, mut socket: WebSocket) {
    let (orders, mut inbox) = mpsc::unbounded_channel();
    let turn = {
        let Some(fake) = handle.get() else { return };
        let mut world = fake.world();
        world.gateway.cut(None);
        world.gateway.turn += 1;
        world.gateway.connection = Some(orders);
        world.gateway.turn
    };
    let hello = json!({"op": 10, "d": {"heartbeat_interval": u64::try_from(HEARTBEAT.as_millis()).expect("it fits")}});
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    let mut last_beat = Instant::now();
    let mut greeted = false;
    loop {
        tokio::select! {
            order = inbox.recv() => match order {
                Some(Order::Send(frame)) => {
                    if socket.send(Message::text(frame)).await.is_err() {
                        break;
                    }
                }
                Some(Order::Close(code)) => {
                    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
                    break;
                }
                Some(Order::Drop) | None => break,
            },
            message = socket.recv() => {
                let Some(Ok(message)) = message else { break };
                let Some(fake) = handle.get() else { break };
                if let Message::Text(text) = &message {
                    let said = hear(&fake, text, &mut greeted);
                    match said {
                        Heard::Beat => last_beat = Instant::now(),
                        Heard::Fine => {}
                        Heard::Close(code) => {
                            let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
                            break;
                        }
                    }
                }
            },
            () = tokio::time::sleep(HEARTBEAT) => {
                let Some(fake) = handle.get() else { break };
                if last_beat.elapsed() > HEARTBEAT * 4 {
                    fake.world().violation("no heartbeat came in time");
                    break;
                }
            }
        }
    }
    if let Some(fake) = handle.get() {
        let mut world = fake.world();
        if world.gateway.turn == turn {
            world.gateway.connection = None;
            world.gateway.ready = false;
        }
    }
}

enum Heard {
    Beat,
    Fine,
    Close(u16),
}

fn hear(fake: &FakeDiscord, text: &str, greeted: &mut bool) -> Heard {
    let Ok(frame) = serde_json::from_str::<Value>(text) else { return Heard::Close(4002) };
    let mut world = fake.world();
    match frame["op"].as_u64() {
        Some(1) => {
            let last = world.gateway.session.as_ref().map_or(0, |session| session.seq);
            if frame["d"].as_u64().is_some_and(|seq| seq > last && world.gateway.session.is_some()) {
                world.violation("a heartbeat tells of an event that never was");
            }
            if !world.gateway.deaf {
                world.gateway.tell(&json!({"op": 11, "d": null}));
            }
            Heard::Beat
        }
        Some(2 | 6) if *greeted => Heard::Close(4005),
        Some(2) => {
            *greeted = true;
            identify(&mut world, &frame["d"])
        }
        Some(6) => {
            *greeted = true;
            resume(&mut world, &frame["d"])
        }
        _ if !*greeted => Heard::Close(4003),
        _ => Heard::Close(4001),
    }
}

fn identify(world: &mut World, data: &Value) -> Heard {
    if data["token"] != TOKEN {
        return Heard::Close(4004);
    }
    let Some(intents) = data["intents"].as_u64() else { return Heard::Close(4013) };
    let properties = &data["properties"];
    if ["os", "browser", "device"].iter().any(|name| !properties[name].is_string()) {
        return Heard::Close(4002);
    }
    let denied = if world.gateway.content_granted {
        MEMBERS_AND_PRESENCES
    } else {
        MEMBERS_AND_PRESENCES | MESSAGE_CONTENT
    };
    if intents & denied != 0 {
        return Heard::Close(4014);
    }
    if world.gateway.last_identify.is_some_and(|at| at.elapsed() < BETWEEN - Duration::from_millis(200)) {
        world.violation("two sessions within five seconds");
    }
    world.gateway.last_identify = Some(Instant::now());
    world.gateway.identified += 1;
    let id = format!("session-{}", world.gateway.identified);
    world.gateway.session = Some(Session { id: id.clone(), seq: 0, log: Vec::new(), intents });
    world.gateway.ready = true;
    let resume_at = format!("{}/gateway", world.base.replacen("http", "ws", 1));
    let ready = json!({"v": 10, "session_id": id, "resume_gateway_url": resume_at, "user": world.user_json(BOT),
        "guilds": [{"id": GUILD.to_string(), "unavailable": true}], "private_channels": [],
        "application": {"id": APPLICATION.to_string(), "flags": 0}});
    world.gateway.dispatch("READY", &ready);
    let posts: Vec<Value> = world
        .channels
        .values()
        .filter(|c| matches!(c.kind, Kind::Post { archived: false, .. }))
        .map(|c| world.channel_json(c))
        .collect();
    let guild = json!({"id": GUILD.to_string(), "name": "guild", "threads": posts, "members": [],
        "channels": [world.channel_json(&world.channels[&FORUM])]});
    world.gateway.dispatch("GUILD_CREATE", &guild);
    Heard::Fine
}

fn resume(world: &mut World, data: &Value) -> Heard {
    if data["token"] != TOKEN {
        return Heard::Close(4004);
    }
    let seq = data["seq"].as_u64().unwrap_or_default();
    let gateway = &mut world.gateway;
    let Some(session) = gateway.session.as_ref().filter(|session| data["session_id"] == session.id.as_str())
    else {
        gateway.tell(&json!({"op": 9, "d": false}));
        return Heard::Fine;
    };
    if seq > session.seq {
        return Heard::Close(4007);
    }
    for (_, frame) in session.log.iter().filter(|(s, _)| *s > seq) {
        gateway.send(frame.clone());
    }
    gateway.ready = true;
    gateway.resumed += 1;
    gateway.dispatch("RESUMED", &json!({}));
    Heard::Fine
}
