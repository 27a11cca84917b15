//! The rules that every backend applies alike: what a commit must be like to be taken, and what becomes of an outbox
//! item. Pure; it knows no storage.

use crate::{CaseChange, Finish, NewItem, StoreError};
use desk::{Case, OutboxId, OutboxItem, TicketNumber};
use jiff::Timestamp;

/// The number of an event's day, from the epoch, by which its key is forgotten.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// The tickets that a case has.
pub(crate) fn numbers(case: &Case) -> impl Iterator<Item = TicketNumber> {
    case.ticket().map(|t| t.number).into_iter().chain(case.ended.as_ref().map(|e| e.ticket.number))
}

/// Refuses a change that would overwrite, or leave a gap in, the log of a case.
pub(crate) fn check_log(change: &CaseChange, stored_len: u64) -> Result<(), StoreError> {
    let gapless = change.log.iter().zip(stored_len..).all(|(entry, seq)| entry.seq == seq);
    if gapless && stored_len + change.log.len() as u64 == change.case.log_len {
        Ok(())
    } else {
        Err(StoreError::Rejected("the log doesn't continue the stored one".into()))
    }
}

/// The item that a new one becomes.
pub(crate) fn item(id: OutboxId, new: NewItem) -> OutboxItem {
    OutboxItem {
        id,
        case: new.case,
        to: new.to,
        via: new.via,
        slot: new.slot,
        reply_to: new.reply_to,
        only_edit: new.only_edit,
        content: new.content,
        created: new.created,
        due: new.created,
        attempts: 0,
        ambiguous: 0,
    }
}

/// The item that takes the place of a waiting one. It is due when the other was, so that it holds up nothing longer.
pub(crate) fn replaced(old: &OutboxItem, new: NewItem) -> OutboxItem {
    // What was to be sent first is still to be sent, in its new words.
    let only_edit = old.only_edit && new.only_edit;
    OutboxItem { due: old.due, only_edit, ..item(old.id, new) }
}

/// The item as it is tried again; `None` when it is gone.
pub(crate) fn finished(mut item: OutboxItem, what: &Finish) -> Option<OutboxItem> {
    match what {
        Finish::Delivered(_) | Finish::Dropped => return None,
        Finish::Later { due, counts, ambiguous } => {
            item.due = *due;
            item.attempts = item.attempts.saturating_add(u32::from(*counts));
            item.ambiguous = item.ambiguous.saturating_add(u32::from(*ambiguous));
        }
        Finish::ThreadGone => item.attempts = item.attempts.saturating_add(1),
    }
    Some(item)
}
