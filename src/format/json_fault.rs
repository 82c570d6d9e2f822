//! Says why a record is no document: which key of which annotation, and what was expected; or whose form it has.

use super::json_entities::WireEntity;
use super::json_keys::{DOCUMENT, Kind, kind_of, lacks, misfits};
use super::json_read::ReadOptions;
use serde::Deserialize as _;
use serde_json::{Map, Value as Json};

/// The keys of one JSON object.
type Object = Map<String, Json>;

/// What is wrong with a record that could not be read, and the mend where it is plain.
pub(super) fn unreadable(json: &str, error: &serde_json::Error, options: &ReadOptions<'_>) -> String {
    // What is JSON is read once more as such: only then can the document and its annotation be named.
    match serde_json::from_str(json) {
        Ok(Json::Object(record)) if error.is_data() => {
            let found = foreign(&record).or_else(|| misfit(&record, options)).unwrap_or_else(|| error.to_string());
            of_document(record.get(&options.fields.id), &found)
        }
        Ok(value) if error.is_data() && !value.is_array() => {
            format!(
                "this is {}, but must be a document: a JSON object with \"text\" and \"annotations\"",
                kind_of(&value)
            )
        }
        _ => syntax_fault(json, error),
    }
}

/// `message` with the document's id before it, where it has one.
pub(super) fn of_document(id: Option<&Json>, message: &str) -> String {
    match id {
        Some(id @ (Json::String(_) | Json::Number(_))) => format!("document {id}: {message}"),
        _ => message.to_owned(),
    }
}

fn syntax_fault(json: &str, error: &serde_json::Error) -> String {
    let line = json.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let rest = line.get(error.column().saturating_sub(1)..).unwrap_or_default();
    if ["NaN", "Infinity", "-Infinity", "aN"].iter().any(|word| rest.starts_with(word)) {
        return format!("{error}: NaN and Infinity are no JSON; write null, or leave the key out");
    }
    if json.trim_start().starts_with('[') {
        return "this is a JSON array; give JSON Lines, one object a line (jq -c '.[]' makes them)".to_owned();
    }
    let message = error.to_string();
    // The line of a record stands in its place already.
    match message.split_once(" at line 1 column ") {
        Some((words, column)) => format!("this is no JSON: {words} at column {column}"),
        None => format!("this is no JSON: {message}"),
    }
}

/// The first key of a record, or of one of its annotations, that is not there or holds something else.
fn misfit(record: &Object, options: &ReadOptions<'_>) -> Option<String> {
    let fields = &options.fields;
    for (key, what) in [(&fields.text, "a string"), (&fields.id, "a string or a number"), (&fields.dct, "a string")] {
        let value = record.get(key).filter(|value| !value.is_string() && !value.is_null());
        if let Some(value) = value.filter(|value| *key != fields.id || !value.is_number()) {
            return Some(format!("{key:?} is {}, but must be {what}", kind_of(value)));
        }
    }
    if let Some((_, message)) = misfits(record, &DOCUMENT).next() {
        return Some(message);
    }
    for key in ["annotations", "entities"] {
        let Some(value) = record.get(key) else { continue };
        let Some(items) = value.as_array() else {
            return Some(format!("{key:?} is {}, but must be a list", kind_of(value)));
        };
        let fault = if key == "annotations" { fault_of_annotation } else { fault_of_entity };
        let noun = if key == "annotations" { "annotation" } else { "entity" };
        let mut faults = items.iter().enumerate().filter_map(|(index, item)| Some((index, fault(item)?)));
        if let Some((index, message)) = faults.next() {
            return Some(format!("{noun} {index}: {message}"));
        }
    }
    None
}

fn fault_of_annotation(item: &Json) -> Option<String> {
    let Json::Object(annotation) = item else {
        return Some(format!("it is {}, but must be an object", kind_of(item)));
    };
    let (_, message) = lacks(annotation).or_else(|| misfits(annotation, &[("label", Kind::Text)]).next())?;
    match annotation.get("id").and_then(Json::as_str) {
        Some(id) => Some(format!("(id {id:?}) {message}")),
        None => Some(message),
    }
}

fn fault_of_entity(item: &Json) -> Option<String> {
    WireEntity::deserialize(item).err().map(|error| error.to_string())
}

/// Whether the marks of `record` stand in the form of another tool, said in words. A record whose marks gloss does
/// not see would count as one without marks.
pub(super) fn foreign(record: &Object) -> Option<String> {
    let all = |key: &str, test: fn(&Json) -> bool| {
        record.get(key).and_then(Json::as_array).is_some_and(|items| !items.is_empty() && items.iter().all(test))
    };
    let has = |key: &str| record.contains_key(key);
    let shape = if record.get("annotation_sets").is_some_and(Json::is_object) {
        "that of GATE's bdocjs (\"annotation_sets\")"
    } else if all("label", is_triple) {
        "that of doccano (\"label\": [[start, end, label], …])"
    } else if all("labels", is_triple) {
        "that of doccano (\"labels\": [[start, end, label], …])"
    } else if all("entities", |item| item.get("start_offset").is_some()) {
        "that of doccano (\"entities\" with \"start_offset\" and \"end_offset\")"
    } else if all("entities", is_triple) {
        "that of spaCy's training data (\"entities\": [[start, end, label], …])"
    } else if !has("annotations") && all("entities", is_stretch) {
        "one with marks in \"entities\""
    } else if !has("annotations") && all("spans", is_stretch) {
        "that of prodigy (\"spans\" with \"start\" and \"end\")"
    } else if !has("annotations") && all("ents", is_stretch) {
        "that of spaCy (\"ents\" with \"start\" and \"end\")"
    } else if !has("annotations") && all("denotations", |item| item.get("span").is_some()) {
        "that of PubAnnotation (\"denotations\")"
    } else if all("annotations", |item| item.get("result").is_some()) {
        "that of Label Studio (\"annotations\" with \"result\")"
    } else if !has("annotations") && has("tokens") && ["ner_tags", "tags"].into_iter().any(has) {
        "one of tokens and tags (\"tokens\" with \"ner_tags\" or \"tags\")"
    } else {
        return None;
    };
    Some(format!(
        "the record's form is {shape}, which is not read; write its marks as \"annotations\": [{{\"layer\": \"entity\", \
         \"start\": 0, \"end\": 4, \"label\": \"GPE\"}}, …]"
    ))
}

/// `[start, end, label]`.
fn is_triple(item: &Json) -> bool {
    matches!(item.as_array().map(Vec::as_slice), Some([start, end, label, ..])
        if start.is_u64() && end.is_u64() && label.is_string())
}

/// `{"start": …, "end": …}`.
fn is_stretch(item: &Json) -> bool {
    ["start", "end"].iter().all(|key| item.get(key).is_some_and(Json::is_number))
}

#[cfg(test)]
mod tests {
    use super::super::json_read::read_document;
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        let message = read_document(json, "a.jsonl:3", &ReadOptions::default()).unwrap_err().to_string();
        assert!(message.starts_with(&format!("a.jsonl:3: {expected}")), "{message}");
    }

    #[test]
    fn keys_that_do_not_fit_are_named_with_their_document_and_annotation() {
        let marks = |marks: &str| format!("{{\"id\":\"d\",\"text\":\"Lima\",\"annotations\":[{marks}]}}");
        let good = "{\"layer\":\"entity\",\"start\":0,\"end\":4,\"label\":null}";
        let check_marks = |json: &str, expected: &str| check(&marks(json), &format!("document \"d\": {expected}"));
        check_marks("{\"start\":0,\"end\":4}", "annotation 0: it has no \"layer\"");
        check_marks(
            &format!("{good},{{\"id\":\"e1\",\"layer\":\"entity\",\"start\":-1,\"end\":4}}"),
            "annotation 1: (id \"e1\") \"start\" is -1, but must be a whole number, 0 or above",
        );
        check_marks("{\"layer\":\"entity\",\"start\":\"0\",\"end\":4}", "annotation 0: \"start\" is a string");
        check_marks("{\"layer\":\"entity\",\"start\":0,\"end\":4.5}", "annotation 0: \"end\" is 4.5");
        check_marks("{\"layer\":\"entity\",\"start\":0,\"end\":4,\"label\":7}", "annotation 0: \"label\" is 7");
        check_marks("[0,4]", "annotation 0: it is a list, but must be an object");
        check_marks("{\"layer\":\"entity\",\"start\":0,\"end\":9}", "annotation 0: codepoint offset 9");
        check("{\"id\":4,\"text\":7}", "document 4: \"text\" is a number, but must be a string");
        check("{\"text\":\"x\",\"annotations\":{}}", "\"annotations\" is an object, but must be a list");
        check("{\"text\":\"x\",\"annotations\":null}", "\"annotations\" is null, but must be a list");
        check("{\"text\":\"x\",\"entities\":[{\"id\":\"E1\"}]}", "entity 0: missing field `label`");
        check("{\"text\":\"x\",\"labels\":\"PER\"}", "\"labels\" is a string, but must be a list of strings");
        check("7", "this is a number, but must be a document");
        check("{\"text\":", "this is no JSON: EOF");
    }

    #[test]
    fn forms_of_other_tools_are_named() {
        for (keys, name) in [
            ("\"label\":[[0,4,\"GPE\"]]", "doccano (\"label\""),
            ("\"labels\":[[0,4,\"GPE\"]]", "doccano (\"labels\""),
            (
                "\"entities\":[{\"id\":1,\"label\":\"GPE\",\"start_offset\":0,\"end_offset\":4}]",
                "doccano (\"entities\"",
            ),
            ("\"entities\":[[0,4,\"GPE\"]]", "spaCy's training data"),
            ("\"spans\":[{\"start\":0,\"end\":4,\"label\":\"GPE\"}]", "prodigy"),
            ("\"ents\":[{\"start\":0,\"end\":4,\"label\":\"GPE\"}]", "spaCy (\"ents\""),
            ("\"annotation_sets\":{\"\":{\"annotations\":[]}}", "bdocjs"),
            ("\"denotations\":[{\"span\":{\"begin\":0,\"end\":4},\"obj\":\"GPE\"}]", "PubAnnotation"),
            ("\"annotations\":[{\"result\":[]}]", "Label Studio"),
            ("\"tokens\":[\"Lima\"],\"ner_tags\":[1]", "tokens and tags"),
        ] {
            let json = format!("{{\"id\":\"d\",\"text\":\"Lima\",{keys}}}");
            let message = read_document(&json, "a", &ReadOptions::default()).unwrap_err().to_string();
            assert!(
                message.starts_with("a: document \"d\": the record's form is ") && message.contains(name),
                "{message}"
            );
        }
        // Keys of these names beside gloss's own are metadata.
        let json = "{\"text\":\"Lima\",\"spans\":[{\"start\":0,\"end\":4}],\"annotations\":[]}";
        assert!(read_document(json, "a", &ReadOptions::default()).is_ok());
        assert!(read_document("{\"text\":\"Lima\",\"label\":\"news\"}", "a", &ReadOptions::default()).is_ok());
    }
}
