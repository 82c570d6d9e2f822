//! What the functions of the rule files make of their arguments: `away(…)`, `date(…)`, `clock(…)`.

use super::expr::{Clock, Cycle, DateExpr, Fields, Frequency, From};
use super::template::{Evaluated, Function};
use super::vocabulary::Atom;
use crate::calendar::{Duration, Number, Part, Reference, Season, Unit};
use std::str::FromStr;

/// The values of a call's arguments.
pub(super) struct Arguments {
    pub(super) values: Vec<(&'static str, Evaluated)>,
}

impl Arguments {
    fn get(&self, name: &str) -> Option<&Evaluated> {
        self.values.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    fn int(&self, name: &str) -> Option<i32> {
        match self.get(name)? {
            Evaluated::Atom(Atom::Int(number)) => Some(*number),
            Evaluated::Atom(Atom::Number(number)) => i32::try_from(number.as_whole()?).ok(),
            Evaluated::Expr(DateExpr::Fields(fields)) if name == "weekday" => fields.weekday.map(i32::from),
            _ => None,
        }
    }

    fn small(&self, name: &str) -> Option<u8> {
        u8::try_from(self.int(name)?).ok()
    }

    /// The value of an argument that was given but may not fit: then the whole call fails.
    #[expect(clippy::option_option, reason = "left out, unfit, or fit")]
    fn checked(&self, name: &str, most: u8) -> Option<Option<u8>> {
        if self.get(name).is_none() {
            return Some(None);
        }
        self.small(name).filter(|number| (1..=most).contains(number)).map(Some)
    }

    fn number(&self, name: &str) -> Option<Number> {
        match self.get(name)? {
            Evaluated::Atom(Atom::Int(number)) => Some(Number::whole(i64::from(*number))),
            Evaluated::Atom(Atom::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A count, with the half that may stand behind it.
    fn count(&self) -> Option<Number> {
        let count = self.number("count").unwrap_or(Number::UNKNOWN);
        match self.get("half") {
            None => Some(count),
            Some(_) => Some(Number { thousandths: Some(count.thousandths?.checked_add(500)?) }),
        }
    }

    fn unit(&self, name: &str) -> Option<Unit> {
        match self.get(name)? {
            Evaluated::Atom(Atom::Unit(unit)) => Some(*unit),
            Evaluated::Name(name) => Unit::from_str(name).ok(),
            _ => None,
        }
    }

    fn season(&self) -> Option<Season> {
        match self.get("season")? {
            Evaluated::Atom(Atom::Season(season)) => Some(*season),
            _ => None,
        }
    }

    fn name(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Evaluated::Name(name) => Some(name),
            _ => None,
        }
    }

    fn expr(&self, name: &str) -> Option<DateExpr> {
        match self.get(name)? {
            Evaluated::Expr(expr) => Some(expr.clone()),
            _ => None,
        }
    }

    fn boxed(&self, name: &str) -> Option<Box<DateExpr>> {
        self.expr(name).map(Box::new)
    }

    /// What comes round: a unit, month, weekday, season, quarter or holiday.
    fn cycle(&self) -> Option<Cycle> {
        if let Some(unit) = self.unit("unit") {
            return Some(Cycle::Unit(unit));
        }
        if let Some(Evaluated::Atom(Atom::Holiday(id))) = self.get("holiday") {
            return Some(Cycle::Holiday(*id));
        }
        None.or_else(|| self.small("month").map(Cycle::Month))
            .or_else(|| self.small("weekday").map(Cycle::Weekday))
            .or_else(|| self.season().map(Cycle::Season))
            .or_else(|| self.small("quarter").map(Cycle::Quarter))
    }

    /// The expression that a function makes of them; nothing when they do not fit together (day 45).
    pub(super) fn apply(&self, function: Function) -> Option<DateExpr> {
        match function {
            Function::Date => self.date(),
            Function::Bc => self.before_christ(),
            Function::Century => {
                let nth = self.int("nth").filter(|nth| (1..=30).contains(nth))?;
                Some(DateExpr::Fields(Fields { century: Some(nth - 1), ..Fields::default() }))
            }
            Function::Decade => {
                let decade = match (self.int("year"), self.int("digits")) {
                    // The 1600s are a century, the 2000s as a rule ten years.
                    (Some(year), _) if year % 100 == 0 && (1000..1900).contains(&year) => {
                        return Some(DateExpr::Fields(Fields { century: Some(year / 100), ..Fields::default() }));
                    }
                    (Some(year), _) if year % 10 == 0 => year / 10,
                    (Some(_), _) => return None,
                    (None, digits) => digits? / 10,
                };
                Some(DateExpr::Fields(Fields { decade: Some(decade), ..Fields::default() }))
            }
            Function::Step => Some(DateExpr::Step { cycle: self.cycle()?, step: self.int("by").unwrap_or(0) }),
            Function::Away => self.away(),
            Function::Same => self.unit("unit").map(DateExpr::Same),
            Function::Nth => Some(DateExpr::Nth { nth: self.int("nth")?, cycle: self.cycle()?, of: self.boxed("of")? }),
            Function::Within => Some(DateExpr::Within { inner: self.boxed("inner")?, outer: self.boxed("outer")? }),
            Function::Holiday => match self.get("id")? {
                Evaluated::Atom(Atom::Holiday(id)) => Some(DateExpr::Holiday { id: *id, year: self.boxed("year") }),
                _ => None,
            },
            Function::Reference => self.reference(),
            Function::Clock => self.clock(),
            Function::Part => Some(DateExpr::Part(self.part()?, self.boxed("on"))),
            Function::Span => self.span(),
            Function::Set => self.set(),
            Function::Modified => self.modified(),
            Function::On => self.on(),
            Function::Like => self.like(),
            Function::Fill => self.fill(),
            Function::Ahead => match self.expr("span")? {
                DateExpr::Duration(duration) => Some(DateExpr::Ahead(duration)),
                other => Some(other),
            },
            Function::Ancient => self.int("year").filter(|year| (100..1000).contains(year)).map(DateExpr::Ancient),
            Function::Pair => self.pair(),
            Function::Open => self.cycle().map(DateExpr::Open),
            Function::Beside => {
                let later = self.name("to")? == "later";
                Some(DateExpr::Beside { weekday: self.small("weekday")?, of: self.boxed("of")?, later })
            }
            Function::Unknown => Some(DateExpr::Unknown),
        }
    }

    /// A time on the day that is said beside it.
    fn on(&self) -> Option<DateExpr> {
        match (self.expr("time")?, self.boxed("date")) {
            // "11:05 the next morning": the day is that of the morning, and "this evening at 7" is 19:00.
            (DateExpr::Clock(mut clock, on), Some(date)) => match *date {
                DateExpr::Part(part, day) => {
                    clock.hour = clock.hour_in(part);
                    Some(DateExpr::Clock(clock, on.or(day)))
                }
                DateExpr::Set { of, quant, freq } => {
                    let of = match *of {
                        DateExpr::Part(part, day) => {
                            clock.hour = clock.hour_in(part);
                            DateExpr::Clock(clock, day)
                        }
                        of => DateExpr::Clock(clock, Some(Box::new(of))),
                    };
                    Some(DateExpr::Set { of: Box::new(of), quant, freq })
                }
                date => Some(DateExpr::Clock(clock, on.or(Some(Box::new(date))))),
            },
            (DateExpr::Clock(clock, on), None) => Some(DateExpr::Clock(clock, on)),
            (DateExpr::Part(part, on), date) => Some(DateExpr::Part(part, on.or(date))),
            (DateExpr::Modified(modifier, inner), date) => match *inner {
                DateExpr::Part(part, None) => Some(DateExpr::Modified(modifier, Box::new(DateExpr::Part(part, date)))),
                _ => None,
            },
            _ => None,
        }
    }

    fn date(&self) -> Option<DateExpr> {
        let year = match self.get("year") {
            None => None,
            Some(Evaluated::Expr(DateExpr::Fields(fields))) => fields.year,
            Some(_) => Some(self.int("year").filter(|year| *year != 0)?),
        };
        // nineteen eighty-four
        let year = match self.int("hundreds") {
            None => year,
            Some(hundreds) => {
                let year = year.filter(|year| (1..100).contains(year) && (10..=20).contains(&hundreds))?;
                Some(hundreds * 100 + year)
            }
        };
        let year = match self.int("millennium") {
            None => year,
            Some(spelled) => Some(Some(spelled).filter(|year| (1000..2200).contains(year))?),
        };
        let short = self.int("short").filter(|short| (0..100).contains(short));
        let fields = Fields {
            year: year.or(short),
            short_year: year.is_none() && short.is_some(),
            fiscal: self.get("fiscal").is_some(),
            pair: false,
            decade: self.int("decade"),
            century: self.int("century"),
            season: self.season(),
            half: self.checked("half", 2)?,
            quarter: self.checked("quarter", 4)?,
            month: self.checked("month", 12)?,
            week: self.checked("week", 53)?,
            weekday: self.checked("weekday", 7)?,
            day: self.checked("day", 31)?,
            order: super::expr::Order::Plain,
        };
        Some(DateExpr::Fields(fields))
    }

    /// A year and the one behind it; nothing when they do not follow one another.
    fn pair(&self) -> Option<DateExpr> {
        let (year, tail) = (self.int("year")?, self.int("tail")?);
        let next = year.checked_add(1)?;
        let follows = tail == next || tail == next % 100;
        follows.then(|| DateExpr::Fields(Fields { year: Some(year), pair: true, ..Fields::default() }))
    }

    fn before_christ(&self) -> Option<DateExpr> {
        let DateExpr::Fields(mut fields) = self.expr("of")? else { return None };
        fields.year = fields.year.map(|year| -year);
        fields.decade = fields.decade.map(|decade| -decade - 1);
        fields.century = fields.century.map(|century| -century - 1);
        Some(DateExpr::Fields(fields))
    }

    fn away(&self) -> Option<DateExpr> {
        let from = match self.get("from")? {
            Evaluated::Name(name) if name == "now" => From::Now,
            Evaluated::Name(name) if name == "mention" => From::Mention,
            Evaluated::Expr(expr) => From::Expr(Box::new(expr.clone())),
            _ => return None,
        };
        let later = self.name("to")? == "later";
        if let Some(span) = self.expr("span") {
            let (modifier, span) = match span {
                DateExpr::Modified(modifier, inner) => (Some(modifier), *inner),
                span => (None, span),
            };
            let DateExpr::Duration(duration) = span else { return None };
            let away = DateExpr::Away { parts: duration.parts().collect(), later, from };
            return Some(match modifier {
                Some(modifier) => DateExpr::Modified(modifier.of_distance(later), Box::new(away)),
                None => away,
            });
        }
        Some(DateExpr::Away { parts: vec![(self.count()?, self.unit("unit")?)], later, from })
    }

    /// The same date with another day or month, or with the last digits of its year changed.
    fn like(&self) -> Option<DateExpr> {
        let DateExpr::Fields(mut fields) = self.expr("of")? else { return None };
        if let Some(day) = self.checked("day", 31)? {
            fields.day = Some(day);
            fields.weekday = None;
        }
        if let Some(month) = self.checked("month", 12)? {
            fields.month = Some(month);
        }
        if let Some(tail) = self.int("tail") {
            let year = fields.year?;
            let next = year / 100 * 100 + tail;
            fields.year = (next > year).then_some(next);
            fields.year?;
        }
        Some(DateExpr::Fields(fields))
    }

    /// A date with what it leaves unsaid taken from another: "May" beside "July 2020".
    fn fill(&self) -> Option<DateExpr> {
        match (self.expr("of")?, self.expr("from")?) {
            (DateExpr::Fields(mut fields), DateExpr::Fields(from)) => {
                if fields.decade.is_none() && fields.century.is_none() && fields.year.is_none() {
                    (fields.year, fields.short_year, fields.fiscal) = (from.year, from.short_year, from.fiscal);
                    let bare_day = fields.day.is_some() && fields.month.is_none();
                    if bare_day {
                        fields.month = from.month;
                    }
                }
                Some(DateExpr::Fields(fields))
            }
            (DateExpr::Modified(modifier, inner), from) => match (*inner, from) {
                (DateExpr::Fields(mut fields), DateExpr::Fields(from))
                    if fields.year.is_none() && fields.decade.is_none() =>
                {
                    fields.year = from.year;
                    Some(DateExpr::Modified(modifier, Box::new(DateExpr::Fields(fields))))
                }
                (inner, _) => Some(DateExpr::Modified(modifier, Box::new(inner))),
            },
            // "between 9 a.m. and noon on Saturday"
            (DateExpr::Clock(clock, None), DateExpr::Clock(_, on) | DateExpr::Part(_, on)) => {
                Some(DateExpr::Clock(clock, on))
            }
            (of, _) => Some(of),
        }
    }

    fn reference(&self) -> Option<DateExpr> {
        match self.get("to")? {
            Evaluated::Atom(Atom::Reference(reference)) => Some(DateExpr::Reference(*reference)),
            Evaluated::Name(name) => {
                Reference::from_name(&format!("{}_REF", name.to_uppercase())).map(DateExpr::Reference)
            }
            _ => None,
        }
    }

    fn part(&self) -> Option<Part> {
        match self.get("part")? {
            Evaluated::Atom(Atom::Part(part)) | Evaluated::Expr(DateExpr::Part(part, _)) => Some(*part),
            Evaluated::Name(name) => Part::from_letters(name),
            _ => None,
        }
    }

    fn clock(&self) -> Option<DateExpr> {
        let mut on = self.boxed("on");
        let mut clock = match self.expr("time") {
            Some(DateExpr::Clock(clock, own)) => {
                on = on.or(own);
                clock
            }
            Some(_) => return None,
            None => {
                let (hour, minute) = if let Some(both) = self.int("hhmm") {
                    (both / 100, Some(both % 100))
                } else {
                    let minute = self.int("minute").map(|minute| minute + self.int("ones").unwrap_or(0));
                    (self.int("hour")?, minute)
                };
                Clock {
                    hour: u8::try_from(hour).ok().filter(|hour| *hour <= 24)?,
                    minute: minute
                        .map(|minute| u8::try_from(minute).ok().filter(|m| *m < 60).ok_or(()))
                        .transpose()
                        .ok()?,
                    second: None,
                    zone: None,
                }
            }
        };
        // "ten past five" adds minutes to the hour, "ten to five" takes them off.
        if let Some(past) = self.int("past") {
            let total = (i32::from(clock.hour) * 60 + past).rem_euclid(24 * 60);
            clock.hour = u8::try_from(total / 60).ok()?;
            clock.minute = u8::try_from(total % 60).ok();
        }
        let afternoon = match (self.int("half"), self.part()) {
            // "from 11 to 1 p.m.": the beginning lies in the other half of the day.
            (Some(half), _) if self.until().is_some_and(|until| i32::from(clock.hour) % 12 > until % 12) => {
                Some(half == 0)
            }
            // "from 11 a.m. to 3": and its end too.
            (Some(half), _) if self.hour("since").is_some_and(|since| i32::from(clock.hour) % 12 <= since % 12) => {
                Some(half == 0)
            }
            (Some(half), _) => Some(half == 1),
            (None, Some(Part::Afternoon | Part::Evening | Part::Night)) => {
                Some(clock.hour >= 4 || self.part() == Some(Part::Afternoon))
            }
            (None, Some(Part::Morning | Part::Dawn)) => Some(false),
            _ => None,
        };
        match afternoon {
            Some(_) if clock.hour > 12 && self.get("half").is_some() && clock.hour == 24 => return None,
            Some(true) if clock.hour < 12 => clock.hour += 12,
            Some(false) if clock.hour == 12 => clock.hour = 0,
            _ => {}
        }
        if let Some(zone) = self.int("zone") {
            clock.zone = i16::try_from(zone).ok();
        }
        Some(DateExpr::Clock(clock, on))
    }

    /// The hour at which a range of times ends.
    fn until(&self) -> Option<i32> {
        self.hour("untiltime").or_else(|| self.hour("until"))
    }

    /// An hour, given as a number or as a time of the clock.
    fn hour(&self, name: &str) -> Option<i32> {
        match self.expr(name) {
            Some(DateExpr::Clock(clock, _)) => Some(i32::from(clock.hour)),
            _ => self.int(name),
        }
    }

    fn span(&self) -> Option<DateExpr> {
        let (count, unit) = (self.count()?, self.unit("unit")?);
        // "a year and a half" is P1Y6M and four and a half hours PT4H30M; "two and a half years" stays P2.5Y.
        let half = match (unit, self.get("half").is_some()) {
            (Unit::Hour, _) => Some((30, Unit::Minute)),
            (Unit::Year, true) if self.int("count") == Some(1) => Some((6, Unit::Month)),
            _ => None,
        };
        if let (Some((more, smaller)), Some(n)) = (half, count.thousandths)
            && n % 1000 == 500
            && n > 1000
        {
            let whole = Duration::new(Number::whole(n / 1000), unit);
            return whole.and(Number::whole(more), smaller).map(DateExpr::Duration);
        }
        let mut duration = Duration::new(count, unit);
        if let Some(most) = self.number("upto") {
            let high = Duration::new(most, self.unit("upunit").unwrap_or(unit));
            return Some(DateExpr::Lengths { low: duration, high });
        }
        if let Some(more) = self.number("and") {
            duration = duration.and(more, self.unit("andunit")?)?;
        }
        if let Some(more) = self.number("and2") {
            duration = duration.and(more, self.unit("andunit2")?)?;
        }
        Some(DateExpr::Duration(duration))
    }

    fn set(&self) -> Option<DateExpr> {
        let quant = match self.get("quant") {
            None => None,
            Some(Evaluated::Atom(Atom::Quant(quant))) => Some(*quant),
            Some(_) => return None,
        };
        let freq = self.number("count").map(|count| Frequency { count, unit: self.unit("unit") });
        Some(DateExpr::Set { of: self.boxed("of")?, quant, freq })
    }

    fn modified(&self) -> Option<DateExpr> {
        let of = self.expr("of")?;
        let modifier = match self.get("mod") {
            None => return Some(of),
            Some(Evaluated::Atom(Atom::Modifier(modifier))) => *modifier,
            Some(Evaluated::Name(name)) => name.parse().ok()?,
            Some(_) => return None,
        };
        let modifier = match &of {
            DateExpr::Away { later, .. } => modifier.of_distance(*later),
            DateExpr::Duration(_) | DateExpr::Lengths { .. } | DateExpr::Set { .. } => modifier,
            // "until at least Wednesday": on that day or after.
            _ => modifier.of_distance(true),
        };
        Some(DateExpr::Modified(modifier, Box::new(of)))
    }
}
