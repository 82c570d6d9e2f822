//! The words that date patterns speak of: one lookup a token gives its classes and what they mean.

use crate::calendar::{Modifier, Number, Part, Reference, Season, Unit};
use std::collections::BTreeMap;

/// A class of items: a lexicon class, a single word, a kind of number, or a category of matches.
pub(super) type Class = u16;

/// The meaning of an item in one of its classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Atom {
    /// No meaning beyond its class.
    Nothing,
    /// A month, weekday, hour, step or minutes, as the class has it.
    Int(i32),
    /// A count.
    Number(Number),
    /// A unit of time.
    Unit(Unit),
    /// A season.
    Season(Season),
    /// A part of the day.
    Part(Part),
    /// A modifier.
    Modifier(Modifier),
    /// Past, present or future.
    Reference(Reference),
    /// A holiday, by its place in the table.
    Holiday(u16),
    /// How many of those that come round.
    Quant(&'static str),
}

/// Values of `quant`.
const QUANTS: [&str; 6] = ["EVERY", "EACH", "MOST", "SOME", "ALL", "FEW"];

impl Atom {
    /// Reads the third column of the word table: empty, a whole number, `X`, or `kind:name`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Nothing);
        }
        if text == "X" {
            return Ok(Self::Number(Number::UNKNOWN));
        }
        if let Ok(number) = text.parse() {
            return Ok(Self::Int(number));
        }
        let fault =
            || format!("meaning {text:?} is none of a whole number, X, unit:, season:, part:, mod:, ref:, quant:");
        let (kind, name) = text.split_once(':').ok_or_else(fault)?;
        match kind {
            "unit" => name.parse().map(Self::Unit),
            "season" => Season::from_letters(name).map(Self::Season).ok_or_else(fault),
            "part" => Part::from_letters(name).map(Self::Part).ok_or_else(fault),
            "quant" => QUANTS.iter().find(|own| **own == name).map(|own| Self::Quant(own)).ok_or_else(fault),
            "mod" => name.parse().map(Self::Modifier),
            "ref" => Reference::from_name(&format!("{name}_REF")).map(Self::Reference).ok_or_else(fault),
            _ => Err(fault()),
        }
    }
}

/// Which spelling a word must have to belong to a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// Any.
    Any,
    /// The first letter is a capital: `March`.
    Capital,
    /// The first letter is none: `may`.
    Small,
}

impl Letters {
    /// Whether a word whose first letter is a capital, or not, is spelled so.
    #[inline]
    pub(super) fn fit(self, capital: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Capital => capital,
            Self::Small => !capital,
        }
    }
}

/// One class of a word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membership {
    pub(super) class: Class,
    pub(super) atom: Atom,
    pub(super) letters: Letters,
}

/// Names of classes and words of all of them.
#[derive(Debug)]
pub(super) struct Vocabulary {
    classes: BTreeMap<String, Class>,
    class_names: Vec<String>,
    words: Vec<Vec<Membership>>,
    /// The memberships of all words in a row, and where those of each word end; filled when sealed.
    memberships: Vec<Membership>,
    ends: Vec<u32>,
    index: BTreeMap<u128, u16>,
    /// Open addressing over lowercased words of up to 16 bytes: their numbers; word 0 is no word.
    table: Vec<u16>,
    /// The words themselves, by number.
    keys: Vec<u128>,
    /// By the first two letters: the lengths of the words that begin with them, as bits.
    lengths: Vec<u32>,
    /// The words of one byte, in lower case or as a capital, by that byte.
    singles: Vec<u16>,
    /// By word: whether it can be part of a numeral.
    numerals: Vec<bool>,
}

/// The class of words that the numeral reader knows.
pub(super) const NUMERAL: &str = "numeral";

/// The kinds of number: classes that items bear by their digits. Their order is the order of the bits
/// in [`super::items::Item::kinds`].
pub(super) const KINDS: [&str; 22] = [
    "number",
    "whole",
    "ordinal",
    "dd",
    "yyyy",
    "yy",
    "yyy0s",
    "hh",
    "hhmm",
    "clocktime",
    "dottedtime",
    "slashed",
    "numeric",
    "any",
    "nth",
    "name",
    "spelled",
    "yyy",
    "digitday",
    "yy0s",
    "largespelled",
    "plain",
];

impl Vocabulary {
    /// An empty vocabulary that knows the kinds of number.
    pub(super) fn new() -> Self {
        let mut vocabulary = Self {
            classes: BTreeMap::new(),
            class_names: Vec::new(),
            words: vec![Vec::new()],
            memberships: Vec::new(),
            ends: Vec::new(),
            index: BTreeMap::new(),
            table: Vec::new(),
            keys: Vec::new(),
            lengths: Vec::new(),
            singles: Vec::new(),
            numerals: Vec::new(),
        };
        for kind in KINDS {
            vocabulary.class(kind);
        }
        vocabulary
    }

    /// The class of this name, new where need be.
    pub(super) fn class(&mut self, name: &str) -> Class {
        if let Some(class) = self.classes.get(name) {
            return *class;
        }
        let class = self.class_names.len() as Class;
        self.classes.insert(name.to_owned(), class);
        self.class_names.push(name.to_owned());
        class
    }

    /// The class of this name, if there is one.
    pub(super) fn find_class(&self, name: &str) -> Option<Class> {
        self.classes.get(name).copied()
    }

    /// How many words there are, the empty one among them.
    pub(super) fn word_count(&self) -> usize {
        self.ends.len()
    }

    /// The lowercased bytes of a word, the first the lowest; call when sealed.
    pub(super) fn key_of(&self, word: u16) -> u128 {
        self.keys[usize::from(word)]
    }

    /// The letters of a word, in lower case; call when sealed.
    pub(super) fn letters_of(&self, word: u16) -> String {
        let bytes = self.key_of(word).to_le_bytes();
        String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned()
    }

    /// How many classes there are.
    pub(super) fn class_count(&self) -> usize {
        self.class_names.len()
    }

    /// Puts `word` into `class`.
    pub(super) fn add(&mut self, word: &str, class: Class, atom: Atom, letters: Letters) -> Result<(), String> {
        let key = key(word.as_bytes()).ok_or_else(|| format!("{word:?} is longer than 16 bytes"))?;
        let next = self.words.len() as u16;
        let id = *self.index.entry(key).or_insert(next);
        if id == next {
            self.words.push(Vec::new());
        }
        let memberships = &mut self.words[usize::from(id)];
        if !memberships.iter().any(|other| other.class == class && other.atom == atom && other.letters == letters) {
            memberships.push(Membership { class, atom, letters });
        }
        Ok(())
    }

    /// The class of exactly this word.
    pub(super) fn literal(&mut self, word: &str) -> Result<Class, String> {
        let class = self.class(&format!("={word}"));
        self.add(word, class, Atom::Nothing, Letters::Any)?;
        Ok(class)
    }

    /// Builds the lookup table; call after the last word.
    pub(super) fn seal(&mut self) {
        self.lengths = vec![0; 1 << 10];
        for key in self.index.keys() {
            let bytes = key.to_le_bytes();
            let length = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
            self.lengths[beginning(&bytes)] |= 1 << length;
        }
        let size = (self.index.len() * 4).next_power_of_two().max(16);
        self.table = vec![0; size];
        self.singles = vec![0; 256];
        self.keys = vec![0; self.words.len()];
        for (key, id) in &self.index {
            let mut slot = hash(*key) & (size - 1);
            while self.table[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.table[slot] = *id;
            if let Ok(byte) = u8::try_from(*key) {
                self.singles[usize::from(byte)] = *id;
                self.singles[usize::from(byte.to_ascii_uppercase())] = *id;
            }
            self.keys[usize::from(*id)] = *key;
        }
        let numeral = self.class(NUMERAL);
        for memberships in std::mem::take(&mut self.words) {
            self.numerals.push(memberships.iter().any(|own| own.class == numeral));
            self.memberships.extend(memberships);
            self.ends.push(self.memberships.len() as u32);
        }
    }

    /// Whether the word can be part of a numeral.
    #[inline]
    pub(super) fn is_numeral(&self, word: u16) -> bool {
        self.numerals[usize::from(word)]
    }

    /// The word's number, or 0.
    pub(super) fn find(&self, word: &[u8]) -> u16 {
        self.find_at(word, 0, word.len())
    }

    /// The number of the word at `start..end` of a text, or 0.
    #[inline]
    pub(super) fn find_at(&self, text: &[u8], start: usize, end: usize) -> u16 {
        let length = end - start;
        if length == 1 {
            return self.singles[usize::from(text[start])];
        }
        // Most words of a text are none of ours, and most of them can be told by their beginning.
        if !(2..=16).contains(&length) || self.lengths[beginning(&text[start..end])] >> length & 1 == 0 {
            return 0;
        }
        if let Some(bytes) = eight_bytes(text, start, end) {
            return self.look_up(u128::from(lower(bytes) & (u64::MAX >> (8 * (8 - length)))));
        }
        // Sixteen bytes are taken at once where the text has them.
        let key = match text.get(start..start + 16).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()) {
            Some(mut bytes) => {
                bytes.make_ascii_lowercase();
                u128::from_le_bytes(bytes) & (u128::MAX >> (8 * (16 - length)))
            }
            None => key(&text[start..end]).unwrap_or_default(),
        };
        self.look_up(key)
    }

    fn look_up(&self, key: u128) -> u16 {
        let mask = self.table.len() - 1;
        let mut slot = hash(key) & mask;
        loop {
            let id = self.table[slot];
            if id == 0 || self.keys[usize::from(id)] == key {
                return id;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The classes of a word, once the vocabulary is sealed.
    #[inline]
    pub(super) fn memberships(&self, word: u16) -> &[Membership] {
        let word = usize::from(word);
        let first = if word == 0 { 0 } else { self.ends[word - 1] };
        &self.memberships[first as usize..self.ends[word] as usize]
    }
}

/// One in each byte.
pub(super) const EACH: u64 = u64::MAX / 0xff;

/// The eight bytes of a text from `start` on, the first the lowest, for a word of at most as many.
#[inline]
pub(super) fn eight_bytes(text: &[u8], start: usize, end: usize) -> Option<u64> {
    let bytes = text.get(start..start + 8).filter(|_| (1..=8).contains(&(end - start)))?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// Eight bytes with capital ASCII letters made small.
#[inline]
fn lower(bytes: u64) -> u64 {
    let seven = bytes & (0x7f * EACH);
    let from_a = seven + u64::from(0x80 - b'A') * EACH;
    let over_z = seven + u64::from(0x7f - b'Z') * EACH;
    bytes | ((from_a & !over_z & !bytes & (0x80 * EACH)) >> 2)
}

/// The first two letters of a word of two bytes or more, whatever their case, as one small number.
#[inline]
pub(super) fn beginning(word: &[u8]) -> usize {
    usize::from(word[0] & 31) << 5 | usize::from(word[1] & 31)
}

/// The lowercased bytes of a word as one number; nothing for more than 16 bytes.
#[inline]
fn key(word: &[u8]) -> Option<u128> {
    if word.len() > 16 {
        return None;
    }
    let mut bytes = [0; 16];
    bytes[..word.len()].copy_from_slice(word);
    bytes.make_ascii_lowercase();
    Some(u128::from_le_bytes(bytes))
}

#[inline]
fn hash(key: u128) -> usize {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = (key as u64).wrapping_mul(ODD) ^ ((key >> 64) as u64).wrapping_mul(ODD.rotate_left(29));
    (mixed ^ (mixed >> 32)) as usize
}
