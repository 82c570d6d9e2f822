//! What the entity tagger gives on whole sentences, with the shipped model and lists.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use gloss::document::{Article, Document, Layer, Meta};
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;
use std::sync::LazyLock;

static PIPELINE: LazyLock<Pipeline> =
    LazyLock::new(|| Pipeline::new(&Resources::embedded(), &TagOptions::default()).unwrap());

fn annotate(text: &str) -> Document {
    PIPELINE.annotate(Article::new(Meta::default(), text.to_owned()).unwrap(), &[Layer::Entity])
}

/// Checks that the whole program marks exactly `expected` in `text`.
fn check(text: &str, expected: &[(&str, &str)]) {
    let document = annotate(text);
    let found: Vec<_> =
        document.layer(Layer::Entity).iter().map(|mark| (mark.span.of(text), mark.label.as_str())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn names_and_titles() {
    let text = "British Prime Minister Keir Starmer met Emmanuel Macron in London.";
    check(text, &[("British", "NORP"), ("Keir Starmer", "PERSON"), ("Emmanuel Macron", "PERSON"), ("London", "GPE")]);
    let document = annotate(text);
    let starmer = &document.layer(Layer::Entity)[1];
    assert_eq!(starmer.attributes.as_ref().unwrap()["title"], "Prime Minister");
    assert!(starmer.score.is_some_and(|score| (0.0..=1.0).contains(&score)));
}

#[test]
fn laws_by_their_heads_and_openers() {
    check(
        "Members passed the Water Quality Act, and Article 12 of the Treaty of Lausanne still holds.",
        &[("Water Quality Act", "LAW"), ("Article 12", "LAW"), ("Treaty of Lausanne", "LAW")],
    );
}

#[test]
fn an_act_keeps_its_year() {
    check(
        "Members passed the Water Quality Act of 1992, and the Act still holds.",
        &[("Water Quality Act of 1992", "LAW"), ("Act", "LAW")],
    );
}

#[test]
fn a_law_is_no_person() {
    check(
        "Sudan joined the Abraham Accords, and the Accords still stand.",
        &[("Sudan", "GPE"), ("Abraham Accords", "LAW"), ("Accords", "LAW")],
    );
}

#[test]
fn plain_text_has_no_marks() {
    check("He walked home and made some tea.", &[]);
    check("", &[]);
}

#[test]
fn short_forms_are_joined() {
    let text = "Olaf Scholz spoke in Berlin on Monday. Scholz said Germany would wait.";
    let document = annotate(text);
    let scholz = document.entities.iter().find(|entity| entity.name == "Olaf Scholz").unwrap();
    assert_eq!(scholz.mentions.len(), 2);
    let germany = document.entities.iter().find(|entity| entity.name == "Germany").unwrap();
    assert_eq!(germany.iso.as_deref(), Some("DE"));
}

#[test]
fn the_same_text_gives_the_same_marks() {
    let text = "The Bundestag in Berlin debated the Treaty of Lisbon with Polish and Danish guests.";
    assert_eq!(annotate(text), annotate(text));
}

#[test]
fn a_rule_laid_over_needs_no_compiler_and_a_broken_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules/entities");
    std::fs::create_dir_all(&rules).unwrap();
    let load = |body: &str| {
        let rule = format!("[[rule]]\nname = \"own guns\"\nsays = \"Losby makes guns.\"\n{body}\n");
        std::fs::write(rules.join("9-own.toml"), rule).unwrap();
        Pipeline::new(&Resources::with_overlay(folder.path()).unwrap(), &TagOptions::default())
    };
    let pipeline = load("pattern = [\"Losby <number>\"]\nlabel = \"WEAPON\"\nover = [\"*\"]\nscore = 0.5").unwrap();
    let text = "They fired the Losby 9 in Oslo.";
    let document = pipeline.annotate(Article::new(Meta::default(), text.to_owned()).unwrap(), &[Layer::Entity]);
    let found: Vec<_> =
        document.layer(Layer::Entity).iter().map(|mark| (mark.span.of(text), mark.label.as_str())).collect();
    assert_eq!(found, [("Losby 9", "WEAPON"), ("Oslo", "GPE")]);
    for (body, said) in [
        ("label = \"ORG\"\npattern = [\"<losby>\"]", "<losby> is no list"),
        ("label = \"ORG\"\npattern = []", "no pattern"),
        ("label = \"ORG\"\npattern = [\"Losby [Inc\"]", "\"]\" is missing"),
        ("label = \"ORG\"\npattern = [\"{losby}\"]", "no fragment \"losby\""),
        ("label = \"ORG\"\npattern = [\"Losby\"]\nscore = 7.5", "between 0 and 1"),
        ("label = \"ORG\"\npattern = [\"Losby\"]\nzone = \"bdy\"", "\"bdy\" is no zone"),
        ("label = \"ORG\"\npattern = [\"Losby\"]\nmark = [\"who\"]", "named \"who\""),
        ("label = \" \"\npattern = [\"Losby\"]", "label is empty"),
        ("pattern = [\"Losby\"]", "gives no label"),
    ] {
        let fault = load(body).err().unwrap().to_string();
        let place = "rules/entities/9-own.toml: rule \"own guns\": ";
        assert!(fault.starts_with(place) && fault.contains(said), "{body}: {fault}");
    }
    let fault = load("colour = \"red\"").err().unwrap().to_string();
    assert!(fault.starts_with("rules/entities/9-own.toml: ") && fault.contains("unknown field `colour`"), "{fault}");
}

#[test]
fn explains_a_mark() {
    let article = Article::new(Meta::default(), "Olaf Scholz spoke in Berlin.".to_owned()).unwrap();
    let segmented = PIPELINE.segmenter().segment(&article);
    let candidates = PIPELINE.candidates(&segmented);
    let tagger = PIPELINE.taggers().iter().find(|tagger| tagger.layer() == Layer::Entity).unwrap();
    let candidate = candidates.iter().find(|candidate| candidate.annotation.label == "PERSON").unwrap();
    let lines = tagger.explain(&segmented, candidate);
    assert!(lines.iter().any(|line| line.starts_with("Scholz: ")), "{lines:?}");
}
