//! What words mean, as far as a table can know it: n-grams of Chinese and English with a vector each, distilled from
//! sentence encoders by `table/build.py` and shipped inside the program.
//!
//! A sentence's vector is the sum of the rows of its n-grams, so that "取款一直没收到" lies near "提现没到账" although they
//! share hardly a character. It never decides anything by itself, it learns nothing here, and it reads no file.
//!
//! For the matcher: embed what [`normalize`](crate::normalize()) made, before any mending or synonyms, for training sentences
//! and questions alike. The vector has unit length, or is all zeros when no n-gram is known, so that a dot product is
//! the cosine. As 128 dense features of a linear head next to a unit vector of n-grams, and as a second term of the
//! nearest example's cosine (`n-grams · n-grams + share × table · table`), a share of about 1 measured well;
//! `table/README.md` has the figures. Values are comparable across languages, somewhat lower than within one.

use crate::normalize::{is_han, is_sign};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use thiserror::Error;

/// How many numbers a sentence's vector has.
pub const DIMENSIONS: usize = 128;

/// A sentence's vector: unit length, or all zeros.
pub type Embedding = [f32; DIMENSIONS];

static SHIPPED: &[u8] = include_bytes!("../table/table.bin");

/// Why bytes are not a table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// They begin otherwise, or hold vectors of another length than [`DIMENSIONS`].
    #[error("not a table of {DIMENSIONS} dimensions")]
    Format,
    /// They are shorter or longer than their header says.
    #[error("the table should have {expected} bytes and has {found}")]
    Length {
        /// What the header says.
        expected: usize,
        /// What there is.
        found: usize,
    },
}

/// N-grams and their vectors.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which row an n-gram has, by its key.
    rows: FxHashMap<u32, u32>,
    scales: Vec<f32>,
    values: &'static [u8],
}

impl Table {
    /// The table that comes with the program. It is read once.
    ///
    /// # Panics
    /// Never in a program that passes its tests: the bytes are compiled in, and a test reads them.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| match Table::read(SHIPPED) {
            Ok(table) => table,
            Err(error) => unreachable!("the compiled-in table: {error}"),
        });
        &TABLE
    }

    /// Reads a table: `DHT1`, rows and dimensions, then of all rows the keys, the scales and the values, each
    /// little-endian; keys and counts are u32, scales f32, values i8.
    ///
    /// # Errors
    /// When the bytes have another form or length.
    pub fn read(bytes: &'static [u8]) -> Result<Self, TableError> {
        let number =
            |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        let (Some(b"DHT1"), Some(rows), Some(dimensions)) = (bytes.get(..4), number(4), number(8)) else {
            return Err(TableError::Format);
        };
        if dimensions as usize != DIMENSIONS {
            return Err(TableError::Format);
        }
        let count = rows as usize;
        let expected = HEADER + count * (8 + DIMENSIONS);
        if bytes.len() != expected {
            return Err(TableError::Length { expected, found: bytes.len() });
        }
        let (keys, rest) = bytes[HEADER..].split_at(count * 4);
        let (scales, values) = rest.split_at(count * 4);
        let word = |b: &[u8]| [b[0], b[1], b[2], b[3]];
        Ok(Self {
            rows: keys.chunks_exact(4).map(|b| u32::from_le_bytes(word(b))).zip(0..).collect(),
            scales: scales.chunks_exact(4).map(|b| f32::from_le_bytes(word(b))).collect(),
            values,
        })
    }

    /// How many n-grams it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// The vector of a sentence in its one spelling, as [`normalize`](crate::normalize()) writes it.
    #[must_use]
    pub fn embed(&self, normalised: &str) -> Embedding {
        let mut sum = [0.0; DIMENSIONS];
        let mut words = normalised.split(' ').filter(|w| !w.is_empty()).peekable();
        while let Some(word) = words.next() {
            if word.chars().any(is_han) {
                self.windows(&Key::new('h'), word.chars(), 1..=4, &mut sum);
                continue;
            }
            self.add(Key::new('w').text(word), &mut sum);
            if let Some(next) = words.peek().filter(|next| !next.chars().any(is_han)) {
                self.add(Key::new('p').text(word).text(" ").text(next), &mut sum);
            }
            if !word.chars().all(is_sign) {
                let edged = std::iter::once(' ').chain(word.chars()).chain([' ']);
                self.windows(&Key::new('c'), edged, 3..=5, &mut sum);
            }
        }
        let length = sum.iter().map(|v| v * v).sum::<f32>().sqrt();
        if length > 0.0 {
            for value in &mut sum {
                *value /= length;
            }
        }
        sum
    }

    /// Adds all pieces of the lengths in `sizes`.
    fn windows(
        &self,
        kind: &Key,
        chars: impl Iterator<Item = char> + Clone,
        sizes: std::ops::RangeInclusive<usize>,
        sum: &mut Embedding,
    ) {
        let mut rest = chars;
        loop {
            let (mut key, mut size) = (*kind, 0);
            for c in rest.clone().take(*sizes.end()) {
                key = key.character(c);
                size += 1;
                if size >= *sizes.start() {
                    self.add(key, sum);
                }
            }
            if rest.next().is_none() {
                return;
            }
        }
    }

    fn add(&self, key: Key, sum: &mut Embedding) {
        let Some(&row) = self.rows.get(&key.0) else { return };
        let (row, scale) = (row as usize, self.scales[row as usize]);
        let values = &self.values[row * DIMENSIONS..(row + 1) * DIMENSIONS];
        for (sum, &value) in sum.iter_mut().zip(values) {
            *sum += f32::from(value.cast_signed()) * scale;
        }
    }
}

/// Magic, rows, dimensions.
const HEADER: usize = 12;

/// The key of an n-gram: FNV-1a, 32 bits, over the sign of its kind and its UTF-8. Of 36,000 rows an unknown n-gram
/// hits one by chance once in 100,000 times.
#[derive(Clone, Copy)]
struct Key(u32);

impl Key {
    fn new(kind: char) -> Self {
        Self(0x811c_9dc5).character(kind)
    }

    fn text(self, text: &str) -> Self {
        text.bytes().fold(self, |key, byte| Self((key.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
    }

    fn character(self, c: char) -> Self {
        self.text(c.encode_utf8(&mut [0; 4]))
    }
}

/// The cosine of two vectors of unit length.
#[must_use]
pub fn cosine(a: &Embedding, b: &Embedding) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::{DIMENSIONS, Embedding, SHIPPED, Table, TableError, cosine};
    use crate::normalize;

    fn vector(text: &str) -> Embedding {
        Table::shipped().embed(&normalize(text))
    }

    /// The first two mean the same; neither is as near to the third.
    #[track_caller]
    fn check(one: &str, same: &str, other: &str) {
        let (one_v, same_v, other_v) = (vector(one), vector(same), vector(other));
        let near = cosine(&one_v, &same_v);
        let far = cosine(&one_v, &other_v).max(cosine(&same_v, &other_v));
        assert!(near > far + 0.1, "{one} ~ {same}: {near:.2}, {other}: {far:.2}");
    }

    #[test]
    fn the_shipped_table_has_its_documented_shape_and_size() {
        let table = Table::read(SHIPPED).unwrap();
        assert!(SHIPPED.len() <= 5_000_000, "{} bytes", SHIPPED.len());
        assert!(table.len() > 20_000, "{} rows", table.len());
        assert_eq!(table.values.len(), table.len() * DIMENSIONS);
        assert_eq!(table.rows.len(), table.len(), "keys are distinct");
        assert!(table.scales.iter().all(|s| s.is_finite() && *s > 0.0));
    }

    #[test]
    fn other_bytes_are_refused() {
        assert_eq!(Table::read(b"").unwrap_err(), TableError::Format);
        assert_eq!(Table::read(b"DHT1\x01\0\0\0\x40\0\0\0").unwrap_err(), TableError::Format);
        let cut = Table::read(&SHIPPED[..SHIPPED.len() - 1]).unwrap_err();
        assert_eq!(cut, TableError::Length { expected: SHIPPED.len(), found: SHIPPED.len() - 1 });
    }

    #[test]
    fn vectors_have_unit_length_or_are_zero() {
        for text in ["提现没到账", "reset my password", "paypal怎么充值", "x", "100"] {
            let v = vector(text);
            let length = cosine(&v, &v);
            assert!((length - 1.0).abs() < 1e-4 || length == 0.0, "{text}: {length}");
        }
        assert_eq!(vector(""), [0.0; DIMENSIONS]);
        assert_eq!(vector("？！😀"), [0.0; DIMENSIONS]);
    }

    #[test]
    fn chinese_sentences_of_one_meaning_are_near() {
        check("提现没到账", "取款一直没收到", "今天天气怎么样");
        check("提现没到账", "取款一直没收到", "怎么修改登录密码");
        check("忘记密码了", "登录密码想不起来", "充值要手续费吗");
        check("我要退款", "把钱退给我", "怎么注册账号");
        check("我要转人工客服", "帮我找个真人客服", "余额在哪里查");
    }

    #[test]
    fn english_sentences_of_one_meaning_are_near() {
        check("reset password", "can't remember my login", "how much is the transfer fee");
        check("my money hasn't arrived", "the transfer never showed up", "change my address");
        check("talk to a human", "i want to speak to an agent", "what's the exchange rate");
        check("my card was stolen", "somebody took my wallet", "play some music");
    }

    #[test]
    fn languages_share_one_space() {
        check("提现没到账", "my withdrawal hasn't arrived", "what's the weather like");
        check("忘记密码", "i forgot my password", "how do i top up");
        check("手续费多少", "how much are the fees", "delete my account");
    }
}
