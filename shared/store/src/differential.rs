//! Random histories, told to the store in memory and to the one in a folder: both must give the same answers and hold the
//! same things, over restarts too.

use crate::contract::samples::{
    at, case, channel, contact, item, message, queued, receipt, roster, staff, ticket,
};
use crate::contract::samples::{customer, wrote};
use crate::{
    CaseChange, Commit, Finish, Finished, MemoryStore, NewItem, Receipt, Revision, RosterChange, SledStore,
    Store,
};
use desk::{Destination, EventKey, OutboxId, Priority, Slot, Stage, ThreadRef, TicketNumber, Timer, WithBot};
use proptest::prelude::*;
use std::fmt::Debug;

/// A step of a history, in small numbers so that steps meet.
#[derive(Debug, Clone)]
enum Step {
    Commit {
        event: Option<(u8, i64)>,
        case: Option<Change>,
        /// By how much the roster's revision is wrong.
        roster: Option<u64>,
        items: Vec<(u8, Option<u8>, i64)>,
        keep: Vec<(u8, Option<u8>)>,
    },
    Lease {
        channels: u8,
        limit: usize,
        seconds: i64,
    },
    Finish(Vec<(usize, How)>),
    Forget(i64),
    Restart,
    Wait(i64),
}

#[derive(Debug, Clone)]
struct Change {
    contact: u64,
    /// By how much the revision is wrong.
    off: u64,
    ticket: Option<(u64, Priority)>,
    wake: Option<i64>,
    entries: u64,
}

#[derive(Debug, Clone)]
enum How {
    Sent { messages: u8, thread: Option<u8>, card: bool },
    Later(i64, bool, bool),
    Dropped,
    ThreadGone,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let change = (
        0..3_u64,
        prop_oneof![9 => Just(0_u64), 1 => 1..3_u64],
        prop::option::of((1..5_u64, prop::sample::select(Priority::ALL.to_vec()))),
        prop::option::of(0..100_i64),
        0..3_u64,
    );
    let change = change.prop_map(|(contact, off, ticket, wake, entries)| Change {
        contact,
        off,
        ticket,
        wake,
        entries,
    });
    let commit = (
        prop::option::of((0..12_u8, -3..1_i64)),
        prop::option::of(change),
        prop::option::weighted(0.2, prop_oneof![4 => Just(0_u64), 1 => Just(1)]),
        prop::collection::vec((0..6_u8, prop::option::of(0..3_u8), 0..40_i64), 0..4),
        prop::collection::vec((0..4_u8, prop::option::of(any::<u8>())), 0..3),
    );
    let commit = commit.prop_map(|(event, case, roster, items, keep)| Step::Commit {
        event,
        case,
        roster,
        items,
        keep,
    });
    let how = prop_oneof![
        6 => (0..3_u8, prop::option::of(0..3_u8), any::<bool>())
            .prop_map(|(messages, thread, card)| How::Sent { messages, thread, card }),
        3 => (0..60_i64, any::<bool>(), any::<bool>()).prop_map(|(s, c, a)| How::Later(s, c, a)),
        1 => Just(How::Dropped),
        2 => Just(How::ThreadGone),
    ];
    let step = prop_oneof![
        8 => commit,
        6 => (1..4_u8, 0..5_usize, 1..60_i64).prop_map(|(channels, limit, seconds)| Step::Lease { channels, limit, seconds }),
        6 => prop::collection::vec((0..5_usize, how), 1..4).prop_map(Step::Finish),
        1 => (-3..1_i64).prop_map(Step::Forget),
        1 => Just(Step::Restart),
        4 => (1..50_i64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..40)
}

const PLACES: [&str; 2] = ["telegram", "discord"];

fn destination(number: u8) -> Destination {
    match number {
        0 | 1 => customer(u64::from(number)),
        2 => staff("telegram", 1),
        3 => staff("telegram", 2),
        4 => staff("discord", 1),
        _ => Destination::Actor { place: channel("discord"), event: EventKey("press".into()) },
    }
}

fn slot(number: u8) -> Slot {
    match number {
        0 => Slot::Card(TicketNumber(1)),
        1 => Slot::Customer(message("1")),
        _ => Slot::Agent(channel("discord"), message("1")),
    }
}

/// Both stores, and the time.
struct Both {
    memory: MemoryStore,
    sled: Option<SledStore>,
    folder: tempfile::TempDir,
    now: i64,
    leased: Vec<OutboxId>,
    /// How many messages were sent, so that each has an id of its own.
    sent: u32,
}

impl Both {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sled = Some(SledStore::open(folder.path()).unwrap());
        Self { memory: MemoryStore::new(), sled, folder, now: 0, leased: Vec::new(), sent: 0 }
    }

    /// Asks both the same, and gives back what both say.
    async fn ask<T: Debug + PartialEq>(&self, question: impl AsyncFn(&dyn Store) -> crate::Result<T>) -> T {
        let sled = question(self.sled.as_ref().unwrap()).await.unwrap();
        let memory = question(&self.memory).await.unwrap();
        assert_eq!(memory, sled, "memory, then sled");
        sled
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Commit { event, case, roster, items, keep } => {
                let commit = self.commit(event, case, roster, items, keep).await;
                self.ask(async |store| store.commit(commit.clone()).await).await;
            }
            Step::Lease { channels, limit, seconds } => {
                let on = (0..2)
                    .filter(|n| channels & (1 << n) != 0)
                    .map(|n| channel(PLACES[n]))
                    .collect::<Vec<_>>();
                let (now, until) = (at(self.now), at(self.now + seconds));
                let items = self.ask(async |store| store.lease(&on, now, until, limit).await).await;
                self.leased.extend(items.iter().map(|item| item.id));
            }
            Step::Finish(results) => {
                let finished: Vec<_> =
                    results.into_iter().filter_map(|(which, how)| self.finished(which, &how)).collect();
                self.ask(async |store| store.finish(finished.clone()).await).await;
            }
            Step::Forget(day) => {
                let before = at(day * 86_400);
                self.ask(async |store| store.forget_seen(before).await).await;
            }
            Step::Restart => {
                drop(self.sled.take());
                self.sled = Some(SledStore::open(self.folder.path()).unwrap());
                self.memory.forget_leases();
            }
            Step::Wait(seconds) => self.now += seconds,
        }
    }

    async fn commit(
        &self,
        event: Option<(u8, i64)>,
        change: Option<Change>,
        roster_off: Option<u64>,
        items: Vec<(u8, Option<u8>, i64)>,
        keep: Vec<(u8, Option<u8>)>,
    ) -> Commit {
        let roster_at = self.memory.roster().await.unwrap().revision;
        let new = |(to, in_slot, seconds): (u8, Option<u8>, i64)| {
            let text = format!("{to} {in_slot:?} {seconds}");
            NewItem {
                created: at(self.now + seconds - 20),
                ..item(destination(to), in_slot.map(slot), &text)
            }
        };
        Commit {
            seen: event.map(|(key, day)| (EventKey(format!("update/{key}")), at(day * 86_400))),
            case: match change {
                Some(change) => Some(self.change(change).await),
                None => None,
            },
            roster: roster_off.map(|off| RosterChange {
                expected: Revision(roster_at.0 + off),
                roster: roster(u32::try_from(roster_at.0).unwrap() + 1),
            }),
            outbox: items.into_iter().map(new).collect(),
            keep: keep.into_iter().map(|(k, v)| (format!("k/{k}"), v.map(|v| v.to_string()))).collect(),
        }
    }

    async fn change(&self, change: Change) -> CaseChange {
        let stored = self.memory.case(&contact(change.contact)).await.unwrap();
        let (at_revision, mut now) = stored.map_or((0, case(change.contact)), |s| (s.revision.0, s.value));
        now.stage = match change.ticket {
            Some((number, priority)) => queued(ticket(number, priority, at(60))),
            None => Stage::WithBot(WithBot::default()),
        };
        now.timers = change.wake.map(|seconds| (Timer::Forget, at(seconds))).into_iter().collect();
        let log = (now.log_len..now.log_len + change.entries).map(|seq| wrote(seq, "a")).collect();
        now.log_len += change.entries;
        CaseChange { expected: Revision(at_revision + change.off), case: now, log }
    }

    fn finished(&mut self, which: usize, how: &How) -> Option<Finished> {
        if which >= self.leased.len() {
            return None;
        }
        let what = match *how {
            How::Later(seconds, counts, ambiguous) => {
                Finish::Later { due: at(self.now + seconds), counts, ambiguous }
            }
            How::Dropped => Finish::Dropped,
            How::ThreadGone => Finish::ThreadGone,
            How::Sent { messages, thread, card } => {
                let ids: Vec<String> = (0..=messages).map(|n| format!("{}.{n}", self.sent)).collect();
                self.sent += 1;
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                let thread = thread.map(|n| format!("t{n}"));
                let Receipt { messages, thread, card } =
                    receipt(&ids[1..], thread.as_deref(), if card { &ids[..1] } else { &[] });
                Finish::Delivered(Receipt { messages, thread, card })
            }
        };
        Some(Finished { item: self.leased.remove(which), what })
    }

    /// Everything that can be asked.
    async fn compare(&self) {
        self.ask(async |store| store.roster().await).await;
        self.ask(async |store| store.queue().await).await;
        self.ask(async |store| store.last_ticket().await).await;
        self.ask(async |store| store.kept_under("k/").await).await;
        self.ask(async |store| store.due(at(self.now), 2).await).await;
        for number in 0..5 {
            self.ask(async |store| store.case(&contact(number)).await).await;
            self.ask(async |store| store.log(&contact(number), 1, 50).await).await;
            self.ask(async |store| store.ticket(TicketNumber(number)).await).await;
        }
        for to in (0..6).map(destination) {
            for slot in (0..3).map(slot) {
                self.ask(async |store| store.delivered(&to, &slot).await).await;
            }
        }
        for place in PLACES.map(channel) {
            for number in 0..3 {
                self.ask(async |store| store.thread(&place, TicketNumber(number)).await).await;
                let thread = ThreadRef(format!("t{number}"));
                self.ask(async |store| store.thread_ticket(&place, &thread).await).await;
            }
            for sent in 0..self.sent {
                let id = message(&format!("{sent}.0"));
                self.ask(async |store| store.message_ticket(&place, &id).await).await;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_folder_agree(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut both = Both::new();
            for step in steps {
                both.take(step).await;
                both.compare().await;
            }
        });
    }
}
