//! Units behind a number, and what a rate is per.

use super::lexicon::{Cue, Unit, UnitKind};
use super::pieces::Start;
use super::term::{Measure, Term, View};
use crate::document::Name;
use crate::numeral::{Gap, Kind, Number};

impl View<'_> {
    /// The unit, currency or percent sign behind the number.
    pub(super) fn add_measure(&self, term: &mut Term) {
        let money = term.sign_before;
        if self.add_letter_magnitude(term) && !money {
            // `1.5m people`: what follows may still be a currency.
        }
        if money {
            self.add_repeated_currency(term);
            return;
        }
        let Some(place) = self.measure_place(term) else { return };
        if let Some((next, unit)) = self.unit_at(term, place) {
            self.take_unit(term, next, &unit);
            return;
        }
        if let Some((next, currency)) = self.currency_at(term, place) {
            self.take_currency(term, next, &currency);
        }
    }

    pub(super) fn unit_at(&self, term: &Term, place: usize) -> Option<(usize, Unit)> {
        let glued = place == term.next && self.gap(place) == Gap::None;
        let hyphen = place > term.next && self.gap(term.next) == Gap::None;
        if let Some((next, unit)) = self.lexicon.unit_signs.forward(self.pieces, place) {
            let degrees = self.word(place).starts_with(['\u{b0}', '\u{ba}']);
            let ends = degrees || self.gap(next) != Gap::None || !self.word(next).starts_with(char::is_alphanumeric);
            let fits = match unit.kind {
                UnitKind::Letter => {
                    term.digits
                        && (glued || hyphen || self.letter_unit_fits(term, place))
                        && self.letter_is_unit(term, place)
                }
                _ => true,
            };
            if ends && fits && (term.digits || !matches!(unit.kind, UnitKind::Letter)) {
                return Some((next, unit.clone()));
            }
        }
        let (next, unit) = self.lexicon.unit_words.forward(self.pieces, place)?;
        let glued_word = glued && !matches!(unit.kind, UnitKind::Percent) && !self.word(place).is_ascii();
        if glued_word || (self.gap(next) == Gap::None && self.word(next).starts_with(char::is_alphanumeric)) {
            return None;
        }
        match unit.kind {
            UnitKind::Inch => self.is_inch(term, place, next).then(|| (next, unit.clone())),
            // A foot of a person, a stone, a turn: only as measures in the plural or over a hyphen.
            _ => Some((next, unit.clone())),
        }
    }

    /// `38.3 C`, `12 m`: letters behind a blank that are units.
    pub(super) fn letter_unit_fits(&self, term: &Term, place: usize) -> bool {
        let letter = self.word(place);
        let open = self.gap(place + 1) != Gap::None
            || !self.word(place + 1).starts_with(['.', '\'', '\u{2019}', '-', '&', '/'])
            || self.gap(place + 2) != Gap::None;
        match letter {
            "m" | "g" | "t" | "b" | "W" | "V" | "K" | "l" | "L" | "J" | "N" | "C" | "F" => {
                let capital = |at: usize| self.gap(at) == Gap::Blank && self.word(at).starts_with(char::is_uppercase);
                open && !capital(place + 1) && term.digits && !self.cues_before(term.first).has(Cue::Name)
            }
            _ => false,
        }
    }

    /// Whether a glued letter is a unit and nothing else: `14.7c a share` is money, `13F` a form.
    pub(super) fn letter_is_unit(&self, term: &Term, place: usize) -> bool {
        match self.word(place) {
            "C" | "F" => {
                let slash = self.word(place + 1) == "/" && self.gap(place + 1) == Gap::None;
                let whole = term.value.and_then(Number::to_whole);
                !slash
                    && whole.is_none_or(|value| value < 3000)
                    && !matches!(self.before(term.first), "be" | "must" | "form" | "Form" | "block" | "Block")
            }
            "b" => term.value.and_then(Number::to_whole).is_some(),
            "A" | "T" | "N" => false,
            _ => true,
        }
    }

    /// `5 ft 2 in`; `is 2 in` where a length is spoken of.
    pub(super) fn is_inch(&self, term: &Term, place: usize, next: usize) -> bool {
        let ends = self.gap(next) == Gap::Break || !self.word(next).starts_with(char::is_alphanumeric);
        let beside = matches!(self.before(term.first), "ft" | "foot" | "feet" | "x" | "by");
        let spoken = || {
            (term.first.saturating_sub(8)..term.first).any(|at| {
                matches!(self.word(at), "length" | "long" | "wide" | "width" | "tall" | "height" | "size" | "diameter")
            })
        };
        let _ = place;
        beside || (ends && spoken())
    }

    pub(super) fn take_unit(&self, term: &mut Term, next: usize, unit: &Unit) {
        match unit.kind {
            UnitKind::Time => {
                self.take_time(term, next, unit);
                return;
            }
            UnitKind::Percent => {
                term.measure = Measure::Percent(unit.name.clone());
                term.rule = "percent";
            }
            _ => {
                term.measure = Measure::Unit(unit.name.clone(), unit.per.clone());
                term.rule = "quantity";
            }
        }
        (term.next, term.bare) = (next, false);
        if &*unit.name == "[lb_av]" && self.word(next - 1).starts_with(['p', 'P']) && self.pounds_are_money(term) {
            term.measure = Measure::Money(Some(Name::Fixed("GBP")));
            term.rule = "money behind";
        }
        if &*unit.name == "deg" {
            self.degrees(term);
        }
        self.add_second_unit(term, unit);
    }

    /// `30 degrees` of heat or of an angle; `35°N` is a coordinate.
    pub(super) fn degrees(&self, term: &mut Term) {
        let next = term.next;
        if self.gap(next) != Gap::Break
            && let "Celsius" | "celsius" | "C" | "Fahrenheit" | "fahrenheit" | "F" = self.word(next)
        {
            let scale = if self.word(next).starts_with(['C', 'c']) { "Cel" } else { "[degF]" };
            (term.measure, term.next) = (Measure::Unit(Name::from(scale), None), next + 1);
            return;
        }
        if self.gap(next) != Gap::Break
            && matches!(
                self.word(next),
                "N" | "S" | "E" | "W" | "north" | "south" | "east" | "west" | "latitude" | "longitude"
            )
        {
            term.rule = "coordinate";
            return;
        }
        let scale = (0..5).map(|step| self.word(next + step)).find_map(|word| match word {
            "Celsius" | "celsius" | "C" => Some("Cel"),
            "Fahrenheit" | "fahrenheit" | "F" => Some("[degF]"),
            _ => None,
        });
        if let Some(scale) = scale {
            term.measure = Measure::Unit(Name::from(scale), None);
        }
    }

    /// `5 feet 2 inches`, `5 ft 2 in`: one length in two units.
    pub(super) fn add_second_unit(&self, term: &mut Term, unit: &Unit) {
        let (second, ratio) = match &*unit.name {
            "[ft_i]" => ("[in_i]", 12),
            "[lb_av]" => ("[oz_av]", 16),
            "[stone_av]" => ("[lb_av]", 14),
            _ => return,
        };
        let mut at = term.next;
        // `a 6-foot-3 guard`.
        if self.is_hyphen(at)
            && self.gap(at) == Gap::None
            && let Some(inches) = self.lexicon.numbers.read(self.pieces, at + 1).filter(|inches| inches.words == 1)
            && second == "[in_i]"
            && inches.whole().is_some_and(|inches| inches < 12)
        {
            let part = inches.value.and_then(|value| value.over(Number::whole(ratio)));
            term.value = term.value.zip(part).and_then(|(whole, part)| whole.plus(part));
            term.next = at + 2;
            return;
        }
        if self.word(at) == "and" && self.gap(at) == Gap::Blank {
            at += 1;
        }
        if self.gap(at) == Gap::Break || self.pieces.get(at).is_none_or(|piece| piece.begins != Start::Number) {
            return;
        }
        let Some(more) = self.lexicon.numbers.read(self.pieces, at) else { return };
        let place = at + more.words;
        if self.gap(place) == Gap::Break {
            return;
        }
        let found = if self.word(place) == "in" {
            (second == "[in_i]").then_some(place + 1)
        } else {
            let signs = self.lexicon.unit_signs.forward(self.pieces, place);
            let unit = signs.or_else(|| self.lexicon.unit_words.forward(self.pieces, place));
            unit.filter(|(_, unit)| &*unit.name == second).map(|(next, _)| next)
        };
        let small =
            more.value.and_then(|value| value.compare(Number::whole(ratio))).is_some_and(std::cmp::Ordering::is_lt);
        if let Some(next) = found.filter(|_| small) {
            let part = more.value.and_then(|value| value.over(Number::whole(ratio)));
            term.value = term.value.zip(part).and_then(|(whole, part)| whole.plus(part));
            term.next = next;
        }
    }

    /// A length of time is the date layer's, an age ours: `14-year-old`, `six months of age`.
    pub(super) fn take_time(&self, term: &mut Term, next: usize, unit: &Unit) {
        let old = self.joined(next).or((self.is_hyphen(next) && self.gap(next + 1) != Gap::Break).then_some(next + 1));
        let age = old.and_then(|place| match self.word(place) {
            "old" | "olds" | "Old" => Some(place + 1),
            "of" if self.word(place + 1) == "age" => Some(place + 2),
            _ => None,
        });
        let dollar_like =
            matches!(&*unit.name, "s" | "min" | "h" | "day" | "week" | "month" | "year" | "decade" | "night");
        term.bare = false;
        if let Some(next) = age.filter(|_| dollar_like) {
            (term.measure, term.next, term.rule) = (Measure::Age(unit.name.clone()), next, "age");
        } else {
            (term.measure, term.next, term.rule) = (Measure::Time, next, "time");
        }
    }

    /// The per-phrase: `a barrel`, `per day`, `/h`, `an hour`.
    pub(super) fn add_rate(&self, term: &mut Term) {
        if matches!(term.measure, Measure::Time | Measure::Age(_)) || term.kind == Kind::Ordinal {
            return;
        }
        let next = term.next;
        let hyphen = usize::from(self.is_hyphen(next) && self.gap(next + 1) != Gap::Break);
        let at = next + hyphen;
        if self.gap(next) == Gap::Break {
            return;
        }
        let word = self.word(at);
        let place = at + 1 + usize::from(self.is_hyphen(at + 1) && hyphen == 1);
        let noun = self.word(place);
        let cues = self.cues(place);
        let measured = !matches!(term.measure, Measure::None);
        if measured && hyphen == 0 && matches!(word, "apiece") && self.gap(at) == Gap::Blank {
            (term.per, term.next) = (Some(Name::Fixed("piece")), at + 1);
            return;
        }
        if self.gap(at + 1) == Gap::Break {
            return;
        }
        let fits = if word.eq_ignore_ascii_case("per") || word == "/" {
            let glued = word != "/" || (measured && self.gap(at) == Gap::None && self.gap(place) == Gap::None);
            glued
                && noun.starts_with(char::is_alphabetic)
                && !matches!(noun, "cent" | "se")
                && (measured || word != "/")
        } else {
            // `18 cents a brioche`: behind a smaller unit any noun will do.
            let small = matches!(self.word(next - 1), "cent" | "cents" | "pence" | "p" | "c")
                && noun.starts_with(char::is_lowercase)
                && !cues.has(Cue::Stop)
                && (self.gap(place + 1) != Gap::Blank || self.cues(place + 1).has(Cue::Stop));
            let known = cues.has(Cue::Rate) && (measured || self.is_time(place));
            self.cues(at).has(Cue::Article) && (known || (measured && small))
        };
        if !fits || (!measured && hyphen == 1) {
            return;
        }
        let (end, name) = self.rate_name(place);
        // `£133.9m a year earlier` is no rate.
        let then =
            matches!(self.after(end), "earlier" | "ago" | "later" | "before" | "previously" | "on" | "or" | "after");
        if then && self.cues(at).has(Cue::Article) && self.is_time(place) {
            return;
        }
        let (end, name) = self.second_rate(end, name);
        term.per = Some(name);
        (term.next, term.bare) = (end, false);
        // `20 J/m^2 per year`: a second per-phrase belongs to the first.
        if self.word(term.next) == "^" && self.gap(term.next) == Gap::None {
            term.next += 2;
        }
    }

    /// `$350 per person per year`.
    fn second_rate(&self, end: usize, name: Name) -> (usize, Name) {
        let more = self.after(end).eq_ignore_ascii_case("per") && self.gap(end + 1) == Gap::Blank;
        if !more || !self.word(end + 1).starts_with(char::is_alphabetic) {
            return (end, name);
        }
        let (next, second) = self.rate_name(end + 1);
        (next, Name::from(format!("{name}.{second}")))
    }

    pub(super) fn is_time(&self, at: usize) -> bool {
        self.lexicon.unit_words.forward(self.pieces, at).is_some_and(|(_, unit)| unit.kind == UnitKind::Time)
    }

    /// The name of what a rate is per: a unit's code, else the noun's singular.
    pub(super) fn rate_name(&self, place: usize) -> (usize, Name) {
        let unit = self.lexicon.unit_signs.forward(self.pieces, place);
        if let Some((next, unit)) = unit.or_else(|| self.lexicon.unit_words.forward(self.pieces, place)) {
            let letter = match (&*unit.name, self.word(place)) {
                ("bit", _) | (_, "h" | "s") => None,
                (name, _) => Some(name.to_owned()),
            };
            if let Some(name) = letter {
                return (next, if &*name == "bbl" { Name::Fixed("barrel") } else { Name::from(name) });
            }
        }
        let word = self.word(place).to_lowercase();
        let word = match word.as_str() {
            "sec" => "s",
            "hr" => "h",
            "annum" => "year",
            other => other,
        };
        (place + 1, Name::from(word.to_owned()))
    }
}

impl View<'_> {
    /// Whether a unit of time stands at `at`.
    pub(super) fn is_measure_of_time(&self, at: usize) -> bool {
        self.gap(at) != Gap::Break
            && self
                .lexicon
                .unit_words
                .forward(self.pieces, at)
                .is_some_and(|(_, unit)| unit.kind == super::lexicon::UnitKind::Time)
    }
}
