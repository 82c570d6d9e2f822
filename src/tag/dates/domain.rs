//! What kind of text it is: news told from the day it was written, or a narrative told from date to date.

use super::expr::{Cycle, DateExpr, Fields, From, Order};
use super::recognise::Expression;
use super::{DateOrder, Domain};
use crate::calendar::Unit;
use crate::calendar::arithmetic::year_of;
use jiff::civil::Date;

/// A text is a narrative when it tells of so many days or months of past years, and when nothing, or
/// far less, speaks from the day it was written.
const PAST_DATES: usize = 4;
const PAST_MONTHS: usize = 2;
const YEARS_BACK: i32 = 1;

/// The domain that was asked for, or the one the article looks like.
pub(super) fn judge(asked: Domain, dct: Option<Date>, expressions: &[Expression]) -> Domain {
    if asked != Domain::Auto {
        return asked;
    }
    let Some(dct) = dct else { return Domain::Narrative };
    let written = year_of(dct);
    let (mut past, mut months, mut recent) = (0, 0, 0);
    for expression in expressions {
        match expression.expr.year_said() {
            Some(year) if year < written - YEARS_BACK => {
                past += 1;
                months += usize::from(expression.expr.month_said());
            }
            Some(year) => recent += usize::from(year >= written),
            None => recent += usize::from(is_deictic(&expression.expr)),
        }
    }
    let tells = past >= PAST_DATES && months >= PAST_MONTHS && past > 2 * recent;
    if tells { Domain::Narrative } else { Domain::News }
}

/// Whether an expression speaks from the day of writing: today, last week, Tuesday, two days ago.
fn is_deictic(expr: &DateExpr) -> bool {
    match expr {
        DateExpr::Step { cycle, .. } => !matches!(cycle, Cycle::Unit(Unit::Century | Unit::Decade)),
        DateExpr::Away { from: From::Now, .. } | DateExpr::Fields(Fields { weekday: Some(_), day: None, .. }) => true,
        DateExpr::Part(_, Some(on)) | DateExpr::Modified(_, on) | DateExpr::Within { outer: on, .. } => is_deictic(on),
        _ => false,
    }
}

/// Whether ambiguous numeric dates begin with the day: as asked, or as a date of the article that can
/// be read in one way only has it.
pub(super) fn day_first(asked: DateOrder, expressions: &[Expression]) -> bool {
    match asked {
        DateOrder::DayFirst => true,
        DateOrder::MonthFirst => false,
        DateOrder::Auto => expressions
            .iter()
            .any(|expression| matches!(expression.expr, DateExpr::Fields(Fields { order: Order::DayFirst, .. }))),
    }
}
