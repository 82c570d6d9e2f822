//! Learns the model of sentence borders from documents with gold sentences.

use super::border::borders;
use super::features::FEATURE_SET;
use super::{context, is_open};
use crate::document::{Document, Layer};
use crate::linear::logistic::{Features, Logistic, Sample, TrainOptions};
use crate::segment::knowledge::Knowledge;
use crate::segment::paragraphs;
use std::collections::BTreeSet;

/// The options under which the shipped model was trained.
const OPTIONS: TrainOptions = TrainOptions { bits: 13, epochs: 40, rate: 0.1, decay: 3e-3 };

/// The model's file, learnt from the sentences of `documents`; and how many borders it saw.
pub(in crate::segment) fn train(knowledge: &Knowledge, documents: &[Document]) -> (Vec<u8>, usize) {
    let samples: Vec<Sample> = documents.iter().flat_map(|document| samples(knowledge, document)).collect();
    (Logistic::train(&samples, OPTIONS).to_bytes(FEATURE_SET), samples.len())
}

/// The borders of one document that the rules leave open.
fn samples(knowledge: &Knowledge, document: &Document) -> Vec<Sample> {
    let gold = document.layer(Layer::Sentence);
    let ends: BTreeSet<usize> = gold.iter().map(|mark| mark.span.end() as usize).collect();
    let mut samples = Vec::new();
    let mut features = Features::new(1 << OPTIONS.bits);
    for paragraph in paragraphs::cut(document.text()) {
        let base = paragraph.span.start() as usize;
        let text = paragraph.span.of(document.text());
        let mut start = 0;
        borders(text, |border| {
            let positive = ends.contains(&(base + border.end));
            let context = context(text, start, border, knowledge);
            if is_open(&context, knowledge) {
                features.clear();
                context.describe(&mut features);
                samples.push(Sample { features: features.indices().to_vec(), positive });
            }
            if positive {
                start = border.next;
            }
        });
    }
    samples
}
