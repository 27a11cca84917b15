//! The one decision function: what follows from an event for a case. Pure; everything that it may know comes in.
//!
//! Customers' acts are in `customer`, what the bot makes of a sentence in `bot`, handing over in `handoff`, agents' acts
//! in `staff`, timers and failures in `within`. The roster's own events are in [`crate::roster_step`].

mod bot;
mod card;
mod customer;
mod handoff;
mod staff;
#[cfg(test)]
mod tests;
mod within;

pub use card::card;
pub use staff::{Refusal, refuse};

use crate::{
    Button, Case, Choice, Content, Effect, Event, Facts, LogEntry, Logged, Outcome, Packs, Policy, Press,
    Say, Slot, Speaker, TicketNumber, To, Verdict, VerdictKind, What, wording::Phrase,
};
use intents::{Probability, Rich};

/// What follows from an event for the case of a contact. For events of customers, of agents on a ticket, and from
/// within; those that concern the roster alone leave the case as it is.
#[must_use]
pub fn step(policy: &Policy, packs: &Packs, facts: &Facts<'_>, case: Case, event: &Event) -> Outcome {
    let mut turn = Turn { policy, packs, facts, case, log: Vec::new(), effects: Vec::new() };
    match &event.what {
        What::Customer { profile, act, .. } => turn.customer(profile, act),
        What::Staff { on, act, by } => turn.staff(on, act, by),
        What::Within { act, .. } => turn.within(act),
        What::Link { .. } | What::Admin(_) => {}
    }
    Outcome { case: turn.case, log: turn.log, effects: turn.effects }
}

/// One step in the making.
struct Turn<'a> {
    policy: &'a Policy,
    packs: &'a Packs,
    facts: &'a Facts<'a>,
    case: Case,
    log: Vec<LogEntry>,
    effects: Vec<Effect>,
}

impl Turn<'_> {
    /// Appends to the log.
    fn note(&mut self, what: Logged) {
        let ticket = self.case.ticket().map(|ticket| ticket.number);
        self.note_of(ticket, what);
    }

    /// Appends to the log, under a ticket that may have ended.
    fn note_of(&mut self, ticket: Option<TicketNumber>, what: Logged) {
        self.log.push(LogEntry { seq: self.case.log_len, at: self.facts.now, ticket, what });
        self.case.log_len += 1;
    }

    /// The bot speaks to the customer.
    fn say(&mut self, text: Rich, choices: Vec<Choice>, verdict: Verdict) {
        self.say_in(None, text, choices, verdict);
    }

    /// The bot speaks to the customer, in the place of what it said under this slot before.
    fn say_in(&mut self, slot: Option<Slot>, text: Rich, choices: Vec<Choice>, verdict: Verdict) {
        self.note(Logged::Bot { text: text.text().to_owned(), verdict: Some(verdict.clone()) });
        self.effects.push(Effect {
            to: To::Contact,
            slot,
            reply_to: None,
            only_edit: false,
            content: Content::Say(Say {
                speaker: Speaker::Bot,
                text,
                choices,
                attachments: Vec::new(),
                verdict: Some(verdict),
            }),
        });
    }

    /// The bot answers a command or a button with a phrase.
    fn service(&mut self, phrase: &Phrase<'_>, choices: Vec<Choice>) {
        let text = phrase.rich(self.case.language);
        self.say(text, choices, verdict(VerdictKind::Service));
    }

    /// A phrase in the customer's language.
    fn word(&self, phrase: &Phrase<'_>) -> String {
        phrase.text(self.case.language)
    }

    /// A button in the customer's language.
    fn choice(&self, phrase: &Phrase<'_>, button: Button) -> Choice {
        Choice { label: self.word(phrase), press: Press::Button(button) }
    }

    /// Tells everybody who follows the ticket in a staff place what happened.
    fn notice(&mut self, ticket: TicketNumber, phrase: &Phrase<'_>) {
        let text = phrase.rich(self.policy.staff_language);
        self.tell_staff(To::Staff(ticket), None, Speaker::Notice, text, Vec::new());
    }

    /// Puts something into the ticket's thread in the staff places.
    fn tell_staff(
        &mut self,
        to: To,
        slot: Option<Slot>,
        speaker: Speaker,
        text: Rich,
        attachments: Vec<crate::Attachment>,
    ) {
        let say = Say { speaker, text, choices: Vec::new(), attachments, verdict: None };
        self.effects.push(Effect { to, slot, reply_to: None, only_edit: false, content: Content::Say(say) });
    }

    /// Shows the ticket's card as it is now in the staff places.
    fn show_card(&mut self) {
        if let Some(card) = card(self.policy, self.packs, self.facts, &self.case) {
            self.effects.push(Effect {
                to: To::Staff(card.number),
                slot: Some(Slot::Card(card.number)),
                reply_to: None,
                only_edit: false,
                content: Content::Card(Box::new(card)),
            });
        }
    }

    /// Answers whoever acts, and only them, in the staff's language.
    fn answer(&mut self, phrase: &Phrase<'_>) {
        self.answer_with(phrase, Vec::new());
    }

    /// Answers whoever acts with something to choose from.
    fn answer_with(&mut self, phrase: &Phrase<'_>, choices: Vec<Choice>) {
        self.effects.push(to_actor(phrase.rich(self.policy.staff_language), choices));
    }
}

/// Something for whoever acts, and only them.
pub(crate) fn to_actor(text: Rich, choices: Vec<Choice>) -> Effect {
    let say = Say { speaker: Speaker::Notice, text, choices, attachments: Vec::new(), verdict: None };
    Effect { to: To::Actor, slot: None, reply_to: None, only_edit: false, content: Content::Say(say) }
}

/// A verdict that names no entry.
fn verdict(kind: VerdictKind) -> Verdict {
    Verdict { kind, entry: None, confidence: Probability::ZERO }
}
