//! The words in Chinese.

use super::{MenuItem, Phrase, minutes};
use crate::{Presence, Priority, Reason, Release, Role, Tier, Undeliverable};
use jiff::SignedDuration;

pub(super) const CUSTOMER_MENU: &[MenuItem] = &[
    MenuItem { name: "start", description: "开始使用" },
    MenuItem { name: "ask", description: "提一个问题" },
    MenuItem { name: "faq", description: "常见问题" },
    MenuItem { name: "human", description: "转人工客服" },
    MenuItem { name: "status", description: "查看工单进度" },
    MenuItem { name: "contact", description: "联系方式" },
    MenuItem { name: "feedback", description: "意见与建议" },
    MenuItem { name: "language", description: "切换语言" },
    MenuItem { name: "cancel", description: "取消排队或当前操作" },
    MenuItem { name: "privacy", description: "隐私说明" },
    MenuItem { name: "help", description: "使用帮助" },
];

pub(super) const STAFF_MENU: &[MenuItem] = &[
    MenuItem { name: "next", description: "领取下一个工单" },
    MenuItem { name: "claim", description: "领取本工单，或 /claim 编号" },
    MenuItem { name: "release", description: "把工单退回队列" },
    MenuItem { name: "transfer", description: "转给部门或同事：/transfer 部门或姓名" },
    MenuItem { name: "escalate", description: "升级给高级客服" },
    MenuItem { name: "priority", description: "设置优先级：低、普通、高、紧急" },
    MenuItem { name: "reply", description: "回复客户：/reply 内容" },
    MenuItem { name: "note", description: "内部备注：/note 内容，也可以用 // 开头" },
    MenuItem { name: "canned", description: "发送快捷回复：/canned 名称" },
    MenuItem { name: "resolve", description: "结束工单" },
    MenuItem { name: "reopen", description: "重新打开工单" },
    MenuItem { name: "block", description: "屏蔽该客户" },
    MenuItem { name: "unblock", description: "解除屏蔽" },
    MenuItem { name: "queue", description: "查看队列" },
    MenuItem { name: "available", description: "上线接单" },
    MenuItem { name: "away", description: "设为暂离" },
    MenuItem { name: "offline", description: "下线，停止接单" },
    MenuItem { name: "link", description: "绑定客服身份：/link 绑定码" },
    MenuItem { name: "commands", description: "客服命令说明" },
];

#[allow(clippy::too_many_lines)] // a table that reads straight down
pub(super) fn text(phrase: &Phrase<'_>) -> String {
    match phrase {
        Phrase::Welcome { brand } => format!(
            "您好，欢迎使用 {brand} 客服。\n\n直接输入您的问题就行，比如「提现一直没到账」；也可以点下面的分类。需要人工时，随时发送「人工」。"
        ),
        Phrase::Help => "您可以：\n• 直接输入问题，越具体越好\n• 发送「人工」转接人工客服\n• /faq 浏览常见问题\n• /status 查看工单进度\n• /contact 查看联系方式\n• /feedback 提意见或建议\n• /language 切换语言\n• /cancel 取消排队\n• /privacy 查看隐私说明".into(),
        Phrase::Categories => "您想了解哪方面的问题？".into(),
        Phrase::CategoryQuestions { category } => format!("「{category}」的常见问题："),
        Phrase::Greeting => "您好！请问有什么可以帮您？直接输入问题就行。".into(),
        Phrase::Thanks => "不客气！还有其他问题的话，随时告诉我。".into(),
        Phrase::Goodbye => "再见，祝您生活愉快！".into(),
        Phrase::AboutBot => "我是智能客服助手，可以解答常见问题；我答不上来的，会为您转接人工客服。".into(),
        Phrase::YesToWhat => "好的。请问您想咨询什么问题？".into(),
        Phrase::SorryNotHelpful => "抱歉没能帮到您。您可以换个说法再问一次，也可以转人工客服。".into(),
        Phrase::ThanksForThumbs => "谢谢您的反馈！".into(),
        Phrase::WhichOne => "您想问的是下面哪一个？".into(),
        Phrase::Unsure => "抱歉，我没太明白您的意思。能说得具体一点吗？比如在做什么操作、看到了什么提示。也可以先选个分类：".into(),
        Phrase::CantReadFiles => "收到，不过我看不懂图片和文件。请用文字描述一下您的问题，或者转人工客服查看。".into(),
        Phrase::NothingAsked => "请输入您的问题，或者从下面选择：".into(),
        Phrase::EntryGone => "这个问题的内容已经更新，请从下面重新选择：".into(),
        Phrase::AskInPrivate => "这里是公开场合，为了保护您的隐私，请私聊我，我再为您处理或转接人工客服。".into(),
        Phrase::SecretWarning => "为了您的资金安全，请不要发送密码、验证码或完整卡号；刚才的敏感内容已经自动隐藏。我们的客服不会向您索要这些信息。".into(),
        Phrase::UrgentLead => "这个情况比较紧急，请您先按下面的步骤操作，人工客服会优先为您处理：".into(),
        Phrase::HandedOff { number, reason, position, wait, on_duty } => {
            let lead = match reason {
                Reason::Unsure | Reason::Attachment => "这个问题我暂时解答不了，已为您转接人工客服。",
                Reason::Asked => "好的，已为您转接人工客服。",
                Reason::Senior => "好的，已为您转接高级客服。",
                Reason::Urgent(_) => "已为您紧急转接人工客服，优先处理。",
                Reason::Unhelpful(_) => "抱歉刚才没能帮到您，已为您转接人工客服。",
                Reason::Feedback => "您的反馈已收到，会有专人处理。",
            };
            let place = if *on_duty {
                queue_place(*position, *wait)
            } else {
                "目前没有客服在线，客服上线后会第一时间联系您。".to_owned()
            };
            format!("{lead}\n工单号：{number}\n{place}\n等待期间可以继续补充说明，客服都能看到。")
        }
        Phrase::Position { number, position, wait } => {
            format!("工单 {number} 正在排队。{}", queue_place(*position, *wait))
        }
        Phrase::Connected { number } => format!("工单 {number} 已接通人工客服。"),
        Phrase::StillQueued { position } => format!("收到，已补充到您的工单。您目前排在第 {position} 位，请稍候。"),
        Phrase::AgentJoined { agent } => format!("客服 {agent} 已接入，很高兴为您服务。"),
        Phrase::AgentChanging => "正在为您转接其他客服，请稍候，无需重复说明。".into(),
        Phrase::WithAgentAlready { agent } => format!("客服 {agent} 正在为您服务，直接发消息就行。"),
        Phrase::QueuedAlready { number, position, wait } => {
            format!("您的工单 {number} 已在队列中。{}", queue_place(*position, *wait))
        }
        Phrase::WentSenior { number } => format!("工单 {number} 已升级给高级客服，请稍候。"),
        Phrase::BackWithBot => "好的，由我继续为您服务，请输入您的问题。".into(),
        Phrase::OutOfQueue { number } => format!("工单 {number} 已取消排队。"),
        Phrase::BotIsHere => "我在的，请输入您的问题。".into(),
        Phrase::Resolved { number } => {
            format!("工单 {number} 已处理完毕。您对这次服务满意吗？请打个分（1 分最低，5 分最高）：")
        }
        Phrase::Rated { stars } => format!("感谢您的评价：{}。祝您使用愉快！", stars_text(*stars)),
        Phrase::RatingOver => "这次评价已经结束，谢谢您。".into(),
        Phrase::ReopenedByAgent { number, agent } => format!("客服 {agent} 重新打开了您的工单 {number}，会继续为您处理。"),
        Phrase::NoTicket => "您目前没有处理中的工单。".into(),
        Phrase::LastTicket { number } => format!("您目前没有处理中的工单。最近的工单 {number} 已结束。"),
        Phrase::AskFeedback => "请写下您的意见或建议，我们会转给专人处理。（发送 /cancel 可取消）".into(),
        Phrase::ChooseLanguage => "请选择语言：".into(),
        Phrase::LanguageSet => "好的，接下来用中文为您服务。".into(),
        Phrase::NothingToCancel => "目前没有需要取消的操作。".into(),
        Phrase::Cancelled => "好的，已取消。".into(),
        Phrase::CancelWithAgent => "客服正在为您服务。如果问题已经解决，直接告诉客服就可以结束。".into(),
        Phrase::Privacy => "我们会保存您在这里发送的消息、您的昵称和账号编号，只用于处理您的问题。密码、验证码和银行卡号会在保存前自动隐藏。如需导出或删除您的记录，请转人工客服办理。".into(),
        Phrase::WaysToReach => "您可以直接在这里提问，也可以发送「人工」联系客服。".into(),
        Phrase::ButtonHuman => "转人工".into(),
        Phrase::ButtonSenior => "找高级客服".into(),
        Phrase::ButtonFeedback => "提交反馈".into(),
        Phrase::ButtonMenu => "其他问题".into(),
        Phrase::ButtonHelped => "👍 有帮助".into(),
        Phrase::ButtonNotHelped => "👎 没解决".into(),
        Phrase::ButtonNone => "都不是".into(),
        Phrase::ButtonBackToBot => "取消排队，回到机器人".into(),
        Phrase::ButtonPrivate => "私聊".into(),

        Phrase::NotLinked => "您的账号还没有绑定客服身份。请向管理员要绑定码，然后私聊机器人发送 /link 绑定码。".into(),
        Phrase::Linked { agent, role } => format!("绑定成功：{agent}（{}）。发送 /commands 查看命令。", role_name(*role)),
        Phrase::LinkRefused => "绑定码不正确或已过期。".into(),
        Phrase::LinkTooOften => "尝试次数过多，请一小时后再试。".into(),
        Phrase::NoSuchTicket => "没有找到这个工单。".into(),
        Phrase::QueueEmpty => "队列里暂时没有您可以领取的工单。".into(),
        Phrase::Claimed { number } => format!("已领取 {number}。"),
        Phrase::AlreadyYours { number } => format!("{number} 已经在您手上。"),
        Phrase::OwnedBy { agent } => format!("这个工单由 {agent} 负责。"),
        Phrase::KeptFor { agent } => format!("这个工单暂时为 {agent} 保留。"),
        Phrase::NeedsSenior => "这个工单已升级，需要高级客服领取。".into(),
        Phrase::AtCapacity { capacity } => format!("您手上的工单已达上限（{capacity} 个），请先处理完再领取。"),
        Phrase::NotYours => "只有工单负责人或主管可以这样操作。".into(),
        Phrase::ClaimFirst => "已记为内部备注。领取工单后，您的消息才会发给客户。".into(),
        Phrase::NothingOpen => "这里没有处理中的工单。".into(),
        Phrase::TicketEnded => "这个工单已结束；要继续联系客户，请先重新打开。".into(),
        Phrase::Done => "好的。".into(),
        Phrase::NoSuchColleague { name } => format!("没有找到叫「{name}」的部门或同事。"),
        Phrase::NoSuchDepartment { name } => format!("没有「{name}」这个部门。"),
        Phrase::NoSuchCanned { name } => format!("没有「{name}」这条快捷回复。"),
        Phrase::AlreadySenior => "这个工单已经在高级客服队列。".into(),
        Phrase::CantReopen => "这个工单不能重新打开：时间太久，或者客户已有新工单。".into(),
        Phrase::PresenceSet { presence } => match presence {
            Presence::Available => "您已上线，可以接单。",
            Presence::Away => "已设为暂离：手上的工单保留，暂不分配新工单。",
            Presence::Offline => "已下线。",
        }
        .into(),
        Phrase::ChooseDepartment => "转给哪个部门？转给同事请用 /transfer 姓名。".into(),
        Phrase::ChoosePriority => "设为哪个优先级？".into(),
        Phrase::ChooseCanned => "发送哪条快捷回复？".into(),
        Phrase::NoCanned => "还没有配置快捷回复。".into(),
        Phrase::StaffHelp => {
            let lines: Vec<_> = STAFF_MENU.iter().map(|item| format!("/{} — {}", item.name, item.description)).collect();
            format!("客服命令：\n{}\n\n领取后，直接在工单里写的消息会发给客户；以 // 开头的是内部备注。", lines.join("\n"))
        }
        Phrase::QueueHead { waiting, owned } => format!("排队 {waiting} 个，处理中 {owned} 个。"),
        Phrase::QueueLine { number, name, reason, priority, waiting } => {
            format!("{number} {name}｜{}｜{reason}｜已等 {}", priority_name(*priority), span(*waiting))
        }
        Phrase::EmptyMessage => "消息内容为空，没有发送。".into(),

        Phrase::NoticeClaimed { agent } => format!("{agent} 领取了工单。"),
        Phrase::NoticeReleased { agent, why } => match why {
            Release::ByOwner => format!("{agent} 把工单退回了队列。"),
            Release::Silence => format!("{agent} 长时间未回复，工单已退回队列。"),
            Release::Removed => format!("{agent} 已不是客服，工单已退回队列。"),
            Release::Offline => format!("{agent} 已下线，客户还在等回复，工单已退回队列。"),
            Release::NotTaken => format!("{agent} 没有领取，工单不再保留。"),
        },
        Phrase::NoticeTransferred { agent, to } => format!("{agent} 把工单转给了 {to}。"),
        Phrase::NoticeEscalated { agent: Some(agent) } => format!("{agent} 把工单升级给了高级客服。"),
        Phrase::NoticeEscalated { agent: None } => "工单已升级给高级客服。".into(),
        Phrase::NoticePriority { agent, priority } => format!("{agent} 把优先级设为「{}」。", priority_name(*priority)),
        Phrase::NoticeResolved { agent } => format!("{agent} 结束了工单。"),
        Phrase::NoticeWithdrawn => "客户取消了排队，回到机器人。".into(),
        Phrase::NoticeReopened { agent } => format!("{agent} 重新打开了工单。"),
        Phrase::NoticeBlocked { agent, on: true } => format!("{agent} 屏蔽了该客户。"),
        Phrase::NoticeBlocked { agent, on: false } => format!("{agent} 解除了对该客户的屏蔽。"),
        Phrase::NoticeRemind { agent, waited } => format!("⏰ 客户已等待 {}，请 {agent} 尽快回复。", span(*waited)),
        Phrase::NoticeUndeliverable { reason } => format!(
            "⚠️ 有一条消息没有送达客户：{}。",
            match reason {
                Undeliverable::Unreachable => "对方屏蔽了机器人、关闭了私信或账号已停用",
                Undeliverable::Rejected => "平台拒绝了这条消息",
                Undeliverable::GaveUp => "平台长时间无法送达",
                Undeliverable::File => "文件太大或已失效",
            }
        ),
        Phrase::NoticeLeft => "⚠️ 客户屏蔽了机器人或离开了会话，消息可能无法送达。".into(),
        Phrase::NoticeRated { stars } => format!("客户评价：{}", stars_text(*stars)),
        Phrase::NoticeEdited => "✏️ 修改为：".into(),

        Phrase::CardTitle { number } => format!("工单 {number}"),
        Phrase::CardCustomer => "客户：".into(),
        Phrase::CardReason { reason, entry } => format!("原因：{}", reason_text(reason, *entry)),
        Phrase::CardDepartment { department, tier, priority } => {
            let tier = match tier {
                Tier::First => "",
                Tier::Senior => "｜高级客服",
            };
            format!("部门：{department}{tier}｜优先级：{}", priority_name(*priority))
        }
        Phrase::CardQuestions => "客户问过：".into(),
        Phrase::CardMatches => "可能相关：".into(),
        Phrase::CardQueued => "状态：排队中".into(),
        Phrase::CardOwned { agent } => format!("状态：{agent} 处理中"),
        Phrase::CardResolved { agent } => format!("状态：已由 {agent} 结束"),
        Phrase::CardWithdrawn => "状态：客户已取消".into(),

        Phrase::Claim => "领取".into(),
        Phrase::Reply => "回复".into(),
        Phrase::Note => "备注".into(),
        Phrase::Release => "退回".into(),
        Phrase::Transfer => "转交".into(),
        Phrase::Escalate => "升级".into(),
        Phrase::Priority => "优先级".into(),
        Phrase::PriorityName { priority } => priority_name(*priority).into(),
        Phrase::Canned => "快捷回复".into(),
        Phrase::Resolve => "结束".into(),
        Phrase::Reopen => "重新打开".into(),
        Phrase::Block => "屏蔽客户".into(),
        Phrase::Unblock => "解除屏蔽".into(),
    }
}

pub(super) fn reason_text(reason: &Reason, entry: Option<&str>) -> String {
    let about = entry.map_or_else(String::new, |entry| format!("「{entry}」"));
    match reason {
        Reason::Unsure => "机器人没看懂".into(),
        Reason::Asked => "客户要求人工".into(),
        Reason::Senior => "客户要求高级客服".into(),
        Reason::Urgent(_) => format!("紧急{about}"),
        Reason::Unhelpful(_) => format!("答案没解决问题{about}"),
        Reason::Attachment => "客户发来图片或文件".into(),
        Reason::Feedback => "意见反馈".into(),
    }
}

fn queue_place(position: u32, wait: Option<SignedDuration>) -> String {
    match wait {
        Some(wait) => format!("您排在第 {position} 位，预计等待{}。", span_about(wait)),
        None => format!("您排在第 {position} 位，客服会尽快接入。"),
    }
}

fn span(time: SignedDuration) -> String {
    match minutes(time) {
        n if n < 120 => format!("{n} 分钟"),
        n => format!("{} 小时", n / 60),
    }
}

fn span_about(time: SignedDuration) -> String {
    format!("约 {}", span(time))
}

fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "低",
        Priority::Normal => "普通",
        Priority::High => "高",
        Priority::Urgent => "紧急",
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "客服",
        Role::Senior => "高级客服",
        Role::Supervisor => "主管",
        Role::Admin => "管理员",
    }
}

fn stars_text(stars: u8) -> String {
    "⭐".repeat(usize::from(stars))
}
