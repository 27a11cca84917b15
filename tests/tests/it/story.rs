//! Whole conversations with the shipped binary: a customer of either platform, worked from the other.

use crate::service::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_on_telegram_is_served_from_discord() {
    let world = World::new().await;
    let _service = world.start().await;
    let bob = world.discord_agent("Bob").await;
    let wang = world.telegram.person("王芳", "zh-hans");

    wang.says("提现一直失败怎么办");
    let answer = wang.hears("核对收款的银行卡").await;
    let labels: Vec<_> = answer.buttons.iter().flatten().filter_map(|b| b["text"].as_str()).collect();
    assert!(labels.contains(&"转人工") && labels.iter().any(|label| label.contains("👍")), "{labels:?}");

    wang.says("转人工");
    wang.hears("工单号：#1").await;
    let topic = world.group.topic("王芳").await;
    let post = world.discord.post("#1 ").await;
    assert!(world.group.hears(Some(topic), "工单 #1").await.text.contains("提现一直失败怎么办"));
    post.shows("提现一直失败怎么办").await;

    bob.press_in(&post, "领取").await;
    wang.hears("Bob 已接入").await;
    post.until_tagged("处理中").await;
    let claimed = "the claim shows on Telegram too";
    let text = "Bob 处理中";
    world.telegram.until(claimed, |s| s.chat(world.group.id).transcript(Some(topic)).contains(text)).await;

    bob.press_in(&post, "回复").await;
    bob.submit("您好，*订单号* 是多少？").await;
    wang.hears("您好，*订单号* 是多少？").await;
    wang.says("我的订单号是 A-77 @everyone");
    post.shows("我的订单号是 A-77 @\u{200b}everyone").await;
    world.group.hears(Some(topic), "我的订单号是 A-77 @everyone").await;

    bob.press_in(&post, "结束").await;
    let asked = wang.hears("打个分").await;
    assert_eq!(asked.buttons[0].len(), 5);
    wang.press("⭐⭐⭐⭐");
    wang.hears("感谢您的评价").await;
    post.shows("客户评价：").await;
    world.group.hears(Some(topic), "客户评价：").await;
    world.made_no_mistakes_but(&["TOPIC_CLOSED"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_on_discord_is_served_from_telegram() {
    let world = World::new().await;
    let _service = world.start().await;
    let li = world.telegram_agent("小李").await;
    let jane = world.discord.person("Jane");

    jane.dm("how do I reset my password");
    jane.sees("Forgot password").await;
    jane.dm("I want to talk to a person please");
    jane.sees("#1").await;
    let topic = world.group.topic("Jane").await;
    let post = world.discord.post("#1 ").await;
    world.group.hears(Some(topic), "工单 #1").await;

    world.group.press(&li, Some(topic), "领取");
    jane.sees("小李").await;
    post.until_tagged("处理中").await;
    world.group.says(&li, Some(topic), "Hello Jane, which mailbox is it?");
    jane.sees("Hello Jane, which mailbox is it?").await;
    world.group.says(&li, Some(topic), "// an old customer");
    post.shows("an old customer").await;
    jane.dm("The one I signed up with");
    world.group.hears(Some(topic), "The one I signed up with").await;
    post.shows("The one I signed up with").await;

    world.group.says(&li, Some(topic), "/resolve");
    jane.sees("rate us").await;
    jane.press("⭐⭐⭐⭐⭐").await;
    jane.sees("Thanks for your rating").await;
    post.shows("客户评价：").await;
    post.until_archived(true).await;
    let seen = jane.transcript();
    assert!(!seen.contains("an old customer"), "a note reached the customer:\n{seen}");
    world.made_no_mistakes_but(&["TOPIC_CLOSED"]);
}
