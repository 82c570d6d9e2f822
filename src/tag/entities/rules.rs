//! Runs the rules of `rules/entities`: corrects the marks of the model, adds what it left out, and keeps the
//! title in front of a person.

use super::anchors::{Anchors, Found};
use super::mark::{Mark, insert, touching};
use super::matcher::{Parts, Scene, Sequence};
use super::reading::{Reading, Spots};
use super::rule_file::{self, Extent, Given, Rule};
use super::traits::Vocabulary;
use crate::document::{Label, Layer, Segmented, label};
use crate::error::Result;
use crate::linear::Observed;
use crate::resource::Resources;
use crate::resource::gazetteer::{Gazetteer, Trust};
use std::ops::Range;

/// The rules, with the bits of the lists they ask for.
pub(super) struct Rules {
    list: Vec<Rule>,
    /// The words that they name.
    vocabulary: Vocabulary,
    /// What they need, by phase.
    anchors: [Anchors; 2],
    /// Words that begin sentences and belong to no name.
    function: u32,
    /// Words that end names.
    heads: u32,
    /// Lists whose phrases are names wherever they stand alone.
    trusted: u32,
    /// The labels of the lists, in the order of their bits.
    labels: Vec<Label>,
}

/// Labels whose head alone may stand for the name ("the Accords"): other heads are everyday words.
const SHORTENED: [&str; 3] = ["LAW", "EVENT", "FAC"];

/// What rules are asked for at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the second look at the article.
    First = 0,
    /// After it.
    Last = 1,
}

impl Rules {
    /// Loads the rules; their lists are those of `gazetteer`.
    pub(super) fn new(resources: &Resources, gazetteer: &Gazetteer) -> Result<Self> {
        let labels = gazetteer.classes().iter();
        let mut vocabulary = Vocabulary::default();
        let list = rule_file::load(resources, gazetteer, &mut vocabulary)?;
        Ok(Self {
            anchors: [Phase::First, Phase::Last].map(|phase| Anchors::new(&list, phase, &vocabulary)),
            list,
            vocabulary,
            function: gazetteer.bit("function"),
            heads: gazetteer.bits(|class| class.trust == Trust::Head),
            trusted: gazetteer.bits(|class| class.trust == Trust::Mark),
            labels: labels.map(|class| label::intern(Layer::Entity, &class.label)).collect(),
        })
    }

    /// Reads an article into `spots`.
    pub(super) fn read(&self, text: &Segmented<'_>, observed: &Observed, spots: &mut Spots) {
        spots.read(&self.vocabulary, text, observed, self.function);
    }

    /// Corrects the marks of one sentence and adds what is missing; `marks` holds only marks of this
    /// sentence, in order.
    pub(super) fn apply(&self, phase: Phase, sentence: &Reading<'_, '_>, marks: &mut Vec<Mark>, found: &mut Found) {
        self.anchors[phase as usize].look(sentence, found);
        let mut live: Vec<&Sequence> = Vec::new();
        for number in found.rules() {
            let rule = &self.list[number];
            if rule.zone.is_none_or(|zone| zone == sentence.zone) {
                live.clear();
                let first = rule.sequences.first().map_or(0, |sequence| sequence.number);
                let numbers = first..first + rule.sequences.len();
                live.extend(found.live.within(numbers).map(|number| &rule.sequences[number - first]));
                self.run(rule, &live, sentence, marks);
            }
        }
    }

    /// Runs one rule over a sentence; `live` are those of its patterns that may match.
    fn run(&self, rule: &Rule, live: &[&Sequence], sentence: &Reading<'_, '_>, marks: &mut Vec<Mark>) {
        if rule.on.is_some() {
            self.on_marks(rule, live, sentence, marks);
        } else if rule.zone.is_some() || !sentence.shouted {
            self.everywhere(rule, live, sentence, marks);
        }
    }

    /// Corrects the marks that a rule is for.
    fn on_marks(&self, rule: &Rule, live: &[&Sequence], sentence: &Reading<'_, '_>, marks: &mut Vec<Mark>) {
        let mut index = 0;
        while let Some(mark) = marks.get(index) {
            index += 1;
            if !rule.on.as_ref().is_some_and(|labels| labels.hold(&mark.label)) {
                continue;
            }
            let scene = Scene { sentence, marks };
            let range = sentence.inner(&mark.tokens);
            let Some((range, parts)) = matches(rule, live, &scene, range.start, Some(range.end)) else { continue };
            let changed = self.marks_of(rule, &scene, &range, &parts, Some(mark));
            if changed.as_slice() != std::slice::from_ref(mark) {
                let count = changed.len();
                marks.splice(index - 1..index, changed);
                index = index - 1 + count;
            }
        }
    }

    /// Marks what a rule finds.
    fn everywhere(&self, rule: &Rule, live: &[&Sequence], sentence: &Reading<'_, '_>, marks: &mut Vec<Mark>) {
        let mut at = 0;
        while let Some(spot) = sentence.spots.get(at) {
            if !live.iter().any(|sequence| sequence.may_begin(spot)) {
                at += 1;
                continue;
            }
            let scene = Scene { sentence, marks };
            let Some((range, parts)) = matches(rule, live, &scene, at, None) else {
                at += 1;
                continue;
            };
            at = range.end.max(at + 1);
            let mut found = self.marks_of(rule, &scene, &range, &parts, None);
            found.retain(|new| may_stand(rule, sentence, &range, new, marks));
            for new in found {
                marks.retain(|mark| mark.tokens.end <= new.tokens.start || new.tokens.end <= mark.tokens.start);
                insert(marks, new);
            }
        }
    }

    /// The marks that a match makes; `on` is the mark that it corrects.
    fn marks_of(
        &self,
        rule: &Rule,
        scene: &Scene<'_, '_, '_>,
        range: &Range<usize>,
        parts: &Parts,
        on: Option<&Mark>,
    ) -> Vec<Mark> {
        let sentence = scene.sentence;
        let part = |extent: Extent| extent_of(parts, extent);
        let spans: Vec<Range<usize>> = match rule.parts.as_slice() {
            [] => vec![range.clone()],
            wanted => wanted.iter().filter_map(|extent| part(*extent)).collect(),
        };
        let mut marks = Vec::with_capacity(spans.len());
        for span in spans {
            let given = match &rule.label {
                Given::Label(label) => Some(label.clone()),
                Given::List => self.label_of_list(sentence, &span).or_else(|| on.map(|mark| mark.label.clone())),
                Given::Like(index) => part(*index)
                    .and_then(|range| touching(scene.marks, &sentence.outer(&range)).first())
                    .map(|mark| mark.label.clone()),
                Given::Own => on.map(|mark| mark.label.clone()),
                Given::Nothing => None,
            };
            let Some(label) = given else { continue };
            let tokens = sentence.outer(&span);
            let mut mark = match on {
                Some(mark) => mark.clone(),
                None => Mark::new(tokens.clone(), label.clone(), 0.0),
            };
            if mark.tokens != tokens || mark.label != label || on.is_none() {
                mark.rule = Some(rule.name.clone());
                mark.score = rule.score.unwrap_or(mark.score);
            }
            (mark.tokens, mark.label) = (tokens, label);
            if let Some((index, name)) = &rule.attribute
                && let Some(range) = part(*index)
            {
                mark.attribute = Some((name.clone(), sentence.outer(&range)));
            }
            marks.push(mark);
        }
        marks
    }

    /// The label of a list that holds exactly the tokens of `span`; a trusted one first.
    fn label_of_list(&self, sentence: &Reading<'_, '_>, span: &Range<usize>) -> Option<Label> {
        let classes = sentence.classes_of(span.start, span.end);
        let trusted = classes & self.trusted;
        let classes = if trusted == 0 { classes } else { trusted };
        self.labels.get(classes.trailing_zeros() as usize).filter(|label| !label.is_empty()).cloned()
    }

    /// Whether the token at `index` begins sentences and belongs to no name.
    pub(super) fn is_function_word(&self, sentence: &Reading<'_, '_>, index: usize) -> bool {
        sentence.classes_alone(index) & self.function != 0
    }

    /// The label of a word alone that is the head of a law, event or building.
    pub(super) fn head_label(&self, sentence: &Reading<'_, '_>, index: usize) -> Option<Label> {
        let classes = sentence.classes_alone(index) & self.heads;
        self.labels.get(classes.trailing_zeros() as usize).filter(|label| SHORTENED.contains(&label.as_str())).cloned()
    }

    /// What the rule `name` does, and where it stands.
    pub(super) fn explain(&self, name: &str) -> Option<String> {
        let rule = self.list.iter().find(|rule| *rule.name == *name)?;
        Some(format!("rule {name:?} of {}: {}", rule.file, rule.says))
    }
}

/// Whether every mark that `new` touches gives way to the rule and lies within its match, and the mark is
/// not there already; an acronym whose long form stands beside it is surer than the model can be.
fn may_stand(rule: &Rule, sentence: &Reading<'_, '_>, range: &Range<usize>, new: &Mark, marks: &[Mark]) -> bool {
    let outer = sentence.outer(range);
    touching(marks, &new.tokens).iter().all(|mark| {
        rule.over.hold(&mark.label)
            && outer.start <= mark.tokens.start
            && mark.tokens.end <= outer.end
            && (mark.tokens != new.tokens
                || mark.label != new.label
                || rule.acronym.is_some() && mark.score < new.score)
    })
}

/// The tokens from the beginning of one part to the end of another.
fn extent_of(parts: &Parts, extent: Extent) -> Option<Range<usize>> {
    let part = |index: usize| parts.get(index).cloned().flatten();
    Some(part(extent.first)?.start..part(extent.last)?.end)
}

/// The first pattern of `rule` that matches from `start` on (to `end`), with what stands beside it.
fn matches(
    rule: &Rule,
    live: &[&Sequence],
    scene: &Scene<'_, '_, '_>,
    start: usize,
    end: Option<usize>,
) -> Option<(Range<usize>, Parts)> {
    live.iter().find_map(|sequence| {
        let mut parts = Parts::new();
        let reach = sequence.find(scene, start, end, &mut parts)?;
        let after = rule.after.is_empty() || rule.after.iter().any(|context| context.ends_at(scene, start, &mut parts));
        let before =
            rule.before.is_empty() || rule.before.iter().any(|context| context.begins_at(scene, reach, &mut parts));
        let barred = || {
            let mut none = Parts::new();
            rule.not_after.iter().any(|context| context.ends_at(scene, start, &mut none))
                || rule.not_before.iter().any(|context| context.begins_at(scene, reach, &mut none))
                || rule.unless.iter().any(|whole| whole.find(scene, start, Some(reach), &mut none).is_some())
        };
        if !after || !before || barred() {
            return None;
        }
        let abbreviates = rule.acronym.is_none_or(|(long, short)| {
            let words = |extent: Extent| extent_of(&parts, extent).map(|range| scene.sentence.words(range));
            words(long)
                .zip(words(short))
                .is_some_and(|(long, short)| super::acronym::abbreviates(&short.concat(), &long))
        });
        abbreviates.then_some((start..reach, parts))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Article, Meta, Segmented};
    use crate::linear::{FeatureSet, Observed};
    use crate::segment::Segmenter;

    /// `words | LABEL`, split.
    fn columns(row: &str) -> Vec<&str> {
        row.split('|').map(str::trim).collect()
    }

    /// The tokens of `words` in the text, from token `from` on.
    fn tokens_of(text: &Segmented<'_>, words: &str, from: u32) -> Range<u32> {
        let tokens = text.tokens();
        let count = tokens.len() as u32;
        for start in from..count {
            for end in start + 1..=count {
                let span = tokens[start as usize].span.start() as usize..tokens[end as usize - 1].span.end() as usize;
                if text.text().get(span) == Some(words) {
                    return start..end;
                }
            }
        }
        panic!("{words:?} is no row of tokens of {:?}", text.text());
    }

    /// Runs one rule alone over an example, on the marks that the example says stand before.
    fn tried(rules: &Rules, rule: &Rule, segmenter: &Segmenter, features: &FeatureSet, number: usize) -> Vec<String> {
        let example = &rule.examples[number];
        let article = Article::new(Meta::default(), example.text.clone()).unwrap();
        let text = segmenter.segment(&article);
        let mut observed = Observed::default();
        features.observe(&text, &mut observed);
        let mut given = Vec::new();
        let mut from = 0;
        for row in &example.marks {
            let row = columns(row);
            let tokens = tokens_of(&text, row[0], from);
            from = tokens.end;
            given.push(Mark::new(tokens, label::intern(Layer::Entity, row[1]), 0.9));
        }
        let mut found = Vec::new();
        let mut spots = Spots::default();
        rules.read(&text, &observed, &mut spots);
        for sentence in text.sentences() {
            let reading = Reading::new(&text, sentence, &spots, &observed.matches);
            let inside = |mark: &&Mark| sentence.tokens.contains(&mark.tokens.start);
            let before: Vec<Mark> = given.iter().filter(inside).cloned().collect();
            let mut marks = before.clone();
            let sequences: Vec<&Sequence> = rule.sequences.iter().collect();
            rules.run(rule, &sequences, &reading, &mut marks);
            let words = |tokens: &Range<u32>| {
                let tokens = &text.tokens()[tokens.start as usize..tokens.end as usize];
                text.text()[tokens[0].span.start() as usize..tokens[tokens.len() - 1].span.end() as usize].to_owned()
            };
            for mark in marks.iter().filter(|mark| !before.contains(mark)) {
                let attribute = mark.attribute.as_ref().map(|(name, tokens)| format!(" | {name} {}", words(tokens)));
                found.push(format!("{} | {}{}", words(&mark.tokens), mark.label, attribute.unwrap_or_default()));
            }
            let gone = before.iter().filter(|mark| touching(&marks, &mark.tokens).is_empty());
            found.extend(gone.map(|mark| format!("{} | none", words(&mark.tokens))));
        }
        found
    }

    #[test]
    fn examples_beside_the_rules_hold() {
        // Read from the folder, so that the code that lays rules over the built-in ones is tried too.
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("resources");
        let resources = Resources::with_overlay(&folder).unwrap();
        let features = FeatureSet::new(&resources).unwrap();
        let segmenter = Segmenter::new(&resources).unwrap();
        let rules = Rules::new(&resources, features.gazetteer()).unwrap();
        let mut faults = Vec::new();
        for rule in &rules.list {
            let positive = rule.examples.iter().filter(|example| !example.find.is_empty()).count();
            if positive == 0 || positive == rule.examples.len() {
                faults
                    .push(format!("{}: {}: needs an example that matches and one that does not", rule.file, rule.name));
            }
            for (number, example) in rule.examples.iter().enumerate() {
                let found = tried(&rules, rule, &segmenter, &features, number);
                if found != example.find {
                    faults.push(format!(
                        "{}: {}: {:?} gave {found:?}, expected {:?}",
                        rule.file, rule.name, example.text, example.find
                    ));
                }
            }
        }
        assert!(rules.list.len() > 10, "only {} rules were found", rules.list.len());
        assert!(faults.is_empty(), "{} examples fail:\n{}", faults.len(), faults.join("\n"));
    }
}
