//! The menus of commands that platforms show, from the desk's own tables.

use desk::wording::{self, MenuItem};
use intents::Lang;

/// Telegram's menus, the first for those whose language has none.
pub(crate) fn telegram() -> Vec<telegram::Menu> {
    let pairs = |items: &[MenuItem]| {
        items.iter().map(|item| (item.name.to_owned(), item.description.to_owned())).collect()
    };
    Lang::ALL
        .map(|language| telegram::Menu {
            language,
            customers: pairs(wording::customer_menu(language)),
            staff: pairs(wording::staff_menu(language)),
        })
        .into()
}
