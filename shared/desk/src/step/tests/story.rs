//! Plays a script and writes down what everybody sees. One line an act:
//!
//! - `li> text` says it, `li> [label]` presses the newest button with that label, `li> /status` gives a command;
//! - agents (`ann`, `bob`: agents; `sue`: senior; `max`: supervisor) act on the newest ticket, or on `#2 claim`;
//!   what they write without a slash is a plain message in the ticket's thread;
//! - `time> 6m` lets time pass, firing what is due; `queue>` tells the waiting that the queue moved.

use crate::*; // a test of everything speaks of everything
use intents::{Lang, Pack};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

/// The conversations of a small service.
pub(super) struct Story {
    pub(super) policy: Policy,
    pub(super) packs: &'static Packs,
    pub(super) now: Timestamp,
    pub(super) roster: Roster,
    pub(super) cases: BTreeMap<String, Case>,
    pub(super) logs: BTreeMap<String, Vec<LogEntry>>,
    tickets: Vec<String>,
    buttons: BTreeMap<String, Vec<Choice>>,
    acts: u64,
    pub(super) public: bool,
    out: String,
}

pub(super) fn packs() -> &'static Packs {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    PACKS.get_or_init(|| with_bands(0.8, 0.2))
}

/// The same pack for a bot that would rather ask than answer.
pub(super) fn asking_packs() -> &'static Packs {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    PACKS.get_or_init(|| with_bands(1.0, 0.0))
}

fn with_bands(answer: f32, clarify: f32) -> Packs {
    let top = "name = \"Test\"\nlanguages = [\"zh\", \"en\"]\ndefault_language = \"zh\"\n";
    let files: [(&str, &[u8]); 3] = [
        ("pack.toml", top.as_bytes()),
        ("service.toml", include_bytes!("service.toml")),
        ("canned.toml", include_bytes!("canned.toml")),
    ];
    let pack = Pack::parse(files).unwrap_or_else(|e| panic!("{e}"));
    Packs::new(pack, policy::BandsPolicy { precision: 0.97, answer: Some(answer), clarify: Some(clarify) })
}

pub(super) fn channel(name: &str) -> Channel {
    name.parse().unwrap()
}

fn agent(id: u32, name: &str, role: Role) -> (AgentId, Agent) {
    let identity = Address::new(channel("staff"), name).unwrap();
    let agent = Agent {
        id: AgentId(id),
        name: name.into(),
        role,
        departments: Vec::new(),
        languages: Vec::new(),
        capacity: 2,
        presence: Presence::Available,
        identities: vec![identity],
    };
    (AgentId(id), agent)
}

impl Story {
    pub(super) fn new() -> Self {
        let agents = [
            agent(1, "ann", Role::Agent),
            agent(2, "bob", Role::Agent),
            agent(3, "sue", Role::Senior),
            agent(4, "max", Role::Supervisor),
        ];
        Self {
            policy: Policy::default(),
            packs: packs(),
            now: "2026-03-02T09:00:00Z".parse().unwrap(),
            roster: Roster { agents: agents.into_iter().collect(), last: 4, ..Roster::default() },
            cases: BTreeMap::new(),
            logs: BTreeMap::new(),
            tickets: Vec::new(),
            buttons: BTreeMap::new(),
            acts: 0,
            public: false,
            out: String::new(),
        }
    }

    /// Plays a script; returns the transcript of it.
    pub(super) fn play(&mut self, script: &str) -> String {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let _ = writeln!(self.out, "{line}");
            let (who, text) = line.split_once('>').unwrap_or_else(|| panic!("no act: {line}"));
            self.line(who, text.trim());
        }
        std::mem::take(&mut self.out)
    }

    fn line(&mut self, who: &str, text: &str) {
        match who {
            "time" => self.pass(text),
            "queue" => {
                for name in self.cases.keys().cloned().collect::<Vec<_>>() {
                    self.within(&name, WithinAct::QueueMoved);
                }
            }
            _ if self.roster.agents.values().any(|agent| agent.name == who) => self.agent_line(who, text),
            _ => self.customer_line(who, text),
        }
    }

    fn pass(&mut self, text: &str) {
        let by: SignedDuration = text.parse().unwrap();
        let end = self.now + by;
        while let Some((at, name)) = self
            .cases
            .iter()
            .filter_map(|(n, c)| c.wake().map(|at| (at, n.clone())))
            .min()
            .filter(|(at, _)| *at <= end)
        {
            self.now = self.now.max(at);
            self.within(&name, WithinAct::Wake);
        }
        self.now = end;
    }

    fn customer_line(&mut self, who: &str, text: &str) {
        self.acts += 1;
        let id = MessageRef(self.acts.to_string());
        let act = if let Some(label) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            let shown = self.buttons.get(who).into_iter().flatten().rev();
            let choice =
                shown.into_iter().find(|c| c.label == label).unwrap_or_else(|| panic!("no button {label}"));
            let Press::Button(button) = &choice.press else { panic!("{label} doesn't come back to us") };
            CustomerAct::Press(button.clone())
        } else if let Some(file) = text.strip_prefix("file ") {
            let file = FileRef { channel: channel("test"), id: file.into() };
            let attachment =
                Attachment { kind: AttachmentKind::Photo, name: None, mime: None, size: None, file };
            let message = Message { attachments: vec![attachment], ..Message::default() };
            CustomerAct::Say { id, message }
        } else if let Some(rest) = text.strip_prefix("edit ") {
            let (id, text) = rest.split_once(' ').unwrap();
            CustomerAct::Edit { id: MessageRef(id.into()), message: Message::text(text) }
        } else if let Some(typed) = command::typed(text) {
            command::customer(typed, id).unwrap_or_else(|| panic!("no command {text}"))
        } else {
            CustomerAct::Say { id, message: Message::text(text) }
        };
        self.customer(who, act);
    }

    pub(super) fn customer(&mut self, who: &str, act: CustomerAct) {
        let contact = Address::new(channel("test"), who).unwrap();
        let profile = Profile { name: who.into(), public: self.public, ..Profile::default() };
        self.happen(who, What::Customer { contact, profile, act }, None, None);
    }

    fn agent_line(&mut self, who: &str, text: &str) {
        let (number, text) = match text.strip_prefix('#').and_then(|t| t.split_once(' ')) {
            Some((number, rest)) => (TicketNumber(number.parse().unwrap()), rest),
            None => (TicketNumber(self.tickets.len() as u64), text),
        };
        self.acts += 1;
        let id = MessageRef(self.acts.to_string());
        let act = if let Some(note) = text.strip_prefix("//") {
            StaffAct::Note(Message::text(note.trim()))
        } else if let Some(rest) = text.strip_prefix("edit ") {
            let (id, text) = rest.split_once(' ').unwrap();
            StaffAct::Edit { id: MessageRef(id.into()), message: Message::text(text) }
        } else if let Some(typed) = command::typed(text) {
            command::staff(typed, Target::Nothing).unwrap_or_else(|| panic!("no command {text}")).1
        } else {
            StaffAct::Say { id, message: Message::text(text) }
        };
        self.staff(who, number, act);
    }

    pub(super) fn staff(&mut self, who: &str, number: TicketNumber, act: StaffAct) {
        let Some(name) =
            usize::try_from(number.0).ok().and_then(|n| self.tickets.get(n.checked_sub(1)?)).cloned()
        else {
            return;
        };
        let by = Address::new(channel("staff"), who).unwrap();
        let agent = self.roster.agents.values().find(|agent| agent.name == who).cloned();
        let on = Target::Thread(channel("staff"), ThreadRef(number.0.to_string()));
        self.happen(&name, What::Staff { by, on, act }, agent.as_ref(), Some(number));
    }

    pub(super) fn within(&mut self, who: &str, act: WithinAct) {
        let contact = Address::new(channel("test"), who).unwrap();
        self.happen(who, What::Within { contact, act }, None, None);
    }

    pub(super) fn queue(&self) -> Vec<QueueRow> {
        let mut rows: Vec<_> = self.cases.values().filter_map(Case::queue_row).collect();
        rows.sort_by_key(QueueRow::order);
        rows
    }

    fn happen(&mut self, who: &str, what: What, agent: Option<&Agent>, ticket: Option<TicketNumber>) {
        self.acts += 1;
        let case = self.cases.get(who).cloned().unwrap_or_else(|| {
            Case::new(Address::new(channel("test"), who).unwrap(), Profile::default(), Lang::Zh)
        });
        let queue = self.queue();
        let facts = Facts {
            now: self.now,
            next_ticket: TicketNumber(self.tickets.len() as u64 + 1),
            roster: &self.roster,
            agent,
            ticket,
            queue: &queue,
            pace: None,
        };
        let event = Event { key: EventKey(self.acts.to_string()), at: self.now, via: None, what };
        let outcome = step(&self.policy, self.packs, &facts, case, &event);
        if outcome.case.ticket().is_some_and(|ticket| ticket.number == facts.next_ticket) {
            self.tickets.push(who.into());
        }
        self.logs.entry(who.into()).or_default().extend(outcome.log);
        self.cases.insert(who.into(), outcome.case);
        for effect in &outcome.effects {
            self.show(who, effect);
        }
    }

    fn show(&mut self, who: &str, effect: &Effect) {
        let to = match &effect.to {
            To::Contact => format!("  → {who}"),
            To::Staff(number) => format!("  → staff {number}"),
            To::StaffBut(number, place) => format!("  → staff {number} but {place}"),
            To::Actor => "  → actor".into(),
        };
        let slot = match (&effect.slot, effect.only_edit) {
            (Some(slot), true) => format!(" (edits {slot})"),
            (Some(slot), false) => format!(" ({slot})"),
            (None, _) => String::new(),
        };
        let text = match &effect.content {
            Content::Say(say) => {
                let speaker = match &say.speaker {
                    Speaker::Bot | Speaker::Notice => String::new(),
                    Speaker::Customer(name) | Speaker::Agent(name) => format!("{name}: "),
                    Speaker::Note(name) => format!("{name} (note): "),
                };
                let files = if say.attachments.is_empty() { "" } else { " +file" };
                format!("{speaker}{}{files}", say.text.text().replace('\n', " / "))
            }
            // How sure the matcher is, is not what these stories are about.
            Content::Card(card) => {
                let words = card.text.text().replace('\n', " / ");
                let matches = card.matches.iter().map(|(_, p)| format!(" ({:.0} %)", p.get() * 100.0));
                format!("card: {}", matches.fold(words, |words, percent| words.replace(&percent, "")))
            }
        };
        let _ = writeln!(self.out, "{to}{slot}: {text}");
        if let Content::Say(say) = &effect.content
            && !say.choices.is_empty()
        {
            let labels: Vec<_> = say.choices.iter().map(|c| format!("[{}]", c.label)).collect();
            let _ = writeln!(self.out, "      {}", labels.join(" "));
            if effect.to == To::Contact {
                self.buttons.entry(who.into()).or_default().extend(say.choices.clone());
            }
        }
    }
}

/// Plays a script from the beginning.
pub(super) fn play(script: &str) -> String {
    Story::new().play(script)
}
