//! Dates: recognise expressions, then resolve them against an anchor.
//!
//! Words, holidays, forms and rules are data (`resources/lexicons/dates`, `resources/rules/dates`); the
//! code reads numbers, runs patterns and does calendar arithmetic. Recognition gives typed, perhaps
//! partial expressions; resolution walks over them in the order of the text.

mod apply;
mod distance;
mod domain;
mod expr;
mod grammar;
mod items;
mod memory;
mod partial;
mod recognise;
mod resolve;
mod seeds;
mod shapes;
mod stretches;
mod template;
mod trie;
mod vocabulary;

use super::{Candidate, TagOptions, Tagger};
use crate::calendar::{Timex, TimexKind};
use crate::document::{Annotation, Layer, Name, Segmented, Source, Value};
use crate::error::Result;
use crate::resource::Resources;
use expr::DateExpr;
use grammar::Grammar;
use memory::Anchor;
use recognise::{Buffers, End, Expression};
use resolve::Resolver;
use std::fmt;
use std::str::FromStr;

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

impl Domain {
    const TABLE: [(Self, &'static str); 3] =
        [(Self::Auto, "auto"), (Self::News, "news"), (Self::Narrative, "narrative")];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Domain {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::TABLE.iter().find(|(_, own)| *own == name);
        found.map(|(domain, _)| *domain).ok_or_else(|| format!("domain {name:?} is none of auto, news, narrative"))
    }
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

impl DateOrder {
    const TABLE: [(Self, &'static str); 3] = [(Self::Auto, "auto"), (Self::DayFirst, "dmy"), (Self::MonthFirst, "mdy")];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DateOrder {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::TABLE.iter().find(|(_, own)| *own == name);
        found.map(|(order, _)| *order).ok_or_else(|| format!("date order {name:?} is none of auto, dmy, mdy"))
    }
}

/// So many bare numbers of three digits that stand like years are years.
const BARE_YEARS: usize = 3;

/// The name of the tagger in every source.
const NAME: &str = "dates.rules";

/// The tagger of the date layer.
#[derive(Debug)]
pub struct DateTagger {
    grammar: Grammar,
    domain: Domain,
    order: DateOrder,
}

impl DateTagger {
    /// Loads words, rules and holidays.
    pub fn new(resources: &Resources, options: &TagOptions) -> Result<Self> {
        Ok(Self { grammar: Grammar::load(resources)?, domain: options.domain, order: options.date_order })
    }

    /// The expressions of an article, in order.
    fn expressions(&self, text: &Segmented<'_>) -> Vec<Expression> {
        let mut buffers = Buffers::default();
        let mut expressions = Vec::new();
        for (number, sentence) in text.sentences().iter().enumerate() {
            self.grammar.recognise(text, number as u32, sentence, &mut buffers, &mut expressions);
        }
        // "In 348 he died": a year only where that time is told of, or such numbers stand in sentence after sentence.
        let bare = expressions.iter().filter(|expression| matches!(expression.expr, DateExpr::Ancient(_))).count();
        if bare < BARE_YEARS && !expressions.iter().any(|expression| expression.expr.is_of_antiquity()) {
            expressions.retain(|expression| !expression.expr.is_bare_number());
        }
        expressions
    }

    fn anchor(&self, text: &Segmented<'_>, expressions: &[Expression]) -> Anchor {
        let dct = text.article().meta.dct;
        Anchor {
            dct,
            domain: domain::judge(self.domain, dct, expressions),
            day_first: domain::day_first(self.order, expressions),
        }
    }
}

impl Tagger for DateTagger {
    fn name(&self) -> &'static str {
        NAME
    }

    fn layer(&self) -> Layer {
        Layer::Date
    }

    fn tag(&self, text: &Segmented<'_>, out: &mut Vec<Candidate>) {
        let expressions = self.expressions(text);
        let mut resolver = Resolver::new(&self.grammar.holidays, self.anchor(text, &expressions), &expressions);
        let first = out.len();
        for expression in &expressions {
            let outcome = resolver.resolve(expression);
            if expression.tie == Some(End::Last)
                && let Some(begins) = resolver.beginning_before(&outcome)
                && let Some(first) = out[first..].last_mut()
            {
                first.annotation.value = Some(Box::new(Value::Timex(begins)));
            }
            let mut annotation = Annotation::new(Layer::Date, expression.span, outcome.kind.name());
            annotation.source = Some(Source {
                tagger: Name::Fixed(NAME),
                detail: Some(self.grammar.rules[expression.rule as usize].name.clone()),
            });
            if outcome.timex != Timex::default() {
                annotation.value = Some(Box::new(Value::Timex(outcome.timex)));
            }
            out.push(Candidate { annotation, rank: 0 });
        }
        tie(&expressions, &mut out[first..]);
    }

    fn explain(&self, text: &Segmented<'_>, candidate: &Candidate) -> Vec<String> {
        let expressions = self.expressions(text);
        let anchor = self.anchor(text, &expressions);
        let mut resolver = Resolver::new(&self.grammar.holidays, anchor, &expressions);
        for expression in &expressions {
            if expression.span != candidate.annotation.span {
                resolver.resolve(expression);
                continue;
            }
            resolver.trace = Some(Vec::new());
            let outcome = resolver.resolve(expression);
            let dct = anchor.dct.map_or_else(|| "no dct".to_owned(), |dct| format!("dct {dct}"));
            let mut lines = vec![
                format!("rule: {}", self.grammar.rules[expression.rule as usize].name),
                format!("expression: {}", expression.expr),
                format!("anchor: {} ({dct})", anchor.domain),
            ];
            lines.extend(resolver.trace.unwrap_or_default());
            lines.push(match &outcome.timex.value {
                Some(value) => format!("value: {} {value}", outcome.kind),
                None => format!("value: none; the calendar has no such {}, or it cannot be told", outcome.kind.name()),
            });
            return lines;
        }
        candidate.annotation.source.iter().map(|source| format!("proposed by {source}")).collect()
    }
}

/// Ties the two ends of each range to one another.
fn tie(expressions: &[Expression], candidates: &mut [Candidate]) {
    for (at, pair) in expressions.windows(2).enumerate() {
        if !matches!((pair[0].tie, pair[1].tie), (Some(End::First), Some(End::Last))) {
            continue;
        }
        let [first, last] = &mut candidates[at..at + 2] else { continue };
        let first_is_date = first.annotation.label.as_str() != TimexKind::Duration.name();
        if let (Some(Value::Timex(first)), Some(Value::Timex(last))) =
            (first.annotation.value.as_deref_mut(), last.annotation.value.as_deref_mut())
        {
            first.end_point.clone_from(&last.value);
            // "the six months to 30 September": a length has an end but is no beginning.
            if first_is_date {
                last.begin_point.clone_from(&first.value);
            }
        }
    }
}
