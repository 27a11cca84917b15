//! What can only be seen with all files at hand: ids that repeat or lead nowhere, phrasings that two entries claim.

use super::fields::similar;
use super::problem::{Problem, Problems};
use super::{Canned, Category, Entry, FEW_PHRASINGS};
use crate::Lang;
use std::collections::{BTreeMap, HashMap};

/// What was read of a pack, with the lines that problems are reported at.
#[derive(Default)]
pub(super) struct Draft {
    pub categories: Vec<(Category, Marks)>,
    pub entries: Vec<(Entry, Marks)>,
    pub canned: Vec<(Canned, Marks)>,
    pub cases: Vec<DraftCase>,
    /// Whether entries are missing because they couldn't be read: then an unknown id may be one of them.
    pub incomplete: bool,
}

/// Lines of an entry's parts.
pub(super) struct Marks {
    pub file: String,
    pub line: usize,
    pub related: Vec<usize>,
    /// The question's line and the phrasings' lines.
    pub texts: BTreeMap<Lang, (usize, Vec<usize>)>,
}

/// A line of `cases.tsv`.
pub(super) struct DraftCase {
    pub text: String,
    pub label: String,
    pub file: String,
    pub line: usize,
}

impl Marks {
    pub(super) fn new(file: &str, line: usize) -> Self {
        Self { file: file.to_owned(), line, related: Vec::new(), texts: BTreeMap::new() }
    }

    fn problem(&self, line: usize, entry: Option<&str>, what: String, mend: String) -> Problem {
        Problem { file: self.file.clone(), line: Some(line), entry: entry.map(str::to_owned), what, mend }
    }
}

/// Checks a pack whose `pack.toml` is at `head`.
pub(super) fn check(draft: &Draft, head: Option<&str>, languages: &[Lang], problems: &mut Problems) {
    unique(draft.categories.iter().map(|(c, m)| (c.id.as_str(), m)), "category", problems);
    unique(draft.entries.iter().map(|(e, m)| (e.id.as_str(), m)), "entry", problems);
    unique(draft.canned.iter().map(|(c, m)| (c.id.as_str(), m)), "canned reply", problems);
    if let Some(head) = head.filter(|_| draft.entries.is_empty() && !draft.incomplete) {
        let what = "the pack has no entries".to_owned();
        let mend = "write a category file with at least one [[entry]]".to_owned();
        problems.error(Problem { file: head.to_owned(), line: None, entry: None, what, mend });
    }
    related(draft, problems);
    let claimed = phrasings(draft, problems);
    few(draft, languages, problems);
    cases(draft, &claimed, problems);
}

fn unique<'a>(ids: impl Iterator<Item = (&'a str, &'a Marks)>, kind: &str, problems: &mut Problems) {
    let mut seen: HashMap<&str, &Marks> = HashMap::new();
    for (id, marks) in ids {
        if let Some(first) = seen.get(id) {
            let what = format!("{kind} id `{id}` is already used at {}:{}", first.file, first.line);
            problems.error(marks.problem(
                marks.line,
                Some(id),
                what,
                "give one of the two another id".to_owned(),
            ));
        } else {
            seen.insert(id, marks);
        }
    }
}

/// The id that a mistyped one was most likely meant to be.
fn nearest<'a>(id: &str, draft: &'a Draft) -> Option<&'a str> {
    similar(id, draft.entries.iter().map(|(e, _)| e.id.as_str()))
}

fn related(draft: &Draft, problems: &mut Problems) {
    for (entry, marks) in &draft.entries {
        for (id, &line) in entry.related.iter().zip(&marks.related) {
            let mine = Some(entry.id.as_str());
            if *id == entry.id {
                let what = "the entry is related to itself".to_owned();
                problems.error(marks.problem(line, mine, what, "delete it from `related`".to_owned()));
            } else if !draft.incomplete && !draft.entries.iter().any(|(e, _)| e.id == *id) {
                let what = format!("related entry `{id}` does not exist");
                let mend = match nearest(id.as_str(), draft) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "delete it from `related`, or write that entry".to_owned(),
                };
                problems.error(marks.problem(line, mine, what, mend));
            }
        }
    }
}

/// The form in which two phrasings are compared.
fn key(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Checks that no phrasing is empty or repeated; gives who claims each.
fn phrasings(draft: &Draft, problems: &mut Problems) -> HashMap<String, String> {
    let mut claimed: HashMap<String, (&Entry, Lang, &Marks, usize)> = HashMap::new();
    for (entry, marks) in &draft.entries {
        for (&lang, text) in &entry.texts {
            let Some((question_line, lines)) = marks.texts.get(&lang) else { continue };
            let all =
                std::iter::once((&text.question, question_line)).chain(text.phrasings.iter().zip(lines));
            for (phrasing, &line) in all {
                let mine = Some(entry.id.as_str());
                if phrasing.is_empty() {
                    let what = format!("an empty phrasing or question ({lang})");
                    problems.error(marks.problem(line, mine, what, "write words or delete it".to_owned()));
                    continue;
                }
                match claimed.get(&key(phrasing)) {
                    None => {
                        claimed.insert(key(phrasing), (entry, lang, marks, line));
                    }
                    Some((other, in_lang, first, at)) => {
                        let same = std::ptr::eq(*other, entry);
                        // A mixed phrasing, such as "okpay login", may stand in both languages of one entry; and that
                        // an id is used twice was said already.
                        if (same && *in_lang != lang) || (!same && other.id == entry.id) {
                            continue;
                        }
                        let place = if same { "this entry".to_owned() } else { format!("`{}`", other.id) };
                        let what = format!("\"{phrasing}\" is in {place} already ({}:{at})", first.file);
                        problems.error(marks.problem(line, mine, what, "keep it in one place".to_owned()));
                    }
                }
            }
        }
    }
    claimed.into_iter().map(|(key, (entry, ..))| (key, entry.id.to_string())).collect()
}

fn few(draft: &Draft, languages: &[Lang], problems: &mut Problems) {
    for (entry, marks) in &draft.entries {
        for lang in languages {
            let (Some(text), Some((line, _))) = (entry.texts.get(lang), marks.texts.get(lang)) else {
                continue;
            };
            let n = text.phrasings.len();
            if n < FEW_PHRASINGS {
                let what = format!("`{lang}` has fewer than {FEW_PHRASINGS} phrasings ({n})");
                let mend = "add other ways in which customers ask this".to_owned();
                problems.warn(marks.problem(*line, Some(entry.id.as_str()), what, mend));
            }
        }
    }
}

fn cases(draft: &Draft, claimed: &HashMap<String, String>, problems: &mut Problems) {
    for case in &draft.cases {
        let problem = |what: String, mend: String| Problem {
            file: case.file.clone(),
            line: Some(case.line),
            entry: None,
            what,
            mend,
        };
        let known = case.label == "oos" || draft.entries.iter().any(|(e, _)| e.id.as_str() == case.label);
        if case.text.is_empty() || case.label.is_empty() {
            let what = "this is no test case".to_owned();
            problems.error(problem(what, "write a sentence, a tab, and an entry's id or `oos`".to_owned()));
        } else if !known && !draft.incomplete {
            let mend = match nearest(&case.label, draft) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write an entry's id, or `oos` if none fits".to_owned(),
            };
            problems.error(problem(format!("there is no entry `{}`", case.label), mend));
        }
        if let Some(entry) = claimed.get(&key(&case.text)) {
            let what = format!("\"{}\" is a phrasing of `{entry}`, so it tests nothing", case.text);
            problems.warn(problem(what, "reword it".to_owned()));
        }
    }
}
