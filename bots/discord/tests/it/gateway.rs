//! Connections break, sessions end, the process dies: nothing that a customer wrote is lost, and nothing is taken twice.

use crate::support::{Bench, config, said};
use discord::{Discord, RunError, Token};
use fakes::discord::FakeDiscord;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn words(events: &[desk::Event]) -> Vec<&str> {
    events.iter().map(said).collect()
}

#[tokio::test]
async fn the_commands_are_registered_in_both_languages() {
    let bench = Bench::start().await;
    let commands = bench.fake.commands().await;
    let names: Vec<&str> = commands.as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    for name in
        ["ask", "human", "faq", "contact", "status", "feedback", "language", "help", "link", "claim", "panel"]
    {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(commands[1]["name_localizations"]["zh-CN"], "人工");
    bench.fake.assert_clean();
}

#[tokio::test]
async fn a_broken_connection_is_resumed_and_what_was_missed_is_replayed() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    jane.dm("1");
    bench.events(1).await;
    bench.fake.drop_connection();
    jane.dm("2");
    jane.dm("3");
    assert_eq!(words(&bench.events(3).await), ["1", "2", "3"]);
    bench.fake.ask_reconnect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    jane.dm("4");
    bench.events(4).await;
    bench.fake.invalidate(true);
    tokio::time::sleep(Duration::from_millis(100)).await;
    jane.dm("5");
    assert_eq!(words(&bench.events(5).await), ["1", "2", "3", "4", "5"]);
    assert_eq!(bench.fake.sessions().0, 1, "one session throughout");
    assert!(bench.fake.sessions().1 >= 2);
    bench.fake.assert_clean();
}

#[tokio::test]
async fn unanswered_heartbeats_mean_a_dead_connection() {
    let bench = Bench::start().await;
    bench.fake.set_deaf(true);
    tokio::time::sleep(Duration::from_millis(1800)).await;
    bench.fake.set_deaf(false);
    bench.fake.connected().await;
    let jane = bench.person("Jane");
    jane.dm("still there?");
    bench.events(1).await;
    assert!(bench.fake.sessions().1 >= 1);
}

#[tokio::test]
async fn after_a_lost_session_missed_messages_are_fetched_before_newer_ones() {
    let bench = Bench::start().await;
    let (jane, bob) = (bench.person("Jane"), bench.person("Bob"));
    jane.dm("jane 0");
    bob.dm("bob 0");
    bench.events(2).await;
    bench.fake.set_offline(true);
    bench.fake.forget_session();
    bench.fake.drop_connection();
    for i in 1..=120 {
        jane.dm(&format!("jane {i}"));
    }
    bob.dm("bob 1");
    bench.fake.set_offline(false);
    bench.fake.connected().await;
    jane.dm("jane 121");
    let events = bench.events(2 + 122).await;
    let all = words(&events);
    let janes: Vec<&str> = all.iter().copied().filter(|text| text.starts_with("jane")).collect();
    assert_eq!(janes, (0..=121).map(|i| format!("jane {i}")).collect::<Vec<_>>());
    assert!(all.contains(&"bob 1"), "whoever stays silent is caught up on too");
    assert_eq!(events.len(), 124);
    bench.fake.assert_clean();
}

#[tokio::test]
async fn what_was_not_taken_in_before_a_crash_is_replayed_after_it() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    jane.dm("taken");
    bench.events(1).await;
    tokio::time::sleep(Duration::from_millis(1300)).await;
    bench.door.shut.store(true, Ordering::SeqCst);
    jane.dm("not taken");
    let token = jane.slash_dm("human", &[]);
    jane.acked(&token).await;
    tokio::time::sleep(Duration::from_millis(1300)).await;
    let config = config(&bench.fake);
    let (fake, door) = bench.crash();
    let door = {
        // What the dead process still held is gone with it; only what was kept is there.
        let new = crate::support::Recorder::default();
        for (name, value) in runtime::Door::kept_under(&*door, "").await.unwrap() {
            runtime::Door::keep(&new, &name, Some(&value)).await.unwrap();
        }
        Arc::new(new)
    };
    let bench = Bench::with(fake, door, config).await;
    let events = bench.events(2).await;
    assert_eq!(said(&events[0]), "not taken");
    assert_eq!(events.len(), 2);
    assert_eq!(bench.fake.sessions(), (1, 1), "the session of the dead process was resumed");
}

#[tokio::test]
async fn a_restart_resumes_where_it_stopped() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    jane.dm("before");
    bench.events(1).await;
    let config = config(&bench.fake);
    let (fake, door) = bench.stop().await;
    jane.dm("meanwhile");
    let bench = Bench::with(fake, door, config).await;
    jane.dm("after");
    assert_eq!(words(&bench.events(3).await), ["before", "meanwhile", "after"]);
    assert_eq!(bench.fake.sessions(), (1, 1));
    bench.fake.assert_clean();
}

#[tokio::test]
async fn a_privilege_that_is_not_granted_is_done_without() {
    let fake = FakeDiscord::start().await;
    let mut config = config(&fake);
    config.message_content = true;
    let bench = Bench::with(fake, Arc::default(), config).await;
    bench.person("Jane").dm("hello");
    bench.events(1).await;
}

#[tokio::test]
async fn a_wrong_token_ends_it_with_a_clear_word() {
    let fake = FakeDiscord::start().await;
    let mut config = config(&fake);
    config.token = Token::new("wrong");
    let discord = Discord::new(config).unwrap();
    let run = discord.run(Arc::new(crate::support::Recorder::default()), CancellationToken::new());
    let ended = tokio::time::timeout(Duration::from_secs(10), run).await.unwrap();
    assert_eq!(ended, Err(RunError::Token));
}

#[tokio::test]
async fn the_gateways_address_can_come_from_discord() {
    let fake = FakeDiscord::start().await;
    let mut config = config(&fake);
    config.gateway_url = None;
    let bench = Bench::with(fake, Arc::default(), config).await;
    bench.person("Jane").dm("hello");
    bench.events(1).await;
    bench.fake.assert_clean();
}
