//! All end-to-end tests, in one binary.

// A test that fails shows the log of the service, and one with a seed names it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod canary;
mod cli;
mod crash;
mod layering;
mod reload;
mod service;
mod story;
mod webhook;
