//! What is learned from one set of sentences: vocabulary, linear head, index. It gives evidence, not probabilities.

use super::Recipe;
use super::features::Sentence;
use super::linear::Linear;
use super::nearest::Nearest;
use super::vocabulary::{Vector, Vocabulary};

/// A trained ranking of labels.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    pub(crate) vocabulary: Vocabulary,
    linear: Linear,
    nearest: Nearest,
    labels: usize,
    near_weight: f32,
    share: f32,
}

/// What speaks for each label.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// The ranking score of each label: head and nearest sentence together.
    pub(crate) scores: Vec<f32>,
    /// The cosine to the nearest sentence of each label.
    pub(crate) near: Vec<f32>,
    /// The share of the sentence that the vocabulary knows.
    pub(crate) known: f32,
    /// How many of its n-grams the vocabulary knows.
    pub(crate) length: f32,
    /// Whether neither vocabulary nor table know anything of it.
    pub(crate) nothing: bool,
}

/// How many numbers describe a piece of evidence for calibration.
pub(crate) const TRAITS: usize = 8;

impl Core {
    pub(crate) fn train(sentences: &[&Sentence], targets: &[u32], labels: usize, recipe: &Recipe) -> Self {
        let vocabulary = Vocabulary::new(sentences.iter().map(|s| s.features.as_slice()), recipe.rarity);
        let vectors: Vec<Vector> = sentences.iter().map(|s| vector(&vocabulary, s, recipe.share)).collect();
        let linear = Linear::train(&vectors, targets, labels, vocabulary.len(), recipe);
        let nearest = Nearest::new(&vectors, targets, labels, vocabulary.len(), recipe.share);
        Self { vocabulary, linear, nearest, labels, near_weight: recipe.near, share: recipe.share }
    }

    pub(crate) fn evidence(&self, sentence: &Sentence) -> Evidence {
        let vector = vector(&self.vocabulary, sentence, self.share);
        let mut scores = self.linear.scores(&vector);
        let near = self.nearest.by_label(&vector, &self.shortlist(&scores));
        for (score, near) in scores.iter_mut().zip(&near) {
            *score += self.near_weight * near;
        }
        let nothing = vector.is_empty();
        Evidence { scores, near, known: vector.known, length: vector.ids.len() as f32, nothing }
    }

    /// The labels whose sentences are worth comparing with the table: those that the head likes best.
    fn shortlist(&self, scores: &[f32]) -> Vec<usize> {
        let mut labels: Vec<usize> = (0..self.labels).collect();
        if labels.len() > SHORTLIST {
            labels
                .select_nth_unstable_by(SHORTLIST, |&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
            labels.truncate(SHORTLIST);
        }
        labels
    }
}

/// How many labels' sentences are compared with the table.
const SHORTLIST: usize = 12;

/// A sentence as numbers: n-grams over a vocabulary, and the table's part with its weight.
fn vector(vocabulary: &Vocabulary, sentence: &Sentence, share: f32) -> Vector {
    let scale = share.sqrt();
    Vector { meaning: sentence.meaning.map(|v| v * scale), ..vocabulary.vector(&sentence.features) }
}

impl Core {
    /// The cosine to each training sentence.
    pub(crate) fn cosines(&self, sentence: &Sentence) -> Vec<f32> {
        self.nearest.cosines(&vector(&self.vocabulary, sentence, self.share))
    }
}

impl Evidence {
    /// The labels by falling score; equal scores in order of the labels.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.scores.len()).collect();
        order.sort_by(|&a, &b| self.scores[b].total_cmp(&self.scores[a]));
        order
    }

    /// The numbers that calibration goes by.
    pub(crate) fn traits(&self, order: &[usize]) -> [f32; TRAITS] {
        let at = |rank: usize| order.get(rank).map_or(-1.0, |&label| self.scores[label]);
        let near = order.first().map_or(0.0, |&label| self.near[label]);
        let other = order.iter().skip(1).map(|&label| self.near[label]).fold(0.0, f32::max);
        [
            at(0),
            at(0) - at(1),
            near.max(0.02).ln(),
            near - other,
            (other - near).max(0.0),
            self.known,
            self.top_share(order).max(1e-4).ln(),
            self.length.ln_1p(),
        ]
    }

    /// How the probability that the best label leaves is spread over the others: the softmax without it.
    pub(crate) fn spread(&self, order: &[usize]) -> Vec<f32> {
        let rest = order.get(1..).unwrap_or_default();
        let Some(&second) = rest.first() else { return Vec::new() };
        let top = self.scores[second];
        let shares: Vec<f32> =
            rest.iter().map(|&label| ((self.scores[label] - top) * SHARPNESS).exp()).collect();
        let sum: f32 = shares.iter().sum();
        shares.into_iter().map(|share| share / sum).collect()
    }

    /// The share of the second to fifth label in that.
    pub(crate) fn next_four(&self, order: &[usize]) -> f32 {
        self.spread(order).iter().take(4).sum()
    }

    /// The softmax of the best score, at a temperature that spreads margins of about one.
    fn top_share(&self, order: &[usize]) -> f32 {
        let Some(&best) = order.first() else { return 0.0 };
        let top = self.scores[best];
        self.scores.iter().map(|s| ((s - top) * SHARPNESS).exp()).sum::<f32>().recip()
    }
}

/// Turns differences of scores into log odds.
const SHARPNESS: f32 = 5.0;

/// The odds of the best score against the second alone, as a probability.
pub(crate) fn against_second(traits: &[f32; TRAITS]) -> f32 {
    1.0 / (1.0 + (-SHARPNESS * traits[1]).exp())
}
