//! The webhook of the shipped binary: registered with Telegram, open to nobody who doesn't know the secret.

use crate::service::World;
use serde_json::json;

const SECRET: &str = "right_secret-1";

/// A port that was free a moment ago: the webhook's address must be known before the service starts.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it listens").port()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn telegram_posts_and_nobody_else_can() {
    let mut world = World::new().await;
    let listen = format!("127.0.0.1:{}", free_port());
    let hook = format!("http://{listen}/telegram/webhook");
    world.setup.set("DESKHAND_LISTEN", &listen);
    world.setup.set("TELEGRAM_WEBHOOK_URL", &hook);
    world.setup.write("secret", &format!("{SECRET}\n"));
    world.setup.set("TELEGRAM_WEBHOOK_SECRET_FILE", "secret");
    let mut service = world.start().await;
    world.telegram.until("the webhook is set", |state| state.webhook.is_some()).await;

    let wang = world.telegram.person("王芳", "zh-hans");
    wang.says("提现一直失败怎么办");
    wang.hears("核对收款的银行卡").await;

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let forged = json!({ "update_id": 999_999, "message": {
        "message_id": 1, "date": 1, "text": "转人工", "chat": { "id": wang.id(), "type": "private" },
        "from": { "id": wang.id(), "is_bot": false, "first_name": "Mallory" } } });
    for secret in [None, Some(""), Some("right_secret-2"), Some("right_secret-1x")] {
        let mut request = client.post(&hook).json(&forged);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        assert_eq!(request.send().await.unwrap().status(), 401, "{secret:?}");
    }
    // What comes after the forged ones is answered, and they were not.
    wang.says("怎么注册");
    wang.hears("注册页面").await;
    assert!(!wang.transcript().contains("工单号"), "a forged update was taken:\n{}", wang.transcript());
    assert_eq!(world.discord.posts(), 0);
    world.telegram.until("both posts were answered", |state| state.posted.len() == 2).await;
    assert_eq!(world.telegram.state(|state| state.posted.clone()), [200, 200]);
    assert_eq!(
        world.telegram.state(|state| state.count("getUpdates")),
        0,
        "a webhook and polling exclude each other"
    );

    service.signal("TERM");
    assert_eq!(service.ended().await.code(), Some(0));
    world.made_no_mistakes_but(&[]);
}
