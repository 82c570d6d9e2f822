//! Transformer checkpoints as taggers of the entity layer, and fine-tuning them (feature `neural`).

pub mod checkpoint;
mod config;
mod deberta;
mod decode;
mod dropout;
mod encoder;
mod labels;
mod lanes;
mod matrix;
mod network;
mod ops;
mod optimizer;
#[cfg_attr(not(target_arch = "x86_64"), path = "no_panels.rs")]
mod panels;
mod pieces;
mod predict;
pub mod quantise;
mod reader;
mod resume;
mod shapes;
pub mod tagger;
pub mod train;
mod weights;
mod windows;

pub use checkpoint::Checkpoint;
pub use quantise::{Bits, quantise};
pub use tagger::{CheckpointTagger, tagger};
