//! What follows from an event for the roster: an account is linked, the operator adds or removes an agent, an agent says
//! whether they take tickets, or asks a question that concerns no ticket. Pure, like [`crate::step`].

use crate::step::to_actor;
use crate::{
    AdminAct, Agent, AgentId, Event, Facts, Identity, NewAgent, Policy, Presence, Roster, RosterError,
    RosterOutcome, StaffAct, What, roster::LinkCode, roster::WrongCodes, wording, wording::Phrase,
};
use jiff::SignedDuration;

/// What follows from an event for the roster.
///
/// # Errors
/// [`RosterError`] when the operator wants what can't be done. Nothing changes then.
pub fn roster_step(
    policy: &Policy,
    facts: &Facts<'_>,
    roster: Roster,
    event: &Event,
) -> Result<RosterOutcome, RosterError> {
    let mut outcome = RosterOutcome { roster, effects: Vec::new(), removed: None };
    match &event.what {
        What::Link { by, code } => link(policy, facts, &mut outcome, by, code),
        What::Admin(AdminAct::Add(new)) => add(policy, facts, &mut outcome.roster, new)?,
        What::Admin(AdminAct::NewCode { name, code }) => {
            let agent = find(&outcome.roster, name)?;
            give_code(policy, facts, &mut outcome.roster, agent, code);
        }
        What::Admin(AdminAct::Remove(name)) => {
            let agent = find(&outcome.roster, name)?;
            outcome.roster.agents.remove(&agent);
            outcome.roster.codes.retain(|code| code.agent != agent);
            outcome.removed = Some(agent);
        }
        What::Staff { act, .. } => {
            if let Some(agent) = facts.agent {
                staff(policy, facts, &mut outcome, agent, act);
            }
        }
        What::Customer { .. } | What::Within { .. } => {}
    }
    Ok(outcome)
}

fn add(policy: &Policy, facts: &Facts<'_>, roster: &mut Roster, new: &NewAgent) -> Result<(), RosterError> {
    let name = new.name.trim();
    if !(1..=40).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(RosterError::BadName(new.name.clone()));
    }
    if new.capacity == 0 {
        return Err(RosterError::NoCapacity);
    }
    if find(roster, name).is_ok() {
        return Err(RosterError::Taken(name.to_owned()));
    }
    roster.last += 1;
    let id = AgentId(roster.last);
    roster.agents.insert(
        id,
        Agent {
            id,
            name: name.to_owned(),
            role: new.role,
            departments: new.departments.clone(),
            languages: new.languages.clone(),
            capacity: new.capacity,
            presence: Presence::Offline,
            identities: Vec::new(),
        },
    );
    give_code(policy, facts, roster, id, &new.code);
    Ok(())
}

fn find(roster: &Roster, name: &str) -> Result<AgentId, RosterError> {
    let mut agents = roster.agents.values();
    let same = |agent: &&Agent| agent.name.to_lowercase() == name.trim().to_lowercase();
    agents.find(same).map(|agent| agent.id).ok_or_else(|| RosterError::Unknown(name.to_owned()))
}

/// Gives an agent a code; one that they had before is of no more use.
fn give_code(policy: &Policy, facts: &Facts<'_>, roster: &mut Roster, agent: AgentId, code: &str) {
    let until = facts.after(policy.link_code_for);
    roster.codes.retain(|old| old.agent != agent && old.until > facts.now);
    roster.codes.push(LinkCode { agent, code: code.to_owned(), until });
}

fn link(policy: &Policy, facts: &Facts<'_>, outcome: &mut RosterOutcome, by: &Identity, code: &str) {
    let lang = policy.staff_language;
    let roster = &mut outcome.roster;
    roster.wrong.retain(|_, wrong| facts.now.duration_since(wrong.since) < SignedDuration::from_hours(1));
    if roster.wrong.get(by).is_some_and(|wrong| wrong.count >= policy.link_code_tries) {
        outcome.effects.push(to_actor(Phrase::LinkTooOften.rich(lang), Vec::new()));
        return;
    }
    let typed = code.trim();
    let valid = |given: &LinkCode| given.until > facts.now && given.code.eq_ignore_ascii_case(typed);
    let Some(at) = roster.codes.iter().position(valid) else {
        let wrong = roster.wrong.entry(by.clone()).or_insert(WrongCodes { count: 0, since: facts.now });
        wrong.count += 1;
        outcome.effects.push(to_actor(Phrase::LinkRefused.rich(lang), Vec::new()));
        return;
    };
    let given = roster.codes.remove(at);
    roster.wrong.remove(by);
    for agent in roster.agents.values_mut() {
        agent.identities.retain(|identity| identity != by);
    }
    if let Some(agent) = roster.agents.get_mut(&given.agent) {
        agent.identities.push(by.clone());
        agent.presence = Presence::Available;
        let phrase = Phrase::Linked { agent: &agent.name, role: agent.role };
        outcome.effects.push(to_actor(phrase.rich(lang), Vec::new()));
    }
}

/// An agent's act that concerns no ticket.
fn staff(policy: &Policy, facts: &Facts<'_>, outcome: &mut RosterOutcome, agent: &Agent, act: &StaffAct) {
    let lang = policy.staff_language;
    let text = match act {
        StaffAct::Presence(presence) => {
            if let Some(agent) = outcome.roster.agents.get_mut(&agent.id) {
                agent.presence = *presence;
            }
            Phrase::PresenceSet { presence: *presence }.rich(lang)
        }
        StaffAct::Queue => queue(policy, facts),
        StaffAct::Help => Phrase::StaffHelp.rich(lang),
        StaffAct::Say { .. }
        | StaffAct::Edit { .. }
        | StaffAct::Reply(_)
        | StaffAct::Note(_)
        | StaffAct::Claim
        | StaffAct::Release
        | StaffAct::Transfer(_)
        | StaffAct::Escalate
        | StaffAct::Prioritise(_)
        | StaffAct::Canned(_)
        | StaffAct::Ask(_)
        | StaffAct::Resolve
        | StaffAct::Reopen
        | StaffAct::Block
        | StaffAct::Unblock => Phrase::NoSuchTicket.rich(lang),
    };
    outcome.effects.push(to_actor(text, Vec::new()));
}

/// The queue as a text: how many, and the first ten that wait.
fn queue(policy: &Policy, facts: &Facts<'_>) -> intents::Rich {
    const SHOWN: usize = 10;
    let lang = policy.staff_language;
    let waiting: Vec<_> = facts.queue.iter().filter(|row| row.owner.is_none()).collect();
    let head = Phrase::QueueHead { waiting: waiting.len(), owned: facts.queue.len() - waiting.len() };
    let mut text = head.rich(lang);
    for row in waiting.into_iter().take(SHOWN) {
        let line = Phrase::QueueLine {
            number: row.number,
            name: &row.name,
            reason: wording::reason(&row.reason, None, lang),
            priority: row.priority,
            waiting: facts.now.duration_since(row.opened),
        };
        text.push("\n");
        text.push(&line.text(lang));
    }
    text
}
