//! Writes files aside, syncs and renames them: a file is there whole or not at all.

use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempPath;

/// The files in the making, for a process that must end without unwinding.
static DRAFTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn drafts() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    DRAFTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Deletes every file in the making; what `end` does then should end the process, for until it returns no
/// file is begun or put in its place.
pub fn discard_drafts<T>(end: impl FnOnce() -> T) -> T {
    let mut drafts = drafts();
    while let Some(path) = drafts.pop_first() {
        // One that cannot be deleted stays, under a name that says what it is.
        let _ = fs::remove_file(path);
    }
    end()
}

/// A file in the making, invisible under its name until [`Draft::finish`]; dropped, it leaves no trace.
pub struct Draft {
    path: PathBuf,
    file: BufWriter<File>,
    aside: TempPath,
    listed: Listed,
}

/// Writes `bytes` to the file at `path`.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut draft = Draft::new(path)?;
    draft.write_all(bytes).map_err(|cause| Error::Io { path: path.to_owned(), doing: "write", cause })?;
    draft.finish()
}

/// The entry of a draft among the files in the making, for as long as it lives.
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        drafts().remove(&self.0);
    }
}

impl Draft {
    /// Begins the file at `path`, with the folders above it.
    pub fn new(path: &Path) -> Result<Self> {
        let io = |cause| Error::Io { path: path.to_owned(), doing: "create", cause };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(io)?;
        if path.is_dir() {
            return Err(io(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder; give a file")));
        }
        // A device or a pipe would be replaced by a file of its name: with -o /dev/null, for the whole machine.
        if path.exists() && !path.is_file() {
            let message = "it is no file but a device or a pipe; leave it out and redirect standard output";
            return Err(io(io::Error::new(io::ErrorKind::InvalidInput, message)));
        }
        // `tempfile` would put the draft's path around the errors of its own files: these are plain ones.
        let mut builder = tempfile::Builder::new();
        builder.prefix(".gloss-").suffix(".part");
        let mut drafts = drafts();
        let (file, aside) = builder.make_in(folder, |path| File::create_new(path)).map_err(io)?.into_parts();
        let listed = Listed(aside.to_path_buf());
        drafts.insert(listed.0.clone());
        drop(drafts);
        Ok(Self { path: path.to_owned(), file: BufWriter::with_capacity(1 << 16, file), aside, listed })
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<()> {
        let Self { path, file, aside, listed } = self;
        let io = |cause| Error::Io { path: path.clone(), doing: "write", cause };
        let file = file.into_inner().map_err(|error| io(error.into_error()))?;
        file.sync_all().map_err(io)?;
        let mut drafts = drafts();
        aside.persist(&path).map_err(|error| io(error.error))?;
        drafts.remove(&listed.0);
        drop(drafts);
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
        write(&path, b"whole").unwrap();
        write(&path, b"again").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"again");
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
        assert!(write(folder.path(), b"x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_replaced_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let message = write(&path, b"x").unwrap_err().to_string();
        assert!(message.contains("a device or a pipe"), "{message}");
        assert!(!path.is_file());
    }
}
