//! Cases of Recognizers-Text: one sentence each, with the expected spans and values in its own dialect.

use super::article;
use super::timex_score::value_of;
use gloss::document::{Annotation, Layer, Value};
use gloss::pipeline::Pipeline;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

/// Runs every case and counts those whose expected marks are all answered.
pub(crate) fn run(path: &str, pipeline: &Pipeline, errors: bool) -> anyhow::Result<()> {
    let mut by_type: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for line in BufReader::new(File::open(path)?).lines() {
        let case: Json = serde_json::from_str(&line?)?;
        let text = |key: &str| case.get(key).and_then(Json::as_str);
        let input = text("input").unwrap_or_default();
        let reference = text("reference");
        let Some(article) = article(text("id").unwrap_or_default(), input, reference) else { continue };
        let document = pipeline.annotate(article, &[Layer::Date]);
        let list = document.layer(Layer::Date);
        let expected = case.get("expected").and_then(Json::as_array).cloned().unwrap_or_default();
        for mark in &expected {
            let words = mark.get("text").and_then(Json::as_str).unwrap_or_default();
            let kind = mark.get("type").and_then(Json::as_str).unwrap_or_default();
            let Some(at) = input.to_lowercase().find(&words.to_lowercase()) else { continue };
            let end = at + words.len();
            let touching: Vec<_> =
                list.iter().filter(|own| (own.span.start() as usize) < end && own.span.end() as usize > at).collect();
            let row = by_type.entry(kind.to_owned()).or_default();
            row[0] += 1;
            let covered: usize = touching
                .iter()
                .map(|own| (own.span.end() as usize).min(end).saturating_sub((own.span.start() as usize).max(at)))
                .sum();
            row[1] += usize::from(!touching.is_empty());
            let timexes: Vec<String> = match mark.get("timex") {
                Some(Json::String(one)) => vec![one.clone()],
                Some(Json::Array(all)) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
                _ => Vec::new(),
            };
            let dated = !timexes.is_empty() && reference.is_some();
            let right = touching.iter().any(|own| agrees(own, &timexes, mark));
            row[2] += usize::from(dated);
            row[3] += usize::from(dated && right);
            let gone = touching.is_empty() || covered * 2 < words.len();
            if errors && (gone || (dated && !right)) && seen.insert((input.to_owned(), words.to_owned())) {
                let have: Vec<String> = touching
                    .iter()
                    .map(|own| format!("{:?} {}", own.span.of(input), value_of(own).unwrap_or("-")))
                    .collect();
                let word = if gone { "MISSED" } else { "VALUE" };
                println!("{word}\t{kind}\t{words:?}\t{timexes:?}\t{have:?}\t{input}\t{}", reference.unwrap_or("-"));
            }
        }
        if errors && expected.is_empty() && !list.is_empty() && seen.insert((input.to_owned(), String::new())) {
            let have: Vec<&str> = list.iter().map(|own| own.span.of(input)).collect();
            println!("EXTRA\t{have:?}\t{input}");
        }
    }
    println!("{:<16} expected  found  with value  value right", "type");
    let mut all = [0; 4];
    for (kind, row) in &by_type {
        println!("{kind:<16} {:8} {:6} {:11} {:12}", row[0], row[1], row[2], row[3]);
        for (sum, number) in all.iter_mut().zip(row) {
            *sum += number;
        }
    }
    println!("{:<16} {:8} {:6} {:11} {:12}", "all", all[0], all[1], all[2], all[3]);
    Ok(())
}

/// Whether a mark says what the dialect of Recognizers-Text says: the same value, the same time of day, one of
/// its readings in full, or a stretch that begins on the day on which its range begins.
fn agrees(own: &Annotation, timexes: &[String], expected: &Json) -> bool {
    let Some(Value::Timex(timex)) = own.value.as_deref() else { return false };
    let Some(value) = timex.value.as_deref() else { return false };
    let plain = value.trim_end_matches(":00");
    let mut readings = Vec::new();
    collect(expected.get("resolution").unwrap_or(&Json::Null), &mut readings);
    let first = timex.interval.as_ref().map(|(first, _)| first.as_str());
    let time = value.split_once('T').map(|(_, time)| time.trim_end_matches(":00"));
    timexes.iter().any(|dialect| {
        dialect == value
            || dialect == plain
            || dialect.strip_prefix('T').is_some_and(|said| Some(said) == time)
            || dialect.trim_matches(['(', ')']).split(',').any(|end| end == value || end == plain)
    }) || readings.iter().any(|day| {
        let clock = day.split_once('T').map(|(_, clock)| clock).or_else(|| day.contains(':').then_some(day.as_str()));
        day == value
            || day == plain
            || Some(day.as_str()) == first
            || (time.is_some() && clock.is_some() && clock == time)
    })
}

/// Every string of the readings, without seconds.
fn collect(value: &Json, out: &mut Vec<String>) {
    match value {
        Json::String(text) => out.push(text.replace(' ', "T").trim_end_matches(":00").to_owned()),
        Json::Array(list) => list.iter().for_each(|item| collect(item, out)),
        Json::Object(map) => map.values().for_each(|item| collect(item, out)),
        _ => {}
    }
}
