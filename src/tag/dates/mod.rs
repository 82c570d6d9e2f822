//! Dates: recognise expressions, then resolve them against an anchor.

use super::{Candidate, TagOptions, Tagger};
use crate::document::{Layer, Segmented};
use crate::error::Result;
use crate::resource::Resources;

/// What relative dates are resolved against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Domain {
    /// Judged from the article.
    #[default]
    Auto,
    /// The document creation time.
    News,
    /// The last date mentioned.
    Narrative,
}

/// The order of day and month in ambiguous numeric dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// Judged from the article, else month first.
    #[default]
    Auto,
    /// Day, month, year.
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

/// The tagger of the date layer.
pub struct DateTagger;

impl DateTagger {
    /// Loads words, rules and holidays.
    pub fn new(_resources: &Resources, _options: &TagOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl Tagger for DateTagger {
    fn name(&self) -> &'static str {
        "dates.rules"
    }

    fn layer(&self) -> Layer {
        Layer::Date
    }

    fn tag(&self, _text: &Segmented<'_>, _out: &mut Vec<Candidate>) {}
}
