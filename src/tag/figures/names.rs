//! Traps of numbers that were read: years and days, numbers of names, pronouns, set phrases.

use super::lexicon::Cue;
use super::pieces::Start;
use super::pronouns;
use super::term::{Measure, Term, View};
use super::traps::{Caught, end_of_chain, is_digits};
use crate::numeral::{Atom, Form, Gap, Kind, Number, Role};

/// How many pieces of a name may stand before the number in it: `Ocean's | Eleven`.
const NAME_BEFORE: usize = 3;

/// Traps of a number without a unit of its own: years, dates, names, pronouns.
pub(super) fn of_term(view: &View<'_>, term: &Term) -> Option<Caught> {
    if let Some(caught) = unread_suffix(view, term) {
        return Some(caught);
    }
    if let Some(next) = view.known_name(term) {
        return Some(("part of a name", next));
    }
    if term.measure != Measure::None {
        return None;
    }
    if term.kind == Kind::Fraction {
        return half(view, term).then_some(("half of something else", term.next));
    }
    if let Some(caught) = long_time(view, term) {
        return Some(caught);
    }
    if let Some(caught) = dated(view, term) {
        return Some(caught);
    }
    if let Some(caught) = named(view, term) {
        return Some(caught);
    }
    if term.digits {
        return None;
    }
    if term.next == term.first + 1 {
        match view.pieces.list[term.first].atom {
            Atom { role: Role::Unit, value: 1, .. } if pronouns::is_pronoun(view, term) => {
                return Some(("pronoun", term.next));
            }
            Atom { role: Role::Zero, .. } => {
                let after = term.next + usize::from(view.is_hyphen(term.next));
                if view.cues_before(term.first).has(Cue::ZeroBefore) || view.cues_after(after).has(Cue::ZeroAfter) {
                    return Some(("part of a name", term.next));
                }
            }
            Atom { role: Role::Hundred | Role::Scale | Role::Dozen, .. }
                if view.before(term.first).ends_with('s')
                    && view.word(term.first).contains(|c: char| c.is_ascii_uppercase()) =>
            {
                return Some(("part of a name", term.next));
            }
            _ => {}
        }
    }
    // `half past seven`, `quarter to nine`.
    if matches!(view.before(term.first), "past" | "to")
        && term.first > 1
        && view.pieces.list[term.first - 2].atom.role == Role::Part
    {
        return Some(("clock time", term.next));
    }
    None
}

/// `5G`, `747s`, `1080p`, `24703L202`: letters that are no unit.
fn unread_suffix(view: &View<'_>, term: &Term) -> Option<Caught> {
    if !term.digits || view.gap(term.next) != Gap::None {
        return None;
    }
    let word = view.word(term.next);
    if view.is_times_sign(term) {
        return None;
    }
    if word.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return Some(("part of a name", end_of_chain(view, term.next)));
    }
    // `2 to 3.x`, `a@1`: glued signs that make identifiers.
    (matches!(word, "@" | "_" | "\\" | "#")
        || (word == "."
            && view.gap(term.next + 1) == Gap::None
            && view.word(term.next + 1).starts_with(char::is_alphanumeric)))
    .then(|| ("part of a name", end_of_chain(view, term.next)))
}

/// Whether `half` or a quarter is not a part of something: `second half`, `half-time`, `half an hour`.
fn half(view: &View<'_>, term: &Term) -> bool {
    if term.digits || term.scaled {
        return false;
    }
    let last = view.pieces.list[term.next - 1].atom;
    if last.role != Role::Part {
        return false;
    }
    let is_half = (last.form, last.value) == (Form::Plain, 2);
    let after = if view.is_hyphen(term.next) && view.gap(term.next) == Gap::None { term.next + 1 } else { term.next };
    let blank = view.gap(after) != Gap::Break;
    if is_half && term.next <= term.first + 2 {
        if view.cues_before(term.first).has(Cue::HalfBefore) || matches!(view.before(term.first), "-" | "then") {
            return true;
        }
        if blank && view.cues(after).has(Cue::HalfTrap) {
            return true;
        }
        // `a half-point cut`.
        if view.cues(after).has(Cue::PartNoun) {
            return false;
        }
        // `half-hearted`, `half-built`: only units and shares follow a hyphen.
        if after > term.next {
            return true;
        }
        let article = view.cues(after).has(Cue::Article);
        let time = view.before(term.first) == "and" && term.first > 1 && view.is_measure_of_time(term.first - 2);
        return time || (article && view.is_measure_of_time(after + 1)) || (blank && view.is_measure_of_time(after));
    }
    // A bare `a quarter` is a coin, a season or a part of a town, unless something fell by it.
    if view.cues_after(after).has(Cue::PartNoun) {
        return false;
    }
    let quarter = (last.form, last.value) == (Form::Plain, 4) && term.next == term.first + 2;
    let article = view.cues(term.first).has(Cue::Article);
    if quarter && article && !view.after(term.next).eq_ignore_ascii_case("of") {
        let bound = view.lexicon.bounds_before.backward(view.pieces, term.first).is_some();
        let by = view.before(term.first).eq_ignore_ascii_case("by") && view.ends_share(term.next);
        return !(by
            || bound
            || view.cues_after(term.next).has(Cue::Share) && view.cue_within(term.first, 4, Cue::Change));
    }
    // `an hour and a half`.
    let time = view.before(term.first) == "and" && term.first > 1 && view.is_measure_of_time(term.first - 2);
    time || (blank && view.is_measure_of_time(after))
}

/// `two fiscal years`, `one long week`, `seven times a day`.
fn long_time(view: &View<'_>, term: &Term) -> Option<Caught> {
    let next = term.next;
    if view.gap(next) != Gap::Blank || view.gap(next + 1) != Gap::Blank {
        return None;
    }
    if matches!(view.word(next), "times" | "time")
        && view.is_measure_of_time(next + 2)
        && view.cues(next + 1).any(&[Cue::Article, Cue::HowOften])
    {
        return Some(("how often", next + 3));
    }
    let word = view.word(next);
    let adjective = word.starts_with(char::is_lowercase)
        && !view.cues(next).has(Cue::Stop)
        && !view.is_plural(next)
        && word != "more";
    (adjective
        && term.per.is_none()
        && view.is_measure_of_time(next + 1)
        && !matches!(view.word(next + 2), "old" | "-"))
    .then_some(("length of time", next + 2))
}

/// `5 March`, `March 5`, `in 2016`, `the 2020 and 2023 wars`.
fn dated(view: &View<'_>, term: &Term) -> Option<Caught> {
    let whole = term.value.and_then(Number::to_whole);
    if term.bare && whole.is_some_and(|day| (1..=31).contains(&day)) && view.is_month_near(term.first, term.next) {
        return Some(("day of a month", term.next));
    }
    // `2004 - 8`.
    let first = term.first;
    let dashed = first > 1 && view.is_dash(first - 1) && view.gap(first) == view.gap(first - 1);
    let since = || {
        view.word(first - 2).len() == 4
            && view.word(first - 2).parse::<u32>().is_ok_and(|year| (1400..2150).contains(&year))
    };
    if term.bare && dashed && view.word(term.number).len() < 3 && since() && !view.is_plural(term.next) {
        return Some(("years", term.next));
    }
    if !term.bare || term.next != term.number + 1 || view.word(term.number).len() != 4 {
        return None;
    }
    let year = whole.filter(|year| (1000..2150).contains(year))?;
    (!counts_things(view, term, year)).then_some(("year", term.next))
}

/// Whether a number that could be a year counts something: `over 2000 people`, `1200 troops`.
fn counts_things(view: &View<'_>, term: &Term, year: i64) -> bool {
    let bounded = view.lexicon.bounds_before.backward(view.pieces, term.first).is_some_and(|(start, _)| {
        let modern = (1600..2100).contains(&year);
        !(modern && start + 1 == term.first && view.cues(start).has(Cue::YearHedge) && !view.is_plural(term.next))
    });
    let before = view.cues_before(term.first);
    let prepared = before.any(&[Cue::YearBefore, Cue::Month]);
    if bounded || (view.word(term.next) == "+" && view.gap(term.next) != Gap::Break) {
        return true;
    }
    let plural = view.gap(term.next) == Gap::Blank
        && (view.is_plural(term.next)
            || (view.is_plural(term.next + 1)
                && view.gap(term.next + 1) == Gap::Blank
                && !view.cues(term.next).has(Cue::Stop)))
        && view.word(term.next).starts_with(char::is_lowercase);
    if (1900..2100).contains(&year) {
        let collective = view.gap(term.next) == Gap::Blank && view.cues(term.next).has(Cue::Collective);
        return collective && !prepared;
    }
    if prepared && (1400..2100).contains(&year) && !before.has(Cue::YearOf) {
        return false;
    }
    plural || (!prepared && !(1700..1900).contains(&year))
}

/// `Boeing 747`, `Section 907`, `No. 5`, `10 Downing Street`, `World War Two`.
fn named(view: &View<'_>, term: &Term) -> Option<Caught> {
    let first = term.first;
    let before = view.cues_before(first);
    let word = view.before(first);
    let own = view.word(first);
    if word.eq_ignore_ascii_case("day") && !view.is_plural(term.next)
        || (word == "-" && first > 1 && view.word(first - 2).eq_ignore_ascii_case("high") && own == "five")
    {
        return Some(("number of a name", term.next));
    }
    if before.has(Cue::Identifier) && term.digits && !view.is_plural(term.next) {
        return Some(("number of a name", term.next));
    }
    if view.cues_before(first).has(Cue::Number) && !view.after(term.next).eq_ignore_ascii_case("of") {
        return numbered(view, term);
    }
    if view.is_lettered_model(term) {
        return Some(("part of a name", term.next));
    }
    // `221B Baker Street`.
    if term.digits && term.next < term.number + 3 && street(view, term) {
        return Some(("address", term.next));
    }
    if term.scaled {
        return None;
    }
    if (before.has(Cue::Name) && names(view, term))
        || (word == "." && first > 1 && view.gap(first - 1) == Gap::None && view.cues(first - 2).has(Cue::Number))
    {
        return Some(("number of a name", skip_list(view, term.next)));
    }
    if !term.digits {
        return spelled_name(view, term).then_some(("part of a name", term.next));
    }
    // `the 747`, `a 737 Max`.
    let counted = view.gap(term.next) == Gap::Blank && view.is_plural(term.next);
    let behind_number =
        first > 0 && view.gap(first) == Gap::Blank && view.pieces.list[first - 1].begins == Start::Number;
    let capital = view.gap(term.next) == Gap::Blank && view.word(term.next).starts_with(char::is_uppercase);
    let named = before.any(&[Cue::Article, Cue::Determiner]) || behind_number || capital;
    // `787-9`.
    let variant = view.is_hyphen(term.next) && view.gap(term.next) == Gap::None && is_digits(view.word(term.next + 1));
    if view.cues(term.first).has(Cue::Model) && variant {
        return Some(("part of a name", end_of_chain(view, term.next)));
    }
    if view.cues(term.first).has(Cue::Model) && named && (capital || !counted) {
        return Some(("part of a name", term.next));
    }
    // `7-Eleven`, `7-Up`.
    let brand = view.is_hyphen(term.next)
        && view.gap(term.next) == Gap::None
        && view.gap(term.next + 1) == Gap::None
        && view.word(term.next + 1).starts_with(char::is_uppercase)
        && view.word(term.next + 1).bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
    if brand && !title_case(view, first) && !view.is_plural(term.next + 2) {
        return Some(("part of a name", end_of_chain(view, term.next)));
    }
    // `iOS 17.2`: a capital inside the word before makes a version of a decimal.
    let inner = word.starts_with(char::is_lowercase) && word.contains(char::is_uppercase);
    if inner && own.contains('.') && view.gap(first) == Gap::Blank {
        return Some(("number of a name", term.next));
    }
    behind_capital(view, term)
}

/// `Boeing 747`, `iOS 17`: a number behind a word with a capital.
fn behind_capital(view: &View<'_>, term: &Term) -> Option<Caught> {
    let first = term.first;
    let before = view.cues_before(first);
    let (word, own) = (view.before(first), view.word(first));
    let capital = word.chars().take(2).any(char::is_uppercase) && view.gap(first) == Gap::Blank;
    if !capital || before.has(Cue::Safe) || before.has(Cue::Month) || before.has(Cue::Weekday) || !is_digits(own) {
        return None;
    }
    // A state and its postcode: `PA 23456`.
    if word.len() == 2 && own.len() == 5 {
        return Some(("postcode", term.next));
    }
    let counted = view.gap(term.next) == Gap::Blank
        && (view.is_plural(term.next)
            || (view.is_plural(term.next + 1)
                && view.gap(term.next + 1) == Gap::Blank
                && !view.cues(term.next).has(Cue::Stop)))
        && view.word(term.next).starts_with(char::is_lowercase);
    // `gave Ukraine 14 Challenger 2 tanks`: the first number counts, the second is the model's.
    let model = |at: usize| {
        view.gap(at) == Gap::Blank
            && is_digits(view.word(at))
            && view.gap(at + 1) == Gap::Blank
            && view.is_plural(at + 1)
            && view.word(at + 1).starts_with(char::is_lowercase)
    };
    if own.contains(',') || title_case(view, first) {
        return None;
    }
    if model(term.next + 1) && view.word(term.next).starts_with(char::is_uppercase) {
        return None;
    }
    let counts_models = first > 1
        && view.gap(first - 1) == Gap::Blank
        && view.pieces.get(first - 2).is_some_and(|piece| piece.begins == Start::Number);
    if counted && own.len() < 3 && !counts_models {
        return None;
    }
    Some(("part of a name", end_of_chain(view, term.next)))
}

impl View<'_> {
    /// `Radeon Pro 5300M`, `Block 1B`: a capital glued to the number behind a name, which counts nothing.
    fn is_lettered_model(&self, term: &Term) -> bool {
        let letter = self.word(term.next - 1);
        let shaped = term.next == term.number + 2 && letter.len() == 1 && letter.starts_with(char::is_uppercase);
        if !shaped {
            return false;
        }
        let capital = self.before(term.first).starts_with(char::is_uppercase) && self.gap(term.first) == Gap::Blank;
        let opens = term.first > 0 && self.gap(term.first - 1) == Gap::Break;
        let form = self.cues_before(term.first).has(Cue::FormBefore);
        let behind = !form
            && self.gap(term.next) == Gap::Blank
            && (self.is_plural(term.next) || self.is_plural(term.next + 1) || self.word(term.next) == "in");
        let safe = self.cues_before(term.first).any(&[Cue::Safe, Cue::Month, Cue::Weekday]);
        // Nobody writes 5.5 billion as `5500M`.
        if is_digits(self.word(term.number)) && self.word(term.number).len() > 3 {
            return true;
        }
        capital && !opens && !safe && !behind && !title_case(self, term.first)
    }

    /// The piece behind a name of the list that has the number of `term` in it, where its words are capitals.
    fn known_name(&self, term: &Term) -> Option<usize> {
        // The letter of `4k` may be small.
        let letter = |at: usize| self.word(at).len() == 1 && self.gap(at) == Gap::None;
        let capital =
            |at: usize| !self.word(at).starts_with(char::is_lowercase) || letter(at) || self.cues(at).has(Cue::Stop);
        (term.first.saturating_sub(NAME_BEFORE)..=term.first).find_map(|start| {
            let (next, ()) = self.lexicon.number_names.forward(self.pieces, start)?;
            // `3M makes tape`, but `3M people`.
            let people = self.cues_after(next);
            let counted = people.has(Cue::Collective) || (people.has(Cue::Millions) && self.is_plural(next));
            let counted = term.scaled && counted;
            (next >= term.next && !counted && (start..next).all(capital)).then_some(next)
        })
    }
}

/// `No. 10` is a name; `No. 3 in the ranking` is a rank, which was read before.
fn numbered(view: &View<'_>, term: &Term) -> Option<Caught> {
    let word = view.before(term.first).to_ascii_lowercase();
    if word == "no" && !term.digits {
        return None;
    }
    Some(("number of a name", skip_list(view, term.next)))
}

/// `22,24,26`, `542 and 543`: the numbers behind the first.
fn skip_list(view: &View<'_>, mut next: usize) -> usize {
    loop {
        let and = view.cues_after(next).has(Cue::ListLink);
        let digits = view.pieces.get(next + 1).is_some_and(|piece| piece.gap != Gap::Break)
            && is_digits(view.word(next + 1))
            && view.word(next + 1).len() < 5;
        let ends = !view.is_plural(next + 2) || view.gap(next + 2) != Gap::Blank;
        if !(and && digits && ends)
            || view.gap(next + 2) == Gap::None && view.word(next + 2).starts_with(char::is_alphanumeric)
        {
            return next;
        }
        next += 2;
    }
}

/// Whether the noun before a number is named by it: `Section 907`, `page 12`; not `a bus 20 minutes late`.
fn names(view: &View<'_>, term: &Term) -> bool {
    let word = view.word(term.first - 1);
    let capital = word.starts_with(char::is_uppercase);
    let counted = view.gap(term.next) == Gap::Blank
        && view.is_plural(term.next)
        && view.word(term.next).starts_with(char::is_lowercase);
    // `the Apollo 10 crew`: a capital inside a sentence names, whatever stands behind.
    let opens = term.first < 2 || view.gap(term.first - 1) == Gap::Break;
    let loose = opens && view.cues_before(term.first).has(Cue::LooseName);
    let inside = capital && !loose && !title_case(view, term.first);
    let counted = counted && !inside;
    // In small letters `case 14` may be chance; `page 14` is not.
    let surely = !view.cues_before(term.first).has(Cue::LooseName);
    let short = !term.digits || view.word(term.first).len() < 5;
    short && !counted && (capital || (surely && (term.digits || word == "version")))
}

/// `Six-Day War`, `World War Two`, `Group of Seven`, `Formula One`: a capital inside a sentence beside another.
fn spelled_name(view: &View<'_>, term: &Term) -> bool {
    let own = view.word(term.first);
    if !own.starts_with(char::is_uppercase) || term.next != term.first + 1 {
        return false;
    }
    let opens = view.pieces.get(term.first).is_some_and(|piece| piece.opens || piece.gap == Gap::Break);
    let quoted = matches!(view.before(term.first), "\"" | "\u{201c}" | "'" | "\u{2018}" | ":" | "(" | "-" | "\u{2014}");
    if opens || quoted || title_case(view, term.first) {
        return false;
    }
    let next = if view.is_hyphen(term.next) { term.next + 1 } else { term.next };
    let behind = view.gap(next) != Gap::Break && view.word(next).starts_with(char::is_uppercase);
    // `Ocean's Eleven`.
    let owned = term.first > 1
        && view.cues_before(term.first).has(Cue::Possessive)
        && view.word(term.first - 2).starts_with(char::is_uppercase);
    let ahead = owned || view.before(term.first).starts_with(char::is_uppercase) || view.before(term.first) == "of";
    behind || ahead
}

/// Whether the line around `at` is set in capitals like a headline.
pub(super) fn title_case(view: &View<'_>, at: usize) -> bool {
    let (mut capitals, mut small) = (0, 0);
    for place in at.saturating_sub(8)..at + 8 {
        let word = view.word(place);
        if word.len() > 3 && word.starts_with(char::is_alphabetic) {
            if word.starts_with(char::is_uppercase) { capitals += 1 } else { small += 1 }
        }
    }
    small == 0 && capitals > 2
}

/// `10 Downing Street`.
fn street(view: &View<'_>, term: &Term) -> bool {
    for at in term.next..term.next + 4 {
        let ordinal = view.word(at).starts_with(|c: char| c.is_ascii_digit()) && at > term.next;
        if view.gap(at) != Gap::Blank || !(ordinal || view.word(at).starts_with(char::is_uppercase)) {
            return false;
        }
        if at > term.next && view.cues(at).has(Cue::Street) {
            return true;
        }
    }
    false
}
