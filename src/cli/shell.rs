//! `gloss completions` and `gloss man`: what shells and manuals know of the command line.

use super::args::Args;
use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;
use std::io::Write as _;
use std::process::ExitCode;

/// What `gloss completions` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell that is to complete commands and options.
    #[arg(value_enum)]
    shell: Shell,
}

/// What `gloss man` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// The command whose page is wanted. [default: gloss itself]
    command: Option<String>,
}

/// Prints the script for a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "gloss", &mut script);
    print(&script)
}

/// Prints a page in roff, as `man -l` reads it.
pub(crate) fn man(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let mut gloss = Args::command();
    gloss.build();
    let (command, title) = match args.command.as_deref() {
        None => (&gloss, "gloss".to_owned()),
        Some(name) => {
            let found = gloss.find_subcommand(name);
            let found = found.with_context(|| format!("{name:?} is no command of gloss; gloss --help lists them"))?;
            (found, format!("gloss-{name}"))
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).title(title).render(&mut page)?;
    print(&page)
}

fn print(bytes: &[u8]) -> anyhow::Result<ExitCode> {
    std::io::stdout().write_all(bytes)?;
    Ok(ExitCode::SUCCESS)
}
