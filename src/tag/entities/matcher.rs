//! Matches the patterns of entity rules against a sentence: words, kinds of tokens, phrases of the lists,
//! and marks that stand already.

use super::mark::{Mark, starting};
use super::reading::Reading;
use crate::document::{Label, TokenKind};
use crate::text::chars::is_dash;
use std::ops::Range;

/// The most tokens that a repeated element may cover.
const LONGEST: usize = 10;

/// The most tokens of what stands before a match.
const LONGEST_BEFORE: usize = 6;

/// What a token may be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// This word; one without capitals also with them.
    Word(Box<str>),
    /// A word in small letters that is none of these.
    But(Vec<Box<str>>),
    /// A mark with this label.
    Mark(Label),
    /// A capitalised word that is no function word.
    Name,
    /// A word that begins with a small letter.
    Small,
    /// A word of capital letters: an acronym.
    Capitals,
    /// A number.
    Number,
    /// A short word of capitals that may hold digits and small letters: the type of a vehicle (`F`, `MiG`, `Tu`).
    Code,
    /// Capitals with digits behind them: the name of a road or model (`M62`, `A320`).
    LetterNumber,
    /// A word in another script than Latin.
    Foreign,
    /// A hyphen or dash.
    Dash,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A quotation mark.
    Quote,
    /// An apostrophe with or without s.
    Possessive,
    /// A capitalised word or a number, and repeated any tokens behind it but quotation marks: a title, a name.
    Phrase,
    /// Any token.
    Any,
}

impl Test {
    /// The kind of token that `name` stands for.
    pub(super) fn built_in(name: &str) -> Option<Self> {
        Some(match name {
            "name" => Self::Name,
            "small" => Self::Small,
            "capitals" => Self::Capitals,
            "number" => Self::Number,
            "code" => Self::Code,
            "letter_number" => Self::LetterNumber,
            "foreign" => Self::Foreign,
            "dash" => Self::Dash,
            "open" => Self::Open,
            "close" => Self::Close,
            "quote" => Self::Quote,
            "possessive" => Self::Possessive,
            "phrase" => Self::Phrase,
            "any" => Self::Any,
            _ => return None,
        })
    }

    /// Whether it matches capitalised words only.
    fn is_capitalised(&self) -> bool {
        match self {
            Self::Word(word) => word.starts_with(|c: char| c.is_uppercase()),
            other => other.need() == CAPITAL,
        }
    }

    /// What a sentence must hold for this to match; nothing, when that is not known beforehand.
    fn need(&self) -> u16 {
        match self {
            Self::Name | Self::Capitals | Self::Code | Self::LetterNumber => CAPITAL,
            Self::Number => NUMBER,
            Self::Dash => DASH,
            Self::Open | Self::Close => BRACKET,
            Self::Possessive => APOSTROPHE,
            Self::Quote => QUOTE,
            Self::Word(_) | Self::But(_) | Self::Mark(_) | Self::Small | Self::Foreign | Self::Phrase | Self::Any => 0,
        }
    }
}

const CAPITAL: u16 = 1;
const NUMBER: u16 = 2;
const DASH: u16 = 4;
const BRACKET: u16 = 8;
const APOSTROPHE: u16 = 16;
const QUOTE: u16 = 32;

/// One element of a pattern.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tests {
    pub(super) any: Vec<Test>,
    /// Lists in which the phrase may stand.
    pub(super) lists: u32,
    /// Whether several tokens in a row may match.
    pub(super) repeated: bool,
    /// The number of the part it is remembered as.
    pub(super) part: Option<usize>,
}

/// A pattern without choices.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    steps: Vec<Tests>,
    /// Kinds of tokens without which a sentence cannot match.
    needs: u16,
    /// For each step of nothing but words: the marks of these words, one of which a sentence must hold.
    words: Vec<WordBits>,
    /// Whether a step is nothing but a mark.
    needs_mark: bool,
    /// The words of which one must begin a match, where no other token can.
    first: Option<WordBits>,
    /// Whether only a capitalised word can begin a match.
    capital_first: bool,
}

/// A set of words, each by one bit of its hash: a word that is in the set is never missed, and one that is not
/// seldom taken for one that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WordBits([u64; 4]);

impl WordBits {
    /// The bit of a word.
    fn bit(word: &str) -> u8 {
        // FNV-1a over the letters without their case.
        let hash = word.chars().flat_map(char::to_lowercase).fold(0xcbf2_9ce4_8422_2325_u64, |hash, character| {
            (hash ^ u64::from(u32::from(character))).wrapping_mul(0x0100_0000_01b3)
        });
        (hash ^ hash >> 29) as u8
    }

    fn insert(&mut self, bit: u8) {
        self.0[usize::from(bit / 64)] |= 1 << (bit % 64);
    }

    fn holds(&self, bit: u8) -> bool {
        self.0[usize::from(bit / 64)] & 1 << (bit % 64) != 0
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(own, other)| own & other != 0)
    }
}

/// What a sentence holds, as far as it tells beforehand which patterns cannot match.
#[derive(Clone, Debug)]
pub(super) struct Holdings {
    lists: u32,
    kinds: u16,
    words: WordBits,
    /// The bit of each word.
    bits: Vec<u8>,
}

/// What stands beside a match.
#[derive(Debug)]
pub(super) struct Context(pub(super) Sequence);

/// What matched the parts of a pattern.
pub(super) type Parts = Vec<Option<Range<usize>>>;

/// A sentence with its marks, as patterns see it.
pub(super) struct Scene<'s, 't, 'm> {
    pub(super) sentence: &'s Reading<'t, 'm>,
    pub(super) marks: &'s [Mark],
    /// The list of words that begin sentences and belong to no name.
    pub(super) function: u32,
}

impl Sequence {
    pub(super) fn new(steps: Vec<Tests>) -> Self {
        let needs = steps
            .iter()
            .filter(|step| step.lists == 0)
            .fold(0, |needs, step| needs | step.any.iter().map(Test::need).reduce(|all, need| all & need).unwrap_or(0));
        let capital_first =
            steps.first().is_some_and(|step| step.lists == 0 && step.any.iter().all(Test::is_capitalised));
        let words = steps.iter().filter_map(words_of).collect();
        let needs_mark = steps.iter().any(|step| {
            step.lists == 0 && !step.any.is_empty() && step.any.iter().all(|test| matches!(test, Test::Mark(_)))
        });
        let first = steps.first().and_then(words_of);
        Self { steps, needs, words, needs_mark, first, capital_first }
    }

    /// Whether a match may begin at token `start` of a sentence that holds this.
    pub(super) fn may_begin(&self, held: &Holdings, start: usize) -> bool {
        self.first.is_none_or(|first| held.bits.get(start).is_some_and(|bit| first.holds(*bit)))
    }

    /// Whether a sentence that holds this, and any `marks` at all, may match.
    pub(super) fn may_match(&self, held: &Holdings, marks: bool) -> bool {
        self.needs & !held.kinds == 0
            && (marks || !self.needs_mark)
            && self.words.iter().all(|words| words.meets(&held.words))
            && self.steps.iter().all(|step| step.lists & held.lists != 0 || step.lists == 0 || !step.any.is_empty())
    }

    /// Matches from `start` on, to exactly `end` if it is given: the end of the match and its parts.
    pub(super) fn find(
        &self,
        scene: &Scene<'_, '_, '_>,
        start: usize,
        end: Option<usize>,
        parts: &mut Parts,
    ) -> Option<usize> {
        if self.capital_first && !scene.sentence.is_capital(start) {
            return None;
        }
        walk(&self.steps, scene, start, end, parts)
    }
}

impl Context {
    /// Whether it stands right before `start`.
    pub(super) fn ends_at(&self, scene: &Scene<'_, '_, '_>, start: usize, parts: &mut Parts) -> bool {
        (start.saturating_sub(LONGEST_BEFORE)..start).any(|from| self.0.find(scene, from, Some(start), parts).is_some())
    }

    /// Whether it stands right after `end`.
    pub(super) fn begins_at(&self, scene: &Scene<'_, '_, '_>, end: usize, parts: &mut Parts) -> bool {
        self.0.find(scene, end, None, parts).is_some()
    }
}

/// The words of a step that matches nothing else.
fn words_of(step: &Tests) -> Option<WordBits> {
    let mut bits = WordBits::default();
    if step.lists != 0 || step.any.is_empty() {
        return None;
    }
    for test in &step.any {
        let Test::Word(word) = test else { return None };
        bits.insert(WordBits::bit(word));
    }
    Some(bits)
}

/// Matches `steps` from `at` on; longer matches of each step are tried first.
fn walk(steps: &[Tests], scene: &Scene<'_, '_, '_>, at: usize, end: Option<usize>, parts: &mut Parts) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else {
        return end.is_none_or(|end| end == at).then_some(at);
    };
    let go = |to: usize, parts: &mut Parts| {
        let found = walk(rest, scene, to, end, parts)?;
        if let Some(part) = step.part {
            if parts.len() <= part {
                parts.resize(part + 1, None);
            }
            parts[part] = Some(at..to);
        }
        Some(found)
    };
    if step.lists != 0 {
        for to in scene.sentence.ends_in(at, step.lists) {
            if let Some(found) = go(to, parts) {
                return Some(found);
            }
        }
    }
    let longest = if step.repeated { LONGEST } else { 1 };
    let mut reach = at;
    while reach < scene.sentence.len()
        && reach - at < longest
        && step.any.iter().any(|test| scene.holds(test, reach, reach > at))
    {
        reach += 1;
    }
    // A mark is one step, however many words it has.
    let marked = step.any.iter().find_map(|test| match test {
        Test::Mark(label) => {
            starting(scene.marks, scene.sentence.outer(&(at..at)).start).filter(|mark| mark.label == *label)
        }
        _ => None,
    });
    if let Some(mark) = marked
        && let Some(found) = go(scene.sentence.inner(&mark.tokens).end, parts)
    {
        return Some(found);
    }
    (at + 1..=reach).rev().find_map(|to| go(to, parts))
}

impl Scene<'_, '_, '_> {
    /// What the sentence holds.
    pub(super) fn holdings(&self) -> Holdings {
        let bits: Vec<u8> = self.sentence.words.iter().map(|word| WordBits::bit(word)).collect();
        let mut words = WordBits::default();
        for bit in &bits {
            words.insert(*bit);
        }
        Holdings { lists: self.sentence.lists(), kinds: self.kinds(), words, bits }
    }

    /// The kinds of tokens of the sentence.
    fn kinds(&self) -> u16 {
        let mut kinds = 0;
        for (word, kind) in self.sentence.words.iter().zip(&self.sentence.kinds) {
            let Some(first) = word.chars().next() else { continue };
            kinds |= match kind {
                TokenKind::Number => NUMBER,
                TokenKind::Word if first.is_uppercase() => CAPITAL,
                TokenKind::Word if is_apostrophe(first) => APOSTROPHE,
                TokenKind::Word => 0,
                _ if is_dash(first) => DASH,
                _ if matches!(first, '(' | '[' | ')' | ']') => BRACKET,
                _ if is_apostrophe(first) => APOSTROPHE | QUOTE,
                _ if is_quote(first) => QUOTE,
                _ => 0,
            };
        }
        kinds
    }

    /// Whether the token at `index` is what `test` asks for; `inside` a repeated element a hyphen between
    /// two names belongs to the name.
    fn holds(&self, test: &Test, index: usize, inside: bool) -> bool {
        let sentence = self.sentence;
        let Some(word) = sentence.words.get(index) else { return false };
        let first = word.chars().next().unwrap_or(' ');
        match test {
            Test::Word(wanted) => {
                wanted.len() == word.len()
                    && (**wanted == **word || first.is_uppercase() && is_lower(wanted) && equal_folded(wanted, word))
            }
            Test::But(words) => {
                sentence.kinds[index] == TokenKind::Word
                    && first.is_lowercase()
                    && words.iter().all(|other| **other != **word)
            }
            Test::Mark(_) => false,
            Test::Name => {
                sentence.is_capital(index)
                    && sentence.kinds[index] == TokenKind::Word
                    && (inside || !sentence.is(index, self.function))
                    || inside && is_dash(first) && word.chars().nth(1).is_none() && sentence.is_capital(index + 1)
            }
            Test::Small => sentence.kinds[index] == TokenKind::Word && first.is_lowercase(),
            Test::Capitals => {
                let letters = word.chars().filter(|c| c.is_alphabetic());
                sentence.kinds[index] == TokenKind::Word
                    && letters.clone().count() >= 2
                    && letters.clone().filter(|c| c.is_uppercase()).count() * 2 > letters.count()
            }
            Test::Number => sentence.kinds[index] == TokenKind::Number,
            Test::Code => first.is_uppercase() && word.chars().count() <= 4 && word.chars().all(char::is_alphanumeric),
            Test::LetterNumber => is_letter_number(word),
            // Latin letters end where Greek ones begin.
            Test::Foreign => {
                first.is_alphabetic() && first >= '\u{0370}' && !('\u{1E00}'..='\u{1EFF}').contains(&first)
            }
            Test::Dash => is_dash(first) && word.chars().nth(1).is_none(),
            Test::Open => matches!(first, '(' | '['),
            Test::Close => matches!(first, ')' | ']'),
            Test::Quote => is_quote(first),
            Test::Possessive => is_apostrophe(first) && matches!(word.chars().nth(1), None | Some('s' | 'S')),
            Test::Phrase => {
                sentence.is_capital(index) || sentence.kinds[index] == TokenKind::Number || inside && !is_quote(first)
            }
            Test::Any => true,
        }
    }
}

/// Whether the word is one to three capitals with digits behind them, and at most one letter more.
fn is_letter_number(word: &str) -> bool {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = word.len() - rest.len();
    let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=3).contains(&letters) && tail.len() < rest.len() && tail.len() <= 1
}

/// Whether the word has no capital letter.
fn is_lower(word: &str) -> bool {
    !word.chars().any(char::is_uppercase)
}

/// Whether `word` is `lower` but for capitals.
fn equal_folded(lower: &str, word: &str) -> bool {
    word.chars().flat_map(char::to_lowercase).eq(lower.chars())
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}' | '\u{02BC}')
}

fn is_quote(character: char) -> bool {
    matches!(
        character,
        '"' | '\u{2018}' | '\u{2019}' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{00AB}' | '\u{00BB}' | '\''
    )
}
