//! Scores of segmentation against the treebanks and zone files of `../shared/data/seg`: shared by
//! `tests/segmentation.rs`, which holds floors, and `examples/segmentation_report.rs`, which prints.

use gloss::document::{Article, Meta, Name, Segmented, ZoneKind};
use gloss::format::html::read_page;
use gloss::segment::Segmenter;
use gloss::text::{OffsetUnit, Span};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The folder of the shared segmentation data, when it is there.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/seg"));
    folder.is_dir().then(|| folder.to_owned())
}

/// Spans of two sides, compared exactly.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) gold: usize,
    pub(crate) found: usize,
    pub(crate) right: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.gold += other.gold;
        self.found += other.found;
        self.right += other.right;
    }

    pub(crate) fn of(gold: &BTreeSet<(u32, u32)>, found: &BTreeSet<(u32, u32)>) -> Self {
        Self { gold: gold.len(), found: found.len(), right: gold.intersection(found).count() }
    }

    pub(crate) fn precision(self) -> f64 {
        ratio(self.right, self.found)
    }

    pub(crate) fn recall(self) -> f64 {
        ratio(self.right, self.gold)
    }

    /// Harmonic mean of precision and recall, in percent.
    pub(crate) fn f1(self) -> f64 {
        ratio(2 * self.right, self.gold + self.found)
    }
}

/// Percent.
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}

/// One line of a file in the common gold format.
pub(crate) struct Gold {
    pub(crate) row: Value,
    pub(crate) article: Article,
}

/// The documents of `file`.
pub(crate) fn read(file: &str) -> Vec<Gold> {
    let path = data().expect("the data is there").join(file);
    let lines = std::fs::read_to_string(&path).expect("a readable file");
    lines.lines().map(parse).collect()
}

/// One document in the common gold format.
fn parse(json: &str) -> Gold {
    let row: Value = serde_json::from_str(json).expect("JSON");
    // A byline snippet may be a list of names.
    let names = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    let text = row["text"].as_str().map(str::to_owned).or_else(|| row["text"].as_array().map(names));
    let article = Article::new(Meta::default(), text.expect("a text")).expect("a short text");
    Gold { row, article }
}

impl Gold {
    fn byte(&self, codepoint: &Value) -> u32 {
        let offset = codepoint.as_u64().expect("an offset") as u32;
        self.article.offsets().to_byte(self.article.text(), offset, OffsetUnit::Codepoint).expect("inside the text")
    }

    /// Byte spans of the marks that `pick` takes, with their labels.
    pub(crate) fn spans(&self, pick: impl Fn(&str, &str) -> bool) -> Vec<((u32, u32), &str)> {
        let marks = self.row["annotations"].as_array().expect("annotations");
        marks
            .iter()
            .filter_map(|mark| {
                let (layer, label) = (mark["layer"].as_str()?, mark["label"].as_str()?);
                pick(layer, label).then(|| ((self.byte(&mark["start"]), self.byte(&mark["end"])), label))
            })
            .collect()
    }

    fn set(&self, pick: impl Fn(&str, &str) -> bool) -> BTreeSet<(u32, u32)> {
        self.spans(pick).into_iter().map(|(span, _)| span).collect()
    }

    pub(crate) fn genre(&self) -> &str {
        self.row["genre"].as_str().unwrap_or("-")
    }
}

/// Sentence and UD-word counts by genre.
pub(crate) fn treebank(segmenter: &Segmenter, file: &str) -> BTreeMap<String, (Counts, Counts)> {
    let mut genres: BTreeMap<String, (Counts, Counts)> = BTreeMap::new();
    for gold in read(file) {
        let cuts = segmenter.segment(&gold.article);
        let sentences = cuts.sentences().iter().map(|s| (s.span.start(), s.span.end())).collect();
        let tokens = cuts.tokens().iter().map(|t| (t.span.start(), t.span.end())).collect();
        let counts = genres.entry(gold.genre().to_owned()).or_default();
        counts.0.add(Counts::of(&gold.set(|layer, _| layer == "sentence"), &sentences));
        let words = gold.set(|layer, label| layer == "word" || (layer == "token" && label == "TOKEN"));
        counts.1.add(Counts::of(&words, &tokens));
    }
    genres
}

/// Sums `counts` over the genres that `pick` takes.
pub(crate) fn total(counts: &BTreeMap<String, (Counts, Counts)>, pick: impl Fn(&str) -> bool) -> (Counts, Counts) {
    let mut sum = (Counts::default(), Counts::default());
    for (_, (sentences, words)) in counts.iter().filter(|(genre, _)| pick(genre)) {
        sum.0.add(*sentences);
        sum.1.add(*words);
    }
    sum
}

/// Whether a genre of GUM is clean prose: news, interviews, biographies, voyages.
pub(crate) fn is_clean(genre: &str) -> bool {
    matches!(genre, "news" | "interview" | "bio" | "voyage")
}

/// Ends of sentences on which the clean genres of `file` and gloss differ, by the sign before them, and the
/// F1 of a cutter that is right everywhere but never cuts at a colon or semicolon.
pub(crate) fn clean_misses(segmenter: &Segmenter, file: &str) -> (BTreeMap<String, usize>, f64) {
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    let mut best = Counts::default();
    for gold in read(file).iter().filter(|gold| is_clean(gold.genre())) {
        let text = gold.article.text();
        let cuts = segmenter.segment(&gold.article);
        let expected = gold.set(|layer, _| layer == "sentence");
        let ends: BTreeSet<u32> = expected.iter().map(|(_, end)| *end).collect();
        let found: BTreeSet<u32> = cuts.sentences().iter().map(|sentence| sentence.span.end()).collect();
        for end in ends.symmetric_difference(&found) {
            let sign = text[..*end as usize].chars().next_back().unwrap_or_default();
            let sign = if sign.is_alphanumeric() { "a letter".to_owned() } else { format!("{sign:?}") };
            let side = if ends.contains(end) { "gold alone cuts" } else { "gloss alone cuts" };
            *classes.entry(format!("{side} behind {sign}")).or_default() += 1;
        }
        best.add(Counts::of(&expected, &without_weak_cuts(text, &expected)));
    }
    (classes, best.f1())
}

/// Full stops, question and exclamation marks before a capital inside a quotation of one line: how many end
/// a sentence of `file`, and how many there are.
pub(crate) fn cuts_in_quotations(file: &str) -> (usize, usize) {
    let (mut cut, mut all) = (0, 0);
    for gold in read(file) {
        let text = gold.article.text();
        let ends: BTreeSet<u32> = gold.set(|layer, _| layer == "sentence").iter().map(|(_, end)| *end).collect();
        for (at, _) in text.match_indices(['.', '!', '?']) {
            let end = at + 1;
            let mut behind = text[end..].chars();
            let before = text[..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let next = behind.next() == Some(' ') && behind.next().is_some_and(char::is_uppercase);
            if next && before.len() > 3 && in_quotation(text, end) {
                all += 1;
                cut += usize::from(ends.contains(&(end as u32)));
            }
        }
    }
    (cut, all)
}

/// Whether a double quote is open at `at` that closes further on in the line.
fn in_quotation(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let rest = text[at..].split('\n').next().unwrap_or_default();
    let before = &text[line..at];
    let straight = before.matches('"').count() % 2 == 1 && rest.contains('"');
    straight || (before.matches('“').count() > before.matches('”').count() && rest.contains('”'))
}

/// `sentences` with those joined that a colon or semicolon inside a line parts.
fn without_weak_cuts(text: &str, sentences: &BTreeSet<(u32, u32)>) -> BTreeSet<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (start, end) in sentences {
        match joined.last_mut() {
            Some((_, last))
                if text[..*last as usize].ends_with([';', ':'])
                    && !text[*last as usize..*start as usize].contains('\n') =>
            {
                *last = *end;
            }
            _ => joined.push((*start, *end)),
        }
    }
    joined.into_iter().collect()
}

/// One golden rule: its id, its set, and the sentences expected and found.
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) set: String,
    pub(crate) name: String,
    pub(crate) expected: Vec<String>,
    pub(crate) found: Vec<String>,
}

/// Runs every golden rule.
pub(crate) fn golden_rules(segmenter: &Segmenter) -> Vec<Rule> {
    read("golden_rules_en.jsonl")
        .iter()
        .map(|gold| {
            let text = |key: &str| gold.row[key].as_str().unwrap_or_default().to_owned();
            let cuts = segmenter.segment(&gold.article);
            let sentences = gold.row["sentences"].as_array().expect("sentences");
            Rule {
                id: text("id"),
                set: text("set"),
                name: text("rule"),
                expected: sentences.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect(),
                found: cuts.sentences().iter().map(|s| s.span.of(gold.article.text()).to_owned()).collect(),
            }
        })
        .collect()
}

impl Rule {
    /// Whether the sentences are as expected, blanks within them aside.
    pub(crate) fn holds(&self) -> bool {
        let plain = |list: &[String]| -> Vec<String> {
            list.iter().map(|s| s.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
        };
        plain(&self.expected) == plain(&self.found)
    }
}

/// Non-body lines of extractor outputs, counted line by line: gold `nonbody` against every zone that is
/// no running text.
pub(crate) fn nonbody_lines(segmenter: &Segmenter, file: &str) -> Counts {
    let mut counts = Counts::default();
    for gold in read(file) {
        let cuts = segmenter.segment(&gold.article);
        for ((start, end), label) in gold.spans(|layer, _| layer == "zone") {
            let kind = kind_of(&cuts, start, end);
            let (is, says) = (label == "nonbody", kind.is_some_and(|kind| !is_text(kind)));
            if label != "uncertain" {
                counts.gold += usize::from(is);
                counts.found += usize::from(says);
                counts.right += usize::from(is && says);
            }
        }
    }
    counts
}

/// The zone of the longest paragraph that begins in `start..end` (a dateline is cut from its line).
fn kind_of(cuts: &Segmented<'_>, start: u32, end: u32) -> Option<ZoneKind> {
    let from = cuts.paragraphs().partition_point(|p| p.span.end() <= start);
    let inside = cuts.paragraphs()[from..].iter().take_while(|p| p.span.start() < end);
    inside.max_by_key(|p| p.span.len()).map(|p| cuts.zones()[p.zone as usize].kind)
}

/// Whether a zone is part of the article's running text, as `articleBody` of a page counts it.
pub(crate) fn is_text(kind: ZoneKind) -> bool {
    matches!(kind, ZoneKind::Body | ZoneKind::Subheading | ZoneKind::List | ZoneKind::Quote | ZoneKind::Table)
}

/// Lines of the project's own articles (`annotations/gold/dev`) by zone: label → counts.
pub(crate) fn own_zones(segmenter: &Segmenter) -> BTreeMap<String, Counts> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/annotations/gold/dev"));
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the gold").flatten() {
        let path = entry.path();
        match std::fs::read_dir(&path) {
            Ok(inner) => files.extend(inner.flatten().map(|entry| entry.path())),
            Err(_) => files.push(path),
        }
    }
    files.sort();
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
        let json = std::fs::read_to_string(path).expect("a readable file");
        let mut gold = parse(&json);
        gold.article.hints = hints(path, gold.article.text());
        let cuts = segmenter.segment(&gold.article);
        for ((start, end), label) in gold.spans(|layer, _| layer == "zone") {
            for paragraph in cuts.paragraphs().iter().filter(|p| start <= p.span.start() && p.span.start() < end) {
                let found = cuts.zones()[paragraph.zone as usize].kind.name();
                counts.entry(label.to_owned()).or_default().gold += 1;
                counts.entry(found.to_owned()).or_default().found += 1;
                counts.entry(label.to_owned()).or_default().right += usize::from(found == label);
            }
        }
    }
    counts
}

/// What the markup says of an article of `corpus/dev` that is a page; `gold` names it.
fn hints(gold: &Path, text: &str) -> Vec<(Span, Name)> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/dev"));
    let page = folder.join(gold.file_name().expect("a name")).with_extension("html");
    let Ok(bytes) = std::fs::read(&page) else { return Vec::new() };
    let article = read_page(bytes, None, Meta::default(), "a page of corpus/dev").expect("a page");
    assert_eq!(article.text(), text, "{}: the gold is of another text", page.display());
    article.hints
}

/// How strings of pages, each an article by itself, are classed: label → zone → count.
pub(crate) fn snippets(segmenter: &Segmenter, file: &str) -> BTreeMap<String, BTreeMap<&'static str, usize>> {
    let mut table: BTreeMap<String, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for gold in read(file) {
        let cuts = segmenter.segment(&gold.article);
        let Some(zone) = cuts.zones().first() else { continue };
        let label = gold.row["label"].as_str().unwrap_or_default().to_owned();
        *table.entry(label).or_default().entry(zone.kind.name()).or_default() += 1;
    }
    table
}

/// Zones of GUM: label → zone of gloss at the block's first line → count.
pub(crate) fn gum_zones(segmenter: &Segmenter, file: &str) -> BTreeMap<String, BTreeMap<&'static str, usize>> {
    let mut table: BTreeMap<String, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for gold in read(file) {
        let cuts = segmenter.segment(&gold.article);
        for ((start, _), label) in gold.spans(|layer, _| layer == "zone") {
            let paragraphs = cuts.paragraphs();
            let index = paragraphs.partition_point(|p| p.span.end() <= start);
            let Some(paragraph) = paragraphs.get(index) else { continue };
            let kind = cuts.zones()[paragraph.zone as usize].kind;
            *table.entry(label.to_owned()).or_default().entry(kind.name()).or_default() += 1;
        }
    }
    table
}
