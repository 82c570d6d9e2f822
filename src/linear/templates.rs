//! The templates: which features a token gets.
//!
//! Those of one word, by where it stands ([`View`]), depend on nothing else, so that a tagger can sum their
//! weights once for each word. The others join words, lists and what the word does elsewhere.

use super::features::Observed;
use super::habits::Case;
use super::word::{Facts, OUTSIDE};
use std::ops::Range;

/// From where a word is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// The token itself.
    Here,
    /// The word before a word that is hardly in a name.
    Left,
    /// The word after a word that is hardly in a name.
    Right,
    /// The word before a notable one.
    LeftOfName,
    /// The word after a notable one.
    RightOfName,
    /// Two before a notable one.
    FarLeft,
    /// Two after a notable one.
    FarRight,
}

/// Number of views.
pub(super) const VIEWS: usize = 7;

/// Where the words around a notable token lie and how they are looked at.
const AROUND_NAMES: [(isize, View); 5] =
    [(0, View::Here), (-1, View::LeftOfName), (1, View::RightOfName), (-2, View::FarLeft), (2, View::FarRight)];

/// The same for the other tokens.
const AROUND_OTHERS: [(isize, View); 3] = [(0, View::Here), (-1, View::Left), (1, View::Right)];

impl View {
    /// The words that bear on a token, by distance.
    #[inline]
    pub(super) fn around(notable: bool) -> &'static [(isize, Self)] {
        if notable { &AROUND_NAMES } else { &AROUND_OTHERS }
    }

    /// All features of a word looked at so.
    pub(super) fn templates(self, word: &Facts, sink: &mut impl FnMut(u32, u32)) {
        let mut add = |template: u32, first: u32| sink(template, feature(template, first, 0));
        match self {
            Self::Here => here_templates(word, &mut add),
            Self::Left | Self::LeftOfName => {
                add(2, word.lower);
                add(9, word.clusters[1]);
                if self == Self::LeftOfName {
                    add(23, word.clusters[0]);
                }
            }
            Self::Right | Self::RightOfName => {
                add(3, word.lower);
                add(10, word.clusters[1]);
                if self == Self::RightOfName {
                    add(24, word.clusters[0]);
                }
            }
            Self::FarLeft => {
                add(21, word.lower);
                add(25, word.clusters[1]);
            }
            Self::FarRight => {
                add(22, word.lower);
                add(26, word.clusters[1]);
            }
        }
    }
}

fn here_templates(word: &Facts, add: &mut impl FnMut(u32, u32)) {
    add(0, 0);
    add(1, word.lower);
    add(8, word.clusters[0]);
    add(11, word.suffixes[2]);
    if word.notable {
        add(20, word.word);
        add(27, word.clusters[1]);
        add(28, word.clusters[2]);
        for (template, prefix) in (34..).zip(word.prefixes) {
            add(template, prefix);
        }
        for (template, suffix) in (38..).zip(word.suffixes) {
            add(template, suffix);
        }
    }
}

/// One token in its sentence.
pub(super) struct Window<'a> {
    text: &'a Observed,
    range: Range<usize>,
    index: usize,
    case: Case,
}

impl<'a> Window<'a> {
    /// The token at `index` of the sentence of `range`.
    pub(super) fn new(text: &'a Observed, range: Range<usize>, index: usize, case: Case) -> Self {
        Self { text, range, index, case }
    }

    /// The number of the word at a distance.
    #[inline]
    pub(super) fn number(&self, offset: isize) -> u32 {
        match self.index.checked_add_signed(offset) {
            Some(at) if self.range.contains(&at) => self.text.numbers[at],
            _ => OUTSIDE,
        }
    }

    /// The word at a distance.
    #[inline]
    pub(super) fn at(&self, offset: isize) -> &'a Facts {
        self.text.words.facts(self.number(offset))
    }

    #[inline]
    fn classes(&self, offset: isize) -> (u32, u32) {
        match self.index.checked_add_signed(offset) {
            Some(at) if self.range.contains(&at) => self.text.classes[at],
            _ => (0, 0),
        }
    }

    /// All features of the token.
    pub(super) fn all(&self, sink: &mut impl FnMut(u32, u32)) {
        for (offset, view) in View::around(self.at(0).notable) {
            view.templates(self.at(*offset), sink);
        }
        self.joined(sink);
    }

    /// The features that no word has by itself.
    #[inline]
    pub(super) fn joined(&self, sink: &mut impl FnMut(u32, u32)) {
        let [left, here, right] = [self.at(-1), self.at(0), self.at(1)];
        let mut add = |template: u32, first: u32, second: u32| sink(template, feature(template, first, second));
        add(4, left.lower, here.lower);
        add(5, here.lower, right.lower);
        add(6, left.shape, here.shape);
        add(7, here.shape, right.shape);
        add(12, here.shape, feature(0, left.shape, right.shape));
        add(13, left.clusters[1], here.clusters[1]);
        add(14, here.clusters[1], right.clusters[1]);
        if here.notable {
            self.name_templates([self.at(-2), left, here, right, self.at(2)], &mut add);
            self.habit_templates(here, &mut add);
        }
        self.list_templates(here, &mut add);
    }

    /// Features of words that may be names.
    fn name_templates(
        &self,
        [far_left, left, here, right, far_right]: [&Facts; 5],
        add: &mut impl FnMut(u32, u32, u32),
    ) {
        add(29, left.clusters[2], right.clusters[2]);
        add(30, left.clusters[0], here.shape);
        add(31, here.shape, right.clusters[0]);
        add(32, left.lower, here.shape);
        add(33, here.shape, right.lower);
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
        if own == 0 && !here.notable {
            return;
        }
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
    fn habit_templates(&self, here: &Facts, add: &mut impl FnMut(u32, u32, u32)) {
        let Some(habit) = self.text.habits.of(here) else { return };
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
pub(super) fn template_name(template: u32) -> &'static str {
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
