//! A checkpoint in eight bits: every matrix as whole numbers with a scale for each row.

use super::checkpoint::{CONFIG, TOKENIZER, WEIGHTS, file};
use super::{labels, weights};
use crate::error::{Error, Result};
use std::path::Path;

/// Writes the checkpoint of `folder` in eight bits to the folder `output`.
pub fn quantise(folder: &Path, output: &Path) -> Result<()> {
    let io = |path: &Path, doing: &'static str, source| Error::Io { path: path.to_owned(), doing, source };
    if let (Ok(from), Ok(to)) = (folder.canonicalize(), output.canonicalize())
        && from == to
    {
        let place = output.display().to_string();
        return Err(Error::input(place, "is the folder that is read; choose another to write to"));
    }
    let tensors = weights::read(&file(folder, WEIGHTS)?)?;
    std::fs::create_dir_all(output).map_err(|source| io(output, "create", source))?;
    weights::write_eight_bits(&tensors, &output.join(WEIGHTS))?;
    for name in [CONFIG, TOKENIZER, labels::OWN] {
        let from = if name == labels::OWN { folder.join(name) } else { file(folder, name)? };
        if from.is_file() {
            std::fs::copy(&from, output.join(name)).map_err(|source| io(&from, "copy", source))?;
        }
    }
    Ok(())
}
