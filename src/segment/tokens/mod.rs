//! Tokens of a sentence, by the surface conventions of Universal Dependencies.
//!
//! Clitics are split (`do|n't`, `Baku|’s`), hyphenated compounds too (`US|-|backed`) but for prefixes
//! (`non-profit`); currency and percent signs stand apart; numbers with separators, times, ordinals,
//! acronyms, addresses, handles, hashtags and emoji sequences are whole. One pass over the bytes with a
//! table of classes; every look ahead is bounded, so time is linear.

pub(super) mod classes;
mod numbers;
mod signs;
mod words;

use super::knowledge::Knowledge;
use crate::document::{Token, TokenKind};
use crate::text::Span;
use classes::{CLASS, Class};

/// The farthest that the cutter looks ahead without consuming, in bytes.
const LOOK_AHEAD: usize = 64;

/// Appends the tokens of the sentence `span`.
pub(super) fn cut(text: &str, span: Span, knowledge: &Knowledge, out: &mut Vec<Token>) {
    let (start, end) = (span.start() as usize, span.end() as usize);
    let mut cutter = Cutter { text, bytes: &text.as_bytes()[..end], start, at: start, knowledge, out };
    while let Some(&byte) = cutter.bytes.get(cutter.at) {
        match CLASS[byte as usize] {
            Class::Blank => cutter.at += 1,
            Class::Letter => {
                // Most words are ASCII letters between blanks or before a comma.
                let end = cutter.letters_end(cutter.at);
                match cutter.bytes.get(end) {
                    None | Some(b' ' | b',') => cutter.plain_word(cutter.at, end),
                    Some(_) => cutter.word(),
                }
            }
            Class::Digit => cutter.number(),
            Class::Sign => cutter.sign(byte),
            Class::Control => cutter.run(TokenKind::Symbol),
            Class::Wide => cutter.wide(),
        }
    }
}

/// Cuts one sentence.
struct Cutter<'t, 'k> {
    text: &'t str,
    /// The text's bytes up to the sentence's end.
    bytes: &'t [u8],
    /// First byte of the sentence.
    start: usize,
    /// The byte to be read next.
    at: usize,
    knowledge: &'k Knowledge,
    out: &'k mut Vec<Token>,
}

impl<'t> Cutter<'t, '_> {
    /// The byte at `index`, 0 behind the sentence's end.
    #[inline]
    fn byte(&self, index: usize) -> u8 {
        self.bytes.get(index).copied().unwrap_or(0)
    }

    /// The words from `start` to `end`, both at borders of characters.
    #[inline]
    fn words(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The character that begins at `index` of the sentence.
    fn character(&self, index: usize) -> Option<char> {
        self.text.get(index..self.bytes.len())?.chars().next()
    }

    /// The character before `index` of the sentence.
    fn character_before(&self, index: usize) -> Option<char> {
        self.text.get(self.start..index)?.chars().next_back()
    }

    /// Appends the token from `start` to `end` and goes on behind it.
    #[inline]
    fn emit(&mut self, start: usize, end: usize, kind: TokenKind) {
        self.out.push(Token { span: Span::at(start, end), kind });
        self.at = end;
    }

    /// Whether nothing but closing punctuation stands between `index` and the sentence's end.
    fn ends_at(&self, index: usize) -> bool {
        let Some(rest) = self.text.get(index..self.bytes.len()) else { return false };
        rest.len() <= 12 && rest.chars().all(|c| classes::is_closer(c) || c.is_whitespace())
    }

    /// The end of the run of ASCII letters from `index`.
    fn letters_end(&self, index: usize) -> usize {
        index + self.bytes[index.min(self.bytes.len())..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
    }

    /// The end of the run of ASCII digits from `index`.
    fn digits_end(&self, index: usize) -> usize {
        index + self.bytes[index.min(self.bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    /// Bytes of the apostrophe at `index`: 0 when there is none.
    #[inline]
    fn apostrophe_len(&self, index: usize) -> usize {
        match self.byte(index) {
            b'\'' => 1,
            0xE2 if self.byte(index + 1) == 0x80 && self.byte(index + 2) == 0x99 => 3,
            _ => 0,
        }
    }

    /// One token of the byte at hand, repeated.
    fn run(&mut self, kind: TokenKind) {
        let (start, byte) = (self.at, self.byte(self.at));
        let len = self.bytes[start..].iter().take_while(|next| **next == byte).count();
        self.emit(start, start + len, kind);
    }
}
