//! Entities: the trained model, then lists and rules where they beat it, then a second look at the article.

mod acronym;
mod anchors;
mod consistency;
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
use crate::linear::{Mention, Observed};
use crate::resource::Resources;
use crate::resource::gazetteer::Match;
use crate::text::Span;
use anchors::Found;
use linear::Linear;
use mark::Mark;
use reading::{Reading, Spots};
use rules::{Phase, Rules};
use std::ops::Range;

/// The tagger of the entity layer.
pub struct EntityTagger {
    linear: Linear,
    rules: Rules,
}

impl EntityTagger {
    /// Loads lists, rules and the model.
    pub fn new(resources: &Resources, options: &TagOptions) -> Result<Self> {
        let linear = Linear::new(resources, options.entity_model.as_ref())?;
        let rules = Rules::new(resources, linear.gazetteer())?;
        Ok(Self { linear, rules })
    }

    /// The readings of all sentences, each with its marks.
    fn marks(
        &self,
        text: &Segmented<'_>,
        observed: &Observed,
        mentions: &[Mention],
        memo: &mut Memo,
        out: &mut Vec<Candidate>,
    ) {
        let Memo { spots, found } = memo;
        self.rules.read(text, observed, spots);
        let mut mentions = mentions.iter().peekable();
        let (mut sentences, mut marks) = (Vec::new(), Vec::new());
        for sentence in text.sentences() {
            let reading = Reading::new(text, sentence, spots, &observed.matches);
            let mut own = Vec::new();
            while let Some(mention) = mentions.next_if(|mention| mention.tokens.start < sentence.tokens.end as usize) {
                own.push(self.linear.mark(mention));
            }
            self.rules.apply(Phase::First, &reading, &mut own, found);
            sentences.push(reading);
            marks.push(own);
        }
        consistency::settle(text, spots, &self.rules, &sentences, &mut marks);
        for (sentence, marks) in sentences.iter().zip(&mut marks) {
            self.rules.apply(Phase::Last, sentence, marks, found);
            out.extend(marks.iter().map(|mark| candidate(text, mark)));
        }
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

/// The mark as a proposal.
fn candidate(text: &Segmented<'_>, mark: &Mark) -> Candidate {
    let span = |range: &Range<u32>| span_of(text, range);
    let source = match &mark.rule {
        Some(rule) => Source::with("entities.rules", rule.clone()),
        None => Source::with("entities.model", Name::Fixed("crf")),
    };
    let mut annotation = Annotation::new(Layer::Entity, span(&mark.tokens), mark.label.clone()).by(source);
    annotation.score = Some((mark.score * 1000.0).round() / 1000.0);
    if let Some((name, tokens)) = &mark.attribute {
        annotation.set_attribute(name.as_str(), span(tokens).of(text.text()));
    }
    Candidate { annotation, rank: 0 }
}

impl Tagger for EntityTagger {
    fn name(&self) -> &'static str {
        "entities"
    }

    fn layer(&self) -> Layer {
        Layer::Entity
    }

    fn tag(&self, text: &Segmented<'_>, out: &mut Vec<Candidate>) {
        self.linear.read(text, |observed, mentions, memo| self.marks(text, observed, mentions, memo, out));
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
        lines.extend(
            self.linear.read(text, |observed, mentions, _| {
                self.lists_and_rivals(text, start..end, &observed.matches, mentions)
            }),
        );
        lines.extend(self.linear.explain(text, start..end, &mark.label));
        lines
    }
}

impl EntityTagger {
    /// The lists in which the words stand, and the marks of the model that gave way to the one at `tokens`.
    fn lists_and_rivals(
        &self,
        text: &Segmented<'_>,
        tokens: Range<usize>,
        matches: &[Match],
        mentions: &[Mention],
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
        for mention in mentions {
            let touches = mention.tokens.start < tokens.end && tokens.start < mention.tokens.end;
            if touches && mention.tokens != tokens {
                let rival = self.linear.mark(mention);
                let words = span_of(text, &rival.tokens).of(text.text());
                let (label, score) = (rival.label, rival.score);
                lines.push(format!("rival: the model's {label} {words:?} ({score:.2}) gave way to this mark"));
            }
        }
        lines
    }
}
