//! Reading and writing values in sled's tree, with what isn't in it yet laid over it.
//!
//! sled puts a page of more than 128 KiB into a file of its own, which it doesn't sync. A page holds up to 20 values, so no
//! value may be longer than 4 KiB: longer ones are cut into parts.

use super::keys;
use crate::{Result, StoreError};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;

/// The longest value in one piece, in bytes.
const LONGEST: usize = 4096;

/// What a value in parts begins with; JSON never does. The number of parts follows.
const IN_PARTS: u8 = 1;

pub(super) fn failed(e: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(e.to_string())
}

fn damaged() -> StoreError {
    StoreError::Format("a value is damaged".into())
}

/// Anything that raw values can be read from.
pub(super) trait Raw {
    /// The bytes under a key, as they are.
    fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// The bytes of a value, put together.
    fn bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.raw(key)?.map(|value| self.whole(key, value)).transpose()
    }

    /// Puts together a value that was read from under this key.
    fn whole(&self, key: &[u8], value: Vec<u8>) -> Result<Vec<u8>> {
        let Some(count) = parts(&value) else { return Ok(value) };
        let mut whole = Vec::with_capacity(count as usize * LONGEST);
        for part in 0..count {
            whole.extend(self.raw(&keys::part(key, part))?.ok_or_else(damaged)?);
        }
        Ok(whole)
    }

    /// A value.
    fn value<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>> {
        self.bytes(key)?.map(|bytes| read(&bytes)).transpose()
    }
}

/// Reads a value from its stored form. The error names the place, never the contents.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|e| {
        StoreError::Format(format!("a {} ends or breaks at byte {}", std::any::type_name::<T>(), e.column()))
    })
}

/// A value's stored form.
pub(super) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| StoreError::Rejected(format!("it has no stored form: {e}")))
}

fn parts(value: &[u8]) -> Option<u32> {
    let (&mark, count) = value.split_first()?;
    (mark == IN_PARTS).then(|| count.try_into().map(u32::from_be_bytes).ok()).flatten()
}

impl Raw for sled::Tree {
    fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(sled::Tree::get(self, key).map_err(failed)?.map(|value| value.to_vec()))
    }
}

/// Writes that are yet to be applied.
#[derive(Debug)]
pub(super) struct Overlay<'a> {
    tree: &'a sled::Tree,
    writes: HashMap<Vec<u8>, Option<Vec<u8>>>,
    /// How many bytes they are.
    pub(super) size: usize,
}

impl Raw for Overlay<'_> {
    fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.writes.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.tree.raw(key),
        }
    }
}

impl<'a> Overlay<'a> {
    pub(super) fn new(tree: &'a sled::Tree) -> Self {
        Self { tree, writes: HashMap::new(), size: 0 }
    }

    pub(super) fn contains(&self, key: &[u8]) -> Result<bool> {
        match self.writes.get(key) {
            Some(value) => Ok(value.is_some()),
            None => self.tree.contains_key(key).map_err(failed),
        }
    }

    fn write(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.size += key.len() + value.as_ref().map_or(0, Vec::len);
        self.writes.insert(key, value);
    }

    /// Puts a value under a key that has none yet.
    pub(super) fn put_new(&mut self, key: Vec<u8>, value: Vec<u8>) {
        if value.len() <= LONGEST {
            return self.write(key, Some(value));
        }
        let mut count = 0_u32;
        for part in value.chunks(LONGEST) {
            self.write(keys::part(&key, count), Some(part.to_vec()));
            count += 1;
        }
        self.write(key, Some([&[IN_PARTS][..], &count.to_be_bytes()].concat()));
    }

    /// Puts a value under a key in the place of whatever is there.
    pub(super) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<()> {
        self.remove_parts(&key)?;
        self.put_new(key, value);
        Ok(())
    }

    pub(super) fn remove(&mut self, key: Vec<u8>) -> Result<()> {
        self.remove_parts(&key)?;
        self.write(key, None);
        Ok(())
    }

    fn remove_parts(&mut self, key: &[u8]) -> Result<()> {
        let count = self.raw(key)?.as_deref().and_then(parts).unwrap_or(0);
        for part in 0..count {
            self.write(keys::part(key, part), None);
        }
        Ok(())
    }

    /// The keys that begin so, in no order: all that this batch writes, and up to `limit` others.
    pub(super) fn keys_under(&self, prefix: &[u8], limit: usize) -> Result<Vec<Vec<u8>>> {
        let mut keys = Vec::new();
        for key in self.tree.scan_prefix(prefix).keys() {
            let key = key.map_err(failed)?.to_vec();
            if !self.writes.contains_key(&key) {
                keys.push(key);
            }
            if keys.len() >= limit {
                break;
            }
        }
        let new = self.writes.iter().filter(|(key, value)| value.is_some() && key.starts_with(prefix));
        keys.extend(new.map(|(key, _)| key.clone()));
        Ok(keys)
    }

    /// Hands the writes to sled, all or none. They are not durable yet.
    pub(super) fn apply(self) -> Result<bool> {
        if self.writes.is_empty() {
            return Ok(false);
        }
        let mut batch = sled::Batch::default();
        for (key, value) in self.writes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.tree.apply_batch(batch).map_err(failed)?;
        Ok(true)
    }
}
