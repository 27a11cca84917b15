//! The pack that is in force, with the matcher that was trained on it. Swapped as a whole when the pack changes.

use crate::policy::BandsPolicy;
use intents::{Matcher, Pack, Probability, Reading};

/// The pack that is in force, ready to be asked.
#[derive(Debug)]
pub struct Packs {
    pack: Pack,
    matcher: Matcher,
    answer: Probability,
    clarify: Probability,
}

impl Packs {
    /// Trains the matcher on a pack, and sets the bands: as the policy says, or else from the precision that it wants.
    #[must_use]
    pub fn new(pack: Pack, bands: BandsPolicy) -> Self {
        let matcher = Matcher::train(&pack);
        let derived = matcher.bands(Probability::new(bands.precision));
        let answer = Probability::new(bands.answer.unwrap_or(derived.answer));
        let clarify = Probability::new(bands.clarify.unwrap_or(derived.clarify));
        Self { pack, matcher, answer, clarify }
    }

    /// The pack.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// From which probability the bot answers.
    #[must_use]
    pub fn answers_from(&self) -> Probability {
        self.answer
    }

    /// From which probability the bot asks back.
    #[must_use]
    pub fn clarifies_from(&self) -> Probability {
        self.clarify
    }

    /// What a sentence is likely to ask, and what else it says.
    #[must_use]
    pub fn read(&self, text: &str) -> Reading {
        self.matcher.read(text)
    }
}
