//! From what the desk wants to happen to what is delivered where. Nothing is decided here but addresses.

use crate::registry::Registry;
use desk::{Destination, Effect, Event, Identity, Slot, To, Via, What};
use jiff::Timestamp;
use store::NewItem;

/// What the addresses of effects follow from.
#[derive(Clone, Copy)]
pub(crate) struct From<'a> {
    pub(crate) registry: &'a Registry,
    /// The case that the effects are of, if they are of one.
    pub(crate) case: Option<&'a desk::ContactId>,
    /// What caused them.
    pub(crate) event: &'a Event,
    pub(crate) now: Timestamp,
}

/// Turns effects into outbox items, in order.
pub(crate) fn items(from: From<'_>, effects: Vec<Effect>) -> Vec<NewItem> {
    let mut items = Vec::new();
    for effect in effects {
        for (to, via) in from.destinations(&effect.to) {
            from.add(&mut items, &to, via.as_ref(), &effect);
        }
    }
    items
}

impl From<'_> {
    fn destinations(&self, to: &To) -> Vec<(Destination, Option<Via>)> {
        match to {
            To::Contact => {
                let Some(contact) = self.case else {
                    tracing::error!(event = %self.event.key, "a message for the customer of no case");
                    return Vec::new();
                };
                let own = matches!(&self.event.what, What::Customer { contact: c, .. } if c == contact);
                let via = self.event.via.clone().filter(|_| own);
                vec![(Destination::Contact(contact.clone()), via)]
            }
            To::Staff(ticket) => self.staff(*ticket, None),
            To::StaffBut(ticket, channel) => self.staff(*ticket, Some(channel)),
            To::Actor => self.actor().into_iter().collect(),
        }
    }

    fn staff(
        &self,
        ticket: desk::TicketNumber,
        but: Option<&desk::Channel>,
    ) -> Vec<(Destination, Option<Via>)> {
        self.registry
            .all()
            .into_iter()
            .filter(|post| Some(&post.channel) != but && post.platform.has_staff_place())
            .map(|post| (Destination::Staff { place: post.channel.clone(), ticket }, None))
            .collect()
    }

    /// The way back to whoever acted: the reply token that came with the act, else a private message.
    fn actor(&self) -> Option<(Destination, Option<Via>)> {
        if let Some(via) = &self.event.via {
            let to = Destination::Actor { place: via.channel.clone(), event: self.event.key.clone() };
            return Some((to, Some(via.clone())));
        }
        actor_of(&self.event.what).map(|who| (Destination::Contact(who.clone()), None))
    }

    fn add(&self, items: &mut Vec<NewItem>, to: &Destination, via: Option<&Via>, effect: &Effect) {
        let Some(post) = self.registry.get(to.channel()) else {
            tracing::warn!(channel = %to.channel(), event = %self.event.key, "a message for a channel that isn't connected is dropped");
            return;
        };
        // Only the case's own customer and its staff places belong to it: a private word to an agent that can't be
        // delivered is no business of the customer's.
        let case = match to {
            Destination::Contact(contact) => self.case.filter(|case| *case == contact),
            Destination::Staff { .. } => self.case,
            Destination::Actor { .. } => None,
        };
        let mut parts = post.parts(to, effect.content.clone());
        if effect.only_edit {
            // Only the first part has a slot to be found by; the others would be said again with each change.
            parts.truncate(1);
        }
        for (n, content) in parts.into_iter().enumerate() {
            let first = |slot: &Option<Slot>| slot.clone().filter(|_| n == 0);
            items.push(NewItem {
                case: case.cloned(),
                to: to.clone(),
                via: via.cloned(),
                slot: first(&effect.slot),
                only_edit: effect.only_edit,
                reply_to: first(&effect.reply_to),
                content,
                created: self.now,
            });
        }
    }
}

fn actor_of(what: &What) -> Option<&Identity> {
    match what {
        What::Customer { contact, .. } => Some(contact),
        What::Staff { by, .. } | What::Link { by, .. } => Some(by),
        What::Admin(_) | What::Within { .. } => None,
    }
}
