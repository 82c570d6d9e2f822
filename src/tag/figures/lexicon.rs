//! The knowledge of figures: units, currencies, approximators, words that are amounts, and cues.

pub(super) use super::cues::{Cue, Cues};
use super::cues::{CueEndings, Facts};
use super::phrases::Phrases;
use crate::document::{Bound, Name};
use crate::error::{Error, Result};
use crate::numeral::{Number, Numbers, Words};
use crate::resource::Resources;
use crate::resource::resources::rows;
use crate::text::{FoldedWords, WordEnds};
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
    /// The name under which countries call their own money so.
    pub(super) shared: Option<Name>,
    /// Whether the code stands wherever its own country is named as often as others.
    pub(super) home: bool,
    /// How many powers of ten this unit lies below the main unit; above it where it is negative (`MEUR`).
    pub(super) below: i32,
    pub(super) kind: CurrencyKind,
    /// Whether it may touch any number behind it: `USD34`; others do only where the number shows that it is one.
    pub(super) touches: bool,
}

impl Currency {
    /// What so many of this unit are worth in the main unit.
    pub(super) fn in_main_units(&self, value: Number) -> Option<Number> {
        let power = self.below.unsigned_abs();
        if self.below < 0 { value.shifted(power) } else { value.unshifted(power) }
    }
}

/// When a letter behind a number is a magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LetterKind {
    /// Glued or behind a blank.
    Free,
    /// Only glued.
    Glued,
    /// Only with money.
    Money,
    /// With money, or before what is counted in the plural.
    Counted,
    /// Behind a blank, or glued where no word of length follows.
    Capital,
}

/// A letter that may be a magnitude.
#[derive(Clone, Copy, Debug)]
pub(super) struct MagnitudeLetter {
    pub(super) power: u32,
    pub(super) kind: LetterKind,
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
    /// In an age or a temperature: teens, twenties.
    Ages,
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
    /// `±`, `plus or minus`: how far a value may lie from the number before.
    pub(super) spreads: Phrases<()>,
    /// The same, read backward.
    pub(super) spreads_before: Phrases<()>,
    /// Names with a number in them: `Magnificent Seven`.
    pub(super) number_names: Phrases<()>,
    amounts: Vec<AmountWord>,
    amount_places: FoldedWords<Option<Vague>>,
    amount_ends: WordEnds,
    /// What the lists say of words.
    pub(super) facts: FoldedWords<Facts>,
    endings: CueEndings,
    /// Names of countries and their people, with the country's own name.
    countries: HashMap<Box<str>, Name>,
    country_ends: WordEnds,
    letters: HashMap<Box<str>, MagnitudeLetter>,
    relations: Vec<Relation>,
    /// Country and form of a currency, with its code.
    moneys: HashMap<(Name, Box<str>), Name>,
}

/// How one unit stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RelationKind {
    /// The other is a part of it, so many to one.
    Part(i128),
    /// The other is a scale on which it is measured.
    Scale,
    /// The other stands for it where precious metal is weighed.
    Precious,
}

#[derive(Clone, Debug)]
struct Relation {
    of: Name,
    kind: RelationKind,
    other: Name,
}

/// The code of a currency, the name that countries share for it, and whether the code stands where its own
/// country is named: `USD=dollar`, `INR/rupee`, `-krone`, `EUR`.
fn parse_code(column: &str) -> (Option<Name>, Option<Name>, bool) {
    let name = |text: &str| Name::from(text.to_owned());
    if let Some(shared) = column.strip_prefix('-') {
        return (None, (!shared.is_empty()).then(|| name(shared)), false);
    }
    match column.split_once(['=', '/']) {
        Some((code, shared)) => (Some(name(code)), Some(name(shared)), column.contains('=')),
        None => (Some(name(column)), None, false),
    }
}

/// What is said of a form that cannot be found.
fn no_form(form: &str) -> String {
    format!("{form:?} is empty, or begins or ends with a word of more than 32 bytes")
}

const COUNTRIES: &str = "lexicons/country_money.tsv";
const UNITS: &str = "lexicons/units.tsv";
const RELATIONS: &str = "lexicons/unit_relations.tsv";
const LETTERS: &str = "lexicons/magnitude_letters.tsv";
const CURRENCIES: &str = "lexicons/currencies.tsv";
const BOUNDS: &str = "lexicons/approximators.tsv";
const NUMBER_NAMES: &str = "lexicons/number_names.tsv";
const AMOUNTS: &str = "lexicons/amounts.tsv";

impl Lexicon {
    /// Loads all tables.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        let mut lexicon = Self {
            numbers: Numbers::parse(&resources.text(Numbers::PATH)?)?,
            unit_words: Phrases::new(0, false),
            unit_signs: Phrases::new(1, true),
            currency_names: Phrases::new(2, false),
            currency_signs: Phrases::new(3, true),
            currency_before: Phrases::new(4, true),
            bounds_before: Phrases::new(5, false),
            bounds_after: Phrases::new(6, false),
            spreads: Phrases::new(7, false),
            spreads_before: Phrases::new(8, false),
            number_names: Phrases::new(9, false),
            amounts: Vec::new(),
            amount_places: FoldedWords::default(),
            amount_ends: WordEnds::default(),
            country_ends: WordEnds::default(),
            facts: FoldedWords::default(),
            endings: CueEndings::default(),
            countries: HashMap::new(),
            letters: HashMap::new(),
            relations: Vec::new(),
            moneys: HashMap::new(),
        };
        lexicon.endings = CueEndings::parse(&resources.text(CueEndings::PATH)?, &mut lexicon.facts)?;
        lexicon.add_units(&resources.text(UNITS)?)?;
        lexicon.add_currencies(&resources.text(CURRENCIES)?)?;
        lexicon.add_bounds(&resources.text(BOUNDS)?)?;
        lexicon.add_amounts(&resources.text(AMOUNTS)?)?;
        lexicon.add_countries(&resources.text(COUNTRIES)?)?;
        lexicon.add_letters(&resources.text(LETTERS)?)?;
        lexicon.add_relations(&resources.text(RELATIONS)?)?;
        lexicon.add_number_names(&resources.text(NUMBER_NAMES)?)?;
        Ok(lexicon)
    }

    /// The amount that `word` is, if any, whatever the case of its letters.
    #[inline]
    pub(super) fn amount(&self, word: &str) -> Option<Vague> {
        if self.amount_ends.may_hold(word) { self.amount_places.get(word).copied().flatten() } else { None }
    }

    /// The amount at a place of the table.
    pub(super) fn amount_word(&self, place: Vague) -> AmountWord {
        self.amounts[usize::from(place.0)]
    }

    /// What `word` tells about numbers near it, whatever the case of its letters.
    pub(super) fn cues(&self, word: &str) -> Cues {
        self.facts.get(word).map_or(Cues::default(), |facts| facts.cues)
    }

    /// Whether `word` ends in one of the endings of `cue`.
    pub(super) fn ends_as(&self, word: &str, cue: Cue) -> bool {
        self.endings.ends_as(word, cue)
    }

    /// The countries that the words of an article name, and how often.
    pub(super) fn countries_named(&self, pieces: &super::pieces::Pieces<'_>) -> Vec<(Name, usize)> {
        let mut counts: BTreeMap<&Name, usize> = BTreeMap::new();
        for at in 0..pieces.len() {
            if pieces.first_byte(at).is_ascii_uppercase()
                && let word = pieces.word(at)
                && (word.len() > WordEnds::LONGEST || self.country_ends.may_hold(word))
                && let Some(country) = self.countries.get(word)
            {
                *counts.entry(country).or_default() += 1;
            }
        }
        counts.into_iter().map(|(country, count)| (country.clone(), count)).collect()
    }

    /// The code of the currency that `country` calls `form`.
    pub(super) fn currency_of(&self, country: &Name, form: &str) -> Option<&Name> {
        self.moneys.get(&(country.clone(), form.into()))
    }

    /// The code of the currency that the country which `word` names calls `form`.
    pub(super) fn money_of(&self, word: &str, form: &str) -> Option<&Name> {
        self.currency_of(self.countries.get(word)?, form)
    }

    fn add_countries(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let [word, country, form, code] = columns[..] else {
                let message = "a row has four columns: word, country, form of its money, code";
                return Err(Error::resource(format!("{COUNTRIES}:{line}"), message));
            };
            let country = Name::from(country.to_owned());
            // A word too long to be told by its ends is always looked up.
            self.country_ends.add(word);
            self.countries.insert(word.into(), country.clone());
            if form != "-" {
                self.moneys.insert((country, form.into()), Name::from(code.to_owned()));
            }
        }
        Ok(())
    }

    /// The magnitude that a letter behind a number may be.
    pub(super) fn magnitude_letter(&self, word: &str) -> Option<MagnitudeLetter> {
        if word.len() == 1 { self.letters.get(word).copied() } else { None }
    }

    /// The smaller unit that may follow `unit`, and how many of it make one: inches behind feet.
    pub(super) fn part_of(&self, unit: &str) -> Option<(&Name, i128)> {
        let mut parts = self.relations.iter().filter(|relation| &*relation.of == unit);
        parts.find_map(|relation| match relation.kind {
            RelationKind::Part(ratio) => Some((&relation.other, ratio)),
            _ => None,
        })
    }

    /// Whether `unit` is measured on scales that are said apart: degrees.
    pub(super) fn has_scales(&self, unit: &str) -> bool {
        self.relations.iter().any(|relation| relation.kind == RelationKind::Scale && &*relation.of == unit)
    }

    /// Whether `unit` is such a scale.
    pub(super) fn is_scale(&self, unit: &str) -> bool {
        self.relations.iter().any(|relation| relation.kind == RelationKind::Scale && &*relation.other == unit)
    }

    /// The unit that stands for `unit` where precious metal is weighed.
    pub(super) fn precious(&self, unit: &str) -> Option<&Name> {
        let mut own = self.relations.iter().filter(|relation| relation.kind == RelationKind::Precious);
        own.find(|relation| &*relation.of == unit).map(|relation| &relation.other)
    }

    fn add_letters(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let fault = |message: String| Error::resource(format!("{LETTERS}:{line}"), message);
            let [letter, power, how] = columns[..] else {
                return Err(fault("a row has three columns: letter, power of ten, how".to_owned()));
            };
            let kind = match how {
                "free" => LetterKind::Free,
                "glued" => LetterKind::Glued,
                "money" => LetterKind::Money,
                "counted" => LetterKind::Counted,
                "capital" => LetterKind::Capital,
                _ => return Err(fault(format!("{how:?} is none of free, glued, money, counted, capital"))),
            };
            let power = power.parse().map_err(|_| fault(format!("{power:?} is no power of ten")))?;
            self.letters.insert(letter.into(), MagnitudeLetter { power, kind });
        }
        Ok(())
    }

    fn add_relations(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let fault = |message: String| Error::resource(format!("{RELATIONS}:{line}"), message);
            let [of, how, other, ratio] = columns[..] else {
                return Err(fault("a row has four columns: unit, relation, other unit, ratio".to_owned()));
            };
            let kind = match how {
                "part" => {
                    RelationKind::Part(ratio.parse().map_err(|_| fault(format!("{ratio:?} is no whole number")))?)
                }
                "scale" => RelationKind::Scale,
                "precious" => RelationKind::Precious,
                _ => return Err(fault(format!("{how:?} is none of part, scale, precious"))),
            };
            let (of, other) = (Name::from(of.to_owned()), Name::from(other.to_owned()));
            self.relations.push(Relation { of, kind, other });
        }
        Ok(())
    }

    fn add_number_names(&mut self, table: &str) -> Result<()> {
        for (line, columns) in rows(table) {
            let [name] = columns[..] else {
                return Err(Error::resource(format!("{NUMBER_NAMES}:{line}"), "a row has one column: name"));
            };
            if !self.number_names.add(name, false, (), &mut self.facts) {
                return Err(Error::resource(format!("{NUMBER_NAMES}:{line}"), no_form(name)));
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
            if !phrases.add(form, false, unit, &mut self.facts) {
                return Err(fault(no_form(form)));
            }
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
                "code" | "touch" => CurrencyKind::Code,
                _ => {
                    return Err(fault(format!("{how:?} is none of name, open, pound, sub, letter, sign, code, touch")));
                }
            };
            let (code, shared, home) = parse_code(code);
            let below = below.parse().map_err(|_| fault(format!("{below:?} is no power of ten")))?;
            let touches = kind == CurrencyKind::Sign || how == "touch";
            let currency = Currency { code, shared, home, below, kind, touches };
            let facts = &mut self.facts;
            let added = match kind {
                CurrencyKind::Sign | CurrencyKind::Code => {
                    self.currency_signs.add(form, false, currency.clone(), facts)
                        && self.currency_before.add(form, true, currency, facts)
                }
                CurrencyKind::Letter => self.currency_signs.add(form, false, currency, facts),
                _ => self.currency_names.add(form, false, currency, facts),
            };
            if !added {
                return Err(fault(no_form(form)));
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
            let facts = &mut self.facts;
            let added = match side {
                "before" => self.bounds_before.add(phrase, true, bound, facts),
                "after" => self.bounds_after.add(phrase, false, bound, facts),
                "spread" => {
                    self.spreads.add(phrase, false, (), facts) && self.spreads_before.add(phrase, true, (), facts)
                }
                _ => return Err(fault(format!("{side:?} is none of before, after, spread"))),
            };
            if !added {
                return Err(fault(no_form(phrase)));
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
                "ages" => AmountKind::Ages,
                "times" => AmountKind::Times,
                "multiple" => AmountKind::Multiple,
                _ => return Err(fault(format!("{how:?} is no way to be an amount"))),
            };
            let number = |text: &str| text.parse().map_err(|_| fault(format!("{text:?} is no whole number")));
            let entry = AmountWord { low: number(low)?, high: number(high)?, kind };
            let place = Vague(self.amounts.len() as u16);
            let unfit = || fault(format!("{word:?} is empty or longer than {} bytes", WordEnds::LONGEST));
            if !self.amount_ends.add(word) {
                return Err(unfit());
            }
            self.amounts.push(entry);
            *self.amount_places.entry(word).ok_or_else(unfit)? = Some(place);
        }
        Ok(())
    }
}
