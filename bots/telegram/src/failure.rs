//! What can go wrong with a call, and what each refusal of the Bot API means for a delivery. Telegram tells most of it
//! only in English prose, so the phrases stand here, in one table.

use runtime::{DeliveryError, FetchError};
use std::time::Duration;

use desk::Undeliverable;

/// Why a call did not succeed. Texts hold no token and nothing that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The API said no.
    Refused(Refusal),
    /// The request can't have arrived.
    NotSent(String),
    /// The connection broke after the request was sent, or the answer is unreadable.
    Unknown(String),
    /// A file is too large or can't be had.
    File(String),
    /// There is nothing in it that Telegram could show.
    Unsendable(String),
}

/// What the API said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) method: String,
    pub(crate) code: u16,
    pub(crate) description: String,
    pub(crate) retry_after: Option<u64>,
    pub(crate) migrate_to: Option<i64>,
}

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Wait so long.
    Wait(Duration),
    /// The group became a supergroup with this id.
    Moved(i64),
    /// The token isn't accepted, or the server doesn't know the method: a matter for the operator.
    Setup,
    /// Another process polls, or a webhook is set.
    Conflict,
    /// The server has trouble of its own.
    Server,
    /// The person blocked the bot, is gone, or never was there.
    Unreachable,
    /// The topic was deleted.
    ThreadGone,
    /// The topic is closed.
    TopicClosed,
    /// The topic is open or closed already.
    SameState,
    /// The chat has no topics, or the bot may not make any.
    NoTopics,
    /// The message reads that way already.
    SameText,
    /// The message to be changed is gone or too old.
    MessageGone,
    /// The message has a caption rather than text, or the other way round.
    OtherKind,
    /// The pressed button waits for no answer any more.
    QueryTooOld,
    /// The file is unusable for this method.
    BadFile,
    /// Whatever else.
    Other,
}

/// Phrases of descriptions, in lower case, and what they mean. (Bot API server sources and its documentation of errors.)
const PHRASES: &[(&str, Meaning)] = &[
    ("message thread not found", Meaning::ThreadGone),
    ("topic_deleted", Meaning::ThreadGone),
    ("topic_id_invalid", Meaning::ThreadGone),
    ("topic not found", Meaning::ThreadGone),
    ("topic_closed", Meaning::TopicClosed),
    ("topic is closed", Meaning::TopicClosed),
    ("topic_not_modified", Meaning::SameState),
    ("not a forum", Meaning::NoTopics),
    ("chat_not_forum", Meaning::NoTopics),
    ("channel_forum_missing", Meaning::NoTopics),
    ("not enough rights to create a topic", Meaning::NoTopics),
    ("not enough rights to manage topics", Meaning::NoTopics),
    ("available for supergroup", Meaning::NoTopics),
    ("message is not modified", Meaning::SameText),
    ("message to edit not found", Meaning::MessageGone),
    ("message can't be edited", Meaning::MessageGone),
    ("message_id_invalid", Meaning::MessageGone),
    ("message not found", Meaning::MessageGone),
    ("there is no text in the message", Meaning::OtherKind),
    ("there is no caption in the message", Meaning::OtherKind),
    ("there is no media in the message", Meaning::OtherKind),
    ("query is too old", Meaning::QueryTooOld),
    ("query id is invalid", Meaning::QueryTooOld),
    ("query_id_invalid", Meaning::QueryTooOld),
    ("chat not found", Meaning::Unreachable),
    ("user not found", Meaning::Unreachable),
    ("peer_id_invalid", Meaning::Unreachable),
    ("user is deactivated", Meaning::Unreachable),
    ("wrong file identifier", Meaning::BadFile),
    ("wrong remote file", Meaning::BadFile),
    ("wrong type of file", Meaning::BadFile),
    ("type of file mismatch", Meaning::BadFile),
    ("can't use file of type", Meaning::BadFile),
    ("file is too big", Meaning::BadFile),
    ("photo_invalid_dimensions", Meaning::BadFile),
    ("image_process_failed", Meaning::BadFile),
    ("photo should be uploaded", Meaning::BadFile),
    ("voice_messages_forbidden", Meaning::BadFile),
    ("file_reference_", Meaning::BadFile),
    ("file must be non-empty", Meaning::BadFile),
];

impl Refusal {
    pub(crate) fn new(method: &str, code: u16, description: &str) -> Self {
        let (method, description) = (method.to_owned(), description.to_owned());
        Self { method, code, description, retry_after: None, migrate_to: None }
    }

    pub(crate) fn meaning(&self) -> Meaning {
        if let Some(chat) = self.migrate_to {
            return Meaning::Moved(chat);
        }
        let said = self.description.to_lowercase();
        let phrase = PHRASES.iter().find(|(phrase, _)| said.contains(phrase)).map(|(_, meaning)| *meaning);
        match (self.code, phrase) {
            (429, _) => Meaning::Wait(Duration::from_secs(self.retry_after.unwrap_or(3).clamp(1, 3600))),
            (413, _) => Meaning::BadFile,
            (500.., _) => Meaning::Server,
            (401 | 404, None) => Meaning::Setup,
            (409, _) => Meaning::Conflict,
            (403, None) => Meaning::Unreachable,
            (_, Some(meaning)) => meaning,
            (_, None) => Meaning::Other,
        }
    }

    /// For the log. A server that nobody here wrote may quote what was said, so an unknown phrase is cut before a quotation.
    pub(crate) fn shown(&self) -> String {
        let plain = |c: &char| c.is_ascii_alphabetic() || " _,.-'".contains(*c);
        let said = self.description.split_once(": ").map_or(self.description.as_str(), |(_, said)| said);
        let said: String = match self.meaning() {
            Meaning::Other => said.chars().take_while(plain).take(60).collect(),
            _ => said.chars().take(120).collect(),
        };
        format!("{}: {} {}", self.method, self.code, said.trim_end())
    }
}

impl Failure {
    /// What it means, if the API said something.
    pub(crate) fn meaning(&self) -> Option<Meaning> {
        match self {
            Self::Refused(refusal) => Some(refusal.meaning()),
            Self::NotSent(_) | Self::Unknown(_) | Self::File(_) | Self::Unsendable(_) => None,
        }
    }

    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.shown(),
            Self::NotSent(text) | Self::Unknown(text) | Self::File(text) | Self::Unsendable(text) => {
                text.clone()
            }
        }
    }

    /// What it means for a delivery whose lane is `lane`.
    pub(crate) fn judge(self, lane: Option<String>) -> DeliveryError {
        let text = self.shown();
        let never = |reason| DeliveryError::Never { reason, text: text.clone() };
        let meaning = match self {
            Self::Refused(refusal) => refusal.meaning(),
            Self::NotSent(text) => return DeliveryError::Transient(text),
            Self::Unknown(text) => return DeliveryError::Ambiguous(text),
            Self::File(_) => return never(Undeliverable::File),
            Self::Unsendable(_) => return never(Undeliverable::Rejected),
        };
        match meaning {
            Meaning::Wait(after) => DeliveryError::RetryAfter { after, lane },
            Meaning::Setup | Meaning::Conflict | Meaning::Server | Meaning::Moved(_) => {
                DeliveryError::Transient(text)
            }
            Meaning::Unreachable => never(Undeliverable::Unreachable),
            Meaning::ThreadGone => DeliveryError::ThreadGone,
            Meaning::MessageGone => DeliveryError::MessageGone,
            Meaning::BadFile => never(Undeliverable::File),
            Meaning::TopicClosed
            | Meaning::SameState
            | Meaning::NoTopics
            | Meaning::SameText
            | Meaning::OtherKind
            | Meaning::QueryTooOld
            | Meaning::Other => never(Undeliverable::Rejected),
        }
    }

    /// The same, where nothing is doubled by asking twice.
    pub(crate) fn judge_repeatable(self, lane: Option<String>) -> DeliveryError {
        match self.judge(lane) {
            DeliveryError::Ambiguous(text) => DeliveryError::Transient(text),
            other => other,
        }
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::TooLarge(_) | FetchError::Gone(_) => Self::File(error.to_string()),
            FetchError::Transient(text) => Self::NotSent(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: u16, description: &str, expected: Meaning) {
        assert_eq!(Refusal::new("sendMessage", code, description).meaning(), expected, "{description}");
    }

    #[test]
    fn refusals_are_understood() {
        check(403, "Forbidden: bot was blocked by the user", Meaning::Unreachable);
        check(403, "Forbidden: user is deactivated", Meaning::Unreachable);
        check(400, "Bad Request: chat not found", Meaning::Unreachable);
        check(400, "Bad Request: message thread not found", Meaning::ThreadGone);
        check(400, "Bad Request: TOPIC_DELETED", Meaning::ThreadGone);
        check(400, "Bad Request: TOPIC_CLOSED", Meaning::TopicClosed);
        check(400, "Bad Request: the chat is not a forum", Meaning::NoTopics);
        check(
            400,
            "Bad Request: message is not modified: specified new message content and …",
            Meaning::SameText,
        );
        check(400, "Bad Request: message to edit not found", Meaning::MessageGone);
        check(401, "Unauthorized", Meaning::Setup);
        check(404, "Not Found", Meaning::Setup);
        check(502, "", Meaning::Server);
        check(400, "Bad Request: message text is empty", Meaning::Other);
        let wait = Refusal { retry_after: Some(7), ..Refusal::new("sendMessage", 429, "Too Many Requests") };
        assert_eq!(wait.meaning(), Meaning::Wait(Duration::from_secs(7)));
    }

    #[test]
    fn an_unknown_refusal_does_not_quote_what_was_said() {
        let refusal = Refusal::new("sendMessage", 400, "Bad Request: can't find end of \"my PIN is 1234\"");
        assert_eq!(refusal.shown(), "sendMessage: 400 can't find end of");
    }
}
