//! The encoder of BERT and its kin without derivatives, on the CPU: windows stand one behind the other, and none
//! is filled up.

use super::config::{Activation, Architecture, Config};
use super::encoder::{BERT, DISTILBERT, Names};
use super::lanes::{AddNorm, Attend, Room};
use super::matrix::{Between, Matrix};
use super::network::prefix;
use super::predict::Scorer;
use super::weights::{Stored, Weights};
use super::windows::Window;
use crate::error::Result;
use rten_simd::SimdOp;
use std::cell::Cell;

/// The vectors of word pieces.
enum Table {
    Float(Vec<f32>),
    Eight { steps: Vec<i8>, sizes: Vec<f32> },
}

impl Table {
    fn copy(&self, piece: u32, out: &mut [f32]) {
        let (piece, width) = (piece as usize, out.len());
        match self {
            Self::Float(values) => out.copy_from_slice(&values[piece * width..][..width]),
            Self::Eight { steps, sizes } => {
                for (out, step) in out.iter_mut().zip(&steps[piece * width..][..width]) {
                    *out = f32::from(*step) * sizes[piece];
                }
            }
        }
    }
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    epsilon: f32,
}

impl Norm {
    fn new(weights: &Weights, name: &str, width: usize, epsilon: f64) -> Result<Self> {
        let numbers = |new: &str, old: &str| {
            let names = [format!("{name}.{new}"), format!("{name}.{old}")];
            weights.numbers(weights.name_of(&[&names[0], &names[1]]), &[width])
        };
        Ok(Self { scale: numbers("weight", "gamma")?, shift: numbers("bias", "beta")?, epsilon: epsilon as f32 })
    }

    /// Normalises `rows`, after `more` was added to them if there is any.
    fn apply(&self, rows: &mut [f32], more: Option<&[f32]>) {
        AddNorm { rows, more, scale: &self.scale, shift: &self.shift, epsilon: self.epsilon }.dispatch();
    }
}

/// Room for what blocks compute, used again by each.
#[derive(Debug, Default)]
struct Desk {
    between: Between,
    room: Room,
    asked: Vec<f32>,
    seen: Vec<f32>,
    wide: Vec<f32>,
    more: Vec<f32>,
}

thread_local! {
    // Taken while it is in use: a thread that waits may take up another batch.
    static DESK: Cell<Desk> = Cell::default();
}

struct Block {
    /// Query, key and value side by side.
    ask: Matrix,
    attended: Matrix,
    attended_norm: Norm,
    wide: Matrix,
    narrow: Matrix,
    norm: Norm,
}

impl Block {
    fn new(weights: &Weights, prefix: &str, names: &Names, config: &Config) -> Result<Self> {
        let (hidden, wide, epsilon) = (config.hidden, config.intermediate, config.epsilon);
        let name = |name: &str| format!("{prefix}{name}");
        let matrix = |part: &str, inputs, outputs| Matrix::new(weights, &[name(part)], inputs, outputs);
        let norm = |part: &str| Norm::new(weights, &name(part), hidden, epsilon);
        let ask = [names.query, names.key, names.value].map(name);
        Ok(Self {
            ask: Matrix::new(weights, &ask, hidden, hidden)?,
            attended: matrix(names.attended, hidden, hidden)?,
            attended_norm: norm(names.attended_norm)?,
            wide: matrix(names.wide, hidden, wide)?,
            narrow: matrix(names.narrow, wide, hidden)?,
            norm: norm(names.norm)?,
        })
    }
}

/// A token classifier.
pub(super) struct Reader {
    words: Table,
    /// Position embeddings, the token type's already added, from the first position in use on.
    positions: Vec<f32>,
    shapes: Option<Vec<f32>>,
    norm: Norm,
    project: Option<Matrix>,
    blocks: Vec<Block>,
    classifier: Matrix,
    activation: Activation,
    heads: usize,
    hidden: usize,
}

impl Reader {
    /// Takes the weights of `config` out of `weights`.
    pub(super) fn new(weights: &Weights, config: &Config) -> Result<Self> {
        let prefix = prefix(config.architecture);
        let width = config.embedding;
        let name = |name: &str| format!("{prefix}{name}");
        let table = name("embeddings.word_embeddings.weight");
        let words = match weights.stored(&table, &[config.vocabulary, width])? {
            Stored::Eight { steps, scales, .. } => Table::Eight { steps: steps.clone(), sizes: scales.clone() },
            Stored::Float(_) => Table::Float(weights.numbers(&table, &[config.vocabulary, width])?),
        };
        let mut positions =
            weights.numbers(&name("embeddings.position_embeddings.weight"), &[config.positions, width])?;
        positions.drain(..config.first_position * width);
        if config.types > 0 {
            let types = weights.numbers(&name("embeddings.token_type_embeddings.weight"), &[config.types, width])?;
            for row in positions.chunks_exact_mut(width) {
                row.iter_mut().zip(&types).for_each(|(x, first)| *x += first);
            }
        }
        let shapes = (config.shapes > 0)
            .then(|| weights.numbers(&name("embeddings.shape_embeddings.weight"), &[config.shapes, width]))
            .transpose()?;
        let norm = Norm::new(weights, &name("embeddings.LayerNorm"), width, config.epsilon)?;
        let project = (width != config.hidden)
            .then(|| Matrix::new(weights, &[name("embeddings_project")], width, config.hidden))
            .transpose()?;
        let (layers, names) = match config.architecture {
            Architecture::DistilBert => ("transformer.layer.", &DISTILBERT),
            _ => ("encoder.layer.", &BERT),
        };
        let block = |layer| Block::new(weights, &format!("{prefix}{layers}{layer}."), names, config);
        let blocks = (0..config.layers).map(block).collect::<Result<_>>()?;
        let classifier = Matrix::new(weights, &["classifier".to_owned()], config.hidden, config.labels.len())?;
        let (activation, heads, hidden) = (config.activation, config.heads, config.hidden);
        Ok(Self { words, positions, shapes, norm, project, blocks, classifier, activation, heads, hidden })
    }

    /// The embeddings of all pieces, one behind the other.
    fn embed(&self, windows: &[&Window], desk: &mut Desk) -> candle_core::Result<Vec<f32>> {
        let width = self.norm.scale.len();
        let pieces: usize = windows.iter().map(|window| window.ids.len()).sum();
        let mut x = vec![0.0_f32; pieces * width];
        let mut rows = x.chunks_exact_mut(width);
        for window in windows {
            let pieces = window.ids.iter().zip(&window.shapes).zip(self.positions.chunks_exact(width));
            for (((piece, shape), position), row) in pieces.zip(&mut rows) {
                self.words.copy(*piece, row);
                row.iter_mut().zip(position).for_each(|(x, more)| *x += more);
                if let Some(shapes) = &self.shapes {
                    let shape = &shapes[*shape as usize * width..][..width];
                    row.iter_mut().zip(shape).for_each(|(x, more)| *x += more);
                }
            }
        }
        self.norm.apply(&mut x, None);
        if let Some(project) = &self.project {
            let mut out = Vec::new();
            project.product(&x, None, &mut desk.between, &mut out)?;
            x = out;
        }
        Ok(x)
    }

    /// `x` through a block; where `wanted` is given, only those rows come out.
    fn pass(
        &self,
        block: &Block,
        windows: &[&Window],
        wanted: Option<&[usize]>,
        x: &mut Vec<f32>,
        desk: &mut Desk,
    ) -> candle_core::Result<()> {
        let (hidden, heads) = (self.hidden, self.heads);
        let Desk { between, room, asked, seen, wide, more } = desk;
        block.ask.product(x, None, between, asked)?;
        seen.resize(x.len(), 0.0);
        let mut from = 0;
        for window in windows {
            let to = from + window.ids.len();
            let (rows, out) = (&asked[3 * hidden * from..3 * hidden * to], &mut seen[hidden * from..hidden * to]);
            Attend { rows, hidden, heads, room, out }.dispatch();
            from = to;
        }
        if let Some(wanted) = wanted {
            // Several tokens may share a piece, so there may be more rows after than before.
            for rows in [&mut *x, seen] {
                more.clear();
                for row in wanted {
                    more.extend_from_slice(&rows[row * hidden..][..hidden]);
                }
                std::mem::swap(rows, more);
            }
        }
        block.attended.product(seen, None, between, more)?;
        block.attended_norm.apply(x, Some(more));
        // Both halves of the net for some pieces, before the next go through them.
        for rows in x.chunks_mut(block.wide.block_rows() * hidden) {
            block.wide.product(rows, Some(self.activation), between, wide)?;
            block.narrow.product(wide, None, between, more)?;
            block.norm.apply(rows, Some(more));
        }
        Ok(())
    }
}

impl Scorer for Reader {
    fn scores(&self, windows: &[&Window]) -> candle_core::Result<Vec<Vec<f32>>> {
        let mut desk = DESK.take();
        let mut x = self.embed(windows, &mut desk)?;
        let mut wanted = Vec::new();
        let mut first = 0;
        for window in windows {
            wanted.extend(window.rows.iter().map(|(_, row)| first + *row as usize));
            first += window.ids.len();
        }
        for (number, block) in self.blocks.iter().enumerate() {
            let last = number + 1 == self.blocks.len();
            self.pass(block, windows, last.then_some(wanted.as_slice()), &mut x, &mut desk)?;
        }
        let mut scores = Vec::new();
        self.classifier.product(&x, None, &mut desk.between, &mut scores)?;
        DESK.set(desk);
        Ok(scores.chunks_exact(self.classifier.outputs()).map(<[f32]>::to_vec).collect())
    }

    fn most(&self) -> usize {
        256
    }

    fn beside(&self) -> bool {
        true
    }
}
