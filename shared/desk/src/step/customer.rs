//! What a customer does: writes, changes a message, presses a button, gives a command, leaves.

use super::{Turn, verdict};
use crate::{
    Attachment, Button, CustomerAct, CustomerCommand, Logged, Message, MessageRef, Profile, Reason, Slot,
    Speaker, Stage, TicketNumber, Tier, Timer, To, VerdictKind, WithBot, mask, wording::Phrase,
};
use intents::{Lang, Probability, Rich};

impl Turn<'_> {
    pub(super) fn customer(&mut self, profile: &Profile, act: &CustomerAct) {
        if self.case.log_len == 0
            && let Some(language) = profile.language
        {
            self.case.language = language;
        }
        self.case.profile = profile.clone();
        match act {
            CustomerAct::Say { id, message } => self.said(id, message),
            CustomerAct::Edit { id, message } => self.edited(id, message),
            CustomerAct::Left => {
                self.note(Logged::Left);
                if let Some(number) = self.number() {
                    self.notice(number, &Phrase::NoticeLeft);
                }
            }
            CustomerAct::Press(_) | CustomerAct::Command(_) if self.case.blocked => {}
            CustomerAct::Press(button) => {
                self.note(Logged::Pressed { button: button.clone() });
                self.pressed(button);
            }
            CustomerAct::Command(command) => self.commanded(command),
        }
    }

    /// The number of the open ticket.
    pub(super) fn number(&self) -> Option<TicketNumber> {
        self.case.ticket().map(|ticket| ticket.number)
    }

    fn said(&mut self, id: &MessageRef, message: &Message) {
        let masked = mask::mask(&message.text);
        self.follow_language(&masked.text);
        let (text, attachments) = (masked.text.clone(), message.attachments.clone());
        self.note(Logged::Customer { id: id.clone(), text: text.clone(), attachments: attachments.clone() });
        if self.case.blocked {
            return;
        }
        if masked.found {
            self.service(&Phrase::SecretWarning, Vec::new());
        }
        match &self.case.stage {
            Stage::WithBot(bot) if bot.feedback => {
                self.case.questions.push(text);
                self.hand_off_on_request(&Reason::Feedback);
            }
            Stage::WithBot(_) => self.ask_bot(&text, message),
            Stage::Queued(_) => {
                let wants_senior = self.packs.read(&text).signals.senior;
                self.relay(id, text, attachments);
                if wants_senior { self.wants_person(&Reason::Senior) } else { self.acknowledge() }
            }
            Stage::WithAgent(_) => {
                self.relay(id, text, attachments);
                self.customer_waits();
            }
            Stage::Rating(rating) => match stars(&text) {
                Some(stars) => {
                    let number = rating.number;
                    self.rate(number, stars);
                }
                None => self.ask_bot(&text, message),
            },
        }
    }

    /// Shows a message of the customer to those who have, or will have, the ticket.
    fn relay(&mut self, id: &MessageRef, text: String, attachments: Vec<Attachment>) {
        let Some(number) = self.number() else { return };
        self.note(Logged::Decided { verdict: VerdictKind::Relay });
        let speaker = Speaker::Customer(self.case.profile.name.clone());
        self.tell_staff(
            To::Staff(number),
            Some(Slot::Customer(id.clone())),
            speaker,
            Rich::plain(text),
            attachments,
        );
    }

    /// Says that a message was heard, but not each time.
    fn acknowledge(&mut self) {
        let now = self.facts.now;
        let Stage::Queued(queued) = &mut self.case.stage else { return };
        let last = queued.acknowledged.unwrap_or(queued.since);
        let quiet = now.duration_since(last) < self.policy.acknowledge_every;
        // The first message after the handoff is always answered: silence would look like a loss.
        let answered_already = queued.acknowledged.is_some_and(|at| at > queued.since);
        if quiet && answered_already {
            return;
        }
        // One instant later than `since` marks it as answered even within the same tick.
        queued.acknowledged = Some(now.max(queued.since + jiff::SignedDuration::from_nanos(1)));
        let (number, priority, due) = (queued.ticket.number, queued.ticket.priority, queued.ticket.due);
        let position = super::handoff::position(self.facts, number, priority, due);
        self.service(&Phrase::StillQueued { position }, Vec::new());
    }

    /// The customer waits for the owner's answer from now on, unless they do already.
    pub(super) fn customer_waits(&mut self) {
        let now = self.facts.now;
        let Stage::WithAgent(owned) = &mut self.case.stage else { return };
        if owned.unanswered.is_none() {
            owned.unanswered = Some(now);
            let remind = self.facts.after(self.policy.remind_after);
            self.case.timers.insert(Timer::OwnerSilent, remind);
        }
    }

    fn edited(&mut self, id: &MessageRef, message: &Message) {
        let masked = mask::mask(&message.text);
        self.note(Logged::CustomerEdited { id: id.clone(), text: masked.text.clone() });
        if self.case.blocked {
            return;
        }
        match &self.case.stage {
            // A question that wasn't understood is mended rather than repeated.
            Stage::WithBot(bot) if bot.misses > 0 || !bot.offered.is_empty() => {
                self.ask_bot(&masked.text, message);
            }
            Stage::WithBot(_) | Stage::Rating(_) => {}
            Stage::Queued(_) | Stage::WithAgent(_) => {
                let Some(number) = self.number() else { return };
                let mut text = Phrase::NoticeEdited.rich(self.policy.staff_language);
                text.push(&masked.text);
                let speaker = Speaker::Customer(self.case.profile.name.clone());
                self.tell_staff(To::Staff(number), None, speaker, text, Vec::new());
                // The copy of the first version stays as it is; the new one points to it.
                if let Some(effect) = self.effects.last_mut() {
                    effect.reply_to = Some(Slot::Customer(id.clone()));
                }
            }
        }
    }

    /// Speaks the language that the customer writes, unless they chose one. A word or two of English among Chinese
    /// ("ok", a brand) don't change it.
    fn follow_language(&mut self, text: &str) {
        if self.case.language_chosen {
            return;
        }
        let first = self.case.log_len == 0;
        match intents::detect(text) {
            Some(Lang::Zh) => self.case.language = Lang::Zh,
            Some(Lang::En) if first || (text.split_whitespace().count() >= 3 && !text.contains(is_han)) => {
                self.case.language = Lang::En;
            }
            Some(Lang::En) | None => {}
        }
    }

    fn pressed(&mut self, button: &Button) {
        match button {
            Button::Language(language) => self.set_language(*language),
            Button::Rate(number, stars) => self.rate(*number, *stars),
            Button::Thumbs(entry, up) => self.thumbs(entry, *up),
            Button::BackToBot => self.back_to_bot(),
            Button::Human => self.wants_person(&Reason::Asked),
            Button::Senior => self.wants_person(&Reason::Senior),
            Button::Entry(_)
            | Button::Category(_)
            | Button::Menu
            | Button::NoneOfThese
            | Button::Feedback
                if self.number().is_some() =>
            {
                self.tell_status();
            }
            Button::Entry(entry) => self.answer_entry(entry, Probability::ONE),
            Button::Category(category) => self.show_category(category),
            Button::Menu => {
                let choices = self.categories();
                self.service(&Phrase::Categories, choices);
            }
            Button::NoneOfThese => {
                let nothing = self.packs.read("");
                self.miss(&Reason::Unsure, &Phrase::Unsure, verdict(VerdictKind::Unsure), &nothing);
            }
            Button::Feedback => self.ask_feedback(),
        }
    }

    fn commanded(&mut self, command: &CustomerCommand) {
        match command {
            CustomerCommand::Start if self.number().is_some() => self.tell_status(),
            CustomerCommand::Start => {
                self.case.stage = Stage::WithBot(WithBot::default());
                let brand = self.brand();
                let choices = self.categories();
                self.service(&Phrase::Welcome { brand: &brand }, choices);
            }
            CustomerCommand::Help => self.service(&Phrase::Help, Vec::new()),
            CustomerCommand::Faq => {
                let choices = self.categories();
                self.service(&Phrase::Categories, choices);
            }
            CustomerCommand::Human => self.wants_person(&Reason::Asked),
            CustomerCommand::Contact => self.about("contact", &Phrase::WaysToReach),
            CustomerCommand::Status => self.tell_status(),
            CustomerCommand::Feedback(_) if self.number().is_some() => self.tell_status(),
            CustomerCommand::Feedback(None) => self.ask_feedback(),
            CustomerCommand::Feedback(Some(text)) => {
                let masked = mask::mask(text);
                self.case.questions.push(masked.text);
                self.hand_off_on_request(&Reason::Feedback);
            }
            CustomerCommand::Language(Some(language)) => self.set_language(*language),
            CustomerCommand::Language(None) => {
                let language = |language: Lang| crate::Choice {
                    label: language.name().to_owned(),
                    press: crate::Press::Button(Button::Language(language)),
                };
                self.service(&Phrase::ChooseLanguage, Lang::ALL.map(language).to_vec());
            }
            CustomerCommand::Cancel => self.cancel(),
            CustomerCommand::Privacy => self.service(&Phrase::Privacy, Vec::new()),
        }
    }

    /// What the service is called: the pack's `brand`, filled in by the deployment.
    fn brand(&self) -> String {
        let pack = self.packs.pack();
        pack.placeholder("brand", self.case.language, &self.policy.placeholders)
            .unwrap_or_else(|| pack.name().to_owned())
    }

    /// Answers with an entry that packs usually have, or with words of our own.
    fn about(&mut self, entry: &str, otherwise: &Phrase<'_>) {
        let known = entry.parse().ok().and_then(|id| self.packs.pack().entry(&id));
        let text = match known {
            Some(entry) => self.packs.pack().answer(entry, self.case.language, &self.policy.placeholders),
            None => otherwise.rich(self.case.language),
        };
        let choices = match self.number() {
            Some(_) => Vec::new(),
            None => vec![self.choice(&Phrase::ButtonHuman, Button::Human)],
        };
        self.say(text, choices, verdict(VerdictKind::Service));
    }

    fn ask_feedback(&mut self) {
        if self.case.profile.public {
            return self.hand_off_on_request(&Reason::Feedback);
        }
        self.case.stage = Stage::WithBot(WithBot { feedback: true, ..WithBot::default() });
        self.service(&Phrase::AskFeedback, Vec::new());
    }

    fn set_language(&mut self, language: Lang) {
        self.case.language = language;
        self.case.language_chosen = true;
        self.note(Logged::Language { language });
        self.service(&Phrase::LanguageSet, Vec::new());
    }

    fn cancel(&mut self) {
        match &self.case.stage {
            Stage::Queued(_) => self.withdraw_and_say(),
            Stage::WithAgent(_) => self.service(&Phrase::CancelWithAgent, Vec::new()),
            Stage::WithBot(bot) if bot.feedback || !bot.offered.is_empty() => {
                self.case.stage = Stage::WithBot(WithBot::default());
                self.service(&Phrase::Cancelled, Vec::new());
            }
            Stage::WithBot(_) | Stage::Rating(_) => self.service(&Phrase::NothingToCancel, Vec::new()),
        }
    }

    fn back_to_bot(&mut self) {
        match &self.case.stage {
            Stage::Queued(_) => self.withdraw_and_say(),
            Stage::WithAgent(_) => self.service(&Phrase::CancelWithAgent, Vec::new()),
            Stage::WithBot(_) | Stage::Rating(_) => {
                let choices = self.categories();
                self.service(&Phrase::BotIsHere, choices);
            }
        }
    }

    fn withdraw_and_say(&mut self) {
        self.withdraw();
        let choices = self.categories();
        self.service(&Phrase::BackWithBot, choices);
    }

    /// The customer asks for a person, or for a senior one.
    fn wants_person(&mut self, reason: &Reason) {
        match &self.case.stage {
            Stage::WithBot(_) | Stage::Rating(_) => self.hand_off_on_request(reason),
            Stage::Queued(_) | Stage::WithAgent(_) => {
                let senior = self.case.ticket().is_some_and(|ticket| ticket.tier == Tier::Senior);
                if *reason == Reason::Senior && !senior { self.escalate(None) } else { self.tell_status() }
            }
        }
    }

    fn thumbs(&mut self, entry: &intents::EntryId, up: bool) {
        self.note(Logged::Thumbs { entry: entry.clone(), up });
        match &self.case.stage {
            Stage::WithBot(_) | Stage::Rating(_) if !up => {
                self.hand_off_on_request(&Reason::Unhelpful(entry.clone()));
            }
            Stage::WithBot(_) | Stage::Rating(_) | Stage::Queued(_) | Stage::WithAgent(_) => {
                self.service(&Phrase::ThanksForThumbs, Vec::new());
            }
        }
    }

    fn rate(&mut self, number: TicketNumber, stars: u8) {
        let asked = match &self.case.stage {
            Stage::Rating(rating) => rating.number == number,
            Stage::WithBot(_) | Stage::Queued(_) | Stage::WithAgent(_) => false,
        };
        if !asked {
            return self.service(&Phrase::RatingOver, Vec::new());
        }
        self.note_of(Some(number), Logged::Rated { stars });
        self.case.timers.remove(&Timer::Rating);
        self.case.stage = Stage::WithBot(WithBot::default());
        let text = Phrase::Rated { stars }.rich(self.case.language);
        self.say_in(Some(Slot::Rating(number)), text, Vec::new(), verdict(VerdictKind::Service));
        self.notice(number, &Phrase::NoticeRated { stars });
    }

    /// Where the customer stands.
    fn tell_status(&mut self) {
        match &self.case.stage {
            Stage::Queued(queued) => {
                let (number, priority, due) =
                    (queued.ticket.number, queued.ticket.priority, queued.ticket.due);
                let position = super::handoff::position(self.facts, number, priority, due);
                let phrase = Phrase::QueuedAlready {
                    number,
                    position,
                    wait: super::handoff::wait(self.facts, position),
                };
                let back = self.choice(&Phrase::ButtonBackToBot, Button::BackToBot);
                self.service(&phrase, vec![back]);
            }
            Stage::WithAgent(owned) => {
                let name = self.agent_name(owned.agent);
                self.service(&Phrase::WithAgentAlready { agent: &name }, Vec::new());
            }
            Stage::WithBot(_) | Stage::Rating(_) => {
                let last = self.case.ended.as_ref().map(|ended| ended.ticket.number);
                let phrase = last.map_or(Phrase::NoTicket, |number| Phrase::LastTicket { number });
                let choices = vec![self.choice(&Phrase::ButtonHuman, Button::Human)];
                self.service(&phrase, choices);
            }
        }
    }
}

/// Whether it is a Chinese character: in a conversation in Chinese, a sentence with any of them stays Chinese, however
/// many names and numbers surround it.
fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}

/// A rating that was typed: one digit from 1 to 5, with "分" or a star behind it perhaps.
fn stars(text: &str) -> Option<u8> {
    let text = text.trim().trim_end_matches(['分', '星', '⭐', '.', '。', '!', '！']).trim();
    match text {
        "1" | "一" => Some(1),
        "2" | "二" | "两" => Some(2),
        "3" | "三" => Some(3),
        "4" | "四" => Some(4),
        "5" | "五" => Some(5),
        _ => None,
    }
}
