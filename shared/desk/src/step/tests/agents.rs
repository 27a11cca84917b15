//! What agents do, and what everybody sees of it.

use super::story::{Story, play};
use expect_test::expect;

#[test]
fn a_ticket_from_claim_to_rating() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        li> 订单 8812 没到账
          → staff #1 (customer/3): li: 订单 8812 没到账
          → li: 收到，已补充到您的工单。您目前排在第 1 位，请稍候。
        ann> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        ann> 您好，我来查一下
          → li (agent/staff/7): ann: 您好，我来查一下
          → staff #1 but staff (agent/staff/7): ann: 您好，我来查一下
        ann> // 像是银行延迟
          → staff #1: ann (note): 像是银行延迟
          → actor: 好的。
        li> 好的
          → staff #1 (customer/11): li: 好的
        ann> /resolve
          → staff #1: ann 结束了工单。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：已由 ann 结束
          → li (rating/1): 工单 #1 已处理完毕。您对这次服务满意吗？请打个分（1 分最低，5 分最高）：
              [⭐] [⭐⭐] [⭐⭐⭐] [⭐⭐⭐⭐] [⭐⭐⭐⭐⭐]
          → actor: 好的。
        li> 5
          → li (rating/1): 感谢您的评价：⭐⭐⭐⭐⭐。祝您使用愉快！
          → staff #1: 客户评价：⭐⭐⭐⭐⭐
    "#]].assert_eq(&play(
        "li> 转人工\nli> 订单 8812 没到账\nann> /claim\nann> 您好，我来查一下\nann> // 像是银行延迟\nli> 好的\nann> /resolve\nli> 5"
    ));
}

#[test]
fn a_ticket_has_one_owner() {
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
        bob> /claim
          → actor: 这个工单由 ann 负责。
        ann> /claim
          → actor: #1 已经在您手上。
        bob> 我来回复
          → staff #1 but staff (agent/staff/9): bob (note): 我来回复
        bob> /resolve
          → actor: 只有工单负责人或主管可以这样操作。
        bob> /reply 你好
          → actor: 只有工单负责人或主管可以这样操作。
        max> /reply 我是主管
          → li: max: 我是主管
          → staff #1: max: 我是主管
          → actor: 好的。
    "#]].assert_eq(&play(
        "li> 转人工\nann> /claim\nbob> /claim\nann> /claim\nbob> 我来回复\nbob> /resolve\nbob> /reply 你好\nmax> /reply 我是主管"
    ));
}

#[test]
fn a_reply_takes_a_waiting_ticket() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        ann> /reply 您好
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 ann 已接入，很高兴为您服务。
          → li: ann: 您好
          → staff #1: ann: 您好
          → actor: 好的。
    "#]].assert_eq(&play("li> 转人工\nann> /reply 您好"));
}

#[test]
fn writing_before_claiming_is_a_note_and_says_so() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        ann> 您好
          → staff #1 but staff (agent/staff/3): ann (note): 您好
          → actor: 已记为内部备注。领取工单后，您的消息才会发给客户。
    "#]].assert_eq(&play("li> 转人工\nann> 您好"));
}

#[test]
fn release_transfer_and_keeping_for_a_colleague() {
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
        ann> /release
          → staff #1: ann 把工单退回了队列。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
          → li: 正在为您转接其他客服，请稍候，无需重复说明。
          → actor: 好的。
        ann> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        ann> /transfer payments
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：payments｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
          → staff #1: ann 把工单转给了 payments。
          → li: 正在为您转接其他客服，请稍候，无需重复说明。
          → actor: 好的。
        bob> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：payments｜优先级：普通 / 状态：bob 处理中 /  / 客户问过： / • 转人工
          → staff #1: bob 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 bob 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        bob> /transfer sue
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：payments｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
          → staff #1: bob 把工单转给了 sue。
          → li: 正在为您转接其他客服，请稍候，无需重复说明。
          → actor: 好的。
        ann> /claim
          → actor: 这个工单暂时为 sue 保留。
        time> 11m
          → staff #1: sue 没有领取，工单不再保留。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：payments｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        ann> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：payments｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        ann> /transfer nobody
          → actor: 没有找到叫「nobody」的部门或同事。
    "#]].assert_eq(&play(
        "li> 转人工\nann> /claim\nann> /release\nann> /claim\nann> /transfer payments\nbob> /claim\nbob> /transfer sue\nann> /claim\ntime> 11m\nann> /claim\nann> /transfer nobody"
    ));
}

#[test]
fn escalation_needs_a_senior() {
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
        ann> /escalate
          → staff #1: ann 把工单升级给了高级客服。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜高级客服｜优先级：高 / 状态：排队中 /  / 客户问过： / • 转人工
          → li: 工单 #1 已升级给高级客服，请稍候。
          → actor: 好的。
        bob> /claim
          → actor: 这个工单已升级，需要高级客服领取。
        sue> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜高级客服｜优先级：高 / 状态：sue 处理中 /  / 客户问过： / • 转人工
          → staff #1: sue 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 sue 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        sue> /escalate
          → actor: 这个工单已经在高级客服队列。
    "#]].assert_eq(&play(
        "li> 转人工\nann> /claim\nann> /escalate\nbob> /claim\nsue> /claim\nsue> /escalate",
    ));
}

#[test]
fn a_customer_may_ask_for_a_senior_while_waiting() {
    expect![[r#"
        li> 手续费怎么算
          → li: 见官网的费率页。
              [👍 有帮助] [👎 没解决] [转人工]
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：payments｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 手续费怎么算 / • 转人工 /  / 可能相关： / • 手续费是多少？
        li> /human
          → li: 您的工单 #1 已在队列中。您排在第 1 位，客服会尽快接入。
              [取消排队，回到机器人]
        li> 找你们经理
          → staff #1 (customer/7): li: 找你们经理
          → staff #1: 工单已升级给高级客服。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：payments｜高级客服｜优先级：高 / 状态：排队中 /  / 客户问过： / • 手续费怎么算 / • 转人工 /  / 可能相关： / • 手续费是多少？
          → li: 工单 #1 已升级给高级客服，请稍候。
    "#]].assert_eq(&play("li> 手续费怎么算\nli> 转人工\nli> /human\nli> 找你们经理"));
}

#[test]
fn priority_moves_a_ticket_up() {
    let mut story = Story::new();
    story.play("li> 转人工\nwang> 转人工");
    expect![[r#"
        max> /priority urgent
          → staff #2 (card/2): card: 工单 #2 / 客户：wang · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：紧急 / 状态：排队中 /  / 客户问过： / • 转人工
          → staff #2: max 把优先级设为「紧急」。
          → actor: 好的。
        queue>
          → li (edits position/1): 工单 #1 正在排队。您排在第 2 位，客服会尽快接入。
              [取消排队，回到机器人]
          → wang (edits position/2): 工单 #2 正在排队。您排在第 1 位，客服会尽快接入。
              [取消排队，回到机器人]
    "#]].assert_eq(&story.play("max> /priority urgent\nqueue>"));
    let order: Vec<_> = story.queue().iter().map(|row| row.number.0).collect();
    assert_eq!(order, [2, 1]);
}

#[test]
fn capacity_is_kept() {
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
        ann> #1 /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：a · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → a (edits position/1): 工单 #1 已接通人工客服。
          → a: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        ann> #2 /claim
          → staff #2 (card/2): card: 工单 #2 / 客户：b · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #2: ann 领取了工单。
          → b (edits position/2): 工单 #2 已接通人工客服。
          → b: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #2。
        ann> #3 /claim
          → actor: 您手上的工单已达上限（2 个），请先处理完再领取。
    "#]]
        .assert_eq(&play("a> 转人工\nb> 转人工\nc> 转人工\nann> #1 /claim\nann> #2 /claim\nann> #3 /claim"));
}

#[test]
fn canned_replies_are_in_the_customers_language() {
    expect![[r#"
        li> I want to talk to a human
          → li (position/1): Sure, I've passed you on to our support team. / Ticket: #1 / You're number 1 in the queue; an agent will be with you as soon as possible. / Feel free to add details while you wait; the agent will see them all.
              [Stop waiting, back to the bot]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · English / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • I want to talk to a human
        ann> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · English / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • I want to talk to a human
          → staff #1: ann 领取了工单。
          → li (edits position/1): Ticket #1: you're connected to an agent.
          → li: ann has joined and will help you from here.
          → actor: 已领取 #1。
        ann> /canned ask-order
          → li: ann: Could you tell me the order number?
          → staff #1: ann: Could you tell me the order number?
          → actor: 好的。
        ann> /canned nothing
          → actor: 没有「nothing」这条快捷回复。
    "#]].assert_eq(&play(
        "li> I want to talk to a human\nann> /claim\nann> /canned ask-order\nann> /canned nothing",
    ));
}

#[test]
fn an_ended_ticket_can_be_taken_up_again_for_a_while() {
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
        ann> 还有一点
          → staff #1 but staff (agent/staff/7): ann (note): 还有一点
          → actor: 这个工单已结束；要继续联系客户，请先重新打开。
        ann> /reopen
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中
          → staff #1: ann 重新打开了工单。
          → li: 客服 ann 重新打开了您的工单 #1，会继续为您处理。
          → actor: 好的。
        ann> 还有一点
          → li (agent/staff/11): ann: 还有一点
          → staff #1 but staff (agent/staff/11): ann: 还有一点
        ann> /resolve
          → staff #1: ann 结束了工单。
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：已由 ann 结束
          → li (rating/1): 工单 #1 已处理完毕。您对这次服务满意吗？请打个分（1 分最低，5 分最高）：
              [⭐] [⭐⭐] [⭐⭐⭐] [⭐⭐⭐⭐] [⭐⭐⭐⭐⭐]
          → actor: 好的。
        time> 73h
        ann> /reopen
          → actor: 这个工单不能重新打开：时间太久，或者客户已有新工单。
    "#]].assert_eq(&play(
        "li> 转人工\nann> /claim\nann> /resolve\nann> 还有一点\nann> /reopen\nann> 还有一点\nann> /resolve\ntime> 73h\nann> /reopen"
    ));
}

#[test]
fn a_blocked_customer_is_not_heard_until_unblocked() {
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
        ann> /block
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：已由 ann 结束
          → staff #1: ann 屏蔽了该客户。
          → actor: 好的。
        li> 你们是骗子
        li> /human
        ann> /unblock
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：已由 ann 结束
          → staff #1: ann 解除了对该客户的屏蔽。
          → actor: 好的。
        li> 忘记密码怎么办
          → li: 在登录页点“忘记密码”。
              [手续费是多少？] [👍 有帮助] [👎 没解决] [转人工]
    "#]].assert_eq(&play(
        "li> 转人工\nann> /claim\nann> /block\nli> 你们是骗子\nli> /human\nann> /unblock\nli> 忘记密码怎么办",
    ));
}

#[test]
fn edits_change_the_copies() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        li> 订单 8812
          → staff #1 (customer/3): li: 订单 8812
          → li: 收到，已补充到您的工单。您目前排在第 1 位，请稍候。
        li> edit 3 订单 8813
          → staff #1: li: ✏️ 修改为：订单 8813
        ann> /claim
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：ann 处理中 /  / 客户问过： / • 转人工
          → staff #1: ann 领取了工单。
          → li (edits position/1): 工单 #1 已接通人工客服。
          → li: 客服 ann 已接入，很高兴为您服务。
          → actor: 已领取 #1。
        ann> 请稍等
          → li (agent/staff/9): ann: 请稍等
          → staff #1 but staff (agent/staff/9): ann: 请稍等
        ann> edit 9 请稍等五分钟
          → li (edits agent/staff/9): ann: 请稍等五分钟
          → staff #1 but staff (edits agent/staff/9): ann: 请稍等五分钟
    "#]].assert_eq(&play(
        "li> 转人工\nli> 订单 8812\nli> edit 3 订单 8813\nann> /claim\nann> 请稍等\nann> edit 9 请稍等五分钟",
    ));
}

#[test]
fn a_ticket_number_that_is_over_is_not_the_one_that_is_open() {
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
        li> 转人工
          → li (position/2): 好的，已为您转接人工客服。 / 工单号：#2 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #2 (card/2): card: 工单 #2 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        ann> #1 /claim
          → actor: 这个工单已结束；要继续联系客户，请先重新打开。
        ann> #1 /reopen
          → actor: 这个工单不能重新打开：时间太久，或者客户已有新工单。
        ann> #1 // 见下一单
          → staff #1: ann (note): 见下一单
          → actor: 好的。
    "#]].assert_eq(&play(
        "li> 转人工\nann> /claim\nann> /resolve\nli> 转人工\nann> #1 /claim\nann> #1 /reopen\nann> #1 // 见下一单"
    ));
}
