//! The command line as its users meet it: messages, exit codes, files, signals and pipes.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use assert_cmd::Command;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command as Process, Stdio};

#[test]
fn commands_answer_as_written() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}

fn gloss() -> Command {
    Command::new(env!("CARGO_BIN_EXE_gloss"))
}

/// A folder of articles of every kind, some of them broken.
fn articles() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join("in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for index in 0..40 {
        let text = format!("Anna left {index} times. ").repeat(1 + (index * 37) % 90);
        put(&format!("text/{index:02}.txt"), text.as_bytes());
    }
    let records: Vec<_> =
        (0..200).map(|n| format!("{{\"id\":\"r{n}\",\"text\":\"Bob paid ${n}m in 20{n:03}.\"}}")).collect();
    put("records.jsonl", records.join("\n").as_bytes());
    put(
        "same.jsonl",
        "{\"id\":\"a/b\",\"text\":\"x\"}\n{\"id\":\"a:b\",\"text\":\"y\"}\n{\"id\":\"a/b\",\"text\":\"z\"}\n"
            .as_bytes(),
    );
    put("text/bad.txt", b"ab\xFF");
    put("text/nul.txt", b"a\0b\0\0");
    put("empty.txt", b"");
    put("packed.txt.zst", &zstd::encode_all("Packed text.".as_bytes(), 1).unwrap());
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(b"{\"text\":\"One.\"}\n{\"text\":\"Two.\"}\n").unwrap();
    put("packed.jsonl.gz", &packer.finish().unwrap());
    folder
}

/// Every file below `folder` with its bytes, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).sort_by_file_name(Ord::cmp).build();
    walk.flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn any_number_of_jobs_gives_the_same_bytes() {
    let folder = articles();
    let run = |jobs: &str, arguments: &[&str]| {
        let mut command = gloss();
        command
            .current_dir(&folder)
            .args(["annotate", "in", "--jobs", jobs, "--errors", "errors.jsonl"])
            .args(arguments);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        (output.stdout, output.stderr, fs::read(folder.path().join("errors.jsonl")).unwrap())
    };
    let one = run("1", &[]);
    assert!(one.0.len() > 100_000);
    assert_eq!(String::from_utf8_lossy(&one.2).lines().count(), 1);
    assert!(String::from_utf8_lossy(&one.2).contains("byte 2"));
    for jobs in ["2", "8"] {
        assert!(run(jobs, &[]) == one, "{jobs} jobs give other bytes than one");
    }
    run("1", &["-o", "out1"]);
    run("8", &["-o", "out8"]);
    let (one, eight) = (files(&folder.path().join("out1")), files(&folder.path().join("out8")));
    assert!(one == eight);
    let names: Vec<_> = one.iter().map(|(name, _)| name.as_str()).filter(|name| !name.contains("r1")).collect();
    for name in [
        "empty.json",
        "packed.json",
        "packed/packed_1.json",
        "records/r0.json",
        "same/a_b.json",
        "same/a_b~2.json",
        "same/a_b~3.json",
        "text/00.json",
        "text/nul.json",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    gloss().current_dir(&folder).args(["check", "out1"]).assert().success();
}

#[test]
fn standoff_without_text_is_proved_by_the_original() {
    let folder = articles();
    fs::remove_file(folder.path().join("in/text/bad.txt")).unwrap();
    let annotate = ["annotate", "in", "-o", "out", "--no-text"];
    gloss().current_dir(&folder).args(annotate).assert().success();
    gloss().current_dir(&folder).args(["check", "out"]).assert().success();
    fs::write(folder.path().join("in/text/00.txt"), "Changed.").unwrap();
    gloss().current_dir(&folder).args(["check", "out"]).assert().code(1);
}

#[test]
fn standard_input_is_known_by_its_first_bytes() {
    let check = |input: &[u8], expected: &str| {
        let output = gloss().args(["annotate", "-", "--layers", "sentence"]).write_stdin(input).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(expected), "{text}");
        assert!(output.stderr.is_empty());
    };
    check(b"Anna left.", "\"text\":\"Anna left.\"");
    check(b"\xEF\xBB\xBF{\"id\":\"r\",\"text\":\"Anna left.\"}", "\"id\":\"r\"");
    check(b"<!DOCTYPE html><html><body><article><p>Anna left the house at noon and went into town.</p></article></body></html>", "\"text\":\"Anna left the house");
    check(&zstd::encode_all("Packed.".as_bytes(), 1).unwrap(), "\"text\":\"Packed.\"");
}

#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let folder = articles();
    let mut child = Process::new(env!("CARGO_BIN_EXE_gloss"))
        .current_dir(&folder)
        .args(["annotate", "in/records.jsonl", "in/records.jsonl", "in/records.jsonl", "in/text/00.txt"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn packed_files_that_break_off_are_reported() {
    let folder = articles();
    let packed = fs::read(folder.path().join("in/packed.jsonl.gz")).unwrap();
    fs::write(folder.path().join("cut.jsonl.gz"), &packed[..packed.len() - 6]).unwrap();
    let output = gloss().current_dir(&folder).args(["annotate", "cut.jsonl.gz", "in/packed.txt.zst"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.starts_with("gloss: cut.jsonl.gz: cannot read: "), "{errors}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("Packed text."));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_to_be_the_outputs() {
    let folder = articles();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child = Process::new(env!("CARGO_BIN_EXE_gloss"));
    let output = child.current_dir(&folder).args(["annotate", "in/packed.txt.zst"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.starts_with("gloss: cannot write the output: "), "{errors}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_half_written_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Process::new(env!("CARGO_BIN_EXE_gloss"))
        .current_dir(&folder)
        .args(["annotate", "-", "--from", "jsonl", "--format", "jsonl", "-o", "out.jsonl", "--errors", "errors.jsonl"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"{\"text\":\"Anna left.\"}\n").unwrap();
    input.flush().unwrap();
    let half_written = || fs::read_dir(&folder).unwrap().count();
    while half_written() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let killed = Process::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    // The reader waits for a record that never comes; its end lets the threads go.
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(half_written(), 0);
}

#[test]
fn outputs_keep_the_schema() {
    let schema = gloss().arg("schema").output().unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/dev");
    for arguments in [&["--no-text", "--offsets", "utf16"][..], &[]] {
        let output = gloss().args(["annotate", root]).args(arguments).output().unwrap();
        assert!(output.status.success());
        let mut documents = 0;
        for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let document = serde_json::from_slice(line).unwrap();
            let faults: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).take(3).collect();
            assert!(faults.is_empty(), "{faults:?}");
            documents += 1;
        }
        assert!(documents > 10);
    }
    let wrong = serde_json::json!({"id": "a", "annotations": [{"layer": "word", "start": 0, "end": 1, "label": "X"}]});
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn colours_are_for_terminals_alone() {
    let folder = tempfile::tempdir().unwrap();
    let faulty = "{\"text\":\"a\",\"annotations\":[{\"layer\":\"date\",\"start\":0,\"end\":9,\"label\":\"DATE\"}]}";
    fs::write(folder.path().join("a.jsonl"), faulty).unwrap();
    let check = |name: &str, value: &str| {
        let output = gloss().current_dir(&folder).args(["check", "a.jsonl"]).env(name, value).output().unwrap();
        output.stdout.contains(&0x1B)
    };
    assert!(!check("NO_COLOR", "1"));
    assert!(check("CLICOLOR_FORCE", "1"));
}
