//! `DeBERTa`, versions 2 and 3: attention that looks at what a word is and at how far it stands apart.

use super::config::{Activation, Config, Relative};
use super::encoder::{Batch, Linear, Norm};
use super::ops;
use super::weights::Weights;
use crate::error::{Error, Result};
use candle_core::{DType, Device, Tensor};

/// Positions through the matrices of one block, one row a distance, parted by heads (heads, distances, width).
struct Positions {
    key: Option<Tensor>,
    query: Option<Tensor>,
}

struct Block {
    query: Linear,
    key: Linear,
    value: Linear,
    positions: Option<Positions>,
    attended: Linear,
    attended_norm: Norm,
    wide: Linear,
    narrow: Linear,
    norm: Norm,
}

/// The convolution beside the first block.
struct Convolution {
    weight: Tensor,
    bias: Tensor,
    norm: Norm,
    padding: usize,
    groups: usize,
    tanh: bool,
    activation: Activation,
}

/// Embeddings and blocks.
pub(super) struct Deberta {
    words: Tensor,
    positions: Option<Tensor>,
    types: Option<Tensor>,
    project: Option<Tensor>,
    norm: Norm,
    blocks: Vec<Block>,
    convolution: Option<Convolution>,
    relative: Relative,
    heads: usize,
    activation: Activation,
}

/// Which distances the table has a row for: from `-span` to `span - 1`.
fn span(relative: &Relative) -> usize {
    if relative.buckets > 0 { relative.buckets } else { relative.farthest }
}

impl Block {
    fn new(
        weights: &Weights,
        prefix: &str,
        config: &Config,
        relative: &Relative,
        table: Option<&Tensor>,
    ) -> Result<Self> {
        let (hidden, wide, epsilon) = (config.hidden, config.intermediate, config.epsilon);
        let linear = |name: &str, inputs, outputs| Linear::new(weights, &format!("{prefix}{name}"), inputs, outputs);
        let norm = |name: &str| Norm::new(weights, &format!("{prefix}{name}"), hidden, epsilon);
        let query = linear("attention.self.query_proj", hidden, hidden)?;
        let key = linear("attention.self.key_proj", hidden, hidden)?;
        let by_heads = |x: Tensor| {
            let rows = x.dim(0)?;
            x.reshape((rows, config.heads, hidden / config.heads))?.transpose(0, 1)?.contiguous()
        };
        let through = |own: &Linear, name: &str, table: &Tensor| -> Result<Tensor> {
            let separate = if relative.shared { None } else { Some(linear(name, hidden, hidden)?) };
            let matrix = separate.as_ref().unwrap_or(own);
            matrix.forward(table).and_then(by_heads).map_err(|error| weights.fault(&error))
        };
        let positions = match table {
            Some(table) => Some(Positions {
                key: relative
                    .content_to_position
                    .then(|| through(&key, "attention.self.pos_key_proj", table))
                    .transpose()?,
                query: relative
                    .position_to_content
                    .then(|| through(&query, "attention.self.pos_query_proj", table))
                    .transpose()?,
            }),
            None => None,
        };
        Ok(Self {
            query,
            key,
            positions,
            value: linear("attention.self.value_proj", hidden, hidden)?,
            attended: linear("attention.output.dense", hidden, hidden)?,
            attended_norm: norm("attention.output.LayerNorm")?,
            wide: linear("intermediate.dense", hidden, wide)?,
            narrow: linear("output.dense", wide, hidden)?,
            norm: norm("output.LayerNorm")?,
        })
    }

    fn forward(
        &self,
        x: &Tensor,
        mask: &Tensor,
        heads: usize,
        activation: Activation,
        distances: Option<&Tensor>,
    ) -> candle_core::Result<Tensor> {
        let (windows, length) = mask.dims2()?;
        let width = x.dim(1)? / heads;
        let split = |x: Tensor| x.reshape((windows, length, heads, width))?.transpose(1, 2)?.contiguous();
        let query = split(self.query.forward(x)?)?;
        let key = split(self.key.forward(x)?)?;
        let value = split(self.value.forward(x)?)?;
        let mut scores = query.matmul(&key.t()?.contiguous()?)?;
        let mut kinds = 1;
        if let (Some(positions), Some(distances)) = (&self.positions, distances) {
            let at = |rows: &Tensor, table: &Tensor, index: &Tensor| {
                let table = table.t()?.unsqueeze(0)?.broadcast_as((windows, heads, width, table.dim(1)?))?;
                let all = rows.matmul(&table.contiguous()?)?;
                all.gather(&index.broadcast_as((windows, heads, length, length))?.contiguous()?, 3)
            };
            if let Some(table) = &positions.key {
                scores = (scores + at(&query, table, distances)?)?;
                kinds += 1;
            }
            if let Some(table) = &positions.query {
                // The distance seen from the other side: the key's row, read for each query.
                let seen = at(&key, table, &distances.t()?)?;
                scores = (scores + seen.transpose(2, 3)?)?;
                kinds += 1;
            }
        }
        let scale = 1.0 / ((width * kinds) as f64).sqrt();
        let shares = ops::masked_softmax(&scores.contiguous()?, mask, scale)?;
        let seen = shares.matmul(&value)?.transpose(1, 2)?.contiguous()?.reshape(x.dims())?;
        let x = self.attended_norm.forward(&(x + self.attended.forward(&seen)?)?)?;
        let wide = activation.apply(&self.wide.forward(&x)?)?;
        self.norm.forward(&(&x + self.narrow.forward(&wide)?)?)
    }
}

impl Convolution {
    fn new(weights: &Weights, prefix: &str, config: &Config, relative: &Relative) -> Result<Self> {
        let (hidden, groups) = (config.hidden, relative.convolution_groups);
        if groups == 0 || !hidden.is_multiple_of(groups) {
            let message = format!("its config.json parts {hidden} channels into {groups} conv_groups");
            return Err(Error::resource(weights.place(), message));
        }
        let name = |name: &str| format!("{prefix}encoder.conv.{name}");
        Ok(Self {
            weight: weights.fixed(&name("conv.weight"), &[hidden, hidden / groups, relative.convolution])?,
            bias: weights.fixed(&name("conv.bias"), &[hidden])?,
            norm: Norm::new(weights, &name("LayerNorm"), hidden, config.epsilon)?,
            padding: (relative.convolution - 1) / 2,
            groups,
            tanh: relative.convolution_activation == "tanh",
            activation: Activation::parse(&relative.convolution_activation).unwrap_or(Activation::Gelu),
        })
    }

    /// `behind` is what the first block made of `x`.
    fn forward(&self, x: &Tensor, behind: &Tensor, mask: &Tensor) -> candle_core::Result<Tensor> {
        let (windows, length) = mask.dims2()?;
        let hidden = x.dim(1)?;
        let columns = x.reshape((windows, length, hidden))?.transpose(1, 2)?.contiguous()?;
        let out = columns.conv1d(&self.weight, self.padding, 1, 1, self.groups)?;
        let out = out.broadcast_add(&self.bias.reshape((1, hidden, 1))?)?;
        let out = out.transpose(1, 2)?.contiguous()?.reshape((windows * length, hidden))?;
        let rows = mask.reshape((windows * length, 1))?;
        let out = out.broadcast_mul(&rows)?;
        let out = if self.tanh { out.tanh()? } else { self.activation.apply(&out)? };
        self.norm.forward(&(behind + out)?)?.broadcast_mul(&rows)
    }
}

impl Deberta {
    /// Takes the weights of `config` out of `weights`, whose names begin with `prefix`.
    pub(super) fn new(weights: &Weights, prefix: &str, config: &Config) -> Result<Self> {
        let Some(relative) = config.relative.clone() else {
            return Err(Error::resource(weights.place(), "its config.json is none of DeBERTa-v2"));
        };
        let (width, hidden) = (config.embedding, config.hidden);
        let name = |name: &str| format!("{prefix}{name}");
        let words = weights.fixed(&name("embeddings.word_embeddings.weight"), &[config.vocabulary, width])?;
        let table = |rows, part: &str| weights.fixed(&name(part), &[rows, width]);
        let positions =
            relative.absolute.then(|| table(config.positions, "embeddings.position_embeddings.weight")).transpose()?;
        let types =
            (config.types > 0).then(|| table(config.types, "embeddings.token_type_embeddings.weight")).transpose()?;
        let project = (width != hidden)
            .then(|| weights.matrix(&name("embeddings.embed_proj.weight"), hidden, width))
            .transpose()?;
        let norm = Norm::new(weights, &name("embeddings.LayerNorm"), hidden, config.epsilon)?;
        let mut distances = relative
            .on
            .then(|| weights.fixed(&name("encoder.rel_embeddings.weight"), &[2 * span(&relative), hidden]))
            .transpose()?;
        if relative.normed
            && let Some(table) = &distances
        {
            let norm = Norm::new(weights, &name("encoder.LayerNorm"), hidden, config.epsilon)?;
            distances = Some(norm.forward(table).map_err(|error| weights.fault(&error))?);
        }
        let block = |layer| {
            Block::new(weights, &format!("{prefix}encoder.layer.{layer}."), config, &relative, distances.as_ref())
        };
        let blocks = (0..config.layers).map(block).collect::<Result<_>>()?;
        let convolution =
            (relative.convolution > 0).then(|| Convolution::new(weights, prefix, config, &relative)).transpose()?;
        let (heads, activation) = (config.heads, config.activation);
        Ok(Self { words, positions, types, project, norm, blocks, convolution, relative, heads, activation })
    }

    /// The hidden state of every piece, one a row, window after window.
    pub(super) fn forward(&self, batch: &Batch) -> candle_core::Result<Tensor> {
        let (windows, length) = batch.ids.dims2()?;
        let width = self.words.dim(1)?;
        let mut x = self.words.index_select(&batch.ids.flatten_all()?, 0)?;
        if let Some(table) = &self.positions {
            let rows = table.narrow(0, 0, length)?.unsqueeze(0)?;
            x = x.reshape((windows, length, width))?.broadcast_add(&rows)?.reshape((windows * length, width))?;
        }
        if let Some(table) = &self.types {
            x = x.broadcast_add(&table.narrow(0, 0, 1)?)?;
        }
        if let Some(project) = &self.project {
            x = x.matmul(project)?;
        }
        let mut x = self.norm.forward(&x)?.broadcast_mul(&batch.mask.reshape((windows * length, 1))?)?;
        let distances = self.relative.on.then(|| distances(&self.relative, length, x.device())).transpose()?;
        for (number, block) in self.blocks.iter().enumerate() {
            let behind = block.forward(&x, &batch.mask, self.heads, self.activation, distances.as_ref())?;
            x = match &self.convolution {
                Some(convolution) if number == 0 => convolution.forward(&x, &behind, &batch.mask)?,
                _ => behind,
            };
        }
        if x.dtype() == DType::F32 { Ok(x) } else { x.to_dtype(DType::F32) }
    }
}

#[expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "lengths are small and rows held above 0")]
/// The row of the table of distances for each pair of places (from, to).
fn distances(relative: &Relative, length: usize, device: &Device) -> candle_core::Result<Tensor> {
    let span = span(relative) as i64;
    let mut rows = Vec::with_capacity(length * length);
    for from in 0..length as i64 {
        for to in 0..length as i64 {
            let apart = bucket(from - to, relative);
            rows.push((apart + span).clamp(0, 2 * span - 1) as u32);
        }
    }
    Tensor::from_vec(rows, (length, length), device)
}

#[expect(clippy::cast_possible_wrap, reason = "sizes are checked to be small")]
/// A distance as it is told apart: exactly near by, by its logarithm farther off.
fn bucket(distance: i64, relative: &Relative) -> i64 {
    let middle = (relative.buckets / 2) as i64;
    if middle == 0 || distance.abs() <= middle {
        return distance;
    }
    let most = (relative.farthest as f32 - 1.0) / middle as f32;
    let steps = ((distance.abs() as f32 / middle as f32).ln() / most.ln() * (middle - 1) as f32).ceil();
    // Broken sizes give no number, or one without end.
    let steps = if steps.is_finite() { steps.clamp(0.0, 1e6) as i64 } else { 0 };
    (steps + middle) * distance.signum()
}
