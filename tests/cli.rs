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
fn standoff_without_text_says_how_the_text_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join("in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let page = "<!doctype html><html><head><meta charset=latin1></head><body><article><h1>A day</h1><p>A caf\u{e9} in \
                Paris burnt down on Monday night, the police said on Tuesday.</p></article></body></html>";
    let latin1 = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let utf16: Vec<u8> = "\u{feff}A caf\u{e9} \u{1f642}.\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let records = "\n{\"body\":\"One caf\u{e9}.\",\"big\":12345678901234567890.10}\r\n{\"body\":\"Two.\"}";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(records.as_bytes()).unwrap();
    put("plain/bom.txt", "\u{feff}A caf\u{e9}.\r\nEnd".as_bytes());
    put("plain/utf16.txt", &utf16);
    put("plain/page.html", &latin1(page));
    put("plain/packed.txt.zst", &zstd::encode_all("Packed caf\u{e9}.".as_bytes(), 1).unwrap());
    put("latin/a.txt", &latin1("A caf\u{e9}.\r\n"));
    put("records/a.jsonl", records.as_bytes());
    put("records/b.jsonl.gz", &gzip.finish().unwrap());
    put("records/one.json", "{\"body\":\"A lone caf\u{e9}.\"}".as_bytes());
    put("pages/strange.txt", &latin1(page));
    for (input, options, documents) in [
        ("plain", &[][..], 4),
        ("latin", &["--encoding", "latin1"], 1),
        ("records", &["--text-field", "body"], 5),
        ("pages", &["--from", "html"], 1),
    ] {
        let path = format!("in/{input}");
        let run = |arguments: &[&str]| {
            let output = gloss().current_dir(&folder).args(arguments).output().unwrap();
            let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
            assert_eq!(output.status.code(), Some(0), "{input}: {arguments:?}: {said}");
            said
        };
        let annotate = |more: &[&str]| run(&[&["annotate", &path][..], options, more].concat());
        annotate(&["--no-text", "-o", "out"]);
        annotate(&["--no-text", "--format", "jsonl", "-o", "out/all.jsonl"]);
        annotate(&["-o", "with"]);
        let said = run(&["check", "out"]);
        assert!(said.starts_with(&format!("{} documents", 2 * documents)), "{said}");
        assert!(!said.contains("\u{e9}"), "{said}");
        fs::remove_file(folder.path().join("out/all.jsonl")).unwrap();
        let said = run(&["eval", "out", "with"]);
        assert!(said.contains("strict      100.00  100.00  100.00"), "{said}");
        // What was read without its text can be marked again, with it or without.
        run(&["annotate", "out", "-o", "again"]);
        run(&["annotate", "out", "--no-text", "-o", "bare"]);
        run(&["check", "again", "bare"]);
        let same = |a: &str, b: &str| files(&folder.path().join(a)) == files(&folder.path().join(b));
        assert!(same("out", "bare"), "{input}");
        for folder_of_results in ["out", "with", "again", "bare"] {
            fs::remove_dir_all(folder.path().join(folder_of_results)).unwrap();
        }
    }
}

#[test]
fn numbers_of_a_record_keep_every_digit() {
    let number = "{\"n\":12345678901234567890123.4500,\"e\":1e-7}";
    let record = format!("{{\"text\":\"Anna left.\",\"more\":{number}}}");
    let output = gloss().args(["annotate", "-", "--layers", "zone"]).write_stdin(record).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(number), "{text}");
}

#[test]
fn marks_of_standard_input_are_explained() {
    for (place, expected) in [("-:10", "zone body, token \"Monday\" (word)"), ("-", "date DATE is marked")] {
        let output = gloss().args(["explain", place]).write_stdin("Anna left Monday.").output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn shells_and_manuals_know_the_commands() {
    let run = |arguments: &[&str]| {
        let output = gloss().args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(run(&["completions", shell]).contains("text-field"), "{shell}");
    }
    assert!(run(&["man"]).contains(".TH gloss 1"));
    assert!(run(&["man", "annotate"]).contains("no\\-text"));
    gloss().args(["man", "fly"]).assert().code(2);
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

#[cfg(unix)]
#[test]
fn links_to_nothing_are_reported() {
    let folder = articles();
    let within = folder.path().join("in/text");
    std::os::unix::fs::symlink("nowhere.txt", within.join("lost.txt")).unwrap();
    std::os::unix::fs::symlink("00.txt", within.join("found.txt")).unwrap();
    let output = gloss().current_dir(&folder).args(["annotate", "in/text/", "--layers", "zone"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("gloss: in/text/lost.txt: is a link to a file that is not there\n"), "{errors}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("\"source\":\"in/text/found.txt\""));
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

/// Sends SIGINT, and waits for the process to end by it.
#[cfg(unix)]
fn interrupt(mut child: std::process::Child) {
    use std::os::unix::process::ExitStatusExt;
    let killed = Process::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

#[cfg(unix)]
#[test]
fn ctrl_c_waits_for_no_input_and_leaves_no_half_written_file() {
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
    // The input stays open: the reader waits for a record that never comes.
    interrupt(child);
    assert_eq!(half_written(), 0);
    drop(input);
}

#[cfg(unix)]
#[test]
fn ctrl_c_waits_for_no_article() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Anna Lee of Paris paid $3m on 5 May 2024, he said. ".repeat(400_000);
    fs::write(folder.path().join("long.txt"), text).unwrap();
    fs::write(folder.path().join("short.txt"), "Anna left.").unwrap();
    let child = Process::new(env!("CARGO_BIN_EXE_gloss"))
        .current_dir(&folder)
        .args(["annotate", "short.txt", "long.txt", "-o", "out"])
        .spawn()
        .unwrap();
    let short = folder.path().join("out/short.json");
    while !short.exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    interrupt(child);
    let left: Vec<_> = files(&folder.path().join("out")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["short.json"]);
    assert!(fs::read_to_string(&short).unwrap().ends_with("}\n"));
}

#[test]
fn a_closed_pipe_waits_for_no_input() {
    let mut child = Process::new(env!("CARGO_BIN_EXE_gloss"))
        .args(["annotate", "-", "--from", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();
    input.write_all(b"{\"text\":\"Anna left.\"}\n").unwrap();
    output.read_exact(&mut [0; 10]).unwrap();
    drop(output);
    input.write_all(b"{\"text\":\"Bob left.\"}\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(input);
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
