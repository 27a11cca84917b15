//! Text with styles, as data: what the bot says before a platform decides how it looks there.
//!
//! A style is a range over plain text, never markup inside it, so no customer's text can format or script the other
//! side. Nothing here may know a platform: each adapter renders for itself and gives [`Rich::split`] its own limit.

pub(crate) mod markdown;
mod split;
pub(crate) mod tree;

pub use markdown::MarkdownError;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use url::Url;

/// Why a text can't be the address of a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HrefError {
    /// Not an absolute address.
    #[error("{0:?} is not a complete address: write it like https://example.com/help")]
    Malformed(String),
    /// An address of a kind that a chat must not offer, such as `javascript:` or `file:`.
    #[error("{0:?} can't be linked: only https://, http:// and mailto: can")]
    Scheme(String),
}

/// The address of a link: `https`, `http` or `mailto`, and well-formed. It is kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Href(String);

impl Href {
    /// Takes an absolute `https`, `http` or `mailto` address without white space.
    ///
    /// # Errors
    /// [`HrefError`] says what is wrong with any other text.
    pub fn new(text: impl Into<String>) -> Result<Self, HrefError> {
        let text = text.into();
        let shown = || text.chars().take(80).collect::<String>();
        // The URL standard drops or encodes these silently; other readers of the same address don't.
        let odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c);
        if text.contains(odd) {
            return Err(HrefError::Malformed(shown()));
        }
        let url = Url::parse(&text).map_err(|_| HrefError::Malformed(shown()))?;
        match url.scheme() {
            // `https:host` is an address to the URL standard, and to nobody else.
            "https" | "http" if url.has_host() && text.contains("://") => Ok(Self(text)),
            "mailto" if url.path().split_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()) => {
                Ok(Self(text))
            }
            "https" | "http" | "mailto" => Err(HrefError::Malformed(shown())),
            _ => Err(HrefError::Scheme(shown())),
        }
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Href {
    type Error = HrefError;
    fn try_from(text: String) -> Result<Self, HrefError> {
        Self::new(text)
    }
}

impl From<Href> for String {
    fn from(href: Href) -> Self {
        href.0
    }
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a range of text looks, or where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Strong emphasis.
    Bold,
    /// Emphasis.
    Italic,
    /// Something to type or to copy as it stands.
    Code,
    /// The words of a link.
    Link(Href),
}

/// A styled range of a [`Rich`] text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Bytes of the text; never empty, always on character boundaries.
    pub range: Range<usize>,
    /// What the range looks like.
    pub style: Style,
}

/// Text with styled ranges. Ranges lie within the text, on character boundaries; they may overlap (bold inside a link).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Rich {
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    spans: Vec<Span>,
}

/// What is read back from storage, before its ranges are checked.
#[derive(Deserialize)]
struct Stored {
    text: String,
    #[serde(default)]
    spans: Vec<Span>,
}

impl TryFrom<Stored> for Rich {
    type Error = String;
    fn try_from(Stored { text, spans }: Stored) -> Result<Self, String> {
        match spans.iter().find(|s| s.range.is_empty() || text.get(s.range.clone()).is_none()) {
            Some(bad) => Err(format!("no styled range {:?} in a text of {} bytes", bad.range, text.len())),
            None => Ok(Self { text, spans }),
        }
    }
}

impl Rich {
    /// An empty text, to push onto.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Text without any style. Nothing in it is read as markup.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), spans: Vec::new() }
    }

    /// Text in one style.
    #[must_use]
    pub fn styled(text: impl AsRef<str>, style: Style) -> Self {
        let mut rich = Self::new();
        rich.push_styled(text.as_ref(), style);
        rich
    }

    /// Reads our small Markdown: `**bold**`, `*italic*`, `` `code` ``, `[words](https://address)`, lines that begin with
    /// `- ` (shown with •) or `1. `, blank lines between paragraphs, and a backslash before a mark that is meant as
    /// itself. A line break stays one. Nothing else has a meaning; headings, quotations, fences and images are errors.
    ///
    /// # Errors
    /// The first mark that can't be read, with its line and offset.
    pub fn markdown(source: &str) -> Result<Self, MarkdownError> {
        markdown::read(source)
    }

    /// The characters alone.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The styled ranges in the order of their beginnings; of two that begin together, the outer one first.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Whether there is no character at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds text without a style.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds text in one style.
    pub fn push_styled(&mut self, text: &str, style: Style) {
        let start = self.text.len();
        self.text.push_str(text);
        self.style_from(start, style);
    }

    /// Adds another text with its styles.
    pub fn push_rich(&mut self, other: &Self) {
        let by = self.text.len();
        self.text.push_str(&other.text);
        let moved = |s: &Span| Span { range: s.range.start + by..s.range.end + by, style: s.style.clone() };
        self.spans.extend(other.spans.iter().map(moved));
    }

    /// Puts texts one after another, with `separator` between them.
    #[must_use]
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a Self>, separator: &str) -> Self {
        let mut whole = Self::new();
        for (i, part) in parts.into_iter().enumerate() {
            if i > 0 {
                whole.push(separator);
            }
            whole.push_rich(part);
        }
        whole
    }

    /// The length as a platform counts it, such as `char::len_utf16` for Telegram or `|_| 1` for Discord.
    #[must_use]
    pub fn width(&self, width: impl Fn(char) -> usize) -> usize {
        self.text.chars().map(width).sum()
    }

    /// Cuts the text into pieces of at most `limit`, as `width` counts characters. Cuts fall between paragraphs if
    /// possible, else between lines, sentences, words; a character that the reader sees as one (an emoji of several code
    /// points) is only cut when it alone is wider than the limit. White space at a cut is dropped, and styles are cut with
    /// their text. An empty text has no pieces.
    #[must_use]
    pub fn split(&self, limit: usize, width: impl Fn(char) -> usize) -> Vec<Self> {
        split::cuts(&self.text, limit, width).into_iter().map(|range| self.slice(range)).collect()
    }

    /// The text of `range`, which must lie on character boundaries, with the styles that reach into it.
    fn slice(&self, range: Range<usize>) -> Self {
        let cut = |s: &Span| {
            let start = s.range.start.max(range.start);
            let end = s.range.end.min(range.end);
            (start < end)
                .then(|| Span { range: start - range.start..end - range.start, style: s.style.clone() })
        };
        Self { spans: self.spans.iter().filter_map(cut).collect(), text: self.text[range.clone()].to_owned() }
    }

    /// Styles everything from `start`, which was the text's length at some time, to the end.
    pub(crate) fn style_from(&mut self, start: usize, style: Style) {
        if start < self.text.len() {
            // Whatever begins later than `start` lies within.
            let place = self.spans.partition_point(|s| s.range.start < start);
            self.spans.insert(place, Span { range: start..self.text.len(), style });
        }
    }
}

impl From<&str> for Rich {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Rich {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

impl fmt::Display for Rich {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
