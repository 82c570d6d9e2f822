//! Everything that gloss knows as data: embedded in the binary, or laid over it from a folder.

use crate::error::{Error, Result};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Access to resource files by their path below `resources/` (`lexicons/units.tsv`) or `models/`
/// (`models/sentences.bin`).
#[derive(Clone, Debug, Default)]
pub struct Resources {
    overlay: Option<PathBuf>,
}

impl Resources {
    /// What the binary carries.
    pub fn embedded() -> Self {
        Self::default()
    }

    /// What the binary carries, with each file that `folder` holds in place of the embedded one.
    pub fn with_overlay(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            return Err(Error::resource(
                folder.display().to_string(),
                "is no folder; --resources takes a folder laid out like resources/",
            ));
        }
        Ok(Self { overlay: Some(folder.to_owned()) })
    }

    /// Whether the folder of `--resources` holds the file or folder at `path`.
    pub fn overlays(&self, path: &str) -> bool {
        self.overlay.as_ref().is_some_and(|folder| folder.join(path).exists())
    }

    /// The bytes of the resource at `path`.
    pub fn bytes(&self, path: &str) -> Result<Cow<'static, [u8]>> {
        if let Some(file) = self.overlay.as_ref().map(|folder| folder.join(path)).filter(|file| file.is_file()) {
            return std::fs::read(&file).map(Cow::Owned).map_err(|cause| Error::Io {
                path: file,
                doing: "read",
                cause,
            });
        }
        EMBEDDED
            .binary_search_by(|(name, _)| (*name).cmp(path))
            .map(|index| Cow::Borrowed(EMBEDDED[index].1))
            .map_err(|_| Error::resource(path, "no such resource is embedded, nor in the folder of --resources"))
    }

    /// The text of the resource at `path`, which must be UTF-8.
    pub fn text(&self, path: &str) -> Result<Cow<'static, str>> {
        match self.bytes(path)? {
            Cow::Borrowed(bytes) => {
                std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|e| Error::resource(path, e.to_string()))
            }
            Cow::Owned(bytes) => {
                String::from_utf8(bytes).map(Cow::Owned).map_err(|e| Error::resource(path, e.to_string()))
            }
        }
    }

    /// Paths of all resources below `folder` (`rules/dates`), embedded and laid over, sorted.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{folder}/");
        let mut paths: Vec<String> = EMBEDDED
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| name.starts_with(&prefix))
            .map(str::to_owned)
            .collect();
        if let Some(entries) = self.overlay.as_ref().and_then(|root| std::fs::read_dir(root.join(folder)).ok()) {
            paths.extend(entries.flatten().map(|entry| format!("{prefix}{}", entry.file_name().to_string_lossy())));
        }
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}

/// The rows of a TSV lexicon: `#` begins a comment line, blank lines are skipped; each row comes with
/// its line number (from 1) and its columns.
pub fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(index, line)| (index + 1, line.split('\t').collect()))
}
