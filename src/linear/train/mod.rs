//! Gold → weights.
//!
//! The likelihood of the paths that gold allows among all paths is raised by `AdaGrad`, one step a
//! sentence, in a shuffled order that the seed settles; a share of the features is hidden from each token
//! so that none is relied on alone. The mean of the later rounds is kept, and the round that does best on
//! the development files. Then rare and weak features are dropped and the rest kept in eight bits. Same
//! gold, same settings: same bytes, also when training was broken off and taken up again.

mod checkpoint;
mod config;
mod held;
mod pack;
mod run;
mod settle;

pub use checkpoint::Restored;
pub use config::Config;
pub use held::Counts;
pub use run::{Round, Run};

use super::features::{FeatureSet, Observed};
use super::gold::{self, LabelMap};
use super::lattice::{MOST_TAGS, Tags};
use super::partial::Constrained;
use crate::document::{Annotation, Label, Segmented};
use crate::error::{Error, Result};
use held::Held;
use std::ops::Range;

/// A sentence: its tokens among all tokens read, and the tags each may bear.
struct Sentence {
    tokens: Range<usize>,
    allowed: Range<usize>,
    weight: f32,
}

/// How far marks are to be trusted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trust {
    /// How much a sentence counts, 1 for gold.
    pub weight: f32,
    /// Marks whose score lies below are taken for unknown: neither a mark nor none.
    pub sure: f32,
}

impl Trust {
    /// That in gold: in full.
    pub const GOLD: Self = Self { weight: 1.0, sure: 0.0 };
}

/// Collects gold to train from.
pub struct Trainer<'f> {
    features: &'f FeatureSet,
    map: LabelMap,
    labels: Vec<Label>,
    tags: Tags,
    sentences: Vec<Sentence>,
    hashes: Vec<u32>,
    starts: Vec<usize>,
    allowed: Vec<u64>,
    held: Vec<Held>,
    observed: Observed,
    /// Gold mentions left out because they overlap others or cut tokens.
    pub left_out: usize,
}

impl<'f> Trainer<'f> {
    /// A trainer for these labels.
    pub fn new(features: &'f FeatureSet, map: LabelMap, labels: Vec<Label>) -> Result<Self> {
        let tags = Tags::new(labels.len());
        if labels.is_empty() || tags.len() > MOST_TAGS {
            let most = (MOST_TAGS - 1) / 4;
            return Err(Error::input("gold", format!("names {} labels; 1 to {most} can be trained", labels.len())));
        }
        Ok(Self {
            features,
            map,
            labels,
            tags,
            sentences: Vec::new(),
            hashes: Vec::new(),
            starts: vec![0],
            allowed: Vec::new(),
            held: Vec::new(),
            observed: Observed::default(),
            left_out: 0,
        })
    }

    /// Number of sentences read.
    pub fn sentences(&self) -> usize {
        self.sentences.len()
    }

    /// Number of tokens read.
    pub fn tokens(&self) -> usize {
        self.starts.len() - 1
    }

    /// One bit for each label that `annotated` covers; all, when the document does not say.
    fn annotated(&self, annotated: Option<&[Label]>) -> u64 {
        let Some(annotated) = annotated else { return u64::MAX };
        let fine: Vec<&str> = annotated.iter().flat_map(|name| self.map.expand(name)).collect();
        let known = self.labels.iter().enumerate().filter(|(_, label)| fine.contains(&label.as_str()));
        known.fold(0, |mask, (index, _)| mask | 1 << index)
    }

    /// Reads a document for training: `marks` of the entity layer, the labels its annotators marked, and
    /// how far they are to be trusted.
    pub fn add(&mut self, text: &Segmented<'_>, marks: &[Annotation], annotated: Option<&[Label]>, trust: Trust) {
        let mut constrained = self.constrain(text, marks, annotated, trust).into_iter();
        for sentence in 0..self.observed.sentences() {
            if self.observed.tokens(sentence).is_empty() {
                continue;
            }
            let Some(Constrained { tokens, allowed }) = constrained.next() else { break };
            let first = self.starts.len() - 1;
            self.observed.list(sentence, &mut self.hashes, &mut self.starts);
            let from = self.allowed.len();
            self.allowed.extend(allowed);
            let allowed = from..self.allowed.len();
            self.sentences.push(Sentence { tokens: first..first + tokens.len(), allowed, weight: trust.weight });
        }
    }

    /// The sentences of a document that hold tokens, with the tags that `marks` allow these.
    pub fn constrain(
        &mut self,
        text: &Segmented<'_>,
        marks: &[Annotation],
        annotated: Option<&[Label]>,
        trust: Trust,
    ) -> Vec<Constrained> {
        let mask = self.annotated(annotated);
        self.features.observe(text, &mut self.observed);
        let mut spans = gold::spans(text, marks, &self.map, &self.labels, mask, &mut self.left_out);
        for span in &mut spans {
            span.exact &= marks[span.mark].score.is_none_or(|score| score >= trust.sure);
        }
        settle::settle(self.features.gazetteer(), &self.labels, &self.observed.matches, &mut spans);
        let sentences = (0..self.observed.sentences()).map(|sentence| self.observed.tokens(sentence));
        sentences
            .filter(|tokens| !tokens.is_empty())
            .map(|tokens| {
                let allowed = gold::allowed(self.tags, self.labels.len(), tokens.clone(), &spans, mask);
                Constrained { tokens, allowed }
            })
            .collect()
    }

    /// Reads a document for scoring the rounds.
    pub fn add_dev(&mut self, text: &Segmented<'_>, marks: &[Annotation], annotated: Option<&[Label]>) {
        let annotated = annotated.map_or_else(|| self.labels.clone(), <[Label]>::to_vec);
        let mask = self.annotated(Some(&annotated));
        self.features.observe(text, &mut self.observed);
        self.held.push(Held::new(&self.observed, text, marks, annotated, mask, (&self.map, &self.labels)));
    }
}
