//! Mentions joined into the entities of a document: "Benjamin Netanyahu" and "Netanyahu", "State Oil
//! Company (SOCAR)" and "SOCAR", "US" and "United States". Precision before recall: what is in doubt stays apart.

use super::acronym::initials;
use super::groups::{Group, Groups, Mention};
use super::people::People;
use crate::document::{Annotation, Document, Entity, Label, Layer};
use crate::error::Result;
use crate::resource::Resources;
use crate::resource::compile::list_rows;
use std::collections::{HashMap, HashSet};

/// Joins mentions, knowing the names of countries.
pub struct Joiner {
    /// Name of a country → its ISO 3166-1 code.
    countries: HashMap<String, String>,
    pub(super) people: People,
    /// Words that end the names of places: City, Strip.
    heads: HashSet<String>,
}

const PLACE_HEADS: [&str; 2] = ["lexicons/entities/heads_gpe.tsv", "lexicons/entities/heads_loc.tsv"];
const COUNTRY_LISTS: [&str; 2] = ["lexicons/entities/countries.tsv", "lexicons/entities/countries_iso.tsv"];

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
        let mut heads = HashSet::new();
        for list in PLACE_HEADS {
            let text = resources.text(list)?;
            heads.extend(list_rows(&text).filter_map(|row| row.first().map(|word| (*word).to_owned())));
        }
        Ok(Self { countries, people: People::new(resources)?, heads })
    }

    /// Fills the entities of `document` from its entity marks, and gives each mark its entity's id.
    pub fn join(&self, document: &mut Document) {
        let mut found = Groups::default();
        let marks = document.take_layer(Layer::Entity);
        let text = document.text();
        let mut before: Option<(&Annotation, usize)> = None;
        for (index, mark) in (0_u32..).zip(&marks) {
            let behind = before.filter(|(before, _)| {
                before.label == mark.label && text[before.span.range().end..mark.span.range().start].trim() == "("
            });
            let mention = Mention {
                index,
                label: &mark.label,
                name: plain_name(mark.span.of(text)),
                gender: self.people.gender(mark),
                bracketed: behind.map(|(_, group)| group),
                closed: mark.label == "ORG" && text[mark.span.range().end..].starts_with(')'),
            };
            before = Some((mark, found.add(self, mention)));
        }
        hand_over(document, marks, found.list);
    }

    /// The ISO code of a country.
    pub(super) fn iso(&self, mention: &Mention<'_>) -> Option<&String> {
        let code = if *mention.label == "GPE" { self.countries.get(&mention.name) } else { None };
        code.filter(|code| code.len() == 2)
    }

    /// What else a later mention may call a name: family and given name of a person, acronym and first words of an
    /// organisation, head of a law, event or building, a place without City or Strip.
    pub(super) fn short_forms(&self, label: &Label, name: &str) -> Vec<String> {
        let words: Vec<&str> = name.split(' ').collect();
        let [_, .., last] = words.as_slice() else { return Vec::new() };
        let mut forms: Vec<String> = match label.as_str() {
            "PERSON" => self.people.short_forms(&words),
            "ORG" => (1..words.len()).map(|end| words[..end].join(" ")).chain([initials(name)]).collect(),
            "LAW" | "EVENT" | "FAC" => match words.as_slice() {
                [own @ .., "of", year] | [own @ .., year] if !own.is_empty() && is_number(year) => {
                    own.last().map(|head| (*head).to_owned()).into_iter().chain([own.join(" ")]).collect()
                }
                _ => vec![(*last).to_owned()],
            },
            "GPE" | "LOC" if self.heads.contains(*last) => vec![words[..words.len() - 1].join(" ")],
            _ => Vec::new(),
        };
        forms.retain(|form| form.chars().count() > 1);
        forms
    }
}

/// Gives `document` its marks with the ids of their entities, and the entities.
fn hand_over(document: &mut Document, mut marks: Vec<Annotation>, groups: Vec<Group>) {
    for (number, group) in (1..).zip(&groups) {
        for mention in &group.mentions {
            marks[*mention as usize].set_attribute("entity", format!("E{number}"));
        }
    }
    document.set_layer(Layer::Entity, marks);
    let entities = (1..).zip(groups).map(|(number, group)| Entity {
        id: format!("E{number}"),
        label: group.label,
        name: group.name,
        iso: group.iso,
        mentions: group.mentions,
    });
    document.entities = entities.collect();
}

/// Whether a word is a year or another plain number.
fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name with single blanks and plain apostrophes.
fn plain_name(words: &str) -> String {
    if words.bytes().all(|byte| byte.is_ascii_graphic()) {
        return words.to_owned();
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{2019}', "'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Article, Meta};
    use crate::text::Span;

    #[test]
    fn mr_and_mrs_are_two_people() {
        let text = "Mr Sandu met Mrs Sandu. Mr Sandu left Mrs Sandu, and Sandu wept.";
        let mut document = Document::new(Article::new(Meta::default(), text.to_owned()).unwrap());
        let marks = text.match_indices("Sandu").map(|(start, word)| {
            let mut mark = Annotation::new(Layer::Entity, Span::at(start, start + word.len()), "PERSON");
            if let Some(title) = text[..start].split_whitespace().next_back().filter(|title| title.starts_with('M')) {
                mark.set_attribute("title", title);
            }
            mark
        });
        document.set_layer(Layer::Entity, marks.collect());
        Joiner::new(&Resources::embedded()).unwrap().join(&mut document);
        let mentions: Vec<_> = document.entities.iter().map(|entity| entity.mentions.clone()).collect();
        assert_eq!(mentions, [vec![0, 2, 4], vec![1, 3]]);
    }

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
    fn an_act_is_the_same_without_its_year() {
        check(
            "the Water Act of 2001; the Act; the Theft Act 1968; the Water Act; the Theft Act",
            &[
                ("Water Act of 2001", "LAW"),
                ("Act", "LAW"),
                ("Theft Act 1968", "LAW"),
                ("Water Act", "LAW"),
                ("Theft Act", "LAW"),
            ],
            &[&["Water Act of 2001", "Act", "Water Act"], &["Theft Act 1968", "Theft Act"]],
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
    fn an_acronym_may_come_before_its_long_form() {
        let long = "Association of Southeast Asian Nations";
        check(
            "ASEAN and Halden Foods met; the Association of Southeast Asian Nations (ASEAN) and Oslo Bank agreed; Oslo.",
            &[
                ("ASEAN", "ORG"),
                ("Halden Foods", "ORG"),
                (long, "ORG"),
                ("ASEAN", "ORG"),
                ("Oslo Bank", "ORG"),
                ("Oslo", "ORG"),
            ],
            &[&["ASEAN", long, "ASEAN"], &["Halden Foods"], &["Oslo Bank", "Oslo"]],
        );
    }

    #[test]
    fn people_are_known_by_parts_of_long_names() {
        let person = "PERSON";
        check(
            "Aung San Suu Kyi met Khalil al-Hayya and Donald J. Trump. Suu Kyi left. Al-Hayya and Donald Trump left.",
            &[
                ("Aung San Suu Kyi", person),
                ("Khalil al-Hayya", person),
                ("Donald J. Trump", person),
                ("Suu Kyi", person),
                ("Al-Hayya", person),
                ("Donald Trump", person),
            ],
            &[&["Aung San Suu Kyi", "Suu Kyi"], &["Khalil al-Hayya", "Al-Hayya"], &["Donald J. Trump", "Donald Trump"]],
        );
        check(
            "George W. Bush and George H. Bush; George Bush.",
            &[("George W. Bush", person), ("George H. Bush", person), ("George Bush", person)],
            &[&["George W. Bush"], &["George H. Bush"], &["George Bush"]],
        );
    }

    #[test]
    fn an_acronym_in_brackets_may_be_of_another_language() {
        let party = "Spanish Socialist Workers' Party";
        check(
            "The Spanish Socialist Workers' Party (PSOE) and Borussia Dortmund (GER); the Andean Oil Company (see BP).",
            &[
                (party, "ORG"),
                ("PSOE", "ORG"),
                ("Borussia Dortmund", "ORG"),
                ("GER", "ORG"),
                ("Andean Oil Company", "ORG"),
                ("BP", "ORG"),
            ],
            &[&[party, "PSOE"], &["Borussia Dortmund"], &["GER"], &["Andean Oil Company"], &["BP"]],
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
