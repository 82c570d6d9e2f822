//! Writes files aside, syncs and renames them: a file is there whole or not at all.

use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::NamedTempFile;

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
    file: BufWriter<NamedTempFile>,
    listed: Listed,
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
        let io = |source| Error::Io { path: path.to_owned(), doing: "create", source: without_path(source) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(io)?;
        if path.is_dir() {
            return Err(io(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
        }
        // A device or a pipe would be replaced by a file of its name: with -o /dev/null, for the whole machine.
        if path.exists() && !path.is_file() {
            let message = "it is no file but a device or a pipe; leave it out and redirect standard output";
            return Err(io(io::Error::new(io::ErrorKind::InvalidInput, message)));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".gloss-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As a file that is written in place would have; the user's mask is laid over it.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut drafts = drafts();
        let file = builder.tempfile_in(folder).map_err(io)?;
        let listed = Listed(file.path().to_owned());
        drafts.insert(listed.0.clone());
        drop(drafts);
        Ok(Self { path: path.to_owned(), file: BufWriter::with_capacity(1 << 16, file), listed })
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<()> {
        let Self { path, file, listed } = self;
        let io = |source| Error::Io { path: path.clone(), doing: "write", source: without_path(source) };
        let file = file.into_inner().map_err(|error| io(error.into_error()))?;
        file.as_file().sync_all().map_err(io)?;
        let mut drafts = drafts();
        file.persist(&path).map_err(|error| io(error.error))?;
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
        self.file.write(bytes).map_err(without_path)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(without_path)
    }
}

/// The system's own error, without the path of a draft that `tempfile` puts around it.
fn without_path(error: io::Error) -> io::Error {
    match system_code(&error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error,
    }
}

/// The code of the system's error inside others.
fn system_code(error: &(dyn std::error::Error + 'static)) -> Option<i32> {
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.raw_os_error().or_else(|| system_code(error.get_ref()?)),
        None => system_code(error.source()?),
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
        let system = || io::Error::from_raw_os_error(2);
        let wrapped = io::Error::new(io::ErrorKind::NotFound, io::Error::other(system()));
        assert_eq!(without_path(wrapped).to_string(), system().to_string());
        assert_eq!(without_path(io::Error::other("odd")).to_string(), "odd");
    }
    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_replaced_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let message = write_file(&path, b"x").unwrap_err().to_string();
        assert!(message.contains("a device or a pipe"), "{message}");
        assert!(!path.is_file());
    }
}
