//! Mends misspelt Latin words by the words that the training sentences have.
//!
//! Deletion neighbourhoods, as in SymSpell: two words within one edit share a form with at most one letter deleted.
//! Only words that are unknown and long enough are touched, and the first letter must agree: people rarely miss it,
//! and without that rule unforeseen words would too easily become familiar ones.

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::Hasher;

/// Shorter words are too close to one another.
const SHORTEST: usize = 4;
/// From this length on two slips are forgiven.
const LONG: usize = 8;

/// The known words, and their forms with letters deleted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Speller {
    /// Known words and how often each occurs.
    words: Vec<(String, u32)>,
    known: FxHashMap<String, u32>,
    /// Words that are right as they are, though no training sentence has them.
    common: FxHashSet<String>,
    forms: FxHashMap<u64, Vec<u32>>,
}

impl Speller {
    /// Learns the words of normalised sentences, and which further words are no misspellings.
    pub(crate) fn new<'a>(
        sentences: impl Iterator<Item = &'a str>,
        common: impl Iterator<Item = &'a str>,
    ) -> Self {
        let common =
            common.flat_map(|s| s.split(' ')).filter(|w| w.len() >= SHORTEST).map(str::to_owned).collect();
        let mut this = Self { common, ..Self::default() };
        for word in sentences.flat_map(|s| s.split(' ')) {
            if !word.bytes().all(|b| b.is_ascii_alphanumeric()) || word.is_empty() {
                continue;
            }
            if let Some(&at) = this.known.get(word) {
                this.words[at as usize].1 += 1;
                continue;
            }
            let at = this.words.len() as u32;
            this.known.insert(word.to_owned(), at);
            this.words.push((word.to_owned(), 1));
            if word.len() >= SHORTEST {
                for form in forms(word) {
                    this.forms.entry(form).or_default().push(at);
                }
            }
        }
        this
    }

    /// The sentence with its misspelt words mended, and those words as they were.
    pub(crate) fn mend<'a>(&self, sentence: &'a str) -> (String, Vec<&'a str>) {
        let mut mended = String::with_capacity(sentence.len() + 4);
        let mut wrong = Vec::new();
        for word in sentence.split(' ') {
            if !mended.is_empty() {
                mended.push(' ');
            }
            let right = self.nearest(word);
            wrong.extend(right.map(|_| word));
            mended.push_str(right.unwrap_or(word));
        }
        (mended, wrong)
    }

    /// The known word that an unknown one stands for: the fewest slips, then the most frequent.
    fn nearest(&self, word: &str) -> Option<&str> {
        if word.len() < SHORTEST
            || !word.bytes().all(|b| b.is_ascii_lowercase())
            || self.known.contains_key(word)
            || self.common.contains(word)
        {
            return None;
        }
        let slips = if word.len() >= LONG { 2 } else { 1 };
        let mut best: Option<(usize, u32, &str)> = None;
        for form in forms(word) {
            for &at in self.forms.get(&form).into_iter().flatten() {
                let (known, count) = &self.words[at as usize];
                if known.as_bytes()[0] != word.as_bytes()[0] || known.len().abs_diff(word.len()) > slips {
                    continue;
                }
                let distance = strsim::osa_distance(known, word);
                let better = |&(d, c, k): &(usize, u32, &str)| {
                    (distance, std::cmp::Reverse(*count), known.as_str()) < (d, std::cmp::Reverse(c), k)
                };
                if distance <= slips && best.as_ref().is_none_or(better) {
                    best = Some((distance, *count, known));
                }
            }
        }
        best.map(|(_, _, known)| known)
    }
}

/// The hashes of a word and of its forms with one letter deleted, for long words with two.
fn forms(word: &str) -> Vec<u64> {
    let bytes = word.as_bytes();
    let without = |i: usize, j: usize| {
        let mut hasher = FxHasher::default();
        for (k, &byte) in bytes.iter().enumerate() {
            if k != i && k != j {
                hasher.write_u8(byte);
            }
        }
        hasher.finish()
    };
    let mut all = vec![without(usize::MAX, usize::MAX)];
    for i in 0..bytes.len() {
        all.push(without(i, i));
        if bytes.len() >= LONG {
            all.extend((i + 1..bytes.len()).map(|j| without(i, j)));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::Speller;

    #[test]
    fn misspelt_words_become_the_known_ones() {
        let speller = Speller::new(
            ["my withdrawal failed", "reset password", "verification email"].into_iter(),
            ["parcel service"].into_iter(),
        );
        let mend = |text: &str| speller.mend(text).0;
        assert_eq!(mend("my withdrwal faild"), "my withdrawal failed");
        assert_eq!(mend("rest pasword"), "reset password");
        assert_eq!(mend("verfication emial"), "verification email");
        assert_eq!(mend("mail nailed parcel 提现"), "mail nailed parcel 提现");
        assert_eq!(speller.mend("my pasword").1, ["pasword"]);
    }
}
