//! Entities: the trained model (or another first look), then lists and rules where they beat it, then a second
//! look at the article.

mod acronym;
mod anchors;
mod consistency;
pub mod first;
mod groups;
pub mod join;
mod linear;
mod mark;
mod matcher;
mod numbers;
mod people;
mod reading;
mod rule_file;
mod rules;
mod traits;

use super::{Candidate, TagOptions, Tagger};
use crate::document::{Annotation, Layer, Name, Segmented, Source};
use crate::error::Result;
use crate::linear::Observed;
use crate::resource::Resources;
use crate::resource::gazetteer::Match;
use crate::text::Span;
use anchors::Found;
use first::FirstLook;
use linear::Linear;
use mark::Mark;
use reading::{Reading, Spots};
use rules::{Phase, Rules};
use std::ops::Range;

/// The tagger of the entity layer.
pub struct EntityTagger {
    linear: Linear,
    rules: Rules,
    /// What marks names in place of the linear model.
    first: Option<Box<dyn FirstLook>>,
}

impl EntityTagger {
    /// Loads lists, rules and the model.
    pub fn new(resources: &Resources, options: &TagOptions) -> Result<Self> {
        let linear = Linear::new(resources, options.entity_model.as_ref())?;
        let rules = Rules::new(resources, linear.gazetteer())?;
        Ok(Self { linear, rules, first: None })
    }

    /// The same lists and rules behind another first look.
    #[must_use]
    pub fn behind(mut self, first: Box<dyn FirstLook>) -> Self {
        self.first = Some(first);
        self
    }

    /// Gives `then` the article as seen, the names first seen in it, in order, and what is kept from article to
    /// article.
    fn read<R>(&self, text: &Segmented<'_>, then: impl FnOnce(&Observed, Vec<Mark>, &mut Memo) -> R) -> R {
        match &self.first {
            Some(first) => {
                let seen = first.look(text).into_iter();
                let tokens = |tokens: Range<usize>| tokens.start as u32..tokens.end as u32;
                let marks = seen.map(|name| Mark::new(tokens(name.tokens), name.label, name.score)).collect();
                self.linear.observe(text, |observed, memo| then(observed, marks, memo))
            }
            None => self.linear.read(text, then),
        }
    }

    /// The marks of an article from the names first seen in it.
    fn marks(
        &self,
        text: &Segmented<'_>,
        observed: &Observed,
        seen: Vec<Mark>,
        memo: &mut Memo,
        out: &mut Vec<Candidate>,
    ) {
        let Memo { spots, found } = memo;
        self.rules.read(text, observed, spots);
        let mut seen = seen.into_iter().peekable();
        let (mut sentences, mut marks) = (Vec::new(), Vec::new());
        for sentence in text.sentences() {
            let reading = Reading::new(text, sentence, spots, &observed.matches);
            let mut own = Vec::new();
            while let Some(mark) = seen.next_if(|mark| mark.tokens.start < sentence.tokens.end) {
                own.push(mark);
            }
            self.rules.apply(Phase::First, &reading, &mut own, found);
            sentences.push(reading);
            marks.push(own);
        }
        consistency::settle(text, spots, &self.rules, &sentences, &mut marks);
        for (sentence, marks) in sentences.iter().zip(&mut marks) {
            self.rules.apply(Phase::Last, sentence, marks, found);
            out.extend(marks.iter().map(|mark| self.candidate(text, mark)));
        }
    }

    /// The mark as a proposal.
    fn candidate(&self, text: &Segmented<'_>, mark: &Mark) -> Candidate {
        let span = |range: &Range<u32>| span_of(text, range);
        let source = match (&mark.rule, &self.first) {
            (Some(rule), _) => Source::with("entities.rules", rule.clone()),
            (None, Some(first)) => first.source(),
            (None, None) => Source::with("entities.model", Name::Fixed("crf")),
        };
        let mut annotation = Annotation::new(Layer::Entity, span(&mark.tokens), mark.label.clone()).by(source);
        annotation.score = Some((mark.score * 1000.0).round() / 1000.0);
        if let Some((name, tokens)) = &mark.attribute {
            annotation.set_attribute(name.as_str(), span(tokens).of(text.text()));
        }
        Candidate { annotation, rank: 0 }
    }
}

/// What rules keep from article to article, one for each thread at work.
#[derive(Debug, Default)]
pub(super) struct Memo {
    spots: Spots,
    found: Found,
}

/// Where tokens of the article lie in its text.
fn span_of(text: &Segmented<'_>, tokens: &Range<u32>) -> Span {
    let list = text.tokens();
    Span::new(list[tokens.start as usize].span.start(), list[tokens.end as usize - 1].span.end())
}

impl Tagger for EntityTagger {
    fn name(&self) -> &'static str {
        "entities"
    }

    fn layer(&self) -> Layer {
        Layer::Entity
    }

    fn tag(&self, text: &Segmented<'_>, out: &mut Vec<Candidate>) {
        self.read(text, |observed, seen, memo| self.marks(text, observed, seen, memo, out));
    }

    fn explain(&self, text: &Segmented<'_>, candidate: &Candidate) -> Vec<String> {
        let mark = &candidate.annotation;
        let mut lines: Vec<String> = mark.source.iter().map(|source| format!("proposed by {source}")).collect();
        if let Some(name) = mark.source.as_ref().and_then(|source| source.detail.as_ref()) {
            lines.extend(self.rules.explain(name).or_else(|| consistency::explain(name).map(str::to_owned)));
        }
        let tokens = text.tokens();
        let start = tokens.partition_point(|token| token.span.end() <= mark.span.start());
        let end = tokens.partition_point(|token| token.span.start() < mark.span.end());
        let seen = |observed: &Observed, seen: Vec<Mark>, _: &mut Memo| {
            self.lists_and_rivals(text, start..end, &observed.matches, &seen)
        };
        lines.extend(self.read(text, seen));
        lines.extend(match &self.first {
            Some(first) => first.explain(text, start..end),
            None => self.linear.explain(text, start..end, &mark.label),
        });
        lines
    }

    fn refusals(&self, text: &Segmented<'_>, place: Span) -> Vec<String> {
        self.first.as_ref().map(|first| first.refusals(text, place)).unwrap_or_default()
    }
}

impl EntityTagger {
    /// The lists in which the words stand, and the names first seen that gave way to the mark at `tokens`.
    fn lists_and_rivals(
        &self,
        text: &Segmented<'_>,
        tokens: Range<usize>,
        matches: &[Match],
        seen: &[Mark],
    ) -> Vec<String> {
        let mut lines = Vec::new();
        let wanted = tokens.start as u32..tokens.end as u32;
        let whole = matches.iter().filter(|found| found.tokens == wanted);
        let bits = whole.fold(0, |all, found| all | found.classes);
        let classes = self.linear.gazetteer().classes().iter().enumerate();
        let names: Vec<&str> =
            classes.filter(|(bit, _)| bits & 1 << bit != 0).map(|(_, class)| class.name.as_str()).collect();
        if !names.is_empty() {
            lines.push(format!("lists: {}", names.join(", ")));
        }
        let maker = if self.first.is_some() { "checkpoint" } else { "model" };
        for rival in seen.iter().filter(|rival| rival.tokens != wanted) {
            if rival.tokens.start < wanted.end && wanted.start < rival.tokens.end {
                let words = span_of(text, &rival.tokens).of(text.text());
                let (label, score) = (&rival.label, rival.score);
                lines.push(format!("rival: the {maker}'s {label} {words:?} ({score:.2}) gave way to this mark"));
            }
        }
        lines
    }
}
