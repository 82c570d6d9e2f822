//! gloss turns a pile of English articles into facts with exact places.
//!
//! It cuts articles into zones, paragraphs, sentences and tokens, marks entities, figures and dates, and
//! writes the marks beside the text (standoff). `docs/architecture.md` names the rooms and the laws.

pub mod batch;
pub mod calendar;
pub mod document;
pub mod draft;
pub mod error;
pub mod eval;
pub mod format;
pub mod linear;
#[cfg(feature = "neural")]
pub mod neural;
pub mod numeral;
pub mod pipeline;
pub mod resource;
pub mod segment;
pub mod tag;
pub mod text;

pub use error::{Error, Result};
