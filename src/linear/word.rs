//! What can be said of a word by itself. Each distinct word is looked at once and then known by a number.

use super::features::FeatureSet;
use crate::document::TokenKind;
use crate::resource::compile::{SEED, extend, lower_hash, plain, step, word_hash};
use crate::resource::gazetteer::{Opening, TokenHash, token_hash};
use crate::text::chars::is_dash;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// The number of what stands beyond the ends of a sentence.
pub(super) const OUTSIDE: u32 = 0;

/// What templates ask of one word.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a finding of its own")]
pub(super) struct Facts {
    pub(super) word: u32,
    pub(super) lower: u32,
    /// The lowest bit says whether a letter is among the characters.
    pub(super) shape: u32,
    pub(super) prefixes: [u32; 3],
    pub(super) suffixes: [u32; 4],
    /// Clusters among 1024, 256 and 64; all 0 for no token, all alike for an unknown word.
    pub(super) clusters: [u32; 3],
    /// A small number for the word in lower case, the same for all its spellings.
    pub(super) lower_number: u32,
    pub(super) capital: bool,
    /// Begins with a capital or a digit, or is written in no small letters: may be in a name.
    pub(super) notable: bool,
    pub(super) all_capitals: bool,
    pub(super) dash: bool,
}

/// How a known word is told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    /// Its first eight bytes.
    head: u64,
    length: u32,
    kind: TokenKind,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Key,
    /// Where the bytes behind the first eight lie.
    tail: u32,
    token: TokenHash,
    opening: Option<Opening>,
}

/// All words looked at so far.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// Numbers of words by hash, open addressing; [`OUTSIDE`] marks a free slot.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    facts: Vec<Facts>,
    tails: Vec<u8>,
    lowers: HashMap<u32, u32, BuildHasherDefault<Identity>>,
}

/// Words after which the table is begun anew with the next article.
const MOST_WORDS: usize = 1 << 15;

impl Default for Words {
    fn default() -> Self {
        let outside = Facts { word: 7, lower: 7, shape: 6, ..Facts::default() };
        let key = Key { head: 0, length: 0, kind: TokenKind::Symbol };
        Self {
            slots: vec![OUTSIDE; 1024],
            entries: vec![Entry { key, tail: 0, token: TokenHash::Many(Vec::new()), opening: None }],
            facts: vec![outside],
            tails: Vec::new(),
            lowers: HashMap::default(),
        }
    }
}

impl Words {
    /// Forgets all words when there are many; says whether it did.
    pub(super) fn trim(&mut self) -> bool {
        let many = self.facts.len() > MOST_WORDS;
        if many {
            *self = Self::default();
        }
        many
    }

    /// Number of words, with [`OUTSIDE`].
    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Number of words in lower case.
    pub(super) fn lowers(&self) -> usize {
        self.lowers.len()
    }

    #[inline]
    pub(super) fn facts(&self, number: u32) -> &Facts {
        &self.facts[number as usize]
    }

    /// What the word means to the lists.
    #[inline]
    pub(super) fn token(&self, number: u32) -> &TokenHash {
        &self.entries[number as usize].token
    }

    /// How list phrases may begin with the word; nothing when none does.
    #[inline]
    pub(super) fn opening(&self, number: u32) -> Option<&Opening> {
        self.entries[number as usize].opening.as_ref()
    }

    /// The number of the word at `range` of `text`.
    #[inline]
    pub(super) fn number(&mut self, features: &FeatureSet, text: &str, range: Range<usize>, kind: TokenKind) -> u32 {
        let key = Key { head: first_eight(text.as_bytes(), &range), length: range.len() as u32, kind };
        let tail = text.as_bytes().get(range.start + 8..range.end).unwrap_or_default();
        let mask = self.slots.len() - 1;
        let mut at = hash(key, tail) as usize & mask;
        loop {
            let number = self.slots[at];
            if number == OUTSIDE {
                break;
            }
            let entry = &self.entries[number as usize];
            if entry.key == key && (tail.is_empty() || self.tails[entry.tail as usize..].starts_with(tail)) {
                return number;
            }
            at = (at + 1) & mask;
        }
        let number = self.add(features, &text[range], key, tail);
        self.slots[at] = number;
        if self.facts.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    #[cold]
    fn add(&mut self, features: &FeatureSet, word: &str, key: Key, tail: &[u8]) -> u32 {
        let number = self.facts.len() as u32;
        let mut facts = facts(features, word, key.kind);
        let next = self.lowers.len() as u32;
        facts.lower_number = *self.lowers.entry(facts.lower).or_insert(next);
        self.facts.push(facts);
        let token = token_hash(word);
        let opening = features.gazetteer().opening(&token);
        self.entries.push(Entry { key, tail: self.tails.len() as u32, token, opening });
        self.tails.extend_from_slice(tail);
        number
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![OUTSIDE; mask + 1];
        for (number, entry) in (0_u32..).zip(&self.entries).skip(1) {
            let tail = self.tails.get(entry.tail as usize..).unwrap_or_default();
            let tail = &tail[..(entry.key.length as usize).saturating_sub(8)];
            let mut at = hash(entry.key, tail) as usize & mask;
            while slots[at] != OUTSIDE {
                at = (at + 1) & mask;
            }
            slots[at] = number;
        }
        self.slots = slots;
    }
}

/// The first eight bytes of `range`, zeroes behind its end.
#[inline]
fn first_eight(bytes: &[u8], range: &Range<usize>) -> u64 {
    let length = range.len().min(8);
    match bytes.get(range.start..).and_then(<[u8]>::first_chunk) {
        Some(chunk) if length == 8 => u64::from_le_bytes(*chunk),
        Some(chunk) => u64::from_le_bytes(*chunk) & ((1 << (8 * length)) - 1),
        None => {
            let word = bytes.get(range.clone()).unwrap_or_default();
            word.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte))
        }
    }
}

#[inline]
fn hash(key: Key, tail: &[u8]) -> u64 {
    let mut hash = extend(u64::from(key.length) << 8 | key.kind as u64, key.head);
    for byte in tail {
        hash = step(hash, u32::from(*byte));
    }
    hash ^ hash >> 32
}

/// Looks at a word.
fn facts(features: &FeatureSet, word: &str, kind: TokenKind) -> Facts {
    let lower = lower_hash(word);
    let first = word.chars().next().unwrap_or(' ');
    let capital = first.is_uppercase();
    let shape = shape(word);
    let mut facts = Facts {
        word: short(word_hash(word)),
        lower: short(lower),
        shape,
        capital,
        all_capitals: capital && word.chars().nth(1).is_some() && !word.chars().any(char::is_lowercase),
        dash: word.chars().all(is_dash),
        notable: match kind {
            TokenKind::Word | TokenKind::Number => !first.is_lowercase(),
            TokenKind::Url | TokenKind::Email | TokenKind::Emoji | TokenKind::Punctuation => false,
            _ => true,
        },
        clusters: match features.clusters().get(extend(SEED, lower)) {
            Some((bits, _)) => [bits >> 14 | 1 << 24, bits >> 6 & 255 | 1 << 24, bits & 63 | 1 << 24],
            None => [shape | 1; 3],
        },
        ..Facts::default()
    };
    if facts.notable {
        affixes(word, &mut facts);
    } else {
        facts.suffixes[2] = suffix(word, 3);
    }
    facts
}

/// The upper half of a hash.
#[inline]
fn short(hash: u64) -> u32 {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// The hash of a word's shape: capitals, small letters, digits and signs, runs cut to two. The lowest
/// bit says whether a letter is among them.
fn shape(word: &str) -> u32 {
    let (mut hash, mut last, mut run, mut letter) = (SEED, '\0', 0, 0);
    for character in word.chars() {
        let class = match character {
            c if c.is_uppercase() => 'X',
            c if c.is_alphabetic() => 'x',
            c if c.is_numeric() => 'd',
            c => plain(c),
        };
        letter |= u32::from(matches!(class, 'X' | 'x'));
        run = if class == last { run + 1 } else { 1 };
        last = class;
        if run <= 2 {
            hash = step(hash, class as u32);
        }
    }
    short(hash) & !1 | letter
}

/// Prefixes of two to four and suffixes of one to four letters, in lower case.
fn affixes(word: &str, facts: &mut Facts) {
    let mut hash = SEED;
    for (count, character) in word.chars().take(4).enumerate() {
        hash = character.to_lowercase().fold(hash, |hash, c| step(hash, plain(c) as u32));
        if count >= 1 {
            facts.prefixes[count - 1] = short(hash);
        }
    }
    hash = SEED;
    for (count, character) in word.chars().rev().take(4).enumerate() {
        hash = character.to_lowercase().fold(hash, |hash, c| step(hash, plain(c) as u32));
        facts.suffixes[count] = short(hash);
    }
}

/// The suffix of `length` letters alone; 0 when the word is shorter.
fn suffix(word: &str, length: usize) -> u32 {
    let mut hash = SEED;
    let mut count = 0;
    for character in word.chars().rev().take(length) {
        hash = character.to_lowercase().fold(hash, |hash, c| step(hash, plain(c) as u32));
        count += 1;
    }
    if count == length { short(hash) } else { 0 }
}

/// A hasher for keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = step(self.0, u32::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
