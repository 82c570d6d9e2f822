//! What the lists say of an article's tokens, read once and shared by all entity rules.

use crate::document::{Segmented, TokenKind};
use crate::resource::gazetteer::{Gazetteer, Match, token_hash};
use std::ops::Range;

/// One sentence with what the lists know of it. Token numbers count from the sentence's first token.
pub(super) struct Reading<'t> {
    /// The words.
    pub(super) words: Vec<&'t str>,
    /// The kinds of the words.
    pub(super) kinds: Vec<TokenKind>,
    /// Phrases that stand in lists, by start, shorter first.
    pub(super) matches: Vec<Match>,
    /// Indices of `matches`, by end.
    by_end: Vec<u32>,
    /// The article's number of the first token.
    pub(super) first: u32,
}

impl<'t> Reading<'t> {
    /// Reads the sentence of `tokens` (numbers in the article).
    pub(super) fn new(text: &Segmented<'t>, tokens: &Range<u32>, gazetteer: &Gazetteer) -> Self {
        let range = tokens.start as usize..tokens.end as usize;
        let words: Vec<&str> = range.clone().map(|index| text.word(index)).collect();
        let kinds = text.tokens()[range].iter().map(|token| token.kind).collect();
        let hashes: Vec<_> = words.iter().map(|word| token_hash(word)).collect();
        let mut matches = Vec::new();
        gazetteer.find(&hashes, &mut matches);
        let mut by_end: Vec<u32> = (0..matches.len() as u32).collect();
        by_end.sort_by_key(|index| matches[*index as usize].tokens.end);
        Self { words, kinds, matches, by_end, first: tokens.start }
    }

    /// Number of tokens.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether the token begins with a capital letter.
    pub(super) fn is_capital(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(|word| word.chars().next().is_some_and(char::is_uppercase))
    }

    /// Whether the token at `index` alone stands in one of `classes`.
    pub(super) fn is(&self, index: usize, classes: u32) -> bool {
        self.covers(index, index + 1, classes)
    }

    /// Whether exactly the tokens `start..end` stand in one of `classes`.
    pub(super) fn covers(&self, start: usize, end: usize, classes: u32) -> bool {
        let range = start as u32..end as u32;
        self.starting_at(start).any(|found| found.tokens == range && found.classes & classes != 0)
    }

    /// The phrases that begin at `start`, shorter first.
    pub(super) fn starting_at(&self, start: usize) -> impl Iterator<Item = &Match> {
        let from = self.matches.partition_point(|found| (found.tokens.start as usize) < start);
        self.matches[from..].iter().take_while(move |found| found.tokens.start as usize == start)
    }

    /// Whether a phrase of `classes` ends before `end` (exclusive).
    pub(super) fn ends_at(&self, end: usize, classes: u32) -> Option<usize> {
        self.ending_at(end).find(|found| found.classes & classes != 0).map(|found| found.tokens.start as usize)
    }

    /// The phrases that end before `end` (exclusive), by start.
    pub(super) fn ending_at(&self, end: usize) -> impl Iterator<Item = &Match> {
        let at = |index: &u32| &self.matches[*index as usize];
        let from = self.by_end.partition_point(|index| (at(index).tokens.end as usize) < end);
        self.by_end[from..].iter().map(at).take_while(move |found| found.tokens.end as usize == end)
    }
}
