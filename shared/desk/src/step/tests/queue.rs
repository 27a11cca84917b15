//! Waiting, and owners who stay silent.

use super::story::{Story, play};
use crate::{OutboxId, Undeliverable, WithinAct};
use expect_test::expect;

#[test]
fn a_position_is_told_when_it_changes_and_only_then() {
    expect![[r#"
        a> 转人工
          → a (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：a · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        b> 转人工
          → b (position/2): 好的，已为您转接人工客服。 / 工单号：#2 / 您排在第 2 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #2 (card/2): card: 工单 #2 / 客户：b · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        c> 转人工
          → c (position/3): 好的，已为您转接人工客服。 / 工单号：#3 / 您排在第 3 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #3 (card/3): card: 工单 #3 / 客户：c · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        queue>
        ann> #1 /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：a · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → a (edits position/1): 工单 #1 已接通人工客服。
          → a: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        queue>
          → b (edits position/2): 工单 #2 正在排队。您排在第 1 位，客服会尽快接入。
              [取消排队，回到机器人]
          → c (edits position/3): 工单 #3 正在排队。您排在第 2 位，客服会尽快接入。
              [取消排队，回到机器人]
        queue>
    "#]].assert_eq(&play("a> 转人工\nb> 转人工\nc> 转人工\nqueue>\nann> #1 /claim\nqueue>\nqueue>"));
}

#[test]
fn the_customer_may_go_back_to_the_bot_while_waiting() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        li> [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：客户已取消
          → staff #1: 客户取消了排队，回到机器人。
          → li (edits position/1): 工单 #1 已取消排队。
          → li: 好的，由我继续为您服务，请输入您的问题。
              [账户]
        li> 忘记密码怎么办
          → li: 在登录页点“忘记密码”。
              [手续费是多少？] [👍 有帮助] [👎 没解决] [转人工]
    "#]].assert_eq(&play("li> 转人工\nli> [取消排队，回到机器人]\nli> 忘记密码怎么办"));
}

#[test]
fn messages_of_the_waiting_are_passed_on_and_acknowledged_now_and_then() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        li> 订单 8812
          → staff #1 (customer/3): li: 订单 8812
          → li: 收到，已补充到您的工单。您目前排在第 1 位，请稍候。
        li> 快点啊
          → staff #1 (customer/5): li: 快点啊
        time> 4m
        li> 还在吗
          → staff #1 (customer/7): li: 还在吗
          → li: 收到，已补充到您的工单。您目前排在第 1 位，请稍候。
    "#]].assert_eq(&play("li> 转人工\nli> 订单 8812\nli> 快点啊\ntime> 4m\nli> 还在吗"));
}

#[test]
fn a_silent_owner_is_reminded_then_loses_the_ticket_then_it_goes_up() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        ann> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        time> 6m
          → staff #1: ⏰ 客户已等待 5 分钟，请 ann 尽快回复。
        time> 11m
          → staff #1: ann 长时间未回复，工单已退回队列。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
          → li: 正在为您转接其他客服，请稍候，无需重复说明。
        bob> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：bob 处理中 /  / 客户问过： / • 转人工
          → staff #1: bob 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 bob 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        time> 16m
          → staff #1: ⏰ 客户已等待 5 分钟，请 bob 尽快回复。
          → staff #1: 工单已升级给高级客服。
          → staff #1: bob 长时间未回复，工单已退回队列。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜高级客服｜优先级：高 / 状态：排队中 /  / 客户问过： / • 转人工
          → li: 正在为您转接其他客服，请稍候，无需重复说明。
    "#]].assert_eq(&play("li> 转人工\nann> /claim\ntime> 6m\ntime> 11m\nbob> /claim\ntime> 16m"));
}

#[test]
fn an_owner_who_answers_keeps_the_ticket() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        ann> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        time> 6m
          → staff #1: ⏰ 客户已等待 5 分钟，请 ann 尽快回复。
        ann> 在的
          → li (agent/staff/6): ann: 在的
          → staff #1 but staff (agent/staff/6): ann: 在的
        time> 1h
        li> 好的
          → staff #1 (customer/8): li: 好的
        time> 6m
          → staff #1: ⏰ 客户已等待 5 分钟，请 ann 尽快回复。
    "#]]
        .assert_eq(&play("li> 转人工\nann> /claim\ntime> 6m\nann> 在的\ntime> 1h\nli> 好的\ntime> 6m"));
}

#[test]
fn a_rating_that_never_comes_is_not_waited_for() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        ann> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        ann> /resolve
          → staff #1: ann 结束了工单。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：已由 ann 结束
          → li (rating/1): 工单 #1 已处理完毕。您对这次服务满意吗？请打个分（1 分最低，5 分最高）：
              [⭐] [⭐⭐] [⭐⭐⭐] [⭐⭐⭐⭐] [⭐⭐⭐⭐⭐]
          → actor: 好的。
        time> 25h
        li> [⭐⭐⭐]
          → li: 这次评价已经结束，谢谢您。
        li> /status
          → li: 您目前没有处理中的工单。最近的工单 #1 已结束。
              [转人工]
    "#]]
        .assert_eq(&play("li> 转人工\nann> /claim\nann> /resolve\ntime> 25h\nli> [⭐⭐⭐]\nli> /status"));
}

#[test]
fn a_removed_agents_ticket_goes_back() {
    let mut story = Story::new();
    story.play("li> 转人工\nann> /claim");
    story.within("li", WithinAct::OwnerGone(crate::AgentId(1)));
    expect![[r#"
          → staff #1: ann 已不是客服，工单已退回队列。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
          → li: 正在为您转接其他客服，请稍候，无需重复说明。
        bob> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：bob 处理中 /  / 客户问过： / • 转人工
          → staff #1: bob 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 bob 已接入，很高兴为您服务。
          → actor: 已领取 #1。
    "#]].assert_eq(&story.play("bob> /claim"));
}

#[test]
fn what_cant_be_delivered_is_shown_to_the_agent() {
    let mut story = Story::new();
    story.play("li> 转人工\nann> /claim\nann> 您好");
    let reason = Undeliverable::Unreachable;
    story.within("li", WithinAct::Undeliverable { item: OutboxId(7), place: None, slot: None, reason });
    expect![[r#"
          → staff #1: ⚠️ 有一条消息没有送达客户：对方屏蔽了机器人、关闭了私信或账号已停用。
        queue>
    "#]]
    .assert_eq(&story.play("queue>"));
}

#[test]
fn nobody_on_duty_is_said() {
    let mut story = Story::new();
    for agent in story.roster.agents.values_mut() {
        agent.presence = crate::Presence::Away;
    }
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 目前没有客服在线，客服上线后会第一时间联系您。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        wang> human please
          → wang (position/2): Sure, I've passed you on to our support team. / Ticket: #2 / Nobody is online right now; we'll get back to you as soon as somebody is. / Feel free to add details while you wait; the agent will see them all.
              [Stop waiting, back to the bot]
          → staff #2 (card/2): card: 工单 #2 / 客户：wang · test · English / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • human please
    "#]].assert_eq(&story.play("li> 转人工\nwang> human please"));
}

#[test]
fn who_goes_offline_gives_back_what_the_customer_waits_for() {
    let mut story = Story::new();
    story.play("li> 转人工\nann> /claim\nwang> 转人工\nann> /claim\nann> 请发一下订单号");
    let ann = crate::AgentId(1);
    story.roster.agents.get_mut(&ann).unwrap().presence = crate::Presence::Offline;
    story.within("li", WithinAct::OwnerGone(ann));
    story.within("wang", WithinAct::OwnerGone(ann));
    expect![[r#"
          → staff #1: ann 已下线，客户还在等回复，工单已退回队列。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
          → li: 正在为您转接其他客服，请稍候，无需重复说明。
        queue>
          → li (edits position/1): 工单 #1 正在排队。您排在第 1 位，客服会尽快接入。
              [取消排队，回到机器人]
    "#]].assert_eq(&story.play("queue>"));
    let owners: Vec<_> = story.queue().iter().map(|row| (row.number.0, row.owner)).collect();
    assert_eq!(owners, [(1, None), (2, Some(ann))]);
}
