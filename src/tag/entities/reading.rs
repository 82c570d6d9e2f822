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
        Self { words, kinds, matches, first: tokens.start }
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
        self.matches.iter().any(|found| found.tokens == range && found.classes & classes != 0)
    }

    /// Whether a phrase of `classes` ends before `end` (exclusive).
    pub(super) fn ends_at(&self, end: usize, classes: u32) -> Option<usize> {
        let found =
            self.matches.iter().find(|found| found.tokens.end as usize == end && found.classes & classes != 0)?;
        Some(found.tokens.start as usize)
    }
}
