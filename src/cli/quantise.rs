//! `gloss quantise`: a transformer checkpoint in, the same in eight bits out; or back in 32.

use gloss::neural::Bits;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `gloss quantise` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct QuantiseArgs {
    /// The folder of the checkpoint.
    checkpoint: PathBuf,
    /// The folder of another checkpoint of the same training, whose weights are averaged with those of the first;
    /// may be given again.
    #[arg(long, value_name = "DIR")]
    mean: Vec<PathBuf>,
    /// The folder to write.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// How wide the numbers become: 8, or 32 to give a checkpoint in eight bits back to other programs.
    #[arg(long, default_value = "8", value_parser = bits)]
    bits: Bits,
}

fn bits(name: &str) -> Result<Bits, String> {
    match name {
        "8" => Ok(Bits::Eight),
        "32" => Ok(Bits::ThirtyTwo),
        _ => Err("it is neither 8 nor 32".to_owned()),
    }
}

/// Writes the checkpoint with its matrices in so many bits.
pub(crate) fn run(args: &QuantiseArgs) -> anyhow::Result<ExitCode> {
    gloss::neural::quantise(&args.checkpoint, &args.mean, &args.output, args.bits)?;
    Ok(ExitCode::SUCCESS)
}
