//! Bytes ↔ documents: the only room that knows code points.

pub mod bio;
pub mod conll;
pub mod day;
pub mod encoding;
pub mod html;
pub mod json;
pub mod json_check;
mod json_entities;
mod json_fault;
mod json_keys;
mod json_pen;
mod json_positions;
mod json_read;
mod json_write;
mod markup;
mod page_meta;
pub mod plain;
pub mod records;
pub mod schema;
