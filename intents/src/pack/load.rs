//! From files to a pack. Each file is read as far as it can be; a pack is only made when nothing was wrong anywhere.

use super::category::{canned, category};
use super::check::{Draft, DraftCase, check};
use super::head::{Head, head};
use super::problem::{Problem, Problems};
use super::source::{self, Source};
use super::{Category, Entry, Pack, PackErrors, TestCase};
use crate::EntryId;
use std::path::Path;

const HEAD: &str = "pack.toml";
const CANNED: &str = "canned.toml";
const CASES: &str = "cases.tsv";

pub(super) fn folder(dir: &Path) -> Result<Pack, PackErrors> {
    let mut problems = Problems::default();
    let sources = source::read_folder(dir, &mut problems);
    match sources {
        Ok(sources) => build(&sources, &dir.display().to_string(), problems),
        Err(problem) => Err(PackErrors::one(problem)),
    }
}

pub(super) fn files<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Pack, PackErrors> {
    let mut problems = Problems::default();
    let mut sources = Vec::new();
    let mut dir = "pack";
    for (path, bytes) in files {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("pack", path));
        dir = folder;
        sources.extend(source::decode(name.to_owned(), path.to_owned(), bytes.to_vec(), &mut problems));
    }
    build(&sources, dir, problems)
}

fn build(sources: &[Source], dir: &str, mut problems: Problems) -> Result<Pack, PackErrors> {
    // A file that couldn't be read may hold the entries that others name.
    let incomplete = problems.are_there();
    let head = match sources.iter().find(|s| s.name == HEAD) {
        Some(source) => head(source, &mut problems),
        None => {
            problems.error(Problem {
                file: dir.to_owned(),
                line: None,
                entry: None,
                what: format!("there is no readable {HEAD} in this folder"),
                mend:
                    "name the pack's own folder, or write one with `name`, `languages` and `default_language`"
                        .to_owned(),
            });
            Head::unknown()
        }
    };
    let mut draft = Draft { incomplete, ..Draft::default() };
    for source in sources {
        match source.name.as_str() {
            HEAD => {}
            CANNED => canned(source, &head, &mut draft, &mut problems),
            CASES => cases(source, &mut draft),
            _ => category(source, &head, &mut draft, &mut problems),
        }
    }
    let head_path = sources.iter().find(|s| s.name == HEAD).map(|s| s.path.as_str());
    check(&draft, head_path, &head.languages, &mut problems);
    let warnings = problems.finish()?;
    Ok(assemble(head, draft, warnings))
}

fn assemble(head: Head, draft: Draft, warnings: Vec<Problem>) -> Pack {
    let mut categories: Vec<Category> = draft.categories.into_iter().map(|(c, _)| c).collect();
    categories.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    let place = |entry: &Entry| categories.iter().position(|c| c.id == entry.category);
    let mut entries: Vec<Entry> = draft.entries.into_iter().map(|(entry, _)| entry).collect();
    entries.sort_by_key(place);
    let by_id = entries.iter().enumerate().map(|(i, e)| (e.id.clone(), i)).collect();
    let label = |label: String| if label == "oos" { None } else { EntryId::new(label).ok() };
    Pack {
        name: head.name,
        languages: head.languages,
        default_language: head.default_language,
        categories,
        entries,
        by_id,
        synonyms: head.synonyms,
        canned: draft.canned.into_iter().map(|(canned, _)| canned).collect(),
        cases: draft.cases.into_iter().map(|c| TestCase { text: c.text, label: label(c.label) }).collect(),
        definitions: head.definitions.unwrap_or_default(),
        warnings,
    }
}

fn cases(source: &Source, draft: &mut Draft) {
    for (i, line) in source.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (text, label) = line.split_once('\t').unwrap_or((line, ""));
        draft.cases.push(DraftCase {
            text: text.trim().to_owned(),
            label: label.trim().to_owned(),
            file: source.path.clone(),
            line: i + 1,
        });
    }
}
