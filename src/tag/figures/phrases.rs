//! Phrases of several words with a payload, found forward from their first word or backward from their last.

use super::pieces::piece_length;
use crate::numeral::{Gap, Words};
use std::collections::HashMap;

/// The words of a phrase behind its first, with its payload.
type Entry<T> = (Vec<Box<str>>, T);

/// Phrases with a payload, found forward from their first word or backward from their last.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    by_word: HashMap<Box<str>, Vec<Entry<T>>>,
    exact: bool,
}

impl<T> Phrases<T> {
    pub(super) fn new(exact: bool) -> Self {
        Self { by_word: HashMap::new(), exact }
    }

    /// Adds a phrase; its words in reading order, or reversed for reading backward.
    pub(super) fn add(&mut self, form: &str, reversed: bool, value: T) {
        let mut words: Vec<Box<str>> = Vec::new();
        for mut chunk in form.split(' ') {
            while !chunk.is_empty() {
                let (word, rest) = chunk.split_at(piece_length(chunk));
                words.push(if self.exact { word.into() } else { word.to_lowercase().into() });
                chunk = rest;
            }
        }
        if reversed {
            words.reverse();
        }
        if words.is_empty() {
            return;
        }
        let first = words.remove(0);
        let list = self.by_word.entry(first).or_default();
        list.push((words, value));
        list.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
    }

    fn key<'k>(&self, word: &'k str, buffer: &'k mut [u8; 32]) -> &'k str {
        if self.exact || word.bytes().all(|byte| !byte.is_ascii_uppercase()) || word.len() > buffer.len() {
            return word;
        }
        let folded = &mut buffer[..word.len()];
        folded.copy_from_slice(word.as_bytes());
        folded.make_ascii_lowercase();
        std::str::from_utf8(folded).unwrap_or(word)
    }

    fn same(&self, own: &str, word: &str) -> bool {
        if self.exact { own == word } else { own.eq_ignore_ascii_case(word) }
    }

    /// The longest phrase that begins at `at`: the piece after it, and its payload. Hyphens may join its words.
    pub(super) fn forward<W: Words>(&self, words: &W, at: usize) -> Option<(usize, &T)> {
        let mut buffer = [0; 32];
        let list = self.by_word.get(self.key(words.word(at), &mut buffer))?;
        list.iter().find_map(|(rest, value)| {
            let mut next = at + 1;
            for own in rest {
                if words.gap(next) == Gap::Break {
                    return None;
                }
                if words.word(next) == "-" && &**own != "-" && words.gap(next) == Gap::None {
                    next += 1;
                }
                if !self.same(own, words.word(next)) {
                    return None;
                }
                next += 1;
            }
            Some((next, value))
        })
    }

    /// The longest phrase that ends before `end`: its first piece, and its payload.
    pub(super) fn backward<W: Words>(&self, words: &W, end: usize) -> Option<(usize, &T)> {
        if end == 0 || words.gap(end) == Gap::Break {
            return None;
        }
        let mut buffer = [0; 32];
        let list = self.by_word.get(self.key(words.word(end - 1), &mut buffer))?;
        list.iter().find_map(|(rest, value)| {
            let mut first = end - 1;
            for own in rest {
                if first == 0 || words.gap(first) == Gap::Break || !self.same(own, words.word(first - 1)) {
                    return None;
                }
                first -= 1;
            }
            Some((first, value))
        })
    }
}
