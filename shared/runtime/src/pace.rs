//! How fast tickets are taken of late, from which the expected wait follows. Kept as a short text, so that it outlives
//! a restart.

use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;

/// The name under which it is kept.
pub(crate) const KEPT: &str = "runtime/pace";

/// How many claims are looked at.
const MANY: usize = 20;

/// How many say something.
const ENOUGH: usize = 4;

/// Claims from before say nothing about today.
const OF_LATE: SignedDuration = SignedDuration::from_hours(2);

/// The times of the latest claims, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    claims: VecDeque<Timestamp>,
}

impl Pace {
    /// Notes a claim.
    pub(crate) fn claimed(&mut self, at: Timestamp) {
        // Claims side by side may be noted out of order.
        let place = self.claims.partition_point(|claim| *claim <= at);
        self.claims.insert(place, at);
        if self.claims.len() > MANY {
            self.claims.pop_front();
        }
    }

    /// The mean time between two claims of late, if there were enough.
    pub(crate) fn mean(&self, now: Timestamp) -> Option<SignedDuration> {
        let late: Vec<&Timestamp> =
            self.claims.iter().filter(|claim| now.duration_since(**claim) <= OF_LATE).collect();
        let (first, last) = (late.first()?, late.last()?);
        let intervals = i32::try_from(late.len() - 1).ok()?;
        (late.len() >= ENOUGH).then(|| last.duration_since(**first) / intervals)
    }

    /// The text that is kept.
    pub(crate) fn to_text(&self) -> String {
        let seconds: Vec<String> = self.claims.iter().map(|claim| claim.as_second().to_string()).collect();
        seconds.join(" ")
    }

    /// Reads a kept text; what can't be read is left out.
    pub(crate) fn from_text(text: &str) -> Self {
        let mut pace = Self::default();
        for second in text.split_whitespace() {
            if let Some(claim) = second.parse().ok().and_then(|s| Timestamp::from_second(s).ok()) {
                pace.claimed(claim);
            }
        }
        pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn the_mean_needs_enough_claims_of_late() {
        let mut pace = Pace::default();
        for second in [0, 60, 120] {
            pace.claimed(at(second));
        }
        assert_eq!(pace.mean(at(130)), None);
        pace.claimed(at(300));
        assert_eq!(pace.mean(at(300)), Some(SignedDuration::from_secs(100)));
        assert_eq!(pace.mean(at(300 + 7200)), None);
    }

    #[test]
    fn it_outlives_a_restart() {
        let mut pace = Pace::default();
        for n in 0..50 {
            pace.claimed(at(n * 30));
        }
        let again = Pace::from_text(&pace.to_text());
        assert_eq!(again.claims.len(), MANY);
        assert_eq!(again.mean(at(1500)), Some(SignedDuration::from_secs(30)));
        assert_eq!(Pace::from_text("rubbish 12x").mean(at(0)), None);
    }
}
