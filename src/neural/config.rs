//! `config.json` of a checkpoint: which architecture, and its sizes.

use crate::error::{Error, Result};
use candle_core::Tensor;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The architectures that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Architecture {
    Bert,
    DistilBert,
    /// Also `XLM-R`.
    Roberta,
    Electra,
    DebertaV2,
}

/// What stands between the two halves of a feed-forward net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activation {
    Gelu,
    /// The approximation by a hyperbolic tangent.
    GeluTanh,
    Relu,
    Silu,
}

impl Activation {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "gelu" => Some(Self::Gelu),
            "gelu_new" | "gelu_pytorch_tanh" | "gelu_fast" => Some(Self::GeluTanh),
            "relu" => Some(Self::Relu),
            "silu" | "swish" => Some(Self::Silu),
            _ => None,
        }
    }

    /// Every value through the function.
    pub(super) fn apply(self, x: &Tensor) -> candle_core::Result<Tensor> {
        match self {
            Self::Gelu => super::ops::gelu(x),
            Self::GeluTanh => x.gelu(),
            Self::Relu => x.relu(),
            Self::Silu => x.silu(),
        }
    }
}

/// The relative positions of `DeBERTa`.
#[expect(clippy::struct_excessive_bools, reason = "the switches of its configuration")]
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Relative {
    /// Whether positions are relative at all.
    pub(super) on: bool,
    /// Distances beyond this many are put together in buckets; 0 for none.
    pub(super) buckets: usize,
    /// The farthest distance told apart.
    pub(super) farthest: usize,
    /// Content looks at positions, positions at content.
    pub(super) content_to_position: bool,
    pub(super) position_to_content: bool,
    /// Whether positions go through the matrices of the content.
    pub(super) shared: bool,
    /// Whether the table of positions is normalised.
    pub(super) normed: bool,
    /// Whether absolute positions are added to the words.
    pub(super) absolute: bool,
    /// The width of the convolution beside the first block; 0 for none.
    pub(super) convolution: usize,
    pub(super) convolution_groups: usize,
    pub(super) convolution_activation: String,
}

/// What a checkpoint is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Config {
    pub(super) architecture: Architecture,
    pub(super) vocabulary: usize,
    pub(super) hidden: usize,
    /// Width of the embeddings.
    pub(super) embedding: usize,
    pub(super) layers: usize,
    pub(super) heads: usize,
    pub(super) intermediate: usize,
    pub(super) positions: usize,
    /// The number of the first position in use.
    pub(super) first_position: usize,
    pub(super) types: usize,
    pub(super) epsilon: f64,
    pub(super) activation: Activation,
    pub(super) padding: u32,
    /// Rows of the table of shape embeddings; 0 for none.
    pub(super) shapes: usize,
    pub(super) relative: Option<Relative>,
    /// The most word pieces of a window that the checkpoint was trained on, those around it left out.
    pub(super) window: Option<usize>,
    /// The labels by number, as `id2label` names them; empty for an encoder alone.
    pub(super) labels: Vec<String>,
}

/// Sizes beyond which a configuration is taken for broken.
const MOST: usize = 1 << 24;

/// One `config.json`.
struct Reader<'j> {
    place: &'j str,
    keys: Map<String, Value>,
}

impl Reader<'_> {
    fn fault(&self, message: impl Into<String>) -> Error {
        Error::resource(self.place, message)
    }

    /// A whole number, from 1 unless `default` is 0.
    fn size(&self, key: &str, default: Option<usize>) -> Result<usize> {
        match (self.keys.get(key), default) {
            (None | Some(Value::Null), Some(default)) => Ok(default),
            (None | Some(Value::Null), None) => {
                Err(self.fault(format!("has no {key}; take the config.json that was saved with the model")))
            }
            (Some(value), _) => match value.as_u64().and_then(|size| usize::try_from(size).ok()) {
                Some(size) if size <= MOST && (size > 0 || default == Some(0)) => Ok(size),
                _ => Err(self.fault(format!("{key} is {value}; it must be a whole number from 1 to {MOST}"))),
            },
        }
    }

    fn window(&self) -> Result<Option<usize>> {
        if self.keys.contains_key("gloss_window") { self.size("gloss_window", None).map(Some) } else { Ok(None) }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.keys.get(key).and_then(Value::as_str)
    }

    fn truth(&self, key: &str, default: bool) -> bool {
        self.keys.get(key).and_then(Value::as_bool).unwrap_or(default)
    }

    fn epsilon(&self, default: f64) -> Result<f64> {
        match self.keys.get("layer_norm_eps") {
            None => Ok(default),
            Some(value) => value
                .as_f64()
                .filter(|epsilon| *epsilon > 0.0 && *epsilon < 1.0)
                .ok_or_else(|| self.fault(format!("layer_norm_eps is {value}; it must lie between 0 and 1"))),
        }
    }

    fn activation(&self, key: &str) -> Result<Activation> {
        let name = self.text(key).unwrap_or("gelu");
        Activation::parse(name).ok_or_else(|| {
            self.fault(format!("{key} is {name:?}; gelu, gelu_new, relu and silu are read; take another checkpoint"))
        })
    }

    /// The labels of `id2label` by number.
    fn labels(&self) -> Result<Vec<String>> {
        let Some(value) = self.keys.get("id2label") else { return Ok(Vec::new()) };
        let map = value
            .as_object()
            .ok_or_else(|| self.fault("id2label is no table of number = label; write it as {\"0\": \"O\", …}"))?;
        let mut labels = BTreeMap::new();
        for (number, label) in map {
            let entry = number.parse::<usize>().ok().zip(label.as_str());
            let (number, label) =
                entry.ok_or_else(|| self.fault(format!("id2label holds {number:?}: {label}; write \"0\": \"O\"")))?;
            labels.insert(number, label.to_owned());
        }
        match labels.keys().enumerate().find(|(place, number)| place != *number) {
            Some((place, _)) => Err(self.fault(format!(
                "id2label has no label for {place} of 0 to {}; name every output of the classifier",
                labels.keys().last().copied().unwrap_or_default()
            ))),
            None => Ok(labels.into_values().collect()),
        }
    }

    /// The settings of `DeBERTa` alone.
    fn relative(&self, positions: usize) -> Result<Relative> {
        let attention = match self.keys.get("pos_att_type") {
            Some(Value::String(types)) => types.split('|').map(str::to_owned).collect(),
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let signed = |key: &str| self.keys.get(key).and_then(Value::as_i64).filter(|value| *value > 0);
        let small = |value: Option<i64>| value.and_then(|value| usize::try_from(value).ok()).filter(|v| *v <= MOST);
        Ok(Relative {
            on: self.truth("relative_attention", false),
            buckets: small(signed("position_buckets")).unwrap_or(0),
            farthest: small(signed("max_relative_positions")).unwrap_or(positions),
            content_to_position: attention.iter().any(|kind: &String| kind == "c2p"),
            position_to_content: attention.iter().any(|kind| kind == "p2c"),
            shared: self.truth("share_att_key", false),
            normed: self.text("norm_rel_ebd").is_some_and(|kinds| kinds.contains("layer_norm")),
            absolute: self.truth("position_biased_input", true),
            convolution: self.size("conv_kernel_size", Some(0))?,
            convolution_groups: self.size("conv_groups", Some(1))?,
            convolution_activation: self.text("conv_act").unwrap_or("tanh").to_owned(),
        })
    }
}

impl Config {
    /// Reads the text of the file `place`.
    pub(super) fn parse(text: &str, place: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Error::resource(place, format!("is not JSON: {error}; take the checkpoint's own file")))?;
        let Value::Object(keys) = value else {
            return Err(Error::resource(place, "is no JSON object; take the checkpoint's own file"));
        };
        let reader = Reader { place, keys };
        let name = reader.text("model_type").unwrap_or_default();
        let config = match name {
            "bert" => reader.standard(Architecture::Bert, 2)?,
            "roberta" | "xlm-roberta" | "camembert" => reader.standard(Architecture::Roberta, 1)?,
            "electra" => reader.standard(Architecture::Electra, 2)?,
            "deberta-v2" => reader.standard(Architecture::DebertaV2, 0)?,
            "distilbert" => reader.distilbert()?,
            _ => {
                return Err(reader.fault(format!(
                    "model_type is {name:?}; bert, distilbert, roberta, xlm-roberta, electra and deberta-v2 are read; take one of those"
                )));
            }
        };
        config.check(&reader)?;
        Ok(config)
    }

    fn check(&self, reader: &Reader<'_>) -> Result<()> {
        if !self.hidden.is_multiple_of(self.heads) {
            let message = format!(
                "a hidden size of {} does not divide into {} heads; take the checkpoint's own file",
                self.hidden, self.heads
            );
            return Err(reader.fault(message));
        }
        if self.first_position + 3 > self.positions {
            return Err(reader.fault(format!("{} positions leave no room for words", self.positions)));
        }
        if self.layers > 200 {
            return Err(reader.fault(format!("{} layers are too many; 200 at most", self.layers)));
        }
        if self.padding as usize >= self.vocabulary {
            let message = format!(
                "pad_token_id is {}, but vocab_size is {}; give it the number of a piece",
                self.padding, self.vocabulary
            );
            return Err(reader.fault(message));
        }
        if self.shapes > 0 && self.shapes < super::shapes::COUNT {
            let least = super::shapes::COUNT;
            return Err(
                reader.fault(format!("gloss_shapes is {}; leave it out, or set it to {least} or more", self.shapes))
            );
        }
        match reader.text("position_embedding_type") {
            None | Some("absolute") => Ok(()),
            Some(other) => Err(reader.fault(format!(
                "position_embedding_type is {other:?}; only absolute is read; take another checkpoint"
            ))),
        }
    }
}

impl Reader<'_> {
    fn standard(&self, architecture: Architecture, types: usize) -> Result<Config> {
        let hidden = self.size("hidden_size", None)?;
        let positions = self.size("max_position_embeddings", Some(512))?;
        let padding = self.size("pad_token_id", Some(0))?;
        let first = if architecture == Architecture::Roberta { padding + 1 } else { 0 };
        let relative = (architecture == Architecture::DebertaV2).then(|| self.relative(positions)).transpose()?;
        Ok(Config {
            architecture,
            vocabulary: self.size("vocab_size", None)?,
            hidden,
            embedding: self.size("embedding_size", Some(hidden))?,
            layers: self.size("num_hidden_layers", None)?,
            heads: self.size("num_attention_heads", None)?,
            intermediate: self.size("intermediate_size", None)?,
            positions,
            first_position: first,
            types: self.size("type_vocab_size", Some(types)).or_else(|error| {
                // 0 is allowed here: no types.
                if self.keys.get("type_vocab_size") == Some(&Value::from(0)) { Ok(0) } else { Err(error) }
            })?,
            epsilon: self.epsilon(if architecture == Architecture::DebertaV2 { 1e-7 } else { 1e-12 })?,
            activation: self.activation("hidden_act")?,
            padding: padding as u32,
            shapes: self.size("gloss_shapes", Some(0))?,
            relative,
            window: self.window()?,
            labels: self.labels()?,
        })
    }

    fn distilbert(&self) -> Result<Config> {
        let hidden = self.size("dim", None)?;
        Ok(Config {
            architecture: Architecture::DistilBert,
            vocabulary: self.size("vocab_size", None)?,
            hidden,
            embedding: hidden,
            layers: self.size("n_layers", None)?,
            heads: self.size("n_heads", None)?,
            intermediate: self.size("hidden_dim", None)?,
            positions: self.size("max_position_embeddings", Some(512))?,
            first_position: 0,
            types: 0,
            epsilon: 1e-12,
            activation: self.activation("activation")?,
            padding: self.size("pad_token_id", Some(0))? as u32,
            shapes: self.size("gloss_shapes", Some(0))?,
            relative: None,
            window: self.window()?,
            labels: self.labels()?,
        })
    }
}
