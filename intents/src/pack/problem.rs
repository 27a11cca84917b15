//! What is wrong with a pack, said so that its editor can mend it. All problems are collected, none stops the search.

use std::fmt;

/// One thing in a pack that must be mended, or that deserves a look.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as a path that begins with the pack's folder.
    pub file: String,
    /// Its line, counted from 1, when the problem has one.
    pub line: Option<usize>,
    /// The id of the entry or canned reply that it is in.
    pub entry: Option<String>,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(entry) = &self.entry {
            write!(f, ": {entry}")?;
        }
        write!(f, ": {}; {}", self.what, self.mend)
    }
}

/// Everything that keeps a pack from being used, in the order of its files and lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackErrors {
    problems: Vec<Problem>,
}

impl PackErrors {
    pub(super) fn one(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }

    /// The problems, in the order of files and lines.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for PackErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if i > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for PackErrors {}

/// Collects problems while a pack is read.
#[derive(Debug, Default)]
pub(super) struct Problems {
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Problems {
    pub(super) fn error(&mut self, problem: Problem) {
        self.errors.push(problem);
    }

    pub(super) fn warn(&mut self, problem: Problem) {
        self.warnings.push(problem);
    }

    /// Whether there are errors so far.
    pub(super) fn are_there(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The warnings, unless there were errors.
    pub(super) fn finish(mut self) -> Result<Vec<Problem>, PackErrors> {
        if self.errors.is_empty() {
            self.warnings.sort();
            return Ok(self.warnings);
        }
        self.errors.sort();
        self.errors.dedup();
        Err(PackErrors { problems: self.errors })
    }
}
