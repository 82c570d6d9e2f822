//! The encoder that BERT, ELECTRA, `RoBERTa`, `XLM-R` and `DistilBERT` share: embeddings, then blocks of attention
//! and a feed-forward net, each normalised behind its sum.

use super::config::{Activation, Architecture, Config};
use super::dropout::Dropout;
use super::ops;
use super::weights::Weights;
use crate::error::Result;
use candle_core::Tensor;

/// Windows of one length, as numbers.
#[derive(Debug)]
pub(super) struct Batch {
    /// Word pieces (windows, length).
    pub(super) ids: Tensor,
    /// 1 for a piece, 0 for what fills a short window up (windows, length).
    pub(super) mask: Tensor,
    /// The shape of each piece's word (windows, length), for checkpoints with shape embeddings.
    pub(super) shapes: Option<Tensor>,
}

/// `x · weight + bias`.
pub(super) struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    pub(super) fn new(weights: &Weights, name: &str, inputs: usize, outputs: usize) -> Result<Self> {
        Ok(Self {
            weight: weights.matrix(&format!("{name}.weight"), outputs, inputs)?,
            bias: weights.vector(&[&format!("{name}.bias")], outputs)?,
        })
    }

    /// Rows times the matrix.
    pub(super) fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        ops::add_bias(&x.matmul(&self.weight)?, &self.bias)
    }
}

/// Scale and shift of a layer normalisation.
pub(super) struct Norm {
    scale: Tensor,
    shift: Tensor,
    epsilon: f32,
}

impl Norm {
    pub(super) fn new(weights: &Weights, name: &str, width: usize, epsilon: f64) -> Result<Self> {
        // Checkpoints that were once converted from TensorFlow keep its names.
        Ok(Self {
            scale: weights.vector(&[&format!("{name}.weight"), &format!("{name}.gamma")], width)?,
            shift: weights.vector(&[&format!("{name}.bias"), &format!("{name}.beta")], width)?,
            epsilon: epsilon as f32,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        ops::layer_norm(x, &self.scale, &self.shift, self.epsilon)
    }
}

/// The names of a block's parts.
pub(super) struct Names {
    pub(super) query: &'static str,
    pub(super) key: &'static str,
    pub(super) value: &'static str,
    pub(super) attended: &'static str,
    pub(super) attended_norm: &'static str,
    pub(super) wide: &'static str,
    pub(super) narrow: &'static str,
    pub(super) norm: &'static str,
}

pub(super) const BERT: Names = Names {
    query: "attention.self.query",
    key: "attention.self.key",
    value: "attention.self.value",
    attended: "attention.output.dense",
    attended_norm: "attention.output.LayerNorm",
    wide: "intermediate.dense",
    narrow: "output.dense",
    norm: "output.LayerNorm",
};

pub(super) const DISTILBERT: Names = Names {
    query: "attention.q_lin",
    key: "attention.k_lin",
    value: "attention.v_lin",
    attended: "attention.out_lin",
    attended_norm: "sa_layer_norm",
    wide: "ffn.lin1",
    narrow: "ffn.lin2",
    norm: "output_layer_norm",
};

struct Block {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_norm: Norm,
    wide: Linear,
    narrow: Linear,
    norm: Norm,
}

impl Block {
    fn new(weights: &Weights, prefix: &str, names: &Names, config: &Config) -> Result<Self> {
        let (hidden, wide, epsilon) = (config.hidden, config.intermediate, config.epsilon);
        let linear = |name: &str, inputs, outputs| Linear::new(weights, &format!("{prefix}{name}"), inputs, outputs);
        let norm = |name: &str| Norm::new(weights, &format!("{prefix}{name}"), hidden, epsilon);
        Ok(Self {
            query: linear(names.query, hidden, hidden)?,
            key: linear(names.key, hidden, hidden)?,
            value: linear(names.value, hidden, hidden)?,
            attended: linear(names.attended, hidden, hidden)?,
            attended_norm: norm(names.attended_norm)?,
            wide: linear(names.wide, hidden, wide)?,
            narrow: linear(names.narrow, wide, hidden)?,
            norm: norm(names.norm)?,
        })
    }

    /// Rows of `mask.dims()` windows through the block.
    fn forward(
        &self,
        x: &Tensor,
        mask: &Tensor,
        heads: usize,
        activation: Activation,
        dropout: &Dropout,
    ) -> candle_core::Result<Tensor> {
        let (windows, length) = mask.dims2()?;
        let width = x.dim(1)? / heads;
        let split = |x: Tensor| x.reshape((windows, length, heads, width))?.transpose(1, 2)?.contiguous();
        let query = split(self.query.forward(x)?)?;
        let key = split(self.key.forward(x)?)?;
        let value = split(self.value.forward(x)?)?;
        let scores = query.matmul(&key.t()?)?;
        let shares = ops::masked_softmax(&scores, mask, 1.0 / (width as f64).sqrt())?;
        let seen = shares.matmul(&value)?.transpose(1, 2)?.contiguous()?.reshape(x.dims())?;
        let x = self.attended_norm.forward(&(x + dropout.apply(self.attended.forward(&seen)?)?)?)?;
        let wide = activation.apply(&self.wide.forward(&x)?)?;
        self.norm.forward(&(&x + dropout.apply(self.narrow.forward(&wide)?)?)?)
    }
}

/// Embeddings and blocks.
pub(super) struct Encoder {
    words: Tensor,
    /// Position embeddings, the token type's already added, from the first position in use on.
    positions: Tensor,
    shapes: Option<Tensor>,
    norm: Norm,
    project: Option<Linear>,
    blocks: Vec<Block>,
    heads: usize,
    activation: Activation,
}

impl Encoder {
    /// Takes the weights of `config` out of `weights`, whose names begin with `prefix`.
    pub(super) fn new(weights: &Weights, prefix: &str, config: &Config) -> Result<Self> {
        let width = config.embedding;
        let name = |name: &str| format!("{prefix}{name}");
        let words = weights.fixed(&name("embeddings.word_embeddings.weight"), &[config.vocabulary, width])?;
        let table = weights.fixed(&name("embeddings.position_embeddings.weight"), &[config.positions, width])?;
        let fault = |error: candle_core::Error| weights.fault(&error);
        let mut positions =
            table.narrow(0, config.first_position, config.positions - config.first_position).map_err(fault)?;
        if config.types > 0 {
            let types = weights.fixed(&name("embeddings.token_type_embeddings.weight"), &[config.types, width])?;
            positions = types.narrow(0, 0, 1).and_then(|first| positions.broadcast_add(&first)).map_err(fault)?;
        }
        let shapes = (config.shapes > 0)
            .then(|| weights.table(&name("embeddings.shape_embeddings.weight"), config.shapes, width))
            .transpose()?;
        let norm = Norm::new(weights, &name("embeddings.LayerNorm"), width, config.epsilon)?;
        let project = (width != config.hidden)
            .then(|| Linear::new(weights, &name("embeddings_project"), width, config.hidden))
            .transpose()?;
        let (layers, names) = match config.architecture {
            Architecture::DistilBert => ("transformer.layer.", &DISTILBERT),
            _ => ("encoder.layer.", &BERT),
        };
        let block = |layer| Block::new(weights, &format!("{prefix}{layers}{layer}."), names, config);
        let blocks = (0..config.layers).map(block).collect::<Result<_>>()?;
        let (heads, activation) = (config.heads, config.activation);
        Ok(Self { words, positions, shapes, norm, project, blocks, heads, activation })
    }

    /// The hidden state of every piece, one a row, window after window.
    pub(super) fn forward(&self, batch: &Batch, dropout: &Dropout) -> candle_core::Result<Tensor> {
        let (windows, length) = batch.ids.dims2()?;
        let width = self.words.dim(1)?;
        let words = self.words.index_select(&batch.ids.flatten_all()?, 0)?.reshape((windows, length, width))?;
        let mut x = words.broadcast_add(&self.positions.narrow(0, 0, length)?)?.reshape((windows * length, width))?;
        if let (Some(table), Some(shapes)) = (&self.shapes, &batch.shapes) {
            x = (x + table.index_select(&shapes.flatten_all()?, 0)?)?;
        }
        let mut x = dropout.apply(self.norm.forward(&x)?)?;
        if let Some(project) = &self.project {
            x = project.forward(&x)?;
        }
        for block in &self.blocks {
            x = block.forward(&x, &batch.mask, self.heads, self.activation, dropout)?;
        }
        Ok(x)
    }
}
