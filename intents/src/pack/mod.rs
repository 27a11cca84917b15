//! Packs of FAQ entries.

pub mod placeholders;
