//! What a deployment decides differently: thresholds, times, limits. Plain values with sensible defaults, from the
//! configuration.

use intents::{Department, Lang, Placeholders};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// What a deployment decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The language of staff places.
    pub staff_language: Lang,
    /// When the bot answers, and when it asks.
    pub bands: BandsPolicy,
    /// How many misses in a row hand the conversation to a person; at least 1.
    pub misses: u32,
    /// How many questions are offered to choose from, 1 to 5.
    pub clarify: usize,
    /// The department of tickets that no entry decides.
    pub department: Department,
    /// The department of feedback.
    pub feedback_department: Department,
    /// The departments that tickets can be transferred to.
    pub departments: Vec<Department>,
    /// Within which time a first answer is due, by priority.
    pub first_answer: FirstAnswer,
    /// After which silence an owner is reminded.
    pub remind_after: SignedDuration,
    /// After which further silence the ticket goes back to the queue.
    pub release_after: SignedDuration,
    /// After how many silences of owners the ticket goes up a tier.
    pub silences: u32,
    /// How long a ticket is kept for the colleague whom it was transferred to.
    pub keep_for: SignedDuration,
    /// How often a message of a waiting customer is acknowledged at most.
    pub acknowledge_every: SignedDuration,
    /// How long a rating is waited for.
    pub rating_for: SignedDuration,
    /// How long a resolved ticket can be taken up again.
    pub reopen_for: SignedDuration,
    /// How long a link code can be used.
    pub link_code_for: SignedDuration,
    /// How many wrong link codes an account may send within an hour.
    pub link_code_tries: u32,
    /// The service's own words in answers: site, mailbox, hotline.
    #[serde(default)]
    pub placeholders: Placeholders,
}

/// From which probability the bot answers or asks back. What isn't set follows from the pack: the matcher derives it
/// from the precision that is wanted, by cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BandsPolicy {
    /// How many of the answers are to be right.
    pub precision: f32,
    /// Answer from this probability on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<f32>,
    /// Ask back from this probability on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clarify: Option<f32>,
}

impl Default for BandsPolicy {
    fn default() -> Self {
        Self { precision: 0.97, answer: None, clarify: None }
    }
}

/// Within which time a first answer is due.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)] // named after the priorities
pub struct FirstAnswer {
    pub urgent: SignedDuration,
    pub high: SignedDuration,
    pub normal: SignedDuration,
    pub low: SignedDuration,
}

impl Default for FirstAnswer {
    fn default() -> Self {
        Self {
            urgent: SignedDuration::from_mins(5),
            high: SignedDuration::from_mins(15),
            normal: SignedDuration::from_mins(30),
            low: SignedDuration::from_hours(4),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        let named = |name: &str| Department::new(name).unwrap_or_else(|_| unreachable!("a name of ours"));
        Self {
            staff_language: Lang::Zh,
            bands: BandsPolicy::default(),
            misses: 2,
            clarify: 5,
            department: named("support"),
            feedback_department: named("support"),
            departments: ["support", "account", "payments", "security"].map(named).to_vec(),
            first_answer: FirstAnswer::default(),
            remind_after: SignedDuration::from_mins(5),
            release_after: SignedDuration::from_mins(10),
            silences: 2,
            keep_for: SignedDuration::from_mins(10),
            acknowledge_every: SignedDuration::from_mins(3),
            rating_for: SignedDuration::from_hours(24),
            reopen_for: SignedDuration::from_hours(72),
            link_code_for: SignedDuration::from_hours(24),
            link_code_tries: 5,
            placeholders: Placeholders::default(),
        }
    }
}
