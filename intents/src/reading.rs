//! What the matcher makes of one sentence. A reading says what is likely; deciding what to do is the desk's work.

use crate::{EntryId, Lang};
use serde::{Deserialize, Serialize};

/// A probability between 0 and 1, never NaN.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(from = "f32", into = "f32")]
pub struct Probability(f32);

impl Probability {
    /// Certainly not.
    pub const ZERO: Self = Self(0.0);
    /// Certainly.
    pub const ONE: Self = Self(1.0);

    /// Clamps to 0..=1; NaN becomes 0, because nothing is known then.
    #[must_use]
    pub fn new(value: f32) -> Self {
        if value.is_nan() { Self::ZERO } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The number itself.
    #[must_use]
    pub fn get(self) -> f32 {
        self.0
    }
}

impl From<f32> for Probability {
    fn from(value: f32) -> Self {
        Self::new(value)
    }
}

impl From<Probability> for f32 {
    fn from(p: Probability) -> Self {
        p.0
    }
}

/// An entry that may answer the sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// The entry.
    pub entry: EntryId,
    /// How probable it is that this entry is what the customer asks for. Calibrated: of sentences read at 0.8, about
    /// four in five are right. The probabilities of all entries and [`Reading::out_of_scope`] sum to at most 1.
    pub probability: Probability,
}

/// What a sentence says besides asking one of the pack's questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // independent facts of one sentence, not states
pub struct Signals {
    /// Wants to talk to a person, in whatever words ("转人工", "is there a human here").
    pub person: bool,
    /// Wants somebody more senior, or a manager. Implies [`Signals::person`].
    pub senior: bool,
    /// Says hello and nothing more.
    pub greeting: bool,
    /// Says thank you and nothing more.
    pub thanks: bool,
    /// Says goodbye and nothing more.
    pub goodbye: bool,
    /// Asks whether this is a bot, who made it, what it can do.
    pub about_bot: bool,
    /// A bare yes.
    pub yes: bool,
    /// A bare no.
    pub no: bool,
    /// None of what was offered.
    pub none_of_these: bool,
}

/// What the matcher makes of one sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The sentence's language; `None` when its characters don't tell (digits, an emoji, an order number).
    pub language: Option<Lang>,
    /// The likeliest entries, best first, at most ten.
    pub ranked: Vec<Ranked>,
    /// How probable it is that no entry of the pack fits.
    pub out_of_scope: Probability,
    /// What else the sentence says.
    pub signals: Signals,
}

impl Reading {
    /// The likeliest entry, if there is any at all.
    #[must_use]
    pub fn best(&self) -> Option<&Ranked> {
        self.ranked.first()
    }

    /// How probable it is that one of the first so many entries is right: what offering them is worth.
    #[must_use]
    pub fn among(&self, first: usize) -> Probability {
        Probability::new(self.ranked.iter().take(first).map(|r| r.probability.get()).sum())
    }
}
