//! The few sentences that Telegram's own ways call for and that no conversation contains.

use intents::Lang;

/// Under a pressed button that isn't ours, or is from another time.
pub(crate) fn stale_button(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "这个按钮已失效，请直接发消息给我。",
        Lang::En => "This button no longer works. Just send me a message.",
    }
}

/// To an administrator of the staff group who writes in the group's name.
pub(crate) fn anonymous(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "您正以群组身份匿名发言，系统无法识别是哪位客服。请关闭“匿名”后重发。",
        Lang::En => {
            "You are writing anonymously, as the group, so I can't tell which agent you are. Turn off \
             “Remain anonymous” and send it again."
        }
    }
}
