//! Calls of Discord's REST interface: what is sent is exact, what comes back is read leniently. No error's text holds an
//! address, because addresses here hold tokens; and none holds what the other side said, because that may quote a
//! customer.
//!
//! The calls are made with reqwest and not with serenity's client: that one refuses answers that lack fields we never
//! read, retries on its own, and hides which request was limited.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The bot's token. It prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a token as the operator has it, with or without `Bot ` before it.
    pub fn new(token: impl AsRef<str>) -> Self {
        let token = token.as_ref().trim();
        Self(token.strip_prefix("Bot ").unwrap_or(token).trim().to_owned())
    }

    /// The token, for the gateway and for the header of requests.
    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RestError {
    /// We are to wait, with this route or with everything.
    #[error("limited for {after:?}")]
    Wait {
        /// How long.
        after: Duration,
        /// Whether everything is limited.
        global: bool,
    },
    /// Discord refuses it.
    #[error("refused: HTTP {status}, code {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's code; 0 when it gave none.
        code: u64,
    },
    /// Discord is in trouble.
    #[error("HTTP {0}")]
    Server(u16),
    /// It wasn't sent.
    #[error("no connection: {0}")]
    NotSent(&'static str),
    /// It was sent, and no answer came.
    #[error("no answer: {0}")]
    Unanswered(&'static str),
}

impl RestError {
    /// Discord's code of a refusal.
    #[must_use]
    pub(crate) fn code(&self) -> Option<u64> {
        if let Self::Refused { code, .. } = self { Some(*code) } else { None }
    }

    /// Whether the thing that was called upon doesn't exist (any more).
    #[must_use]
    pub(crate) fn missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether the same call may work later.
    #[must_use]
    pub(crate) fn passing(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }
}

/// A file to send along.
pub(crate) struct Upload {
    /// Its name.
    pub(crate) name: String,
    /// Its media type.
    pub(crate) mime: Option<String>,
    /// Its content.
    pub(crate) bytes: bytes::Bytes,
}

/// What a call carries.
pub(crate) enum Body {
    /// Nothing.
    None,
    /// A value.
    Json(Value),
    /// A value and a file, which the value's `attachments` names as number 0.
    File(Value, Upload),
}

/// Discord's REST interface.
pub(crate) struct Rest {
    http: reqwest::Client,
    base: String,
    /// Which routes are closed, and until when; `*` closes all.
    closed: Mutex<HashMap<String, Instant>>,
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest").field("base", &self.base).finish_non_exhaustive()
    }
}

const ALL: &str = "*";

impl Rest {
    /// Prepares calls to `api`: an address with `/api/v10` at its end or without it.
    ///
    /// # Errors
    /// A text when the token can't stand in a header or TLS can't be set up.
    pub(crate) fn new(api: &str, token: &Token) -> Result<Self, String> {
        let mut bot = HeaderValue::from_str(&format!("Bot {}", token.secret()))
            .map_err(|_| "the token holds characters that no token has".to_owned())?;
        bot.set_sensitive(true);
        let http = reqwest::Client::builder()
            .user_agent(concat!("DiscordBot (deskhand, ", env!("CARGO_PKG_VERSION"), ")"))
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bot)]))
            // Where a redirection leads, the token would go too.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .build()
            .map_err(|e| e.without_url().to_string())?;
        let base = api.trim_end_matches('/');
        let versioned = base.rsplit('/').next().is_some_and(|last| {
            last.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        });
        let base = if versioned { base.to_owned() } else { format!("{base}/api/v10") };
        Ok(Self { http, base, closed: Mutex::new(HashMap::new()) })
    }

    /// The address that all calls begin with.
    #[must_use]
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Makes a call, unless its route is known to be closed. An answer without JSON is null.
    ///
    /// # Errors
    /// See [`RestError`].
    pub(crate) async fn call(&self, method: Method, path: &str, body: Body) -> Result<Value, RestError> {
        let route = format!("{method} {}", path.split('?').next().unwrap_or_default());
        if let Some((after, global)) = self.wait(&route) {
            return Err(RestError::Wait { after, global });
        }
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = match body {
            Body::None => request,
            Body::Json(value) => request.json(&value),
            Body::File(value, upload) => {
                request.multipart(form(&value, upload)).timeout(Duration::from_secs(25))
            }
        };
        let response = request.send().await.map_err(|e| unsent(&e))?;
        self.note_limit(&route, response.headers());
        let status = response.status();
        let body = read(response).await?;
        if status.is_success() {
            return Ok(body);
        }
        Err(self.failure(&route, status, &body))
    }

    /// Makes a call that nobody waits for, until it works or is refused: passing failures are tried again, a few times.
    ///
    /// # Errors
    /// The last failure.
    pub(crate) async fn insist(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, RestError> {
        let mut tries = 0;
        loop {
            let body = body.clone().map_or(Body::None, Body::Json);
            let failed = match self.call(method.clone(), path, body).await {
                Ok(value) => return Ok(value),
                Err(failed) => failed,
            };
            tries += 1;
            if !failed.passing() || tries > 5 {
                return Err(failed);
            }
            let pause = match failed {
                RestError::Wait { after, .. } => after,
                _ => Duration::from_millis(250 << tries),
            };
            tokio::time::sleep(pause.min(Duration::from_secs(60))).await;
        }
    }

    fn wait(&self, route: &str) -> Option<(Duration, bool)> {
        // Answers to interactions count against no limit of ours; they lapse if they wait.
        if route.starts_with("POST /interactions/") {
            return None;
        }
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let left =
            |key: &str| closed.get(key)?.checked_duration_since(Instant::now()).filter(|d| !d.is_zero());
        left(ALL).map(|after| (after, true)).or_else(|| left(route).map(|after| (after, false)))
    }

    fn close(&self, key: &str, after: Duration) {
        let now = Instant::now();
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        if closed.len() > 1000 {
            closed.retain(|_, until| *until > now);
        }
        closed.insert(key.to_owned(), now + after.min(Duration::from_secs(3600)));
    }

    /// Discord says when a route's share is used up, before it has to refuse anything.
    fn note_limit(&self, route: &str, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<f64>().ok();
        if number("x-ratelimit-remaining") == Some(0.0)
            && let Some(after) = number("x-ratelimit-reset-after").and_then(seconds)
        {
            self.close(route, after);
        }
    }

    fn failure(&self, route: &str, status: StatusCode, body: &Value) -> RestError {
        let code = body["code"].as_u64().unwrap_or_default();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let after = body["retry_after"].as_f64().and_then(seconds).unwrap_or(Duration::from_secs(5));
            let global = body["global"].as_bool().unwrap_or_default();
            self.close(if global { ALL } else { route }, after);
            return RestError::Wait { after, global };
        }
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            return RestError::Server(status.as_u16());
        }
        RestError::Refused { status: status.as_u16(), code }
    }
}

/// A time to wait, a little more than was asked for: the other side's clock isn't ours.
fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(|d| d + Duration::from_millis(50))
}

fn form(value: &Value, upload: Upload) -> Form {
    // An odd media type isn't worth losing the file for.
    let legal = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+/".contains(c);
    let mime = upload.mime.filter(|m| m.matches('/').count() == 1 && m.chars().all(legal));
    let part = Part::stream(upload.bytes.clone()).file_name(upload.name.clone());
    let part = match mime.map(|mime| part.mime_str(&mime)) {
        Some(Ok(part)) => part,
        _ => Part::stream(upload.bytes).file_name(upload.name),
    };
    Form::new().text("payload_json", value.to_string()).part("files[0]", part)
}

fn unsent(error: &reqwest::Error) -> RestError {
    if error.is_connect() {
        RestError::NotSent("the connection wasn't made")
    } else if error.is_timeout() {
        RestError::Unanswered("time ran out")
    } else if error.is_builder() {
        RestError::NotSent("the request can't be built")
    } else {
        RestError::Unanswered("the connection broke")
    }
}

/// The body as JSON, with the header's word on waiting if the body has none.
async fn read(response: Response) -> Result<Value, RestError> {
    let status = response.status();
    let after = response.headers().get("retry-after").and_then(|h| h.to_str().ok()?.parse::<f64>().ok());
    let global = response.headers().contains_key("x-ratelimit-global");
    let bytes = response.bytes().await.map_err(|_| RestError::Unanswered("the answer broke off"))?;
    let mut value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status == StatusCode::TOO_MANY_REQUESTS {
        if !value.is_object() {
            value = serde_json::json!({});
        }
        if value["retry_after"].as_f64().is_none() {
            value["retry_after"] = after.into();
        }
        if global {
            value["global"] = true.into();
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_address_is_taken_with_and_without_its_version() {
        let token = Token::new("Bot secret");
        for given in ["http://127.0.0.1:1", "http://127.0.0.1:1/", "http://127.0.0.1:1/api/v10"] {
            assert_eq!(Rest::new(given, &token).unwrap().base(), "http://127.0.0.1:1/api/v10");
        }
        assert_eq!(
            Rest::new("https://proxy.example/d/api/v9/", &token).unwrap().base(),
            "https://proxy.example/d/api/v9"
        );
    }

    #[tokio::test]
    async fn no_error_holds_the_token_or_the_address() {
        let token = Token::new("s3cret");
        let rest = Rest::new("http://127.0.0.1:9", &token).unwrap();
        let failed = rest.call(Method::POST, "/webhooks/1/t0ken", Body::None).await.unwrap_err();
        assert!(matches!(failed, RestError::NotSent(_)));
        let shown = format!("{failed} {failed:?} {token:?} {rest:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("t0ken"), "{shown}");
    }
}
