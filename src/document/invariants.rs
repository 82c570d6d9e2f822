//! Every law that a document must keep.

use super::normal_forms::check_value;
use super::{Annotation, Document, Layer, Value};
use crate::text::Span;

/// A broken law: where (bytes), and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The place.
    pub span: Span,
    /// The key of the mark that is at fault, as files name it; nothing when its place is.
    pub key: Option<&'static str>,
    /// What is wrong, as a sentence without full stop.
    pub message: String,
}

/// All faults of `document`; empty when it keeps every law.
///
/// Marks from outside may nest, overlap, be discontinuous or cut a token. Marks that gloss made (their
/// source is `segment` or `entities.…`, `figures.…`, `dates.…`) may not, and its cuts must tile the text.
pub fn check(document: &Document) -> Vec<Fault> {
    let mut faults: Vec<_> = document.annotations().flat_map(|mark| check_mark(document.text(), mark)).collect();
    faults.append(&mut check_together(document));
    faults
}

/// The faults of marks that are sound one by one, but not beside each other.
pub fn check_together(document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for layer in Layer::ALL {
        check_overlaps(document.layer(layer), &mut faults);
    }
    // What cannot be read off the text cannot be held against it.
    if document.annotations().all(|mark| mark.span.get(document.text()).is_some()) {
        check_tiling(document, &mut faults);
        check_edges(document, &mut faults);
        check_dates_before_figures(document, &mut faults);
    }
    faults
}

/// Whether gloss made `mark`, so that it must keep the laws of gloss's own marks.
fn is_own(mark: &Annotation) -> bool {
    mark.source.as_ref().is_some_and(|source| {
        let tagger = source.tagger.as_str();
        tagger == "segment" || ["entities.", "figures.", "dates."].iter().any(|room| tagger.starts_with(room))
    })
}

fn name(mark: &Annotation) -> String {
    match &mark.id {
        Some(id) => format!("{} mark {id:?}", mark.layer),
        None => format!("{} mark {}", mark.layer, mark.label).trim_end().to_owned(),
    }
}

/// The faults of one mark of `text` by itself.
pub fn check_mark(text: &str, mark: &Annotation) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |span: Span, key: Option<&'static str>, message: &str| {
        faults.push(Fault { span, key, message: format!("{} {message}", name(mark)) });
    };
    let figure = match mark.value.as_deref() {
        Some(Value::Figure(figure)) => Some(figure),
        _ => None,
    };
    let further = figure.iter().flat_map(|figure| figure.extent.iter().chain(&figure.counts));
    for span in std::iter::once(&mark.span).chain(&mark.fragments).chain(further) {
        if span.get(text).is_none() {
            fault(*span, None, "lies outside the text or cuts a character");
            return faults;
        }
    }
    if mark.span.is_empty() {
        fault(mark.span, Some("end"), "is empty");
    }
    // Sentences, paragraphs and tokens may go without: there is but one kind, or files from outside tell none.
    let needs_label = !matches!(mark.layer, Layer::Paragraph | Layer::Sentence | Layer::Token);
    if mark.label.is_empty() && needs_label {
        fault(mark.span, Some("label"), "has no label");
    }
    if mark.score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
        fault(mark.span, Some("score"), "has a score that is not between 0 and 1");
    }
    if let (Some(first), Some(last)) = (mark.fragments.first(), mark.fragments.last())
        && (first.start() != mark.span.start() || last.end() != mark.span.end())
    {
        fault(mark.span, Some("fragments"), "does not begin and end with its fragments");
    }
    if mark.fragments.windows(2).any(|pair| pair[0].end() > pair[1].start()) {
        fault(mark.span, Some("fragments"), "has fragments that overlap");
    }
    if let Some(extent) = figure.and_then(|figure| figure.extent)
        && !extent.contains(mark.span)
    {
        fault(extent, None, "leaves its extent");
    }
    if is_own(mark) {
        let words = mark.span.of(text);
        if words.trim() != words {
            fault(mark.span, None, "begins or ends with white space");
        }
    }
    check_value(mark, &mut |key, message| fault(mark.span, Some(key), message));
    faults
}

/// Marks of gloss in one layer do not overlap.
fn check_overlaps(marks: &[Annotation], faults: &mut Vec<Fault>) {
    let mut last: Option<&Annotation> = None;
    for mark in marks.iter().filter(|mark| is_own(mark)) {
        if let Some(last) = last
            && last.span.end() > mark.span.start()
        {
            faults.push(Fault {
                span: mark.span,
                key: None,
                message: format!("{} overlaps {}", name(mark), name(last)),
            });
        }
        if last.is_none_or(|last| mark.span.end() > last.span.end()) {
            last = Some(mark);
        }
    }
}

/// Each cut of gloss lies in one of the layer above, and everything outside tokens is white space.
fn check_tiling(document: &Document, faults: &mut Vec<Fault>) {
    for pair in Layer::ALL[..4].windows(2) {
        let (outer, inner) = (document.layer(pair[0]), document.layer(pair[1]));
        if !all_own(outer) || !all_own(inner) {
            continue;
        }
        for mark in inner {
            let index = outer.partition_point(|part| part.span.start() <= mark.span.start());
            if !index.checked_sub(1).is_some_and(|index| outer[index].span.contains(mark.span)) {
                faults.push(Fault {
                    span: mark.span,
                    key: None,
                    message: format!("{} lies in no {}", name(mark), pair[0]),
                });
            }
        }
    }
    let tokens = document.layer(Layer::Token);
    if !all_own(tokens) {
        return;
    }
    let text = document.text();
    let mut at = 0;
    let ends = tokens.iter().map(|token| (token.span.start(), token.span.end()));
    for (start, end) in ends.chain([(text.len() as u32, text.len() as u32)]) {
        let gap = text.get(at as usize..start.max(at) as usize).unwrap_or_default();
        if !gap.trim().is_empty() {
            let blank = (gap.len() - gap.trim_start().len()) as u32;
            let span = Span::new(at + blank, at + blank + gap.trim().len() as u32);
            faults.push(Fault { span, key: None, message: "these words lie in no token".to_owned() });
        }
        at = end.max(at);
    }
}

/// Whether a layer was marked, and by gloss alone.
fn all_own(marks: &[Annotation]) -> bool {
    !marks.is_empty() && marks.iter().all(is_own)
}

/// Marks of gloss begin and end with a token of gloss.
fn check_edges(document: &Document, faults: &mut Vec<Fault>) {
    let tokens = document.layer(Layer::Token);
    if !all_own(tokens) {
        return;
    }
    for mark in Layer::ALL.iter().filter(|layer| **layer != Layer::Token).flat_map(|layer| document.layer(*layer)) {
        let (start, end) = (mark.span.start(), mark.span.end());
        let begins = tokens.binary_search_by_key(&start, |token| token.span.start()).is_ok();
        let ends = tokens.binary_search_by_key(&end, |token| token.span.end()).is_ok();
        if is_own(mark) && !(begins && ends) {
            let edge = if begins { "end" } else { "begin" };
            let message = format!("{} does not {edge} at a token's edge", name(mark));
            faults.push(Fault { span: mark.span, key: None, message });
        }
    }
}

/// A figure of gloss never overlaps a date of gloss.
fn check_dates_before_figures(document: &Document, faults: &mut Vec<Fault>) {
    let dates: Vec<_> = document.layer(Layer::Date).iter().filter(|mark| is_own(mark)).collect();
    for figure in document.layer(Layer::Figure).iter().filter(|mark| is_own(mark)) {
        let index = dates.partition_point(|date| date.span.end() <= figure.span.start());
        if let Some(date) = dates.get(index).filter(|date| date.span.overlaps(figure.span)) {
            faults.push(Fault {
                span: figure.span,
                key: None,
                message: format!("{} overlaps {}", name(figure), name(date)),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Article, Figure, Meta, Name, Source};

    const TEXT: &str = "Anna left. Bob é 3 stayed.";

    fn mark(layer: Layer, start: u32, end: u32) -> Annotation {
        Annotation::new(layer, Span::new(start, end), Name::Fixed("X"))
    }

    fn own(layer: Layer, start: u32, end: u32) -> Annotation {
        let tagger = match layer {
            Layer::Entity => "entities.rules",
            Layer::Figure => "figures.rules",
            Layer::Date => "dates.rules",
            _ => "segment",
        };
        mark(layer, start, end).by(Source::new(tagger))
    }

    fn check_marks(marks: &[Annotation], expected: &[&str]) {
        let mut document = Document::new(Article::new(Meta::default(), TEXT.to_owned()).unwrap());
        for layer in Layer::ALL {
            document.set_layer(layer, marks.iter().filter(|mark| mark.layer == layer).cloned().collect());
        }
        let found: Vec<_> = check(&document).into_iter().map(|fault| fault.message).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn marks_from_outside_may_overlap_and_those_of_gloss_may_not() {
        check_marks(&[mark(Layer::Entity, 0, 9), mark(Layer::Entity, 5, 14)], &[]);
        check_marks(&[own(Layer::Entity, 0, 9), own(Layer::Entity, 5, 14)], &["entity mark X overlaps entity mark X"]);
        check_marks(&[own(Layer::Date, 0, 9), own(Layer::Figure, 5, 9)], &["figure mark X overlaps date mark X"]);
        check_marks(&[own(Layer::Entity, 0, 5)], &["entity mark X begins or ends with white space"]);
    }

    #[test]
    fn places_lie_in_the_text() {
        let outside = "lies outside the text or cuts a character";
        check_marks(&[mark(Layer::Entity, 20, 99)], &[&format!("entity mark X {outside}")]);
        check_marks(&[mark(Layer::Entity, 16, 20)], &[&format!("entity mark X {outside}")]);
        check_marks(&[mark(Layer::Entity, 3, 3)], &["entity mark X is empty"]);
        let figure = Figure { extent: Some(Span::new(0, 4)), ..Figure::default() };
        check_marks(&[mark(Layer::Figure, 18, 19).valued(Value::Figure(figure))], &["figure mark X leaves its extent"]);
        let mut parted = mark(Layer::Entity, 0, 10);
        parted.fragments = vec![Span::new(0, 4), Span::new(3, 9)];
        check_marks(
            &[parted],
            &["entity mark X does not begin and end with its fragments", "entity mark X has fragments that overlap"],
        );
        check_marks(
            &[Annotation { score: Some(1.5), ..mark(Layer::Entity, 0, 4) }],
            &["entity mark X has a score that is not between 0 and 1"],
        );
    }

    #[test]
    fn cuts_tile() {
        let tokens = [(0, 4), (5, 9), (9, 10), (11, 14), (15, 17), (18, 19), (20, 26), (26, 27)];
        let mut marks: Vec<_> = tokens.iter().map(|(start, end)| own(Layer::Token, *start, *end)).collect();
        check_marks(&marks, &[]);
        marks.push(own(Layer::Sentence, 0, 10));
        marks.push(own(Layer::Sentence, 11, 27));
        marks.push(own(Layer::Entity, 0, 7));
        check_marks(&marks, &["entity mark X does not end at a token's edge"]);
        marks.truncate(9);
        check_marks(&marks[8..], &[]);
        let lost = ["token mark X lies in no sentence"; 5];
        check_marks(&marks, &lost);
        check_marks(&marks[1..8], &["these words lie in no token"]);
    }
}
