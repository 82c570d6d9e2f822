//! What can be typed.

use super::{annotate, check, explain, schema, shell};
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Turns a pile of English articles into facts with exact places.
///
/// Exit code: 0 all went well; 1 some articles failed or faults were found; 2 usage or set-up.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Mark articles and write standoff annotations.
    Annotate(annotate::AnnotateArgs),
    /// Score predictions against gold.
    Eval(Box<super::eval::EvalArgs>),
    /// Show every difference between predictions and gold.
    Diff(Box<super::diff::DiffArgs>),
    /// Say how far annotators agree.
    Agree(Box<super::agree::AgreeArgs>),
    /// Check files of annotations against every law that documents keep.
    Check(check::CheckArgs),
    /// Say which rule made the marks at a place, and which others lost.
    Explain(explain::ExplainArgs),
    /// Print the JSON Schema of a document.
    Schema(schema::SchemaArgs),
    /// Learn a model from gold documents.
    Train(TrainArgs),
    /// Print the script that lets a shell complete commands and options.
    Completions(shell::CompletionsArgs),
    /// Print the manual page of gloss or of one command.
    Man(shell::ManArgs),
    /// Put a transformer checkpoint into eight bits.
    #[cfg(feature = "neural")]
    Quantise(super::quantise::QuantiseArgs),
}

/// What `gloss train` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct TrainArgs {
    /// What the model decides.
    #[arg(long, value_enum, default_value_t = ModelKind::Entities)]
    pub(crate) kind: ModelKind,
    /// Gold documents in JSON Lines.
    #[arg(required = true)]
    pub(crate) gold: Vec<PathBuf>,
    /// The file to write. The card of an entity model is written beside it, ending in .md; while it is
    /// trained, a checkpoint lies there too, from which the same command goes on after a break.
    #[arg(short, long, value_name = "MODEL")]
    pub(crate) output: PathBuf,
    /// Gold by which the rounds of an entity model are judged and its confidence is calibrated; may be
    /// given again.
    #[arg(long, value_name = "FILE")]
    pub(crate) dev: Vec<PathBuf>,
    /// Documents marked by another model, to learn entities from beside the gold: they weigh less, and
    /// marks with a low score are taken for unknown; may be given again.
    #[arg(long, value_name = "FILE")]
    pub(crate) taught: Vec<PathBuf>,
    /// Settings of an entity model in TOML: rounds, rate, calm, decay, dropout, cutoff, features, seed, patience,
    /// and how far taught text is trusted; of a transformer: epochs, rate, `warm_up`, window, batch, dropout,
    /// decay, clip, seed, judge, patience.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of the encoder that a transformer starts from: config.json, tokenizer.json, model.safetensors.
    #[cfg(feature = "neural")]
    #[arg(long, value_name = "DIR")]
    pub(crate) base: Option<PathBuf>,
}

/// The models that gloss can learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelKind {
    /// Names of people, organisations, places …: `models/entities.model`.
    Entities,
    /// Where sentences end: `models/sentences.bin`.
    Sentences,
    /// Names too, by a transformer; -o names a folder.
    #[cfg(feature = "neural")]
    Transformer,
}
