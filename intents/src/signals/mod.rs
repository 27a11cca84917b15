//! What a sentence says besides asking one of the pack's questions: told by words and their order, for all packs
//! alike, because a pack's phrasings should not have to say what "human please" means.
//!
//! Bare signals (hello, thanks, yes …) only hold when they are *all* that was said. Wanting a person is seen inside
//! longer sentences too, but not where the words mean something else (人工费, an estate agent).

mod about;
mod bare;
mod person_en;
mod person_zh;
#[cfg(test)]
mod tests;
mod words;

use crate::Signals;
use crate::normalize::normalize;
use words::Words;

/// The signals of a text.
pub(crate) fn read(text: &str) -> Signals {
    let spelled = normalize(text);
    let words = Words::new(&spelled);
    let mut signals = bare::read(text, &words);
    signals.about_bot = about::asks(&words);
    if !signals.about_bot {
        let (person, senior) = person_en::wants(&words);
        let (person_zh, senior_zh) = person_zh::wants(&words);
        signals.senior = senior || senior_zh;
        signals.person = person || person_zh || signals.senior;
    }
    signals
}
