//! Which language a text is in, told by its characters alone: it works on three of them, where statistics don't.

use crate::Lang;
use crate::normalize::is_han;

/// English words that carry the sentence. Somebody who writes them writes English, whatever names they mention.
const FRAME: [&str; 40] = [
    "a", "an", "and", "are", "can", "cant", "could", "did", "do", "does", "dont", "for", "from", "have",
    "how", "i", "im", "in", "is", "it", "me", "my", "not", "of", "on", "please", "that", "the", "there",
    "this", "to", "was", "what", "when", "where", "which", "why", "with", "you", "your",
];

/// The language of a text; `None` when its characters don't tell (digits, an emoji, a script of neither language).
///
/// A mixed text goes by weight: a Chinese character counts one, an English word one, and one that carries a sentence
/// three. So "paypal怎么充值" is Chinese and "how do I use 支付宝" is English.
#[must_use]
pub fn detect(text: &str) -> Option<Lang> {
    let mut han = 0;
    let mut latin = 0;
    let mut foreign = 0;
    for word in text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’') {
        let mut letters = String::new();
        for c in word.chars() {
            if is_han(c) {
                han += 1;
            } else if c.is_ascii_alphabetic()
                || ('\u{c0}'..='\u{24f}').contains(&c)
                || ('Ａ'..='ｚ').contains(&c)
            {
                letters.extend(c.to_lowercase());
            } else if c.is_alphabetic() {
                foreign += 1;
            }
        }
        if !letters.is_empty() {
            latin += if FRAME.contains(&letters.as_str()) { 3 } else { 1 };
        }
    }
    if foreign > han.max(latin) || han + latin == 0 {
        None
    } else if han >= latin {
        Some(Lang::Zh)
    } else {
        Some(Lang::En)
    }
}

#[cfg(test)]
mod tests {
    use super::detect;
    use crate::Lang;

    #[test]
    fn three_characters_are_enough() {
        for zh in
            ["你好呀", "在吗", "提现", "為何", "paypal怎么充值", "wechat pay 提现", "支付宝 app 打不开", "卡"]
        {
            assert_eq!(detect(zh), Some(Lang::Zh), "{zh}");
        }
        for en in
            ["hi!", "fee", "how do I use 支付宝", "can't log in", "ＨＥＬＰ", "where is my 订单", "cafés"]
        {
            assert_eq!(detect(en), Some(Lang::En), "{en}");
        }
    }

    #[test]
    fn characters_that_do_not_tell() {
        for none in ["", "123 456", "👍👍", "?!", "привет", "こんにちは", "20240518-1"] {
            assert_eq!(detect(none), None, "{none}");
        }
    }
}
