//! The one-to-one assignment of greatest weight between two sides, of which only some pairs are allowed.
//!
//! Shortest augmenting paths with potentials (Kuhn 1955; Edmonds and Karp 1972, with Dijkstra's search):
//! rows × pairs steps at worst, far fewer where most rows have few pairs. A row may stay without partner.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::{Add, Neg, Sub};

/// A weight of several parts, of which the first that differs decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight(pub(super) [i64; 3]);

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|part| self.0[part] + other.0[part]))
    }
}

impl Neg for Weight {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.map(|part| -part))
    }
}

impl Sub for Weight {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

/// The pairs that a row is allowed: column and weight.
pub(super) type Choices = Vec<(usize, Weight)>;

/// The column of each row in an assignment of greatest total weight; all weights are above zero.
pub(super) fn assign(rows: &[Choices], columns: usize) -> Vec<Option<usize>> {
    let mut search = Search {
        rows,
        row_potential: vec![Weight::default(); rows.len()],
        column_potential: vec![Weight::default(); columns],
        row_of: vec![None; columns],
        column_of: vec![None; rows.len()],
        distance: vec![None; columns],
        came_from: vec![0; columns],
        heap: BinaryHeap::new(),
    };
    for row in 0..rows.len() {
        search.add(row);
    }
    search.column_of
}

/// The state of an assignment of the rows so far. The reduced cost of a pair, its cost (the weight below
/// zero) less both potentials, is never below zero, and zero for pairs of the assignment.
struct Search<'c> {
    rows: &'c [Choices],
    row_potential: Vec<Weight>,
    column_potential: Vec<Weight>,
    row_of: Vec<Option<usize>>,
    column_of: Vec<Option<usize>>,
    /// Reduced cost of the shortest path from the row that is added to each column, where one was found.
    distance: Vec<Option<Weight>>,
    /// The row before each column on that path.
    came_from: Vec<usize>,
    heap: BinaryHeap<Reverse<(Weight, usize)>>,
}

/// Where a path ends.
#[derive(Clone, Copy)]
enum End {
    /// The row gives up its column, if it has one, and stays without partner.
    Alone(usize),
    /// The column had no row.
    Free(usize),
}

impl Search<'_> {
    /// Adds a row to the assignment along the shortest path.
    fn add(&mut self, added: usize) {
        let cheapest = self.rows[added].iter().map(|(column, weight)| -*weight - self.column_potential[*column]).min();
        self.row_potential[added] = cheapest.unwrap_or_default().min(Weight::default());
        self.heap.clear();
        let mut reached = Vec::new();
        let mut settled = Vec::new();
        // Staying alone costs nothing, so its reduced cost is the potential below zero.
        let mut best = (-self.row_potential[added], End::Alone(added));
        self.reach(added, Weight::default(), &mut reached);
        while let Some(Reverse((distance, column))) = self.heap.pop() {
            if distance >= best.0 {
                break;
            }
            if self.distance[column] != Some(distance) {
                continue;
            }
            let Some(row) = self.row_of[column] else {
                best = (distance, End::Free(column));
                break;
            };
            settled.push((column, row, distance));
            let alone = distance - self.row_potential[row];
            if alone < best.0 {
                best = (alone, End::Alone(row));
            }
            self.reach(row, distance, &mut reached);
        }
        let (length, end) = best;
        self.row_potential[added] = self.row_potential[added] + length;
        for (column, row, distance) in settled.into_iter().filter(|(.., distance)| *distance < length) {
            self.row_potential[row] = self.row_potential[row] + (length - distance);
            self.column_potential[column] = self.column_potential[column] - (length - distance);
        }
        self.turn(added, end);
        for column in reached {
            self.distance[column] = None;
        }
    }

    /// Looks from a row at `distance` to all its columns.
    fn reach(&mut self, row: usize, distance: Weight, reached: &mut Vec<usize>) {
        for &(column, weight) in &self.rows[row] {
            let next = distance - weight - self.row_potential[row] - self.column_potential[column];
            match self.distance[column] {
                Some(known) if known <= next => continue,
                Some(_) => {}
                None => reached.push(column),
            }
            self.distance[column] = Some(next);
            self.came_from[column] = row;
            self.heap.push(Reverse((next, column)));
        }
    }

    /// Gives every row on the path the column that follows it.
    fn turn(&mut self, added: usize, end: End) {
        let mut next = match end {
            End::Free(column) => Some(column),
            // The row before it on the path takes the column that it gives up.
            End::Alone(row) => self.column_of[row].take(),
        };
        while let Some(column) = next {
            let row = self.came_from[column];
            next = self.column_of[row].replace(column);
            self.row_of[column] = Some(row);
            if row == added {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The greatest weight that any assignment has, found by trying all.
    fn best(rows: &[Choices], used: &mut Vec<bool>) -> Weight {
        let Some((row, rest)) = rows.split_first() else { return Weight::default() };
        let mut most = best(rest, used);
        for &(column, weight) in row {
            if !used[column] {
                used[column] = true;
                most = most.max(weight + best(rest, used));
                used[column] = false;
            }
        }
        most
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_assignment_has_the_greatest_weight(
            cells in prop::collection::vec(prop::collection::vec(prop::option::of((1i64..4, 0i64..9)), 5), 0..6)
        ) {
            let choices = |cells: &Vec<Option<(i64, i64)>>| -> Choices {
                let pairs = cells.iter().enumerate();
                pairs.filter_map(|(column, cell)| cell.map(|(first, then)| (column, Weight([first, then, -then])))).collect()
            };
            let rows: Vec<Choices> = cells.iter().map(choices).collect();
            let found = assign(&rows, 5);
            let mut columns: Vec<usize> = found.iter().flatten().copied().collect();
            columns.sort_unstable();
            columns.dedup();
            prop_assert_eq!(columns.len(), found.iter().flatten().count(), "a column has one row");
            let weight = found.iter().zip(&rows).filter_map(|(column, row)| {
                column.map(|column| row.iter().find(|(own, _)| *own == column).unwrap().1)
            });
            let total = weight.fold(Weight::default(), |sum, weight| sum + weight);
            prop_assert_eq!(total, best(&rows, &mut vec![false; 5]));
        }
    }
}
