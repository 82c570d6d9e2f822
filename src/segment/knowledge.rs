//! What the cuts know of English: abbreviations, contractions, prefixes, suffixes and endings.

use crate::error::{Error, Result};
use crate::resource::Resources;
use crate::resource::resources::rows;
use std::collections::{HashMap, HashSet};

/// Where an abbreviation with its full stop may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// Before a name: `Mr.`
    Title,
    /// Inside a sentence: `vs.`
    Inner,
    /// Before a number: `No.`
    Number,
    /// Also at a sentence's end: `Inc.`
    Either,
    /// A time of day, also at a sentence's end: `p.m.`
    Clock,
    /// A state or union of states, also at a sentence's end: `U.S.`
    State,
}

impl Abbreviation {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "title" => Some(Self::Title),
            "inner" => Some(Self::Inner),
            "number" => Some(Self::Number),
            "either" => Some(Self::Either),
            "clock" => Some(Self::Clock),
            "state" => Some(Self::State),
            _ => None,
        }
    }

    /// Whether a sentence may end with it.
    pub(super) fn may_end(self) -> bool {
        matches!(self, Self::Either | Self::Clock | Self::State)
    }
}

/// A word that goes on with the sentence behind an abbreviation.
#[derive(Debug)]
struct Continuer {
    /// The kinds of abbreviations.
    behind: Vec<Abbreviation>,
    /// Whether it does so behind a state only as part of a longer name.
    named: bool,
}

impl Continuer {
    fn read(payload: &str) -> Option<Self> {
        let kinds = payload.strip_suffix(",named");
        let behind = kinds.unwrap_or(payload).split(',').map(Abbreviation::from_name).collect::<Option<_>>()?;
        Some(Self { behind, named: kinds.is_some() })
    }
}

/// What an ending after a full stop makes of the words before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// A web address.
    Web,
    /// The name of a file.
    File,
}

/// The lexicons of segmentation.
#[derive(Debug)]
pub(super) struct Knowledge {
    abbreviations: HashMap<Box<str>, Abbreviation>,
    contractions: HashMap<Box<str>, Vec<u8>>,
    /// For each first letter the lengths and the last letters of contractions, as bits: few words pass.
    contraction_gate: [(u32, u32); 32],
    prefixes: HashMap<Box<str>, bool>,
    number_suffixes: HashSet<Box<str>>,
    endings: HashMap<Box<str>, Ending>,
    emoticons: HashSet<Box<str>>,
    joined: HashSet<Box<str>>,
    /// Where the word behind an apostrophe of omission is cut; 0 is nowhere.
    elisions: HashMap<Box<str>, u8>,
    starters: HashSet<Box<str>>,
    /// Words that go on with the sentence, and behind which abbreviations.
    continuers: HashMap<Box<str>, Continuer>,
    speech_verbs: HashSet<Box<str>>,
}

impl Knowledge {
    /// Reads the lexicons.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        let contractions = table(resources, "lexicons/contractions.tsv", |cuts| {
            cuts.split(',').map(|cut| cut.parse().ok()).collect::<Option<Vec<u8>>>()
        })?;
        let mut contraction_gate = [(0, 0); 32];
        for word in keys(&contractions) {
            let (first, last) = (word.as_bytes()[0], word.as_bytes()[word.len() - 1]);
            let gate = &mut contraction_gate[gate_of(first)];
            gate.0 |= 1 << word.len().min(31);
            gate.1 |= 1 << gate_of(last);
        }
        Ok(Self {
            abbreviations: table(resources, "lexicons/abbreviations.tsv", Abbreviation::from_name)?,
            contractions,
            contraction_gate,
            prefixes: table(resources, "lexicons/hyphen_prefixes.tsv", |before| match before {
                "always" => Some(true),
                "lower" => Some(false),
                _ => None,
            })?,
            number_suffixes: set(resources, "lexicons/number_suffixes.tsv")?,
            endings: table(resources, "lexicons/domains.tsv", |kind| match kind {
                "web" => Some(Ending::Web),
                "file" => Some(Ending::File),
                _ => None,
            })?,
            emoticons: set(resources, "lexicons/emoticons.tsv")?,
            joined: set(resources, "lexicons/joined_words.tsv")?,
            elisions: table(resources, "lexicons/elisions.tsv", |cut| cut.parse().ok())?,
            starters: set(resources, "lexicons/sentence_starters.tsv")?,
            continuers: table(resources, "lexicons/sentence_continuers.tsv", Continuer::read)?,
            speech_verbs: set(resources, "lexicons/speech_verbs.tsv")?,
        })
    }

    /// Where `word`, written without its full stop, may stand when it is an abbreviation. Case counts,
    /// but all capitals (`GEN.`) are read as written small after the first.
    pub(super) fn abbreviation(&self, word: &str) -> Option<Abbreviation> {
        if word.len() > 7 {
            return None;
        }
        self.abbreviations.get(word).copied().or_else(|| {
            let shouted = word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase());
            shouted.then(|| self.abbreviations.get(&*capitalised(word)).copied()).flatten()
        })
    }

    /// Byte offsets at which `word` is cut.
    #[inline]
    pub(super) fn contraction(&self, word: &[u8]) -> Option<&[u8]> {
        let (first, last) = (*word.first()?, *word.last()?);
        let (lengths, lasts) = self.contraction_gate[gate_of(first)];
        if lengths & (1 << word.len().min(31)) == 0 || lasts & (1 << gate_of(last)) == 0 {
            return None;
        }
        let word = std::str::from_utf8(word).ok()?;
        self.contractions.get(&*word.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// Whether `prefix` stays together with what follows its hyphen. In `UN-backed` it is an acronym.
    pub(super) fn joins(&self, prefix: &str, before_capital: bool) -> bool {
        let acronym = !before_capital && prefix.len() > 1 && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
        prefix.len() <= 8
            && !acronym
            && self.prefixes.get(&*prefix.to_ascii_lowercase()).is_some_and(|always| *always || !before_capital)
    }

    /// Whether `letters` after a number are a token of their own.
    pub(super) fn is_number_suffix(&self, letters: &str) -> bool {
        self.number_suffixes.contains(letters)
    }

    /// What `letters` after a full stop make of the words before it: top-level domains are written small.
    pub(super) fn ending(&self, letters: &str) -> Option<Ending> {
        let ending = *self.endings.get(&*letters.to_ascii_lowercase())?;
        let small = !letters.bytes().any(|byte| byte.is_ascii_uppercase());
        let shouted = !letters.bytes().any(|byte| byte.is_ascii_lowercase());
        (small || (ending == Ending::File && shouted)).then_some(ending)
    }

    /// Whether `signs` are an emoticon.
    pub(super) fn is_emoticon(&self, signs: &str) -> bool {
        self.emoticons.contains(signs)
    }

    /// Whether `word` keeps its punctuation.
    pub(super) fn is_joined(&self, word: &str) -> bool {
        self.joined.contains(word)
    }

    /// Whether `word`, written large, can only begin a sentence.
    pub(super) fn is_starter(&self, word: &str) -> bool {
        self.starters.contains(word)
    }

    /// Whether `word` goes on with the sentence behind an abbreviation of the kind `before`; `named` says
    /// whether a further capital follows.
    pub(super) fn is_continuer(&self, word: &str, before: Abbreviation, named: bool) -> bool {
        self.continuers.get(word).is_some_and(|continuer| {
            continuer.behind.contains(&before) && (named || !continuer.named || before != Abbreviation::State)
        })
    }

    /// Whether `word` tells that somebody spoke: `said`.
    pub(super) fn is_speech_verb(&self, word: &str) -> bool {
        self.speech_verbs.contains(word)
    }

    /// Where `word` is cut when it begins with an apostrophe of omission: 0 is nowhere.
    pub(super) fn elision(&self, word: &str) -> Option<usize> {
        let cut = || self.elisions.get(&*word.to_ascii_lowercase()).copied().map(usize::from);
        (word.len() <= 5).then(cut).flatten()
    }
}

/// The slot of the gate for a word's first byte, the same for both cases.
fn gate_of(byte: u8) -> usize {
    usize::from(byte & 31)
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{first}{}", rest.to_ascii_lowercase())
}

/// The keys of `map`, in any order: only for what does not depend on it.
fn keys<T>(map: &HashMap<Box<str>, T>) -> Vec<&str> {
    let mut keys: Vec<&str> = Vec::with_capacity(map.len());
    #[expect(clippy::iter_over_hash_type, reason = "the result is sorted")]
    for key in map.keys() {
        keys.push(key);
    }
    keys.sort_unstable();
    keys
}

/// The lexicon at `path`: word TAB payload.
fn table<T>(resources: &Resources, path: &str, read: impl Fn(&str) -> Option<T>) -> Result<HashMap<Box<str>, T>> {
    let text = resources.text(path)?;
    rows(&text)
        .map(|(line, columns)| match columns.as_slice() {
            [word, payload] if !word.is_empty() => {
                read(payload).map(|payload| ((*word).into(), payload)).ok_or_else(|| {
                    Error::resource(
                        format!("{path}:{line}"),
                        format!("{payload:?} is not understood; the file's head names what may stand there"),
                    )
                })
            }
            _ => Err(Error::resource(format!("{path}:{line}"), "expected a word, a tab and what is known of it")),
        })
        .collect()
}

/// The lexicon at `path`: one word a line.
fn set(resources: &Resources, path: &str) -> Result<HashSet<Box<str>>> {
    let text = resources.text(path)?;
    rows(&text)
        .map(|(line, columns)| match columns.as_slice() {
            [word] => Ok((*word).into()),
            _ => Err(Error::resource(format!("{path}:{line}"), "expected one word without a tab")),
        })
        .collect()
}
