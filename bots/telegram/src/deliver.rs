//! Delivery: what the outbox holds, to a customer, to whoever just acted, or to the staff group.

use crate::{
    Telegram,
    failure::{Failure, Meaning},
    send::{Place, Post, references},
    to_telegram::{self, ANSWER},
    way::Way,
};
use async_trait::async_trait;
use bytes::Bytes;
use desk::{Channel, ContactId, Content, Destination, FileRef, MessageRef, Say, Undeliverable};
use runtime::{Delivery, DeliveryError, FetchError, Lane, Platform, Receipt};
use serde_json::Value;
use std::time::Duration;
use teloxide::{
    payloads::{AnswerCallbackQuery, GetFile},
    types::{CallbackQueryId, FileId},
};

/// The largest file that a bot may fetch (Bot API, getFile).
const DOWNLOAD: u64 = 20 * 1000 * 1000;
/// A longer answer to a pressed button is shown until it is dismissed, rather than for a moment.
const GLANCE: usize = 60;

#[async_trait]
impl Platform for Telegram {
    fn channel(&self) -> &Channel {
        &self.channel
    }

    fn has_staff_place(&self) -> bool {
        self.staff_chat().is_some()
    }

    fn parts(&self, to: &Destination, content: Content) -> Vec<Content> {
        to_telegram::parts(to, content)
    }

    fn lanes(&self, to: &Destination) -> Vec<Lane> {
        // Bot FAQ, "My bot is hitting limits": 30 a second in all, one a second in a chat, 20 a minute in a group.
        let all = Lane { key: "telegram".into(), burst: 30, every: Duration::from_millis(34) };
        let chat = match to {
            Destination::Contact(contact) => chat_of(contact),
            Destination::Staff { .. } => self.staff_chat(),
            Destination::Actor { .. } => None,
        };
        let chat = chat.map(|id| match id {
            1.. => Lane { key: lane_key(id), burst: 3, every: Duration::from_secs(1) },
            _ => Lane { key: lane_key(id), burst: 5, every: Duration::from_secs(3) },
        });
        std::iter::once(all).chain(chat).collect()
    }

    async fn deliver(&self, delivery: Delivery<'_>) -> Result<Receipt, DeliveryError> {
        match delivery.to {
            Destination::Contact(contact) => self.to_contact(contact, delivery).await,
            Destination::Staff { ticket, .. } => self.to_staff(*ticket, delivery).await,
            Destination::Actor { .. } => self.to_actor(delivery).await,
        }
    }

    async fn fetch(&self, file: &FileRef, limit: u64) -> Result<Bytes, FetchError> {
        let limit = limit.min(DOWNLOAD);
        let id = file.id.trim_start_matches(crate::from_telegram::NOTE);
        let found = self.api.call(&GetFile::new(FileId(id.to_owned()))).await.map_err(|failure| {
            let text = failure.shown();
            match failure.meaning() {
                Some(Meaning::BadFile) if text.contains("too big") => FetchError::TooLarge(limit),
                Some(Meaning::BadFile | Meaning::Other) => FetchError::Gone(text),
                _ => FetchError::Transient(text),
            }
        })?;
        if found.get("file_size").and_then(Value::as_u64).is_some_and(|size| size > limit) {
            return Err(FetchError::TooLarge(limit));
        }
        let path = found.get("file_path").and_then(Value::as_str);
        let path = path.ok_or_else(|| FetchError::Gone("getFile: no path".into()))?;
        match self.api.download(path, limit).await {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(FetchError::TooLarge(limit)),
            Err(Failure::Refused(refusal)) if [404, 410].contains(&refusal.code) => {
                Err(FetchError::Gone(refusal.shown()))
            }
            Err(failure) => Err(FetchError::Transient(failure.shown())),
        }
    }
}

impl Telegram {
    async fn to_contact(&self, contact: &ContactId, d: Delivery<'_>) -> Result<Receipt, DeliveryError> {
        let Some(chat) = chat_of(contact) else {
            let text = "no chat of Telegram".to_owned();
            return Err(DeliveryError::Never { reason: Undeliverable::Unreachable, text });
        };
        // In a group an answer stands under its question, in the topic where it was asked.
        let way = d.via.and_then(Way::read).filter(|way| way.chat == chat && chat < 0);
        let reply = d.reply_to.and_then(message_number).or(way.as_ref().and_then(|way| way.message));
        let place = Place { chat, thread: way.and_then(|way| way.thread), reply };
        let post = self.post(d);
        match self.put(place, &post, d.edit).await {
            Err(failure) => match failure.meaning() {
                Some(Meaning::Moved(chat)) => {
                    let moved = self.put(Place { chat, ..place }, &post, &[]).await;
                    moved.map_err(|f| self.judge(f, chat, d.edit))
                }
                Some(Meaning::ThreadGone) => {
                    let place = Place { thread: None, ..place };
                    self.put(place, &post, d.edit).await.map_err(|f| self.judge(f, chat, d.edit))
                }
                _ => Err(self.judge(failure, chat, d.edit)),
            },
            Ok(receipt) => Ok(receipt),
        }
    }

    async fn to_actor(&self, d: Delivery<'_>) -> Result<Receipt, DeliveryError> {
        let Some(way) = d.via.and_then(Way::read) else {
            let text = "the way back has lapsed".to_owned();
            return Err(DeliveryError::Never { reason: Undeliverable::Unreachable, text });
        };
        if let Some(query) = way.query.as_deref().filter(|query| self.memory.take_answer(query)) {
            let spoken = brief(d.content);
            match self.answer(query, spoken).await {
                Ok(()) if spoken.is_some() => return Ok(Receipt::default()),
                // The words go as a message then.
                Ok(()) => {}
                Err(failure) => {
                    tracing::debug!(reason = failure.shown(), "a pressed button was not answered");
                }
            }
        }
        // A topic or a private chat says by itself who is spoken to.
        let reply = way.message.filter(|_| way.query.is_none() || way.thread.is_none());
        let place = Place { chat: way.chat, thread: way.thread, reply };
        let sent = self.put(place, &self.post(d), &[]).await;
        sent.map_err(|failure| match self.judge(failure, way.chat, &[]) {
            DeliveryError::ThreadGone => {
                let text = "the topic is gone".to_owned();
                DeliveryError::Never { reason: Undeliverable::Unreachable, text }
            }
            other => other,
        })
    }

    /// Answers a pressed button, with words if there are some to be shown at a glance.
    pub(crate) async fn answer(&self, query: &str, words: Option<&str>) -> Result<(), Failure> {
        let mut payload = AnswerCallbackQuery::new(CallbackQueryId(query.to_owned()));
        payload.text = words.map(str::to_owned);
        payload.show_alert = words.map(|text| text.chars().count() > GLANCE || text.contains('\n'));
        self.api.call(&payload).await.map(|_| ())
    }

    /// Sends a message, or changes the one that it takes the place of.
    pub(crate) async fn put(
        &self,
        place: Place,
        post: &Post<'_>,
        edit: &[MessageRef],
    ) -> Result<Receipt, Failure> {
        let Some(first) = edit.first() else {
            let id = self.send(place, post).await?;
            return Ok(Receipt { messages: references(id), ..Receipt::default() });
        };
        let id = message_number(first).ok_or_else(|| Failure::Unsendable("no message of Telegram".into()))?;
        self.edit(place.chat, id, post, post.file.is_some()).await?;
        Ok(Receipt { messages: edit.to_vec(), ..Receipt::default() })
    }

    pub(crate) fn post<'a>(&self, d: Delivery<'a>) -> Post<'a> {
        let bot = self.me.get().map(|me| me.username.as_str());
        match d.content {
            Content::Say(say) => Post {
                words: to_telegram::words(d.to, say),
                keyboard: to_telegram::keyboard(d.to, &say.choices, bot),
                file: say.attachments.first(),
                files: d.files,
            },
            Content::Card(card) => Post {
                words: to_telegram::card_text(card),
                keyboard: to_telegram::card_keyboard(card),
                file: None,
                files: d.files,
            },
        }
    }

    pub(crate) fn judge(&self, failure: Failure, chat: i64, edit: &[MessageRef]) -> DeliveryError {
        let lane = Some(lane_key(chat));
        if edit.is_empty() { failure.judge(lane) } else { failure.judge_repeatable(lane) }
    }
}

/// The words that fit into the answer to a pressed button.
fn brief(content: &Content) -> Option<&str> {
    let Content::Say(Say { text, choices, attachments, .. }) = content else { return None };
    let text = text.text().trim();
    let fits = choices.is_empty() && attachments.is_empty() && text.encode_utf16().count() <= ANSWER;
    (fits && !text.is_empty()).then_some(text)
}

/// The chat that a contact is spoken to in: their own, or the group that they asked in.
fn chat_of(contact: &ContactId) -> Option<i64> {
    contact.id().split('/').next()?.parse().ok()
}

pub(crate) fn lane_key(chat: i64) -> String {
    format!("telegram/chat/{chat}")
}

pub(crate) fn message_number(message: &MessageRef) -> Option<i32> {
    message.0.parse().ok()
}
