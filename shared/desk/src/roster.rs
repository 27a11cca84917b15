//! The people who take tickets: who they are, what they may do, and which accounts are theirs.

use crate::{AgentId, Identity, QueueRow, Tier};
use intents::{Department, Lang};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person who takes tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Their number.
    pub id: AgentId,
    /// Their name, unique in the roster, shown to colleagues and customers.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Departments whose tickets they take; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<Department>,
    /// Languages that they write; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Lang>,
    /// How many tickets they take at a time.
    pub capacity: u32,
    /// Whether they take tickets now.
    pub presence: Presence,
    /// Their accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
}

impl Agent {
    /// Whether "next" gives them this ticket. Claiming one by hand is freer: see the claim rules of the step.
    #[must_use]
    pub fn takes(&self, row: &QueueRow) -> bool {
        let department = self.departments.is_empty() || self.departments.contains(&row.department);
        let language = self.languages.is_empty() || self.languages.contains(&row.language);
        department && language && self.role.reaches(row.tier)
    }
}

/// What an agent may do; each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes tickets of the first tier.
    Agent,
    /// Takes tickets of every tier.
    Senior,
    /// Also acts on tickets that others own.
    Supervisor,
    /// Also changes the roster.
    Admin,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 4] = [Self::Agent, Self::Senior, Self::Supervisor, Self::Admin];

    /// Whether tickets of this tier are theirs to take.
    #[must_use]
    pub fn reaches(self, tier: Tier) -> bool {
        tier == Tier::First || self >= Self::Senior
    }

    /// Whether they may act on tickets that others own.
    #[must_use]
    pub fn oversees(self) -> bool {
        self >= Self::Supervisor
    }
}

/// Whether an agent takes tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Yes.
    Available,
    /// Not now; keeps what they have.
    Away,
    /// No; what they have and haven't answered goes back.
    Offline,
}

/// All agents, and the codes by which accounts are linked to them. One value, saved whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Roster {
    /// The agents, by number.
    #[serde(default)]
    pub agents: BTreeMap<AgentId, Agent>,
    /// The highest number ever given; numbers are never given twice.
    #[serde(default)]
    pub last: u32,
    /// Link codes that wait to be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<LinkCode>,
    /// How often an account sent a wrong code lately.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub wrong: BTreeMap<Identity, WrongCodes>,
}

/// A code that links the account from which it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCode {
    /// Whose.
    pub agent: AgentId,
    /// The code.
    pub code: String,
    /// When it lapses.
    pub until: Timestamp,
}

/// Wrong codes that an account sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongCodes {
    /// How many.
    pub count: u32,
    /// When the first of them came.
    pub since: Timestamp,
}
