//! Words that only Discord needs: names and descriptions of its slash commands, its forms, the support panel, the forum's
//! tags. A deployment may hand in others. What is said in conversations is the desk's, not ours.

/// A text in each language that Discord's app may be set to, as far as we speak it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// English, and whatever we don't speak.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
    /// Traditional Chinese.
    pub tw: &'static str,
}

impl Said {
    /// The text for the language of somebody's app.
    #[must_use]
    pub fn to(&self, locale: Option<&str>) -> &'static str {
        match locale.unwrap_or_default() {
            "zh-TW" | "zh-HK" => self.tw,
            tag if tag.starts_with("zh") => self.zh,
            _ => self.en,
        }
    }
}

/// A slash command's words.
#[derive(Debug, Clone, Copy)]
pub struct CommandWords {
    /// Its name; `en` is what it is called by.
    pub name: Said,
    /// What it does, in at most 100 characters.
    pub description: Said,
    /// What its option is for.
    pub option: Option<Said>,
}

/// Everything that only Discord says.
#[derive(Debug, Clone)]
pub struct Words {
    /// The commands, in the order in which they are registered.
    pub commands: Vec<CommandWords>,
    /// What the option that names a ticket is for.
    pub ticket: Said,
    /// The support panel's text, and its buttons: ask, questions, person. Everybody sees the same panel.
    pub panel: &'static str,
    /// The button that asks a question.
    pub panel_ask: &'static str,
    /// The button that shows the questions.
    pub panel_faq: &'static str,
    /// The button that calls a person.
    pub panel_human: &'static str,
    /// The title of the form for a question, and of its field.
    pub ask: Said,
    /// The title of the form for an answer to a customer.
    pub reply: Said,
    /// The title of the form for a note.
    pub note: Said,
    /// The field of each form.
    pub field: Said,
    /// A button or command of ours that means nothing any more.
    pub unknown: Said,
    /// The panel was posted.
    pub posted: Said,
    /// The panel couldn't be posted.
    pub not_posted: Said,
    /// The forum's tags: waiting, taken, ended.
    pub tags: [&'static str; 3],
}

const fn said(en: &'static str, zh: &'static str, tw: &'static str) -> Said {
    Said { en, zh, tw }
}

const fn command(name: Said, description: Said, option: Option<Said>) -> CommandWords {
    CommandWords { name, description, option }
}

impl Default for Words {
    fn default() -> Self {
        Self {
            commands: [CUSTOMERS.as_slice(), AGENTS.as_slice()].concat(),
            ticket: said(
                "Ticket number, if not this post's",
                "工单号；默认是当前帖子的工单",
                "工單編號；預設為目前貼文的工單",
            ),
            panel: "**需要帮助？**\n点击下方按钮提问，或联系人工客服。只有你自己能看到回复。\n\n**Need help?**\nAsk a question or talk to a person. Only you will see the answers.",
            panel_ask: "提问 · Ask",
            panel_faq: "常见问题 · FAQ",
            panel_human: "人工客服 · Talk to a person",
            ask: said("Ask a question", "提问", "提問"),
            reply: said("Reply to the customer", "回复客户", "回覆客戶"),
            note: said("Note for colleagues", "内部备注", "內部備註"),
            field: said("Your text", "内容", "內容"),
            unknown: said(
                "This no longer works here. Type /help to see what I can do.",
                "这个操作已失效。输入 /help 看看我能做什么。",
                "這個操作已失效。輸入 /help 看看我能做什麼。",
            ),
            posted: said("Panel posted.", "面板已发布。", "面板已發布。"),
            not_posted: said(
                "I can't post here. Please let me view this channel and send messages in it.",
                "无法在此频道发布，请授予我查看频道和发送消息的权限。",
                "無法在此頻道發布，請授予我檢視頻道和傳送訊息的權限。",
            ),
            tags: ["待处理 waiting", "处理中 in progress", "已结束 closed"],
        }
    }
}

const CUSTOMERS: [CommandWords; 12] = [
    command(
        said("ask", "提问", "提問"),
        said("Ask a question", "问一个问题", "問一個問題"),
        Some(said("Your question", "你的问题", "你的問題")),
    ),
    command(said("human", "人工", "人工"), said("Talk to a person", "转人工客服", "轉接人工客服"), None),
    command(
        said("faq", "常见问题", "常見問題"),
        said("Browse frequent questions", "查看常见问题", "查看常見問題"),
        Some(said("Type a few words to find a question", "输入几个字查找问题", "輸入幾個字查找問題")),
    ),
    command(
        said("contact", "联系方式", "聯絡方式"),
        said("Ways to reach us", "查看联系方式", "查看聯絡方式"),
        None,
    ),
    command(
        said("status", "进度", "進度"),
        said("See where your request stands", "查看你的请求进度", "查看你的請求進度"),
        None,
    ),
    command(
        said("feedback", "反馈", "意見回饋"),
        said("Tell us what you think", "提交意见反馈", "提交意見回饋"),
        Some(said("Your feedback", "你的反馈", "你的意見")),
    ),
    command(
        said("language", "语言", "語言"),
        said("Choose your language", "选择语言", "選擇語言"),
        Some(said("The language to use", "要使用的语言", "要使用的語言")),
    ),
    command(said("help", "帮助", "說明"), said("What I can do", "查看我能做什么", "查看我能做什麼"), None),
    command(
        said("cancel", "取消", "取消"),
        said("Stop waiting or leave the current step", "取消排队或当前操作", "取消排隊或目前操作"),
        None,
    ),
    command(
        said("privacy", "隐私", "隱私"),
        said("What is stored about you", "查看保存了哪些与你有关的数据", "查看保存了哪些與你有關的資料"),
        None,
    ),
    command(
        said("link", "绑定", "綁定"),
        said("Agents: link this account with a code", "客服：用绑定码关联此账号", "客服：用綁定碼關聯此帳號"),
        Some(said(
            "The one-time code you were given",
            "管理员给你的一次性绑定码",
            "管理員給你的一次性綁定碼",
        )),
    ),
    command(
        said("panel", "面板", "面板"),
        said("Post the support panel in this channel", "在此频道发布客服面板", "在此頻道發布客服面板"),
        None,
    ),
];

const AGENTS: [CommandWords; 18] = [
    command(said("claim", "认领", "認領"), said("Take a ticket", "认领工单", "認領工單"), None),
    command(
        said("next", "下一个", "下一個"),
        said("Take the next ticket in the queue", "认领队列中的下一个工单", "認領佇列中的下一個工單"),
        None,
    ),
    command(
        said("reply", "回复", "回覆"),
        said("Reply to the customer", "回复客户", "回覆客戶"),
        Some(said("What to tell the customer", "发给客户的内容", "傳給客戶的內容")),
    ),
    command(
        said("note", "备注", "備註"),
        said("Leave a note for colleagues", "添加内部备注", "新增內部備註"),
        Some(said("What colleagues should know", "给同事看的内容", "給同事看的內容")),
    ),
    command(
        said("release", "放回", "放回"),
        said("Give a ticket back to the queue", "把工单放回队列", "把工單放回佇列"),
        None,
    ),
    command(
        said("transfer", "转交", "轉交"),
        said("Give a ticket to a department or colleague", "把工单转给部门或同事", "把工單轉給部門或同事"),
        Some(said("Department or colleague", "部门或同事", "部門或同事")),
    ),
    command(
        said("escalate", "升级", "升級"),
        said("Move a ticket up to a senior agent", "把工单升级给资深客服", "把工單升級給資深客服"),
        None,
    ),
    command(
        said("priority", "优先级", "優先級"),
        said("Set how pressing a ticket is", "设置工单优先级", "設定工單優先級"),
        Some(said("How pressing it is", "紧急程度", "緊急程度")),
    ),
    command(
        said("canned", "快捷回复", "快捷回覆"),
        said("Reply with a prepared answer", "用预设答案回复", "用預設答案回覆"),
        Some(said("The prepared answer", "预设答案", "預設答案")),
    ),
    command(said("resolve", "解决", "解決"), said("End a ticket", "结束工单", "結束工單"), None),
    command(
        said("reopen", "重开", "重開"),
        said("Take an ended ticket up again", "重新打开已结束的工单", "重新開啟已結束的工單"),
        None,
    ),
    command(
        said("block", "屏蔽", "封鎖"),
        said("Ignore this customer from now on", "屏蔽该客户", "封鎖該客戶"),
        None,
    ),
    command(
        said("unblock", "取消屏蔽", "解除封鎖"),
        said("Hear this customer again", "取消屏蔽该客户", "解除封鎖該客戶"),
        None,
    ),
    command(
        said("available", "上线", "上線"),
        said("Say that you take tickets", "设为可接单", "設為可接單"),
        None,
    ),
    command(
        said("away", "离开", "離開"),
        said("Say that you take no tickets for now", "设为暂不接单", "設為暫不接單"),
        None,
    ),
    command(said("offline", "下线", "下線"), said("Say that you are gone", "设为离线", "設為離線"), None),
    command(
        said("commands", "指令", "指令"),
        said("What agents can do", "查看客服可用的指令", "查看客服可用的指令"),
        None,
    ),
    command(said("queue", "队列", "佇列"), said("Show the queue", "查看队列", "查看佇列"), None),
];
