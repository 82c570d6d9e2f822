//! Gloss holds itself to the floors of `tests/floors.toml` on its own corpus (dev part).
//!
//! `cargo test --test floors -- --nocapture` prints the report and the floors as they could stand now.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail, and tells what it skips")]

use gloss::document::{Document, Layer, label};
use gloss::eval::{Floor, MatchRule, Report, Sampling, Scores, Selection, View, gate, table};
use gloss::format::json::{ReadOptions, read_lines};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use std::fs;
use std::path::{Path, PathBuf};

/// How far under the present figures new floors are set, in points.
const SLACK: f64 = 0.5;

/// The layers that floors are held for.
const LAYERS: [Layer; 5] = [Layer::Zone, Layer::Sentence, Layer::Entity, Layer::Figure, Layer::Date];

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    found.sort();
    found
}

fn gold() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("annotations/gold/dev");
    let mut documents = Vec::new();
    for path in files(&folder) {
        let name = path.display().to_string();
        let json = fs::read(&path).unwrap();
        read_lines(json.as_slice(), &name, &ReadOptions::default(), &mut |document| documents.push(document.unwrap()))
            .unwrap();
    }
    documents
}

/// The report of the library on the gold documents' own texts.
fn report(gold: &[Document]) -> Report {
    let pipeline = Pipeline::new(&Resources::embedded(), &TagOptions::default()).unwrap();
    let selection = Selection { layers: LAYERS.to_vec(), ..Selection::default() };
    let mut scores = Scores::new();
    for gold in gold {
        let pred = pipeline.annotate(gold.article.clone(), &Layer::ALL);
        scores.add(gold, &pred, &selection, MatchRule::default(), &[]);
    }
    let scores = scores.finish();
    let sampling = Sampling { samples: 0, ..Sampling::default() };
    Report::new(&scores, &scores.layers(&selection), View { selection: &selection, slices: &[], sampling })
}

#[test]
fn the_own_corpus_stays_above_its_floors() {
    let gold = gold();
    if gold.is_empty() {
        println!("skipped: annotations/gold/dev is absent");
        return;
    }
    let report = report(&gold);
    let json = serde_json::to_value(&report).unwrap();
    println!("{}", table::print(&report));
    let labels: Vec<_> = LAYERS.iter().map(|layer| (layer.name(), label::of_layer(*layer))).collect();
    println!("floors as they could stand now:\n{}", gate::print_floors(&json, &labels, SLACK));
    let Ok(floors) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/floors.toml")) else {
        println!("skipped: tests/floors.toml is absent");
        return;
    };
    let floors = Floor::parse_file(&floors, "tests/floors.toml").unwrap();
    let verdicts: Vec<_> = floors.iter().map(|floor| floor.check(&json).unwrap()).collect();
    let under: Vec<String> = verdicts
        .iter()
        .filter(|verdict| !verdict.met)
        .map(|verdict| format!("{} is {:?}, its floor {}", verdict.figure, verdict.found, verdict.least))
        .collect();
    assert!(under.is_empty(), "under the floor:\n{}", under.join("\n"));
    assert!(!verdicts.is_empty(), "tests/floors.toml holds no floor");
}
