//! Marks that cannot be scored for what they are.

use crate::calendar::TimexKind;
use crate::document::{Annotation, Document, Layer, Value, label};
use crate::text::OffsetUnit;
use serde_json::Value as Json;
use std::str::FromStr as _;

/// What is wrong with the first mark of `document` that cannot be scored: an entity, figure or date without a label,
/// a score outside 0 to 1, a figure under one of gloss's own labels whose value is no decimal, a date under one of
/// gloss's own whose value is no string.
pub fn unfit(document: &Document) -> Option<String> {
    let mut faults = document.annotations().filter_map(|mark| Some((mark, fault(mark)?)));
    let (mark, message) = faults.next()?;
    let position = |byte: u32| document.article.offsets().from_byte(document.text(), byte, OffsetUnit::Codepoint);
    let (start, end) = (position(mark.span.start()), position(mark.span.end()));
    let id = mark.id.as_ref().map_or(String::new(), |id| format!(" (id {id:?})"));
    Some(format!("document {:?}: the {} mark {start}..{end}{id} {message}", document.id(), mark.layer))
}

fn fault(mark: &Annotation) -> Option<String> {
    if mark.layer >= Layer::Entity && mark.label.trim().is_empty() {
        return Some("has no \"label\"".to_owned());
    }
    if let Some(score) = mark.score.filter(|score| !(0.0..=1.0).contains(score)) {
        return Some(format!("has the score {score}; scores lie between 0 and 1"));
    }
    let own_figure = mark.layer == Layer::Figure && label::FIGURE.contains(&mark.label.as_str());
    let own_date = mark.layer == Layer::Date && TimexKind::from_str(&mark.label).is_ok();
    if let Some(Value::Foreign(value)) = mark.value.as_deref().filter(|_| own_figure) {
        return Some(format!(
            "has the value {value:?}, which is no decimal number such as \"3.5\" (a range has \"low\" and \"high\", a \
             fraction \"fraction\", a ratio \"ratio\")"
        ));
    }
    let value = mark.attributes.as_ref().and_then(|attributes| attributes.get("value"));
    let odd = value.filter(|value| !value.is_null() && (own_figure || own_date));
    odd.map(|value: &Json| {
        format!("has the value {value}; it must be a string{}", if own_figure { ", a decimal number" } else { "" })
    })
}
