//! The gateway: a session over a web socket, kept alive, resumed when it breaks, begun anew when it can't be.
//!
//! Serenity's gateway isn't used. Its shard can't begin with a session of an earlier process, it counts an event as received
//! before anybody has taken it in, and an event that doesn't parse vanishes. Here the number told to Discord is that of
//! the last event which is durable, so that a crash loses nothing; events come in strict order, as JSON of which we
//! read what we need.

use crate::intake::Intake;
use crate::rest::RestError;
use crate::wire::Frame;
use futures::{SinkExt, StreamExt};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, WebSocketConfig};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};
use tokio_util::sync::CancellationToken;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What we are told about (Discord, "Gateway Intents"): guilds with their threads, messages there, direct messages.
const GUILDS: u64 = 1 << 0;
const GUILD_MESSAGES: u64 = 1 << 9;
const DIRECT_MESSAGES: u64 = 1 << 12;
/// The words of guild messages: a privilege, asked for only when the deployment says that it has it.
const MESSAGE_CONTENT: u64 = 1 << 15;

/// Discord allows one new session in five seconds, and a thousand a day before it takes the token away.
const BETWEEN_SESSIONS: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// A session that is resumed says so at once; one that says nothing for this long isn't there any more.
const PATIENCE: Duration = Duration::from_secs(15);
/// A connection that lasted this long was a good one.
const GOOD: Duration = Duration::from_secs(30);
/// Closing with 1000 or 1001 would end the session; with this it can be resumed.
const RESUMABLE: u16 = 4000;

/// Why the bot can't be on Discord until somebody changes something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The token isn't valid.
    #[error("Discord refuses the token: copy it anew from the application's page, under Bot")]
    Token,
    /// An intent isn't granted.
    #[error("Discord refuses the intents (close code {0}): allow them on the application's page, under Bot")]
    Intents(u16),
    /// The bot is in more guilds than one connection may serve, or Discord wants another version of its protocol.
    #[error("Discord refuses the connection for good (close code {0})")]
    Refused(u16),
}

/// How a connection ended.
enum End {
    /// We are to end.
    Shutdown,
    /// It broke; the session may go on.
    Broken(&'static str),
    /// The session is over.
    Over,
    /// The privilege to read messages isn't granted.
    NoPrivilege,
    /// For good.
    Refused(RunError),
}

/// Stays on the gateway until shutdown, or until Discord refuses the bot.
pub(crate) async fn run(intake: &Arc<Intake>, shutdown: &CancellationToken) -> Result<(), RunError> {
    let mut gateway = Gateway {
        intake,
        shutdown,
        privileged: intake.discord.config.message_content,
        identified: None,
        wait_for_limit: Duration::ZERO,
    };
    let mut failures = 0_u32;
    loop {
        let began = Instant::now();
        match gateway.connect_once().await {
            End::Shutdown => return Ok(()),
            End::Refused(error) => return Err(error),
            End::NoPrivilege => {
                tracing::warn!(
                    "the application may not read messages; agents answer by buttons and commands"
                );
                gateway.privileged = false;
            }
            End::Over => intake.end_session(),
            End::Broken(why) => tracing::info!(why, "the connection to Discord ended; it is made again"),
        }
        failures = if began.elapsed() > GOOD { 0 } else { failures + 1 };
        let pause = Duration::from_millis(250 << failures.min(9)).min(LONGEST_PAUSE);
        // All who lost the same connection don't come back at the same instant.
        let pause = pause.mul_f64(0.5 + fastrand::f64() / 2.0);
        tokio::select! {
            () = sleep(pause) => {}
            () = shutdown.cancelled() => return Ok(()),
        }
        while intake.crowded() && !shutdown.is_cancelled() {
            sleep(Duration::from_millis(100)).await;
        }
    }
}

struct Gateway<'a> {
    intake: &'a Arc<Intake>,
    shutdown: &'a CancellationToken,
    privileged: bool,
    identified: Option<Instant>,
    wait_for_limit: Duration,
}

impl Gateway<'_> {
    /// Connects, and stays connected as long as that lasts.
    async fn connect_once(&mut self) -> End {
        let shutdown = self.shutdown;
        let work = async {
            let url = self.address().await?;
            // Not while connected: a connection that is waited in sends no heartbeats.
            self.wait_for_turn().await;
            let Some(mut socket) = timeout(Duration::from_secs(15), open(&url)).await.ok().flatten() else {
                self.intake.forget_address();
                return Err(End::Broken("no connection to the gateway"));
            };
            let every = timeout(Duration::from_secs(15), hello(&mut socket)).await;
            let every = every.ok().flatten().ok_or(End::Broken("the gateway didn't greet"))?;
            Ok((socket, every))
        };
        let (socket, every) = tokio::select! {
            result = work => match result {
                Ok(connected) => connected,
                Err(end) => return end,
            },
            () = shutdown.cancelled() => return End::Shutdown,
        };
        self.stay(socket, every).await
    }

    /// Where to connect: where the deployment says, where the session is resumed, or where Discord says.
    async fn address(&mut self) -> Result<String, End> {
        let session = self.intake.resumable();
        let config = &self.intake.discord.config;
        if let Some(url) = &config.gateway_url {
            return Ok(complete(url));
        }
        if let Some(url) = session.as_ref().and_then(|session| session.url.as_deref()) {
            return Ok(complete(url));
        }
        match self.intake.discord.rest.insist(Method::GET, "/gateway/bot", None).await {
            Ok(answer) => {
                let limit = &answer["session_start_limit"];
                if session.is_none() && limit["remaining"].as_u64() == Some(0) {
                    let after = Duration::from_millis(limit["reset_after"].as_u64().unwrap_or(60_000));
                    tracing::warn!(?after, "no more sessions may be begun for now");
                    self.wait_for_limit = after;
                }
                Ok(complete(answer["url"].as_str().unwrap_or("wss://gateway.discord.gg")))
            }
            Err(RestError::Refused { status: 401, .. }) => Err(End::Refused(RunError::Token)),
            Err(error) if error.missing() => {
                let answer = self.intake.discord.rest.insist(Method::GET, "/gateway", None).await;
                let url = answer.ok().and_then(|answer| answer["url"].as_str().map(complete));
                url.ok_or(End::Broken("the gateway's address can't be had"))
            }
            Err(_) => Err(End::Broken("the gateway's address can't be had")),
        }
    }

    /// Resumes or begins a session, then receives.
    async fn stay(&mut self, mut socket: Socket, every: Duration) -> End {
        let session = self.intake.resumable();
        let resuming = session.is_some();
        let first = match session {
            Some(session) => self.resume(&session.id, session.seq),
            None => self.identify(),
        };
        if send(&mut socket, &first).await.is_err() {
            return End::Broken("the connection broke at its beginning");
        }
        // The first beat comes at a random moment of the interval, so that not all come at once.
        let first_beat = tokio::time::Instant::now() + every.mul_f64(fastrand::f64());
        let mut beat = tokio::time::interval_at(first_beat, every);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut answered = true;
        let mut silent = resuming;
        let patience = sleep(PATIENCE);
        tokio::pin!(patience);
        let end = loop {
            tokio::select! {
                () = self.shutdown.cancelled() => break End::Shutdown,
                () = &mut patience, if silent => break End::Over,
                _ = beat.tick() => {
                    if !answered {
                        break End::Broken("a heartbeat wasn't answered");
                    }
                    answered = false;
                    if send(&mut socket, &self.heartbeat()).await.is_err() {
                        break End::Broken("a heartbeat couldn't be sent");
                    }
                }
                message = socket.next() => match self.receive(message) {
                    Received::Nothing => answered = true,
                    // An event is as good a sign of life as an answer.
                    Received::Event => (answered, silent) = (true, false),
                    Received::HeartbeatWanted => {
                        if send(&mut socket, &self.heartbeat()).await.is_err() {
                            break End::Broken("a heartbeat couldn't be sent");
                        }
                    }
                    Received::End(end) => break end,
                },
            }
        };
        let frame = CloseFrame { code: RESUMABLE.into(), reason: "".into() };
        let _ = timeout(Duration::from_secs(2), socket.close(Some(frame))).await;
        end
    }

    fn resume(&self, id: &str, seq: u64) -> Value {
        let token = self.intake.discord.config.token.secret();
        json!({"op": 6, "d": {"token": token, "session_id": id, "seq": seq}})
    }

    fn heartbeat(&self) -> Value {
        json!({"op": 1, "d": self.intake.taken()})
    }

    /// Waits until a session may be begun, if one must be.
    async fn wait_for_turn(&mut self) {
        if self.intake.resumable().is_none() {
            let soon = self.identified.map(|at| BETWEEN_SESSIONS.saturating_sub(at.elapsed()));
            sleep(soon.unwrap_or_default().max(std::mem::take(&mut self.wait_for_limit))).await;
        }
    }

    /// What begins a session.
    fn identify(&mut self) -> Value {
        self.identified = Some(Instant::now());
        let discord = &self.intake.discord;
        let mut intents = GUILDS | DIRECT_MESSAGES;
        if discord.forum.is_some() {
            intents |= GUILD_MESSAGES;
        }
        if self.privileged {
            intents |= MESSAGE_CONTENT;
        }
        json!({"op": 2, "d": {
            "token": discord.config.token.secret(),
            "intents": intents,
            "properties": {"os": std::env::consts::OS, "browser": "deskhand", "device": "deskhand"},
        }})
    }

    fn receive(&self, message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) -> Received {
        let frame = match message {
            Some(Ok(Message::Text(text))) => serde_json::from_str::<Frame>(&text),
            Some(Ok(Message::Binary(bytes))) => serde_json::from_slice(&bytes),
            Some(Ok(Message::Close(frame))) => {
                return Received::End(closed(frame.map(|frame| frame.code.into()), self.privileged));
            }
            Some(Ok(_)) => return Received::Nothing,
            Some(Err(_)) => return Received::End(End::Broken("the connection broke")),
            None => return Received::End(End::Broken("the connection was closed")),
        };
        match frame {
            Ok(frame) => self.frame(frame),
            Err(error) => {
                tracing::warn!(line = error.line(), "a frame of the gateway can't be read");
                Received::Nothing
            }
        }
    }

    fn frame(&self, frame: Frame) -> Received {
        match frame.op {
            0 => {
                let seq = frame.s.unwrap_or_default();
                match frame.t.as_deref().unwrap_or_default() {
                    "READY" => {
                        tracing::info!("on Discord, with a new session");
                        self.intake.begin_session(frame.d, seq);
                    }
                    "RESUMED" => {
                        tracing::info!("on Discord again");
                        self.intake.dispatch("RESUMED", Value::Null, seq);
                        self.intake.resumed();
                    }
                    name => self.intake.dispatch(name, frame.d, seq),
                }
                if self.intake.crowded() {
                    return Received::End(End::Broken("too much waits to be taken in"));
                }
                Received::Event
            }
            1 => Received::HeartbeatWanted,
            7 => Received::End(End::Broken("Discord asked for it")),
            9 if frame.d == Value::Bool(true) => Received::End(End::Broken("Discord asked for it")),
            9 => Received::End(End::Over),
            _ => Received::Nothing,
        }
    }
}

enum Received {
    Nothing,
    Event,
    HeartbeatWanted,
    End(End),
}

/// What a close code means (Discord, "Gateway Close Event Codes").
fn closed(code: Option<u16>, privileged: bool) -> End {
    match code {
        Some(4004) => End::Refused(RunError::Token),
        Some(4014) if privileged => End::NoPrivilege,
        Some(code @ (4013 | 4014)) => End::Refused(RunError::Intents(code)),
        Some(code @ 4010..=4012) => End::Refused(RunError::Refused(code)),
        // A wrong number, and a session that is too old.
        Some(4007 | 4009) => End::Over,
        _ => End::Broken("Discord closed the connection"),
    }
}

/// The address with the version and encoding that we speak.
fn complete(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let mut query: Vec<&str> = query.split('&').filter(|part| !part.is_empty()).collect();
    for (name, wanted) in [("v=", "v=10"), ("encoding=", "encoding=json")] {
        if !query.iter().any(|part| part.starts_with(name)) {
            query.push(wanted);
        }
    }
    // A path is needed before a query.
    let path = address.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    format!("{address}{}?{}", if path { "" } else { "/" }, query.join("&"))
}

async fn open(url: &str) -> Option<Socket> {
    let config = WebSocketConfig::default().max_message_size(Some(64 << 20)).max_frame_size(Some(64 << 20));
    let connector = if url.starts_with("wss") { Connector::Rustls(tls()?) } else { Connector::Plain };
    match connect_async_tls_with_config(url, Some(config), true, Some(connector)).await {
        Ok((socket, _)) => Some(socket),
        Err(error) => {
            tracing::info!(%error, "the gateway can't be reached");
            None
        }
    }
}

/// TLS with a provider named here: which one is the process's default depends on what else is linked.
fn tls() -> Option<Arc<rustls::ClientConfig>> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// Waits for the greeting; the time between heartbeats.
async fn hello(socket: &mut Socket) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Hello {
        heartbeat_interval: f64,
    }
    loop {
        let message = socket.next().await?.ok()?;
        if message.is_close() {
            return None;
        }
        let Ok(frame) = serde_json::from_slice::<Frame>(&message.into_data()) else { continue };
        if frame.op == 10 {
            let hello = Hello::deserialize(frame.d).ok();
            let millis = hello.map_or(41_250.0, |hello| hello.heartbeat_interval).clamp(50.0, 600_000.0);
            return Some(Duration::from_secs_f64(millis / 1000.0));
        }
    }
}

async fn send(socket: &mut Socket, value: &Value) -> Result<(), ()> {
    let sent = timeout(Duration::from_secs(10), socket.send(Message::text(value.to_string()))).await;
    sent.map_err(|_| ())?.map_err(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_version_and_encoding() {
        assert_eq!(complete("wss://gateway.discord.gg"), "wss://gateway.discord.gg/?v=10&encoding=json");
        assert_eq!(complete("ws://127.0.0.1:9/gateway?v=9"), "ws://127.0.0.1:9/gateway?v=9&encoding=json");
    }

    #[test]
    fn only_some_close_codes_are_final() {
        assert!(matches!(closed(Some(4004), false), End::Refused(RunError::Token)));
        assert!(matches!(closed(Some(4014), true), End::NoPrivilege));
        assert!(matches!(closed(Some(4014), false), End::Refused(RunError::Intents(4014))));
        assert!(matches!(closed(Some(4009), false), End::Over));
        assert!(matches!(closed(Some(1006), false), End::Broken(_)));
        assert!(matches!(closed(None, false), End::Broken(_)));
    }
}
