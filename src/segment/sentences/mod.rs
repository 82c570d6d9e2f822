//! Sentences of a paragraph: rules where they are sure, a small trained model where they are not.
//!
//! A border may lie behind closing punctuation that a blank follows. Titles, initials and list numbers
//! decide some of them at once; for the rest a logistic regression weighs the signs and words around.

mod border;
mod features;
mod lists;
mod look;
mod quotes;
mod train;

pub(super) use train::train;

use super::knowledge::{Abbreviation, Knowledge};
use crate::error::Result;
use crate::linear::logistic::{Features, Logistic};
use crate::resource::Resources;
use crate::text::Span;
use border::{Border, borders};
use features::{Context, FEATURE_SET};

/// The trained weights.
#[derive(Debug)]
pub(super) struct SentenceModel {
    weights: Logistic,
}

impl SentenceModel {
    /// Reads `models/sentences.bin`.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        let path = "models/sentences.bin";
        Ok(Self { weights: Logistic::from_bytes(&resources.bytes(path)?, FEATURE_SET, path)? })
    }
}

impl SentenceModel {
    /// An empty list of features, to be used again and again.
    pub(super) fn features(&self) -> Features {
        Features::new(self.weights.len())
    }
}

/// Calls `found` with each sentence of the paragraph `span`, trimmed, in order.
pub(super) fn cut(
    text: &str,
    span: Span,
    knowledge: &Knowledge,
    model: &SentenceModel,
    features: &mut Features,
    found: impl FnMut(Span),
) {
    let paragraph = span.of(text);
    let mut cutter = Cutter { paragraph, base: span.start() as usize, start: 0, found };
    let items = lists::items(paragraph);
    let mut items = items.iter().copied().peekable();
    borders(paragraph, |border| {
        while let Some(item) = items.next_if(|item| *item <= border.end) {
            cutter.begin_item(item);
        }
        if border.end <= cutter.start || items.peek() == Some(&border.next) {
            return;
        }
        let context = Context::new(paragraph, cutter.start, border, knowledge);
        let ends = rule(&context, knowledge).unwrap_or_else(|| {
            features.clear();
            context.describe(features);
            model.weights.score(features.indices()) > 0.0
        });
        if ends {
            cutter.end(border.end, border.next);
        }
    });
    items.for_each(|item| cutter.begin_item(item));
    if cutter.start < paragraph.len() {
        cutter.end(paragraph.len(), paragraph.len());
    }
}

/// Hands on the sentences of one paragraph; bytes of the paragraph.
struct Cutter<'p, F> {
    paragraph: &'p str,
    /// First byte of the paragraph in the text.
    base: usize,
    /// First byte of the sentence that has not ended yet.
    start: usize,
    found: F,
}

impl<F: FnMut(Span)> Cutter<'_, F> {
    /// Ends the sentence at `end`; the next begins at `next`.
    fn end(&mut self, end: usize, next: usize) {
        (self.found)(Span::at(self.base + self.start, self.base + end));
        self.start = next;
    }

    /// Ends the sentence before the item of a list that begins at `item`.
    fn begin_item(&mut self, item: usize) {
        if item > self.start {
            let end = self.start + self.paragraph[self.start..item].trim_end().len();
            self.end(end, item);
        }
    }
}

/// What is sure about a border: it ends a sentence, it does not, or nothing.
fn rule(context: &Context<'_>, knowledge: &Knowledge) -> Option<bool> {
    if context.is_label() || context.is_item_number() {
        return Some(false);
    }
    if context.is_caption_label() || context.is_glued() {
        return Some(true);
    }
    if context.is_weak() || context.is_without_stop() || context.is_omission() || context.goes_on_in_brackets() {
        return Some(false);
    }
    if context.mark().starts_with(b". .") {
        return Some(context.mark().len() > b". . .".len() && context.next_is_capital());
    }
    if context.mark() == b"...." && context.next_is_capital() {
        return Some(true);
    }
    if context.is_quoted_word() && context.next_is_capital() {
        return Some(true);
    }
    if context.is_strong() && context.next_is_dash() {
        return Some(context.next_is_capital());
    }
    if context.next_is_small() && context.is_small_within() {
        return Some(false);
    }
    if context.is_within_speech() || context.is_tagged(knowledge) || context.is_continued() || context.is_time_alone() {
        return Some(false);
    }
    if context.starts_anew() {
        return Some(true);
    }
    (context.mark() == b"." && !context.is_closed() && needs_more(context)).then_some(false)
}

/// Whether the full stop is that of an abbreviation or initial behind which the sentence must go on.
fn needs_more(context: &Context<'_>) -> bool {
    let more = match context.abbreviation() {
        Some(Abbreviation::Title) => context.next_is_name(),
        Some(Abbreviation::Inner) => !context.next_is_opener(),
        Some(Abbreviation::Number) => context.next_is_number(),
        _ => false,
    };
    more || context.is_initial()
}

/// Whether the rules leave `border` to the model.
fn is_open(context: &Context<'_>, knowledge: &Knowledge) -> bool {
    rule(context, knowledge).is_none()
}

/// A border of the paragraph and what the model reads there, for training.
fn context<'p>(paragraph: &'p str, start: usize, border: Border, knowledge: &'p Knowledge) -> Context<'p> {
    Context::new(paragraph, start, border, knowledge)
}
