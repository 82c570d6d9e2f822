//! `gloss eval`, `gloss diff` and `gloss agree` as a user meets them: output, messages, exit codes.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests fail by panic and tell what they skip

use serde_json::{Value as Json, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const TEXT: &str = "Lima, 12 May 2024 — 🙂 Ana Ruiz told the Bank of Peru’s board that prices rose 3.5%. \
    Ruiz met the board in Geneva.";

/// A folder of files for one test.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// A file of one document with `marks`, given as words, label and, after `=`, value.
    fn marked(&self, name: &str, marks: &[&str]) -> PathBuf {
        self.write(name, document("a", marks).to_string())
    }

    /// Runs gloss in the folder.
    fn gloss(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gloss"));
        command.current_dir(self.0.path()).env("NO_COLOR", "1").env_remove("COLUMNS").args(args).output().unwrap()
    }

    fn check(&self, args: &[&str], code: i32, expected: &str) {
        let output = self.gloss(args);
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(expected), "{expected:?} is not in: {said}");
    }

    fn json(&self, args: &[&str]) -> Json {
        let output = self.gloss(args);
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn text(&self, args: &[&str]) -> String {
        let output = self.gloss(args);
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

fn document(id: &str, marks: &[&str]) -> Json {
    let marks = marks.iter().map(|mark| {
        let (place, label) = mark.split_once(" / ").unwrap();
        let (label, value) = label.split_once('=').map_or((label, None), |(label, value)| (label, Some(value)));
        let start = TEXT[..TEXT.find(place).unwrap()].chars().count();
        let layer = match label {
            "DATE" | "TIME" => "date",
            "PERCENT" => "figure",
            _ => "entity",
        };
        let mut mark = json!({"layer": layer, "start": start, "end": start + place.chars().count(), "label": label});
        if let Some(value) = value {
            mark["value"] = json!(value);
        }
        mark
    });
    json!({"id": id, "text": TEXT, "annotations": marks.collect::<Vec<_>>()})
}

const GOLD: [&str; 6] = [
    "Lima / GPE",
    "12 May 2024 / DATE=2024-05-12",
    "Ana Ruiz / PERSON",
    "Bank of Peru / ORG",
    "3.5% / PERCENT=3.5",
    "Geneva / GPE",
];
const PRED: [&str; 6] = [
    "Lima / ORG",
    "12 May 2024 / DATE=2024-12-05",
    "Ruiz / PERSON",
    "the Bank of Peru / ORG",
    "3.5% / PERCENT=3.5",
    "Ruiz met / PERSON",
];

#[test]
fn tables_for_people() {
    let files = Files::new();
    files.marked("gold.json", &GOLD);
    files.marked("pred.json", &PRED);
    insta::assert_snapshot!(files.text(&["eval", "gold.json", "pred.json"]));
}

#[test]
fn differences_in_their_sentences() {
    let files = Files::new();
    files.marked("gold.json", &GOLD);
    files.marked("pred.json", &PRED);
    let output = files.gloss(&["diff", "gold.json", "pred.json"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
    files.check(&["diff", "gold.json", "gold.json"], 0, "0 differences");
    files.check(&["diff", "gold.json", "pred.json", "--class", "wrong_label"], 1, "1 difference: 1 wrong_label");
    files.check(&["diff", "gold.json", "pred.json", "--label", "DATE"], 1, "1 difference: 1 wrong_value");
}

#[test]
fn differences_for_machines() {
    let files = Files::new();
    files.marked("gold.json", &GOLD);
    files.marked("pred.json", &PRED);
    let report = files.json(&["diff", "gold.json", "pred.json", "--format", "json"]);
    assert_eq!(report["summary"]["missed"], json!(1));
    let label = &report["differences"][0];
    assert_eq!((&label["class"], &label["gold"]["label"]), (&json!("wrong_label"), &json!("GPE")));
    assert_eq!(label["column"], json!(1));
    let github = files.text(&["diff", "gold.json", "pred.json", "--format", "github"]);
    assert!(
        github.contains(
            "::warning file=gold.json,line=1,title=gloss diff%3A wrong_label::a: wrong_label: \"Lima\" GPE → ORG\n"
        ),
        "{github}"
    );
    let page = files.text(&["diff", "gold.json", "pred.json", "--format", "html"]);
    assert!(page.contains("<span class=\"both\" data-d=\"0\">Lima</span>"), "{page}");
    assert!(!page.contains("http") && !page.contains("{{"), "the page must load nothing and be filled");
}

#[test]
fn the_report_keeps_its_schema() {
    let files = Files::new();
    let mut gold = document("a", &GOLD);
    gold["meta"] = json!({"desk": "foreign"});
    files.write("gold.json", gold.to_string());
    files.marked("pred.json", &PRED);
    let schema = files.json(&["eval", "--schema"]);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report =
        files.json(&["eval", "gold.json", "pred.json", "gold.json", "--by", "zone,meta.desk", "--format", "json"]);
    let faults: Vec<_> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(report["overall"]["strict"]["correct"], json!(2));
    assert_eq!(report["overall"]["value"]["correct"], json!(1));
    assert_eq!(report["by_label"]["ORG"]["partial"]["partial"], json!(1));
    assert_eq!(report["by_label"]["NORP"], Json::Null);
    assert_eq!(report["by_label"]["GPE"]["strict"]["precision"], Json::Null, "undefined is null, not 0");
    assert_eq!(report["by_layer"]["date"]["exact"]["f1"], json!(1.0));
    assert_eq!(report["by_document"]["a"]["strict"]["missed"], json!(1));
    assert_eq!(report["confusion"]["GPE"], json!({"ORG": 1, "missed": 1}));
    assert_eq!(report["by_slice"]["zone"]["(none)"]["strict"]["possible"], json!(6));
    assert_eq!(report["by_slice"]["meta.desk"]["foreign"]["strict"]["possible"], json!(6));
    assert_eq!(report["comparison"]["overall"]["strict"]["p"], Json::Null, "one document has no p");
    assert_eq!(report["comparison"]["fixed"].as_array().unwrap().len(), 5, "{}", report["comparison"]);
    assert_eq!(report["second"]["overall"]["strict"]["f1"], json!(1.0));
}

/// Published schemas are what is written, for every report.
#[test]
fn reports_keep_their_published_schemas() {
    let files = Files::new();
    files.marked("gold.json", &GOLD);
    files.marked("pred.json", &PRED);
    let reports: [(&str, &[&str]); 3] = [
        ("eval", &["eval", "gold.json", "pred.json", "--format", "json", "--fail-under", "f1=0.1"]),
        ("diff", &["diff", "gold.json", "pred.json", "--format", "json"]),
        ("agree", &["agree", "gold.json", "pred.json", "--format", "json"]),
    ];
    for (name, args) in reports {
        let schema = files.json(&["schema", name]);
        let validator = jsonschema::validator_for(&schema).unwrap();
        let report = files.json(args);
        let faults: Vec<_> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
        assert!(!validator.is_valid(&json!({"form": 1})), "{name}: the schema allows anything");
    }
    let report = files.json(reports[0].1);
    for scheme in ["strict", "exact", "partial", "ent_type", "value"] {
        for score in
            [&report["overall"][scheme], &report["by_label"]["ORG"][scheme], &report["by_document"]["a"][scheme]]
        {
            for key in [
                "correct",
                "incorrect",
                "partial",
                "missed",
                "spurious",
                "possible",
                "actual",
                "precision",
                "recall",
                "f1",
            ] {
                assert!(score.get(key).is_some(), "{scheme}.{key} is not in {score}");
            }
        }
    }
    for key in ["by_layer", "confusion", "intervals"] {
        assert!(report[key].is_object(), "{key}");
    }
}

/// What `gloss annotate --no-text` leaves behind is read against the texts it names.
#[test]
fn standoff_without_text_finds_its_text_again() {
    let files = Files::new();
    files.write("in/a.txt", TEXT);
    let annotate = ["annotate", "in", "--no-text", "-o", "out"];
    assert!(files.gloss(&annotate).status.success());
    let report = files.json(&["eval", "out", "out", "--format", "json"]);
    assert_eq!(report["overall"]["strict"]["f1"], json!(1.0));
    assert!(report["overall"]["strict"]["possible"].as_u64().unwrap() > 3);
    files.write("in/a.txt", TEXT.replace("Lima", "Lyon"));
    files.check(&["eval", "out", "out"], 2, "changed since it was marked");
}

/// Files on standard input, without a telling name, by glob; documents without ids.
#[test]
fn marks_are_found_wherever_they_stand() {
    let files = Files::new();
    let bare = |marks: &[&str]| {
        let mut document = document("a", marks);
        document.as_object_mut().unwrap().remove("id");
        document.to_string() + "\n"
    };
    files.write("gold.jsonl", bare(&GOLD));
    files.write("other.jsonl", bare(&GOLD));
    files.write("gold.marks", bare(&GOLD));
    files.write("train.txt", "-DOCSTART- -X- O\n\nLima B-LOC\n");
    files.write("train.bio", "Lima B-LOC\n");
    files.write("gold/a.json", bare(&GOLD));
    files.write("gold/a.txt", TEXT);
    files.write("gold/.gitignore", "*.json");
    for (gold, pred) in [
        ("gold.jsonl", "other.jsonl"),
        ("gold.jsonl", "gold.marks"),
        ("train.txt", "train.bio"),
        ("gold", "gold/*.json"),
        ("gold/a.json", "gold"),
    ] {
        let report = files.json(&["eval", gold, pred, "--format", "json"]);
        assert_eq!(report["overall"]["strict"]["recall"], json!(1.0), "{gold} {pred}");
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_gloss"))
        .current_dir(files.0.path())
        .args(["eval", "gold.jsonl", "-", "--fail-under", "f1=1"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), bare(&GOLD).as_bytes()).unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
}

/// A broken record of gold is told even when a prediction without text made gold be read ahead.
#[test]
fn faults_that_lie_ahead_are_not_lost() {
    let files = Files::new();
    let bare = |id: &str| json!({"id": id, "annotations": []}).to_string();
    files.write("gold.jsonl", format!("{}\n{{\"id\":\n{}\n", document("a", &GOLD), document("b", &GOLD)));
    files.write("pred.jsonl", format!("{}\n{}\n", bare("b"), bare("a")));
    files.check(&["eval", "gold.jsonl", "pred.jsonl"], 2, "gold.jsonl:2: this is no JSON: EOF");
    files.write("pred.jsonl", format!("{}\n", bare("a")));
    files.check(&["eval", "gold.jsonl", "pred.jsonl"], 2, "gold.jsonl:2: this is no JSON: EOF");
}

#[test]
fn the_gate_opens_and_shuts() {
    let files = Files::new();
    files.marked("gold.json", &GOLD);
    files.marked("pred.json", &PRED);
    let both = ["eval", "gold.json", "pred.json"];
    let with = |more: &[&'static str]| -> Vec<&'static str> { both.iter().chain(more).copied().collect() };
    files.check(&with(&["--fail-under", "exact.f1=0.5,date.f1=1"]), 0, "met: exact.f1 is 50.00");
    files.check(&with(&["--fail-under", "PERSON.recall=0.9"]), 1, "NOT MET: PERSON.recall is 0.00, at least 90.00");
    files.check(&with(&["--fail-under", "ROBOT.f1=0.9"]), 2, "the report has no figure \"ROBOT.f1\"");
    files.check(&with(&["--fail-under", "strict.f1=90"]), 2, "floors lie between 0 and 1");
    files.check(
        &with(&["--fail-under", "strict.f1=0.9", "--format", "github"]),
        1,
        "::error title=gloss eval%3A under the floor::strict.f1 is",
    );
    let before = files.gloss(&["eval", "gold.json", "gold.json", "--format", "json"]).stdout;
    files.write("before.json", before);
    files.check(&with(&["--baseline", "before.json", "--max-drop", "0.5"]), 1, "NOT MET: overall.strict.f1");
    files.check(&with(&["--baseline", "before.json", "--max-drop", "100"]), 0, "met: overall.strict.f1");
    files.check(
        &with(&["--baseline", "before.json", "--max-drop", "100", "--max-label-drop", "50"]),
        1,
        "NOT MET: GPE.strict.f1",
    );
    files.check(&with(&["--baseline", "gold.json"]), 2, "it has no \"overall\"");
    let floors = files.text(&with(&["--print-floors", "1"]));
    files.write("floors.toml", &floors);
    files.check(&with(&["--floors", "floors.toml"]), 0, "met: entity.strict.f1");
    files.check(&["eval", "gold.json", "empty.json", "--floors", "floors.toml"], 2, "empty.json");
}

#[test]
fn bad_input_is_named_with_file_and_line() {
    let files = Files::new();
    let line = |id: &str| document(id, &["Lima / GPE"]).to_string();
    let mark = |mark: Json| json!({"id": "a", "text": TEXT, "annotations": [mark]}).to_string();
    files.write("gold.jsonl", line("a"));
    files.write("twice.jsonl", format!("{}\n\n{}\n", line("a"), line("a")));
    files.write("two.jsonl", format!("{}\n{}\n", line("a"), line("b")));
    files.write("nan.jsonl", line("a").replace("\"label\"", "\"score\":NaN,\"label\""));
    files.write("outside.jsonl", mark(json!({"layer": "entity", "start": 3, "end": 999, "label": "GPE"})));
    let bytes = TEXT.find("Geneva").unwrap();
    files.write(
        "bytes.jsonl",
        mark(json!({"layer": "entity", "start": bytes, "end": bytes + 6, "label": "GPE", "text": "Geneva"})),
    );
    files.write("other.jsonl", line("a").replace("Ana Ruiz", "Ana Luiz"));
    files.write("crlf.jsonl", line("a").replace("Ruiz told", "Ruiz\\r\\ntold"));
    files.write("lf.jsonl", line("a").replace("Ruiz told", "Ruiz\\ntold"));
    files.write("broken.jsonl", format!("{}\n{{\"id\":", line("x")));
    fs::create_dir(files.0.path().join("folder")).unwrap();
    for (args, expected) in [
        (["gold.jsonl", "twice.jsonl"], "twice.jsonl:3: the id \"a\" was read before, at twice.jsonl:1"),
        (["gold.jsonl", "two.jsonl"], "two.jsonl: the document \"b\" is not in gold.jsonl"),
        (
            ["two.jsonl", "gold.jsonl"],
            "gold.jsonl: there is no document \"b\", which two.jsonl has; with --missing empty",
        ),
        (["gold.jsonl", "nan.jsonl"], "NaN and Infinity are no JSON"),
        (
            ["gold.jsonl", "outside.jsonl"],
            "outside.jsonl:1: document \"a\": annotation 0: codepoint offset 999 lies outside the text, which ends at 113",
        ),
        (["gold.jsonl", "bytes.jsonl"], "all would fit as byte offsets: try --offsets byte"),
        (["gold.jsonl", "other.jsonl"], "the texts differ, first at code point 26 (line 1)"),
        (["crlf.jsonl", "lf.jsonl"], "they differ in their line ends only (CRLF)"),
        (["gold.jsonl", "broken.jsonl"], "broken.jsonl:2: this is no JSON: EOF"),
        (["gold.jsonl", "absent.jsonl"], "absent.jsonl: no such file or folder"),
        (["gold.jsonl", "folder"], "no file ends in .json"),
    ] {
        files.check(&["eval", args[0], args[1]], 2, expected);
        files.check(&["diff", args[0], args[1]], 2, expected);
    }
    files.check(&["eval", "gold.jsonl", "bytes.jsonl", "--offsets", "byte"], 0, "1 document of entity");
    files.check(&["eval", "two.jsonl", "gold.jsonl", "--missing", "empty"], 0, "2 documents of entity");
    files.check(&["eval", "two.jsonl", "gold.jsonl", "--missing", "skip"], 0, "1 document of entity");
    files.check(&["eval", "gold.jsonl", "two.jsonl", "--missing", "empty"], 0, "2 documents of entity");
    files.check(&["eval", "gold.jsonl"], 2, "<PRED>");
    files.check(&["eval", "gold.jsonl", "gold.jsonl", "--min-overlap", "0.5"], 2, "write 50 for a half");
    files.check(&["eval", "gold.jsonl", "gold.jsonl", "--map", "martian"], 2, "coarse, conll2003, ontonotes");
}

#[test]
fn odd_input_has_a_clear_result() {
    let files = Files::new();
    let empty = json!({"id": "a", "text": TEXT, "annotations": []}).to_string();
    files.write("empty.json", &empty);
    files.marked("gold.json", &GOLD);
    files.write("nothing.jsonl", "");
    files.write("bom.jsonl", format!("\u{FEFF}{}\r\n\r\n", document("a", &GOLD)));
    files.marked("twice.json", &["Lima / GPE", "Lima / GPE"]);
    files.write("bare.jsonl", json!({"id": "a", "annotations": document("a", &GOLD)["annotations"]}).to_string());
    files.check(&["eval", "nothing.jsonl", "nothing.jsonl"], 0, "there is no document to score");
    files.check(&["eval", "empty.json", "empty.json"], 0, "neither side holds a mark");
    files.check(&["eval", "gold.json", "twice.json"], 0, "the prediction repeats 1 mark (same");
    let score = |args: &[&str]| {
        let report = files.json(&[&["eval"], args, &["--format", "json"]].concat());
        let strict = &report["overall"]["strict"];
        (strict["missed"].as_u64(), strict["spurious"].as_u64(), strict["precision"].clone(), strict["f1"].clone())
    };
    assert_eq!(score(&["gold.json", "empty.json"]), (Some(6), Some(0), Json::Null, json!(0.0)));
    assert_eq!(score(&["empty.json", "gold.json"]), (Some(0), Some(6), json!(0.0), json!(0.0)));
    assert_eq!(score(&["gold.json", "bom.jsonl"]), (Some(0), Some(0), json!(1.0), json!(1.0)));
    assert_eq!(score(&["gold.json", "bare.jsonl"]), (Some(0), Some(0), json!(1.0), json!(1.0)), "gold's text serves");
    assert_eq!(score(&["gold.json", "twice.json"]).1, Some(1));
}

#[test]
fn labels_limit_and_mappings_bridge() {
    let files = Files::new();
    let mut gold = document("a", &["Lima / LOC", "Ana Ruiz / PER"]);
    gold["labels"] = json!(["PER", "LOC"]);
    files.write("gold.json", gold.to_string());
    files.marked("pred.json", &["Lima / GPE", "Ana Ruiz / PERSON", "Bank of Peru / ORG", "3.5% / PERCENT=3.5"]);
    let strict = |more: &[&str]| {
        let args = [&["eval", "gold.json", "pred.json", "--format", "json"], more].concat();
        let report = files.json(&args);
        (report["overall"]["strict"]["correct"].as_u64(), report["overall"]["strict"]["spurious"].as_u64())
    };
    assert_eq!(strict(&[]), (Some(0), Some(0)), "labels that gold does not know are left out");
    assert_eq!(strict(&["--map", "conll2003"]), (Some(2), Some(0)), "ORG is not among gold's labels");
    assert_eq!(strict(&["--map", "coarse", "--ignore", "PER"]), (Some(1), Some(0)));
    assert_eq!(strict(&["--map", "coarse", "--layer", "figure"]), (Some(0), Some(0)));
    files.write("own.toml", "[entity]\nGPE = \"LOC\"\n[entity\n");
    files.check(&["eval", "gold.json", "pred.json", "--map", "own.toml"], 2, "own.toml:3:");
}

#[test]
fn a_threshold_of_overlap_counts_the_gold_mark_s_letters() {
    let files = Files::new();
    files.marked("gold.json", &["Bank of Peru / ORG"]);
    files.marked("pred.json", &["Bank / ORG"]);
    let partial = |percent: &str| {
        let args = ["eval", "gold.json", "pred.json", "--format", "json", "--min-overlap", percent];
        let partial = files.json(&args)["overall"]["partial"].clone();
        (partial["partial"].as_u64(), partial["missed"].as_u64())
    };
    // Four of ten letters.
    assert_eq!(partial("40"), (Some(1), Some(0)));
    assert_eq!(partial("41%"), (Some(0), Some(1)));
}

#[test]
fn folders_and_packed_files_are_matched_by_id() {
    let files = Files::new();
    for (id, marks) in [("a", &GOLD[..]), ("b", &GOLD[..2])] {
        files.write(&format!("gold/deep/{id}.json"), document(id, marks).to_string());
    }
    let lines = format!("{}\n{}\n", document("b", &GOLD[..2]), document("a", &GOLD));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, lines.as_bytes()).unwrap();
    files.write("pred.jsonl.gz", packed.finish().unwrap());
    let report = files.json(&["eval", "gold", "pred.jsonl.gz", "--format", "json"]);
    assert_eq!(report["documents"], json!(2));
    assert_eq!(report["overall"]["strict"]["f1"], json!(1.0));
    assert!(report["intervals"]["overall"]["strict"]["f1"].is_array());
}

#[test]
fn tagged_files_are_scored() {
    let files = Files::new();
    files.write("gold.conll", "Ana B-PER\nRuiz I-PER\nof O\nPeru B-LOC\n");
    files.write("pred.conll", "Ana B-PER\nRuiz I-PER\nof O\nPeru I-LOC\n");
    let strict = |scheme: &str| {
        let args = ["eval", "gold.conll", "pred.conll", "--scheme", scheme, "--format", "json"];
        files.json(&args)["overall"]["strict"]["correct"].as_u64()
    };
    assert_eq!((strict("bio"), strict("lenient")), (Some(1), Some(2)));
    files.check(&["eval", "gold.conll", "pred.conll", "--scheme", "bilou"], 0, "1 document");
    files.check(
        &["eval", "gold.conll", "pred.conll", "--scheme", "ioe1"],
        2,
        "gold.conll:1: tag B-PER begins with none",
    );
}

#[test]
fn annotators_are_compared_pair_by_pair() {
    let files = Files::new();
    files.marked("a.json", &GOLD);
    files.marked("b.json", &PRED);
    files.marked("c.json", &GOLD);
    insta::assert_snapshot!(files.text(&["agree", "a.json", "b.json", "c.json"]));
    let report = files.json(&["agree", "a.json", "c.json", "--format", "json"]);
    assert_eq!(report["pairs"][0]["kappa"], json!(1.0));
    files.check(&["agree", "a.json"], 2, "2 values required");
}

/// Dates scored as `score_timex.py` of the shared tools scores them.
#[test]
fn dates_are_scored_as_tempeval_does() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let tool = shared.join("tools/score_timex.py");
    let has_python = Command::new("python3").arg("--version").output().is_ok();
    if !tool.is_file() || !has_python {
        println!("skipped: ../shared or python3 is absent");
        return;
    }
    let files = Files::new();
    for name in ["meantime.jsonl", "gum_tei_dates.jsonl"] {
        let gold = fs::read_to_string(shared.join("data/dates").join(name)).unwrap();
        let pred: String = gold.lines().map(|line| distorted(line) + "\n").collect();
        let (gold, pred) = (files.write("gold.jsonl", gold), files.write("pred.jsonl", pred));
        let output = Command::new("python3").arg(&tool).args([&gold, &pred]).arg("--json").output().unwrap();
        let wanted: Json = serde_json::from_slice(&output.stdout).unwrap();
        let report = files.json(&["eval", "gold.jsonl", "pred.jsonl", "--layer", "date", "--format", "json"]);
        let found = &report["tempeval"];
        for (wanted, found) in [
            (&wanted["strict"]["f1"], &found["strict"]["f1"]),
            (&wanted["relaxed"]["f1"], &found["relaxed"]["f1"]),
            (&wanted["relaxed"]["p"], &found["relaxed"]["precision"]),
            (&wanted["type_f1"], &found["type_f1"]),
            (&wanted["value_acc"], &found["value_accuracy"]),
            (&wanted["value_f1"], &found["value_f1"]),
            (&wanted["value_f1"], &report["overall"]["value"]["f1"]),
            (&wanted["strict_value_f1"], &found["strict_value_f1"]),
        ] {
            let (wanted, found) = (wanted.as_f64().unwrap(), found.as_f64().unwrap() * 100.0);
            assert!((wanted - found).abs() < 0.01, "{name}: {wanted} expected, {found} found");
        }
    }
}

/// A line of gold with some marks moved, doubled, dropped, or given another type or value.
fn distorted(line: &str) -> String {
    let mut document: Json = serde_json::from_str(line).unwrap();
    let length = document["text"].as_str().unwrap().chars().count() as u64;
    let mut marks = Vec::new();
    for (number, mark) in document["annotations"].as_array().unwrap().iter().enumerate() {
        if mark["layer"] != "date" || number % 11 == 3 {
            continue;
        }
        let mut mark = json!({"layer": "date", "start": mark["start"], "end": mark["end"], "label": mark["label"],
            "value": mark.get("value").and_then(Json::as_str).unwrap_or("")});
        let (start, end) = (mark["start"].as_u64().unwrap(), mark["end"].as_u64().unwrap());
        match number % 7 {
            0 => mark["start"] = json!(start.saturating_sub(6)),
            1 => mark["end"] = json!((end + 9).min(length)),
            2 => mark["value"] = json!("2001"),
            3 => mark["label"] = json!("SET"),
            4 => {
                let mut more = mark.clone();
                more["start"] = json!(end.saturating_sub(2));
                more["end"] = json!((end + 5).min(length));
                marks.push(more);
            }
            _ => {}
        }
        marks.push(mark);
    }
    document["annotations"] = json!(marks);
    document.as_object_mut().unwrap().remove("text");
    document.to_string()
}
