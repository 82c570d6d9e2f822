//! A document: an article with one sorted list of marks for each layer.

use super::{Annotation, Article, Label, Layer};

/// What several mentions name: one person, one country.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// `E1`, `E2` …: the attribute `entity` of its mentions.
    pub id: String,
    /// What it is.
    pub label: Label,
    /// Its name in full.
    pub name: String,
    /// For countries, the ISO 3166-1 code.
    pub iso: Option<String>,
    /// Its mentions, as places in the entity layer.
    pub mentions: Vec<u32>,
}

/// What formats exchange and `eval` compares.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The text and what is known of it.
    pub article: Article,
    /// Marks by [`Layer::index`], each list in [`Annotation::order`].
    layers: [Vec<Annotation>; 7],
    /// What the mentions of the entity layer name.
    pub entities: Vec<Entity>,
    /// For gold: the labels its annotators marked; all others are unknown there, not absent.
    /// Nothing when the file did not say.
    pub labels: Option<Vec<Label>>,
}

impl Document {
    /// A document without marks.
    pub fn new(article: Article) -> Self {
        Self { article, layers: Default::default(), entities: Vec::new(), labels: None }
    }

    /// The marks of one layer, sorted.
    #[inline]
    pub fn layer(&self, layer: Layer) -> &[Annotation] {
        &self.layers[layer.index()]
    }

    /// Takes the marks of one layer out, sorted.
    pub fn take_layer(&mut self, layer: Layer) -> Vec<Annotation> {
        std::mem::take(&mut self.layers[layer.index()])
    }

    /// Puts `marks` in place of the layer's, sorted.
    pub fn set_layer(&mut self, layer: Layer, mut marks: Vec<Annotation>) {
        debug_assert!(marks.iter().all(|mark| mark.layer == layer), "marks of another layer");
        marks.sort_by(Annotation::order);
        self.layers[layer.index()] = marks;
    }

    /// All marks, layer by layer.
    pub fn annotations(&self) -> impl Iterator<Item = &Annotation> {
        self.layers.iter().flatten()
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.article.text()
    }

    /// The document's id.
    pub fn id(&self) -> &str {
        &self.article.meta.id
    }
}
