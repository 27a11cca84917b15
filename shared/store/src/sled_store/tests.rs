//! The contract, and what is special about a folder.

use super::{OpenError, SledStore};
use crate::contract::samples::{at, changed, channel, contact, customer, event, item, message, put};
use crate::contract::{AnyStore, Home};
use crate::{Applied, Commit, StoreError};
use async_trait::async_trait;
use desk::{EventKey, Slot};
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

/// Leaves another program's, or another version's, mark in a folder.
fn marked(key: &str, value: &str) -> Folder {
    let folder = Folder::new();
    let db = sled::open(folder.0.path()).unwrap();
    db.insert(key, value).unwrap();
    db.flush().unwrap();
    folder
}

fn refusal(path: &Path) -> OpenError {
    SledStore::open(path).map(drop).unwrap_err()
}

#[test]
fn a_folder_that_is_in_use_is_refused() {
    let folder = Folder::new();
    let store = SledStore::open(folder.0.path()).unwrap();
    let error = refusal(folder.0.path());
    assert!(matches!(error, OpenError::Locked(_)), "{error}");
    drop(store);
    SledStore::open(folder.0.path()).unwrap();
}

#[test]
fn what_is_no_folder_is_refused() {
    let folder = Folder::new();
    let file = folder.0.path().join("file");
    std::fs::write(&file, "words").unwrap();
    assert!(matches!(refusal(&file), OpenError::NotAFolder(_)));
    assert_eq!(std::fs::read(&file).unwrap(), b"words");
    let below = refusal(&file.join("below"));
    assert!(matches!(below, OpenError::Io { .. }), "{below}");
}

#[test]
fn data_of_others_is_refused_and_left_alone() {
    let other_format = r#"{"program":"other","format":1}"#;
    for folder in [marked("theirs", "1"), marked("format", "3"), marked("format", other_format)] {
        let error = refusal(folder.0.path());
        assert!(matches!(error, OpenError::Foreign(_)), "{error}");
        assert_eq!(sled::open(folder.0.path()).unwrap().len(), 1);
    }
    let folder = Folder::new();
    sled::open(folder.0.path()).unwrap().open_tree("theirs").unwrap().flush().unwrap();
    assert!(matches!(refusal(folder.0.path()), OpenError::Foreign(_)));
}

#[test]
fn another_format_is_refused_with_both_numbers() {
    let folder = marked("format", r#"{"program":"deskhand","format":2}"#);
    let error = refusal(folder.0.path());
    assert!(matches!(error, OpenError::Format { found: 2, known: 1, .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("format 2") && text.contains("reads 1"), "{text}");
}

#[test]
fn a_folder_whose_first_start_was_cut_short_is_begun_again() {
    let folder = Folder::new();
    drop(sled::open(folder.0.path()).unwrap());
    SledStore::open(folder.0.path()).unwrap();
    SledStore::open(folder.0.path()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sled_never_makes_files_that_it_does_not_sync() {
    let (store, folder) = empty().await;
    for size in [4_096, 4_095, 200_000] {
        let keep = (0..40).map(|n| (format!("{n:0>390}"), Some("x".repeat(size)))).collect::<Vec<_>>();
        for pairs in keep.chunks(4) {
            store.commit(Commit { keep: pairs.to_vec(), ..Commit::default() }).await.unwrap();
        }
    }
    for number in 0..200 {
        let slot = Slot::Agent(channel("email"), message(&format!("{number}{}", "m".repeat(150))));
        put(&*store, vec![item(customer(number % 3), Some(slot), &"字".repeat(1_300))]).await;
    }
    store.close().await.unwrap();
    drop(store);
    let store = folder.open().await;
    assert_eq!(store.kept_under("").await.unwrap().len(), 40);
    let blobs = std::fs::read_dir(folder.0.path().join("blobs")).unwrap().count();
    assert_eq!(blobs, 0, "values of these sizes went into files of their own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_before_it_is_queued() {
    let (store, _folder) = empty().await;
    let keep = vec![("large".to_owned(), Some("x".repeat(super::LARGEST)))];
    let refused = store.commit(Commit { keep, ..event("update/1") }).await;
    assert!(matches!(refused, Err(StoreError::Rejected(_))), "{refused:?}");
    let keep = vec![("x".repeat(super::keys::LONGEST_NAME + 1), Some("1".into()))];
    let refused = store.commit(Commit { keep, ..event("update/1") }).await;
    assert!(matches!(refused, Err(StoreError::Rejected(_))), "{refused:?}");
    assert_eq!(store.commit(event("update/1")).await.unwrap(), Applied::Yes);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_events_are_forgotten_while_commits_go_on() {
    const EVENTS: usize = 5_000;
    let (store, folder) = empty().await;
    let take = |store: AnyStore, number: usize, seconds| {
        let seen = Some((EventKey(format!("update/{number}")), at(seconds)));
        tokio::spawn(async move { store.commit(Commit { seen, ..Commit::default() }).await.unwrap() })
    };
    let running: Vec<_> = (0..EVENTS).map(|number| take(store.clone(), number, -864_000)).collect();
    for task in running {
        assert_eq!(task.await.unwrap(), Applied::Yes);
    }
    let forgetting = {
        tokio::spawn({
            let store = store.clone();
            async move { store.forget_seen(at(0)).await }
        })
    };
    for _ in 0..20 {
        assert_eq!(changed(&*store, 1, |_| {}).await, Applied::Yes);
    }
    forgetting.await.unwrap().unwrap();
    drop(store);
    let db = sled::open(folder.0.path()).unwrap();
    assert_eq!(db.scan_prefix(super::keys::SEEN).count(), 0);
    drop(db);
    let store = folder.open().await;
    assert_eq!(take(store.clone(), 7, 0).await.unwrap(), Applied::Yes);
    assert_eq!(store.log(&contact(1), 0, 99).await.unwrap().len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_that_nobody_waits_for_are_still_whole() {
    let (store, _folder) = empty().await;
    for number in 0..50 {
        let commit = Commit { outbox: vec![item(customer(number), None, "a")], ..event(&number.to_string()) };
        // Whoever waits is cut off at some point, as a request is that times out.
        let _ = tokio::time::timeout(std::time::Duration::from_micros(300), store.commit(commit)).await;
    }
    store.commit(Commit::default()).await.unwrap();
    let mut missing = 0;
    for number in 0..50 {
        missing += usize::from(store.commit(event(&number.to_string())).await.unwrap() == Applied::Yes);
    }
    let items = store.lease(&[channel("telegram")], at(0), at(60), 100).await.unwrap();
    assert_eq!(items.len() + missing, 50);
}
