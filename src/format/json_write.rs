//! Writes documents in gloss's JSON form.

use super::json_read::text_sha256;
use crate::calendar::Timex;
use crate::document::{Amount, Annotation, Document, Figure, Layer, Value};
use crate::text::{OffsetUnit, Span};
use bigdecimal::{BigDecimal, RoundingMode};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use std::fmt::Write as _;
use std::io::{self, Write};

/// How documents are written.
#[derive(Clone, Copy, Debug)]
pub struct WriteOptions {
    /// The unit of offsets.
    pub unit: OffsetUnit,
    /// Whether `text` and the words of each mark are written, or pure standoff.
    pub text: bool,
    /// Whether the object is spread over indented lines.
    pub pretty: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { unit: OffsetUnit::Codepoint, text: true, pretty: false }
    }
}

/// Writes `document` as one JSON object, without a line end.
pub fn write_document(document: &Document, options: &WriteOptions, out: &mut dyn Write) -> io::Result<()> {
    let wire = DocumentOut { document, options };
    let result =
        if options.pretty { serde_json::to_writer_pretty(out, &wire) } else { serde_json::to_writer(out, &wire) };
    result.map_err(io::Error::from)
}

struct DocumentOut<'a> {
    document: &'a Document,
    options: &'a WriteOptions,
}

impl Serialize for DocumentOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (document, options) = (self.document, self.options);
        let meta = &document.article.meta;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &meta.id)?;
        if let Some(dct) = meta.dct {
            map.serialize_entry("dct", &dct.to_string())?;
        }
        for (key, value) in [("title", &meta.title), ("source", &meta.source), ("license", &meta.license)] {
            if let Some(value) = value {
                map.serialize_entry(key, value)?;
            }
        }
        if options.text {
            map.serialize_entry("text", document.text())?;
        }
        map.serialize_entry("text_sha256", &text_sha256(document.text()))?;
        map.serialize_entry("offset_unit", options.unit.name())?;
        if let Some(labels) = &document.labels {
            map.serialize_entry(
                "labels",
                &labels.iter().map(super::super::document::name::Name::as_str).collect::<Vec<_>>(),
            )?;
        }
        map.serialize_entry("annotations", &AnnotationsOut { document, options })?;
        if !meta.extra.is_empty() {
            map.serialize_entry("meta", &meta.extra)?;
        }
        map.end()
    }
}

struct AnnotationsOut<'a> {
    document: &'a Document,
    options: &'a WriteOptions,
}

impl Serialize for AnnotationsOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for layer in Layer::ALL {
            for (index, mark) in self.document.layer(layer).iter().enumerate() {
                list.serialize_element(&AnnotationOut { index, mark, document: self.document, options: self.options })?;
            }
        }
        list.end()
    }
}

struct AnnotationOut<'a> {
    index: usize,
    mark: &'a Annotation,
    document: &'a Document,
    options: &'a WriteOptions,
}

impl AnnotationOut<'_> {
    fn position(&self, byte: u32) -> u32 {
        self.document.article.offsets().from_byte(self.document.text(), byte, self.options.unit)
    }

    fn pair(&self, span: Span) -> [u32; 2] {
        [self.position(span.start()), self.position(span.end())]
    }

    fn timex<M: SerializeMap>(timex: &Timex, map: &mut M) -> Result<(), M::Error> {
        let keys = [
            ("value", &timex.value),
            ("mod", &timex.modifier),
            ("quant", &timex.quant),
            ("freq", &timex.freq),
            ("begin_point", &timex.begin_point),
            ("end_point", &timex.end_point),
        ];
        for (key, value) in keys {
            if let Some(value) = value {
                map.serialize_entry(key, value)?;
            }
        }
        if let Some((first, last)) = &timex.interval {
            map.serialize_entry("interval", &[first, last])?;
        }
        Ok(())
    }

    fn figure<M: SerializeMap>(&self, figure: &Figure, map: &mut M) -> Result<(), M::Error> {
        match &figure.amount {
            Amount::Unknown => {}
            Amount::Exact(value) => map.serialize_entry("value", &value.to_plain_string())?,
            Amount::Fraction(numerator, denominator) => {
                map.serialize_entry("value", &quotient(*numerator, *denominator))?;
                map.serialize_entry("fraction", &format!("{numerator}/{denominator}"))?;
            }
            Amount::Range(low, high) => {
                for (key, end) in [("low", low), ("high", high)] {
                    if let Some(end) = end {
                        map.serialize_entry(key, &end.to_plain_string())?;
                    }
                }
            }
            Amount::Ratio(parts) => {
                let parts: Vec<_> = parts.iter().map(BigDecimal::to_plain_string).collect();
                map.serialize_entry("ratio", &parts.join(":"))?;
            }
        }
        if figure.bound != crate::document::Bound::Exact {
            map.serialize_entry("bound", figure.bound.name())?;
        }
        if figure.vague {
            map.serialize_entry("vague", &true)?;
        }
        for (key, value) in [("unit", &figure.unit), ("per", &figure.per)] {
            if let Some(value) = value {
                map.serialize_entry(key, value.as_str())?;
            }
        }
        for (key, span) in [("extent", figure.extent), ("counts", figure.counts)] {
            if let Some(span) = span {
                map.serialize_entry(key, &self.pair(span))?;
            }
        }
        Ok(())
    }
}

impl Serialize for AnnotationOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mark = self.mark;
        let mut map = serializer.serialize_map(None)?;
        match &mark.id {
            Some(id) => map.serialize_entry("id", id)?,
            None => map.serialize_entry("id", &format_args!("{}{}", initial(mark.layer), self.index + 1))?,
        }
        map.serialize_entry("layer", mark.layer.name())?;
        map.serialize_entry("start", &self.position(mark.span.start()))?;
        map.serialize_entry("end", &self.position(mark.span.end()))?;
        if !mark.fragments.is_empty() {
            map.serialize_entry("fragments", &mark.fragments.iter().map(|span| self.pair(*span)).collect::<Vec<_>>())?;
        }
        map.serialize_entry("label", mark.label.as_str())?;
        if self.options.text {
            map.serialize_entry("text", mark.span.of(self.document.text()))?;
        }
        match mark.value.as_deref() {
            Some(Value::Figure(figure)) => self.figure(figure, &mut map)?,
            Some(Value::Timex(timex)) => Self::timex(timex, &mut map)?,
            Some(Value::Foreign(value)) => map.serialize_entry("value", value)?,
            None => {}
        }
        for (key, value) in mark.attributes.iter().flat_map(|attributes| attributes.iter()) {
            map.serialize_entry(key, value)?;
        }
        if let Some(score) = mark.score {
            map.serialize_entry("score", &score)?;
        }
        if let Some(source) = &mark.source {
            map.serialize_entry("source", &format_args!("{source}"))?;
        }
        map.end()
    }
}

/// The letter with which the ids of a layer begin.
fn initial(layer: Layer) -> char {
    layer.name().chars().next().unwrap_or('a')
}

/// A fraction as a decimal of 28 significant digits, trailing zeros dropped.
fn quotient(numerator: i64, denominator: i64) -> String {
    let exact = BigDecimal::from(numerator) / BigDecimal::from(denominator);
    let mut out = String::new();
    let rounded = exact.with_precision_round(PRECISION, RoundingMode::HalfEven).normalized();
    // Writing to a String cannot fail.
    let _ = write!(out, "{}", rounded.to_plain_string());
    out
}

const PRECISION: std::num::NonZeroU64 = match std::num::NonZeroU64::new(28) {
    Some(precision) => precision,
    None => unreachable!(),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::json::{ReadOptions, read_document};

    #[test]
    fn what_is_written_reads_back() {
        let json = r#"{"id":"a","dct":"2024-05-15","text":"🙂 over a third of 12 people in 2020","annotations":[
            {"layer":"figure","start":7,"end":14,"label":"CARDINAL","fraction":"1/3","value":"0.333","bound":"more_than","extent":[2,14]},
            {"layer":"date","start":31,"end":35,"label":"DATE","value":"2020","interval":["2020-01-01","2020-12-31"]},
            {"layer":"figure","start":18,"end":20,"label":"CARDINAL","value":"12","counts":[21,27]}],"url":"x"}"#;
        let document = read_document(json, "test", &ReadOptions::default()).unwrap();
        for unit in [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16] {
            let mut out = Vec::new();
            write_document(&document, &WriteOptions { unit, ..WriteOptions::default() }, &mut out).unwrap();
            let json = String::from_utf8(out).unwrap();
            let mut again = read_document(&json, "test", &ReadOptions::default()).unwrap();
            for layer in Layer::ALL {
                let marks = again.layer(layer).iter().cloned().map(|m| Annotation { id: None, ..m }).collect();
                again.set_layer(layer, marks);
            }
            assert_eq!(again, document, "{json}");
        }
    }
}
