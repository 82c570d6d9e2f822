//! `gloss eval`: scores predictions against gold.

use super::asked::Asked;
use super::comparing::Comparing;
use super::pairs::Pairs;
use anyhow::{Context, bail};
use gloss::document::{Document, Layer, label};
use gloss::eval::report::{Change, Comparison};
use gloss::eval::{Floor, MaxDrop, Report, Sampling, Scores, Slice, Verdict, View, compare, gate, table};
use gloss::text::did_you_mean;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `gloss eval` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 scored and every floor met, 1 a floor not met, 2 bad input or usage.")]
pub(crate) struct EvalArgs {
    /// Gold: a file or a folder of documents.
    #[arg(required_unless_present = "schema")]
    gold: Option<PathBuf>,
    /// Predictions, matched with gold by document id.
    #[arg(required_unless_present = "schema")]
    pred: Option<PathBuf>,
    /// A second system, compared with the first.
    pred2: Option<PathBuf>,
    #[command(flatten)]
    comparing: Comparing,
    /// How the report is written.
    #[arg(long, value_enum, default_value = "text")]
    format: EvalFormat,
    /// Score parts by themselves: zone, meta.KEY.
    #[arg(long, value_name = "SLICE", value_delimiter = ',')]
    by: Vec<Slice>,
    /// Fail when a figure is lower: `strict.f1=0.85,PERSON.recall=0.9`. A figure is `[NAME.][SCHEME.]RATIO`: a
    /// layer, label or mean (none: all marks); strict (if left out), exact, partial, `ent_type` or value;
    /// precision, recall or f1.
    #[arg(long, value_name = "FIGURE=LEAST,…")]
    fail_under: Vec<String>,
    /// Fail when a figure is under its floor in this TOML file.
    #[arg(long, value_name = "FILE")]
    floors: Option<PathBuf>,
    /// Print a file of floors from what is found, SLACK points under it.
    #[arg(long, value_name = "SLACK", num_args = 0..=1, default_missing_value = "0.5")]
    print_floors: Option<f64>,
    /// Fail when an F1 is lower than in this earlier report (--format json).
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// How many points (hundredths) lower than the baseline an F1 of all marks, a layer or a label may be.
    #[arg(long, value_name = "POINTS", default_value_t = 0.0, requires = "baseline", value_parser = points)]
    max_drop: f64,
    /// The same for labels, which rest on fewer marks [default: as --max-drop]
    #[arg(long, value_name = "POINTS", requires = "baseline", value_parser = points)]
    max_label_drop: Option<f64>,
    /// Samples of documents that intervals are drawn from; 0: no intervals.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    bootstrap: usize,
    /// Shuffles of the test of two systems.
    #[arg(long, value_name = "N", default_value_t = 9999)]
    shuffles: usize,
    /// Share of the samples that an interval holds.
    #[arg(long, value_name = "SHARE", default_value_t = 0.95, value_parser = share)]
    confidence: f64,
    /// What an undefined ratio counts as in means over labels and documents (0 is seqeval's way); else it is
    /// left out.
    #[arg(long, value_name = "RATIO", value_parser = zero_to_one)]
    zero_division: Option<f64>,
    /// Seed of intervals and test.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print the JSON Schema of reports.
    #[arg(long, exclusive = true)]
    schema: bool,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum EvalFormat {
    /// Tables.
    Text,
    /// One JSON object; `--schema` prints its schema.
    Json,
    /// Workflow commands that GitHub shows as annotations.
    Github,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("a share lies between 0 and 1".to_owned()),
    }
}

fn zero_to_one(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(ratio),
        _ => Err("a ratio lies between 0 and 1".to_owned()),
    }
}

fn points(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(points) if (0.0..=100.0).contains(&points) => Ok(points),
        _ => Err("points lie between 0 and 100; 0.5 is half a hundredth".to_owned()),
    }
}

/// Scores, prints, and holds the floors.
pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    if args.schema {
        writeln!(out, "{}", serde_json::to_string_pretty(&Report::schema())?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let gates = Gates::read(args)?;
    let mut report = score(args)?;
    if !gates.is_empty() {
        report.gate = gates.check(&report.figures()?)?;
    }
    if let Some(slack) = args.print_floors {
        let labels: Vec<_> = Layer::ALL.iter().map(|layer| (layer.name(), label::of_layer(*layer))).collect();
        write!(out, "{}", gate::print_floors(&report.figures()?, &labels, slack))?;
        return Ok(ExitCode::SUCCESS);
    }
    match args.format {
        EvalFormat::Text => write!(out, "{}", table::print(&report))?,
        EvalFormat::Json => {
            let mut out = std::io::BufWriter::new(out);
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
            out.flush()?;
        }
        EvalFormat::Github => write!(out, "{}", github(&report))?,
    }
    Ok(if report.gate.iter().all(|verdict| verdict.met) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Reads all documents and scores them.
fn score(args: &EvalArgs) -> anyhow::Result<Report> {
    let (Some(gold), Some(pred)) = (&args.gold, &args.pred) else { bail!("gold and predictions must be named") };
    let paths: Vec<&Path> = [gold, pred].into_iter().chain(&args.pred2).map(PathBuf::as_path).collect();
    let (selection, rule) = (args.comparing.selection()?, args.comparing.rule());
    let mut ignored = Asked::new("--ignore", &args.comparing.ignore, &selection)?;
    let mut keys = MetaKeys::new(&args.by);
    let mut pairs = Pairs::open(&paths, &args.comparing.reading(), args.comparing.missing)?;
    let mut systems = vec![Scores::new(); paths.len() - 1];
    let (mut fixed, mut broke) = (Vec::new(), Vec::new());
    while let Some(documents) = pairs.next()? {
        ignored.meet(&documents, &selection);
        let [gold, preds @ ..] = documents.as_slice() else { continue };
        keys.meet(gold);
        let mut judged = Vec::with_capacity(preds.len());
        for (scores, pred) in systems.iter_mut().zip(preds) {
            judged.push(scores.add(gold, pred, &selection, rule, &args.by));
        }
        if let [first, second] = judged.as_slice() {
            compare::changes(gold, first, second, &mut fixed, &mut broke);
        }
    }
    ignored.finish()?;
    keys.finish()?;
    let systems: Vec<Scores> = systems.into_iter().map(Scores::finish).collect();
    let sampling = Sampling { samples: args.bootstrap, seed: args.seed, confidence: args.confidence };
    let view = View { selection: &selection, slices: &args.by, sampling, undefined: args.zero_division };
    let layers = systems[0].layers(&selection);
    let mut report = Report::new(&systems[0], &layers, view);
    if let Some(second) = systems.get(1) {
        report.second = Some(Box::new(Report::new(second, &layers, view)));
        let sampling = Sampling { samples: args.shuffles, ..sampling };
        let ours = |changes: Vec<Change>| {
            let mut changes: Vec<_> =
                changes.into_iter().filter(|change| report.layers.contains(&change.layer)).collect();
            changes.sort_unstable();
            changes
        };
        report.comparison = Some(Comparison {
            samples: args.shuffles,
            seed: args.seed,
            overall: Report::compare(&systems[0], second, &layers, sampling),
            fixed: ours(fixed),
            broke: ours(broke),
        });
    }
    if pairs.skipped > 0 {
        let documents = if pairs.skipped == 1 { "document" } else { "documents" };
        report.warnings.push(format!("{} {documents} without a partner left out", pairs.skipped));
    }
    if report.documents == 1 && report.comparison.is_some() {
        report.warnings.push("one document tells two systems not apart: no p".to_owned());
    }
    if report.documents == 0 {
        report.warnings.push("there is no document to score".to_owned());
    } else if report.layers.is_empty() {
        report.warnings.push("neither side holds a mark: nothing was scored".to_owned());
    }
    Ok(report)
}

/// The keys of metadata that slices name, held against those that gold has.
struct MetaKeys<'a> {
    asked: Vec<&'a str>,
    met: BTreeSet<String>,
    documents: usize,
}

impl<'a> MetaKeys<'a> {
    fn new(slices: &'a [Slice]) -> Self {
        let asked = slices.iter().filter_map(|slice| match slice {
            Slice::Meta(key) => Some(key.as_str()),
            Slice::Zone => None,
        });
        Self { asked: asked.collect(), met: BTreeSet::new(), documents: 0 }
    }

    fn meet(&mut self, gold: &Document) {
        self.documents += 1;
        if self.asked.is_empty() {
            return;
        }
        for key in Slice::meta_keys(gold) {
            if !self.met.contains(key) {
                self.met.insert(key.to_owned());
            }
        }
    }

    /// Refuses a key that no document has.
    fn finish(self) -> anyhow::Result<()> {
        let mut unknown = self.asked.iter().filter(|key| !self.met.contains(**key));
        let Some(key) = unknown.next().filter(|_| self.documents > 0) else { return Ok(()) };
        let hint = did_you_mean(key, self.met.iter().map(String::as_str));
        let met: Vec<_> = self.met.iter().map(String::as_str).collect();
        let met = if met.is_empty() { "none".to_owned() } else { met.join(", ") };
        bail!("--by meta.{key}: no gold document has this key{hint} (keys met: {met})")
    }
}

/// Everything that a report is held against.
struct Gates {
    floors: Vec<Floor>,
    baseline: Option<(String, Json)>,
    max_drop: MaxDrop,
}

impl Gates {
    fn read(args: &EvalArgs) -> anyhow::Result<Self> {
        let mut floors = Vec::new();
        for list in &args.fail_under {
            floors.extend(Floor::parse_list(list).map_err(|message| anyhow::anyhow!("--fail-under: {message}"))?);
        }
        if let Some(path) = &args.floors {
            let place = path.display().to_string();
            let toml = std::fs::read_to_string(path).with_context(|| format!("{place}: cannot read"))?;
            floors.extend(Floor::parse_file(&toml, &place)?);
        }
        let baseline = args.baseline.as_ref().map(|path| -> anyhow::Result<_> {
            let place = path.display().to_string();
            let json = std::fs::read_to_string(path).with_context(|| format!("{place}: cannot read"))?;
            let no_report = || format!("{place}: is no report of `gloss eval --format json`");
            Ok((place.clone(), serde_json::from_str(&json).with_context(no_report)?))
        });
        let labels = args.max_label_drop.unwrap_or(args.max_drop);
        Ok(Self { floors, baseline: baseline.transpose()?, max_drop: MaxDrop { layers: args.max_drop, labels } })
    }

    fn is_empty(&self) -> bool {
        self.floors.is_empty() && self.baseline.is_none()
    }

    fn check(&self, report: &Json) -> anyhow::Result<Vec<Verdict>> {
        let mut verdicts = Vec::new();
        for floor in &self.floors {
            verdicts.push(floor.check(report).map_err(anyhow::Error::msg)?);
        }
        if let Some((place, baseline)) = &self.baseline {
            let drops = gate::check_drop(report, baseline, self.max_drop);
            verdicts.extend(drops.map_err(|message| anyhow::anyhow!("{place}: {message}"))?);
        }
        Ok(verdicts)
    }
}

/// A notice with the figures, and an error for each floor that is not met.
fn github(report: &Report) -> String {
    use super::github::command;
    let percent = |ratio: Option<f64>| ratio.map_or("–".to_owned(), |ratio| format!("{:.2}", ratio * 100.0));
    let strict = &report.overall.strict;
    let summary = format!(
        "{} document{} of {}: strict P {} R {} F1 {}, partial F1 {}",
        report.documents,
        if report.documents == 1 { "" } else { "s" },
        report.layers.join(", "),
        percent(strict.precision),
        percent(strict.recall),
        percent(strict.f1),
        percent(report.overall.partial.f1)
    );
    let mut out = command("notice", &[("title", "gloss eval")], &summary);
    for warning in &report.warnings {
        out += &command("warning", &[("title", "gloss eval")], warning);
    }
    for verdict in report.gate.iter().filter(|verdict| !verdict.met) {
        let message = format!(
            "{} is {}, at least {} wanted",
            verdict.figure,
            percent(verdict.found),
            percent(Some(verdict.least))
        );
        out += &command("error", &[("title", "gloss eval: under the floor")], &message);
    }
    out
}
