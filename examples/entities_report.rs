//! Precision, recall and F1 of entities by label for each gold file, raw text in, own segmentation:
//!
//!     cargo run --release --example entities_report -- [--model MODEL] [--resources DIR] [--errors] GOLD…
//!
//! Spans must agree exactly. A gold file's coarse labels are kept: where it has LOC for all places, GPE and
//! FAC count as LOC; labels that a document's annotators did not mark are not scored. With `--features neural`
//! MODEL may be the folder of a transformer checkpoint.
//!
//! Last comes a table of reliability: of the marks whose `score` lies in each tenth, how many are right, beside
//! their mean score. It is that of the whole program: what the model, the rules and the second look have made.

#![allow(clippy::print_stdout, reason = "a report is there to be printed")]

use gloss::document::{Document, Layer};
use gloss::format::json::{ReadOptions, read_lines};
use gloss::linear::LabelMap;
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::{ModelFile, TagOptions};
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

/// How many marks have a score in one tenth, how many of them are right, and the sum of their scores.
#[derive(Clone, Copy, Default)]
struct Bin {
    marked: usize,
    right: usize,
    scores: f64,
}

/// What is counted over all files.
#[derive(Default)]
struct Reliability([Bin; 10]);

impl Reliability {
    fn note(&mut self, score: f32, right: bool) {
        let tenths = (1_u8..10).filter(|tenth| score >= f32::from(*tenth) / 10.0).count();
        let bin = &mut self.0[tenths];
        bin.marked += 1;
        bin.right += usize::from(right);
        bin.scores += f64::from(score);
    }

    fn print(&self) {
        println!("reliability of all files above\n{:24} marks  right %  mean score %", "score");
        let (mut off, mut all) = (0.0, 0);
        for (bin, counts) in self.0.iter().enumerate().filter(|(_, counts)| counts.marked > 0) {
            let marked = counts.marked as f64;
            let (right, mean) = (100.0 * counts.right as f64 / marked, 100.0 * counts.scores / marked);
            println!(
                "{:.1} to {:.1}{:14} {:7} {right:8.1} {mean:13.1}",
                bin as f64 / 10.0,
                (bin + 1) as f64 / 10.0,
                "",
                counts.marked
            );
            off += (right - mean).abs() * marked;
            all += counts.marked;
        }
        println!("mean distance {:.1} points over {all} marks", off / all.max(1) as f64);
    }
}

#[cfg(feature = "neural")]
fn with_checkpoint(pipeline: Pipeline, folder: &Path, resources: &Resources) -> gloss::Result<Pipeline> {
    let checkpoint = gloss::neural::Checkpoint::open(folder, resources)?;
    Ok(pipeline.with_tagger(gloss::neural::tagger(checkpoint, resources)?))
}

#[cfg(not(feature = "neural"))]
fn with_checkpoint(_: Pipeline, folder: &Path, _: &Resources) -> gloss::Result<Pipeline> {
    let place = folder.display().to_string();
    Err(gloss::Error::input(place, "is a folder; run this example with --features neural"))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = TagOptions::default();
    let (mut errors, mut files, mut folder) = (false, Vec::new(), None);
    let mut resources = Resources::embedded();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--model" => {
                let path = PathBuf::from(args.next().ok_or("--model takes a file")?);
                if path.is_dir() {
                    folder = Some(path);
                } else {
                    let place = path.display().to_string();
                    options.entity_model = Some(ModelFile { place, bytes: std::fs::read(path)?.into() });
                }
            }
            "--resources" => {
                resources = Resources::with_overlay(Path::new(&args.next().ok_or("--resources takes a folder")?))?;
            }
            "--errors" => errors = true,
            _ => files.push(arg),
        }
    }
    let map = LabelMap::parse(&resources.text("rules/entities/labels.toml")?, "rules/entities/labels.toml")?;
    let mut pipeline = Pipeline::new(&resources, &options)?;
    if let Some(folder) = folder {
        pipeline = with_checkpoint(pipeline, &folder, &resources)?;
    }
    let mut reliability = Reliability::default();
    for file in files {
        let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
        let mut fault = None;
        let reader = BufReader::new(std::fs::File::open(&file)?);
        read_lines(reader, &file, &ReadOptions::default(), &mut |gold| match gold {
            Ok(gold) => score(&pipeline, &map, &gold, errors, &mut counts, &mut reliability),
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
    reliability.print();
    Ok(())
}

fn score(
    pipeline: &Pipeline,
    map: &LabelMap,
    gold: &Document,
    errors: bool,
    counts: &mut BTreeMap<String, Counts>,
    reliability: &mut Reliability,
) {
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
    let made_at = |span| made.layer(Layer::Entity).iter().find(|mark| mark.span == span);
    let (expected, found) = (marks(gold), marks(&made));
    let text = gold.text();
    for mark in &expected {
        counts.entry(mark.1.clone()).or_default().gold += 1;
        if errors && !found.contains(mark) {
            println!("missed\t{}\t{}\t{}", mark.1, mark.0.of(text), around(text, mark.0));
        }
    }
    for mark in &found {
        if let Some(score) = made_at(mark.0).and_then(|made| made.score) {
            reliability.note(score, expected.contains(mark));
        }
        let source = made_at(mark.0).and_then(|made| made.source.as_ref()).map(ToString::to_string).unwrap_or_default();
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
