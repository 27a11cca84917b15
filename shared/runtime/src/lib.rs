//! The shell around the desk: it orders events, commits what follows from them, fires timers, and delivers.
//!
//! It decides nothing about conversations, and knows no platform by name.

pub mod door;
pub mod platform;

pub use door::{Door, Refused};
pub use platform::{Delivery, DeliveryError, FetchError, Files, Lane, Platform, Receipt};
