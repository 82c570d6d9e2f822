//! Precision, recall and F1 of entities by label for each gold file, raw text in, own segmentation:
//!
//!     cargo run --release --example entities_report -- [--model MODEL] [--errors] GOLD.jsonl…
//!
//! Spans must agree exactly. A gold file's coarse labels are kept: where it has LOC for all places, GPE and
//! FAC count as LOC; labels that a document's annotators did not mark are not scored. With `--features neural`
//! MODEL may be the folder of a transformer checkpoint.

#![allow(clippy::print_stdout, reason = "a report is there to be printed")]

use gloss::document::{Document, Layer};
use gloss::format::json::{ReadOptions, read_lines};
use gloss::linear::LabelMap;
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Default)]
struct Counts {
    right: usize,
    marked: usize,
    gold: usize,
}

impl Counts {
    fn line(self) -> String {
        let share = |part: usize, of: usize| if of == 0 { 0.0 } else { 100.0 * part as f64 / of as f64 };
        format!(
            "{:6.1} {:6.1} {:6.1} {:7}",
            share(self.right, self.marked),
            share(self.right, self.gold),
            share(2 * self.right, self.marked + self.gold),
            self.gold
        )
    }
}

#[cfg(feature = "neural")]
fn with_checkpoint(pipeline: Pipeline, folder: &Path, resources: &Resources) -> gloss::Result<Pipeline> {
    let checkpoint = gloss::neural::Checkpoint::open(folder, resources)?;
    Ok(pipeline.with_tagger(Box::new(gloss::neural::CheckpointTagger::new(checkpoint))))
}

#[cfg(not(feature = "neural"))]
fn with_checkpoint(_: Pipeline, folder: &Path, _: &Resources) -> gloss::Result<Pipeline> {
    let place = folder.display().to_string();
    Err(gloss::Error::input(place, "is a folder; run this example with --features neural"))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = TagOptions::default();
    let (mut errors, mut files, mut folder) = (false, Vec::new(), None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--model" => {
                let path = PathBuf::from(args.next().ok_or("--model takes a file")?);
                if path.is_dir() {
                    folder = Some(path);
                } else {
                    options.entity_model = Some(std::fs::read(path)?.into());
                }
            }
            "--errors" => errors = true,
            _ => files.push(arg),
        }
    }
    let resources = Resources::embedded();
    let map = LabelMap::parse(&resources.text("rules/entities/labels.toml")?, "rules/entities/labels.toml")?;
    let mut pipeline = Pipeline::new(&resources, &options)?;
    if let Some(folder) = folder {
        pipeline = with_checkpoint(pipeline, &folder, &resources)?;
    }
    for file in files {
        let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
        let mut fault = None;
        let reader = BufReader::new(std::fs::File::open(&file)?);
        read_lines(reader, &file, &ReadOptions::default(), &mut |gold| match gold {
            Ok(gold) => score(&pipeline, &map, &gold, errors, &mut counts),
            Err(error) => fault = Some(error),
        })?;
        if let Some(fault) = fault {
            return Err(fault.into());
        }
        let mut all = Counts::default();
        for label in ["PERSON", "ORG", "LOC"] {
            let part = counts.get(label).copied().unwrap_or_default();
            all =
                Counts { right: all.right + part.right, marked: all.marked + part.marked, gold: all.gold + part.gold };
        }
        println!("{file}\n{:24}     P      R     F1    gold", "");
        for (label, counts) in &counts {
            println!("{label:24} {}", counts.line());
        }
        println!("{:24} {}", "PERSON+ORG+LOC", all.line());
    }
    Ok(())
}

fn score(pipeline: &Pipeline, map: &LabelMap, gold: &Document, errors: bool, counts: &mut BTreeMap<String, Counts>) {
    let annotated = gold.labels.clone().unwrap_or_default();
    let fine: Vec<&str> = annotated.iter().flat_map(|label| map.expand(label)).collect();
    let scored = |label: &str| annotated.is_empty() || map.expand(label).iter().any(|label| fine.contains(label));
    let made = pipeline.annotate(gold.article.clone(), &[Layer::Entity]);
    let marks = |document: &Document| -> Vec<_> {
        document
            .layer(Layer::Entity)
            .iter()
            .filter(|mark| scored(&mark.label))
            .filter(|mark| mark.attributes.as_ref().is_none_or(|keys| keys.get("nominal") != Some(&true.into())))
            .map(|mark| (mark.span, map.coarsen(&mark.label, &annotated).to_owned()))
            .collect()
    };
    let (expected, found) = (marks(gold), marks(&made));
    let text = gold.text();
    for mark in &expected {
        counts.entry(mark.1.clone()).or_default().gold += 1;
        if errors && !found.contains(mark) {
            println!("missed\t{}\t{}\t{}", mark.1, mark.0.of(text), around(text, mark.0));
        }
    }
    for mark in &found {
        let source = made.layer(Layer::Entity).iter().find(|made| made.span == mark.0);
        let source = source.and_then(|made| made.source.as_ref()).map(ToString::to_string).unwrap_or_default();
        let count = counts.entry(mark.1.clone()).or_default();
        count.marked += 1;
        if expected.contains(mark) {
            count.right += 1;
            if errors {
                println!("right\t{}\t{}\t\t{source}", mark.1, mark.0.of(text));
            }
        } else if errors {
            println!("wrong\t{}\t{}\t{}\t{source}", mark.1, mark.0.of(text), around(text, mark.0));
        }
    }
}

fn around(text: &str, span: gloss::text::Span) -> String {
    let range = span.range();
    let left: String = text[..range.start].chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
    let right: String = text[range.end..].chars().take(40).collect();
    format!("{left}[{}]{right}", &text[range]).replace(['\n', '\t'], " ")
}
