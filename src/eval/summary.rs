//! Sums up what scoring found into a report.

use super::certainty::{Sampling, randomise};
use super::count::{Average, Scheme, Tally};
use super::intervals::intervals;
use super::report::{ByDocument, Difference, Figures, Mean, Report, Schemes, Score, TempEval, Tokens, View};
use super::rows::Row;
use super::score::Scores;
use super::slice::Slice;
use crate::document::Layer;
use std::borrow::Borrow;
use std::collections::BTreeMap;

/// Tallies of one row of the report: of all its layers, and of those whose gold carries normal forms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) all: Tally,
    pub(super) valued: Tally,
}

impl Sum {
    fn add(&mut self, tally: Tally, valued: bool) {
        self.all += tally;
        if valued {
            self.valued += tally;
        }
    }

    pub(super) fn schemes(&self) -> Schemes<Score> {
        Schemes::of(|scheme| Score::new(if scheme == Scheme::Value { &self.valued } else { &self.all }, scheme))
    }
}

impl Report {
    /// What `scores` show, over the layers of `layers` (see [`Scores::layers`]).
    pub fn new(scores: &Scores, layers: &[Layer], view: View<'_>) -> Self {
        let valued = scores.valued_layers(layers);
        let sums = Sums::new(scores, layers, &valued);
        let by_label: BTreeMap<_, _> =
            sums.labels.iter().map(|(label, sum)| ((*label).to_owned(), sum.schemes())).collect();
        let by_document = ByDocument { rows: scores.rows.clone(), layers: layers.to_vec(), valued: valued.clone() };
        let by_layer: BTreeMap<_, _> = sums.layers.iter().map(|(layer, sum)| (layer.name(), sum.schemes())).collect();
        Self {
            form: "gloss-eval/1",
            documents: scores.rows.len(),
            layers: layers.iter().map(|layer| layer.name()).collect(),
            overall: sums.overall.schemes(),
            macro_by_label: means(by_label.values(), view.undefined, |_| 1.0),
            weighted_by_label: means(by_label.values(), view.undefined, |score| score.possible as f64),
            macro_by_document: means(by_document.iter().map(|(_, row)| row), view.undefined, |_| 1.0),
            by_slice: by_slice(scores, layers, &valued, view.slices),
            confusion: confusion(scores, layers),
            token: tokens(scores, layers),
            tempeval: layers.contains(&Layer::Date).then(|| tempeval(scores)),
            figures: layers.contains(&Layer::Figure).then(|| figures(scores)),
            intervals: intervals(scores, layers, &valued, &sums, view.sampling),
            warnings: warnings(scores, layers, view),
            by_label,
            by_layer,
            by_document,
            second: None,
            comparison: None,
            gate: Vec::new(),
        }
    }

    /// Scheme by scheme, how `second` differs from `first`, which saw the same documents.
    pub fn compare(first: &Scores, second: &Scores, layers: &[Layer], sampling: Sampling) -> Schemes<Difference> {
        let valued = first.valued_layers(layers);
        let sums = |scores: &Scores| -> Vec<Sum> {
            scores.rows.iter().map(|row| document_sum(&row, layers, &valued)).collect()
        };
        let (first, second) = (sums(first), sums(second));
        Schemes::of(|scheme| {
            let of_scheme = |sum: &Sum| if scheme == Scheme::Value { sum.valued } else { sum.all };
            let [one, two] = [&first, &second].map(|sums| sums.iter().map(of_scheme).collect::<Vec<_>>());
            compare_scheme(&one, &two, scheme, sampling)
        })
    }

    /// The report as JSON without its documents, which may be many: what floors are held against.
    pub fn figures(&self) -> serde_json::Result<serde_json::Value> {
        let without = Self { by_document: ByDocument::default(), second: None, comparison: None, ..self.clone() };
        serde_json::to_value(without)
    }

    /// The JSON Schema of reports.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Report)
    }
}

fn compare_scheme(one: &[Tally], two: &[Tally], scheme: Scheme, sampling: Sampling) -> Difference {
    let f1 = |tallies: &[Tally]| tallies.iter().copied().sum::<Tally>().counts(scheme).ratios().f1;
    let difference = f1(one).zip(f1(two)).map(|(one, two)| two - one);
    Difference { f1: difference, p: randomise(one, two, scheme, sampling) }
}

/// The means over `rows`, each with the weight that its score gives it.
fn means(
    rows: impl Iterator<Item: Borrow<Schemes<Score>>>,
    undefined: Option<f64>,
    weight: fn(&Score) -> f64,
) -> Schemes<Mean> {
    let mut averages = [Average::new(undefined); 5];
    for row in rows {
        for (average, scheme) in averages.iter_mut().zip(Scheme::ALL) {
            let score = row.borrow().get(scheme);
            average.add(score.ratios(), weight(score));
        }
    }
    Schemes::of(|scheme| averages[scheme as usize].mean().into())
}

pub(super) fn document_sum(row: &Row<'_>, layers: &[Layer], valued: &[Layer]) -> Sum {
    let mut sum = Sum::default();
    for (layer, tally) in row.layers.iter().filter(|(layer, _)| layers.contains(layer)) {
        sum.add(*tally, valued.contains(layer));
    }
    sum
}

/// The rows of a report.
pub(super) struct Sums<'a> {
    pub(super) overall: Sum,
    pub(super) layers: BTreeMap<Layer, Sum>,
    pub(super) labels: BTreeMap<&'a str, Sum>,
}

impl<'a> Sums<'a> {
    fn new(scores: &'a Scores, layers: &[Layer], valued: &[Layer]) -> Self {
        let mut sums = Self { overall: Sum::default(), layers: BTreeMap::new(), labels: BTreeMap::new() };
        for layer in layers {
            let tally = scores.by_layer.get(layer).copied().unwrap_or_default();
            sums.overall.add(tally, valued.contains(layer));
            sums.layers.entry(*layer).or_default().add(tally, valued.contains(layer));
        }
        for ((layer, label), tally) in scores.by_label.iter().filter(|((layer, _), _)| layers.contains(layer)) {
            sums.labels.entry(&scores.labels[*label]).or_default().add(*tally, valued.contains(layer));
        }
        sums
    }
}

fn by_slice(
    scores: &Scores,
    layers: &[Layer],
    valued: &[Layer],
    slices: &[Slice],
) -> BTreeMap<String, BTreeMap<String, Schemes<Score>>> {
    let mut sums: BTreeMap<String, BTreeMap<String, Sum>> = BTreeMap::new();
    for ((slice, value, layer), tally) in scores.slices.iter().filter(|((.., layer), _)| layers.contains(layer)) {
        let sum = sums.entry(slices[*slice].to_string()).or_default().entry(value.clone()).or_default();
        sum.add(*tally, valued.contains(layer));
    }
    let schemes =
        |values: BTreeMap<String, Sum>| values.into_iter().map(|(value, sum)| (value, sum.schemes())).collect();
    sums.into_iter().map(|(slice, values)| (slice, schemes(values))).collect()
}

fn confusion(scores: &Scores, layers: &[Layer]) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut matrix: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for ((_, gold, pred), count) in scores.confusion.iter().filter(|((layer, ..), _)| layers.contains(layer)) {
        let name =
            |label: &Option<usize>, none: &str| label.map_or(none.to_owned(), |label| scores.labels[label].clone());
        *matrix.entry(name(gold, "spurious")).or_default().entry(name(pred, "missed")).or_default() += count;
    }
    matrix
}

fn tokens(scores: &Scores, layers: &[Layer]) -> Tokens {
    let mut overall = Tally::default();
    let mut by_label: BTreeMap<String, Tally> = BTreeMap::new();
    for ((_, label), tally) in scores.tokens.iter().filter(|((layer, _), _)| layers.contains(layer)) {
        overall += *tally;
        *by_label.entry(scores.labels[*label].clone()).or_default() += *tally;
    }
    let score = |tally: &Tally| Score::new(tally, Scheme::Strict);
    Tokens {
        overall: score(&overall),
        by_label: by_label.iter().map(|(label, tally)| (label.clone(), score(tally))).collect(),
    }
}

fn tempeval(scores: &Scores) -> TempEval {
    let timex = scores.timex;
    let mean = |matched: u64| Mean::from(timex.ratios(matched));
    TempEval {
        gold: timex.gold,
        pred: timex.pred,
        strict: mean(timex.strict),
        relaxed: mean(timex.relaxed),
        type_accuracy: timex.accuracy(timex.kind),
        type_f1: timex.ratios(timex.kind).f1,
        value_accuracy: timex.accuracy(timex.value),
        value_f1: timex.ratios(timex.value).f1,
        strict_value_f1: timex.ratios(timex.strict_value).f1,
    }
}

fn figures(scores: &Scores) -> Figures {
    let tally = scores.figures;
    let share = |count: u64| (tally.pairs > 0).then(|| count as f64 / tally.pairs as f64);
    Figures {
        pairs: tally.pairs,
        amount_accuracy: share(tally.amount),
        bound_accuracy: share(tally.bound),
        unit_accuracy: share(tally.unit),
        accuracy: share(tally.all),
    }
}

fn warnings(scores: &Scores, layers: &[Layer], view: View<'_>) -> Vec<String> {
    let repeated = |count: u64, name: &str| {
        let marks = if count == 1 { "mark" } else { "marks" };
        (count > 0).then(|| format!("{name} repeats {count} {marks} (same layer, span and label); each is counted"))
    };
    let repeated =
        repeated(scores.repeated[0], "gold").into_iter().chain(repeated(scores.repeated[1], "the prediction"));
    let unmarked = |layer: &&Layer| scores.by_layer.get(*layer).is_none_or(|tally| tally.possible + tally.actual == 0);
    let unmarked: Vec<_> = view.selection.layers.iter().filter(unmarked).map(|layer| layer.name()).collect();
    let unmarked = (!unmarked.is_empty() && unmarked.len() < layers.len())
        .then(|| format!("neither side holds a mark of {}", unmarked.join(", ")));
    let mut zones = scores.slices.keys().filter(|(slice, ..)| view.slices.get(*slice) == Some(&Slice::Zone)).peekable();
    let zoneless = zones.peek().is_some() && zones.all(|(_, zone, _)| zone == super::slice::UNKNOWN);
    let zoneless = zoneless.then(|| "neither side marks zones: all marks lie in none".to_owned());
    repeated.chain(strange_labels(scores, layers)).chain(unmarked).chain(zoneless).collect()
}

/// A note when one side holds no mark, or the two share no label: what is all wrong rarely means to be.
fn strange_labels(scores: &Scores, layers: &[Layer]) -> Option<String> {
    let labels = |side: fn(&Tally) -> u64| -> Vec<&str> {
        let used = scores.by_label.iter().filter(|((layer, _), tally)| layers.contains(layer) && side(tally) > 0);
        let mut names: Vec<&str> = used.map(|((_, label), _)| scores.labels[*label].as_str()).collect();
        names.sort_unstable();
        names
    };
    let (gold, pred) = (labels(|tally| tally.possible), labels(|tally| tally.actual));
    let silent = match (gold.is_empty(), pred.is_empty()) {
        (false, true) => Some("the prediction"),
        (true, false) => Some("gold"),
        _ => None,
    };
    if let Some(side) = silent {
        return Some(format!("{side} holds no mark of the layers scored; marks are read from \"annotations\""));
    }
    let strange = !gold.is_empty() && !pred.is_empty() && gold.iter().all(|label| !pred.contains(label));
    strange.then(|| {
        let (gold, pred) = (gold.join(", "), pred.join(", "));
        format!("the sides share no label: gold has {gold}; the prediction has {pred}; --map lays label sets over both")
    })
}
