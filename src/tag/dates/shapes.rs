//! Dates and times written in digits (`2025-03-05`, `3/5/2025`, `10:30`): forms from the rule files.

use super::expr::{Clock, DateExpr, Fields, Order};

/// How a form is used in patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShapeKind {
    /// A time of the clock.
    Clock,
    /// A time with a point, `10.30`: needs `am` or the like beside it.
    Dotted,
    /// Two numbers with a slash, `3/5`: needs a word that makes it a date.
    Slashed,
    /// A date.
    Numeric,
}

/// One form: letters stand for digits, all else for itself.
#[derive(Debug)]
struct Shape {
    form: Vec<u8>,
    kind: ShapeKind,
}

/// All forms, in order of preference.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    list: Vec<Shape>,
}

impl Shapes {
    /// Adds a form such as `YYYY-MM-DD` or `hh:mm`.
    pub(super) fn add(&mut self, form: &str, kind: &str) -> Result<(), String> {
        let kind = match kind {
            "clock" => ShapeKind::Clock,
            "dotted" => ShapeKind::Dotted,
            "slashed" => ShapeKind::Slashed,
            "numeric" => ShapeKind::Numeric,
            _ => return Err(format!("kind {kind:?} is none of clock, dotted, slashed, numeric")),
        };
        if form.is_empty() || !form.bytes().all(|b| b"YMDhmsTWZ:/.-".contains(&b)) {
            return Err(format!("form {form:?} may hold Y M D h m s T W Z : / . - only"));
        }
        self.list.push(Shape { form: form.as_bytes().to_vec(), kind });
        Ok(())
    }

    /// Reads a date or time in digits at byte `at`: its length in bytes, its use and its meaning.
    pub(super) fn read(&self, text: &str, at: usize) -> Option<(usize, ShapeKind, DateExpr)> {
        let bytes = text.as_bytes();
        let rest = &bytes[at..];
        // Most runs of digits have no sign inside.
        let first = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let signed = rest.get(first).is_some_and(|b| b":/.-".contains(b));
        if !signed || !rest.get(first + 1).is_some_and(|b| b.is_ascii_digit() || *b == b'W') {
            return None;
        }
        let glued = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || b"-/:.,$".contains(&bytes[at - 1]));
        if glued && !ends_range(bytes, at) {
            return None;
        }
        let mut length = rest.iter().take_while(|b| b.is_ascii_digit() || b":/.-TZW+".contains(b)).count();
        while length > 0 && b":/.-TW+".contains(&rest[length - 1]) {
            length -= 1;
        }
        let whole = self.fit(&rest[..length], rest.get(length).copied());
        // "the night of 8/9 April": two days, not the ninth of August.
        let before_month = matches!(rest[length..], [b' ', capital, ..] if capital.is_ascii_uppercase());
        let whole = whole.filter(|(kind, _)| *kind != ShapeKind::Slashed || !before_month);
        let before_dash = rest[..length].iter().position(|b| *b == b'-').filter(|cut| *cut > first);
        whole
            .map(|(kind, expr)| (length, kind, expr))
            .or_else(|| before_dash.and_then(|cut| self.fit(&rest[..cut], None).map(|(kind, expr)| (cut, kind, expr))))
    }

    fn fit(&self, blob: &[u8], next: Option<u8>) -> Option<(ShapeKind, DateExpr)> {
        self.list.iter().find_map(|shape| {
            let expr = shape.fit(blob)?;
            let letters_follow = next.is_some_and(|b| b.is_ascii_alphabetic());
            (!letters_follow || matches!(shape.kind, ShapeKind::Clock | ShapeKind::Dotted))
                .then_some((shape.kind, expr))
        })
    }
}

/// Whether the byte before `at` is the hyphen of a range of times: `9:30-11:00`.
fn ends_range(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[..at], [.., b':', tens, ones, b'-'] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

impl Shape {
    /// The meaning of `blob` in this form.
    fn fit(&self, blob: &[u8]) -> Option<DateExpr> {
        let mut found = Found::default();
        let (mut form, mut at) = (0, 0);
        while form < self.form.len() {
            let letter = self.form[form];
            let width = self.form[form..].iter().take_while(|b| **b == letter).count();
            match letter {
                b'Y' | b'M' | b'D' | b'h' | b'm' | b's' | b'W' => {
                    let digits = blob[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                    let short = matches!(letter, b'M' | b'D' | b'h') && digits == 1 && width == 2;
                    if digits != width && !short {
                        return None;
                    }
                    let number = blob[at..at + digits].iter().fold(0_i32, |value, b| value * 10 + i32::from(*b - b'0'));
                    found.set(letter, number, width);
                    at += digits;
                }
                b'Z' => {
                    let (zone, length) = zone(&blob[at..])?;
                    found.zone = Some(zone);
                    at += length;
                }
                sign => {
                    if blob.get(at) != Some(&sign) {
                        return None;
                    }
                    at += 1;
                }
            }
            form += if b"YMDhmsW".contains(&letter) { width } else { 1 };
        }
        (at == blob.len()).then(|| found.into_expr()).flatten()
    }
}

/// The zone at the start of `bytes` in minutes east, and its length.
fn zone(bytes: &[u8]) -> Option<(i16, usize)> {
    match bytes {
        [b'Z', ..] => Some((0, 1)),
        [sign @ (b'+' | b'-'), a, b, b':', c, d, ..] if [a, b, c, d].iter().all(|x| x.is_ascii_digit()) => {
            let number = |tens: u8, ones: u8| i16::from(tens - b'0') * 10 + i16::from(ones - b'0');
            let minutes = number(*a, *b) * 60 + number(*c, *d);
            Some((if *sign == b'-' { -minutes } else { minutes }, 6))
        }
        _ => None,
    }
}

#[derive(Default)]
struct Found {
    fields: Fields,
    hour: Option<u8>,
    minute: Option<u8>,
    second: Option<u8>,
    zone: Option<i16>,
    day_first: bool,
    year_first: bool,
}

impl Found {
    fn set(&mut self, letter: u8, number: i32, width: usize) {
        let small = u8::try_from(number).ok();
        match letter {
            b'Y' => {
                self.year_first = self.fields.month.is_none() && self.fields.day.is_none();
                self.fields.year = Some(number);
                self.fields.short_year = width == 2;
            }
            b'M' => self.fields.month = small,
            b'D' => {
                self.day_first = self.fields.month.is_none();
                self.fields.day = small;
            }
            b'h' => self.hour = small,
            b'm' => self.minute = small,
            b's' => self.second = small,
            _ => {}
        }
    }

    /// Nothing for numbers that no calendar or clock has.
    fn into_expr(mut self) -> Option<DateExpr> {
        let fits = |field: Option<u8>, most: u8| field.is_none_or(|n| n >= 1 && n <= most);
        if !fits(self.fields.month, 12) || !fits(self.fields.day, 31) {
            return None;
        }
        if self.hour.is_some_and(|n| n > 24)
            || self.minute.is_some_and(|n| n > 59)
            || self.second.is_some_and(|n| n > 60)
        {
            return None;
        }
        let has_date = self.fields.month.is_some() || self.fields.year.is_some();
        // Day and month can only be mistaken for one another where both could be a month.
        self.fields.order = match self.fields.day {
            Some(day) if day <= 12 && self.fields.month.is_some() && !self.year_first => Order::Open,
            Some(_) if self.day_first => Order::DayFirst,
            _ => Order::Plain,
        };
        let date = has_date.then(|| Box::new(DateExpr::Fields(self.fields)));
        match self.hour {
            None => date.map(|date| *date),
            Some(hour) => {
                let clock = Clock { hour, minute: self.minute, second: self.second, zone: self.zone };
                Some(DateExpr::Clock(clock, date))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_read_whole_dates_only() {
        let mut shapes = Shapes::default();
        for (form, kind) in
            [("YYYY-MM-DD", "numeric"), ("MM/DD/YYYY", "numeric"), ("DD/MM/YYYY", "numeric"), ("hh:mm", "clock")]
        {
            shapes.add(form, kind).unwrap();
        }
        let check = |text: &str, expected: Option<usize>| {
            assert_eq!(shapes.read(text, 0).map(|(length, ..)| length), expected, "{text}");
        };
        check("2025-03-05.", Some(10));
        check("22/04/2025", Some(10));
        check("10:30-11:00", Some(5));
        check("10:30am", Some(5));
        check("133-03-03-2020", None);
        check("2025-13-05", None);
        check("2010-2012", None);
        check("99:99", None);
    }
}
