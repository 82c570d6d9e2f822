//! The only definition of features, for training and prediction alike.
//!
//! Each token of an article becomes a list of 32-bit feature hashes. Features see the word and its
//! neighbours two to either side (form, shape, affixes, word clusters), the lists of names, and what the
//! same word does elsewhere in the article. Words in lower case get fewer features than words that may be
//! names.

use super::habits::{Case, Habits, Running, case_of};
use super::templates::{Window, template_name};
use super::word::Words;
use crate::document::Segmented;
use crate::error::Result;
use crate::resource::compile::{SEED, extend, word_hash};
use crate::resource::gazetteer::{Gazetteer, Match, clusters};
use crate::resource::{Resources, Table};
use std::ops::Range;

/// Raised whenever a template changes its meaning.
const VERSION: u64 = 1;

/// What features are made of: lists and clusters.
#[derive(Clone, Debug)]
pub struct FeatureSet {
    gazetteer: Gazetteer,
    clusters: Table,
    heads: u32,
    titles: u32,
}

/// An article as the templates see it. Kept from article to article, it looks at each distinct word once.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    pub(super) words: Words,
    /// The word of each token.
    pub(super) numbers: Vec<u32>,
    /// The lists each token lies in (first), and those of phrases of several tokens among them (second).
    pub(super) classes: Vec<(u32, u32)>,
    /// The tokens of each sentence, and how it is written.
    sentences: Vec<(Range<usize>, Case)>,
    pub(super) habits: Habits,
    /// Counts how often the words were forgotten.
    pub(super) era: u32,
    /// Phrases of the lists, by start; tokens are numbers in the article.
    pub matches: Vec<Match>,
}

impl Observed {
    /// Number of tokens.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The number of each token's word: the same for the same letters and kind of token, in this era.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// Numbers of words are below this.
    pub fn distinct(&self) -> usize {
        self.words.len()
    }

    /// How often the words were forgotten and numbered anew.
    pub fn era(&self) -> u32 {
        self.era
    }

    /// Number of sentences.
    pub fn sentences(&self) -> usize {
        self.sentences.len()
    }

    /// The tokens of a sentence.
    pub fn tokens(&self, sentence: usize) -> Range<usize> {
        self.sentences[sentence].0.clone()
    }

    /// Each token of a sentence as templates see it.
    #[inline]
    pub(super) fn windows(&self, sentence: usize) -> impl Iterator<Item = Window<'_>> {
        let (range, case) = &self.sentences[sentence];
        range.clone().map(move |index| Window::new(self, range.clone(), index, *case))
    }

    /// Appends the feature hashes of the sentence to `hashes`, and where those of each token end to `ends`.
    pub(super) fn list(&self, sentence: usize, hashes: &mut Vec<u32>, ends: &mut Vec<usize>) {
        for window in self.windows(sentence) {
            window.all(&mut |_, hash| hashes.push(hash));
            ends.push(hashes.len());
        }
    }

    /// The features of the token at `index` with the names of their templates, for explanations.
    pub fn named(&self, index: usize) -> Vec<(&'static str, u32)> {
        let mut named = Vec::new();
        let at = self.sentences.partition_point(|(range, _)| range.end <= index);
        if let Some((range, case)) = self.sentences.get(at).filter(|(range, _)| range.contains(&index)) {
            let window = Window::new(self, range.clone(), index, *case);
            window.all(&mut |template, hash| named.push((template_name(template), hash)));
        }
        named
    }
}

impl FeatureSet {
    /// Loads lists and clusters.
    pub fn new(resources: &Resources) -> Result<Self> {
        let gazetteer = Gazetteer::new(resources)?;
        let heads = gazetteer.bits(|class| class.name.starts_with("head_"));
        let titles = gazetteer.bit("title");
        Ok(Self { gazetteer, clusters: clusters(resources)?, heads, titles })
    }

    /// The lists.
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// The word clusters.
    pub(super) fn clusters(&self) -> &Table {
        &self.clusters
    }

    /// A number that changes when models trained before no longer fit.
    pub fn fingerprint(&self) -> u64 {
        let classes = self.gazetteer.classes();
        classes.iter().fold(extend(SEED, VERSION), |hash, class| extend(hash, word_hash(&class.name)))
    }

    /// Reads `text` into `observed`, whatever was there before.
    pub fn observe(&self, text: &Segmented<'_>, observed: &mut Observed) {
        observed.era += u32::from(observed.words.trim());
        let Observed { words, numbers, classes, sentences, habits, matches, .. } = observed;
        numbers.clear();
        let tokens = text.tokens().iter();
        numbers.extend(tokens.map(|token| words.number(self, text.text(), token.span.range(), token.kind)));
        sentences.clear();
        sentences.extend(text.sentences().iter().map(|sentence| {
            let range = sentence.tokens.start as usize..sentence.tokens.end as usize;
            (range.clone(), case_of(numbers[range].iter().map(|number| words.facts(*number))))
        }));
        matches.clear();
        classes.clear();
        classes.resize(numbers.len(), (0, 0));
        for (range, _) in sentences.iter() {
            self.match_lists(words, numbers, range, matches, classes);
        }
        let running = Running { words, numbers, classes, heads: self.heads, titles: self.titles };
        habits.read(&running, sentences.iter().cloned());
    }

    /// Finds list phrases and gives each token the classes it lies in.
    fn match_lists(
        &self,
        words: &Words,
        numbers: &[u32],
        range: &Range<usize>,
        matches: &mut Vec<Match>,
        classes: &mut [(u32, u32)],
    ) {
        let from = matches.len();
        for at in range.clone() {
            if let Some(opening) = words.opening(numbers[at]) {
                let after = numbers[at + 1..range.end].iter().map(|number| words.token(*number));
                self.gazetteer.find(at as u32, opening, after, matches);
            }
        }
        for found in &matches[from..] {
            let long = if found.tokens.len() > 1 { found.classes } else { 0 };
            for token in found.tokens.clone() {
                let (all, of_long) = &mut classes[token as usize];
                *all |= found.classes;
                *of_long |= long;
            }
        }
    }
}
