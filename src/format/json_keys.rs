//! The keys of gloss's JSON form and what stands under them, for messages about those that do not fit.

use super::json_read::{parse_decimal, parse_fraction, parse_ratio};
use crate::calendar::TimexKind;
use crate::document::{Annotation, Layer, label};
use serde_json::{Map, Value as Json};

/// What stands under a key.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Letters.
    Text,
    /// Letters that must be readable as something, and as what.
    Form(fn(&str) -> bool, &'static str),
    /// A list of strings.
    Texts,
    /// Two strings.
    Days,
    /// A number.
    Number,
    /// A position: a whole number, not below zero.
    Position,
    /// `[start, end]`.
    Pair,
    /// A list of `[start, end]`.
    Pairs,
    /// True or false.
    Flag,
    /// An object.
    Object,
}

/// The keys of a document, less its text, id and annotations.
pub(super) const DOCUMENT: [(&str, Kind); 8] = [
    ("dct", Kind::Text),
    ("title", Kind::Text),
    ("source", Kind::Text),
    ("license", Kind::Text),
    ("text_sha256", Kind::Text),
    ("offset_unit", Kind::Text),
    ("labels", Kind::Texts),
    ("meta", Kind::Object),
];

/// The keys without which there is no mark.
const NEEDED: [(&str, Kind); 3] = [("layer", Kind::Text), ("start", Kind::Position), ("end", Kind::Position)];

const MARK: [(&str, Kind); 6] = [
    ("id", Kind::Text),
    ("label", Kind::Text),
    ("text", Kind::Text),
    ("fragments", Kind::Pairs),
    ("score", Kind::Number),
    ("source", Kind::Text),
];

const DATE: [(&str, Kind); 9] = [
    ("value", Kind::Text),
    ("low", Kind::Text),
    ("high", Kind::Text),
    ("mod", Kind::Text),
    ("quant", Kind::Text),
    ("freq", Kind::Text),
    ("begin_point", Kind::Text),
    ("end_point", Kind::Text),
    ("interval", Kind::Days),
];

const DECIMAL: Kind = Kind::Form(|text| parse_decimal(text).is_some(), "a decimal number");

const FIGURE: [(&str, Kind); 11] = [
    // Whether it is a decimal is a law of its own.
    ("value", Kind::Text),
    ("low", DECIMAL),
    ("high", DECIMAL),
    ("fraction", Kind::Form(|text| parse_fraction(text).is_some(), "a fraction such as 1/3")),
    ("ratio", Kind::Form(|text| parse_ratio(text).is_some(), "a ratio such as 3:1")),
    ("bound", Kind::Text),
    ("vague", Kind::Flag),
    ("unit", Kind::Text),
    ("per", Kind::Text),
    ("extent", Kind::Pair),
    ("counts", Kind::Pair),
];

/// The keys of `object` that hold something else than `table` says, with what is wrong. Null stands for
/// a key that is left out, as files from outside have it.
pub(super) fn misfits<'a>(
    object: &'a Map<String, Json>,
    table: &'a [(&'static str, Kind)],
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    table.iter().filter_map(|(key, kind)| {
        let value = object.get(*key).filter(|value| !value.is_null() && !fits(value, *kind))?;
        let found = match (value, kind) {
            (Json::String(text), Kind::Form(..)) => format!("{text:?}"),
            (Json::Number(number), _) => format!("{number}"),
            (value, _) => kind_of(value).to_owned(),
        };
        Some((*key, format!("{key:?} is {found}, but must be {}", words(*kind))))
    })
}

/// The first of the keys that every annotation needs which `annotation` lacks, or which does not fit.
pub(super) fn lacks(annotation: &Map<String, Json>) -> Option<(&'static str, String)> {
    let missing = NEEDED.iter().find(|(key, _)| annotation.get(*key).is_none_or(Json::is_null));
    let missing = missing.map(|(key, _)| (*key, format!("it has no {key:?}")));
    missing.or_else(|| misfits(annotation, &NEEDED).next())
}

/// The keys of `annotation`, which was read as `mark`, that do not fit.
pub(super) fn misfits_of_mark<'a>(
    annotation: &'a Map<String, Json>,
    mark: &Annotation,
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    let own: &[_] = match mark.layer {
        Layer::Date if mark.label.parse::<TimexKind>().is_ok() => &DATE,
        // Figures under labels that are not gloss's own have forms of their own.
        Layer::Figure if label::FIGURE.contains(&&*mark.label) => &FIGURE,
        _ => &[],
    };
    misfits(annotation, &MARK).chain(misfits(annotation, own))
}

fn fits(value: &Json, kind: Kind) -> bool {
    let pair = |value: &Json| value.as_array().is_some_and(|ends| ends.len() == 2 && ends.iter().all(Json::is_u64));
    match kind {
        Kind::Text => value.is_string(),
        Kind::Form(reads, _) => value.as_str().is_some_and(reads),
        Kind::Texts => value.as_array().is_some_and(|items| items.iter().all(Json::is_string)),
        Kind::Days => value.as_array().is_some_and(|days| days.len() == 2 && days.iter().all(Json::is_string)),
        Kind::Number => value.is_number(),
        Kind::Position => value.is_u64(),
        Kind::Pair => pair(value),
        Kind::Pairs => value.as_array().is_some_and(|pairs| pairs.iter().all(pair)),
        Kind::Flag => value.is_boolean(),
        Kind::Object => value.is_object(),
    }
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a string",
        Kind::Form(_, words) => words,
        Kind::Texts => "a list of strings",
        Kind::Days => "a list of two days",
        Kind::Number => "a number",
        Kind::Position => "a whole number, 0 or above",
        Kind::Pair => "a list of two positions",
        Kind::Pairs => "a list of lists of two positions",
        Kind::Flag => "true or false",
        Kind::Object => "an object",
    }
}

/// What a JSON value is, for messages.
pub(super) fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
