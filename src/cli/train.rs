//! `gloss train`: gold documents in, a model's file out.

use super::args::{ModelKind, TrainArgs};
use anyhow::Context as _;
use gloss::document::Document;
use gloss::format::json::{ReadOptions, read_lines};
use gloss::resource::Resources;
use gloss::segment::train_sentences;
use std::io::BufReader;
use std::process::ExitCode;

/// Learns the model and writes it: the same gold gives the same bytes.
pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    match args.kind {
        ModelKind::Entities => super::train_entities::run(args),
        ModelKind::Sentences => sentences(args),
        #[cfg(feature = "neural")]
        ModelKind::Transformer => super::train_transformer::run(args),
    }
}

/// Learns where sentences end.
fn sentences(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    let mut documents: Vec<Document> = Vec::new();
    for path in &args.gold {
        let name = path.display().to_string();
        let file = std::fs::File::open(path).with_context(|| format!("{name}: cannot read"))?;
        let mut broken = None;
        read_lines(BufReader::new(file), &name, &ReadOptions::default(), &mut |document| match document {
            Ok(document) => documents.push(document),
            Err(error) => broken = broken.take().or(Some(error)),
        })?;
        if let Some(error) = broken {
            return Err(error.into());
        }
    }
    let (bytes, seen) = train_sentences(&Resources::embedded(), &documents)?;
    std::fs::write(&args.output, &bytes).with_context(|| format!("{}: cannot write", args.output.display()))?;
    anstream::eprintln!("{}: {} bytes learnt from {seen} examples", args.output.display(), bytes.len());
    Ok(ExitCode::SUCCESS)
}
