//! Statistics without any label of gloss: the sequence tagger and logistic regression.

pub mod features;
pub mod gold;
mod lattice;
mod learner;
pub mod logistic;
pub mod model;
pub mod partial;
pub mod predict;
pub mod train;

pub use features::{FeatureSet, Observed};
pub use gold::LabelMap;
pub use model::Model;
