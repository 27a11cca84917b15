//! Whether somebody asks about the bot itself: who or what it is, who made it, what it can do.

use super::words::{Words, longest_at};

/// Beginnings and whole sentences; what follows may only be filler.
const QUESTIONS: [&str; 74] = [
    "are you a bot",
    "are you a robot",
    "are you bot",
    "are you a chatbot",
    "are you an ai",
    "are you ai",
    "are you a human",
    "are you human",
    "are you a real person",
    "are you a person",
    "are you real",
    "are you a machine",
    "am i talking to a bot",
    "am i talking to a robot",
    "am i talking to a human",
    "am i talking to a real person",
    "am i speaking to a human",
    "am i speaking with a human",
    "am i speaking to a robot",
    "am i chatting with a bot",
    "am i talking to a person",
    "is this a bot",
    "is this a robot",
    "is this a real person",
    "is this a human",
    "is this an ai",
    "is this automated",
    "who are you",
    "what are you",
    "whats your name",
    "what is your name",
    "do you have a name",
    "who made you",
    "who created you",
    "who built you",
    "who developed you",
    "what can you do",
    "what can you help with",
    "what can you help me with",
    "what do you do",
    "how can you help me",
    "how can you help",
    "what questions can you answer",
    "tell me about yourself",
    "introduce yourself",
    "你是谁",
    "你叫什么",
    "你叫什么名字",
    "你叫啥",
    "你是机器人",
    "你是不是机器人",
    "你是人工智能",
    "你是真人",
    "你是不是真人",
    "你是人",
    "你是不是人",
    "你是人工",
    "你是人工客服",
    "你是人工还是机器人",
    "你是机器人还是人工",
    "你是机器人还是真人",
    "你是真人还是机器人",
    "你是人还是机器人",
    "你是ai",
    "谁开发的你",
    "谁做的你",
    "谁创造了你",
    "你是谁开发的",
    "你能做什么",
    "你会做什么",
    "你会什么",
    "你能干什么",
    "你能帮我什么",
    "你有什么功能",
];

const BEFORE: [&str; 22] = [
    "hi",
    "hello",
    "hey",
    "so",
    "and",
    "wait",
    "sorry",
    "excuse me",
    "please",
    "ok",
    "you",
    "no",
    "你好",
    "您好",
    "请问",
    "等等",
    "那",
    "喂",
    "那么",
    "所以",
    "想问一下",
    "嗨",
];

const AFTER: [&str; 24] = [
    "or a human",
    "or a bot",
    "or a robot",
    "or a real person",
    "or human",
    "or robot",
    "or what",
    "exactly",
    "really",
    "please",
    "for me",
    "then",
    "or a person",
    "or not",
    "吗",
    "嘛",
    "呀",
    "啊",
    "呢",
    "的",
    "吧",
    "么",
    "还是机器人",
    "还是真人",
];

/// Whether the whole sentence is such a question.
pub(super) fn asks(words: &Words) -> bool {
    // "您" is "你" here, and an AI is written in Latin letters between Chinese ones.
    let polite: Vec<String> = words
        .as_slice()
        .iter()
        .map(|word| if word == "您" || word == "妳" { "你".to_owned() } else { word.clone() })
        .collect();
    let mut rest = polite.as_slice();
    while let Some(taken) = longest_at(rest, &BEFORE) {
        if longest_at(rest, &QUESTIONS).is_some() {
            break;
        }
        rest = &rest[taken..];
    }
    let Some(taken) = longest_at(rest, &QUESTIONS) else { return false };
    rest = &rest[taken..];
    while let Some(taken) = longest_at(rest, &AFTER) {
        rest = &rest[taken..];
    }
    rest.is_empty()
}
