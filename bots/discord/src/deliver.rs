//! Delivering: one outbox item to a person's direct messages, to the answer of an interaction, or into a ticket's post.
//!
//! New messages in channels carry the item's number as an enforced nonce, so sending one again after silence is safe;
//! an interaction's further answers and new posts have nothing of the kind, and silence after them is ambiguous.

use crate::failure::{GLOBAL, lane, rejected, unreachable};
use crate::rest::{Body, Upload};
use crate::to_discord::{self, Drawn};
use crate::via::Reply;
use crate::wire::Id;
use crate::{Discord, text};
use async_trait::async_trait;
use bytes::Bytes;
use desk::{Attachment, Channel, Content, Destination, FileRef, MessageRef, Undeliverable};
use runtime::{Delivery, DeliveryError, FetchError, Lane, Platform, Receipt};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// The largest file that a bot may send (Discord, "Uploading Files").
const MAX_FILE: u64 = 10 * 1024 * 1024;

/// What a message is made of, ready to be sent.
pub(crate) struct Parcel {
    pub(crate) drawn: Drawn,
    file: Option<Upload>,
}

impl Parcel {
    /// The body of a call that sends it; it can be made again for another try.
    pub(crate) fn again(&self, value: Value) -> Body {
        match &self.file {
            Some(file) => Body::File(
                value,
                Upload { name: file.name.clone(), mime: file.mime.clone(), bytes: file.bytes.clone() },
            ),
            None => Body::Json(value),
        }
    }

    pub(crate) fn file_name(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.name.as_str())
    }
}

#[async_trait]
impl Platform for Discord {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn has_staff_place(&self) -> bool {
        self.forum.is_some()
    }

    fn parts(&self, to: &Destination, content: Content) -> Vec<Content> {
        to_discord::parts(content, matches!(to, Destination::Staff { .. }))
    }

    fn lanes(&self, to: &Destination) -> Vec<Lane> {
        let global = Lane { key: GLOBAL.to_owned(), burst: 40, every: Duration::from_millis(25) };
        match lane(to) {
            // Five messages in five seconds a channel.
            Some(key) => vec![global, Lane { key, burst: 5, every: Duration::from_secs(1) }],
            // Answers to interactions count against no limit of the bot's.
            None => Vec::new(),
        }
    }

    async fn deliver(&self, delivery: Delivery<'_>) -> Result<Receipt, DeliveryError> {
        match delivery.to {
            Destination::Contact(contact) => {
                let user = Id::read(contact.id()).ok_or_else(|| rejected("no Discord user"))?;
                self.to_person(user, &delivery).await
            }
            Destination::Staff { ticket, .. } => match &self.forum {
                Some(forum) => self.to_staff(forum, *ticket, &delivery).await,
                None => Err(rejected("there is no staff forum")),
            },
            Destination::Actor { .. } => match delivery.via.and_then(Reply::read) {
                Some(reply) => self.to_actor(&reply, &delivery).await,
                None => Err(unreachable("there is no way back to who acted")),
            },
        }
    }

    async fn fetch(&self, file: &FileRef, limit: u64) -> Result<Bytes, FetchError> {
        self.files.fetch(&self.rest, file, limit).await
    }
}

impl Discord {
    /// Draws what is delivered and fetches its file.
    pub(crate) async fn parcel(&self, delivery: &Delivery<'_>, staff: bool) -> Result<Parcel, DeliveryError> {
        let drawn = to_discord::draw(delivery.content, staff, self.state.me());
        let file = match delivery.content {
            Content::Say(say) if delivery.edit.is_empty() => match say.attachments.first() {
                Some(file) => Some(self.upload(file, delivery).await?),
                None => None,
            },
            Content::Say(_) | Content::Card(_) => None,
        };
        if drawn.text.trim().is_empty() && file.is_none() && drawn.rows.is_empty() {
            return Err(rejected("there is nothing in it"));
        }
        debug_assert!(text::width(&drawn.text) <= text::MAX_TEXT);
        Ok(Parcel { drawn, file })
    }

    async fn upload(&self, file: &Attachment, delivery: &Delivery<'_>) -> Result<Upload, DeliveryError> {
        let lost = |text: String| DeliveryError::Never { reason: Undeliverable::File, text };
        if file.size.is_some_and(|size| size > MAX_FILE) {
            return Err(lost(format!("a file of more than {MAX_FILE} bytes")));
        }
        let fetched = if file.file.channel == self.channel {
            self.files.fetch(&self.rest, &file.file, MAX_FILE).await
        } else {
            delivery.files.fetch(&file.file, MAX_FILE).await
        };
        match fetched {
            Ok(bytes) => Ok(Upload { name: to_discord::file_name(file), mime: file.mime.clone(), bytes }),
            Err(FetchError::Transient(text)) => Err(DeliveryError::Transient(text)),
            Err(error @ (FetchError::TooLarge(_) | FetchError::Gone(_))) => Err(lost(error.to_string())),
        }
    }
}

pub(crate) fn value(payload: impl Serialize) -> Value {
    serde_json::to_value(payload).unwrap_or_default()
}

pub(crate) fn sent(message: Option<MessageRef>) -> Receipt {
    Receipt { messages: message.into_iter().collect(), ..Receipt::default() }
}

pub(crate) fn message_ref(message: &Value) -> Option<MessageRef> {
    match &message["id"] {
        Value::String(id) if !id.is_empty() => Some(MessageRef(id.clone())),
        Value::Number(id) => Some(MessageRef(id.to_string())),
        _ => None,
    }
}

/// The message that a new one replies to, if it can be replied to.
pub(crate) fn earlier(channel: Id, message: Option<&MessageRef>) -> Option<(Id, Id)> {
    Some((channel, Id::read(&message?.0)?))
}
