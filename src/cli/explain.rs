//! `gloss explain`: why a mark is there, and which others lost.

use super::picture::{Picture, draw_info};
use super::settings::{PipelineArgs, ReadingArgs};
use anyhow::{Context, bail};
use gloss::batch::open::Meter;
use gloss::batch::{Annotator, Inputs, Tasks, Texts, articles::read_task};
use gloss::document::{Annotation, Article, Layer, Segmented, Value};
use gloss::format::json::{Annotations, WriteOptions, annotation_json};
use gloss::pipeline::Pipeline;
use gloss::tag::Candidate;
use gloss::tag::trial::{Verdict, verdicts};
use gloss::text::{OffsetUnit, Span};
use jiff::civil::Date;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `gloss explain` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// An article (- for standard input) and a position in its text, counted in code points; of JSON Lines
    /// also the line: a.txt:120, -:120, b.jsonl:3:120. Without a position, every mark is explained.
    #[arg(value_name = "FILE[:OFFSET]", allow_hyphen_values = true)]
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
    let (file, offset) = split(&args.place)?;
    let pipeline = args.pipeline.load()?;
    let article = read(args, file, &pipeline)?;
    let text = article.text();
    let position = |offset| {
        article.offsets().to_byte(text, offset, OffsetUnit::Codepoint).with_context(|| {
            let length = article.offsets().len(OffsetUnit::Codepoint);
            format!("{offset} lies outside the text, which has {length} code points")
        })
    };
    let byte = offset.map(position).transpose()?;
    let segmented = pipeline.segmenter().segment(&article);
    let mut out = String::new();
    explain(&mut out, &pipeline, &segmented, byte)?;
    anstream::stdout().write_all(out.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// File and position; no position where none is given.
fn split(place: &str) -> anyhow::Result<(&str, Option<u32>)> {
    match place.rsplit_once(':') {
        Some((file, offset)) if !Path::new(place).exists() => {
            let offset = offset.parse().with_context(|| format!("{offset:?} is no position; give FILE:OFFSET"))?;
            Ok((file, Some(offset)))
        }
        _ => Ok((place, None)),
    }
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
            let (file, texts) = (task.file.clone(), Texts::default());
            let mut article = read_task(task, &reading, Annotations::Skip, &texts.finder(&file, &reading))?.article;
            let annotator = Annotator {
                pipeline,
                reading: &reading,
                dct: args.dct,
                layers: &Layer::ALL,
                write: WriteOptions::default(),
                texts: Texts::default(),
            };
            annotator.date(&mut article);
            return Ok(article);
        }
    }
    bail!("{file}: no such article; of JSON Lines give FILE:LINE:OFFSET")
}

/// Explains what was proposed at `byte`, or everywhere.
fn explain(out: &mut String, pipeline: &Pipeline, text: &Segmented<'_>, byte: Option<u32>) -> anyhow::Result<()> {
    if let Some(byte) = byte
        && let Some(sentence) = text.sentences().iter().find(|sentence| sentence.span.contains_byte(byte))
    {
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
    let mut found: Vec<_> = candidates
        .iter()
        .zip(&verdicts)
        .filter(|(candidate, _)| byte.is_none_or(|byte| covers(&candidate.annotation, byte)))
        .collect();
    if byte.is_none() {
        found.sort_by_key(|(candidate, _)| candidate.annotation.span);
    }
    if found.is_empty() {
        writeln!(out, "no tagger proposed a mark here")?;
    }
    for (candidate, verdict) in found {
        describe(out, pipeline, text, candidate, verdict, &candidates)?;
    }
    let place = byte.map_or(Span::new(0, text.text().len() as u32), |byte| Span::new(byte, byte));
    for tagger in pipeline.taggers() {
        for refusal in tagger.refusals(text, place) {
            writeln!(out, "   - {}: {refusal}", tagger.name())?;
        }
    }
    Ok(())
}

/// Whether `mark`, with the words that bound it, stands over `byte`.
fn covers(mark: &Annotation, byte: u32) -> bool {
    let extent = match mark.value.as_deref() {
        Some(Value::Figure(figure)) => figure.extent,
        _ => None,
    };
    extent.unwrap_or(mark.span).contains_byte(byte)
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
