//! Commands as people type them, the same on every channel. Only their form is read here; what they do, the step knows.

use crate::{
    CustomerAct, CustomerCommand, Message, MessageRef, Presence, Priority, StaffAct, Target, TicketNumber,
    TransferTo,
};
use intents::{Department, Lang};

/// A text that begins with `/`, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed<'a> {
    /// The command's name, without the slash and without a bot's name behind `@`.
    pub name: &'a str,
    /// The bot that it is meant for, if it names one, without `@`.
    pub bot: Option<&'a str>,
    /// What stands behind it.
    pub rest: &'a str,
}

/// Takes a text apart that begins with one `/` and a letter. `//` begins a note of the staff, and is no command.
#[must_use]
pub fn typed(text: &str) -> Option<Typed<'_>> {
    let rest = text.trim().strip_prefix('/')?;
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (name, bot) = word.split_once('@').map_or((word, None), |(name, bot)| (name, Some(bot)));
    Some(Typed { name, bot, rest: rest.trim() })
}

/// What a message in a ticket's thread says to colleagues only: whatever stands behind a leading `//`.
#[must_use]
pub fn note(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix("//").map(str::trim)
}

/// What a customer's command asks for; `None` when there is no such command. `id` is the message that it came in.
#[must_use]
pub fn customer(typed: Typed<'_>, id: MessageRef) -> Option<CustomerAct> {
    let text = || (!typed.rest.is_empty()).then(|| typed.rest.to_owned());
    let command = match typed.name.to_ascii_lowercase().as_str() {
        "ask" if !typed.rest.is_empty() => {
            return Some(CustomerAct::Say { id, message: Message::text(typed.rest) });
        }
        "start" => CustomerCommand::Start,
        "help" | "ask" => CustomerCommand::Help,
        "faq" => CustomerCommand::Faq,
        "human" => CustomerCommand::Human,
        "contact" => CustomerCommand::Contact,
        "status" => CustomerCommand::Status,
        "feedback" => CustomerCommand::Feedback(text()),
        "language" | "lang" => CustomerCommand::Language(language(typed.rest)),
        "cancel" => CustomerCommand::Cancel,
        "privacy" => CustomerCommand::Privacy,
        _ => return None,
    };
    Some(CustomerAct::Command(command))
}

/// Reads a language as a customer types it: its code or its own name.
#[must_use]
pub fn language(text: &str) -> Option<Lang> {
    Lang::from_tag(text).or_else(|| Lang::ALL.into_iter().find(|lang| lang.name().eq_ignore_ascii_case(text)))
}

/// What an agent's command asks for, and of which ticket: the one that it names (`/claim 12`), or `here`, the one in
/// whose thread it was typed. `None` when there is no such command.
#[must_use]
pub fn staff(typed: Typed<'_>, here: Target) -> Option<(Target, StaffAct)> {
    let name = typed.name.to_ascii_lowercase();
    let (on, rest) = match named_ticket(typed.rest) {
        Some((number, rest)) if name != "reply" && name != "note" => (Target::Ticket(number), rest),
        _ => (here, typed.rest),
    };
    let act = match name.as_str() {
        "claim" | "take" => StaffAct::Claim,
        "next" => return Some((Target::Next, StaffAct::Claim)),
        "reply" if !rest.is_empty() => StaffAct::Reply(Message::text(rest)),
        "note" if !rest.is_empty() => StaffAct::Note(Message::text(rest)),
        "release" => StaffAct::Release,
        "transfer" if !rest.is_empty() => StaffAct::Transfer(transfer_to(rest)),
        "escalate" => StaffAct::Escalate,
        "priority" => StaffAct::Prioritise(priority(rest)?),
        "canned" if !rest.is_empty() => StaffAct::Canned(rest.to_owned()),
        "resolve" | "close" => StaffAct::Resolve,
        "reopen" => StaffAct::Reopen,
        "block" => StaffAct::Block,
        "unblock" => StaffAct::Unblock,
        "available" => return Some((Target::Nothing, StaffAct::Presence(Presence::Available))),
        "away" => return Some((Target::Nothing, StaffAct::Presence(Presence::Away))),
        "offline" => return Some((Target::Nothing, StaffAct::Presence(Presence::Offline))),
        "queue" => return Some((Target::Nothing, StaffAct::Queue)),
        "help" | "commands" => return Some((Target::Nothing, StaffAct::Help)),
        _ => return None,
    };
    Some((on, act))
}

/// The code of a `/link CODE` command.
#[must_use]
pub fn link<'a>(typed: Typed<'a>) -> Option<&'a str> {
    typed.name.eq_ignore_ascii_case("link").then_some(typed.rest)
}

fn named_ticket(rest: &str) -> Option<(TicketNumber, &str)> {
    let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let number = word.strip_prefix('#').unwrap_or(word).parse().ok()?;
    Some((TicketNumber(number), rest.trim()))
}

fn transfer_to(rest: &str) -> TransferTo {
    match Department::new(rest) {
        Ok(department) => TransferTo::Department(department),
        Err(_) => TransferTo::Named(rest.trim_start_matches('@').to_owned()),
    }
}

fn priority(rest: &str) -> Option<Priority> {
    match rest.to_lowercase().as_str() {
        "low" | "低" => Some(Priority::Low),
        "normal" | "普通" | "中" => Some(Priority::Normal),
        "high" | "高" => Some(Priority::High),
        "urgent" | "紧急" => Some(Priority::Urgent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_a_slash_and_a_word() {
        let full = typed("/ask@okpay_bot  how do I pay?").unwrap();
        assert_eq!((full.name, full.bot, full.rest), ("ask", Some("okpay_bot"), "how do I pay?"));
        for text in ["//note", "hello /ask", "/", "/ 12", "/12"] {
            assert_eq!(typed(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_question_behind_ask_is_a_message() {
        let act = customer(typed("/ask 提现失败").unwrap(), MessageRef("1".into()));
        let Some(CustomerAct::Say { message, .. }) = act else { panic!("{act:?}") };
        assert_eq!(message.text, "提现失败");
    }

    #[test]
    fn an_agent_names_a_ticket_or_means_the_one_at_hand() {
        let read = |text| staff(typed(text).unwrap(), Target::Nothing);
        assert_eq!(read("/claim #12"), Some((Target::Ticket(TicketNumber(12)), StaffAct::Claim)));
        assert_eq!(read("/claim"), Some((Target::Nothing, StaffAct::Claim)));
        assert_eq!(
            read("/transfer 3 payments"),
            Some((
                Target::Ticket(TicketNumber(3)),
                StaffAct::Transfer(TransferTo::Department("payments".parse().unwrap()))
            ))
        );
        assert_eq!(read("/priority 紧急"), Some((Target::Nothing, StaffAct::Prioritise(Priority::Urgent))));
        assert_eq!(
            read("/reply 12 days"),
            Some((Target::Nothing, StaffAct::Reply(Message::text("12 days"))))
        );
        assert_eq!(read("/priority"), None);
        assert_eq!(read("/dance"), None);
    }
}
