//! The model's file: magic, feature-set hash, labels, and eight-bit weights, opened in place.
//!
//! All numbers are little-endian. After the header (magic, feature set, counts) come the labels, the
//! calibration, the weights of tag pairs, the index (feature hash → row) and the rows, one signed byte
//! for each tag, in the order of the tags.

use super::lattice::{MOST_TAGS, Place, Tags};
use crate::document::Label;
use crate::error::{Error, Result};
use std::borrow::Cow;

const MAGIC: &[u8; 8] = b"glossmd1";

/// Bits of an index slot that hold the row's number plus one; the rest hold a piece of the hash.
const ROW_BITS: u32 = 18;

/// The most rows a model may have.
pub const MOST_ROWS: usize = (1 << ROW_BITS) - 2;

/// A weight of a tag pair, in steps of the rows.
pub(super) type Pair = i16;

/// The score of what cannot be.
pub(super) const NEVER: i16 = -30_000;

/// A weight of a tag pair in steps, kept where sums cannot run over.
pub(super) fn pair_steps(weight: f32, scale: f32) -> Pair {
    (weight / scale).round().clamp(-MOST_PAIR, MOST_PAIR) as Pair
}

/// The largest weight of a tag pair, in steps.
const MOST_PAIR: f32 = 8000.0;

/// A trained sequence tagger.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) labels: Vec<Label>,
    pub(super) tags: Tags,
    pub(super) lanes: usize,
    /// What one step of a weight is worth.
    pub(super) scale: f32,
    /// Raw confidence (tenths) → share that was right on the development files.
    pub(super) calibration: Vec<f32>,
    pairs: Vec<Pair>,
    /// Lanes that hold the tags that may follow the end of a mention.
    pub(super) open_lanes: usize,
    /// For each tag that may end a mention, the weights of what may follow; spare lanes are [`NEVER`].
    pub(super) steps: Vec<i16>,
    /// By how much each of these tags can at most do better than the tag "outside"; those of others, lane by
    /// lane, are the least there is.
    pub(super) gains: Vec<i16>,
    /// These tags but for "outside", one bit each.
    pub(super) closings: u64,
    feature_set: u64,
    index_bits: u32,
    index: Cow<'static, [u8]>,
    rows: Cow<'static, [u8]>,
}

/// What [`Model::build`] joins.
pub(super) struct Parts {
    pub(super) labels: Vec<Label>,
    pub(super) feature_set: u64,
    pub(super) scale: f32,
    pub(super) calibration: Vec<f32>,
    pub(super) pairs: Vec<Pair>,
    /// Feature hashes with their weights by tag, sorted by hash.
    pub(super) rows: Vec<(u32, Vec<i8>)>,
}

impl Model {
    /// Joins trained weights.
    pub(super) fn build(parts: Parts) -> Self {
        let tags = Tags::new(parts.labels.len());
        let lanes = lanes(tags.len());
        let index_bits = (parts.rows.len() * 4 / 3 + 1).next_power_of_two().trailing_zeros().max(4);
        let mask = (1_usize << index_bits) - 1;
        let mut index = vec![0_u32; mask + 1];
        let mut rows = vec![0_u8; parts.rows.len() * lanes];
        for (number, (hash, weights)) in parts.rows.iter().enumerate() {
            let mut at = *hash as usize & mask;
            while index[at] != 0 {
                at = (at + 1) & mask;
            }
            index[at] = slot(*hash, number);
            for (byte, weight) in rows[number * lanes..].iter_mut().zip(weights) {
                *byte = weight.cast_unsigned();
            }
        }
        let (open_lanes, steps, gains, closings) = lay_out(tags, &parts.pairs);
        Self {
            labels: parts.labels,
            tags,
            lanes,
            scale: parts.scale,
            calibration: parts.calibration,
            pairs: parts.pairs,
            open_lanes,
            steps,
            gains,
            closings,
            feature_set: parts.feature_set,
            index_bits,
            index: Cow::Owned(index.into_iter().flat_map(u32::to_le_bytes).collect()),
            rows: Cow::Owned(rows),
        }
    }

    /// The labels the model gives.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// Raw confidence, in even steps from 0 to 1 → share that was right on the development files.
    pub fn calibration(&self) -> &[f32] {
        &self.calibration
    }

    /// Number of features kept.
    pub fn rows(&self) -> usize {
        self.rows.len() / self.lanes
    }

    /// The row of a feature, if the model kept it.
    #[inline]
    pub(super) fn row_of(&self, hash: u32) -> Option<u32> {
        self.row_from(hash, self.first_slot(hash))
    }

    /// What the index has at the place where the search for a feature begins.
    #[inline]
    pub(super) fn first_slot(&self, hash: u32) -> u32 {
        self.slot_at(hash as usize & self.index_mask())
    }

    /// The row of a feature, if the model kept it, when its first slot is read already.
    #[inline]
    pub(super) fn row_from(&self, hash: u32, first_slot: u32) -> Option<u32> {
        let mut at = hash as usize & self.index_mask();
        let mut slot = first_slot;
        loop {
            if slot == 0 {
                return None;
            }
            if (slot ^ hash) >> ROW_BITS == 0 {
                return Some((slot & ((1 << ROW_BITS) - 1)) - 1);
            }
            at = (at + 1) & self.index_mask();
            slot = self.slot_at(at);
        }
    }

    #[inline]
    fn index_mask(&self) -> usize {
        (1 << self.index_bits) - 1
    }

    /// A slot of the index; opening the file has shown that it has so many.
    #[inline]
    fn slot_at(&self, at: usize) -> u32 {
        self.index.as_chunks::<4>().0.get(at).map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// The weight a feature gives to the label of this number, for a token that begins a mention, ends it, or
    /// both; nothing when the model did not keep the feature.
    pub fn weight(&self, hash: u32, label: usize, (begins, ends): (bool, bool)) -> Option<f32> {
        let place = match (begins, ends) {
            (true, true) => Place::Unit(label),
            (true, false) => Place::Begin(label),
            (false, false) => Place::Inside(label),
            (false, true) => Place::Last(label),
        };
        let row = self.row(self.row_of(hash)? as usize);
        let weight = |tag: usize| row.get(tag).map(|byte| f32::from(byte.cast_signed()) * self.scale);
        Some(weight(self.tags.tag(place))? - weight(self.tags.tag(Place::Outside))?)
    }

    /// The weights of a row as bytes.
    #[inline]
    pub(super) fn row(&self, number: usize) -> &[u8] {
        &self.rows[number * self.lanes..][..self.lanes]
    }

    /// The weight of a pair of tags, the second of which may follow the end of a mention.
    #[inline]
    pub(super) fn pair(&self, from: usize, to: usize) -> Pair {
        self.pairs[from * self.tags.len() + to]
    }

    /// The share of right marks among those of this raw confidence (0 to 1).
    pub(super) fn calibrate(&self, raw: f32) -> f32 {
        let Some(last) = self.calibration.len().checked_sub(1) else { return raw };
        let place = raw.clamp(0.0, 1.0) * last as f32;
        let low = (0..last).take_while(|step| (step + 1) as f32 <= place).count();
        let high = (low + 1).min(last);
        let part = place - low as f32;
        self.calibration[low] * (1.0 - part) + self.calibration[high] * part
    }

    /// The bytes of the model's file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.rows.len() + self.index.len() + 8192);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&self.feature_set.to_le_bytes());
        for count in [
            self.labels.len() as u32,
            self.calibration.len() as u32,
            self.index_bits,
            self.rows() as u32,
            self.scale.to_bits(),
        ] {
            out.extend_from_slice(&count.to_le_bytes());
        }
        for label in &self.labels {
            out.push(label.len() as u8);
            out.extend_from_slice(label.as_bytes());
        }
        self.calibration.iter().for_each(|share| out.extend_from_slice(&share.to_le_bytes()));
        self.pairs.iter().for_each(|pair| out.extend_from_slice(&pair.to_le_bytes()));
        out.extend_from_slice(&self.index);
        out.extend_from_slice(&self.rows);
        out
    }

    /// Opens a model's file, which `place` names in errors; `feature_set` is the program's own.
    pub fn open(bytes: Cow<'static, [u8]>, place: &str, feature_set: u64) -> Result<Self> {
        let fault = |message: String| Error::resource(place, message);
        if !bytes.starts_with(&MAGIC[..7]) {
            return Err(fault("is no model of gloss; train one with gloss train".to_owned()));
        }
        if !bytes.starts_with(MAGIC) {
            return Err(fault("is a model of another version of gloss; train it again".to_owned()));
        }
        let cut = || fault("is cut short; copy or train it again".to_owned());
        let mut reader = Reader { bytes: &bytes, at: MAGIC.len() };
        let found = u64::from_le_bytes(reader.take().ok_or_else(cut)?);
        if found != feature_set {
            return Err(fault(format!(
                "was trained on feature set {found:016x}; this program has {feature_set:016x}: train it again"
            )));
        }
        let mut number = || reader.take().map(u32::from_le_bytes).ok_or_else(cut);
        let (labels, calibration) = (number()? as usize, number()? as usize);
        let (index_bits, rows, scale) = (number()?, number()? as usize, f32::from_bits(number()?));
        let tags = Tags::new(labels);
        let fits = (1..=(MOST_TAGS - 1) / 4).contains(&labels)
            && calibration <= 1024
            && (4..=ROW_BITS + 4).contains(&index_bits)
            && rows <= MOST_ROWS
            && rows < 1 << index_bits
            && scale.is_finite();
        if !fits {
            return Err(fault(format!("names impossible sizes ({labels} labels, {rows} rows, 2^{index_bits} slots)")));
        }
        let mut names = Vec::new();
        for _ in 0..labels {
            let [length] = reader.take().ok_or_else(cut)?;
            let name = reader.slice(usize::from(length)).ok_or_else(cut)?;
            let name = std::str::from_utf8(name).map_err(|_| fault("holds a label that is no UTF-8".to_owned()))?;
            names.push(crate::document::label::intern(crate::document::Layer::Entity, name));
        }
        let (mut shares, mut pairs) = (Vec::new(), Vec::new());
        for _ in 0..calibration {
            shares.push(f32::from_le_bytes(reader.take().ok_or_else(cut)?));
        }
        for _ in 0..tags.len() * tags.len() {
            let pair = Pair::from_le_bytes(reader.take().ok_or_else(cut)?);
            pairs.push(pair.clamp(-(MOST_PAIR as Pair), MOST_PAIR as Pair));
        }
        let (lanes, index_at) = (lanes(tags.len()), reader.at);
        let rows_at = index_at + (4 << index_bits);
        if bytes.len() != rows_at + rows * lanes {
            return Err(if bytes.len() < rows_at + rows * lanes { cut() } else { fault("has bytes to spare".into()) });
        }
        let (index, weights) = split(bytes, index_at, rows_at);
        check_index(&index, rows).map_err(fault)?;
        let (open_lanes, steps, gains, closings) = lay_out(tags, &pairs);
        Ok(Self {
            labels: names,
            tags,
            lanes,
            scale,
            calibration: shares,
            pairs,
            open_lanes,
            steps,
            gains,
            closings,
            feature_set,
            index_bits,
            index,
            rows: weights,
        })
    }
}

/// The weights of tag pairs as the decoder goes through them: lanes, steps, gains, and the tags they are of.
fn lay_out(tags: Tags, pairs: &[Pair]) -> (usize, Vec<i16>, Vec<i16>, u64) {
    let open_lanes = tags.opening().end.next_multiple_of(8);
    let after = |tag: usize| &pairs[tag * tags.len()..][tags.opening()];
    let (mut steps, mut gains, mut closings) = (Vec::new(), vec![i16::MIN; lanes(tags.len())], 0);
    for tag in tags.closings() {
        steps.extend_from_slice(after(tag));
        steps.resize(steps.len().next_multiple_of(open_lanes), NEVER);
        if tag > 0 {
            let gain = after(tag).iter().zip(after(0)).map(|(own, outside)| own.saturating_sub(*outside)).max();
            gains[tag] = gain.unwrap_or(0);
            closings |= 1 << tag;
        }
    }
    (open_lanes, steps, gains, closings)
}

/// Bytes of a row: the tags, filled up to a multiple of 16.
fn lanes(tags: usize) -> usize {
    tags.next_multiple_of(16)
}

fn slot(hash: u32, row: usize) -> u32 {
    hash >> ROW_BITS << ROW_BITS | (row as u32 + 1)
}

/// Every slot names a row that exists, and one slot at least is free, so that look-ups end.
fn check_index(index: &[u8], rows: usize) -> Result<(), String> {
    let (mut free, mut wild) = (false, false);
    for slot in index.as_chunks::<4>().0 {
        let slot = u32::from_le_bytes(*slot);
        let row = (slot & ((1 << ROW_BITS) - 1)) as usize;
        free |= slot == 0;
        wild |= slot != 0 && (row == 0 || row > rows);
    }
    if wild || !free { Err("has an index that names rows it has not".to_owned()) } else { Ok(()) }
}

/// Index and rows, borrowed where the bytes are.
fn split(bytes: Cow<'static, [u8]>, index_at: usize, rows_at: usize) -> (Cow<'static, [u8]>, Cow<'static, [u8]>) {
    match bytes {
        Cow::Borrowed(bytes) => (Cow::Borrowed(&bytes[index_at..rows_at]), Cow::Borrowed(&bytes[rows_at..])),
        Cow::Owned(mut bytes) => {
            let rows = bytes.split_off(rows_at);
            (Cow::Owned(bytes.split_off(index_at)), Cow::Owned(rows))
        }
    }
}

/// Takes fields off the front.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.slice(N).and_then(|bytes| bytes.try_into().ok())
    }

    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let slice = self.bytes.get(self.at..)?.get(..length)?;
        self.at += length;
        Some(slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Name;
    use proptest::prelude::*;

    fn tiny() -> Model {
        let tags = Tags::new(2).len();
        Model::build(Parts {
            labels: vec![Name::Fixed("ORG"), Name::from("WEAPON".to_owned())],
            feature_set: 7,
            scale: 0.5,
            calibration: vec![0.0, 1.0],
            pairs: vec![1; tags * tags],
            rows: (0..40_u32).map(|n| (n * 0x0101_0101, vec![n as i8; tags])).collect(),
        })
    }

    fn open(bytes: Vec<u8>, feature_set: u64) -> Result<Model> {
        Model::open(Cow::Owned(bytes), "test.model", feature_set)
    }

    #[test]
    fn what_is_written_opens_again() {
        let model = open(tiny().to_bytes(), 7).unwrap();
        assert_eq!(model.to_bytes(), tiny().to_bytes());
        assert_eq!(model.labels()[1], "WEAPON");
        let row = model.row_of(3 * 0x0101_0101).unwrap();
        assert_eq!(model.row(row as usize)[0], 3);
        assert_eq!(model.row_of(0xFFFF_FFFF), None);
    }

    #[test]
    fn says_what_is_wrong_with_a_file() {
        let bytes = tiny().to_bytes();
        let message = |bytes: Vec<u8>, set| open(bytes, set).unwrap_err().to_string();
        assert!(message(bytes.clone(), 8).contains("feature set"));
        assert!(message(b"PK\x03\x04 nothing".to_vec(), 7).contains("no model"));
        let mut other = bytes.clone();
        other[7] = b'9';
        assert!(message(other, 7).contains("another version"));
        for end in 8..bytes.len() {
            assert!(open(bytes[..end].to_vec(), 7).is_err(), "{end}");
        }
        let mut hostile = bytes;
        hostile[28..32].fill(0xFF);
        assert!(message(hostile, 7).contains("impossible sizes"));
    }

    proptest! {
        #[test]
        fn a_damaged_file_never_panics(at in 8_usize..400, byte: u8, hash: u32) {
            let mut bytes = tiny().to_bytes();
            bytes[at] = byte;
            if let Ok(model) = open(bytes, 7)
                && let Some(row) = model.row_of(hash)
            {
                prop_assert_eq!(model.row(row as usize).len(), 16);
            }
        }
    }
}
