//! A normalised sentence as words that may be misspelt, and phrases that are looked for in it.

use crate::normalize::is_han;

/// The words of a sentence. Each Chinese character is one, so is each sign for a number or the like.
#[derive(Debug)]
pub(super) struct Words {
    all: Vec<String>,
    /// The Chinese of the sentence, one space wherever something else stood.
    han: String,
}

impl Words {
    pub(super) fn new(spelled: &str) -> Self {
        let mut all: Vec<String> = Vec::new();
        for piece in spelled.split(' ').filter(|p| !p.is_empty()) {
            if piece.chars().any(is_han) {
                all.extend(piece.chars().map(String::from));
            } else {
                all.push(piece.to_owned());
            }
        }
        let han = spelled.split(|c| !is_han(c)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        Self { all, han }
    }

    pub(super) fn as_slice(&self) -> &[String] {
        &self.all
    }

    /// The Chinese of the sentence, one space wherever something else stood.
    pub(super) fn han(&self) -> &str {
        &self.han
    }

    /// The words that aren't Chinese.
    pub(super) fn latin(&self) -> Vec<&str> {
        self.all.iter().map(String::as_str).filter(|w| !w.chars().any(is_han)).collect()
    }
}

/// Whether a word is that one, perhaps drawn out or misspelt: one slip from five letters on, two from nine.
pub(super) fn is(word: &str, meant: &str) -> bool {
    // Nobody misses the first letter, and almost every comparison ends here.
    if word.as_bytes().first() != meant.as_bytes().first() {
        return false;
    }
    if word == meant {
        return true;
    }
    if word.chars().any(is_han) || meant.chars().any(is_han) {
        return false;
    }
    // "hii" is "hi", but "to" isn't "too": only a drawn-out word may differ in its doubled letters.
    if word.len() > meant.len() && squeezed(word).eq(squeezed(meant)) {
        return true;
    }
    let slips = match meant.len() {
        0..5 => return false,
        5..9 => 1,
        _ => 2,
    };
    word.len().abs_diff(meant.len()) <= slips && strsim::osa_distance(word, meant) <= slips
}

/// The letters without immediate repeats.
fn squeezed(word: &str) -> impl Iterator<Item = char> {
    let mut last = None;
    word.chars().filter(move |&c| last.replace(c) != Some(c))
}

/// Whether a word is one of several.
pub(super) fn is_any(word: &str, meant: &[&str]) -> bool {
    meant.iter().any(|m| is(word, m))
}

/// How many words a phrase takes at the beginning of a sentence; `None` if it isn't there. A phrase is written as it
/// is normalised, Chinese without spaces.
pub(super) fn phrase_at(words: &[String], phrase: &str) -> Option<usize> {
    if words.first()?.as_bytes().first() != phrase.as_bytes().first() {
        return None;
    }
    let mut taken = 0;
    let mut fits = |meant: &str| {
        let fit = words.get(taken).is_some_and(|word| is(word, meant));
        taken += 1;
        fit
    };
    let all = phrase.split(' ').all(|part| {
        let mut rest = part;
        while let Some(c) = rest.chars().next() {
            let end = if is_han(c) { c.len_utf8() } else { rest.find(is_han).unwrap_or(rest.len()) };
            if !fits(&rest[..end]) {
                return false;
            }
            rest = &rest[end..];
        }
        true
    });
    all.then_some(taken)
}

/// The longest of the phrases that stands at the beginning.
pub(super) fn longest_at(words: &[String], phrases: &[&str]) -> Option<usize> {
    phrases.iter().filter_map(|phrase| phrase_at(words, phrase)).max()
}

#[cfg(test)]
mod tests {
    use super::is;

    #[test]
    fn slips_are_forgiven_but_other_words_are_not() {
        for (word, meant) in
            [("thnaks", "thanks"), ("helo", "hello"), ("hii", "hi"), ("representitve", "representative")]
        {
            assert!(is(word, meant), "{word} {meant}");
        }
        for (word, meant) in
            [("agency", "agent"), ("to", "too"), ("he", "hey"), ("parson", "person2"), ("bank", "thank")]
        {
            assert!(!is(word, meant), "{word} {meant}");
        }
    }
}
