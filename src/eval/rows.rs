//! Counts of many documents in a few bytes each, so that memory hardly grows with their number.

use super::count::Tally;
use super::score::LabelId;
use crate::document::Layer;

/// What one document shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row<'r> {
    /// The document's id.
    pub id: &'r str,
    /// By layer, labels free.
    pub layers: Vec<(Layer, Tally)>,
    /// By layer and label, each label matched by itself.
    pub labels: Vec<(Layer, LabelId, Tally)>,
}

/// Rows, packed: counts are nearly always below 128, and such a one takes a byte.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// All ids, one behind the other.
    ids: String,
    /// All counts, one behind the other.
    counts: Vec<u8>,
    /// Where the id and the counts of each document end.
    ends: Vec<(usize, usize)>,
    /// The documents in the order in which they are told, by number.
    order: Vec<u32>,
}

impl Rows {
    /// Adds a document.
    pub fn push(&mut self, row: &Row<'_>) {
        self.ids.push_str(row.id);
        self.number(row.layers.len() as u64);
        for (layer, tally) in &row.layers {
            self.number(layer.index() as u64);
            self.tally(tally);
        }
        self.number(row.labels.len() as u64);
        for (layer, label, tally) in &row.labels {
            self.number(layer.index() as u64);
            self.number(*label as u64);
            self.tally(tally);
        }
        self.order.push(self.ends.len() as u32);
        self.ends.push((self.ids.len(), self.counts.len()));
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Puts the documents in order of id.
    pub fn sort(&mut self) {
        let mut order = std::mem::take(&mut self.order);
        order.sort_by_key(|number| self.id(*number as usize));
        self.order = order;
    }

    /// The documents in order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.order.iter().map(|number| self.row(*number as usize))
    }

    fn id(&self, number: usize) -> &str {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before].0);
        &self.ids[start..self.ends[number].0]
    }

    fn row(&self, number: usize) -> Row<'_> {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before].1);
        let mut counts = Counts(&self.counts[start..self.ends[number].1]);
        let layers = (0..counts.next()).map(|_| (counts.layer(), counts.tally())).collect();
        let labels = (0..counts.next()).map(|_| (counts.layer(), counts.next() as usize, counts.tally())).collect();
        Row { id: self.id(number), layers, labels }
    }

    fn tally(&mut self, tally: &Tally) {
        for count in tally.parts() {
            self.number(count);
        }
    }

    /// Seven bits a byte, the lowest first; the eighth says whether more follow (LEB128).
    fn number(&mut self, mut number: u64) {
        while number > 0x7F {
            self.counts.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.counts.push(number as u8);
    }
}

/// Numbers read back, in the order in which they were written.
struct Counts<'r>(&'r [u8]);

impl Counts<'_> {
    fn next(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }

    fn layer(&mut self) -> Layer {
        Layer::ALL[self.next() as usize]
    }

    fn tally(&mut self) -> Tally {
        Tally::from_parts(std::array::from_fn(|_| self.next()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in_and_in_order_of_id() {
        let tally = |possible| Tally { possible, actual: 300, pairs: 1 << 40, ..Tally::default() };
        let row = |id, label| Row {
            id,
            layers: vec![(Layer::Entity, tally(127)), (Layer::Date, tally(128))],
            labels: vec![(Layer::Date, label, tally(u64::MAX))],
        };
        let all = [row("b", 7), row("", 1000), row("é", 0), Row { id: "a", ..Row::default() }];
        let mut rows = Rows::default();
        for row in &all {
            rows.push(row);
        }
        assert_eq!(rows.iter().collect::<Vec<_>>(), all);
        rows.sort();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), ["", "a", "b", "é"]);
        assert_eq!(rows.iter().nth(2).unwrap(), all[0]);
    }
}
