//! Measuring a matcher: on cases that it has not seen, beside what people would use otherwise.
//!
//! The clock is the caller's, so that this crate stays without one.

mod baselines;
mod cases;
mod metrics;
mod report;

pub use cases::{Case, CasesError, Fault, OUT_OF_SCOPE, parse_cases, read_cases};
pub use report::{Band, Comparison, Report};

use crate::model::{Bands, Example, Hints, Model, Recipe};
use crate::{Pack, detect, examples, hints, signals};
use baselines::{Bm25, Levenshtein, Scores};
use metrics::{Outcome, percentile};
use std::time::Duration;

/// A clock: the time since some moment that stays the same.
pub type Clock<'a> = &'a dyn Fn() -> Duration;

/// What ranks the labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// The matcher.
    Deskhand,
    /// The phrasing with the smallest edit distance.
    Levenshtein,
    /// The phrasing that BM25 ranks first.
    Bm25,
}

impl Method {
    /// Every method, the matcher last, as a table shows them.
    pub const ALL: [Self; 3] = [Self::Levenshtein, Self::Bm25, Self::Deskhand];

    /// The name on the command line and in a table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Deskhand => "deskhand",
            Self::Levenshtein => "levenshtein",
            Self::Bm25 => "bm25",
        }
    }
}

/// What a matcher is trained on.
#[derive(Debug, Clone, Default)]
pub struct Training {
    examples: Vec<Example<String>>,
    hints: Hints,
}

impl Training {
    /// Phrasings and synonyms of a pack; labels are the ids of its entries.
    #[must_use]
    pub fn from_pack(pack: &Pack) -> Self {
        let named = |e: Example<crate::EntryId>| Example { text: e.text, label: e.label.into() };
        Self { examples: examples(pack).into_iter().map(named).collect(), hints: hints(pack) }
    }

    /// Labelled sentences of any kind. What is labelled out of scope teaches what that looks like.
    #[must_use]
    pub fn from_cases(cases: &[Case]) -> Self {
        let mut this = Self::default();
        for Case { text, label } in cases {
            match label {
                Some(label) => this.examples.push(Example { text: text.clone(), label: label.clone() }),
                None => this.hints.outside.push(text.clone()),
            }
        }
        this
    }

    /// The sentences and their labels.
    #[must_use]
    pub fn examples(&self) -> &[Example<String>] {
        &self.examples
    }

    /// Synonyms, and sentences that no label fits.
    #[must_use]
    pub fn hints(&self) -> &Hints {
        &self.hints
    }

    /// The training without those examples for which the number says so, and those examples.
    pub(crate) fn split(&self, held_out: impl Fn(usize) -> bool) -> (Self, Vec<Example<String>>) {
        let (mut kept, mut held) = (Vec::new(), Vec::new());
        for (number, example) in self.examples.iter().enumerate() {
            if held_out(number) { &mut held } else { &mut kept }.push(example.clone());
        }
        (Self { examples: kept, hints: self.hints.clone() }, held)
    }
}

/// A method after training.
enum Trained {
    Deskhand(Box<Model<String>>),
    Baseline(Vec<String>, Box<dyn Fn(&str) -> Scores>),
}

impl Trained {
    fn new(method: Method, training: &Training) -> Self {
        if method == Method::Deskhand {
            let model = Model::train(&training.examples, &training.hints, Recipe::default());
            return Self::Deskhand(Box::new(model));
        }
        let mut labels: Vec<String> = training.examples.iter().map(|e| e.label.clone()).collect();
        labels.sort();
        labels.dedup();
        let numbered =
            |e: &Example<String>| (e.text.clone(), labels.partition_point(|l| *l < e.label) as u32);
        let examples: Vec<_> = training.examples.iter().map(numbered).collect();
        let rank: Box<dyn Fn(&str) -> Scores> = if method == Method::Bm25 {
            let bm25 = Bm25::new(&examples);
            Box::new(move |text| bm25.rank(text))
        } else {
            let nearest = Levenshtein::new(&examples);
            Box::new(move |text| nearest.rank(text))
        };
        Self::Baseline(labels, rank)
    }

    /// What the method makes of a case. For the matcher this is all of the work that a message makes, language and
    /// signals included.
    fn read(&self, case: &Case) -> Outcome {
        let (text, truth) = (case.text.as_str(), case.label.clone());
        match self {
            Self::Deskhand(model) => {
                std::hint::black_box((detect(text), signals::read(text)));
                let guess = model.guess(text);
                let first = guess.ranked.iter().take(OFFERED);
                Outcome {
                    truth,
                    offered: first.clone().map(|(label, _)| (*label).clone()).collect(),
                    confidence: guess.ranked.first().map_or(0.0, |(_, p)| *p),
                    among: first.map(|(_, p)| p).sum(),
                    scope: 1.0 - guess.out_of_scope,
                }
            }
            Self::Baseline(labels, rank) => {
                let ranked = rank(text);
                let best = ranked.first().map_or(0.0, |r| r.1);
                let offered = ranked.iter().take(OFFERED).map(|r| labels[r.0 as usize].clone()).collect();
                Outcome { truth, offered, confidence: best, among: best, scope: best }
            }
        }
    }

    fn bands(&self, target: f32) -> Option<Bands> {
        match self {
            Self::Deskhand(model) => Some(model.bands(target)),
            Self::Baseline(..) => None,
        }
    }
}

/// How many questions a clarifying answer offers.
const OFFERED: usize = 5;

/// Trains a method and measures it on the cases. `target` is the precision that the bands should keep.
#[must_use]
pub fn evaluate(
    method: Method,
    training: &Training,
    cases: &[Case],
    target: f32,
    clock: Clock<'_>,
) -> Report {
    let begun = clock();
    let trained = Trained::new(method, training);
    let train = clock().saturating_sub(begun);
    let mut run = Run::default();
    for case in cases {
        run.read(&trained, case, clock);
    }
    run.report(method, training, trained.bands(target).map(|b| (b, target)), train)
}

/// The outcomes of reading cases, and how long each took in microseconds.
#[derive(Default)]
struct Run {
    outcomes: Vec<Outcome>,
    times: Vec<f64>,
}

impl Run {
    fn read(&mut self, trained: &Trained, case: &Case, clock: Clock<'_>) {
        let begun = clock();
        let outcome = trained.read(case);
        self.times.push(clock().saturating_sub(begun).as_secs_f64() * 1e6);
        self.outcomes.push(outcome);
    }

    fn report(
        mut self,
        method: Method,
        training: &Training,
        bands: Option<(Bands, f32)>,
        train: Duration,
    ) -> Report {
        self.times.sort_by(f64::total_cmp);
        let timing = (train, percentile(&self.times, 0.5), percentile(&self.times, 0.99));
        Report::new(method, training, &self.outcomes, bands, timing)
    }
}

/// All methods on the same cases, in the same run.
#[must_use]
pub fn compare(training: &Training, cases: &[Case], target: f32, clock: Clock<'_>) -> Comparison {
    Comparison(Method::ALL.iter().map(|&method| evaluate(method, training, cases, target, clock)).collect())
}

/// Measures a method on its own training sentences: each is read by a matcher that was trained without it and its
/// fold. `outside` are cases that no label fits, read in every fold.
#[must_use]
pub fn cross_validate(
    method: Method,
    training: &Training,
    outside: &[Case],
    folds: usize,
    target: f32,
    clock: Clock<'_>,
) -> Report {
    let begun = clock();
    let whole = Trained::new(method, training);
    let train = clock().saturating_sub(begun);
    let mut run = Run::default();
    let folds = folds.max(2);
    for fold in 0..folds {
        let (kept, held) = training.split(|number| number % folds == fold);
        let trained = Trained::new(method, &kept);
        let held = held.into_iter().map(|e| Case { text: e.text, label: Some(e.label) });
        for case in held.chain(outside.iter().skip(fold).step_by(folds).cloned()) {
            run.read(&trained, &case, clock);
        }
    }
    run.report(method, training, whole.bands(target).map(|b| (b, target)), train)
}

#[cfg(test)]
mod tests;
