//! What is read around a possible border: the words and signs on both its sides.

use super::border::Border;
use super::lists::label_len;
use crate::linear::logistic::{Features, word_hash};
use crate::segment::knowledge::{Abbreviation, Knowledge};
use memchr::{memchr_iter, memchr2, memrchr2};

/// Names the features below in the model's file: change it with them.
pub(super) const FEATURE_SET: &str = "sentences/2";

/// The farthest that a word is read, in bytes.
const WORD: usize = 32;

/// How far brackets and quotes are looked for, in bytes.
const LOOK_BACK: usize = 256;

/// One possible border with its surroundings.
pub(super) struct Context<'p> {
    paragraph: &'p str,
    /// First byte of the sentence that might end.
    start: usize,
    border: Border,
    /// The word before the mark, and the one before that.
    before: &'p [u8],
    earlier: &'p [u8],
    /// The word behind the border without opening quotes, and the one after that.
    after: &'p [u8],
    later: &'p [u8],
    /// First byte behind the border.
    opening: u8,
    abbreviation: Option<Abbreviation>,
    /// Whether the word before keeps an exclamation mark.
    joined: bool,
    /// Whether a full stop is glued to the next word.
    stop_follows: bool,
    /// Whether a word follows an abbreviation that can only begin a sentence.
    starter: bool,
}

/// What a word looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    None,
    SingleUpper,
    SingleLower,
    Lower,
    Capitalised,
    Upper,
    Mixed,
    Number,
    NumberMixed,
    Dotted,
    Wide,
    Sign,
}

impl<'p> Context<'p> {
    pub(super) fn new(paragraph: &'p str, start: usize, border: Border, knowledge: &Knowledge) -> Self {
        let bytes = paragraph.as_bytes();
        let before = word_before(bytes, start, border.mark);
        let before_start = border.mark - before.len();
        let earlier_end = blanks_before(bytes, start, before_start);
        let earlier = word_before(bytes, start, earlier_end);
        let opening = bytes.get(border.next).copied().unwrap_or(0);
        let after_start = openers_end(bytes, border.next);
        let after = word_after(bytes, after_start);
        let later = word_after(bytes, openers_end(bytes, blanks_after(bytes, after_start + after.len())));
        let stop_follows = bytes.get(after_start + after.len()) == Some(&b'.');
        let is_stop = bytes.get(border.mark) == Some(&b'.');
        let abbreviation =
            if is_stop { std::str::from_utf8(before).ok().and_then(|word| knowledge.abbreviation(word)) } else { None };
        let joined = bytes.get(border.mark) == Some(&b'!')
            && paragraph.get(before_start..=border.mark).is_some_and(|word| knowledge.is_joined(word));
        let shortened = is_stop
            && (abbreviation == Some(Abbreviation::Either) || (abbreviation.is_none() && look(before) == Look::Dotted));
        let starter = shortened && std::str::from_utf8(after).is_ok_and(|word| knowledge.is_starter(word));
        Self {
            paragraph,
            start,
            border,
            before,
            earlier,
            after,
            later,
            opening,
            abbreviation,
            joined,
            stop_follows,
            starter,
        }
    }

    /// The punctuation that might end the sentence.
    pub(super) fn mark(&self) -> &'p [u8] {
        &self.paragraph.as_bytes()[self.border.mark..self.border.mark_end]
    }

    /// Whether closing quotes or brackets stand between mark and border.
    pub(super) fn is_closed(&self) -> bool {
        self.border.end > self.border.mark_end
    }

    pub(super) fn abbreviation(&self) -> Option<Abbreviation> {
        self.abbreviation
    }

    /// Whether nothing but a list's label stands before the border.
    pub(super) fn is_label(&self) -> bool {
        let sentence = &self.paragraph[self.start..self.border.end];
        let bracketed = sentence.len() <= 6 && sentence.starts_with('(');
        if bracketed || (sentence.starts_with('[') && sentence.len() <= 32 && !sentence.contains(' ')) {
            return true;
        }
        sentence.len() <= 12 && label_len(&self.paragraph[self.start..]).is_some_and(|len| len >= sentence.len())
    }

    /// Whether the border stands behind `Figure 1.5` at the paragraph's head, before its caption.
    pub(super) fn is_caption_label(&self) -> bool {
        self.start == 0 && self.border.mark == self.border.end
    }

    /// Whether the mark is an omission or query in brackets: `[...]` before what is no capital, `[?]`.
    pub(super) fn is_omission(&self) -> bool {
        let bytes = self.paragraph.as_bytes();
        let bracketed = self.border.mark > 0
            && bytes[self.border.mark - 1] == b'['
            && bytes.get(self.border.mark_end) == Some(&b']');
        bracketed && !(self.mark().len() > 1 && self.opening.is_ascii_uppercase())
    }

    /// Whether a bracket is open that closes further on, and no capital follows.
    pub(super) fn goes_on_in_brackets(&self) -> bool {
        let bytes = self.paragraph.as_bytes();
        if self.opening.is_ascii_uppercase() || self.opening >= 0x80 || self.is_closed() {
            return false;
        }
        let sentence = &bytes[self.start..self.border.mark];
        let window = &sentence[sentence.len().saturating_sub(LOOK_BACK)..];
        let rest = &bytes[self.border.next..bytes.len().min(self.border.next + LOOK_BACK)];
        let open = |opener: u8, closer: u8| {
            let is_open = memrchr2(opener, closer, window).is_some_and(|at| window[at] == opener);
            is_open && memchr2(opener, closer, rest).is_some_and(|at| rest[at] == closer)
        };
        open(b'[', b']') || open(b'(', b')')
    }

    /// Whether a bracket opens behind a word without a stop.
    pub(super) fn is_aside(&self) -> bool {
        self.border.mark_end == self.border.mark && matches!(self.opening, b'(' | b'[')
    }

    /// Whether the mark is a full stop, question or exclamation mark, or ellipsis.
    pub(super) fn is_strong(&self) -> bool {
        matches!(self.mark().first(), Some(b'.' | b'!' | b'?' | 0xE2))
    }

    /// Whether a colon or semicolon stands before the border, which do not end sentences.
    pub(super) fn is_weak(&self) -> bool {
        matches!(self.paragraph.as_bytes()[..self.border.end].last(), Some(b':' | b';'))
    }

    /// Whether a closing quote or round bracket stands between mark and border.
    pub(super) fn is_quoted(&self) -> bool {
        let closers = &self.paragraph.as_bytes()[self.border.mark_end..self.border.end];
        self.is_strong() && closers.iter().any(|byte| matches!(byte, b'"' | b'\'' | b')' | 0xE2))
    }

    /// Whether a full stop follows a closing quote: `‘two healths’.`
    pub(super) fn is_quoted_word(&self) -> bool {
        let before = &self.paragraph.as_bytes()[..self.border.mark];
        let quoted = before.ends_with(b"\"") || before.ends_with("’".as_bytes()) || before.ends_with("”".as_bytes());
        self.mark() == b"." && quoted
    }

    /// Whether a dash begins what follows.
    pub(super) fn next_is_dash(&self) -> bool {
        let rest = &self.paragraph[self.border.next..];
        rest.starts_with("- ") || rest.starts_with("-- ") || rest.starts_with(['–', '—'])
    }

    /// Whether the next word is written small.
    pub(super) fn next_is_small(&self) -> bool {
        self.after.first().is_some_and(u8::is_ascii_lowercase)
    }

    /// Whether the next word begins with a capital.
    pub(super) fn next_is_capital(&self) -> bool {
        self.after.first().is_some_and(u8::is_ascii_uppercase)
    }

    /// Whether the mark belongs to the name before it: `Yahoo!`.
    pub(super) fn is_joined(&self) -> bool {
        self.mark() == b"!" && self.joined
    }

    /// Whether no blank follows.
    pub(super) fn is_glued(&self) -> bool {
        self.border.end == self.border.next
    }

    /// Whether the next word may be a name or number.
    pub(super) fn next_is_name(&self) -> bool {
        self.after.first().is_some_and(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte >= 0x80)
    }

    /// Whether a quote opens behind the border.
    pub(super) fn next_is_opener(&self) -> bool {
        matches!(self.opening, b'"' | 0xE2)
    }

    /// Whether an initial stands before the mark: a single capital, but not the pronoun, between names.
    pub(super) fn is_initial(&self) -> bool {
        let [letter] = self.before else { return false };
        let name_follows =
            matches!(look(self.after), Look::Capitalised | Look::SingleUpper | Look::Upper | Look::Mixed);
        let name_before = self.earlier.first().is_none_or(u8::is_ascii_uppercase);
        let pair = self.after.len() == 1 && self.stop_follows;
        if letter.is_ascii_uppercase() && self.opening.is_ascii_uppercase() && pair {
            return true;
        }
        letter.is_ascii_uppercase()
            && self.opening.is_ascii_uppercase()
            && name_follows
            && name_before
            && (*letter != b'I' || !self.earlier.is_empty())
    }

    /// Whether a word follows an abbreviation that can only begin a sentence.
    pub(super) fn starts_anew(&self) -> bool {
        self.starter
    }

    /// Gathers the features.
    pub(super) fn describe(&self, features: &mut Features) {
        let bytes = self.paragraph.as_bytes();
        let mark = word_hash(&self.mark()[..self.mark().len().min(4)]);
        let closers = &bytes[self.border.mark_end..self.border.end.min(self.border.mark_end + 6)];
        let note = closers.contains(&b' ') || closers.contains(&b'[');
        let closers = if note { 1 } else { word_hash(closers) };
        let sign = mark ^ closers.rotate_left(8);
        let (before, earlier) = (u32::from(self.before_look()), look(self.earlier) as u32);
        let (after, later) = (look(self.after) as u32, look(self.later) as u32);
        let opening = u32::from(if self.opening.is_ascii_alphanumeric() { 0 } else { self.opening });
        let (word_before, word_after) = (word_hash(self.before), word_hash(self.after));
        let shape = before << 12 | after << 8 | (opening & 0xFF);
        features.add(0, mark);
        features.add(1, closers);
        features.add(2, sign);
        features.add(3, before);
        features.add(4, after);
        features.add(5, opening);
        features.add(6, word_before);
        features.add(7, word_after);
        features.add(8, sign ^ after << 4 ^ opening << 16);
        features.add(9, sign ^ before << 4);
        features.add(10, shape);
        features.add(11, mark ^ shape);
        features.add(12, word_before ^ after);
        features.add(13, word_after ^ before << 8);
        features.add(14, earlier << 8 | before << 4 | after);
        features.add(15, after << 4 | later);
        features.add(16, word_hash(self.later));
        features.add(17, mark ^ word_after);
        features.add(18, (self.before.len().min(9) as u32) << 8 | before);
        self.describe_place(features, mark, after);
    }

    /// The features of the place in sentence and paragraph.
    fn describe_place(&self, features: &mut Features, mark: u32, after: u32) {
        let bytes = self.paragraph.as_bytes();
        let sentence = &bytes[self.start..self.border.end];
        let length = sentence.len().min(400).ilog2();
        let rest = (bytes.len() - self.border.next).clamp(1, 400).ilog2();
        let blanks = (self.border.next - self.border.end).min(3) as u32;
        let begins_small = u32::from(sentence[0].is_ascii_lowercase());
        let window = &sentence[sentence.len().saturating_sub(LOOK_BACK)..];
        let is_open = memrchr2(b'(', b')', window).is_some_and(|at| window[at] == b'(');
        let quotes = (memchr_iter(b'"', window).count() % 2) as u32;
        let open = u32::from(is_open) << 1 | quotes;
        features.add(20, length);
        features.add(21, rest);
        features.add(22, blanks);
        features.add(23, open << 8 ^ mark);
        features.add(24, begins_small << 8 | after);
        features.add(25, length << 8 | after);
        features.add(26, length ^ mark << 4);
        features.add(27, open << 8 | after);
    }

    /// What the word before the mark looks like, abbreviations apart.
    fn before_look(&self) -> u8 {
        match self.abbreviation {
            Some(Abbreviation::Title) => 13,
            Some(Abbreviation::Inner) => 14,
            Some(Abbreviation::Either) => 15,
            None => look(self.before) as u8,
        }
    }
}

/// The word that ends at `end`, read back to a blank or opening sign, not beyond `start`.
fn word_before(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    let from = start.max(end.saturating_sub(WORD)).min(end);
    let window = &bytes[from..end];
    let len = window
        .iter()
        .rev()
        .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'(' | b'"' | b'[' | b',' | b'/'))
        .count();
    &window[window.len() - len..]
}

/// The word that begins at `start`: letters, digits and what stands between them.
fn word_after(bytes: &[u8], start: usize) -> &[u8] {
    let rest = &bytes[start.min(bytes.len())..];
    let window = &rest[..rest.len().min(WORD)];
    let len = window.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte >= 0x80).count();
    &window[..len]
}

fn blanks_before(bytes: &[u8], start: usize, end: usize) -> usize {
    let start = start.min(end);
    end - bytes[start..end].iter().rev().take(4).take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn blanks_after(bytes: &[u8], start: usize) -> usize {
    let start = start.min(bytes.len());
    start + bytes[start..].iter().take(4).take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The first byte behind opening quotes and brackets from `start`.
fn openers_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start.min(bytes.len());
    for _ in 0..4 {
        match bytes.get(end) {
            Some(b' ') if end > start => end += 1,
            Some(b'"' | b'\'' | b'(' | b'[' | b'-' | b'*' | b'_') => end += 1,
            Some(0xE2) if ["“", "‘", "—", "–", "•"].iter().any(|sign| bytes[end..].starts_with(sign.as_bytes())) =>
            {
                end += 3;
            }
            _ => break,
        }
    }
    end
}

fn look(word: &[u8]) -> Look {
    let Some(first) = word.first() else { return Look::None };
    let all = |test: fn(&u8) -> bool| word.iter().all(test);
    if word.len() == 1 {
        return match first {
            b'A'..=b'Z' => Look::SingleUpper,
            b'a'..=b'z' => Look::SingleLower,
            b'0'..=b'9' => Look::Number,
            0x80.. => Look::Wide,
            _ => Look::Sign,
        };
    }
    if word.contains(&b'.') {
        return if first.is_ascii_digit() { Look::Number } else { Look::Dotted };
    }
    match first {
        b'0'..=b'9' if all(|byte| !byte.is_ascii_alphabetic()) => Look::Number,
        b'0'..=b'9' => Look::NumberMixed,
        b'a'..=b'z' => Look::Lower,
        b'A'..=b'Z' if all(|byte| !byte.is_ascii_lowercase()) => Look::Upper,
        b'A'..=b'Z' if word[1..].iter().all(|byte| !byte.is_ascii_uppercase()) => Look::Capitalised,
        b'A'..=b'Z' => Look::Mixed,
        0x80.. => Look::Wide,
        _ => Look::Sign,
    }
}
