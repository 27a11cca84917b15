//! Packs: folders of FAQ entries, checked as a whole when they are loaded.
//!
//! A [`Pack`] that exists is sound: ids are unique and resolve, each language has its wording, each placeholder is
//! declared, each link leads somewhere. Nothing here matches sentences or decides what to say.
//! The form of the files is described in `packs/README.md`.

mod answer;
mod category;
mod check;
mod fields;
mod head;
mod load;
mod okpay;
mod placeholders;
mod problem;
mod source;

pub use answer::Answer;
pub use placeholders::{PlaceholderError, Placeholders, Value};
pub use problem::{PackErrors, Problem};

use crate::rich::tree::Address;
use crate::rich::{Href, Rich};
use crate::{CannedId, CategoryId, Department, EntryId, Lang};
use placeholders::Definitions;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Fewer phrasings than this in a language are worth a warning: the matcher learns from them.
pub const FEW_PHRASINGS: usize = 10;

/// A checked pack of FAQ entries.
#[derive(Debug, Clone)]
pub struct Pack {
    name: String,
    languages: Vec<Lang>,
    default_language: Lang,
    categories: Vec<Category>,
    entries: Vec<Entry>,
    by_id: HashMap<EntryId, usize>,
    synonyms: BTreeMap<Lang, Vec<Vec<String>>>,
    canned: Vec<Canned>,
    cases: Vec<TestCase>,
    definitions: Definitions,
    warnings: Vec<Problem>,
}

/// A category: one file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Where it stands among the categories, lowest first.
    pub order: i64,
    /// What customers read on its button, in each of the pack's languages.
    pub titles: BTreeMap<Lang, String>,
    default_language: Lang,
}

/// One FAQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id, unique in the pack.
    pub id: EntryId,
    /// The category that it is in.
    pub category: CategoryId,
    /// Who takes a ticket about it.
    pub department: Department,
    /// Whether a person must take over at once.
    pub urgent: bool,
    /// Entries that a customer who asks this may want next.
    pub related: Vec<EntryId>,
    /// What is offered under the answer.
    pub actions: Vec<Action>,
    /// Pages for further reading.
    pub links: Vec<Link>,
    /// Question, phrasings and answer in each of the pack's languages.
    pub texts: BTreeMap<Lang, EntryText>,
    default_language: Lang,
}

/// An entry's words in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryText {
    /// The question as it is shown in lists and on buttons.
    pub question: String,
    /// How customers ask it. The question itself isn't among them.
    pub phrasings: Vec<String>,
    /// What they are answered; [`Pack::answer`] fills it.
    pub answer: Answer,
}

/// What can be offered under an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Talk to a person.
    Person,
    /// Talk to a senior agent.
    Senior,
    /// Give feedback.
    Feedback,
}

/// A page that an entry names. [`Pack::links`] completes its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What stands on the button, in each of the pack's languages.
    pub titles: BTreeMap<Lang, String>,
    address: Address,
}

/// A reply that agents have at hand. [`Pack::fill`] fills its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canned {
    /// Its id, unique in the pack.
    pub id: CannedId,
    /// Name and text in each of the pack's languages.
    pub texts: BTreeMap<Lang, CannedText>,
    default_language: Lang,
}

/// A canned reply in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedText {
    /// What agents find it by.
    pub title: String,
    /// What the customer reads.
    pub text: Answer,
}

/// A sentence with the entry that should be found for it; none is right for a sentence that no entry fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// What a customer writes.
    pub text: String,
    /// The entry, or `None` where the file says `oos`.
    pub label: Option<EntryId>,
}

impl Pack {
    /// The pack of OKPay's customer service, which is part of the program.
    #[must_use]
    #[allow(clippy::missing_panics_doc)]
    pub fn okpay() -> Self {
        // Its files are compiled in, and a test loads them: it can't be broken in a build that passed its tests.
        Self::parse(okpay::FILES.iter().copied())
            .unwrap_or_else(|e| panic!("the shipped pack is broken:\n{e}"))
    }

    /// Reads a folder: `pack.toml`, optionally `canned.toml` and `cases.tsv`, and a category in each other `.toml` file.
    /// Hidden files and files of other kinds are ignored; so are folders within it.
    ///
    /// # Errors
    /// Everything that is wrong with the pack, all at once.
    pub fn load(dir: &Path) -> Result<Self, PackErrors> {
        load::folder(dir)
    }

    /// Reads a pack from the names and contents of its files.
    ///
    /// # Errors
    /// Everything that is wrong with the pack, all at once.
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, PackErrors> {
        load::files(files)
    }

    /// The pack's name, such as the company's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The languages that every entry has.
    #[must_use]
    pub fn languages(&self) -> &[Lang] {
        &self.languages
    }

    /// The language for customers whose own isn't known or isn't among the pack's.
    #[must_use]
    pub fn default_language(&self) -> Lang {
        self.default_language
    }

    /// All entries, in the order of categories and of each file.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with an id. Ids that were stored may be of an older pack.
    #[must_use]
    pub fn entry(&self, id: &EntryId) -> Option<&Entry> {
        self.by_id.get(id).map(|&i| &self.entries[i])
    }

    /// The categories, in their order.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The category with an id.
    #[must_use]
    pub fn category(&self, id: &CategoryId) -> Option<&Category> {
        self.categories.iter().find(|c| c.id == *id)
    }

    /// The entries of a category, in the order of its file.
    pub fn entries_in(&self, category: &CategoryId) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |e| e.category == *category)
    }

    /// Every department that an entry names, without repetition, in the order of their names.
    #[must_use]
    pub fn departments(&self) -> Vec<&Department> {
        let mut all: Vec<&Department> = self.entries.iter().map(|e| &e.department).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Groups of words that mean the same to customers; the first of each is the usual one. No word is in two groups.
    #[must_use]
    pub fn synonyms(&self, lang: Lang) -> &[Vec<String>] {
        self.synonyms.get(&lang).map_or(&[], Vec::as_slice)
    }

    /// The replies that agents have at hand, in the order of the file.
    #[must_use]
    pub fn canned(&self) -> &[Canned] {
        &self.canned
    }

    /// The test cases that the pack brings along.
    #[must_use]
    pub fn cases(&self) -> &[TestCase] {
        &self.cases
    }

    /// What deserves a look but keeps nothing from working.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// An entry's answer in a language, or in the default language if the pack doesn't have it.
    #[must_use]
    pub fn answer(&self, entry: &Entry, lang: Lang, values: &Placeholders) -> Rich {
        self.fill(&entry.text(lang).answer, lang, values)
    }

    /// Fills an answer's placeholders. What isn't configured gets the pack's own words, and a link whose address isn't
    /// configured becomes plain text.
    #[must_use]
    pub fn fill(&self, answer: &Answer, lang: Lang, values: &Placeholders) -> Rich {
        answer.fill(&self.definitions, self.served(lang), values)
    }

    /// The words for one placeholder, for the desk's own sentences (a contact card, opening hours): the configured value,
    /// else the pack's own words. `None` for a name that the pack doesn't declare, and for an address that nobody set.
    #[must_use]
    pub fn placeholder(&self, name: &str, lang: Lang, values: &Placeholders) -> Option<String> {
        let lang = self.served(lang);
        let found = self.definitions.words(name, lang, values);
        found.or_else(|| self.definitions.address(name, lang, values)).map(str::to_owned)
    }

    /// An entry's links, title and address, as far as their addresses are configured.
    #[must_use]
    pub fn links(&self, entry: &Entry, lang: Lang, values: &Placeholders) -> Vec<(String, Href)> {
        let lang = self.served(lang);
        let complete = |link: &Link| {
            let href = answer::complete(&link.address, &self.definitions, lang, values)?;
            Some((worded(&link.titles, lang, self.default_language).clone(), href))
        };
        entry.links.iter().filter_map(complete).collect()
    }

    /// What in a deployment's values doesn't fit this pack: unknown names, addresses that aren't.
    #[must_use]
    pub fn check_placeholders(&self, values: &Placeholders) -> Vec<PlaceholderError> {
        self.definitions.check(values)
    }

    fn served(&self, lang: Lang) -> Lang {
        if self.languages.contains(&lang) { lang } else { self.default_language }
    }
}

impl Category {
    /// The title in a language, or in the pack's default language.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        worded(&self.titles, lang, self.default_language).as_str()
    }
}

impl Entry {
    /// The words in a language, or in the pack's default language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &EntryText {
        worded(&self.texts, lang, self.default_language)
    }
}

impl Canned {
    /// The words in a language, or in the pack's default language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &CannedText {
        worded(&self.texts, lang, self.default_language)
    }
}

/// Loading makes sure that each table has every language of the pack, the default language among them.
fn worded<T>(by_language: &BTreeMap<Lang, T>, lang: Lang, default: Lang) -> &T {
    by_language.get(&lang).unwrap_or_else(|| &by_language[&default])
}

#[cfg(test)]
mod okpay_tests;
#[cfg(test)]
mod tests;
