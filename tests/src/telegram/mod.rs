//! A fake of the Telegram Bot API: people, groups, topics, messages, buttons and files, with their state; getUpdates and
//! webhooks as Telegram has them. Strict about every call, and able to misbehave in the ways that Telegram does.

mod call;
mod fault;
mod methods;
mod params;
mod people;
mod server;
mod state;
mod updates;

pub use call::Call;
pub use fault::Fault;
pub use people::{Group, Person};
pub use server::FakeTelegram;
pub use state::{Chat, ChatKind, Message, State, StoredFile, Topic, User};
