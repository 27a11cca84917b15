//! How similar the most similar training sentence of each label is, by an inverted index.

use super::vocabulary::Vector;

/// An inverted index over the training sentences.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nearest {
    /// Postings of n-gram `id` are `starts[id]..starts[id + 1]`.
    starts: Vec<u32>,
    sentences: Vec<u32>,
    values: Vec<f32>,
    targets: Vec<u32>,
}

impl Nearest {
    pub(crate) fn new(vectors: &[Vector], targets: &[u32], width: usize) -> Self {
        let mut starts = vec![0_u32; width + 1];
        for id in vectors.iter().flat_map(|v| &v.ids) {
            starts[*id as usize + 1] += 1;
        }
        for i in 0..width {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let total = starts[width] as usize;
        let (mut sentences, mut values) = (vec![0; total], vec![0.0; total]);
        for (number, vector) in (0_u32..).zip(vectors) {
            for (&id, &value) in vector.ids.iter().zip(&vector.values) {
                let at = next[id as usize] as usize;
                next[id as usize] += 1;
                (sentences[at], values[at]) = (number, value);
            }
        }
        Self { starts, sentences, values, targets: targets.to_vec() }
    }

    /// The cosine to each training sentence, over the whole of the query: what is unknown makes it smaller.
    pub(crate) fn cosines(&self, query: &Vector) -> Vec<f32> {
        let mut cosines = vec![0.0; self.targets.len()];
        for (&id, &value) in query.ids.iter().zip(&query.values) {
            let value = value * query.known;
            let range = self.starts[id as usize] as usize..self.starts[id as usize + 1] as usize;
            for (&sentence, &other) in self.sentences[range.clone()].iter().zip(&self.values[range]) {
                cosines[sentence as usize] += value * other;
            }
        }
        cosines
    }

    /// The greatest cosine of each label.
    pub(crate) fn by_label(&self, cosines: &[f32], labels: usize) -> Vec<f32> {
        let mut best = vec![0.0_f32; labels];
        for (&target, &cosine) in self.targets.iter().zip(cosines) {
            let best = &mut best[target as usize];
            *best = best.max(cosine);
        }
        best
    }
}
