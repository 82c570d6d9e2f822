//! A folder with a checkpoint, opened and checked: all that can be wrong with it is found here.

use super::config::Config;
use super::labels::Labels;
use super::network;
use super::pieces::Pieces;
use super::predict::Scorer;
use super::weights::{self, Weights};
use super::windows::{self, Layout, Window};
use super::{decode, predict};
use crate::document::{Segmented, Sentence};
use crate::error::{Error, Result};
use crate::resource::Resources;
use crate::tag::entities::first::FirstMark;
use candle_core::Device;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub(super) const CONFIG: &str = "config.json";
pub(super) const TOKENIZER: &str = "tokenizer.json";
pub(super) const WEIGHTS: &str = "model.safetensors";

/// A window is never longer than this, however long the checkpoint's positions reach: attention grows with
/// the square.
const LONGEST: usize = 512;

/// A token classifier with its tokenizer and labels.
pub struct Checkpoint {
    name: String,
    network: Box<dyn Scorer>,
    pieces: Pieces,
    labels: Labels,
    layout: Layout,
}

impl Checkpoint {
    /// Opens the checkpoint in `folder`.
    pub fn open(folder: &Path, resources: &Resources) -> Result<Self> {
        let device = device()?;
        let path = file(folder, CONFIG)?;
        let text = read_text(&path)?;
        let config = Config::parse(&text, &path.display().to_string())?;
        let tokenizer = file(folder, TOKENIZER)?;
        let pieces = Pieces::open(&tokenizer, config.vocabulary)?;
        let labels = Labels::open(folder, resources, &config.labels)?;
        let weights = file(folder, WEIGHTS)?;
        let tensors = weights::read(&weights)?;
        let weights = Weights::new(tensors, weights.display().to_string(), device.clone());
        let network = network::scorer(&weights, &config, &device)?;
        let room = (config.positions - config.first_position).saturating_sub(pieces.frame());
        let length = config.window.unwrap_or(LONGEST).min(room).min(LONGEST);
        if length < 8 {
            return Err(Error::resource(path.display().to_string(), format!("leaves room for {length} word pieces")));
        }
        let name = folder.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        let checkpoint = Self {
            name: name.unwrap_or_else(|| "checkpoint".to_owned()),
            network,
            pieces,
            labels,
            layout: Layout { length, context: length / 8 },
        };
        checkpoint.try_out(&weights)?;
        Ok(checkpoint)
    }

    /// The folder's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its marks are to be corrected and completed by the rules: as its labels.toml says, else where it
    /// knows every label that they give.
    pub fn takes_rules(&self) -> bool {
        self.labels.takes_rules()
    }

    /// One window through the network: what does not fit together fails now and not in the middle of a batch.
    fn try_out(&self, weights: &Weights) -> Result<()> {
        let mut window = Window::default();
        let known = self.pieces.before.iter().chain(&self.pieces.behind).copied().chain([0, 0]);
        window.ids.extend(known);
        window.shapes.resize(window.ids.len(), 0);
        window.rows.push((0, 0));
        predict::scores(self.network.as_ref(), &[window]).map(|_| ()).map_err(|error| weights.fault(&error))
    }

    /// The scores of the checkpoint's labels for each token of `text` that its tokenizer sees, in the order of
    /// `id2label`.
    pub fn scores(&self, text: &Segmented<'_>) -> Result<Vec<(usize, Vec<f32>)>> {
        let windows = windows::cut(text, &self.pieces, self.layout)?;
        let by_token = predict::scores(self.network.as_ref(), &windows).map_err(|error| self.fault(&error))?;
        Ok(by_token.into_rows().into_iter().map(|(token, row)| (token as usize, row)).collect())
    }

    /// The mentions of `text`, in order.
    pub fn mentions(&self, text: &Segmented<'_>) -> Result<Vec<FirstMark>> {
        let windows = windows::cut(text, &self.pieces, self.layout)?;
        let sentences = text.sentences().iter().map(|s| s.tokens.start as usize..s.tokens.end as usize);
        let sentences: Vec<Range<usize>> = sentences.collect();
        let found = predict::mentions(self.network.as_ref(), &self.labels.scheme, &windows, &sentences);
        let found = found.map_err(|error| self.fault(&error))?;
        let named = |found: decode::Found| {
            let label = self.labels.ours(found.label)?.clone();
            Some(FirstMark { tokens: found.tokens, label, score: found.score })
        };
        Ok(found.into_iter().filter_map(named).collect())
    }

    /// For each label that a mention of just these tokens can bear, how sure the checkpoint is of it; greatest
    /// first. Labels are named as the checkpoint names them.
    pub fn rivals(&self, text: &Segmented<'_>, tokens: Range<usize>) -> Result<Vec<(String, f32)>> {
        let (numbers, rows) = self.sentence(text, tokens.start)?;
        let at = |token: usize| numbers.binary_search(&token).ok();
        let Some((first, last)) = at(tokens.start).zip(at(tokens.end - 1)) else { return Ok(Vec::new()) };
        let rivals = self.labels.scheme.rivals(&rows, first..last + 1);
        Ok(rivals.into_iter().map(|(label, share)| (self.labels.scheme.labels()[label].clone(), share)).collect())
    }

    /// How sure the checkpoint is of each label at `token`, and of none ("O"); greatest first.
    pub fn shares(&self, text: &Segmented<'_>, token: usize) -> Result<Vec<(String, f32)>> {
        let (numbers, rows) = self.sentence(text, token)?;
        let Ok(at) = numbers.binary_search(&token) else { return Ok(Vec::new()) };
        let name = |label: Option<usize>| label.map_or("O", |label| &self.labels.scheme.labels()[label]).to_owned();
        Ok(self.labels.scheme.shares(&rows, at).into_iter().map(|(label, share)| (name(label), share)).collect())
    }

    /// The scored tokens of the sentence around `token`, with their scores. Only the windows that read it are
    /// computed.
    fn sentence(&self, text: &Segmented<'_>, token: usize) -> Result<(Vec<usize>, Vec<f32>)> {
        let around = |sentence: &&Sentence| sentence.tokens.contains(&(token as u32));
        let Some(sentence) = text.sentences().iter().find(around) else { return Ok(Default::default()) };
        let mut windows = windows::cut(text, &self.pieces, self.layout)?;
        windows.retain(|window| window.rows.iter().any(|(token, _)| sentence.tokens.contains(token)));
        let by_token = predict::scores(self.network.as_ref(), &windows).map_err(|error| self.fault(&error))?;
        let tokens = sentence.tokens.start as usize..sentence.tokens.end as usize;
        Ok(by_token.sentence(tokens, self.labels.scheme.len()))
    }

    fn fault(&self, error: &candle_core::Error) -> Error {
        Error::resource(&self.name, error.to_string())
    }
}

/// The device that this build computes on.
fn device() -> Result<Device> {
    let fault = |error: candle_core::Error| Error::resource("the accelerator", format!("cannot be used: {error}"));
    if cfg!(feature = "cuda") {
        Device::new_cuda(0).map_err(fault)
    } else if cfg!(feature = "metal") {
        Device::new_metal(0).map_err(fault)
    } else {
        Ok(Device::Cpu)
    }
}

/// The file `name` in `folder`, which must be there.
pub(super) fn file(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    if path.is_file() {
        return Ok(path);
    }
    let place = folder.display().to_string();
    if !folder.is_dir() {
        return Err(Error::resource(
            place,
            "is no folder of a checkpoint, which holds config.json, tokenizer.json and model.safetensors",
        ));
    }
    let has = |other: &str| folder.join(other).exists();
    let mend = match name {
        TOKENIZER if has("vocab.txt") || has("vocab.json") || has("sentencepiece.bpe.model") || has("spm.model") => {
            "; it holds only the slow form of its tokenizer: save the fast one, `AutoTokenizer.from_pretrained(DIR).save_pretrained(DIR)`"
        }
        WEIGHTS if has("pytorch_model.bin") => {
            "; it holds pytorch_model.bin: save it again with `save_pretrained(DIR, safe_serialization=True)`"
        }
        WEIGHTS if has("model.safetensors.index.json") => {
            "; its weights are split over several files: save them as one"
        }
        _ => "; a checkpoint holds config.json, tokenizer.json and model.safetensors",
    };
    Err(Error::resource(place, format!("has no {name}{mend}")))
}

/// The text of a file.
pub(super) fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|cause| Error::Io { path: path.to_owned(), doing: "read", cause })
}
