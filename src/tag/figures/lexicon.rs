//! The knowledge of figures: units, currencies, approximators, words that are amounts, and cues.

use super::pieces::piece_length;
use crate::document::{Bound, Name};
use crate::error::{Error, Result};
use crate::numeral::{Gap, Numbers, Words};
use crate::resource::Resources;
use crate::resource::resources::rows;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

/// How a unit's form is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnitKind {
    /// A word, in any case.
    Word,
    /// An abbreviation whose case counts.
    Sign,
    /// A letter that means a unit only when it is glued to digits.
    Letter,
    /// `in`: inches only beside a length.
    Inch,
    /// A length of time: the date layer's.
    Time,
    /// A share.
    Percent,
}

/// A unit of measure.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) name: Name,
    pub(super) per: Option<Name>,
    pub(super) kind: UnitKind,
}

/// How a currency's form is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrencyKind {
    /// A name behind the number.
    Name,
    /// A name that is a weight too.
    Pound,
    /// A smaller unit by name.
    Sub,
    /// A smaller unit by a letter glued to digits.
    Letter,
    /// A sign before or behind.
    Sign,
    /// An ISO code before or behind.
    Code,
}

/// A currency.
#[derive(Clone, Debug)]
pub(super) struct Currency {
    /// The ISO 4217 code; nothing when the article's country must tell.
    pub(super) code: Option<Name>,
    /// How many powers of ten this unit lies below the main unit.
    pub(super) below: u32,
    pub(super) kind: CurrencyKind,
}

/// When a word is an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AmountKind {
    /// Everywhere.
    Free,
    /// Behind an article.
    Article,
    /// Before `of`.
    Of,
    /// Before `of` and a magnitude.
    Tens,
    /// In an age or a temperature.
    Teens,
    /// How many times: an exact multiple.
    Times,
    /// The same, before what is multiplied.
    Multiple,
}

/// The place of an amount word in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Vague(u16);

/// A word that is an amount.
#[derive(Clone, Copy, Debug)]
pub(super) struct AmountWord {
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) kind: AmountKind,
}

macro_rules! cues {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What a word near a number tells about it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Cue { $($(#[$doc])* $name,)* }

        impl Cue {
            const ALL: &'static [(&'static str, Cue)] = &[$(($text, Cue::$name),)*];
        }
    };
}

cues! {
    Month = "month",
    Weekday = "weekday",
    /// A noun that a number names (`Section 907`).
    Name = "name",
    /// The same, but only in capitals.
    LooseName = "loosename",
    /// `No.`, `number`.
    Number = "number",
    /// A word behind `No. 3` that makes it a rank.
    RankNext = "ranknext",
    /// A word before `No. 3` that makes it a rank.
    RankBefore = "rankbefore",
    Phone = "phone",
    Street = "street",
    /// A noun that an ordinal names (`42nd Infantry`).
    UnitName = "unitname",
    /// A verb of change: two amounts behind it are no range.
    Change = "change",
    Range = "range",
    Score = "score",
    ScoreTail = "scoretail",
    Ratio = "ratio",
    /// A noun that a rate may be per, behind an article.
    Rate = "rate",
    TimeShare = "time-share",
    /// A word that ends a noun phrase.
    Stop = "stop",
    /// A plural without an s.
    Collective = "collective",
    /// A word in s that is no plural.
    NotPlural = "notplural",
    Article = "article",
    Determiner = "determiner",
    Possessive = "poss",
    OrdinalTrap = "ordinaltrap",
    OneTrap = "one-noun",
    /// dead, injured: who is counted is left out.
    Dead = "deadlist",
    Length = "length",
    Weight = "weight",
    /// A verb of paying: pounds behind it are money.
    Pay = "pay",
    HalfTrap = "half-trap",
    HalfBefore = "halfprev",
    MultipleNext = "multiplier-next",
    MultipleBefore = "multiplier-prev",
    PointNoun = "point-noun",
    /// A word behind which `a third` is a share.
    Share = "after-share",
    /// A capitalised word that does not make a name of the number behind it.
    Safe = "name-safe",
    /// early, mid, low: before `40s`.
    Part = "seq",
    PronounNext = "pronoun-next",
    PronounBefore = "pronoun-prev",
}

/// A set of cues.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cues(u64);

impl Cues {
    pub(super) fn has(self, cue: Cue) -> bool {
        self.0 >> (cue as u64) & 1 == 1
    }
}

/// The words of a phrase behind its first, with its payload.
type Entry<T> = (Vec<Box<str>>, T);

/// Phrases with a payload, found forward from their first word or backward from their last.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    by_word: HashMap<Box<str>, Vec<Entry<T>>>,
    exact: bool,
}

impl<T> Phrases<T> {
    fn new(exact: bool) -> Self {
        Self { by_word: HashMap::new(), exact }
    }

    /// Adds a phrase; its words in reading order, or reversed for reading backward.
    fn add(&mut self, form: &str, reversed: bool, value: T) {
        let mut words: Vec<Box<str>> = Vec::new();
        for mut chunk in form.split(' ') {
            while !chunk.is_empty() {
                let (word, rest) = chunk.split_at(piece_length(chunk));
                words.push(if self.exact { word.into() } else { word.to_lowercase().into() });
                chunk = rest;
            }
        }
        if reversed {
            words.reverse();
        }
        if words.is_empty() {
            return;
        }
        let first = words.remove(0);
        let list = self.by_word.entry(first).or_default();
        list.push((words, value));
        list.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
    }

    fn key<'k>(&self, word: &'k str, buffer: &'k mut [u8; 32]) -> &'k str {
        if self.exact || word.bytes().all(|byte| !byte.is_ascii_uppercase()) || word.len() > buffer.len() {
            return word;
        }
        let folded = &mut buffer[..word.len()];
        folded.copy_from_slice(word.as_bytes());
        folded.make_ascii_lowercase();
        std::str::from_utf8(folded).unwrap_or(word)
    }

    fn same(&self, own: &str, word: &str) -> bool {
        if self.exact { own == word } else { own.eq_ignore_ascii_case(word) }
    }

    /// The longest phrase that begins at `at`: the piece after it, and its payload. Hyphens may join its words.
    pub(super) fn forward<W: Words>(&self, words: &W, at: usize) -> Option<(usize, &T)> {
        let mut buffer = [0; 32];
        let list = self.by_word.get(self.key(words.word(at), &mut buffer))?;
        list.iter().find_map(|(rest, value)| {
            let mut next = at + 1;
            for own in rest {
                if words.gap(next) == Gap::Break {
                    return None;
                }
                if words.word(next) == "-" && &**own != "-" && words.gap(next) == Gap::None {
                    next += 1;
                }
                if !self.same(own, words.word(next)) {
                    return None;
                }
                next += 1;
            }
            Some((next, value))
        })
    }

    /// The longest phrase that ends before `end`: its first piece, and its payload.
    pub(super) fn backward<W: Words>(&self, words: &W, end: usize) -> Option<(usize, &T)> {
        if end == 0 || words.gap(end) == Gap::Break {
            return None;
        }
        let mut buffer = [0; 32];
        let list = self.by_word.get(self.key(words.word(end - 1), &mut buffer))?;
        list.iter().find_map(|(rest, value)| {
            let mut first = end - 1;
            for own in rest {
                if first == 0 || words.gap(first) == Gap::Break || !self.same(own, words.word(first - 1)) {
                    return None;
                }
                first -= 1;
            }
            Some((first, value))
        })
    }
}

/// Everything that the scanner knows.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) numbers: Numbers,
    /// Units by words, in any case.
    pub(super) unit_words: Phrases<Unit>,
    /// Units by signs and letters, whose case counts.
    pub(super) unit_signs: Phrases<Unit>,
    /// Currencies by names.
    pub(super) currency_names: Phrases<Currency>,
    /// Currencies by signs and codes.
    pub(super) currency_signs: Phrases<Currency>,
    /// The same, read backward.
    pub(super) currency_before: Phrases<Currency>,
    /// Approximators before a figure, read backward.
    pub(super) bounds_before: Phrases<Bound>,
    /// Approximators behind a figure.
    pub(super) bounds_after: Phrases<Bound>,
    amounts: Vec<AmountWord>,
    amount_places: HashMap<Box<str>, Vague>,
    amount_lengths: [u32; 256],
    cues: HashMap<Box<str>, Cues>,
    /// Names of countries and their people, with the country's own name.
    countries: HashMap<Box<str>, Name>,
    /// Country and form of a currency, with its code.
    moneys: HashMap<(Name, Box<str>), Name>,
}

const COUNTRIES: &str = "lexicons/country_money.tsv";
const UNITS: &str = "lexicons/units.tsv";
const CURRENCIES: &str = "lexicons/currencies.tsv";
const BOUNDS: &str = "lexicons/approximators.tsv";
const AMOUNTS: &str = "lexicons/amounts.tsv";
const CUES: &str = "lexicons/cues.tsv";

impl Lexicon {
    /// Loads all tables.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        let mut lexicon = Self {
            numbers: Numbers::parse(&resources.text(Numbers::PATH)?)?,
            unit_words: Phrases::new(false),
            unit_signs: Phrases::new(true),
            currency_names: Phrases::new(false),
            currency_signs: Phrases::new(true),
            currency_before: Phrases::new(true),
            bounds_before: Phrases::new(false),
            bounds_after: Phrases::new(false),
            amounts: Vec::new(),
            amount_places: HashMap::new(),
            amount_lengths: [0; 256],
            cues: HashMap::new(),
            countries: HashMap::new(),
            moneys: HashMap::new(),
        };
        lexicon.add_units(&resources.text(UNITS)?)?;
        lexicon.add_currencies(&resources.text(CURRENCIES)?)?;
        lexicon.add_bounds(&resources.text(BOUNDS)?)?;
        lexicon.add_amounts(&resources.text(AMOUNTS)?)?;
        lexicon.add_cues(&resources.text(CUES)?)?;
        lexicon.add_countries(&resources.text(COUNTRIES)?)?;
        Ok(lexicon)
    }

    /// The amount that `word` is, if any, whatever the case of its letters.
    pub(super) fn amount(&self, word: &str) -> Option<Vague> {
        let first = *word.as_bytes().first()?;
        if word.len() > 16 || self.amount_lengths[usize::from(first)] >> word.len() & 1 == 0 {
            return None;
        }
        let mut folded = [0; 16];
        let folded = &mut folded[..word.len()];
        folded.copy_from_slice(word.as_bytes());
        folded.make_ascii_lowercase();
        self.amount_places.get(std::str::from_utf8(folded).ok()?).copied()
    }

    /// The amount at a place of the table.
    pub(super) fn amount_word(&self, place: Vague) -> AmountWord {
        self.amounts[usize::from(place.0)]
    }

    /// What `word` tells about numbers near it, whatever the case of its letters.
    pub(super) fn cues(&self, word: &str) -> Cues {
        let mut buffer = [0; 32];
        if word.len() > buffer.len() {
            return Cues::default();
        }
        let folded = &mut buffer[..word.len()];
        folded.copy_from_slice(word.as_bytes());
        folded.make_ascii_lowercase();
        std::str::from_utf8(folded).ok().and_then(|word| self.cues.get(word)).copied().unwrap_or_default()
    }

    /// The country that the words of an article name most; nothing when two do alike, or none is named.
    pub(super) fn country(&self, pieces: &super::pieces::Pieces<'_>) -> Option<Name> {
        let mut counts: BTreeMap<&Name, usize> = BTreeMap::new();
        for at in 0..pieces.len() {
            let word = pieces.word(at);
            if word.starts_with(|first: char| first.is_ascii_uppercase())
                && let Some(country) = self.countries.get(word)
            {
                *counts.entry(country).or_default() += 1;
            }
        }
        let most = counts.values().copied().max()?;
        let mut first = counts.into_iter().filter(|(_, count)| *count == most).map(|(country, _)| country.clone());
        first.next().filter(|_| first.next().is_none())
    }

    /// The code of the currency that `country` calls `form`.
    pub(super) fn currency_of(&self, country: &Name, form: &str) -> Option<&Name> {
        self.moneys.get(&(country.clone(), form.into()))
    }

    fn add_countries(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let [word, country, form, code] = columns[..] else {
                let message = "a row has four columns: word, country, form of its money, code";
                return Err(Error::resource(format!("{COUNTRIES}:{line}"), message));
            };
            let country = Name::from(country.to_owned());
            self.countries.insert(word.into(), country.clone());
            if form != "-" {
                self.moneys.insert((country, form.into()), Name::from(code.to_owned()));
            }
        }
        Ok(())
    }

    fn add_units(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let fault = |message: String| Error::resource(format!("{UNITS}:{line}"), message);
            let [form, name, per, how] = columns[..] else {
                return Err(fault("a row has four columns: form, unit, per, how".to_owned()));
            };
            let kind = match how {
                "word" => UnitKind::Word,
                "sign" => UnitKind::Sign,
                "letter" => UnitKind::Letter,
                "inch" => UnitKind::Inch,
                "time" => UnitKind::Time,
                "percent" => UnitKind::Percent,
                _ => return Err(fault(format!("{how:?} is none of word, sign, letter, inch, time, percent"))),
            };
            let per = (per != "-").then(|| Name::from(per.to_owned()));
            let unit = Unit { name: Name::from(name.to_owned()), per, kind };
            let phrases = if matches!(kind, UnitKind::Sign | UnitKind::Letter) {
                &mut self.unit_signs
            } else {
                &mut self.unit_words
            };
            phrases.add(form, false, unit);
        }
        Ok(())
    }

    fn add_currencies(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let fault = |message: String| Error::resource(format!("{CURRENCIES}:{line}"), message);
            let [form, code, below, how] = columns[..] else {
                return Err(fault("a row has four columns: form, code, power, how".to_owned()));
            };
            let kind = match how {
                "name" | "open" => CurrencyKind::Name,
                "pound" => CurrencyKind::Pound,
                "sub" => CurrencyKind::Sub,
                "letter" => CurrencyKind::Letter,
                "sign" => CurrencyKind::Sign,
                "code" => CurrencyKind::Code,
                _ => return Err(fault(format!("{how:?} is none of name, open, pound, sub, letter, sign, code"))),
            };
            let code = (code != "-").then(|| Name::from(code.to_owned()));
            let below = below.parse().map_err(|_| fault(format!("{below:?} is no power of ten")))?;
            let currency = Currency { code, below, kind };
            match kind {
                CurrencyKind::Sign | CurrencyKind::Code => {
                    self.currency_signs.add(form, false, currency.clone());
                    self.currency_before.add(form, true, currency);
                }
                CurrencyKind::Letter => self.currency_signs.add(form, false, currency),
                _ => self.currency_names.add(form, false, currency),
            }
        }
        Ok(())
    }

    fn add_bounds(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let fault = |message: String| Error::resource(format!("{BOUNDS}:{line}"), message);
            let [phrase, bound, side] = columns[..] else {
                return Err(fault("a row has three columns: phrase, bound, side".to_owned()));
            };
            let bound = Bound::from_str(bound).map_err(fault)?;
            match side {
                "before" => self.bounds_before.add(phrase, true, bound),
                "after" => self.bounds_after.add(phrase, false, bound),
                _ => return Err(fault(format!("{side:?} is neither before nor after"))),
            }
        }
        Ok(())
    }

    fn add_amounts(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let fault = |message: String| Error::resource(format!("{AMOUNTS}:{line}"), message);
            let [word, low, high, how] = columns[..] else {
                return Err(fault("a row has four columns: word, low, high, how".to_owned()));
            };
            let kind = match how {
                "free" => AmountKind::Free,
                "article" => AmountKind::Article,
                "of" => AmountKind::Of,
                "tens" => AmountKind::Tens,
                "teens" => AmountKind::Teens,
                "times" => AmountKind::Times,
                "multiple" => AmountKind::Multiple,
                _ => return Err(fault(format!("{how:?} is no way to be an amount"))),
            };
            let number = |text: &str| text.parse().map_err(|_| fault(format!("{text:?} is no whole number")));
            let entry = AmountWord { low: number(low)?, high: number(high)?, kind };
            let place = Vague(self.amounts.len() as u16);
            let first = *word.as_bytes().first().ok_or_else(|| fault("the word is empty".to_owned()))?;
            if word.len() > 16 {
                return Err(fault(format!("{word:?} is longer than 16 bytes")));
            }
            for first in [first, first.to_ascii_uppercase()] {
                self.amount_lengths[usize::from(first)] |= 1 << word.len();
            }
            self.amounts.push(entry);
            self.amount_places.insert(word.into(), place);
        }
        Ok(())
    }

    fn add_cues(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let fault = |message: String| Error::resource(format!("{CUES}:{line}"), message);
            let [kind, word] = columns[..] else {
                return Err(fault("a row has two columns: kind, word".to_owned()));
            };
            let cue = Cue::ALL.iter().find(|(name, _)| *name == kind);
            let (_, cue) = cue.ok_or_else(|| fault(format!("{kind:?} is no kind of cue")))?;
            self.cues.entry(word.into()).or_default().0 |= 1 << (*cue as u64);
        }
        Ok(())
    }
}
