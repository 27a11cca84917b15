//! Reading what customers write: packs of FAQ entries, and the matcher over them.
//!
//! This crate is pure: it has no clock, no network, no async and no platform types. Reading pack files from a folder
//! is the only input it does. Nothing here decides what to say: that is the desk's work.

pub mod eval;
pub mod ids;
pub mod lang;
mod language;
pub mod lint;
mod matcher;
pub mod model;
mod normalize;
pub mod pack;
pub mod reading;
pub mod rich;
mod signals;
mod simplify;
pub mod table;

pub use ids::{CannedId, CategoryId, Department, EntryId, IdError};
pub use lang::Lang;
pub use language::detect;
pub use matcher::{Matcher, examples, hints};
pub use model::Bands;
pub use normalize::normalize;
pub use pack::{Pack, Placeholders};
pub use reading::{Probability, Ranked, Reading, Signals};
pub use rich::{Href, Rich, Span, Style};
