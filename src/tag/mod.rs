//! Taggers propose marks; the arbiter decides.

pub mod arbitrate;
pub mod dates;
pub mod entities;
pub mod figures;
mod pattern;
pub mod trial;

use crate::document::{Annotation, Layer, Segmented};
use crate::error::Result;
use crate::resource::Resources;
use crate::text::Span;

/// A mark that is only proposed.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The mark.
    pub annotation: Annotation,
    /// How strongly its tagger stands for it against overlapping proposals of the same layer: higher
    /// wins; among equals the longer wins, then the earlier.
    pub rank: u16,
}

/// Proposes marks of one layer for a segmented article.
pub trait Tagger: Send + Sync {
    /// The tagger's name, `dates.rules`: appears in every [`crate::document::Source`].
    fn name(&self) -> &'static str;

    /// The layer it marks.
    fn layer(&self) -> Layer;

    /// Proposes marks: pure and total.
    fn tag(&self, text: &Segmented<'_>, out: &mut Vec<Candidate>);

    /// Says, for `gloss explain`, why it proposed `candidate` for `text`: one line a step.
    fn explain(&self, text: &Segmented<'_>, candidate: &Candidate) -> Vec<String> {
        let _ = text;
        candidate.annotation.source.iter().map(|source| format!("proposed by {source}")).collect()
    }

    /// Says, for `gloss explain`, what it looked at in `place` and refused: one line each.
    fn refusals(&self, text: &Segmented<'_>, place: Span) -> Vec<String> {
        let _ = (text, place);
        Vec::new()
    }
}

/// Settings that change what taggers do.
#[derive(Clone, Debug, Default)]
pub struct TagOptions {
    /// How relative dates find their anchor.
    pub domain: dates::Domain,
    /// How ambiguous numeric dates (`3/4/2025`) are read.
    pub date_order: dates::DateOrder,
    /// A trained entity model to use in place of the embedded one.
    pub entity_model: Option<ModelFile>,
}

/// The file of a trained model.
#[derive(Clone, Debug)]
pub struct ModelFile {
    /// Where it comes from, for messages.
    pub place: String,
    /// What it holds.
    pub bytes: std::sync::Arc<[u8]>,
}

/// Builds every tagger of gloss, in the order in which they run.
pub fn taggers(resources: &Resources, options: &TagOptions) -> Result<Vec<Box<dyn Tagger>>> {
    Ok(vec![
        Box::new(dates::DateTagger::new(resources, options)?),
        Box::new(figures::FigureTagger::new(resources)?),
        Box::new(entities::EntityTagger::new(resources, options)?),
    ])
}
