//! A fake of the Telegram Bot API.
