//! Cross-validation inside the training sentences: how evidence turns into probabilities, and which thresholds keep
//! a wished precision.
//!
//! Each round holds out some labels whole, whose sentences then play what nobody foresaw, and some sentences of the
//! labels that stay. Everything, vocabulary included, is learned anew without them.

use super::Recipe;
use super::core::Core;
use super::features::Feature;
use super::logistic::{Logistic, Observation};

/// The share of questions that no entry answers, assumed while calibrating. A support bot that people may type
/// anything into sees about that many.
const UNFORESEEN: f64 = 0.2;

/// Probabilities from evidence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calibration {
    foreseen: Logistic,
    right: Logistic,
    /// What cross-validation saw, best first probability first.
    pub(crate) trials: Vec<Trial>,
}

/// One held-out sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    /// The calibrated probability of the best label.
    pub(crate) confidence: f32,
    /// Whether the best label was right.
    pub(crate) right: bool,
    /// Whether the right label was among the first five.
    pub(crate) offered: bool,
    pub(crate) weight: f64,
}

/// Confidences from which on a bot should answer, and offer the likeliest questions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bands {
    /// From this probability of the best label on, answering is right as often as was wished.
    pub answer: f32,
    /// From this probability on, offering the five likeliest is right more often than not.
    pub clarify: f32,
}

/// Offering five questions is worth a customer's while if one of them is right at least so often.
const WORTH_OFFERING: f64 = 0.5;

/// Below this an answer is likelier wrong than right, whatever a few held-out sentences say.
const NEVER_ANSWER_BELOW: f32 = 0.5;

/// Sentences ready for training.
#[derive(Clone, Copy)]
pub(crate) struct Lesson<'a> {
    pub(crate) sentences: &'a [Vec<Feature>],
    pub(crate) targets: &'a [u32],
    pub(crate) labels: usize,
    pub(crate) background: &'a [Vec<Feature>],
}

struct Outcome {
    traits: [f32; super::core::TRAITS],
    /// The rank of the right label; `None` for a sentence that no label fits.
    rank: Option<usize>,
    foreseen: bool,
    weight: f64,
}

impl Calibration {
    pub(crate) fn new(lesson: Lesson<'_>, recipe: &Recipe) -> Self {
        let mut outcomes = Vec::new();
        let rounds = if recipe.rounds == 0 { 0 } else { recipe.rounds.max(2) };
        for round in 0..rounds.min(affordable(lesson)) {
            hold_out(lesson, recipe, rounds, round, &mut outcomes);
        }
        weigh(&mut outcomes);
        let row = |o: &Outcome, outcome| Observation { traits: o.traits, outcome, weight: o.weight };
        let foreseen = Logistic::fit(&outcomes.iter().map(|o| row(o, o.foreseen)).collect::<Vec<_>>());
        let inside =
            outcomes.iter().filter(|o| o.foreseen).map(|o| row(o, o.rank == Some(0))).collect::<Vec<_>>();
        let mut this = Self { foreseen, right: Logistic::fit(&inside), trials: Vec::new() };
        this.trials = outcomes
            .iter()
            .map(|o| Trial {
                confidence: this.foreseen(&o.traits) * this.right(&o.traits),
                right: o.rank == Some(0),
                offered: o.rank.is_some_and(|r| r < 5),
                weight: o.weight,
            })
            .collect();
        this.trials.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        this
    }

    /// The lowest thresholds that kept the wished precision in cross-validation, with one miss imagined besides, so
    /// that a handful of lucky sentences proves nothing. Where none did, `answer` is the highest probability that was
    /// seen, or the target itself.
    pub(crate) fn bands(&self, target: f32) -> Bands {
        let lowest = |precise: f64, good: fn(&Trial) -> bool, below: f32| {
            let (mut count, mut hits, mut lowest) = (1.0, 0.0, None);
            for trial in self.trials.iter().filter(|t| t.confidence < below) {
                count += trial.weight;
                hits += if good(trial) { trial.weight } else { 0.0 };
                if hits / count >= precise {
                    lowest = Some(trial.confidence);
                }
            }
            lowest
        };
        let answer = lowest(f64::from(target), |t| t.right, f32::INFINITY)
            .unwrap_or_else(|| self.trials.first().map_or(target, |t| t.confidence.max(target)))
            .max(NEVER_ANSWER_BELOW);
        let clarify = lowest(WORTH_OFFERING, |t| t.offered, answer).unwrap_or(answer);
        Bands { answer, clarify }
    }

    /// The probability that some label fits.
    pub(crate) fn foreseen(&self, traits: &[f32; super::core::TRAITS]) -> f32 {
        self.foreseen.probability(traits)
    }

    /// The probability that the best label is right, if any is.
    pub(crate) fn right(&self, traits: &[f32; super::core::TRAITS]) -> f32 {
        self.right.probability(traits)
    }
}

/// How many rounds a start can afford: each costs about as much as training itself.
fn affordable(lesson: Lesson<'_>) -> usize {
    match lesson.sentences.len() * lesson.labels {
        0..250_000 => usize::MAX,
        250_000..600_000 => 2,
        _ => 1,
    }
}

fn hold_out(lesson: Lesson<'_>, recipe: &Recipe, rounds: usize, round: usize, outcomes: &mut Vec<Outcome>) {
    let mut seen = vec![0_usize; lesson.labels];
    let (mut sentences, mut targets, mut held) = (Vec::new(), Vec::new(), Vec::new());
    let absent = |label: usize| lesson.labels > 2 && label % rounds == round;
    for (sentence, &target) in lesson.sentences.iter().zip(lesson.targets) {
        let label = target as usize;
        seen[label] += 1;
        if absent(label) {
            held.push((sentence, None));
        } else if (seen[label] + label) % rounds == round {
            held.push((sentence, Some(label)));
        } else {
            sentences.push(sentence.as_slice());
            targets.push(target);
        }
    }
    let core = Core::train(&sentences, &targets, lesson.labels, recipe);
    let background = lesson.background.iter().skip(round).step_by(rounds).map(|s| (s, None));
    for (sentence, target) in held.into_iter().chain(background) {
        let mut evidence = core.evidence(sentence);
        for label in (0..lesson.labels).filter(|&l| absent(l)) {
            evidence.scores[label] = f32::NEG_INFINITY;
        }
        let order = evidence.order();
        let rank = target.and_then(|target| order.iter().position(|&label| label == target));
        outcomes.push(Outcome {
            traits: evidence.traits(&order),
            rank,
            foreseen: target.is_some(),
            weight: 1.0,
        });
    }
}

/// Gives what no label fits its assumed share.
fn weigh(outcomes: &mut [Outcome]) {
    let inside = outcomes.iter().filter(|o| o.foreseen).count() as f64;
    let outside = outcomes.len() as f64 - inside;
    if inside > 0.0 && outside > 0.0 {
        let weight = inside * UNFORESEEN / (1.0 - UNFORESEEN) / outside;
        for outcome in outcomes.iter_mut().filter(|o| !o.foreseen) {
            outcome.weight = weight;
        }
    }
}
