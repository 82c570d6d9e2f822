//! Weights while they are learnt: one step of `AdaGrad` a sentence (Duchi et al. 2011), and their mean over rounds.

use super::lattice::{MOST_TAGS, Sums, Tags, Transitions};
use super::train::Config;
use std::ops::Range;

/// The weights of all features, row by row, and those of tag pairs.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    /// Numbers in a row.
    pub(super) width: usize,
    pub(super) rows: Vec<f32>,
    pub(super) transitions: Transitions,
}

impl Weights {
    fn new(tags: Tags, features: usize) -> Self {
        let width = tags.len().next_multiple_of(16);
        Self { width, rows: vec![0.0; features * width], transitions: Transitions::new(tags.len()) }
    }

    /// The weights of a feature by tag; numbers behind the last tag are 0.
    #[inline]
    pub(super) fn row(&self, feature: usize) -> &[f32] {
        &self.rows[feature * self.width..][..self.width]
    }
}

/// A sentence to learn from.
pub(super) struct Lesson<'a> {
    /// The kept features of all tokens read.
    pub(super) features: &'a [u32],
    /// Where those of each token begin, and the end of the last.
    pub(super) starts: &'a [usize],
    /// The tokens of the sentence.
    pub(super) tokens: Range<usize>,
    /// The tags each of them may bear, one bit a tag.
    pub(super) allowed: &'a [u64],
    /// How much it counts.
    pub(super) weight: f32,
}

/// Weights while they are learnt, with the squares of past steps.
pub(super) struct Learner {
    tags: Tags,
    pub(super) weights: Weights,
    pub(super) squares: Weights,
    pub(super) random: Random,
    buffers: Buffers,
    rate: f32,
    calm: f32,
    decay: f32,
    dropout: f32,
}

/// What a step needs, kept from sentence to sentence.
#[derive(Default)]
struct Buffers {
    transition_steps: Vec<f32>,
    sums: Sums,
    free: Vec<f32>,
    bound: Vec<f32>,
    scores: Vec<f32>,
    active: Vec<u32>,
    active_ends: Vec<usize>,
}

impl Learner {
    pub(super) fn new(tags: Tags, features: usize, config: &Config) -> Self {
        Self {
            tags,
            weights: Weights::new(tags, features),
            squares: Weights::new(tags, features),
            random: Random(config.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            buffers: Buffers::default(),
            rate: config.rate,
            calm: config.calm,
            decay: config.decay,
            dropout: config.dropout,
        }
    }

    /// One step on one sentence; its loss is returned.
    pub(super) fn learn(&mut self, lesson: &Lesson<'_>) -> f64 {
        let boost = 1.0 / (1.0 - self.dropout);
        self.score(lesson, boost);
        let Buffers { transition_steps, sums, free, bound, scores, .. } = &mut self.buffers;
        sums.set_transitions(self.tags, &self.weights.transitions);
        let Some(bound_sum) = sums.run(self.tags, scores, Some(lesson.allowed), bound) else { return 0.0 };
        transition_steps.clear();
        transition_steps.resize(self.weights.transitions.weights.len(), 0.0);
        sums.add_pairs(self.tags, -lesson.weight, transition_steps);
        let Some(free_sum) = sums.run(self.tags, scores, None, free) else { return 0.0 };
        sums.add_pairs(self.tags, lesson.weight, transition_steps);
        self.step_rows(boost * lesson.weight);
        let weights = self.weights.transitions.weights.iter_mut();
        let squares = self.squares.transitions.weights.iter_mut();
        for ((weight, square), step) in weights.zip(squares).zip(&self.buffers.transition_steps) {
            *square += step * step;
            *weight -= self.rate * (step + self.decay * *weight) / (square.sqrt() + self.calm);
        }
        free_sum - bound_sum
    }

    /// The scores of the sentence by the features that are not hidden this time.
    fn score(&mut self, lesson: &Lesson<'_>, boost: f32) {
        let tags = self.tags.len();
        let Buffers { scores, active, active_ends, .. } = &mut self.buffers;
        active.clear();
        active_ends.clear();
        scores.clear();
        scores.resize(lesson.tokens.len() * tags, 0.0);
        for (token, scores) in lesson.tokens.clone().zip(scores.chunks_exact_mut(tags)) {
            let from = active.len();
            for feature in &lesson.features[lesson.starts[token]..lesson.starts[token + 1]] {
                if self.dropout == 0.0 || self.random.share() >= self.dropout {
                    active.push(*feature);
                }
            }
            active_ends.push(active.len());
            let mut sums = [0.0_f32; MOST_TAGS];
            for feature in &active[from..] {
                for (sum, weight) in sums.iter_mut().zip(self.weights.row(*feature as usize)) {
                    *sum += weight;
                }
            }
            for (score, sum) in scores.iter_mut().zip(sums) {
                *score = sum * boost;
            }
        }
    }

    /// Moves the rows of all features of the sentence.
    fn step_rows(&mut self, boost: f32) {
        let tags = self.tags.len();
        let Buffers { free, bound, active, active_ends, .. } = &self.buffers;
        let width = self.weights.width;
        let mut from = 0;
        for ((end, free), bound) in active_ends.iter().zip(free.chunks_exact(tags)).zip(bound.chunks_exact(tags)) {
            let features = &active[from..*end];
            from = *end;
            let mut steps = [0.0_f32; MOST_TAGS];
            let mut most = 0.0_f32;
            for ((step, free), bound) in steps.iter_mut().zip(free).zip(bound) {
                *step = (free - bound) * boost;
                most = most.max(step.abs());
            }
            if most < 1e-3 {
                continue;
            }
            for feature in features {
                let place = *feature as usize * width;
                let weights = self.weights.rows[place..][..width].as_chunks_mut::<16>().0;
                let squares = self.squares.rows[place..][..width].as_chunks_mut::<16>().0;
                for ((weights, squares), steps) in weights.iter_mut().zip(squares).zip(steps.as_chunks::<16>().0) {
                    for ((weight, square), step) in weights.iter_mut().zip(squares).zip(steps) {
                        *square += step * step;
                        *weight -= self.rate * (step + self.decay * *weight) / (square.sqrt() + self.calm);
                    }
                }
            }
        }
    }
}

/// The mean of weights over rounds.
pub(super) struct Average {
    pub(super) mean: Weights,
    /// Rounds in it.
    pub(super) count: u32,
}

impl Average {
    pub(super) fn new(tags: Tags, features: usize) -> Self {
        Self { mean: Weights::new(tags, features), count: 0 }
    }

    pub(super) fn add(&mut self, weights: &Weights) {
        self.count += 1;
        let count = self.count as f32;
        let rows = self.mean.rows.iter_mut().zip(&weights.rows);
        let pairs = self.mean.transitions.weights.iter_mut().zip(&weights.transitions.weights);
        for (mean, weight) in rows.chain(pairs) {
            *mean += (weight - *mean) / count;
        }
    }
}

/// xorshift64*: small, fast, the same everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// A number from 0 up to, not including, 1.
    fn share(&mut self) -> f32 {
        (self.next() & 0xFF_FFFF) as f32 / 16_777_216.0
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, (self.next() % (end as u64 + 1)) as usize);
        }
    }
}
