//! Traditional characters to simplified ones, one character for one, so that both spellings of a word meet.
//!
//! The mapping is OpenCC's (crate `ferrous-opencc`), asked once per character and kept as a table. Words that
//! differ between regions (登入, 登录) are not handled here: a pack's synonyms say such things.

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// The CJK blocks in which OpenCC's single-character table has its keys: Extension A and the unified ideographs.
const IDEOGRAPHS: [std::ops::RangeInclusive<char>; 2] = ['\u{3400}'..='\u{4dbf}', '\u{4e00}'..='\u{9fff}'];

/// Characters that people in China mix up in the words of accounts and payments; both become the second.
const CONFUSED: [(char, char); 6] =
    [('帐', '账'), ('帳', '账'), ('佔', '占'), ('妳', '你'), ('祂', '他'), ('甚', '什')];

static TABLE: LazyLock<FxHashMap<char, char>> = LazyLock::new(|| {
    let mut table = FxHashMap::default();
    // A built-in configuration only fails to load when the crate was built without it; a test below would see that.
    if let Ok(opencc) = OpenCC::from_config(BuiltinConfig::T2s) {
        for traditional in IDEOGRAPHS.into_iter().flatten() {
            let converted = opencc.convert(traditional.encode_utf8(&mut [0; 4]));
            if let Some(simplified) = converted.chars().next().filter(|&s| s != traditional) {
                table.insert(traditional, simplified);
            }
        }
    }
    table.extend(CONFUSED);
    table
});

/// The simplified form of a character; any other character as it is.
pub(crate) fn simplify(c: char) -> char {
    if c < '\u{3400}' { c } else { TABLE.get(&c).copied().unwrap_or(c) }
}

#[cfg(test)]
mod tests {
    use super::simplify;

    #[test]
    fn traditional_characters_become_simplified_ones() {
        let read = |text: &str| text.chars().map(simplify).collect::<String>();
        assert_eq!(read("為什麼餘額沒有變動，錢還沒到賬"), "为什么余额没有变动，钱还没到账");
        assert_eq!(read("帳號登錄不了，請幫妳"), "账号登录不了，请帮你");
        assert_eq!(read("简体 stays ok"), "简体 stays ok");
    }
}
