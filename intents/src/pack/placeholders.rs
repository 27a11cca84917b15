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

#[cfg(test)]
mod tests {
    use super::{Placeholders, Value};
    use crate::{Lang, Pack};

    #[test]
    fn configuration_gives_one_value_or_one_a_language() {
        let text =
            "site_url = \"https://okpay.example\"\nreply_time = { zh = \"24 小时内\" }\nhotline = \" \"";
        let values: Placeholders = toml::from_str(text).unwrap();
        assert_eq!(values.get("site_url", Lang::En), Some("https://okpay.example"));
        assert_eq!(values.get("reply_time", Lang::Zh), Some("24 小时内"));
        assert_eq!(values.get("hotline", Lang::Zh), None, "an empty value is none");
        let pack = Pack::okpay();
        assert_eq!(pack.placeholder("reply_time", Lang::En, &values).unwrap(), "within the promised time");
        assert_eq!(pack.placeholder("fees_url", Lang::En, &values).unwrap(), "https://okpay.example");
        assert_eq!(pack.placeholder("nothing", Lang::En, &values), None);
        assert_eq!(pack.check_placeholders(&values), []);
    }

    #[test]
    fn values_that_do_not_fit_the_pack_are_named() {
        let mut values = Placeholders::new();
        values.set("hotlin", "x");
        values.set("site_url", "okpay.example");
        values.set_in(Lang::En, "fees_url", "javascript:alert(1)");
        let errors = Pack::okpay().check_placeholders(&values);
        let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
        expect_test::expect![[r#"
            placeholder `fees_url`: "javascript:alert(1)" can't be linked: only https://, http:// and mailto: can
            the pack has no placeholder `hotlin`: use one of brand, chat_url, fees_url, hotline, hotline_hours, hotline_now, mailbox, reply_time, signup_url, site, site_url
            placeholder `site_url`: "okpay.example" is not a complete address: write it like https://example.com/help"#]].assert_eq(&shown.join("\n"));
    }

    #[test]
    fn a_bad_address_makes_no_link() {
        let pack = Pack::okpay();
        let mut values = Placeholders::new();
        values.set("site_url", "javascript:alert(1)");
        values.set("mailbox", "not an address");
        for entry in pack.entries() {
            for lang in Lang::ALL {
                let text = pack.answer(entry, lang, &values);
                assert!(!text.spans().iter().any(|s| matches!(s.style, crate::Style::Link(_))), "{text}");
                assert_eq!(pack.links(entry, lang, &values), []);
            }
        }
    }

    #[test]
    fn a_language_of_its_own_keeps_the_others() {
        let mut values = Placeholders::new();
        values.set("hotline", "1");
        values.set_in(Lang::En, "hotline", "2");
        assert_eq!(
            (values.get("hotline", Lang::Zh), values.get("hotline", Lang::En)),
            (Some("1"), Some("2"))
        );
        assert!(matches!(values.values["hotline"], Value::PerLanguage(_)));
    }
}
