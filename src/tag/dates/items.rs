//! Tokens as date patterns see them: words looked up, digits read, dates in digits taken whole.
//!
//! Items are cut finer than tokens where need be (`three-month`, `5th`, `'90s`), so that patterns do not
//! depend on how hyphens are cut; each item remembers whether a token begins or ends with it.

use super::expr::DateExpr;
use super::seeds::is_letters;
use super::shapes::{ShapeKind, Shapes};
use super::vocabulary::{Atom, Class, Membership, Vocabulary};
use crate::document::{Segmented, Sentence, Token};
use crate::numeral::{Gap, Kind, Numbers, Role, Words};
use crate::text::chars::{is_apostrophe, is_dash};

/// Kinds of number, by their place in [`super::vocabulary::KINDS`].
pub(super) mod kind {
    pub(in super::super) const NUMBER: u32 = 1;
    pub(in super::super) const WHOLE: u32 = 1 << 1;
    pub(in super::super) const ORDINAL: u32 = 1 << 2;
    pub(in super::super) const DAY: u32 = 1 << 3;
    pub(in super::super) const YEAR: u32 = 1 << 4;
    pub(in super::super) const SHORT: u32 = 1 << 5;
    pub(in super::super) const DECADE: u32 = 1 << 6;
    pub(in super::super) const HOUR: u32 = 1 << 7;
    pub(in super::super) const HHMM: u32 = 1 << 8;
    pub(in super::super) const CLOCK: u32 = 1 << 9;
    pub(in super::super) const DOTTED: u32 = 1 << 10;
    pub(in super::super) const SLASHED: u32 = 1 << 11;
    pub(in super::super) const NUMERIC: u32 = 1 << 12;
    pub(in super::super) const ANY: u32 = 1 << 13;
    pub(in super::super) const NTH: u32 = 1 << 14;
    pub(in super::super) const NAME: u32 = 1 << 15;
    pub(in super::super) const SPELLED: u32 = 1 << 16;
    pub(in super::super) const THREE: u32 = 1 << 17;
    pub(in super::super) const DIGIT_DAY: u32 = 1 << 18;
    pub(in super::super) const OLD_DECADE: u32 = 1 << 19;
    pub(in super::super) const LARGE: u32 = 1 << 20;
    pub(in super::super) const PLAIN: u32 = 1 << 21;

    /// Those that are numbers.
    pub(in super::super) const NUMBERS: u32 = !(ANY | NAME);
}

/// What a match or a lexicon phrase means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Meaning {
    Atom(Atom),
    Expr(DateExpr),
}

/// The length of the words that begin a number without being one: a hundred.
const ARTICLE_BYTES: u32 = 2;

/// No meaning of its own.
pub(super) const NO_MEANING: u32 = u32::MAX;

/// A word, number, sign or match.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// First byte.
    pub(super) start: u32,
    /// The byte after the last.
    pub(super) end: u32,
    /// The word's number in the vocabulary, or 0.
    pub(super) word: u16,
    /// Kinds of number, as bits.
    pub(super) kinds: u32,
    /// The category of a match, or 0 (which is no category).
    pub(super) category: Class,
    /// Whether a token begins here.
    pub(super) opens: bool,
    /// Whether a token ends here.
    pub(super) closes: bool,
    /// Whether the first letter is a capital.
    pub(super) capital: bool,
    /// The number in thousandths; meaningful where `kinds` says so.
    pub(super) thousandths: i64,
    /// Place of its meaning, or [`NO_MEANING`].
    pub(super) meaning: u32,
    /// The phases in which a pattern may begin with it, as bits.
    pub(super) starts: u8,
}

impl Item {
    /// Whether it is a word that no list holds, and no number.
    #[inline]
    pub(super) fn is_unknown(&self) -> bool {
        self.word == 0 && self.category == 0 && self.kinds & kind::NUMBERS == 0
    }
}

/// Buffers for the items of one sentence.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub(super) list: Vec<Item>,
    pub(super) meanings: Vec<Meaning>,
}

/// What cutting needs to know.
#[derive(Debug)]
pub(super) struct Cutter {
    pub(super) vocabulary: Vocabulary,
    pub(super) shapes: Shapes,
    pub(super) numbers: Numbers,
    /// The class of words that put what they count in a row: the first three quarters.
    pub(super) row_word: Class,
}

impl Cutter {
    /// Fills `items` with the items of `sentence`.
    pub(super) fn cut(&self, text: &Segmented<'_>, sentence: &Sentence, items: &mut Items) {
        items.list.clear();
        items.meanings.clear();
        let tokens = text.tokens_of(sentence);
        let mut cursor = Cursor { cutter: self, text: text.text(), tokens, items, has_number_word: false };
        cursor.run();
        let has_number_word = cursor.has_number_word;
        if has_number_word {
            self.merge_numbers(text.text(), items);
        }
    }

    /// Joins words that make up one number.
    fn merge_numbers(&self, text: &str, items: &mut Items) {
        let mut read = 0;
        let mut kept = 0;
        let mut beyond = 0;
        while read < items.list.len() {
            let item = items.list[read];
            let mut merged = item;
            let mut count = 1;
            // "a" begins a number only before another of its words.
            let numeral = |at: usize| items.list.get(at).is_some_and(|item| self.vocabulary.is_numeral(item.word));
            let may_begin = item.kinds & kind::NUMBER != 0 || item.end - item.start <= ARTICLE_BYTES;
            if read >= beyond && (numeral(read) || (may_begin && numeral(read + 1))) {
                match self.number_at(text, &items.list, read, kept) {
                    Some((next, Some(number))) => (merged, count) = (number, next - read),
                    // A number that outgrows all values is read but once.
                    Some((next, None)) => beyond = next,
                    None => {}
                }
            }
            items.list[kept] = merged;
            kept += 1;
            read += count;
        }
        items.list.truncate(kept);
    }

    /// The number in words that begins at `at` and the item behind it; no number where it has no value. The
    /// items before `kept` are those already passed.
    fn number_at(&self, text: &str, list: &[Item], at: usize, kept: usize) -> Option<(usize, Option<Item>)> {
        let first = list[at];
        let words = Run { text, list: &list[at..] };
        let role = self.numbers.atom(words.word(0)).role;
        let scaled_next = || matches!(self.numbers.atom(words.word(1)).role, Role::Hundred | Role::Scale | Role::Dozen);
        let begins = match role {
            Role::None | Role::And | Role::Of | Role::Point | Role::Short | Role::Minus | Role::Part => false,
            Role::Article => scaled_next(),
            Role::Digits => first.kinds & kind::NUMBER != 0 && first.kinds & kind::YEAR == 0 && scaled_next(),
            _ => true,
        };
        if !begins {
            return None;
        }
        // Before a word that is none of a number, the first is read alone.
        let alone = list.get(at + 1).is_some_and(Item::is_unknown);
        let until = if alone { at + 1 } else { list.len() };
        let mut numeral = self.numbers.read(&Run { text, list: &list[at..until] }, 0)?;
        // "the past two quarters" counts quarters, "three quarters of an hour" is a fraction.
        if numeral.kind == Kind::Fraction && numeral.words > 1 {
            let unit = list[at + numeral.words - 1];
            let is_unit = |own: &Membership| matches!(own.atom, Atom::Unit(_));
            // "the first three quarters of the year"
            let before = kept.checked_sub(1).map(|before| list[before].word);
            let in_row = before
                .is_some_and(|word| self.vocabulary.memberships(word).iter().any(|own| own.class == self.row_word));
            if self.vocabulary.memberships(unit.word).iter().any(is_unit)
                && (in_row || words.word(numeral.words) != "of")
            {
                numeral = self.numbers.read(&Run { text, list: &list[at..at + numeral.words - 1] }, 0)?;
            }
        }
        let final_word = list.get(at + numeral.words - 1)?;
        let thousandths = numeral.value.and_then(|value| value.shifted(3)).and_then(crate::numeral::Number::to_whole);
        let Some(thousandths) = thousandths else { return Some((at + numeral.words, None)) };
        let mut item = Item { end: final_word.end, closes: final_word.closes, thousandths, ..first };
        if numeral.words > 1 {
            item.word = 0;
        }
        item.kinds = kind::ANY;
        if role != Role::Digits {
            item.kinds |= kind::SPELLED;
        }
        let whole = (thousandths % 1000 == 0).then_some(thousandths / 1000);
        if numeral.kind == Kind::Ordinal {
            item.kinds |= kind::ORDINAL;
            if whole.is_some_and(|n| (1..=31).contains(&n)) {
                item.kinds |= kind::DAY;
            }
        } else {
            item.kinds |= kind::NUMBER;
            if let Some(whole) = whole {
                item.kinds |= kind::WHOLE;
                if whole >= 1000 && role != Role::Digits {
                    item.kinds |= kind::LARGE;
                }
                if (1..=12).contains(&whole) && numeral.words == 1 {
                    item.kinds |= kind::HOUR;
                }
            }
        }
        Some((at + numeral.words, Some(item)))
    }
}

/// A run of items as the numeral reader sees them.
struct Run<'a> {
    text: &'a str,
    list: &'a [Item],
}

impl Words for Run<'_> {
    fn word(&self, index: usize) -> &str {
        self.list.get(index).and_then(|item| self.text.get(item.start as usize..item.end as usize)).unwrap_or_default()
    }

    fn gap(&self, index: usize) -> Gap {
        match (index.checked_sub(1).and_then(|before| self.list.get(before)), self.list.get(index)) {
            (Some(before), Some(item)) if before.end == item.start => Gap::None,
            (Some(before), Some(item)) => {
                let between = self.text.as_bytes().get(before.end as usize..item.start as usize).unwrap_or_default();
                if between.contains(&b'\n') { Gap::Break } else { Gap::Blank }
            }
            _ => Gap::Break,
        }
    }
}

/// Walks over the tokens of one sentence.
struct Cursor<'a> {
    cutter: &'a Cutter,
    text: &'a str,
    tokens: &'a [Token],
    items: &'a mut Items,
    has_number_word: bool,
}

impl Cursor<'_> {
    fn run(&mut self) {
        // The next byte to cut may lie beyond the token: a date in digits can span several.
        let mut at = 0;
        let mut index = 0;
        while let Some(token) = self.tokens.get(index) {
            let (start, end) = (token.span.start() as usize, token.span.end() as usize);
            at = at.max(start);
            if at >= end {
                index += 1;
                continue;
            }
            at = if at == start && self.whole_word(start, end) { end } else { self.part(at, end, index) };
        }
    }

    /// Takes a token of letters alone, or one that the vocabulary knows as it is.
    #[inline]
    fn whole_word(&mut self, start: usize, end: usize) -> bool {
        let text = self.text.as_bytes();
        let bytes = &text[start..end];
        let first = bytes[0];
        if first.is_ascii_alphabetic() {
            let vocabulary = &self.cutter.vocabulary;
            let mut word = vocabulary.find_at(text, start, end);
            if word == 0 && bytes.len() > 2 && bytes.ends_with(b".") {
                word = vocabulary.find(&bytes[..bytes.len() - 1]);
            }
            if word == 0 && !is_letters(text, start, end) {
                return false;
            }
            self.push_word(start, end, word, true, true);
            return true;
        }
        // A day known by its numbers: 9/11.
        if first.is_ascii_digit() && bytes.contains(&b'/') {
            let word = self.cutter.vocabulary.find(bytes);
            if word != 0 {
                self.push_word(start, end, word, true, true);
            }
            return word != 0;
        }
        if bytes.len() == 1 && first.is_ascii_punctuation() && first != b'-' && first != b'\'' {
            let word = self.cutter.vocabulary.find(bytes);
            self.push_word(start, end, word, true, true);
            return true;
        }
        false
    }

    fn push_word(&mut self, start: usize, end: usize, word: u16, opens: bool, closes: bool) {
        let bytes = self.text.as_bytes();
        let capital = bytes[start].is_ascii_uppercase();
        self.has_number_word |= self.cutter.vocabulary.is_numeral(word);
        self.items.list.push(Item {
            start: start as u32,
            end: end as u32,
            word,
            kinds: if capital && word == 0 { kind::ANY | kind::NAME } else { kind::ANY },
            category: 0,
            opens,
            closes,
            capital,
            thousandths: 0,
            meaning: NO_MEANING,
            starts: 0,
        });
    }

    /// Takes one piece of the token that ends at `end`, from `at` on; the byte after the piece.
    fn part(&mut self, at: usize, end: usize, index: usize) -> usize {
        let token_start = self.tokens[index].span.start() as usize;
        let rest = &self.text[at..];
        let Some(first) = rest.chars().next() else { return end };
        if first.is_ascii_digit() {
            return self.digits(at, index);
        }
        let mut piece = first.len_utf8();
        let mut word = 0;
        if first.is_alphabetic() {
            piece = self.text[at..end].find(|c: char| !c.is_alphabetic()).unwrap_or(end - at);
            word = self.cutter.vocabulary.find(&rest.as_bytes()[..piece]);
        } else if is_apostrophe(first) {
            // `'s` and `'ll` are words of their own.
            let letters = &self.text.as_bytes()[at + piece..end];
            let mut ending = [b'\''; 4];
            word = match ending.get_mut(1..=letters.len()) {
                Some(place) if !letters.is_empty() => {
                    place.copy_from_slice(letters);
                    self.cutter.vocabulary.find(&ending[..=letters.len()])
                }
                _ => 0,
            };
            if word == 0 {
                word = self.cutter.vocabulary.find(b"'");
            } else {
                piece += letters.len();
            }
        } else if is_dash(first) {
            let glued = self.text[..at].chars().next_back().is_some_and(|c| !c.is_whitespace())
                && self.text[at + piece..].chars().next().is_some_and(|c| !c.is_whitespace());
            word = self.cutter.vocabulary.find(if glued { b"-" } else { b"--" });
        } else if first.is_ascii() {
            word = self.cutter.vocabulary.find(&rest.as_bytes()[..1]);
        }
        self.push_word(at, at + piece, word, at == token_start, at + piece == end);
        at + piece
    }

    /// Takes a date in digits, a time, or a number with what is glued to it.
    fn digits(&mut self, at: usize, index: usize) -> usize {
        let token_start = self.tokens[index].span.start() as usize;
        let bytes = self.text.as_bytes();
        let mut item = Item {
            start: at as u32,
            end: at as u32,
            word: 0,
            kinds: kind::ANY,
            category: 0,
            opens: at == token_start,
            closes: false,
            capital: false,
            thousandths: 0,
            meaning: NO_MEANING,
            starts: 0,
        };
        let end;
        if let Some((length, shape, expr)) = self.cutter.shapes.read(self.text, at) {
            end = at + length;
            if matches!(shape, ShapeKind::Dotted) {
                // 9.58 seconds: it may be a number with decimals.
                let number = DigitRun::read(&bytes[at..end]);
                if number.length == length {
                    item.kinds |= number.kinds();
                    item.thousandths = number.thousandths;
                }
            }
            item.kinds |= match shape {
                ShapeKind::Clock => kind::CLOCK,
                ShapeKind::Dotted => kind::DOTTED,
                ShapeKind::Slashed => kind::SLASHED,
                ShapeKind::Numeric => kind::NUMERIC,
            };
            item.meaning = self.items.meanings.len() as u32;
            self.items.meanings.push(Meaning::Expr(expr));
        } else {
            let limit = self.tokens[index].span.end() as usize;
            let mut number = DigitRun::read(&bytes[at..limit]);
            number.add_part(&bytes[at + number.length..]);
            let length = number.length + number.suffix;
            end = at + length;
            item.kinds |= number.kinds();
            item.thousandths = number.thousandths;
            // A rule may ask for a number itself: September 11.
            item.word = if length == 2 { self.cutter.vocabulary.find_at(bytes, at, end) } else { 0 };
            if number.length == 0 {
                return at + 1;
            }
        }
        item.end = end as u32;
        item.closes = self.tokens[index..]
            .iter()
            .take_while(|token| token.span.start() < item.end)
            .any(|token| token.span.end() == item.end);
        self.items.list.push(item);
        end
    }
}

/// A run of digits at the start of some bytes.
struct DigitRun {
    /// Bytes of digits and their separators.
    length: usize,
    /// Bytes of `th` or `s` behind them.
    suffix: usize,
    thousandths: i64,
    form: Form,
}

/// How a run of digits is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Digits alone.
    Bare,
    /// With commas between thousands.
    Grouped,
    /// With decimals.
    Decimal,
    /// With `th` or the like.
    Ordinal,
    /// `1990s`.
    Decade,
}

impl DigitRun {
    fn read(bytes: &[u8]) -> Self {
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut length = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        let mut run = Self { length, suffix: 0, thousandths: 0, form: Form::Bare };
        while bytes.get(length) == Some(&b',') && (1..=3).all(|n| digit(length + n)) && !digit(length + 4) {
            length += 4;
            run.form = Form::Grouped;
        }
        let mut value = 0_i64;
        for byte in bytes[..length].iter().filter(|b| b.is_ascii_digit()) {
            value = value.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
        }
        run.thousandths = value.saturating_mul(1000);
        if bytes.get(length) == Some(&b'.') && digit(length + 1) {
            let mut scale = 100;
            length += 1;
            while digit(length) {
                run.thousandths = run.thousandths.saturating_add(i64::from(bytes[length] - b'0') * scale);
                scale /= 10;
                length += 1;
            }
            run.form = Form::Decimal;
        }
        run.length = length;
        if run.form == Form::Bare {
            run.read_suffix(&bytes[length..], value);
        }
        run
    }

    fn read_suffix(&mut self, rest: &[u8], value: i64) {
        let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let suffix = rest[..letters].to_ascii_lowercase();
        if matches!(suffix.as_slice(), b"st" | b"nd" | b"rd" | b"th") {
            (self.suffix, self.form) = (2, Form::Ordinal);
        } else if value % 10 == 0 && matches!(self.length, 2..=4) {
            let apostrophe = if rest.starts_with(b"'s") {
                1
            } else if rest.starts_with("’s".as_bytes()) {
                3
            } else {
                0
            };
            let plural =
                suffix == b"s" || (apostrophe > 0 && !rest.get(apostrophe + 1).is_some_and(u8::is_ascii_alphanumeric));
            if plural {
                (self.suffix, self.form) = (apostrophe + 1, Form::Decade);
            }
        }
    }

    /// `2 1/2`: the fraction in `rest` behind a whole number.
    fn add_part(&mut self, rest: &[u8]) {
        const PARTS: [(&[u8], i64); 3] = [(b" 1/2", 500), (b" 1/4", 250), (b" 3/4", 750)];
        let Some((part, thousandths)) = PARTS.iter().find(|(part, _)| rest.starts_with(part)) else { return };
        if self.form == Form::Bare && self.length > 0 && matches!(rest.get(part.len()), Some(b' ' | b'-')) {
            self.thousandths = self.thousandths.saturating_add(*thousandths);
            (self.length, self.form) = (self.length + part.len(), Form::Decimal);
        }
    }

    fn kinds(&self) -> u32 {
        let value = self.thousandths / 1000;
        let mut kinds = 0;
        if self.form == Form::Decade {
            return if self.length == 3 { kind::OLD_DECADE } else { kind::DECADE };
        }
        if self.form == Form::Ordinal {
            kinds |= kind::ORDINAL | kind::NTH;
            if (1..=31).contains(&value) {
                kinds |= kind::DAY | kind::DIGIT_DAY;
            }
            return kinds;
        }
        kinds |= kind::NUMBER;
        if self.form != Form::Decimal {
            kinds |= kind::WHOLE;
        }
        if self.form != Form::Bare {
            return kinds;
        }
        kinds |= kind::PLAIN;
        match self.length {
            1 | 2 => {
                if (1..=31).contains(&value) {
                    kinds |= kind::DAY | kind::DIGIT_DAY;
                }
                if value <= 24 {
                    kinds |= kind::HOUR;
                }
                if self.length == 2 {
                    kinds |= kind::SHORT;
                }
            }
            3 => kinds |= kind::THREE,
            4 => {
                if (1000..=2199).contains(&value) {
                    kinds |= kind::YEAR;
                }
                if value / 100 <= 24 && value % 100 < 60 {
                    kinds |= kind::HHMM;
                }
            }
            _ => {}
        }
        kinds
    }
}
