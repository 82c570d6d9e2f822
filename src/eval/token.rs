//! Token by token: each token that a mark touches, with the mark's label, on both sides.
//!
//! Tokens are gold's own where it has a token layer; else runs of letters and digits, and every other
//! character but blanks by itself. A token under several labels counts once for each.

use super::count::Tally;
use super::marks::Item;
use super::score::JudgedLayer;
use crate::document::{Annotation, Document, Layer};
use crate::text::Span;
use std::collections::BTreeMap;

/// For each label, its tokens on both sides and those that agree. A token whose label is confused counts
/// as missed under the one and spurious under the other.
pub(super) fn tallies<'a>(judged: &JudgedLayer<'a>, gold: &Document) -> BTreeMap<&'a str, Tally> {
    let sides = [&judged.gold, &judged.pred].map(|items| marked(items, gold));
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for (_, label) in &sides[0] {
        tallies.entry(label).or_default().possible += 1;
    }
    for (_, label) in &sides[1] {
        tallies.entry(label).or_default().actual += 1;
    }
    let mut pred = sides[1].iter().peekable();
    for token in &sides[0] {
        while pred.next_if(|other| *other < token).is_some() {}
        if pred.peek() == Some(&token) {
            let tally = tallies.entry(token.1).or_default();
            tally.pairs += 1;
            tally.same_both += 1;
            tally.same_span += 1;
            tally.label_pairs += 1;
            tally.same_label += 1;
            tally.value_pairs += 1;
        }
    }
    tallies
}

/// Where each token under a mark begins, with the mark's label; sorted, each once.
fn marked<'a>(items: &[Item<'a>], document: &Document) -> Vec<(u32, &'a str)> {
    let mut pieces: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    for item in items {
        pieces.entry(item.label).or_default().extend(item.pieces());
    }
    let mut tokens = Vec::new();
    for (label, mut pieces) in pieces {
        pieces.sort_unstable();
        let mut tokenizer = Tokenizer::new(document);
        // Marks of one label that overlap or touch are looked at as one, however deep they lie.
        let mut whole: Option<Span> = None;
        for piece in pieces {
            match &mut whole {
                Some(whole) if piece.start() <= whole.end() => *whole = whole.cover(piece),
                whole => {
                    if let Some(done) = whole.replace(piece) {
                        tokenizer.each(done, |token| tokens.push((token.start(), label)));
                    }
                }
            }
        }
        if let Some(last) = whole {
            tokenizer.each(last, |token| tokens.push((token.start(), label)));
        }
    }
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// Finds the tokens of a document under one piece of its text after the other.
pub(super) struct Tokenizer<'d> {
    text: &'d str,
    own: &'d [Annotation],
    /// The word found last: a long one need not be measured again for each piece that begins in it.
    last: Span,
}

impl<'d> Tokenizer<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self { text: document.text(), own: document.layer(Layer::Token), last: Span::new(0, 0) }
    }

    /// Calls `found` with every token that shares a byte with `piece`.
    pub(super) fn each(&mut self, piece: Span, mut found: impl FnMut(Span)) {
        if self.own.is_empty() {
            self.cut(piece, found);
            return;
        }
        let first = self.own.partition_point(|token| token.span.end() <= piece.start());
        for token in self.own[first..].iter().take_while(|token| token.span.start() < piece.end()) {
            found(token.span);
        }
    }

    /// Cuts the words that touch `piece`, from the first one's beginning to the last one's end.
    fn cut(&mut self, piece: Span, mut found: impl FnMut(Span)) {
        let text = self.text;
        let Some(before) = text.get(..piece.start() as usize) else { return };
        let mut at = before.len();
        if self.last.contains_byte(piece.start()) {
            at = self.last.start() as usize;
        } else if text[at..].starts_with(is_word) {
            at = before.trim_end_matches(is_word).len();
        }
        while at < piece.end() as usize {
            let rest = &text[at..];
            let Some(character) = rest.chars().next() else { return };
            if at == self.last.start() as usize && !self.last.is_empty() {
                found(self.last);
                at = self.last.end() as usize;
                continue;
            }
            let word = is_word(character);
            let length = if word { rest.len() - rest.trim_start_matches(is_word).len() } else { character.len_utf8() };
            let token = Span::at(at, at + length);
            if !character.is_whitespace() {
                found(token);
            }
            if word {
                self.last = token;
            }
            at += length;
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_whole_and_signs_one_by_one() {
        let text = "the well-known “Ankára” x";
        let mut tokenizer = Tokenizer { text, own: &[], last: Span::new(0, 0) };
        let mut words = |start, end| {
            let mut words = Vec::new();
            tokenizer.each(Span::new(start, end), |span| words.push(span.of(text)));
            words
        };
        assert_eq!(words(5, 10), ["well", "-", "known"]);
        assert_eq!(words(11, 12), ["known"], "the word found last");
        assert_eq!(words(11, 11), ["known"], "an empty piece inside it");
        assert!(words(9, 9).is_empty(), "an empty piece before it");
        assert_eq!(words(0, 4), ["the"]);
        assert_eq!(words(15, 19), ["“", "Ankára"]);
        assert_eq!(words(28, 30), ["x"]);
        assert!(words(27, 30).is_empty(), "no word begins inside a character");
    }
}
