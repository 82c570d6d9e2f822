//! Calendar arithmetic: the only place that knows `jiff`'s calendar.

use super::value::{Calendar, Season, Year};
use super::{DayTime, Unit, Value};
use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::{Span, ToSpan as _};

/// The day `day` of `month` in `year` (as people count: -44 is 44 BC); nothing when there is none.
pub fn day(year: Year, month: u8, day: u8) -> Option<Date> {
    let year = match year {
        0 => return None,
        year if year < 0 => year.checked_add(1)?,
        year => year,
    };
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The year of `date` as people count.
pub fn year_of(date: Date) -> Year {
    match Year::from(date.year()) {
        year if year <= 0 => year - 1,
        year => year,
    }
}

/// The month of `date`, 1 to 12.
pub fn month_of(date: Date) -> u8 {
    date.month().unsigned_abs()
}

/// `date` moved by `count` units; months and years keep the day where they can.
pub fn shift(date: Date, count: i64, unit: Unit) -> Option<Date> {
    let (plain, factor) = unit.plain();
    let count = count.checked_mul(i64::from(factor))?;
    let span = match plain {
        Unit::Year => Span::new().try_years(count),
        Unit::Month => Span::new().try_months(count),
        Unit::Week => Span::new().try_weeks(count),
        Unit::Day => Span::new().try_days(count),
        Unit::Hour => Span::new().try_days(count.div_euclid(24)),
        _ => return Some(date),
    };
    date.checked_add(span.ok()?).ok()
}

/// `year` moved by `count`, leaving out the year 0.
pub fn shift_year(year: Year, count: i64) -> Option<Year> {
    let astronomical = if year < 0 { i64::from(year) + 1 } else { i64::from(year) };
    let moved = astronomical.checked_add(count)?;
    let moved = if moved <= 0 { moved - 1 } else { moved };
    i32::try_from(moved).ok().filter(|year| year.abs() <= 9999)
}

/// The stretch of the grain `unit` in which `date` lies.
pub fn stretch(date: Date, unit: Unit) -> Calendar {
    let (year, month) = (year_of(date), month_of(date));
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Day => of_day(date),
        Unit::Weekend => {
            let week = date.iso_week_date();
            Calendar::Weekend(Some(Year::from(week.year())), Some(week.week().unsigned_abs()))
        }
        Unit::Workweek => {
            let week = date.iso_week_date();
            Calendar::Workweek(Some(Year::from(week.year())), Some(week.week().unsigned_abs()))
        }
        Unit::Week | Unit::Fortnight => {
            let week = date.iso_week_date();
            Calendar::Week(Some(Year::from(week.year())), Some(week.week().unsigned_abs()))
        }
        Unit::Month => Calendar::Month(Some(year), Some(month)),
        Unit::Quarter => Calendar::Quarter(Some(year), Some((month - 1) / 3 + 1)),
        Unit::Season => {
            let (season, year) = match month {
                3..=5 => (Season::Spring, year),
                6..=8 => (Season::Summer, year),
                9..=11 => (Season::Autumn, year),
                12 => (Season::Winter, year),
                _ => (Season::Winter, shift_year(year, -1).unwrap_or(year)),
            };
            Calendar::Season(Some(year), season)
        }
        Unit::Half => Calendar::Half(Some(year), if month <= 6 { 1 } else { 2 }),
        Unit::Year => Calendar::Year(Some(year)),
        Unit::Decade => Calendar::Decade(year.div_euclid(10)),
        Unit::Century | Unit::Millennium => Calendar::Century(year.div_euclid(100)),
    }
}

/// The calendar date of a day.
pub fn of_day(date: Date) -> Calendar {
    Calendar::Day(Some(year_of(date)), Some(month_of(date)), Some(date.day().unsigned_abs()))
}

/// The first and the last day of a stretch; nothing when it is not fully known, or impossible.
pub fn bounds(calendar: &Calendar) -> Option<(Date, Date)> {
    let years = |first: Year, last: Year| Some((day(first, 1, 1)?, day(last, 12, 31)?));
    let months = |year: Year, month: u8, count: i32| {
        let first = day(year, month, 1)?;
        let last = first.checked_add(count.months()).ok()?.yesterday().ok()?;
        Some((first, last))
    };
    match *calendar {
        // A century before Christ holds the years -99 to -1, or -199 to -100.
        Calendar::Century(n) if n < 0 => years((n * 100).max(-9999), n * 100 + 99),
        Calendar::Century(n) => years((n * 100).max(1), n * 100 + 99),
        Calendar::Decade(n) if n < 0 => years((n * 10).max(-9999), n * 10 + 9),
        Calendar::Decade(n) => years((n * 10).max(1), n * 10 + 9),
        Calendar::Year(Some(year)) => years(year, year),
        Calendar::Pair(year) => years(year, year.checked_add(1)?),
        Calendar::Half(Some(year), half @ 1..=2) => months(year, half * 6 - 5, 6),
        Calendar::Quarter(Some(year), Some(quarter @ 1..=4)) => months(year, quarter * 3 - 2, 3),
        Calendar::Season(Some(year), season) => months(year, season.first_month(), 3),
        Calendar::Month(Some(year), Some(month)) => months(year, month, 1),
        Calendar::Week(Some(year), Some(week)) => {
            let first = week_day(year, week, 1)?;
            Some((first, shift(first, 6, Unit::Day)?))
        }
        Calendar::Weekend(Some(year), Some(week)) => {
            let first = week_day(year, week, 6)?;
            Some((first, shift(first, 1, Unit::Day)?))
        }
        Calendar::Workweek(Some(year), Some(week)) => {
            let first = week_day(year, week, 1)?;
            Some((first, shift(first, 4, Unit::Day)?))
        }
        Calendar::Weekday(Some(year), Some(week), weekday) => week_day(year, week, weekday).map(|date| (date, date)),
        Calendar::Day(Some(year), Some(month), Some(number)) => day(year, month, number).map(|date| (date, date)),
        _ => None,
    }
}

/// The first and the last day that a value covers. A fiscal year is laid over the calendar year of its
/// name, for companies and states begin it where they like.
pub fn interval(value: &Value) -> Option<(Date, Date)> {
    match value {
        Value::Date(Calendar::Fiscal(year)) => bounds(&Calendar::Year(Some(*year))),
        Value::Date(calendar) | Value::Time(calendar, _) => bounds(calendar),
        Value::Duration(_) | Value::Reference(_) => None,
    }
}

/// Whether a value names a time that can be: no 31st of February, no week 54, no 25 o'clock. What is not
/// known can be anything.
pub fn is_possible(value: &Value) -> bool {
    match value {
        Value::Date(calendar) => can_be(calendar),
        Value::Time(calendar, time) => can_be(calendar) && is_on_the_clock(time),
        Value::Duration(_) | Value::Reference(_) => true,
    }
}

fn can_be(calendar: &Calendar) -> bool {
    // A leap year of 53 weeks has every day and week that any year has.
    const FULLEST: Year = 2004;
    let year_or = |year: Option<Year>| year.unwrap_or(FULLEST);
    match *calendar {
        Calendar::Year(year) => year != Some(0),
        Calendar::Half(_, half) => matches!(half, 1..=2),
        Calendar::Quarter(_, quarter) => quarter.is_none_or(|quarter| matches!(quarter, 1..=4)),
        Calendar::Month(_, month) => month.is_none_or(|month| matches!(month, 1..=12)),
        Calendar::Week(year, week) | Calendar::Weekend(year, week) => {
            week.is_none_or(|week| week_day(year_or(year), week, 1).is_some())
        }
        Calendar::Weekday(year, week, weekday) => week_day(year_or(year), week.unwrap_or(1), weekday).is_some(),
        Calendar::Day(year, month, number) => {
            // January has every day that any month has.
            day(year_or(year), month.unwrap_or(1), number.unwrap_or(1)).is_some()
        }
        _ => true,
    }
}

fn is_on_the_clock(time: &DayTime) -> bool {
    let DayTime::Clock { hour, minute, second, zone } = *time else { return true };
    let (minute, second) = (minute.unwrap_or(0), second.unwrap_or(0));
    let within = (hour <= 23 && minute <= 59 && second <= 60) || (hour, minute, second) == (24, 0, 0);
    within && zone.is_none_or(|zone| zone.abs() <= 14 * 60)
}

/// The day `weekday` (Monday is 1) of an ISO week.
pub fn week_day(year: Year, week: u8, weekday: u8) -> Option<Date> {
    let weekday = Weekday::from_monday_one_offset(i8::try_from(weekday).ok()?).ok()?;
    let week = ISOWeekDate::new(i16::try_from(year).ok()?, i8::try_from(week).ok()?, weekday).ok()?;
    Some(week.date())
}

/// The weekday of `date`, Monday being 1.
pub fn weekday_of(date: Date) -> u8 {
    date.weekday().to_monday_one_offset().unsigned_abs()
}

/// The latest `weekday` on or before `date`.
pub fn weekday_until(date: Date, weekday: u8) -> Option<Date> {
    let back = (i64::from(weekday_of(date)) - i64::from(weekday)).rem_euclid(7);
    shift(date, -back, Unit::Day)
}

/// The `nth` `weekday` of a month; the last one for -1.
pub fn nth_weekday(year: Year, month: u8, weekday: u8, nth: i8) -> Option<Date> {
    let weekday = Weekday::from_monday_one_offset(i8::try_from(weekday).ok()?).ok()?;
    day(year, month, 1)?.nth_weekday_of_month(nth, weekday).ok()
}

/// Days from `from` to `to`.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// Easter Sunday, Western (Gregorian; Meeus, Astronomical Algorithms, chapter 8).
#[expect(clippy::many_single_char_names, reason = "the letters of the source")]
pub fn easter(year: Year) -> Option<Date> {
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    day(year, u8::try_from(sum / 31).ok()?, u8::try_from(sum % 31 + 1).ok()?)
}

/// Easter Sunday, Orthodox, as a Gregorian date (Meeus, Julian algorithm; 1583 onwards).
#[expect(clippy::many_single_char_names, reason = "the letters of the source")]
pub fn orthodox_easter(year: Year) -> Option<Date> {
    let (a, b, c) = (year.rem_euclid(4), year.rem_euclid(7), year.rem_euclid(19));
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let sum = d + e + 114;
    let julian = day(year, u8::try_from(sum / 31).ok()?, u8::try_from(sum % 31 + 1).ok()?)?;
    let lag = year.div_euclid(100) - year.div_euclid(400) - 2;
    shift(julian, i64::from(lag), Unit::Day)
}

/// The first day in the Gregorian `year` that is `day` of `month` in the tabular Islamic calendar
/// (civil epoch; sighting of the moon may move a feast by a day).
pub fn islamic(year: Year, month: u8, number: u8) -> Option<Date> {
    let epoch = day(622, 7, 19)?;
    let guess = (i64::from(year) - 622) * 33 / 32;
    (guess - 1..=guess + 2).find_map(|lunar| {
        let days = (lunar - 1) * 354
            + (3 + 11 * lunar).div_euclid(30)
            + (29 * (i64::from(month) - 1) + i64::from(month) / 2)
            + i64::from(number)
            - 1;
        shift(epoch, days, Unit::Day).filter(|date| year_of(*date) == year)
    })
}

/// The day of the Hebrew calendar that lies `offset` days after 1 Tishri (Rosh Hashanah) falling in the
/// Gregorian `year`.
pub fn hebrew(year: Year, offset: i64) -> Option<Date> {
    // 1 Tishri 5761 was 30 September 2000.
    let days = tishri(i64::from(year) + 3761) - tishri(5761);
    shift(day(2000, 9, 30)?, days + offset, Unit::Day)
}

/// Day `number` of Kislev in the Hebrew year that begins in the Gregorian `year`. The month before it has
/// 30 days in a year of 355 or 385, else 29.
pub fn kislev(year: Year, number: u8) -> Option<Date> {
    let hebrew_year = i64::from(year) + 3761;
    let complete = matches!(tishri(hebrew_year + 1) - tishri(hebrew_year), 355 | 385);
    hebrew(year, 30 + 29 + i64::from(complete) + i64::from(number) - 1)
}

/// The day of 1 Tishri of a Hebrew year, counted from a fixed day (molad arithmetic and the four
/// postponements).
fn tishri(hebrew: i64) -> i64 {
    let elapsed = |hebrew: i64| {
        let months = (235 * hebrew - 234).div_euclid(19);
        let parts = 12_084 + 13_753 * months;
        let days = 29 * months + parts.div_euclid(25_920);
        if (3 * (days + 1)).rem_euclid(7) < 3 { days + 1 } else { days }
    };
    let (before, this, after) = (elapsed(hebrew - 1), elapsed(hebrew), elapsed(hebrew + 1));
    let correction = if after - this == 356 { 2 } else { i64::from(this - before == 382) };
    this + correction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feasts_fall_on_their_days() {
        let check = |found: Option<Date>, expected: &str| assert_eq!(found.unwrap().to_string(), expected);
        check(easter(2024), "2024-03-31");
        check(easter(1961), "1961-04-02");
        check(orthodox_easter(2024), "2024-05-05");
        check(islamic(2024, 10, 1), "2024-04-10");
        check(islamic(2013, 9, 1), "2013-07-09");
        check(hebrew(2024, 0), "2024-10-03");
        check(hebrew(2023, 9), "2023-09-25");
        check(hebrew(2024, -163), "2024-04-23");
        check(nth_weekday(2024, 11, 4, 4), "2024-11-28");
    }

    #[test]
    fn stretches_have_their_bounds() {
        let check = |value: &str, first: &str, last: &str| {
            let (from, to) = interval(&value.parse().unwrap()).unwrap();
            assert_eq!((from.to_string(), to.to_string()), (first.to_owned(), last.to_owned()), "{value}");
        };
        check("19", "1900-01-01", "1999-12-31");
        check("199", "1990-01-01", "1999-12-31");
        check("2024-02", "2024-02-01", "2024-02-29");
        check("2024-Q4", "2024-10-01", "2024-12-31");
        check("2024-WI", "2024-12-01", "2025-02-28");
        check("2025-W01", "2024-12-30", "2025-01-05");
        check("2025-W10-WE", "2025-03-08", "2025-03-09");
        check("2025-W10-WD", "2025-03-03", "2025-03-07");
        check("FY2024", "2024-01-01", "2024-12-31");
        check("BC04", "-000499-01-01", "-000400-12-31");
        check("2024-H2", "2024-07-01", "2024-12-31");
        check("BC0044-03-15", "-000043-03-15", "-000043-03-15");
        assert_eq!(interval(&"2024-02-31".parse().unwrap()), None);
        assert_eq!(interval(&"XXXX-02".parse().unwrap()), None);
    }

    #[test]
    fn what_cannot_be_is_told_from_what_is_not_known() {
        let check = |value: &str, expected: bool| assert_eq!(is_possible(&value.parse().unwrap()), expected, "{value}");
        for value in
            ["2024-02-29", "XXXX-02-29", "XXXX-XX-31", "BC0044-03-15", "2020-W53", "XXXX-W53-7", "2024-QX", "P400D"]
        {
            check(value, true);
        }
        for value in ["2025-02-29", "XXXX-04-31", "2024-13", "2021-W53", "2024-W10-8", "2024-Q5", "2024-H3", "0000"] {
            check(value, false);
        }
        for (value, expected) in [("24:00", true), ("24:30", false), ("23:59:60", true), ("12:60", false)] {
            check(&format!("2024-01-01T{value}"), expected);
        }
        check("2024-01-01T12:00+20:00", false);
    }

    #[test]
    fn there_is_no_year_nought() {
        assert_eq!(shift_year(-1, 1), Some(1));
        assert_eq!(shift_year(1, -1), Some(-1));
        assert_eq!(day(0, 1, 1), None);
        assert_eq!(shift_year(9999, 1), None);
    }
}
