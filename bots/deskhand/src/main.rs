//! Deskhand: the only binary. It reads the command line and the configuration, wires the parts together, and ends them
//! in order. It decides nothing about conversations.

mod agent;
mod chat;
mod check;
mod cli;
mod config;
mod control;
mod eval;
mod http;
mod logging;
mod menus;
mod reload;
mod secret;
mod serve;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(cli.config.as_deref()),
        Command::Chat(args) => chat::run(cli.config.as_deref(), &args),
        Command::Check(args) => check::run(cli.config.as_deref(), &args),
        Command::Eval(args) => eval::run(&args),
        Command::Agent(args) => agent::run(cli.config.as_deref(), args),
    };
    match done {
        Ok(code) => code,
        // Whoever reads our output has seen enough (`| head`).
        Err(error) if broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Every cause on a line of its own; none of them holds a secret.
            eprintln!("deskhand: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
