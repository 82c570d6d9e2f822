//! A compiled table of phrases, opened in place.

use super::compile::{HEADER_BYTES, MAGIC, SLOT_BYTES, fingerprint};
use crate::error::{Error, Result};
use std::borrow::Cow;

/// A compiled table: hash of words → payload, and whether some phrase goes on from there.
#[derive(Clone, Debug)]
pub struct Table {
    bytes: Cow<'static, [u8]>,
    mask: usize,
}

impl Table {
    /// Opens `bytes`, which `place` names in errors.
    pub fn open(bytes: Cow<'static, [u8]>, place: &str) -> Result<Self> {
        let slots = bytes
            .get(..HEADER_BYTES)
            .filter(|header| header.starts_with(MAGIC))
            .and_then(|header| header.get(8..12))
            .and_then(|field| field.try_into().ok())
            .map(|field| u32::from_le_bytes(field) as usize)
            .ok_or_else(|| Error::resource(place, "is no compiled table of gloss"))?;
        if !slots.is_power_of_two() || bytes.len() != HEADER_BYTES + slots * SLOT_BYTES {
            return Err(Error::resource(
                place,
                format!("is cut short or torn: {slots} slots in {} bytes", bytes.len()),
            ));
        }
        Ok(Self { bytes, mask: slots - 1 })
    }

    /// The payload at `hash` and whether a longer phrase begins so; nothing when no phrase does.
    #[inline]
    pub fn get(&self, hash: u64) -> Option<(u32, bool)> {
        let wanted = fingerprint(hash);
        let slots = &self.bytes[HEADER_BYTES..];
        let mut at = hash as usize & self.mask;
        for _ in 0..=self.mask {
            let slot: &[u8; SLOT_BYTES] = slots[at * SLOT_BYTES..].first_chunk()?;
            let slot = u64::from_le_bytes(*slot);
            if slot == 0 {
                return None;
            }
            if slot as u32 & !1 == wanted {
                return Some(((slot >> 32) as u32, slot & 1 == 1));
            }
            at = (at + 1) & self.mask;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::compile::{SEED, compile, extend, pieces, word_hash};
    use super::*;

    fn hash(phrase: &str) -> u64 {
        pieces(phrase).fold(SEED, |hash, piece| extend(hash, word_hash(piece)))
    }

    #[test]
    fn finds_phrases_and_their_beginnings() {
        let bytes =
            compile([("New York", 1), ("New York City", 2), ("O\u{2019}Brien", 4), ("New York", 8)].into_iter());
        let table = Table::open(Cow::Owned(bytes), "test").unwrap();
        assert_eq!(table.get(hash("New")), Some((0, true)));
        assert_eq!(table.get(hash("New  York")), Some((9, true)));
        assert_eq!(table.get(hash("New York City")), Some((2, false)));
        assert_eq!(table.get(hash("O'Brien")), Some((4, false)));
        assert_eq!(table.get(hash("York")), None);
    }

    #[test]
    fn refuses_torn_bytes() {
        let bytes = compile([("New York", 1)].into_iter());
        for end in 0..bytes.len() {
            assert!(Table::open(Cow::Owned(bytes[..end].to_vec()), "test").is_err());
        }
        let mut hostile = bytes;
        hostile[8..12].fill(0xFF);
        assert!(Table::open(Cow::Owned(hostile), "test").is_err());
    }
}
