//! Reads the rule files of the entity layer and makes their rules ready to run.

use super::matcher::{Context, Sequence, Step};
use super::numbers::Numbers;
use super::rules::Phase;
use super::traits::Vocabulary;
use crate::document::{Label, Layer, Name, ZoneKind, label};
use crate::error::{Error, Result};
use crate::resource::Resources;
use crate::resource::gazetteer::Gazetteer;
use crate::tag::pattern::{Element, unroll};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The folder of the rule files.
const RULES: &str = "rules/entities";

/// What lies in the folder and holds no rules.
const NO_RULES: &str = "rules/entities/labels.toml";

/// How sure a rule is of its marks where its file does not say.
const SCORE: f32 = 0.75;

/// A rule, ready to run.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: Name,
    /// The file it comes from.
    pub(super) file: Name,
    pub(super) phase: Phase,
    /// What it does, in words.
    pub(super) says: String,
    pub(super) sequences: Vec<Sequence>,
    /// Labels of the marks that it looks at; it looks at all words where there are none.
    pub(super) on: Option<Labels>,
    /// Labels of the marks that give way to its own.
    pub(super) over: Labels,
    /// The parts of the match that it marks: all of it where there are none.
    pub(super) parts: Vec<Extent>,
    pub(super) label: Given,
    /// The part that is kept as an attribute of the mark, and the attribute's name.
    pub(super) attribute: Option<(Extent, Name)>,
    /// Two parts, of which the second must abbreviate the first.
    pub(super) acronym: Option<(Extent, Extent)>,
    pub(super) score: Option<f32>,
    pub(super) after: Vec<Context>,
    pub(super) not_after: Vec<Context>,
    pub(super) before: Vec<Context>,
    pub(super) not_before: Vec<Context>,
    /// What the words as a whole must not be.
    pub(super) unless: Vec<Sequence>,
    /// The only zone in which it looks.
    pub(super) zone: Option<ZoneKind>,
    #[cfg(test)]
    pub(super) examples: Vec<Example>,
}

/// From the beginning of one part of a match to the end of another, or of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Where the label of a rule's mark comes from.
#[derive(Debug)]
pub(super) enum Given {
    /// The rule names it.
    Label(Label),
    /// It is that of the list in which the part stands.
    List,
    /// It is that of the mark in this part.
    Like(Extent),
    /// The mark keeps its own.
    Own,
    /// What matches is no name: the mark is taken away.
    Nothing,
}

/// A set of labels.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    all: bool,
    labels: Vec<Label>,
}

impl Labels {
    fn new(names: &[String]) -> Self {
        let labels = names.iter().filter(|name| *name != "*").map(|name| label::intern(Layer::Entity, name));
        Self { all: names.iter().any(|name| name == "*"), labels: labels.collect() }
    }

    /// Whether `label` is among them.
    pub(super) fn hold(&self, label: &Label) -> bool {
        self.all || self.labels.contains(label)
    }
}

/// A text on which a rule is tried.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), allow(dead_code, reason = "only the test that runs the examples reads them"))]
pub(super) struct Example {
    pub(super) text: String,
    /// Marks that stand before the rule runs: `words | LABEL`.
    #[serde(default)]
    pub(super) marks: Vec<String>,
    /// The marks that the rule makes or changes; with an attribute also that: `words | LABEL | title Mr`.
    pub(super) find: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(default)]
    fragments: BTreeMap<String, String>,
    #[serde(default)]
    rule: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    name: String,
    says: String,
    /// Whether it runs after the second look at the article.
    #[serde(default)]
    last: bool,
    pattern: Vec<String>,
    #[serde(default)]
    on: Vec<String>,
    #[serde(default)]
    over: Vec<String>,
    /// Names of the parts that are marked, `a..b` for all from part a to part b.
    #[serde(default)]
    mark: Vec<String>,
    /// The label that is given; `=list` for that of the list, `=PART` for that of the mark in a part, `none` to
    /// take the mark away.
    label: Option<String>,
    /// The name of the part that becomes an attribute of that name.
    attribute: Option<String>,
    /// Names of two parts, of which the second must abbreviate the first.
    acronym: Option<[String; 2]>,
    score: Option<f32>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    not_after: Vec<String>,
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    not_before: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    zone: Option<String>,
    #[serde(default)]
    #[cfg_attr(not(test), allow(dead_code, reason = "only the test that runs the examples reads them"))]
    example: Vec<Example>,
}

/// Reads all rules, in the order of their files and of their places in them; their words are put into
/// `vocabulary`.
pub(super) fn load(resources: &Resources, gazetteer: &Gazetteer, vocabulary: &mut Vocabulary) -> Result<Vec<Rule>> {
    let mut files = Vec::new();
    let mut fragments = BTreeMap::new();
    for path in resources.list(RULES).into_iter().filter(|path| path != NO_RULES) {
        let text = resources.text(&path)?;
        let mut file: RuleFile = toml::from_str(&text).map_err(|error| Error::resource(&*path, error.to_string()))?;
        fragments.append(&mut file.fragments);
        files.push((path, file.rule));
    }
    let mut rules = Vec::new();
    for (path, entries) in files {
        let file = Name::from(path.clone());
        for entry in entries {
            let name = entry.name.clone();
            let mut loader = Loader { gazetteer, fragments: &fragments, vocabulary, parts: Vec::new() };
            let rule = loader.rule(entry, file.clone());
            rules.push(rule.map_err(|fault| Error::resource(&*path, format!("rule {name:?}: {fault}")))?);
        }
    }
    let patterns = rules.iter_mut().flat_map(|rule| {
        let contexts = rule.after.iter_mut().chain(&mut rule.before);
        rule.sequences.iter_mut().chain(contexts.map(|context| &mut context.0))
    });
    for (number, pattern) in patterns.enumerate() {
        pattern.number = number;
    }
    Ok(rules)
}

/// Makes one rule ready.
struct Loader<'a> {
    gazetteer: &'a Gazetteer,
    fragments: &'a BTreeMap<String, String>,
    vocabulary: &'a mut Vocabulary,
    /// Names of the parts met so far.
    parts: Vec<String>,
}

impl Loader<'_> {
    fn rule(&mut self, entry: RuleEntry, file: Name) -> std::result::Result<Rule, String> {
        let sequences = self.sequences(&entry.pattern)?;
        let on = (!entry.on.is_empty()).then(|| Labels::new(&entry.on));
        if sequences.is_empty() {
            return Err("it has no pattern".to_owned());
        }
        if let Some(score) = entry.score.filter(|score| !(0.0..=1.0).contains(score)) {
            return Err(format!("its score is {score}, and must lie between 0 and 1"));
        }
        if entry.label.as_deref().is_some_and(|label| label.trim().is_empty()) {
            return Err("its label is empty".to_owned());
        }
        let contexts = |loader: &mut Self, texts: &[String]| {
            loader.sequences(texts).map(|list| list.into_iter().map(Context).collect::<Vec<_>>())
        };
        let after = contexts(self, &entry.after)?;
        let not_after = contexts(self, &entry.not_after)?;
        let before = contexts(self, &entry.before)?;
        let not_before = contexts(self, &entry.not_before)?;
        let unless = self.sequences(&entry.unless)?;
        let zone = match entry.zone.as_deref() {
            Some(name) => Some(ZoneKind::from_name(name).ok_or_else(|| format!("{name:?} is no zone"))?),
            None => None,
        };
        let parts = entry.mark.iter().map(|name| self.part(name)).collect::<std::result::Result<_, _>>()?;
        let label = match entry.label.as_deref() {
            Some("=list") => Given::List,
            Some("none") => Given::Nothing,
            Some(other) => match other.strip_prefix('=') {
                Some(part) => Given::Like(self.part(part)?),
                None => Given::Label(label::intern(Layer::Entity, other)),
            },
            None if on.is_some() => Given::Own,
            None => return Err("it gives no label; a rule without one needs the marks it works on (on = [...])".into()),
        };
        let attribute = match entry.attribute {
            Some(name) => Some((self.part(&name)?, Name::from(name))),
            None => None,
        };
        let acronym = match &entry.acronym {
            Some([long, short]) => Some((self.part(long)?, self.part(short)?)),
            None => None,
        };
        let score = entry.score.or(on.is_none().then_some(SCORE));
        Ok(Rule {
            name: entry.name.into(),
            file,
            phase: if entry.last { Phase::Last } else { Phase::First },
            says: entry.says,
            sequences,
            on,
            over: Labels::new(&entry.over),
            parts,
            label,
            attribute,
            acronym,
            score,
            after,
            not_after,
            before,
            not_before,
            unless,
            zone,
            #[cfg(test)]
            examples: entry.example,
        })
    }

    fn sequences(&mut self, patterns: &[String]) -> std::result::Result<Vec<Sequence>, String> {
        let mut sequences = Vec::new();
        for pattern in patterns {
            for elements in unroll(pattern, self.fragments)? {
                let steps = elements.iter().map(|element| self.step(element)).collect::<Result<_, _>>()?;
                sequences.push(Sequence::new(steps));
            }
        }
        Ok(sequences)
    }

    fn step(&mut self, element: &Element) -> std::result::Result<Step, String> {
        let mut step = Step::default();
        if let Some(first) = element.classes.first().and_then(|class| class.strip_prefix("=^")) {
            let rest = element.classes.iter().skip(1).filter_map(|class| class.strip_prefix('='));
            let mut but = Numbers::default();
            for word in std::iter::once(first).chain(rest) {
                but.insert(self.vocabulary.number(word)?.into());
            }
            step.but = Some(but);
            return Ok(step);
        }
        for class in &element.classes {
            let (class, repeated) = match class.strip_suffix('+') {
                Some(class) if !class.starts_with('=') => (class, true),
                _ => (class.as_str(), false),
            };
            step.repeated |= repeated;
            if let Some(word) = class.strip_prefix('=') {
                step.words.insert(self.vocabulary.number(word)?.into());
            } else if class.starts_with(|c: char| c.is_ascii_uppercase()) {
                step.marks.push(label::intern(Layer::Entity, class));
            } else if !step.add_kind(class) {
                match self.gazetteer.bit(class) {
                    0 => return Err(format!("<{class}> is no list of {RULES} and no kind of token")),
                    bit => step.lists |= bit,
                }
            }
        }
        // A part has the name that its element gives it: `<title:title>`, `<name+:long>`.
        if let Some(name) = &element.name {
            let name = name.trim_end_matches('+');
            let known = self.parts.iter().position(|known| known == name);
            step.part = Some(known.unwrap_or_else(|| {
                self.parts.push(name.to_owned());
                self.parts.len() - 1
            }));
        }
        Ok(step)
    }

    /// The part `name`, or what lies between two of them: `first..last`.
    fn part(&self, name: &str) -> std::result::Result<Extent, String> {
        let (first, last) = name.split_once("..").unwrap_or((name, name));
        let find = |name: &str| {
            let found = self.parts.iter().position(|known| known == name);
            found.ok_or_else(|| format!("no element of the pattern is named {name:?}"))
        };
        Ok(Extent { first: find(first)?, last: find(last)? })
    }
}
