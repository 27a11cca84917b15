//! Whole evaluations over a small training set, with a clock that stands still.

use super::{Case, Method, Training, compare, cross_validate, evaluate, parse_cases};
use expect_test::expect;
use std::time::Duration;

const TRAIN: &str = "\
how do I reset my password\tpassword
I forgot my password\tpassword
password reset link\tpassword
忘记密码怎么办\tpassword
密码忘了\tpassword
重置密码\tpassword
my withdrawal failed\twithdrawal
withdrawal was rejected\twithdrawal
I can't withdraw my money\twithdrawal
提现失败\twithdrawal
提现不成功\twithdrawal
为什么不能提现\twithdrawal
what are the fees\tfees
how much does a transfer cost\tfees
transfer fee\tfees
手续费多少\tfees
转账要收费吗\tfees
费用怎么算\tfees
";

const CASES: &str = "\
forgot my pasword\tpassword
密码忘记了\tpassword
withdrawal keeps failing\twithdrawal
提现老是失败\twithdrawal
is there a fee\tfees
收多少手续费\tfees
what's the weather like\toos
推荐一部电影\toos
";

fn training() -> Training {
    Training::from_cases(&parse_cases(TRAIN).unwrap())
}

fn cases() -> Vec<Case> {
    parse_cases(CASES).unwrap()
}

const STILL: &dyn Fn() -> Duration = &|| Duration::ZERO;

#[test]
fn a_report_reads_like_this() {
    let report = evaluate(Method::Deskhand, &training(), &cases(), 0.97, STILL);
    expect![[r#"
        deskhand: trained on 18 sentences with 3 labels
        cases               6 in scope, 2 out of scope
        accuracy            100.0 %
        right in first five 100.0 %
        macro-F1            100.0 %
        AUROC               1.000
        FPR at 95 % TPR     0.0 %
        calibration error   0.037
        answer    from 0.99  25.0 % of the cases, right 100.0 %
        clarify   from 0.85  50.0 % of the cases, right 100.0 %
        hand off  from 0.00  25.0 % of the cases, right 100.0 %
        training            0 ms
        a query             0 µs median, 0 µs p99"#]]
    .assert_eq(&report.to_string());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((&json["method"], &json["in_scope"]), (&"deskhand".into(), &6.into()));
}

#[test]
fn methods_are_compared_on_the_same_cases() {
    expect![[r#"
        | method | accuracy | macro-F1 | AUROC | FPR95 | train | a query p50 · p99 |
        | --- | --- | --- | --- | --- | --- | --- |
        | levenshtein | 100.0 % | 100.0 % | 0.792 | 50.0 % | 0 ms | 0 · 0 µs |
        | bm25 | 100.0 % | 100.0 % | 0.917 | 50.0 % | 0 ms | 0 · 0 µs |
        | deskhand | 100.0 % | 100.0 % | 1.000 | 0.0 % | 0 ms | 0 · 0 µs |"#]]
    .assert_eq(&compare(&training(), &cases(), 0.97, STILL).to_string());
}

#[test]
fn a_baseline_has_no_bands() {
    let report = evaluate(Method::Bm25, &training(), &cases(), 0.97, STILL);
    assert!(report.answer.is_none() && report.calibration_error.is_none());
}

#[test]
fn cross_validation_reads_every_sentence_once() {
    let outside: Vec<_> = cases().into_iter().filter(|c| c.label.is_none()).collect();
    let report = cross_validate(Method::Deskhand, &training(), &outside, 6, 0.97, STILL);
    assert_eq!((report.in_scope, report.out_of_scope), (18, 2));
    assert!(report.accuracy.is_some_and(|a| a > 0.6), "{report}");
}
