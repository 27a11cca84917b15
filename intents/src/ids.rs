//! Names that packs give to things. Each constructor is the only door, so a value that exists is well-formed.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text can't be an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} can't be an id: use 1 to {MAX} of a-z, 0-9 and '-', beginning with a letter")]
pub struct IdError {
    text: String,
}

/// The longest identifier, in bytes: a button that names two of them still fits Telegram's 64 bytes of callback data.
const MAX: usize = 28;

fn check(text: &str) -> Result<(), IdError> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.len() <= MAX && text.bytes().all(legal) && text.starts_with(|c: char| c.is_ascii_lowercase()) {
        Ok(())
    } else {
        Err(IdError { text: text.chars().take(60).collect() })
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes 1 to 28 of a-z, 0-9 and '-', beginning with a letter.
            ///
            /// # Errors
            /// [`IdError`] when the text has another form.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text).map(|()| Self(text))
            }

            /// The identifier as it is written in a pack.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// One FAQ entry of a pack, unique across its categories.
    EntryId
}
id! {
    /// A category of entries: one file of a pack.
    CategoryId
}
id! {
    /// A reply that agents have at hand.
    CannedId
}
id! {
    /// A group of agents that tickets go to, such as `finance`.
    Department
}

#[cfg(test)]
mod tests {
    use super::EntryId;

    #[test]
    fn ids_are_short_lower_case_words() {
        assert_eq!(EntryId::new("forgot-password").unwrap().as_str(), "forgot-password");
        for bad in ["", "-x", "1st", "Über", "a b", "a:b", &"x".repeat(29)] {
            assert!(EntryId::new(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_stored_id_is_checked_when_it_is_read() {
        #[derive(serde::Deserialize)]
        struct Row {
            #[allow(dead_code)]
            id: EntryId,
        }
        let read: Result<Row, _> = serde_json::from_str(r#"{"id":"NOT OK"}"#);
        assert!(read.is_err_and(|e| e.to_string().contains("can't be an id")));
    }
}
