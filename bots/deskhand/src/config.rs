//! The configuration: `deskhand.toml`, then the environment over it. Secrets may stand in files, named by `…_file` in the
//! one and `…_FILE` in the other. Everything has a default: with nothing configured, the service runs.

use crate::secret::Secret;
use anyhow::{Context, Result, bail};
use desk::Policy;
use intents::{Pack, Placeholders};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// What an operator decides.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The service's own words in answers: addresses, numbers, promises.
    pub(crate) service: Placeholders,
    pub(crate) pack: PackConfig,
    pub(crate) store: StoreConfig,
    pub(crate) http: HttpConfig,
    pub(crate) telegram: TelegramConfig,
    pub(crate) discord: DiscordConfig,
    pub(crate) policy: Policy,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PackConfig {
    /// The folder of the pack; without it, the shipped OKPay pack.
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreConfig {
    /// The folder of the embedded store.
    pub(crate) folder: PathBuf,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { folder: "data".into() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpConfig {
    /// Where health checks and webhooks are answered.
    pub(crate) listen: SocketAddr,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)) }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TelegramConfig {
    pub(crate) token: Option<Secret>,
    pub(crate) token_file: Option<PathBuf>,
    /// Another server of the Bot API than Telegram's own.
    pub(crate) api_url: Option<String>,
    /// The group in which agents work.
    pub(crate) staff_chat: Option<i64>,
    /// The public address of `/telegram/webhook`; without it, updates are polled.
    pub(crate) webhook_url: Option<String>,
    pub(crate) webhook_secret: Option<Secret>,
    pub(crate) webhook_secret_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DiscordConfig {
    pub(crate) token: Option<Secret>,
    pub(crate) token_file: Option<PathBuf>,
    /// Another REST server than Discord's own.
    pub(crate) api_url: Option<String>,
    /// Another gateway than the one that the REST server names.
    pub(crate) gateway_url: Option<String>,
    /// The forum channel in which agents work.
    pub(crate) staff_channel: Option<u64>,
    /// Whether the application was granted the message content intent.
    pub(crate) message_content: bool,
}

/// Where values of the environment come from; a test has its own.
pub(crate) type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of the process.
pub(crate) fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Config {
    /// Reads the file, or `deskhand.toml` if that exists, and the environment over it.
    pub(crate) fn load(file: Option<&Path>, env: Env<'_>) -> Result<Self> {
        let usual = Path::new("deskhand.toml");
        let file = file.or_else(|| usual.exists().then_some(usual));
        let mut config = match file {
            Some(path) => Self::read(path)?,
            None => Self::default(),
        };
        config.overlay(env)?;
        config.check()?;
        config.policy.placeholders = config.service.clone();
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
        // toml's own message would show the line, and with it a token that stands on it.
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            anyhow::anyhow!("{}:{line}: {}", path.display(), error.message())
        })
    }

    fn overlay(&mut self, env: Env<'_>) -> Result<()> {
        let text = |name: &str| env(name).filter(|value| !value.is_empty());
        if let Some(folder) = text("DESKHAND_DATA") {
            self.store.folder = folder.into();
        }
        if let Some(listen) = text("DESKHAND_LISTEN") {
            self.http.listen = parse("DESKHAND_LISTEN", &listen, "an address such as 127.0.0.1:8080")?;
        }
        if let Some(folder) = text("DESKHAND_PACK") {
            self.pack.folder = Some(folder.into());
        }
        if let Some(url) = text("DATABASE_URL") {
            let scheme = url.split(':').next().unwrap_or_default();
            bail!(
                "DATABASE_URL: this version keeps its data in a folder only, and has no store for {scheme:?} addresses"
            );
        }
        overlay_secret(&mut self.telegram.token, self.telegram.token_file.as_deref(), "TELEGRAM_TOKEN", env)?;
        let hook = &mut self.telegram;
        let file = hook.webhook_secret_file.clone();
        overlay_secret(&mut hook.webhook_secret, file.as_deref(), "TELEGRAM_WEBHOOK_SECRET", env)?;
        hook.api_url = text("TELEGRAM_API_URL").or_else(|| hook.api_url.take());
        hook.webhook_url = text("TELEGRAM_WEBHOOK_URL").or_else(|| hook.webhook_url.take());
        if let Some(chat) = text("TELEGRAM_STAFF_CHAT") {
            hook.staff_chat =
                Some(parse("TELEGRAM_STAFF_CHAT", &chat, "the group's number, such as -1001234567890")?);
        }
        let discord = &mut self.discord;
        let file = discord.token_file.clone();
        overlay_secret(&mut discord.token, file.as_deref(), "DISCORD_TOKEN", env)?;
        discord.api_url = text("DISCORD_API_URL").or_else(|| discord.api_url.take());
        discord.gateway_url = text("DISCORD_GATEWAY_URL").or_else(|| discord.gateway_url.take());
        if let Some(channel) = text("DISCORD_STAFF_CHANNEL") {
            discord.staff_channel = Some(parse("DISCORD_STAFF_CHANNEL", &channel, "the channel's number")?);
        }
        Ok(())
    }

    /// Refuses what can't be meant, with words on how to mend it.
    fn check(&self) -> Result<()> {
        let policy = &self.policy;
        if policy.misses == 0 {
            bail!("policy.misses: must be at least 1");
        }
        if !(1..=5).contains(&policy.clarify) {
            bail!("policy.clarify: must be from 1 to 5");
        }
        for (name, band) in [("answer", policy.bands.answer), ("clarify", policy.bands.clarify)] {
            if band.is_some_and(|band| !(0.0..=1.0).contains(&band)) {
                bail!("policy.bands.{name}: must be from 0 to 1");
            }
        }
        if !(0.5..1.0).contains(&policy.bands.precision) {
            bail!("policy.bands.precision: must be from 0.5 to just below 1, such as 0.97");
        }
        let times = [
            ("remind_after", policy.remind_after),
            ("release_after", policy.release_after),
            ("keep_for", policy.keep_for),
            ("rating_for", policy.rating_for),
            ("reopen_for", policy.reopen_for),
            ("link_code_for", policy.link_code_for),
        ];
        for (name, time) in times {
            if !time.is_positive() {
                bail!("policy.{name}: must be longer than nothing, such as \"5m\"");
            }
        }
        if policy.departments.is_empty() {
            bail!("policy.departments: must name at least one");
        }
        if self.telegram.webhook_url.is_some() && self.telegram.webhook_secret.is_none() {
            bail!(
                "telegram.webhook_url: needs telegram.webhook_secret too, so that nobody else can send updates"
            );
        }
        Ok(())
    }

    /// The pack that is configured, or the shipped one.
    pub(crate) fn load_pack(&self) -> Result<Pack> {
        load_pack(self.pack.folder.as_deref())
    }
}

/// The pack in a folder, or the shipped one.
pub(crate) fn load_pack(folder: Option<&Path>) -> Result<Pack> {
    match folder {
        Some(folder) => Ok(Pack::load(folder)?),
        None => Ok(Pack::okpay()),
    }
}

/// The environment's value, or its file's, over the configuration's own, or its file's.
fn overlay_secret(value: &mut Option<Secret>, file: Option<&Path>, name: &str, env: Env<'_>) -> Result<()> {
    let from_file = |path: &Path| -> Result<Secret> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("can't read {}, which is to hold {name}", path.display()))?;
        Ok(Secret::new(text.trim()))
    };
    let file_name = format!("{name}_FILE");
    if let Some(text) = env(name).filter(|text| !text.trim().is_empty()) {
        *value = Some(Secret::new(text.trim()));
    } else if let Some(path) = env(&file_name).filter(|path| !path.is_empty()) {
        *value = Some(from_file(Path::new(&path))?);
    } else if value.is_none()
        && let Some(path) = file
    {
        *value = Some(from_file(path)?);
    }
    Ok(())
}

fn parse<T: std::str::FromStr>(name: &str, text: &str, wanted: &str) -> Result<T> {
    text.trim().parse().map_err(|_| anyhow::anyhow!("{name}: {text:?} is not {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn load(text: &str, env: &[(&str, &str)]) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deskhand.toml");
        std::fs::write(&path, text).unwrap();
        let env: HashMap<String, String> = env.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        Config::load(Some(&path), &|name| env.get(name).cloned())
    }

    #[test]
    fn nothing_configured_is_fine() {
        let config = load("", &[]).unwrap();
        assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
        assert!(config.telegram.token.is_none() && config.discord.token.is_none());
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let file = "[telegram]\ntoken = \"from-file\"\nstaff_chat = -1\n[policy]\nremind_after = \"7m\"\n[policy.bands]\nanswer = 0.7\n[service]\nsite_url = \"https://example.org\"\nreply_time = { zh = \"24 小时内\", en = \"within 24 hours\" }\n";
        let config = load(file, &[("TELEGRAM_TOKEN", "from-env"), ("DESKHAND_DATA", "/tmp/x")]).unwrap();
        assert_eq!(config.telegram.token.unwrap().reveal(), "from-env");
        assert_eq!(config.telegram.staff_chat, Some(-1));
        assert_eq!(config.store.folder, Path::new("/tmp/x"));
        assert_eq!(config.policy.remind_after, jiff::SignedDuration::from_mins(7));
        assert_eq!(config.policy.placeholders.get("reply_time", intents::Lang::En), Some("within 24 hours"));
    }

    #[test]
    fn secrets_may_stand_in_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "from-a-file\n").unwrap();
        let config = load("", &[("DISCORD_TOKEN_FILE", path.to_str().unwrap())]).unwrap();
        assert_eq!(config.discord.token.unwrap().reveal(), "from-a-file");
        let missing = load("", &[("DISCORD_TOKEN_FILE", "/nowhere/token")]).unwrap_err();
        assert!(format!("{missing:#}").contains("can't read /nowhere/token, which is to hold DISCORD_TOKEN"));
    }

    #[test]
    fn mistakes_are_named_with_their_line_and_without_the_secret() {
        let error = load("[telegram]\ntoken = 12345:SECRET\n", &[]).unwrap_err().to_string();
        assert!(error.contains("deskhand.toml:2:") && !error.contains("SECRET"), "{error}");
        let error = load("[telegram]\ntokn = \"SECRET\"\n", &[]).unwrap_err().to_string();
        assert!(error.contains(":2: unknown field `tokn`") && !error.contains("SECRET"), "{error}");
        for (file, wrong) in [
            ("[policy]\nmisses = 0", "policy.misses"),
            ("[policy]\nclarify = 9", "policy.clarify"),
            ("[policy.bands]\nanswer = 3.0", "policy.bands.answer"),
            ("[policy]\nremind_after = \"-5m\"", "policy.remind_after"),
            ("[telegram]\nwebhook_url = \"https://x\"", "telegram.webhook_secret"),
        ] {
            let error = load(file, &[]).unwrap_err().to_string();
            assert!(error.contains(wrong), "{error}");
        }
        let error = load("", &[("TELEGRAM_STAFF_CHAT", "@staff")]).unwrap_err().to_string();
        assert!(error.starts_with("TELEGRAM_STAFF_CHAT"), "{error}");
    }

    #[test]
    fn the_readmes_example_is_understood() {
        let readme = include_str!("../../../README.md");
        let section = readme.split("## Configuration").nth(1).expect("the README has the section");
        let example = section.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let config: Config = toml::from_str(example).unwrap();
        assert_eq!(config.discord.staff_channel, Some(1_234_567_890));
        assert_eq!(config.policy.rating_for, jiff::SignedDuration::from_hours(24));
        assert!((config.policy.bands.precision - 0.97).abs() < f32::EPSILON);
    }

    #[test]
    fn a_secret_is_never_printed() {
        let config = load("[discord]\ntoken = \"hush-hush\"\n", &[("TELEGRAM_TOKEN", "hush-hush")]).unwrap();
        assert!(!format!("{config:?}").contains("hush"));
    }
}
