//! The stored form of everything: whatever changes it is noticed here, and what an earlier version stored is still read.
//!
//! `forms/format-1.txt` is what the first version wrote, and is never changed. When a form grows (a new field with a
//! default), only the snapshot beside this file changes. When an old form can't be read any more, that is a new format.

use super::{SledStore, keys};
use crate::contract::samples::{
    at, case, channel, contact, customer, event, message, queued, rating, receipt,
};
use crate::contract::samples::{roster, staff, ticket, with_agent};
use crate::{CaseChange, Commit, Finish, Finished, MemoryStore, NewItem, Revision, RosterChange, Store};
use desk::roster::{LinkCode, WrongCodes};
use desk::{
    AgentId, Attachment, AttachmentKind, Button, Card, CardState, Case, Choice, Content, Destination,
    EventKey, FileRef, Lang, LogEntry, Logged, OutboxId, Press, Priority, Probability, Reason, Release, Rich,
    Roster, Say, Slot, Speaker, StaffButton, StaffChoice, StaffDoes, Stage, ThreadRef, TicketNumber, Tier,
    Timer, Undeliverable, Verdict, VerdictKind, Via, WithBot,
};
use std::fmt::Write as _;
use std::path::Path;

const FIRST: &str = include_str!("../../forms/format-1.txt");

fn attachment() -> Attachment {
    let file = FileRef { channel: channel("telegram"), id: "AgAD".into() };
    let (name, mime) = (Some("收据.pdf".into()), Some("application/pdf".into()));
    Attachment { kind: AttachmentKind::Document, name, mime, size: Some(12_345), file }
}

fn verdict() -> Verdict {
    let entry = Some("withdraw-failed".parse().unwrap());
    Verdict { kind: VerdictKind::Answer, entry, confidence: Probability::new(0.75) }
}

/// One of each kind.
fn everything_logged() -> Vec<Logged> {
    let (agent, text) = (AgentId(1), "文字".to_owned());
    let source = (channel("discord"), message("9"));
    let attachments = vec![attachment()];
    let all = vec![
        Logged::Customer { id: message("1"), text: text.clone(), attachments: attachments.clone() },
        Logged::CustomerEdited { id: message("1"), text: text.clone() },
        Logged::Pressed { button: Button::Thumbs("withdraw-failed".parse().unwrap(), false) },
        Logged::Bot { text: text.clone(), verdict: Some(verdict()) },
        Logged::Agent {
            agent,
            source: Some(source.clone()),
            text: text.clone(),
            attachments: attachments.clone(),
        },
        Logged::AgentEdited { agent, source, text: text.clone() },
        Logged::Note { agent, text, attachments },
        Logged::Opened {
            reason: Reason::Urgent("account-stolen".parse().unwrap()),
            department: "security".parse().unwrap(),
            priority: Priority::Urgent,
        },
        Logged::Claimed { agent },
        Logged::Released { agent, why: Release::Silence },
        Logged::Transferred { agent, department: "payments".parse().unwrap(), to: Some(AgentId(2)) },
        Logged::Escalated { agent: None },
        Logged::Prioritised { agent, priority: Priority::Low },
        Logged::Resolved { agent },
        Logged::Withdrawn,
        Logged::Reopened { agent: Some(agent) },
        Logged::Blocked { agent, on: true },
        Logged::Rated { stars: 5 },
        Logged::Thumbs { entry: "withdraw-failed".parse().unwrap(), up: true },
        Logged::Decided { verdict: VerdictKind::Relay },
        Logged::Language { language: Lang::En },
        Logged::Reminded { agent },
        Logged::Undeliverable {
            place: Some(channel("discord")),
            slot: Some(Slot::Agent(channel("telegram"), message("3"))),
            reason: Undeliverable::Unreachable,
        },
        Logged::Left,
    ];
    assert!(all.iter().map(number).eq(0..all.len()), "one of each kind");
    all
}

/// Numbers the kinds, so that a new one can't be left out of [`everything_logged`] without the build's failing.
fn number(logged: &Logged) -> usize {
    match logged {
        Logged::Customer { .. } => 0,
        Logged::CustomerEdited { .. } => 1,
        Logged::Pressed { .. } => 2,
        Logged::Bot { .. } => 3,
        Logged::Agent { .. } => 4,
        Logged::AgentEdited { .. } => 5,
        Logged::Note { .. } => 6,
        Logged::Opened { .. } => 7,
        Logged::Claimed { .. } => 8,
        Logged::Released { .. } => 9,
        Logged::Transferred { .. } => 10,
        Logged::Escalated { .. } => 11,
        Logged::Prioritised { .. } => 12,
        Logged::Resolved { .. } => 13,
        Logged::Withdrawn => 14,
        Logged::Reopened { .. } => 15,
        Logged::Blocked { .. } => 16,
        Logged::Rated { .. } => 17,
        Logged::Thumbs { .. } => 18,
        Logged::Decided { .. } => 19,
        Logged::Language { .. } => 20,
        Logged::Reminded { .. } => 21,
        Logged::Undeliverable { .. } => 22,
        Logged::Left => 23,
    }
}

/// A case in each stage. The first is as plain as can be, the others leave no field out.
fn cases() -> Vec<Case> {
    let in_stage = |number, stage, ended| {
        let mut now = case(number);
        now.profile.handle = Some("zhang".into());
        (now.stage, now.ended) = (stage, ended);
        (now.language_chosen, now.blocked) = (true, true);
        now.questions = vec!["提现一直失败怎么办".into(), "how do I reset my password".into()];
        let all = [Timer::OwnerSilent, Timer::OwnerGone, Timer::KeptFor, Timer::Rating, Timer::Forget];
        now.timers = all.into_iter().zip((10..).map(at)).collect();
        now
    };
    let answered = WithBot {
        misses: 1,
        offered: vec!["withdraw-failed".parse().unwrap()],
        answered: Some("fees".parse().unwrap()),
        feedback: true,
    };
    let (after, ended) = rating(ticket(4, Priority::Normal, at(60)));
    let mut kept = ticket(2, Priority::High, at(60));
    (kept.tier, kept.answered, kept.silences) = (Tier::Senior, Some(at(50)), 2);
    let mut waiting = queued(kept.clone());
    if let Stage::Queued(queued) = &mut waiting {
        (queued.acknowledged, queued.kept_for) = (Some(at(5)), Some(AgentId(1)));
    }
    vec![
        case(1),
        in_stage(2, Stage::WithBot(answered), None),
        in_stage(3, waiting, None),
        in_stage(4, with_agent(ticket(3, Priority::Urgent, at(60)), 1), None),
        in_stage(5, after, Some(ended)),
    ]
}

fn full_roster() -> Roster {
    let mut roster = roster(2);
    roster.codes = vec![LinkCode { agent: AgentId(2), code: "K7Q2-M9".into(), until: at(9) }];
    roster.wrong.insert(contact(8), WrongCodes { count: 3, since: at(1) });
    roster
}

fn full_say() -> Content {
    let press = |label: &str, press| Choice { label: label.into(), press };
    let staff = StaffButton { ticket: TicketNumber(2), does: StaffDoes::Claim };
    let mut text = Rich::plain("提现");
    text.push_rich(&Rich::markdown("**失败** [怎么办](https://example.org/a)").unwrap());
    Content::Say(Say {
        speaker: Speaker::Customer("张".into()),
        text,
        choices: vec![
            press("转人工", Press::Button(Button::Human)),
            press("5", Press::Button(Button::Rate(TicketNumber(4), 5))),
            press("打开", Press::Link("https://example.org".into())),
            press("私聊", Press::Private),
            press("接单", Press::Staff(staff)),
        ],
        attachments: vec![attachment()],
        verdict: Some(verdict()),
    })
}

fn card() -> Content {
    let claim = StaffButton { ticket: TicketNumber(2), does: StaffDoes::SetPriority(Priority::Low) };
    Content::Card(Box::new(Card {
        number: TicketNumber(2),
        contact: contact(3),
        name: "张".into(),
        handle: Some("zhang".into()),
        language: Lang::Zh,
        reason: Reason::Unhelpful("fees".parse().unwrap()),
        department: "payments".parse().unwrap(),
        tier: Tier::First,
        priority: Priority::High,
        state: CardState::Owned("坐席".into()),
        questions: vec!["提现失败".into()],
        matches: vec![("fees".parse().unwrap(), Probability::new(0.5))],
        opened: at(0),
        due: at(60),
        text: Rich::plain("#2"),
        actions: vec![StaffChoice { label: "低".into(), button: claim }],
    }))
}

fn items() -> Vec<NewItem> {
    let via = Via { channel: channel("discord"), token: "aW50ZXJhY3Rpb24".into(), until: at(900) };
    let actor = Destination::Actor { place: channel("discord"), event: EventKey("press/1".into()) };
    let new = |to, slot, content| NewItem {
        case: Some(contact(1)),
        to,
        via: None,
        slot,
        only_edit: false,
        reply_to: None,
        content,
        created: at(0),
    };
    vec![
        NewItem { case: None, via: Some(via), ..new(actor, None, full_say()) },
        NewItem { reply_to: Some(Slot::Customer(message("1"))), ..new(customer(1), None, full_say()) },
        new(staff("telegram", 2), Some(Slot::Card(TicketNumber(2))), card()),
        NewItem {
            only_edit: true,
            ..new(staff("discord", 2), Some(Slot::Position(TicketNumber(2))), full_say())
        },
    ]
}

/// Stores something of everything.
async fn fill(store: &dyn Store) {
    let commit = async |commit| assert_eq!(store.commit(commit).await.unwrap(), crate::Applied::Yes);
    let slots = [
        Slot::Card(TicketNumber(9)),
        Slot::Position(TicketNumber(9)),
        Slot::Rating(TicketNumber(9)),
        Slot::Customer(message("7")),
        Slot::Agent(channel("discord"), message(&"m".repeat(300))),
    ];
    for (slot, number) in slots.into_iter().zip(1..) {
        let to = if number < 3 { staff("telegram", 9) } else { customer(1) };
        let outbox = vec![NewItem { slot: Some(slot), ..crate::contract::samples::item(to, None, "a") }];
        commit(Commit { outbox, ..Commit::default() }).await;
        let what = Finish::Delivered(receipt(&[&format!("r{number}")], (number == 1).then_some("t9"), &[]));
        store.lease(&[channel("telegram")], at(0), at(1), 9).await.unwrap();
        store.finish(vec![Finished { item: OutboxId(number), what }]).await.unwrap();
    }
    for case in cases() {
        let mut change = CaseChange { expected: Revision(0), case, log: Vec::new() };
        if change.case.contact == contact(1) {
            let entries = everything_logged().into_iter().zip(0..);
            let ticket = |seq| (seq > 6).then_some(TicketNumber(2));
            change.log =
                entries.map(|(what, seq)| LogEntry { seq, at: at(1), ticket: ticket(seq), what }).collect();
            change.case.log_len = change.log.len() as u64;
        }
        commit(Commit { case: Some(change), ..Commit::default() }).await;
    }
    let roster = Some(RosterChange { expected: Revision(0), roster: full_roster() });
    let keep = [("offset", "17".to_owned()), ("long", "x".repeat(5000))];
    let keep = keep.map(|(name, value)| (name.to_owned(), Some(value))).to_vec();
    commit(Commit { roster, keep, outbox: items(), ..event("update/1") }).await;
}

/// One line a key; what isn't plain text is written as `\x` and two digits.
fn dump(db: &sled::Tree) -> String {
    let mut text = String::new();
    for pair in db {
        let (key, value) = pair.unwrap();
        writeln!(text, "{}\t{}", escape(&key), escape(&value)).unwrap();
    }
    text
}

fn escape(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() || c == '\\' {
                write!(text, "\\x{:02x}", u32::from(c)).unwrap();
            } else {
                text.push(c);
            }
        }
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02x}").unwrap();
        }
    }
    text
}

fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

fn load(path: &Path, dump: &str) {
    let db = sled::open(path).unwrap();
    for line in dump.lines() {
        let (key, value) = line.split_once('\t').unwrap();
        db.insert(unescape(key), unescape(value)).unwrap();
    }
    db.flush().unwrap();
}

#[tokio::test]
async fn stored_forms_are_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let store = SledStore::open(folder.path()).unwrap();
    fill(&store).await;
    insta::assert_snapshot!(dump(&store.db));
}

#[tokio::test]
async fn what_the_first_version_stored_is_read() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path(), FIRST);
    let (first, now) = (SledStore::open(folder.path()).unwrap(), MemoryStore::new());
    fill(&now).await;
    macro_rules! same {
        ($($call:tt)+) => { assert_eq!(first.$($call)+.await.unwrap(), now.$($call)+.await.unwrap()) };
    }
    for number in 1..=5 {
        assert!(first.case(&contact(number)).await.unwrap().is_some());
        same!(case(&contact(number)));
        same!(ticket(TicketNumber(number)));
    }
    assert_eq!(first.log(&contact(1), 0, 99).await.unwrap().len(), everything_logged().len());
    same!(log(&contact(1), 0, 99));
    same!(roster());
    same!(queue());
    same!(last_ticket());
    same!(due(at(99), 9));
    same!(kept_under(""));
    same!(commit(event("update/1")));
    same!(delivered(&staff("telegram", 9), &Slot::Card(TicketNumber(9))));
    same!(delivered(&staff("telegram", 9), &Slot::Position(TicketNumber(9))));
    same!(delivered(&customer(1), &Slot::Rating(TicketNumber(9))));
    same!(delivered(&customer(1), &Slot::Customer(message("7"))));
    same!(delivered(&customer(1), &Slot::Agent(channel("discord"), message(&"m".repeat(300)))));
    same!(thread(&channel("telegram"), TicketNumber(9)));
    same!(thread_ticket(&channel("telegram"), &ThreadRef("t9".into())));
    same!(message_ticket(&channel("telegram"), &message("r1")));
    let channels = [channel("telegram"), channel("discord")];
    same!(lease(&channels, at(0), at(60), 99));
    assert_eq!(first.db.scan_prefix(keys::ITEMS).count(), items().len());
}
