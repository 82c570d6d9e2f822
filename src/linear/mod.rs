//! Statistics without any label of gloss: the sequence tagger and logistic regression.

pub mod logistic;
