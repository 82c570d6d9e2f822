//! Tokens → expressions: rules run phase by phase over the items of a sentence, longest match first.

use super::expr::DateExpr;
use super::grammar::{Context, Grammar, Pattern, Rule, cue};
use super::items::{Item, Items, Meaning, NO_MEANING, kind};
use super::trie::{Match, each_class};
use super::vocabulary::{Atom, Class};
use crate::calendar::Number;
use crate::document::{Segmented, Sentence};
use crate::text::Span;

/// An expression found in the text, before it is resolved.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) span: Span,
    pub(super) expr: DateExpr,
    /// Place of the rule that found it.
    pub(super) rule: u32,
    /// Which end of a range it is.
    pub(super) tie: Option<End>,
    /// What the verbs around it say.
    pub(super) tense: Option<Tense>,
    /// Whether the word right before it looks ahead: until, due.
    pub(super) ahead: bool,
    /// Number of its sentence in the article.
    pub(super) sentence: u32,
}

/// So many items before and behind a date are asked for its tense, so that no list of dates takes long.
const TENSE_REACH: usize = 100;

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    First,
    Last,
}

/// What the words of a sentence say about when it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tense {
    Past,
    Future,
}

/// A mark of a match.
#[derive(Debug)]
struct Marked {
    start: u32,
    end: u32,
    /// Whether tokens begin and end with it.
    whole: bool,
    expr: DateExpr,
}

/// A match that stands for itself until a later phase takes it up.
#[derive(Debug)]
struct Found {
    rule: u32,
    marks: Vec<Marked>,
}

/// Buffers of one worker.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    items: Items,
    matches: Vec<Match>,
    found: Vec<Found>,
    /// The values of a match.
    slots: Vec<Option<Meaning>>,
}

impl Grammar {
    /// Appends the expressions of `sentence`.
    pub(super) fn recognise(
        &self,
        text: &Segmented<'_>,
        number: u32,
        sentence: &Sentence,
        buffers: &mut Buffers,
        out: &mut Vec<Expression>,
    ) {
        if !self.seeds.any(text.text(), text.tokens_of(sentence), &self.cutter.vocabulary) {
            return;
        }
        self.cutter.cut(text, sentence, &mut buffers.items);
        buffers.found.clear();
        // The phases that any item of the sentence may begin a pattern of: in most sentences, few.
        let mut active = 0;
        let mut before_unknown = true;
        for item in buffers.items.list.iter_mut().rev() {
            let starts = if before_unknown { &self.starts_before_unknown } else { &self.starts };
            item.starts = starts.of(item);
            active |= item.starts;
            // A word that begins nothing stays what it is.
            before_unknown = item.is_unknown() && item.starts == 0;
        }
        for phase in 0..self.phases.len() {
            // A later phase mostly puts together what earlier ones found.
            let idle = buffers.found.is_empty() && self.builds_on_finds[phase];
            if active & (1 << phase) != 0 && !idle {
                active |=
                    if phase == 0 { self.join_phrases(buffers) } else { self.run_phase(phase, text.text(), buffers) };
            }
        }
        if buffers.found.is_empty() {
            return;
        }
        let list = &buffers.items.list;
        for (at, item) in list.iter().enumerate() {
            let Some(found) = Self::found_at(item, &buffers.found) else { continue };
            let rule = &self.rules[found.rule as usize];
            if !rule.mark {
                continue;
            }
            for (index, mark) in found.marks.iter().enumerate().filter(|(_, mark)| mark.whole) {
                let tie = match (rule.tie, index) {
                    (false, _) => None,
                    (true, 0) => Some(End::First),
                    (true, _) => Some(End::Last),
                };
                let tense = self.tense(text.text(), list, at);
                out.push(Expression {
                    span: Span::new(mark.start, mark.end),
                    expr: mark.expr.clone(),
                    rule: found.rule,
                    tie,
                    tense,
                    ahead: self.before(list, at) & cue::AHEAD != 0,
                    sentence: number,
                });
            }
        }
    }

    fn found_at<'f>(item: &Item, found: &'f [Found]) -> Option<&'f Found> {
        // A match keeps its place among the finds where a number would keep its value.
        let place = usize::try_from(item.thousandths).ok()?;
        if item.category != 0 && item.kinds == 0 { found.get(place) } else { None }
    }

    /// Joins the words of lexicon phrases into one item; the phases that these may begin a pattern of.
    fn join_phrases(&self, buffers: &mut Buffers) -> u8 {
        let Buffers { items: Items { list, meanings }, matches, .. } = buffers;
        let (mut read, mut kept, mut active) = (0, 0, 0);
        while let Some(first) = list.get(read) {
            let mut count = 1;
            let mut joined = None;
            if first.starts & 1 != 0 {
                matches.clear();
                self.phases[0].matches(&list[read..], &self.cutter.vocabulary, matches);
                let fits = |m: &&Match| self.phrases[m.pattern as usize].letters.fit(first.capital);
                joined = matches.iter().filter(fits).max_by_key(|m| m.length);
            }
            if let Some(found) = joined {
                let phrase = &self.phrases[found.pattern as usize];
                count = usize::from(found.length);
                let last = list[read + count - 1];
                let mut item = Item {
                    end: last.end,
                    closes: last.closes,
                    category: phrase.class,
                    meaning: meanings.len() as u32,
                    kinds: kind::ANY,
                    ..*first
                };
                item.starts = self.starts.of(&item);
                active |= item.starts;
                meanings.push(Meaning::Atom(phrase.atom));
                list[kept] = item;
            } else if kept < read {
                list[kept] = list[read];
            }
            kept += 1;
            read += count;
        }
        list.truncate(kept);
        active
    }

    /// Puts the matches of a phase in place of what they take; the phases that these may begin a pattern of.
    fn run_phase(&self, phase: usize, text: &str, buffers: &mut Buffers) -> u8 {
        let (mut read, mut kept, mut active) = (0, 0, 0);
        while let Some(item) = buffers.items.list.get(read).copied() {
            let mut found = None;
            if item.starts & (1 << phase) != 0 && (phase != 1 || self.seeds.near(&buffers.items.list[read..])) {
                buffers.matches.clear();
                self.phases[phase].matches(&buffers.items.list[read..], &self.cutter.vocabulary, &mut buffers.matches);
                if !buffers.matches.is_empty() {
                    found = self.best(text, buffers, read, kept);
                }
            }
            if let Some((joined, length)) = found {
                active |= joined.starts;
                buffers.items.list[kept] = joined;
                read += length;
            } else {
                // Items keep their places as long as nothing is joined.
                if kept < read {
                    buffers.items.list[kept] = item;
                }
                read += 1;
            }
            kept += 1;
        }
        buffers.items.list.truncate(kept);
        active
    }

    /// The item that stands for the best match at `read`, and how many items it takes. The items before
    /// `kept` are those already passed.
    fn best(&self, text: &str, buffers: &mut Buffers, read: usize, kept: usize) -> Option<(Item, usize)> {
        let mut matches = std::mem::take(&mut buffers.matches);
        let priority = |m: &Match| self.rules[self.patterns[m.pattern as usize].rule as usize].priority;
        matches.sort_by(|a, b| {
            priority(b).cmp(&priority(a)).then(b.length.cmp(&a.length)).then(a.pattern.cmp(&b.pattern))
        });
        let found = matches.iter().find_map(|m| self.accept(text, buffers, m, read, kept));
        buffers.matches = matches;
        found
    }

    fn accept(&self, text: &str, buffers: &mut Buffers, m: &Match, read: usize, kept: usize) -> Option<(Item, usize)> {
        let pattern = &self.patterns[m.pattern as usize];
        let rule = &self.rules[pattern.rule as usize];
        let length = usize::from(m.length);
        let list = &buffers.items.list;
        let taken = &list[read..read + length];
        let (opening, closing) = (taken.first()?, taken.last()?);
        // Token edges are asked for in the end: "mid-2011" may be one token.
        if text.get(opening.start as usize..closing.end as usize)?.contains("\n\n") {
            return None;
        }
        if !self.context_fits(rule, &list[..kept], &list[read + length..]) {
            return None;
        }
        let mut slots = std::mem::take(&mut buffers.slots);
        slots.clear();
        slots.extend(pattern.slots.iter().map(|slot| {
            slot.map(|at| self.meaning(&taken[usize::from(at)], m.classes[usize::from(at)], &buffers.items))
        }));
        let marks = Self::marks(pattern, rule, taken, &slots);
        buffers.slots = slots;
        let marks = marks?;
        let item = Item {
            start: opening.start,
            end: closing.end,
            word: 0,
            kinds: 0,
            category: rule.category,
            opens: opening.opens,
            closes: closing.closes,
            capital: opening.capital,
            thousandths: i64::try_from(buffers.found.len()).ok()?,
            meaning: buffers.items.meanings.len() as u32,
            starts: self.starts.of_class(rule.category),
        };
        let expr = marks.first().map(|mark| mark.expr.clone())?;
        buffers.items.meanings.push(Meaning::Expr(expr));
        buffers.found.push(Found { rule: pattern.rule, marks });
        Some((item, length))
    }

    /// The marks of a match over `taken`; nothing when its values do not fit together.
    fn marks(pattern: &Pattern, rule: &Rule, taken: &[Item], slots: &[Option<Meaning>]) -> Option<Vec<Marked>> {
        let (opening, closing) = (taken.first()?, taken.last()?);
        let mut marks = Vec::with_capacity(rule.marks.len().max(1));
        if let Some(value) = &rule.value {
            let whole = opening.opens && closing.closes;
            marks.push(Marked { start: opening.start, end: closing.end, whole, expr: value.expr(slots)? });
        }
        for (from, to, term) in &rule.marks {
            let at = |slot: usize| pattern.slots[slot].map(|at| taken[usize::from(at)]);
            let (Some(from), Some(to)) = (at(*from), at(*to)) else { continue };
            if from.start >= to.end {
                return None;
            }
            let whole = from.opens && to.closes;
            marks.push(Marked { start: from.start, end: to.end, whole, expr: term.expr(slots)? });
        }
        Some(marks)
    }

    fn meaning(&self, item: &Item, class: Class, items: &Items) -> Meaning {
        let asked = 1_u32.checked_shl(u32::from(class)).unwrap_or(0) & item.kinds & kind::NUMBERS;
        let number = Meaning::Atom(Atom::Number(Number { thousandths: Some(item.thousandths) }));
        if item.kinds & kind::DOTTED != 0 && asked & !kind::DOTTED != 0 {
            return number;
        }
        if item.meaning != NO_MEANING
            && let Some(meaning) = items.meanings.get(item.meaning as usize)
        {
            return meaning.clone();
        }
        if asked != 0 {
            return number;
        }
        let own = self.cutter.vocabulary.memberships(item.word).iter().find(|own| own.class == class);
        Meaning::Atom(own.map_or(Atom::Nothing, |own| own.atom))
    }

    fn context_fits(&self, rule: &Rule, before: &[Item], after: &[Item]) -> bool {
        let left = |context: &Context| {
            context.len() <= before.len() && self.row_fits(context, &before[before.len() - context.len()..])
        };
        let right = |context: &Context| {
            // Only the end of the sentence can stand where no item is.
            let (held, end) = context.split_at(context.len().min(after.len()));
            self.row_fits(held, after) && (end.is_empty() || (end.len() == 1 && end[0].contains(&self.sentence_end)))
        };
        (rule.after.is_empty() || rule.after.iter().any(left))
            && !rule.not_after.iter().any(left)
            && (rule.before.is_empty() || rule.before.iter().any(right))
            && !rule.not_before.iter().any(right)
    }

    fn row_fits(&self, context: &[Vec<Class>], items: &[Item]) -> bool {
        context.iter().zip(items).all(|(classes, item)| self.is_any(item, classes))
    }

    fn is_any(&self, item: &Item, classes: &[Class]) -> bool {
        let mut found = false;
        each_class(item, &self.cutter.vocabulary, |class| found |= classes.contains(&class));
        found
    }

    /// The tense that the words around the item at `at` suggest: those of its own clause, else those of
    /// the sentence.
    fn tense(&self, text: &str, list: &[Item], at: usize) -> Option<Tense> {
        let first = at.saturating_sub(TENSE_REACH);
        let list = &list[first..list.len().min(at + 1 + TENSE_REACH)];
        let at = at - first;
        let breaks = |item: &Item| self.cues.of(item) & cue::CLAUSE != 0;
        let from = list[..at].iter().rposition(breaks).map_or(0, |place| place + 1);
        let to = list[at + 1..].iter().position(breaks).map_or(list.len(), |place| at + 1 + place);
        let clause = self.tense_within(text, &list[from..to], at - from);
        if clause.is_some() || (from, to) == (0, list.len()) { clause } else { self.tense_within(text, list, at) }
    }

    /// The cues of the word before the item at `at`, or of the one before a link: until, due in.
    fn before(&self, list: &[Item], at: usize) -> u8 {
        let cues = |at: Option<usize>| at.and_then(|at| list.get(at)).map_or(0, |item| self.cues.of(item));
        let nearest = cues(at.checked_sub(1));
        if nearest & cue::LINK == 0 { nearest } else { cues(at.checked_sub(2)) }
    }

    /// The nearest cue before the item at `at` decides, else the first behind it.
    fn tense_within(&self, text: &str, list: &[Item], at: usize) -> Option<Tense> {
        let just_before = self.before(list, at);
        if just_before & cue::AHEAD != 0 {
            return Some(Tense::Future);
        }
        let cue = |item: &Item| self.cue(text, item);
        match list[..at].iter().rposition(|item| cue(item).is_some()) {
            // "will be held" looks ahead: the verb form follows the word that says when.
            Some(place) => list[place.saturating_sub(2)..=place].iter().find_map(cue),
            // "By March, it had secured": a verb behind it outweighs 'by'.
            None if just_before & cue::WEAK_AHEAD != 0 => list[at + 1..].iter().find_map(cue).or(Some(Tense::Future)),
            None => list[at + 1..].iter().find_map(cue),
        }
    }

    fn cue(&self, text: &str, item: &Item) -> Option<Tense> {
        let bits = self.cues.of(item);
        if bits & cue::FUTURE != 0 {
            return Some(Tense::Future);
        }
        if bits & cue::PAST != 0 {
            return Some(Tense::Past);
        }
        let word = text.get(item.start as usize..item.end as usize)?;
        let past = item.category == 0 && word.len() > 3 && word.ends_with("ed") && !item.capital;
        (past && bits & cue::BREAK == 0).then_some(Tense::Past)
    }
}
