//! Names of people, conversations and messages. Platform ids stay opaque here: only the edge that made one reads it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text can't be a name of the desk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no {1}")]
pub struct NameError(String, &'static str);

macro_rules! as_string {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.to_string()
            }
        }
    };
}

/// An edge through which people talk, such as `telegram`: 1 to 16 of a-z.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Channel(String);

impl Channel {
    /// The channel's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Channel {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let legal = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase());
        if legal { Ok(Self(text.to_owned())) } else { Err(NameError(shorten(text), "channel")) }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

as_string!(Channel);

/// Something on a channel: a person who writes, or an agent's linked identity. Written `telegram:4711`; what stands
/// behind the colon is the channel's own business.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    channel: Channel,
    id: String,
}

/// A person on one channel; also the name of the case, which is the conversation with them.
pub type ContactId = Address;

/// An agent's account on a channel, by which we know who acts.
pub type Identity = Address;

impl Address {
    /// Takes 1 to 200 bytes without control characters as the channel's own id.
    ///
    /// # Errors
    /// [`NameError`] when the id has another form.
    pub fn new(channel: Channel, id: impl Into<String>) -> Result<Self, NameError> {
        let id = id.into();
        if (1..=200).contains(&id.len()) && !id.chars().any(char::is_control) {
            Ok(Self { channel, id })
        } else {
            Err(NameError(shorten(&id), "address"))
        }
    }

    /// The channel that it is on.
    #[must_use]
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The channel's own id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl FromStr for Address {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let (channel, id) = text.split_once(':').ok_or_else(|| NameError(shorten(text), "address"))?;
        Self::new(channel.parse()?, id)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.channel, self.id)
    }
}

as_string!(Address);

/// The number that people call a ticket by. Unique in a deployment, from 1 upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketNumber(pub u64);

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// An agent, by the number that the roster gave them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgentId(pub u32);

/// The identity of an event at the door: the same update, delivered twice, has the same key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventKey(pub String);

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A platform's id of one message, unique within the chat or thread that it is in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageRef(pub String);

impl fmt::Display for MessageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A platform's id of the thread in which a ticket is worked: a forum topic, a forum post.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThreadRef(pub String);

impl fmt::Display for ThreadRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A way to answer the one who just acted that lapses soon: a pressed button's or a command's reply token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// The channel that gave it.
    pub channel: Channel,
    /// What that channel needs to use it. A short-lived secret: it stays out of logs.
    pub token: String,
    /// When it is of no more use.
    pub until: Timestamp,
}

impl fmt::Debug for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Via")
            .field("channel", &self.channel)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_and_read_alike() {
        for text in ["telegram:4711", "telegram:-1001/55", "web:a:b", "email:jane@example.org"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for bad in ["", "telegram", "telegram:", "Telegram:1", "tele gram:1", "web:a\nb"] {
            assert!(bad.parse::<Address>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_reply_token_is_not_printed() {
        let via =
            Via { channel: "discord".parse().unwrap(), token: "s3cret".into(), until: Timestamp::UNIX_EPOCH };
        assert!(!format!("{via:?}").contains("s3cret"));
    }
}
