//! When two normal forms are the same.

use crate::document::{Amount, Annotation, Figure, Value};
use bigdecimal::num_traits::Zero;
use bigdecimal::{BigDecimal, RoundingMode};

/// Whether both marks carry a normal form and it is the same.
///
/// Dates: equal `value` strings, as TempEval-3 compares them (`P1D` is not `PT24H`). Figures: equal
/// amount as a number, equal bound, equal unit and `per`. Other layers: equal strings.
pub fn same(gold: &Annotation, pred: &Annotation) -> bool {
    match (gold.value.as_deref(), pred.value.as_deref()) {
        (Some(Value::Figure(gold)), Some(Value::Figure(pred))) => same_figure(gold, pred),
        (Some(gold), Some(pred)) => text(gold).is_some_and(|gold| text(pred) == Some(gold)),
        _ => false,
    }
}

/// Whether the mark carries a normal form that can be compared.
pub fn is_present(mark: &Annotation) -> bool {
    match mark.value.as_deref() {
        Some(Value::Figure(figure)) => figure.amount != Amount::Unknown,
        Some(value) => text(value).is_some(),
        None => false,
    }
}

/// The form of a date or of a mark from outside.
fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Timex(timex) => timex.value.as_deref(),
        Value::Foreign(text) => Some(text),
        Value::Figure(_) => None,
    }
}

fn same_figure(gold: &Figure, pred: &Figure) -> bool {
    same_amount(&gold.amount, &pred.amount) && gold.bound == pred.bound && same_unit(gold, pred)
}

/// Whether both figures have the same unit, and the same `per`.
pub fn same_unit(gold: &Figure, pred: &Figure) -> bool {
    gold.unit == pred.unit && gold.per == pred.per
}

/// Whether both amounts are known and the same number, range or ratio: `1.0` is `1`; a fraction is the
/// decimal it rounds to when that has at least three places.
pub fn same_amount(gold: &Amount, pred: &Amount) -> bool {
    match (gold, pred) {
        (Amount::Unknown, _) | (_, Amount::Unknown) => false,
        (Amount::Fraction(n, d), Amount::Fraction(m, e)) => {
            i128::from(*n) * i128::from(*e) == i128::from(*m) * i128::from(*d)
        }
        (Amount::Fraction(n, d), Amount::Exact(x)) | (Amount::Exact(x), Amount::Fraction(n, d)) => rounds(*n, *d, x),
        (gold, pred) => gold == pred,
    }
}

/// Whether `numerator / denominator` is `decimal`, or rounds to it at its own number of places.
fn rounds(numerator: i64, denominator: i64, decimal: &BigDecimal) -> bool {
    let (n, d) = (BigDecimal::from(numerator), BigDecimal::from(denominator));
    if d.is_zero() {
        return false;
    }
    if decimal * &d == n {
        return true;
    }
    let places = decimal.normalized().fractional_digit_count();
    (3..=40).contains(&places) && (n / d).with_scale_round(places, RoundingMode::HalfUp) == *decimal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Timex;
    use crate::document::{Bound, Layer, Name};
    use crate::text::Span;

    fn exact(decimal: &str) -> Amount {
        Amount::Exact(decimal.parse().unwrap())
    }

    #[test]
    fn amounts_are_numbers_not_spellings() {
        assert!(same_amount(&exact("1.50"), &exact("1.5")));
        assert!(!same_amount(&exact("1.5"), &exact("15")));
        assert!(same_amount(&Amount::Fraction(1, 3), &exact("0.333")));
        assert!(!same_amount(&Amount::Fraction(1, 3), &exact("0.3")));
        assert!(same_amount(&Amount::Fraction(1, 2), &exact("0.5")));
        assert!(same_amount(&Amount::Fraction(2, 4), &Amount::Fraction(1, 2)));
        assert!(!same_amount(&Amount::Unknown, &Amount::Unknown));
    }

    #[test]
    fn bound_and_unit_count() {
        let figure = |bound, unit: Option<&'static str>| {
            let figure = Figure { amount: exact("5"), bound, unit: unit.map(Name::Fixed), ..Figure::default() };
            Annotation::new(Layer::Figure, Span::new(0, 1), "MONEY").valued(Value::Figure(figure))
        };
        let gold = figure(Bound::Exact, Some("USD"));
        assert!(same(&gold, &figure(Bound::Exact, Some("USD"))));
        assert!(!same(&gold, &figure(Bound::MoreThan, Some("USD"))));
        assert!(!same(&gold, &figure(Bound::Exact, None)));
    }

    #[test]
    fn dates_are_compared_as_strings_and_absent_never_matches() {
        let date = |value: Option<&str>| {
            let timex = Timex { value: value.map(str::to_owned), ..Timex::default() };
            Annotation::new(Layer::Date, Span::new(0, 1), "DATE").valued(Value::Timex(timex))
        };
        assert!(same(&date(Some("2024")), &date(Some("2024"))));
        assert!(!same(&date(Some("P1D")), &date(Some("PT24H"))));
        assert!(!same(&date(None), &date(None)));
    }
}
