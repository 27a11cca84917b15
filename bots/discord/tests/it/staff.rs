//! The staff forum: a post a ticket, its tags, its end, and posts that somebody deleted.

use crate::support::{Bench, Parcel, agents, card, config, say, says, staff};
use desk::{CardState, Content, Speaker, StaffAct, Target, ThreadRef};
use fakes::discord::{FakeDiscord, Fault};
use runtime::DeliveryError;
use std::sync::Arc;

#[tokio::test]
async fn a_ticket_is_a_post_with_its_card_and_tags() {
    let bench = Bench::start().await;
    let (post, receipt) = bench.post(7, CardState::Queued).await;
    assert_eq!(receipt.thread, Some(ThreadRef(post.id.to_string())));
    assert_eq!((post.name().as_str(), bench.fake.posts()), ("#7 · Jane @everyone · payments", 1));
    assert_eq!(post.transcript(), "bot> Ticket #7 [Claim] [Reply] [Note]");
    assert_eq!(post.tags(), ["待处理 waiting", "payments"]);
    let mut parcel = Parcel {
        thread: receipt.thread.clone(),
        card: Some(card(7, CardState::Queued)),
        ..Parcel::new(1, staff(7), says(Speaker::Customer("Jane".into()), "**help** <@1>"))
    };
    bench.deliver(&parcel).await.unwrap();
    assert_eq!(post.shows("help").await.content, "👤 **Jane**\n\\*\\*help\\*\\* \\<@1>");
    let owned = card(7, CardState::Owned("Bob".into()));
    parcel.content = Content::Card(Box::new(owned.clone()));
    parcel.card = Some(owned);
    parcel.edit = receipt.messages.clone();
    parcel.id = 2;
    bench.deliver(&parcel).await.unwrap();
    post.until_tagged("in progress").await;
    assert_eq!(post.messages().len(), 2);
    bench.fake.assert_clean();
}

#[tokio::test]
async fn words_for_a_ticket_without_a_post_make_it_first() {
    let bench = Bench::start().await;
    let parcel = Parcel {
        card: Some(card(8, CardState::Queued)),
        ..Parcel::new(1, staff(8), says(Speaker::Notice, "waiting"))
    };
    // The post is made, and then the words are refused: the next try uses that post.
    bench.fake.fault("/messages", Fault::Status(500));
    assert!(matches!(bench.deliver(&parcel).await, Err(DeliveryError::Transient(_))));
    let receipt = bench.deliver(&parcel).await.unwrap();
    let post = bench.fake.post("#8 ").await;
    assert_eq!(post.transcript(), "bot> Ticket #8 [Claim] [Reply] [Note]\nbot> ℹ️ waiting");
    assert_eq!((receipt.card.len(), receipt.messages.len(), bench.fake.posts()), (1, 1, 1));
    assert_eq!(receipt.card[0].0, post.messages()[0].id.to_string());
    bench.fake.assert_clean();
}

#[tokio::test]
async fn a_post_whose_making_was_not_heard_of_is_found_again() {
    let bench = Bench::start().await;
    bench.fake.fault("/threads", Fault::HangAfter);
    let content = Content::Card(Box::new(card(9, CardState::Queued)));
    let parcel = Parcel { card: Some(card(9, CardState::Queued)), ..Parcel::new(1, staff(9), content) };
    let lost = bench.deliver(&parcel).await;
    assert!(matches!(lost, Err(DeliveryError::Ambiguous(_))), "{lost:?}");
    let receipt = bench.deliver(&parcel).await.unwrap();
    assert_eq!(bench.fake.posts(), 1);
    assert_eq!(receipt.thread.unwrap().0, bench.fake.post("#9 ").await.id.to_string());
    bench.fake.assert_clean();
}

#[tokio::test]
async fn a_deleted_post_is_gone_and_is_made_anew() {
    let bench = Bench::start().await;
    let (post, receipt) = bench.post(7, CardState::Queued).await;
    post.delete();
    let mut parcel = Parcel {
        thread: receipt.thread,
        card: Some(card(7, CardState::Queued)),
        ..Parcel::new(2, staff(7), say("hello"))
    };
    assert_eq!(bench.deliver(&parcel).await, Err(DeliveryError::ThreadGone));
    parcel.edit = receipt.messages;
    assert_eq!(bench.deliver(&parcel).await, Err(DeliveryError::ThreadGone));
    (parcel.thread, parcel.edit) = (None, vec![]);
    let receipt = bench.deliver(&parcel).await.unwrap();
    assert_ne!(receipt.thread.unwrap().0, post.id.to_string());
    assert!(bench.fake.post("#7 ").await.transcript().ends_with("bot> 🤖 hello"));
    bench.fake.assert_clean();
}

#[tokio::test]
async fn an_ended_ticket_is_put_away_and_comes_back() {
    let bench = Bench::start().await;
    let (post, receipt) = bench.post(7, CardState::Queued).await;
    let deliver = |id: u64, content: Content, state: CardState, edit: bool| {
        let parcel = Parcel {
            thread: receipt.thread.clone(),
            card: Some(card(7, state)),
            edit: if edit { receipt.messages.clone() } else { vec![] },
            ..Parcel::new(id, staff(7), content)
        };
        let bench = &bench;
        async move { bench.deliver(&parcel).await.unwrap() }
    };
    let resolved = || CardState::Resolved("Bob".into());
    deliver(1, Content::Card(Box::new(card(7, resolved()))), resolved(), true).await;
    deliver(2, says(Speaker::Notice, "done"), resolved(), false).await;
    post.until_archived(true).await;
    post.until_tagged("closed").await;
    // A message opens it; it is put away again.
    deliver(3, says(Speaker::Notice, "rated 5"), resolved(), false).await;
    post.until_archived(true).await;
    // A change doesn't open it: that is done first.
    deliver(4, Content::Card(Box::new(card(7, CardState::Queued))), CardState::Queued, true).await;
    post.until_archived(false).await;
    post.until_tagged("waiting").await;
    bench.fake.assert_clean();
}

#[tokio::test]
async fn without_permission_to_make_tags_those_that_exist_will_do() {
    let bench = Bench::start().await;
    bench.fake.let_tags_be_made(false);
    let (post, _) = bench.post(7, CardState::Queued).await;
    assert!(post.tags().is_empty());
    bench.fake.assert_clean();
}

#[tokio::test]
async fn a_missing_permission_loses_no_ticket() {
    let bench = Bench::start().await;
    bench.fake.fault("/threads", Fault::Refuse(403, 50013));
    let content = Content::Card(Box::new(card(7, CardState::Queued)));
    let parcel = Parcel { card: Some(card(7, CardState::Queued)), ..Parcel::new(1, staff(7), content) };
    assert!(matches!(bench.deliver(&parcel).await, Err(DeliveryError::Transient(_))));
    bench.deliver(&parcel).await.unwrap();
    assert_eq!(bench.fake.posts(), 1);
}

#[tokio::test]
async fn without_the_privilege_a_mention_is_heard_and_nothing_else() {
    let bench = Bench::start().await;
    let bob = bench.person("Bob");
    let (post, _) = bench.post(7, CardState::Queued).await;
    bob.say_in(&post, "a plain word");
    bob.say_in(&post, "<@1000> hello Jane");
    let event = bench.event(0).await;
    let (Target::Thread(_, thread), StaffAct::Say { message, .. }) = agents(&event) else {
        panic!("{event:?}")
    };
    assert_eq!((thread.0.as_str(), message.text.as_str()), (post.id.to_string().as_str(), "hello Jane"));
    bench.fake.assert_clean();
}

#[tokio::test]
async fn with_the_privilege_agents_write_plainly() {
    let fake = FakeDiscord::start().await;
    fake.grant_message_content(true);
    let mut config = config(&fake);
    config.message_content = true;
    let bench = Bench::with(fake, Arc::default(), config).await;
    let bob = bench.person("Bob");
    let (post, _) = bench.post(7, CardState::Queued).await;
    bob.say_in(&post, "hello Jane");
    bob.say_in(&post, "/resolve");
    let events = bench.events(2).await;
    assert!(matches!(agents(&events[0]), (_, StaffAct::Say { message, .. }) if message.text == "hello Jane"));
    assert!(matches!(agents(&events[1]), (Target::Thread(..), StaffAct::Resolve)));
    bench.fake.assert_clean();
}
