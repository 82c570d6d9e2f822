//! Segmentation: case tables, laws, and floors on the treebanks.
#![allow(missing_docs, clippy::expect_used)]

use gloss::document::{Article, Meta};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static SEGMENTER: LazyLock<Segmenter> =
    LazyLock::new(|| Segmenter::new(&Resources::embedded()).expect("sound resources"));

#[derive(Deserialize)]
struct Table<C> {
    case: Vec<C>,
}

#[derive(Deserialize)]
struct TokenCase {
    name: String,
    text: String,
    tokens: String,
    #[serde(default)]
    kinds: BTreeMap<String, String>,
}

fn article(text: &str) -> Article {
    Article::new(Meta::default(), text.to_owned()).expect("a short text")
}

#[test]
fn tokens_are_as_the_table_says() {
    let table: Table<TokenCase> = toml::from_str(include_str!("cases/tokens.toml")).expect("sound TOML");
    for case in table.case {
        let article = article(&case.text);
        let segmented = SEGMENTER.segment(&article);
        let words: Vec<&str> = segmented.tokens().iter().map(|token| token.span.of(&case.text)).collect();
        assert_eq!(words.join(" "), case.tokens, "{}", case.name);
        for (word, kind) in &case.kinds {
            let token = segmented.tokens().iter().find(|token| token.span.of(&case.text) == word);
            assert_eq!(token.map(|token| token.kind.name()), Some(kind.as_str()), "{}: {word}", case.name);
        }
    }
}
