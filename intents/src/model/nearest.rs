//! How similar the most similar training sentence of each label is: n-grams by an inverted index, meanings by
//! comparing with the sentences of the labels that are asked for.

use super::vocabulary::Vector;
use crate::table::{DIMENSIONS, Embedding};

/// The training sentences, by n-gram and by label.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nearest {
    /// Postings of n-gram `id` are `starts[id]..starts[id + 1]`.
    starts: Vec<u32>,
    sentences: Vec<u32>,
    values: Vec<f32>,
    targets: Vec<u32>,
    /// The sentences of `label` are `members[first[label]..first[label + 1]]`.
    first: Vec<u32>,
    members: Vec<u32>,
    /// What the table makes of each member, in that order.
    meanings: Vec<Meaning>,
    /// The cosine of n-grams and that of the table sum to as much.
    whole: f32,
}

/// A meaning in steps of 1/8192: small, and quicker to compare than floating point.
type Meaning = [i16; DIMENSIONS];

/// Steps in one.
const STEPS: f32 = 8192.0;

fn rounded(meaning: &Embedding) -> Meaning {
    meaning.map(|value| (value * STEPS) as i16)
}

/// The dot product of two meanings. It cannot overflow, since their lengths are a few times [`STEPS`]; checking that at
/// each addition would cost most of the time.
fn dot(a: &Meaning, b: &Meaning) -> f32 {
    let product = |(&a, &b): (&i16, &i16)| i32::from(a).wrapping_mul(i32::from(b));
    let sum = a.iter().zip(b).map(product).fold(0, i32::wrapping_add);
    sum as f32 / (STEPS * STEPS)
}

/// Where each group begins, when `groups` says what each item belongs to; one more than there are groups.
fn starts(groups: impl Iterator<Item = u32>, count: usize) -> Vec<u32> {
    let mut starts = vec![0_u32; count + 1];
    for group in groups {
        starts[group as usize + 1] += 1;
    }
    for i in 0..count {
        starts[i + 1] += starts[i];
    }
    starts
}

impl Nearest {
    pub(crate) fn new(vectors: &[Vector], targets: &[u32], labels: usize, width: usize, share: f32) -> Self {
        let starts_of_ids = starts(vectors.iter().flat_map(|v| v.ids.iter().copied()), width);
        let mut next = starts_of_ids.clone();
        let total = starts_of_ids[width] as usize;
        let (mut sentences, mut values) = (vec![0; total], vec![0.0; total]);
        for (number, vector) in (0_u32..).zip(vectors) {
            for (&id, &value) in vector.ids.iter().zip(&vector.values) {
                let at = next[id as usize] as usize;
                next[id as usize] += 1;
                (sentences[at], values[at]) = (number, value);
            }
        }
        let mut members: Vec<u32> = (0..vectors.len() as u32).collect();
        members.sort_by_key(|&sentence| targets[sentence as usize]);
        Self {
            starts: starts_of_ids,
            sentences,
            values,
            targets: targets.to_vec(),
            first: starts(targets.iter().copied(), labels),
            meanings: members.iter().map(|&sentence| rounded(&vectors[sentence as usize].meaning)).collect(),
            members,
            whole: 1.0 + share,
        }
    }

    /// The cosine to each training sentence, n-grams and meaning together.
    pub(crate) fn cosines(&self, query: &Vector) -> Vec<f32> {
        let mut cosines = self.overlaps(query);
        let meaning = rounded(&query.meaning);
        for (&sentence, other) in self.members.iter().zip(&self.meanings) {
            cosines[sentence as usize] += dot(&meaning, other) / self.whole;
        }
        cosines
    }

    /// What n-grams give to the cosine to each training sentence, over the whole of the query: what is unknown makes
    /// it smaller.
    fn overlaps(&self, query: &Vector) -> Vec<f32> {
        let mut overlaps = vec![0.0; self.targets.len()];
        for (&id, &value) in query.ids.iter().zip(&query.values) {
            let value = value * query.known / self.whole;
            let range = self.starts[id as usize] as usize..self.starts[id as usize + 1] as usize;
            for (&sentence, &other) in self.sentences[range.clone()].iter().zip(&self.values[range]) {
                overlaps[sentence as usize] += value * other;
            }
        }
        overlaps
    }

    /// The greatest cosine of each label; of labels that are not on the shortlist, only by n-grams.
    pub(crate) fn by_label(&self, query: &Vector, shortlist: &[usize]) -> Vec<f32> {
        let overlaps = self.overlaps(query);
        let mut best = vec![0.0_f32; self.first.len() - 1];
        for (&target, &overlap) in self.targets.iter().zip(&overlaps) {
            let best = &mut best[target as usize];
            *best = best.max(overlap);
        }
        let meaning = rounded(&query.meaning);
        for &label in shortlist {
            let range = self.first[label] as usize..self.first[label + 1] as usize;
            let members = self.members[range.clone()].iter().zip(&self.meanings[range]);
            let cosine = |(&sentence, other)| overlaps[sentence as usize] + dot(&meaning, other) / self.whole;
            best[label] = members.map(cosine).fold(0.0, f32::max);
        }
        best
    }
}
