//! Gloss holds itself to the floors of `tests/floors.toml` on its own corpus (dev part), by its own gate.
//!
//! `cargo test --test floors -- --nocapture` prints the report and the floors as they could stand now.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail, and tells what it found")]

use std::path::Path;
use std::process::{Command, Output};

/// How far under the present figures new floors are set, in points.
const SLACK: &str = "0.5";

/// The layers that floors are held for.
const LAYERS: &str = "zone,sentence,entity,figure,date";

fn gloss(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gloss")).current_dir(env!("CARGO_MANIFEST_DIR")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_own_corpus_stays_above_its_floors() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let marked = gloss(&["annotate", "corpus", "-o", &path("auto")]);
    assert!(marked.status.success(), "{}", text(&marked.stderr));
    let dev = Path::new(&path("auto")).join("dev").display().to_string();
    let eval = |more: &[&str]| {
        let args = ["eval", "annotations/gold/dev", &dev, "--layer", LAYERS, "--bootstrap", "0"];
        gloss(&[&args, more].concat())
    };
    let floors = eval(&["--print-floors", SLACK]);
    println!("floors as they could stand now:\n{}", text(&floors.stdout));
    let held = eval(&["--floors", "tests/floors.toml"]);
    println!("{}", text(&held.stdout));
    let under: Vec<String> =
        text(&held.stdout).lines().filter(|line| line.starts_with("NOT MET")).map(str::to_owned).collect();
    assert_eq!(held.status.code(), Some(0), "under the floor:\n{}\n{}", under.join("\n"), text(&held.stderr));

    // The gate is no ornament: a floor out of reach shuts it.
    std::fs::write(path("high.toml"), "[entity]\nstrict.f1 = 1.0\n").unwrap();
    let shut = eval(&["--floors", &path("high.toml")]);
    assert_eq!(shut.status.code(), Some(1), "{}", text(&shut.stderr));
    assert!(text(&shut.stdout).contains("NOT MET: entity.strict.f1"), "{}", text(&shut.stdout));
}
