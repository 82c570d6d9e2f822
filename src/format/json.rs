//! Gloss's own format: one JSON object a document, pretty or one a line.

pub use super::json_read::{ReadOptions, read_document, read_lines};
pub use super::json_write::{WriteOptions, write_document};
