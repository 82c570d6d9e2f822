//! The laws of the source tree: who imports whom, what every file begins with, how long it is, and
//! that lexicons are sorted and labels documented.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use gloss::document::{Layer, label};
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The longest source file, in lines.
const MAX_LINES: usize = 600;

/// Which rooms a room may use, besides `error` and itself: the table of `docs/architecture.md`.
const MAY_USE: [(&str, &[&str]); 15] = [
    ("text", &[]),
    ("calendar", &[]),
    ("draft", &[]),
    ("numeral", &["text"]),
    ("document", &["text", "calendar"]),
    ("format", &["document", "text", "calendar"]),
    ("resource", &["document", "text", "calendar"]),
    ("eval", &["document", "text", "calendar"]),
    ("linear", &["resource", "document", "text", "calendar"]),
    ("segment", &["linear", "resource", "document", "text", "calendar"]),
    ("tag", &["linear", "numeral", "resource", "document", "text", "calendar"]),
    ("neural", &["draft", "tag", "linear", "resource", "document", "text", "calendar"]),
    ("pipeline", &["tag", "segment", "linear", "numeral", "resource", "document", "text", "calendar"]),
    ("batch", &["draft", "pipeline", "format", "tag", "segment", "linear", "resource", "document", "text", "calendar"]),
    ("error", &[]),
];

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<_> = entries
        .flatten()
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() { files(&path, ending) } else { vec![path] }
        })
        .filter(|path| path.extension().is_some_and(|own| own == ending))
        .collect();
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(ROOT);
    let mut paths = files(&root.join("src"), "rs");
    paths.extend(files(&root.join("tests"), "rs"));
    paths.extend(files(&root.join("benches"), "rs"));
    let name = |path: &Path| path.strip_prefix(root).unwrap().display().to_string().replace('\\', "/");
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The room that a source file belongs to.
fn room(name: &str) -> Option<&str> {
    let below = name.strip_prefix("src/")?;
    let room = below.split('/').next()?.trim_end_matches(".rs");
    (!matches!(room, "lib" | "main" | "cli")).then_some(room)
}

/// The rooms that `line` names after `crate::`, also in a list of them.
fn named_rooms(line: &str) -> Vec<&str> {
    let mut rooms = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("crate::") {
        rest = &rest[at + "crate::".len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end > 0 && rest.starts_with(|c: char| c.is_ascii_lowercase()) {
            rooms.push(&rest[..end]);
        }
    }
    rooms
}

#[test]
fn imports_run_one_way() {
    let mut faults = Vec::new();
    for (name, text) in sources() {
        let Some(own) = room(&name) else { continue };
        let Some((_, allowed)) = MAY_USE.iter().find(|(room, _)| *room == own) else {
            faults.push(format!("{name}: the room {own} is not in the table of imports"));
            continue;
        };
        // Tests may look at other rooms.
        let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
        for (index, line) in code.lines().enumerate() {
            for used in named_rooms(line) {
                if used != own && used != "error" && used != "Result" && !allowed.contains(&used) {
                    faults.push(format!("{name}:{}: {own} may not use {used}", index + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut faults = Vec::new();
    for (name, text) in sources() {
        if !text.starts_with("//! ") {
            faults.push(format!("{name}: begin the file with a sentence: //! …"));
        }
        if text.lines().count() > MAX_LINES {
            faults.push(format!("{name}: {} lines are too many; {MAX_LINES} at most", text.lines().count()));
        }
        for (index, line) in text.lines().enumerate() {
            let word = ["TO", "DO"].concat();
            if line.contains(&word) || line.contains(&["todo", "!("].concat()) {
                faults.push(format!("{name}:{}: do it, or say in the tracker what is left", index + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn lexicons_are_sorted_and_hold_nothing_twice() {
    let mut faults = Vec::new();
    for path in files(&Path::new(ROOT).join("resources/lexicons"), "tsv") {
        let text = fs::read_to_string(&path).unwrap();
        let rows: Vec<_> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        for pair in rows.windows(2) {
            if pair[0] >= pair[1] {
                faults.push(format!("{}: {:?} stands before {:?}", path.display(), pair[0], pair[1]));
            }
        }
    }
    faults.truncate(20);
    assert!(faults.is_empty(), "sort with LC_ALL=C sort -u:\n{}", faults.join("\n"));
}

#[test]
fn every_label_is_documented() {
    let Ok(guideline) = fs::read_to_string(Path::new(ROOT).join("docs/labels.md")) else {
        panic!("docs/labels.md is missing");
    };
    let layers = [Layer::Zone, Layer::Entity, Layer::Figure, Layer::Date];
    let missing: Vec<_> =
        layers.into_iter().flat_map(label::of_layer).filter(|label| !guideline.contains(**label)).collect();
    assert!(missing.is_empty(), "docs/labels.md does not speak of {missing:?}");
}
