//! What an agent does with a ticket. Who may do what is decided here, and nowhere else.

use super::{Turn, to_actor, verdict};
use crate::{
    Agent, AgentId, Asked, Button, Channel, Choice, Content, Effect, Identity, Logged, Message, MessageRef,
    Policy, Press, Priority, Rating, Release, Say, Slot, Speaker, StaffAct, StaffButton, StaffDoes, Stage,
    Target, TicketNumber, Timer, To, TransferTo, VerdictKind, WithAgent, WithBot, command, wording::Phrase,
};
use intents::{Department, Rich};

/// Why an act of somebody in a staff place meets no case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// They are no linked agent.
    NotLinked,
    /// There is no such ticket, or none is worked there.
    NoSuchTicket,
    /// There is nothing in the queue for them.
    QueueEmpty,
}

/// The polite answer to an act that meets no case.
#[must_use]
pub fn refuse(policy: &Policy, why: Refusal) -> Vec<Effect> {
    let phrase = match why {
        Refusal::NotLinked => Phrase::NotLinked,
        Refusal::NoSuchTicket => Phrase::NoSuchTicket,
        Refusal::QueueEmpty => Phrase::QueueEmpty,
    };
    vec![to_actor(phrase.rich(policy.staff_language), Vec::new())]
}

/// What an agent writes, and where.
struct Words<'a> {
    text: Rich,
    message: &'a Message,
    /// The channel and message that they are written in already, if they are.
    source: Option<(Channel, MessageRef)>,
}

impl Turn<'_> {
    pub(super) fn staff(&mut self, on: &Target, act: &StaffAct, by: &Identity) {
        let Some(agent) = self.facts.agent else { return };
        let place = match on {
            Target::Thread(place, _) | Target::Message(place, _) => place.clone(),
            Target::Ticket(_) | Target::Next | Target::Nothing => by.channel().clone(),
        };
        // A contact has one ticket at a time; the one that is meant may have ended since.
        let open = self.number().filter(|number| self.facts.ticket.is_none_or(|meant| meant == *number));
        match (open, act) {
            (_, StaffAct::Block) => self.block(agent, true),
            (_, StaffAct::Unblock) => self.block(agent, false),
            (Some(number), _) => self.on_open(agent, number, &place, act),
            (None, _) => self.on_ended(agent, &place, act),
        }
    }

    /// An act on the open ticket.
    fn on_open(&mut self, agent: &Agent, number: TicketNumber, place: &Channel, act: &StaffAct) {
        match act {
            StaffAct::Claim => {
                if self.claim(agent) {
                    self.answer(&Phrase::Claimed { number });
                }
            }
            StaffAct::Say { id, message } => self.plain(agent, number, place, id, message),
            StaffAct::Edit { id, message } => self.change(agent, number, place, id, message),
            StaffAct::Reply(message) => {
                self.reply_claiming(
                    agent,
                    &Words { text: Rich::plain(&message.text), message, source: None },
                );
            }
            StaffAct::Note(message) => self.write_note(agent, number, message, None),
            StaffAct::Canned(name) => self.canned(agent, name),
            StaffAct::Ask(asked) => self.ask(number, *asked),
            StaffAct::Release if self.may_act(agent) => self.give_back(),
            StaffAct::Transfer(to) if self.may_act(agent) => self.transfer(agent, number, to),
            StaffAct::Escalate if self.may_act(agent) => match self.case.ticket().map(|ticket| ticket.tier) {
                Some(crate::Tier::First) => {
                    self.escalate(Some(agent.id));
                    self.answer(&Phrase::Done);
                }
                _ => self.answer(&Phrase::AlreadySenior),
            },
            StaffAct::Prioritise(priority) if self.may_act(agent) => {
                self.prioritise(agent, number, *priority);
            }
            StaffAct::Resolve if self.may_act(agent) => self.resolve(agent),
            StaffAct::Release
            | StaffAct::Transfer(_)
            | StaffAct::Escalate
            | StaffAct::Prioritise(_)
            | StaffAct::Resolve => self.answer(&Phrase::NotYours),
            StaffAct::Reopen
            | StaffAct::Block
            | StaffAct::Unblock
            | StaffAct::Presence(_)
            | StaffAct::Queue
            | StaffAct::Help => self.answer(&Phrase::Done),
        }
    }

    /// An act on a ticket that ended.
    fn on_ended(&mut self, agent: &Agent, place: &Channel, act: &StaffAct) {
        match act {
            StaffAct::Reopen => self.reopen(agent),
            StaffAct::Note(message) => match self.facts.ticket {
                Some(number) => self.write_note(agent, number, message, None),
                None => self.answer(&Phrase::NothingOpen),
            },
            StaffAct::Say { id, message } => {
                let note = as_note(message);
                if let Some(number) = self.facts.ticket {
                    let source = (place.clone(), id.clone());
                    self.write_note(agent, number, note.as_ref().unwrap_or(message), Some(&source));
                }
                if note.is_none() {
                    self.answer(&Phrase::TicketEnded);
                }
            }
            StaffAct::Edit { .. } => {}
            StaffAct::Reply(_) | StaffAct::Canned(_) => self.answer(&Phrase::TicketEnded),
            StaffAct::Claim
            | StaffAct::Release
            | StaffAct::Transfer(_)
            | StaffAct::Escalate
            | StaffAct::Prioritise(_)
            | StaffAct::Ask(_)
            | StaffAct::Resolve
            | StaffAct::Block
            | StaffAct::Unblock
            | StaffAct::Presence(_)
            | StaffAct::Queue
            | StaffAct::Help => self.answer(&Phrase::TicketEnded),
        }
    }

    /// Whether the agent may act on the open ticket as its owner would: they own it, or they oversee, or nobody owns it
    /// and its tier is theirs.
    fn may_act(&self, agent: &Agent) -> bool {
        match &self.case.stage {
            Stage::WithAgent(owned) => owned.agent == agent.id || agent.role.oversees(),
            Stage::Queued(queued) => agent.role.reaches(queued.ticket.tier),
            Stage::WithBot(_) | Stage::Rating(_) => false,
        }
    }

    /// Takes the ticket, or says why not. True if it is the agent's now and wasn't before.
    fn claim(&mut self, agent: &Agent) -> bool {
        let refused = match &self.case.stage {
            Stage::WithAgent(owned) if owned.agent == agent.id => {
                Some(Phrase::AlreadyYours { number: owned.ticket.number }.text(self.policy.staff_language))
            }
            Stage::WithAgent(owned) => {
                let owner = self.agent_name(owned.agent);
                Some(Phrase::OwnedBy { agent: &owner }.text(self.policy.staff_language))
            }
            Stage::Queued(queued) => self.why_not(agent, queued.ticket.tier, queued.kept_for),
            Stage::WithBot(_) | Stage::Rating(_) => {
                Some(Phrase::NothingOpen.text(self.policy.staff_language))
            }
        };
        if let Some(text) = refused {
            self.effects.push(to_actor(Rich::plain(text), Vec::new()));
            return false;
        }
        let Stage::Queued(queued) = &self.case.stage else { return false };
        let ticket = queued.ticket.clone();
        let number = ticket.number;
        self.take(agent, ticket);
        self.note(Logged::Claimed { agent: agent.id });
        self.show_card();
        self.notice(number, &Phrase::NoticeClaimed { agent: &agent.name });
        self.close_position(number, &Phrase::Connected { number });
        self.service(&Phrase::AgentJoined { agent: &agent.name }, Vec::new());
        true
    }

    /// Why an agent can't take a queued ticket.
    fn why_not(&self, agent: &Agent, tier: crate::Tier, kept_for: Option<AgentId>) -> Option<String> {
        let load = self.facts.queue.iter().filter(|row| row.owner == Some(agent.id)).count();
        let keeper = kept_for.filter(|keeper| *keeper != agent.id && !agent.role.oversees());
        let name = keeper.map(|keeper| self.agent_name(keeper));
        let phrase = if !agent.role.reaches(tier) {
            Phrase::NeedsSenior
        } else if let Some(name) = &name {
            Phrase::KeptFor { agent: name }
        } else if load >= agent.capacity as usize {
            Phrase::AtCapacity { capacity: agent.capacity }
        } else {
            return None;
        };
        Some(phrase.text(self.policy.staff_language))
    }

    fn take(&mut self, agent: &Agent, ticket: crate::Ticket) {
        let now = self.facts.now;
        self.case.timers.remove(&Timer::KeptFor);
        self.case.timers.remove(&Timer::Rating);
        self.case.timers.remove(&Timer::Forget);
        self.case.stage =
            Stage::WithAgent(WithAgent { ticket, agent: agent.id, since: now, unanswered: None });
        self.customer_waits();
    }

    /// What the agent wrote plainly in the thread: for the customer if the ticket is theirs, else for colleagues.
    fn plain(
        &mut self,
        agent: &Agent,
        number: TicketNumber,
        place: &Channel,
        id: &MessageRef,
        message: &Message,
    ) {
        let source = Some((place.clone(), id.clone()));
        if let Some(note) = as_note(message) {
            return self.write_note(agent, number, &note, source.as_ref());
        }
        match &self.case.stage {
            Stage::WithAgent(owned) if owned.agent == agent.id => {
                self.reply(agent, &Words { text: Rich::plain(&message.text), message, source });
            }
            Stage::WithAgent(_) => self.write_note(agent, number, message, source.as_ref()),
            Stage::Queued(_) | Stage::WithBot(_) | Stage::Rating(_) => {
                self.write_note(agent, number, message, source.as_ref());
                self.answer(&Phrase::ClaimFirst);
            }
        }
    }

    /// Answers the customer; a ticket that waits is taken by it.
    fn reply_claiming(&mut self, agent: &Agent, words: &Words<'_>) {
        if words.text.is_empty() && words.message.attachments.is_empty() {
            return self.answer(&Phrase::EmptyMessage);
        }
        let waits = matches!(self.case.stage, Stage::Queued(_));
        if waits && !self.claim(agent) {
            return;
        }
        if !self.may_act(agent) {
            return self.answer(&Phrase::NotYours);
        }
        self.reply(agent, words);
        self.answer(&Phrase::Done);
    }

    fn reply(&mut self, agent: &Agent, words: &Words<'_>) {
        let now = self.facts.now;
        let Stage::WithAgent(owned) = &mut self.case.stage else { return };
        let number = owned.ticket.number;
        owned.unanswered = None;
        owned.ticket.answered.get_or_insert(now);
        self.case.timers.remove(&Timer::OwnerSilent);
        self.case.timers.remove(&Timer::OwnerGone);
        let attachments = words.message.attachments.clone();
        self.note(Logged::Agent {
            agent: agent.id,
            source: words.source.clone(),
            text: words.text.text().to_owned(),
            attachments: attachments.clone(),
        });
        let speaker = Speaker::Agent(agent.name.clone());
        let slot = words.source.clone().map(|(channel, id)| Slot::Agent(channel, id));
        let say = Say {
            speaker: speaker.clone(),
            text: words.text.clone(),
            choices: Vec::new(),
            attachments: attachments.clone(),
            verdict: None,
        };
        self.effects.push(Effect {
            to: To::Contact,
            slot: slot.clone(),
            reply_to: None,
            only_edit: false,
            content: Content::Say(say),
        });
        self.tell_staff(
            elsewhere(number, words.source.as_ref()),
            slot,
            speaker,
            words.text.clone(),
            attachments,
        );
    }

    /// The agent changed a message: the copies of it change with it.
    fn change(
        &mut self,
        agent: &Agent,
        number: TicketNumber,
        place: &Channel,
        id: &MessageRef,
        message: &Message,
    ) {
        let source = (place.clone(), id.clone());
        let slot = Some(Slot::Agent(place.clone(), id.clone()));
        if command::note(&message.text).is_some() {
            return;
        }
        let owner = matches!(&self.case.stage, Stage::WithAgent(owned) if owned.agent == agent.id);
        if owner {
            self.note(Logged::AgentEdited {
                agent: agent.id,
                source: source.clone(),
                text: message.text.clone(),
            });
        }
        let speaker = Speaker::Agent(agent.name.clone());
        let places = owner.then_some(To::Contact).into_iter().chain([elsewhere(number, Some(&source))]);
        for to in places {
            let say = Say {
                speaker: speaker.clone(),
                text: Rich::plain(&message.text),
                choices: Vec::new(),
                attachments: Vec::new(),
                verdict: None,
            };
            let content = Content::Say(say);
            self.effects.push(Effect { to, slot: slot.clone(), reply_to: None, only_edit: true, content });
        }
    }

    fn write_note(
        &mut self,
        agent: &Agent,
        number: TicketNumber,
        message: &Message,
        source: Option<&(Channel, MessageRef)>,
    ) {
        if message.text.trim().is_empty() && message.attachments.is_empty() {
            return self.answer(&Phrase::EmptyMessage);
        }
        let (text, attachments) = (message.text.clone(), message.attachments.clone());
        self.note_of(Some(number), Logged::Note { agent: agent.id, text, attachments: attachments.clone() });
        let slot = source.cloned().map(|(channel, id)| Slot::Agent(channel, id));
        let speaker = Speaker::Note(agent.name.clone());
        self.tell_staff(elsewhere(number, source), slot, speaker, Rich::plain(&message.text), attachments);
        if source.is_none() {
            self.answer(&Phrase::Done);
        }
    }

    fn canned(&mut self, agent: &Agent, name: &str) {
        let pack = self.packs.pack();
        let lang = self.case.language;
        let wanted = name.trim();
        let found = pack.canned().iter().find(|canned| {
            canned.id.as_str() == wanted || intents::Lang::ALL.iter().any(|l| canned.text(*l).title == wanted)
        });
        let Some(canned) = found else {
            return self.answer(&Phrase::NoSuchCanned { name: wanted });
        };
        let text = pack.fill(&canned.text(lang).text, lang, &self.policy.placeholders);
        self.reply_claiming(agent, &Words { text, message: &Message::default(), source: None });
    }

    /// Offers what can be chosen.
    fn ask(&mut self, number: TicketNumber, asked: Asked) {
        let lang = self.policy.staff_language;
        let staff = |label: String, does: StaffDoes| Choice {
            label,
            press: Press::Staff(StaffButton { ticket: number, does }),
        };
        let (phrase, choices): (Phrase<'_>, Vec<Choice>) = match asked {
            Asked::Transfer => {
                let department = |d: &Department| staff(d.to_string(), StaffDoes::TransferTo(d.clone()));
                (Phrase::ChooseDepartment, self.policy.departments.iter().map(department).collect())
            }
            Asked::Priority => {
                let priority = |priority: Priority| {
                    staff(Phrase::PriorityName { priority }.text(lang), StaffDoes::SetPriority(priority))
                };
                (Phrase::ChoosePriority, Priority::ALL.map(priority).to_vec())
            }
            Asked::Canned => {
                let canned = self.packs.pack().canned().iter();
                let choices: Vec<_> = canned
                    .map(|canned| {
                        staff(canned.text(lang).title.clone(), StaffDoes::CannedReply(canned.id.clone()))
                    })
                    .collect();
                let phrase = if choices.is_empty() { Phrase::NoCanned } else { Phrase::ChooseCanned };
                (phrase, choices)
            }
        };
        self.answer_with(&phrase, choices);
    }

    fn give_back(&mut self) {
        if let Stage::WithAgent(owned) = &self.case.stage {
            let owner = owned.agent;
            self.release(owner, Release::ByOwner);
        }
        self.answer(&Phrase::Done);
    }

    fn transfer(&mut self, agent: &Agent, number: TicketNumber, to: &TransferTo) {
        let (department, colleague, name) = match self.find(to) {
            Ok(found) => found,
            Err(phrase) => return self.answer(&phrase),
        };
        let had_owner = matches!(self.case.stage, Stage::WithAgent(_));
        if let Some(department) = &department {
            match &mut self.case.stage {
                Stage::Queued(queued) => queued.ticket.department = department.clone(),
                Stage::WithAgent(owned) => owned.ticket.department = department.clone(),
                Stage::WithBot(_) | Stage::Rating(_) => {}
            }
        }
        let Some(now_in) = self.case.ticket().map(|ticket| ticket.department.clone()) else { return };
        self.note(Logged::Transferred { agent: agent.id, department: now_in, to: colleague });
        self.back_to_queue(colleague);
        self.show_card();
        self.notice(number, &Phrase::NoticeTransferred { agent: &agent.name, to: &name });
        if had_owner {
            self.service(&Phrase::AgentChanging, Vec::new());
        }
        self.answer(&Phrase::Done);
    }

    /// The department or the colleague that is meant, and how it is called.
    fn find<'t>(
        &self,
        to: &'t TransferTo,
    ) -> Result<(Option<Department>, Option<AgentId>, String), Phrase<'t>> {
        let named = |name: &str| {
            let mut agents = self.facts.roster.agents.values();
            agents
                .find(|agent| agent.name.eq_ignore_ascii_case(name))
                .map(|agent| (agent.id, agent.name.clone()))
        };
        match to {
            TransferTo::Department(department) if self.policy.departments.contains(department) => {
                Ok((Some(department.clone()), None, department.to_string()))
            }
            // What looks like a department's name may be a colleague's.
            TransferTo::Department(department) => named(department.as_str())
                .map(|(id, name)| (None, Some(id), name))
                .ok_or(Phrase::NoSuchColleague { name: department.as_str() }),
            TransferTo::Agent(id) => match self.facts.roster.agents.get(id) {
                Some(agent) => Ok((None, Some(*id), agent.name.clone())),
                None => Err(Phrase::NoSuchColleague { name: "?" }),
            },
            TransferTo::Named(name) => named(name)
                .map(|(id, name)| (None, Some(id), name))
                .ok_or(Phrase::NoSuchColleague { name: name.as_str() }),
        }
    }

    fn prioritise(&mut self, agent: &Agent, number: TicketNumber, priority: Priority) {
        let Some(ticket) = self.case.ticket() else { return };
        if ticket.priority == priority {
            return self.answer(&Phrase::Done);
        }
        let opened = ticket.opened;
        let due = self.due(opened, priority);
        match &mut self.case.stage {
            Stage::Queued(queued) => (queued.ticket.priority, queued.ticket.due) = (priority, due),
            Stage::WithAgent(owned) => (owned.ticket.priority, owned.ticket.due) = (priority, due),
            Stage::WithBot(_) | Stage::Rating(_) => return,
        }
        self.note(Logged::Prioritised { agent: agent.id, priority });
        self.show_card();
        self.notice(number, &Phrase::NoticePriority { agent: &agent.name, priority });
        self.answer(&Phrase::Done);
    }

    fn resolve(&mut self, agent: &Agent) {
        let Some(ticket) = self.case.ticket().cloned() else { return };
        let number = ticket.number;
        let queued = matches!(self.case.stage, Stage::Queued(_));
        self.note(Logged::Resolved { agent: agent.id });
        self.end(ticket, Some(agent.id));
        let until = self.facts.after(self.policy.rating_for);
        self.case.timers.insert(Timer::Rating, until);
        self.case.stage = Stage::Rating(Rating { number, agent: agent.id });
        self.notice(number, &Phrase::NoticeResolved { agent: &agent.name });
        self.show_card();
        if queued {
            self.close_position(number, &Phrase::Connected { number });
        }
        let star = |stars: u8| Choice {
            label: "⭐".repeat(usize::from(stars)),
            press: Press::Button(Button::Rate(number, stars)),
        };
        let text = Phrase::Resolved { number }.rich(self.case.language);
        let choices = (1..=5).map(star).collect();
        self.say_in(Some(Slot::Rating(number)), text, choices, verdict(VerdictKind::Service));
        self.answer(&Phrase::Done);
    }

    fn reopen(&mut self, agent: &Agent) {
        let ended = self.case.ended.clone().filter(|ended| {
            self.case.ticket().is_none() && self.facts.ticket.is_none_or(|meant| meant == ended.ticket.number)
        });
        let Some(ended) = ended else { return self.answer(&Phrase::CantReopen) };
        if let Some(text) = self.why_not(agent, ended.ticket.tier, None) {
            self.effects.push(to_actor(Rich::plain(text), Vec::new()));
            return;
        }
        let number = ended.ticket.number;
        self.case.ended = None;
        self.take(agent, ended.ticket);
        self.note(Logged::Reopened { agent: Some(agent.id) });
        self.show_card();
        self.notice(number, &Phrase::NoticeReopened { agent: &agent.name });
        self.service(&Phrase::ReopenedByAgent { number, agent: &agent.name }, Vec::new());
        self.answer(&Phrase::Done);
    }

    /// Ignores the customer, or hears them again. An open ticket ends with it, and the customer isn't told.
    fn block(&mut self, agent: &Agent, on: bool) {
        if on && self.case.ticket().is_some() && !self.may_act(agent) {
            return self.answer(&Phrase::NotYours);
        }
        let number = self.number().or(self.facts.ticket);
        self.note_of(number, Logged::Blocked { agent: agent.id, on });
        self.case.blocked = on;
        if let (true, Some(ticket)) = (on, self.case.ticket().cloned()) {
            self.end(ticket, Some(agent.id));
            self.case.stage = Stage::WithBot(WithBot::default());
        }
        self.show_card();
        if let Some(number) = number {
            self.notice(number, &Phrase::NoticeBlocked { agent: &agent.name, on });
        }
        self.answer(&Phrase::Done);
    }
}

/// The note that a plain message is, if it begins with `//`.
fn as_note(message: &Message) -> Option<Message> {
    command::note(&message.text).map(|text| Message { text: text.to_owned(), ..message.clone() })
}

/// Every staff place but the one where the words stand already.
fn elsewhere(number: TicketNumber, source: Option<&(Channel, MessageRef)>) -> To {
    match source {
        Some((place, _)) => To::StaffBut(number, place.clone()),
        None => To::Staff(number),
    }
}
