//! Logistic regression over a handful of numbers, by Newton's method: how evidence becomes a probability.

use super::core::TRAITS;

const SIZE: usize = TRAITS + 1;

/// A fitted curve. [`Logistic::default`] is used when there is too little to fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Logistic {
    weights: [f64; SIZE],
    mean: [f64; TRAITS],
    scale: [f64; TRAITS],
}

/// One observation: its numbers, what came of it, and how much it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observation {
    pub(crate) traits: [f32; TRAITS],
    pub(crate) outcome: bool,
    pub(crate) weight: f64,
}

impl Default for Logistic {
    /// Even odds at a middling score; a careful guess, since nothing was measured.
    fn default() -> Self {
        let mut weights = [0.0; SIZE];
        (weights[0], weights[3]) = (2.0, 2.0);
        weights[TRAITS] = 1.0;
        Self { weights, mean: [0.0; TRAITS], scale: [1.0; TRAITS] }
    }
}

impl Logistic {
    /// Fits by penalised maximum likelihood. Numbers are standardised; the penalty keeps separable data finite.
    pub(crate) fn fit(rows: &[Observation]) -> Self {
        let total: f64 = rows.iter().map(|r| r.weight).sum();
        if rows.len() < 20 || rows.iter().all(|r| r.outcome) || !rows.iter().any(|r| r.outcome) {
            return Self::default();
        }
        let mut fit = Self { weights: [0.0; SIZE], mean: [0.0; TRAITS], scale: [1.0; TRAITS] };
        for t in 0..TRAITS {
            let mean = rows.iter().map(|r| r.weight * f64::from(r.traits[t])).sum::<f64>() / total;
            let spread =
                rows.iter().map(|r| r.weight * (f64::from(r.traits[t]) - mean).powi(2)).sum::<f64>() / total;
            (fit.mean[t], fit.scale[t]) = (mean, spread.sqrt().max(1e-6));
        }
        let ridge = total * 1e-3 + 0.5;
        for _ in 0..25 {
            let mut gradient = [0.0; SIZE];
            let mut hessian = [[0.0; SIZE]; SIZE];
            for row in rows {
                let x = fit.standardised(&row.traits);
                let p = sigmoid(dot(&fit.weights, &x));
                let error = row.weight * (f64::from(u8::from(row.outcome)) - p);
                let curvature = row.weight * (p * (1.0 - p)).max(1e-9);
                for a in 0..SIZE {
                    gradient[a] += error * x[a];
                    for b in 0..SIZE {
                        hessian[a][b] += curvature * x[a] * x[b];
                    }
                }
            }
            for a in 0..SIZE {
                let penalty = if a == TRAITS { 1e-6 } else { ridge };
                gradient[a] -= penalty * fit.weights[a];
                hessian[a][a] += penalty;
            }
            let step = solve(hessian, gradient);
            for (weight, step) in fit.weights.iter_mut().zip(step) {
                *weight += step.clamp(-2.0, 2.0);
            }
            if step.iter().all(|s| s.abs() < 1e-7) {
                break;
            }
        }
        fit
    }

    pub(crate) fn probability(&self, traits: &[f32; TRAITS]) -> f32 {
        sigmoid(dot(&self.weights, &self.standardised(traits))) as f32
    }

    fn standardised(&self, traits: &[f32; TRAITS]) -> [f64; SIZE] {
        let mut x = [1.0; SIZE];
        for t in 0..TRAITS {
            x[t] = (f64::from(traits[t]) - self.mean[t]) / self.scale[t];
        }
        x
    }
}

fn dot(a: &[f64; SIZE], b: &[f64; SIZE]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Gaussian elimination with pivoting; the penalty above keeps the matrix regular.
fn solve(mut a: [[f64; SIZE]; SIZE], mut b: [f64; SIZE]) -> [f64; SIZE] {
    for column in 0..SIZE {
        let pivot = (column..SIZE)
            .max_by(|&i, &j| a[i][column].abs().total_cmp(&a[j][column].abs()))
            .unwrap_or(column);
        a.swap(column, pivot);
        b.swap(column, pivot);
        for row in column + 1..SIZE {
            let factor = a[row][column] / a[column][column];
            let above = a[column];
            for (cell, above) in a[row].iter_mut().zip(above).skip(column) {
                *cell -= factor * above;
            }
            b[row] -= factor * b[column];
        }
    }
    for row in (0..SIZE).rev() {
        let known: f64 = (row + 1..SIZE).map(|c| a[row][c] * b[c]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b
}
