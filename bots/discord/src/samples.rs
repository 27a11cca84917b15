//! Things of the desk for tests.

use desk::{
    Card, CardState, Lang, Priority, Reason, Rich, StaffButton, StaffChoice, StaffDoes, TicketNumber, Tier,
};
use jiff::Timestamp;

/// A ticket's card with three buttons.
pub(crate) fn card(number: TicketNumber, state: CardState) -> Card {
    let action =
        |label: &str, does| StaffChoice { label: label.into(), button: StaffButton { ticket: number, does } };
    Card {
        number,
        contact: "telegram:42".parse().unwrap(),
        name: "Jane".into(),
        handle: None,
        language: Lang::En,
        reason: Reason::Asked,
        department: "payments".parse().unwrap(),
        tier: Tier::First,
        priority: Priority::Normal,
        state,
        questions: vec!["how?".into()],
        matches: Vec::new(),
        opened: Timestamp::UNIX_EPOCH,
        due: Timestamp::UNIX_EPOCH,
        text: Rich::plain(format!("Ticket {number}\n# Jane asks")),
        actions: vec![
            action("Claim", StaffDoes::Claim),
            action("Reply", StaffDoes::Reply),
            action("Resolve", StaffDoes::Resolve),
        ],
    }
}
