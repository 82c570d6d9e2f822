//! Every output over the development data passes `gloss check`: a sample here, all of it by the command
//! that `CONTRIBUTING.md` names.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Every so many-th record of a file is taken.
const STRIDE: usize = 40;

fn run(arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gloss"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    (output.status.code(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn outputs_over_the_development_data_pass_check() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
    if !root.is_dir() {
        println!("skipped: ../shared is absent");
        return;
    }
    let walk = ignore::WalkBuilder::new(root).sort_by_file_name(Ord::cmp).build().flatten();
    let mut files = 0;
    for path in walk.map(ignore::DirEntry::into_path) {
        let Some(ending) = path.extension().filter(|ending| *ending == "jsonl" || *ending == "txt") else { continue };
        let text = std::fs::read_to_string(&path).unwrap();
        let first: serde_json::Value = if ending == "txt" {
            serde_json::json!({"text": ""})
        } else {
            serde_json::from_str(text.lines().next().unwrap()).unwrap()
        };
        let Some(field) = ["text", "input"].into_iter().find(|key| first.get(key).is_some()) else { continue };
        files += 1;
        let sample: String = if ending == "txt" { text } else { text.split_inclusive('\n').step_by(STRIDE).collect() };
        let (code, output, errors) = run(&["annotate", "-", "--text-field", field], sample.as_bytes());
        assert_eq!(code, Some(0), "{}: {errors}", path.display());
        let (code, faults, _) = run(&["check", "-", "--from", "jsonl"], &output);
        assert_eq!(code, Some(0), "{}: {}", path.display(), String::from_utf8_lossy(&faults));
    }
    assert!(files > 20, "only {files} files were found");
}
