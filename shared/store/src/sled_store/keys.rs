//! The keys of the one tree. This table is the stored format: a change of it is a new format.
//!
//! | key | value |
//! | --- | --- |
//! | `format` | whose data this is, and in which format |
//! | `c` contact | the case and its revision |
//! | `l` contact `0` number⁸ | an entry of a case's log |
//! | `q` contact | the queue row, while a ticket is open |
//! | `w` time¹⁶ contact | nothing; the case is to be woken then |
//! | `t` ticket⁸ | the contact who has it, or had it |
//! | `r` | the roster and its revision |
//! | `o` item⁸ | an outbox item |
//! | `i` | the highest number of an outbox item ever given |
//! | `d` destination `0` slot | the messages delivered there |
//! | `h` place `0` ticket⁸ | the thread in which the ticket is worked |
//! | `j` place `0` thread | the ticket that is worked in it |
//! | `m` place `0` ticket⁸ message | nothing; a message of the ticket's in this place |
//! | `n` place `0` message | the ticket that it belongs to |
//! | `k` name | a kept value |
//! | `s` day⁸ event | nothing; the event was applied |
//! | `z` key part⁴ | a part of that key's value, which is too long for one |
//!
//! `0` is a zero byte, `⁸` a big-endian number of so many bytes. Values are JSON. Texts that a platform chose stand last,
//! where they need no end mark, and are [folded](text) when they are long: with keys and values short, sled never puts a
//! page into a file of its own, which it would neither sync nor delete in the right order.

use desk::{Channel, ContactId, Destination, EventKey, MessageRef, OutboxId, Slot, ThreadRef, TicketNumber};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

pub(super) const FORMAT: &[u8] = b"format";
pub(super) const ROSTER: &[u8] = b"r";
pub(super) const LAST_ITEM: &[u8] = b"i";
pub(super) const ROWS: &[u8] = b"q";
pub(super) const WAKES: &[u8] = b"w";
pub(super) const TICKETS: &[u8] = b"t";
pub(super) const ITEMS: &[u8] = b"o";
pub(super) const SEEN: &[u8] = b"s";

/// The longest text, in bytes, that stands in a key as it is.
const LONGEST: usize = 200;

/// The longest name of a kept value, in bytes. Names aren't folded, because they are listed by prefix.
pub(super) const LONGEST_NAME: usize = 400;

fn key(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A text that may be of any length: a long one is replaced by its hash, behind a byte that no text contains.
fn text(text: &str) -> Vec<u8> {
    if text.len() <= LONGEST {
        return text.as_bytes().to_vec();
    }
    key(&[&[0xff], &Sha256::digest(text)])
}

fn address(contact: &ContactId) -> String {
    contact.to_string()
}

pub(super) fn case(contact: &ContactId) -> Vec<u8> {
    key(&[b"c", address(contact).as_bytes()])
}

pub(super) fn log(contact: &ContactId, seq: u64) -> Vec<u8> {
    key(&[b"l", address(contact).as_bytes(), &[0], &seq.to_be_bytes()])
}

pub(super) fn row(contact: &ContactId) -> Vec<u8> {
    key(&[ROWS, address(contact).as_bytes()])
}

/// Flips the sign, so that bytes sort as numbers do.
pub(super) fn wake(at: Timestamp, contact: &ContactId) -> Vec<u8> {
    let ordered = at.as_nanosecond().cast_unsigned() ^ (1 << 127);
    key(&[WAKES, &ordered.to_be_bytes(), address(contact).as_bytes()])
}

/// Reads what [`wake`] made.
pub(super) fn read_wake(key: &[u8]) -> Option<(Timestamp, ContactId)> {
    let (time, contact) = key.strip_prefix(WAKES)?.split_first_chunk::<16>()?;
    let at = (u128::from_be_bytes(*time) ^ (1 << 127)).cast_signed();
    Some((Timestamp::from_nanosecond(at).ok()?, std::str::from_utf8(contact).ok()?.parse().ok()?))
}

pub(super) fn ticket(number: TicketNumber) -> Vec<u8> {
    key(&[TICKETS, &number.0.to_be_bytes()])
}

pub(super) fn read_ticket(key: &[u8]) -> Option<TicketNumber> {
    let number = key.strip_prefix(TICKETS)?.try_into().ok()?;
    Some(TicketNumber(u64::from_be_bytes(number)))
}

pub(super) fn item(id: OutboxId) -> Vec<u8> {
    key(&[ITEMS, &id.0.to_be_bytes()])
}

/// Everything delivered to a destination begins so; `None` where deliveries aren't remembered.
pub(super) fn delivered_to(to: &Destination) -> Option<Vec<u8>> {
    match to {
        Destination::Contact(contact) => Some(key(&[b"dc", address(contact).as_bytes(), &[0]])),
        Destination::Staff { place, ticket } => {
            Some(key(&[b"ds", place.as_str().as_bytes(), &[0], &ticket.0.to_be_bytes(), &[0]]))
        }
        Destination::Actor { .. } => None,
    }
}

pub(super) fn delivered(to: &Destination, slot: &Slot) -> Option<Vec<u8>> {
    let slot = match slot {
        Slot::Card(ticket) => key(&[b"t", &ticket.0.to_be_bytes()]),
        Slot::Position(ticket) => key(&[b"p", &ticket.0.to_be_bytes()]),
        Slot::Rating(ticket) => key(&[b"r", &ticket.0.to_be_bytes()]),
        Slot::Customer(message) => key(&[b"c", &text(&message.0)]),
        Slot::Agent(channel, message) => key(&[b"a", channel.as_str().as_bytes(), &[0], &text(&message.0)]),
    };
    Some(key(&[&delivered_to(to)?, &slot]))
}

pub(super) fn thread(place: &Channel, ticket: TicketNumber) -> Vec<u8> {
    key(&[b"h", place.as_str().as_bytes(), &[0], &ticket.0.to_be_bytes()])
}

pub(super) fn thread_ticket(place: &Channel, thread: &ThreadRef) -> Vec<u8> {
    key(&[b"j", place.as_str().as_bytes(), &[0], &text(&thread.0)])
}

pub(super) fn messages_of(place: &Channel, ticket: TicketNumber) -> Vec<u8> {
    key(&[b"m", place.as_str().as_bytes(), &[0], &ticket.0.to_be_bytes()])
}

pub(super) fn message_of(place: &Channel, ticket: TicketNumber, message: &MessageRef) -> Vec<u8> {
    key(&[&messages_of(place, ticket), &text(&message.0)])
}

pub(super) fn message_ticket(place: &Channel, message: &MessageRef) -> Vec<u8> {
    message_ticket_of(place, &text(&message.0))
}

/// From what [`message_of`] ends in.
pub(super) fn message_ticket_of(place: &Channel, message: &[u8]) -> Vec<u8> {
    key(&[b"n", place.as_str().as_bytes(), &[0], message])
}

pub(super) fn kept(name: &str) -> Vec<u8> {
    key(&[b"k", name.as_bytes()])
}

pub(super) fn seen_on(day: i64) -> Vec<u8> {
    key(&[SEEN, &(day.cast_unsigned() ^ (1 << 63)).to_be_bytes()])
}

pub(super) fn seen(day: i64, event: &EventKey) -> Vec<u8> {
    key(&[&seen_on(day), &text(&event.0)])
}

pub(super) fn read_seen_day(key: &[u8]) -> Option<i64> {
    let (day, _) = key.strip_prefix(SEEN)?.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*day) ^ (1 << 63)).cast_signed())
}

pub(super) fn part(of: &[u8], number: u32) -> Vec<u8> {
    key(&[b"z", of, &number.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days_sort_as_numbers_do() {
        let contact: ContactId = "telegram:1".parse().unwrap();
        let times = [-2_000_000_000_000_000_000_i128, -1, 0, 1, 1_800_000_000_000_000_000];
        let keys = times.map(|t| wake(Timestamp::from_nanosecond(t).unwrap(), &contact));
        assert!(keys.is_sorted());
        for (key, time) in keys.iter().zip(times) {
            let (at, who) = read_wake(key).unwrap();
            assert_eq!((at.as_nanosecond(), &who), (time, &contact));
        }
        let days = [-3, -1, 0, 1, 20_000].map(seen_on);
        assert!(days.is_sorted());
        assert_eq!(days.map(|key| read_seen_day(&key).unwrap()), [-3, -1, 0, 1, 20_000]);
    }

    #[test]
    fn no_key_is_long_and_no_two_are_the_same() {
        let contact = Destination::Contact(format!("telegram:{}", "9".repeat(200)).parse().unwrap());
        let slot = |tail: &str| Slot::Agent("discord".parse().unwrap(), MessageRef("x".repeat(1000) + tail));
        let (a, b) = (delivered(&contact, &slot("a")).unwrap(), delivered(&contact, &slot("b")).unwrap());
        assert_ne!(a, b);
        assert!(a.len() < 300);
    }
}
