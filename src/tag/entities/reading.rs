//! What the rules see of an article: for each token its traits and what the lists say of it, and the sentences.

use super::traits::{Traits, Vocabulary, kind};
use crate::document::{Segmented, Sentence, ZoneKind};
use crate::linear::Observed;
use crate::resource::gazetteer::Match;
use std::collections::HashMap;
use std::ops::Range;

/// One token as rules see it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spot {
    pub(super) traits: Traits,
    /// Classes of the phrases of lists that begin here.
    pub(super) begins: u32,
    /// Classes of the phrases of lists that end here.
    pub(super) ends: u32,
    /// Classes of the token alone.
    alone: u32,
    /// The first phrase of the article that begins here or later.
    first: u32,
}

/// The tokens of an article. Kept from article to article, it looks at each distinct word once.
#[derive(Debug, Default)]
pub(super) struct Spots {
    /// The era of the words that are known.
    era: u32,
    /// What is known of each word, by its number: its traits, with no kinds where it was not looked at, and the
    /// number of its letters.
    known: Vec<(Traits, u32)>,
    /// Numbers of letters: a word of two kinds has two numbers.
    numbers: HashMap<Box<str>, u32>,
    /// The number of the letters of each token.
    letters: Vec<u32>,
    /// Those of the article, and one behind them.
    all: Vec<Spot>,
}

impl Spots {
    /// Reads an article, whatever was there before; `function` are words that begin sentences and belong to no
    /// name.
    pub(super) fn read(&mut self, vocabulary: &Vocabulary, text: &Segmented<'_>, observed: &Observed, function: u32) {
        if self.era != observed.era() {
            self.known.clear();
            self.numbers.clear();
            self.era = observed.era();
        }
        self.known.resize(observed.distinct(), (Traits::default(), 0));
        self.all.clear();
        self.letters.clear();
        let mut first = 0;
        let mut matches = observed.matches.iter().map(|found| found.tokens.start).peekable();
        for ((at, token), number) in (0_u32..).zip(text.tokens()).zip(observed.numbers()) {
            while matches.next_if(|start| *start < at).is_some() {
                first += 1;
            }
            let (traits, letters) = &mut self.known[*number as usize];
            if traits.kinds == 0 {
                let word = token.span.of(text.text());
                *traits = vocabulary.look(word, token.kind);
                let next = self.numbers.len() as u32;
                *letters = *self.numbers.entry(word.into()).or_insert(next);
            }
            self.all.push(Spot { traits: *traits, first, ..Spot::default() });
            self.letters.push(*letters);
        }
        self.all.push(Spot { first: observed.matches.len() as u32, ..Spot::default() });
        for found in &observed.matches {
            let (start, end) = (found.tokens.start as usize, found.tokens.end as usize);
            self.all[start].begins |= found.classes;
            self.all[end - 1].ends |= found.classes;
            if end == start + 1 {
                self.all[start].alone |= found.classes;
            }
        }
        for sentence in text.sentences() {
            let mut before_capital = false;
            for spot in self.all[sentence.tokens.start as usize..sentence.tokens.end as usize].iter_mut().rev() {
                let kinds = &mut spot.traits.kinds;
                if *kinds & kind::CAPITAL_WORD != 0 && spot.alone & function == 0 {
                    *kinds |= kind::NAME;
                }
                if *kinds & kind::DASH != 0 && before_capital {
                    *kinds |= kind::INNER_DASH;
                }
                before_capital = *kinds & kind::CAPITAL != 0;
            }
        }
    }

    /// The numbers of the letters of some tokens: the same for the same letters.
    pub(super) fn letters(&self, tokens: &Range<u32>) -> &[u32] {
        &self.letters[tokens.start as usize..tokens.end as usize]
    }
}

/// One sentence as rules see it. Token numbers count from the sentence's first token, but for those of
/// `matches`, which count from the article's first.
#[derive(Clone, Copy)]
pub(super) struct Reading<'t, 'm> {
    text: &'m Segmented<'t>,
    /// Its tokens.
    pub(super) spots: &'m [Spot],
    /// The spot behind its last one.
    behind: &'m Spot,
    /// Phrases of the article that stand in lists, by start.
    matches: &'m [Match],
    /// The article's number of the first token.
    first: u32,
    /// The zone it lies in.
    pub(super) zone: ZoneKind,
    /// All kinds of tokens that it has.
    pub(super) kinds: u32,
    /// All classes that it has phrases of.
    pub(super) lists: u32,
    /// Whether it is written in capitals, so that they tell no name.
    pub(super) shouted: bool,
}

impl<'t, 'm> Reading<'t, 'm> {
    /// Reads `sentence`; `spots` and `matches` are those of the article.
    pub(super) fn new(text: &'m Segmented<'t>, sentence: &Sentence, spots: &'m Spots, matches: &'m [Match]) -> Self {
        let range = sentence.tokens.start as usize..sentence.tokens.end as usize;
        let behind = &spots.all[range.end];
        let spots = &spots.all[range];
        let kinds = spots.iter().fold(0, |all, spot| all | spot.traits.kinds);
        Self {
            text,
            spots,
            behind,
            matches,
            first: sentence.tokens.start,
            zone: text.zone_of(sentence),
            kinds,
            lists: spots.iter().fold(0, |all, spot| all | spot.begins),
            shouted: kinds & kind::SHOUTED != 0 && is_shouted(spots),
        }
    }

    /// Number of tokens.
    pub(super) fn len(&self) -> usize {
        self.spots.len()
    }

    /// A word.
    pub(super) fn word(&self, index: usize) -> &'t str {
        self.text.word(index + self.first as usize)
    }

    /// Several words.
    pub(super) fn words(&self, range: Range<usize>) -> Vec<&'t str> {
        range.map(|index| self.word(index)).collect()
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
        self.spots.get(index).is_some_and(|spot| spot.traits.kinds & kind::CAPITAL != 0)
    }

    /// The classes of the token at `index` alone.
    pub(super) fn classes_alone(&self, index: usize) -> u32 {
        self.spots.get(index).map_or(0, |spot| spot.alone)
    }

    /// The classes of exactly the tokens `start..end`.
    pub(super) fn classes_of(&self, start: usize, end: usize) -> u32 {
        let wanted = end as u32 + self.first;
        self.starting(start).iter().filter(|found| found.tokens.end == wanted).fold(0, |all, found| all | found.classes)
    }

    /// The ends of the phrases of `classes` that begin at `start`, longest first.
    pub(super) fn ends_in(&self, start: usize, classes: u32) -> impl Iterator<Item = usize> {
        self.starting(start)
            .iter()
            .rev()
            .filter(move |found| found.classes & classes != 0)
            .map(|found| self.inner(&found.tokens).end)
    }

    /// The phrases that begin at `start`, shorter first.
    fn starting(&self, start: usize) -> &'m [Match] {
        let Some(spot) = self.spots.get(start) else { return &[] };
        let next = self.spots.get(start + 1).unwrap_or(self.behind);
        &self.matches[spot.first as usize..next.first as usize]
    }
}

/// Whether most words of a sentence are written in capitals, four at least.
fn is_shouted(spots: &[Spot]) -> bool {
    let count = |kind: u32| spots.iter().filter(|spot| spot.traits.kinds & kind != 0).count();
    let shouted = count(kind::SHOUTED);
    shouted >= 4 && shouted * 10 >= count(kind::LETTERS) * 6
}
