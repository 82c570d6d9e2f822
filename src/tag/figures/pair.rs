//! Two numbers that make one figure: ranges and shares.

use super::letters::IN_DOUBT;
use super::lexicon::Cue;
use super::names;
use super::pieces::Start;
use super::scan::{Step, amount};
use super::term::{Measure, Term, View};
use crate::document::{Amount, Bound};
use crate::numeral::{Gap, Kind, Number, Role};
use bigdecimal::BigDecimal;

/// What ties the two numbers of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    To,
    Dash,
    Or,
    /// `between … and`.
    And,
    /// `±`: the second number is how far the value may lie from the first.
    Spread,
}

/// From `low` to `high`; unknown where an end is too long to write.
fn range_of(low: Number, high: Number) -> Amount {
    let end = |number: Number| {
        let rounded = || {
            let (above, below) = number.to_fraction()?;
            Some((BigDecimal::from(above) / BigDecimal::from(below)).with_prec(DIGITS))
        };
        number.to_decimal().or_else(rounded)
    };
    match (end(low), end(high)) {
        (Some(low), Some(high)) => Amount::Range(Some(low), Some(high)),
        _ => Amount::Unknown,
    }
}

/// How many words before a comma may speak of a change that the numbers behind it tell.
const CLAUSE: usize = 40;

/// The significant digits of an end whose decimal never ends, as of every fraction that is written.
const DIGITS: u64 = 28;

/// Whether both could be years.
fn years(low: &Term, high: &Term) -> bool {
    let year = |term: &Term| {
        term.measure == Measure::None
            && term.bare
            && term.value.and_then(Number::to_whole).is_some_and(|year| (1400..2150).contains(&year))
    };
    year(low) && year(high)
}

/// Whether the measures of two terms let them be the ends of one range.
fn fits(low: &Term, high: &Term, link: Link) -> bool {
    match (&low.measure, &high.measure) {
        (left, right) if left == right => true,
        (Measure::None, Measure::Money(_)) => !high.sign_before,
        (Measure::None, _) => true,
        (Measure::Money(_), Measure::None) => low.sign_before && !low.scaled && link != Link::Or,
        (Measure::Money(left), Measure::Money(right)) => left.is_none() || right.is_none(),
        (Measure::Unit(name, _), Measure::Unit(..)) => &**name == "deg",
        _ => false,
    }
}

impl View<'_> {
    /// Whether a month stands beside the pieces `first..next`.
    pub(super) fn is_month_near(&self, first: usize, next: usize) -> bool {
        let beside = |at: usize| {
            let cues = self.cues(at);
            cues.has(Cue::Month)
                && self.word(at).starts_with(char::is_uppercase)
                && !matches!(self.word(at), "May" if self.gap(at) == Gap::Break)
        };
        (first > 0 && self.gap(first) != Gap::Break && beside(first - 1))
            || (first > 1 && self.before(first) == "." && self.cues(first - 2).has(Cue::Month))
            || (self.gap(next) != Gap::Break && (beside(next) || (self.word(next) == "of" && beside(next + 1))))
    }

    /// `one in five`, `three out of ten`, `four in every ten`.
    pub(super) fn share(&self, term: &Term, floor: usize) -> Option<Step> {
        // `342-6 in 50 overs`: the end of a score is no part of a share.
        let ends_pair = term.first > 0 && self.gap(term.first) == Gap::None && self.is_dash(term.first - 1);
        if term.measure != Measure::None || term.kind != Kind::Cardinal || term.per.is_some() || ends_pair {
            return None;
        }
        let mut at = term.next;
        let hyphen = usize::from(self.is_hyphen(at) && self.gap(at) == Gap::None);
        at += hyphen;
        let out = self.word(at) == "out" && self.word(at + 1) == "of";
        let over = self.word(at) == "over" && term.value.and_then(Number::to_whole) == Some(1) && !term.digits;
        let each = self.word(at) == "of" && self.cues_after(at + 1).has(Cue::TimeShare);
        let kind = if out { 2 } else { usize::from(self.word(at) == "in" || over || each) };
        if kind == 0 || self.gap(at) == Gap::Break {
            return None;
        }
        at += kind;
        at += usize::from(self.cues(at).has(Cue::TimeShare)) + usize::from(self.is_hyphen(at) && hyphen == 1);
        // `one in a million`.
        let article = self.cues_after(at).has(Cue::Article) && self.gap(at + 1) == Gap::Blank;
        at += usize::from(article && self.starts_number(at + 1) && term.value.and_then(Number::to_whole) == Some(1));
        if self.gap(at) == Gap::Break || self.pieces.get(at).is_none_or(|piece| piece.begins == Start::None) {
            return None;
        }
        let whole = self.term(at).filter(|whole| whole.kind == Kind::Cardinal)?;
        // `a 1-in-100-year flood`.
        if hyphen == 1 && whole.measure == Measure::Time {
            return Some(Step::Trap(whole.next, "how often"));
        }
        if whole.measure != Measure::None {
            return None;
        }
        let (above, below) = (term.value?, whole.value?);
        let less = above.compare(below) == Some(std::cmp::Ordering::Less);
        let year = whole.bare && self.word(whole.number).len() == 4 && !out;
        if over && self.gap(whole.next) != Gap::Break && self.word(whole.next).starts_with(char::is_alphanumeric) {
            return None;
        }
        // `nine in 10`: the style of wires.
        let ten = below.to_whole() == Some(10);
        let both = out || over || ten || term.digits == whole.digits || above.to_whole() == Some(1);
        if !less || year || !both || (self.is_time(whole.next) && !out) || (!out && self.is_time_of(whole.next)) {
            return None;
        }
        let value = above.over(below);
        let draft = self.draft(term, term.first, whole.next, amount(value), "share", floor);
        Some(Step::Draft(Box::new(draft)))
    }

    pub(super) fn is_time_of(&self, at: usize) -> bool {
        self.cues(at).has(Cue::RunOf)
    }

    /// `15 to 20 percent`, `$5–7 million`, `between 3,000 and 5,000`.
    pub(super) fn range(&self, low: &Term, floor: usize) -> Option<Step> {
        let (start, link) = self.link(low)?;
        let share = || self.share_behind(start).filter(|_| low.kind == Kind::Fraction);
        let high = self.term_behind(start).or_else(share)?;
        if low.measure == Measure::Time || high.measure == Measure::Time {
            let both = low.measure == Measure::None || low.measure == high.measure;
            return (both && link != Link::And).then_some(Step::Trap(high.next, "length of time"));
        }
        if link == Link::Spread {
            return self.spread(low, &high, floor);
        }
        let between = link == Link::And;
        if high.rule == IN_DOUBT && low.measure == Measure::None {
            return self.range_in_doubt(low, &high, link, floor);
        }
        let low_value = low.value?;
        let high_value = high.value?;
        let mut low = low.clone();
        let mut bottom = low_value;
        let own = low.measure != Measure::None && !low.sign_before;
        if years(&low, &high) && (!self.is_plural(high.next) || low_value.compare(Number::whole(1900))?.is_ge()) {
            return Some(Step::Trap(high.next, "years"));
        }
        if link == Link::Dash && self.shares_thousands(&low, &high) {
            bottom = bottom.shifted(3)?;
        } else if let Some((lead, power)) = high.shared
            && !low.scaled
            && !own
            && low_value.compare(lead).is_some_and(std::cmp::Ordering::is_le)
        {
            bottom = bottom.shifted(power)?;
        }
        let same = fits(&low, &high, link);
        let rising = bottom.compare(high_value).is_some_and(std::cmp::Ordering::is_lt)
            || (low_value.is_negative() && high_value.is_negative());
        if !same || !rising || !self.is_range(&low, &high, link) {
            return None;
        }
        // `8- to 16-meter`, `18 to 24`: the unit stands at the end.
        if low.measure == Measure::None || low.sign_before && high.measure != Measure::None {
            let unit = high.measure.clone();
            low.measure = if unit == Measure::None { low.measure } else { unit };
        }
        let mut trapped =
            Term { measure: low.measure.clone(), next: high.next, bare: low.bare && high.bare, ..low.clone() };
        trapped.scaled = low.scaled || high.scaled;
        trapped.per.clone_from(&high.per);
        // `$2-3 a share`: the sign before the first end makes the second an amount too.
        if high.measure == Measure::None && trapped.measure != Measure::None && trapped.per.is_none() {
            self.add_rate(&mut trapped);
        }
        if let Some((trap, next)) = names::of_term(self, &trapped) {
            return Some(Step::Trap(next.max(high.next), trap));
        }
        if trapped.measure == Measure::None {
            self.age_without_unit(&mut trapped);
        }
        let falls = bottom.compare(high_value) == Some(std::cmp::Ordering::Greater);
        let amount = if falls { range_of(high_value, bottom) } else { range_of(bottom, high_value) };
        let first = if between { self.between(low.first)? } else { trapped.first };
        let rule = if between { "range between" } else { "range" };
        let mut draft = self.draft(&trapped, first, trapped.next, amount, rule, floor);
        if !between
            && draft.figure.bound == Bound::Exact
            && self.before(first).eq_ignore_ascii_case("from")
            && first > floor
        {
            draft.extent.0 = first - 1;
        }
        Some(Step::Draft(Box::new(draft)))
    }

    /// `5-6m`: a range whose letter may be a magnitude or a unit.
    fn range_in_doubt(&self, low: &Term, high: &Term, link: Link, floor: usize) -> Option<Step> {
        let between = link == Link::And;
        let one = link == Link::Or || !self.is_range(low, high, link) || (low.scaled && low.rule != IN_DOUBT);
        if one {
            return None;
        }
        let first = if between { self.between(low.first)? } else { low.first };
        let whole = Term { next: high.next, ..low.clone() };
        Some(Step::Draft(Box::new(self.draft(&whole, first, high.next, Amount::Unknown, IN_DOUBT, floor))))
    }

    /// `125.3 ± 0.4 GeV`: from as far below to as far above.
    fn spread(&self, middle: &Term, spread: &Term, floor: usize) -> Option<Step> {
        if !fits(middle, spread, Link::Spread) {
            return None;
        }
        let (value, by) = (middle.value?, spread.value?);
        let (low, high) = (value.plus(by.negated())?, value.plus(by)?);
        let measure = if middle.measure == Measure::None { spread.measure.clone() } else { middle.measure.clone() };
        let whole = Term { measure, next: spread.next, per: spread.per.clone(), bare: false, ..middle.clone() };
        let amount = range_of(low, high);
        Some(Step::Draft(Box::new(self.draft(&whole, whole.first, whole.next, amount, "range", floor))))
    }

    /// `3-4,000 refugees` are three to four thousand.
    fn shares_thousands(&self, low: &Term, high: &Term) -> bool {
        let thousands = self.word(high.number).strip_suffix(",000").and_then(|thousands| thousands.parse::<i64>().ok());
        let small = low.value.and_then(Number::to_whole);
        let below = small.zip(thousands).is_some_and(|(small, thousands)| (1..thousands).contains(&small));
        low.bare && high.digits && !high.scaled && below
    }

    /// How a second number is tied to `low`: where it begins, and by what.
    fn link(&self, low: &Term) -> Option<(usize, Link)> {
        let next = low.next;
        let gap = self.gap(next);
        if gap == Gap::Break {
            return None;
        }
        if let Some((start, ())) = self.lexicon.spreads.forward(self.pieces, next) {
            return Some((start, Link::Spread));
        }
        let word = self.word(next);
        // `8- to 16-meter`, `18-to-24-year-olds`.
        if self.is_hyphen(next) && matches!(self.word(next + 1), "to" | "or") {
            let tight = self.gap(next + 1) == Gap::None && self.is_hyphen(next + 2);
            let link = if self.word(next + 1) == "or" { Link::Or } else { Link::To };
            return Some((next + 2 + usize::from(tight), link));
        }
        if self.is_dash(next) && gap == self.gap(next + 1) {
            // `4-under 68`, `7-Eleven`.
            let piece = self.pieces.get(next + 1)?;
            let word = gap == Gap::None && self.word(next + 1).starts_with(char::is_alphabetic);
            let name = word && low.digits && self.word(next + 1).starts_with(char::is_uppercase);
            let sign = self.lexicon.currency_signs.forward(self.pieces, next + 1).is_some();
            let number = piece.begins == Start::Number || piece.atom.role == Role::Article;
            return (!word || (number && !name) || sign).then_some((next + 1, Link::Dash));
        }
        if gap != Gap::Blank {
            return None;
        }
        match word {
            "to" | "through" | "till" => Some((next + 1, Link::To)),
            "or" => Some((next + 1, Link::Or)),
            "and" => self.between(low.first).map(|_| (next + 1, Link::And)),
            _ => None,
        }
    }

    /// The piece of `between` before `first`, over an approximator at most.
    pub(super) fn between(&self, first: usize) -> Option<usize> {
        let mut at = first;
        for _ in 0..3 {
            if at == 0 || self.gap(at) == Gap::Break {
                return None;
            }
            at -= 1;
            if self.word(at).eq_ignore_ascii_case("between") {
                return Some(at);
            }
            self.lexicon.bounds_before.backward(self.pieces, at + 1)?;
        }
        None
    }

    /// The term whose sign or number stands at `at`.
    pub(super) fn term_behind(&self, at: usize) -> Option<Term> {
        let mut place = at;
        if self.lexicon.bounds_before.backward(self.pieces, at + 1).is_some_and(|(start, _)| start == at)
            && self.pieces.get(at)?.begins == Start::None
        {
            place += 1;
        }
        for _ in 0..4 {
            let piece = self.pieces.get(place)?;
            if piece.gap == Gap::Break {
                return None;
            }
            if piece.begins == Start::Number {
                return self.term(place).filter(|term| term.first <= at.max(term.number) && term.kind != Kind::Ordinal);
            }
            let word = self.word(place);
            let article = piece.atom.role == Role::Article || piece.atom.role == Role::Minus;
            let sign = self.lexicon.currency_signs.forward(self.pieces, place).is_some()
                || matches!(word, "-" | "\u{2212}" | "+" | "$");
            if !article && !sign {
                return None;
            }
            place += 1;
        }
        None
    }

    /// `between a quarter and | a third`: an ordinal behind an article, where a share stands before.
    fn share_behind(&self, at: usize) -> Option<Term> {
        let term = self.term(at + 1).filter(|term| term.kind == Kind::Ordinal && !term.digits)?;
        if !self.cues_after(at).has(Cue::Article) || term.value?.to_whole()? < 3 {
            return None;
        }
        let value = Number::whole(1).over(term.value?);
        Some(Term { kind: Kind::Fraction, first: at, value, rule: "fraction", ..term })
    }

    /// Whether a sentence or line ends between the pieces `from` and `to`.
    fn breaks(&self, from: usize, to: usize) -> bool {
        (from..=to).any(|at| self.gap(at) == Gap::Break)
    }

    /// Whether two numbers tied by `link` are one amount, and not a change or two.
    fn is_range(&self, low: &Term, high: &Term, link: Link) -> bool {
        match link {
            Link::And | Link::Spread => true,
            Link::Dash => {
                !self.is_dash(high.next)
                    || self.gap(high.next) != Gap::None
                    || high.digits != low.digits
                    || self.word(high.next + 1).starts_with(char::is_alphabetic)
            }
            Link::Or => {
                let near = low.value.zip(high.value).is_some_and(|(low, high)| {
                    low.times(Number::whole(2))
                        .and_then(|double| high.compare(double))
                        .is_some_and(std::cmp::Ordering::is_le)
                });
                near && low.measure == Measure::None
            }
            Link::To => {
                let from = self.before(low.first).eq_ignore_ascii_case("from");
                // `rose by 25 percent in a year, from 2.18 percent to 2.72 percent`.
                let said = from && low.first > 1 && self.before(low.first - 1) == ",";
                if said && self.cue_within(low.first, CLAUSE, Cue::Change) {
                    return false;
                }
                if from || self.cue_within(low.first, 3, Cue::Range) {
                    // `rose from 2.1 to 2.8 percent, and its debt from 1.2 to 1.6`.
                    let told = self.changed.get();
                    if from && told < low.first && told + CLAUSE / 2 > low.first && !self.breaks(told, low.first) {
                        return false;
                    }
                    let change = from && !self.cue_within(low.first, 5, Cue::Range);
                    if change && self.cue_within(low.first, 8, Cue::Change) {
                        self.changed.set(high.next);
                    }
                    return self.cue_within(low.first, 5, Cue::Range) || !self.cue_within(low.first, 8, Cue::Change);
                }
                let whole = low.measure != Measure::None
                    || low.scaled
                    || (high.measure == Measure::None && low.scaled == high.scaled);
                !(whole && self.cue_within(low.first, 5, Cue::Change))
            }
        }
    }
}
