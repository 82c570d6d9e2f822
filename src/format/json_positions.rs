//! The positions of a file of annotations, in its unit, and the bytes of the text that they mean.

use crate::text::{OffsetMap, OffsetUnit, Span};
use serde_json::Value as Json;

/// Converts the file's positions into bytes.
pub(super) struct Positions<'a> {
    pub(super) text: &'a str,
    pub(super) offsets: &'a OffsetMap,
    pub(super) unit: OffsetUnit,
}

impl Positions<'_> {
    pub(super) fn span(&self, start: u64, end: u64) -> Result<Span, String> {
        if start > end {
            return Err(format!("the span {start}..{end} ends before it starts"));
        }
        Ok(Span::new(self.byte(start)?, self.byte(end)?))
    }

    fn byte(&self, offset: u64) -> Result<u32, String> {
        let (unit, length) = (self.unit, self.offsets.len(self.unit));
        let inside = u32::try_from(offset).ok().filter(|offset| *offset <= length);
        let offset =
            inside.ok_or_else(|| format!("{unit} offset {offset} lies outside the text, which ends at {length}"))?;
        self.offsets.to_byte(self.text, offset, unit).ok_or_else(|| self.inside_character(offset))
    }

    /// Names the character that `offset`, which lies in the text, cuts in two.
    fn inside_character(&self, offset: u32) -> String {
        let start =
            (0..offset).rev().find_map(|start| Some((start, self.offsets.to_byte(self.text, start, self.unit)?)));
        let character = start.and_then(|(start, byte)| Some((start, self.text.get(byte as usize..)?.chars().next()?)));
        let unit = self.unit;
        match character {
            Some((start, character)) => {
                let length = if unit == OffsetUnit::Byte { character.len_utf8() } else { character.len_utf16() };
                format!(
                    "{unit} offset {offset} lies inside the character {character:?} ({start} to {})",
                    start as usize + length
                )
            }
            None => format!("{unit} offset {offset} lies inside a character"),
        }
    }

    /// Names another unit in which all of `places` lie in the text, and in which `place` selects `words`.
    pub(super) fn hint(&self, places: &[(u64, u64)], place: (u64, u64), words: Option<&str>) -> Option<String> {
        let units = [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16];
        let fits = |unit: OffsetUnit| {
            let other = Positions { unit, ..*self };
            let span = |(start, end): (u64, u64)| other.span(start, end).ok();
            places.iter().all(|place| span(*place).is_some())
                && words.is_none_or(|words| span(place).is_some_and(|span| span.of(self.text) == words))
        };
        if fits(self.unit) {
            return None;
        }
        let unit = units.into_iter().find(|unit| fits(*unit))?;
        Some(format!(
            "; all would fit as {unit} offsets: try --offsets {unit}, or name the file's own in \"offset_unit\""
        ))
    }

    pub(super) fn pair(&self, value: &Json) -> Result<Span, String> {
        match value.as_array().map(Vec::as_slice) {
            Some([start, end]) => match (start.as_u64(), end.as_u64()) {
                (Some(start), Some(end)) => self.span(start, end),
                _ => Err(format!("{value} is no pair of offsets")),
            },
            _ => Err(format!("{value} is no pair of offsets")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_outside_and_inside_a_character_are_told_apart() {
        let text = "né 🙂";
        let offsets = OffsetMap::new(text);
        let fault = |end, unit| Positions { text, offsets: &offsets, unit }.span(0, end).unwrap_err();
        assert_eq!(fault(5, OffsetUnit::Codepoint), "codepoint offset 5 lies outside the text, which ends at 4");
        assert_eq!(
            fault(1 << 40, OffsetUnit::Byte),
            "byte offset 1099511627776 lies outside the text, which ends at 8"
        );
        assert_eq!(fault(2, OffsetUnit::Byte), "byte offset 2 lies inside the character 'é' (1 to 3)");
        assert_eq!(fault(7, OffsetUnit::Byte), "byte offset 7 lies inside the character '🙂' (4 to 8)");
        assert_eq!(fault(4, OffsetUnit::Utf16), "utf16 offset 4 lies inside the character '🙂' (3 to 5)");
    }
}
