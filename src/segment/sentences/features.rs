//! What is read around a possible border: the words and signs on both its sides.

use super::border::Border;
use super::lists::label_len;
use super::look::{
    Look, blanks_after, blanks_before, is_initials, look, openers_end, without_hour, word_after, word_before,
};
use super::quotes::holds_sentence;
use crate::linear::logistic::{Features, word_hash};
use crate::segment::knowledge::{Abbreviation, Knowledge};
use memchr::{memchr_iter, memchr2, memrchr2};

/// Names the features below in the model's file: change it with them.
pub(super) const FEATURE_SET: &str = "sentences/3";

/// The most words that name a speaker, and the verb.
const TAG_WORDS: usize = 6;

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
    next: Next,
}

/// What the word behind the full stop of an abbreviation or single letter says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Nothing.
    Open,
    /// A sentence begins with it.
    Starts,
    /// The sentence goes on with it.
    GoesOn,
}

impl<'p> Context<'p> {
    pub(super) fn new(paragraph: &'p str, start: usize, border: Border, knowledge: &Knowledge) -> Self {
        let bytes = paragraph.as_bytes();
        let before = without_hour(word_before(bytes, start, border.mark));
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
        let next = next_word(abbreviation, joined, before, is_stop, (after, later), knowledge);
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
            next,
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
    fn is_aside(&self) -> bool {
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
    fn is_joined(&self) -> bool {
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

    /// Whether a number follows, written with digits or in Roman letters.
    pub(super) fn next_is_number(&self) -> bool {
        let roman = |byte: &u8| matches!(byte, b'I' | b'V' | b'X' | b'L' | b'C');
        self.after.first().is_some_and(u8::is_ascii_digit)
            || (!self.after.is_empty() && self.after != b"I" && self.after.iter().all(roman))
    }

    /// Whether a quote opens behind the border.
    pub(super) fn next_is_opener(&self) -> bool {
        matches!(self.opening, b'"' | 0xE2)
    }

    /// Whether initials stand before the mark: a single capital, but not the pronoun, or several with their
    /// stops (`J.R.R.`), before a name.
    pub(super) fn is_initial(&self) -> bool {
        let name_follows =
            matches!(look(self.after), Look::Capitalised | Look::SingleUpper | Look::Upper | Look::Mixed);
        if self.abbreviation.is_none() && is_initials(self.before) {
            return self.opening.is_ascii_uppercase() && name_follows;
        }
        let [letter] = self.before else { return false };
        let name_before = !matches!(self.earlier, b"a" | b"an" | b"A" | b"An" | b"vitamin" | b"grade");
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

    /// Whether a word follows an abbreviation or single letter that can only begin a sentence.
    pub(super) fn starts_anew(&self) -> bool {
        self.next == Next::Starts
    }

    /// Whether a word follows an abbreviation that goes on with the sentence.
    pub(super) fn is_continued(&self) -> bool {
        self.next == Next::GoesOn
    }

    /// Whether an abbreviation or letters with full stops between them stand before the mark.
    fn is_shortened(&self) -> bool {
        self.mark() == b"." && (self.abbreviation.is_some() || look(self.before) == Look::Dotted)
    }

    /// Whether the number of an item stands before the mark: `two steps: 1. a vote, 2. a summit`.
    pub(super) fn is_item_number(&self) -> bool {
        let number = (1..=2).contains(&self.before.len()) && self.before.iter().all(u8::is_ascii_digit);
        let start = self.border.mark - self.before.len();
        number && start >= self.start + 2 && {
            let bytes = &self.paragraph.as_bytes()[start - 2..start];
            matches!(bytes, [b':' | b';' | b',', b' '])
        }
    }

    /// Whether the mark is an ellipsis that stands apart or opens the sentence, before a small letter.
    fn is_pause(&self) -> bool {
        let apart = self.before.is_empty() || self.before == "“".as_bytes() || self.before == "‘".as_bytes();
        apart && (self.mark().starts_with(b"..") || self.mark().starts_with("…".as_bytes()))
    }

    /// Whether a sentence whose next word is written small goes on.
    pub(super) fn is_small_within(&self) -> bool {
        let within = !self.is_closed() && (self.is_pause() || self.is_shortened());
        within || self.is_quoted() || self.is_joined() || !self.is_strong()
    }

    /// Whether nothing that may end a sentence stands before the border, only what closes a part of it.
    pub(super) fn is_without_stop(&self) -> bool {
        self.is_aside() || self.is_only_quoted() || self.is_only_bracketed() || self.is_dash()
    }

    /// Whether no mark but a closing quote stands before the border: `the workers' Party`.
    fn is_only_quoted(&self) -> bool {
        let closed = &self.paragraph.as_bytes()[..self.border.end];
        let broken_off = closed[self.border.mark] == b'-' || closed[self.border.mark..].starts_with("—".as_bytes());
        self.border.mark_end == self.border.mark
            && !broken_off
            && (closed.ends_with(b"\"")
                || closed.ends_with(b"'")
                || closed.ends_with("’".as_bytes())
                || closed.ends_with("”".as_bytes()))
    }

    /// Whether no mark but a closing bracket stands before the border, and the bracket did not open with the
    /// sentence: `Jacqueline (Maranger) Desmarais`.
    fn is_only_bracketed(&self) -> bool {
        let sentence = &self.paragraph.as_bytes()[self.start..self.border.end];
        self.border.mark_end == self.border.mark
            && sentence.ends_with(b")")
            && !sentence.starts_with(b"(")
            && self.next_is_capital()
            && self.opening.is_ascii_uppercase()
    }

    /// Whether a dash between words stands before the border: `the crew -- Russian and American`.
    fn is_dash(&self) -> bool {
        let sentence = &self.paragraph.as_bytes()[self.start..self.border.end];
        self.border.mark_end == self.border.mark && sentence.ends_with(b" --")
    }

    /// Whether the sentence is a preposition and a time of day so far: `At 5 a.m.`
    pub(super) fn is_time_alone(&self) -> bool {
        if self.abbreviation != Some(Abbreviation::Clock) || self.border.mark - self.start > 24 {
            return false;
        }
        let mut words = self.paragraph[self.start..self.border.mark].split(' ');
        let preposition =
            matches!(words.next(), Some("At" | "By" | "Around" | "Before" | "After" | "From" | "Until" | "Since"));
        preposition && words.count() <= 3
    }

    /// Whether the mark stands in a quotation that the sentence holds whole.
    pub(super) fn is_within_speech(&self) -> bool {
        self.is_strong()
            && !self.is_closed()
            && self.next_is_capital()
            && holds_sentence(self.paragraph.as_bytes(), self.start, self.border.mark_end)
    }

    /// Whether the speaker of the question or cry that a quote closes follows: `“Why?” Ana Ode asked.`
    pub(super) fn is_tagged(&self, knowledge: &Knowledge) -> bool {
        if !self.is_quoted() || self.mark() == b"." || !self.next_is_capital() {
            return false;
        }
        let window = &self.paragraph.as_bytes()[self.border.next..];
        let window = &window[..window.len().min(LOOK_BACK)];
        let mut words = window.split(|byte| *byte == b' ').filter_map(|word| std::str::from_utf8(word).ok());
        let is_name = |word: &str| {
            word.starts_with(char::is_uppercase) || matches!(word, "de" | "van" | "von" | "bin" | "al" | "la" | "der")
        };
        // `“Why?” Ana Ode was asked.`
        let helps = |word: &str| matches!(word, "was" | "were" | "had" | "has" | "later" | "once");
        let verb = words.by_ref().take(TAG_WORDS).find(|word| !is_name(word) && !helps(word));
        let told = verb.is_some_and(|verb| knowledge.is_speech_verb(verb.trim_end_matches([',', '.', ':', ';'])));
        // `“Why?” Ode said he did not know` begins a sentence of its own.
        let clause = ["he", "she", "they", "it", "that", "the", "there", "we"];
        let ends = verb.is_some_and(|verb| verb.ends_with([',', '.', ':', ';']));
        told && (ends || !words.next().is_some_and(|word| clause.contains(&word)))
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
            Some(Abbreviation::Number) => 15,
            Some(Abbreviation::Either) => 16,
            Some(Abbreviation::Clock) => 17,
            Some(Abbreviation::State) => 18,
            None => look(self.before) as u8,
        }
    }
}

/// What the word behind a border says of it; `following` is that word and the one after it.
fn next_word(
    abbreviation: Option<Abbreviation>,
    joined: bool,
    before: &[u8],
    is_stop: bool,
    following: (&[u8], &[u8]),
    knowledge: &Knowledge,
) -> Next {
    let (Ok(next), later) = (std::str::from_utf8(following.0), following.1) else { return Next::Open };
    let named = later.first().is_some_and(u8::is_ascii_uppercase) || matches!(later, b"of" | b"on" | b"for" | b"and");
    let kind = if joined { Some(Abbreviation::Either) } else { abbreviation.filter(|kind| kind.may_end()) };
    if kind.is_some_and(|kind| knowledge.is_continuer(next, kind, named)) {
        return Next::GoesOn;
    }
    let small = later.first().is_some_and(u8::is_ascii_lowercase);
    let may_start = match (kind, abbreviation) {
        (Some(_), _) => is_stop,
        (None, Some(_)) => false,
        (None, None) => is_stop && (look(before) == Look::Dotted || (look(before) == Look::SingleUpper && small)),
    };
    if may_start && knowledge.is_starter(next) { Next::Starts } else { Next::Open }
}
