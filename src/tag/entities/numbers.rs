//! Sets of small numbers: words of rules, patterns, rules.

use std::ops::Range;

/// A set of numbers, one bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers(Vec<u64>);

impl Numbers {
    /// Puts a number in; false when it was there.
    #[inline]
    pub(super) fn insert(&mut self, number: usize) -> bool {
        let (place, bit) = (number / 64, 1 << (number % 64));
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        let is_new = self.0[place] & bit == 0;
        self.0[place] |= bit;
        is_new
    }

    /// Whether it holds the number.
    #[inline]
    pub(super) fn holds(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }

    /// Whether they share a number.
    #[inline]
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(own, other)| own & other != 0)
    }

    /// All numbers, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.within(0..self.0.len() * 64)
    }

    /// The numbers in `range`, in order.
    pub(super) fn within(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        let (first, end) = (range.start / 64, range.end.div_ceil(64).min(self.0.len()));
        let (start, end_bit) = (range.start, range.end);
        (first..end).flat_map(move |place| {
            let mut rest = self.0[place];
            if place * 64 < start {
                rest &= u64::MAX << (start - place * 64);
            }
            if end_bit < place * 64 + 64 {
                rest &= u64::MAX >> (place * 64 + 64 - end_bit);
            }
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                rest &= rest.wrapping_sub(1);
                (bit < 64).then_some(place * 64 + bit as usize)
            })
        })
    }

    /// Holds the numbers of `other` and no more.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }

    /// Keeps the numbers that `other` holds too.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own &= other;
        }
    }

    /// Takes all numbers out.
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(numbers: &BTreeSet<usize>) -> Numbers {
        let mut set = Numbers::default();
        assert!(numbers.iter().all(|number| set.insert(*number)), "a number was there before it was put in");
        assert!(numbers.iter().all(|number| !set.insert(*number)), "a number that was put in is new");
        set
    }

    proptest! {
        #[test]
        fn bits_do_what_sets_do(
            one in prop::collection::btree_set(0_usize..300, 0..9),
            other in prop::collection::btree_set(0_usize..300, 0..40),
            number in 0_usize..400,
            range in (0_usize..400, 0_usize..100).prop_map(|(start, length)| start..start + length),
        ) {
            let (mut own, theirs) = (set(&one), set(&other));
            prop_assert_eq!(own.iter().collect::<BTreeSet<_>>(), one.clone());
            prop_assert_eq!(theirs.within(range.clone()).collect::<BTreeSet<_>>(), other.range(range).copied().collect());
            prop_assert_eq!(own.holds(number), one.contains(&number));
            prop_assert_eq!(own.meets(&theirs), one.intersection(&other).next().is_some());
            own.keep(&theirs);
            prop_assert_eq!(own.iter().collect::<BTreeSet<_>>(), one.intersection(&other).copied().collect());
            own.copy_from(&theirs);
            prop_assert_eq!(&own, &theirs);
            own.clear();
            prop_assert_eq!(own.iter().next(), None);
        }
    }
}
