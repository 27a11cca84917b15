//! Secrets that customers type, masked before anything is stored or relayed: passwords, one-time codes, card numbers.
//!
//! A card number is recognised by its length and the Luhn check digit (ISO/IEC 7812-1, annex B); passwords and codes
//! by the word before them, in both languages. What was found is gone for good: no one can unmask it.

/// A text without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// The text, with each secret replaced by [`MARK`].
    pub text: String,
    /// Whether there was any.
    pub found: bool,
}

/// What stands where a secret was.
pub const MARK: &str = "••••";

/// Words after which a password or a one-time code is expected. Longer ones first, where one contains the other.
const SECRET_WORDS: [&str; 22] = [
    "登录密码",
    "登陆密码",
    "支付密码",
    "交易密码",
    "动态密码",
    "动态口令",
    "短信验证码",
    "验证码",
    "校验码",
    "动态码",
    "安全码",
    "密码",
    "口令",
    "verification code",
    "security code",
    "one-time code",
    "passcode",
    "password",
    "passwd",
    "otp",
    "cvv",
    "cvc",
];

/// What may stand between such a word and the secret.
const LINKS: [&str; 12] = ["是", "为", "就是", "：", ":", "=", "＝", "is", "was", "->", "　", "叫"];

/// Masks the secrets of a text.
#[must_use]
pub fn mask(text: &str) -> Masked {
    let (text, cards) = mask_cards(text);
    let (text, words) = mask_after_words(&text);
    Masked { found: cards || words, text }
}

/// Masks each run of 13 to 19 digits, possibly in groups, whose check digit is right.
fn mask_cards(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut found = false;
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        out.push_str(&rest[..start]);
        let run = digit_run(&rest[start..]);
        let digits: Vec<u32> = rest[start..start + run].chars().filter_map(digit).collect();
        if (13..=19).contains(&digits.len()) && luhn(&digits) {
            out.push_str(MARK);
            found = true;
        } else {
            out.push_str(&rest[start..start + run]);
        }
        rest = &rest[start + run..];
    }
    out.push_str(rest);
    (out, found)
}

/// The length in bytes of the digits at the start, with single spaces or hyphens between them.
fn digit_run(text: &str) -> usize {
    let mut end = 0;
    let mut gap = 0;
    for (at, c) in text.char_indices() {
        if is_digit(c) {
            end = at + c.len_utf8();
            gap = 0;
        } else if matches!(c, ' ' | '-' | '\u{a0}') && gap == 0 {
            gap = 1;
        } else {
            break;
        }
    }
    end
}

fn is_digit(c: char) -> bool {
    digit(c).is_some()
}

/// The value of a digit, of full width as well.
fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10),
    }
}

fn luhn(digits: &[u32]) -> bool {
    let weigh = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>() % 10 == 0
}

/// Masks what follows a word such as "password", if it looks like a secret and not like the next word of a sentence.
fn mask_after_words(text: &str) -> (String, bool) {
    let lower = ascii_lower(text);
    let mut out = String::with_capacity(text.len());
    let mut found = false;
    let mut at = 0;
    while let Some((word_end, secret)) = next_secret(&lower, at) {
        out.push_str(&text[at..secret.start]);
        let looks = looks_secret(&text[secret.clone()]);
        if looks {
            out.push_str(MARK);
            found = true;
            at = secret.end;
        } else {
            out.push_str(&text[secret.start..word_end.max(secret.start)]);
            at = word_end.max(secret.start);
        }
    }
    out.push_str(&text[at..]);
    (out, found)
}

/// The next secret word at or behind `from`: where it ends, and the range of what may be the secret behind it.
fn next_secret(lower: &str, from: usize) -> Option<(usize, std::ops::Range<usize>)> {
    let word_end = SECRET_WORDS
        .iter()
        .filter_map(|word| lower[from..].find(word).map(|at| (at, from + at + word.len())))
        .min_by_key(|(at, end)| (*at, std::cmp::Reverse(*end)))
        .map(|(_, end)| end)?;
    let mut start = word_end;
    loop {
        let rest = &lower[start..];
        let trimmed = rest.trim_start();
        let skipped = rest.len() - trimmed.len();
        match LINKS.iter().filter(|link| trimmed.starts_with(**link)).max_by_key(|link| link.len()) {
            Some(link) => start += skipped + link.len(),
            None => {
                start += skipped;
                break;
            }
        }
    }
    let secret_char = |c: char| c.is_ascii_graphic() && !matches!(c, ',' | ';');
    let end = start + lower[start..].find(|c| !secret_char(c)).unwrap_or(lower.len() - start);
    Some((word_end, start..end))
}

/// Whether it looks like a secret: four characters or more, with a digit or a sign among them, or with both cases.
fn looks_secret(text: &str) -> bool {
    let text = text.trim_end_matches(['.', '!', '?']);
    let has = |test: fn(char) -> bool| text.chars().any(test);
    let mixed = has(|c| c.is_ascii_lowercase()) && text.chars().skip(1).any(|c| c.is_ascii_uppercase());
    let long_enough = text.len() >= 4 || (text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit()));
    long_enough && (has(|c| c.is_ascii_digit()) || mixed || has(|c| "@#$%^&*_+!~".contains(c)))
}

/// Lower case for ASCII only, so that every byte keeps its place.
fn ascii_lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, masked: &str) {
        assert_eq!(mask(text).text, masked);
        assert_eq!(mask(text).found, text != masked, "{text:?}");
    }

    #[test]
    fn card_numbers_go_and_order_numbers_stay() {
        check("我的卡号是4111 1111 1111 1111，扣错钱了", "我的卡号是••••，扣错钱了");
        check("card 5500-0000-0000-0004!", "card ••••!");
        check("卡４１１１１１１１１１１１１１１１", "卡••••");
        check("订单号 4111111111111112 没到账", "订单号 4111111111111112 没到账");
        check("call 138 0013 8000 at 9", "call 138 0013 8000 at 9");
    }

    #[test]
    fn passwords_and_codes_go_and_questions_about_them_stay() {
        check("密码是abc12345帮我登录", "密码是••••帮我登录");
        check("我的登录密码：Qwerty!9 谢谢", "我的登录密码：•••• 谢谢");
        check("验证码 839201", "验证码 ••••");
        check("my password is hunter2, please check", "my password is ••••, please check");
        check("Password: S3cret!", "Password: ••••");
        check("cvv 123", "cvv ••••");
        check("the code was OTP 4471", "the code was OTP ••••");
        for question in [
            "忘记密码怎么办",
            "how do I reset my password",
            "is the password case sensitive?",
            "收不到验证码，已经等了20分钟",
            "密码 password 都不对",
        ] {
            check(question, question);
        }
    }

    proptest! {
        #[test]
        fn masking_never_panics_and_never_finds_more_the_second_time(text in "(密码|password|验证码|is|是|：|[0-9]{1,6}|[a-zA-Z!@ ]{1,4}|\\PC){0,12}") {
            let once = mask(&text);
            prop_assert_eq!(mask(&once.text).text, once.text);
        }

        #[test]
        fn whatever_has_a_right_check_digit_is_masked(start in "[1-9][0-9]{11,17}") {
            let with_check = (0..=9_u32).map(|d| format!("{start}{d}")).find(|card| {
                luhn(&card.chars().filter_map(digit).collect::<Vec<_>>())
            });
            let card = with_check.expect("one of ten check digits is right");
            let masked = mask(&format!("卡号{card}。"));
            prop_assert_eq!(masked.text, format!("卡号{MARK}。"));
        }
    }
}
