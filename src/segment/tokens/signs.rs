//! Tokens that begin with punctuation or a symbol.

use super::classes;
use super::words::is_clitic;
use super::{Cutter, LOOK_AHEAD};
use crate::document::TokenKind;

impl Cutter<'_, '_> {
    /// The token that begins with the ASCII sign at hand.
    pub(super) fn sign(&mut self, byte: u8) {
        let start = self.at;
        match byte {
            b'.' => self.stop(),
            b'!' | b'?' => self.stop_run(),
            b'\'' => self.leading_apostrophe(1),
            b'-' | b'*' | b'=' | b'~' | b'_' | b'`' | b'<' | b'>' | b'|' if self.byte(start + 1) == byte => {
                let kind = if matches!(byte, b'-' | b'_' | b'`') { TokenKind::Punctuation } else { TokenKind::Symbol };
                self.run(kind);
            }
            b'#' | b'@' => self.tag(byte),
            b'[' if self.bytes[start..].starts_with(b"[...]") => {
                self.emit(start, start + 5, TokenKind::Punctuation);
            }
            b'+' if self.is_phone() => self.phone(),
            b':' | b';' | b'=' | b'<' | b'(' | b'^' | b'>' | b'-' if self.emoticon() => {}
            b'$' | b'%' | b'+' | b'=' | b'<' | b'>' | b'^' | b'|' | b'~' | b'&' => {
                self.emit(start, start + 1, TokenKind::Symbol);
            }
            _ => self.emit(start, start + 1, TokenKind::Punctuation),
        }
    }

    /// A full stop: a run of stops, a decimal without its zero (`.50`), or the stop alone.
    fn stop(&mut self) {
        let start = self.at;
        let next = self.byte(start + 1);
        if next.is_ascii_digit() && self.begins_chunk(start) {
            let end = self.digits_end(start + 1);
            return self.emit(start, end, TokenKind::Number);
        }
        if matches!(next, b'.' | b'!' | b'?') {
            return self.stop_run();
        }
        let letters = self.letters_end(start + 1);
        if next.is_ascii_uppercase()
            && letters - start < LOOK_AHEAD
            && self.begins_chunk(start)
            && self.knowledge.is_joined(self.words(start, letters))
        {
            return self.emit(start, letters, TokenKind::Word);
        }
        self.emit(start, start + 1, TokenKind::Punctuation);
    }

    /// A run of full stops, question and exclamation marks.
    fn stop_run(&mut self) {
        let start = self.at;
        let len = self.bytes[start..].iter().take_while(|byte| matches!(byte, b'.' | b'!' | b'?')).count();
        self.emit(start, start + len, TokenKind::Punctuation);
    }

    /// An apostrophe of `len` bytes that no word holds: `'90s`, `'em`, a clitic standing apart, or a quote.
    fn leading_apostrophe(&mut self, len: usize) {
        let start = self.at;
        let next = start + len;
        let after_word = self.character_before(start).is_some_and(char::is_alphanumeric);
        if !after_word && self.byte(next).is_ascii_digit() {
            let digits = self.digits_end(next);
            let end = if self.byte(digits) == b's' { digits + 1 } else { digits };
            if digits - next == 2 && !self.is_word_byte(end) && !matches!(self.byte(end), b'.' | b',' | b'%' | b':') {
                return self.emit(start, end, TokenKind::Number);
            }
        }
        let letters_end = self.letters_end(next);
        let letters = self.words(next, letters_end);
        if !letters.is_empty() && !self.is_word_byte(letters_end) {
            let apart = self.character_before(start).is_none_or(char::is_whitespace) && letters.len() <= 2;
            let clitic = is_clitic(letters) && (after_word || (apart && self.is_detached_clitic(letters)));
            let closed = self.apostrophe_len(letters_end) > 0;
            if clitic {
                return self.emit(start, letters_end, TokenKind::Word);
            }
            let elision = if after_word || closed { None } else { self.knowledge.elision(letters) };
            if let Some(cut) = elision {
                if cut > 0 {
                    self.emit(start, next + cut, TokenKind::Word);
                }
                let from = if cut > 0 { next + cut } else { start };
                return self.emit(from, letters_end, TokenKind::Word);
            }
        }
        if len == 1 && self.byte(next) == b'\'' {
            return self.run(TokenKind::Punctuation);
        }
        self.emit(start, next, TokenKind::Punctuation);
    }

    /// Whether a clitic with a blank before it is one: `Kyiv 's`, not the quote in `'d' is a letter`.
    fn is_detached_clitic(&self, letters: &str) -> bool {
        let behind = self.at + 1 + letters.len();
        self.at > self.start && matches!(self.byte(behind), b' ' | 0)
    }

    /// `#topic`, `@name`, or the sign alone.
    fn tag(&mut self, sign: u8) {
        let start = self.at;
        if self.byte(start + 1) == sign {
            return self.run(TokenKind::Symbol);
        }
        let free = self.character_before(start).is_none_or(|c| !c.is_alphanumeric());
        let letter = self.character(start + 1).is_some_and(|c| c.is_alphabetic() || c == '_');
        if !(free && letter) {
            return self.emit(start, start + 1, TokenKind::Symbol);
        }
        let mut end = start + 1;
        loop {
            let further = self.alphanumeric_end(end);
            end = further;
            if self.byte(end) == b'_' {
                end += 1;
            } else {
                break;
            }
        }
        let kind = if sign == b'#' { TokenKind::Hashtag } else { TokenKind::Handle };
        self.emit(start, end, kind);
    }

    /// Whether a telephone number with its country follows the plus sign at hand.
    fn is_phone(&self) -> bool {
        let end = self.phone_end();
        self.begins_chunk(self.at) && self.bytes[self.at..end].iter().filter(|byte| byte.is_ascii_digit()).count() >= 7
    }

    fn phone_end(&self) -> usize {
        let mut end = self.at + 1;
        while end - self.at < LOOK_AHEAD
            && (self.byte(end).is_ascii_digit() || (self.byte(end) == b'-' && self.byte(end + 1).is_ascii_digit()))
        {
            end += 1;
        }
        end
    }

    fn phone(&mut self) {
        let end = self.phone_end();
        self.emit(self.at, end, TokenKind::Number);
    }

    /// Emits the emoticon that stands between blanks at hand, when there is one.
    fn emoticon(&mut self) -> bool {
        let start = self.at;
        if !self.character_before(start).is_none_or(|c| c.is_whitespace() || matches!(c, '.' | '!' | '?')) {
            return false;
        }
        let window = &self.bytes[start..self.bytes.len().min(start + 6)];
        let len = window.iter().position(|byte| byte.is_ascii_whitespace() || *byte >= 0x80).unwrap_or(window.len());
        if len < 2 || !self.knowledge.is_emoticon(self.words(start, start + len)) {
            return false;
        }
        self.emit(start, start + len, TokenKind::Symbol);
        true
    }

    /// Whether nothing is glued before `index`, or only an opening bracket or quote, or a currency sign.
    fn begins_chunk(&self, index: usize) -> bool {
        self.character_before(index)
            .is_none_or(|c| c.is_whitespace() || classes::is_opener(c) || matches!(c, '$' | '£' | '€' | '-' | '+'))
    }

    /// Punctuation outside ASCII: apostrophes, runs of ellipses and dashes, all else alone.
    pub(super) fn wide_punctuation(&mut self, start: usize, c: char) {
        match c {
            '’' => self.leading_apostrophe(c.len_utf8()),
            '…' | '‥' | '—' | '–' | '―' => {
                let rest = self.words(start, self.bytes.len());
                let run = |next: char| next == c || (c == '…' && matches!(next, '.' | '!' | '?'));
                let len = rest.find(|next| !run(next)).unwrap_or(rest.len());
                self.emit(start, start + len, TokenKind::Punctuation);
            }
            '‘' if self.words(start, self.bytes.len()).starts_with("‘’") => {
                self.emit(start, start + 6, TokenKind::Punctuation);
            }
            _ => self.emit(start, start + c.len_utf8(), TokenKind::Punctuation),
        }
    }
}
