//! The edge to Telegram. It turns updates into events and hands them to the runtime's door before it acknowledges them,
//! and delivers what the outbox holds.
//!
//! It decides nothing about conversations and stores nothing of them. The token is in no log line and in no error.

mod api;
mod deliver;
mod failure;
mod from_telegram;
mod intake;
mod lenient;
mod memory;
mod menu;
mod send;
mod staff;
mod to_telegram;
mod update;
mod way;
mod webhook;
mod words;

pub use api::ConfigError;
pub use intake::RunError;
pub use menu::Menu;

use api::Api;
use desk::Channel;
use from_telegram::Me;
use memory::Memory;
use runtime::Door;
use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// What a deployment says about its bot.
#[derive(Clone)]
pub struct Config {
    /// The bot's token, a secret.
    pub token: String,
    /// Where the Bot API is.
    pub api_url: String,
    /// The group in which agents work; best a supergroup with topics.
    pub staff_chat: Option<i64>,
    /// Take updates by webhook rather than by polling.
    pub webhook: Option<Webhook>,
    /// How long one poll waits for updates.
    pub poll: Duration,
    /// The menus of commands, a language each; the first one is shown where no other fits.
    pub menus: Vec<Menu>,
}

/// How Telegram reaches us.
#[derive(Clone)]
pub struct Webhook {
    /// The public address of `/telegram/webhook`; none if somebody else registers it.
    pub url: Option<String>,
    /// What Telegram sends along so that we know it is Telegram: 1 to 256 of A-Z, a-z, 0-9, `_` and `-`.
    pub secret: String,
}

impl Config {
    /// A bot that polls Telegram's own servers and has no staff group.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            api_url: "https://api.telegram.org".into(),
            staff_chat: None,
            webhook: None,
            poll: Duration::from_secs(50),
            menus: Vec::new(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("api_url", &self.api_url)
            .field("staff_chat", &self.staff_chat)
            .field("webhook", &self.webhook)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A bot on Telegram.
pub struct Telegram {
    channel: Channel,
    config: Config,
    api: Api,
    me: OnceLock<Me>,
    door: OnceLock<Arc<dyn Door>>,
    staff_chat: Mutex<Option<i64>>,
    memory: Memory,
    unreadable: AtomicU64,
}

impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telegram").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Telegram {
    /// A bot; nothing is sent until it runs.
    ///
    /// # Errors
    /// [`ConfigError`] when the configuration can't be right.
    pub fn new(config: Config) -> Result<Arc<Self>, ConfigError> {
        if config.webhook.as_ref().is_some_and(|hook| !webhook::is_secret(&hook.secret)) {
            return Err(ConfigError::Secret);
        }
        let api = Api::new(&config.token, &config.api_url)?;
        // Nine letters of a-z are a channel's name.
        let Ok(channel) = "telegram".parse() else { unreachable!("a legal name") };
        Ok(Arc::new(Self {
            channel,
            api,
            me: OnceLock::new(),
            door: OnceLock::new(),
            staff_chat: Mutex::new(config.staff_chat),
            memory: Memory::default(),
            unreadable: AtomicU64::new(0),
            config,
        }))
    }

    /// How many updates could not be read since the start. They were acknowledged, because Telegram would send them
    /// again and again.
    #[must_use]
    pub fn unreadable(&self) -> u64 {
        self.unreadable.load(Ordering::Relaxed)
    }

    fn staff_chat(&self) -> Option<i64> {
        *self.staff_chat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
