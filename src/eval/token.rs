//! Token by token: each token that a mark touches, with the mark's label, on both sides.
//!
//! Tokens are gold's own where it has a token layer; else runs of letters and digits, and every other
//! character but blanks by itself. A token under several labels counts once for each.

use super::count::Tally;
use super::marks::Item;
use super::score::JudgedLayer;
use crate::document::{Document, Layer};
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
    let mut tokens = Vec::new();
    for item in items {
        for piece in item.pieces() {
            each_token(document, *piece, |span| tokens.push((span.start(), item.label)));
        }
    }
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// Calls `found` with every token of `document` that shares a byte with `piece`.
pub(super) fn each_token(document: &Document, piece: Span, mut found: impl FnMut(Span)) {
    let own = document.layer(Layer::Token);
    if own.is_empty() {
        cut(document.text(), piece, found);
        return;
    }
    let first = own.partition_point(|token| token.span.end() <= piece.start());
    for token in own[first..].iter().take_while(|token| token.span.start() < piece.end()) {
        found(token.span);
    }
}

/// Cuts the words that touch `piece`, from the first one's beginning to the last one's end.
fn cut(text: &str, piece: Span, mut found: impl FnMut(Span)) {
    let Some(before) = text.get(..piece.start() as usize) else { return };
    let begins_inside = text[before.len()..].starts_with(is_word);
    let start = if begins_inside { before.trim_end_matches(is_word).len() } else { before.len() };
    let mut at = start;
    while at < piece.end() as usize {
        let rest = &text[at..];
        let Some(character) = rest.chars().next() else { return };
        let length =
            if is_word(character) { rest.len() - rest.trim_start_matches(is_word).len() } else { character.len_utf8() };
        if !character.is_whitespace() {
            found(Span::at(at, at + length));
        }
        at += length;
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
        let words = |start, end| {
            let mut words = Vec::new();
            cut(text, Span::new(start, end), |span| words.push(span.of(text)));
            words
        };
        assert_eq!(words(5, 10), ["well", "-", "known"]);
        assert_eq!(words(0, 4), ["the"]);
        assert_eq!(words(15, 19), ["“", "Ankára"]);
        assert_eq!(words(28, 30), ["x"]);
        assert!(words(27, 30).is_empty(), "no word begins inside a character");
    }
}
