//! Tokens that begin with a letter: words, clitics, compounds, acronyms, abbreviations, addresses.

use super::classes::{self, CLASS, Class};
use super::{Cutter, LOOK_AHEAD};
use crate::document::TokenKind;
use crate::segment::knowledge::Ending;

impl Cutter<'_, '_> {
    /// The token that begins with the letter at hand, and the clitic that follows it.
    pub(super) fn word(&mut self) {
        let start = self.at;
        let mut end = self.alphanumeric_end(start);
        loop {
            match self.byte(end) {
                b'\'' | 0xE2 => match self.after_apostrophe(start, end) {
                    Some(further) => end = further,
                    None => return,
                },
                b'.' => return self.word_before_stop(start, end),
                b'-' if classes::is_alphanumeric(self.byte(end + 1)) => {
                    if let Some(at) = self.mail_sign(end) {
                        return self.mail(start, at);
                    }
                    let capital = self.byte(end + 1).is_ascii_uppercase();
                    if !self.knowledge.joins(self.words(start, end), capital) {
                        return self.plain_word(start, end);
                    }
                    end = self.alphanumeric_end(end + 1);
                }
                b'+' | b'#' if self.joined_end(start, end).is_some() => {
                    let joined = self.joined_end(start, end).unwrap_or(end);
                    return self.emit(start, joined, TokenKind::Word);
                }
                b'@' | b'_' | b'+' | b'%' => match self.mail_sign(end) {
                    Some(at) => return self.mail(start, at),
                    None => return self.plain_word(start, end),
                },
                b'&' if self.is_initialism(start, end) => end = self.alphanumeric_end(end + 1),
                b':' if self.bytes[end..].starts_with(b"://") || self.words(start, end) == "mailto" => {
                    return self.address(start);
                }
                b'!' | b'/' => return self.word_before_sign(start, end),
                b'$' if end - start <= 3 && self.words(start, end).bytes().all(|b| b.is_ascii_uppercase()) => {
                    return self.emit(start, end + 1, TokenKind::Symbol);
                }
                _ => return self.plain_word(start, end),
            }
        }
    }

    /// The end of the run of letters and digits from `start`, with single underscores between them, and
    /// with what combines with them.
    pub(super) fn alphanumeric_end(&self, start: usize) -> usize {
        let mut end = start;
        loop {
            while classes::is_alphanumeric(self.byte(end)) {
                end += 1;
            }
            let byte = self.byte(end);
            if byte == b'_' && end > start && classes::is_alphanumeric(self.byte(end + 1)) {
                end += 1;
            } else if byte >= 0x80 {
                match self.wide_letter_end(start, end) {
                    Some(further) => end = further,
                    None => return end,
                }
            } else {
                return end;
            }
        }
    }

    /// The end of the wide character at `end` when it continues the word that began at `start`.
    fn wide_letter_end(&self, start: usize, end: usize) -> Option<usize> {
        if self.byte(end) == 0xE2 && self.byte(end + 1) == 0x80 && !matches!(self.byte(end + 2), 0x8C | 0x8D) {
            return None; // general punctuation, the commonest of wide characters in prose
        }
        let c = self.character(end)?;
        let further = end + c.len_utf8();
        if c.is_alphanumeric() {
            return Some(further);
        }
        if classes::is_joiner(c) && end > start {
            return self.character(further).filter(|next| next.is_alphabetic()).map(|_| further);
        }
        // What combines with the character before belongs to its grapheme cluster.
        let before = self.text.get(start..end)?.chars().next_back()?;
        let from = end - before.len_utf8();
        let len = classes::cluster(self.text.get(from..self.bytes.len())?).len();
        (from + len > end).then_some(from + len)
    }

    /// A word that nothing joins to what follows: contractions are cut.
    #[inline]
    pub(super) fn plain_word(&mut self, start: usize, end: usize) {
        let Some(cuts) = self.knowledge.contraction(&self.bytes[start..end]) else {
            return self.emit(start, end, TokenKind::Word);
        };
        let mut from = start;
        for cut in cuts {
            let cut = start + usize::from(*cut);
            self.emit(from, cut, TokenKind::Word);
            from = cut;
        }
        self.emit(from, end, TokenKind::Word);
    }

    /// At a possible apostrophe behind `start..end`: cuts a clitic, or names the end of the word that
    /// goes on behind the apostrophe.
    fn after_apostrophe(&mut self, start: usize, end: usize) -> Option<usize> {
        let len = self.apostrophe_len(end);
        let letters = end + len;
        let letters_end = self.letters_end(letters);
        if len == 0 || letters == letters_end {
            self.plain_word(start, end);
            return None;
        }
        let wide =
            self.byte(letters_end) >= 0xC3 && !(self.byte(letters_end) == 0xE2 && self.byte(letters_end + 1) == 0x80);
        let goes_on = wide || classes::is_alphanumeric(self.byte(letters_end));
        let tail = self.words(letters, letters_end);
        if !goes_on && tail.eq_ignore_ascii_case("t") && end - start > 1 && matches!(self.byte(end - 1), b'n' | b'N') {
            self.emit(start, end - 1, TokenKind::Word);
            self.emit(end - 1, letters_end, TokenKind::Word);
            None
        } else if !goes_on && is_clitic(tail) {
            self.plain_word(start, end);
            self.emit(end, letters_end, TokenKind::Word);
            None
        } else {
            Some(self.alphanumeric_end(letters))
        }
    }

    /// A word before `&`: short capitals on both sides are one name (`AT&T`, `R&D`).
    fn is_initialism(&self, start: usize, end: usize) -> bool {
        let right = self.letters_end(end + 1);
        let short = |from: usize, to: usize| (1..=3).contains(&(to - from));
        short(start, end)
            && short(end + 1, right)
            && self.bytes[start..end].iter().chain(&self.bytes[end + 1..right]).all(u8::is_ascii_uppercase)
            && !classes::is_alphanumeric(self.byte(right))
    }

    /// The end of a name that ends in signs, as the lexicon knows them: `C++`.
    fn joined_end(&self, start: usize, end: usize) -> Option<usize> {
        let signs = self.bytes[end..].iter().take(3).take_while(|byte| matches!(byte, b'+' | b'#')).count();
        let joined = end + signs;
        (!self.is_word_byte(joined) && self.knowledge.is_joined(self.words(start, joined))).then_some(joined)
    }

    /// A word before `!` or `/`: whole with it when the lexicon knows them (`Yahoo!`, `w/o`).
    fn word_before_sign(&mut self, start: usize, end: usize) {
        let joined = if self.byte(end) == b'!' { end + 1 } else { self.letters_end(end + 1) };
        let apart = !classes::is_alphanumeric(self.byte(joined)) && self.byte(joined) != b'!';
        if joined - start < LOOK_AHEAD
            && apart
            && !(self.byte(end) == b'!' && start > self.start && self.ends_at(joined))
            && self.knowledge.is_joined(self.words(start, joined))
        {
            return self.emit(start, joined, TokenKind::Word);
        }
        if self.byte(end) == b'/' && self.bytes[start..end].eq_ignore_ascii_case(b"www") {
            return self.address(start);
        }
        self.plain_word(start, end);
    }

    /// A word before a full stop: acronym, address, abbreviation, or the end of a sentence.
    fn word_before_stop(&mut self, start: usize, end: usize) {
        if classes::is_alphanumeric(self.byte(end + 1)) {
            if let Some(at) = self.mail_sign(end) {
                return self.mail(start, at);
            }
            if let Some(end) = self.acronym_end(start, end) {
                return self.word_with_clitic(start, end);
            }
            if self.bytes[start..end].eq_ignore_ascii_case(b"www") {
                return self.address(start);
            }
            if let Some((end, kind)) = self.dotted_name(end) {
                return match kind {
                    Ending::Web if self.byte(end) == b'/' => self.address(start),
                    Ending::Web => self.emit(start, end, TokenKind::Url),
                    Ending::File => self.emit(start, end, TokenKind::Word),
                };
            }
            if self.knowledge.abbreviation(self.words(start, end)).is_some() {
                return self.emit(start, end + 1, TokenKind::Word);
            }
        } else if self.takes_stop(start, end) {
            return self.word_with_clitic(start, end + 1);
        }
        self.plain_word(start, end);
    }

    /// Whether the full stop at `end` belongs to the word before it.
    fn takes_stop(&self, start: usize, end: usize) -> bool {
        if self.byte(end + 1) == b'.' || (start > self.start && self.ends_at(end + 1)) {
            return false;
        }
        let word = self.words(start, end);
        let single = word.len() == 1 || (word.len() == 2 && word.chars().count() == 1);
        single || self.knowledge.abbreviation(word).is_some()
    }

    /// The end of an acronym (`U.S.`, `a.m.`, `Ph.D.`) whose first full stop stands at `stop`.
    fn acronym_end(&self, start: usize, stop: usize) -> Option<usize> {
        if stop - start > 2 || (stop - start == 2 && !self.bytes[start + 1].is_ascii_lowercase()) {
            return None;
        }
        let mut end = stop;
        while self.byte(end) == b'.'
            && self.byte(end + 1).is_ascii_alphabetic()
            && !classes::is_alphanumeric(self.byte(end + 2))
            && self.byte(end + 2) != b'@'
        {
            end += 2;
        }
        if end == stop {
            return None;
        }
        let dotted = self.byte(end) == b'.' && self.byte(end + 1) != b'.';
        Some(if dotted { end + 1 } else { end })
    }

    /// Emits a word and the clitic glued to it.
    fn word_with_clitic(&mut self, start: usize, end: usize) {
        self.emit(start, end, TokenKind::Word);
        let letters = end + self.apostrophe_len(end);
        let letters_end = self.letters_end(letters);
        if letters > end && is_clitic(self.words(letters, letters_end)) {
            self.emit(end, letters_end, TokenKind::Word);
        }
    }

    /// The end of a name with full stops inside (`example.co.uk`, `report.doc`), the first of them at
    /// `stop`, and what its ending makes of it.
    fn dotted_name(&self, stop: usize) -> Option<(usize, Ending)> {
        let mut end = stop;
        let mut last = stop;
        while end - stop < LOOK_AHEAD {
            let byte = self.byte(end);
            let next = self.byte(end + 1);
            if byte == b'.' && classes::is_alphanumeric(next) {
                last = end;
            } else if !(classes::is_alphanumeric(byte) || (byte == b'-' && classes::is_alphanumeric(next))) {
                break;
            }
            end += 1;
        }
        (self.byte(end) < 0x80 || self.byte(end) == 0xE2)
            .then(|| self.knowledge.ending(self.words(last + 1, end)))
            .flatten()
            .map(|kind| (end, kind))
    }

    /// The place of the `@` of a mail address whose local part goes on from `from`.
    pub(super) fn mail_sign(&self, from: usize) -> Option<usize> {
        let window = &self.bytes[from..self.bytes.len().min(from + LOOK_AHEAD)];
        let local = window
            .iter()
            .position(|byte| !classes::is_alphanumeric(*byte) && !matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-'))?;
        (window[local] == b'@' && classes::is_alphanumeric(self.byte(from + local + 1))).then_some(from + local)
    }

    /// The mail address that begins at `start` with its `@` at `sign`.
    pub(super) fn mail(&mut self, start: usize, sign: usize) {
        let mut end = sign + 1;
        let inside = |byte: u8| classes::is_alphanumeric(byte) || matches!(byte, b'.' | b'-' | b'_');
        while inside(self.byte(end)) {
            end += 1;
        }
        while matches!(self.byte(end - 1), b'.' | b'-' | b'_') {
            end -= 1;
        }
        self.emit(start, end, TokenKind::Email);
    }

    /// The web address that begins at `start`: up to a blank, a quote or an angle bracket, without the
    /// punctuation that follows it.
    pub(super) fn address(&mut self, start: usize) {
        let rest = self.words(start, self.bytes.len());
        let stops = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | '"' | '“' | '”' | '‘' | '’' | '«' | '»' | '…')
        };
        let address = &rest[..rest.find(stops).unwrap_or(rest.len())];
        let opened = address.bytes().filter(|byte| *byte == b'(').count();
        let mut closed = address.bytes().filter(|byte| *byte == b')').count();
        let mut end = address.len();
        while let Some(byte) = address.as_bytes()[..end].last() {
            match byte {
                b')' if closed > opened => closed -= 1,
                b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b']' | b'}' | b'*' => {}
                _ => break,
            }
            end -= 1;
        }
        self.emit(start, start + end.max(1), TokenKind::Url);
    }

    /// A token that begins with a character outside ASCII.
    pub(super) fn wide(&mut self) {
        let start = self.at;
        let Some(c) = self.character(start) else {
            self.at = self.bytes.len();
            return;
        };
        let end = start + c.len_utf8();
        if c.is_whitespace() {
            self.at = end;
        } else if c.is_alphabetic() {
            self.word();
        } else if c.is_numeric() {
            self.number();
        } else if classes::is_wide_punctuation(c) {
            self.wide_punctuation(start, c);
        } else {
            let cluster = classes::cluster(self.words(start, self.bytes.len()));
            let kind = if classes::is_emoji(cluster) { TokenKind::Emoji } else { TokenKind::Symbol };
            self.emit(start, start + cluster.len().max(c.len_utf8()), kind);
        }
    }

    /// Whether the byte at `index` could belong to a word.
    pub(super) fn is_word_byte(&self, index: usize) -> bool {
        matches!(CLASS[self.byte(index) as usize], Class::Letter | Class::Digit)
    }
}

/// Whether the letters behind an apostrophe are a clitic.
pub(super) fn is_clitic(letters: &str) -> bool {
    match letters.as_bytes() {
        [one] => matches!(one.to_ascii_lowercase(), b's' | b'm' | b'd'),
        [a, b] => {
            matches!([a.to_ascii_lowercase(), b.to_ascii_lowercase()], [b'r' | b'v', b'e'] | [b'l', b'l'])
        }
        _ => false,
    }
}
