//! What a failed call means for the item that it was to deliver: wait, try again, or never.

use crate::rest::RestError;
use desk::{Destination, Undeliverable};
use runtime::DeliveryError;
use std::time::Duration;

/// All requests of a bot together: 50 a second (Discord, "Rate Limits").
pub(crate) const GLOBAL: &str = "discord/global";

/// The lane of a destination beside the global one.
pub(crate) fn lane(to: &Destination) -> Option<String> {
    match to {
        Destination::Contact(contact) => Some(format!("discord/user/{}", contact.id())),
        Destination::Staff { ticket, .. } => Some(format!("discord/ticket/{}", ticket.0)),
        Destination::Actor { .. } => None,
    }
}

pub(crate) fn rejected(text: &str) -> DeliveryError {
    DeliveryError::Never { reason: Undeliverable::Rejected, text: text.to_owned() }
}

pub(crate) fn unreachable(text: &str) -> DeliveryError {
    DeliveryError::Never { reason: Undeliverable::Unreachable, text: text.to_owned() }
}

/// Whether an interaction can't be answered (any more): unknown webhook, unknown interaction, invalid token.
pub(crate) fn lapsed(error: &RestError) -> bool {
    error.missing() || matches!(error.code(), Some(10015 | 10062 | 50027))
}

/// What a failed call means for an item. `safe` calls can be repeated without sending anything twice.
pub(crate) fn failed(error: &RestError, to: &Destination, safe: bool) -> DeliveryError {
    match error {
        RestError::Wait { after, global } => {
            let lane = if *global { Some(GLOBAL.to_owned()) } else { lane(to) };
            DeliveryError::RetryAfter { after: *after, lane }
        }
        RestError::Unanswered(_) if !safe => DeliveryError::Ambiguous(error.to_string()),
        RestError::Unanswered(_) | RestError::NotSent(_) | RestError::Server(_) => {
            DeliveryError::Transient(error.to_string())
        }
        // The operator will mend the token; until then nothing is lost.
        RestError::Refused { status: 401, .. } => DeliveryError::Transient(error.to_string()),
        RestError::Refused { status: 413, .. } | RestError::Refused { code: 40005, .. } => {
            DeliveryError::Never { reason: Undeliverable::File, text: error.to_string() }
        }
        RestError::Refused { .. } => {
            DeliveryError::Never { reason: Undeliverable::Rejected, text: error.to_string() }
        }
    }
}

pub(crate) fn person_failed(error: &RestError, to: &Destination) -> DeliveryError {
    match error.code() {
        // Can't message this user; no such user; not a user to write to; no server in common.
        Some(50007 | 10013 | 50033 | 50278) => unreachable(&error.to_string()),
        // Opening direct channels too fast.
        Some(40003) => DeliveryError::RetryAfter { after: Duration::from_secs(60), lane: lane(to) },
        _ if matches!(error, RestError::Refused { status: 403, .. }) => unreachable(&error.to_string()),
        _ => failed(error, to, true),
    }
}

pub(crate) fn staff_failed(error: &RestError, to: &Destination, safe: bool) -> DeliveryError {
    // A permission is missing: the operator will give it, and until then the ticket is kept.
    if matches!(error.code(), Some(50001 | 50013)) {
        tracing::warn!(%error, "the bot lacks a permission in the staff forum: it must view it, post, and manage threads");
        return DeliveryError::Transient(error.to_string());
    }
    failed(error, to, safe)
}
