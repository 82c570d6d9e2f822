//! One mark.

use super::{Label, Layer, Name, Value};
use crate::text::Span;
use std::fmt;

/// Keys of a mark that gloss keeps without reading them, in the order they came.
pub type Attributes = serde_json::Map<String, serde_json::Value>;

/// Who made a mark: a tagger and its rule or model, or an annotator. Printed `tagger/detail`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// The tagger's name (`dates.rules`) or what a file named as source.
    pub tagger: Name,
    /// The rule or model inside the tagger.
    pub detail: Option<Name>,
}

impl Source {
    /// A source without detail.
    pub fn new(tagger: impl Into<Name>) -> Self {
        Self { tagger: tagger.into(), detail: None }
    }

    /// A source with its rule or model.
    pub fn with(tagger: impl Into<Name>, detail: impl Into<Name>) -> Self {
        Self { tagger: tagger.into(), detail: Some(detail.into()) }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.detail {
            Some(detail) => write!(f, "{}/{detail}", self.tagger),
            None => f.write_str(&self.tagger),
        }
    }
}

/// A mark: where, what, its normal form, how sure, and who says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// The layer it belongs to.
    pub layer: Layer,
    /// From its first byte to its last.
    pub span: Span,
    /// The pieces of a discontinuous mention (gold from outside only), sorted; empty otherwise.
    pub fragments: Vec<Span>,
    /// What it is.
    pub label: Label,
    /// Its normal form.
    pub value: Option<Box<Value>>,
    /// How sure its maker is, 0 to 1.
    pub score: Option<f32>,
    /// Who made it; nothing when a file did not say.
    pub source: Option<Source>,
    /// Its id in the file it came from; gloss numbers its own when it writes.
    pub id: Option<Box<str>>,
    /// Further keys (`title`, `entity`, and foreign ones such as `src`).
    pub attributes: Option<Box<Attributes>>,
}

impl Annotation {
    /// A mark with nothing but place and label.
    pub fn new(layer: Layer, span: Span, label: impl Into<Label>) -> Self {
        Self {
            layer,
            span,
            fragments: Vec::new(),
            label: label.into(),
            value: None,
            score: None,
            source: None,
            id: None,
            attributes: None,
        }
    }

    /// The same mark with its maker.
    #[must_use]
    pub fn by(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    /// The same mark with its normal form.
    #[must_use]
    pub fn valued(mut self, value: Value) -> Self {
        self.value = Some(Box::new(value));
        self
    }

    /// Sets a further key.
    pub fn set_attribute(&mut self, key: &str, value: impl Into<serde_json::Value>) {
        self.attributes.get_or_insert_with(Box::default).insert(key.to_owned(), value.into());
    }

    /// The order of marks in a layer: by start, longer first, then by label.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        (self.span.start(), std::cmp::Reverse(self.span.end()))
            .cmp(&(other.span.start(), std::cmp::Reverse(other.span.end())))
            .then_with(|| self.label.cmp(&other.label))
    }
}
