//! Tokens that begin with a digit: numbers with separators, times, dates, ordinals, decades.

use super::classes;
use super::{Cutter, LOOK_AHEAD};
use crate::document::TokenKind;

impl Cutter<'_, '_> {
    /// The token that begins with the digit at hand, and the unit glued to it.
    pub(super) fn number(&mut self) {
        let start = self.at;
        let mut end = self.digits_end(start);
        if end == start {
            end = start + self.character(start).map_or(1, char::len_utf8);
        }
        loop {
            let next = self.byte(end + 1);
            match self.byte(end) {
                b',' if self.groups_thousands(end) || self.is_price(start, end) => end = self.digits_end(end + 1),
                b'.' | b':' | b'/' if next.is_ascii_digit() => end = self.digits_end(end + 1),
                b'-' if next.is_ascii_digit() => match self.dashed_digits_end(end) {
                    Some(further) => end = further,
                    None => break,
                },
                byte if byte.is_ascii_alphabetic() => return self.number_with_letters(start, end),
                0xC2 | 0xE2..=0xFF => match self.wide_number_end(start, end) {
                    Some(further) => end = further,
                    None => break,
                },
                _ => break,
            }
        }
        if matches!(self.byte(end), b'@' | b'_' | b'-' | b'.' | b'+')
            && let Some(at) = self.mail_sign(end)
        {
            return self.mail(start, at);
        }
        self.finish_number(start, end);
    }

    /// Emits a number, with the apostrophe of a decade (`1930's`) or the full stop of a list's number.
    fn finish_number(&mut self, start: usize, end: usize) {
        let mark = self.apostrophe_len(end);
        let letter = end + mark;
        let is_round = self.byte(end - 1) == b'0'
            && end - start > 1
            && !self.words(start, end).contains(|c: char| c.is_ascii_punctuation());
        if mark > 0 && is_round && self.byte(letter).eq_ignore_ascii_case(&b's') && !self.is_word_byte(letter + 1) {
            return self.emit(start, letter + 1, TokenKind::Number);
        }
        let is_label = start == self.start && end - start <= 2 && self.byte(end) == b'.' && self.byte(end + 1) == b' ';
        let end = if is_label { end + 1 } else { end };
        let cluster = if self.byte(end) >= 0xE2 { classes::cluster(self.words(end - 1, self.bytes.len())) } else { "" };
        if cluster.len() > 1 && end - start == 1 {
            return self.emit(start, start + cluster.len(), TokenKind::Emoji); // keycap
        }
        self.emit(start, end, TokenKind::Number);
    }

    /// Whether the comma at `comma` groups digits: three follow, or two and another group (1,00,000).
    fn groups_thousands(&self, comma: usize) -> bool {
        let end = self.digits_end(comma + 1);
        match end - comma - 1 {
            3 => true,
            2 => self.byte(end) == b',' && self.byte(end + 1).is_ascii_digit(),
            _ => false,
        }
    }

    /// Whether the comma at `comma` is the decimal sign of a price whose currency stands before `start`:
    /// `€3,50`.
    fn is_price(&self, start: usize, comma: usize) -> bool {
        let end = self.digits_end(comma + 1);
        let free = !matches!(self.byte(end), b',' | b'.') || !self.is_word_byte(end + 1);
        end - comma - 1 == 2 && free && self.character_before(start).is_some_and(|c| matches!(c, '€' | '$' | '£'))
    }

    /// The end of digits joined by two or more hyphens (`2024-05-15`, `713-853-3989`), the first of them
    /// at `hyphen`; a single hyphen is a range and stands apart.
    fn dashed_digits_end(&self, hyphen: usize) -> Option<usize> {
        let mut end = hyphen;
        let mut hyphens = 0;
        while self.byte(end) == b'-' && self.byte(end + 1).is_ascii_digit() && end - hyphen < LOOK_AHEAD {
            end = self.digits_end(end + 1);
            hyphens += 1;
        }
        if hyphens == 2 && self.byte(end) == b'T' && self.byte(end + 1).is_ascii_digit() {
            return Some(self.clock_end(end + 1));
        }
        (hyphens >= 2 && !self.byte(end).is_ascii_alphabetic()).then_some(end)
    }

    /// The end of the time behind a date's `T`, with its zone: `10:30:00Z`.
    fn clock_end(&self, start: usize) -> usize {
        let mut end = self.digits_end(start);
        while matches!(self.byte(end), b':' | b'.' | b'+' | b'-')
            && self.byte(end + 1).is_ascii_digit()
            && end - start < LOOK_AHEAD
        {
            end = self.digits_end(end + 1);
        }
        end + usize::from(self.byte(end) == b'Z' && !self.is_word_byte(end + 1))
    }

    /// Digits `start..digits` with letters behind them: ordinals, decades and names are whole, units stand
    /// apart.
    fn number_with_letters(&mut self, start: usize, digits: usize) {
        let letters_end = self.letters_end(digits);
        let letters = self.words(digits, letters_end);
        let goes_on = self.byte(letters_end).is_ascii_digit();
        if !goes_on && letters.len() <= 4 && self.knowledge.is_number_suffix(letters) && !self.is_ordinal(start, digits)
        {
            return self.emit(start, digits, TokenKind::Number);
        }
        if digits > start && self.is_half_of_day(digits) {
            return self.emit(start, digits, TokenKind::Number);
        }
        let end = self.alphanumeric_end(letters_end);
        if matches!(self.byte(end), b'@' | b'.' | b'_' | b'-')
            && let Some(at) = self.mail_sign(end)
        {
            return self.mail(start, at);
        }
        self.emit(start, end, TokenKind::Number);
    }

    /// Whether `a.m` or `p.m` stands at `at`, a word of its own behind the hour.
    fn is_half_of_day(&self, at: usize) -> bool {
        let letter = |index: usize| self.byte(index).to_ascii_lowercase();
        matches!(letter(at), b'a' | b'p')
            && self.byte(at + 1) == b'.'
            && letter(at + 2) == b'm'
            && !self.is_word_byte(at + 3)
    }

    /// Whether the letters at `digits` make an ordinal or a decade of the number before them.
    fn is_ordinal(&self, start: usize, digits: usize) -> bool {
        let letters = self.words(digits, self.letters_end(digits)).to_ascii_lowercase();
        digits > start && matches!(letters.as_str(), "st" | "nd" | "rd" | "th" | "s")
    }

    /// The end of a numeric character outside ASCII at `end` (`2½`), or of what combines with the digit.
    fn wide_number_end(&self, start: usize, end: usize) -> Option<usize> {
        let c = self.character(end)?;
        (end > start && c.is_numeric()).then(|| end + c.len_utf8())
    }
}
