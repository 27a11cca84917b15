//! Acknowledging interactions. Discord gives three seconds for the first answer: it is sent once the event is durable, but
//! after two seconds at the latest. Forms and proposals are first answers themselves.

use crate::Discord;
use crate::commands::proposals;
use crate::from_discord::{ASK, Ack, Form};
use crate::rest::{Body, RestError};
use crate::state::Acked;
use crate::to_discord::Drawn;
use crate::via::Reply;
use crate::wire::{Id, Interaction};
use desk::{Button, Lang};
use reqwest::Method;
use serenity::all::{
    ButtonStyle, CreateActionRow, CreateAllowedMentions, CreateAutocompleteResponse, CreateButton,
    CreateInputText, CreateInteractionResponse, CreateInteractionResponseMessage, CreateModal,
    InputTextStyle,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// When the acknowledgement is sent though the event isn't durable yet.
const LATEST: Duration = Duration::from_secs(2);
/// After which time "thinking…" is closed though nobody answered.
const FORGOTTEN: Duration = Duration::from_secs(20);

impl Discord {
    /// Acknowledges an interaction once its event is durable, or at the latest moment.
    pub(crate) async fn acknowledge(
        self: Arc<Self>,
        wire: Interaction,
        ack: Ack,
        durable: oneshot::Receiver<()>,
    ) {
        let _ = tokio::time::timeout(LATEST, durable).await;
        let response = match ack {
            Ack::Thinking => {
                let private = wire.guild_id.is_some();
                CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new().ephemeral(private))
            }
            Ack::Quiet => CreateInteractionResponse::Acknowledge,
        };
        let acked = match self.respond(&wire, &response).await {
            Ok(()) if ack == Ack::Thinking => Acked::Open,
            Ok(()) => Acked::Done,
            // Acknowledged before we were started anew; whatever is said now follows that.
            Err(error) if error.code() == Some(40060) => Acked::Done,
            Err(error) => {
                tracing::warn!(%error, "an interaction couldn't be acknowledged");
                Acked::Done
            }
        };
        self.state.acked(&wire.token, acked);
        if acked == Acked::Open {
            tokio::time::sleep(FORGOTTEN).await;
            if self.state.take_open(&wire.token) {
                self.fill(&wire, "✅").await;
            }
        }
    }

    /// Opens a form, at once: a form can't follow another answer.
    pub(crate) async fn open_form(&self, wire: &Interaction, form: &Form) {
        let words = &self.config.words;
        let locale = wire.locale.as_deref();
        let title = match form {
            Form::Ask => words.ask,
            Form::Reply(_) => words.reply,
            Form::Note(_) => words.note,
        };
        let field = CreateInputText::new(InputTextStyle::Paragraph, words.field.to(locale), "text")
            .min_length(1)
            .max_length(2000);
        let modal = CreateModal::new(form.name(), title.to(locale))
            .components(vec![CreateActionRow::InputText(field)]);
        self.try_respond(wire, &CreateInteractionResponse::Modal(modal)).await;
    }

    /// Proposes questions of the pack.
    pub(crate) async fn propose(&self, wire: &Interaction, typed: &str) {
        let lang = wire.locale.as_deref().and_then(Lang::from_tag).unwrap_or(Lang::En);
        let questions = (self.config.questions)(lang);
        let response = CreateAutocompleteResponse::new().set_choices(proposals(&questions, typed));
        self.try_respond(wire, &CreateInteractionResponse::Autocomplete(response)).await;
    }

    /// Says that a button or command means nothing any more.
    pub(crate) async fn unknown(&self, wire: &Interaction) {
        let text = self.config.words.unknown.to(wire.locale.as_deref());
        let message = CreateInteractionResponseMessage::new()
            .content(text)
            .allowed_mentions(CreateAllowedMentions::new())
            .ephemeral(true);
        self.try_respond(wire, &CreateInteractionResponse::Message(message)).await;
    }

    /// Posts the support panel into a channel.
    pub(crate) async fn post_panel(&self, wire: &Interaction, channel: Id) {
        let defer = CreateInteractionResponse::Defer(CreateInteractionResponseMessage::new().ephemeral(true));
        self.try_respond(wire, &defer).await;
        let words = &self.config.words;
        let button = |id: &str, label: &str, style| CreateButton::new(id).label(label).style(style);
        let row = vec![
            button(ASK, words.panel_ask, ButtonStyle::Primary),
            button(&Button::Menu.wire(), words.panel_faq, ButtonStyle::Secondary),
            button(&Button::Human.wire(), words.panel_human, ButtonStyle::Secondary),
        ];
        let panel = Drawn { text: words.panel.to_owned(), rows: vec![CreateActionRow::Buttons(row)] };
        let message = crate::to_discord::new_message(&panel, Some(wire.id.0), None, None);
        let path = format!("/channels/{channel}/messages");
        let body = serde_json::to_value(message).unwrap_or_default();
        let said = match self.rest.insist(Method::POST, &path, Some(body)).await {
            Ok(_) => words.posted,
            Err(error) => {
                tracing::warn!(%error, "the support panel couldn't be posted");
                words.not_posted
            }
        };
        self.fill(wire, said.to(wire.locale.as_deref())).await;
    }

    /// Fills in "thinking…" with a word of ours.
    async fn fill(&self, wire: &Interaction, text: &str) {
        let Some(reply) = Reply::of(wire, self.state.application(), Ack::Thinking) else { return };
        let path = format!("/webhooks/{}/{}/messages/@original", reply.application, reply.token);
        let drawn = Drawn { text: text.to_owned(), rows: Vec::new() };
        let body = serde_json::to_value(crate::to_discord::filled(&drawn, None)).unwrap_or_default();
        if let Err(error) = self.rest.insist(Method::PATCH, &path, Some(body)).await {
            tracing::debug!(%error, "an acknowledgement couldn't be closed");
        }
    }

    async fn try_respond(&self, wire: &Interaction, response: &CreateInteractionResponse) {
        if let Err(error) = self.respond(wire, response).await {
            tracing::warn!(%error, "an interaction couldn't be answered");
        }
    }

    /// Sends the first answer. One that isn't heard of is sent again: if it did arrive, the second is refused (40060) and
    /// that is as good.
    async fn respond(
        &self,
        wire: &Interaction,
        response: &CreateInteractionResponse,
    ) -> Result<(), RestError> {
        let path = format!("/interactions/{}/{}/callback", wire.id, wire.token);
        let body = serde_json::to_value(response).unwrap_or_default();
        let mut tries = 0;
        loop {
            tries += 1;
            let call = self.rest.call(Method::POST, &path, Body::Json(body.clone()));
            let result = tokio::time::timeout(Duration::from_millis(1500), call).await;
            match result.unwrap_or(Err(RestError::Unanswered("time ran out"))) {
                Ok(_) => return Ok(()),
                Err(error) if error.code() == Some(40060) && tries > 1 => return Ok(()),
                Err(error) if error.passing() && tries < 3 => {
                    let pause = match error {
                        RestError::Wait { after, .. } => after.min(Duration::from_secs(1)),
                        _ => Duration::from_millis(100),
                    };
                    tokio::time::sleep(pause).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
