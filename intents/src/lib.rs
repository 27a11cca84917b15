//! Reading what customers write: packs of FAQ entries, and the matcher over them.
//!
//! This crate is pure: it has no clock, no network, no async and no platform types. Reading pack files from a folder
//! is the only input it does. Nothing here decides what to say: that is the desk's work.

pub mod ids;
pub mod lang;
pub mod pack;
pub mod reading;
pub mod rich;

pub use ids::{CannedId, CategoryId, Department, EntryId, IdError};
pub use lang::Lang;
pub use pack::{Pack, Placeholders};
pub use reading::{Probability, Ranked, Reading, Signals};
pub use rich::{Href, Rich, Span, Style};
