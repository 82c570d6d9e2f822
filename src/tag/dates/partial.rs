//! Parts of a calendar date → a date: the year, month or day that is left unsaid comes from the anchor.

use super::expr::{Fields, Order};
use super::recognise::Tense;
use super::resolve::Resolver;
use super::stretches::{distance, next_weekday, without_year};
use crate::calendar::arithmetic::{self, bounds, of_day, shift_year, year_of};
use crate::calendar::value::Year;
use crate::calendar::{Calendar, Unit};
use jiff::civil::Date;

/// Up to so many days from the time of writing, a month and day are taken for the nearest.
const NEAR_DAYS: i64 = 60;

/// What a word looks ahead to is not a day that is gone for longer than this.
const JUST_GONE_DAYS: i64 = 14;

/// Up to so many days after its end, a quarter is the one that is still to be reported.
const REPORTED_DAYS: i64 = 92;

/// A year said in the same sentence reaches a later month only when it lies further back than this.
const YEARS_BACK: i32 = 7;

impl Resolver<'_> {
    /// The stretch that the parts of a date name.
    pub(super) fn fields(&mut self, fields: &Fields) -> Option<Calendar> {
        if let Some(century) = fields.century {
            return Some(Calendar::Century(century));
        }
        if let Some(decade) = fields.decade {
            return Some(Calendar::Decade(self.full_decade(decade)));
        }
        let mut fields = fields.clone();
        if fields.order == Order::Open && self.anchor.day_first && fields.month.zip(fields.day).is_some() {
            std::mem::swap(&mut fields.month, &mut fields.day);
            self.say(|| "day before month, as this article or --date-order has it".to_owned());
        }
        if fields.short_year {
            fields.year = fields.year.map(|short| self.full_year(short));
        }
        if fields.fiscal && fields.quarter.is_none() {
            return fields.year.or_else(|| self.now().map(year_of)).map(Calendar::Fiscal);
        }
        match fields.year {
            Some(year) if fields.pair => Some(Calendar::Pair(year)),
            Some(year) => with_year(year, &fields),
            None => self.without_said_year(&fields),
        }
    }

    /// A year of two digits: the latest that is not far ahead of the time of writing.
    fn full_year(&mut self, short: Year) -> Year {
        let year = match self.anchor.dct.map(year_of).or(self.memory.year) {
            Some(now) => {
                let year = now.div_euclid(100) * 100 + short;
                if year > now + 10 { year - 100 } else { year }
            }
            None if short >= 30 => 1900 + short,
            None => 2000 + short,
        };
        self.say(|| format!("two digits of {year}"));
        year
    }

    /// A decade of one digit (`the 90s`): the latest that has begun.
    fn full_decade(&mut self, decade: i32) -> i32 {
        if !(0..10).contains(&decade) {
            return decade;
        }
        let now = self.anchor.dct.map(year_of).or(self.memory.year).map_or(203, |year| year.div_euclid(10));
        let own = now.div_euclid(10) * 10 + decade;
        if own > now { own - 10 } else { own }
    }

    fn without_said_year(&mut self, fields: &Fields) -> Option<Calendar> {
        if self.anchor.is_news()
            && let Some(dct) = self.anchor.dct
        {
            // "On 5 March 1944 … and on 7 March": a year said in the same sentence reaches further.
            if self.memory.year_sentence == Some(self.sentence)
                && fields.month.is_some()
                && let Some(year) = self.memory.year
                && (year_of(dct) - year > YEARS_BACK || (year > year_of(dct) && !is_near(fields, dct)))
            {
                self.say(|| format!("{year} is said in the same sentence"));
                return with_year(year, fields);
            }
            return self.near_dct(fields, dct);
        }
        self.near_mention(fields)
    }

    fn near_dct(&mut self, fields: &Fields, dct: Date) -> Option<Calendar> {
        let future = self.tense == Some(Tense::Future);
        let tense = if future { "a word before it looks ahead" } else { "nothing looks ahead" };
        self.say(|| format!("anchored on dct {dct}; {tense}"));
        if let (Some(weekday), None, None) = (fields.weekday, fields.day, fields.month) {
            let day = if future { next_weekday(dct, weekday) } else { arithmetic::weekday_until(dct, weekday) };
            return day.map(of_day);
        }
        let year = year_of(dct);
        let years = [-1, 0, 1].into_iter().filter_map(|step| shift_year(year, step));
        if let (Some(month), Some(day)) = (fields.month, fields.day) {
            let days: Vec<Date> = years.filter_map(|year| arithmetic::day(year, month, day)).collect();
            return pick_day(&days, dct, (future, self.ahead), fields.weekday).map(of_day).or_else(|| leap_day(fields));
        }
        if let Some(day) = fields.day {
            // "on the 17th": of this month, or of the one before when that day is still to come.
            let (year, month) = (year_of(dct), arithmetic::month_of(dct));
            if let Some(weekday) = fields.weekday
                && let Some(found) = day_and_weekday(dct, day, weekday, future)
            {
                return Some(of_day(found));
            }
            let found = arithmetic::day(year, month, day)?;
            let found = match (future, found.cmp(&dct)) {
                (false, std::cmp::Ordering::Greater) => arithmetic::shift(found, -1, Unit::Month)?,
                (true, std::cmp::Ordering::Less) => arithmetic::shift(found, 1, Unit::Month)?,
                _ => found,
            };
            return Some(of_day(found));
        }
        let stretches: Vec<(Calendar, (Date, Date))> = years
            .filter_map(|year| with_year(year, fields))
            .filter_map(|calendar| Some((calendar, bounds(&calendar)?)))
            .collect();
        let whole = fields.month.is_some() || self.tense == Some(Tense::Past);
        // "after October's election", in September: the month to come, unless a word looks back.
        let ahead =
            self.tense.is_none() && fields.month.is_some_and(|month| month == arithmetic::month_of(dct) % 12 + 1);
        let future = future || ahead;
        // Results of a quarter or half are told of, and foretold, soon after its end.
        let just_over = |last: Date| last < dct && arithmetic::days_between(last, dct) <= REPORTED_DAYS;
        let reported = stretches
            .iter()
            .rev()
            .filter(|_| future && (fields.quarter.is_some() || fields.half.is_some()))
            .find(|(_, (_, last))| just_over(*last));
        let found = if reported.is_some() {
            reported
        } else if future {
            stretches.iter().find(|(_, (_, last))| *last >= dct)
        } else if whole {
            stretches.iter().rev().find(|(_, (first, _))| *first <= dct)
        } else {
            stretches.iter().min_by_key(|(_, (first, last))| distance(dct, *first, *last))
        };
        found.map(|(calendar, _)| *calendar)
    }

    fn near_mention(&mut self, fields: &Fields) -> Option<Calendar> {
        let memory = self.memory;
        if let (Some(weekday), None, None) = (fields.weekday, fields.day, fields.month) {
            let Some(day) = memory.day else { return Some(without_year(fields)) };
            self.say(|| format!("the next after {day}, the last day told of"));
            return next_weekday(day, weekday).map(of_day);
        }
        if fields.day.is_some() && fields.month.is_none() {
            let Some((year, month)) = memory.month else { return Some(without_year(fields)) };
            self.say(|| format!("in {year:04}-{month:02}, the last month told of"));
            return with_year(year, &Fields { month: Some(month), ..fields.clone() });
        }
        let Some(year) = memory.year else {
            self.say(|| "no year was told of: it stays open".to_owned());
            return Some(without_year(fields)).filter(|_| fields.day.is_none_or(|day| day <= longest(fields.month)));
        };
        let year = self.turned_year(fields.month, year);
        self.say(|| format!("in {year}, the last year told of"));
        with_year(year, fields)
    }

    /// The year told of, or the next where the tale has gone on from autumn to the beginning of a year.
    pub(super) fn turned_year(&self, month: Option<u8>, year: Year) -> Year {
        match (self.memory.month, month) {
            (Some((own, month)), Some(next))
                if own == year && month >= 11 && next <= 2 && self.tense != Some(Tense::Future) =>
            {
                shift_year(year, 1).unwrap_or(year)
            }
            _ => year,
        }
    }
}

/// Whether a month and day lie near the time of writing in one year or another.
fn is_near(fields: &Fields, dct: Date) -> bool {
    let Some((month, day)) = fields.month.zip(fields.day) else { return false };
    let years = [-1, 0, 1].into_iter().filter_map(|step| shift_year(year_of(dct), step));
    years
        .filter_map(|year| arithmetic::day(year, month, day))
        .any(|day| arithmetic::days_between(dct, day).abs() <= NEAR_DAYS)
}

/// The most days that a month may have.
fn longest(month: Option<u8>) -> u8 {
    match month {
        Some(2) => 29,
        Some(4 | 6 | 9 | 11) => 30,
        _ => 31,
    }
}

/// The day nearest to `dct`, if it is near; else the latest past one, or with `future` the next.
/// A day just gone is not what a word right before it looks ahead to.
fn pick_day(days: &[Date], dct: Date, (future, ahead): (bool, bool), weekday: Option<u8>) -> Option<Date> {
    if let Some(weekday) = weekday
        && let Some(day) = days.iter().find(|day| arithmetic::weekday_of(**day) == weekday)
    {
        return Some(*day);
    }
    let nearest = days.iter().copied().min_by_key(|day| arithmetic::days_between(dct, *day).abs())?;
    let days_ahead = arithmetic::days_between(dct, nearest);
    if days_ahead.abs() <= NEAR_DAYS && !(ahead && days_ahead < -JUST_GONE_DAYS) {
        return Some(nearest);
    }
    let past = days.iter().copied().filter(|day| *day <= dct).max();
    let next = days.iter().copied().filter(|day| *day >= dct).min();
    if future { next.or(past) } else { past.or(next) }
}

/// Friday the 13th: the nearest to `dct` within two years, on or after it with `future`.
fn day_and_weekday(dct: Date, day: u8, weekday: u8, future: bool) -> Option<Date> {
    let month = arithmetic::day(year_of(dct), arithmetic::month_of(dct), 1)?;
    let firsts = (-24..=24).filter_map(|count| arithmetic::shift(month, count, Unit::Month));
    firsts
        .filter_map(|first| arithmetic::day(year_of(first), arithmetic::month_of(first), day))
        .filter(|found| arithmetic::weekday_of(*found) == weekday && (!future || *found >= dct))
        .min_by_key(|found| arithmetic::days_between(dct, *found).abs())
}

/// 29 February, when no year about the time of writing has one.
fn leap_day(fields: &Fields) -> Option<Calendar> {
    (fields.month == Some(2) && fields.day == Some(29)).then(|| without_year(fields))
}

/// A date whose year is known; nothing for one that no calendar has.
pub(super) fn with_year(year: Year, fields: &Fields) -> Option<Calendar> {
    let year = Some(year);
    let calendar = if let Some(season) = fields.season {
        Calendar::Season(year, season)
    } else if let Some(quarter) = fields.quarter {
        Calendar::Quarter(year, Some(quarter))
    } else if let Some(half) = fields.half {
        Calendar::Half(year, half)
    } else if fields.week.is_some() {
        Calendar::Week(year, fields.week)
    } else {
        match (fields.month, fields.day) {
            (Some(_), Some(_)) => Calendar::Day(year, fields.month, fields.day),
            (Some(_), None) => Calendar::Month(year, fields.month),
            (None, Some(_)) => return None,
            (None, None) => Calendar::Year(year),
        }
    };
    bounds(&calendar).is_some().then_some(calendar)
}
