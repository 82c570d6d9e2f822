//! Tags of the BILOU scheme, which tag may follow which, and sums over all paths of a sentence.
//!
//! With `L` labels there are `1 + 4 L` tags, in blocks, so that what may follow is always a run:
//! O, then U (a mention of one token), B (begins), I (inside), L (last) of every label. After O, U and L
//! any of O, U, B may come, weighed by the pair; after B and I only I and L of the same label.

use std::ops::Range;

/// The tags of a label set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tags {
    labels: usize,
}

/// The place of a token in a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    Unit(usize),
    Begin(usize),
    Inside(usize),
    Last(usize),
}

impl Tags {
    /// Tags for so many labels.
    pub(super) fn new(labels: usize) -> Self {
        Self { labels }
    }

    /// Number of labels.
    pub(super) fn labels(self) -> usize {
        self.labels
    }

    /// Number of tags.
    pub(super) fn len(self) -> usize {
        1 + 4 * self.labels
    }

    /// The tag of a place.
    pub(super) fn tag(self, place: Place) -> usize {
        match place {
            Place::Outside => 0,
            Place::Unit(label) => 1 + label,
            Place::Begin(label) => 1 + self.labels + label,
            Place::Inside(label) => 1 + 2 * self.labels + label,
            Place::Last(label) => 1 + 3 * self.labels + label,
        }
    }

    /// The place of a tag.
    pub(super) fn place(self, tag: usize) -> Place {
        let Some(rest) = tag.checked_sub(1) else { return Place::Outside };
        let label = rest % self.labels;
        match rest / self.labels {
            0 => Place::Unit(label),
            1 => Place::Begin(label),
            2 => Place::Inside(label),
            _ => Place::Last(label),
        }
    }

    /// Tags that may begin a sentence or follow the end of a mention: O, U, B.
    pub(super) fn opening(self) -> Range<usize> {
        0..1 + 2 * self.labels
    }

    /// Tags that may end a sentence, as two runs: O and U, then L.
    pub(super) fn closing(self) -> (Range<usize>, Range<usize>) {
        (0..1 + self.labels, 1 + 3 * self.labels..self.len())
    }

    /// The tags that may stand at the end, one after the other.
    pub(super) fn closings(self) -> impl Iterator<Item = usize> {
        let (first, second) = self.closing();
        first.chain(second)
    }

    /// Whether `next` may follow `tag`.
    #[cfg(test)]
    pub(super) fn may_follow(self, tag: usize, next: usize) -> bool {
        match self.place(tag) {
            Place::Begin(label) | Place::Inside(label) => {
                next == self.tag(Place::Inside(label)) || next == self.tag(Place::Last(label))
            }
            _ => self.opening().contains(&next),
        }
    }

    /// Mentions of a path as token ranges with label numbers.
    pub(super) fn mentions(self, path: &[usize]) -> Vec<(Range<usize>, usize)> {
        let mut mentions = Vec::new();
        let mut start = 0;
        for (at, tag) in path.iter().enumerate() {
            match self.place(*tag) {
                Place::Unit(label) => mentions.push((at..at + 1, label)),
                Place::Begin(_) => start = at,
                Place::Last(label) => mentions.push((start..at + 1, label)),
                Place::Outside | Place::Inside(_) => {}
            }
        }
        mentions
    }
}

/// Weights of tag pairs: a square, row by row of the earlier tag; forbidden pairs are never read.
#[derive(Clone, Debug)]
pub(super) struct Transitions {
    pub(super) weights: Vec<f32>,
    pub(super) tags: usize,
}

impl Transitions {
    /// All zero.
    pub(super) fn new(tags: usize) -> Self {
        Self { weights: vec![0.0; tags * tags], tags }
    }

    /// The weights of what follows `tag`.
    pub(super) fn row(&self, tag: usize) -> &[f32] {
        &self.weights[tag * self.tags..][..self.tags]
    }
}

/// Buffers for sums over paths, kept from sentence to sentence.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    forward: Vec<f32>,
    backward: Vec<f32>,
    emitted: Vec<f32>,
    scales: Vec<f32>,
    raised: Vec<f32>,
}

impl Sums {
    /// Raises the transitions to powers of e; call it whenever they have changed.
    pub(super) fn set_transitions(&mut self, tags: Tags, transitions: &Transitions) {
        self.raised.resize(transitions.weights.len(), 0.0);
        for tag in tags.closings() {
            let run = tag * tags.len()..tag * tags.len() + tags.opening().end;
            for (raised, weight) in self.raised[run.clone()].iter_mut().zip(&transitions.weights[run]) {
                *raised = weight.exp();
            }
        }
    }

    /// Forward and backward sums over all paths that `allowed` (one bit a tag for each token) lets pass.
    /// Leaves in `marginals` the probability of each tag at each token; the log of the total is
    /// returned, or nothing when no path is allowed.
    pub(super) fn run(
        &mut self,
        tags: Tags,
        scores: &[f32],
        allowed: Option<&[u64]>,
        marginals: &mut Vec<f32>,
    ) -> Option<f64> {
        let width = tags.len();
        let length = scores.len() / width;
        let mut total = self.emit(width, scores, allowed);
        self.forward.clear();
        self.forward.resize(scores.len(), 0.0);
        self.scales.clear();
        for at in 0..length {
            let (before, rest) = self.forward.split_at_mut(at * width);
            let now = &mut rest[..width];
            if at == 0 {
                now[tags.opening()].fill(1.0);
            } else {
                spread(tags, &self.raised, &before[(at - 1) * width..], now);
            }
            let emitted = &self.emitted[at * width..][..width];
            let mut sum = 0.0;
            for (value, emitted) in now.iter_mut().zip(emitted) {
                *value *= emitted;
                sum += *value;
            }
            if sum <= 0.0 || !sum.is_finite() {
                return None;
            }
            for value in now.iter_mut() {
                *value /= sum;
            }
            self.scales.push(sum);
            total += f64::from(sum).ln();
        }
        self.backward.clear();
        self.backward.resize(scores.len(), 0.0);
        let last = length.checked_sub(1)? * width;
        let closed: f32 = tags.closings().map(|tag| self.forward[last + tag]).sum();
        if closed <= 0.0 {
            return None;
        }
        total += f64::from(closed).ln();
        for tag in tags.closings() {
            self.backward[last + tag] = 1.0 / closed;
        }
        for at in (0..length.saturating_sub(1)).rev() {
            let (now, after) = self.backward[at * width..].split_at_mut(width);
            let mut next = [0.0_f32; MOST_TAGS];
            let emitted = &self.emitted[(at + 1) * width..][..width];
            for ((next, after), emitted) in next.iter_mut().zip(&after[..width]).zip(emitted) {
                *next = after * emitted / self.scales[at + 1];
            }
            gather(tags, &self.raised, &next[..width], now);
        }
        self.join(width, marginals)?;
        Some(total)
    }

    /// Powers of e of the scores, the best of each token taken as 1; 0 where a tag is not allowed. The
    /// sum of the best is returned.
    fn emit(&mut self, width: usize, scores: &[f32], allowed: Option<&[u64]>) -> f64 {
        self.emitted.clear();
        let mut total = 0.0;
        for (at, row) in scores.chunks_exact(width).enumerate() {
            let mask = allowed.map_or(u64::MAX, |allowed| allowed[at]);
            let may = |tag: usize| mask >> tag & 1 == 1;
            let best = row.iter().enumerate().filter(|(tag, _)| may(*tag)).map(|(_, s)| *s).fold(f32::MIN, f32::max);
            total += f64::from(best);
            self.emitted.extend(
                row.iter().enumerate().map(|(tag, score)| if may(tag) { (score - best).exp().max(1e-30) } else { 0.0 }),
            );
        }
        total
    }

    /// The product of forward and backward sums, made to sum to 1 at each token.
    fn join(&self, width: usize, marginals: &mut Vec<f32>) -> Option<()> {
        marginals.clear();
        for (forward, backward) in self.forward.chunks_exact(width).zip(self.backward.chunks_exact(width)) {
            let from = marginals.len();
            marginals.extend(forward.iter().zip(backward).map(|(f, b)| f * b));
            let sum: f32 = marginals[from..].iter().sum();
            if sum <= 0.0 || !sum.is_finite() {
                return None;
            }
            for value in &mut marginals[from..] {
                *value /= sum;
            }
        }
        Some(())
    }

    /// Adds the probability of each tag pair, times `sign`, to `sums` (a square as in [`Transitions`]).
    /// Call after [`Self::run`], which left its sums here.
    pub(super) fn add_pairs(&self, tags: Tags, sign: f32, sums: &mut [f32]) {
        let width = tags.len();
        let length = self.scales.len();
        for at in 1..length {
            let before = &self.forward[(at - 1) * width..][..width];
            let mut next = [0.0_f32; MOST_TAGS];
            let emitted = &self.emitted[at * width..][..width];
            let backward = &self.backward[at * width..][..width];
            for ((next, backward), emitted) in next.iter_mut().zip(backward).zip(emitted) {
                *next = backward * emitted / self.scales[at];
            }
            for tag in tags.closings() {
                let weight = sign * before[tag];
                if weight != 0.0 {
                    for next_tag in tags.opening() {
                        let pair = tag * width + next_tag;
                        sums[pair] += weight * self.raised[pair] * next[next_tag];
                    }
                }
            }
        }
    }
}

/// The most tags a label set may have: 15 labels fill the bits of a mask.
pub(super) const MOST_TAGS: usize = 64;

/// Sums over the tags before into those after.
fn spread(tags: Tags, raised: &[f32], before: &[f32], now: &mut [f32]) {
    let width = tags.len();
    let opening = tags.opening();
    for tag in tags.closings() {
        let weight = before[tag];
        if weight > 0.0 {
            let row = &raised[tag * width..][opening.clone()];
            for (value, raised) in now[opening.clone()].iter_mut().zip(row) {
                *value += weight * raised;
            }
        }
    }
    for label in 0..tags.labels {
        let (inside, last) = (tags.tag(Place::Inside(label)), tags.tag(Place::Last(label)));
        let sum = before[tags.tag(Place::Begin(label))] + before[inside];
        now[inside] = sum;
        now[last] = sum;
    }
}

/// Sums over the tags after into those before.
fn gather(tags: Tags, raised: &[f32], next: &[f32], now: &mut [f32]) {
    let width = tags.len();
    let opening = tags.opening();
    for tag in tags.closings() {
        let row = &raised[tag * width..][opening.clone()];
        now[tag] = row.iter().zip(&next[opening.clone()]).map(|(raised, next)| raised * next).sum();
    }
    for label in 0..tags.labels {
        let (inside, last) = (tags.tag(Place::Inside(label)), tags.tag(Place::Last(label)));
        let sum = next[inside] + next[last];
        now[tags.tag(Place::Begin(label))] = sum;
        now[inside] = sum;
    }
}

/// The best path by scores in floating point, for training rounds.
pub(super) fn best_path(tags: Tags, scores: &[f32], transitions: &Transitions) -> Vec<usize> {
    let width = tags.len();
    let length = scores.len() / width;
    let mut best = vec![f32::NEG_INFINITY; scores.len()];
    let mut from = vec![0_u8; scores.len()];
    for at in 0..length {
        for tag in 0..width {
            let score = scores[at * width + tag];
            if at == 0 {
                if tags.opening().contains(&tag) {
                    best[tag] = score;
                }
                continue;
            }
            for (before, reach) in predecessors(tags, tag, transitions) {
                let total = best[(at - 1) * width + before] + reach + score;
                if total > best[at * width + tag] {
                    best[at * width + tag] = total;
                    from[at * width + tag] = before as u8;
                }
            }
        }
    }
    let Some(last) = length.checked_sub(1) else { return Vec::new() };
    let end =
        tags.closings().fold(0, |end, tag| if best[last * width + tag] > best[last * width + end] { tag } else { end });
    let mut path = vec![end; length];
    for at in (1..length).rev() {
        path[at - 1] = usize::from(from[at * width + path[at]]);
    }
    path
}

/// The tags that may come before `tag`, with the weight of the step.
fn predecessors(tags: Tags, tag: usize, transitions: &Transitions) -> impl Iterator<Item = (usize, f32)> {
    let inner = match tags.place(tag) {
        Place::Inside(label) | Place::Last(label) => {
            Some([tags.tag(Place::Begin(label)), tags.tag(Place::Inside(label))])
        }
        _ => None,
    };
    let outer = inner.is_none().then(|| tags.closings().map(move |before| (before, transitions.row(before)[tag])));
    outer.into_iter().flatten().chain(inner.into_iter().flatten().map(|before| (before, 0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_places_answer_one_another() {
        let tags = Tags::new(3);
        for tag in 0..tags.len() {
            assert_eq!(tags.tag(tags.place(tag)), tag);
        }
        assert!(tags.may_follow(tags.tag(Place::Begin(1)), tags.tag(Place::Last(1))));
        assert!(!tags.may_follow(tags.tag(Place::Begin(1)), tags.tag(Place::Last(2))));
        assert!(!tags.may_follow(0, tags.tag(Place::Last(0))));
        assert!(!tags.may_follow(tags.tag(Place::Inside(0)), 0));
    }

    /// Sums over every path by hand.
    fn brute(tags: Tags, scores: &[f32], transitions: &Transitions, allowed: Option<&[u64]>) -> (f64, Vec<f64>) {
        let (width, length) = (tags.len(), scores.len() / tags.len());
        let (mut total, mut marginals) = (0.0, vec![0.0; scores.len()]);
        for code in 0..width.pow(length as u32) {
            let path: Vec<usize> = (0..length).map(|at| code / width.pow(at as u32) % width).collect();
            let legal = tags.opening().contains(&path[0])
                && tags.closings().any(|tag| tag == path[length - 1])
                && path.windows(2).all(|pair| tags.may_follow(pair[0], pair[1]))
                && allowed.is_none_or(|masks| path.iter().zip(masks).all(|(tag, mask)| mask >> tag & 1 == 1));
            if !legal {
                continue;
            }
            let mut score: f64 = path.iter().enumerate().map(|(at, tag)| f64::from(scores[at * width + tag])).sum();
            for pair in path.windows(2) {
                if tags.opening().contains(&pair[1]) {
                    score += f64::from(transitions.row(pair[0])[pair[1]]);
                }
            }
            total += score.exp();
            for (at, tag) in path.iter().enumerate() {
                marginals[at * width + tag] += score.exp();
            }
        }
        for value in &mut marginals {
            *value /= total;
        }
        (total, marginals)
    }

    #[test]
    fn sums_agree_with_counting_every_path() {
        let tags = Tags::new(2);
        let width = tags.len();
        let scores: Vec<f32> = (0..4 * width).map(|i| ((i * 7919 % 13) as f32 - 6.0) / 4.0).collect();
        let mut transitions = Transitions::new(width);
        for (index, weight) in transitions.weights.iter_mut().enumerate() {
            *weight = ((index * 31 % 7) as f32 - 3.0) / 3.0;
        }
        let masks = [u64::MAX, 0b1_1111_0110, u64::MAX, 0b1_1000_0111];
        for allowed in [None, Some(&masks[..])] {
            let mut sums = Sums::default();
            sums.set_transitions(tags, &transitions);
            let mut marginals = Vec::new();
            let log_total = sums.run(tags, &scores, allowed, &mut marginals).unwrap();
            let (total, expected) = brute(tags, &scores, &transitions, allowed);
            assert!((log_total - total.ln()).abs() < 1e-4);
            for (found, expected) in marginals.iter().zip(&expected) {
                assert!((f64::from(*found) - expected).abs() < 1e-4, "{found} {expected}");
            }
        }
    }

    #[test]
    fn the_best_path_is_legal_and_best() {
        let tags = Tags::new(2);
        let width = tags.len();
        let scores: Vec<f32> = (0..3 * width).map(|i| ((i * 104_729 % 17) as f32 - 8.0) / 4.0).collect();
        let path = best_path(tags, &scores, &Transitions::new(width));
        assert!(path.windows(2).all(|pair| tags.may_follow(pair[0], pair[1])));
        assert!(tags.opening().contains(&path[0]));
    }
}
