//! Gloss's own format: one JSON object a document, pretty or one a line.

pub use super::json_read::{Annotations, Fields, ReadOptions, read_document, read_lines, read_record};
pub use super::json_write::{
    WriteOptions, annotation_json, cut_document_json, document_json, write_cut_document, write_document,
};
