//! Handing a conversation to people: the ticket, what the customer is told, what the staff sees. And the way back.

use super::{Turn, verdict};
use crate::{
    AgentId, Button, Choice, Content, Effect, Ended, Facts, Logged, Message, Presence, Press, Priority,
    Queued, Reason, Release, Say, Slot, Speaker, Stage, Ticket, TicketNumber, Tier, Timer, To, Verdict,
    VerdictKind, WithBot, wording::Phrase,
};
use intents::pack::Entry;
use intents::{Department, EntryId, Probability, Reading, Rich};
use jiff::{SignedDuration, Timestamp};

/// The position that a ticket of this urgency and due time has, or would have, among those that wait; from 1.
pub(super) fn position(facts: &Facts<'_>, number: TicketNumber, priority: Priority, due: Timestamp) -> u32 {
    let mine = (std::cmp::Reverse(priority), due, number);
    let ahead =
        facts.queue.iter().filter(|row| row.owner.is_none() && row.number != number && row.order() < mine);
    u32::try_from(ahead.count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// How long that takes at the pace of late; none while nothing is known, or when it is less than half a minute.
pub(super) fn wait(facts: &Facts<'_>, position: u32) -> Option<SignedDuration> {
    let pace = facts.pace?;
    let wait = pace.checked_mul(i32::try_from(position).ok()?)?;
    (wait >= SignedDuration::from_secs(30)).then_some(wait)
}

impl Turn<'_> {
    /// Hands over because of a sentence.
    pub(super) fn hand_off(&mut self, reason: &Reason, text: &str, reading: &Reading) {
        // "Can I talk to a human" says nothing about the matter: what was answered before says more.
        if matches!(reason, Reason::Asked | Reason::Senior) && is_bare(text) {
            return self.hand_off_on_request(reason);
        }
        let floor = self.packs.clarifies_from();
        let likely = reading.ranked.iter().filter(|ranked| ranked.probability >= floor);
        let matches: Vec<_> =
            likely.take(3).map(|ranked| (ranked.entry.clone(), ranked.probability)).collect();
        let department = matches
            .first()
            .and_then(|(id, _)| self.packs.pack().entry(id))
            .map_or_else(|| self.policy.department.clone(), |entry| entry.department.clone());
        self.open(reason, &department, &matches);
    }

    /// Hands over because of an entry.
    pub(super) fn hand_off_about(&mut self, reason: &Reason, entry: &Entry, confidence: Probability) {
        self.open(reason, &entry.department, &[(entry.id.clone(), confidence)]);
    }

    /// Hands over because the customer pressed a button or gave a command.
    pub(super) fn hand_off_on_request(&mut self, reason: &Reason) {
        let about = match reason {
            Reason::Unhelpful(id) => Some(id.clone()),
            _ => self.bot().answered,
        };
        let entry = about.and_then(|id| self.packs.pack().entry(&id));
        match (reason, entry) {
            (Reason::Feedback, _) => self.open(reason, &self.policy.feedback_department, &[]),
            (_, Some(entry)) => {
                self.open(reason, &entry.department, &[(entry.id.clone(), Probability::ONE)]);
            }
            (_, None) => self.open(reason, &self.policy.department, &[]),
        }
    }

    fn open(&mut self, reason: &Reason, department: &Department, matches: &[(EntryId, Probability)]) {
        if self.case.profile.public {
            let private = Choice { label: self.word(&Phrase::ButtonPrivate), press: Press::Private };
            let text = Phrase::AskInPrivate.rich(self.case.language);
            self.case.stage = Stage::WithBot(WithBot::default());
            return self.say(text, vec![private], because(VerdictKind::Unsure, matches));
        }
        let now = self.facts.now;
        let (priority, tier) = match reason {
            Reason::Urgent(_) => (Priority::Urgent, Tier::First),
            Reason::Senior => (Priority::High, Tier::Senior),
            Reason::Feedback => (Priority::Low, Tier::First),
            Reason::Unsure | Reason::Asked | Reason::Unhelpful(_) | Reason::Attachment => {
                (Priority::Normal, Tier::First)
            }
        };
        let due = self.due(now, priority);
        let ticket = Ticket {
            number: self.facts.next_ticket,
            reason: reason.clone(),
            department: department.clone(),
            tier,
            priority,
            opened: now,
            due,
            answered: None,
            matches: matches.to_vec(),
            silences: 0,
        };
        let number = ticket.number;
        let position = position(self.facts, number, priority, due);
        let told = Some(position);
        self.case.timers.remove(&Timer::Rating);
        self.case.stage =
            Stage::Queued(Queued { ticket, since: now, told, acknowledged: Some(now), kept_for: None });
        self.note(Logged::Opened { reason: reason.clone(), department: department.clone(), priority });
        let wait = wait(self.facts, position);
        let on_duty = self.anybody_for(tier);
        let text = Phrase::HandedOff { number, reason, position, wait, on_duty }.rich(self.case.language);
        let back = self.choice(&Phrase::ButtonBackToBot, Button::BackToBot);
        let slot = Some(Slot::Position(number));
        self.say_in(slot, text, vec![back], because(VerdictKind::Handoff, matches));
        self.show_card();
    }

    /// Whether any agent who takes tickets now reaches this tier.
    fn anybody_for(&self, tier: Tier) -> bool {
        let mut agents = self.facts.roster.agents.values();
        agents.any(|agent| agent.presence == Presence::Available && agent.role.reaches(tier))
    }

    /// When a first answer is due.
    pub(super) fn due(&self, from: Timestamp, priority: Priority) -> Timestamp {
        let times = self.policy.first_answer;
        let within = match priority {
            Priority::Urgent => times.urgent,
            Priority::High => times.high,
            Priority::Normal => times.normal,
            Priority::Low => times.low,
        };
        from.checked_add(within).unwrap_or(Timestamp::MAX)
    }

    /// Shows the customer's files to the staff: those that came before there was a ticket.
    pub(super) fn relay_files(&mut self, number: TicketNumber, message: &Message) {
        let speaker = Speaker::Customer(self.case.profile.name.clone());
        self.tell_staff(To::Staff(number), None, speaker, Rich::new(), message.attachments.clone());
    }

    /// Tells the customer where they stand in the queue, in the message that told it before.
    pub(super) fn tell_position(&mut self) {
        let Stage::Queued(queued) = &mut self.case.stage else { return };
        let Ticket { number, priority, due, .. } = queued.ticket;
        let position = position(self.facts, number, priority, due);
        if queued.told == Some(position) {
            return;
        }
        queued.told = Some(position);
        let phrase = Phrase::Position { number, position, wait: wait(self.facts, position) };
        let back = self.choice(&Phrase::ButtonBackToBot, Button::BackToBot);
        let text = phrase.rich(self.case.language);
        self.revise_position(number, text, vec![back]);
    }

    /// Ends what the customer was told about their place in the queue: nothing there is to be pressed any more.
    pub(super) fn close_position(&mut self, number: TicketNumber, phrase: &Phrase<'_>) {
        let text = phrase.rich(self.case.language);
        self.revise_position(number, text, Vec::new());
    }

    fn revise_position(&mut self, number: TicketNumber, text: Rich, choices: Vec<Choice>) {
        let verdict = Some(verdict(VerdictKind::Service));
        let say = Say { speaker: Speaker::Bot, text, choices, attachments: Vec::new(), verdict };
        self.effects.push(Effect {
            to: To::Contact,
            slot: Some(Slot::Position(number)),
            reply_to: None,
            only_edit: true,
            content: Content::Say(say),
        });
    }

    /// Puts the agent's ticket back into the queue, with its place kept.
    pub(super) fn back_to_queue(&mut self, kept_for: Option<AgentId>) {
        let now = self.facts.now;
        self.case.timers.remove(&Timer::OwnerSilent);
        self.case.timers.remove(&Timer::OwnerGone);
        self.case.timers.remove(&Timer::KeptFor);
        let ticket = match std::mem::replace(&mut self.case.stage, Stage::WithBot(WithBot::default())) {
            Stage::WithAgent(owned) => owned.ticket,
            Stage::Queued(queued) => queued.ticket,
            other @ (Stage::WithBot(_) | Stage::Rating(_)) => {
                self.case.stage = other;
                return;
            }
        };
        if kept_for.is_some() {
            let until = self.facts.after(self.policy.keep_for);
            self.case.timers.insert(Timer::KeptFor, until);
        }
        self.case.stage =
            Stage::Queued(Queued { ticket, since: now, told: None, acknowledged: Some(now), kept_for });
    }

    /// Takes the ticket from its owner.
    pub(super) fn release(&mut self, agent: AgentId, why: Release) {
        let Some(number) = self.case.ticket().map(|ticket| ticket.number) else { return };
        self.note(Logged::Released { agent, why });
        self.back_to_queue(None);
        let name = self.agent_name(agent);
        self.notice(number, &Phrase::NoticeReleased { agent: &name, why });
        self.show_card();
        self.service(&Phrase::AgentChanging, Vec::new());
    }

    /// Moves the ticket up a tier, back into the queue.
    pub(super) fn escalate(&mut self, by: Option<AgentId>) {
        let Some(number) = self.raise(by) else { return };
        self.back_to_queue(None);
        self.show_card();
        self.service(&Phrase::WentSenior { number }, Vec::new());
    }

    /// Raises the tier of the open ticket, if it isn't the highest already.
    pub(super) fn raise(&mut self, by: Option<AgentId>) -> Option<TicketNumber> {
        let ticket = match &mut self.case.stage {
            Stage::Queued(queued) => &mut queued.ticket,
            Stage::WithAgent(owned) => &mut owned.ticket,
            Stage::WithBot(_) | Stage::Rating(_) => return None,
        };
        if ticket.tier == Tier::Senior {
            return None;
        }
        ticket.tier = Tier::Senior;
        ticket.priority = ticket.priority.max(Priority::High);
        let number = ticket.number;
        self.note(Logged::Escalated { agent: by });
        let name = by.map(|agent| self.agent_name(agent));
        self.notice(number, &Phrase::NoticeEscalated { agent: name.as_deref() });
        Some(number)
    }

    /// The customer no longer waits for a person.
    pub(super) fn withdraw(&mut self) {
        let Stage::Queued(queued) = &self.case.stage else { return };
        let ticket = queued.ticket.clone();
        let number = ticket.number;
        self.note(Logged::Withdrawn);
        self.end(ticket, None);
        self.case.stage = Stage::WithBot(WithBot::default());
        self.show_card();
        self.notice(number, &Phrase::NoticeWithdrawn);
        self.close_position(number, &Phrase::OutOfQueue { number });
    }

    /// Keeps a ticket that ended for a while, so that it can be taken up again.
    pub(super) fn end(&mut self, ticket: Ticket, agent: Option<AgentId>) {
        let now = self.facts.now;
        self.case.timers.clear();
        let until = self.facts.after(self.policy.reopen_for);
        self.case.timers.insert(Timer::Forget, until);
        self.case.ended = Some(Ended { ticket, agent, at: now });
        self.case.questions.clear();
    }

    /// The name of an agent, or their number if they were removed.
    pub(super) fn agent_name(&self, agent: AgentId) -> String {
        super::card::agent_name(self.facts, agent)
    }
}

/// Whether a request for a person is too short to name a matter as well: up to 8 Chinese characters or 8 words.
fn is_bare(text: &str) -> bool {
    let units: usize =
        text.split_whitespace().map(|word| if word.is_ascii() { 1 } else { word.chars().count() }).sum();
    units <= 8
}

fn because(kind: VerdictKind, matches: &[(EntryId, Probability)]) -> Verdict {
    let best = matches.first();
    Verdict {
        kind,
        entry: best.map(|(id, _)| id.clone()),
        confidence: best.map_or(Probability::ZERO, |(_, probability)| *probability),
    }
}
