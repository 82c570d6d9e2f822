//! The figure layer on its case table, its rules' examples, the suites of `../shared`, and absurd input.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

#[path = "support/figures.rs"]
mod figures;
#[path = "support/marks.rs"]
mod marks;

use gloss::document::{Article, Layer, Meta, Value};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::figures::FigureTagger;
use gloss::tag::{TagOptions, Tagger};
use gloss::text::Span;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

fn pipeline() -> Pipeline {
    Pipeline::new(&Resources::embedded(), &TagOptions::default()).unwrap()
}

fn table(text: &str) -> toml::Table {
    text.parse().unwrap()
}

fn strings(value: &toml::Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|entry| entry.as_str().unwrap()).collect()
}

/// Checks texts against their marks; the faults as lines.
fn check(pipeline: &Pipeline, cases: &toml::Value) -> Vec<String> {
    let mut faults = Vec::new();
    for case in cases.as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let found = marks::printed(pipeline, text);
        if found != strings(&case["find"]) {
            faults.push(format!("{text}\n  wanted {:?}\n  found  {found:?}", strings(&case["find"])));
        }
    }
    faults
}

#[test]
fn the_table_of_news_sentences_holds() {
    let faults = check(&pipeline(), &table(include_str!("cases/figures.toml"))["cases"]);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_news_of_all_subjects_holds() {
    let pipeline = pipeline();
    let mut faults = Vec::new();
    for case in table(include_str!("cases/figures_news.toml"))["cases"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        let found = marks::arbitrated(&pipeline, text);
        if found != strings(&case["find"]) {
            faults.push(format!("{text}\n  wanted {:?}\n  found  {found:?}", strings(&case["find"])));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The tagger without the rows of `file` that begin with `rows`.
fn without(file: &str, rows: &str) -> FigureTagger {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let whole = Resources::embedded().text(file).unwrap();
    let kept: Vec<&str> = whole.lines().filter(|line| !line.starts_with(rows)).collect();
    assert!(kept.len() < whole.lines().count(), "{file} has no row {rows:?}");
    std::fs::write(&path, kept.join("\n")).unwrap();
    FigureTagger::new(&Resources::with_overlay(folder.path()).unwrap()).unwrap()
}

#[test]
fn every_word_list_does_what_its_examples_say() {
    let pipeline = pipeline();
    let tagger = FigureTagger::new(&Resources::embedded()).unwrap();
    let mut faults = Vec::new();
    for example in table(include_str!("../resources/rules/figures/words.toml"))["example"].as_array().unwrap() {
        let string = |key: &str| example[key].as_str().unwrap();
        let found = marks::proposed(&pipeline, &tagger, string("text"));
        let bare = marks::proposed(&pipeline, &without(string("file"), string("rows")), string("text"));
        if found == bare || found != strings(&example["find"]) || bare != strings(&example["without"]) {
            faults.push(format!("{}|{}|{found:?}|{bare:?}", string("file"), string("rows").trim_end()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_word_list_has_an_example() {
    let words = table(include_str!("../resources/rules/figures/words.toml"));
    let covered: BTreeSet<(&str, &str)> = words["example"]
        .as_array()
        .unwrap()
        .iter()
        .map(|example| (example["file"].as_str().unwrap(), example["rows"].as_str().unwrap().trim_end()))
        .collect();
    let cues = Resources::embedded().text("lexicons/cues.tsv").unwrap();
    let kinds = cues.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').next());
    let missing: BTreeSet<&str> = kinds.filter(|kind| !covered.contains(&("lexicons/cues.tsv", *kind))).collect();
    assert!(missing.is_empty(), "cues without an example: {missing:?}");
    for list in ["amounts", "approximators", "country_money", "currencies", "magnitude_letters", "numbers", "units"] {
        let file = format!("lexicons/{list}.tsv");
        assert!(covered.iter().any(|(covered, _)| *covered == file), "{file} has no example");
    }
}

#[test]
fn every_rule_keeps_its_examples() {
    let pipeline = pipeline();
    for rule in table(include_str!("../resources/rules/figures/rules.toml"))["rule"].as_array().unwrap() {
        let faults = check(&pipeline, &rule["examples"]);
        assert!(faults.is_empty(), "{}: {}", rule["name"], faults.join("\n"));
        let made: Vec<bool> = rule["examples"]
            .as_array()
            .unwrap()
            .iter()
            .map(|example| {
                rules_in(&pipeline, example["text"].as_str().unwrap()).contains(rule["name"].as_str().unwrap())
            })
            .collect();
        assert!(made.contains(&true) && made.contains(&false), "{} needs both kinds of example", rule["name"]);
    }
}

/// The rules that made marks in `text`.
fn rules_in(pipeline: &Pipeline, text: &str) -> BTreeSet<String> {
    let article = Article::new(Meta::default(), text.to_owned()).unwrap();
    let proposed = pipeline.candidates(&pipeline.segmenter().segment(&article));
    let figures = proposed.iter().map(|candidate| &candidate.annotation).filter(|mark| mark.layer == Layer::Figure);
    figures.filter_map(|mark| mark.source.as_ref()?.detail.as_ref().map(ToString::to_string)).collect()
}

#[test]
fn every_trap_catches_its_examples_and_nothing_else() {
    let pipeline = pipeline();
    let tagger = FigureTagger::new(&Resources::embedded()).unwrap();
    for trap in table(include_str!("../resources/rules/figures/traps.toml"))["trap"].as_array().unwrap() {
        let name = trap["name"].as_str().unwrap();
        for text in strings(&trap["caught"]) {
            assert_eq!(marks::printed(&pipeline, text), Vec::<String>::new(), "{name}: {text}");
            let article = Article::new(Meta::default(), text.to_owned()).unwrap();
            let segmented = pipeline.segmenter().segment(&article);
            let caught = tagger.traps(&segmented, Span::at(0, text.len()));
            assert!(caught.iter().any(|(trap, _)| *trap == name), "{name} does not catch {text}: {caught:?}");
        }
        for text in strings(&trap["free"]) {
            assert!(!marks::printed(&pipeline, text).is_empty(), "{name}: nothing is left in {text}");
        }
    }
}

#[test]
fn every_rule_that_makes_a_mark_has_its_examples() {
    let rules = table(include_str!("../resources/rules/figures/rules.toml"));
    let known: BTreeSet<&str> =
        rules["rule"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    let pipeline = pipeline();
    let tables = [include_str!("cases/figures.toml"), include_str!("cases/figures_news.toml")].map(table);
    for case in tables.iter().flat_map(|table| table["cases"].as_array().unwrap()) {
        for rule in rules_in(&pipeline, case["text"].as_str().unwrap()) {
            assert!(known.contains(rule.as_str()), "rule {rule:?} has no examples");
        }
    }
}

#[test]
fn the_suites_keep_their_floors() {
    if figures::folder().is_none() {
        eprintln!("skipped: ../shared is absent");
        return;
    }
    let pipeline = pipeline();
    let values = figures::score_cases(&pipeline, "recognizers", "recognizers_en.jsonl", &figures::VALUE_KINDS);
    let ranges = figures::score_cases(&pipeline, "recognizers", "recognizers_en.jsonl", &["NumberRange"]);
    let sequences = figures::score_sequences(&pipeline);
    let quantulum = figures::score_cases(&pipeline, "quantulum3", "quantulum3_en.jsonl", &[]);
    let traps = figures::score_cases(&pipeline, "traps", "traps_en.jsonl", &[]);
    let gum = figures::score_gum(&pipeline, true);
    for (name, scores) in [("values", &values), ("ranges", &ranges), ("quantulum3", &quantulum), ("gum", &gum)] {
        println!("{}", scores.line(name));
    }
    for (name, found, floor) in [
        ("recognizers value recall", values.value.share(), 0.93),
        ("recognizers ranges overlap F1", ranges.overlap_f1(), 0.94),
        ("recognizers sequences clean", sequences.clean.share(), 0.965),
        ("quantulum3 value recall", quantulum.value.share(), 0.87),
        ("gum overlap recall", gum.overlap_recall.share(), 0.97),
        ("gum overlap precision", gum.overlap_precision.share(), 0.88),
        ("gum dates untouched", gum.clean.share(), 0.98),
    ] {
        assert!(found >= floor, "{name}: {found:.3} is below {floor}");
    }
    assert_eq!(traps.cases.right, traps.cases.all, "{}", traps.faults.join("\n"));
}

#[test]
fn absurd_numbers_are_marked_quickly_and_without_a_wrong_value() {
    let tagger = FigureTagger::new(&Resources::embedded()).unwrap();
    let pipeline = pipeline();
    for text in [
        "9".repeat(500),
        "1e999 people".to_owned(),
        format!("nine {}", "million ".repeat(50)),
        "million ".repeat(100_000),
        "5 to ".repeat(100_000),
        "$".repeat(100_000) + "5",
        "1-".repeat(100_000),
        "twenty ".repeat(100_000),
        "a ".repeat(100_000) + "third",
        "between 5 and ".repeat(50_000),
        "1 234 ".repeat(50_000),
        "several hundred of ".repeat(50_000),
        "234 ".repeat(100_000) + "5",
        "1,2,3,4,".repeat(50_000),
        "1.2.3.4.".repeat(50_000),
        "5 ± ".repeat(100_000),
        "5 plus or minus ".repeat(50_000),
        "a (£m) | 5 | ".repeat(50_000),
        "a (£m) | 5\n".repeat(50_000),
        "one of ".repeat(100_000),
        "3-1-".repeat(100_000),
        "5 degrees ".repeat(50_000),
        "5 cents $".repeat(50_000),
        "minus ".repeat(100_000) + "5",
        "9^9^".repeat(50_000),
        "1,".repeat(100_000),
        "- ".repeat(250_000),
        "million ".repeat(125_000),
        "7".repeat(1_000_000),
        "1,5 ".repeat(100_000),
        "1-1/2-".repeat(100_000),
        "USD1.".repeat(100_000),
        "\u{661}.".repeat(100_000),
        "\u{661}\u{66c}".repeat(100_000),
        "the number of ".repeat(50_000) + "5",
        "3 for 7, ".repeat(50_000),
        "of the 5 or so ".repeat(50_000),
        "1.5m ".repeat(100_000),
        "6'2\" ".repeat(100_000),
        "\u{663}\u{664} \u{ff15}\u{ff10} 1\u{663} ".repeat(50_000),
    ] {
        let article = Article::new(Meta::default(), text.clone()).unwrap();
        let segmented = pipeline.segmenter().segment(&article);
        let begun = Instant::now();
        let mut found = Vec::new();
        tagger.tag(&segmented, &mut found);
        let spent = begun.elapsed();
        assert!(spent < Duration::from_secs(5), "{}…: {spent:?}", &text[..20.min(text.len())]);
    }
    assert_eq!(marks::printed(&pipeline, &"9".repeat(500)).len(), 1);
    assert_eq!(marks::printed(&pipeline, "1e999 people"), ["1e999 | CARDINAL ? | counts people"]);
}

#[test]
fn explains_rule_value_and_what_was_refused() {
    let text = "In 2016 over 60% of voters came.";
    let tagger = FigureTagger::new(&Resources::embedded()).unwrap();
    let pipeline = pipeline();
    let article = Article::new(Meta::default(), text.to_owned()).unwrap();
    let segmented = pipeline.segmenter().segment(&article);
    let mut found = Vec::new();
    tagger.tag(&segmented, &mut found);
    let said = tagger.explain(&segmented, &found[0]).join("\n");
    // A longer figure says which shorter ones it beat, and a trap says why nothing is marked.
    let text = "They cleared 15 to 20 percent of it, on page 12.";
    let article = Article::new(Meta::default(), text.to_owned()).unwrap();
    let segmented = pipeline.segmenter().segment(&article);
    let mut longer = Vec::new();
    tagger.tag(&segmented, &mut longer);
    let beaten = tagger.explain(&segmented, &longer[0]).join("\n");
    assert!(beaten.contains("\"20 percent\" alone lost to the longer \"15 to 20 percent\""), "{beaten}");
    let page = text.find("12").unwrap();
    assert_eq!(
        tagger.refusals(&segmented, Span::at(page, page)),
        ["the trap \"number of a name\" caught \"12\", so it is no figure"]
    );
    for part in ["figures.rules/percent", "\"60%\" reads as 60", "more_than", "\"voters\"", "no trap"] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

proptest! {
    #[test]
    fn marks_never_overlap_and_never_cut_a_token(
        picks in prop::collection::vec(prop::sample::select(vec![
            "5", "1,000", "$", "€", "million", "m", "bn", "%", "percent", "to", "-", "–", "between", "and", "or", "a", "of", "half",
            "third", "dozens", "several", "hundred", "barrel", "per", "day", "km", "/", "h", "°C", "years", "old", "in", "five",
            "one", "No.", "March", "2016", "(", ")", ".", ",", "'s", "over", "at least", "plus", "US$40", "5m", "14-year-old",
            "1e999", "½", "3/4", "1,2,3,4", "1.2.3.4", "1.234,5", "9^99", "±", "plus or minus", "|", "\t", "(£m)", "in millions",
            "\u{663}\u{664}", "\u{ff15}\u{ff10}\u{ff05}", "1\u{663}", "1\u{a0}234", "million million", "twenties", "aged", "call",
            "99999999999999999999999999999999999999999", "minus", "F-35s", "Haitian gourdes", "per dollar", "#", "iOS", "17.2", ":", "s", "\n", "é", "🙂", "people", "no", "first", "first-hand", "twice", "p", "+", "x",
        ]), 0..24),
        blank in prop::sample::select(vec![" ", ""]),
    ) {
        let text = picks.join(blank);
        let tagger = FigureTagger::new(&Resources::embedded()).unwrap();
        let pipeline = pipeline();
        let article = Article::new(Meta::default(), text.clone()).unwrap();
        let segmented = pipeline.segmenter().segment(&article);
        let mut found = Vec::new();
        tagger.tag(&segmented, &mut found);
        let tokens = segmented.tokens();
        let mut last = 0;
        for candidate in &found {
            let span = candidate.annotation.span;
            prop_assert!(span.start() >= last, "{text:?}: marks overlap at {span:?}");
            last = span.end();
            let Some(Value::Figure(figure)) = candidate.annotation.value.as_deref() else { panic!("no figure") };
            for span in [Some(span), figure.extent, figure.counts].into_iter().flatten() {
                prop_assert!(tokens.iter().any(|token| token.span.start() == span.start()), "{text:?}: {span:?}");
                prop_assert!(tokens.iter().any(|token| token.span.end() == span.end()), "{text:?}: {span:?}");
            }
            prop_assert!(figure.extent.is_none_or(|extent| extent.contains(span)));
        }
    }
}
