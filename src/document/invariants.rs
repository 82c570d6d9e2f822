//! Every law that a document must keep.

use super::Document;
use crate::text::Span;

/// A broken law: where (bytes), and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The place.
    pub span: Span,
    /// What is wrong, as a sentence without full stop.
    pub message: String,
}

/// All faults of `document`; empty when it keeps every law.
pub fn check(document: &Document) -> Vec<Fault> {
    let text = document.text();
    let mut faults = Vec::new();
    for mark in document.annotations() {
        for span in std::iter::once(&mark.span).chain(&mark.fragments) {
            if span.get(text).is_none() {
                faults.push(Fault {
                    span: *span,
                    message: format!("{} lies outside the text or cuts a character", mark.layer),
                });
            }
        }
    }
    faults
}
