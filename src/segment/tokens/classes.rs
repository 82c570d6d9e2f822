//! Classes of bytes and characters for the token cutter.

use unicode_segmentation::UnicodeSegmentation;

/// What a byte may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Blank,
    Letter,
    Digit,
    Sign,
    Control,
    /// The first byte of a character outside ASCII.
    Wide,
}

/// The class of each byte.
pub(super) static CLASS: [Class; 256] = {
    let mut table = [Class::Wide; 256];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        table[byte] = if b.is_ascii_alphabetic() {
            Class::Letter
        } else if b.is_ascii_digit() {
            Class::Digit
        } else if matches!(b, b'\t'..=b'\r' | b' ') {
            Class::Blank
        } else if b.is_ascii_punctuation() {
            Class::Sign
        } else {
            Class::Control
        };
        byte += 1;
    }
    table
};

/// Whether the byte is an ASCII letter or digit.
#[inline]
pub(super) fn is_alphanumeric(byte: u8) -> bool {
    matches!(CLASS[byte as usize], Class::Letter | Class::Digit)
}

/// Whether the character may follow the punctuation that ends a sentence.
pub(super) fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '}' | '’' | '”' | '»' | '›' | '…' | '.' | '!' | '?')
}

/// Whether the character opens a bracket or quote, so that what follows begins a chunk.
pub(super) fn is_opener(c: char) -> bool {
    matches!(c, '"' | '\'' | '(' | '[' | '{' | '<' | '‘' | '“' | '«' | '‹' | '¿' | '¡' | '/' | '—' | '–')
}

/// Whether the character is punctuation of the Unicode blocks that English prose meets (outside ASCII).
pub(super) fn is_wide_punctuation(c: char) -> bool {
    matches!(c,
        '\u{A1}' | '\u{A7}' | '\u{AB}' | '\u{B6}' | '\u{B7}' | '\u{BB}' | '\u{BF}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}'
        | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}' | '\u{30FB}'
        | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' | '\u{FF3B}'..='\u{FF3D}' | '\u{FF5B}'..='\u{FF65}'
        | '\u{60C}' | '\u{61B}' | '\u{61F}' | '\u{6D4}' | '\u{964}' | '\u{965}' | '\u{5BE}' | '\u{5C3}')
}

/// Whether the grapheme cluster is an emoji.
pub(in crate::segment) fn is_emoji(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(
        |c| matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B1B}' | '\u{2B1C}' | '\u{2B50}' | '\u{2B55}' | '\u{231A}' | '\u{231B}' | '\u{23E9}'..='\u{23FA}'),
    ) || cluster.chars().skip(1).any(|c| matches!(c, '\u{FE0F}' | '\u{20E3}'))
}

/// Whether the character joins the letters on both its sides: soft hyphen, joiners.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}')
}

/// The grapheme cluster that begins `text`.
pub(in crate::segment) fn cluster(text: &str) -> &str {
    text.graphemes(true).next().unwrap_or_default()
}
