//! The files with entries and canned replies, read into a draft. What needs several files is checked elsewhere.

use super::answer::{Answer, address_holes, check_hole};
use super::check::{Draft, Marks};
use super::fields::{Field, Fields, Reporter};
use super::head::Head;
use super::problem::Problems;
use super::source::Source;
use super::{Canned, CannedText, Category, Entry, EntryText, Link};
use crate::rich::tree;
use crate::{CannedId, CategoryId, Department, EntryId, Lang};
use std::collections::BTreeMap;
use toml::Spanned;

/// Reads a category and its entries.
pub(super) fn category(source: &Source, head: &Head, draft: &mut Draft, problems: &mut Problems) {
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
            let titles = fields.table("title", r).map(|t| t.wording(head.known_languages(), r));
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
        let wanted = head.known_languages().map(|all| all.contains(&lang));
        match (fields.table(lang.code(), r), wanted) {
            (Some(table), Some(true) | None) => {
                let text = entry_text(table, lang, head, &mut marks, r);
                texts.extend(text.map(|text| (lang, text)));
            }
            (Some(table), Some(false)) => {
                let what = format!("[entry.{lang}] is in no language of the pack");
                r.error(
                    table.start(),
                    what,
                    format!("add \"{lang}\" to `languages` in pack.toml, or delete it"),
                );
            }
            (None, Some(true)) => {
                let mend = format!("add [entry.{lang}] with `question`, `phrasings` and `answer`");
                r.error(fields.start(), format!("language `{lang}` is missing"), mend);
            }
            (None, Some(false) | None) => {}
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
    let titles = fields.table("title", r).map(|t| t.wording(head.known_languages(), r));
    if titles.is_none() {
        r.error(
            fields.start(),
            "`title` of a link is missing",
            "write it like `title = { zh = \"…\", en = \"…\" }`",
        );
    }
    fields.finish(r);
    let url = url?;
    let address = match tree::address(url.get_ref(), 0, true) {
        Ok(address) => address,
        Err(kind) => {
            r.error(url.span().start, format!("bad link: {kind}"), "link to a page of the company");
            return None;
        }
    };
    for (hole, within) in address_holes(&address) {
        if let Some(Err((what, mend))) = head.definitions.as_ref().map(|d| check_hole(hole, within, d)) {
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
    let like = "answer = \"Click **Forgot password**.\"";
    let text = fields.required::<String>(&Field { name, like }, r)?;
    let (answer, flaws) = Answer::read(text.get_ref(), head.definitions.as_ref());
    for flaw in flaws {
        let line = r.source.line_in_string(&text.span(), flaw.line);
        r.error_at_line(line, format!("`{name}`: {}", flaw.what), flaw.mend);
    }
    Some(answer)
}

/// Reads the canned replies.
pub(super) fn canned(source: &Source, head: &Head, draft: &mut Draft, problems: &mut Problems) {
    // Which languages a reply needs is what pack.toml says.
    let (Some(mut file), Some(languages)) = (Fields::of_file(source, problems), head.known_languages())
    else {
        return;
    };
    let r = &mut Reporter { source, problems, entry: None };
    for mut fields in file.tables("canned", r) {
        r.entry = None;
        let id = fields.required::<CannedId>(&Field { name: "id", like: "id = \"hello\"" }, r);
        r.entry = id.as_ref().map(|id| id.get_ref().to_string());
        let mut texts = BTreeMap::new();
        for &lang in languages {
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
