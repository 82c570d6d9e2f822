//! Mentions joined into the entities of a document: "Benjamin Netanyahu" and "Netanyahu", "State Oil
//! Company (SOCAR)" and "SOCAR", "US" and "United States". Precision before recall: what is in doubt stays apart.

use crate::document::{Document, Entity, Label, Layer};
use crate::error::Result;
use crate::resource::Resources;
use crate::resource::compile::list_rows;
use std::collections::{BTreeMap, HashMap};

/// Joins mentions, knowing the names of countries.
pub struct Joiner {
    /// Name of a country → its ISO 3166-1 code.
    countries: HashMap<String, String>,
}

const COUNTRY_LISTS: [&str; 2] = ["lexicons/entities/countries.tsv", "lexicons/entities/countries_iso.tsv"];

/// Small words that acronyms pass over.
const PASSED_OVER: [&str; 6] = ["of", "the", "for", "and", "on", "in"];

/// An entity in the making.
struct Group {
    label: Label,
    /// The name in full: its longest mention.
    name: String,
    iso: Option<String>,
    mentions: Vec<u32>,
}

impl Joiner {
    /// Loads the names of countries.
    pub fn new(resources: &Resources) -> Result<Self> {
        let mut countries = HashMap::new();
        for list in COUNTRY_LISTS {
            let text = resources.text(list)?;
            for row in list_rows(&text) {
                if let [name, code] = row.as_slice() {
                    countries.entry((*name).to_owned()).or_insert_with(|| (*code).to_owned());
                }
            }
        }
        Ok(Self { countries })
    }

    /// Fills the entities of `document` from its entity marks, and gives each mark its entity's id.
    pub fn join(&self, document: &mut Document) {
        let mut groups: Vec<Group> = Vec::new();
        let mut by_name: BTreeMap<(Label, String), usize> = BTreeMap::new();
        let mut short_forms = ShortForms::default();
        let mut last: Option<usize> = None;
        let text = document.text();
        let marks = document.layer(Layer::Entity);
        for (index, mark) in (0_u32..).zip(marks) {
            let name = plain_name(mark.span.of(text));
            let iso = if mark.label == "GPE" { self.countries.get(&name).filter(|code| code.len() == 2) } else { None };
            let key = iso
                .map_or_else(|| (mark.label.clone(), name.clone()), |code| (mark.label.clone(), format!("\0{code}")));
            let before = index.checked_sub(1).and_then(|before| marks.get(before as usize));
            let bracketed = before.filter(|before| {
                before.label == mark.label && text[before.span.range().end..mark.span.range().start].trim() == "("
            });
            let found = by_name
                .get(&key)
                .copied()
                .or_else(|| bracketed.and(last).filter(|last| are_long_and_short(&groups[*last].name, &name)))
                .or_else(|| short_forms.find(&mark.label, &name))
                .or_else(|| earlier_short_form(&groups, &by_name, &mark.label, &name));
            let group = found.unwrap_or_else(|| {
                groups.push(Group {
                    label: mark.label.clone(),
                    name: name.clone(),
                    iso: iso.cloned(),
                    mentions: Vec::new(),
                });
                groups.len() - 1
            });
            if by_name.insert(key, group).is_none() {
                short_forms.note(group, &mark.label, &name);
            }
            last = Some(group);
            if let Some(group) = groups.get_mut(group) {
                group.mentions.push(index);
                if name.chars().count() > group.name.chars().count() {
                    group.name = name;
                }
            }
        }
        let mut marks = marks.to_vec();
        for (number, group) in (1..).zip(&groups) {
            for mention in &group.mentions {
                marks[*mention as usize].set_attribute("entity", format!("E{number}"));
            }
        }
        document.set_layer(Layer::Entity, marks);
        document.entities = (1..)
            .zip(groups)
            .map(|(number, group)| Entity {
                id: format!("E{number}"),
                label: group.label,
                name: group.name,
                iso: group.iso,
                mentions: group.mentions,
            })
            .collect();
    }
}

/// The group of a person whom the article named by the last name alone before it gave the name in full.
fn earlier_short_form(
    groups: &[Group],
    by_name: &BTreeMap<(Label, String), usize>,
    label: &Label,
    name: &str,
) -> Option<usize> {
    let (_, last) = name.rsplit_once(' ').filter(|_| *label == "PERSON")?;
    let group = by_name.get(&(label.clone(), last.to_owned())).copied()?;
    (groups.get(group)?.name == last).then_some(group)
}

/// A name with single blanks and plain apostrophes.
fn plain_name(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{2019}', "'")
}

/// Whether one of the two abbreviates the other.
fn are_long_and_short(one: &str, other: &str) -> bool {
    is_acronym(other, one) || is_acronym(one, other)
}

/// Whether `short` is made of first letters of `long`, in order, the first one first.
fn is_acronym(short: &str, long: &str) -> bool {
    let letters: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.len() < 2 || !letters.iter().any(|c| c.is_uppercase()) || short.contains(' ') {
        return false;
    }
    let mut words = long.split([' ', '-']).filter(|word| !PASSED_OVER.contains(word));
    let mut rest = letters.iter().filter(|c| c.is_uppercase()).copied().peekable();
    let starts =
        |word: &str, letter: char| word.chars().next().is_some_and(|c| c.to_uppercase().eq(letter.to_uppercase()));
    let (Some(first), Some(letter)) = (words.next(), rest.next()) else { return false };
    if !starts(first, letter) {
        return false;
    }
    let count = 1 + long.split([' ', '-']).count();
    for word in words {
        if rest.peek().is_some_and(|letter| starts(word, *letter)) {
            rest.next();
        }
    }
    // A letter or two from inside a word (SOCAR: Azerbaijan Republic) is allowed in long acronyms.
    rest.count() * 3 <= letters.len() && count > 2
}

/// Groups by the short forms of their names: what else a later mention may call them.
#[derive(Default)]
struct ShortForms {
    groups: BTreeMap<(Label, String), Vec<usize>>,
}

impl ShortForms {
    /// Notes the short forms of a group's name: family and given name of a person, acronym of an
    /// organisation, head of a law, event or building.
    fn note(&mut self, group: usize, label: &Label, name: &str) {
        let words: Vec<&str> = name.split(' ').collect();
        let [first, .., last] = words.as_slice() else { return };
        let forms = match label.as_str() {
            "PERSON" => vec![(*last).to_owned(), (*first).to_owned()],
            "ORG" => vec![initials(name)],
            "LAW" | "EVENT" | "FAC" => vec![(*last).to_owned()],
            _ => Vec::new(),
        };
        for form in forms.into_iter().filter(|form| form.chars().count() > 1) {
            let groups = self.groups.entry((label.clone(), form)).or_default();
            if groups.last() != Some(&group) {
                groups.push(group);
            }
        }
    }

    /// The one group that `name` is a short form of. The head of a law means the last one named; where
    /// two people share a name, it means neither.
    fn find(&self, label: &Label, name: &str) -> Option<usize> {
        let form = if label == "ORG" { name.replace('.', "") } else { name.to_owned() };
        match (self.groups.get(&(label.clone(), form))?.as_slice(), label.as_str()) {
            ([group], _) => Some(*group),
            ([.., last], "LAW" | "EVENT" | "FAC") => Some(*last),
            _ => None,
        }
    }
}

/// The first letters of the words of a name, but for small words; nothing when fewer than three.
fn initials(name: &str) -> String {
    let words = name.split([' ', '-']).filter(|word| !PASSED_OVER.contains(word));
    let letters: String = words.filter_map(|word| word.chars().next()).filter(|c| c.is_uppercase()).collect();
    if letters.chars().count() >= 3 { letters } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Annotation, Article, Meta};
    use crate::text::Span;

    /// Checks how the mentions (words, label) of `text` are joined: one group of words each.
    fn check(text: &str, mentions: &[(&str, &'static str)], expected: &[&[&str]]) -> Vec<Entity> {
        let mut document = Document::new(Article::new(Meta::default(), text.to_owned()).unwrap());
        let mut from = 0;
        let mut marks = Vec::new();
        for (words, label) in mentions {
            let start = from + text[from..].find(words).unwrap();
            from = start + words.len();
            marks.push(Annotation::new(Layer::Entity, Span::at(start, from), *label));
        }
        document.set_layer(Layer::Entity, marks);
        Joiner::new(&Resources::embedded()).unwrap().join(&mut document);
        let words = |mention: &u32| document.layer(Layer::Entity)[*mention as usize].span.of(text);
        let found: Vec<Vec<&str>> = document.entities.iter().map(|e| e.mentions.iter().map(words).collect()).collect();
        assert_eq!(found, expected.iter().map(|group| group.to_vec()).collect::<Vec<_>>(), "{text}");
        document.entities
    }

    #[test]
    fn people_are_joined_by_their_last_name_unless_two_share_it() {
        let person = "PERSON";
        check(
            "Anna Meyer spoke. Meyer left.",
            &[("Anna Meyer", person), ("Meyer", person)],
            &[&["Anna Meyer", "Meyer"]],
        );
        check(
            "Meyer left. Anna Meyer spoke.",
            &[("Meyer", person), ("Anna Meyer", person)],
            &[&["Meyer", "Anna Meyer"]],
        );
        check(
            "Anna Meyer met Paul Meyer. Meyer left.",
            &[("Anna Meyer", person), ("Paul Meyer", person), ("Meyer", person)],
            &[&["Anna Meyer"], &["Paul Meyer"], &["Meyer"]],
        );
    }

    #[test]
    fn countries_are_one_under_all_their_names() {
        let entities = check(
            "The US and Britain; the United States and the UK.",
            &[("US", "GPE"), ("Britain", "GPE"), ("United States", "GPE"), ("UK", "GPE")],
            &[&["US", "United States"], &["Britain", "UK"]],
        );
        assert_eq!(entities[0].iso.as_deref(), Some("US"));
        assert_eq!(entities[1].iso.as_deref(), Some("GB"));
        assert_eq!(entities[0].name, "United States");
    }

    #[test]
    fn acronyms_follow_their_long_form() {
        check(
            "Rapid Support Forces (RSF) and the RSF; the World Food Programme, WFP.",
            &[
                ("Rapid Support Forces", "ORG"),
                ("RSF", "ORG"),
                ("RSF", "ORG"),
                ("World Food Programme", "ORG"),
                ("WFP", "ORG"),
            ],
            &[&["Rapid Support Forces", "RSF", "RSF"], &["World Food Programme", "WFP"]],
        );
    }

    #[test]
    fn heads_of_laws_mean_the_law_named_before() {
        check(
            "the Dayton Accords; the Accords; the Oslo Accords; the Accords",
            &[("Dayton Accords", "LAW"), ("Accords", "LAW"), ("Oslo Accords", "LAW")],
            &[&["Dayton Accords", "Accords"], &["Oslo Accords"]],
        );
    }
}
