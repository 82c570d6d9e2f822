//! A checkpoint as the tagger of the entity layer.

use super::checkpoint::Checkpoint;
use crate::document::{Annotation, Layer, Name, Segmented, Source};
use crate::tag::{Candidate, Tagger};
use crate::text::Span;

/// Marks entities by a checkpoint.
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

impl Tagger for CheckpointTagger {
    fn name(&self) -> &'static str {
        "entities.checkpoint"
    }

    fn layer(&self) -> Layer {
        Layer::Entity
    }

    /// # Panics
    /// When the device fails, out of memory for example: the batch reports the article as failed.
    #[expect(clippy::panic, reason = "a failing device is no answer that an article has no names")]
    fn tag(&self, text: &Segmented<'_>, out: &mut Vec<Candidate>) {
        let mentions = match self.checkpoint.mentions(text) {
            Ok(mentions) => mentions,
            Err(error) => panic!("{error}"),
        };
        let tokens = text.tokens();
        out.extend(mentions.into_iter().map(|mention| {
            let last = &tokens[mention.tokens.end - 1];
            let span = Span::new(tokens[mention.tokens.start].span.start(), last.span.end());
            let source = Source::with(self.name(), self.name.clone());
            let mut annotation = Annotation::new(Layer::Entity, span, mention.label).by(source);
            annotation.score = Some((mention.score * 1000.0).round() / 1000.0);
            Candidate { annotation, rank: 0 }
        }));
    }
}
