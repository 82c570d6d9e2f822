//! Values of TIMEX3, typed: printed to one canonical string and parsed back (`TimeML` 1.2.1).

use super::Unit;
use std::fmt;
use std::str::FromStr;

/// A year as people count: 44 BC is `-44`, and there is no year 0.
pub type Year = i32;

/// A normal form: `value` of TIMEX3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A calendar date of a day or more.
    Date(Calendar),
    /// A part of a day or a time of the clock, on a day.
    Time(Calendar, DayTime),
    /// How long.
    Duration(Duration),
    /// A time that has no place in the calendar.
    Reference(Reference),
}

/// A stretch of the calendar; what is not known stays `None` and prints as `X`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// `19`: the years 1900 to 1999.
    Century(i32),
    /// `199`: the years 1990 to 1999.
    Decade(i32),
    /// `1999`.
    Year(Option<Year>),
    /// `FY1999`.
    Fiscal(Year),
    /// `1999/2000`: a season or year of accounts that lies in two years, by the first.
    Pair(Year),
    /// `1999-H1`.
    Half(Option<Year>, u8),
    /// `1999-Q3`, `1999-QX`.
    Quarter(Option<Year>, Option<u8>),
    /// `1999-SU`; the winter bears the year in which it begins.
    Season(Option<Year>, Season),
    /// `1999-08`.
    Month(Option<Year>, Option<u8>),
    /// `1999-W32`, of the ISO year.
    Week(Option<Year>, Option<u8>),
    /// `1999-W32-WE`.
    Weekend(Option<Year>, Option<u8>),
    /// `1999-W32-WD`: Monday to Friday.
    Workweek(Option<Year>, Option<u8>),
    /// `1999-W32-2`, Monday being 1: a weekday whose date is not known.
    Weekday(Option<Year>, Option<u8>, u8),
    /// `1999-08-11`.
    Day(Option<Year>, Option<u8>, Option<u8>),
}

/// The seasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Season {
    /// March to May.
    Spring,
    /// June to August.
    Summer,
    /// September to November.
    Autumn,
    /// December to February.
    Winter,
}

/// The named parts of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Morning.
    Morning,
    /// Noon.
    Midday,
    /// Afternoon.
    Afternoon,
    /// Evening.
    Evening,
    /// Night.
    Night,
    /// The hours of daylight.
    Daytime,
    /// Dawn.
    Dawn,
    /// Dusk.
    Dusk,
}

/// A time within a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayTime {
    /// `14`, `14:30` or `14:30:05`, with the zone's distance from UTC in minutes where it is known.
    Clock {
        /// 0 to 24.
        hour: u8,
        /// 0 to 59.
        minute: Option<u8>,
        /// 0 to 60.
        second: Option<u8>,
        /// Minutes east of UTC.
        zone: Option<i16>,
    },
    /// `MO`.
    Part(Part),
    /// `XX`: some time of that day.
    Unknown,
}

/// Times without a place in the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// `PAST_REF`.
    Past,
    /// `PRESENT_REF`.
    Present,
    /// `FUTURE_REF`.
    Future,
}

/// A number in thousandths, exact; `X` when unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number {
    /// The number times a thousand; nothing when it is not known.
    pub thousandths: Option<i64>,
}

impl Number {
    /// An amount that is not known.
    pub const UNKNOWN: Self = Self { thousandths: None };

    /// A whole number; unknown when it is too large to hold.
    pub fn whole(number: i64) -> Self {
        Self { thousandths: number.checked_mul(1000) }
    }

    /// The whole number it is; nothing for an unknown one or one with decimals.
    pub fn as_whole(self) -> Option<i64> {
        self.thousandths.filter(|n| n % 1000 == 0).map(|n| n / 1000)
    }
}

/// A duration of up to four parts, the longest unit first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    parts: [Option<(Number, Unit)>; 4],
}

impl Duration {
    const THREE: Number = Number { thousandths: Some(3000) };

    /// `number` times `unit`; a fortnight counts as two weeks.
    /// Less than one of a unit is told in the next smaller one: half an hour is `PT30M`.
    pub fn new(number: Number, unit: Unit) -> Self {
        let smaller = match unit {
            Unit::Century => Some((100, Unit::Year)),
            Unit::Decade => Some((10, Unit::Year)),
            Unit::Year => Some((12, Unit::Month)),
            Unit::Day => Some((24, Unit::Hour)),
            Unit::Hour => Some((60, Unit::Minute)),
            Unit::Minute => Some((60, Unit::Second)),
            _ => None,
        };
        let part = match (unit, number.thousandths) {
            (_, Some(n)) if (1..1000).contains(&n) && smaller.is_some_and(|(factor, _)| n * factor % 1000 == 0) => {
                smaller.map_or((number, unit), |(factor, unit)| (Number { thousandths: Some(n * factor) }, unit))
            }
            // A quarter is three months, two quarters are two quarters.
            (Unit::Quarter, Some(1000)) => (Self::THREE, Unit::Month),
            (Unit::Half, Some(n)) => (Number { thousandths: n.checked_mul(6) }, Unit::Month),
            (Unit::Fortnight, Some(n)) => (Number { thousandths: n.checked_mul(2) }, Unit::Week),
            (Unit::Fortnight, None) => (number, Unit::Week),
            _ => (number, unit),
        };
        Self { parts: [Some(part), None, None, None] }
    }

    /// This and then a part of a shorter unit; nothing when the order is broken or it is full.
    pub fn and(mut self, number: Number, unit: Unit) -> Option<Self> {
        let last = self.parts().last().map(|(_, unit)| unit);
        if last.is_some_and(|last| last <= unit) {
            return None;
        }
        let free = self.parts.iter_mut().find(|part| part.is_none())?;
        *free = Some((number, unit));
        Some(self)
    }

    /// An unknown number of its longest unit.
    #[must_use]
    pub fn unknown(&self) -> Self {
        let mut parts = [None; 4];
        parts[0] = self.parts[0].map(|(_, unit)| (Number::UNKNOWN, unit));
        Self { parts }
    }

    /// The parts, longest unit first.
    pub fn parts(&self) -> impl Iterator<Item = (Number, Unit)> + '_ {
        self.parts.iter().flatten().copied()
    }
}

impl Season {
    const TABLE: [(Self, &'static str); 4] =
        [(Self::Spring, "SP"), (Self::Summer, "SU"), (Self::Autumn, "FA"), (Self::Winter, "WI")];

    /// The two letters of TIMEX3.
    pub fn letters(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// The season with these letters.
    pub fn from_letters(letters: &str) -> Option<Self> {
        Self::TABLE.iter().find(|(_, own)| *own == letters).map(|(season, _)| *season)
    }

    /// The month in which it begins.
    pub fn first_month(self) -> u8 {
        match self {
            Self::Spring => 3,
            Self::Summer => 6,
            Self::Autumn => 9,
            Self::Winter => 12,
        }
    }
}

impl Part {
    const TABLE: [(Self, &'static str); 8] = [
        (Self::Morning, "MO"),
        (Self::Midday, "MI"),
        (Self::Afternoon, "AF"),
        (Self::Evening, "EV"),
        (Self::Night, "NI"),
        (Self::Daytime, "DT"),
        (Self::Dawn, "DA"),
        (Self::Dusk, "DU"),
    ];

    /// The two letters of TIMEX3.
    pub fn letters(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// The part with these letters.
    pub fn from_letters(letters: &str) -> Option<Self> {
        Self::TABLE.iter().find(|(_, own)| *own == letters).map(|(part, _)| *part)
    }
}

impl Reference {
    const TABLE: [(Self, &'static str); 3] =
        [(Self::Past, "PAST_REF"), (Self::Present, "PRESENT_REF"), (Self::Future, "FUTURE_REF")];

    /// The name in TIMEX3.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// The reference with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|(_, own)| *own == name).map(|(reference, _)| *reference)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(n) = self.thousandths else { return f.write_str("X") };
        write!(f, "{}", n / 1000)?;
        match n.unsigned_abs() % 1000 {
            0 => Ok(()),
            rest if rest % 100 == 0 => write!(f, ".{}", rest / 100),
            rest if rest % 10 == 0 => write!(f, ".{:02}", rest / 10),
            rest => write!(f, ".{rest:03}"),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        let mut clock = false;
        for (number, unit) in self.parts() {
            if unit.is_clock() && !clock {
                f.write_str("T")?;
                clock = true;
            }
            write!(f, "{number}{}", unit.letters())?;
        }
        Ok(())
    }
}

/// Four digits, `BC` and four digits, or four `X`.
struct YearText(Option<Year>);

impl fmt::Display for YearText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(year) if year < 0 => write!(f, "BC{:04}", year.unsigned_abs()),
            Some(year) => write!(f, "{year:04}"),
            None => f.write_str("XXXX"),
        }
    }
}

/// Two digits, or two `X`.
struct TwoDigits(Option<u8>);

impl fmt::Display for TwoDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => write!(f, "{number:02}"),
            None => f.write_str("XX"),
        }
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Century(n) if n < 0 => write!(f, "BC{:02}", n.unsigned_abs() - 1),
            Self::Century(n) => write!(f, "{n:02}"),
            Self::Decade(n) if n < 0 => write!(f, "BC{:03}", n.unsigned_abs() - 1),
            Self::Decade(n) => write!(f, "{n:03}"),
            Self::Year(year) => write!(f, "{}", YearText(year)),
            Self::Fiscal(year) => write!(f, "FY{}", YearText(Some(year))),
            Self::Pair(year) => write!(f, "{}/{}", YearText(Some(year)), YearText(Some(year + 1))),
            Self::Half(year, half) => write!(f, "{}-H{half}", YearText(year)),
            Self::Quarter(year, Some(quarter)) => write!(f, "{}-Q{quarter}", YearText(year)),
            Self::Quarter(year, None) => write!(f, "{}-QX", YearText(year)),
            Self::Season(year, season) => write!(f, "{}-{}", YearText(year), season.letters()),
            Self::Month(year, month) => write!(f, "{}-{}", YearText(year), TwoDigits(month)),
            Self::Week(year, week) => write!(f, "{}-W{}", YearText(year), TwoDigits(week)),
            Self::Weekend(year, week) => write!(f, "{}-W{}-WE", YearText(year), TwoDigits(week)),
            Self::Workweek(year, week) => write!(f, "{}-W{}-WD", YearText(year), TwoDigits(week)),
            Self::Weekday(year, week, day) => write!(f, "{}-W{}-{day}", YearText(year), TwoDigits(week)),
            Self::Day(year, month, day) => {
                write!(f, "{}-{}-{}", YearText(year), TwoDigits(month), TwoDigits(day))
            }
        }
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unknown => f.write_str("XX"),
            Self::Part(part) => f.write_str(part.letters()),
            Self::Clock { hour, minute, second, zone } => {
                write!(f, "{hour:02}")?;
                for number in [minute, second].into_iter().flatten() {
                    write!(f, ":{number:02}")?;
                }
                match zone {
                    None => Ok(()),
                    Some(0) => f.write_str("Z"),
                    Some(zone) => {
                        let sign = if zone < 0 { '-' } else { '+' };
                        write!(f, "{sign}{:02}:{:02}", zone.unsigned_abs() / 60, zone.unsigned_abs() % 60)
                    }
                }
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(calendar) => calendar.fmt(f),
            Self::Time(calendar, time) => write!(f, "{calendar}T{time}"),
            Self::Duration(duration) => duration.fmt(f),
            Self::Reference(reference) => f.write_str(reference.name()),
        }
    }
}

impl FromStr for Value {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse(text).ok_or_else(|| format!("{text:?} is no value of TIMEX3 that gloss writes"))
    }
}

fn parse(text: &str) -> Option<Value> {
    if let Some(reference) = Reference::from_name(text) {
        return Some(Value::Reference(reference));
    }
    if let Some(rest) = text.strip_prefix('P') {
        return parse_duration(rest).map(Value::Duration);
    }
    match text.split_once('T') {
        Some((day, time)) => Some(Value::Time(parse_calendar(day)?, parse_time(time)?)),
        None => parse_calendar(text).map(Value::Date),
    }
}

fn parse_duration(mut text: &str) -> Option<Duration> {
    let mut duration: Option<Duration> = None;
    let mut clock = false;
    while !text.is_empty() {
        if let Some(rest) = text.strip_prefix('T') {
            (clock, text) = (true, rest);
        }
        let end = text.find(|c: char| !matches!(c, 'X' | '0'..='9' | '.'))?;
        let number = parse_number(&text[..end])?;
        let rest = &text[end..];
        let letters = rest.find(|c: char| !c.is_ascii_uppercase() || matches!(c, 'X' | 'T')).unwrap_or(rest.len());
        let unit = Unit::from_letters(&rest[..letters], clock)?;
        duration = match duration {
            None => Some(Duration::new(number, unit)),
            Some(before) => Some(before.and(number, unit)?),
        };
        text = &rest[letters..];
    }
    duration
}

fn parse_number(text: &str) -> Option<Number> {
    if text == "X" {
        return Some(Number::UNKNOWN);
    }
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || (rest.is_empty() && text.ends_with('.')) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let decimals: i64 = if rest.is_empty() { 0 } else { format!("{rest:0<3}").parse().ok()? };
    Some(Number { thousandths: Some(whole.checked_mul(1000)?.checked_add(decimals)?) })
}

/// Exactly `width` digits, or as many `X`.
#[expect(clippy::option_option, reason = "nothing read, or digits that are not known")]
fn digits<T: FromStr>(text: &str, width: usize) -> Option<Option<T>> {
    if text.len() != width {
        return None;
    }
    if text.bytes().all(|b| b == b'X') {
        return Some(None);
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().map(Some)
}

fn parse_calendar(text: &str) -> Option<Calendar> {
    let (era, plain) = text.strip_prefix("BC").map_or((1, text), |rest| (-1, rest));
    let (year, rest) = plain.split_once('-').unwrap_or((plain, ""));
    if rest.is_empty() {
        if let Some(fiscal) = year.strip_prefix("FY") {
            return Some(Calendar::Fiscal(digits(fiscal, 4)??));
        }
        let before = i32::from(era < 0);
        match year.len() {
            2 => return Some(Calendar::Century(era * (digits::<i32>(year, 2)?? + before))),
            3 => return Some(Calendar::Decade(era * (digits::<i32>(year, 3)?? + before))),
            _ => {}
        }
    }
    let year = digits::<i32>(year, 4)?.map(|year| era * year);
    if rest.is_empty() {
        return Some(Calendar::Year(year));
    }
    if let Some(season) = Season::from_letters(rest) {
        return Some(Calendar::Season(year, season));
    }
    if let Some(quarter) = rest.strip_prefix('Q') {
        return Some(Calendar::Quarter(year, digits(quarter, 1)?));
    }
    if let Some(half) = rest.strip_prefix('H') {
        return Some(Calendar::Half(year, digits(half, 1)??));
    }
    if let Some(week) = rest.strip_prefix('W') {
        return Some(match week.split_once('-') {
            None => Calendar::Week(year, digits(week, 2)?),
            Some((week, "WE")) => Calendar::Weekend(year, digits(week, 2)?),
            Some((week, "WD")) => Calendar::Workweek(year, digits(week, 2)?),
            Some((week, day)) => Calendar::Weekday(year, digits(week, 2)?, digits(day, 1)??),
        });
    }
    Some(match rest.split_once('-') {
        None => Calendar::Month(year, digits(rest, 2)?),
        Some((month, day)) => Calendar::Day(year, digits(month, 2)?, digits(day, 2)?),
    })
}

fn parse_time(text: &str) -> Option<DayTime> {
    if text == "XX" {
        return Some(DayTime::Unknown);
    }
    if let Some(part) = Part::from_letters(text) {
        return Some(DayTime::Part(part));
    }
    let end = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let zone = match &text[end..] {
        "" => None,
        "Z" => Some(0),
        offset => {
            let (hours, minutes) = offset[1..].split_once(':')?;
            let minutes = digits::<i16>(hours, 2)?? * 60 + digits::<i16>(minutes, 2)??;
            Some(if offset.starts_with('-') { -minutes } else { minutes })
        }
    };
    let mut numbers = text[..end].split(':').map(|number| digits::<u8>(number, 2).flatten());
    let hour = numbers.next()??;
    let minute = numbers.next().map_or(Some(None), |m| m.map(Some))?;
    let second = numbers.next().map_or(Some(None), |s| s.map(Some))?;
    if numbers.next().is_some() {
        return None;
    }
    Some(DayTime::Clock { hour, minute, second, zone })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_print_and_parse_back() {
        for text in [
            "2025",
            "202",
            "20",
            "FY2024",
            "2024-H1",
            "2024-Q3",
            "2024-QX",
            "2024-SU",
            "2024-12",
            "XXXX-12",
            "2025-W10",
            "2025-W10-WE",
            "XXXX-WXX-WD",
            "2025-03-05TXX",
            "XXXX-WXX-3",
            "2025-03-05",
            "XXXX-03-05",
            "XXXX-XX-05",
            "BC0044",
            "BC0044-03-15",
            "BC19",
            "2025-03-05TMO",
            "2025-03-05T14:30",
            "2025-03-05T14:30:05Z",
            "XXXX-XX-XXT09-05:00",
            "P3D",
            "PT2H30M",
            "PXY",
            "P1DE",
            "P2.5Y",
            "P1Y6M",
            "PTXM",
            "P2DT5H",
            "PAST_REF",
            "PRESENT_REF",
            "FUTURE_REF",
            "0394",
        ] {
            let value: Value = text.parse().unwrap();
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn other_strings_are_no_values() {
        for text in ["", "P", "PY5", "2025-3-5", "20255", "2025-W1", "T10:30", "P3", "2025-03-05T", "é", "P3.D"] {
            assert!(text.parse::<Value>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_what_parses_prints_the_same(text in "[PTXBCWQHFYMDES0-9:.+Z-]{0,14}|\\PC{0,6}") {
            if let Ok(value) = text.parse::<Value>() {
                prop_assert_eq!(value.to_string().parse::<Value>(), Ok(value));
            }
        }
    }
}
