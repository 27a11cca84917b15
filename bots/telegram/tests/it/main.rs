//! The adapter alone against the fake Bot API: what it takes in, and what it delivers.

mod actor;
mod customer;
mod files;
mod polling;
mod staff;
mod story;
mod webhook;
mod world;
