//! Reads documents in gloss's JSON form and in the same form with fewer or further keys.

use super::day::day;
use super::json_entities::{WireEntity, into_entities};
use super::json_fault::{foreign, of_document, unreadable};
use super::json_keys::kind_of;
use super::json_positions::Positions;
use super::records::{Record, Records};
use crate::calendar::{Timex, TimexKind};
use crate::document::label::intern;
use crate::document::{
    Amount, Annotation, Article, Attributes, Bound, Document, Figure, Layer, Meta, Name, Source, Value,
};
use crate::error::{Error, Result};
use crate::text::OffsetUnit;
use bigdecimal::BigDecimal;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::BufRead;
use std::str::FromStr;

/// How documents are read.
pub struct ReadOptions<'a> {
    /// The unit of offsets in files that do not name one.
    pub unit: OffsetUnit,
    /// Finds the text of a document that carries none, by its `source` and what stands in its `meta`.
    pub text_of: &'a dyn Fn(&str, &Attributes) -> Result<String>,
    /// The text of a document that carries none, by its id; asked before `text_of`.
    pub text_by_id: &'a dyn Fn(&str) -> Option<String>,
    /// Under which keys a record holds its text, id and day.
    pub fields: Fields,
    /// Whether annotations are read, or passed over unread.
    pub annotations: Annotations,
}

/// Under which keys a record holds its text, id and day; all other keys go into `meta`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The text's key.
    pub text: String,
    /// The id's key.
    pub id: String,
    /// The key of the day of publication.
    pub dct: String,
}

impl Default for Fields {
    fn default() -> Self {
        Self { text: "text".to_owned(), id: "id".to_owned(), dct: "dct".to_owned() }
    }
}

/// What happens to the annotations of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Annotations {
    /// They are read and checked.
    #[default]
    Read,
    /// They are passed over: the document is to be marked anew.
    Skip,
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self {
            unit: OffsetUnit::Codepoint,
            text_of: &|source, _| {
                Err(Error::input(source, "the document carries no text, and its source was not opened"))
            },
            text_by_id: &|_| None,
            fields: Fields::default(),
            annotations: Annotations::Read,
        }
    }
}

/// Reads one document from a JSON object; `place` (`file:line`) names it in errors.
pub fn read_document(json: &str, place: &str, options: &ReadOptions<'_>) -> Result<Document> {
    let fault = |error: serde_json::Error| Error::input(place, unreadable(json, &error, options));
    let mut parser = serde_json::Deserializer::from_str(json);
    let wire = WireSeed(options).deserialize(&mut parser).map_err(fault)?;
    parser.end().map_err(fault)?;
    wire.into_document(place, options)
}

/// Reads documents from JSON Lines, or from a file that is one JSON object; each goes to `sink` with
/// its place, broken ones as errors. Blank lines are skipped; a BOM and CRLF are allowed.
pub fn read_lines(
    input: impl BufRead,
    file: &str,
    options: &ReadOptions<'_>,
    sink: &mut dyn FnMut(Result<Document>),
) -> Result<()> {
    for record in Records::new(input) {
        let record = record.map_err(|cause| Error::Io { path: file.into(), doing: "read", cause })?;
        sink(read_record(&record, file, options));
    }
    Ok(())
}

/// Reads the document of one record of `file`.
pub fn read_record(record: &Record, file: &str, options: &ReadOptions<'_>) -> Result<Document> {
    let place = record.line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"));
    read_document(utf8(&record.bytes, &place)?, &place, options)
}

fn utf8<'a>(bytes: &'a [u8], place: &str) -> Result<&'a str> {
    std::str::from_utf8(bytes)
        .map_err(|error| Error::input(place, format!("byte {} is no UTF-8; JSON must be UTF-8", error.valid_up_to())))
}

/// A document as files write it.
#[derive(Default)]
struct WireDocument {
    id: Option<String>,
    dct: Option<String>,
    title: Option<String>,
    source: Option<String>,
    license: Option<String>,
    text: Option<String>,
    text_sha256: Option<String>,
    offset_unit: Option<String>,
    labels: Option<Vec<String>>,
    /// Nothing where the record has no such key.
    annotations: Option<Vec<WireAnnotation>>,
    entities: Vec<WireEntity>,
    extra: serde_json::Map<String, Json>,
}

/// An annotation as files write it.
pub(super) struct WireAnnotation {
    layer: String,
    pub(super) start: u64,
    pub(super) end: u64,
    label: String,
    /// All other keys.
    pub(super) rest: Attributes,
}

/// Reads a [`WireDocument`] whose text, id and day stand under the keys of the options.
struct WireSeed<'a>(&'a ReadOptions<'a>);

impl<'de> DeserializeSeed<'de> for WireSeed<'_> {
    type Value = WireDocument;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<WireDocument, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for WireSeed<'_> {
    type Value = WireDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document: a JSON object with \"text\" and \"annotations\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireDocument, A::Error> {
        let fields = &self.0.fields;
        // A record to be marked may use gloss's keys for things of its own: these go to `meta`.
        let foreign = self.0.annotations == Annotations::Skip;
        let mut wire = WireDocument::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "annotations" || key == "entities" {
                if foreign {
                    map.next_value::<de::IgnoredAny>()?;
                } else if key == "annotations" {
                    wire.annotations = Some(map.next_value()?);
                } else {
                    wire.entities = map.next_value()?;
                }
                continue;
            }
            let value: Json = map.next_value()?;
            let misfit = match key.as_str() {
                key if key == fields.text => set_text(&mut wire.text, value),
                key if key == fields.id => match value {
                    Json::Number(number) => set_text(&mut wire.id, Json::String(number.to_string())),
                    value => set_text(&mut wire.id, value),
                },
                key if key == fields.dct => set_text(&mut wire.dct, value),
                "title" => set_text(&mut wire.title, value),
                "source" => set_text(&mut wire.source, value),
                "license" => set_text(&mut wire.license, value),
                "text_sha256" => set_text(&mut wire.text_sha256, value),
                "offset_unit" => set_text(&mut wire.offset_unit, value),
                "labels" => set_labels(&mut wire.labels, value),
                "meta" => match value {
                    Json::Object(meta) => {
                        wire.extra.extend(meta);
                        None
                    }
                    Json::Null => None,
                    value => Some((value, "an object")),
                },
                _ => {
                    wire.extra.insert(key, value);
                    continue;
                }
            };
            match misfit {
                Some((value, _)) if foreign && key != fields.text => {
                    wire.extra.insert(key, value);
                }
                Some((value, expected)) => {
                    return Err(de::Error::custom(format!("{key:?} is {}, but must be {expected}", kind_of(&value))));
                }
                None => {}
            }
        }
        Ok(wire)
    }
}

/// A value that does not fit its key, and what the key holds.
type Misfit = Option<(Json, &'static str)>;

/// Puts a string into `slot`; null leaves it empty, anything else is handed back.
fn set_text(slot: &mut Option<String>, value: Json) -> Misfit {
    match value {
        Json::String(text) => *slot = Some(text),
        Json::Null => {}
        other => return Some((other, "a string")),
    }
    None
}

/// Puts a list of strings into `slot`; null leaves it empty, anything else is handed back.
fn set_labels(slot: &mut Option<Vec<String>>, value: Json) -> Misfit {
    let names = match &value {
        Json::Null => return None,
        Json::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    match names {
        Some(names) => {
            *slot = Some(names);
            None
        }
        None => Some((value, "a list of strings")),
    }
}

impl<'de> Deserialize<'de> for WireAnnotation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnnotationVisitor;
        impl<'de> Visitor<'de> for AnnotationVisitor {
            type Value = WireAnnotation;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an annotation: a JSON object with \"layer\", \"start\" and \"end\"")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireAnnotation, A::Error> {
                let (mut layer, mut start, mut end, mut label) = (None, None, None, String::new());
                let mut rest = Attributes::new();
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "layer" => layer = Some(map.next_value()?),
                        "start" => start = Some(map.next_value()?),
                        "end" => end = Some(map.next_value()?),
                        "label" => label = map.next_value::<Option<String>>()?.unwrap_or_default(),
                        _ => {
                            let value = map.next_value()?;
                            rest.insert(key, value);
                        }
                    }
                }
                Ok(WireAnnotation {
                    layer: layer.ok_or_else(|| de::Error::missing_field("layer"))?,
                    start: start.ok_or_else(|| de::Error::missing_field("start"))?,
                    end: end.ok_or_else(|| de::Error::missing_field("end"))?,
                    label,
                    rest,
                })
            }
        }
        deserializer.deserialize_map(AnnotationVisitor)
    }
}

impl WireDocument {
    fn into_document(mut self, place: &str, options: &ReadOptions<'_>) -> Result<Document> {
        let fault = |message: String| Error::input(place, message);
        if options.annotations == Annotations::Skip {
            self.take_foreign(options);
        } else if let Some(message) = self.annotations.is_none().then(|| foreign(&self.extra)).flatten() {
            return Err(fault(self.named(&message)));
        }
        let known = || self.id.as_deref().and_then(options.text_by_id);
        let text = match (self.text.take().or_else(known), &self.source) {
            (Some(text), _) => text,
            // A path that a record names is opened only for what gloss wrote, which proves the text.
            (None, Some(source)) if options.annotations == Annotations::Read || self.text_sha256.is_some() => {
                (options.text_of)(source, &self.extra).map_err(|error| fault(error.to_string()))?
            }
            _ => {
                let keys: Vec<_> = self.extra.keys().map(String::as_str).collect();
                return Err(fault(format!(
                    "the record has no {:?}; it has {}: name the key of the text with --text-field",
                    options.fields.text,
                    if keys.is_empty() { "no other keys".to_owned() } else { keys.join(", ") }
                )));
            }
        };
        if let Some(expected) = &self.text_sha256 {
            let found = text_sha256(&text);
            if !expected.eq_ignore_ascii_case(&found) {
                return Err(fault(format!(
                    "text_sha256 is {expected}, but the text's is {found}: it was changed since it was marked"
                )));
            }
        }
        let unit = match self.offset_unit.as_deref() {
            Some(name) => OffsetUnit::from_str(name).map_err(fault)?,
            None => options.unit,
        };
        let dct = self.dct.as_deref().map(parse_dct).transpose().map_err(fault)?;
        let id = self.id.clone().map(Json::String);
        let meta = Meta {
            id: self.id.unwrap_or_else(|| place.to_owned()),
            source: self.source,
            license: self.license,
            title: self.title,
            dct,
            extra: self.extra,
        };
        let article = Article::new(meta, text).ok_or_else(|| Error::input(place, "the text is longer than 4 GiB"))?;
        let mut layers: [Vec<Annotation>; 7] = Default::default();
        {
            let positions = Positions { text: article.text(), offsets: article.offsets(), unit };
            let wires = self.annotations.take().unwrap_or_default();
            let places: Vec<(u64, u64)> = wires.iter().map(|wire| (wire.start, wire.end)).collect();
            for (index, wire) in wires.into_iter().enumerate() {
                let words = wire.rest.get("text").and_then(Json::as_str).map(str::to_owned);
                let Some(mark) = wire.into_annotation(&positions).map_err(|m| {
                    let hint = positions.hint(&places, places[index], words.as_deref()).unwrap_or_default();
                    fault(of_document(id.as_ref(), &format!("annotation {index}: {m}{hint}")))
                })?
                else {
                    continue;
                };
                layers[mark.layer.index()].push(mark);
            }
        }
        let mut document = Document::new(article);
        for (layer, marks) in Layer::ALL.into_iter().zip(layers) {
            document.set_layer(layer, marks);
        }
        document.entities = into_entities(self.entities, document.layer(Layer::Entity)).map_err(fault)?;
        document.labels = self.labels.map(|labels| labels.into_iter().map(Name::from).collect());
        Ok(document)
    }
}

impl WireDocument {
    /// `message` with the document's id before it, where it has one.
    fn named(&self, message: &str) -> String {
        of_document(self.id.clone().map(Json::String).as_ref(), message)
    }

    /// Lets go of what a record to be marked says in keys of gloss's that cannot be meant so: proofs of a
    /// text that stands beside them, and days that are none (these go to `meta`, which says so).
    fn take_foreign(&mut self, options: &ReadOptions<'_>) {
        if self.text.is_some() {
            self.text_sha256 = None;
        }
        self.offset_unit = None;
        let key = &options.fields.dct;
        if let Some(value) = self.dct.take_if(|value| day(value).is_none()) {
            self.extra.insert(key.clone(), Json::String(value));
        }
        let is_said = |value: &Json| !value.is_null() && value.as_str() != Some("");
        if self.dct.is_none() && self.extra.get(key).is_some_and(is_said) {
            self.extra.insert("dct_source".to_owned(), Json::String("unreadable".to_owned()));
        }
    }
}

/// The SHA-256 of a text's UTF-8 bytes, in hexadecimal.
pub(super) fn text_sha256(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = Sha256::digest(text.as_bytes()).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| char::from(DIGITS[usize::from(nibble)])).collect()
}

/// The day of a `dct`: `2025-03-05`, a time stamp of which the day is taken, or the day in words.
fn parse_dct(value: &str) -> Result<jiff::civil::Date, String> {
    day(value).ok_or_else(|| format!("dct {value:?} is no date; write it as YYYY-MM-DD"))
}

impl WireAnnotation {
    /// The mark; nothing for a layer that gloss does not know (`word` in treebank files).
    pub(super) fn into_annotation(mut self, positions: &Positions<'_>) -> Result<Option<Annotation>, String> {
        let Ok(layer) = Layer::from_str(&self.layer) else { return Ok(None) };
        let span = positions.span(self.start, self.end)?;
        if let Some(Json::String(words)) = self.rest.get("text") {
            let found = span.of(positions.text);
            if words != found {
                return Err(format!("\"text\" is {words:?}, but {}..{} selects {found:?}", self.start, self.end));
            }
            self.rest.shift_remove("text");
        }
        let mut mark = Annotation::new(layer, span, intern(layer, &self.label));
        if let Some(fragments) = self.rest.shift_remove("fragments") {
            let pairs = fragments.as_array().ok_or("\"fragments\" is no list")?;
            mark.fragments = pairs.iter().map(|pair| positions.pair(pair)).collect::<Result<_, _>>()?;
            mark.fragments.sort_unstable();
        }
        mark.id = self.take_text("id").map(Into::into);
        mark.score = match self.rest.shift_remove("score") {
            Some(Json::Number(number)) => match number.as_f64().map(|score| score as f32) {
                Some(score) if score.is_finite() => Some(score),
                _ => return Err(format!("\"score\" is {number}, no finite number")),
            },
            Some(Json::Null) | None => None,
            Some(other) => return Err(format!("\"score\" is {other}, no number")),
        };
        mark.source = self.take_text("source").map(|source| match source.split_once('/') {
            Some((tagger, detail)) => Source::with(tagger.to_owned(), detail.to_owned()),
            None => Source::new(source),
        });
        mark.value = match layer {
            Layer::Date => self.take_timex().map(Value::Timex),
            Layer::Figure => self.take_figure(positions)?.map(Value::Figure),
            _ => None,
        }
        .map(Box::new);
        if mark.value.is_none() {
            mark.value = self.take_text("value").map(|value| Box::new(Value::Foreign(value)));
        }
        if !self.rest.is_empty() {
            mark.attributes = Some(Box::new(self.rest));
        }
        Ok(Some(mark))
    }

    /// Takes the string at `key` out; anything but a string stays.
    fn take_text(&mut self, key: &str) -> Option<String> {
        match self.rest.get(key) {
            Some(Json::String(_)) => match self.rest.shift_remove(key) {
                Some(Json::String(text)) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    fn take_timex(&mut self) -> Option<Timex> {
        TimexKind::from_str(&self.label).ok()?;
        let interval = self.rest.get("interval").and_then(Json::as_array).and_then(|days| match days.as_slice() {
            [Json::String(first), Json::String(last)] => Some((first.clone(), last.clone())),
            _ => None,
        });
        if interval.is_some() {
            self.rest.shift_remove("interval");
        }
        let timex = Timex {
            value: self.take_text("value"),
            modifier: self.take_text("mod"),
            quant: self.take_text("quant"),
            freq: self.take_text("freq"),
            low: self.take_text("low"),
            high: self.take_text("high"),
            begin_point: self.take_text("begin_point"),
            end_point: self.take_text("end_point"),
            interval,
        };
        (timex != Timex::default()).then_some(timex)
    }

    /// Takes a figure's keys out when they make a figure of gloss; leaves them otherwise.
    fn take_figure(&mut self, positions: &Positions<'_>) -> Result<Option<Figure>, String> {
        let decimal = |value: &Json| match value {
            Json::String(text) => parse_decimal(text),
            Json::Number(number) => parse_number(&number.to_string()),
            _ => None,
        };
        let amount = if let Some((n, d)) = self.rest.get("fraction").and_then(Json::as_str).and_then(parse_fraction) {
            Amount::Fraction(n, d)
        } else if let Some(ratio) = self.rest.get("ratio").and_then(Json::as_str).and_then(parse_ratio) {
            Amount::Ratio(ratio)
        } else if let Some(value) = self.rest.get("value") {
            match decimal(value) {
                Some(value) => Amount::Exact(value),
                None => return Ok(None),
            }
        } else {
            match (self.rest.get("low").and_then(decimal), self.rest.get("high").and_then(decimal)) {
                (None, None) => Amount::Unknown,
                (low, high) => Amount::Range(low, high),
            }
        };
        // What was not understood stays as it is.
        let read: &[&str] = match &amount {
            Amount::Unknown => &[],
            Amount::Exact(_) => &["value"],
            Amount::Fraction(..) => &["fraction", "value"],
            Amount::Ratio(_) => &["ratio"],
            Amount::Range(low, high) => match (low, high) {
                (Some(_), Some(_)) => &["low", "high"],
                (Some(_), None) => &["low"],
                _ => &["high"],
            },
        };
        for key in read {
            self.rest.shift_remove(*key);
        }
        let mut figure = Figure { amount, ..Figure::default() };
        if let Some(bound) = self.take_text("bound") {
            figure.bound = Bound::from_str(&bound)?;
        }
        if let Some(Json::Bool(vague)) = self.rest.get("vague") {
            figure.vague = *vague;
            self.rest.shift_remove("vague");
        }
        figure.unit = self.take_text("unit").map(Name::from);
        figure.per = self.take_text("per").map(Name::from);
        figure.extent = self.rest.shift_remove("extent").map(|pair| positions.pair(&pair)).transpose()?;
        figure.counts = self.rest.shift_remove("counts").map(|pair| positions.pair(&pair)).transpose()?;
        Ok((figure != Figure::default()).then_some(figure))
    }
}

/// A number of JSON, exponent and all, unless it is too far from one to be printed.
fn parse_number(text: &str) -> Option<BigDecimal> {
    let Some((_, exponent)) = text.split_once(['e', 'E']) else { return parse_decimal(text) };
    exponent.parse::<i16>().ok().filter(|exponent| exponent.unsigned_abs() <= 400)?;
    BigDecimal::from_str(text).ok()
}

/// A plain decimal; exponents are refused, since `1e999999999` would not print.
pub(super) fn parse_decimal(text: &str) -> Option<BigDecimal> {
    if text.is_empty() || text.contains(['e', 'E', '_']) {
        return None;
    }
    BigDecimal::from_str(text).ok()
}

pub(super) fn parse_fraction(text: &str) -> Option<(i64, i64)> {
    let (numerator, denominator) = text.split_once('/')?;
    let denominator = denominator.parse().ok().filter(|d| *d != 0)?;
    Some((numerator.parse().ok()?, denominator))
}

pub(super) fn parse_ratio(text: &str) -> Option<Vec<BigDecimal>> {
    text.split(':').map(parse_decimal).collect()
}
