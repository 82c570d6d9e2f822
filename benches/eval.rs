//! Scoring 10,000 documents of 400 words with 40 marks each, read from files and judged in all schemes.
//!
//! `cargo bench --bench eval` prints the time of scoring alone and of reading and scoring together, and that of one
//! long document with ever more marks: ten times the marks should take ten times as long. To time
//! nervaluate on the same files, run `benches/time_nervaluate.py` after it; the files stay in the temporary
//! folder that the bench names.

use divan::Bencher;
use gloss::document::{Annotation, Article, Document, Layer, Meta};
use gloss::eval::{MatchRule, Report, Sampling, Scores, Selection, View};
use gloss::format::json::{ReadOptions, read_lines};
use gloss::text::Span;
use std::fmt::Write as _;
use std::fs;
use std::io::BufReader;
use std::path::PathBuf;

const DOCUMENTS: usize = 10_000;
const WORDS: usize = 400;
const MARKS: usize = 40;
const LABELS: [&str; 6] = ["PERSON", "ORG", "GPE", "LOC", "NORP", "EVENT"];

fn main() {
    divan::main();
}

/// A small generator of numbers, seeded.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }
}

/// Gold and predictions: one mark in ten is missed, one has a wrong border, one a wrong label.
fn files() -> [PathBuf; 2] {
    let folder = std::env::temp_dir().join("gloss-bench-eval");
    let paths = ["gold.jsonl", "pred.jsonl"].map(|name| folder.join(name));
    let mut numbers = Numbers(7);
    let [mut gold, mut pred] = [String::new(), String::new()];
    for id in 0..DOCUMENTS {
        let mut text = String::new();
        let mut places = Vec::with_capacity(WORDS);
        for _ in 0..WORDS {
            let length = 2 + numbers.below(8);
            places.push((text.len(), text.len() + length));
            text.extend((0..length).map(|_| char::from(b'a' + numbers.below(26) as u8)));
            text.push(' ');
        }
        let [mut gold_marks, mut pred_marks] = [Vec::new(), Vec::new()];
        for word in (0..WORDS).step_by(WORDS / MARKS) {
            let last = word + numbers.below(3);
            let label = LABELS[numbers.below(LABELS.len())];
            let mark = |last: usize, label: &str| {
                let (start, end) = (places[word].0, places[last].1);
                format!("{{\"layer\":\"entity\",\"start\":{start},\"end\":{end},\"label\":\"{label}\"}}")
            };
            gold_marks.push(mark(last, label));
            match numbers.below(10) {
                0 => {}
                1 => pred_marks.push(mark(last + 1, label)),
                2 => pred_marks.push(mark(last, LABELS[numbers.below(LABELS.len())])),
                _ => pred_marks.push(mark(last, label)),
            }
        }
        for (file, marks) in [(&mut gold, gold_marks), (&mut pred, pred_marks)] {
            let _ = writeln!(file, "{{\"id\":\"{id}\",\"text\":\"{text}\",\"annotations\":[{}]}}", marks.join(","));
        }
    }
    let written =
        fs::create_dir_all(&folder).and_then(|()| fs::write(&paths[0], gold)).and_then(|()| fs::write(&paths[1], pred));
    assert!(written.is_ok(), "{written:?}");
    paths
}

fn read(path: &PathBuf) -> Vec<Document> {
    let mut documents = Vec::with_capacity(DOCUMENTS);
    let Ok(file) = fs::File::open(path) else { return documents };
    let read = read_lines(BufReader::new(file), "bench", &ReadOptions::default(), &mut |document| {
        documents.extend(document.ok());
    });
    assert!(read.is_ok() && documents.len() == DOCUMENTS);
    documents
}

fn score(gold: &[Document], pred: &[Document], samples: usize) -> Report {
    let selection = Selection::default();
    let mut scores = Scores::new();
    for (gold, pred) in gold.iter().zip(pred) {
        scores.add(gold, pred, &selection, MatchRule::default(), &[]);
    }
    let scores = scores.finish();
    let sampling = Sampling { samples, ..Sampling::default() };
    Report::new(
        &scores,
        &scores.layers(&selection),
        View { selection: &selection, slices: &[], sampling, undefined: None },
    )
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn score_in_all_schemes(bencher: Bencher<'_, '_>) {
    let [gold, pred] = files().map(|path| read(&path));
    bencher.bench_local(|| score(&gold, &pred, 0));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn score_with_intervals(bencher: Bencher<'_, '_>) {
    let [gold, pred] = files().map(|path| read(&path));
    bencher.bench_local(|| score(&gold, &pred, 1000));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_and_score(bencher: Bencher<'_, '_>) {
    let paths = files();
    bencher.bench_local(|| {
        let [gold, pred] = [0, 1].map(|side| read(&paths[side]));
        score(&gold, &pred, 0)
    });
}

/// One document with so many marks a side, some of them nested, most predictions a little off.
#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3, sample_size = 1)]
fn score_one_long_document(bencher: Bencher<'_, '_>, marks: u32) {
    let side = |shift: u32| {
        let text = "word ".repeat(marks as usize * 2 + 4);
        let Some(article) = Article::new(Meta::default(), text) else { return Vec::new() };
        let mut document = Document::new(article);
        let mark = |number: u32| {
            let (start, length) = (number * 10, if number.is_multiple_of(50) { 240 } else { 9 });
            let start = start + shift * (number % 3);
            let end = (start + length).min(marks * 10 + 10);
            Annotation::new(Layer::Entity, Span::new(start, end), LABELS[number as usize % LABELS.len()])
        };
        document.set_layer(Layer::Entity, (0..marks).map(mark).collect());
        vec![document]
    };
    let (gold, pred) = (side(0), side(1));
    bencher.bench_local(|| score(&gold, &pred, 0));
}
