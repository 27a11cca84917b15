//! Opening a folder: whose data is it, can this version read it, and what is open in it.

use super::index::Index;
use super::keys;
use super::plan::Counters;
use super::tree::{Raw, read};
use crate::StoreError;
use desk::{OutboxId, OutboxItem, QueueRow};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The stored format that this version writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// How much of the data sled keeps in memory, in bytes.
const CACHE: u64 = 64 << 20;

/// Why a folder can't be used as a store.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Something else is there.
    #[error("{0} is not a folder")]
    NotAFolder(PathBuf),
    /// Another process has it.
    #[error("{0} is in use by another process; stop it first")]
    Locked(PathBuf),
    /// It belongs to another program.
    #[error("{0} holds data of another program; choose another folder")]
    Foreign(PathBuf),
    /// It was written by another version.
    #[error(
        "{path} has stored format {found}, and this version of Deskhand reads {known}; use the version that wrote it"
    )]
    Format {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The one that can be read.
        known: u32,
    },
    /// It can't be made sense of.
    #[error("the data in {path} is damaged: {what}")]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The system refuses.
    #[error("{path} can't be opened: {error}")]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Format {
    program: String,
    format: u32,
}

/// What a folder holds, ready to be used.
pub(super) struct Opened {
    pub(super) db: sled::Db,
    pub(super) file: File,
    pub(super) index: Index,
    pub(super) counters: Counters,
}

pub(super) fn open(path: &Path) -> Result<Opened, OpenError> {
    let io = |error| OpenError::Io { path: path.to_owned(), error };
    if path.exists() && !path.is_dir() {
        return Err(OpenError::NotAFolder(path.to_owned()));
    }
    // The writer flushes, and nobody else.
    let config = sled::Config::new().path(path).cache_capacity(CACHE).flush_every_ms(None);
    let db = config.open().map_err(|error| refused(path, error))?;
    let file = File::open(path.join("db")).map_err(io)?;
    let stored = |error| match error {
        StoreError::Failed(what) => OpenError::Io { path: path.to_owned(), error: io::Error::other(what) },
        error => OpenError::Damaged { path: path.to_owned(), what: error.to_string() },
    };
    if !check_format(path, &db)? {
        begin(path, &db, &file).map_err(io)?;
    }
    let (index, counters) = recover(&db).map_err(stored)?;
    Ok(Opened { db, file, index, counters })
}

fn refused(path: &Path, error: sled::Error) -> OpenError {
    let path = path.to_owned();
    match error {
        // sled wraps the system's answer to the lock in words of its own.
        sled::Error::Io(error) if error.to_string().contains("could not acquire lock") => {
            OpenError::Locked(path)
        }
        sled::Error::Io(error) => OpenError::Io { path, error },
        sled::Error::Unsupported(_) => OpenError::Foreign(path),
        error => OpenError::Damaged { path, what: error.to_string() },
    }
}

/// Whether the folder is ours already; if not, it is empty.
fn check_format(path: &Path, db: &sled::Db) -> Result<bool, OpenError> {
    let broken = |error: sled::Error| OpenError::Damaged { path: path.to_owned(), what: error.to_string() };
    let Some(format) = db.get(keys::FORMAT).map_err(broken)? else {
        let empty = db.is_empty() && db.tree_names().len() == 1;
        return if empty { Ok(false) } else { Err(OpenError::Foreign(path.to_owned())) };
    };
    match serde_json::from_slice(&format) {
        Ok(Format { program, format: FORMAT }) if program == "deskhand" => Ok(true),
        Ok(Format { program, format }) if program == "deskhand" => {
            Err(OpenError::Format { path: path.to_owned(), found: format, known: FORMAT })
        }
        Ok(_) | Err(_) => Err(OpenError::Foreign(path.to_owned())),
    }
}

/// Begins a new store, durably: the files, the folder that names them, and the folder that names it.
fn begin(path: &Path, db: &sled::Db, file: &File) -> io::Result<()> {
    let format = serde_json::to_vec(&Format { program: "deskhand".into(), format: FORMAT })?;
    db.insert(keys::FORMAT, format)?;
    db.flush()?;
    file.sync_all()?;
    File::open(path.join("conf"))?.sync_all()?;
    File::open(path)?.sync_all()?;
    match path.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// Finds what is open. The time that this takes grows with open work, not with what is stored.
fn recover(db: &sled::Tree) -> crate::Result<(Index, Counters)> {
    let damaged = || StoreError::Format("a key is damaged".into());
    let failed = super::tree::failed;
    let (mut index, mut counters) = (Index::default(), Counters::default());
    for pair in db.scan_prefix(keys::ROWS) {
        let (key, value) = pair.map_err(failed)?;
        index.recover_row(read::<QueueRow>(&db.whole(&key, value.to_vec())?)?);
    }
    for key in db.scan_prefix(keys::WAKES).keys() {
        let (at, contact) = keys::read_wake(&key.map_err(failed)?).ok_or_else(damaged)?;
        index.recover_wake(at, contact);
    }
    for pair in db.scan_prefix(keys::ITEMS) {
        let (key, value) = pair.map_err(failed)?;
        index.recover_item(&read::<OutboxItem>(&db.whole(&key, value.to_vec())?)?);
    }
    if let Some(last) = db.scan_prefix(keys::TICKETS).keys().next_back() {
        index.last_ticket = keys::read_ticket(&last.map_err(failed)?).ok_or_else(damaged)?.0;
    }
    counters.last_item = db.value::<OutboxId>(keys::LAST_ITEM)?.map_or(0, |id| id.0);
    // One look-up a day: the first key from the day after the last one found.
    let mut from = keys::SEEN.to_vec();
    while let Some(pair) = db.range(from..).next() {
        let (key, _) = pair.map_err(failed)?;
        let Some(day) = keys::read_seen_day(&key) else { break };
        counters.days.insert(day);
        from = keys::seen_on(day + 1);
    }
    Ok((index, counters))
}
