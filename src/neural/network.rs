//! Encoder and classifier: windows in, a score of every label for every token out.

use super::config::{Architecture, Config};
use super::deberta::Deberta;
use super::dropout::Dropout;
use super::encoder::{Batch, Encoder, Linear};
use super::predict::Scorer;
use super::reader::Reader;
use super::weights::Weights;
use super::windows::Window;
use crate::error::{Error, Result};
use candle_core::{Device, Tensor};

enum Body {
    Standard(Encoder),
    Deberta(Deberta),
}

/// A token classifier.
pub(super) struct Network {
    body: Body,
    classifier: Linear,
    device: Device,
    padding: u32,
    shapes: bool,
}

/// What the names of an architecture's tensors begin with.
pub(super) fn prefix(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Bert => "bert.",
        Architecture::DistilBert => "distilbert.",
        Architecture::Roberta => "roberta.",
        Architecture::Electra => "electra.",
        Architecture::DebertaV2 => "deberta.",
    }
}

impl Network {
    /// Takes the weights of `config` out of `weights`.
    pub(super) fn new(weights: &Weights, config: &Config, device: &Device) -> Result<Self> {
        let prefix = prefix(config.architecture);
        let body = match config.architecture {
            Architecture::DebertaV2 => Body::Deberta(Deberta::new(weights, prefix, config)?),
            _ => Body::Standard(Encoder::new(weights, prefix, config)?),
        };
        let classifier = Linear::new(weights, "classifier", config.hidden, config.labels.len())?;
        Ok(Self { body, classifier, device: device.clone(), padding: config.padding, shapes: config.shapes > 0 })
    }

    /// The scores of all labels for each token of `windows`, a row a token, window after window.
    pub(super) fn scores(&self, windows: &[&Window], dropout: &Dropout) -> candle_core::Result<Tensor> {
        let batch = self.batch(windows)?;
        let length = batch.ids.dim(1)?;
        let hidden = match &self.body {
            Body::Standard(encoder) => encoder.forward(&batch, dropout)?,
            Body::Deberta(encoder) => encoder.forward(&batch)?,
        };
        let row_of = |(number, window): (usize, &&Window)| {
            let rows = window.rows.iter().map(move |(_, row)| (number * length) as u32 + row);
            rows.collect::<Vec<_>>()
        };
        let rows: Vec<u32> = windows.iter().enumerate().flat_map(row_of).collect();
        let count = rows.len();
        let rows = Tensor::from_vec(rows, count, &self.device)?;
        self.classifier.forward(&dropout.apply(hidden.index_select(&rows, 0)?)?)
    }

    /// Windows filled up to the length of the longest.
    fn batch(&self, windows: &[&Window]) -> candle_core::Result<Batch> {
        let length = windows.iter().map(|window| window.ids.len()).max().unwrap_or(0);
        let shape = (windows.len(), length);
        let (mut ids, mut mask, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
        for (number, window) in windows.iter().enumerate() {
            let end = (number + 1) * length;
            ids.extend_from_slice(&window.ids);
            mask.resize(ids.len(), 1.0_f32);
            shapes.extend_from_slice(&window.shapes);
            ids.resize(end, self.padding);
            mask.resize(end, 0.0);
            shapes.resize(end, super::shapes::NONE);
        }
        Ok(Batch {
            ids: Tensor::from_vec(ids, shape, &self.device)?,
            mask: Tensor::from_vec(mask, shape, &self.device)?,
            shapes: self.shapes.then(|| Tensor::from_vec(shapes, shape, &self.device)).transpose()?,
        })
    }
}

impl Scorer for Network {
    fn scores(&self, windows: &[&Window]) -> candle_core::Result<Vec<Vec<f32>>> {
        self.scores(windows, &Dropout::none())?.to_vec2()
    }

    fn most(&self) -> usize {
        1024
    }

    fn beside(&self) -> bool {
        // The products of matrices run on all cores already.
        false
    }
}

/// The network of a checkpoint in the form that reads fastest on `device`.
pub(super) fn scorer(weights: &Weights, config: &Config, device: &Device) -> Result<Box<dyn Scorer>> {
    if config.labels.is_empty() {
        return Err(Error::resource(
            weights.place(),
            "its config.json has no id2label; take a checkpoint that was fine-tuned for token classification",
        ));
    }
    if device.is_cpu() && config.architecture != Architecture::DebertaV2 {
        return Ok(Box::new(Reader::new(weights, config)?));
    }
    Ok(Box::new(Network::new(weights, config, device)?))
}
