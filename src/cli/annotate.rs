//! `gloss annotate`: articles in, documents out.

use super::args::AnnotateArgs;
use gloss::document::{Article, Layer, Meta};
use gloss::format::json::{ReadOptions, WriteOptions, read_lines, write_document};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use std::io::{BufReader, Write};
use std::process::ExitCode;

/// Marks every input and writes one JSON object a line to stdout.
pub(crate) fn run(args: &AnnotateArgs) -> anyhow::Result<ExitCode> {
    let pipeline = Pipeline::new(&Resources::embedded(), &TagOptions::default())?;
    let mut articles = Vec::new();
    for path in &args.inputs {
        let name = path.display().to_string();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            let file = BufReader::new(std::fs::File::open(path)?);
            read_lines(file, &name, &ReadOptions::default(), &mut |document| {
                articles.push(document.map(|d| d.article));
            })?;
        } else {
            let meta = Meta { id: name.clone(), source: Some(name), ..Meta::default() };
            articles.extend(Article::new(meta, std::fs::read_to_string(path)?).map(Ok));
        }
    }
    let mut out = std::io::stdout().lock();
    for article in articles {
        let document = pipeline.annotate(article?, &Layer::ALL);
        write_document(&document, &WriteOptions::default(), &mut out)?;
        writeln!(out)?;
    }
    Ok(ExitCode::SUCCESS)
}
