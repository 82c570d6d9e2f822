//! What the same word does elsewhere in the article: longer name, lower case, neighbours (after Chieu and
//! Ng 2003).

use super::word::{Facts, Words};
use std::ops::Range;

/// What a capitalised word does in the article.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a finding of its own")]
pub(super) struct Habit {
    /// Whether the word stands with a capital in running text at all.
    pub(super) known: bool,
    pub(super) small: u8,
    pub(super) capital_inside: u8,
    pub(super) ends_longer: bool,
    pub(super) begins_longer: bool,
    pub(super) titled: bool,
    pub(super) heads: u32,
    pub(super) lefts: [u32; 3],
    pub(super) rights: [u32; 3],
}

/// The habits of an article's words, by [`Facts::lower_number`].
#[derive(Clone, Debug, Default)]
pub(super) struct Habits {
    all: Vec<Habit>,
    /// Numbers of the words that are known.
    known: Vec<u32>,
}

/// How a sentence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Usual = 0,
    Title = 1,
    Capitals = 2,
}

/// The tokens of an article, as habits are read off them.
pub(super) struct Running<'a> {
    pub(super) words: &'a Words,
    /// The word of each token.
    pub(super) numbers: &'a [u32],
    /// The lists each token lies in.
    pub(super) classes: &'a [(u32, u32)],
    /// Lists of heads.
    pub(super) heads: u32,
    /// Lists of titles.
    pub(super) titles: u32,
}

impl<'a> Running<'a> {
    fn at(&self, index: usize) -> &'a Facts {
        self.words.facts(self.numbers[index])
    }
}

impl Habits {
    /// What the word does elsewhere; nothing when no running text has it with a capital.
    #[inline]
    pub(super) fn of(&self, facts: &Facts) -> Option<&Habit> {
        self.all.get(facts.lower_number as usize).filter(|habit| habit.known)
    }

    /// Reads the habits of an article anew; `sentences` are the tokens of each with how it is written.
    pub(super) fn read(&mut self, text: &Running<'_>, sentences: impl Iterator<Item = (Range<usize>, Case)>) {
        for number in self.known.drain(..) {
            if let Some(habit) = self.all.get_mut(number as usize) {
                *habit = Habit::default();
            }
        }
        self.all.resize(text.words.lowers(), Habit::default());
        for (range, _) in sentences.filter(|(_, case)| *case == Case::Usual) {
            let mut index = range.start;
            while index < range.end {
                if !text.at(index).capital {
                    index += 1;
                    continue;
                }
                let capital = |index: usize| index < range.end && text.at(index).capital;
                let mut end = index + 1;
                while end < range.end && (capital(end) || capital(end + 1) && text.at(end).dash) {
                    end += 1;
                }
                self.note_run(text, &range, index..end);
                index = end;
            }
        }
        for facts in text.numbers.iter().map(|number| text.words.facts(*number)).filter(|facts| !facts.capital) {
            let habit = &mut self.all[facts.lower_number as usize];
            habit.small = habit.small.saturating_add(u8::from(habit.known));
        }
    }

    /// Notes one run of capitalised words.
    fn note_run(&mut self, text: &Running<'_>, sentence: &Range<usize>, run: Range<usize>) {
        let heads = run.clone().fold(0, |all, at| all | text.classes[at].0) & text.heads;
        let left = if run.start > sentence.start { text.at(run.start - 1).clusters[1] } else { 0 };
        let right = if run.end < sentence.end { text.at(run.end).clusters[1] } else { 0 };
        let titled = run.start > sentence.start && text.classes[run.start - 1].0 & text.titles != 0;
        for at in run.clone() {
            let number = text.at(at).lower_number;
            let habit = &mut self.all[number as usize];
            if !habit.known {
                habit.known = true;
                self.known.push(number);
            }
            habit.capital_inside = habit.capital_inside.saturating_add(u8::from(at > sentence.start));
            let inner_title = at > run.start && text.classes[at - 1].0 & text.titles != 0;
            habit.titled |= inner_title || titled && at == run.start;
            habit.heads |= heads;
            if run.len() > 1 {
                habit.ends_longer |= at + 1 == run.end;
                habit.begins_longer |= at == run.start;
            }
            if at == run.start {
                insert(&mut habit.lefts, left);
            }
            if at + 1 == run.end {
                insert(&mut habit.rights, right);
            }
        }
    }
}

/// Puts `value` into the first free place, once.
fn insert(places: &mut [u32; 3], value: u32) {
    for place in places {
        if *place == value {
            return;
        }
        if *place == 0 {
            *place = value;
            return;
        }
    }
}

/// How most words of a sentence are written.
pub(super) fn case_of<'a>(facts: impl Iterator<Item = &'a Facts>) -> Case {
    let (mut words, mut capitals, mut capital) = (0, 0, 0);
    for facts in facts {
        words += facts.shape & 1;
        capitals += u32::from(facts.all_capitals);
        capital += u32::from(facts.capital);
    }
    if words >= 3 && capitals * 10 >= words * 7 {
        Case::Capitals
    } else if words >= 4 && capital * 10 >= words * 6 {
        Case::Title
    } else {
        Case::Usual
    }
}
