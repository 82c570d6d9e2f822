//! Weights while they are learnt: one step of `AdaGrad` a sentence (Duchi et al. 2011), and their mean over rounds.

use super::lattice::{MOST_TAGS, Sums, Tags, Transitions};
use super::train::Config;
use std::ops::Range;

/// Weights while they are learnt, with the squares of past steps.
#[derive(Clone)]
pub(super) struct Learner {
    tags: Tags,
    width: usize,
    weights: Vec<f32>,
    squares: Vec<f32>,
    pub(super) transitions: Transitions,
    transition_squares: Vec<f32>,
    transition_steps: Vec<f32>,
    sums: Sums,
    free: Vec<f32>,
    bound: Vec<f32>,
    scores: Vec<f32>,
    active: Vec<u32>,
    active_ends: Vec<usize>,
    pub(super) random: Random,
    rate: f32,
    calm: f32,
    decay: f32,
    dropout: f32,
}

impl Learner {
    pub(super) fn new(tags: Tags, features: usize, config: &Config) -> Self {
        let width = tags.len().next_multiple_of(16);
        Self {
            tags,
            width,
            weights: vec![0.0; features * width],
            squares: vec![0.0; features * width],
            transitions: Transitions::new(tags.len()),
            transition_squares: vec![0.0; tags.len() * tags.len()],
            transition_steps: vec![0.0; tags.len() * tags.len()],
            sums: Sums::default(),
            free: Vec::new(),
            bound: Vec::new(),
            scores: Vec::new(),
            active: Vec::new(),
            active_ends: Vec::new(),
            random: Random(config.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            rate: config.rate,
            calm: config.calm.max(1e-3),
            decay: config.decay,
            dropout: config.dropout.clamp(0.0, 0.9),
        }
    }

    pub(super) fn row(&self, id: usize) -> &[f32] {
        &self.weights[id * self.width..][..self.width]
    }

    pub(super) fn add_row(&self, id: usize, sums: &mut [f32]) {
        for (sum, weight) in sums.iter_mut().zip(self.row(id)) {
            *sum += weight;
        }
    }

    /// One step on one sentence; its loss is returned.
    pub(super) fn learn(&mut self, ids: &[u32], starts: &[usize], tokens: Range<usize>, allowed: &[u64]) -> f64 {
        let tags = self.tags.len();
        self.active.clear();
        self.active_ends.clear();
        self.scores.clear();
        self.scores.resize(tokens.len() * tags, 0.0);
        let boost = 1.0 / (1.0 - self.dropout);
        for (at, token) in tokens.enumerate() {
            let from = self.active.len();
            for id in &ids[starts[token]..starts[token + 1]] {
                if *id != u32::MAX && (self.dropout == 0.0 || self.random.share() >= self.dropout) {
                    self.active.push(*id);
                }
            }
            self.active_ends.push(self.active.len());
            let sums = &mut self.scores[at * tags..][..tags];
            for id in &self.active[from..] {
                let row = &self.weights[*id as usize * self.width..][..tags];
                for (sum, weight) in sums.iter_mut().zip(row) {
                    *sum += weight;
                }
            }
            for sum in sums {
                *sum *= boost;
            }
        }
        self.sums.set_transitions(self.tags, &self.transitions);
        let Some(bound) = self.sums.run(self.tags, &self.scores, Some(allowed), &mut self.bound) else { return 0.0 };
        self.transition_steps.fill(0.0);
        self.sums.add_pairs(self.tags, -1.0, &mut self.transition_steps);
        let Some(free) = self.sums.run(self.tags, &self.scores, None, &mut self.free) else { return 0.0 };
        self.sums.add_pairs(self.tags, 1.0, &mut self.transition_steps);
        self.step_rows(boost);
        for ((weight, square), step) in
            self.transitions.weights.iter_mut().zip(&mut self.transition_squares).zip(&self.transition_steps)
        {
            *square += step * step;
            *weight -= self.rate * (step + self.decay * *weight) / (square.sqrt() + self.calm);
        }
        free - bound
    }

    /// Moves the rows of all features of the sentence.
    fn step_rows(&mut self, boost: f32) {
        let tags = self.tags.len();
        let mut from = 0;
        for (at, end) in self.active_ends.iter().enumerate() {
            let ids = &self.active[from..*end];
            from = *end;
            let mut steps = [0.0_f32; MOST_TAGS];
            let mut most = 0.0_f32;
            let free = &self.free[at * tags..][..tags];
            let bound = &self.bound[at * tags..][..tags];
            for ((step, free), bound) in steps.iter_mut().zip(free).zip(bound) {
                *step = (free - bound) * boost;
                most = most.max(step.abs());
            }
            if most < 1e-3 {
                continue;
            }
            for id in ids {
                let place = *id as usize * self.width;
                let weights = &mut self.weights[place..][..tags];
                let squares = &mut self.squares[place..][..tags];
                for ((weight, square), step) in weights.iter_mut().zip(squares).zip(&steps) {
                    *square += step * step;
                    *weight -= self.rate * (step + self.decay * *weight) / (square.sqrt() + self.calm);
                }
            }
        }
    }
}

/// The mean of weights over rounds.
pub(super) struct Average {
    weights: Vec<f32>,
    transitions: Vec<f32>,
    count: f32,
}

impl Average {
    pub(super) fn new(learner: &Learner) -> Self {
        Self {
            weights: vec![0.0; learner.weights.len()],
            transitions: vec![0.0; learner.transitions.weights.len()],
            count: 0.0,
        }
    }

    pub(super) fn add(&mut self, learner: &Learner) {
        self.count += 1.0;
        for (mean, weight) in self.weights.iter_mut().zip(&learner.weights) {
            *mean += (weight - *mean) / self.count;
        }
        for (mean, weight) in self.transitions.iter_mut().zip(&learner.transitions.weights) {
            *mean += (weight - *mean) / self.count;
        }
    }

    /// A learner with the mean weights, or those of `learner` when no round is in the mean yet.
    pub(super) fn learner(&self, learner: &Learner) -> Learner {
        let mut mean = Learner { squares: Vec::new(), weights: Vec::new(), ..learner.clone_light() };
        if self.count == 0.0 {
            mean.weights.clone_from(&learner.weights);
            mean.transitions = learner.transitions.clone();
        } else {
            mean.weights.clone_from(&self.weights);
            mean.transitions.weights.clone_from(&self.transitions);
        }
        mean
    }
}

impl Learner {
    /// A copy without the big tables.
    fn clone_light(&self) -> Self {
        Self {
            weights: Vec::new(),
            squares: Vec::new(),
            sums: Sums::default(),
            free: Vec::new(),
            bound: Vec::new(),
            scores: Vec::new(),
            active: Vec::new(),
            active_ends: Vec::new(),
            transitions: self.transitions.clone(),
            transition_squares: Vec::new(),
            transition_steps: Vec::new(),
            random: self.random,
            ..*self
        }
    }
}

/// xorshift64*: small, fast, the same everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Random(u64);

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
