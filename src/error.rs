//! The one error type of the library: what failed, in which file and place, and the mend.

use std::path::PathBuf;

/// A result of the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong when reading, writing or loading.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read or written.
    #[error("{}: cannot {doing}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried: "read", "write", "create".
        doing: &'static str,
        /// The system's answer.
        source: std::io::Error,
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
