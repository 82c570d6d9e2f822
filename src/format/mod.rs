//! Bytes ↔ documents: the only room that knows code points.

pub mod json;
mod json_read;
mod json_write;
