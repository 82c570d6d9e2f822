//! What an expression says, before any anchor: typed, perhaps partial.

use crate::calendar::value::Year;
use crate::calendar::{Duration, Modifier, Number, Part, Reference, Season, Unit};
use std::fmt;

/// The meaning of a date expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum DateExpr {
    /// Parts of a calendar date.
    Fields(Fields),
    /// last week, next May, this spring: so many cycles from the anchor's own.
    Step { cycle: Cycle, step: i32 },
    /// two years ago, three days later, a year and two months before: so many units from somewhere, the
    /// longest first.
    Away { parts: Vec<(Number, Unit)>, later: bool, from: From },
    /// in two weeks: from now, when a word looks ahead, else so long.
    Ahead(Duration),
    /// A bare number that is a year where the text speaks of years of its size.
    Ancient(Year),
    /// that year, the same month: the last one mentioned at this grain.
    Same(Unit),
    /// the first week of March; the last one for -1.
    Nth { nth: i32, cycle: Cycle, of: Box<DateExpr> },
    /// Tuesday of last week, the third quarter of last year.
    Within { inner: Box<DateExpr>, outer: Box<DateExpr> },
    /// A holiday, by its place in the table.
    Holiday { id: u16, year: Option<Box<DateExpr>> },
    /// now, recently, soon.
    Reference(Reference),
    /// A time of the clock.
    Clock(Clock, Option<Box<DateExpr>>),
    /// A part of the day.
    Part(Part, Option<Box<DateExpr>>),
    /// How long.
    Duration(Duration),
    /// How long, from one length to another of the same unit.
    Lengths { low: Duration, high: Duration },
    /// How often: every `of`.
    Set { of: Box<DateExpr>, quant: Option<&'static str>, freq: Option<Frequency> },
    /// The Monday before, or after, a day.
    Beside { weekday: u8, of: Box<DateExpr>, later: bool },
    /// a Friday, one morning: none in particular.
    Open(Cycle),
    /// With a `mod` of TIMEX3.
    Modified(Modifier, Box<DateExpr>),
    /// A time that cannot be told.
    Unknown,
}

/// How often within the duration of a set: `2X`, `3D`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frequency {
    /// How many.
    pub(super) count: Number,
    /// Of which unit; nothing for times.
    pub(super) unit: Option<Unit>,
}

/// Parts of a calendar date, as far as they are said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fields {
    /// 44 BC is -44.
    pub(super) year: Option<Year>,
    /// The year is two digits of one.
    pub(super) short_year: bool,
    /// The year is a fiscal one.
    pub(super) fiscal: bool,
    /// The year and the one behind it, as one season.
    pub(super) pair: bool,
    /// The first three digits of a year; of two digits (`'90s`) the century is not known.
    pub(super) decade: Option<i32>,
    /// The first two digits of a year.
    pub(super) century: Option<i32>,
    pub(super) season: Option<Season>,
    pub(super) half: Option<u8>,
    pub(super) quarter: Option<u8>,
    pub(super) month: Option<u8>,
    pub(super) week: Option<u8>,
    pub(super) weekday: Option<u8>,
    pub(super) day: Option<u8>,
    pub(super) order: Order,
}

/// What the digits of a date tell of the order of day and month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// It is not in question.
    #[default]
    Plain,
    /// Day and month may have changed places.
    Open,
    /// A day that can be no month stands in front: the article's habit.
    DayFirst,
}

/// Something that comes round again and again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cycle {
    Unit(Unit),
    Month(u8),
    Weekday(u8),
    Season(Season),
    Quarter(u8),
    Holiday(u16),
}

/// Where a distance is counted from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum From {
    /// The time of writing.
    Now,
    /// The last time mentioned.
    Mention,
    /// Another expression.
    Expr(Box<DateExpr>),
}

/// A time of the clock, as far as it is said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Clock {
    pub(super) hour: u8,
    pub(super) minute: Option<u8>,
    pub(super) second: Option<u8>,
    /// Minutes east of UTC.
    pub(super) zone: Option<i16>,
}

impl Clock {
    /// The hour as a part of the day has it: 7 in the evening is 19.
    pub(super) fn hour_in(self, part: Part) -> u8 {
        match (part, self.hour) {
            (Part::Afternoon, 1..=11) | (Part::Evening | Part::Night, 5..=11) => self.hour + 12,
            (_, hour) => hour,
        }
    }
}

impl DateExpr {
    /// Whether the expression itself says its year in full.
    pub(super) fn year_said(&self) -> Option<Year> {
        match self {
            Self::Fields(fields) if !fields.short_year => fields.year,
            Self::Modified(_, inner)
            | Self::Nth { of: inner, .. }
            | Self::Clock(_, Some(inner))
            | Self::Part(_, Some(inner))
            | Self::Within { outer: inner, .. } => inner.year_said(),
            _ => None,
        }
    }
}

impl DateExpr {
    /// Whether the expression rests on a bare number that may be no year: `348`, `about 100`.
    pub(super) fn is_bare_number(&self) -> bool {
        match self {
            Self::Ancient(_) => true,
            Self::Modified(_, inner)
            | Self::Nth { of: inner, .. }
            | Self::Clock(_, Some(inner))
            | Self::Part(_, Some(inner))
            | Self::Within { outer: inner, .. } => inner.is_bare_number(),
            _ => false,
        }
    }

    /// Whether it speaks of a time before the year 1000, so that bare numbers may be years of that time.
    pub(super) fn is_of_antiquity(&self) -> bool {
        let fields = match self {
            Self::Modified(_, inner) | Self::Nth { of: inner, .. } => return inner.is_of_antiquity(),
            Self::Fields(fields) => fields,
            _ => return self.year_said().is_some_and(|year| year < 1000),
        };
        // A decade of one digit is one of our time: the '90s.
        fields.century.is_some_and(|century| century < 10)
            || fields.decade.is_some_and(|decade| decade < 0 || (10..100).contains(&decade))
            || self.year_said().is_some_and(|year| year < 1000)
    }

    /// Whether it tells on which days something is done again and again: every Monday, six days a week.
    pub(super) fn is_habit(&self) -> bool {
        match self {
            Self::Set { of, quant, freq } => match &**of {
                Self::Fields(fields) => fields.weekday.is_some(),
                Self::Part(..) | Self::Step { .. } => true,
                Self::Duration(duration) => {
                    let is_day = duration.parts().all(|(_, unit)| unit == Unit::Day);
                    (is_day && quant.is_some()) || freq.is_some_and(|freq| freq.unit == Some(Unit::Day))
                }
                _ => false,
            },
            Self::Modified(_, inner) => inner.is_habit(),
            _ => false,
        }
    }

    /// Whether the expression itself says a month.
    pub(super) fn month_said(&self) -> bool {
        match self {
            Self::Fields(fields) => fields.month.is_some(),
            Self::Modified(_, inner) | Self::Clock(_, Some(inner)) | Self::Part(_, Some(inner)) => inner.month_said(),
            _ => false,
        }
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_struct("date");
        let numbers = [
            ("century", self.century),
            ("decade", self.decade),
            (if self.fiscal { "fiscal year" } else { "year" }, self.year),
            ("and the year", self.year.filter(|_| self.pair).map(|year| year + 1)),
            ("half", self.half.map(i32::from)),
            ("quarter", self.quarter.map(i32::from)),
            ("month", self.month.map(i32::from)),
            ("week", self.week.map(i32::from)),
            ("weekday", self.weekday.map(i32::from)),
            ("day", self.day.map(i32::from)),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                list.field(name, &number);
            }
        }
        if let Some(season) = self.season {
            list.field("season", &season);
        }
        list.finish()
    }
}

impl fmt::Display for DateExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fields(fields) => fields.fmt(f),
            Self::Step { cycle, step } => write!(f, "{cycle} {step:+} from the anchor's"),
            Self::Ahead(duration) => write!(f, "{duration} from now, or so long"),
            Self::Ancient(year) => write!(f, "date {{ year: {year} }}, if the text speaks of such years"),
            Self::Away { parts, later, from } => {
                for (count, unit) in parts {
                    write!(f, "{count} {} ", unit.name())?;
                }
                write!(f, "{} ", if *later { "after" } else { "before" })?;
                match from {
                    From::Now => f.write_str("the time of writing"),
                    From::Mention => f.write_str("the last mention"),
                    From::Expr(expr) => write!(f, "({expr})"),
                }
            }
            Self::Same(unit) => write!(f, "the {} last mentioned", unit.name()),
            Self::Nth { nth, cycle, of } => write!(f, "{cycle} number {nth} of ({of})"),
            Self::Within { inner, outer } => write!(f, "({inner}) within ({outer})"),
            Self::Holiday { id, year: Some(year) } => write!(f, "holiday {id} in ({year})"),
            Self::Holiday { id, year: None } => write!(f, "holiday {id}"),
            Self::Reference(reference) => f.write_str(reference.name()),
            Self::Clock(clock, on) => {
                write!(f, "{:02}:{:02}", clock.hour, clock.minute.unwrap_or(0))?;
                on.as_ref().map_or(Ok(()), |on| write!(f, " on ({on})"))
            }
            Self::Part(part, on) => {
                write!(f, "{part:?}")?;
                on.as_ref().map_or(Ok(()), |on| write!(f, " of ({on})"))
            }
            Self::Duration(duration) => duration.fmt(f),
            Self::Lengths { low, high } => write!(f, "{low} to {high}"),
            Self::Set { of, quant, freq } => {
                write!(f, "{} ({of})", quant.unwrap_or("repeated"))?;
                match freq {
                    Some(Frequency { count, unit: Some(unit) }) => write!(f, " {count} {}", unit.name()),
                    Some(Frequency { count, unit: None }) => write!(f, " {count} times"),
                    None => Ok(()),
                }
            }
            Self::Modified(modifier, inner) => write!(f, "{} of ({inner})", modifier.name()),
            Self::Beside { weekday, of, later } => {
                write!(f, "weekday {weekday} {} ({of})", if *later { "after" } else { "before" })
            }
            Self::Open(cycle) => write!(f, "some {cycle}"),
            Self::Unknown => f.write_str("a time that cannot be told"),
        }
    }
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit(unit) => f.write_str(unit.name()),
            Self::Month(month) => write!(f, "month {month}"),
            Self::Weekday(weekday) => write!(f, "weekday {weekday}"),
            Self::Season(season) => write!(f, "{season:?}"),
            Self::Quarter(quarter) => write!(f, "quarter {quarter}"),
            Self::Holiday(id) => write!(f, "holiday {id}"),
        }
    }
}
