//! The entities of an article in the making: which of them a mention belongs to.

use super::acronym::abbreviates;
use super::join::Joiner;
use super::people::Gender;
use crate::document::Label;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// What is known by label and name.
type ByName<T> = HashMap<(Label, String), T>;

/// An entity in the making.
pub(super) struct Group {
    pub(super) label: Label,
    /// What the titles of its mentions say.
    gender: Option<Gender>,
    /// The name in full: its longest mention.
    pub(super) name: String,
    pub(super) iso: Option<String>,
    pub(super) mentions: Vec<u32>,
}

impl Group {
    /// Whether its titles say the opposite of `gender`.
    fn is_of_other_gender(&self, gender: Option<Gender>) -> bool {
        gender.is_some_and(|gender| self.gender.is_some_and(|own| own != gender))
    }

    /// Takes a mention in.
    fn note(&mut self, mention: Mention<'_>) {
        self.mentions.push(mention.index);
        self.gender = self.gender.or(mention.gender);
        self.call(mention.name);
    }

    /// Keeps the longest name.
    fn call(&mut self, name: String) {
        if name.chars().count() > self.name.chars().count() {
            self.name = name;
        }
    }

    /// Takes over the mentions and the name of a group made later.
    fn absorb(&mut self, other: Self) {
        self.mentions.extend(other.mentions);
        self.call(other.name);
    }
}

/// A mention that is to be joined.
pub(super) struct Mention<'a> {
    /// Its number among the marks.
    pub(super) index: u32,
    pub(super) label: &'a Label,
    pub(super) name: String,
    /// What its title says.
    pub(super) gender: Option<Gender>,
    /// The group of the mention in front of it, where it stands in brackets behind that.
    pub(super) bracketed: Option<usize>,
    /// Whether it is an organisation right before a closing bracket.
    pub(super) closed: bool,
}

/// The entities of an article in the making.
#[derive(Default)]
pub(super) struct Groups {
    pub(super) list: Vec<Group>,
    by_name: ByName<usize>,
    short_forms: ShortForms,
}

impl Groups {
    /// Puts a mention into its group, or a new one; the number of the group.
    pub(super) fn add(&mut self, joiner: &Joiner, mention: Mention<'_>) -> usize {
        let iso = joiner.iso(&mention).cloned();
        let named = iso.as_ref().map_or_else(|| key_of(mention.label, &mention.name), |code| format!("\0{code}"));
        let mut key = (mention.label.clone(), named);
        let mut found = self.find(joiner, &key, &mention);
        if found.is_some_and(|group| self.list[group].is_of_other_gender(mention.gender)) {
            key.1.push_str("\0other");
            found = self.by_name.get(&key).copied();
        }
        if let Some(short) = found {
            self.take_in_long_form(joiner, short, &mention);
        }
        let group = found.unwrap_or(self.list.len());
        if found.is_none() {
            self.list.push(Group {
                label: mention.label.clone(),
                gender: None,
                name: mention.name.clone(),
                iso,
                mentions: Vec::new(),
            });
        }
        if let Entry::Vacant(vacant) = self.by_name.entry(key) {
            vacant.insert(group);
            for form in joiner.short_forms(mention.label, &mention.name) {
                self.short_forms.note(group, mention.label, form);
            }
        }
        self.list[group].note(mention);
        group
    }

    /// The group that a mention belongs to.
    fn find(&self, joiner: &Joiner, key: &(Label, String), mention: &Mention<'_>) -> Option<usize> {
        let is_long_form = |group: &usize| are_long_and_short(&self.list[*group].name, &mention.name, mention.closed);
        self.by_name
            .get(key)
            .copied()
            .or_else(|| mention.bracketed.filter(is_long_form))
            .or_else(|| self.short_forms.find(mention.label, &mention.name))
            .or_else(|| self.earlier_short_form(joiner, mention.label, &mention.name))
    }

    /// The group of a person whom the article named by a shorter name before it gave the name in full.
    fn earlier_short_form(&self, joiner: &Joiner, label: &Label, name: &str) -> Option<usize> {
        if *label != "PERSON" || !name.contains(' ') {
            return None;
        }
        let words: Vec<&str> = name.split(' ').collect();
        joiner.people.forms_in_front(&words).into_iter().find_map(|form| {
            let group = self.by_name.get(&(label.clone(), form.clone())).copied()?;
            (self.list.get(group)?.name == form).then_some(group)
        })
    }

    /// Where the article used an acronym (group `short`) before the long form that stands in front of it now, makes
    /// the two one entity.
    fn take_in_long_form(&mut self, joiner: &Joiner, short: usize, mention: &Mention<'_>) {
        let newest = self.list.len() - 1;
        let is_new = |long: &usize| *long == newest && short < newest && self.list[*long].mentions.len() == 1;
        let long = mention.bracketed.filter(is_new);
        if !long.is_some_and(|long| mention.closed && are_long_and_short(&self.list[long].name, &mention.name, true)) {
            return;
        }
        let Some(gone) = self.list.pop() else { return };
        for form in joiner.short_forms(mention.label, &gone.name) {
            self.short_forms.pass_on(mention.label, form, newest, short);
        }
        self.by_name.insert((gone.label.clone(), key_of(&gone.label, &gone.name)), short);
        self.list[short].absorb(gone);
    }
}

/// What tells the entities of one label apart: the name; of a nationality or group, one and several are the same.
fn key_of(label: &Label, name: &str) -> String {
    match name.strip_suffix('s') {
        Some(one) if *label == "NORP" && one.chars().count() > 3 && !one.ends_with(['s', 'i', 'u']) => one.to_owned(),
        _ => name.to_owned(),
    }
}

/// Whether one of the two abbreviates the other. An acronym alone in brackets behind three words or more may be of
/// another language: Spanish Socialist Workers' Party (PSOE).
fn are_long_and_short(one: &str, other: &str, closed: bool) -> bool {
    let is_acronym = other.chars().count() > 2 && other.chars().all(char::is_uppercase);
    if closed && is_acronym && one.split(' ').count() > 2 {
        return true;
    }
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

    /// Lets a short form that meant the group `from` mean the group `to`.
    fn pass_on(&mut self, label: &Label, form: String, from: usize, to: usize) {
        if let Some(meant) = self.groups.get_mut(&(label.clone(), form)).filter(|meant| meant.last == from) {
            meant.last = to;
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
