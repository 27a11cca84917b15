//! The runtime against fake platforms and a store that takes its time.

mod accepting;
mod delivering;
mod durable;
mod platform;
mod slow;
mod staff;
mod world;
