//! Paragraphs: lines that hold more than white space.

use crate::document::Paragraph;
use crate::text::Span;

/// The paragraphs of `text`, trimmed, without zones and sentences yet.
pub(super) fn cut(text: &str) -> Vec<Paragraph> {
    let base = text.as_ptr() as usize;
    text.split(['\n', '\r', '\u{2028}', '\u{2029}'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let start = line.as_ptr() as usize - base;
            Paragraph { span: Span::at(start, start + line.len()), zone: 0, sentences: 0..0 }
        })
        .collect()
}
