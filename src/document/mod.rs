//! The standoff model: an article, its segmentation, and marks beside the text.

pub mod annotation;
pub mod article;
pub mod cuts;
#[allow(clippy::module_inception)] // the type and the room bear the same name on purpose
pub mod document;
pub mod invariants;
pub mod label;
pub mod layer;
pub mod name;
mod normal_forms;
pub mod segmented;
pub mod value;

pub use annotation::{Annotation, Attributes, Source};
pub use article::{Article, Meta};
pub use cuts::{Cut, Cuts};
pub use document::{Document, Entity};
pub use label::Label;
pub use layer::Layer;
pub use name::Name;
pub use segmented::{Paragraph, Segmented, Sentence, Token, TokenKind, Zone, ZoneKind};
pub use value::{Amount, Bound, Figure, Value};
