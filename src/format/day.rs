//! Reads the day out of the dates and time stamps that pages and records carry.

use jiff::civil::Date;
use jiff::fmt::strtime::BrokenDownTime;

/// The day that a date or time stamp names, at the place of publication.
pub fn day(stamp: &str) -> Option<Date> {
    let stamp = stamp.trim();
    let iso = stamp.get(..10).filter(|_| stamp.len() == 10 || !stamp.as_bytes()[10].is_ascii_digit());
    if let Some(date) = iso.and_then(|iso| iso.parse().ok()) {
        return Some(date);
    }
    let formats = ["%Y%m%d", "%Y/%m/%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%a, %d %b %Y"];
    formats.iter().find_map(|format| {
        let (time, read) = BrokenDownTime::parse_prefix(format, stamp).ok()?;
        // A number that goes on is no year: 1712101234 is a count of seconds.
        let ends = stamp.as_bytes().get(read).is_none_or(|next| !next.is_ascii_digit());
        time.to_date().ok().filter(|_| ends)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_name_the_day_where_they_were_written() {
        let check = |stamp: &str, expected: Option<&str>| {
            assert_eq!(day(stamp).map(|date| date.to_string()).as_deref(), expected, "{stamp}");
        };
        check("2024-05-14T00:30:00+02:00", Some("2024-05-14"));
        check("2024-05-14", Some("2024-05-14"));
        check("2024-05-14 06:30", Some("2024-05-14"));
        check("20240514", Some("2024-05-14"));
        check("Tue, 14 May 2024 06:30:00 GMT", Some("2024-05-14"));
        check("May 14, 2024 at 6pm", Some("2024-05-14"));
        check("2024-05", None);
        check("2024-13-45", None);
        check("yesterday", None);
        check("12:30", None);
        check("1712101234", None);
        check("1 May 19999", None);
    }
}
