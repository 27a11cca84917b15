//! The staff group: a topic a ticket, or, where there are no topics, replies to a ticket's card.

use crate::{
    Telegram,
    deliver::message_number,
    failure::{Failure, Meaning},
    memory::Begun,
    send::{Place, Post, references},
    to_telegram,
};
use desk::{Card, CardState, Content, ThreadRef, TicketNumber, Undeliverable};
use runtime::{Delivery, DeliveryError, Receipt};
use serde_json::Value;
use teloxide::{
    payloads::{CloseForumTopic, CreateForumTopic, ReopenForumTopic},
    types::{ChatId, MessageId, ThreadId},
};

/// Under this name the id is kept that a group got when it became a supergroup.
pub(crate) const MOVED: &str = "telegram/moved/";
/// Begins the reference of a thread that consists of replies.
const REPLIES: &str = "reply:";

/// In what a ticket is worked.
#[derive(Debug, Clone, Copy)]
enum Thread {
    /// A topic of a forum.
    Topic(i32),
    /// Replies to this message.
    Replies(i32),
}

impl Thread {
    fn read(thread: &ThreadRef) -> Option<Self> {
        match thread.0.strip_prefix(REPLIES) {
            Some(id) => id.parse().ok().map(Self::Replies),
            None => thread.0.parse().ok().map(Self::Topic),
        }
    }

    fn name(self) -> ThreadRef {
        match self {
            Self::Topic(id) => ThreadRef(id.to_string()),
            Self::Replies(id) => ThreadRef(format!("{REPLIES}{id}")),
        }
    }

    fn place(self, chat: i64, reply: Option<i32>) -> Place {
        match self {
            Self::Topic(id) => Place { chat, thread: Some(id), reply },
            Self::Replies(id) => Place { chat, thread: None, reply: reply.or(Some(id)) },
        }
    }
}

impl Telegram {
    pub(crate) async fn to_staff(
        &self,
        ticket: TicketNumber,
        d: Delivery<'_>,
    ) -> Result<Receipt, DeliveryError> {
        let Some(chat) = self.staff_chat() else {
            let text = "no staff group is configured".to_owned();
            return Err(DeliveryError::Never { reason: Undeliverable::Unreachable, text });
        };
        let mut result = self.to_group(chat, ticket, d).await;
        if let Some(Meaning::Moved(new)) = result.as_ref().err().and_then(Failure::meaning) {
            self.group_moved(chat, new).await;
            result = self.to_group(new, ticket, d).await;
        }
        result.map_err(|failure| match self.judge(failure, chat, d.edit) {
            // The bot was put out of its own group, or the group's id is wrong: the operator mends that, and nothing is
            // to be lost meanwhile.
            DeliveryError::Never { reason: Undeliverable::Unreachable, text } => {
                tracing::error!(chat, reason = text, "the staff group on Telegram can't be reached");
                DeliveryError::Transient(text)
            }
            other => other,
        })
    }

    async fn to_group(&self, chat: i64, ticket: TicketNumber, d: Delivery<'_>) -> Result<Receipt, Failure> {
        let known = d.thread.and_then(Thread::read);
        let result = match known {
            Some(thread) => self.to_thread(chat, thread, d).await,
            None => self.to_new_thread(chat, ticket, d).await,
        };
        if let Err(Meaning::ThreadGone) = result.as_ref().map_err(|f| f.meaning().unwrap_or(Meaning::Other)) {
            self.memory.set_begun(chat, ticket, None);
        }
        result
    }

    async fn to_thread(&self, chat: i64, thread: Thread, d: Delivery<'_>) -> Result<Receipt, Failure> {
        let place = thread.place(chat, d.reply_to.and_then(message_number));
        let post = self.post(d);
        let receipt = match self.put(place, &post, d.edit).await {
            Err(failure) if failure.meaning() == Some(Meaning::TopicClosed) => {
                let Thread::Topic(topic) = thread else { return Err(failure) };
                self.reopen(chat, topic).await?;
                self.put(place, &post, d.edit).await?
            }
            other => other?,
        };
        if let (Thread::Topic(topic), Content::Card(card)) = (thread, d.content) {
            self.follow(chat, topic, &card.state).await;
        }
        Ok(receipt)
    }

    /// Makes the ticket's thread, puts the card into it, and then what is to be said. What was done before a failure is
    /// remembered, so that the next try doesn't do it again.
    async fn to_new_thread(
        &self,
        chat: i64,
        ticket: TicketNumber,
        d: Delivery<'_>,
    ) -> Result<Receipt, Failure> {
        let card = match d.content {
            Content::Card(card) => Some(&**card),
            Content::Say(_) => d.card,
        };
        let mut begun = self.memory.begun(chat, ticket);
        if begun.topic.is_none() && begun.card.is_none() {
            begun.topic = self.create_topic(chat, ticket, card).await?;
            self.memory.set_begun(chat, ticket, Some(begun));
        }
        let place = Place { chat, thread: begun.topic, reply: None };
        if let (None, Some(card)) = (begun.card, card) {
            let post = Post {
                words: to_telegram::card_text(card),
                keyboard: to_telegram::card_keyboard(card),
                file: None,
                files: d.files,
            };
            begun.card = Some(self.send(place, &post).await?);
            self.memory.set_begun(chat, ticket, Some(begun));
        }
        let receipt = match (d.content, begun) {
            (Content::Card(_), Begun { card: Some(card), topic }) => Receipt {
                messages: references(card),
                thread: Some(topic.map_or(Thread::Replies(card), Thread::Topic).name()),
                card: Vec::new(),
            },
            (_, Begun { topic, card }) => {
                let reply = d.reply_to.and_then(message_number).or(card.filter(|_| topic.is_none()));
                let id = self.send(Place { reply, ..place }, &self.post(d)).await?;
                // Without topics and without a card, what was said first is what the rest replies to.
                let thread = topic.map_or(Thread::Replies(card.unwrap_or(id)), Thread::Topic);
                Receipt {
                    messages: references(id),
                    thread: Some(thread.name()),
                    card: card.map(references).unwrap_or_default(),
                }
            }
        };
        self.memory.set_begun(chat, ticket, None);
        Ok(receipt)
    }

    /// A new topic; none in a group without topics.
    async fn create_topic(
        &self,
        chat: i64,
        ticket: TicketNumber,
        card: Option<&Card>,
    ) -> Result<Option<i32>, Failure> {
        if self.memory.no_topics() {
            return Ok(None);
        }
        let name = card.map_or_else(|| ticket.to_string(), to_telegram::topic_name);
        let mut payload = CreateForumTopic::new(ChatId(chat), name);
        payload.icon_color = card.map(|card| to_telegram::topic_colour(card.priority));
        let made = match self.api.call(&payload).await {
            Ok(made) => made,
            Err(failure) if failure.meaning() == Some(Meaning::NoTopics) => {
                tracing::warn!(
                    chat,
                    reason = failure.shown(),
                    "no topics can be made in the staff group on Telegram: tickets are worked by replies"
                );
                self.memory.set_no_topics();
                return Ok(None);
            }
            Err(failure) => return Err(failure),
        };
        let id = made.get("message_thread_id").and_then(Value::as_i64).and_then(|id| id.try_into().ok());
        let Some(id) = id else {
            return Err(Failure::Unknown("createForumTopic: no thread id in the answer".into()));
        };
        self.memory.set_open(id, true);
        Ok(Some(id))
    }

    /// Closes the topic of a ticket that ended, and opens that of one taken up again. The card says it too, so a
    /// failure is only noted.
    async fn follow(&self, chat: i64, topic: i32, state: &CardState) {
        let open = match state {
            CardState::Queued | CardState::Owned(_) => true,
            CardState::Resolved(_) | CardState::Withdrawn => false,
        };
        if !self.memory.differs(topic, open) {
            return;
        }
        let followed = if open { self.reopen(chat, topic).await } else { self.close(chat, topic).await };
        if let Err(failure) = followed {
            tracing::info!(reason = failure.shown(), open, "a topic on Telegram keeps its state");
        }
    }

    async fn reopen(&self, chat: i64, topic: i32) -> Result<(), Failure> {
        let done = self.api.call(&ReopenForumTopic::new(ChatId(chat), thread_id(topic))).await;
        self.note_state(done, topic, true)
    }

    async fn close(&self, chat: i64, topic: i32) -> Result<(), Failure> {
        let done = self.api.call(&CloseForumTopic::new(ChatId(chat), thread_id(topic))).await;
        self.note_state(done, topic, false)
    }

    fn note_state(&self, done: Result<Value, Failure>, topic: i32, open: bool) -> Result<(), Failure> {
        match done {
            Err(failure) if failure.meaning() != Some(Meaning::SameState) => Err(failure),
            _ => {
                self.memory.set_open(topic, open);
                Ok(())
            }
        }
    }

    /// Remembers, beyond this process, that the staff group has another id now.
    pub(crate) async fn group_moved(&self, from: i64, to: i64) {
        {
            let mut chat = self.staff_chat.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if *chat != Some(from) {
                return;
            }
            *chat = Some(to);
        }
        tracing::warn!(
            from,
            to,
            "the staff group on Telegram became a supergroup: put its new id into the configuration"
        );
        if let Some(door) = self.door.get() {
            let kept = door.keep(&format!("{MOVED}{from}"), Some(&to.to_string())).await;
            if let Err(refused) = kept {
                tracing::error!(%refused, "the staff group's new id was not kept");
            }
        }
    }
}

fn thread_id(topic: i32) -> ThreadId {
    ThreadId(MessageId(topic))
}
