//! `pack.toml`: what holds for the whole pack. The other files are read in its light, and even if it is broken.

use super::fields::{Field, Fields, Reporter};
use super::placeholders::{Definition, Definitions};
use super::problem::Problems;
use super::source::Source;
use crate::Lang;
use crate::rich::Href;
use std::collections::BTreeMap;
use toml::Spanned;

/// What `pack.toml` says. Where it is broken, the other files are still read, with nothing held against them that it
/// would have decided.
pub(super) struct Head {
    pub name: String,
    pub languages: Vec<Lang>,
    pub default_language: Lang,
    pub synonyms: BTreeMap<Lang, Vec<Vec<String>>>,
    /// `None` if `pack.toml` couldn't be read.
    pub definitions: Option<Definitions>,
}

/// The languages, unless `pack.toml` couldn't name any.
fn some(languages: &[Lang]) -> Option<&[Lang]> {
    (!languages.is_empty()).then_some(languages)
}

impl Head {
    pub(super) fn known_languages(&self) -> Option<&[Lang]> {
        some(&self.languages)
    }

    pub(super) fn unknown() -> Self {
        Self {
            name: String::new(),
            languages: Vec::new(),
            default_language: Lang::Zh,
            synonyms: BTreeMap::new(),
            definitions: None,
        }
    }
}

pub(super) fn head(source: &Source, problems: &mut Problems) -> Head {
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
        let wording = fields.wording(some(&languages), r);
        by_name.insert(name, Definition::Words(wording));
    }
    let addresses = file.table("addresses", r).map(|t| t.named_tables(r)).unwrap_or_default();
    read_addresses(addresses, &mut by_name, r);
    let synonyms = file
        .table("synonyms", r)
        .map(|t| synonyms(t, some(&languages).unwrap_or(&Lang::ALL), r))
        .unwrap_or_default();
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
