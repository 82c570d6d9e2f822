//! Statistics without any label of gloss: the sequence tagger and logistic regression.

mod decode;
pub mod features;
pub mod gold;
mod habits;
mod lattice;
mod learner;
pub mod logistic;
pub mod model;
pub mod partial;
pub mod predict;
mod templates;
pub mod train;
mod word;

pub use decode::Mention;
pub use features::{FeatureSet, Observed};
pub use gold::LabelMap;
pub use model::Model;
pub use predict::Predictor;
