//! Delivering: one outbox item to a person's direct messages, to the answer of an interaction, or into a ticket's post.
//!
//! New messages in channels carry the item's number as an enforced nonce, so sending one again after silence is safe;
//! an interaction's further answers and new posts have nothing of the kind, and silence after them is ambiguous.

use crate::forum::Forum;
use crate::rest::{Body, RestError, Upload};
use crate::state::Acked;
use crate::to_discord::{self, Drawn};
use crate::via::Reply;
use crate::wire::Id;
use crate::{Discord, text};
use async_trait::async_trait;
use bytes::Bytes;
use desk::{
    Attachment, Channel, Content, Destination, FileRef, MessageRef, ThreadRef, TicketNumber, Undeliverable,
};
use jiff::Timestamp;
use reqwest::Method;
use runtime::{Delivery, DeliveryError, FetchError, Lane, Platform, Receipt};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The largest file that a bot may send (Discord, "Uploading Files").
const MAX_FILE: u64 = 10 * 1024 * 1024;
/// All requests of a bot together: 50 a second (Discord, "Rate Limits").
const GLOBAL: &str = "discord/global";
/// Messages whose change needs the token of the interaction that they answered are named so.
const WHISPER: &str = "e:";
/// How long an acknowledgement that is under way is waited for.
const ACK: Duration = Duration::from_secs(4);

/// What a message is made of, ready to be sent.
struct Parcel {
    drawn: Drawn,
    file: Option<Upload>,
}

impl Parcel {
    fn file_name(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.name.as_str())
    }

    fn body(self, value: impl Serialize) -> Body {
        let value = serde_json::to_value(value).unwrap_or_default();
        match self.file {
            Some(file) => Body::File(value, file),
            None => Body::Json(value),
        }
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
    async fn to_person(&self, user: Id, delivery: &Delivery<'_>) -> Result<Receipt, DeliveryError> {
        if let Some(edit) = delivery.edit.first() {
            return self.change_for_person(user, edit, delivery).await;
        }
        let parcel = self.parcel(delivery, false).await?;
        let reply = delivery.via.filter(|via| via.channel == self.channel).and_then(Reply::read);
        // A quiet acknowledgement in a direct message leaves nothing open, and a plain message is the safer one to send.
        if let Some(reply) = reply.filter(|reply| reply.private || reply.thinking) {
            match self.answer(&reply, &parcel).await {
                Ok(message) => return Ok(sent(message)),
                // The token has lapsed or was never any good: there are direct messages yet.
                Err(error) if lapsed(&error) => {}
                Err(error) => return Err(failed(&error, delivery.to, false)),
            }
        }
        let channel = self.direct_channel(user, delivery.to).await?;
        let value = to_discord::new_message(
            &parcel.drawn,
            Some(delivery.id.0),
            earlier(channel, delivery.reply_to),
            parcel.file_name(),
        );
        let path = format!("/channels/{channel}/messages");
        match self.rest.call(Method::POST, &path, parcel.body(value)).await {
            Ok(message) => Ok(sent(message_ref(&message))),
            Err(error) if error.code() == Some(10003) || (error.missing() && error.code() == Some(0)) => {
                self.state.forget_dm(user);
                Err(DeliveryError::Transient("the direct channel is gone; it is opened anew".to_owned()))
            }
            Err(error) => Err(person_failed(&error, delivery.to)),
        }
    }

    async fn change_for_person(
        &self,
        user: Id,
        edit: &MessageRef,
        delivery: &Delivery<'_>,
    ) -> Result<Receipt, DeliveryError> {
        let drawn = to_discord::draw(delivery.content, false, self.state.me());
        let result = if let Some(message) = edit.0.strip_prefix(WHISPER) {
            let Some(reply) = self.state.whisper(message) else { return Err(DeliveryError::MessageGone) };
            let path = format!("/webhooks/{}/{}/messages/{message}", reply.application, reply.token);
            let body = Body::Json(value(to_discord::filled(&drawn, None)));
            match self.rest.call(Method::PATCH, &path, body).await {
                Err(error) if lapsed(&error) => return Err(DeliveryError::MessageGone),
                result => result,
            }
        } else {
            let channel = self.direct_channel(user, delivery.to).await?;
            let path = format!("/channels/{channel}/messages/{}", number(edit)?);
            self.rest.call(Method::PATCH, &path, Body::Json(value(to_discord::new_form(&drawn)))).await
        };
        match result {
            Ok(_) => Ok(sent(Some(edit.clone()))),
            Err(error) if error.missing() => Err(DeliveryError::MessageGone),
            Err(error) => Err(person_failed(&error, delivery.to)),
        }
    }

    /// The channel for direct messages with a user, opened if need be.
    async fn direct_channel(&self, user: Id, to: &Destination) -> Result<Id, DeliveryError> {
        if let Some(dm) = self.state.dm(user) {
            return Ok(dm.channel);
        }
        let body = Body::Json(json!({ "recipient_id": user.to_string() }));
        match self.rest.call(Method::POST, "/users/@me/channels", body).await {
            Ok(channel) => {
                let id = channel["id"].as_str().and_then(Id::read).or(channel["id"].as_u64().map(Id));
                let id = id.ok_or_else(|| DeliveryError::Transient("no channel in the answer".to_owned()))?;
                self.state.seen(user, id, crate::snowflake(Timestamp::now()));
                Ok(id)
            }
            Err(error) => Err(person_failed(&error, to)),
        }
    }

    async fn to_actor(&self, reply: &Reply, delivery: &Delivery<'_>) -> Result<Receipt, DeliveryError> {
        let parcel = self.parcel(delivery, false).await?;
        match self.answer(reply, &parcel).await {
            Ok(message) => Ok(sent(message)),
            Err(error) if lapsed(&error) => Err(unreachable("the interaction's time is up")),
            Err(error) => Err(failed(&error, delivery.to, false)),
        }
    }

    /// Answers an interaction: fills in "thinking…" if that still stands there, else adds a message.
    async fn answer(&self, reply: &Reply, parcel: &Parcel) -> Result<Option<MessageRef>, RestError> {
        let webhook = format!("/webhooks/{}/{}", reply.application, reply.token);
        if let Some(mut acked) = self.state.follow(&reply.token) {
            // Before the acknowledgement Discord knows of no answer.
            let _ = tokio::time::timeout(ACK, acked.wait_for(|acked| *acked != Acked::Pending)).await;
        }
        let message = match self.fill_in(reply, &webhook, parcel).await {
            Some(result) => result?,
            None => {
                let added = value(to_discord::followup(&parcel.drawn, reply.private, parcel.file_name()));
                self.rest.call(Method::POST, &webhook, parcel.again(added)).await?
            }
        };
        let id = message_ref(&message);
        Ok(match id {
            Some(id) if reply.private => {
                self.state.whispered(&id.0, reply.clone());
                Some(MessageRef(format!("{WHISPER}{id}")))
            }
            id => id,
        })
    }

    /// Fills in "thinking…". None when that isn't there to be filled in (any more).
    async fn fill_in(
        &self,
        reply: &Reply,
        webhook: &str,
        parcel: &Parcel,
    ) -> Option<Result<Value, RestError>> {
        if !self.state.take_open(&reply.token) {
            return None;
        }
        let filled = value(to_discord::filled(&parcel.drawn, parcel.file_name()));
        let path = format!("{webhook}/messages/@original");
        match self.rest.call(Method::PATCH, &path, parcel.again(filled)).await {
            // Whoever asked may have dismissed it; they are answered all the same.
            Err(error) if error.missing() => None,
            Err(error) => {
                self.state.acked(&reply.token, Acked::Open);
                Some(Err(error))
            }
            filled => Some(filled),
        }
    }

    async fn to_staff(
        &self,
        forum: &Arc<Forum>,
        ticket: TicketNumber,
        delivery: &Delivery<'_>,
    ) -> Result<Receipt, DeliveryError> {
        let mut receipt = Receipt::default();
        let thread = match delivery.thread {
            Some(thread) => thread.clone(),
            None => {
                let (thread, card) = match self.state.made_thread(ticket) {
                    Some(made) => made,
                    None => self.make_post(forum, ticket, delivery).await?,
                };
                receipt.card.push(card);
                receipt.thread = Some(thread.clone());
                thread
            }
        };
        let post = Id::read(&thread.0).ok_or(DeliveryError::ThreadGone)?;
        let new_card = matches!(delivery.content, Content::Card(_)) && !receipt.card.is_empty();
        receipt.messages = if new_card {
            receipt.card.clone()
        } else {
            match self.say_in_post(forum, post, delivery).await {
                Err(DeliveryError::ThreadGone) => {
                    self.state.settle_made(ticket);
                    self.state.forget_thread(post);
                    return Err(DeliveryError::ThreadGone);
                }
                result => result?,
            }
        };
        self.state.settle_made(ticket);
        let card = if let Content::Card(card) = delivery.content { Some(&**card) } else { delivery.card };
        if let Some(card) = card {
            forum.said(post, card);
        }
        Ok(receipt)
    }

    /// Makes the ticket's post: the thread, and the card's message in it.
    async fn make_post(
        &self,
        forum: &Arc<Forum>,
        ticket: TicketNumber,
        delivery: &Delivery<'_>,
    ) -> Result<(ThreadRef, MessageRef), DeliveryError> {
        let card = match delivery.content {
            Content::Card(card) => card,
            Content::Say(_) => delivery.card.ok_or_else(|| rejected("a ticket without a card"))?,
        };
        let staff = |error| staff_failed(&error, delivery.to, false);
        let found = if self.state.in_doubt(ticket) {
            forum.find(card, self.state.me()).await.map_err(staff)?
        } else {
            None
        };
        let (post, message) = match found {
            Some(post) => (post, post),
            None => forum.make(card).await.map_err(|error| {
                if matches!(error, RestError::Unanswered(_) | RestError::Server(_)) {
                    self.state.doubt(ticket);
                }
                staff(error)
            })?,
        };
        let thread = ThreadRef(post.to_string());
        self.state.learn_thread(post, true);
        let message = MessageRef(message.to_string());
        self.state.made(ticket, thread.clone(), message.clone());
        Ok((thread, message))
    }

    async fn say_in_post(
        &self,
        forum: &Arc<Forum>,
        post: Id,
        delivery: &Delivery<'_>,
    ) -> Result<Vec<MessageRef>, DeliveryError> {
        let parcel = self.parcel(delivery, true).await?;
        let mut opened = false;
        loop {
            let result = self.put(post, delivery, &parcel).await;
            match result {
                Ok(message) => return Ok(message.into_iter().collect()),
                // The post was put away: it is opened, once.
                Err(error) if error.code() == Some(50083) && !opened => {
                    opened = true;
                    forum.reopen(post).await.map_err(|e| staff_failed(&e, delivery.to, true))?;
                }
                Err(error) if error.code() == Some(10003) => return Err(DeliveryError::ThreadGone),
                Err(error) if error.missing() && !delivery.edit.is_empty() => {
                    return Err(DeliveryError::MessageGone);
                }
                Err(error) if error.missing() => return Err(DeliveryError::ThreadGone),
                Err(error) => return Err(staff_failed(&error, delivery.to, true)),
            }
        }
    }

    async fn put(
        &self,
        post: Id,
        delivery: &Delivery<'_>,
        parcel: &Parcel,
    ) -> Result<Option<MessageRef>, RestError> {
        let path = format!("/channels/{post}/messages");
        if let Some(edit) = delivery.edit.first() {
            let body = Body::Json(value(to_discord::new_form(&parcel.drawn)));
            self.rest.call(Method::PATCH, &format!("{path}/{edit}"), body).await?;
            return Ok(Some(edit.clone()));
        }
        let new = to_discord::new_message(
            &parcel.drawn,
            Some(delivery.id.0),
            earlier(post, delivery.reply_to),
            parcel.file_name(),
        );
        let message = self.rest.call(Method::POST, &path, parcel.again(value(new))).await?;
        Ok(message_ref(&message))
    }

    /// Draws what is delivered and fetches its file.
    async fn parcel(&self, delivery: &Delivery<'_>, staff: bool) -> Result<Parcel, DeliveryError> {
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

impl Parcel {
    /// A body that can be made again, for a second try.
    fn again(&self, value: Value) -> Body {
        match &self.file {
            Some(file) => Body::File(
                value,
                Upload { name: file.name.clone(), mime: file.mime.clone(), bytes: file.bytes.clone() },
            ),
            None => Body::Json(value),
        }
    }
}

fn value(payload: impl Serialize) -> Value {
    serde_json::to_value(payload).unwrap_or_default()
}

/// The lane of a destination beside the global one.
fn lane(to: &Destination) -> Option<String> {
    match to {
        Destination::Contact(contact) => Some(format!("discord/user/{}", contact.id())),
        Destination::Staff { ticket, .. } => Some(format!("discord/ticket/{}", ticket.0)),
        Destination::Actor { .. } => None,
    }
}

fn sent(message: Option<MessageRef>) -> Receipt {
    Receipt { messages: message.into_iter().collect(), ..Receipt::default() }
}

fn message_ref(message: &Value) -> Option<MessageRef> {
    match &message["id"] {
        Value::String(id) if !id.is_empty() => Some(MessageRef(id.clone())),
        Value::Number(id) => Some(MessageRef(id.to_string())),
        _ => None,
    }
}

/// The message that a new one replies to, if it can be replied to.
fn earlier(channel: Id, message: Option<&MessageRef>) -> Option<(Id, Id)> {
    Some((channel, Id::read(&message?.0)?))
}

fn number(message: &MessageRef) -> Result<Id, DeliveryError> {
    Id::read(&message.0).ok_or(DeliveryError::MessageGone)
}

fn rejected(text: &str) -> DeliveryError {
    DeliveryError::Never { reason: Undeliverable::Rejected, text: text.to_owned() }
}

fn unreachable(text: &str) -> DeliveryError {
    DeliveryError::Never { reason: Undeliverable::Unreachable, text: text.to_owned() }
}

/// Whether an interaction can't be answered (any more): unknown webhook, unknown interaction, invalid token.
fn lapsed(error: &RestError) -> bool {
    error.missing() || matches!(error.code(), Some(10015 | 10062 | 50027))
}

/// What a failed call means for an item. `safe` calls can be repeated without sending anything twice.
fn failed(error: &RestError, to: &Destination, safe: bool) -> DeliveryError {
    match error {
        RestError::Wait { after, global } => {
            let lane = if *global { Some(GLOBAL.to_owned()) } else { lane(to) };
            DeliveryError::RetryAfter { after: *after, lane }
        }
        RestError::Unanswered(_) if !safe => DeliveryError::Ambiguous(error.to_string()),
        RestError::Unanswered(_) | RestError::NotSent(_) | RestError::Server(_) => {
            DeliveryError::Transient(error.to_string())
        }
        // The operator will mend the token; until then nothing is lost.
        RestError::Refused { status: 401, .. } => DeliveryError::Transient(error.to_string()),
        RestError::Refused { status: 413, .. } | RestError::Refused { code: 40005, .. } => {
            DeliveryError::Never { reason: Undeliverable::File, text: error.to_string() }
        }
        RestError::Refused { .. } => {
            DeliveryError::Never { reason: Undeliverable::Rejected, text: error.to_string() }
        }
    }
}

fn person_failed(error: &RestError, to: &Destination) -> DeliveryError {
    match error.code() {
        // Can't message this user; no such user; not a user to write to; no server in common.
        Some(50007 | 10013 | 50033 | 50278) => unreachable(&error.to_string()),
        // Opening direct channels too fast.
        Some(40003) => DeliveryError::RetryAfter { after: Duration::from_secs(60), lane: lane(to) },
        _ if matches!(error, RestError::Refused { status: 403, .. }) => unreachable(&error.to_string()),
        _ => failed(error, to, true),
    }
}

fn staff_failed(error: &RestError, to: &Destination, safe: bool) -> DeliveryError {
    // A permission is missing: the operator will give it, and until then the ticket is kept.
    if matches!(error.code(), Some(50001 | 50013)) {
        tracing::warn!(%error, "the bot lacks a permission in the staff forum: it must view it, post, and manage threads");
        return DeliveryError::Transient(error.to_string());
    }
    failed(error, to, safe)
}
