//! The staff forum: a ticket's post, its tags, and putting it away when the ticket ended. Tags and archiving are a
//! convenience: what goes wrong with them is logged and costs no message.

use crate::rest::{Body, Rest, RestError};
use crate::to_discord;
use crate::wire::{Channel, Id, Tag};
use crate::words::Words;
use desk::{Card, CardState};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Discord allows 20 tags a forum and 5 a post.
const TAGS: usize = 20;
/// How long a forum's tags are believed.
const FRESH: Duration = Duration::from_secs(600);
/// After the last message, how long a post waits before its tags change or it is put away.
const CALM: Duration = Duration::from_millis(1500);

/// How a post is to look once calm.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Look {
    tags: Vec<Id>,
    archived: bool,
}

#[derive(Default)]
struct Posts {
    tags: Option<(Vec<Tag>, Instant)>,
    /// Whether we may make tags; learned from a refusal.
    may_not_tag: bool,
    guild: Option<Id>,
    shown: HashMap<Id, Look>,
    wanted: HashMap<Id, u64>,
    wishes: u64,
}

/// The staff forum.
pub(crate) struct Forum {
    channel: Id,
    rest: Arc<Rest>,
    words: Words,
    posts: Mutex<Posts>,
}

impl Forum {
    pub(crate) fn new(channel: Id, rest: Arc<Rest>, words: Words) -> Self {
        Self { channel, rest, words, posts: Mutex::default() }
    }

    /// The forum's channel.
    pub(crate) fn channel(&self) -> Id {
        self.channel
    }

    fn posts(&self) -> std::sync::MutexGuard<'_, Posts> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a ticket's post, with its card as the first message: the post and that message.
    pub(crate) async fn make(&self, card: &Card) -> Result<(Id, Id), RestError> {
        let tags = self.tags(card).await;
        let post = serde_json::to_value(to_discord::new_post(card, &tags)).unwrap_or_default();
        let path = format!("/channels/{}/threads", self.channel);
        let made = self.rest.call(Method::POST, &path, Body::Json(post)).await?;
        let made = Channel::deserialize(made).map_err(|_| RestError::Unanswered("no post in the answer"))?;
        self.posts().shown.insert(made.id, Look { tags, archived: false });
        // A post's first message has the post's own id.
        Ok((made.id, made.message.map_or(made.id, |message| message.id)))
    }

    /// Looks for a ticket's post after nobody knows whether it was made: an open one of ours with its name.
    pub(crate) async fn find(&self, card: &Card, me: Option<Id>) -> Result<Option<Id>, RestError> {
        #[derive(Deserialize)]
        struct Post {
            id: Id,
            #[serde(default)]
            parent_id: Option<Id>,
            #[serde(default)]
            owner_id: Option<Id>,
            #[serde(default)]
            name: String,
        }
        self.read_tags().await;
        let Some(guild) = self.posts().guild else { return Ok(None) };
        let listed =
            match self.rest.call(Method::GET, &format!("/guilds/{guild}/threads/active"), Body::None).await {
                Ok(listed) => listed,
                Err(error) if error.missing() => return Ok(None),
                Err(error) => return Err(error),
            };
        let name = to_discord::thread_name(card);
        let posts = listed["threads"].as_array().cloned().unwrap_or_default();
        let ours = posts.into_iter().filter_map(|post| Post::deserialize(post).ok()).find(|post| {
            post.name == name
                && post.parent_id == Some(self.channel)
                && (me.is_none() || post.owner_id.is_none() || post.owner_id == me)
        });
        Ok(ours.map(|post| post.id))
    }

    /// Opens a post that was put away.
    pub(crate) async fn reopen(&self, post: Id) -> Result<(), RestError> {
        self.rest
            .call(Method::PATCH, &format!("/channels/{post}"), Body::Json(json!({"archived": false})))
            .await?;
        if let Some(look) = self.posts().shown.get_mut(&post) {
            look.archived = false;
        }
        Ok(())
    }

    /// Something was said in a post: once nothing more is, its tags and whether it is put away follow the card. Saying
    /// something opens a post that was put away, so an ended one is put away anew.
    pub(crate) fn said(self: &Arc<Self>, post: Id, card: &Card) {
        let wish = {
            let mut posts = self.posts();
            posts.wishes += 1;
            let wish = posts.wishes;
            if let Some(look) = posts.shown.get_mut(&post) {
                look.archived = false;
            }
            posts.wanted.insert(post, wish);
            wish
        };
        let (forum, card) = (self.clone(), card.clone());
        tokio::spawn(async move {
            tokio::time::sleep(CALM).await;
            if forum.posts().wanted.get(&post) == Some(&wish) {
                forum.settle(post, &card).await;
                let mut posts = forum.posts();
                if posts.wanted.get(&post) == Some(&wish) {
                    posts.wanted.remove(&post);
                }
            }
        });
    }

    async fn settle(&self, post: Id, card: &Card) {
        let look = Look { tags: self.tags(card).await, archived: to_discord::ended(card) };
        if self.posts().shown.get(&post) == Some(&look) {
            return;
        }
        let tags: Vec<String> = look.tags.iter().map(ToString::to_string).collect();
        let mut change = json!({ "archived": look.archived });
        if !tags.is_empty() {
            change["applied_tags"] = tags.into();
        }
        match self.rest.insist(Method::PATCH, &format!("/channels/{post}"), Some(change)).await {
            Ok(_) => {
                let mut posts = self.posts();
                if look.archived {
                    posts.shown.remove(&post);
                } else {
                    posts.shown.insert(post, look);
                }
            }
            Err(error) => tracing::debug!(%post, %error, "a post's tags couldn't be set"),
        }
    }

    /// The tags for a card: its state and its department, as far as the forum has them or we may make them.
    async fn tags(&self, card: &Card) -> Vec<Id> {
        let [waiting, taken, ended] = self.words.tags;
        let state = match card.state {
            CardState::Queued => waiting,
            CardState::Owned(_) => taken,
            CardState::Resolved(_) | CardState::Withdrawn => ended,
        };
        let wanted = [state, card.department.as_str()];
        let tags = self.read_tags().await;
        let missing: Vec<&str> = wanted.into_iter().filter(|name| find(&tags, name).is_none()).collect();
        let tags = if missing.is_empty() { tags } else { self.make_tags(tags, &missing).await };
        wanted.into_iter().filter_map(|name| find(&tags, name)).collect()
    }

    async fn read_tags(&self) -> Vec<Tag> {
        if let Some((tags, since)) = &self.posts().tags
            && since.elapsed() < FRESH
        {
            return tags.clone();
        }
        let found = self.rest.call(Method::GET, &format!("/channels/{}", self.channel), Body::None).await;
        match found.map(Channel::deserialize) {
            Ok(Ok(forum)) => {
                self.posts().guild = forum.guild_id;
                self.keep_tags(forum.available_tags)
            }
            Ok(Err(_)) => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "the staff forum can't be read");
                Vec::new()
            }
        }
    }

    fn keep_tags(&self, tags: Vec<Tag>) -> Vec<Tag> {
        self.posts().tags = Some((tags.clone(), Instant::now()));
        tags
    }

    /// Adds tags to the forum, if there is room and nobody forbids it.
    async fn make_tags(&self, tags: Vec<Tag>, missing: &[&str]) -> Vec<Tag> {
        if self.posts().may_not_tag || tags.len() + missing.len() > TAGS {
            return tags;
        }
        let path = format!("/channels/{}", self.channel);
        // The list is replaced as a whole, so what others set on their tags goes along unread.
        let Ok(forum) = self.rest.call(Method::GET, &path, Body::None).await else { return tags };
        let mut all: Vec<Value> = forum["available_tags"].as_array().cloned().unwrap_or_default();
        all.extend(missing.iter().map(|name| json!({"name": crate::text::one_line(name, 20)})));
        match self.rest.call(Method::PATCH, &path, Body::Json(json!({"available_tags": all}))).await {
            Ok(forum) => match Channel::deserialize(forum) {
                Ok(forum) => self.keep_tags(forum.available_tags),
                Err(_) => tags,
            },
            Err(error) => {
                if !error.passing() {
                    self.posts().may_not_tag = true;
                    tracing::info!(%error, "the bot may not add tags to the staff forum, so it uses those that are there");
                }
                tags
            }
        }
    }
}

fn find(tags: &[Tag], name: &str) -> Option<Id> {
    let name = crate::text::one_line(name, 20).to_lowercase();
    tags.iter().find(|tag| tag.name.to_lowercase() == name).map(|tag| tag.id)
}
