//! Figures part by part: among matched pairs, how often amount, bound and unit are right.

use super::score::JudgedLayer;
use super::value::{same, same_amount, same_unit};
use crate::document::{Figure, Value};

/// Counts over the matched pairs of the figure layer whose gold carries a normal form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FigureTally {
    /// Pairs whose gold carries a normal form.
    pub pairs: u64,
    /// Of these, pairs of the same amount.
    pub amount: u64,
    /// Of these, pairs of the same bound.
    pub bound: u64,
    /// Of these, pairs of the same unit and `per`.
    pub unit: u64,
    /// Of these, pairs of which all three are the same.
    pub all: u64,
}

impl FigureTally {
    /// Adds one document's figures.
    pub(super) fn add(&mut self, judged: &JudgedLayer<'_>) {
        for pair in judged.pairs() {
            let (gold, pred) = (judged.gold[pair.gold].mark, judged.pred[pair.pred].mark);
            let Some(Value::Figure(wanted)) = gold.value.as_deref() else { continue };
            let nothing = Figure::default();
            let found = match pred.value.as_deref() {
                Some(Value::Figure(found)) => found,
                _ => &nothing,
            };
            self.pairs += 1;
            self.amount += u64::from(same_amount(&wanted.amount, &found.amount));
            self.bound += u64::from(wanted.bound == found.bound);
            self.unit += u64::from(same_unit(wanted, found));
            self.all += u64::from(same(gold, pred));
        }
    }
}
