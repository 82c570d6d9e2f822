//! What the rules ask of a word by itself: which of their own words it is, and which kinds of token.

use crate::document::TokenKind;
use crate::text::chars::is_dash;
use std::collections::HashMap;

/// Kinds of tokens: one bit each.
pub(super) mod kind {
    /// It begins with a capital.
    pub(in super::super) const CAPITAL: u32 = 1;
    /// A word that begins with a capital.
    pub(in super::super) const CAPITAL_WORD: u32 = 1 << 1;
    /// A capitalised word that is no function word; known in its sentence only.
    pub(in super::super) const NAME: u32 = 1 << 2;
    /// A hyphen before a capital; known in its sentence only.
    pub(in super::super) const INNER_DASH: u32 = 1 << 3;
    /// A word that begins with a small letter.
    pub(in super::super) const SMALL: u32 = 1 << 4;
    /// A word of capital letters: an acronym.
    pub(in super::super) const CAPITALS: u32 = 1 << 5;
    /// A number.
    pub(in super::super) const NUMBER: u32 = 1 << 6;
    /// A short word of capitals that may hold digits and small letters: the type of a vehicle (`F`, `MiG`, `Tu`).
    pub(in super::super) const CODE: u32 = 1 << 7;
    /// Capitals with digits behind them: the name of a road or model (`M62`, `A320`).
    pub(in super::super) const LETTER_NUMBER: u32 = 1 << 8;
    /// A word in another script than Latin.
    pub(in super::super) const FOREIGN: u32 = 1 << 9;
    /// A hyphen or dash.
    pub(in super::super) const DASH: u32 = 1 << 10;
    /// An opening bracket.
    pub(in super::super) const OPEN: u32 = 1 << 11;
    /// A closing bracket.
    pub(in super::super) const CLOSE: u32 = 1 << 12;
    /// It begins with a quotation mark.
    pub(in super::super) const QUOTE: u32 = 1 << 13;
    /// It does not.
    pub(in super::super) const NO_QUOTE: u32 = 1 << 14;
    /// An apostrophe with or without s.
    pub(in super::super) const POSSESSIVE: u32 = 1 << 15;
    /// Any token.
    pub(in super::super) const ANY: u32 = 1 << 16;
    /// It has a letter.
    pub(in super::super) const LETTERS: u32 = 1 << 17;
    /// It has several letters, none of them small.
    pub(in super::super) const SHOUTED: u32 = 1 << 18;
}

/// What is known of a word by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// Its kinds; never 0.
    pub(super) kinds: u32,
    /// Its number among the words of the rules; 0 where it is none of them.
    pub(super) exact: u16,
    /// The number of the word in small letters that it is but for capitals; 0 where there is none.
    pub(super) folded: u16,
}

/// The words that the rules name, numbered from 1.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    numbers: HashMap<Box<str>, u16>,
    /// The bytes of each.
    lengths: Vec<usize>,
}

impl Vocabulary {
    /// The number of a word of a rule.
    pub(super) fn number(&mut self, word: &str) -> Result<u16, String> {
        if let Some(number) = self.numbers.get(word) {
            return Ok(*number);
        }
        let number = u16::try_from(self.numbers.len() + 1).map_err(|_| "the rules name too many words".to_owned())?;
        self.numbers.insert(word.into(), number);
        self.lengths.push(word.len());
        Ok(number)
    }

    /// How many in a thousand tokens a word may be, by its length alone.
    pub(super) fn frequency(&self, number: usize) -> u32 {
        match number.checked_sub(1).and_then(|place| self.lengths.get(place)) {
            Some(0..=3) => 8,
            Some(4) => 3,
            _ => 1,
        }
    }

    /// Looks at a word.
    pub(super) fn look(&self, word: &str, kind: TokenKind) -> Traits {
        let number = |word: &str| self.numbers.get(word).copied().unwrap_or(0);
        let mut folded = 0;
        if word.starts_with(char::is_uppercase) {
            let lower: String = word.chars().flat_map(char::to_lowercase).collect();
            if lower.len() == word.len() && !lower.contains(char::is_uppercase) {
                folded = number(&lower);
            }
        }
        Traits { kinds: kinds(word, kind), exact: number(word), folded }
    }
}

/// The kinds of a token that are known without its sentence.
fn kinds(word: &str, kind: TokenKind) -> u32 {
    let first = word.chars().next().unwrap_or(' ');
    let alone = word.chars().nth(1).is_none();
    let is_word = kind == TokenKind::Word;
    let has_letter = word.chars().any(char::is_alphabetic);
    let bits = [
        (kind::ANY, true),
        (kind::CAPITAL, first.is_uppercase()),
        (kind::CAPITAL_WORD, is_word && first.is_uppercase()),
        (kind::SMALL, is_word && first.is_lowercase()),
        (kind::CAPITALS, is_word && is_capitals(word)),
        (kind::NUMBER, kind == TokenKind::Number),
        (kind::CODE, first.is_uppercase() && word.chars().count() <= 4 && word.chars().all(char::is_alphanumeric)),
        (kind::LETTER_NUMBER, is_letter_number(word)),
        (kind::FOREIGN, is_foreign(first)),
        (kind::DASH, is_dash(first) && alone),
        (kind::OPEN, matches!(first, '(' | '[')),
        (kind::CLOSE, matches!(first, ')' | ']')),
        (kind::QUOTE, is_quote(first)),
        (kind::NO_QUOTE, !is_quote(first)),
        (kind::POSSESSIVE, is_apostrophe(first) && matches!(word.chars().nth(1), None | Some('s' | 'S'))),
        (kind::LETTERS, has_letter),
        (kind::SHOUTED, has_letter && word.len() > 1 && !word.chars().any(char::is_lowercase)),
    ];
    bits.iter().filter(|(_, holds)| *holds).fold(0, |all, (bit, _)| all | bit)
}

/// Whether most letters of a word are capitals, at least two of them.
fn is_capitals(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() >= 2 && letters.clone().filter(|c| c.is_uppercase()).count() * 2 > letters.count()
}

/// Whether the word is one to three capitals with digits behind them, and at most one letter more.
fn is_letter_number(word: &str) -> bool {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = word.len() - rest.len();
    let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=3).contains(&letters) && tail.len() < rest.len() && tail.len() <= 1
}

/// Whether it is a letter of another script: Latin letters end where Greek ones begin.
fn is_foreign(letter: char) -> bool {
    letter.is_alphabetic() && letter >= '\u{0370}' && !('\u{1E00}'..='\u{1EFF}').contains(&letter)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_small_letters_are_known_with_capitals_too() {
        let mut vocabulary = Vocabulary::default();
        let (small, name) = (vocabulary.number("act").unwrap(), vocabulary.number("Act").unwrap());
        let look = |word: &str| {
            let traits = vocabulary.look(word, TokenKind::Word);
            (traits.exact, traits.folded)
        };
        assert_eq!(look("act"), (small, 0));
        assert_eq!(look("Act"), (name, small));
        assert_eq!(look("ACT"), (0, small));
        assert_eq!(look("aCT"), (0, 0));
        assert_eq!(look("acts"), (0, 0));
    }

    #[test]
    fn kinds_are_told_by_letters() {
        let check = |word: &str, token: TokenKind, holds: u32, holds_not: u32| {
            let found = kinds(word, token);
            assert_eq!((found & holds, found & holds_not), (holds, 0), "{word}");
        };
        check("NATO", TokenKind::Word, kind::CAPITALS | kind::CODE | kind::SHOUTED, kind::SMALL | kind::NUMBER);
        check("A320", TokenKind::Word, kind::LETTER_NUMBER | kind::CAPITAL_WORD, kind::SMALL);
        check("Élan", TokenKind::Word, kind::CAPITAL_WORD | kind::CODE, kind::CAPITALS | kind::SHOUTED);
        check("’s", TokenKind::Word, kind::POSSESSIVE | kind::QUOTE, kind::NO_QUOTE | kind::SMALL);
        check("Сила", TokenKind::Word, kind::FOREIGN | kind::CAPITAL, kind::SMALL);
        check("–", TokenKind::Punctuation, kind::DASH | kind::NO_QUOTE, kind::LETTERS);
        check("--", TokenKind::Punctuation, kind::ANY, kind::DASH);
    }
}
