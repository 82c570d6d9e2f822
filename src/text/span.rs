//! A half-open byte range in one text, and its algebra.

use std::fmt;
use std::ops::Range;

/// A half-open range `start..end` of UTF-8 bytes in one text.
///
/// Bytes rule inside the program; file formats speak code points, and only `format` converts.
/// Two spans that touch do not overlap.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// A span from `start` up to, not including, `end` (both in bytes).
    ///
    /// # Panics
    /// When `start > end`: a caller's mistake, never an input's.
    #[inline]
    #[track_caller]
    pub fn new(start: u32, end: u32) -> Self {
        assert!(start <= end, "a span cannot end ({end}) before it starts ({start})");
        Self { start, end }
    }

    /// A span from two byte positions of a text, which gloss limits to 4 GiB.
    #[inline]
    #[track_caller]
    pub fn at(start: usize, end: usize) -> Self {
        Self::new(start as u32, end as u32)
    }

    /// First byte.
    #[inline]
    pub fn start(self) -> u32 {
        self.start
    }

    /// The byte after the last one.
    #[inline]
    pub fn end(self) -> u32 {
        self.end
    }

    /// Length in bytes.
    #[inline]
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the span holds no byte.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The span as a range for slicing.
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The marked words.
    ///
    /// # Panics
    /// When the span does not lie in `text` or cuts a character.
    #[inline]
    #[track_caller]
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// The marked words, or nothing when the span leaves `text` or cuts a character.
    #[inline]
    pub fn get(self, text: &str) -> Option<&str> {
        text.get(self.range())
    }

    /// Whether the two share at least one byte.
    #[inline]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every byte of `other` lies in this span.
    #[inline]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the byte at `position` lies in this span.
    #[inline]
    pub fn contains_byte(self, position: u32) -> bool {
        self.start <= position && position < self.end
    }

    /// The shared part, when there is one.
    #[inline]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        (start < end).then_some(Self { start, end })
    }

    /// The smallest span that holds both.
    #[inline]
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn touching_spans_do_not_overlap() {
        assert!(!Span::new(0, 3).overlaps(Span::new(3, 5)));
        assert!(Span::new(0, 4).overlaps(Span::new(3, 5)));
        assert_eq!(Span::new(0, 4).intersection(Span::new(3, 5)), Some(Span::new(3, 4)));
        assert_eq!(Span::new(0, 3).intersection(Span::new(3, 5)), None);
    }

    #[test]
    #[should_panic(expected = "before it starts")]
    fn a_span_cannot_run_backwards() {
        let _ = Span::new(4, 3);
    }
}
