//! Every difference between gold and prediction, and what kind it is.

use super::marks::Item;
use super::score::JudgedLayer;
use super::value;
use crate::text::did_you_mean;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A gold mark that no prediction answers.
    Missed,
    /// A prediction that answers no gold mark.
    Invented,
    /// The label is another.
    WrongLabel,
    /// The prediction reaches beyond the gold mark.
    TooLong,
    /// The prediction leaves words of the gold mark out.
    TooShort,
    /// The prediction reaches beyond at one end and leaves words out at the other.
    Shifted,
    /// Several predictions share one gold mark.
    Split,
    /// One prediction runs over several gold marks.
    Merged,
    /// The normal form is another.
    WrongValue,
}

impl Class {
    /// All classes, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::Missed,
        Self::Invented,
        Self::WrongLabel,
        Self::TooLong,
        Self::TooShort,
        Self::Shifted,
        Self::Split,
        Self::Merged,
        Self::WrongValue,
    ];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Invented => "invented",
            Self::WrongLabel => "wrong_label",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::Shifted => "shifted",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::WrongValue => "wrong_value",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Class {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|class| class.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|class| class.name()).collect();
            format!("class {name:?} is none of {}{}", names.join(", "), did_you_mean(name, names.iter().copied()))
        })
    }
}

/// Which end of a mark is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// Its beginning.
    Left,
    /// Its end.
    Right,
    /// Both.
    Both,
}

impl End {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Both => "both",
        }
    }
}

/// One difference.
#[derive(Clone, Debug)]
pub struct Finding<'j, 'a> {
    /// The gold mark, but for inventions.
    pub gold: Option<&'j Item<'a>>,
    /// The predicted mark, but for misses.
    pub pred: Option<&'j Item<'a>>,
    /// The other predictions that share the gold mark of a split; the other gold marks under the prediction of a merge.
    pub more: Vec<&'j Item<'a>>,
    /// What is wrong; where several things are, the first in this order: split and merged, borders,
    /// label, value.
    pub class: Class,
    /// The end that is wrong, for wrong borders.
    pub end: Option<End>,
    /// Whether the label is wrong as well.
    pub wrong_label: bool,
    /// Whether gold carries a normal form and the prediction has another, or none.
    pub wrong_value: bool,
}

impl<'j, 'a> Finding<'j, 'a> {
    /// Whether `class` is among the things that are wrong.
    pub fn is(&self, class: Class) -> bool {
        self.class == class
            || (class == Class::WrongLabel && self.wrong_label)
            || (class == Class::WrongValue && self.wrong_value)
    }

    /// All its marks.
    pub fn items(&self) -> impl Iterator<Item = &'j Item<'a>> {
        self.gold.into_iter().chain(self.pred).chain(self.more.iter().copied())
    }

    /// Where the difference begins, in bytes.
    fn start(&self) -> u32 {
        self.items().map(|item| item.span.start()).min().unwrap_or(0)
    }

    /// The same with `more` marks of one side, which make it a split or a merge.
    fn with(self, class: Class, more: Vec<&'j Item<'a>>) -> Self {
        let other = if class == Class::Split { self.gold } else { self.pred };
        let wrong = more.iter().any(|item| other.is_some_and(|other| other.label != item.label));
        Self { class, end: None, wrong_label: self.wrong_label || wrong, more, ..self }
    }
}

/// All differences of one layer of one document, in order of place.
pub fn findings<'j, 'a>(judged: &'j JudgedLayer<'a>) -> Vec<Finding<'j, 'a>> {
    let mut found = Vec::new();
    let (golds, preds) = (&judged.gold, &judged.pred);
    let (answers, inventions) = (judged.answers(), judged.inventions());
    // Marks whose partner has their very span are settled: nothing is split off them or merged into them.
    let (mut partner_of_gold, mut partner_of_pred) = (vec![None; golds.len()], vec![None; preds.len()]);
    for (gold, pred) in answers.iter().enumerate().filter_map(|(gold, pred)| pred.map(|pred| (gold, pred))) {
        if !golds[gold].same_span(&preds[pred]) {
            (partner_of_gold[gold], partner_of_pred[pred]) = (Some(&preds[pred]), Some(&golds[gold]));
        }
    }
    // The parts of a split or a merge lie apart: a nested mark is missed or invented for itself.
    let apart = |item: &Item<'_>, partner: Option<&Item<'_>>| partner.is_some_and(|partner| partner.overlap(item) == 0);
    // The predictions that are split off a gold mark, and the gold marks merged into a prediction, by its number.
    let (mut splits, mut merges): (BTreeMap<usize, Vec<_>>, BTreeMap<usize, Vec<_>>) = Default::default();
    for pred in inventions {
        let item = &preds[pred];
        match overlapping(golds, item, |gold| apart(item, partner_of_gold[gold])) {
            Some(gold) => splits.entry(gold).or_default().push(item),
            None => found.push(single(None, Some(item), Class::Invented)),
        }
    }
    for item in golds.iter().zip(&answers).filter_map(|(item, answer)| answer.is_none().then_some(item)) {
        match overlapping(preds, item, |pred| apart(item, partner_of_pred[pred])) {
            Some(pred) => merges.entry(pred).or_default().push(item),
            None => found.push(single(Some(item), None, Class::Missed)),
        }
    }
    for (gold, pred) in answers.iter().enumerate().filter_map(|(gold, pred)| pred.map(|pred| (gold, pred))) {
        let Some(finding) = compare(&golds[gold], &preds[pred]) else { continue };
        let off = splits.remove(&gold);
        // Where a mark is both split and merged, the merge stands by itself, without the mark that is split.
        let under = if off.is_some() { None } else { merges.remove(&pred) };
        found.push(match (off, under) {
            (Some(more), _) => finding.with(Class::Split, more),
            (None, Some(more)) => finding.with(Class::Merged, more),
            (None, None) => finding,
        });
    }
    for (pred, mut under) in merges {
        let first = single(Some(under.remove(0)), Some(&preds[pred]), Class::Merged);
        let wrong_label = first.gold.is_some_and(|gold| gold.label != preds[pred].label);
        found.push(Finding { wrong_label, ..first }.with(Class::Merged, under));
    }
    found.sort_by_key(Finding::start);
    found
}

/// Of the marks of `items`, in order of start, that are `open`, the one that shares most bytes with `item`.
fn overlapping(items: &[Item<'_>], item: &Item<'_>, open: impl Fn(usize) -> bool) -> Option<usize> {
    // Marks that begin before `item` may reach into it however far back they begin; the last few dozen are looked at.
    let after = items.partition_point(|other| other.span.start() < item.span.end());
    let first = after.saturating_sub(super::align::WINDOW);
    (first..after)
        .filter(|index| open(*index))
        .map(|index| (items[index].overlap(item), std::cmp::Reverse(index)))
        .filter(|(shared, _)| *shared > 0)
        .max()
        .map(|(_, std::cmp::Reverse(index))| index)
}

fn single<'j, 'a>(gold: Option<&'j Item<'a>>, pred: Option<&'j Item<'a>>, class: Class) -> Finding<'j, 'a> {
    Finding { gold, pred, more: Vec::new(), class, end: None, wrong_label: false, wrong_value: false }
}

/// What is wrong with a pair; nothing when all is right.
fn compare<'j, 'a>(gold: &'j Item<'a>, pred: &'j Item<'a>) -> Option<Finding<'j, 'a>> {
    let wrong_label = gold.label != pred.label;
    let wrong_value = value::is_present(gold.mark) && !value::same(gold.mark, pred.mark);
    let borders = borders(gold, pred);
    let class = match borders {
        Some((class, _)) => class,
        None if wrong_label => Class::WrongLabel,
        None if wrong_value => Class::WrongValue,
        None => return None,
    };
    let end = borders.map(|(_, end)| end);
    Some(Finding { gold: Some(gold), pred: Some(pred), more: Vec::new(), class, end, wrong_label, wrong_value })
}

fn borders(gold: &Item<'_>, pred: &Item<'_>) -> Option<(Class, End)> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    if gold.same_span(pred) {
        return None;
    }
    Some(match (pred.span.start().cmp(&gold.span.start()), pred.span.end().cmp(&gold.span.end())) {
        (Less, Equal) => (Class::TooLong, End::Left),
        (Equal, Greater) => (Class::TooLong, End::Right),
        (Less, Greater) => (Class::TooLong, End::Both),
        (Greater, Equal) => (Class::TooShort, End::Left),
        (Equal, Less) => (Class::TooShort, End::Right),
        // Between equal ends only the pieces differ: the side without gaps is the longer.
        (Equal, Equal) if pred.mark.fragments.is_empty() => (Class::TooLong, End::Both),
        (Greater, Less) | (Equal, Equal) => (Class::TooShort, End::Both),
        (Less, Less) => (Class::Shifted, End::Left),
        (Greater, Greater) => (Class::Shifted, End::Right),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Annotation, Article, Document, Layer, Meta};
    use crate::eval::{MatchRule, Selection, judge};
    use crate::text::Span;

    /// Marks as `start..end LABEL`, one for each.
    fn document(marks: &[(u32, u32, &'static str)]) -> Document {
        let mut document = Document::new(Article::new(Meta::default(), "x".repeat(100)).unwrap());
        let mark = |&(start, end, label): &(u32, u32, &'static str)| {
            Annotation::new(Layer::Entity, Span::new(start, end), label)
        };
        document.set_layer(Layer::Entity, marks.iter().map(mark).collect());
        document
    }

    fn check(gold: &[(u32, u32, &'static str)], pred: &[(u32, u32, &'static str)], expected: &[(&str, Option<End>)]) {
        let (gold, pred) = (document(gold), document(pred));
        let selection = Selection::default();
        let judged = judge(&gold, &pred, &selection, MatchRule::default(), false);
        let found: Vec<_> = judged.iter().flat_map(findings).map(|f| (f.class.name(), f.end)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn classes_of_difference() {
        let gold = [(10, 20, "PER")];
        check(&gold, &gold, &[]);
        check(&gold, &[], &[("missed", None)]);
        check(&[], &gold, &[("invented", None)]);
        check(&gold, &[(10, 20, "ORG")], &[("wrong_label", None)]);
        check(&gold, &[(8, 20, "PER")], &[("too_long", Some(End::Left))]);
        check(&gold, &[(10, 25, "PER")], &[("too_long", Some(End::Right))]);
        check(&gold, &[(12, 20, "PER")], &[("too_short", Some(End::Left))]);
        check(&gold, &[(12, 18, "PER")], &[("too_short", Some(End::Both))]);
        check(&gold, &[(5, 15, "PER")], &[("shifted", Some(End::Left))]);
        check(&gold, &[(10, 14, "PER"), (15, 20, "PER")], &[("split", None)]);
        check(&gold, &[(10, 12, "PER"), (13, 15, "ORG"), (16, 20, "PER")], &[("split", None)]);
        let two = [(10, 13, "PER"), (14, 20, "PER")];
        check(&two, &[(10, 20, "PER")], &[("merged", None)]);
        // Split and merged at once: the second part answers neither alone.
        check(
            &two,
            &[(10, 16, "PER"), (17, 20, "PER")],
            &[("too_long", Some(End::Right)), ("too_short", Some(End::Left))],
        );
        check(
            &[(10, 20, "PER"), (22, 30, "PER")],
            &[(10, 12, "PER"), (13, 25, "PER"), (26, 29, "PER")],
            &[("split", None), ("too_short", Some(End::Both))],
        );
        // A nested mark beside one that is right is missed or invented, not merged or split off.
        let nested = [(10, 20, "ORG"), (14, 20, "GPE")];
        check(&nested, &nested[..1], &[("missed", None)]);
        check(&nested[..1], &nested, &[("invented", None)]);
        check(&nested, &[(9, 20, "ORG")], &[("too_long", Some(End::Left)), ("missed", None)]);
        check(&[(9, 20, "ORG")], &nested, &[("too_short", Some(End::Left)), ("invented", None)]);
    }
}
