//! The matcher of one pack: one model over all its languages, and the signals that need no pack.

use crate::model::{Bands, Example, Hints, Model, Recipe};
use crate::{EntryId, Lang, Pack, Probability, Ranked, Reading, detect, signals};

/// Reads customers' sentences against the entries it was trained on. Cheap to ask, and the same for every thread.
#[derive(Debug, Clone)]
pub struct Matcher {
    model: Model<EntryId>,
}

impl Matcher {
    /// Learns a pack: questions and phrasings of every language, and the synonyms.
    #[must_use]
    pub fn train(pack: &Pack) -> Self {
        Self { model: Model::train(&examples(pack), &hints(pack), Recipe::default()) }
    }

    /// Learns from sentences and the entries that answer them, in all languages at once.
    #[must_use]
    pub fn from_examples(examples: &[Example<EntryId>], hints: &Hints) -> Self {
        Self { model: Model::train(examples, hints, Recipe::default()) }
    }

    /// What a sentence is likely to ask, and what else it says. Takes any text whatever.
    #[must_use]
    pub fn read(&self, text: &str) -> Reading {
        let guess = self.model.guess(text);
        let ranked =
            |&(entry, p): &(&EntryId, f32)| Ranked { entry: entry.clone(), probability: Probability::new(p) };
        Reading {
            language: detect(text),
            ranked: guess.ranked.iter().map(ranked).collect(),
            out_of_scope: Probability::new(guess.out_of_scope),
            signals: signals::read(text),
        }
    }

    /// Thresholds for a wished precision, from cross-validation on the pack's own phrasings: at 0.97, of what is
    /// answered 97 % is right.
    #[must_use]
    pub fn bands(&self, target_precision: Probability) -> Bands {
        self.model.bands(target_precision.get())
    }
}

/// Everything a pack says a customer might write, with the entry that answers it.
#[must_use]
pub fn examples(pack: &Pack) -> Vec<Example<EntryId>> {
    let texts = pack.entries().iter().flat_map(|entry| entry.texts.values().map(move |text| (entry, text)));
    let sentences = texts.flat_map(|(entry, text)| {
        std::iter::once(&text.question).chain(&text.phrasings).map(move |sentence| (entry, sentence))
    });
    sentences.map(|(entry, text)| Example { text: text.clone(), label: entry.id.clone() }).collect()
}

/// The synonyms of all languages of a pack.
#[must_use]
pub fn hints(pack: &Pack) -> Hints {
    let synonyms = Lang::ALL.iter().flat_map(|&lang| pack.synonyms(lang)).cloned().collect();
    Hints { synonyms, outside: Vec::new() }
}

#[cfg(test)]
mod tests;
