//! Says of every candidate whether the arbiter kept it, and if not, to which one it lost and why.

use super::Candidate;
use super::arbitrate::arbitrate;
use crate::document::Layer;

/// What became of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is a mark.
    Kept,
    /// It gave way to a mark that it touches: the winner's index among the candidates, and the reason.
    Lost(usize, &'static str),
    /// Another candidate made the same mark.
    Repeated(usize),
}

/// The verdict on each of `candidates`, in their order; judged by the arbiter itself.
pub fn verdicts(candidates: &[Candidate]) -> Vec<Verdict> {
    let kept = arbitrate(candidates.to_vec());
    let mut winners: Vec<usize> = Vec::new();
    for marks in kept.values() {
        let found = marks.iter().filter_map(|mark| candidates.iter().position(|c| c.annotation == *mark));
        winners.extend(found);
    }
    candidates
        .iter()
        .enumerate()
        .map(|(index, candidate)| {
            if winners.contains(&index) {
                return Verdict::Kept;
            }
            let span = candidate.annotation.span;
            let rival = |layer| {
                winners.iter().copied().find(|&winner| {
                    let mark = &candidates[winner].annotation;
                    mark.layer == layer && mark.span.overlaps(span)
                })
            };
            let own = candidate.annotation.layer;
            if own == Layer::Figure
                && let Some(date) = rival(Layer::Date)
            {
                return Verdict::Lost(date, "figures yield to dates");
            }
            match rival(own) {
                Some(winner) => judge(candidate, &candidates[winner], winner),
                None => Verdict::Lost(index, "an empty mark is none"),
            }
        })
        .collect()
}

/// Why `loser` gave way to `winner`.
fn judge(loser: &Candidate, winner: &Candidate, index: usize) -> Verdict {
    let (mark, other) = (&loser.annotation, &winner.annotation);
    if loser.rank == winner.rank && mark.span == other.span && mark.label == other.label {
        return Verdict::Repeated(index);
    }
    let reason = if loser.rank < winner.rank {
        "its rank is lower"
    } else if mark.span.len() < other.span.len() {
        "of equal rank, the longer wins"
    } else if mark.span.start() > other.span.start() {
        "of equal rank and length, the earlier wins"
    } else {
        "of equals, the label that comes first in the alphabet wins"
    };
    Verdict::Lost(index, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Annotation, Name};
    use crate::text::Span;

    #[test]
    fn each_loser_names_its_winner() {
        let candidate = |layer, start, end, rank, label| Candidate {
            annotation: Annotation::new(layer, Span::new(start, end), Name::Fixed(label)),
            rank,
        };
        let candidates = [
            candidate(Layer::Entity, 0, 4, 2, "A"),
            candidate(Layer::Entity, 2, 9, 1, "B"),
            candidate(Layer::Date, 10, 14, 0, "DATE"),
            candidate(Layer::Figure, 10, 12, 9, "CARDINAL"),
            candidate(Layer::Date, 10, 12, 0, "DATE"),
            candidate(Layer::Entity, 0, 4, 2, "A"),
        ];
        assert_eq!(
            verdicts(&candidates),
            [
                Verdict::Kept,
                Verdict::Lost(0, "its rank is lower"),
                Verdict::Kept,
                Verdict::Lost(2, "figures yield to dates"),
                Verdict::Lost(2, "of equal rank, the longer wins"),
                Verdict::Repeated(0),
            ]
        );
    }
}
