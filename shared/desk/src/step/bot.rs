//! What the bot makes of a sentence: three bands, small talk, and when to give up.

use super::{Turn, verdict};
use crate::{
    Button, Choice, Logged, Message, Packs, Policy, Press, Reason, Stage, Verdict, VerdictKind, WithBot,
    wording::Phrase,
};
use intents::pack::{Action, Entry};
use intents::{CategoryId, EntryId, Probability, Reading, Rich};

/// What the bot decides to do about a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// Answer with this entry.
    Answer(EntryId),
    /// Ask which of these is meant.
    Clarify(Vec<EntryId>),
    /// It isn't clear what is meant, or nothing fits.
    Miss,
    /// Bring in a person.
    Handoff(Reason),
    /// Answer a sentence that asks nothing.
    SmallTalk(SmallTalk),
}

/// A sentence that asks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmallTalk {
    Greeting,
    Thanks,
    Goodbye,
    AboutBot,
    Yes,
    No,
}

/// Decides about a sentence, given what was offered or answered just before.
pub(super) fn decide(
    policy: &Policy,
    packs: &Packs,
    bot: &WithBot,
    text: &str,
    reading: &Reading,
) -> Decision {
    let signals = reading.signals;
    if signals.senior {
        return Decision::Handoff(Reason::Senior);
    }
    if signals.person {
        return Decision::Handoff(Reason::Asked);
    }
    if let Some(picked) = picked(bot, text) {
        return Decision::Answer(picked);
    }
    if !bot.offered.is_empty() && (signals.none_of_these || signals.no) {
        return Decision::Miss;
    }
    if let ([only], true) = (bot.offered.as_slice(), signals.yes) {
        return Decision::Answer(only.clone());
    }
    if let Some(talk) = small_talk(reading) {
        return Decision::SmallTalk(talk);
    }
    match reading.best() {
        Some(best) if best.probability >= packs.answers_from() => Decision::Answer(best.entry.clone()),
        // Whether to offer five goes by whether one of the five is right, not by the first alone.
        Some(best) if reading.among(5) >= packs.clarifies_from() => {
            // Behind the first three, what is far less likely than the best only makes the choice harder.
            let floor = best.probability.get() / 8.0;
            let ranked = reading.ranked.iter().enumerate().take(policy.clarify.clamp(1, 5));
            let likely = ranked.take_while(|(place, ranked)| *place < 3 || ranked.probability.get() >= floor);
            Decision::Clarify(likely.map(|(_, ranked)| ranked.entry.clone()).collect())
        }
        _ => Decision::Miss,
    }
}

/// The offered entry whose number was typed.
fn picked(bot: &WithBot, text: &str) -> Option<EntryId> {
    let number: usize = text.trim().trim_end_matches(['.', '。', '、', ')', '）']).parse().ok()?;
    bot.offered.get(number.checked_sub(1)?).cloned()
}

fn small_talk(reading: &Reading) -> Option<SmallTalk> {
    let signals = reading.signals;
    [
        (signals.greeting, SmallTalk::Greeting),
        (signals.thanks, SmallTalk::Thanks),
        (signals.goodbye, SmallTalk::Goodbye),
        (signals.about_bot, SmallTalk::AboutBot),
        (signals.yes, SmallTalk::Yes),
        (signals.no || signals.none_of_these, SmallTalk::No),
    ]
    .into_iter()
    .find_map(|(said, talk)| said.then_some(talk))
}

impl Turn<'_> {
    /// The bot answers a message. `text` is masked.
    pub(super) fn ask_bot(&mut self, text: &str, message: &Message) {
        let bot = self.bot();
        if text.trim().is_empty() {
            return if message.attachments.is_empty() {
                let choices = self.categories();
                self.service(&Phrase::NothingAsked, choices);
            } else {
                self.unreadable(message);
            };
        }
        let reading = self.packs.read(text);
        let best = reading.best().map_or(Probability::ZERO, |best| best.probability);
        let closest = reading.best().map(|best| best.entry.clone());
        let because = |kind| Verdict { kind, entry: closest.clone(), confidence: best };
        match decide(self.policy, self.packs, &bot, text, &reading) {
            Decision::SmallTalk(talk) => self.small_talk(talk, &bot),
            Decision::Answer(entry) => {
                let of_entry = reading.ranked.iter().find(|ranked| ranked.entry == entry);
                let confidence = of_entry.map_or(Probability::ONE, |ranked| ranked.probability);
                self.remember(text);
                self.answer_entry(&entry, confidence);
            }
            Decision::Clarify(entries) => {
                self.remember(text);
                self.clarify(entries, because(VerdictKind::Clarify));
            }
            Decision::Miss => {
                self.remember(text);
                self.miss(&Reason::Unsure, &Phrase::Unsure, because(VerdictKind::Unsure), &reading);
            }
            Decision::Handoff(reason) => {
                self.remember(text);
                self.hand_off(&reason, text, &reading);
            }
        }
    }

    /// The bot's own state; a fresh one if it isn't the bot's turn.
    pub(super) fn bot(&self) -> WithBot {
        match &self.case.stage {
            Stage::WithBot(bot) => bot.clone(),
            Stage::Queued(_) | Stage::WithAgent(_) | Stage::Rating(_) => WithBot::default(),
        }
    }

    /// Keeps the last five questions for the card.
    fn remember(&mut self, text: &str) {
        const KEPT: usize = 5;
        const LONGEST: usize = 300;
        self.case.questions.push(text.chars().take(LONGEST).collect());
        let surplus = self.case.questions.len().saturating_sub(KEPT);
        self.case.questions.drain(..surplus);
    }

    fn small_talk(&mut self, talk: SmallTalk, bot: &WithBot) {
        let (phrase, choices) = match talk {
            SmallTalk::Greeting => (Phrase::Greeting, self.categories()),
            SmallTalk::Thanks => (Phrase::Thanks, Vec::new()),
            SmallTalk::Goodbye => (Phrase::Goodbye, Vec::new()),
            SmallTalk::AboutBot => (Phrase::AboutBot, vec![self.choice(&Phrase::ButtonHuman, Button::Human)]),
            SmallTalk::Yes if bot.answered.is_some() => (Phrase::ThanksForThumbs, Vec::new()),
            SmallTalk::Yes => (Phrase::YesToWhat, self.categories()),
            SmallTalk::No if bot.answered.is_some() => (Phrase::SorryNotHelpful, self.ways_on()),
            SmallTalk::No => (Phrase::Goodbye, Vec::new()),
        };
        self.case.stage = Stage::WithBot(WithBot { offered: Vec::new(), answered: None, ..bot.clone() });
        let text = phrase.rich(self.case.language);
        self.say(text, choices, verdict(VerdictKind::SmallTalk));
    }

    /// Answers with an entry; one that is urgent also brings in a person.
    pub(super) fn answer_entry(&mut self, id: &EntryId, confidence: Probability) {
        let Some(entry) = self.packs.pack().entry(id) else {
            let choices = self.categories();
            return self.service(&Phrase::EntryGone, choices);
        };
        let lang = self.case.language;
        let answer = self.packs.pack().answer(entry, lang, &self.policy.placeholders);
        if entry.urgent && !self.case.profile.public {
            let text = Rich::join([&Phrase::UrgentLead.rich(lang), &answer], "\n\n");
            let kind = VerdictKind::Handoff;
            let choices = self.links(entry);
            self.say(text, choices, Verdict { kind, entry: Some(id.clone()), confidence });
            return self.hand_off_about(&Reason::Urgent(id.clone()), entry, confidence);
        }
        let choices = self.under_answer(entry);
        self.case.stage = Stage::WithBot(WithBot { answered: Some(id.clone()), ..WithBot::default() });
        self.say(answer, choices, Verdict { kind: VerdictKind::Answer, entry: Some(id.clone()), confidence });
    }

    fn clarify(&mut self, entries: Vec<EntryId>, because: Verdict) {
        let lang = self.case.language;
        let mut choices: Vec<Choice> = entries
            .iter()
            .filter_map(|id| self.packs.pack().entry(id))
            .map(|entry| Choice {
                label: entry.text(lang).question.clone(),
                press: Press::Button(Button::Entry(entry.id.clone())),
            })
            .collect();
        choices.push(self.choice(&Phrase::ButtonNone, Button::NoneOfThese));
        let misses = self.bot().misses;
        self.case.stage = Stage::WithBot(WithBot { misses, offered: entries, ..WithBot::default() });
        self.say(Phrase::WhichOne.rich(lang), choices, because);
    }

    /// The bot doesn't know. The first times it asks to put it otherwise, then it brings in a person.
    pub(super) fn miss(&mut self, reason: &Reason, ask: &Phrase<'_>, because: Verdict, reading: &Reading) {
        let misses = self.bot().misses + 1;
        if misses >= self.policy.misses.max(1) {
            return self.hand_off(reason, "", reading);
        }
        let mut choices = self.categories();
        choices.push(self.choice(&Phrase::ButtonHuman, Button::Human));
        self.case.stage = Stage::WithBot(WithBot { misses, ..WithBot::default() });
        self.say(ask.rich(self.case.language), choices, because);
    }

    fn unreadable(&mut self, message: &Message) {
        self.note(Logged::Decided { verdict: VerdictKind::Unsure });
        let opened_before = self.case.ticket().is_some();
        let nothing = Reading {
            language: None,
            ranked: Vec::new(),
            out_of_scope: Probability::ONE,
            signals: intents::Signals::default(),
        };
        self.miss(&Reason::Attachment, &Phrase::CantReadFiles, verdict(VerdictKind::Unsure), &nothing);
        if !opened_before && let Some(number) = self.case.ticket().map(|ticket| ticket.number) {
            self.relay_files(number, message);
        }
    }

    /// The categories as buttons.
    pub(super) fn categories(&self) -> Vec<Choice> {
        let lang = self.case.language;
        let button = |category: &intents::pack::Category| Choice {
            label: category.title(lang).to_owned(),
            press: Press::Button(Button::Category(category.id.clone())),
        };
        self.packs.pack().categories().iter().map(button).collect()
    }

    /// The questions of a category as buttons.
    pub(super) fn show_category(&mut self, id: &CategoryId) {
        let lang = self.case.language;
        let Some(category) = self.packs.pack().category(id) else {
            let choices = self.categories();
            return self.service(&Phrase::EntryGone, choices);
        };
        let title = category.title(lang).to_owned();
        let question = |entry: &Entry| Choice {
            label: entry.text(lang).question.clone(),
            press: Press::Button(Button::Entry(entry.id.clone())),
        };
        let mut choices: Vec<Choice> = self.packs.pack().entries_in(id).map(question).collect();
        choices.push(self.choice(&Phrase::ButtonMenu, Button::Menu));
        self.service(&Phrase::CategoryQuestions { category: &title }, choices);
    }

    fn links(&self, entry: &Entry) -> Vec<Choice> {
        let links = self.packs.pack().links(entry, self.case.language, &self.policy.placeholders);
        let link = |(label, href): (String, intents::Href)| Choice {
            label,
            press: Press::Link(href.as_str().to_owned()),
        };
        links.into_iter().map(link).collect()
    }

    /// What is offered under an answer: pages, the entry's own actions, what else may be asked, thumbs, and a person.
    fn under_answer(&self, entry: &Entry) -> Vec<Choice> {
        const RELATED: usize = 3;
        let lang = self.case.language;
        let mut choices = self.links(entry);
        if self.case.profile.public {
            choices.push(Choice { label: self.word(&Phrase::ButtonPrivate), press: Press::Private });
            return choices;
        }
        choices.extend(entry.actions.iter().map(|action| match action {
            Action::Person => self.choice(&Phrase::ButtonHuman, Button::Human),
            Action::Senior => self.choice(&Phrase::ButtonSenior, Button::Senior),
            Action::Feedback => self.choice(&Phrase::ButtonFeedback, Button::Feedback),
        }));
        let related = entry.related.iter().filter_map(|id| self.packs.pack().entry(id)).take(RELATED);
        choices.extend(related.map(|entry| Choice {
            label: entry.text(lang).question.clone(),
            press: Press::Button(Button::Entry(entry.id.clone())),
        }));
        choices.push(self.choice(&Phrase::ButtonHelped, Button::Thumbs(entry.id.clone(), true)));
        choices.push(self.choice(&Phrase::ButtonNotHelped, Button::Thumbs(entry.id.clone(), false)));
        if !entry.actions.contains(&Action::Person) {
            choices.push(self.choice(&Phrase::ButtonHuman, Button::Human));
        }
        choices
    }

    /// What to do when an answer didn't help.
    pub(super) fn ways_on(&self) -> Vec<Choice> {
        vec![self.choice(&Phrase::ButtonHuman, Button::Human), self.choice(&Phrase::ButtonMenu, Button::Menu)]
    }
}
