//! `gloss schema`: the JSON Schema of a document.

use gloss::format::schema::document_schema;
use std::io::Write;
use std::process::ExitCode;

/// What `gloss schema` takes: nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct SchemaArgs {}

/// Prints the schema.
pub(crate) fn run(_args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    let schema = serde_json::to_string_pretty(&document_schema())?;
    writeln!(std::io::stdout(), "{schema}")?;
    Ok(ExitCode::SUCCESS)
}
