//! The card written beside a trained model.

use super::args::TrainArgs;
use gloss::document::{Document, Name};
use gloss::linear::Model;
use gloss::linear::train::{Config, Counts, Round};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::Path;

/// What a card tells of.
pub(crate) struct Card<'a> {
    pub(crate) args: &'a TrainArgs,
    pub(crate) config: &'a Config,
    pub(crate) feature_set: u64,
    pub(crate) model: &'a Model,
    pub(crate) gold: &'a [Document],
    pub(crate) taught: &'a [Document],
    pub(crate) rounds: &'a [Round],
    /// Scores of the finished model on the development files, by label.
    pub(crate) scores: &'a BTreeMap<String, Counts>,
}

/// The card in Markdown.
pub(crate) fn write(card: &Card<'_>) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let name = card.args.output.file_name().unwrap_or_default().to_string_lossy();
    let labels: Vec<&str> = card.model.labels().iter().map(Name::as_str).collect();
    writeln!(out, "# Model card: {name}\n")?;
    writeln!(out, "A linear-chain conditional random field over hashed features, weights in eight bits.\n")?;
    writeln!(out, "- labels: {}", labels.join(" "))?;
    writeln!(out, "- features: {} of feature set {:016x}\n", card.model.rows(), card.feature_set)?;
    writeln!(out, "The same bytes come from this command, with these settings, of the same version of gloss:\n")?;
    writeln!(out, "```sh\n{}\n```\n", command(card.args))?;
    writeln!(out, "```toml\n{}```\n", toml::to_string(card.config).map_err(|_| fmt::Error)?)?;
    data(&mut out, "Data", card.gold)?;
    if !card.taught.is_empty() {
        data(&mut out, "Taught text (marked by another model)", card.taught)?;
    }
    rounds(&mut out, card)?;
    by_label(&mut out, card)?;
    confidence(&mut out, card)?;
    Ok(out)
}

/// The command line, with paths as they were given.
fn command(args: &TrainArgs) -> String {
    let mut words = vec!["gloss".to_owned(), "train".to_owned()];
    words.extend(args.gold.iter().map(|path| quoted(path)));
    let options = [("--taught", &args.taught), ("--dev", &args.dev)];
    for (option, paths) in options {
        words.extend(paths.iter().flat_map(|path| [option.to_owned(), quoted(path)]));
    }
    words.extend(args.config.iter().flat_map(|path| ["--config".to_owned(), quoted(path)]));
    words.extend(["-o".to_owned(), quoted(&args.output)]);
    words.join(" ")
}

/// A path as a word of a command line.
fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@".contains(c);
    if path.chars().all(plain) { path.into_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// The part of a card that names data and their licences.
pub(super) fn data(out: &mut String, title: &str, documents: &[Document]) -> fmt::Result {
    let bytes: usize = documents.iter().map(|document| document.text().len()).sum();
    writeln!(out, "## {title}\n\n{} documents, {bytes} bytes of text, by source and licence:\n", documents.len())?;
    writeln!(out, "| source | licence | documents | bytes | marks |\n| --- | --- | ---: | ---: | ---: |")?;
    let mut sources: BTreeMap<(&str, &str), [usize; 3]> = BTreeMap::new();
    for document in documents {
        let meta = &document.article.meta;
        let source = meta.source.as_deref().unwrap_or("not named");
        let licence = meta.license.as_deref().unwrap_or("not named");
        let sums = sources.entry((source, licence)).or_default();
        let marks = document.layer(gloss::document::Layer::Entity).len();
        for (sum, more) in sums.iter_mut().zip([1, document.text().len(), marks]) {
            *sum += more;
        }
    }
    for ((source, licence), [count, bytes, marks]) in sources {
        writeln!(out, "| {source} | {licence} | {count} | {bytes} | {marks} |")?;
    }
    writeln!(out)
}

fn rounds(out: &mut String, card: &Card<'_>) -> fmt::Result {
    writeln!(out, "## Rounds\n\n| round | loss | dev P | dev R | dev F1 |\n| ---: | ---: | ---: | ---: | ---: |")?;
    for round in card.rounds {
        writeln!(out, "| {} | {:.4} |{}", round.number, round.loss, cells(round.dev))?;
    }
    let best = card.rounds.iter().filter_map(|round| round.dev).map(Counts::f1).fold(f64::NAN, f64::max);
    if best.is_nan() {
        return writeln!(out, "\nWithout development files the last round was taken.\n");
    }
    let all: Counts = card.scores.values().sum();
    writeln!(out, "| pruned, eight bits | |{}", cells(Some(all)))?;
    writeln!(
        out,
        "\nThe best round was taken. Pruning and eight bits cost {:.2} of F1. All labels of the development files count here, \
         and the model works alone, without lists, rules and the second look at the article.\n",
        best - all.f1()
    )
}

fn by_label(out: &mut String, card: &Card<'_>) -> fmt::Result {
    if card.scores.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Scores by label\n\nOf the model alone on the development files, which chose the round.\n")?;
    writeln!(out, "| label | P | R | F1 | gold |\n| --- | ---: | ---: | ---: | ---: |")?;
    for (label, counts) in card.scores {
        writeln!(out, "| {label} |{} {} |", cells(Some(*counts)), counts.gold)?;
    }
    writeln!(out)
}

fn confidence(out: &mut String, card: &Card<'_>) -> fmt::Result {
    let shares = card.model.calibration();
    if shares.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "## Confidence\n\nA mention's raw confidence becomes its `score` by this table. It was fitted to the development files \
         named above, so they cannot confirm it; where scores are to be trusted on other text, count there \
         (`cargo run --release --example entities_report -- GOLD`).\n\n\
         | raw | share right on the development files |\n| ---: | ---: |"
    )?;
    for (at, share) in shares.iter().enumerate() {
        writeln!(out, "| {:.2} | {share:.3} |", at as f32 / (shares.len() - 1).max(1) as f32)?;
    }
    Ok(())
}

/// Precision, recall and F1 as cells of a table.
pub(super) fn cells(counts: Option<Counts>) -> String {
    let share = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
    counts.map_or(" | | |".to_owned(), |c| {
        format!(" {:.1} | {:.1} | {:.2} |", share(c.right, c.marked), share(c.right, c.gold), c.f1())
    })
}
