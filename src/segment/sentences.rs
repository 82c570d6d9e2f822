//! Sentences of a paragraph.

use crate::text::Span;
use unicode_segmentation::UnicodeSegmentation;

/// The sentences of the paragraph `span`, trimmed.
pub(super) fn cut(text: &str, span: Span) -> Vec<Span> {
    span.of(text)
        .split_sentence_bound_indices()
        .filter(|(_, sentence)| !sentence.trim().is_empty())
        .map(|(at, sentence)| {
            let start = span.start() as usize + at + (sentence.len() - sentence.trim_start().len());
            Span::at(start, start + sentence.trim().len())
        })
        .collect()
}
