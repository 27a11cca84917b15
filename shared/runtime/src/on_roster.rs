//! Events that concern the roster and no case: agents come, go, link accounts and say whether they are there. The same
//! loop as for cases, over one value.

use crate::{
    Refused,
    accept::linked,
    decide::{REPEATS, pause},
    items::{From, items},
    metrics::count,
    runtime::Inner,
};
use desk::{Event, Presence, RosterError, StaffAct, What};
use store::{Applied, Commit, RosterChange};

impl Inner {
    /// Decides an event of the roster, and commits what follows.
    pub(crate) async fn on_roster(&self, event: &Event) -> Result<Result<(), RosterError>, Refused> {
        let turn = self.roster_turn.lock().await;
        for repeat in 0..REPEATS {
            pause(repeat).await;
            let stored = self.store.roster().await.map_err(|e| self.refused(e))?;
            let agent = match &event.what {
                What::Staff { by, .. } | What::Link { by, .. } => linked(&stored.value, by).map(|a| a.id),
                What::Customer { .. } | What::Admin(_) | What::Within { .. } => None,
            };
            let known = self.known_with(stored.value.clone()).await?;
            let facts = known.facts(self.numbers.number().next(), agent, None);
            let outcome = match desk::roster_step(&self.policy(), &facts, stored.value.clone(), event) {
                Ok(outcome) => outcome,
                Err(error) => {
                    self.remember(event, Vec::new()).await?;
                    return Ok(Err(error));
                }
            };
            let from = From { registry: &self.registry, case: None, event, now: known.now };
            let outbox = items(from, outcome.effects);
            let channels: Vec<_> = outbox.iter().map(|item| item.to.channel().clone()).collect();
            let change = RosterChange { expected: stored.revision, roster: outcome.roster };
            let commit = Commit {
                seen: Some((event.key.clone(), event.at)),
                roster: (change.roster != stored.value).then_some(change),
                outbox,
                ..Commit::default()
            };
            match self.store.commit(commit).await.map_err(|e| self.refused(e))? {
                Applied::Yes => {
                    count(&self.metrics.commits);
                    drop(turn);
                    self.wake_posts(channels.iter());
                    if outcome.removed.is_some() || goes_offline(event) {
                        self.give_back().await?;
                    }
                    return Ok(Ok(()));
                }
                Applied::Duplicate => {
                    count(&self.metrics.duplicates);
                    return Ok(Ok(()));
                }
                Applied::Conflict => count(&self.metrics.conflicts),
            }
        }
        Err(Refused::Unavailable("the roster was changed by others again and again".to_owned()))
    }
}

/// Whether an agent says that they take no tickets any more.
fn goes_offline(event: &Event) -> bool {
    matches!(&event.what, What::Staff { act: StaffAct::Presence(Presence::Offline), .. })
}
