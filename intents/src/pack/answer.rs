//! An answer as the pack has it: Markdown with holes, checked when the pack is loaded, filled when it is given.

use super::placeholders::{Definition, Definitions, Placeholders};
use crate::Lang;
use crate::rich::markdown;
use crate::rich::tree::{Address, Hole, Node, Part};
use crate::rich::{Href, Rich, Style};

/// An answer with its holes. [`super::Pack::fill`] makes text of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    source: String,
    nodes: Vec<Node>,
}

/// What is wrong in an answer: at which of its lines (from 1), what, and how to mend it.
pub(super) struct Flaw {
    pub line: usize,
    pub what: String,
    pub mend: String,
}

impl Answer {
    /// Reads an answer. `definitions` are the placeholders it may use; without them, names aren't checked.
    pub(super) fn read(source: &str, definitions: Option<&Definitions>) -> (Self, Vec<Flaw>) {
        let (nodes, errors) = markdown::parse(source, true);
        let mut flaws: Vec<Flaw> = errors
            .into_iter()
            .map(|e| {
                let message = e.kind.to_string();
                let (what, mend) = message.split_once(": ").unwrap_or((&message, "mend the Markdown"));
                Flaw { line: e.line, what: what.to_owned(), mend: mend.to_owned() }
            })
            .collect();
        if let Some(definitions) = definitions {
            let line = |offset: usize| 1 + source.bytes().take(offset).filter(|b| *b == b'\n').count();
            let mut found = Vec::new();
            holes(&nodes, &mut found);
            for (hole, within) in found {
                if let Err((what, mend)) = check_hole(hole, within, definitions) {
                    flaws.push(Flaw { line: line(hole.offset), what, mend });
                }
            }
        }
        if nodes.is_empty() && flaws.is_empty() {
            let (what, mend) = ("the answer is empty", "write what the customer should read");
            flaws.push(Flaw { line: 1, what: what.to_owned(), mend: mend.to_owned() });
        }
        (Self { source: source.trim().to_owned(), nodes }, flaws)
    }

    /// The Markdown as it stands in the pack, with its placeholders.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn fill(&self, definitions: &Definitions, lang: Lang, values: &Placeholders) -> Rich {
        let filling = Filling { definitions, lang, values };
        let mut rich = Rich::new();
        filling.draw_all(&self.nodes, &mut rich);
        rich
    }
}

/// Where a hole is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Words,
    /// At the very beginning of an address: what fills it brings the scheme.
    AddressStart,
    Address,
}

fn holes<'a>(nodes: &'a [Node], found: &mut Vec<(&'a Hole, Within)>) {
    for node in nodes {
        match node {
            Node::Text(_) => {}
            Node::Hole(hole) => found.push((hole, Within::Words)),
            Node::Bold(inner) | Node::Italic(inner) | Node::Code(inner) => holes(inner, found),
            Node::Link { words, address } => {
                holes(words, found);
                found.extend(address_holes(address));
            }
        }
    }
}

/// The holes of an address.
pub(super) fn address_holes(address: &Address) -> impl Iterator<Item = (&Hole, Within)> {
    let parts = match address {
        Address::Fixed(_) => &[],
        Address::Template(parts) => parts.as_slice(),
    };
    parts.iter().enumerate().filter_map(|(i, part)| match part {
        Part::Text(_) => None,
        Part::Hole(hole) => Some((hole, if i == 0 { Within::AddressStart } else { Within::Address })),
    })
}

/// Says what is wrong with a hole, and how to mend it.
pub(super) fn check_hole(
    hole: &Hole,
    within: Within,
    definitions: &Definitions,
) -> Result<(), (String, String)> {
    let name = &hole.name;
    match (definitions.by_name.get(name), within) {
        (None, _) => Err((
            format!("unknown placeholder {{{name}}}"),
            format!("declare it in pack.toml, or use one of: {}", definitions.names()),
        )),
        (Some(Definition::Address { .. }), Within::Words) => Err((
            format!("{{{name}}} is an address, and reads badly while it isn't configured"),
            format!("make it a link: [words]({{{name}}})"),
        )),
        (Some(Definition::Words(_)), Within::AddressStart) => Err((
            format!("{{{name}}} is words, and an address can't begin with it"),
            format!("use an address of pack.toml, or put a scheme before it: mailto:{{{name}}}"),
        )),
        (Some(_), _) => Ok(()),
    }
}

/// Completes an address; `None` if a value is missing or the whole isn't a good address.
pub(super) fn complete(
    address: &Address,
    definitions: &Definitions,
    lang: Lang,
    values: &Placeholders,
) -> Option<Href> {
    match address {
        Address::Fixed(href) => Some(href.clone()),
        Address::Template(parts) => {
            let mut text = String::new();
            for part in parts {
                text.push_str(match part {
                    Part::Text(text) => text,
                    Part::Hole(hole) => definitions.address(&hole.name, lang, values)?,
                });
            }
            Href::new(text).ok()
        }
    }
}

fn is_hole(node: &Node) -> bool {
    matches!(node, Node::Hole(_))
}

/// The first and the last text or hole of a node.
fn ends(node: &Node) -> (&Node, &Node) {
    match node {
        Node::Bold(inner) | Node::Italic(inner) | Node::Code(inner) | Node::Link { words: inner, .. } => {
            match (inner.first(), inner.last()) {
                (Some(first), Some(last)) => (ends(first).0, ends(last).1),
                _ => (node, node),
            }
        }
        Node::Text(_) | Node::Hole(_) => (node, node),
    }
}

struct Filling<'a> {
    definitions: &'a Definitions,
    lang: Lang,
    values: &'a Placeholders,
}

impl Filling<'_> {
    fn draw_all(&self, nodes: &[Node], rich: &mut Rich) {
        for (i, node) in nodes.iter().enumerate() {
            let filled = is_hole(ends(node).0) || i > 0 && is_hole(ends(&nodes[i - 1]).1);
            if filled && Self::needs_space(rich.text().chars().next_back(), self.first_char(node)) {
                rich.push(" ");
            }
            self.draw(node, rich);
        }
    }

    /// Chinese sets a space between its characters and Latin letters or digits. The pack's author can't know which of
    /// them a value begins with.
    fn needs_space(before: Option<char>, after: Option<char>) -> bool {
        let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        match (before, after) {
            (Some(a), Some(b)) => han(a) && b.is_ascii_alphanumeric() || a.is_ascii_alphanumeric() && han(b),
            _ => false,
        }
    }

    fn first_char(&self, node: &Node) -> Option<char> {
        match ends(node).0 {
            Node::Hole(hole) => self.words(hole).chars().next(),
            Node::Text(text) => text.chars().next(),
            Node::Bold(_) | Node::Italic(_) | Node::Code(_) | Node::Link { .. } => None,
        }
    }

    /// A loaded pack has words for each hole, so nothing is ever left out.
    fn words(&self, hole: &Hole) -> &str {
        self.definitions.words(&hole.name, self.lang, self.values).unwrap_or_default()
    }

    fn draw(&self, node: &Node, rich: &mut Rich) {
        match node {
            Node::Text(text) => rich.push(text),
            Node::Hole(hole) => rich.push(self.words(hole)),
            Node::Bold(inner) => self.styled(inner, Some(Style::Bold), rich),
            Node::Italic(inner) => self.styled(inner, Some(Style::Italic), rich),
            Node::Code(inner) => self.styled(inner, Some(Style::Code), rich),
            Node::Link { words, address } => {
                let href = complete(address, self.definitions, self.lang, self.values);
                self.styled(words, href.map(Style::Link), rich);
            }
        }
    }

    fn styled(&self, inner: &[Node], style: Option<Style>, rich: &mut Rich) {
        let start = rich.text().len();
        self.draw_all(inner, rich);
        if let Some(style) = style {
            rich.style_from(start, style);
        }
    }
}
