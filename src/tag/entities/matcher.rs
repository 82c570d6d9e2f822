//! Matches the patterns of entity rules against a sentence: words, kinds of tokens, phrases of the lists,
//! and marks that stand already.

use super::mark::{Mark, starting};
use super::numbers::Numbers;
use super::reading::{Reading, Spot};
use super::traits::{Traits, kind};
use crate::document::Label;
use std::ops::Range;

/// The most tokens that a repeated element may cover.
const LONGEST: usize = 10;

/// The most tokens of what stands before a match.
const LONGEST_BEFORE: usize = 6;

/// One element of a pattern. A token matches when one of its conditions holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    /// These words; those without capitals also with them.
    pub(super) words: Numbers,
    /// Words in small letters that are none of these.
    pub(super) but: Option<Numbers>,
    /// Kinds of tokens.
    kinds: u32,
    /// Kinds of tokens behind the first one of a repeated element.
    inside: u32,
    /// Marks with these labels.
    pub(super) marks: Vec<Label>,
    /// Lists in which the phrase may stand.
    pub(super) lists: u32,
    /// Whether several tokens in a row may match.
    pub(super) repeated: bool,
    /// The number of the part it is remembered as.
    pub(super) part: Option<usize>,
}

impl Step {
    /// Lets tokens of the kind `name` match too; false when there is no such kind.
    pub(super) fn add_kind(&mut self, name: &str) -> bool {
        let (kinds, inside) = match name {
            // A hyphen between two names belongs to the name.
            "name" => (kind::NAME, kind::CAPITAL_WORD | kind::INNER_DASH),
            // A title, a name.
            "phrase" => (kind::CAPITAL | kind::NUMBER, kind::CAPITAL | kind::NUMBER | kind::NO_QUOTE),
            other => {
                let kinds = match other {
                    "small" => kind::SMALL,
                    "capitals" => kind::CAPITALS,
                    "number" => kind::NUMBER,
                    "code" => kind::CODE,
                    "letter_number" => kind::LETTER_NUMBER,
                    "foreign" => kind::FOREIGN,
                    "dash" => kind::DASH,
                    "open" => kind::OPEN,
                    "close" => kind::CLOSE,
                    "quote" => kind::QUOTE,
                    "possessive" => kind::POSSESSIVE,
                    "any" => kind::ANY,
                    _ => return false,
                };
                (kinds, kinds)
            }
        };
        self.kinds |= kinds;
        self.inside |= inside;
        true
    }

    /// Kinds of which one token is enough to match.
    pub(super) fn kinds(&self) -> u32 {
        self.kinds | if self.but.is_some() { kind::SMALL } else { 0 }
    }

    /// Whether a token is what it asks for; `inside`, whether it stands behind another that was.
    #[inline]
    fn takes(&self, traits: Traits, inside: bool) -> bool {
        traits.kinds & if inside { self.inside } else { self.kinds } != 0
            || traits.exact != 0 && self.words.holds(traits.exact.into())
            || traits.folded != 0 && self.words.holds(traits.folded.into())
            || self.but.as_ref().is_some_and(|but| traits.kinds & kind::SMALL != 0 && !but.holds(traits.exact.into()))
    }

    /// Whether a match may begin with a token.
    #[inline]
    fn may_begin(&self, spot: &Spot) -> bool {
        spot.begins & self.lists != 0 || !self.marks.is_empty() || self.takes(spot.traits, false)
    }

    /// Whether a match may end with a token.
    #[inline]
    fn may_end(&self, spot: &Spot) -> bool {
        spot.ends & self.lists != 0
            || !self.marks.is_empty()
            || self.takes(spot.traits, false)
            || self.repeated && self.takes(spot.traits, true)
    }

    /// Whether it matches one token and no more.
    fn is_single(&self) -> bool {
        self.lists == 0 && self.marks.is_empty() && !self.repeated
    }
}

/// A pattern without choices.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    pub(super) steps: Vec<Step>,
    /// Its number among all that rules look for; 0 for what must not stand.
    pub(super) number: usize,
    /// Whether each step matches one token and no more.
    is_fixed: bool,
}

/// What stands beside a match.
#[derive(Debug)]
pub(super) struct Context(pub(super) Sequence);

/// What matched the parts of a pattern.
pub(super) type Parts = Vec<Option<Range<usize>>>;

/// A sentence with its marks, as patterns see it.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s, 't, 'm> {
    pub(super) sentence: &'s Reading<'t, 'm>,
    pub(super) marks: &'s [Mark],
}

impl Sequence {
    pub(super) fn new(steps: Vec<Step>) -> Self {
        let is_fixed = steps.iter().all(Step::is_single);
        Self { steps, number: 0, is_fixed }
    }

    /// Whether a match may begin with a token.
    #[inline]
    pub(super) fn may_begin(&self, spot: &Spot) -> bool {
        self.steps.first().is_some_and(|step| step.may_begin(spot))
    }

    /// Matches from `start` on, to exactly `end` if it is given: the end of the match and its parts.
    #[inline]
    pub(super) fn find(
        &self,
        scene: &Scene<'_, '_, '_>,
        start: usize,
        end: Option<usize>,
        parts: &mut Parts,
    ) -> Option<usize> {
        let (first, spot) = (self.steps.first()?, scene.sentence.spots.get(start)?);
        let limit = end.unwrap_or(scene.sentence.len());
        let fits = first.may_begin(spot)
            && start + self.steps.len() <= limit
            && (!self.is_fixed || end.is_none_or(|end| start + self.steps.len() == end));
        if fits { walk(&self.steps, scene, start, end, parts) } else { None }
    }
}

impl Context {
    /// Whether it stands right before `start`.
    pub(super) fn ends_at(&self, scene: &Scene<'_, '_, '_>, start: usize, parts: &mut Parts) -> bool {
        let steps = &self.0.steps;
        let before = start.checked_sub(1).and_then(|before| scene.sentence.spots.get(before));
        let may_end = steps.last().zip(before).is_some_and(|(last, spot)| last.may_end(spot));
        let Some(latest) = start.checked_sub(steps.len()).filter(|_| may_end) else { return false };
        let farthest = start.saturating_sub(LONGEST_BEFORE);
        let earliest = if self.0.is_fixed { latest.max(farthest) } else { farthest };
        (earliest..=latest).any(|from| self.0.find(scene, from, Some(start), parts).is_some())
    }

    /// Whether it stands right after `end`.
    pub(super) fn begins_at(&self, scene: &Scene<'_, '_, '_>, end: usize, parts: &mut Parts) -> bool {
        self.0.find(scene, end, None, parts).is_some()
    }
}

/// Matches `steps` from `at` on; longer matches of each step are tried first.
fn walk(steps: &[Step], scene: &Scene<'_, '_, '_>, at: usize, end: Option<usize>, parts: &mut Parts) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else {
        return end.is_none_or(|end| end == at).then_some(at);
    };
    // Each step that is left takes a token.
    let limit = end.unwrap_or(scene.sentence.len()).checked_sub(rest.len())?;
    let go = |to: usize, parts: &mut Parts| {
        if to > limit {
            return None;
        }
        let found = walk(rest, scene, to, end, parts)?;
        if let Some(part) = step.part {
            if parts.len() <= part {
                parts.resize(part + 1, None);
            }
            parts[part] = Some(at..to);
        }
        Some(found)
    };
    let spot = scene.sentence.spots.get(at)?;
    if spot.begins & step.lists != 0 {
        for to in scene.sentence.ends_in(at, step.lists) {
            if let Some(found) = go(to, parts) {
                return Some(found);
            }
        }
    }
    // A mark is one step, however many words it has.
    if !step.marks.is_empty()
        && let Some(mark) = starting(scene.marks, scene.sentence.outer(&(at..at)).start)
        && step.marks.contains(&mark.label)
        && let Some(found) = go(scene.sentence.inner(&mark.tokens).end, parts)
    {
        return Some(found);
    }
    let longest = if step.repeated { LONGEST } else { 1 };
    let spots = &scene.sentence.spots[at..limit.max(at)];
    let run = spots.iter().take(longest).enumerate().take_while(|(number, spot)| step.takes(spot.traits, *number > 0));
    let reach = at + run.count();
    (at + 1..=reach).rev().find_map(|to| go(to, parts))
}
