//! Many articles: parallel, in order, bounded memory.

pub mod anchor;
pub mod articles;
pub mod documents;
pub mod engine;
pub mod inputs;
pub mod open;
pub mod tasks;

pub use articles::{Annotator, Failure, Marked, Reading};
pub use documents::{Texts, read_documents};
pub use inputs::{Input, Inputs, Kind};
pub use tasks::{Task, Tasks};
