//! One message: sent, changed, or a file with it. Everything that the Bot API takes in one call.

use crate::{
    Telegram,
    failure::{Failure, Meaning},
    from_telegram::NOTE,
    to_telegram,
};
use desk::{Attachment, AttachmentKind, MessageRef};
use intents::Rich;
use runtime::Files;
use serde_json::Value;
use teloxide::{
    payloads::{
        EditMessageCaption, EditMessageText, SendAnimation, SendAudio, SendDocument, SendMessage, SendPhoto,
        SendSticker, SendVideo, SendVideoNote, SendVoice,
    },
    types::{
        ChatId, FileId, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, MessageId, Recipient,
        ReplyMarkup, ReplyParameters, ThreadId,
    },
};

/// The largest file that a bot may send (Bot API, "Sending files").
const UPLOAD: u64 = 50 * 1000 * 1000;
/// A larger picture is sent as a document (Bot API, sendPhoto).
const PHOTO: u64 = 10 * 1000 * 1000;

/// Where a message goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) chat: i64,
    pub(crate) thread: Option<i32>,
    pub(crate) reply: Option<i32>,
}

/// A message to send.
pub(crate) struct Post<'a> {
    pub(crate) words: Rich,
    pub(crate) keyboard: Option<InlineKeyboardMarkup>,
    pub(crate) file: Option<&'a Attachment>,
    pub(crate) files: &'a dyn Files,
}

impl Place {
    fn recipient(&self) -> Recipient {
        Recipient::Id(ChatId(self.chat))
    }

    fn thread(&self) -> Option<ThreadId> {
        self.thread.map(|id| ThreadId(MessageId(id)))
    }

    fn reply(&self) -> Option<ReplyParameters> {
        // The message may be gone by now; what we say still matters.
        self.reply.map(|id| ReplyParameters::new(MessageId(id)).allow_sending_without_reply())
    }
}

/// Fills the fields that all messages have.
macro_rules! addressed {
    ($payload:ident, $place:ident, $keyboard:expr) => {
        $payload.message_thread_id = $place.thread();
        $payload.reply_parameters = $place.reply();
        $payload.reply_markup = $keyboard.map(ReplyMarkup::InlineKeyboard);
    };
}

/// Sends a file by a method that takes a caption.
macro_rules! captioned {
    ($self:ident, $Payload:ident, $field:literal, $place:ident, $post:ident, $file:ident) => {{
        let mut payload = $Payload::new($place.recipient(), $file.input());
        let (caption, entities) = to_telegram::text(&$post.words);
        payload.caption = Some(caption).filter(|c| !c.trim().is_empty());
        payload.caption_entities = Some(entities).filter(|e| payload.caption.is_some() && !e.is_empty());
        addressed!(payload, $place, $post.keyboard.clone());
        match $file {
            Source::Here(_) => $self.api.call(&payload).await,
            Source::Bytes { name, bytes } => $self.api.upload(&payload, $field, name, bytes).await,
        }
    }};
}

/// Sends a file by a method that takes none.
macro_rules! bare {
    ($self:ident, $Payload:ident, $field:literal, $place:ident, $post:ident, $file:ident) => {{
        let mut payload = $Payload::new($place.recipient(), $file.input());
        addressed!(payload, $place, $post.keyboard.clone());
        match $file {
            Source::Here(_) => $self.api.call(&payload).await,
            Source::Bytes { name, bytes } => $self.api.upload(&payload, $field, name, bytes).await,
        }
    }};
}

/// Where a file's bytes come from.
#[derive(Clone)]
enum Source {
    /// It lies on Telegram, under this id.
    Here(String),
    /// It was fetched from another channel.
    Bytes { name: String, bytes: bytes::Bytes },
}

impl Source {
    fn input(&self) -> InputFile {
        match self {
            Self::Here(id) => InputFile::file_id(FileId(id.clone())),
            // Stands for the form's part, which the upload puts in its place.
            Self::Bytes { .. } => InputFile::file_id(FileId(String::new())),
        }
    }
}

impl Telegram {
    /// Sends one message and gives its id.
    pub(crate) async fn send(&self, place: Place, post: &Post<'_>) -> Result<i32, Failure> {
        let sent = match post.file {
            Some(file) => self.send_file(place, post, file).await,
            None => self.send_words(place, post).await,
        };
        sent.map(|sent| message_id(&sent))
    }

    async fn send_words(&self, place: Place, post: &Post<'_>) -> Result<Value, Failure> {
        let (text, entities) = to_telegram::text(&post.words);
        if text.trim().is_empty() {
            return Err(Failure::Unsendable("there is nothing in the message".into()));
        }
        let mut payload = SendMessage::new(place.recipient(), text);
        payload.entities = Some(entities).filter(|e| !e.is_empty());
        payload.link_preview_options = Some(no_preview());
        addressed!(payload, place, post.keyboard.clone());
        self.api.call(&payload).await
    }

    async fn send_file(&self, place: Place, post: &Post<'_>, file: &Attachment) -> Result<Value, Failure> {
        let here = file.file.channel == self.channel;
        let source = if here {
            Source::Here(file.file.id.trim_start_matches(NOTE).to_owned())
        } else {
            if file.size.is_some_and(|size| size > UPLOAD) {
                return Err(Failure::File(format!("larger than {UPLOAD} bytes")));
            }
            let bytes = post.files.fetch(&file.file, UPLOAD).await?;
            Source::Bytes { name: file_name(file), bytes }
        };
        let note = here && file.file.id.starts_with(NOTE);
        let sent = match method_for(file, &source) {
            AttachmentKind::Photo => captioned!(self, SendPhoto, "photo", place, post, source),
            AttachmentKind::Document => return self.send_document(place, post, source).await,
            AttachmentKind::Voice => captioned!(self, SendVoice, "voice", place, post, source),
            AttachmentKind::Audio => captioned!(self, SendAudio, "audio", place, post, source),
            AttachmentKind::Video if note => bare!(self, SendVideoNote, "video_note", place, post, source),
            AttachmentKind::Video => captioned!(self, SendVideo, "video", place, post, source),
            AttachmentKind::Animation => captioned!(self, SendAnimation, "animation", place, post, source),
            AttachmentKind::Sticker => bare!(self, SendSticker, "sticker", place, post, source),
        };
        match (sent, self.again(file, here)) {
            // A picture that Telegram can't read as one is still a file.
            (Err(failure), Some(bytes)) if failure.meaning() == Some(Meaning::BadFile) => {
                let bytes = post.files.fetch(bytes, UPLOAD).await?;
                let source = Source::Bytes { name: file_name(file), bytes };
                self.send_document(place, post, source).await
            }
            (sent, _) => sent,
        }
    }

    /// The file to fetch again for a second try as a document; one that lies on Telegram keeps its kind there.
    fn again<'a>(&self, file: &'a Attachment, here: bool) -> Option<&'a desk::FileRef> {
        (!here && file.kind != AttachmentKind::Document).then_some(&file.file)
    }

    async fn send_document(&self, place: Place, post: &Post<'_>, source: Source) -> Result<Value, Failure> {
        captioned!(self, SendDocument, "document", place, post, source)
    }

    /// Changes a message. `media` says whether its words are a caption, as far as one can tell.
    pub(crate) async fn edit(&self, chat: i64, id: i32, post: &Post<'_>, media: bool) -> Result<(), Failure> {
        let first = if media {
            self.edit_caption(chat, id, post).await
        } else {
            self.edit_text(chat, id, post).await
        };
        let changed = match first {
            Err(failure) if failure.meaning() == Some(Meaning::OtherKind) => {
                if media {
                    self.edit_text(chat, id, post).await
                } else {
                    self.edit_caption(chat, id, post).await
                }
            }
            other => other,
        };
        match changed {
            Err(failure) if failure.meaning() == Some(Meaning::SameText) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn edit_text(&self, chat: i64, id: i32, post: &Post<'_>) -> Result<Value, Failure> {
        let (text, entities) = to_telegram::text(&post.words);
        let mut payload = EditMessageText::new(ChatId(chat), MessageId(id), text);
        payload.entities = Some(entities).filter(|e| !e.is_empty());
        payload.link_preview_options = Some(no_preview());
        payload.reply_markup.clone_from(&post.keyboard);
        self.api.call(&payload).await
    }

    async fn edit_caption(&self, chat: i64, id: i32, post: &Post<'_>) -> Result<Value, Failure> {
        let (text, entities) = to_telegram::text(&post.words);
        let mut payload = EditMessageCaption::new(ChatId(chat), MessageId(id));
        payload.caption = Some(text);
        payload.caption_entities = Some(entities).filter(|e| !e.is_empty());
        payload.reply_markup.clone_from(&post.keyboard);
        self.api.call(&payload).await
    }
}

/// The id that no message has. An answer without an id still says that the message was sent; it can't be changed or
/// replied to then.
const NO_ID: i32 = 0;

fn message_id(sent: &Value) -> i32 {
    sent.get("message_id").and_then(Value::as_i64).and_then(|id| id.try_into().ok()).unwrap_or(NO_ID)
}

/// The reference of a message that was sent; none if the server didn't name it.
pub(crate) fn references(id: i32) -> Vec<MessageRef> {
    if id == NO_ID { Vec::new() } else { vec![MessageRef(id.to_string())] }
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// By which method a file is sent: for files from elsewhere, one that takes its format.
fn method_for(file: &Attachment, source: &Source) -> AttachmentKind {
    let Source::Bytes { bytes, .. } = source else { return file.kind };
    let mime = file.mime.as_deref().unwrap_or_default();
    match file.kind {
        AttachmentKind::Photo if bytes.len() as u64 > PHOTO => AttachmentKind::Document,
        AttachmentKind::Sticker => match mime {
            "image/webp" => AttachmentKind::Sticker,
            "image/png" | "image/jpeg" | "image/apng" => AttachmentKind::Photo,
            "image/gif" => AttachmentKind::Animation,
            _ => AttachmentKind::Document,
        },
        AttachmentKind::Voice if !mime.starts_with("audio/ogg") => AttachmentKind::Audio,
        kind => kind,
    }
}

/// A name for a file; only what can't be misread as a path or a header.
fn file_name(file: &Attachment) -> String {
    let given: String = file.name.iter().flat_map(|name| name.chars()).collect();
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control() && *c != '"').take(120).collect();
    if !name.trim_matches(['.', ' ']).is_empty() {
        return name;
    }
    let ending = match file.kind {
        AttachmentKind::Photo => "jpg",
        AttachmentKind::Voice => "ogg",
        AttachmentKind::Audio => "mp3",
        AttachmentKind::Video | AttachmentKind::Animation => "mp4",
        AttachmentKind::Sticker => "webp",
        AttachmentKind::Document => "bin",
    };
    format!("file.{ending}")
}
