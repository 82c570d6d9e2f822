//! Which predicted mark answers which gold mark: one-to-one, of greatest weight, whatever the order.
//!
//! The rule, for the marks of one layer of one document:
//!
//! 1. Marks of the same span and the same label are pairs; where a side repeats such a mark, those of
//!    equal normal form first.
//! 2. The rest falls into clusters of marks that overlap, directly or through others. In each cluster
//!    the one-to-one matching is taken that has, in this order of importance, the most pairs of the
//!    same span, the most pairs, the most of the same label, the most of the same normal form, the most
//!    bytes shared, and the least distance between the borders. Only marks that share at least a byte
//!    can be a pair, or, with a threshold, at least that percentage of the gold mark's tokens (its
//!    characters, blanks not counted, where gold has no tokens).
//!    For the scheme that counts labels ([`super::Scheme::EntType`]) the most pairs of the same label come
//!    before all else.
//! 3. Equal matchings differ in no count; which one is reported follows from the marks' places alone.
//!
//! The best matching is found exactly, by shortest augmenting paths. A cluster that would take more than
//! [`MOST_STEPS`] (some 640 marks that all overlap one another, or one mark that covers 6,000), which no
//! natural text has, is cut into runs of at most [`WINDOW`] marks, in order of place, where the fewest marks
//! go on; each run is matched by itself, so that the time stays proportional to the number of marks.

use super::assign::{Choices, Weight, assign};
use super::marks::Item;
use super::value;
use crate::document::{Annotation, Document, Layer};
use crate::text::Span;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::ops::Range;

/// The most marks of both sides that are matched together in a cluster too large to be matched whole.
pub const WINDOW: usize = 64;

/// The most steps that an exact matching may take: marks of the smaller side times pairs that overlap.
pub const MOST_STEPS: usize = 1 << 25;

/// What may be a pair.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchRule {
    /// The least share of a gold mark that its partner must cover, in percent of its tokens or, where gold
    /// has no token layer, of its characters without blanks; any shared byte is enough when nothing is set.
    pub min_overlap_percent: Option<f64>,
}

/// A gold mark and the predicted mark that answers it, as indices into the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Index of the gold mark.
    pub gold: usize,
    /// Index of the predicted mark.
    pub pred: usize,
}

/// The pairs of one layer of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// Pairs of the same span and label.
    pub same: Vec<Pair>,
    /// All other pairs, labels free.
    pub other: Vec<Pair>,
    /// All other pairs, labels free, when the most of the same label are wanted before all else.
    pub other_by_type: Vec<Pair>,
    /// All other pairs when each label is matched by itself.
    pub other_by_label: Vec<Pair>,
}

/// Matches `pred` to `gold`, both in the order in which [`super::marks::select`] gives them, the marks of
/// gold `document` and of one of the same text.
pub fn align(gold: &[Item<'_>], pred: &[Item<'_>], document: &Document, rule: MatchRule) -> Alignment {
    let mut alignment = Alignment::default();
    let (gold_rest, pred_rest) = pair_same(gold, pred, &mut alignment.same);
    if gold_rest.is_empty() || pred_rest.is_empty() {
        return alignment;
    }
    let extents = rule.min_overlap_percent.map(|_| Sizes::new(document));
    let sides = Sides { gold, pred, rule, sizes: extents.as_ref(), first: First::Span };
    sides.match_rest(&gold_rest, &pred_rest, &mut alignment.other);
    alignment.other.sort_unstable();
    if alignment.other.iter().all(|pair| gold[pair.gold].label == pred[pair.pred].label) {
        // None has the same span, then, and more pairs of one label there cannot be.
        alignment.other_by_type.clone_from(&alignment.other);
    } else {
        let sides = Sides { first: First::Label, ..sides };
        sides.match_rest(&gold_rest, &pred_rest, &mut alignment.other_by_type);
        alignment.other_by_type.sort_unstable();
    }
    let mut by_label: BTreeMap<&str, [Vec<usize>; 2]> = BTreeMap::new();
    for index in gold_rest {
        by_label.entry(gold[index].label).or_default()[0].push(index);
    }
    for index in pred_rest {
        by_label.entry(pred[index].label).or_default()[1].push(index);
    }
    for [golds, preds] in by_label.values().filter(|[golds, preds]| !golds.is_empty() && !preds.is_empty()) {
        sides.match_rest(golds, preds, &mut alignment.other_by_label);
    }
    alignment.other_by_label.sort_unstable();
    alignment
}

/// Pairs marks of the same span and label; what is left of both sides comes back.
fn pair_same(gold: &[Item<'_>], pred: &[Item<'_>], pairs: &mut Vec<Pair>) -> (Vec<usize>, Vec<usize>) {
    let (mut gold_rest, mut pred_rest) = (Vec::new(), Vec::new());
    let (mut g, mut p) = (0, 0);
    while g < gold.len() && p < pred.len() {
        match gold[g].identity(&pred[p]) {
            std::cmp::Ordering::Less => {
                gold_rest.push(g);
                g += 1;
            }
            std::cmp::Ordering::Greater => {
                pred_rest.push(p);
                p += 1;
            }
            std::cmp::Ordering::Equal => {
                let golds = g..run_end(gold, g);
                let preds = p..run_end(pred, p);
                (g, p) = (golds.end, preds.end);
                if golds.len() == 1 && preds.len() == 1 {
                    pairs.push(Pair { gold: golds.start, pred: preds.start });
                } else {
                    pair_repeated(gold, pred, golds, preds, pairs, &mut gold_rest, &mut pred_rest);
                }
            }
        }
    }
    gold_rest.extend(g..gold.len());
    pred_rest.extend(p..pred.len());
    (gold_rest, pred_rest)
}

/// The end of the run of marks that are the same as the one at `start`.
fn run_end(items: &[Item<'_>], start: usize) -> usize {
    let run = items[start..].iter().take_while(|item| item.identity(&items[start]).is_eq()).count();
    start + run
}

/// Pairs repeated marks of one span and label, equal normal forms first.
fn pair_repeated(
    gold: &[Item<'_>],
    pred: &[Item<'_>],
    golds: Range<usize>,
    preds: Range<usize>,
    pairs: &mut Vec<Pair>,
    gold_rest: &mut Vec<usize>,
    pred_rest: &mut Vec<usize>,
) {
    let mut free: VecDeque<usize> = preds.collect();
    let mut unvalued = Vec::new();
    for g in golds {
        // Both runs are in order of value, so that the partner of equal value stands near the front.
        let equal = free.iter().take(WINDOW).position(|p| value::same(gold[g].mark, pred[*p].mark));
        match equal.and_then(|at| free.remove(at)) {
            Some(p) => pairs.push(Pair { gold: g, pred: p }),
            None => unvalued.push(g),
        }
    }
    let mut free = free.into_iter();
    for g in unvalued {
        match free.next() {
            Some(p) => pairs.push(Pair { gold: g, pred: p }),
            None => gold_rest.push(g),
        }
    }
    pred_rest.extend(free);
}

/// What a matching seeks before all else.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    /// Pairs of the same span.
    Span,
    /// Pairs of the same label.
    Label,
}

/// Both sides of one layer, and what may be a pair.
#[derive(Clone, Copy)]
struct Sides<'s, 'a> {
    gold: &'s [Item<'a>],
    pred: &'s [Item<'a>],
    rule: MatchRule,
    /// Where the rule has a threshold.
    sizes: Option<&'s Sizes<'s>>,
    first: First,
}

/// A mark of one of the two sides.
#[derive(Clone, Copy)]
enum Member {
    Gold(usize),
    Pred(usize),
}

/// Where a mark stops to reach; an empty one reaches over itself, so that another at the same place meets it.
fn reach(span: Span) -> u32 {
    span.end().max(span.start().saturating_add(1))
}

impl Sides<'_, '_> {
    /// Matches the marks at `golds` and `preds`, cluster by cluster.
    fn match_rest(&self, golds: &[usize], preds: &[usize], pairs: &mut Vec<Pair>) {
        let mut cluster: Vec<Member> = Vec::new();
        let mut end = 0;
        let (mut g, mut p) = (0, 0);
        loop {
            let member = match (golds.get(g), preds.get(p)) {
                (Some(&gold), Some(&pred)) if self.gold[gold].identity(&self.pred[pred]).is_le() => Member::Gold(gold),
                (_, Some(&pred)) => Member::Pred(pred),
                (Some(&gold), None) => Member::Gold(gold),
                (None, None) => break,
            };
            match member {
                Member::Gold(_) => g += 1,
                Member::Pred(_) => p += 1,
            }
            let span = self.span(member);
            if span.start() >= end {
                self.match_cluster(&cluster, pairs);
                cluster.clear();
            }
            end = end.max(reach(span));
            cluster.push(member);
        }
        self.match_cluster(&cluster, pairs);
    }

    fn match_cluster(&self, cluster: &[Member], pairs: &mut Vec<Pair>) {
        let golds = cluster.iter().filter(|member| matches!(member, Member::Gold(_))).count();
        let smaller = golds.min(cluster.len() - golds);
        if smaller == 0 {
            return;
        }
        if let [Member::Gold(gold), Member::Pred(pred)] | [Member::Pred(pred), Member::Gold(gold)] = cluster {
            if self.weight(*gold, *pred).is_some() {
                pairs.push(Pair { gold: *gold, pred: *pred });
            }
        } else if !self.match_whole(cluster, golds, MOST_STEPS / smaller, pairs) {
            for run in self.runs(cluster) {
                let golds = run.iter().filter(|member| matches!(member, Member::Gold(_))).count();
                self.match_whole(run, golds, usize::MAX, pairs);
            }
        }
    }

    /// Matches the marks of `cluster`, `golds` of which are gold, unless more than `most` pairs overlap.
    fn match_whole(&self, cluster: &[Member], golds: usize, most: usize, pairs: &mut Vec<Pair>) -> bool {
        // The rows are the smaller side, so that swapping the sides changes nothing.
        let flip = golds > cluster.len() - golds;
        let (mut rows, mut columns): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut choices: Vec<Choices> = Vec::new();
        // Numbers of the rows and columns that may go on where the next mark begins.
        let (mut open_rows, mut open_columns): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut tried = 0;
        for member in cluster {
            let start = self.span(*member).start();
            let (index, is_row) = match *member {
                Member::Gold(index) => (index, !flip),
                Member::Pred(index) => (index, flip),
            };
            let (open, others) = if is_row { (&mut open_columns, &columns) } else { (&mut open_rows, &rows) };
            open.retain(|number| {
                let other = others[*number];
                reach(if is_row == flip { self.gold[other].span } else { self.pred[other].span }) > start
            });
            tried += open.len();
            if tried > most {
                return false;
            }
            let weight = |gold, pred| self.weight(gold, pred);
            let weigh = |other: usize| {
                if matches!(member, Member::Gold(_)) { weight(index, other) } else { weight(other, index) }
            };
            if is_row {
                let columns = open.iter().filter_map(|number| Some((*number, weigh(columns[*number])?)));
                choices.push(columns.collect());
                open_rows.push(rows.len());
                rows.push(index);
            } else {
                for row in open.iter() {
                    choices[*row].extend(weigh(rows[*row]).map(|weight| (columns.len(), weight)));
                }
                open_columns.push(columns.len());
                columns.push(index);
            }
        }
        for (row, column) in assign(&choices, columns.len()).into_iter().enumerate() {
            if let Some(column) = column {
                let (gold, pred) = if flip { (columns[column], rows[row]) } else { (rows[row], columns[column]) };
                pairs.push(Pair { gold, pred });
            }
        }
        true
    }

    /// Cuts a cluster into runs of at most [`WINDOW`] marks, where the fewest marks go on.
    fn runs<'m>(&self, cluster: &'m [Member]) -> Vec<&'m [Member]> {
        let mut ends = BinaryHeap::new();
        let open: Vec<usize> = cluster
            .iter()
            .map(|member| {
                let span = self.span(*member);
                while ends.peek().is_some_and(|Reverse(end)| *end <= span.start()) {
                    ends.pop();
                }
                ends.push(Reverse(reach(span)));
                ends.len() - 1
            })
            .collect();
        let (mut runs, mut start) = (Vec::new(), 0);
        while cluster.len() - start > WINDOW {
            let places = start + WINDOW / 2..=start + WINDOW;
            let cut = places.min_by_key(|place| (open[*place], Reverse(*place))).unwrap_or(start + WINDOW);
            runs.push(&cluster[start..cut]);
            start = cut;
        }
        runs.push(&cluster[start..]);
        runs
    }

    fn span(&self, member: Member) -> Span {
        match member {
            Member::Gold(index) => self.gold[index].span,
            Member::Pred(index) => self.pred[index].span,
        }
    }

    /// The weight of a pair: the tiers of the rule, counts of pairs as digits of one number (a cluster that
    /// is matched whole has fewer than 2^15 of them); nothing when the two cannot be a pair.
    fn weight(&self, gold: usize, pred: usize) -> Option<Weight> {
        let (gold, pred) = (&self.gold[gold], &self.pred[pred]);
        let overlap = gold.overlap(pred);
        let same_span = gold.same_span(pred);
        if (overlap == 0 && !same_span) || !self.covers(gold, pred) {
            return None;
        }
        let apart = |a: u32, b: u32| i64::from(a.abs_diff(b));
        let borders = apart(gold.span.start(), pred.span.start()) + apart(gold.span.end(), pred.span.end());
        let (same_label, same_value) = (gold.label == pred.label, value::same(gold.mark, pred.mark));
        let tiers = match self.first {
            First::Span => [same_span, true, same_label, same_value],
            First::Label => [same_label, true, same_span, same_value],
        };
        let counts = tiers.iter().fold(0i64, |counts, tier| (counts << 15) | i64::from(*tier));
        Some(Weight([counts, i64::from(overlap), -borders]))
    }

    /// Whether enough of the gold mark's tokens, or characters, are shared.
    fn covers(&self, gold: &Item<'_>, pred: &Item<'_>) -> bool {
        let (Some(percent), Some(sizes)) = (self.rule.min_overlap_percent, self.sizes) else { return true };
        let whole: usize = gold.pieces().iter().map(|span| sizes.of(*span)).sum();
        let shared = gold.pieces().iter().flat_map(|a| pred.pieces().iter().filter_map(|b| a.intersection(*b)));
        let shared: usize = shared.map(|span| sizes.of(span)).sum();
        shared as f64 * 100.0 >= percent * whole as f64
    }
}

/// How much stands in stretches of a text, told without walking through them.
enum Sizes<'d> {
    /// The tokens of gold, in order of place.
    Tokens(&'d [Annotation]),
    /// How many characters that are no blanks begin before each byte.
    Letters(Vec<u32>),
}

impl<'d> Sizes<'d> {
    fn new(document: &'d Document) -> Self {
        let tokens = document.layer(Layer::Token);
        if !tokens.is_empty() {
            return Self::Tokens(tokens);
        }
        let text = document.text();
        let mut before = Vec::with_capacity(text.len() + 1);
        let mut letters = 0;
        for character in text.chars() {
            before.extend(std::iter::repeat_n(letters, character.len_utf8()));
            letters += u32::from(!character.is_whitespace());
        }
        before.push(letters);
        Self::Letters(before)
    }

    /// The tokens that share a byte with `span`, or its characters that are no blanks.
    fn of(&self, span: Span) -> usize {
        match self {
            Self::Tokens(tokens) => {
                let first = tokens.partition_point(|token| token.span.end() <= span.start());
                tokens.partition_point(|token| token.span.start() < span.end()).saturating_sub(first)
            }
            Self::Letters(before) => (before[span.end() as usize] - before[span.start() as usize]) as usize,
        }
    }
}
