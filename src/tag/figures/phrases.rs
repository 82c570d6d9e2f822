//! Phrases of several words with a payload, found forward from their first word or backward from their last.

use super::cues::{Facts, LISTS};
use super::pieces::{Pieces, piece_length};
use crate::numeral::{Gap, Words};
use crate::text::FoldedWords;

/// The words of a phrase, with its payload.
type Entry<T> = (Vec<Box<str>>, T);

/// Phrases with a payload, found forward from their first word or backward from their last.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    /// Those that begin with the same word, in any case; the longest first.
    by_word: Vec<Vec<Entry<T>>>,
    /// Which of the lists of [`Facts::phrases`] it is.
    list: usize,
    /// Whether the case of letters counts.
    exact: bool,
}

impl<T> Phrases<T> {
    /// The list of number `list`, still empty.
    pub(super) fn new(list: usize, exact: bool) -> Self {
        debug_assert!(list < LISTS, "each list has its place among the facts");
        Self { by_word: Vec::new(), list, exact }
    }

    /// Adds a phrase, its words in reading order, or reversed for reading backward, and notes it in `facts`. Says
    /// whether that could be done: a first word of more than 32 bytes cannot be found.
    pub(super) fn add(&mut self, form: &str, reversed: bool, value: T, facts: &mut FoldedWords<Facts>) -> bool {
        let mut words: Vec<Box<str>> = Vec::new();
        for mut chunk in form.split(' ') {
            while !chunk.is_empty() {
                let (word, rest) = chunk.split_at(piece_length(chunk));
                words.push(word.into());
                chunk = rest;
            }
        }
        if reversed {
            words.reverse();
        }
        let Some(fact) = words.first().and_then(|word| facts.entry(word)) else { return false };
        let place = &mut fact.phrases[self.list];
        if *place == 0 {
            self.by_word.push(Vec::new());
            *place = self.by_word.len() as u16;
        }
        let entries = &mut self.by_word[usize::from(*place) - 1];
        entries.push((words, value));
        entries.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        true
    }

    fn same(&self, own: &str, word: &str) -> bool {
        if self.exact { own == word } else { own.eq_ignore_ascii_case(word) }
    }

    /// The phrases that begin, or read backward end, with the word at `at`.
    #[inline]
    fn at(&self, pieces: &Pieces<'_>, at: usize) -> &[Entry<T>] {
        let place = pieces.facts(at).map_or(0, |facts| facts.phrases[self.list]);
        usize::from(place).checked_sub(1).map_or(&[], |place| &self.by_word[place])
    }

    /// The payload of `word`, where it is a phrase by itself.
    pub(super) fn of_word(&self, facts: &FoldedWords<Facts>, word: &str) -> Option<&T> {
        let place = usize::from(facts.get(word)?.phrases[self.list]).checked_sub(1)?;
        let alone = |words: &Vec<Box<str>>| words.len() == 1 && self.same(&words[0], word);
        self.by_word[place].iter().find(|(words, _)| alone(words)).map(|(_, value)| value)
    }

    /// The longest phrase that begins at `at`: the piece after it, and its payload. Hyphens may join its words.
    #[inline]
    pub(super) fn forward(&self, pieces: &Pieces<'_>, at: usize) -> Option<(usize, &T)> {
        self.at(pieces, at).iter().find_map(|(words, value)| {
            let (first, rest) = words.split_first()?;
            // Words in any case were found by their folded form.
            if self.exact && **first != *pieces.word(at) {
                return None;
            }
            let mut next = at + 1;
            for own in rest {
                if pieces.gap(next) == Gap::Break {
                    return None;
                }
                if pieces.word(next) == "-" && &**own != "-" && pieces.gap(next) == Gap::None {
                    next += 1;
                }
                if !self.same(own, pieces.word(next)) {
                    return None;
                }
                next += 1;
            }
            Some((next, value))
        })
    }

    /// The longest phrase that ends before `end`: its first piece, and its payload.
    #[inline]
    pub(super) fn backward(&self, pieces: &Pieces<'_>, end: usize) -> Option<(usize, &T)> {
        self.all_backward(pieces, end).next()
    }

    /// All phrases that end before `end`, the longest first.
    #[inline]
    pub(super) fn all_backward(&self, pieces: &Pieces<'_>, end: usize) -> impl Iterator<Item = (usize, &T)> {
        let entries = if end == 0 || pieces.gap(end) == Gap::Break { &[] } else { self.at(pieces, end - 1) };
        entries.iter().filter_map(move |(words, value)| {
            let (last, rest) = words.split_first()?;
            if self.exact && **last != *pieces.word(end - 1) {
                return None;
            }
            let mut first = end - 1;
            for own in rest {
                if first == 0 || pieces.gap(first) == Gap::Break || !self.same(own, pieces.word(first - 1)) {
                    return None;
                }
                first -= 1;
            }
            Some((first, value))
        })
    }
}
