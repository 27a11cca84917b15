//! Readings of the shipped pack, and what holds for any text at all.

use super::Matcher;
use crate::model::{Example, Hints};
use crate::{EntryId, Probability};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::sync::LazyLock;

/// A small pack in two languages, so that these stories don't change with the shipped one.
const PHRASINGS: [(&str, &[&str]); 6] = [
    (
        "forgot-password",
        &[
            "I forgot my password",
            "how do I reset my password",
            "lost my password",
            "can't remember my password",
            "change forgotten password",
            "忘记密码怎么办",
            "密码忘了",
            "怎么重置密码",
            "密码找回",
            "想不起来密码了",
        ],
    ),
    (
        "withdrawal-failed",
        &[
            "my withdrawal failed",
            "withdrawal rejected",
            "can't withdraw money",
            "why was my withdrawal declined",
            "the money I withdrew never came",
            "提现失败",
            "提现一直不成功",
            "提不了现",
            "提现被拒绝",
            "提现没到账",
        ],
    ),
    (
        "deposit-missing",
        &[
            "my deposit is missing",
            "top up not credited",
            "I paid in but the balance didn't change",
            "deposit has not arrived",
            "where is the money I deposited",
            "充值没到账",
            "充值了余额没变",
            "充了钱没收到",
            "充值不到账",
            "充值成功但没有钱",
        ],
    ),
    (
        "fees",
        &[
            "what are the fees",
            "how much do you charge",
            "transfer fee",
            "is it free",
            "cost of an international payment",
            "手续费多少",
            "怎么收费",
            "转账手续费",
            "提现要手续费吗",
            "国际支付费用",
        ],
    ),
    (
        "register",
        &[
            "how do I sign up",
            "create an account",
            "open a new account",
            "registration",
            "I want to join",
            "怎么注册",
            "注册账号",
            "开户流程",
            "如何开通账户",
            "新用户注册",
        ],
    ),
    (
        "contact",
        &[
            "what's your phone number",
            "how can I contact you",
            "support email address",
            "where can I reach support",
            "contact details",
            "客服电话多少",
            "怎么联系你们",
            "客服邮箱",
            "联系方式",
            "有什么联系渠道",
        ],
    ),
];

static SMALL: LazyLock<Matcher> = LazyLock::new(|| Matcher::from_examples(&small(), &Hints::default()));

fn small() -> Vec<Example<EntryId>> {
    let entry = |id: &str| EntryId::new(id).unwrap();
    let all = PHRASINGS.iter().flat_map(|(id, texts)| texts.iter().map(move |text| (id, text)));
    all.map(|(id, text)| Example { text: (*text).to_owned(), label: entry(id) }).collect()
}

/// The best entry with its probability to one digit, or "nothing" when no entry is likelier than that none fits.
#[track_caller]
fn check(text: &str, expected: &Expect) {
    let reading = SMALL.read(text);
    let language = reading.language.map_or("?", crate::Lang::code);
    let said = match reading.best() {
        Some(best) if best.probability > reading.out_of_scope => best.entry.to_string(),
        _ => "nothing".to_owned(),
    };
    expected.assert_eq(&format!("{language}: {said}"));
}

#[test]
fn questions_find_their_entries_in_both_languages() {
    check("how do I reset my password", &expect!["en: forgot-password"]);
    check("hi, i cant remeber my pasword", &expect!["en: forgot-password"]);
    check("忘记密码了怎么办啊", &expect!["zh: forgot-password"]);
    check("忘記密碼怎麼辦", &expect!["zh: forgot-password"]);
    check("你好，提现失败怎么办", &expect!["zh: withdrawal-failed"]);
    check("昨天充值了100元，到现在都没到账", &expect!["zh: deposit-missing"]);
    check("转账要不要手续费", &expect!["zh: fees"]);
    check("whats ur phone no", &expect!["en: contact"]);
}

#[test]
fn what_has_nothing_to_do_with_the_pack_finds_nothing() {
    check("帮我写一首关于大海的诗", &expect!["zh: nothing"]);
    check("which team won the cup final", &expect!["en: nothing"]);
    check("123456", &expect!["?: nothing"]);
    check("🙂", &expect!["?: nothing"]);
}

#[test]
fn training_is_the_same_every_time() {
    let again = Matcher::from_examples(&small(), &Hints::default());
    for text in ["提现失败", "cant log in", "fee?", "你好", "转人工"] {
        assert_eq!(SMALL.read(text), again.read(text));
    }
}

#[test]
fn too_little_to_learn_from_is_no_error() {
    let entry = |id: &str| EntryId::new(id).unwrap();
    let one = [Example { text: "hello world".to_owned(), label: entry("only") }];
    for examples in [&[][..], &one[..]] {
        let matcher = Matcher::from_examples(examples, &Hints::default());
        let reading = matcher.read("hello world");
        assert_eq!(reading.ranked.len(), examples.len());
        assert!(matcher.bands(Probability::new(0.97)).answer > 0.0);
    }
}

proptest! {
    #[test]
    fn any_text_gets_probabilities(text in "\\PC{0,60}|[a-z ]{0,60}|[提现充值密码失败转账人工 ]{0,20}") {
        let reading = SMALL.read(&text);
        let sum: f32 = reading.ranked.iter().map(|r| r.probability.get()).sum::<f32>() + reading.out_of_scope.get();
        prop_assert!(sum <= 1.0001, "{sum}");
        prop_assert!(reading.ranked.len() <= 10);
        prop_assert!(reading.ranked.is_sorted_by(|a, b| a.probability >= b.probability));
    }
}
