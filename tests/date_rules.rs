//! Every example in the rule files for dates is a test.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use gloss::document::{Article, Layer, Meta, Value};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;

/// Marks of `text`: words and values.
fn marks(pipeline: &Pipeline, text: &str, dct: Option<&str>) -> (Vec<String>, Vec<String>) {
    let meta = Meta { id: "example".to_owned(), dct: dct.map(|day| day.parse().unwrap()), ..Meta::default() };
    let document = pipeline.annotate(Article::new(meta, text.to_owned()).unwrap(), &[Layer::Date]);
    let list = document.layer(Layer::Date);
    let words = list.iter().map(|mark| mark.span.of(document.text()).to_owned()).collect();
    let values = list
        .iter()
        .map(|mark| match mark.value.as_deref() {
            Some(Value::Timex(timex)) => timex.value.clone().unwrap_or_default(),
            _ => String::new(),
        })
        .collect();
    (words, values)
}

fn strings(value: Option<&toml::Value>) -> Option<Vec<String>> {
    let list = value?.as_array()?;
    Some(list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
}

#[test]
fn examples_beside_the_rules_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/resources");
    let resources = Resources::with_overlay(std::path::Path::new(folder)).unwrap();
    let pipeline = Pipeline::new(&resources, &TagOptions::default()).unwrap();
    let mut faults = Vec::new();
    let mut count = 0;
    for path in resources.list("rules/dates") {
        let file: toml::Table = resources.text(&path).unwrap().parse().unwrap();
        for rule in file.get("rule").and_then(toml::Value::as_array).into_iter().flatten() {
            let name = rule.get("name").and_then(toml::Value::as_str).unwrap();
            let examples = rule.get("example").and_then(toml::Value::as_array).cloned().unwrap_or_default();
            let positive = examples.iter().filter(|e| strings(e.get("find")).is_some_and(|f| !f.is_empty())).count();
            let none = rule.get("gives").and_then(toml::Value::as_str) == Some("none");
            if (positive == 0 && !none) || positive == examples.len() {
                faults.push(format!("{path}: {name}: needs an example that matches and one that does not"));
            }
            for example in examples {
                count += 1;
                let text = example.get("text").and_then(toml::Value::as_str).unwrap();
                let dct = example.get("dct").and_then(toml::Value::as_str);
                let (words, values) = marks(&pipeline, text, dct);
                let expected = strings(example.get("find")).unwrap_or_default();
                if words != expected {
                    faults.push(format!("{path}: {name}: {text:?} gave {words:?}, expected {expected:?}"));
                } else if let Some(expected) = strings(example.get("value"))
                    && values != expected
                {
                    faults.push(format!("{path}: {name}: {text:?} gave values {values:?}, expected {expected:?}"));
                }
            }
        }
    }
    assert!(count > 100, "only {count} examples were found");
    assert!(faults.is_empty(), "{} of {count} examples fail:\n{}", faults.len(), faults.join("\n"));
}
