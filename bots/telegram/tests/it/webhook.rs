//! The webhook: only Telegram gets in, and hears 200 only when the update is durable.

use crate::world::World;
use runtime::Refused;
use std::net::SocketAddr;
use telegram::Webhook;
use tokio::net::TcpListener;

const SECRET: &str = "right_secret-1";

/// A bot whose route listens here.
async fn listening() -> (World, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let world = World::with(|_, config| {
        let url = Some(format!("http://{address}/telegram/webhook"));
        config.webhook = Some(Webhook { url, secret: SECRET.into() });
    })
    .await;
    let router = world.telegram.webhook_router(world.book.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (world, address)
}

async fn post(to: SocketAddr, secret: Option<&str>, body: &str) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(format!("http://{to}/telegram/webhook")).body(body.to_owned());
    if let Some(secret) = secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    request.send().await.unwrap().status().as_u16()
}

fn update(id: i64, text: &str) -> String {
    serde_json::json!({ "update_id": id, "message": {
        "message_id": id, "date": 1, "chat": { "id": 5, "type": "private" }, "from": { "id": 5 }, "text": text } })
    .to_string()
}

#[tokio::test]
async fn telegram_is_told_where_to_post_and_posts_there() {
    let (world, _) = listening().await;
    let ann = world.fake.person("Ann", "en");
    world.run();
    world.fake.until("the webhook is set", |state| state.webhook.is_some()).await;
    world.book.refuse(1, &Refused::Unavailable("for a test".into()));
    ["one", "two"].into_iter().for_each(|text| ann.says(text));
    assert_eq!(world.book.first(2).await.len(), 2);
    world.fake.until("both were acknowledged", |state| state.posted.len() == 3).await;
    assert_eq!(world.fake.state(|state| state.posted.clone()), [503, 200, 200]);
    world.stop.cancel();
    assert_eq!(world.ended().await, Ok(()));
    world.made_no_mistakes();
}

#[tokio::test]
async fn only_who_knows_the_secret_is_heard() {
    let (world, address) = listening().await;
    for secret in [None, Some(""), Some("right_secret-2"), Some("right_secret-1x")] {
        assert_eq!(post(address, secret, &update(1, "forged")).await, 401, "{secret:?}");
    }
    assert!(world.book.events().is_empty());
    assert_eq!(post(address, Some(SECRET), &update(1, "real")).await, 200);
    assert_eq!(world.book.events().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_not_asked_for_again_if_it_is_an_update() {
    let (world, address) = listening().await;
    assert_eq!(post(address, Some(SECRET), "{\"update_id\":").await, 400);
    assert_eq!(post(address, Some(SECRET), "[1, 2]").await, 400);
    assert_eq!(post(address, Some(SECRET), "{\"update_id\":3,\"message\":{\"odd\":1}}").await, 200);
    assert_eq!(post(address, Some(SECRET), "{\"update_id\":4,\"something_new\":{}}").await, 200);
    assert_eq!(world.telegram.unreadable(), 2);
    assert!(world.book.events().is_empty());
    assert_eq!(post(address, Some(SECRET), &"x".repeat(2_000_000)).await, 413);
}

#[tokio::test]
async fn a_refusing_store_makes_telegram_come_again() {
    let (world, address) = listening().await;
    for refused in [Refused::Closing, Refused::Unavailable("x".into()), Refused::Failed("x".into())] {
        world.book.refuse(1, &refused);
        assert_eq!(post(address, Some(SECRET), &update(1, "hello")).await, 503);
    }
    assert!(world.book.events().is_empty());
}

#[test]
fn a_secret_that_telegram_refuses_is_refused_at_the_start() {
    for secret in ["", "white space", &"x".repeat(257)] {
        let mut config = telegram::Config::new("1:a");
        config.webhook = Some(Webhook { url: None, secret: secret.into() });
        assert_eq!(telegram::Telegram::new(config).unwrap_err(), telegram::ConfigError::Secret);
    }
}
