//! Picks one of many stretches of the calendar: the nearest summer, the third week, some Friday.

use super::expr::{Cycle, Fields};
use crate::calendar::arithmetic::{self, bounds, of_day, shift, shift_year, stretch, year_of};
use crate::calendar::holidays::Holiday;
use crate::calendar::value::Year;
use crate::calendar::{Calendar, Season, Unit};
use jiff::civil::Date;

/// The last, nearest or next such season.
pub(super) fn season_near(season: Season, now: Date, step: i32) -> Option<Calendar> {
    let year = year_of(now);
    let of = |year: Year| Calendar::Season(Some(year), season);
    let years = [-2, -1, 0, 1, 2].into_iter().filter_map(|step| shift_year(year, step));
    let mut with_bounds = years.filter_map(|year| Some((year, bounds(&of(year))?)));
    match step {
        -1 => with_bounds.rfind(|(_, (_, last))| *last < now),
        1 => with_bounds.into_iter().find(|(_, (first, _))| *first > now),
        _ => with_bounds.min_by_key(|(_, (first, last))| distance(now, *first, *last)),
    }
    .map(|(year, _)| of(year))
}

/// Days between `now` and a stretch; nothing when it lies inside.
pub(super) fn distance(now: Date, first: Date, last: Date) -> i64 {
    if now < first {
        arithmetic::days_between(now, first)
    } else if now > last {
        arithmetic::days_between(last, now)
    } else {
        0
    }
}

/// The part number `nth` of a stretch; the last one for -1.
pub(super) fn nth_of(nth: i32, cycle: Cycle, of: &Calendar, holidays: &[(String, Holiday)]) -> Option<Calendar> {
    let Some((first, last)) = bounds(of) else {
        return match (cycle, of) {
            (Cycle::Unit(Unit::Quarter), Calendar::Year(year)) => {
                Some(Calendar::Quarter(*year, u8::try_from(if nth < 0 { 4 } else { nth }).ok()))
            }
            _ => None,
        };
    };
    let from_end = nth < 0;
    let ahead = i64::from(nth) - 1;
    // "the week of 5 March": the one in which it lies.
    if let (0, Cycle::Unit(unit)) = (nth, cycle) {
        return Some(stretch(first, unit));
    }
    let found = match cycle {
        Cycle::Unit(unit @ (Unit::Half | Unit::Quarter)) => {
            let Calendar::Year(year) = of else { return Some(*of) };
            let count = if unit == Unit::Half { 2 } else { 4 };
            let number = u8::try_from(if from_end { count } else { nth }).ok().filter(|n| i32::from(*n) <= count)?;
            return Some(match unit {
                Unit::Half => Calendar::Half(*year, number),
                _ => Calendar::Quarter(*year, Some(number)),
            });
        }
        Cycle::Unit(Unit::Weekend) => {
            let day = if from_end {
                arithmetic::weekday_until(last, 6)?
            } else {
                shift(next_weekday(first, 6)?, ahead, Unit::Week)?
            };
            stretch(day, Unit::Weekend)
        }
        // The nth week of a month is that of its nth Thursday; the nth of a year its ISO week.
        Cycle::Unit(Unit::Week) if !from_end && matches!(of, Calendar::Month(..) | Calendar::Year(_)) => {
            stretch(shift(next_weekday(first, 4)?, ahead, Unit::Week)?, Unit::Week)
        }
        Cycle::Unit(unit) if from_end => stretch(last, unit),
        Cycle::Unit(unit) => stretch(shift(first, ahead, unit)?, unit),
        Cycle::Weekday(weekday) if from_end => of_day(arithmetic::weekday_until(last, weekday)?),
        Cycle::Weekday(weekday) => of_day(shift(next_weekday(first, weekday)?, ahead, Unit::Week)?),
        Cycle::Holiday(id) => of_day(holidays.get(usize::from(id))?.1.day_in(year_of(first))?),
        Cycle::Month(_) | Cycle::Season(_) | Cycle::Quarter(_) => return None,
    };
    let (start, _) = bounds(&found)?;
    (start <= last).then_some(found)
}

/// The first `weekday` on or after `date`.
pub(super) fn next_weekday(date: Date, weekday: u8) -> Option<Date> {
    arithmetic::weekday_until(shift(date, 6, Unit::Day)?, weekday)
}

/// The value of a stretch whose place is not known.
pub(super) fn open(cycle: Cycle) -> Calendar {
    match cycle {
        Cycle::Unit(unit) => match unit {
            Unit::Second | Unit::Minute | Unit::Hour | Unit::Day => Calendar::Day(None, None, None),
            Unit::Weekend => Calendar::Weekend(None, None),
            Unit::Workweek => Calendar::Workweek(None, None),
            Unit::Week | Unit::Fortnight => Calendar::Week(None, None),
            Unit::Month | Unit::Season | Unit::Half => Calendar::Month(None, None),
            Unit::Quarter => Calendar::Quarter(None, None),
            Unit::Year | Unit::Decade | Unit::Century | Unit::Millennium => Calendar::Year(None),
        },
        Cycle::Month(month) => Calendar::Month(None, Some(month)),
        Cycle::Weekday(weekday) => Calendar::Weekday(None, None, weekday),
        Cycle::Season(season) => Calendar::Season(None, season),
        Cycle::Quarter(quarter) => Calendar::Quarter(None, Some(quarter)),
        Cycle::Holiday(_) => Calendar::Day(None, None, None),
    }
}

/// What is said of a date, without its year.
pub(super) fn without_year(fields: &Fields) -> Calendar {
    if let Some(season) = fields.season {
        Calendar::Season(None, season)
    } else if let Some(quarter) = fields.quarter {
        Calendar::Quarter(None, Some(quarter))
    } else if let Some(half) = fields.half {
        Calendar::Half(None, half)
    } else if fields.day.is_some() {
        Calendar::Day(None, fields.month, fields.day)
    } else if let Some(weekday) = fields.weekday {
        Calendar::Weekday(None, None, weekday)
    } else if fields.week.is_some() {
        Calendar::Week(None, fields.week)
    } else if fields.month.is_some() {
        Calendar::Month(None, fields.month)
    } else {
        Calendar::Year(None)
    }
}
