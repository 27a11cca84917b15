//! The figures of an evaluation, from what was predicted and what is right. Pure arithmetic.

use std::collections::BTreeMap;

/// One evaluated case.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// The right label; `None` if no label fits.
    pub(crate) truth: Option<String>,
    /// The best labels, likeliest first, at most five.
    pub(crate) offered: Vec<String>,
    /// How probable (or, for a baseline, how strong) the best label is.
    pub(crate) confidence: f32,
    /// How probable it is that one of the offered labels is right.
    pub(crate) among: f32,
    /// How much the sentence looks like one that some label fits.
    pub(crate) scope: f32,
}

impl Outcome {
    /// Whether the best label is the right one.
    pub(crate) fn right(&self) -> bool {
        self.truth.is_some() && self.offered.first() == self.truth.as_ref()
    }

    /// Whether the right label is among the first five.
    pub(crate) fn helped(&self) -> bool {
        self.truth.as_ref().is_some_and(|truth| self.offered.contains(truth))
    }
}

/// A share; `None` of nothing.
pub(crate) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Accuracy of the best label over the cases that some label fits.
pub(crate) fn accuracy(outcomes: &[Outcome]) -> Option<f64> {
    let inside = outcomes.iter().filter(|o| o.truth.is_some()).count();
    share(outcomes.iter().filter(|o| o.right()).count(), inside)
}

/// The mean F1 over the labels that occur in the cases, each counting the same.
pub(crate) fn macro_f1(outcomes: &[Outcome]) -> Option<f64> {
    // Per label: right, predicted, present.
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for outcome in outcomes {
        let Some(truth) = &outcome.truth else { continue };
        counts.entry(truth).or_default()[2] += 1;
        if let Some(best) = outcome.offered.first() {
            counts.entry(best).or_default()[1] += 1;
            counts.entry(best).or_default()[0] += usize::from(best == truth);
        }
    }
    let present: Vec<_> = counts.values().filter(|c| c[2] > 0).collect();
    let f1: f64 = present.iter().map(|c| 2.0 * c[0] as f64 / (c[1] + c[2]) as f64).sum();
    (!present.is_empty()).then(|| f1 / present.len() as f64)
}

/// The area under the ROC curve for telling what some label fits from what none does: the probability that one of
/// the former scores higher, ties counting half (Mann and Whitney's U).
pub(crate) fn auroc(outcomes: &[Outcome]) -> Option<f64> {
    let mut scored: Vec<(f32, bool)> = outcomes.iter().map(|o| (o.scope, o.truth.is_some())).collect();
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    let inside = scored.iter().filter(|s| s.1).count();
    let outside = scored.len() - inside;
    let (mut below, mut wins) = (0_usize, 0.0);
    for tied in scored.chunk_by(|a, b| a.0 == b.0) {
        let (here, there) = (tied.iter().filter(|s| s.1).count(), tied.iter().filter(|s| !s.1).count());
        wins += here as f64 * (below as f64 + there as f64 / 2.0);
        below += there;
    }
    (inside > 0 && outside > 0).then(|| wins / (inside as f64 * outside as f64))
}

/// The share of what no label fits that passes a threshold which 95 % of what some label fits passes.
pub(crate) fn fpr_at_95(outcomes: &[Outcome]) -> Option<f64> {
    let mut inside: Vec<f32> = outcomes.iter().filter(|o| o.truth.is_some()).map(|o| o.scope).collect();
    inside.sort_by(|a, b| b.total_cmp(a));
    let threshold = inside.get(((inside.len() as f64 * 0.95).ceil() as usize).checked_sub(1)?)?;
    let outside: Vec<_> = outcomes.iter().filter(|o| o.truth.is_none()).collect();
    share(outside.iter().filter(|o| o.scope >= *threshold).count(), outside.len())
}

/// Expected calibration error: the mean distance between confidence and accuracy over 15 bins of equal width
/// (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017). What no label fits counts as wrong.
pub(crate) fn calibration_error(outcomes: &[Outcome]) -> Option<f64> {
    const BINS: usize = 15;
    let mut bins = [(0.0, 0.0); BINS];
    for outcome in outcomes {
        let bin = &mut bins[((outcome.confidence * BINS as f32) as usize).min(BINS - 1)];
        bin.0 += f64::from(outcome.confidence);
        bin.1 += f64::from(u8::from(outcome.right()));
    }
    let off: f64 = bins.iter().map(|(confidence, right)| (confidence - right).abs()).sum();
    (!outcomes.is_empty()).then(|| off / outcomes.len() as f64)
}

/// The value below which that share of the sorted values lies.
pub(crate) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::{Outcome, accuracy, auroc, calibration_error, fpr_at_95, macro_f1, percentile};

    fn outcome(truth: &str, best: &str, confidence: f32) -> Outcome {
        let truth = (truth != "oos").then(|| truth.to_owned());
        Outcome { truth, offered: vec![best.to_owned()], confidence, among: confidence, scope: confidence }
    }

    #[track_caller]
    fn near(value: Option<f64>, expected: f64) {
        assert!(value.is_some_and(|v| (v - expected).abs() < 1e-6), "{value:?} is not {expected}");
    }

    #[test]
    fn figures_of_a_small_run() {
        let run = [
            outcome("a", "a", 0.9),
            outcome("a", "b", 0.6),
            outcome("b", "b", 0.8),
            outcome("oos", "a", 0.7),
            outcome("oos", "b", 0.1),
        ];
        near(accuracy(&run), 2.0 / 3.0);
        // a: precision 1, recall 1/2; b: precision 1/2, recall 1.
        near(macro_f1(&run), 2.0 / 3.0);
        // Of the six pairs only (0.6, 0.7) is the wrong way round.
        near(auroc(&run), 5.0 / 6.0);
        // All of a's and b's pass 0.6, and so does 0.7.
        near(fpr_at_95(&run), 0.5);
        near(calibration_error(&run), f64::from((0.1 + 0.6 + 0.2 + 0.7 + 0.1) / 5.0_f32));
    }

    #[test]
    fn equal_scores_tell_nothing() {
        near(auroc(&[outcome("a", "a", 0.5), outcome("oos", "a", 0.5)]), 0.5);
    }

    #[test]
    fn what_was_not_asked_has_no_figure() {
        assert_eq!(auroc(&[outcome("a", "a", 0.5)]), None);
        assert_eq!(fpr_at_95(&[outcome("a", "a", 0.5)]), None);
        assert_eq!(accuracy(&[outcome("oos", "a", 0.5)]), None);
        assert_eq!(calibration_error(&[]), None);
        assert!(percentile(&[], 0.5).abs() < f64::EPSILON);
    }
}
