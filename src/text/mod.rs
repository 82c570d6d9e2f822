//! Positions and characters of a text; knows no annotations.

pub mod chars;
pub mod offsets;
pub mod shape;
pub mod span;

pub use offsets::{OffsetMap, OffsetUnit};
pub use span::Span;
