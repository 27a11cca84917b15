//! One linear score a label: one-vs-rest support vector machines with squared hinge loss, trained for all labels in
//! one sweep by dual coordinate descent.
//!
//! Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008, algorithm 1 for the
//! L2-loss. Deterministic: the order of sentences comes from a fixed seed.

use super::Recipe;
use super::vocabulary::Vector;
use crate::table::DIMENSIONS;

/// Weights of all labels, n-gram by n-gram.
#[derive(Debug, Clone, Default)]
pub(crate) struct Linear {
    labels: usize,
    /// `weights[id * labels + label]`.
    weights: Vec<f32>,
    /// `meaning[dimension * labels + label]`, for the table's part.
    meaning: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// Trains on unit vectors with one label each.
    pub(crate) fn train(
        vectors: &[Vector],
        targets: &[u32],
        labels: usize,
        width: usize,
        recipe: &Recipe,
    ) -> Self {
        let mut this = Self {
            labels,
            weights: vec![0.0; width * labels],
            meaning: vec![0.0; DIMENSIONS * labels],
            bias: vec![0.0; labels],
        };
        let mut alpha = vec![0.0_f32; vectors.len() * labels];
        let mut order: Vec<usize> = (0..vectors.len()).collect();
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut step = vec![0.0_f32; labels];
        let diagonal = |positive: bool| 0.5 / (recipe.c * if positive { recipe.positive } else { 1.0 });
        for _ in 0..recipe.epochs {
            random.shuffle(&mut order);
            for &i in &order {
                let vector = &vectors[i];
                if vector.is_empty() {
                    continue;
                }
                // The bias is one more feature, of value 1.
                let square = 1.0 + vector.square();
                step.copy_from_slice(&this.bias);
                this.add_scores(vector, &mut step);
                let alpha = &mut alpha[i * labels..(i + 1) * labels];
                let target = targets[i] as usize;
                let update = |alpha: &mut f32, score: &mut f32, sign: f32, diagonal: f32| {
                    let gradient = sign * *score - 1.0 + *alpha * diagonal;
                    let next = (*alpha - gradient / (square + diagonal)).max(0.0);
                    *score = (next - *alpha) * sign;
                    *alpha = next;
                };
                let rest = diagonal(false);
                let own = (alpha[target], step[target]);
                for (alpha, score) in alpha.iter_mut().zip(step.iter_mut()) {
                    update(alpha, score, -1.0, rest);
                }
                (alpha[target], step[target]) = own;
                update(&mut alpha[target], &mut step[target], 1.0, diagonal(true));
                for (bias, step) in this.bias.iter_mut().zip(&step) {
                    *bias += step;
                }
                for (&id, &value) in vector.ids.iter().zip(&vector.values) {
                    let row = &mut this.weights[id as usize * labels..(id as usize + 1) * labels];
                    for (weight, step) in row.iter_mut().zip(&step) {
                        *weight += step * value;
                    }
                }
                this.add_meaning(vector, &step);
            }
        }
        this
    }

    /// The score of each label.
    pub(crate) fn scores(&self, vector: &Vector) -> Vec<f32> {
        let mut scores = self.bias.clone();
        self.add_scores(vector, &mut scores);
        scores
    }

    fn add_meaning(&mut self, vector: &Vector, step: &[f32]) {
        for (row, &value) in self.meaning.chunks_exact_mut(self.labels.max(1)).zip(&vector.meaning) {
            for (weight, step) in row.iter_mut().zip(step) {
                *weight += step * value;
            }
        }
    }

    fn add_scores(&self, vector: &Vector, scores: &mut [f32]) {
        for (row, &value) in self.meaning.chunks_exact(self.labels.max(1)).zip(&vector.meaning) {
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += weight * value;
            }
        }
        for (&id, &value) in vector.ids.iter().zip(&vector.values) {
            let row = &self.weights[id as usize * self.labels..(id as usize + 1) * self.labels];
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += weight * value;
            }
        }
    }
}

/// A small fixed generator (SplitMix64): training must give the same model every time.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, (self.next() % (i as u64 + 1)) as usize);
        }
    }
}
