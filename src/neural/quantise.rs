//! A checkpoint in eight bits, every matrix as whole numbers with a scale for each row; and back again.

use super::checkpoint::{CONFIG, TOKENIZER, WEIGHTS, file};
use super::{labels, weights};
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// How wide the numbers of a checkpoint are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    /// Whole numbers from -127 to 127, with a scale for each row of a matrix; vectors stay in 32 bits.
    Eight,
    /// Floating point, as other programs read it.
    ThirtyTwo,
}

/// Writes the checkpoint of `folder` in `bits` to the folder `output`; its weights become their mean with those of
/// the checkpoints in the folders `others` (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
///
/// # Errors
/// When `folder` holds no checkpoint, one of the others is of another kind, `output` is a folder that is read, or
/// it cannot be written.
pub fn quantise(folder: &Path, others: &[PathBuf], output: &Path, bits: Bits) -> Result<()> {
    let io = |path: &Path, doing: &'static str, cause| Error::Io { path: path.to_owned(), doing, cause };
    let to = output.canonicalize().ok();
    if to.is_some() && others.iter().map(PathBuf::as_path).chain([folder]).any(|from| from.canonicalize().ok() == to) {
        let place = output.display().to_string();
        return Err(Error::input(place, "is the folder that is read; choose another to write to"));
    }
    let files = others.iter().map(|other| file(other, WEIGHTS)).collect::<Result<Vec<_>>>()?;
    let tensors = weights::mean(weights::read_floats(&file(folder, WEIGHTS)?)?, &files)?;
    std::fs::create_dir_all(output).map_err(|cause| io(output, "create", cause))?;
    let path = output.join(WEIGHTS);
    match bits {
        Bits::Eight => weights::write_eight_bits(&tensors, &path)?,
        Bits::ThirtyTwo => weights::write(&tensors, &path)?,
    }
    for name in [CONFIG, TOKENIZER, labels::OWN] {
        let from = if name == labels::OWN { folder.join(name) } else { file(folder, name)? };
        if from.is_file() {
            std::fs::copy(&from, output.join(name)).map_err(|cause| io(&from, "copy", cause))?;
        }
    }
    Ok(())
}
