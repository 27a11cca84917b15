//! What the edge remembers while it runs. Nothing here is needed for correctness after a restart: what must last is kept
//! behind the door. The handle hides its lock, and no lock is held across an await.

use crate::via::Reply;
use crate::wire::Id;
use desk::{MessageRef, ThreadRef, TicketNumber};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long an interaction's token is of use.
const TOKEN_LASTS: Duration = Duration::from_secs(15 * 60);

/// What became of an interaction's first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acked {
    /// Not sent yet.
    Pending,
    /// "Thinking…" stands there and waits to be filled in.
    Open,
    /// Nothing is left open.
    Done,
}

/// A direct channel with somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dm {
    /// The channel.
    pub(crate) channel: Id,
    /// The last message in it that was taken in.
    pub(crate) last: u64,
}

#[derive(Default)]
struct Inner {
    me: Option<Id>,
    application: Option<Id>,
    dms: HashMap<Id, Dm>,
    unsaved: HashSet<Id>,
    stale: HashSet<Id>,
    threads: HashMap<Id, bool>,
    replies: HashMap<String, (watch::Sender<Acked>, Instant)>,
    whispers: HashMap<String, (Reply, Instant)>,
    made: HashMap<TicketNumber, (ThreadRef, MessageRef)>,
    doubtful: HashSet<TicketNumber>,
}

/// What the edge remembers while it runs.
#[derive(Default)]
pub(crate) struct State(Mutex<Inner>);

impl State {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn me(&self) -> Option<Id> {
        self.inner().me
    }

    pub(crate) fn application(&self) -> Option<Id> {
        self.inner().application
    }

    /// Learns who we are; what isn't told stays as it was.
    pub(crate) fn learn(&self, me: Option<Id>, application: Option<Id>) {
        let mut inner = self.inner();
        inner.me = me.or(inner.me);
        inner.application = application.or(inner.application);
    }

    pub(crate) fn dm(&self, user: Id) -> Option<Dm> {
        self.inner().dms.get(&user).copied()
    }

    /// Remembers a direct channel as it was kept.
    pub(crate) fn load_dm(&self, user: Id, dm: Dm) {
        self.inner().dms.insert(user, dm);
    }

    /// A message in a direct channel was taken in, or the channel was just learned of.
    pub(crate) fn seen(&self, user: Id, channel: Id, message: u64) {
        let mut inner = self.inner();
        let dm = inner.dms.entry(user).or_insert(Dm { channel, last: 0 });
        let now = Dm { channel, last: dm.last.max(message) };
        if *dm != now || message == 0 {
            *dm = now;
            inner.unsaved.insert(user);
        }
    }

    /// Forgets a direct channel that is gone.
    pub(crate) fn forget_dm(&self, user: Id) {
        let mut inner = self.inner();
        inner.dms.remove(&user);
        inner.stale.remove(&user);
        inner.unsaved.insert(user);
    }

    /// The direct channels that changed since they were last saved; none for one that is forgotten.
    pub(crate) fn take_unsaved(&self) -> Vec<(Id, Option<Dm>)> {
        let mut inner = self.inner();
        let unsaved = std::mem::take(&mut inner.unsaved);
        unsaved.into_iter().map(|user| (user, inner.dms.get(&user).copied())).collect()
    }

    /// These couldn't be saved; they are tried again.
    pub(crate) fn still_unsaved(&self, user: Id) {
        self.inner().unsaved.insert(user);
    }

    /// Messages may have been missed in the direct channels that were used since `since` (a message id), at most in
    /// `most` of them. Returns them, the last used first.
    pub(crate) fn gap(&self, since: u64, most: usize) -> Vec<Id> {
        let mut inner = self.inner();
        let mut users: Vec<(u64, Id)> =
            inner.dms.iter().filter(|(_, dm)| dm.last >= since).map(|(user, dm)| (dm.last, *user)).collect();
        users.sort_unstable_by(|a, b| b.cmp(a));
        users.truncate(most);
        inner.stale.extend(users.iter().map(|(_, user)| *user));
        users.into_iter().map(|(_, user)| user).collect()
    }

    /// Whether messages may have been missed in this user's channel; whoever asks catches up on them.
    pub(crate) fn take_stale(&self, user: Id) -> Option<Dm> {
        let mut inner = self.inner();
        if inner.stale.remove(&user) { inner.dms.get(&user).copied() } else { None }
    }

    /// Catching up failed for now.
    pub(crate) fn still_stale(&self, user: Id) {
        self.inner().stale.insert(user);
    }

    /// Whether a channel is a thread of the staff forum, if that is known.
    pub(crate) fn staff_thread(&self, channel: Id) -> Option<bool> {
        self.inner().threads.get(&channel).copied()
    }

    pub(crate) fn learn_thread(&self, channel: Id, staff: bool) {
        let mut inner = self.inner();
        if inner.threads.len() > 100_000 {
            inner.threads.clear();
        }
        inner.threads.insert(channel, staff);
    }

    pub(crate) fn forget_thread(&self, channel: Id) {
        self.inner().threads.remove(&channel);
    }

    /// An interaction came in whose acknowledgement isn't sent yet; false when it came in before.
    pub(crate) fn expect_reply(&self, token: &str) -> bool {
        let mut inner = self.inner();
        let now = Instant::now();
        inner.replies.retain(|_, (_, since)| now.duration_since(*since) < TOKEN_LASTS);
        if inner.replies.contains_key(token) {
            return false;
        }
        inner.replies.insert(token.to_owned(), (watch::Sender::new(Acked::Pending), now));
        true
    }

    pub(crate) fn acked(&self, token: &str, acked: Acked) {
        if let Some((sender, _)) = self.inner().replies.get(token) {
            sender.send_replace(acked);
        }
    }

    /// Follows what becomes of an interaction's first answer; none for one that came in before we started.
    pub(crate) fn follow(&self, token: &str) -> Option<watch::Receiver<Acked>> {
        self.inner().replies.get(token).map(|(sender, _)| sender.subscribe())
    }

    /// Takes the right to fill in "thinking…": only one gets it.
    pub(crate) fn take_open(&self, token: &str) -> bool {
        let inner = self.inner();
        let Some((sender, _)) = inner.replies.get(token) else { return false };
        let open = *sender.borrow() == Acked::Open;
        if open {
            sender.send_replace(Acked::Done);
        }
        open
    }

    /// An answer that only its reader sees can be changed only by the token that it was sent with.
    pub(crate) fn whispered(&self, message: &str, reply: Reply) {
        let mut inner = self.inner();
        let now = Instant::now();
        inner.whispers.retain(|_, (_, since)| now.duration_since(*since) < TOKEN_LASTS);
        inner.whispers.insert(message.to_owned(), (reply, now));
    }

    pub(crate) fn whisper(&self, message: &str) -> Option<Reply> {
        let inner = self.inner();
        inner.whispers.get(message).filter(|(_, since)| since.elapsed() < TOKEN_LASTS).map(|w| w.0.clone())
    }

    /// A ticket's thread was made; whoever asked for it may not have learned of it yet.
    pub(crate) fn made(&self, ticket: TicketNumber, thread: ThreadRef, card: MessageRef) {
        let mut inner = self.inner();
        inner.doubtful.remove(&ticket);
        inner.made.insert(ticket, (thread, card));
    }

    pub(crate) fn made_thread(&self, ticket: TicketNumber) -> Option<(ThreadRef, MessageRef)> {
        self.inner().made.get(&ticket).cloned()
    }

    /// The ticket's thread is known to whoever asks, or is gone.
    pub(crate) fn settle_made(&self, ticket: TicketNumber) {
        self.inner().made.remove(&ticket);
    }

    /// Nobody knows whether the ticket's thread was made.
    pub(crate) fn doubt(&self, ticket: TicketNumber) {
        self.inner().doubtful.insert(ticket);
    }

    pub(crate) fn in_doubt(&self, ticket: TicketNumber) -> bool {
        self.inner().doubtful.contains(&ticket)
    }
}
