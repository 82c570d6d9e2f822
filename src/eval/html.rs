//! Differences as one self-contained page: the text highlighted, filters by class and label.

use super::diff::{Difference, title};
use super::errors::Class;
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The page without what it shows; it loads nothing.
const PAGE: &str = include_str!("diff.html");

/// One document of the page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The document's id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Its differences.
    pub differences: Vec<Difference>,
    /// Marks that both sides agree on.
    pub right: Vec<Span>,
}

/// The page of all `documents` that differ.
pub fn print(heading: &str, documents: &[Page]) -> String {
    let all: Vec<&Difference> = documents.iter().flat_map(|page| &page.differences).collect();
    let mut sections = String::new();
    let mut number = 0;
    for page in documents.iter().filter(|page| !page.differences.is_empty()) {
        section(&mut sections, page, &mut number);
    }
    if sections.is_empty() {
        sections.push_str("<p>The two sides do not differ.</p>");
    }
    let classes = Class::ALL.into_iter().map(|class| {
        let count = all.iter().filter(|difference| classes_of(difference).contains(&class.name())).count();
        (class.name().to_owned(), count)
    });
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    for difference in &all {
        for label in labels_of(difference) {
            *labels.entry(label.to_owned()).or_default() += 1;
        }
    }
    let parts = [
        ("title", escape(heading)),
        ("count", all.len().to_string()),
        ("classes", chips("class", classes.filter(|(_, count)| *count > 0))),
        ("labels", chips("label", labels.into_iter())),
        ("documents", sections),
    ];
    fill(PAGE, &parts)
}

/// The template with each `{{name}}` replaced, in one pass: what is put in is never searched again.
fn fill(template: &str, parts: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(template.len() + parts.iter().map(|(_, text)| text.len()).sum::<usize>());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        if let Some((_, text)) = parts.iter().find(|(own, _)| *own == name) {
            out.push_str(text);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn chips(by: &str, names: impl Iterator<Item = (String, usize)>) -> String {
    let mut out = String::new();
    for (name, count) in names {
        let value = key(&name);
        let name = escape(&name);
        let _ = write!(
            out,
            "<label><input type=\"checkbox\" data-by=\"{by}\" value=\"{value}\" checked>{name} \
             <span class=\"dim\">{count}</span></label>"
        );
    }
    out
}

fn section(out: &mut String, page: &Page, number: &mut usize) {
    let first = *number;
    let _ = write!(out, "<section><h2>{}</h2><div class=\"text\">", escape(&page.id));
    highlight(out, page, first);
    out.push_str("</div><ol>");
    for difference in &page.differences {
        let classes = classes_of(difference).join(" ");
        let labels: Vec<String> = labels_of(difference).into_iter().map(key).collect();
        let _ = write!(
            out,
            "<li data-n=\"{number}\" data-class=\"{classes}\" data-label=\"{}\"><a href=\"#\">{}</a></li>",
            labels.join(" "),
            card(difference)
        );
        *number += 1;
    }
    out.push_str("</ol></section>\n");
}

fn card(difference: &Difference) -> String {
    let mut out = format!("<b>{}</b>", escape(&title(difference)));
    for (name, side) in difference.sides() {
        let value = side.value.as_ref().map_or(String::new(), |value| format!(" = {value}"));
        let text = escape(&format!("{}–{} {}{value}", side.start, side.end, side.label));
        let _ = write!(out, "<br><span class=\"{name}\">{name}</span> <span class=\"dim\">{text}</span>");
    }
    out
}

/// What covers a stretch of the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cover {
    Gold(usize),
    Pred(usize),
    Right,
}

/// The text cut at every border of a mark; each piece carries the numbers of the differences that cover it.
fn highlight(out: &mut String, page: &Page, first: usize) {
    let mut events: Vec<(u32, bool, Cover)> = Vec::new();
    let mut add = |(start, end): (u32, u32), cover: Cover| {
        if start < end {
            events.push((start, true, cover));
            events.push((end, false, cover));
        }
    };
    for (index, difference) in page.differences.iter().enumerate() {
        for (name, side) in difference.sides() {
            let number = first + index;
            add(side.span, if name == "gold" { Cover::Gold(number) } else { Cover::Pred(number) });
        }
    }
    for span in &page.right {
        add((span.start(), span.end()), Cover::Right);
    }
    events.sort_unstable();
    // How often each cover lies over the present place.
    let mut open: BTreeMap<Cover, usize> = BTreeMap::new();
    let mut at = 0;
    for (position, begins, cover) in events {
        piece(out, &page.text[at..position as usize], &open);
        at = position as usize;
        let times = open.entry(cover).or_default();
        *times = if begins { *times + 1 } else { times.saturating_sub(1) };
        if *times == 0 {
            open.remove(&cover);
        }
    }
    piece(out, &page.text[at..], &open);
}

/// The most differences that a stretch of the text leads to, so that heaps of overlapping marks fill no page.
const MOST_NUMBERS: usize = 64;

fn piece(out: &mut String, text: &str, open: &BTreeMap<Cover, usize>) {
    if text.is_empty() {
        return;
    }
    let text = escape(text);
    let number = |cover: &Cover| match cover {
        Cover::Gold(number) | Cover::Pred(number) => Some(*number),
        Cover::Right => None,
    };
    let numbers: BTreeSet<usize> = open.keys().map_while(number).take(MOST_NUMBERS).collect();
    if numbers.is_empty() {
        let _ = if open.is_empty() { write!(out, "{text}") } else { write!(out, "<span class=\"ok\">{text}</span>") };
        return;
    }
    let gold = matches!(open.keys().next(), Some(Cover::Gold(_)));
    let pred = open.range(Cover::Pred(0)..Cover::Right).next().is_some();
    let class = match (gold, pred) {
        (true, true) => "both",
        (true, false) => "miss",
        _ => "extra",
    };
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    let _ = write!(out, "<span class=\"{class}\" data-d=\"{}\">{text}</span>", numbers.join(" "));
}

fn classes_of(difference: &Difference) -> Vec<&'static str> {
    let mut classes = vec![difference.class];
    for (is, class) in [(difference.wrong_label, Class::WrongLabel), (difference.wrong_value, Class::WrongValue)] {
        if is && class.name() != difference.class {
            classes.push(class.name());
        }
    }
    classes
}

fn labels_of(difference: &Difference) -> Vec<&str> {
    let mut labels: Vec<&str> = difference.sides().map(|(_, side)| side.label.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// A label as one word of an attribute's list.
fn key(label: &str) -> String {
    escape(&label.replace(char::is_whitespace, "\u{00A0}"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
