//! Zones: runs of paragraphs of one kind.

use crate::document::{Paragraph, Zone, ZoneKind};

/// One body zone for now.
pub(super) fn cut(_text: &str, paragraphs: &mut [Paragraph]) -> Vec<Zone> {
    let (Some(first), Some(last)) = (paragraphs.first(), paragraphs.last()) else { return Vec::new() };
    vec![Zone { span: first.span.cover(last.span), kind: ZoneKind::Body, paragraphs: 0..paragraphs.len() as u32 }]
}
