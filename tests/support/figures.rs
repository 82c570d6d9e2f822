//! Scores the figure layer on the suites of `../shared/data/figures`.
//!
//! Value, span, bound and unit are counted apart. What the suites and the project's guideline decide
//! differently is listed by [`guideline`] with its reason and left out of the adjusted counts.

use bigdecimal::{BigDecimal, ToPrimitive};
use gloss::document::{Amount, Annotation, Article, Bound, Figure, Layer, Meta, Value};
use gloss::pipeline::Pipeline;
use gloss::text::Span;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Integer counts of one measure.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// How many were right.
    pub(crate) right: usize,
    /// How many there are.
    pub(crate) all: usize,
}

impl Count {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    /// The share that is right; 1 of nothing.
    pub(crate) fn share(self) -> f64 {
        if self.all == 0 { 1.0 } else { self.right as f64 / self.all as f64 }
    }
}

/// What one suite came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scores {
    /// Expected marks that a mark covers in part.
    pub(crate) overlap_recall: Count,
    /// Marks that an expected mark covers in part.
    pub(crate) overlap_precision: Count,
    /// Expected marks met exactly.
    pub(crate) strict_recall: Count,
    /// Expected values that an overlapping mark has.
    pub(crate) value: Count,
    /// Expected bounds.
    pub(crate) bound: Count,
    /// Expected currencies.
    pub(crate) unit: Count,
    /// Cases that expect nothing and have nothing.
    pub(crate) clean: Count,
    /// Cases met in full.
    pub(crate) cases: Count,
    /// What was missed, invented or read otherwise, one line each.
    pub(crate) faults: Vec<String>,
    /// What our guideline decides otherwise, one line each.
    pub(crate) differences: Vec<String>,
}

impl Scores {
    /// Harmonic mean of overlap precision and recall.
    pub(crate) fn overlap_f1(&self) -> f64 {
        let (p, r) = (self.overlap_precision.share(), self.overlap_recall.share());
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }

    /// Harmonic mean of strict precision and recall.
    pub(crate) fn strict_f1(&self) -> f64 {
        let right = self.strict_recall.right as f64;
        2.0 * right / (self.strict_recall.all + self.overlap_precision.all).max(1) as f64
    }

    /// How many expected marks were left out of the counts for each reason.
    #[allow(dead_code, reason = "only the report prints them")]
    pub(crate) fn reasons(&self) -> BTreeMap<&str, usize> {
        let mut reasons = BTreeMap::new();
        for (reason, _) in self.differences.iter().filter_map(|line| line.split_once(": ")) {
            *reasons.entry(reason).or_default() += 1;
        }
        reasons
    }

    /// One line for a table.
    pub(crate) fn line(&self, name: &str) -> String {
        let mut out = String::new();
        let _ = write!(
            out,
            "{name:<26} overlap P {:.3} R {:.3} F1 {:.3}  strict F1 {:.3}",
            self.overlap_precision.share(),
            self.overlap_recall.share(),
            self.overlap_f1(),
            self.strict_f1()
        );
        for (what, count) in [
            ("value", self.value),
            ("bound", self.bound),
            ("unit", self.unit),
            ("clean", self.clean),
            ("cases", self.cases),
        ] {
            if count.all > 0 {
                let _ = write!(out, "  {what} {}/{} = {:.3}", count.right, count.all, count.share());
            }
        }
        out
    }
}

/// The folder of the suites, where it is there.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/figures");
    folder.is_dir().then_some(folder)
}

/// The records of a suite.
pub(crate) fn records(name: &str) -> Vec<Json> {
    let path = folder().map(|folder| folder.join(name)).unwrap_or_default();
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The figures and dates that the pipeline marks in `text`.
pub(crate) fn marks(pipeline: &Pipeline, text: &str) -> (Vec<Annotation>, Vec<Annotation>) {
    let Some(article) = Article::new(Meta::default(), text.to_owned()) else { return Default::default() };
    let document = pipeline.annotate(article, &[Layer::Figure, Layer::Date]);
    (document.layer(Layer::Figure).to_vec(), document.layer(Layer::Date).to_vec())
}

fn span(text: &str, expected: &Json) -> Span {
    let place = |key: &str| {
        let chars = expected[key].as_u64().unwrap_or_default() as usize;
        text.char_indices().nth(chars).map_or(text.len(), |(byte, _)| byte)
    };
    Span::at(place("start"), place("end"))
}

fn figure(mark: &Annotation) -> Option<&Figure> {
    match mark.value.as_deref() {
        Some(Value::Figure(figure)) => Some(figure),
        _ => None,
    }
}

fn number(value: &BigDecimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}

/// The value of a figure: one number, or both ends.
fn value(figure: &Figure) -> (Option<f64>, Option<f64>) {
    match &figure.amount {
        Amount::Exact(value) => (Some(number(value)), Some(number(value))),
        Amount::Fraction(above, below) => {
            let value = *above as f64 / *below as f64;
            (Some(value), Some(value))
        }
        Amount::Range(low, high) => (low.as_ref().map(number), high.as_ref().map(number)),
        Amount::Unknown | Amount::Ratio(_) => (None, None),
    }
}

fn near(found: Option<f64>, wanted: f64) -> bool {
    found.is_some_and(|found| (found - wanted).abs() <= 1e-9 * wanted.abs().max(1e-12) * 1e3)
}

fn as_number(value: &Json) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim_end_matches('%').parse().ok())
}

/// Why our guideline decides a case otherwise than its suite; nothing where both agree.
pub(crate) fn guideline(suite: &str, kind: &str, input: &str, expected: &Json) -> Option<&'static str> {
    let text = expected["text"].as_str().unwrap_or_default();
    let resolution = &expected["resolution"];
    let unit = resolution["unit"].as_str().unwrap_or_default();
    let clock = ["year", "month", "day", "hour", "week", "minute", "second"].contains(&unit);
    if expected["type"] == "ordinal.relative" {
        return Some("next, last, previous are no ordinals");
    }
    if kind != "spellout" && resolution.get("value").is_some_and(Json::is_null) || resolution["value"] == "null" {
        return Some("a unit without a number is no figure");
    }
    if suite == "quantulum3" {
        if clock && text.len() < 20 {
            return Some("a length of time belongs to the date layer");
        }
        if input.contains("non-standard object") || text.len() == 4 && text.starts_with("19") {
            return Some("a year or a number in a name is no figure");
        }
        if ["32", "9031", "860", "absolute zero", "A kibibyte", "a penny"].contains(&text) {
            return Some("a number in a name, and `a` with a unit, are no figures");
        }
        if ["$350 per kg to $680 per kg", "44 mg to 50 mg"].contains(&text) {
            return Some("a change is two amounts");
        }
    }
    if suite == "recognizers" {
        if input.contains("phone number") {
            return Some("a number inside a telephone number is no figure");
        }
        if clock && !input.contains("old") {
            return Some("a length of time belongs to the date layer");
        }
        if input.contains("-nought-") {
            return Some("a score is one ratio, and no three numbers");
        }
        if ["1/4 of", "one half of", "one quarter of", "one in two", "one out of three"].contains(&text)
            && kind.starts_with("Percent")
        {
            return Some("a share is a fraction, not a percentage");
        }
        let mixed = input.contains(" and a third") || input.contains(" and a thirt");
        if expected["type"] == "ordinal" && mixed {
            return Some("the fraction of a mixed number is no ordinal");
        }
        if input.contains("version two") || input.starts_with("Exercises nrs.") {
            return Some("numbers of versions and exercises are names");
        }
    }
    None
}

/// Scores one case with spans; returns whether everything expected was met.
fn score_spans(suite: &str, case: &Json, found: &[Annotation], dates: &[Annotation], scores: &mut Scores) {
    let input = case["input"].as_str().unwrap_or_default();
    let kind = case["kind"].as_str().unwrap_or_default();
    let none = Vec::new();
    let expected = case["expected"].as_array().unwrap_or(&none);
    let mut wanted_spans = Vec::new();
    let mut all_met = true;
    for wanted in expected {
        let place = span(input, wanted);
        wanted_spans.push(place);
        let best = found
            .iter()
            .filter(|mark| mark.span.overlaps(place))
            .max_by_key(|mark| mark.span.intersection(place).map(Span::len));
        if let Some(reason) = guideline(suite, kind, input, wanted) {
            scores.differences.push(format!("{reason}: {kind}: {:?} in {:?}", place.of(input), short(input)));
            continue;
        }
        scores.overlap_recall.add(best.is_some());
        let strict = best.is_some_and(|mark| mark.span == place);
        scores.strict_recall.add(strict);
        let met = score_value(wanted, best, scores);
        score_bound(wanted, best, scores);
        if let Some(code) = wanted["resolution"]["isoCurrency"].as_str() {
            let unit = best.and_then(figure).and_then(|figure| figure.unit.clone());
            scores.unit.add(unit.is_some_and(|unit| unit == code));
        }
        if !met {
            all_met = false;
            let found = best.map_or("nothing".to_owned(), |mark| {
                format!("{:?} {:?}", mark.span.of(input), figure(mark).map(|f| &f.amount))
            });
            scores.faults.push(format!(
                "{kind}: {:?} {} in {:?}: {found}",
                place.of(input),
                wanted["resolution"],
                short(input)
            ));
        }
    }
    for mark in found {
        let hit = wanted_spans.iter().any(|place| place.overlaps(mark.span));
        let apart = !hit && expected.iter().any(|wanted| guideline(suite, kind, input, wanted).is_some());
        if !apart {
            scores.overlap_precision.add(hit);
        }
        if !hit {
            all_met = false;
            scores.faults.push(format!(
                "{kind}: invented {:?} ({}) in {:?}",
                mark.span.of(input),
                mark.label,
                short(input)
            ));
        }
    }
    if expected.is_empty() {
        scores.clean.add(found.is_empty());
    }
    let _ = dates;
    scores.cases.add(all_met);
}

fn short(input: &str) -> String {
    input.chars().take(110).collect()
}

/// Counts the value of one expected mark; whether it is met, or there is none to meet.
fn score_value(wanted: &Json, best: Option<&Annotation>, scores: &mut Scores) -> bool {
    let resolution = &wanted["resolution"];
    let found = best.and_then(figure).map(value).unwrap_or_default();
    let met = if let (Some(low), Some(high)) = (as_number(&resolution["low"]), as_number(&resolution["high"])) {
        near(found.0, low) && near(found.1, high)
    } else if let Some(range) = resolution["value"].as_str().filter(|value| value.contains(',')) {
        let ends: Vec<Option<f64>> =
            range.trim_matches(['[', '(', ')', ']']).split(',').map(|end| end.parse().ok()).collect();
        match ends[..] {
            [Some(low), Some(high)] => near(found.0, low) && near(found.1, high),
            [Some(low), None] => near(found.0, low),
            [None, Some(high)] => near(found.1, high),
            _ => false,
        }
    } else if let Some(value) = as_number(&resolution["value"]) {
        let spread = as_number(&resolution["uncertainty"]).unwrap_or_default();
        let small = ["Cent", "Pence", "Penny", "penny"].contains(&resolution["unit"].as_str().unwrap_or_default());
        let value = if small { value / 100.0 } else { value };
        (near(found.0, value - spread) && near(found.1, value + spread))
            || (near(found.0, value) && near(found.1, value))
    } else {
        return best.is_some();
    };
    scores.value.add(met);
    met
}

/// Counts the bound of a half-open range.
fn score_bound(wanted: &Json, best: Option<&Annotation>, scores: &mut Scores) {
    let Some(range) = wanted["resolution"]["value"].as_str().filter(|value| value.contains(',')) else { return };
    let bound =
        match (range.starts_with("[,") || range.starts_with("(,"), range.ends_with(",)") || range.ends_with(",]")) {
            (false, true) => {
                if range.starts_with('[') {
                    Bound::AtLeast
                } else {
                    Bound::MoreThan
                }
            }
            (true, false) => {
                if range.ends_with(']') {
                    Bound::AtMost
                } else {
                    Bound::LessThan
                }
            }
            _ => return,
        };
    scores.bound.add(best.and_then(figure).is_some_and(|figure| figure.bound == bound));
}

/// Scores the cases of a suite whose kind is one of `kinds`; all of them when it is empty.
pub(crate) fn score_cases(pipeline: &Pipeline, suite: &str, file: &str, kinds: &[&str]) -> Scores {
    let mut scores = Scores::default();
    for case in records(file) {
        let kind = case["kind"].as_str().unwrap_or_default();
        if !kinds.is_empty() && !kinds.iter().any(|wanted| kind.starts_with(wanted)) {
            continue;
        }
        let input = case["input"].as_str().unwrap_or_default();
        let (found, dates) = marks(pipeline, input);
        if let Some(values) = case["expected_values"].as_array() {
            let read: Vec<f64> = found.iter().filter_map(figure).filter_map(|figure| value(figure).0).collect();
            let mut at = 0;
            for wanted in values.iter().filter_map(Json::as_f64) {
                let place = read[at..].iter().position(|found| near(Some(*found), wanted));
                at += place.map_or(0, |place| place + 1);
                scores.value.add(place.is_some());
                if place.is_none() {
                    scores.faults.push(format!("{kind}: {wanted} in {input:?}: {read:?}"));
                }
            }
        } else {
            score_spans(suite, &case, &found, &dates, &mut scores);
        }
    }
    scores
}

/// Scores the documents of `gum_en`: what a guideline leaves out of the figures is left out of the counts
/// when `adjusted`. The `clean` count holds the dates that no figure touches.
pub(crate) fn score_gum(pipeline: &Pipeline, adjusted: bool) -> Scores {
    let mut scores = Scores::default();
    for record in records("gum_en.jsonl") {
        let text = record["text"].as_str().unwrap_or_default();
        let (found, _) = marks(pipeline, text);
        let none = Vec::new();
        let gold = record["annotations"].as_array().unwrap_or(&none);
        let mut places = Vec::new();
        let gold_dates: Vec<Span> =
            gold.iter().filter(|mark| mark["layer"] == "date").map(|mark| span(text, mark)).collect();
        for mark in gold {
            let place = span(text, mark);
            if mark["layer"] == "date" {
                scores.clean.add(!found.iter().any(|figure| figure.span.overlaps(place)));
                if let Some(figure) = found.iter().find(|figure| figure.span.overlaps(place)) {
                    scores.faults.push(format!("date {:?} touched by {:?}", place.of(text), figure.span.of(text)));
                }
                continue;
            }
            places.push(place);
            let hit = found.iter().find(|figure| figure.span.overlaps(place));
            let around = || context(text, place);
            let reason = not_ours(text, place, &gold_dates);
            if hit.is_none()
                && adjusted
                && let Some(reason) = reason
            {
                scores.differences.push(format!("{reason}: {}", around()));
                continue;
            }
            scores.overlap_recall.add(hit.is_some());
            scores.strict_recall.add(hit.is_some_and(|figure| figure.span == place));
            if hit.is_none() {
                scores.faults.push(format!("missed {}", around()));
            }
        }
        for figure in &found {
            let hit = places.iter().any(|place| place.overlaps(figure.span));
            scores.overlap_precision.add(hit);
            if !hit {
                scores.faults.push(format!("invented {}", context(text, figure.span)));
            }
        }
    }
    scores
}

/// Why the issue's own words leave a numeral of GUM to nobody or to the dates; nothing where they do not.
///
/// The judgement looks at the text and at GUM's own dates, never at what the taggers made of them.
fn not_ours(text: &str, place: Span, gold_dates: &[Span]) -> Option<&'static str> {
    let after = text[place.end() as usize..].trim_start_matches([' ', '-']);
    let before = text[..place.start() as usize].trim_end_matches([' ', '#']);
    let word = place.of(text).to_ascii_lowercase();
    let next: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    let time = |word: &str| {
        ["year", "month", "week", "day", "hour", "minute", "decade"]
            .iter()
            .any(|unit| word.strip_prefix(unit).is_some_and(|rest| matches!(rest, "" | "s")))
    };
    let mut words = after.split([' ', '\n', '-']).map(|word| word.trim_end_matches([',', '.', ';', '"']));
    let (first, second, third) = (words.next(), words.next(), words.next());
    let old = second.is_some_and(|word| word.starts_with("old"));
    let often = first == Some("times") && matches!(second, Some("a" | "per")) && third.is_some_and(&time);
    let length = (time(&next) && !old) || (first == Some("working") && second.is_some_and(time));
    let half = word == "half" && after.starts_with("an hour");
    if gold_dates.iter().any(|date| date.overlaps(place)) || length || often || half {
        return Some("dates and durations: the date layer owns them");
    }
    // What stands behind `one` without being a noun that it could count.
    let no_noun = ["", "of", "that", "which", "out", "in", "goes", "hand"];
    if word == "one" && (no_noun.contains(&next.as_str()) || before.ends_with(" happened to be")) {
        return Some("pronoun one");
    }
    let last = before.rsplit([' ', '\n']).next().unwrap_or_default().trim_start_matches(['(', '"']);
    let number = word.bytes().all(|byte| byte.is_ascii_digit()) || word.bytes().all(|byte| b"ivxlc".contains(&byte));
    let behind = last.starts_with(char::is_uppercase) || last == "part";
    let ahead = next.starts_with(char::is_uppercase);
    let capital = place.of(text).starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    if (number && behind) || ((number || capital) && ahead) {
        return Some("names");
    }
    None
}

fn context(text: &str, place: Span) -> String {
    let before: String =
        text[..place.start() as usize].chars().rev().take(30).collect::<Vec<_>>().into_iter().rev().collect();
    let after: String = text[place.end() as usize..].chars().take(25).collect();
    format!("{before}[[{}]]{after}", place.of(text)).replace('\n', "/")
}

/// The kinds of `recognizers_en` that hold values.
pub(crate) const VALUE_KINDS: [&str; 5] = ["CurrencyModel", "NumberModel", "OrdinalModel", "DimensionModel", "Percent"];

/// The kinds of `recognizers_en` in which no number is a figure.
pub(crate) const SEQUENCE_KINDS: [&str; 7] =
    ["PhoneNumberModel", "URLModel", "IpAddressModel", "EmailModel", "GUIDModel", "MentionModel", "HashtagModel"];

/// How many sequence cases have no figure on what they expect, with the marks that are there.
pub(crate) fn score_sequences(pipeline: &Pipeline) -> Scores {
    let mut scores = Scores::default();
    for case in records("recognizers_en.jsonl") {
        let kind = case["kind"].as_str().unwrap_or_default();
        if !SEQUENCE_KINDS.contains(&kind) {
            continue;
        }
        let input = case["input"].as_str().unwrap_or_default();
        let (found, _) = marks(pipeline, input);
        let none = Vec::new();
        let wanted: Vec<Span> =
            case["expected"].as_array().unwrap_or(&none).iter().map(|wanted| span(input, wanted)).collect();
        let touched = found.iter().find(|mark| wanted.iter().any(|place| place.overlaps(mark.span)));
        scores.clean.add(touched.is_none());
        if let Some(mark) = touched {
            scores.faults.push(format!("{kind}: {:?} in {:?}", mark.span.of(input), short(input)));
        }
    }
    scores
}
