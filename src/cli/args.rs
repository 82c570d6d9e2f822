//! What can be typed.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Turns a pile of English articles into facts with exact places.
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
    Annotate(AnnotateArgs),
}

/// What `gloss annotate` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct AnnotateArgs {
    /// Articles: plain text or documents in JSON Lines.
    #[arg(required = true)]
    pub(crate) inputs: Vec<PathBuf>,
}
