//! Entities: lists, rules and the trained model.

use super::{Candidate, TagOptions, Tagger};
use crate::document::{Layer, Segmented};
use crate::error::Result;
use crate::resource::Resources;

/// The tagger of the entity layer.
pub struct EntityTagger;

impl EntityTagger {
    /// Loads lists, rules and the model.
    pub fn new(_resources: &Resources, _options: &TagOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl Tagger for EntityTagger {
    fn name(&self) -> &'static str {
        "entities"
    }

    fn layer(&self) -> Layer {
        Layer::Entity
    }

    fn tag(&self, _text: &Segmented<'_>, _out: &mut Vec<Candidate>) {}
}
