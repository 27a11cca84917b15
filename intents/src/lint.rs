//! What a matcher says about the phrasings it is trained on: the same phrasing in two entries, phrasings so alike that
//! the entries will be mixed up, and phrasings that would not find their own entry if nobody had written them down.
//!
//! Warnings only. Whether two entries should become one is an editor's decision.

use crate::eval::Training;
use crate::model::{Example, Model, Recipe};
use crate::normalize::normalize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Phrasings of two labels count as alike from this cosine on, measured as the matcher measures it.
const ALIKE: f32 = 0.85;

/// How sure the matcher must be of another entry to be mentioned. Less sure, it would ask back, and no harm is done.
const SURE: f32 = 0.8;

/// One observation about a training set.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// Two entries have the same phrasing, but for spelling that makes no difference.
    Same {
        /// The phrasing.
        text: String,
        /// The entries that have it, in order.
        labels: Vec<String>,
    },
    /// Two entries have phrasings that are almost the same.
    Alike {
        /// A phrasing and its entry.
        one: (String, String),
        /// The other one.
        other: (String, String),
        /// The cosine between the two.
        similarity: f32,
    },
    /// Without this very phrasing its words would be read as another entry's.
    Stolen {
        /// The phrasing.
        text: String,
        /// The entry that has it.
        label: String,
        /// The entry that it would be read as.
        by: String,
        /// With which probability.
        probability: f32,
    },
}

impl Warning {
    /// The phrasings that it is about.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Same { text, .. } | Self::Stolen { text, .. } => vec![text],
            Self::Alike { one, other, .. } => vec![&one.0, &other.0],
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same { text, labels } => {
                write!(f, "{text:?} is a phrasing of {}: keep it in one", labels.join(" and "))
            }
            Self::Alike { one, other, similarity } => write!(
                f,
                "{:?} ({}) and {:?} ({}) are almost the same ({similarity:.2}): say what tells them apart",
                one.0, one.1, other.0, other.1
            ),
            Self::Stolen { text, label, by, probability } => write!(
                f,
                "{text:?} ({label}) reads like {by} ({:.0} %): give {label} more phrasings of this kind, or move it",
                probability * 100.0
            ),
        }
    }
}

/// Looks at a training set. Trains the matcher a few times, so it takes about that much longer than one training.
#[must_use]
pub fn lint(training: &Training) -> Vec<Warning> {
    let examples = training.examples();
    let mut warnings = same(examples);
    warnings.extend(alike(training));
    // What was named already would only be named again.
    let told: BTreeSet<String> = warnings.iter().flat_map(Warning::texts).map(normalize).collect();
    warnings.extend(
        stolen(training).into_iter().filter(|w| !w.texts().iter().any(|t| told.contains(&normalize(t)))),
    );
    warnings
}

fn same(examples: &[Example<String>]) -> Vec<Warning> {
    let mut seen: BTreeMap<String, (&str, Vec<String>)> = BTreeMap::new();
    for example in examples {
        let (_, labels) = seen.entry(normalize(&example.text)).or_insert((&example.text, Vec::new()));
        if !labels.contains(&example.label) {
            labels.push(example.label.clone());
        }
    }
    let doubled = seen.into_values().filter(|(_, labels)| labels.len() > 1);
    doubled.map(|(text, labels)| Warning::Same { text: text.to_owned(), labels }).collect()
}

/// Pairs of different labels, the most alike first; each phrasing at most once.
fn alike(training: &Training) -> Vec<Warning> {
    let examples = training.examples();
    let model = Model::train(examples, training.hints(), Recipe { rounds: 0, ..Recipe::default() });
    let mut found = Vec::new();
    for (number, example) in examples.iter().enumerate() {
        for (other, similarity) in model.neighbours(&example.text) {
            let neighbour = &examples[other];
            // Each pair once; and what is the same after normalisation has its own warning.
            let new = other > number && neighbour.label != example.label && similarity >= ALIKE;
            if new && normalize(&neighbour.text) != normalize(&example.text) {
                found.push((similarity, number, other));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut told = vec![false; examples.len()];
    let mut warnings = Vec::new();
    for (similarity, one, other) in found {
        if !told[one] && !told[other] {
            (told[one], told[other]) = (true, true);
            let said = |at: usize| (examples[at].text.clone(), examples[at].label.clone());
            warnings.push(Warning::Alike { one: said(one), other: said(other), similarity });
        }
    }
    warnings
}

/// How many parts cross-validation makes of a training set.
const FOLDS: usize = 8;

/// Reads each phrasing with a matcher that was trained without it, and tells which would surely go elsewhere.
fn stolen(training: &Training) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for fold in 0..FOLDS {
        let (kept, held) = training.split(|number| number % FOLDS == fold);
        let model = Model::train(kept.examples(), kept.hints(), Recipe::default());
        for example in held {
            let guess = model.guess(&example.text);
            let Some(&(by, probability)) = guess.ranked.first() else { continue };
            if *by != example.label && probability >= SURE {
                let Example { text, label } = example;
                warnings.push((probability, Warning::Stolen { text, label, by: by.clone(), probability }));
            }
        }
    }
    warnings.sort_by(|a, b| b.0.total_cmp(&a.0));
    warnings.into_iter().map(|(_, warning)| warning).collect()
}

#[cfg(test)]
mod tests {
    use super::lint;
    use crate::eval::{Training, parse_cases};
    use expect_test::expect;

    #[test]
    fn an_editor_is_told_what_will_be_mixed_up() {
        let phrasings = "\
my withdrawal failed\twithdrawal
the withdrawal was rejected\twithdrawal
提现失败\twithdrawal
提现一直不成功怎么办\twithdrawal
why can't I withdraw\twithdrawal
what are the fees for a transfer abroad\tfees
手续费多少\tfees
提现一直不成功怎么办呢\tfees
how much does it cost\tfees
My withdrawal FAILED!\tdeposit
my deposit is missing\tdeposit
充值没到账\tdeposit
top up not there\tdeposit
充值失败\tdeposit
";
        let training = Training::from_cases(&parse_cases(phrasings).unwrap());
        let said: Vec<String> = lint(&training).iter().map(ToString::to_string).collect();
        expect![[r#"
            "my withdrawal failed" is a phrasing of withdrawal and deposit: keep it in one
            "提现一直不成功怎么办" (withdrawal) and "提现一直不成功怎么办呢" (fees) are almost the same (0.98): say what tells them apart"#]].assert_eq(&said.join("\n"));
    }

    #[test]
    fn nothing_to_look_at_is_no_error() {
        assert_eq!(lint(&Training::default()), []);
    }
}
