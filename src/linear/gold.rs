//! Gold marks as constraints: which tags each token may bear.
//!
//! A document's `labels` says what its annotators marked; all else is unknown there, not absent. A coarse
//! label (LOC, MISC) stands for several of ours. So gold gives each token a set of tags, and training
//! raises the sum over all paths inside the sets (Täckström et al. 2013).

use super::lattice::{Place, Tags};
use crate::document::{Annotation, Label, Layer, Segmented};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::ops::Range;

/// What the labels of gold files stand for.
#[derive(Clone, Debug, Default)]
pub struct LabelMap {
    /// Coarse label → the labels it may be.
    coarse: BTreeMap<String, Vec<String>>,
    /// Labels left out: read, but taken for unknown.
    ignored: Vec<String>,
}

impl LabelMap {
    /// Reads a map: TOML with a table `coarse` (label = list of labels) and a list `ignored`.
    pub fn parse(text: &str, place: &str) -> Result<Self> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            #[serde(default)]
            coarse: BTreeMap<String, Vec<String>>,
            #[serde(default)]
            ignored: Vec<String>,
        }
        let wire: Wire = toml::from_str(text).map_err(|error| Error::resource(place, error.to_string()))?;
        Ok(Self { coarse: wire.coarse, ignored: wire.ignored })
    }

    /// The labels that `label` may be; itself, when it is no coarse one.
    pub fn expand<'a>(&'a self, label: &'a str) -> Vec<&'a str> {
        if self.ignored.iter().any(|ignored| ignored == label || label.starts_with(&format!("{ignored}:"))) {
            return Vec::new();
        }
        match self.coarse.get(label) {
            Some(fine) => fine.iter().map(String::as_str).collect(),
            None => vec![label],
        }
    }

    /// The label under which marks are compared: the coarse label of `label`, where the annotators used
    /// that and not every label it stands for.
    pub fn coarsen<'a>(&'a self, label: &'a str, annotated: &[Label]) -> &'a str {
        let used = |name: &str| annotated.iter().any(|label| label == name);
        self.coarse
            .iter()
            .filter(|(coarse, fine)| used(coarse) && !fine.iter().all(|name| used(name)))
            .find(|(coarse, fine)| fine.iter().any(|name| name == label) && (fine.contains(coarse) || !used(label)))
            .map_or(label, |(coarse, _)| coarse.as_str())
    }
}

/// A gold mention in tokens of the article, with the labels it may be.
pub(super) struct GoldSpan {
    pub(super) tokens: Range<usize>,
    pub(super) labels: Vec<usize>,
    /// Whether it is known: begins and ends where tokens do, and was made by a sure hand.
    pub(super) exact: bool,
    /// Its place among the marks.
    pub(super) mark: usize,
}

/// Gold mentions of `marks` in tokens; overlapping ones are left out but for the longest, and counted.
pub(super) fn spans(
    text: &Segmented<'_>,
    marks: &[Annotation],
    map: &LabelMap,
    labels: &[Label],
    annotated: u64,
    left_out: &mut usize,
) -> Vec<GoldSpan> {
    let tokens = text.tokens();
    let mut spans: Vec<GoldSpan> = Vec::new();
    let named = marks.iter().enumerate().filter(|(_, mark)| mark.layer == Layer::Entity && !mark.span.is_empty());
    for (number, mark) in named {
        let nominal = mark.attributes.as_ref().is_some_and(|keys| keys.get("nominal") == Some(&true.into()));
        let fine: Vec<usize> = map
            .expand(&mark.label)
            .into_iter()
            .filter_map(|name| labels.iter().position(|label| label == name))
            .filter(|label| annotated >> label & 1 == 1)
            .collect();
        let start = tokens.partition_point(|token| token.span.end() <= mark.span.start());
        let end = tokens.partition_point(|token| token.span.start() < mark.span.end());
        if nominal || fine.is_empty() || start >= end {
            continue;
        }
        if spans.last().is_some_and(|last| last.tokens.end > start) {
            *left_out += 1;
            continue;
        }
        let exact = tokens[start].span.start() == mark.span.start() && tokens[end - 1].span.end() == mark.span.end();
        *left_out += usize::from(!exact);
        spans.push(GoldSpan { tokens: start..end, labels: fine, exact, mark: number });
    }
    spans
}

/// The tags that each token of the sentence `tokens` may bear, one bit a tag.
pub(super) fn allowed(tags: Tags, labels: usize, tokens: Range<usize>, spans: &[GoldSpan], annotated: u64) -> Vec<u64> {
    let unknown = (0..labels).filter(|label| annotated >> label & 1 == 0);
    let mut outside = 1_u64;
    for label in unknown {
        for place in [Place::Unit(label), Place::Begin(label), Place::Inside(label), Place::Last(label)] {
            outside |= 1 << tags.tag(place);
        }
    }
    let everything = if tags.len() == 64 { u64::MAX } else { (1 << tags.len()) - 1 };
    let mut allowed = vec![outside; tokens.len()];
    for span in spans.iter().filter(|span| span.tokens.start < tokens.end && span.tokens.end > tokens.start) {
        let inside = tokens.contains(&span.tokens.start) && span.tokens.end <= tokens.end;
        for at in span.tokens.start.max(tokens.start)..span.tokens.end.min(tokens.end) {
            allowed[at - tokens.start] = if inside && span.exact {
                let place = |label: usize| match (at == span.tokens.start, at + 1 == span.tokens.end) {
                    (true, true) => Place::Unit(label),
                    (true, false) => Place::Begin(label),
                    (false, true) => Place::Last(label),
                    (false, false) => Place::Inside(label),
                };
                span.labels.iter().fold(0, |mask, label| mask | 1 << tags.tag(place(*label)))
            } else {
                everything
            };
        }
    }
    allowed
}
