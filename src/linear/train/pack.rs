//! Weights in floating point → a model: pruned, in eight bits, with its confidence calibrated.

use super::{Config, Trainer};
use crate::linear::learner::Weights;
use crate::linear::model::{MOST_ROWS, Model, Parts, pair_steps};

/// Steps of confidence that are told apart.
const BINS: usize = 21;

/// Marks by raw confidence, in [`BINS`] even steps: right ones and all.
type Reliability = [(f32, f32); BINS];

impl Trainer<'_> {
    /// Drops weak features, quantises the others, and calibrates.
    pub(super) fn pack(&self, weights: &Weights, kept: &[u32], config: &Config) -> Model {
        let width = self.tags.len();
        let strength = |feature: usize| weights.row(feature).iter().fold(0.0_f32, |top, weight| top.max(weight.abs()));
        let mut ranked: Vec<(usize, f32)> = (0..kept.len()).map(|feature| (feature, strength(feature))).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(config.features.min(MOST_ROWS));
        let top = ranked.first().map_or(1.0, |(_, strength)| *strength).clamp(0.01, 4.0);
        let scale = top / 127.0;
        let step = |weight: &f32| (weight / scale).round().clamp(-127.0, 127.0) as i8;
        let row = |feature: usize| -> Vec<i8> { weights.row(feature)[..width].iter().map(step).collect() };
        let rows = ranked.iter().map(|(feature, _)| (kept[*feature], row(*feature)));
        let mut rows: Vec<(u32, Vec<i8>)> = rows.filter(|(_, row)| row.iter().any(|weight| *weight != 0)).collect();
        rows.sort_unstable();
        let mut model = Model::build(Parts {
            labels: self.labels.clone(),
            feature_set: self.features.fingerprint(),
            scale,
            calibration: Vec::new(),
            pairs: weights.transitions.weights.iter().map(|weight| pair_steps(*weight, scale)).collect(),
            rows,
        });
        model.calibration = rising(&self.reliability(&model));
        model
    }

    /// How many marks of each raw confidence are right on the development files; two doubtful marks in
    /// each bin stand for what is not known.
    fn reliability(&self, model: &Model) -> Reliability {
        let mut bins = [(0.0_f32, 2.0_f32); BINS];
        for (at, bin) in bins.iter_mut().enumerate() {
            bin.0 = 2.0 * at as f32 / (BINS - 1) as f32;
        }
        for held in &self.held {
            for judged in held.judge(&held.mentions_of(model), &self.map, &self.labels) {
                let place = (1..BINS).take_while(|bin| judged.score * (BINS - 1) as f32 >= *bin as f32 - 0.5).count();
                bins[place].0 += f32::from(u8::from(judged.right));
                bins[place].1 += 1.0;
            }
        }
        bins
    }
}

/// The shares of right marks, made to rise: pool adjacent violators.
fn rising(bins: &Reliability) -> Vec<f32> {
    let mut pools: Vec<(f32, f32, usize)> = Vec::new();
    for (right, all) in bins {
        pools.push((*right, *all, 1));
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
