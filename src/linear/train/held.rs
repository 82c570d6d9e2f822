//! Documents held back to score the rounds, and the score.

use super::super::decode::{Decoder, Mention};
use super::super::features::Observed;
use super::super::gold::LabelMap;
use super::super::lattice::{MOST_TAGS, Tags, best_path};
use super::super::learner::Weights;
use super::super::model::Model;
use super::super::predict::sum_hashes;
use crate::document::{Annotation, Label, Segmented};
use crate::resource::compile::{extend, word_hash};
use std::ops::Range;

/// Right, marked and gold mentions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Marks with the right span and label.
    pub right: usize,
    /// Marks made.
    pub marked: usize,
    /// Marks in the gold.
    pub gold: usize,
}

impl Counts {
    /// The harmonic mean of precision and recall, in percent.
    pub fn f1(self) -> f64 {
        if self.right == 0 { 0.0 } else { 200.0 * self.right as f64 / (self.marked + self.gold) as f64 }
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |all, more| Self {
            right: all.right + more.right,
            marked: all.marked + more.marked,
            gold: all.gold + more.gold,
        })
    }
}

impl<'c> std::iter::Sum<&'c Counts> for Counts {
    fn sum<I: Iterator<Item = &'c Self>>(counts: I) -> Self {
        counts.copied().sum()
    }
}

/// A document to score rounds with.
pub(super) struct Held {
    hashes: Vec<u32>,
    /// Where the hashes of each token end.
    ends: Vec<usize>,
    /// The tokens of each sentence.
    sentences: Vec<Range<usize>>,
    /// Gold mentions with the label they are compared under; no range where they cut a token.
    gold: Vec<(Option<Range<usize>>, String)>,
    annotated: Vec<Label>,
    /// One bit for each label of the model that the annotators marked.
    mask: u64,
}

/// A mention found, under the label it is compared by.
pub(super) struct Judged {
    /// The label, coarse where the gold is.
    pub(super) label: String,
    /// Its score.
    pub(super) score: f32,
    /// Whether the gold has it.
    pub(super) right: bool,
}

impl Held {
    pub(super) fn new(
        observed: &Observed,
        text: &Segmented<'_>,
        marks: &[Annotation],
        annotated: Vec<Label>,
        mask: u64,
        (map, labels): (&LabelMap, &[Label]),
    ) -> Self {
        let tokens = text.tokens();
        let known = |name: &str| labels.iter().position(|label| label == name).is_some_and(|at| mask >> at & 1 == 1);
        let marks = marks.iter().filter(|mark| map.expand(&mark.label).into_iter().any(known));
        let gold = marks.map(|mark| {
            let start = tokens.partition_point(|token| token.span.start() < mark.span.start());
            let end = tokens.partition_point(|token| token.span.end() <= mark.span.end());
            let exact = end > start
                && tokens[start].span.start() == mark.span.start()
                && tokens[end - 1].span.end() == mark.span.end();
            (exact.then_some(start..end), map.coarsen(&mark.label, &annotated).to_owned())
        });
        let gold = gold.collect();
        let (mut hashes, mut ends) = (Vec::new(), Vec::new());
        let sentences = (0..observed.sentences()).map(|sentence| {
            observed.list(sentence, &mut hashes, &mut ends);
            observed.tokens(sentence)
        });
        let sentences = sentences.collect();
        Self { hashes, ends, sentences, gold, annotated, mask }
    }

    /// Where the hashes of the token at `index` begin.
    fn first(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// Mentions by weights in floating point; `kept` are the hashes of their features, sorted.
    pub(super) fn mentions_of_weights(&self, tags: Tags, weights: &Weights, kept: &[u32]) -> Vec<Mention> {
        let (mut found, mut scores) = (Vec::new(), Vec::new());
        for sentence in &self.sentences {
            scores.clear();
            for token in sentence.clone() {
                let mut sums = [0.0_f32; MOST_TAGS];
                for hash in &self.hashes[self.first(token)..self.ends[token]] {
                    if let Ok(feature) = kept.binary_search(hash) {
                        for (sum, weight) in sums.iter_mut().zip(weights.row(feature)) {
                            *sum += weight;
                        }
                    }
                }
                scores.extend_from_slice(&sums[..tags.len()]);
            }
            let path = best_path(tags, &scores, &weights.transitions);
            found.extend(tags.mentions(&path).into_iter().map(|(range, label)| Mention {
                tokens: range.start + sentence.start..range.end + sentence.start,
                label,
                score: 1.0,
                runner_up: None,
            }));
        }
        found
    }

    /// Mentions by a finished model.
    pub(super) fn mentions_of(&self, model: &Model) -> Vec<Mention> {
        let (mut decoder, mut found) = (Decoder::default(), Vec::new());
        for sentence in self.sentences.iter().filter(|sentence| !sentence.is_empty()) {
            let ends = &self.ends[sentence.clone()];
            sum_hashes(model, &self.hashes, ends, self.first(sentence.start), &mut decoder);
            decoder.decode(model, sentence.start, &mut found);
        }
        found
    }

    /// The mentions among `found` of labels that the annotators marked, each judged by the gold.
    pub(super) fn judge<'h>(
        &'h self,
        found: &'h [Mention],
        map: &'h LabelMap,
        labels: &'h [Label],
    ) -> impl Iterator<Item = Judged> + 'h {
        let scored = found.iter().filter(|mention| self.mask >> mention.label & 1 == 1);
        scored.map(move |mention| {
            let label = map.coarsen(&labels[mention.label], &self.annotated);
            let right = self.gold.iter().any(|(range, gold)| range.as_ref() == Some(&mention.tokens) && gold == label);
            Judged { label: label.to_owned(), score: mention.score, right }
        })
    }

    /// Goes on from `hash` over all that the score depends on.
    pub(super) fn fingerprint(&self, hash: u64) -> u64 {
        let hash = self.hashes.iter().fold(extend(hash, self.mask), |hash, feature| extend(hash, u64::from(*feature)));
        self.gold.iter().fold(hash, |hash, (range, label)| {
            let place = range.as_ref().map_or(u64::MAX, |range| (range.start as u64) << 32 | range.end as u64);
            extend(extend(hash, place), word_hash(label))
        })
    }

    /// The labels of the gold mentions.
    pub(super) fn gold_labels(&self) -> impl Iterator<Item = &str> {
        self.gold.iter().map(|(_, label)| label.as_str())
    }
}
