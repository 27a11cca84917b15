//! The door through which everything comes in. Adapters hand events to it, and tell their platform that an update was
//! taken only when it has said yes.

use async_trait::async_trait;
use desk::Event;

/// Why an event wasn't taken in. The platform isn't told that it was: it delivers the update again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The process is ending.
    #[error("shutting down")]
    Closing,
    /// The store can't be reached for now.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The storage failed; the process ends.
    #[error("the storage failed: {0}")]
    Failed(String),
}

/// The door of the runtime, as adapters see it.
#[async_trait]
pub trait Door: Send + Sync + 'static {
    /// Takes an event in: when this returns, everything that follows from it is durable. Events of one conversation must
    /// be handed in one after another; different conversations may be handed in side by side.
    async fn accept(&self, event: Event) -> Result<(), Refused>;

    /// Keeps a small value under a name, durably; `None` forgets it.
    async fn keep(&self, name: &str, value: Option<&str>) -> Result<(), Refused>;

    /// A kept value.
    async fn kept(&self, name: &str) -> Result<Option<String>, Refused>;

    /// Every kept value whose name begins so, by name.
    async fn kept_under(&self, prefix: &str) -> Result<Vec<(String, String)>, Refused>;
}
