//! What may stand in a noun phrase, and what ends it.

use super::lexicon::Cue;
use super::term::View;
use crate::numeral::Gap;

/// Whether the word at `head` stops a phrase; `US` in capitals does not, though `us` does.
pub(super) fn stops(view: &View<'_>, at: usize) -> bool {
    let word = view.word(at);
    let capitals = matches!(word.len(), 2 | 3) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let small = |at: usize| view.word(at).ends_with(|c: char| c.is_lowercase()) && view.gap(at) != Gap::Break;
    // `three no-confidence votes`.
    let joined = view.is_hyphen(at + 1) && view.gap(at + 1) == Gap::None && view.gap(at + 2) == Gap::None;
    view.cues(at).has(Cue::Stop) && !(capitals && small(at + 1)) && !joined
}

/// Whether a word in small letters looks like a verb behind a noun.
pub(super) fn is_verb(view: &View<'_>, word: &str) -> bool {
    let ends = || word.len() > 4 && view.lexicon.ends_as(word, Cue::VerbEnding);
    word.starts_with(char::is_lowercase) && (ends() || view.lexicon.cues(word).has(Cue::Participle))
}
