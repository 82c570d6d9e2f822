//! The typed normal form of a mark.

use super::Name;
use crate::calendar::Timex;
use crate::text::Span;
use bigdecimal::BigDecimal;
use std::fmt;
use std::str::FromStr;

/// The normal form of a mark.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of a figure.
    Figure(Figure),
    /// Of a date.
    Timex(Timex),
    /// A form that came from outside and is kept as it was.
    Foreign(String),
}

/// How the words around a figure bound its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bound {
    /// No word bounds it; left out in files.
    #[default]
    Exact,
    /// about, around, some, roughly.
    About,
    /// over, more than, above.
    MoreThan,
    /// at least, no fewer than, 60-plus.
    AtLeast,
    /// under, fewer than, below.
    LessThan,
    /// up to, at most, no more than.
    AtMost,
    /// nearly, almost, close to.
    Nearly,
}

impl Bound {
    /// All bounds.
    pub const ALL: [Self; 7] =
        [Self::Exact, Self::About, Self::MoreThan, Self::AtLeast, Self::LessThan, Self::AtMost, Self::Nearly];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::About => "about",
            Self::MoreThan => "more_than",
            Self::AtLeast => "at_least",
            Self::LessThan => "less_than",
            Self::AtMost => "at_most",
            Self::Nearly => "nearly",
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|bound| bound.name() == name).ok_or_else(|| {
            format!("bound {name:?} is none of exact, about, more_than, at_least, less_than, at_most, nearly")
        })
    }
}

/// How much.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Amount {
    /// Marked, but its value is in doubt: absent beats wrong.
    #[default]
    Unknown,
    /// One exact decimal.
    Exact(BigDecimal),
    /// A fraction that is no finite decimal: written as `value` to 28 significant digits and as
    /// `fraction` `numerator/denominator`.
    Fraction(i64, i64),
    /// A range, either end open.
    Range(Option<BigDecimal>, Option<BigDecimal>),
    /// A ratio or score: `3:1`, `2-0`; written as `ratio`.
    Ratio(Vec<BigDecimal>),
}

/// The normal form of a figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// How much.
    pub amount: Amount,
    /// How the words around bound it.
    pub bound: Bound,
    /// Whether `amount` is a convention for a vague word ('dozens').
    pub vague: bool,
    /// ISO 4217 code, `percent`, `percentage_point`, `basis_point`, or a unit's id.
    pub unit: Option<Name>,
    /// Of what a rate is taken: `barrel`, `h`, `day`.
    pub per: Option<Name>,
    /// The figure with its approximator, when that is wider than the mark.
    pub extent: Option<Span>,
    /// The counted noun phrase, or what a share is a share of.
    pub counts: Option<Span>,
}
