//! The ways in which the fake misbehaves when told to.

use super::call::Call;

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Too many requests: come back after so many seconds.
    TooMany(u64),
    /// This status, with a page instead of JSON.
    Status(u16),
    /// Never answer.
    Hang,
    /// Close the connection and do nothing.
    CloseBefore,
    /// Do it, and close the connection without saying so.
    CloseAfter,
    /// Do it, and answer something that isn't JSON.
    Garbage,
    /// Do it, and answer after so many milliseconds.
    Slow(u64),
}

/// When to misbehave.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) method: Option<String>,
    pub(super) chat: Option<i64>,
    pub(super) fault: Fault,
    pub(super) times: usize,
}

impl Rule {
    fn fits(&self, call: &Call) -> bool {
        self.times > 0
            && self.method.as_ref().is_none_or(|method| *method == call.method)
            && self.chat.is_none_or(|chat| call.chat() == Some(chat))
    }
}

/// The fault that a call meets.
pub(super) fn meet(rules: &mut Vec<Rule>, call: &Call) -> Option<Fault> {
    let rule = rules.iter_mut().find(|rule| rule.fits(call))?;
    rule.times -= 1;
    let fault = rule.fault;
    rules.retain(|rule| rule.times > 0);
    Some(fault)
}
