//! Speed of the figure layer on segmented text, beside one large regular expression over the same text:
//! `cargo bench --bench figures`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a bench may fail")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use gloss::document::{Article, Meta};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::figures::FigureTagger;
use gloss::tag::{TagOptions, Tagger};
use regex::Regex;

fn main() {
    divan::main();
}

/// About a megabyte: the sentences of the case table with plain prose between them, as dense as news.
fn text() -> String {
    let table: toml::Table = include_str!("../tests/cases/figures.toml").parse().unwrap();
    let prose = "The minister told reporters in the capital that talks with the neighbouring government had stalled, \
                 and that nobody in the delegation expected them to resume before the end of the rainy season. \
                 Residents of the old town, meanwhile, went on clearing the rubble from the market square. ";
    let cases = table["cases"].as_array().unwrap();
    let mut text = String::new();
    while text.len() < 1_000_000 {
        for case in cases {
            text.push_str(case["text"].as_str().unwrap());
            text.push(' ');
            text.push_str(prose);
            text.push('\n');
        }
    }
    text
}

#[divan::bench]
fn figures_on_segmented_text(bencher: Bencher<'_, '_>) {
    let pipeline = Pipeline::new(&Resources::embedded(), &TagOptions::default()).unwrap();
    let article = Article::new(Meta::default(), text()).unwrap();
    let segmented = pipeline.segmenter().segment(&article);
    let tagger = FigureTagger::new(&Resources::embedded()).unwrap();
    bencher.counter(BytesCount::of_str(article.text())).bench_local(|| {
        let mut found = Vec::new();
        tagger.tag(black_box(&segmented), &mut found);
        found
    });
}

/// Numbers with currencies, units and magnitudes, the way a single expression would find them.
#[divan::bench]
fn one_large_regex(bencher: Bencher<'_, '_>) {
    let ones = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|\
                seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";
    let pattern = format!(
        r"(?i)(?:(?:over|about|nearly|some|at least|more than|fewer than|up to|around)\s+)?(?:(?:[A-Z]{{1,3}})?[$€£¥₹]\s?)?(?:\d+(?:,\d{{3}})*(?:\.\d+)?|\b(?:{ones})(?:[- ](?:{ones}))?\b|\b(?:first|second|third|fourth|fifth|half|dozens|hundreds|several)\b)(?:\s?(?:thousand|million|billion|trillion|bn|m|k))?(?:\s?(?:%|percent|per cent|km|miles|kg|tonnes|metres|dollars|euros|pounds|years old|barrels))?"
    );
    let regex = Regex::new(&pattern).unwrap();
    let text = text();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| regex.find_iter(black_box(&text)).count());
}
