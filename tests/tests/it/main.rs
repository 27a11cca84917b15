//! All end-to-end tests, in one binary.

mod canary;
mod cli;
mod crash;
mod layering;
mod reload;
mod service;
mod story;
mod webhook;
