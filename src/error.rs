//! The one error type of the library: what failed, in which file and place, and the mend.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// A result of the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong when reading, writing or loading.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read or written. Its message says all: the cause is no `source()`, which
    /// would be printed after it once more.
    #[error("{}: cannot {doing}: {cause}{}", path.display(), mend(doing, cause))]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried: "read", "write", "create".
        doing: &'static str,
        /// The system's answer.
        cause: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{place}: {message}")]
    Input {
        /// File, and line or byte where known: `a.jsonl:3`.
        place: String,
        /// What was found, what was expected, and the mend.
        message: String,
    },
    /// A lexicon, rule or model is unfit.
    #[error("{place}: {message}")]
    Resource {
        /// The resource's path, and line where known.
        place: String,
        /// What is wrong and the mend.
        message: String,
    },
}

impl Error {
    /// A file that does not hold what it should.
    pub fn input(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Input { place: place.into(), message: message.into() }
    }

    /// A lexicon, rule or model that is unfit.
    pub fn resource(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Resource { place: place.into(), message: message.into() }
    }
}

/// What to do about a file that cannot be written, `; choose …`, where the system's answer tells.
pub(crate) fn mend(doing: &str, cause: &io::Error) -> &'static str {
    if !matches!(doing, "create" | "write") {
        return "";
    }
    match cause.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "; choose a folder you may write to",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "; a folder above it is a file: choose another place",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; make room, or choose another place",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_is_named_once_with_cause_and_mend() {
        let check = |doing, kind: ErrorKind, expected: &str| {
            let error = Error::Io { path: "a.json".into(), doing, cause: kind.into() };
            assert_eq!(format!("{:#}", anyhow::Error::from(error)), expected);
        };
        check("read", ErrorKind::PermissionDenied, "a.json: cannot read: permission denied");
        check(
            "write",
            ErrorKind::StorageFull,
            "a.json: cannot write: no storage space; make room, or choose another place",
        );
        check(
            "create",
            ErrorKind::PermissionDenied,
            "a.json: cannot create: permission denied; choose a folder you may write to",
        );
    }
}
