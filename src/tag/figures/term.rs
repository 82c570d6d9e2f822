//! Terms: one number with its sign, currency and unit.

use super::lexicon::{Cue, Cues, CurrencyKind, LetterKind, Lexicon, UnitKind};
use super::pieces::{Pieces, Start};
use super::table::Cell;
use crate::document::Name;
use crate::numeral::{Atom, Form, Gap, Kind, Number, Numeral, Role, Words};

/// The most groups of three digits that one number may have.
const MOST_GROUPS: usize = 12;

/// What a number measures.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Measure {
    /// Nothing: a plain count.
    None,
    /// A share: percent, percentage points, basis points.
    Percent(Name),
    /// Money, with its ISO code when it is known.
    Money(Option<Name>),
    /// A unit, and what it is per when the unit says so itself.
    Unit(Name, Option<Name>),
    /// An age in such units.
    Age(Name),
    /// A length of time.
    Time,
}

/// One number with its sign, currency and unit: the pieces `first..next`.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one number")]
pub(super) struct Term {
    pub(super) first: usize,
    /// The piece of the number itself.
    pub(super) number: usize,
    pub(super) next: usize,
    pub(super) value: Option<Number>,
    pub(super) kind: Kind,
    pub(super) digits: bool,
    pub(super) scaled: bool,
    /// Whether the number is one piece of digits alone.
    pub(super) bare: bool,
    /// The magnitude behind one leading number, and that number: `10` and `million`.
    pub(super) shared: Option<(Number, u32)>,
    pub(super) measure: Measure,
    /// Whether the currency is a smaller unit: cents, pence.
    pub(super) small: bool,
    /// Whether the currency stands before the number.
    pub(super) sign_before: bool,
    /// What a rate is per, when a per-phrase was read.
    pub(super) per: Option<Name>,
    /// Which rule gave the measure.
    pub(super) rule: &'static str,
}

/// A figure that may tell the unit of the next: its first piece, the one behind it, what it measured, and per what.
#[derive(Clone, Debug)]
pub(super) struct Fellow {
    pub(super) first: usize,
    pub(super) next: usize,
    pub(super) measure: Measure,
    pub(super) per: Option<Name>,
}

/// What the readers of terms share.
pub(super) struct View<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) pieces: &'a Pieces<'a>,
    /// Where the last figure ended: nothing before it belongs to the next.
    pub(super) floor: std::cell::Cell<usize>,
    /// The letter of the last number of millions that no noun behind it told.
    pub(super) millions: std::cell::Cell<usize>,
    /// Where the last change `from … to` ended.
    pub(super) changed: std::cell::Cell<usize>,
    /// Where the last score ended.
    pub(super) score: std::cell::Cell<usize>,
    /// The last figure of one term or range.
    pub(super) last: std::cell::RefCell<Option<Fellow>>,
    /// The codes of the signs of money that the article uses, once asked.
    pub(super) signs: std::cell::OnceCell<Vec<Name>>,
    /// The codes of all money that the article speaks of, once asked.
    pub(super) moneys: std::cell::OnceCell<Vec<Name>>,
    /// The countries that the article names, and how often, once asked.
    pub(super) countries: std::cell::OnceCell<Vec<(Name, usize)>>,
    /// The one scale of temperature that the article uses, once asked.
    pub(super) scale: std::cell::OnceCell<Option<Name>>,
    /// The cells of tables whose unit a heading tells, once asked.
    pub(super) cells: std::cell::OnceCell<Vec<Cell>>,
}

impl<'a> View<'a> {
    /// A view on `pieces` before anything was read.
    pub(super) fn new(lexicon: &'a Lexicon, pieces: &'a Pieces<'a>) -> Self {
        Self {
            lexicon,
            pieces,
            floor: std::cell::Cell::new(0),
            millions: std::cell::Cell::new(usize::MAX - 4),
            changed: std::cell::Cell::new(usize::MAX / 2),
            score: std::cell::Cell::new(usize::MAX - 1),
            last: std::cell::RefCell::default(),
            signs: std::cell::OnceCell::new(),
            moneys: std::cell::OnceCell::new(),
            countries: std::cell::OnceCell::new(),
            scale: std::cell::OnceCell::new(),
            cells: std::cell::OnceCell::new(),
        }
    }
}

impl View<'_> {
    #[inline]
    pub(super) fn word(&self, at: usize) -> &str {
        self.pieces.word(at)
    }

    #[inline]
    pub(super) fn gap(&self, at: usize) -> Gap {
        self.pieces.gap(at)
    }

    /// What the word at `at` tells.
    pub(super) fn cues(&self, at: usize) -> Cues {
        self.pieces.facts(at).map_or(Cues::default(), |facts| facts.cues)
    }

    /// What the word before `at` tells, unless a line or sentence ends between.
    pub(super) fn cues_before(&self, at: usize) -> Cues {
        if at == 0 || self.gap(at) == Gap::Break { Cues::default() } else { self.cues(at - 1) }
    }

    /// The word before `at` in its sentence; empty at its beginning.
    pub(super) fn before(&self, at: usize) -> &str {
        if at == 0 || self.gap(at) == Gap::Break { "" } else { self.word(at - 1) }
    }

    /// The word at `at` in the sentence of the word before it; empty at its end.
    pub(super) fn after(&self, at: usize) -> &str {
        if self.gap(at) == Gap::Break { "" } else { self.word(at) }
    }

    /// What the word at `at` tells, unless a line or sentence ends before it.
    pub(super) fn cues_after(&self, at: usize) -> Cues {
        if self.gap(at) == Gap::Break { Cues::default() } else { self.cues(at) }
    }

    /// Whether one of the `reach` words before `at`, in the same sentence, gives `cue`.
    pub(super) fn cue_within(&self, at: usize, reach: usize, cue: Cue) -> bool {
        let mut place = at;
        for _ in 0..reach {
            if place == 0 || self.gap(place) == Gap::Break {
                return false;
            }
            place -= 1;
            if self.cues(place).has(cue) {
                return true;
            }
        }
        false
    }

    pub(super) fn is_hyphen(&self, at: usize) -> bool {
        matches!(self.word(at), "-" | "\u{2010}" | "\u{2011}")
    }

    pub(super) fn is_dash(&self, at: usize) -> bool {
        self.is_hyphen(at) || matches!(self.word(at), "\u{2013}" | "\u{2014}" | "\u{2012}" | "\u{2212}")
    }

    /// The piece behind `next` over a glued hyphen or a blank.
    pub(super) fn joined(&self, next: usize) -> Option<usize> {
        match self.gap(next) {
            Gap::Blank => Some(next),
            Gap::None if self.is_hyphen(next) && self.gap(next + 1) == Gap::None => Some(next + 1),
            Gap::None | Gap::Break => None,
        }
    }

    /// Reads the term whose number begins at `at`.
    pub(super) fn term(&self, at: usize) -> Option<Term> {
        let numbers = &self.lexicon.numbers;
        let mut first = at;
        let piece = self.pieces.get(at)?;
        // `plus or minus 3.1` is a spread, and no number below zero.
        let spread = piece.atom.role == Role::Minus
            && self.lexicon.spreads_before.backward(self.pieces, at + 1).is_some_and(|(start, ())| start < at);
        if spread {
            return self.term(at + 1);
        }
        let mut numeral = numbers.read(self.pieces, at);
        if at > self.floor.get()
            && self.pieces.list[at - 1].atom.role == Role::Article
            && self.gap(at) != Gap::Break
            && let Some(with) = numbers.read(self.pieces, at - 1)
            && numeral.is_none_or(|without| with.words > without.words)
        {
            (first, numeral) = (at - 1, Some(with));
        }
        let numeral = self.before_compound(first, numeral?);
        let word = self.word(at);
        let mut term = Term {
            first,
            number: first,
            next: first + numeral.words,
            value: numeral.value,
            kind: numeral.kind,
            digits: numeral.digits,
            scaled: numeral.scaled,
            bare: numeral.digits && numeral.words == 1 && word.bytes().all(|byte| byte.is_ascii_digit()),
            shared: None,
            measure: Measure::None,
            small: false,
            sign_before: false,
            per: None,
            rule: "number",
        };
        if numeral.kind == Kind::Ordinal {
            term.rule = "ordinal";
            return Some(term);
        }
        self.add_brackets(&mut term);
        self.add_groups(&mut term);
        self.note_magnitude(&mut term);
        self.add_sign(&mut term);
        self.add_currency_before(&mut term);
        self.add_spread_sign(&mut term);
        self.add_measure(&mut term);
        self.add_below_zero(&mut term);
        self.add_rate(&mut term);
        self.add_heading(&mut term);
        Some(term)
    }

    /// `twenty | two-bedroom flats`: the numeral at `first` without its last word, where that begins a compound.
    fn before_compound(&self, first: usize, numeral: Numeral) -> Numeral {
        let last = first + numeral.words - 1;
        let next = last + 1;
        let unit = |atom: Atom| (atom.role, atom.form) == (Role::Unit, Form::Plain);
        let compound = numeral.words > 1
            && !numeral.digits
            && self.gap(last) == Gap::Blank
            && unit(self.pieces.list[last].atom)
            && matches!(self.pieces.list[last - 1].atom.role, Role::Ten | Role::Hundred | Role::Scale)
            && self.is_hyphen(next)
            && self.gap(next) == Gap::None
            && self.word(next + 1).starts_with(char::is_alphabetic)
            && self.pieces.get(next + 1).is_some_and(|piece| piece.begins == Start::None && piece.gap == Gap::None);
        let shorter = || self.lexicon.numbers.read(&Head(self, last), first);
        if compound { shorter().unwrap_or(numeral) } else { numeral }
    }

    /// `(3.2) million euros`: a number in brackets with its magnitude behind them. Accounts write losses so and
    /// others do not, so it has no value.
    fn add_brackets(&self, term: &mut Term) {
        let (first, next) = (term.first, term.next);
        let opened = first > 0 && self.word(first - 1) == "(" && self.gap(first) == Gap::None;
        if !opened || !term.digits || self.word(next) != ")" || self.gap(next) != Gap::None {
            return;
        }
        let scale = |atom: Atom| (atom.role, atom.form) == (Role::Scale, Form::Plain);
        if self.gap(next + 1) == Gap::Blank && self.pieces.get(next + 1).is_some_and(|piece| scale(piece.atom)) {
            (term.first, term.next, term.value, term.scaled, term.bare) = (first - 1, next + 2, None, true, false);
        }
    }

    /// `1 234`: a group of three digits behind a blank.
    pub(super) fn add_groups(&self, term: &mut Term) {
        let group = |at: usize| {
            let word = self.word(at);
            word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !term.bare || self.word(term.number).len() > 3 || self.word(term.number).starts_with('0') {
            return;
        }
        let (mut next, own) = (term.next, term.value);
        // No number has more groups than that; a longer run is a list, read but once.
        while next < term.next + MOST_GROUPS && self.gap(next) == Gap::Blank && group(next) {
            term.value = term
                .value
                .and_then(|value| value.shifted(3))
                .and_then(|value| value.plus(Number::whole(self.word(next).parse().unwrap_or_default())));
            next += 1;
        }
        // `74 100%`, `1 120-year-old`, `400 737 Max jets`.
        let glued = self.is_hyphen(next) && self.gap(next) == Gap::None && self.is_time(next + 1);
        let apart = self.word(next) == "%" || glued || self.cues(next - 1).has(Cue::Model);
        if next > term.next && apart {
            (term.value, term.next) = (own, term.number + 1);
            return;
        }
        // A number behind the last group shows that these are no groups.
        if next > term.next && self.pieces.get(next).is_none_or(|piece| piece.begins != Start::Number) {
            (term.next, term.bare, term.scaled) = (next, false, true);
        } else if next > term.next {
            term.value = None;
        }
    }

    /// Reads `10 million` apart, so that `5 to 10 million` can share the magnitude.
    pub(super) fn note_magnitude(&self, term: &mut Term) {
        let Some(last) = self.pieces.get(term.next - 1) else { return };
        let power = match (last.atom.role, last.atom.form) {
            (Role::Scale | Role::Short, Form::Plain) => u32::from(last.atom.value),
            (Role::Hundred, Form::Plain) => 2,
            _ => return,
        };
        let lead = self.lexicon.numbers.read(&Head(self, term.next - 1), term.number);
        if let Some(lead) = lead.filter(|lead| term.number + lead.words + 2 >= term.next)
            && let Some(value) = lead.value
        {
            term.shared = Some((value, power));
        }
    }

    /// A sign glued before the number that joins nothing.
    pub(super) fn add_sign(&self, term: &mut Term) {
        let at = term.first;
        if !term.digits || at == 0 || self.gap(at) != Gap::None || term.first != term.number {
            return;
        }
        let negative = matches!(self.word(at - 1), "-" | "\u{2212}" | "\u{2013}");
        let open = self.gap(at - 1) != Gap::None
            || matches!(self.word(at.saturating_sub(2)), "(" | "[" | "\"" | "\u{201c}" | "<" | ">")
            || self.lexicon.currency_before.backward(self.pieces, at - 1).is_some();
        if negative && open {
            term.value = term.value.map(Number::negated);
            (term.first, term.bare) = (at - 1, false);
        } else if self.word(at - 1) == "+" && open {
            term.first = at - 1;
        }
    }

    /// `±3`, `plus or minus 3`: the sign of a spread belongs to the figure.
    fn add_spread_sign(&self, term: &mut Term) {
        let sign = self.lexicon.spreads_before.backward(self.pieces, term.first);
        if let Some((start, ())) = sign.filter(|(start, ())| *start >= self.floor.get()) {
            (term.first, term.bare) = (start, false);
        }
    }

    /// Where a unit may begin: glued, over a hyphen, behind a blank, or behind `of a`.
    pub(super) fn measure_place(&self, term: &Term) -> Option<usize> {
        let next = term.next;
        match self.gap(next) {
            Gap::Break => None,
            Gap::None => Some(if self.is_hyphen(next) && self.gap(next + 1) == Gap::None { next + 1 } else { next }),
            Gap::Blank => {
                // `a quarter of a percentage point`, `half a mile`, `20 (kg)`.
                let fraction = term.kind == Kind::Fraction && !term.scaled;
                let of = usize::from(fraction && self.word(next).eq_ignore_ascii_case("of"));
                if fraction && self.cues(next + of).has(Cue::Article) && self.gap(next + of + 1) == Gap::Blank {
                    return Some(next + of + 1);
                }
                if fraction && of == 1 && matches!(self.word(next + 1), "1" | "one") {
                    return Some(next + 2);
                }
                // `0.25 of a percentage point`.
                if term.digits && self.word(next) == "of" && self.is_small_share(term, next + 2) {
                    return Some(next + 2);
                }
                // `1.5 -million`, wires cut at every hyphen: `28 - year - old`.
                if self.is_hyphen(next) && self.gap(next + 1) == Gap::Blank {
                    return Some(next + 1);
                }
                Some(next)
            }
        }
    }

    /// Whether `term` is less than one, of the point of percent that stands behind an article at `at`.
    fn is_small_share(&self, term: &Term, at: usize) -> bool {
        let less = term.value.and_then(|value| value.compare(Number::whole(1))).is_some_and(std::cmp::Ordering::is_lt);
        let unit = || self.lexicon.unit_words.forward(self.pieces, at);
        less && self.gap(at) == Gap::Blank
            && self.cues_after(at - 1).has(Cue::Article)
            && unit().is_some_and(|(_, unit)| unit.kind == UnitKind::Percent)
    }

    /// `5m`, `10k`, `2b`: a letter that is a magnitude where money, or what is counted, says so.
    pub(super) fn add_letter_magnitude(&self, term: &mut Term) -> bool {
        if !term.digits || term.scaled {
            return false;
        }
        let Some(letter) = self.lexicon.magnitude_letter(self.word(term.next)) else { return false };
        let (glued, money) = (self.gap(term.next) == Gap::None, term.sign_before);
        let fits = match letter.kind {
            _ if self.gap(term.next) == Gap::Break => false,
            _ if money => true,
            LetterKind::Free => !self.is_run(term, term.next),
            LetterKind::Glued => glued,
            // `the 100m champion`.
            LetterKind::Counted if self.is_race(term) => self.cues_after(term.next + 1).has(Cue::Millions),
            LetterKind::Counted => self.counts_millions(term.next + 1) || (glued && self.speaks_of_millions(term)),
            LetterKind::Capital => !glued || !self.is_length(term.next + 1),
            LetterKind::Money => false,
        };
        let power = letter.power;
        if !fits {
            return false;
        }
        // `573.15K` beside other temperatures.
        if letter.kind == LetterKind::Glued && self.temperature_near(term.number) {
            return false;
        }
        if let Some(value) = term.value {
            term.shared = Some((value, power));
        }
        term.value = term.value.and_then(|value| value.shifted(power));
        term.next += 1;
        (term.scaled, term.bare) = (true, false);
        true
    }

    /// Whether `2.1m` is a number of what is counted in millions near it, or the fellow of one: `to 2.1m from 1.7m`.
    fn speaks_of_millions(&self, term: &Term) -> bool {
        let (from, to) = (term.number.saturating_sub(7), term.next + 4);
        let next = self.after(term.next + 1);
        // `the yacht, 85m long, cost 120m`: what stands nearest decides.
        let close = self.cue_within(term.number, 2, Cue::Millions);
        let long = (!close && (from..to).any(|at| self.cues(at).has(Cue::LengthNoun)))
            || (self.is_length(term.next + 1) && !matches!(next, "from" | "in" | "up" | "down"))
            || next == "of";
        let fellow = self.millions.get();
        let said = self.cue_within(term.number, 7, Cue::Millions)
            || (term.next + 1..to).any(|at| self.cues_after(at).has(Cue::Millions))
            || (fellow < term.number && fellow + 4 > term.number && self.gap(term.number) != Gap::Break);
        if said && !long {
            self.millions.set(term.next);
        }
        said && !long
    }

    /// Whether the number whose letter ends before `at` counts: `1.5m people`, `between 1.5m and 2m people`.
    pub(super) fn counts_millions(&self, at: usize) -> bool {
        let linked = (self.is_dash(at) || matches!(self.word(at), "to" | "and" | "or"))
            && self.gap(at) != Gap::Break
            && self.pieces.get(at + 1).is_some_and(|piece| piece.begins == Start::Number && piece.gap != Gap::Break)
            && self.word(at + 2) == self.word(at - 1)
            && self.gap(at + 2) == Gap::None;
        self.is_counted_at(if linked { at + 3 } else { at })
    }

    /// Whether a plural noun, or a currency, follows at `at`.
    fn is_counted_at(&self, at: usize) -> bool {
        // `the 10m-member union`, `a 2m-strong crowd`.
        if self.is_hyphen(at) && self.gap(at) == Gap::None && self.gap(at + 1) == Gap::None {
            return self.cues(at + 1).has(Cue::Millions) || self.word(at + 1) == "strong";
        }
        if self.gap(at) != Gap::Blank {
            return false;
        }
        // `5m EUR`.
        let money = self.lexicon.currency_signs.forward(self.pieces, at);
        if money.is_some_and(|(_, money)| money.kind == CurrencyKind::Code) {
            return true;
        }
        for place in at..at + 3 {
            let cues = self.cues(place);
            if place > at && self.gap(place) != Gap::Blank {
                return false;
            }
            if self.lexicon.currency_names.forward(self.pieces, place).is_some() || self.is_plural(place) {
                return !cues.any(&[Cue::Length, Cue::Metres]);
            }
            if cues.has(Cue::Stop) || cues.has(Cue::Length) || !self.word(place).starts_with(char::is_alphabetic) {
                return false;
            }
        }
        false
    }

    pub(super) fn is_length(&self, at: usize) -> bool {
        self.cues(at).has(Cue::Length)
    }

    /// Whether the word at `at` looks like a plural noun.
    pub(super) fn is_plural(&self, at: usize) -> bool {
        let word = self.word(at);
        let cues = self.cues(at);
        cues.has(Cue::Collective)
            || (self.lexicon.ends_as(word, Cue::PluralEnding) && !cues.has(Cue::Stop))
            || (word.starts_with(char::is_uppercase) && self.lexicon.ends_as(word, Cue::PeopleEnding))
            || (word.len() > 2
                && word.ends_with('s')
                && !word.ends_with("ss")
                && !cues.has(Cue::NotPlural)
                && !cues.has(Cue::Stop)
                && word.starts_with(char::is_alphabetic))
    }

    pub(super) fn temperature_near(&self, at: usize) -> bool {
        let from = at.saturating_sub(10);
        (from..at).any(|place| {
            let unit = self.lexicon.unit_signs.forward(self.pieces, place);
            let unit = unit.or_else(|| self.lexicon.unit_words.forward(self.pieces, place));
            unit.is_some_and(|(_, unit)| self.lexicon.has_scales(&unit.name) || self.lexicon.is_scale(&unit.name))
        })
    }
}

/// The words of a view up to an end, so that a numeral can be read without its magnitude.
struct Head<'v, 'a>(&'v View<'a>, usize);

impl Words for Head<'_, '_> {
    fn word(&self, index: usize) -> &str {
        if index < self.1 { self.0.pieces.word(index) } else { "" }
    }

    fn gap(&self, index: usize) -> Gap {
        if index < self.1 { self.0.pieces.gap(index) } else { Gap::Break }
    }

    fn atom(&self, index: usize, numbers: &crate::numeral::Numbers) -> crate::numeral::Atom {
        if index < self.1 { self.0.pieces.atom(index, numbers) } else { crate::numeral::Atom::NONE }
    }
}
