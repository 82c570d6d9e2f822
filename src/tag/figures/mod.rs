//! Figures: numbers, money, percentages, quantities and ordinals.

use super::{Candidate, Tagger};
use crate::document::{Layer, Segmented};
use crate::error::Result;
use crate::resource::Resources;

/// The tagger of the figure layer.
pub struct FigureTagger;

impl FigureTagger {
    /// Loads units, currencies and traps.
    pub fn new(_resources: &Resources) -> Result<Self> {
        Ok(Self)
    }
}

impl Tagger for FigureTagger {
    fn name(&self) -> &'static str {
        "figures.rules"
    }

    fn layer(&self) -> Layer {
        Layer::Figure
    }

    fn tag(&self, _text: &Segmented<'_>, _out: &mut Vec<Candidate>) {}
}
