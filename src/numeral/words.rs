//! Numerals in words, in digits, and in both.
//!
//! A numeral is a chain of groups below thousand, each with its magnitudes, falling: `two million | three
//! hundred thousand | and five`. A group that would not fall begins a numeral of its own, so that `three
//! hundred and four hundred` are two.

use super::lexicon::{Atom, Form, Numbers, Role};
use super::{Gap, Kind, Number, Numeral, Words, digits};

/// Reads one numeral; holds what the steps share.
pub(super) struct Reader<'a, W: ?Sized> {
    pub(super) numbers: &'a Numbers,
    pub(super) words: &'a W,
}

/// A part of a numeral that was read: the word after it and its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) next: usize,
    pub(super) value: Option<Number>,
}

/// The chain of groups with which a numeral begins.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about one run of words")]
pub(super) struct Chain {
    pub(super) next: usize,
    pub(super) value: Option<Number>,
    pub(super) ordinal: bool,
    pub(super) digits: bool,
    /// A literal such as `3/4` or `½`.
    pub(super) fraction: bool,
    /// The power of ten of the last magnitude; nothing when the last group has none.
    pub(super) last_power: Option<u32>,
    pub(super) scaled: bool,
}

impl Numbers {
    /// Reads the numeral that begins with the word at `at`; nothing when none begins there.
    ///
    /// Vague plurals (`hundreds`, `dozens`) begin no numeral; a bare `quarter` neither.
    pub fn read<W: Words + ?Sized>(&self, words: &W, at: usize) -> Option<Numeral> {
        let reader = Reader { numbers: self, words };
        let first = reader.atom(at);
        match first.role {
            Role::None | Role::And | Role::Of | Role::Point | Role::Short => None,
            Role::Minus => {
                if reader.words.gap(at + 1) == Gap::Break || reader.atom(at + 1).role == Role::Minus {
                    return None;
                }
                let rest = self.read(words, at + 1).filter(|rest| rest.kind != Kind::Ordinal)?;
                Some(Numeral { words: rest.words + 1, value: rest.value.map(Number::negated), ..rest })
            }
            _ => reader.numeral(at),
        }
    }
}

impl<W: Words + ?Sized> Reader<'_, W> {
    #[inline]
    pub(super) fn atom(&self, at: usize) -> Atom {
        self.words.atom(at, self.numbers)
    }

    /// The place of the word after `at - 1`, over a hyphen; nothing across lines.
    pub(super) fn joined(&self, at: usize) -> Option<usize> {
        match self.words.gap(at) {
            Gap::Break => None,
            gap => {
                if self.is_hyphen(at) {
                    (self.words.gap(at + 1) == gap).then_some(at + 1)
                } else {
                    (gap == Gap::Blank).then_some(at)
                }
            }
        }
    }

    fn is_hyphen(&self, at: usize) -> bool {
        matches!(self.words.word(at), "-" | "\u{2010}" | "\u{2011}")
    }

    fn numeral(&self, at: usize) -> Option<Numeral> {
        if let Some(fraction) = self.leading_fraction(at) {
            return Some(fraction);
        }
        let chain = self.chain(at)?;
        if chain.ordinal
            && self.atom(at) == (Atom { role: Role::Unit, form: Form::Plain, value: 1 })
            && self.words.gap(chain.next) == Gap::Blank
            && self.atom(chain.next).role == Role::Of
        {
            // `one hundredth of`.
            let value = chain.value.and_then(|below| Number::whole(1).over(below));
            return Some(finish(at, &Chain { value, ..chain }, Kind::Fraction));
        }
        if chain.ordinal {
            return Some(finish(at, &chain, Kind::Ordinal));
        }
        if let Some(fraction) = self.counted_parts(at, &chain) {
            return Some(fraction);
        }
        let chain = self.with_decimals(chain);
        let chain = self.with_half(chain);
        let kind = if chain.fraction { Kind::Fraction } else { Kind::Cardinal };
        Some(finish(at, &chain, kind))
    }

    /// The falling chain of groups that begins at `at`.
    pub(super) fn chain(&self, at: usize) -> Option<Chain> {
        let article = self.atom(at).role == Role::Article;
        let start = if article { self.joined(at + 1)? } else { at };
        let mut chain = self.group(start, article)?;
        if article && !chain.scaled {
            return None;
        }
        while !chain.ordinal
            && !chain.fraction
            && let Some(power) = chain.last_power
            && let Some(group) = self.further_group(&chain, power)
        {
            chain = Chain {
                value: chain.value.zip(group.value).and_then(|(sum, more)| sum.plus(more)),
                digits: chain.digits || group.digits,
                scaled: true,
                ..group
            };
        }
        Some(chain)
    }

    /// A group that continues `chain`, whose last magnitude is ten to the `power`.
    fn further_group(&self, chain: &Chain, power: u32) -> Option<Chain> {
        let next = self.joined(chain.next)?;
        let and = self.atom(next).role == Role::And;
        let start = if and { self.joined(next + 1)? } else { next };
        let first = self.atom(start);
        let in_words = matches!(first.role, Role::Unit | Role::Teen | Role::Ten);
        // `$5 million and 20 people` are two numerals.
        let in_digits = first.role == Role::Digits && !and;
        if !in_words && !in_digits {
            return None;
        }
        let group = self.group(start, false)?;
        if group.fraction || (in_digits && group.ordinal) {
            return None;
        }
        if in_digits && group.last_power.is_none() {
            return None;
        }
        let smaller = group.last_power.is_none_or(|own| own < power);
        let fits = group
            .value
            .zip(Number::whole(1).shifted(power))
            .is_some_and(|(value, unit)| value.compare(unit).is_some_and(std::cmp::Ordering::is_lt));
        // `one million, two`: a lone unit needs its `and`, unless it ends the ordinal.
        let bound = and || group.ordinal || group.scaled || first.role != Role::Unit;
        (smaller && fits && bound && self.is_whole(&group)).then_some(group)
    }

    /// Whether nothing after `group` shows that it begins a numeral of its own: `two million and | two thirds`.
    fn is_whole(&self, group: &Chain) -> bool {
        group.ordinal
            || self
                .joined(group.next)
                .is_none_or(|next| self.atom(next).form != Form::Parts && self.atom(next).role != Role::Part)
    }

    /// One group below thousand with its magnitudes; `implied` when an article stands for the one.
    fn group(&self, at: usize, implied: bool) -> Option<Chain> {
        let atom = self.atom(at);
        let mut chain = Chain {
            next: at,
            value: Some(Number::whole(1)),
            ordinal: false,
            digits: false,
            fraction: false,
            last_power: None,
            scaled: false,
        };
        match atom.role {
            Role::Digits if !implied => {
                let literal = digits::read(self.words.word(at)).filter(|d| d.length == self.words.word(at).len())?;
                chain.value = literal.value;
                chain.next = at + 1;
                chain.digits = true;
                chain.ordinal = literal.literal == digits::Literal::Ordinal;
                chain.fraction = literal.literal == digits::Literal::Fraction;
                if literal.bare {
                    self.add_digit_fraction(&mut chain);
                }
                self.add_hyphened_fraction(&mut chain);
            }
            Role::Zero | Role::Unit | Role::Teen | Role::Ten if !implied => {
                let (value, next, ordinal) = self.below_hundred(at)?;
                (chain.value, chain.next, chain.ordinal) = (Some(Number::whole(value)), next, ordinal);
            }
            // A bare magnitude: `a hundred`, `million`.
            Role::Hundred | Role::Scale | Role::Dozen if atom.form != Form::Plural && atom.form != Form::Parts => {}
            _ => return None,
        }
        if !chain.ordinal {
            self.magnitudes(&mut chain, at);
        }
        Some(chain)
    }

    /// `1 4/5`: a whole number and a proper fraction in digits.
    fn add_digit_fraction(&self, chain: &mut Chain) {
        if self.words.gap(chain.next) != Gap::Blank {
            return;
        }
        let word = self.words.word(chain.next);
        let Some(part) = digits::read(word).filter(|part| part.length == word.len()) else { return };
        let proper = part.value.and_then(|v| v.compare(Number::whole(1))).is_some_and(std::cmp::Ordering::is_lt);
        if part.literal == digits::Literal::Fraction && proper {
            chain.value = chain.value.zip(part.value).and_then(|(whole, part)| whole.plus(part));
            chain.next += 1;
        }
    }

    /// `7-1/4`, and in prices `5.62-1/2`, where the fraction parts the last cent.
    fn add_hyphened_fraction(&self, chain: &mut Chain) {
        let fraction = chain.next + 1;
        if self.words.word(chain.next) != "-" || self.words.gap(chain.next) != Gap::None {
            return;
        }
        let whole = self.words.word(chain.next - 1);
        let decimals = whole.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let word = self.words.word(fraction);
        let usual = word.split_once('/').is_some_and(|(above, below)| {
            let (above, below) = (above.parse().unwrap_or(u8::MAX), below.parse().unwrap_or(0_u8));
            0 < above && above < below && matches!(below, 2 | 3 | 4 | 8 | 16 | 32 | 64)
        });
        if self.words.gap(fraction) != Gap::None || !usual || !matches!(decimals, 0 | 2) || whole.len() > 12 {
            return;
        }
        let part = digits::read(word).filter(|part| part.length == word.len()).and_then(|part| part.value);
        let part = part.and_then(|part| part.unshifted(decimals as u32));
        chain.value = chain.value.zip(part).and_then(|(whole, part)| whole.plus(part));
        chain.next += 2;
    }

    /// A number below hundred in words: value, the word after it, and whether it is an ordinal.
    fn below_hundred(&self, at: usize) -> Option<(i128, usize, bool)> {
        let first = self.atom(at);
        let value = i128::from(first.value);
        match (first.role, first.form) {
            (Role::Zero | Role::Unit | Role::Teen | Role::Ten, Form::Ordinal) => Some((value, at + 1, true)),
            (Role::Zero | Role::Unit | Role::Teen, Form::Plain) => Some((value, at + 1, false)),
            (Role::Ten, Form::Plain) => {
                let Some(next) = self.joined(at + 1) else { return Some((value, at + 1, false)) };
                let unit = self.atom(next);
                match (unit.role, unit.form) {
                    (Role::Unit, Form::Plain) => Some((value + i128::from(unit.value), next + 1, false)),
                    (Role::Unit, Form::Ordinal) => Some((value + i128::from(unit.value), next + 1, true)),
                    // `thirty-fifths` is a denominator.
                    (Role::Unit, Form::Parts) if next > at + 1 => None,
                    _ => Some((value, at + 1, false)),
                }
            }
            _ => None,
        }
    }

    /// The magnitudes behind a group: `hundred`, `hundred and five`, `million`, `thousand billion`, `dozen`.
    fn magnitudes(&self, chain: &mut Chain, start: usize) {
        while !chain.ordinal {
            let next = if chain.next == start {
                start
            } else {
                match self.joined(chain.next) {
                    Some(next) => next,
                    // `1.5bn`, cut by who asks.
                    None if chain.digits && self.words.gap(chain.next) == Gap::None => chain.next,
                    None => return,
                }
            };
            let atom = self.atom(next);
            let power = match (atom.role, atom.form) {
                (Role::Hundred, Form::Plain | Form::Ordinal) if !chain.scaled => 2,
                (Role::Scale, Form::Plain | Form::Ordinal) => u32::from(atom.value),
                (Role::Scale, Form::Plural) if chain.next > start => u32::from(atom.value),
                (Role::Short, _) if chain.digits && !chain.scaled => u32::from(atom.value),
                (Role::Dozen, _) if chain.next > start || atom.form == Form::Plain => {
                    chain.value = chain.value.and_then(|value| value.times(Number::whole(12)));
                    (chain.next, chain.scaled, chain.last_power) = (next + 1, true, None);
                    return;
                }
                _ => return,
            };
            chain.value = chain.value.and_then(|value| value.shifted(power));
            (chain.next, chain.scaled, chain.ordinal) = (next + 1, true, atom.form == Form::Ordinal);
            chain.last_power = Some(power);
            if power == 2 && !chain.ordinal {
                self.add_below_hundred(chain);
            }
        }
    }

    /// `three hundred | and five`, `three hundred | fifth`, `3 hundred | and 21`.
    fn add_below_hundred(&self, chain: &mut Chain) {
        let Some(next) = self.joined(chain.next) else { return };
        let and = self.atom(next).role == Role::And;
        let start = if and { self.joined(next + 1) } else { Some(next) };
        let Some(start) = start else { return };
        let read = match self.atom(start).role {
            Role::Unit | Role::Teen | Role::Ten => self.below_hundred(start),
            Role::Digits if and => digits::read(self.words.word(start))
                .filter(|digits| digits.bare && digits.length < 3 && digits.length == self.words.word(start).len())
                .and_then(|digits| digits.value?.to_whole())
                .map(|value| (i128::from(value), start + 1, false)),
            _ => None,
        };
        let Some((mut value, mut next, ordinal)) = read else { return };
        if !ordinal && let Some(after) = self.joined(next) {
            match self.atom(after) {
                // `three hundred and | four hundred`, `one hundred | and two thirds`.
                Atom { role: Role::Hundred, form: Form::Plain, .. } => return,
                Atom { form: Form::Parts, .. } if and => return,
                Atom { role: Role::Dozen, .. } => (value, next) = (value * 12, after + 1),
                _ => {}
            }
        }
        chain.value = chain.value.and_then(|sum| sum.plus(Number::whole(value)));
        (chain.next, chain.ordinal, chain.last_power) = (next, ordinal, None);
    }

    /// `five point five`, `two hundred point zero three`, then maybe `million`.
    fn with_decimals(&self, chain: Chain) -> Chain {
        let Some(point) = self.joined(chain.next).filter(|next| self.atom(*next).role == Role::Point) else {
            return chain;
        };
        let (mut next, mut digits) = (point + 1, [0_u8; 16]);
        let mut count = 0;
        while let Some(place) = self.joined(next)
            && matches!(self.atom(place), Atom { role: Role::Zero | Role::Unit, form: Form::Plain, .. })
            && count < digits.len()
        {
            digits[count] = b'0' + self.atom(place).value;
            (next, count) = (place + 1, count + 1);
        }
        let decimals = Number::from_digits([].into_iter(), digits[..count].iter().copied());
        if count == 0 || chain.digits {
            return chain;
        }
        let value = chain.value.zip(decimals).and_then(|(whole, decimals)| whole.plus(decimals));
        let mut chain = Chain { next, value, last_power: None, ..chain };
        self.magnitudes(&mut chain, point);
        chain
    }
}

pub(super) fn finish(at: usize, chain: &Chain, kind: Kind) -> Numeral {
    Numeral { words: chain.next - at, value: chain.value, kind, digits: chain.digits, scaled: chain.scaled }
}
