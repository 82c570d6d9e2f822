//! Parts of a corpus that are scored by themselves: zones, and documents by what is known of them.

use crate::document::{Document, Layer};
use crate::text::did_you_mean;
use serde_json::Value as Json;
use std::fmt;
use std::str::FromStr;

/// How a corpus is sliced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slice {
    /// By the zone in which a mark begins: gold's zones, or the prediction's where gold has none.
    Zone,
    /// By a key of the gold document's metadata.
    Meta(String),
}

/// The value of marks and documents that a slice does not know.
pub const UNKNOWN: &str = "(none)";

impl Slice {
    /// The value of `key` in the document's metadata.
    pub(super) fn meta_value(document: &Document, key: &str) -> String {
        let meta = &document.article.meta;
        let own = match key {
            "source" => meta.source.clone(),
            "license" => meta.license.clone(),
            "title" => meta.title.clone(),
            "dct" => meta.dct.map(|day| day.to_string()),
            _ => None,
        };
        own.or_else(|| match meta.extra.get(key)? {
            Json::String(text) => Some(text.clone()),
            Json::Null => None,
            other => Some(other.to_string()),
        })
        .unwrap_or_else(|| UNKNOWN.to_owned())
    }
}

impl Slice {
    /// The keys of the document's metadata that a slice may name.
    pub fn meta_keys(document: &Document) -> impl Iterator<Item = &str> {
        let meta = &document.article.meta;
        let own = [
            ("source", meta.source.is_some()),
            ("license", meta.license.is_some()),
            ("title", meta.title.is_some()),
            ("dct", meta.dct.is_some()),
        ];
        let own = own.into_iter().filter(|(_, is_there)| *is_there).map(|(key, _)| key);
        own.chain(meta.extra.iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key.as_str()))
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zone => f.write_str("zone"),
            Self::Meta(key) => write!(f, "meta.{key}"),
        }
    }
}

impl FromStr for Slice {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.split_once('.') {
            None if name == "zone" => Ok(Self::Zone),
            Some(("meta", key)) if !key.is_empty() => Ok(Self::Meta(key.to_owned())),
            _ => Err(format!("slice {name:?} is neither \"zone\" nor \"meta.KEY\"{}", did_you_mean(name, ["zone"]))),
        }
    }
}

/// The zone that holds the byte at `position`.
pub(super) fn zone_at<'a>(gold: &'a Document, pred: &'a Document, position: u32) -> &'a str {
    let zones = match gold.layer(Layer::Zone) {
        [] => pred.layer(Layer::Zone),
        zones => zones,
    };
    let after = zones.partition_point(|zone| zone.span.start() <= position);
    zones[..after].iter().rev().find(|zone| zone.span.contains_byte(position)).map_or(UNKNOWN, |zone| &zone.label)
}
