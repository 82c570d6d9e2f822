//! How sure the figures are: bootstrap intervals over documents, and the test of two systems.

use super::count::{Ratios, Scheme, Tally};
use super::random::Random;

/// How intervals and tests are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// How many samples; 0 draws none.
    pub samples: usize,
    /// The seed: the same seed gives the same figures.
    pub seed: u64,
    /// The share of samples that an interval holds.
    pub confidence: f64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { samples: 1000, seed: 1, confidence: 0.95 }
    }
}

/// Lower and upper bound of precision, recall and F1; nothing where too few samples define them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Of precision.
    pub precision: Option<(f64, f64)>,
    /// Of recall.
    pub recall: Option<(f64, f64)>,
    /// Of F1.
    pub f1: Option<(f64, f64)>,
}

/// Counts of one row of a report, document by document, as narrow as they can be held.
#[derive(Clone, Debug)]
pub enum Series {
    /// All counts so far are below 2^8.
    Tiny(Vec<(u32, [u8; 8])>),
    /// All are below 2^16.
    Narrow(Vec<(u32, [u16; 8])>),
    /// Some are not.
    Wide(Vec<(u32, Packed)>),
}

impl Default for Series {
    fn default() -> Self {
        Self::Tiny(Vec::new())
    }
}

impl Series {
    /// Adds the counts of a document, named by its number.
    pub fn push(&mut self, document: usize, tally: &Tally) {
        let (document, counts) = (document as u32, pack(tally));
        let most = counts.into_iter().max().unwrap_or_default();
        if let Self::Tiny(rows) = self
            && most > u32::from(u8::MAX)
        {
            *self = Self::Narrow(rows.iter().map(|(document, counts)| (*document, counts.map(u16::from))).collect());
        }
        if let Self::Narrow(rows) = self
            && most > u32::from(u16::MAX)
        {
            *self = Self::Wide(rows.iter().map(|(document, counts)| (*document, counts.map(u32::from))).collect());
        }
        match self {
            Self::Tiny(rows) => rows.push((document, counts.map(|count| count as u8))),
            Self::Narrow(rows) => rows.push((document, counts.map(|count| count as u16))),
            Self::Wide(rows) => rows.push((document, counts)),
        }
    }

    /// The counts of all documents together, each as often as its weight says.
    fn sum(&self, weights: &[u32]) -> Packed {
        match self {
            Self::Tiny(rows) => weighted_sum(rows, weights),
            Self::Narrow(rows) => weighted_sum(rows, weights),
            Self::Wide(rows) => weighted_sum(rows, weights),
        }
    }
}

fn weighted_sum<C: Copy + Into<u32>>(rows: &[(u32, [C; 8])], weights: &[u32]) -> Packed {
    let mut sum = Packed::default();
    for (document, counts) in rows {
        let weight = weights[*document as usize];
        for (sum, count) in sum.iter_mut().zip(counts) {
            *sum = sum.wrapping_add(weight.wrapping_mul((*count).into()));
        }
    }
    sum
}

/// The parts of a tally that ratios need, in 32 bits: four times the speed of the sums below.
type Packed = [u32; 8];

fn pack(tally: &Tally) -> Packed {
    [
        tally.possible as u32,
        tally.actual as u32,
        tally.pairs as u32,
        tally.same_both as u32,
        tally.same_span as u32,
        tally.same_label as u32,
        tally.same_value as u32,
        0,
    ]
}

fn ratios(sum: &Packed, scheme: Scheme) -> Ratios {
    let [possible, actual, pairs, both, span, label, value, _] = sum.map(f64::from);
    let credit = match scheme {
        Scheme::Strict => both,
        Scheme::Exact => span,
        Scheme::Partial => span + 0.5 * (pairs - span),
        Scheme::EntType => label,
        Scheme::Value => value,
    };
    Ratios::new(credit, actual, possible)
}

/// Percentile intervals of every scheme for each of `series`, from resampling whole documents with
/// replacement (Efron 1979). Nothing when there are fewer than two documents.
pub fn bootstrap(series: &[Series], documents: usize, sampling: Sampling) -> Vec<[Bounds; 5]> {
    let mut found = vec![[Bounds::default(); 5]; series.len()];
    if documents < 2 || sampling.samples == 0 {
        return found;
    }
    let mut samples: Vec<Vec<Packed>> = vec![Vec::with_capacity(sampling.samples); series.len()];
    let mut random = Random::new(sampling.seed);
    let mut weights = vec![0u32; documents];
    for _ in 0..sampling.samples {
        weights.fill(0);
        for _ in 0..documents {
            weights[random.below(documents)] += 1;
        }
        for (rows, samples) in series.iter().zip(&mut samples) {
            samples.push(rows.sum(&weights));
        }
    }
    for (samples, found) in samples.iter().zip(&mut found) {
        for (scheme, found) in Scheme::ALL.into_iter().zip(found) {
            let all: Vec<Ratios> = samples.iter().map(|sum| ratios(sum, scheme)).collect();
            let of = |ratio: fn(&Ratios) -> Option<f64>| interval(all.iter().filter_map(ratio).collect(), sampling);
            *found = Bounds {
                precision: of(|ratios| ratios.precision),
                recall: of(|ratios| ratios.recall),
                f1: of(|ratios| ratios.f1),
            };
        }
    }
    found
}

/// The middle share of `values`; nothing when fewer than half of the samples define one.
fn interval(mut values: Vec<f64>, sampling: Sampling) -> Option<(f64, f64)> {
    if values.is_empty() || values.len() * 2 < sampling.samples {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let tail = (1.0 - sampling.confidence) / 2.0;
    let last = values.len() - 1;
    let low = (0..last).take_while(|rank| (rank + 1) as f64 <= tail * last as f64).count();
    Some((values[low], values[last - low]))
}

/// The probability of a difference in F1 at least as large as the one found, if the two systems were the
/// same: each sample swaps them in every document with probability one half (paired approximate
/// randomisation, Noreen 1989); nothing with fewer than two documents. `first` and `second` hold the same documents in the same order.
pub fn randomise(first: &[Tally], second: &[Tally], scheme: Scheme, sampling: Sampling) -> Option<f64> {
    if first.len() < 2 {
        return None;
    }
    let f1 = |sum: &[i64; 8]| {
        let counts = sum.map(|count| u32::try_from(count).unwrap_or(0));
        ratios(&counts, scheme).f1
    };
    let total = |tallies: &[Tally]| {
        let mut sum = [0i64; 8];
        for tally in tallies {
            for (sum, count) in sum.iter_mut().zip(pack(tally)) {
                *sum += i64::from(count);
            }
        }
        sum
    };
    let (one, two) = (total(first), total(second));
    let observed = (f1(&one)? - f1(&two)?).abs();
    if sampling.samples == 0 {
        return None;
    }
    let differences: Vec<[i64; 8]> = first
        .iter()
        .zip(second)
        .map(|(a, b)| {
            let (a, b) = (pack(a), pack(b));
            std::array::from_fn(|index| i64::from(b[index]) - i64::from(a[index]))
        })
        .filter(|difference: &[i64; 8]| difference.iter().any(|count| *count != 0))
        .collect();
    let mut random = Random::new(sampling.seed);
    let mut as_large = 0usize;
    for _ in 0..sampling.samples {
        let (mut a, mut b) = (one, two);
        let mut bits = 0u64;
        for (index, difference) in differences.iter().enumerate() {
            if index % 64 == 0 {
                bits = random.next();
            }
            if bits >> (index % 64) & 1 == 1 {
                for (position, count) in difference.iter().enumerate() {
                    a[position] += count;
                    b[position] -= count;
                }
            }
        }
        let difference = (f1(&a).unwrap_or(0.0) - f1(&b).unwrap_or(0.0)).abs();
        as_large += usize::from(difference >= observed - 1e-12);
    }
    Some((as_large + 1) as f64 / (sampling.samples + 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(possible: u64, correct: u64) -> Tally {
        Tally { possible, actual: possible, pairs: correct, same_both: correct, ..Tally::default() }
    }

    fn series(tallies: &[Tally]) -> Series {
        let mut series = Series::default();
        for (document, tally) in tallies.iter().enumerate() {
            series.push(document, tally);
        }
        series
    }

    #[test]
    fn wide_counts_are_summed_like_narrow_ones() {
        let tallies = [tally(3, 2), tally(300, 256), tally(70_000, 65_536), tally(5, 4)];
        let sum = series(&tallies).sum(&[2, 1, 1, 3]);
        assert_eq!((sum[0], sum[2]), (70_321, 65_808));
        assert_eq!(series(&tallies[..2]).sum(&[3, 2])[0], 609);
        assert_eq!(series(&tallies[..1]).sum(&[2])[0], 6);
    }

    #[test]
    fn the_interval_holds_the_figure_and_is_the_same_again() {
        let tallies: Vec<Tally> = (0..50).map(|document| tally(10, document % 11)).collect();
        let series = series(&tallies);
        let total: Tally = tallies.iter().copied().sum();
        let f1 = total.counts(Scheme::Strict).ratios().f1.unwrap();
        let bounds = bootstrap(std::slice::from_ref(&series), 50, Sampling::default())[0][0].f1.unwrap();
        assert!(bounds.0 < f1 && f1 < bounds.1, "{bounds:?} does not hold {f1}");
        assert!(bounds.1 - bounds.0 < 0.3 && bounds.1 - bounds.0 > 0.05, "{bounds:?}");
        assert_eq!(bootstrap(&[series], 50, Sampling::default())[0][0].f1, Some(bounds));
    }

    #[test]
    fn one_document_has_no_interval() {
        assert_eq!(bootstrap(&[series(&[tally(3, 2)])], 1, Sampling::default())[0][0], Bounds::default());
    }

    #[test]
    fn one_document_tells_no_systems_apart() {
        assert_eq!(randomise(&[tally(9, 9)], &[tally(9, 1)], Scheme::Strict, Sampling::default()), None);
    }

    #[test]
    fn equal_systems_do_not_differ_and_unequal_ones_do() {
        let good: Vec<Tally> = (0..40).map(|_| tally(10, 9)).collect();
        let bad: Vec<Tally> = (0..40).map(|_| tally(10, 4)).collect();
        assert_eq!(randomise(&good, &good, Scheme::Strict, Sampling::default()), Some(1.0));
        assert!(randomise(&good, &bad, Scheme::Strict, Sampling::default()).unwrap() < 0.01);
    }
}
