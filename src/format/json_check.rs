//! Finds every fault in a file of annotations, also those for which reading refuses it.

use super::day::day;
use super::json_entities::WireEntity;
use super::json_keys::{self, kind_of};
use super::json_positions::Positions;
use super::json_read::{ReadOptions, WireAnnotation, read_document, text_sha256};
use super::records::Record;
use crate::document::{Annotation, Document, Layer, invariants};
use crate::error::Error;
use crate::text::{OffsetUnit, Span};
use serde::Deserialize as _;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::str::FromStr as _;

/// The keys of one JSON object.
type Object = serde_json::Map<String, Json>;

/// A fault of a record and where to show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireFault {
    /// What is wrong and, where there is one, the mend.
    pub message: String,
    /// The place in the text, in bytes.
    pub span: Option<Span>,
    /// The annotation, or what else of the record is at fault, as the file has it, with the key at fault.
    pub annotation: Option<(String, &'static str)>,
}

impl WireFault {
    fn of_record(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, annotation: None }
    }

    /// A fault in the value of one key of the record.
    fn of_key(object: &Object, key: &'static str, message: impl Into<String>) -> Self {
        let shown = object.get_key_value(key).map(|(key, value)| Object::from_iter([(key.clone(), value.clone())]));
        let annotation = shown.map(|shown| (Json::Object(shown).to_string(), key));
        Self { message: message.into(), span: None, annotation }
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
    let mut object = match serde_json::from_slice(&record.bytes) {
        Ok(Json::Object(object)) => object,
        Ok(_) => {
            checked.faults.push(WireFault::of_record("a document is a JSON object"));
            return checked;
        }
        Err(error) => {
            let at = byte_of(&record.bytes, error.line(), error.column());
            let message = format!("this is no JSON: {error}");
            checked.faults.push(WireFault { message, span: None, annotation: Some(excerpt(&record.bytes, at)) });
            return checked;
        }
    };
    checked.id = object.get(&options.fields.id).and_then(Json::as_str).map(str::to_owned);
    let has_annotations = object.contains_key("annotations");
    let annotations = take_list(&mut object, "annotations", &mut checked.faults);
    let entities = take_list(&mut object, "entities", &mut checked.faults);
    if has_annotations {
        object.insert("annotations".to_owned(), Json::Array(Vec::new()));
    }
    checked.annotations = annotations.len();
    let unit = match object.get("offset_unit").and_then(Json::as_str).map_or(Ok(options.unit), OffsetUnit::from_str) {
        Ok(unit) => unit,
        Err(message) => {
            checked.faults.push(WireFault::of_key(&object, "offset_unit", message));
            return checked;
        }
    };
    check_head(&mut object, options, &mut checked.faults);
    // Everything but the annotations is read as always; they are read one by one.
    match read_document(&Json::Object(object).to_string(), "", options) {
        Ok(document) => {
            let text = document.text();
            let positions = Positions { text, offsets: document.article.offsets(), unit };
            let mut check = Check::new(positions);
            for (index, json) in annotations.iter().enumerate() {
                check.annotation(index, json);
            }
            check.entities(entities);
            checked.faults.append(&mut check.finish(&document));
            checked.text = Some(text.to_owned());
        }
        Err(Error::Input { message, .. }) => checked.faults.push(WireFault::of_record(message)),
        Err(error) => checked.faults.push(WireFault::of_record(error.to_string())),
    }
    checked
}

/// Takes the list at `key` out; anything else there is a fault.
fn take_list(object: &mut Object, key: &'static str, faults: &mut Vec<WireFault>) -> Vec<Json> {
    match object.get(key) {
        None => return Vec::new(),
        Some(Json::Array(_)) => {}
        Some(other) => {
            let message = format!("{key:?} is {}, but must be a list", kind_of(other));
            faults.push(WireFault::of_key(object, key, message));
        }
    }
    match object.shift_remove(key) {
        Some(Json::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// Checks the keys beside the annotations, and takes out what would keep the document from being read.
fn check_head(object: &mut Object, options: &ReadOptions<'_>, faults: &mut Vec<WireFault>) {
    let mut broken: Vec<(&'static str, String)> = json_keys::misfits(object, &json_keys::DOCUMENT).collect();
    let text_at = |key: &str| object.get(key).and_then(Json::as_str);
    if let Some(dct) = text_at("dct").filter(|dct| options.fields.dct == "dct" && day(dct).is_none()) {
        broken.push(("dct", format!("dct {dct:?} is no date; write it as YYYY-MM-DD")));
    }
    if let (Some(expected), Some(text)) = (text_at("text_sha256"), text_at(&options.fields.text)) {
        let found = text_sha256(text);
        if !expected.eq_ignore_ascii_case(&found) {
            let message =
                format!("text_sha256 is {expected}, but the text's is {found}: it was changed since it was marked");
            broken.push(("text_sha256", message));
        }
    }
    for (key, message) in broken {
        faults.push(WireFault::of_key(object, key, message));
        object.shift_remove(key);
    }
}

/// What is found in the annotations of one document.
struct Check<'a> {
    positions: Positions<'a>,
    faults: Vec<WireFault>,
    layers: [Vec<Annotation>; 7],
    /// Where each id was given.
    ids: HashMap<String, usize>,
    /// Layers that gloss does not know: the first annotation of each, and how many more there are.
    unknown: Vec<(String, WireFault, usize)>,
    /// The entities that mentions name: index and JSON of the mention, and the entity's id.
    named: Vec<(usize, String, String)>,
}

impl<'a> Check<'a> {
    fn new(positions: Positions<'a>) -> Self {
        Self {
            positions,
            faults: Vec::new(),
            layers: Default::default(),
            ids: HashMap::new(),
            unknown: Vec::new(),
            named: Vec::new(),
        }
    }

    /// Checks one annotation by itself and beside those before it.
    fn annotation(&mut self, index: usize, json: &Json) {
        let fault = |key, message: String, span| WireFault {
            message: format!("annotation {index}: {message}"),
            span,
            annotation: Some((json.to_string(), key)),
        };
        let Json::Object(object) = json else {
            return self.faults.push(fault("", format!("it is {}, but must be an object", kind_of(json)), None));
        };
        if let Some((key, message)) = json_keys::lacks(object) {
            return self.faults.push(fault(key, message, None));
        }
        if let Some(layer) = json.get("layer").and_then(Json::as_str)
            && let Err(message) = Layer::from_str(layer)
        {
            match self.unknown.iter_mut().find(|(known, ..)| known == layer) {
                Some((_, _, more)) => *more += 1,
                None => self.unknown.push((layer.to_owned(), fault("layer", message, None), 0)),
            }
            return;
        }
        let mark = match read_annotation(json, &self.positions) {
            Ok(Some(mark)) => mark,
            Ok(None) => return,
            Err((key, message)) => return self.faults.push(fault(key, message, None)),
        };
        let misfits = json_keys::misfits_of_mark(object, &mark);
        self.faults.extend(misfits.map(|(key, message)| fault(key, message, None)));
        let text = self.positions.text;
        if let Some(Json::String(words)) = object.get("text")
            && mark.fragments.is_empty()
            && words != mark.span.of(text)
        {
            let message = format!("its \"text\" is {words:?}, but these words are marked");
            self.faults.push(fault("text", message, Some(mark.span)));
        }
        for law in invariants::check_mark(text, &mark) {
            // A mark in the wrong place is shown in the text, a wrong value where it stands.
            self.faults.push(match law.key {
                Some(key) => fault(key, law.message, None),
                None => WireFault { message: law.message, span: Some(law.span), annotation: None },
            });
        }
        if let Some(first) = mark.id.as_ref().and_then(|id| self.ids.insert(id.to_string(), index)) {
            self.faults.push(fault("id", format!("its id was given before, to annotation {first}"), None));
        }
        let entity = mark.attributes.as_ref().and_then(|keys| keys.get("entity")).and_then(Json::as_str);
        if let (Layer::Entity, Some(entity)) = (mark.layer, entity) {
            self.named.push((index, json.to_string(), entity.to_owned()));
        }
        let layer = &mut self.layers[mark.layer.index()];
        if layer.last().is_some_and(|last: &Annotation| is_out_of_order(last, &mark)) {
            let message = "it stands behind a later mark of its layer".to_owned();
            self.faults.push(fault("start", message, Some(mark.span)));
        }
        layer.push(mark);
    }

    /// Checks what several marks name against the marks.
    fn entities(&mut self, entities: Vec<Json>) {
        if entities.is_empty() {
            return;
        }
        let marks = &self.layers[Layer::Entity.index()];
        let mentions: HashSet<&str> = marks.iter().filter_map(|mark| mark.id.as_deref()).collect();
        let mut ids = HashSet::new();
        for (index, json) in entities.into_iter().enumerate() {
            let mut fault = |key, message: String| {
                let message = format!("entity {index}: {message}");
                self.faults.push(WireFault { message, span: None, annotation: Some((json.to_string(), key)) });
            };
            let entity = match WireEntity::deserialize(&json) {
                Ok(entity) => entity,
                Err(error) => {
                    fault("id", error.to_string());
                    continue;
                }
            };
            if let Some(lost) = entity.mentions.iter().find(|id| !mentions.contains(id.as_str())) {
                fault("mentions", format!("it has a mention {lost:?}, but no entity mark has that id"));
            }
            if !ids.insert(entity.id) {
                fault("id", "its id was given before, to another entity".to_owned());
            }
        }
        for (index, json, entity) in std::mem::take(&mut self.named) {
            if !ids.contains(&entity) {
                let message = format!("annotation {index}: it names the entity {entity:?}, which is not listed");
                self.faults.push(WireFault { message, span: None, annotation: Some((json, "entity")) });
            }
        }
    }

    /// All faults, with those that only show when the marks are seen together.
    fn finish(mut self, document: &Document) -> Vec<WireFault> {
        for (_, mut fault, more) in self.unknown {
            if more > 0 {
                // Writing to a string cannot fail.
                let _ = write!(fault.message, " (and {more} more of this document)");
            }
            self.faults.push(fault);
        }
        let mut copy = Document::new(document.article.clone());
        for (layer, marks) in Layer::ALL.into_iter().zip(self.layers) {
            copy.set_layer(layer, marks);
        }
        let laws = invariants::check_together(&copy).into_iter();
        self.faults.extend(laws.map(|law| WireFault { message: law.message, span: Some(law.span), annotation: None }));
        self.faults
    }
}

/// Whether `mark` stands in the wrong place behind `last`: gloss writes its layers sorted.
fn is_out_of_order(last: &Annotation, mark: &Annotation) -> bool {
    mark.source.is_some() && last.source == mark.source && last.order(mark).is_gt()
}

/// Reads one annotation; an error names the key at fault.
fn read_annotation(json: &Json, positions: &Positions<'_>) -> Result<Option<Annotation>, (&'static str, String)> {
    let mut wire = WireAnnotation::deserialize(json).map_err(|error| ("layer", error.to_string()))?;
    // The words are compared apart, so that a wrong place can be shown in the text.
    wire.rest.shift_remove("text");
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
        check(&with(r#"{"layer":"date","start":0,"end":4,"label":"DATE","value":"2024-02-29","mod":null}"#), &[]);
    }

    #[test]
    fn layers_keys_and_values_that_cannot_be_are_found() {
        check(
            &with(
                r#"{"layer":"word","start":0,"end":4,"label":"X"},{"layer":"word","start":5,"end":6,"label":"X"},
                {"layer":"date","start":0,"end":4,"label":"DATE","value":"2025-02-31","freq":2},
                {"layer":"figure","start":0,"end":4,"label":"MONEY","low":"5","high":"3"},
                {"layer":"figure","start":0,"end":4,"label":"MONEY","low":"few","value":"many"},
                {"layer":"figure","start":0,"end":4,"label":"Card","value":"many"},
                {"layer":"entity","start":-1,"end":4,"label":"X"}, 7"#,
            ),
            &[
                ("freq", "\"freq\" is 2, but must be a string"),
                ("value", "which the calendar does not have"),
                ("low", "above its high end"),
                ("low", "\"low\" is \"few\", but must be a decimal number"),
                ("value", "which is no decimal number"),
                ("start", "\"start\" is -1, but must be a whole number"),
                ("", "it is a number, but must be an object"),
                ("layer", "(and 1 more of this document)"),
            ],
        );
        check(r#"{"text":"a","title":7,"dct":null,"labels":[1]}"#, &[("title", "is 7"), ("labels", "is a list")]);
        check(r#"{"text":"a","annotations":{}}"#, &[("annotations", "must be a list")]);
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
                ("end", "it has no \"end\""),
                ("text", "\"Hanna\", but these"),
                ("id", "given before, to annotation 4"),
                ("extent", "offset 99 lies"),
            ],
        );
        check(r#"{"text":"a","text_sha256":"00"}"#, &[("text_sha256", "changed since it was marked")]);
        check(r#"{"text":"a","offset_unit":"inch"}"#, &[("offset_unit", "offset unit")]);
        check(r#"{"text":"a","dct":"soon"}"#, &[("dct", "is no date")]);
        check(r#"{"text":"a"#, &[("", "no JSON")]);
        check(r#"{"text":"\ud800"}"#, &[("", "no JSON")]);
        check("[]", &[("-", "JSON object")]);
    }
}
