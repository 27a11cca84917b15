//! `deskhand agent`: adds, lists and removes agents, through the running service or, when none runs, in its store.

use crate::cli::{AgentArgs, AgentCommand};
use crate::config::{self, Config};
use crate::control::{self, Request, Response};
use anyhow::{Context, Result, anyhow};
use desk::{Agent, NewAgent, Packs, Presence, Role};
use runtime::{Runtime, Settings, SystemClock};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use store::SledStore;

pub(crate) fn run(config: Option<&Path>, args: AgentArgs) -> Result<ExitCode> {
    let config = Config::load(config, &config::process_env)?;
    let code = link_code()?;
    let (request, gives_code) = match args.command {
        AgentCommand::Add { name, role, department, language, capacity } => {
            let role = Role::from(role);
            let (departments, languages) = (department, language);
            (
                Request::Add(NewAgent { name, role, departments, languages, capacity, code: code.clone() }),
                true,
            )
        }
        AgentCommand::List => (Request::List, false),
        AgentCommand::Remove { name } => (Request::Remove { name }, false),
        AgentCommand::Code { name } => (Request::Code { name, code: code.clone() }, true),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(fulfil(config, request))? {
        Response::Refused(why) => Err(anyhow!(why)),
        Response::Agents(agents) => {
            print!("{}", table(&agents));
            Ok(ExitCode::SUCCESS)
        }
        Response::Done => {
            if gives_code {
                println!("{code}");
                eprintln!(
                    "They send this to the bot in private, on Telegram or Discord, within a day: /link {code}"
                );
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn fulfil(config: Config, request: Request) -> Result<Response> {
    if let Some(response) = control::ask(&config.store.folder, &request).await? {
        return Ok(response);
    }
    let store =
        SledStore::open(&config.store.folder).context("no service runs here, so the store is opened")?;
    // Changes of the roster need the policy, and the pack only for its form.
    let packs = Packs::new(config.load_pack()?, config.policy.bands);
    let runtime = Runtime::new(
        Arc::new(store),
        Arc::new(SystemClock),
        Arc::new(config.policy),
        Arc::new(packs),
        Settings::default(),
    )
    .await?;
    let response = control::fulfil(&runtime, request).await;
    runtime.shutdown(Duration::from_secs(5)).await?;
    Ok(response)
}

/// A code that nobody guesses: 10 of 31 letters and digits, about 50 bits; the ones that look alike are left out.
fn link_code() -> Result<String> {
    const LETTERS: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    let mut code = String::with_capacity(10);
    while code.len() < 10 {
        let mut byte = [0_u8];
        getrandom::fill(&mut byte).map_err(|error| anyhow!("the system gives no random numbers: {error}"))?;
        // 248 is the largest multiple of 31 in a byte: above it, some letters would be likelier.
        if byte[0] < 248 {
            code.push(char::from(LETTERS[usize::from(byte[0]) % LETTERS.len()]));
        }
    }
    Ok(code)
}

fn table(agents: &[Agent]) -> String {
    let mut text = String::new();
    for agent in agents {
        let role = match agent.role {
            Role::Agent => "agent",
            Role::Senior => "senior",
            Role::Supervisor => "supervisor",
            Role::Admin => "admin",
        };
        let presence = match agent.presence {
            Presence::Available => "available",
            Presence::Away => "away",
            Presence::Offline => "offline",
        };
        let list = |items: Vec<String>| if items.is_empty() { "all".to_owned() } else { items.join(",") };
        let departments = list(agent.departments.iter().map(ToString::to_string).collect());
        let languages = list(agent.languages.iter().map(ToString::to_string).collect());
        let linked: Vec<_> = agent.identities.iter().map(|identity| identity.channel().to_string()).collect();
        let linked = if linked.is_empty() { "-".to_owned() } else { linked.join(",") };
        text.push_str(&format!(
            "{}\t{role}\t{presence}\tdepartments={departments}\tlanguages={languages}\tcapacity={}\tlinked={linked}\n",
            agent.name, agent.capacity
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::link_code;

    #[test]
    fn link_codes_are_long_and_differ() {
        let (one, other) = (link_code().unwrap(), link_code().unwrap());
        assert_eq!(one.len(), 10);
        assert_ne!(one, other);
        assert!(one.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
    }
}
