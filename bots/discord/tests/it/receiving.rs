//! What customers write reaches the door, once and in order.

use crate::support::{Bench, customer, said};
use desk::{AttachmentKind, CustomerAct, FileRef};
use runtime::{FetchError, Platform};

#[tokio::test]
async fn messages_come_in_order_and_once() {
    let bench = Bench::start().await;
    let (jane, bob) = (bench.person("Jane"), bench.person("Bob"));
    for i in 0..20 {
        if i % 5 == 0 {
            bench.fake.duplicate_next();
        }
        jane.dm(&format!("jane {i}"));
        bob.dm(&format!("bob {i}"));
    }
    let events = bench.events(40).await;
    for name in ["jane", "bob"] {
        let theirs: Vec<&str> = events.iter().map(said).filter(|text| text.starts_with(name)).collect();
        assert_eq!(theirs, (0..20).map(|i| format!("{name} {i}")).collect::<Vec<_>>());
    }
    assert_eq!(events.len(), 40);
    bench.fake.assert_clean();
}

#[tokio::test]
async fn events_that_come_in_the_wrong_order_are_all_taken_in() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    bench.fake.swap_next();
    for text in ["1", "2", "3"] {
        jane.dm(text);
    }
    let events = bench.events(3).await;
    let mut texts: Vec<&str> = events.iter().map(said).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["1", "2", "3"]);
}

#[tokio::test]
async fn an_edit_is_an_edit_and_the_bots_own_messages_are_nothing() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    let id = jane.dm("passwrd");
    bench.say(&jane, 1, "hello").await.unwrap();
    jane.edit(id, "password");
    let events = bench.events(2).await;
    let CustomerAct::Edit { id: edited, message } = customer(&events[1]) else { panic!("{events:?}") };
    assert_eq!((edited.0.as_str(), message.text.as_str()), (id.to_string().as_str(), "password"));
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn a_file_can_be_fetched_and_only_from_where_it_was_sent() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    jane.dm_file("look", "shot.png", b"pixels");
    let event = bench.event(0).await;
    let CustomerAct::Say { message, .. } = customer(&event) else { panic!("{event:?}") };
    let file = &message.attachments[0];
    assert_eq!((file.kind, file.name.as_deref()), (AttachmentKind::Photo, Some("shot.png")));
    assert_eq!(bench.discord.fetch(&file.file, 100).await.unwrap(), "pixels");
    assert_eq!(bench.discord.fetch(&file.file, 3).await, Err(FetchError::TooLarge(3)));
    // Its address has lapsed: the message is asked for a new one.
    let lapsed = file.file.id.replace("shot.png", "lapsed.png");
    let lapsed = FileRef { id: lapsed, ..file.file.clone() };
    assert_eq!(bench.discord.fetch(&lapsed, 100).await.unwrap(), "pixels");
    let forged = FileRef { id: "1/2/3/http://127.0.0.1:1/x".into(), ..file.file.clone() };
    assert!(matches!(bench.discord.fetch(&forged, 100).await, Err(FetchError::Gone(_))));
    bench.fake.assert_clean();
}
