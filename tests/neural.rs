//! Transformer checkpoints: the same scores and mentions as the reference, clear errors, and fine-tuning.
#![cfg(feature = "neural")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use assert_cmd::Command;
use gloss::document::{Article, Meta, Paragraph, Segmented, Sentence, Token, TokenKind, Zone, ZoneKind};
use gloss::neural::Checkpoint;
use gloss::resource::Resources;
use gloss::text::Span;
use std::fs;
use std::path::{Path, PathBuf};

/// What the reference says of one text (`tests/checkpoints/make.py`); offsets in code points.
#[derive(serde::Deserialize)]
struct Case {
    text: String,
    sentences: Vec<(u32, u32)>,
    tokens: Vec<(usize, usize)>,
    scores: Vec<Option<Vec<f32>>>,
    mentions: Vec<(usize, usize, String, f32)>,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checkpoints").join(name)
}

/// The text cut as the reference cut it.
fn segmented<'a>(article: &'a Article, case: &Case) -> Segmented<'a> {
    let bytes: Vec<u32> = case.text.char_indices().map(|(at, _)| at as u32).chain([case.text.len() as u32]).collect();
    let tokens: Vec<Token> = case
        .tokens
        .iter()
        .map(|(start, end)| Token { span: Span::new(bytes[*start], bytes[*end]), kind: TokenKind::Word })
        .collect();
    let sentences: Vec<Sentence> = case
        .sentences
        .iter()
        .map(|(first, last)| {
            let (from, to) = (tokens[*first as usize].span.start(), tokens[*last as usize - 1].span.end());
            Sentence { span: Span::new(from, to), paragraph: 0, tokens: *first..*last }
        })
        .collect();
    let span = Span::new(sentences[0].span.start(), sentences[sentences.len() - 1].span.end());
    let paragraphs = vec![Paragraph { span, zone: 0, sentences: 0..sentences.len() as u32 }];
    let zones = vec![Zone { span, kind: ZoneKind::Body, paragraphs: 0..1 }];
    Segmented::new(article, zones, paragraphs, sentences, tokens)
}

/// Scores to 1e-4 and mentions exactly, for every text of the reference.
fn agrees(name: &str) {
    let checkpoint = Checkpoint::open(&folder(name), &Resources::embedded()).unwrap();
    let cases: Vec<Case> =
        serde_json::from_str(&fs::read_to_string(folder(name).join("reference.json")).unwrap()).unwrap();
    assert!(cases.iter().map(|case| case.mentions.len()).sum::<usize>() >= 20, "a reference that shows nothing");
    for case in &cases {
        let article = Article::new(Meta::default(), case.text.clone()).unwrap();
        let text = segmented(&article, case);
        let scores = checkpoint.scores(&text).unwrap();
        let expected: Vec<(usize, &Vec<f32>)> =
            case.scores.iter().enumerate().filter_map(|(at, row)| Some((at, row.as_ref()?))).collect();
        let seen: Vec<usize> = scores.iter().map(|(token, _)| *token).collect();
        let wanted: Vec<usize> = expected.iter().map(|(token, _)| *token).collect();
        assert_eq!(seen, wanted, "tokens with a piece in {:?}", case.text);
        for ((token, row), (_, wanted)) in scores.iter().zip(&expected) {
            for (score, wanted) in row.iter().zip(wanted.iter()) {
                let message = format!("token {token} of {:?}: {row:?} for {wanted:?}", case.text);
                assert!((score - wanted).abs() < 1e-4 * wanted.abs().max(1.0), "{message}");
            }
        }
        let found = checkpoint.mentions(&text).unwrap();
        let labels = [("PER", "PERSON"), ("ORG", "ORG"), ("LOC", "LOC")];
        let ours = |theirs: &str| labels.iter().find(|(name, _)| *name == theirs).unwrap().1;
        let wanted: Vec<_> =
            case.mentions.iter().map(|(start, end, label, _)| (*start, *end, ours(label).to_owned())).collect();
        let offset = |byte: u32| case.text[..byte as usize].chars().count();
        let seen: Vec<_> = found
            .iter()
            .map(|mention| {
                let tokens = &text.tokens()[mention.tokens.clone()];
                let span = (offset(tokens[0].span.start()), offset(tokens[tokens.len() - 1].span.end()));
                (span.0, span.1, mention.label.to_string())
            })
            .collect();
        assert_eq!(seen, wanted, "mentions of {:?}", case.text);
        for (mention, (.., share)) in found.iter().zip(&case.mentions) {
            assert!((mention.score - share).abs() < 1e-3, "{} for {share}", mention.score);
        }
    }
}

#[test]
fn bert_agrees_with_the_reference() {
    agrees("bert");
}

#[test]
fn distilbert_agrees_with_the_reference() {
    agrees("distilbert");
}

#[test]
fn electra_agrees_with_the_reference() {
    agrees("electra");
}

#[test]
fn roberta_agrees_with_the_reference() {
    agrees("roberta");
}

#[test]
fn xlm_roberta_agrees_with_the_reference() {
    agrees("xlm-roberta");
}

#[test]
fn deberta_v2_agrees_with_the_reference() {
    agrees("deberta-v2");
}

#[test]
fn deberta_v3_agrees_with_the_reference() {
    agrees("deberta-v3");
}

/// A copy of a checkpoint, to be spoilt.
fn copy(name: &str) -> tempfile::TempDir {
    let target = tempfile::tempdir().unwrap();
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        fs::copy(folder(name).join(file), target.path().join(file)).unwrap();
    }
    target
}

/// The error of opening the `bert` checkpoint once `spoil` has been at it, its folder left out.
#[track_caller]
fn error(spoil: impl FnOnce(&Path)) -> String {
    let folder = copy("bert");
    spoil(folder.path());
    let Err(error) = Checkpoint::open(folder.path(), &Resources::embedded()) else {
        panic!("a spoilt checkpoint was opened");
    };
    error.to_string().replace(&folder.path().display().to_string(), "DIR")
}

fn edit(folder: &Path, file: &str, change: impl FnOnce(&mut serde_json::Value)) {
    let path = folder.join(file);
    let mut value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

#[test]
fn what_is_wrong_with_a_checkpoint_is_named_with_its_mend() {
    let missing = |file: &'static str| error(move |folder| fs::remove_file(folder.join(file)).unwrap());
    let set = |key: &'static str, value: serde_json::Value| {
        error(move |folder| edit(folder, "config.json", |config| config[key] = value))
    };
    let cases = [
        missing("config.json"),
        missing("tokenizer.json"),
        missing("model.safetensors"),
        error(|folder| {
            fs::remove_file(folder.join("tokenizer.json")).unwrap();
            fs::write(folder.join("vocab.txt"), "a\n").unwrap();
        }),
        error(|folder| {
            fs::remove_file(folder.join("model.safetensors")).unwrap();
            fs::write(folder.join("pytorch_model.bin"), "a\n").unwrap();
        }),
        error(|folder| fs::write(folder.join("config.json"), "{").unwrap()),
        error(|folder| fs::write(folder.join("config.json"), "[]").unwrap()),
        error(|folder| fs::write(folder.join("tokenizer.json"), "{}").unwrap()),
        error(|folder| fs::write(folder.join("model.safetensors"), [255; 40]).unwrap()),
        error(|folder| {
            let path = folder.join("model.safetensors");
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }),
        set("model_type", "gpt2".into()),
        set("hidden_act", "swiglu".into()),
        set("hidden_size", 32.into()),
        set("hidden_size", 48.into()),
        set("hidden_size", (-1).into()),
        set("num_hidden_layers", 3.into()),
        set("num_hidden_layers", serde_json::Value::Null),
        set("num_attention_heads", 5.into()),
        set("vocab_size", 100.into()),
        set("pad_token_id", 5000.into()),
        set("gloss_shapes", 2.into()),
        set("position_embedding_type", "relative_key".into()),
        set("id2label", serde_json::json!({"0": "O", "2": "B-PER"})),
        set("id2label", serde_json::json!({"0": "O", "1": "B-PER"})),
        set("id2label", serde_json::json!({"x": "O"})),
        set("id2label", serde_json::json!({})),
        error(|folder| {
            fs::write(folder.join("labels.toml"), "unlisted = \"refuse\"\n[entity]\nPER = \"PERSON\"\n").unwrap();
        }),
        error(|folder| fs::write(folder.join("labels.toml"), "entities = 1\n").unwrap()),
        error(|folder| {
            // Every word becomes one and the same sign, and where it stood is lost.
            edit(folder, "tokenizer.json", |tokenizer| {
                tokenizer["normalizer"] = serde_json::json!({
                    "type": "Replace", "pattern": {"Regex": "(?s).+"}, "content": "a"
                });
            });
        }),
        Checkpoint::open(Path::new("no/such/folder"), &Resources::embedded()).map(|_| ()).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(cases.join("\n\n"));
}

/// `gloss` with these arguments; its output.
fn gloss(arguments: &[&str]) -> Vec<u8> {
    let output = Command::cargo_bin("gloss").unwrap().args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn any_number_of_jobs_gives_the_same_bytes() {
    let inputs = tempfile::tempdir().unwrap();
    for number in 0..12 {
        let text =
            "Angela Merkel met Bob in São Paulo 🙂. They spoke of NATO and the UN, at length. ".repeat(1 + number * 3);
        fs::write(inputs.path().join(format!("{number:02}.txt")), text).unwrap();
    }
    let model = folder("bert");
    let run = |jobs: &str| {
        let arguments =
            ["annotate", "--model", model.to_str().unwrap(), "--jobs", jobs, inputs.path().to_str().unwrap()];
        gloss(&arguments)
    };
    let one = run("1");
    assert!(String::from_utf8(one.clone()).unwrap().contains("entities.checkpoint/bert"));
    assert_eq!(one, run("3"));
    assert_eq!(one, run("8"));
}

#[test]
fn rules_go_over_the_marks_where_the_label_map_asks_for_them() {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder("bert")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let text = "Delegates signed the Treaty of Versailles. She worked for Siemens AG in Munich, Germany.";
    fs::write(copy.path().join("a.txt"), text).unwrap();
    let run = |map: &str| {
        fs::write(copy.path().join("labels.toml"), map).unwrap();
        let (model, article) = (copy.path().to_str().unwrap(), copy.path().join("a.txt"));
        String::from_utf8(gloss(&["annotate", "--model", model, "--layers", "entity", article.to_str().unwrap()]))
            .unwrap()
    };
    assert!(!run("").contains("entities.rules/"), "it does not know our labels");
    // What the rules find by themselves.
    let ruled = run("rules = true\nunlisted = \"drop\"\n");
    assert!(ruled.contains("entities.rules/") && ruled.contains("\"Treaty of Versailles\""), "{ruled}");
}

/// Gold that a tiny network can learn by heart.
const GOLD: &str = r#"{"id":"a","text":"Bob met Ada in Paris. Paris is big.","annotations":[{"start":0,"end":3,"label":"PERSON","layer":"entity"},{"start":8,"end":11,"label":"PERSON","layer":"entity"},{"start":15,"end":20,"label":"GPE","layer":"entity"},{"start":22,"end":27,"label":"GPE","layer":"entity"}]}
{"id":"b","text":"Ada Bob lives in Paris today. The UN met Bob.","annotations":[{"start":0,"end":7,"label":"PERSON","layer":"entity"},{"start":17,"end":22,"label":"GPE","layer":"entity"},{"start":34,"end":36,"label":"ORG","layer":"entity"},{"start":41,"end":44,"label":"PERSON","layer":"entity"}]}
"#;

#[test]
fn a_checkpoint_learns_its_gold_and_keeps_it_in_eight_bits() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("gold.jsonl"), GOLD).unwrap();
    fs::write(
        at("settings.toml"),
        "epochs = 400.0\nrate = 0.01\njudge = 25\npatience = 16\ndropout = 0.0\nwindow = 40\n",
    )
    .unwrap();
    let base = folder("bert");
    let train = |output: &str, base: &str| {
        gloss(&[
            "train",
            "--kind",
            "transformer",
            "--base",
            base,
            &at("gold.jsonl"),
            "--dev",
            &at("gold.jsonl"),
            "--config",
            &at("settings.toml"),
            "-o",
            &at(output),
        ]);
        fs::read(place.path().join(output).join("model.safetensors")).unwrap()
    };
    let base = base.to_str().unwrap();
    let first = train("one", base);
    assert!(first == train("two", base), "the same seed gives the same bytes");
    let card = fs::read_to_string(place.path().join("one/card.md")).unwrap();
    assert!(card.contains("| 100.00 |"), "{card}");
    gloss(&["quantise", &at("one"), "-o", &at("small")]);
    let small = fs::read(place.path().join("small/model.safetensors")).unwrap();
    assert!(small.len() * 2 < first.len(), "{} bytes of {}", small.len(), first.len());
    // A classifier is trained further from where it stands.
    fs::write(at("settings.toml"), "epochs = 1.0\nrate = 1e-6\ndropout = 0.0\nwindow = 40\n").unwrap();
    train("further", &at("small"));
    let card = fs::read_to_string(place.path().join("further/card.md")).unwrap();
    assert!(card.contains("| 100.00 |"), "{card}");
    gloss(&["quantise", &at("one"), "--mean", &at("small"), "--mean", &at("further"), "-o", &at("mean")]);
    let gold: Vec<serde_json::Value> = GOLD.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for model in ["one", "small", "further", "mean"] {
        let out = gloss(&["annotate", "--model", &at(model), "--layers", "entity", &at("gold.jsonl")]);
        let out = String::from_utf8(out).unwrap();
        for (line, gold) in out.lines().zip(&gold) {
            let document: serde_json::Value = serde_json::from_str(line).unwrap();
            let marks = |document: &serde_json::Value| -> Vec<String> {
                let marks = document["annotations"].as_array().unwrap().iter();
                marks.map(|mark| format!("{} {} {}", mark["start"], mark["end"], mark["label"])).collect()
            };
            assert_eq!(marks(&document), marks(gold), "{model}");
        }
        assert_eq!(out.lines().count(), gold.len());
    }
}

#[test]
fn only_checkpoints_of_one_training_are_averaged() {
    let place = tempfile::tempdir().unwrap();
    let [one, other] = ["bert", "distilbert"].map(|name| folder(name).to_str().unwrap().to_owned());
    let output = place.path().join("none");
    let refused = Command::cargo_bin("gloss")
        .unwrap()
        .args(["quantise", &one, "--mean", &other, "-o", output.to_str().unwrap()])
        .output()
        .unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && told.contains("take checkpoints of one training"), "{told}");
    assert!(!output.exists());
}

#[test]
fn a_training_broken_off_comes_to_the_same_end() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("gold.jsonl"), GOLD).unwrap();
    fs::write(at("settings.toml"), "epochs = 300.0\nrate = 0.01\njudge = 20\npatience = 1000\nwindow = 40\n").unwrap();
    let base = folder("bert");
    let command = |output: &str| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("gloss"));
        command.args(["train", "--kind", "transformer", "--base", base.to_str().unwrap(), &at("gold.jsonl")]);
        command.args(["--dev", &at("gold.jsonl"), "--config", &at("settings.toml"), "-o", &at(output)]);
        command.stderr(std::process::Stdio::piped());
        command
    };
    let files = |output: &str| {
        let read = |name: &str| fs::read(place.path().join(output).join(name)).unwrap();
        (read("model.safetensors"), String::from_utf8(read("card.md")).unwrap().replace(output, "OUT"))
    };
    assert!(command("one").output().unwrap().status.success());
    assert!(!place.path().join("one/training.safetensors").exists());
    let mut broken = command("two").spawn().unwrap();
    while !place.path().join("two/training.safetensors").exists() {
        assert!(broken.try_wait().unwrap().is_none(), "it was over before it could be broken off");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    broken.kill().unwrap();
    broken.wait().unwrap();
    let again = command("two").output().unwrap();
    let told = String::from_utf8(again.stderr).unwrap();
    assert!(again.status.success() && told.contains("going on after step"), "{told}");
    assert!(files("one") == files("two"), "the same end: {told}");
    assert!(!place.path().join("two/training.safetensors").exists());
}

/// The scores of a checkpoint for the texts of the reference, one behind the other.
fn scores_of(model: &Path) -> Vec<f32> {
    let checkpoint = Checkpoint::open(model, &Resources::embedded()).unwrap();
    let reference = fs::read_to_string(folder("bert").join("reference.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&reference).unwrap();
    let all = cases.iter().flat_map(|case| {
        let article = Article::new(Meta::default(), case.text.clone()).unwrap();
        checkpoint.scores(&segmented(&article, case)).unwrap()
    });
    all.flat_map(|(_, row)| row).collect()
}

#[test]
fn eight_bits_stay_near_to_32() {
    for name in ["bert", "distilbert", "electra", "roberta", "xlm-roberta", "deberta-v2", "deberta-v3"] {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        gloss(&["quantise", folder(name).to_str().unwrap(), "-o", at("small").to_str().unwrap()]);
        gloss(&["quantise", at("small").to_str().unwrap(), "-o", at("back").to_str().unwrap(), "--bits", "32"]);
        let mean = |a: &[f32], b: &[f32]| {
            assert_eq!(a.len(), b.len());
            (a.iter().zip(b).map(|(a, b)| f64::from((a - b) * (a - b))).sum::<f64>() / a.len() as f64).sqrt()
        };
        let (eight, back, own) = (scores_of(&at("small")), scores_of(&at("back")), scores_of(&folder(name)));
        let spread = mean(&own, &vec![0.0; own.len()]);
        let (lost, by_weights) = (mean(&eight, &own) / spread, mean(&back, &own) / spread);
        assert!(lost > 0.0 && lost < 0.05, "{name}: {lost} lost, {by_weights} by the weights alone");
        assert!(by_weights < 0.05, "{name}: {by_weights}");
    }
}

#[test]
fn explain_names_the_labels_that_lost() {
    let place = tempfile::tempdir().unwrap();
    let article = place.path().join("a.txt");
    fs::write(&article, "Angela Merkel met Emmanuel Macron in Paris on Tuesday.\n").unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/transformer");
    let explain = |offset: u32| {
        let place = format!("{}:{offset}", article.display());
        String::from_utf8(gloss(&["explain", &place, "--model", model.to_str().unwrap()])).unwrap()
    };
    let paris = explain(38);
    assert!(paris.contains("entity GPE is marked"), "{paris}");
    assert!(paris.contains("transformer: GPE 0."), "{paris}");
    assert!(paris.contains("of just these tokens") && paris.contains("other ends, or no mention: 0."), "{paris}");
    assert!(paris.contains("\"Paris\" alone: GPE 0."), "{paris}");
    let met = explain(14);
    assert!(met.contains("no tagger proposed a mark here") && met.contains("\"met\" alone: O "), "{met}");
}

#[test]
fn what_a_checkpoint_marks_teaches_the_default() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("gold.jsonl"), GOLD).unwrap();
    let line = r#"{"text":"Yesterday Zorvath Quillibert met Bob."}"#;
    let raw = format!("{line}\n").repeat(20);
    fs::write(at("raw.jsonl"), raw).unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/transformer");
    let annotate = ["annotate", "--model", model.to_str().unwrap(), "--layers", "entity", "--format", "jsonl"];
    gloss(&[&annotate[..], &[&at("raw.jsonl"), "-o", &at("taught.jsonl")]].concat());
    fs::write(at("settings.toml"), "rounds = 4\ncutoff = 1\n").unwrap();
    let config = at("settings.toml");
    let train = |more: &[&str], output: &str| {
        gloss(&[&["train", &at("gold.jsonl"), "--config", &config, "-o", &at(output)], more].concat());
        fs::read(place.path().join(output)).unwrap()
    };
    let alone = train(&[], "alone.model");
    let taught = train(&["--taught", &at("taught.jsonl")], "taught.model");
    assert!(alone != taught);
    fs::write(at("a.txt"), "Later Zorvath Quillibert left.\n").unwrap();
    let marks = |model: &str| {
        let out = gloss(&["annotate", "--model", &at(model), "--layers", "entity", &at("a.txt")]);
        String::from_utf8(out).unwrap()
    };
    assert!(marks("taught.model").contains("Zorvath Quillibert\""), "{}", marks("taught.model"));
    assert!(!marks("alone.model").contains("Zorvath Quillibert\""), "{}", marks("alone.model"));
}

#[test]
fn the_shipped_checkpoint_marks_what_everybody_knows() {
    let place = tempfile::tempdir().unwrap();
    let article = place.path().join("a.txt");
    fs::write(&article, "Angela Merkel met Emmanuel Macron in Paris on Tuesday.\n").unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/transformer");
    let arguments = ["annotate", "--model", model.to_str().unwrap(), "--layers", "entity", article.to_str().unwrap()];
    let document: serde_json::Value = serde_json::from_slice(&gloss(&arguments)).unwrap();
    let marks = document["annotations"].as_array().unwrap().iter();
    let marks: Vec<_> = marks.map(|mark| (mark["text"].as_str().unwrap(), mark["label"].as_str().unwrap())).collect();
    assert_eq!(marks, [("Angela Merkel", "PERSON"), ("Emmanuel Macron", "PERSON"), ("Paris", "GPE")]);
}
