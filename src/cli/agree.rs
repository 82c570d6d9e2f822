//! `gloss agree`: how far annotators agree, pair by pair.

use super::asked::Asked;
use super::comparing::Comparing;
use super::pairs::Pairs;
use anyhow::bail;
use gloss::eval::agree::{Agreement, AgreementReport, Counter, Row};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `gloss agree` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct AgreeArgs {
    /// One file or folder for each annotator.
    #[arg(required = true, num_args = 2.., value_name = "ANNOTATOR")]
    annotators: Vec<PathBuf>,
    #[command(flatten)]
    comparing: Comparing,
    /// How the figures are written.
    #[arg(long, value_enum, default_value = "text")]
    format: AgreeFormat,
}

/// How agreement is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum AgreeFormat {
    /// Tables.
    Text,
    /// One JSON object.
    Json,
}

/// Compares every two annotators.
pub(crate) fn run(args: &AgreeArgs) -> anyhow::Result<ExitCode> {
    let (selection, rule) = (args.comparing.selection()?, args.comparing.rule());
    let paths: Vec<&Path> = args.annotators.iter().map(PathBuf::as_path).collect();
    let mut ignored = Asked::new("--ignore", &args.comparing.ignore, &selection)?;
    let mut documents = Pairs::open(&paths, &args.comparing.reading(), args.comparing.missing)?;
    let couples: Vec<(usize, usize)> =
        (0..paths.len()).flat_map(|one| (one + 1..paths.len()).map(move |two| (one, two))).collect();
    let mut counters = vec![Counter::default(); couples.len()];
    while let Some(marked) = documents.next()? {
        ignored.meet(&marked, &selection);
        for ((one, two), counter) in couples.iter().zip(&mut counters) {
            let (Some(one), Some(two)) = (marked.get(*one), marked.get(*two)) else { bail!("an annotator is lost") };
            counter.add(one, two, &selection, rule);
        }
    }
    ignored.finish()?;
    let name = |index: usize| paths[index].display().to_string();
    let agreements: Vec<Agreement> =
        couples.iter().zip(counters).map(|((one, two), counter)| counter.agreement([name(*one), name(*two)])).collect();
    let mut out = anstream::stdout().lock();
    match args.format {
        AgreeFormat::Text => text(&agreements, &mut out)?,
        AgreeFormat::Json => {
            writeln!(out, "{}", serde_json::to_string_pretty(&AgreementReport::new(agreements))?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn text(agreements: &[Agreement], out: &mut dyn Write) -> std::io::Result<()> {
    for agreement in agreements {
        let [one, two] = &agreement.annotators;
        let Agreement { strict_f1, partial_f1, kappa, alpha, .. } = *agreement;
        let all = Row { strict_f1, partial_f1, kappa, alpha };
        let width = agreement.by_document.keys().map(|id| id.chars().count()).chain([13]).max().unwrap_or(13);
        writeln!(out, "{one} and {two}")?;
        writeln!(out, "{:<width$} {:>9} {:>10} {:>7} {:>7}", "", "strict F1", "partial F1", "kappa", "alpha")?;
        writeln!(out, "{}", row("all documents", &all, width))?;
        for (id, own) in &agreement.by_document {
            writeln!(out, "{}", row(id, own, width))?;
        }
    }
    Ok(())
}

fn row(name: &str, row: &Row, width: usize) -> String {
    let percent = |f1: Option<f64>| f1.map_or("–".to_owned(), |f1| format!("{:.2}", f1 * 100.0));
    let plain = |figure: Option<f64>| figure.map_or("–".to_owned(), |figure| format!("{figure:.3}"));
    format!(
        "{name:<width$} {:>9} {:>10} {:>7} {:>7}",
        percent(row.strict_f1),
        percent(row.partial_f1),
        plain(row.kappa),
        plain(row.alpha)
    )
}
