//! What the rendering makes of friendly and of hostile text.

use super::*;
use intents::rich::{Href, Style};
use proptest::prelude::*;

#[track_caller]
fn check(text: &str, shown: &str) {
    assert_eq!(escape(text), shown);
}

#[test]
fn no_text_formats_mentions_or_hides_an_address() {
    check("**bold** _it_ ~~x~~ ||y||", r"\*\*bold\*\* \_it\_ \~\~x\~\~ \|\|y\|\|");
    check("@everyone and @HERE", "@\u{200b}everyone and @\u{200b}HERE");
    check("<@1> <#1> <@&5> <:x:1>", r"\<@1> \<#1> \<@&5> \<\:x:1>");
    check("[click](https://evil.example)", r"[click\](https://evil.example)");
    check("`x` ```rust", r"\`x\` \`\`\`rust");
    check("# big\n## less\n-# small\n> said\n>>> all", "\\# big\n\\## less\n\\-# small\n\\> said\n\\>>> all");
    check("- a\n* b\n+ c\n1. d\n2) e", "\\- a\n\\* b\n\\+ c\n1\\. d\n2\\) e");
    check(":smile: 12:30 a:b", r"\:smile: 12:30 a:b");
    check("a\u{202e}b\u{0}c\u{2066}d", "abcd");
    check(r"\*x", r"\\\*x");
    check("提_现_失", r"提\_现\_失");
    check("a_b_ c", r"a_b\_ c");
}

#[test]
fn what_marks_nothing_stays_as_it_was_written() {
    for text in [
        "jane_doe_7@mail.example",
        "C:\\path",
        "a < b | c ~ d",
        "[sic] (ok)",
        "#1 is yours",
        "-5 > -7",
        "1.5 and 3)",
        "> no",
        "12:30",
    ] {
        let text = text.trim_start_matches("> ");
        check(text, text);
    }
}

#[test]
fn web_addresses_stay_clickable_and_harmless() {
    check("see https://a.example/x_y_z?q=1, ok", "see https://a.example/x_y_z?q=1, ok");
    check("https://a.example/**x**", r"https://a.example/\*\*x\*\*");
    check("x_https://a_b_", r"x_https://a_b\_");
    check("请看https://a.example/b。", "请看https://a.example/b。");
}

#[test]
fn styles_become_marks() {
    let mut rich = Rich::plain("Go to ");
    rich.push_styled("Settings ", Style::Bold);
    rich.push_styled("2*3", Style::Code);
    rich.push(" or ");
    rich.push_styled("our page", Style::Link(Href::new("https://a.example/x(1)").unwrap()));
    rich.push(", ");
    rich.push_styled("mail", Style::Link(Href::new("mailto:a@b.example").unwrap()));
    assert_eq!(
        render(&rich),
        "Go to **Settings** `2*3` or [our page](<https://a.example/x%281%29>), mail (a@b.example)"
    );
    let nested = Rich::markdown("**all of *this* is** strong, **a**").unwrap();
    assert_eq!(render(&nested), "**all of *this* is** strong, **a**");
}

#[test]
fn long_texts_are_cut_below_the_limit_and_lose_nothing() {
    let text = Rich::plain("一句话。*星*号_下划_。\n".repeat(400));
    let pieces = pieces(&text, MAX_TEXT);
    assert!(pieces.len() > 2);
    assert!(pieces.iter().all(|p| width(&render(p)) <= MAX_TEXT));
    let kept: String = pieces.iter().flat_map(|p| p.text().chars()).filter(|c| !c.is_whitespace()).collect();
    let all: String = text.text().chars().filter(|c| !c.is_whitespace()).collect();
    assert_eq!(kept, all);
}

#[test]
fn a_line_for_a_name_is_one_line() {
    assert_eq!(one_line(" a\nb\u{202e}\tc ", 80), "a b c");
    assert_eq!(one_line("提现问题", 3), "提现…");
}

proptest! {
    #[test]
    fn pieces_never_exceed_the_limit(text in "[a-z*_`\n @<😀提]{0,300}", limit in 20..200_usize) {
        for piece in pieces(&Rich::plain(text), limit) {
            prop_assert!(width(&render(&piece)) <= limit);
        }
    }

    #[test]
    fn escaped_text_has_no_open_mark(text in "[a1*_~|`<>@#:/\\[\\]()\\\\\n +.-]{0,40}|.{0,200}") {
        let shown = escape(&text);
        prop_assert!(!shown.contains("@everyone") && !shown.contains("@here"));
        // Without what is escaped, no mark is left.
        let mut bare = String::new();
        let mut chars = shown.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if chars.peek().is_some_and(|n| !n.is_ascii_alphanumeric() && !n.is_whitespace()) => {
                    chars.next();
                    bare.push('\u{1}');
                }
                c => bare.push(c),
            }
        }
        for mark in ["*", "`", "~~", "||", "<@", "<#", "<:", "</", "<a", "<t", "](", "__"] {
            prop_assert!(!bare.contains(mark), "{mark} in {shown}");
        }
        for line in bare.lines().map(str::trim_start) {
            for mark in ["# ", "## ", "-# ", "> ", ">>> ", "- ", "+ "] {
                prop_assert!(!line.starts_with(mark), "{mark} in {shown}");
            }
        }
    }
}
