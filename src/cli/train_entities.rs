//! `gloss train --kind entities`: gold in, a model and its card out.

use super::args::TrainArgs;
use anyhow::{Context, bail};
use gloss::document::{Document, Label, Layer, Name, label};
use gloss::format::json::{ReadOptions, read_lines};
use gloss::linear::train::{Config, Counts, Round, Trainer};
use gloss::linear::{FeatureSet, LabelMap, Model};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Trains a model of the entity layer.
pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    let resources = Resources::embedded();
    let config = match &args.config {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("{}: cannot read", path.display()))?;
            toml::from_str(&text).with_context(|| format!("{}", path.display()))?
        }
        None => Config::default(),
    };
    let map = label_map(&resources)?;
    let features = FeatureSet::new(&resources)?;
    let segmenter = Segmenter::new(&resources)?;
    let gold = read(&args.gold)?;
    let dev = read(&args.dev)?;
    let labels = labels(&gold, &map);
    let mut trainer = Trainer::new(&features, map, labels)?;
    for document in &gold {
        let text = segmenter.segment(&document.article);
        trainer.add(&text, document.layer(Layer::Entity), document.labels.as_deref());
    }
    for document in &dev {
        let text = segmenter.segment(&document.article);
        trainer.add_dev(&text, document.layer(Layer::Entity), document.labels.as_deref());
    }
    if trainer.tokens() == 0 {
        bail!("the gold holds no token; name files of documents with text and entity annotations");
    }
    anstream::eprintln!(
        "{} documents, {} sentences, {} tokens; {} gold mentions left out (overlap, or cut a token)",
        gold.len(),
        trainer.sentences(),
        trainer.tokens(),
        trainer.left_out
    );
    let mut rounds = Vec::new();
    let model = trainer.train(&config, &mut |round| {
        let dev = round.dev.map_or(String::new(), |counts| format!("  dev F1 {:.2}", counts.f1()));
        anstream::eprintln!("round {:>2}  loss {:.4}{dev}", round.number, round.loss);
        rounds.push(round);
    });
    let packed = (!dev.is_empty()).then(|| trainer.score(&model));
    if let Some(counts) = packed {
        anstream::eprintln!("{} features in eight bits: dev F1 {:.2}", model.rows(), counts.f1());
    }
    write_aside(&args.output, &model.to_bytes())?;
    let card = card(args, &config, &features, &model, &gold, &rounds, packed)?;
    let card_path = args.output.with_extension("md");
    write_aside(&card_path, card.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The map of coarse labels.
pub(super) fn label_map(resources: &Resources) -> anyhow::Result<LabelMap> {
    const PLACE: &str = "rules/entities/labels.toml";
    Ok(LabelMap::parse(&resources.text(PLACE)?, PLACE)?)
}

/// Reads every document; the first broken one ends the run.
pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<Document>> {
    let mut documents = Vec::new();
    for path in paths {
        let file = fs::File::open(path).with_context(|| format!("{}: cannot read", path.display()))?;
        let mut fault = None;
        read_lines(BufReader::new(file), &path.display().to_string(), &ReadOptions::default(), &mut |document| {
            match document {
                Ok(document) => documents.push(document),
                Err(error) => fault = fault.take().or(Some(error)),
            }
        })?;
        if let Some(fault) = fault {
            return Err(fault.into());
        }
    }
    Ok(documents)
}

/// The labels to train: gloss's own first, in their order, then others by name.
pub(super) fn labels(gold: &[Document], map: &LabelMap) -> Vec<Label> {
    let mut names: Vec<String> = gold
        .iter()
        .flat_map(|document| document.layer(Layer::Entity))
        .flat_map(|mark| map.expand(&mark.label))
        .map(str::to_owned)
        .collect();
    names.sort_unstable();
    names.dedup();
    let place = |name: &str| label::ENTITY.iter().position(|own| *own == name).unwrap_or(usize::MAX);
    names.sort_by_key(|name| place(name));
    names.into_iter().map(|name| label::intern(Layer::Entity, &name)).collect()
}

/// Writes beside `path`, then renames.
pub(super) fn write_aside(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let fault = || format!("{}: cannot write", path.display());
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(fault)?;
    file.write_all(bytes).with_context(fault)?;
    file.persist(path).with_context(fault)?;
    Ok(())
}

/// The model card.
fn card(
    args: &TrainArgs,
    config: &Config,
    features: &FeatureSet,
    model: &Model,
    gold: &[Document],
    rounds: &[Round],
    packed: Option<Counts>,
) -> anyhow::Result<String> {
    let mut card = String::new();
    let names: Vec<&str> = model.labels().iter().map(Name::as_str).collect();
    writeln!(card, "# Model card: {}\n", args.output.file_name().unwrap_or_default().to_string_lossy())?;
    writeln!(card, "A linear-chain conditional random field over hashed features, weights in eight bits.\n")?;
    writeln!(card, "- labels: {}", names.join(" "))?;
    writeln!(card, "- features: {} of feature set {:016x}", model.rows(), features.fingerprint())?;
    writeln!(
        card,
        "- command: `gloss train {} -o {}`",
        file_names(&args.gold),
        file_names(std::slice::from_ref(&args.output))
    )?;
    writeln!(card, "- development files: {}\n", file_names(&args.dev))?;
    writeln!(card, "```toml\n{}```\n", toml::to_string(config)?)?;
    licences(&mut card, gold)?;
    writeln!(card, "\n## Rounds\n\n| round | loss | dev P | dev R | dev F1 |\n| ---: | ---: | ---: | ---: | ---: |")?;
    for round in rounds {
        writeln!(card, "| {} | {:.4} |{}", round.number, round.loss, cells(round.dev))?;
    }
    writeln!(card, "| pruned, eight bits | |{}", cells(packed))?;
    writeln!(card, "\n## Confidence\n\n| raw | share right on the development files |\n| ---: | ---: |")?;
    for (at, share) in model.calibration().iter().enumerate() {
        writeln!(card, "| {:.2} | {share:.3} |", at as f32 / (model.calibration().len() - 1).max(1) as f32)?;
    }
    Ok(card)
}

/// The part of a card that names the data and their licences.
pub(super) fn licences(card: &mut String, gold: &[Document]) -> anyhow::Result<()> {
    writeln!(
        card,
        "## Data\n\n{} documents, {} bytes of text. Licences, as the documents name them:\n",
        gold.len(),
        gold.iter().map(|d| d.text().len()).sum::<usize>()
    )?;
    let mut licences: Vec<&str> =
        gold.iter().map(|d| d.article.meta.license.as_deref().unwrap_or("not named")).collect();
    licences.sort_unstable();
    for run in licences.chunk_by(|a, b| a == b) {
        writeln!(card, "- {}: {} documents", run[0], run.len())?;
    }
    Ok(())
}

/// The names of files without their folders.
pub(super) fn file_names(paths: &[PathBuf]) -> String {
    let names = paths.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    names.collect::<Vec<_>>().join(" ")
}

/// Precision, recall and F1 as cells of a table.
pub(super) fn cells(counts: Option<Counts>) -> String {
    let share = |part: usize, of: usize| 100.0 * part as f64 / of.max(1) as f64;
    counts.map_or(" | | |".to_owned(), |c| {
        format!(" {:.1} | {:.1} | {:.2} |", share(c.right, c.marked), share(c.right, c.gold), c.f1())
    })
}
