//! Taking an event in: through the gate, to the case or the roster that it concerns. Nothing is decided here; see
//! `decide`.

use crate::{
    Door, Refused, Runtime,
    decide::{Act, Took},
    metrics::count,
    runtime::Inner,
};
use async_trait::async_trait;
use desk::{
    AdminAct, Agent, AgentId, ContactId, Event, EventKey, Identity, Presence, Refusal, Roster, RosterError,
    StaffAct, Target, TicketNumber, What, WithinAct,
};
use std::sync::Arc;
use store::{Commit, Stored};
use tokio::time::Instant;

/// Why the operator's wish wasn't granted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdminError {
    /// It can't be: nothing was changed.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// It wasn't taken in.
    #[error(transparent)]
    Refused(#[from] Refused),
}

#[async_trait]
impl Door for Runtime {
    async fn accept(&self, event: Event) -> Result<(), Refused> {
        self.take(event).await.map(|_| ())
    }

    async fn keep(&self, name: &str, value: Option<&str>) -> Result<(), Refused> {
        let keep = vec![(name.to_owned(), value.map(str::to_owned))];
        let kept = self.inner.store.commit(Commit { keep, ..Commit::default() }).await;
        kept.map(|_| ()).map_err(|e| self.inner.refused(e))
    }

    async fn kept(&self, name: &str) -> Result<Option<String>, Refused> {
        self.inner.store.kept(name).await.map_err(|e| self.inner.refused(e))
    }

    async fn kept_under(&self, prefix: &str) -> Result<Vec<(String, String)>, Refused> {
        self.inner.store.kept_under(prefix).await.map_err(|e| self.inner.refused(e))
    }
}

impl Runtime {
    /// Does what the operator wants.
    ///
    /// # Errors
    /// [`AdminError`], with nothing changed.
    pub async fn admin(&self, act: AdminAct) -> Result<(), AdminError> {
        let at = self.inner.now();
        // Each call is a new wish: nobody repeats it for us.
        let key = EventKey(format!("admin:{}:{:016x}", at.as_nanosecond(), fastrand::u64(..)));
        let done = self.take(Event { key, at, via: None, what: What::Admin(act) }).await?;
        Ok(done?)
    }

    /// Takes an event in, and holds the gate open meanwhile. In a task of its own, so that a caller who goes away (a web
    /// request that ends) leaves nothing half done, and a bug of ours doesn't end the caller's loop.
    async fn take(&self, event: Event) -> Result<Result<(), RosterError>, Refused> {
        let started = Instant::now();
        let open = Arc::clone(&self.inner.gate).read_owned().await;
        let inner = Arc::clone(&self.inner);
        let taken = if !inner.is_closing() {
            let event = Arc::new(event);
            let task = {
                let (inner, event) = (Arc::clone(&inner), Arc::clone(&event));
                tokio::spawn(async move {
                    let taken = inner.take(&event).await;
                    drop(open);
                    taken
                })
            };
            match task.await {
                Ok(taken) => taken,
                // It would panic each time that it is brought again, and hold up all that come behind it.
                Err(error) if error.is_panic() => inner.set_aside(&event).await.map(Ok),
                // The process is ending around us.
                Err(_) => Err(Refused::Closing),
            }
        } else {
            Err(Refused::Closing)
        };
        match &taken {
            Ok(_) => self.inner.metrics.accepting.record(started.elapsed()),
            Err(_) => count(&self.inner.metrics.refused),
        }
        taken
    }
}

impl Inner {
    /// Takes an event in, gate or no gate: what follows from an event that was taken in is taken in too. What the
    /// roster refuses is its own result, for the operator.
    pub(crate) async fn take(&self, event: &Event) -> Result<Result<(), RosterError>, Refused> {
        let metrics = &self.metrics;
        match &event.what {
            What::Customer { contact, .. } => {
                count(&metrics.customer_events);
                self.in_turn(contact, &Act { event, agent: None, ticket: None, next: false }).await?;
            }
            What::Within { contact, .. } => {
                count(&metrics.within_events);
                self.in_turn(contact, &Act { event, agent: None, ticket: None, next: false }).await?;
            }
            What::Staff { by, on, .. } => {
                count(&metrics.staff_events);
                return self.staff(event, by, on).await;
            }
            What::Link { .. } => {
                count(&metrics.staff_events);
                return self.on_roster(event).await;
            }
            What::Admin(_) => {
                count(&metrics.admin_events);
                return self.on_roster(event).await;
            }
        }
        Ok(Ok(()))
    }

    async fn staff(
        &self,
        event: &Event,
        by: &Identity,
        on: &Target,
    ) -> Result<Result<(), RosterError>, Refused> {
        let store = &self.store;
        let ticket = match on {
            Target::Nothing | Target::Next => Ok(None),
            Target::Ticket(number) => Ok(Some(*number)),
            Target::Thread(place, thread) => store.thread_ticket(place, thread).await,
            Target::Message(place, message) => store.message_ticket(place, message).await,
        };
        let found = match ticket.map_err(|e| self.refused(e))? {
            Some(number) => store.ticket(number).await.map_err(|e| self.refused(e))?.map(|c| (number, c)),
            None => None,
        };
        if found.is_none() && is_talk(event) {
            // Colleagues who talk among themselves beside the tickets want no answer from us.
            self.remember(event, Vec::new()).await?;
            return Ok(Ok(()));
        }
        let roster = store.roster().await.map_err(|e| self.refused(e))?.value;
        let Some(agent) = linked(&roster, by) else {
            self.refuse(event, Refusal::NotLinked).await?;
            return Ok(Ok(()));
        };
        // One act of an agent at a time: theirs keep their order, and none of them slips past their capacity.
        let _turn = self.agents.lock(&agent.id).await;
        match (on, found) {
            (Target::Nothing, _) => return self.on_roster(event).await,
            (Target::Next, _) => self.next(event, agent).await?,
            (_, Some((number, contact))) => {
                let act = Act { event, agent: Some(agent.id), ticket: Some(number), next: false };
                self.in_turn(&contact, &act).await?;
            }
            (_, None) => self.refuse(event, Refusal::NoSuchTicket).await?,
        }
        Ok(Ok(()))
    }

    /// Gives an agent the first ticket of the queue that they take and that nobody gets meanwhile.
    async fn next(&self, event: &Event, agent: &Agent) -> Result<(), Refused> {
        // Tickets that somebody is just acting on are passed over at first: they are most likely being taken. If nothing
        // else is left, their turn is waited for.
        for patient in [false, true] {
            let queue = self.store.queue().await.map_err(|e| self.refused(e))?;
            for row in queue.iter().filter(|row| row.owner.is_none() && agent.takes(row)) {
                let act = Act { event, agent: Some(agent.id), ticket: Some(row.number), next: true };
                let turn = match self.cases.try_lock(&row.contact) {
                    None if patient => self.cases.lock(&row.contact).await,
                    None => continue,
                    Some(turn) => turn,
                };
                let took = self.decide(&row.contact, &act).await?;
                drop(turn);
                if took != Took::NotWaiting {
                    return Ok(());
                }
            }
        }
        self.refuse(event, Refusal::QueueEmpty).await
    }

    /// Decides when it is this event's turn in its case.
    async fn in_turn(&self, contact: &ContactId, act: &Act<'_>) -> Result<Took, Refused> {
        let _turn = self.cases.lock(contact).await;
        self.decide(contact, act).await
    }

    /// Takes in something that happened to a case without anybody acting.
    pub(crate) async fn within(
        &self,
        key: String,
        contact: ContactId,
        act: WithinAct,
    ) -> Result<(), Refused> {
        count(&self.metrics.within_events);
        let what = What::Within { contact: contact.clone(), act };
        let event = Event { key: EventKey(key), at: self.now(), via: None, what };
        let act = Act { event: &event, agent: None, ticket: None, next: false };
        self.in_turn(&contact, &act).await.map(|_| ())
    }

    /// Gives back the tickets whose owner is no agent any more, or is offline: after one left, and at the start, in case
    /// the process ended between the two. Whether a ticket of somebody offline really goes back, its case knows.
    pub(crate) async fn give_back(&self) -> Result<(), Refused> {
        let Stored { revision, value: roster } = self.store.roster().await.map_err(|e| self.refused(e))?;
        let queue = self.store.queue().await.map_err(|e| self.refused(e))?;
        let gone = |owner: AgentId| {
            roster.agents.get(&owner).is_none_or(|agent| agent.presence == Presence::Offline)
        };
        for row in queue.iter() {
            if let Some(owner) = row.owner.filter(|owner| gone(*owner)) {
                let TicketNumber(number) = row.number;
                // The same leave gives a ticket back once; a later one may do so again.
                let key = format!("gone:{}:{number}:{}", owner.0, revision.0);
                self.within(key, row.contact.clone(), WithinAct::OwnerGone(owner)).await?;
            }
        }
        Ok(())
    }
}

/// Whether somebody just wrote in a staff place, rather than pressed a button or gave a command.
fn is_talk(event: &Event) -> bool {
    matches!(&event.what, What::Staff { act: StaffAct::Say { .. } | StaffAct::Edit { .. }, .. })
}

/// The agent whose account this is.
pub(crate) fn linked<'a>(roster: &'a Roster, by: &Identity) -> Option<&'a Agent> {
    roster.agents.values().find(|agent| agent.identities.contains(by))
}
