//! Marks of the linear entity model by itself, without rules and the second look, in the form `gloss eval` reads:
//!
//!     cargo run --release --example entities_alone -- GOLD > marked.jsonl

#![allow(clippy::print_stdout, reason = "the marks are there to be printed")]

use gloss::document::Document;
use gloss::format::json::{ReadOptions, read_lines};
use gloss::linear::{FeatureSet, Model, Predictor};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use serde_json::{Value, json};
use std::fs::File;
use std::io::BufReader;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let resources = Resources::embedded();
    let features = FeatureSet::new(&resources)?;
    let model = Model::open(resources.bytes("models/entities.model")?, "the model", features.fingerprint())?;
    let predictor = Predictor::new(features, model);
    let segmenter = Segmenter::new(&resources)?;
    let file = std::env::args().nth(1).ok_or("name a file of gold documents")?;
    let mut fault = None;
    read_lines(BufReader::new(File::open(&file)?), &file, &ReadOptions::default(), &mut |document| match document {
        Ok(document) => println!("{}", marked(&predictor, &segmenter, &document)),
        Err(error) => fault = Some(error),
    })?;
    Ok(fault.map_or(Ok(()), Err)?)
}

fn marked(predictor: &Predictor, segmenter: &Segmenter, document: &Document) -> Value {
    let text = segmenter.segment(&document.article);
    let span = |token: usize| text.tokens()[token].span.range();
    let points = |byte: usize| document.text()[..byte].chars().count();
    let marks: Vec<Value> = predictor.read(&text, |_, mentions, ()| {
        let marks = mentions.iter().map(|mention| {
            let (start, end) = (points(span(mention.tokens.start).start), points(span(mention.tokens.end - 1).end));
            let label = predictor.model().labels()[mention.label].to_string();
            json!({"layer": "entity", "label": label, "start": start, "end": end})
        });
        marks.collect()
    });
    json!({"id": document.id(), "text": document.text(), "annotations": marks})
}
