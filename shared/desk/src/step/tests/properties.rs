//! What holds whatever anybody does, in whatever order.

use super::story::Story;
use crate::*;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Move {
    Customer(usize, CustomerAct),
    Agent(usize, u64, StaffAct),
    Time(u32),
    Within(usize, WithinAct),
}

const CUSTOMERS: [&str; 3] = ["li", "wang", "zhao"];
const AGENTS: [&str; 4] = ["ann", "bob", "sue", "max"];

fn said() -> impl Strategy<Value = String> {
    const KNOWN: [&str; 11] = [
        "忘记密码怎么办",
        "手续费",
        "转人工",
        "账户被盗",
        "你好",
        "谢谢",
        "不",
        "5",
        "1",
        "talk to a manager",
        "",
    ];
    prop_oneof![prop::sample::select(&KNOWN[..]).prop_map(str::to_owned), "\\PC{0,20}"]
}

fn customer_act() -> impl Strategy<Value = CustomerAct> {
    let id = || (0..9_u32).prop_map(|n| MessageRef(n.to_string()));
    let button = prop_oneof![
        Just(Button::Menu),
        Just(Button::NoneOfThese),
        Just(Button::Human),
        Just(Button::Senior),
        Just(Button::BackToBot),
        Just(Button::Feedback),
        (0..4_u64, 1..=5_u8).prop_map(|(n, stars)| Button::Rate(TicketNumber(n), stars)),
        any::<bool>().prop_map(|up| Button::Thumbs("fees".parse().unwrap(), up)),
        prop::sample::select(&["fees", "gone", "stolen"][..])
            .prop_map(|id| Button::Entry(id.parse().unwrap())),
    ];
    let commands = vec![
        CustomerCommand::Start,
        CustomerCommand::Human,
        CustomerCommand::Status,
        CustomerCommand::Cancel,
        CustomerCommand::Feedback(None),
        CustomerCommand::Feedback(Some("好".into())),
        CustomerCommand::Language(Some(Lang::En)),
    ];
    prop_oneof![
        4 => (id(), said()).prop_map(|(id, text)| CustomerAct::Say { id, message: Message::text(text) }),
        1 => (id(), said()).prop_map(|(id, text)| CustomerAct::Edit { id, message: Message::text(text) }),
        3 => button.prop_map(CustomerAct::Press),
        2 => prop::sample::select(commands).prop_map(CustomerAct::Command),
        1 => Just(CustomerAct::Left),
    ]
}

fn staff_act() -> impl Strategy<Value = StaffAct> {
    let plain = vec![
        StaffAct::Claim,
        StaffAct::Release,
        StaffAct::Escalate,
        StaffAct::Resolve,
        StaffAct::Reopen,
        StaffAct::Block,
        StaffAct::Unblock,
        StaffAct::Ask(Asked::Transfer),
        StaffAct::Transfer(TransferTo::Department("payments".parse().unwrap())),
        StaffAct::Transfer(TransferTo::Named("bob".into())),
        StaffAct::Prioritise(Priority::High),
        StaffAct::Reply(Message::text("您好")),
        StaffAct::Note(Message::text("备注")),
        StaffAct::Canned("ask-order".into()),
        StaffAct::Say { id: MessageRef("m".into()), message: Message::text("在的") },
        StaffAct::Edit { id: MessageRef("m".into()), message: Message::text("在") },
    ];
    prop_oneof![1 => Just(StaffAct::Claim), 3 => prop::sample::select(plain)]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (0..3_usize, customer_act()).prop_map(|(who, act)| Move::Customer(who, act)),
        4 => (0..4_usize, 1..6_u64, staff_act()).prop_map(|(who, ticket, act)| Move::Agent(who, ticket, act)),
        1 => (0..2000_u32).prop_map(Move::Time),
        1 => (0..3_usize, 1..5_u32).prop_map(|(who, id)| Move::Within(who, WithinAct::OwnerGone(AgentId(id)))),
        1 => (0..3_usize).prop_map(|who| Move::Within(who, WithinAct::QueueMoved)),
    ];
    prop::collection::vec(one, 1..40)
}

fn owner(case: &Case) -> Option<AgentId> {
    match &case.stage {
        Stage::WithAgent(owned) => Some(owned.agent),
        Stage::WithBot(_) | Stage::Queued(_) | Stage::Rating(_) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn one_owner_at_a_time_and_nothing_lost(moves in moves()) {
        let mut story = Story::new();
        let mut said = 0;
        for step in moves {
            let before = story.cases.clone();
            let mut agent_acts = None;
            match step {
                Move::Customer(who, act) => {
                    said += usize::from(matches!(act, CustomerAct::Say { .. }));
                    story.customer(CUSTOMERS[who], act);
                }
                Move::Agent(who, ticket, act) => {
                    agent_acts = Some(AgentId(u32::try_from(who).unwrap() + 1));
                    story.staff(AGENTS[who], TicketNumber(ticket), act);
                }
                Move::Time(minutes) => {
                    story.play(&format!("time> {minutes}m"));
                }
                Move::Within(who, act) if story.cases.contains_key(CUSTOMERS[who]) => {
                    story.within(CUSTOMERS[who], act);
                }
                Move::Within(..) => {}
            }
            for (name, case) in &story.cases {
                let old = before.get(name);
                // A new owner is the agent who acts, and the ticket had no owner before.
                if let Some(now) = owner(case)
                    && old.and_then(owner) != Some(now)
                {
                    prop_assert_eq!(Some(now), agent_acts);
                    prop_assert_eq!(old.and_then(owner), None);
                }
                // The log has no gap, and grows only.
                let log = &story.logs[name];
                prop_assert_eq!(log.len() as u64, case.log_len);
                prop_assert!(log.iter().enumerate().all(|(i, entry)| entry.seq == i as u64));
                // A ticket's place in the queue is kept unless its priority was changed.
                if let (Some(now), Some(then)) = (case.ticket(), old.and_then(Case::ticket))
                    && now.number == then.number && now.priority == then.priority
                {
                    prop_assert_eq!(now.due, then.due);
                }
                // What is stored reads back as it was.
                let json = serde_json::to_string(case).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Case>(&json).unwrap(), case);
            }
            let mut numbers: Vec<_> = story.queue().iter().map(|row| row.number).collect();
            numbers.sort();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), story.queue().len());
        }
        // Every message is in a log.
        let logged = story.logs.values().flatten().filter(|e| matches!(e.what, Logged::Customer { .. })).count();
        prop_assert_eq!(logged, said);
    }
}
