//! The shell around the desk: it orders events, commits what follows from them, fires timers, and delivers.
//!
//! It decides nothing about conversations, and knows no platform by name.

mod accept;
mod attempt;
mod clock;
mod decide;
mod delivery;
pub mod door;
mod items;
mod lanes;
mod locks;
pub mod metrics;
mod moves;
mod numbers;
mod on_roster;
mod pace;
pub mod platform;
mod registry;
mod runtime;
mod timers;

pub use accept::AdminError;
pub use clock::{Clock, SystemClock};
pub use door::{Door, Refused};
pub use metrics::{Snapshot, Times};
pub use platform::{Delivery, DeliveryError, FetchError, Files, Lane, Platform, Receipt};
pub use runtime::{Runtime, Settings};
