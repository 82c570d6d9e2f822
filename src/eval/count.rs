//! Integer counts of what matched; ratios exist only where they are printed.

use std::fmt;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

/// A way of counting matched pairs (`SemEval`-2013 task 9.1, and normal forms).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Correct: same span and same label.
    Strict,
    /// Correct: same span, whatever the label.
    Exact,
    /// Correct: same span; partial, worth a half: the spans overlap.
    Partial,
    /// Correct: same label, the spans overlap.
    EntType,
    /// Correct: same normal form, the spans overlap. Counted in layers whose gold carries values.
    Value,
}

impl Scheme {
    /// All schemes, in the order of reports.
    pub const ALL: [Self; 5] = [Self::Strict, Self::Exact, Self::Partial, Self::EntType, Self::Value];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Exact => "exact",
            Self::Partial => "partial",
            Self::EntType => "ent_type",
            Self::Value => "value",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scheme {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == name)
            .ok_or_else(|| format!("scheme {name:?} is none of strict, exact, partial, ent_type, value"))
    }
}

/// What one matching found; every scheme's counts follow from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Marks in gold.
    pub possible: u64,
    /// Marks predicted.
    pub actual: u64,
    /// Matched pairs.
    pub pairs: u64,
    /// Pairs of the same span and the same label.
    pub same_both: u64,
    /// Pairs of the same span.
    pub same_span: u64,
    /// Pairs of the matching that seeks labels before spans.
    pub label_pairs: u64,
    /// Of `label_pairs`, those of the same label.
    pub same_label: u64,
    /// Pairs on which normal forms are compared: all, but for dates those of TempEval-3's own pairing.
    pub value_pairs: u64,
    /// Of `value_pairs`, those of the same normal form.
    pub same_value: u64,
    /// Gold marks that carry a normal form.
    pub valued: u64,
}

impl Tally {
    /// The counts of one scheme.
    ///
    /// # Panics
    /// When they do not add up to the marks of both sides: a fault of the matching, never of the input.
    pub fn counts(&self, scheme: Scheme) -> Counts {
        let (pairs, correct, partial) = match scheme {
            Scheme::Strict => (self.pairs, self.same_both, 0),
            Scheme::Exact => (self.pairs, self.same_span, 0),
            Scheme::Partial => (self.pairs, self.same_span, self.pairs - self.same_span),
            Scheme::EntType => (self.label_pairs, self.same_label, 0),
            Scheme::Value => (self.value_pairs, self.same_value, 0),
        };
        let counts = Counts {
            correct,
            incorrect: pairs - correct - partial,
            partial,
            missed: self.possible - pairs,
            spurious: self.actual - pairs,
        };
        assert_eq!(counts.possible(), self.possible, "gold marks are conserved");
        assert_eq!(counts.actual(), self.actual, "predicted marks are conserved");
        counts
    }

    /// All counts, in a fixed order.
    pub(super) fn parts(&self) -> [u64; 10] {
        let Self { possible, actual, pairs, same_both, same_span, .. } = *self;
        let Self { label_pairs, same_label, value_pairs, same_value, valued, .. } = *self;
        [possible, actual, pairs, same_both, same_span, label_pairs, same_label, value_pairs, same_value, valued]
    }

    /// The tally of [`Tally::parts`].
    pub(super) fn from_parts(parts: [u64; 10]) -> Self {
        let [possible, actual, pairs, same_both, same_span, label_pairs, same_label, value_pairs, same_value, valued] =
            parts;
        Self { possible, actual, pairs, same_both, same_span, label_pairs, same_label, value_pairs, same_value, valued }
    }

    /// Whether neither side has a mark.
    pub fn is_empty(&self) -> bool {
        self.possible == 0 && self.actual == 0
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        let mut parts = self.parts();
        for (part, more) in parts.iter_mut().zip(other.parts()) {
            *part += more;
        }
        *self = Self::from_parts(parts);
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), Add::add)
    }
}

/// The five outcomes of one scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pairs that meet the scheme.
    pub correct: u64,
    /// Pairs that do not.
    pub incorrect: u64,
    /// Pairs that meet it by half.
    pub partial: u64,
    /// Gold marks without a partner.
    pub missed: u64,
    /// Predicted marks without a partner.
    pub spurious: u64,
}

impl Counts {
    /// Marks in gold.
    pub fn possible(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.missed
    }

    /// Marks predicted.
    pub fn actual(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.spurious
    }

    /// Precision, recall and F1, each only where it is defined.
    pub fn ratios(&self) -> Ratios {
        let credit = self.correct as f64 + 0.5 * self.partial as f64;
        Ratios::new(credit, self.actual() as f64, self.possible() as f64)
    }
}

/// Precision, recall and F1; nothing where a ratio has no denominator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ratios {
    /// Credit over predicted marks.
    pub precision: Option<f64>,
    /// Credit over gold marks.
    pub recall: Option<f64>,
    /// Twice the credit over all marks of both sides: the harmonic mean of the two.
    pub f1: Option<f64>,
}

impl Ratios {
    /// The ratios of `credit` matched among `actual` predicted and `possible` gold marks.
    pub fn new(credit: f64, actual: f64, possible: f64) -> Self {
        let ratio = |over: f64, under: f64| (under > 0.0).then(|| over / under);
        Self {
            precision: ratio(credit, actual),
            recall: ratio(credit, possible),
            f1: ratio(2.0 * credit, actual + possible),
        }
    }

    /// The mean of each ratio over those that define it.
    pub fn mean(all: impl Iterator<Item = Self>) -> Self {
        let mut average = Average::default();
        all.for_each(|ratios| average.add(ratios, 1.0));
        average.mean()
    }
}

/// A mean of ratios in the making.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Average {
    /// What an undefined ratio counts as; nothing: it is left out.
    pub undefined: Option<f64>,
    /// For each ratio, its sum and the sum of the weights.
    sums: [(f64, f64); 3],
}

impl Average {
    /// A mean in which undefined ratios count as `undefined`, or are left out.
    pub fn new(undefined: Option<f64>) -> Self {
        Self { undefined, ..Self::default() }
    }

    /// Adds ratios with their weight.
    pub fn add(&mut self, ratios: Ratios, weight: f64) {
        for (sum, ratio) in self.sums.iter_mut().zip([ratios.precision, ratios.recall, ratios.f1]) {
            if let Some(ratio) = ratio.or(self.undefined) {
                *sum = (sum.0 + weight * ratio, sum.1 + weight);
            }
        }
    }

    /// The mean of what was added.
    pub fn mean(&self) -> Ratios {
        let [precision, recall, f1] = self.sums.map(|(sum, weights)| (weights > 0.0).then(|| sum / weights));
        Ratios { precision, recall, f1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_gives_half_credit_and_nothing_is_undefined_by_zero() {
        let tally =
            Tally { possible: 5, actual: 5, pairs: 5, same_span: 2, label_pairs: 5, same_label: 5, ..Tally::default() };
        assert_eq!(tally.counts(Scheme::Partial).ratios().f1, Some(0.7));
        assert_eq!(tally.counts(Scheme::EntType).ratios().f1, Some(1.0));
        assert_eq!(Tally::default().counts(Scheme::Strict).ratios(), Ratios::default());
        let ratios = |precision| Ratios { precision, ..Ratios::default() };
        let mean = |undefined| {
            let mut average = Average::new(undefined);
            for (ratio, weight) in [(Some(0.9), 1.0), (Some(0.3), 2.0), (None, 3.0)] {
                average.add(ratios(ratio), weight);
            }
            average.mean().precision.map(|mean| (mean * 1e6).round())
        };
        assert_eq!((mean(None), mean(Some(0.0))), (Some(500_000.0), Some(250_000.0)));
        let missed = Tally { possible: 1, ..Tally::default() }.counts(Scheme::Strict).ratios();
        assert_eq!((missed.precision, missed.recall, missed.f1), (None, Some(0.0), Some(0.0)));
    }
}
