//! Fractions in words: halves, thirds, `a quarter of a million`, `two and a half`.

use super::lexicon::{Form, Role};
use super::words::{Chain, Part, Reader, finish};
use super::{Gap, Kind, Number, Numeral, Words};

impl<W: Words + ?Sized> Reader<'_, W> {
    /// A fraction that needs no number before it: `half`, `a half`, `half a dozen`, `a third of`,
    /// `quarter million`.
    pub(super) fn leading_fraction(&self, at: usize) -> Option<Numeral> {
        let article = self.atom(at).role == Role::Article;
        let place = if article { self.joined(at + 1)? } else { at };
        let atom = self.atom(place);
        let part = match (atom.role, atom.form) {
            (Role::Part, Form::Plain) => Part { next: place + 1, value: portion(1, i128::from(atom.value)) },
            (Role::Unit | Role::Teen | Role::Ten | Role::Hundred | Role::Scale, _) if article => {
                self.denominator(place, Form::Ordinal).filter(|part| self.shares(part.next))?
            }
            _ => return None,
        };
        if let Some(scaled) = self.of_magnitude(part, atom.role == Role::Part) {
            return Some(fraction(at, scaled, true));
        }
        // A bare `quarter` is a coin, a season or a part of a town.
        let said = atom.role != Role::Part || atom.value == 2 || article;
        said.then(|| fraction(at, part, false))
    }

    /// `two | thirds`, `one | fifth`, `three-quarters | of a million`.
    pub(super) fn counted_parts(&self, at: usize, chain: &Chain) -> Option<Numeral> {
        if chain.digits && chain.scaled {
            return None;
        }
        let place = self.joined(chain.next)?;
        let atom = self.atom(place);
        let one = chain.value.and_then(Number::to_whole) == Some(1);
        let part = match (atom.role, atom.form) {
            (Role::Part, Form::Parts) => Part { next: place + 1, value: portion(1, i128::from(atom.value)) },
            (Role::Part, Form::Plain) if one || place > chain.next => {
                Part { next: place + 1, value: portion(1, i128::from(atom.value)) }
            }
            _ => match self.denominator(place, Form::Parts) {
                Some(part) => part,
                None if one => self.denominator(place, Form::Ordinal)?,
                None => return None,
            },
        };
        let value = chain.value.zip(part.value).and_then(|(count, part)| count.times(part));
        let part = Part { value, ..part };
        Some(match self.of_magnitude(part, true) {
            Some(scaled) => fraction(at, scaled, true),
            None => fraction(at, part, false),
        })
    }

    /// `two | and a half | million`, `a million | and a half`.
    pub(super) fn with_half(&self, chain: Chain) -> Chain {
        if chain.fraction {
            return chain;
        }
        let Some(part) = self.and_parts(&chain) else { return chain };
        let power = chain.last_power;
        let mut sum = Chain { next: part.next, value: part.value, last_power: None, scaled: false, ..chain };
        // `one billion and a half million`: the fraction has a magnitude of its own.
        let own = self.magnitude(part.next);
        if let Some((next, own)) = own {
            sum.next = next;
            let unit = if power.is_none() { chain.value.and_then(|value| value.shifted(own)) } else { chain.value };
            sum.value = part.value.and_then(|part| part.shifted(own)).zip(unit).and_then(|(a, b)| a.plus(b));
        } else if self.atom(chain.next - 1).role == Role::Dozen {
            let more = part.value.and_then(|part| part.times(Number::whole(12)));
            sum.value = chain.value.zip(more).and_then(|(whole, part)| whole.plus(part));
        } else {
            let raised = part.value.and_then(|part| part.shifted(power.filter(|power| *power > 2).unwrap_or(0)));
            sum.value = chain.value.zip(raised).and_then(|(whole, part)| whole.plus(part));
        }
        sum.scaled = chain.scaled || own.is_some();
        sum
    }

    /// `and a half`, `and three quarters`, `-and-a-half` behind a whole number.
    fn and_parts(&self, chain: &Chain) -> Option<Part> {
        let and = self.joined(chain.next).filter(|next| self.atom(*next).role == Role::And)?;
        let place = self.joined(and + 1)?;
        let atom = self.atom(place);
        if atom.role == Role::Article || (atom.role, atom.form) == (Role::Part, Form::Plain) {
            let place = if atom.role == Role::Article { self.joined(place + 1)? } else { place };
            let atom = self.atom(place);
            return if (atom.role, atom.form) == (Role::Part, Form::Plain) {
                Some(Part { next: place + 1, value: portion(1, i128::from(atom.value)) })
            } else {
                self.denominator(place, Form::Ordinal).filter(|part| self.shares(part.next))
            };
        }
        if !matches!((atom.role, atom.form), (Role::Unit | Role::Teen, Form::Plain)) {
            return None;
        }
        let place = self.joined(place + 1)?;
        let below = self.atom(place);
        let part = match (below.role, below.form) {
            (Role::Part, Form::Parts | Form::Plain) => {
                Part { next: place + 1, value: portion(1, i128::from(below.value)) }
            }
            _ if atom.value == 1 => self.denominator(place, Form::Ordinal)?,
            _ => self.denominator(place, Form::Parts)?,
        };
        let value = part.value.and_then(|part| part.times(Number::whole(i128::from(atom.value))));
        Some(Part { value, ..part })
    }

    /// A denominator in `form`: `thirds`, `twenty-fifth`, `hundredths`, `hundred thousandth`.
    fn denominator(&self, at: usize, form: Form) -> Option<Part> {
        let atom = self.atom(at);
        let value = i128::from(atom.value);
        let whole = |value: Option<Number>, next| {
            let value = value.and_then(|below| Number::whole(1).over(below));
            Some(Part { next, value })
        };
        match atom.role {
            // A second is no half.
            Role::Unit if atom.form == form && value > 2 => whole(Some(Number::whole(value)), at + 1),
            Role::Teen | Role::Ten if atom.form == form => whole(Some(Number::whole(value)), at + 1),
            Role::Hundred if atom.form == form => whole(Some(Number::whole(100)), at + 1),
            Role::Scale if atom.form == form => whole(Number::whole(1).shifted(u32::from(atom.value)), at + 1),
            Role::Ten if atom.form == Form::Plain => {
                let place = self.joined(at + 1)?;
                let unit = self.atom(place);
                let sum = Number::whole(value + i128::from(unit.value));
                (unit.role == Role::Unit && unit.form == form).then(|| whole(Some(sum), place + 1))?
            }
            _ => None,
        }
    }

    /// `of a million`, `a million`, `million`, `a dozen` behind a fraction; bare only where `bare`.
    fn of_magnitude(&self, part: Part, bare: bool) -> Option<Part> {
        let mut place = self.joined(part.next)?;
        let of = self.atom(place).role == Role::Of;
        if of {
            place = self.joined(place + 1)?;
        }
        let article = self.atom(place).role == Role::Article;
        if article {
            place = self.joined(place + 1)?;
        } else if of || !bare {
            return None;
        }
        let atom = self.atom(place);
        let value = match (atom.role, atom.form) {
            (Role::Scale, Form::Plain) => part.value.and_then(|value| value.shifted(u32::from(atom.value))),
            (Role::Hundred, Form::Plain) => part.value.and_then(|value| value.shifted(2)),
            (Role::Dozen, Form::Plain) => part.value.and_then(|value| value.times(Number::whole(12))),
            _ => return None,
        };
        Some(Part { next: place + 1, value })
    }

    /// The magnitude at `at`: the word after it and its power of ten.
    fn magnitude(&self, at: usize) -> Option<(usize, u32)> {
        let place = self.joined(at)?;
        let atom = self.atom(place);
        (atom.role == Role::Scale && atom.form == Form::Plain).then(|| (place + 1, u32::from(atom.value)))
    }

    /// Whether what stands at `at` lets `a third` before it be a share and not a rank.
    fn shares(&self, at: usize) -> bool {
        self.words.gap(at) == Gap::Break
            || self.atom(at).role == Role::Of
            || !self.words.word(at).starts_with(char::is_alphanumeric)
    }
}

fn portion(above: i128, below: i128) -> Option<Number> {
    Number::whole(above).over(Number::whole(below))
}

fn fraction(at: usize, part: Part, scaled: bool) -> Numeral {
    let chain = Chain {
        next: part.next,
        value: part.value,
        ordinal: false,
        digits: false,
        fraction: true,
        last_power: None,
        scaled,
    };
    finish(at, &chain, Kind::Fraction)
}
