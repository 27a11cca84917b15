//! Which n-grams the training sentences have, how rare each is, and sentences as unit vectors over them.

use super::features::Feature;
use crate::table::{DIMENSIONS, Embedding};
use rustc_hash::FxHashMap;

/// A sentence as a sparse vector over a vocabulary.
#[derive(Debug, Clone)]
pub(crate) struct Vector {
    pub(crate) ids: Vec<u32>,
    /// Of unit length over the known n-grams.
    pub(crate) values: Vec<f32>,
    /// The share of the sentence that is known: |known part| / |whole|, with what is unknown counted as the rarest.
    pub(crate) known: f32,
    /// What the table makes of it, with the table's weight: its square length is the recipe's share.
    pub(crate) meaning: Embedding,
}

impl Default for Vector {
    fn default() -> Self {
        Self { ids: Vec::new(), values: Vec::new(), known: 0.0, meaning: [0.0; DIMENSIONS] }
    }
}

impl Vector {
    /// Whether it says nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.meaning.iter().all(|&v| v == 0.0)
    }

    /// The square of its length: n-grams and table together.
    pub(crate) fn square(&self) -> f32 {
        f32::from(u8::from(!self.ids.is_empty())) + self.meaning.iter().map(|v| v * v).sum::<f32>()
    }
}

/// N-grams by hash, and their inverse document frequencies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    ids: FxHashMap<u64, u32>,
    idf: Vec<f32>,
    rarest: f32,
}

impl Vocabulary {
    /// Collects the n-grams of all sentences. Rarity is (1 + ln((1 + N) / (1 + df)))^power: scikit-learn's smoothed
    /// idf, damped.
    pub(crate) fn new<'a>(sentences: impl Iterator<Item = &'a [Feature]>, power: f32) -> Self {
        let mut ids = FxHashMap::default();
        let mut df: Vec<u32> = Vec::new();
        let mut total = 0_u32;
        for sentence in sentences {
            total += 1;
            for feature in sentence {
                let next = df.len();
                let id = *ids.entry(feature.hash).or_insert(next as u32);
                if id as usize == next {
                    df.push(1);
                } else {
                    df[id as usize] += 1;
                }
            }
        }
        let idf_of = |df: u32| (1.0 + ((1.0 + total as f32) / (1.0 + df as f32)).ln()).powf(power);
        Self { ids, idf: df.into_iter().map(idf_of).collect(), rarest: idf_of(0) }
    }

    pub(crate) fn len(&self) -> usize {
        self.idf.len()
    }

    /// The n-grams of a sentence over this vocabulary, in order; its meaning is left at zero.
    pub(crate) fn vector(&self, sentence: &[Feature]) -> Vector {
        let mut pairs = Vec::with_capacity(sentence.len());
        let mut known = 0.0;
        let mut whole = 0.0;
        for feature in sentence {
            let id = self.ids.get(&feature.hash).copied();
            let value = feature.weight * id.map_or(self.rarest, |id| self.idf[id as usize]);
            whole += value * value;
            if let Some(id) = id {
                known += value * value;
                pairs.push((id, value));
            }
        }
        if known <= 0.0 {
            return Vector::default();
        }
        pairs.sort_unstable_by_key(|&(id, _)| id);
        let scale = known.sqrt().recip();
        let (ids, values) = pairs.into_iter().map(|(id, value)| (id, value * scale)).unzip();
        Vector { ids, values, known: (known / whole).sqrt(), ..Vector::default() }
    }
}
