//! Holidays: when they fall, as rules read from data.

use super::arithmetic::{day, easter, hebrew, islamic, kislev, nth_weekday, orthodox_easter, shift, shift_year};
use super::{Unit, value::Year};
use jiff::civil::Date;
use std::str::FromStr;

/// When a holiday falls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holiday {
    /// `fixed MONTH DAY`.
    Fixed(u8, u8),
    /// `weekday MONTH WEEKDAY N [DAYS]`: so many days after the Nth (-1: the last) weekday of a month,
    /// Monday being 1.
    Weekday(u8, u8, i8, i64),
    /// `easter DAYS`: so many days after Western Easter Sunday.
    Easter(i64),
    /// `orthodox DAYS`: so many days after Orthodox Easter Sunday.
    Orthodox(i64),
    /// `islamic MONTH DAY` of the tabular Islamic calendar.
    Islamic(u8, u8),
    /// `hebrew DAYS`: so many days after Rosh Hashanah of the same Gregorian year.
    Hebrew(i64),
    /// `kislev DAY`: a day of Kislev, the month before which the Hebrew year may have a day more.
    Kislev(u8),
    /// `table YYYY-MM-DD …`: the days themselves, for feasts of no simple rule.
    Table(Vec<Date>),
    /// `once YYYY MONTH DAY`: a day known by its name (9/11).
    Once(Date),
}

impl Holiday {
    /// The day it falls on in `year`; nothing where the rule does not reach.
    pub fn day_in(&self, year: Year) -> Option<Date> {
        match self {
            Self::Fixed(month, number) => day(year, *month, *number),
            Self::Weekday(month, weekday, nth, days) => {
                shift(nth_weekday(year, *month, *weekday, *nth)?, *days, Unit::Day)
            }
            Self::Easter(days) => shift(easter(year)?, *days, Unit::Day),
            Self::Orthodox(days) => shift(orthodox_easter(year)?, *days, Unit::Day),
            Self::Islamic(month, number) => islamic(year, *month, *number),
            Self::Kislev(number) => kislev(year, *number),
            Self::Hebrew(days) => hebrew(year, *days),
            Self::Table(days) => days.iter().copied().find(|date| super::arithmetic::year_of(*date) == year),
            Self::Once(date) => Some(*date),
        }
    }

    /// The day of the holiday nearest to `anchor`; with `forward`, the next one on or after it, else
    /// (`Some(false)`) the latest on or before it.
    pub fn near(&self, anchor: Date, forward: Option<bool>) -> Option<Date> {
        let year = super::arithmetic::year_of(anchor);
        let days = [-1, 0, 1].into_iter().filter_map(|step| self.day_in(shift_year(year, step)?));
        match forward {
            Some(true) => days.filter(|date| *date >= anchor).min(),
            Some(false) => days.filter(|date| *date <= anchor).max(),
            None => days.min_by_key(|date| super::arithmetic::days_between(anchor, *date).abs()),
        }
    }
}

impl FromStr for Holiday {
    type Err = String;

    fn from_str(rule: &str) -> Result<Self, String> {
        let mut words = rule.split_whitespace();
        let kind = words.next().unwrap_or_default();
        if kind == "table" {
            let days: Result<Vec<Date>, _> = words.map(str::parse).collect();
            return days.map(Self::Table).map_err(|error| format!("holiday rule {rule:?}: {error}"));
        }
        let numbers: Option<Vec<i64>> = words.map(|word| word.parse().ok()).collect();
        let small = |number: i64| u8::try_from(number).ok();
        let read = || {
            Some(match (kind, numbers?.as_slice()) {
                ("fixed", [month, number]) => Self::Fixed(small(*month)?, small(*number)?),
                ("weekday", [month, weekday, nth]) => {
                    Self::Weekday(small(*month)?, small(*weekday)?, i8::try_from(*nth).ok()?, 0)
                }
                ("weekday", [month, weekday, nth, days]) => {
                    Self::Weekday(small(*month)?, small(*weekday)?, i8::try_from(*nth).ok()?, *days)
                }
                ("kislev", [number]) => Self::Kislev(small(*number)?),
                ("easter", [days]) => Self::Easter(*days),
                ("orthodox", [days]) => Self::Orthodox(*days),
                ("islamic", [month, number]) => Self::Islamic(small(*month)?, small(*number)?),
                ("hebrew", [days]) => Self::Hebrew(*days),
                ("once", [year, month, number]) => {
                    Self::Once(day(i32::try_from(*year).ok()?, small(*month)?, small(*number)?)?)
                }
                _ => return None,
            })
        };
        read().ok_or_else(|| {
            format!(
                "holiday rule {rule:?} is none of fixed MONTH DAY, weekday MONTH WEEKDAY N [DAYS], easter DAYS, \
                 orthodox DAYS, islamic MONTH DAY, hebrew DAYS, kislev DAY, once YEAR MONTH DAY, table DATE…"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_give_days() {
        let check = |rule: &str, year: Year, expected: &str| {
            assert_eq!(rule.parse::<Holiday>().unwrap().day_in(year).unwrap().to_string(), expected, "{rule}");
        };
        check("fixed 12 25", 2024, "2024-12-25");
        check("weekday 5 1 -1", 2024, "2024-05-27");
        check("weekday 11 4 4 1", 2024, "2024-11-29");
        check("easter -2", 2024, "2024-03-29");
        check("kislev 25", 2013, "2013-11-28");
        check("kislev 25", 2016, "2016-12-25");
        check("kislev 25", 2023, "2023-12-08");
        check("kislev 25", 2024, "2024-12-26");
        check("islamic 12 10", 2024, "2024-06-17");
        check("table 2024-02-10 2025-01-29", 2025, "2025-01-29");
    }

    #[test]
    fn the_nearest_may_lie_in_another_year() {
        let christmas: Holiday = "fixed 12 25".parse().unwrap();
        let january = day(2024, 1, 3).unwrap();
        assert_eq!(christmas.near(january, None).unwrap().to_string(), "2023-12-25");
        assert_eq!(christmas.near(january, Some(true)).unwrap().to_string(), "2024-12-25");
    }

    #[test]
    fn an_unknown_rule_is_refused() {
        assert!("sometimes".parse::<Holiday>().unwrap_err().contains("none of fixed"));
        assert!("fixed 12".parse::<Holiday>().is_err());
    }
}
