//! Cuts an article into zones, paragraphs, sentences and tokens.

mod knowledge;
mod paragraphs;
mod sentences;
mod tokens;
mod zones;

use crate::document::{Article, Document, Segmented, Sentence};
use crate::error::Result;
use crate::resource::Resources;
use knowledge::Knowledge;
use sentences::SentenceModel;
use zones::ZoneRules;

/// The four cuts, with what they know.
#[derive(Debug)]
pub struct Segmenter {
    knowledge: Knowledge,
    sentences: SentenceModel,
    zones: ZoneRules,
}

impl Segmenter {
    /// Loads abbreviations, zone words and the trained models.
    pub fn new(resources: &Resources) -> Result<Self> {
        Ok(Self {
            knowledge: Knowledge::new(resources)?,
            sentences: SentenceModel::new(resources)?,
            zones: ZoneRules::new(resources)?,
        })
    }

    /// Cuts `article`: pure and total.
    pub fn segment<'a>(&self, article: &'a Article) -> Segmented<'a> {
        let text = article.text();
        let mut paragraphs = paragraphs::cut(text);
        let zones = self.zones.cut(text, &mut paragraphs, &article.hints);
        let mut features = self.sentences.features();
        let mut sentences = Vec::with_capacity(text.len() / 96 + 8);
        let mut all_tokens = Vec::with_capacity(text.len() / 5 + 16);
        for (index, paragraph) in paragraphs.iter_mut().enumerate() {
            let first = sentences.len() as u32;
            sentences::cut(text, paragraph.span, &self.knowledge, &self.sentences, &mut features, |span| {
                let from = all_tokens.len() as u32;
                tokens::cut(text, span, &self.knowledge, &mut all_tokens);
                let range = from..all_tokens.len() as u32;
                sentences.push(Sentence { span, paragraph: index as u32, tokens: range });
            });
            paragraph.sentences = first..sentences.len() as u32;
        }
        Segmented::new(article, zones, paragraphs, sentences, all_tokens)
    }
}

/// Learns `models/sentences.bin` from documents with gold sentences: its bytes, and the number of borders
/// they were learnt from. Same documents, same bytes.
pub fn train_sentences(resources: &Resources, documents: &[Document]) -> Result<(Vec<u8>, usize)> {
    Ok(sentences::train(&Knowledge::new(resources)?, documents))
}
