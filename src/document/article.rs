//! An article: who and when, the text, and its positions. Nothing is marked yet.

use super::Name;
use crate::text::OffsetMap;

/// What is known of an article besides its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    /// Unique within a batch: the path below the input folder without its ending, or the record's own.
    pub id: String,
    /// Where the text was read: file path or record.
    pub source: Option<String>,
    /// Licence of the text.
    pub license: Option<String>,
    /// Title from the page's metadata or the record (not the headline zone).
    pub title: Option<String>,
    /// Document creation time: the publication day against which relative dates are resolved.
    pub dct: Option<jiff::civil::Date>,
    /// Everything else that came with the article (`byline`, `language`, `dct_source`, foreign keys), in
    /// the order it came; written under `meta`.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// A text with its metadata and positions.
#[derive(Clone, Debug)]
pub struct Article {
    /// What is known besides the text.
    pub meta: Meta,
    text: String,
    offsets: OffsetMap,
    /// Zones that the page's markup gave away: byte spans of the text with their labels.
    pub hints: Vec<(crate::text::Span, Name)>,
}

/// The most bytes a text may have, so that spans fit in 32 bits.
pub const MAX_TEXT_BYTES: usize = u32::MAX as usize - 1;

impl Article {
    /// Takes a text; nothing when it is longer than [`MAX_TEXT_BYTES`].
    pub fn new(meta: Meta, text: String) -> Option<Self> {
        if text.len() > MAX_TEXT_BYTES {
            return None;
        }
        let offsets = OffsetMap::new(&text);
        Some(Self { meta, text, offsets, hints: Vec::new() })
    }

    /// The text, never changed.
    #[inline]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The positions of the text.
    pub fn offsets(&self) -> &OffsetMap {
        &self.offsets
    }
}

impl PartialEq for Article {
    fn eq(&self, other: &Self) -> bool {
        self.meta == other.meta && self.text == other.text
    }
}
