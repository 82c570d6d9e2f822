//! `gloss train --kind entities`: gold in, a model and its card out.

use super::args::TrainArgs;
use super::model_card::{self, Card};
use anyhow::{Context, bail};
use gloss::document::{Document, Label, Layer, label};
use gloss::draft::Draft;
use gloss::format::json::{ReadOptions, read_lines};
use gloss::linear::train::{Config, Counts, Restored, Run, Trainer, Trust};
use gloss::linear::{FeatureSet, LabelMap};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Trains a model of the entity layer.
pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let folder = args.output.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        bail!("{}: no such folder; make it, or name another place with -o", folder.display());
    }
    let resources = Resources::embedded();
    let config = config(args.config.as_deref())?;
    let map = label_map(&resources)?;
    let features = FeatureSet::new(&resources)?;
    let gold = read(&args.gold)?;
    let taught = read(&args.taught)?;
    let mut trainer = Trainer::new(&features, map.clone(), labels(gold.iter().chain(&taught), &map))?;
    let segmenter = Segmenter::new(&resources)?;
    let trust = Trust { weight: config.taught_weight, sure: config.taught_sure };
    let lessons = gold.iter().map(|document| (document, Trust::GOLD));
    for (document, trust) in lessons.chain(taught.iter().map(|document| (document, trust))) {
        let text = segmenter.segment(&document.article);
        trainer.add(&text, document.layer(Layer::Entity), document.labels.as_deref(), trust);
    }
    let dev = read(&args.dev)?;
    for document in &dev {
        let text = segmenter.segment(&document.article);
        trainer.add_dev(&text, document.layer(Layer::Entity), document.labels.as_deref());
    }
    if trainer.tokens() == 0 {
        bail!("the gold holds no token; name files of documents with text and entity annotations");
    }
    anstream::eprintln!(
        "{} documents, {} sentences, {} tokens; {} gold mentions left out (overlap, or cut a token)",
        gold.len() + taught.len(),
        trainer.sentences(),
        trainer.tokens(),
        trainer.left_out
    );
    let checkpoint = Checkpoint::beside(&args.output);
    let mut run = checkpoint.start(&trainer, &config)?;
    anstream::eprintln!("{} features to learn", run.features());
    while !run.is_over() {
        let round = run.round();
        let dev = round.dev.map_or(String::new(), |counts| format!("  dev F1 {:.2}", counts.f1()));
        let seconds = begun.elapsed().as_secs();
        anstream::eprintln!("round {:>2}  loss {:.4}{dev}  {seconds} s", round.number, round.loss);
        if !run.is_over() {
            checkpoint.save(&run)?;
        }
    }
    let rounds = run.rounds().to_vec();
    let model = run.finish();
    let scores = trainer.score(&model);
    if trainer.has_dev() {
        let all: Counts = scores.values().sum();
        anstream::eprintln!("{} features in eight bits: dev F1 {:.2}", model.rows(), all.f1());
    }
    write_aside(&args.output, |out| out.write_all(&model.to_bytes()))?;
    let card = model_card::write(&Card {
        args,
        config: &config,
        feature_set: features.fingerprint(),
        model: &model,
        gold: &gold,
        taught: &taught,
        rounds: &rounds,
        scores: &scores,
    })?;
    write_aside(&args.output.with_extension("md"), |out| out.write_all(card.as_bytes()))?;
    checkpoint.remove()?;
    let memory = peak_memory().map_or(String::new(), |bytes| format!(", at most {} MB of memory", bytes >> 20));
    anstream::eprintln!("{}: {} s{memory}", args.output.display(), begun.elapsed().as_secs());
    Ok(ExitCode::SUCCESS)
}

/// Where a training under way is kept.
struct Checkpoint {
    path: PathBuf,
}

impl Checkpoint {
    /// The file beside `model`.
    fn beside(model: &Path) -> Self {
        let mut path = model.as_os_str().to_owned();
        path.push(".checkpoint");
        Self { path: path.into() }
    }

    /// A training, gone on with where the file is of it.
    fn start<'t, 'f>(&self, trainer: &'t Trainer<'f>, config: &Config) -> anyhow::Result<Run<'t, 'f>> {
        let mut run = trainer.start(config);
        let name = self.path.display().to_string();
        match fs::File::open(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(run),
            Err(error) => return Err(error).with_context(|| format!("{name}: cannot read")),
            Ok(file) => match run.restore(&mut BufReader::new(file), &name)? {
                Restored::Taken => anstream::eprintln!("{name}: going on after round {}", run.rounds().len()),
                Restored::Other => {
                    anstream::eprintln!("{name}: is of another training; beginning anew");
                }
            },
        }
        Ok(run)
    }

    fn save(&self, run: &Run<'_, '_>) -> anyhow::Result<()> {
        write_aside(&self.path, |out| run.save(out))
    }

    fn remove(&self) -> anyhow::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("{}: cannot delete", self.path.display()))
            }
            _ => Ok(()),
        }
    }
}

/// The most memory this process has held, where the system says it.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// The settings in a file, or the usual ones.
fn config(path: Option<&Path>) -> anyhow::Result<Config> {
    let Some(path) = path else { return Ok(Config::default()) };
    let text = fs::read_to_string(path).with_context(|| format!("{}: cannot read", path.display()))?;
    Ok(Config::parse(&text, &path.display().to_string())?)
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
                Ok(document) if document.layer(Layer::Entity).iter().any(|mark| mark.label.trim().is_empty()) => {
                    let message = format!("a mark of {:?} has an empty label; name it or leave it out", document.id());
                    fault = fault.take().or(Some(gloss::Error::input(path.display().to_string(), message)));
                }
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
pub(super) fn labels<'d>(gold: impl Iterator<Item = &'d Document>, map: &LabelMap) -> Vec<Label> {
    let marks = gold.flat_map(|document| document.layer(Layer::Entity));
    let mut names: Vec<&str> = marks.flat_map(|mark| map.expand(&mark.label)).collect();
    names.sort_unstable();
    names.dedup();
    let place = |name: &str| label::ENTITY.iter().position(|own| *own == name).unwrap_or(usize::MAX);
    names.sort_by_key(|name| place(name));
    names.into_iter().map(|name| label::intern(Layer::Entity, name)).collect()
}

/// Writes the file at `path`, whole or not at all.
pub(super) fn write_aside(
    path: &Path,
    write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> anyhow::Result<()> {
    let mut draft = Draft::new(path)?;
    write(&mut draft).with_context(|| format!("{}: cannot write", path.display()))?;
    Ok(draft.finish()?)
}
