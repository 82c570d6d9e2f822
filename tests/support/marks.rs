//! Prints figure marks for the human eye: `60% | PERCENT 60 percent | more_than: Over 60% | counts oil`.

use gloss::document::{Amount, Annotation, Article, Bound, Layer, Meta, Value};
use gloss::pipeline::Pipeline;
use gloss::tag::Tagger;
use std::fmt::Write as _;

#[allow(dead_code, reason = "not all who share this file print proposals")]
/// The figures proposed for `text`, one line each, before dates have their say.
pub(crate) fn printed(pipeline: &Pipeline, text: &str) -> Vec<String> {
    let Some(article) = Article::new(Meta::default(), text.to_owned()) else { return Vec::new() };
    let segmented = pipeline.segmenter().segment(&article);
    let proposed = pipeline.candidates(&segmented);
    let figures = proposed.iter().map(|candidate| &candidate.annotation).filter(|mark| mark.layer == Layer::Figure);
    figures.map(|mark| line(text, mark)).collect()
}

/// The figures that `tagger` proposes for `text`, one line each.
#[allow(dead_code, reason = "not all who share this file bring a tagger")]
pub(crate) fn proposed(pipeline: &Pipeline, tagger: &dyn Tagger, text: &str) -> Vec<String> {
    let Some(article) = Article::new(Meta::default(), text.to_owned()) else { return Vec::new() };
    let mut candidates = Vec::new();
    tagger.tag(&pipeline.segmenter().segment(&article), &mut candidates);
    candidates.iter().map(|candidate| line(text, &candidate.annotation)).collect()
}

#[allow(dead_code, reason = "not all who share this file arbitrate")]
/// The figures that remain in `text` once dates have had their say, one line each.
pub(crate) fn arbitrated(pipeline: &Pipeline, text: &str) -> Vec<String> {
    let Some(article) = Article::new(Meta::default(), text.to_owned()) else { return Vec::new() };
    let document = pipeline.annotate(article, &[Layer::Figure]);
    document.layer(Layer::Figure).iter().map(|mark| line(text, mark)).collect()
}

fn line(text: &str, mark: &Annotation) -> String {
    let mut out = format!("{} | {}", mark.span.of(text), mark.label);
    let Some(Value::Figure(figure)) = mark.value.as_deref() else { return out };
    let _ = match &figure.amount {
        Amount::Unknown => write!(out, " ?"),
        Amount::Exact(value) => write!(out, " {}", value.to_plain_string()),
        Amount::Fraction(above, below) => write!(out, " {above}/{below}"),
        Amount::Range(low, high) => {
            let end = |end: &Option<bigdecimal::BigDecimal>| {
                end.as_ref().map_or_else(String::new, bigdecimal::BigDecimal::to_plain_string)
            };
            write!(out, " {}..{}", end(low), end(high))
        }
        Amount::Ratio(parts) => {
            let parts: Vec<_> = parts.iter().map(bigdecimal::BigDecimal::to_plain_string).collect();
            write!(out, " {}", parts.join(":"))
        }
    };
    if figure.vague {
        out.push_str(" vague");
    }
    if let Some(unit) = &figure.unit {
        let _ = write!(out, " {unit}");
    }
    if let Some(per) = &figure.per {
        let _ = write!(out, " per {per}");
    }
    if let Some(extent) = figure.extent {
        let _ = write!(out, " | {}: {}", figure.bound, extent.of(text));
    } else if figure.bound != Bound::Exact {
        let _ = write!(out, " | {}", figure.bound);
    }
    if let Some(counts) = figure.counts {
        let _ = write!(out, " | counts {}", counts.of(text));
    }
    out
}
