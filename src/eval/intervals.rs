//! Bootstrap intervals of every row of a report.

use super::certainty::{Bounds, Sampling, Series, bootstrap};
use super::report::{Interval, Intervals, Schemes};
use super::score::Scores;
use super::summary::{Sum, Sums, document_sum};
use crate::document::Layer;
use std::collections::BTreeMap;

/// The intervals of `sums`, the rows of the report on `layers`, those of `valued` with normal forms.
pub(super) fn intervals(
    scores: &Scores,
    layers: &[Layer],
    valued: &[Layer],
    sums: &Sums<'_>,
    sampling: Sampling,
) -> Intervals {
    let samples = if scores.rows.len() < 2 { 0 } else { sampling.samples };
    // The series: overall, overall of layers with normal forms, each layer, each label.
    let layer_places: BTreeMap<Layer, usize> =
        sums.layers.keys().enumerate().map(|(index, layer)| (*layer, 2 + index)).collect();
    let first_label = 2 + layer_places.len();
    let label_places: BTreeMap<&str, usize> =
        sums.labels.keys().enumerate().map(|(index, label)| (*label, first_label + index)).collect();
    let mut series = vec![Series::default(); first_label + label_places.len()];
    if samples > 0 {
        for (number, row) in scores.rows.iter().enumerate() {
            let sum = document_sum(&row, layers, valued);
            series[0].push(number, &sum.all);
            if !valued.is_empty() && valued != layers {
                series[1].push(number, &sum.valued);
            }
            for (layer, tally) in row.layers.iter().filter(|_| layers.len() > 1) {
                if let Some(place) = layer_places.get(layer) {
                    series[*place].push(number, tally);
                }
            }
            for (_, label, tally) in row.labels.iter().filter(|(layer, ..)| layers.contains(layer)) {
                series[label_places[scores.labels[*label].as_str()]].push(number, tally);
            }
        }
    }
    let mut bounds = bootstrap(&series, scores.rows.len(), Sampling { samples, ..sampling });
    // What repeats the overall counts was not counted twice.
    if valued == layers {
        bounds[1] = bounds[0];
    }
    if layers.len() == 1 {
        bounds[2] = bounds[0];
    }
    let schemes = |found: &[Bounds; 5]| Schemes::of(|scheme| Interval::from(found[scheme as usize]));
    // A row without normal forms has no score of values, and so no interval.
    let row = |found: &[Bounds; 5], sum: &Sum| match schemes(found) {
        schemes if sum.valued.is_empty() => Schemes { value: Interval::default(), ..schemes },
        schemes => schemes,
    };
    let mut overall = schemes(&bounds[0]);
    overall.value = schemes(&bounds[1]).value;
    let by_layer = sums.layers.iter().zip(&bounds[2..]);
    let by_label = sums.labels.iter().zip(&bounds[first_label..]);
    Intervals {
        samples,
        seed: sampling.seed,
        confidence: sampling.confidence,
        overall,
        by_layer: by_layer.map(|((layer, sum), found)| (layer.name().to_owned(), row(found, sum))).collect(),
        by_label: by_label.map(|((label, sum), found)| ((*label).to_owned(), row(found, sum))).collect(),
    }
}
