//! Tokens per second of a transformer checkpoint on all cores: `cargo bench --features neural --bench neural`.
//! `GLOSS_CHECKPOINT=DIR` names another folder than `models/transformer`.
#![allow(missing_docs, clippy::expect_used)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use gloss::document::{Article, Meta, Segmented};
use gloss::neural::Checkpoint;
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use std::path::PathBuf;
use std::sync::LazyLock;

static SEGMENTER: LazyLock<Segmenter> =
    LazyLock::new(|| Segmenter::new(&Resources::embedded()).expect("sound resources"));

/// The plain-text articles of `corpus/dev`.
static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/dev");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("corpus/dev").flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    paths.sort();
    let texts = paths.iter().map(|path| std::fs::read_to_string(path).expect("an article"));
    texts.filter_map(|text| Article::new(Meta::default(), text)).collect()
});

static SEGMENTED: LazyLock<Vec<Segmented<'static>>> =
    LazyLock::new(|| ARTICLES.iter().map(|article| SEGMENTER.segment(article)).collect());

fn folder() -> PathBuf {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/models/transformer");
    std::env::var_os("GLOSS_CHECKPOINT").map_or_else(|| own.into(), PathBuf::from)
}

/// Windows, network and decoding of every article, one after the other.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn mentions(bencher: Bencher<'_, '_>) {
    let checkpoint = Checkpoint::open(&folder(), &Resources::embedded()).expect("a checkpoint");
    let tokens: usize = SEGMENTED.iter().map(|text| text.tokens().len()).sum();
    bencher.counter(ItemsCount::new(tokens)).bench(|| {
        for text in &*SEGMENTED {
            black_box(checkpoint.mentions(text).expect("mentions"));
        }
    });
}

fn main() {
    divan::main();
}
