//! Gold → weights: a linear-chain conditional random field on partial gold, by `AdaGrad`.
//!
//! Same input, same seed: same bytes. Memory is about 400 bytes a kept feature and 120 bytes a token.

use super::features::{FeatureSet, Observed};
use super::gold::{self, LabelMap};
use super::lattice::{MOST_TAGS, Tags, best_path};
use super::learner::{Average, Learner};
use super::model::{MOST_ROWS, Model, Parts};
use super::partial::Constrained;
use super::predict::{Mention, Worker, pair_steps};
use crate::document::{Annotation, Label, Segmented};
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::ops::Range;

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Passes over the gold.
    pub rounds: usize,
    /// The first step of a weight.
    pub rate: f32,
    /// Added to the length of past steps: the larger, the slower rare features move.
    pub calm: f32,
    /// Pull of every weight towards zero, at each touch.
    pub decay: f32,
    /// The share of features hidden at random from each token, so that none is relied on alone.
    pub dropout: f32,
    /// How often a feature must occur in the gold to be kept.
    pub cutoff: u32,
    /// The most features in the model's file.
    pub features: usize,
    /// Seeds the order of sentences and what is hidden.
    pub seed: u64,
    /// Rounds without gain on the development files after which training stops.
    pub patience: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            rounds: 12,
            rate: 0.15,
            calm: 1.0,
            decay: 1e-6,
            dropout: 0.1,
            cutoff: 2,
            features: 100_000,
            seed: 1,
            patience: 3,
        }
    }
}

/// A sentence: its tokens among all tokens read, and the tags each may bear.
struct Sentence {
    tokens: Range<usize>,
    allowed: Range<usize>,
}

/// A document to score rounds with.
struct Held {
    observed: Observed,
    sentences: Vec<Range<usize>>,
    gold: Vec<(Range<usize>, String)>,
    annotated: Vec<Label>,
}

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

/// What a round of training came to.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Its number, from 1.
    pub number: usize,
    /// Mean negative log-likelihood of a sentence.
    pub loss: f64,
    /// Score on the development files; none when there are none.
    pub dev: Option<Counts>,
}

/// Collects gold, then trains.
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

    /// Reads a document for training: `marks` of the entity layer, and the labels its annotators marked.
    pub fn add(&mut self, text: &Segmented<'_>, marks: &[Annotation], annotated: Option<&[Label]>) {
        let observed = self.features.observe(text);
        for sentence in self.constrain(text, &observed, marks, annotated) {
            let first = self.starts.len() - 1;
            for token in sentence.tokens.clone() {
                self.hashes.extend_from_slice(observed.of(token));
                self.starts.push(self.hashes.len());
            }
            let from = self.allowed.len();
            self.allowed.extend(sentence.allowed);
            let allowed = from..self.allowed.len();
            self.sentences.push(Sentence { tokens: first..first + sentence.tokens.len(), allowed });
        }
    }

    /// The sentences of a document, with the tags that `marks` allow their tokens.
    pub fn constrain(
        &mut self,
        text: &Segmented<'_>,
        observed: &Observed,
        marks: &[Annotation],
        annotated: Option<&[Label]>,
    ) -> Vec<Constrained> {
        let mask = self.annotated(annotated);
        let mut spans = gold::spans(text, marks, &self.map, &self.labels, mask, &mut self.left_out);
        self.settle(text, observed, &mut spans);
        let sentences = text.sentences().iter().map(|s| s.tokens.start as usize..s.tokens.end as usize);
        sentences
            .filter(|tokens| !tokens.is_empty())
            .map(|tokens| {
                let allowed = gold::allowed(self.tags, self.labels.len(), tokens.clone(), &spans, mask);
                Constrained { tokens, allowed }
            })
            .collect()
    }

    /// Lets the lists settle what a coarse gold label means, where exactly one of its labels fits the
    /// phrase, or else its head.
    fn settle(&self, text: &Segmented<'_>, observed: &Observed, spans: &mut [gold::GoldSpan]) {
        use crate::resource::gazetteer::Trust;
        let gazetteer = self.features.gazetteer();
        let fits = |classes: u32, wanted: &[usize], trust: &[Trust]| -> Vec<usize> {
            let named = gazetteer
                .classes()
                .iter()
                .enumerate()
                .filter(|(bit, class)| classes >> bit & 1 == 1 && trust.contains(&class.trust));
            let labels: Vec<&str> = named.map(|(_, class)| class.label.as_str()).collect();
            wanted.iter().copied().filter(|label| labels.contains(&self.labels[*label].as_str())).collect()
        };
        debug_assert_eq!(observed.len(), text.tokens().len(), "features of another text");
        for span in spans.iter_mut().filter(|span| span.labels.len() > 1) {
            let whole = |found: &&crate::resource::gazetteer::Match| {
                found.tokens.start as usize == span.tokens.start && found.tokens.end as usize == span.tokens.end
            };
            let classes = observed.matches.iter().filter(whole).fold(0, |all, found| all | found.classes);
            let mut settled = fits(classes, &span.labels, &[Trust::Mark]);
            if settled.is_empty() {
                settled = fits(classes, &span.labels, &[Trust::Hint]);
            }
            if settled.is_empty() {
                let head = observed.matches.iter().filter(|found| {
                    found.tokens.end as usize == span.tokens.end && found.tokens.start as usize > span.tokens.start
                });
                let classes = head.fold(0, |all, found| all | found.classes);
                settled = fits(classes, &span.labels, &[Trust::Head]);
            }
            if settled.is_empty() {
                let first = observed.matches.iter().filter(|found| {
                    found.tokens.start as usize == span.tokens.start && (found.tokens.end as usize) < span.tokens.end
                });
                let classes = first.fold(0, |all, found| all | found.classes);
                settled = fits(classes, &span.labels, &[Trust::First]);
            }
            if settled.len() == 1 {
                span.labels = settled;
            }
        }
    }

    /// Reads a document for scoring the rounds.
    pub fn add_dev(&mut self, text: &Segmented<'_>, marks: &[Annotation], annotated: Option<&[Label]>) {
        let annotated = annotated.map_or_else(|| self.labels.clone(), <[Label]>::to_vec);
        let mask = self.annotated(Some(&annotated));
        let tokens = text.tokens();
        let gold = marks
            .iter()
            .filter(|mark| {
                self.map.expand(&mark.label).iter().any(|name| {
                    self.labels.iter().position(|label| label == *name).is_some_and(|label| mask >> label & 1 == 1)
                })
            })
            .map(|mark| {
                let start = tokens.partition_point(|token| token.span.start() < mark.span.start());
                let end = tokens.partition_point(|token| token.span.end() <= mark.span.end());
                let exact = tokens.get(start).is_some_and(|token| token.span.start() == mark.span.start())
                    && end > start
                    && tokens[end - 1].span.end() == mark.span.end();
                let label = self.map.coarsen(&mark.label, &annotated).to_owned();
                (if exact { start..end } else { usize::MAX..usize::MAX }, label)
            })
            .collect();
        let sentences = text.sentences().iter().map(|s| s.tokens.start as usize..s.tokens.end as usize).collect();
        self.held.push(Held { observed: self.features.observe(text), sentences, gold, annotated });
    }

    /// Trains, telling `progress` of every round.
    pub fn train(&self, config: &Config, progress: &mut dyn FnMut(Round)) -> Model {
        let (ids, kept) = self.dense(config.cutoff);
        let mut learner = Learner::new(self.tags, kept.len(), config);
        let mut best: Option<(f64, Learner)> = None;
        let mut average = Average::new(&learner);
        let mut since = 0;
        let mut order: Vec<usize> = (0..self.sentences.len()).collect();
        for number in 1..=config.rounds {
            learner.random.shuffle(&mut order);
            let mut loss = 0.0;
            for index in &order {
                let sentence = &self.sentences[*index];
                loss +=
                    learner.learn(&ids, &self.starts, sentence.tokens.clone(), &self.allowed[sentence.allowed.clone()]);
            }
            if number * 3 > config.rounds {
                average.add(&learner);
            }
            let loss = loss / order.len().max(1) as f64;
            let candidate = average.learner(&learner);
            let dev = (!self.held.is_empty()).then(|| self.score_learner(&candidate, &kept));
            progress(Round { number, loss, dev });
            let score = dev.map_or(number as f64, Counts::f1);
            if best.as_ref().is_none_or(|(top, _)| score > *top) {
                best = Some((score, candidate));
                since = 0;
            } else {
                since += 1;
                if since >= config.patience {
                    break;
                }
            }
        }
        let learner = best.map_or(learner, |(_, learner)| learner);
        self.pack(&learner, &kept, config)
    }

    /// Feature hashes as numbers of kept features, `u32::MAX` for the others; and the kept hashes, sorted.
    fn dense(&self, cutoff: u32) -> (Vec<u32>, Vec<u32>) {
        let mut sorted = self.hashes.clone();
        sorted.sort_unstable();
        let kept: Vec<u32> =
            sorted.chunk_by(|a, b| a == b).filter(|run| run.len() >= cutoff as usize).map(|run| run[0]).collect();
        drop(sorted);
        let numbers: HashMap<u32, u32> = kept.iter().zip(0..).map(|(hash, number)| (*hash, number)).collect();
        let ids = self.hashes.iter().map(|hash| numbers.get(hash).copied().unwrap_or(u32::MAX)).collect();
        (ids, kept)
    }

    /// The score of weights in floating point on the development files.
    fn score_learner(&self, learner: &Learner, kept: &[u32]) -> Counts {
        let width = self.tags.len();
        let mut counts = Counts::default();
        for held in &self.held {
            let mut found = Vec::new();
            for sentence in &held.sentences {
                let mut scores = vec![0.0; sentence.len() * width];
                for (at, sums) in sentence.clone().zip(scores.chunks_exact_mut(width)) {
                    for hash in held.observed.of(at) {
                        if let Ok(id) = kept.binary_search(hash) {
                            learner.add_row(id, sums);
                        }
                    }
                }
                let path = best_path(self.tags, &scores, &learner.transitions);
                let mentions = self.tags.mentions(&path).into_iter();
                found.extend(mentions.map(|(r, label)| (r.start + sentence.start..r.end + sentence.start, label)));
            }
            self.count(held, found.iter().map(|(range, label)| (range, *label)), &mut counts);
        }
        counts
    }

    /// The score of a finished model on the development files.
    pub fn score(&self, model: &Model) -> Counts {
        let mut counts = Counts::default();
        for held in &self.held {
            let found = predict_all(model, held);
            self.count(held, found.iter().map(|mention| (&mention.tokens, mention.label)), &mut counts);
        }
        counts
    }

    /// The score of what `predict` finds in the development documents, by their number: token ranges with
    /// numbers of labels.
    pub fn judge(&self, mut predict: impl FnMut(usize) -> Vec<(Range<usize>, usize)>) -> Counts {
        let mut counts = Counts::default();
        for (number, held) in self.held.iter().enumerate() {
            let found = predict(number);
            self.count(held, found.iter().map(|(tokens, label)| (tokens, *label)), &mut counts);
        }
        counts
    }

    /// Counts the mentions of labels that the document's annotators marked.
    fn count<'m>(&self, held: &Held, found: impl Iterator<Item = (&'m Range<usize>, usize)>, counts: &mut Counts) {
        let mask = self.annotated(Some(&held.annotated));
        for (range, label) in found.filter(|(_, label)| mask >> label & 1 == 1) {
            let label = self.map.coarsen(&self.labels[label], &held.annotated);
            counts.marked += 1;
            counts.right += usize::from(held.gold.iter().any(|gold| gold.0 == *range && gold.1 == label));
        }
        counts.gold += held.gold.len();
    }

    /// Quantises, prunes and calibrates.
    fn pack(&self, learner: &Learner, kept: &[u32], config: &Config) -> Model {
        let width = self.tags.len();
        let strength = |id: usize| learner.row(id).iter().fold(0.0_f32, |top, weight| top.max(weight.abs()));
        let mut ranked: Vec<(usize, f32)> = (0..kept.len()).map(|id| (id, strength(id))).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(config.features.min(MOST_ROWS));
        let top = ranked.first().map_or(1.0, |(_, strength)| *strength).clamp(0.01, 4.0);
        let scale = top / 127.0;
        let step = |weight: f32| (weight / scale).round().clamp(-127.0, 127.0) as i8;
        let mut rows: Vec<(u32, Vec<i8>)> = ranked
            .iter()
            .map(|(id, _)| {
                (kept[*id], learner.row(*id)[..width].iter().map(|weight| step(*weight)).collect::<Vec<i8>>())
            })
            .filter(|(_, row)| row.iter().any(|weight| *weight != 0))
            .collect();
        rows.sort_unstable();
        let pairs = learner.transitions.weights.iter().map(|weight| pair_steps(*weight, scale)).collect();
        let mut model = Model::build(Parts {
            labels: self.labels.clone(),
            feature_set: self.features.fingerprint(),
            scale,
            calibration: Vec::new(),
            pairs,
            rows,
        });
        model.calibration = self.calibrate(&model);
        model
    }

    /// The share of right marks by raw confidence, made to rise: pool adjacent violators over twenty bins.
    fn calibrate(&self, model: &Model) -> Vec<f32> {
        const BINS: usize = 21;
        let mut bins = [(1.0_f32, 2.0_f32); BINS];
        for (at, bin) in bins.iter_mut().enumerate() {
            bin.0 = 2.0 * at as f32 / (BINS - 1) as f32;
        }
        for held in &self.held {
            let mask = self.annotated(Some(&held.annotated));
            for mention in predict_all(model, held).iter().filter(|mention| mask >> mention.label & 1 == 1) {
                let label = self.map.coarsen(&self.labels[mention.label], &held.annotated);
                let right = held.gold.iter().any(|gold| gold.0 == mention.tokens && gold.1 == label);
                let place = (1..BINS).take_while(|bin| mention.score * (BINS - 1) as f32 >= *bin as f32 - 0.5).count();
                let bin = &mut bins[place];
                bin.0 += f32::from(u8::from(right));
                bin.1 += 1.0;
            }
        }
        let mut pools: Vec<(f32, f32, usize)> = Vec::new();
        for (right, all) in bins {
            pools.push((right, all, 1));
            while let [.., before, last] = pools.as_mut_slice() {
                if before.0 / before.1 <= last.0 / last.1 {
                    break;
                }
                *before = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
                pools.pop();
            }
        }
        pools.iter().flat_map(|(right, all, bins)| std::iter::repeat_n(right / all, *bins)).collect()
    }
}

fn predict_all(model: &Model, held: &Held) -> Vec<Mention> {
    let (mut worker, mut found) = (Worker::default(), Vec::new());
    for sentence in &held.sentences {
        worker.predict(model, &held.observed, sentence.clone(), &mut found);
    }
    found
}
