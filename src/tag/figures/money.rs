//! Money: currencies before and behind a number, by sign, code, name and smaller unit.

use super::lexicon::{Cue, Currency, CurrencyKind};
use super::pieces::Start;
use super::term::{Measure, Signs, Term, View};
use crate::document::Name;
use crate::numeral::{Form, Gap, Kind, Number, Role};

impl View<'_> {
    /// Which signs of money the article uses: looked up once, since the whole text is searched.
    fn signs(&self) -> Signs {
        *self.signs.get_or_init(|| {
            let text = self.pieces.text;
            Signs {
                pound: text.contains('\u{a3}'),
                only_euro: text.contains('\u{20ac}') && !text.contains('$'),
                america: ["US$", "U.S.", "America", "US ", "USD"].iter().any(|name| text.contains(name)),
            }
        })
    }

    /// The code of a currency whose name or sign several countries share, by the country that the article names
    /// most; `default` where it names none of them.
    pub(super) fn code_here(&self, form: &str, default: Option<&Name>) -> Option<Name> {
        let country = || {
            let country = self.country.get_or_init(|| self.lexicon.country(self.pieces));
            country.as_ref().and_then(|country| self.lexicon.currency_of(country, form)).cloned()
        };
        // A bare `$` is the American one wherever America is spoken of.
        if form == "dollar" && self.signs().america {
            return default.cloned();
        }
        let shared = default.is_none() || matches!(form, "rupee" | "dollar" | "lira");
        if shared { country().or_else(|| default.cloned()) } else { default.cloned() }
    }

    /// `$5`, `US$40`, `USD 34.6`, `Rs 20`, `-$5`.
    pub(super) fn add_currency_before(&self, term: &mut Term) {
        if term.kind == Kind::Fraction && !term.digits {
            return;
        }
        let found = self.lexicon.currency_before.backward(self.pieces, term.first);
        let Some((mut first, currency)) = found.filter(|(first, _)| *first >= self.floor.get()) else { return };
        let letters = self.word(term.first - 1).starts_with(char::is_alphabetic);
        if letters && first > 0 && self.gap(first) == Gap::None && !matches!(self.word(first - 1), "(" | "\"" | "-") {
            return;
        }
        let mut code = if self.word(first) == "$" {
            self.code_here("dollar", currency.code.as_ref())
        } else {
            self.code_here(self.word(first), currency.code.as_ref())
        };
        if self.word(first) == "$" && first + 1 == term.first && first > 0 && self.gap(first) != Gap::Break {
            // Wires in small letters, or cut at every sign: `c $ 16.4 million`, `U.S. $40`.
            let before = self.word(first - 1);
            let other = match before {
                "us" | "u.s" | "u.s." | "U.S." | "U.S" | "US" | "usd" | "USD" => Some("USD"),
                "hk" | "HK" => Some("HKD"),
                "nz" | "NZ" | "nzd" | "NZD" => Some("NZD"),
                "au" | "AU" | "aud" | "AUD" => Some("AUD"),
                "c" | "cad" | "CAD" | "CA" => Some("CAD"),
                _ => None,
            };
            if let Some(other) = other {
                (first, code) = (first - 1, Some(Name::from(other)));
            }
        }
        term.first = first;
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
    }

    /// `$10 dollars`, `$10 30 cents`, `$5 US`: a currency said twice is one.
    pub(super) fn add_repeated_currency(&self, term: &mut Term) {
        if self.gap(term.next) != Gap::Blank {
            return;
        }
        if let Some((next, currency)) = self.lexicon.currency_names.forward(self.pieces, term.next)
            && currency.below == 0
            && currency.code.is_some()
            && Measure::Money(currency.code.clone()) == term.measure
        {
            term.next = next;
        }
    }

    /// Whether `361 million pounds` are money: money is counted in millions, weights are not.
    pub(super) fn pounds_are_money(&self, term: &Term) -> bool {
        let hyphen = self.is_hyphen(term.next.saturating_sub(2));
        let large =
            term.value.and_then(|value| value.compare(Number::whole(1000))).is_some_and(std::cmp::Ordering::is_ge);
        let weighed = self.cue_within(term.first, 5, Cue::Weight)
            || (1..3).any(|step| self.cues(term.next + step).has(Cue::Weight))
            || self.cues(term.next).has(Cue::Weight);
        let of = self.after(term.next) == "of";
        let paid = self.cue_within(term.first, 4, Cue::Pay);
        !weighed && (paid || (term.scaled && large) || (!hyphen && !of && self.signs().pound))
    }

    pub(super) fn currency_at(&self, term: &Term, place: usize) -> Option<(usize, Currency)> {
        let glued = place == term.next && self.gap(place) == Gap::None;
        let found = self.lexicon.currency_signs.forward(self.pieces, place).filter(|(next, currency)| {
            let ends = self.gap(*next) != Gap::None || !self.word(*next).starts_with(char::is_alphanumeric);
            let letters = self.word(place).starts_with(char::is_alphabetic);
            let stands = match currency.kind {
                CurrencyKind::Letter => glued && term.digits && !term.scaled && self.is_pence(*next),
                CurrencyKind::Sign if letters => glued || self.gap(*next) != Gap::None,
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
        found.map(|(next, currency)| (next, currency.clone()))
    }

    /// `35p` is money; `1080p` a format. `17c a share` is money.
    pub(super) fn is_pence(&self, next: usize) -> bool {
        !matches!(self.word(next), "-" | "/") || self.gap(next) != Gap::None
    }

    pub(super) fn take_currency(&self, term: &mut Term, next: usize, currency: &Currency) {
        let name = self.word(next - 1).to_ascii_lowercase();
        let name = match name.as_str() {
            "kroner" | "krona" | "kronor" | "krone" | "kr" => "krone",
            "cent" | "cents" if self.signs().only_euro => "eurocent",
            "cent" | "cents" => "dollar",
            other => other.strip_suffix('s').unwrap_or(other),
        };
        // `Canadian dollars` say their country themselves.
        let alone = next == self.joined(term.next).unwrap_or(term.next) + 1;
        let code = match (name, alone) {
            ("eurocent", true) => Some(Name::Fixed("EUR")),
            (_, true) => self.code_here(name, currency.code.as_ref()),
            _ => currency.code.clone(),
        };
        term.measure = Measure::Money(code);
        (term.next, term.bare, term.rule) = (next, false, "money behind");
        term.value = term.value.and_then(|value| value.unshifted(currency.below));
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
            let part = more.value.and_then(|value| value.unshifted(currency.below));
            term.value = term.value.zip(part).and_then(|(whole, part)| whole.plus(part));
            term.next = next;
        }
    }
}
