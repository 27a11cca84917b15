//! What people use when they don't think about it, to be measured beside the matcher: the phrasing with the smallest
//! edit distance, and the phrasing that a search engine would rank first.

use crate::normalize::{is_han, normalize};
use rustc_hash::FxHashMap;

/// A ranking of labels with a score for each, best first.
pub(crate) type Scores = Vec<(u32, f32)>;

/// Nearest phrasing by Levenshtein distance over the longer one's length (`strsim::normalized_levenshtein`).
pub(crate) struct Levenshtein {
    phrasings: Vec<(String, u32)>,
}

impl Levenshtein {
    pub(crate) fn new(examples: &[(String, u32)]) -> Self {
        Self { phrasings: examples.iter().map(|(text, label)| (normalize(text), *label)).collect() }
    }

    pub(crate) fn rank(&self, text: &str) -> Scores {
        let text = normalize(text);
        let similar = |phrasing: &str| strsim::normalized_levenshtein(phrasing, &text) as f32;
        best_of_each(self.phrasings.iter().map(|(phrasing, label)| (*label, similar(phrasing))))
    }
}

/// Okapi BM25 over the phrasings, with the usual k1 = 1.2 and b = 0.75 (Robertson and Zaragoza, "The Probabilistic
/// Relevance Framework", 2009). Terms are words; of Chinese, single characters and pairs of them.
pub(crate) struct Bm25 {
    lengths: Vec<f32>,
    labels: Vec<u32>,
    mean: f32,
    postings: FxHashMap<String, Vec<(u32, f32)>>,
}

impl Bm25 {
    pub(crate) fn new(examples: &[(String, u32)]) -> Self {
        let mut this =
            Self { lengths: Vec::new(), labels: Vec::new(), mean: 0.0, postings: FxHashMap::default() };
        for (number, (text, label)) in (0_u32..).zip(examples) {
            let mut counts: FxHashMap<String, f32> = FxHashMap::default();
            for term in terms(text) {
                *counts.entry(term).or_default() += 1.0;
            }
            this.lengths.push(counts.values().sum());
            this.labels.push(*label);
            for (term, count) in counts {
                this.postings.entry(term).or_default().push((number, count));
            }
        }
        this.mean = this.lengths.iter().sum::<f32>() / this.lengths.len().max(1) as f32;
        this
    }

    pub(crate) fn rank(&self, text: &str) -> Scores {
        const K1: f32 = 1.2;
        const B: f32 = 0.75;
        let mut scores = vec![0.0_f32; self.labels.len()];
        for term in terms(text) {
            let Some(postings) = self.postings.get(&term) else { continue };
            let (all, with) = (self.labels.len() as f32, postings.len() as f32);
            let idf = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
            for &(number, count) in postings {
                let length = self.lengths[number as usize] / self.mean;
                scores[number as usize] += idf * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
            }
        }
        best_of_each(self.labels.iter().copied().zip(scores).filter(|(_, score)| *score > 0.0))
    }
}

fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for word in normalize(text).split(' ').filter(|w| !w.is_empty()) {
        if word.chars().any(is_han) {
            let chars: Vec<char> = word.chars().collect();
            terms.extend(chars.iter().map(char::to_string));
            terms.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else {
            terms.push(word.to_owned());
        }
    }
    terms
}

fn best_of_each(scores: impl Iterator<Item = (u32, f32)>) -> Scores {
    let mut best: FxHashMap<u32, f32> = FxHashMap::default();
    for (label, score) in scores {
        let known = best.entry(label).or_insert(score);
        *known = known.max(score);
    }
    let mut ranked: Scores = best.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
}

#[cfg(test)]
mod tests {
    use super::{Bm25, Levenshtein};

    #[test]
    fn baselines_rank_the_obvious_first() {
        let examples: Vec<_> =
            [("reset my password", 0), ("withdrawal failed", 1), ("提现失败", 1), ("忘记密码", 0)]
                .map(|(t, l)| (t.to_owned(), l))
                .into();
        for (text, label) in [("my password", 0), ("withdrawal", 1), ("提现", 1), ("密码忘记", 0)] {
            assert_eq!(Levenshtein::new(&examples).rank(text)[0].0, label, "{text}");
            assert_eq!(Bm25::new(&examples).rank(text)[0].0, label, "{text}");
        }
        assert!(Bm25::new(&examples).rank("weather").is_empty());
    }
}
