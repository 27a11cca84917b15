//! The contract, and what is special about a folder.

use super::{OpenError, SledStore};
use crate::contract::samples::{at, changed, contact, event, loaded};
use crate::contract::{AnyStore, Home};
use crate::{Applied, Store};
use async_trait::async_trait;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

#[async_trait]
impl Home for Folder {
    async fn open(&self) -> AnyStore {
        Arc::new(SledStore::open(self.0.path()).unwrap())
    }

    async fn after_crash(&self) -> Box<dyn Home> {
        let copy = Self::new();
        copy_folder(self.0.path(), copy.0.path());
        Box::new(copy)
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

async fn empty() -> (AnyStore, Folder) {
    let folder = Folder::new();
    (folder.open().await, folder)
}

async fn home() -> Folder {
    Folder::new()
}

crate::contract_tests!(empty());
crate::durable_contract_tests!(home());
