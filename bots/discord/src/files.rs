//! Files on Discord: fetched from Discord's own hosts only, never from an address that somebody made up.

use crate::rest::{Body, Rest};
use crate::wire::{Id, Message};
use bytes::{Bytes, BytesMut};
use desk::FileRef;
use reqwest::{Method, StatusCode, Url};
use runtime::FetchError;
use serde::Deserialize;
use std::time::Duration;

/// Fetches files that were sent on Discord.
pub(crate) struct FileStore {
    http: reqwest::Client,
    api: Option<Url>,
}

/// Where a file was sent, and the address that it had then.
struct Place<'a> {
    channel: Id,
    message: Id,
    file: u64,
    url: &'a str,
}

impl FileStore {
    /// Prepares fetching, from Discord's hosts and from the host of the interface at `api`.
    pub(crate) fn new(api: &str) -> Result<Self, String> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(20))
            .build()
            .map_err(|e| e.without_url().to_string())?;
        Ok(Self { http, api: Url::parse(api).ok() })
    }

    /// Fetches a file of at most `limit` bytes. Discord's addresses lapse after a day: then the message is asked for a new
    /// one.
    pub(crate) async fn fetch(&self, rest: &Rest, file: &FileRef, limit: u64) -> Result<Bytes, FetchError> {
        let place = read(&file.id).ok_or_else(|| FetchError::Gone("its name has another form".to_owned()))?;
        match self.get(place.url, limit).await {
            Err(FetchError::Gone(why)) if place.file != 0 => {
                let path = format!("/channels/{}/messages/{}", place.channel, place.message);
                let message = match rest.call(Method::GET, &path, Body::None).await {
                    Ok(message) => Message::deserialize(message).ok(),
                    Err(error) if error.passing() => return Err(FetchError::Transient(error.to_string())),
                    Err(_) => None,
                };
                let files = message.map(|m| m.attachments).unwrap_or_default();
                match files.into_iter().find(|f| f.id.0 == place.file) {
                    Some(fresh) if fresh.url != place.url => self.get(&fresh.url, limit).await,
                    _ => Err(FetchError::Gone(why)),
                }
            }
            result => result,
        }
    }

    async fn get(&self, url: &str, limit: u64) -> Result<Bytes, FetchError> {
        let Some(url) = Url::parse(url).ok().filter(|url| self.trusted(url)) else {
            return Err(FetchError::Gone("it isn't on Discord's hosts".to_owned()));
        };
        let failed = |e: reqwest::Error| FetchError::Transient(e.without_url().to_string());
        let mut response = self.http.get(url).send().await.map_err(failed)?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            return Err(FetchError::Transient(format!("HTTP {}", status.as_u16())));
        }
        if !status.is_success() {
            return Err(FetchError::Gone(format!("HTTP {}", status.as_u16())));
        }
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(FetchError::TooLarge(limit));
        }
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(FetchError::TooLarge(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    }

    fn trusted(&self, url: &Url) -> bool {
        let discords = url.scheme() == "https"
            && matches!(url.host_str(), Some("cdn.discordapp.com" | "media.discordapp.net"));
        discords || self.api.as_ref().is_some_and(|api| api.origin() == url.origin())
    }
}

/// Reads `channel/message/file/address`, as `from_discord` writes it.
fn read(id: &str) -> Option<Place<'_>> {
    let mut parts = id.splitn(4, '/');
    Some(Place {
        channel: Id::read(parts.next()?)?,
        message: Id::read(parts.next()?)?,
        file: parts.next()?.parse().ok()?,
        url: parts.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_discords_hosts_and_the_configured_one_are_asked() {
        let files = FileStore::new("http://127.0.0.1:8000/api/v10").unwrap();
        let trusted = |url: &str| files.trusted(&Url::parse(url).unwrap());
        for good in
            ["https://cdn.discordapp.com/a", "https://media.discordapp.net/a", "http://127.0.0.1:8000/x"]
        {
            assert!(trusted(good), "{good}");
        }
        for bad in [
            "http://cdn.discordapp.com/a",
            "https://cdn.discordapp.com.evil.example/a",
            "https://cdn.discordapp.com@evil.example/",
            "http://127.0.0.1:8001/x",
            "http://169.254.169.254/latest",
        ] {
            assert!(!trusted(bad), "{bad}");
        }
    }
}
