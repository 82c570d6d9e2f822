//! Words that are amounts, ages and tens: dozens, twice, `in her early 40s`, `aged 7`.

use super::lexicon::{AmountKind, AmountWord, Cue, Cues, UnitKind, Vague};
use super::pieces::Start;
use super::scan::{Draft, Step};
use super::term::{Fellow, Measure, Term, View};
use crate::document::{Amount, Figure, Name};
use crate::numeral::{Form, Gap, Kind, Number, Role};
use std::cmp::Ordering::Less;

/// The words that say which part of a decade is meant.
const PARTS: [Cue; 3] = [Cue::PartLow, Cue::PartMid, Cue::PartHigh];

/// How far from points of a poll its percentage may stand.
const POLL_REACH: usize = 30;

/// How many words before `the mid-80s` heat may be spoken of.
const HEAT_REACH: usize = 8;

/// The first and the last year of a decade that `early`, `mid` or `late` leave.
fn side_of_decade(side: Cues) -> (i64, i64) {
    if side.has(Cue::PartLow) {
        (0, 3)
    } else if side.has(Cue::PartMid) {
        (4, 6)
    } else if side.has(Cue::PartHigh) {
        (7, 9)
    } else {
        (0, 9)
    }
}

impl View<'_> {
    /// `in his early 40s`, `low 20s`; `the 1990s` are the date layer's.
    pub(super) fn decade(&self, term: &Term) -> Option<Step> {
        if let Some(step) = self.somethings(term) {
            return Some(step);
        }
        let glued = self.gap(term.next) == Gap::None;
        let apostrophe = usize::from(matches!(self.word(term.next), "'" | "\u{2019}"));
        let plural = glued && matches!(self.word(term.next + apostrophe), "s" | "S") && term.digits && term.bare;
        if !plural {
            return None;
        }
        let next = term.next + apostrophe + 1;
        let tens = term.value?.to_whole()?;
        let (first, side) = self.side(term.first);
        let part = first < term.first;
        let owner = first.checked_sub(1);
        let own = owner.is_some_and(|at| self.cues(at).has(Cue::Owner));
        // `free for over-65s`.
        let hyphen = usize::from(self.gap(term.first) == Gap::None && term.first > 0 && self.is_hyphen(term.first - 1));
        if let Some((start, bound)) = self.lexicon.bounds_before.backward(self.pieces, term.first - hyphen)
            && start + 1 + hyphen == term.first
            && (2..=120).contains(&tens)
            && (hyphen == 1 || tens % 10 != 0)
        {
            let figure = Figure {
                amount: Amount::Exact(tens.into()),
                bound: *bound,
                unit: Some(Name::Fixed("year")),
                ..Figure::default()
            };
            // `over-65s` may be one token, and is then marked whole.
            let first = if self.pieces.list[term.first].edges.0 { term.first } else { start };
            let extent = (start, next);
            return Some(Step::Draft(Box::new(Draft { first, next, extent, label: "QUANTITY", figure, rule: "age" })));
        }
        let heat = !own && self.cue_within(first, HEAT_REACH, Cue::Heat);
        let said = own || heat || (part && !side.has(Cue::PartTime));
        if !(10..100).contains(&tens) || tens % 10 != 0 || !said {
            return Some(Step::Trap(next, "decade"));
        }
        let (from, to) = side_of_decade(side);
        let amount = Amount::Range(Some((tens + from).into()), Some((tens + to).into()));
        Some(Step::Draft(Box::new(self.tens(first, next, amount, own, heat))))
    }

    /// A decade of a life, of degrees of heat, or of what is not said.
    fn tens(&self, first: usize, next: usize, amount: Amount, own: bool, heat: bool) -> Draft {
        let degrees = || self.scale().cloned().unwrap_or(Name::Fixed("deg"));
        let unit = if own { Some(Name::Fixed("year")) } else { heat.then(degrees) };
        let label = if unit.is_some() { "QUANTITY" } else { "CARDINAL" };
        let figure = Figure { amount, unit, ..Figure::default() };
        Draft { first, next, extent: (first, next), label, figure, rule: "tens" }
    }

    /// `the under-21 side`: an age over a hyphen.
    pub(super) fn side_of_age(&self, term: &Term) -> Option<Step> {
        let hyphen = term.first > 1 && self.gap(term.first) == Gap::None && self.is_hyphen(term.first - 1);
        if !hyphen || !term.bare || self.gap(term.first - 1) != Gap::None || term.measure != Measure::None {
            return None;
        }
        let tens = term.value?.to_whole().filter(|tens| (5..=100).contains(tens))?;
        let own = self.word(term.first - 2);
        let limit = own.eq_ignore_ascii_case("under") || own.eq_ignore_ascii_case("over");
        let noun = self.gap(term.next) == Gap::Blank && self.word(term.next).starts_with(char::is_alphabetic);
        if !limit || !noun || self.cues(term.next).has(Cue::Stop) {
            return None;
        }
        let (start, bound) = self.lexicon.bounds_before.backward(self.pieces, term.first - 1)?;
        let (amount, unit) = (Amount::Exact(tens.into()), Some(Name::Fixed("year")));
        let figure = Figure { amount, bound: *bound, unit, ..Figure::default() };
        let first = if self.pieces.list[term.first].edges.0 { term.first } else { start };
        let extent = (start, term.next);
        Some(Step::Draft(Box::new(Draft { first, next: term.next, extent, label: "QUANTITY", figure, rule: "age" })))
    }

    /// `20-somethings`, `a thirty-something`: people in a decade of life.
    fn somethings(&self, term: &Term) -> Option<Step> {
        let (next, tens) = (term.next, term.value?.to_whole()?);
        let tight = self.is_hyphen(next) && self.gap(next) == Gap::None && self.gap(next + 1) == Gap::None;
        let word = self.word(next + 1);
        let said = word.eq_ignore_ascii_case("something") || word.eq_ignore_ascii_case("somethings");
        if !tight || !said || !(20..100).contains(&tens) || tens % 10 != 0 || term.measure != Measure::None {
            return None;
        }
        let amount = Amount::Range(Some(tens.into()), Some((tens + 9).into()));
        let figure = Figure { amount, unit: Some(Name::Fixed("year")), ..Figure::default() };
        let (first, next) = (term.first, next + 2);
        let extent = (first, next);
        Some(Step::Draft(Box::new(Draft { first, next, extent, label: "QUANTITY", figure, rule: "tens" })))
    }

    /// Which part of a decade the word before `at` says, over a hyphen at most, and where it begins.
    fn side(&self, at: usize) -> (usize, Cues) {
        let hyphen = usize::from(at > 0 && self.gap(at) == Gap::None && self.is_hyphen(at - 1));
        let side = self.cues_before(at - hyphen);
        if side.any(&PARTS) { (at - hyphen - 1, side) } else { (at, Cues::default()) }
    }

    /// `aged 7`, `age of 40`, `Lindqvist, 54,`, `when she was six`.
    pub(super) fn age_without_unit(&self, term: &mut Term) {
        let young = term.value.and_then(Number::to_whole).is_some_and(|value| (0..=120).contains(&value));
        if !young || term.scaled {
            return;
        }
        let before = self.before(term.first);
        let second = if term.first > 0 { self.cues_before(term.first - 1) } else { Cues::default() };
        let mut said = self.cues_before(term.first).has(Cue::Aged)
            || (matches!(before, "of" | "between" | "from") && second.has(Cue::Aged));
        said |= self.cues_before(term.first).has(Cue::Turned) && self.cues_after(term.next).has(Cue::TurnedWhen);
        // `aged 34 and 41`, `voters over 65`, `children under five`.
        said |= self.follows_an_age(term) || self.bounds_an_age(term);
        // `the 18–24 age group`.
        said |= self.cues_after(term.next).has(Cue::Aged) && self.cues_after(term.next + 1).has(Cue::AgeBand);
        said |= self.is_of_eldest(term) || self.is_told_of_life(term);
        // `the child, now seven,`, `both 17,`.
        said |= matches!(before, "now" | "both")
            && term.first > 1
            && self.word(term.first - 2) == ","
            && self.gap(term.first - 1) == Gap::Blank
            && self.word(term.next) == ","
            && self.gap(term.next) == Gap::None;
        // `the defendant, 43, …`, `a mother of two, 36, …`.
        said |= self.is_of_person(term);
        let name = |at: usize| {
            let word = self.word(at);
            let cues = self.cues(at);
            word.len() > 1
                && word.starts_with(char::is_uppercase)
                && word.chars().skip(1).any(char::is_lowercase)
                && !cues.has(Cue::Month)
                && !cues.has(Cue::Weekday)
                && !cues.has(Cue::Stop)
        };
        let closes = |at: usize| self.gap(at) == Gap::None && matches!(self.word(at), "," | "." | ";" | ")" | ":");
        if !said && term.bare && term.first > 1 && self.gap(term.first) == Gap::Blank && before == "," {
            said = self.gap(term.first - 1) == Gap::None
                && name(term.first - 2)
                && closes(term.next)
                && term.value.and_then(Number::to_whole) > Some(2);
        }
        if !said && term.bare && before == "(" && self.word(term.next) == ")" && term.first > 1 {
            said = self.gap(term.first - 1) == Gap::Blank
                && name(term.first - 2)
                && self.gap(term.first) == Gap::None
                && term.value.and_then(Number::to_whole) > Some(9);
        }
        if said {
            (term.measure, term.rule) = (Measure::Age(Name::Fixed("year")), "age");
            // `age 87`: the word belongs to the bare age.
        }
    }

    /// Whether `term` stands between commas behind a word for one person: `the defendant, | 43 |,`.
    fn is_of_person(&self, term: &Term) -> bool {
        let first = term.first;
        let comma = |at: usize| self.word(at) == "," && self.gap(at) == Gap::None;
        // `two men, 24 and 31, …`.
        let two = || {
            self.cues_after(term.next).has(Cue::ListLink)
                && self.pieces.get(term.next + 1).is_some_and(|piece| piece.begins == Start::Number)
                && comma(term.next + 2)
        };
        if !term.bare || first < 2 || !comma(first - 1) || self.gap(first) != Gap::Blank || !(comma(term.next) || two())
        {
            return false;
        }
        let value = term.value.and_then(Number::to_whole);
        value.is_some_and(|value| value > 2) && self.cues(first - 2).has(Cue::Person)
    }

    /// `the oldest, at 91, …`, `she, who at 66 will retire`, `At 45, she …`.
    fn is_of_eldest(&self, term: &Term) -> bool {
        let (first, next) = (term.first, term.next);
        let years = term.value.and_then(Number::to_whole);
        if !term.bare || first == 0 || !self.before(first).eq_ignore_ascii_case("at") || years < Some(3) {
            return false;
        }
        // `At 45, she is the oldest.`
        let opens = self.gap(first - 1) == Gap::Break && matches!(self.after(next + 1), "he" | "she");
        if self.gap(first - 1) == Gap::Break && matches!(self.after(next), "he" | "she") {
            return true;
        }
        let eldest = first > 2
            && self.word(first - 2) == ","
            && matches!(self.word(first - 3), "oldest" | "youngest" | "eldest");
        let who = self.before(first - 1) == "who" && self.gap(next) == Gap::Blank && self.cues(next).has(Cue::Stop);
        ((eldest || opens) && self.word(next) == ",") || who
    }

    /// `He was 78; his wife …`, `she left school at 14`.
    fn is_told_of_life(&self, term: &Term) -> bool {
        let (first, next) = (term.first, term.next);
        let before = self.before(first);
        let turns = matches!(before, "turn" | "turned" | "turning" | "turns");
        if first < 2
            || (term.digits && !term.bare)
            || !(turns || before == "at" || self.cues_before(first).has(Cue::Turned))
        {
            return false;
        }
        let years = term.value.and_then(Number::to_whole).filter(|years| (3..111).contains(years));
        if years.is_none() {
            return false;
        }
        let stops = self.gap(next) == Gap::Break || matches!(self.word(next), "." | ";" | "," | "!" | "?" | ")");
        let pronoun = |at: usize| matches!(self.word(at), "he" | "He" | "she" | "She");
        if stops && self.cues_before(first).has(Cue::Turned) && self.gap(first - 1) != Gap::Break && pronoun(first - 2)
        {
            return true;
        }
        // `who turns 21 next month`.
        let counted = self.gap(next) == Gap::Blank && self.is_plural(next);
        if turns && !counted && !self.is_hyphen(next) {
            return true;
        }
        // `the oldest of whom was 86`.
        if stops && self.cues_before(first).has(Cue::Turned) && self.cue_within(first - 1, 5, Cue::Eldest) {
            return true;
        }
        let ends = stops || self.cues(next).has(Cue::Stop) || matches!(self.word(next), "and" | "after");
        // `died on Sunday at 91`.
        let late = years > Some(24) && self.cue_within(first - 1, 8, Cue::Died);
        before == "at" && ends && (late || self.cue_within(first - 1, 2, Cue::LifeEvent))
    }

    /// Whether `term` goes on a list of ages: `aged 34 | and 41`.
    fn follows_an_age(&self, term: &Term) -> bool {
        let last = self.last.borrow();
        let Some(Fellow { next, measure: Measure::Age(_), .. }) = &*last else { return false };
        next + 1 == term.first && self.cues_before(term.first).has(Cue::ListLink) && self.ends_clause(term.next)
    }

    /// Whether `over` or `under` before `term` speaks of the age of people: `voters over 65`.
    fn bounds_an_age(&self, term: &Term) -> bool {
        let Some((start, _)) = self.lexicon.bounds_before.backward(self.pieces, term.first) else { return false };
        let counts = self.is_plural(term.next) || self.is_plural(term.next + 1);
        // `six of the victims were under 18`.
        let spoken = || self.cues_before(start).has(Cue::Be) && self.cue_within(start, 4, Cue::People);
        let people = self.cues_before(start).has(Cue::People) || (spoken() && self.ends_clause(term.next));
        start + 1 == term.first && people && (!counts || self.ends_clause(term.next))
    }

    /// Whether what stands at `next` is no noun that a number before it counts.
    pub(super) fn ends_clause(&self, next: usize) -> bool {
        self.gap(next) == Gap::Break
            || !self.word(next).starts_with(|c: char| c.is_alphanumeric() || c == '-')
            || self.cues(next).has(Cue::Stop)
    }

    /// `at 26%, two points | ahead`: points of percent, where a sentence of a poll has a percentage.
    pub(super) fn points_of_poll(&self, term: &mut Term) {
        let next = term.next;
        // `a two-point lead`.
        let hyphen =
            usize::from(self.is_hyphen(next) && self.gap(next) == Gap::None && self.gap(next + 1) == Gap::None);
        let next = next + hyphen;
        let gap = if hyphen == 1 { Gap::None } else { Gap::Blank };
        let lead = hyphen == 1 && matches!(self.after(next + 1), "lead" | "swing" | "margin" | "gap" | "advantage");
        let point = self.gap(next) == gap && matches!(self.word(next), "point" | "points");
        let point = point && (hyphen == 0 || lead);
        if !point || term.measure != Measure::None || term.kind == Kind::Ordinal {
            return;
        }
        let farthest = term.first.saturating_sub(POLL_REACH);
        let from = (farthest..=term.first).rev().find(|at| self.gap(*at) == Gap::Break).unwrap_or(farthest);
        let near = (from..from + 2 * POLL_REACH).take_while(|at| *at == from || self.gap(*at) != Gap::Break);
        let (mut poll, mut percent, mut other) = (false, lead, false);
        for at in near {
            let cues = self.cues(at);
            poll |= cues.has(Cue::Poll) && !(lead && at == next + 1);
            other |= cues.has(Cue::Index);
            let unit = self.word(at) == "%" || self.word(at).eq_ignore_ascii_case("percent") || self.word(at) == "cent";
            percent |= unit;
        }
        if poll && percent && !other {
            (term.measure, term.rule) = (Measure::Percent(Name::Fixed("percentage_point")), "percent");
            (term.next, term.bare) = (next + 1, false);
        }
    }

    /// `lows of minus 8`: below zero, where heat is spoken of.
    pub(super) fn heat_without_unit(&self, term: &mut Term) {
        let below = !term.scaled && term.value.is_some_and(Number::is_negative);
        if term.measure == Measure::None && below && self.cue_within(term.first, HEAT_REACH, Cue::Heat) {
            let scale = self.scale().cloned().unwrap_or(Name::Fixed("deg"));
            (term.measure, term.rule) = (Measure::Unit(scale, None), "quantity");
        }
    }

    /// `magnitude 6.1`, `6.1-magnitude`, `a magnitude of 6.1`.
    pub(super) fn magnitude_of_quake(&self, term: &mut Term) {
        let hyphen = usize::from(term.first > 0 && self.gap(term.first) == Gap::None && self.is_hyphen(term.first - 1));
        let at = term.first.checked_sub(1 + hyphen);
        if let Some(at) =
            at.filter(|at| self.word(*at).eq_ignore_ascii_case("magnitude") && self.gap(at + 1) != Gap::Break)
        {
            (term.first, term.measure, term.rule) = (at, Measure::Unit(Name::Fixed("magnitude"), None), "quantity");
        }
        let of = self.before(term.first) == "of" && self.before(term.first - 1).eq_ignore_ascii_case("magnitude");
        let small = || term.digits && term.value.and_then(|value| value.compare(Number::whole(10))) == Some(Less);
        if of && term.measure == Measure::None && small() {
            (term.measure, term.rule) = (Measure::Unit(Name::Fixed("magnitude"), None), "quantity");
        }
    }

    /// A word that is an amount: dozens, several, twice, hundreds of thousands.
    pub(super) fn amount_word(&self, at: usize, place: Vague, floor: usize) -> Step {
        let word = self.lexicon.amount_word(place);
        if self.heads_a_table(at) {
            return Step::Trap(at + 1, "unit of a table");
        }
        let article = at > floor && self.cues_before(at).has(Cue::Article);
        let of = self.after(at + 1).eq_ignore_ascii_case("of");
        match word.kind {
            AmountKind::Article if !article => return Step::Skip(at + 1),
            AmountKind::Article if self.before(at).eq_ignore_ascii_case("a") => {
                let next = self.pieces.get(at + 1);
                let counted = next.is_some_and(|piece| {
                    piece.gap == Gap::Blank
                        && (piece.begins != Start::None
                            || of
                            || self.is_plural(at + 1)
                            || self.is_plural(at + 2)
                            || self.word(at + 1) == "more")
                });
                if !counted && !self.word(at).eq_ignore_ascii_case("few") {
                    return Step::Skip(at + 1);
                }
            }
            AmountKind::Of | AmountKind::Tens if !of => return Step::Skip(at + 1),
            AmountKind::Ages => return self.ages(at, word),
            AmountKind::Times => return self.times(at, word.low, floor),
            AmountKind::Multiple => {
                let next = self.cues(at + 1).has(Cue::MultipleNext) && self.gap(at + 1) == Gap::Blank;
                let before = self.cues_before(at).has(Cue::MultipleBefore) && !self.after(at + 1).starts_with('-');
                return if next || before { self.times(at, word.low, floor) } else { Step::Skip(at + 1) };
            }
            _ => {}
        }
        self.vague(at, Number::whole(i128::from(word.low)), Number::whole(i128::from(word.high)), article, floor)
    }

    /// `twice`, `tenfold`, `double the number`: an exact multiple, unless it is how often.
    pub(super) fn times(&self, at: usize, times: i64, floor: usize) -> Step {
        let next = at + 1;
        if self.gap(next) == Gap::Blank && self.cues(next).has(Cue::Article) && self.is_time(next + 1) {
            return Step::Trap(next, "how often");
        }
        let figure = Figure { amount: Amount::Exact(times.into()), ..Figure::default() };
        let (bound, extent) = self.bound(at, next, floor);
        let figure = Figure { bound, ..figure };
        Step::Draft(Box::new(Draft { first: at, next, extent, label: "CARDINAL", figure, rule: "multiple" }))
    }

    /// `in her teens`, `the low teens`, `in their early twenties`.
    fn ages(&self, at: usize, word: AmountWord) -> Step {
        let (first, side) = self.side(at);
        let part = first < at;
        let own = self.cues_before(first).has(Cue::Owner);
        let heat = !own && self.cue_within(first, HEAT_REACH, Cue::Heat);
        if !own && !part && !heat {
            return Step::Trap(at + 1, if word.low % 10 == 0 { "decade" } else { "young people" });
        }
        let (low, high) = (word.low, word.high);
        let (low, high) = match side_of_decade(side) {
            // The teens have no tens to part.
            (from, to) if low % 10 == 0 => (low + from, low + to),
            _ => (low, high),
        };
        let amount = Amount::Range(Some(low.into()), Some(high.into()));
        Step::Draft(Box::new(self.tens(first, at + 1, amount, own, heat)))
    }

    /// A vague amount with its magnitudes and measure: `several hundred`, `tens of millions of dollars`.
    pub(super) fn vague(&self, at: usize, low: Number, high: Number, article: bool, floor: usize) -> Step {
        let (next, mut low, mut high) = self.vague_magnitudes(at + 1, low, high);
        let mut next = next;
        let of = usize::from(self.after(next).eq_ignore_ascii_case("of"));
        let mut measure = Measure::None;
        let first = at - usize::from(article);
        let place = next + of + usize::from(self.after(next) == "more");
        if self.gap(place) == Gap::Blank && self.gap(next) != Gap::Break {
            // Vague amounts of `pounds` are money more often than weights.
            if let Some((end, currency)) = self.lexicon.currency_names.forward(self.pieces, place) {
                measure = Measure::Money(self.code_here(currency));
                low = low.and_then(|low| currency.in_main_units(low));
                high = high.and_then(|high| currency.in_main_units(high));
                next = end;
            } else if let Some((end, unit)) =
                self.lexicon.unit_words.forward(self.pieces, place).filter(|(_, unit)| unit.kind != UnitKind::Inch)
            {
                if unit.kind == UnitKind::Time {
                    return Step::Trap(end, "length of time");
                }
                measure = match unit.kind {
                    UnitKind::Percent => Measure::Percent(unit.name.clone()),
                    _ => Measure::Unit(unit.name.clone(), None),
                };
                next = end;
            }
        }
        let mut term = Term {
            first,
            number: at,
            next,
            value: low,
            kind: Kind::Cardinal,
            digits: false,
            scaled: true,
            bare: false,
            shared: None,
            measure,
            small: false,
            sign_before: false,
            per: None,
            rule: "vague",
        };
        self.add_rate(&mut term);
        let amount = match (low, high) {
            (Some(low), Some(high)) => Amount::Range(low.to_decimal(), high.to_decimal()),
            _ => Amount::Unknown,
        };
        let mut draft = self.draft(&term, term.first, term.next, amount, "vague", floor);
        draft.figure.vague = true;
        Step::Draft(Box::new(draft))
    }

    /// `hundred`, `of thousands`, `dozen` behind a vague amount: the piece behind them, and both ends.
    fn vague_magnitudes(&self, mut next: usize, low: Number, high: Number) -> (usize, Option<Number>, Option<Number>) {
        let (mut low, mut high) = (Some(low), Some(high));
        loop {
            let of = usize::from(self.after(next).eq_ignore_ascii_case("of"));
            let place = next + of;
            let Some(piece) = self.pieces.get(place).filter(|piece| piece.gap == Gap::Blank) else { break };
            let power = match (piece.atom.role, piece.atom.form) {
                (Role::Scale, Form::Plural | Form::Plain) => u32::from(piece.atom.value),
                (Role::Hundred, Form::Plural | Form::Plain) => 2,
                (Role::Dozen, Form::Plural | Form::Plain) => {
                    low = low.and_then(|low| low.times(Number::whole(12)));
                    high = high.and_then(|high| high.times(Number::whole(12)));
                    next = place + 1;
                    continue;
                }
                _ => break,
            };
            low = low.and_then(|low| low.shifted(power));
            high = high.and_then(|high| high.shifted(power));
            next = place + 1;
        }
        (next, low, high)
    }
}
