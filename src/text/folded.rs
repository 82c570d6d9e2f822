//! Tables of words looked up whatever the case of their ASCII letters, by one quick hash.

/// The longest word in bytes that a table holds.
const LONGEST: usize = 32;

/// Words with a value each, found whatever the case of their ASCII letters.
#[derive(Clone, Debug)]
pub struct FoldedWords<T> {
    /// One more than the place of an entry, or 0; as many as a power of two, at most half of them taken.
    slots: Vec<u32>,
    entries: Vec<(Folded, T)>,
}

impl<T> Default for FoldedWords<T> {
    fn default() -> Self {
        Self { slots: vec![0; 8], entries: Vec::new() }
    }
}

/// How many groups of eight bytes the longest word has.
const GROUPS: usize = LONGEST / 8;

/// A word in small letters, eight bytes in each number, with zeros behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Folded {
    groups: [u64; GROUPS],
    length: usize,
}

impl Folded {
    #[inline]
    fn new(word: &str) -> Option<Self> {
        let length = word.len();
        if length > LONGEST {
            return None;
        }
        let mut groups = [0; GROUPS];
        let (whole, rest) = word.as_bytes().as_chunks::<8>();
        for (group, bytes) in groups.iter_mut().zip(whole) {
            *group = in_small_letters(u64::from_le_bytes(*bytes));
        }
        if let Some(group) = groups.get_mut(whole.len()) {
            *group = in_small_letters(few_bytes(rest));
        }
        Some(Self { groups, length })
    }

    #[inline]
    fn hash(&self) -> u64 {
        let mut hash = self.length as u64;
        for group in &self.groups[..self.length.div_ceil(8)] {
            hash = (hash.rotate_left(5) ^ group).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        hash
    }
}

/// Up to seven bytes as the low bytes of a number: two overlapping halves, so that none is read alone.
#[inline]
fn few_bytes(bytes: &[u8]) -> u64 {
    let behind = |half: usize| 8 * (bytes.len() - half) as u32;
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << behind(4);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<2>(), bytes.last_chunk::<2>()) {
        return u64::from(u16::from_le_bytes(*first)) | u64::from(u16::from_le_bytes(*last)) << behind(2);
    }
    bytes.first().map_or(0, |byte| u64::from(*byte))
}

/// Eight bytes with their capital ASCII letters made small.
#[inline]
fn in_small_letters(group: u64) -> u64 {
    const EACH: u64 = u64::MAX / 255;
    let low = group & (EACH * 0x7f);
    // The high bit of each byte: from A (0x41) on, and beyond Z (0x5a).
    let from_a = low + EACH * (0x80 - 0x41);
    let beyond_z = low + EACH * (0x80 - 0x5b);
    let capital = (from_a ^ beyond_z) & !group & (EACH * 0x80);
    group | capital >> 2
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
            if self.entries[place].0 == *folded {
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
                self.entries.push((folded, T::default()));
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
            let (slot, _) = self.slot(&self.entries[place].0);
            self.slots[slot] = place as u32 + 1;
        }
    }
}

/// Which words a table may hold, told by their first and last letter and their length: most words of a text are none
/// of the table's, and need no look-up.
#[derive(Clone, Debug)]
pub struct WordEnds(Vec<u32>);

impl Default for WordEnds {
    fn default() -> Self {
        Self(vec![0; 1 << 10])
    }
}

impl WordEnds {
    /// The longest word that it can tell.
    pub const LONGEST: usize = 31;

    /// The place of a word's two ends, the same for capital and small letters.
    #[inline]
    fn place(first: u8, last: u8) -> usize {
        usize::from(first & 31) << 5 | usize::from(last & 31)
    }

    /// Notes `word`; says whether that could be done: an empty word and one of more than 31 bytes cannot be told.
    pub fn add(&mut self, word: &str) -> bool {
        let (Some(first), Some(last)) = (word.as_bytes().first(), word.as_bytes().last()) else { return false };
        if word.len() > Self::LONGEST {
            return false;
        }
        self.0[Self::place(*first, *last)] |= 1 << word.len();
        true
    }

    /// Whether `word` may be one of the words noted, whatever the case of its ASCII letters.
    #[inline]
    pub fn may_hold(&self, word: &str) -> bool {
        let (Some(first), Some(last)) = (word.as_bytes().first(), word.as_bytes().last()) else { return false };
        word.len() <= Self::LONGEST && self.0[Self::place(*first, *last)] >> word.len() & 1 == 1
    }
}

/// Whether `word` consists of ASCII letters alone.
#[inline]
pub fn is_letters(word: &str) -> bool {
    const EACH: u64 = u64::MAX / 255;
    // The high bit of each byte that is no letter.
    let other = |group: u64| {
        let low = (group | (EACH * 0x20)) & (EACH * 0x7f);
        !((low + EACH * (0x80 - 0x61)) & !(low + EACH * (0x80 - 0x7b)) & !group) & (EACH * 0x80)
    };
    let (whole, rest) = word.as_bytes().as_chunks::<8>();
    let kept = (1_u64 << (8 * rest.len())) - 1;
    whole.iter().all(|bytes| other(u64::from_le_bytes(*bytes)) == 0) && other(few_bytes(rest)) & kept == 0
}

#[cfg(test)]
mod tests {
    use super::{FoldedWords, WordEnds, is_letters};

    #[test]
    fn words_are_told_by_their_ends_in_any_case() {
        let mut ends = WordEnds::default();
        assert!(ends.add("seven") && ends.add("a") && !ends.add("") && !ends.add(&"a".repeat(32)));
        for (word, may) in [("Seven", true), ("SEVEN", true), ("seventeen", false), ("evens", false), ("A", true)] {
            assert_eq!(ends.may_hold(word), may, "{word}");
        }
        assert!(!ends.may_hold("") && !ends.may_hold(&"a".repeat(40)));
    }

    #[test]
    fn letters_are_told_from_all_other_bytes() {
        for length in 1..20 {
            for place in 0..length {
                for other in (0..=255_u8).map(char::from) {
                    let mut word = vec!['k'; length];
                    word[place] = other;
                    let word: String = word.into_iter().collect();
                    assert_eq!(is_letters(&word), other.is_ascii_alphabetic(), "{word:?}");
                }
            }
        }
        assert!(is_letters("azAZmM") && is_letters(""));
    }

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
    fn folds_letters_of_ascii_and_no_other_byte() {
        for length in 1..=32_usize {
            for byte in 0..128_u8 {
                let word: String = (0..length).map(|at| char::from((byte + at as u8) % 128)).collect();
                let mut table = FoldedWords::<u8>::default();
                *table.entry(&word).unwrap() = 1;
                assert_eq!(table.get(&word.to_ascii_lowercase()), Some(&1), "{word:?}");
                assert_eq!(table.get(&word.to_ascii_uppercase()), Some(&1), "{word:?}");
                let other = word.replacen(char::from(byte), "é", 1);
                assert_eq!(table.get(&other), None, "{word:?} {other:?}");
            }
        }
        let mut table = FoldedWords::<u8>::default();
        *table.entry("Éa[@`{").unwrap() = 1;
        assert_eq!((table.get("ÉA[@`{"), table.get("éa[@`{"), table.get("Éa{`@[")), (Some(&1), None, None));
    }

    #[test]
    fn holds_no_word_of_more_than_32_bytes() {
        let mut table = FoldedWords::<usize>::default();
        assert!(table.entry(&"a".repeat(33)).is_none());
        *table.entry(&"a".repeat(32)).unwrap() = 7;
        assert_eq!((table.get(&"A".repeat(32)), table.get(&"a".repeat(33))), (Some(&7), None));
    }
}
