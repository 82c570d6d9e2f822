//! A fine-tuning under way as a file, so that one broken off is taken up again and comes to the same end.

use super::optimizer::Optimizer;
use crate::draft;
use crate::error::{Error, Result};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Its name in the folder of the checkpoint.
const NAME: &str = "training.safetensors";

/// The key of [`State`] in the file's head.
const KEY: &str = "gloss_training";

/// What the steps to come depend on, beside the weights and their running means.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub(super) struct State {
    /// A number that another training (gold, settings, encoder) has not.
    pub(super) fingerprint: u64,
    /// Steps done.
    pub(super) step: usize,
    pub(super) order: u64,
    pub(super) dropout: u64,
    /// What is left of this pass over the gold, the next one last.
    pub(super) batches: Vec<Vec<usize>>,
    /// The bits of the best score, and the judgements since.
    pub(super) best: u64,
    pub(super) since: usize,
    /// Step, bits of the loss, and right, marked and gold mentions, if it was judged by any.
    pub(super) judged: Vec<(usize, u64, Option<[usize; 3]>)>,
}

fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// Writes the training so far into `folder`, which is there.
pub(super) fn save(folder: &Path, state: &State, optimizer: &Optimizer) -> Result<()> {
    let path = path(folder);
    let fault = |error: &dyn std::fmt::Display| Error::resource(path.display().to_string(), error.to_string());
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, numbers) in optimizer.numbers().map_err(|error| fault(&error))? {
        parts.push((name, numbers.iter().flat_map(|number| number.to_le_bytes()).collect()));
    }
    let views = parts
        .iter()
        .map(|(name, bytes)| Ok((name, TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes)?)))
        .collect::<std::result::Result<Vec<_>, safetensors::SafeTensorError>>()
        .map_err(|error| fault(&error))?;
    let state = serde_json::to_string(state).map_err(|error| fault(&error))?;
    let head = HashMap::from([(KEY.to_owned(), state)]);
    // A break while this is written leaves the one before.
    draft::write(&path, &serialize(views, Some(head)).map_err(|error| fault(&error))?)
}

/// Takes up what [`save`] wrote, when it is of this very training; nothing when there is none, or of another.
pub(super) fn restore(folder: &Path, fingerprint: u64, optimizer: &mut Optimizer) -> Result<Option<State>> {
    let path = path(folder);
    let bytes = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::Io { path, doing: "read", cause }),
        Ok(bytes) => bytes,
    };
    let torn = |error: &dyn std::fmt::Display| {
        let message = format!("cannot be taken up ({error}); delete it to begin anew");
        Error::resource(path.display().to_string(), message)
    };
    let (_, head) = SafeTensors::read_metadata(&bytes).map_err(|error| torn(&error))?;
    let state = head.metadata().as_ref().and_then(|head| head.get(KEY)).ok_or_else(|| torn(&"it has no state"))?;
    let state: State = serde_json::from_str(state).map_err(|error| torn(&error))?;
    if state.fingerprint != fingerprint {
        return Ok(None);
    }
    let file = SafeTensors::deserialize(&bytes).map_err(|error| torn(&error))?;
    let numbers = |name: &str| {
        let view = file.tensor(name).ok()?;
        let (numbers, _) = view.data().as_chunks::<4>();
        Some(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    };
    optimizer.restore(state.step, numbers).map_err(|error| torn(&error))?;
    Ok(Some(state))
}

/// Deletes it, when training is over.
pub(super) fn remove(folder: &Path) -> Result<()> {
    let path = path(folder);
    match std::fs::remove_file(&path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(Error::Io { path, doing: "delete", cause }),
        _ => Ok(()),
    }
}
