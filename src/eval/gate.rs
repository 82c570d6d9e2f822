//! Floors under the figures of a report: met, or not met.

use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

const SCHEMES: [&str; 5] = ["strict", "exact", "partial", "ent_type", "value"];
const MEANS: [&str; 3] = ["macro_by_label", "weighted_by_label", "macro_by_document"];
const RATIOS: [&str; 3] = ["precision", "recall", "f1"];

/// A figure of the report and the least it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Floor {
    /// The figure, as it was written: `PERSON.recall`.
    pub figure: String,
    /// The least value.
    pub least: f64,
}

/// Whether a floor is met.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Verdict {
    /// The figure, as it was written.
    pub figure: String,
    /// The least it may be.
    pub least: f64,
    /// What it is; null when it is undefined, which meets no floor.
    pub found: Option<f64>,
    /// Whether it is at least `least`.
    pub met: bool,
}

impl Floor {
    /// Reads floors as `--fail-under` takes them: `strict.f1=0.85,PERSON.recall=0.9`.
    pub fn parse_list(list: &str) -> std::result::Result<Vec<Self>, String> {
        list.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Self::parse).collect()
    }

    fn parse(text: &str) -> std::result::Result<Self, String> {
        let (figure, least) =
            text.split_once('=').ok_or_else(|| format!("{text:?} is no floor; write strict.f1=0.85"))?;
        let least: f64 = least.trim().parse().map_err(|_| format!("{least:?} in {text:?} is no number"))?;
        Self::new(figure.trim().to_owned(), least)
    }

    fn new(figure: String, least: f64) -> std::result::Result<Self, String> {
        if !(0.0..=1.0).contains(&least) {
            return Err(format!("the floor of {figure} is {least}; floors lie between 0 and 1"));
        }
        Ok(Self { figure, least })
    }

    /// Reads a file of floors: a table for each layer, a dotted key for each figure of the layer or, with
    /// the label before it, of a label.
    ///
    /// ```toml
    /// [entity]
    /// strict.f1 = 0.85
    /// PERSON.strict.recall = 0.9
    /// ```
    pub fn parse_file(toml: &str, place: &str) -> Result<Vec<Self>> {
        let table: toml::Table = toml.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| toml[..span.start].matches('\n').count() + 1);
            Error::input(format!("{place}:{line}"), error.message().to_owned())
        })?;
        let mut floors = Vec::new();
        for (layer, figures) in &table {
            let figures = figures.as_table().ok_or_else(|| {
                Error::input(place, format!("{layer:?} is no table; write [entity] and floors below it"))
            })?;
            collect(layer, figures, &mut floors).map_err(|message| Error::input(place, message))?;
        }
        Ok(floors)
    }

    /// Holds the floor against `report`, the JSON of a [`super::report::Report`].
    ///
    /// The figure is `RATIO` or `SCHEME.RATIO` (of `overall`), the same behind a layer, a label or one of
    /// the means (`PERSON.recall`, `date.value.f1`, `macro_by_label.f1`), or a path of the report
    /// (`tempeval.value_f1`). Where no scheme is named, strict is meant.
    pub fn check(&self, report: &Json) -> std::result::Result<Verdict, String> {
        let found = self.find(report)?.as_f64();
        let met = found.is_some_and(|found| found >= self.least);
        Ok(Verdict { figure: self.figure.clone(), least: self.least, found, met })
    }

    fn find<'a>(&self, report: &'a Json) -> std::result::Result<&'a Json, String> {
        let parts: Vec<&str> = self.figure.split('.').collect();
        if let Some((ratio, front)) = parts.split_last().filter(|(ratio, _)| RATIOS.contains(ratio)) {
            let (scheme, name) = match front.split_last() {
                Some((scheme, name)) if SCHEMES.contains(scheme) => (*scheme, name.join(".")),
                _ => ("strict", front.join(".")),
            };
            let row = match name.as_str() {
                "" => report.get("overall"),
                mean if MEANS.contains(&mean) => report.get(mean),
                name => ["by_layer", "by_label"].into_iter().find_map(|table| report.get(table)?.get(name)),
            };
            if let Some(found) = row.and_then(|row| row.get(scheme)?.get(ratio)) {
                return Ok(found);
            }
        }
        let path = parts.iter().try_fold(report, |at, part| at.get(part));
        path.filter(|found| found.is_number() || found.is_null()).ok_or_else(|| self.unknown(report))
    }

    fn unknown(&self, report: &Json) -> String {
        let names = |table: &str| {
            let names = report.get(table).and_then(Json::as_object).into_iter().flat_map(|rows| rows.keys());
            let names: Vec<_> = names.map(String::as_str).collect();
            if names.is_empty() { "(there is none)".to_owned() } else { names.join(", ") }
        };
        format!(
            "the report has no figure {:?}; write [NAME.][SCHEME.]RATIO with ratio one of {}; scheme one of {}; name a \
             layer ({}), a label ({}) or a mean ({})",
            self.figure,
            RATIOS.join(", "),
            SCHEMES.join(", "),
            names("by_layer"),
            names("by_label"),
            MEANS.join(", "),
        )
    }
}

fn collect(prefix: &str, table: &toml::Table, floors: &mut Vec<Floor>) -> std::result::Result<(), String> {
    for (key, value) in table {
        // A label's figures are found by the label alone.
        let name = if SCHEMES.contains(&key.as_str()) || RATIOS.contains(&key.as_str()) {
            format!("{prefix}.{key}")
        } else {
            key.clone()
        };
        match value {
            toml::Value::Table(inner) => collect(&name, inner, floors)?,
            toml::Value::Float(least) => floors.push(Floor::new(name, *least)?),
            toml::Value::Integer(least) => floors.push(Floor::new(name, *least as f64)?),
            _ => return Err(format!("{name} is no number")),
        }
    }
    Ok(())
}

/// Floors for the strict precision, recall and F1 of every layer and label of `report`, and the value F1 of
/// layers and labels with normal forms, `slack` below what was found (in points, hundredths), as a file.
pub fn print_floors(report: &Json, labels: &[(&str, &[&str])], slack: f64) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for (layer, labels) in labels {
        let Some(row) = report["by_layer"].get(layer) else { continue };
        let _ = writeln!(out, "[{layer}]");
        print_row(&mut out, "", row, slack);
        for label in *labels {
            if let Some(row) = report["by_label"].get(label) {
                print_row(&mut out, &format!("{label}."), row, slack);
            }
        }
        out.push('\n');
    }
    out
}

fn print_row(out: &mut String, prefix: &str, row: &Json, slack: f64) {
    use std::fmt::Write as _;
    for (scheme, ratios) in [("strict", RATIOS.as_slice()), ("value", &["f1"])] {
        for ratio in ratios {
            if let Some(found) = row[scheme][ratio].as_f64() {
                let floor = ((found * 100.0 - slack).max(0.0) * 10.0).floor() / 1000.0;
                let _ = writeln!(out, "{prefix}{scheme}.{ratio} = {floor:.3}");
            }
        }
    }
}

/// How many points (hundredths) an F1 may be lower than in an earlier report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxDrop {
    /// That of `overall` or of a layer.
    pub layers: f64,
    /// That of a label, which rests on fewer marks.
    pub labels: f64,
}

/// Holds a report against an earlier one: the F1 of `overall` and of every layer and label, in every
/// scheme. What the earlier report leaves undefined is passed over; what is undefined only now has dropped.
pub fn check_drop(report: &Json, baseline: &Json, most: MaxDrop) -> std::result::Result<Vec<Verdict>, String> {
    if !baseline["overall"].is_object() {
        return Err("the baseline is no report of `gloss eval --format json`: it has no \"overall\"".to_owned());
    }
    let mut rows = vec![("overall".to_owned(), &baseline["overall"], &report["overall"], most.layers)];
    for (table, most) in [("by_layer", most.layers), ("by_label", most.labels)] {
        let before = baseline[table].as_object().into_iter().flatten();
        rows.extend(before.map(|(name, row)| (name.clone(), row, &report[table][name], most)));
    }
    let mut verdicts = Vec::new();
    for (name, before, now, most) in rows {
        for scheme in SCHEMES {
            let Some(before) = before[scheme]["f1"].as_f64() else { continue };
            let (least, found) = ((before - most / 100.0).max(0.0), now[scheme]["f1"].as_f64());
            let met = found.is_some_and(|found| found >= least - 1e-9);
            verdicts.push(Verdict { figure: format!("{name}.{scheme}.f1"), least, found, met });
        }
    }
    Ok(verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report() -> Json {
        let row =
            |f1: Option<f64>| json!({"strict": {"precision": 0.5, "recall": 0.9, "f1": f1}, "value": {"f1": 0.7}});
        json!({"overall": row(Some(0.8)), "by_layer": {"entity": row(Some(0.8))},
            "by_label": {"PERSON": row(None)}, "macro_by_label": row(Some(0.7)), "tempeval": {"value_f1": 0.6}})
    }

    #[test]
    fn figures_are_found_by_scheme_layer_label_or_path() {
        let check = |floor: &str| Floor::parse_list(floor).unwrap()[0].check(&report()).map(|v| (v.found, v.met));
        assert_eq!(check("strict.f1=0.8"), Ok((Some(0.8), true)));
        assert_eq!(check("entity.f1=0.81"), Ok((Some(0.8), false)));
        assert_eq!(check("PERSON.recall=0.9"), Ok((Some(0.9), true)));
        assert_eq!(check("tempeval.value_f1=0.5"), Ok((Some(0.6), true)));
        assert_eq!(check("PERSON.strict.f1=0"), Ok((None, false)), "an undefined figure meets no floor");
        assert_eq!(check("macro_by_label.f1=0.8"), Ok((Some(0.7), false)));
        assert_eq!(check("recall=0.9"), Ok((Some(0.9), true)));
        let message = check("ROBOT.f1=0.5").unwrap_err();
        assert!(message.contains("a layer (entity), a label (PERSON) or a mean (macro_by_label,"), "{message}");
    }

    #[test]
    fn floors_are_refused_with_a_reason() {
        assert!(Floor::parse_list("strict.f1").unwrap_err().contains("write strict.f1=0.85"));
        assert!(Floor::parse_list("strict.f1=85").unwrap_err().contains("between 0 and 1"));
        assert!(Floor::parse_list("strict.f1=NaN").unwrap_err().contains("between 0 and 1"));
    }

    #[test]
    fn printed_floors_read_back_below_what_was_found() {
        let printed = print_floors(&report(), &[("entity", &["PERSON"])], 0.5);
        let floors = Floor::parse_file(&printed, "floors.toml").unwrap();
        assert!(floors.contains(&Floor { figure: "entity.strict.f1".to_owned(), least: 0.795 }), "{printed}");
        assert!(floors.contains(&Floor { figure: "PERSON.strict.recall".to_owned(), least: 0.895 }), "{printed}");
        assert!(floors.iter().all(|floor| floor.check(&report()).unwrap().met), "{printed}");
    }

    #[test]
    fn a_drop_is_measured_in_points_of_overall_layers_and_labels() {
        let dropped = |table: &str, name: &str, f1: Json, most: f64| -> Vec<String> {
            let mut before = report();
            before["by_label"]["PERSON"]["strict"]["f1"] = json!(0.8);
            let mut now = before.clone();
            let row = if name.is_empty() { &mut now[table] } else { &mut now[table][name] };
            row["strict"]["f1"] = f1;
            let verdicts = check_drop(&now, &before, MaxDrop { layers: most, labels: most * 2.0 }).unwrap();
            verdicts.into_iter().filter(|verdict| !verdict.met).map(|verdict| verdict.figure).collect()
        };
        assert!(dropped("overall", "", json!(0.796), 0.5).is_empty());
        assert_eq!(dropped("overall", "", json!(0.796), 0.3), ["overall.strict.f1"]);
        assert_eq!(dropped("by_layer", "entity", json!(0.796), 0.3), ["entity.strict.f1"]);
        assert!(dropped("by_label", "PERSON", json!(0.796), 0.3).is_empty(), "labels may drop by more");
        assert_eq!(dropped("by_label", "PERSON", json!(0.79), 0.3), ["PERSON.strict.f1"]);
        assert_eq!(dropped("by_label", "PERSON", json!(null), 100.0), ["PERSON.strict.f1"], "undefined is no figure");
        assert!(check_drop(&report(), &json!({}), MaxDrop { layers: 0.5, labels: 0.5 }).is_err());
    }
}
