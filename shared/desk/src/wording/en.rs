//! The words in English.

use super::{MenuItem, Phrase, minutes};
use crate::{Presence, Priority, Reason, Release, Role, Tier, Undeliverable};
use jiff::SignedDuration;

pub(super) const CUSTOMER_MENU: &[MenuItem] = &[
    MenuItem { name: "start", description: "Get started" },
    MenuItem { name: "ask", description: "Ask a question" },
    MenuItem { name: "faq", description: "Frequent questions" },
    MenuItem { name: "human", description: "Talk to a person" },
    MenuItem { name: "status", description: "Where my ticket stands" },
    MenuItem { name: "contact", description: "Ways to reach us" },
    MenuItem { name: "feedback", description: "Tell us what you think" },
    MenuItem { name: "language", description: "Change the language" },
    MenuItem { name: "cancel", description: "Stop waiting, or cancel what you began" },
    MenuItem { name: "privacy", description: "What we store about you" },
    MenuItem { name: "help", description: "How this works" },
];

pub(super) const STAFF_MENU: &[MenuItem] = &[
    MenuItem { name: "next", description: "Take the next ticket" },
    MenuItem { name: "claim", description: "Take this ticket, or /claim NUMBER" },
    MenuItem { name: "release", description: "Put the ticket back in the queue" },
    MenuItem { name: "transfer", description: "Pass it on: /transfer DEPARTMENT or NAME" },
    MenuItem { name: "escalate", description: "Pass it up to a senior agent" },
    MenuItem { name: "priority", description: "Set the priority: low, normal, high, urgent" },
    MenuItem { name: "reply", description: "Answer the customer: /reply TEXT" },
    MenuItem { name: "note", description: "Write to colleagues only: /note TEXT, or begin with //" },
    MenuItem { name: "canned", description: "Send a canned reply: /canned NAME" },
    MenuItem { name: "resolve", description: "Close the ticket" },
    MenuItem { name: "reopen", description: "Open the ticket again" },
    MenuItem { name: "block", description: "Ignore this customer" },
    MenuItem { name: "unblock", description: "Hear this customer again" },
    MenuItem { name: "queue", description: "Show the queue" },
    MenuItem { name: "available", description: "Start taking tickets" },
    MenuItem { name: "away", description: "Take a break" },
    MenuItem { name: "offline", description: "Stop taking tickets" },
    MenuItem { name: "link", description: "Link your account: /link CODE" },
    MenuItem { name: "commands", description: "What agents can do" },
];

#[allow(clippy::too_many_lines)] // a table that reads straight down
pub(super) fn text(phrase: &Phrase<'_>) -> String {
    match phrase {
        Phrase::Welcome { brand } => format!(
            "Hi, and welcome to {brand} support.\n\nJust type your question, for example “my withdrawal hasn't arrived”, or pick a topic below. To talk to a person at any time, send “human”."
        ),
        Phrase::Help => "Here's what you can do:\n• Type your question; the more specific, the better\n• Send “human” to talk to a person\n• /faq – browse frequent questions\n• /status – see where your ticket stands\n• /contact – ways to reach us\n• /feedback – tell us what you think\n• /language – change the language\n• /cancel – stop waiting\n• /privacy – what we store about you".into(),
        Phrase::Categories => "What is your question about?".into(),
        Phrase::CategoryQuestions { category } => format!("Frequent questions about “{category}”:"),
        Phrase::Greeting => "Hello! How can I help? Just type your question.".into(),
        Phrase::Thanks => "You're welcome! If there's anything else, just ask.".into(),
        Phrase::Goodbye => "Goodbye, and have a nice day!".into(),
        Phrase::AboutBot => "I'm the support assistant. I answer common questions, and when I can't, I bring in a person.".into(),
        Phrase::YesToWhat => "Sure. What would you like to know?".into(),
        Phrase::SorryNotHelpful => "Sorry that didn't help. You can put it another way, or talk to a person.".into(),
        Phrase::ThanksForThumbs => "Thanks for letting us know!".into(),
        Phrase::WhichOne => "Which of these do you mean?".into(),
        Phrase::Unsure => "Sorry, I'm not sure what you mean. Could you be a bit more specific – what were you doing, and what did you see? Or pick a topic:".into(),
        Phrase::CantReadFiles => "Got it, but I can't read pictures or files. Please describe the problem in words, or let a person have a look.".into(),
        Phrase::NothingAsked => "Type your question, or pick one below:".into(),
        Phrase::EntryGone => "That topic has changed. Please pick again:".into(),
        Phrase::AskInPrivate => "Others can read along here. To protect your privacy, please message me directly, and I'll help you there or bring in a person.".into(),
        Phrase::SecretWarning => "To keep your money safe, please don't send passwords, codes or full card numbers. I've hidden what you just sent. Our support will never ask you for them.".into(),
        Phrase::UrgentLead => "This is urgent. Please do the following right away; a person will take over with the highest priority:".into(),
        Phrase::HandedOff { number, reason, position, wait, on_duty } => {
            let lead = match reason {
                Reason::Unsure | Reason::Attachment => "I can't answer this one, so I've passed you on to our support team.",
                Reason::Asked => "Sure, I've passed you on to our support team.",
                Reason::Senior => "Sure, I've passed you on to a senior agent.",
                Reason::Urgent(_) => "I've raised an alarm with our support team; you go first.",
                Reason::Unhelpful(_) => "Sorry that didn't help. I've passed you on to our support team.",
                Reason::Feedback => "Thank you, we've got your feedback. Somebody will look into it.",
            };
            let place = if *on_duty {
                queue_place(*position, *wait)
            } else {
                "Nobody is online right now; we'll get back to you as soon as somebody is.".to_owned()
            };
            format!("{lead}\nTicket: {number}\n{place}\nFeel free to add details while you wait; the agent will see them all.")
        }
        Phrase::Position { number, position, wait } => {
            format!("Ticket {number} is in the queue. {}", queue_place(*position, *wait))
        }
        Phrase::Connected { number } => format!("Ticket {number}: you're connected to an agent."),
        Phrase::StillQueued { position } => {
            format!("Got it, I've added that to your ticket. You're number {position} in the queue.")
        }
        Phrase::AgentJoined { agent } => format!("{agent} has joined and will help you from here."),
        Phrase::AgentChanging => "I'm passing you on to a colleague. One moment please; no need to explain again.".into(),
        Phrase::WithAgentAlready { agent } => format!("{agent} is already helping you – just write here."),
        Phrase::QueuedAlready { number, position, wait } => {
            format!("Your ticket {number} is already in the queue. {}", queue_place(*position, *wait))
        }
        Phrase::WentSenior { number } => format!("Ticket {number} has been passed up to a senior agent. One moment please."),
        Phrase::BackWithBot => "OK, you're back with me. What's your question?".into(),
        Phrase::OutOfQueue { number } => format!("Ticket {number} has left the queue."),
        Phrase::BotIsHere => "I'm here. What's your question?".into(),
        Phrase::Resolved { number } => {
            format!("Ticket {number} is closed. How did we do? Please rate us from 1 (poor) to 5 (great):")
        }
        Phrase::Rated { stars } => format!("Thanks for your rating: {}. Have a nice day!", stars_text(*stars)),
        Phrase::RatingOver => "This rating is closed. Thank you all the same!".into(),
        Phrase::ReopenedByAgent { number, agent } => format!("{agent} has reopened your ticket {number} and will carry on."),
        Phrase::NoTicket => "You have no open ticket.".into(),
        Phrase::LastTicket { number } => format!("You have no open ticket. Your last one, {number}, is closed."),
        Phrase::AskFeedback => "What would you like to tell us? We'll pass it on to the right people. (Send /cancel to stop.)".into(),
        Phrase::ChooseLanguage => "Please choose a language:".into(),
        Phrase::LanguageSet => "OK, English it is.".into(),
        Phrase::NothingToCancel => "There's nothing to cancel.".into(),
        Phrase::Cancelled => "OK, cancelled.".into(),
        Phrase::CancelWithAgent => "An agent is helping you. If it's solved, just tell them and they'll close the ticket.".into(),
        Phrase::Privacy => "We store the messages you send here, your display name and your account id, only to handle your questions. Passwords, codes and card numbers are hidden before anything is stored. To get a copy of your data or have it erased, please ask to talk to a person.".into(),
        Phrase::WaysToReach => "You can ask right here, or send “human” to reach our support team.".into(),
        Phrase::ButtonHuman => "Talk to a person".into(),
        Phrase::ButtonSenior => "Senior agent".into(),
        Phrase::ButtonFeedback => "Give feedback".into(),
        Phrase::ButtonMenu => "Other topics".into(),
        Phrase::ButtonHelped => "👍 Helpful".into(),
        Phrase::ButtonNotHelped => "👎 Not solved".into(),
        Phrase::ButtonNone => "None of these".into(),
        Phrase::ButtonBackToBot => "Stop waiting, back to the bot".into(),
        Phrase::ButtonPrivate => "Message me".into(),

        Phrase::NotLinked => "Your account isn't linked to an agent. Ask an admin for a link code, then send me /link CODE in private.".into(),
        Phrase::Linked { agent, role } => format!("You're linked as {agent} ({}). Send /commands to see what you can do.", role_name(*role)),
        Phrase::LinkRefused => "This code is wrong or has expired.".into(),
        Phrase::LinkTooOften => "Too many tries. Please try again in an hour.".into(),
        Phrase::NoSuchTicket => "There's no such ticket.".into(),
        Phrase::QueueEmpty => "There's nothing in the queue for you right now.".into(),
        Phrase::Claimed { number } => format!("{number} is yours."),
        Phrase::AlreadyYours { number } => format!("{number} is already yours."),
        Phrase::OwnedBy { agent } => format!("This ticket belongs to {agent}."),
        Phrase::KeptFor { agent } => format!("This ticket is being kept for {agent}."),
        Phrase::NeedsSenior => "This ticket was escalated; only senior agents can take it.".into(),
        Phrase::AtCapacity { capacity } => format!("You already have {capacity} tickets, which is your limit. Close one first."),
        Phrase::NotYours => "Only the ticket's owner or a supervisor can do this.".into(),
        Phrase::ClaimFirst => "Saved as a note. Your messages reach the customer once you've claimed the ticket.".into(),
        Phrase::NothingOpen => "There's no open ticket here.".into(),
        Phrase::TicketEnded => "This ticket is closed. Reopen it to write to the customer.".into(),
        Phrase::Done => "Done.".into(),
        Phrase::NoSuchColleague { name } => format!("There's no department or colleague named “{name}”."),
        Phrase::NoSuchDepartment { name } => format!("There's no department “{name}”."),
        Phrase::NoSuchCanned { name } => format!("There's no canned reply “{name}”."),
        Phrase::AlreadySenior => "This ticket is with the senior agents already.".into(),
        Phrase::CantReopen => "This ticket can't be reopened: it's too old, or the customer has a new one.".into(),
        Phrase::PresenceSet { presence } => match presence {
            Presence::Available => "You're available for tickets.",
            Presence::Away => "You're away: you keep your tickets and get no new ones.",
            Presence::Offline => "You're offline.",
        }
        .into(),
        Phrase::ChooseDepartment => "Which department? To pass it to a colleague, use /transfer NAME.".into(),
        Phrase::ChoosePriority => "Which priority?".into(),
        Phrase::ChooseCanned => "Which canned reply?".into(),
        Phrase::NoCanned => "No canned replies are set up.".into(),
        Phrase::StaffHelp => {
            let lines: Vec<_> = STAFF_MENU.iter().map(|item| format!("/{} – {}", item.name, item.description)).collect();
            format!("Commands for agents:\n{}\n\nOnce you've claimed a ticket, what you write in it goes to the customer; begin with // to write a note.", lines.join("\n"))
        }
        Phrase::QueueHead { waiting, owned } => format!("{waiting} waiting, {owned} in progress."),
        Phrase::QueueLine { number, name, reason, priority, waiting } => {
            format!("{number} {name} | {} | {reason} | waiting {}", priority_name(*priority), span(*waiting))
        }
        Phrase::EmptyMessage => "The message was empty; nothing was sent.".into(),

        Phrase::NoticeClaimed { agent } => format!("{agent} took the ticket."),
        Phrase::NoticeReleased { agent, why } => match why {
            Release::ByOwner => format!("{agent} put the ticket back in the queue."),
            Release::Silence => format!("{agent} didn't answer; the ticket is back in the queue."),
            Release::Removed => format!("{agent} is no longer an agent; the ticket is back in the queue."),
            Release::Offline => {
                format!("{agent} went offline while the customer was waiting; the ticket is back in the queue.")
            }
            Release::NotTaken => format!("{agent} didn't take it; the ticket is open to all again."),
        },
        Phrase::NoticeTransferred { agent, to } => format!("{agent} passed the ticket on to {to}."),
        Phrase::NoticeEscalated { agent: Some(agent) } => format!("{agent} passed the ticket up to the senior agents."),
        Phrase::NoticeEscalated { agent: None } => "The ticket was passed up to the senior agents.".into(),
        Phrase::NoticePriority { agent, priority } => format!("{agent} set the priority to {}.", priority_name(*priority)),
        Phrase::NoticeResolved { agent } => format!("{agent} closed the ticket."),
        Phrase::NoticeWithdrawn => "The customer left the queue and went back to the bot.".into(),
        Phrase::NoticeReopened { agent } => format!("{agent} reopened the ticket."),
        Phrase::NoticeBlocked { agent, on: true } => format!("{agent} blocked this customer."),
        Phrase::NoticeBlocked { agent, on: false } => format!("{agent} unblocked this customer."),
        Phrase::NoticeRemind { agent, waited } => {
            format!("⏰ The customer has been waiting for {}. {agent}, please answer.", span(*waited))
        }
        Phrase::NoticeUndeliverable { reason } => format!(
            "⚠️ A message didn't reach the customer: {}.",
            match reason {
                Undeliverable::Unreachable => "they blocked the bot, closed their messages, or their account is gone",
                Undeliverable::Rejected => "the platform refused it",
                Undeliverable::GaveUp => "the platform couldn't be reached for too long",
                Undeliverable::File => "the file is too large or no longer there",
            }
        ),
        Phrase::NoticeLeft => "⚠️ The customer blocked the bot or left; messages may not arrive.".into(),
        Phrase::NoticeRated { stars } => format!("Rating: {}", stars_text(*stars)),
        Phrase::NoticeEdited => "✏️ Changed to: ".into(),

        Phrase::CardTitle { number } => format!("Ticket {number}"),
        Phrase::CardCustomer => "Customer: ".into(),
        Phrase::CardReason { reason, entry } => format!("Reason: {}", reason_text(reason, *entry)),
        Phrase::CardDepartment { department, tier, priority } => {
            let tier = match tier {
                Tier::First => "",
                Tier::Senior => " | senior",
            };
            format!("Department: {department}{tier} | Priority: {}", priority_name(*priority))
        }
        Phrase::CardQuestions => "Asked:".into(),
        Phrase::CardMatches => "May be about:".into(),
        Phrase::CardQueued => "State: waiting".into(),
        Phrase::CardOwned { agent } => format!("State: with {agent}"),
        Phrase::CardResolved { agent } => format!("State: closed by {agent}"),
        Phrase::CardWithdrawn => "State: withdrawn by the customer".into(),

        Phrase::Claim => "Claim".into(),
        Phrase::Reply => "Reply".into(),
        Phrase::Note => "Note".into(),
        Phrase::Release => "Release".into(),
        Phrase::Transfer => "Transfer".into(),
        Phrase::Escalate => "Escalate".into(),
        Phrase::Priority => "Priority".into(),
        Phrase::PriorityName { priority } => priority_name(*priority).into(),
        Phrase::Canned => "Canned reply".into(),
        Phrase::Resolve => "Resolve".into(),
        Phrase::Reopen => "Reopen".into(),
        Phrase::Block => "Block customer".into(),
        Phrase::Unblock => "Unblock".into(),
    }
}

pub(super) fn reason_text(reason: &Reason, entry: Option<&str>) -> String {
    let about = entry.map_or_else(String::new, |entry| format!(": “{entry}”"));
    match reason {
        Reason::Unsure => "the bot didn't know".into(),
        Reason::Asked => "asked for a person".into(),
        Reason::Senior => "asked for a senior agent".into(),
        Reason::Urgent(_) => format!("urgent{about}"),
        Reason::Unhelpful(_) => format!("the answer didn't help{about}"),
        Reason::Attachment => "sent a picture or a file".into(),
        Reason::Feedback => "feedback".into(),
    }
}

fn queue_place(position: u32, wait: Option<SignedDuration>) -> String {
    match wait {
        Some(wait) => format!("You're number {position} in the queue; the wait is about {}.", span(wait)),
        None => {
            format!("You're number {position} in the queue; an agent will be with you as soon as possible.")
        }
    }
}

fn span(time: SignedDuration) -> String {
    match minutes(time) {
        1 => "1 minute".into(),
        n if n < 120 => format!("{n} minutes"),
        n => format!("{} hours", n / 60),
    }
}

fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Senior => "senior agent",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    }
}

fn stars_text(stars: u8) -> String {
    "⭐".repeat(usize::from(stars))
}
