//! What relative dates stand on: the time of writing, and the last dates mentioned, by grain.

use super::Domain;
use crate::calendar::arithmetic::{month_of, year_of};
use crate::calendar::value::Year;
use crate::calendar::{Calendar, DayTime, Modifier, Value, arithmetic};
use jiff::civil::Date;

/// The last dates mentioned. A day also sets month and year; a year leaves the last day as it was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory {
    pub(super) year: Option<Year>,
    pub(super) month: Option<(Year, u8)>,
    pub(super) day: Option<Date>,
    /// The first day of the last stretch mentioned, whatever its grain.
    pub(super) latest: Option<Date>,
    /// Its last day.
    pub(super) latest_end: Option<Date>,
    /// Its beginning or end, where only that was spoken of.
    pub(super) edge: Option<Modifier>,
    /// The sentence of the last day, and of the last year said in full.
    pub(super) day_sentence: Option<u32>,
    pub(super) year_sentence: Option<u32>,
    /// The last quarter, and its sentence.
    pub(super) quarter: Option<(Calendar, u32)>,
    /// The last time of the clock: its day and minute.
    pub(super) clock: Option<(Date, i64)>,
}

impl Memory {
    /// Remembers a resolved value.
    pub(super) fn note(&mut self, value: &Value, sentence: u32) {
        let (Value::Date(calendar) | Value::Time(calendar, _)) = value else { return };
        // "some time of that day" tells nothing new.
        let Some((first, last)) =
            arithmetic::bounds(calendar).filter(|_| !matches!(value, Value::Time(_, DayTime::Unknown)))
        else {
            return;
        };
        let year = match calendar {
            Calendar::Century(_) | Calendar::Decade(_) | Calendar::Fiscal(_) | Calendar::Pair(_) => return,
            Calendar::Year(Some(year))
            | Calendar::Season(Some(year), _)
            | Calendar::Half(Some(year), _)
            | Calendar::Quarter(Some(year), _) => *year,
            _ => year_of(first),
        };
        self.year = Some(year);
        self.latest = Some(first);
        self.latest_end = Some(last);
        if let Value::Time(Calendar::Day(..), DayTime::Clock { hour, minute, .. }) = value {
            self.clock = Some((first, i64::from(*hour) * 60 + i64::from(minute.unwrap_or(0))));
        }
        // A quarter counts until another year or month is spoken of.
        match calendar {
            Calendar::Quarter(..) => self.quarter = Some((*calendar, sentence)),
            Calendar::Year(_) | Calendar::Half(..) | Calendar::Month(..) => self.quarter = None,
            _ => {}
        }
        match calendar {
            Calendar::Day(..) | Calendar::Weekday(..) => {
                self.month = Some((year, month_of(first)));
                self.day = Some(first);
                self.day_sentence = Some(sentence);
            }
            Calendar::Month(..) | Calendar::Week(..) | Calendar::Weekend(..) => {
                self.month = Some((year, month_of(first)));
            }
            _ => {}
        }
    }
}

/// What an article's relative dates are resolved against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    /// Document creation time.
    pub(super) dct: Option<Date>,
    /// News or narrative; never [`Domain::Auto`].
    pub(super) domain: Domain,
    /// Numeric dates that could be read both ways begin with the day.
    pub(super) day_first: bool,
}

impl Anchor {
    /// Whether relative dates hang on the time of writing.
    pub(super) fn is_news(self) -> bool {
        self.domain == Domain::News
    }
}
