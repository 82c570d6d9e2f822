//! So many units from somewhere: two years ago, three days later, two hours after that.

use super::expr::{Cycle, DateExpr, Fields, From};
use super::recognise::Tense;
use super::resolve::Resolver;
use super::stretches::open;
use crate::calendar::arithmetic::{self, bounds, of_day, shift, shift_year, stretch};
use crate::calendar::{Calendar, DayTime, Modifier, Number, Reference, Unit, Value};

/// A quarter told of so many sentences before is that from which 'a year earlier' is counted.
const NEAR_SENTENCES: u32 = 1;

impl Resolver<'_> {
    /// The time that lies so many units, the longest first, from `from`.
    pub(super) fn away(&mut self, parts: &[(Number, Unit)], later: bool, from: &From) -> Option<Value> {
        let reference = Value::Reference(if later { Reference::Future } else { Reference::Past });
        let [(count, unit)] = parts else { return self.away_in_parts(parts, later, from) };
        let unit = *unit;
        let Some(thousandths) = count.thousandths else {
            // "a few hours later": some time of the day told of.
            let told = unit.is_clock() && matches!(from, From::Mention);
            return Some(if told { self.some_time(from) } else { reference });
        };
        let sign = if later { 1 } else { -1 };
        // Whole days of hours are counted as days ("48 hours ago"), other hours by the clock.
        if unit.is_clock() && (unit != Unit::Hour || thousandths % 24_000 != 0) {
            return self.away_by_clock(thousandths.checked_mul(sign)?, unit, from);
        }
        let counted = unit.plain().0;
        if matches!(from, From::Mention)
            && (!self.anchor.is_news() || self.is_past_year_told())
            && counted != Unit::Year
            && self.told_edge(counted).is_none()
            && self.is_coarser_told(counted)
            && let Some(some) = self.some_of_told(unit, thousandths / 1000 * sign)
        {
            self.say(|| "the text has told of no day or month from which it could be counted".to_owned());
            return Some(Value::Date(some));
        }
        let Some(base) = self.base(unit, later, from) else {
            self.say(|| "no anchor: the value stays open".to_owned());
            return Some(Value::Date(open(Cycle::Unit(unit))));
        };
        self.say(|| format!("counted from {base}"));
        let (plain, factor) = unit.plain();
        let total = thousandths.checked_mul(i64::from(factor))?.checked_mul(sign)?;
        let keep = matches!(from, From::Expr(_)) || matches!(base, Calendar::Quarter(..));
        away_from(&base, total, plain, unit, keep).map(Value::Date)
    }

    /// A year and two months ago: counted unit by unit, at the grain of the last.
    fn away_in_parts(&mut self, parts: &[(Number, Unit)], later: bool, from: &From) -> Option<Value> {
        let (_, grain) = *parts.last()?;
        let base = self.base(grain, later, from)?;
        self.say(|| format!("counted from {base}"));
        let (mut day, _) = bounds(&base)?;
        for (count, unit) in parts {
            let thousandths = count.thousandths.filter(|thousandths| thousandths % 1000 == 0)?;
            day = shift(day, thousandths / 1000 * if later { 1 } else { -1 }, *unit)?;
        }
        if grain.is_clock() { None } else { Some(Value::Date(stretch(day, grain))) }
    }

    /// Where units of this grain are counted from.
    fn base(&mut self, unit: Unit, later: bool, from: &From) -> Option<Calendar> {
        match from {
            // "a week from Saturday": the Saturday to come.
            From::Expr(expr) if later && self.tense.is_none() && is_weekday(expr) => {
                self.tense = Some(Tense::Future);
                let found = self.calendar(expr);
                self.tense = None;
                found
            }
            From::Now => self.now().map(of_day),
            From::Mention => self.mention(unit),
            From::Expr(expr) => self.calendar(expr),
        }
    }

    /// Hours, minutes or seconds from a time of the clock; where none is known, some time of the day.
    fn away_by_clock(&mut self, thousandths: i64, unit: Unit, from: &From) -> Option<Value> {
        let base = match from {
            From::Now => None,
            From::Mention => self.memory.clock,
            From::Expr(expr) => match self.value(expr)? {
                Value::Time(Calendar::Day(Some(year), Some(month), Some(day)), DayTime::Clock { hour, minute, .. }) => {
                    let minutes = i64::from(hour) * 60 + i64::from(minute.unwrap_or(0));
                    arithmetic::day(year, month, day).map(|day| (day, minutes))
                }
                _ => None,
            },
        };
        let Some((day, minutes)) = base else { return Some(self.some_time(from)) };
        self.say(|| format!("counted from {day} {:02}:{:02}", minutes / 60, minutes % 60));
        let moved = match unit {
            Unit::Hour => thousandths.checked_mul(60)? / 1000,
            Unit::Minute => thousandths / 1000,
            _ => thousandths / 60_000,
        };
        let total = minutes.checked_add(moved)?;
        let day = shift(day, total.div_euclid(24 * 60), Unit::Day)?;
        let rest = total.rem_euclid(24 * 60);
        let (hour, minute) = (u8::try_from(rest / 60).ok()?, u8::try_from(rest % 60).ok());
        Some(Value::Time(of_day(day), DayTime::Clock { hour, minute, second: None, zone: None }))
    }

    /// Some time of the day from which hours would be counted.
    fn some_time(&mut self, from: &From) -> Value {
        let day = match from {
            From::Mention => self.memory.day.or_else(|| self.now()),
            _ => self.now(),
        };
        self.say(|| "no time of the clock can be reckoned".to_owned());
        Value::Time(day.map_or(Calendar::Day(None, None, None), of_day), DayTime::Unknown)
    }

    /// The last time mentioned from which units of this grain can be counted.
    fn mention(&mut self, unit: Unit) -> Option<Calendar> {
        let memory = self.memory;
        let plain = unit.plain().0;
        if plain != Unit::Year
            && let Some(edge) = self.told_edge(plain)
        {
            return Some(edge);
        }
        let found = match plain {
            Unit::Year => {
                let near = |said: u32| self.sentence.saturating_sub(said) <= NEAR_SENTENCES;
                let quarter = memory.quarter.filter(|(_, said)| near(*said)).map(|(quarter, _)| quarter);
                quarter.or_else(|| memory.year.map(|year| Calendar::Year(Some(year))))
            }
            Unit::Month => memory.month.map(|(year, month)| Calendar::Month(Some(year), Some(month))),
            _ => memory.day.map(of_day),
        };
        found.or_else(|| self.now().map(of_day))
    }

    /// The beginning or end of the stretch that a tale told of last, where days or months are counted
    /// from that: six months after the end of 1942.
    fn told_edge(&self, unit: Unit) -> Option<Calendar> {
        if self.anchor.is_news() || !self.is_coarser_told(unit) {
            return None;
        }
        let day = match self.memory.edge? {
            Modifier::End => self.memory.latest_end?,
            Modifier::Start => self.memory.latest?,
            _ => return None,
        };
        Some(stretch(day, if unit == Unit::Month { Unit::Month } else { Unit::Day }))
    }

    /// Whether a tale has gone on, to a stretch so long that `unit` cannot be counted from it: two weeks
    /// after the spring of 1941.
    fn is_coarser_told(&self, unit: Unit) -> bool {
        let Some((latest, latest_end)) = self.memory.latest.zip(self.memory.latest_end) else { return false };
        let (fine, told) = match unit {
            Unit::Month => (31, self.memory.month.and_then(|(year, month)| arithmetic::day(year, month, 1))),
            _ => (7, self.memory.day),
        };
        let is_coarse = arithmetic::days_between(latest, latest_end) >= fine;
        is_coarse && (self.memory.edge == Some(Modifier::End) || told.is_none_or(|told| told < latest))
    }

    /// Whether news has just spoken of a year long past, and of no more.
    fn is_past_year_told(&self) -> bool {
        let near = self.memory.year_sentence.is_some_and(|said| self.sentence.saturating_sub(said) <= NEAR_SENTENCES);
        let (Some(dct), Some(latest)) = (self.anchor.dct, self.memory.latest) else { return false };
        near && arithmetic::year_of(latest) < arithmetic::year_of(dct) - 1
    }

    /// Some day, week or month of the stretch that was told of last,
    /// moved by `count` units, as far as these make up years.
    fn some_of_told(&self, unit: Unit, count: i64) -> Option<Calendar> {
        let (first, last) = self.memory.latest.zip(self.memory.latest_end)?;
        let years = match unit {
            Unit::Month => count / 12,
            Unit::Week => count / 52,
            _ => count / 365,
        };
        let (first, last) = (shift(first, years, Unit::Year)?, shift(last, years, Unit::Year)?);
        let (year, month) = (arithmetic::year_of(first), arithmetic::month_of(first));
        let one_month = arithmetic::month_of(last) == month && arithmetic::days_between(first, last) < 31;
        Some(match open(Cycle::Unit(unit)) {
            Calendar::Day(..) => Calendar::Day(Some(year), one_month.then_some(month), None),
            Calendar::Week(..) => Calendar::Week(Some(year), None),
            Calendar::Weekend(..) => Calendar::Weekend(Some(year), None),
            Calendar::Month(..) => Calendar::Month(Some(year), None),
            _ => return None,
        })
    }
}

/// Whether an expression says a weekday and no more.
fn is_weekday(expr: &DateExpr) -> bool {
    matches!(expr, DateExpr::Fields(Fields { weekday: Some(_), month: None, day: None, .. }))
}

/// `base` moved by `total` thousandths of `plain`, shown at the grain of `unit`, or of `base` where the
/// text names it and it is finer.
fn away_from(base: &Calendar, total: i64, plain: Unit, unit: Unit, keep: bool) -> Option<Calendar> {
    let whole = total / 1000;
    let rest = total % 1000;
    // "two and a half years ago": the half counts in the next smaller unit.
    let (count, step) = match (rest, plain) {
        (0, _) => (whole, plain),
        (_, Unit::Year) => (total * 12 / 1000, Unit::Month),
        (_, Unit::Week) => (total * 7 / 1000, Unit::Day),
        (_, Unit::Month) => (total * 30 / 1000, Unit::Day),
        _ => (whole, plain),
    };
    if let (Calendar::Year(Some(year)), Unit::Year) = (base, step) {
        let moved = shift_year(*year, count)?;
        let decade = matches!(unit, Unit::Decade | Unit::Century) && moved > 0;
        return Some(if decade { stretch(arithmetic::day(moved, 1, 1)?, unit) } else { Calendar::Year(Some(moved)) });
    }
    let (first, _) = bounds(base)?;
    let moved = shift(first, count, step)?;
    let grain = match base {
        Calendar::Quarter(..) if keep && step >= Unit::Month => Unit::Quarter,
        Calendar::Year(_) if step != Unit::Year => unit,
        Calendar::Day(..) if keep => Unit::Day,
        Calendar::Week(..) if keep => Unit::Week,
        Calendar::Season(year, season) if keep && step == Unit::Year => {
            return Some(Calendar::Season(shift_year((*year)?, count), *season));
        }
        Calendar::Month(..) if keep && step >= Unit::Month => Unit::Month,
        _ if step == Unit::Hour => Unit::Day,
        _ if rest != 0 => step,
        _ => unit,
    };
    Some(match grain {
        Unit::Half | Unit::Season => stretch(moved, Unit::Month),
        grain => stretch(moved, grain),
    })
}
