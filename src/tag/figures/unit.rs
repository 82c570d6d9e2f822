//! Units behind a number, and what a rate is per.

use super::lexicon::{Cue, CurrencyKind, Unit, UnitKind};
use super::pieces::Start;
use super::term::{Measure, Term, View};
use super::traps::is_digits;
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
        if self.add_feet_and_inches(term) {
            return;
        }
        if let Some((next, unit)) = self.unit_at(term, place) {
            self.take_unit(term, place, next, &unit);
            return;
        }
        if let Some((next, currency)) = self.currency_at(term, place) {
            self.take_currency(term, next, &currency);
            return;
        }
        self.leave_in_doubt(term);
    }

    /// `6'2"`, `5'11`: a height in feet and inches.
    fn add_feet_and_inches(&self, term: &mut Term) -> bool {
        let (mark, inches) = (term.next, term.next + 1);
        let glued = |at: usize| self.gap(at) == Gap::None;
        if !term.bare || !matches!(self.word(mark), "'" | "\u{2019}" | "\u{2032}") || !glued(mark) || !glued(inches) {
            return false;
        }
        let feet = term.value.and_then(Number::to_whole).is_some_and(|feet| (3..9).contains(&feet));
        let part = self.word(inches).parse::<u8>().ok().filter(|inches| *inches < 12 && feet);
        let Some(part) = part.and_then(|part| Number::whole(part.into()).over(Number::whole(12))) else { return false };
        let sign = glued(inches + 1) && matches!(self.word(inches + 1), "\"" | "\u{201d}" | "\u{2033}");
        term.value = term.value.and_then(|feet| feet.plus(part));
        (term.next, term.bare, term.rule) = (inches + 1 + usize::from(sign), false, "quantity");
        term.measure = Measure::Unit(Name::Fixed("[ft_i]"), None);
        true
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
            UnitKind::Inch => (glued || self.is_inch(term, next)).then(|| (next, unit.clone())),
            // A foot of a person, a stone, a turn: only as measures in the plural or over a hyphen.
            _ => Some((next, unit.clone())),
        }
    }

    /// `38.3 C`, `12 m`: letters behind a blank that are units.
    pub(super) fn letter_unit_fits(&self, term: &Term, place: usize) -> bool {
        let letter = self.word(place);
        // `112 g/km`: a unit behind the stroke.
        let per = self.word(place + 1) == "/"
            && self.gap(place + 1) == Gap::None
            && self.gap(place + 2) == Gap::None
            && self.lexicon.unit_signs.forward(self.pieces, place + 2).is_some();
        let open = per
            || self.gap(place + 1) != Gap::None
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
                !slash && whole.is_none_or(|value| value < 3000) && !self.cues_before(term.first).has(Cue::FormBefore)
            }
            // `Rule 10b-5`, `flat 5b`.
            "b" => {
                let large = term.value.and_then(Number::to_whole).is_some_and(|value| value > 99);
                (large || self.gap(place) != Gap::None) && self.gap(place + 1) != Gap::None
            }
            "A" | "T" | "N" => false,
            "k" => self.is_run(term, place),
            "m" => self.gap(place) != Gap::None || self.is_metres(term, place),
            _ => true,
        }
    }

    /// `5 ft 2 in`; `is 2 in` where a length is spoken of.
    pub(super) fn is_inch(&self, term: &Term, next: usize) -> bool {
        let ends = self.gap(next) == Gap::Break || !self.word(next).starts_with(char::is_alphanumeric);
        // `3 in of rain`.
        let beside = self.cues_before(term.first).has(Cue::InchBefore)
            || (self.after(next) == "of" && self.cues_after(next + 1).has(Cue::Fallen));
        let spoken = || {
            let near = (term.first.saturating_sub(8)..term.first).chain([next]);
            near.into_iter().any(|at| self.cues(at).has(Cue::LengthNoun))
        };
        // `in long-term care` is no length, nor is `in length`.
        let long = self.cues_after(next).has(Cue::LengthNoun)
            && !matches!(self.word(next), "length" | "size" | "height")
            && (self.gap(next + 1) == Gap::Break
                || !self.word(next + 1).starts_with(|c: char| c.is_alphanumeric() || c == '-')
                || self.cues(next + 1).has(Cue::Stop));
        beside || long || (ends && spoken())
    }

    pub(super) fn take_unit(&self, term: &mut Term, place: usize, next: usize, unit: &Unit) {
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
        let money = self.lexicon.currency_names.forward(self.pieces, place);
        if let Some((end, money)) = money
            && (end > next || (money.kind == CurrencyKind::Pound && self.pounds_are_money(term, money)))
        {
            // `pounds sterling` are no weight.
            term.next = end.max(next);
            term.measure = Measure::Money(money.code.clone());
            term.rule = "money behind";
        }
        if self.lexicon.has_scales(&unit.name) {
            self.degrees(term);
        }
        self.add_second_unit(term, unit);
    }

    /// `30 degrees` of heat or of an angle; `35°N` is a coordinate.
    fn degrees(&self, term: &mut Term) {
        let next = term.next;
        let (behind, parted) = self.behind_arc(next);
        let sign = self.word(behind);
        // Letters of the compass are capitals: the `s` of `30°s` is none.
        let compass = self.cues_after(behind).has(Cue::Compass);
        let compass = compass && (sign.len() > 1 || sign.starts_with(char::is_uppercase));
        if compass || parted {
            (term.rule, term.next) = ("coordinate", behind + usize::from(compass));
            return;
        }
        let angle = (next..next + 4).chain(term.first.saturating_sub(4)..term.first);
        if angle.into_iter().any(|at| self.cues(at).has(Cue::Angle)) || self.after(next).eq_ignore_ascii_case("per") {
            return;
        }
        if let Some(scale) = self.scale_near(next).or_else(|| self.scale().cloned()) {
            term.measure = Measure::Unit(scale, None);
        }
    }

    /// `5 below zero`, `12 degrees below zero`: what the thermometer shows.
    pub(super) fn add_below_zero(&self, term: &mut Term) {
        let heat = match &term.measure {
            Measure::None => !term.scaled && term.kind == Kind::Cardinal,
            Measure::Unit(unit, None) => self.lexicon.has_scales(unit) || self.lexicon.is_scale(unit),
            _ => false,
        };
        let below = self.after(term.next) == "below" && self.after(term.next + 1) == "zero";
        if !heat || !below || term.value.is_some_and(Number::is_negative) {
            return;
        }
        if term.measure == Measure::None {
            let scale = self.scale().cloned().unwrap_or(Name::Fixed("deg"));
            (term.measure, term.rule) = (Measure::Unit(scale, None), "quantity");
        }
        term.value = term.value.map(Number::negated);
        (term.next, term.bare) = (term.next + 2, false);
    }

    /// `40° | 42′ 51″ N`: the piece behind the minutes and seconds of an arc, and whether there are any.
    fn behind_arc(&self, mut next: usize) -> (usize, bool) {
        let begun = next;
        for signs in [["'", "\u{2019}", "\u{2032}"], ["\"", "\u{201d}", "\u{2033}"]] {
            let number = self.gap(next) != Gap::Break
                && self.pieces.get(next).is_some_and(|piece| piece.begins == Start::Number)
                && self.gap(next + 1) == Gap::None;
            if !number || !signs.contains(&self.word(next + 1)) {
                break;
            }
            next += 2;
        }
        (next, next > begun)
    }

    /// The scale of temperature said within five words from `next`.
    fn scale_near(&self, next: usize) -> Option<Name> {
        (next..next + 5).find_map(|at| self.scale_at(at))
    }

    /// The scale of temperature that stands at `at`: `Celsius`, `°F`.
    fn scale_at(&self, at: usize) -> Option<Name> {
        let unit = self.lexicon.unit_signs.forward(self.pieces, at);
        let (_, unit) = unit.or_else(|| self.lexicon.unit_words.forward(self.pieces, at))?;
        self.lexicon.is_scale(&unit.name).then(|| unit.name.clone())
    }

    /// The one scale of temperature that the article uses, if it does not use two.
    pub(super) fn scale(&self) -> Option<&Name> {
        self.scale
            .get_or_init(|| {
                let temperature = |at: usize| match self.pieces.list[at].begins {
                    Start::Number => self.scale_at(at + 1),
                    _ => self.scale_at(at).filter(|_| self.word(at).len() > 1),
                };
                let mut said = (0..self.pieces.len()).filter_map(temperature);
                let first = said.next()?;
                said.all(|other| other == first).then_some(first)
            })
            .as_ref()
    }

    /// `5 feet 2 inches`, `5 ft 2 in`: one length in two units.
    pub(super) fn add_second_unit(&self, term: &mut Term, unit: &Unit) {
        let Some((second, ratio)) = self.lexicon.part_of(&unit.name) else { return };
        let mut at = term.next;
        // `a 6-foot-3 guard`.
        if self.is_hyphen(at)
            && self.gap(at) == Gap::None
            && let Some(inches) = self.lexicon.numbers.read(self.pieces, at + 1).filter(|inches| inches.words == 1)
            && inches.whole().is_some_and(|inches| i128::from(inches) < ratio)
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
        let signs = self.lexicon.unit_signs.forward(self.pieces, place);
        let second_unit = signs.or_else(|| self.lexicon.unit_words.forward(self.pieces, place));
        let second_unit = second_unit.filter(|(_, unit)| unit.name == *second && self.gap(place) != Gap::Break);
        // `12 stone 4`, `6ft 2`: nothing is counted by the second.
        let body = matches!(&*unit.name, "[ft_i]" | "[stone_av]") && more.words == 1 && is_digits(self.word(at));
        let bare = body && at == term.next && self.ends_clause(place) && !self.is_dash(place);
        let end = second_unit.map(|(next, _)| next).or(bare.then_some(place));
        let small =
            more.value.and_then(|value| value.compare(Number::whole(ratio))).is_some_and(std::cmp::Ordering::is_lt);
        if let Some(next) = end.filter(|_| small) {
            let part = more.value.and_then(|value| value.over(Number::whole(ratio)));
            term.value = term.value.zip(part).and_then(|(whole, part)| whole.plus(part));
            term.next = next;
        }
    }

    /// A length of time is the date layer's, an age ours: `14-year-old`, `six months of age`.
    pub(super) fn take_time(&self, term: &mut Term, next: usize, unit: &Unit) {
        let old = self.joined(next).or((self.is_hyphen(next) && self.gap(next + 1) != Gap::Break).then_some(next + 1));
        let age = old.and_then(|place| match self.word(place) {
            _ if self.cues(place).has(Cue::Old) => Some(place + 1),
            "of" if self.cues(place + 1).has(Cue::Aged) => Some(place + 2),
            _ => None,
        });
        term.bare = false;
        if let Some(next) = age {
            (term.measure, term.next, term.rule) = (Measure::Age(unit.name.clone()), next, "age");
        } else {
            (term.measure, term.next, term.rule) = (Measure::Time, next, "time");
        }
    }

    /// The per-phrase: `a barrel`, `per day`, `/h`, `an hour`; `$100-plus a barrel` keeps it outside.
    pub(super) fn add_rate(&self, term: &mut Term) {
        if matches!(term.measure, Measure::Time | Measure::Age(_)) || term.kind == Kind::Ordinal {
            return;
        }
        self.add_rate_behind(term);
        if term.per.is_none()
            && matches!(term.measure, Measure::Money(_) | Measure::Unit(..))
            && let Some((next, _)) = self.bound_behind(term.next)
        {
            let mut parted = Term { next, ..term.clone() };
            self.add_rate_behind(&mut parted);
            term.per = parted.per;
        }
    }

    fn add_rate_behind(&self, term: &mut Term) {
        let next = term.next;
        let hyphen = usize::from(self.is_hyphen(next) && self.gap(next + 1) != Gap::Break);
        let at = next + hyphen;
        if self.gap(next) == Gap::Break {
            return;
        }
        let word = self.word(at);
        // `35 per 100,000 people`: the base counts the people.
        let based = hyphen == 0 && word.eq_ignore_ascii_case("per") && self.is_round(at + 1);
        if based && !self.is_round_base(at + 1) && self.lexicon.unit_words.forward(self.pieces, at + 2).is_none() {
            term.per = Some(self.round_name(at + 1));
            return;
        }
        // `12.5 per 100,000`.
        if hyphen == 0 && word.eq_ignore_ascii_case("per") && self.is_round_base(at + 1) {
            (term.per, term.next, term.bare) = (Some(self.round_name(at + 1)), at + 2, false);
            return;
        }
        if hyphen == 0 && self.add_exchange(term) {
            return;
        }
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
            glued && noun.starts_with(char::is_alphabetic) && !cues.has(Cue::NoPer) && (measured || word != "/")
        } else {
            // `18 cents a brioche`: behind a smaller unit any noun will do.
            let small = term.small
                && noun.starts_with(char::is_lowercase)
                && !cues.has(Cue::Stop)
                && (self.gap(place + 1) != Gap::Blank || self.cues(place + 1).has(Cue::Stop));
            let known = cues.has(Cue::Rate) && (measured || self.is_time(place));
            self.cues(at).has(Cue::Article) && (known || (measured && small))
        };
        // `until 1970 per US figures`.
        let sourced = term.bare && self.word(term.number).len() == 4 && noun.starts_with(char::is_uppercase);
        if !fits || (!measured && (hyphen == 1 || sourced)) {
            return;
        }
        let (end, name) = self.rate_name(place);
        // `£133.9m a year earlier` is no rate.
        if self.cues_after(end).has(Cue::Then) && self.cues(at).has(Cue::Article) && self.is_time(place) {
            return;
        }
        let (end, name) = self.second_rate(end, name);
        if !measured && let Some(code) = self.rate_of_exchange(term.first, place) {
            (term.measure, term.rule) = (Measure::Money(Some(code)), "money behind");
        }
        term.per = Some(name);
        (term.next, term.bare) = (end, false);
    }

    /// `155 | to the dollar`: so much of the currency named before for one of that behind; whether it is so.
    fn add_exchange(&self, term: &mut Term) -> bool {
        let place = term.next + 2;
        let bare = term.measure == Measure::None;
        let tied = self.after(term.next) == "to" || (bare && self.after(term.next) == "against");
        let tied = tied && self.after(term.next + 1) == "the" && !term.small;
        if !tied || !term.digits || term.scaled || self.gap(place) != Gap::Blank {
            return false;
        }
        let Some((next, money)) = self.lexicon.currency_names.forward(self.pieces, place) else { return false };
        let code = match &term.measure {
            Measure::None => self.rate_of_exchange(term.first, place),
            Measure::Money(code) => code.clone(),
            _ => None,
        };
        let per = self.code_here(money);
        if code.is_none() || per.is_none() || code == per {
            return false;
        }
        (term.measure, term.per) = (Measure::Money(code), per);
        (term.next, term.bare, term.rule) = (next, false, "money behind");
        true
    }

    /// Whether the number at `at` is a power of ten from a hundred on with no noun behind it: what a rate is per.
    pub(super) fn is_round_base(&self, at: usize) -> bool {
        let alone = self.gap(at + 1) == Gap::Break
            || !self.word(at + 1).starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '%'))
            || (self.gap(at + 1) == Gap::Blank
                && self.cues(at + 1).has(Cue::Stop)
                && !self.cues(at + 1).has(Cue::Such));
        alone && self.is_round(at)
    }

    /// The name of a rate that the number at `at` is the base of.
    pub(super) fn round_name(&self, at: usize) -> Name {
        Name::from(self.word(at).chars().filter(char::is_ascii_digit).collect::<String>())
    }

    /// Whether the number at `at` is a power of ten from a hundred on.
    pub(super) fn is_round(&self, at: usize) -> bool {
        let zeros = self.after(at).strip_prefix('1').unwrap_or_default();
        zeros.len() > 1 && zeros.bytes().all(|byte| matches!(byte, b'0' | b','))
    }

    /// The currency that is exchanged for the one at `place`: the last one named before: `the crown fell to | 24.62`.
    fn rate_of_exchange(&self, first: usize, place: usize) -> Option<Name> {
        self.lexicon.currency_names.forward(self.pieces, place)?;
        let begin = (0..first).rev().take(20).take_while(|at| self.gap(at + 1) != Gap::Break).last()?;
        let mut named = (begin..first).rev().filter_map(|at| self.lexicon.currency_names.forward(self.pieces, at));
        named.find_map(|(_, money)| self.code_here(money))
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

    /// Whether gold, silver or their like is spoken of near `at`.
    fn is_precious(&self, at: usize) -> bool {
        (at.saturating_sub(14)..at + 4).any(|place| self.cues(place).has(Cue::Precious))
    }

    pub(super) fn is_time(&self, at: usize) -> bool {
        self.lexicon.unit_words.forward(self.pieces, at).is_some_and(|(_, unit)| unit.kind == UnitKind::Time)
    }

    /// The name of what a rate is per: a unit's code, else the noun's singular.
    pub(super) fn rate_name(&self, place: usize) -> (usize, Name) {
        let unit = self.lexicon.unit_signs.forward(self.pieces, place);
        if let Some((next, unit)) = unit.or_else(|| self.lexicon.unit_words.forward(self.pieces, place)) {
            // An ounce of gold is a troy ounce.
            let precious = self.lexicon.precious(&unit.name).filter(|_| self.is_precious(place));
            let name = precious.unwrap_or(&unit.name);
            // `20 J/m^2 per year`.
            if self.word(next) == "^" && self.gap(next) == Gap::None && matches!(self.word(next + 1), "2" | "3") {
                return (next + 2, Name::from(format!("{name}{}", self.word(next + 1))));
            }
            return (next, name.clone());
        }
        if let Some(code) =
            self.lexicon.currency_names.forward(self.pieces, place).and_then(|(_, money)| self.code_here(money))
        {
            return (place + 1, code);
        }
        let word = self.word(place).to_lowercase();
        (place + 1, Name::from(word))
    }
}

impl View<'_> {
    /// Whether a unit of time stands at `at`.
    pub(super) fn is_measure_of_time(&self, at: usize) -> bool {
        self.gap(at) != Gap::Break
            && self.lexicon.unit_words.forward(self.pieces, at).is_some_and(|(_, unit)| unit.kind == UnitKind::Time)
    }
}
