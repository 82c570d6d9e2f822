//! The only definition of features, for training and prediction alike.
//!
//! Each token of an article becomes a list of 32-bit feature hashes. Features see the word and its
//! neighbours two to either side (form, shape, affixes, word clusters), the lists of names, and what the
//! same word does elsewhere in the article (longer name, lower case, neighbours; after Chieu and Ng 2003).
//! Words in lower case get fewer features than words that may be names.

use crate::document::{Segmented, TokenKind};
use crate::error::Result;
use crate::resource::compile::{SEED, extend, lower_hash, plain, step, word_hash};
use crate::resource::gazetteer::{Gazetteer, Match, TokenHash, clusters, token_hash};
use crate::resource::{Resources, Table};
use crate::text::chars::is_dash;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Raised whenever a template below changes its meaning.
const VERSION: u64 = 1;

/// What features are made of: lists and clusters.
#[derive(Clone, Debug)]
pub struct FeatureSet {
    gazetteer: Gazetteer,
    clusters: Table,
    heads: u32,
    titles: u32,
}

/// The features of an article, token by token.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    hashes: Vec<u32>,
    /// Where the features of each token begin, and the end of the last.
    starts: Vec<u32>,
    /// Phrases of the lists, by sentence and start; tokens are numbers in the article.
    pub matches: Vec<Match>,
}

impl Observed {
    /// The feature hashes of the token at `index`.
    #[inline]
    pub fn of(&self, index: usize) -> &[u32] {
        &self.hashes[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    /// Number of tokens.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What templates ask of one token.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    word: u32,
    lower: u32,
    shape: u32,
    prefixes: [u32; 3],
    suffixes: [u32; 4],
    /// Clusters among 1024, 256 and 64; all 0 for no token, all 1 for an unknown word.
    clusters: [u32; 3],
    capital: bool,
    /// Begins with a capital or a digit, or is written in no small letters: may be in a name.
    notable: bool,
    all_capitals: bool,
}

/// What a capitalised word does in the article.
#[derive(Clone, Copy, Debug, Default)]
struct Habit {
    small: u8,
    capital_inside: u8,
    ends_longer: bool,
    begins_longer: bool,
    titled: bool,
    heads: u32,
    lefts: [u32; 3],
    rights: [u32; 3],
}

type Habits = HashMap<u32, Habit, BuildHasherDefault<Identity>>;

/// A hasher for keys that are hashes already.
#[derive(Default)]
struct Identity(u64);

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

/// How a sentence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Usual = 0,
    Title = 1,
    Capitals = 2,
}

impl FeatureSet {
    /// Loads lists and clusters.
    pub fn new(resources: &Resources) -> Result<Self> {
        let gazetteer = Gazetteer::new(resources)?;
        let heads = gazetteer.bits(|class| class.name.starts_with("head_"));
        let titles = gazetteer.bit("title");
        Ok(Self { gazetteer, clusters: clusters(resources)?, heads, titles })
    }

    /// The lists.
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// A number that changes when models trained before no longer fit.
    pub fn fingerprint(&self) -> u64 {
        let classes = self.gazetteer.classes();
        classes.iter().fold(extend(SEED, VERSION), |hash, class| extend(hash, word_hash(&class.name)))
    }

    /// The features of the token at `index` with the names of their templates, for explanations.
    pub fn named(&self, text: &Segmented<'_>, index: usize) -> Vec<(&'static str, u32)> {
        let mut named = Vec::new();
        self.run(text, &mut Vec::new(), &mut |token, template, hash| {
            if token == index {
                named.push((template_name(template), hash));
            }
        });
        named
    }

    /// The features of every token of `text`.
    pub fn observe(&self, text: &Segmented<'_>) -> Observed {
        let count = text.tokens().len();
        let mut observed = Observed {
            hashes: Vec::with_capacity(count * 28),
            starts: Vec::with_capacity(count + 1),
            matches: Vec::new(),
        };
        let (hashes, starts) = (&mut observed.hashes, &mut observed.starts);
        self.run(text, &mut observed.matches, &mut |token, _, hash| {
            if starts.len() <= token {
                starts.resize(token + 1, hashes.len() as u32);
            }
            hashes.push(hash);
        });
        observed.starts.resize(count + 1, observed.hashes.len() as u32);
        observed
    }

    /// Gives every feature of every token to `sink`: token, template, hash.
    fn run(&self, text: &Segmented<'_>, matches: &mut Vec<Match>, sink: &mut impl FnMut(usize, u32, u32)) {
        let facts: Vec<Facts> = (0..text.tokens().len()).map(|index| self.facts(text, index)).collect();
        let mut classes = vec![(0_u32, 0_u32); facts.len()];
        self.match_lists(text, matches, &mut classes);
        let habits = self.habits(text, &facts, &classes);
        for sentence in text.sentences() {
            let range = sentence.tokens.start as usize..sentence.tokens.end as usize;
            let case = case_of(&facts[range.clone()]);
            for index in range.clone() {
                let window = Window { facts: &facts, classes: &classes, range: range.clone(), index, case };
                window.templates(&habits, &mut |template, hash| sink(index, template, hash));
            }
        }
    }

    fn facts(&self, text: &Segmented<'_>, index: usize) -> Facts {
        let word = text.word(index);
        let mut facts = Facts { word: short(word_hash(word)), ..Facts::default() };
        let lower = lower_hash(word);
        facts.lower = short(lower);
        facts.shape = shape(word);
        let first = word.chars().next().unwrap_or(' ');
        facts.capital = first.is_uppercase();
        facts.all_capitals = facts.capital && word.chars().nth(1).is_some() && !word.chars().any(char::is_lowercase);
        facts.notable = match text.tokens()[index].kind {
            TokenKind::Word | TokenKind::Number => !first.is_lowercase(),
            TokenKind::Url | TokenKind::Email | TokenKind::Emoji | TokenKind::Punctuation => false,
            _ => true,
        };
        if facts.notable {
            affixes(word, &mut facts);
        } else {
            facts.suffixes[2] = suffix(word, 3);
        }
        facts.clusters = match self.clusters.get(extend(SEED, lower)) {
            Some((bits, _)) => [bits >> 14 | 1 << 24, bits >> 6 & 255 | 1 << 24, bits & 63 | 1 << 24],
            None => [facts.shape | 1; 3],
        };
        facts
    }

    /// Finds list phrases and gives each token the classes it lies in (first) and those that end or
    /// begin at it as whole phrases, by place (second: classes of phrases of one token).
    fn match_lists(&self, text: &Segmented<'_>, matches: &mut Vec<Match>, classes: &mut [(u32, u32)]) {
        let mut hashes: Vec<TokenHash> = Vec::new();
        for sentence in text.sentences() {
            let first = sentence.tokens.start;
            hashes.clear();
            hashes.extend(sentence.tokens.clone().map(|index| token_hash(text.word(index as usize))));
            let from = matches.len();
            self.gazetteer.find(&hashes, matches);
            for found in &mut matches[from..] {
                found.tokens = found.tokens.start + first..found.tokens.end + first;
                for token in found.tokens.clone() {
                    classes[token as usize].0 |= found.classes;
                }
                if found.tokens.len() > 1 {
                    for token in found.tokens.clone() {
                        classes[token as usize].1 |= found.classes;
                    }
                }
            }
        }
    }

    /// What every capitalised word does in the article.
    fn habits(&self, text: &Segmented<'_>, facts: &[Facts], classes: &[(u32, u32)]) -> Habits {
        let mut habits = Habits::default();
        for sentence in text.sentences() {
            let range = sentence.tokens.start as usize..sentence.tokens.end as usize;
            if case_of(&facts[range.clone()]) != Case::Usual {
                continue;
            }
            let mut index = range.start;
            while index < range.end {
                if !facts[index].capital {
                    index += 1;
                    continue;
                }
                let mut end = index + 1;
                while end < range.end
                    && (facts[end].capital
                        || end + 1 < range.end && facts[end + 1].capital && text.word(end).chars().all(is_dash))
                {
                    end += 1;
                }
                self.note_run(facts, classes, &range, index..end, &mut habits);
                index = end;
            }
        }
        for facts in facts.iter().filter(|facts| !facts.capital) {
            if let Some(habit) = habits.get_mut(&facts.lower) {
                habit.small = habit.small.saturating_add(1);
            }
        }
        habits
    }

    /// Notes one run of capitalised words.
    fn note_run(
        &self,
        facts: &[Facts],
        classes: &[(u32, u32)],
        sentence: &std::ops::Range<usize>,
        run: std::ops::Range<usize>,
        habits: &mut Habits,
    ) {
        let heads = run.clone().fold(0, |all, at| all | classes[at].0) & self.heads;
        let left = if run.start > sentence.start { facts[run.start - 1].clusters[1] } else { 0 };
        let right = if run.end < sentence.end { facts[run.end].clusters[1] } else { 0 };
        let titled = run.start > sentence.start && classes[run.start - 1].0 & self.titles != 0;
        for at in run.clone() {
            let habit = habits.entry(facts[at].lower).or_default();
            habit.capital_inside = habit.capital_inside.saturating_add(u8::from(at > sentence.start));
            let inner_title = at > run.start && classes[at - 1].0 & self.titles != 0;
            habit.titled |= inner_title || titled && at == run.start;
            habit.heads |= heads;
            if run.len() > 1 {
                habit.ends_longer |= at + 1 == run.end;
                habit.begins_longer |= at == run.start;
            }
            if at == run.start {
                insert(&mut habit.lefts, left);
            }
            if at + 1 == run.end {
                insert(&mut habit.rights, right);
            }
        }
    }
}

/// Puts `value` into the first free place, once.
fn insert(places: &mut [u32; 3], value: u32) {
    for place in places {
        if *place == value {
            return;
        }
        if *place == 0 {
            *place = value;
            return;
        }
    }
}

/// How most words of a sentence are written.
fn case_of(facts: &[Facts]) -> Case {
    let words = facts.iter().filter(|f| f.lower != 0 && f.shape & 1 == 1).count();
    let capitals = facts.iter().filter(|f| f.all_capitals).count();
    let capital = facts.iter().filter(|f| f.capital).count();
    if words >= 3 && capitals * 10 >= words * 7 {
        Case::Capitals
    } else if words >= 4 && capital * 10 >= words * 6 {
        Case::Title
    } else {
        Case::Usual
    }
}

/// One token in its sentence.
struct Window<'a> {
    facts: &'a [Facts],
    classes: &'a [(u32, u32)],
    range: std::ops::Range<usize>,
    index: usize,
    case: Case,
}

/// Stands in for a token beyond the sentence's ends.
const OUTSIDE: Facts = Facts {
    word: 7,
    lower: 7,
    shape: 6,
    prefixes: [0; 3],
    suffixes: [0; 4],
    clusters: [0; 3],
    capital: false,
    notable: false,
    all_capitals: false,
};

impl Window<'_> {
    #[inline]
    fn at(&self, offset: isize) -> &Facts {
        match self.index.checked_add_signed(offset) {
            Some(at) if self.range.contains(&at) => &self.facts[at],
            _ => &OUTSIDE,
        }
    }

    #[inline]
    fn classes(&self, offset: isize) -> (u32, u32) {
        match self.index.checked_add_signed(offset) {
            Some(at) if self.range.contains(&at) => self.classes[at],
            _ => (0, 0),
        }
    }

    /// All features of the token.
    fn templates(&self, habits: &Habits, sink: &mut impl FnMut(u32, u32)) {
        let [far_left, left, here, right, far_right] = [self.at(-2), self.at(-1), self.at(0), self.at(1), self.at(2)];
        let mut add = |template: u32, first: u32, second: u32| sink(template, feature(template, first, second));
        add(0, 0, 0);
        add(1, here.lower, 0);
        add(2, left.lower, 0);
        add(3, right.lower, 0);
        add(4, left.lower, here.lower);
        add(5, here.lower, right.lower);
        add(6, left.shape, here.shape);
        add(7, here.shape, right.shape);
        add(8, here.clusters[0], 0);
        add(9, left.clusters[1], 0);
        add(10, right.clusters[1], 0);
        add(11, here.suffixes[2], 0);
        add(12, here.shape, feature(0, left.shape, right.shape));
        add(13, left.clusters[1], here.clusters[1]);
        add(14, here.clusters[1], right.clusters[1]);
        if here.notable {
            self.name_templates([far_left, left, here, right, far_right], &mut add);
            self.habit_templates(here, habits, &mut add);
        }
        self.list_templates(here, &mut add);
    }

    /// Features of words that may be names.
    fn name_templates(
        &self,
        [far_left, left, here, right, far_right]: [&Facts; 5],
        add: &mut impl FnMut(u32, u32, u32),
    ) {
        add(20, here.word, 0);
        add(21, far_left.lower, 0);
        add(22, far_right.lower, 0);
        add(23, left.clusters[0], 0);
        add(24, right.clusters[0], 0);
        add(25, far_left.clusters[1], 0);
        add(26, far_right.clusters[1], 0);
        add(27, here.clusters[1], 0);
        add(28, here.clusters[2], 0);
        add(29, left.clusters[2], right.clusters[2]);
        add(30, left.clusters[0], here.shape);
        add(31, here.shape, right.clusters[0]);
        add(32, left.lower, here.shape);
        add(33, here.shape, right.lower);
        for (template, prefix) in (34..).zip(here.prefixes) {
            add(template, prefix, 0);
        }
        for (template, suffix) in (38..).zip(here.suffixes) {
            add(template, suffix, 0);
        }
        add(44, left.suffixes[2], here.shape);
        add(45, right.suffixes[2], here.shape);
        add(46, far_left.shape, feature(0, left.shape, here.shape));
        add(47, here.shape, feature(0, right.shape, far_right.shape));
        add(48, self.case as u32, here.shape);
        add(49, u32::from(self.index == self.range.start), here.clusters[2]);
        add(50, far_left.clusters[2], left.clusters[2]);
        add(51, right.clusters[2], far_right.clusters[2]);
    }

    /// Features of what the lists know.
    fn list_templates(&self, here: &Facts, add: &mut impl FnMut(u32, u32, u32)) {
        let (own, own_long) = self.classes(0);
        let ((before, before_long), (after, after_long)) = (self.classes(-1), self.classes(1));
        for bit in bits(own) {
            // Place in the phrase: alone, beginning, inside, end, seen from the same class beside it.
            let mask = 1 << bit;
            let long = own_long & mask;
            let place = 2 * u32::from(long & before_long != 0) + u32::from(long & after_long != 0);
            add(60, bit, place + 4 * u32::from(long != 0));
            add(61, bit, here.shape);
        }
        if here.notable {
            add(62, own, 0);
            add(63, before, own);
            add(64, own, after);
            for bit in bits(before) {
                add(65, bit, 0);
            }
            for bit in bits(after) {
                add(66, bit, 0);
            }
            add(67, before, after);
            add(68, own, self.at(-1).clusters[2]);
            add(69, own, self.at(1).clusters[2]);
        }
    }

    /// Features of what the word does elsewhere.
    fn habit_templates(&self, here: &Facts, habits: &Habits, add: &mut impl FnMut(u32, u32, u32)) {
        let Some(habit) = habits.get(&here.lower) else { return };
        let first = u32::from(self.index == self.range.start);
        add(80, u32::from(habit.small.min(2)), u32::from(habit.capital_inside.min(3)) << 1 | first);
        let alone = u32::from(!self.at(-1).capital && !self.at(1).capital);
        let longer = u32::from(habit.ends_longer) << 1 | u32::from(habit.begins_longer);
        add(81, longer, alone);
        add(82, u32::from(habit.titled), alone);
        for bit in bits(habit.heads) {
            add(83, bit, alone);
        }
        for cluster in habit.lefts.into_iter().filter(|cluster| *cluster != 0) {
            add(84, cluster, 0);
        }
        for cluster in habit.rights.into_iter().filter(|cluster| *cluster != 0) {
            add(85, cluster, 0);
        }
    }
}

/// What a template looks at, in words.
fn template_name(template: u32) -> &'static str {
    match template {
        0 => "any word",
        1 | 20 => "the word",
        2 | 21 => "words before",
        3 | 22 => "words after",
        4 | 5 => "the word and its neighbour",
        6 | 7 | 12 | 46 | 47 => "shapes around",
        8 | 27 | 28 => "cluster of the word",
        9 | 13 | 23 | 25 | 30 | 50 => "clusters before",
        10 | 14 | 24 | 26 | 31 | 51 => "clusters after",
        29 => "clusters on both sides",
        32 | 33 => "shape and neighbour",
        34..=37 => "prefix",
        11 | 38..=43 => "suffix",
        44 | 45 => "suffix of the neighbour",
        48 => "how the sentence is written",
        49 => "first in the sentence",
        60..=62 => "lists",
        63..=69 => "lists around",
        _ => "the same word elsewhere",
    }
}

/// The positions of the bits that are set.
fn bits(mut mask: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = mask.trailing_zeros();
        if bit == 32 {
            return None;
        }
        mask &= mask - 1;
        Some(bit)
    })
}

/// The hash of a feature: its template and what fills it.
#[inline]
fn feature(template: u32, first: u32, second: u32) -> u32 {
    let key =
        (u64::from(first) << 32 | u64::from(second)).wrapping_add(u64::from(template) << 57 ^ u64::from(template));
    let mixed = (key ^ key >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 32) as u32
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
