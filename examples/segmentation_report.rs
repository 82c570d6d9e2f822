//! Prints how well segmentation agrees with the treebanks, golden rules and zone files of
//! `../shared/data/seg`: `cargo run --release --example segmentation_report [-- errors]`.
#![allow(clippy::print_stdout, clippy::expect_used)]

#[path = "../tests/support/segmentation.rs"]
mod segmentation;

use gloss::resource::Resources;
use gloss::segment::Segmenter;
use segmentation as score;

fn main() {
    let segmenter = Segmenter::new(&Resources::embedded()).expect("sound resources");
    if score::data().is_none() {
        println!("skipped: ../shared is absent");
        return;
    }
    println!("{:<28}{:>10}{:>8}{:>8}{:>12}{:>8}{:>8}", "treebank", "sentence P", "R", "F1", "word P", "R", "F1");
    for file in ["gum_dev.jsonl", "ewt_dev.jsonl"] {
        let counts = score::treebank(&segmenter, file);
        for (genre, (s, w)) in &counts {
            row(&format!("  {genre}"), *s, *w);
        }
        let (s, w) = score::total(&counts, |_| true);
        row(file, s, w);
        let (s, w) = score::total(&counts, score::is_clean);
        if s.gold > 0 {
            row("  news interview bio voyage", s, w);
        }
    }
    let (classes, best) = score::clean_misses(&segmenter, "gum_dev.jsonl");
    println!("news interview bio voyage: where gum_dev.jsonl and gloss differ");
    for (class, count) in classes {
        println!("  {class}: {count}");
    }
    println!("  F1 if all else were right and no colon or semicolon ended a sentence: {best:.2}");
    for file in ["../ner/gmb-train.jsonl", "../ner/redocred-train.jsonl"] {
        // Sentences of unknown making, joined with blanks; no part of the model's training.
        let (s, _) = score::total(&score::treebank(&segmenter, file), |_| true);
        println!("{file}: sentence P {:.2} R {:.2} F1 {:.2}", s.precision(), s.recall(), s.f1());
    }
    for file in ["gum_train.jsonl", "gum_dev.jsonl", "ewt_train.jsonl", "ewt_dev.jsonl"] {
        let (cut, all) = score::cuts_in_quotations(file);
        println!("{file}: {cut} of {all} stops inside a quotation end a sentence");
    }
    let rules = score::golden_rules(&segmenter);
    for set in ["golden", "extra"] {
        let of_set: Vec<_> = rules.iter().filter(|rule| rule.set == set).collect();
        println!("golden rules, {set}: {} of {}", of_set.iter().filter(|r| r.holds()).count(), of_set.len());
        for rule in of_set.iter().filter(|rule| !rule.holds()) {
            println!("  {} {}: {:?} for {:?}", rule.id, rule.name, rule.found, rule.expected);
        }
    }
    for file in ["zones_aeb_leak_dev.jsonl", "zones_aeb_page_dev.jsonl"] {
        let counts = score::nonbody_lines(&segmenter, file);
        let (p, r, f) = (counts.precision(), counts.recall(), counts.f1());
        println!("{file}: non-body lines P {p:.1} R {r:.1} F1 {f:.1} ({counts:?})");
    }
    println!("own articles (annotations/gold/dev), lines by zone");
    for (label, counts) in score::own_zones(&segmenter) {
        let (p, r, f) = (counts.precision(), counts.recall(), counts.f1());
        println!("  {label:<14}{:>5} lines  P {p:.1} R {r:.1} F1 {f:.1}", counts.gold);
    }
    for (file, table) in [
        ("zone_snippets_trafilatura_en", score::snippets(&segmenter, "zone_snippets_trafilatura_en.jsonl")),
        ("gum_dev zones", score::gum_zones(&segmenter, "gum_dev.jsonl")),
    ] {
        println!("{file}");
        for (label, zones) in table {
            println!("  {label}: {zones:?}");
        }
    }
    if std::env::args().any(|argument| argument == "errors") {
        errors(&segmenter, std::env::args().nth(2).as_deref().unwrap_or("gum_dev.jsonl"));
    }
}

fn row(name: &str, s: score::Counts, w: score::Counts) {
    println!(
        "{name:<28}{:>10.2}{:>8.2}{:>8.2}{:>12.2}{:>8.2}{:>8.2}",
        s.precision(),
        s.recall(),
        s.f1(),
        w.precision(),
        w.recall(),
        w.f1()
    );
}

/// Lists sentence ends and tokens on which gold and gloss differ, with their surroundings.
fn errors(segmenter: &Segmenter, file: &str) {
    for gold in score::read(file) {
        let text = gold.article.text();
        let cuts = segmenter.segment(&gold.article);
        let ends = |layer: &'static str| -> std::collections::BTreeSet<u32> {
            gold.spans(|l, label| l == layer && label != "MWT").iter().map(|((_, end), _)| *end).collect()
        };
        let found: std::collections::BTreeSet<u32> = cuts.sentences().iter().map(|s| s.span.end()).collect();
        let expected = ends("sentence");
        for end in expected.symmetric_difference(&found) {
            let sign = if expected.contains(end) { "MISS" } else { "EXTRA" };
            println!("S {sign} {} {:?}", gold.genre(), around(text, *end as usize));
        }
        let mut expected = ends("token");
        expected.extend(ends("word"));
        let found: std::collections::BTreeSet<u32> = cuts.tokens().iter().map(|t| t.span.end()).collect();
        for end in expected.symmetric_difference(&found) {
            let sign = if expected.contains(end) { "JOINED" } else { "SPLIT" };
            println!("T {sign} {} {:?}", gold.genre(), around(text, *end as usize));
        }
    }
}

/// The text around a byte, which is shown as `¦`.
fn around(text: &str, at: usize) -> String {
    let before: String = text[..at].chars().rev().take(30).collect::<Vec<_>>().into_iter().rev().collect();
    let after: String = text[at..].chars().take(25).collect();
    format!("{before}¦{after}")
}
