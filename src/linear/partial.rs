//! What partial gold says to a learner that gives each token a score for each tag: how wrong it is, and which
//! way to move.

use super::lattice::{Sums, Tags, Transitions};
use std::ops::Range;

/// The loss of a sentence: how much less likely the paths that the gold allows are than all legal paths.
pub struct PartialLoss {
    tags: Tags,
    sums: Sums,
    free: Vec<f32>,
    bound: Vec<f32>,
}

impl PartialLoss {
    /// A loss over the tags of so many labels.
    pub fn new(labels: usize) -> Self {
        let tags = Tags::new(labels);
        let mut sums = Sums::default();
        sums.set_transitions(tags, &Transitions::new(tags.len()));
        Self { tags, sums, free: Vec::new(), bound: Vec::new() }
    }

    /// Number of tags: O, then U, B, I and L of every label.
    pub fn tags(&self) -> usize {
        self.tags.len()
    }

    /// The negative log-likelihood of what `allowed` lets pass (one bit a tag for each token), and its
    /// derivative by each of `scores`; nothing when the gold allows no legal path.
    pub fn of(&mut self, scores: &[f32], allowed: &[u64]) -> Option<(f64, Vec<f32>)> {
        let all = self.sums.run(self.tags, scores, None, &mut self.free)?;
        let right = self.sums.run(self.tags, scores, Some(allowed), &mut self.bound)?;
        let derivative = self.free.iter().zip(&self.bound).map(|(free, bound)| free - bound).collect();
        Some((all - right, derivative))
    }

    /// The name of each tag in the order of scores: `O`, `U-PERSON`, …
    pub fn names(labels: &[impl AsRef<str>]) -> Vec<String> {
        let places = ["U", "B", "I", "L"].into_iter();
        let named = places.flat_map(|place| labels.iter().map(move |label| format!("{place}-{}", label.as_ref())));
        std::iter::once("O".to_owned()).chain(named).collect()
    }
}

/// A sentence with the tags that the gold allows each token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constrained {
    /// Its tokens, as numbers in the article.
    pub tokens: Range<usize>,
    /// One bit a tag for each token.
    pub allowed: Vec<u64>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;

    #[test]
    fn the_derivative_is_the_slope_of_the_loss() {
        let mut loss = PartialLoss::new(2);
        let scores: Vec<f32> = (0..3 * loss.tags()).map(|i| ((i * 7919 % 13) as f32 - 6.0) / 4.0).collect();
        let allowed = [0b1_1111_0110, u64::MAX, 0b1_1000_0111];
        let (_, derivative) = loss.of(&scores, &allowed).unwrap();
        for index in 0..scores.len() {
            let mut moved = scores.clone();
            moved[index] += 0.02;
            let (above, _) = loss.of(&moved, &allowed).unwrap();
            moved[index] -= 0.04;
            let (below, _) = loss.of(&moved, &allowed).unwrap();
            let slope = (above - below) / 0.04;
            assert!((slope - f64::from(derivative[index])).abs() < 2e-3, "{slope} {}", derivative[index]);
        }
    }

    #[test]
    fn gold_that_allows_nothing_legal_has_no_loss() {
        let mut loss = PartialLoss::new(1);
        // Begin, and then nothing.
        assert!(loss.of(&[0.0; 10], &[0b100, 0b1]).is_none());
    }
}
