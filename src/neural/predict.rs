//! Windows through the network, and mentions out of the scores.

use super::decode::{Found, Scheme};
use super::windows::Window;
use rayon::prelude::*;
use std::ops::Range;

/// The scores of tokens, found by the token's number.
#[derive(Debug, Default)]
pub(super) struct Scores {
    rows: Vec<(u32, Vec<f32>)>,
}

impl Scores {
    fn of(&self, token: usize) -> Option<&[f32]> {
        let at = self.rows.binary_search_by_key(&(token as u32), |(token, _)| *token).ok()?;
        Some(&self.rows[at].1)
    }

    /// The tokens of a sentence that have scores, and those, one behind the other.
    pub(super) fn sentence(&self, tokens: Range<usize>, width: usize) -> (Vec<usize>, Vec<f32>) {
        let mut seen = Vec::with_capacity(tokens.len());
        let mut rows = Vec::with_capacity(tokens.len() * width);
        for token in tokens {
            if let Some(row) = self.of(token) {
                seen.push(token);
                rows.extend_from_slice(row);
            }
        }
        (seen, rows)
    }

    /// Token numbers with their scores, in order.
    pub(super) fn into_rows(self) -> Vec<(u32, Vec<f32>)> {
        self.rows
    }
}

/// What scores the tokens of windows.
pub(super) trait Scorer: Send + Sync {
    /// The scores of all labels for each token of `windows`, window after window.
    fn scores(&self, windows: &[&Window]) -> candle_core::Result<Vec<Vec<f32>>>;

    /// The most pieces that are computed at once, what fills windows up among them.
    fn most(&self) -> usize;

    /// Whether several threads may score at once.
    fn beside(&self) -> bool;
}

/// The scores of every token that has a piece.
pub(super) fn scores(network: &dyn Scorer, windows: &[Window]) -> candle_core::Result<Scores> {
    let mut order: Vec<&Window> = windows.iter().filter(|window| !window.rows.is_empty()).collect();
    order.sort_by_key(|window| window.ids.len());
    let mut batches = Vec::new();
    let mut rest = order.as_slice();
    while !rest.is_empty() {
        let fits = |count: &usize| count * rest[count - 1].ids.len() <= network.most();
        let count = (1..=rest.len()).take_while(fits).last().unwrap_or(1);
        let (batch, after) = rest.split_at(count);
        rest = after;
        batches.push(batch);
    }
    let score = |batch: &&[&Window]| -> candle_core::Result<Vec<(u32, Vec<f32>)>> {
        let scores = network.scores(batch)?;
        let tokens = batch.iter().flat_map(|window| window.rows.iter().map(|(token, _)| *token));
        Ok(tokens.zip(scores).collect())
    };
    let mut rows = Vec::new();
    if network.beside() {
        // Whoever calls waits, and all work is done by rayon's own threads: as many as there are cores, however
        // many articles are read at once. They are given little at a time, since one that waits for a part of a
        // product takes up another batch meanwhile, on top of its own.
        for some in batches.chunks(rayon::current_num_threads()) {
            let parts = rayon::scope(|_| some.par_iter().map(score).collect::<candle_core::Result<Vec<_>>>())?;
            rows.extend(parts.into_iter().flatten());
        }
    } else {
        for batch in &batches {
            rows.extend(score(batch)?);
        }
    }
    rows.sort_by_key(|(token, _)| *token);
    Ok(Scores { rows })
}

/// The mentions of an article whose sentences span these tokens.
pub(super) fn mentions(
    network: &dyn Scorer,
    scheme: &Scheme,
    windows: &[Window],
    sentences: &[Range<usize>],
) -> candle_core::Result<Vec<Found>> {
    let by_token = scores(network, windows)?;
    let mut found = Vec::new();
    for sentence in sentences {
        let (tokens, rows) = by_token.sentence(sentence.clone(), scheme.len());
        found.extend(scheme.mentions(&rows).into_iter().map(|mention| Found {
            tokens: tokens[mention.tokens.start]..tokens[mention.tokens.end - 1] + 1,
            ..mention
        }));
    }
    Ok(found)
}
