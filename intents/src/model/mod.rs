//! A text classifier over any set of labels, in any language that the normaliser knows: entries of a pack or the
//! labels of a file of examples.
//!
//! Ranking and confidence are separate. A linear head and the nearest training sentence rank; how far they may be
//! believed is learned by cross-validation. The same examples always give the same model.

mod background;
mod calibrate;
mod core;
mod features;
mod linear;
mod logistic;
mod nearest;
mod speller;
mod thesaurus;
mod vocabulary;

use crate::normalize::normalize;
use crate::table::Table;
pub use calibrate::Bands;
use calibrate::{Calibration, Lesson};
use core::Core;
use features::{Feature, Sentence, Synonyms, extract};
use speller::Speller;

/// The numbers of the method. The defaults are what measured best; others are for measuring.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Weight of a word, relative to the other kinds of n-grams; 0 leaves a kind out.
    pub word: f32,
    /// Weight of two neighbouring words.
    pub pair: f32,
    /// Weights of pieces of words of 2, 3 and 4 characters.
    pub pieces: [f32; 3],
    /// Weights of 1 and 2 neighbouring Chinese characters.
    pub han: [f32; 2],
    /// Weight of a synonym group.
    pub synonym: f32,
    /// How much rare n-grams count: the power of the inverse document frequency. In sentences this short the full
    /// power (1) overrates what happens to be rare.
    pub rarity: f32,
    /// Weight of what the shipped table says of a sentence's meaning, relative to that of its n-grams.
    pub share: f32,
    /// The cost of a training error in the linear head; greater fits closer.
    pub c: f32,
    /// How much more an error on a label's own sentences costs than one on the others'.
    pub positive: f32,
    /// Sweeps over the training sentences.
    pub epochs: usize,
    /// Weight of the nearest sentence's cosine in the ranking.
    pub near: f32,
    /// Cross-validation holds out one sentence of so many. With 0 there is none: no probabilities to speak of.
    pub rounds: usize,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            word: 1.0,
            pair: 0.5,
            pieces: [0.4; 3],
            han: [1.0; 2],
            synonym: 1.5,
            rarity: 0.3,
            share: 1.5,
            c: 0.25,
            positive: 10.0,
            epochs: 10,
            near: 0.8,
            rounds: 8,
        }
    }
}

/// A sentence and the label that is right for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example<L> {
    /// The sentence as somebody would type it.
    pub text: String,
    /// What it means.
    pub label: L,
}

/// What helps learning besides examples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Groups of words or phrases that mean the same, on top of the common ones that are known anyway.
    pub synonyms: Vec<Vec<String>>,
    /// Sentences that no label fits. They sharpen the probability of being out of scope.
    pub outside: Vec<String>,
}

/// A trained classifier over labels `L`.
#[derive(Debug, Clone)]
pub struct Model<L> {
    labels: Vec<L>,
    recipe: Recipe,
    synonyms: Synonyms,
    speller: Speller,
    core: Core,
    calibration: Calibration,
}

/// What a model makes of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess<'a, L> {
    /// Labels with their probabilities, likeliest first. Together with `out_of_scope` they sum to at most 1.
    pub ranked: Vec<(&'a L, f32)>,
    /// The probability that no label fits.
    pub out_of_scope: f32,
}

impl<L: Ord + Clone> Model<L> {
    /// Learns from examples.
    #[must_use]
    pub fn train(examples: &[Example<L>], hints: &Hints, recipe: Recipe) -> Self {
        let mut labels: Vec<L> = examples.iter().map(|e| e.label.clone()).collect();
        labels.sort();
        labels.dedup();
        let target = |e: &Example<L>| labels.partition_point(|l| *l < e.label) as u32;
        let targets: Vec<u32> = examples.iter().map(target).collect();
        let spelled: Vec<Vec<String>> = hints
            .synonyms
            .iter()
            .map(|group| group.iter().map(|member| normalize(member)).collect())
            .collect();
        let common = thesaurus::GROUPS.iter().map(|group| group.split('|').collect());
        let own = spelled.iter().map(|group| group.iter().map(String::as_str).collect());
        let synonyms = Synonyms::new(own.chain(common));
        let texts: Vec<String> = examples.iter().map(|e| normalize(&e.text)).collect();
        let common =
            background::SENTENCES.into_iter().chain(thesaurus::GROUPS.iter().flat_map(|g| g.split('|')));
        let speller = Speller::new(texts.iter().map(String::as_str), common);
        let sentence = |text: &str| Sentence {
            features: extract(text, &recipe, &synonyms),
            meaning: Table::shipped().embed(text),
        };
        let sentences: Vec<_> = texts.iter().map(|text| sentence(text)).collect();
        let foreign = background::SENTENCES.into_iter().chain(hints.outside.iter().map(String::as_str));
        let background: Vec<_> = foreign.map(|text| sentence(&normalize(text))).collect();
        let lesson = Lesson {
            sentences: &sentences,
            targets: &targets,
            labels: labels.len(),
            background: &background,
        };
        let calibration = Calibration::new(lesson, &recipe);
        let all: Vec<_> = sentences.iter().collect();
        let core = Core::train(&all, &targets, labels.len(), &recipe);
        Self { labels, recipe, synonyms, speller, core, calibration }
    }

    /// Reads one sentence. Never fails: what says nothing is out of scope.
    #[must_use]
    pub fn guess(&self, text: &str) -> Guess<'_, L> {
        let evidence = self.core.evidence(&self.sentence(text));
        if self.labels.is_empty() || evidence.nothing {
            return Guess { ranked: Vec::new(), out_of_scope: 1.0 };
        }
        let order = evidence.order();
        let traits = evidence.traits(&order);
        let foreseen = self.calibration.foreseen(&traits);
        let best = foreseen * self.calibration.right(&traits);
        // Never above a better-ranked one: the order is the ranking's.
        let rest = evidence.spread(&order).into_iter().map(|share| (share * (foreseen - best)).min(best));
        let probabilities = std::iter::once(best).chain(rest);
        let ranked =
            order.iter().zip(probabilities).take(RANKED).map(|(&at, p)| (&self.labels[at], p)).collect();
        Guess { ranked, out_of_scope: 1.0 - foreseen }
    }

    /// The training examples that are most like a sentence, by number, with the cosine to each; at most ten.
    #[must_use]
    pub fn neighbours(&self, text: &str) -> Vec<(usize, f32)> {
        let cosines = self.core.cosines(&self.sentence(text));
        let mut found: Vec<(usize, f32)> =
            cosines.into_iter().enumerate().filter(|(_, c)| *c > 0.0).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(RANKED);
        found
    }

    fn sentence(&self, text: &str) -> Sentence {
        let text = normalize(text);
        let (mended, wrong) = self.speller.mend(&text);
        let mut features = extract(&mended, &self.recipe, &self.synonyms);
        // A mended word is a guess: what was really written stays in the sentence, as something unknown.
        features.extend(wrong.iter().map(|word| Feature { hash: features::word_hash(word), weight: DOUBT }));
        Sentence { features, meaning: Table::shipped().embed(&text) }
    }

    /// Thresholds that kept `target` precision (0.97: of what is answered, 97 % is right) in cross-validation inside
    /// the training examples, with a fifth of the questions assumed to be ones that no label fits.
    #[must_use]
    pub fn bands(&self, target: f32) -> Bands {
        self.calibration.bands(target)
    }

    /// The labels, in order.
    #[must_use]
    pub fn labels(&self) -> &[L] {
        &self.labels
    }
}

/// How many labels a guess names.
const RANKED: usize = 10;

/// Weight of a misspelt word that stays in the sentence as something unknown.
const DOUBT: f32 = 1.0;
