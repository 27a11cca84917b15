//! The card of a ticket: what agents see of it at a glance, and what they can do.

use crate::{
    AgentId, Card, CardState, Case, Facts, Packs, Policy, Reason, StaffButton, StaffChoice, StaffDoes, Stage,
    Ticket, Tier, wording::Phrase,
};
use intents::{EntryId, Rich, Style};

/// The card of the open ticket, or of the one that ended last; none when there never was one.
#[must_use]
pub fn card(policy: &Policy, packs: &Packs, facts: &Facts<'_>, case: &Case) -> Option<Card> {
    let (ticket, state) = match &case.stage {
        Stage::Queued(queued) => (&queued.ticket, CardState::Queued),
        Stage::WithAgent(owned) => (&owned.ticket, CardState::Owned(agent_name(facts, owned.agent))),
        Stage::WithBot(_) | Stage::Rating(_) => {
            let ended = case.ended.as_ref()?;
            let state = match ended.agent {
                Some(agent) => CardState::Resolved(agent_name(facts, agent)),
                None => CardState::Withdrawn,
            };
            (&ended.ticket, state)
        }
    };
    Some(Card {
        number: ticket.number,
        contact: case.contact.clone(),
        name: case.profile.name.clone(),
        handle: case.profile.handle.clone(),
        language: case.language,
        reason: ticket.reason.clone(),
        department: ticket.department.clone(),
        tier: ticket.tier,
        priority: ticket.priority,
        questions: case.questions.clone(),
        matches: ticket.matches.clone(),
        opened: ticket.opened,
        due: ticket.due,
        text: text(policy, packs, case, ticket, &state),
        actions: actions(policy, case, ticket, &state),
        state,
    })
}

/// The name of an agent, or their number if they were removed.
pub(super) fn agent_name(facts: &Facts<'_>, agent: AgentId) -> String {
    facts.roster.agents.get(&agent).map_or_else(|| format!("#{}", agent.0), |agent| agent.name.clone())
}

/// The words of the card. What a customer or an agent wrote is text among them, never markup.
fn text(policy: &Policy, packs: &Packs, case: &Case, ticket: &Ticket, state: &CardState) -> Rich {
    let lang = policy.staff_language;
    let question = |id: &EntryId| packs.pack().entry(id).map(|entry| entry.text(lang).question.clone());
    let mut text = Rich::styled(Phrase::CardTitle { number: ticket.number }.text(lang), Style::Bold);
    text.push("\n");
    text.push(&Phrase::CardCustomer.text(lang));
    text.push(&case.profile.name);
    if let Some(handle) = &case.profile.handle {
        text.push(&format!(" (@{handle})"));
    }
    text.push(&format!(" · {} · {}", case.contact.channel(), case.language.name()));
    let about = match &ticket.reason {
        Reason::Urgent(id) | Reason::Unhelpful(id) => question(id),
        Reason::Unsure | Reason::Asked | Reason::Senior | Reason::Attachment | Reason::Feedback => None,
    };
    let state = match state {
        CardState::Queued => Phrase::CardQueued,
        CardState::Owned(agent) => Phrase::CardOwned { agent },
        CardState::Resolved(agent) => Phrase::CardResolved { agent },
        CardState::Withdrawn => Phrase::CardWithdrawn,
    };
    let department = ticket.department.as_str();
    for line in [
        Phrase::CardReason { reason: &ticket.reason, entry: about.as_deref() },
        Phrase::CardDepartment { department, tier: ticket.tier, priority: ticket.priority },
        state,
    ] {
        text.push("\n");
        text.push(&line.text(lang));
    }
    if !case.questions.is_empty() {
        text.push("\n\n");
        text.push_styled(&Phrase::CardQuestions.text(lang), Style::Bold);
        for asked in &case.questions {
            text.push(&format!("\n• {asked}"));
        }
    }
    if !ticket.matches.is_empty() {
        text.push("\n\n");
        text.push_styled(&Phrase::CardMatches.text(lang), Style::Bold);
        for (id, probability) in &ticket.matches {
            if let Some(question) = question(id) {
                text.push(&format!("\n• {question} ({:.0} %)", probability.get() * 100.0));
            }
        }
    }
    text
}

fn actions(policy: &Policy, case: &Case, ticket: &Ticket, state: &CardState) -> Vec<StaffChoice> {
    let lang = policy.staff_language;
    let escalate = (ticket.tier == Tier::First).then_some((Phrase::Escalate, StaffDoes::Escalate));
    let block =
        if case.blocked { (Phrase::Unblock, StaffDoes::Unblock) } else { (Phrase::Block, StaffDoes::Block) };
    let mut offered = match state {
        CardState::Queued => vec![
            (Phrase::Claim, StaffDoes::Claim),
            (Phrase::Reply, StaffDoes::Reply),
            (Phrase::Note, StaffDoes::Note),
            (Phrase::Transfer, StaffDoes::Transfer),
            (Phrase::Priority, StaffDoes::Priority),
        ],
        CardState::Owned(_) => vec![
            (Phrase::Reply, StaffDoes::Reply),
            (Phrase::Note, StaffDoes::Note),
            (Phrase::Canned, StaffDoes::Canned),
            (Phrase::Resolve, StaffDoes::Resolve),
            (Phrase::Release, StaffDoes::Release),
            (Phrase::Transfer, StaffDoes::Transfer),
            (Phrase::Priority, StaffDoes::Priority),
        ],
        CardState::Resolved(_) | CardState::Withdrawn => {
            vec![(Phrase::Reopen, StaffDoes::Reopen), (Phrase::Note, StaffDoes::Note)]
        }
    };
    if matches!(state, CardState::Queued | CardState::Owned(_)) {
        offered.extend(escalate);
    }
    offered.push(block);
    offered
        .into_iter()
        .map(|(label, does)| StaffChoice {
            label: label.text(lang),
            button: StaffButton { ticket: ticket.number, does },
        })
        .collect()
}
