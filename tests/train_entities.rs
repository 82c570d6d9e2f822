//! Training the entity tagger: a toy gold comes back whole, the same gold gives the same bytes, partial
//! gold teaches nothing about what it does not mark, and bad gold is refused with its place.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use assert_cmd::Command;
use gloss::document::{Document, Label, Layer};
use gloss::format::json::{ReadOptions, read_lines};
use gloss::linear::train::{Config, Counts, Restored, Trainer, Trust};
use gloss::linear::{FeatureSet, LabelMap, Model};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use std::borrow::Cow;
use std::fmt::Write as _;

const MAP: &str = "ignored = [\"OTHER\"]\n[coarse]\nLOC = [\"GPE\", \"LOC\"]\n";

/// A gold document: marked words stand in `[words|LABEL]`.
fn gold(id: &str, marked: &str, labels: &[&str]) -> String {
    let (mut text, mut annotations) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let (inside, after) = after.split_once(']').unwrap();
        let (words, label) = inside.split_once('|').unwrap();
        let start = text.chars().count();
        text.push_str(words);
        let end = text.chars().count();
        annotations.push(serde_json::json!({"layer": "entity", "start": start, "end": end, "label": label}));
        rest = after;
    }
    text.push_str(rest);
    serde_json::json!({"id": id, "text": text, "labels": labels, "annotations": annotations}).to_string()
}

fn toy() -> String {
    let labels = ["PERSON", "ORG", "GPE", "WEAPON"];
    let sentences = [
        "[Ada Orlov|PERSON] left [Varna|GPE] on Monday. She works for [Blue Lantern|ORG].",
        "[Blue Lantern|ORG] sold two [Kestrel-9|WEAPON] launchers to [Varna|GPE].",
        "Nobody saw [Ben Tarrow|PERSON] near the [Kestrel-9|WEAPON].",
        "The mayor of [Ostra|GPE], [Cleo Marsh|PERSON], praised [Grey Anchor Works|ORG] and went home.",
    ];
    let mut lines = String::new();
    for (index, sentence) in sentences.iter().cycle().take(12).enumerate() {
        writeln!(lines, "{}", gold(&format!("toy/{index}"), sentence, &labels)).unwrap();
    }
    lines
}

fn read(lines: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    read_lines(lines.as_bytes(), "toy.jsonl", &ReadOptions::default(), &mut |d| documents.push(d.unwrap())).unwrap();
    documents
}

/// A trainer that has read `lines` as gold and, to score the rounds, as development file.
fn trainer<'f>(features: &'f FeatureSet, lines: &str, labels: &[&'static str]) -> Trainer<'f> {
    let segmenter = Segmenter::new(&Resources::embedded()).unwrap();
    let labels: Vec<Label> = labels.iter().map(|label| Label::from(*label)).collect();
    let mut trainer = Trainer::new(features, LabelMap::parse(MAP, "map").unwrap(), labels).unwrap();
    for document in read(lines) {
        let text = segmenter.segment(&document.article);
        trainer.add(&text, document.layer(Layer::Entity), document.labels.as_deref(), Trust::GOLD);
        trainer.add_dev(&text, document.layer(Layer::Entity), document.labels.as_deref());
    }
    trainer
}

fn config() -> Config {
    Config { rounds: 8, cutoff: 1, dropout: 0.0, rate: 0.2, patience: 8, ..Config::default() }
}

/// Trains on `lines`, scores on them too, and gives the model with its F1.
fn train(features: &FeatureSet, lines: &str, labels: &[&'static str]) -> (Model, f64) {
    let trainer = trainer(features, lines, labels);
    let mut run = trainer.start(&config());
    while !run.is_over() {
        run.round();
    }
    let model = run.finish();
    let f1 = trainer.score(&model).values().sum::<Counts>().f1();
    (model, f1)
}

#[test]
fn a_toy_gold_comes_back_whole_and_the_same_twice() {
    let features = FeatureSet::new(&Resources::embedded()).unwrap();
    let labels = ["PERSON", "ORG", "GPE", "WEAPON"];
    let (model, f1) = train(&features, &toy(), &labels);
    assert!((f1 - 100.0).abs() < 1e-9, "{f1}");
    let bytes = model.to_bytes();
    assert_eq!(bytes, train(&features, &toy(), &labels).0.to_bytes());
    let opened = Model::open(Cow::Owned(bytes), "toy.model", features.fingerprint()).unwrap();
    assert_eq!(opened.labels(), model.labels());
}

#[test]
fn a_training_broken_off_comes_to_the_same_bytes() {
    let features = FeatureSet::new(&Resources::embedded()).unwrap();
    let labels = ["PERSON", "ORG", "GPE", "WEAPON"];
    let trainer = trainer(&features, &toy(), &labels);
    let config = Config { dropout: 0.2, ..config() };
    let mut whole = trainer.start(&config);
    let (mut saved, mut all) = (Vec::new(), Vec::new());
    while !whole.is_over() {
        all.push(whole.round());
        if all.len() == 4 {
            whole.save(&mut saved).unwrap();
        }
    }
    let mut resumed = trainer.start(&config);
    assert_eq!(resumed.restore(&mut saved.as_slice(), "c").unwrap(), Restored::Taken);
    assert_eq!(resumed.rounds(), &all[..4]);
    while !resumed.is_over() {
        resumed.round();
    }
    assert_eq!(resumed.rounds(), all);
    assert_eq!(resumed.finish().to_bytes(), whole.finish().to_bytes());
    // A checkpoint of other settings is left alone; one cut short or too long is refused with its place.
    let mut other = trainer.start(&Config { seed: 2, ..config.clone() });
    assert_eq!(other.restore(&mut saved.as_slice(), "c").unwrap(), Restored::Other);
    let mut run = trainer.start(&config);
    for end in [0, 7] {
        assert_eq!(run.restore(&mut &saved[..end], "c").unwrap(), Restored::Other);
    }
    for end in [8, 60, saved.len() / 2, saved.len() - 1] {
        let error = run.restore(&mut &saved[..end], "my.checkpoint").unwrap_err().to_string();
        assert!(error.contains("my.checkpoint") && error.contains("begin anew"), "{error}");
    }
    saved.push(0);
    assert!(run.restore(&mut saved.as_slice(), "c").is_err());
}

#[test]
fn doubtful_marks_of_taught_text_teach_nothing() {
    let features = FeatureSet::new(&Resources::embedded()).unwrap();
    let segmenter = Segmenter::new(&Resources::embedded()).unwrap();
    let labels: Vec<Label> = ["PERSON", "ORG", "GPE", "WEAPON"].into_iter().map(Label::from).collect();
    // Taught text that calls every Varna a person, for sure or not.
    let f1 = |sure: f32| {
        let mut trainer = Trainer::new(&features, LabelMap::parse(MAP, "map").unwrap(), labels.clone()).unwrap();
        let mut wrong = toy().replace("GPE", "PERSON");
        wrong = wrong.replace("\"label\":\"PERSON\"", "\"label\":\"PERSON\",\"score\":0.6");
        for (lines, trust) in [(toy(), Trust::GOLD), (wrong, Trust { weight: 3.0, sure })] {
            for document in read(&lines) {
                let text = segmenter.segment(&document.article);
                trainer.add(&text, document.layer(Layer::Entity), document.labels.as_deref(), trust);
            }
        }
        for document in read(&toy()) {
            let text = segmenter.segment(&document.article);
            trainer.add_dev(&text, document.layer(Layer::Entity), document.labels.as_deref());
        }
        let mut run = trainer.start(&config());
        while !run.is_over() {
            run.round();
        }
        trainer.score(&run.finish()).values().sum::<Counts>().f1()
    };
    assert!((f1(0.8) - 100.0).abs() < 1e-9);
    assert!(f1(0.5) < 100.0);
}

#[test]
fn coarse_and_partial_gold_bounds_what_fine_gold_names() {
    let features = FeatureSet::new(&Resources::embedded()).unwrap();
    let mut lines = toy();
    // Here only places were marked, and coarsely: the people and weapons are unknown, not absent.
    for index in 0..12 {
        let text = "[Varna|LOC] is where Ada Orlov showed the Kestrel-9 to Ben Tarrow of [Ostra|LOC].";
        writeln!(lines, "{}", gold(&format!("partial/{index}"), text, &["LOC"])).unwrap();
    }
    let (_, f1) = train(&features, &lines, &["PERSON", "ORG", "GPE", "LOC", "WEAPON"]);
    assert!((f1 - 100.0).abs() < 1e-9, "{f1}");
}

/// Runs `gloss train` on `lines`; what it says, and whether it wrote a model.
fn run(lines: &str) -> (String, bool) {
    let folder = tempfile::tempdir().unwrap();
    let (gold, model) = (folder.path().join("gold.jsonl"), folder.path().join("my.model"));
    std::fs::write(&gold, lines).unwrap();
    let mut command = Command::cargo_bin("gloss").unwrap();
    let output = command.arg("train").arg(&gold).arg("-o").arg(&model).output().unwrap();
    (String::from_utf8(output.stderr).unwrap(), model.is_file())
}

#[test]
fn bad_gold_is_refused_with_its_place() {
    let outside =
        r#"{"id":"a","text":"Ada left.","annotations":[{"layer":"entity","start":0,"end":99,"label":"PERSON"}]}"#;
    let (said, wrote) = run(outside);
    assert!(said.contains("gold.jsonl:1") && said.contains("99") && !wrote, "{said}");
    let (said, wrote) = run(r#"{"id":"a","text":"","annotations":[]}"#);
    assert!(!wrote && said.contains("gold"), "{said}");
    let (said, wrote) = run(&gold("a", "[Ada|] left.", &[]));
    assert!(!wrote && said.contains("gold.jsonl") && said.contains("\"a\" has an empty label"), "{said}");
    let many: Vec<String> = (0..20).map(|n| gold(&format!("{n}"), &format!("[Ada|L{n}] left."), &[])).collect();
    let (said, wrote) = run(&many.join("\n"));
    assert!(!wrote && said.contains("20 labels"), "{said}");
}

#[test]
fn overlapping_gold_is_counted_and_left_out() {
    let annotation = |start: u32, end: u32, label: &str| serde_json::json!({"layer": "entity", "start": start, "end": end, "label": label});
    let nested = serde_json::json!({"id": "a", "text": "The Bank of Ostra closed.", "annotations":
        [annotation(4, 17, "ORG"), annotation(12, 17, "GPE")]});
    let (said, wrote) = run(&nested.to_string());
    assert!(said.contains("1 gold mentions left out") && wrote, "{said}");
}

#[test]
fn a_model_of_ones_own_marks_its_own_labels() {
    let folder = tempfile::tempdir().unwrap();
    let (gold, model, text) =
        (folder.path().join("gold.jsonl"), folder.path().join("my.model"), folder.path().join("a.jsonl"));
    std::fs::write(&gold, toy()).unwrap();
    std::fs::write(&text, r#"{"id":"a","text":"Two Kestrel-9 launchers went to Varna.","annotations":[]}"#).unwrap();
    Command::cargo_bin("gloss")
        .unwrap()
        .arg("train")
        .arg(&gold)
        .arg("-o")
        .arg(&model)
        .arg("--dev")
        .arg(&gold)
        .assert()
        .success();
    let card = std::fs::read_to_string(folder.path().join("my.md")).unwrap();
    assert!(card.contains("WEAPON") && card.contains("dev F1"), "{card}");
    let output =
        Command::cargo_bin("gloss").unwrap().arg("annotate").arg(&text).arg("--model").arg(&model).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("WEAPON"), "{out} {}", String::from_utf8_lossy(&output.stderr));
}
