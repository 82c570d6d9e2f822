//! `gloss diff`: every difference between gold and predictions, in its sentence.

use super::asked::Asked;
use super::comparing::Comparing;
use super::feed::Origin;
use super::github::command;
use super::pairs::Pairs;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group as Block, Level, Renderer, Snippet};
use gloss::document::{Document, Layer};
use gloss::eval::diff::{Difference, DifferenceReport, Filter, Group, differences, group, summary, title};
use gloss::eval::errors::Class;
use gloss::eval::html::{Page, print};
use gloss::eval::marks::is_cut;
use gloss::eval::{JudgedLayer, judge};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use gloss::text::Span;
use std::cell::LazyCell;
use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `gloss diff` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 no difference, 1 differences, 2 bad input or usage.")]
pub(crate) struct DiffArgs {
    /// Gold: a file or a folder of documents.
    gold: PathBuf,
    /// Predictions, matched with gold by document id.
    pred: PathBuf,
    #[command(flatten)]
    comparing: Comparing,
    /// How differences are written.
    #[arg(long, value_enum, default_value = "text")]
    format: DiffFormat,
    /// Only these: missed, invented, `wrong_label`, `too_long`, `too_short`, shifted, split, merged, `wrong_value`.
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    class: Vec<Class>,
    /// Only differences with this label on either side.
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    label: Vec<String>,
    /// Sentences shown before and after the one with the difference.
    #[arg(long, value_name = "N", default_value_t = 0)]
    context: usize,
    /// Places shown of the same string and the same mistake (text only); 0: all.
    #[arg(long, value_name = "N", default_value_t = 3)]
    most: usize,
}

/// How differences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DiffFormat {
    /// Excerpts with carets, coloured on a terminal.
    Text,
    /// One JSON object.
    Json,
    /// One self-contained page.
    Html,
    /// Workflow commands that GitHub shows as annotations.
    Github,
}

/// Compares, and writes every difference.
pub(crate) fn run(args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let (pages, origins) = compare(args)?;
    let all: Vec<Difference> = pages.iter().flat_map(|page| page.differences.iter().cloned()).collect();
    let mut out = anstream::stdout().lock();
    match args.format {
        DiffFormat::Text => text(&all, args.most, &mut out)?,
        DiffFormat::Json => {
            let report = DifferenceReport::new(pages.len(), all.clone());
            writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        }
        DiffFormat::Html => {
            let heading = format!("{} against {}", args.pred.display(), args.gold.display());
            write!(out, "{}", print(&heading, &pages))?;
        }
        DiffFormat::Github => {
            for (page, origin) in pages.iter().zip(&origins) {
                for difference in &page.differences {
                    write!(out, "{}", github(difference, origin))?;
                }
            }
        }
    }
    Ok(if all.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The differences of all documents, and where each document stands; texts are kept for the page alone.
fn compare(args: &DiffArgs) -> anyhow::Result<(Vec<Page>, Vec<Origin>)> {
    let (selection, rule) = (args.comparing.selection()?, args.comparing.rule());
    let filter = Filter { classes: args.class.clone(), labels: args.label.clone() };
    let mut ignored = Asked::new("--ignore", &args.comparing.ignore, &selection)?;
    let mut wanted = Asked::new("--label", &args.label, &selection)?;
    let segmenter = Segmenter::new(&Resources::embedded())?;
    let mut pairs = Pairs::open(&[&args.gold, &args.pred], &args.comparing.reading(), args.comparing.missing)?;
    let mut pages = Vec::new();
    // As in `gloss eval`: layers that gold does not mark are not compared.
    let mut marked: Vec<Layer> = selection.layers.clone();
    let (mut found, mut origins): (Vec<Page>, Vec<Origin>) = (Vec::new(), Vec::new());
    // Of the labels that are asked for, those that some mark has.
    let mut labels: HashSet<String> = HashSet::new();
    while let Some(documents) = pairs.next()? {
        ignored.meet(&documents, &selection);
        wanted.meet(&documents, &selection);
        let [gold, pred] = documents.as_slice() else { continue };
        let judged = judge(gold, pred, &selection, rule, false);
        if selection.layers.is_empty() {
            marked.extend(Layer::ALL.into_iter().filter(|layer| {
                !is_cut(*layer)
                    && (judged.iter().any(|own| own.layer == *layer && !own.gold.is_empty())
                        || gloss::eval::marks::speaks_of(gold, *layer))
            }));
            marked.sort_unstable();
            marked.dedup();
        }
        let items = judged.iter().flat_map(|layer| layer.gold.iter().chain(&layer.pred));
        labels.extend(
            items.map(|item| item.label).filter(|label| args.label.iter().any(|own| own == label)).map(str::to_owned),
        );
        // Most documents of a good system differ in nothing; they need not be cut.
        let sentences = LazyCell::new(|| sentences(gold, pred, &segmenter));
        let around = |span| around(&sentences, span, args.context);
        let page = Page {
            id: gold.id().to_owned(),
            text: if args.format == DiffFormat::Html { gold.text().to_owned() } else { String::new() },
            differences: differences(gold, &judged, &filter, &around),
            right: right(&judged),
        };
        found.push(page);
        origins.push(pairs.origin.clone());
    }
    ignored.finish()?;
    wanted.finish()?;
    for label in args.label.iter().filter(|label| !labels.contains(*label)) {
        anstream::eprintln!("gloss: --label {label}: no mark of either side has this label");
    }
    let nothing_marked = marked.is_empty();
    for mut page in found {
        page.differences
            .retain(|difference| nothing_marked || marked.iter().any(|layer| layer.name() == difference.layer));
        pages.push(page);
    }
    Ok((pages, origins))
}

/// Marks that both sides agree on.
fn right(judged: &[JudgedLayer<'_>]) -> Vec<Span> {
    judged.iter().flat_map(|layer| layer.alignment.same.iter().map(|pair| layer.gold[pair.gold].span)).collect()
}

/// The sentences of a document: gold's, else the prediction's, else those that gloss cuts.
fn sentences(gold: &Document, pred: &Document, segmenter: &Segmenter) -> Vec<Span> {
    for document in [gold, pred] {
        let own = document.layer(Layer::Sentence);
        if !own.is_empty() {
            return own.iter().map(|mark| mark.span).collect();
        }
    }
    segmenter.segment(&gold.article).sentences().iter().map(|sentence| sentence.span).collect()
}

/// The sentences that `span` touches, and `more` on either side.
fn around(sentences: &[Span], span: Span, more: usize) -> Span {
    let first = sentences.partition_point(|sentence| sentence.end() <= span.start());
    let last = sentences.partition_point(|sentence| sentence.start() < span.end());
    let chosen = &sentences[first.saturating_sub(more).min(last)..(last + more).min(sentences.len())];
    match (chosen.first(), chosen.last()) {
        (Some(first), Some(last)) => first.cover(*last),
        _ => span,
    }
}

/// Groups of the same string and the same mistake, each with its places, and the counts at the end.
fn text(all: &[Difference], most: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(terminal_width());
    for group in group(all) {
        writeln!(out, "{}\n", renderer.render(&[block(&group, most)]))?;
    }
    let counts: Vec<String> = summary(all).iter().map(|(class, count)| format!("{count} {class}")).collect();
    let noun = if all.len() == 1 { "difference" } else { "differences" };
    let colon = if counts.is_empty() { "" } else { ": " };
    writeln!(out, "{} {noun}{colon}{}", all.len(), counts.join(", "))
}

fn terminal_width() -> usize {
    // Off a terminal nothing is cut.
    const UNBOUNDED: usize = 10_000;
    if std::io::stdout().is_terminal() {
        std::env::var("COLUMNS").ok().and_then(|n| n.parse().ok()).unwrap_or(120)
    } else {
        UNBOUNDED
    }
}

fn block<'a>(group: &'a Group<'a>, most: usize) -> Block<'a> {
    let count = group.differences.len();
    let times = if count > 1 { format!(" (×{count})") } else { String::new() };
    let shown = if most == 0 { count } else { most.min(count) };
    let mut block = Block::with_title(Level::ERROR.no_name().primary_title(format!("{}{times}", group.title)));
    for difference in &group.differences[..shown] {
        let place = format!("{}:{}:{}", difference.document, difference.line, difference.column);
        block = block.element(snippet(difference)).element(Level::NOTE.no_name().message(place));
    }
    if shown < count {
        return block.element(Level::NOTE.message(format!("and {} more of the same", count - shown)));
    }
    block
}

fn snippet(difference: &Difference) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    let start = difference.context.start_byte;
    let range = |span: (u32, u32)| (span.0 - start) as usize..(span.1 - start) as usize;
    let label = |name: &str, side: &gloss::eval::diff::Side| {
        let value = side.value.as_ref().map_or(String::new(), |value| format!(" = {value}"));
        format!("{name} {}{value}", side.label)
    };
    let first = difference.sides().map(|(_, side)| range(side.span).start).min().unwrap_or(0);
    let lines_before = difference.context.text[..first].matches('\n').count();
    let mut snippet = Snippet::source(&difference.context.text).line_start(difference.line - lines_before).fold(false);
    for (name, side) in difference.sides() {
        let kind = if name == "gold" { AnnotationKind::Primary } else { AnnotationKind::Context };
        snippet = snippet.annotation(kind.span(range(side.span)).label(label(name, side)));
    }
    snippet
}

/// A warning at the article's line, or where gold has the document, when the article's own file is not here.
fn github(difference: &Difference, origin: &Origin) -> String {
    let source = difference.source.as_ref().filter(|source| Path::new(source).is_file());
    let (file, line) = match source {
        Some(source) => (source.as_str(), difference.line as u64),
        None => (origin.file.as_str(), origin.line),
    };
    let (line, heading) = (line.to_string(), format!("gloss diff: {}", difference.class));
    let properties = [("file", file), ("line", line.as_str()), ("title", heading.as_str())];
    command("warning", &properties, &format!("{}: {}", difference.document, title(difference)))
}
