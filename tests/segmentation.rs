//! Segmentation: case tables, laws, and floors on the treebanks.
#![allow(missing_docs, clippy::expect_used)]

#[path = "support/segmentation.rs"]
#[allow(dead_code)]
mod support;

use gloss::document::{Article, Meta, Name};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use gloss::text::Span;
use proptest::prelude::*;
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
        let cuts = SEGMENTER.segment(&article);
        let words: Vec<&str> = cuts.tokens().iter().map(|token| token.span.of(&case.text)).collect();
        assert_eq!(words.join(" "), case.tokens, "{}", case.name);
        for (word, kind) in &case.kinds {
            let token = cuts.tokens().iter().find(|token| token.span.of(&case.text) == word);
            assert_eq!(token.map(|token| token.kind.name()), Some(kind.as_str()), "{}: {word}", case.name);
        }
    }
}

#[derive(Deserialize)]
struct SentenceCase {
    name: String,
    text: String,
    sentences: Vec<String>,
}

#[test]
fn sentences_are_as_the_table_says() {
    let table: Table<SentenceCase> = toml::from_str(include_str!("cases/sentences.toml")).expect("sound TOML");
    for case in table.case {
        let article = article(&case.text);
        let cuts = SEGMENTER.segment(&article);
        let found: Vec<&str> = cuts.sentences().iter().map(|sentence| sentence.span.of(&case.text)).collect();
        assert_eq!(found, case.sentences, "{}", case.name);
    }
}

#[derive(Deserialize)]
struct Groups<C> {
    group: Vec<Group<C>>,
}

/// Short cases that try one thing.
#[derive(Deserialize)]
struct Group<C> {
    name: String,
    cases: Vec<C>,
}

/// All cases are run before the test fails, so that one run shows all that is wrong.
fn report(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn sentences_end_where_the_short_cases_say() {
    let table: Groups<String> = toml::from_str(include_str!("cases/sentence_borders.toml")).expect("sound TOML");
    let mut wrong = Vec::new();
    for (group, case) in table.group.iter().flat_map(|group| group.cases.iter().map(|case| (&group.name, case))) {
        let article = article(&case.replace(" ¦ ", " "));
        let cuts = SEGMENTER.segment(&article);
        let found: Vec<&str> = cuts.sentences().iter().map(|sentence| sentence.span.of(article.text())).collect();
        if found.join(" ¦ ") != *case {
            wrong.push(format!("{group}: {}\n  for {case}", found.join(" ¦ ")));
        }
    }
    report(&wrong);
}

#[test]
fn tokens_end_where_the_short_cases_say() {
    let table: Groups<(String, String)> = toml::from_str(include_str!("cases/token_borders.toml")).expect("sound TOML");
    let mut wrong = Vec::new();
    for (group, (text, tokens)) in table.group.iter().flat_map(|group| group.cases.iter().map(|c| (&group.name, c))) {
        let article = article(text);
        let cuts = SEGMENTER.segment(&article);
        let found: Vec<&str> = cuts.tokens().iter().map(|token| token.span.of(text)).collect();
        if found.join(" ") != *tokens {
            wrong.push(format!("{group}: {}\n  for {tokens}", found.join(" ")));
        }
    }
    report(&wrong);
}

#[derive(Deserialize)]
struct ZoneCase {
    name: String,
    lines: Vec<(String, String)>,
}

#[test]
fn zones_are_as_the_table_says() {
    let table: Table<ZoneCase> = toml::from_str(include_str!("cases/zones.toml")).expect("sound TOML");
    for case in table.case {
        let lines: Vec<&str> = case.lines.iter().map(|(_, line)| line.as_str()).collect();
        let article = article(&lines.join("\n"));
        let cuts = SEGMENTER.segment(&article);
        let found: Vec<(String, String)> = cuts
            .paragraphs()
            .iter()
            .map(|p| (cuts.zones()[p.zone as usize].kind.name().to_owned(), p.span.of(article.text()).to_owned()))
            .collect();
        assert_eq!(found, case.lines, "{}", case.name);
    }
}

#[test]
fn markup_overrides_the_guess() {
    let mut article =
        article("Ferry loses power\nA ferry lost power on Monday night, the coast guard said on Tuesday.\nIt is safe.");
    let start = article.text().find("It is").expect("the line") as u32;
    article.hints.push((Span::new(start, start + 11), Name::Fixed("caption")));
    article.hints.push((Span::new(0, 17), Name::Fixed("subheading")));
    let cuts = SEGMENTER.segment(&article);
    let kinds: Vec<&str> = cuts.zones().iter().map(|zone| zone.kind.name()).collect();
    assert_eq!(kinds, ["subheading", "body", "caption"]);
}

/// Pieces that meet every branch of the cutters, glued in any order.
fn hard_text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        "\\PC{0,12}",
        "[a-zA-Z0-9 .,!?'’\"“”()\\[\\]@#$%&*_/:;<>|+=~`^-]{0,20}",
        prop::sample::select(vec![
            "\n",
            "\r\n",
            "\u{2028}",
            "\0",
            "\u{feff}",
            "e\u{301}",
            "👨‍👩‍👧",
            "🇦🇿",
            "1️⃣",
            "…",
            "’s",
            "n't",
            "Mr. ",
            "U.S.",
            ". . .",
            "http://a.b/(c)",
            "a@b.co",
            "a-b-",
            "1,000",
            "10:30",
            "2024-05-15",
            "½",
            "\u{ad}",
            "\u{200d}",
            "(a) ",
            "1. ",
            "2. ",
            "• ",
            "[1]",
            "By Ana Ode\n",
            "LIMA, 12 May (AP) — ",
            "Related:\n",
            "Figure 1.5 A",
            "Yahoo! ",
            "gonna ",
            "US$",
            "AT&T",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn segmentation_tiles(text in hard_text()) {
        let article = article(&text);
        let cuts = SEGMENTER.segment(&article);
        prop_assert_eq!(cuts.check_tiling(), Ok(()));
        for span in cuts.sentences().iter().map(|s| s.span).chain(cuts.paragraphs().iter().map(|p| p.span)) {
            let words = span.get(&text).expect("at borders of characters");
            prop_assert_eq!(words.trim(), words, "no blank at either end");
        }
        for zones in cuts.zones().windows(2) {
            prop_assert_ne!(zones[0].kind, zones[1].kind, "neighbours of one kind are one zone");
        }
    }
}

/// Texts that a quadratic step would not survive; each is grown fourfold, and time must not grow
/// much more than that.
#[test]
fn time_is_linear_in_hard_texts() {
    let hard = [
        "a",
        " ",
        "\n",
        "ab\n",
        "\0",
        ".",
        ". ",
        "a.",
        "a-",
        "a'",
        "1,",
        "(",
        "e\u{301}",
        "🙂",
        "“a.” ",
        "1. a ",
        "A. B ",
        "a:\n",
        "Two:\nb;\n",
        "1\n",
        "AB\nOf an old cat\n",
        "- A\n",
        "“A?” B C D E said ",
        "A 1-1 B\n",
        "U.S. A",
    ];
    for unit in hard {
        let seconds = |bytes: usize| {
            let article = article(&unit.repeat(bytes / unit.len()));
            (0..3)
                .map(|_| {
                    let start = std::time::Instant::now();
                    let cuts = SEGMENTER.segment(&article);
                    assert!(cuts.tokens().len() <= article.text().len());
                    start.elapsed().as_secs_f64()
                })
                .fold(f64::INFINITY, f64::min)
        };
        let (small, large) = (seconds(50_000), seconds(400_000));
        assert!(large < 40.0 * small + 0.05, "{unit:?}: 8 times the text took {:.0} times as long", large / small);
    }
}

#[test]
fn floors_on_treebanks_rules_and_zones_hold() {
    if support::data().is_none() {
        println!("skipped: ../shared is absent");
        return;
    }
    let at_least = |what: &str, found: f64, floor: f64| assert!(found >= floor, "{what}: {found:.2} is under {floor}");
    let (sentences, words) = support::total(&support::treebank(&SEGMENTER, "gum_dev.jsonl"), |_| true);
    at_least("GUM dev sentences", sentences.f1(), 96.1);
    at_least("GUM dev words", words.f1(), 99.9);
    let (sentences, words) = support::total(&support::treebank(&SEGMENTER, "ewt_dev.jsonl"), |_| true);
    at_least("EWT dev sentences", sentences.f1(), 87.0);
    at_least("EWT dev words", words.f1(), 98.7);
    let lines = support::nonbody_lines(&SEGMENTER, "zones_aeb_leak_dev.jsonl");
    at_least("non-body lines, precision", lines.precision(), 81.0);
    at_least("non-body lines, F1", lines.f1(), 79.0);
    let (sentences, _) = support::total(&support::treebank(&SEGMENTER, "../ner/gmb-train.jsonl"), |_| true);
    at_least("news in gmb-train, sentences", sentences.f1(), 99.0);
}

#[test]
fn floors_on_zones_of_own_articles_hold() {
    for (label, lines) in support::own_zones(&SEGMENTER) {
        assert!(lines.recall() >= 95.0 && lines.precision() >= 95.0, "{label}: {lines:?}");
    }
}

#[derive(Deserialize)]
struct Exceptions {
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    id: String,
    reason: String,
}

#[test]
fn golden_rules_hold_but_for_the_exceptions_listed() {
    if support::data().is_none() {
        println!("skipped: ../shared is absent");
        return;
    }
    let listed: Exceptions = toml::from_str(include_str!("cases/golden_rule_exceptions.toml")).expect("sound TOML");
    let broken: Vec<String> =
        support::golden_rules(&SEGMENTER).into_iter().filter(|rule| !rule.holds()).map(|rule| rule.id).collect();
    let expected: Vec<&str> = listed.exception.iter().map(|exception| exception.id.as_str()).collect();
    assert_eq!(broken, expected, "each golden rule that does not hold is listed with its reason, and no other");
    assert!(listed.exception.iter().all(|exception| !exception.reason.is_empty()));
}
