//! What the tags of a page give away: how deep they nest, which lines they mark as what, and the charset.

use super::encoding::ascii_of;
use dom_query::{Document, NodeRef};
use encoding_rs::Encoding;
use std::collections::HashMap;

/// Pages whose elements nest deeper are refused: parsing and extraction take time with the square of
/// the depth, and browsers stop at this depth too.
pub(super) const MAX_DEPTH: usize = 512;

/// Elements that have no end tag, or whose end tag is commonly left out.
const UNCLOSED: [&str; 30] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p",
    "li", "dt", "dd", "option", "optgroup", "td", "th", "tr", "thead", "tbody", "tfoot", "colgroup", "html", "head",
    "body",
];

/// Whether the tags of `html` nest deeper than [`MAX_DEPTH`], judged by counting start and end tags.
pub(super) fn nests_too_deep(html: &str) -> bool {
    let mut depth = 0usize;
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        rest = &rest[at + 1..];
        let (closes, name_at) = match rest.strip_prefix('/') {
            Some(after) => (true, after),
            None => (false, rest),
        };
        let length = name_at.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = name_at[..length.min(16)].to_ascii_lowercase();
        if name.is_empty() || UNCLOSED.contains(&name.as_str()) {
            continue;
        }
        if closes {
            depth = depth.saturating_sub(1);
        } else if name == "script" || name == "style" {
            let end = format!("</{name}");
            rest = find_ignoring_case(rest, &end).map_or("", |at| &rest[at + end.len()..]);
        } else {
            depth += 1;
            if depth > MAX_DEPTH {
                return true;
            }
        }
    }
    false
}

/// The byte position of the ASCII text `wanted` in `text`, whatever its case.
fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes().windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// The encoding that a page names in its first kilobytes: `<meta charset="…">`,
/// `<meta http-equiv="content-type" content="…; charset=…">` or `<?xml … encoding="…"?>`.
pub(super) fn named_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = ascii_of(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let mut rest = head.as_str();
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        let key = match () {
            () if tag.starts_with("meta") => "charset",
            () if tag.starts_with("?xml") => "encoding",
            () => continue,
        };
        let Some(value) = tag.find(key).map(|at| &tag[at + key.len()..]) else { continue };
        let Some(value) = value.trim_start().strip_prefix('=') else { continue };
        let label: String = value
            .trim_start_matches([' ', '"', '\''])
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_:.".contains(*c))
            .collect();
        if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
            // A page that could be read this far as ASCII is not UTF-16, whatever it says.
            return Some(encoding.output_encoding());
        }
    }
    None
}

/// The zone that an element's name gives to its text.
fn zone_of(name: &str) -> Option<&'static str> {
    match name {
        "h1" => Some("headline"),
        "h2" | "h3" | "h4" | "h5" | "h6" => Some("subheading"),
        "figcaption" | "caption" => Some("caption"),
        "blockquote" => Some("quote"),
        "li" | "dt" | "dd" => Some("list"),
        "table" => Some("table"),
        _ => None,
    }
}

/// Elements whose text begins and ends lines.
const BLOCKS: [&str; 31] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "section",
    "table",
    "tr",
    "ul",
];

/// Elements whose text is not read.
const SILENT: [&str; 9] = ["script", "style", "noscript", "template", "nav", "footer", "aside", "head", "button"];

/// A line's words with single blanks: the key under which lines are found again.
pub(super) fn squeeze(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The zones that the page's tags give to lines, by their squeezed text. The first of equal lines decides.
pub(super) fn zones_of_lines(page: &Document) -> HashMap<String, &'static str> {
    let mut zones = HashMap::new();
    let mut line = String::new();
    let mut zone = None;
    let mut close = |line: &mut String, zone: Option<&'static str>| {
        let key = squeeze(line);
        if let (false, Some(zone)) = (key.is_empty(), zone) {
            zones.entry(key).or_insert(zone);
        }
        line.clear();
    };
    // Depth first without recursion: each element is met once on the way in and once on the way out.
    let mut stack: Vec<(NodeRef<'_>, Option<&'static str>, bool)> = vec![(page.root(), None, false)];
    while let Some((node, inherited, leaving)) = stack.pop() {
        if node.is_text() {
            line.push_str(&node.text());
            continue;
        }
        let name = node.node_name().unwrap_or_default();
        if SILENT.contains(&&*name) {
            continue;
        }
        let own = zone_of(&name).or(inherited);
        let cell = matches!(&*name, "td" | "th");
        if BLOCKS.contains(&&*name) {
            close(&mut line, zone);
            zone = if leaving { inherited } else { own };
        } else if cell && !leaving && !line.trim().is_empty() {
            line.push_str(" | ");
        }
        if !leaving {
            stack.push((node, inherited, true));
            stack.extend(node.children_it(true).map(|child| (child, own, false)));
        }
    }
    close(&mut line, zone);
    zones
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_open_tags_only() {
        assert!(!nests_too_deep(&"<div><p>a</div><br>".repeat(2000)));
        assert!(!nests_too_deep(&"<p>x<li>".repeat(2000)));
        assert!(!nests_too_deep(&format!("<script>{}</SCRIPT>", "<div>".repeat(2000))));
        assert!(nests_too_deep(&"<div>".repeat(513)));
    }

    #[test]
    fn charsets_are_found_where_pages_name_them() {
        let check = |page: &str, expected: Option<&str>| {
            assert_eq!(named_charset(page.as_bytes()).map(Encoding::name), expected, "{page}");
        };
        check("<!doctype html><meta charset=utf-8>", Some("UTF-8"));
        check("<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=ISO-8859-1'>", Some("windows-1252"));
        check("<?xml version='1.0' encoding=\"Shift_JIS\"?><html>", Some("Shift_JIS"));
        check("<meta charset=\"utf-16le\">", Some("UTF-8"));
        check("<p>charset=latin1</p>", None);
    }

    #[test]
    fn tags_give_zones_to_lines() {
        let page = Document::from(
            "<body><nav><ul><li>Home</li></ul></nav><h1>A  <b>big</b> day</h1><p>Body<br>text</p>\
             <blockquote><p>Said so.</p>loose</blockquote><ul><li>one</li><li>two <i>x</i><ul><li>deep</li></ul></li></ul>\
             <figure><img><figcaption>A picture</figcaption></figure>\
             <table><tr><th>Year</th><th>Cars</th></tr></table></body>",
        );
        let zones = zones_of_lines(&page);
        let check = |line: &str, zone: Option<&str>| assert_eq!(zones.get(line).copied(), zone, "{line}");
        check("A big day", Some("headline"));
        check("Said so.", Some("quote"));
        check("loose", Some("quote"));
        check("two x", Some("list"));
        check("deep", Some("list"));
        check("A picture", Some("caption"));
        check("Year | Cars", Some("table"));
        check("Home", None);
        check("Body", None);
    }
}
