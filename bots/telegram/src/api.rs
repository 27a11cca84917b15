//! The transport to the Bot API. It reads answers leniently, because other servers than Telegram's own speak this
//! protocol too, and it never lets an address out: each one holds the token.

use crate::{
    failure::{Failure, Refusal},
    lenient,
};
use bytes::{Bytes, BytesMut};
use reqwest::{
    Client, Response, StatusCode, Url,
    multipart::{Form, Part},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt, time::Duration};
use teloxide::requests::Payload;

const CONNECT: Duration = Duration::from_secs(10);
const CALL: Duration = Duration::from_secs(30);
const UPLOAD: Duration = Duration::from_secs(180);

/// Why no client can be made from a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The API's address can't be read.
    #[error("the address of the Bot API must be complete, such as https://api.telegram.org")]
    ApiUrl,
    /// The token has characters that no token has.
    #[error("the Telegram token can't be right: it looks like 123456:ABC-DEF, without white space")]
    Token,
    /// The webhook's secret is missing or has characters that Telegram refuses.
    #[error("the webhook's secret must be 1 to 256 of A-Z, a-z, 0-9, _ and -")]
    Secret,
    /// The TLS library can't be set up.
    #[error("no HTTPS client can be made: {0}")]
    Client(String),
}

/// A client of one bot.
pub(crate) struct Api {
    client: Client,
    url: String,
    token: String,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("url", &self.url).finish_non_exhaustive()
    }
}

/// What every answer of the Bot API looks like. Everything may be missing.
#[derive(Deserialize)]
struct Answer {
    ok: Option<bool>,
    #[serde(default)]
    result: Value,
    #[serde(default, deserialize_with = "lenient::soft")]
    error_code: Option<u16>,
    #[serde(default, deserialize_with = "lenient::soft")]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient::soft")]
    parameters: Option<Parameters>,
}

#[derive(Deserialize, Default)]
struct Parameters {
    #[serde(default, deserialize_with = "lenient::soft")]
    retry_after: Option<u64>,
    #[serde(default, deserialize_with = "lenient::soft")]
    migrate_to_chat_id: Option<i64>,
}

impl Api {
    pub(crate) fn new(token: &str, url: &str) -> Result<Self, ConfigError> {
        let legal = |c: char| c.is_ascii_alphanumeric() || ":_-".contains(c);
        if token.is_empty() || !token.chars().all(legal) {
            return Err(ConfigError::Token);
        }
        let url = url.trim_end_matches('/');
        let parsed = Url::parse(url).map_err(|_| ConfigError::ApiUrl)?;
        let host = parsed.host_str().ok_or(ConfigError::ApiUrl)?;
        let mut builder = Client::builder().connect_timeout(CONNECT);
        // A proxy is for the way out; a Bot API server on this machine needs none.
        if ["localhost", "127.0.0.1", "[::1]"].contains(&host) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|e| ConfigError::Client(e.without_url().to_string()))?;
        Ok(Self { client, url: url.to_owned(), token: token.to_owned() })
    }

    /// Calls a method with a payload as JSON.
    pub(crate) async fn call<P: Payload + Serialize>(&self, payload: &P) -> Result<Value, Failure> {
        self.call_named(&method(P::NAME), payload, CALL).await
    }

    /// Calls a method by name; `timeout` counts from the first byte sent to the last received.
    pub(crate) async fn call_named(
        &self,
        method: &str,
        body: &impl Serialize,
        timeout: Duration,
    ) -> Result<Value, Failure> {
        let request = self.client.post(self.address(method)).timeout(timeout).json(body);
        self.answer(method, request.send().await).await
    }

    /// Calls a method with a payload as a form, and the bytes of a file in its field `field`.
    pub(crate) async fn upload<P: Payload + Serialize>(
        &self,
        payload: &P,
        field: &str,
        name: String,
        bytes: Bytes,
    ) -> Result<Value, Failure> {
        let method = method(P::NAME);
        let Ok(Value::Object(fields)) = serde_json::to_value(payload) else {
            return Err(Failure::Unsendable(format!("{method} has no form")));
        };
        let mut form = Form::new();
        for (key, value) in fields.into_iter().filter(|(key, _)| key != field) {
            let text = match value {
                Value::String(text) => text,
                other => other.to_string(),
            };
            form = form.text(key, text);
        }
        let size = bytes.len() as u64;
        form = form.part(
            field.to_owned(),
            Part::stream_with_length(reqwest::Body::from(bytes), size).file_name(name),
        );
        let request = self.client.post(self.address(&method)).timeout(UPLOAD).multipart(form);
        self.answer(&method, request.send().await).await
    }

    /// Downloads a file by the path that `getFile` gave, at most `limit` bytes; `None` when it is larger.
    pub(crate) async fn download(&self, path: &str, limit: u64) -> Result<Option<Bytes>, Failure> {
        let address = format!("{}/file/bot{}/{}", self.url, self.token, path.trim_start_matches('/'));
        let sent = self.client.get(address).timeout(UPLOAD).send().await;
        let mut response = sent.map_err(|e| broken("download", e))?;
        if !response.status().is_success() {
            return Err(Failure::Refused(Refusal::new("download", response.status().as_u16(), "")));
        }
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| broken("download", e))? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes.freeze()))
    }

    fn address(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.url, self.token)
    }

    async fn answer(&self, method: &str, sent: Result<Response, reqwest::Error>) -> Result<Value, Failure> {
        let response = sent.map_err(|e| broken(method, e))?;
        let status = response.status();
        let wait = response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
        let body = response.bytes().await.map_err(|e| broken(method, e))?;
        let Ok(answer) = serde_json::from_slice::<Answer>(&body) else {
            return if status.is_success() {
                Err(Failure::Unknown(format!("{method}: the answer can't be read ({} bytes)", body.len())))
            } else {
                Err(Failure::Refused(Refusal {
                    retry_after: wait,
                    ..Refusal::new(method, status.as_u16(), "")
                }))
            };
        };
        if answer.ok.unwrap_or(status.is_success()) {
            return Ok(answer.result);
        }
        let parameters = answer.parameters.unwrap_or_default();
        let code = answer.error_code.unwrap_or(match status {
            StatusCode::OK => 400,
            other => other.as_u16(),
        });
        Err(Failure::Refused(Refusal {
            retry_after: parameters.retry_after.or(wait),
            migrate_to: parameters.migrate_to_chat_id,
            ..Refusal::new(method, code, &answer.description.unwrap_or_default().replace(&self.token, "…"))
        }))
    }
}

/// A method's name as the Bot API writes it; teloxide has its types' names.
fn method(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

/// What a broken exchange means: before a connection stood nothing can have arrived, afterwards nobody knows.
fn broken(method: &str, error: reqwest::Error) -> Failure {
    let unsent = error.is_connect() || error.is_builder();
    let text = format!("{method}: {}", reasons(&error.without_url()));
    if unsent { Failure::NotSent(text) } else { Failure::Unknown(text) }
}

/// An error with its causes, which reqwest leaves out.
fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_written_as_in_the_documentation() {
        assert_eq!(method("SendMessage"), "sendMessage");
        assert_eq!(method("GetMe"), "getMe");
    }

    #[test]
    fn a_token_or_an_address_that_cannot_be_right_is_refused_early() {
        assert_eq!(Api::new("", "https://api.telegram.org").unwrap_err(), ConfigError::Token);
        assert_eq!(Api::new("1:a/../x", "https://api.telegram.org").unwrap_err(), ConfigError::Token);
        assert_eq!(Api::new("1:a", "api.telegram.org").unwrap_err(), ConfigError::ApiUrl);
        let api = Api::new("1:s3cret", "https://api.telegram.org/").unwrap();
        assert!(!format!("{api:?}").contains("s3cret"));
    }

    #[tokio::test]
    async fn no_failure_tells_the_token() {
        let api = Api::new("1:s3cret", "http://127.0.0.1:9").unwrap();
        let failure = api.call(&teloxide::payloads::GetMe::new()).await.unwrap_err();
        assert!(matches!(failure, Failure::NotSent(_)), "{failure:?}");
        assert!(!format!("{failure:?}").contains("s3cret"), "{failure:?}");
    }
}
