//! Words around a possible border, and what they look like.

/// The farthest that a word is read, in bytes.
const WORD: usize = 32;

/// What a word looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    None,
    SingleUpper,
    SingleLower,
    Lower,
    Capitalised,
    Upper,
    Mixed,
    Number,
    NumberMixed,
    Dotted,
    Wide,
    Sign,
}

/// Whether `word` is made of single capitals with full stops between them.
pub(super) fn is_initials(word: &[u8]) -> bool {
    word.len() >= 3
        && word.len() % 2 == 1
        && word.chunks(2).all(|pair| pair[0].is_ascii_uppercase() && pair.get(1).is_none_or(|stop| *stop == b'.'))
}

/// The word that ends at `end`, read back to a blank or opening sign, not beyond `start`.
pub(super) fn word_before(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    let from = start.max(end.saturating_sub(WORD)).min(end);
    let window = &bytes[from..end];
    let len = window
        .iter()
        .rev()
        .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'(' | b'"' | b'[' | b',' | b'/'))
        .count();
    &window[window.len() - len..]
}

/// A half of the day without the hour glued to it: `a.m` of `9a.m`.
pub(super) fn without_hour(word: &[u8]) -> &[u8] {
    match word {
        [.., b'0'..=b'9', b'a' | b'p' | b'A' | b'P', b'.', b'm' | b'M'] => &word[word.len() - 3..],
        _ => word,
    }
}

/// The word that begins at `start`: letters, digits and what stands between them.
pub(super) fn word_after(bytes: &[u8], start: usize) -> &[u8] {
    let rest = &bytes[start.min(bytes.len())..];
    let window = &rest[..rest.len().min(WORD)];
    let len = window.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte >= 0x80).count();
    &window[..len]
}

/// The end of the word before the blanks that end at `end`, not beyond `start`.
pub(super) fn blanks_before(bytes: &[u8], start: usize, end: usize) -> usize {
    let start = start.min(end);
    end - bytes[start..end].iter().rev().take(4).take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The first byte behind the blanks from `start`.
pub(super) fn blanks_after(bytes: &[u8], start: usize) -> usize {
    let start = start.min(bytes.len());
    start + bytes[start..].iter().take(4).take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The first byte behind opening quotes and brackets from `start`.
pub(super) fn openers_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start.min(bytes.len());
    for _ in 0..4 {
        match bytes.get(end) {
            Some(b' ') if end > start => end += 1,
            Some(b'"' | b'\'' | b'(' | b'[' | b'-' | b'*' | b'_') => end += 1,
            Some(0xE2) if ["“", "‘", "—", "–", "•"].iter().any(|sign| bytes[end..].starts_with(sign.as_bytes())) =>
            {
                end += 3;
            }
            _ => break,
        }
    }
    end
}

/// What `word` looks like.
pub(super) fn look(word: &[u8]) -> Look {
    let Some(first) = word.first() else { return Look::None };
    let all = |test: fn(&u8) -> bool| word.iter().all(test);
    if word.len() == 1 {
        return match first {
            b'A'..=b'Z' => Look::SingleUpper,
            b'a'..=b'z' => Look::SingleLower,
            b'0'..=b'9' => Look::Number,
            0x80.. => Look::Wide,
            _ => Look::Sign,
        };
    }
    if word.contains(&b'.') {
        return if first.is_ascii_digit() { Look::Number } else { Look::Dotted };
    }
    match first {
        b'0'..=b'9' if all(|byte| !byte.is_ascii_alphabetic()) => Look::Number,
        b'0'..=b'9' => Look::NumberMixed,
        b'a'..=b'z' => Look::Lower,
        b'A'..=b'Z' if all(|byte| !byte.is_ascii_lowercase()) => Look::Upper,
        b'A'..=b'Z' if word[1..].iter().all(|byte| !byte.is_ascii_uppercase()) => Look::Capitalised,
        b'A'..=b'Z' => Look::Mixed,
        0x80.. => Look::Wide,
        _ => Look::Sign,
    }
}
