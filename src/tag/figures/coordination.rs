//! Nouns tied by `and`, commas and second numbers, which one figure counts together.

use super::lexicon::Cue;
use super::nouns::{is_verb, stops};
use super::pieces::Start;
use super::term::View;
use crate::numeral::Gap;

/// How many pieces may stand between `and` and the plural that it ties.
const MOST_WORDS: usize = 7;

/// Whether `and` or `or` at `at` ties words before a plural: `fantasy | and science fiction novels`.
pub(super) fn joins_adjectives(view: &View<'_>, at: usize) -> bool {
    let small = view.word(at - 1).starts_with(char::is_lowercase);
    let plain = |at: usize| {
        let glued = view.gap(at) == Gap::None && (view.is_hyphen(at) || view.word(at).starts_with(char::is_lowercase));
        let word = view.gap(at) == Gap::Blank
            && view.word(at).starts_with(|c: char| c.is_lowercase() == small)
            && !stops(view, at)
            && view.pieces.list[at].begins == Start::None;
        glued || word
    };
    // `African and Latin American countries`, `small and medium-sized suppliers`.
    let end = (at + 1..at + MOST_WORDS).find(|at| !plain(*at)).unwrap_or(at + MOST_WORDS);
    let noun = |at: usize| view.gap(at) == Gap::Blank && view.is_plural(at) && !stops(view, at);
    matches!(view.word(at), "and" | "or") && end > at + 1 && ((at + 1..end).any(noun) || (!small && noun(end)))
}

/// `men | , women and children`, `nurses | , doctors and hospital cleaners`.
pub(super) fn with_third(view: &View<'_>, head: usize) -> usize {
    let comma = view.word(head + 1) == "," && view.gap(head + 1) == Gap::None;
    let second = head + 2;
    let plural = view.gap(second) == Gap::Blank
        && view.is_plural(second)
        && view.word(second).starts_with(char::is_lowercase)
        && !view.cues(second).any(&[Cue::Stop, Cue::VerbNoun, Cue::ThirdPerson]);
    if !comma || !plural {
        return head;
    }
    let last = with_second(view, second);
    if last > second { last } else { head }
}

/// `police officers | and soldiers`, `cars | and light trucks`, `passengers | and crew members`.
pub(super) fn with_second(view: &View<'_>, head: usize) -> usize {
    let and = view.gap(head + 1) == Gap::Blank && view.word(head + 1) == "and" && view.gap(head + 2) == Gap::Blank;
    let plain =
        |at: usize| view.pieces.get(at).is_some_and(|piece| piece.begins == Start::None && piece.gap == Gap::Blank);
    let noun = |at: usize| plain(at) && view.is_plural(at) && !view.cues(at).any(&[Cue::Stop, Cue::ThirdPerson]);
    if !and {
        return head;
    }
    let second = head + 2;
    let modified = view.cues(second).has(Cue::Modifier) && noun(second + 1) && !is_verb(view, view.word(second + 1));
    if modified {
        return second + 1;
    }
    // `250,000 cars and vans a year`.
    let rate = view.cues(second + 1).has(Cue::Article) && view.is_time(second + 2);
    let number = view.pieces.get(second + 1).is_some_and(|piece| piece.begins != Start::None);
    let clause = view.gap(second + 1) == Gap::Blank && (number || view.cues(second + 1).has(Cue::Clause));
    if noun(second) && (rate || !clause) { second } else { head }
}
