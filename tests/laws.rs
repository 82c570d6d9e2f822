//! Laws of reading and writing that hold for any text, and for input that means harm.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use gloss::batch::{Annotator, Kind, Reading, Task, Texts};
use gloss::calendar::Timex;
use gloss::document::{
    Amount, Annotation, Article, Attributes, Bound, Document, Figure, Layer, Meta, Name, Source, Value, invariants,
};
use gloss::format::json::{ReadOptions, WriteOptions, read_document, write_document};
use gloss::format::records::Record;
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use gloss::text::{OffsetUnit, Span};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static PIPELINE: LazyLock<Pipeline> =
    LazyLock::new(|| Pipeline::new(&Resources::embedded(), &TagOptions::default()).unwrap());

const UNITS: [OffsetUnit; 3] = [OffsetUnit::Codepoint, OffsetUnit::Byte, OffsetUnit::Utf16];

fn written(document: &Document, options: WriteOptions) -> String {
    let mut out = Vec::new();
    write_document(document, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text() -> impl Strategy<Value = String> {
    "(\\PC|[a-zA-Z0-9 .,’\"$%-]{1,30}|\r\n|\n\n|\t|\u{0}|🙂|👩‍🔬|e\u{301}|\u{feff}|שלום|中文|\\\\){0,40}"
}

/// A document with marks at any places of its text.
fn document() -> impl Strategy<Value = Document> {
    let mark = (any::<(u16, u16)>(), 0usize..7, 0usize..6, prop::option::of(0u8..=100));
    (text(), prop::collection::vec(mark, 0..20), prop::option::of("[A-Z]{1,5}")).prop_map(|(text, marks, label)| {
        let borders: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let meta = Meta {
            id: "a/b".to_owned(),
            title: Some("\"T\"\n".to_owned()),
            dct: Some(jiff::civil::date(2024, 5, 14)),
            ..Meta::default()
        };
        let mut document = Document::new(Article::new(meta, text).unwrap());
        let mut layers: [Vec<Annotation>; 7] = Default::default();
        for (index, ((a, b), layer, kind, score)) in marks.into_iter().enumerate() {
            let place = |n: u16| borders[n as usize % borders.len()];
            let span = Span::at(place(a).min(place(b)), place(a).max(place(b)));
            let layer = Layer::ALL[layer];
            let mut mark = Annotation::new(layer, span, Name::Fixed(if layer == Layer::Date { "DATE" } else { "X" }));
            mark.id = Some(format!("m{index}").into());
            mark.score = score.map(|score| f32::from(score) / 128.0);
            mark.source = (kind % 2 == 0).then(|| Source::with("tagger", "rule/1"));
            mark.value = value(layer, kind, span).map(Box::new);
            layers[layer.index()].push(mark);
        }
        for (layer, marks) in Layer::ALL.into_iter().zip(layers) {
            document.set_layer(layer, marks);
        }
        document.labels = label.map(|label| vec![Name::from(label)]);
        document
    })
}

fn value(layer: Layer, kind: usize, span: Span) -> Option<Value> {
    let number = |text: &str| text.parse().unwrap();
    match (layer, kind) {
        (_, 0) => None,
        (Layer::Date, 1) => {
            let days = Some(("2024-01-01".to_owned(), "2024-12-31".to_owned()));
            Some(Value::Timex(Timex { value: Some("2024".to_owned()), interval: days, ..Timex::default() }))
        }
        (Layer::Date, _) => Some(Value::Timex(Timex { modifier: Some("APPROX".to_owned()), ..Timex::default() })),
        (Layer::Figure, _) => {
            let amount = match kind {
                1 => Amount::Exact(number("123456789012345678901234567890.5")),
                2 => Amount::Fraction(1, 3),
                3 => Amount::Range(Some(number("-2")), None),
                4 => Amount::Ratio(vec![number("3"), number("1")]),
                _ => Amount::Unknown,
            };
            let bound = Bound::ALL[kind % Bound::ALL.len()];
            let unit = Some(Name::Fixed("EUR"));
            Some(Value::Figure(Figure {
                amount,
                bound,
                unit,
                extent: Some(span),
                vague: kind == 3,
                ..Figure::default()
            }))
        }
        _ => Some(Value::Foreign("any \u{1} thing".to_owned())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_reads_back_the_same(document in document()) {
        for unit in UNITS {
            for pretty in [false, true] {
                let json = written(&document, WriteOptions { unit, pretty, text: true });
                prop_assert_eq!(pretty, json.contains('\n'));
                let again = read_document(&json, "test", &ReadOptions::default()).unwrap();
                prop_assert_eq!(&again, &document, "{}", json);
            }
            let bare = written(&document, WriteOptions { unit, pretty: false, text: false });
            let text = document.text().to_owned();
            let text_of = |_: &str, _: &Attributes| Ok(text.clone());
            let with_source = bare.replacen('{', "{\"source\":\"a.txt\",", 1);
            let mut again =
                read_document(&with_source, "test", &ReadOptions { text_of: &text_of, ..ReadOptions::default() }).unwrap();
            again.article.meta.source = None;
            prop_assert_eq!(&again, &document, "{}", bare);
        }
    }

    #[test]
    fn offsets_in_every_unit_select_the_same_words(document in document()) {
        let read = |unit| -> serde_json::Value {
            serde_json::from_str(&written(&document, WriteOptions { unit, pretty: false, text: true })).unwrap()
        };
        let text = document.text();
        let characters: Vec<char> = text.chars().collect();
        let utf16: Vec<u16> = text.encode_utf16().collect();
        for unit in UNITS {
            for mark in read(unit)["annotations"].as_array().unwrap() {
                let at = |key: &str| usize::try_from(mark[key].as_u64().unwrap()).unwrap();
                let range = at("start")..at("end");
                let words = match unit {
                    OffsetUnit::Codepoint => characters[range].iter().collect(),
                    OffsetUnit::Byte => text[range].to_owned(),
                    OffsetUnit::Utf16 => String::from_utf16(&utf16[range]).unwrap(),
                };
                prop_assert_eq!(mark["text"].as_str().unwrap(), words);
            }
        }
    }

    #[test]
    fn any_text_is_marked_by_the_laws(text in text()) {
        let document = PIPELINE.annotate(Article::new(Meta::default(), text).unwrap(), &Layer::ALL);
        prop_assert_eq!(invariants::check(&document), vec![]);
    }

    #[test]
    fn any_bytes_are_an_article_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0usize..3) {
        let _ = annotate(bytes, [Kind::Plain, Kind::Html, Kind::Json][kind]);
    }

    #[test]
    fn any_markup_is_an_article_or_an_error(page in "(<(/?)(p|div|h1|li|table|tr|td|b|script|title|blockquote)>|[a-z ]{0,20}|<!--|-->|&[a-z]{2};){0,40}") {
        if let Err(error) = annotate(page.into_bytes(), Kind::Html) {
            prop_assert!(!error.contains("gloss failed"), "{}", error);
        }
    }
}

fn annotate(bytes: Vec<u8>, kind: Kind) -> Result<Vec<u8>, String> {
    let reading = Reading::default();
    let annotator = Annotator {
        pipeline: &PIPELINE,
        reading: &reading,
        dct: None,
        layers: &Layer::ALL,
        write: WriteOptions::default(),
        texts: Texts::default(),
    };
    let record = Record { line: Some(1), bytes };
    let task = Task {
        place: "a:1".to_owned(),
        file: "a".to_owned(),
        id: "a".to_owned(),
        output: "a".to_owned(),
        kind,
        record,
    };
    annotator.annotate(task).map_err(|failure| failure.message)
}

/// The shortest of three runs.
fn time(input: &str, kind: Kind) -> Duration {
    let run = || {
        let start = Instant::now();
        assert!(annotate(input.as_bytes().to_vec(), kind).is_ok());
        start.elapsed()
    };
    run().min(run()).min(run())
}

/// Four times the input may take four times as long, and as much again for a busy machine; time with
/// the square of the input would be sixteen times.
fn check_linear(what: &str, kind: Kind, input: impl Fn(usize) -> String) {
    let mut size = 1;
    // Inputs that take too short a time to measure are made longer.
    let small = loop {
        let small = time(&input(size), kind);
        if small > Duration::from_millis(20) || size > 1 << 20 {
            break small;
        }
        size *= 2;
    };
    let large = time(&input(4 * size), kind);
    assert!(large < small * 10, "{what}: {small:?} for {size}, {large:?} for four times as much");
}

#[test]
fn time_grows_with_the_input_and_not_with_its_square() {
    check_linear("one long line", Kind::Plain, |n| "Anna paid $3m on 5 May, he said. ".repeat(n));
    check_linear("one word", Kind::Plain, |n| "a".repeat(40 * n));
    check_linear("short lines", Kind::Plain, |n| "a\n".repeat(20 * n));
    check_linear("blank lines", Kind::Plain, |n| "\n".repeat(60 * n));
    check_linear("zeros", Kind::Plain, |n| "\0".repeat(40 * n));
    check_linear("quotes", Kind::Plain, |n| "“".repeat(20 * n));
    check_linear("stops", Kind::Plain, |n| ". ".repeat(20 * n));
    check_linear("digits", Kind::Plain, |n| "1,".repeat(20 * n));
    check_linear("emoji", Kind::Plain, |n| "👩‍🔬".repeat(5 * n));
    check_linear("capitals", Kind::Plain, |n| "Anna ".repeat(10 * n));
    check_linear("months", Kind::Plain, |n| "May ".repeat(10 * n));
    check_linear("weekdays", Kind::Plain, |n| "Monday ".repeat(10 * n));
    check_linear("years with hyphens", Kind::Plain, |n| "1999-".repeat(10 * n));
    check_linear("ones", Kind::Plain, |n| "1 ".repeat(20 * n));
    check_linear("numbers in words", Kind::Plain, |n| "twenty ".repeat(10 * n));
}

#[test]
fn ten_megabytes_on_a_line_and_a_million_lines_keep_the_laws() {
    let prose = "Anna paid $3m on 5 May, he said. ";
    for text in [prose.repeat(10_000_000 / prose.len() + 1), "\0".repeat(10_000_000), "a\n".repeat(1_000_000)] {
        let length = text.len();
        let article = Article::new(Meta::default(), text).unwrap();
        let document = PIPELINE.annotate(article, &Layer::ALL);
        assert_eq!(invariants::check(&document), [], "{length} bytes");
        assert!(!document.layer(Layer::Token).is_empty());
    }
}
