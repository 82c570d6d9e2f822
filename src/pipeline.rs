//! The order of the stages for one article; nothing else.

use crate::document::{Article, Cuts, Document, Layer, Segmented};
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
        let (mut document, cuts) = self.annotate_apart(article, layers);
        for layer in Layer::ALL {
            let cuts = cuts.layer(layer);
            if !cuts.is_empty() {
                document.set_layer(layer, cuts.iter().map(|cut| cut.mark(layer)).collect());
            }
        }
        document
    }

    /// The same with the cuts apart from the document, in a sixth of the room.
    pub fn annotate_apart(&self, article: Article, layers: &[Layer]) -> (Document, Cuts) {
        let segmented = self.segmenter.segment(&article);
        let mut candidates = Vec::new();
        for tagger in self.wanted(layers) {
            tagger.tag(&segmented, &mut candidates);
        }
        let cuts = Cuts::new(&segmented, layers);
        drop(segmented);
        let marks = arbitrate::arbitrate(candidates);
        let mut document = Document::new(article);
        for (layer, marks) in marks {
            if layers.contains(&layer) {
                document.set_layer(layer, marks);
            }
        }
        self.joiner.join(&mut document);
        (document, cuts)
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
