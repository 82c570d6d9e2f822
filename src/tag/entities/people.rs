//! What else a person may be called: the family name, parts of a long name; and what a title says of the bearer.

use crate::document::Annotation;
use crate::error::{Error, Result};
use crate::resource::Resources;
use crate::resource::resources::rows;
use std::collections::{HashMap, HashSet};

const SUFFIXES: &str = "lexicons/entities/person_suffixes.tsv";
const TITLES: &str = "lexicons/gendered_titles.tsv";

/// Who bears a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Man,
    Woman,
}

/// What is known of the names of people.
pub(super) struct People {
    /// What may stand behind a person's name: Jr., III.
    suffixes: HashSet<String>,
    /// Titles that say whether a man or a woman bears the name behind them.
    titles: HashMap<String, Gender>,
}

impl People {
    /// Loads suffixes and titles.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        let suffixes = resources.text(SUFFIXES)?;
        let suffixes = rows(&suffixes).filter_map(|(_, row)| row.first().map(|word| (*word).to_owned())).collect();
        let text = resources.text(TITLES)?;
        let titles = rows(&text).map(|(line, row)| match row.as_slice() {
            [title, "man"] => Ok(((*title).to_owned(), Gender::Man)),
            [title, "woman"] => Ok(((*title).to_owned(), Gender::Woman)),
            _ => Err(Error::resource(format!("{TITLES}:{line}"), "needs a title, a tab, and man or woman")),
        });
        Ok(Self { suffixes, titles: titles.collect::<Result<_>>()? })
    }

    /// What the title in front of a person says of the bearer.
    pub(super) fn gender(&self, mark: &Annotation) -> Option<Gender> {
        let title = mark.attributes.as_ref()?.get("title")?.as_str()?;
        title.split(' ').find_map(|word| self.titles.get(word)).copied()
    }

    /// What else a later mention may call the person of these words: family and given name, and parts of a long name.
    pub(super) fn short_forms(&self, words: &[&str]) -> Vec<String> {
        let mut forms = self.forms_in_front(words);
        forms.extend(words.first().map(|first| (*first).to_owned()));
        // At the beginning of a sentence the article has a capital: Al-Assad, De Moraes.
        let capital: Vec<String> = forms.iter().filter_map(|form| capitalised(form)).collect();
        forms.extend(capital);
        forms
    }

    /// What an article may call the person of these words before it gives the name in full.
    pub(super) fn forms_in_front(&self, words: &[&str]) -> Vec<String> {
        let mut forms = self.family_names(words);
        forms.extend(parts_of_long_name(words));
        forms
    }

    /// The family names of a person: the last word, with and without the small words (`bin`, `von der`) or the
    /// article (`al-`) in front of it.
    fn family_names(&self, words: &[&str]) -> Vec<String> {
        let end = words.iter().rposition(|word| !self.suffixes.contains(*word)).map_or(words.len(), |at| at + 1);
        let Some((last, before)) = words[..end].split_last() else { return Vec::new() };
        let is_small = |word: &str| word.starts_with(char::is_lowercase);
        let small = before.iter().rev().take_while(|word| is_small(word)).count();
        let mut names = vec![(*last).to_owned()];
        if small > 0 {
            names.push(words[end - 1 - small..end].join(" "));
        }
        if let Some((article, name)) = last.split_once('-')
            && is_small(article)
        {
            names.push(name.to_owned());
        }
        names
    }
}

/// The parts of a person's name that have two words or more: without first names ("Suu Kyi" of "Aung San Suu Kyi"),
/// and without middle ones ("Donald Trump" of "Donald J. Trump").
fn parts_of_long_name(words: &[&str]) -> Vec<String> {
    let [first, _, .., last] = words else { return Vec::new() };
    let without_first = (1..words.len() - 1).map(|at| words[at..].join(" "));
    without_first.chain([format!("{first} {last}")]).collect()
}

/// A name that begins with a small letter, with a capital one.
fn capitalised(name: &str) -> Option<String> {
    let first = name.chars().next().filter(|first| first.is_lowercase())?;
    Some(first.to_uppercase().chain(name.chars().skip(1)).collect())
}
