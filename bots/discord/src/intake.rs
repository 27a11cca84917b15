//! Taking events in: in order for each person, side by side for different ones. The session's number moves only over
//! events that the door has taken, so that Discord replays the others after a crash.

use crate::Discord;
use crate::from_discord::{self, Asked, Context};
use crate::wire::{Channel, Id, Interaction, Member, Message, Ready, Threads, User};
use desk::Event;
use jiff::Timestamp;
use reqwest::Method;
use runtime::{Door, Refused};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// More waiting events than this, and no further ones are read until they are taken in.
const CROWD: usize = 10_000;

/// A session of the gateway, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Its name.
    pub(crate) id: String,
    /// Where it is resumed.
    pub(crate) url: Option<String>,
    /// The number up to which everything was taken in.
    pub(crate) seq: u64,
}

/// Something to do for one person, after everything before it.
pub(crate) enum Job {
    /// A gateway event that waits to be read.
    Dispatch { name: String, data: Value, mark: Mark },
    /// An interaction's event.
    Act { event: Box<Event>, durable: oneshot::Sender<()>, mark: Mark },
    /// See whether messages were missed.
    CatchUp,
}

/// Which number of which session an event had.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    session: u64,
    seq: u64,
}

#[derive(Default)]
pub(crate) struct Inner {
    lanes: HashMap<Id, VecDeque<Job>>,
    waiting: usize,
    /// Counts the sessions, so that an event of an earlier one doesn't move the number of this one.
    session: u64,
    pub(crate) named: Option<(String, Option<String>)>,
    pub(crate) received: u64,
    open: BTreeSet<u64>,
    pub(crate) saved: Option<Session>,
}

/// Takes events in.
pub(crate) struct Intake {
    pub(crate) discord: Arc<Discord>,
    pub(crate) door: Arc<dyn Door>,
    pub(crate) shutdown: CancellationToken,
    inner: Mutex<Inner>,
}

impl Intake {
    pub(crate) fn new(discord: Arc<Discord>, door: Arc<dyn Door>, shutdown: &CancellationToken) -> Arc<Self> {
        // A child, so that it can also be closed alone.
        let shutdown = shutdown.child_token();
        Arc::new(Self { discord, door, shutdown, inner: Mutex::default() })
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session to resume, and the number of the last event that was read in it.
    pub(crate) fn resumable(&self) -> Option<Session> {
        let inner = self.inner();
        let (id, url) = inner.named.clone()?;
        Some(Session { id, url, seq: inner.received })
    }

    /// The number up to which everything was taken in: what heartbeats tell.
    pub(crate) fn taken(&self) -> Option<u64> {
        let inner = self.inner();
        inner.named.is_some().then(|| taken(&inner))
    }

    /// The session can't be resumed where it said.
    pub(crate) fn forget_address(&self) {
        if let Some((_, url)) = &mut self.inner().named {
            *url = None;
        }
    }

    /// The session can't be resumed.
    pub(crate) fn end_session(&self) {
        let mut inner = self.inner();
        inner.named = None;
        inner.session += 1;
        inner.received = 0;
        inner.open.clear();
    }

    /// A new session began. Messages may have been missed before it.
    pub(crate) fn begin_session(self: &Arc<Self>, data: Value, seq: u64) {
        let ready = Ready::deserialize(data).unwrap_or_default();
        let application = ready.application.as_ref().map(|a| a.id).or(ready.user.id);
        // A bot's user and its application mostly share their id; the application's own word goes before.
        let known = self.discord.state.application();
        self.discord.state.learn(ready.user.id, known.or(application));
        {
            let mut inner = self.inner();
            inner.session += 1;
            inner.open.clear();
            inner.received = seq;
            inner.named = ready.session_id.map(|id| (id, ready.resume_gateway_url));
        }
        // A month back, as many as a few minutes of requests allow.
        let since = Timestamp::now() - jiff::SignedDuration::from_hours(30 * 24);
        self.catch_up(crate::snowflake(since), 5000);
    }

    /// A session was resumed: Discord replays what we missed. Should it not, the latest conversations are looked after.
    pub(crate) fn resumed(self: &Arc<Self>) {
        let since = Timestamp::now() - jiff::SignedDuration::from_hours(1);
        self.catch_up(crate::snowflake(since), 20);
    }

    /// Whether so much waits that no more should be read for now.
    pub(crate) fn crowded(&self) -> bool {
        self.inner().waiting > CROWD
    }

    /// Hands a gateway event to the lane of whoever caused it. Returns at once.
    pub(crate) fn dispatch(self: &Arc<Self>, name: &str, data: Value, seq: u64) {
        let mark = {
            let mut inner = self.inner();
            inner.received = inner.received.max(seq);
            Mark { session: inner.session, seq }
        };
        match name {
            "MESSAGE_CREATE" | "MESSAGE_UPDATE" => {
                let Some(user) = author(&data) else { return };
                let job = Job::Dispatch { name: name.to_owned(), data, mark };
                self.push(user, job, Some(mark));
            }
            "INTERACTION_CREATE" => self.interaction(data, mark),
            "CHANNEL_CREATE" | "CHANNEL_DELETE" => {}
            "GUILD_CREATE" | "THREAD_LIST_SYNC" => {
                for thread in Threads::deserialize(data).unwrap_or_default().threads {
                    self.learn_thread(&thread);
                }
            }
            "THREAD_CREATE" | "THREAD_UPDATE" => {
                if let Ok(thread) = Channel::deserialize(data) {
                    self.learn_thread(&thread);
                }
            }
            "THREAD_DELETE" => {
                if let Ok(thread) = Channel::deserialize(data) {
                    self.discord.state.forget_thread(thread.id);
                }
            }
            _ => {}
        }
    }

    fn learn_thread(&self, thread: &Channel) {
        if let (Some(forum), Some(parent)) = (&self.discord.forum, thread.parent_id) {
            self.discord.state.learn_thread(thread.id, parent == forum.channel());
        }
    }

    fn context(&self, staff_thread: bool) -> Context {
        Context {
            channel: self.discord.channel.clone(),
            me: self.discord.state.me(),
            application: self.discord.state.application(),
            now: Timestamp::now(),
            staff_thread,
        }
    }

    fn interaction(self: &Arc<Self>, data: Value, mark: Mark) {
        let wire = match Interaction::deserialize(data) {
            Ok(wire) => wire,
            Err(error) => return tracing::warn!(%error, "an interaction has another form than we know"),
        };
        // A command in a guild is about the ticket of the post that it was given in; whether there is one, the desk tells.
        let context = self.context(wire.guild_id.is_some());
        let questions = self.discord.config.questions.clone();
        let entry = |typed: &str| {
            let all = desk::Lang::ALL.into_iter().flat_map(|lang| questions(lang));
            all.map(|(_, id)| id).find(|id| id.as_str() == typed)
        };
        let Some(asked) = from_discord::interaction(&context, &wire, entry) else { return };
        let discord = self.discord.clone();
        match asked {
            Asked::Act(event, ack) => {
                let Some(user) = wire.actor().and_then(|user| user.id) else { return };
                let (durable, known) = oneshot::channel();
                // Delivered twice, it is acknowledged once.
                if discord.state.expect_reply(&wire.token) {
                    tokio::spawn(discord.acknowledge(wire, ack, known));
                }
                self.push(user, Job::Act { event, durable, mark }, Some(mark));
            }
            Asked::Form(form) => drop(tokio::spawn(async move { discord.open_form(&wire, &form).await })),
            Asked::Propose(typed) => drop(tokio::spawn(async move { discord.propose(&wire, &typed).await })),
            Asked::Panel(channel) => {
                drop(tokio::spawn(async move { discord.post_panel(&wire, channel).await }));
            }
            Asked::Unknown => drop(tokio::spawn(async move { discord.unknown(&wire).await })),
        }
    }

    /// Puts a job at the end of a person's lane.
    pub(crate) fn push(self: &Arc<Self>, user: Id, job: Job, mark: Option<Mark>) {
        let mut inner = self.inner();
        inner.waiting += 1;
        if let Some(mark) = mark {
            inner.open.insert(mark.seq);
        }
        if let Some(lane) = inner.lanes.get_mut(&user) {
            lane.push_back(job);
            return;
        }
        inner.lanes.insert(user, VecDeque::from([job]));
        drop(inner);
        let intake = self.clone();
        tokio::spawn(async move { intake.work(user).await });
    }

    /// Does a person's jobs until none is left.
    async fn work(self: Arc<Self>, user: Id) {
        loop {
            let job = {
                let mut inner = self.inner();
                let job = inner.lanes.get_mut(&user).and_then(VecDeque::pop_front);
                if job.is_none() {
                    inner.lanes.remove(&user);
                }
                job
            };
            let Some(job) = job else { return };
            let done = self.one(user, job).await;
            let mut inner = self.inner();
            inner.waiting -= 1;
            match done {
                Ok(Some(mark)) if mark.session == inner.session => {
                    inner.open.remove(&mark.seq);
                }
                Ok(_) => {}
                // The process ends. What wasn't taken in stays open: Discord will deliver it again.
                Err(_) => {
                    let left = inner.lanes.remove(&user).map_or(0, |lane| lane.len());
                    inner.waiting -= left;
                    return;
                }
            }
        }
    }

    async fn one(&self, user: Id, job: Job) -> Result<Option<Mark>, Refused> {
        self.catch_up_now(user).await?;
        match job {
            Job::CatchUp => Ok(None),
            Job::Act { event, durable, mark } => {
                self.accept(*event).await?;
                let _ = durable.send(());
                Ok(Some(mark))
            }
            Job::Dispatch { name, data, mark } => {
                if let Ok(message) = Message::deserialize(data) {
                    self.message(user, &message, name == "MESSAGE_UPDATE").await?;
                }
                Ok(Some(mark))
            }
        }
    }

    /// Takes a message in.
    pub(crate) async fn message(&self, user: Id, message: &Message, edited: bool) -> Result<(), Refused> {
        let staff_thread = match message.guild_id {
            Some(_) => self.in_staff_thread(message).await,
            None => false,
        };
        let context = self.context(staff_thread);
        let event = if edited {
            from_discord::edited(&context, message)
        } else {
            from_discord::message(&context, message)
        };
        let theirs = message.author.as_ref().is_some_and(|author| !author.bot);
        let direct = message.guild_id.is_none() && !edited && theirs;
        if direct {
            // The answer may be on its way before the door says that it took the question.
            self.discord.state.seen(user, message.channel_id, message.id.0 - 1);
        }
        if let Some(event) = event {
            self.accept(event).await?;
        }
        if direct {
            self.discord.state.seen(user, message.channel_id, message.id.0);
        }
        Ok(())
    }

    /// Whether a guild's message stands in a post of the staff forum. Without words we needn't know.
    async fn in_staff_thread(&self, message: &Message) -> bool {
        let silent =
            message.content.as_deref().unwrap_or_default().is_empty() && message.attachments.is_empty();
        let Some(forum) = self.discord.forum.as_ref().filter(|_| !silent) else { return false };
        if let Some(known) = self.discord.state.staff_thread(message.channel_id) {
            return known;
        }
        let path = format!("/channels/{}", message.channel_id);
        let found = self.discord.rest.insist(Method::GET, &path, None).await;
        let parent = found.ok().and_then(|c| Channel::deserialize(c).ok()).map(|c| c.parent_id);
        if let Some(parent) = parent {
            self.discord.state.learn_thread(message.channel_id, parent == Some(forum.channel()));
        }
        parent.flatten() == Some(forum.channel())
    }

    /// Hands an event in, however long the store takes to be there again.
    async fn accept(&self, event: Event) -> Result<(), Refused> {
        let mut pause = Duration::from_millis(100);
        loop {
            if self.shutdown.is_cancelled() {
                return Err(Refused::Closing);
            }
            match self.door.accept(event.clone()).await {
                Err(Refused::Unavailable(error)) => {
                    tracing::warn!(%error, "an event waits for the store");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = self.shutdown.cancelled() => return Err(Refused::Closing),
                    }
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
                result => return result,
            }
        }
    }

    /// Stops taking in.
    pub(crate) fn close(&self) {
        self.shutdown.cancel();
    }

    /// Waits until what is being taken in is done.
    pub(crate) async fn drain(&self, most: Duration) {
        let empty = async {
            while self.inner().waiting > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(most, empty).await.is_err() {
            tracing::warn!("some events weren't taken in before the end; Discord will deliver them again");
        }
    }
}

pub(crate) fn taken(inner: &Inner) -> u64 {
    inner.open.first().map_or(inner.received, |first| first.saturating_sub(1)).min(inner.received)
}

/// Whose message it is, read before anything else about it.
fn author(data: &Value) -> Option<Id> {
    let user = User::deserialize(&data["author"]).ok().and_then(|user| user.id);
    user.or_else(|| Member::deserialize(&data["member"]).ok()?.user?.id)
}
