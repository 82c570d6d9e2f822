//! Dates as TempEval-3 counts them (`UzZaman` et al. 2013): strict, relaxed, type and value.
//!
//! Its pairing differs from the rule of [`super::align`], and its figures are quoted in papers, so it is
//! kept as it is: equal spans first, then the longest overlap (in characters), then the earlier mark; a
//! mark is paired once. Type and value are accuracies over the pairs, times relaxed F1.

use super::count::Ratios;
use super::marks::Item;
use super::value;
use crate::text::Span;
use std::cmp::Reverse;
use std::ops::AddAssign;

/// Counts of the date layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimexTally {
    /// Gold marks.
    pub gold: u64,
    /// Predicted marks.
    pub pred: u64,
    /// Pairs that overlap.
    pub relaxed: u64,
    /// Pairs of the same span.
    pub strict: u64,
    /// Pairs of the same type.
    pub kind: u64,
    /// Pairs of the same value.
    pub value: u64,
    /// Pairs of the same span and value.
    pub strict_value: u64,
}

impl TimexTally {
    /// The counts of one document's dates, both sides in order of place.
    pub(super) fn of(gold: &[Item<'_>], pred: &[Item<'_>], text: &str) -> Self {
        let mut tally = Self { gold: gold.len() as u64, pred: pred.len() as u64, ..Self::default() };
        for (g, p) in pair(gold, pred, text) {
            let (gold, pred) = (&gold[g], &pred[p]);
            let (strict, value) = (gold.span == pred.span, value::same(gold.mark, pred.mark));
            tally.relaxed += 1;
            tally.strict += u64::from(strict);
            tally.kind += u64::from(gold.label == pred.label);
            tally.value += u64::from(value);
            tally.strict_value += u64::from(strict && value);
        }
        tally
    }

    /// Ratios in which `matched` marks of each side count as right.
    pub fn ratios(&self, matched: u64) -> Ratios {
        Ratios::new(matched as f64, self.pred as f64, self.gold as f64)
    }

    /// The share of the pairs that `matched` makes.
    pub fn accuracy(&self, matched: u64) -> Option<f64> {
        (self.relaxed > 0).then(|| matched as f64 / self.relaxed as f64)
    }
}

impl AddAssign for TimexTally {
    fn add_assign(&mut self, other: Self) {
        self.gold += other.gold;
        self.pred += other.pred;
        self.relaxed += other.relaxed;
        self.strict += other.strict;
        self.kind += other.kind;
        self.value += other.value;
        self.strict_value += other.strict_value;
    }
}

/// The most predictions that are held against one gold mark, so that a text of nothing but overlapping marks
/// takes no more than linear time.
const MOST_OPEN: usize = 256;

fn pair(gold: &[Item<'_>], pred: &[Item<'_>], text: &str) -> Vec<(usize, usize)> {
    let characters = |span: Span| span.get(text).map_or(0, |words| words.chars().count());
    let mut candidates = Vec::new();
    // Predictions that began before the present gold mark ends, and have not ended before it begins.
    let mut open: Vec<usize> = Vec::new();
    let mut next = 0;
    for (g, wanted) in gold.iter().enumerate() {
        open.retain(|p| pred[*p].span.end() > wanted.span.start());
        while next < pred.len() && pred[next].span.start() < wanted.span.end() {
            open.push(next);
            next += 1;
        }
        for &p in open.iter().take(MOST_OPEN) {
            let found = &pred[p];
            if let Some(shared) = wanted.span.intersection(found.span) {
                let same = wanted.span == found.span;
                let starts = (wanted.span.start(), found.span.start());
                candidates.push((!same, Reverse(characters(shared)), starts, g, p));
            }
        }
    }
    candidates.sort_unstable();
    let (mut gold_used, mut pred_used) = (vec![false; gold.len()], vec![false; pred.len()]);
    let mut pairs = Vec::new();
    for (.., g, p) in candidates {
        if !gold_used[g] && !pred_used[p] {
            (gold_used[g], pred_used[p]) = (true, true);
            pairs.push((g, p));
        }
    }
    pairs
}
