//! One whole story with the real runtime: from a question to a person, and to the end.

use crate::support::config;
use desk::{AdminAct, Event, EventKey, NewAgent, Packs, Policy, Role, What, policy::BandsPolicy};
use discord::Discord;
use fakes::discord::{FakeDiscord, Post};
use intents::{Lang, Pack};
use jiff::Timestamp;
use runtime::{Door, Platform, Runtime, Settings, SystemClock};
use serde_json::json;
use std::sync::Arc;
use store::MemoryStore;
use tokio_util::sync::CancellationToken;

const HEAD: &str = "name = \"Test\"\nlanguages = [\"zh\", \"en\"]\ndefault_language = \"zh\"\n";

async fn serve(fake: &FakeDiscord) -> Runtime {
    let files: [(&str, &[u8]); 3] = [
        ("pack.toml", HEAD.as_bytes()),
        ("service.toml", include_bytes!("../../../../shared/desk/src/step/tests/service.toml")),
        ("canned.toml", include_bytes!("../../../../shared/desk/src/step/tests/canned.toml")),
    ];
    let bands = BandsPolicy { precision: 0.97, answer: Some(0.8), clarify: Some(0.2) };
    let packs = Packs::new(Pack::parse(files).unwrap(), bands);
    let policy = Policy { staff_language: Lang::En, ..Policy::default() };
    let store = Arc::new(MemoryStore::new());
    let runtime =
        Runtime::new(store, Arc::new(SystemClock), Arc::new(policy), Arc::new(packs), Settings::default());
    let runtime = runtime.await.unwrap();
    let discord = Discord::new(config(fake)).unwrap();
    let platform: Arc<dyn Platform> = discord.clone();
    assert!(runtime.connect(platform));
    runtime.start();
    let door: Arc<dyn Door> = Arc::new(runtime.clone());
    tokio::spawn(async move { discord.run(door, CancellationToken::new()).await });
    fake.connected().await;
    runtime
}

async fn add_agent(runtime: &Runtime, name: &str, code: &str) {
    let agent = NewAgent {
        name: name.into(),
        role: Role::Agent,
        departments: vec![],
        languages: vec![],
        capacity: 3,
        code: code.into(),
    };
    let (key, at) = (EventKey(format!("test:{name}")), Timestamp::now());
    let event = Event { key, at, via: None, what: What::Admin(AdminAct::Add(agent)) };
    runtime.accept(event).await.unwrap();
}

#[tokio::test]
async fn from_a_question_to_a_person_and_to_the_end() {
    let fake = FakeDiscord::start().await;
    let runtime = serve(&fake).await;
    add_agent(&runtime, "Bob", "CODE-1").await;
    let (jane, bob) = (fake.person("Jane"), fake.person("Bob"));

    bob.slash("link", &[("code", json!("CODE-1"))]);
    bob.sees("linked as Bob").await;
    bob.slash("available", &[]);

    jane.dm("I want to talk to a person please");
    let post: Post = fake.post("#1 ").await;
    jane.sees("#1").await;

    bob.press_in(&post, "Claim").await;
    post.until_tagged("in progress").await;
    jane.sees("Bob").await;

    bob.press_in(&post, "Reply").await;
    bob.submit("Hello Jane, *what* happened?").await;
    jane.sees("Hello Jane, \\*what\\* happened?").await;
    jane.dm("my card @everyone is gone");
    post.shows("my card @\u{200b}everyone is gone").await;

    bob.press_in(&post, "Priority").await;
    assert_eq!(bob.sees("Which priority?").await.only_for, Some(bob.id));
    bob.press("high").await;
    post.shows("Priority: high").await;
    bob.slash_in(&post, "note", &[("text", json!("she sounds upset"))]);
    post.shows("📝 **Bob**\nshe sounds upset").await;

    jane.close_dms(true);
    bob.press_in(&post, "Reply").await;
    bob.submit("Which card?").await;
    post.shows("didn't reach the customer").await;
    jane.close_dms(false);

    bob.press_in(&post, "Resolve").await;
    jane.sees("rate us").await;
    post.until_archived(true).await;
    jane.press("⭐⭐⭐⭐⭐").await;
    jane.sees("Thanks for your rating").await;
    post.until_archived(true).await;
    fake.assert_clean();
}

#[tokio::test]
async fn a_panel_in_the_guild_leads_to_a_person_too() {
    let fake = FakeDiscord::start().await;
    let runtime = serve(&fake).await;
    let (admin, jane) = (fake.person("Admin"), fake.person("Jane"));
    admin.slash("panel", &[]);
    admin.sees("Panel posted").await;
    jane.press_in_lobby("Talk to a person").await;
    let waiting = jane.sees("#1").await;
    assert_eq!(waiting.only_for, Some(jane.id), "nobody else in the channel sees it");
    fake.post("#1 ").await;
    jane.slash("status", &[]);
    jane.slash("faq", &[]);
    jane.slash("language", &[("language", json!("zh"))]);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert!(!jane.transcript().contains("thinking"), "{}", jane.transcript());
    drop(runtime);
    fake.assert_clean();
}
