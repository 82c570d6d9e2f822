//! `gloss quantise`: a transformer checkpoint in, the same in eight bits out.

use std::path::PathBuf;
use std::process::ExitCode;

/// What `gloss quantise` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct QuantiseArgs {
    /// The folder of the checkpoint.
    checkpoint: PathBuf,
    /// The folder to write.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Writes the checkpoint with every matrix in eight bits.
pub(crate) fn run(args: &QuantiseArgs) -> anyhow::Result<ExitCode> {
    gloss::neural::quantise(&args.checkpoint, &args.output)?;
    Ok(ExitCode::SUCCESS)
}
