//! Phrases that tell what a short line is, found by one automaton.

use crate::document::ZoneKind;
use crate::error::{Error, Result};
use crate::resource::Resources;
use crate::resource::resources::rows;
use aho_corasick::automaton::Automaton as _;
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, BuildError, MatchKind, StartKind};

/// Where a phrase must stand in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Whole,
    Start,
    End,
    Any,
}

/// What a phrase says of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) kind: ZoneKind,
    /// Whether titles of other articles follow.
    pub(super) announces: bool,
}

/// The phrases of `lexicons/zone_phrases.tsv`.
#[derive(Debug)]
pub(super) struct Phrases {
    /// Phrases that begin a line or are all of it.
    starts: Automaton,
    /// Phrases that end a line, written backwards.
    ends: Automaton,
    /// Phrases that stand anywhere.
    inside: Automaton,
}

/// Phrases of some places, with what they say.
#[derive(Debug)]
struct Automaton {
    patterns: DFA,
    entries: Vec<(Place, Verdict)>,
}

impl Automaton {
    fn new(phrases: &[(Vec<u8>, Place, Verdict)], start: StartKind) -> Result<Self, BuildError> {
        let patterns = DFA::builder()
            .match_kind(MatchKind::Standard)
            .start_kind(start)
            .build(phrases.iter().map(|(phrase, ..)| phrase))?;
        Ok(Self { patterns, entries: phrases.iter().map(|(_, place, verdict)| (*place, *verdict)).collect() })
    }

    /// Visits the phrases that `text` begins with, until `visit` says stop: their lengths, places, verdicts.
    fn begin<T>(&self, text: &[u8], mut visit: impl FnMut(usize, Place, Verdict) -> Option<T>) -> Option<T> {
        let dfa = &self.patterns;
        let mut state = dfa.start_state(Anchored::Yes).ok()?;
        for (index, byte) in text.iter().enumerate() {
            state = dfa.next_state(Anchored::Yes, state, *byte);
            if dfa.is_dead(state) {
                return None;
            }
            if dfa.is_match(state) {
                for pattern in (0..dfa.match_len(state)).map(|nth| dfa.match_pattern(state, nth)) {
                    let (place, verdict) = self.entries[pattern.as_usize()];
                    // A state also holds the phrases that only end here.
                    if dfa.pattern_len(pattern) == index + 1
                        && let Some(answer) = visit(index + 1, place, verdict)
                    {
                        return Some(answer);
                    }
                }
            }
        }
        None
    }

    /// The first phrase in `text` that stands between the edges of words.
    fn inside(&self, text: &[u8]) -> Option<Verdict> {
        let dfa = &self.patterns;
        let mut state = dfa.start_state(Anchored::No).ok()?;
        for (index, byte) in text.iter().enumerate() {
            state = dfa.next_state(Anchored::No, state, *byte);
            if dfa.is_special(state) && dfa.is_match(state) && is_edge(text, index + 1) {
                let mut patterns = (0..dfa.match_len(state)).map(|nth| dfa.match_pattern(state, nth));
                if let Some(found) = patterns.find(|pattern| is_edge(text, index + 1 - dfa.pattern_len(*pattern))) {
                    return Some(self.entries[found.as_usize()].1);
                }
            }
        }
        None
    }
}

/// The longest line, in bytes, that a phrase inside it or at its end may judge.
const LONGEST: usize = 300;

/// Bytes of a line's end that are read backwards.
const TAIL: usize = 48;

impl Phrases {
    /// Reads the phrases.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        let path = "lexicons/zone_phrases.tsv";
        let text = resources.text(path)?;
        let (mut starts, mut ends, mut inside) = (Vec::new(), Vec::new(), Vec::new());
        for (line, columns) in rows(&text) {
            let entry = match columns.as_slice() {
                [zone, place, phrase] => read_entry(zone, place).map(|entry| (entry, *phrase)),
                _ => None,
            };
            let ((place, verdict), phrase) = entry.ok_or_else(|| {
                Error::resource(
                    format!("{path}:{line}"),
                    "expected a zone (or related), whole, start, end or any, and a phrase, with tabs between",
                )
            })?;
            for phrase in [phrase.to_owned(), phrase.replace('\'', "’")] {
                let bytes = phrase.into_bytes();
                match place {
                    Place::Whole | Place::Start => starts.push((bytes, place, verdict)),
                    Place::End => ends.push((bytes.into_iter().rev().collect(), place, verdict)),
                    Place::Any => inside.push((bytes, place, verdict)),
                }
            }
        }
        let build = |phrases: &[_], start| {
            Automaton::new(phrases, start).map_err(|error| Error::resource(path, error.to_string()))
        };
        Ok(Self {
            starts: build(&starts, StartKind::Anchored)?,
            ends: build(&ends, StartKind::Anchored)?,
            inside: build(&inside, StartKind::Unanchored)?,
        })
    }

    /// What the phrases say of a line, whose folded form `folded` (see [`fold_line`]) is at hand.
    pub(super) fn judge(&self, folded: &str) -> Option<Verdict> {
        let (start, end) = core(folded);
        (start < end)
            .then(|| {
                self.at_start(folded, start, end).or_else(|| self.at_end(folded, end)).or_else(|| self.anywhere(folded))
            })
            .flatten()
    }

    /// The phrase that is the line from `start` to `end`, else one that begins it. A phrase may itself
    /// begin with a sign that the line's core leaves out.
    fn at_start(&self, folded: &str, start: usize, end: usize) -> Option<Verdict> {
        let bytes = folded.as_bytes();
        let mut begins = None;
        let whole = [0, start].into_iter().take(if start == 0 { 1 } else { 2 }).find_map(|from| {
            self.starts.begin(&bytes[from..], |len, place, verdict| {
                let found = from + len;
                if place == Place::Start && begins.is_none() && is_edge(bytes, found) {
                    begins = Some(verdict);
                }
                (place == Place::Whole && found >= end && is_edge(bytes, found)).then_some(verdict)
            })
        });
        whole.or(begins)
    }

    /// The phrase that ends the line, whose core ends at `end`.
    fn at_end(&self, folded: &str, end: usize) -> Option<Verdict> {
        let bytes = folded.as_bytes();
        let mut tail = [0; TAIL];
        let len = bytes.len().min(TAIL);
        for (to, from) in tail.iter_mut().zip(bytes.iter().rev()) {
            *to = *from;
        }
        let tail = &tail[..len];
        let signs = (bytes.len() - end).min(len);
        [0, signs].into_iter().take(if signs == 0 { 1 } else { 2 }).find_map(|from| {
            self.ends.begin(&tail[from..], |len, _, verdict| {
                (is_edge(tail, from + len) && folded.len() <= longest_end(verdict.kind)).then_some(verdict)
            })
        })
    }

    /// The first phrase that stands anywhere in the line, or in the tail of a long one.
    fn anywhere(&self, folded: &str) -> Option<Verdict> {
        let from = memchr::memchr(GAP as u8, folded.as_bytes()).map_or(0, |at| at + 1);
        self.inside.inside(&folded.as_bytes()[from..])
    }
}

/// Whether no word goes on over `at`.
fn is_edge(bytes: &[u8], at: usize) -> bool {
    at == 0 || at >= bytes.len() || !bytes[at - 1].is_ascii_alphanumeric() || !bytes[at].is_ascii_alphanumeric()
}

fn read_entry(zone: &str, place: &str) -> Option<(Place, Verdict)> {
    let announces = zone == "related";
    let kind = if announces { ZoneKind::Boilerplate } else { ZoneKind::from_name(zone)? };
    let place = match place {
        "whole" => Place::Whole,
        "start" => Place::Start,
        "end" => Place::End,
        "any" => Place::Any,
        _ => return None,
    };
    Some((place, Verdict { kind, announces }))
}

/// The longest line, in bytes, that a phrase at its end may judge.
fn longest_end(kind: ZoneKind) -> usize {
    match kind {
        ZoneKind::Caption => LONGEST,
        ZoneKind::Byline => 80,
        _ => 120,
    }
}

/// The part of a folded line without signs, bullets and digits at both ends.
fn core(folded: &str) -> (usize, usize) {
    let bytes = folded.as_bytes();
    let is_core = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let Some(start) = bytes.iter().position(is_core) else { return (0, bytes.len()) };
    let end = bytes.iter().rposition(is_core).map_or(bytes.len(), |last| last + 1);
    (start, end)
}

/// Writes `line` to `out` in small letters; of a long line only its
/// two ends, where phrases stand.
pub(super) fn fold_line(line: &str, out: &mut String) {
    out.clear();
    if line.len() <= 2 * END {
        return fold_part(line, out);
    }
    let head_end = (END..line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(line.len());
    let tail_start = (line.len() - END..line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(line.len());
    fold_part(&line[..head_end], out);
    out.push(GAP);
    fold_part(&line[tail_start..], out);
}

/// Stands for the middle of a long line.
const GAP: char = '\u{1}';

/// Bytes of each end of a long line that are read.
const END: usize = 64;

fn fold_part(part: &str, out: &mut String) {
    let start = out.len();
    out.push_str(part);
    out[start..].make_ascii_lowercase();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<ZoneKind>) {
        let phrases = Phrases::new(&Resources::embedded()).unwrap();
        let mut folded = String::new();
        fold_line(line, &mut folded);
        assert_eq!(phrases.judge(&folded).map(|verdict| verdict.kind), expected, "{line}");
    }

    #[test]
    fn judges_lines_by_where_a_phrase_stands() {
        check("Read more: Ten beaches", Some(ZoneKind::Boilerplate));
        check("READ MORE", Some(ZoneKind::Boilerplate));
        check("12 comments", Some(ZoneKind::Boilerplate));
        check("© 2024 Eurasia Ledger. All rights reserved.", Some(ZoneKind::Boilerplate));
        check("The harbour. (Photo: Getty Images)", Some(ZoneKind::Caption));
        check("(Reporting by Jan Souček)", Some(ZoneKind::Byline));
        check("They read more books than anyone.", None);
        check("Shares fell.", None);
        check("The share of votes", None);
    }
}
