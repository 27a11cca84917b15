//! Fakes of the platforms, with state: chats, messages, buttons; strict about what a real server refuses, and able to
//! answer 429, to drop a connection, or to deliver an update twice.

pub mod discord;
pub mod telegram;
