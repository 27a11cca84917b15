//! Values to store: small, and complete enough to be told apart.

use crate::{Applied, CaseChange, Commit, Finish, Finished, NewItem, Receipt, Revision, Store};
use desk::{
    Agent, AgentId, Button, Case, Channel, Choice, ContactId, Content, Destination, Ended, EventKey, Lang,
    LogEntry, Logged, MessageRef, OutboxItem, Presence, Press, Priority, Probability, Profile, Queued,
    Rating, Reason, Rich, Role, Roster, Say, Slot, Speaker, Stage, ThreadRef, Ticket, TicketNumber, Tier,
    WithAgent,
};
use jiff::{SignedDuration, Timestamp};

/// A time, in seconds after an arbitrary moment.
#[must_use]
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_790_000_000 + seconds)
}

/// A channel.
#[must_use]
pub fn channel(name: &str) -> Channel {
    name.parse().expect("a name of ours")
}

/// A customer on Telegram.
#[must_use]
pub fn contact(number: u64) -> ContactId {
    ContactId::new(channel("telegram"), number.to_string()).expect("a name of ours")
}

/// A platform's id of a message.
#[must_use]
pub fn message(id: &str) -> MessageRef {
    MessageRef(id.to_owned())
}

/// A conversation in which nothing was said yet.
#[must_use]
pub fn case(number: u64) -> Case {
    let profile =
        Profile { name: format!("客户 {number}"), language: Some(Lang::Zh), ..Profile::default() };
    Case::new(contact(number), profile, Lang::Zh)
}

/// A ticket.
#[must_use]
pub fn ticket(number: u64, priority: Priority, due: Timestamp) -> Ticket {
    Ticket {
        number: TicketNumber(number),
        reason: Reason::Asked,
        department: "payments".parse().expect("a name of ours"),
        tier: Tier::First,
        priority,
        opened: at(0),
        due,
        answered: None,
        matches: vec![("withdraw-failed".parse().expect("a name of ours"), Probability::new(0.5))],
        silences: 0,
    }
}

/// The stage of a ticket that waits.
#[must_use]
pub fn queued(ticket: Ticket) -> Stage {
    Stage::Queued(Queued { ticket, since: at(0), told: Some(1), acknowledged: None, kept_for: None })
}

/// The stage of a ticket that somebody has.
#[must_use]
pub fn with_agent(ticket: Ticket, agent: u32) -> Stage {
    Stage::WithAgent(WithAgent { ticket, agent: AgentId(agent), since: at(1), unanswered: Some(at(2)) })
}

/// The stage after a ticket, and the ticket that ended.
#[must_use]
pub fn rating(ticket: Ticket) -> (Stage, Ended) {
    let stage = Stage::Rating(Rating { number: ticket.number, agent: AgentId(1) });
    (stage, Ended { ticket, agent: Some(AgentId(1)), at: at(3) })
}

/// A roster of so many agents.
#[must_use]
pub fn roster(agents: u32) -> Roster {
    let agent = |id| Agent {
        id: AgentId(id),
        name: format!("坐席 {id}"),
        role: Role::Senior,
        departments: Vec::new(),
        languages: vec![Lang::Zh, Lang::En],
        capacity: 5,
        presence: Presence::Available,
        identities: vec![contact(10_000 + u64::from(id))],
    };
    Roster {
        agents: (1..=agents).map(|id| (AgentId(id), agent(id))).collect(),
        last: agents,
        ..Roster::default()
    }
}

/// Something that the customer wrote.
#[must_use]
pub fn wrote(seq: u64, text: &str) -> LogEntry {
    let what = Logged::Customer { id: message(&seq.to_string()), text: text.into(), attachments: Vec::new() };
    LogEntry { seq, at: at(0), ticket: None, what }
}

/// A commit with the key of an event.
#[must_use]
pub fn event(key: &str) -> Commit {
    Commit { seen: Some((EventKey(key.into()), at(0))), ..Commit::default() }
}

/// The case as it is stored, or as it is before anything was said.
pub async fn loaded(store: &dyn Store, number: u64) -> (Revision, Case) {
    match store.case(&contact(number)).await.expect("a case can be read") {
        Some(stored) => (stored.revision, stored.value),
        None => (Revision::default(), case(number)),
    }
}

/// A change of a case, and an entry for its log.
#[must_use]
pub fn change(expected: Revision, mut case: Case, text: &str) -> CaseChange {
    let log = vec![wrote(case.log_len, text)];
    case.log_len += 1;
    CaseChange { expected, case, log }
}

/// Loads a case, changes it, and commits it.
pub async fn changed(store: &dyn Store, number: u64, how: impl FnOnce(&mut Case)) -> Applied {
    let (expected, mut case) = loaded(store, number).await;
    how(&mut case);
    let commit = Commit { case: Some(change(expected, case, "改")), ..Commit::default() };
    store.commit(commit).await.expect("a case can be committed")
}

/// A destination at a customer.
#[must_use]
pub fn customer(number: u64) -> Destination {
    Destination::Contact(contact(number))
}

/// A destination at the staff's.
#[must_use]
pub fn staff(place: &str, ticket: u64) -> Destination {
    Destination::Staff { place: channel(place), ticket: TicketNumber(ticket) }
}

/// Words to deliver.
#[must_use]
pub fn item(to: Destination, slot: Option<Slot>, text: &str) -> NewItem {
    let choices = vec![Choice { label: "转人工".into(), press: Press::Button(Button::Human) }];
    let say = Say {
        speaker: Speaker::Bot,
        text: Rich::plain(text),
        choices,
        attachments: Vec::new(),
        verdict: None,
    };
    NewItem {
        case: Some(contact(1)),
        to,
        via: None,
        slot,
        reply_to: None,
        content: Content::Say(say),
        created: at(0),
    }
}

/// Commits items.
pub async fn put(store: &dyn Store, outbox: Vec<NewItem>) {
    let applied = store.commit(Commit { outbox, ..Commit::default() }).await;
    assert_eq!(applied.expect("items can be committed"), Applied::Yes);
}

/// Leases whatever is due on the usual channels, for a minute.
pub async fn leased(store: &dyn Store, now: i64) -> Vec<OutboxItem> {
    let channels = [channel("telegram"), channel("discord")];
    store.lease(&channels, at(now), at(now + 60), 100).await.expect("items can be leased")
}

/// What an item says.
#[must_use]
pub fn text(item: &OutboxItem) -> &str {
    match &item.content {
        Content::Say(say) => say.text.text(),
        Content::Card(card) => card.text.text(),
    }
}

/// What these items say.
#[must_use]
pub fn texts(items: &[OutboxItem]) -> Vec<&str> {
    items.iter().map(text).collect()
}

/// Says what became of an item.
pub async fn finish(store: &dyn Store, item: &OutboxItem, what: Finish) {
    store.finish(vec![Finished { item: item.id, what }]).await.expect("results can be committed");
}

/// A receipt of these messages.
#[must_use]
pub fn sent(messages: &[&str]) -> Finish {
    Finish::Delivered(receipt(messages, None, &[]))
}

/// A receipt.
#[must_use]
pub fn receipt(messages: &[&str], thread: Option<&str>, card: &[&str]) -> Receipt {
    Receipt {
        messages: messages.iter().map(|id| message(id)).collect(),
        thread: thread.map(|id| ThreadRef(id.into())),
        card: card.iter().map(|id| message(id)).collect(),
    }
}
