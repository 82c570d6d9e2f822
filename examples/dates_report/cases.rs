//! Cases of Recognizers-Text: one sentence each, with the expected spans and values in its own dialect.
//!
//! Where its guideline and ours differ by our choice, `recognizers_differences.toml` says so with the
//! reason; such marks are set aside whether gloss answers them or not.

use super::article;
use super::timex_score::value_of;
use gloss::calendar::{Timex, Unit, Value as TimexValue};
use gloss::document::{Annotation, Layer, Value};
use gloss::pipeline::Pipeline;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};

const DIFFERENCES: &str = include_str!("recognizers_differences.toml");

/// A difference of guidelines: a mark is one when all that is given fits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    reason: String,
    /// Types of its marks.
    #[serde(default)]
    types: Vec<String>,
    /// Regular expression that the marked words must hold.
    text: Option<String>,
    /// Regular expression that they must not hold.
    without: Option<String>,
    /// Regular expression that a TIMEX of the mark must hold.
    timex: Option<String>,
}

#[derive(Deserialize)]
struct Entries {
    difference: Vec<Entry>,
}

struct Difference {
    entry: Entry,
    patterns: [Option<Regex>; 3],
}

impl Difference {
    fn load() -> anyhow::Result<Vec<Self>> {
        let entries: Entries = toml::from_str(DIFFERENCES)?;
        let compile = |pattern: &Option<String>| {
            pattern.as_ref().map(|pattern| RegexBuilder::new(pattern).case_insensitive(true).build()).transpose()
        };
        entries
            .difference
            .into_iter()
            .map(|entry| {
                let patterns = [compile(&entry.text)?, compile(&entry.without)?, compile(&entry.timex)?];
                Ok(Self { entry, patterns })
            })
            .collect()
    }

    fn fits(&self, mark: &Expected) -> bool {
        let [text, without, timex] = &self.patterns;
        (self.entry.types.is_empty() || self.entry.types.contains(&mark.kind))
            && text.as_ref().is_none_or(|pattern| pattern.is_match(&mark.text))
            && !without.as_ref().is_some_and(|pattern| pattern.is_match(&mark.text))
            && timex.as_ref().is_none_or(|pattern| mark.timexes.iter().any(|timex| pattern.is_match(timex)))
    }
}

/// A mark that a case expects.
struct Expected {
    text: String,
    kind: String,
    timexes: Vec<String>,
    /// Readings in full: points, and first and last ends of stretches.
    points: Vec<String>,
    stretches: Vec<(Option<String>, Option<String>)>,
    dated: bool,
}

impl Expected {
    fn read(mark: &Json, referenced: bool) -> Self {
        let text = |key: &str| mark.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
        let timexes: Vec<String> = match mark.get("timex") {
            Some(Json::String(one)) => vec![one.clone()],
            Some(Json::Array(all)) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        let mut own = Self {
            text: text("text"),
            kind: text("type"),
            dated: !timexes.is_empty() && referenced,
            timexes,
            points: Vec::new(),
            stretches: Vec::new(),
        };
        own.collect(mark.get("resolution").unwrap_or(&Json::Null));
        own
    }

    /// Takes up the readings, without seconds.
    fn collect(&mut self, value: &Json) {
        let plain = |text: &str| shorter(&text.replace(' ', "T"));
        match value {
            Json::String(text) => self.points.push(plain(text)),
            Json::Array(list) => list.iter().for_each(|item| self.collect(item)),
            Json::Object(map) => {
                let end = |name: &str| {
                    let found = map.iter().find(|(key, _)| key.to_lowercase().starts_with(name));
                    found.and_then(|(_, value)| value.as_str()).map(plain)
                };
                let (first, last) = (end("start"), end("end"));
                if first.is_some() || last.is_some() {
                    self.stretches.push((first, last));
                }
                map.values().for_each(|item| self.collect(item));
            }
            _ => {}
        }
    }

    /// Whether the marks of gloss that touch it say what it says.
    fn agrees(&self, own: &[&Annotation]) -> bool {
        let timexes: Vec<&Timex> = own
            .iter()
            .filter_map(|mark| match mark.value.as_deref() {
                Some(Value::Timex(timex)) => Some(timex),
                _ => None,
            })
            .collect();
        timexes.iter().any(|timex| self.is_value(timex)) || self.is_stretch(&timexes)
    }

    /// Whether one mark has the value, one of the readings in full, or the same length.
    fn is_value(&self, timex: &Timex) -> bool {
        let Some(value) = timex.value.as_deref().map(shorter) else { return false };
        let time = value.split_once('T').filter(|(day, _)| *day != "P").map(|(_, time)| time);
        let day = timex.interval.as_ref().map(|(first, _)| first.as_str());
        let said = self.timexes.iter().any(|dialect| {
            let dialect = shorter(dialect);
            let in_it = dialect.trim_matches(['(', ')']).split(',').any(|part| part.starts_with('P') && part == value);
            let time_alone = dialect.strip_prefix('T').is_some_and(|said| Some(said) == time);
            // "Tuesday night": their weekday without a date, our day among their readings.
            let same_time = dialect.split_once('T').is_some_and(|(_, said)| Some(said) == time)
                && day.is_some_and(|day| self.points.iter().any(|point| point.starts_with(day)));
            dialect == value || in_it || time_alone || same_time || same_length(&dialect, &value)
        });
        said || self.points.contains(&value)
    }

    /// Whether the marks begin and end where a stretch does; their end is the first day behind it, or the
    /// last day itself.
    fn is_stretch(&self, own: &[&Timex]) -> bool {
        let starts = |timex: &Timex, end: &str| {
            let value = timex.value.as_deref().map(shorter).unwrap_or_default();
            value == end
                || timex.interval.as_ref().is_some_and(|(first, _)| end == first)
                || value.split_once('T').is_some_and(|(_, time)| time == end)
        };
        let ends = |timex: &Timex, end: &str| {
            let next =
                timex.interval.as_ref().and_then(|(_, last)| last.parse::<jiff::civil::Date>().ok()?.tomorrow().ok());
            starts(timex, end) || next.is_some_and(|next| next.to_string() == end)
        };
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return false };
        self.stretches.iter().any(|(from, to)| {
            from.as_deref()
                .is_none_or(|from| own.iter().any(|timex| starts(timex, from)) || (to.is_none() && ends(first, from)))
                && to.as_deref().is_none_or(|to| own.len() > 1 && ends(last, to) || ends(last, to))
        })
    }
}

/// A value or time without what says nothing: `T16:00` → `T16`.
fn shorter(text: &str) -> String {
    let mut text = text;
    while let Some(rest) = text.strip_suffix(":00") {
        text = rest;
    }
    text.replace("T00", "T24").trim_end_matches("T24").to_owned()
}

/// Whether two durations are equally long: `P1DE` and `P10Y`, `PT1.5H` and `PT1H30M`.
fn same_length(one: &str, other: &str) -> bool {
    let length = |text: &str| -> Option<(i64, i64)> {
        let TimexValue::Duration(duration) = text.parse().ok()? else { return None };
        let (mut months, mut seconds) = (0, 0);
        for (number, unit) in duration.parts() {
            let n = number.thousandths?;
            let (plain, factor) = unit.plain();
            match plain {
                Unit::Year => months += n * 12 * i64::from(factor),
                Unit::Month => months += n * i64::from(factor),
                Unit::Week => seconds += n * 604_800 * i64::from(factor),
                Unit::Day => seconds += n * 86_400,
                Unit::Hour => seconds += n * 3600,
                Unit::Minute => seconds += n * 60,
                _ => seconds += n,
            }
        }
        Some((months, seconds))
    };
    length(one).is_some_and(|one| Some(one) == length(other))
}

#[derive(Default)]
struct Row {
    expected: usize,
    set_aside: usize,
    found: usize,
    dated: usize,
    right: usize,
}

/// Runs every case and counts the marks that are answered, and the cases answered in full.
pub(crate) fn run(path: &str, pipeline: &Pipeline, errors: bool) -> anyhow::Result<()> {
    let differences = Difference::load()?;
    let mut set_aside = vec![(0, 0); differences.len()];
    let mut by_type: BTreeMap<String, Row> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let (mut cases, mut answered) = (0, 0);
    for line in BufReader::new(File::open(path)?).lines() {
        let case: Json = serde_json::from_str(&line?)?;
        let text = |key: &str| case.get(key).and_then(Json::as_str);
        let (id, input, reference) =
            (text("id").unwrap_or_default(), text("input").unwrap_or_default(), text("reference"));
        let Some(article) = article(id, input, reference) else { continue };
        let document = pipeline.annotate(article, &[Layer::Date]);
        let list = document.layer(Layer::Date);
        let none = Vec::new();
        let expected = case.get("expected").and_then(Json::as_array).unwrap_or(&none);
        let (mut asked, mut right) = (0, 0);
        for mark in expected {
            let mark = Expected::read(mark, reference.is_some());
            let row = by_type.entry(mark.kind.clone()).or_default();
            row.expected += 1;
            let Some(at) = input.to_lowercase().find(&mark.text.to_lowercase()) else { continue };
            let end = at + mark.text.len();
            let touching: Vec<&Annotation> =
                list.iter().filter(|own| (own.span.start() as usize) < end && own.span.end() as usize > at).collect();
            let found = !touching.is_empty();
            let agrees = found && (!mark.dated || mark.agrees(&touching));
            if let Some(at) = differences.iter().position(|difference| difference.fits(&mark)) {
                set_aside[at].0 += 1;
                set_aside[at].1 += usize::from(agrees);
                row.set_aside += 1;
                continue;
            }
            row.found += usize::from(found);
            row.dated += usize::from(mark.dated);
            row.right += usize::from(mark.dated && agrees);
            asked += 1;
            right += usize::from(agrees);
            if errors && !agrees && seen.insert((input.to_owned(), mark.text.clone())) {
                let have: Vec<String> = touching
                    .iter()
                    .map(|own| format!("{:?} {}", own.span.of(input), value_of(own).unwrap_or("-")))
                    .collect();
                let word = if found { "VALUE" } else { "MISSED" };
                let (kind, words, timexes) = (&mark.kind, &mark.text, &mark.timexes);
                println!("{word}\t{kind}\t{words:?}\t{timexes:?}\t{have:?}\t{input}\t{}", reference.unwrap_or("-"));
            }
        }
        // The specs of single extractors say nothing of marks of other kinds.
        let alone = expected.is_empty() && (id.starts_with("DateTimeModel") || id.starts_with("Merged"));
        if alone {
            (asked, right) = (1, usize::from(list.is_empty()));
            if errors && !list.is_empty() && seen.insert((input.to_owned(), String::new())) {
                let have: Vec<&str> = list.iter().map(|own| own.span.of(input)).collect();
                println!("EXTRA\t{have:?}\t{input}");
            }
        }
        cases += usize::from(asked > 0);
        answered += usize::from(asked > 0 && asked == right);
    }
    print(&differences, &set_aside, &by_type);
    let share = 100.0 * answered as f64 / cases.max(1) as f64;
    println!("cases answered in full: {answered} of {cases}: {share:.1} %");
    Ok(())
}

fn print(differences: &[Difference], set_aside: &[(usize, usize)], by_type: &BTreeMap<String, Row>) {
    println!("set aside as differences of guidelines by our choice (and how many gloss answers all the same):");
    for (difference, (count, answered)) in differences.iter().zip(set_aside) {
        println!("{count:5} {answered:5}  {}", difference.entry.reason);
    }
    println!("{:<14} expected  set aside   found  with value  value right", "type");
    let mut all = Row::default();
    let line = |kind: &str, row: &Row| {
        let Row { expected, set_aside, found, dated, right } = row;
        println!("{kind:<14} {expected:8} {set_aside:10} {found:7} {dated:11} {right:12}");
    };
    for (kind, row) in by_type {
        line(kind, row);
        all.expected += row.expected;
        all.set_aside += row.set_aside;
        all.found += row.found;
        all.dated += row.dated;
        all.right += row.right;
    }
    line("all", &all);
    let rest = all.expected - all.set_aside;
    let found = 100.0 * all.found as f64 / rest.max(1) as f64;
    let right = 100.0 * all.right as f64 / all.dated.max(1) as f64;
    println!("of the rest: found {found:.1} %, value right {right:.1} %");
}
