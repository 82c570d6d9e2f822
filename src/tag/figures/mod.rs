//! Figures: numbers, money, percentages, quantities and ordinals.
//!
//! One scanner runs over the tokens, cut where a number touches what is not one. At each number it reads a
//! numeral, then its sign, currency and unit, then a second number that makes a range, a ratio or a share;
//! then the traps have their say; what is left is bounded by the words around it and told what it counts.

mod amounts;
mod coordination;
mod counts;
mod cues;
mod fellows;
mod letters;
mod lexicon;
mod money;
mod names;
mod nouns;
mod ordinals;
mod pair;
mod phrases;
mod pieces;
mod pronouns;
mod ratio;
mod scan;
mod table;
mod term;
mod traps;
mod unit;

use self::lexicon::Lexicon;
use self::pieces::Pieces;
use self::scan::Outcome;
use super::{Candidate, Tagger};
use crate::document::{Amount, Annotation, Figure, Layer, Segmented, Source, Value};
use crate::error::Result;
use crate::resource::Resources;
use crate::text::Span;

/// How many bytes from a mark a trapped number may lie to be told of with it.
const BESIDE: u32 = 3;

/// The tagger of the figure layer.
pub struct FigureTagger {
    lexicon: Lexicon,
}

impl FigureTagger {
    /// Loads units, currencies, approximators and traps.
    pub fn new(resources: &Resources) -> Result<Self> {
        Ok(Self { lexicon: Lexicon::new(resources)? })
    }

    /// The traps that caught numbers overlapping `span`, with the words caught: why nothing is marked there.
    pub fn traps<'t>(&self, text: &Segmented<'t>, span: Span) -> Vec<(&'static str, &'t str)> {
        let mut caught = Vec::new();
        let pieces = Pieces::new(text, &self.lexicon);
        scan::scan(&self.lexicon, &pieces, &mut |finding| {
            if let Outcome::Trap(name) = finding.outcome
                && finding.span.overlaps(span)
            {
                caught.push((name, finding.span.of(text.text())));
            }
        });
        caught
    }
}

impl FigureTagger {
    /// The shorter figures that the numbers inside `span` would have been alone, one line each.
    fn rivals(&self, text: &Segmented<'_>, span: Span) -> Vec<String> {
        let pieces = Pieces::new(text, &self.lexicon);
        scan::terms(&self.lexicon, &pieces, span)
            .into_iter()
            .filter(|term| *term != span)
            .map(|term| format!("{:?} alone lost to the longer {:?}", term.of(text.text()), span.of(text.text())))
            .collect()
    }
}

impl Tagger for FigureTagger {
    fn name(&self) -> &'static str {
        "figures.rules"
    }

    fn layer(&self) -> Layer {
        Layer::Figure
    }

    fn tag(&self, text: &Segmented<'_>, out: &mut Vec<Candidate>) {
        let pieces = Pieces::new(text, &self.lexicon);
        scan::scan(&self.lexicon, &pieces, &mut |finding| {
            if let Outcome::Figure { label, figure, rule } = finding.outcome {
                let annotation = Annotation::new(Layer::Figure, finding.span, label)
                    .by(Source::with(self.name(), rule))
                    .valued(Value::Figure(*figure));
                out.push(Candidate { annotation, rank: 0 });
            }
        });
    }

    fn explain(&self, text: &Segmented<'_>, candidate: &Candidate) -> Vec<String> {
        let mut lines: Vec<String> =
            candidate.annotation.source.iter().map(|source| format!("proposed by {source}")).collect();
        let words = candidate.annotation.span.of(text.text());
        if let Some(Value::Figure(figure)) = candidate.annotation.value.as_deref() {
            lines.extend(steps(words, figure, text.text()));
        }
        lines.extend(self.rivals(text, candidate.annotation.span));
        // What touches it might have been part of it.
        let around = Span::new(
            candidate.annotation.span.start().saturating_sub(BESIDE),
            candidate.annotation.span.end().saturating_add(BESIDE),
        );
        for (trap, caught) in self.traps(text, around) {
            lines.push(format!("beside it the trap {trap:?} caught {caught:?}"));
        }
        lines
    }

    fn refusals(&self, text: &Segmented<'_>, place: Span) -> Vec<String> {
        let mut lines = Vec::new();
        let pieces = Pieces::new(text, &self.lexicon);
        scan::scan(&self.lexicon, &pieces, &mut |finding| {
            if let Outcome::Trap(name) = finding.outcome
                && finding.span.contains_byte(place.start())
            {
                lines.push(format!("the trap {name:?} caught {:?}, so it is no figure", finding.span.of(text.text())));
            }
        });
        lines
    }
}

/// How the value of `figure` came about, one line a step.
fn steps(words: &str, figure: &Figure, text: &str) -> Vec<String> {
    let mut lines = vec![match &figure.amount {
        Amount::Unknown => format!("{words:?} has no value: it outgrows 36 digits or says none"),
        Amount::Exact(value) => format!("{words:?} reads as {}", value.to_plain_string()),
        Amount::Fraction(above, below) => format!("{words:?} reads as {above}/{below}"),
        Amount::Range(low, high) => {
            let end = |end: &Option<bigdecimal::BigDecimal>| {
                end.as_ref().map_or("open".into(), bigdecimal::BigDecimal::to_plain_string)
            };
            format!("{words:?} reads as a range from {} to {}", end(low), end(high))
        }
        Amount::Ratio(parts) => format!("{words:?} reads as a ratio of {} parts", parts.len()),
    }];
    if let Some(unit) = &figure.unit {
        lines.push(format!("its unit is {unit}"));
    }
    if let Some(per) = &figure.per {
        lines.push(format!("it is a rate per {per}"));
    }
    if let Some(extent) = figure.extent {
        lines.push(format!("{:?} bounds it: {}", extent.of(text), figure.bound));
    }
    if let Some(counts) = figure.counts {
        lines.push(format!("it counts {:?}", counts.of(text)));
    }
    lines.push("no trap (identifier, date, clock time, name, pronoun) caught it".to_owned());
    lines
}
