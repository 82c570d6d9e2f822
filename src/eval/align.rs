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
//!    can be a pair, or, with a threshold, at least that percentage of the gold mark's characters, blanks not
//!    counted.
//! 3. Equal matchings differ in no count; which one is reported follows from the marks' places alone.
//!
//! The best matching is found by the Hungarian method (Kuhn 1955; the form with potentials of Jonker
//! and Volgenant 1987), cubic in the cluster. A cluster of more than [`WINDOW`] marks, which no
//! natural text has, is cut into runs of that many marks, in order of place, each matched by itself, so that
//! the time stays proportional to the number of marks.

use super::marks::Item;
use super::value;
use std::ops::Range;

/// The most marks of both sides that are matched together.
pub const WINDOW: usize = 64;

/// What may be a pair.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchRule {
    /// The least share of a gold mark's characters, blanks not counted, that its partner must cover, in
    /// percent; any shared byte is enough when nothing is set.
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
    /// All other pairs when each label is matched by itself.
    pub other_by_label: Vec<Pair>,
}

/// Matches `pred` to `gold`, both in the order in which [`super::marks::select`] gives them; `text` is
/// the text of both.
pub fn align(gold: &[Item<'_>], pred: &[Item<'_>], text: &str, rule: MatchRule) -> Alignment {
    let mut alignment = Alignment::default();
    let (gold_rest, pred_rest) = pair_same(gold, pred, &mut alignment.same);
    if gold_rest.is_empty() || pred_rest.is_empty() {
        return alignment;
    }
    let sides = Sides { gold, pred, text, rule };
    sides.match_rest(&gold_rest, &pred_rest, &mut alignment.other);
    alignment.other.sort_unstable();
    let mut labels: Vec<&str> = gold_rest.iter().map(|index| gold[*index].label).collect();
    labels.sort_unstable();
    labels.dedup();
    for label in labels {
        let of_label = |rest: &[usize], items: &[Item<'_>]| -> Vec<usize> {
            rest.iter().copied().filter(|index| items[*index].label == label).collect()
        };
        let preds = of_label(&pred_rest, pred);
        if !preds.is_empty() {
            sides.match_rest(&of_label(&gold_rest, gold), &preds, &mut alignment.other_by_label);
        }
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
    let mut free: Vec<usize> = preds.collect();
    let mut unvalued = Vec::new();
    for g in golds {
        // Both runs are in order of value, so that the partner of equal value stands near the front.
        match free.iter().take(WINDOW).position(|p| value::same(gold[g].mark, pred[*p].mark)) {
            Some(at) => pairs.push(Pair { gold: g, pred: free.remove(at) }),
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

/// Both sides of one layer, and what may be a pair.
struct Sides<'s, 'a> {
    gold: &'s [Item<'a>],
    pred: &'s [Item<'a>],
    text: &'s str,
    rule: MatchRule,
}

/// A mark of one of the two sides.
#[derive(Clone, Copy)]
enum Member {
    Gold(usize),
    Pred(usize),
}

impl Sides<'_, '_> {
    /// Matches the marks at `golds` and `preds`, cluster by cluster.
    fn match_rest(&self, golds: &[usize], preds: &[usize], pairs: &mut Vec<Pair>) {
        let mut cluster: Vec<Member> = Vec::new();
        let mut reach = 0;
        let (mut g, mut p) = (0, 0);
        loop {
            let member = match (golds.get(g), preds.get(p)) {
                (Some(&gold), Some(&pred)) if self.gold[gold].identity(&self.pred[pred]).is_le() => Member::Gold(gold),
                (_, Some(&pred)) => Member::Pred(pred),
                (Some(&gold), None) => Member::Gold(gold),
                (None, None) => break,
            };
            let span = match member {
                Member::Gold(index) => {
                    g += 1;
                    self.gold[index].span
                }
                Member::Pred(index) => {
                    p += 1;
                    self.pred[index].span
                }
            };
            if span.start() >= reach {
                self.match_cluster(&cluster, pairs);
                cluster.clear();
            }
            // An empty mark reaches over itself, so that another one at the same place joins it.
            reach = reach.max(span.end()).max(span.start().saturating_add(1));
            cluster.push(member);
        }
        self.match_cluster(&cluster, pairs);
    }

    fn match_cluster(&self, cluster: &[Member], pairs: &mut Vec<Pair>) {
        for window in cluster.chunks(WINDOW) {
            let mut golds: Vec<usize> = Vec::with_capacity(window.len());
            let mut preds: Vec<usize> = Vec::with_capacity(window.len());
            for member in window {
                match member {
                    Member::Gold(index) => golds.push(*index),
                    Member::Pred(index) => preds.push(*index),
                }
            }
            match (golds.as_slice(), preds.as_slice()) {
                ([], _) | (_, []) => {}
                ([gold], [pred]) => {
                    if self.weight(*gold, *pred) > 0 {
                        pairs.push(Pair { gold: *gold, pred: *pred });
                    }
                }
                _ => self.match_window(&golds, &preds, pairs),
            }
        }
    }

    fn match_window(&self, golds: &[usize], preds: &[usize], pairs: &mut Vec<Pair>) {
        let flip = golds.len() > preds.len();
        let (rows, columns) = if flip { (preds, golds) } else { (golds, preds) };
        let weights: Vec<Vec<i128>> = rows
            .iter()
            .map(|row| {
                let weight =
                    |column: &usize| if flip { self.weight(*column, *row) } else { self.weight(*row, *column) };
                columns.iter().map(weight).collect()
            })
            .collect();
        for (row, column) in assign(&weights).into_iter().enumerate() {
            if weights[row][column] > 0 {
                let (gold, pred) = if flip { (columns[column], rows[row]) } else { (rows[row], columns[column]) };
                pairs.push(Pair { gold, pred });
            }
        }
    }

    /// The weight of a pair: the tiers of the rule as digits of one number. A window of [`WINDOW`] marks
    /// has at most half as many pairs, so that no tier flows over into the next.
    fn weight(&self, gold: usize, pred: usize) -> i128 {
        let (gold, pred) = (&self.gold[gold], &self.pred[pred]);
        let overlap = gold.overlap(pred);
        let same_span = gold.same_span(pred);
        if (overlap == 0 && !same_span) || !self.covers(gold, pred) {
            return 0;
        }
        let apart = |a: u32, b: u32| i128::from(a.abs_diff(b));
        let borders = apart(gold.span.start(), pred.span.start()) + apart(gold.span.end(), pred.span.end());
        let tiers = [same_span, true, gold.label == pred.label, value::same(gold.mark, pred.mark)];
        let digits = tiers.iter().fold(0i128, |digits, tier| (digits << 8) | i128::from(*tier));
        (((digits << 40) | i128::from(overlap)) << 40) + ((1i128 << 34) - borders)
    }

    /// Whether enough of the gold mark's characters are shared, blanks not counted.
    fn covers(&self, gold: &Item<'_>, pred: &Item<'_>) -> bool {
        let Some(percent) = self.rule.min_overlap_percent else { return true };
        let characters = |span: crate::text::Span| {
            span.get(self.text).map_or(0, |words| words.chars().filter(|c| !c.is_whitespace()).count())
        };
        let whole: usize = gold.pieces().iter().map(|span| characters(*span)).sum();
        let shared: usize = gold
            .pieces()
            .iter()
            .flat_map(|a| pred.pieces().iter().filter_map(|b| a.intersection(*b)))
            .map(characters)
            .sum();
        shared as f64 * 100.0 >= percent * whole as f64
    }
}

/// The column of each row in an assignment of greatest total weight; no more rows than columns.
fn assign(weights: &[Vec<i128>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let columns = weights.first().map_or(0, Vec::len);
    let mut row_potential = vec![0i128; weights.len()];
    let mut column_potential = vec![0i128; columns];
    let mut row_of = vec![NONE; columns];
    for start in 0..weights.len() {
        let mut least = vec![i128::MAX; columns];
        let mut came_from = vec![NONE; columns];
        let mut seen = vec![false; columns];
        let (mut row, mut previous) = (start, NONE);
        let end = loop {
            let (mut step, mut next) = (i128::MAX, NONE);
            for column in (0..columns).filter(|column| !seen[*column]) {
                let reduced = -weights[row][column] - row_potential[row] - column_potential[column];
                if reduced < least[column] {
                    (least[column], came_from[column]) = (reduced, previous);
                }
                if least[column] < step {
                    (step, next) = (least[column], column);
                }
            }
            row_potential[start] += step;
            for column in 0..columns {
                if seen[column] {
                    row_potential[row_of[column]] += step;
                    column_potential[column] -= step;
                } else {
                    least[column] -= step;
                }
            }
            seen[next] = true;
            if row_of[next] == NONE {
                break next;
            }
            (row, previous) = (row_of[next], next);
        };
        let mut column = end;
        while came_from[column] != NONE {
            row_of[column] = row_of[came_from[column]];
            column = came_from[column];
        }
        row_of[column] = start;
    }
    let mut column_of = vec![0; weights.len()];
    for (column, row) in row_of.into_iter().enumerate().filter(|(_, row)| *row != NONE) {
        column_of[row] = column;
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::assign;
    use proptest::prelude::*;

    fn best(weights: &[Vec<i128>], row: usize, used: &mut Vec<bool>) -> i128 {
        if row == weights.len() {
            return 0;
        }
        let mut most = i128::MIN;
        for column in 0..used.len() {
            if !used[column] {
                used[column] = true;
                most = most.max(weights[row][column] + best(weights, row + 1, used));
                used[column] = false;
            }
        }
        most
    }

    proptest! {
        #[test]
        fn the_assignment_has_the_greatest_weight(
            rows in 1usize..5, more in 0usize..3, cells in prop::collection::vec(0i128..50, 40)
        ) {
            let columns = rows + more;
            let weights: Vec<Vec<i128>> = cells.chunks(columns).take(rows).map(<[i128]>::to_vec).collect();
            let found = assign(&weights);
            let mut distinct = found.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), rows);
            let weight: i128 = found.iter().enumerate().map(|(row, column)| weights[row][*column]).sum();
            prop_assert_eq!(weight, best(&weights, 0, &mut vec![false; columns]));
        }
    }
}
