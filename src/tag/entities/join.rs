//! Mentions joined into the entities of a document: "Benjamin Netanyahu" and "Netanyahu", "State Oil
//! Company (SOCAR)" and "SOCAR", "US" and "United States". Precision before recall: what is in doubt stays apart.

use super::acronym::{abbreviates, initials};
use crate::document::{Document, Entity, Label, Layer};
use crate::error::Result;
use crate::resource::Resources;
use crate::resource::compile::list_rows;
use std::collections::{HashMap, HashSet};

/// Joins mentions, knowing the names of countries.
pub struct Joiner {
    /// Name of a country → its ISO 3166-1 code.
    countries: HashMap<String, String>,
    /// What may stand behind a person's name: Jr., III.
    suffixes: HashSet<String>,
    /// Words that end the names of places: City, Strip.
    heads: HashSet<String>,
}

const SUFFIXES: &str = "lexicons/entities/person_suffixes.tsv";
const PLACE_HEADS: [&str; 2] = ["lexicons/entities/heads_gpe.tsv", "lexicons/entities/heads_loc.tsv"];
const COUNTRY_LISTS: [&str; 2] = ["lexicons/entities/countries.tsv", "lexicons/entities/countries_iso.tsv"];

/// What is known by label and name.
type ByName<T> = HashMap<(Label, String), T>;

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
        let words = |lists: &[&str]| -> Result<HashSet<String>> {
            let mut words = HashSet::new();
            for list in lists {
                words.extend(
                    list_rows(&resources.text(list)?).filter_map(|row| row.first().map(|word| (*word).to_owned())),
                );
            }
            Ok(words)
        };
        Ok(Self { countries, suffixes: words(&[SUFFIXES])?, heads: words(&PLACE_HEADS)? })
    }

    /// Fills the entities of `document` from its entity marks, and gives each mark its entity's id.
    pub fn join(&self, document: &mut Document) {
        let mut groups: Vec<Group> = Vec::new();
        let mut by_name: ByName<usize> = HashMap::new();
        let mut short_forms = ShortForms::default();
        let mut last: Option<usize> = None;
        let mut marks = document.take_layer(Layer::Entity);
        let text = document.text();
        for (index, mark) in (0_u32..).zip(&marks) {
            let name = plain_name(mark.span.of(text));
            let iso = if mark.label == "GPE" { self.countries.get(&name).filter(|code| code.len() == 2) } else { None };
            let key = (mark.label.clone(), iso.map_or_else(|| key_of(&mark.label, &name), |code| format!("\0{code}")));
            let before = index.checked_sub(1).and_then(|before| marks.get(before as usize));
            let bracketed = before.filter(|before| {
                before.label == mark.label && text[before.span.range().end..mark.span.range().start].trim() == "("
            });
            let known = by_name.get(&key).copied();
            let found = known
                .or_else(|| bracketed.and(last).filter(|last| are_long_and_short(&groups[*last].name, &name)))
                .or_else(|| short_forms.find(&mark.label, &name))
                .or_else(|| self.earlier_short_form(&groups, &by_name, &mark.label, &name));
            let group = found.unwrap_or_else(|| {
                groups.push(Group {
                    label: mark.label.clone(),
                    name: name.clone(),
                    iso: iso.cloned(),
                    mentions: Vec::new(),
                });
                groups.len() - 1
            });
            if known.is_none() {
                by_name.insert(key, group);
                for form in self.short_forms(&mark.label, &name) {
                    short_forms.note(group, &mark.label, form);
                }
            }
            last = Some(group);
            if let Some(group) = groups.get_mut(group) {
                group.mentions.push(index);
                if name.chars().count() > group.name.chars().count() {
                    group.name = name;
                }
            }
        }
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

    /// What else a later mention may call a name: family and given name of a person, acronym and first words of an
    /// organisation, head of a law, event or building, a place without City or Strip.
    fn short_forms(&self, label: &Label, name: &str) -> Vec<String> {
        let words: Vec<&str> = name.split(' ').collect();
        let [first, .., last] = words.as_slice() else { return Vec::new() };
        let mut forms: Vec<String> = match label.as_str() {
            "PERSON" => {
                let mut forms = self.family_names(&words);
                forms.push((*first).to_owned());
                forms
            }
            "ORG" => (1..words.len()).map(|end| words[..end].join(" ")).chain([initials(name)]).collect(),
            "LAW" | "EVENT" | "FAC" => vec![(*last).to_owned()],
            "GPE" | "LOC" if self.heads.contains(*last) => vec![words[..words.len() - 1].join(" ")],
            _ => Vec::new(),
        };
        forms.retain(|form| form.chars().count() > 1);
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

    /// The group of a person whom the article named by the family name alone before it gave the name in full.
    fn earlier_short_form(
        &self,
        groups: &[Group],
        by_name: &ByName<usize>,
        label: &Label,
        name: &str,
    ) -> Option<usize> {
        if *label != "PERSON" || !name.contains(' ') {
            return None;
        }
        self.family_names(&name.split(' ').collect::<Vec<_>>()).into_iter().find_map(|form| {
            let group = by_name.get(&(label.clone(), form.clone())).copied()?;
            (groups.get(group)?.name == form).then_some(group)
        })
    }
}

/// A name with single blanks and plain apostrophes.
fn plain_name(words: &str) -> String {
    if words.bytes().all(|byte| byte.is_ascii_graphic()) {
        return words.to_owned();
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{2019}', "'")
}

/// What tells the entities of one label apart: the name; of a nationality or group, one and several are the same.
fn key_of(label: &Label, name: &str) -> String {
    match name.strip_suffix('s') {
        Some(one) if *label == "NORP" && one.chars().count() > 3 && !one.ends_with(['s', 'i', 'u']) => one.to_owned(),
        _ => name.to_owned(),
    }
}

/// Whether one of the two abbreviates the other.
fn are_long_and_short(one: &str, other: &str) -> bool {
    let words = |name: &str| name.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let made_of =
        |short: &str, long: &str| abbreviates(short, &words(long).iter().map(String::as_str).collect::<Vec<_>>());
    made_of(other, one) || made_of(one, other)
}

/// Groups by the short forms of their names: what else a later mention may call them.
#[derive(Default)]
struct ShortForms {
    groups: ByName<Meant>,
}

/// What a short form means.
struct Meant {
    /// The last group that it was noted for.
    last: usize,
    /// Whether it was noted for another one too.
    several: bool,
}

impl ShortForms {
    /// Notes a short form of a group's name.
    fn note(&mut self, group: usize, label: &Label, form: String) {
        let meant = self.groups.entry((label.clone(), form)).or_insert(Meant { last: group, several: false });
        if meant.last != group {
            *meant = Meant { last: group, several: true };
        }
    }

    /// The one group that `name` is a short form of. The head of a law means the last one named; where
    /// two people share a name, it means neither.
    fn find(&self, label: &Label, name: &str) -> Option<usize> {
        let form = if label == "ORG" { name.replace('.', "") } else { name.to_owned() };
        let meant = self.groups.get(&(label.clone(), form))?;
        (!meant.several || matches!(label.as_str(), "LAW" | "EVENT" | "FAC")).then_some(meant.last)
    }
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

    #[test]
    fn family_names_may_have_small_words() {
        let person = "PERSON";
        check(
            "Mohammed bin Salman met Bashar al-Assad and Joe Biden Jr. Then bin Salman, Assad and Biden left.",
            &[
                ("Mohammed bin Salman", person),
                ("Bashar al-Assad", person),
                ("Joe Biden Jr.", person),
                ("bin Salman", person),
                ("Assad", person),
                ("Biden", person),
            ],
            &[&["Mohammed bin Salman", "bin Salman"], &["Bashar al-Assad", "Assad"], &["Joe Biden Jr.", "Biden"]],
        );
    }

    #[test]
    fn bodies_and_places_are_known_by_their_first_words() {
        check(
            "Halden Foods plc fell. Halden sold Halden Foods in New York City; New York rose. Bank One and Bank Two; Bank.",
            &[
                ("Halden Foods plc", "ORG"),
                ("Halden", "ORG"),
                ("Halden Foods", "ORG"),
                ("New York City", "GPE"),
                ("New York", "GPE"),
                ("Bank One", "ORG"),
                ("Bank Two", "ORG"),
                ("Bank", "ORG"),
            ],
            &[
                &["Halden Foods plc", "Halden", "Halden Foods"],
                &["New York City", "New York"],
                &["Bank One"],
                &["Bank Two"],
                &["Bank"],
            ],
        );
    }

    #[test]
    fn the_oil_company_and_its_acronym_are_one() {
        let oil = "State Oil Company of Azerbaijan";
        check(
            "The State Oil Company of Azerbaijan (SOCAR) drilled; SOCAR and the Palestinians and a Palestinian agree.",
            &[(oil, "ORG"), ("SOCAR", "ORG"), ("SOCAR", "ORG"), ("Palestinians", "NORP"), ("Palestinian", "NORP")],
            &[&[oil, "SOCAR", "SOCAR"], &["Palestinians", "Palestinian"]],
        );
    }

    proptest::proptest! {
        /// Whatever is marked: each mention has one entity, entities are numbered by their first mentions, the
        /// name is that of a mention, and the same marks give the same entities.
        #[test]
        fn laws_of_entities(
            picks in proptest::collection::vec((0..WORDS.len(), 0..LABELS.len()), 0..24),
        ) {
            let mut text = String::new();
            let mut marks = Vec::new();
            for (word, label) in &picks {
                let start = text.len();
                text.push_str(WORDS[*word]);
                marks.push(Annotation::new(Layer::Entity, Span::at(start, text.len()), LABELS[*label]));
                text.push_str(if word % 2 == 0 { " (" } else { ", " });
            }
            let joiner = Joiner::new(&Resources::embedded()).unwrap();
            let mut document = Document::new(Article::new(Meta::default(), text.clone()).unwrap());
            document.set_layer(Layer::Entity, marks);
            let mut again = document.clone();
            joiner.join(&mut document);
            joiner.join(&mut again);
            proptest::prop_assert_eq!(&document.entities, &again.entities);
            let mut seen = vec![0; picks.len()];
            let mut firsts = Vec::new();
            for (number, entity) in (1..).zip(&document.entities) {
                proptest::prop_assert_eq!(&entity.id, &format!("E{number}"));
                firsts.push(entity.mentions[0]);
                let mut named = false;
                for mention in &entity.mentions {
                    let mark = &document.layer(Layer::Entity)[*mention as usize];
                    seen[*mention as usize] += 1;
                    named |= plain_name(mark.span.of(&text)) == entity.name;
                    proptest::prop_assert_eq!(&mark.label, &entity.label);
                    proptest::prop_assert_eq!(mark.attributes.as_ref().unwrap()["entity"].as_str(), Some(entity.id.as_str()));
                }
                proptest::prop_assert!(named, "{} is none of its mentions", entity.name);
            }
            proptest::prop_assert!(seen.iter().all(|count| *count == 1));
            proptest::prop_assert!(firsts.is_sorted());
        }
    }

    const LABELS: [&str; 4] = ["PERSON", "ORG", "GPE", "LAW"];
    const WORDS: [&str; 12] = [
        "Anna Meyer",
        "Meyer",
        "Paul Meyer",
        "US",
        "United States",
        "SDF",
        "Syrian Democratic Forces",
        "Oslo Accords",
        "Accords",
        "Halden Foods plc",
        "Halden",
        "Anna",
    ];
}
