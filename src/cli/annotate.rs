//! `gloss annotate`: articles in, documents out.

use super::interrupt;
use super::output::{Errors, Output, ends_all, path_below};
use super::progress::Progress;
use super::settings::{PipelineArgs, ReadingArgs};
use anyhow::{Context, bail};
use clap::ValueEnum;
use gloss::batch::engine::{Event, Weights, run as run_all};
use gloss::batch::open::Meter;
use gloss::batch::{Annotator, Failure, Inputs, Task, Tasks, Texts};
use gloss::document::Layer;
use gloss::draft::Draft;
use gloss::error::Error;
use gloss::format::json::WriteOptions;
use gloss::text::OffsetUnit;
use jiff::civil::Date;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

/// What `gloss annotate` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct AnnotateArgs {
    /// Articles: files, folders, globs, or - for standard input. Plain text, HTML and JSON Lines, each also
    /// as gzip or zstd.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// A folder that mirrors the input with a NAME.json for each article; with --format jsonl, or where it ends in
    /// .jsonl, a file. Standard output where it is left out or -.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// One object a file, spread over lines, or one object a line. [default: json with -o FOLDER, else jsonl]
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
    /// The day of publication of all articles; otherwise their metadata or head tell it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    dct: Option<Date>,
    /// The layers that are written, with commas between. [default: all]
    #[arg(long, value_name = "LAYERS", value_delimiter = ',')]
    layers: Vec<Layer>,
    /// The unit of offsets: codepoint, byte or utf16.
    #[arg(long, value_name = "UNIT", default_value = "codepoint")]
    offsets: OffsetUnit,
    /// Leave the text out: pure standoff, found again by `source` and proved by `text_sha256`.
    #[arg(long)]
    no_text: bool,
    /// How many articles are worked on at a time. [default: all cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// A file for the articles that failed, as JSON lines.
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    pipeline: PipelineArgs,
}

/// How documents are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// Spread over lines, one annotation a line.
    Json,
    /// One object a line.
    Jsonl,
}

/// Marks every input.
pub(crate) fn run(args: &AnnotateArgs) -> anyhow::Result<ExitCode> {
    let format = args.format();
    let reading = args.reading.reading()?;
    let folder = args.output().filter(|_| format == OutputFormat::Json);
    let inputs = Inputs::new(&args.inputs, folder)?;
    if args.no_text && inputs.has_stdin() {
        bail!("--no-text cannot go with standard input: its text would not be found again by `source`");
    }
    args.refuse_overwriting(format)?;
    let pipeline = args.pipeline.load()?;
    let output = output(args.output(), format)?;
    let errors = Errors::new(args.errors.as_deref())?;
    let annotator = Annotator {
        pipeline: &pipeline,
        reading: &reading,
        dct: args.dct,
        layers: if args.layers.is_empty() { &Layer::ALL } else { &args.layers },
        write: WriteOptions { unit: args.offsets, text: !args.no_text, pretty: format == OutputFormat::Json },
        texts: Texts::default(),
    };
    let jobs = match args.jobs {
        Some(jobs) => usize::from(jobs),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    Batch { annotator, inputs, output, errors }.run(jobs)
}

impl AnnotateArgs {
    /// Where results go; nothing for standard output.
    fn output(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| *path != Path::new("-"))
    }

    /// The form that was asked for, or that the name of the output tells.
    fn format(&self) -> OutputFormat {
        let lines = self.output().is_none_or(|path| path.extension().is_some_and(|end| end == "jsonl"));
        self.format.unwrap_or(if lines { OutputFormat::Jsonl } else { OutputFormat::Json })
    }

    /// Refuses to write results over what is read, or errors over results.
    fn refuse_overwriting(&self, format: OutputFormat) -> anyhow::Result<()> {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let file = self.output().filter(|_| format == OutputFormat::Jsonl).map(real);
        let errors = self.errors.as_deref().map(real);
        if file.is_some() && file == errors {
            bail!("-o and --errors name the same file: give each its own");
        }
        for input in self.inputs.iter().map(|input| real(input)) {
            if file.as_ref() == Some(&input) || errors.as_ref() == Some(&input) {
                bail!("{}: is read, so it cannot be written to as well; choose another file", input.display());
            }
            let folder = self.output().filter(|_| format == OutputFormat::Json).map(real);
            if folder.as_ref() == Some(&input) {
                bail!("{}: is read, so the results cannot go into it; choose another folder", input.display());
            }
        }
        Ok(())
    }
}

fn output(path: Option<&Path>, format: OutputFormat) -> anyhow::Result<Output> {
    Ok(match (path, format) {
        (None, _) => Output::Stdout(io::BufWriter::with_capacity(1 << 16, io::stdout().lock())),
        (Some(path), OutputFormat::Json) => {
            if !path.exists() && path.extension().is_some_and(|end| end == "json") {
                bail!(
                    "{}: looks like a file, but -o takes a folder, with a NAME.json in it for each article; a single \
                     file takes one article a line: name it .jsonl",
                    path.display()
                );
            }
            if path.is_file() {
                bail!("{}: is a file; -o takes a folder, or a file with --format jsonl", path.display());
            }
            std::fs::create_dir_all(path).map_err(|cause| Error::Io {
                path: path.to_owned(),
                doing: "create",
                cause,
            })?;
            Output::Folder(path.to_owned())
        }
        (Some(path), OutputFormat::Jsonl) => Output::File(Draft::new(path)?),
    })
}

/// How many bytes an article takes while it is worked on, for each of its own.
const WORKING_BYTES: usize = 40;

/// How many its JSON takes besides, where it is held until its turn comes.
const JSON_BYTES: usize = 38;

/// What went wrong with an article.
enum Trouble {
    /// It failed, alone.
    Article(Failure),
    /// Its file could not be written, and no other could.
    Output(Error),
}

/// All that one run holds.
struct Batch<'a> {
    annotator: Annotator<'a>,
    inputs: Inputs,
    output: Output,
    errors: Errors,
}

impl Batch<'_> {
    fn run(mut self, jobs: usize) -> anyhow::Result<ExitCode> {
        interrupt::watch()?;
        let meter = Meter::default();
        let left_out = AtomicU64::new(0);
        let leave_out = |_: &Path| {
            left_out.fetch_add(1, Ordering::Relaxed);
        };
        let reading = self.annotator.reading;
        let walked = self.inputs.walk(leave_out);
        let tasks = Tasks::new(walked, reading.from, &reading.fields.id, meter.clone());
        let mut progress = Progress::new(&self.inputs, meter);
        let folder = self.output.folder().map(Path::to_owned);
        let mut articles = 0u64;
        let (annotator, output, errors) = (&self.annotator, &mut self.output, &mut self.errors);
        let work = |task: Result<Task, Error>| {
            let task = task.map_err(|error| Trouble::Article(error.into()))?;
            let path = folder.as_deref().map(|folder| path_below(folder, &task.output));
            let marked = annotator.mark(task).map_err(Trouble::Article)?;
            let Some(path) = path else { return marked.json().map_err(Trouble::Article) };
            match marked.write(&path) {
                Ok(()) => Ok(Vec::new()),
                Err(error) if ends_all(&error) => Err(Trouble::Output(error)),
                Err(error) => Err(Trouble::Article(marked.failed(error))),
            }
        };
        let mut take = |event: Event<Result<Vec<u8>, Trouble>>| -> anyhow::Result<()> {
            match event {
                Event::Waiting => output.flush()?,
                Event::Done(result) => {
                    articles += 1;
                    progress.article();
                    match result {
                        Ok(article) => output.take(&article)?,
                        Err(Trouble::Output(error)) => return Err(error.into()),
                        Err(Trouble::Article(failure)) => {
                            progress.say(&format!("{}: {}", failure.place, failure.message));
                            errors.take(&failure)?;
                        }
                    }
                }
            }
            Ok(())
        };
        let weight = WORKING_BYTES + if folder.is_some() { 0 } else { JSON_BYTES };
        let weights = Weights {
            task: |task: &Result<Task, Error>| {
                task.as_ref().map_or(0, |task| task.record.bytes.len().saturating_mul(weight))
            },
            result: |result: &Result<Vec<u8>, Trouble>| result.as_ref().map_or(0, Vec::len),
        };
        run_all(jobs, tasks, &weights, work, |event| {
            if let Err(error) = take(event) {
                interrupt::end(&error);
            }
            ControlFlow::Continue(())
        })
        .context("cannot start threads")?;
        progress.finish();
        self.finish(articles, left_out.load(Ordering::Relaxed))
    }

    /// Puts the files in their places and says what there is to say.
    fn finish(self, articles: u64, left_out: u64) -> anyhow::Result<ExitCode> {
        let failed = self.errors.count();
        self.output.finish()?;
        self.errors.finish()?;
        if left_out > 0 {
            let files = if left_out == 1 { "file" } else { "files" };
            anstream::eprintln!(
                "gloss: {left_out} {files} left out for the ending; to read such files, name them or use a glob"
            );
        }
        if articles == 0 {
            bail!("no article was found; folders are searched for .txt, .html, .json and .jsonl files");
        }
        if failed == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        anstream::eprintln!("gloss: {failed} of {articles} articles failed");
        Ok(ExitCode::from(1))
    }
}
