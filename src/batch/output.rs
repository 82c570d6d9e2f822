//! Writes files aside, syncs and renames them: a file is there whole or not at all.

use crate::error::{Error, Result};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file in the making, invisible under its name until [`Draft::finish`]; dropped, it leaves no trace.
pub struct Draft {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl Draft {
    /// Begins the file at `path`, with the folders above it.
    pub fn new(path: &Path) -> Result<Self> {
        let io = |source| Error::Io { path: path.to_owned(), doing: "create", source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(io)?;
        if path.is_dir() {
            return Err(io(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".gloss-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As a file that is written in place would have; the user's mask is laid over it.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = BufWriter::with_capacity(1 << 16, builder.tempfile_in(folder).map_err(io)?);
        Ok(Self { path: path.to_owned(), file })
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<()> {
        let Self { path, file } = self;
        let io = |source| Error::Io { path: path.clone(), doing: "write", source };
        let file = file.into_inner().map_err(|error| io(error.into_error()))?;
        file.as_file().sync_all().map_err(io)?;
        file.persist(&path).map_err(|error| io(error.error))?;
        Ok(())
    }

    /// The file's name once it is finished.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes `bytes` as the file at `path`, aside and then in its place.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut draft = Draft::new(path)?;
    draft.write_all(bytes).map_err(|source| Error::Io { path: path.to_owned(), doing: "write", source })?;
    draft.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.json");
        let mut draft = Draft::new(&path).unwrap();
        draft.write_all(b"half").unwrap();
        drop(draft);
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 0);
        write_file(&path, b"whole").unwrap();
        write_file(&path, b"again").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"again");
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
        assert!(write_file(folder.path(), b"x").is_err());
    }
}
