//! Finds every fault in a file of annotations, also those for which reading refuses it.

use super::json_read::{Positions, ReadOptions, WireAnnotation, read_document, text_sha256};
use super::records::Record;
use crate::document::{Annotation, Document, Layer, invariants};
use crate::error::Error;
use crate::text::{OffsetUnit, Span};
use serde::Deserialize as _;
use serde_json::Value as Json;
use std::collections::HashMap;

/// A fault of a record and where to show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireFault {
    /// What is wrong and, where there is one, the mend.
    pub message: String,
    /// The place in the text, in bytes.
    pub span: Option<Span>,
    /// The annotation as the file has it, with the key at fault.
    pub annotation: Option<(String, &'static str)>,
}

impl WireFault {
    fn of_record(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, annotation: None }
    }
}

/// What is known of a checked record.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The document's id, where it has one.
    pub id: Option<String>,
    /// The text, where it was found.
    pub text: Option<String>,
    /// How many annotations it holds.
    pub annotations: usize,
    /// What is wrong with it.
    pub faults: Vec<WireFault>,
}

/// Checks one record of a file of annotations.
pub fn check_record(record: &Record, options: &ReadOptions<'_>) -> Checked {
    let mut checked = Checked::default();
    let json: Json = match serde_json::from_slice(&record.bytes) {
        Ok(json) => json,
        Err(error) => {
            let at = byte_of(&record.bytes, error.line(), error.column());
            checked.faults.push(WireFault {
                message: format!("this is no JSON: {error}"),
                span: None,
                annotation: Some(excerpt(&record.bytes, at)),
            });
            return checked;
        }
    };
    let Json::Object(mut object) = json else {
        checked.faults.push(WireFault::of_record("a document is a JSON object"));
        return checked;
    };
    checked.id = object.get(&options.fields.id).and_then(Json::as_str).map(str::to_owned);
    object.remove("entities");
    let annotations = match object.remove("annotations") {
        Some(Json::Array(annotations)) => annotations,
        None => Vec::new(),
        Some(_) => {
            checked.faults.push(WireFault::of_record("\"annotations\" is no list"));
            Vec::new()
        }
    };
    checked.annotations = annotations.len();
    let unit = match object.get("offset_unit").and_then(Json::as_str).map_or(Ok(options.unit), str::parse) {
        Ok(unit) => unit,
        Err(message) => {
            checked.faults.push(WireFault::of_record(message));
            return checked;
        }
    };
    if let Some(sha) = check_sha(&object, options) {
        checked.faults.push(sha);
        object.remove("text_sha256");
    }
    // Everything but the annotations is read as always; they are read one by one.
    match read_document(&Json::Object(object).to_string(), "", options) {
        Ok(document) => {
            let faults = check_annotations(&document, annotations, unit);
            checked.faults.extend(faults);
            checked.text = Some(document.text().to_owned());
        }
        Err(Error::Input { message, .. }) => checked.faults.push(WireFault::of_record(message)),
        Err(error) => checked.faults.push(WireFault::of_record(error.to_string())),
    }
    checked
}

/// A fault where the text is not the one that was marked.
fn check_sha(object: &serde_json::Map<String, Json>, options: &ReadOptions<'_>) -> Option<WireFault> {
    let expected = object.get("text_sha256")?.as_str()?;
    let text = object.get(&options.fields.text)?.as_str()?;
    let found = text_sha256(text);
    let message = format!("text_sha256 is {expected}, but the text's is {found}: it was changed since it was marked");
    (!expected.eq_ignore_ascii_case(&found)).then(|| WireFault::of_record(message))
}

fn check_annotations(document: &Document, annotations: Vec<Json>, unit: OffsetUnit) -> Vec<WireFault> {
    let mut faults = Vec::new();
    let mut layers: [Vec<Annotation>; 7] = Default::default();
    let mut ids: HashMap<String, usize> = HashMap::new();
    let text = document.text();
    let positions = Positions { text, offsets: document.article.offsets(), unit };
    for (index, mut json) in annotations.into_iter().enumerate() {
        let shown = json.to_string();
        // The words are compared here, so that a wrong place can be shown in the text.
        let words = match json.as_object_mut().and_then(|object| object.shift_remove("text")) {
            Some(Json::String(words)) => Some(words),
            _ => None,
        };
        let fault = |key, message, span| WireFault { message, span, annotation: Some((shown.clone(), key)) };
        let Some(mark) = read_annotation(&json, &positions).unwrap_or_else(|(key, message)| {
            faults.push(fault(key, format!("annotation {index}: {message}"), None));
            None
        }) else {
            continue;
        };
        if let Some(words) = words.filter(|words| mark.fragments.is_empty() && words != mark.span.of(text)) {
            let message = format!("annotation {index}: its \"text\" is {words:?}, but these words are marked");
            faults.push(fault("text", message, Some(mark.span)));
        }
        if let Some(first) = mark.id.as_ref().and_then(|id| ids.insert(id.to_string(), index)) {
            let message = format!("annotation {index}: its id was given before, to annotation {first}");
            faults.push(fault("id", message, Some(mark.span)));
        }
        let layer = &mut layers[mark.layer.index()];
        if layer.last().is_some_and(|last: &Annotation| is_out_of_order(last, &mark)) {
            let message = format!("annotation {index}: it stands behind a later mark of its layer");
            faults.push(fault("start", message, Some(mark.span)));
        }
        layer.push(mark);
    }
    let mut copy = Document::new(document.article.clone());
    for (layer, marks) in Layer::ALL.into_iter().zip(layers) {
        copy.set_layer(layer, marks);
    }
    let laws = invariants::check(&copy).into_iter();
    faults.extend(laws.map(|fault| WireFault { message: fault.message, span: Some(fault.span), annotation: None }));
    faults
}

/// Whether `mark` stands in the wrong place behind `last`: gloss writes its layers sorted.
fn is_out_of_order(last: &Annotation, mark: &Annotation) -> bool {
    mark.source.is_some() && last.source == mark.source && last.order(mark).is_gt()
}

/// Reads one annotation; an error names the key at fault.
fn read_annotation(json: &Json, positions: &Positions<'_>) -> Result<Option<Annotation>, (&'static str, String)> {
    let wire = WireAnnotation::deserialize(json).map_err(|error| ("layer", error.to_string()))?;
    let (start, end) = (wire.start, wire.end);
    wire.into_annotation(positions).map_err(|message| {
        let length = u64::from(positions.offsets.len(positions.unit));
        let key = if positions.span(start, start.max(length)).is_err() {
            "start"
        } else if end < start || positions.span(start, end).is_err() {
            "end"
        } else {
            ["extent", "counts", "fragments", "bound", "score", "layer"]
                .into_iter()
                .find(|key| message.contains(*key) || (json.get(key).is_some() && message.contains("offset")))
                .unwrap_or("layer")
        };
        (key, message)
    })
}

/// The byte at which a JSON parser gave up: `line` from 1, `column` in bytes.
fn byte_of(bytes: &[u8], line: usize, column: usize) -> usize {
    let start: usize = bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (start + column.saturating_sub(1)).min(bytes.len())
}

/// How many bytes of a broken record are shown before and behind its fault.
const EXCERPT_BYTES: usize = 60;

/// The surroundings of a broken place, and the mark that says: at its end.
fn excerpt(bytes: &[u8], at: usize) -> (String, &'static str) {
    let shown = &bytes[at.saturating_sub(EXCERPT_BYTES)..(at + 1).min(bytes.len())];
    let line = shown.rsplit(|byte| *byte == b'\n').next().unwrap_or(shown);
    (String::from_utf8_lossy(line).into_owned(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &[(&str, &str)]) {
        let record = Record { line: Some(1), bytes: json.into() };
        let faults = check_record(&record, &ReadOptions::default()).faults;
        let found: Vec<_> = faults
            .iter()
            .map(|fault| (fault.annotation.as_ref().map_or("-", |(_, key)| key), fault.message.as_str()))
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((key, message), (expected_key, expected)) in found.iter().zip(expected) {
            assert!(key == expected_key && message.contains(expected), "{key}: {message}");
        }
    }

    fn with(annotations: &str) -> String {
        format!(r#"{{"id":"a","text":"Anna \u00e9 left.","annotations":[{annotations}]}}"#)
    }

    #[test]
    fn a_sound_record_has_no_faults() {
        check(&with(r#"{"id":"e1","layer":"entity","start":0,"end":4,"label":"PERSON","text":"Anna"}"#), &[]);
        check(&with(r#"{"layer":"word","start":0,"end":4,"label":"X"}"#), &[]);
    }

    #[test]
    fn every_fault_is_found_with_its_key() {
        check(
            &with(
                r#"{"layer":"entity","start":0,"end":99,"label":"A"},{"layer":"entity","start":77,"end":99,"label":"B"},
                {"layer":"entity","start":5,"end":4,"label":"C"},{"layer":"entity","start":0,"label":"D"},
                {"id":"x","layer":"entity","start":0,"end":4,"label":"E","text":"Hanna"},
                {"id":"x","layer":"entity","start":5,"end":6,"label":"F"},
                {"layer":"figure","start":5,"end":6,"label":"G","extent":[0,99]}"#,
            ),
            &[
                ("end", "offset 99 lies"),
                ("start", "offset 77 lies"),
                ("end", "ends before it starts"),
                ("layer", "missing field `end`"),
                ("text", "\"Hanna\", but these"),
                ("id", "given before, to annotation 4"),
                ("extent", "offset 99 lies"),
            ],
        );
        check(r#"{"text":"a","text_sha256":"00"}"#, &[("-", "changed since it was marked")]);
        check(r#"{"text":"a","offset_unit":"inch"}"#, &[("-", "offset unit")]);
        check(r#"{"text":"a","dct":"soon"}"#, &[("-", "is no date")]);
        check(r#"{"text":"a"#, &[("", "no JSON")]);
        check(r#"{"text":"\ud800"}"#, &[("", "no JSON")]);
        check("[]", &[("-", "JSON object")]);
    }
}
