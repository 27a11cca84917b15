//! The command line, as people and scripts use it.

use crate::service::Setup;
use serde_json::Value;

fn replies(json: &str) -> Vec<Value> {
    json.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect()
}

#[test]
fn chat_answers_clarifies_and_hands_off() {
    let setup = Setup::new();
    let lines = "提现一直失败怎么办\nhow do I reset my password\n账户有问题\n转人工\n";
    let replies = replies(&setup.prints(&["chat", "--json"], lines));
    let shown: Vec<_> = replies
        .iter()
        .map(|r| (r["verdict"].as_str().unwrap(), r["entry"].as_str(), r["stage"].as_str().unwrap()))
        .collect();
    assert_eq!(shown[0], ("answer", Some("withdrawal-failed"), "with_bot"));
    assert_eq!(shown[1], ("answer", Some("forgot-password"), "with_bot"));
    assert_eq!((shown[2].0, shown[2].2), ("clarify", "with_bot"));
    assert_eq!((shown[3].0, shown[3].2), ("handoff", "queued"));
    assert_eq!(shown.len(), 4);
    for reply in &replies {
        let confidence = reply["confidence"].as_f64().expect("a number");
        assert!((0.0..=1.0).contains(&confidence), "{reply}");
        assert!(!reply["text"].as_str().unwrap().is_empty(), "{reply}");
        let fields: Vec<_> = reply.as_object().unwrap().keys().map(String::as_str).collect();
        let mut fixed = ["text", "choices", "verdict", "entry", "confidence", "stage"];
        fixed.sort_unstable();
        assert_eq!(fields, fixed);
    }
    assert!(replies[1]["text"].as_str().unwrap().contains("Forgot password"), "the answer is in English");
    let choices = replies[2]["choices"].as_array().unwrap();
    assert!((2..=6).contains(&choices.len()) && choices.last().unwrap() == "都不是", "{choices:?}");
}

#[test]
fn chat_takes_piped_lines_and_pressed_buttons() {
    let setup = Setup::new();
    let text = setup.prints(&["chat"], "提现一直失败怎么办\n👎 没解决\n");
    assert!(text.contains("核对收款的银行卡") && text.contains("[1] "), "{text}");
    let asked = "抱歉";
    assert!(text.contains(asked), "the pressed button was answered: {text}");
}

#[test]
fn check_names_file_and_line_and_fails() {
    let setup = Setup::new();
    let pack = setup.copy_pack("pack");
    let pack = pack.to_str().unwrap();
    setup.prints(&["check", "--pack", pack], "");
    let funds = std::fs::read_to_string(setup.path("pack/funds.toml")).unwrap();
    let line = funds.lines().count() + 1;
    setup.write("pack/funds.toml", &format!("{funds}[[entry]]\nid = \"half-done\"\n"));
    let output = setup.run(&["check", "--pack", pack], "");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains(&format!("funds.toml:{line}: half-done:")), "{shown}");
}

#[test]
fn eval_measures_a_file() {
    let setup = Setup::new();
    setup.write(
        "cases.tsv",
        "怎么注册\tregister\nhow to sign up\tregister\n火星上的岩石有多老\toos\n怎么注册\tdeposit\n",
    );
    let report: Value =
        serde_json::from_str(&setup.prints(&["eval", "--cases", "cases.tsv", "--json"], "")).unwrap();
    assert_eq!((&report["in_scope"], &report["out_of_scope"]), (&3.into(), &1.into()));
    let accuracy = report["accuracy"].as_f64().unwrap();
    assert!((accuracy - 2.0 / 3.0).abs() < 0.01, "two of three labels are right: {report}");
    setup.write("broken.tsv", "no label here\n");
    let output = setup.run(&["eval", "--cases", "broken.tsv"], "");
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("broken.tsv:1"), "{error}");
}

#[test]
fn agents_are_kept_without_a_running_service() {
    let setup = Setup::new();
    let code = setup.prints(&["agent", "add", "小李", "--role", "senior", "--language", "zh"], "");
    assert!(code.trim().len() >= 8 && code.lines().count() == 1, "one line to hand on: {code:?}");
    let twice = setup.run(&["agent", "add", "小李"], "");
    assert!(!twice.status.success(), "a name is taken once");
    let other = setup.add_agent("Bob");
    assert_ne!(code.trim(), other);
    let list = setup.prints(&["agent", "list"], "");
    assert!(
        list.lines().any(|line| line.starts_with("小李\tsenior\t") && line.contains("languages=zh")),
        "{list}"
    );
    assert!(!list.contains(&other), "a code is shown once: {list}");
    setup.prints(&["agent", "remove", "小李"], "");
    let list = setup.prints(&["agent", "list"], "");
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(!setup.run(&["agent", "remove", "小李"], "").status.success());
}

#[test]
fn a_wrong_configuration_is_named_without_its_secret() {
    let setup = Setup::new();
    setup.write("deskhand.toml", "[telegram]\ntoken = \"12345:SECRET\"\nstaff_chat = \"SECRET-too\"\n");
    for command in ["serve", "chat", "check"] {
        let output = setup.run(&[command], "");
        let shown =
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success(), "{command}: {shown}");
        assert!(shown.contains("deskhand.toml:3: "), "{command}: {shown}");
        assert!(!shown.contains("12345:SECRET"), "{command}: {shown}");
    }
}

#[tokio::test]
async fn a_service_without_configuration_runs_and_ends_in_order() {
    let setup = Setup::new();
    let mut service = setup.start().await;
    let address = service.address().await;
    for path in ["/healthz", "/readyz"] {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(format!("{address}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    service.signal("TERM");
    assert_eq!(service.ended().await.code(), Some(0), "{}", service.logged.all());
}

#[tokio::test]
async fn a_second_service_on_the_same_data_is_refused() {
    let setup = Setup::new();
    let _first = setup.start().await;
    let mut second = setup.spawn();
    assert_eq!(second.ended().await.code(), Some(1));
    second.logged.until("is in use by another process").await;
}
