//! Phrases that tell what a short line is, found by one automaton.

use crate::document::ZoneKind;
use crate::error::{Error, Result};
use crate::resource::Resources;
use crate::resource::resources::rows;
use crate::text::chars::fold;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

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
    automaton: AhoCorasick,
    /// Place and verdicts of each pattern, most certain first.
    entries: Vec<(Place, Verdict)>,
}

/// The longest line, in bytes, that a phrase inside it or at its end may judge.
const LONGEST: usize = 300;

impl Phrases {
    /// Reads the phrases.
    pub(super) fn new(resources: &Resources) -> Result<Self> {
        let path = "lexicons/zone_phrases.tsv";
        let text = resources.text(path)?;
        let (mut patterns, mut entries) = (Vec::new(), Vec::new());
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
            patterns.push(phrase.to_owned());
            entries.push((place, verdict));
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&patterns)
            .map_err(|error| Error::resource(path, error.to_string()))?;
        Ok(Self { automaton, entries })
    }

    /// What the phrases say of a line, whose folded form `folded` (see [`fold_line`]) is at hand.
    pub(super) fn judge(&self, folded: &str) -> Option<Verdict> {
        let (start, end) = core(folded);
        if start >= end {
            return None;
        }
        let bytes = folded.as_bytes();
        let edge = |at: usize| {
            at == 0 || at >= bytes.len() || !bytes[at - 1].is_ascii_alphanumeric() || !bytes[at].is_ascii_alphanumeric()
        };
        let mut best: Option<(Place, Verdict)> = None;
        for found in self.automaton.find_overlapping_iter(folded) {
            let (place, verdict) = self.entries[found.pattern().as_usize()];
            // A phrase may itself begin or end with a sign that the line's core leaves out.
            let at_start = found.start() <= start;
            let at_end = found.end() >= end;
            let fits = match place {
                Place::Whole => at_start && at_end,
                Place::Start => at_start,
                Place::End => at_end && folded.len() <= longest_end(verdict.kind),
                Place::Any => folded.len() <= LONGEST,
            };
            let stronger = best.is_none_or(|(old, _)| rank(place) < rank(old));
            if fits && edge(found.start()) && edge(found.end()) && stronger {
                best = Some((place, verdict));
            }
        }
        best.map(|(_, verdict)| verdict)
    }
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

fn rank(place: Place) -> u8 {
    place as u8
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

/// Writes `line` to `out` in small letters with plain quotes and single blanks; of a long line only its
/// two ends, where phrases stand.
pub(super) fn fold_line(line: &str, out: &mut String) {
    out.clear();
    if line.len() <= 2 * END {
        return fold_part(line, out);
    }
    let head_end = (END..line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(line.len());
    let tail_start = (line.len() - END..line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(line.len());
    fold_part(&line[..head_end], out);
    out.push('\u{1}');
    fold_part(&line[tail_start..], out);
}

/// Bytes of each end of a long line that are read.
const END: usize = 72;

fn fold_part(part: &str, out: &mut String) {
    for c in part.chars() {
        let c = if c.is_ascii() { c.to_ascii_lowercase() } else { fold(c) };
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
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
