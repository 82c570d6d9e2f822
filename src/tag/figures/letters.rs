//! Letters glued to a number that may be a magnitude or a unit: `6.8m`, `10k`.

use super::lexicon::{Cue, LetterKind, UnitKind};
use super::term::{Fellow, Measure, Term, View};
use crate::numeral::{Gap, Number};

/// The lengths of races in metres.
const RACES: [i64; 9] = [50, 60, 100, 200, 400, 800, 1500, 5000, 10_000];

/// Units of length beside which `5m` is one too.
const LENGTHS: [&str; 8] = ["m", "km", "cm", "mm", "dm", "[ft_i]", "[mi_i]", "[yd_i]"];

/// The rule of a number whose letter may be a magnitude or a unit.
pub(super) const IN_DOUBT: &str = "letter in doubt";

/// Whether the unit called `name` measures lengths.
pub(super) fn is_length(name: &str) -> bool {
    LENGTHS.contains(&name)
}

impl View<'_> {
    /// Marks `6.8m` without a value where nothing tells whether millions or metres are meant.
    pub(super) fn leave_in_doubt(&self, term: &mut Term) {
        let next = term.next;
        let ends = self.gap(next + 1) != Gap::None || !self.word(next + 1).starts_with(char::is_alphanumeric);
        let glued = self.gap(next) == Gap::None && ends;
        let letter = self.lexicon.magnitude_letter(self.word(next));
        let doubtful = letter.is_some_and(|letter| letter.kind == LetterKind::Counted && letter.power == 6);
        if !term.digits || term.scaled || term.measure != Measure::None || !doubtful || !glued {
            return;
        }
        (term.value, term.shared, term.next, term.scaled, term.bare) = (None, None, next + 1, true, false);
        term.rule = IN_DOUBT;
    }

    /// Whether the `m` at `place` behind `term` is of metres: something long is spoken of near it.
    pub(super) fn is_metres(&self, term: &Term, place: usize) -> bool {
        let hyphen = usize::from(self.is_hyphen(place + 1));
        let behind = place + 1 + hyphen;
        let plain = |at: usize| self.gap(at) == Gap::Blank && !self.cues(at).has(Cue::Stop);
        let long = |at: usize| self.cues_after(at).has(Cue::Metres);
        let near = || long(behind) || (plain(behind) && long(behind + 1));
        // `20m x 10m`.
        let by = matches!(self.after(place + 1), "x" | "\u{d7}") || matches!(self.before(term.first), "x" | "\u{d7}");
        let said =
            || self.cue_within(term.first, 8, Cue::MetresBefore) || self.cue_within(term.first, 5, Cue::LengthNoun);
        by || near() || said() || self.is_race(term) || self.measured_lengths(term)
    }

    /// `the 100m`, `the women's 400m`, `a 100m sprint`: the length of a race.
    pub(super) fn is_race(&self, term: &Term) -> bool {
        let race = term.bare && term.value.and_then(Number::to_whole).is_some_and(|length| RACES.contains(&length));
        let article = self.before(term.first).eq_ignore_ascii_case("the");
        let owned = self.cues_before(term.first).has(Cue::Possessive);
        race && (article || owned || self.cues_after(term.next + 1).has(Cue::Metres))
    }

    /// Whether the figure before, in the same sentence, or a unit near `term` measures lengths.
    fn measured_lengths(&self, term: &Term) -> bool {
        let last = self.last.borrow();
        if let Some(Fellow { next, measure: Measure::Unit(unit, None), .. }) = &*last
            && LENGTHS.contains(&&**unit)
            && *next <= term.first
            && term.first - next < 12
            && (*next..=term.first).all(|at| self.gap(at) != Gap::Break)
        {
            return true;
        }
        let mut behind = (term.next + 1..term.next + 9).take_while(|at| self.gap(*at) != Gap::Break);
        behind.any(|at| self.word(at).len() > 1 && self.is_length_unit(at))
    }

    /// Whether a unit of length stands at `at`.
    fn is_length_unit(&self, at: usize) -> bool {
        let unit = self.lexicon.unit_signs.forward(self.pieces, at).filter(|(_, unit)| unit.kind != UnitKind::Letter);
        let unit = unit.or_else(|| self.lexicon.unit_words.forward(self.pieces, at));
        unit.is_some_and(|(_, unit)| unit.kind != UnitKind::Inch && LENGTHS.contains(&&*unit.name))
    }

    /// `a 10k run`: the letter at `place` is of kilometres.
    pub(super) fn is_run(&self, term: &Term, place: usize) -> bool {
        let near = |at: usize| self.cues_after(at).has(Cue::Metres);
        let small = term.value.and_then(Number::to_whole).is_some_and(|length| length < 101);
        term.bare && small && self.gap(place) == Gap::None && (near(place + 1) && !self.is_plural(place + 1))
    }
}
