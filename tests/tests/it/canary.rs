//! No token, no secret, no code and nobody's words are ever in what the service writes: not at the most talkative level,
//! not in any form, and not when everything fails.

use crate::service::{Service, World};
use fakes::discord::{self, Fault as DiscordFault};
use fakes::telegram::{self, Fault};
use serde_json::json;
use std::time::Duration;

const SECRET: &str = "webhook-canary-9f31";
/// What people write: each holds a word that nothing else does.
const CUSTOMER: &str = "zebracanary my salary of 4711 is missing";
const CHINESE: &str = "金丝雀甲 我的工资没到账";
const AGENT: &str = "quokkacanary we look into it";
const NOTE: &str = "walruscanary he sounds upset";

/// What must not be found, with what it is.
fn forbidden(world: &World, codes: &[String]) -> Vec<(String, &'static str)> {
    let token = world.telegram.token().to_owned();
    let secret_part = token.split(':').nth(1).expect("a token has two parts").to_owned();
    let mut all = vec![
        (token, "Telegram's token"),
        (secret_part, "a part of Telegram's token"),
        (discord::TOKEN.to_owned(), "Discord's token"),
        (SECRET.to_owned(), "the webhook's secret"),
        ("-s3cret".to_owned(), "an interaction's token"),
        ("zebracanary".to_owned(), "a customer's words"),
        ("4711".to_owned(), "a customer's words"),
        ("金丝雀甲".to_owned(), "a customer's words"),
        ("quokkacanary".to_owned(), "an agent's words"),
        ("walruscanary".to_owned(), "an agent's note"),
        ("oddcanary".to_owned(), "an update that can't be read"),
        // As bytes of a buffer that is logged.
        ("\\xe9\\x87\\x91\\xe4\\xb8\\x9d".to_owned(), "a customer's words as bytes"),
        ("122, 101, 98, 114, 97".to_owned(), "a customer's words as bytes"),
    ];
    all.extend(codes.iter().map(|code| (code.clone(), "a link code")));
    all
}

#[track_caller]
fn betrays_nothing(world: &World, service: &Service, codes: &[String]) {
    let written = service.logged.all() + &service.said.all();
    for (secret, what) in forbidden(world, codes) {
        let found = written.lines().find(|line| line.contains(&secret));
        assert!(found.is_none(), "{what} stands in the log: {}", found.unwrap_or_default());
    }
}

/// A customer of each platform with an agent of the other, and a link code that is refused.
async fn story(world: &World) -> Vec<String> {
    let codes = vec![world.setup.add_agent("Li"), world.setup.add_agent("Bob"), "WRONGCANARY".to_owned()];
    let (li, bob) = (world.telegram.person("Li", "zh-hans"), world.discord.person("Bob"));
    let (tom, dot) = (world.telegram.person("Tom", "zh-hans"), world.discord.person("Dot"));
    li.says("/link WRONGCANARY");
    li.hears("绑定码不正确").await;
    li.says(&format!("/link {}", codes[0]));
    li.hears("绑定成功").await;
    bob.slash("link", &[("code", json!(codes[1]))]);
    bob.sees("绑定成功").await;

    tom.says(CHINESE);
    tom.says("转人工");
    let post = world.discord.post("#1 ").await;
    bob.press_in(&post, "领取").await;
    tom.hears("Bob 已接入").await;
    bob.press_in(&post, "回复").await;
    bob.submit(AGENT).await;
    tom.hears(AGENT).await;
    bob.slash_in(&post, "note", &[("text", json!(NOTE))]);
    post.shows(NOTE).await;
    tom.says(CHINESE);
    post.shows(CHINESE).await;

    dot.dm(CUSTOMER);
    dot.dm("I want to talk to a person please");
    let second = world.discord.post("#2 ").await;
    second.shows(CUSTOMER).await;
    codes
}

/// Whatever can go wrong does, and passes.
async fn trouble(world: &World) {
    let (tom, dot) = (world.telegram.person("Tim", "en"), world.discord.person("Dora"));
    for fault in
        [Fault::TooMany(1), Fault::Status(500), Fault::CloseBefore, Fault::CloseAfter, Fault::Garbage]
    {
        world.telegram.fail(Some("sendMessage"), 1, fault);
        world.telegram.fail(Some("getUpdates"), 1, fault);
        tom.says(CUSTOMER);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let odd = json!({ "message": { "message_id": "oddcanary", "chat": "oddcanary", "text": "oddcanary" } });
    let _ = world.telegram.push(odd);
    let second = Duration::from_secs(1);
    for fault in [
        DiscordFault::Limit { after: second, global: false },
        DiscordFault::Status(500),
        DiscordFault::Refuse(400, 50035),
        DiscordFault::Status(502),
    ] {
        world.discord.fault("/messages", fault);
        dot.dm(CUSTOMER);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    world.discord.drop_connection();
    world.discord.connected().await;
    world.discord.forget_session();
    world.discord.drop_connection();
    dot.dm(CUSTOMER);
    world.discord.connected().await;
    tom.blocks();
    tom.says(CUSTOMER);
    tokio::time::sleep(second).await;
    tom.unblocks();
    tom.says("转人工");
    let queued = |state: &telegram::State| state.chat(tom.id()).transcript(None).contains("Ticket: #");
    world.telegram.until("Tim waits for a person", queued).await;
}

async fn at(level: &str, format: &str) {
    let mut world = World::new().await;
    world.setup.set("DESKHAND_LOG", level);
    world.setup.set("DESKHAND_LOG_FORMAT", format);
    let mut service = world.start().await;
    let codes = story(&world).await;
    trouble(&world).await;
    // Without the trouble in the log, its silence shows nothing.
    for line in ["for now", "can't be read and is left out", "nobody knows whether", "the connection broke"] {
        service.logged.until(line).await;
    }
    service.signal("TERM");
    assert_eq!(service.ended().await.code(), Some(0));
    betrays_nothing(&world, &service, &codes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_betrays_nobody_at_its_most_talkative() {
    at("trace", "text").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_betrays_nobody_as_json_with_libraries_turned_up() {
    at("trace,hyper=trace,reqwest=trace,tungstenite=trace,sled=trace,h2=trace", "json").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_as_silent() {
    let mut world = World::new().await;
    world.setup.set("DESKHAND_LOG", "trace");
    world.setup.set("TELEGRAM_WEBHOOK_SECRET", SECRET);
    let service = world.start().await;
    let hook = format!("{}/telegram/webhook", service.address().await);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let tom = world.telegram.person("Tom", "en");
    let good = json!({ "update_id": 1, "message": { "message_id": 1, "date": 1, "text": CUSTOMER,
        "chat": { "id": tom.id(), "type": "private" }, "from": { "id": tom.id(), "first_name": "Tom" } } });
    let odd = json!({ "update_id": 2, "message": { "oddcanary": true } }).to_string();
    for (secret, body, status) in [
        (SECRET, good.to_string(), 200),
        (SECRET, odd, 200),
        (SECRET, "{\"oddcanary\":".to_owned(), 400),
        ("zebracanary", good.to_string(), 401),
    ] {
        let request = client.post(&hook).header("X-Telegram-Bot-Api-Secret-Token", secret).body(body);
        assert_eq!(request.send().await.unwrap().status(), status);
    }
    service.logged.until("something that is no update").await;
    betrays_nothing(&world, &service, &[]);
}
