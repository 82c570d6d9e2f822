//! The only place where overlaps are judged.
//!
//! Within a layer the higher rank wins, then the longer mark, then the earlier one, then the label in
//! alphabetical order. Dates are decided before figures: a figure that touches a date is dropped. A rate
//! ('$20 an hour') or an age ('14-year-old') is a figure through and through: dates proposed inside it
//! are dropped first, and those that begin inside a rate or right behind what it counts ('6g of salt a day'). Entities may hold dates and figures.

use super::Candidate;
use crate::document::{Annotation, Layer, Value};
use crate::text::Span;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Marks that remain, by layer: sorted, and without overlap inside each layer.
pub fn arbitrate(candidates: Vec<Candidate>) -> BTreeMap<Layer, Vec<Annotation>> {
    let mut by_layer: BTreeMap<Layer, Vec<Candidate>> = BTreeMap::new();
    for candidate in candidates {
        by_layer.entry(candidate.annotation.layer).or_default().push(candidate);
    }
    yield_to_rates_and_ages(&mut by_layer);
    let mut kept: BTreeMap<Layer, Vec<Annotation>> = BTreeMap::new();
    for layer in [Layer::Date, Layer::Figure, Layer::Entity] {
        let proposed = by_layer.remove(&layer).unwrap_or_default();
        let dates = if layer == Layer::Figure { kept.get(&Layer::Date).map(Vec::as_slice) } else { None };
        let marks = judge(proposed, dates.unwrap_or_default());
        kept.insert(layer, marks);
    }
    kept
}

/// Drops the dates that lie inside a rate, an age or a share.
fn yield_to_rates_and_ages(by_layer: &mut BTreeMap<Layer, Vec<Candidate>>) {
    let figures = by_layer.get(&Layer::Figure).map(Vec::as_slice).unwrap_or_default();
    let owned: BTreeMap<u32, u32> = figures
        .iter()
        .filter(|candidate| owns_its_time(&candidate.annotation))
        .map(|candidate| with_bound(&candidate.annotation))
        .map(|span| (span.start(), span.end()))
        .collect();
    let rates: BTreeMap<u32, u32> = figures
        .iter()
        .filter(|candidate| is_rate(&candidate.annotation))
        .map(|candidate| (candidate.annotation.span.start(), candidate.annotation.span.end()))
        .collect();
    let counted: BTreeSet<u32> = figures.iter().filter_map(|candidate| end_of_counted(&candidate.annotation)).collect();
    if let Some(dates) = by_layer.get_mut(&Layer::Date) {
        dates.retain(|candidate| {
            let Annotation { span, label, .. } = &candidate.annotation;
            let per = matches!(&**label, "DURATION" | "SET") && counted.contains(&(span.start().saturating_sub(1)));
            // `411,000 barrels a day from July`: the rate keeps its day.
            let cut = rates.range(..span.start()).next_back().is_some_and(|(_, end)| *end > span.start());
            !per && !cut && owned.range(..=span.start()).next_back().is_none_or(|(_, end)| *end < span.end())
        });
    }
}

/// Whether a figure says what it is per.
fn is_rate(figure: &Annotation) -> bool {
    matches!(figure.value.as_deref(), Some(Value::Figure(value)) if value.per.is_some())
}

/// Where the noun ends that a rate counts, so that what the rate is per may follow: `6g of salt | a day`.
fn end_of_counted(figure: &Annotation) -> Option<u32> {
    let Some(Value::Figure(value)) = figure.value.as_deref() else { return None };
    value.counts.filter(|counts| value.per.is_some() && counts.start() >= figure.span.end()).map(Span::end)
}

/// A figure with its approximator, which a date would take in too: `less than one-quarter`.
fn with_bound(figure: &Annotation) -> Span {
    match figure.value.as_deref() {
        Some(Value::Figure(value)) => value.extent.map_or(figure.span, |extent| extent.cover(figure.span)),
        _ => figure.span,
    }
}

/// Whether a figure is a rate whose span holds its time, an age, or a share.
fn owns_its_time(figure: &Annotation) -> bool {
    let Some(Value::Figure(value)) = figure.value.as_deref() else { return false };
    let age = figure.label == "QUANTITY" && value.unit.as_deref().is_some_and(|unit| unit == "year");
    // `the low 30s` are degrees or shares, for a decade of years is early or late; `fell by a quarter` is a share.
    let rule = figure.source.as_ref().and_then(|source| source.detail.as_deref());
    age || matches!(rule, Some("tens" | "fraction")) || value.per.is_some()
}

/// The winners among `proposed`, none of which touches a mark of `taken` (sorted, without overlap).
fn judge(mut proposed: Vec<Candidate>, taken: &[Annotation]) -> Vec<Annotation> {
    proposed
        .sort_by(|a, b| precedence(a).cmp(&precedence(b)).then_with(|| a.annotation.label.cmp(&b.annotation.label)));
    let mut spans: BTreeMap<u32, u32> = taken.iter().map(|mark| (mark.span.start(), mark.span.end())).collect();
    let mut winners = Vec::with_capacity(proposed.len());
    for candidate in proposed {
        let span = candidate.annotation.span;
        if !span.is_empty() && is_free(&spans, span) {
            spans.insert(span.start(), span.end());
            winners.push(candidate.annotation);
        }
    }
    winners.sort_by(Annotation::order);
    winners
}

fn precedence(candidate: &Candidate) -> (Reverse<u16>, Reverse<u32>, u32) {
    let span = candidate.annotation.span;
    (Reverse(candidate.rank), Reverse(span.len()), span.start())
}

/// Whether `span` touches none of `spans` (start → end, without overlap).
fn is_free(spans: &BTreeMap<u32, u32>, span: Span) -> bool {
    spans.range(..span.end()).next_back().is_none_or(|(_, end)| *end <= span.start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Name;
    use proptest::prelude::*;

    fn candidate(layer: Layer, start: u32, end: u32, rank: u16) -> Candidate {
        Candidate { annotation: Annotation::new(layer, Span::new(start, end), Name::Fixed("X")), rank }
    }

    #[test]
    fn a_figure_yields_to_the_date_it_touches() {
        let kept = arbitrate(vec![candidate(Layer::Figure, 0, 9, 9), candidate(Layer::Date, 5, 12, 0)]);
        assert!(kept[&Layer::Figure].is_empty());
        assert_eq!(kept[&Layer::Date].len(), 1);
    }

    #[test]
    fn a_rate_keeps_the_time_it_is_taken_by() {
        let mut rate = candidate(Layer::Figure, 0, 14, 0);
        let per = Some(Name::Fixed("h"));
        rate.annotation = rate.annotation.valued(Value::Figure(crate::document::Figure { per, ..Default::default() }));
        let kept = arbitrate(vec![rate.clone(), candidate(Layer::Date, 7, 14, 0)]);
        assert_eq!((kept[&Layer::Figure].len(), kept[&Layer::Date].len()), (1, 0));
        // `$9,000 a day from March`.
        let kept = arbitrate(vec![rate.clone(), candidate(Layer::Date, 7, 18, 0)]);
        assert_eq!((kept[&Layer::Figure].len(), kept[&Layer::Date].len()), (1, 0));
        let kept = arbitrate(vec![rate, candidate(Layer::Date, 0, 18, 0)]);
        assert_eq!((kept[&Layer::Figure].len(), kept[&Layer::Date].len()), (0, 1));
    }

    #[test]
    fn rank_beats_length_and_length_beats_place() {
        let kept = arbitrate(vec![candidate(Layer::Entity, 0, 9, 1), candidate(Layer::Entity, 5, 8, 2)]);
        assert_eq!(kept[&Layer::Entity][0].span, Span::new(5, 8));
        let kept = arbitrate(vec![candidate(Layer::Entity, 0, 6, 1), candidate(Layer::Entity, 5, 18, 1)]);
        assert_eq!(kept[&Layer::Entity][0].span, Span::new(5, 18));
    }

    proptest! {
        #[test]
        fn leaves_no_overlap_and_does_not_depend_on_order(
            mut proposed in prop::collection::vec((0u32..40, 1u32..9, 0u16..3, 0usize..3), 0..40)
        ) {
            let make = |list: &[(u32, u32, u16, usize)]| {
                let layers = [Layer::Date, Layer::Figure, Layer::Entity];
                arbitrate(list.iter().map(|(s, n, r, l)| candidate(layers[*l], *s, s + n, *r)).collect())
            };
            let kept = make(&proposed);
            for marks in kept.values() {
                prop_assert!(marks.windows(2).all(|pair| pair[0].span.end() <= pair[1].span.start()));
            }
            proposed.reverse();
            prop_assert_eq!(kept, make(&proposed));
        }
    }
}
