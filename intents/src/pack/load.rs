//! From files to a pack. Each file is read as far as it can be; a pack is only made when nothing was wrong anywhere.

use super::answer::{Answer, Within, address_holes, check_hole};
use super::check::{Draft, Marks, check};
use super::fields::{Field, Fields, Reporter};
use super::placeholders::{Definition, Definitions};
use super::problem::{Problem, Problems};
use super::source::{self, Source};
use super::{Canned, CannedText, Category, Entry, EntryText, Link, Pack, PackErrors, TestCase};
use crate::rich::{Href, markdown};
use crate::{CannedId, CategoryId, Department, EntryId, Lang};
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;

const HEAD: &str = "pack.toml";
const CANNED: &str = "canned.toml";
const CASES: &str = "cases.tsv";

pub(super) fn folder(dir: &Path) -> Result<Pack, PackErrors> {
    let mut problems = Problems::default();
    let sources = source::read_folder(dir, &mut problems);
    build(&sources, &dir.display().to_string(), problems)
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

/// What `pack.toml` says. Where it is broken, the other files are still read, with nothing held against them that it
/// would have decided.
struct Head {
    name: String,
    languages: Vec<Lang>,
    default_language: Lang,
    synonyms: BTreeMap<Lang, Vec<Vec<String>>>,
    /// `None` if `pack.toml` couldn't be read.
    definitions: Option<Definitions>,
}

fn build(sources: &[Source], dir: &str, mut problems: Problems) -> Result<Pack, PackErrors> {
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
    let mut draft = Draft::default();
    for source in sources {
        match source.name.as_str() {
            HEAD => {}
            CANNED => canned(source, &head, &mut draft, &mut problems),
            CASES => cases(source, &mut draft),
            _ => category(source, &head, &mut draft, &mut problems),
        }
    }
    check(&draft, &head.languages, &mut problems);
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

impl Head {
    fn unknown() -> Self {
        Self {
            name: String::new(),
            languages: Vec::new(),
            default_language: Lang::Zh,
            synonyms: BTreeMap::new(),
            definitions: None,
        }
    }
}

fn head(source: &Source, problems: &mut Problems) -> Head {
    let Some(mut file) = Fields::of_file(source, problems) else { return Head::unknown() };
    let r = &mut Reporter { source, problems, entry: None };
    let name = file.required::<String>(&Field { name: "name", like: "name = \"OKPay\"" }, r);
    let field = Field { name: "languages", like: "languages = [\"zh\", \"en\"]" };
    let languages = file.required::<Vec<Lang>>(&field, r);
    let field = Field { name: "default_language", like: "default_language = \"zh\"" };
    let default = file.required::<Lang>(&field, r);
    if let (Some(all), Some(default)) = (&languages, &default)
        && !all.get_ref().contains(default.get_ref())
    {
        let what = format!("default_language `{}` is not among `languages`", default.get_ref());
        r.error(default.span().start, what, "add it to `languages`, or name one of them");
    }
    let mut languages = languages.map(Spanned::into_inner).unwrap_or_default();
    languages.sort();
    languages.dedup();
    let default_language = default.map_or(Lang::Zh, Spanned::into_inner);
    let mut by_name = BTreeMap::new();
    let words = file.table("placeholders", r).map(|t| t.named_tables(r)).unwrap_or_default();
    for (name, fields) in words {
        let wording = fields.wording(&languages, r);
        by_name.insert(name, Definition::Words(wording));
    }
    let addresses = file.table("addresses", r).map(|t| t.named_tables(r)).unwrap_or_default();
    read_addresses(addresses, &mut by_name, r);
    let synonyms = file.table("synonyms", r).map(|t| synonyms(t, &languages, r)).unwrap_or_default();
    file.finish(r);
    let definitions = Some(Definitions { by_name, default_language: Some(default_language) });
    Head {
        name: name.map(Spanned::into_inner).unwrap_or_default(),
        languages,
        default_language,
        synonyms,
        definitions,
    }
}

fn read_addresses(
    tables: Vec<(String, Fields<'_>)>,
    by_name: &mut BTreeMap<String, Definition>,
    r: &mut Reporter<'_>,
) {
    let mut fallbacks = Vec::new();
    for (name, mut fields) in tables {
        let at = fields.start();
        let field = Field { name: "default", like: "default = \"https://example.com/help\"" };
        let default = fields.optional::<Href>(&field, r).map(Spanned::into_inner);
        let fallback =
            fields.optional::<String>(&Field { name: "fallback", like: "fallback = \"site_url\"" }, r);
        fields.finish(r);
        if let Some(fallback) = &fallback {
            fallbacks.push((fallback.span().start, fallback.get_ref().clone()));
        }
        let fallback = fallback.map(Spanned::into_inner);
        if by_name.insert(name.clone(), Definition::Address { default, fallback }).is_some() {
            r.error(at, format!("`{name}` is both a placeholder and an address"), "rename one of them");
        }
    }
    for (at, name) in fallbacks {
        match by_name.get(&name) {
            Some(Definition::Address { fallback: None, .. }) => {}
            Some(Definition::Address { .. }) => {
                r.error(at, format!("the fallback `{name}` has a fallback itself"), "name that one here");
            }
            _ => r.error(at, format!("the fallback `{name}` is no address"), "name one of [addresses]"),
        }
    }
}

fn synonyms(
    mut table: Fields<'_>,
    languages: &[Lang],
    r: &mut Reporter<'_>,
) -> BTreeMap<Lang, Vec<Vec<String>>> {
    let mut synonyms = BTreeMap::new();
    for &lang in languages {
        let field =
            Field { name: lang.code(), like: "zh = [[\"提现\", \"取款\"], [\"充值\", \"入金\"]]" };
        let Some(groups) = table.optional::<Vec<Vec<Spanned<String>>>>(&field, r) else { continue };
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for word in groups.get_ref().iter().flatten() {
            let at = word.span().start;
            let key = word.get_ref().trim().to_lowercase();
            if key.is_empty() {
                r.error(at, "an empty synonym", "delete it");
            } else if let Some(first) = seen.insert(key, at) {
                let line = r.source.line(first);
                r.error(
                    at,
                    format!("synonym \"{}\" is also in line {line}", word.get_ref()),
                    "keep it in one group",
                );
            }
        }
        let plain = |group: Vec<Spanned<String>>| {
            group.into_iter().map(|w| w.into_inner().trim().to_owned()).collect()
        };
        synonyms.insert(lang, groups.into_inner().into_iter().map(plain).collect());
    }
    table.finish(r);
    synonyms
}

fn category(source: &Source, head: &Head, draft: &mut Draft, problems: &mut Problems) {
    let Some(mut file) = Fields::of_file(source, problems) else {
        draft.incomplete = true;
        return;
    };
    let r = &mut Reporter { source, problems, entry: None };
    let mut category = None;
    match file.table("category", r) {
        Some(mut fields) => {
            let id = fields.required::<CategoryId>(&Field { name: "id", like: "id = \"funds\"" }, r);
            let order = fields.optional::<i64>(&Field { name: "order", like: "order = 2" }, r);
            let titles = fields.table("title", r).map(|t| t.wording(&head.languages, r));
            if titles.is_none() {
                r.error(
                    fields.start(),
                    "`title` is missing",
                    "write it like `title = { zh = \"…\", en = \"…\" }`",
                );
            }
            fields.finish(r);
            if let (Some(id), Some(titles)) = (id, titles) {
                let line = r.source.line(id.span().start);
                let order = order.map_or(i64::MAX, Spanned::into_inner);
                let id = id.into_inner();
                category = Some(id.clone());
                let default_language = head.default_language;
                let marks = Marks::new(&source.path, line);
                draft.categories.push((Category { id, order, titles, default_language }, marks));
            }
        }
        None => {
            r.error(
                0,
                "`[category]` is missing",
                "begin the file with [category], `id`, `order` and `title`",
            );
        }
    }
    for fields in file.tables("entry", r) {
        r.entry = None;
        match entry(fields, category.as_ref(), head, r) {
            Some(read) => draft.entries.push(read),
            None => draft.incomplete = true,
        }
    }
    r.entry = None;
    file.finish(r);
}

/// Reads one `[[entry]]`. `None` if it has no usable id, department or text; that was reported then.
fn entry(
    mut fields: Fields<'_>,
    category: Option<&CategoryId>,
    head: &Head,
    r: &mut Reporter<'_>,
) -> Option<(Entry, Marks)> {
    let id = fields.required::<EntryId>(&Field { name: "id", like: "id = \"forgot-password\"" }, r);
    r.entry = id.as_ref().map(|id| id.get_ref().to_string());
    let field = Field { name: "department", like: "department = \"payments\"" };
    let department = fields.required::<Department>(&field, r);
    let urgent = fields.optional::<bool>(&Field { name: "urgent", like: "urgent = true" }, r);
    let field = Field { name: "related", like: "related = [\"check-balance\"]" };
    let related = fields.optional::<Vec<Spanned<EntryId>>>(&field, r);
    let field = Field { name: "actions", like: "actions = [\"person\"]" };
    let actions = fields.optional(&field, r).map(Spanned::into_inner).unwrap_or_default();
    let links = fields.tables("links", r);
    let links = links.into_iter().filter_map(|link| read_link(link, head, r)).collect();
    let mut marks = Marks::new(&r.source.path, r.source.line(fields.start()));
    let mut texts = BTreeMap::new();
    for lang in Lang::ALL {
        match (fields.table(lang.code(), r), head.languages.contains(&lang)) {
            (Some(table), true) => {
                let text = entry_text(table, lang, head, &mut marks, r);
                texts.extend(text.map(|text| (lang, text)));
            }
            (Some(table), false) if head.definitions.is_some() => {
                let what = format!("[entry.{lang}] is in no language of the pack");
                r.error(
                    table.start(),
                    what,
                    format!("add \"{lang}\" to `languages` in {HEAD}, or delete it"),
                );
            }
            (None, true) => {
                let mend = format!("add [entry.{lang}] with `question`, `phrasings` and `answer`");
                r.error(fields.start(), format!("language `{lang}` is missing"), mend);
            }
            (_, false) => {}
        }
    }
    fields.finish(r);
    let id = id?;
    marks.line = r.source.line(id.span().start);
    let related = related.map(Spanned::into_inner).unwrap_or_default();
    marks.related = related.iter().map(|id| r.source.line(id.span().start)).collect();
    let entry = Entry {
        id: id.into_inner(),
        // Without a good [category] no pack is made; the id only lets the entry be checked.
        category: category.cloned().or_else(|| CategoryId::new("unknown").ok())?,
        department: department?.into_inner(),
        urgent: urgent.is_some_and(Spanned::into_inner),
        related: related.into_iter().map(Spanned::into_inner).collect(),
        actions,
        links,
        texts,
        default_language: head.default_language,
    };
    Some((entry, marks))
}

fn read_link(mut fields: Fields<'_>, head: &Head, r: &mut Reporter<'_>) -> Option<Link> {
    let url = fields.required::<String>(&Field { name: "url", like: "url = \"{site_url}\"" }, r);
    let titles = fields.table("title", r).map(|t| t.wording(&head.languages, r));
    if titles.is_none() {
        r.error(
            fields.start(),
            "`title` of a link is missing",
            "write it like `title = { zh = \"…\", en = \"…\" }`",
        );
    }
    fields.finish(r);
    let url = url?;
    let address = match markdown::address(url.get_ref(), 0, true) {
        Ok(address) => address,
        Err(kind) => {
            r.error(url.span().start, format!("bad link: {kind}"), "link to a page of the company");
            return None;
        }
    };
    for hole in address_holes(&address) {
        if let Some(Err((what, mend))) =
            head.definitions.as_ref().map(|d| check_hole(hole, Within::Address, d))
        {
            r.error(url.span().start, what, mend);
        }
    }
    Some(Link { titles: titles?, address })
}

fn entry_text(
    mut fields: Fields<'_>,
    lang: Lang,
    head: &Head,
    marks: &mut Marks,
    r: &mut Reporter<'_>,
) -> Option<EntryText> {
    let field = Field { name: "question", like: "question = \"How do I reset my password?\"" };
    let question = fields.required::<String>(&field, r);
    let field = Field {
        name: "phrasings",
        like: "phrasings = [\"forgot my password\", \"can't remember password\"]",
    };
    let phrasings = fields.required::<Vec<Spanned<String>>>(&field, r);
    let answer = answer(&mut fields, "answer", head, r);
    fields.finish(r);
    let (question, phrasings) = (question?, phrasings?);
    let line = |text: &Spanned<String>| r.source.line(text.span().start);
    let lines = (line(&question), phrasings.get_ref().iter().map(line).collect());
    marks.texts.insert(lang, lines);
    let plain = |text: Spanned<String>| text.into_inner().trim().to_owned();
    Some(EntryText {
        question: plain(question),
        phrasings: phrasings.into_inner().into_iter().map(plain).collect(),
        answer: answer?,
    })
}

fn answer(fields: &mut Fields<'_>, name: &'static str, head: &Head, r: &mut Reporter<'_>) -> Option<Answer> {
    let like = "answer = \"\"\"\nClick **Forgot password**.\n\"\"\"";
    let text = fields.required::<String>(&Field { name, like }, r)?;
    let (answer, flaws) = Answer::read(text.get_ref(), head.definitions.as_ref());
    for flaw in flaws {
        let line = r.source.line_in_string(&text.span(), flaw.line);
        r.error_at_line(line, format!("`{name}`: {}", flaw.what), flaw.mend);
    }
    Some(answer)
}

fn canned(source: &Source, head: &Head, draft: &mut Draft, problems: &mut Problems) {
    let Some(mut file) = Fields::of_file(source, problems) else { return };
    let r = &mut Reporter { source, problems, entry: None };
    for mut fields in file.tables("canned", r) {
        r.entry = None;
        let id = fields.required::<CannedId>(&Field { name: "id", like: "id = \"hello\"" }, r);
        r.entry = id.as_ref().map(|id| id.get_ref().to_string());
        let mut texts = BTreeMap::new();
        for &lang in &head.languages {
            let Some(mut table) = fields.table(lang.code(), r) else {
                let mend = format!("add [canned.{lang}] with `title` and `text`");
                r.error(fields.start(), format!("language `{lang}` is missing"), mend);
                continue;
            };
            let title = table.required::<String>(&Field { name: "title", like: "title = \"Greeting\"" }, r);
            let text = answer(&mut table, "text", head, r);
            table.finish(r);
            if let (Some(title), Some(text)) = (title, text) {
                texts.insert(lang, CannedText { title: title.into_inner(), text });
            }
        }
        fields.finish(r);
        if let Some(id) = id {
            let marks = Marks::new(&source.path, r.source.line(id.span().start));
            let default_language = head.default_language;
            draft.canned.push((Canned { id: id.into_inner(), texts, default_language }, marks));
        }
    }
    r.entry = None;
    file.finish(r);
}

fn cases(source: &Source, draft: &mut Draft) {
    for (i, line) in source.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (text, label) = line.split_once('\t').unwrap_or((line, ""));
        draft.cases.push(super::check::DraftCase {
            text: text.trim().to_owned(),
            label: label.trim().to_owned(),
            file: source.path.clone(),
            line: i + 1,
        });
    }
}
