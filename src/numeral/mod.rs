//! Reading numbers: words, digits, magnitudes and fractions.
//!
//! [`Numbers::read`] reads one numeral from a run of words, whoever cut them: `21`, `1,234.5`, `2.5 million`,
//! `twenty-three`, `a hundred and five`, `two and a half million`, `half a dozen`, `two-thirds`,
//! `twenty-first`, `minus five`. What surrounds a numeral (currencies, units, bounds, ranges) is not its
//! business.

pub mod digits;
mod fraction;
mod lexicon;
mod number;
mod words;

#[cfg(test)]
mod tests;

pub use lexicon::{Atom, Form, Numbers, Role};
pub use number::Number;

/// What stands between two neighbouring words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Nothing.
    None,
    /// White space within a line.
    Blank,
    /// The end of a line, or of the text.
    Break,
}

/// A run of words to read numerals from: tokens of a text, with hyphens as words of their own.
pub trait Words {
    /// The word at `index`; empty outside the run.
    fn word(&self, index: usize) -> &str;

    /// What stands between the words at `index - 1` and `index`.
    fn gap(&self, index: usize) -> Gap;

    /// What the word at `index` does in a numeral.
    fn atom(&self, index: usize, numbers: &Numbers) -> Atom {
        numbers.atom(self.word(index))
    }
}

/// What kind of number a numeral says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How many.
    Cardinal,
    /// Which in a row.
    Ordinal,
    /// A part of one, alone (`two thirds`, `half`) or of a magnitude (`half a million`).
    Fraction,
}

/// A numeral that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numeral {
    /// How many words it takes.
    pub words: usize,
    /// What it is worth, exactly; nothing when it outgrows [`Number`].
    pub value: Option<Number>,
    /// What kind of number it says.
    pub kind: Kind,
    /// Whether any of it is written in digits.
    pub digits: bool,
    /// Whether a magnitude (`hundred`, `million`, `dozen`) is part of it.
    pub scaled: bool,
}

impl Numeral {
    /// The value when it is whole and fits.
    pub fn whole(&self) -> Option<i64> {
        self.value.and_then(Number::to_whole)
    }

    /// The value as a decimal, when its digits end.
    pub fn decimal(&self) -> Option<bigdecimal::BigDecimal> {
        self.value.and_then(Number::to_decimal)
    }
}
