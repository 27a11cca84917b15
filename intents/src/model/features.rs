//! A normalised sentence as a set of hashed n-grams: words and pairs of words, pieces of words that know where a
//! word begins and ends, one or two Chinese characters, and the pack's synonym groups.
//!
//! Nothing is learned here: the same sentence gives the same features in every model.

use super::Recipe;
use crate::normalize::{is_han, is_sign};
use crate::table::Embedding;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// What an n-gram is made of. Each kind has its own weight in the [`Recipe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word, or a sign that stands for a number, an address and so on.
    Word,
    /// Two neighbouring words, in order.
    Pair,
    /// 2 to 4 characters of a word with its edges.
    Piece(u8),
    /// 1 or 2 neighbouring Chinese characters.
    Han(u8),
    /// A group of synonyms that the sentence has a member of.
    Synonym,
}

/// One n-gram of a sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    pub(crate) hash: u64,
    pub(crate) weight: f32,
}

/// A sentence, ready for training or asking.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub(crate) features: Vec<Feature>,
    /// What the shipped table makes of it, as it was written.
    pub(crate) meaning: Embedding,
}

/// Words and phrases that mean the same, by the hash of their members.
#[derive(Debug, Clone, Default)]
pub(crate) struct Synonyms {
    groups: FxHashMap<u64, u32>,
    /// The longest member: in words, and in Chinese characters.
    longest: (usize, usize),
}

impl Synonyms {
    /// Takes groups of normalised members. A member that is in two groups belongs to the first.
    pub(crate) fn new<'a>(groups: impl Iterator<Item = Vec<&'a str>>) -> Self {
        let mut all = Self::default();
        for (number, group) in (0_u32..).zip(groups) {
            for member in group {
                let length = member.chars().filter(|&c| is_han(c)).count();
                if length > 0 {
                    all.longest.1 = all.longest.1.max(length);
                } else {
                    all.longest.0 = all.longest.0.max(member.split(' ').count());
                }
                all.groups.entry(hash(9, member.chars())).or_insert(number);
            }
        }
        all
    }

    fn find(&self, text: impl Iterator<Item = char>, out: &mut Extractor<'_>) {
        if let Some(group) = self.groups.get(&hash(9, text)) {
            out.push(Kind::Synonym, hash(10, group.to_string().chars()));
        }
    }
}

fn hash(kind: u8, text: impl Iterator<Item = char>) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(kind);
    for c in text {
        hasher.write_u32(c as u32);
    }
    hasher.finish()
}

/// The hash of a word feature, for looking a word up in a vocabulary.
pub(crate) fn word_hash(word: &str) -> u64 {
    hash(0, word.chars())
}

/// The features of a normalised sentence, in order of their hashes, each once, with term frequency damped to
/// 1 + ln(tf) and the weight of its kind.
pub(crate) fn extract(text: &str, recipe: &Recipe, synonyms: &Synonyms) -> Vec<Feature> {
    let mut out = Extractor { recipe, features: Vec::with_capacity(text.len() * 4) };
    let words: Vec<&str> = text.split(' ').filter(|w| !w.is_empty()).collect();
    let mut chars = Vec::new();
    for (i, word) in words.iter().enumerate() {
        if word.chars().any(is_han) {
            chars.clear();
            chars.extend(word.chars());
            out.han(&chars, synonyms);
        } else {
            out.latin(word, &mut chars);
            if let Some(next) = words.get(i + 1) {
                out.push(Kind::Pair, hash(1, word.chars().chain([' ']).chain(next.chars())));
            }
        }
        for n in 1..=synonyms.longest.0.min(words.len() - i) {
            synonyms.find(words[i..i + n].join(" ").chars(), &mut out);
        }
    }
    out.finish()
}

struct Extractor<'a> {
    recipe: &'a Recipe,
    features: Vec<Feature>,
}

impl Extractor<'_> {
    fn push(&mut self, kind: Kind, hash: u64) {
        let weight = match kind {
            Kind::Word => self.recipe.word,
            Kind::Pair => self.recipe.pair,
            Kind::Piece(n) => self.recipe.pieces[usize::from(n) - 2],
            Kind::Han(n) => self.recipe.han[usize::from(n) - 1],
            Kind::Synonym => self.recipe.synonym,
        };
        if weight > 0.0 {
            self.features.push(Feature { hash, weight });
        }
    }

    fn latin(&mut self, word: &str, chars: &mut Vec<char>) {
        self.push(Kind::Word, word_hash(word));
        if word.chars().all(is_sign) {
            return;
        }
        chars.clear();
        chars.push(' ');
        chars.extend(word.chars());
        chars.push(' ');
        for n in 2..=4_u8 {
            for piece in chars.windows(usize::from(n)) {
                self.push(Kind::Piece(n), hash(n, piece.iter().copied()));
            }
        }
    }

    fn han(&mut self, chars: &[char], synonyms: &Synonyms) {
        for n in 1..=2_u8 {
            for piece in chars.windows(usize::from(n)) {
                self.push(Kind::Han(n), hash(6, piece.iter().copied()));
            }
        }
        for start in 0..chars.len() {
            for n in 1..=synonyms.longest.1.min(chars.len() - start) {
                synonyms.find(chars[start..start + n].iter().copied(), self);
            }
        }
    }

    fn finish(mut self) -> Vec<Feature> {
        self.features.sort_unstable_by_key(|f| f.hash);
        let mut merged: Vec<Feature> = Vec::with_capacity(self.features.len());
        let mut count = 1.0_f32;
        for feature in self.features {
            match merged.last_mut() {
                Some(last) if last.hash == feature.hash => {
                    let base = last.weight / (1.0 + count.ln());
                    count += 1.0;
                    last.weight = base * (1.0 + count.ln());
                }
                _ => {
                    count = 1.0;
                    merged.push(feature);
                }
            }
        }
        merged
    }
}
