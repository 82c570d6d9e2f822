//! Tokens per second of a transformer checkpoint on all cores, in eight bits and in 32:
//! `cargo bench --features neural --bench neural`, or `-- --max-time 5` for a short look (seconds a line).
//! `GLOSS_CHECKPOINT=DIR` names another folder than `models/transformer`.
#![allow(missing_docs, clippy::expect_used)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use gloss::document::{Article, Meta, Segmented};
use gloss::neural::{Bits, Checkpoint};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// The checkpoint as it is shipped, in eight bits, or what `GLOSS_CHECKPOINT` names.
fn folder() -> PathBuf {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/models/transformer");
    std::env::var_os("GLOSS_CHECKPOINT").map_or_else(|| own.into(), PathBuf::from)
}

/// The same with its weights in 32 bits.
static FLOATS: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let floats = tempfile::tempdir().expect("a temporary folder");
    gloss::neural::quantise(&folder(), &[], floats.path(), Bits::ThirtyTwo).expect("a checkpoint in 32 bits");
    floats
});

/// Windows, network and decoding of every article, as many articles at once as there are cores.
fn mentions(bencher: Bencher<'_, '_>, folder: &Path) {
    let checkpoint = Checkpoint::open(folder, &Resources::embedded()).expect("a checkpoint");
    let tokens: usize = SEGMENTED.iter().map(|text| text.tokens().len()).sum();
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    bencher.counter(ItemsCount::new(tokens)).bench(|| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| {
                    while let Some(text) = SEGMENTED.get(next.fetch_add(1, Ordering::Relaxed)) {
                        black_box(checkpoint.mentions(text).expect("mentions"));
                    }
                });
            }
        });
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn bits_08(bencher: Bencher<'_, '_>) {
    mentions(bencher, &folder());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn bits_32(bencher: Bencher<'_, '_>) {
    mentions(bencher, FLOATS.path());
}

fn main() {
    divan::main();
}
