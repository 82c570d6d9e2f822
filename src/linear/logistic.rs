//! Logistic regression over hashed features: weights in, the chance of one class out.
//!
//! Weights are learnt by `AdaGrad` (Duchi, Hazan and Singer 2011) with L2 regularisation, in a fixed order:
//! the same samples give the same bytes.

use crate::error::{Error, Result};

/// First bytes of a model's file.
const MAGIC: &[u8; 8] = b"glossLR1";

/// A trained classifier of two classes. Features are indices below [`Logistic::len`].
#[derive(Clone, Debug)]
pub struct Logistic {
    bias: f32,
    weights: Vec<f32>,
}

/// One training example: the features that are present, and the class.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Indices of the features, below the model's length.
    pub features: Vec<u32>,
    /// Whether the example belongs to the class.
    pub positive: bool,
}

/// How weights are learnt.
#[derive(Clone, Copy, Debug)]
pub struct TrainOptions {
    /// Binary logarithm of the number of weights.
    pub bits: u32,
    /// How often the samples are gone through.
    pub epochs: u32,
    /// Step size.
    pub rate: f32,
    /// Strength of the L2 regularisation for each step.
    pub decay: f32,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { bits: 13, epochs: 20, rate: 0.2, decay: 1e-4 }
    }
}

impl Logistic {
    /// Learns weights from `samples`: the mean of what the later half of the epochs end with, so that the order
    /// of the last samples weighs little.
    pub fn train(samples: &[Sample], options: TrainOptions) -> Self {
        let mut model = Self { bias: 0.0, weights: vec![0.0; 1 << options.bits] };
        let mut squares = vec![1e-6_f32; model.weights.len()];
        let mut bias_square = 1e-6_f32;
        let mut order: Vec<usize> = (0..samples.len()).collect();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut mean = Self { bias: 0.0, weights: vec![0.0; model.weights.len()] };
        let settled = options.epochs / 2;
        for epoch in 0..options.epochs {
            for index in (1..order.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                order.swap(index, (state >> 33) as usize % (index + 1));
            }
            for sample in order.iter().map(|index| &samples[*index]) {
                let target = if sample.positive { 1.0 } else { 0.0 };
                let slope = model.probability(&sample.features) - target;
                bias_square += slope * slope;
                model.bias -= options.rate * slope / bias_square.sqrt();
                for feature in &sample.features {
                    let index = *feature as usize;
                    let gradient = slope + options.decay * model.weights[index];
                    squares[index] += gradient * gradient;
                    model.weights[index] -= options.rate * gradient / squares[index].sqrt();
                }
            }
            if epoch >= settled {
                let share = 1.0 / (options.epochs - settled) as f32;
                mean.bias += share * model.bias;
                for (mean, weight) in mean.weights.iter_mut().zip(&model.weights) {
                    *mean += share * weight;
                }
            }
        }
        mean
    }

    /// Number of weights, a power of two.
    #[inline]
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether the model has no weights.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The log-odds of the class: above 0 it is likelier than not.
    #[inline]
    pub fn score(&self, features: &[u32]) -> f32 {
        features.iter().map(|feature| self.weights.get(*feature as usize).copied().unwrap_or(0.0)).sum::<f32>()
            + self.bias
    }

    /// The chance of the class, 0 to 1.
    #[inline]
    pub fn probability(&self, features: &[u32]) -> f32 {
        1.0 / (1.0 + (-self.score(features)).exp())
    }

    /// The model's file: magic, the name of the feature set, the weights as 16-bit steps of a 256th.
    pub fn to_bytes(&self, feature_set: &str) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(feature_set.len() as u8);
        bytes.extend_from_slice(feature_set.as_bytes());
        bytes.push(self.weights.len().trailing_zeros() as u8);
        for weight in std::iter::once(&self.bias).chain(&self.weights) {
            let step = (weight * STEPS).round().clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16;
            bytes.extend_from_slice(&step.to_le_bytes());
        }
        bytes
    }

    /// Reads a model's file; `place` names it in errors.
    pub fn from_bytes(bytes: &[u8], feature_set: &str, place: &str) -> Result<Self> {
        let broken = |message: &str| Error::resource(place, format!("{message}; train it again with `gloss train`"));
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| broken("is no logistic model of this version"))?;
        let (name_len, rest) = rest.split_first().ok_or_else(|| broken("breaks off"))?;
        let (name, rest) = rest.split_at_checked(usize::from(*name_len)).ok_or_else(|| broken("breaks off"))?;
        if name != feature_set.as_bytes() {
            let name = String::from_utf8_lossy(name);
            return Err(broken(&format!("was trained for the features {name:?}, not {feature_set:?}")));
        }
        let (bits, rest) = rest.split_first().ok_or_else(|| broken("breaks off"))?;
        if *bits > 24 || rest.len() != 2 * ((1 << *bits) + 1) {
            return Err(broken("has not as many weights as it says"));
        }
        let mut weights = rest.as_chunks::<2>().0.iter().map(|pair| f32::from(i16::from_le_bytes(*pair)) / STEPS);
        Ok(Self { bias: weights.next().unwrap_or(0.0), weights: weights.collect() })
    }
}

/// Steps of a stored weight in one unit.
const STEPS: f32 = 256.0;

/// Gathers features: each is a template's number and a value, hashed to an index.
#[derive(Clone, Debug, Default)]
pub struct Features {
    indices: Vec<u32>,
    mask: u32,
}

impl Features {
    /// An empty list for a model of `len` weights, a power of two.
    pub fn new(len: usize) -> Self {
        Self { indices: Vec::with_capacity(48), mask: (len as u32).saturating_sub(1) }
    }

    /// Forgets all features.
    #[inline]
    pub fn clear(&mut self) {
        self.indices.clear();
    }

    /// Adds the feature of `template` with `value`.
    #[inline]
    pub fn add(&mut self, template: u32, value: u32) {
        let mut hash = (u64::from(template) << 32 | u64::from(value)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^= hash >> 29;
        hash = hash.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        self.indices.push((hash >> 32) as u32 & self.mask);
    }

    /// The indices gathered.
    #[inline]
    pub fn indices(&self) -> &[u32] {
        &self.indices
    }
}

/// A hash of `bytes` without regard to ASCII case (FNV-1a), to stand for a word in [`Features::add`].
#[inline]
pub fn word_hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Vec<Sample> {
        (0..200_u32)
            .map(|n| {
                let mut features = Features::new(1 << 8);
                features.add(0, n % 7);
                features.add(1, n % 3);
                Sample { features: features.indices().to_vec(), positive: n % 7 < 3 }
            })
            .collect()
    }

    #[test]
    fn learns_what_tells_the_classes_apart_and_writes_the_same_bytes_again() {
        let options = TrainOptions { bits: 8, ..TrainOptions::default() };
        let model = Logistic::train(&samples(), options);
        let bytes = model.to_bytes("test/1");
        assert_eq!(bytes, Logistic::train(&samples(), options).to_bytes("test/1"));
        let read = Logistic::from_bytes(&bytes, "test/1", "m.bin").unwrap();
        for sample in samples() {
            assert_eq!(read.score(&sample.features) > 0.0, sample.positive);
        }
    }

    #[test]
    fn says_why_a_file_is_unfit() {
        let bytes = Logistic::train(&samples(), TrainOptions { bits: 8, ..TrainOptions::default() }).to_bytes("test/1");
        for (bytes, feature_set, expected) in [
            (&b"nonsense"[..], "test/1", "is no logistic model"),
            (&bytes[..bytes.len() - 1], "test/1", "not as many weights"),
            (&bytes[..], "test/2", "was trained for the features \"test/1\""),
        ] {
            let error = Logistic::from_bytes(bytes, feature_set, "m.bin").unwrap_err().to_string();
            assert!(error.starts_with("m.bin: ") && error.contains(expected), "{error}");
        }
    }
}
