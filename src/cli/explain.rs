//! `gloss explain`: why a mark is there, and which others lost.

use super::picture::{Picture, draw_info};
use super::settings::{PipelineArgs, ReadingArgs};
use anyhow::{Context, bail};
use gloss::batch::documents::finder;
use gloss::batch::open::Meter;
use gloss::batch::{Annotator, Inputs, Tasks, articles::read_task};
use gloss::document::{Article, Layer, Segmented};
use gloss::format::json::{Annotations, WriteOptions, annotation_json};
use gloss::pipeline::Pipeline;
use gloss::tag::Candidate;
use gloss::tag::trial::{Verdict, verdicts};
use gloss::text::{OffsetUnit, Span};
use jiff::civil::Date;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `gloss explain` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// An article and a position in its text, counted in code points; of JSON Lines also the line:
    /// a.txt:120, b.jsonl:3:120.
    #[arg(value_name = "FILE:OFFSET")]
    place: String,
    /// The day of publication; otherwise the article's metadata or head tell it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    dct: Option<Date>,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    pipeline: PipelineArgs,
}

/// Explains the marks at a place.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let (file, offset) = args.place.rsplit_once(':').context("give FILE:OFFSET, such as a.txt:120")?;
    let offset: u32 = offset.parse().with_context(|| format!("{offset:?} is no position; give FILE:OFFSET"))?;
    let pipeline = args.pipeline.load()?;
    let article = read(args, file, &pipeline)?;
    let text = article.text();
    let byte = article.offsets().to_byte(text, offset, OffsetUnit::Codepoint).with_context(|| {
        format!(
            "{offset} lies outside the text, which has {} code points",
            article.offsets().len(OffsetUnit::Codepoint)
        )
    })?;
    let segmented = pipeline.segmenter().segment(&article);
    let mut out = String::new();
    explain(&mut out, &pipeline, &segmented, byte)?;
    anstream::stdout().write_all(out.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The article at `file`, or `file:line`, with its day of publication.
fn read(args: &ExplainArgs, file: &str, pipeline: &Pipeline) -> anyhow::Result<Article> {
    let reading = args.reading.reading()?;
    let (path, line) = match file.rsplit_once(':').map(|(path, line)| (path, line.parse::<u64>())) {
        Some((path, Ok(line))) if !PathBuf::from(file).exists() => (path, Some(line)),
        _ => (file, None),
    };
    let inputs = Inputs::new(&[PathBuf::from(path)], None)?;
    for task in Tasks::new(inputs.walk(|_| {}), reading.from, &reading.fields.id, Meter::default()) {
        let task = task?;
        if line.is_none() || task.record.line == line {
            if line.is_none() && task.record.line.is_some_and(|line| line > 1) {
                break;
            }
            let place = task.place.clone();
            let mut article = read_task(task, &reading, Annotations::Skip, &finder(&place, &reading))?.article;
            let annotator = Annotator {
                pipeline,
                reading: &reading,
                dct: args.dct,
                layers: &Layer::ALL,
                write: WriteOptions::default(),
            };
            annotator.date(&mut article);
            return Ok(article);
        }
    }
    bail!("{file}: no such article; of JSON Lines give FILE:LINE:OFFSET")
}

fn explain(out: &mut String, pipeline: &Pipeline, text: &Segmented<'_>, byte: u32) -> anyhow::Result<()> {
    let sentence = text.sentences().iter().find(|sentence| sentence.span.contains_byte(byte));
    if let Some(sentence) = sentence {
        let token = text.tokens_of(sentence).iter().find(|token| token.span.contains_byte(byte));
        write!(out, "zone {}", text.zone_of(sentence).name())?;
        if let Some(token) = token {
            write!(out, ", token {:?} ({})", token.span.of(text.text()), token.kind.name())?;
        }
        writeln!(out)?;
    }
    if let Some(day) = text.article().meta.dct {
        let source = text.article().meta.extra.get("dct_source").and_then(|source| source.as_str());
        writeln!(out, "published {day} ({})", source.unwrap_or("metadata"))?;
    }
    let candidates = pipeline.candidates(text);
    let verdicts = verdicts(&candidates);
    let mut found = false;
    for (candidate, verdict) in candidates.iter().zip(&verdicts) {
        if candidate.annotation.span.contains_byte(byte) {
            found = true;
            describe(out, pipeline, text, candidate, verdict, &candidates)?;
        }
    }
    if !found {
        writeln!(out, "no tagger proposed a mark here")?;
    }
    for tagger in pipeline.taggers() {
        for refusal in tagger.refusals(text, Span::new(byte, byte)) {
            writeln!(out, "   - {}: {refusal}", tagger.name())?;
        }
    }
    Ok(())
}

fn describe(
    out: &mut String,
    pipeline: &Pipeline,
    text: &Segmented<'_>,
    candidate: &Candidate,
    verdict: &Verdict,
    all: &[Candidate],
) -> anyhow::Result<()> {
    let mark = &candidate.annotation;
    let fate = match verdict {
        Verdict::Kept => "is marked".to_owned(),
        Verdict::Lost(winner, reason) => {
            format!(
                "lost to {} {:?}: {reason}",
                all[*winner].annotation.label,
                all[*winner].annotation.span.of(text.text())
            )
        }
        Verdict::Repeated(winner) => match &all[*winner].annotation.source {
            Some(source) => format!("is marked already by {source}"),
            None => "is marked already".to_owned(),
        },
    };
    let title = format!("{} {} {fate}", mark.layer, mark.label);
    let place = format!("rank {}: {}", candidate.rank, annotation_json(text.article(), mark));
    out.push_str(&draw_info(&Picture {
        title: &title,
        place: &place,
        source: text.text(),
        span: Some(mark.span.range()),
    }));
    let tagger = pipeline.taggers().iter().find(|tagger| {
        tagger.layer() == mark.layer
            && mark.source.as_ref().is_none_or(|source| source.tagger.as_str() == tagger.name())
    });
    let tagger = tagger.or_else(|| pipeline.taggers().iter().find(|tagger| tagger.layer() == mark.layer));
    for line in tagger.map(|tagger| tagger.explain(text, candidate)).unwrap_or_default() {
        writeln!(out, "   - {line}")?;
    }
    Ok(())
}
