//! MB/s and tokens/s of each stage on the project's own articles, beside `wc -w` and the words of
//! `unicode-segmentation` on the same text: `cargo bench --bench stages`.
#![allow(missing_docs, clippy::expect_used)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use gloss::document::{Article, Layer, Meta, Segmented};
use gloss::format::json::{WriteOptions, document_json};
use gloss::linear::{FeatureSet, Model, Predictor};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use unicode_segmentation::UnicodeSegmentation;

/// Bytes of text that each round goes through.
const BYTES: usize = 4_000_000;

static PIPELINE: LazyLock<Pipeline> =
    LazyLock::new(|| Pipeline::new(&Resources::embedded(), &TagOptions::default()).expect("sound resources"));

/// The plain-text articles of `corpus/dev`, again and again until they make [`BYTES`].
static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/dev");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("corpus/dev").flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    paths.sort();
    let texts: Vec<String> = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let mut articles = Vec::new();
    let mut bytes = 0;
    for text in texts.iter().cycle().take_while(|_| !texts.is_empty()) {
        if bytes >= BYTES {
            break;
        }
        bytes += text.len();
        articles.extend(Article::new(Meta::default(), text.clone()));
    }
    articles
});

static SEGMENTED: LazyLock<Vec<Segmented<'static>>> =
    LazyLock::new(|| ARTICLES.iter().map(|article| PIPELINE.segmenter().segment(article)).collect());

fn bytes() -> BytesCount {
    BytesCount::new(ARTICLES.iter().map(|article| article.text().len()).sum::<usize>())
}

/// Tokens of all articles.
fn tokens() -> ItemsCount {
    ItemsCount::new(SEGMENTED.iter().map(|text| text.tokens().len()).sum::<usize>())
}

/// Zones, paragraphs, sentences and tokens.
#[divan::bench]
fn segment(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).counter(tokens()).bench(|| {
        ARTICLES.iter().map(|article| black_box(PIPELINE.segmenter().segment(article)).tokens().len()).sum::<usize>()
    });
}

/// Each tagger by itself, on text already segmented.
#[divan::bench(args = [Layer::Date, Layer::Figure, Layer::Entity])]
fn tag(bencher: Bencher<'_, '_>, layer: Layer) {
    let segmented = &*SEGMENTED;
    bencher.counter(bytes()).counter(tokens()).bench(|| {
        let mut candidates = Vec::new();
        for text in segmented {
            candidates.clear();
            for tagger in PIPELINE.taggers().iter().filter(|tagger| tagger.layer() == layer) {
                tagger.tag(text, &mut candidates);
            }
            black_box(&candidates);
        }
    });
}

/// The entity model alone: features, scores and the best path.
#[divan::bench]
fn entity_model(bencher: Bencher<'_, '_>) {
    let resources = Resources::embedded();
    let features = FeatureSet::new(&resources).expect("sound lists");
    let bytes_of_model = resources.bytes("models/entities.model").expect("a model");
    let model = Model::open(bytes_of_model, "the model", features.fingerprint()).expect("a sound model");
    let predictor = Predictor::<()>::new(features, model);
    let segmented = &*SEGMENTED;
    bencher.counter(bytes()).counter(tokens()).bench(|| {
        segmented.iter().map(|text| predictor.read(text, |_, mentions, ()| black_box(mentions).len())).sum::<usize>()
    });
}

/// All stages, and the documents written as JSON Lines.
#[divan::bench]
fn to_json(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).counter(tokens()).with_inputs(|| ARTICLES.clone()).bench_values(|articles| {
        articles
            .into_iter()
            .map(|article| {
                let document = PIPELINE.annotate(article, &Layer::ALL);
                black_box(document_json(&document, &WriteOptions::default())).len()
            })
            .sum::<usize>()
    });
}

/// Segmentation, all taggers and the arbiter.
#[divan::bench]
fn pipeline(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).counter(tokens()).with_inputs(|| ARTICLES.clone()).bench_values(|articles| {
        articles
            .into_iter()
            .map(|article| black_box(PIPELINE.annotate(article, &Layer::ALL)).annotations().count())
            .sum::<usize>()
    });
}

/// From the start of the program to the end of its output, for the first article alone.
#[divan::bench]
fn start(bencher: Bencher<'_, '_>) {
    let file = tempfile::Builder::new().suffix(".txt").tempfile().expect("a temporary file");
    std::fs::write(file.path(), ARTICLES[0].text()).expect("a temporary file");
    bencher.bench(|| {
        let gloss = env!("CARGO_BIN_EXE_gloss");
        let output = Command::new(gloss).arg("annotate").arg(file.path()).output().expect("gloss runs");
        assert!(output.status.success() && !output.stdout.is_empty(), "gloss annotates one article");
    });
}

/// The words of `unicode-segmentation`.
#[divan::bench]
fn unicode_words(bencher: Bencher<'_, '_>) {
    bencher
        .counter(bytes())
        .bench(|| ARTICLES.iter().map(|article| black_box(article.text()).unicode_words().count()).sum::<usize>());
}

/// `wc -w` on the same text in a file, process and all.
#[divan::bench]
fn wc(bencher: Bencher<'_, '_>) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let text: String = ARTICLES.iter().map(Article::text).collect();
    std::fs::write(file.path(), text).expect("a temporary file");
    bencher.counter(bytes()).bench(|| {
        let status = Command::new("wc").arg("-w").arg(file.path()).stdout(Stdio::null()).status();
        black_box(status.is_ok())
    });
}

fn main() {
    divan::main();
}
