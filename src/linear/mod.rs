//! The statistical sequence tagger, without any label of gloss.
