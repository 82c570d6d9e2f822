//! Labels: gloss's own tag set in one table, and the labels others bring.

use super::{Layer, Name};

/// A label inside a layer: one of gloss's own, or one that a gold set or a model brought.
pub type Label = Name;

/// Entity labels of gloss (`OntoNotes` 5 names), in the order of tables and reports.
pub const ENTITY: [&str; 11] =
    ["PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"];

/// Figure labels of gloss.
pub const FIGURE: [&str; 5] = ["CARDINAL", "ORDINAL", "PERCENT", "MONEY", "QUANTITY"];

/// Date labels of gloss: the types of TIMEX3.
pub const DATE: [&str; 4] = ["DATE", "TIME", "DURATION", "SET"];

/// Zone labels of gloss.
pub const ZONE: [&str; 12] = [
    "headline",
    "byline",
    "dateline",
    "date_line",
    "body",
    "subheading",
    "list",
    "caption",
    "quote",
    "table",
    "boilerplate",
    "bio",
];

/// Token labels of gloss.
pub const TOKEN: [&str; 9] = ["word", "number", "punctuation", "symbol", "url", "email", "handle", "hashtag", "emoji"];

/// The labels that gloss gives in `layer`.
pub fn of_layer(layer: Layer) -> &'static [&'static str] {
    match layer {
        Layer::Zone => &ZONE,
        Layer::Paragraph => &["p"],
        Layer::Sentence => &["S"],
        Layer::Token => &TOKEN,
        Layer::Entity => &ENTITY,
        Layer::Figure => &FIGURE,
        Layer::Date => &DATE,
    }
}

/// The label `name`: without allocation when it is one of gloss's own in `layer`.
pub fn intern(layer: Layer, name: &str) -> Label {
    match of_layer(layer).iter().find(|own| **own == name) {
        Some(own) => Name::Fixed(own),
        None => Name::from(name.to_owned()),
    }
}
