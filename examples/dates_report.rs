//! Scores the date tagger as TempEval-3 does, and lists its errors.
//!
//! `cargo run --release --example dates_report -- GOLD.jsonl [--errors] [--write PRED.jsonl] [--narrative]
//! [--resources DIR] [--speed]`
//!
//! GOLD has documents in gloss's JSON form (or cases of Recognizers-Text, told by their key `input`: then the
//! guideline differences that are set aside are listed, and the share of the rest that is answered).
//! `python3 ../shared/tools/score_timex.py GOLD PRED.jsonl` prints the same figures from what `--write` wrote.
//! Marks whose `functionInDocument` is `CREATION_TIME` are left out, and so is what overlaps them.

#![allow(clippy::print_stdout, reason = "a report is printed")]

use gloss::document::{Annotation, Article, Document, Layer, Meta};
use gloss::format::json::{ReadOptions, WriteOptions, read_lines, write_document};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use gloss::tag::dates::Domain;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::time::Instant;
use timex_score::{Counts, Pair, same_value, value_of};

#[path = "dates_report/cases.rs"]
mod cases;
#[path = "../tests/support/timex_score.rs"]
mod timex_score;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let after = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1));
    let path = arguments.first().ok_or_else(|| anyhow::anyhow!("give a gold file"))?;
    let domain = if has("--narrative") { Domain::Narrative } else { Domain::Auto };
    let resources = match after("--resources") {
        Some(folder) => Resources::with_overlay(Path::new(folder))?,
        None => Resources::embedded(),
    };
    let pipeline = Pipeline::new(&resources, &TagOptions { domain, ..TagOptions::default() })?;
    let mut first = String::new();
    BufReader::new(File::open(path)?).read_line(&mut first)?;
    if first.contains("\"input\"") {
        return cases::run(path, &pipeline, has("--errors"));
    }
    if has("--speed") {
        return speed(path, &pipeline);
    }
    let mut out = after("--write").map(File::create).transpose()?;
    let mut counts = Counts::default();
    let mut result = Ok(());
    read_lines(BufReader::new(File::open(path)?), path, &ReadOptions::default(), &mut |gold| {
        let step = gold.map_err(anyhow::Error::from).and_then(|gold| {
            let predicted = pipeline.annotate(gold.article.clone(), &[Layer::Date]);
            for pair in counts.add(&gold, &predicted) {
                if has("--errors") {
                    show(&gold, pair);
                }
            }
            if let Some(out) = &mut out {
                write_document(&predicted, &WriteOptions::default(), out)?;
                writeln!(out)?;
            }
            Ok(())
        });
        if let Err(error) = step {
            result = Err(error);
        }
    })?;
    print(&counts);
    result
}

/// Prints how fast text that is already segmented is recognised and resolved, on one core.
fn speed(path: &str, pipeline: &Pipeline) -> anyhow::Result<()> {
    let mut articles = Vec::new();
    read_lines(BufReader::new(File::open(path)?), path, &ReadOptions::default(), &mut |gold| {
        articles.extend(gold.map(|gold| gold.article));
    })?;
    let texts: Vec<_> = articles.iter().map(|article| pipeline.segmenter().segment(article)).collect();
    let bytes: usize = articles.iter().map(|article| article.text().len()).sum();
    let rounds = (8_000_000 / bytes.max(1)).max(1);
    let mut candidates = Vec::new();
    let start = Instant::now();
    for text in (0..rounds).flat_map(|_| &texts) {
        candidates.clear();
        for tagger in pipeline.taggers().iter().filter(|tagger| tagger.layer() == Layer::Date) {
            tagger.tag(text, &mut candidates);
        }
    }
    println!("{:.1} MB/s", (bytes * rounds) as f64 / 1e6 / start.elapsed().as_secs_f64());
    Ok(())
}

/// Prints a pair when it is not right in all respects.
fn show(gold: &Document, pair: Pair<'_>) {
    let text = gold.text();
    let words =
        |mark: &Annotation| format!("{:?} {} {}", mark.span.of(text), mark.label, value_of(mark).unwrap_or("-"));
    let rule = |mark: &Annotation| mark.source.as_ref().map(ToString::to_string).unwrap_or_default();
    let around = |mark: &Annotation| {
        let from = mark.span.start().saturating_sub(50) as usize;
        let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let to = (mark.span.end() as usize + 40).min(text.len());
        let to = (to..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        text[from..to].replace('\n', " ")
    };
    match pair {
        (Some(want), Some(have)) => {
            let word = if same_value(want, have) == Some(false) {
                "VALUE"
            } else if want.span != have.span {
                "SPAN"
            } else if want.label != have.label {
                "TYPE"
            } else {
                return;
            };
            println!("{word}\t{}\t{} | {}\t…{}…\t{}", gold.id(), words(want), words(have), around(want), rule(have));
        }
        (Some(want), None) => println!("MISSED\t{}\t{}\t…{}…", gold.id(), words(want), around(want)),
        (None, Some(have)) => println!("EXTRA\t{}\t{}\t…{}…\t{}", gold.id(), words(have), around(have), rule(have)),
        (None, None) => {}
    }
}

fn print(counts: &Counts) {
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    println!("gold {}  predicted {}", counts.gold, counts.predicted);
    println!("          F1      P      R");
    for (name, hits) in [("strict", counts.strict), ("relaxed", counts.relaxed)] {
        let (precision, recall) = (share(hits, counts.predicted), share(hits, counts.gold));
        println!("{name:<8} {:5.2}  {precision:5.2}  {recall:5.2}", counts.f1(hits));
    }
    let relaxed = counts.f1(counts.relaxed);
    let kind = share(counts.kind, counts.relaxed);
    let value = share(counts.value, counts.relaxed);
    println!("type  F1 {:5.2} (accuracy {kind:5.2})", kind * relaxed / 100.0);
    println!("value F1 {:5.2} (accuracy {value:5.2})", value * relaxed / 100.0);
    if counts.comparable < counts.relaxed {
        let right = share(counts.value, counts.comparable);
        println!("value right on the {} matches whose gold value names days: {right:5.2}", counts.comparable);
    }
    for (label, [gold, found, right]) in &counts.by_label {
        println!("  {label:<9} gold {gold:4}  found {found:4}  value right {right:4}");
    }
}

/// An article of one text.
fn article(id: &str, text: &str, dct: Option<&str>) -> Option<Article> {
    let dct = dct.and_then(|dct| dct.get(..10)).and_then(|day| day.parse().ok());
    Article::new(Meta { id: id.to_owned(), dct, ..Meta::default() }, text.to_owned())
}
