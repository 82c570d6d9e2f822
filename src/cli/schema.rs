//! `gloss schema`: the JSON Schema of documents and of reports.

use gloss::eval::Report;
use gloss::eval::agree::AgreementReport;
use gloss::eval::diff::DifferenceReport;
use gloss::format::schema::document_schema;
use std::io::Write;
use std::process::ExitCode;

/// What `gloss schema` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {
    /// What the schema describes.
    #[arg(value_enum, default_value = "document")]
    of: Described,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Described {
    /// A document with its annotations.
    Document,
    /// The report of `gloss eval --format json`.
    Eval,
    /// The report of `gloss diff --format json`.
    Diff,
    /// The report of `gloss agree --format json`.
    Agree,
}

/// Prints the schema.
pub(crate) fn run(args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    let schema = match args.of {
        Described::Document => serde_json::to_string_pretty(&document_schema())?,
        Described::Eval => serde_json::to_string_pretty(&Report::schema())?,
        Described::Diff => serde_json::to_string_pretty(&schemars::schema_for!(DifferenceReport))?,
        Described::Agree => serde_json::to_string_pretty(&schemars::schema_for!(AgreementReport))?,
    };
    writeln!(std::io::stdout(), "{schema}")?;
    Ok(ExitCode::SUCCESS)
}
