//! What happens to a case without anybody acting: timers, a queue that moved, a message that can't be delivered.

use super::Turn;
use crate::{Logged, Presence, Release, Stage, Timer, Undeliverable, WithBot, WithinAct, wording::Phrase};

impl Turn<'_> {
    pub(super) fn within(&mut self, act: &WithinAct) {
        match act {
            WithinAct::Wake => {
                while let Some(timer) = self.next_due() {
                    self.case.timers.remove(&timer);
                    self.fire(timer);
                }
            }
            WithinAct::QueueMoved => self.tell_position(),
            WithinAct::OwnerGone(agent) => {
                let Stage::WithAgent(owned) = &self.case.stage else { return };
                let known = self.facts.roster.agents.get(agent);
                let offline = known.is_some_and(|agent| agent.presence == Presence::Offline);
                // Who is offline keeps what waits for the customer.
                if owned.agent == *agent && !(offline && owned.unanswered.is_none()) {
                    self.release(*agent, if offline { Release::Offline } else { Release::Removed });
                }
            }
            WithinAct::Undeliverable { place, slot, reason, .. } => {
                self.note(Logged::Undeliverable {
                    place: place.clone(),
                    slot: slot.clone(),
                    reason: *reason,
                });
                if place.is_none() {
                    self.undelivered(*reason);
                }
            }
        }
    }

    /// The timer that has been due for longest.
    fn next_due(&self) -> Option<Timer> {
        let due = self.case.timers.iter().filter(|(_, at)| **at <= self.facts.now);
        due.min_by_key(|(_, at)| **at).map(|(timer, _)| *timer)
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::OwnerSilent => self.remind(),
            Timer::OwnerGone => self.owner_silent(),
            Timer::KeptFor => self.not_taken(),
            Timer::Rating => {
                if matches!(self.case.stage, Stage::Rating(_)) {
                    self.case.stage = Stage::WithBot(WithBot::default());
                }
            }
            Timer::Forget => self.case.ended = None,
        }
    }

    fn remind(&mut self) {
        let now = self.facts.now;
        let Stage::WithAgent(owned) = &self.case.stage else { return };
        let Some(since) = owned.unanswered else { return };
        let (agent, number) = (owned.agent, owned.ticket.number);
        self.note(Logged::Reminded { agent });
        let name = self.agent_name(agent);
        self.notice(number, &Phrase::NoticeRemind { agent: &name, waited: now.duration_since(since) });
        let gone = self.facts.after(self.policy.release_after);
        self.case.timers.insert(Timer::OwnerGone, gone);
    }

    /// The owner stayed silent: back to the queue; the second time, up a tier.
    fn owner_silent(&mut self) {
        let Stage::WithAgent(owned) = &mut self.case.stage else { return };
        if owned.unanswered.is_none() {
            return;
        }
        owned.ticket.silences += 1;
        let (agent, silences) = (owned.agent, owned.ticket.silences);
        if silences >= self.policy.silences.max(1) {
            self.raise(None);
        }
        self.release(agent, Release::Silence);
    }

    /// The colleague whom the ticket was kept for didn't take it: it is open to all again.
    fn not_taken(&mut self) {
        let Stage::Queued(queued) = &mut self.case.stage else { return };
        let Some(agent) = queued.kept_for.take() else { return };
        let number = queued.ticket.number;
        self.note(Logged::Released { agent, why: Release::NotTaken });
        let name = self.agent_name(agent);
        self.notice(number, &Phrase::NoticeReleased { agent: &name, why: Release::NotTaken });
        self.show_card();
    }

    /// Something didn't reach the customer: whoever has the ticket must know.
    fn undelivered(&mut self, reason: Undeliverable) {
        if let Some(number) = self.number() {
            self.notice(number, &Phrase::NoticeUndeliverable { reason });
        }
    }
}
