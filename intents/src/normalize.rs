//! One spelling for every way of writing the same thing: width, case, accents, traditional characters, drawn-out
//! letters; and one sign for each kind of thing that varies: numbers, order numbers, addresses, currencies.
//!
//! The result is for features only. It is never shown, stored or sent.

use crate::simplify::simplify;
use unicode_normalization::UnicodeNormalization;

/// What is read of one message, in characters. A longer text says its business at the beginning, and time stays bounded.
const MAX_CHARS: usize = 600;

/// Stands for a number: "3", "12:30", "1,000.50".
pub(crate) const NUMBER: char = '0';
/// Stands for an order number or the like: six digits and more, or letters with at least four digits.
pub(crate) const ORDER: char = '#';
/// Stands for an e-mail address.
pub(crate) const EMAIL: char = '@';
/// Stands for a web address.
pub(crate) const LINK: char = '/';
/// Stands for a currency sign.
pub(crate) const MONEY: char = '$';

/// Whether a character is a Chinese one.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// Whether a character is one of the signs that stand for a kind of thing.
pub(crate) fn is_sign(c: char) -> bool {
    matches!(c, NUMBER | ORDER | EMAIL | LINK | MONEY)
}

/// The text in its one spelling: words in lower case and runs of Chinese characters, each separated by one space.
///
/// Punctuation only separates; a space between Chinese characters doesn't even do that. Signs inside Chinese stay in
/// the run ("充值100元" is `充值0元`), elsewhere they are words of their own.
#[must_use]
pub fn normalize(text: &str) -> String {
    let folded = fold(text);
    let mut out = Writer::default();
    let mut rest = folded.as_str();
    while let Some(first) = rest.chars().next() {
        let taken = if first.is_whitespace() {
            out.gap(Gap::Space);
            first.len_utf8()
        } else if is_han(first) {
            out.han(first);
            first.len_utf8()
        } else if matches!(first, '$' | '€' | '£' | '¥' | '₽' | '₩' | '₹' | '₿' | '¢') {
            out.sign(MONEY);
            first.len_utf8()
        } else if first.is_alphanumeric() {
            chunk(rest, &mut out)
        } else {
            out.gap(Gap::Mark);
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    out.text
}

/// Compatibility forms, accents, case, traditional characters, invisible characters and apostrophes.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = (' ', 0_usize);
    let folded = text
        .chars()
        .take(MAX_CHARS)
        .nfkd()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}'))
        .nfc()
        .flat_map(char::to_lowercase)
        .filter(|c| !matches!(c, '\'' | '’' | '‘' | '`' | '´'))
        .map(simplify);
    for c in folded {
        run = if c == run.0 { (c, run.1 + 1) } else { (c, 1) };
        // "sooooo" and "急急急急急" say no more than "soo" and "急急"; numbers keep their length.
        if run.1 <= 2 || c.is_numeric() {
            out.push(c);
        }
    }
    out
}

/// Reads one unspaced stretch that begins with a letter or digit, writes it, and returns its length in bytes.
fn chunk(rest: &str, out: &mut Writer) -> usize {
    let stretch = rest.split(|c: char| c.is_whitespace() || is_han(c)).next().unwrap_or(rest);
    let web = stretch.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/');
    if web.starts_with("http:/") || web.starts_with("https:/") || web.starts_with("www.") {
        out.sign(LINK);
        return web.len();
    }
    let address_end =
        stretch.find(|c: char| !(c.is_alphanumeric() || ".@_+-".contains(c))).unwrap_or(stretch.len());
    let address = stretch[..address_end].trim_end_matches(|c: char| !c.is_alphanumeric());
    if address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
        out.sign(EMAIL);
        return address.len();
    }
    let joined = |c: char| c.is_alphanumeric() || "-_.,:/".contains(c);
    let code_end = stretch.find(|c| !joined(c)).unwrap_or(stretch.len());
    let code = stretch[..code_end].trim_end_matches(|c: char| !c.is_alphanumeric());
    let digits = code.chars().filter(char::is_ascii_digit).count();
    let letters = code.chars().filter(|c| c.is_alphabetic()).count();
    let split = code.contains(['.', ',', ':', '/']);
    if letters == 0 && digits > 0 {
        out.sign(if digits >= 6 && !split { ORDER } else { NUMBER });
        return code.len();
    }
    if digits >= 4 && !split && letters <= digits {
        out.sign(ORDER);
        return code.len();
    }
    let word_end = stretch.find(|c: char| !c.is_alphanumeric()).unwrap_or(stretch.len());
    word(&stretch[..word_end], out);
    word_end
}

/// A word of letters, perhaps with digits. "100usd" is a number and a word, "2fa" and "mp3" are words.
fn word(text: &str, out: &mut Writer) {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 && (digits >= 2 || text.len() - digits > 3) {
        out.sign(NUMBER);
        if digits < text.len() {
            out.word(&text[digits..]);
        }
    } else {
        out.word(text);
    }
}

#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Gap {
    #[default]
    None,
    Space,
    Mark,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Last {
    #[default]
    Nothing,
    Han,
    Sign,
    Word,
}

/// Writes the pieces with exactly the spaces that they need.
#[derive(Default)]
struct Writer {
    text: String,
    last: Last,
    gap: Gap,
}

impl Writer {
    fn gap(&mut self, gap: Gap) {
        if gap > self.gap {
            self.gap = gap;
        }
    }

    fn separate(&mut self, next: Last) {
        let together = match (self.last, next) {
            (Last::Nothing, _) => true,
            (Last::Han, Last::Han) => self.gap != Gap::Mark,
            (Last::Han, Last::Sign) | (Last::Sign, Last::Han) => self.gap != Gap::Mark,
            _ => false,
        };
        if !together {
            self.text.push(' ');
        }
        self.last = next;
        self.gap = Gap::None;
    }

    fn han(&mut self, c: char) {
        self.separate(Last::Han);
        self.text.push(c);
    }

    fn sign(&mut self, sign: char) {
        self.separate(Last::Sign);
        self.text.push(sign);
    }

    fn word(&mut self, word: &str) {
        self.separate(Last::Word);
        self.text.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::normalize;
    use expect_test::expect;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &expect_test::Expect) {
        expected.assert_eq(&normalize(text));
    }

    #[test]
    fn width_case_accents_and_script_are_folded() {
        check("Ｈｅｌｌｏ，Ｗｏｒｌｄ！", &expect!["hello world"]);
        check("Café DON’T won't", &expect!["cafe dont wont"]);
        check("為什麼提現還沒到帳", &expect!["为什么提现还没到账"]);
        check("pay\u{200b}pal", &expect!["paypal"]);
    }

    #[test]
    fn drawn_out_letters_and_punctuation_are_shortened() {
        check("Heeeelp!!!! pleaseeeee", &expect!["heelp pleasee"]);
        check("急急急急急！！！", &expect!["急急"]);
        check("  a \t b\n\nc ", &expect!["a b c"]);
    }

    #[test]
    fn chinese_runs_ignore_spaces_but_not_punctuation() {
        check("我 要 提现，失败了", &expect!["我要提现 失败了"]);
        check("paypal怎么充值", &expect!["paypal 怎么充值"]);
        check("充值100元没到", &expect!["充值0元没到"]);
    }

    #[test]
    fn things_that_vary_become_signs() {
        check("order 20240518-88123 missing", &expect!["order # missing"]);
        check("订单号AB12345678在哪", &expect!["订单号#在哪"]);
        check("mail me at Jo.Doe+x@example.com.", &expect!["mail me at @"]);
        check("see https://okpay.example/help?x=1, ok", &expect!["see / ok"]);
        check("$1,250.75 or 30usd at 12:30", &expect!["$ 0 or 0 usd at 0"]);
        check("2fa and mp3 on my 3d card", &expect!["2fa and mp3 on my 3d card"]);
    }

    #[test]
    fn nothing_readable_is_nothing() {
        check("", &expect![""]);
        check("！？。…😀", &expect![""]);
    }

    proptest! {
        #[test]
        fn any_text_becomes_words_with_single_spaces(text in "\\PC{0,80}") {
            let once = normalize(&text);
            prop_assert!(!once.contains("  ") && once.trim() == once, "{once:?}");
        }
    }
}
