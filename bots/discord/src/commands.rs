//! The slash commands, as they are registered: which options they take, where they appear, and to whom. What they do, the
//! desk knows; the names here are those that `desk::command` reads.

use crate::words::{CommandWords, Said, Words};
use desk::{EntryId, Lang};
use serenity::all::{AutocompleteChoice, CommandOptionType, CreateCommand, CreateCommandOption, Permissions};
use std::sync::Arc;

/// The questions of the pack in a language, to choose from while typing.
pub type Questions = Arc<dyn Fn(Lang) -> Vec<(String, EntryId)> + Send + Sync>;

/// Where a command appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Customers, everywhere.
    Everybodys,
    /// Agents, who act in the guild.
    Agents,
    /// Whoever manages the guild.
    Admins,
}

/// All commands.
#[must_use]
pub(crate) fn all(words: &Words) -> Vec<CreateCommand> {
    words.commands.iter().map(|command| create(command, words)).collect()
}

fn whose(name: &str) -> Whose {
    match name {
        "ask" | "human" | "faq" | "contact" | "status" | "feedback" | "language" | "help" | "cancel"
        | "privacy" | "link" => Whose::Everybodys,
        "panel" => Whose::Admins,
        _ => Whose::Agents,
    }
}

fn create(words: &CommandWords, all: &Words) -> CreateCommand {
    let name = words.name.en;
    let mut command = CreateCommand::new(name)
        .name_localized("zh-CN", words.name.zh)
        .name_localized("zh-TW", words.name.tw)
        .description(words.description.en)
        .description_localized("zh-CN", words.description.zh)
        .description_localized("zh-TW", words.description.tw);
    if let Some(said) = words.option {
        command = command.add_option(option(name, said));
    }
    match whose(name) {
        Whose::Everybodys => command.dm_permission(true),
        Whose::Admins => command.default_member_permissions(Permissions::MANAGE_GUILD).dm_permission(false),
        // Who may act on a ticket the roster says; this only keeps the customers' lists short.
        Whose::Agents => {
            let command =
                command.default_member_permissions(Permissions::MANAGE_THREADS).dm_permission(false);
            match name {
                "next" | "available" | "away" | "offline" | "queue" | "commands" => command,
                _ => command
                    .add_option(described("ticket", CommandOptionType::Integer, all.ticket).min_int_value(1)),
            }
        }
    }
}

fn described(name: &str, kind: CommandOptionType, said: Said) -> CreateCommandOption {
    CreateCommandOption::new(kind, name, said.en)
        .description_localized("zh-CN", said.zh)
        .description_localized("zh-TW", said.tw)
}

fn option(command: &str, said: Said) -> CreateCommandOption {
    let text =
        |name: &str, longest: u16| described(name, CommandOptionType::String, said).max_length(longest);
    match command {
        "ask" => text("question", 2000).required(true),
        "faq" => text("question", 100).required(false).set_autocomplete(true),
        "feedback" => text("text", 2000).required(false),
        "language" => Lang::ALL
            .into_iter()
            .fold(described("language", CommandOptionType::String, said), |option, lang| {
                option.add_string_choice(lang.name(), lang.code())
            })
            .required(false),
        "link" => text("code", 100).required(true),
        "transfer" => text("to", 100).required(true),
        "canned" => text("name", 100).required(true),
        "priority" => {
            [("低 low", "low"), ("普通 normal", "normal"), ("高 high", "high"), ("紧急 urgent", "urgent")]
                .into_iter()
                .fold(described("level", CommandOptionType::String, said), |option, (shown, value)| {
                    option.add_string_choice(shown, value)
                })
                .required(true)
        }
        _ => text("text", 2000).required(true),
    }
}

/// The questions that fit what was typed so far: at most 25 (Discord's limit), those that begin with it first.
#[must_use]
pub(crate) fn proposals(questions: &[(String, EntryId)], typed: &str) -> Vec<AutocompleteChoice> {
    let typed = typed.trim().to_lowercase();
    let fits = |label: &str| {
        let label = label.to_lowercase();
        if label.starts_with(&typed) {
            Some(0)
        } else if label.contains(&typed) {
            Some(1)
        } else {
            typed.split_whitespace().all(|word| label.contains(word)).then_some(2)
        }
    };
    let mut found: Vec<_> = questions.iter().filter_map(|q| Some((fits(&q.0)?, q))).collect();
    found.sort_by_key(|(how, _)| *how);
    let choice = |(label, id): &(String, EntryId)| {
        AutocompleteChoice::new(crate::text::one_line(label, 100), id.to_string())
    };
    found.into_iter().take(25).map(|(_, question)| choice(question)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::command::{Typed, customer, staff};
    use desk::{MessageRef, Target};
    use serde_json::{Value, json};

    fn registered() -> Vec<Value> {
        all(&Words::default()).iter().map(|command| serde_json::to_value(command).unwrap()).collect()
    }

    #[test]
    fn each_command_keeps_within_discords_limits() {
        let mut names = std::collections::HashSet::new();
        for command in registered() {
            let name = command["name"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            let localized = command["name_localizations"].as_object().unwrap();
            assert_eq!(localized.len(), 2);
            for shown in localized.values().map(|n| n.as_str().unwrap()) {
                assert!((1..=32).contains(&shown.chars().count()) && !shown.contains(' '), "{shown}");
            }
            let options = command["options"].as_array().cloned().unwrap_or_default();
            let described: Vec<&Value> = options.iter().chain([&command]).collect();
            for thing in described {
                let all = thing["description_localizations"].as_object().unwrap().values();
                for text in all.chain([&thing["description"]]) {
                    assert!((1..=100).contains(&text.as_str().unwrap().chars().count()), "{name}: {text}");
                }
            }
            let required: Vec<bool> = options.iter().map(|o| o["required"] == json!(true)).collect();
            assert!(required.is_sorted_by(|a, b| a >= b), "{name}: required options come first");
        }
        assert!(names.len() <= 100);
    }

    #[test]
    fn the_desk_reads_each_command() {
        for command in registered() {
            let name = command["name"].as_str().unwrap();
            let typed = Typed { name, bot: None, rest: if name == "priority" { "high" } else { "words" } };
            let read = customer(typed, MessageRef("1".into())).is_some()
                || staff(typed, Target::Nothing).is_some()
                || ["link", "panel"].contains(&name);
            assert!(read, "{name}");
        }
    }

    #[test]
    fn proposals_fit_what_was_typed() {
        let question = |label: &str, id: &str| (label.to_owned(), id.parse().unwrap());
        let mut questions = vec![question("I forgot my password", "a"), question("Password rules", "b")];
        let field = |choice: &AutocompleteChoice, name: &str| {
            serde_json::to_value(choice).unwrap()[name].as_str().unwrap().to_owned()
        };
        let shown = |found: Vec<AutocompleteChoice>| -> Vec<String> {
            found.iter().map(|choice| field(choice, "value")).collect()
        };
        assert_eq!(shown(proposals(&questions, "PASS")), ["b", "a"]);
        assert_eq!(shown(proposals(&questions, "password forgot")), ["a"]);
        assert!(proposals(&questions, "card").is_empty());
        questions.extend((0..40).map(|i| question(&"问".repeat(200), &format!("q{i}"))));
        let all = proposals(&questions, "");
        assert_eq!(all.len(), 25);
        assert!(all.iter().all(|choice| field(choice, "name").chars().count() <= 100));
    }
}
