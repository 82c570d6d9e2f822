//! A training under way as bytes, so that one broken off is taken up again and comes to the same end.

use super::run::Best;
use super::{Counts, Round, Run, Trainer};
use crate::error::{Error, Result};
use crate::linear::learner::{Random, Weights};
use crate::resource::compile::{SEED, extend, word_hash};
use std::io::{self, Read, Write};

const MAGIC: &[u8; 8] = b"glosscp1";

/// What becomes of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Training goes on from it.
    Taken,
    /// It is of other gold, settings or features, or of another version: training begins anew.
    Other,
}

impl Run<'_, '_> {
    /// Writes all that the rounds to come depend on.
    pub fn save(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(MAGIC)?;
        put(out, &[self.fingerprint(), self.learner.random.0, self.since as u64, u64::from(self.average.count)])?;
        put(out, &[self.rounds.len() as u64, u64::from(self.best.is_some())])?;
        for round in &self.rounds {
            let Counts { right, marked, gold } = round.dev.unwrap_or_default();
            let dev = u64::from(round.dev.is_some());
            put(out, &[round.loss.to_bits(), dev, right as u64, marked as u64, gold as u64])?;
        }
        put_weights(out, &self.learner.weights)?;
        put_weights(out, &self.learner.squares)?;
        put_weights(out, &self.average.mean)?;
        if let Some(best) = &self.best {
            put(out, &[best.score.to_bits()])?;
            put_weights(out, &best.weights)?;
        }
        Ok(())
    }

    /// Takes up what [`Run::save`] wrote, when it is of this very training; `place` names it in errors.
    /// When it is torn, the training has to be begun anew.
    pub fn restore(&mut self, input: &mut dyn Read, place: &str) -> Result<Restored> {
        let mut magic = [0; 8];
        if input.read_exact(&mut magic).is_err() || magic != *MAGIC {
            return Ok(Restored::Other);
        }
        let [fingerprint, random, since, averaged] = take(input).map_err(|error| torn(place, &error))?;
        if fingerprint != self.fingerprint() {
            return Ok(Restored::Other);
        }
        self.fill(input, [random, since, averaged]).map_err(|error| torn(place, &error))?;
        Ok(Restored::Taken)
    }

    fn fill(&mut self, input: &mut dyn Read, [random, since, averaged]: [u64; 3]) -> io::Result<()> {
        let [rounds, has_best] = take(input)?;
        if rounds > self.config.rounds as u64 || averaged > rounds || since > rounds {
            return Err(io::Error::other("it names more rounds than there are"));
        }
        self.learner.random = Random(random);
        self.since = since as usize;
        self.average.count = averaged as u32;
        self.rounds.clear();
        for number in 1..=rounds as usize {
            let [loss, dev, right, marked, gold] = take(input)?;
            let counts = Counts { right: right as usize, marked: marked as usize, gold: gold as usize };
            self.rounds.push(Round { number, loss: f64::from_bits(loss), dev: (dev == 1).then_some(counts) });
        }
        take_weights(input, &mut self.learner.weights)?;
        take_weights(input, &mut self.learner.squares)?;
        take_weights(input, &mut self.average.mean)?;
        if has_best == 1 {
            let [score] = take(input)?;
            let mut weights = self.average.mean.clone();
            take_weights(input, &mut weights)?;
            self.best = Some(Best { score: f64::from_bits(score), weights });
        }
        if input.read(&mut [0])? == 0 { Ok(()) } else { Err(io::Error::other("it has bytes to spare")) }
    }

    /// A number that another training (gold, settings, features) has not.
    fn fingerprint(&self) -> u64 {
        let settings = format!("{:?}", self.config);
        let of_features = extend(self.trainer.features.fingerprint(), word_hash(&settings));
        self.trainer.fingerprint(of_features)
    }
}

impl Trainer<'_> {
    /// Goes on from `hash` over all that was read.
    fn fingerprint(&self, hash: u64) -> u64 {
        let labels = self.labels.iter().map(|label| word_hash(label));
        let tokens = self.starts.iter().map(|start| *start as u64).chain(self.hashes.iter().map(|h| u64::from(*h)));
        let sentences = self.sentences.iter().map(|s| (s.tokens.start as u64) << 32 | u64::from(s.weight.to_bits()));
        let gold = self.allowed.iter().copied().chain(sentences);
        let read = labels.chain(tokens).chain(gold).fold(extend(SEED, hash), extend);
        self.held.iter().fold(read, |hash, held| held.fingerprint(hash))
    }
}

fn torn(place: &str, error: &io::Error) -> Error {
    Error::resource(place, format!("cannot be taken up ({error}); delete it to begin anew"))
}

fn put(out: &mut dyn Write, numbers: &[u64]) -> io::Result<()> {
    numbers.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))
}

fn take<const N: usize>(input: &mut dyn Read) -> io::Result<[u64; N]> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        let mut bytes = [0; 8];
        input.read_exact(&mut bytes)?;
        *number = u64::from_le_bytes(bytes);
    }
    Ok(numbers)
}

fn put_weights(out: &mut dyn Write, weights: &Weights) -> io::Result<()> {
    let numbers = weights.rows.iter().chain(&weights.transitions.weights);
    numbers.into_iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))
}

fn take_weights(input: &mut dyn Read, weights: &mut Weights) -> io::Result<()> {
    for number in weights.rows.iter_mut().chain(&mut weights.transitions.weights) {
        let mut bytes = [0; 4];
        input.read_exact(&mut bytes)?;
        *number = f32::from_le_bytes(bytes);
    }
    Ok(())
}
