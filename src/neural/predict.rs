//! Windows through the network, and mentions out of the scores.

use super::decode::{Found, Scheme};
use super::dropout::Dropout;
use super::network::Network;
use super::windows::Window;
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

    /// Token numbers with their scores, in order.
    pub(super) fn into_rows(self) -> Vec<(u32, Vec<f32>)> {
        self.rows
    }
}

/// The most pieces that are computed at once, what fills windows up among them.
const BATCH: usize = 1024;

/// The scores of every token that has a piece.
pub(super) fn scores(network: &Network, windows: &[Window]) -> candle_core::Result<Scores> {
    let mut order: Vec<&Window> = windows.iter().filter(|window| !window.rows.is_empty()).collect();
    order.sort_by_key(|window| window.ids.len());
    let mut by_token = Scores::default();
    let mut rest = order.as_slice();
    while !rest.is_empty() {
        let fits = |count: &usize| count * rest[count - 1].ids.len() <= BATCH;
        let count = (1..=rest.len()).take_while(fits).last().unwrap_or(1);
        let (batch, after) = rest.split_at(count);
        rest = after;
        let scores = network.scores(batch, &Dropout::none())?;
        let tokens = batch.iter().flat_map(|window| window.rows.iter().map(|(token, _)| *token));
        by_token.rows.extend(tokens.zip(scores.to_vec2::<f32>()?));
    }
    by_token.rows.sort_by_key(|(token, _)| *token);
    Ok(by_token)
}

/// The mentions of an article whose sentences span these tokens.
pub(super) fn mentions(
    network: &Network,
    scheme: &Scheme,
    windows: &[Window],
    sentences: &[Range<usize>],
) -> candle_core::Result<Vec<Found>> {
    let by_token = scores(network, windows)?;
    let mut found = Vec::new();
    for sentence in sentences {
        let mut tokens = Vec::with_capacity(sentence.len());
        let mut rows = Vec::with_capacity(sentence.len() * scheme.len());
        for token in sentence.clone() {
            if let Some(row) = by_token.of(token) {
                tokens.push(token);
                rows.extend_from_slice(row);
            }
        }
        found.extend(scheme.mentions(&rows).into_iter().map(|mention| Found {
            tokens: tokens[mention.tokens.start]..tokens[mention.tokens.end - 1] + 1,
            ..mention
        }));
    }
    Ok(found)
}
