//! Bytes ↔ Unicode code points ↔ UTF-16 units of one text.

use std::fmt;
use std::str::FromStr;

/// The unit in which a file counts positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OffsetUnit {
    /// Unicode scalar values, as Python counts: the default.
    #[default]
    Codepoint,
    /// Bytes of the UTF-8 text, as Rust and Go count.
    Byte,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
}

impl OffsetUnit {
    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Codepoint => "codepoint",
            Self::Byte => "byte",
            Self::Utf16 => "utf16",
        }
    }
}

impl fmt::Display for OffsetUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for OffsetUnit {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "codepoint" => Ok(Self::Codepoint),
            "byte" => Ok(Self::Byte),
            "utf16" => Ok(Self::Utf16),
            _ => Err(format!("offset unit {name:?} is none of codepoint, byte, utf16")),
        }
    }
}

/// One count of a block's start in the two derived units.
#[derive(Clone, Copy, Debug)]
struct Mark {
    codepoints: u32,
    utf16: u32,
}

const BLOCK: usize = 64;

/// Converts positions of one text between bytes, code points and UTF-16 units.
///
/// Built once for a text in one pass; every conversion takes constant time (one block of 64 bytes
/// is counted at most). An ASCII text needs no table.
#[derive(Clone, Debug)]
pub struct OffsetMap {
    len_bytes: u32,
    total: Mark,
    /// Counts before each block of [`BLOCK`] bytes; empty for ASCII.
    marks: Vec<Mark>,
}

impl OffsetMap {
    /// Counts `text` once.
    pub fn new(text: &str) -> Self {
        let len_bytes = text.len() as u32;
        if text.is_ascii() {
            let total = Mark { codepoints: len_bytes, utf16: len_bytes };
            return Self { len_bytes, total, marks: Vec::new() };
        }
        let mut marks = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut mark = Mark { codepoints: 0, utf16: 0 };
        for block in text.as_bytes().chunks(BLOCK) {
            marks.push(mark);
            let (codepoints, utf16) = count(block);
            mark.codepoints += codepoints;
            mark.utf16 += utf16;
        }
        Self { len_bytes, total: mark, marks }
    }

    /// Length of the text in `unit`.
    pub fn len(&self, unit: OffsetUnit) -> u32 {
        match unit {
            OffsetUnit::Byte => self.len_bytes,
            OffsetUnit::Codepoint => self.total.codepoints,
            OffsetUnit::Utf16 => self.total.utf16,
        }
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.len_bytes == 0
    }

    /// The position in `unit` of the byte position `byte` of `text` (the text the map was built for).
    ///
    /// `byte` must lie on a character's border or at the text's end.
    #[inline]
    pub fn from_byte(&self, text: &str, byte: u32, unit: OffsetUnit) -> u32 {
        if unit == OffsetUnit::Byte || self.marks.is_empty() {
            return byte;
        }
        let block = byte as usize / BLOCK;
        let (mark, start) = match self.marks.get(block) {
            Some(mark) => (*mark, block * BLOCK),
            None => (self.total, text.len()),
        };
        let (codepoints, utf16) = count(&text.as_bytes()[start..byte as usize]);
        match unit {
            OffsetUnit::Codepoint => mark.codepoints + codepoints,
            _ => mark.utf16 + utf16,
        }
    }

    /// The same as [`Self::from_byte`]; where `byte` lies close behind `known` (a byte position and its place in
    /// `unit`), only what lies between is counted.
    #[inline]
    pub fn from_byte_near(&self, text: &str, known: (u32, u32), byte: u32, unit: OffsetUnit) -> u32 {
        if unit == OffsetUnit::Byte || self.marks.is_empty() {
            return byte;
        }
        if byte < known.0 || byte - known.0 > (BLOCK / 2) as u32 {
            return self.from_byte(text, byte, unit);
        }
        let (codepoints, utf16) = count(&text.as_bytes()[known.0 as usize..byte as usize]);
        known.1 + if unit == OffsetUnit::Codepoint { codepoints } else { utf16 }
    }

    /// The byte position of `offset`, counted in `unit`; nothing when it lies outside the text or
    /// inside a character (a byte in the middle, or between two surrogates).
    pub fn to_byte(&self, text: &str, offset: u32, unit: OffsetUnit) -> Option<u32> {
        if offset > self.len(unit) {
            return None;
        }
        if unit == OffsetUnit::Byte {
            return text.is_char_boundary(offset as usize).then_some(offset);
        }
        if self.marks.is_empty() {
            return Some(offset);
        }
        let at = |mark: &Mark| if unit == OffsetUnit::Codepoint { mark.codepoints } else { mark.utf16 };
        let block = self.marks.partition_point(|mark| at(mark) <= offset).saturating_sub(1);
        // A character begun in the block before may reach into this one: its counts belong to the
        // block of its first byte, so start at the first character border of the block.
        let mut byte = block * BLOCK;
        while byte < text.len() && !text.is_char_boundary(byte) {
            byte += 1;
        }
        let mut seen = at(&self.marks[block]);
        for character in text[byte..].chars() {
            if seen >= offset {
                break;
            }
            seen += if unit == OffsetUnit::Codepoint { 1 } else { character.len_utf16() as u32 };
            byte += character.len_utf8();
        }
        (seen == offset).then_some(byte as u32)
    }
}

/// Code points and UTF-16 units that begin in `bytes`.
fn count(bytes: &[u8]) -> (u32, u32) {
    let mut codepoints = 0;
    let mut astral = 0;
    for &byte in bytes {
        codepoints += u32::from((byte & 0xC0) != 0x80);
        astral += u32::from(byte >= 0xF0);
    }
    (codepoints, codepoints + astral)
}

#[cfg(test)]
mod tests {
    use super::{OffsetMap, OffsetUnit};
    use proptest::prelude::*;

    #[test]
    fn counts_emoji_and_accents() {
        let text = "é🙂x";
        let map = OffsetMap::new(text);
        assert_eq!(map.from_byte(text, 6, OffsetUnit::Codepoint), 2);
        assert_eq!(map.from_byte(text, 6, OffsetUnit::Utf16), 3);
        assert_eq!(map.to_byte(text, 2, OffsetUnit::Codepoint), Some(6));
        assert_eq!(map.to_byte(text, 2, OffsetUnit::Utf16), None, "between two surrogates");
        assert_eq!(map.to_byte(text, 3, OffsetUnit::Byte), None, "inside a character");
        assert_eq!(map.to_byte(text, 8, OffsetUnit::Byte), None, "outside the text");
    }

    proptest! {
        #[test]
        fn agrees_with_counting_characters(text in "(\\PC|[a-z ]{1,90}|🙂|e\u{301}|\r\n|\u{feff}|ש){0,60}") {
            let map = OffsetMap::new(&text);
            let units = [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16];
            let mut known = [(0, 0); 3];
            for (byte, _) in text.char_indices().step_by(5) {
                for (unit, known) in units.into_iter().zip(&mut known) {
                    let position = map.from_byte_near(&text, *known, byte as u32, unit);
                    prop_assert_eq!(position, map.from_byte(&text, byte as u32, unit));
                    *known = (byte as u32, position);
                }
            }
            for (index, (byte, _)) in text.char_indices().enumerate() {
                let utf16 = text[..byte].encode_utf16().count() as u32;
                prop_assert_eq!(map.from_byte(&text, byte as u32, OffsetUnit::Codepoint), index as u32);
                prop_assert_eq!(map.from_byte(&text, byte as u32, OffsetUnit::Utf16), utf16);
                prop_assert_eq!(map.to_byte(&text, index as u32, OffsetUnit::Codepoint), Some(byte as u32));
                prop_assert_eq!(map.to_byte(&text, utf16, OffsetUnit::Utf16), Some(byte as u32));
            }
            for unit in [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16] {
                let end = map.len(unit);
                prop_assert_eq!(map.to_byte(&text, end, unit), Some(text.len() as u32));
                prop_assert_eq!(map.from_byte(&text, text.len() as u32, unit), end);
                prop_assert_eq!(map.to_byte(&text, end + 1, unit), None);
            }
        }
    }
}
