//! `gloss train --kind transformer`: an encoder and gold in, a checkpoint and its card out.

use super::args::TrainArgs;
use super::model_card::{cells, data};
use super::train_entities::{label_map, labels, read, write_aside};
use anyhow::{Context, bail};
use gloss::document::{Document, Layer, Name};
use gloss::linear::FeatureSet;
use gloss::linear::train::{Trainer, Trust};
use gloss::neural::train::{Event, Finetuner, Progress, Settings};
use gloss::resource::Resources;
use gloss::segment::Segmenter;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Fine-tunes the encoder of `--base`.
pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    let Some(base) = &args.base else {
        bail!("--kind transformer needs --base DIR: the folder of the encoder to start from");
    };
    let settings: Settings = match &args.config {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("{}: cannot read", path.display()))?;
            toml::from_str(&text).with_context(|| format!("{}", path.display()))?
        }
        None => Settings::default(),
    };
    let resources = Resources::embedded();
    let map = label_map(&resources)?;
    let features = FeatureSet::new(&resources)?;
    let segmenter = Segmenter::new(&resources)?;
    let gold = read(&args.gold)?;
    let dev = read(&args.dev)?;
    let labels = labels(gold.iter(), &map);
    let names: Vec<String> = labels.iter().map(Name::to_string).collect();
    let mut trainer = Trainer::new(&features, map, labels)?;
    let mut finetuner = Finetuner::new(base, &names, settings.clone())?;
    for document in &gold {
        let text = segmenter.segment(&document.article);
        let marks = document.layer(Layer::Entity);
        finetuner.add(&text, &trainer.constrain(&text, marks, document.labels.as_deref(), Trust::GOLD))?;
    }
    for document in &dev {
        let text = segmenter.segment(&document.article);
        trainer.add_dev(&text, document.layer(Layer::Entity), document.labels.as_deref());
        finetuner.add_dev(&text)?;
    }
    let (windows, pieces) = finetuner.size();
    anstream::eprintln!("{} documents, {windows} windows, {pieces} word pieces", gold.len());
    let mut judged: Vec<Progress> = Vec::new();
    finetuner.train(
        &args.output,
        &mut |found| trainer.judge(|number| found[number].clone()),
        &mut |event| match event {
            Event::Judged(progress) => {
                let dev = progress.dev.map_or(String::new(), |counts| format!("  dev F1 {:.2}", counts.f1()));
                anstream::eprintln!("step {}/{}  loss {:.4}{dev}", progress.step, progress.steps, progress.loss);
                judged.push(progress);
            }
            Event::GoesOn(step) => anstream::eprintln!("{}: going on after step {step}", args.output.display()),
        },
    )?;
    let card = card(args, &settings, &names, &gold, &judged)?;
    write_aside(&args.output.join("card.md"), |out| out.write_all(card.as_bytes()))?;
    Ok(ExitCode::SUCCESS)
}

/// The model card.
fn card(
    args: &TrainArgs,
    settings: &Settings,
    labels: &[String],
    gold: &[Document],
    judged: &[Progress],
) -> anyhow::Result<String> {
    let mut card = String::new();
    writeln!(card, "# Model card: {}\n", args.output.file_name().unwrap_or_default().to_string_lossy())?;
    let base = args.base.as_deref().unwrap_or(&args.output);
    writeln!(card, "A transformer encoder fine-tuned to tag entities (BILOU), with embeddings of word shapes.\n")?;
    writeln!(card, "- labels: {}", labels.join(" "))?;
    let dev =
        args.dev.iter().fold(String::new(), |all, path| all + " --dev " + &file_names(std::slice::from_ref(path)));
    writeln!(
        card,
        "- command: `gloss train --kind transformer --base {} {}{} --config {} -o {}`\n",
        base.file_name().unwrap_or_default().to_string_lossy(),
        file_names(&args.gold),
        dev,
        args.config.as_ref().map_or_else(|| "FILE".to_owned(), |path| file_names(std::slice::from_ref(path))),
        file_names(std::slice::from_ref(&args.output))
    )?;
    writeln!(card, "```toml\n{}```\n", toml::to_string(settings)?)?;
    data(&mut card, "Data", gold)?;
    writeln!(
        card,
        "\n## Judgements\n\n| step | loss | dev P | dev R | dev F1 |\n| ---: | ---: | ---: | ---: | ---: |"
    )?;
    for progress in judged {
        writeln!(card, "| {} | {:.4} |{}", progress.step, progress.loss, cells(progress.dev))?;
    }
    Ok(card)
}

/// The names of files without their folders.
fn file_names(paths: &[PathBuf]) -> String {
    let names = paths.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    names.collect::<Vec<_>>().join(" ")
}
