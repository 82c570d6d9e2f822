//! Traps: numbers that are no figures, because they name, date or identify something.

use super::letters::IN_DOUBT;
use super::lexicon::Cue;
use super::pieces::Start;
use super::term::{Measure, Term, View};
use crate::numeral::{Gap, Number};

/// A trap's name, and the piece where reading goes on.
pub(super) type Caught = (&'static str, usize);

/// Traps that do not depend on what the number measures: identifiers, telephone numbers, addresses, dates.
pub(super) fn before_reading(view: &View<'_>, term: &Term) -> Option<Caught> {
    if term.rule == "coordinate" {
        return Some(("coordinate", term.next));
    }
    if !term.digits {
        return None;
    }
    let number = term.number;
    if let Some(next) = chain(view, number, term) {
        return Some(("chain of numbers", next));
    }
    if let Some(next) = clock(view, number, term) {
        return Some(("clock time", next));
    }
    if is_version(view, term) {
        return Some(("version", behind_versions(view, number + 1)));
    }
    if view.before(term.first).eq_ignore_ascii_case("per") && view.is_round_base(number) {
        return Some(("what a rate is per", term.next));
    }
    if glued_to_letters(view, number) {
        return Some(("part of a name", end_of_chain(view, term.next)));
    }
    if list_marker(view, number, term) {
        return Some(("list marker", term.next));
    }
    if subsection(view, number, term.next) {
        return Some(("number of a name", end_of_chain(view, term.next)));
    }
    if let Some(next) = footnote(view, number) {
        return Some(("footnote", next));
    }
    if let Some(next) = telephone(view, term) {
        return Some(("telephone or account number", next));
    }
    None
}

/// Where a run of pieces glued to one another ends.
pub(super) fn end_of_chain(view: &View<'_>, mut at: usize) -> usize {
    while view.gap(at) == Gap::None
        && view.word(at).starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':' | '/' | '_'))
        && (view.word(at).starts_with(char::is_alphanumeric) || view.gap(at + 1) == Gap::None)
    {
        at += 1;
    }
    at
}

pub(super) fn is_digits(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit()) && !word.is_empty()
}

/// `910-432-3383`, `2020-03-05`, `1.1.1.2`, `12:30:15`, `3/4/2025`, `2013-14`, GUIDs.
fn chain(view: &View<'_>, number: usize, term: &Term) -> Option<usize> {
    let first = view.word(number);
    let joiner = |at: usize| {
        matches!(view.word(at), "-" | "." | "/" | ":" | "\u{2013}" | "_")
            && view.gap(at) == Gap::None
            && view.gap(at + 1) == Gap::None
    };
    let next = number + 1;
    if term.value.is_none() && term.rule != IN_DOUBT && !term.scaled && first.contains('.') && first.len() < 16 {
        return Some(end_of_chain(view, next));
    }
    if first.contains('/') {
        return slashed(view, first, next);
    }
    // `40.7128, -74.0060`: two numbers so exact are a place.
    if decimals(first) > 3 && view.word(next) == "," && view.gap(next + 1) == Gap::Blank {
        let second = next + 1 + usize::from(matches!(view.word(next + 1), "-" | "\u{2212}"));
        if decimals(view.word(second)) > 3 && view.gap(second) != Gap::Break && !measured(view, second + 1) {
            return Some(second + 1);
        }
    }
    if view.gap(next) == Gap::None && view.word(next).len() > 1 && view.word(next).starts_with('.') {
        return Some(end_of_chain(view, next));
    }
    if !term.bare && !is_digits(first) {
        return None;
    }
    if !joiner(next) {
        return None;
    }
    let second = view.word(next + 1);
    let dash = matches!(view.word(next), "-" | "\u{2013}");
    // `1-800`: the number of a free line.
    if first == "1" && dash && second.len() == 3 && second.starts_with(['8', '9']) && is_digits(second) {
        return Some(end_of_chain(view, next));
    }
    // A chain of three or more, unless it is a record such as `9-3-1`.
    if joiner(next + 2) && is_digits(second) && view.word(next + 3).starts_with(|c: char| c.is_ascii_digit()) {
        let record = dash
            && first.len() < 3
            && second.len() < 3
            && view.word(next + 3).len() < 3
            && !first.starts_with('0')
            && !joiner(next + 4);
        return (!record).then(|| end_of_chain(view, next));
    }
    // `1980-88`, `2013-14`, `2020-2021`, `2024/25`.
    let year = first.len() == 4 && matches!(first.as_bytes()[0], b'1' | b'2') && !first.starts_with("10");
    if year
        && (dash || view.word(next) == "/")
        && is_digits(second)
        && matches!(second.len(), 2 | 4)
        && looks_like_year(first)
        && !measured(view, next + 2)
    {
        return Some(next + 2);
    }
    if dash { dashed(view, term) } else { None }
}

/// `22-cv-1234`, `010-1234`, `123e4567-e89b`: what a dash behind the number of `term` makes an identifier.
fn dashed(view: &View<'_>, term: &Term) -> Option<usize> {
    let next = term.number + 1;
    let (first, second) = (view.word(term.number), view.word(next + 1));
    let any = |is: fn(&u8) -> bool| second.as_bytes().iter().any(is);
    // `123e4567-e89b`, `24703L-202`.
    if any(u8::is_ascii_digit)
        && any(u8::is_ascii_alphabetic)
        && view.gap(next + 1) == Gap::None
        && view.word(next + 1).starts_with(char::is_alphabetic)
    {
        return Some(end_of_chain(view, next));
    }
    // `22-cv-1234`: a few letters between digits.
    let letters = second.len() < 5 && second.bytes().all(|byte| byte.is_ascii_alphabetic());
    let tied = matches!(view.word(next + 2), "-" | "\u{2013}") && view.gap(next + 2) == Gap::None;
    let file = letters
        && tied
        && view.gap(next + 3) == Gap::None
        && view.word(next + 3).starts_with(|c: char| c.is_ascii_digit());
    if file && !view.cues(next + 1).has(Cue::Stop) && !measured(view, next + 1) {
        return Some(end_of_chain(view, next));
    }
    // `010-1234`: a leading zero.
    let zero = first.starts_with('0') && first.len() > 1;
    (is_digits(second) && (zero || is_local_number(view, term, second))).then(|| end_of_chain(view, next))
}

/// `555-0199`, `223-4567`: three digits and four, of which no range is made.
fn is_local_number(view: &View<'_>, term: &Term, second: &str) -> bool {
    let behind = term.number + 3;
    // `77030-2707`: a postcode.
    let own = view.word(term.number);
    // `4485-2291` falls.
    let falls = own.len() == 4 && own > second && term.bare;
    let shaped = second.len() == 4 && (matches!(own.len(), 3 | 5) || falls);
    let counted = view.gap(behind) == Gap::Blank && (view.is_plural(behind) || view.is_plural(behind + 1));
    let round = second.ends_with("00") || second.ends_with("50");
    let range = term.first < term.number || measured(view, behind) || counted || round;
    shaped && (second.starts_with('0') || view.cue_within(term.number, 5, Cue::Phone) || !range)
}

/// `Python 3.12`, `Windows 11`, `PHP 8`: software before a number that measures nothing.
fn is_version(view: &View<'_>, term: &Term) -> bool {
    let number = term.number;
    if number == 0 || view.gap(number) != Gap::Blank || !view.cues(number - 1).has(Cue::Software) {
        return false;
    }
    let own = view.word(number);
    // `PHP 50` are pesos, `PHP 8` and `PHP 8.1` versions.
    let free = match term.measure {
        Measure::None => true,
        Measure::Money(_) => term.first + 1 == number && own.find('.').unwrap_or(own.len()) == 1 && decimals(own) < 2,
        _ => false,
    };
    // `On Java 12 people died`.
    let counted = view.cues_after(term.next).has(Cue::Collective);
    let capital = view.word(number - 1).contains(char::is_uppercase);
    free && capital && !counted && !term.scaled && !own.contains(',')
}

/// The piece behind a version and those that follow it: `Windows 10 | and 11`, `Python 3.12 | or 3.13`.
fn behind_versions(view: &View<'_>, next: usize) -> usize {
    let mut next = end_of_chain(view, next);
    loop {
        let number = view.word(next + 1);
        let same = number.len() < 6 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        // `In Windows 11, 12 flaws were mended`: only words tie surely.
        let ends = view.gap(next + 2) != Gap::Blank || view.cues(next + 2).has(Cue::Stop);
        let tied = ends || (view.cues(next).has(Cue::OrAnd) && !view.cues(next + 2).has(Cue::Such));
        if number.is_empty() || !same || !tied || view.gap(next) == Gap::Break || !view.cues(next).has(Cue::ListLink) {
            return next;
        }
        next = end_of_chain(view, next + 2);
    }
}

/// How many digits stand behind the point of `word`.
fn decimals(word: &str) -> usize {
    word.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

fn looks_like_year(word: &str) -> bool {
    word.parse::<u32>().is_ok_and(|year| (1100..2100).contains(&year))
}

/// Whether a unit, a percent sign or a currency stands at `at`.
fn measured(view: &View<'_>, at: usize) -> bool {
    view.gap(at) != Gap::Break
        && (view.lexicon.unit_words.forward(view.pieces, at).is_some()
            || view.lexicon.unit_signs.forward(view.pieces, at).is_some()
            || view.lexicon.currency_names.forward(view.pieces, at).is_some())
}

/// `9/11`, `24/7`, `3/4/2025`; `3/4` and `1/40` are fractions.
fn slashed(view: &View<'_>, first: &str, next: usize) -> Option<usize> {
    if matches!(view.word(next), "/" | "-")
        && view.gap(next) == Gap::None
        && view.word(next + 1).starts_with(|c: char| c.is_ascii_digit())
    {
        return Some(end_of_chain(view, next));
    }
    let (above, below) = first.split_once('/')?;
    let (above, below) = (above.parse::<u64>().ok()?, below.parse::<u64>().ok()?);
    let usual = above < below && (matches!(below, 2..=6 | 8 | 10 | 12 | 16 | 20 | 32 | 40 | 50 | 64 | 100 | 1000));
    let said = view.after(next) == "of" || measured(view, next) || (view.is_hyphen(next) && measured(view, next + 1));
    (!usual && !said).then_some(next)
}

/// `7:30pm`, `15:11`, `7 a.m.`, `2.17pm`, `0800 GMT`.
fn clock(view: &View<'_>, number: usize, term: &Term) -> Option<usize> {
    let first = view.word(number);
    // `et` is French and `ET` a zone: letters of zones are capitals, but for `hours`.
    let is_zone = |at: usize| {
        let word = view.word(at);
        view.cues(at).has(Cue::TimeZone) && (word.len() > 3 || word.bytes().all(|byte| byte.is_ascii_uppercase()))
    };
    let half = |at: usize| view.cues(at).has(Cue::HalfDay) || is_zone(at);
    let whole = term.value.and_then(Number::to_whole);
    let mut next = number + 1;
    let hour = first.parse::<u32>().is_ok_and(|hour| hour < 25);
    if hour
        && view.word(next) == ":"
        && view.gap(next) == Gap::None
        && view.word(next + 1).len() == 2
        && view.gap(next + 1) == Gap::None
        && is_digits(view.word(next + 1))
    {
        if view.cue_within(number, 4, Cue::Ratio) {
            return None;
        }
        next += 2;
        return Some(next + usize::from(half(next) && view.gap(next) != Gap::Break));
    }
    if view.gap(next) == Gap::Break || !half(next) {
        return None;
    }
    let zone = is_zone(next);
    let hours = zone && view.word(next).len() > 3;
    let minutes = first.split_once(['.', ':']).is_some_and(|(_, minutes)| minutes.len() == 2);
    let plausible = whole.is_some_and(|value| (0..=12).contains(&value)) || minutes;
    // `2.123 am` is a length of attometres, and no time.
    ((plausible && !zone)
        || (zone && first.len() == 4 && is_digits(first) && !hours)
        || (zone && first.len() == 4 && first.starts_with('0')))
    .then_some(next + 1)
}

/// `COVID-19`, `F-16`, `SCP-173`, `mid-1990s`: digits behind a hyphen behind letters, or behind a letter.
pub(super) fn glued_to_letters(view: &View<'_>, number: usize) -> bool {
    if number == 0 || view.gap(number) != Gap::None {
        return false;
    }
    let before = view.word(number - 1);
    if before.ends_with(|c: char| c.is_alphabetic()) {
        // A currency code or sign may touch its number.
        return view.lexicon.currency_before.backward(view.pieces, number).is_none();
    }
    if matches!(before, "#" | "_" | "@" | "=" | "\\" | "^") {
        return before != "="
            || view.gap(number - 1) == Gap::None
                && view.word(number.saturating_sub(2)) != ">"
                && view.word(number.saturating_sub(2)) != "<";
    }
    if !matches!(before, "-" | "." | "/" | ":" | "+" | "\u{2010}" | "\u{2011}" | "\u{2013}")
        || view.gap(number - 1) != Gap::None
        || number < 2
    {
        return matches!(before, "." | ":") && (view.gap(number - 1) == Gap::None || before == ":");
    }
    let word = view.word(number - 2);
    let allowed = before != "."
        && before != ":"
        && before != "+"
        && (word.bytes().all(|byte| byte.is_ascii_lowercase())
            || (word.len() > 2 && word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())));
    let letters = word.contains(char::is_alphabetic) || word.ends_with(['.', '_']);
    letters && !(allowed && is_prefix(view, number - 2))
}

/// Whether the word at `at` may stand before a hyphen and a figure.
fn is_prefix(view: &View<'_>, at: usize) -> bool {
    view.cues(at).has(Cue::Prefix)
        || view.lexicon.unit_words.forward(view.pieces, at).is_some()
        || view.lexicon.unit_signs.forward(view.pieces, at).is_some()
}

/// `1. Fever`, `2) You`: a number that opens a line before a full stop or bracket.
fn list_marker(view: &View<'_>, number: usize, term: &Term) -> bool {
    let opens = view.gap(number) == Gap::Break
        || (view.word(number.saturating_sub(1)) == "(" && number > 0 && view.gap(number - 1) == Gap::Break);
    term.bare
        && opens
        && view.word(number).len() < 3
        && matches!(view.word(term.next), "." | ")")
        && view.gap(term.next) == Gap::None
        && view.gap(term.next + 1) != Gap::None
        && view.pieces.get(term.next + 1).is_some_and(|piece| piece.gap == Gap::Blank || piece.opens)
        || (term.bare
            && view.word(number).len() < 3
            && view.word(term.next) == ")"
            && view.gap(term.next) == Gap::None
            && view.gap(term.next + 1) == Gap::Blank
            && !(number.saturating_sub(8)..number).any(|at| view.word(at) == "("))
}

/// `Section 230(c)(1)`, `Article 5(1)`: a number glued in brackets behind a name, or the name before such brackets.
fn subsection(view: &View<'_>, number: usize, next: usize) -> bool {
    let glued = |at: usize, word: &str| view.gap(at) == Gap::None && view.word(at) == word;
    let inside = number > 1 && view.gap(number) == Gap::None && glued(number - 1, "(") && glued(next, ")");
    let behind = view.word(number.saturating_sub(2));
    let name = behind == ")"
        || behind.ends_with(|c: char| c.is_ascii_digit())
        || (behind.len() == 1 && behind.starts_with(char::is_alphabetic));
    // `501(c)`: one letter in brackets behind the number.
    let before = glued(next, "(") && view.gap(next + 1) == Gap::None && view.word(next + 1).len() == 1;
    let letter = before && view.word(next + 1).starts_with(char::is_alphabetic) && glued(next + 2, ")");
    (inside && name && view.word(number).len() < 3) || letter
}

/// `[12]`, `[2–9]`, and `(12)` or `(10, 11)` between a word and the end of its sentence: where reading goes on.
fn footnote(view: &View<'_>, number: usize) -> Option<usize> {
    let open = |sign: &str| number > 0 && view.gap(number) == Gap::None && view.word(number - 1) == sign;
    let glued = |at: usize, sign: &str| view.word(at) == sign && view.gap(at) == Gap::None;
    if open("[") {
        // `[27,28]`, `[2 – 9]`.
        let mut next = number;
        let tie = |at: usize| matches!(view.word(at), "," | "-" | "\u{2013}") && view.gap(at) != Gap::Break;
        while is_digits(view.word(next)) && tie(next + 1) {
            next += 2;
        }
        return (is_digits(view.word(next)) && glued(next + 1, "]")).then_some(next + 1);
    }
    if number < 2 || !open("(") || view.gap(number - 1) != Gap::Blank {
        return None;
    }
    let short = |at: usize| is_digits(view.word(at)) && view.word(at).len() < 4;
    let mut next = number;
    while short(next) && glued(next + 1, ",") {
        next += 2;
    }
    let ends = short(next) && glued(next + 1, ")") && glued(next + 2, ".") && view.gap(next + 3) == Gap::Break;
    // `twelve (12).` says a number twice.
    let said = view.pieces.list[number - 2].begins != Start::None;
    (ends && !said && view.word(number - 2).starts_with(char::is_lowercase)).then_some(next + 1)
}

/// `a 911 call`, `dialled 911`; not `911 people died`, `$999`.
fn is_emergency(view: &View<'_>, term: &Term) -> bool {
    let (number, next) = (term.number, term.number + 1);
    let counted = view.gap(next) == Gap::Blank
        && (view.is_plural(next) || view.is_plural(next + 1))
        && !view.cues(next).has(Cue::EmergencyNext);
    let bare = term.measure == Measure::None && !view.cues(next).has(Cue::Stop);
    let asked = view.cues(next).has(Cue::EmergencyNext) || view.cues_before(number).has(Cue::Calling);
    !counted && (asked || (bare && view.before(number) != "at"))
}

/// `0800 000 00 00`, `+31 12 3456789`, `(71)3019-9811`, `account number 12345678`: where the run of groups ends.
fn telephone(view: &View<'_>, term: &Term) -> Option<usize> {
    let number = term.number;
    if !is_digits(view.word(number)) {
        return None;
    }
    let before = view.before(number);
    let open = view.gap(number) == Gap::None && matches!(before, "+" | "(");
    let zero = view.word(number).len() > 1 && view.word(number).starts_with('0');
    let sign = |word: &str| matches!(word, "(" | ")" | "-" | "+" | "/" | "." | "\u{2013}");
    if view.cues(number).has(Cue::Emergency) && is_emergency(view, term) {
        return Some(number + 1);
    }
    // `call 911`, `ext. 123`.
    if view.cues_before(number).has(Cue::Phone) && view.gap(number) == Gap::Blank && !view.is_plural(number + 1) {
        return Some(number + 1);
    }
    let (mut at, mut digits, mut groups, mut closed) = (number, 0, 0, false);
    let mut end = number + 1;
    while at < number + 16 && (at == number || view.gap(at) != Gap::Break) {
        let word = view.word(at);
        let group = is_digits(word) || (at > number && word.split('/').all(is_digits));
        if group && (at == number || view.gap(at) == Gap::Blank || sign(view.word(at - 1))) {
            (digits, groups, end) = (digits + word.len(), groups + 1, at + 1);
        } else if !sign(word) {
            break;
        }
        closed |= word == ")" && groups > 0;
        at += 1;
    }
    let shaped = digits > 6 && ((open && before == "+") || zero || (closed && groups > 1));
    let said = || (digits > 5 || (groups > 1 && digits > 4)) && view.cue_within(number, 9, Cue::Phone);
    (shaped || zero || said()).then_some(end)
}
