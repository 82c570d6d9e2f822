//! The scanner: one pass over the pieces, a figure at each number that is one.

use super::counts;
use super::lexicon::{Cue, Lexicon};
use super::pieces::{Pieces, Start};
use super::term::{Fellow, Measure, Term, View};
use super::{names, ordinals, traps};
use crate::document::{Amount, Bound, Figure, Name};
use crate::numeral::{Form, Gap, Kind, Number, Role};
use crate::text::Span;

/// What the scanner made of a number.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// The mark, or what was refused.
    pub(super) span: Span,
    pub(super) outcome: Outcome,
}

/// How many words before `a third` what it follows may be counted.
const COUNTED: usize = 25;

/// A mark with its rule, or the trap that caught it.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Figure { label: &'static str, figure: Box<Figure>, rule: &'static str },
    Trap(&'static str),
}

/// A figure before it is written: the pieces it covers and what it says.
pub(super) struct Draft {
    pub(super) first: usize,
    pub(super) next: usize,
    /// First piece and the one after the last of figure and approximator.
    pub(super) extent: (usize, usize),
    pub(super) label: &'static str,
    pub(super) figure: Figure,
    pub(super) rule: &'static str,
}

/// Finds all figures of the article that `pieces` cut, and what was refused.
pub(super) fn scan(lexicon: &Lexicon, pieces: &Pieces<'_>, out: &mut dyn FnMut(Finding)) {
    let view = View::new(lexicon, pieces);
    let mut at = 0;
    while at < pieces.len() {
        let floor = view.floor.get();
        let step = match pieces.list[at].begins {
            Start::None => {
                at += 1;
                continue;
            }
            Start::Number => view.number(at, floor),
            Start::Amount(vague) => view.amount_word(at, vague, floor),
        };
        match step {
            Step::Skip(next) => at = next.max(at + 1),
            Step::Trap(next, trap) => {
                let next = next.clamp(at + 1, pieces.len());
                let span = Span::new(pieces.list[at].start, pieces.list[next - 1].end);
                out(Finding { span, outcome: Outcome::Trap(trap) });
                at = next;
            }
            Step::Draft(draft) => {
                let next = draft.next.max(at + 1);
                view.floor.set(next);
                if let Some(finding) = view.finish(*draft) {
                    out(finding);
                }
                at = next;
            }
        }
    }
}

/// The numbers inside `span` with their signs, currencies and units, each as it would stand alone.
pub(super) fn terms(lexicon: &Lexicon, pieces: &Pieces<'_>, span: Span) -> Vec<Span> {
    let view = View::new(lexicon, pieces);
    let from = pieces.list.partition_point(|piece| piece.start < span.start());
    let mut terms: Vec<Span> = Vec::new();
    for at in from..pieces.len() {
        let piece = &pieces.list[at];
        if piece.start >= span.end() {
            break;
        }
        if piece.begins == Start::Number && terms.last().is_none_or(|last| last.end() <= piece.start) {
            let term = view.term(at).map(|term| (pieces.list[term.first].start, pieces.list[term.next - 1].end));
            terms.extend(
                term.map(|(start, end)| Span::new(start.max(span.start()), end)).filter(|term| span.contains(*term)),
            );
        }
    }
    terms
}

/// What a number came to.
pub(super) enum Step {
    /// Nothing; go on here.
    Skip(usize),
    /// A trap; go on here.
    Trap(usize, &'static str),
    /// A figure.
    Draft(Box<Draft>),
}

impl View<'_> {
    pub(super) fn number(&self, at: usize, floor: usize) -> Step {
        let Some(term) = self.term(at).filter(|term| term.first >= floor || term.number >= floor) else {
            return Step::Skip(at + 1);
        };
        // `the #2 browser`: a rank before the sign makes an identifier of the number.
        if let Some(step) = self.rank(&term, floor) {
            return step;
        }
        if let Some(step) = self.odds(&term, floor) {
            return step;
        }
        if let Some((trap, next)) = traps::before_reading(self, &term) {
            return Step::Trap(next, trap);
        }
        if term.kind == Kind::Ordinal {
            return self.ordinal(&term, floor);
        }
        if term.kind == Kind::Fraction
            && let Some(step) = self.ordinal_left_alone(&term)
        {
            return step;
        }
        if let Some(step) = self.ratio(&term, floor) {
            return step;
        }
        if let Some(step) = self.share(&term, floor) {
            return step;
        }
        if let Some(step) = self.range(&term, floor) {
            return step;
        }
        if let Some(step) = self.decade(&term).or_else(|| self.side_of_age(&term)) {
            return step;
        }
        if term.measure == Measure::Time {
            return Step::Trap(term.next, "length of time");
        }
        if let Some((trap, next)) = names::of_term(self, &term) {
            return Step::Trap(next, trap);
        }
        let term = self.with_unit_behind(term);
        let term = self.with_left_out_unit(term);
        self.single(term, floor)
    }

    /// A figure of one term.
    pub(super) fn single(&self, mut term: Term, floor: usize) -> Step {
        if term.measure == Measure::None {
            self.age_without_unit(&mut term);
            self.magnitude_of_quake(&mut term);
            self.heat_without_unit(&mut term);
            self.points_of_poll(&mut term);
        }
        if term.measure == Measure::None && self.is_fold(term.next) {
            term.next += 2;
            term.rule = "multiple";
        } else if self.is_times_sign(&term) {
            (term.next, term.rule) = (term.next + 1, "multiple");
        }
        // What is left of `a quarter` here is a share, and no season.
        if term.kind == Kind::Fraction && !term.digits && term.rule == "number" {
            term.rule = "fraction";
        }
        let amount = amount(term.value);
        Step::Draft(Box::new(self.draft(&term, term.first, term.next, amount, term.rule, floor)))
    }

    /// `18-fold`.
    pub(super) fn is_fold(&self, next: usize) -> bool {
        self.is_hyphen(next) && self.gap(next + 1) == Gap::None && self.word(next + 1) == "fold"
    }

    /// `2.5x sales`: a sign of multiplication glued to the number.
    pub(super) fn is_times_sign(&self, term: &Term) -> bool {
        let next = term.next;
        let ends = self.gap(next + 1) != Gap::None || !self.word(next + 1).starts_with(char::is_alphanumeric);
        let sign = matches!(self.word(next), "x" | "\u{d7}") && self.gap(next) == Gap::None;
        // A `777x` is a model.
        let plain = term.measure == Measure::None && !term.scaled && !self.cues(term.number).has(Cue::Model);
        term.digits && plain && sign && ends
    }

    /// The figure of `term` with its bound and extent, from piece `first` to `next`.
    pub(super) fn draft(
        &self,
        term: &Term,
        first: usize,
        next: usize,
        amount: Amount,
        rule: &'static str,
        floor: usize,
    ) -> Draft {
        let (label, unit, own_per) = match &term.measure {
            Measure::None | Measure::Time => ("CARDINAL", None, None),
            Measure::Percent(name) => ("PERCENT", Some(name.clone()), None),
            Measure::Money(code) => ("MONEY", code.clone(), None),
            Measure::Unit(name, per) => ("QUANTITY", Some(name.clone()), per.clone()),
            Measure::Age(name) => ("QUANTITY", Some(name.clone()), None),
        };
        // `140 million kroner ($13 million)`: what stands in brackets is said aside.
        if first == 0 || self.word(first - 1) != "(" {
            *self.last.borrow_mut() =
                Some(Fellow { first, next, measure: term.measure.clone(), per: term.per.clone() });
        }
        let (bound, extent) = self.bound(first, next, floor);
        let figure = Figure { amount, bound, unit, per: own_per.or_else(|| term.per.clone()), ..Figure::default() };
        Draft { first, next, extent, label, figure, rule }
    }

    /// The bound that stands before or behind the pieces `first..next`, and the extent with it.
    pub(super) fn bound(&self, first: usize, next: usize, floor: usize) -> (Bound, (usize, usize)) {
        let behind = self.bound_behind(next);
        let mut end = first;
        // `at least another 50`, `more than a further 20`.
        if end > floor && self.gap(end) == Gap::Blank && self.word(end - 1).eq_ignore_ascii_case("another") {
            end -= 1;
        }
        // `up to a $250,000 fine`.
        let article =
            end > floor && self.gap(end) == Gap::Blank && self.pieces.list[end - 1].atom.role == Role::Article;
        if article && self.lexicon.bounds_before.backward(self.pieces, end - 1).is_some_and(|(start, _)| start >= floor)
        {
            end -= 1;
        }
        if end > floor
            && self.gap(end) != Gap::Break
            && let Some((start, bound)) = self.lexicon.bounds_before.backward(self.pieces, end)
            && start >= floor
            && (start == 0 || self.gap(start) != Gap::None || !self.word(start - 1).ends_with(char::is_alphanumeric))
            // `a 4-under 68`.
            && !(start > 1
                && self.gap(start) == Gap::None
                && self.is_hyphen(start - 1)
                && self.pieces.list[start - 2].begins == Start::Number)
            && self.bounds(start, end, *bound)
        {
            return (*bound, (start, behind.map_or(next, |(place, _)| place)));
        }
        match behind {
            Some((place, bound)) => (bound, (first, place)),
            None => (Bound::Exact, (first, next)),
        }
    }

    /// Whether the approximator `start..end` speaks of the number behind it.
    pub(super) fn bounds(&self, start: usize, end: usize, bound: Bound) -> bool {
        let word = self.word(start);
        // `told about 14 people`, `brought up to 5 people` do; `the year before some 5` too: only `over` and
        // `under` of place and time do not, behind a noun of position.
        if word.eq_ignore_ascii_case("top") {
            // `cases top 1,200`, not `the top 10`.
            return start > 0
                && self.gap(start) == Gap::Blank
                && self.is_plural(start - 1)
                && self.word(start) == "top";
        }
        // `the wage will go up | to $17`.
        if bound == Bound::AtMost && end == start + 2 && self.cues_before(start).has(Cue::Motion) {
            return false;
        }
        // `a dispute over 3,000 jobs`, `a film about two brothers`, `flats above two shops`.
        let large = bound == Bound::About
            && self.word(end).len() > 2
            && self.word(end).starts_with(|c: char| c.is_ascii_digit());
        if start + 1 == end && !large && governor(word).is_some_and(|cue| self.cues_before(start).has(cue)) {
            return false;
        }
        // `under one roof`.
        let one = self.pieces.get(end).map(|piece| piece.atom);
        if word.eq_ignore_ascii_case("under") && one.is_some_and(|one| (one.role, one.value) == (Role::Unit, 1)) {
            return self.is_hyphen(end + 1) || self.lexicon.unit_words.forward(self.pieces, end + 1).is_some();
        }
        if start + 1 == end && bound == Bound::MoreThan && word.eq_ignore_ascii_case("beyond") {
            return self.pieces.list[end..].iter().take(1).all(|piece| piece.begins != Start::None);
        }
        true
    }

    /// `60-plus`, `50 or more`, `30-odd`, `1000 +`.
    pub(super) fn bound_behind(&self, next: usize) -> Option<(usize, Bound)> {
        let place = match self.gap(next) {
            Gap::Break => return None,
            Gap::None if self.is_hyphen(next) && self.gap(next + 1) == Gap::None => next + 1,
            Gap::None | Gap::Blank => next,
        };
        let (end, bound) = self.lexicon.bounds_after.forward(self.pieces, place)?;
        let glued = self.gap(next) == Gap::None;
        let word = self.word(place);
        let fits = match word {
            // `50 plus points`; `5 plus 3` are a sum.
            "plus" if !glued => self.gap(end) == Gap::Blank && self.is_plural(end),
            "plus" | "odd" | "ish" => glued && place > next,
            "+" => !self.word(end).starts_with(|c: char| c.is_ascii_digit()) || self.gap(end) != Gap::None,
            _ => !glued,
        };
        let ends = self.gap(end) != Gap::None || !self.word(end).starts_with(char::is_alphanumeric);
        // `at 465 degrees and under more than 90 times`.
        // `ten or so more` bounds ten, `ten or more than that` does not.
        let compared = !matches!(self.word(end), "more" | "fewer" | "less") || self.after(end + 1) == "than";
        // `$100-plus a barrel`.
        let rate = self.cues(end).has(Cue::Article) && self.cues_after(end + 1).has(Cue::Rate);
        let more = self.gap(end) == Gap::Blank && self.cues(end).has(Cue::Tail) && compared && !rate;
        // `above 1000 and below 1500`: what stands before the next number bounds that one.
        let other = self.gap(end) == Gap::Blank && self.pieces.get(end).is_some_and(|p| p.begins == Start::Number);
        // `one in ten and more than half`: the same.
        let than = self.gap(end) == Gap::Blank && self.word(end) == "than";
        let ends = ends && !more && !other && !than;
        (fits && ends).then_some((end, *bound))
    }

    /// An ordinal, unless it is part of a name or a date.
    pub(super) fn ordinal(&self, term: &Term, floor: usize) -> Step {
        if let Some((trap, next)) = ordinals::of_ordinal(self, term) {
            return Step::Trap(next, trap);
        }
        // `the upper third is ice`.
        if self.cues_before(term.first).has(Cue::ThirdBefore)
            && term.value.and_then(Number::to_whole).is_some_and(|value| value > 2)
            && self.ends_share(term.next)
        {
            let share = term.value.and_then(|value| Number::whole(1).over(value));
            return self.single(Term { kind: Kind::Fraction, value: share, rule: "fraction", ..term.clone() }, 0);
        }
        // `a third of`, `a fifth in favour` are shares where no noun follows; `a third to a half` are two ends.
        if self.cues_before(term.first).has(Cue::Article)
            && term.value.and_then(Number::to_whole).is_some_and(|value| value > 2)
            && !term.digits
        {
            let share = term.value.and_then(|value| Number::whole(1).over(value));
            let mut fraction = Term { kind: Kind::Fraction, value: share, first: term.first - 1, ..term.clone() };
            fraction.rule = "fraction";
            if self.is_share_link(term.next)
                && let Some(step) = self.range(&fraction, floor)
            {
                return step;
            }
            if self.ends_share(term.next) {
                return self.ordinal_left_alone(term).unwrap_or_else(|| self.single(fraction, 0));
            }
        }
        let figure = Figure { amount: amount(term.value), ..Figure::default() };
        let (first, next) = (term.first, term.next);
        Step::Draft(Box::new(Draft { first, next, extent: (first, next), label: "ORDINAL", figure, rule: "ordinal" }))
    }

    /// `two men were held and a third | was shot`: whether one less than `rank` is counted before `first` in the
    /// same sentence.
    fn follows_count(&self, first: usize, rank: i64) -> bool {
        let mut before = (0..first).rev().take(COUNTED).take_while(|at| self.gap(at + 1) != Gap::Break);
        before.any(|at| {
            let atom = self.pieces.list[at].atom;
            let digits = || atom.role == Role::Digits && self.word(at).parse() == Ok(rank - 1);
            let word = atom.role == Role::Unit && i64::from(atom.value) == rank - 1;
            (word || digits()) && self.gap(at + 1) == Gap::Blank && self.word(at + 1) != "percent"
        })
    }

    /// `two came and a third.`: an ordinal whose noun is left out, read as a share.
    fn ordinal_left_alone(&self, term: &Term) -> Option<Step> {
        let last = term.next - 1;
        let atom = self.pieces.list[last].atom;
        let article =
            last > 0 && self.cues(last - 1).has(Cue::Article) && (term.first == last || term.first == last - 1);
        let rank = (atom.role == Role::Unit && atom.form == Form::Ordinal).then_some(i64::from(atom.value));
        // `nearly a third of it` is a share, whatever was counted before.
        let share = self.after(term.next).eq_ignore_ascii_case("of")
            || self.lexicon.bounds_before.backward(self.pieces, last.saturating_sub(1)).is_some();
        let rank = rank.filter(|rank| article && *rank > 2 && !share && self.follows_count(last, *rank))?;
        let figure = Figure { amount: Amount::Exact(rank.into()), ..Figure::default() };
        let extent = (last, term.next);
        let draft = Draft { first: last, next: term.next, extent, label: "ORDINAL", figure, rule: "ordinal" };
        Some(Step::Draft(Box::new(draft)))
    }

    /// Whether `to a half` or `and a half` follows at `next`: the second end of a range of shares.
    fn is_share_link(&self, next: usize) -> bool {
        matches!(self.after(next), "to" | "and") && self.cues_after(next + 1).has(Cue::Article)
    }

    /// `No. 3 in the ranking`, `the #2 browser`, `world number one`.
    fn rank(&self, term: &Term, floor: usize) -> Option<Step> {
        if !self.cues_before(term.first).has(Cue::Number)
            || term.measure != Measure::None
            || term.kind != Kind::Cardinal
            || term.next != term.first + 1
        {
            return None;
        }
        // `No one in the audience`.
        if !term.digits && self.word(term.first - 1).eq_ignore_ascii_case("no") {
            return None;
        }
        let first = term.first - 1 - usize::from(self.word(term.first - 1) == "." && term.first > 1);
        let next = term.next;
        let before = self.cues_before(first).has(Cue::RankBefore);
        let behind = self.gap(next) == Gap::Blank && self.cues(next).has(Cue::RankNext);
        let named = self.gap(next) == Gap::Blank && self.cues(next).has(Cue::Name);
        if first < floor || named || !(before || behind) {
            return None;
        }
        let figure = Figure { amount: amount(term.value), ..Figure::default() };
        Some(Step::Draft(Box::new(Draft {
            first,
            next,
            extent: (first, next),
            label: "ORDINAL",
            figure,
            rule: "rank",
        })))
    }

    /// Whether no noun follows at `next`, so that `a third` before it is a share.
    pub(super) fn ends_share(&self, next: usize) -> bool {
        self.gap(next) == Gap::Break
            || self.cues(next).has(Cue::Share)
            || (!self.word(next).starts_with(char::is_alphanumeric) && !self.is_dash(next))
    }

    /// What a rate is per whose noun stands between: `passengers | a day`.
    fn parted_rate(&self, at: usize) -> Option<Name> {
        if self.gap(at) != Gap::Blank || self.gap(at + 1) != Gap::Blank {
            return None;
        }
        // `12 cases | per 100,000`.
        if self.word(at) == "per" && self.is_round(at + 1) {
            return Some(self.round_name(at + 1));
        }
        let per = self.word(at) == "per" && self.word(at + 1).starts_with(char::is_alphabetic);
        let article = self.cues(at).has(Cue::Article) && self.is_time(at + 1) && self.cues(at + 1).has(Cue::Rate);
        let (end, name) = (per || article).then(|| self.rate_name(at + 1))?;
        // `people | an hour and a half away`.
        let longer = self.after(end) == "and" && self.cues(end + 1).has(Cue::Article);
        (per || !(longer || self.cues_after(end).has(Cue::Then))).then_some(name)
    }

    /// The mark of a draft: it must begin and end at edges of tokens.
    pub(super) fn finish(&self, mut draft: Draft) -> Option<Finding> {
        let (first, last) = (self.pieces.get(draft.first)?, self.pieces.get(draft.next.checked_sub(1)?)?);
        let span = Span::new(first.start, last.end);
        if !first.edges.0 || !last.edges.1 {
            return Some(Finding { span, outcome: Outcome::Trap("inside a token") });
        }
        let wide = (self.pieces.get(draft.extent.0)?, self.pieces.get(draft.extent.1.checked_sub(1)?)?);
        let extent = Span::new(wide.0.start, wide.1.end);
        if extent != span && wide.0.edges.0 && wide.1.edges.1 {
            draft.figure.extent = Some(extent);
        }
        if let Some((counts, behind)) = counts::counted(self, &draft) {
            draft.figure.counts = Some(counts);
            // `45,000 passengers a day`, `6g of salt a day`.
            if matches!(draft.label, "CARDINAL" | "QUANTITY") && draft.figure.per.is_none() {
                draft.figure.per = self.parted_rate(behind);
            }
        }
        let Draft { label, figure, rule, .. } = draft;
        Some(Finding { span, outcome: Outcome::Figure { label, figure: Box::new(figure), rule } })
    }
}

/// What words tell before which the preposition `word` bounds nothing.
fn governor(word: &str) -> Option<Cue> {
    let is = |own: &str| word.eq_ignore_ascii_case(own);
    if is("over") {
        Some(Cue::GovernsOver)
    } else if is("about") {
        Some(Cue::GovernsAbout)
    } else {
        ["above", "around", "below", "under"].into_iter().any(is).then_some(Cue::GovernsPlace)
    }
}

/// The amount of a number: exact, a fraction without an end, or unknown.
pub(super) fn amount(value: Option<Number>) -> Amount {
    let Some(value) = value else { return Amount::Unknown };
    match (value.to_decimal(), value.to_fraction()) {
        (Some(decimal), _) => Amount::Exact(decimal),
        (None, Some((above, below))) => Amount::Fraction(above, below),
        (None, None) => Amount::Unknown,
    }
}
