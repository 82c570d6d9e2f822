//! What the lists say of a sentence's tokens, for the entity rules.

use crate::document::{Segmented, TokenKind};
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
}

impl<'t, 'm> Reading<'t, 'm> {
    /// Reads the sentence of `tokens` (numbers in the article); `matches` are those of the article.
    pub(super) fn new(text: &Segmented<'t>, tokens: &Range<u32>, matches: &'m [Match]) -> Self {
        let range = tokens.start as usize..tokens.end as usize;
        let from = matches.partition_point(|found| found.tokens.start < tokens.start);
        let to = matches.partition_point(|found| found.tokens.start < tokens.end);
        Self {
            words: range.clone().map(|index| text.word(index)).collect(),
            kinds: text.tokens()[range].iter().map(|token| token.kind).collect(),
            matches: &matches[from..to],
            first: tokens.start,
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

    /// Whether the token begins with a small letter.
    pub(super) fn is_lower(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(|word| word.chars().next().is_some_and(char::is_lowercase))
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

    /// The classes of the longest phrase that ends at `end` and begins at `from` or later.
    pub(super) fn classes_ending(&self, end: usize, from: usize) -> u32 {
        (from..end).map(|start| self.classes_of(start, end)).find(|classes| *classes != 0).unwrap_or(0)
    }

    /// The classes of the longest phrase that begins at `start` and ends at `to` or before.
    pub(super) fn classes_beginning(&self, start: usize, to: usize) -> u32 {
        (start + 1..=to).rev().map(|end| self.classes_of(start, end)).find(|classes| *classes != 0).unwrap_or(0)
    }

    /// The phrases that begin at `start`.
    fn starting(&self, start: usize) -> impl Iterator<Item = &Match> {
        let start = start as u32 + self.first;
        let from = self.matches.partition_point(|found| found.tokens.start < start);
        self.matches[from..].iter().take_while(move |found| found.tokens.start == start)
    }
}
