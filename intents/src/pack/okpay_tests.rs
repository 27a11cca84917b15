//! The shipped pack: complete, without warnings, true with nothing configured, and within what platforms can show.

use super::{Action, Answer, Pack, Placeholders, okpay};
use crate::{CategoryId, EntryId, Lang, Rich, Style};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Ids that people and test cases elsewhere rely on.
const FIXED: &[(&str, &[&str])] = &[
    ("account", &["register", "no-confirmation-email", "password-setup", "login-trouble", "forgot-password"]),
    ("funds", &["funds-arrived", "deposit-missing", "withdrawal-failed", "check-balance"]),
    ("payment", &["payment-failed", "wrong-amount", "fees"]),
    ("security", &["account-security", "suspicious-activity", "privacy"]),
    (
        "support",
        &[
            "contact",
            "hotline-hours",
            "online-chat",
            "email-support",
            "prepare",
            "describe-well",
            "bad-service",
        ],
    ),
    ("feedback", &["give-feedback", "feedback-process"]),
    ("compare", &["compare-platforms", "choose-platform"]),
];

fn answers(pack: &Pack) -> impl Iterator<Item = (String, Lang, &Answer)> {
    let entries = pack
        .entries()
        .iter()
        .flat_map(|e| e.texts.iter().map(|(lang, text)| (format!("{} ({lang})", e.id), *lang, &text.answer)));
    let canned = pack.canned().iter().flat_map(|c| {
        c.texts.iter().map(|(lang, text)| (format!("canned {} ({lang})", c.id), *lang, &text.text))
    });
    entries.chain(canned)
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn entry<'a>(pack: &'a Pack, id: &str) -> &'a super::Entry {
    pack.entry(&EntryId::new(id).unwrap()).unwrap()
}

#[test]
fn every_file_of_the_folder_is_compiled_in() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/okpay");
    let listed: BTreeSet<String> = okpay::FILES.iter().map(|(name, _)| name.replace("okpay/", "")).collect();
    let names = std::fs::read_dir(&dir).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.collect::<BTreeSet<_>>(), listed);
    assert_eq!(Pack::load(&dir).unwrap().entries(), Pack::okpay().entries());
}

#[test]
fn it_has_no_warnings() {
    let shown: Vec<String> = Pack::okpay().warnings().iter().map(ToString::to_string).collect();
    assert_eq!(shown.join("\n"), "");
}

#[test]
fn every_fixed_id_is_in_its_category() {
    let pack = Pack::okpay();
    for (category, ids) in FIXED {
        for id in *ids {
            assert_eq!(entry(&pack, id).category.as_str(), *category, "{id}");
        }
    }
    let order: Vec<&str> = pack.categories().iter().map(|c| c.id.as_str()).collect();
    assert_eq!(order, ["account", "funds", "payment", "security", "support", "feedback", "compare"]);
    let payment = CategoryId::new("payment").unwrap();
    assert_eq!(pack.entries_in(&payment).next().unwrap().id.as_str(), "payment-failed");
}

#[test]
fn alarms_are_urgent_and_complaints_have_both_buttons() {
    let pack = Pack::okpay();
    let urgent: Vec<&str> = pack.entries().iter().filter(|e| e.urgent).map(|e| e.id.as_str()).collect();
    assert_eq!(urgent, ["suspicious-activity"]);
    assert_eq!(entry(&pack, "bad-service").actions, [Action::Senior, Action::Feedback]);
    let departments: Vec<&str> = pack.departments().iter().map(|d| d.as_str()).collect();
    assert_eq!(departments, ["account", "payments", "security", "support"]);
}

#[test]
fn answers_state_no_number_and_no_address() {
    let pack = Pack::okpay();
    for (name, lang, answer) in answers(&pack) {
        let text = pack.fill(answer, lang, &Placeholders::new());
        let mut digits = 0;
        for line in text.text().lines() {
            // "1. " begins a step; any other digit would be an amount, a deadline or a phone number.
            let body =
                line.split_once(". ").filter(|(n, _)| n.parse::<u8>().is_ok()).map_or(line, |(_, b)| b);
            digits += body.chars().filter(|c| c.is_numeric()).count();
        }
        assert_eq!(digits, 0, "{name} has a number in it:\n{text}");
        for sign in ["@", "http", "www.", ".com", "小时", "工作日内", "business days", "¥", "$", "%"] {
            assert!(!text.text().contains(sign), "{name} says {sign:?}:\n{text}");
        }
    }
}

#[test]
fn answers_are_whole_sentences_in_their_own_language() {
    let pack = Pack::okpay();
    for (name, lang, answer) in answers(&pack) {
        let text = pack.fill(answer, lang, &Placeholders::new());
        assert_eq!(text.text().contains(is_han), lang == Lang::Zh, "{name}:\n{text}");
        assert!(!text.text().contains(['{', '}', '*', '[', ']']), "{name} shows markup:\n{text}");
        assert!(text.spans().iter().all(|s| !matches!(s.style, Style::Link(_))), "{name} links to nowhere");
        assert!(text.width(|_| 1) <= 1000, "{name} is too long for a chat");
    }
    for entry in pack.entries() {
        for (lang, text) in &entry.texts {
            let ends = text.question.ends_with(['?', '？', '.', '。']);
            assert!(ends && text.question.chars().count() <= 80, "{} ({lang}): {}", entry.id, text.question);
        }
    }
}

#[test]
fn canned_replies_and_cases_are_there_in_both_languages() {
    let pack = Pack::okpay();
    assert!(pack.canned().len() >= 12);
    let out_of_scope = pack.cases().iter().filter(|c| c.label.is_none()).count();
    assert!(pack.cases().len() >= 150 && out_of_scope >= 30, "{} cases", pack.cases().len());
    let mut by_entry: BTreeMap<&EntryId, [usize; 2]> = BTreeMap::new();
    for case in pack.cases() {
        if let Some(id) = &case.label {
            by_entry.entry(id).or_default()[usize::from(case.text.contains(is_han))] += 1;
        }
    }
    for entry in pack.entries() {
        let counts = by_entry.get(&entry.id).copied().unwrap_or_default();
        assert!(counts.iter().all(|n| *n >= 2), "{} has cases en, zh: {counts:?}", entry.id);
    }
}

#[test]
fn configured_values_fill_words_and_links() {
    let pack = Pack::okpay();
    let mut values = Placeholders::new();
    values.set("site_url", "https://okpay.example");
    values.set("mailbox", "help@okpay.example");
    values.set("hotline", "*not bold* {site}");
    values.set_in(Lang::En, "hotline_now", "Open now, until six.");
    assert_eq!(pack.check_placeholders(&values), []);
    let text = pack.answer(entry(&pack, "contact"), Lang::En, &values);
    assert!(text.text().contains("Hotline: *not bold* {site}. "), "{text}");
    assert!(text.text().contains(" Open now, until six.\n"), "{text}");
    let links: Vec<(&str, &str)> = text.spans().iter().filter_map(|s| link(&text, s)).collect();
    assert_eq!(
        links,
        [
            ("the official OKPay website", "https://okpay.example"),
            // The chat's own address isn't set: the site's is used.
            ("on the website", "https://okpay.example"),
            ("help@okpay.example", "mailto:help@okpay.example"),
        ]
    );
    let buttons = pack.links(entry(&pack, "fees"), Lang::Zh, &values);
    assert_eq!(buttons.len(), 1);
    assert_eq!((buttons[0].0.as_str(), buttons[0].1.as_str()), ("查看费率", "https://okpay.example"));
    assert!(pack.links(entry(&pack, "fees"), Lang::Zh, &Placeholders::new()).is_empty());
}

#[test]
fn values_stand_apart_from_chinese_characters() {
    let pack = Pack::okpay();
    let mut values = Placeholders::new();
    values.set_in(Lang::Zh, "reply_time", "24 小时内");
    values.set_in(Lang::Zh, "site", "官网 okpay");
    values.set("site_url", "https://okpay.example");
    let text = pack.answer(entry(&pack, "contact"), Lang::Zh, &values);
    assert!(text.text().contains("我们会在 24 小时内回复"), "{text}");
    assert!(text.text().contains("在官网 okpay 上有"), "{text}");
    let text = pack.answer(entry(&pack, "register"), Lang::Zh, &Placeholders::new());
    assert!(text.text().contains("打开 OKPay 官方网站，"), "{text}");
    // The space belongs to the sentence and not to the link.
    let mut values = Placeholders::new();
    values.set("site_url", "https://okpay.example");
    let text = pack.answer(entry(&pack, "register"), Lang::Zh, &values);
    assert_eq!(link(&text, &text.spans()[0]), Some(("OKPay 官方网站", "https://okpay.example")));
}

fn link<'a>(text: &'a Rich, span: &'a crate::Span) -> Option<(&'a str, &'a str)> {
    match &span.style {
        Style::Link(href) => Some((&text.text()[span.range.clone()], href.as_str())),
        Style::Bold | Style::Italic | Style::Code => None,
    }
}
