//! Zones: runs of paragraphs of one kind.
//!
//! Each line is first read by itself (phrases, form), then in its place: the head of the article gives
//! headline, byline and dates, its foot the author and the titles of other articles, the middle
//! subheadings. What the page's markup said overrides all. A doubtful line is body.

mod dateline;
mod line;
mod phrases;
mod place;
mod runs;
mod words;

use crate::document::{Name, Paragraph, Zone, ZoneKind};
use crate::error::Result;
use crate::resource::Resources;
use crate::text::Span;
use line::Line;
use phrases::Phrases;
use words::Words;

/// The lines in which the first paragraph of running text, and so a dateline, is looked for.
const HEAD_LINES: usize = 40;

/// What the zones are told by.
#[derive(Debug)]
pub(super) struct ZoneRules {
    phrases: Phrases,
    words: Words,
}

impl ZoneRules {
    /// Reads phrases and words.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        Ok(Self { phrases: Phrases::new(resources)?, words: Words::new(resources)? })
    }

    /// The zones of `text`, whose `paragraphs` are given theirs; a dateline that opens a paragraph becomes
    /// one of its own.
    pub(super) fn cut(&self, text: &str, paragraphs: &mut Vec<Paragraph>, hints: &[(Span, Name)]) -> Vec<Zone> {
        let mut buffer = String::new();
        let lines: Vec<Line> = paragraphs
            .iter()
            .map(|paragraph| Line::read(paragraph.span.of(text), &self.phrases, &self.words, &mut buffer))
            .collect();
        let mut kinds = place::kinds(text, paragraphs, &lines, &self.words);
        apply(hints, paragraphs, &mut kinds);
        self.split_dateline(text, paragraphs, &mut kinds);
        join(paragraphs, &kinds)
    }

    /// Makes the dateline that opens the first running paragraph a paragraph of its own.
    fn split_dateline(&self, text: &str, paragraphs: &mut Vec<Paragraph>, kinds: &mut Vec<ZoneKind>) {
        let bodies =
            kinds.iter().take(HEAD_LINES).enumerate().filter(|(_, kind)| **kind == ZoneKind::Body).map(|(at, _)| at);
        for index in bodies.take(2) {
            let span = paragraphs[index].span;
            let Some(len) = dateline::len(span.of(text), &self.words) else { continue };
            let cut = span.start() + len as u32;
            let rest = span.of(text)[len..].trim_start();
            let start = span.end() - rest.len() as u32;
            paragraphs[index].span = Span::new(span.start(), cut);
            paragraphs.insert(index + 1, Paragraph { span: Span::new(start, span.end()), zone: 0, sentences: 0..0 });
            kinds[index] = ZoneKind::Dateline;
            kinds.insert(index + 1, ZoneKind::Body);
            return;
        }
    }
}

/// Gives each paragraph that begins in a hint the zone that the page's markup named.
fn apply(hints: &[(Span, Name)], paragraphs: &[Paragraph], kinds: &mut [ZoneKind]) {
    for (span, name) in hints {
        let Some(kind) = ZoneKind::from_name(name) else { continue };
        let first = paragraphs.partition_point(|paragraph| paragraph.span.start() < span.start());
        let inside = paragraphs[first..].iter().take_while(|paragraph| paragraph.span.start() < span.end()).count();
        kinds[first..first + inside].fill(kind);
    }
}

/// Joins neighbours of one kind.
fn join(paragraphs: &mut [Paragraph], kinds: &[ZoneKind]) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    for (index, (paragraph, kind)) in paragraphs.iter_mut().zip(kinds).enumerate() {
        match zones.last_mut() {
            Some(zone) if zone.kind == *kind => {
                zone.span = zone.span.cover(paragraph.span);
                zone.paragraphs.end = index as u32 + 1;
            }
            _ => zones.push(Zone { span: paragraph.span, kind: *kind, paragraphs: index as u32..index as u32 + 1 }),
        }
        paragraph.zone = zones.len() as u32 - 1;
    }
    zones
}
