//! Marks that lists and name shapes give away: list entries, heads ("… Act"), openers ("Battle of …"),
//! and names behind titles.

use super::reading::Reading;
use crate::document::{Name, TokenKind};
use crate::resource::gazetteer::{Gazetteer, Trust};
use crate::text::chars::is_dash;
use std::ops::Range;

/// A proposed mention: tokens of one sentence, label, and the rule behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proposal {
    /// Tokens of the sentence.
    pub(super) tokens: Range<usize>,
    /// Its label.
    pub(super) label: Name,
    /// The rule's name.
    pub(super) rule: &'static str,
    /// How strongly the rule stands for it.
    pub(super) rank: u16,
    /// How often such marks are right.
    pub(super) score: f32,
}

/// The rules, with the bits of the classes they ask for.
pub(super) struct Rules {
    mark: u32,
    head: u32,
    first: u32,
    title: u32,
    given: u32,
    suffix: u32,
    function: u32,
    labels: Vec<Name>,
}

impl Rules {
    /// Rules over the classes of `gazetteer`.
    pub(super) fn new(gazetteer: &Gazetteer) -> Self {
        let trusted = |trust: Trust| gazetteer.bits(|class| class.trust == trust);
        Self {
            mark: trusted(Trust::Mark),
            head: trusted(Trust::Head),
            first: trusted(Trust::First),
            title: trusted(Trust::Title),
            given: gazetteer.bit("first_name"),
            suffix: trusted(Trust::Suffix),
            function: gazetteer.bit("function"),
            labels: gazetteer
                .classes()
                .iter()
                .map(|class| crate::document::label::intern(crate::document::Layer::Entity, &class.label))
                .collect(),
        }
    }

    /// Everything the rules propose for one sentence; overlaps are judged later.
    pub(super) fn propose(&self, sentence: &Reading<'_>, out: &mut Vec<Proposal>) {
        self.listed(sentence, out);
        for mut run in runs(sentence) {
            while run.len() > 1 && sentence.is(run.start, self.function) {
                run.start += 1;
            }
            self.headed(sentence, &run, out);
            self.persons(sentence, &run, out);
        }
    }

    /// Phrases of trusted lists.
    fn listed(&self, sentence: &Reading<'_>, out: &mut Vec<Proposal>) {
        for found in &sentence.matches {
            let tokens = found.tokens.start as usize..found.tokens.end as usize;
            let classes = found.classes & self.mark;
            if classes != 0 && sentence.is_capital(tokens.start) {
                let label = self.label(classes);
                out.push(Proposal { tokens, label, rule: "list", rank: 200, score: 0.8 });
            }
        }
    }

    /// Names that end in a head or begin with an opener.
    fn headed(&self, sentence: &Reading<'_>, run: &Range<usize>, out: &mut Vec<Proposal>) {
        for end in (run.start + 2..=run.end).rev() {
            if let Some(classes) = head_classes(sentence, end, self.head) {
                let (label, tokens) = (self.label(classes), run.start..end);
                out.push(Proposal { tokens, label, rule: "head", rank: 300, score: 0.7 });
                break;
            }
        }
        for found in sentence.starting_at(run.start) {
            let start = found.tokens.start as usize;
            let classes = found.classes & self.first;
            if classes == 0 {
                continue;
            }
            let after = found.tokens.end as usize;
            let end = (after..sentence.len())
                .find(|at| !(sentence.is_capital(*at) || sentence.kinds[*at] == TokenKind::Number))
                .unwrap_or(sentence.len());
            if end > after {
                let label = self.label(classes);
                out.push(Proposal { tokens: start..end, label, rule: "opener", rank: 310, score: 0.7 });
            }
        }
    }

    /// Names behind a title or a given name.
    fn persons(&self, sentence: &Reading<'_>, run: &Range<usize>, out: &mut Vec<Proposal>) {
        for start in run.clone() {
            let titled = start > 0 && sentence.ends_at(start, self.title).is_some();
            let given = sentence.is(start, self.given) && start + 1 < run.end;
            if (titled || given) && !sentence.is(start, self.title | self.mark) {
                let mut end = run.end.min(start + 4);
                if end == run.end && end < sentence.len() && sentence.is(end, self.suffix) {
                    end += 1;
                }
                let (rule, rank) = if titled { ("title", 260) } else { ("given name", 250) };
                out.push(Proposal { tokens: start..end, label: Name::Fixed("PERSON"), rule, rank, score: 0.7 });
                return;
            }
        }
    }

    /// The label of the first class among `classes`.
    fn label(&self, classes: u32) -> Name {
        self.labels.get(classes.trailing_zeros() as usize).cloned().unwrap_or(Name::Fixed("ORG"))
    }
}

/// The classes among `wanted` of the phrase that ends at `end`.
fn head_classes(sentence: &Reading<'_>, end: usize, wanted: u32) -> Option<u32> {
    sentence.ending_at(end).find(|found| found.classes & wanted != 0).map(|found| found.classes & wanted)
}

/// Maximal runs of capitalised words, across hyphens.
fn runs(sentence: &Reading<'_>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut start = None;
    for index in 0..=sentence.len() {
        let inside = index < sentence.len()
            && (sentence.kinds[index] == TokenKind::Word && sentence.is_capital(index)
                || start.is_some()
                    && sentence.words[index].chars().all(is_dash)
                    && sentence.is_capital(index + 1)
                    && index + 1 < sentence.len());
        match (start, inside) {
            (None, true) => start = Some(index),
            (Some(from), false) => {
                runs.push(from..index);
                start = None;
            }
            _ => {}
        }
    }
    runs
}
