//! Lines made of the words of a date, or of what is said about authors.

use crate::error::{Error, Result};
use crate::resource::Resources;
use crate::resource::resources::rows;
use std::collections::HashMap;

/// What a word may say in the line of a date or about an author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Month,
    Weekday,
    Publication,
    Filler,
}

/// The words of `lexicons/date_line_words.tsv` and `lexicons/bio_words.tsv`.
#[derive(Debug)]
pub(super) struct Words {
    dates: HashMap<Box<str>, Word>,
    /// Whether the word is a role; else it is a verb.
    bios: HashMap<Box<str>, bool>,
}

impl Words {
    /// Reads the words.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        let dates = read(resources, "lexicons/date_line_words.tsv", |kind| match kind {
            "month" => Some(Word::Month),
            "weekday" => Some(Word::Weekday),
            "publication" => Some(Word::Publication),
            "filler" => Some(Word::Filler),
            _ => None,
        })?;
        let bios = read(resources, "lexicons/bio_words.tsv", |kind| match kind {
            "role" => Some(true),
            "verb" => Some(false),
            _ => None,
        })?;
        Ok(Self { dates, bios })
    }

    /// Whether the folded line is the day or time of publication: nothing but the words of a date with at
    /// least one of them, or a date behind `published` or `updated`.
    pub(super) fn is_date_line(&self, folded: &str) -> bool {
        if folded.len() > 130 || !folded.contains(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let (mut days, mut publications, mut others, mut times) = (0, 0, 0, 0);
        for word in
            folded.split(|c: char| c.is_whitespace() || matches!(c, ',' | '|' | '·' | '•' | '(' | ')' | '/' | '-'))
        {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            if word.is_empty() {
                continue;
            }
            match self.dates.get(word) {
                Some(Word::Month | Word::Weekday) => days += 1,
                Some(Word::Publication) => publications += 1,
                Some(Word::Filler) => {}
                None if is_clock(word) => times += 1,
                None if is_day_or_year(word) => days += usize::from(word.len() == 4),
                None if others == 3 && publications == 0 => return false,
                None => others += 1,
            }
        }
        let is_dated = days >= 2 || times >= 1 || (publications >= 1 && days >= 1) || is_numeric_date(folded);
        let ago = folded.ends_with(" ago") && publications >= 1;
        (others == 0 && (is_dated || ago))
            || (publications >= 1 && (days >= 2 || ago) && others <= 8 && !folded.ends_with('.'))
    }

    /// Whether the line says when it was published.
    pub(super) fn is_publication(&self, line: &str) -> bool {
        let lower = line.to_ascii_lowercase();
        lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| self.dates.get(word) == Some(&Word::Publication) || self.dates.get(word) == Some(&Word::Month))
    }

    /// Whether `words` are those of a date: days, months, years.
    pub(super) fn are_date(&self, words: &str) -> bool {
        let lower = words.to_ascii_lowercase();
        let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
        words.peek().is_some()
            && words
                .all(|word| is_day_or_year(word) || matches!(self.dates.get(word), Some(Word::Month | Word::Weekday)))
    }

    /// Whether the line holds what an author may be: `Senior correspondent, Nairobi`.
    pub(super) fn names_role(&self, line: &str) -> bool {
        let lower = line.to_ascii_lowercase();
        lower.split(|c: char| !c.is_alphanumeric()).any(|word| self.bios.get(word) == Some(&true))
    }

    /// Whether the line says who somebody is: a name, then `is`, `covers`…, with a role not far behind.
    pub(super) fn is_bio(&self, line: &str) -> bool {
        let mut words = line.split_whitespace();
        let mut names = 0;
        let verb = loop {
            match words.next() {
                Some(word) if word.starts_with(char::is_uppercase) && !word.ends_with(['.', ':', '?', '!']) => {
                    names += 1;
                }
                Some(word) if word.len() == 2 && word.ends_with('.') => {}
                Some("de" | "van" | "von" | "bin" | "al" | "el" | "and" | "der" | "la") if names > 0 => {}
                Some(word) if names >= 2 => break word,
                _ => return false,
            }
            if names > 5 {
                return false;
            }
        };
        let is_verb = self.bios.get(verb) == Some(&false);
        let role = words.take(24).any(|word| {
            word.split('-').any(|part| {
                let part = part.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
                self.bios.get(part.as_str()) == Some(&true)
            })
        });
        is_verb && (role || matches!(verb, "covers" | "writes" | "reports"))
    }
}

fn read<T>(resources: &Resources, path: &str, kind: impl Fn(&str) -> Option<T>) -> Result<HashMap<Box<str>, T>> {
    let text = resources.text(path)?;
    rows(&text)
        .map(|(line, columns)| {
            match columns.as_slice() {
                [word, name] => kind(name).map(|kind| ((*word).into(), kind)),
                _ => None,
            }
            .ok_or_else(|| {
                Error::resource(format!("{path}:{line}"), "expected a word, a tab and a kind that the head names")
            })
        })
        .collect()
}

/// `14:30`, `6.40pm`, `5pm`.
fn is_clock(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let tail = &word[digits.len()..];
    let numbers =
        digits.split([':', '.']).all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    numbers && matches!(tail, "" | "am" | "pm" | "z" | "h") && (digits.contains(':') || !tail.is_empty())
}

/// `5`, `05`, `5th`, `2025`.
fn is_day_or_year(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let tail = &word[digits.len()..];
    (1..=4).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(tail, "" | "st" | "nd" | "rd" | "th")
}

/// `2025-03-05`, `5/3/2025`, `05.03.2025` and nothing else but signs and a time.
fn is_numeric_date(folded: &str) -> bool {
    folded.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_ascii_digit());
        ['-', '/', '.'].iter().any(|sign| {
            let parts: Vec<&str> = word.split(*sign).collect();
            parts.len() == 3
                && parts
                    .iter()
                    .all(|part| matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|byte| byte.is_ascii_digit()))
                && parts.iter().any(|part| part.len() == 4)
        })
    })
}
