//! Ratios and scores: `3-1`, `4:1`, `6 votes to 3`, `302 for 7`, `9-3-1`.

use super::lexicon::Cue;
use super::pieces::Start;
use super::scan::Step;
use super::term::{Measure, Term, View};
use crate::document::Amount;
use crate::numeral::{Gap, Kind, Number};
use bigdecimal::BigDecimal;

/// What ties the two numbers of a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    Colon,
    Dash,
    To,
    /// `6 votes to 3`.
    Votes,
    /// `302 for 7`: runs for wickets.
    Runs,
    /// `9-for-17`, `12-of-19`: hits for tries.
    Tries,
}

/// Two whole numbers that may be a ratio.
struct Pair<'t> {
    tie: Tie,
    first: &'t Term,
    second: &'t Term,
    low: i64,
    high: i64,
}

/// Whether `term` is a plain whole number, as those of ratios are.
fn is_plain(term: &Term) -> bool {
    term.measure == Measure::None && term.kind == Kind::Cardinal && term.per.is_none() && !term.scaled
}

/// Whether a ratio tells such numbers.
fn is_small(value: i64) -> bool {
    (0..1000).contains(&value)
}

impl View<'_> {
    /// `3-1`, `6 votes to 3`, `4:1`, `3-to-1`: a score or ratio.
    pub(super) fn ratio(&self, term: &Term, floor: usize) -> Option<Step> {
        if !is_plain(term) {
            return None;
        }
        if let Some(step) = self.parts(term, floor) {
            return Some(step);
        }
        let low = term.value?.to_whole()?;
        let (tie, start) = self.tie(term)?;
        if self.pieces.get(start).is_none_or(|piece| piece.begins != Start::Number) || self.gap(start) == Gap::Break {
            return None;
        }
        let plain = |at: usize| self.term(at).filter(|other| is_plain(other) && other.number == at);
        let other = plain(start)?;
        let pair = Pair { tie, first: term, second: &other, low, high: other.value?.to_whole()? };
        if tie == Tie::Colon && self.is_verse(term) {
            return Some(Step::Trap(other.next, "part of a name"));
        }
        if !self.is_ratio(&pair) || self.is_time(other.next) || self.is_month_near(term.first, other.next) {
            return None;
        }
        let mut parts = vec![low, pair.high];
        let mut next = other.next;
        // A record of three: `9-3-1`.
        if tie == Tie::Dash && self.is_dash(next) && self.gap(next) == Gap::None {
            let third = plain(next + 1).filter(|_| self.gap(next + 1) == Gap::None)?;
            parts.push(third.value?.to_whole().filter(|value| is_small(*value))?);
            next = third.next;
        }
        if (self.is_dash(next) || self.word(next) == ":") && self.gap(next) == Gap::None {
            return Some(Step::Trap(next, "chain of numbers"));
        }
        let parts = parts.into_iter().map(BigDecimal::from).collect();
        self.score.set(next);
        Some(Step::Draft(Box::new(self.draft(term, term.first, next, Amount::Ratio(parts), "ratio", floor))))
    }

    /// What ties a second number to `term`, and where that number begins.
    fn tie(&self, term: &Term) -> Option<(Tie, usize)> {
        let next = term.next;
        let hyphened = self.is_hyphen(next) && self.word(next + 1) == "to" && self.gap(next + 1) == Gap::None;
        let to = hyphened || (self.word(next) == "to" && self.gap(next) == Gap::Blank);
        let tight = (next..next + 4).all(|at| self.gap(at) == Gap::None);
        if tight && self.is_hyphen(next) && self.is_hyphen(next + 2) && matches!(self.word(next + 1), "for" | "of") {
            return Some((Tie::Tries, next + 3));
        }
        if self.word(next) == "for" && self.gap(next) == Gap::Blank && (self.is_cricket(term) || self.is_bowled(term)) {
            return Some((Tie::Runs, next + 1));
        }
        if self.cues(next).has(Cue::Tally)
            && self.after(next + 1) == "to"
            && !self.before(term.first).eq_ignore_ascii_case("from")
        {
            return Some((Tie::Votes, next + 2));
        }
        if self.word(next) == ":" && self.gap(next) == Gap::None && self.gap(next + 1) == Gap::None {
            return Some((Tie::Colon, next + 1));
        }
        if self.is_dash(next) && self.gap(next) == self.gap(next + 1) && self.gap(next) != Gap::Break && !to {
            return Some((Tie::Dash, next + 1));
        }
        to.then_some((Tie::To, if self.is_hyphen(next) { next + 3 } else { next + 1 }))
    }

    /// `Matthew 5:3`: a capital before the colon, where nothing speaks of a ratio.
    fn is_verse(&self, term: &Term) -> bool {
        self.before(term.first).starts_with(char::is_uppercase)
            && self.gap(term.first) == Gap::Blank
            && !self.cues_before(term.first).has(Cue::Safe)
            && !self.cue_within(term.first, 4, Cue::Ratio)
    }

    /// Whether what stands around `pair` makes it a score or ratio.
    fn is_ratio(&self, pair: &Pair<'_>) -> bool {
        let Pair { tie, first: term, second: other, low, high } = *pair;
        if !is_small(low) || !is_small(high) {
            return false;
        }
        let next = other.next;
        let said = self.cue_within(term.first, 4, Cue::Ratio);
        let scored = self.cue_within(term.first, 6, Cue::Score)
            || self.cues(next).has(Cue::ScoreTail)
            || (self.is_hyphen(next) && self.cues(next + 1).has(Cue::ScoreTail));
        let wickets = (0..=10).contains(&high) || (0..=10).contains(&low);
        match tie {
            Tie::Runs => wickets && !self.is_plural(next),
            Tie::Colon => said || self.word(other.number).len() == 1,
            Tie::Votes | Tie::Tries => true,
            Tie::To => {
                said || (self.is_hyphen(term.next) && low > high)
                    || (low > high && self.before(term.first).eq_ignore_ascii_case("by"))
                    || (scored && low > high && !self.cue_within(term.first, 3, Cue::Change))
                    || (scored && self.cue_within(term.first, 3, Cue::ScoreTail) && !self.is_plural(next))
            }
            Tie::Dash => {
                let falls = low > high && (low < 100 || (wickets && self.is_cricket(term)));
                let zero = low == 0 || high == 0;
                // `took 5-32`: wickets for runs.
                let cricket = self.is_cricket(term) || (self.is_bowled(term) && self.ends_clause(next));
                let bowled = low < 11 && cricket && !self.is_plural(next);
                zero || bowled || scored || said || low == high || falls || self.is_listed(pair) || self.is_named(pair)
            }
        }
    }

    /// `6-4, 3-6, 7-6 (7-5)`: what follows a score in a list is one.
    fn is_listed(&self, pair: &Pair<'_>) -> bool {
        let first = pair.first.first;
        first == self.score.get() + 1
            && matches!(self.word(first - 1), "," | "(" | "and")
            && pair.low < 100
            && pair.high < 100
    }

    /// `Bayern 3-4`: small numbers behind a name.
    fn is_named(&self, pair: &Pair<'_>) -> bool {
        let first = pair.first.first;
        // `hold off Oklahoma City 112-107`.
        let points = (60..180).contains(&pair.high) && pair.low > pair.high && pair.low < 180;
        (points || (pair.low < 20 && pair.high < 20))
            && self.before(first).starts_with(char::is_uppercase)
            && !self.cues_before(first).has(Cue::Month)
            && !self.cues_before(first).has(Cue::Safe)
    }

    /// `took five for 34`.
    fn is_bowled(&self, term: &Term) -> bool {
        let (before, wickets) = (self.cues_before(term.first), self.pieces.get(term.next + 1));
        // `reached 287 for 5`.
        let innings = before.any(&[Cue::Reach, Cue::Be]) || matches!(self.before(term.first), "on" | "closed" | "made");
        let large = term.value.and_then(Number::to_whole) > Some(10);
        let ends = || wickets.is_some() && self.ends_clause(term.next + 2) && self.gap(term.next + 2) != Gap::Blank;
        before.has(Cue::Took) || (innings && large && ends())
    }

    /// Whether the score at `term` is one of cricket.
    fn is_cricket(&self, term: &Term) -> bool {
        (term.first.saturating_sub(14)..term.next + 14).any(|at| self.cues(at).has(Cue::Cricket))
    }

    /// `1.8:1`, `2.5 to 1`: a ratio with a decimal in it, to one.
    fn parts(&self, term: &Term, floor: usize) -> Option<Step> {
        let colon = self.word(term.next) == ":" && self.gap(term.next) == Gap::None;
        let start = term.next + 1;
        let value = term.value.filter(|value| value.to_whole().is_none())?;
        let level = || self.cue_within(term.first, 4, Cue::Change) || self.before(term.first) == "from";
        let to = self.after(term.next) == "to" && self.gap(start) == Gap::Blank && !level();
        if !to && (!colon || self.gap(start) != Gap::None) {
            return None;
        }
        let one = self.term(start).filter(|one| one.number == start && one.measure == Measure::None)?;
        let parts = vec![value.to_decimal()?, one.value.filter(|one| one.to_whole() == Some(1))?.to_decimal()?];
        Some(Step::Draft(Box::new(self.draft(term, term.first, one.next, Amount::Ratio(parts), "ratio", floor))))
    }

    /// `at 3/1`: the odds of a bet.
    pub(super) fn odds(&self, term: &Term, floor: usize) -> Option<Step> {
        let (above, below) = self.word(term.number).split_once('/')?;
        let said = self.cue_within(term.first, 5, Cue::Ratio) || self.cues_after(term.next).has(Cue::Odds);
        if !said || term.next != term.number + 1 || term.measure != Measure::None {
            return None;
        }
        let part = |digits: &str| digits.parse::<u32>().ok().filter(|part| *part > 0).map(BigDecimal::from);
        let parts = vec![part(above)?, part(below)?];
        Some(Step::Draft(Box::new(self.draft(term, term.first, term.next, Amount::Ratio(parts), "ratio", floor))))
    }
}
