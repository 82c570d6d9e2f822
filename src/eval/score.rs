//! Judges pairs of documents one after the other and adds up what they show.

use super::align::{Alignment, MatchRule, Pair, align};
use super::count::Tally;
use super::figures::FigureTally;
use super::marks::{Item, Selection, is_cut, select, speaks_of};
use super::rows::{Row, Rows};
use super::slice::{Slice, zone_at};
use super::tempeval::TimexTally;
use super::{token, value};
use crate::document::{Document, Layer};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The marks of one layer of one document, matched.
#[derive(Clone, Debug)]
pub struct JudgedLayer<'a> {
    /// The layer.
    pub layer: Layer,
    /// Gold marks, in order of place.
    pub gold: Vec<Item<'a>>,
    /// Predicted marks, in order of place.
    pub pred: Vec<Item<'a>>,
    /// Which answers which.
    pub alignment: Alignment,
}

impl JudgedLayer<'_> {
    /// All pairs, labels free.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.alignment.same.iter().chain(&self.alignment.other).copied()
    }

    /// For each gold mark, the predicted mark that answers it.
    pub fn answers(&self) -> Vec<Option<usize>> {
        let mut answers = vec![None; self.gold.len()];
        for pair in self.pairs() {
            answers[pair.gold] = Some(pair.pred);
        }
        answers
    }

    /// Predicted marks that answer no gold mark.
    pub fn inventions(&self) -> Vec<usize> {
        let mut free = vec![true; self.pred.len()];
        for pair in self.pairs() {
            free[pair.pred] = false;
        }
        (0..free.len()).filter(|index| free[*index]).collect()
    }

    fn span_tally(&self, pair: Pair) -> Tally {
        let (gold, pred) = (&self.gold[pair.gold], &self.pred[pair.pred]);
        let span = gold.same_span(pred);
        Tally {
            pairs: 1,
            same_both: u64::from(span && gold.label == pred.label),
            same_span: u64::from(span),
            value_pairs: 1,
            same_value: u64::from(value::same(gold.mark, pred.mark)),
            ..Tally::default()
        }
    }

    fn label_tally(&self, pair: Pair) -> Tally {
        let same = self.gold[pair.gold].label == self.pred[pair.pred].label;
        Tally { label_pairs: 1, same_label: u64::from(same), ..Tally::default() }
    }

    pub(super) fn tally(&self) -> Tally {
        let Alignment { same, other, other_by_type, .. } = &self.alignment;
        let spans = same.iter().chain(other).map(|pair| self.span_tally(*pair));
        let labels = same.iter().chain(other_by_type).map(|pair| self.label_tally(*pair));
        let mut tally: Tally = spans.chain(labels).sum();
        tally.possible = self.gold.len() as u64;
        tally.actual = self.pred.len() as u64;
        tally.valued = self.gold.iter().filter(|item| value::is_present(item.mark)).count() as u64;
        tally
    }

    /// What each gold mark, with its answer, and each invention adds to the tally of the place where it lies. A
    /// pair must not be torn between two places, so that labels, too, are counted over the one matching.
    fn tallies_by_mark(&self) -> impl Iterator<Item = (&Item<'_>, Tally)> {
        let golds = self.gold.iter().zip(self.answers()).enumerate().map(|(gold, (item, answer))| {
            let valued = u64::from(value::is_present(item.mark));
            let alone = Tally { possible: 1, valued, ..Tally::default() };
            let pair = answer.map(|pred| Pair { gold, pred });
            let answered = |pair| Tally { actual: 1, ..self.span_tally(pair) + self.label_tally(pair) };
            (item, pair.map_or(alone, |pair| alone + answered(pair)))
        });
        let invented = Tally { actual: 1, ..Tally::default() };
        golds.chain(self.inventions().into_iter().map(move |pred| (&self.pred[pred], invented)))
    }

    /// A tally for each label, each matched by itself.
    fn tallies_by_label(&self) -> BTreeMap<&str, Tally> {
        let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
        for item in &self.gold {
            let tally = tallies.entry(item.label).or_default();
            tally.possible += 1;
            tally.valued += u64::from(value::is_present(item.mark));
        }
        for item in &self.pred {
            tallies.entry(item.label).or_default().actual += 1;
        }
        for pair in self.alignment.same.iter().chain(&self.alignment.other_by_label) {
            *tallies.entry(self.gold[pair.gold].label).or_default() += self.span_tally(*pair) + self.label_tally(*pair);
        }
        tallies
    }
}

/// Matches the marks of two documents of one text, layer by layer; `cuts` says whether segmentation
/// layers are matched although `selection` does not name them.
pub fn judge<'a>(
    gold: &'a Document,
    pred: &'a Document,
    selection: &'a Selection,
    rule: MatchRule,
    cuts: bool,
) -> Vec<JudgedLayer<'a>> {
    let (golds, preds) = select(gold, pred, selection);
    Layer::ALL
        .into_iter()
        .zip(golds.into_iter().zip(preds))
        .filter(|(layer, _)| cuts || !is_cut(*layer) || selection.layers.contains(layer))
        .filter(|(_, (gold, pred))| !gold.is_empty() || !pred.is_empty())
        .map(|(layer, (golds, preds))| {
            let alignment = align(&golds, &preds, gold, rule);
            JudgedLayer { layer, gold: golds, pred: preds, alignment }
        })
        .collect()
}

/// A label's number within one [`Scores`].
pub type LabelId = usize;

/// What a run of documents shows.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// Document by document; in order of id once [`Scores::finish`] has run.
    pub rows: Arc<Rows>,
    /// By layer, labels free.
    pub by_layer: BTreeMap<Layer, Tally>,
    /// By layer and label, each label matched by itself.
    pub by_label: BTreeMap<(Layer, LabelId), Tally>,
    /// By layer and label, token by token.
    pub tokens: BTreeMap<(Layer, LabelId), Tally>,
    /// The labels by number.
    pub labels: Vec<String>,
    numbers: HashMap<String, LabelId>,
    /// Gold label (nothing: an invention) and predicted label (nothing: a miss) of each pair.
    pub confusion: BTreeMap<(Layer, Option<LabelId>, Option<LabelId>), u64>,
    /// Slice by slice: the slice's place in the list asked for, its value, the layer.
    pub slices: BTreeMap<(usize, String, Layer), Tally>,
    /// Dates as TempEval-3 counts them.
    pub timex: TimexTally,
    /// Figures part by part.
    pub figures: FigureTally,
    /// Marks that a side holds twice.
    pub repeated: [u64; 2],
    spoken_of: BTreeSet<Layer>,
    has_gold_marks: bool,
}

impl Scores {
    /// Nothing judged yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges `pred` against `gold`, which must have the same text, and adds what it shows. No two
    /// documents have the same id.
    pub fn add<'a>(
        &mut self,
        gold: &'a Document,
        pred: &'a Document,
        selection: &'a Selection,
        rule: MatchRule,
        slices: &[Slice],
    ) -> Vec<JudgedLayer<'a>> {
        let judged = judge(gold, pred, selection, rule, !self.has_gold_marks);
        self.has_gold_marks |= judged.iter().any(|layer| !is_cut(layer.layer) && !layer.gold.is_empty());
        self.spoken_of.extend(Layer::ALL.into_iter().filter(|layer| speaks_of(gold, *layer)));
        let mut row = Row { id: gold.id(), ..Row::default() };
        for layer in &judged {
            let mut tally = layer.tally();
            match layer.layer {
                Layer::Date => {
                    let timex = TimexTally::of(&layer.gold, &layer.pred, gold.text());
                    (tally.value_pairs, tally.same_value) = (timex.relaxed, timex.value);
                    self.timex += timex;
                }
                Layer::Figure => self.figures.add(layer),
                _ => {}
            }
            row.layers.push((layer.layer, tally));
            *self.by_layer.entry(layer.layer).or_default() += tally;
            for (label, tally) in layer.tallies_by_label() {
                let label = self.number(label);
                row.labels.push((layer.layer, label, tally));
                *self.by_label.entry((layer.layer, label)).or_default() += tally;
            }
            for (label, tally) in token::tallies(layer, gold) {
                let label = self.number(label);
                *self.tokens.entry((layer.layer, label)).or_default() += tally;
            }
            self.add_confusion(layer);
            self.add_slices(layer, tally, [gold, pred], slices);
            for (side, items) in [&layer.gold, &layer.pred].into_iter().enumerate() {
                let repeats = items.windows(2).filter(|pair| pair[0].identity(&pair[1]).is_eq()).count();
                self.repeated[side] += repeats as u64;
            }
        }
        Arc::make_mut(&mut self.rows).push(&row);
        judged
    }

    /// Puts the rows in order of id, so that nothing depends on the order of the documents.
    #[must_use]
    pub fn finish(mut self) -> Self {
        Arc::make_mut(&mut self.rows).sort();
        self
    }

    fn number(&mut self, label: &str) -> LabelId {
        if let Some(number) = self.numbers.get(label) {
            return *number;
        }
        let number = self.labels.len();
        self.labels.push(label.to_owned());
        self.numbers.insert(label.to_owned(), number);
        number
    }

    fn add_confusion(&mut self, judged: &JudgedLayer<'_>) {
        for (gold, answer) in judged.gold.iter().zip(judged.answers()) {
            let gold = self.number(gold.label);
            let pred = answer.map(|index| self.number(judged.pred[index].label));
            *self.confusion.entry((judged.layer, Some(gold), pred)).or_default() += 1;
        }
        for index in judged.inventions() {
            let pred = self.number(judged.pred[index].label);
            *self.confusion.entry((judged.layer, None, Some(pred))).or_default() += 1;
        }
    }

    /// Adds a layer of a document, which shows `tally`, to the slices it falls into.
    fn add_slices(&mut self, judged: &JudgedLayer<'_>, tally: Tally, [gold, pred]: [&Document; 2], slices: &[Slice]) {
        for (number, slice) in slices.iter().enumerate() {
            match slice {
                Slice::Meta(key) => {
                    let place = (number, Slice::meta_value(gold, key), judged.layer);
                    *self.slices.entry(place).or_default() += tally;
                }
                Slice::Zone => {
                    for (item, tally) in judged.tallies_by_mark() {
                        let zone = zone_at(gold, pred, item.span.start()).to_owned();
                        *self.slices.entry((number, zone, judged.layer)).or_default() += tally;
                    }
                }
            }
        }
    }

    /// The layers that reports cover: those selected; else the layers of entities, figures and dates that
    /// gold marks or whose labels it names; else its segmentation layers; else, when gold is empty, those
    /// of the predictions, by the same preference.
    pub fn layers(&self, selection: &Selection) -> Vec<Layer> {
        if !selection.layers.is_empty() {
            return Layer::ALL.into_iter().filter(|layer| selection.layers.contains(layer)).collect();
        }
        let by_layer = |side: fn(&Tally) -> u64, cut: bool| -> Vec<Layer> {
            let marked = self.by_layer.iter().filter(|(layer, tally)| is_cut(**layer) == cut && side(tally) > 0);
            marked.map(|(layer, _)| *layer).collect()
        };
        let mut layers = by_layer(|tally| tally.possible, false);
        layers.extend(self.spoken_of.iter().filter(|layer| !is_cut(**layer)));
        layers.sort_unstable();
        layers.dedup();
        for (side, cut) in [
            ((|tally| tally.possible) as fn(&Tally) -> u64, true),
            (|tally| tally.actual, false),
            (|tally| tally.actual, true),
        ] {
            if layers.is_empty() {
                layers = by_layer(side, cut);
            }
        }
        layers
    }

    /// The layers among `layers` whose gold carries normal forms: what [`super::Scheme::Value`] counts.
    pub fn valued_layers(&self, layers: &[Layer]) -> Vec<Layer> {
        let valued = |layer: &Layer| self.by_layer.get(layer).is_some_and(|tally| tally.valued > 0);
        layers.iter().copied().filter(valued).collect()
    }
}
