//! Cases of other scorers' test suites, with the figures that those scorers print.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests fail by panic and tell what they skip

use gloss::document::{Annotation, Article, Document, Layer, Meta, Name};
use gloss::eval::{MatchRule, Ratios, Scheme, Scores, Selection, Tally};
use gloss::text::Span;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const CASES_OF_SCORES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/eval/nervaluate_cases.jsonl");

/// The case whose figures nervaluate takes from the order in which spans are listed; by the rule of
/// `eval::align` the prediction of the same span and label answers the gold mark, wherever it stands.
const DECIDED_BY_OUR_RULE: &str = "nv-made-009";

fn cases(path: &str) -> Option<Vec<Json>> {
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: ../shared is absent");
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Documents of one character a token.
fn documents(case: &Json, side: &str) -> Vec<Document> {
    let count = case["n_docs"].as_u64().unwrap();
    let labels: Option<Vec<Name>> = case["labels"]
        .as_array()
        .map(|labels| labels.iter().map(|label| Name::from(label.as_str().unwrap().to_owned())).collect());
    (0..count)
        .map(|number| {
            let meta = Meta { id: number.to_string(), ..Meta::default() };
            let mut document = Document::new(Article::new(meta, "x".repeat(500)).unwrap());
            let marks = case[side].as_array().unwrap().iter().filter(|span| span["doc"].as_u64() == Some(number));
            let marks = marks.map(|span| {
                let at = |key: &str| span[key].as_u64().unwrap() as u32;
                let label = Name::from(span["label"].as_str().unwrap().to_owned());
                Annotation::new(Layer::Entity, Span::new(at("start"), at("end")), label)
            });
            document.set_layer(Layer::Entity, marks.collect());
            document.labels.clone_from(&labels);
            document
        })
        .collect()
}

fn scores(case: &Json) -> Scores {
    let selection = Selection { layers: vec![Layer::Entity], ..Selection::default() };
    let rule = MatchRule { min_overlap_percent: case["min_overlap_percent_of_gold"].as_f64() };
    let mut scores = Scores::new();
    for (gold, pred) in documents(case, "gold").iter().zip(&documents(case, "pred")) {
        scores.add(gold, pred, &selection, rule, &[]);
    }
    scores.finish()
}

fn by_label(scores: &Scores) -> BTreeMap<String, Tally> {
    scores.by_label.iter().map(|((_, label), tally)| (scores.labels[*label].clone(), *tally)).collect()
}

fn check_schemes(what: &str, expected: &Json, tally: &Tally) {
    for scheme in [Scheme::Strict, Scheme::Exact, Scheme::Partial, Scheme::EntType] {
        let (counts, wanted) = (tally.counts(scheme), &expected[scheme.name()]);
        let found = [
            ("correct", counts.correct),
            ("incorrect", counts.incorrect),
            ("partial", counts.partial),
            ("missed", counts.missed),
            ("spurious", counts.spurious),
            ("possible", counts.possible()),
            ("actual", counts.actual()),
        ];
        for (key, count) in found {
            assert_eq!(wanted[key].as_u64(), Some(count), "{what} {scheme} {key}");
        }
        check_ratios(what, [&wanted["precision"], &wanted["recall"], &wanted["f1"]], counts.ratios());
    }
}

/// Ratios to six places; what those scorers print as 0 for want of a denominator is undefined here.
fn check_ratios(what: &str, wanted: [&Json; 3], found: Ratios) {
    for (wanted, found) in wanted.into_iter().zip([found.precision, found.recall, found.f1]) {
        let (wanted, found) = (wanted.as_f64().unwrap(), found.unwrap_or(0.0));
        assert!((wanted - found).abs() < 1e-6, "{what}: {wanted} expected, {found} found");
    }
}

#[test]
fn counts_are_those_of_nervaluate() {
    let Some(cases) = cases(CASES_OF_SCORES) else { return };
    let mut checked = 0;
    for case in cases.iter().filter(|case| case["tool"].as_str().unwrap().starts_with("nervaluate")) {
        let id = case["id"].as_str().unwrap();
        let scores = scores(case);
        let overall: Tally = scores.by_layer.values().copied().sum();
        checked += 1;
        if id == DECIDED_BY_OUR_RULE {
            assert_eq!((overall.same_both, overall.pairs, overall.actual), (1, 1, 2), "{id}");
            continue;
        }
        check_schemes(id, &case["expected"]["overall"], &overall);
        let labels = by_label(&scores);
        for (label, expected) in case["expected"]["by_label"].as_object().unwrap() {
            check_schemes(&format!("{id} {label}"), expected, labels.get(label).unwrap_or(&Tally::default()));
        }
    }
    assert!(checked >= 100, "{checked} cases");
}

/// Runs `gloss eval` on two files and gives its report.
fn report(folder: &Path, args: &[&str]) -> Json {
    let output = Command::new(env!("CARGO_BIN_EXE_gloss"))
        .current_dir(folder)
        .args(["eval", "--format", "json", "--bootstrap", "0"])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The documents of a case as JSON Lines, one character a token.
fn json_lines(case: &Json, side: &str) -> String {
    let documents = (0..case["n_docs"].as_u64().unwrap()).map(|number| {
        let marks = case[side].as_array().unwrap().iter().filter(|span| span["doc"].as_u64() == Some(number));
        let marks: Vec<Json> = marks
            .map(|span| json!({"layer": "entity", "start": span["start"], "end": span["end"], "label": span["label"]}))
            .collect();
        let document =
            json!({"id": number.to_string(), "text": "x".repeat(500), "labels": case["labels"], "annotations": marks});
        document.to_string()
    });
    documents.collect::<Vec<_>>().join("\n")
}

/// The same figures from the command line, as docs/scoring.md says how to get them.
#[test]
fn the_command_prints_nervaluate_s_figures() {
    let Some(cases) = cases(CASES_OF_SCORES) else { return };
    let folder = tempfile::tempdir().unwrap();
    for case in cases.iter().filter(|case| case["labels"].is_array() && case["id"] != DECIDED_BY_OUR_RULE) {
        for side in ["gold", "pred"] {
            std::fs::write(folder.path().join(format!("{side}.jsonl")), json_lines(case, side)).unwrap();
        }
        let overlap = case["min_overlap_percent_of_gold"].to_string();
        let report =
            report(folder.path(), &["gold.jsonl", "pred.jsonl", "--layer", "entity", "--min-overlap", &overlap]);
        let check = |what: &str, expected: &Json, found: &Json| {
            for (scheme, expected) in expected.as_object().unwrap() {
                for (key, wanted) in expected.as_object().unwrap() {
                    let found = found[scheme][key].as_f64().unwrap_or(0.0);
                    let wanted = wanted.as_f64().unwrap();
                    assert!((wanted - found).abs() < 1e-6, "{} {what} {scheme} {key}: {wanted}, {found}", case["id"]);
                }
            }
        };
        check("overall", &case["expected"]["overall"], &report["overall"]);
        for (label, expected) in case["expected"]["by_label"].as_object().unwrap() {
            check(label, expected, &report["by_label"][label]);
        }
    }
}

/// Two columns of a token and its tag; sentences of a case are documents of their own to no figure.
fn conll(case: &Json, tags: &str) -> String {
    let sentences = case[tags].as_array().unwrap().iter().map(|sentence| {
        let tags = sentence.as_array().unwrap().iter().enumerate();
        let lines = tags.map(|(number, tag)| format!("token{number} {}\n", tag.as_str().unwrap()));
        lines.collect::<Vec<_>>().concat()
    });
    sentences.collect::<Vec<_>>().join("\n")
}

#[test]
fn entity_reports_are_those_of_seqeval() {
    let Some(cases) = cases(CASES_OF_SCORES) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut checked = 0;
    for case in cases.iter().filter(|case| case["tool"].as_str().unwrap().starts_with("seqeval")) {
        let id = case["id"].as_str().unwrap();
        for (side, tags) in [("gold", "gold_tags"), ("pred", "pred_tags")] {
            std::fs::write(folder.path().join(format!("{side}.conll")), conll(case, tags)).unwrap();
        }
        let scheme = if case["mode"] == "conlleval" { "lenient" } else { case["scheme"].as_str().unwrap() };
        let both = ["gold.conll", "pred.conll", "--scheme", scheme];
        let found = report(folder.path(), &[&both[..], &["--layer", "entity", "--zero-division", "0"]].concat());
        let expected = case["expected"]["exact_match_same_label"].as_object().unwrap();
        let check = |what: &str, wanted: &Json, found: &Json| {
            for (theirs, ours) in [("precision", "precision"), ("recall", "recall"), ("f1-score", "f1")] {
                let (wanted, found) = (wanted[theirs].as_f64().unwrap(), found[ours].as_f64().unwrap_or(0.0));
                assert!((wanted - found).abs() < 1e-6, "{id} {what} {ours}: {wanted} expected, {found} found");
            }
        };
        for (name, wanted) in expected {
            let row = match name.as_str() {
                "micro avg" => &found["overall"]["strict"],
                "macro avg" => &found["macro_by_label"]["strict"],
                "weighted avg" => &found["weighted_by_label"]["strict"],
                label => {
                    assert_eq!(wanted["support"], found["by_label"][label]["strict"]["possible"], "{id} {label}");
                    &found["by_label"][label]["strict"]
                }
            };
            check(name, wanted, row);
        }
        // The share of tokens with the same tag.
        if let Some(wanted) = case["expected"]["token_accuracy"].as_f64() {
            let tokens = report(folder.path(), &[&both[..], &["--layer", "token"]].concat());
            let found = tokens["by_layer"]["token"]["value"]["recall"].as_f64().unwrap();
            assert!((wanted - found).abs() < 1e-6, "{id} accuracy: {wanted} expected, {found} found");
        }
        checked += 1;
    }
    assert!(checked >= 20, "{checked} cases");
}

#[test]
fn tags_are_decoded_as_seqeval_decodes_them() {
    const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/eval/bio_decode_cases.jsonl");
    let Some(mut all) = cases(CASES) else { return };
    let sentences = |case: &Json, tags: &str, spans: &str, number: usize| {
        serde_json::json!({"id": case["id"], "mode": case["mode"], "scheme": case["scheme"],
            "tags": case[tags][number],
            "expected_entities": case[spans].as_array().unwrap().iter()
                .filter(|span| span["doc"].as_u64() == Some(number as u64)).cloned().collect::<Vec<_>>()})
    };
    for case in cases(CASES_OF_SCORES).unwrap_or_default().iter().filter(|case| case["gold_tags"].is_array()) {
        for number in 0..case["gold_tags"].as_array().unwrap().len() {
            all.push(sentences(case, "gold_tags", "gold", number));
            all.push(sentences(case, "pred_tags", "pred", number));
        }
    }
    for case in &all {
        let scheme = if case["mode"] == "conlleval" { "lenient" } else { case["scheme"].as_str().unwrap() };
        let tags: Vec<&str> = case["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
        let found: Vec<_> = gloss::format::bio::decode(&tags, scheme.parse().unwrap())
            .unwrap()
            .into_iter()
            .map(|(tokens, label)| (tokens.start as u64, tokens.end as u64, label))
            .collect();
        let mut expected: Vec<_> = case["expected_entities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mark| {
                (mark["start"].as_u64().unwrap(), mark["end"].as_u64().unwrap(), mark["label"].as_str().unwrap())
            })
            .collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{} {scheme} {tags:?}", case["id"]);
    }
    assert!(all.len() >= 100, "{} cases", all.len());
}
