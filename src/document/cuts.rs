//! The cuts of an article as they are written: a place and a label each, a sixth of the room of a mark.

use super::{Annotation, Layer, Name, Segmented, Source};
use crate::text::Span;

/// A zone, paragraph, sentence or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// From its first byte to its last.
    pub span: Span,
    /// What it is.
    pub label: &'static str,
}

/// Who makes cuts.
pub static CUTTER: Source = Source { tagger: Name::Fixed("segment"), detail: None };

/// The cuts of those layers of segmentation that are wanted. An article has one for every five letters, so
/// that as marks they would take more room than all else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// By [`Layer::index`].
    layers: [Vec<Cut>; 4],
}

impl Cuts {
    /// The cuts of `segmented` in those of `layers` that are segmentation.
    pub fn new(segmented: &Segmented<'_>, layers: &[Layer]) -> Self {
        let mut cuts = Self::default();
        for layer in layers {
            if let Some(of_layer) = cuts.layers.get_mut(layer.index()) {
                *of_layer = cuts_of(segmented, *layer);
            }
        }
        cuts
    }

    /// The cuts of one layer, sorted; none of a layer that is no segmentation.
    pub fn layer(&self, layer: Layer) -> &[Cut] {
        self.layers.get(layer.index()).map_or(&[], Vec::as_slice)
    }
}

impl Cut {
    /// The same as a mark of `layer`.
    pub fn mark(self, layer: Layer) -> Annotation {
        Annotation::new(layer, self.span, self.label).by(CUTTER.clone())
    }
}

fn cuts_of(segmented: &Segmented<'_>, layer: Layer) -> Vec<Cut> {
    let cut = |span, label| Cut { span, label };
    match layer {
        Layer::Zone => segmented.zones().iter().map(|zone| cut(zone.span, zone.kind.name())).collect(),
        Layer::Paragraph => segmented.paragraphs().iter().map(|paragraph| cut(paragraph.span, "p")).collect(),
        Layer::Sentence => segmented.sentences().iter().map(|sentence| cut(sentence.span, "S")).collect(),
        Layer::Token => segmented.tokens().iter().map(|token| cut(token.span, token.kind.name())).collect(),
        Layer::Entity | Layer::Figure | Layer::Date => Vec::new(),
    }
}
