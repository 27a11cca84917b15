//! Reading what others write: a field of an unexpected form counts as missing, and never costs what stands beside it.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// A field that may be missing or odd.
pub(crate) fn soft<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).ok())
}

/// A list of which any item may be odd; those are left out.
pub(crate) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    let Value::Array(items) = Value::deserialize(from)? else { return Ok(Vec::new()) };
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

/// Whether a field says yes.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(from)?.as_bool().unwrap_or(false))
}
