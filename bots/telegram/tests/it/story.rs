//! The adapter with the real runtime behind it: one customer, one agent, from the first question to the rating.

use crate::world::World;
use desk::{AdminAct, NewAgent, Packs, Policy, Role};
use fakes::telegram::Group;
use intents::Lang;
use runtime::{Runtime, Settings, SystemClock};
use std::sync::Arc;
use store::MemoryStore;

async fn desk() -> (World, Group, Runtime) {
    let (world, group) = World::with_staff(true).await;
    let policy = Policy::default();
    let packs = Packs::new(intents::Pack::okpay(), policy.bands);
    let store = Arc::new(MemoryStore::new());
    let runtime =
        Runtime::new(store, Arc::new(SystemClock), Arc::new(policy), Arc::new(packs), Settings::default())
            .await
            .unwrap();
    let agent = NewAgent {
        name: "小李".into(),
        role: Role::Agent,
        departments: Vec::new(),
        languages: vec![Lang::Zh],
        capacity: 3,
        code: "CODE-1".into(),
    };
    runtime.admin(AdminAct::Add(agent)).await.unwrap();
    assert!(runtime.connect(world.telegram.clone()));
    runtime.start();
    tokio::spawn(world.telegram.clone().run(Arc::new(runtime.clone()), world.stop.clone()));
    (world, group, runtime)
}

#[tokio::test]
async fn from_a_question_to_a_rating() {
    let (world, group, _runtime) = desk().await;
    let jane = world.fake.person("王芳", "zh-hans");
    let li = world.fake.person("小李", "zh-hans");
    li.says("/link CODE-1");
    li.hears("小李").await;
    jane.says("/start");
    assert!(!jane.hears("OKPay").await.buttons.is_empty());
    jane.says("转人工");
    let topic = group.topic("王芳").await;
    jane.says("我的钱没到账");
    let copy = group.hears(Some(topic), "没到账").await;
    assert!(copy.text.contains("王芳"), "the staff sees who spoke: {}", copy.text);

    let query = group.press(&li, Some(topic), "领取");
    world.fake.until("the agent is told at the button", move |s| s.queries[&query].is_some()).await;
    group.says(&li, Some(topic), "您好，我来看看");
    jane.hears("我来看看").await;
    group.says(&li, Some(topic), "// 老客户");
    group.says(&li, Some(topic), "/resolve");
    world.fake.until("the topic is closed", |s| s.chat(group.id).topics[&topic].closed).await;
    let asked = jane.hears("打个分").await;
    assert_eq!(asked.buttons[0].len(), 5);
    jane.press("⭐⭐⭐⭐⭐");
    jane.hears("感谢").await;
    assert!(!jane.transcript().contains("老客户"), "a note reached the customer");
    world.made_no_mistakes_but(&["TOPIC_CLOSED"]);
}

#[tokio::test]
async fn a_deleted_topic_comes_back_with_its_card_and_loses_nothing() {
    let (world, group, _runtime) = desk().await;
    let jane = world.fake.person("王芳", "zh-hans");
    jane.says("转人工");
    let topic = group.topic("王芳").await;
    jane.hears("#1").await;
    group.delete_topic(topic);
    jane.says("我的钱没到账");
    let anew = group.topic("王芳").await;
    assert_ne!(anew, topic);
    group.hears(Some(anew), "没到账").await;
    let transcript = group.transcript(Some(anew));
    assert!(transcript.contains("领取"), "{transcript}");
}
