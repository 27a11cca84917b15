//! Delivering into a ticket's post of the staff forum: the post is made when there is none, opened when it was put away, and
//! reported gone when somebody deleted it.

use crate::Discord;
use crate::deliver::{Parcel, earlier, message_ref, value};
use crate::failure::{rejected, staff_failed};
use crate::forum::Forum;
use crate::rest::{Body, RestError};
use crate::to_discord;
use crate::wire::Id;
use desk::{Content, MessageRef, ThreadRef, TicketNumber};
use reqwest::Method;
use runtime::{Delivery, DeliveryError, Receipt};
use std::sync::Arc;

impl Discord {
    pub(crate) async fn to_staff(
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
}
