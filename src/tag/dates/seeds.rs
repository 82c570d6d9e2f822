//! The words of which a sentence must hold one to hold a date: most sentences are passed over at a glance.
//!
//! Of each pattern one element is chosen, that whose words are rarest in running text
//! (`resources/lexicons/dates/frequencies.tsv`); its words are seeds, and so is every digit. Rules of a
//! user get their seeds in the same way, so that no rule is ever passed over.

use super::items::Item;
use super::items::kind;
use super::vocabulary::{Class, EACH, KINDS, Vocabulary, beginning, eight_bytes};
use crate::document::{Token, TokenKind};
use std::collections::BTreeMap;

/// The weight of a word that the table of frequencies does not hold.
const RARE: u64 = 1;

/// No word tells such an element: anything may stand there.
const OPEN: u64 = 1 << 40;

/// A rule that marks nothing by itself waits for others when its seeds are more frequent than this.
const WAITS: u64 = 100;

/// Kinds of number that only digits have.
const DIGITS: u32 = kind::YEAR
    | kind::SHORT
    | kind::DECADE
    | kind::OLD_DECADE
    | kind::HHMM
    | kind::CLOCK
    | kind::DOTTED
    | kind::SLASHED
    | kind::NUMERIC
    | kind::NTH
    | kind::THREE
    | kind::DIGIT_DAY;

/// A pattern as seeds are chosen from it.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) phase: usize,
    pub(super) elements: Vec<Vec<Class>>,
    /// What its rule gives.
    pub(super) category: Class,
    /// Whether a match is marked.
    pub(super) mark: bool,
}

/// What seeds are chosen from.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) sequences: Vec<Sequence>,
    /// How often a word stands in running text, by the word.
    pub(super) frequencies: BTreeMap<String, u64>,
    /// The class of each lexicon phrase, and its words as classes of their own.
    pub(super) phrases: Vec<(Class, Vec<Class>)>,
    /// Words that numbers are spelled with, and of these the ones of large numbers.
    pub(super) numerals: Vec<u16>,
    pub(super) large: Vec<u16>,
}

/// The words without which there is no date.
#[derive(Debug)]
pub(super) struct Seeds {
    /// By word.
    words: Vec<bool>,
    /// By the first two letters: the lengths of the seeds that begin with them, as bits.
    lengths: Vec<u32>,
    /// Whether some pattern has no telling word, or one that is no word of letters: then nothing is passed.
    none_passed: bool,
    /// By word: how far behind it, where it begins a pattern of the first phase, the first seed may stand.
    reach: Vec<u8>,
}

impl Seeds {
    /// Chooses the seeds; call when `vocabulary` is sealed.
    pub(super) fn choose(source: &Source, vocabulary: &Vocabulary) -> Self {
        let mut search = Search::new(source, vocabulary);
        let used: Vec<Class> = source.sequences.iter().flat_map(|own| own.elements.iter().flatten().copied()).collect();
        let mut taken_up = vec![false; vocabulary.class_count()];
        for class in used {
            taken_up[usize::from(class)] = true;
        }
        let mut needed = Vec::new();
        for phase in 0..=source.sequences.iter().map(|own| own.phase).max().unwrap_or(0) {
            for own in source.sequences.iter().filter(|own| own.phase == phase) {
                let cost = search.cheapest(own).1;
                let helps = taken_up[usize::from(own.category)];
                if !own.mark && (!helps || cost > WAITS) {
                    search.waits[usize::from(own.category)] |= helps;
                } else {
                    needed.push(own);
                }
            }
        }
        // Patterns that leave little choice come first; others may do with what these ask for.
        needed.sort_by_cached_key(|own| search.cheapest(own).1);
        let mut none_passed = false;
        for own in &needed {
            let (at, cost) = search.cheapest(own);
            none_passed |= cost >= OPEN;
            if cost > 0 && cost < OPEN {
                search.take(&own.elements[at]);
            }
        }
        search.spare(&needed);
        let words: Vec<bool> = search.weights.iter().map(|weight| *weight == 0).collect();
        let mut reach = vec![0; vocabulary.class_count()];
        for own in source.sequences.iter().filter(|own| own.phase == 1) {
            let at = own.elements.iter().position(|element| search.cost(element) == 0);
            let at = at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX);
            for class in own.elements.first().into_iter().flatten() {
                let reach = &mut reach[usize::from(*class)];
                *reach = at.max(*reach);
            }
        }
        let any = |class: usize| 1_u32.checked_shl(class as u32).is_some_and(|bit| bit & !kind::NUMBERS != 0);
        let least = reach.iter().enumerate().filter(|(class, _)| any(*class)).map(|(_, reach)| *reach).max();
        let reach_of = |word: usize| {
            let own = vocabulary.memberships(word as u16).iter().map(|own| reach[usize::from(own.class)]).max();
            own.max(least).unwrap_or(0)
        };
        let reach = (0..vocabulary.word_count()).map(reach_of).collect();
        let mut seeds = Self { words, lengths: vec![0; 1 << 10], none_passed, reach };
        seeds.index(vocabulary);
        seeds
    }

    fn index(&mut self, vocabulary: &Vocabulary) {
        let seeds = self.words.iter().enumerate().filter(|(_, is_seed)| **is_seed);
        for (word, _) in seeds {
            let letters = vocabulary.letters_of(word as u16);
            let in_letters = letters.chars().all(char::is_alphabetic);
            // Digits are found by themselves, and what is more than ASCII letters part by part.
            if letters.contains(|letter: char| letter.is_ascii_digit()) || (in_letters && !letters.is_ascii()) {
                continue;
            }
            if in_letters || letters.bytes().all(|byte| byte.is_ascii_alphabetic() || b".'".contains(&byte)) {
                if letters.len() > 1 {
                    self.lengths[beginning(letters.as_bytes())] |= 1 << letters.len();
                }
            } else {
                self.none_passed = true;
            }
        }
    }

    /// Whether one of `tokens` is a seed: otherwise there is no date among them.
    pub(super) fn any(&self, text: &str, tokens: &[Token], vocabulary: &Vocabulary) -> bool {
        self.none_passed || tokens.iter().any(|token| self.tells(text, token, vocabulary))
    }

    #[inline]
    fn tells(&self, text: &str, token: &Token, vocabulary: &Vocabulary) -> bool {
        let (start, end) = (token.span.start() as usize, token.span.end() as usize);
        let bytes = text.as_bytes();
        match token.kind {
            TokenKind::Number => true,
            TokenKind::Punctuation | TokenKind::Symbol if end - start == 1 => false,
            _ => {
                let length = end - start;
                let may_be =
                    length == 1 || (length <= 16 && self.lengths[beginning(&bytes[start..end])] >> length & 1 == 1);
                (may_be && self.words[usize::from(vocabulary.find_at(bytes, start, end))])
                    || (!is_letters(bytes, start, end) && self.tells_in_part(&text[start..end], vocabulary))
            }
        }
    }

    /// Whether a token that is more than letters holds a digit or a seed: mid-May, '90s.
    #[cold]
    fn tells_in_part(&self, token: &str, vocabulary: &Vocabulary) -> bool {
        token.bytes().any(|byte| byte.is_ascii_digit())
            || token
                .split(|letter: char| !letter.is_alphabetic())
                .any(|part| !part.is_empty() && self.words[usize::from(vocabulary.find(part.as_bytes()))])
    }

    /// Whether a pattern of the first phase that begins with the first of `items` may have its seed.
    #[inline]
    pub(super) fn near(&self, items: &[Item]) -> bool {
        let Some(first) = items.first() else { return false };
        let reach = usize::from(self.reach[usize::from(first.word)]);
        let tells =
            |item: &Item| item.category != 0 || item.kinds & kind::NUMBERS != 0 || self.words[usize::from(item.word)];
        self.none_passed || items.iter().take(reach + 1).any(tells)
    }
}

/// What is chosen so far.
struct Search<'a> {
    source: &'a Source,
    vocabulary: &'a Vocabulary,
    /// By word: what it costs to make it a seed; nothing when it is one.
    weights: Vec<u64>,
    /// By class: its words, and its phrases by their places.
    members: Vec<(Vec<u16>, Vec<usize>)>,
    /// By class: what its words cost together.
    costs: Vec<u64>,
    /// By class: whether a rule that gives it waits for others.
    waits: Vec<bool>,
}

impl<'a> Search<'a> {
    fn new(source: &'a Source, vocabulary: &'a Vocabulary) -> Self {
        let classes = vocabulary.class_count();
        let mut weights = vec![RARE; vocabulary.word_count()];
        for (word, weight) in &source.frequencies {
            weights[usize::from(vocabulary.find(word.as_bytes()))] = *weight;
        }
        // Word 0 stands for all that no list holds, and is no seed.
        weights[0] = OPEN;
        let mut members = vec![(Vec::new(), Vec::new()); classes];
        for word in 0..vocabulary.word_count() as u16 {
            for own in vocabulary.memberships(word) {
                members[usize::from(own.class)].0.push(word);
            }
        }
        for (place, (class, _)) in source.phrases.iter().enumerate() {
            members[usize::from(*class)].1.push(place);
        }
        for (class, (words, _)) in members.iter_mut().enumerate().take(KINDS.len()) {
            match 1 << class {
                bit if bit & DIGITS != 0 => {}
                kind::LARGE => words.clone_from(&source.large),
                bit if bit & kind::NUMBERS != 0 => words.clone_from(&source.numerals),
                _ => words.push(0),
            }
        }
        let mut own =
            Self { source, vocabulary, weights, members, costs: vec![0; classes], waits: vec![false; classes] };
        (0..classes).for_each(|class| own.reckon(class));
        own
    }

    /// Reckons anew what a class costs.
    fn reckon(&mut self, class: usize) {
        let cost = self.words_of(class).map(|word| self.weights[usize::from(word)]).sum();
        self.costs[class] = cost;
    }

    /// The words of which one is in whatever bears this class: its words, and one of each phrase.
    fn words_of(&self, class: usize) -> impl Iterator<Item = u16> {
        let (words, phrases) = &self.members[class];
        let rarest = |place: &usize| {
            let parts = self.source.phrases[*place].1.iter();
            let parts = parts.filter_map(|part| self.members[usize::from(*part)].0.first().copied());
            parts.min_by_key(|word| self.weights[usize::from(*word)])
        };
        words.iter().copied().chain(phrases.iter().filter_map(rarest))
    }

    fn cost(&self, element: &[Class]) -> u64 {
        let of = |class: &Class| {
            let class = usize::from(*class);
            if self.waits[class] { OPEN } else { self.costs[class] }
        };
        element.iter().map(of).sum()
    }

    /// The element whose words are rarest: its place, and what they cost.
    fn cheapest(&self, sequence: &Sequence) -> (usize, u64) {
        let costs = sequence.elements.iter().map(|element| self.cost(element)).enumerate();
        costs.min_by_key(|(_, cost)| *cost).unwrap_or((0, OPEN))
    }

    /// Takes frequent words back that the other seeds of their patterns make needless, the most frequent first.
    fn spare(&mut self, needed: &[&Sequence]) {
        let mut frequent: Vec<(u64, u16)> = Vec::new();
        for (word, weight) in &self.source.frequencies {
            let word = self.vocabulary.find(word.as_bytes());
            if *weight > RARE && self.weights[usize::from(word)] == 0 {
                frequent.push((*weight, word));
            }
        }
        frequent.sort_unstable_by(|a, b| b.cmp(a));
        // By class: the patterns that name it.
        let mut named = vec![Vec::new(); self.costs.len()];
        for own in needed.iter().filter(|own| self.cheapest(own).1 == 0) {
            for class in own.elements.iter().flatten() {
                named[usize::from(*class)].push(*own);
            }
        }
        for (weight, word) in frequent {
            let classes = self.weigh(&[word], weight);
            if classes.iter().flat_map(|class| &named[*class]).any(|own| self.cheapest(own).1 > 0) {
                self.weigh(&[word], 0);
            }
        }
    }

    /// Gives words a weight; the classes that may cost another sum by that.
    fn weigh(&mut self, words: &[u16], weight: u64) -> Vec<usize> {
        let shared = |class: &usize| *class < KINDS.len() || !self.members[*class].1.is_empty();
        let mut changed: Vec<usize> = (0..self.costs.len()).filter(shared).collect();
        for word in words {
            self.weights[usize::from(*word)] = weight;
            changed.extend(self.vocabulary.memberships(*word).iter().map(|own| usize::from(own.class)));
        }
        changed.sort_unstable();
        changed.dedup();
        for class in &changed {
            self.reckon(*class);
        }
        changed
    }

    /// Makes the words of an element seeds.
    fn take(&mut self, element: &[Class]) {
        let words: Vec<u16> = element.iter().flat_map(|class| self.words_of(usize::from(*class))).collect();
        self.weigh(&words, 0);
    }
}

/// Whether the bytes from `start` to `end` are ASCII letters alone.
#[inline]
pub(super) fn is_letters(text: &[u8], start: usize, end: usize) -> bool {
    match eight_bytes(text, start, end) {
        Some(bytes) => {
            let lower = bytes | (0x20 * EACH);
            let over_z = (lower & (0x7f * EACH)) + u64::from(0x7f - b'z') * EACH;
            let from_a = (lower & (0x7f * EACH)) + u64::from(0x80 - b'a') * EACH;
            (bytes | over_z | !from_a) & (0x80 * EACH) & (u64::MAX >> (8 * (8 - (end - start)))) == 0
        }
        None => text[start..end].iter().all(u8::is_ascii_alphabetic),
    }
}
