//! Labelled sentences from TSV files: `text<TAB>label`, one a line, label `oos` for "no entry fits".

use std::fmt;
use std::path::{Path, PathBuf};

/// The label that says that no entry fits.
pub const OUT_OF_SCOPE: &str = "oos";

/// A sentence and what is right for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The sentence as somebody typed it.
    pub text: String,
    /// The right label; `None` when no label fits.
    pub label: Option<String>,
}

/// Why a file of cases can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// The file can't be read, or isn't UTF-8.
    #[error("{}: can't be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line hasn't the form that it must have.
    #[error("{}:{line}: {fault}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: Fault,
    },
    /// There isn't a single case in it.
    #[error("{}: has no line with a text, a tab and a label", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no tab.
    NoTab,
    /// There is more than one tab.
    ManyTabs,
    /// There is nothing before the tab.
    NoText,
    /// There is nothing after the tab.
    NoLabel,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTab => "no tab: write the text, a tab, and its label",
            Self::ManyTabs => "more than one tab: write the text, one tab, and its label",
            Self::NoText => "nothing before the tab: write the text there",
            Self::NoLabel => "nothing after the tab: write the label there, or oos if none fits",
        })
    }
}

/// Reads a file of cases. Empty lines are passed over, a byte order mark and Windows line ends are no part of a case.
///
/// # Errors
/// [`CasesError`] with the file, and with the line where a line is at fault.
pub fn read_cases(path: &Path) -> Result<Vec<Case>, CasesError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| CasesError::Unreadable { path: path.to_owned(), source })?;
    let cases = parse_cases(&text).map_err(|(line, fault)| CasesError::Line {
        path: path.to_owned(),
        line,
        fault,
    })?;
    if cases.is_empty() {
        return Err(CasesError::Empty { path: path.to_owned() });
    }
    Ok(cases)
}

/// Reads cases from the text of a file.
///
/// # Errors
/// The first line that is at fault, counted from 1.
pub fn parse_cases(text: &str) -> Result<Vec<Case>, (usize, Fault)> {
    let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| case(line).map_err(|f| (at + 1, f)))
        .collect()
}

fn case(line: &str) -> Result<Case, Fault> {
    let (text, label) = line.split_once('\t').ok_or(Fault::NoTab)?;
    let (text, label) = (text.trim(), label.trim_end_matches('\r'));
    if label.contains('\t') {
        return Err(Fault::ManyTabs);
    }
    match (text, label.trim()) {
        ("", _) => Err(Fault::NoText),
        (_, "") => Err(Fault::NoLabel),
        (text, OUT_OF_SCOPE) => Ok(Case { text: text.to_owned(), label: None }),
        (text, label) => Ok(Case { text: text.to_owned(), label: Some(label.to_owned()) }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, parse_cases, read_cases};

    #[test]
    fn lines_become_cases() {
        let cases = parse_cases("\u{feff}how much\tfees\r\n\n天气\toos\n").unwrap();
        let read: Vec<_> = cases.iter().map(|c| (c.text.as_str(), c.label.as_deref())).collect();
        assert_eq!(read, [("how much", Some("fees")), ("天气", None)]);
    }

    #[test]
    fn a_fault_names_its_line() {
        assert_eq!(parse_cases("a\tb\nno tab here"), Err((2, Fault::NoTab)));
        assert_eq!(parse_cases("a\tb\n\n\tx"), Err((3, Fault::NoText)));
        assert_eq!(parse_cases("a\t "), Err((1, Fault::NoLabel)));
        assert_eq!(parse_cases("a\tb\tc"), Err((1, Fault::ManyTabs)));
    }

    #[test]
    fn errors_say_where() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cases.tsv");
        let missing = read_cases(&path).unwrap_err().to_string();
        assert!(missing.contains("cases.tsv: can't be read"), "{missing}");
        std::fs::write(&path, "fine\tfees\nbad").unwrap();
        let line = read_cases(&path).unwrap_err().to_string();
        assert!(line.ends_with("cases.tsv:2: no tab: write the text, a tab, and its label"), "{line}");
        std::fs::write(&path, "\n\n").unwrap();
        assert!(read_cases(&path).unwrap_err().to_string().contains("no line with"));
    }
}
