//! Paragraphs: lines that hold more than white space, wrapped lines joined.

use crate::document::Paragraph;
use crate::text::Span;
use memchr::{memchr_iter, memchr3_iter};

/// The fewest bytes of a line that was wrapped by a machine.
const WRAPPED: usize = 40;

/// The paragraphs of `text`, trimmed, without zones and sentences yet.
pub(super) fn cut(text: &str) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    let mut start = 0;
    // 0xE2 begins the separators of lines and paragraphs, U+2028 and U+2029.
    for at in memchr3_iter(b'\n', b'\r', 0xE2, text.as_bytes()) {
        let len = match &text.as_bytes()[at..] {
            [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
            [0xE2, ..] => continue,
            _ => 1,
        };
        line(text, start, at, &mut paragraphs);
        start = at + len;
    }
    line(text, start, text.len(), &mut paragraphs);
    paragraphs
}

/// Adds the line `start..end`, or joins it to the one before.
fn line(text: &str, start: usize, end: usize, paragraphs: &mut Vec<Paragraph>) {
    let line = &text[start..end];
    let trimmed = line.trim_start();
    if trimmed.is_empty() {
        return;
    }
    let start = end - trimmed.len();
    let span = Span::at(start, start + trimmed.trim_end().len());
    match paragraphs.last_mut() {
        Some(last) if continues(text, last.span, span) => last.span = last.span.cover(span),
        _ => paragraphs.push(Paragraph { span, zone: 0, sentences: 0..0 }),
    }
}

/// Whether `next` goes on with the sentence that `last` left open: it begins with a small letter right
/// under a line that ends in a word or comma and is long, or ends in a blank.
fn continues(text: &str, last: Span, next: Span) -> bool {
    let bytes = text.as_bytes();
    let (last_end, next_start) = (last.end() as usize, next.start() as usize);
    let gap = &bytes[last_end..next_start];
    let open = bytes[last_end - 1].is_ascii_lowercase() || bytes[last_end - 1] == b',';
    if !(bytes[next_start].is_ascii_lowercase() && open && gap.len() <= 8) {
        return false;
    }
    let breaks = memchr_iter(b'\n', gap).count();
    let long = || {
        let window = &bytes[last_end.saturating_sub(WRAPPED).max(last.start() as usize)..last_end];
        window.len() == WRAPPED && !window.contains(&b'\n')
    };
    let word = &text[next_start..next.end() as usize];
    let address = word.starts_with("http") || word.split_whitespace().next().is_some_and(|word| word.contains('@'));
    let glued = &bytes[last_end - last_end.min(WRAPPED)..last_end];
    let after_address = glued.rsplit(u8::is_ascii_whitespace).next().is_some_and(|word| word.contains(&b'/'));
    breaks <= 1 && !address && !after_address && (gap[0] == b' ' || long())
}

#[cfg(test)]
mod tests {
    use super::cut;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = cut(text).iter().map(|paragraph| paragraph.span.of(text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lines_are_paragraphs_whatever_ends_them() {
        check("One.\r\n\r\n Two. \u{2028}Three.\u{2029}|\rFour\n", &["One.", "Two.", "Three.", "|", "Four"]);
        check(" \n\u{a0}\n", &[]);
    }

    #[test]
    fn a_sentence_wrapped_by_a_machine_is_joined() {
        let wrapped = "The ministers of the three countries agreed on a new\nroute, which opens in May.";
        check(wrapped, &[wrapped]);
        check("It was a cold \nnight.", &["It was a cold \nnight."]);
        check("Contact\npress@example.org", &["Contact", "press@example.org"]);
        check(
            "A long line that ends with a word and is no sentence\n\nand more",
            &["A long line that ends with a word and is no sentence", "and more"],
        );
    }
}
