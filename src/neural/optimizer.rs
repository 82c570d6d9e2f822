//! `AdamW` over candle's variables, one pass over the memory for each step.

use super::weights::Trainable;
use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor};

/// How much of the last mean and of the last mean square a step keeps.
const KEEP: f32 = 0.9;
const KEEP_SQUARES: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// One weight with its running means.
struct Moments {
    mean: Vec<f32>,
    square: Vec<f32>,
}

/// The optimiser of a set of weights.
pub(super) struct Optimizer {
    weights: Vec<Trainable>,
    moments: Vec<Moments>,
    steps: i32,
    decay: f32,
    /// The longest gradient that is taken as it is; longer ones are shortened to it.
    most: f64,
}

impl Optimizer {
    /// Moves `weights`; matrices are pulled towards zero by `decay` times the rate.
    pub(super) fn new(weights: Vec<Trainable>, decay: f32, most: f64) -> Self {
        let zeros = |weight: &Trainable| vec![0.0; weight.var.as_tensor().elem_count()];
        let moments = weights.iter().map(|weight| Moments { mean: zeros(weight), square: zeros(weight) }).collect();
        Self { weights, moments, steps: 0, decay, most }
    }

    /// The weights.
    pub(super) fn weights(&self) -> &[Trainable] {
        &self.weights
    }

    /// Every weight and its two running means, by name.
    pub(super) fn numbers(&self) -> Result<Vec<(String, Vec<f32>)>> {
        let mut numbers = Vec::with_capacity(3 * self.weights.len());
        for (weight, moments) in self.weights.iter().zip(&self.moments) {
            let name = &weight.name;
            numbers.push((name.clone(), weight.var.as_tensor().flatten_all()?.to_vec1()?));
            numbers.push((format!("{name}.mean"), moments.mean.clone()));
            numbers.push((format!("{name}.square"), moments.square.clone()));
        }
        Ok(numbers)
    }

    /// Takes up the numbers that stood after so many steps.
    pub(super) fn restore(&mut self, steps: usize, numbers: impl Fn(&str) -> Option<Vec<f32>>) -> Result<()> {
        let of = |name: &str, length: usize| {
            let numbers = numbers(name).filter(|numbers| numbers.len() == length);
            numbers.ok_or_else(|| candle_core::Error::Msg(format!("it has no {name} of {length} numbers")))
        };
        for (weight, moments) in self.weights.iter().zip(&mut self.moments) {
            let (name, tensor) = (&weight.name, weight.var.as_tensor());
            let values = of(name, tensor.elem_count())?;
            moments.mean = of(&format!("{name}.mean"), values.len())?;
            moments.square = of(&format!("{name}.square"), values.len())?;
            weight.var.set(&Tensor::from_vec(values, tensor.shape(), tensor.device())?)?;
        }
        self.steps = i32::try_from(steps).unwrap_or(i32::MAX);
        Ok(())
    }

    /// One step against the gradients.
    pub(super) fn step(&mut self, grads: &GradStore, rate: f32) -> Result<()> {
        self.steps += 1;
        let correct = 1.0 / (1.0 - KEEP.powi(self.steps));
        let correct_squares = 1.0 / (1.0 - KEEP_SQUARES.powi(self.steps));
        let mut length = 0.0_f64;
        let mut gathered = Vec::with_capacity(self.weights.len());
        for weight in &self.weights {
            let grad = match grads.get(weight.var.as_tensor()) {
                Some(grad) => grad.flatten_all()?.to_vec1::<f32>()?,
                None => Vec::new(),
            };
            // Sums of short runs in 32 bits are exact enough, and quick.
            length += grad.chunks(256).map(|run| f64::from(run.iter().map(|g| g * g).sum::<f32>())).sum::<f64>();
            gathered.push(grad);
        }
        let length = length.sqrt();
        if !length.is_finite() {
            return Err(candle_core::Error::Msg("a gradient is no finite number; lower the rate".into()));
        }
        let shorten = if length > self.most { (self.most / length) as f32 } else { 1.0 };
        for ((weight, moments), grad) in self.weights.iter().zip(&mut self.moments).zip(&gathered) {
            if grad.is_empty() {
                continue;
            }
            let tensor = weight.var.as_tensor();
            let decay = if tensor.rank() > 1 { self.decay * rate } else { 0.0 };
            let mut values = tensor.flatten_all()?.to_vec1::<f32>()?;
            let states = moments.mean.iter_mut().zip(&mut moments.square);
            for ((value, grad), (mean, square)) in values.iter_mut().zip(grad).zip(states) {
                let grad = grad * shorten;
                *mean = KEEP * *mean + (1.0 - KEEP) * grad;
                *square = KEEP_SQUARES * *square + (1.0 - KEEP_SQUARES) * grad * grad;
                let step = *mean * correct / ((*square * correct_squares).sqrt() + EPSILON);
                *value -= rate * step + decay * *value;
            }
            weight.var.set(&Tensor::from_vec(values, tensor.shape(), tensor.device())?)?;
        }
        Ok(())
    }
}
