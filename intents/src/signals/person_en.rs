//! Wanting a person, said in English.
//!
//! Either talking or being put through to somebody ("let me speak to a manager"), or wanting somebody and nothing
//! else ("I need a human please"), or turning the bot away. People who belong to somebody else (my bank's agent, an
//! estate agent) and things named after people (agent fee, human resources) don't count.

use super::words::{Words, is_any};

/// Talking, or being connected. Past forms are missing on purpose: they tell what happened.
const TALK: [&str; 22] = [
    "speak", "talk", "chat", "connect", "transfer", "put", "pass", "forward", "redirect", "switch",
    "escalate", "reach", "speaking", "talking", "chatting", "hand", "route", "call", "ring", "direct",
    "converse", "discuss",
];

/// Wanting.
const WANT: [&str; 16] = [
    "want", "need", "get", "give", "send", "find", "have", "ask", "bring", "require", "prefer", "wanna",
    "request", "see", "like", "fetch",
];

/// Somebody, and nobody else is meant by it.
const PEOPLE: [&str; 13] = [
    "human",
    "humans",
    "representative",
    "representatives",
    "operator",
    "rep",
    "person",
    "agent",
    "agents",
    "advisor",
    "adviser",
    "specialist",
    "consultant",
];

/// Somebody, if there is talking to them.
const SOMEBODY: [&str; 16] = [
    "ppl", "whoever", "someone", "somebody", "anyone", "anybody", "people", "staff", "person", "support",
    "service", "services", "team", "employee", "helpdesk", "care",
];

/// Somebody who decides.
const SENIORS: [&str; 11] = [
    "manager",
    "managers",
    "supervisor",
    "supervisors",
    "boss",
    "superior",
    "director",
    "management",
    "senior",
    "superiors",
    "executive",
];

/// What makes the person before it a thing, or the words before it somebody else's person.
const THINGS: [&str; 30] = [
    "fee",
    "fees",
    "resources",
    "rights",
    "error",
    "errors",
    "commission",
    "code",
    "number",
    "id",
    "account",
    "hours",
    "email",
    "address",
    "phone",
    "charge",
    "charges",
    "cost",
    "costs",
    "banking",
    "app",
    "software",
    "password",
    "salary",
    "login",
    "name",
    "verification",
    "review",
    "readable",
    "mistake",
];
const OTHERS: [&str; 40] = [
    "bank",
    "banks",
    "my",
    "seller",
    "sellers",
    "estate",
    "travel",
    "user",
    "merchant",
    "merchants",
    "their",
    "his",
    "her",
    "insurance",
    "mobile",
    "network",
    "tour",
    "shipping",
    "leasing",
    "customs",
    "booking",
    "password",
    "store",
    "shop",
    "relationship",
    "hr",
    "sales",
    "tax",
    "landlord",
    "employer",
    "contact",
    "per",
    "each",
    "every",
    "another",
    "other",
    "third",
    "second",
    "wrong",
    "unknown",
];

/// Words that a sentence that only wants a person may have besides.
const AROUND: [&str; 82] = [
    "from",
    "assistance",
    "assist",
    "be",
    "a",
    "an",
    "the",
    "real",
    "live",
    "actual",
    "living",
    "genuine",
    "i",
    "we",
    "me",
    "us",
    "want",
    "need",
    "get",
    "give",
    "please",
    "pls",
    "plz",
    "now",
    "to",
    "can",
    "could",
    "would",
    "like",
    "you",
    "may",
    "id",
    "ill",
    "im",
    "im",
    "just",
    "with",
    "here",
    "is",
    "there",
    "any",
    "some",
    "hi",
    "hello",
    "hey",
    "thanks",
    "thank",
    "thx",
    "asap",
    "immediately",
    "right",
    "away",
    "help",
    "being",
    "so",
    "really",
    "have",
    "send",
    "find",
    "customer",
    "support",
    "service",
    "care",
    "chat",
    "talk",
    "speak",
    "ok",
    "no",
    "yes",
    "let",
    "lemme",
    "wanna",
    "gimme",
    "for",
    "in",
    "charge",
    "your",
    "on",
    "line",
    "urgent",
    "urgently",
    "available",
];

const BOTS: [&str; 11] = [
    "bot",
    "bots",
    "robot",
    "robots",
    "machine",
    "machines",
    "chatbot",
    "chatbots",
    "ai",
    "computer",
    "automated",
];
const AWAY: [&str; 15] = [
    "dont", "no", "not", "stop", "hate", "without", "tired", "sick", "instead", "enough", "useless",
    "stupid", "rather", "fed", "cant",
];

/// Between talking and the person there may be so many words.
const REACH: usize = 7;

/// Whether a person, and whether somebody senior is wanted.
pub(super) fn wants(words: &Words) -> (bool, bool) {
    let words = words.latin();
    if words.is_empty() {
        return (false, false);
    }
    let senior = asked(&words, &SENIORS, &[]) || in_charge(&words);
    let person = senior
        || sent_somebody(&words)
        || asked(&words, &PEOPLE, &SOMEBODY)
        || somebody_there(&words)
        || complaint(&words)
        || away(&words);
    (person, senior)
}

/// Whether one of these people is asked for; `if_talking` only when there is talking to them.
fn asked(words: &[&str], people: &[&str], if_talking: &[&str]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let person = is_any(word, people);
        if !(person || is_any(word, if_talking)) || a_thing(words, at) {
            return false;
        }
        let before = &words[at.saturating_sub(REACH)..at];
        let talking = (0..before.len()).rev().find(|&at| talks(before, at)).is_some_and(|verb| {
            let between = &before[verb + 1..];
            // "transfer me to somebody", but not "transfer money to somebody".
            if PASSING.contains(&before[verb]) {
                let object = between.first().unwrap_or(&"to");
                return ["me", "us", "this", "it"].contains(object)
                    || person && ["to", "over"].contains(object);
            }
            // "call a person", "put me through to somebody": some link, or nothing much between.
            between.iter().any(|w| ["to", "with", "through", "me", "us", "over", "on", "a", "an"].contains(w))
                || between.is_empty()
        });
        let told = before
            .iter()
            .any(|w| ["why", "did", "didnt", "never", "already", "when", "if", "should"].contains(w));
        if talking && !told {
            return true;
        }
        if !person {
            return false;
        }
        let around = |words: &[&str]| {
            words.iter().all(|w| is_any(w, &AROUND) || is_any(w, &PEOPLE) || is_any(w, &SENIORS))
        };
        // "human please": nothing but the person.
        if around(&words[..at]) && around(&words[at + 1..]) {
            return true;
        }
        // "this is useless, I need a human to look at it": a wish, only filler up to the person, and then what for.
        let wish = before.iter().rposition(|w| is_any(w, &WANT)).is_some_and(|verb| {
            let earlier = &before[verb.saturating_sub(3)..verb];
            let denied = earlier
                .iter()
                .any(|w| ["do", "does", "dont", "didnt", "doesnt", "not", "will", "they"].contains(w));
            let asking = earlier.iter().any(|w| ["can", "could", "may", "to"].contains(w));
            let weak = ["have", "see", "like", "ask", "find"].contains(&before[verb]);
            around(&before[verb + 1..]) && !denied && (asking || !weak)
        });
        wish && !told && words.get(at + 1).is_none_or(|w| GOES_ON.contains(w))
    })
}

/// Verbs whose object is passed on: money, more often than not.
const PASSING: [&str; 10] =
    ["transfer", "put", "pass", "forward", "redirect", "switch", "hand", "route", "direct", "connect"];

/// Whether the word is about talking or being connected; "be transferred" is, "was transferred" is history.
fn talks(words: &[&str], at: usize) -> bool {
    is_any(words[at], &TALK)
        || at > 0
            && ["be", "get", "being"].contains(&words[at - 1])
            && is_any(words[at], &["transferred", "connected", "forwarded", "redirected"])
}

/// What may follow the person in a wish.
const GOES_ON: [&str; 13] =
    ["to", "who", "that", "please", "now", "for", "about", "asap", "immediately", "here", "on", "not", "and"];

/// Whether the words around make it a thing, or somebody else's person.
fn a_thing(words: &[&str], at: usize) -> bool {
    words.get(at + 1).is_some_and(|next| is_any(next, &THINGS))
        || at > 0 && OTHERS.contains(&words[at - 1])
        || at > 1
            && OTHERS.contains(&words[at - 2])
            && ["customer", "support", "service"].contains(&words[at - 1])
        || at > 0 && ["by", "as"].contains(&words[at - 1])
}

/// "Speak to whoever is in charge".
fn in_charge(words: &[&str]) -> bool {
    words.windows(2).position(|pair| pair == ["in", "charge"]).is_some_and(|at| {
        (at.saturating_sub(REACH)..at)
            .any(|verb| talks(words, verb) && words.get(verb + 1).is_some_and(|w| ["to", "with"].contains(w)))
    })
}

/// "Get me somebody who can help", "can someone call me", "I want customer service".
fn sent_somebody(words: &[&str]) -> bool {
    let somebody = |w: &str| is_any(w, &["someone", "somebody", "anyone", "anybody", "person"]);
    let team = |pair: &[&str]| pair[0] == "customer" && ["service", "support", "care"].contains(&pair[1]);
    let wished = words.iter().any(|w| ["want", "need", "get", "give"].contains(w));
    words.windows(4).any(|w| {
        ["get", "send", "give", "find"].contains(&w[0])
            && ["me", "us"].contains(&w[1])
            && somebody(w[2])
            && ["who", "that", "to"].contains(&w[3])
    }) || words.windows(3).any(|w| {
        somebody(w[0]) && ["call", "phone", "ring", "contact"].contains(&w[1]) && ["me", "us"].contains(&w[2])
    }) || wished && words.windows(2).any(team) && words.iter().all(|w| is_any(w, &AROUND))
}

/// "Is anybody there", "anyone?", "is there somebody I can talk to"
fn somebody_there(words: &[&str]) -> bool {
    let somebody = ["anyone", "anybody", "someone", "somebody"];
    let to_talk = words.iter().enumerate().any(|(at, w)| {
        let after = &words[at + 1..words.len().min(at + 5)];
        (is_any(w, &somebody) || is_any(w, &PEOPLE))
            && ["i", "we", "to", "who"].contains(after.first().unwrap_or(&""))
            && after.iter().any(|w| ["talk", "speak", "chat"].contains(w))
    });
    to_talk
        || words.len() <= 6
            && words.iter().any(|w| is_any(w, &somebody))
            && words.iter().all(|w| {
                is_any(w, &somebody) || is_any(w, &AROUND) || ["home", "out", "alive", "else"].contains(w)
            })
}

/// A bare wish to complain.
fn complaint(words: &[&str]) -> bool {
    words.iter().any(|w| is_any(w, &["complaint", "complain"]))
        && words.iter().all(|w| {
            is_any(
                w,
                &[
                    "complaint",
                    "complain",
                    "make",
                    "file",
                    "lodge",
                    "raise",
                    "submit",
                    "formal",
                    "this",
                    "going",
                    "must",
                    "about",
                ],
            ) || is_any(w, &AROUND)
        })
}

/// Whether the bot is turned away: "no bots", "I don't want to talk to a machine".
fn away(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        if !is_any(word, &BOTS) {
            return false;
        }
        let before = &words[at.saturating_sub(REACH)..at];
        // "I'm not a robot" is what a captcha makes people say.
        let captcha = before.iter().any(|w| ["im", "am", "prove", "captcha", "you", "are"].contains(w));
        let away_before = before.iter().any(|w| AWAY.contains(w));
        let away_after = words.get(at + 1).is_some_and(|w| ["sucks", "useless", "stupid", "go"].contains(w))
            || words[at + 1..].starts_with(&["is", "useless"]);
        !captcha
            && (away_before || away_after)
            && !is_any(before.last().unwrap_or(&""), &["machine", "computer"])
    })
}
