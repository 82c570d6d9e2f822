//! The rounds of training, one after the other.

use super::held::{Counts, Judged};
use super::{Config, Trainer};
use crate::linear::Mention;
use crate::linear::learner::{Average, Learner, Lesson, Weights};
use crate::linear::model::Model;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// What a round of training came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// Its number, from 1.
    pub number: usize,
    /// Mean negative log-likelihood of a sentence.
    pub loss: f64,
    /// Score on the development files; none when there are none.
    pub dev: Option<Counts>,
}

/// The round that did best so far, with its weights.
pub(super) struct Best {
    pub(super) score: f64,
    pub(super) weights: Weights,
}

/// A training under way. It can be [saved](Run::save) after each round and [restored](Run::restore) later.
pub struct Run<'t, 'f> {
    pub(super) trainer: &'t Trainer<'f>,
    pub(super) config: Config,
    /// Hashes of the features kept, sorted.
    pub(super) kept: Vec<u32>,
    /// The kept features of all tokens, as numbers.
    features: Vec<u32>,
    starts: Vec<usize>,
    pub(super) learner: Learner,
    pub(super) average: Average,
    pub(super) best: Option<Best>,
    pub(super) rounds: Vec<Round>,
    /// Rounds since the best one.
    pub(super) since: usize,
}

impl<'f> Trainer<'f> {
    /// Begins a training on what was read.
    pub fn start<'t>(&'t self, config: &Config) -> Run<'t, 'f> {
        let (kept, features, starts) = self.number_features(config.cutoff);
        Run {
            trainer: self,
            config: config.clone(),
            learner: Learner::new(self.tags, kept.len(), config),
            average: Average::new(self.tags, kept.len()),
            best: None,
            rounds: Vec::new(),
            since: 0,
            kept,
            features,
            starts,
        }
    }

    /// The hashes of features that occur `cutoff` times, sorted; the features of all tokens as places among
    /// these; and where those of each token begin.
    fn number_features(&self, cutoff: u32) -> (Vec<u32>, Vec<u32>, Vec<usize>) {
        let mut sorted = self.hashes.clone();
        sorted.sort_unstable();
        let runs = sorted.chunk_by(|a, b| a == b);
        let kept: Vec<u32> = runs.filter(|run| run.len() >= cutoff as usize).map(|run| run[0]).collect();
        drop(sorted);
        let numbers: HashMap<u32, u32> = kept.iter().zip(0..).map(|(hash, number)| (*hash, number)).collect();
        let (mut features, mut starts) = (Vec::new(), vec![0]);
        for range in self.starts.windows(2) {
            features.extend(self.hashes[range[0]..range[1]].iter().filter_map(|hash| numbers.get(hash)));
            starts.push(features.len());
        }
        (kept, features, starts)
    }
}

impl Run<'_, '_> {
    /// Number of features learnt.
    pub fn features(&self) -> usize {
        self.kept.len()
    }

    /// The rounds done.
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// Whether no round is left, or none has gained for long.
    pub fn is_over(&self) -> bool {
        self.rounds.len() >= self.config.rounds || self.since >= self.config.patience && self.best.is_some()
    }

    /// Goes once through the gold.
    pub fn round(&mut self) -> Round {
        let trainer = self.trainer;
        let number = self.rounds.len() + 1;
        let mut order: Vec<usize> = (0..trainer.sentences.len()).collect();
        self.learner.random.shuffle(&mut order);
        let mut loss = 0.0;
        for index in &order {
            let sentence = &trainer.sentences[*index];
            loss += self.learner.learn(&Lesson {
                features: &self.features,
                starts: &self.starts,
                tokens: sentence.tokens.clone(),
                allowed: &trainer.allowed[sentence.allowed.clone()],
                weight: sentence.weight,
            });
        }
        if number * 3 > self.config.rounds {
            self.average.add(&self.learner.weights);
        }
        let weights = self.weights();
        let dev = trainer
            .has_dev()
            .then(|| trainer.count(|held| held.mentions_of_weights(trainer.tags, weights, &self.kept)).values().sum());
        let round = Round { number, loss: loss / order.len().max(1) as f64, dev };
        self.rounds.push(round);
        self.judge(round);
        round
    }

    /// Keeps the weights when the round is the best so far. Without development files every round is.
    fn judge(&mut self, round: Round) {
        let Some(score) = round.dev.map(Counts::f1) else { return };
        if self.best.as_ref().is_none_or(|best| score > best.score) {
            self.best = Some(Best { score, weights: self.weights().clone() });
            self.since = 0;
        } else {
            self.since += 1;
        }
    }

    /// The weights to judge: the mean of the later rounds, once there is one.
    fn weights(&self) -> &Weights {
        if self.average.count == 0 { &self.learner.weights } else { &self.average.mean }
    }

    /// The model: the weights of the best round, pruned, in eight bits, with its confidence calibrated.
    pub fn finish(self) -> Model {
        let weights = self.best.as_ref().map_or_else(|| self.weights(), |best| &best.weights);
        self.trainer.pack(weights, &self.kept, &self.config)
    }
}

impl Trainer<'_> {
    /// Whether there are development files.
    pub fn has_dev(&self) -> bool {
        !self.held.is_empty()
    }

    /// The score of a finished model on the development files, by label.
    pub fn score(&self, model: &Model) -> BTreeMap<String, Counts> {
        self.count(|held| held.mentions_of(model))
    }

    /// The score of what `predict` finds in the development documents, by their number: token ranges with
    /// numbers of labels.
    pub fn judge(&self, mut predict: impl FnMut(usize) -> Vec<(Range<usize>, usize)>) -> Counts {
        let mut number = 0;
        let counts = self.count(|_| {
            let found = predict(number).into_iter();
            number += 1;
            found.map(|(tokens, label)| Mention { tokens, label, score: 1.0, runner_up: None }).collect()
        });
        counts.values().sum()
    }

    /// Counts the mentions of labels that the documents' annotators marked.
    fn count(&self, mut find: impl FnMut(&super::held::Held) -> Vec<Mention>) -> BTreeMap<String, Counts> {
        let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
        for held in &self.held {
            for Judged { label, right, .. } in held.judge(&find(held), &self.map, &self.labels) {
                let count = counts.entry(label).or_default();
                count.marked += 1;
                count.right += usize::from(right);
            }
            for label in held.gold_labels() {
                counts.entry(label.to_owned()).or_default().gold += 1;
            }
        }
        counts
    }
}
