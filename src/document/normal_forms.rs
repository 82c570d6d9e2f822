//! The laws of normal forms: decimals, ranges and dates that can be.

use super::{Amount, Annotation, Layer, Value, label};
use crate::calendar::arithmetic::is_possible;
use crate::calendar::{Modifier, Timex, TimexKind, Value as TimexValue};
use jiff::civil::Date;

/// Tells `fault` every key of the normal form of `mark` that breaks a law, with what is wrong.
///
/// Forms under labels that are not gloss's own follow laws of their own, and are kept as they are.
pub(super) fn check_value(mark: &Annotation, fault: &mut dyn FnMut(&'static str, &str)) {
    match mark.value.as_deref() {
        Some(Value::Figure(figure)) => {
            if let Amount::Range(Some(low), Some(high)) = &figure.amount
                && low > high
            {
                fault("low", &format!("has a low end of {low}, above its high end of {high}"));
            }
        }
        Some(Value::Timex(timex)) if mark.label.parse::<TimexKind>().is_ok() => check_timex(timex, fault),
        Some(Value::Foreign(value)) if mark.layer == Layer::Figure && label::FIGURE.contains(&&*mark.label) => {
            fault("value", &format!("has the value {value:?}, which is no decimal number"));
        }
        _ => {}
    }
}

fn check_timex(timex: &Timex, fault: &mut dyn FnMut(&'static str, &str)) {
    let values = [
        ("value", &timex.value),
        ("low", &timex.low),
        ("high", &timex.high),
        ("begin_point", &timex.begin_point),
        ("end_point", &timex.end_point),
    ];
    for (key, value) in values {
        let Some(value) = value else { continue };
        // Two values with a stroke between bound a stretch that has no name, as ISO 8601 writes it: a season.
        let typed: Result<Vec<TimexValue>, _> = value.splitn(2, '/').map(str::parse).collect();
        match typed {
            Ok(typed) if typed.iter().all(is_possible) => {}
            Ok(_) => fault(key, &format!("has the {} {value:?}, which the calendar does not have", words(key))),
            Err(_) => fault(key, &format!("has the {} {value:?}, which is no TIMEX3 value", words(key))),
        }
    }
    if let Some(modifier) = timex.modifier.as_deref().filter(|modifier| modifier.parse::<Modifier>().is_err()) {
        fault("mod", &format!("has the mod {modifier:?}, which TIMEX3 does not have"));
    }
    if let Some((first, last)) = &timex.interval {
        match (first.parse::<Date>(), last.parse::<Date>()) {
            (Ok(from), Ok(to)) if from <= to => {}
            (Ok(_), Ok(_)) => {
                fault("interval", &format!("has an interval that ends ({last}) before it begins ({first})"));
            }
            _ => fault("interval", &format!("has an interval of {first:?} and {last:?}, which are not both days")),
        }
    }
}

/// A key in words.
fn words(key: &str) -> String {
    key.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Figure, Name};
    use crate::text::Span;

    fn check(layer: Layer, label: &'static str, value: Value, expected: &[&str]) {
        let mark = Annotation::new(layer, Span::new(0, 1), Name::Fixed(label)).valued(value);
        let mut found = Vec::new();
        check_value(&mark, &mut |key, message| found.push(format!("{key}: {message}")));
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn ranges_rise() {
        let range = |low: &str, high: &str| {
            let amount = Amount::Range(low.parse().ok(), high.parse().ok());
            Value::Figure(Figure { amount, ..Figure::default() })
        };
        check(Layer::Figure, "MONEY", range("5", "5.0"), &[]);
        check(Layer::Figure, "MONEY", range("5", ""), &[]);
        check(Layer::Figure, "MONEY", range("5.5", "5"), &["low: has a low end of 5.5, above its high end of 5"]);
        check(Layer::Figure, "MONEY", Value::Foreign("many".to_owned()), &["value: has the value \"many\""]);
        check(Layer::Figure, "Card", Value::Foreign("many".to_owned()), &[]);
    }

    #[test]
    fn dates_can_be() {
        let date = |value: &str| Value::Timex(Timex { value: Some(value.to_owned()), ..Timex::default() });
        check(Layer::Date, "DATE", date("2024-02-29"), &[]);
        check(Layer::Date, "DATE", date("2023/2024"), &[]);
        check(Layer::Date, "DATE", date("2023/2024-13"), &["which the calendar does not have"]);
        check(Layer::Date, "DATE", date("2025-02-31"), &["which the calendar does not have"]);
        check(
            Layer::Date,
            "DATE",
            date("yesterday"),
            &["value: has the value \"yesterday\", which is no TIMEX3 value"],
        );
        check(Layer::Date, "WHEN", date("yesterday"), &[]);
        let wrong = Timex {
            modifier: Some("ROUGHLY".to_owned()),
            begin_point: Some("t1".to_owned()),
            interval: Some(("2024-05-02".to_owned(), "2024-05-01".to_owned())),
            ..Timex::default()
        };
        check(
            Layer::Date,
            "DATE",
            Value::Timex(wrong),
            &["begin_point: ", "mod: ", "interval: has an interval that ends"],
        );
        let days = Timex { interval: Some(("2024".to_owned(), "2024-05-01".to_owned())), ..Timex::default() };
        check(Layer::Date, "DATE", Value::Timex(days), &["not both days"]);
    }
}
