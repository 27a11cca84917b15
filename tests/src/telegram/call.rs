//! One call of a method, and what can be said to it.

use serde_json::{Map, Value, json};

/// A call that was made.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: String,
    /// Its parameters; files appear by their names.
    pub params: Map<String, Value>,
    /// Why it was refused, if it was.
    pub refused: Option<String>,
}

impl Call {
    /// The chat that it is about.
    #[must_use]
    pub fn chat(&self) -> Option<i64> {
        self.params.get("chat_id").and_then(number)
    }
}

/// A refusal as Telegram words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) description: String,
    pub(super) parameters: Value,
}

impl Refusal {
    pub(super) fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), parameters: Value::Null }
    }

    pub(super) fn json(&self) -> Value {
        let mut json = json!({ "ok": false, "error_code": self.code, "description": self.description });
        if !self.parameters.is_null() {
            json["parameters"] = self.parameters.clone();
        }
        json
    }
}

/// A mistake of the caller.
pub(super) fn bad(what: impl std::fmt::Display) -> Refusal {
    Refusal::new(400, format!("Bad Request: {what}"))
}

/// What the caller may not do.
pub(super) fn forbidden(what: &str) -> Refusal {
    Refusal::new(403, format!("Forbidden: {what}"))
}

/// A number, which forms carry as text.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
