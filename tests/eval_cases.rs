//! Cases of other scorers' test suites, with the figures that those scorers print.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests fail by panic and tell what they skip

use gloss::document::{Annotation, Article, Document, Layer, Meta, Name};
use gloss::eval::{MatchRule, Ratios, Scheme, Scores, Selection, Tally};
use gloss::text::Span;
use serde_json::Value as Json;
use std::collections::BTreeMap;

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
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (_, label, tally) in scores.rows.iter().flat_map(|row| &row.labels) {
        *tallies.entry(scores.labels[*label].clone()).or_default() += *tally;
    }
    tallies
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
        let overall: Tally = scores.rows.iter().flat_map(|row| &row.layers).map(|(_, tally)| *tally).sum();
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

#[test]
fn entity_reports_are_those_of_seqeval() {
    let Some(cases) = cases(CASES_OF_SCORES) else { return };
    let mut checked = 0;
    for case in cases.iter().filter(|case| case["tool"].as_str().unwrap().starts_with("seqeval")) {
        let id = case["id"].as_str().unwrap();
        let scores = scores(case);
        let expected = case["expected"]["exact_match_same_label"].as_object().unwrap();
        let labels = by_label(&scores);
        let mut macro_ratios = Vec::new();
        for (label, tally) in &labels {
            let ratios = tally.counts(Scheme::Strict).ratios();
            let wanted = &expected[label.as_str()];
            check_ratios(id, [&wanted["precision"], &wanted["recall"], &wanted["f1-score"]], ratios);
            assert_eq!(wanted["support"].as_u64(), Some(tally.possible), "{id} {label}");
            let zero = |ratio: Option<f64>| Some(ratio.unwrap_or(0.0));
            macro_ratios.push(Ratios {
                precision: zero(ratios.precision),
                recall: zero(ratios.recall),
                f1: zero(ratios.f1),
            });
        }
        let overall: Tally = scores.rows.iter().flat_map(|row| &row.layers).map(|(_, tally)| *tally).sum();
        if let Some(wanted) = expected.get("micro avg") {
            let ratios = overall.counts(Scheme::Strict).ratios();
            check_ratios(id, [&wanted["precision"], &wanted["recall"], &wanted["f1-score"]], ratios);
        }
        if let Some(wanted) = expected.get("macro avg") {
            let ratios = Ratios::mean(macro_ratios.into_iter());
            check_ratios(id, [&wanted["precision"], &wanted["recall"], &wanted["f1-score"]], ratios);
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
