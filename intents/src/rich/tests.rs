//! Styled text: what Markdown means, how errors read, where long texts are cut.

use super::{Href, Rich, Style};
use expect_test::{Expect, expect};

/// The text with its styles in brackets: readable in a snapshot.
fn show(rich: &Rich) -> String {
    let mut marks: Vec<(usize, bool, String)> = Vec::new();
    for span in rich.spans() {
        let name = match &span.style {
            Style::Bold => "b".to_owned(),
            Style::Italic => "i".to_owned(),
            Style::Code => "c".to_owned(),
            Style::Link(href) => format!("a {href}"),
        };
        marks.push((span.range.start, true, format!("<{name}>")));
        marks.push((span.range.end, false, format!("</{}>", &name[..1])));
    }
    marks.sort();
    let mut shown = String::new();
    let mut at = 0;
    for (offset, _, mark) in marks {
        shown += &rich.text()[at..offset];
        shown += &mark;
        at = offset;
    }
    shown + &rich.text()[at..]
}

#[track_caller]
fn check(source: &str, expected: &Expect) {
    expected.assert_eq(&match Rich::markdown(source) {
        Ok(rich) => show(&rich),
        Err(e) => format!("{e} (at {})", e.offset),
    });
}

#[test]
fn marks_become_styles() {
    check(
        "a **b** *c* `d*` [e](https://x.org/?q=1)",
        &expect!["a <b>b</b> <i>c</i> <c>d*</c> <a https://x.org/?q=1>e</a>"],
    );
    check("**重点**后文，*斜*体", &expect!["<b>重点</b>后文，<i>斜</i>体"]);
    check("**bold *both***, *it **both** it*", &expect!["<b>bold <i>both</b></i>, <i>it <b>both</b> it</i>"]);
    check("[**bold** words](mailto:a@b.org)", &expect!["<a mailto:a@b.org><b>bold</b> words</a>"]);
}

#[test]
fn lines_and_lists_stay_lines() {
    check(
        "\n\nOne\ntwo\n\n\n- a\n- **b**\n1. c\n  2. d  \n",
        &expect![[r#"
        One
        two

        • a
        • <b>b</b>
        1. c
        2. d"#]],
    );
}

#[test]
fn what_is_no_mark_stays() {
    check(
        r"2 * 3, \*x\*, \[a\](b), C:\dir, snake_case_word, [1], {x}, a - b, #tag",
        &expect![[r#"2 * 3, *x*, [a](b), C:\dir, snake_case_word, [1], {x}, a - b, #tag"#]],
    );
    check("\\\\", &expect![[r#"\"#]]);
    check("", &expect![[r#""#]]);
}

#[test]
fn errors_say_where_and_how_to_mend() {
    check(
        "fine\n**open",
        &expect![[
            r#"line 2: ** is not closed on this line: close it, or write \* for the character itself (at 5)"#
        ]],
    );
    check(
        "*open",
        &expect![[
            r#"line 1: * is not closed on this line: close it, or write \* for the character itself (at 0)"#
        ]],
    );
    check(
        "a `open",
        &expect![[
            r#"line 1: ` is not closed on this line: close it, or write \` for the character itself (at 2)"#
        ]],
    );
    check("****", &expect!["line 1: nothing stands between **: put words there, or delete the marks (at 0)"]);
    check(
        "[](https://x.org)",
        &expect!["line 1: nothing stands between []: put words there, or delete the marks (at 0)"],
    );
    check(
        "**a **b** c**",
        &expect!["line 1: white space stands just inside **: move it outside of the marks (at 0)"],
    );
    check("[**a [b** c](https://x.org)", &expect!["line 1: bold inside bold: delete the inner one (at 7)"]);
    check("*a **b *c* d***", &expect!["line 1: italic inside italic: delete the inner one (at 7)"]);
    check(
        "[a [b](https://x.org)](https://x.org)",
        &expect!["line 1: a link inside a link: delete the inner one (at 3)"],
    );
    check(
        "[a](javascript:alert(1))",
        &expect![[
            r#"line 1: "javascript:alert(1" can't be linked: only https://, http:// and mailto: can (at 4)"#
        ]],
    );
    check(
        "[a](https:x.org)",
        &expect![[
            r#"line 1: "https:x.org" is not a complete address: write it like https://example.com/help (at 4)"#
        ]],
    );
    check(
        "[a](/path)",
        &expect![[
            r#"line 1: "/path" is not a complete address: write it like https://example.com/help (at 4)"#
        ]],
    );
    check(
        "[a](https://x.org",
        &expect![[
            r#"line 1: ( is not closed on this line: close it, or write \( for the character itself (at 0)"#
        ]],
    );
    check(
        "# Title",
        &expect![
            "line 1: a heading can't be shown in a chat: use a paragraph with **bold** words instead (at 0)"
        ],
    );
    check(
        "```\ncode",
        &expect![
            "line 1: a code block can't be shown in a chat: use a paragraph with **bold** words instead (at 0)"
        ],
    );
    check(
        "![a](https://x.org)",
        &expect![
            "line 1: an image can't be shown in a chat: use a paragraph with **bold** words instead (at 0)"
        ],
    );
    check(
        "> quote",
        &expect![
            "line 1: a quotation can't be shown in a chat: use a paragraph with **bold** words instead (at 0)"
        ],
    );
}

#[test]
fn links_lead_to_web_pages_and_mailboxes_only() {
    for good in
        ["https://x.org", "http://x.org:80/a?b#c", "mailto:a@b.org", "https://例子.中国/路", "HTTPS://X.ORG"]
    {
        assert_eq!(Href::new(good).unwrap().as_str(), good);
    }
    let bad = [
        "",
        "x.org",
        "//x.org",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " https://x.org",
        "https://x.org/a b",
        "https://",
        "http:x.org",
        "mailto:",
        "mailto:a",
        "mailto:@b",
        "data:text/html,x",
        "file:///etc/passwd",
        "tg://resolve?domain=x",
        "https://x.org/\u{0}",
        "java\nscript:alert(1)",
        "https://x.org/\"onclick",
        "ftp://x.org",
    ];
    for bad in bad {
        assert!(Href::new(bad).is_err(), "{bad:?} was taken");
    }
}

#[test]
fn the_stored_form_is_fixed_and_checked_when_it_is_read() {
    let rich = Rich::markdown("See [the **site**](https://x.org)").unwrap();
    let json = serde_json::to_string(&rich).unwrap();
    expect![[r#"{"text":"See the site","spans":[{"range":{"start":4,"end":12},"style":{"link":"https://x.org"}},{"range":{"start":8,"end":12},"style":"bold"}]}"#]].assert_eq(&json);
    assert_eq!(serde_json::from_str::<Rich>(&json).unwrap(), rich);
    assert_eq!(serde_json::to_string(&Rich::plain("好")).unwrap(), r#"{"text":"好"}"#);
    for bad in [
        r#"{"text":"好","spans":[{"range":{"start":0,"end":1},"style":"bold"}]}"#,
        r#"{"text":"ab","spans":[{"range":{"start":0,"end":3},"style":"bold"}]}"#,
        r#"{"text":"ab","spans":[{"range":{"start":1,"end":1},"style":"bold"}]}"#,
        r#"{"text":"ab","spans":[{"range":{"start":0,"end":1},"style":{"link":"javascript:x"}}]}"#,
    ] {
        assert!(serde_json::from_str::<Rich>(bad).is_err(), "{bad} was taken");
    }
}

#[test]
fn pushing_and_joining_move_styles_along() {
    let mut rich = Rich::plain("好 ");
    rich.push_styled("", Style::Code);
    rich.push_styled("b", Style::Bold);
    rich.push(" ");
    rich.push_rich(&Rich::markdown("*i*").unwrap());
    expect!["好 <b>b</b> <i>i</i>"].assert_eq(&show(&rich));
    expect!["好 <b>b</b> <i>i</i> /  / 好 <b>b</b> <i>i</i>"]
        .assert_eq(&show(&Rich::join([&rich, &Rich::new(), &rich], " / ")));
}

#[track_caller]
fn check_split(source: &str, limit: usize, expected: &Expect) {
    let pieces = Rich::markdown(source).unwrap().split(limit, |_| 1);
    let shown: Vec<String> = pieces.iter().map(|p| format!("|{}|", show(p))).collect();
    expected.assert_eq(&shown.join("\n"));
}

#[test]
fn cuts_prefer_paragraphs_then_lines_then_sentences_then_words() {
    check_split(
        "One. Two.\n\nThree. Four.\nFive five.",
        25,
        &expect![[r#"
        |One. Two.|
        |Three. Four.
        Five five.|"#]],
    );
    check_split(
        "First sentence here. Second one, longer.",
        30,
        &expect![[r#"
        |First sentence here.|
        |Second one, longer.|"#]],
    );
    check_split(
        "第一句话说完了。第二句话也说完了！第三句",
        12,
        &expect![[r#"
        |第一句话说完了。|
        |第二句话也说完了！第三句|"#]],
    );
    check_split(
        "one two three, four",
        13,
        &expect![[r#"
        |one two|
        |three, four|"#]],
    );
    check_split(
        "提现失败，请联系客服",
        5,
        &expect![[r#"
        |提现失败，|
        |请联系客服|"#]],
    );
    check_split(
        "see https://example.com/a/b",
        20,
        &expect![[r#"
        |see|
        |https://example.com/|
        |a/b|"#]],
    );
    check_split(
        "a **bold words** b",
        8,
        &expect![[r#"
        |a <b>bold</b>|
        |<b>words</b> b|"#]],
    );
    check_split(
        "1. aaa\n2. bbb\n3. ccc",
        14,
        &expect![[r#"
        |1. aaa
        2. bbb|
        |3. ccc|"#]],
    );
}

#[test]
fn a_visible_character_is_never_cut() {
    let family = "👨‍👩‍👧‍👦";
    let pieces = Rich::plain(family.repeat(3)).split(12, char::len_utf16);
    assert_eq!(pieces, [family, family, family].map(Rich::plain));
    assert_eq!(Rich::plain("e\u{301}e\u{301}").split(3, |_| 1), ["e\u{301}", "e\u{301}"].map(Rich::plain));
    // Wider than the limit by itself: cut between code points, since it must be sent somehow.
    assert_eq!(Rich::plain("e\u{301}\u{301}").split(2, |_| 1).len(), 2);
    assert_eq!(Rich::plain("😀").split(1, char::len_utf16), [Rich::plain("😀")]);
}

#[test]
fn nothing_but_text_is_sent() {
    assert_eq!(Rich::new().split(5, |_| 1), []);
    assert_eq!(Rich::plain("a\n\n\n\n      \n\nb").split(4, |_| 1), ["a", "b"].map(Rich::plain));
    assert_eq!(Rich::plain("a b").split(0, |_| 1), ["a", "b"].map(Rich::plain));
}
