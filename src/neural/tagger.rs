//! A checkpoint as the tagger of the entity layer.

use super::checkpoint::Checkpoint;
use crate::document::{Annotation, Layer, Name, Segmented, Source, Token};
use crate::error::Result;
use crate::resource::Resources;
use crate::tag::entities::EntityTagger;
use crate::tag::entities::first::{FirstLook, FirstMark};
use crate::tag::{Candidate, TagOptions, Tagger};
use crate::text::Span;
use std::ops::Range;

/// The tagger of the entity layer by `checkpoint`: before the rules, if it takes them, else alone.
pub fn tagger(checkpoint: Checkpoint, resources: &Resources) -> Result<Box<dyn Tagger>> {
    let rules = checkpoint.takes_rules();
    let tagger = CheckpointTagger::new(checkpoint);
    Ok(if rules {
        Box::new(EntityTagger::new(resources, &TagOptions::default())?.behind(Box::new(tagger)))
    } else {
        Box::new(tagger)
    })
}

/// Marks entities by a checkpoint alone.
pub struct CheckpointTagger {
    checkpoint: Checkpoint,
    name: Name,
}

impl CheckpointTagger {
    /// A tagger by `checkpoint`.
    pub fn new(checkpoint: Checkpoint) -> Self {
        Self { name: Name::from(checkpoint.name().to_owned()), checkpoint }
    }
}

impl FirstLook for CheckpointTagger {
    fn source(&self) -> Source {
        Source::with(self.name(), self.name.clone())
    }

    /// # Panics
    /// When the device fails, out of memory for example: the batch reports the article as failed.
    #[expect(clippy::panic, reason = "a failing device is no answer that an article has no names")]
    fn look(&self, text: &Segmented<'_>) -> Vec<FirstMark> {
        match self.checkpoint.mentions(text) {
            Ok(mentions) => mentions,
            Err(error) => panic!("{error}"),
        }
    }

    fn explain(&self, text: &Segmented<'_>, tokens: Range<usize>) -> Vec<String> {
        match self.checkpoint.rivals(text, tokens) {
            Ok(rivals) => {
                let other = (1.0 - rivals.iter().map(|(_, share)| share).sum::<f32>()).max(0.0);
                vec![
                    format!("{}: {} of just these tokens", self.name, list(&rivals)),
                    format!("other ends, or no mention: {other:.3}"),
                ]
            }
            Err(error) => vec![error.to_string()],
        }
    }

    fn refusals(&self, text: &Segmented<'_>, place: Span) -> Vec<String> {
        // Over a whole text this would be a line for every word.
        let here = |token: &Token| token.span.contains_byte(place.start());
        let Some(token) = text.tokens().iter().position(here).filter(|_| place.is_empty()) else { return Vec::new() };
        match self.checkpoint.shares(text, token) {
            Ok(shares) if shares.is_empty() => Vec::new(),
            Ok(shares) => vec![format!("{:?} alone: {}", text.word(token), list(&shares))],
            Err(error) => vec![error.to_string()],
        }
    }
}

impl Tagger for CheckpointTagger {
    fn name(&self) -> &'static str {
        "entities.checkpoint"
    }

    fn layer(&self) -> Layer {
        Layer::Entity
    }

    fn tag(&self, text: &Segmented<'_>, out: &mut Vec<Candidate>) {
        let tokens = text.tokens();
        out.extend(self.look(text).into_iter().map(|mark| {
            let last = &tokens[mark.tokens.end - 1];
            let span = Span::new(tokens[mark.tokens.start].span.start(), last.span.end());
            let mut annotation = Annotation::new(Layer::Entity, span, mark.label).by(self.source());
            annotation.score = Some((mark.score * 1000.0).round() / 1000.0);
            Candidate { annotation, rank: 0 }
        }));
    }

    fn explain(&self, text: &Segmented<'_>, candidate: &Candidate) -> Vec<String> {
        let span = candidate.annotation.span;
        let inside = |token: &Token| token.span.start() >= span.start() && token.span.end() <= span.end();
        let Some(first) = text.tokens().iter().position(inside) else { return Vec::new() };
        let count = text.tokens()[first..].iter().take_while(|token| inside(token)).count();
        FirstLook::explain(self, text, first..first + count)
    }

    fn refusals(&self, text: &Segmented<'_>, place: Span) -> Vec<String> {
        FirstLook::refusals(self, text, place)
    }
}

/// The most labels that are listed.
const LISTED: usize = 4;

/// The first labels with how sure the checkpoint is of them.
fn list(shares: &[(String, f32)]) -> String {
    let shares = shares.iter().take(LISTED).map(|(label, share)| format!("{label} {share:.3}"));
    shares.collect::<Vec<_>>().join(", ")
}
