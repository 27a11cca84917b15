//! What an editor reads when a pack is broken: where it is, what it is, how to mend it, and all of it at once.

use super::Pack;
use expect_test::{Expect, expect};
use proptest::prelude::*;

const HEAD: &str = r#"name = "Test"
languages = ["zh", "en"]
default_language = "zh"
[placeholders.site]
zh = "官网"
en = "the website"
[addresses.site_url]
"#;

const GOOD: &str = r#"[category]
id = "funds"
title = { zh = "资金", en = "Funds" }

[[entry]]
id = "fees"
department = "payments"
[entry.zh]
question = "手续费多少？"
phrasings = ["手续费"]
answer = "看[{site}]({site_url})。"
[entry.en]
question = "What are the fees?"
phrasings = ["fees"]
answer = "See [{site}]({site_url})."
"#;

fn parse(files: &[(&str, &str)]) -> Result<Pack, super::PackErrors> {
    Pack::parse(files.iter().map(|(name, text)| (*name, text.as_bytes())))
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &Expect) {
    match parse(files) {
        Ok(_) => panic!("this pack was taken"),
        Err(errors) => {
            assert!(!errors.problems().is_empty());
            expected.assert_eq(&errors.to_string());
        }
    }
}

/// Checks a category file that was made from the good one.
#[track_caller]
fn check_changed(from: &str, to: &str, expected: &Expect) {
    assert!(GOOD.contains(from), "{from:?} isn't in the good file");
    check(&[("p/pack.toml", HEAD), ("p/funds.toml", &GOOD.replace(from, to))], expected);
}

#[test]
fn a_small_pack_is_taken_and_warned_about() {
    let pack = parse(&[("p/pack.toml", HEAD), ("p/funds.toml", GOOD)]).unwrap();
    let warnings: Vec<String> = pack.warnings().iter().map(ToString::to_string).collect();
    expect![[r#"
        p/funds.toml:9: fees: `zh` has fewer than 10 phrasings (1); add other ways in which customers ask this
        p/funds.toml:13: fees: `en` has fewer than 10 phrasings (1); add other ways in which customers ask this"#]].assert_eq(&warnings.join("\n"));
}

#[test]
fn a_mistyped_field_is_named_with_the_right_one() {
    check_changed(
        "phrasings = [\"fees\"]",
        "phrasing = [\"fees\"]",
        &expect![[r#"
        p/funds.toml:12: fees: `phrasings` is missing; write it like `phrasings = ["forgot my password", "can't remember password"]`
        p/funds.toml:14: fees: unknown field `phrasing`; did you mean `phrasings`?"#]],
    );
    check_changed(
        "department",
        "color = \"red\"\ndepartment",
        &expect![
            "p/funds.toml:7: fees: unknown field `color`; delete it, or use one of: id, department, urgent, related, actions, links, zh, en"
        ],
    );
}

#[test]
fn a_wrong_type_is_shown_with_an_example() {
    check_changed(
        "department = \"payments\"",
        "department = \"payments\"\nurgent = \"yes\"",
        &expect![[
            r#"p/funds.toml:8: fees: `urgent`: invalid type: string "yes", expected a boolean; write it like `urgent = true`"#
        ]],
    );
    check_changed(
        "phrasings = [\"fees\"]",
        "phrasings = \"fees\"",
        &expect![[
            r#"p/funds.toml:14: fees: `phrasings`: invalid type: string "fees", expected a sequence; write it like `phrasings = ["forgot my password", "can't remember password"]`"#
        ]],
    );
    check_changed(
        "phrasings = [\"fees\"]",
        "phrasings = [\n\"fees\",\n3]",
        &expect![[
            r#"p/funds.toml:16: fees: `phrasings`: invalid type: integer `3`, expected a string; write it like `phrasings = ["forgot my password", "can't remember password"]`"#
        ]],
    );
    check_changed(
        "department = \"payments\"",
        "department = \"payments\"\nactions = [\"call\"]",
        &expect![[
            r#"p/funds.toml:8: fees: `actions`: unknown variant `call`, expected one of `person`, `senior`, `feedback`; write it like `actions = ["person"]`"#
        ]],
    );
    check_changed(
        "[entry.en]",
        "[entry.en.more]",
        &expect![[r#"
            p/funds.toml:12: fees: `answer` is missing; write it like `answer = "Click **Forgot password**."`
            p/funds.toml:12: fees: `phrasings` is missing; write it like `phrasings = ["forgot my password", "can't remember password"]`
            p/funds.toml:12: fees: `question` is missing; write it like `question = "How do I reset my password?"`
            p/funds.toml:12: fees: unknown field `more`; delete it, or use one of: question, phrasings, answer"#]],
    );
}

#[test]
fn broken_toml_is_shown_with_every_broken_line() {
    check_changed(
        "phrasings = [\"fees\"]",
        "phrasings = [\"fees\"\nquestion two = 1",
        &expect![[r#"
            p/funds.toml:15: this is not TOML: missing comma between array elements, expected `,`; check quotes, brackets and `=` on this line and the one before it
            p/funds.toml:16: this is not TOML: missing comma between array elements, expected `,`; check quotes, brackets and `=` on this line and the one before it"#]],
    );
}

#[test]
fn ids_are_well_formed_and_unique_across_files() {
    check_changed(
        "id = \"fees\"",
        "id = \"The Fees\"",
        &expect![[
            r#"p/funds.toml:6: `id`: "The Fees" can't be an id: use 1 to 28 of a-z, 0-9 and '-', beginning with a letter; write it like `id = "forgot-password"`"#
        ]],
    );
    let second = GOOD.replace("\"funds\"", "\"payment\"").replace("手续费", "费率").replace("fees", "rates");
    let second = second.replace("id = \"rates\"", "id = \"fees\"");
    check(
        &[("p/pack.toml", HEAD), ("p/funds.toml", GOOD), ("p/payment.toml", &second), ("p/z.toml", GOOD)],
        &expect![[r#"
            p/payment.toml:6: fees: entry id `fees` is already used at p/funds.toml:6; give one of the two another id
            p/z.toml:2: funds: category id `funds` is already used at p/funds.toml:2; give one of the two another id
            p/z.toml:6: fees: entry id `fees` is already used at p/funds.toml:6; give one of the two another id"#]],
    );
}

#[test]
fn related_entries_exist() {
    check_changed(
        "[entry.zh]",
        "related = [\n  \"fee\",\n  \"fees\",\n  \"withdraw\",\n]\n[entry.zh]",
        &expect![[r#"
            p/funds.toml:9: fees: related entry `fee` does not exist; did you mean `fees`?
            p/funds.toml:10: fees: the entry is related to itself; delete it from `related`
            p/funds.toml:11: fees: related entry `withdraw` does not exist; delete it from `related`, or write that entry"#]],
    );
}

#[test]
fn placeholders_are_declared_and_addresses_are_links() {
    check_changed(
        "See [{site}]({site_url}).",
        "See {sight} at {site_url}.",
        &expect![[r#"
        p/funds.toml:15: fees: `answer`: unknown placeholder {sight}; declare it in pack.toml, or use one of: site, site_url
        p/funds.toml:15: fees: `answer`: {site_url} is an address, and reads badly while it isn't configured; make it a link: [words]({site_url})"#]],
    );
    check_changed(
        "[{site}]({site_url})。",
        "[{site}]({sit_url}) {oops",
        &expect![[
            r#"p/funds.toml:11: fees: `answer`: `{` begins a placeholder such as {site}; write `\{` for the character itself"#
        ]],
    );
}

#[test]
fn an_answers_problem_is_at_its_own_line() {
    let answer =
        "\"\"\"\nFine.\n\n# Heading\n**open\n[site](javascript:alert(1))\n[a](https://)\n- {nothing}\n\"\"\"";
    check_changed(
        "\"See [{site}]({site_url}).\"",
        answer,
        &expect![[r#"
            p/funds.toml:18: fees: `answer`: a heading can't be shown in a chat; use a paragraph with **bold** words instead
            p/funds.toml:19: fees: `answer`: ** is not closed on this line; close it, or write \* for the character itself
            p/funds.toml:20: fees: `answer`: "javascript:alert(1" can't be linked; only https://, http:// and mailto: can
            p/funds.toml:21: fees: `answer`: "https://" is not a complete address; write it like https://example.com/help
            p/funds.toml:22: fees: `answer`: unknown placeholder {nothing}; declare it in pack.toml, or use one of: site, site_url"#]],
    );
    check_changed(
        "\"See [{site}]({site_url}).\"",
        "\" \"",
        &expect!["p/funds.toml:15: fees: `answer`: the answer is empty; write what the customer should read"],
    );
}

#[test]
fn a_phrasing_is_said_once() {
    let second = r#"
[[entry]]
id = "limits"
department = "payments"
[entry.zh]
question = "有限额吗？"
phrasings = ["限额", "限额 ", "", "手续费"]
answer = "有。"
[entry.en]
question = "Are there limits?"
phrasings = ["FEES ", "are there limits?"]
answer = "Yes."
"#;
    check(
        &[("p/pack.toml", HEAD), ("p/funds.toml", &(GOOD.to_owned() + second))],
        &expect![[r#"
            p/funds.toml:22: limits: "手续费" is in `fees` already (p/funds.toml:10); keep it in one place
            p/funds.toml:22: limits: "限额" is in this entry already (p/funds.toml:22); keep it in one place
            p/funds.toml:22: limits: an empty phrasing or question (zh); write words or delete it
            p/funds.toml:26: limits: "FEES" is in `fees` already (p/funds.toml:14); keep it in one place
            p/funds.toml:26: limits: "are there limits?" is in this entry already (p/funds.toml:25); keep it in one place"#]],
    );
}

#[test]
fn every_language_is_there() {
    let only_zh = &GOOD[..GOOD.find("[entry.en]").unwrap()].replace(", en = \"Funds\"", "");
    check(
        &[("p/pack.toml", HEAD), ("p/funds.toml", only_zh)],
        &expect![[r#"
        p/funds.toml:3: `en` is missing; write it like `zh = "…", en = "…"`
        p/funds.toml:5: fees: language `en` is missing; add [entry.en] with `question`, `phrasings` and `answer`"#]],
    );
    let zh = HEAD.replace(", \"en\"", "");
    check(
        &[("p/pack.toml", &zh), ("p/funds.toml", GOOD)],
        &expect![[r#"
            p/funds.toml:3: unknown field `en`; delete it, or use one of: zh
            p/funds.toml:12: fees: [entry.en] is in no language of the pack; add "en" to `languages` in pack.toml, or delete it
            p/pack.toml:6: unknown field `en`; delete it, or use one of: zh"#]],
    );
}

#[test]
fn links_lead_to_pages() {
    let links = "links = [\n  { url = \"ftp://x.org\", title = { zh = \"去\", en = \"Go\" } },\n  { url = \"{site}/a\" },\n  { url = \"{nowhere}\", title = { zh = \"去\", en = \"Go\" } },\n  { url = \"example.com/{site}\", title = { zh = \"去\", en = \"Go\" } },\n]";
    check_changed(
        "[entry.zh]",
        &format!("{links}\n[entry.zh]"),
        &expect![[r#"
            p/funds.toml:9: fees: bad link: "ftp://x.org" can't be linked: only https://, http:// and mailto: can; link to a page of the company
            p/funds.toml:10: fees: `title` of a link is missing; write it like `title = { zh = "…", en = "…" }`
            p/funds.toml:10: fees: {site} is words, and an address can't begin with it; use an address of pack.toml, or put a scheme before it: mailto:{site}
            p/funds.toml:11: fees: unknown placeholder {nowhere}; declare it in pack.toml, or use one of: site, site_url
            p/funds.toml:12: fees: bad link: "example.com/{site}" can't be linked: only https://, http:// and mailto: can; link to a page of the company"#]],
    );
}

#[test]
fn the_head_is_checked_too() {
    let head = r#"
languages = ["zh", "fr"]
default_language = "en"
placeholder = 1
[placeholders.site]
zh = "官网"
en = ""
[addresses.site]
[addresses.fees_url]
fallback = "feeds_url"
default = "example.com"
[synonyms]
zh = [["提现", "取款"], ["取款"], [""]]
"#;
    check(
        &[("p/pack.toml", head), ("p/funds.toml", GOOD)],
        &expect![[r#"
        p/funds.toml:11: fees: `answer`: unknown placeholder {site_url}; declare it in pack.toml, or use one of: fees_url, site
        p/funds.toml:11: fees: `answer`: {site} is an address, and reads badly while it isn't configured; make it a link: [words]({site})
        p/funds.toml:15: fees: `answer`: unknown placeholder {site_url}; declare it in pack.toml, or use one of: fees_url, site
        p/funds.toml:15: fees: `answer`: {site} is an address, and reads badly while it isn't configured; make it a link: [words]({site})
        p/pack.toml:1: `name` is missing; write it like `name = "OKPay"`
        p/pack.toml:2: `languages`: unknown variant `fr`, expected `zh` or `en`; write it like `languages = ["zh", "en"]`
        p/pack.toml:4: unknown field `placeholder`; did you mean `placeholders`?
        p/pack.toml:7: `en` is empty; write its words
        p/pack.toml:8: `site` is both a placeholder and an address; rename one of them
        p/pack.toml:10: the fallback `feeds_url` is no address; name one of [addresses]
        p/pack.toml:11: `default`: "example.com" is not a complete address: write it like https://example.com/help; write it like `default = "https://example.com/help"`
        p/pack.toml:13: an empty synonym; delete it
        p/pack.toml:13: synonym "取款" is also in line 13; keep it in one group"#]],
    );
    check(
        &[("p/pack.toml", "name = "), ("p/funds.toml", &GOOD.replace("fees\"]", "\"]"))],
        &expect![[r#"
        p/funds.toml:14: fees: an empty phrasing or question (en); write words or delete it
        p/pack.toml:1: this is not TOML: string values must be quoted, expected literal string; check quotes, brackets and `=` on this line and the one before it"#]],
    );
    check(
        &[("p/funds.toml", GOOD)],
        &expect![
            "p: there is no readable pack.toml in this folder; name the pack's own folder, or write one with `name`, `languages` and `default_language`"
        ],
    );
    check(
        &[("p/pack.toml", HEAD)],
        &expect!["p/pack.toml: the pack has no entries; write a category file with at least one [[entry]]"],
    );
}

#[test]
fn test_cases_name_entries() {
    let cases = "how much\tfees\nno label\nweather\toos\n\nhow high\tfee\nFees\tfees\n";
    check(
        &[("p/pack.toml", HEAD), ("p/funds.toml", GOOD), ("p/cases.tsv", cases)],
        &expect![[r#"
        p/cases.tsv:2: this is no test case; write a sentence, a tab, and an entry's id or `oos`
        p/cases.tsv:5: there is no entry `fee`; did you mean `fees`?"#]],
    );
    let cases = "Fees\tfees\n";
    let pack = parse(&[("p/pack.toml", HEAD), ("p/funds.toml", GOOD), ("p/cases.tsv", cases)]).unwrap();
    expect![[r#"p/cases.tsv:1: "Fees" is a phrasing of `fees`, so it tests nothing; reword it"#]]
        .assert_eq(&pack.warnings()[0].to_string());
}

#[test]
fn canned_replies_are_checked_like_answers() {
    let canned = r#"
[[canned]]
id = "hello"
[canned.zh]
title = "问候"
text = "您好 {name}"
[[canned]]
id = "hello"
[canned.zh]
title = "x"
text = "*"
[canned.en]
title = 1
text = "*x"
"#;
    check(
        &[("p/pack.toml", HEAD), ("p/funds.toml", GOOD), ("p/canned.toml", canned)],
        &expect![[r#"
            p/canned.toml:2: hello: language `en` is missing; add [canned.en] with `title` and `text`
            p/canned.toml:6: hello: `text`: unknown placeholder {name}; declare it in pack.toml, or use one of: site, site_url
            p/canned.toml:8: hello: canned reply id `hello` is already used at p/canned.toml:3; give one of the two another id
            p/canned.toml:13: hello: `title`: invalid type: integer `1`, expected a string; write it like `title = "Greeting"`
            p/canned.toml:14: hello: `text`: * is not closed on this line; close it, or write \* for the character itself"#]],
    );
}

#[test]
fn all_problems_come_at_once() {
    let broken = GOOD
        .replace("id = \"fees\"", "id = \"fees\"\nrelated = [\"nothing-like-it\"]")
        .replace("phrasings = [\"手续费\"]", "phrasings = [\"\"]\ncolour = 1\nshape = 2")
        .replace("question = \"What are the fees?\"\n", "")
        .replace("answer = \"See", "answer = \"**See");
    check(
        &[("p/pack.toml", HEAD), ("p/funds.toml", &broken), ("p/cases.tsv", "x\ty\n")],
        &expect![[r#"
            p/cases.tsv:1: there is no entry `y`; write an entry's id, or `oos` if none fits
            p/funds.toml:7: fees: related entry `nothing-like-it` does not exist; delete it from `related`, or write that entry
            p/funds.toml:11: fees: an empty phrasing or question (zh); write words or delete it
            p/funds.toml:12: fees: unknown field `colour`; delete it, or use one of: question, phrasings, answer
            p/funds.toml:13: fees: unknown field `shape`; delete it, or use one of: question, phrasings, answer
            p/funds.toml:15: fees: `question` is missing; write it like `question = "How do I reset my password?"`
            p/funds.toml:17: fees: `answer`: ** is not closed on this line; close it, or write \* for the character itself"#]],
    );
}

#[test]
fn a_folder_is_read_strictly() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let shown = |expected: &Expect| {
        let errors = Pack::load(dir).unwrap_err().to_string();
        expected.assert_eq(&errors.replace(&dir.display().to_string(), "DIR"));
    };
    shown(&expect![
        "DIR: there is no readable pack.toml in this folder; name the pack's own folder, or write one with `name`, `languages` and `default_language`"
    ]);

    std::fs::write(dir.join("pack.toml"), HEAD).unwrap();
    std::fs::write(dir.join("funds.toml"), GOOD).unwrap();
    std::fs::write(dir.join(".funds.toml.swp"), "x").unwrap();
    std::fs::write(dir.join(".hidden.toml"), "x").unwrap();
    std::fs::write(dir.join("notes.md"), "x").unwrap();
    assert_eq!(Pack::load(dir).unwrap().name(), "Test");

    std::fs::write(dir.join("latin.toml"), b"[category]\nid = \"caf\xe9\"\n").unwrap();
    std::fs::write(dir.join("large.toml"), vec![b'#'; 1024 * 1024 + 1]).unwrap();
    std::fs::create_dir(dir.join("folder.toml")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(dir.join("loop.toml"), dir.join("loop.toml")).unwrap();
    shown(&expect![[r#"
        DIR/folder.toml: this is not a regular file; rename it or move it out of the pack's folder
        DIR/large.toml: the file is larger than 1 MiB; split its entries over several categories
        DIR/latin.toml:2: this is not UTF-8 text; save the file with the encoding UTF-8
        DIR/loop.toml: the file can't be read (Too many levels of symbolic links (os error 40)); check that it exists, may be read and is no link to itself"#]]);

    let errors = Pack::load(&dir.join("missing")).unwrap_err().to_string();
    expect!["DIR/missing: the folder can't be read (No such file or directory (os error 2)); name a folder that holds a pack.toml"].assert_eq(&errors.replace(&dir.display().to_string(), "DIR"));
}

proptest! {
    /// However an edit breaks a pack, its editor gets a list of problems with files and, inside of files, lines.
    #[test]
    fn a_broken_edit_is_reported_and_never_panics(
        at in 0_usize..HEAD.len() + GOOD.len(),
        remove in 0_usize..12,
        insert in prop_oneof!["\\PC{0,4}", "[\"'\\[\\]{}=#,*\\n\\\\]{1,4}"],
    ) {
        let mut files = [HEAD.to_owned(), GOOD.to_owned()];
        let (file, at) = if at < HEAD.len() { (0, at) } else { (1, at - HEAD.len()) };
        let boundary = |text: &str, at: usize| (at..=text.len()).find(|&i| text.is_char_boundary(i)).unwrap();
        let start = boundary(&files[file], at);
        let end = boundary(&files[file], (start + remove).min(files[file].len()));
        files[file].replace_range(start..end, &insert);
        if let Err(errors) = parse(&[("p/pack.toml", &files[0]), ("p/funds.toml", &files[1])]) {
            for problem in errors.problems() {
                let lines = files.iter().map(|f| f.lines().count() + 1).max().unwrap();
                prop_assert!(problem.file.starts_with("p"));
                prop_assert!(problem.line.is_none_or(|line| (1..=lines).contains(&line)), "{problem}");
                prop_assert!(!problem.what.is_empty() && !problem.mend.is_empty());
            }
        }
    }
}
