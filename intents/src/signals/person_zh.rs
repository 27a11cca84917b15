//! Wanting a person, said in Chinese.
//!
//! Somebody who does the wanting (转, 找, 叫 …) stands before somebody who is wanted (人工, 真人, 客服, 经理 …), and
//! nothing after it says that the words mean a fee, a phone number or opening hours. Or the sentence is little more
//! than the person ("人工客服谢谢"), or turns the bot away ("别让机器人糊弄我").

use super::words::Words;

/// People of the first line. Longest first, so that what follows the word is seen right.
const PEOPLE: [&str; 23] = [
    "人工客服",
    "真人客服",
    "在线客服",
    "客服人员",
    "客服小姐姐",
    "客服专员",
    "人工服务",
    "人工坐席",
    "人工座席",
    "人工专员",
    "人工台",
    "工作人员",
    "真实的人",
    "真的人",
    "大活人",
    "真人",
    "活人",
    "人工",
    "客服",
    "坐席",
    "座席",
    "专员",
    "接线员",
];

/// People who decide.
const SENIORS: [&str; 22] = [
    "高级客服",
    "资深客服",
    "高级专员",
    "高级坐席",
    "客服经理",
    "客服主管",
    "大堂经理",
    "值班经理",
    "负责人",
    "管理人员",
    "管理层",
    "总经理",
    "经理",
    "主管",
    "领导",
    "上级",
    "上司",
    "老板",
    "主任",
    "老总",
    "能做主的",
    "管事的",
];

/// Wanting, right before the person or with a few characters between.
const WANTING: [&str; 34] = [
    "转接",
    "转给",
    "转到",
    "转",
    "接通",
    "接入",
    "接",
    "找",
    "叫",
    "换",
    "喊",
    "呼叫",
    "召唤",
    "联系",
    "要",
    "想要",
    "需要",
    "给我",
    "来个",
    "来一个",
    "来位",
    "安排",
    "切换",
    "切",
    "进",
    "求",
    "让",
    "请",
    "跟",
    "和",
    "有没有",
    "有",
    "用",
    "由",
];

/// After a person these turn the words into another question.
const OTHERWISE: [&str; 52] = [
    "费",
    "智能",
    "成本",
    "审核",
    "审批",
    "审查",
    "核实",
    "验证",
    "认证",
    "处理费",
    "干预",
    "打款",
    "充值",
    "湖",
    "降雨",
    "授精",
    "电话",
    "热线",
    "号码",
    "邮箱",
    "邮件",
    "微信",
    "时间",
    "几点",
    "上班",
    "下班",
    "工作时间",
    "服务时间",
    "在线时间",
    "地址",
    "是多少",
    "多少",
    "价格",
    "收费",
    "手续",
    "告诉",
    "回复我说",
    "让我",
    "叫我",
    "不回",
    "没回",
    "贷",
    "招聘",
    "工资",
    "操作",
    "合成",
    "录入",
    "翻译",
    "验证码",
    "骗",
    "冒充",
    "是真的",
];

/// What may stand around a person in a sentence that says nothing else.
const AROUND: [&str; 71] = [
    "举报",
    "公司",
    "贵公司",
    "我",
    "你",
    "您",
    "你们",
    "您们",
    "咱",
    "想",
    "要",
    "需要",
    "请",
    "请问",
    "麻烦",
    "帮",
    "帮忙",
    "给",
    "一下",
    "下",
    "个",
    "一个",
    "位",
    "一位",
    "名",
    "的",
    "了",
    "吧",
    "啊",
    "呀",
    "啦",
    "呢",
    "嘛",
    "哦",
    "哈",
    "吗",
    "么",
    "谢谢",
    "多谢",
    "感谢",
    "快",
    "快点",
    "赶紧",
    "马上",
    "立刻",
    "现在",
    "急",
    "急急",
    "直接",
    "可以",
    "能",
    "能不能",
    "可不可以",
    "好",
    "你好",
    "您好",
    "那",
    "就",
    "还是",
    "再",
    "再次",
    "服务",
    "来",
    "在",
    "处理",
    "呼唤",
    "求",
    "喂",
    "行不行",
    "在不在",
    " ",
];

/// Misspelt as typing by sound does.
const BY_SOUND: [(&str, &str); 12] = [
    ("人公", "人工"),
    ("人功", "人工"),
    ("仁工", "人工"),
    ("任工", "人工"),
    ("人共", "人工"),
    ("人宫", "人工"),
    ("忍工", "人工"),
    ("认工", "人工"),
    ("克服", "客服"),
    ("客户服务", "客服"),
    ("客户", "客服"),
    ("真仁", "真人"),
];

/// Whole sentences, but for what may stand around.
const BARE: [&str; 20] = [
    "有人",
    "有没有人",
    "有人在",
    "没人",
    "没有人",
    "人呢",
    "没人管",
    "没人理",
    "没人回",
    "有活人",
    "有人管",
    "有人理我",
    "投诉",
    "要投诉",
    "进行投诉",
    "投诉你们",
    "想投诉",
    "必须投诉",
    "升级投诉",
    "投诉到底",
];

/// Turning a bot away, with up to this many characters to the bot.
const AWAY: [&str; 20] = [
    "不要",
    "不想",
    "不跟",
    "不和",
    "不需要",
    "别用",
    "别让",
    "别拿",
    "别给我",
    "别再",
    "讨厌",
    "受够",
    "烦死",
    "拒绝",
    "滚",
    "不用",
    "不接受",
    "不找",
    "别派",
    "懒得跟",
];
const AWAY_SPAN: usize = 6;
const BOTS: [&str; 6] = ["机器人", "机器", "智能客服", "自动回复", "人机", "智障"];

/// Whether a person, and whether somebody senior is wanted.
pub(super) fn wants(words: &Words) -> (bool, bool) {
    let mut text = words.han().to_owned();
    let latin = words.latin();
    for word in &latin {
        // Pinyin and the English words that are used within Chinese.
        match *word {
            "rengong" | "kefu" | "zhuanrengong" | "zhenren" => text.push_str("转人工"),
            "human" | "agent" if !text.is_empty() => text.push_str("人工"),
            _ => {}
        }
    }
    if text.is_empty() {
        return (false, false);
    }
    for (wrong, meant) in BY_SOUND {
        // "克服困难" and "客户经理" are words of their own.
        if (wrong == "克服" || wrong == "客户") && !only_around(&text.replace(wrong, ""), &WANTING) {
            continue;
        }
        text = text.replace(wrong, meant);
    }
    let senior = wanted(&text, &SENIORS);
    let person = senior || wanted(&text, &PEOPLE) || some_person(&text) || bare(&text) || away(&text);
    (person, senior)
}

/// Whether one of these people is asked for.
fn wanted(text: &str, people: &[&str]) -> bool {
    people.iter().any(|person| {
        text.match_indices(person).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + person.len()..]);
            let strong = person.contains("人工") || person.contains("真人") || person.contains("活人");
            let with = before.ends_with(['跟', '和', '与', '找', '们', '个']);
            if before.ends_with("冒充") || before.ends_with('假') || (after.starts_with('说') && !with) {
                return false;
            }
            if OTHERWISE
                .iter()
                .any(|other| after.starts_with(other) || after.starts_with(&format!("的{other}")))
            {
                return false;
            }
            if only_around(before, &[&WANTING, people].concat()) && only_around(after, people) {
                return true;
            }
            // "怎么联系客服" asks for the ways, which an entry answers; "怎么转人工" asks for it to be done.
            let how = ["怎么", "怎样", "如何", "哪里", "哪儿", "在哪"].iter().any(|h| text.contains(h));
            let near: String =
                before.chars().rev().take(REACH).collect::<Vec<_>>().into_iter().rev().collect();
            let fetched = near.contains('把') && after.starts_with(['叫', '喊', '找', '请']);
            let asked = (fetched || WANTING.iter().any(|w| near.contains(w))) && !narrated(before, after);
            asked && (strong || !how) && !otherwise_later(after)
        })
    })
}

/// A plain 人 that is somebody to talk to: 换人, 找个人, 跟人讲. Not 找人代付, nor 个人账户.
fn some_person(text: &str) -> bool {
    const FETCH: [&str; 17] = [
        "换人",
        "换个人",
        "换一个人",
        "找个人",
        "找一个人",
        "接个人",
        "来个人",
        "叫个人",
        "派个人",
        "派人",
        "安排个人",
        "安排人",
        "跟人讲",
        "跟人说",
        "跟人聊",
        "和人说",
        "和人聊",
    ];
    const COMPOUND: [&str; 12] = ["账", "信", "用户", "资", "认", "中心", "主", "所", "民", "代", "借", "名"];
    FETCH.iter().any(|fetch| {
        text.match_indices(fetch).any(|(at, _)| {
            let after = &text[at + fetch.len()..];
            !COMPOUND.iter().any(|c| after.starts_with(c)) && !narrated(&text[..at], after)
        })
    })
}

/// How many characters before the person the wanting may stand.
const REACH: usize = 5;

/// Whether something was done already, or is somebody else's wish: "之前找过客服", "客服让我".
fn narrated(before: &str, after: &str) -> bool {
    [
        "昨天",
        "之前",
        "上次",
        "刚才",
        "已经",
        "过",
        "不用",
        "不需要",
        "不要",
        "需不需要",
        "是否",
        "要不要",
        "为什么要",
        "会不会",
    ]
    .iter()
    .any(|b| {
        before.ends_with(b)
            || before.contains(&format!("{b}找"))
            || before.contains(&format!("{b}联系"))
            || denied(before, b)
    }) || after.starts_with('过')
        || after.starts_with("了但")
        || after.starts_with("问过")
}

/// Whether the wanting itself is denied or only asked about: "需要转人工吗" isn't, "不用转人工" is.
fn denied(before: &str, by: &str) -> bool {
    ["转", "找", "叫", "联系", "接", "人工"]
        .iter()
        .any(|w| before.ends_with(&format!("{by}{w}")) || before.ends_with(&format!("{by}再{w}")))
}

/// Whether the sentence goes on to ask about something that the person only has: "人工客服的电话".
fn otherwise_later(after: &str) -> bool {
    ["电话", "热线", "号码", "邮箱", "微信", "几点", "上班", "下班", "时间", "费用", "手续费"]
        .iter()
        .any(|w| after.contains(w))
}

/// Whether a text is made of nothing but these words and what may stand around.
fn only_around(text: &str, more: &[&str]) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let taken = AROUND.iter().chain(more).filter(|w| rest.starts_with(**w)).map(|w| w.len()).max();
        let Some(taken) = taken else { return false };
        rest = &rest[taken..];
    }
    true
}

/// Whether a sentence is "is anybody there" or a complaint and nothing more.
fn bare(text: &str) -> bool {
    BARE.iter().any(|b| {
        text.find(b)
            .is_some_and(|at| only_around(&text[..at], &[]) && only_around(&text[at + b.len()..], &[]))
    })
}

/// Whether the bot is turned away.
fn away(text: &str) -> bool {
    AWAY.iter().any(|away| {
        text.match_indices(away).any(|(at, _)| {
            let near: String = text[at + away.len()..].chars().take(AWAY_SPAN).collect();
            BOTS.iter().any(|bot| near.contains(bot))
        })
    }) || ["机器人滚", "机器人没用", "机器人走开", "不是人话", "机器人真烦", "不跟机器"]
        .iter()
        .any(|w| text.contains(w))
}
