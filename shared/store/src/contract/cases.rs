//! Promises about cases, their logs, the roster, the queue, timers, kept values and the keys of events.

use super::AnyStore;
use super::samples::{
    at, case, change, changed, channel, contact, event, item, leased, loaded, message, put,
};
use super::samples::{customer, finish, queued, rating, roster, sent, ticket, with_agent, wrote};
use crate::{Applied, CaseChange, Commit, Revision, RosterChange, StoreError};
use desk::{Case, EventKey, Priority, Roster, Slot, Stage, TicketNumber, Timer};

/// An empty store answers every question.
pub async fn nothing_is_there_at_first(store: AnyStore) {
    assert_eq!(store.case(&contact(1)).await.unwrap(), None);
    let first = store.roster().await.unwrap();
    assert_eq!((first.revision, first.value), (Revision(0), Roster::default()));
    assert!(store.queue().await.unwrap().is_empty());
    assert_eq!(store.ticket(TicketNumber(1)).await.unwrap(), None);
    assert_eq!(store.last_ticket().await.unwrap(), TicketNumber(0));
    assert!(store.log(&contact(1), 0, 10).await.unwrap().is_empty());
    assert!(store.due(at(0), 10).await.unwrap().is_empty());
    assert!(leased(&*store, 0).await.is_empty());
    assert!(store.delivered(&customer(1), &Slot::Customer(message("1"))).await.unwrap().is_empty());
    assert_eq!(store.kept("offset").await.unwrap(), None);
    assert!(store.kept_under("").await.unwrap().is_empty());
    assert_eq!(store.commit(Commit::default()).await.unwrap(), Applied::Yes);
}

/// In every stage; and each commit counts.
pub async fn a_case_comes_back_as_it_was_committed(store: AnyStore) {
    let (rating, ended) = rating(ticket(7, Priority::High, at(60)));
    let stages = [
        Stage::WithBot(desk::WithBot::default()),
        queued(ticket(7, Priority::High, at(60))),
        with_agent(ticket(7, Priority::High, at(60)), 1),
        rating,
    ];
    for (stage, expected) in stages.into_iter().zip(0..) {
        let mut now = case(1);
        now.stage = stage;
        now.ended = Some(ended.clone());
        now.log_len = expected;
        now.questions = vec!["提现一直失败怎么办".into()];
        now.timers.insert(Timer::Forget, at(99));
        let commit = Commit { case: Some(change(Revision(expected), now, "a")), ..Commit::default() };
        let committed = commit.case.as_ref().unwrap().case.clone();
        assert_eq!(store.commit(commit).await.unwrap(), Applied::Yes);
        let stored = store.case(&contact(1)).await.unwrap().unwrap();
        assert_eq!((stored.revision, stored.value), (Revision(expected).next(), committed));
    }
    assert_eq!(store.case(&contact(2)).await.unwrap(), None);
}

/// Whichever way the revision is wrong.
pub async fn a_case_loaded_before_another_change_conflicts(store: AnyStore) {
    let try_at = async |revision, number| {
        let (_, now) = loaded(&*store, number).await;
        let commit = Commit { case: Some(change(Revision(revision), now, "a")), ..Commit::default() };
        store.commit(commit).await.unwrap()
    };
    assert_eq!(try_at(1, 1).await, Applied::Conflict, "there is none yet");
    assert_eq!(try_at(0, 1).await, Applied::Yes);
    assert_eq!(try_at(0, 1).await, Applied::Conflict, "there is one now");
    assert_eq!(try_at(2, 1).await, Applied::Conflict, "from the future");
    assert_eq!(try_at(1, 1).await, Applied::Yes);
    assert_eq!(try_at(0, 2).await, Applied::Yes, "another case is another matter");
}

/// Not the log, not the outbox, not the key of the event, not the roster, not what is kept.
pub async fn a_conflict_changes_nothing(store: AnyStore) {
    let full = |case_at, roster_at| Commit {
        case: Some(CaseChange {
            case: Case { stage: queued(ticket(5, Priority::Low, at(9))), log_len: 1, ..case(1) },
            expected: Revision(case_at),
            log: vec![wrote(0, "a")],
        }),
        roster: Some(RosterChange { expected: Revision(roster_at), roster: roster(2) }),
        outbox: vec![item(customer(1), None, "a")],
        keep: vec![("offset".into(), Some("1".into()))],
        ..event("update/1")
    };
    for (case_at, roster_at) in [(1, 0), (0, 1)] {
        assert_eq!(store.commit(full(case_at, roster_at)).await.unwrap(), Applied::Conflict);
        nothing_is_there_at_first(store.clone()).await;
    }
    assert_eq!(store.commit(full(0, 0)).await.unwrap(), Applied::Yes, "the event was not seen before");
    assert_eq!(store.roster().await.unwrap().value, roster(2));
    assert_eq!(store.log(&contact(1), 0, 10).await.unwrap(), [wrote(0, "a")]);
    assert_eq!(store.kept("offset").await.unwrap().as_deref(), Some("1"));
    assert_eq!(leased(&*store, 0).await.len(), 1);
}

/// Even if everything else about it differs.
pub async fn an_event_is_applied_once(store: AnyStore) {
    let with = |text: &str| Commit { outbox: vec![item(customer(1), None, text)], ..event("update/1") };
    assert_eq!(store.commit(with("a")).await.unwrap(), Applied::Yes);
    assert_eq!(store.commit(with("b")).await.unwrap(), Applied::Duplicate);
    let mut later = with("c");
    later.seen = Some((EventKey("update/1".into()), at(3 * 86_400)));
    later.case = Some(change(Revision(9), case(1), "a"));
    assert_eq!(store.commit(later).await.unwrap(), Applied::Duplicate, "taken in again on another day");
    assert_eq!(store.commit(event("update/10")).await.unwrap(), Applied::Yes);
    assert_eq!(leased(&*store, 0).await.len(), 1);
    assert_eq!(store.case(&contact(1)).await.unwrap(), None);
}

/// It has a revision too.
pub async fn the_roster_is_revised_like_a_case(store: AnyStore) {
    let at_revision = |expected, agents| Commit {
        roster: Some(RosterChange { expected: Revision(expected), roster: roster(agents) }),
        ..Commit::default()
    };
    assert_eq!(store.commit(at_revision(0, 1)).await.unwrap(), Applied::Yes);
    assert_eq!(store.commit(at_revision(0, 2)).await.unwrap(), Applied::Conflict);
    assert_eq!(store.commit(at_revision(1, 3)).await.unwrap(), Applied::Yes);
    let stored = store.roster().await.unwrap();
    assert_eq!((stored.revision, stored.value), (Revision(2), roster(3)));
}

/// From anywhere, in order, and of one case only.
pub async fn a_log_is_read_in_pages(store: AnyStore) {
    for number in [1, 11, 2] {
        let log: Vec<_> = (0..300).map(|seq| wrote(seq, &format!("{number}/{seq}"))).collect();
        let case = Case { log_len: 300, ..case(number) };
        let change = CaseChange { expected: Revision(0), case, log };
        store.commit(Commit { case: Some(change), ..Commit::default() }).await.unwrap();
    }
    let mut read = Vec::new();
    loop {
        let page = store.log(&contact(1), read.len() as u64, 70).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() == 70 || read.len() == 280);
        read.extend(page);
    }
    let all: Vec<_> = (0..300).map(|seq| wrote(seq, &format!("1/{seq}"))).collect();
    assert_eq!(read, all);
    assert!(store.log(&contact(1), 0, 0).await.unwrap().is_empty());
    assert!(store.log(&contact(1), u64::MAX, 5).await.unwrap().is_empty());
}

/// A gap, an entry twice, a wrong count: none of them is stored.
pub async fn a_log_that_does_not_continue_is_rejected(store: AnyStore) {
    assert_eq!(changed(&*store, 1, |_| {}).await, Applied::Yes);
    for (log_len, log) in [
        (2, vec![wrote(2, "gap")]),
        (1, vec![wrote(0, "again")]),
        (1, vec![wrote(1, "not counted")]),
        (2, vec![]),
        (3, vec![wrote(1, "a"), wrote(1, "a")]),
    ] {
        let change = CaseChange { expected: Revision(1), case: Case { log_len, ..case(1) }, log };
        let commit = Commit { case: Some(change), ..event("update/1") };
        let refused = store.commit(commit).await;
        assert!(matches!(refused, Err(StoreError::Rejected(_))), "{refused:?}");
    }
    assert_eq!(store.log(&contact(1), 0, 10).await.unwrap(), [wrote(0, "改")]);
    assert_eq!(store.commit(event("update/1")).await.unwrap(), Applied::Yes, "nothing was changed");
}

/// And stays theirs.
pub async fn a_ticket_number_belongs_to_one_contact(store: AnyStore) {
    let open = |number| move |case: &mut Case| case.stage = queued(ticket(number, Priority::Normal, at(60)));
    assert_eq!(changed(&*store, 1, open(1)).await, Applied::Yes);
    assert_eq!(changed(&*store, 2, open(1)).await, Applied::Conflict);
    assert_eq!(changed(&*store, 1, open(1)).await, Applied::Yes, "the same ticket of the same case");
    assert_eq!(
        changed(&*store, 1, |case| case.stage = Stage::WithBot(desk::WithBot::default())).await,
        Applied::Yes
    );
    assert_eq!(changed(&*store, 2, open(1)).await, Applied::Conflict, "it was theirs");
    assert_eq!(changed(&*store, 2, open(2)).await, Applied::Yes);
    assert_eq!(store.ticket(TicketNumber(1)).await.unwrap(), Some(contact(1)));
    assert_eq!(store.ticket(TicketNumber(2)).await.unwrap(), Some(contact(2)));
    assert_eq!(store.last_ticket().await.unwrap(), TicketNumber(2));
}

/// However long ago.
pub async fn a_ticket_is_found_after_it_ended(store: AnyStore) {
    for number in [1, 2, 3, 256, 255] {
        let open = |case: &mut Case| case.stage = queued(ticket(number, Priority::Normal, at(60)));
        assert_eq!(changed(&*store, 1, open).await, Applied::Yes);
    }
    assert_eq!(
        changed(&*store, 1, |case| case.stage = Stage::WithBot(desk::WithBot::default())).await,
        Applied::Yes
    );
    for number in [1, 2, 3, 255, 256] {
        assert_eq!(store.ticket(TicketNumber(number)).await.unwrap(), Some(contact(1)), "{number}");
    }
    assert_eq!(store.last_ticket().await.unwrap(), TicketNumber(256), "the highest, not the latest");
}

/// By urgency, then by due time, then by number; owned tickets are among them.
pub async fn the_queue_is_in_order_and_holds_open_tickets_only(store: AnyStore) {
    let tickets = [
        (1, Priority::Normal, at(50)),
        (2, Priority::Urgent, at(90)),
        (3, Priority::Normal, at(40)),
        (4, Priority::Low, at(1)),
        (5, Priority::Normal, at(40)),
    ];
    for (number, priority, due) in tickets {
        let open = |case: &mut Case| case.stage = queued(ticket(number, priority, due));
        assert_eq!(changed(&*store, number, open).await, Applied::Yes);
    }
    let order = async || store.queue().await.unwrap().iter().map(|row| row.number.0).collect::<Vec<_>>();
    assert_eq!(order().await, [2, 3, 5, 1, 4]);
    let own = |case: &mut Case| case.stage = with_agent(ticket(4, Priority::High, at(1)), 9);
    assert_eq!(changed(&*store, 4, own).await, Applied::Yes);
    assert_eq!(order().await, [2, 4, 3, 5, 1]);
    assert_eq!(store.queue().await.unwrap()[1].owner, Some(desk::AgentId(9)));
    let (rating, ended) = rating(ticket(3, Priority::Normal, at(40)));
    assert_eq!(
        changed(&*store, 3, |case| (case.stage, case.ended) = (rating, Some(ended))).await,
        Applied::Yes
    );
    assert_eq!(order().await, [2, 4, 5, 1]);
    let row = loaded(&*store, 2).await.1.queue_row().unwrap();
    assert_eq!(store.queue().await.unwrap()[0], row);
    assert_eq!(changed(&*store, 2, |case| case.profile.name = "新名字".into()).await, Applied::Yes);
    assert_eq!(store.queue().await.unwrap()[0].name, "新名字");
}

/// The earliest timer of a case counts; a moved or ended one isn't due any more.
pub async fn timers_are_due_in_order(store: AnyStore) {
    let set = |seconds: &[i64]| {
        let kinds = [Timer::Rating, Timer::Forget].into_iter();
        let timers: std::collections::BTreeMap<_, _> = kinds.zip(seconds.iter().map(|s| at(*s))).collect();
        move |case: &mut Case| case.timers = timers
    };
    for (number, seconds) in [(1, &[30, 10][..]), (2, &[20]), (3, &[10_000]), (4, &[]), (5, &[5])] {
        assert_eq!(changed(&*store, number, set(seconds)).await, Applied::Yes);
    }
    let due = async |now, limit| store.due(at(now), limit).await.unwrap();
    assert!(due(4, 9).await.is_empty());
    assert_eq!(due(5, 9).await, [contact(5)], "due means: at that time or later");
    assert_eq!(due(99, 9).await, [contact(5), contact(1), contact(2)]);
    assert_eq!(due(99, 2).await, [contact(5), contact(1)]);
    assert_eq!(changed(&*store, 1, set(&[30])).await, Applied::Yes);
    assert_eq!(changed(&*store, 5, set(&[])).await, Applied::Yes);
    assert_eq!(due(99, 9).await, [contact(2), contact(1)]);
    assert_eq!(due(10_000, 9).await, [contact(2), contact(1), contact(3)]);
}

/// Set, changed, forgotten; found by the beginning of their names.
pub async fn kept_values_are_listed_by_name(store: AnyStore) {
    let keep = async |pairs: &[(&str, Option<&str>)]| {
        let keep = pairs.iter().map(|(name, value)| ((*name).into(), value.map(Into::into))).collect();
        assert_eq!(store.commit(Commit { keep, ..Commit::default() }).await.unwrap(), Applied::Yes);
    };
    keep(&[("dm/b", Some("2")), ("dm/a", Some("1")), ("dn", Some("x")), ("dl", Some("y"))]).await;
    keep(&[("dm/c", Some("3")), ("dm/a", Some("4")), ("dl", None), ("never", None)]).await;
    keep(&[
        ("twice", Some("1")),
        ("twice", Some("2")),
        ("gone", Some("1")),
        ("gone", None),
        ("空", Some("")),
    ])
    .await;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let dm = [pair("dm/a", "4"), pair("dm/b", "2"), pair("dm/c", "3")];
    assert_eq!(store.kept_under("dm/").await.unwrap(), dm);
    assert_eq!(store.kept_under("dm/a").await.unwrap(), dm[..1]);
    assert_eq!(store.kept_under("x").await.unwrap(), []);
    let all = [&dm[..], &[pair("dn", "x"), pair("twice", "2"), pair("空", "")]].concat();
    assert_eq!(store.kept_under("").await.unwrap(), all);
    assert_eq!(store.kept("dm/b").await.unwrap().as_deref(), Some("2"));
    for name in ["dm/", "dl", "gone"] {
        assert_eq!(store.kept(name).await.unwrap(), None, "{name}");
    }
}

/// Old ones are forgotten, young ones never are.
pub async fn events_are_forgotten_by_day(store: AnyStore) {
    const DAY: i64 = 86_400;
    let take = async |key: &str, seconds| {
        let seen = Some((EventKey(key.into()), at(seconds)));
        store.commit(Commit { seen, ..Commit::default() }).await.unwrap()
    };
    for (key, seconds) in [("ancient", -1000 * DAY), ("old", -3 * DAY), ("young", -DAY), ("new", 0)] {
        assert_eq!(take(key, seconds).await, Applied::Yes);
    }
    store.forget_seen(at(-DAY)).await.unwrap();
    for (key, then) in [
        ("new", Applied::Duplicate),
        ("young", Applied::Duplicate),
        ("old", Applied::Yes),
        ("ancient", Applied::Yes),
    ] {
        assert_eq!(take(key, 0).await, then, "{key}");
    }
    store.forget_seen(at(-DAY)).await.unwrap();
    assert_eq!(take("old", 1).await, Applied::Duplicate, "it was taken in anew");
}

/// Whatever fits into a commit, and however long a platform's ids are.
pub async fn long_values_and_names_are_kept_whole(store: AnyStore) {
    let long = |c: &str, bytes: usize| c.repeat(bytes / c.len());
    for bytes in [4_000, 4_096, 4_097, 90_000, 5_000, 10] {
        let text = long("提现", bytes);
        let keep = vec![("long".into(), Some(text.clone()))];
        assert_eq!(store.commit(Commit { keep, ..Commit::default() }).await.unwrap(), Applied::Yes);
        assert_eq!(store.kept("long").await.unwrap(), Some(text.clone()));
        assert_eq!(store.kept_under("").await.unwrap(), [("long".to_owned(), text.clone())]);
        let question = |case: &mut Case| case.questions = vec![text.clone()];
        assert_eq!(changed(&*store, 1, question).await, Applied::Yes);
        assert_eq!(loaded(&*store, 1).await.1.questions[..], *std::slice::from_ref(&text));
        put(&*store, vec![item(customer(1), None, &text)]).await;
        let items = leased(&*store, 0).await;
        assert_eq!(super::samples::texts(&items), [text]);
        finish(&*store, &items[0], sent(&["1"])).await;
        assert!(leased(&*store, 3600).await.is_empty());
    }
    let (a, b) = (long("x", 2_000) + "a", long("x", 2_000) + "b");
    assert_eq!(store.commit(event(&a)).await.unwrap(), Applied::Yes);
    assert_eq!(store.commit(event(&b)).await.unwrap(), Applied::Yes);
    assert_eq!(store.commit(event(&a)).await.unwrap(), Applied::Duplicate);
    for id in [&a, &b] {
        put(&*store, vec![item(customer(1), Some(Slot::Agent(channel("email"), message(id))), "a")]).await;
        finish(&*store, &leased(&*store, 0).await[0], sent(&[id])).await;
    }
    let found = store.delivered(&customer(1), &Slot::Agent(channel("email"), message(&a))).await;
    assert_eq!(found.unwrap(), [message(&a)]);
}

/// And reading never does harm.
pub async fn nothing_is_taken_in_after_the_end(store: AnyStore) {
    assert_eq!(store.commit(event("update/1")).await.unwrap(), Applied::Yes);
    store.close().await.unwrap();
    let refused = store.commit(event("update/2")).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let refused = store.lease(&[channel("telegram")], at(0), at(9), 9).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(matches!(store.finish(Vec::new()).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.forget_seen(at(0)).await, Err(StoreError::Unavailable(_))));
    store.close().await.unwrap();
}
