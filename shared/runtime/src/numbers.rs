//! Ticket numbers: each is given to one case only, and in practice none is left out. The store has the last word: it
//! refuses a number that another process gave meanwhile.

use desk::TicketNumber;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// The highest number given so far.
#[derive(Debug)]
pub(crate) struct Numbers {
    last: AtomicU64,
}

/// A number for one ticket, or a guess at it until a ticket is really opened.
#[derive(Debug)]
pub(crate) struct Number<'a> {
    numbers: &'a Numbers,
    reserved: Option<u64>,
}

impl Numbers {
    pub(crate) fn new(last: TicketNumber) -> Self {
        Self { last: AtomicU64::new(last.0) }
    }

    /// Hears that a number was given, by whomever.
    pub(crate) fn heard(&self, last: TicketNumber) {
        self.last.fetch_max(last.0, SeqCst);
    }

    pub(crate) fn number(&self) -> Number<'_> {
        Number { numbers: self, reserved: None }
    }
}

impl Number<'_> {
    /// The number that a ticket would get. It is reserved only once one gets it.
    pub(crate) fn next(&self) -> TicketNumber {
        TicketNumber(self.reserved.unwrap_or_else(|| self.numbers.last.load(SeqCst) + 1))
    }

    /// Reserves the number that a ticket got. No, if another took it first: then [`Number::next`] is one that is reserved
    /// already, and the decision is to be taken again with it.
    pub(crate) fn reserve(&mut self, got: TicketNumber) -> bool {
        if self.reserved.is_none() {
            self.reserved = Some(self.numbers.last.fetch_add(1, SeqCst) + 1);
        }
        self.reserved == Some(got.0)
    }

    /// The store has this one already: another process gave it.
    pub(crate) fn taken_up_to(&mut self, last: TicketNumber) {
        self.numbers.heard(last);
        self.reserved = self.reserved.filter(|number| *number > last.0);
    }

    /// The ticket is committed, or may be: the number is used up.
    pub(crate) fn used(mut self) {
        self.reserved = None;
    }
}

impl Drop for Number<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.reserved {
            // Nobody got it. If it is still the highest, it can be given again.
            let _ = self.numbers.last.compare_exchange(number, number - 1, SeqCst, SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_reserved_for_one_only() {
        let numbers = Numbers::new(TicketNumber(7));
        let (mut a, mut b) = (numbers.number(), numbers.number());
        assert_eq!((a.next(), b.next()), (TicketNumber(8), TicketNumber(8)));
        assert!(a.reserve(TicketNumber(8)));
        assert!(!b.reserve(TicketNumber(8)));
        assert_eq!(b.next(), TicketNumber(9));
        assert!(b.reserve(TicketNumber(9)));
        a.used();
        drop(b);
        assert_eq!(numbers.number().next(), TicketNumber(9));
    }

    #[test]
    fn a_number_that_another_process_gave_is_not_used() {
        let numbers = Numbers::new(TicketNumber(0));
        let mut a = numbers.number();
        assert!(a.reserve(TicketNumber(1)));
        a.taken_up_to(TicketNumber(4));
        assert_eq!(a.next(), TicketNumber(5));
    }
}
