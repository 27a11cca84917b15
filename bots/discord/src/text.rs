//! Rich text as Discord's Markdown. Styles become marks; every character of the text itself stays a character: nothing
//! that a customer or an agent wrote can format, mention, quote, head a line or hide a link's address.

use intents::{Rich, rich::Style};
use std::ops::Range;

/// The longest message, in UTF-16 units. Discord counts characters (API reference, Create Message); counting the wider
/// unit keeps us below its limit however it counts.
pub(crate) const MAX_TEXT: usize = 2000;

/// The length of a text as we count it.
#[must_use]
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Cuts a text into pieces whose rendered form is at most `limit` wide. An empty text has one empty piece.
#[must_use]
pub(crate) fn pieces(text: &Rich, limit: usize) -> Vec<Rich> {
    if width(&render(text)) <= limit || text.width(char::len_utf16) <= 1 {
        return vec![text.clone()];
    }
    // The rendered form is longer than the text by its marks: take that share off, and cut again what is still too long.
    let plain = text.width(char::len_utf16);
    let room = (limit * plain / width(&render(text)).max(1)).min(plain - 1).max(1);
    text.split(room, char::len_utf16).iter().flat_map(|piece| pieces(piece, limit)).collect()
}

/// The text in Discord's Markdown.
#[must_use]
pub(crate) fn render(text: &Rich) -> String {
    let spans = tidy(text);
    let mut out = String::with_capacity(text.text().len() + 16);
    write(text.text(), 0..text.text().len(), &spans, &mut out);
    out
}

/// Plain text with every mark escaped.
#[must_use]
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape_onto(&mut out, text);
    out
}

/// Plain text for a place without Markdown, such as a thread's name or a button: one line, at most `limit` wide.
#[must_use]
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let clean: String =
        text.chars().filter(|c| !hidden(*c)).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if width(&words) <= limit {
        return words;
    }
    let cut = Rich::plain(words).split(limit.saturating_sub(1), char::len_utf16);
    cut.first().map_or_else(String::new, |first| format!("{}…", first.text()))
}

struct Styled<'a> {
    range: Range<usize>,
    style: &'a Style,
}

/// Spans in the order in which they open, outermost first, without white space at their ends (Discord wouldn't read the
/// marks), neighbours of the same style joined, and none that crosses the end of another.
fn tidy(text: &Rich) -> Vec<Styled<'_>> {
    let source = text.text();
    let mut spans: Vec<Styled<'_>> = text
        .spans()
        .iter()
        .filter_map(|span| {
            let inner = &source[span.range.clone()];
            let start = span.range.start + (inner.len() - inner.trim_start().len());
            let end = span.range.end - (inner.len() - inner.trim_end().len());
            (start < end).then_some(Styled { range: start..end, style: &span.style })
        })
        .collect();
    spans.sort_by_key(|s| (s.range.start, std::cmp::Reverse(s.range.end)));
    let mut tidied: Vec<Styled<'_>> = Vec::new();
    for mut span in spans {
        let same = tidied.iter_mut().rev().find(|s| s.style == span.style && s.range.end >= span.range.start);
        if let Some(before) = same.filter(|_| !matches!(span.style, Style::Link(_))) {
            before.range.end = before.range.end.max(span.range.end);
            continue;
        }
        for outer in &tidied {
            if outer.range.end > span.range.start && outer.range.end < span.range.end {
                span.range.end = outer.range.end;
            }
        }
        // Nothing can be styled inside code, and no link stands in a link.
        let shut = tidied.iter().any(|outer| {
            outer.range.end > span.range.start
                && (*outer.style == Style::Code
                    || matches!((outer.style, span.style), (Style::Link(_), Style::Link(_))))
        });
        if !shut && span.range.start < span.range.end {
            tidied.push(span);
        }
    }
    tidied
}

fn write(source: &str, range: Range<usize>, spans: &[Styled<'_>], out: &mut String) {
    let mut at = range.start;
    let mut i = 0;
    while i < spans.len() {
        let span = &spans[i];
        let end = span.range.end.min(range.end);
        let inner = spans[i + 1..].iter().take_while(|s| s.range.start < end).count();
        escape_onto(out, &source[at..span.range.start]);
        let nested = &spans[i + 1..i + 1 + inner];
        match span.style {
            Style::Bold => wrap("**", source, span.range.start..end, nested, out),
            Style::Italic => wrap("*", source, span.range.start..end, nested, out),
            Style::Code => code(&source[span.range.start..end], out),
            Style::Link(href) => {
                let words = &source[span.range.start..end];
                let http = href.as_str().starts_with("http");
                if http && words == href.as_str() {
                    escape_onto(out, words);
                } else if http {
                    let address = href.as_str().replace('(', "%28").replace(')', "%29");
                    let mut inner = String::new();
                    write(source, span.range.start..end, nested, &mut inner);
                    out.push('[');
                    out.push_str(&inner.replace("\\]", "]").replace('[', "\\[").replace(']', "\\]"));
                    out.push_str("](<");
                    out.push_str(&address);
                    out.push_str(">)");
                } else {
                    // Discord makes links of web addresses only.
                    let address = href.as_str().trim_start_matches("mailto:");
                    write(source, span.range.start..end, nested, out);
                    if words != address {
                        out.push_str(" (");
                        escape_onto(out, address);
                        out.push(')');
                    }
                }
            }
        }
        at = end;
        i += 1 + inner;
    }
    escape_onto(out, &source[at..range.end]);
}

fn wrap(mark: &str, source: &str, range: Range<usize>, nested: &[Styled<'_>], out: &mut String) {
    // `**a****b**` isn't two bold words: a character without width keeps neighbouring marks apart.
    if out.ends_with('*') && !out.ends_with("\\*") {
        out.push('\u{200b}');
    }
    out.push_str(mark);
    write(source, range, nested, out);
    out.push_str(mark);
}

fn code(words: &str, out: &mut String) {
    let fence = if words.contains('`') { "``" } else { "`" };
    let words: String = words.replace("``", "` `").chars().filter(|c| !hidden(*c)).collect();
    let pad = if fence.len() == 2 { " " } else { "" };
    for part in [fence, pad, &unmention(&words), pad, fence] {
        out.push_str(part);
    }
}

/// Characters that only serve to deceive: controls, and those that turn the direction of writing.
fn hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2060}')
}

fn escape_onto(out: &mut String, text: &str) {
    // Away with what isn't seen first: it could stand between the characters of a mark.
    let seen: String = text.chars().filter(|c| !hidden(*c)).collect();
    let mut rest = seen.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some(address) = bare_address(out, rest) {
            out.push_str(&unmention(address));
            rest = &rest[address.len()..];
            continue;
        }
        escape_char(out, c, rest);
        rest = &rest[c.len_utf8()..];
    }
}

/// Writes a character, behind a backslash if it could be a mark where it stands. Only there: what people wrote stays as
/// readable as it can for whoever reads the raw text. At the end of a text what follows isn't known, so it is a mark.
fn escape_char(out: &mut String, c: char, rest: &str) {
    let next = rest[c.len_utf8()..].chars().next();
    let before = out.chars().next_back();
    let line = out.rsplit('\n').next().unwrap_or_default().trim_start();
    let line_start = line.is_empty();
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let ahead = |marks: &str| next.is_none_or(|next| marks.contains(next));
    let special = match c {
        '*' | '`' => true,
        // A backslash before a letter or a space is one.
        '\\' => next.is_none_or(|next| !next.is_ascii_alphanumeric() && !next.is_whitespace()),
        // Within a word it neither opens nor closes.
        '_' => !(word(before) && word(next)),
        '~' | '|' => next.is_none_or(|next| next == c) || before == Some(c),
        '<' => word(next) || ahead("@#:/"),
        // Without this no link hides its address.
        ']' => ahead("("),
        '>' => line_start && ahead(" >"),
        '#' => line_start && ahead(" #"),
        '-' => line_start && ahead(" #"),
        '+' => line_start && ahead(" "),
        ':' => emoji_name(rest),
        // `12. ` begins a numbered list.
        '.' | ')' => !line_start && line.bytes().all(|b| b.is_ascii_digit()) && ahead(" \t\n"),
        _ => false,
    };
    if special {
        out.push('\\');
    }
    out.push(c);
    if c == '@' && mentions_all(&rest[1..]) {
        out.push('\u{200b}');
    }
}

/// Whether a colon begins something like `:smile:`.
fn emoji_name(rest: &str) -> bool {
    let name = rest[1..].split(':').next().unwrap_or_default();
    let closed = rest[1..].len() > name.len();
    closed && !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-~".contains(&b))
}

fn mentions_all(rest: &str) -> bool {
    ["everyone", "here"]
        .iter()
        .any(|word| rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word)))
}

/// Puts a character without width behind each `@` that would call everybody.
fn unmention(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        out.push(c);
        if c == '@' && mentions_all(&text[i + 1..]) {
            out.push('\u{200b}');
        }
    }
    out
}

/// The web address that begins here, as far as Discord reads it raw: it stays clickable, so nothing in it is escaped. It
/// ends before any character that could close or open a mark.
fn bare_address<'a>(out: &str, rest: &'a str) -> Option<&'a str> {
    let scheme = ["https://", "http://"].into_iter().find(|s| rest.starts_with(s))?;
    if out.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'+,;=%".contains(c);
    let end = rest.find(|c| !legal(c)).unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(|c| "_~.,:;'!?".contains(c));
    (address.len() > scheme.len()).then_some(address)
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
