//! Positions and characters of a text; knows no annotations.

pub mod chars;
pub mod folded;
pub mod nearest;
pub mod offsets;
pub mod shape;
pub mod span;

pub use folded::{FoldedWords, WordEnds, is_letters};
pub use nearest::{did_you_mean, nearest};
pub use offsets::{OffsetMap, OffsetUnit};
pub use span::Span;
