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
        let byte = |offset: u64| {
            u32::try_from(offset).ok().and_then(|o| self.offsets.to_byte(self.text, o, self.unit)).ok_or_else(|| {
                let length = self.offsets.len(self.unit);
                format!("{} offset {offset} lies inside a character or outside the text (0 to {length})", self.unit)
            })
        };
        if start > end {
            return Err(format!("the span {start}..{end} ends before it starts"));
        }
        Ok(Span::new(byte(start)?, byte(end)?))
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
