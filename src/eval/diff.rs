//! Differences as records that stand by themselves: in their sentence, countable, groupable.

use super::errors::{Class, Finding};
use super::marks::Item;
use super::score::JudgedLayer;
use crate::document::{Amount, Document, Figure, Value};
use crate::text::{OffsetUnit, Span};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A mark of one side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Side {
    /// First code point of the text.
    pub start: u32,
    /// The code point after its last.
    pub end: u32,
    /// Its label, after mapping.
    pub label: String,
    /// Its words.
    pub text: String,
    /// Its normal form, in short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The bytes of the text it marks.
    #[serde(skip)]
    pub span: (u32, u32),
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// The document's id.
    pub document: String,
    /// The layer.
    pub layer: &'static str,
    /// What is wrong: missed, invented, `wrong_label`, `too_long`, `too_short`, shifted, split, merged,
    /// `wrong_value`.
    pub class: &'static str,
    /// Which end is wrong, for wrong borders: left, right, both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<&'static str>,
    /// Whether the label is wrong, also besides wrong borders.
    pub wrong_label: bool,
    /// Whether the normal form is wrong, also besides wrong borders.
    pub wrong_value: bool,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The code point of that line at which it begins, from 1.
    pub column: usize,
    /// The gold mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gold: Option<Side>,
    /// The predicted mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pred: Option<Side>,
    /// The other predictions of a split, the other gold marks of a merge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Side>,
    /// The sentence around, or as many as were asked for.
    pub context: Context,
    /// Where the article was read, when the gold document says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Difference {
    /// All its marks, each with the side that has it: `gold` or `pred`.
    pub fn sides(&self) -> impl Iterator<Item = (&'static str, &Side)> {
        let of_more = if self.class == Class::Merged.name() { "gold" } else { "pred" };
        let gold = self.gold.iter().map(|side| ("gold", side));
        gold.chain(self.pred.iter().map(|side| ("pred", side))).chain(self.more.iter().map(move |side| (of_more, side)))
    }
}

/// Words around a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Context {
    /// First code point of the text.
    pub start: u32,
    /// The words.
    pub text: String,
    /// Where it begins, in bytes.
    #[serde(skip)]
    pub start_byte: u32,
}

/// The report of `gloss diff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DifferenceReport {
    /// The name and version of this form: `gloss-diff/1`.
    pub form: &'static str,
    /// How many documents were compared.
    pub documents: usize,
    /// How many differences there are of each class; classes without any are left out.
    pub summary: BTreeMap<&'static str, usize>,
    /// All differences, in order of document and place.
    pub differences: Vec<Difference>,
}

impl DifferenceReport {
    /// The report on the differences of so many documents.
    pub fn new(documents: usize, differences: Vec<Difference>) -> Self {
        let summary = summary(&differences).into_iter().collect();
        Self { form: "gloss-diff/1", documents, summary, differences }
    }
}

/// Which differences are shown.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Classes; empty: all.
    pub classes: Vec<Class>,
    /// Labels on either side; empty: all.
    pub labels: Vec<String>,
}

impl Filter {
    fn shows(&self, finding: &Finding<'_, '_>) -> bool {
        let label = |item: &&Item<'_>| self.labels.iter().any(|own| own == item.label);
        (self.classes.is_empty() || self.classes.iter().any(|class| finding.is(*class)))
            && (self.labels.is_empty() || finding.items().any(|item| label(&item)))
    }
}

/// The differences of `judged` in order of place, each in the words that `around` gives for its span.
pub fn differences(
    gold: &Document,
    judged: &[JudgedLayer<'_>],
    filter: &Filter,
    around: &dyn Fn(Span) -> Span,
) -> Vec<Difference> {
    let mut out = Vec::new();
    let line_starts: Vec<usize> =
        std::iter::once(0).chain(gold.text().match_indices('\n').map(|(at, _)| at + 1)).collect();
    for layer in judged {
        for finding in super::errors::findings(layer).iter().filter(|finding| filter.shows(finding)) {
            out.push(record(gold, layer, finding, around, &line_starts));
        }
    }
    let start = |difference: &Difference| difference.sides().map(|(_, side)| side.start).min();
    out.sort_by_key(start);
    out
}

fn record(
    gold: &Document,
    judged: &JudgedLayer<'_>,
    finding: &Finding<'_, '_>,
    around: &dyn Fn(Span) -> Span,
    line_starts: &[usize],
) -> Difference {
    let text = gold.text();
    let position = |byte: u32| gold.article.offsets().from_byte(text, byte, OffsetUnit::Codepoint);
    let side = |item: &Item<'_>| Side {
        start: position(item.span.start()),
        end: position(item.span.end()),
        label: item.label.to_owned(),
        text: item.span.of(text).to_owned(),
        value: item.mark.value.as_deref().and_then(in_short),
        span: (item.span.start(), item.span.end()),
    };
    let whole = finding.items().map(|item| item.span).reduce(Span::cover).unwrap_or(Span::new(0, 0));
    let context = clip(text, around(whole).cover(whole), whole);
    let start = whole.start() as usize;
    let line = line_starts.partition_point(|line| *line <= start);
    Difference {
        document: gold.id().to_owned(),
        layer: judged.layer.name(),
        class: finding.class.name(),
        side: finding.end.map(super::errors::End::name),
        wrong_label: finding.is(Class::WrongLabel),
        wrong_value: finding.is(Class::WrongValue),
        line,
        column: (position(whole.start()) - position(line_starts[line - 1] as u32)) as usize + 1,
        gold: finding.gold.map(side),
        pred: finding.pred.map(side),
        more: finding.more.iter().map(|item| side(item)).collect(),
        context: Context {
            start: position(context.start()),
            text: context.of(text).to_owned(),
            start_byte: context.start(),
        },
        source: gold.article.meta.source.clone(),
    }
}

/// Bytes shown on either side of a mark at the most, so that a text without sentences is not copied whole for
/// each of its differences.
const MOST_CONTEXT_BYTES: usize = 600;

/// As much of `context` as stands within [`MOST_CONTEXT_BYTES`] of `mark`, cut between characters, at a blank where
/// there is one.
fn clip(text: &str, context: Span, mark: Span) -> Span {
    let (mut start, mut end) = (context.start() as usize, context.end() as usize);
    let (first, last) = (mark.start() as usize, mark.end() as usize);
    if first - start > MOST_CONTEXT_BYTES {
        start = text.ceil_char_boundary(first - MOST_CONTEXT_BYTES);
        start = text[start..first].find(char::is_whitespace).map_or(start, |blank| start + blank);
        start = first - text[start..first].trim_start().len();
    }
    if end - last > MOST_CONTEXT_BYTES {
        end = text.floor_char_boundary(last + MOST_CONTEXT_BYTES);
        end = text[last..end].rfind(char::is_whitespace).map_or(end, |blank| last + blank);
        end = last + text[last..end].trim_end().len();
    }
    Span::new(start as u32, end as u32)
}

/// A normal form in short: `2024-05-12`, `more_than 60 percent`, `3–9`.
fn in_short(value: &Value) -> Option<String> {
    match value {
        Value::Timex(timex) => timex.value.clone(),
        Value::Foreign(text) => Some(text.clone()),
        Value::Figure(figure) => figure_in_short(figure),
    }
}

fn figure_in_short(figure: &Figure) -> Option<String> {
    let plain = |decimal: &Option<bigdecimal::BigDecimal>| {
        decimal.as_ref().map_or(String::new(), bigdecimal::BigDecimal::to_plain_string)
    };
    let mut out = match &figure.amount {
        Amount::Unknown => return None,
        Amount::Exact(value) => value.to_plain_string(),
        Amount::Fraction(numerator, denominator) => format!("{numerator}/{denominator}"),
        Amount::Range(low, high) => format!("{}–{}", plain(low), plain(high)),
        Amount::Ratio(parts) => parts.iter().map(bigdecimal::BigDecimal::to_plain_string).collect::<Vec<_>>().join(":"),
    };
    if figure.bound != crate::document::Bound::Exact {
        out.insert_str(0, &format!("{} ", figure.bound));
    }
    // Writing to a String cannot fail.
    if let Some(unit) = &figure.unit {
        let _ = write!(out, " {unit}");
    }
    if let Some(per) = &figure.per {
        let _ = write!(out, " per {per}");
    }
    Some(out)
}

/// Differences of the same string and the same mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'d> {
    /// What is wrong, in words: `wrong_label: "Petrobras" ORG → GPE`.
    pub title: String,
    /// The differences, in order of document and place.
    pub differences: Vec<&'d Difference>,
}

/// Puts differences of the same string and the same mistake together, the most frequent first, else in order of
/// document and place.
pub fn group(differences: &[Difference]) -> Vec<Group<'_>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for difference in differences {
        let title = title(difference);
        let place = *places.entry(title.clone()).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group { title, differences: Vec::new() });
        }
        groups[place].differences.push(difference);
    }
    // The sort is stable: of the same number, the one that comes first in the text.
    groups.sort_by_key(|group| std::cmp::Reverse(group.differences.len()));
    groups
}

/// What is wrong, in words: `split: "Bank of Peru" → "Bank" + "Peru" ORG`.
pub fn title(difference: &Difference) -> String {
    let mut out = difference.class.to_owned();
    // Writing to a String cannot fail.
    if let Some(side) = difference.side {
        let _ = write!(out, " {side}");
    }
    let of = |wanted: &'static str| -> Vec<&Side> {
        let mut sides: Vec<&Side> =
            difference.sides().filter(|(name, _)| *name == wanted).map(|(_, side)| side).collect();
        sides.sort_by_key(|side| (side.start, side.end));
        sides
    };
    let (golds, preds) = (of("gold"), of("pred"));
    let words = |sides: &[&Side]| sides.iter().map(|side| format!("{:?}", side.text)).collect::<Vec<_>>().join(" + ");
    let labels = |sides: &[&Side]| {
        let mut labels: Vec<&str> = sides.iter().map(|side| side.label.as_str()).collect();
        labels.dedup();
        labels.join(" + ")
    };
    for (index, told) in [words, labels].into_iter().enumerate() {
        let (gold, pred) = (told(&golds), told(&preds));
        let _ = write!(out, "{} {}", if index == 0 { ":" } else { "" }, if golds.is_empty() { &pred } else { &gold });
        if gold != pred && !golds.is_empty() && !preds.is_empty() {
            let _ = write!(out, " → {pred}");
        }
    }
    if let (Some(gold), Some(pred), true) = (&difference.gold, &difference.pred, difference.wrong_value) {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "no value".to_owned());
        let _ = write!(out, " ({} → {})", shown(&gold.value), shown(&pred.value));
    }
    out
}

/// How many differences there are of each class, in the order of [`Class::ALL`]; classes without any are left out.
pub fn summary(differences: &[Difference]) -> Vec<(&'static str, usize)> {
    let count = |class: Class| differences.iter().filter(|difference| difference.class == class.name()).count();
    Class::ALL.into_iter().map(|class| (class.name(), count(class))).filter(|(_, count)| *count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_contexts_are_clipped_between_words() {
        let text = format!("{0}é MARK {0}é", "wörd ".repeat(1000));
        let start = text.find("MARK").map_or(0, |at| at as u32);
        let mark = Span::new(start, start + 4);
        let clipped = clip(&text, Span::new(0, text.len() as u32), mark).of(&text);
        assert!(clipped.len() <= 2 * MOST_CONTEXT_BYTES + 4, "{}", clipped.len());
        assert!(clipped.starts_with("wörd") && clipped.ends_with("wörd") && clipped.contains("MARK"), "{clipped}");
        assert_eq!(clip("a MARK b", Span::new(0, 8), Span::new(2, 6)), Span::new(0, 8));
    }
}
