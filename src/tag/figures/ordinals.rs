//! Traps of ordinals: dates, names, set phrases, the unit `second`.

use super::lexicon::Cue;
use super::names::title_case;
use super::pieces::Start;
use super::term::{Term, View};
use super::traps::{Caught, glued_to_letters};
use crate::numeral::Gap;

/// The trap that catches an ordinal, if one does.
pub(super) fn of_ordinal(view: &View<'_>, term: &Term) -> Option<Caught> {
    let (first, next) = (term.first, term.next);
    let after = view.after(next);
    let own = view.word(first);
    let rank = if term.next == first + 1 { view.pieces.list[first].atom.value } else { 0 };
    if term.digits && glued_to_letters(view, term.number) {
        return Some(("part of a name", next));
    }
    if view.is_month_near(first, next) {
        return Some(("day of a month", next));
    }
    let noun = if view.is_hyphen(next) && view.gap(next) == Gap::None { view.word(next + 1) } else { after };
    if view.lexicon.cues(noun).has(Cue::Century) {
        return Some(("century", next + 1));
    }
    if rank == 1 {
        let set = view.lexicon.cues(noun).has(Cue::OrdinalTrap) || (after == "of" && view.word(next + 1) == "all");
        if set
            || view.before(first) == "at" && !after.starts_with(char::is_alphabetic)
            || (view.before(first) == "at" && after == "that")
        {
            return Some(("set phrase", next));
        }
    }
    // `a thirty-second silence`, `thirty-second adverts`.
    let spelled = !term.digits && next > first + 1 && view.pieces.list[next - 1].atom.value == 2;
    if spelled && (view.cues_before(first).has(Cue::Article) && view.before(first) != "the" || view.is_plural(next)) {
        return Some(("length of time", next));
    }
    // `on second thought`, `second-hand`.
    if rank == 2 && view.lexicon.cues(noun).has(Cue::SecondTrap) {
        return Some(("set phrase", next));
    }
    if rank == 2
        && (view.cues_before(first).has(Cue::SecondBefore)
            || (view.cues_before(first).has(Cue::Article)
                && (view.cues_before(first - 1).has(Cue::SecondSpan) || view.cues_after(next).has(Cue::Then))
                && (view.cues_after(next).has(Cue::Stop) || !after.starts_with(char::is_alphanumeric)))
            || view
                .pieces
                .get(first.wrapping_sub(1))
                .is_some_and(|piece| piece.begins == Start::Number && view.gap(first) != Gap::Break))
    {
        return Some(("second, the unit", next));
    }
    if term.digits {
        // `42nd Infantry Division`, `5th Avenue`.
        let named = view.gap(next) == Gap::Blank
            && (0..3).any(|step| {
                view.cues(next + step).has(Cue::UnitName) && view.word(next + step).starts_with(char::is_uppercase)
            });
        return named.then_some(("part of a name", next));
    }
    let opens = view.pieces.get(first).is_some_and(|piece| piece.opens || piece.gap == Gap::Break);
    let capital = own.starts_with(char::is_uppercase);
    let place = if view.is_hyphen(next) && view.gap(next) == Gap::None { next + 1 } else { next };
    let named = view.gap(place) != Gap::Break && view.word(place).starts_with(char::is_uppercase);
    (capital
        && named
        && (!opens || view.cues(place).has(Cue::UnitName) || view.cues(place).has(Cue::FirstName))
        && !title_case(view, first))
    .then_some(("part of a name", next))
}
