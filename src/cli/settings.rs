//! Settings that several commands share: how files are read, and what the pipeline is built from.

use anyhow::Context;
use gloss::batch::{Kind, Reading};
use gloss::format::encoding::encoding;
use gloss::format::json::Fields;
use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::dates::{DateOrder, Domain};
use gloss::tag::{ModelFile, TagOptions};
use std::path::{Path, PathBuf};

/// How files are read.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadingArgs {
    /// What the inputs hold, whatever their endings say: plain, html or jsonl.
    #[arg(long, value_name = "KIND")]
    pub(crate) from: Option<Kind>,
    /// The encoding of texts and pages (windows-1252, gb18030…), whatever a page says.
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
    /// The key of a record that holds its text.
    #[arg(long, value_name = "KEY", default_value = "text")]
    pub(crate) text_field: String,
    /// The key of a record that holds its id.
    #[arg(long, value_name = "KEY", default_value = "id")]
    pub(crate) id_field: String,
    /// The key of a record that holds its day of publication.
    #[arg(long, value_name = "KEY", default_value = "dct")]
    pub(crate) dct_field: String,
}

impl ReadingArgs {
    /// The settings as the library takes them.
    pub(crate) fn reading(&self) -> anyhow::Result<Reading> {
        Ok(Reading {
            from: self.from,
            encoding: self.encoding.as_deref().map(encoding).transpose()?,
            fields: Fields { text: self.text_field.clone(), id: self.id_field.clone(), dct: self.dct_field.clone() },
        })
    }
}

/// What the pipeline is built from.
#[derive(Debug, clap::Args)]
pub(crate) struct PipelineArgs {
    /// A folder laid out like resources/, whose files take the place of the built-in ones.
    #[arg(long, value_name = "DIR")]
    resources: Option<PathBuf>,
    /// What relative dates are resolved against: auto, news (the day of publication) or narrative (the last
    /// date mentioned).
    #[arg(long, value_name = "DOMAIN", default_value = "auto", value_parser = domain)]
    domain: Domain,
    /// How 3/4/2025 is read: auto, day-first or month-first.
    #[arg(long, value_name = "ORDER", default_value = "auto", value_parser = date_order)]
    date_order: DateOrder,
    /// A trained entity model in place of the built-in one; in a build with the feature `neural` also the folder
    /// of a transformer checkpoint (config.json, tokenizer.json, model.safetensors).
    #[arg(long, value_name = "PATH")]
    model: Option<PathBuf>,
}

impl PipelineArgs {
    /// Loads every stage.
    pub(crate) fn load(&self) -> anyhow::Result<Pipeline> {
        let resources = match &self.resources {
            Some(folder) => Resources::with_overlay(folder)?,
            None => Resources::embedded(),
        };
        let (folder, file) = match &self.model {
            Some(path) if path.is_dir() => (Some(path), None),
            path => (None, path.as_ref()),
        };
        let read = |path: &PathBuf| {
            let place = path.display().to_string();
            let bytes = std::fs::read(path).with_context(|| format!("{place}: cannot read this model"))?;
            anyhow::Ok(ModelFile { place, bytes: bytes.into() })
        };
        let options =
            TagOptions { domain: self.domain, date_order: self.date_order, entity_model: file.map(read).transpose()? };
        let pipeline = Pipeline::new(&resources, &options)?;
        match folder {
            Some(folder) => with_checkpoint(pipeline, folder, &resources),
            None => Ok(pipeline),
        }
    }
}

/// The pipeline with the checkpoint of `folder` as its tagger of entities.
#[cfg(feature = "neural")]
fn with_checkpoint(pipeline: Pipeline, folder: &Path, resources: &Resources) -> anyhow::Result<Pipeline> {
    let checkpoint = gloss::neural::Checkpoint::open(folder, resources)?;
    Ok(pipeline.with_tagger(gloss::neural::tagger(checkpoint, resources)?))
}

/// Says that this build reads no checkpoints.
#[cfg(not(feature = "neural"))]
fn with_checkpoint(_: Pipeline, folder: &Path, _: &Resources) -> anyhow::Result<Pipeline> {
    anyhow::bail!(
        "{}: is a folder; transformer checkpoints need a build with `cargo build --release --features neural`",
        folder.display()
    )
}

fn domain(name: &str) -> Result<Domain, String> {
    match name {
        "auto" => Ok(Domain::Auto),
        "news" => Ok(Domain::News),
        "narrative" => Ok(Domain::Narrative),
        _ => Err("it is none of auto, news, narrative".to_owned()),
    }
}

fn date_order(name: &str) -> Result<DateOrder, String> {
    match name {
        "auto" => Ok(DateOrder::Auto),
        "day-first" => Ok(DateOrder::DayFirst),
        "month-first" => Ok(DateOrder::MonthFirst),
        _ => Err("it is none of auto, day-first, month-first".to_owned()),
    }
}
