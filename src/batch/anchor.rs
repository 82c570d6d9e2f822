//! Finds the day of publication in an article's head, where nothing else tells it.

use crate::document::{Annotation, Article, Layer, Meta, Value};
use crate::pipeline::Pipeline;
use crate::text::Span;
use jiff::civil::Date;

/// How much of an article counts as its head, in bytes, up to the end of a line.
const HEAD_BYTES: usize = 1500;

/// The longest line, in bytes, that can be a date line.
const MAX_DATE_LINE_BYTES: usize = 80;

/// Within how many bytes of its paragraph the date of a dateline begins, and behind it the dash follows.
const MAX_DATELINE_BYTES: usize = 48;

/// The day that a date line or dateline in the head of `article` names, with the kind of line.
///
/// Only a full day counts: 'LAGOS, March 5' names no year.
pub fn day_in_head(pipeline: &Pipeline, article: &Article) -> Option<(Date, &'static str)> {
    let head = head(article.text());
    if !head.lines().any(may_date) {
        return None;
    }
    let document = pipeline.annotate(Article::new(Meta::default(), head.to_owned())?, &[Layer::Zone, Layer::Date]);
    let zones = document.layer(Layer::Zone);
    let days: Vec<_> = document.layer(Layer::Date).iter().filter_map(|mark| Some((mark, full_day(mark)?))).collect();
    // Lines that the zones know come before lines that only look like it.
    let known = days.iter().find_map(|(mark, day)| {
        let zone = zones.iter().find(|zone| zone.span.contains(mark.span))?;
        match zone.label.as_str() {
            "date_line" | "byline" => Some((*day, "date_line")),
            "dateline" => Some((*day, "dateline")),
            _ => None,
        }
    });
    known.or_else(|| {
        days.iter().find_map(|(mark, day)| {
            let others = days.iter().filter(|(_, other)| other != day).map(|(other, _)| other.span);
            Some((*day, kind_of_line(head, mark.span, others)?))
        })
    })
}

/// How much of a line is looked at for a year: a long line dates an article only by its beginning.
const LINE_BYTES: usize = 2 * MAX_DATE_LINE_BYTES;

/// Whether a line may date its article: it begins with words that hold a year, and is short, or has what a
/// dateline has: a place in capitals or an agency in brackets, and a dash or colon. Most articles have no
/// such line, and marking their heads would be in vain.
fn may_date(line: &str) -> bool {
    let start = &line[..line.floor_char_boundary(LINE_BYTES)];
    let has_year = start.as_bytes().split(|byte| !byte.is_ascii_digit()).any(|digits| matches!(digits.len(), 2 | 4));
    let has_dash = || ["—", "–", " - ", "--", ": "].iter().any(|dash| start.contains(dash));
    has_year && (start.len() == line.len() || ((start.contains('(') || shouts(start)) && has_dash()))
}

/// Whether `text` has a word in capitals, as the places of datelines are.
fn shouts(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphabetic());
    words.any(|word| word.chars().count() >= 3 && word.chars().all(char::is_uppercase))
}

/// The first [`HEAD_BYTES`] of `text`, lengthened to the end of their line but no further than as much again.
fn head(text: &str) -> &str {
    let end = text.floor_char_boundary(HEAD_BYTES);
    let most = text.floor_char_boundary(2 * HEAD_BYTES);
    let line_end = text[end..most].find('\n').map_or(most, |at| end + at);
    &text[..line_end]
}

/// The day of a date mark whose value names one.
fn full_day(mark: &Annotation) -> Option<Date> {
    match mark.value.as_deref() {
        Some(Value::Timex(timex)) => {
            let value = timex.value.as_deref()?;
            let day = value.get(..10)?;
            (value.len() == 10 || value.as_bytes()[10] == b'T').then(|| day.parse().ok()).flatten()
        }
        _ => None,
    }
}

/// Whether the line around the day at `span` is a date line of its own, or begins with a dateline that
/// holds it. A line that names other days too (a life's first and last) dates no article.
fn kind_of_line(text: &str, span: Span, mut others: impl Iterator<Item = Span>) -> Option<&'static str> {
    let (start, end) = (span.start() as usize, span.end() as usize);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let line = text[line_start..line_end].trim();
    let (before, after) = (&text[line_start..start], &text[end..line_end]);
    if others.any(|other| Span::at(line_start, line_end).contains(other)) {
        return None;
    }
    if line.len() <= MAX_DATE_LINE_BYTES && !line.ends_with(['.', '!', '?']) && before.split_whitespace().count() <= 3 {
        return Some("date_line");
    }
    let near = &after[..after.floor_char_boundary(MAX_DATELINE_BYTES)];
    let has_dash = near.contains(['—', '–']) || near.contains(" - ") || near.contains("--");
    (shouts(before) && has_dash && before.len() <= MAX_DATELINE_BYTES).then_some("dateline")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, date: &str, expected: Option<&str>) {
        let span = |words: &str| text.find(words).map(|start| Span::at(start, start + words.len()));
        let others = span("2 May 2022").into_iter();
        assert_eq!(kind_of_line(text, span(date).unwrap(), others), expected, "{text:?}");
    }

    #[test]
    fn lines_that_date_an_article() {
        check("Bridge reopens\n\nPublished 5 June 2024, 10:12\n\nIt did.", "5 June 2024", Some("date_line"));
        check(
            "LAGOS, 5 June 2024 (EP) — The court cleared him on appeal, it was said.",
            "5 June 2024",
            Some("dateline"),
        );
        check(
            "The court cleared him on 5 June 2024 — a day later than it had planned to, said his friends and family.",
            "5 June 2024",
            None,
        );
        check("He was born on 5 June 1924.", "5 June 1924", None);
        check("Born 5 June 1924; died 2 May 2022", "5 June 1924", None);
        check(
            "The court cleared NATO in a ruling that was long awaited by everybody in town and beyond on 5 June 2024 — late.",
            "5 June 2024",
            None,
        );
    }

    #[test]
    fn lines_without_year_or_dash_are_passed_over() {
        let check = |line: &str, expected| assert_eq!(may_date(line), expected, "{line}");
        check("Published 5 June 2024, 10:12", true);
        check("LAGOS, 5 June 2024 (EP) — The court cleared him.", true);
        check("By Anna Lee, 5/6/24", true);
        check("Anna left.", false);
        check(&format!("In 2024 {}", "the court cleared him and ".repeat(8)), false);
        check(&format!("{} 2024 —", "the court cleared him and ".repeat(8)), false);
    }

    #[test]
    fn the_head_ends_with_a_line_and_on_a_character() {
        assert_eq!(head("short"), "short");
        assert_eq!(head(&format!("{}\nrest", "x".repeat(1600))).len(), 1600);
        assert!(head(&"é".repeat(5000)).len() <= 3000);
    }
}
