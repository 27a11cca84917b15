//! The Markdown subset of answers, read into a tree. It knows nothing of packs: a `{placeholder}` is a named hole that
//! somebody else fills, with text that is never read as Markdown. It must not panic on any input.

use super::tree::{Address, Hole, Node, address, hole_name};
use super::{HrefError, Rich, Style};

/// Why a Markdown text can't be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct MarkdownError {
    /// Byte offset into the text.
    pub offset: usize,
    /// Line of the text, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub kind: MarkdownErrorKind,
}

/// What is wrong with a Markdown text; each message says how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkdownErrorKind {
    /// A mark that opens and never closes on its line.
    #[error("{0} is not closed on this line: close it, or write \\{first} for the character itself", first = .0.chars().next().unwrap_or('*'))]
    Unclosed(&'static str),
    /// `****`, `[](…)` and the like.
    #[error("nothing stands between {0}: put words there, or delete the marks")]
    Empty(&'static str),
    /// White space just inside marks, as in `** words**`: often a sign that marks are paired wrongly.
    #[error("white space stands just inside {0}: move it outside of the marks")]
    Loose(&'static str),
    /// A mark inside the same mark, or a link inside a link.
    #[error("{0} inside {0}: delete the inner one")]
    Nested(&'static str),
    /// Markdown that this subset leaves out.
    #[error("{0} can't be shown in a chat: use a paragraph with **bold** words instead")]
    Unsupported(&'static str),
    /// A link whose address isn't one.
    #[error("{0}")]
    Address(#[from] HrefError),
    /// A lone brace where placeholders are filled in.
    #[error("`{{` begins a placeholder such as {{site}}: write `\\{{` for the character itself")]
    Brace,
}

/// Reads a text without holes: braces are characters like any other.
pub(super) fn read(source: &str) -> Result<Rich, MarkdownError> {
    let (nodes, mut errors) = parse(source, false);
    if !errors.is_empty() {
        return Err(errors.swap_remove(0));
    }
    let mut rich = Rich::new();
    for node in &nodes {
        draw(node, &mut rich);
    }
    Ok(rich)
}

fn draw(node: &Node, rich: &mut Rich) {
    let start = rich.text().len();
    let mut inside = |nodes: &[Node], style: Style| {
        for node in nodes {
            draw(node, rich);
        }
        rich.style_from(start, style);
    };
    match node {
        Node::Text(text) => rich.push(text),
        Node::Bold(nodes) => inside(nodes, Style::Bold),
        Node::Italic(nodes) => inside(nodes, Style::Italic),
        Node::Code(nodes) => inside(nodes, Style::Code),
        Node::Link { words, address: Address::Fixed(href) } => inside(words, Style::Link(href.clone())),
        // Without holes there is neither of these.
        Node::Hole(_) | Node::Link { address: Address::Template(_), .. } => {}
    }
}

/// Reads a text line by line, and reports at most one problem a line. With `holes`, `{name}` is a hole and a lone brace
/// an error.
pub(crate) fn parse(source: &str, holes: bool) -> (Vec<Node>, Vec<MarkdownError>) {
    let mut nodes = Vec::new();
    let mut errors = Vec::new();
    let mut blank = 0;
    let mut offset = 0;
    for (number, raw) in source.split('\n').enumerate() {
        let line = raw.trim();
        let at = offset + (raw.len() - raw.trim_start().len());
        offset += raw.len() + 1;
        if line.is_empty() {
            blank += 1;
            continue;
        }
        if !nodes.is_empty() {
            nodes.push(Node::Text(if blank > 0 { "\n\n" } else { "\n" }.to_owned()));
        }
        blank = 0;
        match parse_line(line, at, holes) {
            Ok(more) => nodes.extend(more),
            Err((offset, kind)) => errors.push(MarkdownError { offset, line: number + 1, kind }),
        }
    }
    (nodes, errors)
}

type LineError = (usize, MarkdownErrorKind);

fn parse_line(line: &str, offset: usize, holes: bool) -> Result<Vec<Node>, LineError> {
    if let Some(what) = unsupported(line) {
        return Err((offset, MarkdownErrorKind::Unsupported(what)));
    }
    let (bullet, rest, from) = match line.strip_prefix("- ") {
        Some(rest) => (Some(Node::Text("• ".to_owned())), rest, offset + 2),
        None => (None, line, offset),
    };
    let mut reader = Reader { line: rest, at: 0, offset: from, holes, open: Vec::new() };
    let nodes = reader.nodes(None)?;
    Ok(bullet.into_iter().chain(nodes).collect())
}

/// Markdown at the beginning of a line that would only confuse if it were shown as it stands.
fn unsupported(line: &str) -> Option<&'static str> {
    let hashes = line.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') {
        Some("a heading")
    } else if line.starts_with("```") {
        Some("a code block")
    } else if line.starts_with("> ") {
        Some("a quotation")
    } else if line.starts_with("![") {
        Some("an image")
    } else {
        None
    }
}

/// Reads one line. Recursion is at most four deep, since no mark may stand inside itself.
struct Reader<'a> {
    line: &'a str,
    at: usize,
    /// Where the line begins in the whole text.
    offset: usize,
    holes: bool,
    open: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    fn fail<T>(&self, at: usize, kind: MarkdownErrorKind) -> Result<T, LineError> {
        Err((self.offset + at, kind))
    }

    /// Reads up to `close` or, without one, to the end of the line.
    fn nodes(&mut self, close: Option<&'static str>) -> Result<Vec<Node>, LineError> {
        let mut nodes = Vec::new();
        let mut text = String::new();
        while let Some(c) = self.rest().chars().next() {
            if close.is_some_and(|mark| self.closes(mark)) {
                break;
            }
            let before = self.at;
            let node = match c {
                '\\' => {
                    text.push(self.escaped());
                    continue;
                }
                '*' if self.rest().starts_with("**") => Node::Bold(self.marked("**", "bold")?),
                '*' if !self.stands_alone() => Node::Italic(self.marked("*", "italic")?),
                '`' => Node::Code(self.code()?),
                '[' => match self.link()? {
                    Some(link) => link,
                    None => {
                        text.push(c);
                        self.at = before + 1;
                        continue;
                    }
                },
                '{' if self.holes => Node::Hole(self.hole()?),
                _ => {
                    text.push(c);
                    self.at += c.len_utf8();
                    continue;
                }
            };
            flush(&mut text, &mut nodes);
            nodes.push(node);
        }
        flush(&mut text, &mut nodes);
        Ok(nodes)
    }

    /// `*` ends italics, but the first half of `**` doesn't, unless bold is what is open outside.
    fn closes(&self, mark: &str) -> bool {
        match mark {
            "*" => {
                self.rest().starts_with('*')
                    && (!self.rest().starts_with("**") || self.open.contains(&"bold"))
            }
            mark => self.rest().starts_with(mark),
        }
    }

    /// A star between spaces, as in 2 * 3.
    fn stands_alone(&self) -> bool {
        let before = self.line[..self.at].chars().next_back();
        let after = self.line[self.at + 1..].chars().next();
        before.is_none_or(char::is_whitespace) && after.is_none_or(char::is_whitespace)
    }

    /// The character that a backslash stands for: the next one if that is ASCII punctuation, else the backslash.
    fn escaped(&mut self) -> char {
        self.at += 1;
        match self.rest().chars().next() {
            Some(c) if c.is_ascii_punctuation() => {
                self.at += 1;
                c
            }
            _ => '\\',
        }
    }

    fn marked(&mut self, mark: &'static str, name: &'static str) -> Result<Vec<Node>, LineError> {
        let start = self.at;
        if self.open.contains(&name) {
            return self.fail(start, MarkdownErrorKind::Nested(name));
        }
        self.at += mark.len();
        self.open.push(name);
        let nodes = self.nodes(Some(mark))?;
        self.open.pop();
        if !self.rest().starts_with(mark) {
            return self.fail(start, MarkdownErrorKind::Unclosed(mark));
        }
        let inside = &self.line[start + mark.len()..self.at];
        self.at += mark.len();
        if nodes.is_empty() {
            self.fail(start, MarkdownErrorKind::Empty(mark))
        } else if inside.starts_with(char::is_whitespace) || inside.ends_with(char::is_whitespace) {
            self.fail(start, MarkdownErrorKind::Loose(mark))
        } else {
            Ok(nodes)
        }
    }

    /// Code: every character is itself, holes excepted.
    fn code(&mut self) -> Result<Vec<Node>, LineError> {
        let start = self.at;
        self.at += 1;
        let mut nodes = Vec::new();
        let mut text = String::new();
        loop {
            match self.rest().chars().next() {
                None => return self.fail(start, MarkdownErrorKind::Unclosed("`")),
                Some('`') => break,
                Some('{') if self.holes => {
                    let hole = self.hole()?;
                    flush(&mut text, &mut nodes);
                    nodes.push(Node::Hole(hole));
                }
                Some(c) => {
                    text.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
        self.at += 1;
        flush(&mut text, &mut nodes);
        if nodes.is_empty() { self.fail(start, MarkdownErrorKind::Empty("`")) } else { Ok(nodes) }
    }

    /// `[words](address)`, or `None` for a bracket that no address follows: that one is a character.
    fn link(&mut self) -> Result<Option<Node>, LineError> {
        let start = self.at;
        if !self.link_ahead() {
            return Ok(None);
        }
        if self.open.contains(&"a link") {
            return self.fail(start, MarkdownErrorKind::Nested("a link"));
        }
        self.at += 1;
        self.open.push("a link");
        let words = self.nodes(Some("]"))?;
        self.open.pop();
        if !self.rest().starts_with("](") {
            return self.fail(start, MarkdownErrorKind::Unclosed("["));
        }
        self.at += 2;
        let from = self.at;
        let Some(length) = self.rest().find(')') else {
            return self.fail(start, MarkdownErrorKind::Unclosed("("));
        };
        let address = self.address(&self.line[from..from + length], from)?;
        self.at = from + length + 1;
        if words.is_empty() {
            return self.fail(start, MarkdownErrorKind::Empty("[]"));
        }
        Ok(Some(Node::Link { words, address }))
    }

    /// Whether the bracket here is closed by `](` later on the line, with no other unescaped `]` before it.
    fn link_ahead(&self) -> bool {
        let mut chars = self.rest().char_indices().skip(1);
        let mut depth = 0_u32;
        while let Some((i, c)) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '[' => depth += 1,
                ']' if depth > 0 => depth -= 1,
                ']' => return self.rest()[i..].starts_with("]("),
                _ => {}
            }
        }
        false
    }

    fn address(&self, text: &str, at: usize) -> Result<Address, LineError> {
        match address(text, self.offset + at, self.holes) {
            Ok(address) => Ok(address),
            Err(kind) => self.fail(at, kind),
        }
    }

    fn hole(&mut self) -> Result<Hole, LineError> {
        match hole_name(self.rest()) {
            Some(name) => {
                let hole = Hole { name: name.to_owned(), offset: self.offset + self.at };
                self.at += name.len() + 2;
                Ok(hole)
            }
            None => self.fail(self.at, MarkdownErrorKind::Brace),
        }
    }
}

fn flush(text: &mut String, nodes: &mut Vec<Node>) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text)));
    }
}
