//! What a figure counts: the noun phrase behind it, or what a share is a share of.

use super::coordination::{joins_adjectives, with_second, with_third};
use super::lexicon::Cue;
use super::nouns::{is_verb, stops};
use super::pieces::Start;
use super::scan::Draft;
use super::term::View;
use crate::document::Amount;
use crate::numeral::{Gap, Role};
use crate::text::Span;
use bigdecimal::ToPrimitive;

/// The longest noun phrase in pieces.
const LONGEST: usize = 8;

/// The noun phrase that `draft` counts; nothing where it is left out or in doubt.
///
/// With it comes the piece behind the phrase.
pub(super) fn counted(view: &View<'_>, draft: &Draft) -> Option<(Span, usize)> {
    let next = draft.extent.1.max(draft.next);
    let (first, last) = match draft.label {
        "CARDINAL" => of_count(view, draft, next).or_else(|| before(view, draft))?,
        "PERCENT" | "MONEY" | "QUANTITY" => {
            if draft.rule == "age" || !view.after(next).eq_ignore_ascii_case("of") {
                return None;
            }
            // `30 tonnes of rice` counts rice; `within 500 km of the clouds` counts nothing.
            let apart = draft.label == "QUANTITY" && view.before(draft.extent.0).eq_ignore_ascii_case("within");
            if draft.label != "PERCENT" && view.cues(next + 1).has(Cue::Determiner)
                || view.cues(next + 1).has(Cue::NoStuff)
                || apart
            {
                return None;
            }
            share_of(view, next + 1)?
        }
        _ => return None,
    };
    let (from, to) = (view.pieces.get(first)?, view.pieces.get(last)?);
    (from.edges.0 && to.edges.1).then(|| (Span::new(from.start, to.end), last + 1))
}

fn of_count(view: &View<'_>, draft: &Draft, next: usize) -> Option<(usize, usize)> {
    if matches!(draft.figure.amount, Amount::Ratio(_)) || draft.rule == "multiple" {
        return None;
    }
    // `the best-of-seven series`.
    if draft.first > 0 && view.gap(draft.first) == Gap::None && view.is_hyphen(draft.first - 1) {
        return None;
    }
    // `a 300-page report`.
    if view.is_hyphen(next) && view.gap(next) == Gap::None && view.gap(next + 1) == Gap::None {
        let noun = next + 1;
        let word = view.word(noun);
        let compound = word.starts_with(char::is_alphabetic) && !view.cues(noun).any(&[Cue::NoNoun, Cue::Stop]);
        return compound.then_some((noun, noun));
    }
    if view.gap(next) != Gap::Blank {
        return None;
    }
    if view.word(next).eq_ignore_ascii_case("of") {
        // `two of money laundering`: the noun is left out.
        let whole = matches!(&draft.figure.amount, Amount::Exact(value) if value.is_integer()) && !draft.figure.vague;
        return if whole && !is_partitive(view, next + 1) { None } else { share_of(view, next + 1) };
    }
    let mut at = next;
    // `3 A-levels`: a letter before a hyphen is no article.
    while view.gap(at) == Gap::Blank
        && view.gap(at + 1) != Gap::None
        && (matches!(view.word(at), "more" | "fewer") || view.cues(at).has(Cue::Determiner))
    {
        at += 1;
    }
    if view.pieces.get(at).is_some_and(|piece| piece.begins == Start::Number) {
        // `three | 20-year-old men`, `five | 787 Dreamliners`.
        let noun = if view.cues(at).has(Cue::Model) { at + 1 } else { behind_compound(view, at)? };
        return phrase(view, noun, Want::Plural).map(|(_, last)| (at, last));
    }
    if matches!(view.word(at), "time" | "times") || view.cues(at).has(Cue::Dead) && !view.is_plural(at + 1) {
        return None;
    }
    let share = match &draft.figure.amount {
        Amount::Fraction(..) => true,
        Amount::Exact(value) => value.to_f64().is_some_and(|value| value > 0.0 && value < 1.0),
        _ => false,
    };
    if share {
        if view.cues(at).has(Cue::Share) && !view.cues(at).has(Cue::Article) {
            return None;
        }
        at += usize::from(view.cues(at).has(Cue::Article));
        // `half the 60 seats`.
        if at > next && view.pieces.get(at).is_some_and(|piece| piece.begins == Start::Number) {
            return share_of(view, at);
        }
        // `one in five children`: what is counted so is counted in the plural.
        return phrase(view, at, if draft.rule == "share" { Want::Plural } else { Want::Any });
    }
    let one = matches!(&draft.figure.amount, Amount::Exact(value) if value.to_i64() == Some(1));
    // `zero debt`: what is not there may be a mass.
    let zero = view.pieces.list[draft.first].atom.role == Role::Zero;
    let want = match (one, zero) {
        (true, _) => Want::Single,
        (_, true) => Want::Any,
        _ => Want::Plural,
    };
    // `one carrying Orion and the other a lander`.
    let verb = one && view.word(at).ends_with("ing") && view.gap(at + 1) == Gap::Blank;
    if verb && (view.word(at + 1).starts_with(char::is_uppercase) || view.cues(at + 1).has(Cue::Determiner)) {
        return None;
    }
    phrase(view, at, want).or_else(|| shared_noun(view, at).filter(|_| want == Want::Plural))
}

/// The piece behind the compound of a number at `at`: `20-year-old`.
fn behind_compound(view: &View<'_>, at: usize) -> Option<usize> {
    let mut next = at + 1;
    while view.is_hyphen(next) && view.gap(next) == Gap::None && view.gap(next + 1) == Gap::None {
        next += 2;
    }
    (next > at + 1 && view.gap(next) == Gap::Blank).then_some(next)
}

/// `1,500 direct and 4,000 indirect | jobs`, `36 confirmed and 11 suspected | Ebola cases`: the noun that a second
/// number counts too, without the adjective that sets it apart.
fn shared_noun(view: &View<'_>, at: usize) -> Option<(usize, usize)> {
    let small = |at: usize| view.word(at).starts_with(char::is_lowercase) && !stops(view, at);
    let mut and = at + 1;
    while view.gap(and) == Gap::None && view.is_hyphen(and) && view.gap(and + 1) == Gap::None {
        and += 2;
    }
    let tied = view.gap(at) == Gap::Blank && small(at) && matches!(view.after(and), "and" | "or");
    if !tied || view.pieces.get(and + 1).is_none_or(|piece| piece.begins != Start::Number || piece.gap == Gap::Break) {
        return None;
    }
    let (first, last) = phrase(view, and + 2, Want::Plural)?;
    let mut noun = first + 1;
    while view.gap(noun) == Gap::None && noun < last {
        noun += 1;
    }
    (noun <= last && small(first)).then_some((noun, last))
}

/// Whether what stands behind `of` is a whole of which some are counted: `of | the three miners`, `of | Ohio's towns`.
fn is_partitive(view: &View<'_>, at: usize) -> bool {
    let number = view.pieces.get(at).is_some_and(|piece| piece.begins == Start::Number);
    let owned =
        (at + 1..at + 4).take_while(|at| view.gap(*at) != Gap::Break).any(|at| view.cues(at).has(Cue::Possessive));
    number
        || owned
        || view.cues(at).any(&[Cue::Determiner, Cue::BeforeCounted, Cue::Demonstrative, Cue::Owner, Cue::Article])
}

/// How far before a figure the number of what it counts may be spoken of.
const REACH: usize = 16;

/// `the number of | cases | climbed to 3,412`: what is counted before the figure, in the same clause. Numbers between
/// may tell how much changed (`rose by a fifth to 187,000`) or from where (`from 14 to 108`, `to 4,120 from 5,300`).
fn before(view: &View<'_>, draft: &Draft) -> Option<(usize, usize)> {
    let figure = draft.extent.0;
    let link = view.before(figure).to_ascii_lowercase();
    let end = matches!(&*link, "to" | "from");
    let level = matches!(draft.figure.amount, Amount::Exact(_) | Amount::Range(..));
    let part = draft.rule == "fraction" || matches!(draft.figure.amount, Amount::Fraction(..));
    if !(view.cues_before(figure).has(Cue::Reach) || end) || !level || part {
        return None;
    }
    let mut of = figure - 1;
    for _ in 0..REACH {
        if of == 0 || view.gap(of) == Gap::Break || matches!(view.word(of), "," | ";" | ":" | "(" | ")") {
            return None;
        }
        if view.pieces.list[of].begins != Start::None && !end {
            return None;
        }
        if view.word(of).eq_ignore_ascii_case("of") && view.cues(of - 1).has(Cue::HowMany) {
            let dead = view.cues(of + 1).has(Cue::Dead) && !view.is_plural(of + 2);
            let (first, last) = if dead { (of + 1, of + 1) } else { share_of(view, of + 1)? };
            return (last < figure).then_some((first, last));
        }
        of -= 1;
    }
    None
}

/// How far behind `of` what is counted may begin.
const FARTHEST: usize = 12;

/// What stands behind `of` and its determiners and numbers: `two of the three | miners`.
fn share_of(view: &View<'_>, mut at: usize) -> Option<(usize, usize)> {
    let begun = at;
    while view.gap(at) == Gap::Blank && at < begun + FARTHEST {
        let cues = view.cues(at);
        let number = view.pieces.get(at).is_some_and(|piece| piece.begins == Start::Number && !piece.opaque);
        // `11 of the top 12 cars`.
        let before_number = view.gap(at + 1) == Gap::Blank
            && view.pieces.get(at + 1).is_some_and(|piece| piece.begins == Start::Number)
            && !view.is_plural(at);
        if !(number || before_number || cues.any(&[Cue::Determiner, Cue::BeforeCounted])) {
            break;
        }
        // `a third of the 2,000 or so residents`.
        if number && let Some((end, _)) = view.bound_behind(at + 1) {
            at = end;
            continue;
        }
        // `70% of the 1.1m houses`.
        if number && view.gap(at + 1) == Gap::None && view.lexicon.magnitude_letter(view.word(at + 1)).is_some() {
            at += 2;
            continue;
        }
        // `two-thirds of the 15-member council`.
        if number && view.is_hyphen(at + 1) && view.gap(at + 1) == Gap::None && view.gap(at + 3) == Gap::Blank {
            at += 3;
            continue;
        }
        // `7 of the next 9 games`.
        if cues.has(Cue::Determiner)
            && !cues.has(Cue::Demonstrative)
            && view.gap(at + 1) == Gap::Blank
            && view.gap(at + 2) == Gap::Blank
            && view.pieces.get(at + 2).is_some_and(|piece| piece.begins == Start::Number)
        {
            at += 2;
            continue;
        }
        // `3% of all`, `12 of those`: a pronoun, and nothing behind it.
        if view.gap(at + 1) != Gap::Blank
            || (stops(view, at + 1) && cues.has(Cue::Determiner) && !view.cues(at + 1).has(Cue::Determiner))
        {
            return (cues.has(Cue::Demonstrative) || view.cues(at + 1).has(Cue::Dead))
                .then(|| if view.cues(at + 1).has(Cue::Dead) { (at + 1, at + 1) } else { (at, at) });
        }
        // `one of nine that it gave out`.
        let relative =
            matches!(view.word(at), "that" | "which" | "who") && view.pieces.list[at - 1].begins != Start::None;
        if relative {
            return None;
        }
        if cues.has(Cue::Demonstrative) && !view.is_plural(at + 1) {
            return Some((at, at));
        }
        at += 1;
    }
    phrase(view, at, Want::Any)
}

/// What the head of a phrase must look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Plural,
    Single,
    Any,
}

/// The noun phrase at `at`: up to its last plural, or, where one is counted, up to the first stop.
fn phrase(view: &View<'_>, at: usize, want: Want) -> Option<(usize, usize)> {
    let (mut end, mut length) = (at, 0);
    let mut head = None;
    while length < LONGEST && (end == at || view.gap(end) != Gap::Break) {
        let word = view.word(end);
        let glued = end > at && view.gap(end) == Gap::None;
        length += usize::from(!glued);
        let possessive = glued && view.cues(end).has(Cue::Possessive);
        let hyphen = view.is_hyphen(end) && view.gap(end) == Gap::None && view.gap(end + 1) == Gap::None;
        if !possessive && !hyphen {
            // `the army's four helicopters`, `the city's 109,976 residents`.
            let number = view.pieces.get(end).is_some_and(|piece| piece.begins != Start::None);
            let model = view.cues(end).has(Cue::Model);
            let owned = number && !glued && end > at && !model && view.cues(end - 1).has(Cue::Possessive);
            if owned && want == Want::Any {
                return phrase(view, behind_numbers(view, end), want);
            }
            let inner = number && end > at && (model || view.word(end - 1).starts_with(char::is_uppercase));
            if !(word.starts_with(char::is_alphabetic)
                || ((glued || inner) && word.starts_with(|c: char| c.is_ascii_digit())))
                || view.pieces.get(end).is_none_or(|piece| piece.opaque)
            {
                break;
            }
            // `ten such services`, `dozens of wounded people`.
            let opening = end == at
                && (view.cues(end).has(Cue::Such) || (view.cues(end).has(Cue::Dead) && view.is_plural(end + 1)));
            let noun_too = want == Want::Plural && head.is_none() && view.cues(end).has(Cue::VerbNoun);
            // `a quarter point more than expected`.
            let compared = want == Want::Any && end > at && view.cues(end).has(Cue::Tail);
            let joins = want == Want::Plural && head.is_none() && end > at && joins_adjectives(view, end);
            if (stops(view, end) || compared) && !glued && !opening && !noun_too && !joins {
                break;
            }
            // `each of the 50 states sets its rules`.
            if head.is_some_and(|head| head + 1 == end && view.word(head).ends_with('s'))
                && view.cues(end).has(Cue::VerbNoun)
                && word.starts_with(char::is_lowercase)
            {
                break;
            }
            if glued && word.starts_with(|c: char| c.is_ascii_digit()) {
                end += 1;
                continue;
            }
            if number && !glued && end > at && !is_model(view, end) {
                break;
            }
            // `F-35s`, and `runs` where a plural is wanted.
            let model = glued && word == "s" && view.word(end - 1).ends_with(|c: char| c.is_ascii_digit());
            let possessed = view.gap(end + 1) == Gap::None && view.cues(end + 1).has(Cue::Possessive);
            if (view.is_plural(end) || model || noun_too) && !possessed {
                // A verb in s behind a plural ends the phrase.
                if head.is_some()
                    && word.starts_with(char::is_lowercase)
                    && !view.is_plural(end - 1)
                    && end > at + 2
                    && !view.cues(end).has(Cue::Collective)
                {
                    break;
                }
                head = Some(end);
            } else if head.is_some() && is_verb(view, word) {
                break;
            }
        }
        end += 1;
    }
    if want == Want::Plural || (want == Want::Any && head.is_some()) {
        let head = head?;
        // `a town of 3,000 lies 15 minutes away`: an object behind the word shows that it is a verb.
        if head == at && want == Want::Plural && (has_object(view, head) || is_verb_of_whole(view, head)) {
            return None;
        }
        return Some((at, with_third(view, with_second(view, head))));
    }
    mass(view, at, end, want)
}

/// Whether the number at `at` is a model inside a phrase: `150 Boeing | 737 | MAX jets`.
fn is_model(view: &View<'_>, at: usize) -> bool {
    if view.cues(at).has(Cue::Model) && view.gap(at + 1) == Gap::None {
        return true;
    }
    view.pieces.list[at].atom.role == Role::Digits
        && view.word(at - 1).starts_with(char::is_uppercase)
        && view.gap(at + 1) == Gap::Blank
        && (view.word(at + 1).starts_with(char::is_uppercase) || view.is_plural(at + 1))
}

/// One thing, or a mass, in `at..end`: all but verbs and adverbs at the end.
fn mass(view: &View<'_>, at: usize, end: usize, want: Want) -> Option<(usize, usize)> {
    let mut last = end.checked_sub(1).filter(|last| *last >= at)?;
    while last > at
        && (is_verb(view, view.word(last))
            || !view.word(last).starts_with(char::is_alphabetic)
            || view.cues(last).has(Cue::Possessive))
    {
        last -= 1;
    }
    if is_verb(view, view.word(last)) || view.pieces.get(last).is_some_and(|piece| piece.begins != Start::None) {
        return None;
    }
    let limit = if want == Want::Single { 3 } else { LONGEST };
    let last = if want == Want::Any { with_second(view, last) } else { last };
    (last < at + limit + 2).then_some((at, last))
}

/// The first piece from `at` on that begins no number.
fn behind_numbers(view: &View<'_>, at: usize) -> usize {
    let rest = &view.pieces.list[at.min(view.pieces.len())..];
    at + rest.iter().take_while(|piece| piece.begins == Start::Number).count()
}

/// Whether what follows the word at `head` is the object of a verb: `faces | its`, `needs | 40`.
fn has_object(view: &View<'_>, head: usize) -> bool {
    let next = head + 1;
    if view.gap(next) != Gap::Blank || !view.word(head).ends_with('s') {
        return false;
    }
    let number = view.pieces.get(next).is_some_and(|piece| piece.begins == Start::Number);
    let determined = view.cues(next).has(Cue::Owner) || view.word(next) == "its" || view.word(next) == "the";
    (number || determined) && !view.is_time(next + 1)
}

/// `a population of 16 million | faces drought`: behind a whole that is no plural, a word before another noun.
fn is_verb_of_whole(view: &View<'_>, head: usize) -> bool {
    let next = head + 1;
    let noun = view.gap(next) == Gap::Blank && !view.cues(next).has(Cue::Stop);
    noun && !view.cues(head).has(Cue::Collective)
        && (head.saturating_sub(6)..head).any(|of| view.word(of) == "of" && view.cues_before(of).has(Cue::Whole))
}
