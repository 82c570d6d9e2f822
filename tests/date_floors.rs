//! Scores of dates on shared gold must not fall under their floors.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

#[path = "support/timex_score.rs"]
mod timex_score;

use gloss::document::Layer;
use gloss::format::json::{ReadOptions, read_lines};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use std::io::BufReader;
use timex_score::Counts;

/// Scores one file of the shared data; nothing where it is absent.
fn counts(name: &str) -> Option<Counts> {
    let path = format!("{}/../shared/data/dates/{name}", env!("CARGO_MANIFEST_DIR"));
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: ../shared is absent");
        return None;
    };
    let pipeline = Pipeline::new(&Resources::embedded(), &TagOptions::default()).unwrap();
    let mut counts = Counts::default();
    read_lines(BufReader::new(file), &path, &ReadOptions::default(), &mut |gold| {
        let gold = gold.unwrap();
        let predicted = pipeline.annotate(gold.article.clone(), &[Layer::Date]);
        counts.add(&gold, &predicted);
    })
    .unwrap();
    Some(counts)
}

#[test]
fn meantime_stays_above_its_floor() {
    let Some(counts) = counts("meantime.jsonl") else { return };
    let value = counts.f1(counts.relaxed) * counts.value as f64 / counts.relaxed as f64;
    let (strict, relaxed) = (counts.f1(counts.strict), counts.f1(counts.relaxed));
    assert!(strict >= 87.0 && relaxed >= 91.5 && value >= 82.0, "{strict:.2} {relaxed:.2} {value:.2}");
}

#[test]
fn gum_stays_above_its_floor() {
    let Some(counts) = counts("gum_tei_dates.jsonl") else { return };
    let [gold, found, _] = counts.by_label["DATE"];
    let (recall, right) = (found as f64 / gold as f64, counts.value as f64 / counts.comparable as f64);
    assert!(recall >= 0.935 && right >= 0.91, "{recall:.3} {right:.3}");
}
