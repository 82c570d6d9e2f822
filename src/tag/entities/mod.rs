//! Entities: lists, rules and the trained model.

mod reading;
mod rules;

use super::{Candidate, TagOptions, Tagger};
use crate::document::{Annotation, Layer, Name, Segmented, Source};
use crate::error::Result;
use crate::resource::{Gazetteer, Resources};
use crate::text::Span;
use reading::Reading;
use rules::Rules;

/// The tagger of the entity layer.
pub struct EntityTagger {
    gazetteer: Gazetteer,
    rules: Rules,
}

impl EntityTagger {
    /// Loads lists, rules and the model.
    pub fn new(resources: &Resources, _options: &TagOptions) -> Result<Self> {
        let gazetteer = Gazetteer::new(resources)?;
        let rules = Rules::new(&gazetteer);
        Ok(Self { gazetteer, rules })
    }
}

impl Tagger for EntityTagger {
    fn name(&self) -> &'static str {
        "entities"
    }

    fn layer(&self) -> Layer {
        Layer::Entity
    }

    fn tag(&self, text: &Segmented<'_>, out: &mut Vec<Candidate>) {
        let mut proposals = Vec::new();
        for sentence in text.sentences() {
            let reading = Reading::new(text, &sentence.tokens, &self.gazetteer);
            proposals.clear();
            self.rules.propose(&reading, &mut proposals);
            for proposal in &proposals {
                let first = &text.tokens()[reading.first as usize + proposal.tokens.start];
                let last = &text.tokens()[reading.first as usize + proposal.tokens.end - 1];
                let span = Span::new(first.span.start(), last.span.end());
                let mut annotation = Annotation::new(Layer::Entity, span, proposal.label.clone())
                    .by(Source::with("entities.rules", Name::Fixed(proposal.rule)));
                annotation.score = Some(proposal.score);
                out.push(Candidate { annotation, rank: proposal.rank });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Article, Meta};
    use crate::pipeline::Pipeline;

    /// Checks that the whole program marks exactly `expected` in `text`.
    fn check(text: &str, expected: &[(&str, &str)]) {
        let pipeline = Pipeline::new(&Resources::embedded(), &TagOptions::default()).unwrap();
        let article = Article::new(Meta::default(), text.to_owned()).unwrap();
        let document = pipeline.annotate(article, &[Layer::Entity]);
        let found: Vec<_> =
            document.layer(Layer::Entity).iter().map(|mark| (mark.span.of(text), mark.label.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn lists_titles_and_heads_give_marks() {
        check("He met Prime Minister Keir Starmer in London.", &[("Keir Starmer", "PERSON"), ("London", "GPE")]);
        check(
            "The Freedom Support Act bars aid to Azerbaijan.",
            &[("Freedom Support Act", "LAW"), ("Azerbaijan", "GPE")],
        );
        check("He walked home.", &[]);
    }
}
