//! Fine-tuning: an encoder and gold in, a token classifier out.
//!
//! The loss is that of the default's trainer (`linear::partial`): sources that leave labels out or join them
//! bound what the network may say, and teach no more than they know. The table of word embeddings stays as
//! it was, so that words never seen in the gold keep their place beside those that were.

use super::config::{Architecture, Config};
use super::decode::Scheme;
use super::dropout::Dropout;
use super::network::{Network, prefix};
use super::optimizer::Optimizer;
use super::pieces::Pieces;
use super::resume::{self, State};
use super::shapes;
use super::weights::{self, Weights};
use super::windows::{Layout, Window, cut};
use crate::document::Segmented;
use crate::draft;
use crate::error::{Error, Result};
use crate::linear::partial::{Constrained, PartialLoss};
use crate::linear::train::Counts;
use crate::resource::compile::{SEED, extend, word_hash};
use candle_core::{DType, Device, Tensor};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How a checkpoint is fine-tuned.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Passes over the gold; parts of a pass are allowed.
    pub epochs: f64,
    /// The greatest step of a weight; it falls to 0 over the run.
    pub rate: f64,
    /// The share of all steps over which the rate rises at first.
    pub warm_up: f64,
    /// The most word pieces of a window, those around it left out.
    pub window: usize,
    /// The most word pieces of a step, what fills windows up among them.
    pub batch: usize,
    /// The share of values hidden between layers.
    pub dropout: f32,
    /// Pull of matrices towards zero, times the rate.
    pub decay: f32,
    /// Gradients longer than this are shortened to it.
    pub clip: f64,
    /// Seeds the order of windows, the new weights and what is hidden.
    pub seed: u64,
    /// Steps between two judgements on the development files.
    pub judge: usize,
    /// Judgements without gain after which training stops.
    pub patience: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            epochs: 3.0,
            rate: 3e-4,
            warm_up: 0.06,
            window: 126,
            batch: 1024,
            dropout: 0.1,
            decay: 0.01,
            clip: 1.0,
            seed: 1,
            judge: 400,
            patience: 4,
        }
    }
}

/// A window with what the gold allows.
struct Example {
    window: Window,
    /// For each sentence with a token in the window, which of its rows, and the tags allowed there.
    sentences: Vec<(Range<usize>, Vec<u64>)>,
}

/// A development document.
struct Held {
    windows: Vec<Window>,
    sentences: Vec<Range<usize>>,
}

/// The marks found in a document: ranges of tokens with numbers of labels.
pub type Marks = Vec<(Range<usize>, usize)>;

/// What a judgement came to.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Steps done, of so many.
    pub step: usize,
    /// All steps of the run.
    pub steps: usize,
    /// Mean loss of a sentence since the last judgement.
    pub loss: f64,
    /// Mentions of the development files; none when there are none.
    pub dev: Option<Counts>,
}

/// What is told of a training.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// A judgement; those of the training that is gone on with come again.
    Judged(Progress),
    /// It goes on after this step of one that was broken off.
    GoesOn(usize),
}

/// Fine-tunes one encoder.
pub struct Finetuner {
    base: PathBuf,
    /// Whether the base is already a classifier of these labels, whose head is kept.
    goes_on: bool,
    config: Config,
    keys: serde_json::Map<String, serde_json::Value>,
    pieces: Pieces,
    labels: Vec<String>,
    settings: Settings,
    examples: Vec<Example>,
    held: Vec<Held>,
}

impl Finetuner {
    /// Opens the encoder in the folder `base` for a classifier of `labels`; a base that is one already is
    /// trained further.
    pub fn new(base: &Path, labels: &[String], settings: Settings) -> Result<Self> {
        let path = base.join("config.json");
        let place = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|cause| Error::Io { path, doing: "read", cause })?;
        let mut config = Config::parse(&text, &place)?;
        if config.architecture != Architecture::Bert {
            return Err(Error::resource(place, "is no BERT encoder; only those can be fine-tuned here"));
        }
        let tags = PartialLoss::names(labels);
        let goes_on = config.labels == tags && config.shapes == shapes::COUNT;
        config.labels.clone_from(&tags);
        config.shapes = shapes::COUNT;
        if settings.window + 2 > config.positions || settings.window < 8 || settings.batch == 0 {
            let most = config.positions - 2;
            return Err(Error::input("the settings", format!("window must lie between 8 and {most}, batch above 0")));
        }
        let mut keys: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&text).map_err(|error| Error::resource(&place, error.to_string()))?;
        describe(&mut keys, &tags, settings.window);
        let pieces = Pieces::open(&base.join("tokenizer.json"), config.vocabulary)?;
        Ok(Self {
            base: base.to_owned(),
            goes_on,
            config,
            keys,
            pieces,
            labels: labels.to_vec(),
            settings,
            examples: Vec::new(),
            held: Vec::new(),
        })
    }

    fn layout(&self) -> Layout {
        Layout { length: self.settings.window, context: 0 }
    }

    /// Takes a document with what its gold allows.
    pub fn add(&mut self, text: &Segmented<'_>, gold: &[Constrained]) -> Result<()> {
        for window in cut(text, &self.pieces, self.layout())? {
            let mut sentences: Vec<(Range<usize>, Vec<u64>)> = Vec::new();
            let mut last = None;
            for (row, (token, _)) in window.rows.iter().enumerate() {
                let token = *token as usize;
                let number = gold.partition_point(|sentence| sentence.tokens.end <= token);
                let Some(sentence) = gold.get(number).filter(|sentence| sentence.tokens.contains(&token)) else {
                    continue;
                };
                let allowed = sentence.allowed[token - sentence.tokens.start];
                match sentences.last_mut().filter(|_| last == Some(number)) {
                    Some((rows, masks)) => {
                        rows.end = row + 1;
                        masks.push(allowed);
                    }
                    None => sentences.push((row..row + 1, vec![allowed])),
                }
                last = Some(number);
            }
            if !sentences.is_empty() {
                self.examples.push(Example { window, sentences });
            }
        }
        Ok(())
    }

    /// Takes a document for judging.
    pub fn add_dev(&mut self, text: &Segmented<'_>) -> Result<()> {
        let sentences = text.sentences().iter().map(|s| s.tokens.start as usize..s.tokens.end as usize).collect();
        self.held.push(Held { windows: cut(text, &self.pieces, self.layout())?, sentences });
        Ok(())
    }

    /// Windows and word pieces read.
    pub fn size(&self) -> (usize, usize) {
        (self.examples.len(), self.examples.iter().map(|example| example.window.ids.len()).sum())
    }

    /// Trains. `judge` counts what a prediction for each development document found; `tell` hears of every
    /// judgement. The checkpoint so far is saved in `folder` after each that is the best yet, and after each also
    /// what it takes to go on: when that of this very training lies there, it does.
    pub fn train(
        &self,
        folder: &Path,
        judge: &mut dyn FnMut(&[Marks]) -> Counts,
        tell: &mut dyn FnMut(Event),
    ) -> Result<()> {
        let fault = |error: candle_core::Error| Error::resource("training", error.to_string());
        let settings = &self.settings;
        let weights = self.start()?;
        let network = Network::new(&weights, &self.config, &Device::Cpu)?;
        let mut optimizer = Optimizer::new(weights.take_trainable(), settings.decay, settings.clip);
        let mut order = Order::new(settings.seed);
        let dropout = Dropout::new(settings.dropout, settings.seed);
        #[expect(clippy::cast_sign_loss, reason = "below 0 there is one step")]
        let steps = {
            let batches = Order::new(settings.seed).batches(&self.examples, settings.batch).len();
            ((batches as f64 * settings.epochs).ceil() as usize).max(1)
        };
        let mut state = self.take_up(folder, &mut optimizer, steps, tell)?;
        if state.step > 0 {
            order.0 = state.order;
            dropout.restore(state.dropout);
        }
        let (mut loss, mut sentences) = (0.0, 0);
        let mut partial = PartialLoss::new(self.labels.len());
        for step in state.step + 1..=steps {
            if state.since >= settings.patience {
                break;
            }
            if state.batches.is_empty() {
                state.batches = order.batches(&self.examples, settings.batch);
            }
            let Some(batch) = state.batches.pop() else {
                return Err(Error::input("the gold", "holds no sentence to learn from"));
            };
            let part = self.step(&network, &mut partial, &batch, &dropout, &mut optimizer, self.rate(step, steps));
            let (sum, count) = part.map_err(fault)?;
            loss += sum;
            sentences += count;
            if step % settings.judge.max(1) != 0 && step != steps {
                continue;
            }
            let dev = if self.held.is_empty() { None } else { Some(judge(&self.predict(&network).map_err(fault)?)) };
            let progress = Progress { step, steps, loss: loss / f64::from(sentences.max(1)), dev };
            (loss, sentences) = (0.0, 0);
            tell(Event::Judged(progress));
            let score = dev.map_or(step as f64, Counts::f1);
            if score > f64::from_bits(state.best) {
                (state.best, state.since) = (score.to_bits(), 0);
                self.save(folder, &optimizer)?;
            } else {
                state.since += 1;
            }
            (state.step, state.order, state.dropout) = (step, order.0, dropout.state());
            let counts = dev.map(|counts| [counts.right, counts.marked, counts.gold]);
            state.judged.push((step, progress.loss.to_bits(), counts));
            resume::save(folder, &state, &optimizer)?;
        }
        resume::remove(folder)
    }

    /// The state of this very training that lies in `folder`, or one before the first step.
    fn take_up(
        &self,
        folder: &Path,
        optimizer: &mut Optimizer,
        steps: usize,
        tell: &mut dyn FnMut(Event),
    ) -> Result<State> {
        let fingerprint = self.fingerprint()?;
        let Some(state) = resume::restore(folder, fingerprint, optimizer)? else {
            return Ok(State { fingerprint, best: f64::MIN.to_bits(), ..State::default() });
        };
        for (step, loss, dev) in &state.judged {
            let dev = dev.map(|[right, marked, gold]| Counts { right, marked, gold });
            tell(Event::Judged(Progress { step: *step, steps, loss: f64::from_bits(*loss), dev }));
        }
        tell(Event::GoesOn(state.step));
        Ok(state)
    }

    /// A number that another training (gold, settings, encoder) has not.
    fn fingerprint(&self) -> Result<u64> {
        let path = self.base.join("model.safetensors");
        let encoder = std::fs::read(&path).map_err(|cause| Error::Io { path, doing: "read", cause })?;
        let encoder = Sha256::digest(&encoder);
        let (numbers, _) = encoder.as_chunks::<8>();
        let encoder = numbers.iter().map(|bytes| u64::from_le_bytes(*bytes));
        let settings = word_hash(&format!("{:?} {:?} {:?}", self.settings, self.config, self.labels));
        let read = self.examples.iter().flat_map(|example| {
            let allowed = example
                .sentences
                .iter()
                .flat_map(|(rows, tags)| [rows.start as u64, rows.end as u64].into_iter().chain(tags.iter().copied()));
            example.window.numbers().chain(allowed)
        });
        let held = self.held.iter().flat_map(|held| held.windows.iter().flat_map(Window::numbers));
        Ok(encoder.chain([settings]).chain(read).chain(held).fold(SEED, extend))
    }

    /// The rate at a step: up, then straight down to 0.
    fn rate(&self, step: usize, steps: usize) -> f32 {
        let up = (self.settings.warm_up * steps as f64).max(1.0);
        let (step, steps) = (step as f64, steps as f64);
        let share = if step < up { step / up } else { (steps - step + 1.0) / (steps - up + 1.0) };
        (self.settings.rate * share) as f32
    }

    /// The base's weights, with new ones for shapes and classifier where it is an encoder alone.
    fn start(&self) -> Result<Weights> {
        let path = self.base.join("model.safetensors");
        let place = path.display().to_string();
        let fault = |error: candle_core::Error| Error::resource(&place, error.to_string());
        let prefix = prefix(self.config.architecture);
        let tensors = named(weights::read(&path)?, prefix);
        let mut weights = Weights::new(tensors, place.clone(), Device::Cpu).trainable();
        if self.goes_on {
            return Ok(weights);
        }
        let mut order = Order::new(self.settings.seed ^ 0x5eed);
        let width = self.config.embedding;
        let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F32, &Device::Cpu).map_err(fault);
        weights.insert(&format!("{prefix}embeddings.shape_embeddings.weight"), zeros(&[self.config.shapes, width])?);
        let tags = self.config.labels.len();
        let values: Vec<f32> = (0..tags * self.config.hidden).map(|_| (order.share() - 0.5) * 0.07).collect();
        let matrix = Tensor::from_vec(values, (tags, self.config.hidden), &Device::Cpu).map_err(fault)?;
        weights.insert("classifier.weight", matrix);
        weights.insert("classifier.bias", zeros(&[tags])?);
        Ok(weights)
    }

    /// One step; the sum of its losses and the number of sentences are returned.
    fn step(
        &self,
        network: &Network,
        partial: &mut PartialLoss,
        batch: &[usize],
        dropout: &Dropout,
        optimizer: &mut Optimizer,
        rate: f32,
    ) -> candle_core::Result<(f64, u32)> {
        let windows: Vec<&Window> = batch.iter().map(|index| &self.examples[*index].window).collect();
        let scores = network.scores(&windows, dropout)?;
        let values = scores.flatten_all()?.to_vec1::<f32>()?;
        let width = partial.tags();
        let mut slopes = vec![0.0_f32; values.len()];
        let (mut loss, mut count, mut first, mut tokens) = (0.0, 0, 0, 0);
        for example in batch.iter().map(|index| &self.examples[*index]) {
            for (rows, allowed) in &example.sentences {
                let range = (first + rows.start) * width..(first + rows.end) * width;
                // Gold that cuts a word leaves no legal path now and then; such a sentence teaches nothing.
                if let Some((part, slope)) = partial.of(&values[range.clone()], allowed) {
                    slopes[range].copy_from_slice(&slope);
                    loss += part;
                    count += 1;
                    tokens += rows.len();
                }
            }
            first += example.window.rows.len();
        }
        let even = 1.0 / tokens.max(1) as f32;
        for slope in &mut slopes {
            *slope *= even;
        }
        let slopes = Tensor::from_vec(slopes, scores.shape(), scores.device())?;
        // The derivative of this sum by the scores is the slopes.
        let grads = (scores * slopes)?.sum_all()?.backward()?;
        optimizer.step(&grads, rate)?;
        Ok((loss, count))
    }

    /// The mentions of every development document.
    fn predict(&self, network: &Network) -> candle_core::Result<Vec<Marks>> {
        let scheme = Scheme::new(&self.config.labels, false);
        let number = |label: usize| self.labels.iter().position(|known| *known == scheme.labels()[label]);
        let marks = |held: &Held| {
            let found = super::predict::mentions(network, &scheme, &held.windows, &held.sentences)?;
            Ok(found.into_iter().filter_map(|mention| Some((mention.tokens, number(mention.label)?))).collect())
        };
        self.held.iter().map(marks).collect()
    }

    /// Writes the three files of a checkpoint.
    fn save(&self, folder: &Path, optimizer: &Optimizer) -> Result<()> {
        let fault = |error: candle_core::Error| Error::resource(folder.display().to_string(), error.to_string());
        let io = |path: PathBuf| move |cause| Error::Io { path, doing: "write", cause };
        std::fs::create_dir_all(folder).map_err(io(folder.to_owned()))?;
        let prefix = prefix(self.config.architecture);
        let base = self.base.join("model.safetensors");
        // What the classifier does not use is not kept.
        let mut tensors = named(weights::read_floats(&base)?, prefix);
        tensors.retain(|name, _| name.contains("embeddings."));
        for weight in optimizer.weights() {
            let tensor = weight.var.as_tensor().detach();
            let tensor = if weight.turned { tensor.t().and_then(|t| t.contiguous()) } else { tensor.copy() };
            tensors.insert(weight.name.clone(), tensor.map_err(fault)?);
        }
        let path = folder.join("model.safetensors");
        weights::write(&tensors, &path)?;
        let mut text = serde_json::to_string_pretty(&self.keys)
            .map_err(|error| Error::resource(folder.display().to_string(), error.to_string()))?;
        text.push('\n');
        let path = folder.join("config.json");
        draft::write(&path, text.as_bytes())?;
        let path = folder.join("tokenizer.json");
        std::fs::copy(self.base.join("tokenizer.json"), &path).map(|_| ()).map_err(io(path))
    }
}

/// Tensors by their full names: an encoder saved alone leaves the prefix out, a classifier's head never has it.
fn named<T>(tensors: HashMap<String, T>, prefix: &str) -> HashMap<String, T> {
    let named = |(name, tensor): (String, T)| {
        if name.starts_with(prefix) || name.starts_with("classifier.") {
            (name, tensor)
        } else {
            (format!("{prefix}{name}"), tensor)
        }
    };
    tensors.into_iter().map(named).collect()
}

/// Makes the configuration of an encoder that of a token classifier.
fn describe(keys: &mut serde_json::Map<String, serde_json::Value>, tags: &[String], window: usize) {
    let by_number = tags.iter().enumerate().map(|(number, tag)| (number.to_string(), tag.clone().into()));
    keys.insert("id2label".to_owned(), serde_json::Value::Object(by_number.collect()));
    let by_label = tags.iter().enumerate().map(|(number, tag)| (tag.clone(), number.into()));
    keys.insert("label2id".to_owned(), serde_json::Value::Object(by_label.collect()));
    keys.insert("architectures".to_owned(), vec!["BertForTokenClassification"].into());
    keys.insert("gloss_shapes".to_owned(), shapes::COUNT.into());
    keys.insert("gloss_window".to_owned(), window.into());
    keys.remove("_name_or_path");
}

/// The order of windows, from a seed.
struct Order(u64);

impl Order {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 to 1.
    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, (self.next() % (end as u64 + 1)) as usize);
        }
    }

    /// All windows in random batches of like length: at most `most` pieces each, the filling among them.
    fn batches(&mut self, examples: &[Example], most: usize) -> Vec<Vec<usize>> {
        // Windows are sorted by length within runs of this many, so that batches mix differently each time.
        const RUN: usize = 1024;
        let mut order: Vec<usize> = (0..examples.len()).collect();
        self.shuffle(&mut order);
        let mut batches = Vec::new();
        for run in order.chunks_mut(RUN) {
            run.sort_by_key(|index| (examples[*index].window.ids.len(), *index));
            let mut batch: Vec<usize> = Vec::new();
            for index in run {
                let length = examples[*index].window.ids.len();
                if !batch.is_empty() && (batch.len() + 1) * length > most {
                    batches.push(std::mem::take(&mut batch));
                }
                batch.push(*index);
            }
            batches.push(batch);
        }
        self.shuffle(&mut batches);
        batches
    }
}
