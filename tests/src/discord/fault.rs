//! What can be made to go wrong with a request.

use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// 429: wait this long, on this route or with everything.
    Limit {
        /// How long.
        after: Duration,
        /// Whether everything is limited.
        global: bool,
    },
    /// An answer with this status and no further meaning.
    Status(u16),
    /// Nothing is done, and no answer comes.
    Hang,
    /// It is done, and no answer comes.
    HangAfter,
    /// Refused, with this status and code of Discord's.
    Refuse(u16, u64),
}
