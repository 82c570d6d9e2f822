//! One name, one label, through one article: a second look at what the first one marked.
//!
//! A name that the article gives in full ("Benjamin Netanyahu") settles its short forms; of a name that
//! bears several labels the weightier label wins; and a name that was marked for sure in one place is
//! marked in the others too.

use super::mark::{Mark, insert, touching};
use super::reading::Reading;
use super::rules::Rules;
use crate::document::{Label, Name, Segmented};
use std::collections::BTreeMap;

/// The most tokens of a name that is looked for elsewhere.
const LONGEST: usize = 6;

/// What an article says of one name.
#[derive(Default)]
struct Evidence {
    /// Scores by label.
    weights: BTreeMap<Label, f32>,
    /// The surest mark.
    top: f32,
    count: usize,
}

impl Evidence {
    /// The weightiest label with its share.
    fn winner(&self) -> Option<(&Label, f32)> {
        let total: f32 = self.weights.values().sum();
        let mut best: Option<(&Label, f32)> = None;
        for (label, weight) in &self.weights {
            if best.is_none_or(|(_, top)| *weight > top) {
                best = Some((label, *weight));
            }
        }
        best.map(|(label, weight)| (label, weight / total))
    }
}

type Names<'t> = BTreeMap<Vec<&'t str>, Evidence>;

/// Words with the score of the surest name they stand in.
type Sure<'t> = BTreeMap<&'t str, f32>;

/// Settles the marks of an article; `sentences` are its readings, `marks` the marks of each.
pub(super) fn settle<'t>(text: &Segmented<'t>, rules: &Rules, sentences: &[Reading<'t, '_>], marks: &mut [Vec<Mark>]) {
    let names = gather(text, marks);
    let people = surnames(&names);
    let firsts = first_words(&names);
    for mark in marks.iter_mut().flatten() {
        relabel(&words(text, mark), mark, &names, &people, &firsts);
    }
    let names = gather(text, marks);
    let people = surnames(&names);
    for (sentence, marks) in sentences.iter().zip(marks.iter_mut()) {
        fill(sentence, rules, &names, &people, marks);
    }
    short_heads(sentences, rules, text, marks);
}

/// What a step of the second look does, by the name it leaves in a mark's source.
pub(super) fn explain(step: &str) -> Option<&'static str> {
    Some(match step {
        "full name" => "second look: the article gives the name in full elsewhere, with this label",
        "majority" => "second look: the name bears this label in most other places of the article",
        "seen elsewhere" => "second look: the article marks the same name for sure elsewhere",
        "short form" => "second look: the head of a longer name that the article gave before",
        _ => return None,
    })
}

/// The words of a mark.
fn words<'t>(text: &Segmented<'t>, mark: &Mark) -> Vec<&'t str> {
    mark.tokens.clone().map(|index| text.word(index as usize)).collect()
}

fn gather<'t>(text: &Segmented<'t>, marks: &[Vec<Mark>]) -> Names<'t> {
    let mut names = Names::new();
    for mark in marks.iter().flatten() {
        let evidence = names.entry(words(text, mark)).or_default();
        *evidence.weights.entry(mark.label.clone()).or_default() += mark.score;
        evidence.top = evidence.top.max(mark.score);
        evidence.count += 1;
    }
    names
}

/// Last names of people whom the article names in full, with the surest score.
fn surnames<'t>(names: &Names<'t>) -> Sure<'t> {
    let mut people = Sure::new();
    for (name, evidence) in names {
        let person = evidence.winner().is_some_and(|(label, _)| label == "PERSON");
        if let (true, [_, .., last]) = (person, name.as_slice()) {
            let top: &mut f32 = people.entry(*last).or_default();
            *top = top.max(evidence.top);
        }
    }
    people
}

/// First words of organisations that the article names in full, with the surest score; words that begin
/// the names of two organisations ("National") settle nothing.
fn first_words<'t>(names: &Names<'t>) -> Sure<'t> {
    let mut found: BTreeMap<&str, (f32, usize)> = BTreeMap::new();
    for (name, evidence) in names {
        let organisation = evidence.winner().is_some_and(|(label, _)| label == "ORG");
        if let (true, [first, _, ..]) = (organisation, name.as_slice()) {
            let (top, count) = found.entry(*first).or_default();
            *top = top.max(evidence.top);
            *count += 1;
        }
    }
    found.into_iter().filter(|(_, (_, count))| *count == 1).map(|(word, (top, _))| (word, top)).collect()
}

/// Gives a doubtful mark the label its name bears elsewhere.
fn relabel(name: &[&str], mark: &mut Mark, names: &Names<'_>, people: &Sure<'_>, firsts: &Sure<'_>) {
    if let [word] = name
        && let Some(top) = people.get(word)
        && mark.label != "PERSON"
        && mark.score < 0.75 * top
    {
        mark.label = Label::Fixed("PERSON");
        mark.rule = Some(Name::Fixed("full name"));
        return;
    }
    if let [word] = name
        && let Some(top) = firsts.get(word)
        && !matches!(mark.label.as_str(), "ORG" | "NORP" | "LOC")
        && mark.score < 0.75 * top
        && !people.contains_key(word)
    {
        mark.label = Label::Fixed("ORG");
        mark.rule = Some(Name::Fixed("full name"));
        return;
    }
    let Some(evidence) = names.get(name).filter(|evidence| evidence.count > 1) else { return };
    if let Some((label, share)) = evidence.winner()
        && *label != mark.label
        && share > 0.6
    {
        mark.label = label.clone();
        mark.rule = Some(Name::Fixed("majority"));
    }
}

/// Marks names that were marked for sure elsewhere.
fn fill(sentence: &Reading<'_, '_>, rules: &Rules, names: &Names<'_>, people: &Sure<'_>, marks: &mut Vec<Mark>) {
    let mut at = 0;
    while at < sentence.len() {
        let taken = |at: usize, end: usize| {
            let tokens = sentence.outer(&(at..end));
            touching(marks, &tokens).first().map(|mark| sentence.inner(&mark.tokens).end)
        };
        if let Some(end) = taken(at, at + 1) {
            at = end.max(at + 1);
            continue;
        }
        let found = (at + 1..=sentence.len().min(at + LONGEST)).rev().find_map(|end| {
            if !sentence.is_capital(at) || taken(at, end).is_some() {
                return None;
            }
            let name = &sentence.words[at..end];
            let (label, score) = known(name, names, people)?;
            Some((end, label, score))
        });
        let beside = |index: Option<usize>| index.is_some_and(|index| sentence.is_capital(index));
        match found {
            Some((end, label, score))
                if (!rules.is_function_word(sentence, at) || end > at + 1)
                    && !beside(at.checked_sub(1))
                    && !beside(Some(end)) =>
            {
                let tokens = sentence.outer(&(at..end));
                insert(marks, Mark::new(tokens, label, score).by("seen elsewhere"));
                at = end;
            }
            _ => at += 1,
        }
    }
}

/// The label and score of a name that the article marks for sure.
fn known(name: &[&str], names: &Names<'_>, people: &Sure<'_>) -> Option<(Label, f32)> {
    if let [word] = name
        && let Some(top) = people.get(word).filter(|top| **top > 0.8)
        && word.chars().count() > 2
    {
        return Some((Label::Fixed("PERSON"), 0.8 * top));
    }
    let evidence = names.get(name)?;
    let (label, share) = evidence.winner()?;
    (share > 0.8 && evidence.top > 0.85).then(|| (label.clone(), 0.8 * evidence.top))
}

/// Marks "the Accords" after "Abraham Accords", "the Corridor" after "Zangezur Corridor".
fn short_heads(sentences: &[Reading<'_, '_>], rules: &Rules, text: &Segmented<'_>, marks: &mut [Vec<Mark>]) {
    // The head of each name, with its label and the end of its first mention.
    let mut seen: BTreeMap<&str, (Label, u32)> = BTreeMap::new();
    for (sentence, marks) in sentences.iter().zip(marks.iter_mut()) {
        for mark in marks.iter().filter(|mark| mark.tokens.len() > 1) {
            seen.entry(text.word(mark.tokens.end as usize - 1)).or_insert((mark.label.clone(), mark.tokens.end));
        }
        let mut added = Vec::new();
        for at in 1..sentence.len() {
            let tokens = sentence.outer(&(at..at + 1));
            let after_the = sentence.words[at - 1].eq_ignore_ascii_case("the");
            if after_the
                && sentence.is_capital(at)
                && !sentence.is_capital(at + 1)
                && let Some((label, end)) = seen.get(sentence.words[at])
                && *end <= tokens.start
                && rules.head_label(sentence, at).is_some_and(|head| head == *label)
                && touching(marks, &tokens).is_empty()
            {
                added.push(Mark::new(tokens, label.clone(), 0.7).by("short form"));
            }
        }
        for mark in added {
            insert(marks, mark);
        }
    }
}
