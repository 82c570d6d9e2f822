//! Which mark answers which: cases worked by hand, and the rule held against all matchings.
#![allow(clippy::unwrap_used)] // helpers of tests fail by panic

use gloss::document::{Annotation, Article, Document, Layer, Meta, Name, Value};
use gloss::eval::agree::Counter;
use gloss::eval::align::{Alignment, Pair, align};
use gloss::eval::marks::{Item, select};
use gloss::eval::{MatchRule, Scores, Selection};
use gloss::text::Span;
use proptest::prelude::*;

/// Pieces, label and normal form of a mark.
type Mark<'m> = (&'m [(u32, u32)], &'static str, &'static str);

fn document(length: usize, marks: &[Mark<'_>]) -> Document {
    let article = Article::new(Meta::default(), "x".repeat(length)).unwrap();
    let mut document = Document::new(article);
    let mark = |(pieces, label, value): &Mark<'_>| {
        let pieces: Vec<Span> = pieces.iter().map(|(start, end)| Span::new(*start, *end)).collect();
        let whole = pieces.iter().copied().reduce(Span::cover).unwrap();
        let mut mark = Annotation::new(Layer::Entity, whole, Name::Fixed(label));
        if pieces.len() > 1 {
            mark.fragments = pieces;
        }
        if !value.is_empty() {
            mark = mark.valued(Value::Foreign((*value).to_owned()));
        }
        mark
    };
    document.set_layer(Layer::Entity, marks.iter().map(mark).collect());
    document
}

/// A mark of the selection as text: `2-5 ORG`, `2-5+7-9 ORG`, with `=value` where it has one.
fn shown(item: &Item<'_>) -> String {
    let pieces: Vec<String> = item.pieces().iter().map(|span| format!("{}-{}", span.start(), span.end())).collect();
    let value = match item.mark.value.as_deref() {
        Some(Value::Foreign(value)) => format!("={value}"),
        _ => String::new(),
    };
    format!("{} {}{value}", pieces.join("+"), item.label)
}

/// The pairs, as text; the second list holds those of each label matched by itself.
fn pairs(gold: &[Mark<'_>], pred: &[Mark<'_>]) -> (Vec<String>, Vec<String>) {
    let (gold, pred) = (document(100, gold), document(100, pred));
    let selection = Selection::default();
    let (golds, preds) = select(&gold, &pred, &selection);
    let (golds, preds) = (&golds[Layer::Entity.index()], &preds[Layer::Entity.index()]);
    let Alignment { same, other, other_by_label, .. } = align(golds, preds, &gold, MatchRule::default());
    let list = |others: Vec<Pair>| {
        let all = same.iter().copied().chain(others);
        let mut all: Vec<String> =
            all.map(|pair| format!("{} ~ {}", shown(&golds[pair.gold]), shown(&preds[pair.pred]))).collect();
        all.sort();
        all
    };
    (list(other), list(other_by_label))
}

#[track_caller]
fn check(gold: &[Mark<'_>], pred: &[Mark<'_>], free: &[&str], by_label: &[&str]) {
    let (found_free, found_by_label) = pairs(gold, pred);
    assert_eq!(found_free, free, "labels free");
    assert_eq!(found_by_label, by_label, "label by label");
}

#[test]
fn nested_marks_find_their_own_partners() {
    let gold: [Mark; 2] = [(&[(0, 20)], "ORG", ""), (&[(8, 12)], "GPE", "")];
    check(
        &gold,
        &gold,
        &["0-20 ORG ~ 0-20 ORG", "8-12 GPE ~ 8-12 GPE"],
        &["0-20 ORG ~ 0-20 ORG", "8-12 GPE ~ 8-12 GPE"],
    );
    let pred: [Mark; 2] = [(&[(0, 19)], "ORG", ""), (&[(8, 13)], "LOC", "")];
    check(&gold, &pred, &["0-20 ORG ~ 0-19 ORG", "8-12 GPE ~ 8-13 LOC"], &["0-20 ORG ~ 0-19 ORG"]);
    // The inner mark alone answers the inner, though it lies inside the outer as well.
    check(&gold, &[(&[(8, 12)], "ORG", "")], &["8-12 GPE ~ 8-12 ORG"], &["0-20 ORG ~ 8-12 ORG"]);
}

#[test]
fn marks_of_one_span_and_several_labels_pair_label_with_label() {
    let gold: [Mark; 3] = [(&[(0, 5)], "ORG", ""), (&[(0, 5)], "GPE", ""), (&[(0, 5)], "LOC", "")];
    let pred: [Mark; 2] = [(&[(0, 5)], "FAC", ""), (&[(0, 5)], "GPE", "")];
    let (free, by_label) = pairs(&gold, &pred);
    assert_eq!((free.len(), &*by_label), (2, &["0-5 GPE ~ 0-5 GPE".to_owned()][..]));
    assert!(free.contains(&"0-5 GPE ~ 0-5 GPE".to_owned()), "{free:?}");
}

#[test]
fn discontinuous_marks_are_the_same_when_all_pieces_are() {
    let gold: [Mark; 1] = [(&[(0, 4), (8, 12)], "ORG", "")];
    check(&gold, &gold, &["0-4+8-12 ORG ~ 0-4+8-12 ORG"], &["0-4+8-12 ORG ~ 0-4+8-12 ORG"]);
    // The gap belongs to no one: a mark inside it shares nothing.
    check(&gold, &[(&[(5, 7)], "ORG", "")], &[], &[]);
    // Between equal ends, the side that fills the gap has another span.
    check(&gold, &[(&[(0, 12)], "ORG", "")], &["0-4+8-12 ORG ~ 0-12 ORG"], &["0-4+8-12 ORG ~ 0-12 ORG"]);
    let halves: [Mark; 2] = [(&[(0, 4)], "ORG", ""), (&[(8, 11)], "ORG", "")];
    check(&gold, &halves, &["0-4+8-12 ORG ~ 0-4 ORG"], &["0-4+8-12 ORG ~ 0-4 ORG"]);
    // Two of them, laid crosswise into one another's gaps.
    let crossed: [Mark; 2] = [(&[(0, 2), (6, 8)], "A", ""), (&[(3, 5), (9, 11)], "A", "")];
    let found: [Mark; 2] = [(&[(3, 5), (9, 12)], "A", ""), (&[(0, 1), (6, 8)], "A", "")];
    let expected = ["0-2+6-8 A ~ 0-1+6-8 A", "3-5+9-11 A ~ 3-5+9-12 A"];
    check(&crossed, &found, &expected, &expected);
}

#[test]
fn more_pairs_come_before_larger_overlaps() {
    // The long prediction overlaps the first most, but the first has another partner and the second has not.
    let gold: [Mark; 2] = [(&[(0, 10)], "A", ""), (&[(12, 14)], "A", "")];
    let pred: [Mark; 2] = [(&[(0, 2)], "A", ""), (&[(3, 13)], "A", "")];
    let expected = ["0-10 A ~ 0-2 A", "12-14 A ~ 3-13 A"];
    check(&gold, &pred, &expected, &expected);
    // The label decides before the overlap, the normal form before the bytes shared.
    check(
        &[(&[(0, 10)], "A", "")],
        &[(&[(0, 9)], "B", ""), (&[(9, 12)], "A", "")],
        &["0-10 A ~ 9-12 A"],
        &["0-10 A ~ 9-12 A"],
    );
    let valued = ["0-10 A=1 ~ 8-12 A=1"];
    check(&[(&[(0, 10)], "A", "1")], &[(&[(0, 9)], "A", "2"), (&[(8, 12)], "A", "1")], &valued, &valued);
}

#[test]
fn empty_marks_answer_one_another_at_their_place() {
    let expected = ["3-3 A ~ 3-3 B"];
    check(&[(&[(3, 3)], "A", "")], &[(&[(3, 3)], "B", ""), (&[(4, 4)], "A", "")], &expected, &[]);
}

/// What a matching is worth: pairs of the same span, pairs, same label, same value, bytes shared, distance.
type Worth = (u32, u32, u32, u32, u32, i64);

fn worth(gold: &Item<'_>, pred: &Item<'_>) -> Option<Worth> {
    let overlap = gold.overlap(pred);
    let same_span = gold.same_span(pred);
    let same_value = gold.mark.value.is_some() && gold.mark.value == pred.mark.value;
    let apart = gold.span.start().abs_diff(pred.span.start()) + gold.span.end().abs_diff(pred.span.end());
    (overlap > 0 || same_span).then_some((
        u32::from(same_span),
        1,
        u32::from(gold.label == pred.label),
        u32::from(same_value),
        overlap,
        -i64::from(apart),
    ))
}

fn plus(a: Worth, b: Worth) -> Worth {
    (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3, a.4 + b.4, a.5 + b.5)
}

/// The worth of the best of all matchings of the marks that are free.
fn best(golds: &[&Item<'_>], preds: &[&Item<'_>], used: &mut Vec<bool>) -> Worth {
    let Some((gold, rest)) = golds.split_first() else { return Worth::default() };
    let mut most = best(rest, preds, used);
    for (index, pred) in preds.iter().enumerate() {
        if let Some(own) = worth(gold, pred).filter(|_| !used[index]) {
            used[index] = true;
            most = most.max(plus(own, best(rest, preds, used)));
            used[index] = false;
        }
    }
    most
}

/// Pieces, label and value of a mark, drawn: start, length, gap after the first piece (0: none).
type Drawn = (u32, u32, u32, usize, usize);

fn drawn(marks: &[Drawn]) -> Document {
    const LABELS: [&str; 3] = ["A", "B", "C"];
    const VALUES: [&str; 3] = ["", "1", "2"];
    let pieces: Vec<Vec<(u32, u32)>> = marks
        .iter()
        .map(|&(start, length, gap, ..)| match gap {
            0 => vec![(start, start + length)],
            _ => vec![(start, start + length), (start + length + gap, start + length + gap + 2)],
        })
        .collect();
    let marks: Vec<Mark<'_>> =
        marks.iter().zip(&pieces).map(|(mark, pieces)| (&pieces[..], LABELS[mark.3], VALUES[mark.4])).collect();
    document(100, &marks)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_matching_is_better_than_the_one_taken(
        gold in prop::collection::vec((0u32..14, 1u32..6, 0u32..3, 0usize..3, 0usize..3), 0..7),
        pred in prop::collection::vec((0u32..14, 1u32..6, 0u32..3, 0usize..3, 0usize..3), 0..7),
    ) {
        let (gold, pred) = (drawn(&gold), drawn(&pred));
        let selection = Selection::default();
        let (golds, preds) = select(&gold, &pred, &selection);
        let (golds, preds) = (&golds[Layer::Entity.index()], &preds[Layer::Entity.index()]);
        let found = align(golds, preds, &gold, MatchRule::default());
        let rest = |items: &'_ [Item<'_>], taken: fn(&Pair) -> usize| -> Vec<usize> {
            (0..items.len()).filter(|index| !found.same.iter().any(|pair| taken(pair) == *index)).collect()
        };
        let (gold_rest, pred_rest) = (rest(golds, |pair| pair.gold), rest(preds, |pair| pair.pred));
        let total = |pairs: &[Pair]| {
            pairs.iter().map(|pair| worth(&golds[pair.gold], &preds[pair.pred]).unwrap()).fold(Worth::default(), plus)
        };
        let of = |label: Option<&str>, items: &'_ [Item<'_>], rest: &[usize]| -> Vec<usize> {
            rest.iter().copied().filter(|index| label.is_none_or(|label| items[*index].label == label)).collect()
        };
        let bound = |label: Option<&str>| {
            let golds: Vec<&Item<'_>> = of(label, golds, &gold_rest).into_iter().map(|index| &golds[index]).collect();
            let preds: Vec<&Item<'_>> = of(label, preds, &pred_rest).into_iter().map(|index| &preds[index]).collect();
            best(&golds, &preds, &mut vec![false; preds.len()])
        };
        prop_assert_eq!(total(&found.other), bound(None));
        // Labels before spans: as many of one label as any matching has.
        let same_label = |pairs: &[Pair]| pairs.iter().filter(|pair| golds[pair.gold].label == preds[pair.pred].label).count();
        prop_assert!(same_label(&found.other_by_type) >= same_label(&found.other));
        prop_assert!(same_label(&found.other_by_type) >= found.other_by_label.len());
        let by_label = ["A", "B", "C"].map(|label| bound(Some(label))).into_iter().fold(Worth::default(), plus);
        prop_assert_eq!(total(&found.other_by_label), by_label);
    }
}

/// Gold and predictions of `count` marks each, the `n`th at `place(n)`; predictions one further to the right.
fn sides(count: u32, length: usize, place: impl Fn(u32) -> (u32, u32)) -> (Document, Document) {
    let side = |shift: u32| {
        let mut document = Document::new(Article::new(Meta::default(), "x".repeat(length)).unwrap());
        let mark = |number: u32| {
            let (start, end) = place(number);
            Annotation::new(Layer::Entity, Span::new(start + shift, end + shift), Name::Fixed("A"))
        };
        document.set_layer(Layer::Entity, (0..count).map(mark).collect());
        document
    };
    (side(0), side(1))
}

fn number_of_pairs(gold: &Document, pred: &Document) -> usize {
    let selection = Selection::default();
    let (golds, preds) = select(gold, pred, &selection);
    let found = align(&golds[Layer::Entity.index()], &preds[Layer::Entity.index()], gold, MatchRule::default());
    assert_eq!(found.other.len(), found.other_by_label.len(), "there is one label");
    found.same.len() + found.other.len()
}

/// With time that grew with the square of the marks, this would take hours.
#[test]
fn a_million_marks_are_matched() {
    let (gold, pred) = sides(1_000_000, 6_000_000, |number| (number * 6, number * 6 + 4));
    assert_eq!(number_of_pairs(&gold, &pred), 1_000_000);
}

/// Every mark overlaps every other: twice 2,000, far beyond what is matched whole, and twice 150.
#[test]
fn a_heap_of_overlapping_marks_loses_no_pair() {
    for count in [150, 2_000, 20_000] {
        let (gold, pred) = sides(count, 200_000, |number| (number, 50_000 + number * 3));
        assert_eq!(number_of_pairs(&gold, &pred), count as usize);
    }
}

/// One mark that covers all others joins them into one cluster, which is matched as if it were not there.
#[test]
fn a_mark_over_the_whole_text_disturbs_no_other() {
    for count in [1_000, 100_000] {
        let whole = |number: u32| if number == 0 { (0, count * 6 + 9) } else { (number * 6, number * 6 + 4) };
        let (gold, pred) = sides(count, count as usize * 6 + 10, whole);
        assert_eq!(number_of_pairs(&gold, &pred), count as usize);
    }
}

/// The same mark many times over, with normal forms that differ.
#[test]
fn a_pile_of_equal_marks_is_paired_one_by_one() {
    let pile = |shift: usize| {
        let mut document = Document::new(Article::new(Meta::default(), "xx".to_owned()).unwrap());
        let mark = |number: usize| {
            let value = Value::Foreign(((number + shift) % 10).to_string());
            Annotation::new(Layer::Entity, Span::new(0, 2), Name::Fixed("A")).valued(value)
        };
        document.set_layer(Layer::Entity, (0..20_000).map(mark).collect());
        document
    };
    assert_eq!(number_of_pairs(&pile(0), &pile(3)), 20_000);
}

/// Marks that overlap in a chain, in a text of one word and in one of words, and marks that all overlap: everything
/// that is counted, not the matching alone. With time that grew with the square of the marks, this would take hours.
#[test]
fn chains_and_heaps_are_scored_in_linear_time() {
    let count = 100_000;
    for (text, length) in [("x", 9), ("ab c", 9), ("x", 400_000)] {
        let side = |shift: u32| {
            let text = text.repeat(1_000_000 / text.len());
            let mut document = Document::new(Article::new(Meta::default(), text).unwrap());
            let mark = |number: u32| {
                let start = number * 5 + shift;
                Annotation::new(Layer::Entity, Span::new(start, start + length), Name::Fixed("A"))
            };
            document.set_layer(Layer::Entity, (0..count).map(mark).collect());
            document
        };
        let (gold, pred) = (side(0), side(2));
        let selection = Selection::default();
        for min_overlap_percent in [None, Some(1.0)] {
            let rule = MatchRule { min_overlap_percent };
            let mut scores = Scores::new();
            scores.add(&gold, &pred, &selection, rule, &[]);
            let tally = scores.by_layer[&Layer::Entity];
            assert_eq!((tally.pairs, tally.same_span), (u64::from(count), 0), "{text} {length}");
        }
        let mut counter = Counter::default();
        counter.add(&gold, &pred, &selection, MatchRule::default());
        assert!(counter.agreement(["one".to_owned(), "two".to_owned()]).partial_f1 > Some(0.49));
    }
}
