//! The menus of commands that Telegram shows. They are a convenience: when they can't be set, everything else goes on.

use crate::Telegram;
use intents::Lang;
use teloxide::{
    payloads::SetMyCommands,
    types::{BotCommand, BotCommandScope, ChatId, Recipient},
};

/// The commands and their descriptions, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// The language.
    pub language: Lang,
    /// For customers: the command without its slash, and what it does in 3 to 256 characters.
    pub customers: Vec<(String, String)>,
    /// For agents, in the staff group.
    pub staff: Vec<(String, String)>,
}

impl Telegram {
    /// Sets all menus; says so in the log when it can't.
    pub(crate) async fn set_menus(&self) {
        for (number, menu) in self.config.menus.iter().enumerate() {
            let code = Some(menu.language.code());
            // Without a language, Telegram shows it to everybody whose language has no menu of its own.
            let shown = if number == 0 { vec![None, code] } else { vec![code] };
            for code in shown {
                self.set_menu(&menu.customers, BotCommandScope::AllPrivateChats, code).await;
                if let Some(chat) = self.staff_chat() {
                    let scope = BotCommandScope::Chat { chat_id: Recipient::Id(ChatId(chat)) };
                    self.set_menu(&menu.staff, scope, code).await;
                }
            }
        }
    }

    async fn set_menu(&self, commands: &[(String, String)], scope: BotCommandScope, code: Option<&str>) {
        if commands.is_empty() {
            return;
        }
        let commands = commands.iter().map(|(name, what)| BotCommand::new(name, what));
        let mut payload = SetMyCommands::new(commands);
        payload.scope = Some(scope);
        payload.language_code = code.map(str::to_owned);
        if let Err(failure) = self.api.call(&payload).await {
            tracing::warn!(reason = failure.shown(), "a menu of commands on Telegram can't be set");
        }
    }
}
