//! Agreement between annotators: F1, Cohen's kappa on tokens, Krippendorff's alpha for units.

use super::align::MatchRule;
use super::count::{Scheme, Tally};
use super::marks::{Item, Selection, Side, select};
use super::score::judge;
use super::token::Tokenizer;
use crate::document::{Document, Layer};
use crate::text::{OffsetUnit, Span};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BinaryHeap};

/// How far two annotators agree. Null where nothing can be said: no marks, or no variation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Agreement {
    /// The two annotators.
    pub annotators: [String; 2],
    /// F1 by strict match: the same whichever is called gold.
    pub strict_f1: Option<f64>,
    /// F1 with half credit for overlaps.
    pub partial_f1: Option<f64>,
    /// Cohen's kappa on tokens.
    pub kappa: Option<f64>,
    /// Krippendorff's alpha for units, on characters (code points) of the text.
    pub alpha: Option<f64>,
    /// Each document by itself.
    pub by_document: BTreeMap<String, Row>,
}

/// How far two annotators agree on one document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Row {
    /// F1 by strict match.
    pub strict_f1: Option<f64>,
    /// F1 with half credit for overlaps.
    pub partial_f1: Option<f64>,
    /// Cohen's kappa on tokens.
    pub kappa: Option<f64>,
    /// Krippendorff's alpha for units.
    pub alpha: Option<f64>,
}

/// The report of `gloss agree`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AgreementReport {
    /// The name and version of this form: `gloss-agree/1`.
    pub form: &'static str,
    /// Every two annotators.
    pub pairs: Vec<Agreement>,
}

impl AgreementReport {
    /// The report on `pairs`.
    pub fn new(pairs: Vec<Agreement>) -> Self {
        Self { form: "gloss-agree/1", pairs }
    }
}

/// Counts of a pair of annotators, document after document.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    tally: Tally,
    tokens: Tokens,
    units: Vec<Units>,
    rows: BTreeMap<String, Row>,
}

impl Counter {
    /// Adds a document as both annotators marked it; `layers` names those compared (empty: all but
    /// segmentation).
    pub fn add(&mut self, one: &Document, two: &Document, selection: &Selection, rule: MatchRule) {
        let tally: Tally = judge(one, two, selection, rule, false)
            .iter()
            .map(|layer| {
                let mut tally: Tally = layer.tally();
                tally.valued = 0;
                tally
            })
            .sum();
        let (first, second) = select(one, two, selection);
        let layers = Layer::ALL.into_iter().filter(|layer| {
            if selection.layers.is_empty() { !super::marks::is_cut(*layer) } else { selection.layers.contains(layer) }
        });
        let (mut tokens, mut units) = (Tokens::default(), Units::default());
        for layer in layers {
            if first[layer.index()].is_empty() && second[layer.index()].is_empty() {
                continue;
            }
            tokens.add(one, layer, &first, &second);
            units.add(one, layer, &first, &second);
        }
        let f1 = |scheme| tally.counts(scheme).ratios().f1;
        let row = Row {
            strict_f1: f1(Scheme::Strict),
            partial_f1: f1(Scheme::Partial),
            kappa: tokens.kappa(),
            alpha: alpha(std::slice::from_ref(&units)),
        };
        self.rows.insert(one.id().to_owned(), row);
        self.tally += tally;
        self.tokens.merge(tokens);
        self.units.push(units);
    }

    /// How far the two agree over all documents.
    pub fn agreement(self, annotators: [String; 2]) -> Agreement {
        let f1 = |scheme| self.tally.counts(scheme).ratios().f1;
        Agreement {
            annotators,
            strict_f1: f1(Scheme::Strict),
            partial_f1: f1(Scheme::Partial),
            kappa: self.tokens.kappa(),
            alpha: alpha(&self.units),
            by_document: self.rows,
        }
    }
}

/// What each annotator says of each token, as a table of counts: layer and label, or nothing.
#[derive(Clone, Debug, Default)]
struct Tokens {
    cells: BTreeMap<(Option<String>, Option<String>), u64>,
}

impl Tokens {
    /// Adds all tokens of `document`. A token under several marks has the label of the longest.
    fn add(&mut self, document: &Document, layer: Layer, one: &Side<'_>, two: &Side<'_>) {
        let mut tokens = Vec::new();
        Tokenizer::new(document).each(Span::at(0, document.text().len()), |token| tokens.push(token));
        let [one, two] = [one, two].map(|side| longest(&side[layer.index()], &tokens));
        for cell in one.into_iter().zip(two) {
            let (one, two) = cell;
            let name = |label: Option<&str>| label.map(|label| format!("{layer} {label}"));
            *self.cells.entry((name(one), name(two))).or_default() += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        for (cell, count) in other.cells {
            *self.cells.entry(cell).or_default() += count;
        }
    }

    /// Agreement beyond chance (Cohen 1960); nothing when chance alone agrees on everything.
    fn kappa(&self) -> Option<f64> {
        let total: u64 = self.cells.values().sum();
        let (mut rows, mut columns): (BTreeMap<_, u64>, BTreeMap<_, u64>) = Default::default();
        let mut same = 0;
        for ((one, two), count) in &self.cells {
            *rows.entry(one).or_default() += count;
            *columns.entry(two).or_default() += count;
            same += if one == two { *count } else { 0 };
        }
        let total = total as f64;
        let observed = same as f64 / total;
        let chance: f64 = rows
            .iter()
            .map(|(label, count)| *count as f64 / total * *columns.get(label).unwrap_or(&0) as f64 / total)
            .sum();
        (total > 0.0 && chance < 1.0).then(|| (observed - chance) / (1.0 - chance))
    }
}

/// For each of `tokens`, in order of place, the label of the longest of `items` that shares a byte with it.
fn longest<'a>(items: &[Item<'a>], tokens: &[Span]) -> Vec<Option<&'a str>> {
    let pieces = items.iter().flat_map(|item| item.pieces().iter().map(move |piece| (*piece, item)));
    let mut pieces: Vec<(Span, &Item<'_>)> = pieces.collect();
    pieces.sort_by_key(|(piece, _)| *piece);
    let mut coming = pieces.into_iter().peekable();
    // Pieces that have begun, the longest mark first; those that have ended go when they come to the top.
    let mut open: BinaryHeap<(u32, &str, u32)> = BinaryHeap::new();
    let label = |token: &Span| {
        while let Some((piece, item)) = coming.next_if(|(piece, _)| piece.start() < token.end()) {
            open.push((item.span.len(), item.label, piece.end()));
        }
        while open.peek().is_some_and(|(.., end)| *end <= token.start()) {
            open.pop();
        }
        open.peek().map(|(_, label, _)| *label)
    };
    tokens.iter().map(label).collect()
}

/// One text with the units that two annotators set in it, by category; positions in code points.
#[derive(Clone, Debug, Default)]
struct Units {
    length: f64,
    categories: BTreeMap<String, [Vec<(f64, f64)>; 2]>,
}

impl Units {
    fn add(&mut self, document: &Document, layer: Layer, one: &Side<'_>, two: &Side<'_>) {
        let (text, offsets) = (document.text(), document.article.offsets());
        let position = |byte: u32| f64::from(offsets.from_byte(text, byte, OffsetUnit::Codepoint));
        self.length = f64::from(offsets.len(OffsetUnit::Codepoint));
        for (annotator, side) in [one, two].into_iter().enumerate() {
            for item in &side[layer.index()] {
                let units = &mut self.categories.entry(format!("{layer} {}", item.label)).or_default()[annotator];
                // Units of one annotator and category do not overlap: what does is one unit.
                let (start, end) = (position(item.span.start()), position(item.span.end()));
                match units.last_mut() {
                    Some(last) if start < last.1 => last.1 = last.1.max(end),
                    _ if end > start => units.push((start, end)),
                    _ => {}
                }
            }
        }
    }
}

/// A stretch of the text under one annotator and category: a unit, or a gap between units.
#[derive(Clone, Copy, Debug)]
struct Section {
    start: f64,
    end: f64,
    is_unit: bool,
}

impl Section {
    fn length(&self) -> f64 {
        self.end - self.start
    }
}

/// Krippendorff's alpha for unitizing (Krippendorff 1995, "On the reliability of unitizing continuous
/// data"): one less the observed over the expected disagreement, both summed over the categories, the
/// texts laid end to end. Nothing when no one set a unit.
fn alpha(texts: &[Units]) -> Option<f64> {
    let length: f64 = texts.iter().map(|text| text.length).sum();
    let mut categories: BTreeMap<&str, [Vec<(f64, f64)>; 2]> = BTreeMap::new();
    let mut offset = 0.0;
    for text in texts {
        for (category, annotators) in &text.categories {
            let all = categories.entry(category).or_default();
            for (all, units) in all.iter_mut().zip(annotators) {
                all.extend(units.iter().map(|(start, end)| (start + offset, end + offset)));
            }
        }
        offset += text.length;
    }
    let (mut observed, mut expected) = (0.0, 0.0);
    for annotators in categories.values() {
        let sections = [sections(&annotators[0], length), sections(&annotators[1], length)];
        observed += observed_disagreement(&sections, length);
        expected += expected_disagreement(&sections, length);
    }
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// The text as a run of gaps and units.
fn sections(units: &[(f64, f64)], length: f64) -> Vec<Section> {
    let mut sections = Vec::with_capacity(units.len() * 2 + 1);
    let mut at = 0.0;
    for &(start, end) in units {
        if start > at {
            sections.push(Section { start: at, end: start, is_unit: false });
        }
        sections.push(Section { start, end, is_unit: true });
        at = end;
    }
    if at < length {
        sections.push(Section { start: at, end: length, is_unit: false });
    }
    sections
}

/// The mean squared difference of sections that intersect: of two units the squares of the distances of
/// their ends; of a unit inside a gap the square of its length; else nothing.
fn observed_disagreement([one, two]: &[Vec<Section>; 2], length: f64) -> f64 {
    let (mut sum, mut first) = (0.0, 0);
    for a in one {
        while first < two.len() && two[first].end <= a.start {
            first += 1;
        }
        for b in two[first..].iter().take_while(|b| b.start < a.end) {
            sum += match (a.is_unit, b.is_unit) {
                (true, true) => (a.start - b.start).powi(2) + (a.end - b.end).powi(2),
                (true, false) if b.start <= a.start && a.end <= b.end => a.length().powi(2),
                (false, true) if a.start <= b.start && b.end <= a.end => b.length().powi(2),
                _ => 0.0,
            };
        }
    }
    // Each pair of annotators is counted in both orders: 2 sum / (m (m - 1) L²) with m = 2.
    sum / length.powi(2)
}

/// The disagreement to be expected if all sections were shuffled.
fn expected_disagreement(sections: &[Vec<Section>; 2], length: f64) -> f64 {
    const ANNOTATORS: f64 = 2.0;
    let all = || sections.iter().flatten();
    let units = all().filter(|section| section.is_unit).count() as f64;
    let mut gaps: Vec<f64> = all().filter(|section| !section.is_unit).map(Section::length).collect();
    gaps.sort_by(f64::total_cmp);
    // Sums of the lengths of the gaps from each one up, longest last.
    let mut longer = vec![0.0; gaps.len() + 1];
    for (index, gap) in gaps.iter().enumerate().rev() {
        longer[index] = longer[index + 1] + gap;
    }
    let mut sum = 0.0;
    let mut excluded = 0.0;
    for unit in all().filter(|section| section.is_unit) {
        let l = unit.length();
        let first = gaps.partition_point(|gap| *gap < l);
        let room = longer[first] - (l - 1.0) * (gaps.len() - first) as f64;
        sum += (units - 1.0) / 3.0 * (2.0 * l.powi(3) - 3.0 * l.powi(2) + l) + l.powi(2) * room;
        excluded += l * (l - 1.0);
    }
    let all_positions = ANNOTATORS * length;
    2.0 / length * sum / (all_positions * (all_positions - 1.0) - excluded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Annotation, Article, Meta};

    /// Units of two annotators, each as start and length.
    type Pair<'u> = [&'u [(f64, f64)]; 2];

    fn units(length: f64, categories: &[(&str, Pair<'_>)]) -> Units {
        let unit = |&(start, length): &(f64, f64)| (start, start + length);
        let of = |annotators: &Pair<'_>| annotators.map(|units| units.iter().map(unit).collect());
        let categories = categories.iter().map(|(name, annotators)| ((*name).to_owned(), of(annotators)));
        Units { length, categories: categories.collect() }
    }

    /// The example of Krippendorff 1995 (and 2004), whose figures the `DKPro` tests repeat: disagreement
    /// 0.0144 observed and 0.0532 expected in c, none and 0.0490 in k; alpha 0.8587 for both.
    #[test]
    fn alpha_of_krippendorffs_example() {
        let c: Pair<'_> = [&[(75.0, 70.0), (220.0, 30.0)], &[(70.0, 80.0), (205.0, 20.0), (250.0, 20.0)]];
        let k: Pair<'_> = [&[(30.0, 60.0), (150.0, 50.0)], &[(30.0, 60.0), (150.0, 50.0)]];
        let close = |found: Option<f64>, wanted: f64| assert!((found.unwrap() - wanted).abs() < 1e-4, "{found:?}");
        close(alpha(&[units(300.0, &[("c", c)])]), 0.7286);
        close(alpha(&[units(300.0, &[("k", k)])]), 1.0);
        close(alpha(&[units(300.0, &[("c", c), ("k", k)])]), 0.8587);
        assert_eq!(alpha(&[units(300.0, &[])]), None);
    }

    #[test]
    fn kappa_of_a_table_worked_by_hand() {
        // 50 tokens: both yes 20, both no 15, first alone 5, second alone 10: agreement 0.7, chance 0.5.
        let label = || Some("entity ORG".to_owned());
        let cells = [((label(), label()), 20), ((None, None), 15), ((label(), None), 5), ((None, label()), 10)];
        let tokens = Tokens { cells: cells.into_iter().collect() };
        assert!((tokens.kappa().unwrap() - 0.4).abs() < 1e-12);
        assert_eq!(Tokens { cells: [((None, None), 9)].into_iter().collect() }.kappa(), None);
        assert_eq!(Tokens::default().kappa(), None);
    }

    #[test]
    fn two_documents_are_laid_end_to_end() {
        let document = |id: &str, marks: &[(u32, u32)]| {
            let meta = Meta { id: id.to_owned(), ..Meta::default() };
            let mut document = Document::new(Article::new(meta, "Ana Ruiz of Lima met Ben.".to_owned()).unwrap());
            let mark = |&(start, end): &(u32, u32)| Annotation::new(Layer::Entity, Span::new(start, end), "PERSON");
            document.set_layer(Layer::Entity, marks.iter().map(mark).collect());
            document
        };
        let mut counter = Counter::default();
        let selection = Selection::default();
        for (id, one, two) in
            [("a", [(0, 8), (21, 24)], [(0, 8), (21, 24)]), ("b", [(0, 8), (21, 24)], [(0, 3), (9, 11)])]
        {
            counter.add(&document(id, &one), &document(id, &two), &selection, MatchRule::default());
        }
        let agreement = counter.agreement(["one".to_owned(), "two".to_owned()]);
        assert_eq!(
            agreement.by_document["a"],
            Row { strict_f1: Some(1.0), partial_f1: Some(1.0), kappa: Some(1.0), alpha: Some(1.0) }
        );
        assert_eq!(agreement.strict_f1, Some(0.5));
        assert!(agreement.kappa.unwrap() < 1.0 && agreement.alpha.unwrap() < 1.0);
        assert!(agreement.by_document["b"].alpha.unwrap() < agreement.alpha.unwrap());
    }
}
