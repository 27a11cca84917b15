//! Conversations as transcripts: what is said and pressed goes in, and what everybody sees comes out.

mod agents;
mod bot;
mod properties;
mod queue;
mod story;
