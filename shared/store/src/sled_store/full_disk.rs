//! When the disk is full: for real, in a process of its own whose files may grow to a limit and no further.

use super::SledStore;
use crate::contract::samples::{at, changed, channel, contact, customer, event, item};
use crate::{Applied, Commit, Store, StoreError};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const FOLDER: &str = "DESKHAND_TEST_FULL_DISK";

/// The child: commits from many tasks and says what was acknowledged, until the store fails. It is a test only because
/// that is how the test program starts it.
#[test]
#[ignore = "the child of `a_full_disk_ends_the_process_and_loses_nothing`"]
fn fills_the_disk() {
    let folder = std::env::var_os(FOLDER).expect("started by the other test only");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let told = runtime.block_on(async {
        let store = Arc::new(SledStore::open(folder).unwrap());
        for task in 0..32_u64 {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in 0.. {
                    let commit = Commit {
                        outbox: vec![item(customer(task), None, &"满".repeat(1000))],
                        ..event(&format!("{task}/{number}"))
                    };
                    match store.commit(commit).await {
                        Ok(applied) => assert_eq!(applied, Applied::Yes),
                        Err(error) => {
                            assert!(matches!(error, StoreError::Failed(_)), "{error}");
                            break;
                        }
                    }
                    writeln!(std::io::stdout(), "acknowledged {task}/{number}").unwrap();
                }
            });
        }
        let error = store.failed().await;
        // Everything after is refused, reading too.
        for refused in [
            store.commit(Commit::default()).await.map(drop),
            store.finish(Vec::new()).await,
            store.case(&contact(1)).await.map(drop),
            store.queue().await.map(drop),
            store.lease(&[channel("telegram")], at(0), at(1), 1).await.map(drop),
            store.close().await,
        ] {
            assert!(matches!(refused, Err(StoreError::Failed(_))), "{refused:?}");
        }
        error
    });
    // The graceful way out must not hang either.
    drop(runtime);
    writeln!(std::io::stdout(), "failed {told}").unwrap();
    std::process::exit(3);
}

#[test]
fn a_full_disk_ends_the_process_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // A file that would grow beyond 8 MiB is refused (in blocks of 512 bytes); without the trap the signal would kill.
    let child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 16384; exec \"$0\" --exact --ignored --nocapture \"$1\""])
        .arg(std::env::current_exe().unwrap())
        .arg("sled_store::full_disk::fills_the_disk")
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let (mut acknowledged, mut failure) = (Vec::new(), None);
    for line in lines {
        // The test program's own words may stand before ours.
        if let Some((_, event)) = line.split_once("acknowledged ") {
            acknowledged.push(event.to_owned());
        } else if let Some((_, error)) = line.split_once("failed the ") {
            failure = Some(error.to_owned());
        }
    }
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "the process didn't end");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(3), "{failure:?}");
    let failure = failure.expect("the failure was told");
    assert!(failure.starts_with("storage failed"), "{failure}");
    assert!(acknowledged.len() > 100, "{} were acknowledged", acknowledged.len());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = SledStore::open(folder.path()).unwrap();
        for key in &acknowledged {
            assert_eq!(store.commit(event(key)).await.unwrap(), Applied::Duplicate, "{key} was lost");
        }
        assert_eq!(changed(&store, 1, |_| {}).await, Applied::Yes, "and it works again");
    });
}
