//! The layers of marks.

use crate::text::did_you_mean;
use std::fmt;
use std::str::FromStr;

/// A layer of marks: a closed set, in the order in which files list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// Headline, byline, body, boilerplate…: runs of lines.
    Zone,
    /// Paragraphs, each in one zone.
    Paragraph,
    /// Sentences, each in one paragraph.
    Sentence,
    /// Tokens, each in one sentence.
    Token,
    /// Named entities.
    Entity,
    /// Numbers, money, percentages, quantities, ordinals.
    Figure,
    /// TIMEX3 dates, times, durations and sets.
    Date,
}

impl Layer {
    /// All layers, in order.
    pub const ALL: [Self; 7] =
        [Self::Zone, Self::Paragraph, Self::Sentence, Self::Token, Self::Entity, Self::Figure, Self::Date];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::Paragraph => "paragraph",
            Self::Sentence => "sentence",
            Self::Token => "token",
            Self::Entity => "entity",
            Self::Figure => "figure",
            Self::Date => "date",
        }
    }

    /// Position in [`Layer::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Layer {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|layer| layer.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|layer| layer.name()).collect();
            format!("layer {name:?} is none of {}{}", names.join(", "), did_you_mean(name, names.iter().copied()))
        })
    }
}
