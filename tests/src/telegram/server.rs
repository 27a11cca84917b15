//! The server, and the handle by which a test holds it.

use super::{
    call::{Call, Refusal},
    fault::{self, Fault, Rule},
    methods::{self, Part},
    people::{Group, Person},
    state::{Chat, ChatKind, State, User, Waiting},
    updates,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Path, Request, State as Held},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use serde_json::{Map, Value, json};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

const TOKEN: &str = "7000001:AAfake-token_for-tests";
/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);
const BODY: usize = 60 * 1024 * 1024;

/// The state, and a bell that rings when it changes.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl Shared {
    /// Does something to the state, and rings.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let result = self.quietly(act);
        self.changed.send_modify(|n| *n += 1);
        result
    }

    pub(super) fn quietly<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Waits until something holds.
    #[track_caller]
    pub(super) fn until<R>(
        self: &Arc<Self>,
        what: String,
        mut holds: impl FnMut(&State) -> Option<R>,
    ) -> impl Future<Output = R> {
        let caller = std::panic::Location::caller();
        let shared = self.clone();
        async move {
            let mut changes = shared.changes();
            let waited = timeout(PATIENCE, async {
                loop {
                    changes.borrow_and_update();
                    if let Some(found) = shared.quietly(|state| holds(state)) {
                        return found;
                    }
                    // The sender lives as long as `shared`.
                    let _ = changes.changed().await;
                }
            });
            match waited.await {
                Ok(found) => found,
                Err(_) => panic!("{caller}: never came true: {what}\n{}", shared.quietly(|s| overview(s))),
            }
        }
    }
}

/// All chats, for the message of a test that waits in vain.
fn overview(state: &State) -> String {
    let chats = state.chats.iter().map(|(id, chat)| format!("--- chat {id}\n{}", chat.transcript(None)));
    let refused = state.mistakes().into_iter().map(|mistake| format!("refused {mistake}\n"));
    chats.chain(refused).collect()
}

/// A fake of the Telegram Bot API, listening on this machine until it is dropped.
#[derive(Debug)]
pub struct FakeTelegram {
    shared: Arc<Shared>,
    url: String,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for FakeTelegram {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl FakeTelegram {
    /// Starts a fake without any chat.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let shared = Arc::new(Shared { state: Mutex::default(), changed: watch::Sender::new(0) });
        let router = Router::new()
            .route("/{bot}/{method}", any(serve))
            .route("/file/{bot}/files/{id}", get(download))
            .with_state(shared.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a listener that was bound accepts");
        });
        let poster = tokio::spawn(updates::post(shared.clone()));
        Self { shared, url: format!("http://{address}"), tasks: [server, poster] }
    }

    /// What to set as `TELEGRAM_API_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The only token that is accepted.
    #[must_use]
    pub fn token(&self) -> &str {
        TOKEN
    }

    /// A person with a private chat, in which nothing was said yet.
    #[must_use]
    pub fn person(&self, name: &str, language: &str) -> Person {
        let user = self.shared.with(|state| {
            let id = 5000 + state.next();
            let user = User { id, name: name.to_owned(), language: language.to_owned() };
            let kind = ChatKind::Private { user: user.clone(), started: false, blocked: false };
            state.chats.insert(id, Chat::new(kind));
            user
        });
        Person::new(self.shared.clone(), user)
    }

    /// A supergroup that the bot is in.
    #[must_use]
    pub fn group(&self, title: &str, forum: bool) -> Group {
        let id = self.shared.with(|state| {
            let id = -1_000_000_000_000 - state.next();
            state.chats.insert(id, Chat::new(ChatKind::Group { title: title.to_owned(), forum }));
            id
        });
        Group::new(self.shared.clone(), id)
    }

    /// Lets any update wait, without an id of its own; gives the id that it got.
    #[must_use]
    pub fn push(&self, update: Value) -> i64 {
        self.shared.with(|state| state.push(update))
    }

    /// Delivers an update of before once more, acknowledged or not.
    ///
    /// # Panics
    /// If there never was one with this id.
    pub fn push_again(&self, update: i64) {
        self.shared.with(|state| {
            let update = state.past.get(&update).expect("there was such an update").clone();
            state.pending.push_front(Waiting { update, again: true });
        });
    }

    /// The id of the newest update.
    #[must_use]
    pub fn last_update(&self) -> i64 {
        self.state(|state| state.past.keys().next_back().copied().unwrap_or_default())
    }

    /// Whether batches of updates come in the wrong order.
    pub fn reverse(&self, on: bool) {
        self.shared.with(|state| state.reversed = on);
    }

    /// Whether answers hold the least that is possible.
    pub fn terse(&self, on: bool) {
        self.shared.with(|state| state.terse = on);
    }

    /// Misbehaves at the next calls of a method, or of any.
    pub fn fail(&self, method: Option<&str>, times: usize, fault: Fault) {
        let rule = Rule { method: method.map(str::to_owned), chat: None, fault, times };
        self.shared.with(|state| state.rules.push(rule));
    }

    /// Misbehaves at the next calls about a chat.
    pub fn fail_in(&self, chat: i64, times: usize, fault: Fault) {
        let rule = Rule { method: None, chat: Some(chat), fault, times };
        self.shared.with(|state| state.rules.push(rule));
    }

    /// Looks at the state.
    pub fn state<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        self.shared.quietly(|state| look(state))
    }

    /// Waits until something holds.
    ///
    /// # Panics
    /// If it doesn't within 20 s; the message holds all chats.
    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn(&State) -> bool) -> impl Future<Output = ()> {
        self.shared.until(what.to_owned(), move |state| holds(state).then_some(()))
    }
}

async fn serve(
    Held(shared): Held<Arc<Shared>>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    if bot != format!("bot{TOKEN}") {
        return reply(&Err(Refusal::new(401, "Unauthorized")));
    }
    let (params, parts) = match read(request).await {
        Ok(read) => read,
        Err(refusal) => return reply(&Err(refusal)),
    };
    let call = Call { method, params, refused: None };
    let fault = shared.quietly(|state| fault::meet(&mut state.rules, &call));
    match fault {
        Some(Fault::TooMany(seconds)) => {
            let mut refusal = Refusal::new(429, format!("Too Many Requests: retry after {seconds}"));
            refusal.parameters = json!({ "retry_after": seconds });
            return reply(&Err(refusal));
        }
        Some(Fault::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            return (status, "<html>trouble</html>").into_response();
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::CloseBefore) => hang_up(),
        Some(Fault::CloseAfter | Fault::Garbage | Fault::Slow(_)) | None => {}
    }
    let answer = if call.method == "getUpdates" {
        updates::poll(&shared, &call).await
    } else {
        shared.with(|state| perform(state, call, parts))
    };
    match fault {
        Some(Fault::CloseAfter) => hang_up(),
        Some(Fault::Garbage) => "{\"ok\":tru".into_response(),
        Some(Fault::Slow(millis)) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            reply(&answer)
        }
        _ => reply(&answer),
    }
}

fn perform(state: &mut State, mut call: Call, parts: Vec<Part>) -> Result<Value, Refusal> {
    let Some(mut result) = methods::perform(state, &call, parts) else {
        return Err(Refusal::new(404, "Not Found"));
    };
    call.refused = result.as_ref().err().map(|refusal| refusal.description.clone());
    state.calls.push(call);
    if let (true, Ok(Value::Object(full))) = (state.terse, &mut result) {
        for key in ["message_id", "message_thread_id"] {
            if let Some(id) = full.get(key).cloned() {
                return Ok(json!({ key: id }));
            }
        }
    }
    result
}

/// Closes the connection without a word: its task unwinds, quietly.
fn hang_up() -> ! {
    std::panic::resume_unwind(Box::new("the fake hangs up"))
}

fn reply(answer: &Result<Value, Refusal>) -> Response {
    let (status, json) = match answer {
        Ok(result) => (200, json!({ "ok": true, "result": result })),
        Err(refusal) => (refusal.code, refusal.json()),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(CONTENT_TYPE, "application/json")], json.to_string()).into_response()
}

async fn read(request: Request) -> Result<(Map<String, Value>, Vec<Part>), Refusal> {
    let wrong = || Refusal::new(400, "Bad Request: the body can't be read");
    let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        return read_form(request).await.map_err(|_| wrong());
    }
    let json = kind.starts_with("application/json");
    let body = to_bytes(request.into_body(), BODY).await.map_err(|_| wrong())?;
    match serde_json::from_slice(&body) {
        _ if body.is_empty() => Ok((Map::new(), Vec::new())),
        Ok(Value::Object(params)) if json => Ok((params, Vec::new())),
        _ => Err(wrong()),
    }
}

async fn read_form(request: Request) -> Result<(Map<String, Value>, Vec<Part>), String> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, BODY).await.map_err(|e| e.to_string())?;
    let mut request = Request::from_parts(head, Body::from(body));
    request.extensions_mut().insert(axum::extract::DefaultBodyLimit::max(BODY));
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| e.to_string())?;
    let (mut params, mut parts) = (Map::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(|e| e.to_string())? {
        let key = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(name) => {
                params.insert(key.clone(), name.clone().into());
                let bytes = field.bytes().await.map_err(|e| e.to_string())?.to_vec();
                parts.push(Part { field: key, name: Some(name), bytes });
            }
            None => {
                params.insert(key, field.text().await.map_err(|e| e.to_string())?.into());
            }
        }
    }
    Ok((params, parts))
}

async fn download(Held(shared): Held<Arc<Shared>>, Path((bot, id)): Path<(String, String)>) -> Response {
    let file = shared.quietly(|state| state.files.get(&id).cloned());
    match file {
        Some(file) if bot == format!("bot{TOKEN}") => file.bytes.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
