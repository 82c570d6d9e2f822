//! The JSON Schema of a document, for people and programs that read what gloss writes.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::Value as Json;

/// The JSON Schema (2020-12) of one document, as strict as what gloss writes: what is not known is left
/// out, never null. Reading takes more: documents with fewer keys, and null for what is left out.
pub fn document_schema() -> Schema {
    SchemaSettings::draft2020_12().with_transform(NoNulls).into_generator().into_root_schema_for::<Document>()
}

/// Takes null out of what optional keys may hold.
#[derive(Clone)]
struct NoNulls;

impl Transform for NoNulls {
    fn transform(&mut self, schema: &mut Schema) {
        let is_null = |kind: &Json| kind == "null" || kind.get("type").is_some_and(|kind| kind == "null");
        if let Some(Json::Array(kinds)) = schema.get_mut("type") {
            kinds.retain(|kind| !is_null(kind));
            if let [kind] = kinds.as_slice() {
                let kind = kind.clone();
                schema.insert("type".to_owned(), kind);
            }
        }
        if let Some(Json::Array(kinds)) = schema.get_mut("anyOf") {
            kinds.retain(|kind| !is_null(kind));
            if let [Json::Object(kind)] = kinds.as_slice() {
                let kind = kind.clone();
                schema.remove("anyOf");
                for (key, value) in kind {
                    schema.insert(key, value);
                }
            }
        }
        transform_subschemas(self, schema);
    }
}

/// One article and the marks beside it, as gloss writes them.
#[derive(JsonSchema)]
#[allow(dead_code)] // only its shape is used
struct Document {
    /// Unique in a batch: the path below the input folder without its ending, or the record's own id.
    id: String,
    /// Day of publication, YYYY-MM-DD; `meta.dct_source` says where it came from.
    #[schemars(extend("format" = "date"))]
    dct: Option<String>,
    /// Title from the page's metadata or the record.
    title: Option<String>,
    /// Where the text was read: a file, or `file:line`; or what the record called its source.
    source: Option<String>,
    /// Licence of the text.
    license: Option<String>,
    /// The text that is marked; left out by `--no-text`.
    text: Option<String>,
    /// SHA-256 of the text's UTF-8 bytes, in hexadecimal.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    text_sha256: String,
    /// What offsets count.
    offset_unit: OffsetUnit,
    /// The labels that the annotators of a gold set marked; others are unknown there, not absent.
    labels: Option<Vec<String>>,
    /// The marks, layer by layer, each layer sorted by place.
    annotations: Vec<Annotation>,
    /// What the entity marks name, one for each person, country, organisation …
    entities: Option<Vec<Entity>>,
    /// Everything else that came with the article: byline, language, foreign keys.
    meta: Option<Meta>,
}

/// What several entity marks name.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Entity {
    /// The attribute `entity` of its mentions.
    id: String,
    /// What it is: `docs/labels.md`.
    label: String,
    /// Its name in full.
    name: String,
    /// For countries, the ISO 3166-1 code.
    iso: Option<String>,
    /// The ids of its mentions.
    mentions: Vec<String>,
}

/// What offsets count.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code)]
enum OffsetUnit {
    Codepoint,
    Byte,
    Utf16,
}

/// Everything else that came with the article.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Meta {
    /// Who wrote it: names with commas between, of pages; what a record has under this key, of records.
    byline: Option<Json>,
    /// Language tag of the page, or what a record has under this key.
    language: Option<Json>,
    /// Where the day of publication came from.
    dct_source: Option<DctSource>,
    /// Without `text`: how it was read, where names and first bytes do not tell.
    read_as: Option<ReadAs>,
}

/// How a text that is not carried was read, so that it is read again the same.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct ReadAs {
    /// `--from`.
    from: Option<String>,
    /// `--encoding`.
    encoding: Option<String>,
    /// `--text-field`.
    text_field: Option<String>,
}

/// Where the day of publication came from.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code)]
enum DctSource {
    /// `--dct`.
    Option,
    /// The page's metadata or the record.
    Metadata,
    /// A dateline in the article's head.
    Dateline,
    /// A date line in the article's head.
    DateLine,
    /// Nowhere: what the record has as its day is none, and stays in `meta`.
    Unreadable,
}

/// One mark. Further keys (`title`, `entity`, foreign ones) may follow.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Annotation {
    /// Unique in its document.
    #[schemars(length(min = 1))]
    id: String,
    /// The layer of the mark.
    layer: Layer,
    /// First position, counted in `offset_unit`.
    start: u32,
    /// The position behind the last.
    end: u32,
    /// The pieces of a discontinuous mark (gold from outside only), sorted.
    fragments: Option<Vec<Pair>>,
    /// What it is: `docs/labels.md`.
    #[schemars(length(min = 1))]
    label: String,
    /// The marked words; left out by `--no-text`.
    text: Option<String>,
    /// The normal form: a decimal of any length for figures, a TIMEX3 value for dates.
    value: Option<String>,
    /// A figure that is no finite decimal, `numerator/denominator`.
    #[schemars(regex(pattern = "^-?[0-9]+/[1-9][0-9]*$"))]
    fraction: Option<String>,
    /// A ratio or score, `3:1`.
    #[schemars(regex(pattern = r"^-?[0-9]+(\.[0-9]+)?(:-?[0-9]+(\.[0-9]+)?)+$"))]
    ratio: Option<String>,
    /// Lower end of a range: a decimal, or a duration.
    #[schemars(regex(pattern = r"^(-?[0-9]+(\.[0-9]+)?|P[0-9A-Z.]+)$"))]
    low: Option<String>,
    /// Upper end of a range.
    #[schemars(regex(pattern = r"^(-?[0-9]+(\.[0-9]+)?|P[0-9A-Z.]+)$"))]
    high: Option<String>,
    /// How the words around bound a figure; exact when left out.
    bound: Option<Bound>,
    /// Whether the amount is a convention for a vague word ('dozens').
    vague: Option<bool>,
    /// ISO 4217 code, `percent`, or a unit's id.
    unit: Option<String>,
    /// Of what a rate is taken: `barrel`, `h`, `day`.
    per: Option<String>,
    /// A figure with its approximator, when that is wider than the mark.
    extent: Option<Pair>,
    /// The counted noun phrase, or what a share is a share of.
    counts: Option<Pair>,
    /// `mod` of TIMEX3.
    r#mod: Option<String>,
    /// `quant` of a SET.
    quant: Option<String>,
    /// `freq` of a SET.
    freq: Option<String>,
    /// Value of the date at which a range begins.
    begin_point: Option<String>,
    /// Value of the date at which a range ends.
    end_point: Option<String>,
    /// First and last day that a date covers, both inclusive, YYYY-MM-DD.
    interval: Option<Days>,
    /// How sure its maker is.
    #[schemars(range(min = 0.0, max = 1.0))]
    score: Option<f32>,
    /// Who made it: `tagger/rule`, or an annotator.
    source: Option<String>,
}

/// The layers of marks.
#[derive(JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code)]
enum Layer {
    Zone,
    Paragraph,
    Sentence,
    Token,
    Entity,
    Figure,
    Date,
}

/// How the words around a figure bound its value.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code)]
enum Bound {
    About,
    MoreThan,
    AtLeast,
    LessThan,
    AtMost,
    Nearly,
}

/// First position and the one behind the last.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Pair(u32, u32);

/// First and last day.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Days(Day, Day);

/// A day, YYYY-MM-DD; before the year 1 with a sign and six digits, as ISO 8601 has it.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Day(#[schemars(regex(pattern = r"^([0-9]{4}|-[0-9]{6})-[0-9]{2}-[0-9]{2}$"))] String);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    #[test]
    fn the_schema_has_no_room_for_null() {
        let schema = serde_json::to_value(document_schema()).unwrap();
        assert!(!schema.to_string().contains("\"null\""), "{schema}");
        assert_eq!(schema["properties"]["title"]["type"], "string");
        assert_eq!(schema["$defs"]["Annotation"]["properties"]["bound"]["$ref"], "#/$defs/Bound");
    }

    #[test]
    fn the_schema_knows_every_layer_and_bound() {
        let schema = serde_json::to_value(document_schema()).unwrap().to_string();
        for layer in document::Layer::ALL {
            assert!(schema.contains(&format!("{:?}", layer.name())), "{layer}");
        }
        for bound in document::Bound::ALL.iter().filter(|bound| **bound != document::Bound::Exact) {
            assert!(schema.contains(&format!("{:?}", bound.name())), "{bound}");
        }
    }
}
