//! How many durable commits a second this machine's disk gives: one by one, and from many tasks at once, which share its
//! syncs. Prints both from the same run, with the time that one commit takes, and how long a start takes afterwards.
//!
//! `cargo run --release -p deskhand-store --example commits [FOLDER]`

#![allow(clippy::print_stdout)]

use desk::{
    Case, ContactId, Content, Destination, EventKey, Lang, LogEntry, Logged, MessageRef, Profile, Rich, Say,
    Speaker,
};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Applied, CaseChange, Commit, NewItem, Revision, SledStore, Store};

const TIME: Duration = Duration::from_secs(4);

/// A customer's question and the bot's answer, as the runtime commits them.
fn commit(contact: &ContactId, number: u64) -> Result<Commit, Box<dyn std::error::Error + Send + Sync>> {
    let now = Timestamp::now();
    let (question, answer) = ("提现一直失败怎么办？", "提现失败通常有几种原因，请先核对收款账户。".repeat(5));
    let entry = |seq, what| LogEntry { seq, at: now, ticket: None, what };
    let (id, seq) = (MessageRef(number.to_string()), number * 2);
    let mut case = Case::new(contact.clone(), Profile::default(), Lang::Zh);
    case.log_len = seq + 2;
    case.questions = vec![question.to_owned(); 3];
    let asked = Logged::Customer { id, text: question.into(), attachments: Vec::new() };
    let answered = Logged::Bot { text: answer.clone(), verdict: None };
    let text = Rich::plain(answer);
    let say =
        Say { speaker: Speaker::Bot, text, choices: Vec::new(), attachments: Vec::new(), verdict: None };
    Ok(Commit {
        seen: Some((EventKey(format!("{contact}/{number}")), now)),
        case: Some(CaseChange {
            expected: Revision(number),
            case,
            log: vec![entry(seq, asked), entry(seq + 1, answered)],
        }),
        outbox: vec![NewItem {
            case: Some(contact.clone()),
            to: Destination::Contact(contact.clone()),
            via: None,
            slot: None,
            only_edit: false,
            reply_to: None,
            content: Content::Say(say),
            created: now,
        }],
        ..Commit::default()
    })
}

/// Commits from so many tasks for a while; gives what each commit took, in order.
async fn run(
    store: &Arc<SledStore>,
    tasks: u32,
) -> Result<Vec<Duration>, Box<dyn std::error::Error + Send + Sync>> {
    let end = Instant::now() + TIME;
    let mut running = Vec::new();
    for task in 0..tasks {
        let store = Arc::clone(store);
        let contact: ContactId = format!("example:{tasks}x{task}").parse()?;
        running.push(tokio::spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < end {
                let commit = commit(&contact, took.len() as u64)?;
                let started = Instant::now();
                if store.commit(commit).await? != Applied::Yes {
                    return Err("a commit wasn't applied".into());
                }
                took.push(started.elapsed());
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(took)
        }));
    }
    let mut took = Vec::new();
    for task in running {
        took.extend(task.await??);
    }
    took.sort_unstable();
    Ok(took)
}

fn rate(took: &[Duration]) -> f64 {
    took.len() as f64 / TIME.as_secs_f64()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let folder = std::env::args_os().nth(1).map_or_else(
        || std::env::temp_dir().join(format!("deskhand-commits-{}", std::process::id())),
        std::path::PathBuf::from,
    );
    if folder.exists() {
        return Err(format!(
            "{} exists already: name a folder that can be made and removed",
            folder.display()
        )
        .into());
    }
    let store = Arc::new(SledStore::open(&folder)?);
    let mut single = 0.0;
    println!("{:>12} {:>12} {:>10} {:>10} {:>8}", "tasks", "commits/s", "p50", "p99", "ratio");
    for tasks in [1, 16, 64, 256, 1024] {
        let took = run(&store, tasks).await?;
        single = if tasks == 1 { rate(&took) } else { single };
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        let (rate, ratio) = (rate(&took), rate(&took) / single);
        println!("{tasks:>12} {rate:>12.0} {:>7.2} ms {:>7.2} ms {ratio:>7.1}x", at(0.5), at(0.99));
    }
    store.close().await?;
    drop(store);
    let size: u64 = std::fs::metadata(folder.join("db"))?.len();
    let started = Instant::now();
    let store = SledStore::open(&folder)?;
    println!("opened again, {} MB, in {:.2} s", size >> 20, started.elapsed().as_secs_f64());
    drop(store);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
