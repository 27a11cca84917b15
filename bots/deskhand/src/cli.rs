//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use desk::{Department, Lang, Role};
use std::path::PathBuf;

/// A customer-service bot for Telegram and Discord: answers from a pack of FAQ entries, and hands over to people.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    /// The configuration; without it, `deskhand.toml` in the current folder, if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the service (also without a command).
    Serve,
    /// Talk to the bot in the terminal; piped input is taken as one message a line.
    Chat(ChatArgs),
    /// Check the configuration and the pack.
    Check(CheckArgs),
    /// Measure the matcher on labelled sentences.
    Eval(EvalArgs),
    /// Add, list and remove agents.
    Agent(AgentArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ChatArgs {
    /// Print one JSON object for each reply.
    #[arg(long)]
    pub(crate) json: bool,
    /// Begin a new conversation with each line.
    #[arg(long)]
    pub(crate) separate: bool,
    /// Use the pack in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) pack: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Check the pack in this folder instead of the configured one.
    #[arg(long, value_name = "DIR")]
    pub(crate) pack: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    /// Labelled sentences to measure on: `text<TAB>label` lines, label `oos` where no entry fits. Repeat to add files.
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) cases: Vec<PathBuf>,
    /// Train on the pack in this folder; without --pack and --train, on the shipped OKPay pack.
    #[arg(long, value_name = "DIR", conflicts_with = "train")]
    pub(crate) pack: Option<PathBuf>,
    /// Train on labelled sentences instead of a pack. Repeat to add files.
    #[arg(long, value_name = "FILE")]
    pub(crate) train: Vec<PathBuf>,
    /// Measure plain methods too, in the same run: nearest by Levenshtein, and BM25.
    #[arg(long)]
    pub(crate) compare: bool,
    /// The share of answers that are to be right; the bands follow from it.
    #[arg(long, default_value_t = 0.97, value_name = "SHARE")]
    pub(crate) precision: f32,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AgentArgs {
    #[command(subcommand)]
    pub(crate) command: AgentCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Add an agent, and print a one-time link code for `/link CODE`.
    Add {
        /// Shown to colleagues and customers.
        name: String,
        #[arg(long, value_enum, default_value = "agent")]
        role: RoleArg,
        /// Whose tickets they take; repeat for several; without it, all.
        #[arg(long, value_name = "DEPARTMENT")]
        department: Vec<Department>,
        /// What they write, such as zh or en; repeat for several; without it, all.
        #[arg(long, value_name = "LANGUAGE", value_parser = language)]
        language: Vec<Lang>,
        /// How many tickets they take at a time.
        #[arg(long, default_value_t = 5)]
        capacity: u32,
    },
    /// List the agents.
    List,
    /// Remove an agent; their tickets go back to the queue.
    Remove { name: String },
    /// Print a new one-time link code for an agent.
    Code { name: String },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleArg {
    Agent,
    Senior,
    Supervisor,
    Admin,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Agent => Self::Agent,
            RoleArg::Senior => Self::Senior,
            RoleArg::Supervisor => Self::Supervisor,
            RoleArg::Admin => Self::Admin,
        }
    }
}

fn language(text: &str) -> Result<Lang, String> {
    desk::command::language(text).ok_or_else(|| {
        let known: Vec<_> = Lang::ALL.iter().map(|lang| lang.code()).collect();
        format!("there are {}", known.join(", "))
    })
}
