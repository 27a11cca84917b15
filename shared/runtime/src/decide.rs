//! The commit loop: load, let the desk decide, commit everything that follows at once; on a conflict load again and
//! repeat. No decision is taken here, and nothing leaves this process before it is durable.

use crate::{
    Refused,
    items::{From, items},
    metrics::count,
    numbers::Number,
    pace,
    runtime::Inner,
};
use desk::{
    AgentId, Case, ContactId, Event, Facts, Outcome, QueueRow, Refusal, Roster, Stage, TicketNumber, To,
    What, WithinAct,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};
use store::{Applied, CaseChange, Commit, NewItem, Revision, StoreError, Stored};

/// How often a decision is repeated whose case was changed meanwhile. Each time somebody else got on, so this many in a
/// row is a fault, not bad luck.
pub(crate) const REPEATS: u32 = 24;

/// An event, with what was found out about it on the way to its case.
pub(crate) struct Act<'a> {
    pub(crate) event: &'a Event,
    pub(crate) agent: Option<AgentId>,
    pub(crate) ticket: Option<TicketNumber>,
    /// Whether the agent wants this ticket only if it waits, and else another.
    pub(crate) next: bool,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// It was applied, now or before.
    Yes,
    /// The ticket doesn't wait for this agent; nothing was changed.
    NotWaiting,
}

/// What a decision may know, as of shortly before it.
pub(crate) struct Known {
    pub(crate) now: Timestamp,
    pub(crate) roster: Roster,
    pub(crate) queue: Arc<[QueueRow]>,
    pub(crate) pace: Option<SignedDuration>,
}

impl Known {
    pub(crate) fn facts(
        &self,
        next_ticket: TicketNumber,
        agent: Option<AgentId>,
        ticket: Option<TicketNumber>,
    ) -> Facts<'_> {
        Facts {
            now: self.now,
            next_ticket,
            roster: &self.roster,
            agent: agent.and_then(|id| self.roster.agents.get(&id)),
            ticket,
            queue: &self.queue,
            pace: self.pace,
        }
    }
}

impl Inner {
    pub(crate) async fn known(&self) -> Result<Known, Refused> {
        let roster = self.store.roster().await.map_err(|e| self.refused(e))?.value;
        self.known_with(roster).await
    }

    pub(crate) async fn known_with(&self, roster: Roster) -> Result<Known, Refused> {
        let queue = self.store.queue().await.map_err(|e| self.refused(e))?;
        let now = self.now();
        Ok(Known { now, roster, queue, pace: self.pace().mean(now) })
    }

    /// Decides an event of a case, and commits what follows. The caller has the turn.
    pub(crate) async fn decide(&self, contact: &ContactId, act: &Act<'_>) -> Result<Took, Refused> {
        let mut number = self.numbers.number();
        for repeat in 0..REPEATS {
            pause(repeat).await;
            let stored = self.store.case(contact).await.map_err(|e| self.refused(e))?;
            let Some(stored) = stored.or_else(|| self.new_case(contact, act.event)) else {
                self.refuse(act.event, Refusal::NoSuchTicket).await?;
                return Ok(Took::Yes);
            };
            if act.next && !waits_for(&stored.value, act) {
                return Ok(Took::NotWaiting);
            }
            let known = self.known().await?;
            let Some(outcome) = self.step(&known, &stored.value, act, &mut number) else {
                self.set_aside(act.event).await?;
                return Ok(Took::Yes);
            };
            let follows = Follows::of(&stored.value, &outcome);
            let Some(commit) = self.commit_of(act.event, &stored, outcome, &known, follows) else {
                return Ok(Took::Yes);
            };
            let channels: Vec<_> = commit.outbox.iter().map(|item| item.to.channel().clone()).collect();
            match self.store.commit(commit).await {
                Ok(Applied::Yes) => {
                    number.used();
                    count(&self.metrics.commits);
                    self.after(follows, known.now);
                    self.wake_posts(channels.iter());
                    return Ok(Took::Yes);
                }
                Ok(Applied::Duplicate) => {
                    count(&self.metrics.duplicates);
                    return Ok(Took::Yes);
                }
                Ok(Applied::Conflict) => {
                    count(&self.metrics.conflicts);
                    let last = self.store.last_ticket().await.map_err(|e| self.refused(e))?;
                    number.taken_up_to(last);
                }
                Err(StoreError::Rejected(text)) => {
                    tracing::error!(event = %act.event.key, error = text, "a decision can't be stored");
                    self.set_aside(act.event).await?;
                    return Ok(Took::Yes);
                }
                Err(error) => {
                    // It may be durable for all we know, so its number may be.
                    number.used();
                    return Err(self.refused(error));
                }
            }
        }
        Err(Refused::Unavailable("the case was changed by others again and again".to_owned()))
    }

    /// A case that begins with this event, if it is one that begins cases.
    fn new_case(&self, contact: &ContactId, event: &Event) -> Option<Stored<Case>> {
        let What::Customer { profile, .. } = &event.what else { return None };
        let language = profile.language.unwrap_or(self.policy().staff_language);
        let case = Case::new(contact.clone(), profile.clone(), language);
        Some(Stored { revision: Revision::default(), value: case })
    }

    /// Lets the desk decide. If a ticket is opened, its number is reserved; nothing when the desk panics.
    fn step(&self, known: &Known, case: &Case, act: &Act<'_>, number: &mut Number<'_>) -> Option<Outcome> {
        let (policy, packs) = (self.policy(), self.packs());
        let decide = |next| {
            let facts = known.facts(next, act.agent, act.ticket);
            let step = || desk::step(&policy, &packs, &facts, case.clone(), act.event);
            // Pure, and what it was given is thrown away: nothing half done can be seen afterwards.
            catch_unwind(AssertUnwindSafe(step)).ok()
        };
        let next = number.next();
        let outcome = decide(next)?;
        let opened = outcome.case.ticket().is_some_and(|ticket| ticket.number == next);
        if opened && !number.reserve(next) { decide(number.next()) } else { Some(outcome) }
    }

    /// Everything that follows, as one commit; nothing when there is nothing to remember.
    fn commit_of(
        &self,
        event: &Event,
        before: &Stored<Case>,
        outcome: Outcome,
        known: &Known,
        follows: Follows,
    ) -> Option<Commit> {
        let Outcome { case, log, effects } = outcome;
        let idle = log.is_empty() && effects.is_empty() && case == before.value;
        if idle && matches!(event.what, What::Within { act: WithinAct::QueueMoved, .. }) {
            // Looking at it again does no harm, and most of them say nothing.
            return None;
        }
        let from = From { registry: &self.registry, case: Some(&case.contact), event, now: known.now };
        let outbox = items(from, effects);
        let mut keep = Vec::new();
        if follows.claimed {
            let mut pace = self.pace();
            pace.claimed(known.now);
            keep.push((pace::KEPT.to_owned(), Some(pace.to_text())));
        }
        // Whatever is said was decided on this revision: committed together with it, even if the case stays as it is, so
        // that the bot can't speak beside an agent who has just taken over.
        let change = CaseChange { expected: before.revision, case, log };
        let case = (!idle).then_some(change);
        Some(Commit { seen: Some((event.key.clone(), event.at)), case, outbox, keep, ..Commit::default() })
    }

    fn after(&self, follows: Follows, now: Timestamp) {
        if let Some(wake) = follows.wake {
            self.soonest.at(wake);
        }
        if follows.claimed {
            self.note_claim(now);
        }
        if follows.queue_moved {
            self.queue_news.notify_one();
        }
    }

    /// Says to whoever acted why nothing comes of it. Nobody else hears of it.
    pub(crate) async fn refuse(&self, event: &Event, why: Refusal) -> Result<(), Refused> {
        let mut effects = desk::refuse(&self.policy(), why);
        effects.retain(|effect| effect.to == To::Actor);
        let from = From { registry: &self.registry, case: None, event, now: self.now() };
        self.remember(event, items(from, effects)).await
    }

    /// Remembers an event that no decision can be taken on, so that it isn't brought again and again and holds up all
    /// that come behind it. It is a fault of ours, and said so loudly.
    async fn set_aside(&self, event: &Event) -> Result<(), Refused> {
        count(&self.metrics.panics);
        tracing::error!(event = %event.key, "a fault of the program: this event is set aside, nothing follows from it");
        self.remember(event, Vec::new()).await
    }

    pub(crate) async fn remember(&self, event: &Event, outbox: Vec<NewItem>) -> Result<(), Refused> {
        let channels: Vec<_> = outbox.iter().map(|item| item.to.channel().clone()).collect();
        let seen = Some((event.key.clone(), event.at));
        let commit = Commit { seen, outbox, ..Commit::default() };
        match self.store.commit(commit).await.map_err(|e| self.refused(e))? {
            Applied::Duplicate => count(&self.metrics.duplicates),
            Applied::Yes | Applied::Conflict => count(&self.metrics.commits),
        }
        self.wake_posts(channels.iter());
        Ok(())
    }
}

/// What others must hear of a change.
#[derive(Debug, Clone, Copy)]
struct Follows {
    wake: Option<Timestamp>,
    claimed: bool,
    queue_moved: bool,
}

impl Follows {
    fn of(before: &Case, outcome: &Outcome) -> Self {
        let after = &outcome.case;
        let waited = matches!(before.stage, Stage::Queued(_));
        let place =
            |case: &Case| case.queue_row().map(|row| (row.order(), row.department, row.tier, row.owner));
        Self {
            wake: after.wake().filter(|wake| before.wake() != Some(*wake)),
            claimed: waited && matches!(after.stage, Stage::WithAgent(_)),
            queue_moved: place(before) != place(after),
        }
    }
}

/// Whether a case's ticket waits, and isn't kept for a colleague.
fn waits_for(case: &Case, act: &Act<'_>) -> bool {
    let Stage::Queued(queued) = &case.stage else { return false };
    Some(queued.ticket.number) == act.ticket && (queued.kept_for.is_none() || queued.kept_for == act.agent)
}

/// Lets the others get on before a repetition: up to 1, 2, 4 … 64 ms.
pub(crate) async fn pause(repeat: u32) {
    if repeat > 0 {
        let most = 1000_u64 << repeat.min(6);
        tokio::time::sleep(Duration::from_micros(fastrand::u64(0..most))).await;
    }
}
