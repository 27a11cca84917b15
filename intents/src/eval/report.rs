//! What an evaluation found: as a value for scripts (serde) and as a table for people (`Display`).

use super::metrics::{Outcome, accuracy, auroc, calibration_error, fpr_at_95, macro_f1, share};
use super::{Method, Training};
use crate::model::Bands;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// The figures of one method on one set of cases. Shares are between 0 and 1; a figure that the cases can't give
/// (no case out of scope, say) is absent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What was measured.
    pub method: Method,
    /// How many sentences it was trained on.
    pub train_examples: usize,
    /// How many labels those have.
    pub labels: usize,
    /// How many cases some label fits.
    pub in_scope: usize,
    /// How many cases no label fits.
    pub out_of_scope: usize,
    /// The share of cases in scope whose best label is right, whatever its probability.
    pub accuracy: Option<f64>,
    /// The share of cases in scope with the right label among the first five.
    pub top5: Option<f64>,
    /// The mean F1 over the labels in the cases.
    pub macro_f1: Option<f64>,
    /// Area under the ROC curve for telling in scope from out of scope.
    pub auroc: Option<f64>,
    /// The share of out-of-scope cases that pass where 95 % of those in scope do.
    pub fpr95: Option<f64>,
    /// Expected calibration error of the best label's probability; absent for methods without probabilities.
    pub calibration_error: Option<f64>,
    /// What the bot would answer at once.
    pub answer: Option<Band>,
    /// What the bot would offer the five likeliest questions for.
    pub clarify: Option<Band>,
    /// What the bot would not presume to know.
    pub handoff: Option<Band>,
    /// The precision that the bands were chosen for.
    pub target_precision: Option<f32>,
    /// How long training took, in milliseconds.
    pub train_ms: f64,
    /// The median time of reading one case, in microseconds.
    pub query_us_p50: f64,
    /// The time that 99 % of the cases stay below, in microseconds.
    pub query_us_p99: f64,
}

/// One band of the bot's decision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// The lowest probability that belongs to it: of the best label for answering, of the first five together for
    /// clarifying.
    pub from: f32,
    /// The share of all cases that falls into it.
    pub share: Option<f64>,
    /// How often it was the right thing to do: the answer is right; the right question is among the five; a person
    /// is really needed, since the best label would have been wrong.
    pub precision: Option<f64>,
}

impl Report {
    pub(super) fn new(
        method: Method,
        training: &Training,
        outcomes: &[Outcome],
        bands: Option<(Bands, f32)>,
        (train, query_us_p50, query_us_p99): (Duration, f64, f64),
    ) -> Self {
        let mut labels: Vec<_> = training.examples.iter().map(|e| &e.label).collect();
        labels.sort();
        labels.dedup();
        let in_scope = outcomes.iter().filter(|o| o.truth.is_some()).count();
        let band = |from: f32, belongs: &dyn Fn(&Outcome) -> bool, good: fn(&Outcome) -> bool| {
            let within: Vec<_> = outcomes.iter().filter(|o| belongs(o)).collect();
            let precision = share(within.iter().filter(|o| good(o)).count(), within.len());
            Band { from, share: share(within.len(), outcomes.len()), precision }
        };
        let answered = |b: Bands| move |o: &Outcome| o.confidence >= b.answer;
        let offered = |b: Bands| move |o: &Outcome| o.confidence < b.answer && o.among >= b.clarify;
        let handed_off = |b: Bands| move |o: &Outcome| o.confidence < b.answer && o.among < b.clarify;
        Self {
            method,
            train_examples: training.examples.len(),
            labels: labels.len(),
            in_scope,
            out_of_scope: outcomes.len() - in_scope,
            accuracy: accuracy(outcomes),
            top5: share(outcomes.iter().filter(|o| o.helped()).count(), in_scope),
            macro_f1: macro_f1(outcomes),
            auroc: auroc(outcomes),
            fpr95: fpr_at_95(outcomes),
            calibration_error: bands.and_then(|_| calibration_error(outcomes)),
            answer: bands.map(|(b, _)| band(b.answer, &answered(b), Outcome::right)),
            clarify: bands.map(|(b, _)| band(b.clarify, &offered(b), Outcome::helped)),
            handoff: bands.map(|(b, _)| band(0.0, &handed_off(b), |o| !o.right())),
            target_precision: bands.map(|(_, target)| target),
            train_ms: train.as_secs_f64() * 1e3,
            query_us_p50,
            query_us_p99,
        }
    }
}

/// A share as a percentage with one digit, or a dash.
fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| format!("{:.1} %", v * 100.0))
}

fn decimal(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { train_examples, labels, in_scope, out_of_scope, .. } = self;
        writeln!(f, "{}: trained on {train_examples} sentences with {labels} labels", self.method.name())?;
        writeln!(f, "cases               {in_scope} in scope, {out_of_scope} out of scope")?;
        writeln!(f, "accuracy            {}", percent(self.accuracy))?;
        writeln!(f, "right in first five {}", percent(self.top5))?;
        writeln!(f, "macro-F1            {}", percent(self.macro_f1))?;
        writeln!(f, "AUROC               {}", decimal(self.auroc))?;
        writeln!(f, "FPR at 95 % TPR     {}", percent(self.fpr95))?;
        writeln!(f, "calibration error   {}", decimal(self.calibration_error))?;
        for (name, band) in [("answer", self.answer), ("clarify", self.clarify), ("hand off", self.handoff)] {
            let Some(Band { from, share, precision }) = band else { continue };
            writeln!(
                f,
                "{name:<9} from {from:.2} {:>7} of the cases, right {}",
                percent(share),
                percent(precision)
            )?;
        }
        writeln!(f, "training            {:.0} ms", self.train_ms)?;
        write!(f, "a query             {:.0} µs median, {:.0} µs p99", self.query_us_p50, self.query_us_p99)
    }
}

/// Several methods on the same cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Comparison(pub Vec<Report>);

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| method | accuracy | macro-F1 | AUROC | FPR95 | train | a query p50 · p99 |")?;
        write!(f, "| --- | --- | --- | --- | --- | --- | --- |")?;
        for report in &self.0 {
            write!(
                f,
                "\n| {} | {} | {} | {} | {} | {:.0} ms | {:.0} · {:.0} µs |",
                report.method.name(),
                percent(report.accuracy),
                percent(report.macro_f1),
                decimal(report.auroc),
                percent(report.fpr95),
                report.train_ms,
                report.query_us_p50,
                report.query_us_p99
            )?;
        }
        Ok(())
    }
}
