//! What the lists say of a sentence's tokens, for the entity rules.

use crate::document::{Segmented, Sentence, TokenKind, ZoneKind};
use crate::resource::gazetteer::Match;
use std::ops::Range;

/// One sentence with what the lists know of it. Token numbers count from the sentence's first token,
/// but for those of `matches`, which count from the article's first.
pub(super) struct Reading<'t, 'm> {
    /// The words.
    pub(super) words: Vec<&'t str>,
    /// The kinds of the words.
    pub(super) kinds: Vec<TokenKind>,
    /// Phrases that stand in lists, by start.
    matches: &'m [Match],
    /// The article's number of the first token.
    first: u32,
    /// The zone it lies in.
    pub(super) zone: ZoneKind,
}

impl<'t, 'm> Reading<'t, 'm> {
    /// Reads `sentence`; `matches` are those of the article.
    pub(super) fn new(text: &Segmented<'t>, sentence: &Sentence, matches: &'m [Match]) -> Self {
        let tokens = &sentence.tokens;
        let range = tokens.start as usize..tokens.end as usize;
        let from = matches.partition_point(|found| found.tokens.start < tokens.start);
        let to = matches.partition_point(|found| found.tokens.start < tokens.end);
        Self {
            words: range.clone().map(|index| text.word(index)).collect(),
            kinds: text.tokens()[range].iter().map(|token| token.kind).collect(),
            matches: &matches[from..to],
            first: tokens.start,
            zone: text.zone_of(sentence),
        }
    }

    /// Number of tokens.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Tokens of the article as tokens of the sentence.
    pub(super) fn inner(&self, tokens: &Range<u32>) -> Range<usize> {
        (tokens.start - self.first) as usize..(tokens.end - self.first) as usize
    }

    /// Tokens of the sentence as tokens of the article.
    pub(super) fn outer(&self, tokens: &Range<usize>) -> Range<u32> {
        tokens.start as u32 + self.first..tokens.end as u32 + self.first
    }

    /// Whether the token begins with a capital letter.
    pub(super) fn is_capital(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(|word| word.chars().next().is_some_and(char::is_uppercase))
    }

    /// Whether the sentence is written in capitals, so that they tell no name.
    pub(super) fn is_shouted(&self) -> bool {
        let words = self.words.iter().filter(|word| word.chars().any(char::is_alphabetic));
        let shouted = words.clone().filter(|word| word.len() > 1 && !word.chars().any(char::is_lowercase)).count();
        shouted >= 4 && shouted * 10 >= words.count() * 6
    }

    /// Whether the token at `index` alone stands in one of `classes`.
    pub(super) fn is(&self, index: usize, classes: u32) -> bool {
        self.covers(index, index + 1, classes)
    }

    /// Whether exactly the tokens `start..end` stand in one of `classes`.
    pub(super) fn covers(&self, start: usize, end: usize, classes: u32) -> bool {
        self.classes_of(start, end) & classes != 0
    }

    /// The classes of exactly the tokens `start..end`.
    pub(super) fn classes_of(&self, start: usize, end: usize) -> u32 {
        self.starting(start)
            .filter(|found| self.inner(&found.tokens).end == end)
            .fold(0, |all, found| all | found.classes)
    }

    /// The ends of the phrases of `classes` that begin at `start`, longest first.
    pub(super) fn ends_in(&self, start: usize, classes: u32) -> impl Iterator<Item = usize> {
        self.starting(start)
            .rev()
            .filter(move |found| found.classes & classes != 0)
            .map(|found| self.inner(&found.tokens).end)
    }

    /// All classes that the sentence has phrases of.
    pub(super) fn lists(&self) -> u32 {
        self.matches.iter().fold(0, |all, found| all | found.classes)
    }

    /// The phrases that begin at `start`, shorter first.
    fn starting(&self, start: usize) -> impl DoubleEndedIterator<Item = &Match> {
        let start = start as u32 + self.first;
        let from = self.matches.partition_point(|found| found.tokens.start < start);
        let to = self.matches.partition_point(|found| found.tokens.start <= start);
        self.matches[from..to].iter()
    }
}
