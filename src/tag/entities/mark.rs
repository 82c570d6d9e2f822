//! A mention while its label and bounds are still being settled.

use crate::document::{Label, Name};
use std::ops::Range;

/// A mention of the article.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mark {
    /// Its tokens, as numbers in the article.
    pub(super) tokens: Range<u32>,
    /// Its label.
    pub(super) label: Label,
    /// How sure its maker is, 0 to 1.
    pub(super) score: f32,
    /// The rule that made or changed it; the model, when there is none.
    pub(super) rule: Option<Name>,
    /// The label the model would give else.
    pub(super) runner_up: Option<Label>,
    /// Tokens that say something of it, with the name of the attribute: `title`.
    pub(super) attribute: Option<(Name, Range<u32>)>,
}

impl Mark {
    /// A mark of nobody yet.
    pub(super) fn new(tokens: Range<u32>, label: Label, score: f32) -> Self {
        Self { tokens, label, score, rule: None, runner_up: None, attribute: None }
    }

    /// The mark as the rule `rule` made it.
    pub(super) fn by(mut self, rule: &'static str) -> Self {
        self.rule = Some(Name::Fixed(rule));
        self
    }
}

/// The mark among `marks` (sorted, without overlap) that begins with the token `first`.
pub(super) fn starting(marks: &[Mark], first: u32) -> Option<&Mark> {
    let at = marks.partition_point(|mark| mark.tokens.start < first);
    marks.get(at).filter(|mark| mark.tokens.start == first)
}

/// The marks among `marks` (sorted, without overlap) that share a token with `tokens`.
pub(super) fn touching<'m>(marks: &'m [Mark], tokens: &Range<u32>) -> &'m [Mark] {
    let from = marks.partition_point(|mark| mark.tokens.end <= tokens.start);
    let to = marks.partition_point(|mark| mark.tokens.start < tokens.end);
    marks.get(from..to).unwrap_or_default()
}

/// Puts a mark in its place.
pub(super) fn insert(marks: &mut Vec<Mark>, mark: Mark) {
    let at = marks.partition_point(|other| other.tokens.start < mark.tokens.start);
    marks.insert(at, mark);
}
