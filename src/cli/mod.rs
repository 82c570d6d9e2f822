//! Arguments in, exit code out.

mod agree;
mod annotate;
mod args;
mod asked;
mod check;
mod comparing;
mod diff;
mod eval;
mod explain;
mod feed;
mod github;
mod interrupt;
mod model_card;
mod output;
mod pairs;
mod picture;
mod progress;
#[cfg(feature = "neural")]
mod quantise;
mod schema;
mod settings;
mod shell;
mod train;
mod train_entities;
#[cfg(feature = "neural")]
mod train_transformer;

use args::{Args, Command};
use clap::Parser;
use gloss::error::Error;
use std::io;
use std::process::ExitCode;

/// Runs the command that the arguments name.
pub(crate) fn run() -> ExitCode {
    let args = Args::parse();
    let result = match args.command {
        Command::Annotate(args) => annotate::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Agree(args) => agree::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::man(&args),
        #[cfg(feature = "neural")]
        Command::Quantise(args) => quantise::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(error) => ExitCode::from(report(&error)),
    }
}

/// Says what went wrong, and gives the exit code for it.
fn report(error: &anyhow::Error) -> u8 {
    if is_broken_pipe(error) {
        return 0;
    }
    anstream::eprintln!("gloss: {error:#}");
    2
}

/// Whether the reader of our output went away (`gloss … | head`): nothing to talk about.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|error| {
        let io = match error.downcast_ref::<Error>() {
            Some(Error::Io { cause, .. }) => Some(cause),
            _ => error.downcast_ref::<io::Error>(),
        };
        io.is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
    })
}
