//! One name, one label, through one article: a second look at what the first one marked.
//!
//! A name that the article gives in full ("Benjamin Netanyahu") settles its short forms; of a name that
//! bears several labels the weightier label wins; and a name that was marked for sure in one place is
//! marked in the others too.

use super::mark::{Mark, insert, touching};
use super::reading::{Reading, Spots};
use super::rules::Rules;
use crate::document::{Label, Name, Segmented};
use std::collections::HashMap;
use std::ops::Range;

/// The most tokens of a name that is looked for elsewhere.
const LONGEST: usize = 6;

/// What an article says of one name.
#[derive(Default)]
struct Evidence {
    /// Scores by label, in the order of the labels.
    weights: Vec<(Label, f32)>,
    /// The surest mark.
    top: f32,
    count: usize,
}

impl Evidence {
    fn note(&mut self, mark: &Mark) {
        match self.weights.binary_search_by(|(label, _)| label.cmp(&mark.label)) {
            Ok(place) => self.weights[place].1 += mark.score,
            Err(place) => self.weights.insert(place, (mark.label.clone(), mark.score)),
        }
        self.top = self.top.max(mark.score);
        self.count += 1;
    }

    /// The weightiest label with its share.
    fn winner(&self) -> Option<(&Label, f32)> {
        let total: f32 = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut best: Option<(&Label, f32)> = None;
        for (label, weight) in &self.weights {
            if best.is_none_or(|(_, top)| *weight > top) {
                best = Some((label, *weight));
            }
        }
        best.map(|(label, weight)| (label, weight / total))
    }
}

/// The names of an article. A name is the numbers of its words' letters.
struct Names<'s> {
    numbers: HashMap<&'s [u32], usize>,
    /// By number.
    list: Vec<(&'s [u32], Evidence)>,
    /// The number of each mark's name.
    of_marks: Vec<usize>,
}

/// Words with the score of the surest name they stand in.
type Sure = HashMap<u32, f32>;

/// Settles the marks of an article; `sentences` are its readings, `marks` the marks of each.
pub(super) fn settle(
    text: &Segmented<'_>,
    spots: &Spots,
    rules: &Rules,
    sentences: &[Reading<'_, '_>],
    marks: &mut [Vec<Mark>],
) {
    if marks.iter().all(Vec::is_empty) {
        return;
    }
    let mut names = Names::gather(spots, marks);
    let people = names.surnames();
    let firsts = names.first_words();
    for (mark, number) in marks.iter_mut().flatten().zip(&names.of_marks) {
        let (name, evidence) = &names.list[*number];
        relabel(name, mark, evidence, &people, &firsts);
    }
    names.weigh(marks);
    let lookup = Lookup::new(&names);
    for (sentence, marks) in sentences.iter().zip(marks.iter_mut()) {
        fill(sentence, spots, rules, &lookup, marks);
    }
    short_heads(sentences, spots, rules, text, marks);
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

impl<'s> Names<'s> {
    fn gather(spots: &'s Spots, marks: &[Vec<Mark>]) -> Self {
        let mut names = Self { numbers: HashMap::new(), list: Vec::new(), of_marks: Vec::new() };
        for mark in marks.iter().flatten() {
            let name = spots.letters(&mark.tokens);
            let number = *names.numbers.entry(name).or_insert(names.list.len());
            if number == names.list.len() {
                names.list.push((name, Evidence::default()));
            }
            names.list[number].1.note(mark);
            names.of_marks.push(number);
        }
        names
    }

    /// Weighs the same marks anew.
    fn weigh(&mut self, marks: &[Vec<Mark>]) {
        for (_, evidence) in &mut self.list {
            *evidence = Evidence::default();
        }
        for (mark, number) in marks.iter().flatten().zip(&self.of_marks) {
            self.list[*number].1.note(mark);
        }
    }

    /// Last names of people whom the article names in full, with the surest score.
    fn surnames(&self) -> Sure {
        let mut people = Sure::new();
        for (name, evidence) in &self.list {
            let person = || evidence.winner().is_some_and(|(label, _)| label == "PERSON");
            if let [_, .., last] = name
                && person()
            {
                let top: &mut f32 = people.entry(*last).or_default();
                *top = top.max(evidence.top);
            }
        }
        people
    }

    /// First words of organisations that the article names in full, with the surest score; words that begin
    /// the names of two organisations ("National") settle nothing.
    fn first_words(&self) -> Sure {
        let mut found: HashMap<u32, (f32, usize)> = HashMap::new();
        for (name, evidence) in &self.list {
            let organisation = || evidence.winner().is_some_and(|(label, _)| label == "ORG");
            if let [first, _, ..] = name
                && organisation()
            {
                let (top, count) = found.entry(*first).or_default();
                *top = top.max(evidence.top);
                *count += 1;
            }
        }
        found.into_iter().filter(|(_, (_, count))| *count == 1).map(|(word, (top, _))| (word, top)).collect()
    }
}

/// Gives a doubtful mark the label its name bears elsewhere.
fn relabel(name: &[u32], mark: &mut Mark, evidence: &Evidence, people: &Sure, firsts: &Sure) {
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
    if evidence.count > 1
        && let Some((label, share)) = evidence.winner()
        && *label != mark.label
        && share > 0.6
    {
        mark.label = label.clone();
        mark.rule = Some(Name::Fixed("majority"));
    }
}

/// Names that the article marks for sure, and where they may begin.
struct Lookup<'n, 's> {
    names: &'n Names<'s>,
    people: Sure,
    /// The most tokens of a name that begins with a word.
    longest: HashMap<u32, usize>,
}

impl<'n, 's> Lookup<'n, 's> {
    fn new(names: &'n Names<'s>) -> Self {
        let people = names.surnames();
        let firsts = names.list.iter().filter_map(|(name, _)| Some((*name.first()?, name.len())));
        let mut longest: HashMap<u32, usize> = HashMap::new();
        for (word, length) in firsts.chain(people.keys().map(|word| (*word, 1))) {
            let most = longest.entry(word).or_default();
            *most = length.max(*most);
        }
        Self { names, people, longest }
    }

    /// The label and score of a name that the article marks for sure; `word` is its first one.
    fn known(&self, name: &[u32], word: &str) -> Option<(Label, f32)> {
        if let [number] = name
            && let Some(top) = self.people.get(number).filter(|top| **top > 0.8)
            && word.chars().count() > 2
        {
            return Some((Label::Fixed("PERSON"), 0.8 * top));
        }
        let (_, evidence) = &self.names.list[*self.names.numbers.get(name)?];
        let (label, share) = evidence.winner()?;
        (share > 0.8 && evidence.top > 0.85).then(|| (label.clone(), 0.8 * evidence.top))
    }
}

/// Marks names that were marked for sure elsewhere.
fn fill(sentence: &Reading<'_, '_>, spots: &Spots, rules: &Rules, lookup: &Lookup<'_, '_>, marks: &mut Vec<Mark>) {
    let letters = spots.letters(&sentence.outer(&(0..sentence.len())));
    let mut at = 0;
    while let Some(word) = letters.get(at) {
        if !sentence.is_capital(at) {
            at += 1;
            continue;
        }
        let Some(longest) = lookup.longest.get(word) else {
            at += 1;
            continue;
        };
        let free = |end: usize| touching(marks, &sentence.outer(&(at..end))).is_empty();
        let found = (at + 1..=letters.len().min(at + LONGEST.min(*longest))).rev().find_map(|end| {
            let (label, score) = lookup.known(&letters[at..end], sentence.word(at))?;
            free(end).then_some((end, label, score))
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

/// Where a name ends but for its year: Water Act of 2001, World Cup 2026.
fn before_year(text: &Segmented<'_>, tokens: &Range<u32>) -> u32 {
    let last = |end: u32| text.word(end as usize - 1);
    let is_year = last(tokens.end).bytes().all(|byte| byte.is_ascii_digit());
    match tokens.end - tokens.start {
        3.. if is_year && last(tokens.end - 1) == "of" => tokens.end - 2,
        2.. if is_year => tokens.end - 1,
        _ => tokens.end,
    }
}

/// Marks "the Accords" after "Abraham Accords", "the Corridor" after "Zangezur Corridor".
fn short_heads(
    sentences: &[Reading<'_, '_>],
    spots: &Spots,
    rules: &Rules,
    text: &Segmented<'_>,
    marks: &mut [Vec<Mark>],
) {
    // The head of each name, with its label and the end of its first mention.
    let mut seen: HashMap<u32, (Label, u32)> = HashMap::new();
    for (sentence, marks) in sentences.iter().zip(marks.iter_mut()) {
        for mark in marks.iter().filter(|mark| mark.tokens.len() > 1) {
            let end = before_year(text, &mark.tokens);
            let head = spots.letters(&(end - 1..end));
            seen.entry(head[0]).or_insert_with(|| (mark.label.clone(), mark.tokens.end));
        }
        let mut added = Vec::new();
        for at in 1..sentence.len() {
            let Some(label) = rules.head_label(sentence, at) else { continue };
            let tokens = sentence.outer(&(at..at + 1));
            if sentence.is_capital(at)
                && !sentence.is_capital(at + 1)
                && text.word(tokens.start as usize - 1).eq_ignore_ascii_case("the")
                && let Some((seen, end)) = seen.get(&spots.letters(&tokens)[0])
                && *end <= tokens.start
                && *seen == label
                && touching(marks, &tokens).is_empty()
            {
                added.push(Mark::new(tokens, label, 0.7).by("short form"));
            }
        }
        for mark in added {
            insert(marks, mark);
        }
    }
}
