//! Splits inputs into articles still unread, one by one, each with an id that is unique in the batch.

use super::inputs::{Input, Kind};
use super::open::{Meter, open, sniff};
use crate::error::{Error, Result};
use crate::format::records::{Record, Records};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::collections::HashSet;
use std::fmt;
use std::io::{BufRead, Read as _};

/// An article still unread.
#[derive(Debug)]
pub struct Task {
    /// File, and line where it is one of many, for errors and `source`: `a.jsonl:3`.
    pub place: String,
    /// The file alone.
    pub file: String,
    /// Unique in the batch.
    pub id: String,
    /// Path of its output below the output folder, without ending, with `/` between its parts.
    pub output: String,
    /// What the bytes hold.
    pub kind: Kind,
    /// The bytes, unpacked.
    pub record: Record,
}

/// Reads `inputs` one article at a time.
pub struct Tasks<I> {
    inputs: I,
    from: Option<Kind>,
    id_key: String,
    meter: Meter,
    names: Names,
    open: Option<(Input, Records<Box<dyn BufRead + Send>>)>,
}

impl<I: Iterator<Item = Result<Input>>> Tasks<I> {
    /// The articles of `inputs`, read as `from` whatever their endings say; records are named by what
    /// stands under `id_key`.
    pub fn new(inputs: I, from: Option<Kind>, id_key: &str, meter: Meter) -> Self {
        Self { inputs, from, id_key: id_key.to_owned(), meter, names: Names::default(), open: None }
    }

    fn begin(&mut self, input: Input) -> Option<Result<Task>> {
        let io = |cause| Error::Io { path: input.name.clone().into(), doing: "read", cause };
        let mut reader = match open(&input, &self.meter) {
            Ok(reader) => reader,
            Err(error) => return Some(Err(error)),
        };
        let kind = match self.from.or(input.kind).map_or_else(|| sniff(&mut *reader), Ok) {
            Ok(kind) => kind,
            Err(source) => return Some(Err(io(source))),
        };
        if kind == Kind::Json {
            let records = Records::new(reader);
            let records = if input.is_one_object() { records.lone() } else { records };
            self.open = Some((input, records));
            return None;
        }
        let mut bytes = Vec::new();
        if let Err(source) = reader.read_to_end(&mut bytes) {
            return Some(Err(io(source)));
        }
        let id = self.names.id(&input.id, &input.name);
        let output = self.names.output(&input.id);
        let record = Record { line: None, bytes };
        Some(Ok(Task { place: input.name.clone(), file: input.name, id, output, kind, record }))
    }

    fn record(&mut self) -> Option<Result<Task>> {
        let (input, records) = self.open.as_mut()?;
        let record = match records.next() {
            Some(Ok(record)) => record,
            Some(Err(cause)) => {
                let error = Error::Io { path: input.name.clone().into(), doing: "read", cause };
                self.open = None;
                return Some(Err(error));
            }
            None => {
                self.open = None;
                return None;
            }
        };
        let own = peek_id(&record.bytes, &self.id_key);
        let (place, wanted, output) = match record.line {
            Some(line) => {
                let wanted = own.unwrap_or_else(|| format!("{}:{line}", input.id));
                let output = format!("{}/{}", input.id, safe_name(&wanted));
                (format!("{}:{line}", input.name), wanted, output)
            }
            None => (input.name.clone(), own.unwrap_or_else(|| input.id.clone()), input.id.clone()),
        };
        let id = self.names.id(&wanted, &format!("{}/{wanted}", input.id));
        let output = self.names.output(&output);
        Some(Ok(Task { place, file: input.name.clone(), id, output, kind: Kind::Json, record }))
    }
}

impl<I: Iterator<Item = Result<Input>>> Iterator for Tasks<I> {
    type Item = Result<Task>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(task) = self.record() {
                return Some(task);
            }
            match self.inputs.next()? {
                Ok(input) => {
                    if let Some(task) = self.begin(input) {
                        return Some(task);
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Names given so far. Its memory grows with the number of articles, by their names alone.
#[derive(Default)]
struct Names {
    ids: HashSet<String>,
    outputs: HashSet<String>,
}

impl Names {
    /// `wanted`, or where that was given before `longer`, or the first free `wanted~2`, `wanted~3`…
    fn id(&mut self, wanted: &str, longer: &str) -> String {
        let mut id = wanted.to_owned();
        let mut count = 1;
        while !self.ids.insert(id.clone()) {
            id = if count == 1 { longer.to_owned() } else { format!("{wanted}~{count}") };
            count += 1;
        }
        id
    }

    /// `wanted`, or the first free `wanted~2`, `wanted~3`…; case does not tell files apart everywhere.
    fn output(&mut self, wanted: &str) -> String {
        let name_at = wanted.rfind('/').map_or(0, |at| at + 1);
        let wanted = &wanted[..wanted.floor_char_boundary(name_at + MAX_FILE_NAME_BYTES)];
        let mut output = wanted.to_owned();
        let mut count = 1;
        while !self.outputs.insert(output.to_lowercase()) {
            count += 1;
            output = format!("{wanted}~{count}");
        }
        output
    }
}

/// The most bytes of a file name that its output takes over: with `~2` and `.json` it must stay below 255.
const MAX_FILE_NAME_BYTES: usize = 240;

/// The most bytes of an id that a file name takes over.
const MAX_NAME_BYTES: usize = 120;

/// `id` as the name of a file: letters, digits, `.`, `-`, `_` and `~` stay, all else becomes `_`.
fn safe_name(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for (index, character) in id.chars().enumerate() {
        let stays =
            character.is_alphanumeric() || matches!(character, '-' | '_' | '~') || (character == '.' && index > 0);
        if name.len() + character.len_utf8() > MAX_NAME_BYTES {
            break;
        }
        name.push(if stays { character } else { '_' });
    }
    if name.is_empty() { "_".to_owned() } else { name }
}

/// The string or number under `key` of a JSON object, without reading the rest; nothing when broken.
fn peek_id(json: &[u8], key: &str) -> Option<String> {
    let mut parser = serde_json::Deserializer::from_slice(json);
    IdSeed(key).deserialize(&mut parser).ok().flatten()
}

struct IdSeed<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for IdSeed<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for IdSeed<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut id = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0 {
                id = match map.next_value()? {
                    serde_json::Value::String(text) => Some(text),
                    serde_json::Value::Number(number) => Some(number.to_string()),
                    _ => None,
                };
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(id.filter(|id| !id.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_file_names_never_meet() {
        let mut names = Names::default();
        assert_eq!(names.id("a", "x/a.txt"), "a");
        assert_eq!(names.id("a", "x/a.txt"), "x/a.txt");
        assert_eq!(names.id("a", "x/a.txt"), "a~2");
        assert_eq!(names.output("b/A"), "b/A");
        assert_eq!(names.output("b/a"), "b/a~2");
        assert_eq!(names.output(&format!("b/{}", "é".repeat(125))), format!("b/{}", "é".repeat(120)));
    }

    #[test]
    fn ids_become_safe_names() {
        let check = |id: &str, expected: &str| assert_eq!(safe_name(id), expected);
        check("GUM_news-1.a", "GUM_news-1.a");
        check("../../etc/passwd", "_._.._etc_passwd");
        check("a b:c\0é", "a_b_c_é");
        check("", "_");
        assert_eq!(safe_name(&"é".repeat(100)).len(), 120);
    }

    #[test]
    fn ids_are_found_without_reading_the_record() {
        let check = |json: &str, expected: Option<&str>| assert_eq!(peek_id(json.as_bytes(), "k").as_deref(), expected);
        check(r#"{"a":[1,{"k":"no"}],"k":"yes"}"#, Some("yes"));
        check(r#"{"k":12}"#, Some("12"));
        check(r#"{"k":null}"#, None);
        check(r#"{"k":"open"#, None);
        check("[]", None);
    }
}
