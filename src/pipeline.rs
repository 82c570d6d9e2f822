//! The order of the stages for one article; nothing else.

use crate::document::{Annotation, Article, Document, Layer, Name, Segmented, Source};
use crate::error::Result;
use crate::resource::Resources;
use crate::segment::Segmenter;
use crate::tag::entities::join::Joiner;
use crate::tag::{Candidate, TagOptions, Tagger, arbitrate, taggers};

/// Segmentation, taggers and arbiter, loaded once and shared by all threads.
pub struct Pipeline {
    segmenter: Segmenter,
    taggers: Vec<Box<dyn Tagger>>,
    joiner: Joiner,
}

impl Pipeline {
    /// Loads every stage.
    pub fn new(resources: &Resources, options: &TagOptions) -> Result<Self> {
        Ok(Self {
            segmenter: Segmenter::new(resources)?,
            taggers: taggers(resources, options)?,
            joiner: Joiner::new(resources)?,
        })
    }

    /// The same pipeline with `tagger` in place of those of its layer.
    #[must_use]
    pub fn with_tagger(mut self, tagger: Box<dyn Tagger>) -> Self {
        self.taggers.retain(|own| own.layer() != tagger.layer());
        self.taggers.push(tagger);
        self
    }

    /// The segmentation stage alone.
    pub fn segmenter(&self) -> &Segmenter {
        &self.segmenter
    }

    /// The taggers, in the order in which they run.
    pub fn taggers(&self) -> &[Box<dyn Tagger>] {
        &self.taggers
    }

    /// Marks `article`, leaving out the layers not in `layers` (segmentation always runs).
    pub fn annotate(&self, article: Article, layers: &[Layer]) -> Document {
        let segmented = self.segmenter.segment(&article);
        let mut candidates = Vec::new();
        for tagger in self.wanted(layers) {
            tagger.tag(&segmented, &mut candidates);
        }
        let marks = arbitrate::arbitrate(candidates);
        let cuts: Vec<_> = Layer::ALL[..4]
            .iter()
            .filter(|layer| layers.contains(layer))
            .map(|layer| (*layer, cuts(&segmented, *layer)))
            .collect();
        let mut document = Document::new(article);
        for (layer, marks) in cuts.into_iter().chain(marks) {
            if layers.contains(&layer) {
                document.set_layer(layer, marks);
            }
        }
        self.joiner.join(&mut document);
        document
    }

    /// Every proposal for `segmented`, before arbitration.
    pub fn candidates(&self, segmented: &Segmented<'_>) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for tagger in &self.taggers {
            tagger.tag(segmented, &mut candidates);
        }
        candidates
    }

    /// The taggers that `layers` needs: figures need the dates that they yield to.
    fn wanted<'a>(&'a self, layers: &'a [Layer]) -> impl Iterator<Item = &'a dyn Tagger> {
        self.taggers.iter().map(AsRef::as_ref).filter(move |tagger| {
            layers.contains(&tagger.layer()) || (tagger.layer() == Layer::Date && layers.contains(&Layer::Figure))
        })
    }
}

/// The cuts of one segmentation layer as marks.
fn cuts(segmented: &Segmented<'_>, layer: Layer) -> Vec<Annotation> {
    let mark = |span, label: &'static str| {
        Annotation::new(layer, span, label).by(Source { tagger: Name::Fixed("segment"), detail: None })
    };
    match layer {
        Layer::Zone => segmented.zones().iter().map(|zone| mark(zone.span, zone.kind.name())).collect(),
        Layer::Paragraph => segmented.paragraphs().iter().map(|paragraph| mark(paragraph.span, "p")).collect(),
        Layer::Sentence => segmented.sentences().iter().map(|sentence| mark(sentence.span, "S")).collect(),
        Layer::Token => segmented.tokens().iter().map(|token| mark(token.span, token.kind.name())).collect(),
        Layer::Entity | Layer::Figure | Layer::Date => Vec::new(),
    }
}
