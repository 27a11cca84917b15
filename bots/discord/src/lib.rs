//! The Discord edge: direct messages, slash commands and buttons of customers; a forum in which agents work tickets.
//!
//! It translates, and decides nothing: what comes in becomes an event at the door, what goes out is drawn as Discord
//! shows it. The token is in no error, no log line and no `Debug`.

mod backfill;
mod commands;
mod deliver;
mod deliver_person;
mod deliver_staff;
mod failure;
mod files;
mod forum;
mod from_discord;
mod gateway;
mod intake;
mod interact;
mod progress;
mod rest;
#[cfg(test)]
mod samples;
mod state;
mod text;
mod to_discord;
mod via;
mod wire;
pub mod words;

pub use commands::Questions;
pub use gateway::RunError;
pub use rest::Token;
pub use words::Words;

use crate::{files::FileStore, forum::Forum, intake::Intake, rest::Rest, state::State, wire::Id};
use desk::Channel;
use jiff::Timestamp;
use reqwest::Method;
use runtime::Door;
use std::{fmt, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Where Discord's REST interface is, unless a deployment says otherwise.
pub const API_URL: &str = "https://discord.com/api/v10";

/// How this deployment is on Discord.
#[derive(Clone)]
pub struct Config {
    /// The bot's token.
    pub token: Token,
    /// Where the REST interface is: `https://discord.com/api/v10`, or a host alone, to which `/api/v10` is added.
    pub api_url: String,
    /// Where the gateway is, if not where the REST interface says: `wss://…` or `ws://…`. Then sessions are resumed there too.
    pub gateway_url: Option<String>,
    /// The forum channel in which agents work tickets.
    pub staff_channel: Option<u64>,
    /// Whether the application has the privilege to read messages. With it, agents can write plainly in a ticket's post;
    /// everything else works without it.
    pub message_content: bool,
    /// The questions to choose from behind `/faq`.
    pub questions: Questions,
    /// Names and descriptions that only Discord shows.
    pub words: Words,
}

impl Config {
    /// A deployment with a token, and everything else as usual.
    #[must_use]
    pub fn new(token: Token) -> Self {
        Self {
            token,
            api_url: API_URL.to_owned(),
            gateway_url: None,
            staff_channel: None,
            message_content: false,
            questions: Arc::new(|_| Vec::new()),
            words: Words::default(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("token", &self.token)
            .field("api_url", &self.api_url)
            .field("gateway_url", &self.gateway_url)
            .field("staff_channel", &self.staff_channel)
            .field("message_content", &self.message_content)
            .finish_non_exhaustive()
    }
}

/// Why the edge can't be made from its configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Discord: {0}")]
pub struct ConfigError(String);

/// The edge. One value delivers and receives.
pub struct Discord {
    config: Config,
    channel: Channel,
    rest: Arc<Rest>,
    files: FileStore,
    forum: Option<Arc<Forum>>,
    state: State,
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discord").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Discord {
    /// Makes the edge; nothing is sent yet.
    ///
    /// # Errors
    /// When the token can't be one, or TLS can't be set up.
    pub fn new(config: Config) -> Result<Arc<Self>, ConfigError> {
        let rest = Arc::new(Rest::new(&config.api_url, &config.token).map_err(ConfigError)?);
        let files = FileStore::new(rest.base()).map_err(ConfigError)?;
        let channel = config.staff_channel.filter(|id| *id != 0).map(Id);
        let forum = channel.map(|id| Arc::new(Forum::new(id, rest.clone(), config.words.clone())));
        let channel = "discord".parse().unwrap_or_else(|_| unreachable!("a name of ours"));
        Ok(Arc::new(Self { config, channel, rest, files, forum, state: State::default() }))
    }

    /// Receives until `shutdown`, or until Discord refuses the bot for good. What was received but not taken in by the
    /// door is delivered by Discord again when the session is resumed, also after a crash.
    ///
    /// # Errors
    /// See [`RunError`]. A connection that breaks is none: it is made again.
    pub async fn run(
        self: &Arc<Self>,
        door: Arc<dyn Door>,
        shutdown: CancellationToken,
    ) -> Result<(), RunError> {
        let intake = Intake::new(self.clone(), door, &shutdown);
        intake.load().await;
        let saving = tokio::spawn(intake.clone().save_until_shutdown());
        let introduction = tokio::spawn(self.clone().introduce(shutdown.clone()));
        let result = gateway::run(&intake, &shutdown).await;
        if result.is_err() {
            // Whatever was taken in is still saved.
            intake.close();
        }
        introduction.abort();
        intake.drain(Duration::from_secs(5)).await;
        if let Err(error) = saving.await {
            tracing::error!(%error, "saving the session ended badly");
        }
        result
    }

    /// Learns who we are and registers the commands. A refusal costs the commands and nothing else.
    async fn introduce(self: Arc<Self>, shutdown: CancellationToken) {
        let id = |value: &serde_json::Value| value.as_str().and_then(Id::read);
        match self.rest.insist(Method::GET, "/applications/@me", None).await {
            Ok(application) => self.state.learn(id(&application["bot"]["id"]), id(&application["id"])),
            Err(error) => tracing::debug!(%error, "the application's id comes with the session instead"),
        }
        let commands = serde_json::to_value(commands::all(&self.config.words)).unwrap_or_default();
        let mut pause = Duration::from_secs(1);
        loop {
            if let Some(application) = self.state.application() {
                let path = format!("/applications/{application}/commands");
                match self.rest.insist(Method::PUT, &path, Some(commands.clone())).await {
                    Ok(_) => return tracing::info!("slash commands are registered"),
                    Err(error) if !error.passing() => {
                        return tracing::warn!(%error, "slash commands can't be registered; messages and buttons work");
                    }
                    Err(error) => tracing::warn!(%error, "slash commands can't be registered for now"),
                }
                pause = (pause * 2).min(Duration::from_secs(300));
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.cancelled() => return,
            }
        }
    }
}

/// The smallest id that something made at `time` can have (Discord, "Snowflakes": milliseconds since 2015, and 22 bits).
fn snowflake(time: Timestamp) -> u64 {
    let since = time.as_millisecond().saturating_sub(1_420_070_400_000);
    u64::try_from(since).unwrap_or_default() << 22
}
