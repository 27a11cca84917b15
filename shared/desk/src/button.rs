//! Buttons, and their wire form: what a platform hands back to us when one is pressed. Versioned, at most 64 bytes,
//! and only ever made and read here.

use crate::{Asked, Priority, StaffAct, TicketNumber, TransferTo};
use intents::{CannedId, CategoryId, Department, EntryId, Lang};
use serde::{Deserialize, Serialize};

/// The longest wire form, in bytes: Telegram's limit on callback data (Bot API, `InlineKeyboardButton`).
pub const MAX_WIRE: usize = 64;

/// The version that begins each wire form. An older one that is still under some message is read, or refused politely.
const VERSION: &str = "1";

/// Why a pressed button can't be understood: forged, damaged, or from another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no button of ours")]
pub struct UnknownButton;

/// A button under a customer's message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// Ask this entry's question.
    Entry(EntryId),
    /// Show this category's questions.
    Category(CategoryId),
    /// Show the categories.
    Menu,
    /// None of what was offered.
    NoneOfThese,
    /// Talk to a person.
    Human,
    /// Talk to somebody more senior.
    Senior,
    /// This answer helped, or didn't.
    Thumbs(EntryId, bool),
    /// Stop waiting, let the bot go on.
    BackToBot,
    /// Rate a ticket from 1 to 5.
    Rate(TicketNumber, u8),
    /// Give feedback.
    Feedback,
    /// Speak this language.
    Language(Lang),
}

impl Button {
    /// The text that a platform carries.
    #[must_use]
    pub fn wire(&self) -> String {
        let (tag, value) = match self {
            Self::Entry(id) => ("e", id.to_string()),
            Self::Category(id) => ("c", id.to_string()),
            Self::Menu => ("m", String::new()),
            Self::NoneOfThese => ("n", String::new()),
            Self::Human => ("h", String::new()),
            Self::Senior => ("s", String::new()),
            Self::Thumbs(id, true) => ("u", id.to_string()),
            Self::Thumbs(id, false) => ("d", id.to_string()),
            Self::BackToBot => ("b", String::new()),
            Self::Rate(number, stars) => ("r", format!("{}.{stars}", number.0)),
            Self::Feedback => ("f", String::new()),
            Self::Language(lang) => ("l", lang.code().to_owned()),
        };
        format!("{VERSION}:{tag}:{value}")
    }

    /// Reads what a platform handed back.
    ///
    /// # Errors
    /// [`UnknownButton`] for anything that [`Button::wire`] doesn't make.
    pub fn read(wire: &str) -> Result<Self, UnknownButton> {
        let (tag, value) = unwrap(wire)?;
        let bare = |button: Self| if value.is_empty() { Ok(button) } else { Err(UnknownButton) };
        match tag {
            "e" => entry(value).map(Self::Entry),
            "c" => CategoryId::new(value).map(Self::Category).map_err(|_| UnknownButton),
            "m" => bare(Self::Menu),
            "n" => bare(Self::NoneOfThese),
            "h" => bare(Self::Human),
            "s" => bare(Self::Senior),
            "u" => entry(value).map(|id| Self::Thumbs(id, true)),
            "d" => entry(value).map(|id| Self::Thumbs(id, false)),
            "b" => bare(Self::BackToBot),
            "r" => {
                let (ticket, stars) = value.split_once('.').ok_or(UnknownButton)?;
                let stars = stars.parse().ok().filter(|s| (1..=5).contains(s)).ok_or(UnknownButton)?;
                Ok(Self::Rate(number(ticket)?, stars))
            }
            "f" => bare(Self::Feedback),
            "l" => Lang::ALL.into_iter().find(|l| l.code() == value).map(Self::Language).ok_or(UnknownButton),
            _ => Err(UnknownButton),
        }
    }
}

/// A button on a ticket's card, for agents.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StaffButton {
    /// The ticket.
    pub ticket: TicketNumber,
    /// What it does to it.
    pub does: StaffDoes,
}

/// What a button on a card does. The ones that need words or a choice open whatever the platform has for that.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffDoes {
    /// Take it.
    Claim,
    /// Ask for the words of an answer.
    Reply,
    /// Ask for the words of a note.
    Note,
    /// Give it back.
    Release,
    /// Ask which department or colleague gets it.
    Transfer,
    /// Give it to this department.
    TransferTo(Department),
    /// Move it up a tier.
    Escalate,
    /// Ask which priority.
    Priority,
    /// Set this priority.
    SetPriority(Priority),
    /// Ask which prepared reply.
    Canned,
    /// Answer with this prepared reply.
    CannedReply(CannedId),
    /// End it.
    Resolve,
    /// Take it up again.
    Reopen,
    /// Ignore the customer.
    Block,
    /// Hear the customer again.
    Unblock,
}

impl StaffButton {
    /// The text that a platform carries.
    #[must_use]
    pub fn wire(&self) -> String {
        let (tag, value) = match &self.does {
            StaffDoes::Claim => ("C", String::new()),
            StaffDoes::Reply => ("A", String::new()),
            StaffDoes::Note => ("N", String::new()),
            StaffDoes::Release => ("L", String::new()),
            StaffDoes::Transfer => ("T", String::new()),
            StaffDoes::TransferTo(department) => ("D", department.to_string()),
            StaffDoes::Escalate => ("E", String::new()),
            StaffDoes::Priority => ("P", String::new()),
            StaffDoes::SetPriority(priority) => ("Q", priority_code(*priority).to_owned()),
            StaffDoes::Canned => ("K", String::new()),
            StaffDoes::CannedReply(id) => ("S", id.to_string()),
            StaffDoes::Resolve => ("R", String::new()),
            StaffDoes::Reopen => ("O", String::new()),
            StaffDoes::Block => ("B", String::new()),
            StaffDoes::Unblock => ("U", String::new()),
        };
        format!("{VERSION}:{tag}:{}.{value}", self.ticket.0)
    }

    /// Reads what a platform handed back.
    ///
    /// # Errors
    /// [`UnknownButton`] for anything that [`StaffButton::wire`] doesn't make.
    pub fn read(wire: &str) -> Result<Self, UnknownButton> {
        let (tag, rest) = unwrap(wire)?;
        let (ticket, value) = rest.split_once('.').ok_or(UnknownButton)?;
        let bare = |does: StaffDoes| if value.is_empty() { Ok(does) } else { Err(UnknownButton) };
        let does = match tag {
            "C" => bare(StaffDoes::Claim),
            "A" => bare(StaffDoes::Reply),
            "N" => bare(StaffDoes::Note),
            "L" => bare(StaffDoes::Release),
            "T" => bare(StaffDoes::Transfer),
            "D" => Department::new(value).map(StaffDoes::TransferTo).map_err(|_| UnknownButton),
            "E" => bare(StaffDoes::Escalate),
            "P" => bare(StaffDoes::Priority),
            "Q" => Priority::ALL
                .into_iter()
                .find(|p| priority_code(*p) == value)
                .map(StaffDoes::SetPriority)
                .ok_or(UnknownButton),
            "K" => bare(StaffDoes::Canned),
            "S" => CannedId::new(value).map(StaffDoes::CannedReply).map_err(|_| UnknownButton),
            "R" => bare(StaffDoes::Resolve),
            "O" => bare(StaffDoes::Reopen),
            "B" => bare(StaffDoes::Block),
            "U" => bare(StaffDoes::Unblock),
            _ => Err(UnknownButton),
        }?;
        Ok(Self { ticket: number(ticket)?, does })
    }
}

impl StaffDoes {
    /// The act; `None` for [`StaffDoes::Reply`] and [`StaffDoes::Note`], for which the platform must first ask for words.
    #[must_use]
    pub fn act(&self) -> Option<StaffAct> {
        Some(match self {
            Self::Reply | Self::Note => return None,
            Self::Claim => StaffAct::Claim,
            Self::Release => StaffAct::Release,
            Self::Transfer => StaffAct::Ask(Asked::Transfer),
            Self::TransferTo(department) => StaffAct::Transfer(TransferTo::Department(department.clone())),
            Self::Escalate => StaffAct::Escalate,
            Self::Priority => StaffAct::Ask(Asked::Priority),
            Self::SetPriority(priority) => StaffAct::Prioritise(*priority),
            Self::Canned => StaffAct::Ask(Asked::Canned),
            Self::CannedReply(name) => StaffAct::Canned(name.to_string()),
            Self::Resolve => StaffAct::Resolve,
            Self::Reopen => StaffAct::Reopen,
            Self::Block => StaffAct::Block,
            Self::Unblock => StaffAct::Unblock,
        })
    }
}

fn unwrap(wire: &str) -> Result<(&str, &str), UnknownButton> {
    let rest = wire.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix(':')).ok_or(UnknownButton)?;
    rest.split_once(':').ok_or(UnknownButton)
}

fn entry(value: &str) -> Result<EntryId, UnknownButton> {
    EntryId::new(value).map_err(|_| UnknownButton)
}

/// Reads a ticket number in its only form: no sign, no leading zero.
fn number(value: &str) -> Result<TicketNumber, UnknownButton> {
    let number: u64 = value.parse().map_err(|_| UnknownButton)?;
    if number.to_string() == value { Ok(TicketNumber(number)) } else { Err(UnknownButton) }
}

fn priority_code(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "l",
        Priority::Normal => "n",
        Priority::High => "h",
        Priority::Urgent => "u",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id() -> impl Strategy<Value = String> {
        "[a-z][a-z0-9-]{0,27}"
    }

    fn button() -> impl Strategy<Value = Button> {
        prop_oneof![
            id().prop_map(|s| Button::Entry(s.parse().unwrap())),
            id().prop_map(|s| Button::Category(s.parse().unwrap())),
            (id(), any::<bool>()).prop_map(|(s, up)| Button::Thumbs(s.parse().unwrap(), up)),
            (any::<u64>(), 1..=5_u8).prop_map(|(n, stars)| Button::Rate(TicketNumber(n), stars)),
            prop::sample::select(vec![
                Button::Menu,
                Button::NoneOfThese,
                Button::Human,
                Button::Senior,
                Button::BackToBot,
                Button::Feedback,
                Button::Language(Lang::Zh),
                Button::Language(Lang::En),
            ]),
        ]
    }

    fn does() -> impl Strategy<Value = StaffDoes> {
        prop_oneof![
            id().prop_map(|s| StaffDoes::TransferTo(s.parse().unwrap())),
            id().prop_map(|s| StaffDoes::CannedReply(s.parse().unwrap())),
            prop::sample::select(Priority::ALL.to_vec()).prop_map(StaffDoes::SetPriority),
            prop::sample::select(vec![
                StaffDoes::Claim,
                StaffDoes::Reply,
                StaffDoes::Note,
                StaffDoes::Release,
                StaffDoes::Transfer,
                StaffDoes::Escalate,
                StaffDoes::Priority,
                StaffDoes::Canned,
                StaffDoes::Resolve,
                StaffDoes::Reopen,
                StaffDoes::Block,
                StaffDoes::Unblock,
            ]),
        ]
    }

    proptest! {
        #[test]
        fn a_customers_button_comes_back_as_it_went(button in button()) {
            let wire = button.wire();
            prop_assert!(wire.len() <= MAX_WIRE);
            prop_assert!(StaffButton::read(&wire).is_err(), "read as a button of the staff");
            prop_assert_eq!(Button::read(&wire), Ok(button));
        }

        #[test]
        fn a_staff_button_comes_back_as_it_went(ticket in any::<u64>(), does in does()) {
            let button = StaffButton { ticket: TicketNumber(ticket), does };
            let wire = button.wire();
            prop_assert!(wire.len() <= MAX_WIRE);
            prop_assert!(Button::read(&wire).is_err(), "read as a customer's button");
            prop_assert_eq!(StaffButton::read(&wire), Ok(button));
        }

        #[test]
        fn whatever_is_read_is_written_the_same(wire in "1:[a-zA-Z]:[a-z0-9.]{0,8}|.{0,70}") {
            if let Ok(button) = Button::read(&wire) {
                prop_assert_eq!(button.wire(), wire.clone());
            }
            if let Ok(button) = StaffButton::read(&wire) {
                prop_assert_eq!(button.wire(), wire);
            }
        }
    }

    #[test]
    fn wire_forms_stay_as_they_are_because_old_messages_carry_them() {
        assert_eq!(Button::Entry("forgot-password".parse().unwrap()).wire(), "1:e:forgot-password");
        assert_eq!(Button::Rate(TicketNumber(12), 5).wire(), "1:r:12.5");
        let claim = StaffButton { ticket: TicketNumber(7), does: StaffDoes::Claim };
        assert_eq!(claim.wire(), "1:C:7.");
    }
}
