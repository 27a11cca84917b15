//! `deskhand chat`: the bot in the terminal, with the same pack, matcher and decisions as everywhere else. Nothing is
//! stored, and there are no agents.

use crate::{cli::ChatArgs, config, config::Config};
use anyhow::Result;
use desk::{
    Address, Button, Case, Choice, Content, CustomerAct, Event, EventKey, Facts, Lang, Message, MessageRef,
    Packs, Policy, Press, Profile, QueueRow, Roster, Slot, TicketNumber, To, VerdictKind, What, WithinAct,
    command,
};
use jiff::Timestamp;
use serde::Serialize;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

pub(crate) fn run(config: Option<&Path>, args: &ChatArgs) -> Result<ExitCode> {
    let config = Config::load(config, &config::process_env)?;
    let folder = args.pack.as_deref().or(config.pack.folder.as_deref());
    let packs = Packs::new(config::load_pack(folder)?, config.policy.bands);
    let mut chat = Chat::new(config.policy, Arc::new(packs));
    converse(&mut chat, args.json, args.separate)?;
    Ok(ExitCode::SUCCESS)
}

/// Talks over standard input and output until the input ends.
pub(crate) fn converse(chat: &mut Chat, json: bool, separate: bool) -> Result<()> {
    let mut out = std::io::stdout();
    let stdin = std::io::stdin();
    let by_hand = stdin.is_terminal() && !json;
    if by_hand {
        let welcome = chat.begin();
        print(&mut out, &welcome, false)?;
    }
    let mut lines = stdin.lock().lines();
    loop {
        if by_hand {
            write!(out, "> ")?;
            out.flush()?;
        }
        let Some(line) = lines.next() else { return Ok(()) };
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        if separate {
            chat.anew();
        }
        let replies = chat.say(line.trim());
        print(&mut out, &replies, json)?;
    }
}

/// One reply of the bot, as scripts read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Reply {
    /// What it says.
    text: String,
    /// What stands on the buttons under it.
    choices: Vec<String>,
    /// What was decided: `answer`, `clarify`, `unsure`, `handoff`, `small_talk`, `service`, `relay`.
    verdict: VerdictKind,
    /// The entry that was answered with, or the likeliest.
    entry: Option<String>,
    /// The matcher's probability for it.
    confidence: f32,
    /// Whose turn it is afterwards: `with_bot`, `queued`, `with_agent`, `rating`.
    stage: &'static str,
}

/// A conversation in the terminal.
pub(crate) struct Chat {
    policy: Policy,
    packs: Arc<Packs>,
    case: Case,
    tickets: u64,
    acts: u64,
    shown: Vec<Choice>,
}

impl Chat {
    pub(crate) fn new(policy: Policy, packs: Arc<Packs>) -> Self {
        let case = new_case(packs.pack().default_language());
        Self { policy, packs, case, tickets: 0, acts: 0, shown: Vec::new() }
    }

    /// Forgets the conversation.
    fn anew(&mut self) {
        self.case = new_case(self.packs.pack().default_language());
        self.shown.clear();
    }

    /// What the bot says before anybody asks.
    fn begin(&mut self) -> Vec<Reply> {
        self.act(CustomerAct::Command(desk::CustomerCommand::Start))
    }

    /// What the bot says to a line: a message, a command, or a button by its words or its number.
    pub(crate) fn say(&mut self, line: &str) -> Vec<Reply> {
        self.acts += 1;
        let id = MessageRef(self.acts.to_string());
        let act = match (self.pressed(line), command::typed(line)) {
            (Some(button), _) => CustomerAct::Press(button),
            (None, Some(typed)) => {
                command::customer(typed, id).unwrap_or(CustomerAct::Command(desk::CustomerCommand::Help))
            }
            (None, None) => CustomerAct::Say { id, message: Message::text(line) },
        };
        self.act(act)
    }

    fn pressed(&self, line: &str) -> Option<Button> {
        let numbered = || self.shown.get(line.parse::<usize>().ok()?.checked_sub(1)?);
        let choice = self.shown.iter().find(|choice| choice.label == line).or_else(numbered)?;
        match &choice.press {
            Press::Button(button) => Some(button.clone()),
            Press::Link(_) | Press::Private | Press::Staff(_) => None,
        }
    }

    fn act(&mut self, act: CustomerAct) -> Vec<Reply> {
        // Timers fire here when their time has passed, not by themselves.
        let now = Timestamp::now();
        if self.case.wake().is_some_and(|wake| wake <= now) {
            let contact = self.case.contact.clone();
            self.step(What::Within { contact, act: WithinAct::Wake });
        }
        let contact = self.case.contact.clone();
        let profile = self.case.profile.clone();
        let said = matches!(act, CustomerAct::Say { .. });
        let mut replies = self.step(What::Customer { contact, profile, act });
        if replies.is_empty() && said {
            replies.push(Reply {
                text: String::new(),
                choices: Vec::new(),
                verdict: VerdictKind::Relay,
                entry: None,
                confidence: 0.0,
                stage: self.case.stage.name(),
            });
        }
        replies
    }

    fn step(&mut self, what: What) -> Vec<Reply> {
        self.acts += 1;
        let now = Timestamp::now();
        let queue: Vec<QueueRow> = self.case.queue_row().into_iter().collect();
        let facts = Facts {
            now,
            next_ticket: TicketNumber(self.tickets + 1),
            roster: &Roster::default(),
            agent: None,
            ticket: None,
            queue: &queue,
            pace: None,
        };
        let event = Event { key: EventKey(format!("chat:{}", self.acts)), at: now, via: None, what };
        let outcome = desk::step(&self.policy, &self.packs, &facts, self.case.clone(), &event);
        self.case = outcome.case;
        if let Some(ticket) = self.case.ticket() {
            self.tickets = self.tickets.max(ticket.number.0);
        }
        let stage = self.case.stage.name();
        let mut replies = Vec::new();
        for effect in outcome.effects {
            let revises = effect.only_edit && matches!(effect.slot, Some(Slot::Position(_)));
            let Content::Say(say) = effect.content else { continue };
            // The terminal changes nothing that it has printed, and has no staff.
            if effect.to != To::Contact || revises {
                continue;
            }
            let verdict = say.verdict;
            self.shown.clone_from(&say.choices);
            replies.push(Reply {
                text: say.text.text().to_owned(),
                choices: say.choices.into_iter().map(|choice| choice.label).collect(),
                verdict: verdict.as_ref().map_or(VerdictKind::Service, |verdict| verdict.kind),
                entry: verdict.as_ref().and_then(|verdict| verdict.entry.as_ref().map(ToString::to_string)),
                confidence: verdict.as_ref().map_or(0.0, |verdict| verdict.confidence.get()),
                stage,
            });
        }
        replies
    }
}

fn print(out: &mut impl Write, replies: &[Reply], json: bool) -> Result<()> {
    for reply in replies {
        if json {
            serde_json::to_writer(&mut *out, reply)?;
            writeln!(out)?;
            continue;
        }
        writeln!(out, "{}", reply.text)?;
        for (number, label) in reply.choices.iter().enumerate() {
            write!(out, "{}[{}] {label}", if number == 0 { "  " } else { "   " }, number + 1)?;
        }
        writeln!(out, "{}", if reply.choices.is_empty() { "" } else { "\n" })?;
    }
    out.flush()?;
    Ok(())
}

fn new_case(language: Lang) -> Case {
    // Both are names of ours.
    let channel = "terminal".parse().unwrap_or_else(|_| unreachable!());
    let contact = Address::new(channel, "you").unwrap_or_else(|_| unreachable!());
    Case::new(contact, Profile { name: "you".into(), ..Profile::default() }, language)
}
