//! Labels that options name, held against those that there are: one that no mark can have is misspelt.

use anyhow::bail;
use gloss::document::{Document, Layer, label};
use gloss::eval::Selection;
use gloss::text::did_you_mean;
use std::collections::BTreeSet;

/// The labels of one option that gloss cannot know beforehand, and the labels that were met.
pub(crate) struct Asked<'a> {
    option: &'static str,
    /// Those that neither gloss's own tag set nor the mapping has, and no document so far.
    doubtful: Vec<&'a str>,
    met: BTreeSet<String>,
}

impl<'a> Asked<'a> {
    /// The `labels` that `option` names; one that the mapping lays aside is an error.
    pub(crate) fn new(option: &'static str, labels: &'a [String], selection: &Selection) -> anyhow::Result<Self> {
        let mapping = selection.mapping.as_ref();
        for label in labels {
            if let Some(to) = mapping.and_then(|mapping| mapping.renamed(label)) {
                bail!("{option} {label}: --map turns this label into {to}; labels are named as they are after mapping");
            }
        }
        let own = |label: &str| Layer::ALL.iter().any(|layer| label::of_layer(*layer).contains(&label));
        let mapped = |label: &str| mapping.is_some_and(|mapping| mapping.labels().any(|own| own == label));
        let doubtful = labels.iter().map(String::as_str).filter(|label| !own(label) && !mapped(label)).collect();
        Ok(Self { option, doubtful, met: BTreeSet::new() })
    }

    /// Meets the labels of `documents`.
    pub(crate) fn meet(&mut self, documents: &[Document], selection: &Selection) {
        if self.doubtful.is_empty() {
            return;
        }
        let mut meet = |layer: Layer, label: &str| {
            let mapped = selection.mapping.as_ref().map_or(Some((layer, label)), |mapping| mapping.map(layer, label));
            if let Some((_, label)) = mapped.filter(|(_, label)| !self.met.contains(*label)) {
                self.doubtful.retain(|own| *own != label);
                self.met.insert(label.to_owned());
            }
        };
        for document in documents {
            for mark in document.annotations() {
                meet(mark.layer, mark.label.as_str());
            }
            for label in document.labels.iter().flatten() {
                meet(Layer::Entity, label.as_str());
            }
        }
    }

    /// Refuses what is still doubtful once all documents were met.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let Some(label) = self.doubtful.first() else { return Ok(()) };
        let own = Layer::ALL[Layer::Entity.index()..].iter().flat_map(|layer| label::of_layer(*layer).iter().copied());
        let hint = did_you_mean(label, self.met.iter().map(String::as_str).chain(own));
        let met: Vec<_> = self.met.iter().take(MOST_NAMED).map(String::as_str).collect();
        let more = if self.met.len() > MOST_NAMED { ", …" } else { "" };
        let met = if met.is_empty() { "none".to_owned() } else { met.join(", ") + more };
        bail!("{} {label}: no mark has this label, nor has gloss's own tag set{hint} (labels met: {met})", self.option)
    }
}

/// The most labels that a message lists.
const MOST_NAMED: usize = 40;
