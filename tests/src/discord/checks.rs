//! What Discord refuses in a payload, and a few things that it would allow but the bot must never do.

use serde_json::Value;
use std::collections::HashSet;

/// Why a payload is refused: Discord's code, and what is wrong.
pub(crate) type Refusal = (u64, String);

fn invalid(what: impl Into<String>) -> Refusal {
    (50035, what.into())
}

/// Checks a message. `files` is how many files come with it.
pub(crate) fn message(payload: &Value, files: usize, edit: bool) -> Result<(), Refusal> {
    let content = payload["content"].as_str().unwrap_or_default();
    if content.chars().count() > 2000 {
        return Err(invalid("content is longer than 2000 characters"));
    }
    let rows = payload["components"].as_array().cloned().unwrap_or_default();
    if content.trim().is_empty() && files == 0 && !edit {
        return Err((50006, "an empty message".into()));
    }
    if !payload["nonce"].is_null() {
        let nonce = payload["nonce"].as_str().map(str::len).or(payload["nonce"].as_i64().map(|_| 1));
        if nonce.is_none_or(|length| length > 25) {
            return Err(invalid("the nonce is longer than 25 characters"));
        }
    }
    let named = payload["attachments"].as_array().map_or(0, Vec::len);
    if named > files && !edit {
        return Err(invalid("attachments that weren't uploaded"));
    }
    components(&rows)
}

/// Nobody may be mentioned, whatever Discord allows.
pub(crate) fn mentions_nobody(payload: &Value) -> bool {
    let none = |name: &str| payload["allowed_mentions"][name].as_array().is_none_or(Vec::is_empty);
    payload["allowed_mentions"]["parse"].as_array().is_some_and(Vec::is_empty)
        && none("users")
        && none("roles")
        && payload["allowed_mentions"]["replied_user"] != Value::Bool(true)
}

fn components(rows: &[Value]) -> Result<(), Refusal> {
    if rows.len() > 5 {
        return Err(invalid("more than 5 rows"));
    }
    let mut ids = HashSet::new();
    for row in rows {
        let buttons = row["components"].as_array().cloned().unwrap_or_default();
        if row["type"] != 1 || buttons.is_empty() || buttons.len() > 5 {
            return Err(invalid("a row holds 1 to 5 components"));
        }
        for button in &buttons {
            match button["type"].as_u64() {
                Some(2) => one_button(button, &mut ids)?,
                Some(3) => {}
                _ => return Err(invalid("an unknown component")),
            }
        }
    }
    Ok(())
}

fn one_button(button: &Value, ids: &mut HashSet<String>) -> Result<(), Refusal> {
    let label = button["label"].as_str().unwrap_or_default().chars().count();
    if !(1..=80).contains(&label) {
        return Err(invalid("a label has 1 to 80 characters"));
    }
    if button["style"] == 5 {
        let url = button["url"].as_str().unwrap_or_default();
        let fine = url.starts_with("http") && url.len() <= 512 && button["custom_id"].is_null();
        return if fine { Ok(()) } else { Err(invalid("a link button has a web address and no custom id")) };
    }
    let id = button["custom_id"].as_str().unwrap_or_default();
    if !(1..=100).contains(&id.chars().count()) {
        return Err(invalid("a custom id has 1 to 100 characters"));
    }
    if !ids.insert(id.to_owned()) {
        return Err(invalid("a custom id twice"));
    }
    Ok(())
}

/// Checks a form.
pub(crate) fn modal(data: &Value) -> Result<(), Refusal> {
    let within = |value: &Value, most: usize| {
        value.as_str().is_some_and(|text| (1..=most).contains(&text.chars().count()))
    };
    let rows = data["components"].as_array().cloned().unwrap_or_default();
    let inputs = rows.iter().all(|row| {
        let input = &row["components"][0];
        input["type"] == 4 && within(&input["label"], 45) && within(&input["custom_id"], 100)
    });
    if within(&data["title"], 45)
        && within(&data["custom_id"], 100)
        && (1..=5).contains(&rows.len())
        && inputs
    {
        Ok(())
    } else {
        Err(invalid("a form needs a title, a custom id, and 1 to 5 inputs with labels"))
    }
}

/// Checks the commands of an application.
pub(crate) fn commands(all: &Value) -> Result<(), Refusal> {
    let all = all.as_array().ok_or_else(|| invalid("commands come as a list"))?;
    let mut names = HashSet::new();
    for command in all {
        let name = command["name"].as_str().unwrap_or_default();
        if !is_name(name) || !names.insert(name) {
            return Err(invalid(format!("a command's name: {name:?}")));
        }
        let options = command["options"].as_array().cloned().unwrap_or_default();
        for thing in options.iter().chain([command]) {
            let texts = thing["description_localizations"].as_object().into_iter().flat_map(|o| o.values());
            let named = thing["name_localizations"].as_object().into_iter().flat_map(|o| o.values());
            let fine = texts
                .chain([&thing["description"]])
                .all(|text| text.as_str().is_some_and(|text| (1..=100).contains(&text.chars().count())))
                && named.chain([&thing["name"]]).all(|name| name.as_str().is_some_and(is_name));
            if !fine {
                return Err(invalid(format!("names or descriptions of {name:?}")));
            }
        }
        let mut optional = false;
        for option in &options {
            let required = option["required"] == Value::Bool(true);
            if required && optional {
                return Err(invalid(format!("a required option after an optional one in {name:?}")));
            }
            optional |= !required;
        }
    }
    if names.len() > 100 { Err(invalid("more than 100 commands")) } else { Ok(()) }
}

fn is_name(name: &str) -> bool {
    let legal = |c: char| (c.is_alphanumeric() || c == '-' || c == '_') && !c.is_uppercase();
    (1..=32).contains(&name.chars().count()) && name.chars().all(legal)
}
