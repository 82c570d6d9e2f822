//! The table of dates, and laws that hold for any text.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use gloss::document::{Annotation, Article, Document, Layer, Meta, Value};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use gloss::tag::dates::DateOrder;
use proptest::prelude::*;
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    about: String,
    text: String,
    dct: Option<String>,
    domain: Option<String>,
    marks: Vec<[String; 4]>,
}

static PIPELINE: LazyLock<Pipeline> =
    LazyLock::new(|| Pipeline::new(&Resources::embedded(), &TagOptions::default()).unwrap());

fn annotate(pipeline: &Pipeline, text: &str, dct: Option<&str>) -> Document {
    let meta = Meta { id: "case".to_owned(), dct: dct.map(|day| day.parse().unwrap()), ..Meta::default() };
    pipeline.annotate(Article::new(meta, text.to_owned()).unwrap(), &[Layer::Date])
}

fn row(document: &Document, mark: &Annotation) -> [String; 4] {
    let words = mark.span.of(document.text()).to_owned();
    let (value, modifier) = match mark.value.as_deref() {
        Some(Value::Timex(timex)) => (timex.value.clone(), timex.modifier.clone()),
        _ => (None, None),
    };
    [words, mark.label.to_string(), value.unwrap_or_else(|| "-".to_owned()), modifier.unwrap_or_default()]
}

/// The tables of cases by name.
const TABLES: [(&str, &str); 3] = [
    ("dates.toml", include_str!("cases/dates.toml")),
    ("dates_news.toml", include_str!("cases/dates_news.toml")),
    ("dates_tales.toml", include_str!("cases/dates_tales.toml")),
];

#[test]
fn the_tables_hold() {
    let mut faults = Vec::new();
    for (name, text) in TABLES {
        let table: Table = toml::from_str(text).unwrap();
        for case in table.case {
            let domain = case.domain.as_deref().unwrap_or("auto").parse().unwrap();
            let pipeline =
                Pipeline::new(&Resources::embedded(), &TagOptions { domain, ..TagOptions::default() }).unwrap();
            let document = annotate(&pipeline, &case.text, case.dct.as_deref());
            let found: Vec<_> = document.layer(Layer::Date).iter().map(|mark| row(&document, mark)).collect();
            let missing = case.marks.iter().filter(|mark| !found.contains(mark));
            let extra = found.iter().filter(|mark| !case.marks.contains(mark));
            let lines = missing.map(|mark| ('-', mark)).chain(extra.map(|mark| ('+', mark)));
            let lines: Vec<String> = lines.map(|(sign, mark)| format!("  {sign} {mark:?}")).collect();
            if !lines.is_empty() {
                faults.push(format!("{name}: {}:\n{}", case.about, lines.join("\n")));
            } else if found != case.marks {
                faults.push(format!("{name}: {}: the order is {found:?}", case.about));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_order_of_ambiguous_dates_can_be_asked_for() {
    let check = |date_order, text: &str, expected: &str| {
        let options = TagOptions { date_order, ..TagOptions::default() };
        let document = annotate(&Pipeline::new(&Resources::embedded(), &options).unwrap(), text, None);
        assert_eq!(row(&document, &document.layer(Layer::Date)[0])[2], expected, "{text}");
    };
    check(DateOrder::Auto, "Signed on 3/4/2025.", "2025-03-04");
    check(DateOrder::DayFirst, "Signed on 3/4/2025.", "2025-04-03");
    check(DateOrder::MonthFirst, "Signed on 3/4/2025.", "2025-03-04");
    check(DateOrder::Auto, "Signed on 3/4/2025, paid on 22/4/2025.", "2025-04-03");
}

#[test]
fn ranges_are_tied_and_intervals_given() {
    let document = annotate(&PIPELINE, "He ruled from 2021 to 2023.", None);
    let timexes: Vec<_> = document
        .layer(Layer::Date)
        .iter()
        .filter_map(|mark| match mark.value.as_deref() {
            Some(Value::Timex(timex)) => Some(timex),
            _ => None,
        })
        .collect();
    assert_eq!(timexes[0].end_point.as_deref(), Some("2023"));
    assert_eq!(timexes[1].begin_point.as_deref(), Some("2021"));
    assert_eq!(timexes[0].interval, Some(("2021-01-01".to_owned(), "2021-12-31".to_owned())));
}

#[test]
fn further_keys_are_filled() {
    let check = |text: &str, at: usize, key: &str, expected: &str| {
        let document = annotate(&PIPELINE, text, Some("1998-03-04"));
        let Some(Value::Timex(timex)) = document.layer(Layer::Date)[at].value.as_deref() else {
            panic!("{text}: no value")
        };
        let interval = timex.interval.as_ref().map(|(first, last)| format!("{first} {last}"));
        let found = match key {
            "quant" => &timex.quant,
            "freq" => &timex.freq,
            "low" => &timex.low,
            "high" => &timex.high,
            "begin_point" => &timex.begin_point,
            "end_point" => &timex.end_point,
            _ => &interval,
        };
        assert_eq!(found.as_deref(), Some(expected), "{key} of {text}");
    };
    check("It meets twice a week.", 0, "freq", "2X");
    check("It meets four times a year.", 0, "freq", "4X");
    check("He swims three days a week.", 0, "freq", "3D");
    check("It meets every Monday.", 0, "quant", "EVERY");
    check("It meets each July.", 0, "quant", "EACH");
    check("She dreams on most nights.", 0, "quant", "MOST");
    check("It takes two to three years.", 0, "low", "P2Y");
    check("It takes two to three years.", 0, "high", "P3Y");
    check("Profit fell in the six months ended Sept. 30.", 0, "end_point", "1997-09-30");
    check("It opens from 9 to 5 p.m. today.", 0, "end_point", "1998-03-04T17:00");
    check("It opens from 9 to 5 p.m. today.", 1, "begin_point", "1998-03-04T09:00");
    check("It grew in fiscal 1997.", 0, "interval", "1997-01-01 1997-12-31");
    check("It fell in the summer of 1997.", 0, "interval", "1997-06-01 1997-08-31");
    check("It fell in the 1980s.", 0, "interval", "1980-01-01 1989-12-31");
    check("It fell in 44 BC.", 0, "interval", "-000043-01-01 -000043-12-31");
    check("It fell in the first half of 1997.", 0, "interval", "1997-01-01 1997-06-30");
    check("He left last week.", 0, "interval", "1998-02-23 1998-03-01");
}

#[test]
fn impossible_days_get_no_value() {
    for text in ["On 31 February 2024 it fell.", "On 2024-02-30 it fell.", "On 29 February 2023 it fell."] {
        let document = annotate(&PIPELINE, text, Some("2024-05-15"));
        let values: Vec<_> = document.layer(Layer::Date).iter().map(|mark| row(&document, mark)).collect();
        assert_eq!(values[0][2], "-", "{text}");
    }
    for text in ["In month 13 of 2024-13-05.", "In the year 0 it fell.", "In the year 99999 it fell."] {
        let document = annotate(&PIPELINE, text, Some("2024-05-15"));
        let marks: Vec<_> = document.layer(Layer::Date).iter().map(|mark| row(&document, mark)).collect();
        assert!(marks.iter().all(|mark| mark[2] == "-" || mark[2] == "2024"), "{text}: {marks:?}");
    }
}

#[test]
fn explain_names_rule_expression_anchor_and_value() {
    let meta = Meta { dct: Some("2024-05-15".parse().unwrap()), ..Meta::default() };
    let article = Article::new(meta, "He left two days ago.".to_owned()).unwrap();
    let text = PIPELINE.segmenter().segment(&article);
    let tagger = PIPELINE.taggers().iter().find(|tagger| tagger.layer() == Layer::Date).unwrap();
    let mut candidates = Vec::new();
    tagger.tag(&text, &mut candidates);
    let lines = tagger.explain(&text, &candidates[0]).join("\n");
    for part in ["rule: <span> ago", "2 day before", "dct 2024-05-15", "value: DATE 2024-05-13"] {
        assert!(lines.contains(part), "{part:?} is missing in\n{lines}");
    }
}

/// Words from which sentences full of dates, half-dates and nonsense are made.
const WORDS: [&str; 48] = [
    "on",
    "the",
    "5",
    "31",
    "0",
    "99999",
    "2024",
    "1,984",
    "'82",
    "1990s",
    "March",
    "may",
    "Feb.",
    "Tuesday",
    "last",
    "next",
    "two",
    "years",
    "ago",
    "later",
    "before",
    "of",
    "-",
    "–",
    "/",
    ":",
    ",",
    ".",
    "10:30",
    "2024-02-31",
    "13/13/2013",
    "p.m.",
    "BC",
    "century",
    "quarter",
    "half",
    "a",
    "every",
    "night",
    "Easter",
    "end",
    "early",
    "mid",
    "now",
    "to",
    "from",
    "🙂",
    "’s",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic_and_marks_keep_token_edges(
        words in prop::collection::vec((prop::sample::select(WORDS.to_vec()), any::<bool>()), 0..40),
        noise in "\\PC{0,12}",
        dated in any::<bool>(),
    ) {
        let mut text = noise;
        for (word, blank) in words {
            text.push_str(word);
            if blank {
                text.push(' ');
            }
        }
        let dct = dated.then_some("2024-02-29");
        let meta = Meta { dct: dct.map(|day| day.parse().unwrap()), ..Meta::default() };
        let article = Article::new(meta, text).unwrap();
        let segmented = PIPELINE.segmenter().segment(&article);
        let mut candidates = Vec::new();
        for tagger in PIPELINE.taggers().iter().filter(|tagger| tagger.layer() == Layer::Date) {
            tagger.tag(&segmented, &mut candidates);
        }
        for candidate in candidates {
            let span = candidate.annotation.span;
            prop_assert!(segmented.tokens().iter().any(|token| token.span.start() == span.start()));
            prop_assert!(segmented.tokens().iter().any(|token| token.span.end() == span.end()));
        }
    }
}

#[test]
fn a_rule_laid_over_needs_no_compiler_and_a_broken_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules/dates");
    std::fs::create_dir_all(&rules).unwrap();
    let rule = "[[rule]]\nname = \"the ides\"\npattern = [\"the ides of <monthname|weakmonth:month> <yyyy:year>\"]\n\
                value = \"date(year=$year, month=$month, day=15)\"\ngives = \"day\"\n";
    std::fs::write(rules.join("9-own.toml"), rule).unwrap();
    let resources = Resources::with_overlay(folder.path()).unwrap();
    let pipeline = Pipeline::new(&resources, &TagOptions::default()).unwrap();
    let document = annotate(&pipeline, "He fell on the ides of March 2044.", None);
    assert_eq!(row(&document, &document.layer(Layer::Date)[0])[..3], ["the ides of March 2044", "DATE", "2044-03-15"]);
    std::fs::write(rules.join("9-own.toml"), rule.replace("day=15", "dya=15")).unwrap();
    let fault = Pipeline::new(&resources, &TagOptions::default()).err().unwrap().to_string();
    assert!(fault.contains("9-own.toml") && fault.contains("the ides") && fault.contains("dya"), "{fault}");
}
