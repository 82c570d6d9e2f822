//! The report of `gloss eval` as tables for people.

use super::count::Scheme;
use super::report::{Comparison, Interval, Mean, Report, Schemes, Score};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many changes of two systems are listed.
const MOST_CHANGES: usize = 20;

/// How many labels the matrix of confusions shows.
const MOST_LABELS: usize = 25;

/// The report as text, ratios in percent, `–` where one is undefined.
pub fn print(report: &Report) -> String {
    let mut out = String::new();
    let covered = if report.layers.is_empty() { "no layer".to_owned() } else { report.layers.join(", ") };
    line(&mut out, format_args!("{} of {covered}", plural(report.documents, "document")));
    overall(&mut out, report);
    let intervals = &report.intervals;
    let layers = report.by_layer.iter().map(|(name, score)| (*name, score));
    rows(&mut out, "layer", layers, (report.by_layer.len() > 1).then_some(&intervals.by_layer));
    let labels = report.by_label.iter().map(|(name, score)| (name.as_str(), score));
    rows(&mut out, "label (by itself)", labels, Some(&intervals.by_label));
    for (slice, values) in &report.by_slice {
        rows(&mut out, slice, values.iter().map(|(name, score)| (name.as_str(), score)), Some(&BTreeMap::new()));
    }
    values(&mut out, report);
    confusion(&mut out, report);
    if let (Some(second), Some(comparison)) = (&report.second, &report.comparison) {
        compare(&mut out, report, second, comparison);
    }
    for warning in &report.warnings {
        line(&mut out, format_args!("\nnote: {warning}"));
    }
    for verdict in &report.gate {
        let state = if verdict.met { "met" } else { "NOT MET" };
        let found = percent(verdict.found);
        line(
            &mut out,
            format_args!("{state}: {} is {found}, at least {} wanted", verdict.figure, percent(Some(verdict.least))),
        );
    }
    out
}

/// Writing to a String cannot fail.
fn line(out: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{line}");
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn percent(ratio: Option<f64>) -> String {
    ratio.map_or("–".to_owned(), |ratio| format!("{:.2}", ratio * 100.0))
}

fn overall(out: &mut String, report: &Report) {
    line(out, format_args!(""));
    line(
        out,
        format_args!(
            "{:<10} {:>7} {:>7} {:>7}  {:<15} {:>7} {:>7} {:>7} {:>7} {:>7}",
            "", "P", "R", "F1", "F1 interval", "COR", "INC", "PAR", "MIS", "SPU"
        ),
    );
    for scheme in Scheme::ALL {
        let score = report.overall.get(scheme);
        let between = interval(report.intervals.overall.get(scheme));
        score_line(out, scheme.name(), score, &between);
    }
    score_line(out, "token", &report.token.overall, "");
    for (name, means) in [
        ("macro by label", &report.macro_by_label),
        ("weighted by label", &report.weighted_by_label),
        ("macro by document", &report.macro_by_document),
    ] {
        let Mean { precision, recall, f1 } = means.strict;
        line(out, format_args!("{name}, strict: P {} R {} F1 {}", percent(precision), percent(recall), percent(f1)));
    }
}

fn score_line(out: &mut String, name: &str, score: &Score, between: &str) {
    line(
        out,
        format_args!(
            "{name:<10} {:>7} {:>7} {:>7}  {between:<15} {:>7} {:>7} {:>7} {:>7} {:>7}",
            percent(score.precision),
            percent(score.recall),
            percent(score.f1),
            score.correct,
            score.incorrect,
            score.partial,
            score.missed,
            score.spurious
        ),
    );
}

fn interval(interval: &Interval) -> String {
    interval.f1.map_or("–".to_owned(), |[low, high]| format!("{:.2}–{:.2}", low * 100.0, high * 100.0))
}

/// A table with a row for each of `rows` and, where there are some, their intervals; nothing without
/// `intervals`, for a single layer repeats the overall figures.
fn rows<'a>(
    out: &mut String,
    title: &str,
    rows: impl Iterator<Item = (&'a str, &'a Schemes<Score>)>,
    intervals: Option<&BTreeMap<String, Schemes<Interval>>>,
) {
    let (rows, Some(intervals)) = (rows.collect::<Vec<_>>(), intervals) else { return };
    if rows.is_empty() {
        return;
    }
    let between = |name: &str| intervals.get(name).map_or("–".to_owned(), |row| interval(&row.strict));
    let has_intervals = intervals.values().any(|row| row.strict.f1.is_some());
    let width = rows.iter().map(|(name, _)| name.chars().count()).chain([title.chars().count()]).max().unwrap_or(0);
    let has_values = rows.iter().any(|(_, row)| row.value.possible + row.value.actual > 0);
    let mut head = format!(
        "\n{title:<width$} {:>6} {:>6}  {:>7} {:>7} {:>7}  {:>7} {:>7} {:>8}",
        "gold", "pred", "P", "R", "F1", "exact", "partial", "ent_type"
    );
    if has_values {
        let _ = write!(head, " {:>7}", "value");
    }
    if has_intervals {
        let _ = write!(head, "  F1 interval");
    }
    line(out, format_args!("{head}"));
    for (name, row) in rows {
        let mut text = format!(
            "{name:<width$} {:>6} {:>6}  {:>7} {:>7} {:>7}  {:>7} {:>7} {:>8}",
            row.strict.possible,
            row.strict.actual,
            percent(row.strict.precision),
            percent(row.strict.recall),
            percent(row.strict.f1),
            percent(row.exact.f1),
            percent(row.partial.f1),
            percent(row.ent_type.f1)
        );
        if has_values {
            let _ = write!(text, " {:>7}", percent(row.value.f1));
        }
        if has_intervals {
            let _ = write!(text, "  {}", between(name));
        }
        line(out, format_args!("{text}"));
    }
}

fn values(out: &mut String, report: &Report) {
    if let Some(dates) = &report.tempeval {
        line(
            out,
            format_args!(
                "\ndates (TempEval-3): strict F1 {}  relaxed F1 {}  type F1 {}  value F1 {}  strict+value F1 {}",
                percent(dates.strict.f1),
                percent(dates.relaxed.f1),
                percent(dates.type_f1),
                percent(dates.value_f1),
                percent(dates.strict_value_f1)
            ),
        );
    }
    if let Some(figures) = &report.figures {
        line(
            out,
            format_args!(
                "\nfigures, of {}: amount {}  bound {}  unit {}  all three {}",
                plural(usize::try_from(figures.pairs).unwrap_or(usize::MAX), "matched pair"),
                percent(figures.amount_accuracy),
                percent(figures.bound_accuracy),
                percent(figures.unit_accuracy),
                percent(figures.accuracy)
            ),
        );
    }
}

/// The matrix of labels, gold in rows: at most [`MOST_LABELS`] of them, those with the most marks.
fn confusion(out: &mut String, report: &Report) {
    let mut marks: BTreeMap<&str, u64> = BTreeMap::new();
    for (gold, row) in &report.confusion {
        for (pred, count) in row {
            for name in [gold.as_str(), pred.as_str()] {
                *marks.entry(name).or_default() += count;
            }
        }
    }
    let mut labels: Vec<(&str, u64)> =
        marks.into_iter().filter(|(name, _)| !["missed", "spurious"].contains(name)).collect();
    if labels.is_empty() {
        return;
    }
    labels.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let left_out = labels.len().saturating_sub(MOST_LABELS);
    labels.truncate(MOST_LABELS);
    let mut labels: Vec<&str> = labels.into_iter().map(|(name, _)| name).collect();
    labels.sort_unstable();
    let cell = |gold: &str, pred: &str| report.confusion.get(gold).and_then(|row| row.get(pred));
    let rows: Vec<&str> = labels.iter().copied().chain(["spurious"]).collect();
    let columns: Vec<&str> = labels.iter().copied().chain(["missed"]).collect();
    let rows: Vec<&str> = rows.into_iter().filter(|row| columns.iter().any(|own| cell(row, own).is_some())).collect();
    let columns = columns.into_iter().filter(|own| rows.iter().any(|row| cell(row, own).is_some()));
    let columns: Vec<&str> = columns.collect();
    let width = rows.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(11);
    let mut head = format!("\n{:<width$}", "gold \\ pred");
    for name in &columns {
        let _ = write!(head, " {name:>6}");
    }
    line(out, format_args!("{head}"));
    for name in rows {
        let mut text = format!("{name:<width$}");
        for column in &columns {
            let count = cell(name, column).map_or("·".to_owned(), u64::to_string);
            let _ = write!(text, " {count:>width$}", width = column.chars().count().max(6));
        }
        line(out, format_args!("{text}"));
    }
    if left_out > 0 {
        line(out, format_args!("… and {} with fewer marks; --format json has all", plural(left_out, "label")));
    }
}

fn compare(out: &mut String, first: &Report, second: &Report, comparison: &Comparison) {
    line(out, format_args!("\n{:<10} {:>9} {:>9} {:>9} {:>8}", "", "first F1", "second F1", "change", "p"));
    for scheme in Scheme::ALL {
        let difference = comparison.overall.get(scheme);
        let change = difference.f1.map_or("–".to_owned(), |f1| format!("{:+.2}", f1 * 100.0));
        let p = difference.p.map_or("–".to_owned(), |p| format!("{p:.4}"));
        line(
            out,
            format_args!(
                "{:<10} {:>9} {:>9} {change:>9} {p:>8}",
                scheme.name(),
                percent(first.overall.get(scheme).f1),
                percent(second.overall.get(scheme).f1)
            ),
        );
    }
    for (name, changes) in [("fixed", &comparison.fixed), ("broke", &comparison.broke)] {
        line(out, format_args!("\nthe second {name} {}", plural(changes.len(), "mark")));
        for change in changes.iter().take(MOST_CHANGES) {
            let side = if change.gold { "gold" } else { "invention" };
            line(
                out,
                format_args!(
                    "  {} {}–{} {} {:?} ({side})",
                    change.document, change.start, change.end, change.label, change.text
                ),
            );
        }
        if changes.len() > MOST_CHANGES {
            line(out, format_args!("  … and {} more; --format json lists all", changes.len() - MOST_CHANGES));
        }
    }
}
