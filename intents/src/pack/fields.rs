//! Tables of a TOML file, read field by field so that every problem is found and not only the first. Values are read by
//! serde; what this adds is the list of fields that nobody asked for, and where each value stands.

use super::problem::{Problem, Problems};
use super::source::Source;
use crate::Lang;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// Where problems of one file (and entry) are reported.
pub(super) struct Reporter<'a> {
    pub source: &'a Source,
    pub problems: &'a mut Problems,
    /// The entry that is being read.
    pub entry: Option<String>,
}

impl Reporter<'_> {
    /// Reports an error at a byte offset.
    pub(super) fn error(&mut self, offset: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.error_at_line(self.source.line(offset), what, mend);
    }

    /// Reports an error at a line.
    pub(super) fn error_at_line(&mut self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        let problem = self.problem(line, what, mend);
        self.problems.error(problem);
    }

    fn problem(&self, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Problem {
        Problem {
            file: self.source.path.clone(),
            line: Some(line),
            entry: self.entry.clone(),
            what: what.into(),
            mend: mend.into(),
        }
    }
}

/// A field's name, and an example for whoever got it wrong.
pub(super) struct Field {
    pub name: &'static str,
    pub like: &'static str,
}

/// A table whose fields are taken one by one.
pub(super) struct Fields<'i> {
    table: DeTable<'i>,
    span: Range<usize>,
    known: Vec<String>,
}

impl<'i> Fields<'i> {
    /// Reads a whole file. Syntax errors are reported; the caller can go on with what could be read, but must not
    /// complain about what is missing: `None` then.
    pub(super) fn of_file(source: &'i Source, problems: &mut Problems) -> Option<Self> {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        let mut report = Reporter { source, problems, entry: None };
        let mut lines = BTreeSet::new();
        for e in &errors {
            let at = e.span().map_or(0, |s| s.start);
            // One mistake is often noticed several times; the first message is the useful one.
            if !lines.insert(source.line(at)) {
                continue;
            }
            let what = format!("this is not TOML: {}", e.message().trim().replace('\n', ", "));
            let mend = "check quotes, brackets and `=` on this line and the one before it";
            report.error(at, what, mend);
        }
        errors.is_empty().then(|| Self::new(table))
    }

    fn new(table: Spanned<DeTable<'i>>) -> Self {
        Self { span: table.span(), table: table.into_inner(), known: Vec::new() }
    }

    /// Where the table begins.
    pub(super) fn start(&self) -> usize {
        self.span.start
    }

    fn take(&mut self, name: &str) -> Option<Spanned<DeValue<'i>>> {
        self.known.push(name.to_owned());
        self.table.remove(name)
    }

    /// A field that may be missing; reports a value of another type.
    pub(super) fn optional<T: DeserializeOwned>(
        &mut self,
        field: &Field,
        r: &mut Reporter<'_>,
    ) -> Option<Spanned<T>> {
        let value = self.take(field.name)?;
        let span = value.span();
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(read) => Some(Spanned::new(span, read)),
            Err(e) => {
                let what = format!("`{}`: {}", field.name, e.message());
                r.error(e.span().unwrap_or(span).start, what, like(field));
                None
            }
        }
    }

    /// A field that must be there.
    pub(super) fn required<T: DeserializeOwned>(
        &mut self,
        field: &Field,
        r: &mut Reporter<'_>,
    ) -> Option<Spanned<T>> {
        if !self.table.contains_key(field.name) {
            self.known.push(field.name.to_owned());
            r.error(self.start(), format!("`{}` is missing", field.name), like(field));
            return None;
        }
        self.optional(field, r)
    }

    /// A table within this one, if it is there.
    pub(super) fn table(&mut self, name: &str, r: &mut Reporter<'_>) -> Option<Self> {
        let value = self.take(name)?;
        Self::of_value(value, name, r)
    }

    fn of_value(value: Spanned<DeValue<'i>>, name: &str, r: &mut Reporter<'_>) -> Option<Self> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Some(Self { table, span, known: Vec::new() }),
            other => {
                let what = format!("`{name}` is a table, and here is {}", article(other.type_str()));
                r.error(span.start, what, format!("write fields under it, like `{name} = {{ … }}`"));
                None
            }
        }
    }

    /// The tables of an array such as `[[entry]]`; none if it is missing.
    pub(super) fn tables(&mut self, name: &str, r: &mut Reporter<'_>) -> Vec<Self> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(array) => array.into_iter().filter_map(|v| Self::of_value(v, name, r)).collect(),
            _ => {
                r.error(
                    span.start,
                    format!("`{name}` stands for several"),
                    format!("begin each with `[[{name}]]`"),
                );
                Vec::new()
            }
        }
    }

    /// All the tables in this one by their names, and where each name stands.
    pub(super) fn named_tables(self, r: &mut Reporter<'_>) -> Vec<(String, Self)> {
        let named = |(name, value): (Spanned<_>, Spanned<DeValue<'i>>)| {
            let name: String = String::from(name.into_inner());
            let fields = Self::of_value(value, &name, r)?;
            Some((name, fields))
        };
        self.table.into_iter().filter_map(named).collect()
    }

    /// One text a language. Reports languages that are missing or that the pack doesn't have; without knowing which it
    /// has, any will do.
    pub(super) fn wording(
        mut self,
        languages: Option<&[Lang]>,
        r: &mut Reporter<'_>,
    ) -> BTreeMap<Lang, String> {
        let mut wording = BTreeMap::new();
        for &lang in languages.unwrap_or(&Lang::ALL) {
            let field = Field { name: lang.code(), like: "zh = \"…\", en = \"…\"" };
            let text = match languages {
                Some(_) => self.required::<String>(&field, r),
                None => self.optional::<String>(&field, r),
            };
            if let Some(text) = text {
                if text.get_ref().trim().is_empty() {
                    r.error(text.span().start, format!("`{lang}` is empty"), "write its words");
                }
                wording.insert(lang, text.into_inner());
            }
        }
        self.finish(r);
        wording
    }

    /// Reports every field that nobody took.
    pub(super) fn finish(self, r: &mut Reporter<'_>) {
        for (name, _) in &self.table {
            let mend = match similar(name.get_ref(), self.known.iter().map(String::as_str)) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("delete it, or use one of: {}", self.known.join(", ")),
            };
            r.error(name.span().start, format!("unknown field `{}`", name.get_ref()), mend);
        }
    }
}

/// The one of `known` that a mistyped name was most likely meant to be.
pub(super) fn similar<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, best) = known.map(|k| (strsim::damerau_levenshtein(name, k), k)).min()?;
    (distance * 3 <= name.chars().count()).then_some(best)
}

fn like(field: &Field) -> String {
    format!("write it like `{}`", field.like)
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}
