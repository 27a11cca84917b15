//! Cross-validation inside the training sentences: how evidence turns into probabilities, and which thresholds keep
//! a wished precision.
//!
//! Each round holds out some labels whole, whose sentences then play what nobody foresaw, and some sentences of the
//! labels that stay. Everything, vocabulary included, is learned anew without them.

use super::Recipe;
use super::core::{Core, TRAITS, against_second};
use super::features::Sentence;
use super::logistic::{Logistic, Observation};

/// The share of questions that no entry answers, assumed while calibrating. A support bot that people may type
/// anything into sees about that many.
const UNFORESEEN: f64 = 0.2;

/// The part of it that has nothing to do with the pack at all. The rest is like questions of entries that are missing.
const FAR: f64 = 0.85;

/// Probabilities from evidence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calibration {
    foreseen: Logistic,
    right: Logistic,
    /// What cross-validation saw, highest confidence first.
    trials: Vec<Trial>,
}

/// One held-out sentence.
#[derive(Debug, Clone, Copy)]
struct Trial {
    /// The calibrated probability of the best label.
    confidence: f32,
    /// The calibrated probability that the right label is among the first five.
    five: f32,
    /// Whether the best label was right.
    right: bool,
    /// Whether the right label was among the first five.
    offered: bool,
    weight: f64,
}

/// Probabilities from which on a bot should answer, or offer the likeliest questions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bands {
    /// From this probability of the best label on, answering is right as often as was wished.
    pub answer: f32,
    /// From this probability of the five likeliest labels together on ([`Reading::among`](crate::Reading::among)), one
    /// of them is right more often than not.
    pub clarify: f32,
}

/// Offering five questions is worth a customer's while if one of them is right at least so often.
const WORTH_OFFERING: f64 = 0.5;

/// Below this an answer is likelier wrong than right, whatever a few held-out sentences say.
const NEVER_ANSWER_BELOW: f32 = 0.5;

/// Sentences ready for training.
#[derive(Clone, Copy)]
pub(crate) struct Lesson<'a> {
    pub(crate) sentences: &'a [Sentence],
    pub(crate) targets: &'a [u32],
    pub(crate) labels: usize,
    pub(crate) background: &'a [Sentence],
}

struct Outcome {
    traits: [f32; TRAITS],
    /// The share that the second to fifth label have of what the best one leaves.
    next_four: f32,
    /// The rank of the right label; `None` for a sentence that no label fits.
    rank: Option<usize>,
    foreseen: bool,
    /// An everyday sentence, as opposed to one of a label that was held out.
    far: bool,
    weight: f64,
}

impl Calibration {
    pub(crate) fn new(lesson: Lesson<'_>, recipe: &Recipe) -> Self {
        let mut outcomes = Vec::new();
        let parts = recipe.rounds.max(2);
        let rounds = if recipe.rounds == 0 { 0 } else { parts.min(affordable(lesson)) };
        for round in 0..rounds {
            let background: Vec<_> = lesson.background.iter().skip(round).step_by(rounds).collect();
            hold_out(lesson, recipe, (parts, round), &background, &mut outcomes);
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
                five: this.among_five(o),
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
        let (mut count, mut hits, mut lowest) = (1.0, 0.0, None);
        for trial in &self.trials {
            count += trial.weight;
            hits += if trial.right { trial.weight } else { 0.0 };
            if hits / count >= f64::from(target) {
                lowest = Some(trial.confidence);
            }
        }
        let highest = || self.trials.first().map_or(target, |t| t.confidence.max(target));
        Bands {
            answer: lowest.unwrap_or_else(highest).max(NEVER_ANSWER_BELOW),
            clarify: self.worth_offering(),
        }
    }

    /// Where an isotonic fit of "one of five is right" over its probability crosses [`WORTH_OFFERING`] (pool adjacent
    /// violators; Zadrozny and Elkan, KDD 2002). At the crossing itself, not on average above it.
    fn worth_offering(&self) -> f32 {
        let mut trials: Vec<&Trial> = self.trials.iter().collect();
        trials.sort_by(|a, b| a.five.total_cmp(&b.five));
        // Blocks of (lowest probability, hits, weight), with rising shares of hits.
        let mut blocks: Vec<(f32, f64, f64)> = Vec::new();
        for trial in trials {
            let mut block = (trial.five, if trial.offered { trial.weight } else { 0.0 }, trial.weight);
            while let Some(&last) = blocks.last().filter(|last| last.1 * block.2 >= block.1 * last.2) {
                blocks.pop();
                block = (last.0, last.1 + block.1, last.2 + block.2);
            }
            blocks.push(block);
        }
        let crossing = blocks.iter().find(|(_, hits, weight)| hits / weight >= WORTH_OFFERING);
        crossing.map_or(WORTH_OFFERING as f32, |block| block.0)
    }

    fn among_five(&self, outcome: &Outcome) -> f32 {
        let foreseen = self.foreseen(&outcome.traits);
        let right = self.right(&outcome.traits);
        foreseen * (right + (1.0 - right) * outcome.next_four)
    }

    /// The probability that some label fits.
    pub(crate) fn foreseen(&self, traits: &[f32; TRAITS]) -> f32 {
        self.foreseen.probability(traits)
    }

    /// The probability that the best label is right, if any is. Never more than it has against the second alone:
    /// cross-validation on a small pack may not have met two labels that fit equally well.
    pub(crate) fn right(&self, traits: &[f32; TRAITS]) -> f32 {
        self.right.probability(traits).min(against_second(traits))
    }
}

/// How many rounds a start can afford: each costs about as much as training itself, which grows with sentences times
/// labels. A part of the rounds is enough for a large set, since each holds out more of them.
fn affordable(lesson: Lesson<'_>) -> usize {
    (700_000 / (lesson.sentences.len() * lesson.labels).max(1)).max(1)
}

fn hold_out(
    lesson: Lesson<'_>,
    recipe: &Recipe,
    (parts, round): (usize, usize),
    background: &[&Sentence],
    outcomes: &mut Vec<Outcome>,
) {
    let mut seen = vec![0_usize; lesson.labels];
    let (mut sentences, mut targets, mut held) = (Vec::new(), Vec::new(), Vec::new());
    let absent = |label: usize| lesson.labels > 2 && label % parts == round;
    for (sentence, &target) in lesson.sentences.iter().zip(lesson.targets) {
        let label = target as usize;
        seen[label] += 1;
        if absent(label) {
            held.push((sentence, None));
        } else if (seen[label] + label) % parts == round {
            held.push((sentence, Some(label)));
        } else {
            sentences.push(sentence);
            targets.push(target);
        }
    }
    let core = Core::train(&sentences, &targets, lesson.labels, recipe);
    let held = held.into_iter().map(|(sentence, target)| (sentence, target, false));
    let background = background.iter().map(|sentence| (*sentence, None, true));
    for (sentence, target, far) in held.chain(background) {
        let mut evidence = core.evidence(sentence);
        for label in (0..lesson.labels).filter(|&l| absent(l)) {
            evidence.scores[label] = f32::NEG_INFINITY;
        }
        let order = evidence.order();
        let rank = target.and_then(|target| order.iter().position(|&label| label == target));
        outcomes.push(Outcome {
            traits: evidence.traits(&order),
            next_four: evidence.next_four(&order),
            rank,
            foreseen: target.is_some(),
            far,
            weight: 1.0,
        });
    }
}

/// Gives what no label fits its assumed share, split between everyday sentences and those of held-out
/// labels.
fn weigh(outcomes: &mut [Outcome]) {
    let inside = outcomes.iter().filter(|o| o.foreseen).count() as f64;
    for far in [false, true] {
        let of_kind = |o: &&mut Outcome| !o.foreseen && o.far == far;
        let count = outcomes.iter_mut().filter(of_kind).count() as f64;
        let weight =
            inside * UNFORESEEN / (1.0 - UNFORESEEN) * if far { FAR } else { 1.0 - FAR } / count.max(1.0);
        for outcome in outcomes.iter_mut().filter(of_kind) {
            outcome.weight = weight;
        }
    }
}
