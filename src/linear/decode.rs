//! The best path through the tags of a sentence, and how sure its mentions are.

use super::lattice::{Place, Tags};
use super::model::{Model, NEVER};
use std::ops::Range;

/// A mention the model proposes.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Numbers of its tokens in the article.
    pub tokens: Range<usize>,
    /// Number of its label in [`Model::labels`].
    pub label: usize,
    /// How sure the model is, 0 to 1.
    pub score: f32,
    /// The label it would give else; none when it would give no mark.
    pub runner_up: Option<usize>,
}

/// Buffers for one sentence after the other.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The score of every tag at every token.
    scores: Vec<i16>,
    best: Vec<i16>,
    /// For each token the tags, one bit each, behind which a way may be better than behind "outside".
    rivals: Vec<u64>,
    path: Vec<u8>,
}

impl Decoder {
    /// Scores of a sentence of so many tokens, to be filled; all zero.
    pub(super) fn begin(&mut self, tokens: usize, lanes: usize) -> &mut [i16] {
        self.scores.clear();
        self.scores.resize(tokens * lanes, 0);
        &mut self.scores
    }

    /// The scores of the sentence at hand.
    #[cfg(test)]
    pub(super) fn scores(&self) -> &[i16] {
        &self.scores
    }

    /// Appends the mentions of the sentence, whose first token is `first`, to `out`.
    pub(super) fn decode(&mut self, model: &Model, first: usize, out: &mut Vec<Mention>) {
        match model.open_lanes {
            8 => self.find_path::<8>(model),
            16 => self.find_path::<16>(model),
            24 => self.find_path::<24>(model),
            _ => self.find_path::<32>(model),
        }
        let mut start = 0;
        for at in 0..self.path.len() {
            let label = match model.tags.place(usize::from(self.path[at])) {
                Place::Outside | Place::Inside(_) => continue,
                Place::Begin(_) => {
                    start = at;
                    continue;
                }
                Place::Unit(label) => {
                    start = at;
                    label
                }
                Place::Last(label) => label,
            };
            let (raw, runner_up) = self.confidence(model, &(start..at + 1), label);
            let score = model.calibrate(raw);
            out.push(Mention { tokens: first + start..first + at + 1, label, score, runner_up });
        }
    }

    /// The best path: maxima forward, then back along them. `OPEN` lanes hold the tags that may follow the
    /// end of a mention.
    fn find_path<const OPEN: usize>(&mut self, model: &Model) {
        let (tags, lanes) = (model.tags, model.lanes);
        let opening = tags.opening().end;
        self.best.clear();
        self.best.resize(self.scores.len(), NEVER);
        self.best[..opening].copy_from_slice(&self.scores[..opening]);
        self.rivals.clear();
        for at in 1..self.scores.len() / lanes {
            let (before, now) = self.best.split_at_mut(at * lanes);
            let (before, now) = (&before[(at - 1) * lanes..], &mut now[..lanes]);
            let rivals = rivals(model, before);
            let reach = reach::<OPEN>(model, before, rivals);
            now[..opening].copy_from_slice(&reach[..opening]);
            go_on(tags, before, now);
            settle(&self.scores[at * lanes..][..lanes], now);
            self.rivals.push(rivals);
        }
        self.walk_back(model);
    }

    fn walk_back(&mut self, model: &Model) {
        let (tags, lanes) = (model.tags, model.lanes);
        let length = self.scores.len() / lanes;
        self.path.clear();
        let Some(last) = length.checked_sub(1) else { return };
        let row = |at: usize| &self.best[at * lanes..][..lanes];
        let end = row(last);
        let mut tag = tags.closings().fold(0, |top, tag| if end[tag] > end[top] { tag } else { top });
        self.path.resize(length, tag as u8);
        for at in (0..last).rev() {
            let before = row(at);
            tag = match tags.place(tag) {
                Place::Inside(label) | Place::Last(label) => {
                    let (begin, inside) = (tags.tag(Place::Begin(label)), tags.tag(Place::Inside(label)));
                    if before[begin] >= before[inside] { begin } else { inside }
                }
                _ => {
                    let reach = |from: usize| before[from].saturating_add(model.pair(from, tag));
                    let best = bits(self.rivals[at]).fold((reach(0), 0), |(top, best), from| {
                        let reach = reach(from);
                        if reach > top { (reach, from) } else { (top, best) }
                    });
                    best.1
                }
            };
            self.path[at] = tag as u8;
        }
    }

    /// The share of the mention among it and its nearest rivals (no mark, another label, one token more
    /// or less at either end), and the label of the best rival that marks the same tokens.
    fn confidence(&self, model: &Model, range: &Range<usize>, label: usize) -> (f32, Option<usize>) {
        let own = self.segment(model, range, Some(label), range);
        let share = |score: i32| ((score - own) as f32 * model.scale).exp();
        let none = self.segment(model, range, None, range);
        let mut total = share(none);
        let mut second = (none, None);
        for other in (0..model.labels.len()).filter(|other| *other != label) {
            let score = self.segment(model, range, Some(other), range);
            if score > second.0 {
                second = (score, Some(other));
            }
            total += share(score);
        }
        if range.len() > 1 {
            for shorter in [range.start + 1..range.end, range.start..range.end - 1] {
                total += share(self.segment(model, range, Some(label), &shorter));
            }
        }
        (1.0 / (1.0 + total), second.1)
    }

    /// The score of the tokens of `range` when `marked` (inside it) is a mention of `label`, its
    /// neighbours as in the best path.
    fn segment(&self, model: &Model, range: &Range<usize>, label: Option<usize>, marked: &Range<usize>) -> i32 {
        let tags = model.tags;
        let tag_at = |at: usize| match label {
            Some(label) if marked.contains(&at) => tags.tag(match (at == marked.start, at + 1 == marked.end) {
                (true, true) => Place::Unit(label),
                (true, false) => Place::Begin(label),
                (false, true) => Place::Last(label),
                (false, false) => Place::Inside(label),
            }),
            _ => 0,
        };
        let pair = |from: usize, to: usize| -> i32 {
            if tags.opening().contains(&to) { i32::from(model.pair(from, to)) } else { 0 }
        };
        let path = |at: usize| self.path.get(at).map(|tag| usize::from(*tag));
        let mut before = range.start.checked_sub(1).and_then(path);
        let mut total = 0;
        for at in range.clone() {
            let tag = tag_at(at);
            total += i32::from(self.scores[at * model.lanes + tag]) + before.map_or(0, |before| pair(before, tag));
            before = Some(tag);
        }
        total + path(range.end).zip(before).map_or(0, |(next, before)| pair(before, next))
    }
}

/// The tags that may end a mention and lead somewhere better than "outside" does: none behind most words.
#[inline]
fn rivals(model: &Model, before: &[i16]) -> u64 {
    let outside = before[0];
    let mut tops = [i16::MIN; 16];
    for (before, gains) in before.as_chunks::<16>().0.iter().zip(model.gains.as_chunks::<16>().0) {
        for ((before, gain), top) in before.iter().zip(gains).zip(&mut tops) {
            *top = (*top).max(before.saturating_add(*gain));
        }
    }
    if tops.into_iter().fold(i16::MIN, i16::max) <= outside {
        return 0;
    }
    let tags = before.iter().zip(&model.gains).enumerate();
    let rivals = tags.filter(|(_, (before, gain))| before.saturating_add(**gain) > outside);
    rivals.fold(0, |all, (tag, _)| all | 1 << tag) & model.closings
}

/// The best way from the tags of one token into those that may follow the end of a mention; `rivals` are
/// those but "outside" that may have it.
#[inline]
fn reach<const OPEN: usize>(model: &Model, before: &[i16], rivals: u64) -> [i16; OPEN] {
    let mut reach = [NEVER; OPEN];
    let labels = model.tags.labels();
    let steps = model.steps.as_chunks::<OPEN>().0;
    for tag in std::iter::once(0).chain(bits(rivals)) {
        // The steps of tags that end no mention are left out.
        let Some(steps) = steps.get(if tag > labels { tag - 2 * labels } else { tag }) else { continue };
        let base = before[tag];
        for (best, step) in reach.iter_mut().zip(steps) {
            *best = (*best).max(base.saturating_add(*step));
        }
    }
    reach
}

/// The places of the bits that are set.
#[inline]
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
        (bit < 64).then_some(bit as usize)
    })
}

/// The best way on inside a mention.
#[inline]
fn go_on(tags: Tags, before: &[i16], now: &mut [i16]) {
    let labels = tags.labels();
    let [begin, inside, last] = [Place::Begin(0), Place::Inside(0), Place::Last(0)].map(|place| tags.tag(place));
    let (begins, insides) = (&before[begin..][..labels], &before[inside..][..labels]);
    let (now_inside, now_last) = now[inside..].split_at_mut(last - inside);
    for (((inside, last), begin), went) in now_inside.iter_mut().zip(now_last).zip(begins).zip(insides) {
        *inside = *begin.max(went);
        *last = *inside;
    }
}

/// Adds the token's own scores, and takes the best for zero.
#[inline]
fn settle(scores: &[i16], now: &mut [i16]) {
    let mut tops = [i16::MIN; 16];
    for (now, scores) in now.as_chunks_mut::<16>().0.iter_mut().zip(scores.as_chunks::<16>().0) {
        for ((best, score), top) in now.iter_mut().zip(scores).zip(&mut tops) {
            *best = best.saturating_add(*score);
            *top = (*top).max(*best);
        }
    }
    let top = tops.into_iter().fold(i16::MIN, i16::max);
    for best in now {
        *best = best.saturating_sub(top).max(NEVER);
    }
}
