//! Where annotated articles go: standard output, one file, or a folder that mirrors the input.

use anyhow::Context;
use gloss::batch::Failure;
use gloss::draft::Draft;
use gloss::error::{Error, Result};
use serde_json::json;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

/// Where annotated articles go.
pub(crate) enum Output {
    /// One after another to standard output.
    Stdout(BufWriter<StdoutLock<'static>>),
    /// One after another into a file that appears when all are done.
    File(Draft),
    /// Each into a file of its own, written by the threads that made it.
    Folder(PathBuf),
}

impl Output {
    /// The folder, when it is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Stdout(_) | Self::File(_) => None,
        }
    }

    /// Writes an article in its turn.
    pub(crate) fn take(&mut self, article: &[u8]) -> anyhow::Result<()> {
        match self {
            Self::Stdout(out) => write_line(out, article).context("cannot write the output"),
            Self::File(draft) => Ok(write_line(draft, article).map_err(|cause| cannot_write(draft, cause))?),
            Self::Folder(_) => Ok(()),
        }
    }

    /// Lets a reader see what is there so far.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Stdout(out) => out.flush().context("cannot write the output"),
            Self::File(_) | Self::Folder(_) => Ok(()),
        }
    }

    /// Puts everything in its place.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Stdout(mut out) => out.flush().context("cannot write the output"),
            Self::File(draft) => Ok(draft.finish()?),
            Self::Folder(_) => Ok(()),
        }
    }
}

fn write_line(out: &mut dyn Write, article: &[u8]) -> io::Result<()> {
    out.write_all(article)?;
    out.write_all(b"\n")
}

fn cannot_write(draft: &Draft, cause: io::Error) -> Error {
    Error::Io { path: draft.path().to_owned(), doing: "write", cause }
}

/// Whether no further file can be written either: the disk is full, say.
pub(crate) fn ends_all(error: &Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error, Error::Io { cause, .. } if matches!(cause.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem))
}

/// The file of an article below `folder`; `name` has no ending and `/` between its parts.
pub(crate) fn path_below(folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.to_owned();
    path.extend(name.split('/'));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.set_file_name(name + ".json");
    path
}

/// Collects failures as JSON lines, in a file that appears when all are done.
pub(crate) struct Errors {
    draft: Option<Draft>,
    count: u64,
}

impl Errors {
    /// Begins the file, when one is wanted.
    pub(crate) fn new(path: Option<&Path>) -> Result<Self> {
        Ok(Self { draft: path.map(Draft::new).transpose()?, count: 0 })
    }

    /// Keeps a failure.
    pub(crate) fn take(&mut self, failure: &Failure) -> Result<()> {
        self.count += 1;
        let Some(draft) = &mut self.draft else { return Ok(()) };
        let mut line = serde_json::Map::new();
        if let Some(id) = &failure.id {
            line.insert("id".to_owned(), json!(id));
        }
        line.insert("place".to_owned(), json!(failure.place));
        line.insert("message".to_owned(), json!(failure.message));
        writeln!(draft, "{}", serde_json::Value::Object(line)).map_err(|cause| cannot_write(draft, cause))
    }

    /// How many there were.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Puts the file in its place.
    pub(crate) fn finish(self) -> Result<()> {
        self.draft.map_or(Ok(()), Draft::finish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_ends_all_and_a_bad_name_does_not() {
        let error = |kind: io::ErrorKind| Error::Io { path: "a.json".into(), doing: "write", cause: kind.into() };
        assert!(ends_all(&error(io::ErrorKind::StorageFull)));
        assert!(!ends_all(&error(io::ErrorKind::InvalidFilename)));
    }
}
