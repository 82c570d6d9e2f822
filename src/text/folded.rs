//! Tables of words looked up whatever the case of their ASCII letters, by one quick hash.

/// The longest word in bytes that a table holds.
const LONGEST: usize = 32;

/// Words with a value each, found whatever the case of their ASCII letters.
#[derive(Clone, Debug)]
pub struct FoldedWords<T> {
    /// One more than the place of an entry, or 0; as many as a power of two, at most half of them taken.
    slots: Vec<u32>,
    entries: Vec<(Box<[u8]>, T)>,
}

impl<T> Default for FoldedWords<T> {
    fn default() -> Self {
        Self { slots: vec![0; 8], entries: Vec::new() }
    }
}

/// A word in small letters, with zeros behind it.
struct Folded {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Folded {
    #[inline]
    fn new(word: &str) -> Option<Self> {
        let length = word.len();
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..length)?.copy_from_slice(word.as_bytes());
        bytes.make_ascii_lowercase();
        Some(Self { bytes, length })
    }

    #[inline]
    fn word(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    #[inline]
    fn hash(&self) -> u64 {
        let mut hash = self.length as u64;
        for chunk in self.bytes[..self.length.next_multiple_of(8)].as_chunks::<8>().0 {
            hash = (hash.rotate_left(5) ^ u64::from_le_bytes(*chunk)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        hash
    }
}

impl<T> FoldedWords<T> {
    /// The value of `word`; nothing of a word of more than 32 bytes.
    #[inline]
    pub fn get(&self, word: &str) -> Option<&T> {
        self.place(word).map(|place| self.at(place))
    }

    /// The place of `word` among the words of the table, by which [`Self::at`] finds its value again.
    #[inline]
    pub fn place(&self, word: &str) -> Option<usize> {
        let folded = Folded::new(word)?;
        self.slot(&folded).1
    }

    /// The value at a place that [`Self::place`] gave.
    #[inline]
    pub fn at(&self, place: usize) -> &T {
        &self.entries[place].1
    }

    /// The slot of a word, or the free one where it would go, and its place.
    #[inline]
    fn slot(&self, folded: &Folded) -> (usize, Option<usize>) {
        let mask = self.slots.len() - 1;
        let mut slot = (folded.hash() >> 32) as usize & mask;
        loop {
            let Some(place) = (self.slots[slot] as usize).checked_sub(1) else { return (slot, None) };
            if &*self.entries[place].0 == folded.word() {
                return (slot, Some(place));
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The value of `word`, put there if need be; nothing of a word of more than 32 bytes.
    pub fn entry(&mut self, word: &str) -> Option<&mut T>
    where
        T: Default,
    {
        let folded = Folded::new(word)?;
        let place = match self.slot(&folded) {
            (_, Some(place)) => place,
            (slot, None) => {
                self.entries.push((folded.word().into(), T::default()));
                self.slots[slot] = self.entries.len() as u32;
                if self.entries.len() * 2 > self.slots.len() {
                    self.grow();
                }
                self.entries.len() - 1
            }
        };
        Some(&mut self.entries[place].1)
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 4;
        self.slots.clear();
        self.slots.resize(size, 0);
        for place in 0..self.entries.len() {
            let word = std::str::from_utf8(&self.entries[place].0).ok().and_then(Folded::new);
            if let Some(folded) = word {
                let (slot, _) = self.slot(&folded);
                self.slots[slot] = place as u32 + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FoldedWords;

    #[test]
    fn finds_words_in_any_case_and_no_others() {
        let mut table = FoldedWords::<usize>::default();
        let words: Vec<String> = (0..500).map(|number| format!("Word{number}É")).collect();
        for (number, word) in words.iter().enumerate() {
            *table.entry(word).unwrap() = number;
        }
        for (number, word) in words.iter().enumerate() {
            assert_eq!(table.get(&word.to_ascii_uppercase()), Some(&number));
            assert_eq!(table.at(table.place(word).unwrap()), &number);
        }
        assert_eq!(table.get("word500É"), None);
        assert_eq!(table.get(""), None);
    }

    #[test]
    fn holds_no_word_of_more_than_32_bytes() {
        let mut table = FoldedWords::<usize>::default();
        assert!(table.entry(&"a".repeat(33)).is_none());
        *table.entry(&"a".repeat(32)).unwrap() = 7;
        assert_eq!((table.get(&"A".repeat(32)), table.get(&"a".repeat(33))), (Some(&7), None));
    }
}
