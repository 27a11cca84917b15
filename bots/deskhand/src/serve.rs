//! `deskhand serve`: the service. Starts what is configured, and ends it in order on SIGTERM or Ctrl-C.

use crate::config::{self, Config, DiscordConfig, TelegramConfig};
use crate::{chat, control, http, logging, menus, reload};
use anyhow::{Context, Result, anyhow};
use desk::Packs;
use discord::Discord;
use intents::{EntryId, Lang};
use runtime::{Door, Platform, Runtime, Settings, SystemClock};
use std::future::Future;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use store::SledStore;
use telegram::Telegram;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long deliveries that are under way may take at the end.
const GRACE: Duration = Duration::from_secs(10);

pub(crate) fn run(file: Option<&Path>) -> Result<ExitCode> {
    logging::start();
    quiet_panics();
    let config = Config::load(file, &config::process_env)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config))
}

/// A panic names its place and nothing else: its message may hold a customer's words.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        tracing::error!("a fault of the program at {place}");
    }));
}

async fn serve(config: Config) -> Result<ExitCode> {
    let pack = config.load_pack()?;
    for problem in pack.check_placeholders(&config.service) {
        tracing::warn!("[service] {problem}");
    }
    let bands = config.policy.bands;
    let packs = Arc::new(Packs::new(pack, bands));
    let store = SledStore::open(&config.store.folder)?;
    let policy = Arc::new(config.policy.clone());
    let runtime =
        Runtime::new(Arc::new(store), Arc::new(SystemClock), policy, packs.clone(), Settings::default())
            .await?;
    let door: Arc<dyn Door> = Arc::new(runtime.clone());
    let shutdown = CancellationToken::new();
    let talk_packs = packs.clone();
    let questions = Arc::new(RwLock::new(packs));

    let telegram = telegram(&config.telegram)?;
    let discord = discord(&config.discord, &questions)?;
    let mut webhooks = axum::Router::new();
    let mut edges = Edges::default();
    if let Some(telegram) = &telegram {
        runtime.connect(telegram.clone());
        webhooks = telegram.webhook_router(door.clone());
    }
    if let Some(discord) = &discord {
        runtime.connect(Arc::clone(discord) as Arc<dyn Platform>);
    }
    let listener = tokio::net::TcpListener::bind(config.http.listen)
        .await
        .with_context(|| format!("can't listen on {}", config.http.listen))?;
    let address = listener.local_addr()?;
    runtime.start();
    if let Some(telegram) = telegram {
        edges.start("Telegram", telegram.run(door.clone(), shutdown.clone()));
    }
    if let Some(discord) = discord {
        let (door, shutdown) = (door.clone(), shutdown.clone());
        edges.start("Discord", async move { discord.run(door, shutdown).await });
    }
    let routes = http::router(runtime.clone(), webhooks);
    let ended = shutdown.clone();
    edges.start("the web server", async move {
        axum::serve(listener, routes).with_graceful_shutdown(ended.cancelled_owned()).await
    });
    edges.start(
        "the control socket",
        control::listen(config.store.folder.clone(), runtime.clone(), shutdown.clone()),
    );
    let hears = move |packs: &Arc<Packs>| {
        *questions.write().unwrap_or_else(PoisonError::into_inner) = packs.clone();
    };
    let folder = config.pack.folder.clone();
    edges.start("watching the pack", reload::watch(folder, bands, runtime.clone(), hears, shutdown.clone()));
    announce(&config, address);
    if config.telegram.token.is_none() && config.discord.token.is_none() {
        talk_here(chat::Chat::new(config.policy.clone(), talk_packs));
    }

    let failed = until_the_end(&runtime, &mut edges).await?;
    shutdown.cancel();
    edges.finish().await;
    if let Some(why) = failed {
        // What was acknowledged is in the store; nothing more can be relied on.
        return Err(anyhow!("the storage failed, so the service ends: {why}"));
    }
    runtime.shutdown(GRACE).await?;
    tracing::info!("ended");
    Ok(ExitCode::SUCCESS)
}

/// Waits for a signal, or for the storage to fail.
async fn until_the_end(runtime: &Runtime, edges: &mut Edges) -> Result<Option<String>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok(None),
        _ = interrupt.recv() => Ok(None),
        why = runtime.failed() => Ok(Some(why)),
        () = edges.watch() => Ok(None),
    }
}

/// What runs besides the runtime. One that ends takes no other with it.
#[derive(Default)]
struct Edges {
    tasks: JoinSet<()>,
}

impl Edges {
    fn start<E: std::fmt::Display>(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        self.tasks.spawn(async move {
            if let Err(error) = work.await {
                tracing::error!("{name} has stopped; everything else goes on: {error:#}");
            }
        });
    }

    /// Reports what stops. Returns never: the service goes on with what is left.
    async fn watch(&mut self) {
        loop {
            match self.tasks.join_next().await {
                Some(Err(error)) if error.is_panic() => tracing::error!("a part of the service broke"),
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// Waits for everything to end, within bounds.
    async fn finish(&mut self) {
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("some parts of the service didn't end in time");
            self.tasks.abort_all();
        }
    }
}

fn telegram(config: &TelegramConfig) -> Result<Option<Arc<Telegram>>> {
    let Some(token) = &config.token else { return Ok(None) };
    let mut settings = telegram::Config::new(token.reveal());
    if let Some(url) = &config.api_url {
        settings.api_url.clone_from(url);
    }
    settings.staff_chat = config.staff_chat;
    settings.menus = menus::telegram();
    settings.webhook = config.webhook_secret.as_ref().map(|secret| telegram::Webhook {
        url: config.webhook_url.clone(),
        secret: secret.reveal().to_owned(),
    });
    Telegram::new(settings).map(Some).context("[telegram]")
}

fn discord(config: &DiscordConfig, packs: &Arc<RwLock<Arc<Packs>>>) -> Result<Option<Arc<Discord>>> {
    let Some(token) = &config.token else { return Ok(None) };
    let mut settings = discord::Config::new(discord::Token::new(token.reveal()));
    if let Some(url) = &config.api_url {
        settings.api_url.clone_from(url);
    }
    settings.gateway_url.clone_from(&config.gateway_url);
    settings.staff_channel = config.staff_channel;
    settings.message_content = config.message_content;
    let packs = Arc::clone(packs);
    settings.questions = Arc::new(move |lang: Lang| -> Vec<(String, EntryId)> {
        let packs = packs.read().unwrap_or_else(PoisonError::into_inner).clone();
        let question = |entry: &intents::pack::Entry| (entry.text(lang).question.clone(), entry.id.clone());
        packs.pack().entries().iter().map(question).collect()
    });
    Discord::new(settings).map(Some).context("[discord]")
}

/// With nobody connected, whoever started the service can try the bot where they are. On a thread of its own: reading a
/// terminal can't be interrupted, and must not hold up the end.
fn talk_here(mut chat: chat::Chat) {
    std::thread::spawn(move || {
        if let Err(error) = chat::converse(&mut chat, false, false) {
            tracing::debug!("talking in the terminal ended: {error}");
        }
    });
}

/// Tells whoever started the service what it does, and what to do next.
fn announce(config: &Config, address: std::net::SocketAddr) {
    let on = |configured: bool| if configured { "connected" } else { "not configured" };
    println!("Deskhand is running.");
    println!("  health    http://{address}/healthz");
    println!("  data      {}", config.store.folder.display());
    let pack =
        config.pack.folder.as_ref().map_or("OKPay (shipped)".into(), |folder| folder.display().to_string());
    println!("  pack      {pack}");
    println!("  Telegram  {}", on(config.telegram.token.is_some()));
    println!("  Discord   {}", on(config.discord.token.is_some()));
    if config.telegram.token.is_none() && config.discord.token.is_none() {
        println!("Nothing is connected yet: the README says how. Meanwhile, try the bot right here.\n");
    }
}
