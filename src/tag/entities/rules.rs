//! Where lists and heads beat the model: demonyms and country names it left out, "… Act", "Battle of …",
//! "Section 907", titles in front of names.

use super::mark::{Mark, insert, touching};
use super::reading::Reading;
use crate::document::{Label, Layer, TokenKind, label};
use crate::resource::gazetteer::{Gazetteer, Trust};
use crate::text::chars::is_dash;
use std::ops::Range;

/// The rules, with the bits of the classes they ask for.
pub(super) struct Rules {
    /// Lists whose phrases are marked wherever they stand alone.
    mark: u32,
    head: u32,
    first: u32,
    title: u32,
    function: u32,
    /// Given and family names.
    people: u32,
    language: u32,
    before_language: u32,
    after_language: u32,
    labels: Vec<Label>,
}

/// The most tokens of a head, an opener or a title.
const LONGEST_HEAD: usize = 5;

/// Labels that heads and openers may give to what the model left out: the model's gold has few of them.
const RARE: [&str; 3] = ["LAW", "EVENT", "FAC"];

impl Rules {
    /// Rules over the classes of `gazetteer`.
    pub(super) fn new(gazetteer: &Gazetteer) -> Self {
        let trusted = |trust: Trust| gazetteer.bits(|class| class.trust == trust);
        let labels = gazetteer.classes().iter();
        Self {
            mark: gazetteer.bits(|class| class.trust == Trust::Mark && class.label != "ORG"),
            head: trusted(Trust::Head),
            first: trusted(Trust::First),
            title: trusted(Trust::Title),
            function: gazetteer.bit("function"),
            people: gazetteer.bit("first_name") | gazetteer.bit("last_name"),
            language: gazetteer.bit("language"),
            before_language: gazetteer.bit("before_language"),
            after_language: gazetteer.bit("after_language"),
            labels: labels.map(|class| label::intern(Layer::Entity, &class.label)).collect(),
        }
    }

    /// Corrects the marks of one sentence and adds what is missing; `marks` holds only marks of this
    /// sentence, in order.
    pub(super) fn apply(&self, sentence: &Reading<'_, '_>, marks: &mut Vec<Mark>) {
        for mark in marks.iter_mut() {
            self.retype(sentence, mark);
            self.strip_title(sentence, mark);
        }
        self.split_hyphens(sentence, marks);
        self.headed(sentence, marks);
        self.listed(sentence, marks);
        for mark in marks.iter_mut() {
            self.languages(sentence, mark);
        }
    }

    /// Takes "English" for a language in "in English", "speaks English", "English-speaking", "English language".
    fn languages(&self, sentence: &Reading<'_, '_>, mark: &mut Mark) {
        let range = sentence.inner(&mark.tokens);
        if mark.label == "LANGUAGE" || !sentence.covers(range.start, range.end, self.language) {
            return;
        }
        let cue = |index: Option<usize>, wanted: u32| index.is_some_and(|index| sentence.is(index, wanted));
        let mut end = range.end;
        if sentence.words.get(end).is_some_and(|word| word.chars().all(is_dash)) {
            end += 1;
        }
        let before = cue(range.start.checked_sub(1), self.before_language) && !sentence.is_lower(range.end);
        if before || cue(Some(end), self.after_language) {
            mark.label = Label::Fixed("LANGUAGE");
            mark.rule = Some("language");
        }
    }

    /// Cuts "Dutch-Belgian" and "US-Israel" in two where both sides stand in trusted lists.
    fn split_hyphens(&self, sentence: &Reading<'_, '_>, marks: &mut Vec<Mark>) {
        let mut parts = Vec::new();
        marks.retain(|mark| {
            let range = sentence.inner(&mark.tokens);
            let dash = range.clone().find(|at| sentence.words[*at].chars().all(is_dash));
            let Some(dash) = dash.filter(|_| !sentence.covers(range.start, range.end, self.mark)) else { return true };
            let sides = [range.start..dash, dash + 1..range.end];
            let labels = sides.clone().map(|side| self.label(sentence.classes_of(side.start, side.end) & self.mark));
            let [Some(left), Some(right)] = labels else { return true };
            for (side, label) in sides.into_iter().zip([left, right]) {
                let tokens = sentence.outer(&side);
                parts.push(Mark { tokens, label, score: mark.score, rule: Some("hyphen"), runner_up: None });
            }
            false
        });
        for part in parts {
            insert(marks, part);
        }
    }

    /// Gives a mark the label that its head or opener names, where the model's label is a neighbour of it.
    fn retype(&self, sentence: &Reading<'_, '_>, mark: &mut Mark) {
        if mark.tokens.len() < 2 {
            return;
        }
        let range = sentence.inner(&mark.tokens);
        if mark.label == "PERSON" && sentence.is(range.end - 1, self.people) {
            return;
        }
        let head = sentence.classes_ending(range.end, (range.start + 1).max(range.end.saturating_sub(LONGEST_HEAD)))
            & self.head;
        let first =
            sentence.classes_beginning(range.start, (range.end - 1).min(range.start + LONGEST_HEAD)) & self.first;
        let Some(label) = self.label(head).or_else(|| self.label(first)) else { return };
        let near = match label.as_str() {
            "LAW" => true,
            _ if mark.label == "PERSON" => false,
            "EVENT" => ["LAW", "WORK_OF_ART", "PRODUCT", "NORP", "LANGUAGE"].contains(&mark.label.as_str()),
            "FAC" => ["LOC", "GPE", "PRODUCT"].contains(&mark.label.as_str()),
            "LOC" | "GPE" => ["LOC", "GPE", "FAC"].contains(&mark.label.as_str()),
            "ORG" => ["LAW", "NORP", "LANGUAGE"].contains(&mark.label.as_str()),
            _ => false,
        };
        if near && label != mark.label {
            mark.label = label;
            mark.rule = Some("head");
        }
    }

    /// Takes titles off the front of a person's name.
    fn strip_title(&self, sentence: &Reading<'_, '_>, mark: &mut Mark) {
        if mark.label != "PERSON" {
            return;
        }
        let range = sentence.inner(&mark.tokens);
        let longest = (range.start + 1..range.end.min(range.start + LONGEST_HEAD))
            .rev()
            .find(|end| sentence.covers(range.start, *end, self.title));
        if let Some(end) = longest
            && sentence.is_capital(end)
        {
            mark.tokens.start += (end - range.start) as u32;
        }
    }

    /// Adds laws, events and works of building that end in a head or begin with an opener.
    fn headed(&self, sentence: &Reading<'_, '_>, marks: &mut Vec<Mark>) {
        for mut run in runs(sentence) {
            while run.len() > 1 && sentence.is(run.start, self.function) {
                run.start += 1;
            }
            let opened = self.opened(sentence, &run);
            let found = opened.or_else(|| {
                (run.start + 2..=run.end).rev().find_map(|end| {
                    let label = self.label(
                        sentence.classes_ending(end, (run.start + 1).max(end.saturating_sub(LONGEST_HEAD))) & self.head,
                    )?;
                    Some((run.start..end, label))
                })
            });
            let Some((range, label)) = found.filter(|(_, label)| RARE.contains(&label.as_str())) else { continue };
            let tokens = sentence.outer(&range);
            let overlapping = touching(marks, &tokens);
            // A name inside ("Israel" in "Israel Defense Act") gives way; a longer one or an own label stays.
            let inside = overlapping.iter().all(|mark| {
                tokens.start <= mark.tokens.start && mark.tokens.end <= tokens.end && mark.tokens.len() < tokens.len()
            });
            let strong = overlapping.is_empty() || label == "LAW" && overlapping.len() == 1;
            if inside && strong {
                let from = marks.partition_point(|mark| mark.tokens.end <= tokens.start);
                let count = overlapping.len();
                marks.drain(from..from + count);
                insert(marks, Mark { tokens, label, score: 0.7, rule: Some("head"), runner_up: None });
            }
        }
    }

    /// A name that begins with an opener: "Section 907", "Treaty of Lausanne".
    fn opened(&self, sentence: &Reading<'_, '_>, run: &Range<usize>) -> Option<(Range<usize>, Label)> {
        let (after, label) = (run.start + 1..=sentence.len().min(run.start + 3)).rev().find_map(|end| {
            let classes = sentence.classes_of(run.start, end) & self.first;
            self.label(classes).map(|label| (end, label))
        })?;
        let goes_on = |at: usize| sentence.is_capital(at) || sentence.kinds.get(at) == Some(&TokenKind::Number);
        let end = (after..sentence.len()).find(|at| !goes_on(*at)).unwrap_or(sentence.len());
        (end > after).then_some((run.start..end, label))
    }

    /// Adds phrases of trusted lists that stand alone.
    fn listed(&self, sentence: &Reading<'_, '_>, marks: &mut Vec<Mark>) {
        let mut at = 0;
        while at < sentence.len() {
            let longest = (at + 1..=sentence.len().min(at + 8))
                .rev()
                .map(|end| (end, sentence.classes_of(at, end) & self.mark))
                .find(|(_, classes)| *classes != 0);
            let Some((end, classes)) = longest.filter(|_| sentence.is_capital(at)) else {
                at += 1;
                continue;
            };
            let tokens = sentence.outer(&(at..end));
            let beside = |index: Option<usize>| index.is_some_and(|index| sentence.is_capital(index));
            let alone = !beside(at.checked_sub(1)) && !beside(Some(end));
            let free = touching(marks, &tokens).is_empty();
            if let Some(label) = self.label(classes).filter(|label| free && (alone || *label == "NORP")) {
                insert(marks, Mark { tokens, label, score: 0.75, rule: Some("list"), runner_up: None });
            }
            at = end;
        }
    }

    /// The title in front of the token at `start`, as tokens of the sentence.
    pub(super) fn title_before(&self, sentence: &Reading<'_, '_>, start: usize) -> Option<Range<usize>> {
        let from = (start.saturating_sub(4)..start).find(|from| sentence.covers(*from, start, self.title))?;
        Some(from..start)
    }

    /// Whether the token at `index` begins sentences and belongs to no name.
    pub(super) fn is_function_word(&self, sentence: &Reading<'_, '_>, index: usize) -> bool {
        sentence.is(index, self.function)
    }

    /// The label of a word alone that is the head of a law, event or building.
    pub(super) fn head_label(&self, sentence: &Reading<'_, '_>, index: usize) -> Option<Label> {
        self.label(sentence.classes_of(index, index + 1) & self.head).filter(|label| RARE.contains(&label.as_str()))
    }

    /// The label of the first class among `classes`.
    fn label(&self, classes: u32) -> Option<Label> {
        self.labels.get(classes.trailing_zeros() as usize).cloned()
    }
}

/// Maximal runs of capitalised words, across hyphens.
fn runs(sentence: &Reading<'_, '_>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut start = None;
    for index in 0..=sentence.len() {
        let inside = index < sentence.len()
            && (sentence.kinds[index] == TokenKind::Word && sentence.is_capital(index)
                || start.is_some() && sentence.words[index].chars().all(is_dash) && sentence.is_capital(index + 1));
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
