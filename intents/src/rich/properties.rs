//! What holds for any text: reading never panics, and cutting loses nothing but white space at the cuts.

use super::{Href, Rich, Style};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

/// Text that is likely to be hard: marks, white space, wide and combined characters.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[a-z]{1,8}",
        2 => "[提现失败请联系客服。！，]{1,6}",
        2 => Just(" ".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => Just("👨‍👩‍👧 ".to_owned()),
        1 => Just("e\u{301}".to_owned()),
        1 => "[*`\\[\\](){}\\\\#>.!-]{1,4}",
        1 => "\\PC{0,3}",
    ];
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

fn rich() -> impl Strategy<Value = Rich> {
    let style = prop_oneof![
        Just(None),
        Just(Some(Style::Bold)),
        Just(Some(Style::Code)),
        Just(Some(Style::Link(Href("https://x.org".to_owned())))),
    ];
    prop::collection::vec((text(), style), 0..4).prop_map(|parts| {
        let mut rich = Rich::new();
        for (text, style) in parts {
            match style {
                Some(style) => rich.push_styled(&text, style),
                None => rich.push(&text),
            }
        }
        rich
    })
}

/// A text with a backslash before each mark: what shows it as it stands.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn without_white(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Each character that isn't white space, with its styles.
fn styled_chars(rich: &Rich) -> Vec<(char, Vec<Style>)> {
    let styles =
        |at: usize| rich.spans().iter().filter(|s| s.range.contains(&at)).map(|s| s.style.clone()).collect();
    rich.text().char_indices().filter(|(_, c)| !c.is_whitespace()).map(|(i, c)| (c, styles(i))).collect()
}

proptest! {
    #[test]
    fn reading_never_panics_and_points_into_the_text(source in text(), junk in "\\PC*") {
        for source in [source, junk] {
            match Rich::markdown(&source) {
                Ok(rich) => prop_assert!(rich.spans().iter().all(|s| rich.text().get(s.range.clone()).is_some())),
                Err(e) => {
                    prop_assert!(source.get(e.offset..).is_some());
                    prop_assert_eq!(e.line, 1 + source[..e.offset].matches('\n').count());
                }
            }
        }
    }

    #[test]
    fn escaped_text_reads_as_itself(text in text()) {
        let read = Rich::markdown(&escape(&text)).unwrap();
        prop_assert_eq!(without_white(read.text()), without_white(&text));
        prop_assert!(read.spans().is_empty());
    }

    #[test]
    fn pieces_keep_all_characters_with_their_styles(rich in rich(), limit in 1_usize..40, utf16: bool) {
        let width = |c: char| if utf16 { c.len_utf16() } else { 1 };
        let pieces = rich.split(limit, width);
        let pieced: Vec<_> = pieces.iter().flat_map(styled_chars).collect();
        prop_assert_eq!(pieced, styled_chars(&rich));
        for piece in &pieces {
            let one = piece.text().chars().count() == 1;
            prop_assert!(piece.width(width) <= limit || one, "{:?} is wider than {}", piece.text(), limit);
            prop_assert!(!piece.is_empty());
            for span in piece.spans() {
                prop_assert!(!span.range.is_empty() && piece.text().get(span.range.clone()).is_some());
            }
        }
    }

    #[test]
    fn pieces_are_whole_visible_characters(text in text(), limit in 20_usize..60) {
        let mut clusters = text.graphemes(true).filter(|g| !g.trim().is_empty());
        for piece in Rich::plain(text.as_str()).split(limit, char::len_utf16) {
            for cluster in piece.text().graphemes(true).filter(|g| !g.trim().is_empty()) {
                prop_assert_eq!(Some(cluster), clusters.next());
            }
        }
        prop_assert_eq!(clusters.next(), None);
    }

    #[test]
    fn storing_loses_nothing(rich in rich()) {
        let json = serde_json::to_string(&rich).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rich>(&json).unwrap(), rich);
    }
}
