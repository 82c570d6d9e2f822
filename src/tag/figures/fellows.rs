//! Units that a number does not say itself, since the figure beside it does.

use super::letters::is_length;
use super::lexicon::Cue;
use super::pieces::Start;
use super::term::{Fellow, Measure, Term, View};
use crate::numeral::{Gap, Kind};

/// The most numbers that one unit may stand behind: `10 x 20 x 30 cm`.
const MOST_SIDES: usize = 3;

impl View<'_> {
    /// `another 35 million`, `the remaining 51`, `down from 47`: the unit of the fellow amount just before.
    pub(super) fn with_left_out_unit(&self, term: Term) -> Term {
        if term.measure != Measure::None || term.per.is_some() {
            return term;
        }
        let Some(Fellow { first, next: last, measure, per }) = self.last.borrow().clone() else { return term };
        let near = term.first >= last
            && term.first - last < 9
            && (last..=term.first).all(|at| self.gap(at) != Gap::Break && self.word(at) != ";");
        let next = term.next;
        let alone = self.gap(next) == Gap::Break
            || !self.word(next).starts_with(char::is_alphanumeric)
            || (self.cues(next).has(Cue::Stop)
                && !self.cues(next).has(Cue::Dead)
                && !self.word(next).eq_ignore_ascii_case("per"));
        let large = term.scaled && matches!(&measure, Measure::Money(_));
        // `rose by 3 million tonnes | to 41 million`.
        let unit = term.scaled && term.value.is_some() && matches!(&measure, Measure::Unit(_, None));
        let fellow = match self.before(term.first) {
            _ if large && self.lexicon.bounds_before.backward(self.pieces, term.first).is_some() => true,
            _ if self.cues_before(term.first).has(Cue::Fellow) => true,
            "against" => term.digits,
            // `rose to 51% | from 49.9`, `fell to 382 million pounds | from 335 million`.
            "from" if last + 1 == term.first && self.before(first).eq_ignore_ascii_case("to") => true,
            "from" | "with" => {
                // `fell 12%, from 438 to 386`: a change tells no unit of what changed.
                let level = !matches!(measure, Measure::Percent(_))
                    || self.before(first).eq_ignore_ascii_case("to")
                    || !self.cue_within(first, 2, Cue::Change);
                level && self.cues_before(term.first - 1).has(Cue::Compared)
            }
            "to" => (large || unit) && last + 1 == term.first,
            "and" | "plus" => large,
            _ => false,
        };
        let told = matches!(measure, Measure::Money(_) | Measure::Percent(_)) || unit;
        if !(near && alone && fellow && told) {
            return term;
        }
        // A rate of barrels tells a rate; money per share tells no more than money.
        let per = per.filter(|_| unit);
        Term { measure, per, bare: false, ..term }
    }

    /// `from 45 | to 40 percent`, `10 x 20 | x 30 cm`: the unit, and the magnitude, of the figure behind.
    pub(super) fn with_unit_behind(&self, term: Term) -> Term {
        if term.measure != Measure::None || term.per.is_some() || term.kind != Kind::Cardinal {
            return term;
        }
        if let Some(measure) = self.side_of(&term).filter(|_| !term.scaled) {
            return Term { measure, bare: false, rule: "quantity", ..term };
        }
        let link = self.after(term.next);
        let from = self.before(term.first).eq_ignore_ascii_case("from");
        let start = term.next + 1;
        if !matches!(link, "to" | "from") || !self.starts_number(start) {
            return term;
        }
        let Some(other) = self.term(start).filter(|other| other.first == start && other.digits == term.digits) else {
            return term;
        };
        // `rose 5 million | to 23 million euros`.
        let both = term.scaled && other.scaled && link == "to" && !other.sign_before;
        let shares = match &other.measure {
            Measure::Money(_) | Measure::Unit(..) if term.scaled => both,
            _ if term.scaled => false,
            Measure::Percent(_) => true,
            Measure::Money(_) | Measure::Unit(..) => from && link == "to" && !other.sign_before,
            Measure::None => from && link == "to" && other.scaled,
            Measure::Age(_) | Measure::Time => false,
        };
        if !shares {
            return term;
        }
        let power = if term.scaled { 0 } else { other.shared.map_or(0, |(_, power)| power) };
        let value = term.value.and_then(|value| value.shifted(power));
        let rule = if other.measure == Measure::None { term.rule } else { other.rule };
        Term { measure: other.measure, value, scaled: term.scaled || power > 0, bare: false, rule, ..term }
    }

    /// The unit of length behind the other sides of what has `term` for a side: `6 | x 4 metres`.
    fn side_of(&self, term: &Term) -> Option<Measure> {
        let mut next = term.next;
        for _ in 1..MOST_SIDES {
            let by = matches!(self.word(next), "x" | "\u{d7}" | "by") && self.gap(next) == self.gap(next + 1);
            if !by || !self.starts_number(next + 1) {
                return None;
            }
            let side = self.term(next + 1).filter(|side| side.first == next + 1 && side.kind == Kind::Cardinal)?;
            match side.measure {
                Measure::Unit(ref name, None) if is_length(name) => return Some(side.measure),
                Measure::None => next = side.next,
                _ => return None,
            }
        }
        None
    }

    /// Whether a number begins at `at`, in the sentence of the word before it.
    pub(super) fn starts_number(&self, at: usize) -> bool {
        self.pieces.get(at).is_some_and(|piece| piece.begins == Start::Number && piece.gap != Gap::Break)
    }
}
