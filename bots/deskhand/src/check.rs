//! `deskhand check`: says what is wrong with the configuration and the pack, and what could be better.

use crate::{cli::CheckArgs, config, config::Config};
use anyhow::Result;
use intents::{Pack, eval::Training, lint};
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// What was found.
#[derive(Debug, Default, Serialize)]
struct Findings {
    /// What keeps the service from starting, or customers from reading what they should.
    errors: Vec<String>,
    /// What could be better.
    warnings: Vec<String>,
    /// The number of entries.
    entries: usize,
    /// The number of phrasings, in all languages.
    phrasings: usize,
}

pub(crate) fn run(file: Option<&Path>, args: &CheckArgs) -> Result<ExitCode> {
    let mut findings = Findings::default();
    let config = match Config::load(file, &config::process_env) {
        Ok(config) => config,
        Err(error) => {
            findings.errors.push(format!("{error:#}"));
            Config::default()
        }
    };
    let folder = args.pack.as_deref().or(config.pack.folder.as_deref());
    match folder.map_or_else(|| Ok(Pack::okpay()), Pack::load) {
        Ok(pack) => look_at(&pack, &config, &mut findings),
        Err(problems) => findings.errors.extend(problems.problems().iter().map(ToString::to_string)),
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
    } else {
        for error in &findings.errors {
            writeln!(out, "error: {error}")?;
        }
        for warning in &findings.warnings {
            writeln!(out, "warning: {warning}")?;
        }
        writeln!(
            out,
            "{} entries, {} phrasings; {} errors, {} warnings",
            findings.entries,
            findings.phrasings,
            findings.errors.len(),
            findings.warnings.len()
        )?;
    }
    Ok(if findings.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn look_at(pack: &Pack, config: &Config, findings: &mut Findings) {
    findings.entries = pack.entries().len();
    findings.phrasings =
        pack.entries().iter().flat_map(|entry| entry.texts.values()).map(|text| text.phrasings.len()).sum();
    let values = pack.check_placeholders(&config.service);
    findings.errors.extend(values.iter().map(|error| format!("[service] {error}")));
    for department in pack.departments() {
        if !config.policy.departments.contains(department) {
            findings.errors.push(format!(
                "the pack sends tickets to the department \"{department}\", which policy.departments doesn't name"
            ));
        }
    }
    findings.warnings.extend(pack.warnings().iter().map(ToString::to_string));
    findings.warnings.extend(lint::lint(&Training::from_pack(pack)).iter().map(ToString::to_string));
}
