//! What differs from one deployment to the next: the pack says which names there are and how an answer reads while
//! nothing is configured; the deployment's configuration gives values. Values are text: they are never read as Markdown.

use crate::Lang;
use crate::rich::{Href, HrefError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value of a deployment's configuration: the same in every language, or one a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// The same in every language: a number, an address.
    Any(String),
    /// Its own wording a language. In a language without one, the pack's own words are used.
    PerLanguage(BTreeMap<Lang, String>),
}

/// The values that a deployment gives to a pack's placeholders, by name. Reads from configuration as a table such as
/// `{ site_url = "https://…", reply_time = { zh = "24 小时内", en = "within 24 hours" } }`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Placeholders {
    values: BTreeMap<String, Value>,
}

impl Placeholders {
    /// No values: answers use the pack's own words.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value for every language, such as one that is known only at run time.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values.insert(name.into(), Value::Any(value.into()));
    }

    /// Sets a value for one language and leaves the others as they are.
    pub fn set_in(&mut self, lang: Lang, name: impl Into<String>, value: impl Into<String>) {
        let slot = self.values.entry(name.into()).or_insert_with(|| Value::PerLanguage(BTreeMap::new()));
        if let Value::Any(text) = slot {
            let text = std::mem::take(text);
            *slot = Value::PerLanguage(Lang::ALL.into_iter().map(|l| (l, text.clone())).collect());
        }
        if let Value::PerLanguage(by_language) = slot {
            by_language.insert(lang, value.into());
        }
    }

    /// The value of a name in a language; an empty one counts as none.
    #[must_use]
    pub fn get(&self, name: &str, lang: Lang) -> Option<&str> {
        let text = match self.values.get(name)? {
            Value::Any(text) => text,
            Value::PerLanguage(by_language) => by_language.get(&lang)?,
        };
        Some(text.trim()).filter(|t| !t.is_empty())
    }

    /// The names that have a value.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

/// Why a deployment's value doesn't fit the pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceholderError {
    /// The pack has no such name.
    #[error("the pack has no placeholder `{name}`: use one of {known}")]
    Unknown {
        /// The name in the configuration.
        name: String,
        /// The pack's names, separated by commas.
        known: String,
    },
    /// The value of an address isn't one.
    #[error("placeholder `{name}`: {source}")]
    Address {
        /// The name in the configuration.
        name: String,
        /// What is wrong with its value.
        source: HrefError,
    },
}

/// A placeholder as the pack declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Definition {
    /// Words that read well before anything is configured.
    Words(BTreeMap<Lang, String>),
    /// An address. A link to it is plain text until it or its fallback is configured.
    Address { default: Option<Href>, fallback: Option<String> },
}

/// The names that a pack declares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Definitions {
    pub by_name: BTreeMap<String, Definition>,
    pub default_language: Option<Lang>,
}

impl Definitions {
    pub(super) fn names(&self) -> String {
        self.by_name.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// The words for a name: the deployment's, else the pack's. Every name in a loaded pack's answers has some.
    pub(super) fn words<'a>(&'a self, name: &str, lang: Lang, values: &'a Placeholders) -> Option<&'a str> {
        values.get(name, lang).or_else(|| match self.by_name.get(name)? {
            Definition::Words(words) => {
                words.get(&lang).or_else(|| words.get(&self.default_language?)).map(String::as_str)
            }
            Definition::Address { .. } => None,
        })
    }

    /// What a name stands for within an address: only what is really known, never the pack's stand-in words.
    pub(super) fn address<'a>(&'a self, name: &str, lang: Lang, values: &'a Placeholders) -> Option<&'a str> {
        values.get(name, lang).or_else(|| match self.by_name.get(name)? {
            Definition::Words(_) => None,
            Definition::Address { default, fallback } => fallback
                .as_deref()
                .and_then(|other| values.get(other, lang))
                .or_else(|| default.as_ref().map(Href::as_str)),
        })
    }

    /// Everything in `values` that doesn't fit.
    pub(super) fn check(&self, values: &Placeholders) -> Vec<PlaceholderError> {
        let mut errors = Vec::new();
        for (name, value) in &values.values {
            match self.by_name.get(name) {
                None => errors.push(PlaceholderError::Unknown { name: name.clone(), known: self.names() }),
                Some(Definition::Words(_)) => {}
                Some(Definition::Address { .. }) => {
                    let texts: Vec<&String> = match value {
                        Value::Any(text) => vec![text],
                        Value::PerLanguage(by_language) => by_language.values().collect(),
                    };
                    let bad =
                        |text: &&String| Href::new(text.trim()).err().filter(|_| !text.trim().is_empty());
                    let bad = texts.iter().filter_map(bad);
                    errors.extend(bad.map(|source| PlaceholderError::Address { name: name.clone(), source }));
                }
            }
        }
        errors
    }
}
