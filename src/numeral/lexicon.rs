//! The words of numbers and what each does in a numeral.

use crate::error::{Error, Result};
use crate::text::{FoldedWords, WordEnds};

/// What a word does in a numeral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    None,
    /// Begins with a digit, a point and a digit, or a fraction in one character.
    Digits,
    /// zero, nil.
    Zero,
    /// one to nine.
    Unit,
    /// ten to nineteen.
    Teen,
    /// twenty to ninety.
    Ten,
    /// hundred.
    Hundred,
    /// thousand, million, crore: the value is the power of ten.
    Scale,
    /// dozen.
    Dozen,
    /// half, quarter: the value is the denominator.
    Part,
    /// bn, mn: a scale that follows digits only.
    Short,
    /// a, an.
    Article,
    /// and.
    And,
    /// of.
    Of,
    /// point.
    Point,
    /// minus, negative.
    Minus,
}

/// The form of a number word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// two, hundred, half.
    Plain,
    /// second, hundredth.
    Ordinal,
    /// thirds, hundredths, halves: a plural denominator.
    Parts,
    /// hundreds, millions, dozens: a plural magnitude.
    Plural,
}

/// What a word does in a numeral, in which form, and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Atom {
    /// What it does.
    pub role: Role,
    /// In which form.
    pub form: Form,
    /// Its value; of a [`Role::Scale`] the power of ten, of a [`Role::Part`] the denominator.
    pub value: u8,
}

impl Atom {
    /// The atom of a word that is no part of a numeral.
    pub const NONE: Self = Self { role: Role::None, form: Form::Plain, value: 0 };
    /// The atom of a number in digits.
    pub const DIGITS: Self = Self { role: Role::Digits, form: Form::Plain, value: 0 };
}

/// The longest number word in bytes.
const LONGEST: usize = 16;

/// The words of numbers.
#[derive(Clone, Debug)]
pub struct Numbers {
    words: FoldedWords<Option<Atom>>,
    ends: WordEnds,
}

impl Numbers {
    /// Where the words lie among the resources.
    pub const PATH: &'static str = "lexicons/numbers.tsv";

    /// Reads the table of number words: word, role and value, parted by tabs.
    pub fn parse(table: &str) -> Result<Self> {
        let mut numbers = Self { words: FoldedWords::default(), ends: WordEnds::default() };
        for (index, line) in table.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let (word, atom) =
                parse_row(line).map_err(|message| Error::resource(format!("{}:{}", Self::PATH, index + 1), message))?;
            // A row's word has 1 to 16 letters, which can be told.
            numbers.ends.add(word);
            if let Some(entry) = numbers.words.entry(word) {
                *entry = Some(atom);
            }
        }
        Ok(numbers)
    }

    /// What `word` does in a numeral, whatever the case of its letters.
    #[inline]
    pub fn atom(&self, word: &str) -> Atom {
        if self.ends.may_hold(word)
            && let Some(atom) = self.words.get(word).copied().flatten()
        {
            return atom;
        }
        let bytes = word.as_bytes();
        let Some(&first) = bytes.first() else { return Atom::NONE };
        let is_number = first.is_ascii_digit()
            || (first == b'.' && bytes.get(1).is_some_and(u8::is_ascii_digit))
            || ((0xc2..=0xef).contains(&first) && super::digits::read(word).is_some());
        if is_number { Atom::DIGITS } else { Atom::NONE }
    }
}

fn parse_row(line: &str) -> std::result::Result<(&str, Atom), String> {
    let mut columns = line.split('\t');
    let (Some(word), Some(role), Some(value), None) = (columns.next(), columns.next(), columns.next(), columns.next())
    else {
        return Err("a row has three columns: word, role, value".to_owned());
    };
    if word.is_empty() || word.len() > LONGEST || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(format!("{word:?} is no word of 1 to {LONGEST} small ASCII letters"));
    }
    let (role, form) = match role {
        "scales" => ("scale", Form::Plural),
        "hundreds" => ("hundred", Form::Plural),
        "dozens" => ("dozen", Form::Plural),
        "parts" => ("part", Form::Parts),
        _ => match role.split_once('-') {
            Some((role, "ordinal")) => (role, Form::Ordinal),
            Some((role, "parts")) => (role, Form::Parts),
            Some((_, ending)) => return Err(format!("{ending:?} is neither ordinal nor parts")),
            None => (role, Form::Plain),
        },
    };
    let role = match role {
        "zero" => Role::Zero,
        "unit" => Role::Unit,
        "teen" => Role::Teen,
        "ten" => Role::Ten,
        "hundred" => Role::Hundred,
        "scale" => Role::Scale,
        "dozen" => Role::Dozen,
        "part" => Role::Part,
        "short" => Role::Short,
        "article" => Role::Article,
        "and" => Role::And,
        "of" => Role::Of,
        "point" => Role::Point,
        "minus" => Role::Minus,
        _ => return Err(format!("{role:?} is no role of a number word")),
    };
    let value = value.parse().map_err(|_| format!("{value:?} is no value from 0 to 255"))?;
    Ok((word, Atom { role, form, value }))
}
