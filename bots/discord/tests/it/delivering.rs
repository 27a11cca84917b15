//! What is delivered to customers is seen once, and what can't be is said to be so.

use crate::support::{Bench, Parcel, contact, say, says};
use desk::{Attachment, AttachmentKind, Button, Choice, Content, FileRef, Press, Speaker, Undeliverable};
use fakes::discord::Fault;
use runtime::{DeliveryError, Platform};
use std::time::Duration;

#[tokio::test]
async fn a_message_with_buttons_is_seen_and_changed_in_place() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    let Content::Say(mut words) = say("Choose *one* @everyone") else { unreachable!() };
    words.choices.push(Choice { label: "A person".into(), press: Press::Button(Button::Human) });
    words.choices.push(Choice { label: "Site".into(), press: Press::Link("https://a.example".into()) });
    let mut parcel = Parcel::new(1, contact(&jane), Content::Say(words));
    let receipt = bench.deliver(&parcel).await.unwrap();
    let seen = jane.sees("Choose").await;
    assert_eq!(seen.content, "Choose \\*one\\* @\u{200b}everyone");
    assert_eq!(seen.buttons.iter().map(|b| b.label.as_str()).collect::<Vec<_>>(), ["A person", "Site"]);
    parcel.edit = receipt.messages.clone();
    parcel.content = say("Position 2");
    parcel.id = 2;
    assert_eq!(bench.deliver(&parcel).await.unwrap().messages, receipt.messages);
    let now = jane.messages();
    assert_eq!(now.len(), 1);
    assert_eq!((now[0].content.as_str(), now[0].edits, now[0].buttons.len()), ("Position 2", 1, 0));
    bench.fake.assert_clean();
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_sent_again_and_seen_once() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    bench.say(&jane, 1, "first").await.unwrap();
    bench.fake.fault("/messages", Fault::HangAfter);
    let lost = bench.say(&jane, 2, "second").await;
    assert!(matches!(lost, Err(DeliveryError::Transient(_))), "{lost:?}");
    bench.say(&jane, 2, "second").await.unwrap();
    assert_eq!(jane.transcript(), "bot> first\nbot> second");
    bench.fake.assert_clean();
}

#[tokio::test]
async fn being_told_to_wait_closes_the_lane_that_was_meant() {
    let bench = Bench::start().await;
    let (jane, bob) = (bench.person("Jane"), bench.person("Bob"));
    bench.say(&jane, 1, "hello").await.unwrap();
    let wait = Duration::from_millis(700);
    bench.fake.fault("/messages", Fault::Limit { after: wait, global: false });
    let limited = bench.say(&jane, 2, "again").await;
    let own = format!("discord/user/{}", jane.id);
    assert!(
        matches!(&limited, Err(DeliveryError::RetryAfter { after, lane: Some(lane) }) if *after >= wait && *lane == own),
        "{limited:?}"
    );
    assert!(bench.discord.lanes(&contact(&jane)).iter().any(|lane| lane.key == own));
    // Nothing is sent while the route is closed, and others aren't held up.
    let before = bench.fake.requests("POST /channels");
    assert!(matches!(bench.say(&jane, 2, "again").await, Err(DeliveryError::RetryAfter { .. })));
    assert_eq!(bench.fake.requests("POST /channels"), before);
    bench.say(&bob, 3, "hello").await.unwrap();
    tokio::time::sleep(wait + Duration::from_millis(100)).await;
    bench.say(&jane, 2, "again").await.unwrap();
    bench.fake.fault("/messages", Fault::Limit { after: wait, global: true });
    let limited = bench.say(&jane, 4, "x").await;
    assert!(
        matches!(&limited, Err(DeliveryError::RetryAfter { lane: Some(lane), .. }) if lane == "discord/global"),
        "{limited:?}"
    );
    assert!(matches!(bench.say(&bob, 5, "x").await, Err(DeliveryError::RetryAfter { .. })));
}

#[tokio::test]
async fn failures_say_what_can_be_done() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    bench.say(&jane, 1, "hello").await.unwrap();
    jane.close_dms(true);
    let closed = bench.say(&jane, 2, "x").await;
    assert!(
        matches!(closed, Err(DeliveryError::Never { reason: Undeliverable::Unreachable, .. })),
        "{closed:?}"
    );
    jane.close_dms(false);
    bench.fake.fault("/messages", Fault::Status(503));
    assert!(matches!(bench.say(&jane, 3, "x").await, Err(DeliveryError::Transient(_))));
    bench.fake.fault("/messages", Fault::Refuse(400, 50109));
    let refused = bench.say(&jane, 3, "x").await;
    assert!(
        matches!(refused, Err(DeliveryError::Never { reason: Undeliverable::Rejected, .. })),
        "{refused:?}"
    );
    bench.fake.fault("/messages", Fault::Refuse(401, 0));
    assert!(matches!(bench.say(&jane, 3, "x").await, Err(DeliveryError::Transient(_))));
    let mut gone = Parcel::new(4, contact(&jane), say("new"));
    gone.edit = vec![desk::MessageRef("123456".into())];
    assert_eq!(bench.deliver(&gone).await, Err(DeliveryError::MessageGone));
    let mut nobody = Parcel::new(5, contact(&jane), say("x"));
    nobody.to = desk::Destination::Contact("discord:99".parse().unwrap());
    assert!(matches!(
        bench.deliver(&nobody).await,
        Err(DeliveryError::Never { reason: Undeliverable::Unreachable, .. })
    ));
}

#[tokio::test]
async fn files_of_other_channels_are_sent_along() {
    let bench = Bench::start().await;
    let jane = bench.person("Jane");
    let file = |id: &str, size| Attachment {
        kind: AttachmentKind::Document,
        name: Some("报告.pdf".into()),
        mime: Some("application/pdf".into()),
        size,
        file: FileRef { channel: "telegram".parse().unwrap(), id: id.into() },
    };
    let Content::Say(mut words) = says(Speaker::Agent("Bob".into()), "see the file") else { unreachable!() };
    words.attachments = vec![file("the bytes", Some(9)), file("gone", None), file("x", Some(11 << 20))];
    let to = contact(&jane);
    let parts = bench.discord.parts(&to, Content::Say(words));
    assert_eq!(parts.len(), 4);
    let mut results = Vec::new();
    for (i, content) in parts.into_iter().enumerate() {
        results.push(bench.deliver(&Parcel::new(i as u64 + 1, to.clone(), content)).await);
    }
    assert!(results[0].is_ok() && results[1].is_ok(), "{results:?}");
    for lost in &results[2..] {
        assert!(matches!(lost, Err(DeliveryError::Never { reason: Undeliverable::File, .. })), "{lost:?}");
    }
    let seen = jane.sees_file("报告.pdf").await;
    assert_eq!(seen.files[0].1, b"the bytes");
    assert_eq!(jane.transcript(), "bot> see the file\nbot>  📎报告.pdf");
    bench.fake.assert_clean();
}
