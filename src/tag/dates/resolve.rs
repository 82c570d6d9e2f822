//! Expressions × anchor → values, with a memory of the last dates mentioned.

use super::expr::{Clock, Cycle, DateExpr, Fields, From};
use super::memory::{Anchor, Memory};
use super::recognise::{End, Expression, Tense};
use super::stretches::{next_weekday, nth_of, open, season_near, without_year};
use crate::calendar::arithmetic::{self, bounds, of_day, shift, shift_year, stretch, year_of};
use crate::calendar::holidays::Holiday;
use crate::calendar::{Calendar, DayTime, Number, Part, Reference, Timex, TimexKind, Unit, Value};
use jiff::civil::Date;

/// A time of the clock belongs to a day told of in so many sentences before it.
const NEAR_SENTENCES: u32 = 1;

/// A resolved expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resolved {
    pub(super) kind: TimexKind,
    pub(super) value: Option<Value>,
    pub(super) timex: Timex,
}

/// Resolves the expressions of one article in order.
pub(super) struct Resolver<'a> {
    pub(super) holidays: &'a [(String, Holiday)],
    pub(super) anchor: Anchor,
    pub(super) memory: Memory,
    /// Steps of the last expression, kept when someone wants to read them.
    pub(super) trace: Option<Vec<String>>,
    /// The tense and sentence of the expression at hand.
    pub(super) tense: Option<Tense>,
    pub(super) sentence: u32,
    /// Whether the word right before it looks ahead.
    pub(super) ahead: bool,
    /// The beginning of a range that says no year, until its end is resolved.
    range_begins: Option<Resolved>,
    /// Whether it is a bare weekday.
    begins_on_weekday: bool,
    /// The sentences that tell of what is done again and again: their times of the clock are of no day.
    habits: Vec<u32>,
}

impl<'a> Resolver<'a> {
    /// A resolver at the start of an article with these expressions.
    pub(super) fn new(holidays: &'a [(String, Holiday)], anchor: Anchor, expressions: &[Expression]) -> Self {
        let habits = expressions.iter().filter(|expression| expression.expr.is_habit());
        let habits = habits.map(|expression| expression.sentence).collect();
        Self {
            holidays,
            anchor,
            memory: Memory::default(),
            trace: None,
            tense: None,
            sentence: 0,
            ahead: false,
            range_begins: None,
            begins_on_weekday: false,
            habits,
        }
    }

    /// Resolves the next expression of the article and remembers it.
    pub(super) fn resolve(&mut self, expression: &Expression) -> Resolved {
        self.tense = expression.tense;
        self.sentence = expression.sentence;
        self.ahead = expression.ahead;
        let expr = &expression.expr;
        let value = self.value(expr);
        let kind = kind_of(expr, value.as_ref());
        let mut timex = Timex::default();
        decorate(expr, &mut timex);
        if let Some(value) = &value {
            // "a year earlier" compares: news goes on from where it was, a tale goes back with it.
            let compares = self.anchor.is_news() && is_backward(expr);
            if (kind == TimexKind::Date || kind == TimexKind::Time) && !compares {
                self.memory.note(value, self.sentence);
                self.memory.edge = match expr {
                    DateExpr::Modified(modifier, _) => Some(*modifier),
                    _ => None,
                };
                if expr.year_said().is_some() {
                    self.memory.year_sentence = Some(self.sentence);
                }
            }
            timex.value = Some(value.to_string());
            if kind != TimexKind::Set {
                timex.interval = arithmetic::interval(value).map(|(first, last)| (iso_day(first), iso_day(last)));
            }
        }
        let resolved = Resolved { kind, value, timex };
        if expression.tie != Some(End::Last) {
            let open_year = expression.tie == Some(End::First) && expr.year_said().is_none();
            self.range_begins = open_year.then(|| resolved.clone());
            self.begins_on_weekday =
                matches!(expr, DateExpr::Fields(Fields { weekday: Some(_), month: None, day: None, .. }));
        }
        resolved
    }

    /// The beginning of a range once more, a year or week earlier, where `last` would end it before it
    /// begins: "between August and October", read in September; "Monday to Thursday", read on a Tuesday.
    pub(super) fn beginning_before(&self, last: &Resolved) -> Option<Timex> {
        let first = self.range_begins.as_ref()?;
        let (Some(Value::Date(from)), Some(Value::Date(to))) = (first.value, last.value) else { return None };
        let ((begin, _), (end, _)) = (bounds(&from)?, bounds(&to)?);
        let before = match from {
            Calendar::Month(year, month) => Calendar::Month(Some(shift_year(year?, -1)?), month),
            Calendar::Day(..) if self.begins_on_weekday => of_day(shift(begin, -1, Unit::Week)?),
            Calendar::Day(year, month, day) => Calendar::Day(Some(shift_year(year?, -1)?), month, day),
            _ => return None,
        };
        let (earlier, _) = bounds(&before)?;
        if begin <= end || earlier > end {
            return None;
        }
        let mut timex = first.timex.clone();
        timex.value = Some(before.to_string());
        timex.interval =
            arithmetic::interval(&Value::Date(before)).map(|(first, last)| (iso_day(first), iso_day(last)));
        Some(timex)
    }

    /// Notes a step for `gloss explain`.
    pub(super) fn say(&mut self, step: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(step());
        }
    }

    /// The day that deictic words stand on: the time of writing, or in a narrative the last day told of.
    pub(super) fn now(&self) -> Option<Date> {
        if self.anchor.is_news() {
            return self.anchor.dct;
        }
        self.memory.day.or_else(|| {
            let (year, month) = self.memory.month.or_else(|| self.memory.year.map(|year| (year, 1)))?;
            arithmetic::day(year, month, 1)
        })
    }

    pub(super) fn value(&mut self, expr: &DateExpr) -> Option<Value> {
        match expr {
            DateExpr::Reference(reference) => Some(Value::Reference(*reference)),
            DateExpr::Lengths { low, .. } => Some(Value::Duration(low.unknown())),
            DateExpr::Modified(_, inner) => self.value(inner),
            DateExpr::Clock(clock, on) => Some(self.clock(*clock, on.as_deref())),
            DateExpr::Part(part, on) => Some(self.part(*part, on.as_deref())),
            DateExpr::Set { of, .. } => self.cycle_value(of),
            DateExpr::Away { parts, later, from } => self.away(parts, *later, from),
            DateExpr::Ahead(duration) if self.tense == Some(Tense::Future) => {
                self.away(&duration.parts().collect::<Vec<_>>(), true, &From::Now)
            }
            DateExpr::Duration(duration) | DateExpr::Ahead(duration) => Some(Value::Duration(*duration)),
            DateExpr::Ancient(year) => Some(Value::Date(Calendar::Year(Some(*year)))),
            DateExpr::Step { cycle: Cycle::Unit(Unit::Day), step: 0 }
                if !self.anchor.is_news() || self.anchor.dct.is_none() =>
            {
                self.say(|| "no time of writing: the present".to_owned());
                Some(Value::Reference(Reference::Present))
            }
            DateExpr::Unknown => None,
            _ => self.calendar(expr).map(Value::Date),
        }
    }

    /// The stretch of the calendar that an expression names, perhaps with unknown parts.
    pub(super) fn calendar(&mut self, expr: &DateExpr) -> Option<Calendar> {
        match expr {
            DateExpr::Fields(fields) => self.fields(fields),
            DateExpr::Step { cycle, step } => self.step(*cycle, *step),
            DateExpr::Same(unit) => Some(self.same(*unit)),
            DateExpr::Nth { nth, cycle, of } => {
                let of = self.calendar(of)?;
                nth_of(*nth, *cycle, &of, self.holidays)
            }
            DateExpr::Within { inner, outer } => self.within(inner, outer),
            DateExpr::Open(cycle) => Some(open(*cycle)),
            DateExpr::Beside { weekday, of, later } => {
                let (first, last) = bounds(&self.calendar(of)?)?;
                let found = if *later {
                    next_weekday(last.tomorrow().ok()?, *weekday)
                } else {
                    arithmetic::weekday_until(first.yesterday().ok()?, *weekday)
                };
                found.map(of_day)
            }
            DateExpr::Holiday { id, year } => self.holiday(*id, year.as_deref()),
            DateExpr::Modified(_, inner) => self.calendar(inner),
            _ => match self.value(expr)? {
                Value::Date(calendar) | Value::Time(calendar, _) => Some(calendar),
                _ => None,
            },
        }
    }

    fn step(&mut self, cycle: Cycle, step: i32) -> Option<Calendar> {
        // A tale goes on from the last stretch it told of: the following spring lies behind all of it.
        let told = match cycle {
            _ if self.anchor.is_news() => None,
            Cycle::Month(_) | Cycle::Season(_) if step > 0 => self.memory.latest_end,
            Cycle::Month(_) | Cycle::Season(_) => self.memory.latest,
            Cycle::Unit(unit) if unit > Unit::Week => self.memory.latest,
            _ => None,
        };
        let Some(now) = told.or_else(|| self.now()) else {
            self.say(|| "no anchor: the value stays open".to_owned());
            return Some(open(cycle));
        };
        let narrative = !self.anchor.is_news();
        self.say(|| {
            format!(
                "counted from {}",
                if narrative { format!("{now}, the last day told of") } else { format!("dct {now}") }
            )
        });
        match cycle {
            Cycle::Unit(Unit::Weekend) => {
                // Early in the week "the weekend" is the one just gone, unless a word looks ahead.
                let gone = step == 0 && self.tense != Some(Tense::Future) && arithmetic::weekday_of(now) <= 3;
                let moved = shift(now, if gone { -1 } else { i64::from(step) }, Unit::Week)?;
                Some(stretch(moved, Unit::Weekend))
            }
            Cycle::Unit(unit) => shift(now, i64::from(step), unit).map(|moved| stretch(moved, unit)),
            Cycle::Month(month) => {
                let own = arithmetic::month_of(now);
                let year = year_of(now);
                let year = match step {
                    -1 if month >= own => shift_year(year, -1)?,
                    1 if month <= own => shift_year(year, 1)?,
                    _ => year,
                };
                Some(Calendar::Month(Some(year), Some(month)))
            }
            Cycle::Weekday(weekday) => {
                let anchor = shift(
                    now,
                    match step {
                        -1 => -1,
                        1 => 7,
                        _ => 6,
                    },
                    Unit::Day,
                )?;
                arithmetic::weekday_until(anchor, weekday).map(of_day)
            }
            Cycle::Season(season) => season_near(season, now, step),
            Cycle::Quarter(quarter) => {
                Some(Calendar::Quarter(shift_year(year_of(now), i64::from(step)), Some(quarter)))
            }
            Cycle::Holiday(id) => {
                let holiday = &self.holidays.get(usize::from(id))?.1;
                let day = match step {
                    -1 => holiday.near(shift(now, -1, Unit::Day)?, Some(false)),
                    1 => holiday.near(shift(now, 1, Unit::Day)?, Some(true)),
                    _ => holiday.day_in(year_of(now)),
                };
                day.map(of_day)
            }
        }
    }

    /// A time with the same grain as one mentioned before.
    fn same(&mut self, unit: Unit) -> Calendar {
        let memory = self.memory;
        let fallback = if self.anchor.is_news() { self.anchor.dct } else { None };
        let found = match unit {
            Unit::Year => memory.year.map(|year| Calendar::Year(Some(year))),
            Unit::Month => memory.month.map(|(year, month)| Calendar::Month(Some(year), Some(month))),
            Unit::Decade | Unit::Century => {
                memory.year.and_then(|year| arithmetic::day(year, 1, 1)).map(|date| stretch(date, unit))
            }
            Unit::Quarter if memory.quarter.is_some() => memory.quarter.map(|(quarter, _)| quarter),
            // Results are those of the quarter before.
            Unit::Quarter if memory.month.is_none() => {
                fallback.and_then(|dct| shift(dct, -1, Unit::Quarter)).map(|date| stretch(date, unit))
            }
            Unit::Season | Unit::Quarter | Unit::Half => {
                memory.month.and_then(|(year, month)| arithmetic::day(year, month, 1)).map(|date| stretch(date, unit))
            }
            _ => memory.day.map(|date| stretch(date, unit)),
        };
        let said = found.is_some();
        let found = found.or_else(|| fallback.map(|date| stretch(date, unit)));
        self.say(|| match (&found, said) {
            (Some(found), true) => format!("the {} last mentioned is {found}", unit.name()),
            (Some(found), false) => format!("nothing mentioned: the {} of dct, {found}", unit.name()),
            (None, _) => "no anchor: the value stays open".to_owned(),
        });
        found.unwrap_or_else(|| open(Cycle::Unit(unit)))
    }

    fn clock(&mut self, clock: Clock, on: Option<&DateExpr>) -> Value {
        let day = self.day_for(on);
        let minute = clock.minute.or(Some(0));
        Value::Time(day, DayTime::Clock { hour: clock.hour, minute, second: clock.second, zone: clock.zone })
    }

    fn part(&mut self, part: Part, on: Option<&DateExpr>) -> Value {
        Value::Time(self.day_for(on), DayTime::Part(part))
    }

    /// The day on which a time lies.
    fn day_for(&mut self, on: Option<&DateExpr>) -> Calendar {
        let unknown = Calendar::Day(None, None, None);
        if let Some(on) = on {
            return match self.calendar(on) {
                Some(
                    calendar
                    @ (Calendar::Day(..) | Calendar::Weekday(..) | Calendar::Weekend(..) | Calendar::Month(..)),
                ) => calendar,
                _ => unknown,
            };
        }
        if self.habits.binary_search(&self.sentence).is_ok() {
            self.say(|| "on no day in particular: the sentence tells of what is done again and again".to_owned());
            return unknown;
        }
        let told = self.memory.day_sentence.is_some_and(|told| self.sentence.saturating_sub(told) <= NEAR_SENTENCES);
        let day = if self.anchor.is_news() && !told { self.anchor.dct } else { self.memory.day };
        self.say(|| day.map_or_else(|| "no day is known".to_owned(), |day| format!("on {day}")));
        day.map_or(unknown, of_day)
    }

    /// What a set repeats: its cycle, never a single date.
    fn cycle_value(&mut self, of: &DateExpr) -> Option<Value> {
        Some(match of {
            DateExpr::Duration(duration) => Value::Duration(*duration),
            DateExpr::Fields(fields) => match (fields.weekday, fields.season, fields.month, fields.day) {
                (Some(weekday), ..) => Value::Date(Calendar::Weekday(None, None, weekday)),
                (_, Some(season), ..) => Value::Date(Calendar::Season(None, season)),
                (_, _, month, Some(day)) => Value::Date(Calendar::Day(None, month, Some(day))),
                (_, _, Some(month), None) => Value::Date(Calendar::Month(None, Some(month))),
                _ => return None,
            },
            DateExpr::Part(part, on) => Value::Time(repeated_day(on.as_deref()), DayTime::Part(*part)),
            DateExpr::Clock(clock, on) => {
                let minute = clock.minute.or(Some(0));
                let time = DayTime::Clock { hour: clock.hour, minute, second: clock.second, zone: clock.zone };
                Value::Time(repeated_day(on.as_deref()), time)
            }
            DateExpr::Step { cycle: cycle @ Cycle::Unit(Unit::Weekend | Unit::Workweek), .. } => {
                Value::Date(open(*cycle))
            }
            DateExpr::Holiday { id, .. } => match self.holidays.get(usize::from(*id))?.1 {
                Holiday::Fixed(month, day) => Value::Date(Calendar::Day(None, Some(month), Some(day))),
                _ => Value::Duration(crate::calendar::Duration::new(Number::whole(1), Unit::Year)),
            },
            DateExpr::Modified(_, inner) => return self.cycle_value(inner),
            _ => return None,
        })
    }

    fn within(&mut self, inner: &DateExpr, outer: &DateExpr) -> Option<Calendar> {
        let outer = self.calendar(outer)?;
        if let DateExpr::Fields(fields) = inner
            && let (Some(weekday), Calendar::Week(Some(year), Some(week))) = (fields.weekday, outer)
        {
            return arithmetic::week_day(year, week, weekday).map(of_day);
        }
        if matches!(inner, DateExpr::Fields(Fields { weekday: Some(_), day: None, .. })) {
            return None;
        }
        let year = match outer {
            Calendar::Year(year) | Calendar::Month(year, _) => year,
            Calendar::Fiscal(year) => Some(year),
            _ => None,
        };
        match inner {
            DateExpr::Fields(fields) => {
                let month = match outer {
                    Calendar::Month(_, month) if fields.month.is_none() => month,
                    _ => fields.month,
                };
                if year.is_none() {
                    return Some(without_year(&Fields { month, ..fields.clone() }));
                }
                self.fields(&Fields { year, month, ..fields.clone() })
            }
            DateExpr::Holiday { id, .. } => self.holidays.get(usize::from(*id))?.1.day_in(year?).map(of_day),
            _ => None,
        }
    }

    fn holiday(&mut self, id: u16, year: Option<&DateExpr>) -> Option<Calendar> {
        let (names, holiday) = self.holidays.get(usize::from(id))?.clone();
        self.say(|| format!("holiday: {names}"));
        let said = match year {
            Some(expr) => match self.calendar(expr)? {
                Calendar::Year(year) => year,
                _ => None,
            },
            None => None,
        };
        if let Some(year) = said {
            return holiday.day_in(year).map(of_day);
        }
        if let Holiday::Once(date) = holiday {
            return Some(of_day(date));
        }
        let found = if self.anchor.is_news() {
            let dct = self.anchor.dct?;
            self.say(|| format!("nearest to dct {dct}"));
            holiday.near(dct, (self.tense == Some(Tense::Future)).then_some(true))
        } else {
            let month = match holiday {
                Holiday::Fixed(month, _) => Some(month),
                _ => None,
            };
            self.memory.year.and_then(|year| holiday.day_in(self.turned_year(month, year)))
        };
        match (found, holiday) {
            (Some(day), _) => Some(of_day(day)),
            (None, Holiday::Fixed(month, day)) => Some(Calendar::Day(None, Some(month), Some(day))),
            _ => None,
        }
    }
}

/// The day of a time that comes round: a weekday, or any day.
fn repeated_day(on: Option<&DateExpr>) -> Calendar {
    match on {
        Some(DateExpr::Fields(Fields { weekday: Some(weekday), .. })) => Calendar::Weekday(None, None, *weekday),
        Some(DateExpr::Step { cycle: cycle @ Cycle::Unit(Unit::Workweek | Unit::Weekend), .. }) => open(*cycle),
        _ => Calendar::Day(None, None, None),
    }
}

fn kind_of(expr: &DateExpr, value: Option<&Value>) -> TimexKind {
    match expr {
        DateExpr::Duration(_) | DateExpr::Lengths { .. } => TimexKind::Duration,
        DateExpr::Set { .. } => TimexKind::Set,
        DateExpr::Clock(..) | DateExpr::Part(..) => TimexKind::Time,
        DateExpr::Ahead(_) => match value {
            Some(Value::Duration(_)) => TimexKind::Duration,
            Some(Value::Time(..)) => TimexKind::Time,
            _ => TimexKind::Date,
        },
        DateExpr::Away { .. } if matches!(value, Some(Value::Time(..))) => TimexKind::Time,
        DateExpr::Modified(_, inner) => kind_of(inner, value),
        _ => TimexKind::Date,
    }
}

/// Whether an expression is counted back from the last mention.
fn is_backward(expr: &DateExpr) -> bool {
    match expr {
        DateExpr::Away { later, from: From::Mention, .. } => !later,
        DateExpr::Modified(_, inner) => is_backward(inner),
        _ => false,
    }
}

/// Takes over `mod`, `quant` and `freq`.
fn decorate(expr: &DateExpr, timex: &mut Timex) {
    match expr {
        DateExpr::Modified(modifier, inner) => {
            decorate(inner, timex);
            timex.modifier = Some(modifier.name().to_owned());
        }
        DateExpr::Lengths { low, high } => {
            timex.low = Some(low.to_string());
            timex.high = Some(high.to_string());
        }
        DateExpr::Set { of, quant, freq } => {
            decorate(of, timex);
            timex.quant = quant.map(str::to_owned);
            timex.freq = freq.map(|freq| match freq.unit {
                Some(unit) => format!("{}{}", freq.count, unit.letters()),
                None => format!("{}X", freq.count),
            });
        }
        _ => {}
    }
}

/// A day in ISO form, with the sign and six digits that years before Christ need.
fn iso_day(date: Date) -> String {
    date.to_string()
}
