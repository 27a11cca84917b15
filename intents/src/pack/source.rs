//! The files of a pack: found in a folder, bounded in size, decoded. Nothing here knows what stands in them.

use super::problem::{Problem, Problems};
use std::fs;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

/// The largest file a pack may have, in bytes.
const MAX_SIZE: u64 = 1024 * 1024;

/// A file of a pack.
pub(super) struct Source {
    /// The file's name within the pack.
    pub name: String,
    /// The name to show: it begins with the pack's folder.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The line of a byte offset, counted from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        let upto = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        1 + upto.iter().filter(|b| **b == b'\n').count()
    }

    /// The line where line `n` (from 1) of a string's value stands, given the range of the string with its quotes. Exact
    /// for strings without escaped line ends.
    pub(super) fn line_in_string(&self, string: &Range<usize>, n: usize) -> usize {
        let raw = self.text.get(string.clone()).unwrap_or_default();
        let multiline = ["\"\"\"", "'''"].iter().find_map(|quotes| raw.strip_prefix(quotes));
        match multiline {
            // TOML drops a line end right after the opening quotes.
            Some(body) => self.line(string.start) + n - 1 + usize::from(body.starts_with(['\n', '\r'])),
            None => self.line(string.start),
        }
    }
}

fn is_part(name: &str) -> bool {
    // Editors leave hidden files beside the one that is being saved.
    !name.starts_with('.') && (name.ends_with(".toml") || name == "cases.tsv")
}

/// Reads the `.toml` files and `cases.tsv` of a folder, in the order of their names. Files that can't be read are left
/// out and reported.
///
/// # Errors
/// The problem with the folder itself.
pub(super) fn read_folder(dir: &Path, problems: &mut Problems) -> Result<Vec<Source>, Problem> {
    let names = |dir| fs::read_dir(dir)?.map(|file| Ok(file?.file_name())).collect::<io::Result<Vec<_>>>();
    let names = names(dir).map_err(|e| Problem {
        file: dir.display().to_string(),
        line: None,
        entry: None,
        what: format!("the folder can't be read ({e})"),
        mend: "name a folder that holds a pack.toml".to_owned(),
    })?;
    let mut names: Vec<String> =
        names.into_iter().filter_map(|n| n.into_string().ok()).filter(|n| is_part(n)).collect();
    names.sort();
    let mut sources = Vec::new();
    for name in names {
        let path = dir.join(&name);
        let shown = path.display().to_string();
        match read_file(&path) {
            Ok(bytes) => sources.extend(decode(name, shown, bytes, problems)),
            Err((what, mend)) => {
                problems.error(Problem { file: shown, line: None, entry: None, what, mend: mend.to_owned() });
            }
        }
    }
    Ok(sources)
}

fn read_file(path: &Path) -> Result<Vec<u8>, (String, &'static str)> {
    let unreadable = |e: io::Error| {
        (
            format!("the file can't be read ({e})"),
            "check that it exists, may be read and is no link to itself",
        )
    };
    // Asked before opening: opening a named pipe would wait for a writer.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err((
            "this is not a regular file".to_owned(),
            "rename it or move it out of the pack's folder",
        ));
    }
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|f| f.take(MAX_SIZE + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    Ok(bytes)
}

/// Bounds and decodes a file.
pub(super) fn decode(name: String, path: String, bytes: Vec<u8>, problems: &mut Problems) -> Option<Source> {
    let mut fail = |line, what: &str, mend: &str| {
        let file = path.clone();
        problems.error(Problem { file, line, entry: None, what: what.to_owned(), mend: mend.to_owned() });
        None
    };
    if bytes.len() as u64 > MAX_SIZE {
        return fail(None, "the file is larger than 1 MiB", "split its entries over several categories");
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source { name, path, text }),
        Err(e) => {
            let good = e.utf8_error().valid_up_to();
            let line = 1 + e.as_bytes()[..good].iter().filter(|b| **b == b'\n').count();
            fail(Some(line), "this is not UTF-8 text", "save the file with the encoding UTF-8")
        }
    }
}
