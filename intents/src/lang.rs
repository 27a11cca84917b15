//! The languages that Deskhand speaks. Adding one breaks the build wherever wording for it must exist.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A language that customers and agents are spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Chinese. Traditional characters are understood; answers are in simplified ones.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order in which choices are offered.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The two-letter code of ISO 639-1.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    /// Reads a BCP 47 tag such as `zh-hans`, `zh_TW` or `en-GB` by its first part; `None` for a language that we don't
    /// speak.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| first.eq_ignore_ascii_case(lang.code()))
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn tags_are_read_by_their_first_part() {
        assert_eq!(Lang::from_tag("zh-hans"), Some(Lang::Zh));
        assert_eq!(Lang::from_tag("ZH_tw"), Some(Lang::Zh));
        assert_eq!(Lang::from_tag("en"), Some(Lang::En));
        assert_eq!(Lang::from_tag("eng"), None);
        assert_eq!(Lang::from_tag("de-AT"), None);
    }
}
