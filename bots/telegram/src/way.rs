//! The way back to whoever acted, as a [`desk::Via`] carries it: which chat, which topic, which message, and the pressed
//! button that waits for an answer.

use desk::{Channel, Via};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// After this time an answer is of no interest any more. A pressed button lapses sooner; then the answer is a message.
const LASTS: SignedDuration = SignedDuration::from_mins(60);

/// A way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Way {
    #[serde(rename = "c")]
    pub(crate) chat: i64,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(crate) thread: Option<i32>,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<i32>,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub(crate) query: Option<String>,
}

impl Way {
    pub(crate) fn via(&self, channel: &Channel, now: Timestamp) -> Via {
        // A struct of numbers and a string always has a JSON form.
        let token = serde_json::to_string(self).unwrap_or_default();
        Via { channel: channel.clone(), token, until: now + LASTS }
    }

    pub(crate) fn read(via: &Via) -> Option<Self> {
        serde_json::from_str(&via.token).ok()
    }
}
