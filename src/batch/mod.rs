//! Many articles: parallel, in order, bounded memory; writes aside, then renames.

pub mod anchor;
pub mod articles;
pub mod documents;
pub mod engine;
pub mod inputs;
pub mod open;
pub mod output;
pub mod tasks;

pub use articles::{Annotator, Failure, Marked, Reading};
pub use documents::{Texts, read_documents};
pub use inputs::{Input, Inputs, Kind};
pub use tasks::{Task, Tasks};
