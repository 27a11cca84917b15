//! What customers see while the bot answers.

use super::story::{Story, asking_packs, play};
use expect_test::expect;

#[test]
fn a_question_is_answered_in_its_language() {
    expect![[r#"
        li> 忘记密码怎么办
          → li: 在登录页点“忘记密码”。
              [手续费是多少？] [👍 有帮助] [👎 没解决] [转人工]
        li> how can I reset my password
          → li: Use “forgot password” on the sign-in page.
              [What are the fees?] [👍 Helpful] [👎 Not solved] [Talk to a person]
    "#]]
    .assert_eq(&play("li> 忘记密码怎么办\nli> how can I reset my password"));
}

#[test]
fn a_vague_question_gets_buttons_and_none_of_these_is_a_miss() {
    let mut story = Story::new();
    story.policy.misses = 3;
    story.packs = asking_packs();
    expect![[r#"
        li> 忘记密码，手续费怎么算
          → li: 您想问的是下面哪一个？
              [怎么重置密码？] [手续费是多少？] [账户被盗了怎么办？] [都不是]
        li> [都不是]
          → li: 抱歉，我没太明白您的意思。能说得具体一点吗？比如在做什么操作、看到了什么提示。也可以先选个分类：
              [账户] [转人工]
        li> 忘记密码，手续费怎么算
          → li: 您想问的是下面哪一个？
              [怎么重置密码？] [手续费是多少？] [账户被盗了怎么办？] [都不是]
        li> 1
          → li: 在登录页点“忘记密码”。
              [手续费是多少？] [👍 有帮助] [👎 没解决] [转人工]
    "#]].assert_eq(&story.play("li> 忘记密码，手续费怎么算\nli> [都不是]\nli> 忘记密码，手续费怎么算\nli> 1"));
}

#[test]
fn two_misses_in_a_row_bring_in_a_person() {
    expect![[r#"
        li> 今天天气怎么样啊
          → li: 抱歉，我没太明白您的意思。能说得具体一点吗？比如在做什么操作、看到了什么提示。也可以先选个分类：
              [账户] [转人工]
        li> 给我讲个笑话吧
          → li (position/1): 这个问题我暂时解答不了，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：机器人没看懂 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 今天天气怎么样啊 / • 给我讲个笑话吧
    "#]].assert_eq(&play("li> 今天天气怎么样啊\nli> 给我讲个笑话吧"));
}

#[test]
fn an_answer_forgives_an_earlier_miss() {
    expect![[r#"
        li> 今天天气怎么样啊
          → li: 抱歉，我没太明白您的意思。能说得具体一点吗？比如在做什么操作、看到了什么提示。也可以先选个分类：
              [账户] [转人工]
        li> 忘记密码怎么办
          → li: 在登录页点“忘记密码”。
              [手续费是多少？] [👍 有帮助] [👎 没解决] [转人工]
        li> 给我讲个笑话吧
          → li: 抱歉，我没太明白您的意思。能说得具体一点吗？比如在做什么操作、看到了什么提示。也可以先选个分类：
              [账户] [转人工]
    "#]].assert_eq(&play("li> 今天天气怎么样啊\nli> 忘记密码怎么办\nli> 给我讲个笑话吧"));
}

#[test]
fn small_talk_costs_no_miss() {
    expect![[r#"
        li> 你好
          → li: 您好！请问有什么可以帮您？直接输入问题就行。
              [账户]
        li> 今天天气怎么样啊
          → li: 抱歉，我没太明白您的意思。能说得具体一点吗？比如在做什么操作、看到了什么提示。也可以先选个分类：
              [账户] [转人工]
        li> 谢谢
          → li: 不客气！还有其他问题的话，随时告诉我。
        li> bye
          → li: 再见，祝您生活愉快！
    "#]].assert_eq(&play("li> 你好\nli> 今天天气怎么样啊\nli> 谢谢\nli> bye"));
}

#[test]
fn asking_for_a_person_in_any_words_is_enough() {
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        wang> can I talk to a human please
          → wang (position/2): Sure, I've passed you on to our support team. / Ticket: #2 / You're number 2 in the queue; an agent will be with you as soon as possible. / Feel free to add details while you wait; the agent will see them all.
              [Stop waiting, back to the bot]
          → staff #2 (card/2): card: 工单 #2 / 客户：wang · test · English / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • can I talk to a human please
        zhao> 找你们经理
          → zhao (position/3): 好的，已为您转接高级客服。 / 工单号：#3 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #3 (card/3): card: 工单 #3 / 客户：zhao · test · 中文 / 原因：客户要求高级客服 / 部门：support｜高级客服｜优先级：高 / 状态：排队中 /  / 客户问过： / • 找你们经理
    "#]].assert_eq(&play("li> 转人工\nwang> can I talk to a human please\nzhao> 找你们经理"));
}

#[test]
fn an_urgent_entry_is_answered_and_handed_over_at_once() {
    expect![[r#"
        li> 账户被盗
          → li: 这个情况比较紧急，请您先按下面的步骤操作，人工客服会优先为您处理： /  / 请马上修改密码。
          → li (position/1): 已为您紧急转接人工客服，优先处理。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：紧急「账户被盗了怎么办？」 / 部门：security｜优先级：紧急 / 状态：排队中 /  / 客户问过： / • 账户被盗 /  / 可能相关： / • 账户被盗了怎么办？
    "#]].assert_eq(&play("li> 账户被盗"));
}

#[test]
fn thumbs_down_brings_in_a_person_of_the_entrys_department() {
    expect![[r#"
        li> 手续费怎么算
          → li: 见官网的费率页。
              [👍 有帮助] [👎 没解决] [转人工]
        li> [👎 没解决]
          → li (position/1): 抱歉刚才没能帮到您，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：答案没解决问题「手续费是多少？」 / 部门：payments｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 手续费怎么算 /  / 可能相关： / • 手续费是多少？
    "#]].assert_eq(&play("li> 手续费怎么算\nli> [👎 没解决]"));
}

#[test]
fn thumbs_up_is_thanked_for() {
    expect![[r#"
        li> 手续费怎么算
          → li: 见官网的费率页。
              [👍 有帮助] [👎 没解决] [转人工]
        li> [👍 有帮助]
          → li: 谢谢您的反馈！
    "#]]
    .assert_eq(&play("li> 手续费怎么算\nli> [👍 有帮助]"));
}

#[test]
fn a_picture_alone_cant_be_read_and_is_shown_to_the_agent_the_second_time() {
    expect![[r#"
        li> file p1
          → li: 收到，不过我看不懂图片和文件。请用文字描述一下您的问题，或者转人工客服查看。
              [账户] [转人工]
        li> file p2
          → li (position/1): 这个问题我暂时解答不了，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户发来图片或文件 / 部门：support｜优先级：普通 / 状态：排队中
          → staff #1: li:  +file
    "#]].assert_eq(&play("li> file p1\nli> file p2"));
}

#[test]
fn what_is_secret_is_hidden_before_anything_else_happens() {
    let mut story = Story::new();
    let seen = story.play("li> 转人工\nli> 我的密码是abc12345，卡号4111111111111111");
    assert!(!seen.split("我的密码").nth(2).unwrap_or_default().contains("4111"), "{seen}");
    let stored = serde_json::to_string(&(&story.cases, &story.logs)).unwrap();
    assert!(!stored.contains("abc12345") && !stored.contains("4111111111111111"), "{stored}");
    expect![[r#"
        li> 转人工
          → li (position/1): 好的，已为您转接人工客服。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：客户要求人工 / 部门：support｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 转人工
        li> 我的密码是abc12345，卡号4111111111111111
          → li: 为了您的资金安全，请不要发送密码、验证码或完整卡号；刚才的敏感内容已经自动隐藏。我们的客服不会向您索要这些信息。
          → staff #1 (customer/3): li: 我的密码是••••，卡号••••
          → li: 收到，已补充到您的工单。您目前排在第 1 位，请稍候。
    "#]].assert_eq(&seen);
}

#[test]
fn in_a_group_nothing_is_handed_over() {
    let mut story = Story::new();
    story.public = true;
    expect![[r#"
        li> 忘记密码怎么办
          → li: 在登录页点“忘记密码”。
              [私聊]
        li> 转人工
          → li: 这里是公开场合，为了保护您的隐私，请私聊我，我再为您处理或转接人工客服。
              [私聊]
        li> 账户被盗
          → li: 请马上修改密码。
              [私聊]
    "#]]
    .assert_eq(&story.play("li> 忘记密码怎么办\nli> 转人工\nli> 账户被盗"));
}

#[test]
fn every_command_answers() {
    expect![[r#"
        li> /start
          → li: 您好，欢迎使用 Test 客服。 /  / 直接输入您的问题就行，比如「提现一直没到账」；也可以点下面的分类。需要人工时，随时发送「人工」。
              [账户]
        li> /help
          → li: 您可以： / • 直接输入问题，越具体越好 / • 发送「人工」转接人工客服 / • /faq 浏览常见问题 / • /status 查看工单进度 / • /contact 查看联系方式 / • /feedback 提意见或建议 / • /language 切换语言 / • /cancel 取消排队 / • /privacy 查看隐私说明
        li> /faq
          → li: 您想了解哪方面的问题？
              [账户]
        li> /contact
          → li: 您可以直接在这里提问，也可以发送「人工」联系客服。
              [转人工]
        li> /status
          → li: 您目前没有处理中的工单。
              [转人工]
        li> /privacy
          → li: 我们会保存您在这里发送的消息、您的昵称和账号编号，只用于处理您的问题。密码、验证码和银行卡号会在保存前自动隐藏。如需导出或删除您的记录，请转人工客服办理。
        li> /cancel
          → li: 目前没有需要取消的操作。
        li> /language
          → li: 请选择语言：
              [中文] [English]
        li> [English]
          → li: OK, English it is.
        li> 谢谢
          → li: You're welcome! If there's anything else, just ask.
        li> /feedback
          → li: What would you like to tell us? We'll pass it on to the right people. (Send /cancel to stop.)
        li> /cancel
          → li: OK, cancelled.
        li> /ask 手续费怎么算
          → li: See the page of rates.
              [👍 Helpful] [👎 Not solved] [Talk to a person]
        li> /human
          → li (position/1): Sure, I've passed you on to our support team. / Ticket: #1 / You're number 1 in the queue; an agent will be with you as soon as possible. / Feel free to add details while you wait; the agent will see them all.
              [Stop waiting, back to the bot]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · English / 原因：客户要求人工 / 部门：payments｜优先级：普通 / 状态：排队中 /  / 客户问过： / • 手续费怎么算 /  / 可能相关： / • 手续费是多少？
        li> /status
          → li: Your ticket #1 is already in the queue. You're number 1 in the queue; an agent will be with you as soon as possible.
              [Stop waiting, back to the bot]
        li> /cancel
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · English / 原因：客户要求人工 / 部门：payments｜优先级：普通 / 状态：客户已取消 /  / 可能相关： / • 手续费是多少？
          → staff #1: 客户取消了排队，回到机器人。
          → li (edits position/1): Ticket #1 has left the queue.
          → li: OK, you're back with me. What's your question?
              [Account]
    "#]].assert_eq(&play(
        "li> /start\nli> /help\nli> /faq\nli> /contact\nli> /status\nli> /privacy\nli> /cancel\nli> /language\nli> [English]\nli> 谢谢\nli> /feedback\nli> /cancel\nli> /ask 手续费怎么算\nli> /human\nli> /status\nli> /cancel"
    ));
}

#[test]
fn feedback_is_asked_for_and_becomes_a_ticket() {
    expect![[r#"
        li> /feedback
          → li: 请写下您的意见或建议，我们会转给专人处理。（发送 /cancel 可取消）
        li> 希望支持更多银行
          → li (position/1): 您的反馈已收到，会有专人处理。 / 工单号：#1 / 您排在第 1 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #1 (card/1): card: 工单 #1 / 客户：li · test · 中文 / 原因：意见反馈 / 部门：support｜优先级：低 / 状态：排队中 /  / 客户问过： / • 希望支持更多银行
        wang> /feedback great service
          → wang (position/2): 您的反馈已收到，会有专人处理。 / 工单号：#2 / 您排在第 2 位，客服会尽快接入。 / 等待期间可以继续补充说明，客服都能看到。
              [取消排队，回到机器人]
          → staff #2 (card/2): card: 工单 #2 / 客户：wang · test · 中文 / 原因：意见反馈 / 部门：support｜优先级：低 / 状态：排队中 /  / 客户问过： / • great service
    "#]].assert_eq(&play("li> /feedback\nli> 希望支持更多银行\nwang> /feedback great service"));
}

#[test]
fn a_question_that_was_not_understood_can_be_mended_by_an_edit() {
    expect![[r#"
        li> 今天天气怎么样啊
          → li: 抱歉，我没太明白您的意思。能说得具体一点吗？比如在做什么操作、看到了什么提示。也可以先选个分类：
              [账户] [转人工]
        li> edit 1 忘记密码怎么办
          → li: 在登录页点“忘记密码”。
              [手续费是多少？] [👍 有帮助] [👎 没解决] [转人工]
    "#]].assert_eq(&play("li> 今天天气怎么样啊\nli> edit 1 忘记密码怎么办"));
}

#[test]
fn menus_lead_to_questions_and_questions_to_answers() {
    expect![[r#"
        li> /faq
          → li: 您想了解哪方面的问题？
              [账户]
        li> [账户]
          → li: 「账户」的常见问题：
              [怎么重置密码？] [手续费是多少？] [账户被盗了怎么办？] [其他问题]
        li> [手续费是多少？]
          → li: 见官网的费率页。
              [👍 有帮助] [👎 没解决] [转人工]
        li> [怎么重置密码？]
          → li: 在登录页点“忘记密码”。
              [手续费是多少？] [👍 有帮助] [👎 没解决] [转人工]
    "#]]
    .assert_eq(&play("li> /faq\nli> [账户]\nli> [手续费是多少？]\nli> [怎么重置密码？]"));
}

#[test]
fn names_and_numbers_among_chinese_change_no_language() {
    let mut story = Story::new();
    story.play("li> 忘记密码怎么办\nli> 订单 A-77 @everyone\nli> ok");
    assert_eq!(story.cases["li"].language, crate::Lang::Zh);
    story.play("li> how much do you charge");
    assert_eq!(story.cases["li"].language, crate::Lang::En);
}
