//! The pattern language of the rule files of dates and entities: parsed, and unrolled into plain sequences.
//!
//! A pattern is a row of elements: a word (`ago`), one of several words (`last|past`), a class
//! (`<month>`, `<month|weekday>`) with or without a name (`<month:m>`), an optional part (`[the]`), a
//! choice of parts (`( on | in )`), or a fragment defined in the file (`{month}`).

use std::collections::BTreeMap;

/// One step of an unrolled pattern: what an item may be, and the name under which it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// Names of classes; words begin with `=` and stand as they are written.
    pub(super) classes: Vec<String>,
    /// The name of the value, where it is remembered.
    pub(super) name: Option<String>,
}

/// The most plain sequences that one pattern may unroll into.
const MOST_SEQUENCES: usize = 4096;

/// Unrolls `pattern` into plain sequences, those with more optional parts first.
pub(super) fn unroll(pattern: &str, fragments: &BTreeMap<String, String>) -> Result<Vec<Vec<Element>>, String> {
    let expanded = expand(pattern, fragments, 0)?;
    let words: Vec<&str> = expanded.split_whitespace().collect();
    let mut at = 0;
    let sequences = alternatives(&words, &mut at, None)?;
    if sequences.len() > MOST_SEQUENCES {
        return Err(format!("pattern {pattern:?} unrolls into {} sequences; split it", sequences.len()));
    }
    if sequences.iter().any(Vec::is_empty) {
        return Err(format!("pattern {pattern:?} can match nothing at all"));
    }
    Ok(sequences)
}

/// Puts fragments in place of their names.
fn expand(pattern: &str, fragments: &BTreeMap<String, String>, depth: usize) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').ok_or_else(|| format!("pattern {pattern:?}: '{{' without '}}'"))? + open;
        let name = &rest[open + 1..close];
        let fragment = fragments.get(name).ok_or_else(|| format!("pattern {pattern:?}: no fragment {name:?}"))?;
        if depth > 8 {
            return Err(format!("fragment {name:?} holds itself"));
        }
        out.push_str(&rest[..open]);
        out.push_str(" ( ");
        out.push_str(&expand(fragment, fragments, depth + 1)?);
        out.push_str(" ) ");
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    // Brackets stand for themselves wherever they are written; signs of two brackets do not exist.
    Ok(out.replace('[', " [ ").replace(']', " ] ").replace('(', " ( ").replace(')', " ) "))
}

/// Parses `a b | c d` up to `close`.
fn alternatives(words: &[&str], at: &mut usize, close: Option<&str>) -> Result<Vec<Vec<Element>>, String> {
    let mut all = Vec::new();
    let mut current = vec![Vec::new()];
    loop {
        let word = words.get(*at).copied();
        *at += 1;
        match word {
            None if close.is_none() => break,
            None => return Err(format!("{:?} is missing", close.unwrap_or_default())),
            Some(word) if Some(word) == close => break,
            Some(word @ ("]" | ")")) => return Err(format!("{word:?} without its beginning")),
            Some("|") => {
                all.append(&mut current);
                current = vec![Vec::new()];
            }
            Some("[") => {
                let mut inner = alternatives(words, at, Some("]"))?;
                inner.push(Vec::new());
                current = product(&current, &inner)?;
            }
            Some("(") => {
                let inner = alternatives(words, at, Some(")"))?;
                current = product(&current, &inner)?;
            }
            Some(word) => {
                let element = element(word)?;
                for sequence in &mut current {
                    sequence.push(element.clone());
                }
            }
        }
    }
    all.append(&mut current);
    Ok(all)
}

fn product(heads: &[Vec<Element>], tails: &[Vec<Element>]) -> Result<Vec<Vec<Element>>, String> {
    if heads.len() * tails.len() > MOST_SEQUENCES {
        return Err("the pattern unrolls into too many sequences; split it".to_owned());
    }
    Ok(heads.iter().flat_map(|head| tails.iter().map(move |tail| [head.as_slice(), tail].concat())).collect())
}

/// Parses one word or class.
pub(super) fn element(word: &str) -> Result<Element, String> {
    if let Some(inner) = word.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        let (classes, name) = match inner.split_once(':') {
            Some((classes, name)) => (classes, name),
            None => (inner, inner.split('|').next().unwrap_or(inner)),
        };
        if classes.is_empty() || name.is_empty() {
            return Err(format!("{word:?} names no class"));
        }
        return Ok(Element { classes: classes.split('|').map(str::to_owned).collect(), name: Some(name.to_owned()) });
    }
    if word.contains(['<', '>']) {
        return Err(format!("{word:?} is neither a word nor a class"));
    }
    Ok(Element { classes: word.split('|').map(|word| format!("={word}")).collect(), name: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &[&str]) {
        let fragments = BTreeMap::from([("month".to_owned(), "<month> [.]".to_owned())]);
        let unrolled: Vec<String> = unroll(pattern, &fragments)
            .unwrap()
            .iter()
            .map(|sequence| sequence.iter().map(|e| e.classes.join("|")).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(unrolled, expected, "{pattern}");
    }

    #[test]
    fn patterns_unroll() {
        check("[the] last <unit>", &["=the =last unit", "=last unit"]);
        check("( on | in ) {month}", &["=on month =.", "=on month", "=in month =.", "=in month"]);
        check("last|past <month|weekday:x>", &["=last|=past month|weekday"]);
    }

    #[test]
    fn broken_patterns_are_refused() {
        for pattern in ["[the", "the ]", "{none}", "<>", "[the]", "<a"] {
            assert!(unroll(pattern, &BTreeMap::new()).is_err(), "{pattern}");
        }
    }
}
