//! Words, holidays, forms and rules for dates, read from resources and made ready to match.

use super::items::Cutter;
use super::seeds::{Seeds, Sequence, Source};
use super::shapes::Shapes;
use super::template::Term;
use super::trie::{Bits, LONGEST, Trie};
use super::vocabulary::{Atom, Class, Letters, NUMERAL, Vocabulary};
use crate::calendar::holidays::Holiday;
use crate::document::Name;
use crate::error::{Error, Result};
use crate::numeral::{Numbers, Role};
use crate::resource::{Resources, resources::rows};
use crate::tag::pattern::{Element, element, unroll};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The folders and files of date knowledge.
const WORDS: &str = "lexicons/dates";
const HOLIDAYS: &str = "lexicons/holidays.tsv";
const RULES: &str = "rules/dates";

/// The class of rows that tell how often a word stands in running text.
const FREQUENCY: &str = "frequency";

/// The class that stands for the end of the sentence.
const SENTENCE_END: &str = "end";

/// How many phases a rule may choose from; phase 0 is that of lexicon phrases.
pub(super) const PHASES: usize = 6;

/// Everything that recognition needs.
#[derive(Debug)]
pub(super) struct Grammar {
    pub(super) cutter: Cutter,
    pub(super) phases: Vec<Trie>,
    /// By phase: whether each of its patterns takes up a match of an earlier phase.
    pub(super) builds_on_finds: [bool; PHASES],
    pub(super) starts: Bits,
    pub(super) starts_before_unknown: Bits,
    pub(super) patterns: Vec<Pattern>,
    pub(super) rules: Vec<Rule>,
    pub(super) phrases: Vec<Phrase>,
    pub(super) holidays: Vec<(String, Holiday)>,
    pub(super) cues: Bits,
    pub(super) seeds: Seeds,
    /// The class that a rule names where it asks for the end of the sentence.
    pub(super) sentence_end: Class,
}

/// What recognition itself asks of words, as bits of [`Grammar::cues`].
pub(super) mod cue {
    pub(in super::super) const FUTURE: u8 = 1;
    pub(in super::super) const PAST: u8 = 1 << 1;
    /// No past although it ends in -ed.
    pub(in super::super) const BREAK: u8 = 1 << 2;
    /// A word that looks ahead only right before a date: until, due.
    pub(in super::super) const AHEAD: u8 = 1 << 3;
    /// A word that does so only when no verb says otherwise: by.
    pub(in super::super) const WEAK_AHEAD: u8 = 1 << 4;
    /// What parts clauses.
    pub(in super::super) const CLAUSE: u8 = 1 << 5;

    /// What may stand between such a word and its date: due in, due at.
    pub(in super::super) const LINK: u8 = 1 << 6;

    /// The classes of the words, in the order of the bits.
    pub(super) const CLASSES: [&str; 7] =
        ["future_cue", "past_cue", "cue_break", "ahead_cue", "weak_ahead", "clause_break", "cue_link"];
}

/// A phrase of several words with its class.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) class: Class,
    pub(super) atom: Atom,
    pub(super) letters: Letters,
}

/// One unrolled pattern of a rule.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) rule: u32,
    /// For each value of the rule: the item that bears it.
    pub(super) slots: Vec<Option<u8>>,
}

/// A rule, ready to run.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: Name,
    pub(super) category: Class,
    /// Whether a match is marked when no later rule takes it up.
    pub(super) mark: bool,
    pub(super) priority: i32,
    pub(super) value: Option<Term>,
    /// Marks inside the match: from which value to which, and their meaning.
    pub(super) marks: Vec<(usize, usize, Term)>,
    pub(super) tie: bool,
    pub(super) after: Vec<Context>,
    pub(super) not_after: Vec<Context>,
    pub(super) before: Vec<Context>,
    pub(super) not_before: Vec<Context>,
}

/// A row of class sets beside a match.
pub(super) type Context = Vec<Vec<Class>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(default)]
    fragments: BTreeMap<String, String>,
    #[serde(default)]
    shape: Vec<ShapeEntry>,
    #[serde(default)]
    rule: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShapeEntry {
    form: String,
    kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    name: String,
    #[serde(default = "first_phase")]
    phase: usize,
    pattern: Vec<String>,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    marks: Vec<MarkEntry>,
    #[serde(default)]
    tie: bool,
    gives: String,
    #[serde(default = "yes")]
    mark: bool,
    #[serde(default)]
    priority: i32,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    not_after: Vec<String>,
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    not_before: Vec<String>,
    /// Read by the test that runs them.
    #[serde(default, rename = "example")]
    _example: Vec<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkEntry {
    from: String,
    to: String,
    value: String,
}

fn first_phase() -> usize {
    1
}

fn yes() -> bool {
    true
}

impl Grammar {
    /// Reads everything; a fault names the file and the rule or line.
    pub(super) fn load(resources: &Resources) -> Result<Self> {
        let numbers_table = resources.text(Numbers::PATH)?;
        let numbers = Numbers::parse(&numbers_table)?;
        let mut loader = Loader {
            vocabulary: Vocabulary::new(),
            shapes: Shapes::default(),
            phases: (0..PHASES).map(|_| Trie::new()).collect(),
            patterns: Vec::new(),
            rules: Vec::new(),
            phrases: Vec::new(),
            holidays: Vec::new(),
            categories: BTreeSet::new(),
            // Phrases and the first phase take words alone.
            builds_on_finds: std::array::from_fn(|phase| phase > 1),
            source: Source::default(),
        };
        loader.vocabulary.class(SENTENCE_END);
        loader.load_words(resources)?;
        loader.load_holidays(resources)?;
        loader.load_numerals(&numbers_table)?;
        loader.load_rules(resources)?;
        loader.finish(numbers)
    }
}

struct Loader {
    vocabulary: Vocabulary,
    shapes: Shapes,
    phases: Vec<Trie>,
    patterns: Vec<Pattern>,
    rules: Vec<Rule>,
    phrases: Vec<Phrase>,
    holidays: Vec<(String, Holiday)>,
    /// What rules give, less what the lexicon gives too.
    categories: BTreeSet<String>,
    builds_on_finds: [bool; PHASES],
    /// What the seeds are chosen from.
    source: Source,
}

impl Loader {
    fn load_words(&mut self, resources: &Resources) -> Result<()> {
        for path in resources.list(WORDS) {
            let text = resources.text(&path)?;
            for (line, columns) in rows(&text) {
                let place = || format!("{path}:{line}");
                let (words, class, meaning, letters) = match columns.as_slice() {
                    [words, class] => (*words, *class, "", ""),
                    [words, class, meaning] => (*words, *class, *meaning, ""),
                    [words, class, meaning, letters] => (*words, *class, *meaning, *letters),
                    _ => {
                        return Err(Error::resource(
                            place(),
                            "a row has 2 to 4 columns: word, class, meaning, letters",
                        ));
                    }
                };
                let letters = letters_of(letters).map_err(|fault| Error::resource(place(), fault))?;
                if class == FREQUENCY {
                    let weight =
                        meaning.parse().map_err(|_| Error::resource(place(), "a frequency is a whole number"))?;
                    self.source.frequencies.insert(words.to_owned(), weight);
                    continue;
                }
                let class = self.vocabulary.class(class);
                Atom::parse(meaning)
                    .and_then(|atom| self.add_words(words, class, atom, letters))
                    .map_err(|fault| Error::resource(place(), fault))?;
            }
        }
        Ok(())
    }

    fn load_holidays(&mut self, resources: &Resources) -> Result<()> {
        let text = resources.text(HOLIDAYS)?;
        let class = self.vocabulary.class("holiday");
        for (line, columns) in rows(&text) {
            let place = || format!("{HOLIDAYS}:{line}");
            let [names, rule, rest @ ..] = columns.as_slice() else {
                return Err(Error::resource(place(), "a row has 2 columns: names (with | between them) and rule"));
            };
            let letters = letters_of(rest.first().copied().unwrap_or_default());
            let letters = letters.map_err(|fault| Error::resource(place(), fault))?;
            let holiday: Holiday = rule.parse().map_err(|fault: String| Error::resource(place(), fault))?;
            let id = self.holidays.len() as u16;
            self.holidays.push(((*names).to_owned(), holiday));
            for name in names.split('|') {
                self.add_words(name, class, Atom::Holiday(id), letters)
                    .map_err(|fault| Error::resource(place(), fault))?;
            }
        }
        Ok(())
    }

    fn load_numerals(&mut self, table: &str) -> Result<()> {
        let class = self.vocabulary.class(NUMERAL);
        for (line, columns) in rows(table) {
            let word = columns.first().copied().unwrap_or_default();
            let letters = word.bytes().all(|b| b.is_ascii_alphabetic());
            let joins = matches!(word, "a" | "an" | "and" | "of" | "point" | "minus" | "negative");
            if letters && !joins && word.len() <= 16 {
                self.vocabulary
                    .add(word, class, Atom::Nothing, Letters::Any)
                    .map_err(|fault| Error::resource(format!("{}:{line}", Numbers::PATH), fault))?;
            }
        }
        Ok(())
    }

    /// Adds a word, or a phrase that becomes a pattern of phase 0.
    fn add_words(&mut self, words: &str, class: Class, atom: Atom, letters: Letters) -> Result<(), String> {
        let parts = split(words);
        match parts.as_slice() {
            [] => Err("a row without a word".to_owned()),
            [word] => self.vocabulary.add(word, class, atom, letters),
            parts => {
                let mut sequence = Vec::with_capacity(parts.len());
                for part in parts {
                    sequence.push(vec![self.vocabulary.literal(part)?]);
                }
                let parts = sequence.iter().flatten().copied().collect();
                self.source.phrases.push((class, parts));
                self.phases[0].add(&sequence, self.phrases.len() as u32);
                self.phrases.push(Phrase { class, atom, letters });
                Ok(())
            }
        }
    }

    fn load_rules(&mut self, resources: &Resources) -> Result<()> {
        let mut files = Vec::new();
        let mut fragments = BTreeMap::new();
        for path in resources.list(RULES) {
            let text = resources.text(&path)?;
            let mut file: RuleFile =
                toml::from_str(&text).map_err(|error| Error::resource(&*path, error.to_string()))?;
            fragments.append(&mut file.fragments);
            for shape in &file.shape {
                self.shapes.add(&shape.form, &shape.kind).map_err(|fault| Error::resource(&*path, fault))?;
            }
            files.push((path, file.rule));
        }
        // A word of the lexicon defines its class; a category is defined by the rules that give it.
        for (path, rules) in &files {
            for rule in rules {
                if rule.phase == 0 || rule.phase >= PHASES {
                    return Err(Error::resource(path, format!("rule {:?}: phase is 1 to {}", rule.name, PHASES - 1)));
                }
                if self.vocabulary.find_class(&rule.gives).is_none() || self.categories.contains(&rule.gives) {
                    self.categories.insert(rule.gives.clone());
                }
                self.vocabulary.class(&rule.gives);
            }
        }
        for (path, rules) in files {
            for rule in rules {
                let name = rule.name.clone();
                self.add_rule(rule, &fragments)
                    .map_err(|fault| Error::resource(&*path, format!("rule {name:?}: {fault}")))?;
            }
        }
        Ok(())
    }

    fn add_rule(&mut self, entry: RuleEntry, fragments: &BTreeMap<String, String>) -> Result<(), String> {
        let mut sequences = Vec::new();
        for pattern in &entry.pattern {
            sequences.extend(unroll(pattern, fragments)?);
        }
        let mut names: Vec<String> = sequences.iter().flatten().filter_map(|element| element.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        let value = entry.value.as_deref().map(|value| Term::parse(value, &names)).transpose()?;
        let place = |name: &str| {
            names.iter().position(|own| own == name).ok_or_else(|| format!("{name:?} is remembered by no pattern"))
        };
        let mut marks = Vec::with_capacity(entry.marks.len());
        for mark in &entry.marks {
            marks.push((place(&mark.from)?, place(&mark.to)?, Term::parse(&mark.value, &names)?));
        }
        if value.is_none() == marks.is_empty() {
            return Err("a rule has either a value or marks".to_owned());
        }
        let rule = self.rules.len() as u32;
        for sequence in &sequences {
            if sequence.len() > LONGEST {
                return Err(format!("a pattern is longer than {LONGEST} items"));
            }
            let takes_up = |element: &Element| element.classes.iter().all(|class| self.categories.contains(class));
            self.builds_on_finds[entry.phase] &= sequence.iter().any(takes_up);
            let mut classes = Vec::with_capacity(sequence.len());
            let mut slots = vec![None; names.len()];
            for (at, element) in sequence.iter().enumerate() {
                classes.push(self.classes_of(element)?);
                if let Some(slot) = element.name.as_ref().and_then(|name| names.iter().position(|own| own == name)) {
                    slots[slot] = Some(at as u8);
                }
            }
            self.phases[entry.phase].add(&classes, self.patterns.len() as u32);
            self.source.sequences.push(Sequence {
                phase: entry.phase,
                elements: classes,
                category: self.vocabulary.class(&entry.gives),
                mark: entry.mark,
            });
            self.patterns.push(Pattern { rule, slots });
        }
        let rule = Rule {
            name: Name::from(entry.name),
            category: self.vocabulary.class(&entry.gives),
            mark: entry.mark,
            priority: entry.priority,
            value,
            marks,
            tie: entry.tie,
            after: self.contexts(&entry.after)?,
            not_after: self.contexts(&entry.not_after)?,
            before: self.contexts(&entry.before)?,
            not_before: self.contexts(&entry.not_before)?,
        };
        self.rules.push(rule);
        Ok(())
    }

    fn classes_of(&mut self, element: &Element) -> Result<Vec<Class>, String> {
        let mut classes = Vec::with_capacity(element.classes.len());
        for name in &element.classes {
            classes.push(match name.strip_prefix('=') {
                Some(word) => self.vocabulary.literal(&word.to_lowercase())?,
                None => self.vocabulary.find_class(name).ok_or_else(|| {
                    format!("<{name}> is no class of the lexicon, no kind of number, and given by no rule")
                })?,
            });
        }
        classes.sort_unstable();
        classes.dedup();
        Ok(classes)
    }

    fn contexts(&mut self, texts: &[String]) -> Result<Vec<Context>, String> {
        let mut contexts = Vec::with_capacity(texts.len());
        for text in texts {
            let mut context = Vec::new();
            for word in text.split_whitespace() {
                context.push(self.classes_of(&element(word)?)?);
            }
            contexts.push(context);
        }
        Ok(contexts)
    }

    fn finish(mut self, numbers: Numbers) -> Result<Grammar> {
        let cues = cue::CLASSES.map(|name| self.vocabulary.class(name));
        // The words of pieces that the cutter itself looks for.
        for word in ["'s", "'", "-", "--"] {
            self.vocabulary.literal(word).map_err(|fault| Error::resource(WORDS, fault))?;
        }
        let row_word = self.vocabulary.class("row_word");
        self.vocabulary.seal();
        for word in 0..self.vocabulary.word_count() as u16 {
            if self.vocabulary.is_numeral(word) {
                self.source.numerals.push(word);
                let letters = self.vocabulary.letters_of(word);
                if matches!(numbers.atom(&letters).role, Role::Hundred | Role::Scale) {
                    self.source.large.push(word);
                }
            }
        }
        for trie in &mut self.phases {
            trie.seal(self.vocabulary.class_count());
        }
        Ok(Grammar {
            seeds: Seeds::choose(&self.source, &self.vocabulary),
            sentence_end: self.vocabulary.class(SENTENCE_END),
            starts: Bits::of_starts(&self.phases, &self.vocabulary),
            starts_before_unknown: Bits::of_starts_before_unknown(&self.phases, &self.vocabulary),
            cues: Bits::of_classes(&cues, &self.vocabulary),
            cutter: Cutter { vocabulary: self.vocabulary, shapes: self.shapes, numbers, row_word },
            phases: self.phases,
            builds_on_finds: self.builds_on_finds,
            patterns: self.patterns,
            rules: self.rules,
            phrases: self.phrases,
            holidays: self.holidays,
        })
    }
}

fn letters_of(text: &str) -> Result<Letters, String> {
    match text {
        "" => Ok(Letters::Any),
        "Capital" => Ok(Letters::Capital),
        "small" => Ok(Letters::Small),
        other => Err(format!("letters {other:?} is neither Capital nor small")),
    }
}

/// Words as the cutter makes items of them: apart at blanks, hyphens, points and before `'s`.
fn split(words: &str) -> Vec<String> {
    let spaced = words.to_lowercase().replace("s' ", "s ' ").replace("'s", " 's").replace('-', " - ");
    if spaced.contains(' ') { spaced.split_whitespace().map(str::to_owned).collect() } else { vec![spaced] }
}
