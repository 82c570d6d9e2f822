//! What marks names before rules and the second look do, where it is not the linear model.

use crate::document::{Label, Segmented, Source};
use crate::text::Span;
use std::ops::Range;

/// A name as it is first seen.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstMark {
    /// Its tokens, as numbers in the article.
    pub tokens: Range<usize>,
    /// Its label.
    pub label: Label,
    /// How sure its maker is, 0 to 1.
    pub score: f32,
}

/// Marks names in place of the linear model: rules correct and complete them as they do its own.
pub trait FirstLook: Send + Sync {
    /// What marks that no rule changes come from.
    fn source(&self) -> Source;

    /// The names of `text`, in order and without overlap.
    fn look(&self, text: &Segmented<'_>) -> Vec<FirstMark>;

    /// Says, for `gloss explain`, what it holds of the tokens `tokens`.
    fn explain(&self, text: &Segmented<'_>, tokens: Range<usize>) -> Vec<String>;

    /// Says, for `gloss explain`, what it looked at in `place` and refused: one line each.
    fn refusals(&self, text: &Segmented<'_>, place: Span) -> Vec<String>;
}
