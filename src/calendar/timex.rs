//! TIMEX3 normal forms, printed and parsed (`TimeML` 1.2.1, ISO 8601 with its extensions).

use std::fmt;
use std::str::FromStr;

/// The four types of TIMEX3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimexKind {
    /// A calendar unit of a day or more, or a vague reference to one.
    Date,
    /// A part of a day or a clock time.
    Time,
    /// How long.
    Duration,
    /// How often.
    Set,
}

impl TimexKind {
    /// The label of the date layer.
    pub fn name(self) -> &'static str {
        match self {
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Duration => "DURATION",
            Self::Set => "SET",
        }
    }
}

impl fmt::Display for TimexKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for TimexKind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "DATE" => Ok(Self::Date),
            "TIME" => Ok(Self::Time),
            "DURATION" => Ok(Self::Duration),
            "SET" => Ok(Self::Set),
            _ => Err(format!("TIMEX3 type {name:?} is none of DATE, TIME, DURATION, SET")),
        }
    }
}

/// `mod` of TIMEX3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Modifier {
    /// early, the beginning of.
    Start,
    /// mid, the middle of.
    Mid,
    /// late, the end of.
    End,
    /// about, around.
    Approx,
    /// more than, over.
    MoreThan,
    /// less than, nearly.
    LessThan,
    /// at least.
    EqualOrMore,
    /// up to, no more than.
    EqualOrLess,
    /// before.
    Before,
    /// after.
    After,
    /// by, no later than.
    OnOrBefore,
    /// no earlier than.
    OnOrAfter,
}

impl Modifier {
    const TABLE: [(Self, &'static str); 12] = [
        (Self::Start, "START"),
        (Self::Mid, "MID"),
        (Self::End, "END"),
        (Self::Approx, "APPROX"),
        (Self::MoreThan, "MORE_THAN"),
        (Self::LessThan, "LESS_THAN"),
        (Self::EqualOrMore, "EQUAL_OR_MORE"),
        (Self::EqualOrLess, "EQUAL_OR_LESS"),
        (Self::Before, "BEFORE"),
        (Self::After, "AFTER"),
        (Self::OnOrBefore, "ON_OR_BEFORE"),
        (Self::OnOrAfter, "ON_OR_AFTER"),
    ];

    /// The name in TIMEX3.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// What it makes of a point in time when it bounds the distance to it: more than two years ago is
    /// before 'two years ago', more than two years later after it.
    #[must_use]
    pub fn of_distance(self, later: bool) -> Self {
        match (self, later) {
            (Self::MoreThan, false) | (Self::LessThan, true) => Self::Before,
            (Self::MoreThan, true) | (Self::LessThan, false) => Self::After,
            (Self::EqualOrMore, false) | (Self::EqualOrLess, true) => Self::OnOrBefore,
            (Self::EqualOrMore, true) | (Self::EqualOrLess, false) => Self::OnOrAfter,
            (other, _) => other,
        }
    }
}

impl FromStr for Modifier {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::TABLE
            .iter()
            .find(|(_, own)| *own == name)
            .map(|(modifier, _)| *modifier)
            .ok_or_else(|| format!("{name:?} is no mod of TIMEX3"))
    }
}

/// The normal form of a date mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timex {
    /// `value` of TIMEX3: `2025-03-05`, `2024-Q3`, `P3D`, `PRESENT_REF`, `XXXX-03-05`…
    pub value: Option<String>,
    /// `mod` of TIMEX3: `START`, `APPROX`, `MORE_THAN`…
    pub modifier: Option<String>,
    /// `quant` of a SET: `EVERY`, `EACH`…
    pub quant: Option<String>,
    /// `freq` of a SET: `2X`, `3D`…
    pub freq: Option<String>,
    /// The shorter length of a range of lengths: `P3Y` of three to five years.
    pub low: Option<String>,
    /// The longer one.
    pub high: Option<String>,
    /// Value of the date at which this range or duration begins, where the text ties them.
    pub begin_point: Option<String>,
    /// Value of the date at which this range or duration ends, where the text ties them.
    pub end_point: Option<String>,
    /// First and last day that the value covers, both inclusive, ISO.
    pub interval: Option<(String, String)>,
}
