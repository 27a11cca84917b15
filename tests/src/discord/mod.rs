//! A fake of Discord: REST and gateway of one guild with a forum, with state, and as strict as the real one. What the bot
//! does against the rules is refused with Discord's codes and also remembered, so that a story can end with
//! [`FakeDiscord::assert_clean`]. It knows nothing of Deskhand.

mod checks;
mod fault;
mod gateway;
mod interactions;
mod messages;
mod multipart;
mod people;
mod server;
mod world;

pub use fault::Fault;
pub use people::{Person, Post};
pub use world::{Acked, Button, Message};

use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use world::World;

/// How long a story waits for something to happen before it fails.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// The token that the fake takes.
pub const TOKEN: &str = "MTAwMA.fake.t0ken-that-must-never-be-logged";

/// A running fake. Clones are handles to the same one; it stops with the last.
#[derive(Clone)]
pub struct FakeDiscord {
    inner: Arc<Inner>,
}

struct Inner {
    world: Mutex<World>,
    address: std::net::SocketAddr,
    server: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(server) = self.server.lock().unwrap_or_else(PoisonError::into_inner).take() {
            server.abort();
        }
    }
}

impl FakeDiscord {
    /// Starts a fake on a free port of this machine.
    pub async fn start() -> Self {
        server::start().await
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.inner.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where REST is.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://{}/api/v10", self.inner.address)
    }

    /// Where the gateway is.
    #[must_use]
    pub fn gateway_url(&self) -> String {
        format!("ws://{}/gateway", self.inner.address)
    }

    /// The forum channel of the staff.
    #[must_use]
    pub fn forum(&self) -> u64 {
        world::FORUM
    }

    /// Someone who can write to the bot, act in the guild, and look at its posts.
    #[must_use]
    pub fn person(&self, name: &str) -> Person {
        let id = self.world().person(name);
        Person::new(self.clone(), id)
    }

    /// Waits for a post of the forum whose name holds `name`.
    pub async fn post(&self, name: &str) -> Post {
        let id = self.until(&format!("a post named {name:?}"), |world| world.find_post(name)).await;
        Post::new(self.clone(), id)
    }

    /// How many posts the forum has.
    #[must_use]
    pub fn posts(&self) -> usize {
        self.world().posts()
    }

    /// Waits until the bot is connected with a session.
    pub async fn connected(&self) {
        self.until("the bot to connect", |world| world.gateway.ready().then_some(())).await;
    }

    /// Waits until the commands are registered.
    pub async fn commands(&self) -> Value {
        self.until("commands to be registered", |world| world.commands.clone()).await
    }

    /// Waits until `what` is there, and fails the story when it doesn't come.
    ///
    /// # Panics
    /// After [`PATIENCE`].
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, look: impl Fn(&World) -> Option<T>) -> impl Future<Output = T> {
        let caller = std::panic::Location::caller();
        async move {
            let began = Instant::now();
            loop {
                if let Some(found) = look(&self.world()) {
                    return found;
                }
                assert!(
                    began.elapsed() < PATIENCE,
                    "{caller}: waited in vain for {what}\n{}",
                    self.world().everything()
                );
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// The rules that the bot broke so far.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.world().violations.clone()
    }

    /// Fails the story if the bot broke a rule.
    ///
    /// # Panics
    /// When it did.
    #[track_caller]
    pub fn assert_clean(&self) {
        let violations = self.violations();
        assert!(violations.is_empty(), "the bot broke rules: {violations:#?}");
    }

    /// How many requests came whose `METHOD /path` begins so.
    #[must_use]
    pub fn requests(&self, begins: &str) -> usize {
        self.world().requests.iter().filter(|request| request.starts_with(begins)).count()
    }

    /// The next request whose `METHOD /path` holds `matching` meets this fault; several are met in turn.
    pub fn fault(&self, matching: &str, fault: Fault) {
        self.world().faults.push((matching.to_owned(), fault));
    }

    /// Cuts the gateway's connection without a word.
    pub fn drop_connection(&self) {
        self.world().gateway.cut(None);
    }

    /// Closes the gateway's connection with a code.
    pub fn close_connection(&self, code: u16) {
        self.world().gateway.cut(Some(code));
    }

    /// Asks the bot to connect anew (opcode 7).
    pub fn ask_reconnect(&self) {
        self.world().gateway.tell(&serde_json::json!({"op": 7, "d": null}));
    }

    /// Tells the bot that its session is invalid (opcode 9); if not `resumable`, it is forgotten.
    pub fn invalidate(&self, resumable: bool) {
        let mut world = self.world();
        world.gateway.tell(&serde_json::json!({"op": 9, "d": resumable}));
        if !resumable {
            world.gateway.forget();
        }
    }

    /// Forgets the session without telling: resuming will fail, and what happens meanwhile is never replayed.
    pub fn forget_session(&self) {
        self.world().gateway.forget();
    }

    /// Refuses new connections to the gateway, or takes them again.
    pub fn set_offline(&self, offline: bool) {
        self.world().gateway.offline = offline;
    }

    /// Stops answering heartbeats, or answers them again.
    pub fn set_deaf(&self, deaf: bool) {
        self.world().gateway.deaf = deaf;
    }

    /// Sends the next event twice.
    pub fn duplicate_next(&self) {
        self.world().gateway.duplicate = true;
    }

    /// Sends the next event only after the one that follows it.
    pub fn swap_next(&self) {
        self.world().gateway.swap = true;
    }

    /// Grants or denies the privilege to read messages.
    pub fn grant_message_content(&self, granted: bool) {
        self.world().gateway.content_granted = granted;
    }

    /// Lets the bot change the forum's tags, or not.
    pub fn let_tags_be_made(&self, allowed: bool) {
        self.world().may_tag = allowed;
    }

    /// How many sessions were begun, and how many resumed.
    #[must_use]
    pub fn sessions(&self) -> (usize, usize) {
        let world = self.world();
        (world.gateway.identified, world.gateway.resumed)
    }
}
