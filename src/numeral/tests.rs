//! The case table of numerals, and the laws of the reader.

use super::{Gap, Kind, Numbers, Words};
use proptest::prelude::*;

/// Words cut at blanks and around hyphens.
struct Cut<'a> {
    text: &'a str,
    words: Vec<&'a str>,
}

impl<'a> Cut<'a> {
    fn new(text: &'a str) -> Self {
        let mut words = Vec::new();
        for chunk in text.split(' ').filter(|chunk| !chunk.is_empty()) {
            for part in chunk.split_inclusive('-') {
                let (word, hyphen) = part.strip_suffix('-').map_or((part, ""), |w| (w, &part[w.len()..]));
                words.extend([word, hyphen].into_iter().filter(|word| !word.is_empty()));
            }
        }
        Self { text, words }
    }

    fn place(&self, index: usize) -> (usize, usize) {
        let start = self.words[index].as_ptr() as usize - self.text.as_ptr() as usize;
        (start, start + self.words[index].len())
    }
}

impl Words for Cut<'_> {
    fn word(&self, index: usize) -> &str {
        self.words.get(index).copied().unwrap_or_default()
    }

    fn gap(&self, index: usize) -> Gap {
        if index == 0 || index >= self.words.len() {
            Gap::Break
        } else if self.place(index - 1).1 == self.place(index).0 {
            Gap::None
        } else {
            Gap::Blank
        }
    }
}

fn numbers() -> Numbers {
    Numbers::parse(include_str!("../../resources/lexicons/numbers.tsv")).unwrap()
}

#[test]
fn the_table_of_numerals_holds() {
    let table: toml::Table = include_str!("../../tests/cases/numerals.toml").parse().unwrap();
    let numbers = numbers();
    let mut faults = Vec::new();
    for case in table["cases"].as_array().unwrap() {
        let string = |key| case.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let cut = Cut::new(string("text"));
        let found = numbers.read(&cut, 0).map_or_else(Default::default, |numeral| {
            let value = match (numeral.value, numeral.decimal()) {
                (_, Some(decimal)) => decimal.to_plain_string(),
                (Some(value), None) => value.to_fraction().map_or(String::new(), |(a, b)| format!("{a}/{b}")),
                (None, None) => String::new(),
            };
            let kind = match numeral.kind {
                Kind::Cardinal => "cardinal",
                Kind::Ordinal => "ordinal",
                Kind::Fraction => "fraction",
            };
            (cut.text[..cut.place(numeral.words - 1).1].to_owned(), value, kind)
        });
        if (found.0.as_str(), found.1.as_str(), found.2) != (string("read"), string("value"), string("kind")) {
            faults.push(format!("{case}: found {found:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_long_chain_takes_linear_time() {
    let text = "million ".repeat(50_000);
    let cut = Cut::new(&text);
    assert_eq!(numbers().read(&cut, 0).map(|numeral| (numeral.words, numeral.value)), Some((50_000, None)));
}

proptest! {
    #[test]
    fn never_panics_and_stays_inside(
        picks in prop::collection::vec(prop::sample::select(vec![
            "one", "two", "twenty", "hundred", "thousand", "million", "millions", "and", "a", "of", "half", "third", "thirds",
            "point", "zero", "minus", "dozen", "-", "3", "1/0", "1,000", "2.5", "½", "1e999", "21st", "bn", "x", "é", ".5",
        ]), 0..14)
    ) {
        let text = picks.join(" ");
        let cut = Cut::new(&text);
        let numbers = numbers();
        for at in 0..=cut.words.len() {
            if let Some(numeral) = numbers.read(&cut, at) {
                prop_assert!(numeral.words > 0 && at + numeral.words <= cut.words.len());
            }
        }
    }

    #[test]
    fn plain_numbers_read_as_written(number in 0u64..1_000_000_000_000) {
        let text = number.to_string();
        let numeral = numbers().read(&Cut::new(&text), 0).unwrap();
        prop_assert_eq!(numeral.whole(), i64::try_from(number).ok());
    }
}
