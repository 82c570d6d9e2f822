//! Two documents in, judgement out; knows no tagger.
//!
//! `docs/scoring.md` says for users what is counted and how; the rule of matching is in [`align`].

pub mod agree;
pub mod align;
mod assign;
pub mod certainty;
pub mod compare;
pub mod count;
pub mod diff;
pub mod errors;
pub mod figures;
pub mod fitness;
pub mod gate;
pub mod html;
mod intervals;
pub mod mapping;
pub mod marks;
mod random;
pub mod report;
pub mod rows;
pub mod score;
pub mod slice;
mod summary;
pub mod table;
pub mod tempeval;
mod token;
pub mod value;

pub use align::MatchRule;
pub use certainty::Sampling;
pub use count::{Average, Counts, Ratios, Scheme, Tally};
pub use gate::{Floor, MaxDrop, Verdict};
pub use mapping::Mapping;
pub use marks::Selection;
pub use report::{Report, View};
pub use score::{JudgedLayer, Scores, judge};
pub use slice::Slice;
