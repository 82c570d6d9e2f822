//! Scores of dates as TempEval-3 counts them, shared by the report and the floors.

use gloss::document::{Annotation, Document, Layer, Value};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Integer counts over all documents.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) gold: usize,
    pub(crate) predicted: usize,
    pub(crate) relaxed: usize,
    pub(crate) strict: usize,
    pub(crate) kind: usize,
    pub(crate) value: usize,
    /// Gold marks whose value names days that can be compared (all but the vague ones of TEI).
    pub(crate) comparable: usize,
    /// By gold label: gold marks, found, value right.
    pub(crate) by_label: BTreeMap<String, [usize; 3]>,
}

/// A pair of marks, or a mark without partner: gold and predicted.
pub(crate) type Pair<'a> = (Option<&'a Annotation>, Option<&'a Annotation>);

impl Counts {
    /// F1 in percent of `hits` pairs.
    pub(crate) fn f1(&self, hits: usize) -> f64 {
        200.0 * hits as f64 / (self.gold + self.predicted).max(1) as f64
    }

    /// Adds one document; the pairs come back for error lists.
    pub(crate) fn add<'a>(&mut self, gold: &'a Document, predicted: &'a Document) -> Vec<Pair<'a>> {
        let is_dateline = |mark: &&Annotation| {
            let function = mark.attributes.as_ref().and_then(|a| a.get("functionInDocument"));
            function.and_then(|value| value.as_str()) == Some("CREATION_TIME")
        };
        let (datelines, wanted): (Vec<_>, Vec<_>) = gold.layer(Layer::Date).iter().partition(is_dateline);
        let outside = |mark: &&Annotation| !datelines.iter().any(|dateline| dateline.span.overlaps(mark.span));
        let found: Vec<&Annotation> = predicted.layer(Layer::Date).iter().filter(outside).collect();
        self.gold += wanted.len();
        self.predicted += found.len();
        for want in &wanted {
            self.by_label.entry(want.label.to_string()).or_default()[0] += 1;
        }
        let pairs = pair(&wanted, &found);
        for (want, have) in pairs.iter().filter_map(|(want, have)| want.zip(*have)) {
            self.count(want, have);
        }
        pairs
    }

    fn count(&mut self, want: &Annotation, have: &Annotation) {
        let right = same_value(want, have);
        self.relaxed += 1;
        self.strict += usize::from(want.span == have.span);
        self.kind += usize::from(want.label == have.label);
        self.value += usize::from(right == Some(true));
        self.comparable += usize::from(right.is_some());
        let entry = self.by_label.entry(want.label.to_string()).or_default();
        entry[1] += 1;
        entry[2] += usize::from(right == Some(true));
    }
}

/// Pairs gold and predicted marks one to one: identical spans first, then the longest overlap.
fn pair<'a>(wanted: &[&'a Annotation], found: &[&'a Annotation]) -> Vec<Pair<'a>> {
    let mut candidates = Vec::new();
    for (g, want) in wanted.iter().enumerate() {
        for (p, have) in found.iter().enumerate() {
            if let Some(shared) = want.span.intersection(have.span) {
                candidates.push((
                    want.span != have.span,
                    Reverse(shared.len()),
                    want.span.start(),
                    have.span.start(),
                    g,
                    p,
                ));
            }
        }
    }
    candidates.sort_unstable();
    let (mut gold_used, mut found_used) = (vec![false; wanted.len()], vec![false; found.len()]);
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    for (.., g, p) in candidates {
        if !gold_used[g] && !found_used[p] {
            (gold_used[g], found_used[p]) = (true, true);
            pairs.push((Some(wanted[g]), Some(found[p])));
        }
    }
    pairs.extend(wanted.iter().zip(gold_used).filter(|(_, used)| !used).map(|(want, _)| (Some(*want), None)));
    pairs.extend(found.iter().zip(found_used).filter(|(_, used)| !used).map(|(have, _)| (None, Some(*have))));
    pairs
}

/// The value of a mark as written.
pub(crate) fn value_of(mark: &Annotation) -> Option<&str> {
    match mark.value.as_deref()? {
        Value::Timex(timex) => timex.value.as_deref(),
        Value::Foreign(value) => Some(value),
        Value::Figure(_) => None,
    }
}

/// Whether two marks have the same value. Gold from TEI (told by its key `tei`) is compared by its days:
/// `1960-01-01/1969-12-31` is our `196`; what it leaves vague (`~`, an open end) cannot be compared.
pub(crate) fn same_value(want: &Annotation, have: &Annotation) -> Option<bool> {
    let (gold, own) = (value_of(want), value_of(have));
    if want.attributes.as_ref().is_none_or(|attributes| !attributes.contains_key("tei")) {
        return Some(gold.is_some() && gold == own);
    }
    let gold = gold?;
    if gold == own.unwrap_or_default() {
        return Some(true);
    }
    if gold.contains('~') || gold.starts_with('/') || gold.ends_with('/') {
        return None;
    }
    if let Some(year) = gold.strip_prefix('-').filter(|rest| rest.len() == 4) {
        return Some(own == Some(&format!("BC{year}")));
    }
    // A time without its day, a day without its year: what is said must agree.
    let own = own?;
    if let Some(rest) = gold.strip_prefix("--") {
        return (!gold.contains('/')).then(|| own.get(5..).is_some_and(|tail| tail == rest));
    }
    if gold.len() == 8 && gold.as_bytes().get(2) == Some(&b':') {
        return Some(own.split_once('T').is_some_and(|(_, time)| gold.starts_with(time.trim_end_matches('Z'))));
    }
    let Some((from, to)) = gold.split_once('/') else { return Some(false) };
    let Some(Value::Timex(timex)) = have.value.as_deref() else { return Some(false) };
    // Both ends may be written by month or year; the century begins in its year 00.
    Some(timex.interval.as_ref().is_some_and(|(first, last)| first.starts_with(from) && last.starts_with(to)))
}
