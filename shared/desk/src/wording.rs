//! Everything that Deskhand itself says, in one place: what there is to say with its typed arguments here, the words in
//! one file a language. A missing translation doesn't compile. Answers to customers' questions are the pack's.

mod en;
mod zh;

use crate::{Priority, Reason, Release, Role, TicketNumber, Tier, Undeliverable};
use intents::{Lang, Rich};
use jiff::SignedDuration;

/// Something that Deskhand says.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // each variant's words are its documentation
pub enum Phrase<'a> {
    // To customers.
    Welcome {
        brand: &'a str,
    },
    Help,
    Categories,
    CategoryQuestions {
        category: &'a str,
    },
    Greeting,
    Thanks,
    Goodbye,
    AboutBot,
    YesToWhat,
    SorryNotHelpful,
    ThanksForThumbs,
    WhichOne,
    Unsure,
    CantReadFiles,
    NothingAsked,
    EntryGone,
    AskInPrivate,
    SecretWarning,
    UrgentLead,
    HandedOff {
        number: TicketNumber,
        reason: &'a Reason,
        position: u32,
        wait: Option<SignedDuration>,
        on_duty: bool,
    },
    Position {
        number: TicketNumber,
        position: u32,
        wait: Option<SignedDuration>,
    },
    Connected {
        number: TicketNumber,
    },
    StillQueued {
        position: u32,
    },
    AgentJoined {
        agent: &'a str,
    },
    AgentChanging,
    WithAgentAlready {
        agent: &'a str,
    },
    QueuedAlready {
        number: TicketNumber,
        position: u32,
        wait: Option<SignedDuration>,
    },
    WentSenior {
        number: TicketNumber,
    },
    BackWithBot,
    OutOfQueue {
        number: TicketNumber,
    },
    BotIsHere,
    Resolved {
        number: TicketNumber,
    },
    Rated {
        stars: u8,
    },
    RatingOver,
    ReopenedByAgent {
        number: TicketNumber,
        agent: &'a str,
    },
    NoTicket,
    LastTicket {
        number: TicketNumber,
    },
    AskFeedback,
    ChooseLanguage,
    LanguageSet,
    NothingToCancel,
    Cancelled,
    CancelWithAgent,
    Privacy,
    WaysToReach,
    // Buttons for customers.
    ButtonHuman,
    ButtonSenior,
    ButtonFeedback,
    ButtonMenu,
    ButtonHelped,
    ButtonNotHelped,
    ButtonNone,
    ButtonBackToBot,
    ButtonPrivate,
    // To agents.
    NotLinked,
    Linked {
        agent: &'a str,
        role: Role,
    },
    LinkRefused,
    LinkTooOften,
    NoSuchTicket,
    QueueEmpty,
    Claimed {
        number: TicketNumber,
    },
    AlreadyYours {
        number: TicketNumber,
    },
    OwnedBy {
        agent: &'a str,
    },
    KeptFor {
        agent: &'a str,
    },
    NeedsSenior,
    AtCapacity {
        capacity: u32,
    },
    NotYours,
    ClaimFirst,
    NothingOpen,
    TicketEnded,
    Done,
    NoSuchColleague {
        name: &'a str,
    },
    NoSuchDepartment {
        name: &'a str,
    },
    NoSuchCanned {
        name: &'a str,
    },
    AlreadySenior,
    CantReopen,
    PresenceSet {
        presence: crate::Presence,
    },
    ChooseDepartment,
    ChoosePriority,
    ChooseCanned,
    NoCanned,
    StaffHelp,
    QueueHead {
        waiting: usize,
        owned: usize,
    },
    QueueLine {
        number: TicketNumber,
        name: &'a str,
        reason: String,
        priority: Priority,
        waiting: SignedDuration,
    },
    EmptyMessage,
    // Notices in a ticket's thread.
    NoticeClaimed {
        agent: &'a str,
    },
    NoticeReleased {
        agent: &'a str,
        why: Release,
    },
    NoticeTransferred {
        agent: &'a str,
        to: &'a str,
    },
    NoticeEscalated {
        agent: Option<&'a str>,
    },
    NoticePriority {
        agent: &'a str,
        priority: Priority,
    },
    NoticeResolved {
        agent: &'a str,
    },
    NoticeWithdrawn,
    NoticeReopened {
        agent: &'a str,
    },
    NoticeBlocked {
        agent: &'a str,
        on: bool,
    },
    NoticeRemind {
        agent: &'a str,
        waited: SignedDuration,
    },
    NoticeUndeliverable {
        reason: Undeliverable,
    },
    NoticeLeft,
    NoticeRated {
        stars: u8,
    },
    NoticeEdited,
    // On the card.
    CardTitle {
        number: TicketNumber,
    },
    CardCustomer,
    CardReason {
        reason: &'a Reason,
        entry: Option<&'a str>,
    },
    CardDepartment {
        department: &'a str,
        tier: Tier,
        priority: Priority,
    },
    CardQuestions,
    CardMatches,
    CardQueued,
    CardOwned {
        agent: &'a str,
    },
    CardResolved {
        agent: &'a str,
    },
    CardWithdrawn,
    // Buttons for agents.
    Claim,
    Reply,
    Note,
    Release,
    Transfer,
    Escalate,
    Priority,
    PriorityName {
        priority: Priority,
    },
    Canned,
    Resolve,
    Reopen,
    Block,
    Unblock,
}

impl Phrase<'_> {
    /// The words in a language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => zh::text(self),
            Lang::En => en::text(self),
        }
    }

    /// The words in a language, as text that nothing in it can style.
    #[must_use]
    pub fn rich(&self, lang: Lang) -> Rich {
        Rich::plain(self.text(lang))
    }
}

/// Why a ticket exists, in a few words.
#[must_use]
pub fn reason(reason: &Reason, entry: Option<&str>, lang: Lang) -> String {
    match lang {
        Lang::Zh => zh::reason_text(reason, entry),
        Lang::En => en::reason_text(reason, entry),
    }
}

/// A command as a platform's menu shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MenuItem {
    /// The name, without a slash: the same in each language.
    pub name: &'static str,
    /// What it does, in at most 100 characters.
    pub description: &'static str,
}

/// The commands of customers, in the order in which menus show them.
#[must_use]
pub fn customer_menu(lang: Lang) -> &'static [MenuItem] {
    match lang {
        Lang::Zh => zh::CUSTOMER_MENU,
        Lang::En => en::CUSTOMER_MENU,
    }
}

/// The commands of agents, in the order in which menus show them.
#[must_use]
pub fn staff_menu(lang: Lang) -> &'static [MenuItem] {
    match lang {
        Lang::Zh => zh::STAFF_MENU,
        Lang::En => en::STAFF_MENU,
    }
}

/// Minutes of a span, rounded up, at least 1.
fn minutes(span: SignedDuration) -> i64 {
    (span.as_secs().max(0) + 59).div_euclid(60).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command;

    #[test]
    fn menus_name_the_same_commands_in_each_language_and_each_is_read() {
        for menu in [customer_menu, staff_menu] {
            let names = |lang| menu(lang).iter().map(|item| item.name).collect::<Vec<_>>();
            assert_eq!(names(Lang::Zh), names(Lang::En));
        }
        for item in customer_menu(Lang::En) {
            let text = format!("/{}", item.name);
            let typed = command::typed(&text).expect("it has a command's form");
            assert!(command::customer(typed, crate::MessageRef("1".into())).is_some(), "{text}");
        }
        for item in staff_menu(Lang::En) {
            let text = format!("/{} high", item.name);
            let typed = command::typed(&text).expect("it has a command's form");
            let read =
                command::staff(typed, crate::Target::Nothing).is_some() || command::link(typed).is_some();
            assert!(read, "{text}");
        }
    }

    #[test]
    fn a_description_fits_every_platform() {
        for lang in Lang::ALL {
            for item in customer_menu(lang).iter().chain(staff_menu(lang)) {
                assert!((3..=100).contains(&item.description.chars().count()), "{item:?}");
                assert!((1..=32).contains(&item.name.len()), "{item:?}");
            }
        }
    }
}
