//! Which marks of two documents are compared, and under which labels.

use super::mapping::Mapping;
use crate::document::{Annotation, Document, Layer};
use crate::text::Span;
use serde_json::Value as Json;
use std::cmp::Ordering;

/// What is compared; by default everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The layers to compare; empty: those that gold marks.
    pub layers: Vec<Layer>,
    /// Labels left out on both sides, named as they are after `mapping`.
    pub ignore: Vec<String>,
    /// Labels laid over those of both sides.
    pub mapping: Option<Mapping>,
}

/// A mark under the layer and label it is compared by.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// From its first byte to its last.
    pub span: Span,
    /// The label after mapping.
    pub label: &'a str,
    /// The mark itself.
    pub mark: &'a Annotation,
}

impl Item<'_> {
    /// Whether both mark the same bytes.
    pub fn same_span(&self, other: &Item<'_>) -> bool {
        self.span == other.span && self.mark.fragments == other.mark.fragments
    }

    /// Bytes that both mark.
    pub fn overlap(&self, other: &Item<'_>) -> u32 {
        let shared = |a: &Span, b: &Span| a.intersection(*b).map_or(0, Span::len);
        if self.mark.fragments.is_empty() && other.mark.fragments.is_empty() {
            return shared(&self.span, &other.span);
        }
        self.pieces().iter().flat_map(|a| other.pieces().iter().map(|b| shared(a, b))).sum()
    }

    /// The runs of bytes that the mark is made of.
    pub fn pieces(&self) -> &[Span] {
        if self.mark.fragments.is_empty() { std::slice::from_ref(&self.span) } else { &self.mark.fragments }
    }

    /// Span, pieces and label: what makes two marks the same.
    pub(super) fn identity(&self, other: &Item<'_>) -> Ordering {
        self.span
            .cmp(&other.span)
            .then_with(|| self.mark.fragments.cmp(&other.mark.fragments))
            .then_with(|| self.label.cmp(other.label))
    }

    /// A total order of marks that does not depend on the order in which a file lists them.
    fn order(&self, other: &Item<'_>) -> Ordering {
        self.identity(other).then_with(|| {
            if self.mark.value == other.mark.value {
                Ordering::Equal
            } else {
                format!("{:?}", self.mark.value).cmp(&format!("{:?}", other.mark.value))
            }
        })
    }
}

/// The marks of one side by [`Layer::index`], each list in order of place, then label, then value.
pub type Side<'a> = [Vec<Item<'a>>; 7];

/// The marks of `gold` and `pred` that are compared.
///
/// Left out on both sides: labels that `selection` ignores or drops; when gold names the labels that
/// its annotators marked, all others (segmentation layers only when gold names one of theirs); layers
/// not selected; and, of dates, what TempEval-3 leaves out: marks with `nested: true`, the gold mark
/// whose `functionInDocument` is `CREATION_TIME`, and predictions that overlap it.
pub fn select<'a>(gold: &'a Document, pred: &'a Document, selection: &'a Selection) -> (Side<'a>, Side<'a>) {
    let allowed = Allowed::new(gold, selection);
    let mut sides = [side(gold, selection, &allowed), side(pred, selection, &allowed)];
    let date = Layer::Date.index();
    let creation: Vec<Span> =
        sides[0][date].iter().filter(|item| is_creation_time(item.mark)).map(|item| item.span).collect();
    if !creation.is_empty() {
        sides[0][date].retain(|item| !is_creation_time(item.mark));
        sides[1][date].retain(|item| !creation.iter().any(|span| span.overlaps(item.span)));
    }
    let [gold, pred] = sides;
    (gold, pred)
}

fn is_creation_time(mark: &Annotation) -> bool {
    attribute(mark, "functionInDocument").and_then(Json::as_str) == Some("CREATION_TIME")
}

fn is_nested(mark: &Annotation) -> bool {
    mark.layer == Layer::Date && attribute(mark, "nested").and_then(Json::as_bool) == Some(true)
}

fn attribute<'a>(mark: &'a Annotation, key: &str) -> Option<&'a Json> {
    mark.attributes.as_ref()?.get(key)
}

fn side<'a>(document: &'a Document, selection: &'a Selection, allowed: &Allowed<'_>) -> Side<'a> {
    let mut side = Side::default();
    for mark in document.annotations().filter(|mark| !is_nested(mark)) {
        let Some((layer, label)) = mapped(selection, mark.layer, mark.label.as_str()) else { continue };
        if selects(selection, layer) && allowed.allows(layer, label) && !selection.ignore.iter().any(|own| own == label)
        {
            side[layer.index()].push(Item { span: mark.span, label, mark });
        }
    }
    for items in &mut side {
        items.sort_by(Item::order);
    }
    side
}

fn mapped<'a>(selection: &'a Selection, layer: Layer, label: &'a str) -> Option<(Layer, &'a str)> {
    selection.mapping.as_ref().map_or(Some((layer, label)), |mapping| mapping.map(layer, label))
}

fn selects(selection: &Selection, layer: Layer) -> bool {
    selection.layers.is_empty() || selection.layers.contains(&layer)
}

/// The labels that the annotators of a gold document marked, after mapping.
struct Allowed<'a> {
    labels: Option<Vec<&'a str>>,
    /// Segmentation layers that the labels speak of.
    cuts: Vec<Layer>,
}

impl<'a> Allowed<'a> {
    fn new(gold: &'a Document, selection: &'a Selection) -> Self {
        let Some(labels) = &gold.labels else { return Self { labels: None, cuts: Vec::new() } };
        let mut allowed = Vec::with_capacity(labels.len());
        for label in labels {
            match &selection.mapping {
                None => allowed.push(label.as_str()),
                Some(mapping) => allowed.extend(
                    Layer::ALL.into_iter().filter_map(|layer| mapping.map(layer, label.as_str())).map(|(_, to)| to),
                ),
            }
        }
        let cuts = Layer::ALL[..4].iter().copied().filter(|layer| speaks_of(gold, *layer)).collect();
        Self { labels: Some(allowed), cuts }
    }

    fn allows(&self, layer: Layer, label: &str) -> bool {
        match &self.labels {
            Some(labels) if !is_cut(layer) || self.cuts.contains(&layer) => labels.contains(&label),
            _ => true,
        }
    }
}

/// Whether `layer` is one of segmentation.
pub fn is_cut(layer: Layer) -> bool {
    layer < Layer::Entity
}

/// Whether the labels that gold's annotators marked hold one that gloss has in `layer`.
pub fn speaks_of(gold: &Document, layer: Layer) -> bool {
    let own = crate::document::label::of_layer(layer);
    gold.labels.iter().flatten().any(|label| own.contains(&label.as_str()))
}
