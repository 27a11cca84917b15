//! `deskhand eval`: measures the matcher on labelled sentences.

use crate::{cli::EvalArgs, config::load_pack};
use anyhow::{Result, bail};
use intents::eval::{self, Case, Comparison, Method, Training};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

pub(crate) fn run(args: &EvalArgs) -> Result<ExitCode> {
    if !(0.5..1.0).contains(&args.precision) {
        bail!("--precision: must be from 0.5 to just below 1");
    }
    let cases = read(&args.cases)?;
    let training = if args.train.is_empty() {
        Training::from_pack(&load_pack(args.pack.as_deref())?)
    } else {
        Training::from_cases(&read(&args.train)?)
    };
    if training.examples().is_empty() {
        bail!("there is nothing to train on: every sentence is out of scope");
    }
    let begun = Instant::now();
    let clock = move || begun.elapsed();
    let reports = if args.compare {
        eval::compare(&training, &cases, args.precision, &clock)
    } else {
        Comparison(vec![eval::evaluate(Method::Deskhand, &training, &cases, args.precision, &clock)])
    };
    let mut out = std::io::stdout().lock();
    match (args.json, reports.0.as_slice()) {
        (true, [one]) => writeln!(out, "{}", serde_json::to_string_pretty(one)?)?,
        (true, many) => writeln!(out, "{}", serde_json::to_string_pretty(many)?)?,
        (false, [one]) => writeln!(out, "{one}")?,
        (false, _) => writeln!(out, "{reports}")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(files: &[PathBuf]) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for file in files {
        cases.extend(eval::read_cases(file)?);
    }
    Ok(cases)
}
