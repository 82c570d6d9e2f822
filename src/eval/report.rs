//! The report of `gloss eval`: what machines read, with a published schema.

use super::certainty::{Bounds, Sampling, Series, bootstrap, randomise};
use super::count::{Ratios, Scheme, Tally};
use super::marks::Selection;
use super::score::{Row, Scores};
use super::slice::Slice;
use crate::document::Layer;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts and ratios of one scheme. A ratio without denominator is null, never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Score {
    /// Pairs that meet the scheme.
    pub correct: u64,
    /// Pairs that do not.
    pub incorrect: u64,
    /// Pairs that meet it by half (scheme `partial` only).
    pub partial: u64,
    /// Gold marks without a partner.
    pub missed: u64,
    /// Predicted marks without a partner.
    pub spurious: u64,
    /// Gold marks: correct + incorrect + partial + missed.
    pub possible: u64,
    /// Predicted marks: correct + incorrect + partial + spurious.
    pub actual: u64,
    /// (correct + partial / 2) / actual.
    pub precision: Option<f64>,
    /// (correct + partial / 2) / possible.
    pub recall: Option<f64>,
    /// 2 (correct + partial / 2) / (actual + possible).
    pub f1: Option<f64>,
}

impl Score {
    fn new(tally: &Tally, scheme: Scheme) -> Self {
        let counts = tally.counts(scheme);
        let Ratios { precision, recall, f1 } = counts.ratios();
        Self {
            correct: counts.correct,
            incorrect: counts.incorrect,
            partial: counts.partial,
            missed: counts.missed,
            spurious: counts.spurious,
            possible: counts.possible(),
            actual: counts.actual(),
            precision,
            recall,
            f1,
        }
    }

    /// Precision, recall and F1.
    pub fn ratios(&self) -> Ratios {
        Ratios { precision: self.precision, recall: self.recall, f1: self.f1 }
    }
}

/// One thing for each scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Schemes<T> {
    /// Same span and same label.
    pub strict: T,
    /// Same span.
    pub exact: T,
    /// Same span, or half for an overlap.
    pub partial: T,
    /// Same label, with an overlap.
    pub ent_type: T,
    /// Same normal form, with an overlap; over the layers whose gold carries normal forms.
    pub value: T,
}

impl<T> Schemes<T> {
    fn of(mut one: impl FnMut(Scheme) -> T) -> Self {
        Self {
            strict: one(Scheme::Strict),
            exact: one(Scheme::Exact),
            partial: one(Scheme::Partial),
            ent_type: one(Scheme::EntType),
            value: one(Scheme::Value),
        }
    }

    /// The one of `scheme`.
    pub fn get(&self, scheme: Scheme) -> &T {
        match scheme {
            Scheme::Strict => &self.strict,
            Scheme::Exact => &self.exact,
            Scheme::Partial => &self.partial,
            Scheme::EntType => &self.ent_type,
            Scheme::Value => &self.value,
        }
    }
}

/// A mean of precision, recall and F1 over those that define each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Mean {
    /// Mean precision.
    pub precision: Option<f64>,
    /// Mean recall.
    pub recall: Option<f64>,
    /// Mean F1.
    pub f1: Option<f64>,
}

impl Mean {
    fn of<'a>(all: impl Iterator<Item = &'a Schemes<Score>>, scheme: Scheme) -> Self {
        let Ratios { precision, recall, f1 } = Ratios::mean(all.map(|schemes| schemes.get(scheme).ratios()));
        Self { precision, recall, f1 }
    }
}

/// Lower and upper bound of each ratio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Interval {
    /// Of precision.
    pub precision: Option<[f64; 2]>,
    /// Of recall.
    pub recall: Option<[f64; 2]>,
    /// Of F1.
    pub f1: Option<[f64; 2]>,
}

impl From<Bounds> for Interval {
    fn from(bounds: Bounds) -> Self {
        let pair = |bounds: Option<(f64, f64)>| bounds.map(|(low, high)| [low, high]);
        Self { precision: pair(bounds.precision), recall: pair(bounds.recall), f1: pair(bounds.f1) }
    }
}

/// Bootstrap intervals over documents.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Intervals {
    /// How many samples of documents were drawn; 0: none, or fewer than two documents.
    pub samples: usize,
    /// The seed of the draw.
    pub seed: u64,
    /// The share of samples that an interval holds.
    pub confidence: f64,
    /// Of `overall`.
    pub overall: Schemes<Interval>,
    /// Of `by_layer`.
    pub by_layer: BTreeMap<String, Schemes<Interval>>,
    /// Of `by_label`.
    pub by_label: BTreeMap<String, Schemes<Interval>>,
}

/// Token by token: a token under a mark, with the mark's label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Tokens {
    /// All labels together; a confused token is missed under one label and spurious under the other.
    pub overall: Score,
    /// Each label by itself.
    pub by_label: BTreeMap<String, Score>,
}

/// Dates as TempEval-3 counts them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TempEval {
    /// Gold marks.
    pub gold: u64,
    /// Predicted marks.
    pub pred: u64,
    /// Equal spans.
    pub strict: Mean,
    /// Overlapping spans.
    pub relaxed: Mean,
    /// Share of the overlapping pairs of equal type.
    pub type_accuracy: Option<f64>,
    /// `type_accuracy` times relaxed F1.
    pub type_f1: Option<f64>,
    /// Share of the overlapping pairs of equal value.
    pub value_accuracy: Option<f64>,
    /// `value_accuracy` times relaxed F1: the figure that ranks systems.
    pub value_f1: Option<f64>,
    /// F1 of pairs of equal span and equal value.
    pub strict_value_f1: Option<f64>,
}

/// Figures part by part, over matched pairs whose gold carries a normal form.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Figures {
    /// Such pairs.
    pub pairs: u64,
    /// Share of equal amount.
    pub amount_accuracy: Option<f64>,
    /// Share of equal bound.
    pub bound_accuracy: Option<f64>,
    /// Share of equal unit and `per`.
    pub unit_accuracy: Option<f64>,
    /// Share of equal amount, bound and unit.
    pub accuracy: Option<f64>,
}

/// How one system does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// The name and version of this form: `gloss-eval/1`.
    pub form: &'static str,
    /// How many documents were scored.
    pub documents: usize,
    /// The layers that the figures cover.
    pub layers: Vec<&'static str>,
    /// All marks of these layers together (micro average).
    pub overall: Schemes<Score>,
    /// The mean over labels.
    pub macro_by_label: Schemes<Mean>,
    /// The mean over documents.
    pub macro_by_document: Schemes<Mean>,
    /// Each label matched by itself: a confused label is missed under one and spurious under the other.
    pub by_label: BTreeMap<String, Schemes<Score>>,
    /// Each layer by itself, labels free.
    pub by_layer: BTreeMap<&'static str, Schemes<Score>>,
    /// Each document by itself, by id.
    pub by_document: BTreeMap<String, Schemes<Score>>,
    /// Each slice asked for (`zone`, `meta.KEY`), value by value.
    pub by_slice: BTreeMap<String, BTreeMap<String, Schemes<Score>>>,
    /// Gold label to predicted label, labels free: `missed` stands for no prediction, `spurious` for no
    /// gold mark.
    pub confusion: BTreeMap<String, BTreeMap<String, u64>>,
    /// Token by token.
    pub token: Tokens,
    /// Dates as TempEval-3 counts them; where the date layer is scored.
    pub tempeval: Option<TempEval>,
    /// Figures part by part; where the figure layer is scored.
    pub figures: Option<Figures>,
    /// How sure the figures are.
    pub intervals: Intervals,
    /// What the reader should know: repeated marks, documents left out.
    pub warnings: Vec<String>,
    /// The second system, where one was given.
    pub second: Option<Box<Report>>,
    /// The two systems compared, where a second was given.
    pub comparison: Option<Comparison>,
    /// The floors that were asked for, and whether they are met.
    pub gate: Vec<super::gate::Verdict>,
}

/// Two systems on the same gold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Comparison {
    /// How many shuffles were drawn.
    pub samples: usize,
    /// The seed of the draw.
    pub seed: u64,
    /// Scheme by scheme.
    pub overall: Schemes<Difference>,
    /// Gold marks that the first misses or gets wrong, by strict match, and the second gets right; and
    /// inventions of the first that are gone.
    pub fixed: Vec<Change>,
    /// The other way round.
    pub broke: Vec<Change>,
}

/// The difference of two F1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    /// F1 of the second less F1 of the first.
    pub f1: Option<f64>,
    /// How probable so large a difference would be between equal systems (two-sided).
    pub p: Option<f64>,
}

/// A mark that one system has right and the other has not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Change {
    /// The document's id.
    pub document: String,
    /// The layer.
    pub layer: &'static str,
    /// First code point of the mark.
    pub start: u32,
    /// The code point after its last.
    pub end: u32,
    /// Its label.
    pub label: String,
    /// Its words.
    pub text: String,
    /// Whether it is gold; if not, it is an invention.
    pub gold: bool,
}

/// What a report covers.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// What was compared.
    pub selection: &'a Selection,
    /// The slices that were counted.
    pub slices: &'a [Slice],
    /// How intervals are drawn.
    pub sampling: Sampling,
}

/// Tallies of one row of the report: of all its layers, and of those whose gold carries normal forms.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    all: Tally,
    valued: Tally,
}

impl Sum {
    fn add(&mut self, tally: Tally, valued: bool) {
        self.all += tally;
        if valued {
            self.valued += tally;
        }
    }

    fn schemes(&self) -> Schemes<Score> {
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
        let by_document: BTreeMap<_, _> =
            scores.rows.iter().map(|row| (row.id.clone(), document_sum(row, layers, &valued).schemes())).collect();
        let by_layer: BTreeMap<_, _> = sums.layers.iter().map(|(layer, sum)| (layer.name(), sum.schemes())).collect();
        Self {
            form: "gloss-eval/1",
            documents: scores.rows.len(),
            layers: layers.iter().map(|layer| layer.name()).collect(),
            overall: sums.overall.schemes(),
            macro_by_label: Schemes::of(|scheme| Mean::of(by_label.values(), scheme)),
            macro_by_document: Schemes::of(|scheme| Mean::of(by_document.values(), scheme)),
            by_slice: by_slice(scores, layers, &valued, view.slices),
            confusion: confusion(scores, layers),
            token: tokens(scores, layers),
            tempeval: layers.contains(&Layer::Date).then(|| tempeval(scores)),
            figures: layers.contains(&Layer::Figure).then(|| figures(scores)),
            intervals: intervals(scores, layers, &valued, &sums, view.sampling),
            warnings: warnings(scores),
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
        Schemes::of(|scheme| {
            let tallies = |scores: &Scores| -> Vec<Tally> {
                let sum = |row: &Row| document_sum(row, layers, &valued);
                let pick = |sum: Sum| if scheme == Scheme::Value { sum.valued } else { sum.all };
                scores.rows.iter().map(|row| pick(sum(row))).collect()
            };
            let (one, two) = (tallies(first), tallies(second));
            let f1 = |tallies: &[Tally]| tallies.iter().copied().sum::<Tally>().counts(scheme).ratios().f1;
            let difference = f1(&one).zip(f1(&two)).map(|(one, two)| two - one);
            Difference { f1: difference, p: randomise(&one, &two, scheme, sampling) }
        })
    }

    /// The JSON Schema of reports.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Report)
    }
}

fn document_sum(row: &Row, layers: &[Layer], valued: &[Layer]) -> Sum {
    let mut sum = Sum::default();
    for (layer, tally) in row.layers.iter().filter(|(layer, _)| layers.contains(layer)) {
        sum.add(*tally, valued.contains(layer));
    }
    sum
}

/// The rows of a report.
struct Sums<'a> {
    overall: Sum,
    layers: BTreeMap<Layer, Sum>,
    labels: BTreeMap<&'a str, Sum>,
}

impl<'a> Sums<'a> {
    fn new(scores: &'a Scores, layers: &[Layer], valued: &[Layer]) -> Self {
        let mut sums = Self { overall: Sum::default(), layers: BTreeMap::new(), labels: BTreeMap::new() };
        for layer in layers {
            sums.layers.insert(*layer, Sum::default());
        }
        for row in &scores.rows {
            for (layer, tally) in row.layers.iter().filter(|(layer, _)| layers.contains(layer)) {
                sums.overall.add(*tally, valued.contains(layer));
                sums.layers.entry(*layer).or_default().add(*tally, valued.contains(layer));
            }
            for (layer, label, tally) in row.labels.iter().filter(|(layer, ..)| layers.contains(layer)) {
                sums.labels.entry(&scores.labels[*label]).or_default().add(*tally, valued.contains(layer));
            }
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
    for (_, label, tally) in scores.rows.iter().flat_map(|row| &row.tokens).filter(|(layer, ..)| layers.contains(layer))
    {
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
    let mean = |matched: u64| {
        let Ratios { precision, recall, f1 } = timex.ratios(matched);
        Mean { precision, recall, f1 }
    };
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

fn intervals(scores: &Scores, layers: &[Layer], valued: &[Layer], sums: &Sums<'_>, sampling: Sampling) -> Intervals {
    let samples = if scores.rows.len() < 2 { 0 } else { sampling.samples };
    let mut series: Vec<Series> = vec![Series::new(); 2];
    for (number, row) in scores.rows.iter().enumerate() {
        let sum = document_sum(row, layers, valued);
        series[0].push((number, sum.all));
        series[1].push((number, sum.valued));
    }
    for layer in sums.layers.keys() {
        let of_layer = |row: &Row| row.layers.iter().find(|(own, _)| own == layer).map(|(_, tally)| *tally);
        let rows = scores.rows.iter().enumerate();
        series.push(rows.filter_map(|(number, row)| Some((number, of_layer(row)?))).collect());
    }
    let first_label = series.len();
    let places: BTreeMap<&str, usize> =
        sums.labels.keys().enumerate().map(|(index, label)| (*label, first_label + index)).collect();
    series.resize(first_label + places.len(), Series::new());
    for (number, row) in scores.rows.iter().enumerate() {
        for (_, label, tally) in row.labels.iter().filter(|(layer, ..)| layers.contains(layer)) {
            series[places[scores.labels[*label].as_str()]].push((number, *tally));
        }
    }
    let bounds = bootstrap(&series, scores.rows.len(), Sampling { samples, ..sampling });
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

fn warnings(scores: &Scores) -> Vec<String> {
    let side = |count: u64, name: &str| {
        (count > 0).then(|| format!("{name} holds {count} marks twice (same layer, span and label); each is counted"))
    };
    side(scores.repeated[0], "gold").into_iter().chain(side(scores.repeated[1], "the prediction")).collect()
}
