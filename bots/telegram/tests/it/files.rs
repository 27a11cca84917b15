//! Files: by id within Telegram, by their bytes from elsewhere.

use crate::world::{World, channel, contact, say};
use desk::{Attachment, AttachmentKind, Content, FileRef, Undeliverable};
use runtime::{DeliveryError, FetchError, Platform};

/// A file that lies on Telegram.
pub(crate) fn here(kind: AttachmentKind, id: &str) -> Attachment {
    let file = FileRef { channel: channel(), id: id.to_owned() };
    Attachment { kind, name: None, mime: None, size: None, file }
}

fn elsewhere(kind: AttachmentKind, name: &str, mime: &str) -> Attachment {
    let file = FileRef { channel: "discord".parse().unwrap(), id: "1/2/3".into() };
    Attachment { kind, name: Some(name.into()), mime: Some(mime.into()), size: None, file }
}

fn with(text: &str, file: Attachment) -> Content {
    let mut say = say(text);
    say.attachments.push(file);
    Content::Say(say)
}

#[tokio::test]
async fn what_lies_on_telegram_is_sent_by_its_id() {
    let world = World::new().await;
    let (ann, li) = (world.fake.person("Ann", "en"), world.fake.person("Li", "zh"));
    ann.says("hi");
    world.run();
    for kind in ["photo", "document", "voice", "audio", "video", "animation", "sticker", "video_note"] {
        let _ = li.sends(kind, None, b"x", "");
    }
    let events = world.book.first(9).await;
    for event in &events {
        if let desk::What::Customer { act: desk::CustomerAct::Say { message, .. }, .. } = &event.what {
            for file in &message.attachments {
                world.deliver(&contact(ann.id()), &with("", file.clone())).await.unwrap();
            }
        }
    }
    let mut lines: Vec<_> = ann.transcript().lines().skip(1).map(str::to_owned).collect();
    lines.sort();
    assert_eq!(
        lines,
        ["animation", "audio", "document", "photo", "sticker", "video", "video_note", "voice"]
            .map(|kind| format!("bot> ({kind})"))
    );
    world.made_no_mistakes();
}

#[tokio::test]
async fn what_lies_elsewhere_is_uploaded_in_a_form_that_telegram_takes() {
    let mut world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("hi");
    let to = contact(ann.id());
    for (kind, name, mime, sent_as) in [
        (AttachmentKind::Photo, "a.png", "image/png", "photo"),
        (AttachmentKind::Document, "../../etc/pass\"wd", "text/plain", "document"),
        (AttachmentKind::Voice, "v.ogg", "audio/ogg", "voice"),
        (AttachmentKind::Voice, "v.mp3", "audio/mpeg", "audio"),
        (AttachmentKind::Sticker, "s.png", "image/png", "photo"),
        (AttachmentKind::Sticker, "s.json", "application/json", "document"),
        (AttachmentKind::Video, "", "video/mp4", "video"),
    ] {
        world.deliver(&to, &with("see", elsewhere(kind, name, mime))).await.unwrap();
        let (how, id) = ann.hears("see").await.file.unwrap();
        assert_eq!(how, sent_as, "{name}");
        let stored = world.fake.state(|state| state.files[&id].clone());
        assert_eq!(stored.bytes, b"bytes");
        let name = stored.name.unwrap();
        assert!(!name.contains(['/', '"']) && !name.is_empty(), "{name}");
    }
    world.files.0 = b"not a picture".to_vec();
    world.deliver(&to, &with("odd", elsewhere(AttachmentKind::Photo, "a.png", "image/png"))).await.unwrap();
    assert_eq!(ann.hears("odd").await.file.unwrap().0, "document");
}

#[tokio::test]
async fn what_is_too_large_or_gone_is_told() {
    let mut world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    ann.says("hi");
    let to = contact(ann.id());
    let is_file = |result| matches!(result, Err(DeliveryError::Never { reason: Undeliverable::File, .. }));
    let mut claimed = elsewhere(AttachmentKind::Video, "v.mp4", "video/mp4");
    claimed.size = Some(60_000_000);
    assert!(is_file(world.deliver(&to, &with("", claimed)).await));
    let gone = here(AttachmentKind::Photo, "nowhere");
    assert!(is_file(world.deliver(&to, &with("", gone)).await));
    world.files.0 = vec![0; 50_000_001];
    let real = elsewhere(AttachmentKind::Video, "v.mp4", "video/mp4");
    assert!(is_file(world.deliver(&to, &with("", real)).await));
}

#[tokio::test]
async fn a_changed_caption_stays_a_caption() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    let photo = ann.sends("photo", None, b"x", "");
    let to = contact(ann.id());
    let file = here(AttachmentKind::Photo, &photo);
    let sent = world.deliver(&to, &with("one", file.clone())).await.unwrap().messages;
    // An edit as an agent makes it carries the file, one that the desk makes needn't.
    for content in [with("two", file), Content::Say(say("three"))] {
        world.deliver_as(&to, &content, |d| d.edit = &sent).await.unwrap();
    }
    assert_eq!(ann.transcript(), "Ann> (photo)\nbot> (photo) three (edited)\n");
}

#[tokio::test]
async fn files_are_fetched_up_to_a_limit() {
    let world = World::new().await;
    let ann = world.fake.person("Ann", "en");
    let id = ann.sends("document", Some("a.txt"), b"0123456789", "");
    let file = FileRef { channel: channel(), id };
    assert_eq!(world.telegram.fetch(&file, 10).await.unwrap(), "0123456789");
    assert_eq!(world.telegram.fetch(&file, 9).await, Err(FetchError::TooLarge(9)));
    let gone = FileRef { id: "nowhere".into(), ..file };
    assert!(matches!(world.telegram.fetch(&gone, 10).await, Err(FetchError::Gone(_))));
}
