//! Tokens of a sentence.

use crate::document::{Token, TokenKind};
use crate::text::Span;
use unicode_segmentation::UnicodeSegmentation;

/// Appends the tokens of the sentence `span`.
pub(super) fn cut(text: &str, span: Span, out: &mut Vec<Token>) {
    for (at, word) in span.of(text).split_word_bound_indices() {
        if word.chars().all(char::is_whitespace) {
            continue;
        }
        let start = span.start() as usize + at;
        let kind = match word.chars().next() {
            Some(c) if c.is_alphabetic() => TokenKind::Word,
            Some(c) if c.is_numeric() => TokenKind::Number,
            Some(c) if c.is_ascii_punctuation() => TokenKind::Punctuation,
            _ => TokenKind::Symbol,
        };
        out.push(Token { span: Span::at(start, start + word.len()), kind });
    }
}
