//! The Discord edge: direct messages, slash commands and buttons of customers; a forum in which agents work tickets.
//!
//! It translates, and decides nothing: what comes in becomes an event at the door, what goes out is drawn as Discord
//! shows it. The token is in no error, no log line and no `Debug`.

pub mod from_discord;
pub mod rest;
#[cfg(test)]
mod samples;
pub mod text;
pub mod to_discord;
pub mod via;
pub mod wire;
