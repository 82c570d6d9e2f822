//! Money: currencies before and behind a number, by sign, code, name and smaller unit.

use super::lexicon::{Cue, Currency, CurrencyKind};
use super::pieces::Start;
use super::term::{Fellow, Measure, Term, View};
use crate::document::Name;
use crate::numeral::{Form, Gap, Kind, Number, Role};

impl View<'_> {
    /// The codes of the signs of money that the article uses, in their order, once each.
    fn signs(&self) -> &[Name] {
        self.signs.get_or_init(|| {
            let mut codes: Vec<Name> = Vec::new();
            for at in 0..self.pieces.len() {
                let first = self.pieces.first_byte(at);
                // `C$45`: the longest that ends with the sign; `R3bn`: letters that touch a number.
                let before = |end: usize| self.lexicon.currency_before.backward(self.pieces, end);
                let found = if first == b'$' {
                    before(at + 1).or_else(|| self.lexicon.currency_signs.forward(self.pieces, at))
                } else if !first.is_ascii() {
                    self.lexicon.currency_signs.forward(self.pieces, at)
                } else if first.is_ascii_digit()
                    && at > 0
                    && self.gap(at) == Gap::None
                    && self.pieces.first_byte(at - 1).is_ascii_uppercase()
                {
                    before(at)
                } else {
                    None
                };
                let code = found.and_then(|(_, currency)| currency.code.as_ref());
                codes.extend(code.filter(|code| !codes.contains(code)).cloned());
            }
            codes
        })
    }

    /// The codes of the signs of money, and of the names of money behind numbers, once each.
    fn moneys(&self) -> &[Name] {
        self.moneys.get_or_init(|| {
            let mut codes = self.signs().to_vec();
            for at in 1..self.pieces.len() {
                let number = self.pieces.list[at - 1].begins == Start::Number && self.gap(at) != Gap::Break;
                if number
                    && let Some((_, currency)) = self.lexicon.currency_names.forward(self.pieces, at)
                    && currency.below == 0
                    && let Some(code) = currency.code.as_ref().filter(|code| !codes.contains(code))
                {
                    codes.push(code.clone());
                }
            }
            codes
        })
    }

    /// The code of `currency` here: where several countries share its name or sign, that of the country which the
    /// article names most; its own where the article names none of them.
    pub(super) fn code_here(&self, currency: &Currency) -> Option<Name> {
        let Some(shared) = &currency.shared else { return currency.code.clone() };
        // `cents` in an article that knows one currency sign, the euro's, are euro cents.
        if currency.below > 0
            && let [only] = self.moneys()
        {
            return Some(only.clone());
        }
        let named = self.countries.get_or_init(|| self.lexicon.countries_named(self.pieces));
        let most = named.iter().map(|(_, count)| *count).max().unwrap_or_default();
        let code_in = |country: &Name| self.lexicon.currency_of(country, shared);
        // A bare `$` is the American one where America is named about as often as any other country.
        let home = |(country, count): &(Name, usize)| {
            count * 3 >= most && code_in(country).is_some() && code_in(country) == currency.code.as_ref()
        };
        if currency.home && named.iter().any(home) {
            return currency.code.clone();
        }
        let mut first = named.iter().filter(|(_, count)| *count == most);
        let country = first.next().filter(|_| first.next().is_none());
        country.and_then(|(country, _)| code_in(country)).cloned().or_else(|| currency.code.clone())
    }

    /// `$5`, `US$40`, `USD 34.6`, `Rs 20`, `-$5`.
    pub(super) fn add_currency_before(&self, term: &mut Term) {
        if term.kind == Kind::Fraction && !term.digits {
            return;
        }
        // `A $5-billion pipeline` is priced in dollars of any country; `A$5 billion` in Australian ones.
        let article =
            |first: usize| self.pieces.list[first].atom.role == Role::Article && self.gap(first + 1) == Gap::Blank;
        let mut found = self.lexicon.currency_before.all_backward(self.pieces, term.first);
        let found = found.find(|(first, _)| *first >= self.floor.get() && !article(*first));
        let Some((first, currency)) = found else { return };
        let sign = self.word(term.first - 1);
        let letters = sign.starts_with(char::is_alphabetic);
        // A letter alone must touch its number: `R1.2bn`, not `vitamin K 5 million`.
        if letters && sign.len() == 1 && self.gap(term.first) != Gap::None {
            return;
        }
        if letters && first > 0 && self.gap(first) == Gap::None && !matches!(self.word(first - 1), "(" | "\"" | "-") {
            return;
        }
        let code = self.code_here(currency);
        term.first = first;
        term.value = term.value.and_then(|value| currency.in_main_units(value));
        term.measure = Measure::Money(code);
        (term.sign_before, term.bare, term.rule) = (true, false, "money before");
        if first > 0
            && self.gap(first) == Gap::None
            && matches!(self.word(first - 1), "-" | "\u{2212}")
            && self.gap(first - 1) != Gap::None
        {
            term.first = first - 1;
            term.value = term.value.map(Number::negated);
        }
        // `minus $5`; not `8 minus $5`.
        let minus = first > self.floor.get()
            && self.gap(first) == Gap::Blank
            && self.pieces.list[first - 1].atom.role == Role::Minus
            && (first < 2 || self.pieces.list[first - 2].begins == Start::None);
        if minus {
            term.first = first - 1;
            term.value = term.value.map(Number::negated);
        }
    }

    /// `$10 dollars`, `$10 30 cents`, `$5 US`: a currency said twice is one.
    pub(super) fn add_repeated_currency(&self, term: &mut Term) {
        if self.gap(term.next) != Gap::Blank {
            return;
        }
        if let Some((next, currency)) = self.lexicon.currency_names.forward(self.pieces, term.next)
            && currency.below == 0
            && currency.code.is_some()
            && Measure::Money(self.code_here(currency)) == term.measure
        {
            term.next = next;
        }
    }

    /// Whether `361 million pounds` are money: money is counted in millions, weights are not.
    pub(super) fn pounds_are_money(&self, term: &Term, pound: &Currency) -> bool {
        let hyphen = self.is_hyphen(term.next.saturating_sub(2));
        let large =
            term.value.and_then(|value| value.compare(Number::whole(1000))).is_some_and(std::cmp::Ordering::is_ge);
        let weighed =
            (1..3).any(|step| self.cues(term.next + step).has(Cue::Weight)) || self.cues(term.next).has(Cue::Weight);
        let of = self.after(term.next) == "of";
        if self.cue_within(term.first, 5, Cue::Weight) {
            return false;
        }
        // `a 10-pound note`, `one dollar or one pound`.
        let listed = matches!(&*self.last.borrow(), Some(Fellow { next, measure: Measure::Money(_), .. })
            if next + 1 == term.first && self.cues_before(term.first).has(Cue::ListLink));
        if listed || self.cues_after(term.next).has(Cue::PaidNoun) {
            return true;
        }
        // `fined 500 pounds` are money, whatever is weighed behind them.
        self.cue_within(term.first, 2, Cue::Pay)
            || !weighed
                && (self.cue_within(term.first, 4, Cue::Pay)
                    || (term.scaled && large)
                    || (!hyphen && !of && pound.code.as_ref().is_some_and(|code| self.signs().contains(code))))
    }

    pub(super) fn currency_at(&self, term: &Term, place: usize) -> Option<(usize, Currency)> {
        let glued = place == term.next && self.gap(place) == Gap::None;
        let found = self.lexicon.currency_signs.forward(self.pieces, place).filter(|(next, currency)| {
            let ends = self.gap(*next) != Gap::None || !self.word(*next).starts_with(char::is_alphanumeric);
            let letters = self.word(place).starts_with(char::is_alphabetic);
            let stands = match currency.kind {
                CurrencyKind::Letter => glued && term.digits && !term.scaled && self.is_pence(*next),
                CurrencyKind::Sign if letters => self.word(place).len() > 1 && (glued || self.gap(*next) != Gap::None),
                // `10 $30` is two amounts; the sign belongs to the number that it touches.
                CurrencyKind::Sign => {
                    glued || self.gap(*next) != Gap::None || !self.word(*next).starts_with(|c: char| c.is_ascii_digit())
                }
                _ => term.digits || term.scaled,
            };
            ends && stands && (term.digits || term.scaled || !letters)
        });
        let found = found.or_else(|| {
            let (next, currency) = self.lexicon.currency_names.forward(self.pieces, place)?;
            (!glued || term.digits).then_some((next, currency))
        });
        found.map(|(next, currency)| (next, currency.clone())).or_else(|| self.currency_of_people(place))
    }

    /// `Haitian gourdes`, `Bruneian dollars`: a currency behind the adjective of its country. A name that
    /// countries share has no code unless the country is known.
    fn currency_of_people(&self, place: usize) -> Option<(usize, Currency)> {
        let adjective = self.word(place);
        if !adjective.starts_with(char::is_uppercase)
            || self.gap(place) != Gap::Blank
            || self.gap(place + 1) != Gap::Blank
        {
            return None;
        }
        let (next, currency) = self.lexicon.currency_names.forward(self.pieces, place + 1)?;
        let mut currency = currency.clone();
        if let Some(shared) = currency.shared.take() {
            currency.code = self.lexicon.money_of(adjective, &shared).cloned();
        }
        Some((next, currency))
    }

    /// `35p` is money; `1080p` a format. `17c a share` is money.
    pub(super) fn is_pence(&self, next: usize) -> bool {
        let rate = self.word(next) == "/" && self.word(next + 1).starts_with(char::is_alphabetic);
        !matches!(self.word(next), "-" | "/") || self.gap(next) != Gap::None || rate
    }

    pub(super) fn take_currency(&self, term: &mut Term, next: usize, currency: &Currency) {
        term.measure = Measure::Money(self.code_here(currency));
        term.small = currency.below > 0;
        (term.next, term.bare, term.rule) = (next, false, "money behind");
        term.value = term.value.and_then(|value| currency.in_main_units(value));
        let code_before_magnitude = matches!(currency.kind, CurrencyKind::Code) && !term.scaled;
        if code_before_magnitude
            && let Some(place) = self.joined(next)
            && let Some(piece) = self.pieces.get(place)
            && (piece.atom.role, piece.atom.form) == (Role::Scale, Form::Plain)
        {
            term.value = term.value.and_then(|value| value.shifted(u32::from(piece.atom.value)));
            (term.next, term.scaled) = (place + 1, true);
        }
        if currency.below == 0 {
            self.add_small_money(term);
        }
    }

    /// `thirteen dollars and forty-five cents`.
    pub(super) fn add_small_money(&self, term: &mut Term) {
        let and = usize::from(self.word(term.next) == "and" && self.gap(term.next) == Gap::Blank);
        let at = term.next + and;
        if self.gap(at) != Gap::Blank || self.pieces.get(at).is_none_or(|piece| piece.begins != Start::Number) {
            return;
        }
        let Some(more) = self.lexicon.numbers.read(self.pieces, at) else { return };
        let small =
            more.value.and_then(|value| value.compare(Number::whole(100))).is_some_and(std::cmp::Ordering::is_lt);
        let place = at + more.words;
        // `15 dollars and 50.`
        let cents = and == 1 && more.digits && more.words == 1 && self.word(at).len() == 2;
        if small && cents && (self.gap(place) == Gap::Break || matches!(self.word(place), "." | "," | ";")) {
            let part = more.value.and_then(|value| value.unshifted(2));
            term.value = term.value.zip(part).and_then(|(whole, part)| whole.plus(part));
            term.next = place;
            return;
        }
        if !small || self.gap(place) == Gap::Break {
            return;
        }
        if let Some((next, currency)) = self.lexicon.currency_names.forward(self.pieces, place)
            && currency.kind == CurrencyKind::Sub
        {
            let part = more.value.and_then(|value| currency.in_main_units(value));
            term.value = term.value.zip(part).and_then(|(whole, part)| whole.plus(part));
            term.next = next;
        }
    }
}
