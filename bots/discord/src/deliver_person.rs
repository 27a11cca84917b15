//! Delivering to a person: as the answer to what they just did, as long as that works, and else by direct message.

use crate::Discord;
use crate::deliver::{Parcel, earlier, message_ref, sent, value};
use crate::failure::{failed, lapsed, person_failed, unreachable};
use crate::rest::{Body, RestError};
use crate::state::Acked;
use crate::to_discord;
use crate::via::Reply;
use crate::wire::Id;
use desk::{Destination, MessageRef};
use jiff::Timestamp;
use reqwest::Method;
use runtime::{Delivery, DeliveryError, Receipt};
use serde_json::{Value, json};
use std::time::Duration;

/// Messages whose change needs the token of the interaction that they answered are named so.
const WHISPER: &str = "e:";
/// How long an acknowledgement that is under way is waited for.
const ACK: Duration = Duration::from_secs(4);

impl Discord {
    pub(crate) async fn to_person(
        &self,
        user: Id,
        delivery: &Delivery<'_>,
    ) -> Result<Receipt, DeliveryError> {
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
        let new = to_discord::new_message(
            &parcel.drawn,
            Some(delivery.id.0),
            earlier(channel, delivery.reply_to),
            parcel.file_name(),
        );
        let path = format!("/channels/{channel}/messages");
        match self.rest.call(Method::POST, &path, parcel.again(value(new))).await {
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

    pub(crate) async fn to_actor(
        &self,
        reply: &Reply,
        delivery: &Delivery<'_>,
    ) -> Result<Receipt, DeliveryError> {
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
}

fn number(message: &MessageRef) -> Result<Id, DeliveryError> {
    Id::read(&message.0).ok_or(DeliveryError::MessageGone)
}
