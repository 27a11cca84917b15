//! The matcher of one pack: one model over all its languages, and the signals that need no pack.

use crate::model::{Example, Model, Recipe};
use crate::{EntryId, Probability, Ranked, Reading, detect, signals};

/// Reads customers' sentences against the entries it was trained on. Cheap to ask, and the same for every thread.
#[derive(Debug, Clone)]
pub struct Matcher {
    model: Model<EntryId>,
}

impl Matcher {
    /// Learns from sentences and the entries that answer them, in all languages at once. `synonyms` are groups of
    /// words or phrases that mean the same.
    #[must_use]
    pub fn from_examples(examples: &[Example<EntryId>], synonyms: &[Vec<String>]) -> Self {
        Self { model: Model::train(examples, synonyms, Recipe::default()) }
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
}
