//! Arguments in, exit code out.

mod annotate;
mod args;
mod train;

use args::{Args, Command};
use clap::Parser;
use std::process::ExitCode;

/// Runs the command that the arguments name.
pub(crate) fn run() -> ExitCode {
    let args = Args::parse();
    let result = match args.command {
        Command::Annotate(args) => annotate::run(&args),
        Command::Train(args) => train::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("gloss: {error:#}");
            ExitCode::from(2)
        }
    }
}
