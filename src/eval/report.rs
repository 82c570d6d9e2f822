//! The report of `gloss eval`: what machines read, with a published schema.

use super::certainty::{Bounds, Sampling};
use super::count::{Ratios, Scheme, Tally};
use super::marks::Selection;
use super::rows::Rows;
use super::slice::Slice;
use super::summary::document_sum;
use crate::document::Layer;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    pub(super) fn new(tally: &Tally, scheme: Scheme) -> Self {
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
    pub(super) fn of(mut one: impl FnMut(Scheme) -> T) -> Self {
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

/// A mean of precision, recall and F1; over those that define each, unless undefined ones count as 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Mean {
    /// Mean precision.
    pub precision: Option<f64>,
    /// Mean recall.
    pub recall: Option<f64>,
    /// Mean F1.
    pub f1: Option<f64>,
}

impl From<Ratios> for Mean {
    fn from(Ratios { precision, recall, f1 }: Ratios) -> Self {
        Self { precision, recall, f1 }
    }
}

/// Each document by itself, told from packed counts only when it is written.
#[derive(Clone, Debug, Default)]
pub struct ByDocument {
    pub(super) rows: Arc<Rows>,
    pub(super) layers: Vec<Layer>,
    pub(super) valued: Vec<Layer>,
}

impl ByDocument {
    /// The id and the scores of every document, in order of id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Schemes<Score>)> {
        self.rows.iter().map(|row| (row.id, document_sum(&row, &self.layers, &self.valued).schemes()))
    }
}

impl PartialEq for ByDocument {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Serialize for ByDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl JsonSchema for ByDocument {
    fn schema_name() -> Cow<'static, str> {
        BTreeMap::<String, Schemes<Score>>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, Schemes<Score>>::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
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
    /// The mean over labels, each weighted by its gold marks.
    pub weighted_by_label: Schemes<Mean>,
    /// The mean over documents.
    pub macro_by_document: Schemes<Mean>,
    /// Each label matched by itself: a confused label is missed under one and spurious under the other.
    pub by_label: BTreeMap<String, Schemes<Score>>,
    /// Each layer by itself, labels free.
    pub by_layer: BTreeMap<&'static str, Schemes<Score>>,
    /// Each document by itself, by id.
    pub by_document: ByDocument,
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
    /// How probable so large a difference would be between equal systems (two-sided); null with fewer than two
    /// documents.
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
    /// What an undefined ratio counts as in a mean; nothing: it is left out.
    pub undefined: Option<f64>,
}
