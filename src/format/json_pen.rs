//! Puts JSON on paper: strings, numbers and nesting, without a detour through a data model.

use serde::Serialize;
use std::io::{self, Write};

/// From how many bytes on what was written is handed over.
const SPILL: usize = 1 << 18;

/// Writes one document: an object whose annotations stand one a line when it is spread.
pub(super) struct Pen {
    out: Vec<u8>,
    /// Whether the document is spread over lines.
    spread: bool,
    /// Whether the next key or item is the first of its object or list.
    first: bool,
    /// How many objects and lists are open.
    depth: u8,
}

/// What a byte of a string needs: nothing, a letter behind a backslash, or `u` for `\u00XX`.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[0x08] = b'b';
    table[b'\t' as usize] = b't';
    table[b'\n' as usize] = b'n';
    table[0x0C] = b'f';
    table[b'\r' as usize] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

impl Pen {
    pub(super) fn with_capacity(bytes: usize, spread: bool) -> Self {
        Self { out: Vec::with_capacity(bytes), spread, first: true, depth: 0 }
    }

    /// Ends the document and hands it over.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.out.extend_from_slice(if self.spread { b"\n}" } else { b"}" });
        self.out
    }

    /// Hands what was written so far to `out` once there is much of it.
    pub(super) fn spill(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.out.len() >= SPILL {
            out.write_all(&self.out)?;
            self.out.clear();
        }
        Ok(())
    }

    /// What was written, where that is no document.
    pub(super) fn into_text(self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    pub(super) fn begin_document(&mut self) {
        self.begin_object();
    }

    pub(super) fn begin_object(&mut self) {
        self.out.push(b'{');
        self.first = true;
        self.depth += 1;
    }

    pub(super) fn end_object(&mut self) {
        self.out.push(b'}');
        self.first = false;
        self.depth -= 1;
    }

    pub(super) fn begin_list(&mut self) {
        self.out.push(b'[');
        self.first = true;
        self.depth += 1;
    }

    pub(super) fn end_list(&mut self) {
        self.depth -= 1;
        if self.spread && !self.first {
            self.out.extend_from_slice(b"\n  ");
        }
        self.out.push(b']');
        self.first = false;
    }

    /// Begins an item of the document's list.
    pub(super) fn item(&mut self) {
        self.comma();
        if self.spread {
            self.out.extend_from_slice(b"\n    ");
        }
    }

    fn comma(&mut self) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
    }

    /// A key that needs no escapes.
    pub(super) fn key(&mut self, key: &'static str) {
        self.before_key();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.after_key();
    }

    /// A key from outside.
    pub(super) fn foreign_key(&mut self, key: &str) {
        self.before_key();
        self.out.push(b'"');
        self.escaped(key);
        self.after_key();
    }

    fn before_key(&mut self) {
        self.comma();
        if self.spread && self.depth == 1 {
            self.out.extend_from_slice(b"\n  ");
        }
    }

    fn after_key(&mut self) {
        self.out.extend_from_slice(if self.spread && self.depth == 1 { b"\": " } else { b"\":" });
    }

    pub(super) fn pair(&mut self, key: &'static str, value: &str) {
        self.key(key);
        self.string(value);
    }

    pub(super) fn pair_if(&mut self, key: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.pair(key, value);
        }
    }

    /// A pair whose value needs no escapes.
    pub(super) fn plain_pair(&mut self, key: &'static str, value: &'static str) {
        self.key(key);
        self.out.push(b'"');
        self.out.extend_from_slice(value.as_bytes());
        self.out.push(b'"');
    }

    pub(super) fn number_pair(&mut self, key: &'static str, value: u32) {
        self.key(key);
        self.number(value as usize);
    }

    /// A string such as `t12`.
    pub(super) fn numbered(&mut self, letter: char, number: usize) {
        self.out.push(b'"');
        let mut buffer = [0; 4];
        self.out.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes());
        self.number(number);
        self.out.push(b'"');
    }

    /// A string of one part, or of two with `/` between.
    pub(super) fn joined(&mut self, first: &str, second: Option<&str>) {
        self.out.push(b'"');
        self.escaped(first);
        if let Some(second) = second {
            self.out.push(b'/');
            self.escaped(second);
        }
        self.out.push(b'"');
    }

    pub(super) fn strings<'a>(&mut self, values: impl Iterator<Item = &'a str>) {
        self.out.push(b'[');
        for (index, value) in values.enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.string(value);
        }
        self.out.push(b']');
    }

    pub(super) fn pairs(&mut self, values: impl Iterator<Item = [u32; 2]>) {
        self.out.push(b'[');
        for (index, value) in values.enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.span(value);
        }
        self.out.push(b']');
    }

    pub(super) fn span(&mut self, [start, end]: [u32; 2]) {
        self.out.push(b'[');
        self.number(start as usize);
        self.out.push(b',');
        self.number(end as usize);
        self.out.push(b']');
    }

    /// Any value of the data model.
    pub(super) fn value(&mut self, value: &impl Serialize) {
        // Writing JSON into memory fails only for keys that are no strings, which we have none of.
        let _ = serde_json::to_writer(&mut self.out, value);
    }

    /// JSON that stands ready.
    #[inline]
    pub(super) fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    pub(super) fn string(&mut self, text: &str) {
        self.out.push(b'"');
        self.escaped(text);
        self.out.push(b'"');
    }

    /// The letters of a string, without its quotes.
    #[inline]
    pub(super) fn escaped(&mut self, text: &str) {
        let bytes = text.as_bytes();
        // Nearly all words need no escape.
        if bytes.iter().fold(0, |any, byte| any | ESCAPES[usize::from(*byte)]) == 0 {
            self.out.extend_from_slice(bytes);
        } else {
            self.escape(bytes);
        }
    }

    fn escape(&mut self, bytes: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut from = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            let escape = ESCAPES[usize::from(byte)];
            if escape == 0 {
                continue;
            }
            self.out.extend_from_slice(&bytes[from..at]);
            from = at + 1;
            self.out.extend_from_slice(&[b'\\', escape]);
            if escape == b'u' {
                let (high, low) = (DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]);
                self.out.extend_from_slice(&[b'0', b'0', high, low]);
            }
        }
        self.out.extend_from_slice(&bytes[from..]);
    }

    pub(super) fn number(&mut self, mut number: usize) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&digits[at..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl Fn(&mut Pen)) -> String {
        let mut pen = Pen::with_capacity(0, false);
        pen.begin_document();
        pen.key("k");
        write(&mut pen);
        String::from_utf8(pen.finish()).unwrap()
    }

    proptest! {
        #[test]
        fn strings_and_numbers_are_those_of_serde(text in "(\\PC|[\u{0}-\u{20}\"\\\\]){0,20}", number: u32) {
            let expected = serde_json::json!({ "k": [text, number] }).to_string();
            let found = written(|pen| {
                pen.out.push(b'[');
                pen.string(&text);
                pen.out.push(b',');
                pen.number(number as usize);
                pen.out.push(b']');
            });
            prop_assert_eq!(found, expected);
        }
    }
}
