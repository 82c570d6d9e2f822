//! Pieces: the tokens of an article, cut where a number touches what is not one (`45km`, `$5m`), each
//! classified once by its first byte and length.

use super::cues::Facts;
use super::lexicon::{Lexicon, Vague};
use crate::document::{Segmented, Token, TokenKind};
use crate::numeral::{Atom, Form, Gap, Numbers, Role, Words, digits};
use crate::text::{FoldedWords, is_letters};
use std::cell::Cell;

/// What may begin at a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// No figure.
    None,
    /// A numeral.
    Number,
    /// A word that is an amount: its place in the table.
    Amount(Vague),
}

/// A piece of a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// First byte in the text.
    pub(super) start: u32,
    /// The byte after the last.
    pub(super) end: u32,
    /// What may begin here.
    pub(super) begins: Start,
    /// What it does in a numeral.
    pub(super) atom: Atom,
    /// What stands before it.
    pub(super) gap: Gap,
    /// Whether its start and end are edges of a token.
    pub(super) edges: (bool, bool),
    /// Whether it begins a sentence.
    pub(super) opens: bool,
    /// Whether it is an address or a handle, of which nothing is read.
    pub(super) opaque: bool,
}

/// All pieces of an article.
pub(super) struct Pieces<'a> {
    pub(super) text: &'a str,
    pub(super) list: Vec<Piece>,
    /// What the lists say of words.
    words: &'a FoldedWords<Facts>,
    /// For each piece 0 before its word was looked up, [`UNKNOWN`] where no list has it, else its place plus two.
    places: Vec<Cell<u32>>,
}

/// The mark of a word that was looked up in vain.
const UNKNOWN: u32 = 1;

impl<'a> Pieces<'a> {
    /// Cuts and classifies the tokens of `segmented`.
    pub(super) fn new(segmented: &Segmented<'a>, lexicon: &'a Lexicon) -> Self {
        let text = segmented.text();
        let tokens = segmented.tokens();
        let mut list = Vec::with_capacity(tokens.len() + tokens.len() / 8);
        let mut cursor = 0_u32;
        for sentence in segmented.sentences() {
            let mut opens = true;
            let own = &tokens[sentence.tokens.start as usize..sentence.tokens.end as usize];
            for (index, token) in own.iter().enumerate() {
                let (start, end) = (token.span.start(), token.span.end());
                if start < cursor {
                    continue;
                }
                let gap = if opens { Gap::Break } else { gap(text, cursor, start) };
                let opaque =
                    matches!(token.kind, TokenKind::Url | TokenKind::Email | TokenKind::Handle | TokenKind::Hashtag);
                let mut piece = Piece {
                    start,
                    end,
                    begins: Start::None,
                    atom: Atom::NONE,
                    gap,
                    edges: (true, true),
                    opens,
                    opaque,
                };
                opens = false;
                cursor = end;
                let word = &text[start as usize..end as usize];
                if opaque {
                    list.push(piece);
                } else if is_plain(word) && !tokens_go_on(text, word, end) {
                    classify(&mut piece, word, lexicon);
                    list.push(piece);
                } else {
                    cursor = push_cut(text, piece, &own[index..], lexicon, &mut list);
                }
            }
        }
        let places = vec![Cell::new(0); list.len()];
        Self { text, list, words: &lexicon.facts, places }
    }

    /// What the lists say of the word at `index`; it is looked up but once.
    #[inline]
    pub(super) fn facts(&self, index: usize) -> Option<&Facts> {
        let known = self.places.get(index)?;
        if known.get() == 0 {
            let place = self.words.place(self.word(index));
            known.set(place.map_or(UNKNOWN, |place| place as u32 + 2));
        }
        (known.get() as usize).checked_sub(2).map(|place| self.words.at(place))
    }

    /// The first byte of the piece at `index`, which must be one of them.
    #[inline]
    pub(super) fn first_byte(&self, index: usize) -> u8 {
        self.text.as_bytes()[self.list[index].start as usize]
    }

    /// How many pieces there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The piece at `index`, if there is one.
    pub(super) fn get(&self, index: usize) -> Option<&Piece> {
        self.list.get(index)
    }
}

impl Words for Pieces<'_> {
    fn word(&self, index: usize) -> &str {
        self.list.get(index).map_or("", |piece| &self.text[piece.start as usize..piece.end as usize])
    }

    fn gap(&self, index: usize) -> Gap {
        self.list.get(index).map_or(Gap::Break, |piece| piece.gap)
    }

    fn atom(&self, index: usize, _numbers: &Numbers) -> Atom {
        self.list.get(index).map_or(Atom::NONE, |piece| piece.atom)
    }
}

/// Whether `word` is one digit before a decimal comma, or before an apostrophe that parts groups.
fn tokens_go_on(text: &str, word: &str, end: u32) -> bool {
    word.as_bytes()[0].is_ascii_digit() && text[end as usize..].starts_with([',', '\'', '\u{2019}'])
}

/// Whether `word` is one piece: ASCII letters alone, or one byte.
fn is_plain(word: &str) -> bool {
    word.len() == 1 || is_letters(word)
}

fn gap(text: &str, from: u32, to: u32) -> Gap {
    if from == to {
        return Gap::None;
    }
    match &text.as_bytes()[from as usize..to as usize] {
        [b' '] => Gap::Blank,
        bytes if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) => Gap::Break,
        _ => Gap::Blank,
    }
}

fn classify(piece: &mut Piece, word: &str, lexicon: &Lexicon) {
    piece.atom = lexicon.numbers.atom(word);
    piece.begins = match (piece.atom.role, piece.atom.form) {
        (Role::None | Role::Short | Role::Article | Role::And | Role::Of | Role::Point, _) => {
            lexicon.amount(word).map_or(Start::None, Start::Amount)
        }
        (_, Form::Plural) => lexicon.amount(word).map_or(Start::None, Start::Amount),
        (_, Form::Parts) => Start::None,
        _ => Start::Number,
    };
}

/// Cuts the token that `whole` stands for and appends its pieces; returns where reading goes on.
fn push_cut(text: &str, whole: Piece, tokens: &[Token], lexicon: &Lexicon, list: &mut Vec<Piece>) -> u32 {
    let limit = tokens.last().map_or(whole.end, |last| last.span.end());
    let (mut at, mut end) = (whole.start, whole.end);
    if let Some((letters, digits)) = glued_currency(&text[at as usize..limit as usize], lexicon) {
        list.push(Piece { end: at + letters, edges: (true, false), ..whole });
        at += letters;
        if at + digits > end && ends_a_token(tokens, at + digits) {
            end = at + digits;
        }
    }
    while at < end {
        let rest = &text[at as usize..end as usize];
        let mut length = piece_length(rest) as u32;
        if at == whole.start && goes_on(rest, &text[end as usize..limit as usize], lexicon) {
            // Groups of digits parted by narrow blanks, and powers of ten, may be several tokens.
            let wide = digits::read(&text[at as usize..limit as usize]).map_or(0, |digits| digits.length as u32);
            if at + wide > end && ends_a_token(tokens, at + wide) {
                length = wide;
                end = at + wide;
            }
        }
        let first = at == whole.start;
        let mut piece = Piece {
            start: at,
            end: at + length,
            gap: if first { whole.gap } else { Gap::None },
            edges: (first, at + length == end),
            opens: first && whole.opens,
            ..whole
        };
        classify(&mut piece, &text[at as usize..(at + length) as usize], lexicon);
        list.push(piece);
        at += length;
    }
    end
}

/// The bytes of a currency at the start of `text`, and of the number that it touches: `USD34.6`, `Rs20`, `R1.5m`.
fn glued_currency(text: &str, lexicon: &Lexicon) -> Option<(u32, u32)> {
    let letters = text.bytes().take(6).take_while(u8::is_ascii_alphabetic).count();
    let (word, rest) = text.split_at(letters);
    if letters == 0 || !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let currency = lexicon.currency_signs.of_word(&lexicon.facts, word)?;
    let number = digits::read(rest).filter(|number| number.literal == digits::Literal::Plain)?;
    let behind = &rest[number.length..];
    let scale = behind.strip_prefix(' ').unwrap_or(behind);
    let scale = &scale[..scale.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(scale.len())];
    let scaled = matches!(lexicon.numbers.atom(scale).role, Role::Scale | Role::Short)
        || (!behind.starts_with(' ') && lexicon.magnitude_letter(scale).is_some());
    // `R1.2bn` and `P10,000` are money, `R2` and `K2` names.
    let shown = if letters == 1 { rest[..number.length].contains(',') } else { currency.touches || !number.bare };
    (shown || scaled).then_some((letters as u32, number.length as u32))
}

/// Whether one of the next tokens ends at byte `end`: a number over several tokens must not cut one.
fn ends_a_token(tokens: &[Token], end: u32) -> bool {
    tokens.iter().map(|token| token.span.end()).take_while(|ends| *ends <= end).any(|ends| ends == end)
}

/// Whether the number in `word` may go on in the text behind it: `1 234` with a narrow blank, `2.4×10`, `1.2e+14`.
fn goes_on(word: &str, behind: &str, lexicon: &Lexicon) -> bool {
    // A comma behind a point begins decimals (`1.234,5`), and a caret a power (`1.1^23`).
    (behind.starts_with(',') && word.contains('.'))
        || behind.starts_with('^')
        || is_decimal_comma(word, behind, lexicon)
        // The digits of other scripts are tokens of their own.
        || (!word.is_ascii() && behind.starts_with(|c: char| c.is_numeric() || c == '\u{66b}' || c == '\u{66c}'))
        || behind.starts_with(" x 10^")
        || behind.starts_with(" \u{d7} 10")
        || behind.starts_with(['\u{a0}', '\u{202f}', '\u{2009}', '\u{d7}'])
        // Groups may be parted by apostrophes.
        || (word.len() < 4 && behind.starts_with(['\'', '\u{2019}']))
        || (behind.starts_with(['+', '-', '\u{2212}']) && (word.ends_with(['e', 'E']) || word.ends_with("x10")))
}

/// Whether the comma that begins `behind` parts decimals: `4,3 billion`, `7,25%`.
fn is_decimal_comma(word: &str, behind: &str, lexicon: &Lexicon) -> bool {
    let Some(rest) =
        behind.strip_prefix(',').filter(|_| word.len() < 4 && word.bytes().all(|byte| byte.is_ascii_digit()))
    else {
        return false;
    };
    let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let measured = tail.starts_with(['%', '\u{b0}', '\u{20ac}'])
        || tail.strip_prefix([' ', '\u{a0}']).is_some_and(|tail| {
            if tail.starts_with(['%', '\u{b0}', '\u{20ac}']) {
                return true;
            }
            let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            matches!(lexicon.numbers.atom(&tail[..end]).role, Role::Scale | Role::Short)
        });
    (1..3).contains(&(rest.len() - tail.len())) && measured
}

/// The length in bytes of the first piece of `text`: a number, a run of letters, or one sign.
pub(super) fn piece_length(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    let Some((_, first)) = characters.next() else { return 0 };
    if let Some(number) = digits::read(text) {
        return number.length;
    }
    let clitic = matches!(first, '\'' | '\u{2019}') && characters.peek().is_some_and(|(_, next)| next.is_alphabetic());
    if first.is_alphanumeric() || is_mark_of_word(first) || clitic {
        let inside = |c: char| {
            c.is_alphanumeric()
                || ('\u{300}'..'\u{370}').contains(&c)
                || is_mark_of_word(c)
                || matches!(c, '.' | '\'' | '\u{2019}' | '&')
        };
        return text.find(|c| !inside(c)).unwrap_or(text.len());
    }
    if matches!(first, '\u{b0}' | '\u{ba}') && characters.peek().is_some_and(|(_, next)| matches!(next, 'C' | 'F')) {
        return first.len_utf8() + 1;
    }
    first.len_utf8()
}

fn is_mark_of_word(character: char) -> bool {
    matches!(character, '\u{b2}' | '\u{b3}' | '\u{b5}' | '_')
}
