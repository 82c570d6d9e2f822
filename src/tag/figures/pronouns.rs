//! `one` that stands for a noun and counts nothing.

use super::lexicon::Cue;
use super::pieces::Start;
use super::term::{Term, View};
use crate::numeral::{Form, Gap, Role};

/// Whether `one` stands for a noun, or says nothing of number: `no one`, `one of the`, `one should`.
pub(super) fn is_pronoun(view: &View<'_>, term: &Term) -> bool {
    let next = term.next;
    // `no-one`.
    let first = term.first;
    if first > 1 && view.gap(first) == Gap::None && view.is_hyphen(first - 1) && view.cues(first - 2).has(Cue::NoOne) {
        return true;
    }
    if view.is_hyphen(next) && view.gap(next) == Gap::None {
        // `a one-bedroom flat` counts; `one-sided`, `one-to-one` do not.
        let noun = view.cues(next + 1);
        return noun.any(&[Cue::OneTrap, Cue::Stop]) || view.is_hyphen(next + 2);
    }
    // `killed one and injured two`: a victim.
    let victim = view.cues_before(first).has(Cue::Dead) && view.word(first - 1).ends_with("ed");
    if victim && view.word(next) != "of" && (view.gap(next) != Gap::Blank || view.cues(next).has(Cue::Stop)) {
        return false;
    }
    if view.gap(next) != Gap::Blank {
        // `two missions in one`, `one, two`: only beside other numbers.
        let comma = (view.word(next) == "," || view.cues(next).has(Cue::OrAnd))
            && view.pieces.get(next + 1).is_some_and(|piece| piece.begins == Start::Number && piece.atom.value != 1);
        return !comma;
    }
    let after = view.cues(next);
    // `at one point`.
    if view.before(first).eq_ignore_ascii_case("at") && after.has(Cue::PartNoun) {
        return true;
    }
    if after.has(Cue::Dead)
        || view.word(next) == "more"
        || view.bound_behind(next).is_some()
        || after.has(Cue::OrAnd) && view.pieces.get(next + 1).is_some_and(|piece| piece.begins == Start::Number)
    {
        return false;
    }
    // `one of its three lines` counts; `one of the lines` does not.
    let inside = |at: &usize| {
        let word = view.word(*at);
        view.gap(*at) != Gap::Break
            && (word.starts_with(char::is_alphanumeric) || word.starts_with(['\'', '\u{2019}']))
            && !view.cues(*at).has(Cue::OfOneEnd)
    };
    let number = |at: usize| {
        view.pieces.get(at).is_some_and(|piece| {
            let atom = piece.atom;
            piece.begins == Start::Number && atom.form == Form::Plain && (atom.role == Role::Digits || atom.value > 1)
        }) && !view.word(at).ends_with(['t', 'd', 'h'])
    };
    if view.word(next) == "of" && (next + 1..next + 6).take_while(inside).any(number) {
        return false;
    }
    // `one was killed`; `five backed it, one voted against`.
    let before = view.cues_before(term.first);
    if after.has(Cue::Be) && view.cues(next + 1).any(&[Cue::Dead, Cue::Met]) {
        return before.has(Cue::NoOne);
    }
    // `the one provided by the state`.
    let ends = view.gap(next + 1) == Gap::Break || view.cues(next + 1).has(Cue::Stop);
    // `if one steps back`.
    let clause = view.is_plural(next) && view.word(next).ends_with('s') && before.has(Cue::Conjunction);
    if clause && view.word(next).starts_with(char::is_lowercase) && !after.has(Cue::Collective) {
        return true;
    }
    let defined = before.has(Cue::Determiner) && view.lexicon.ends_as(view.word(next), Cue::VerbEnding) && ends;
    // `one aligns with the other`: a verb in s, and no noun behind it.
    let verb = view.is_plural(next)
        && view.word(next).starts_with(char::is_lowercase)
        && !after.has(Cue::Collective)
        && ends
        && !view.lexicon.ends_as(view.word(next), Cue::PluralEnding);
    let noun = !defined
        && !verb
        && !after.has(Cue::PronounNext)
        && !after.has(Cue::OneTrap)
        && view.word(next).starts_with(char::is_alphabetic);
    !noun || (before.has(Cue::NoneOf) && !view.is_plural(next))
}
