//! Laws of scoring that hold for any marks.
#![allow(clippy::unwrap_used)] // helpers of tests fail by panic

use gloss::document::{Annotation, Article, Document, Layer, Meta, Name};
use gloss::eval::fitness::unfit;
use gloss::eval::{MatchRule, Report, Sampling, Scheme, Scores, Selection, View};
use gloss::format::json::{ReadOptions, read_document};
use gloss::text::Span;
use proptest::prelude::*;

const LABELS: [&str; 3] = ["PERSON", "ORG", "GPE"];
const TEXT: &str = "Ana Ruiz told the Bank of Peru that prices rose in Lima, and é🙂 again.";

/// Start, length and label of a mark.
type Mark = (u8, u8, usize);

fn marks(most: usize) -> impl Strategy<Value = Vec<Mark>> {
    prop::collection::vec((0u8..50, 0u8..12, 0usize..3), 0..most)
}

fn document(id: usize, marks: &[Mark]) -> Document {
    let meta = Meta { id: id.to_string(), ..Meta::default() };
    let mut document = Document::new(Article::new(meta, TEXT.to_owned()).unwrap());
    let marks = marks.iter().map(|(start, length, label)| {
        let span = Span::new(u32::from(*start), u32::from(*start) + u32::from(*length));
        Annotation::new(Layer::Entity, span, Name::Fixed(LABELS[*label]))
    });
    document.set_layer(Layer::Entity, marks.collect());
    document
}

fn report(pairs: &[(Document, Document)]) -> Report {
    let selection = Selection::default();
    let mut scores = Scores::new();
    for (gold, pred) in pairs {
        scores.add(gold, pred, &selection, MatchRule::default(), &[]);
    }
    let scores = scores.finish();
    let sampling = Sampling { samples: 20, ..Sampling::default() };
    Report::new(
        &scores,
        &scores.layers(&selection),
        View { selection: &selection, slices: &[], sampling, undefined: None },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn neither_the_order_of_documents_nor_of_marks_matters(
        sides in prop::collection::vec((marks(9), marks(9)), 1..5)
    ) {
        let pairs: Vec<_> =
            sides.iter().enumerate().map(|(id, (gold, pred))| (document(id, gold), document(id, pred))).collect();
        let mut turned: Vec<_> = sides
            .iter()
            .enumerate()
            .map(|(id, (gold, pred))| {
                let turn = |marks: &[Mark]| marks.iter().rev().copied().collect::<Vec<_>>();
                (document(id, &turn(gold)), document(id, &turn(pred)))
            })
            .collect();
        turned.reverse();
        prop_assert_eq!(report(&pairs), report(&turned));
    }

    #[test]
    fn gold_against_itself_is_perfect(marks in marks(12)) {
        let report = report(&[(document(0, &marks), document(0, &marks))]);
        for scheme in [Scheme::Strict, Scheme::Exact, Scheme::Partial, Scheme::EntType] {
            let score = report.overall.get(scheme);
            prop_assert_eq!(score.correct, marks.len() as u64);
            prop_assert_eq!(score.f1, (!marks.is_empty()).then_some(1.0));
        }
    }

    #[test]
    fn swapping_the_sides_swaps_precision_and_recall(gold in marks(40), pred in marks(40)) {
        let there = report(&[(document(0, &gold), document(0, &pred))]);
        let back = report(&[(document(0, &pred), document(0, &gold))]);
        for scheme in Scheme::ALL {
            let (there, back) = (there.overall.get(scheme), back.overall.get(scheme));
            prop_assert_eq!(
                (there.precision, there.recall, there.f1, there.missed),
                (back.recall, back.precision, back.f1, back.spurious)
            );
        }
        for (label, there) in &there.by_label {
            prop_assert_eq!(there.strict.precision, back.by_label[label].strict.recall);
            prop_assert_eq!(there.ent_type.missed, back.by_label[label].ent_type.spurious);
        }
    }

    #[test]
    fn every_mark_is_counted_once(gold in marks(90), pred in marks(90)) {
        let report = report(&[(document(0, &gold), document(0, &pred))]);
        for scheme in [Scheme::Strict, Scheme::Exact, Scheme::Partial, Scheme::EntType] {
            let score = report.overall.get(scheme);
            prop_assert_eq!(score.correct + score.incorrect + score.partial + score.missed, gold.len() as u64);
            prop_assert_eq!(score.correct + score.incorrect + score.partial + score.spurious, pred.len() as u64);
        }
        let of = |gold: &str, pred: &str| report.confusion.get(gold).and_then(|row| row.get(pred)).copied().unwrap_or(0);
        let matched: u64 = LABELS.iter().flat_map(|gold| LABELS.iter().map(move |pred| of(gold, pred))).sum();
        let missed: u64 = LABELS.iter().map(|gold| of(gold, "missed")).sum();
        prop_assert_eq!(matched + missed, gold.len() as u64);
    }
}

/// A text of nothing but overlapping marks takes time in proportion to their number.
#[test]
fn a_heap_of_overlapping_marks_is_matched_in_linear_time() {
    let heap = |count: u32, shift: u32| {
        let meta = Meta { id: "heap".to_owned(), ..Meta::default() };
        let mut document = Document::new(Article::new(meta, "x".repeat(50_000)).unwrap());
        let mark = |n: u32| Annotation::new(Layer::Entity, Span::new(n, 30_000 + n * 2 + shift), Name::Fixed("ORG"));
        document.set_layer(Layer::Entity, (0..count).map(mark).collect());
        document
    };
    let report = report(&[(heap(8_000, 0), heap(8_000, 1))]);
    assert!(report.overall.partial.partial > 7_000, "{:?}", report.overall.partial);
}

#[test]
fn unfit_marks_are_named() {
    let check = |mark: &str, expected: Option<&str>| {
        let json = format!("{{\"id\":\"d\",\"text\":\"é 3.5\",\"annotations\":[{{\"start\":2,\"end\":5,{mark}}}]}}");
        let found = unfit(&read_document(&json, "a", &ReadOptions::default()).unwrap());
        match expected {
            Some(words) => {
                let found = found.unwrap();
                assert!(found.starts_with("document \"d\": the ") && found.contains(words), "{found}");
            }
            None => assert_eq!(found, None, "{mark}"),
        }
    };
    check("\"layer\":\"entity\",\"label\":\"\"", Some("entity mark 2..5 has no \"label\""));
    check("\"layer\":\"date\",\"id\":\"d1\"", Some("date mark 2..5 (id \"d1\") has no \"label\""));
    check("\"layer\":\"sentence\"", None);
    check("\"layer\":\"entity\",\"label\":\"GPE\",\"score\":7", Some("has the score 7;"));
    check("\"layer\":\"entity\",\"label\":\"GPE\",\"score\":1", None);
    check("\"layer\":\"figure\",\"label\":\"PERCENT\",\"value\":\"about 3\"", Some("no decimal number"));
    check("\"layer\":\"figure\",\"label\":\"PERCENT\",\"value\":true", Some("the value true;"));
    check("\"layer\":\"figure\",\"label\":\"PERCENT\",\"value\":3.5", None);
    check("\"layer\":\"figure\",\"label\":\"SHARE\",\"value\":\"about 3\"", None);
    check("\"layer\":\"date\",\"label\":\"DATE\",\"value\":2024", Some("the value 2024; it must be a string"));
    check("\"layer\":\"date\",\"label\":\"DATE\",\"value\":\"soon\"", None);
}
