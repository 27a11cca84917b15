//! What Markdown is read into: styled text with holes, and addresses with holes. Nothing here fills them.

use super::markdown::MarkdownErrorKind;
use super::{Href, HrefError};

/// A piece of a Markdown text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Text(String),
    Hole(Hole),
    Bold(Vec<Node>),
    Italic(Vec<Node>),
    Code(Vec<Node>),
    Link { words: Vec<Node>, address: Address },
}

/// A `{name}` to be filled in, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hole {
    pub name: String,
    pub offset: usize,
}

/// A link's address: complete, or to be completed by filling its holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Fixed(Href),
    Template(Vec<Part>),
}

/// A piece of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Hole(Hole),
}

/// The name in a text that begins with `{name}`.
pub(super) fn hole_name(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(legal)).then_some(name)
}

/// Reads an address, at byte `offset` of the whole text; with `holes` it may have some.
pub(crate) fn address(text: &str, offset: usize, holes: bool) -> Result<Address, MarkdownErrorKind> {
    if !holes || !text.contains('{') {
        return Ok(Address::Fixed(Href::new(text)?));
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with('{') {
            let name = hole_name(rest).ok_or(MarkdownErrorKind::Brace)?;
            parts.push(Part::Hole(Hole { name: name.to_owned(), offset: offset + at }));
            at += name.len() + 2;
        } else {
            let end = rest.find('{').unwrap_or(rest.len());
            parts.push(Part::Text(rest[..end].to_owned()));
            at += end;
        }
    }
    // Whatever fills the holes, the text around them must be able to become an address.
    if let Some(Part::Text(first)) = parts.first()
        && !["https://", "http://", "mailto:"].iter().any(|scheme| first.starts_with(scheme))
    {
        return Err(HrefError::Scheme(text.chars().take(80).collect()).into());
    }
    Ok(Address::Template(parts))
}
