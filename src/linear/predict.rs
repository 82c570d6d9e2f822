//! Scores and the best path: features → mentions.

use super::features::Observed;
use super::lattice::Place;
use super::model::{Model, Pair};
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

/// Buffers of one worker.
#[derive(Debug, Default)]
pub struct Worker {
    rows: Vec<u32>,
    ends: Vec<u32>,
    scores: Vec<i16>,
    best: Vec<i16>,
    path: Vec<usize>,
}

/// The score of what cannot be.
const NEVER: i16 = -30_000;

impl Worker {
    /// Appends the mentions of the sentence of `tokens` to `out`.
    pub fn predict(&mut self, model: &Model, observed: &Observed, tokens: Range<usize>, out: &mut Vec<Mention>) {
        if tokens.is_empty() {
            return;
        }
        self.look_up(model, observed, tokens.clone());
        self.sum(model);
        self.find_path(model);
        let found = model.tags.mentions(&self.path);
        out.extend(found.into_iter().map(|(range, label)| {
            let (raw, runner_up) = self.confidence(model, &range, label);
            Mention {
                tokens: tokens.start + range.start..tokens.start + range.end,
                label,
                score: model.calibrate(raw),
                runner_up,
            }
        }));
    }

    /// Row numbers of all features, before any row is read.
    fn look_up(&mut self, model: &Model, observed: &Observed, tokens: Range<usize>) {
        self.rows.clear();
        self.ends.clear();
        for token in tokens {
            self.rows.extend(observed.of(token).iter().filter_map(|hash| model.row_of(*hash)).map(|row| row as u32));
            self.ends.push(self.rows.len() as u32);
        }
    }

    /// The score of every tag at every token.
    fn sum(&mut self, model: &Model) {
        self.scores.clear();
        self.scores.resize(self.ends.len() * model.lanes, 0);
        let mut from = 0;
        for (token, end) in self.ends.iter().enumerate() {
            let rows = &self.rows[from..*end as usize];
            from = *end as usize;
            let sums = &mut self.scores[token * model.lanes..][..model.lanes];
            match <&mut [i16; 48]>::try_from(&mut *sums) {
                Ok(sums) => add_rows::<48>(model, rows, sums),
                Err(_) => {
                    for row in rows {
                        for (sum, weight) in sums.iter_mut().zip(model.row(*row as usize)) {
                            *sum += i16::from(weight.cast_signed());
                        }
                    }
                }
            }
        }
    }

    /// The best path: maxima forward, then back along them.
    fn find_path(&mut self, model: &Model) {
        let (tags, lanes) = (model.tags, model.lanes);
        let length = self.ends.len();
        self.best.clear();
        self.best.resize(length * lanes, NEVER);
        let opening = tags.opening();
        self.best[opening.clone()].copy_from_slice(&self.scores[opening.clone()]);
        for at in 1..length {
            let (before, now) = self.best.split_at_mut(at * lanes);
            let (before, now) = (&before[(at - 1) * lanes..], &mut now[..lanes]);
            for tag in tags.closings() {
                let base = before[tag];
                let pairs = &model.pairs[tag * tags.len()..][opening.clone()];
                for (best, pair) in now[opening.clone()].iter_mut().zip(pairs) {
                    *best = (*best).max(base.saturating_add(*pair));
                }
            }
            for label in 0..model.labels.len() {
                let inside = tags.tag(Place::Inside(label));
                let reach = before[tags.tag(Place::Begin(label))].max(before[inside]);
                now[inside] = reach;
                now[tags.tag(Place::Last(label))] = reach;
            }
            let scores = &self.scores[at * lanes..][..lanes];
            let mut top = i16::MIN;
            for (best, score) in now[..tags.len()].iter_mut().zip(scores) {
                *best = best.saturating_add(*score);
                top = top.max(*best);
            }
            for best in now.iter_mut() {
                *best = best.saturating_sub(top).max(NEVER);
            }
        }
        self.walk_back(model);
    }

    fn walk_back(&mut self, model: &Model) {
        let (tags, lanes, length) = (model.tags, model.lanes, self.ends.len());
        let row = |at: usize| &self.best[at * lanes..][..lanes];
        let last = row(length - 1);
        let mut tag = tags.closings().fold(0, |top, tag| if last[tag] > last[top] { tag } else { top });
        self.path.clear();
        self.path.resize(length, tag);
        for at in (0..length - 1).rev() {
            let before = row(at);
            tag = match tags.place(tag) {
                Place::Inside(label) | Place::Last(label) => {
                    let (begin, inside) = (tags.tag(Place::Begin(label)), tags.tag(Place::Inside(label)));
                    if before[begin] >= before[inside] { begin } else { inside }
                }
                _ => {
                    let reach = |from: usize| before[from].saturating_add(model.pairs[from * tags.len() + tag]);
                    tags.closings().fold(0, |top, from| if reach(from) > reach(top) { from } else { top })
                }
            };
            self.path[at] = tag;
        }
    }

    /// The share of the mention among it and its nearest rivals (no mark, another label, one token more
    /// or less at either end), and the label of the best rival that marks the same tokens.
    fn confidence(&self, model: &Model, range: &Range<usize>, label: usize) -> (f32, Option<usize>) {
        let own = self.segment(model, range, Some(label), range);
        let none = self.segment(model, range, None, range);
        let mut rivals = vec![none];
        let mut second = (none, None);
        for other in (0..model.labels.len()).filter(|other| *other != label) {
            let score = self.segment(model, range, Some(other), range);
            if score > second.0 {
                second = (score, Some(other));
            }
            rivals.push(score);
        }
        if range.len() > 1 {
            for shorter in [range.start + 1..range.end, range.start..range.end - 1] {
                rivals.push(self.segment(model, range, Some(label), &shorter));
            }
        }
        let total: f32 = rivals.iter().map(|rival| ((rival - own) as f32 * model.scale).exp()).sum();
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
            if tags.opening().contains(&to) { i32::from(model.pairs[from * tags.len() + to]) } else { 0 }
        };
        let mut before = range.start.checked_sub(1).map(|at| self.path[at]);
        let mut total = 0;
        for at in range.clone() {
            let tag = tag_at(at);
            total += i32::from(self.scores[at * model.lanes + tag]) + before.map_or(0, |before| pair(before, tag));
            before = Some(tag);
        }
        total + self.path.get(range.end).zip(before).map_or(0, |(next, before)| pair(before, *next))
    }
}

/// Adds rows to the sums, all lanes at once.
#[inline]
fn add_rows<const LANES: usize>(model: &Model, rows: &[u32], sums: &mut [i16; LANES]) {
    let mut total = *sums;
    for row in rows {
        if let Ok(weights) = <&[u8; LANES]>::try_from(model.row(*row as usize)) {
            for (sum, weight) in total.iter_mut().zip(weights) {
                *sum += i16::from(weight.cast_signed());
            }
        }
    }
    *sums = total;
}

/// A weight of a tag pair in steps, kept where sums cannot run over.
pub(super) fn pair_steps(weight: f32, scale: f32) -> Pair {
    (weight / scale).round().clamp(-8000.0, 8000.0) as Pair
}
